/* What an endpoint of driver kubernetes says, and the names that follow from a node's. */
#include "base/arena.h"
#include "base/count.h"
#include "base/text.h"
#include "model/cluster.h"

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
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
