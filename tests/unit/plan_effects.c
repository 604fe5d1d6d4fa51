/* What a row says of a change is what the plan does, and what the manual tells.
 *
 * Every driver option and every key of a builder is changed in a world that is as the state says; a new row that says
 * otherwise than the planner does fails here, and so does a key that this file does not know how to change. */
#include "base/count.h"
#include "base/file.h"
#include "base/json.h"
#include "desired/resolve.h"
#include "model/driver.h"
#include "model/field.h"
#include "report/schema.h"

#include <stdlib.h>
#include <unistd.h>

#include "pods_world.h"
#include "report/reference.h"
#include "state_decode.h"

static const char *const effect_words[] = {
	[EFFECT_IN_PLACE] = "| in place |",
	[EFFECT_ROLL] = "| rolls out |",
	[EFFECT_BY_OPTION] = "| as the option says |",
	[EFFECT_REPLACE] = "| replaces |",
};

/* The manual's row of a key, below a heading. */
static void assert_manual(const char *heading, const char *key, enum field_effect effect)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct document page = {.form = DOCUMENT_MARKDOWN, .out = &text};

	reference_print(&page);
	const char *section = strstr(text_string(&text), heading);
	const char *row = section ? strstr(section, arena_printf(arena, "\n| `%s` |", key)) : NULL;
	if (!row)
		fail_msg("the manual has no %s below %s", key, heading);
	else if (!strstr(arena_strndup(arena, row, 1 + strcspn(row + 1, "\n")), effect_words[effect]))
		fail_msg("%s: the manual does not say %s", key, effect_words[effect]);
}

static const struct change *change_of(const struct plan *made, const char *what)
{
	const struct change *change = find(made, "builder.ci");

	if (!change)
		fail_msg("%s: a change of it is none to the plan", what);
	return change;
}

/* The plan makes the node anew for this, or writes the instance file and does no more. */
static void assert_action(const struct plan *made, const char *what, enum field_effect effect)
{
	const struct change *change = change_of(made, what);
	enum action expected = effect == EFFECT_REPLACE ? ACTION_REPLACE : ACTION_CHANGE;
	bool forced = false, removed = false;

	for (size_t i = 0; i < change->field_count; i++)
		forced |= change->fields[i].forces_replacement;
	for (size_t i = 0; i < change->step_count; i++)
		removed |= change->steps[i].kind == STEP_REMOVE_CONTAINER;
	if (change->action != expected || removed != (effect == EFFECT_REPLACE) || (forced && !removed))
		fail_msg("%s: the row says %s, the plan %s", what, effect_words[effect],
			 action_kind(change->action)->name);
}

/* The first that is not what leaving it out comes to. */
static const char *other_word(struct arena *arena, const struct driver_option *option)
{
	const char *word = option->words;
	size_t length = strcspn(word, "|");

	if (text_equal(arena_strndup(arena, word, length), option->unset))
		word += length + 1;
	return arena_strndup(arena, word, strcspn(word, "|"));
}

/* A value that the option may have and that nothing has by itself. */
static struct pair other_value(struct arena *arena, const struct driver_option *option)
{
	static const char *const values[] = {
		[OPTION_TEXT] = "other",      [OPTION_BOOL] = "true",
		[OPTION_INTEGER] = "7",	      [OPTION_MEMORY] = "3g",
		[OPTION_SWAP] = "3g",	      [OPTION_ABSOLUTE] = "/other.pem",
		[OPTION_PREFIX] = "other",    [OPTION_COUNT] = "7",
		[OPTION_DURATION] = "7m",     [OPTION_QUANTITY] = "7Gi",
		[OPTION_CAPACITY] = "7Gi",    [OPTION_LABELS] = "a=7",
		[OPTION_ANNOTATIONS] = "a=7", [OPTION_TOLERATIONS] = "operator=Exists",
		[OPTION_DNS_LABEL] = "other", [OPTION_DNS_NAME] = "other",
	};
	bool prefix = option->type == OPTION_PREFIX;

	if (option->type == OPTION_BOOL && text_equal(option->unset, "true"))
		return (struct pair){.key = option->key, .value = "false"};
	if (option->type == OPTION_WORD)
		return (struct pair){.key = option->key, .value = other_word(arena, option)};
	assert_true((size_t)option->type < COUNT(values) && values[option->type]);
	return (struct pair){.key = prefix ? arena_printf(arena, "%sNAME", option->key) : option->key,
			     .value = values[option->type]};
}

static void make_remote(struct world *w)
{
	w->want.driver = w->have[0].driver = driver_name(HOME_ELSEWHERE);
	w->want_node = (struct node){.name = "ci0", .endpoint = "tcp://h:1"};
	w->have_node = (struct live_node){.spec = w->want_node, .state = NODE_RUNNING};
}

