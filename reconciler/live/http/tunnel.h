/* The transport of ssh:// endpoints: each connection to a private socket becomes `ssh HOST docker system dial-stdio`,
 * or `ssh HOST buildctl dial-stdio` to a BuildKit daemon.
 *
 * The docker CLI and BuildKit's client do the same (docker/cli cli/connhelper/connhelper.go, moby/buildkit
 * client/connhelper/ssh/ssh.go). libcurl connects to the socket; the loop
 * accepts and hands the connection to ssh as its stdin and stdout. ssh runs in BatchMode: it never asks anything. */
#ifndef RECONCILE_LIVE_HTTP_TUNNEL_H
#define RECONCILE_LIVE_HTTP_TUNNEL_H

#include "base/error.h"
#include "live/http/endpoint.h"
#include "live/http/http.h"

struct tunnel;

enum tunnel_to { TUNNEL_DOCKER, TUNNEL_BUILDCTL };

/* Listens; no ssh is started before something connects to tunnel_socket(). http must outlive the tunnel. */
int tunnel_open(struct http *http, const struct endpoint *endpoint, enum tunnel_to to, int timeout_ms,
		struct tunnel **ret_tunnel, struct error *err);
const char *tunnel_socket(const struct tunnel *tunnel);
/* The reason of a request that failed, where ssh's words or its end tell it (ssh_words.h). */
void tunnel_explain(struct tunnel *tunnel, struct error *err);
/* Ends ssh, removes the socket and its folder. NULL is allowed. */
void tunnel_close(struct tunnel *tunnel);

#endif
