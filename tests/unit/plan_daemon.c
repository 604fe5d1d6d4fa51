/* What the planner makes of what daemons say, over plain data: waiting before a node goes, trying it afterwards,
 * emptying its cache, the policy in force, platforms and limits. */
#include "base/count.h"
#include "model/live.h"
#include "model/normal.h"
#include "plan/findings.h"
#include "plan/gc_policy.h"
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { GB = 1 << 30 };

static const char endpoint[] = "unix:///e.sock";
static const char entitlement[] = "--allow-insecure-entitlement=network.host";
static const char toml[] = "[worker.oci]\ngc = true\nmaxUsedSpace = \"1GB\"\n";

/* Builder ci, node ci0: just as the state says, with a cap of 1GB that is in force. */
struct world {
	struct arena *arena;
	struct state desired;
	struct builder want;
	struct node want_node;
	struct live live;
	struct live_builder have;
	struct live_node node;
	struct engine engine;
	struct container container;
	struct volume volume;
	struct config_file file;
	struct daemon daemon;
	struct worker worker;
	struct gc_rule rules[4];
	struct disk_use disk;
	struct pairs resets;
	struct pair reset;
	struct plan_request request;
};

static void make_world(struct world *w)
{
	*w = (struct world){.arena = arena_new()};
	w->file = (struct config_file){
		.name = "buildkitd.toml", .data = (const unsigned char *)toml, .length = sizeof(toml) - 1};
	w->container = (struct container){
		.id = "0123",
		.name = "buildx_buildkit_ci0",
		.image = "moby/buildkit:buildx-stable-1",
		.status = "running",
		.network = "bridge",
		.restart_policy = "unless-stopped",
		.privileged = true,
		.state_volume = "buildx_buildkit_ci0_state",
		.files_known = true,
		.files = {&w->file, 1},
	};
	strings_add(w->arena, &w->container.command, "--config=/etc/buildkit/buildkitd.toml");
	strings_add(w->arena, &w->container.command, entitlement);
	w->volume = (struct volume){.name = "buildx_buildkit_ci0_state", .size = -1};
	w->engine = (struct engine){.endpoint = endpoint,
				    .host = endpoint,
				    .reachable = true,
				    .containers = &w->container,
				    .container_count = 1,
				    .volumes = &w->volume,
				    .volume_count = 1};
	w->rules[3] = (struct gc_rule){.all = true, .max_used_space = GB};
	w->worker = (struct worker){.id = "w", .rules = w->rules, .rule_count = 4};
	strings_add(w->arena, &w->worker.platforms, "linux/amd64");
	w->disk = (struct disk_use){.type = "regular", .bytes = GB / 2, .reclaimable = GB / 4, .records = 3};
	w->daemon = (struct daemon){.version = "v0.26.2",
				    .workers = &w->worker,
				    .worker_count = 1,
				    .disk = &w->disk,
				    .disk_count = 1,
				    .disk_known = true,
				    .builds_known = true};
	w->want_node = (struct node){.name = "ci0", .files = {&w->file, 1}};
	w->want = (struct builder){.name = "ci", .driver = "docker-container", .nodes = &w->want_node, .node_count = 1};
	w->node = (struct live_node){.spec = {.name = "ci0", .endpoint = endpoint, .files = {&w->file, 1}},
				     .state = NODE_RUNNING,
				     .engine = &w->engine,
				     .container = &w->container,
				     .volume = &w->volume,
				     .daemon = &w->daemon};
	strings_add(w->arena, &w->node.spec.flags, entitlement);
	w->have = (struct live_builder){.name = "ci", .driver = "docker-container", .nodes = &w->node, .node_count = 1};
	w->desired = (struct state){.arena = w->arena, .version = 1, .builders = &w->want, .builder_count = 1};
	w->live = (struct live){.arena = w->arena,
				.store = "/store",
				.docker_config = "/docker",
				.current_context = "default",
				.current_endpoint = endpoint,
				.selected = "ci",
				.selected_by = "current",
				.builders = &w->have,
				.builder_count = 1,
				.engines = &w->engine,
				.engine_count = 1};
	w->request = (struct plan_request){
		.desired = &w->desired, .live = &w->live, .desired_digest = "d", .lineage = "l", .max_remove = -1};
}

static const char *steps_text(struct arena *arena, const struct plan *plan)
{
	struct strings names = {0};

	for (size_t i = 0; i < plan->change_count; i++)
		for (size_t k = 0; k < plan->changes[i].step_count; k++)
			strings_add(arena, &names, step_kind_name(plan->changes[i].steps[k].kind));
	return strings_join(arena, &names, " ");
}

