/* plan_make() over plain data: one builder as it should be, then one thing changed at a time. */
#include "plan_world.h"

#include "base/count.h"
#include "base/digest.h"

static void no_instance(struct world *w)
{
	w->live.builders = &w->have[1];
	w->live.builder_count = 1;
}
static void nothing_there(struct world *w)
{
	no_instance(w);
	w->engine.container_count = w->engine.volume_count = 0;
}
static void container_gone(struct world *w)
{
	w->engine.container_count = 0;
	w->have_node.container = NULL;
	w->have_node.state = NODE_INACTIVE;
}
static void container_gone_unwanted(struct world *w)
{
	container_gone(w);
	w->want.bootstrap = TRI_NO;
}
static void stopped(struct world *w)
{
	w->container.status = "exited";
}
static void dead(struct world *w)
{
	w->container.status = "dead";
}
static void instance_memory(struct world *w)
{
	w->have_memory.value = "1g";
}
static void desired_memory(struct world *w)
{
	w->memory.value = "1g";
}
static void container_memory(struct world *w)
{
	w->container.memory = 256 << 20;
	w->container.memory_swap = 512 << 20;
}
static void other_image(struct world *w)
{
	w->container.image = "moby/buildkit:v0.20.0";
}
static void image_pinned_by_buildx(struct world *w)
{
	w->container.image = "docker.io/moby/buildkit:buildx-stable-1";
}
static const char pinned[] = "moby/buildkit:buildx-stable-1@sha256:b";
static void image_pinned_by_state(struct world *w)
{
	struct pair *options = ARENA_ARRAY(w->arena, struct pair, 2);

	options[0] = (struct pair){.key = "image", .value = pinned};
	options[1] = w->memory;
	w->want_node.driver_opts = (struct pairs){options, 2};
}
static void image_moved(struct world *w)
{
	w->container.image_now_id = "sha256:b";
}
static void extra_env(struct world *w)
{
	strings_add(w->arena, &w->container.env, "EXTRA=1");
}
static void env_of_podman(struct world *w)
{
	w->engine.maker = MAKER_PODMAN;
	strings_add(w->arena, &w->container.env, "container=podman");
	strings_add(w->arena, &w->container.env, "HOME=/root");
	strings_add(w->arena, &w->container.env, "HOSTNAME=0123456789ab");
	strings_add(w->arena, &w->container.env, "TERM=xterm");
}
/* Docker sets none of these: somebody else did. */
static void env_as_podmans(struct world *w)
{
	w->engine.maker = MAKER_DOCKER;
	strings_add(w->arena, &w->container.env, "HOME=/root");
}
static void env_of_unknown_image(struct world *w)
{
	w->container.image_env.count = 0;
}
static void other_network(struct world *w)
{
	w->container.network = "host";
}
static void no_entitlement(struct world *w)
{
	w->container.command.count = 0;
}
static void separate_flag(struct world *w)
{
	w->container.command.count = 0;
	strings_add(w->arena, &w->container.command, "--allow-insecure-entitlement");
	strings_add(w->arena, &w->container.command, "network.host");
}
static void not_restarting(struct world *w)
{
	w->container.restart_policy = "no";
}
/* The state and the instance file ask for this beside the memory; the container has what the Engine makes of it. */
static void with_option(struct world *w, const char *key, const char *value)
{
	struct pair *options = ARENA_ARRAY(w->arena, struct pair, 2);

	options[0] = w->memory;
	options[1] = (struct pair){.key = key, .value = value};
	w->want_node.driver_opts = w->have_node.spec.driver_opts = (struct pairs){options, 2};
}
static void swap_of_zero(struct world *w)
{
	with_option(w, "memory-swap", "0");
}
static void restarts(struct world *w, const char *option, int64_t retries)
{
	with_option(w, "restart-policy", option);
	w->container.restart_policy = "on-failure";
	w->container.restart_retries = retries;
}
static void restarts_for_ever(struct world *w)
{
	restarts(w, "on-failure:0", 0);
}
static void restarts_thrice(struct world *w)
{
	restarts(w, "on-failure:3", 3);
}
static void restarts_too_often(struct world *w)
{
	restarts(w, "on-failure:3", 4);
}
static void foreign_config(struct world *w)
{
	static struct config_file file = {
		.name = "buildkitd.toml", .data = (const unsigned char *)"debug = true\n", .length = 13};

	w->container.files = (struct config_files){&file, 1};
}
static struct config_file debug_file = {
	.name = "buildkitd.toml", .data = (const unsigned char *)"debug = true\n", .length = 13};