/* `memory` is there already, with another value. */
static void plan_option(const struct driver_option *option)
{
	struct world w;

	make_world(&w);
	if (option->home == HOME_ELSEWHERE)
		make_remote(&w);
	struct pair pairs[] = {w.memory, other_value(w.arena, option)};
	bool replaced = text_equal(option->key, w.memory.key) || option->home != HOME_CONTAINER;
	w.want_node.driver_opts = (struct pairs){replaced ? &pairs[1] : pairs, replaced ? 1 : 2};
	struct plan *made = plan(&w);
	assert_action(made, option->key, option->effect);
	plan_free(made);
	arena_free(w.arena);
}

/* Somebody changed it in the container: told as such, and mended as the row says. */
static void plan_drift(const struct driver_option *option)
{
	struct world w;

	make_world(&w);
	char *member = (char *)&w.container + option->member;
	if (option->where == WHERE_TEXT || option->where == WHERE_CGROUP)
		*(const char **)(void *)member = "other";
	else
		*(int64_t *)(void *)member = 7 << 20;
	struct plan *made = plan(&w);
	assert_action(made, option->key, option->effect);
	assert_string_equal(change_of(made, option->key)->fields[0].path,
			    arena_printf(w.arena, "nodes.ci0.container.%s", option->key));
	plan_free(made);
	arena_free(w.arena);
}

/* What leaving a true or false option out comes to may be said, and changes nothing. */
static void plan_unset(const struct driver_option *option)
{
	struct world w;

	make_world(&w);
	if (option->home == HOME_ELSEWHERE)
		make_remote(&w);
	struct pair pairs[] = {w.memory, {.key = option->key, .value = option->unset}};
	bool remote = option->home == HOME_ELSEWHERE;
	w.want_node.driver_opts = (struct pairs){remote ? &pairs[1] : pairs, remote ? 1 : 2};
	struct plan *made = plan(&w);
	if (plan_has_changes(made))
		fail_msg("%s: %s: differs from nothing said", option->key, option->unset);
	plan_free(made);
	arena_free(w.arena);
}

/* The pods are made anew, or replaced one after another, or left alone. */
static void assert_pods(const struct plan *made, const char *what, enum field_effect effect)
{
	const struct change *change = change_of(made, what);
	bool forced = false, rolled = change->detail && strstr(change->detail, "one after another");

	for (size_t i = 0; i < change->field_count; i++)
		forced |= change->fields[i].forces_replacement;
	if (forced != (effect == EFFECT_REPLACE) || (change->action == ACTION_REPLACE) != forced ||
	    rolled != (effect == EFFECT_ROLL) || (change->cache == CACHE_LOST) != (forced || rolled))
		fail_msg("%s: the row says %s, the plan %s: %s", what, effect_words[effect],
			 action_kind(change->action)->name, change->detail ? change->detail : "");
}

/* The state says it otherwise; or somebody changed it in the cluster. */
static void plan_pod_option(const struct driver_option *option, bool drift)
{
	struct pods_world p;

	make_pods(&p);
	struct pair other = other_value(p.w.arena, option);
	if (text_equal(option->key, "qemu.image"))
		everywhere(&p, "qemu.install", "true");
	if (drift)
		there(&p, other.key, other.value);
	else
		want(&p, other.key, other.value);
	/* A namespace is another place to look at. */
	p.ways[1] = (struct cluster_way){.kubeconfig = "/k", .namespace = "other"};
	p.clusters[1] = p.clusters[0];
	p.clusters[1].namespace = "other";
	p.clusters[1].ways = &p.ways[1];
	p.clusters[1].workload_count = 0;
	p.w.live.cluster_count = 2;
	struct plan *made_plan = plan_pods(&p);
	assert_pods(made_plan, option->key, option->effect);
	plan_free(made_plan);
	arena_free(p.w.arena);
}

/* Of two kinds by one option there is no drift: what makes a claim is another object. */
static bool shows_in_cluster(const struct driver_option *option)
{
	return option->where == WHERE_POD && !text_equal(option->key, "namespace");
}

static void test_options(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const char *driver = driver_name(options[i].home);
		const char *key = options[i].type == OPTION_PREFIX ? arena_printf(arena, "%sNAME", options[i].key)
								   : options[i].key;

		assert_manual(arena_printf(arena, "\n### Driver `%s`", driver), key, options[i].effect);
		if (options[i].home == HOME_POD) {
			plan_pod_option(&options[i], false);
			if (shows_in_cluster(&options[i]))
				plan_pod_option(&options[i], true);
			continue;
		}
		plan_option(&options[i]);
		if (options[i].member > 0)
			plan_drift(&options[i]);
		if (options[i].type == OPTION_BOOL && options[i].unset)
			plan_unset(&options[i]);
	}
}

