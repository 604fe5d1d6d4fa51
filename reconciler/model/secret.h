/* Secrets never reach a plan, a log, a record or a terminal: everything that prints a value asks here first. */
#ifndef RECONCILE_MODEL_SECRET_H
#define RECONCILE_MODEL_SECRET_H

#include "model/builder.h"

#include <stdbool.h>

#define SECRET_SHOWN "(sensitive)"

/* Whether the name of an env.* driver option looks like a credential: PASSWORD, TOKEN, SECRET, API_KEY, … */
bool name_is_secret(const char *option_key);
/* The value, or "(sensitive)"; a URL's password inside a plain value is hidden too. */
const char *pair_shown(struct arena *arena, const struct pair *pair);
/* Whether a private key in PEM is among these bytes. */
bool holds_private_key(const void *data, size_t length);
/* "http://u:p@proxy" -> "http://u:(sensitive)@proxy"; other texts are given back as they are. */
const char *text_without_password(struct arena *arena, const char *text);

#endif
