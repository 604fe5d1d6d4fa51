/* A cluster's objects -> workloads, pods, ConfigMaps and claims. */
#include "live/kube/events.h"
#include "live/kube/parse.h"

#include "base/count.h"
#include "base/limits.h"
#include "kube_recorded.h"
#include "live/kube/pod.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct kube_workload parse_one(struct arena *arena, enum workload_kind kind, const char *json)
{
	struct kube_workloads rows = {.kind = kind};
	struct error err = ERROR_INIT;
	const char *more = "";

	if (kube_parse_workloads(arena, json, strlen(json), &rows, &more, &err) < 0)
		fail_msg("%s", err.message);
	assert_int_equal(rows.count, 1);
	assert_null(more);
	return rows.items[0];
}

static const char *options_text(struct arena *arena, const struct pairs *options)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	for (size_t i = 0; i < options->count; i++)
		text_printf(&text, "%s=%s\n", options->items[i].key, options->items[i].value);
	return arena_strdup(arena, text_string(&text));
}

/* BuildX does something else than these options say. */
static const struct {
	const char *name, *options;
} otherwise[] = {
	{"ephboth.new", "limits.ephemeral-storage=2Gi\n"},
	{"ephreq.new", "limits.ephemeral-storage=1Gi\n"},
	{"rootlessfalse.new", "image=moby/buildkit:buildx-stable-1-rootless\n"},
};

/* Each reads back as the options that it was made from. */
static void test_options(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(RECORDED); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		const struct recorded *row = &RECORDED[i];
		struct kube_workload found = parse_one(arena, row->kind, row->json);
		const char *expected = row->options;

		for (size_t j = 0; j < COUNT(otherwise); j++)
			if (text_equal(otherwise[j].name, row->name))
				expected = otherwise[j].options;
		assert_string_equal(options_text(arena, &found.workload.options), expected);
		assert_string_equal(strings_join(arena, &found.workload.flags, " "), row->flags);
		assert_string_equal(strings_join(arena, &found.workload.platforms, ","), row->platforms);
		assert_true(found.looks);
		assert_null(found.workload.strange);
		assert_null(found.workload.managed_by);
		assert_int_equal(found.workload.sidecars.count, 0);
	}
}

static const struct recorded *recorded(const char *name)
{
	for (size_t i = 0; i < COUNT(RECORDED); i++)
		if (text_equal(RECORDED[i].name, name))
			return &RECORDED[i];
	abort();
}

static void test_configs(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct recorded *certs = recorded("certs.new"), *claimed = recorded("pvcconfig.new");
	struct kube_workload found = parse_one(arena, certs->kind, certs->json);
	struct kube_config_maps maps = {0};
	struct error err = ERROR_INIT;
	const char *more = NULL;

	(void)state;
	assert_int_equal(found.configs.count, 3);
	assert_string_equal(found.configs.items[0].name, "certs-node-config-1");
	assert_string_equal(found.configs.items[0].folder, "certs/r2.example.com");
	assert_string_equal(found.configs.items[1].folder, "");
	assert_int_equal(kube_parse_config_maps(arena, certs->configs, strlen(certs->configs), &maps, &more, &err), 0);
	assert_int_equal(maps.count, 3);
	assert_string_equal(maps.items[0].name, "certs-node-config");
	assert_string_equal(maps.items[0].files.items[0].name, "buildkitd.toml");
	assert_false(maps.items[0].files.items[0].secret);
	assert_true(config_files_get(&maps.items[1].files, "dev.key")->secret);

	/* With claims it is there and mounted nowhere. */
	found = parse_one(arena, claimed->kind, claimed->json);
	assert_int_equal(found.configs.count, 1);
	assert_null(found.configs.items[0].folder);
}

