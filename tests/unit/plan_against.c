/* A comparison of two desired states sees every key of a state file change, and says of it what a plan would do.
 *
 * A field of the table that has no row here fails: nobody then knows whether a review shows it. */
#include "base/count.h"
#include "desired/desired.h"
#include "plan/against.h"

#include "plan_world.h"

#include "desired/reach.h"
#include "model/field.h"
#include "pem_files.h"

#define STATE(rest) "version: 1\n" rest
#define CI(body) STATE("builders: {ci: {" body "}}\n")
#define TWO(body) CI("nodes: {a: {" body "}, b: {endpoint: 'tcp://b:1'}}")
#define PODS(body) CI("driver: kubernetes, " body)
#define REMOTE(body) STATE("builders: {ci: {driver: remote, endpoint: 'tcp://h:1', " body "}}\n")

static const struct row {
	enum field_scope scope;
	const char *key, *old, *now;
	const char *address, *path; /* of the change and of its field; path NULL: none */
	enum action action;
} rows[] = {
	{SCOPE_STATE, "version", NULL, NULL, NULL, NULL, ACTION_NONE},	/* has one value */
	{SCOPE_STATE, "defaults", NULL, NULL, NULL, NULL, ACTION_NONE}, /* is under every builder */
	{SCOPE_STATE, "selected", STATE("selected: ci\nbuilders: {ci: {}}\n"),
	 STATE("selected: default\nbuilders: {ci: {}}\n"), "selected", "selected", ACTION_SELECT},
	{SCOPE_STATE, "selected", STATE("selected: ci\nbuilders: {ci: {}}\n"), CI(""), "selected", "selected",
	 ACTION_SELECT},
	{SCOPE_STATE, "current-context", STATE("current-context: default\n"),
	 STATE("current-context: far\ncontexts: {far: {endpoint: 'tcp://h:1'}}\n"), "current-context",
	 "current-context", ACTION_SELECT},
	{SCOPE_STATE, "unmanaged", CI(""), STATE("unmanaged: remove\nbuilders: {ci: {}}\n"), "unmanaged", "unmanaged",
	 ACTION_CHANGE},
	{SCOPE_STATE, "builders", CI(""), STATE("builders: {ci: {}, new: {}}\n"), "builder.new", "driver",
	 ACTION_CREATE},
	{SCOPE_STATE, "builders", CI(""), STATE("builders: {}\n"), "builder.ci", "state", ACTION_CHANGE},
	{SCOPE_STATE, "builders", CI(""), STATE("unmanaged: remove\nbuilders: {}\n"), "builder.ci", NULL,
	 ACTION_REMOVE},
	{SCOPE_STATE, "contexts", CI(""), STATE("builders: {ci: {}}\ncontexts: {far: {endpoint: 'tcp://h:1'}}\n"),
	 "context.far", "endpoint", ACTION_CREATE},
	{SCOPE_STATE, "contexts", STATE("contexts: {far: {endpoint: 'tcp://h:1'}}\n"), STATE(""), "context.far", NULL,
	 ACTION_CHANGE},
	{SCOPE_BUILDER, "state", CI(""), CI("state: absent"), "builder.ci", NULL, ACTION_REMOVE},
	{SCOPE_BUILDER, "state", CI("state: absent"), CI(""), "builder.ci", "driver", ACTION_CREATE},
	{SCOPE_BUILDER, "state", CI("state: absent"), STATE("builders: {}\n"), "builder.ci", NULL, ACTION_CHANGE},
	{SCOPE_BUILDER, "driver", CI(""), CI("driver: remote, endpoint: 'tcp://h:1'"), "builder.ci", "driver",
	 ACTION_REPLACE},
	{SCOPE_BUILDER, "endpoint", CI("endpoint: 'tcp://a:1'"), CI("endpoint: 'tcp://b:1'"), "builder.ci",
	 "nodes.ci0.endpoint", ACTION_REPLACE},
	{SCOPE_BUILDER, "endpoint", REMOTE("bootstrap: false"),
	 STATE("builders: {ci: {driver: remote, endpoint: "
	       "'tcp://g:1', bootstrap: false}}\n"),
	 "builder.ci", "nodes.ci0.endpoint", ACTION_CHANGE},
	{SCOPE_BUILDER, "kubeconfig", PODS(""), PODS("kubeconfig: a"), "builder.ci", "nodes.ci0.kubeconfig",
	 ACTION_REPLACE},
	{SCOPE_BUILDER, "context", PODS("context: a"), PODS("context: b"), "builder.ci", "nodes.ci0.context",
	 ACTION_REPLACE},
	{SCOPE_BUILDER, "expires-after", PODS(""), PODS("expires-after: 24h"), "builder.ci", "expires-after",
	 ACTION_CHANGE},
	{SCOPE_BUILDER, "driver-opts", PODS("driver-opts: {replicas: 2}"), PODS(""), "builder.ci",
	 "nodes.ci0.driver-opts.replicas", ACTION_CHANGE},
	{SCOPE_BUILDER, "driver-opts", PODS(""), PODS("driver-opts: {namespace: a}"), "builder.ci",
	 "nodes.ci0.driver-opts.namespace", ACTION_REPLACE},
	{SCOPE_BUILDER, "buildkitd", PODS(""), PODS("buildkitd: {debug: true}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: debug", ACTION_CHANGE},
	{SCOPE_BUILDER, "platforms", CI(""), CI("platforms: [linux/arm64]"), "builder.ci", "nodes.ci0.platforms",
	 ACTION_CHANGE},
	{SCOPE_BUILDER, "driver-opts", CI(""), CI("driver-opts: {memory: 1g}"), "builder.ci",
	 "nodes.ci0.driver-opts.memory", ACTION_REPLACE},
	{SCOPE_BUILDER, "driver-opts", CI(""), CI("driver-opts: {default-load: true}"), "builder.ci",
	 "nodes.ci0.driver-opts.default-load", ACTION_CHANGE},
	{SCOPE_BUILDER, "buildkitd-flags", CI(""), CI("buildkitd-flags: [--debug]"), "builder.ci",
	 "nodes.ci0.buildkitd-flags", ACTION_REPLACE},
	{SCOPE_BUILDER, "buildkitd", CI(""), CI("buildkitd: {debug: true}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: debug", ACTION_REPLACE},
	{SCOPE_BUILDER, "buildkitd-config", CI(""), CI("buildkitd-config: b.toml"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: debug", ACTION_REPLACE},
	{SCOPE_BUILDER, "cache", CI("cache: {max-used-space: 1GB}"), CI(""), "builder.ci",
	 "nodes.ci0.buildkitd.toml: worker.oci.maxUsedSpace", ACTION_REPLACE},
	{SCOPE_BUILDER, "nodes", TWO("endpoint: 'tcp://a:1'"), CI("nodes: {a: {endpoint: 'tcp://a:1'}}"), "builder.ci",
	 "nodes.b", ACTION_CHANGE},
	{SCOPE_BUILDER, "nodes", CI("nodes: {a: {endpoint: 'tcp://a:1'}}"), TWO("endpoint: 'tcp://a:1'"), "builder.ci",
	 "nodes.b.endpoint", ACTION_CHANGE},
	{SCOPE_BUILDER, "bootstrap", CI(""), CI("bootstrap: false"), "builder.ci", "bootstrap", ACTION_CHANGE},
	{SCOPE_BUILDER, "protect", CI("protect: true"), CI(""), "builder.ci", "protect", ACTION_CHANGE},
	{SCOPE_BUILDER, "fallback", CI(""), CI("fallback: default"), "builder.ci", "fallback", ACTION_CHANGE},
	{SCOPE_BUILDER, "emulation", CI(""), CI("emulation: {arm64: install}"), "builder.ci", "emulation.arm64",
	 ACTION_CHANGE},
	{SCOPE_BUILDER, "verify", CI(""), CI("verify: {build: true}"), "builder.ci", "verify.build", ACTION_CHANGE},
	{SCOPE_NODE, "endpoint", TWO("endpoint: 'tcp://a:1'"), TWO("endpoint: 'tcp://c:1'"), "builder.ci",
	 "nodes.a.endpoint", ACTION_REPLACE},
	{SCOPE_NODE, "kubeconfig", PODS("nodes: {a: {}}"), PODS("nodes: {a: {kubeconfig: a}}"), "builder.ci",
	 "nodes.a.kubeconfig", ACTION_REPLACE},
	{SCOPE_NODE, "context", PODS("nodes: {a: {context: a}}"), PODS("nodes: {a: {}}"), "builder.ci",
	 "nodes.a.context", ACTION_REPLACE},
	{SCOPE_NODE, "platforms", TWO(""), TWO("platforms: [linux/arm64]"), "builder.ci", "nodes.a.platforms",
	 ACTION_CHANGE},
	{SCOPE_NODE, "driver-opts", TWO(""), TWO("driver-opts: {env.A: b}"), "builder.ci", "nodes.a.driver-opts.env.A",
	 ACTION_REPLACE},
	{SCOPE_NODE, "buildkitd-flags", TWO(""), TWO("buildkitd-flags: [--debug]"), "builder.ci",
	 "nodes.a.buildkitd-flags", ACTION_REPLACE},
	{SCOPE_NODE, "buildkitd", TWO(""), TWO("buildkitd: {debug: true}"), "builder.ci",
	 "nodes.a.buildkitd.toml: debug", ACTION_REPLACE},
	{SCOPE_NODE, "buildkitd-config", TWO(""), TWO("buildkitd-config: b.toml"), "builder.ci",
	 "nodes.a.buildkitd.toml: debug", ACTION_REPLACE},
	{SCOPE_CACHE, "keep-state", CI(""), CI("cache: {keep-state: false}"), "builder.ci", "cache.keep-state",
	 ACTION_CHANGE},
	{SCOPE_CACHE, "reset", CI("cache: {reset: a}"), CI("cache: {reset: b}"), "builder.ci", "cache.reset",
	 ACTION_CHANGE},
	{SCOPE_CACHE, "max-used-space", CI("cache: {max-used-space: 1GB}"), CI("cache: {max-used-space: 2GB}"),
	 "builder.ci", "nodes.ci0.buildkitd.toml: worker.oci.maxUsedSpace", ACTION_REPLACE},
	{SCOPE_CACHE, "reserved-space", CI(""), CI("cache: {reserved-space: 2GB}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: worker.oci.reservedSpace", ACTION_REPLACE},
	{SCOPE_CACHE, "min-free-space", CI(""), CI("cache: {min-free-space: 2GB}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: worker.oci.minFreeSpace", ACTION_REPLACE},
	{SCOPE_CACHE, "keep-duration", CI("cache: {keep-duration: 1h}"), CI("cache: {keep-duration: 2h}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: worker.oci.gcpolicy", ACTION_REPLACE},
	{SCOPE_CACHE, "rules", CI(""), CI("cache: {rules: [{all: true, keep-duration: 1h}]}"), "builder.ci",
	 "nodes.ci0.buildkitd.toml: worker.oci.gcpolicy", ACTION_REPLACE},
#define RULE(key, other)                                                                                               \
	{                                                                                                              \
		SCOPE_RULE, key, CI("cache: {rules: [{keep-duration: 1h}]}"), CI("cache: {rules: [{" other "}]}"),     \
			"builder.ci", "nodes.ci0.buildkitd.toml: worker.oci.gcpolicy", ACTION_REPLACE                  \
	}
	RULE("filters", "keep-duration: 1h, filters: [type==source.local]"),
	RULE("all", "keep-duration: 1h, all: true"),
	RULE("keep-duration", "keep-duration: 2h"),
	RULE("max-used-space", "keep-duration: 1h, max-used-space: 1GB"),
	RULE("reserved-space", "keep-duration: 1h, reserved-space: 1GB"),
	RULE("min-free-space", "keep-duration: 1h, min-free-space: 1GB"),
	{SCOPE_VERIFY, "build", CI("verify: {build: true}"), CI(""), "builder.ci", "verify.build", ACTION_CHANGE},
	{SCOPE_VERIFY, "dockerfile", NULL, NULL, NULL, NULL, ACTION_NONE}, /* a path, which depends on the folder */
#define FAR(body) STATE("contexts: {far: {" body "}}\n")
	{SCOPE_CONTEXT, "state", FAR("endpoint: 'tcp://h:1'"), FAR("state: absent"), "context.far", NULL,
	 ACTION_REMOVE},
	{SCOPE_CONTEXT, "endpoint", FAR("endpoint: 'tcp://h:1'"), FAR("endpoint: 'tcp://g:1'"), "context.far",
	 "endpoint", ACTION_CHANGE},
	{SCOPE_CONTEXT, "description", FAR("endpoint: 'tcp://h:1'"), FAR("endpoint: 'tcp://h:1', description: x"),
	 "context.far", "description", ACTION_CHANGE},
	{SCOPE_CONTEXT, "skip-tls-verify", FAR("endpoint: 'tcp://h:1'"),
	 FAR("endpoint: 'tcp://h:1', skip-tls-verify: true"), "context.far", "skip-tls-verify", ACTION_CHANGE},
	{SCOPE_CONTEXT, "ca", FAR("endpoint: 'tcp://h:1'"), FAR("endpoint: 'tcp://h:1', ca: ca.pem"), "context.far",
	 "ca", ACTION_CHANGE},
	{SCOPE_CONTEXT, "cert", FAR("endpoint: 'tcp://h:1'"), FAR("endpoint: 'tcp://h:1', cert: ca.pem, key: key.pem"),
	 "context.far", "cert", ACTION_CHANGE},
	{SCOPE_CONTEXT, "key", FAR("endpoint: 'tcp://h:1', cert: ca.pem, key: key.pem"), FAR("endpoint: 'tcp://h:1'"),
	 "context.far", "key", ACTION_CHANGE},
};

static bool has_row(const struct field *field)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].scope == field->scope && text_equal(rows[i].key, field->key))
			return true;
	return false;
}

static void test_every_key_has_a_row(void **state)
{
	size_t count;
	const struct field *fields = field_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		if (!has_row(&fields[i]))
			fail_msg("%s of a %s: say in this file what a comparison makes of it", fields[i].key,
				 scope_name(fields[i].scope));
}

/* The files of a commit. */
static int read_file(void *context, const char *path, size_t cap, struct buffer *ret_data, struct error *err)
{
	static const struct {
		const char *name, *text;
	} files[] = {{"/a", ""}, {"b.toml", "debug = true\n"}, {"ca.pem", PEM_CERTIFICATE}, {"key.pem", PEM_KEY}};

	(void)context;
	for (size_t i = 0; i < COUNT(files); i++)
		if (text_ends(path, files[i].name) && strlen(files[i].text) <= cap)
			return buffer_append(ret_data, files[i].text, strlen(files[i].text));
	return error_set(err, ERROR_NOT_FOUND, "there is no such file");
}

static struct state *load(const char *text)
{
	static const struct reach_tree tree = {.read = read_file};
	const struct desired_text file = {.path = "s.yaml", .data = text, .length = strlen(text)};
	const struct desired_request request = {.texts = &file, .text_count = 1, .as_written = true, .tree = &tree};
	struct diagnostics problems = {0};
	struct state *state = NULL;

	if (desired_load(&request, &state, &problems) < 0)
		fail_msg("%s: %s", text, problems.items[0].message);
	diagnostics_done(&problems);
	return state;
}

static struct plan *compare(const char *old, const char *now)
{
	struct strings everything = {0};
	struct state *before = load(old), *after = load(now);
	struct against_request request = {
		.desired = after, .old = before, .desired_digest = "d", .against = "main", .only = &everything};
	struct plan *made = plan_against(&request);

	state_free(before);
	state_free(after);
	return made;
}

static bool has_field(const struct change *change, const char *path)
{
	for (size_t i = 0; i < change->field_count; i++)
		if (text_equal(change->fields[i].path, path))
			return true;
	return false;
}

static void check(const struct row *row)
{
	struct plan *made = compare(row->old, row->now);
	const struct change *change = find(made, row->address);

	if (!change)
		fail_msg("%s of a %s: no change of %s", row->key, scope_name(row->scope), row->address);
	else if (change->action != row->action)
		fail_msg("%s of a %s: is to %s", row->key, scope_name(row->scope), action_kind(change->action)->name);
	else if (row->path && !has_field(change, row->path))
		fail_msg("%s of a %s: no field %s", row->key, scope_name(row->scope), row->path);
	assert_true(made->speculative);
	assert_int_equal(change->step_count, 0);
	plan_free(made);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].old)
			check(&rows[i]);
}

/* Whatever a row says, it differs in nothing from itself. */
static void test_the_same_is_no_change(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (!rows[i].old)
			continue;
		struct plan *made = compare(rows[i].now, rows[i].now);
		if (made->change_count > 0)
			fail_msg("%s of a %s: %s differs from itself", rows[i].key, scope_name(rows[i].scope),
				 made->changes[0].address);
		plan_free(made);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_key_has_a_row),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_the_same_is_no_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