#define MEMORY "'driver-opts': {'memory': '512m'}"
#define ELSEWHERE "unix:///other.sock"

/* How the builder is written with this key said otherwise than in {MEMORY}. */
static const struct rewrite {
	enum field_scope scope;
	const char *key, *builder;
} rewrites[] = {
	{SCOPE_BUILDER, "driver", "{'driver': 'remote', 'endpoint': 'tcp://h:1'}"},
	{SCOPE_BUILDER, "endpoint", "{" MEMORY ", 'endpoint': '" ELSEWHERE "'}"},
	{SCOPE_BUILDER, "platforms", "{" MEMORY ", 'platforms': ['linux/arm64']}"},
	{SCOPE_BUILDER, "driver-opts", NULL}, /* test_options() */
	{SCOPE_BUILDER, "buildkitd-flags", "{" MEMORY ", 'buildkitd-flags': ['--debug']}"},
	{SCOPE_BUILDER, "buildkitd", "{" MEMORY ", 'buildkitd': {'debug': true}}"},
	{SCOPE_BUILDER, "buildkitd-config", "{" MEMORY ", 'buildkitd-config': '%s'}"},
	{SCOPE_BUILDER, "cache", "{" MEMORY ", 'cache': {'max-used-space': '1GB'}}"},
	{SCOPE_BUILDER, "nodes", "{" MEMORY ", 'nodes': {'ci0': {}, 'ci1': {'endpoint': '" ELSEWHERE "'}}}"},
	{SCOPE_NODE, "endpoint", "{" MEMORY ", 'nodes': {'ci0': {'endpoint': '" ELSEWHERE "'}}}"},
	{SCOPE_NODE, "platforms", "{" MEMORY ", 'nodes': {'ci0': {'platforms': ['linux/arm64']}}}"},
	{SCOPE_NODE, "driver-opts", NULL},
	{SCOPE_NODE, "buildkitd-flags", "{" MEMORY ", 'nodes': {'ci0': {'buildkitd-flags': ['--debug']}}}"},
	{SCOPE_NODE, "buildkitd", "{" MEMORY ", 'nodes': {'ci0': {'buildkitd': {'debug': true}}}}"},
	{SCOPE_NODE, "buildkitd-config", "{" MEMORY ", 'nodes': {'ci0': {'buildkitd-config': '%s'}}}"},
	{SCOPE_CACHE, "max-used-space", "{" MEMORY ", 'cache': {'max-used-space': '1GB'}}"},
	{SCOPE_CACHE, "reserved-space", "{" MEMORY ", 'cache': {'reserved-space': '1GB'}}"},
	{SCOPE_CACHE, "min-free-space", "{" MEMORY ", 'cache': {'min-free-space': '1GB'}}"},
	{SCOPE_CACHE, "keep-duration", "{" MEMORY ", 'cache': {'keep-duration': '7h'}}"},
	{SCOPE_CACHE, "rules", "{" MEMORY ", 'cache': {'rules': [{'all': true, 'keep-duration': '7h'}]}}"},
	{SCOPE_RULE, "filters",
	 "{" MEMORY ", 'cache': {'rules': [{'filters': ['type==source.local'], 'keep-duration': '7h'}]}}"},
	{SCOPE_RULE, "all", "{" MEMORY ", 'cache': {'rules': [{'all': true, 'keep-duration': '7h'}]}}"},
	{SCOPE_RULE, "keep-duration", "{" MEMORY ", 'cache': {'rules': [{'keep-duration': '7h'}]}}"},
	{SCOPE_RULE, "max-used-space", "{" MEMORY ", 'cache': {'rules': [{'max-used-space': '1GB'}]}}"},
	{SCOPE_RULE, "reserved-space", "{" MEMORY ", 'cache': {'rules': [{'reserved-space': '1GB'}]}}"},
	{SCOPE_RULE, "min-free-space", "{" MEMORY ", 'cache': {'rules': [{'min-free-space': '1GB'}]}}"},
};

static const struct rewrite *rewrite_of(const struct field *field)
{
	for (size_t i = 0; i < COUNT(rewrites); i++)
		if (rewrites[i].scope == field->scope && text_equal(rewrites[i].key, field->key))
			return &rewrites[i];
	fail_msg("%s of a %s: say in this file how it is changed", field->key, scope_name(field->scope));
	return NULL;
}

