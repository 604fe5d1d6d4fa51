/* One step at a time: what a step function gets, and the table that finds it. Only for the files of this room.
 *
 * A step is safe to run again: what it wants is there already, or gone already, is no failure. Each thread has a
 * `struct step_run` of its own. */
#ifndef RECONCILE_APPLY_STEP_H
#define RECONCILE_APPLY_STEP_H

#include "apply/apply.h"
#include "live/buildkit.h"
#include "live/engine.h"

/* The Engines that a thread has talked to so far; opened when first asked for. */
struct engine_pool {
	struct {
		const char *endpoint; /* the plan's */
		struct engine_client *client;
	} * items;
	size_t count;
};

struct written;

struct step_run {
	const struct live *live;
	const struct apply_options *options;
	const char *plan_id; /* names what this run sets aside */
	struct arena *arena; /* the change's */
	struct engine_pool engines;
	struct written *written;      /* apply/unchanged.h */
	struct change_result *result; /* the change's, for what a step has to tell besides success */
	/* Raw text of BuildX or the Engine on its way to the progress callback, which gets it printable. */
	void (*say)(void *context, const char *line);
	bool (*cancelled)(void *context);
	/* Kept on disk before it is acted on: apply_notes, under its mutex. */
	int (*note_leftover)(void *context, const struct leftover *leftover, struct error *err);
	int (*note_diversion)(void *context, const struct diversion *diversion, struct error *err);
	void *context;
	struct strings healed; /* nodes that STEP_HEAL found well, in the arena */
};

int step_do(struct step_run *run, const struct step *step, struct error *err);

/* engines.c */
int engine_pool_get(struct step_run *run, const char *endpoint, struct engine_client **ret_client, struct error *err);
void engine_pool_done(struct engine_pool *pool);
int step_pull_image(struct step_run *run, const struct step *step, struct error *err);
int step_remove_container(struct step_run *run, const struct step *step, struct error *err);
int step_stop_container(struct step_run *run, const struct step *step, struct error *err);
int step_remove_volume(struct step_run *run, const struct step *step, struct error *err);

/* drain.c */
int step_drain(struct step_run *run, const struct step *step, struct error *err);

/* prune.c */
int step_prune_cache(struct step_run *run, const struct step *step, struct error *err);

/* verify_build.c */
int step_verify_build(struct step_run *run, const struct step *step, struct error *err);

/* boot_steps.c */
int step_note_leftover(struct step_run *run, const struct step *step, struct error *err);
int step_boot(struct step_run *run, const struct step *step, struct error *err);
int step_boot_beside(struct step_run *run, const struct step *step, struct error *err);

/* retire.c */
int step_retire(struct step_run *run, const struct step *step, struct error *err);
/* Waits until nothing builds in the container or is connected to it, for quiet_ms without a break. *ret_busy is NULL
 * then; after --drain-timeout it says what still is: "1 build", in the arena. */
int await_quiet(struct step_run *run, const struct step *step, struct engine_client *engine, const char *id,
		int quiet_ms, const char **ret_busy, struct error *err);

/* heal.c */
int step_heal(struct step_run *run, const struct step *step, struct error *err);
/* Every node that a STEP_HEAL of the change is about was found well. */
bool steps_healed(const struct change *change, const struct strings *healed);

/* emulation.c */
int step_install_emulation(struct step_run *run, const struct step *step, struct error *err);

/* daemon.c: the node that a step names, as it was observed, or what the step itself says of one that no builder has. */
void step_node(const struct step_run *run, const struct step *step, const char **ret_driver, struct node *ret_node);
int step_daemon(struct step_run *run, const struct step *step, struct buildkit_client **ret_client, struct error *err);

/* store_files.c */
int step_write_file(struct step_run *run, const struct step *step, struct error *err);
int step_remove_file(struct step_run *run, const struct step *step, struct error *err);
int step_restore_file(struct step_run *run, const struct step *step, struct error *err);
int step_forget_builder(struct step_run *run, const struct step *step, struct error *err);
int step_select(struct step_run *run, const struct step *step, struct error *err);
int step_divert(struct step_run *run, const struct step *step, struct error *err);

/* use_context.c */
int step_use_context(struct step_run *run, const struct step *step, struct error *err);

#endif
