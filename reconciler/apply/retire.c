/* Retires a node that no builder of the store names any more: its builds end first, and whoever is connected goes.
 *
 * A client that read the store just before the switch may still be on its way to the old node, so it is left in peace
 * for a while in which nothing is connected to it. BuildX reaches a node by exec of `buildctl dial-stdio` in its
 * container (docker/buildx driver/docker-container/driver.go, Dial), so an exec that runs is a client. */
#include "apply/retire.h"

#include "apply/daemon.h"
#include "apply/engines.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "base/clock.h"
#include "model/normal.h"

#include <stdio.h>

enum { QUIET_MS = 2000, POLL_MS = 100, POLL_LAST_MS = 1000, SAY_MS = 10000 };

/* Builds that the daemon tells of; one that does not tell has clients, or nothing is building. */
static size_t builds_of(struct execution *run, const struct step *step)
{
	struct buildkit_client *client = NULL;
	struct active_build *builds = NULL;
	size_t count = 0;

	if (execution_daemon(run, step, &client, NULL) < 0)
		return 0;
	if (buildkit_builds(client, run->arena, &builds, &count, NULL) < 0)
		count = 0;
	buildkit_close(client);
	return count;
}

/* *ret_busy: "1 build", "2 clients connected"; NULL: quiet. */
static int look(struct execution *run, const struct step *step, struct engine_client *engine, const char *id,
		const char **ret_busy, struct error *err)
{
	struct container_use use;
	size_t builds;

	if (engine_container_use(engine, id, &use, err) < 0)
		return -1;
	*ret_busy = NULL;
	if (!use.running)
		return 0;
	if ((builds = builds_of(run, step)) > 0)
		*ret_busy = arena_printf(run->arena, "%zu build%s", builds, builds == 1 ? "" : "s");
	else if (use.execs > 0)
		*ret_busy = arena_printf(run->arena, "%zu client%s connected", use.execs, use.execs == 1 ? "" : "s");
	return 0;
}

/* Whether it stays quiet is looked at closely; who has been busy for long is so for another while, and fifty of them
 * would ask an Engine a thousand times a second. */
static int pause_of(const char *busy, int64_t waited_ms)
{
	int64_t pause = POLL_MS + waited_ms / 10;

	return !busy ? POLL_MS : pause > POLL_LAST_MS ? POLL_LAST_MS : (int)pause;
}

int await_quiet(struct execution *run, const struct step *step, struct engine_client *engine, const char *id,
		int quiet_ms, const char **ret_busy, struct error *err)
{
	int64_t start = clock_ms(), quiet_since = start, said = 0;

	for (;;) {
		if (look(run, step, engine, id, ret_busy, err) < 0)
			return -1;
		int64_t now = clock_ms();
		if (*ret_busy)
			quiet_since = now;
		else if (now - quiet_since >= quiet_ms)
			return 0;
		if (*ret_busy && now - start >= run->options->drain_timeout_ms)
			return 0;
		if (*ret_busy && now - said >= SAY_MS) {
			run->say(run->context,
				 arena_printf(run->arena, "waiting for %s on %s, up to %s", *ret_busy, step->node,
					      seconds_text(run->arena, run->options->drain_timeout_ms / 1000)));
			said = now;
		}
		if (!interrupt_pause(run->interrupt, pause_of(*ret_busy, now - start)))
			return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for %s on node %s",
					 *ret_busy ? *ret_busy : "quiet", step->node);
	}
}

static int remove_volume(struct execution *run, const struct step *step, struct engine_client *engine,
			 struct error *err)
{
	if (step->keep_s > 0)
		return 0;
	return engine_volume_remove(engine, node_volume_name(run->arena, step->node), err);
}

int execute_retire(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *engine = NULL;
	const char *id = NULL, *busy = NULL, *name;

	if (text_empty(step->node))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names no node", step_kind_name(step->kind));
	name = node_container_name(run->arena, step->node);
	if (engine_pool_get(run, step->endpoint, &engine, err) < 0 ||
	    engine_container_id(engine, run->arena, name, &id, err) < 0)
		return -1;
	if (id && await_quiet(run, step, engine, id, step->lingers ? QUIET_MS : 0, &busy, err) < 0) {
		if (err && err->kind != ERROR_NOT_FOUND)
			return -1;
		id = NULL; /* it went by itself meanwhile */
	}
	if (busy && !run->options->force) {
		const char *text = arena_printf(run->arena,
						"node %s still has %s after %d s and is left alone: a later "
						"`reconcile --apply` or `--gc` retires it",
						step->node, busy, run->options->drain_timeout_ms / 1000);

		run->say(run->context, text);
		snprintf(run->result->note, RESULT_NOTE, "%s", text);
		return 0;
	}
	if (busy)
		run->say(run->context, arena_printf(run->arena, "cutting off %s on %s", busy, step->node));
	if (id && engine_container_remove(engine, id, err) < 0)
		return -1;
	return remove_volume(run, step, engine, err);
}
