/* One step at a time: what a step function gets, and the table that finds it. Only for the files of this room.
 *
 * A step is safe to run again: what it wants is there already, or gone already, is no failure. Each thread has a
 * `struct execution` of its own. */
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

struct written;

struct execution {
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

int execute_step(struct execution *run, const struct step *step, struct error *err);

/* engines.c */
int engine_pool_get(struct execution *run, const char *endpoint, struct engine_client **ret_client, struct error *err);
void engine_pool_done(struct engine_pool *pool);
int execute_pull_image(struct execution *run, const struct step *step, struct error *err);
int execute_remove_container(struct execution *run, const struct step *step, struct error *err);
int execute_stop_container(struct execution *run, const struct step *step, struct error *err);
int execute_update_container(struct execution *run, const struct step *step, struct error *err);
int execute_remove_volume(struct execution *run, const struct step *step, struct error *err);

/* drain.c */
int execute_drain(struct execution *run, const struct step *step, struct error *err);

/* prune.c */
int execute_prune_cache(struct execution *run, const struct step *step, struct error *err);

/* verify_build.c */
int execute_verify_build(struct execution *run, const struct step *step, struct error *err);

/* boot_steps.c */
int execute_note_leftover(struct execution *run, const struct step *step, struct error *err);
int execute_boot(struct execution *run, const struct step *step, struct error *err);
int execute_boot_beside(struct execution *run, const struct step *step, struct error *err);

/* retire.c */
int execute_retire(struct execution *run, const struct step *step, struct error *err);
/* Waits until nothing builds in the container or is connected to it, for quiet_ms without a break. *ret_busy is NULL
 * then; after --drain-timeout it says what still is: "1 build", in the arena. */
int await_quiet(struct execution *run, const struct step *step, struct engine_client *engine, const char *id,
		int quiet_ms, const char **ret_busy, struct error *err);

/* heal.c */
int execute_heal(struct execution *run, const struct step *step, struct error *err);
/* Every node that a STEP_HEAL of the change is about was found well. */
bool steps_healed(const struct change *change, const struct strings *healed);

/* emulation.c */
int execute_install_emulation(struct execution *run, const struct step *step, struct error *err);

/* daemon.c: the node that a step names, as it was observed, or what the step itself says of one that no builder has. */
void execution_node(const struct execution *run, const struct step *step, const char **ret_driver,
		    struct node *ret_node);
int execution_daemon(struct execution *run, const struct step *step, struct buildkit_client **ret_client,
		     struct error *err);
/* The same with another deadline per question than --timeout. */
int execution_daemon_within(struct execution *run, const struct step *step, int timeout_ms,
			    struct buildkit_client **ret_client, struct error *err);

/* store_files.c */
int execute_write_file(struct execution *run, const struct step *step, struct error *err);
int execute_remove_file(struct execution *run, const struct step *step, struct error *err);
int execute_restore_file(struct execution *run, const struct step *step, struct error *err);
int execute_forget_builder(struct execution *run, const struct step *step, struct error *err);
int execute_select(struct execution *run, const struct step *step, struct error *err);
int execute_divert(struct execution *run, const struct step *step, struct error *err);
/* Puts the selection back byte for byte as it was observed, whatever a STEP_DIVERT made of it. */
int execution_undivert(struct execution *run, struct error *err);

/* use_context.c */
int execute_use_context(struct execution *run, const struct step *step, struct error *err);

#endif