static void unseen(struct world *w)
{
	w->container.files_known = false;
	w->want_node.files = w->have_node.spec.files = (struct config_files){&debug_file, 1};
	strings_add(w->arena, &w->container.command, "--config");
	strings_add(w->arena, &w->container.command, "/etc/buildkit/buildkitd.toml");
}
static void unseen_config(struct world *w)
{
	static struct config_file quiet = {
		.name = "buildkitd.toml", .data = (const unsigned char *)"debug = false\n", .length = 14};

	unseen(w);
	w->want_node.files = (struct config_files){&quiet, 1};
}
static void discarded(struct world *w)
{
	desired_memory(w);
	w->want.cache.keep_state = TRI_NO;
}
static void github_provenance(struct world *w)
{
	static struct config_file file = {
		.name = "provenance.d/github_actions_context.json", .data = (const unsigned char *)"{}", .length = 2};

	w->container.files = (struct config_files){&file, 1};
}
static void platforms(struct world *w)
{
	strings_add(w->arena, &w->want_node.platforms, "linux/amd64");
}
/* As the list has it, without what a look at it would have told. */
static void untold_container(struct world *w)
{
	w->container = (struct container){
		.name = w->container.name,
		.id = w->container.id,
		.image = w->container.image,
		.status = "running",
		.unread = "no answer in time",
	};
}

static void silent_engine(struct world *w)
{
	w->engine.reachable = false;
	w->engine.reason = "connection refused";
	w->engine.container_count = w->engine.volume_count = 0;
	w->have_node.container = NULL;
	w->have_node.state = NODE_UNKNOWN;
}
static void other_endpoint_same_engine(struct world *w)
{
	w->want_node.endpoint = "unix:///other.sock";
	struct engine *engines = ARENA_ARRAY(w->arena, struct engine, 2);
	engines[0] = w->engine;
	engines[1] = w->engine;
	engines[1].endpoint = "unix:///other.sock";
	w->live.engines = engines;
	w->live.engine_count = 2;
}
/* The node is to move to this engine; whether the one that it is on answers, is the row's. */
static struct engine *other_engine(struct world *w)
{
	struct engine *engines = ARENA_ARRAY(w->arena, struct engine, 2);

	w->want_node.endpoint = "unix:///other.sock";
	engines[0] = w->engine;
	engines[1] = (struct engine){.endpoint = "unix:///other.sock", .host = "unix:///other.sock", .reachable = true};
	w->live.engines = engines;
	w->live.engine_count = 2;
	w->have_node.engine = &engines[0];
	return &engines[0];
}
static void moved(struct world *w)
{
	other_engine(w);
}
static void moved_from_a_silent_engine(struct world *w)
{
	silent_engine(w);
	other_engine(w);
}
static void moved_from_nowhere(struct world *w)
{
	silent_engine(w);
	other_engine(w)->host = NULL;
	w->have_node.volume = NULL;
}
static void unwanted(struct world *w)
{
	w->want.state = "absent";
	w->want.node_count = 0;
	w->desired.selected = NULL;
}
static void unwanted_volume_kept(struct world *w)
{
	struct pair *kept = ARENA_PUSH(w->arena, w->desired.kept_volumes.items, w->desired.kept_volumes.count);

	unwanted(w);
	*kept = (struct pair){.key = endpoint, .value = w->volume.name};
}
static void unwanted_and_silent(struct world *w)
{
	unwanted(w);
	silent_engine(w);
}
static void generation(struct world *w)
{
	w->have_node.spec.name = "ci0.g2";
	w->container.name = "buildx_buildkit_ci0.g2";
	w->container.state_volume = w->volume.name = "buildx_buildkit_ci0.g2_state";
}
static void damaged(struct world *w)
{
	w->have[0] = (struct live_builder){.name = "ci", .damaged = true, .file = {.exists = true, .readable = true}};
}
static void kubernetes(struct world *w)
{
	w->want.driver = "kubernetes";
	w->want_node = (struct node){.name = "ci0"};
}
static void was_kubernetes(struct world *w)
{
	w->have[0].driver = "kubernetes";
}
static void no_entitlement_anywhere(struct world *w)
{
	no_entitlement(w);
	w->have_node.spec.flags = (struct strings){0};
}
static void shared_container(struct world *w)
{
	static struct live_builder both[2];
	static struct live_node node;

	unwanted(w);
	node = w->have_node;
	both[0] = w->have[0];
	both[1] = (struct live_builder){.name = "other", .driver = "docker-container", .nodes = &node, .node_count = 1};
	w->live.builders = both;
}
static void same(struct world *w)
{
	(void)w;
}

