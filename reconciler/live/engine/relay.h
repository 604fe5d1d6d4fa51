/* Connections to a daemon that go through the Engine: exec in a container, and the Engine's own BuildKit.
 *
 * Each connection to a private socket becomes one to the Engine, over whatever the Engine is reached by: a request to
 * upgrade is sent on it, and behind its 101 bytes go both ways; or they do from the first. As docker/buildx does,
 * driver/docker-container/driver.go (exec of `buildctl dial-stdio`, whose answer is multiplexed) and
 * driver/docker/driver.go (POST /grpc, h2c). libcurl cannot be given such a connection itself: 7.88 refuses
 * CURL_SOCKOPT_ALREADY_CONNECTED on it. */
#ifndef RECONCILE_LIVE_ENGINE_RELAY_H
#define RECONCILE_LIVE_ENGINE_RELAY_H

#include "base/error.h"
#include "live/http/http.h"

struct relay;

enum relay_to {
	RELAY_EXEC,   /* exec in the container */
	RELAY_GRPC,   /* POST /grpc: the Engine's own BuildKit */
	RELAY_SOCKET, /* what the Engine listens on: libcurl would use connections to it again that speak HTTP/1.1 */
};

/* Nothing is asked of the Engine before something connects to relay_socket(). http and what engine points to must
 * outlive the relay. */
int relay_open(struct http *http, const struct http_target *engine, enum relay_to to, const char *container,
	       int timeout_ms, struct relay **ret_relay, struct error *err);
const char *relay_socket(const struct relay *relay);
/* What the Engine or buildctl said, as the reason of a request that failed: replaces err when there is such a thing. */
void relay_explain(const struct relay *relay, struct error *err);
void relay_close(struct relay *relay); /* NULL is allowed */

#endif
