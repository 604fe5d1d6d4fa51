/* Snapshots: a round trip keeps what plans need, secrets stay out, hostile input is refused by name. */
#include "base/count.h"
#include "codec/buildkitd.h"
#include "live_folder.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/snapshot.h"
#include "model/normal.h"

#define LIST(...)                                                                                                      \
	{                                                                                                              \
		.items = (const char *[]){__VA_ARGS__}, .count = COUNT(((const char *[]){__VA_ARGS__}))                \
	}

static char toml[] = "debug = true\n", key[] = "-----BEGIN PRIVATE KEY-----\n";
static struct config_file files[] = {
	{.name = "buildkitd.toml", .data = (unsigned char *)toml, .length = sizeof(toml) - 1},
	{.name = "certs/r/key.pem", .data = (unsigned char *)key, .length = sizeof(key) - 1, .secret = true},
};
static struct container containers[] = {{
	.id = "0123",
	.name = "buildx_buildkit_ci0",
	.image = "moby/buildkit:v0.26.2",
	.image_id = "sha256:1",
	.image_now_id = "sha256:2",
	.status = "running",
	.exit_code = 137,
	.oom_killed = true,
	.error = "no",
	.created = "2026-01-31T12:00:00Z",
	.pid = 4711,
	.command = LIST("buildkitd", "--debug"),
	.env = LIST("PATH=/bin", "API_TOKEN=hunter2", "HTTP_PROXY=http://u:hunter2@p"),
	.image_env = LIST("PATH=/bin"),
	.memory = INT64_C(40) << 30,
	.memory_swap = -1,
	.cpu_quota = 1,
	.cpu_period = 2,
	.cpu_shares = 3,
	.cpuset_cpus = "0-1",
	.cpuset_mems = "0",
	.network = "host",
	.restart_policy = "unless-stopped",
	.restart_retries = 4,
	.cgroup_parent = "/docker/buildx",
	.privileged = true,
	.init = true,
	.state_volume = "buildx_buildkit_ci0_state",
	.binds = LIST("bind:/a:/b"),
	.files_known = true,
	.files = {files, COUNT(files)},
}};
static struct volume volumes[] = {
	{.name = "buildx_buildkit_ci0_state", .created = "2026-01-31T12:00:00Z", .size = -1, .labels = LIST("a=b")}};
static struct engine engines[] = {
	{.endpoint = "ssh://u@h", .reason = "connection refused"},
	{.endpoint = "unix:///s",
	 .host = "unix:///s",
	 .reachable = true,
	 .version = "26.1.5",
	 .containers = containers,
	 .container_count = COUNT(containers),
	 .volumes = volumes,
	 .volume_count = COUNT(volumes)},
};
static struct pair options[] = {
	{.key = "env.DB_PASSWORD", .value = "hunter2", .secret = true},
	{.key = "env.PROXY", .value = "http://u:hunter2@p"},
	{.key = "image", .value = "i\xFFx"},
};
static struct gc_rule rules[] = {
	{.filters = LIST("type==source.local"),
	 .keep_duration = INT64_C(365) * 24 * 3600 * 1000000000,
	 .max_used_space = 512},
	{.all = true, .reserved_space = 1, .min_free_space = 2},
};
static struct worker workers[] = {{
	.id = "w",
	.platforms = LIST("linux/amd64", "linux/arm64"),
	.labels = LIST("a=b"),
	.rules = rules,
	.rule_count = COUNT(rules),
}};
static struct disk_use disk[] = {{.type = "regular", .bytes = INT64_C(400) << 30, .reclaimable = 1, .records = 7}};
static struct active_build active[] = {{.ref = "r", .name = "target slow", .started = "2026-01-31T12:00:00Z"}};
static const struct daemon says = {
	.version = "v0.32.2",
	.workers = workers,
	.worker_count = COUNT(workers),
	.disk = disk,
	.disk_count = COUNT(disk),
	.disk_known = true,
	.builds = active,
	.build_count = COUNT(active),
	.builds_known = true,
};
static struct live_node nodes[] = {{
	.spec = {.name = "ci0",
		 .endpoint = "unix:///s",
		 .platforms = LIST("linux/amd64"),
		 .driver_opts = {options, 3},
		 .flags = LIST("--debug"),
		 .files = {files, COUNT(files)}},
	.state = NODE_UNHEALTHY,
	.reason = "it says no",
	.engine = &engines[1],
	.container = &containers[0],
	.volume = &volumes[0],
	.daemon = &says,
}};
static struct pair workload_options[] = {
	{.key = "env.DB_PASSWORD", .value = "hunter2", .secret = true},
	{.key = "replicas", .value = "2"},
};
static struct pod pods[] = {
	{.name = "k8s0-a", .phase = "Running", .ready = true, .machine = "node-a", .restarts = 2},
	{.name = "k8s0-b", .phase = "Pending", .trouble = "Unschedulable", .words = "0/1 nodes are available"},
};
static struct config_map config_maps[] = {
	{.name = "k8s0-config", .version = "7", .files = {files, COUNT(files)}, .mounted = true}};
