/* Reads pods. */
#include "live/kube/pod.h"

#include "base/limits.h"

#include <string.h>

struct build {
	struct arena *arena;
	struct kube_pods *pods;
};

static const cJSON *condition_of(const cJSON *status, const char *type)
{
	const cJSON *condition;

	cJSON_ArrayForEach(condition, json_get(status, "conditions"))
		if (text_equal(json_string(condition, "type"), type))
			return condition;
	return NULL;
}

/* True once, so that the first trouble stays. */
static bool trouble(struct arena *arena, struct pod *pod, const char *reason, const char *words)
{
	if (!pod->trouble && !text_empty(reason)) {
		pod->trouble = kube_words(arena, reason);
		pod->words = kube_words(arena, words);
	}
	return pod->trouble;
}

/* How it ended: in the words of what ran in it, if it left any, and by its exit code. */
static const char *ending(struct arena *arena, const cJSON *ended)
{
	const char *message = json_string(ended, "message");
	long long code = (long long)json_integer(ended, "exitCode", 0);

	return text_empty(message) ? arena_printf(arena, "it ended with exit code %lld", code)
				   : arena_printf(arena, "it ended with exit code %lld: %.*s", code,
						  (int)strnlen(message, LIMIT_KUBE_WORDS), message);
}

/* Nothing is wrong yet with a container that is being made. */
static bool is_being_made(const char *reason)
{
	return text_equal(reason, "ContainerCreating") || text_equal(reason, "PodInitializing");
}

static bool container_trouble(struct arena *arena, struct pod *pod, const char *main, const cJSON *status, bool runs_on)
{
	const cJSON *state = json_get(status, "state"), *waiting = json_get(state, "waiting");
	const cJSON *ended = json_get(state, "terminated"),
		    *last = json_get(json_get(status, "lastState"), "terminated");
	const char *reason = json_string(waiting, "reason"), *name = json_string(status, "name");
	const char *said = json_string(waiting, "message"), *words = said;

	/* The system killed it; that it is started again ever slower follows from that. */
	if (last && text_equal(json_string(last, "reason"), "OOMKilled"))
		return trouble(arena, pod, "OOMKilled", "it used more memory than its limit, and was killed");
	if (ended && (runs_on || json_integer(ended, "exitCode", 0) != 0)) {
		reason = json_string(ended, "reason");
		words = ending(arena, ended);
	} else if (waiting && last) {
		words = arena_printf(arena, "%s%s%.*s", ending(arena, last), said ? "; " : "",
				     (int)strnlen(said ? said : "", LIMIT_KUBE_WORDS), said ? said : "");
	} else if (!waiting) {
		return false;
	}
	if (text_empty(reason) || is_being_made(reason))
		return false;
	if (name && strcmp(name, main) != 0)
		words = arena_printf(arena, "container %.64s: %s", name, words ? words : reason);
	return trouble(arena, pod, reason, words);
}

static bool containers_trouble(struct arena *arena, struct pod *pod, const char *main, const cJSON *statuses,
			       bool run_on)
{
	const cJSON *own = kube_named(statuses, main), *status;

	if (own && container_trouble(arena, pod, main, own, run_on))
		return true;
	cJSON_ArrayForEach(status, statuses)
		if (status != own && container_trouble(arena, pod, main, status, run_on))
			return true;
	return false;
}

/* The scheduler says so when it found no machine; that there is no such scheduler, nobody says. */
static bool is_overlooked(const cJSON *object, const cJSON *status)
{
	return text_equal(json_string(status, "phase"), "Pending") && !condition_of(status, "PodScheduled") &&
	       text_empty(json_string(json_get(object, "spec"), "nodeName"));
}

static void read_overlooked(struct arena *arena, const cJSON *object, struct pod *pod)
{
	const char *scheduler = json_string(json_get(object, "spec"), "schedulerName");

	pod->started = kube_meta(arena, object, "creationTimestamp");
	trouble(arena, pod, KUBE_NOT_SCHEDULED,
		arena_printf(arena, "no scheduler has looked at it since %s: is there one called \"%.*s\"?",
			     pod->started ? pod->started : "it was made",
			     (int)strnlen(scheduler ? scheduler : "?", LIMIT_KUBE_WORDS), scheduler ? scheduler : "?"));
}

/* The first that tells: evicted, not placed, a container that does not come up or stay up, not ready. */
static void read_trouble(struct arena *arena, const cJSON *status, const char *main, struct pod *pod)
{
	const cJSON *placed = condition_of(status, "PodScheduled"), *ready = condition_of(status, "Ready");
	const cJSON *own = kube_named(json_get(status, "containerStatuses"), main);

	if (trouble(arena, pod, json_string(status, "reason"), json_string(status, "message")))
		return;
	if (text_equal(json_string(placed, "status"), "False") &&
	    trouble(arena, pod, json_string(placed, "reason"), json_string(placed, "message")))
		return;
	if (containers_trouble(arena, pod, main, json_get(status, "initContainerStatuses"), false) ||
	    containers_trouble(arena, pod, main, json_get(status, "containerStatuses"), true))
		return;
	if (json_get(json_get(own, "state"), "running") && text_equal(json_string(ready, "status"), "False"))
		trouble(arena, pod, json_string(ready, "reason"), json_string(ready, "message"));
}

