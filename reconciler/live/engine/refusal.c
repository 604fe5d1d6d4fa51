/* Reads the Engine's refusals. */
#include "live/engine/refusal.h"

#include "base/text.h"
#include "live/engine/parse.h"
#include "live/http/failure.h"

#include <string.h>

#define API_HINT "run `unset DOCKER_API_VERSION`: docker and BuildX then ask by a version that both sides have"

void engine_announces(struct arena *arena, const struct http_response *response, struct engine_probe *probe)
{
	if (response->failure)
		return;
	if (!probe->api && response->api_version[0] != '\0')
		probe->api = text_printable(arena, response->api_version, false);
	if (!probe->version)
		probe->maker = maker_of(arena, response->server, &probe->version);
	if (!probe->version && probe->api)
		probe->version = arena_printf(arena, "API %s", probe->api);
}

int engine_refusal(const struct http_response *response, struct tunnel *tunnel, const char *api_version,
		   struct error *err)
{
	char message[400];

	if (response->failure) {
		error_copy(err, response->failure);
		if (tunnel)
			tunnel_explain(tunnel, err);
		return -1;
	}
	engine_parse_message(response->body, response->length, message, sizeof(message));
	/* Go's net/http says so to those who speak without TLS to a port with it. */
	if (response->status == 400 && strstr(message, "HTTPS server")) {
		error_set(err, ERROR_UNREACHABLE, "the Engine wants TLS");
		return error_hint(err, "%s", FAILURE_WANTS_TLS);
	}
	if (response->status == 400 && !text_empty(api_version) && strstr(message, "API version")) {
		error_set(err, ERROR_UNREACHABLE, "DOCKER_API_VERSION=%s: %s", api_version, message);
		return error_hint(err, API_HINT);
	}
	if (response->api_version[0] == '\0' && !text_starts(response->server, "Docker/"))
		return error_set(err, ERROR_UNREACHABLE, "what answers there is not a Docker Engine (status %d)",
				 response->status);
	return error_set(err, response->status == 404 ? ERROR_NOT_FOUND : ERROR_UNREACHABLE,
			 "the Engine answered %d: %s", response->status, message[0] != '\0' ? message : "no message");
}

/* docker/cli cli/command/cli.go wants digits, a dot and digits. */
static bool is_api_version(const char *text)
{
	size_t major = strspn(text, "0123456789");
	size_t minor = major > 0 && text[major] == '.' ? strspn(text + major + 1, "0123456789") : 0;

	return minor > 0 && text[major + 1 + minor] == '\0';
}

int engine_api_check(struct arena *arena, const char *text, struct error *err)
{
	if (text_empty(text) || is_api_version(text))
		return 0;
	error_set(err, ERROR_UNREACHABLE,
		  "DOCKER_API_VERSION=%.40s is no version as 1.45, and docker does nothing with it",
		  text_printable(arena, text, false));
	return error_hint(err, API_HINT);
}