static struct workload workloads[] = {
	{.kind = WORKLOAD_DEPLOYMENT,
	 .name = "k8s0",
	 .uid = "u",
	 .version = "77",
	 .options = {workload_options, COUNT(workload_options)},
	 .flags = LIST("--debug"),
	 .platforms = LIST("linux/amd64"),
	 .managed_by = "Helm release ci",
	 .sidecars = LIST("proxy"),
	 .mark = {.store = "0123456789ab", .host = "h"},
	 .generation = 3,
	 .replicas = 2,
	 .ready = 1,
	 .trouble = "FailedCreate",
	 .words = "exceeded quota",
	 .pods = pods,
	 .pod_count = COUNT(pods),
	 .files_known = true,
	 .configs = config_maps,
	 .config_count = COUNT(config_maps)},
	{.kind = WORKLOAD_STATEFUL_SET, .name = "k8s0", .strange = "it has no container buildkitd"},
};
static struct volume_claim claims[] = {
	{.name = "buildkitd-k8s0-0", .workload = "k8s0", .size = "1Gi", .phase = "Bound", .used = true}};
static struct cluster_way ways[] = {{.kubeconfig = "/k", .namespace = "ns"}, {.context = "c"}};
static struct cluster clusters[] = {
	{.key = "a/ns in /other", .reason = "connection refused", .hint = "do"},
	{.key = "c/ns in /k",
	 .ways = ways,
	 .way_count = COUNT(ways),
	 .kubeconfig = "/k",
	 .context = "c",
	 .server = "https://u:hunter2@h:6443",
	 .user = "dev",
	 .namespace = "ns",
	 .version = "v1.34.4",
	 .reachable = true,
	 .missing = LIST("list deployments.apps"),
	 .workloads_unknown = {[WORKLOAD_STATEFUL_SET] = "forbidden"},
	 .workloads = workloads,
	 .workload_count = COUNT(workloads),
	 .claims = claims,
	 .claim_count = COUNT(claims),
	 .stray_configs = config_maps,
	 .stray_config_count = 1},
};
static struct live_node cluster_nodes[] = {
	{.spec = {.name = "k8s0", .endpoint = "kubernetes:///k8s?deployment=x&kubeconfig=%2Fk"},
	 .seen = SEEN_PODS_PENDING,
	 .state = NODE_UNHEALTHY,
	 .reason = "Unschedulable",
	 .cluster = &clusters[1],
	 .workload = &workloads[0]},
	{.spec = {.name = "gone"}, .seen = SEEN_NO_WORKLOAD, .state = NODE_INACTIVE, .cluster = &clusters[1]},
};
static struct live_builder builders[] = {
	{.name = "bad", .damaged = true, .file = {.path = "instances/bad", .exists = true, .mode = 0600}},
	{.name = "ci",
	 .driver = "docker-container",
	 .dynamic = true,
	 .nodes = nodes,
	 .node_count = 1,
	 .last_activity = "2026-01-31T12:00:00Z",
	 .file = {.path = "instances/ci",
		  .exists = true,
		  .readable = true,
		  .data = (unsigned char *)"hunter2",
		  .length = 7,
		  .mode = 0600}},
	{.name = "default", .driver = "docker", .context_builder = true},
	{.name = "k8s", .driver = "kubernetes", .nodes = cluster_nodes, .node_count = COUNT(cluster_nodes)},
};
static struct store_file tls_files[] = {
	{.path = "contexts/tls/1/docker/key.pem",
	 .in_docker_config = true,
	 .exists = true,
	 .readable = true,
	 .data = (unsigned char *)"tls-hunter2",
	 .length = 11,
	 .mode = 0600},
};
static struct live_context contexts[] = {
	{.name = "default", .endpoint = "unix:///s", .implicit = true},
	{.name = "x",
	 .endpoint = "tcp://h:1",
	 .description = "d",
	 .skip_tls_verify = true,
	 .has_tls = true,
	 .damaged = true,
	 .file = {.path = "contexts/meta/1/meta.json", .in_docker_config = true},
	 .tls_known = true,
	 .tls = tls_files,
	 .tls_count = 1},
};
static struct orphan orphans[] = {
	{.is_volume = true, .name = "buildx_buildkit_old0_state", .engine = &engines[1], .size = 12345678901}};

