/* libcurl as this process has it, for live/http/ and live/kube/client.c: what must be known of its version. */
#ifndef RECONCILE_LIVE_HTTP_CURL_H
#define RECONCILE_LIVE_HTTP_CURL_H

#include <stdbool.h>

/* libcurl 7.88 spoils a connection when a second request says "prior knowledge" on it (curl/curl cbe9d82c22), without
 * TLS and with a server that knows no ALPN (buildkitd before v0.17): there the first of several connects, and the
 * others are content with HTTP/2. */
bool curl_h2_reuse_is_broken(void);
/* libcurl 7.87 to 8.0 writes what it reads for another transfer of a shared connection where that one's buffer was, and
 * dies of it now and then (curl/curl#10936; 8.1 has other code): there, one transfer a connection. */
bool curl_h2_sharing_is_broken(void);

#endif
