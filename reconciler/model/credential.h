/* Whether a name says that what it names is a credential. Knows names only; model/redact.h knows looks. */
#ifndef RECONCILE_MODEL_CREDENTIAL_H
#define RECONCILE_MODEL_CREDENTIAL_H

#include <stdbool.h>

/* Whether a variable, a parameter or a key of this name holds a credential: PASSWORD, NPM_TOKEN, PGPASSWORD, apiKey, …
 */
bool name_is_credential(const char *name);

#endif
