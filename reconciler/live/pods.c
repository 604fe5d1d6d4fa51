/* Judges nodes in pods by what their cluster says. */
#include "live/pods.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/shell.h"
#include "base/text_buffer.h"
#include "live/buildkit/observe.h"
#include "live/kube/pod.h"
#include "model/driver.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* BuildX's probes begin after 5 seconds, and come every 30: a pod that was made half a minute ago and is not ready says
 * nothing yet. */
enum { YOUNG_SECONDS = 30 };

struct pods_assessment {
	struct live *live;
	struct arena *arena;
	const struct live_builder *builder;
	struct live_node *node;
};

/* Words of the kubelet, the scheduler and the controllers for why there is no pod that is ready (kubernetes/kubernetes
 * pkg/kubelet/images/types.go, pkg/kubelet/container/sync_result.go, pkg/kubelet/eviction, pkg/controller). Whatever
 * else they say is SEEN_PODS_NOT_READY. */
static const struct {
	const char *word;
	enum seen seen;
} words[] = {
	{"FailedCreate", SEEN_PODS_REFUSED},
	{"Unschedulable", SEEN_PODS_PENDING},
	{"SchedulingGated", SEEN_PODS_PENDING},
	{"FailedScheduling", SEEN_PODS_PENDING},
	{KUBE_NOT_SCHEDULED, SEEN_PODS_PENDING},
	{"ErrImagePull", SEEN_PODS_IMAGE},
	{"ImagePullBackOff", SEEN_PODS_IMAGE},
	{"InvalidImageName", SEEN_PODS_IMAGE},
	{"ErrImageNeverPull", SEEN_PODS_IMAGE},
	{"ImageInspectError", SEEN_PODS_IMAGE},
	{"RegistryUnavailable", SEEN_PODS_IMAGE},
	{"SignatureValidationFailed", SEEN_PODS_IMAGE},
	{"CrashLoopBackOff", SEEN_PODS_CRASHING},
	{"OOMKilled", SEEN_PODS_CRASHING},
	{"Error", SEEN_PODS_CRASHING},
	{"Completed", SEEN_PODS_CRASHING},
	{"StartError", SEEN_PODS_CRASHING},
	{"ContainerCannotRun", SEEN_PODS_CRASHING},
	{"RunContainerError", SEEN_PODS_CRASHING},
};

static enum seen seen_of_trouble(const char *trouble)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (text_equal(words[i].word, trouble))
			return words[i].seen;
	return SEEN_PODS_NOT_READY;
}

static bool is_young(const struct pod *pod)
{
	time_t started, now = time(NULL);

	return pod->started && clock_parse_rfc3339(pod->started, &started) == 0 && now - started < YOUNG_SECONDS &&
	       started - now < YOUNG_SECONDS;
}

static bool is_starting(const struct pod *pod)
{
	bool not_yet = text_equal(pod->trouble, "ContainersNotReady") || text_equal(pod->trouble, "Unhealthy") ||
		       text_equal(pod->trouble, KUBE_NOT_SCHEDULED);

	return !pod->trouble || (not_yet && is_young(pod));
}

static const char *joined(struct arena *arena, const char *trouble, const char *sentence)
{
	return sentence ? arena_printf(arena, "%s: %s", trouble, sentence) : trouble;
}

static void seen_as(struct live_node *node, enum seen seen, const char *reason)
{
	const struct seen_kind *kind = seen_kind(seen);

	node->seen = seen;
	node->state = kind->state;
	node->reason = reason ? reason : kind->reason;
}

const char *cluster_kubectl(struct arena *arena, const struct cluster *cluster)
{
	CLEANUP_TEXT struct text command = TEXT_INIT;

	text_puts(&command, "kubectl");
	if (cluster->kubeconfig)
		text_printf(&command, " --kubeconfig %s", shell_word(arena, cluster->kubeconfig));
	if (cluster->context)
		text_printf(&command, " --context %s", shell_word(arena, cluster->context));
	if (cluster->namespace)
		text_printf(&command, " -n %s", shell_word(arena, cluster->namespace));
	return arena_strdup(arena, text_string(&command));
}

