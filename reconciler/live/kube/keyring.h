/* What exec plugins gave, for the length of a run: planning, each step and the look afterwards have clients of their
 * own, and a plugin may take seconds and ask somebody. In memory alone, never written anywhere.
 *
 *     struct kube_keyring *keyring = kube_keyring_new();
 *     … struct kube_options{.keyring = keyring, …} for each client, of any thread …
 *     kube_keyring_free(keyring);
 *
 * Kept by the key of a struct kube_config, until it expires or a server refuses it. */
#ifndef RECONCILE_LIVE_KUBE_KEYRING_H
#define RECONCILE_LIVE_KUBE_KEYRING_H

#include "live/kube/exec_credential.h"

#include <stdbool.h>

struct kube_keyring;

struct kube_keyring *kube_keyring_new(void);
void kube_keyring_free(struct kube_keyring *keyring); /* overwrites what it holds; NULL is allowed */

/* False when there is none that still holds `early_s` seconds. Copied into the arena. A keyring of NULL is empty. */
bool kube_keyring_find(struct kube_keyring *keyring, struct arena *arena, const char *key, int early_s,
		       struct kube_credential *ret_credential);
void kube_keyring_put(struct kube_keyring *keyring, const char *key, const struct kube_credential *credential);
/* Only while it has this token and certificate: another may have come meanwhile. */
void kube_keyring_drop(struct kube_keyring *keyring, const char *key, const struct kube_credential *credential);

#endif