struct row {
	const char *name;
	void (*change)(struct world *);
	enum action action; /* of builder.ci; NONE: not in the plan */
	const char *path;   /* of one field that must be there; NULL: none asked */
	enum cache_effect cache;
	bool blocked;
	enum step_kind last; /* of the steps; -1: not asked */
};
#define ANY_STEP ((enum step_kind)(-1))
static const struct row rows[] = {
	{"as it should be", same, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"nothing there", nothing_there, ACTION_CREATE, "nodes.ci0.endpoint", CACHE_NONE, false, STEP_BOOT},
	{"instance file gone, container fits", no_instance, ACTION_CREATE, "nodes.ci0.endpoint", CACHE_NONE, false,
	 STEP_WRITE_FILE},
	{"container gone", container_gone, ACTION_CHANGE, NULL, CACHE_KEPT, false, STEP_BOOT},
	{"container gone, no bootstrap wanted", container_gone_unwanted, ACTION_NONE, NULL, CACHE_NONE, false,
	 ANY_STEP},
	{"stopped", stopped, ACTION_CHANGE, NULL, CACHE_KEPT, false, STEP_BOOT},
	{"dead", dead, ACTION_REPLACE, NULL, CACHE_KEPT, false, STEP_BOOT},
	{"instance file edited", instance_memory, ACTION_CHANGE, "nodes.ci0.driver-opts.memory", CACHE_NONE, false,
	 STEP_WRITE_FILE},
	{"state asks for more memory", desired_memory, ACTION_REPLACE, "nodes.ci0.driver-opts.memory", CACHE_KEPT,
	 false, STEP_BOOT},
	{"container has less memory", container_memory, ACTION_REPLACE, "nodes.ci0.container.memory", CACHE_KEPT, false,
	 STEP_BOOT},
	{"container of another image", other_image, ACTION_REPLACE, "nodes.ci0.container.image", CACHE_KEPT, false,
	 STEP_BOOT},
	{"image spelled in full", image_pinned_by_buildx, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"digest added to the tag", image_pinned_by_state, ACTION_REPLACE, "nodes.ci0.driver-opts.image", CACHE_KEPT,
	 false, STEP_BOOT},
	{"tag moved", image_moved, ACTION_REPLACE, "nodes.ci0.container.image-id", CACHE_KEPT, false, STEP_BOOT},
	{"extra environment", extra_env, ACTION_REPLACE, "nodes.ci0.container.env.EXTRA", CACHE_KEPT, false, STEP_BOOT},
	{"environment that Podman adds", env_of_podman, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"the same on Docker", env_as_podmans, ACTION_REPLACE, "nodes.ci0.container.env.HOME", CACHE_KEPT, false,
	 STEP_BOOT},
	{"environment of an image that is gone", env_of_unknown_image, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"another network", other_network, ACTION_REPLACE, "nodes.ci0.container.network", CACHE_KEPT, false, STEP_BOOT},
	{"entitlement missing", no_entitlement, ACTION_REPLACE, "nodes.ci0.container.command", CACHE_KEPT, false,
	 STEP_BOOT},
	{"entitlement missing in the file as well", no_entitlement_anywhere, ACTION_REPLACE,
	 "nodes.ci0.container.command", CACHE_KEPT, false, STEP_BOOT},
	{"not wanted, and another builder has its container", shared_container, ACTION_REMOVE, NULL, CACHE_NONE, false,
	 STEP_FORGET_BUILDER},
	{"flag and value apart", separate_flag, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"restart policy", not_restarting, ACTION_REPLACE, "nodes.ci0.container.restart-policy", CACHE_KEPT, false,
	 STEP_BOOT},
	{"swap limit of 0, which is none", swap_of_zero, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"retries without end", restarts_for_ever, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"three retries", restarts_thrice, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"four retries for three", restarts_too_often, ACTION_REPLACE, "nodes.ci0.container.restart-policy", CACHE_KEPT,
	 false, STEP_BOOT},
	{"config file that nobody asked for", foreign_config, ACTION_REPLACE,
	 "nodes.ci0.container.buildkitd.toml: debug", CACHE_KEPT, false, STEP_BOOT},
	{"config file that is to be another, and cannot be seen in the container", unseen_config, ACTION_REPLACE,
	 "nodes.ci0.buildkitd.toml: debug", CACHE_KEPT, false, STEP_BOOT},
	{"config file as it should be, unseen in the container", unseen, ACTION_NONE, NULL, CACHE_NONE, false,
	 ANY_STEP},
	{"more memory, and the cache given up", discarded, ACTION_REPLACE, "nodes.ci0.driver-opts.memory", CACHE_LOST,
	 false, STEP_RETIRE},
	{"GitHub's provenance file", github_provenance, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"platforms", platforms, ACTION_CHANGE, "nodes.ci0.platforms", CACHE_NONE, false, STEP_WRITE_FILE},
	{"engine silent", silent_engine, ACTION_UNKNOWN, NULL, CACHE_NONE, true, ANY_STEP},
	{"container untold", untold_container, ACTION_UNKNOWN, NULL, CACHE_NONE, true, ANY_STEP},
	{"another name of the same engine", other_endpoint_same_engine, ACTION_CHANGE, "nodes.ci0.endpoint", CACHE_NONE,
	 false, STEP_WRITE_FILE},
	{"moved to another engine", moved, ACTION_REPLACE, "nodes.ci0.endpoint", CACHE_LOST, false, STEP_REMOVE_VOLUME},
	{"moved away from a silent engine", moved_from_a_silent_engine, ACTION_UNKNOWN, NULL, CACHE_NONE, true,
	 ANY_STEP},
	{"moved away from what leads nowhere", moved_from_nowhere, ACTION_REPLACE, "nodes.ci0.endpoint", CACHE_NONE,
	 false, STEP_BOOT},
	{"not wanted", unwanted, ACTION_REMOVE, NULL, CACHE_LOST, false, STEP_REMOVE_VOLUME},
	{"not wanted, its volume was there before", unwanted_volume_kept, ACTION_REMOVE, NULL, CACHE_KEPT, false,
	 STEP_FORGET_BUILDER},
	{"not wanted, engine silent", unwanted_and_silent, ACTION_UNKNOWN, NULL, CACHE_NONE, true, ANY_STEP},
	{"a later generation", generation, ACTION_NONE, NULL, CACHE_NONE, false, ANY_STEP},
	{"damaged file", damaged, ACTION_REPAIR, "nodes.ci0.endpoint", CACHE_NONE, false, STEP_WRITE_FILE},
	{"was kubernetes, whose Deployment would stay", was_kubernetes, ACTION_REPLACE, "driver", CACHE_NONE, true,
	 ANY_STEP},
	{"is to be kubernetes, and its containers would stay", kubernetes, ACTION_REPLACE, "driver", CACHE_NONE, true,
	 ANY_STEP},
};

