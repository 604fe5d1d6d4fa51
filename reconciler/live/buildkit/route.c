/* Finds the way to a node's daemon, and keeps it open. */
#include "live/buildkit/route.h"

#include "base/process.h"
#include "base/text.h"
#include "live/engine/relay.h"
#include "live/http/tunnel.h"
#include "live/kube/exec.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Where buildkitd listens in its container unless it is told otherwise (moby/buildkit util/appdefaults). */
#define SOCKET_IN_CONTAINER "/run/buildkit/buildkitd.sock"

#define SCHEME_CONTAINER "docker-container://"

bool daemon_is_here(const struct endpoint *engine, const char *id, int64_t pid)
{
	return !engine->is_ssh && engine->target.socket && process_in_container(pid, id);
}

void daemon_route_container(struct arena *arena, const struct endpoint *engine, const char *id, int64_t pid,
			    struct daemon_route *ret_route)
{
	*ret_route = (struct daemon_route){.way = WAY_EXEC, .far = *engine, .container = id};
	ret_route->target = (struct http_target){.origin = "http://buildkitd", .h2 = true, .is_daemon = true};
	if (!daemon_is_here(engine, id, pid))
		return;
	const char *socket = process_path(arena, pid, SOCKET_IN_CONTAINER);
	if (access(socket, W_OK) != 0)
		return;
	ret_route->way = WAY_DIRECT;
	ret_route->target.socket = socket;
}

void daemon_route_docker(const struct endpoint *engine, const char *api, struct daemon_route *ret_route)
{
	/* In TLS the Engine offers HTTP/1.1 alone up to this day, whatever it means to: docker/go-connections
	 * sockets/tcp_socket.go overrules what moby/moby daemon/command/daemon.go, newAPIServerTLSConfig, asks for. */
	bool direct = engine_is_able(api, ENGINE_SPEAKS_HTTP2) && !text_starts(engine->target.origin, "https://");

	*ret_route = (struct daemon_route){
		.way = direct ? WAY_ENGINE : WAY_GRPC,
		.far = *engine,
		.target = {.origin = "http://buildkitd", .h2 = true, .is_daemon = true},
	};
}

void daemon_route_pod(struct kube_client *client, const struct kube_place *place, struct daemon_route *ret_route)
{
	*ret_route = (struct daemon_route){
		.way = WAY_POD,
		.target = {.origin = "http://buildkitd", .h2 = true, .is_daemon = true},
		.cluster = client,
		.place = *place,
	};
}

/* docker/buildx driver/remote/factory.go: any of these turns TLS on, and then cacert is needed. */
static int remote_tls(const struct node *node, bool *ret_tls, struct http_target *ret_target, struct error *err)
{
	const char *cert = pairs_get(&node->driver_opts, "cert"), *key = pairs_get(&node->driver_opts, "key");

	ret_target->ca = pairs_get(&node->driver_opts, "cacert");
	ret_target->cert = cert;
	ret_target->key = key;
	*ret_tls = ret_target->ca || cert || key || pairs_get(&node->driver_opts, "servername");
	if (*ret_tls && text_empty(ret_target->ca))
		return error_set(err, ERROR_INVALID, "TLS is wanted, but the driver option cacert is missing");
	if (text_empty(cert) != text_empty(key))
		return error_set(err, ERROR_INVALID, "of the driver options cert and key, %s is missing",
				 text_empty(cert) ? "cert" : "key");
	return 0;
}

static void remote_name(struct arena *arena, const struct node *node, struct http_target *target)
{
	const char *name = pairs_get(&node->driver_opts, "servername");
	const char *authority = target->origin + strlen("https://"), *port = strrchr(authority, ':');

	if (text_empty(name))
		return;
	/* The certificate must bear this name, whatever is connected to. */
	if (!target->socket)
		target->connect_to = authority;
	target->origin = arena_printf(arena, "https://%s%s", name, !target->socket && port ? port : "");
}

static bool has_port(const char *url)
{
	const char *authority = strstr(url, "://") + 3, *end = authority + strcspn(authority, "/");

	while (end > authority && end[-1] >= '0' && end[-1] <= '9')
		end--;
	return end > authority && end[-1] == ':' && (*authority != '[' || end[-2] == ']');
}

/* moby/buildkit client/connhelper/dockercontainer: `docker exec NAME buildctl dial-stdio`, in the context that the URL
 * names, else where docker is now. */
static int route_by_exec(struct arena *arena, const struct live *live, const char *url, struct daemon_route *ret_route,
			 struct error *err)
{
	static const char in_context[] = "?context=";
	const char *name = url + strlen(SCHEME_CONTAINER), *query = strchr(name, '?');
	const char *context = query && text_starts(query, in_context) ? query + strlen(in_context) : NULL;
	struct endpoint engine;