__attribute__((format(printf, 4, 5))) static void node_fault(struct pods_assessment *at, enum fault_code code,
							     const char *mend, const char *format, ...)
{
	char message[2048];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(message, sizeof(message), format, arguments);
	va_end(arguments);
	faults_add(at->arena, &at->live->faults, code, arena_printf(at->arena, "builder.%s", at->builder->name), NULL,
		   mend, "%s", message);
}

/* The image that could not be had is another container's, or that of a daemon without root. */
static const char *image_mend(struct pods_assessment *at, const struct pod *pod)
{
	const char *option = "image", *image = NULL;

	if (pod->words && text_starts(pod->words, "container qemu: ")) {
		option = "qemu.image";
		image = "tonistiigi/binfmt:latest";
	} else if (pod->words && text_starts(pod->words, "container ")) {
		return arena_printf(at->arena,
				    "run `%s describe pod %s`: the image is of a container that BuildX does not make",
				    cluster_kubectl(at->arena, at->node->cluster), pod->name);
	} else if (text_equal(pairs_get(&at->node->spec.driver_opts, "rootless"), "true")) {
		image = "moby/buildkit:buildx-stable-1-rootless";
	}
	if (!image)
		return NULL;
	return arena_printf(at->arena,
			    "write `builders: {%s: {driver-opts: {%s: \"%s\"}}}`, or another image, into the state "
			    "file and apply it",
			    at->builder->name, option, image);
}

/* What to look at, or to write, for this trouble of this pod. */
static const char *pod_mend(struct pods_assessment *at, enum seen seen, const struct pod *pod)
{
	const char *kubectl = cluster_kubectl(at->arena, at->node->cluster);

	if (seen == SEEN_PODS_CRASHING && text_equal(pod->trouble, "OOMKilled"))
		return arena_printf(at->arena,
				    "write `builders: {%s: {driver-opts: {limits.memory: 4Gi}}}`, or none at all, into "
				    "the state file and apply it",
				    at->builder->name);
	if (seen == SEEN_PODS_CRASHING)
		return arena_printf(at->arena,
				    "run `%s logs %s --previous`, and correct flags, configuration or limits in the "
				    "state file",
				    kubectl, pod->name);
	if (seen == SEEN_PODS_IMAGE)
		return image_mend(at, pod);
	if (text_equal(pod->trouble, KUBE_NOT_SCHEDULED))
		return arena_printf(at->arena,
				    "correct or leave out `schedulername` in the state file, or start that scheduler; "
				    "`%s get pods -A` shows those that run",
				    kubectl);
	if (seen == SEEN_PODS_NOT_READY)
		return arena_printf(at->arena, "run `%s describe pod %s`", kubectl, pod->name);
	return NULL;
}

/* Why the controller could make no pods: mostly that the namespace allows no privileged ones, or no more of them. */
static const char *refused_mend(struct pods_assessment *at, const struct workload *workload)
{
	const char *kubectl = cluster_kubectl(at->arena, at->node->cluster);

	if (workload->words && strstr(workload->words, "violates PodSecurity"))
		return arena_printf(at->arena,
				    "BuildKit's pods are privileged: run `%s label --overwrite namespace %s "
				    "pod-security.kubernetes.io/enforce=privileged`, or write a `namespace` that has "
				    "that label into the state file",
				    kubectl, shell_word(at->arena, at->node->cluster->namespace));
	return arena_printf(at->arena,
			    "run `%s get quota,limitrange,serviceaccount`, and correct the node's options in the state "
			    "file",
			    kubectl);
}