static bool has_field(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (strcmp(change->fields[i].path, path) == 0)
			return true;
	return false;
}

static void check_row(const struct row *row)
{
	struct world w;

	make_world(&w);
	row->change(&w);
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	print_message("%s\n", row->name);
	if (row->action == ACTION_NONE) {
		assert_null(change);
	} else {
		assert_non_null(change);
		assert_int_equal(change->action, row->action);
		assert_non_null(change->reason);
		assert_true(!row->path || has_field(change, row->path));
		if (!row->blocked)
			assert_int_equal(change->cache, row->cache);
		assert_int_equal(!!change->blocked, row->blocked);
		if (row->change == shared_container)
			assert_int_equal(change->step_count, 1);
		if (row->change == no_entitlement_anywhere)
			assert_int_equal(change->steps[change->step_count - 2].kind, STEP_WRITE_FILE);
		if (row->last != ANY_STEP) {
			assert_true(change->step_count > 0);
			assert_int_equal(change->steps[change->step_count - 1].kind, row->last);
		}
	}
	plan_free(made);
	arena_free(w.arena);
}

static void each_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		check_row(&rows[i]);
}

/* The container has the name that the builder's would have; what made it, its volume's mark tells. */
static void what_others_made_is_left_to_them(void **state)
{
	static const struct {
		const char *store, *host, *status;
		bool adopted, noted;
		enum action action;
		bool blocked;
	} cases[] = {
		{"l", "h", "running", false, false, ACTION_CREATE, false},
		{"other", "h", "running", false, false, ACTION_REPLACE, true},
		{"l", "other", "running", false, false, ACTION_REPLACE, true},
		{NULL, NULL, "running", false, false, ACTION_REPLACE, true},
		{NULL, NULL, "paused", false, false, ACTION_REPLACE, true},
		{NULL, NULL, "exited", false, false, ACTION_REPLACE, false},
		{NULL, NULL, "running", true, false, ACTION_REPLACE, false},
		{NULL, NULL, "running", false, true, ACTION_CREATE, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct world w;

		make_world(&w);
		no_instance(&w);
		w.container.status = cases[i].status;
		w.volume.labels.count = 0;
		if (cases[i].store)
			mark_labels(w.arena, cases[i].store, cases[i].host, &w.volume.labels);
		if (cases[i].adopted)
			strings_add(w.arena, &w.adopt, "ci");
		if (cases[i].noted) {
			w.leftover = (struct leftover){.host = w.engine.host, .node = "ci0", .builder = "ci"};
			w.live.leftovers = (struct leftovers){.items = &w.leftover, .count = 1};
		}
		print_message("case %zu\n", i);
		struct plan *made = plan(&w);
		const struct change *change = find(made, "builder.ci");
		assert_int_equal(change->action, cases[i].action);
		assert_int_equal(!!change->blocked, cases[i].blocked);
		if (change->blocked) {
			assert_int_equal(change->blocked_kind, ERROR_REFUSED);
			assert_non_null(strstr(change->blocked, "--adopt ci"));
		}
		plan_free(made);
		arena_free(w.arena);
	}
}

static void a_network_connected_by_hand_is_told(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	desired_memory(&w);
	strings_add(w.arena, &w.container.networks, "bridge");
	strings_add(w.arena, &w.container.networks, "registry-net");
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	assert_int_equal(change->field_count, 2);
	assert_string_equal(change->fields[1].path, "nodes.ci0.container.networks");
	assert_string_equal(change->fields[1].before, "registry-net");
	assert_non_null(strstr(change->fields[1].note, "not brought back"));
	plan_free(made);
	arena_free(w.arena);
}

static void edit_is_told_once(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	desired_memory(&w);
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	assert_int_equal(change->field_count, 1);
	assert_true(change->fields[0].forces_replacement);
	plan_free(made);
	arena_free(w.arena);
}

static void old_container_goes_before_its_file_is_rewritten(void **state)
{
	struct world w;
	size_t removed = 99, written = 99;

	(void)state;
	make_world(&w);
	desired_memory(&w);
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	for (size_t i = 0; i < change->step_count; i++) {
		if (change->steps[i].kind == STEP_REMOVE_CONTAINER)
			removed = i;
		if (change->steps[i].kind == STEP_WRITE_FILE)
			written = i;
	}
	assert_true(removed < written && written < change->step_count);
	plan_free(made);
	arena_free(w.arena);
}

static void same_inputs_same_id(void **state)
{
	struct world a, b;

	(void)state;
	make_world(&a);
	make_world(&b);
	desired_memory(&a);
	desired_memory(&b);
	struct plan *one = plan(&a), *two = plan(&b);
	assert_string_equal(one->plan_id, two->plan_id);
	plan_free(two);
	container_memory(&b);
	two = plan(&b);
	assert_string_not_equal(one->plan_id, two->plan_id);
	plan_free(one);
	plan_free(two);
	arena_free(a.arena);
	arena_free(b.arena);
}

static void fallback_while_replaced(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	desired_memory(&w);
	w.want.fallback = "default";
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	assert_int_equal(change->steps[0].kind, STEP_DIVERT);
	assert_string_equal(change->steps[0].name, "default");
	assert_true(change->steps[0].of_context);
	assert_int_equal(change->steps[change->step_count - 1].kind, STEP_SELECT);
	assert_string_equal(change->steps[change->step_count - 1].name, "ci");
	plan_free(made);
	arena_free(w.arena);
}

static void removal_of_the_selected_builder_selects_the_contexts_own(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	unwanted(&w);
	struct plan *made = plan(&w);
	const struct change *change = find(made, "selected");
	assert_non_null(change);
	assert_string_equal(change->steps[0].name, "default");
	assert_true(change->steps[0].of_context);
	assert_ptr_equal(change, &made->changes[made->change_count - 1]);
	plan_free(made);
	arena_free(w.arena);
}

static void rollback_keeps_a_volume_that_was_there_before(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	unwanted_volume_kept(&w);
	struct plan *made = plan(&w);
	const struct change *change = find(made, "builder.ci");
	for (size_t i = 0; i < change->step_count; i++)
		assert_int_not_equal(change->steps[i].kind, STEP_REMOVE_VOLUME);
	plan_free(made);
	arena_free(w.arena);
}

static const struct field_change *field_at(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i].path, path))
			return &change->fields[i];
	return NULL;
}