static void test_config_owner(void **state)
{
	static const struct {
		const char *name, *owner;
	} rows[] = {
		{"ci0-config", "ci0"}, {"ci0-config-12", "ci0"},   {"a-config-1-config", "a-config-1"},
		{"-config", NULL},     {"config", NULL},	   {"ci0-config-", NULL},
		{"ci0-configs", NULL}, {"kube-root-ca.crt", NULL}, {"12", NULL},
		{"-12", NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_true(text_equal(kube_config_owner(arena, rows[i].name), rows[i].owner));
}

#define WORKLOAD(meta, spec, pod, status)                                                                              \
	"{\"metadata\":{\"name\":\"ci0\"," meta "},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"ci0\"}}," spec   \
	"\"template\":{\"metadata\":{\"annotations\":{\"a\":\"1\"}},\"spec\":{" pod "}}},\"status\":{" status "}}"
#define POD "\"containers\":[{\"name\":\"buildkitd\",\"image\":\"moby/buildkit:buildx-stable-1\"}]"

/* By their names: what a team or an admission mounts beside them is theirs, and never changed nor removed. */
static void test_configs_of_others(void **state)
{
	static const char json[] = WORKLOAD("\"uid\":\"u\"", "",
					    POD ",\"volumes\":[{\"name\":\"a\",\"configMap\":{\"name\":\"a\"}},"
						"{\"name\":\"ca\",\"configMap\":{\"name\":\"team-config\"}},"
						"{\"name\":\"config\",\"configMap\":{\"name\":\"ci0-config\"}},"
						"{\"name\":\"other\",\"configMap\":{\"name\":\"ci-config\"}},"
						"{\"name\":\"config-1\",\"configMap\":{\"name\":\"ci0-config-1\"}}]",
					    "");
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_workload found = parse_one(arena, WORKLOAD_DEPLOYMENT, json);

	(void)state;
	assert_int_equal(found.configs.count, 2);
	assert_string_equal(found.configs.items[0].name, "ci0-config");
	assert_string_equal(found.configs.items[1].name, "ci0-config-1");
}

/* What others wrote on it is no option of ours. */
static void test_others(void **state)
{
	static const struct {
		const char *json, *managed_by, *scaled_by, *sidecars, *options, *strange;
	} rows[] = {
		{WORKLOAD("\"annotations\":{\"meta.helm.sh/release-name\":\"team\",\"a\":\"1\"}", "", POD, ""),
		 "Helm release team", NULL, "", "annotations=a=1\n", NULL},
		{WORKLOAD("\"annotations\":{\"argocd.argoproj.io/tracking-id\":\"ci:apps/Deployment:ns/ci0\"}", "", POD,
			  ""),
		 "Argo CD application ci", NULL, "", "", NULL},
		{WORKLOAD("\"annotations\":{\"a\":\"2\"},\"labels\":{\"app.kubernetes.io/managed-by\":\"pulumi\"}", "",
			  POD, ""),
		 "pulumi", NULL, "", "", NULL},
		{WORKLOAD("\"ownerReferences\":[{\"kind\":\"BuilderPool\",\"name\":\"ci\"}]", "", POD, ""),
		 "BuilderPool ci", NULL, "", "", NULL},
		{WORKLOAD("\"managedFields\":[{\"manager\":\"kube-controller-manager\",\"subresource\":\"scale\","
			  "\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}}}]",
			  "\"replicas\":4,", POD, ""),
		 NULL, "HorizontalPodAutoscaler", "", "replicas=4\n", NULL},
		{WORKLOAD("\"managedFields\":[{\"manager\":\"kubectl\",\"subresource\":\"scale\","
			  "\"fieldsV1\":{\"f:spec\":{\"f:replicas\":{}}}}]",
			  "\"replicas\":0,", POD, ""),
		 NULL, NULL, "", "replicas=0\n", NULL},
		{WORKLOAD("\"uid\":\"1\"", "",
			  "\"containers\":[{\"name\":\"proxy\"},{\"name\":\"buildkitd\",\"env\":["
			  "{\"name\":\"A\"},{\"name\":\"NODE\",\"valueFrom\":{}}]}]",
			  ""),
		 NULL, NULL, "proxy", "env.A=\n", NULL},
		{WORKLOAD("\"uid\":\"1\"", "", "\"containers\":[{\"name\":\"web\"}]", ""), NULL, NULL, "web", "",
		 "it has no container buildkitd"},
		{"{\"metadata\":{\"name\":\"ci0\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"web\"}},"
		 "\"template\":{\"spec\":{" POD "}}}}",
		 NULL, NULL, "", "", "its pods are not selected by the label app with its name"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct workload found = parse_one(arena, WORKLOAD_DEPLOYMENT, rows[i].json).workload;

		assert_true(text_equal(found.managed_by, rows[i].managed_by));
		assert_true(text_equal(found.scaled_by, rows[i].scaled_by));
		assert_string_equal(strings_join(arena, &found.sidecars, " "), rows[i].sidecars);
		assert_string_equal(options_text(arena, &found.options), rows[i].options);
		assert_true(text_equal(found.strange, rows[i].strange));
	}
}

/* The words of kubernetes 1.34.4's deployment controller. */
static void test_conditions(void **state)
{
	static const char json[] = WORKLOAD(
		"\"generation\":2,\"resourceVersion\":\"77\",\"annotations\":{\"reconcile.store\":\"0123456789ab\"}",
		"\"replicas\":2,", POD,
		"\"observedGeneration\":1,\"readyReplicas\":1,\"conditions\":[{\"type\":\"Available\",\"status\":"
		"\"False\","
		"\"reason\":\"MinimumReplicasUnavailable\"},{\"type\":\"Progressing\",\"status\":\"False\",\"reason\":"
		"\"ProgressDeadlineExceeded\"},{\"type\":\"ReplicaFailure\",\"status\":\"True\",\"reason\":"
		"\"FailedCreate\","
		"\"message\":\"pods \\\"quota-d58f8ddd6-k4ngx\\\" is forbidden: exceeded quota: q, requested: pods=1, "
		"used: "
		"pods=0, limited: pods=0\\u001b[31m\"}]");
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct workload found = parse_one(arena, WORKLOAD_DEPLOYMENT, json).workload;

	(void)state;
	assert_string_equal(found.version, "77");
	assert_int_equal(found.generation, 2);
	assert_int_equal(found.observed_generation, 1);
	assert_int_equal(found.replicas, 2);
	assert_int_equal(found.ready, 1);
	assert_string_equal(found.trouble, "FailedCreate");
	assert_non_null(strstr(found.words, "exceeded quota: q"));
	assert_null(strchr(found.words, '\x1b'));
	assert_string_equal(found.mark.store, "0123456789ab");
	assert_true(cluster_marked(&found.mark));
}

#define POD_OF(meta, spec, status)                                                                                     \
	"{\"items\":[{\"metadata\":{\"name\":\"ci0-1-x\",\"labels\":{\"app\":\"ci0\"}" meta "},\"spec\":{" spec        \
	"},\"status\":{" status "}}]}"
#define OWN(state) "\"containerStatuses\":[{\"name\":\"buildkitd\",\"restartCount\":3," state "}]"
#define NOT_READY                                                                                                      \
	"\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"False\",\"reason\":"                   \
	"\"ContainersNotReady\","                                                                                      \
	"\"message\":\"containers with unready status: [buildkitd]\"}],"

/* The words are those of kubernetes 1.34.4 with containerd. */
static void test_pods(void **state)
{
	static const struct {
		const char *json, *trouble, *words;
		bool down;
	} rows[] = {
		{POD_OF("", "",
			"\"phase\":\"Running\",\"conditions\":[{\"type\":\"Ready\",\"status\":\"True\"}]," OWN(
				"\"state\":{\"running\":{}}")),
		 NULL, NULL, false},
		{POD_OF("", "",
			"\"phase\":\"Pending\",\"conditions\":[{\"type\":\"PodScheduled\",\"status\":\"False\","
			"\"reason\":\"Unschedulable\",\"message\":\"0/1 nodes are available: 1 node(s) didn't "
			"match\"}]"),
		 "Unschedulable", "0/1 nodes are available: 1 node(s) didn't match", false},
		{POD_OF("", "", NOT_READY OWN("\"state\":{\"waiting\":{\"reason\":\"ContainerCreating\"}}")), NULL,
		 NULL, true},
		{POD_OF("", "",
			NOT_READY OWN("\"state\":{\"waiting\":{\"reason\":\"ImagePullBackOff\",\"message\":"
				      "\"Back-off pulling image \\\"x.invalid/y\\\"\"}}")),
		 "ImagePullBackOff", "Back-off pulling image \"x.invalid/y\"", true},
		{POD_OF("", "",
			NOT_READY OWN("\"state\":{\"waiting\":{\"message\":\"back-off 10s restarting failed "
				      "container=buildkitd\",\"reason\":\"CrashLoopBackOff\"}},\"lastState\":{"
				      "\"terminated\":{\"exitCode\":1,"
				      "\"reason\":\"Error\"}}")),
		 "CrashLoopBackOff", "it ended with exit code 1; back-off 10s restarting failed container=buildkitd",
		 true},
		{POD_OF("", "",
			NOT_READY OWN("\"state\":{\"waiting\":{\"reason\":\"CrashLoopBackOff\"}},\"lastState\":"
				      "{\"terminated\":{\"exitCode\":137,\"reason\":\"OOMKilled\"}}")),
		 "OOMKilled", "it used more memory than its limit, and was killed", true},
		{POD_OF("", "",
			"\"phase\":\"Failed\",\"reason\":\"Evicted\",\"message\":\"The node was low on resource: "
			"ephemeral-storage.\""),
		 "Evicted", "The node was low on resource: ephemeral-storage.", false},
		{POD_OF("", "",
			NOT_READY
			"\"initContainerStatuses\":[{\"name\":\"qemu\",\"state\":{\"waiting\":{\"reason\":"
			"\"ErrImagePull\",\"message\":\"no such host\"}}}]," OWN("\"state\":{\"waiting\":{\"reason\":"
										 "\"PodInitializing\"}}")),
		 "ErrImagePull", "container qemu: no such host", true},
		{POD_OF("", "", NOT_READY OWN("\"state\":{\"running\":{}}")), "ContainersNotReady",
		 "containers with unready status: [buildkitd]", false},
		{POD_OF("", "",
			"\"phase\":\"Running\",\"initContainerStatuses\":[{\"name\":\"qemu\",\"state\":{\"terminated\":"
			"{\"exitCode\":0,\"reason\":\"Completed\"}}}]"),
		 NULL, NULL, false},
		{POD_OF("", "\"nodeName\":\"n\"",
			"\"phase\":\"Pending\",\"conditions\":7,\"containerStatuses\":{\"a\":[1]}"),
		 NULL, NULL, false},
		{POD_OF(",\"creationTimestamp\":\"2026-11-26T13:54:02Z\"", "\"schedulerName\":\"mine\"",
			"\"phase\":\"Pending\""),
		 "NotScheduled",
		 "no scheduler has looked at it since 2026-11-26T13:54:02Z: is there one called \"mine\"?", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct error err = ERROR_INIT;
		struct kube_pods pods = {0};
		const char *more = NULL;

		assert_int_equal(kube_parse_pods(arena, rows[i].json, strlen(rows[i].json), &pods, &more, &err), 0);
		assert_int_equal(pods.count, 1);
		assert_true(text_equal(pods.items[0].pod.trouble, rows[i].trouble));
		assert_true(text_equal(pods.items[0].pod.words, rows[i].words));
		assert_int_equal(pods.items[0].is_down, rows[i].down);
	}
}

/* kubectl's default container is the one that the pod says, else the first. */
static void test_lone_pod(void **state)
{
#define TWO "\"containers\":[{\"name\":\"proxy\"},{\"name\":\"buildkit\"}]"
#define RUNS(name) "\"containerStatuses\":[{\"name\":\"" name "\",\"state\":{\"running\":{}}}]"
#define SAYS ",\"annotations\":{\"kubectl.kubernetes.io/default-container\":\"buildkit\"}"
	static const struct {
		const char *json, *wanted, *container;
		bool runs;
	} rows[] = {
		{POD_OF("", TWO, RUNS("proxy")), NULL, "proxy", true},
		{POD_OF(SAYS, TWO, RUNS("proxy")), NULL, "buildkit", false},
		{POD_OF(SAYS, "\"containers\":[{\"name\":\"proxy\"}]", RUNS("proxy")), NULL, "proxy", true},
		{POD_OF(SAYS, TWO, RUNS("proxy")), "proxy", "proxy", true},
		{POD_OF("", TWO, RUNS("proxy")), "other", NULL, false},
		{POD_OF("", "", ""), NULL, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct kube_lone_pod lone;
		struct error err = ERROR_INIT;

		assert_int_equal(kube_parse_pod(arena, rows[i].json, strlen(rows[i].json), rows[i].wanted, &lone, &err),
				 0);
		assert_true(text_equal(lone.container, rows[i].container));
		assert_int_equal(lone.runs, rows[i].runs);
	}
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_lone_pod lone;
	struct error err = ERROR_INIT;
	assert_int_equal(kube_parse_pod(arena, "{\"items\":[]}", 12, NULL, &lone, &err), -1);
}

/* The kubelet's warnings that a pod without a cluster's DNS is well all the same come again and again. */
static void test_events(void **state)
{
	static const char json[] =
		"{\"items\":[{\"metadata\":{\"name\":\"e\"},\"involvedObject\":{\"kind\":\"Pod\",\"name\":\"p\"},"
		"\"reason\":\"Unhealthy\","
		"\"message\":"
		"\"Readiness probe "
		"failed\",\"lastTimestamp\":\"2026-11-26T13:54:02Z\"},{\"metadata\":{\"name\":\"e\"},"
		"\"involvedObject\":{\"kind\":"
		"\"Pod\",\"name\":\"p\"},\"reason\":\"MissingClusterDNS\",\"message\":\"x\",\"lastTimestamp\":"
		"\"2026-11-26T13:55:02Z\"},{\"metadata\":{\"name\":\"e\"},\"involvedObject\":{\"kind\":\"Pod\","
		"\"name\":\"q\"},\"reason\":"
		"\"MissingClusterDNS\",\"message\":\"x\",\"lastTimestamp\":\"2026-11-26T13:55:02Z\"}]}";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct pod pods[2] = {{.name = "p"}, {.name = "q"}};
	struct workload workload = {.name = "ci0", .replicas = 2, .pods = pods, .pod_count = 2};
	struct cluster cluster = {.workloads = &workload, .workload_count = 1};
	struct kube_events events = {0};
	struct error err = ERROR_INIT;
	const char *more = NULL;

	(void)state;
	assert_int_equal(kube_parse_events(arena, json, strlen(json), &events, &more, &err), 0);
	kube_events_tell(&events, &cluster);
	assert_string_equal(pods[0].trouble, "Unhealthy");
	assert_null(pods[1].trouble);
}

/* Both kinds of one name have the same label; who made the pod tells them apart. */
static void test_pod_owner(void **state)
{
	static const char json[] = POD_OF(
		",\"deletionTimestamp\":\"2026-11-26T13:54:02Z\",\"ownerReferences\":[{\"kind\":\"StatefulSet\"}]",
		"\"containers\":[{\"name\":\"buildkitd\"}],\"volumes\":[{\"persistentVolumeClaim\":{\"claimName\":"
		"\"buildkitd-ci0-0\"}},{\"persistentVolumeClaim\":{\"claimName\":\"../x\"}}]",
		"");
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct workload deployment = {.name = "ci0"}, set = {.kind = WORKLOAD_STATEFUL_SET, .name = "ci0"};
	struct error err = ERROR_INIT;
	struct kube_pods pods = {0};
	const char *more = NULL;

	(void)state;
	assert_int_equal(kube_parse_pods(arena, json, strlen(json), &pods, &more, &err), 0);
	assert_true(pods.items[0].pod.terminating);
	assert_true(pods.items[0].has_buildkitd);
	assert_int_equal(pods.items[0].claims.count, 1);
	assert_true(kube_pod_is_of(&pods.items[0], &set));
	assert_false(kube_pod_is_of(&pods.items[0], &deployment));
}

static void test_claims(void **state)
{
	static const char json[] =
		"{\"metadata\":{\"continue\":\"next\"},\"items\":[{\"metadata\":{\"name\":\"buildkitd-ci0-0\",\"uid\":"
		"\"u\","
		"\"labels\":{\"app\":\"ci0\"}},\"spec\":{\"storageClassName\":\"standard\",\"volumeName\":\"pvc-1\","
		"\"resources\":{\"requests\":{\"storage\":\"1Gi\"}}},\"status\":{\"phase\":\"Bound\"}},"
		"{\"metadata\":{\"name\":\"data-db-0\",\"labels\":{\"app\":\"db\"}}},"
		"{\"metadata\":{\"name\":\"buildkitd-ci0-x\",\"labels\":{\"app\":\"ci0\"}}},"
		"{\"metadata\":{\"name\":\"buildkitd-ci0-1\"}}]}";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct kube_claims claims = {0};
	struct error err = ERROR_INIT;
	const char *more = NULL;

	(void)state;
	assert_int_equal(kube_parse_claims(arena, json, strlen(json), &claims, &more, &err), 0);
	assert_string_equal(more, "next");
	assert_int_equal(claims.count, 1);
	assert_string_equal(claims.items[0].workload, "ci0");
	assert_string_equal(claims.items[0].size, "1Gi");
	assert_string_equal(claims.items[0].phase, "Bound");
	assert_string_equal(claims.items[0].storage_class, "standard");
}

static void test_hostile(void **state)
{
	static const struct {
		const char *json;
		int result;
		size_t count;
	} rows[] = {
		{"", -1, 0},
		{"<html>", -1, 0},
		{"{}", -1, 0},
		{"[]", -1, 0},
		{"{\"items\":7}", -1, 0},
		{"{\"items\":null}", 0, 0},
		{"{\"items\":[]}", 0, 0},
		{"{\"kind\":\"Status\",\"metadata\":{\"name\":\"x\"},\"status\":\"Failure\"}", -1, 0},
		{"{\"items\":[null,1,{},{\"metadata\":{\"name\":\"../x\"}},{\"metadata\":{\"name\":\"A\"}}]}", 0, 0},
		{"{\"items\":[{\"metadata\":{\"name\":\"a\"}}]}", 0, 1},
		{"{\"items\":[{\"metadata\":{\"name\":\"a\",\"labels\":[1],\"annotations\":\"x\"},\"spec\":{"
		 "\"template\":[],"
		 "\"selector\":{\"matchLabels\":{\"x\":1}},\"replicas\":\"many\"},\"status\":null}]}",
		 0, 1},
		{"{\"items\":[{\"metadata\":{\"name\":\"a\"", -1, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct kube_workloads found = {0};
		struct error err = ERROR_INIT;
		const char *more = NULL;

		assert_int_equal(kube_parse_workloads(arena, rows[i].json, strlen(rows[i].json), &found, &more, &err),
				 rows[i].result);
		assert_int_equal(found.count, rows[i].count);
	}
}

/* A variable that is longer than any: what is compared must not be a part of it. */
static void test_too_long(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text json = TEXT_INIT;

	(void)state;
	text_puts(&json, "{\"metadata\":{\"name\":\"ci0\"},\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":"
			 "\"buildkitd\",\"env\":[{\"name\":\"A\",\"value\":\"");
	for (size_t i = 0; i <= LIMIT_KUBE_TEXT; i++)
		text_append(&json, "x", 1);
	text_puts(&json, "\"}]}]}}}}");
	struct kube_workload found = parse_one(arena, WORKLOAD_DEPLOYMENT, text_string(&json));
	assert_non_null(found.workload.strange);
	assert_false(found.looks);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_configs),
		cmocka_unit_test(test_configs_of_others),
		cmocka_unit_test(test_config_owner),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_conditions),
		cmocka_unit_test(test_pods),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_pod_owner),
		cmocka_unit_test(test_lone_pod),
		cmocka_unit_test(test_claims),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
