/* What of a text is a secret by its looks: passwords in URLs, tokens of known makers, values of telling names, noise.
 *
 * text_without_password() is for every text that is shown: it leaves an ordinary one as it is. value_is_secret() is for
 * a whole value whose name is at hand, and may doubt: a random-looking value of an innocent name counts as a secret.
 *
 * Shapes of tokens are those that their makers publish for secret scanning
 * (docs.github.com/code-security/secret-scanning/introduction/supported-secret-scanning-patterns). */
#ifndef RECONCILE_MODEL_REDACT_H
#define RECONCILE_MODEL_REDACT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

#define SECRET_SHOWN "(sensitive)"
/* The value of one whose variable is not set, where that is no error. */
#define SECRET_UNSET "(sensitive, not set)"

/* "http://u:p@proxy" -> "http://u:(sensitive)@proxy", "https://TOKEN@host", "u:p@proxy:3128", "?password=p",
 * "--token=t",
 * "--token t", "Bearer t", "ghp_…"; other texts are given back as they are. NULL gives NULL. */
const char *text_without_password(struct arena *arena, const char *text);
/* Whether the value of a variable of this name is to be kept secret for what it looks like. */
bool value_is_secret(const char *name, const char *value);
/* Whether a private key in PEM is among these bytes. */
bool holds_private_key(const void *data, size_t length);

#endif
