/* Reads the cluster's notes. */
#include "live/kube/events.h"

#include "base/limits.h"

#include <string.h>

struct build {
	struct arena *arena;
	struct kube_events *events;
};

static void take_event(void *context, const cJSON *object)
{
	struct build *build = context;
	const cJSON *about = json_get(object, "involvedObject");
	const char *name = json_string(about, "name"), *at = json_string(object, "lastTimestamp");

	if (!at)
		at = json_string(object, "eventTime");
	if (!kube_name_valid(name))
		return;
	*ARENA_PUSH(build->arena, build->events->items, build->events->count) = (struct kube_event){
		.kind = kube_words(build->arena, json_string(about, "kind")),
		.name = arena_strdup(build->arena, name),
		.reason = kube_words(build->arena, json_string(object, "reason")),
		.words = kube_words(build->arena, json_string(object, "message")),
		.at = at ? kube_words(build->arena, at) : "",
	};
}

int kube_parse_events(struct arena *arena, const char *data, size_t length, struct kube_events *events,
		      const char **ret_more, struct error *err)
{
	struct build build = {arena, events};

	if (kube_each(arena, data, length, take_event, &build, ret_more, err) < 0)
		return -1;
	if (events->count > LIMIT_KUBE_ROWS)
		return error_set(err, ERROR_CORRUPT, "the cluster's answers have more than %d rows", LIMIT_KUBE_ROWS);
	return 0;
}

/* That its containers are not ready says nothing about why. */
static bool says_nothing(const char *trouble)
{
	return !trouble || strcmp(trouble, "ContainersNotReady") == 0;
}

bool kube_events_wanted(const struct kube_found *found, const struct strings *names)
{
	for (size_t kind = 0; kind < WORKLOAD_KIND_COUNT; kind++)
		for (size_t i = 0; i < found->workloads[kind].count; i++) {
			const struct kube_workload *row = &found->workloads[kind].items[i];
			const struct workload *workload = &row->workload;
			int64_t pods = 0;
			if (!kube_is_wanted(row, names) || workload->trouble)
				continue;
			for (size_t j = 0; j < found->pods.count; j++) {
				const struct kube_pod *pod = &found->pods.items[j];
				if (!kube_pod_is_of(pod, workload) || pod->pod.terminating)
					continue;
				pods++;
				if (!pod->pod.ready && says_nothing(pod->pod.trouble))
					return true;
			}
			if (pods < workload->replicas)
				return true;
		}
	return false;
}

/* Warnings that keep no pod from running: the kubelet repeats them of pods that are well (kubernetes/kubernetes
 * pkg/kubelet/network/dns/dns.go). */
static bool is_harmless(const char *reason)
{
	return text_equal(reason, "MissingClusterDNS") || text_equal(reason, "DNSConfigForming");
}

static const struct kube_event *newest(const struct kube_events *events, const char *kind, const char *name)
{
	const struct kube_event *found = NULL;

	for (size_t i = 0; i < events->count; i++) {
		const struct kube_event *event = &events->items[i];
		if (!event->reason || is_harmless(event->reason) || !text_equal(event->kind, kind) ||
		    !text_equal(event->name, name))
			continue;
		if (!found || strcmp(event->at, found->at) > 0)
			found = event;
	}
	return found;
}

static void tell(const struct kube_event *event, const char **trouble, const char **words)
{
	if (!event || !says_nothing(*trouble))
		return;
	*trouble = event->reason;
	*words = event->words;
}

void kube_events_tell(const struct kube_events *events, struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->workload_count; i++) {
		struct workload *workload = &cluster->workloads[i];
		if ((int64_t)workload->pod_count < workload->replicas)
			tell(newest(events, workload_kind_name(workload->kind), workload->name), &workload->trouble,
			     &workload->words);
		for (size_t j = 0; j < workload->pod_count; j++)
			if (!workload->pods[j].ready)
				tell(newest(events, "Pod", workload->pods[j].name), &workload->pods[j].trouble,
				     &workload->pods[j].words);
	}
}
