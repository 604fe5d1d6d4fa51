/* Values of driver kubernetes' options as the API server reads them: BuildX hands most of them on unread, so what the
 * cluster would refuse is told before anything is made.
 *
 * Source: k8s.io/apimachinery pkg/util/validation/validation.go and pkg/api/resource/quantity.go; k8s.io/kubernetes
 * pkg/apis/core/validation/validation.go (1.34). */
#ifndef RECONCILE_MODEL_KUBE_VALUE_H
#define RECONCILE_MODEL_KUBE_VALUE_H

#include "model/driver.h"

enum { KUBE_LABEL_MAX = 63, KUBE_NAME_MAX = 253 };

/* A DNS label (RFC 1123): lower-case letters, digits and "-" between them; up to KUBE_LABEL_MAX. */
bool dns_label_valid(const char *text);
/* Several of them, parted by dots; up to KUBE_NAME_MAX. */
bool dns_name_valid(const char *text);

/* "500m", "64Mi", "1e3" as a number; -1 when it is none, or negative, which no option may be. */
double kube_quantity(const char *text);
bool kube_quantity_same(double a, double b);

/* As option_value_problem() and option_value_same(), for the types of driver kubernetes. */
const char *kube_value_problem(struct arena *arena, const struct driver_option *option, const char *value);
bool kube_value_same(const struct driver_option *option, const char *one, const char *other);

#endif
