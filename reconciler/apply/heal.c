/* Tries to heal a sick node, the gentlest way first, and sees each time whether it is well: its daemon answers, knows
 * its cache, and builds. What does not help is said and is no failure: the next step tries more. */
#include "apply/step.h"
#include "base/clock.h"
#include "base/count.h"
#include "model/normal.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

enum { READY_MS = 20000, AGAIN_MS = 3000, POLL_MS = 250, CAUSE_MAX = 160 /* four of them fit in a note */ };

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

static int act_on_container(struct execution *run, const struct step *step, const char *verb, struct error *err)
{
	struct engine_client *engine = NULL;
	const char *id = NULL, *name = node_container_name(run->arena, step->node);

	if (engine_pool_get(run, step->endpoint, &engine, err) < 0 ||
	    engine_container_id(engine, run->arena, name, &id, err) < 0)
		return -1;
	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "container %s is gone", name);
	if (await_builds(run, step, engine, id, err) < 0)
		return -1;
	return engine_container_post(engine, id, verb, err);
}

static int unpause(struct execution *run, const struct step *step, struct error *err)
{
	return act_on_container(run, step, "unpause", err);
}

static int restart(struct execution *run, const struct step *step, struct error *err)
{
	return act_on_container(run, step, "restart?t=10", err);
}

static const struct remedy {
	const char *name; /* the step's detail */
	int (*try)(struct execution *run, const struct step *step,
		   struct error *err); /* NULL: it may only have been slow */
	int ready_ms;		       /* how long its daemon may take to answer then */
} remedies[] = {
	{"look again at", NULL, AGAIN_MS},
	{"unpause", unpause, READY_MS},
	{"restart", restart, READY_MS},
	{"prune the cache of", execute_prune_cache, READY_MS},
};

/* A daemon that starts with a large cache takes a while to answer. */
static int await_answer(struct execution *run, const struct step *step, int ready_ms, struct error *err)
{
	int64_t deadline = clock_ms() + ready_ms;

	for (;;) {
		struct buildkit_client *client = NULL;
		struct daemon daemon = {0};
		struct error asking = ERROR_INIT;
		int asked = execution_daemon(run, step, &client, &asking);

		if (asked == 0)
			asked = buildkit_ask(client, run->arena, &daemon, &asking);
		buildkit_close(client);
		if (asked == 0 && daemon.disk_known && daemon.worker_count > 0)
			return 0;
		if (run->cancelled(run->context))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while healing node %s", step->node);
		if (clock_ms() >= deadline)
			return error_set(err, ERROR_UNREACHABLE, "its daemon does not answer: %s",
					 *asking.message ? asking.message : "it does not tell of its cache");
		poll(NULL, 0, POLL_MS);
	}
}

/* Said as it happens, and again with the result. */
static void tell(struct execution *run, const char *text)
{
	char *note = run->result->note;
	size_t length = strlen(note);

	run->say(run->context, text);
	snprintf(note + length, sizeof(run->result->note) - length, "%s%s", length > 0 ? "; " : "",
		 text_printable(run->arena, text, false));
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
	    await_answer(run, step, remedy->ready_ms, &why) == 0 && execute_verify_build(run, step, &why) == 0) {
		strings_add(run->arena, &run->healed, step->node);
		tell(run, arena_printf(run->arena, "%s %s: it answers and builds", remedy->name, step->node));
		return 0;
	}
	if (why.kind == ERROR_INTERRUPTED || why.kind == ERROR_REFUSED) {
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
