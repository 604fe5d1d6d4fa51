/* gRPC calls, unary and server-streaming, over the event loop of live/http/http.h. The target has h2 set.
 *
 *     struct grpc_call call = {.method = "/moby.buildkit.v1.Control/Info", .timeout_ms = 5000, .on_message = …,
 *                              .done = …, .context = …};
 *     grpc_start(http, &target, &call);        // the call is the caller's and lives until done() or grpc_cancel()
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     grpc_done(&call);
 *
 * A call ends once, with done(): a status of the daemon (0 is success), or GRPC_NO_STATUS when none came. Source:
 * grpc/grpc doc/PROTOCOL-HTTP2.md, doc/statuscodes.md. */
#ifndef RECONCILE_LIVE_BUILDKIT_GRPC_H
#define RECONCILE_LIVE_BUILDKIT_GRPC_H

#include "base/error.h"
#include "live/buildkit/grpc_frame.h"
#include "live/http/http.h"

enum grpc_status {
	GRPC_NO_STATUS = -1,
	GRPC_OK = 0,
	GRPC_DEADLINE_EXCEEDED = 4,
	GRPC_NOT_FOUND = 5,
	GRPC_ALREADY_EXISTS = 6,
	GRPC_PERMISSION_DENIED = 7,
	GRPC_UNIMPLEMENTED = 12,
	GRPC_UNAVAILABLE = 14,
	GRPC_UNAUTHENTICATED = 16,
};

struct grpc_call {
	/* Asked. */
	const char *method;  /* "/package.Service/Method" */
	const void *message; /* encoded; NULL with length 0: an empty one; not kept */
	size_t length;
	int timeout_ms;	    /* allowed in all; 0: none */
	int64_t deadline;   /* when that runs out by clock_ms(); 0: timeout_ms from now */
	bool joins;	    /* shares the connection of another call that is under way */
	size_t message_cap; /* of one message; 0: 16 MiB, as BuildKit's own client has it */
	size_t count_cap;   /* of messages; 0: 1, a unary call */
	/* Each message of the answer; -1 ends the call with the reason in err. May be NULL. */
	int (*on_message)(void *context, const unsigned char *data, size_t length, struct error *err);
	/* failure is NULL when status is GRPC_OK. With the daemon's own words; no answer is UNREACHABLE. */
	void (*done)(void *context, enum grpc_status status, const struct error *failure);
	void *context;

	/* The call's own. */
	struct grpc_frames frames;
	struct error broken;
	bool is_broken, is_grpc;
	int status;
	char words[512];
};

void grpc_start(struct http *http, const struct http_target *target, struct grpc_call *call);
void grpc_cancel(struct http *http, struct grpc_call *call); /* done() is not called */
void grpc_done(struct grpc_call *call);			     /* frees what it held; after its end */

/* grpc-message: "%20" and the like to bytes; a broken escape stays as it is. Cuts to the size. Pure. */
void grpc_words(const char *encoded, size_t length, char *ret_words, size_t size);

#endif
