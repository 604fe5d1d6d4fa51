/* The tables of a snapshot's members. */
#include "codec/snapshot_members.h"

#include "base/count.h"
#include "model/live.h"

#define ROW(kind, name, place) MEMBER_ROW(kind, name, place)
#define SAME(kind, name) MEMBER_ROW(kind, name, name)

#define STRUCT struct live
static const struct member live_rows[] = {
	SAME(NAME, store),
	SAME(NAME, docker_config),
	SAME(TEXT, current_context),
	SAME(TEXT, current_context_from),
	SAME(TEXT, current_endpoint),
	{.key = "tls_context",
	 .type = MEMBER_TEXT,
	 .offset = offsetof(struct live, tls_context),
	 .presence = MEMBER_IF_SET},
	SAME(TEXT, selected),
	SAME(TEXT, selected_by),
	SAME(BOOL, selected_default),
	SAME(FILE, current_file),
	SAME(FILE, defaults_file),
	SAME(FILE, default_config_file),
	SAME(FILE, docker_config_file),
	SAME(FILES, default_files),
};
const struct members snapshot_live = MEMBERS("the snapshot", live_rows);
#undef STRUCT

#define STRUCT struct taken
// clang-format off
static const struct member taken_rows[] = {
	SAME(TEXT, host),
	SAME(TEXT, at),
	SAME(TEXT, version),
};
// clang-format on
const struct members snapshot_taken = MEMBERS("where and when it was taken", taken_rows);
#undef STRUCT

#define STRUCT struct live_builder
// clang-format off
static const struct member builder_rows[] = {
	SAME(NAME, name),
	SAME(TEXT, driver),
	SAME(BOOL, dynamic),
	SAME(BOOL, context_builder),
	SAME(BOOL, damaged),
	SAME(TEXT, last_activity),
	SAME(FILE, file),
};
// clang-format on
const struct members snapshot_builder = MEMBERS("a builder", builder_rows);
#undef STRUCT

#define STRUCT struct live_node
static const struct member node_rows[] = {
	ROW(NAME, name, spec.name),
	ROW(TEXT, endpoint, spec.endpoint),
	ROW(TEXTS, platforms, spec.platforms),
	ROW(OPTIONS, driver_opts, spec.driver_opts),
	ROW(TEXTS, flags, spec.flags),
	ROW(FILES, files, spec.files),
	SAME(TEXT, reason),
};
const struct members snapshot_node = MEMBERS("a node", node_rows);
#undef STRUCT

#define STRUCT struct live_context
// clang-format off
static const struct member context_rows[] = {
	SAME(NAME, name),
	SAME(TEXT, endpoint),
	SAME(TEXT, description),
	SAME(BOOL, skip_tls_verify),
	SAME(BOOL, has_tls),
	SAME(BOOL, damaged),
	SAME(BOOL, implicit),
	SAME(FILE, file),
};
// clang-format on
const struct members snapshot_context = MEMBERS("a context", context_rows);
#undef STRUCT

static const struct member tls_file_rows[] = {{.key = "file", .type = MEMBER_FILE}}; /* the element is the file */
const struct members snapshot_tls_file = MEMBERS("a TLS file", tls_file_rows);

static const char *maker_word(int maker)
{
	return maker < MAKER_COUNT ? maker_kind((enum maker)maker)->name : NULL;
}

#define STRUCT struct engine
// clang-format off
static const struct member engine_rows[] = {
	SAME(NAME, endpoint),
	SAME(TEXT, host),
	{.key = "same_as", .type = MEMBER_TEXT, .offset = offsetof(struct engine, same_as), .presence = MEMBER_IF_SET},
	SAME(BOOL, reachable),
	SAME(TEXT, reason),
	SAME(TEXT, version),
	{.key = "maker", .type = MEMBER_WORD, .offset = offsetof(struct engine, maker), .presence = MEMBER_IF_SET, .word = maker_word},
};
// clang-format on
const struct members snapshot_engine = MEMBERS("an engine", engine_rows);
#undef STRUCT