static void other_image(struct world *w)
{
	w->container.image = "moby/buildkit:v0.20.0";
}
static void other_image_paused(struct world *w)
{
	other_image(w);
	w->container.status = "paused";
}
static void other_image_verified(struct world *w)
{
	other_image(w);
	w->want.verify_build = TRI_YES;
}
static void verified_unbooted(struct world *w)
{
	other_image_verified(w);
	w->want.bootstrap = TRI_NO;
}
static void verified_only(struct world *w)
{
	w->want.verify_build = TRI_YES;
}
static void gone(struct world *w)
{
	w->want.state = "absent";
}
static void diverted(struct world *w)
{
	other_image(w);
	w->want.fallback = "default";
}
static void new_reset(struct world *w)
{
	w->want.cache.reset = "two";
	w->reset = (struct pair){.key = "ci", .value = "one"};
	w->resets = (struct pairs){&w->reset, 1};
	w->request.cache_resets = &w->resets;
}
static void reset_done(struct world *w)
{
	new_reset(w);
	w->reset.value = "two";
}
static void reset_in_rollback(struct world *w)
{
	new_reset(w);
	w->request.rollback = true;
}
static void cache_only(struct world *w)
{
	static const char *const names[] = {"ci"};

	other_image(w);
	w->request.reset = names;
	w->request.reset_count = 1;
	w->request.cache_only = true;
}
static void cache_only_stopped(struct world *w)
{
	cache_only(w);
	w->container.status = "exited";
}
static void cache_only_protected(struct world *w)
{
	cache_only(w);
	w->want.protect = TRI_YES;
}
static void engine_silent(struct world *w)
{
	cache_only(w);
	w->engine.reachable = false;
	w->engine.reason = "timed out";
}
static struct pair arm64 = {.key = "arm64", .value = "install"};
static void emulation(struct world *w)
{
	w->want.emulation = (struct pairs){&arm64, 1};
}
static void emulation_there(struct world *w)
{
	emulation(w);
	strings_add(w->arena, &w->worker.platforms, "linux/arm64");
}
static void emulation_unbooted(struct world *w)
{
	emulation(w);
	w->want.bootstrap = TRI_NO;
}
static void emulation_and_image(struct world *w)
{
	emulation(w);
	other_image(w);
}
static void emulation_first(struct world *w)
{
	emulation(w);
	w->live.builder_count = 0;
	w->engine.container_count = w->engine.volume_count = 0;
}
static void policy_differs(struct world *w)
{
	w->rules[3].max_used_space = 3LL * GB;
}
static void policy_differs_old(struct world *w)
{
	policy_differs(w);
	w->daemon.version = "v0.16.0";
}
static void policy_differs_by_flag(struct world *w)
{
	policy_differs(w);
	strings_add(w->arena, &w->want_node.flags, "--oci-worker-gc-keepstorage=1000");
	strings_add(w->arena, &w->node.spec.flags, "--oci-worker-gc-keepstorage=1000");
	strings_add(w->arena, &w->container.command, "--oci-worker-gc-keepstorage=1000");
}
static void not_asked(struct world *w)
{
	policy_differs(w);
	w->node.daemon = NULL;
}

