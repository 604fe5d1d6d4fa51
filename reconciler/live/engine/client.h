/* The Docker Engine, for acting on it: one client per endpoint. Observing goes through live_observe().
 *
 * Endpoints are unix://, tcp:// (with TLS from a context), ssh:// (through `docker system dial-stdio`) or a context's
 * name. Every call has a deadline and a cap. A client belongs to one thread. The Engine's own words ("message" in its
 * JSON) are the error's message; 404 is NOT_FOUND, 409 is EXISTS, no answer is UNREACHABLE. What can be asked of it:
 * live/engine/container.h, live/engine/image.h. */
#ifndef RECONCILE_LIVE_ENGINE_CLIENT_H
#define RECONCILE_LIVE_ENGINE_CLIENT_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/live.h"

struct engine_client;

/* Resolves the endpoint with the contexts in `live` (kept by reference: must outlive the client, as does the interrupt,
 * which may be NULL: once it came, every call is INTERRUPTED). */
int engine_open(const struct live *live, const char *endpoint, int timeout_ms, const struct interrupt *interrupt,
		struct engine_client **ret_client, struct error *err);
void engine_close(struct engine_client *client); /* NULL is allowed */

#endif
