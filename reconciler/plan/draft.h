/* What the files of this room share while one plan is made.
 *
 * A draft lives as long as plan_make() (plan/plan.c). Its planners are called in an order, each adding changes to the
 * plan: plan_contexts(), plan_current_context(), plan_builder() and plan_cache() for each builder,
 * plan_environment(), plan_repairs(), plan_unmanaged(), plan_leftovers(), plan_selection(); a later one looks at the
 * changes of the earlier ones. Whatever ends up in the plan is copied into its arena.
 *
 * A builder's draft lives in plan_builder() (plan/builder.c):
 *
 *     effective.h       draft_complete()    wanted nodes as BuildX would store them, beside what is there
 *     generation.h      generation_fresh()  a reset: every node is made beside the one that it has
 *     diff_instance.h   diff_instance()     what differs in the instance file becomes fields
 *     diff_container.h  diff_container()    each node gets its action, by its container and daemon;
 *                                           and by heal.h, gc_policy.h, remote.h
 *     assess_pod.h      assess_pod()        likewise one in pods, by its cluster; diff_workload.h, by what runs there
 *     emulation.h       diff_emulation()    what its machine lacks
 *     heal.h            settle_heal()       from here on the actions stand
 *     generation.h      generation_discard()  `keep-state: false`: the new node is there before the old cache goes
 *     cache_note.h      note_cache()        what becomes of the caches
 *     in_place.h        steps_in_place()    how it is done, by the actions; or heal.h, or blue_green.h
 *     remote.h          settle_remote()     what the silence of others' daemons means for it */
#ifndef RECONCILE_PLAN_DRAFT_H
#define RECONCILE_PLAN_DRAFT_H

#include "base/buffer.h"
#include "base/lookup.h"
#include "plan/plan.h"

/* What the draft of a builder is made in. One of which nothing comes gives it to the next: there may be ten thousand.
 */
struct draft_room {
	struct node_draft *drafts;
	struct node *nodes;
	size_t count; /* of each */
	struct change *change;
};

struct draft {
	const struct plan_request *request;
	const struct state *desired;
	const struct live *live;
	struct arena *arena; /* the plan's */
	struct plan *plan;
	bool in_environment; /* a node is to live in the context that has the environment's TLS */
	struct strings
		claimed; /* nodes that desired builders have or are to have, with their generations: is_claimed() */
	struct draft_room room;
	size_t next;	      /* where plan_builder() finds the next one's live_builder(), most likely */
	struct lookup faults; /* the first of each subject: fault_on() */
};

/* Once all builders are planned. */
bool is_claimed(const struct draft *draft, const char *node);

/* What has to happen to one node; later ones include what earlier ones do where it makes sense. */
enum node_action {
	NODE_KEEP = 0, /* as it should be */
	NODE_BOOT,     /* no container, or a stopped one: booting is enough */
	NODE_HEAL,     /* its container or daemon is sick: tried gently, then made fresh */
	NODE_REMAKE,   /* its container is wrong: removed, then booted anew */
	NODE_MOVE,     /* its endpoint is another engine: removed there, booted here */
	NODE_FRESH,    /* another generation of it is booted beside the one that is there, which is retired then */
	NODE_DROP,     /* not wanted any more */
	NODE_BLIND,    /* its engine, or its cluster, could not be asked */
	NODE_ROLL,     /* its workload is changed in place, and the cluster replaces pods where it has to */
};

struct node_draft {
	struct node want;  /* complete: endpoint, flags, files as BuildX would have them; absent for NODE_DROP. Its name
			      has the generation that it is to have */
	const char *label; /* the name without its generation, which is nothing that people should see */
	const struct live_node *have;	   /* in the store; NULL: not there */
	const struct engine *engine;	   /* of `want` (of `have` for NODE_DROP); NULL: unknown */
	const struct container *container; /* there now, named by the store or not */
	const struct volume *volume;
	const struct cluster *cluster;	 /* driver kubernetes: of `want`, of `have` for NODE_DROP; NULL: unknown */
	const struct workload *workload; /* there now, of the kind that its options make; else of the other kind */
	/* NODE_FRESH: what is there under the name that it had. */
	const char *was_name;
	const struct container *was_container;
	const struct volume *was_volume;
	enum node_action action;
	bool rolls;	 /* NODE_ROLL: its pods are replaced, not only their number, or what is said of them */
	bool restart;	 /* kept, but its daemon must start again */
	bool discard;	 /* NODE_FRESH: `keep-state: false`, so what it had is kept for nobody */
	const char *why; /* clause for the reason */
};

struct builder_draft {
	struct builder want;		 /* nodes[] complete */
	const struct live_builder *have; /* NULL: not in the store */
	struct node_draft *nodes;	 /* wanted ones, then the ones to drop */
	size_t node_count;
	struct draft_room room; /* that they are in */
	bool write_instance;
	bool emulate; /* a machine lacks an emulator */
	struct change *change;
};

#endif
