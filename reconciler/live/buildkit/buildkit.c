/* One BuildKit daemon, one call at a time: for draining, pruning and checking what a step did. */
#include "live/buildkit/buildkit.h"

#include "base/clock.h"
#include "base/limits.h"
#include "live/buildkit/messages.h"
#include "live/buildkit/query.h"
#include "live/buildkit/route.h"
#include "live/engine/parse.h"
#include "live/http/endpoint.h"
#include "live/http/tunnel.h"
#include "live/kube/client.h"
#include "model/driver.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP_MS = 1000, PRUNE_MS = 30 * 60 * 1000 };

struct buildkit_client {
	struct arena *arena;
	struct http *http;
	bool borrowed; /* the loop is the cluster's */
	struct daemon_route route;
	struct endpoint engine;
	const char *node;
	int timeout_ms;
};

/* What the Engine says of a container. */
struct inspection {
	struct arena *arena;
	bool done;
	int result, status;
	struct container container;
	struct error *err;
};

static void inspected(void *context, const struct http_response *response)
{
	struct inspection *inspection = context;
	char message[400];

	inspection->done = true;
	inspection->result = -1;
	inspection->status = response->status;
	if (response->failure) {
		*inspection->err = *response->failure;
	} else if (response->status == 200) {
		inspection->result = engine_parse_container(inspection->arena, response->body, response->length,
							    &inspection->container, inspection->err);
	} else {
		engine_parse_message(response->body, response->length, message, sizeof(message));
		error_set(inspection->err, response->status == 404 ? ERROR_NOT_FOUND : ERROR_OTHER,
			  "the Engine answered %d: %s", response->status, message);
	}
}

/* Asked anew: what was observed may be another container's by now. */
static int inspect(struct buildkit_client *client, const char *name, struct container *ret_container, struct error *err)
{
	struct inspection inspection = {.arena = client->arena, .err = err};
	struct http_target target = client->engine.target;
	struct tunnel *tunnel = NULL;

	if (client->engine.is_ssh) {
		if (tunnel_open(client->http, &client->engine, TUNNEL_DOCKER, client->timeout_ms, &tunnel, err) < 0)
			return -1;
		target.socket = tunnel_socket(tunnel);
	}
	struct http_request request = {
		.method = "GET",
		.path = arena_printf(client->arena, "/containers/%s/json", name),
		.timeout_ms = client->timeout_ms,
		.done = inspected,
		.context = &inspection,
	};
	http_start(client->http, &target, &request);
	while (!inspection.done)
		http_step(client->http, STEP_MS);
	if (inspection.result < 0 && inspection.status == 0 && tunnel)
		tunnel_explain(tunnel, err);
	tunnel_close(tunnel);
	*ret_container = inspection.container;
	return inspection.result;
}

static int find_container(struct buildkit_client *client, const struct node *node, struct error *err)
{
	const char *name = node_container_name(client->arena, node->name);
	struct container container = {0};

	if (inspect(client, name, &container, err) < 0)
		return error_wrap(err, "container %s", name);
	if (!text_equal(container.status, "running"))
		return error_set(err, ERROR_OTHER, "container %s is not running: it is %s", name,
				 container.status ? container.status : "in an unknown state");
	daemon_route_container(client->arena, &client->engine, container.id, container.pid, &client->route);
	return 0;
}

static int find_engine(struct buildkit_client *client, const struct live *live, const struct node *node,
		       struct error *err)
{
	const char *endpoint = node->endpoint ? node->endpoint : live_node_endpoint(live);

	return endpoint_resolve(client->arena, live, endpoint, &client->engine, err);
}

static int route_engine(struct buildkit_client *client, const struct live *live, const struct node *node,
			struct error *err)
{
	if (find_engine(client, live, node, err) < 0)
		return -1;
	const struct engine *engine = live_engine(live, node->endpoint ? node->endpoint : live_node_endpoint(live));
	daemon_route_docker(&client->engine, engine ? engine->api : NULL, &client->route);
	return 0;
}

static int route_container(struct buildkit_client *client, const struct live *live, const struct node *node,
			   struct error *err)
{
	return find_engine(client, live, node, err) < 0 ? -1 : find_container(client, node, err);
}

static int route_elsewhere(struct buildkit_client *client, const struct live *live, const struct node *node,
			   struct error *err)
{
	return daemon_route_remote(client->arena, live, node, &client->route, err);
}

static int (*const routes[HOME_COUNT])(struct buildkit_client *, const struct live *, const struct node *,
				       struct error *) = {
	[HOME_ENGINE] = route_engine,
	[HOME_CONTAINER] = route_container,
	[HOME_ELSEWHERE] = route_elsewhere,
};

static int find_route(struct buildkit_client *client, const struct live *live, const char *driver,
		      const struct node *node, struct error *err)
{
	enum driver_home home = driver_home(driver);

	if (!routes[home])
		return error_set(err, ERROR_INVALID, "the daemon of a %s node cannot be asked",
				 driver ? driver : "driverless");
	return routes[home](client, live, node, err);
}

