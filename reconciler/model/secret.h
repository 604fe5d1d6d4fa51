/* Secrets never reach a plan, a log, a record or a terminal: everything that prints a value asks here first. */
#ifndef RECONCILE_MODEL_SECRET_H
#define RECONCILE_MODEL_SECRET_H

#include "model/builder.h"
#include "model/credential.h"
#include "model/redact.h"

#include <stdbool.h>

/* Whether an env.* driver option is secret by its name (model/credential.h). */
bool name_is_secret(const char *option_key);
/* The same by its name, or by what its value looks like. */
bool option_is_secret(const char *option_key, const char *value);
/* The value, or "(sensitive)"; a URL's password inside a plain value is hidden too. */
const char *pair_shown(struct arena *arena, const struct pair *pair);
/* The value of a key of a configuration file ("registry.x.token"), which may be a credential's. */
const char *setting_shown(struct arena *arena, const char *key, const char *value);

#endif
