/* Values of driver options: what they may be, and when two spellings mean the same.
 *
 * BuildX reads them with Go's strconv and time, with docker/go-units, and for pods with Kubernetes' own parsers, and
 * most of them only when it makes the node: what it would refuse then is told before anything is written. */
#ifndef RECONCILE_MODEL_OPTION_VALUE_H
#define RECONCILE_MODEL_OPTION_VALUE_H

#include "model/driver.h"

/* What is wrong with the value, as the end of "… must be", or NULL. */
const char *option_value_problem(struct arena *arena, const struct driver_option *option, const char *value);
/* "1g" and "1024m", "true" and "1", "+5" and "5". NULL: the option is not given; `unset` of the row says what that
 * comes to. */
bool option_value_same(const struct driver_option *option, const char *one, const char *other);

#endif