/* Of a container that goes the plan says what was changed in it, and is another plan when that is more. */
static void files_changed_by_hand_are_told(void **state)
{
	static const char path[] = "nodes.ci0.container.changed-files";
	char before[DIGEST_HEX];
	struct world w;

	(void)state;
	make_world(&w);
	strings_add(w.arena, &w.container.edits, "/etc/ssl/certs/my.pem");
	struct plan *made = plan(&w);
	assert_int_equal(made->change_count, 0); /* it stays */
	plan_free(made);
	w.memory.value = "1g";
	made = plan(&w);
	assert_string_equal(field_at(made->changes, path)->before, "/etc/ssl/certs/my.pem");
	snprintf(before, sizeof(before), "%s", made->changes->live_fingerprint);
	plan_free(made);
	for (int i = 0; i < 9; i++)
		strings_add(w.arena, &w.container.edits, arena_printf(w.arena, "/opt/tool/%d\033", i));
	made = plan(&w);
	assert_string_not_equal(made->changes->live_fingerprint, before);
	assert_non_null(strstr(field_at(made->changes, path)->before, "/opt/tool/2"));
	assert_non_null(strstr(field_at(made->changes, path)->before, " and 6 more"));
	assert_null(strchr(field_at(made->changes, path)->before, '\033'));
	plan_free(made);
	w.container.edits = (struct strings){0};
	w.container.edits_unknown = "timed out";
	made = plan(&w);
	assert_non_null(strstr(field_at(made->changes, path)->note, "could not be listed"));
	assert_non_null(strstr(field_at(made->changes, path)->note, "timed out"));
	plan_free(made);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_changed_by_hand_are_told),
		cmocka_unit_test(each_change),
		cmocka_unit_test(what_others_made_is_left_to_them),
		cmocka_unit_test(a_network_connected_by_hand_is_told),
		cmocka_unit_test(edit_is_told_once),
		cmocka_unit_test(old_container_goes_before_its_file_is_rewritten),
		cmocka_unit_test(same_inputs_same_id),
		cmocka_unit_test(fallback_while_replaced),
		cmocka_unit_test(rollback_keeps_a_volume_that_was_there_before),
		cmocka_unit_test(removal_of_the_selected_builder_selects_the_contexts_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
