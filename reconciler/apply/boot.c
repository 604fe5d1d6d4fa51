/* Runs `docker buildx inspect --bootstrap` and finds in its output whether every node runs, or why not. */
#include "apply/boot.h"

#include "apply/buildx_output.h"
#include "base/count.h"

#include <string.h>

enum { MS = 1000 };

/* What `inspect` prints of one node; docker/buildx commands/inspect.go. */
struct nodes {
	const char *name; /* of the node (at first: builder) whose block is being read */
	const char *failed, *why;
};

static bool note_node(void *context, const char *line)
{
	struct nodes *nodes = context;
	const char *value = strchr(line, ':');

	/* Lines of a block start in the first column; those of labels and files do not. */
	if (!value || *line == ' ' || *line == '\t')
		return false;
	value++;
	value += strspn(value, " \t");
	if (text_starts(line, "Name:"))
		nodes->name = value;
	bool idle = text_starts(line, "Status:") && !text_equal(value, "running");
	if (!text_starts(line, "Error:") && !idle)
		return false;
	nodes->failed = nodes->name;
	nodes->why = value;
	return true;
}

static int fail_with_words(struct arena *arena, const struct boot_request *request, enum error_kind kind,
			   const char *why, const char *output, struct error *err)
{
	error_set(err, kind, "booting %s: %s", request->name, text_printable(arena, why, false));
	return buildx_hint(why, output, err);
}

/* BuildX skips nodes that it cannot reach and ends with 0: docker/buildx builder/builder.go, Boot(). */
static int check_nodes(struct arena *arena, const struct boot_request *request, const struct spawn_result *result,
		       struct error *err)
{
	struct nodes nodes = {.name = request->name};

	if (!buildx_lines_find(arena, result->out, note_node, &nodes))
		return 0;
	return fail_with_words(arena, request, ERROR_UNREACHABLE,
			       arena_printf(arena, "node %s: %s", nodes.failed, nodes.why), nodes.why, err);
}

static int assess(struct arena *arena, const struct boot_request *request, const struct spawn_result *result,
		  struct error *err)
{
	const char *last = buildx_last_line(arena, result->err);

	if (result->was_interrupted)
		return error_set(err, ERROR_INTERRUPTED, "booting %s was interrupted", request->name);
	if (result->timed_out) {
		error_set(err, ERROR_UNREACHABLE, "booting %s did not end within %d s; the last it said: %s",
			  request->name, request->timeout_ms / MS,
			  last ? text_printable(arena, last, false) : "nothing");
		return error_hint(err,
				  "give it more time with --boot-timeout, or see what it waits for: docker buildx "
				  "inspect --bootstrap %s",
				  request->name);
	}
	if (result->exit_code == 0)
		return check_nodes(arena, request, result, err);
	return fail_with_words(arena, request, ERROR_OTHER, buildx_failure(arena, result), result->err, err);
}

static void pass_line(void *context, bool is_stderr, const char *line)
{
	const struct boot_request *request = context;

	if (is_stderr && request->say && line[strspn(line, " \t")] != '\0')
		request->say(request->context, line);
}

static bool note_idle(void *context, const char *line)
{
	(void)context;
	return text_starts(line, "Status:") && text_ends(line, " inactive");
}

/* "failed to list workers" is buildctl's for a daemon that does not listen; the others are Go's for a time that is up.
 * Its 20 s begin before it boots: of pods that it waited for longer, it cannot ask the cluster any more how they are,
 * and says of them what it says of all that it could not ask (docker/buildx commands/inspect.go;
 * driver/kubernetes/driver.go, Info). */
static bool gave_up(struct arena *arena, const struct spawn_result *result)
{
	static const char *const words[] = {"failed to list workers", "context deadline exceeded", "DeadlineExceeded"};

	if (result->exit_code == 0 && buildx_lines_find(arena, result->out, note_idle, NULL))
		return true;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strstr(result->err, words[i]) || strstr(result->out, words[i]))
			return !result->was_interrupted && !result->timed_out;
	return false;
}

int boot_builder(const struct boot_request *request, bool *ret_gave_up, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *argv[] = {"docker", "buildx", "inspect", "--bootstrap", request->name, NULL};
	const char *env[BUILDX_ENV];
	struct spawn_request spawn = {
		.argv = argv,
		.env = env,
		.keep_fd = request->run_lock_fd,
		.timeout_ms = request->timeout_ms,
		.on_line = pass_line,
		.interrupt = request->interrupt,
		.context = (void *)request,
	};
	struct spawn_result result = {0};
	int judged;

	if (ret_gave_up)
		*ret_gave_up = false;
	buildx_env(arena, request->store, request->docker_config, env);
	/* A name never starts with a dash (docker/buildx store/util.go), but plans may come from a file. */
	if (text_empty(request->name) || *request->name == '-')
		return error_set(err, ERROR_CORRUPT, "the plan boots a builder without a valid name");
	if (spawn_run(&spawn, &result, err) < 0) {
		error_wrap(err, "booting %s", request->name);
		return error_hint(err, "install the docker CLI and BuildX, and see that `docker buildx version` works");
	}
	judged = assess(arena, request, &result, err);
	if (ret_gave_up)
		*ret_gave_up = judged < 0 && gave_up(arena, &result);
	spawn_result_done(&result);
	return judged;
}
