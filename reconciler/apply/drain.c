/* Waits until nothing is building on a node, so that nobody's build is cut off unasked. */
#include "apply/daemon.h"
#include "apply/engines.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "base/clock.h"
#include "model/normal.h"

#include <string.h>

enum { CLIENTS_MS = 10000, MS = 1000, POLL_MS = 250, SAY_MS = 10 * MS };

/* What is going on on a node, as far as its daemon tells. */
struct activity {
	size_t count;	  /* builds; 0: none */
	const char *text; /* "1 build on ci0: …", to go on after "waiting for " */
};

static void builds_text(struct arena *arena, const struct step *step, const struct active_build *builds, size_t count,
			struct activity *ret_activity)
{
	struct strings names = {0};

	for (size_t i = 0; i < count; i++) {
		const char *name = builds[i].name ? builds[i].name : builds[i].ref;
		strings_add(arena, &names,
			    builds[i].started ? arena_printf(arena, "%s (since %s)", name, builds[i].started) : name);
	}
	ret_activity->count = count;
	ret_activity->text = arena_printf(arena, "%zu build%s on %s: %s", count, count == 1 ? "" : "s", step->node,
					  strings_join(arena, &names, ", "));
}

/* A daemon that keeps no list of builds still marks the cache that they use. */
static void use_text(struct arena *arena, const struct step *step, const struct daemon *daemon,
		     struct activity *ret_activity)
{
	int64_t used = 0;

	for (size_t i = 0; i < daemon->disk_count; i++)
		used += daemon->disk[i].bytes - daemon->disk[i].reclaimable;
	ret_activity->count = used > 0;
	ret_activity->text = arena_printf(
		arena, "a build on %s: its BuildKit%s%s does not list builds, but %lld bytes of its cache are in use",
		step->node, daemon->version ? " " : "", daemon->version ? daemon->version : "", (long long)used);
}

static int look(struct buildkit_client *client, struct arena *arena, const struct step *step,
		struct activity *ret_activity, struct error *err)
{
	struct active_build *builds = NULL;
	struct daemon daemon = {0};
	size_t count = 0;

	if (buildkit_builds(client, arena, &builds, &count, err) == 0) {
		builds_text(arena, step, builds, count, ret_activity);
		return 0;
	}
	struct error asking = ERROR_INIT;
	if (buildkit_ask(client, arena, &daemon, &asking) < 0 || daemon.builds_known || !daemon.disk_known)
		return -1;
	use_text(arena, step, &daemon, ret_activity);
	return 0;
}

static int wait_a_little(struct execution *run, const struct step *step, struct error *err)
{
	if (!interrupt_pause(run->interrupt, POLL_MS))
		return error_set(err, ERROR_INTERRUPTED, "interrupted while waiting for the builds on %s", step->node);
	return 0;
}

static int refuse(const struct execution *run, const struct activity *activity, struct error *err)
{
	error_set(err, ERROR_REFUSED, "after %d s there is still %s", run->options->drain_timeout_ms / MS,
		  activity->text);
	return error_hint(err, "nothing of this builder was touched: give the builds more time with --drain-timeout "
			       "SECONDS, or cut them off with --force");
}

/* *ret_waited: a build was there when it was looked first. */
static int await_idle(struct execution *run, const struct step *step, struct buildkit_client *client, bool *ret_waited,
		      struct error *err)
{
	int64_t deadline = clock_ms() + run->options->drain_timeout_ms, said = 0;
	size_t last = 0;

	for (;;) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct activity activity = {0};

		if (look(client, arena, step, &activity, err) < 0)
			return -1;
		if (activity.count == 0)
			return 0;
		if (clock_ms() >= deadline && run->options->force) {
			run->say(run->context, arena_printf(arena, "cutting off %s", activity.text));
			*ret_waited = false;
			return 0;
		}
		if (clock_ms() >= deadline)
			return refuse(run, &activity, err);
		*ret_waited = true;
		if (activity.count != last || clock_ms() - said >= SAY_MS) {
			run->say(run->context, arena_printf(arena, "waiting for %s, up to %s", activity.text,
							    seconds_text(arena, run->options->drain_timeout_ms / MS)));
			said = clock_ms();
			last = activity.count;
		}
		if (wait_a_little(run, step, err) < 0)
			return -1;
	}
}

/* Whoever builds on a node in a container is connected to it, by an exec (apply/retire.c). */
static bool nobody_is_connected(struct execution *run, const struct step *step)
{
	struct engine_client *engine = NULL;
	struct container_use use;
	const char *id = NULL;

	return engine_pool_get(run, step->endpoint, &engine, NULL) == 0 &&
	       engine_container_id(engine, run->arena, node_container_name(run->arena, step->node), &id, NULL) == 0 &&
	       (!id || (engine_container_use(engine, id, &use, NULL) == 0 && use.execs == 0));
}

/* To the daemon a build is over when its last step is; its client has yet to be told so, and to export what was built.
 */
static void let_clients_go(struct execution *run, const struct step *step)
{
	int64_t deadline = clock_ms() + CLIENTS_MS;

	while (clock_ms() < deadline && !nobody_is_connected(run, step))
		if (wait_a_little(run, step, NULL) < 0)
			return;
}

/* A daemon that does not answer may be building all the same. */
static int not_told(struct execution *run, const struct step *step, const struct error *reason, struct error *err)
{
	if (nobody_is_connected(run, step)) {
		run->say(run->context,
			 arena_printf(run->arena, "%s does not tell of builds, and nothing is connected to it: %s",
				      step->node, reason->message));
		return 0;
	}
	if (run->options->force) {
		run->say(run->context, arena_printf(run->arena, "not waiting for builds on %s, which does not tell: %s",
						    step->node, reason->message));
		return 0;
	}
	error_set(err, ERROR_REFUSED, "cannot tell whether anything is building on %s: %s", step->node,
		  reason->message);
	return error_hint(err, "nothing of this builder was touched: see that no build is running there, and give "
			       "--force");
}

static int await_one(struct execution *run, const struct step *step, struct buildkit_client *client, void *context,
		     struct error *err)
{
	if (await_idle(run, step, client, context, err) == 0)
		return 0;
	/* The kubelet knows sooner than the pod's status tells (pkg/kubelet/kubelet_pods.go, GetExec). */
	bool is_down = err && strstr(err->message, "container not found (");
	return is_down || buildkit_is_deserted(client) ? 0 : -1;
}

int execute_drain(struct execution *run, const struct step *step, struct error *err)
{
	struct error reason = ERROR_INIT;
	bool waited = false;
	int drained = execution_each_daemon(run, step, await_one, &waited, &reason);

	if (drained == 0 && waited)
		let_clients_go(run, step);
	if (drained == 0)
		return 0;
	if (reason.kind != ERROR_REFUSED && reason.kind != ERROR_INTERRUPTED)
		return not_told(run, step, &reason, err);
	error_copy(err, &reason);
	return -1;
}
