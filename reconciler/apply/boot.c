/* Runs `docker buildx inspect --bootstrap` and finds in its output whether every node runs, or why not. */
#include "apply/boot.h"

#include "apply/buildx_words.h"
#include "base/arena.h"
#include "base/spawn.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { MS = 1000 };

/* Calls `each` for every line of text, without its end; stops at the first true. */
static bool lines_find(struct arena *arena, const char *text, bool (*each)(void *context, const char *line),
		       void *context)
{
	while (*text != '\0') {
		size_t length = strcspn(text, "\n");

		if (each(context, arena_strndup(arena, text, length)))
			return true;
		text += length + (text[length] == '\n');
	}
	return false;
}

static const char *skip_blanks(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return text;
}

/* "#1 15.05 buildkitd: …" without the vertex's number and the time. */
static const char *line_content(const char *line)
{
	const char *at = line;

	if (*at != '#' || !isdigit((unsigned char)at[1]))
		return line;
	at = skip_blanks(at + strcspn(at, " "));
	size_t number = strspn(at, "0123456789.");
	return number > 0 && at[number] == ' ' ? skip_blanks(at + number) : at;
}

struct failure {
	const char *daemon; /* what buildkitd said as it ended */
	const char *error;  /* BuildX's last "ERROR: " line */
	const char *last;   /* the last line that says anything */
};

static bool note_failure(void *context, const char *line)
{
	struct failure *failure = context;
	const char *content = line_content(line);

	if (text_starts(content, "buildkitd: ")) {
		failure->daemon = content;
	} else if (text_starts(content, "ERROR: ")) {
		failure->error = skip_blanks(content + strlen("ERROR: "));
	} else if (text_starts(content, "error: ")) {
		failure->error = skip_blanks(content + strlen("error: "));
	}
	if (*skip_blanks(content) != '\0' && !text_starts(content, "------"))
		failure->last = content;
	return false;
}

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
	if (value == NULL || *line == ' ' || *line == '\t')
		return false;
	value = skip_blanks(value + 1);
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
	const struct buildx_words *words = buildx_words_find(why);

	if (words == NULL)
		words = buildx_words_find(output);
	(void)error_set(err, kind, "booting %s: %s", request->name, text_printable(arena, why, false));
	if (words != NULL)
		(void)error_hint(err, "%s: %s", words->cause, words->mend);
	return -1;
}

static int fail_exited(struct arena *arena, const struct boot_request *request, const struct spawn_result *result,
		       struct error *err)
{
	struct failure failure = {0};
	const char *said;

	(void)lines_find(arena, result->err, note_failure, &failure);
	said = failure.error != NULL  ? failure.error
	       : failure.last != NULL ? failure.last
				      : arena_printf(arena, "docker buildx ended with exit code %d and said nothing",
						     result->exit_code);
	if (result->term_signal != 0)
		said = arena_printf(arena, "docker buildx was ended by signal %d", result->term_signal);
	if (failure.daemon != NULL && failure.daemon != said)
		said = arena_printf(arena, "%s (%s)", failure.daemon, said);
	return fail_with_words(arena, request, ERROR_OTHER, said, result->err, err);
}

/* BuildX skips nodes that it cannot reach and ends with 0: docker/buildx builder/builder.go, Boot(). */
static int check_nodes(struct arena *arena, const struct boot_request *request, const struct spawn_result *result,
		       struct error *err)
{
	struct nodes nodes = {.name = request->name};

	if (!lines_find(arena, result->out, note_node, &nodes))
		return 0;
	return fail_with_words(arena, request, ERROR_UNREACHABLE,
			       arena_printf(arena, "node %s: %s", nodes.failed, nodes.why), nodes.why, err);
}

static int judge(struct arena *arena, const struct boot_request *request, const struct spawn_result *result,
		 struct error *err)
{
	struct failure failure = {0};

	if (result->was_cancelled)
		return error_set(err, ERROR_INTERRUPTED, "booting %s was interrupted", request->name);
	if (result->timed_out) {
		(void)lines_find(arena, result->err, note_failure, &failure);
		(void)error_set(err, ERROR_UNREACHABLE, "booting %s did not end within %d s; the last it said: %s",
				request->name, request->timeout_ms / MS,
				failure.last != NULL ? text_printable(arena, failure.last, false) : "nothing");
		return error_hint(err,
				  "give it more time with --boot-timeout, or see what it waits for: docker buildx "
				  "inspect --bootstrap %s",
				  request->name);
	}
	return result->exit_code == 0 ? check_nodes(arena, request, result, err)
				      : fail_exited(arena, request, result, err);
}

static void pass_line(void *context, bool is_stderr, const char *line)
{
	const struct boot_request *request = context;

	if (is_stderr && request->say != NULL && *skip_blanks(line) != '\0')
		request->say(request->context, line);
}

static bool pass_cancelled(void *context)
{
	const struct boot_request *request = context;

	return request->cancelled != NULL && request->cancelled(request->context);
}

int boot_builder(const struct boot_request *request, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *argv[] = {"docker", "buildx", "inspect", "--bootstrap", request->name, NULL};
	const char *env[] = {
		arena_printf(arena, "BUILDX_CONFIG=%s", request->store),
		arena_printf(arena, "DOCKER_CONFIG=%s", request->docker_config),
		"BUILDKIT_PROGRESS=plain", /* the user's may be quiet, or JSON */
		"BUILDKIT_COLORS=",
		"NO_COLOR=1",
		NULL,
	};
	struct spawn_request spawn = {
		.argv = argv,
		.env = env,
		.keep_fd = request->run_lock_fd,
		.timeout_ms = request->timeout_ms,
		.on_line = pass_line,
		.cancelled = pass_cancelled,
		.context = (void *)request,
	};
	struct spawn_result result = {0};
	int judged;

	/* A name never starts with a dash (docker/buildx store/util.go), but plans may come from a file. */
	if (text_empty(request->name) || *request->name == '-')
		return error_set(err, ERROR_CORRUPT, "the plan boots a builder without a valid name");
	if (spawn_run(&spawn, &result, err) < 0) {
		(void)error_wrap(err, "booting %s", request->name);
		return error_hint(err, "install the docker CLI and BuildX, and see that `docker buildx version` works");
	}
	judged = judge(arena, request, &result, err);
	spawn_result_done(&result);
	return judged;
}
