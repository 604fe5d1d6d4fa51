/* Where an endpoint leads: a URL or a context's name, as nodes hold them, to scheme, host, socket and TLS files.
 *
 * What the docker CLI and BuildX do is done here too (docker/buildx util/dockerutil/api.go, docker/cli
 * cli/context/docker/load.go, cli/flags/options.go): a name that is a context's is that context, with its TLS files;
 * else it is a URL, without TLS. Only the context "default" has the TLS of the environment, live->tls.
 */
#ifndef RECONCILE_LIVE_HTTP_ENDPOINT_H
#define RECONCILE_LIVE_HTTP_ENDPOINT_H

#include "base/arena.h"
#include "base/error.h"
#include "live/http/http.h"
#include "model/live.h"

#include <stdbool.h>

struct endpoint {
	const char *host; /* "unix:///var/run/docker.sock", "tcp://h:2376", "ssh://u@h:22" */
	/* Equal for two endpoints that are asked in the same way: host, with a socket's links followed, and TLS. */
	const char *key;
	struct http_target target; /* for ssh: the socket is the tunnel's, live/http/tunnel.h */
	bool is_ssh;
	const char *ssh_host, *ssh_user, *ssh_port; /* user and port NULL: as ssh's configuration says */
	const char *ssh_path;			    /* socket on that host; NULL: its default */
};

/* Everything in ret_endpoint is in the arena. err.kind: NOT_FOUND when it is neither a context nor a URL, INVALID when
 * it cannot be used (npipe on Linux, a broken URL, a missing TLS file). */
int endpoint_resolve(struct arena *arena, const struct live *live, const char *name, struct endpoint *ret_endpoint,
		     struct error *err);

/* The URL alone, without TLS. Pure. */
int endpoint_parse(struct arena *arena, const char *url, bool tls, struct endpoint *ret_endpoint, struct error *err);

#endif
