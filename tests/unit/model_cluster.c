/* What an endpoint of driver kubernetes says, and the names that follow from a node's. */
#include "base/arena.h"
#include "base/count.h"
#include "base/text.h"
#include "model/cluster.h"
#include "model/pod_endpoint.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_endpoint(void **state)
{
	/* As BuildX 0.36.1 wrote them, and what else a URL may be. */
	static const struct {
		const char *endpoint, *config;
	} rows[] = {
		{"kubernetes:///plain?deployment=plain-node&kubeconfig=%2Ftmp%2Fa%2Fadmin.kubeconfig",
		 "/tmp/a/admin.kubeconfig"},
		{"kubernetes:///k6?deployment=buildkit-1&kubeconfig=", NULL},
		{"kubernetes:///k6?kubeconfig=a+b%2bc&deployment=x", "a b+c"},
		{"kubernetes:///k6?kubeconfig=50%25%", "50%%"},
		{"kubernetes:///k6", NULL},
		{"unix:///var/run/docker.sock", NULL},
		{NULL, NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *config = cluster_endpoint_config(arena, rows[i].endpoint);

		if (!text_equal(config, rows[i].config))
			fail_msg("%s: %s", rows[i].endpoint, config ? config : "NULL");
	}
	assert_string_equal(cluster_endpoint(arena, "plain", "plain-node", "/tmp/a/admin.kubeconfig"),
			    rows[0].endpoint);
	assert_string_equal(cluster_endpoint(arena, "k6", "k60", NULL), "kubernetes:///k6?deployment=k60&kubeconfig=");
	assert_string_equal(
		cluster_endpoint_config(arena, cluster_endpoint(arena, "k6", "k60", "/home/me/a&b=c #%41 d")),
		"/home/me/a&b=c #%41 d");
}

/* What has the name of a node by chance takes no builds. */
static void test_twins(void **state)
{
	(void)state;
	for (int stranger = -1; stranger < WORKLOAD_KIND_COUNT; stranger++) {
		struct workload workloads[] = {{.kind = WORKLOAD_STATEFUL_SET, .name = "ci0"},
					       {.kind = WORKLOAD_DEPLOYMENT, .name = "ci1"},
					       {.kind = WORKLOAD_DEPLOYMENT, .name = "ci0"}};
		struct cluster cluster = {.workloads = workloads, .workload_count = COUNT(workloads)};

		for (size_t i = 0; i < COUNT(workloads); i++)
			if ((int)workloads[i].kind == stranger)
				workloads[i].strange = "it has no container buildkitd";
		cluster_sort(&cluster);
		const struct workload *one = cluster_workload(&cluster, WORKLOAD_DEPLOYMENT, "ci0");
		const struct workload *other = cluster_workload(&cluster, WORKLOAD_STATEFUL_SET, "ci0");
		assert_ptr_equal(one->twin, stranger < 0 ? other : NULL);
		assert_ptr_equal(other->twin, stranger < 0 ? one : NULL);
		assert_null(cluster_workload(&cluster, WORKLOAD_DEPLOYMENT, "ci1")->twin);
	}
}

static void test_pod_endpoint(void **state)
{
	static const struct {
		const char *endpoint, *wrong, *pod, *context, *namespace, *container;
		bool more;
	} rows[] = {
		{"kube-pod://p", NULL, "p", NULL, NULL, NULL, false},
		{"kube-pod://p-0.x/path?context=a%40b+c&namespace=ci&container=buildkitd#here", NULL, "p-0.x", "a@b c",
		 "ci", "buildkitd", false},
		{"kube-pod://p?context=&namespace=", NULL, "p", NULL, NULL, NULL, false},
		{"kube-pod://p?ctx=a&namespace=ci", NULL, "p", NULL, "ci", NULL, true},
		{"kube-pod://P", "does not name a pod", "P", NULL, NULL, NULL, false},
		{"kube-pod://?namespace=ci", "does not name a pod", "", NULL, "ci", NULL, false},
		{"kube-pod://p?namespace=a/b", "names a namespace that Kubernetes has no such name for", "p", NULL,
		 "a/b", NULL, false},
		{"kube-pod://p?container=a%20b", "names a container that Kubernetes has no such name for", "p", NULL,
		 NULL, "a b", false},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pod_endpoint is;
		const char *wrong = pod_endpoint_read(arena, rows[i].endpoint, &is);

		if (!text_equal(wrong, rows[i].wrong) || !text_equal(is.pod, rows[i].pod) ||
		    !text_equal(is.context, rows[i].context) || !text_equal(is.namespace, rows[i].namespace) ||
		    !text_equal(is.container, rows[i].container) ||
		    pod_endpoint_has_more(rows[i].endpoint) != rows[i].more)
			fail_msg("%s: %s", rows[i].endpoint, wrong ? wrong : "read");
	}
	assert_true(pod_endpoint_is("kube-pod://p"));
	assert_false(pod_endpoint_is("tcp://p:1"));
	assert_false(pod_endpoint_is(NULL));
}

static void test_names(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct pair storage = {.key = "persistent-volume-claim.requests.storage", .value = "1Gi"};

	(void)state;
	assert_string_equal(workload_name(arena, "ci_amd64_0"), "ci-amd64-0");
	assert_int_equal(workload_kind_of(&(struct pairs){&storage, 1}), WORKLOAD_STATEFUL_SET);
	assert_int_equal(workload_kind_of(&(struct pairs){0}), WORKLOAD_DEPLOYMENT);
	assert_string_equal(workload_kind_name(WORKLOAD_STATEFUL_SET), "StatefulSet");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_endpoint),
		cmocka_unit_test(test_twins),
		cmocka_unit_test(test_pod_endpoint),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
