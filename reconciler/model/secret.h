/* Secrets never reach a plan, a log, a record or a terminal: everything that prints a value asks here first. */
#ifndef RECONCILE_MODEL_SECRET_H
#define RECONCILE_MODEL_SECRET_H

#include "model/builder.h"
#include "model/redact.h"

#include <stdbool.h>

/* Whether a variable, a parameter or a key of this name holds a credential: PASSWORD, NPM_TOKEN, PGPASSWORD, apiKey, …
 */
bool name_is_credential(const char *name);
/* The same of the name of an env.* driver option. */
bool name_is_secret(const char *option_key);
/* Whether an env.* driver option is secret by its name, or by what its value looks like. */
bool option_is_secret(const char *option_key, const char *value);
/* The value, or "(sensitive)"; a URL's password inside a plain value is hidden too. */
const char *pair_shown(struct arena *arena, const struct pair *pair);
/* The value of a key of a configuration file ("registry.x.token"), which may be a credential's. */
const char *setting_shown(struct arena *arena, const char *key, const char *value);

#endif
