/* One call of an Engine, for the files that make up live/engine/engine.h. Only for them. */
#ifndef RECONCILE_LIVE_ENGINE_CALL_H
#define RECONCILE_LIVE_ENGINE_CALL_H

#include "base/buffer.h"
#include "live/engine/client.h"
#include "live/http/endpoint.h"
#include "live/http/http.h"
#include "live/http/tunnel.h"

/* Removing unmounts and deletes a file system: seconds on a slow disk. */
enum { ENGINE_REMOVE_MS = 60000, ENGINE_POLL_MS = 20 };

struct engine_client {
	struct arena *arena;
	struct http *http;
	struct tunnel *tunnel;
	struct endpoint endpoint;
	const char *name; /* as the caller named it, for messages */
	int timeout_ms;
	const struct interrupt *interrupt;
};

/* What a call came to. */
struct answer {
	bool done;
	int status; /* 0: none came */
	struct buffer body;
	struct error failure;
};

/* -1 only when no answer came; the status is the caller's to judge. */
int engine_call(struct engine_client *client, const char *method, const char *path, int timeout_ms,
		struct answer *ret_answer, struct error *err);
/* GET of one object. -1 is also any answer but 200 and 404; with the latter ret_there is false. */
int engine_get(struct engine_client *client, const char *path, struct answer *ret_answer, bool *ret_there,
	       struct error *err);
/* The Engine's own words; 404 is NOT_FOUND, 409 EXISTS. Always -1. */
int engine_answer_error(const struct answer *answer, struct error *err);
/* POST of JSON (body NULL: none); any status from 300 on is an error in the Engine's own words. */
int engine_post(struct engine_client *client, const char *path, const char *body, int timeout_ms,
		struct answer *ret_answer, struct error *err);
/* For requests that a caller builds itself: the end of it, and the loop that runs until *done. */
void engine_answer_take(void *answer, const struct http_response *response);
void engine_call_run(struct engine_client *client, const struct http_request *request, const bool *done);
/* before + name, escaped + after, in a fresh buffer. */
struct text engine_path(const char *before, const char *name, const char *keep, const char *after);

static inline void answer_done(struct answer *answer)
{
	buffer_done(&answer->body);
}
#define CLEANUP_ANSWER __attribute__((cleanup(answer_done)))

#endif
