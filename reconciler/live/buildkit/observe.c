/* Asks many daemons side by side and judges their nodes by what they say. */
#include "live/buildkit/observe.h"

#include "base/clock.h"
#include "live/buildkit/probe.h"
#include "live/http/failure.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/pod_endpoint.h"

#include <string.h>

/* Each takes a descriptor or two; each ssh also a process here and a session there. */
enum { PROBES_MAX = 200, SSH_PROBES_MAX = 4, START_SECONDS = 10, MS = 1000, LONGER = 6, LONG_SECONDS = 30 };

struct daemons *daemons_new(struct http *http, struct live *live, const struct state *desired, int timeout_ms)
{
	struct daemons *daemons = ARENA_NEW(live->arena, struct daemons);

	*daemons = (struct daemons){
		.http = http, .live = live, .arena = live->arena, .desired = desired, .timeout_ms = timeout_ms};
	return daemons;
}

static void probe_fail(struct probe *probe, const struct error *err)
{
	struct arena *arena = probe->daemons->arena;

	probe->state = PROBE_DONE;
	probe->seen = SEEN_REFUSED;
	probe->reason = text_printable(arena, err->message, false);
	probe->hint = err->hint[0] != '\0' ? arena_strdup(arena, err->hint) : NULL;
}

/* buildctl's words, said in the daemon's own container: somebody has started it, and it does not listen yet. The same
 * words from another machine's shell say nothing of what runs there. */
static bool says_not_up(const struct probe *probe)
{
	bool inside = probe->route.way == WAY_EXEC || probe->route.way == WAY_POD;

	return inside && strstr(probe->reason, "buildkitd.sock: connect: ");
}

static void judge_failure(struct probe *probe)
{
	if (probe->seen != SEEN_REFUSED)
		return;
	/* Of a way with several legs any may be the slow one. */
	if (strstr(probe->reason, FAILURE_LATE))
		probe->seen = SEEN_LATE;
	else if (says_not_up(probe))
		probe->seen = SEEN_NOT_UP;
	else if (!probe->pod && daemon_route_forbidden(&probe->route))
		probe->seen = SEEN_CLUSTER_FORBIDS;
}

/* What stands between, as a proxy, may speak HTTP/1.1 alone, whatever the Engine behind it says of itself. */
static bool takes_the_old_way(struct probe *probe, const struct daemon_query *query)
{
	if (probe->route.way != WAY_ENGINE || (query->seen != SEEN_REFUSED && query->seen != SEEN_STRANGE))
		return false;
	probe->spent = probe->route;
	daemon_route_docker(&probe->spent.far, NULL, &probe->route);
	probe->state = PROBE_WAITS;
	return true;
}

static void probed(void *context, struct daemon_query *query)
{
	struct probe *probe = context;
	struct daemons *daemons = probe->daemons;

	daemons->running--;
	daemons->ssh_running -= probe->is_ssh;
	probe->state = PROBE_DONE;
	if (takes_the_old_way(probe, query)) {
		daemons_pump(daemons);
		return;
	}
	if (query->failed) {
		struct error err = query->failure;
		if (!query->refused)
			daemon_route_explain(&probe->route, &err);
		probe_fail(probe, &err);
	}
	probe->seen = query->seen;
	judge_failure(probe);
	daemons_pump(daemons);
}

static void probe_start(struct probe *probe)
{
	struct daemons *daemons = probe->daemons;
	struct error err = ERROR_INIT;

	if (daemon_route_open(daemons->http, &probe->route, daemons->timeout_ms, &err) < 0) {
		probe_fail(probe, &err);
		return;
	}
	probe->state = PROBE_RUNS;
	daemons->running++;
	daemons->ssh_running += probe->is_ssh;
	probe->query = (struct daemon_query){
		.arena = daemons->arena,
		.target = &probe->route.target,
		.timeout_ms = daemons->timeout_ms,
		.done = probed,
		.context = probe,
	};
	daemon_query_start(daemons->http, &probe->query);
}

void daemons_pump(struct daemons *daemons)
{
	for (size_t i = 0; i < daemons->count && daemons->running < PROBES_MAX; i++) {
		struct probe *probe = daemons->probes[i];
		if (probe->state == PROBE_WAITS && (!probe->is_ssh || daemons->ssh_running < SSH_PROBES_MAX))
			probe_start(probe);
	}
}

struct probe *probe_add(struct daemons *daemons, struct live_builder *builder, struct live_node *node)
{
	struct probe *probe = ARENA_NEW(daemons->arena, struct probe);

	*probe = (struct probe){.daemons = daemons, .builder = builder, .node = node};
	*ARENA_PUSH(daemons->arena, daemons->probes, daemons->count) = probe;
	return probe;
}

void daemons_ask_remote(struct daemons *daemons)
{
	struct live *live = daemons->live;

	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		bool remote = driver_home(builder->driver) == HOME_ELSEWHERE;
		for (size_t j = 0; remote && j < builder->node_count; j++) {
			/* Its cluster is asked for the pod first (live/remote_pods.h). */
			if (pod_endpoint_is(builder->nodes[j].spec.endpoint))
				continue;
			struct probe *probe = probe_add(daemons, builder, &builder->nodes[j]);
			struct error err = ERROR_INIT;
			if (daemon_route_remote(daemons->arena, live, &probe->node->spec, &probe->route, &err) < 0)
				probe_fail(probe, &err);
		}
	}
	daemons_pump(daemons);
}

