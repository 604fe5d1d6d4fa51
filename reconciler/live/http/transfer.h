/* One request on its way, as libcurl sees it. Only for live/http/http.c, whose list it is in. */
#ifndef RECONCILE_LIVE_HTTP_TRANSFER_H
#define RECONCILE_LIVE_HTTP_TRANSFER_H

#include "base/authorities.h"
#include "live/http/answer.h"
#include "live/http/http.h"
#include "live/http/libcurl.h"
#include "live/http/must.h"

#include <stdlib.h>

struct transfer {
	struct transfer *next, *previous;
	CURL *easy;
	struct curl_slist *headers, *connect_to;
	struct http_request request; /* its texts are not kept, except those libcurl copied */
	const struct http_target *target;
	struct authorities authorities; /* of the system */
	struct answer answer;
	bool h2;
	bool too_long;	     /* never started */
	struct error *broke; /* under diagnosis: what it will be said to have failed with otherwise */
	char text[CURL_ERROR_SIZE];
};

static inline void must_set(CURLcode code, const char *option)
{
	must_hold(code == CURLE_OK, code == CURLE_OUT_OF_MEMORY, option);
}

static inline void must_multi(CURLMcode code, const char *what)
{
	must_hold(code == CURLM_OK, code == CURLM_OUT_OF_MEMORY, what);
}

/* libcurl wants varargs of exact types. */
#define SET(easy, option, value) must_set(curl_easy_setopt((easy), (option), (value)), #option)

/* From the request and the target, for a handle that may have served another. */
void transfer_setup(struct transfer *transfer);

#endif
