/* How the BuildKit daemon of a node is reached, as BuildX reaches it, and the way kept open while it is asked.
 *
 *     struct daemon_route route;
 *     if (daemon_route_container(arena, &engine, id, pid, &route) …       // where to
 *     if (daemon_route_open(http, &route, timeout_ms, err) < 0) …         // then &route.target is for grpc_start()
 *     daemon_route_explain(&route, err);                                  // a failed call: what ssh or the Engine said
 *     daemon_route_close(&route);                                         // before http_free()
 *
 * docker-container: the daemon's socket below /proc/<pid>/root when the Engine is of this machine and this user may,
 * else exec of `buildctl dial-stdio` (docker/buildx driver/docker-container/driver.go). remote: its endpoint
 * (docker/buildx driver/remote). kubernetes: exec in a pod (docker/buildx driver/kubernetes/driver.go). docker: gRPC on
 * the Engine's own socket where its API has that (model/maker.h), else the Engine's POST /grpc (docker/buildx
 * driver/docker/driver.go). */
#ifndef RECONCILE_LIVE_BUILDKIT_ROUTE_H
#define RECONCILE_LIVE_BUILDKIT_ROUTE_H

#include "base/arena.h"
#include "base/error.h"
#include "live/http/endpoint.h"
#include "live/http/http.h"
#include "live/kube/pod.h"
#include "model/builder.h"

enum daemon_way {
	WAY_DIRECT, /* libcurl connects to it */
	WAY_SSH,    /* `ssh HOST buildctl dial-stdio` */
	WAY_EXEC,   /* exec in the node's container */
	WAY_POD,    /* exec in a pod of the node's */
	WAY_GRPC,   /* the Engine's own BuildKit, by POST /grpc */
	WAY_ENGINE, /* the same, as the Engine's API itself */
};

struct tunnel;
struct relay;
struct kube_client;
struct pod_relay;

struct daemon_route {
	enum daemon_way way;
	struct http_target target;   /* of gRPC calls, once open */
	struct endpoint far;	     /* WAY_SSH: the host; WAY_EXEC, WAY_GRPC, WAY_ENGINE: the Engine */
	const char *container;	     /* WAY_EXEC: its id */
	struct kube_client *cluster; /* WAY_POD */
	struct kube_place place;     /* WAY_POD */
	struct tunnel *tunnel;
	struct relay *relay;
	struct pod_relay *pod_relay;
};

/* engine stays the caller's and must live as long; id and pid as the Engine says. */
void daemon_route_container(struct arena *arena, const struct endpoint *engine, const char *id, int64_t pid,
			    struct daemon_route *ret_route);
/* Whether the container's process is one of this machine, so that process_path() leads into its file system. */
bool daemon_is_here(const struct endpoint *engine, const char *id, int64_t pid);
/* By what the Engine says of its API; NULL: nobody knows, or knows better, and POST /grpc it is. */
void daemon_route_docker(const struct endpoint *engine, const char *api, struct daemon_route *ret_route);
/* The client stays the caller's and must live as long, and the texts. */
void daemon_route_pod(struct kube_client *client, const struct kube_place *place, struct daemon_route *ret_route);
/* The contexts in live are looked at for docker-container:// only. -1: INVALID (a scheme that cannot be followed from
 * here, TLS options that BuildX refuses). */
int daemon_route_remote(struct arena *arena, const struct live *live, const struct node *node,
			struct daemon_route *ret_route, struct error *err);

int daemon_route_open(struct http *http, struct daemon_route *route, int timeout_ms, struct error *err);
void daemon_route_explain(struct daemon_route *route, struct error *err);
/* Whether it failed because this user may not exec in the pod. */
bool daemon_route_forbidden(const struct daemon_route *route);
/* Whether it failed because nobody listens at its end. */
bool daemon_route_deserted(const struct daemon_route *route);
void daemon_route_close(struct daemon_route *route);

#endif