/* One fault for each kind of trouble that its pods have. */
static void find_pod_faults(struct pods_assessment *at, const struct workload *workload)
{
	bool told[SEEN_COUNT] = {false};

	for (size_t i = 0; i < workload->pod_count; i++) {
		const struct pod *pod = &workload->pods[i];
		enum seen seen = seen_of_trouble(pod->trouble);
		if (!pod->trouble || is_starting(pod) || pod->terminating || told[seen])
			continue;
		told[seen] = true;
		node_fault(at, seen_kind(seen)->fault, pod_mend(at, seen, pod), "pod %s of node %s: %s", pod->name,
			   at->node->spec.name, joined(at->arena, pod->trouble, pod->words));
	}
	if (text_equal(workload->trouble, "FailedCreate") && workload->ready < workload->replicas)
		node_fault(at, FAULT_PODS_REFUSED, refused_mend(at, workload), "%s %s of node %s: %s",
			   workload_kind_name(workload->kind), workload->name, at->node->spec.name,
			   joined(at->arena, workload->trouble, workload->words));
}

static const struct pod *first_troubled(const struct workload *workload)
{
	for (size_t i = 0; i < workload->pod_count; i++) {
		const struct pod *pod = &workload->pods[i];
		if (!pod->terminating && !pod->ready && !is_starting(pod))
			return pod;
	}
	return NULL;
}

/* No pod is ready. That pods cannot be made counts where there are none, or too few that could get ready. */
static void judge_unready(struct pods_assessment *at, const struct workload *workload)
{
	const struct pod *pod = first_troubled(workload);

	if (text_equal(workload->trouble, "FailedCreate"))
		seen_as(at->node, SEEN_PODS_REFUSED, joined(at->arena, workload->trouble, workload->words));
	else if (pod)
		seen_as(at->node, seen_of_trouble(pod->trouble), joined(at->arena, pod->trouble, pod->words));
	else if (workload->trouble)
		seen_as(at->node, seen_of_trouble(workload->trouble),
			joined(at->arena, workload->trouble, workload->words));
	else
		seen_as(at->node, SEEN_PODS_STARTING, NULL);
}

static size_t count_ready(const struct workload *workload)
{
	size_t ready = 0;

	for (size_t i = 0; i < workload->pod_count; i++)
		ready += workload->pods[i].ready && !workload->pods[i].terminating;
	return ready;
}

static const char *unready_words(struct pods_assessment *at, const struct workload *workload, size_t ready)
{
	const struct pod *pod = first_troubled(workload);
	const char *why = pod		      ? joined(at->arena, pod->trouble, pod->words)
			  : workload->trouble ? joined(at->arena, workload->trouble, workload->words)
					      : NULL;

	return arena_printf(at->arena, "%zu of %lld pods %s ready%s%s", ready, (long long)workload->replicas,
			    ready == 1 ? "is" : "are", why ? ": " : "", why ? why : "");
}

/* With one pod that is ready builds go on; that the others are not is said all the same, and what is not looked at. */
static void judge_ready(struct pods_assessment *at, const struct workload *workload, size_t ready)
{
	struct live_node *node = at->node;

	seen_as(node, SEEN_ANSWER, NULL);
	if ((int64_t)ready < workload->replicas)
		node->reason = unready_words(at, workload, ready);
	if (ready > DAEMONS_PODS_MAX)
		node->reason = arena_printf(at->arena, "%s%sof its %zu pods that are ready at most %d are asked",
					    node->reason ? node->reason : "", node->reason ? "; " : "", ready,
					    DAEMONS_PODS_MAX);
}

static void judge_workload(struct pods_assessment *at, const struct workload *workload)
{
	const struct cluster *cluster = at->node->cluster;
	size_t ready = count_ready(workload);

	if (workload->strange) {
		seen_as(at->node, SEEN_WORKLOAD_STRANGE, workload->strange);
		node_fault(at, FAULT_WORKLOAD_STRANGE, NULL, "%s %s has the name of node %s: %s",
			   workload_kind_name(workload->kind), workload->name, at->node->spec.name, workload->strange);
		return;
	}
	at->node->workload = workload;
	if (workload->replicas == 0)
		seen_as(at->node, SEEN_SCALED_DOWN, NULL);
	else if (cluster->pods_unknown)
		seen_as(at->node, SEEN_PODS_UNTOLD, cluster->pods_unknown);
	else if (ready > 0)
		judge_ready(at, workload, ready);
	else
		judge_unready(at, workload);
	if (workload->replicas > 0)
		find_pod_faults(at, workload);
	for (size_t i = 0; i < workload->config_count; i++)
		if (!workload->configs[i].mounted)
			node_fault(at, FAULT_CONFIG_UNMOUNTED, NULL,
				   "node %s has its configuration in ConfigMap %s, and %s %s mounts it nowhere",
				   at->node->spec.name, workload->configs[i].name, workload_kind_name(workload->kind),
				   workload->name);
}

