/* For live/http/http.c: makes a connection that libcurl has opened one of the caller's (struct http_stream in
 * live/http/http.h).
 */
#ifndef RECONCILE_LIVE_HTTP_STREAM_H
#define RECONCILE_LIVE_HTTP_STREAM_H

#include "live/http/libcurl.h"

struct http_stream;

/* Those of one loop that are not closed yet. */
struct http_streams {
	struct http_stream *first;
};

/* The handle stays in the multi: its connection lives as long as it does. Takes easy and connect_to. */
struct http_stream *http_stream_new(struct http_streams *streams, CURLM *multi, CURL *easy,
				    struct curl_slist *connect_to);
/* Of a connected socket, which it takes. */
struct http_stream *http_stream_of(struct http_streams *streams, int fd);
void http_streams_close(struct http_streams *streams);

#endif
