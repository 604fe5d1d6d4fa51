/* Asks Engines once more, over the ways that their observation took. */
#include "live/engine/ask.h"

#include "live/http/tunnel.h"

enum { STEP_MS = 1000 };

size_t engine_probe_of(struct engine_probe *const *probes, size_t count, const struct engine *engine)
{
	size_t i = 0;

	while (i < count && !text_equal(probes[i]->endpoint.key, engine->key))
		i++;
	return i;
}

void engine_asker_init(struct engine_asker *asker, struct http *http, struct live *live,
		       struct engine_probe *const *probes, size_t count)
{
	*asker = (struct engine_asker){.http = http, .arena = live->arena, .probes = probes, .count = count};
	asker->tunnels = ARENA_ARRAY(live->arena, struct tunnel *, count + 1);
}

void engine_ask(struct engine_asker *asker, const struct engine *engine, const char *path, size_t cap,
		void (*done)(void *context, const struct http_response *response), void *context)
{
	size_t index = engine_probe_of(asker->probes, asker->count, engine);

	if (index == asker->count)
		return;
	const struct engine_probe *probe = asker->probes[index];
	struct tunnel **tunnel = &asker->tunnels[index];
	struct http_target *target = ARENA_NEW(asker->arena, struct http_target);
	*target = probe->endpoint.target;
	if (probe->endpoint.is_ssh) {
		if (!*tunnel &&
		    tunnel_open(asker->http, &probe->endpoint, TUNNEL_DOCKER, probe->timeout_ms, tunnel, NULL) < 0)
			return;
		target->socket = tunnel_socket(*tunnel);
	}
	http_start(asker->http, target,
		   &(struct http_request){.method = "GET",
					  .path = path,
					  .timeout_ms = probe->timeout_ms,
					  .cap = cap,
					  .done = done,
					  .context = context});
}

void engine_asker_run(struct engine_asker *asker)
{
	while (http_step(asker->http, STEP_MS) > 0)
		;
	for (size_t i = 0; i < asker->count; i++)
		tunnel_close(asker->tunnels[i]);
}