static void make_live(struct live *live)
{
	*live = (struct live){
		.arena = arena_new(),
		.store = "/s",
		.docker_config = "/d",
		.current_context = "default",
		.current_context_from = "DOCKER_HOST",
		.configured_context = "x",
		.current_endpoint = "unix:///s",
		.selected = "ci",
		.selected_by = "defaults",
		.selected_default = true,
		.current_file = {.path = "current", .exists = true},
		.defaults_file = {.path = "defaults/1"},
		.default_config_file = {.path = "buildkitd.default.toml"},
		.docker_config_file = {.path = "config.json",
				       .in_docker_config = true,
				       .exists = true,
				       .readable = true,
				       .data = (unsigned char *)"",
				       .length = 0,
				       .mode = 0644},
		.default_files = {files, COUNT(files)},
		.builders = builders,
		.builder_count = COUNT(builders),
		.contexts = contexts,
		.context_count = COUNT(contexts),
		.engines = engines,
		.engine_count = COUNT(engines),
		.clusters = clusters,
		.cluster_count = COUNT(clusters),
		.orphans = orphans,
		.orphan_count = COUNT(orphans),
	};
	faults_add(live->arena, &live->faults, FAULT_INSTANCE_EMPTY, "builder.bad", "/s/instances/bad", NULL,
		   "is empty");
	faults_add(live->arena, &live->faults, FAULT_ORPHAN_VOLUME, "volume.v", NULL, "do", "seen");
}

static char *text_of(const struct live *live)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	CLEANUP_JSON cJSON *json = live_to_json(live);

	json_print(json, &out);
	return strdup(text_string(&out));
}

static struct live *live_of(const char *text)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct error err = ERROR_INIT;
	struct live *live = NULL;

	if (json_parse(text, strlen(text), &json, &err) < 0 || live_from_json(json, &live, &err) < 0)
		fail_msg("%s", err.message);
	return live;
}

