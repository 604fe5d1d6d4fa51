/* libcurl as this process has it, for live/http/http.c: what must be known of its version. */
#ifndef RECONCILE_LIVE_HTTP_CURL_H
#define RECONCILE_LIVE_HTTP_CURL_H

#include <stdbool.h>

/* libcurl 7.88 spoils a connection when a second request says "prior knowledge" on it (curl/curl cbe9d82c22), without
 * TLS and with a server that knows no ALPN (buildkitd before v0.17): there the first of several connects, and the
 * others are content with HTTP/2. */
bool curl_h2_reuse_is_broken(void);

#endif
