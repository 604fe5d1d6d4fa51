/* What this user may do in the clusters that a change is about, asked before the first of its steps: a change that
 * would be forbidden half way through is not begun.
 *
 * Every authenticated user may ask that (role system:basic-user): one SelfSubjectRulesReview for each cluster and
 * namespace; what that does not grant, for webhooks need not tell all, a SelfSubjectAccessReview each. Only for this
 * room. */
#ifndef RECONCILE_APPLY_RIGHTS_H
#define RECONCILE_APPLY_RIGHTS_H

#include "apply/step.h"

#include <cjson/cJSON.h>

/* One thing to do, in the namespace of a cluster. */
struct right {
	const char *cluster; /* live's key */
	const char *verb, *group, *resource;
	const char *part; /* "exec"; NULL: the object itself */
	const char *name; /* NULL: any, or one that is yet to be made */
};
struct rights {
	struct right *items;
	size_t count;
};

/* Each once, in the order of the steps. */
struct rights rights_of_change(struct arena *arena, const struct live *live, const struct change *change, bool force);
/* Whether the resourceRules of a SelfSubjectRulesReview grant it. */
bool rights_granted(const cJSON *rules, const struct right *right);
/* REFUSED, with what is missing, and how to grant it. What cannot be asked is not judged: the step will tell. */
int rights_check_change(struct execution *run, const struct change *change, struct error *err);

#endif
