/* What a cluster's answers mean for the nodes in its pods: states, reasons, faults, orphans. */
#include "live/pods.h"

#include "base/clock.h"
#include "base/count.h"
#include "model/driver.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

/* One builder, one node, one cluster. */
struct pods_world {
	struct live *live;
	struct live_builder builder;
	struct live_node node;
	struct cluster_way way;
	struct cluster cluster;
	struct workload workload;
	struct pod pods[2];
	char now[32];
};

static void make_world(struct pods_world *w)
{
	*w = (struct pods_world){.live = live_new()};
	clock_rfc3339(time(NULL), w->now);
	w->node.spec = (struct node){
		.name = "ci_0",
		.endpoint = "kubernetes:///ci?deployment=x&kubeconfig=%2Fk%2Fconfig",
	};
	w->builder = (struct live_builder){
		.name = "ci", .driver = driver_name(HOME_POD), .nodes = &w->node, .node_count = 1};
	w->way = (struct cluster_way){.kubeconfig = "/k/config"};
	w->workload = (struct workload){.name = "ci-0", .replicas = 1, .pods = w->pods, .pod_count = 1};
	w->pods[0] = (struct pod){.name = "ci-0-a", .ready = true, .started = "2026-01-01T00:00:00Z"};
	w->pods[1] = (struct pod){.name = "ci-0-b", .ready = true, .started = "2026-01-01T00:00:00Z"};
	w->cluster = (struct cluster){
		.key = "c/ns in /k/config",
		.kubeconfig = "/k/config",
		.context = "c",
		.namespace = "ns",
		.reachable = true,
		.ways = &w->way,
		.way_count = 1,
		.workloads = &w->workload,
		.workload_count = 1,
	};
	w->live->builders = &w->builder;
	w->live->builder_count = 1;
	w->live->clusters = &w->cluster;
	w->live->cluster_count = 1;
}

static const struct fault *fault_of(const struct live *live, enum fault_code code)
{
	for (size_t i = 0; i < live->faults.count; i++)
		if (fault_is(&live->faults.items[i], code))
			return &live->faults.items[i];
	return NULL;
}

static void trouble(struct pods_world *w, const char *word, const char *words)
{
	w->pods[0].ready = false;
	w->pods[0].trouble = word;
	w->pods[0].words = words;
}

static void ready(struct pods_world *w)
{
	(void)w;
}
static void silent(struct pods_world *w)
{
	w->cluster.reachable = false;
	w->cluster.reason = "connection refused";
}
static void elsewhere(struct pods_world *w)
{
	w->way.kubeconfig = "/other";
}
static void forbidden(struct pods_world *w)
{
	w->cluster.workload_count = 0;
	w->cluster.workloads_unknown[WORKLOAD_DEPLOYMENT] = "may not get deployments";
	strings_add(w->live->arena, &w->cluster.missing, "get deployments.apps");
}
/* The kind that the node is not made of is no matter. */
static void other_kind_forbidden(struct pods_world *w)
{
	w->cluster.workloads_unknown[WORKLOAD_STATEFUL_SET] = "may not list statefulsets";
}
static void absent(struct pods_world *w)
{
	w->cluster.workload_count = 0;
}
static void no_namespace(struct pods_world *w)
{
	w->cluster.workload_count = 0;
	w->cluster.namespace_missing = true;
}
static void strange(struct pods_world *w)
{
	w->workload.strange = "it has no container buildkitd";
}
static void scaled_down(struct pods_world *w)
{
	w->workload.replicas = 0;
	w->workload.pod_count = 0;
}
static void pods_untold(struct pods_world *w)
{
	w->workload.pod_count = 0;
	w->workload.ready = 1;
	w->cluster.pods_unknown = "may not list pods";
}
static void quota(struct pods_world *w)
{
	w->workload.pod_count = 0;
	w->workload.trouble = "FailedCreate";
	w->workload.words = "exceeded quota: q";
}
static void unschedulable(struct pods_world *w)
{
	trouble(w, "Unschedulable", "0/1 nodes are available");
}
static void no_image(struct pods_world *w)
{
	trouble(w, "ImagePullBackOff", "no such host");
}
static void crashing(struct pods_world *w)
{
	trouble(w, "CrashLoopBackOff", "it ended with exit code 1");
}
static void evicted(struct pods_world *w)
{
	trouble(w, "Evicted", "low on resource: memory");
}
static void starting(struct pods_world *w)
{
	trouble(w, NULL, NULL);
}
static void not_ready_yet(struct pods_world *w)
{
	trouble(w, "Unhealthy", "Readiness probe failed");
	w->pods[0].started = w->now;
}
static void not_ready(struct pods_world *w)
{
	trouble(w, "Unhealthy", "Readiness probe failed");
}
static void overlooked_yet(struct pods_world *w)
{
	trouble(w, "NotScheduled", "no scheduler has looked at it");
	w->pods[0].started = w->now;
}
static void overlooked(struct pods_world *w)
{
	trouble(w, "NotScheduled", "no scheduler has looked at it");
}
static void insecure(struct pods_world *w)
{
	quota(w);
	w->workload.words = "pods \"x\" is forbidden: violates PodSecurity \"baseline:latest\": privileged";
}
static void no_rootless_image(struct pods_world *w)
{
	static struct pair rootless = {.key = "rootless", .value = "true"};

	no_image(w);
	w->node.spec.driver_opts = (struct pairs){&rootless, 1};
}
static void no_emulators(struct pods_world *w)
{
	no_rootless_image(w);
	w->pods[0].words = "container qemu: no such host";
}
static void no_sidecar(struct pods_world *w)
{
	no_image(w);
	w->pods[0].words = "container istio-proxy: no such host";
}
/* One that goes counts for nothing, and its trouble is none. */
static void replaced(struct pods_world *w)
{
	trouble(w, "OOMKilled", "x");
	w->pods[0].terminating = true;
	w->workload.pod_count = 2;
}
static void half(struct pods_world *w)
{
	trouble(w, "Unschedulable", "0/1 nodes are available");
	w->workload.pod_count = 2;
	w->workload.replicas = 2;
}
static void many(struct pods_world *w)
{
	struct pod *pods = arena_alloc(w->live->arena, 25 * sizeof(*pods));

	for (size_t i = 0; i < 25; i++)
		pods[i] = w->pods[0];
	w->workload.pods = pods;
	w->workload.pod_count = 25;
	w->workload.replicas = 25;
}
static void most_of_many(struct pods_world *w)
{
	many(w);
	w->workload.replicas = 26;
}