int buildkit_open(const struct live *live, const char *driver, const struct node *node, int timeout_ms,
		  const struct interrupt *interrupt, struct buildkit_client **ret_client, struct error *err)
{
	struct arena *arena = arena_new();
	struct buildkit_client *client = ARENA_NEW(arena, struct buildkit_client);

	*client = (struct buildkit_client){.arena = arena, .timeout_ms = timeout_ms, .http = http_new()};
	http_heed(client->http, interrupt);
	client->node = arena_printf(arena, "node %s", node->name);
	if (find_route(client, live, driver, node, err) < 0 ||
	    daemon_route_open(client->http, &client->route, timeout_ms, err) < 0) {
		error_wrap(err, "%s", client->node);
		buildkit_close(client);
		return -1;
	}
	*ret_client = client;
	return 0;
}

int buildkit_open_pod(struct kube_client *cluster, const struct kube_place *place, int timeout_ms,
		      struct buildkit_client **ret_client, struct error *err)
{
	struct arena *arena = arena_new();
	struct buildkit_client *client = ARENA_NEW(arena, struct buildkit_client);

	*client = (struct buildkit_client){
		.arena = arena, .timeout_ms = timeout_ms, .http = kube_client_http(cluster), .borrowed = true};
	client->node = arena_printf(arena, "pod %s", place->pod);
	const struct kube_place own = {arena_strdup(arena, place->namespace), arena_strdup(arena, place->pod),
				       arena_strdup(arena, place->container)};
	daemon_route_pod(cluster, &own, &client->route);
	if (daemon_route_open(client->http, &client->route, timeout_ms, err) < 0) {
		error_wrap(err, "%s", client->node);
		buildkit_close(client);
		return -1;
	}
	*ret_client = client;
	return 0;
}

void buildkit_close(struct buildkit_client *client)
{
	if (!client)
		return;
	struct arena *arena = client->arena;
	daemon_route_close(&client->route);
	if (!client->borrowed)
		http_free(client->http);
	arena_free(arena);
}

static int look_run(struct buildkit_client *client, struct arena *arena, bool builds_only, struct daemon *ret_daemon,
		    struct error *err)
{
	struct daemon_query query = {
		.arena = arena,
		.target = &client->route.target,
		.timeout_ms = client->timeout_ms,
		.builds_only = builds_only,
	};

	daemon_query_start(client->http, &query);
	while (query.under_way > 0)
		http_step(client->http, STEP_MS);
	if (query.failed) {
		error_copy(err, &query.failure);
		if (!query.refused)
			daemon_route_explain(&client->route, err);
		return error_wrap(err, "%s", client->node);
	}
	*ret_daemon = query.daemon;
	return 0;
}

int buildkit_ask(struct buildkit_client *client, struct arena *arena, struct daemon *ret_daemon, struct error *err)
{
	return look_run(client, arena, false, ret_daemon, err);
}

int buildkit_builds(struct buildkit_client *client, struct arena *arena, struct active_build **ret_builds,
		    size_t *ret_count, struct error *err)
{
	struct daemon daemon;

	if (look_run(client, arena, true, &daemon, err) < 0)
		return -1;
	*ret_builds = daemon.builds;
	*ret_count = daemon.build_count;
	return 0;
}

bool buildkit_is_deserted(const struct buildkit_client *client)
{
	return daemon_route_deserted(&client->route);
}

struct pruning {
	bool done;
	int64_t freed;
	bool failed, refused;
	struct error failure;
};

static int take_pruned(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct pruning *pruning = context;
	int64_t bytes;

	if (buildkit_read_pruned(data, length, &bytes, err) < 0)
		return -1;
	pruning->freed = bytes > INT64_MAX - pruning->freed ? INT64_MAX : pruning->freed + bytes;
	return 0;
}

static void pruned(void *context, enum grpc_status status, const struct error *failure)
{
	struct pruning *pruning = context;

	pruning->done = true;
	if (!failure)
		return;
	pruning->failed = true;
	pruning->refused = status != GRPC_NO_STATUS;
	pruning->failure = *failure;
}

int buildkit_prune(struct buildkit_client *client, bool all, int64_t *ret_freed, struct error *err)
{
	CLEANUP_TEXT struct text message = TEXT_INIT;
	struct pruning pruning = {0};

	buildkit_write_prune(all, &message);
	struct grpc_call call = {
		.method = "/moby.buildkit.v1.Control/Prune",
		.message = text_string(&message),
		.length = message.length,
		/* Deleting hundreds of gigabytes takes minutes, in which nothing is said. */
		.timeout_ms = PRUNE_MS,
		.count_cap = LIMIT_DAEMON_PRUNED,
		.on_message = take_pruned,
		.done = pruned,
		.context = &pruning,
	};
	grpc_start(client->http, &client->route.target, &call);
	while (!pruning.done)
		http_step(client->http, STEP_MS);
	grpc_done(&call);
	if (pruning.failed) {
		error_copy(err, &pruning.failure);
		if (!pruning.refused)
			daemon_route_explain(&client->route, err);
		return error_wrap(err, "%s: pruning", client->node);
	}
	*ret_freed = pruning.freed;
	return 0;
}
