/* Carries out the steps of a plan. Independent builders go side by side; a failed change stops its own later steps.
 *
 * The caller has the run lock (apply/run_lock.h) and has recorded the plan before. Progress comes through a callback
 * that is called under a mutex, so it may print. */
#ifndef RECONCILE_APPLY_APPLY_H
#define RECONCILE_APPLY_APPLY_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/plan.h"
#include "model/result.h"

#include <stdbool.h>

enum apply_event_kind {
	APPLY_CHANGE_START,
	APPLY_STEP_START,
	APPLY_LINE,   /* of ours: what a step waits for, what it found */
	APPLY_OUTPUT, /* of BuildX or the Engine, as they said it */
	APPLY_STEP_DONE,
	APPLY_CHANGE_DONE,
	APPLY_CHANGE_FAILED
};

struct apply_event {
	enum apply_event_kind kind;
	const struct change *change;
	const struct step *step;   /* NULL for change events */
	const char *line;	   /* APPLY_LINE, APPLY_OUTPUT: printable */
	size_t number;		   /* of the step, from 1; 0 for change events */
	const struct error *error; /* APPLY_CHANGE_FAILED */
	bool more; /* to the journal only: another follows at once, and is to be on disk together with this one */
	int64_t elapsed_ms; /* since the change began */
};

/* What has to be on disk before, or after, something is done: kept by the history, which comes after this room. Called
 * under the mutex of the progress callback. A member that is NULL keeps nothing. */
struct apply_notes {
	int (*journal)(void *context, const struct apply_event *event, struct error *err);
	int (*leftover)(void *context, const struct leftover *leftover, struct error *err);
	int (*diversion)(void *context, const struct diversion *diversion, struct error *err);
	void *context;
};

struct kube_keyring;

struct apply_options {
	int parallel;		       /* builders side by side, at least 1 */
	int timeout_ms;		       /* per Engine call */
	int boot_timeout_ms;	       /* per `docker buildx inspect --bootstrap`: pulls images, so minutes */
	int drain_timeout_ms;	       /* for the builds on a node that goes */
	bool force;		       /* then cut them off */
	const char *const *environ;    /* for the ways to clusters */
	struct kube_keyring *keyring;  /* of the run: what plugins of kubeconfigs gave; may be NULL */
	const struct strings *allowed; /* paths that kubeconfigs of strangers may name besides their own; may be NULL */
	int run_lock_fd;	       /* of the run lock, for BuildX to hold as well (apply/boot.h); 0: none */
	int lock_timeout_ms;	       /* for BuildX's own lock */
	bool stop_on_failure;	       /* --on-failure stop: begin no further change after a failure */
	void (*progress)(void *context, const struct apply_event *event); /* may be NULL */
	void *context;
	struct apply_notes notes;
	const struct interrupt *interrupt; /* asked between steps, and by all that a step waits for; may be NULL */
};

/* results[i] belongs to plan->changes[i]; the caller gives an array of plan->change_count zeroed elements.
 * Returns 0 when every change is done, -1 when any failed or was skipped (err: the first failure, or INTERRUPTED). */
int apply_run(const struct plan *plan, const struct live *live, const struct apply_options *options,
	      struct change_result *results, struct error *err);

#endif