	if (endpoint_resolve(arena, live, context ? context : live->current_context, &engine, err) < 0)
		return -1;
	daemon_route_container(arena, &engine, arena_strndup(arena, name, strcspn(name, "?/")), 0, ret_route);
	return 0;
}

int daemon_route_remote(struct arena *arena, const struct live *live, const struct node *node,
			struct daemon_route *ret_route, struct error *err)
{
	struct http_target tls = {0};
	struct endpoint endpoint;
	const char *url = node->endpoint;
	bool is_tls;

	if (text_empty(url) || !strstr(url, "://"))
		return error_set(err, ERROR_INVALID, "\"%s\" is not the URL of a daemon", url ? url : "");
	if (text_starts(url, SCHEME_CONTAINER))
		return route_by_exec(arena, live, url, ret_route, err);
	if (!text_starts(url, "unix://") && !text_starts(url, "tcp://") && !text_starts(url, "ssh://"))
		return error_set(err, ERROR_INVALID, "%.*s endpoints are not supported: the daemon cannot be asked",
				 (int)strcspn(url, ":"), url);
	if (remote_tls(node, &is_tls, &tls, err) < 0 || endpoint_parse(arena, url, is_tls, &endpoint, err) < 0)
		return -1;
	if (text_starts(url, "tcp://") && !has_port(url))
		return error_set(err, ERROR_INVALID, "\"%s\" has no port", url);
	*ret_route = (struct daemon_route){.way = endpoint.is_ssh ? WAY_SSH : WAY_DIRECT, .far = endpoint};
	ret_route->target = endpoint.target;
	/* BuildX has no TLS inside ssh (driver/remote/driver.go, Dial). */
	if (is_tls && !endpoint.is_ssh) {
		tls.origin = endpoint.target.socket ? "https://buildkitd" : endpoint.target.origin;
		tls.socket = endpoint.target.socket;
		ret_route->target = tls;
		remote_name(arena, node, &ret_route->target);
	}
	ret_route->target.h2 = ret_route->target.is_daemon = true;
	return 0;
}

int daemon_route_open(struct http *http, struct daemon_route *route, int timeout_ms, struct error *err)
{
	if (route->way == WAY_DIRECT)
		return 0;
	if (route->way == WAY_POD) {
		if (pod_relay_open(route->cluster, &route->place, timeout_ms, &route->pod_relay, err) < 0)
			return -1;
		route->target.socket = pod_relay_socket(route->pod_relay);
		return 0;
	}
	if (route->way == WAY_SSH) {
		if (tunnel_open(http, &route->far, TUNNEL_BUILDCTL, timeout_ms, &route->tunnel, err) < 0)
			return -1;
		route->target.socket = tunnel_socket(route->tunnel);
		return 0;
	}
	/* The Engine itself may be behind ssh. */
	if (route->far.is_ssh) {
		if (tunnel_open(http, &route->far, TUNNEL_DOCKER, timeout_ms, &route->tunnel, err) < 0)
			return -1;
		route->far.target.socket = tunnel_socket(route->tunnel);
	}
	if (route->way == WAY_ENGINE && route->far.target.socket) {
		route->target.socket = route->far.target.socket;
		return 0;
	}
	static const enum relay_to ends[] = {
		[WAY_EXEC] = RELAY_EXEC, [WAY_GRPC] = RELAY_GRPC, [WAY_ENGINE] = RELAY_SOCKET};
	if (relay_open(http, &route->far.target, ends[route->way], route->container, timeout_ms, &route->relay, err) <
	    0)
		return -1;
	route->target.socket = relay_socket(route->relay);
	return 0;
}

void daemon_route_explain(struct daemon_route *route, struct error *err)
{
	if (route->relay)
		relay_explain(route->relay, err);
	if (route->pod_relay)
		pod_relay_explain(route->pod_relay, err);
	if (route->tunnel)
		tunnel_explain(route->tunnel, err);
}

bool daemon_route_forbidden(const struct daemon_route *route)
{
	return route->pod_relay && pod_relay_forbidden(route->pod_relay);
}

bool daemon_route_deserted(const struct daemon_route *route)
{
	return route->pod_relay && pod_relay_deserted(route->pod_relay);
}

void daemon_route_close(struct daemon_route *route)
{
	pod_relay_close(route->pod_relay);
	route->pod_relay = NULL;
	relay_close(route->relay);
	tunnel_close(route->tunnel);
	route->relay = NULL;
	route->tunnel = NULL;
}
