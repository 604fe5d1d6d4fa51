/* Makers of one step each, or of one kind of step for every node that wants it. They add to the end of the change; the
 * order, which must converge when it is cut off anywhere, is the caller's (plan/in_place.c, blue_green.c, removal.c).
 * Texts and bytes are copied into the plan's arena. */
#ifndef RECONCILE_PLAN_STEPS_H
#define RECONCILE_PLAN_STEPS_H

#include "plan/draft.h"

#include <cjson/cJSON.h>

/* What of a node goes when it is made anew or dropped. */
struct clearing {
	const char *name, *endpoint;
	const struct container *container;
	const struct volume *volume; /* NULL too when nothing happens to it */
	int64_t keep_s;		     /* the volume is retained that long; 0: removed at once */
};
struct clearing clearing_of(const struct draft *draft, const struct builder_draft *builder,
			    const struct node_draft *node);
/* The container that the node has is in the way: it goes, and is booted anew unless the node is dropped. */
bool node_remade(const struct builder_draft *builder, const struct node_draft *node);
/* Whether the rollback finds this volume as it was before, so that it stays when its node goes. */
bool volume_is_kept(const struct draft *draft, const struct engine *engine, const struct volume *volume);

/* STEP_WRITE_FILE of the whole instance file. */
struct step *step_instance_add(struct draft *draft, struct builder_draft *builder);
/* Makes a step send these requests (codec/manifest.h), which it frees, to the cluster of that key. */
void step_requests_set(struct arena *arena, struct step *step, const char *cluster, cJSON *requests);
/* A step that does so; name: for people. */
struct step *step_objects_add(struct draft *draft, struct change *change, enum step_kind kind,
			      const struct cluster *cluster, const char *name, cJSON *requests);
/* STEP_SELECT. */
void step_select_add(struct draft *draft, struct change *change, const char *name);
/* STEP_DIVERT, when the builder is selected and has a fallback; returns whether it did, for the way back. */
bool step_divert_add(struct draft *draft, struct builder_draft *builder);
/* STEP_NOTE_LEFTOVER: node and volume are ours to remove; the volume after keep_s, 0: as soon as no builder names it.
 */
void step_note_add(struct draft *draft, struct change *change, const char *node, const char *endpoint, int64_t keep_s);
/* STEP_RETIRE; keep_s as above. */
struct step *step_retire_add(struct draft *draft, struct change *change, const char *builder, const char *node,
			     const char *endpoint, int64_t keep_s);
/* A step of this kind that asks the Engine of the endpoint for something of that name. */
void step_engine_add(struct draft *draft, struct change *change, enum step_kind kind, const char *endpoint,
		     const char *name, const char *detail);
/* STEP_DRAIN, when the container runs. */
void step_drain_add(struct draft *draft, struct change *change, const char *builder, const char *node,
		    const char *endpoint, const struct container *container);
/* STEP_PULL_IMAGE for each node whose container will be made. */
void steps_pull(struct draft *draft, struct builder_draft *builder);
/* STEP_VERIFY_BUILD for each node, where the state file asks for it. */
void steps_verify(struct draft *draft, struct builder_draft *builder);
/* Makes the step about this node alone: its name, platforms, and an instance file that has no other. */
void step_node_set(struct draft *draft, struct step *step, const struct builder *want, size_t node);

#endif