static void round_trip_keeps_everything(void **state)
{
	struct live live;

	(void)state;
	make_live(&live);
	CLEANUP_FREE char *first = text_of(&live);
	arena_free(live.arena);
	struct live *read = live_of(first);
	CLEANUP_FREE char *second = text_of(read);
	assert_string_equal(first, second);

	assert_true(read->from_snapshot);
	const struct live_builder *ci = live_builder(read, "ci");
	assert_int_equal(ci->node_count, 1);
	const struct live_node *node = &ci->nodes[0];
	assert_int_equal(node->state, NODE_UNHEALTHY);
	assert_ptr_equal(node->engine, live_engine(read, "unix:///s"));
	assert_ptr_equal(node->container, engine_container(node->engine, "buildx_buildkit_ci0"));
	assert_ptr_equal(node->volume, engine_volume(node->engine, "buildx_buildkit_ci0_state"));
	assert_int_equal(node->container->memory, INT64_C(40) << 30);
	assert_int_equal(node->container->exit_code, 137);
	assert_string_equal(node->container->command.items[1], "--debug");
	assert_string_equal(node->daemon->version, "v0.32.2");
	/* A year in nanoseconds is more than JSON's numbers hold exactly. */
	assert_int_equal(node->daemon->workers[0].rules[0].keep_duration, INT64_C(365) * 24 * 3600 * 1000000000);
	assert_int_equal(daemon_disk_total(node->daemon), INT64_C(400) << 30);
	assert_string_equal(node->daemon->builds[0].name, "target slow");
	assert_true(node->spec.driver_opts.items[0].secret);
	assert_string_equal(pairs_get(&node->spec.driver_opts, "image"), "i\xEF\xBF\xBDx");
	assert_true(live_builder(read, "bad")->damaged);
	assert_int_equal(live_builder(read, "bad")->file.mode, 0600);
	assert_int_equal(ci->file.length, 7);
	assert_null(ci->file.data);
	const struct live_builder *k8s = live_builder(read, "k8s");
	const struct cluster *cluster = live_cluster(read, "c/ns in /k");
	assert_ptr_equal(k8s->nodes[0].cluster, cluster);
	assert_ptr_equal(k8s->nodes[0].workload, cluster_workload(cluster, WORKLOAD_DEPLOYMENT, "k8s0"));
	assert_null(k8s->nodes[1].workload);
	assert_null(k8s->nodes[0].workload->twin); /* the StatefulSet of that name is none of BuildX's */
	assert_ptr_equal(live_cluster_by(read, &(struct cluster_way){.kubeconfig = "/k", .namespace = "ns"}), cluster);
	assert_string_equal(k8s->nodes[0].workload->pods[1].words, "0/1 nodes are available");
	assert_true(k8s->nodes[0].workload->configs[0].mounted);
	assert_string_equal(cluster->workloads_unknown[WORKLOAD_STATEFUL_SET], "forbidden");
	assert_int_equal(read->orphans[0].size, 12345678901);
	assert_true(fault_is(&read->faults.items[0], FAULT_INSTANCE_EMPTY));
	assert_null(read->faults.items[1].path);
	live_free(read);
}

static void secrets_and_raw_bytes_stay_out(void **state)
{
	struct live live;
	char hex[DIGEST_HEX];

	(void)state;
	make_live(&live);
	CLEANUP_FREE char *text = text_of(&live);
	arena_free(live.arena);
	assert_null(strstr(text, "hunter2"));
	assert_null(strstr(text, "PRIVATE KEY"));
	assert_non_null(strstr(text, "\"env.DB_PASSWORD\": \"(sensitive)\""));
	assert_non_null(strstr(text, "\"API_TOKEN=(sensitive)\""));
	assert_non_null(strstr(text, "\"text\": \"debug = true\\n\""));
	digest_hex(key, sizeof(key) - 1, hex);
	assert_non_null(strstr(text, hex));
}

/* A file of which only the digest came along is still the same file, and one that differs still differs. */
static void digests_stand_for_files(void **state)
{
	static const char other[] = "other";
	const struct config_file changed = {
		.name = "certs/r/key.pem", .data = (const unsigned char *)other, .length = 5};
	struct live live;

	(void)state;
	make_live(&live);
	CLEANUP_FREE char *text = text_of(&live);
	struct live *read = live_of(text);
	assert_true(config_files_same(&read->default_files, &live.default_files));
	assert_false(config_file_same(&read->default_files.items[1], &changed));
	arena_free(live.arena);
	live_free(read);
}

static void real_store_round_trip(void **state)
{
	struct home *home = *state;

	home_write(home, "buildx/instances/x", "");
	home_write(home, "buildx/instances/\xFF", "");
	home_write(home, "buildx/buildkitd.default.toml", "debug = true\n");
	CLEANUP_FREE char *first = text_of(home_read(home));
	struct live *read = live_of(first);
	CLEANUP_FREE char *second = text_of(read);
	assert_string_equal(first, second);
	assert_int_equal(read->faults.count, 2);
	live_free(read);
}