static void find_twin(struct pods_assessment *at, enum workload_kind kind, const char *name)
{
	enum workload_kind other = kind == WORKLOAD_DEPLOYMENT ? WORKLOAD_STATEFUL_SET : WORKLOAD_DEPLOYMENT;
	const struct workload *twin = cluster_workload(at->node->cluster, other, name);

	if (twin && !twin->strange)
		node_fault(at, FAULT_WORKLOAD_TWIN, NULL,
			   "node %s is a %s by its options, and there is a %s %s, made %s", at->node->spec.name,
			   workload_kind_name(kind), workload_kind_name(other), name,
			   twin->created ? twin->created : "at a time that is not known");
}

/* Only a claim tells that it was there: BuildX notes the making of a builder as a use of it. */
static void judge_absent(struct pods_assessment *at, enum workload_kind kind, const char *name)
{
	const struct cluster *cluster = at->node->cluster;
	const char *gone = cluster->namespace_missing
				   ? arena_printf(at->arena, "namespace %s is not in the cluster", cluster->namespace)
				   : NULL;

	seen_as(at->node, SEEN_NO_WORKLOAD, gone);
	for (size_t i = 0; i < cluster->claim_count; i++)
		if (text_equal(cluster->claims[i].workload, name)) {
			node_fault(at, FAULT_WORKLOAD_MISSING, NULL,
				   "node %s has its cache in claim %s, and %s %s is not in namespace %s any more",
				   at->node->spec.name, cluster->claims[i].name, workload_kind_name(kind), name,
				   cluster->namespace);
			return;
		}
}

static void judge(struct pods_assessment *at)
{
	struct live_node *node = at->node;
	enum workload_kind kind = workload_kind_of(&node->spec.driver_opts);
	const char *name = workload_name(at->arena, node->spec.name);
	const struct cluster_way way = {.kubeconfig = cluster_endpoint_config(at->arena, node->spec.endpoint),
					.namespace = pairs_get(&node->spec.driver_opts, "namespace")};
	const struct cluster *cluster = live_cluster_by(at->live, &way);

	if (!cluster) {
		seen_as(node, SEEN_NOTHING, "its cluster was not asked");
		return;
	}
	node->cluster = cluster;
	if (!cluster->reachable) {
		seen_as(node, SEEN_CLUSTER_SILENT, cluster->reason);
		return;
	}
	const struct workload *workload = cluster_workload(cluster, kind, name);
	if (workload)
		judge_workload(at, workload);
	else if (cluster->workloads_unknown[kind])
		seen_as(node, SEEN_CLUSTER_FORBIDS, cluster->workloads_unknown[kind]);
	else
		judge_absent(at, kind, name);
	find_twin(at, kind, name);
}

/* What BuildX keeps of $KUBECONFIG is what it was, and BuildX alone reads it. */
static void check_kubeconfig(struct pods_assessment *at)
{
	const char *path = cluster_endpoint_config(at->arena, at->node->spec.endpoint);

	if (path && strchr(path, ':'))
		node_fault(at, FAULT_KUBECONFIG_LIST, NULL,
			   "node %s is in the cluster of \"%s\", a list of files, and BuildX opens a file of that name",
			   at->node->spec.name, path);
	else if (path && path[0] != '/')
		node_fault(at, FAULT_KUBECONFIG_RELATIVE, NULL,
			   "node %s is in the cluster of the file %s, wherever `docker buildx` is run",
			   at->node->spec.name, path);
}

void pods_assess(struct live *live)
{
	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_home(builder->driver) == HOME_POD && j < builder->node_count; j++) {
			struct pods_assessment at = {live, live->arena, builder, &builder->nodes[j]};
			judge(&at);
			check_kubeconfig(&at);
		}
	}
	cluster_faults_find(live);
}
