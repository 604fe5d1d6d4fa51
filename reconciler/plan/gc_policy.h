/* The garbage collection policy that a node's buildkitd.toml asks for, as its worker should report it. Pure. */
#ifndef RECONCILE_PLAN_GC_POLICY_H
#define RECONCILE_PLAN_GC_POLICY_H

#include "base/arena.h"
#include "model/builder.h"
#include "model/daemon.h"

struct draft;
struct builder_draft;
struct node_draft;

enum { GC_UNKNOWN = -1 }; /* a share of the disk: only the daemon knows what it comes to */

struct gc_policy {
	struct gc_rule *rules; /* spaces and durations may be GC_UNKNOWN */
	size_t count;
	bool derived;	/* made from the three numbers: only the last rule is ours to know */
	bool new_names; /* says what BuildKit knows since v0.17: reservedSpace, maxUsedSpace, minFreeSpace */
};

/* False when the file leaves the policy to BuildKit, or flags of the node overrule it. */
bool gc_policy_wanted(struct arena *arena, const struct node *node, struct gc_policy *ret_policy);

/* The path of the first thing in which what the worker reports is not what is wanted ("rule 4: maxUsedSpace"), NULL
 * when it is in force. ret_before and ret_after say it for people. */
const char *gc_policy_difference(struct arena *arena, const struct gc_policy *want, const struct worker *worker,
				 const char **ret_before, const char **ret_after);

/* Whether this daemon is older than v0.17, which knew gckeepstorage and keepBytes only. One that does not tell its
 * version is taken for a new one. */
bool gc_policy_is_old(const struct daemon *daemon);

/* A running daemon whose policy is not the one that its file asks for makes the node be made anew. */
void diff_gc_policy(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

#endif