static const struct {
	const char *path, *value, *message; /* value NULL: the member is taken away */
} hostile[] = {
	{"format_version", NULL, "format_version"},
	{"format_version", "\"2.0\"", "this version reads 1.x"},
	{"store", NULL, "store is missing"},
	{"store", "\"\"", "store is empty"},
	{"selected", "1", "selected is not a text or null"},
	{"selected_default", "\"yes\"", "selected_default is not true or false"},
	{"current_file", "[]", "current_file.path is missing"},
	{"current_file.mode", "99999", "current_file.mode is not a file mode"},
	{"current_file.length", "-1", "current_file.length is negative"},
	{"current_file.digest", "\"xyz\"", "current_file.digest is not 64 hexadecimal digits"},
	{"default_files", "{}", "default_files is not a list"},
	{"default_files.0", "3", "default_files[0].name is missing"},
	{"default_files.0.text", "null", "default_files[0].text is null"},
	{"default_files.1.digest", "null", "default_files[1].digest is null"},
	{"builders", "null", "builders is not a list"},
	{"builders.1", "7", "a builder, builders[1] is not an object"},
	{"builders.1.name", "\"../../x\"", "builders[1].name is not a builder's name"},
	{"builders.1.name", "\"bad\"", "builders names one of them twice"},
	{"builders.1.nodes", NULL, "builders[1].nodes is missing"},
	{"builders.1.nodes.0.state", "\"happy\"", "builders[1].nodes[0].state is not a node's state"},
	{"builders.1.nodes.0.flags", "[1]", "builders[1].nodes[0].flags holds something other than texts"},
	{"builders.1.nodes.0.driver_opts", "{\"a\":1}", "builders[1].nodes[0].driver_opts holds something other"},
	{"builders.1.nodes.0.driver_opts", "{\"a\":\"\",\"a\":\"\"}", "names an option twice"},
	{"builders.1.nodes.0.engine", "\"gone\"", "builders[1].nodes[0].engine is not one of the engines"},
	{"builders.1.nodes.0.container", "\"gone\"", "builders[1].nodes[0].container is not one of the engine's"},
	{"builders.3.nodes.0.cluster", "\"gone\"", "builders[3].nodes[0].cluster is not one of the clusters"},
	{"clusters", "{}", "clusters is not a list"},
	{"clusters.0.key", "\"c/ns in /k\"", "clusters names one of them twice"},
	{"clusters.1.workloads.0.kind", "\"DaemonSet\"", "clusters[1].workloads[0].kind"},
	{"clusters.1.workloads.0.pods", "7", "clusters[1].workloads[0].pods is not a list"},
	{"builders.1.nodes.0.volume", "\"gone\"", "builders[1].nodes[0].volume is not one of the engine's"},
	{"engines.1.containers.0.memory", "1.5", "engines[1].containers[0].memory is not an integer"},
	{"engines.1.containers.0.memory", "1e300", "engines[1].containers[0].memory is not an integer"},
	{"engines.1.containers.0.env", "\"A=b\"", "engines[1].containers[0].env is not a list"},
	{"engines.0.endpoint", "\"unix:///s\"", "engines names one of them twice"},
	{"contexts.0.name", "null", "contexts[0].name is empty"},
	{"orphans.0.engine", "\"gone\"", "orphans[0].engine is not one of the engines"},
	{"orphans.0.size", "null", "orphans[0].size is not an integer"},
	{"faults.0.message", "{}", "faults[0].message is not a text or null"},
};

/* Puts the value where the path leads, or takes the member away. */
static void change(cJSON *json, const char *path, const char *value)
{
	for (const char *dot; (dot = strchr(path, '.')); path = dot + 1) {
		CLEANUP_FREE char *part = strndup(path, (size_t)(dot - path));
		json = cJSON_IsArray(json) ? cJSON_GetArrayItem(json, atoi(part))
					   : cJSON_GetObjectItemCaseSensitive(json, part);
	}
	if (!value)
		cJSON_DeleteItemFromObjectCaseSensitive(json, path);
	else if (cJSON_IsArray(json))
		assert_true(cJSON_ReplaceItemInArray(json, atoi(path), cJSON_Parse(value)));
	else
		assert_true(cJSON_ReplaceItemInObjectCaseSensitive(json, path, cJSON_Parse(value)));
}

