/* What has come of an answer, whoever reads it off the wire: libcurl (transfer.c), or wire.c. Only for this room. */
#ifndef RECONCILE_LIVE_HTTP_ANSWER_H
#define RECONCILE_LIVE_HTTP_ANSWER_H

#include "base/buffer.h"
#include "live/http/http.h"

enum { HEADER_KEPT = 96 };

struct answer {
	const struct http_request *request;
	struct buffer body;
	char server[HEADER_KEPT], api_version[HEADER_KEPT];
	bool over_cap, refused; /* refused: on_data said no */
	bool garbled;		/* the body is what came in place of an answer */
};

void answer_begin(struct answer *answer, const struct http_request *request);
void answer_take_header(struct answer *answer, const char *line, size_t length); /* its end included or not */
/* -1: no more of it is wanted. */
int answer_take_body(struct answer *answer, int status, const char *data, size_t length);
/* Of what is no HTTP the beginning is kept, for people. Always -1. */
int answer_take_garbage(struct answer *answer, const char *data, size_t length);
/* Whether it is for one of these that it failed; sets err. */
bool answer_error(const struct answer *answer, struct error *err);
/* As done() is told it; failure NULL: it was answered. Texts are the answer's. */
struct http_response answer_response(const struct answer *answer, int status, const struct error *failure);

#endif
