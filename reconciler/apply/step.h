/* What carries out one step after the other. Only for the files of this room.
 *
 * Each thread of apply_run() has a `struct execution` of its own, which lives as long as the change that it works at:
 * execute_step() for each of its steps (apply/steps.h), then engine_pool_done(). */
#ifndef RECONCILE_APPLY_STEP_H
#define RECONCILE_APPLY_STEP_H

#include "apply/apply.h"
#include "live/buildkit/buildkit.h"
#include "live/engine/container.h"
#include "live/engine/image.h"

/* The Engines that a thread has talked to so far; opened when first asked for. */
struct engine_pool {
	struct {
		const char *endpoint; /* the plan's */
		struct engine_client *client;
	} * items;
	size_t count;
};

/* The clusters likewise (apply/clusters.h). */
struct cluster_pool {
	struct {
		const char *key; /* live's */
		struct open_cluster *open;
	} * items;
	size_t count;
};

struct written;
struct staging;

struct execution {
	const struct live *live;
	const struct apply_options *options;
	const char *plan_id; /* names what this run sets aside */
	struct arena *arena; /* the change's */
	struct engine_pool engines;
	struct cluster_pool clusters;
	struct written *written; /* apply/unchanged.h */
	const struct interrupt *interrupt;
	struct change_result *result; /* the change's, for what a step has to tell besides success */
	/* Raw text on its way to the progress callback, which gets it printable: ours, and that of BuildX or the
	 * Engine. */
	void (*say)(void *context, const char *line);
	void (*output)(void *context, const char *line);
	/* Kept on disk before it is acted on: apply_notes, under its mutex. */
	int (*note_leftover)(void *context, const struct leftover *leftover, struct error *err);
	int (*note_diversion)(void *context, const struct diversion *diversion, struct error *err);
	void *context;
	/* A batch's, in the arena: folders that whoever carries it out syncs when all of it is done; NULL: each step
	 * syncs what it changes. */
	struct strings *later;
	struct staging *staging; /* a batch's too: its files that are written already (apply/staging.h); or NULL */
	struct strings healed;	 /* nodes that STEP_HEAL found well, in the arena */
};

#endif