static void read_claims(struct arena *arena, const cJSON *spec, struct kube_pod *row)
{
	const cJSON *volume;

	cJSON_ArrayForEach(volume, json_get(spec, "volumes")) {
		const char *claim = json_string(json_get(volume, "persistentVolumeClaim"), "claimName");
		if (kube_name_valid(claim) && row->claims.count < LIMIT_KUBE_TEXTS)
			strings_add(arena, &row->claims, claim);
	}
}

static void read_pod(struct arena *arena, const cJSON *object, const char *main, struct pod *ret_pod)
{
	const cJSON *spec = json_get(object, "spec"), *status = json_get(object, "status");
	const cJSON *own = kube_named(json_get(status, "containerStatuses"), main);

	*ret_pod = (struct pod){
		.name = arena_strdup(arena, kube_name(object)),
		.uid = kube_meta(arena, object, "uid"),
		.phase = kube_words(arena, json_string(status, "phase")),
		.ready = text_equal(json_string(condition_of(status, "Ready"), "status"), "True"),
		.terminating = json_get(json_get(object, "metadata"), "deletionTimestamp"),
		.machine = kube_words(arena, json_string(spec, "nodeName")),
		.image_id = kube_words(arena, json_string(own, "imageID")),
		.started = kube_words(arena, json_string(status, "startTime")),
		.restarts = json_integer(own, "restartCount", 0),
	};
	read_trouble(arena, status, main, ret_pod);
	if (is_overlooked(object, status))
		read_overlooked(arena, object, ret_pod);
}

static void take_pod(void *context, const cJSON *object)
{
	struct build *build = context;
	struct arena *arena = build->arena;
	const cJSON *spec = json_get(object, "spec");
	const cJSON *own = kube_named(json_get(json_get(object, "status"), "containerStatuses"), KUBE_CONTAINER);
	const cJSON *state = json_get(own, "state");
	const cJSON *owner = cJSON_GetArrayItem(json_get(json_get(object, "metadata"), "ownerReferences"), 0);
	const char *app = cJSON_GetStringValue(kube_label(object, "app"));
	struct kube_pod row = {
		.owner_kind = kube_words(arena, json_string(owner, "kind")),
		.has_buildkitd = kube_named(json_get(spec, "containers"), KUBE_CONTAINER),
		.is_down = json_get(state, "waiting") || json_get(state, "terminated"),
	};

	if (!kube_name_valid(app))
		return;
	row.app = arena_strdup(arena, app);
	read_pod(arena, object, KUBE_CONTAINER, &row.pod);
	read_claims(arena, spec, &row);
	*ARENA_PUSH(arena, build->pods->items, build->pods->count) = row;
}

int kube_parse_pods(struct arena *arena, const char *data, size_t length, struct kube_pods *pods, const char **ret_more,
		    struct error *err)
{
	struct build build = {arena, pods};

	if (kube_each(arena, data, length, take_pod, &build, ret_more, err) < 0)
		return -1;
	if (pods->count > LIMIT_KUBE_ROWS)
		return error_set(err, ERROR_CORRUPT, "the cluster's answers have more than %d rows", LIMIT_KUBE_ROWS);
	return 0;
}

struct lone_build {
	struct arena *arena;
	const char *container;
	struct kube_lone_pod *lone;
};

/* kubectl's default (k8s.io/kubectl pkg/cmd/util/podcmd/podcmd.go, FindOrDefaultContainerByName). */
static const char *container_name(const cJSON *object, const char *wanted)
{
	const cJSON *containers = json_get(json_get(object, "spec"), "containers");
	const char *said = wanted ? wanted : kube_annotation(object, "kubectl.kubernetes.io/default-container");

	if (said && kube_named(containers, said))
		return said;
	return wanted ? NULL : json_string(cJSON_GetArrayItem(containers, 0), "name");
}

static void take_lone_pod(void *context, const cJSON *object)
{
	struct lone_build *build = context;
	struct kube_lone_pod *lone = build->lone;
	const cJSON *statuses = json_get(json_get(object, "status"), "containerStatuses");
	const char *name = container_name(object, build->container);

	lone->container = kube_words(build->arena, name);
	read_pod(build->arena, object, name ? name : KUBE_CONTAINER, &lone->pod);
	lone->runs = name && json_get(json_get(kube_named(statuses, name), "state"), "running");
}

int kube_parse_pod(struct arena *arena, const char *data, size_t length, const char *container,
		   struct kube_lone_pod *ret_lone, struct error *err)
{
	const char *more;

	*ret_lone = (struct kube_lone_pod){0};
	struct lone_build build = {arena, container, ret_lone};
	if (kube_each(arena, data, length, take_lone_pod, &build, &more, err) < 0)
		return -1;
	return ret_lone->pod.name ? 0 : error_set(err, ERROR_CORRUPT, "the cluster's answer is not a pod");
}

bool kube_pod_is_of(const struct kube_pod *pod, const struct workload *workload)
{
	bool stateful = text_equal(pod->owner_kind, "StatefulSet");

	return text_equal(pod->app, workload->name) && stateful == (workload->kind == WORKLOAD_STATEFUL_SET);
}
