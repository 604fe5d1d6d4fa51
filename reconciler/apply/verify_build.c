/* Tries a build on one node, for each of its platforms: from scratch in a private folder, or the team's own.
 *
 * BuildX picks among the nodes of a builder, so it is shown a store of its own in which the builder has this node
 * alone. Nothing is left behind but a few bytes in the node's cache. */
#include "apply/buildx_output.h"
#include "apply/private_store.h"
#include "apply/steps.h"
#include "base/cleanup.h"
#include "base/file.h"

#include <string.h>

enum { MS = 1000 };

static const char dockerfile[] = "FROM scratch\nCOPY probe /probe\n";
static const char probe[] = "reconcile: this builder builds\n";

struct trial {
	struct execution *run;
	const struct step *step;
	struct arena *arena;
	struct private_store private_store;
	const char *file, *build_from; /* the Dockerfile and its context */
};

static int write_text(const char *folder, const char *name, const void *data, size_t length, struct error *err)
{
	CLEANUP_FREE char *path = path_join(folder, name);

	return file_write_atomic(path, data, length, 0600, err);
}

static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return ".";
	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

static int prepare(struct trial *trial, struct error *err)
{
	const struct step *step = trial->step;
	const char *context = arena_printf(trial->arena, "%s/context", trial->private_store.folder);

	if (step->dockerfile) {
		trial->file = step->dockerfile;
		trial->build_from = folder_of(trial->arena, step->dockerfile);
		return 0;
	}
	trial->file = arena_printf(trial->arena, "%s/Dockerfile", context);
	trial->build_from = context;
	if (folder_create(context, 0700, err) < 0 ||
	    write_text(context, "Dockerfile", dockerfile, strlen(dockerfile), err) < 0)
		return -1;
	return write_text(context, "probe", probe, strlen(probe), err);
}

static void pass_line(void *context, bool is_stderr, const char *line)
{
	const struct trial *trial = context;

	if (is_stderr && line[strspn(line, " \t")] != '\0')
		trial->run->output(trial->run->context, line);
}

static int assess(const struct trial *trial, const char *platform, const struct spawn_result *result, struct error *err)
{
	const char *what = arena_printf(trial->arena, "the build that verifies node %s%s%s", trial->step->node,
					platform ? " for " : "", platform ? platform : "");
	const char *why;

	if (result->was_interrupted)
		return error_set(err, ERROR_INTERRUPTED, "%s was interrupted", what);
	if (result->timed_out) {
		why = buildx_last_line(trial->arena, result->err);
		error_set(err, ERROR_UNREACHABLE, "%s did not end within %d s; the last it said: %s", what,
			  trial->run->options->boot_timeout_ms / MS,
			  why ? text_printable(trial->arena, why, false) : "nothing");
		return error_hint(err, "give it more time with --boot-timeout");
	}
	if (result->exit_code == 0)
		return 0;
	why = buildx_failure(trial->arena, result);
	error_set(err, ERROR_OTHER, "%s failed: %s", what, text_printable(trial->arena, why, false));
	return buildx_hint(why, result->err, err);
}

static int build(const struct trial *trial, const char *platform, struct error *err)
{
	const struct execution *run = trial->run;
	const char *argv[] = {"docker",
			      "buildx",
			      "build",
			      "--builder",
			      trial->step->name,
			      "--progress",
			      "plain",
			      "--no-cache",
			      "--provenance=false",
			      "--output",
			      "type=cacheonly",
			      "--file",
			      trial->file,
			      platform ? "--platform" : trial->build_from,
			      platform,
			      platform ? trial->build_from : NULL,
			      NULL};
	const char *env[BUILDX_ENV];
	struct spawn_request spawn = {
		.argv = argv,
		.env = env,
		.timeout_ms = run->options->boot_timeout_ms,
		.on_line = pass_line,
		.interrupt = run->interrupt,
		.context = (void *)trial,
	};
	struct spawn_result result = {0};
	int judged;

	buildx_env(trial->arena, trial->private_store.store, run->live->docker_config, env);
	if (spawn_run(&spawn, &result, err) < 0)
		return error_wrap(err, "trying a build on %s", trial->step->node);
	judged = assess(trial, platform, &result, err);
	spawn_result_done(&result);
	return judged;
}

static int build_all(const struct trial *trial, struct error *err)
{
	const struct strings *platforms = &trial->step->platforms;

	if (platforms->count == 0)
		return build(trial, NULL, err);
	for (size_t i = 0; i < platforms->count; i++)
		if (build(trial, platforms->items[i], err) < 0)
			return -1;
	return 0;
}

int execute_verify_build(struct execution *run, const struct step *step, struct error *err)
{
	struct trial trial = {.run = run, .step = step, .arena = run->arena};
	int built = -1;

	if (private_store_make(run, step, &trial.private_store, err) < 0)
		return -1;
	if (prepare(&trial, err) == 0)
		built = build_all(&trial, err);
	private_store_remove(run, &trial.private_store);
	return built;
}
