/* Asks a cluster what lives in one namespace, as a list of requests that answers add to. */
#include "live/kube/observe.h"

#include "base/count.h"
#include "base/text_buffer.h"
#include "live/kube/events.h"
#include "live/kube/gather.h"
#include "live/kube/list.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 250 }; /* objects that are asked for at once */

enum task_kind {
	TASK_DEPLOYMENTS = WORKLOAD_DEPLOYMENT,
	TASK_STATEFUL_SETS = WORKLOAD_STATEFUL_SET,
	TASK_PODS,
	TASK_CONFIG_MAPS,
	TASK_CLAIMS,
	TASK_EVENTS,
	TASK_NAMESPACE,
	TASK_VERSION,
	TASK_KIND_COUNT
};

struct task {
	struct kube_probe *probe;
	enum task_kind kind;
	const char *name; /* one object; NULL: all of them */
	bool is_list;
};

struct kube_probe_state {
	struct arena *arena;
	struct kube_found found;
	struct kube_events events;
	size_t under_way;
	bool failed, told;
	bool by_name[TASK_KIND_COUNT]; /* its list is not to be had, and its objects are asked for one by one */
	const char *unknown[TASK_KIND_COUNT];
	bool looked_at_namespace, looked_at_events;
};

/* `core` objects are below /api/v1, others below /apis/GROUP/v1. Only objects with the label `app` can be BuildX's pods
 * and claims; of workloads the name alone decides. */
static const struct kind {
	const char *root, *resource, *full; /* as RBAC's messages name it */
	const char *query;
} kinds[TASK_KIND_COUNT] = {
	[TASK_DEPLOYMENTS] = {"/apis/apps/v1", "deployments", "deployments.apps", ""},
	[TASK_STATEFUL_SETS] = {"/apis/apps/v1", "statefulsets", "statefulsets.apps", ""},
	[TASK_PODS] = {"/api/v1", "pods", "pods", "?labelSelector=app"},
	[TASK_CONFIG_MAPS] = {"/api/v1", "configmaps", "configmaps", ""},
	[TASK_CLAIMS] = {"/api/v1", "persistentvolumeclaims", "persistentvolumeclaims", "?labelSelector=app"},
	[TASK_EVENTS] = {"/api/v1", "events", "events", "?fieldSelector=type%3DWarning"},
	[TASK_NAMESPACE] = {"/api/v1", "namespaces", "namespaces", ""},
	[TASK_VERSION] = {"/version", NULL, NULL, NULL},
};

static struct text task_path(const struct task *task)
{
	const struct kind *kind = &kinds[task->kind];
	struct text path = TEXT_INIT;

	text_puts(&path, kind->root);
	if (task->kind == TASK_VERSION)
		return path;
	CLEANUP_TEXT struct text namespace = kube_path("/namespaces/%s", task->probe->namespace);
	text_append(&path, text_string(&namespace), namespace.length);
	if (task->kind == TASK_NAMESPACE)
		return path;
	CLEANUP_TEXT struct text rest =
		task->name ? kube_path("/%s/%s", kind->resource, task->name) : kube_path("/%s", kind->resource);
	text_append(&path, text_string(&rest), rest.length);
	if (!task->name)
		text_puts(&path, kind->query);
	return path;
}

static void heard(void *context, const struct kube_answer *answer);
static int take_page(void *context, const char *data, size_t length, const char **ret_more, struct error *err);
static void drop(void *context);

static void ask(struct kube_probe *probe, enum task_kind kind, const char *name)
{
	struct kube_probe_state *state = probe->state;
	struct task *task = ARENA_NEW(state->arena, struct task);

	*task = (struct task){probe, kind, name, !name && kind != TASK_NAMESPACE && kind != TASK_VERSION};
	CLEANUP_TEXT struct text path = task_path(task);
	state->under_way++;
	if (task->is_list)
		kube_list(probe->client, &(struct kube_list){.path = text_string(&path),
							     .page = PAGE,
							     .on_page = take_page,
							     .restart = drop,
							     .done = heard,
							     .context = task,
							     .owner = probe});
	else
		kube_ask(probe->client,
			 &(struct kube_request){
				 .path = text_string(&path), .done = heard, .context = task, .owner = probe});
}

/* Why the cluster as a whole does not count as observed; the first reason stays. */
static void fail(struct kube_probe *probe, const struct error *err)
{
	struct kube_probe_state *state = probe->state;

	if (state->failed)
		return;
	state->failed = true;
	probe->cluster.reason = text_printable(state->arena, err->message, false);
	probe->cluster.hint = err->hint[0] != '\0' ? text_printable(state->arena, err->hint, false) : NULL;
}

static void unknown(struct kube_probe *probe, enum task_kind kind, const char *why)
{
	if (!probe->state->unknown[kind])
		probe->state->unknown[kind] = text_printable(probe->state->arena, why, false);
}