static void test_states(void **state)
{
	static const struct {
		const char *name;
		void (*make)(struct pods_world *w);
		enum seen seen;
		enum node_state state;
		const char *reason;
		enum fault_code fault; /* FAULT_NONE: none at all */
	} rows[] = {
		{"ready", ready, SEEN_ANSWER, NODE_RUNNING, NULL, FAULT_NONE},
		{"silent", silent, SEEN_CLUSTER_SILENT, NODE_UNKNOWN, "connection refused", FAULT_CLUSTER_UNREACHABLE},
		{"elsewhere", elsewhere, SEEN_NOTHING, NODE_UNKNOWN, "its cluster was not asked",
		 FAULT_ORPHAN_WORKLOAD},
		{"forbidden", forbidden, SEEN_CLUSTER_FORBIDS, NODE_UNKNOWN, "may not get deployments",
		 FAULT_CLUSTER_FORBIDS},
		{"other kind", other_kind_forbidden, SEEN_ANSWER, NODE_RUNNING, NULL, FAULT_NONE},
		{"absent", absent, SEEN_NO_WORKLOAD, NODE_INACTIVE, NULL, FAULT_NONE},
		{"no namespace", no_namespace, SEEN_NO_WORKLOAD, NODE_INACTIVE, "namespace ns is not in the cluster",
		 FAULT_NAMESPACE_MISSING},
		{"strange", strange, SEEN_WORKLOAD_STRANGE, NODE_UNHEALTHY, "it has no container buildkitd",
		 FAULT_WORKLOAD_STRANGE},
		{"scaled down", scaled_down, SEEN_SCALED_DOWN, NODE_STOPPED, "it is scaled to no pods", FAULT_NONE},
		{"untold", pods_untold, SEEN_PODS_UNTOLD, NODE_UNKNOWN, "may not list pods", FAULT_NONE},
		{"quota", quota, SEEN_PODS_REFUSED, NODE_UNHEALTHY, "FailedCreate: exceeded quota: q",
		 FAULT_PODS_REFUSED},
		{"unschedulable", unschedulable, SEEN_PODS_PENDING, NODE_UNHEALTHY,
		 "Unschedulable: 0/1 nodes are available", FAULT_PODS_PENDING},
		{"image", no_image, SEEN_PODS_IMAGE, NODE_UNHEALTHY, "ImagePullBackOff: no such host",
		 FAULT_PODS_IMAGE},
		{"crashing", crashing, SEEN_PODS_CRASHING, NODE_UNHEALTHY,
		 "CrashLoopBackOff: it ended with exit code 1", FAULT_PODS_CRASHING},
		{"evicted", evicted, SEEN_PODS_NOT_READY, NODE_UNHEALTHY, "Evicted: low on resource: memory",
		 FAULT_PODS_NOT_READY},
		{"starting", starting, SEEN_PODS_STARTING, NODE_UNKNOWN, "its pods are starting", FAULT_NONE},
		{"young", not_ready_yet, SEEN_PODS_STARTING, NODE_UNKNOWN, "its pods are starting", FAULT_NONE},
		{"not ready", not_ready, SEEN_PODS_NOT_READY, NODE_UNHEALTHY, "Unhealthy: Readiness probe failed",
		 FAULT_PODS_NOT_READY},
		{"overlooked yet", overlooked_yet, SEEN_PODS_STARTING, NODE_UNKNOWN, "its pods are starting",
		 FAULT_NONE},
		{"overlooked", overlooked, SEEN_PODS_PENDING, NODE_UNHEALTHY,
		 "NotScheduled: no scheduler has looked at it", FAULT_PODS_PENDING},
		{"replaced", replaced, SEEN_ANSWER, NODE_RUNNING, NULL, FAULT_NONE},
		{"half", half, SEEN_ANSWER, NODE_RUNNING,
		 "1 of 2 pods is ready: Unschedulable: 0/1 nodes are available", FAULT_PODS_PENDING},
		{"many", many, SEEN_ANSWER, NODE_RUNNING, "of its 25 pods that are ready at most 20 are asked",
		 FAULT_NONE},
		{"most of many", most_of_many, SEEN_ANSWER, NODE_RUNNING,
		 "25 of 26 pods are ready; of its 25 pods that are ready at most 20 are asked", FAULT_NONE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pods_world w;

		print_message("%s\n", rows[i].name);
		make_world(&w);
		rows[i].make(&w);
		pods_assess(w.live);
		assert_int_equal(w.node.seen, rows[i].seen);
		assert_int_equal(w.node.state, rows[i].state);
		assert_true(text_equal(w.node.reason, rows[i].reason));
		if (rows[i].fault == FAULT_NONE)
			assert_int_equal(w.live->faults.count, 0);
		else
			assert_non_null(fault_of(w.live, rows[i].fault));
		live_free(w.live);
	}
}

/* What is to be done is about what it is: which image, which label, which option. */
static void test_mends(void **state)
{
	static const struct {
		void (*make)(struct pods_world *w);
		enum fault_code fault;
		const char *mend;
	} rows[] = {
		{quota, FAULT_PODS_REFUSED, " -n ns get quota,limitrange,serviceaccount`"},
		{insecure, FAULT_PODS_REFUSED,
		 "label --overwrite namespace ns pod-security.kubernetes.io/enforce=privileged`"},
		{no_image, FAULT_PODS_IMAGE, "{driver-opts: {image: \"moby/buildkit:buildx-stable-1\"}}"},
		{no_rootless_image, FAULT_PODS_IMAGE,
		 "{driver-opts: {image: \"moby/buildkit:buildx-stable-1-rootless\"}}"},
		{no_emulators, FAULT_PODS_IMAGE, "{driver-opts: {qemu.image: \"tonistiigi/binfmt:latest\"}}"},
		{no_sidecar, FAULT_PODS_IMAGE, " -n ns describe pod ci-0-a`"},
		{overlooked, FAULT_PODS_PENDING, "`schedulername`"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pods_world w;

		make_world(&w);
		rows[i].make(&w);
		pods_assess(w.live);
		const struct fault *fault = fault_of(w.live, rows[i].fault);
		assert_non_null(fault);
		if (!strstr(fault->mend, rows[i].mend))
			fail_msg("row %zu: %s", i, fault->mend);
		live_free(w.live);
	}
}

static void test_kubeconfig(void **state)
{
	static const struct {
		const char *endpoint;
		enum fault_code fault;
	} rows[] = {
		{"kubernetes:///ci?deployment=x&kubeconfig=.kube%2Fconfig", FAULT_KUBECONFIG_RELATIVE},
		{"kubernetes:///ci?deployment=x&kubeconfig=%2Fa%3A%2Fb", FAULT_KUBECONFIG_LIST},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pods_world w;

		make_world(&w);
		w.node.spec.endpoint = rows[i].endpoint;
		pods_assess(w.live);
		assert_non_null(fault_of(w.live, rows[i].fault));
		live_free(w.live);
	}
}

/* Two nodes of one name: BuildX gives them one Deployment. */
static void test_shared(void **state)
{
	struct pods_world w;
	struct live_builder builders[2];

	(void)state;
	make_world(&w);
	struct live_node other = w.node;
	other.spec.name = "ci-0";
	builders[0] = w.builder;
	builders[1] =
		(struct live_builder){.name = "dev", .driver = w.builder.driver, .nodes = &other, .node_count = 1};
	w.live->builders = builders;
	w.live->builder_count = 2;
	pods_assess(w.live);
	assert_non_null(fault_of(w.live, FAULT_WORKLOAD_CLAIMED));
	live_free(w.live);
}

static void test_twin(void **state)
{
	struct pods_world w;
	struct pair storage = {.key = "persistent-volume-claim.requests.storage", .value = "1Gi"};

	(void)state;
	make_world(&w);
	w.node.spec.driver_opts = (struct pairs){&storage, 1};
	pods_assess(w.live);
	assert_int_equal(w.node.seen, SEEN_NO_WORKLOAD);
	assert_null(w.node.workload);
	assert_non_null(fault_of(w.live, FAULT_WORKLOAD_TWIN));
	assert_null(fault_of(w.live, FAULT_ORPHAN_WORKLOAD));
	live_free(w.live);
}

/* What may not be looked at is not unused. */
static void test_claims_of_unknown_use(void **state)
{
	struct volume_claim claim = {.name = "buildkitd-a-0", .workload = "a"};

	(void)state;
	for (int unknown = 0; unknown < 4; unknown++) {
		struct pods_world w;

		make_world(&w);
		w.cluster.workload_count = 0;
		w.cluster.claims = &claim;
		w.cluster.claim_count = 1;
		w.cluster.pods_unknown = unknown == 1 ? "forbidden" : NULL;
		w.cluster.workloads_unknown[WORKLOAD_STATEFUL_SET] = unknown == 2 ? "forbidden" : NULL;
		w.cluster.workloads_unknown[WORKLOAD_DEPLOYMENT] = unknown == 3 ? "forbidden" : NULL;
		pods_assess(w.live);
		assert_int_equal(!fault_of(w.live, FAULT_ORPHAN_CLAIM), unknown == 1 || unknown == 2);
		live_free(w.live);
	}
}

/* Whose is what no builder names. */
static void test_orphans(void **state)
{
	struct pods_world w;
	struct workload orphans[3] = {{.name = "a", .replicas = 1},
				      {.name = "b", .replicas = 1, .mark = {.store = "x", .host = "h"}},
				      {.name = "c", .replicas = 1, .managed_by = "Helm release team"}};
	struct volume_claim claims[2] = {{.name = "buildkitd-a-0", .workload = "a"},
					 {.name = "buildkitd-z-0", .workload = "z", .used = true}};
	struct config_map stray = {.name = "y-config"};
	const struct fault *fault;

	(void)state;
	make_world(&w);
	w.cluster.workloads = orphans;
	w.cluster.workload_count = 3;
	w.cluster.claims = claims;
	w.cluster.claim_count = 2;
	w.cluster.stray_configs = &stray;
	w.cluster.stray_config_count = 1;
	pods_assess(w.live);
	size_t workloads = 0;
	for (size_t i = 0; i < w.live->faults.count; i++)
		workloads += fault_is(&w.live->faults.items[i], FAULT_ORPHAN_WORKLOAD);
	assert_int_equal(workloads, 2);
	fault = fault_of(w.live, FAULT_ORPHAN_WORKLOAD);
	assert_string_equal(fault->mend, "run `kubectl --kubeconfig /k/config --context c -n ns delete deployment a`, "
					 "unless it is another user's builder's");
	assert_string_equal((fault + 1)->mend, "leave it to its owner, the store x of host h");
	fault = fault_of(w.live, FAULT_ORPHAN_CLAIM);
	assert_string_equal(fault->subject, "pvc.buildkitd-a-0");
	assert_non_null(fault_of(w.live, FAULT_ORPHAN_CONFIG_MAP));
	live_free(w.live);
}

/* A claim tells that a workload was there. */
static void test_gone(void **state)
{
	struct pods_world w;
	struct volume_claim claim = {.name = "buildkitd-ci-0-0", .workload = "ci-0"};
	struct pair storage = {.key = "persistent-volume-claim.requests.storage", .value = "1Gi"};

	(void)state;
	make_world(&w);
	w.cluster.workload_count = 0;
	w.node.spec.driver_opts = (struct pairs){&storage, 1};
	w.cluster.claims = &claim;
	w.cluster.claim_count = 1;
	pods_assess(w.live);
	assert_non_null(fault_of(w.live, FAULT_WORKLOAD_MISSING));
	assert_null(fault_of(w.live, FAULT_ORPHAN_CLAIM));
	live_free(w.live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_states),	   cmocka_unit_test(test_mends),
		cmocka_unit_test(test_kubeconfig), cmocka_unit_test(test_shared),
		cmocka_unit_test(test_twin),	   cmocka_unit_test(test_claims_of_unknown_use),
		cmocka_unit_test(test_orphans),	   cmocka_unit_test(test_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