/* One thing is changed at a time; then the steps, and a part of what blocks the first change. */
static void test_steps(void **state)
{
	static const struct {
		void (*change)(struct world *w);
		const char *steps, *blocked;
	} rows[] = {
		{other_image, "pull-image drain remove-container boot", NULL},
		{other_image_paused, "pull-image remove-container boot", NULL},
		{other_image_verified, "pull-image drain remove-container boot verify-build", NULL},
		{verified_unbooted, "pull-image drain remove-container", NULL},
		{verified_only, "", NULL},
		{gone, "drain note-leftover remove-container forget-builder remove-volume select", NULL},
		{diverted, "divert pull-image drain remove-container boot select", NULL},
		{new_reset, "prune-cache", NULL},
		{reset_done, "", NULL},
		{reset_in_rollback, "", NULL},
		{cache_only, "prune-cache", NULL},
		{cache_only_stopped, "prune-cache", "does not run"},
		{cache_only_protected, "prune-cache", "is protected"},
		{engine_silent, "", "timed out"},
		{emulation, "install-emulation drain stop-container boot", NULL},
		{emulation_there, "", NULL},
		{emulation_unbooted, "install-emulation drain stop-container boot", NULL},
		{emulation_and_image, "install-emulation pull-image drain remove-container boot", NULL},
		{emulation_first, "install-emulation write-file boot", NULL},
		{policy_differs, "pull-image drain remove-container boot", NULL},
		{policy_differs_old, "", NULL},
		{policy_differs_by_flag, "", NULL},
		{not_asked, "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world w;
		make_world(&w);
		rows[i].change(&w);
		struct plan *plan = plan_make(&w.request);
		const char *steps = steps_text(w.arena, plan);
		if (!text_equal(steps, rows[i].steps))
			fail_msg("row %zu: %s, not %s", i, steps, rows[i].steps);
		const char *blocked = plan->change_count > 0 ? plan->changes[0].blocked : NULL;
		if ((!blocked) != (!rows[i].blocked) || (blocked && !strstr(blocked, rows[i].blocked)))
			fail_msg("row %zu: blocked: %s", i, blocked ? blocked : "not");
		plan_free(plan);
		arena_free(w.arena);
	}
}

static void test_cache_change(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	new_reset(&w);
	struct plan *plan = plan_make(&w.request);
	assert_int_equal(plan->change_count, 1);
	const struct change *change = &plan->changes[0];
	assert_string_equal(change->address, "cache.ci");
	assert_int_equal(change->action, ACTION_PRUNE);
	assert_int_equal(change->phase, PHASE_SELECT);
	assert_int_equal(change->cache, CACHE_LOST);
	assert_string_equal(change->cache_note, "lost: 256 MiB of 512 MiB, all that no build uses");
	assert_string_equal(change->fields[0].before, "one");
	assert_string_equal(change->fields[0].after, "two");
	assert_string_equal(change->steps[0].node, "ci0");
	assert_string_equal(change->steps[0].endpoint, endpoint);
	plan_free(plan);
	arena_free(w.arena);
}

static void test_policy_reason(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	policy_differs(&w);
	struct plan *plan = plan_make(&w.request);
	assert_int_equal(plan->change_count, 1);
	assert_int_equal(plan->changes[0].action, ACTION_REPLACE);
	assert_int_equal(plan->changes[0].cache, CACHE_KEPT);
	assert_string_equal(plan->changes[0].reason, "gc policy not in force on node ci0");
	assert_string_equal(plan->changes[0].fields[0].path, "nodes.ci0.daemon.gc-policy.rule3.maxUsedSpace");
	assert_string_equal(plan->changes[0].fields[0].before, "3.0 GiB");
	assert_string_equal(plan->changes[0].fields[0].after, "1.0 GiB");
	plan_free(plan);
	arena_free(w.arena);
}

/* buildkitd.toml on the left, what a worker reports on the right; NULL: in force. */
static void test_policies(void **state)
{
	static const struct gc_rule keep[] = {{0}, {0}, {0}, {.all = true, .reserved_space = 5LL * GB}};
	static const struct gc_rule one[] = {
		{.all = true, .keep_duration = 3600000000000LL, .max_used_space = 1000, .reserved_space = 10}};
	static const struct {
		const char *toml;
		const struct gc_rule *rules;
		size_t count;
		bool wanted, new_names;
		const char *what;
	} rows[] = {
		{"debug = true\n", NULL, 0, false, false, NULL},
		{"[worker.oci]\ngc = false\ngckeepstorage = 1\n", NULL, 0, false, false, NULL},
		{"[worker.oci]\ngckeepstorage = \"5GB\"\n", keep, 4, true, false, NULL},
		{"[worker.oci]\ngckeepstorage = 5368709120\n", keep, 4, true, false, NULL},
		{"[worker.oci]\ngckeepstorage = \"6GB\"\n", keep, 4, true, false, "rule3.reservedSpace"},
		{"[worker.oci]\ngckeepstorage = \"6GB\"\nreservedSpace = \"5GB\"\n", keep, 4, true, true, NULL},
		{"[worker.oci]\nreservedSpace = \"5GB\"\nmaxUsedSpace = \"9GB\"\n", keep, 4, true, true,
		 "rule3.maxUsedSpace"},
		{"[worker.oci]\nreservedSpace = \"5GB\"\nmaxUsedSpace = \"90%\"\n", keep, 4, true, true, NULL},
		{"[worker.oci]\nreservedSpace = \"5GB\"\n", keep, 3, true, true, "rules"},
		{"[[worker.oci.gcpolicy]]\nall = true\nkeepDuration = \"1h\"\nkeepBytes = 10\nmaxUsedSpace = 1000\n",
		 one, 1, true, true, NULL},
		{"[[worker.oci.gcpolicy]]\nall = true\nkeepDuration = 3600\nreservedSpace = 10\nmaxUsedSpace = "
		 "\"1000b\"\n",
		 one, 1, true, true, NULL},
		{"[[worker.oci.gcpolicy]]\nall = true\nkeepDuration = \"2h\"\nkeepBytes = 10\nmaxUsedSpace = 1000\n",
		 one, 1, true, true, "rule0.keepDuration"},
		{"[[worker.oci.gcpolicy]]\nkeepDuration = \"1h\"\n", one, 1, true, false, "rule0.all"},
		{"[[worker.oci.gcpolicy]]\nall = true\nfilters = [\"type==regular\"]\n", one, 1, true, false,
		 "rule0.filters"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct config_file file = {.name = "buildkitd.toml",
					   .data = (const unsigned char *)rows[i].toml,
					   .length = strlen(rows[i].toml)};
		struct node node = {.files = {&file, 1}};
		struct worker worker = {.rules = (struct gc_rule *)rows[i].rules, .rule_count = rows[i].count};
		const char *before, *after, *what;
		struct gc_policy policy;

		if (gc_policy_wanted(arena, &node, &policy) != rows[i].wanted || policy.new_names != rows[i].new_names)
			fail_msg("row %zu: wanted %d, new names %d", i, !rows[i].wanted, policy.new_names);
		if (!rows[i].wanted)
			continue;
		what = gc_policy_difference(arena, &policy, &worker, &before, &after);
		if (!text_equal(what, rows[i].what))
			fail_msg("row %zu: %s", i, what ? what : "in force");
	}
}

static void test_versions(void **state)
{
	static const struct {
		const char *version;
		bool old;
	} rows[] = {
		{"v0.16.0", true},	  {"v0.12.5", true},  {"0.9.3", true},	 {"v0.17.0", false},
		{"v0.17.0-rc1", false},	  {"v0.32.2", false}, {"v1.0.0", false}, {NULL, false},
		{"0.0.0+unknown", false}, {"master", false},  {"", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (gc_policy_is_old(&(struct daemon){.version = rows[i].version}) != rows[i].old)
			fail_msg("%s", rows[i].version ? rows[i].version : "NULL");
}

static void foreign_platform(struct world *w)
{
	strings_add(w->arena, &w->want_node.platforms, "linux/amd64");
	strings_add(w->arena, &w->want_node.platforms, "linux/arm64");
	w->node.spec.platforms = w->want_node.platforms;
}
/* Not booted yet: what another node on the same machine runs, this one will. */
static void foreign_platform_elsewhere(struct world *w)
{
	foreign_platform(w);
	w->have.name = "other";
	w->node.spec.name = "other0";
}
static void emulated(struct world *w)
{
	foreign_platform(w);
	strings_add(w->arena, &w->worker.platforms, "linux/arm64");
}
static void over_limit(struct world *w)
{
	w->disk.bytes = 2LL * GB;
}
static void over_desired_limit(struct world *w)
{
	w->want.cache.max_used_space = "256MB";
}
static void old_daemon(struct world *w)
{
	w->daemon.version = "v0.16.0";
}
/* The builder is a context's own, and the state file says driver docker. */
static void of_context(struct world *w)
{
	w->have.context_builder = true;
	w->have.driver = w->want.driver = "docker";
}
static void of_context_on_podman(struct world *w)
{
	of_context(w);
	w->have.driver = "docker-container";
	w->engine.maker = MAKER_PODMAN;
	w->engine.version = "5.4.2";
	w->engine.host = endpoint;
}
static void nothing(struct world *w)
{
	(void)w;
}

static void test_findings(void **state)
{
	static const struct {
		void (*change)(struct world *w);
		enum fault_code code;
		const char *message;
	} rows[] = {
		{nothing, FAULT_NONE, NULL},
		{emulated, FAULT_NONE, NULL},
		{foreign_platform, FAULT_PLATFORM_MISSING,
		 "linux/arm64 on ci0: no emulation registered on that machine; it runs linux/amd64"},
		{foreign_platform_elsewhere, FAULT_PLATFORM_MISSING, "linux/arm64 on ci0: no emulation"},
		{over_limit, FAULT_CACHE_OVER_LIMIT,
		 "the cache of node ci0 holds 2.0 GiB, over its limit of 1.0 GiB: regular 2.0 GiB"},
		{over_desired_limit, FAULT_CACHE_OVER_LIMIT, "over its limit of 256 MiB"},
		{of_context, FAULT_NONE, NULL},
		{of_context_on_podman, FAULT_ENGINE_WITHOUT_BUILDKIT,
		 "builder ci is one of driver docker-container: Podman 5.4.2 at unix:///e.sock has no BuildKit of its "
		 "own"},
		{old_daemon, FAULT_CACHE_POLICY_UNKNOWN, "BuildKit v0.16.0 of node ci0 ignores"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct faults faults = {0};
		struct world w;
		make_world(&w);
		rows[i].change(&w);
		plan_findings(w.arena, &w.live, &w.desired, &faults);
		if (faults.count != (rows[i].code ? 1 : 0))
			fail_msg("row %zu: %zu findings", i, faults.count);
		if (rows[i].code &&
		    (!fault_is(&faults.items[0], rows[i].code) || !strstr(faults.items[0].message, rows[i].message)))
			fail_msg("row %zu: %s: %s", i, faults.items[0].kind->code, faults.items[0].message);
		arena_free(w.arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_steps),	      cmocka_unit_test(test_cache_change),
		cmocka_unit_test(test_policy_reason), cmocka_unit_test(test_policies),
		cmocka_unit_test(test_versions),      cmocka_unit_test(test_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