static void hostile_members_are_named(void **state)
{
	struct live live;

	(void)state;
	make_live(&live);
	for (size_t i = 0; i < COUNT(hostile); i++) {
		CLEANUP_JSON cJSON *json = live_to_json(&live);
		struct error err = ERROR_INIT;
		struct live *read = NULL;

		change(json, hostile[i].path, hostile[i].value);
		if (live_from_json(json, &read, &err) == 0)
			fail_msg("taken: %s = %s", hostile[i].path, hostile[i].value);
		assert_null(read);
		assert_int_equal(err.kind, ERROR_CORRUPT);
		if (!strstr(err.message, hostile[i].message))
			fail_msg("\"%s\" does not say \"%s\"", err.message, hostile[i].message);
	}
	arena_free(live.arena);
}

static bool is_taken(const cJSON *json)
{
	struct live *read = NULL;
	bool taken = live_from_json(json, &read, NULL) == 0;

	live_free(read);
	return taken;
}

/* What snapshots once had not: the daemon of a node, what was seen of it, TLS files of a context, what config.json
 * says, clusters; and what of an object in a cluster is written only where it is so. */
static bool may_lack(const char *name)
{
	static const char *const names[] = {
		"daemon",    "seen",
		"tls",	     "configured_context",
		"clusters",  "cluster",
		"workload",  "managed_by",
		"strange",   "trouble",
		"words",     "mark_store",
		"mark_host", "statefulsets_unknown",
		"image",     "replicas",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return text_starts(name, "env.");
}

/* Each member is needed, driver options apart: taking any one away is an error, never a crash. */
static void no_member_may_be_missing(const cJSON *root, cJSON *json)
{
	bool is_object = cJSON_IsObject(json);
	cJSON *item;

	/* Taken off the front and put back at the end, once around. */
	for (int left = is_object ? cJSON_GetArraySize(json) : 0; left > 0; left--) {
		item = cJSON_DetachItemViaPointer(json, json->child);
		CLEANUP_FREE char *name = strdup(item->string);
		if (is_taken(root) && !may_lack(name))
			fail_msg("nobody misses %s", name);
		assert_true(cJSON_AddItemToObject(json, name, item));
	}
	cJSON_ArrayForEach(item, json)
		if (cJSON_IsObject(item) || cJSON_IsArray(item))
			no_member_may_be_missing(root, item);
}

static void every_member_is_needed(void **state)
{
	struct live live;

	(void)state;
	make_live(&live);
	CLEANUP_JSON cJSON *json = live_to_json(&live);
	arena_free(live.arena);
	no_member_may_be_missing(json, json);
	assert_true(is_taken(json));
}

static void unknown_faults_are_of_a_later_version(void **state)
{
	struct live live, *read = NULL;

	(void)state;
	make_live(&live);
	CLEANUP_JSON cJSON *json = live_to_json(&live);
	arena_free(live.arena);
	change(json, "faults.0.code", "\"brand-new\"");
	change(json, "format_version", "\"1.7\"");
	assert_int_equal(live_from_json(json, &read, NULL), 0);
	assert_int_equal(read->faults.count, 1);
	live_free(read);
}

/* Snapshots of before do not say where and when they were taken. */
static void when_it_was_taken_is_kept(void **state)
{
	struct live live;

	(void)state;
	make_live(&live);
	CLEANUP_FREE char *before = text_of(&live);
	live.taken = (struct taken){.host = "vm", .at = "2026-01-02T03:04:05Z", .version = "1.2"};
	CLEANUP_FREE char *after = text_of(&live);
	arena_free(live.arena);
	struct live *old = live_of(before), *new = live_of(after);
	assert_null(old->taken.at);
	assert_string_equal(new->taken.host, "vm");
	assert_string_equal(new->taken.at, "2026-01-02T03:04:05Z");
	assert_string_equal(new->taken.version, "1.2");
	live_free(old);
	live_free(new);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_keeps_everything),
		cmocka_unit_test(when_it_was_taken_is_kept),
		cmocka_unit_test(secrets_and_raw_bytes_stay_out),
		cmocka_unit_test(digests_stand_for_files),
		cmocka_unit_test_setup_teardown(real_store_round_trip, home_setup, home_teardown),
		cmocka_unit_test(hostile_members_are_named),
		cmocka_unit_test(every_member_is_needed),
		cmocka_unit_test(unknown_faults_are_of_a_later_version),
	};

	return cmocka_run_group_tests_name("codec_snapshot", tests, NULL, NULL);
}