void daemons_ask_pod(struct daemons *daemons, struct kube_client *client, const struct kube_place *place,
		     struct live_builder *builder, struct live_node *node)
{
	struct probe *probe = probe_add(daemons, builder, node);

	daemon_route_pod(client, place, &probe->route);
	daemons_pump(daemons);
}

void daemons_give_up(struct daemons *daemons, struct live_builder *builder, struct live_node *node, enum seen seen,
		     const struct error *reason)
{
	struct probe *probe = probe_add(daemons, builder, node);

	probe_fail(probe, reason);
	probe->seen = seen;
	judge_failure(probe);
}

static const struct container *running_container(struct daemons *daemons, const struct engine_probe *query,
						 const struct live_node *node)
{
	const char *name = node_container_name(daemons->arena, node->spec.name);
	const struct engine engine = {.containers = query->containers, .container_count = query->container_count};
	const struct container *container = engine_container(&engine, name);

	if (!container || query->problems[container - query->containers])
		return NULL;
	return text_equal(container->status, "running") ? container : NULL;
}

static bool is_desired_docker(const struct daemons *daemons, const struct live_builder *builder)
{
	const struct builder *desired = daemons->desired ? state_builder(daemons->desired, builder->name) : NULL;

	return desired && !builder_absent(desired) && driver_home(desired->driver) == HOME_ENGINE;
}

void daemons_ask_engine(struct daemons *daemons, const struct engine_probe *query, const struct strings *names)
{
	struct live *live = daemons->live;

	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		bool containers = driver_has_containers(builder->driver);
		bool inside = driver_home(builder->driver) == HOME_ENGINE && is_desired_docker(daemons, builder);
		for (size_t j = 0; (containers || inside) && j < builder->node_count; j++) {
			struct live_node *node = &builder->nodes[j];
			if (!node->spec.endpoint || !strings_contain(names, node->spec.endpoint))
				continue;
			const struct container *container = containers ? running_container(daemons, query, node) : NULL;
			if (containers && !container)
				continue;
			struct probe *probe = probe_add(daemons, builder, node);
			if (containers)
				daemon_route_container(daemons->arena, &query->endpoint, container->id, container->pid,
						       &probe->route);
			else
				daemon_route_docker(&query->endpoint, query->api, &probe->route);
			probe->is_ssh = query->endpoint.is_ssh;
		}
	}
	daemons_pump(daemons);
}

bool container_is_young(const struct container *container)
{
	time_t started, now = time(NULL);

	return container && container->started && clock_parse_rfc3339(container->started, &started) == 0 &&
	       now - started < START_SECONDS && started - now < START_SECONDS;
}

/* A daemon takes a moment to open its socket; one that was started again and again by its Engine is none that starts.
 */
static bool is_starting(const struct container *container)
{
	return container_is_young(container) && container->restarts == 0;
}

/* Slow is not sick: with more time it may answer. */
static const char *late_reason(const struct probe *probe)
{
	const struct daemons *daemons = probe->daemons;
	int seconds = daemons->timeout_ms / MS * LONGER;

	return arena_printf(daemons->arena, "slow or silent: %s; try --timeout %d", probe->reason,
			    seconds > LONG_SECONDS ? seconds : LONG_SECONDS);
}

const char *probe_reason(const struct probe *probe)
{
	if (probe->seen == SEEN_LATE)
		return late_reason(probe);
	return probe->reason ? probe->reason : "its daemon was not asked";
}

static void assess_probe(struct daemons *daemons, struct probe *probe)
{
	struct live_node *node = probe->node;
	bool remote = driver_home(probe->builder->driver) == HOME_ELSEWHERE;
	const struct seen_kind *kind = seen_kind(probe->seen);

	/* What became of the container meanwhile tells more than that its daemon did not answer. */
	if (!remote && kind->proves != EVIDENCE_WELL && node->state != NODE_RUNNING)
		return;
	if (!remote && kind->proves != EVIDENCE_WELL && is_starting(node->container))
		kind = seen_kind(probe->seen = SEEN_STARTING);
	node->seen = probe->seen;
	node->state = kind->state;
	node->reason = kind->reason;
	if (kind->proves == EVIDENCE_WELL)
		node->daemon = &probe->query.daemon;
	enum fault_code fault = probe->seen == SEEN_CLUSTER_FORBIDS ? FAULT_CLUSTER_FORBIDS : kind->fault;
	if (fault == FAULT_NONE)
		return;
	node->reason = probe_reason(probe);
	faults_add(daemons->arena, &daemons->live->faults, fault,
		   arena_printf(daemons->arena, "builder.%s", probe->builder->name), NULL, probe->hint,
		   "the daemon of node %s%s%s: %s", node->spec.name, remote ? " at " : "",
		   remote && node->spec.endpoint ? node->spec.endpoint : "", node->reason);
}

void daemons_assess(struct daemons *daemons)
{
	for (size_t i = 0; i < daemons->count; i++)
		if (!daemons->probes[i]->pod)
			assess_probe(daemons, daemons->probes[i]);
	pods_daemons_assess(daemons);
	faults_sort(&daemons->live->faults);
}

void daemons_free(struct daemons *daemons)
{
	for (size_t i = 0; daemons && i < daemons->count; i++) {
		daemon_query_finish(&daemons->probes[i]->query);
		daemon_route_close(&daemons->probes[i]->route);
		daemon_route_close(&daemons->probes[i]->spent);
	}
}