static void note_missing(struct kube_probe *probe, const struct task *task)
{
	const char *verb = task->name || task->kind == TASK_NAMESPACE ? "get" : "list";
	const char *missing = arena_printf(probe->state->arena, "%s %s", verb, kinds[task->kind].full);

	if (!strings_contain(&probe->cluster.missing, missing))
		strings_add(probe->state->arena, &probe->cluster.missing, missing);
}

static int take_page(void *context, const char *data, size_t length, const char **ret_more, struct error *err)
{
	const struct task *task = context;
	struct kube_probe_state *state = task->probe->state;
	struct kube_found *found = &state->found;
	struct arena *arena = state->arena;

	switch (task->kind) {
	case TASK_DEPLOYMENTS:
	case TASK_STATEFUL_SETS:
		return kube_parse_workloads(arena, data, length, &found->workloads[task->kind], ret_more, err);
	case TASK_PODS:
		return kube_parse_pods(arena, data, length, &found->pods, ret_more, err);
	case TASK_CONFIG_MAPS:
		return kube_parse_config_maps(arena, data, length, &found->configs, ret_more, err);
	case TASK_CLAIMS:
		return kube_parse_claims(arena, data, length, &found->claims, ret_more, err);
	case TASK_EVENTS:
		return kube_parse_events(arena, data, length, &state->events, ret_more, err);
	case TASK_VERSION:
		task->probe->cluster.version = kube_parse_version(arena, data, length);
		return 0;
	case TASK_NAMESPACE:
	case TASK_KIND_COUNT:
		return 0;
	}
	return 0;
}

/* What came of a list that begins anew does not count. */
static void drop(void *context)
{
	const struct task *task = context;
	struct kube_probe_state *state = task->probe->state;
	struct kube_found *found = &state->found;
	size_t *const counts[TASK_KIND_COUNT] = {
		[TASK_DEPLOYMENTS] = &found->workloads[WORKLOAD_DEPLOYMENT].count,
		[TASK_STATEFUL_SETS] = &found->workloads[WORKLOAD_STATEFUL_SET].count,
		[TASK_PODS] = &found->pods.count,
		[TASK_CONFIG_MAPS] = &found->configs.count,
		[TASK_CLAIMS] = &found->claims.count,
		[TASK_EVENTS] = &state->events.count,
	};

	*counts[task->kind] = 0;
}

/* Every workload that a node has, one by one; claims by the name that the first pod of such a node has. */
static void ask_by_name(struct kube_probe *probe, enum task_kind kind)
{
	struct kube_probe_state *state = probe->state;

	if (state->by_name[kind])
		return;
	state->by_name[kind] = true;
	for (size_t i = 0; i < probe->names->count && kind <= TASK_STATEFUL_SETS; i++)
		ask(probe, kind, probe->names->items[i]);
	for (size_t i = 0; i < probe->names->count && kind == TASK_CLAIMS; i++)
		ask(probe, kind, arena_printf(state->arena, "buildkitd-%s-0", probe->names->items[i]));
}

/* Of pods there are no names to go by, and the events are a help only. */
static void take_refusal(const struct task *task, const struct kube_answer *answer)
{
	struct kube_probe *probe = task->probe;

	note_missing(probe, task);
	if (task->name || task->kind == TASK_PODS || task->kind == TASK_EVENTS)
		unknown(probe, task->kind, answer->failure->message);
	else if (task->kind != TASK_NAMESPACE)
		ask_by_name(probe, task->kind);
}

static void take_absence(const struct task *task, const struct kube_answer *answer)
{
	struct kube_probe_state *state = task->probe->state;

	if (task->kind == TASK_NAMESPACE)
		task->probe->cluster.namespace_missing = true;
	else if (!task->name)
		unknown(task->probe, task->kind, answer->failure->message);
	else if (task->kind == TASK_CONFIG_MAPS)
		strings_add(state->arena, &state->found.absent_configs, task->name);
}

/* What one kind's answer was is no matter of the others, unless no answer came at all. */
static void take_failure(struct task *task, const struct kube_answer *answer)
{
	switch (answer->trouble) {
	case KUBE_FORBIDDEN:
		take_refusal(task, answer);
		break;
	case KUBE_NOT_FOUND:
		take_absence(task, answer);
		break;
	case KUBE_NO_CREDENTIALS:
	case KUBE_NO_ANSWER:
	case KUBE_UNAUTHORIZED:
	case KUBE_NO_CLUSTER:
		fail(task->probe, answer->failure);
		break;
	case KUBE_BROKEN: /* it may be too large: those that matter are a few */
		if (task->kind == TASK_CONFIG_MAPS && !task->name) {
			drop(task);
			ask_by_name(task->probe, task->kind);
			break;
		}
		unknown(task->probe, task->kind, answer->failure->message);
		break;
	default:
		unknown(task->probe, task->kind, answer->failure->message);
		break;
	}
}

