/* A BuildX store of our own for a moment, with one instance in it: so that BuildX boots or tries nodes that the user's
 * store does not name, or not alone. It lies in <store>/.reconcile-run/, as it may hold secrets, and so that the next
 * run can clear it when this one is killed. Root's for a user's store lies in /run/reconcile/<id of the store>/: in
 * their folders BuildX would go where their links lead. */
#ifndef RECONCILE_APPLY_PRIVATE_STORE_H
#define RECONCILE_APPLY_PRIVATE_STORE_H

#include "apply/step.h"

struct private_store {
	const char *folder; /* goes as a whole */
	const char *store;  /* in it: what BuildX gets as BUILDX_CONFIG */
};

/* step's name and data are the instance; CORRUPT when it has none. */
int private_store_make(struct execution *run, const struct step *step, struct private_store *ret_private,
		       struct error *err);
/* What cannot be removed is said, and is no failure. */
void private_store_remove(struct execution *run, const struct private_store *private_store);

/* Removes what killed runs left. To be called with the run lock held. */
int private_stores_clear(const char *store, struct error *err);

/* Whether this is root in a store of another user's. */
bool store_is_others(const char *store);

#endif