static void write_builder(struct world *w, const char *text)
{
	struct diagnostics problems = {0};
	struct error err = ERROR_INIT;
	char *json = arena_strdup(w->arena, text);
	CLEANUP_JSON cJSON *tree = NULL;

	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	if (json_parse(json, strlen(json), &tree, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	w->want = (struct builder){.name = "ci"};
	decode(w->arena, SCOPE_BUILDER, tree, &w->want, false);
	resolve_builder(w->arena, &w->want, NULL, &problems);
	if (problems.count > 0)
		fail_msg("%s: %s", text, problems.items[0].message);
	diagnostics_done(&problems);
}

static struct plan *plan_written(struct world *w, const char *builder)
{
	struct engine engines[] = {w->engine, {.endpoint = ELSEWHERE, .host = ELSEWHERE, .reachable = true}};

	write_builder(w, builder);
	w->live.engines = engines;
	w->live.engine_count = 2;
	return plan(w);
}

static void plan_field(const struct field *field, const char *config)
{
	const struct rewrite *rewrite = rewrite_of(field);
	struct world w;

	if (!rewrite || !rewrite->builder)
		return;
	make_world(&w);
	const char *mark = strstr(rewrite->builder, "%s");
	const char *builder = !mark ? rewrite->builder
				    : arena_printf(w.arena, "%.*s%s%s", (int)(mark - rewrite->builder),
						   rewrite->builder, config, mark + 2);
	struct plan *made = plan_written(&w, builder);
	assert_action(made, field->key, field->effect);
	plan_free(made);
	builder_done(&w.want);
	arena_free(w.arena);
}

/* Where a node of driver kubernetes lives: another file, or a context that leads to another cluster. */
static void plan_pod_place(const struct field *field)
{
	struct pods_world p;
	bool is_file = field->type == TYPE_PATH;

	make_pods(&p);
	*(is_file ? &p.w.want_node.kubeconfig : &p.w.want_node.kube_context) = "/other";
	p.ways[1] = (struct cluster_way){.namespace = "n"};
	*(is_file ? &p.ways[1].kubeconfig : &p.ways[1].context) = "/other";
	p.clusters[1] = p.clusters[0];
	p.clusters[1].server = "https://other";
	p.clusters[1].ways = &p.ways[1];
	p.clusters[1].workload_count = 0;
	p.w.live.cluster_count = 2;
	struct plan *made_plan = plan_pods(&p);
	assert_pods(made_plan, field->key, field->effect);
	plan_free(made_plan);
	arena_free(p.w.arena);
}

static bool is_of_pods(const struct field *field)
{
	return (field->scope == SCOPE_BUILDER || field->scope == SCOPE_NODE) &&
	       (text_equal(field->key, "kubeconfig") || text_equal(field->key, "context"));
}

static const char *const headings[SCOPE_COUNT] = {
	[SCOPE_STATE] = "\n### Top level\n",
	[SCOPE_BUILDER] = "\n### `builders.NAME`, ",
	[SCOPE_NODE] = "\n### `builders.NAME.nodes.NAME`\n",
	[SCOPE_CACHE] = "\n### `builders.NAME.cache`\n",
	[SCOPE_RULE] = "\n### `builders.NAME.cache.rules[]`\n",
	[SCOPE_VERIFY] = "\n### `builders.NAME.verify`\n",
	[SCOPE_CONTEXT] = "\n### `contexts.NAME`\n",
};

static void test_fields(void **state)
{
	char config[] = "/tmp/plan_effects.XXXXXX";
	int fd = mkstemp(config);
	size_t count;
	const struct field *fields = field_table(&count);

	(void)state;
	assert_true(fd >= 0 && write(fd, "debug = true\n", 13) == 13 && close(fd) == 0);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].effect == EFFECT_NONE)
			continue;
		assert_manual(headings[fields[i].scope], fields[i].key, fields[i].effect);
		if (fields[i].scope == SCOPE_STATE || fields[i].scope == SCOPE_CONTEXT)
			assert_int_equal(fields[i].effect, EFFECT_IN_PLACE); /* no node is of theirs */
		else if (is_of_pods(&fields[i]))
			plan_pod_place(&fields[i]);
		else
			plan_field(&fields[i], config);
	}
	unlink(config);
}

/* The worlds that the rows are held against need nothing. */
static void test_control(void **state)
{
	struct world w;

	(void)state;
	make_world(&w);
	struct plan *made = plan_written(&w, "{" MEMORY "}");
	assert_false(plan_has_changes(made));
	plan_free(made);
	arena_free(w.arena);
	make_world(&w);
	make_remote(&w);
	made = plan(&w);
	assert_false(plan_has_changes(made));
	plan_free(made);
	arena_free(w.arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