#define STRUCT struct container
static const struct member container_rows[] = {
	SAME(NAME, name),
	SAME(TEXT, id),
	{.key = "unread", .type = MEMBER_TEXT, .offset = offsetof(STRUCT, unread), .presence = MEMBER_IF_SET},
	SAME(TEXT, image),
	SAME(TEXT, image_id),
	SAME(TEXT, image_now_id),
	SAME(TEXT, status),
	SAME(INTEGER, exit_code),
	SAME(BOOL, oom_killed),
	SAME(TEXT, error),
	SAME(TEXT, created),
	SAME(INTEGER, pid),
	SAME(TEXTS, command),
	SAME(ENV, env),
	SAME(ENV, image_env),
	SAME(INTEGER, memory),
	SAME(INTEGER, memory_swap),
	SAME(INTEGER, cpu_quota),
	SAME(INTEGER, cpu_period),
	SAME(INTEGER, cpu_shares),
	SAME(TEXT, cpuset_cpus),
	SAME(TEXT, cpuset_mems),
	SAME(TEXT, network),
	SAME(TEXT, restart_policy),
	SAME(TEXT, cgroup_parent),
	SAME(INTEGER, restart_retries),
	SAME(BOOL, privileged),
	SAME(BOOL, init),
	SAME(TEXT, state_volume),
	SAME(TEXTS, binds),
	SAME(BOOL, files_known),
	SAME(FILES, files),
};
const struct members snapshot_container = MEMBERS("a container", container_rows);
#undef STRUCT

#define STRUCT struct volume
static const struct member volume_rows[] = {
	SAME(NAME, name),
	SAME(TEXT, created),
	SAME(INTEGER, size),
	SAME(TEXTS, labels),
};
const struct members snapshot_volume = MEMBERS("a volume", volume_rows);
#undef STRUCT

#define STRUCT struct orphan
static const struct member orphan_rows[] = {
	SAME(BOOL, is_volume),
	SAME(NAME, name),
	SAME(TEXT, created),
	SAME(INTEGER, size),
};
const struct members snapshot_orphan = MEMBERS("an orphan", orphan_rows);
#undef STRUCT

#define STRUCT struct daemon
static const struct member daemon_rows[] = {
	SAME(TEXT, version),
	SAME(BOOL, disk_known),
	SAME(BOOL, builds_known),
};
const struct members snapshot_daemon = MEMBERS("a daemon", daemon_rows);
#undef STRUCT

#define STRUCT struct worker
static const struct member worker_rows[] = {
	SAME(TEXT, id),
	SAME(TEXTS, platforms),
	SAME(TEXTS, labels),
};
const struct members snapshot_worker = MEMBERS("a worker", worker_rows);
#undef STRUCT

#define STRUCT struct gc_rule
static const struct member rule_rows[] = {
	SAME(BOOL, all),
	SAME(TEXTS, filters),
	SAME(NANOSECONDS, keep_duration),
	SAME(INTEGER, reserved_space),
	SAME(INTEGER, max_used_space),
	SAME(INTEGER, min_free_space),
};
const struct members snapshot_rule = MEMBERS("a gc rule", rule_rows);
#undef STRUCT

#define STRUCT struct disk_use
static const struct member disk_rows[] = {
	SAME(NAME, type),
	SAME(INTEGER, bytes),
	SAME(INTEGER, reclaimable),
	SAME(COUNT, records),
};
const struct members snapshot_disk = MEMBERS("disk use", disk_rows);
#undef STRUCT

#define STRUCT struct active_build
static const struct member build_rows[] = {
	SAME(NAME, ref),
	SAME(TEXT, name),
	SAME(TEXT, started),
};
const struct members snapshot_build = MEMBERS("a build", build_rows);
#undef STRUCT

#define IF_SET(kind, name)                                                                                             \
	{                                                                                                              \
		.key = #name, .type = MEMBER_##kind, .offset = offsetof(STRUCT, name), .presence = MEMBER_IF_SET       \
	}
#define UNKNOWN(name, kind)                                                                                            \
	{                                                                                                              \
		.key = name, .type = MEMBER_TEXT, .offset = offsetof(STRUCT, workloads_unknown[kind]),                 \
		.presence = MEMBER_IF_SET                                                                              \
	}
#define MARK(name)                                                                                                     \
	{                                                                                                              \
		.key = "mark_" #name, .type = MEMBER_TEXT, .offset = offsetof(STRUCT, mark.name),                      \
		.presence = MEMBER_IF_SET                                                                              \
	}

