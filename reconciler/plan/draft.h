/* What the files of this room share while one plan is made: the request, the plan, and a builder on its way to a
 * change. */
#ifndef RECONCILE_PLAN_DRAFT_H
#define RECONCILE_PLAN_DRAFT_H

#include "base/buffer.h"
#include "plan/plan.h"

struct draft {
	const struct plan_request *request;
	const struct state *desired;
	const struct live *live;
	struct arena *arena; /* the plan's */
	struct plan *plan;
	struct strings claimed; /* nodes that desired builders have or are to have, with their generations */
};

/* What has to happen to one node; later ones include what earlier ones do where it makes sense. */
enum node_action {
	NODE_KEEP = 0, /* as it should be */
	NODE_BOOT,     /* no container, or a stopped one: booting is enough */
	NODE_HEAL,     /* its container or daemon is sick: tried gently, then made fresh */
	NODE_REMAKE,   /* its container is wrong: removed, then booted anew */
	NODE_MOVE,     /* its endpoint is another engine: removed there, booted here */
	NODE_FRESH,    /* another generation of it is booted beside the one that is there, which is retired then */
	NODE_DROP,     /* not wanted any more */
	NODE_BLIND,    /* its engine could not be asked */
};

struct node_draft {
	struct node want;  /* complete: endpoint, flags, files as BuildX would have them; absent for NODE_DROP. Its name
			      has the generation that it is to have */
	const char *label; /* the name without its generation, which is nothing that people should see */
	const struct live_node *have;	   /* in the store; NULL: not there */
	const struct engine *engine;	   /* of `want` (of `have` for NODE_DROP); NULL: unknown */
	const struct container *container; /* there now, named by the store or not */
	const struct volume *volume;
	/* NODE_FRESH: what is there under the name that it had. */
	const char *was_name;
	const struct container *was_container;
	const struct volume *was_volume;
	enum node_action action;
	bool restart;	 /* kept, but its daemon must start again */
	const char *why; /* clause for the reason */
};

struct builder_draft {
	struct builder want;		 /* nodes[] complete */
	const struct live_builder *have; /* NULL: not in the store */
	struct node_draft *nodes;	 /* wanted ones, then the ones to drop */
	size_t node_count;
	bool write_instance;
	bool emulate; /* a machine lacks an emulator */
	struct change *change;
};

/* effective.c: desired nodes as BuildX would store them on this machine. */
void draft_complete(struct draft *draft, const struct builder *desired, struct builder_draft *ret_builder);

/* diff_instance.c, diff_container.c: differences become field_changes of the change; acts are set. */
void diff_instance(struct draft *draft, struct builder_draft *builder);
/* Adds a field for each file that differs; returns how many files do. */
size_t diff_files(struct draft *draft, struct change *change, const char *prefix, const struct config_files *have,
		  const struct config_files *want, struct source source);
