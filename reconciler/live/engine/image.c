/* Images of an Engine: looked up, pulled; and the build cache of the Engine's own BuildKit. */
#include "live/engine/image.h"

#include "base/buffer.h"
#include "base/json.h"
#include "base/limits.h"
#include "live/engine/auth.h"
#include "live/engine/call.h"
#include "live/engine/parse.h"
#include "live/http/failure.h"
#include "live/http/text.h"

#include <string.h>

enum { PRUNE_MS = 600000, REGISTRY_CAP = 256 };

int engine_image_id(struct engine_client *client, struct arena *arena, const char *image, const char **ret_id,
		    struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_TEXT struct text path = engine_path("/images/", image, "/:@", "/json");
	struct strings env = {0};
	bool there;

	*ret_id = NULL;
	if (engine_get(client, text_string(&path), &answer, &there, err) < 0)
		return -1;
	if (!there)
		return 0;
	return engine_parse_image(arena, buffer_text(&answer.body), answer.body.length, ret_id, &env, err);
}

/* A pull under way: its answer is a stream of lines. */
struct pull {
	const struct pull_request *request;
	struct answer answer;
	struct buffer line;
	char error[512];
};

static int pull_line(struct pull *pull)
{
	struct pull_line line;
	struct error ignored = ERROR_INIT;

	if (pull->line.length == 0)
		return 0;
	if (engine_parse_pull(buffer_text(&pull->line), pull->line.length, &line, &ignored) < 0)
		return -1;
	buffer_clear(&pull->line);
	if (line.error[0] != '\0' && pull->error[0] == '\0')
		memcpy(pull->error, line.error, sizeof(pull->error));
	if (line.text[0] != '\0' && pull->request->on_line)
		pull->request->on_line(pull->request->context, line.text);
	return 0;
}

static int pull_data(void *context, const char *data, size_t length)
{
	struct pull *pull = context;

	while (length > 0) {
		const char *end = memchr(data, '\n', length);
		size_t part = end ? (size_t)(end - data) : length;
		while (part > 0 && end && data[part - 1] == '\r')
			part--;
		if (buffer_append(&pull->line, data, part) < 0)
			return -1;
		if (!end)
			return 0;
		if (pull_line(pull) < 0)
			return -1;
		length -= (size_t)(end + 1 - data);
		data = end + 1;
	}
	return 0;
}

static void pull_done(void *context, const struct http_response *response)
{
	struct pull *pull = context;

	engine_answer_take(&pull->answer, response);
	if (!response->failure && response->status == 200)
		pull_line(pull);
}

/* "repo:tag@digest" is asked for by digest, "repo:tag" by tag, "repo" as "latest": without a tag the Engine would pull
 * all there are (docker/cli cli/command/image/trust.go, moby/moby client/image_pull.go). */
static void pull_path(const char *image, struct text *path)
{
	const char *digest = strchr(image, '@'), *slash = strrchr(image, '/');
	size_t end = digest ? (size_t)(digest - image) : strlen(image);
	if (digest && slash && slash > digest)
		slash = NULL;
	const char *colon = memchr(slash ? slash : image, ':', end - (slash ? (size_t)(slash - image) : 0));
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *tag = digest ? digest + 1 : colon ? colon + 1 : "latest";

	text_puts(path, "/images/create?fromImage=");
	http_escape(path, arena_strndup(arena, image, colon ? (size_t)(colon - image) : end), "");
	text_puts(path, "&tag=");
	http_escape(path, tag, "");
}

/* The Engine is silent as long as the registry is. */
static int pull_broke(const struct engine_client *client, const struct pull *pull, struct error *err)
{
	char registry[REGISTRY_CAP];

	if (strstr(pull->answer.failure.message, FAILURE_LATE)) {
		auth_registry(pull->request->image, registry, sizeof(registry));
		error_set(err, ERROR_UNREACHABLE, "the Engine said nothing for %g s",
			  pull->request->silence_ms / 1000.0);
		return error_hint(err,
				  "look from the Engine's machine whether %s, or a proxy before it, answers; more "
				  "patience is --boot-timeout SECONDS",
				  registry);
	}
	error_copy(err, &pull->answer.failure);
	if (client->tunnel)
		tunnel_explain(client->tunnel, err);
	return -1;
}

int engine_image_pull(struct engine_client *client, const struct pull_request *pull_request, struct error *err)
{
	const char *image = pull_request->image;
	CLEANUP_TEXT struct text path = TEXT_INIT;
	struct text value = TEXT_INIT, header = TEXT_INIT;
	struct pull pull = {.request = pull_request, .line = BUFFER_INIT(LIMIT_ENGINE_LINE)};
	int result = 0;

	pull_path(image, &path);
	if (auth_header(pull_request->docker_config, image, client->interrupt, &value, err) < 0)
		return -1;
	text_printf(&header, "X-Registry-Auth: %s", text_string(&value));
	const char *const headers[] = {value.length > 0 ? text_string(&header) : NULL, NULL};
	struct http_request request = {
		.method = "POST",
		.path = text_string(&path),
		.headers = headers,
		.idle_ms = pull_request->silence_ms,
		.on_data = pull_data,
		.done = pull_done,
		.context = &pull,
	};
	pull.answer.body.cap = BUFFER_TEXT_CAP;
	engine_call_run(client, &request, &pull.answer.done);
	auth_wipe(&value);
	auth_wipe(&header);
	if (pull.error[0] != '\0')
		result = error_set(err, ERROR_OTHER, "%s", pull.error);
	else if (pull.answer.status == 0)
		result = pull_broke(client, &pull, err);
	else if (pull.answer.status != 200)
		result = engine_answer_error(&pull.answer, err);
	buffer_done(&pull.line);
	buffer_done(&pull.answer.body);
	return result < 0 ? error_wrap(err, "pulling %s", image) : 0;
}

int engine_build_prune(struct engine_client *client, int64_t *ret_freed, struct error *err)
{
	CLEANUP_ANSWER struct answer answer = {0};
	CLEANUP_JSON cJSON *json = NULL;

	if (engine_call(client, "POST", "/build/prune?all=1", PRUNE_MS, &answer, err) < 0)
		return -1;
	if (answer.status != 200)
		return engine_answer_error(&answer, err);
	if (json_parse(buffer_text(&answer.body), answer.body.length, &json, err) < 0)
		return error_wrap(err, "engine %s", client->name);
	*ret_freed = json_integer(json, "SpaceReclaimed", 0);
	return 0;
}