#define STRUCT struct cluster
static const struct member cluster_rows[] = {
	SAME(NAME, key),
	SAME(TEXT, kubeconfig),
	SAME(TEXT, context),
	SAME(TEXT, server),
	SAME(TEXT, user),
	SAME(TEXT, namespace),
	SAME(TEXT, version),
	SAME(BOOL, reachable),
	SAME(TEXT, reason),
	SAME(TEXT, hint),
	SAME(TEXTS, missing),
	SAME(BOOL, namespace_missing),
	UNKNOWN("deployments_unknown", WORKLOAD_DEPLOYMENT),
	UNKNOWN("statefulsets_unknown", WORKLOAD_STATEFUL_SET),
	IF_SET(TEXT, pods_unknown),
	IF_SET(TEXT, claims_unknown),
	IF_SET(TEXT, configs_unknown),
};
const struct members snapshot_cluster = MEMBERS("a cluster", cluster_rows);
#undef STRUCT

#define STRUCT struct cluster_way
// clang-format off
static const struct member way_rows[] = {
	SAME(TEXT, kubeconfig),
	SAME(TEXT, context),
	SAME(TEXT, namespace),
};
// clang-format on
const struct members snapshot_way = MEMBERS("a way to a cluster", way_rows);
#undef STRUCT

static const char *kind_word(int value)
{
	return value < WORKLOAD_KIND_COUNT ? workload_kind_name((enum workload_kind)value) : NULL;
}

#define STRUCT struct workload
static const struct member workload_rows[] = {
	{.key = "kind", .type = MEMBER_WORD, .offset = offsetof(STRUCT, kind), .word = kind_word},
	SAME(NAME, name),
	SAME(TEXT, uid),
	SAME(TEXT, version),
	SAME(TEXT, created),
	SAME(OPTIONS, options),
	SAME(TEXTS, flags),
	SAME(TEXTS, platforms),
	IF_SET(TEXT, managed_by),
	IF_SET(TEXT, scaled_by),
	IF_SET(TEXT, strange),
	SAME(TEXTS, sidecars),
	MARK(store),
	MARK(host),
	MARK(plan),
	MARK(expires),
	SAME(INTEGER, generation),
	SAME(INTEGER, observed_generation),
	SAME(INTEGER, replicas),
	SAME(INTEGER, ready),
	SAME(INTEGER, updated),
	SAME(INTEGER, available),
	IF_SET(TEXT, trouble),
	IF_SET(TEXT, words),
	SAME(BOOL, files_known),
	IF_SET(TEXT, files_unknown),
};
const struct members snapshot_workload = MEMBERS("a workload", workload_rows);
#undef STRUCT

#define STRUCT struct pod
static const struct member pod_rows[] = {
	SAME(NAME, name),	 SAME(TEXT, uid),	SAME(TEXT, phase),    SAME(BOOL, ready),
	SAME(BOOL, terminating), SAME(TEXT, machine),	SAME(TEXT, image_id), SAME(TEXT, started),
	SAME(INTEGER, restarts), IF_SET(TEXT, trouble), IF_SET(TEXT, words),
};
const struct members snapshot_pod = MEMBERS("a pod", pod_rows);
#undef STRUCT

#define STRUCT struct config_map
static const struct member config_map_rows[] = {
	SAME(NAME, name), IF_SET(TEXT, uid), SAME(TEXT, version), SAME(FILES, files), SAME(BOOL, mounted),
	MARK(store),	  MARK(host),	     MARK(plan),	  MARK(expires),
};
const struct members snapshot_config_map = MEMBERS("a ConfigMap", config_map_rows);
#undef STRUCT

#define STRUCT struct volume_claim
static const struct member claim_rows[] = {
	SAME(NAME, name),    SAME(TEXT, uid),	SAME(TEXT, version), SAME(NAME, workload),
	SAME(TEXT, size),    SAME(TEXT, phase), SAME(TEXT, volume),  SAME(TEXT, storage_class),
	SAME(TEXT, created), SAME(BOOL, used),	MARK(store),	     MARK(host),
	MARK(plan),	     MARK(expires),
};
const struct members snapshot_claim = MEMBERS("a claim", claim_rows);