static bool wants_config(const struct kube_probe_state *state, const char *name)
{
	return !kube_config_map(&state->found.configs, name) && !strings_contain(&state->found.absent_configs, name);
}

/* The ConfigMaps that workloads name, where they cannot be listed. */
static void ask_configs(struct kube_probe *probe)
{
	struct kube_probe_state *state = probe->state;
	struct strings names = {0};

	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		for (size_t i = 0; i < state->found.workloads[kind].count; i++) {
			const struct kube_workload *row = &state->found.workloads[kind].items[i];
			if (!kube_is_wanted(row, probe->names))
				continue;
			for (size_t j = 0; j < row->configs.count; j++)
				if (!strings_contain(&names, row->configs.items[j].name) &&
				    wants_config(state, row->configs.items[j].name))
					strings_add(state->arena, &names, row->configs.items[j].name);
		}
	for (size_t i = 0; i < names.count; i++)
		ask(probe, TASK_CONFIG_MAPS, names.items[i]);
}

/* A namespace has a ConfigMap that Kubernetes makes: one that has none may not be there. */
static void ask_namespace(struct kube_probe *probe)
{
	const struct kube_found *found = &probe->state->found;

	if (found->configs.seen > 0 || found->pods.count > 0 || found->claims.count > 0 ||
	    found->workloads[WORKLOAD_DEPLOYMENT].count > 0 || found->workloads[WORKLOAD_STATEFUL_SET].count > 0)
		return;
	ask(probe, TASK_NAMESPACE, NULL);
}

/* What is still to be asked once everything has been answered. */
static void go_on(struct kube_probe *probe)
{
	struct kube_probe_state *state = probe->state;

	if (!state->failed && state->by_name[TASK_CONFIG_MAPS]) {
		state->by_name[TASK_CONFIG_MAPS] = false;
		ask_configs(probe);
	}
	if (state->under_way == 0 && !state->failed && !state->looked_at_namespace) {
		state->looked_at_namespace = true;
		ask_namespace(probe);
	}
	if (state->under_way == 0 && !state->failed && !state->looked_at_events) {
		state->looked_at_events = true;
		if (kube_events_wanted(&state->found, probe->names))
			ask(probe, TASK_EVENTS, NULL);
	}
	if (state->under_way == 0 && !state->told && probe->done) {
		state->told = true;
		probe->done(probe->context, probe);
	}
}

static void heard(void *context, const struct kube_answer *answer)
{
	struct task *task = context;
	struct kube_probe *probe = task->probe;
	struct error err = ERROR_INIT;
	const char *more = NULL;

	probe->state->under_way--;
	if (answer->trouble != KUBE_FINE)
		take_failure(task, answer);
	else if (!task->is_list && take_page(task, answer->body, answer->length, &more, &err) < 0)
		unknown(probe, task->kind, err.message);
	if (probe->state->under_way == 0)
		go_on(probe);
}

void kube_probe_start(struct arena *arena, struct kube_probe *probe)
{
	static const enum task_kind first[] = {TASK_DEPLOYMENTS, TASK_STATEFUL_SETS, TASK_PODS,
					       TASK_CONFIG_MAPS, TASK_CLAIMS,	     TASK_VERSION};

	probe->state = ARENA_NEW(arena, struct kube_probe_state);
	*probe->state = (struct kube_probe_state){.arena = arena};
	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		probe->state->found.workloads[kind].kind = (enum workload_kind)kind;
	probe->cluster = (struct cluster){.namespace = probe->namespace};
	for (size_t i = 0; i < COUNT(first); i++)
		ask(probe, first[i], NULL);
}

bool kube_probe_waits(const struct kube_probe *probe)
{
	return probe->state && probe->state->under_way > 0;
}

void kube_probe_finish(struct kube_probe *probe)
{
	struct kube_probe_state *state = probe->state;
	struct cluster *cluster = &probe->cluster;

	if (!state)
		return;
	kube_cancel(probe->client, probe);
	cluster->reachable = !state->failed && state->under_way == 0;
	if (!cluster->reachable && !cluster->reason)
		cluster->reason = "it was not asked to the end";
	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		cluster->workloads_unknown[kind] = state->unknown[kind];
	cluster->pods_unknown = state->unknown[TASK_PODS];
	cluster->configs_unknown = state->unknown[TASK_CONFIG_MAPS];
	cluster->claims_unknown = state->unknown[TASK_CLAIMS];
	strings_sort(&cluster->missing);
	if (cluster->reachable) {
		kube_gather(state->arena, &state->found, probe->names, cluster);
		kube_events_tell(&state->events, cluster);
	}
	probe->state = NULL;
}