void diff_container(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

/* The live node of any generation of the wanted one; NULL when there is none, or no builder. */
const struct live_node *live_node_of(struct arena *arena, const struct live_builder *have, const char *name);
/* The node is in the store, and as a node with a container: a builder may be on its way to another driver. */
bool node_had_container(const struct builder_draft *builder, const struct node_draft *node);

/* generation.c */
/* The node that a container or volume is called after; NULL when it is called after none. */
const char *node_of(struct arena *arena, const char *name, bool is_volume);
/* Of a wanted node that no instance file names: the name of the generation that is there, else its own. */
const char *generation_there(struct draft *draft, const struct engine *engine, const char *base);
/* Makes every wanted node of the builder that has anything be made afresh, beside what it has. */
void generation_fresh(struct draft *draft, struct builder_draft *builder);
void generation_begin(struct draft *draft, struct builder_draft *builder, size_t index); /* this wanted node alone */

/* beside.c: the steps of a builder some of whose nodes are NODE_FRESH. Those from `first` on are left out when the
 * builder has been healed by the ones before. */
void steps_blue_green(struct draft *draft, struct builder_draft *builder);
/* heal.c */
const char *sickness_of(struct draft *draft, const struct node_draft *node); /* NULL: not one to heal */
void steps_heal(struct draft *draft, struct builder_draft *builder);
/* Sick nodes of a builder that is changed otherwise are made anew in place, with that change. */
void settle_heal(struct builder_draft *builder);

/* cache_note.c: what becomes of the caches of a builder that is changed. */
void note_cache(struct draft *draft, struct builder_draft *builder);
/* The same of one volume whose builder is removed; kept: a rollback leaves it. */
void note_removed_cache(struct draft *draft, struct change *change, const char *volume, bool kept);

/* leftovers.c */
void plan_leftovers(struct draft *draft);

/* in_place.c: the steps of a builder whose nodes are made anew under the names that they have. */
void steps_in_place(struct draft *draft, struct builder_draft *builder);

/* steps.c: makers of one step each, or of one kind of step for every node that wants it. */
void steps_verify(struct draft *draft, struct builder_draft *builder);
void step_node_set(struct draft *draft, struct step *step, const struct builder *want, size_t node);
void steps_pull(struct draft *draft, struct builder_draft *builder);
struct step *step_instance_add(struct draft *draft, struct builder_draft *builder);
void step_select_add(struct draft *draft, struct change *change, const char *name);
void step_note_add(struct draft *draft, struct change *change, const char *node, const char *endpoint, int64_t keep_s);
struct step *step_retire_add(struct draft *draft, struct change *change, const char *builder, const char *node,
			     const char *endpoint, int64_t keep_s);
void step_engine_add(struct draft *draft, struct change *change, enum step_kind kind, const char *endpoint,
		     const char *name, const char *detail);
void step_drain_add(struct draft *draft, struct change *change, const char *builder, const char *node,
		    const char *endpoint, const struct container *container);
/* The container that the node has is in the way: it goes, and is booted anew. */
bool node_remade(const struct builder_draft *builder, const struct node_draft *node);
/* What of a node goes. */
struct clearing {
	const char *name, *endpoint;
	const struct container *container;
	const struct volume *volume; /* NULL too when nothing happens to it */
	int64_t keep_s;		     /* the volume is retained that long; 0: removed at once */
};
struct clearing clearing_of(const struct draft *draft, const struct builder_draft *builder,
			    const struct node_draft *node);
bool step_divert_add(struct draft *draft, struct builder_draft *builder); /* whether there is something to divert */

/* remote.c: builders of somebody else's daemons, which nothing here ever touches. */
void assess_remote(struct draft *draft, const struct builder_draft *builder, struct node_draft *node);
void note_remote(struct draft *draft, struct change *change, const struct live_builder *have,
		 const struct builder_draft *builder);
/* To be called last: what the daemons' silence means for the change, or for the plan when there is none. */
void settle_remote(struct draft *draft, const struct builder_draft *builder);

/* gc_policy.c: a running daemon whose policy is not the one that its file asks for makes the node be made anew. */
void diff_gc_policy(struct draft *draft, struct builder_draft *builder, struct node_draft *node);

/* emulation.c: registrations that the nodes' machines lack become fields; steps_emulation() makes them. */
void diff_emulation(struct draft *draft, struct builder_draft *builder);
void steps_emulation(struct draft *draft, struct builder_draft *builder);

/* findings.c: the daemon of a node, else any that shares its machine, for emulation is the kernel's; NULL. */
const struct daemon *daemon_at(const struct live *live, const struct live_node *node, const struct engine *engine);
bool daemon_runs(const struct daemon *daemon, const char *platform);

/* cache.c */
void plan_cache(struct draft *draft, const struct builder *desired, bool asked);

/* builder.c */
void plan_builder(struct draft *draft, const struct builder *desired, bool reset);
void plan_unmanaged(struct draft *draft);
/* removal.c */
void steps_for_removal(struct draft *draft, struct change *change, const struct live_builder *have);

/* Whether the rollback finds this volume as it was before, so that it stays when its node goes. */
bool volume_is_kept(const struct draft *draft, const struct engine *engine, const struct volume *volume);

/* context.c, current.c, repair.c, select.c */
void plan_contexts(struct draft *draft);
void plan_current_context(struct draft *draft);
void plan_repairs(struct draft *draft);
/* restore.c: for a rollback */
void plan_restores(struct draft *draft);
void plan_selection(struct draft *draft);

/* fingerprint.c: digest of what was observed of an object, secret values left out. */
const char *fingerprint_builder(struct draft *draft, const char *name, const struct builder_draft *builder);
const char *fingerprint_text(struct draft *draft, const char *text);
const char *fingerprint_file(struct draft *draft, const struct store_file *file);

/* change.c: what was found wrong with the object of this address, NULL: nothing. */
const char *fault_on(const struct draft *draft, const char *address);
/* change.c: small makers. Texts are copied into the plan's arena. */
struct change *change_add(struct draft *draft, enum object_kind object, const char *name, enum action action);
struct field_change *field_add(struct draft *draft, struct change *change, const char *path, const char *before,
			       const char *after, struct source source);
void change_block(struct draft *draft, struct change *change, enum error_kind kind, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
struct step *step_add(struct draft *draft, struct change *change, enum step_kind kind, const char *name);
struct step *step_write_add(struct draft *draft, struct change *change, const char *path, const struct buffer *data);

#endif
