/* A kubeconfig of one context, for BuildX, which takes the current one of whatever file it is given: what the file that
 * it comes from says of that context, its cluster and its user, and nothing else. Paths are absolute, so that a
 * credential that rotates in a file is followed; one that stands in the kubeconfig itself is copied. Pure. */
#ifndef RECONCILE_LIVE_KUBE_PIN_H
#define RECONCILE_LIVE_KUBE_PIN_H

#include "base/text_buffer.h"
#include "live/kube/config.h"

/* JSON, which is YAML too. Holds credentials. */
void kube_pin_print(const struct kube_config *config, struct text *out);

#endif
