/* Finds in BuildX's plain output why a command failed. */
#include "apply/buildx_output.h"

#include "apply/buildx_words.h"

#include <ctype.h>
#include <string.h>

bool buildx_lines_find(struct arena *arena, const char *text, bool (*each)(void *context, const char *line),
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

	if (strstr(content, "got SIGTERM/SIGINT")) /* what docker says to being ended by us tells of nothing else */
		return false;
	if (text_starts(content, "buildkitd: "))
		failure->daemon = content;
	else if (text_starts(content, "ERROR: "))
		failure->error = skip_blanks(content + strlen("ERROR: "));
	else if (text_starts(content, "error: "))
		failure->error = skip_blanks(content + strlen("error: "));
	if (*skip_blanks(content) != '\0' && !text_starts(content, "------"))
		failure->last = content;
	return false;
}

const char *buildx_last_line(struct arena *arena, const char *text)
{
	struct failure failure = {0};

	buildx_lines_find(arena, text, note_failure, &failure);
	return failure.last;
}

const char *buildx_failure(struct arena *arena, const struct spawn_result *result)
{
	struct failure failure = {0};
	const char *said;

	buildx_lines_find(arena, result->err, note_failure, &failure);
	said = failure.error  ? failure.error
	       : failure.last ? failure.last
			      : arena_printf(arena, "docker buildx ended with exit code %d and said nothing",
					     result->exit_code);
	if (result->term_signal != 0)
		said = arena_printf(arena, "docker buildx was ended by signal %d", result->term_signal);
	if (failure.daemon && failure.daemon != said)
		said = arena_printf(arena, "%s (%s)", failure.daemon, said);
	return said;
}

int buildx_hint(const char *why, const char *output, struct error *err)
{
	const struct buildx_words *words = buildx_words_find(why);

	if (!words)
		words = buildx_words_find(output);
	return words ? error_hint(err, "%s: %s", words->cause, words->mend) : -1;
}

void buildx_env(struct arena *arena, const char *store, const char *docker_config, const char *ret_env[BUILDX_ENV])
{
	const char *env[BUILDX_ENV] = {
		arena_printf(arena, "BUILDX_CONFIG=%s", store),
		arena_printf(arena, "DOCKER_CONFIG=%s", docker_config),
		"BUILDKIT_PROGRESS=plain", /* the user's may be quiet, or JSON */
		"BUILDKIT_COLORS=",
		"NO_COLOR=1",
		NULL,
	};

	memcpy(ret_env, env, sizeof(env));
}
