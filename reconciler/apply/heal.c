/* Tries to heal a sick node, the gentlest way first, and sees each time whether it is well: its daemon answers and
 * builds. What is proved not to have helped, by the daemon's or the Engine's own words, is said and is no failure: the
 * next step tries more. A silence proves nothing (model/evidence.h) and ends it, and so does a full disk. */
#include "apply/heal.h"

#include "apply/daemon.h"
#include "apply/engines.h"
#include "apply/retire.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "base/clock.h"
#include "base/count.h"
#include "model/normal.h"

#include <stdio.h>
#include <string.h>

enum { STILL_MS = 20000, AGAIN_MS = 3000, POLL_MS = 250, CAUSE_MAX = 160 /* four of them fit in a note */ };

/* Before a daemon is restarted: a sick one may be building all the same. */
static int await_builds(struct execution *run, const struct step *step, struct engine_client *engine, const char *id,
			struct error *err)
{
	const char *busy = NULL;

	if (await_quiet(run, step, engine, id, 0, &busy, err) < 0)
		return -1;
	if (!busy || run->options->force)
		return 0;
	error_set(err, ERROR_REFUSED, "after %d s node %s still has %s", run->options->drain_timeout_ms / 1000,
		  step->node, busy);
	return error_hint(err, "give it more time with --drain-timeout SECONDS, or cut it off with --force");
}

static int act_on_container(struct execution *run, const struct step *step, const char *verb, bool cuts_off,
			    struct error *err)
{
	struct engine_client *engine = NULL;
	const char *id = NULL, *name = node_container_name(run->arena, step->node);

	if (engine_pool_get(run, step->endpoint, &engine, err) < 0 ||
	    engine_container_id(engine, run->arena, name, &id, err) < 0)
		return -1;
	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "container %s is gone", name);
	if (cuts_off && await_builds(run, step, engine, id, err) < 0)
		return -1;
	return engine_container_post(engine, id, verb, err);
}

/* Builds on a paused node wait for just this. */
static int unpause(struct execution *run, const struct step *step, struct error *err)
{
	return act_on_container(run, step, "unpause", false, err);
}

static int restart(struct execution *run, const struct step *step, struct error *err)
{
	return act_on_container(run, step, "restart?t=10", true, err);
}

static const struct remedy {
	const char *name; /* the step's detail */
	int (*try)(struct execution *run, const struct step *step,
		   struct error *err); /* NULL: it may only have been slow */
	int still_ms;		       /* its words of sickness must last that long to be believed */
} remedies[] = {
	{"look again at", NULL, AGAIN_MS},
	{"unpause", unpause, STILL_MS},
	{"restart", restart, STILL_MS},
};

static int ask(struct execution *run, const struct step *step, int timeout_ms, struct error *err)
{
	struct buildkit_client *client = NULL;
	struct daemon daemon = {0};
	int asked = execution_daemon_within(run, step, timeout_ms, &client, err);

	if (asked == 0)
		asked = buildkit_ask(client, run->arena, &daemon, err);
	buildkit_close(client);
	if (asked == 0 && daemon.worker_count == 0)
		return error_set(err, ERROR_OTHER, "it has no worker");
	return asked;
}

static bool is_silence(const struct error *err)
{
	return err->kind == ERROR_UNREACHABLE || err->kind == ERROR_CORRUPT;
}

/* A daemon that starts with a large cache takes as long to answer as one that boots. */
static int await_answer(struct execution *run, const struct step *step, int still_ms, struct error *err)
{
	int64_t start = clock_ms(), deadline = start + run->options->boot_timeout_ms, sick_since = 0;
	int patience_ms = run->options->timeout_ms;

	for (;;) {
		struct error asking = ERROR_INIT;

		if (ask(run, step, patience_ms, &asking) == 0)
			return 0;
		if (patience_ms <= run->options->boot_timeout_ms / 2)
			patience_ms *= 2; /* a slow one is to answer at last */
		if (interrupt_came(run->interrupt))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while healing node %s", step->node);
		int64_t now = clock_ms();
		/* One that ends again and again is silent between its ends. */
		if (!is_silence(&asking) && sick_since == 0)
			sick_since = now;
		if (!is_silence(&asking) && now - sick_since >= still_ms)
			return error_copy(err, &asking);
		if (now >= deadline) {
			error_set(err, ERROR_UNREACHABLE, "its daemon did not answer within %lld s: %s",
				  (long long)(now - start) / 1000, asking.message);
			return error_hint(err, "a silence proves nothing, so nothing more was tried: give it more time "
					       "with --boot-timeout SECONDS, or begin it anew with --reset");
		}
		interrupt_pause(run->interrupt, POLL_MS);
	}
}

/* Said as it happens, and again with the result. */
static void tell(struct execution *run, const char *text)
{
	char *note = run->result->note;
	size_t length = strlen(note);

	run->say(run->context, text);
	snprintf(note + length, RESULT_NOTE - length, "%s%s", length > 0 ? "; " : "",
		 text_printable(run->arena, text, false));
}

/* Whether what went wrong is no proof that more must be tried, or one that nothing may be. */
static bool stops(const struct step *step, const struct remedy *remedy, struct error *why)
{
	if (why->kind == ERROR_INTERRUPTED || why->kind == ERROR_REFUSED)
		return true;
	if (strstr(why->message, "no space left on device")) {
		error_hint(why,
			   "make room on its disk, or give up what is in its cache with `reconcile --reset %s "
			   "--cache-only` or `cache: {reset: …}`; it is not removed unasked",
			   step->name);
	} else if (why->kind == ERROR_OTHER) {
		return false;
	}
	error_wrap(why, "node %s: to %s it did not help", step->node, remedy->try ? remedy->name : "wait for");
	return true;
}

int execute_heal(struct execution *run, const struct step *step, struct error *err)
{
	const struct remedy *remedy = NULL;
	struct error why = ERROR_INIT;

	for (size_t i = 0; i < COUNT(remedies); i++)
		if (text_equal(remedies[i].name, step->detail))
			remedy = &remedies[i];
	if (!remedy || text_empty(step->node))
		return error_set(err, ERROR_CORRUPT, "the plan heals nothing, or in no known way");
	if (strings_contain(&run->healed, step->node))
		return 0;
	if ((!remedy->try || remedy->try(run, step, &why) == 0) &&
	    await_answer(run, step, remedy->still_ms, &why) == 0 && execute_verify_build(run, step, &why) == 0) {
		strings_add(run->arena, &run->healed, step->node);
		tell(run, arena_printf(run->arena, "%s %s: it answers and builds", remedy->name, step->node));
		return 0;
	}
	if (stops(step, remedy, &why)) {
		error_copy(err, &why);
		return -1;
	}
	tell(run, arena_printf(run->arena, "%s %s did not help: %s", remedy->name, step->node,
			       text_shortened(run->arena, why.message, CAUSE_MAX)));
	return 0;
}

bool steps_healed(const struct change *change, const struct strings *healed)
{
	size_t tried = 0;

	for (size_t i = 0; i < change->step_count; i++) {
		if (change->steps[i].kind != STEP_HEAL)
			continue;
		tried++;
		if (!strings_contain(healed, change->steps[i].node))
			return false;
	}
	return tried > 0;
}
