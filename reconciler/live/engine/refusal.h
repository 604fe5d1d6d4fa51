/* What an Engine's refusal of a look at it means, and the version that it is asked by. */
#ifndef RECONCILE_LIVE_ENGINE_REFUSAL_H
#define RECONCILE_LIVE_ENGINE_REFUSAL_H

#include "base/arena.h"
#include "base/error.h"
#include "live/engine/observe.h"
#include "live/http/http.h"
#include "live/http/tunnel.h"

/* Keeps what the Engine says of itself with each answer: api, maker, version. */
void engine_announces(struct arena *arena, const struct http_response *response, struct engine_probe *probe);
/* The error of an answer that is no success; -1. NOT_FOUND for an Engine's 404, UNREACHABLE otherwise; tunnel may be
 * NULL. api_version: DOCKER_API_VERSION, as it was asked by. */
int engine_refusal(const struct http_response *response, struct tunnel *tunnel, const char *api_version,
		   struct error *err);
/* As docker wants DOCKER_API_VERSION: 1.45; "" is none. */
int engine_api_check(struct arena *arena, const char *text, struct error *err);

#endif
