/* Builders are completed as the state file means them, and every contradiction is told. */
#include "base/count.h"
#include "base/file.h"
#include "base/json.h"
#include "codec/buildkitd.h"
#include "codec/toml.h"
#include "desired/buildkitd.h"
#include "desired/resolve.h"
#include "model/field.h"
#include "model/normal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "state_decode.h"

static int builder_order(const void *a, const void *b)
{
	return strcmp(((const struct builder *)a)->name, ((const struct builder *)b)->name);
}

/* Single quotes stand for double ones, for the reader's sake. */
static struct state *load(const char *text, struct diagnostics *problems)
{
	struct state *state = state_new();
	char *json = arena_strdup(state->arena, text);
	struct error err = ERROR_INIT;
	CLEANUP_JSON cJSON *tree = NULL;

	for (char *c = json; *c; c++)
		if (*c == '\'')
			*c = '"';
	if (json_parse(json, strlen(json), &tree, &err) < 0)
		fail_msg("%s: %s", text, err.message);
	decode(state->arena, SCOPE_STATE, tree, state, false);
	for (size_t i = 0; i < state->builder_count; i++)
		resolve_builder(state->arena, &state->builders[i], NULL, problems);
	if (state->builder_count > 1)
		qsort(state->builders, state->builder_count, sizeof(*state->builders), builder_order);
	validate_state(state, problems);
	diagnostics_sort(problems);
	return state;
}

#define PODS(body) "{'builders': {'k': {'driver': 'kubernetes', " body "}}}"
#define CLAIM "'driver-opts': {'persistent-volume-claim.requests.storage': '1Gi'}"
#define N52 "n123456789n123456789n123456789n123456789n123456789n1"
#define N63 N52 "n123456789n"

static void test_problems(void **unused)
{
	/* NULL: nothing is wrong. Exactly one problem otherwise. */
	static const struct {
		const char *state, *message, *hint;
	} rows[] = {
		{"{'builders': {'ci': {}}}", NULL, NULL},
		{"{'builders': {'1ci': {}}}", "no name of a builder", NULL},
		{"{'builders': {'ci': {}, 'CI': {'endpoint': 'arm'}}}", "builder ci is there twice", NULL},
		{"{'builders': {'default': {'driver': 'docker-container'}}}", "cannot have driver docker-container",
		 NULL},
		{"{'builders': {'default': {'^driver': 'docker-container', '^driver-opts': {'image': 'x'}}}}", NULL,
		 NULL},
		{"{'builders': {'Desktop-Linux': {'driver': 'docker'}}}", NULL, NULL},
		{"{'builders': {'d': {'driver': 'docker'}}}", "no name of a Docker context", NULL},
		/* keys that the driver has no use for */
		{"{'builders': {'default': {'cache': {'max-used-space': '1GB'}}}}",
		 "`max-used-space` does not go with driver docker", "builder.gc"},
		{"{'builders': {'default': {'buildkitd': {'debug': true}}}}", "`buildkitd` does not go with", NULL},
		{"{'builders': {'default': {'nodes': {'a': {}}}}}", "`nodes` does not go with", NULL},
		{"{'builders': {'default': {'^cache': {'max-used-space': '1GB'}, '^platforms': ['linux/amd64']}}}",
		 NULL, NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'tcp://h:1', 'buildkitd-flags': ['--debug']}}}",
		 "`buildkitd-flags` does not go with driver remote", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'nodes': {'a': {'endpoint': 'tcp://h:1', 'buildkitd-flags': "
		 "['-x']}}}}}",
		 "node a: `buildkitd-flags` does not go with driver remote", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'nodes': {'a': {'endpoint': 'tcp://h:1', 'buildkitd': "
		 "{'debug': true}}}}}}",
		 "node a: `buildkitd` does not go with driver remote", "where it is started"},
		{"{'builders': {'k': {'driver': 'kubernetes', 'expires-after': '24h'}}}", NULL, NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'expires-after': '5s'}}}",
		 "is over before anything is built", "24h"},
		{"{'builders': {'k': {'driver': 'kubernetes', '^expires-after': '24h'}}}", NULL, NULL},
		{"{'builders': {'c': {'expires-after': '24h'}}}", "`expires-after` does not go with", NULL},
		{"{'builders': {'c': {'^expires-after': '24h'}}}", NULL, NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'endpoint': 'tcp://h:1'}}}", "`endpoint` does not go",
		 NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'nodes': {'a': {}, 'b': {}}}}}", NULL, NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'kubeconfig': '/c', 'context': 'a', 'nodes': {'a': "
		 "{'context': 'b'}}}}}",
		 NULL, NULL},
		{PODS("'nodes': {'end-': {}}"), "no Deployment called end-: it has to end", NULL},
		{PODS("'nodes': {'end_': {}}"), "no Deployment called end-: it has to end", NULL},
		{PODS("'nodes': {'a_.b': {}}"), "no Deployment called a-.b", NULL},
		{PODS("'nodes': {'" N63 "x': {}}"), "it has 64 characters, more than 63", NULL},
		{PODS("'nodes': {'" N63 "': {}}"), NULL, NULL},
		{PODS("" CLAIM ", 'nodes': {'" N52 "x': {}}"), "it has 53 characters, more than 52", NULL},
		{PODS("" CLAIM ", 'nodes': {'" N52 "': {}}"), NULL, NULL},
		{PODS("" CLAIM ", 'nodes': {'a.b': {}}"), "no StatefulSet called a.b", NULL},
		{PODS("'nodes': {'a.b': {}}"), NULL, NULL},
		{PODS("'nodes': {'a_b': {}, 'a-b': {}}"), "nodes a-b and a_b of builder k are both called a-b",
		 "rename"},
		{PODS("'nodes': {'a_b': {'context': 'x'}, 'a-b': {}}"), NULL, NULL},
		{PODS("'nodes': {'a_b': {'driver-opts': {'namespace': 'x'}}, 'a-b': {}}"), NULL, NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'nodes': {'n': {}}}, 'l': {'driver': 'kubernetes', "
		 "'nodes': "
		 "{'n': {}}}}}",
		 "builders k and l both claim Deployment n", "namespace"},
		{"{'builders': {'k': {'driver': 'kubernetes', 'nodes': {'n': {}}}, 'l': {'driver': 'kubernetes', "
		 "'nodes': "
		 "{'n': {}}, " CLAIM "}}}",
		 "builders k and l both claim StatefulSet n", NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'nodes': {'n': {}}}, 'l': {'driver': 'kubernetes', "
		 "'nodes': "
		 "{'n': {}}, 'driver-opts': {'namespace': 'l'}}}}",
		 NULL, NULL},
		{"{'builders': {'k': {'driver': 'kubernetes', 'nodes': {'n': {}}}, 'l': {'nodes': {'n': {}}}}}", NULL,
		 NULL},
		{PODS("'driver-opts': {'requests.cpu': '2', 'limits.cpu': '1500m'}"),
		 "`requests.cpu` is 2, over `limits.cpu`, which is 1500m", NULL},
		{PODS("'driver-opts': {'requests.cpu': '700m', 'limits.cpu': '0.7'}"), NULL, NULL},
		{PODS("'driver-opts': {'requests.memory': '1G', 'limits.memory': '1Gi'}"), NULL, NULL},
		{"{'builders': {'ci': {'context': 'arm'}}}", "`context` does not go with driver docker-container",
		 "endpoint: NAME"},
		{"{'builders': {'ci': {'^context': 'arm', '^kubeconfig': '/c'}}}", NULL, NULL},
		{"{'builders': {'default': {'kubeconfig': '/c'}}}", "`kubeconfig` does not go with driver docker",
		 NULL},
		{"{'builders': {'ci': {'nodes': {'a': {'kubeconfig': '/c'}}}}}",
		 "node a: `kubeconfig` does not go with driver docker-container", "driver: kubernetes"},
		/* absent */
		{"{'builders': {'ci': {'state': 'absent', 'driver': 'docker-container', 'protect': true}}}", NULL,
		 NULL},
		{"{'builders': {'ci': {'state': 'absent', 'endpoint': 'arm'}}}", "so it has no `endpoint`",
		 "state: absent"},
		{"{'builders': {'ci': {'state': 'absent', '^endpoint': 'arm'}}}", NULL, NULL},
		{"{'builders': {'default': {'state': 'absent'}}}", "is never removed", NULL},
		/* options */
		{"{'builders': {'ci': {'driver-opts': {'imagee': 'x'}}}}", "has no option `imagee`", "`image`"},
		{"{'builders': {'ci': {'driver-opts': {'^namespace': 'x'}}}}", NULL, NULL},
		{"{'builders': {'ci': {'driver-opts': {'^nonsense': 'x'}}}}", "has no option `nonsense`", NULL},
		{"{'builders': {'ci': {'driver-opts': {'env.': 'x'}}}}", "has no option `env.`", NULL},
		{"{'builders': {'ci': {'driver-opts': {'default-load': 'yes'}}}}", "must be true or false", NULL},
		{"{'builders': {'ci': {'driver-opts': {'cpu-quota': '1.5'}}}}", "must be a whole number", NULL},
		{"{'builders': {'ci': {'driver-opts': {'memory': '4 gigs'}}}}", "must be a size", NULL},
		{"{'builders': {'ci': {'driver-opts': {'memory': '-1'}}}}", "must be a size", NULL},
		{"{'builders': {'ci': {'driver-opts': {'memory': '4g', 'memory-swap': '-1', 'cpu-shares': ''}}}}", NULL,
		 NULL},
		{"{'builders': {'ci': {'driver-opts': {'restart-policy': 'on-failure:3'}}}}", NULL, NULL},
		{"{'builders': {'ci': {'driver-opts': {'restart-policy': 'sometimes'}}}}",
		 "unless-stopped or on-failure", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'tcp://h:1', 'driver-opts': {'cacert': "
		 "'ca.pem'}}}}",
		 "must be an absolute path", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'tcp://h:1', 'driver-opts': {'cacert': '/c', "
		 "'key': '/k'}}}}",
		 "`cert` is missing", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'tcp://h:1', 'driver-opts': {'servername': "
		 "'x'}}}}",
		 "`cacert` is missing", NULL},
		/* endpoints */
		{"{'builders': {'ci': {'endpoint': 'unix:///run/docker.sock'}}}", NULL, NULL},
		{"{'builders': {'ci': {'endpoint': 'ssh://me@host'}}}", NULL, NULL},
		{"{'builders': {'ci': {'endpoint': 'ssh://-oProxyCommand=id'}}}", "ssh or a shell", NULL},
		{"{'builders': {'ci': {'endpoint': 'ssh://me@-oProxyCommand=id'}}}", "ssh or a shell", NULL},
		{"{'builders': {'ci': {'driver': 'remote', 'endpoint': 'ssh://-oProxyCommand=id'}}}", "ssh or a shell",
		 NULL},
		{"{'builders': {'ci': {'driver': 'remote', 'endpoint': 'ssh://u@h/a$(id)'}}}", "ssh or a shell", NULL},
		{"{'builders': {'ci': {'driver': 'remote', 'endpoint': 'ssh://u@h/a`id`'}}}", "ssh or a shell", NULL},
		{"{'builders': {'ci': {'driver': 'remote', 'endpoint': 'ssh://u@h/a;id'}}}", "ssh or a shell", NULL},
		{"{'builders': {'ci': {'driver': 'remote', 'endpoint': 'ssh://u@[::1]:22/run/a.sock'}}}", NULL, NULL},
		{"{'builders': {'ci': {'endpoint': 'desktop-linux'}}}", NULL, NULL},
		{"{'builders': {'ci': {'endpoint': 'unix://run/docker.sock'}}}", "is not absolute", "three slashes"},
		{"{'builders': {'ci': {'endpoint': '/run/docker.sock'}}}", "is no URL", "unix://"},
		{"{'builders': {'ci': {'endpoint': 'host:2376'}}}", "neither a URL nor the name", "tcp://"},
		{"{'builders': {'ci': {'endpoint': 'tcp://'}}}", "names no host", NULL},
		{"{'builders': {'ci': {'endpoint': 'http://host'}}}", "has a scheme that a Docker Engine", NULL},
		{"{'builders': {'ci': {'endpoint': 'kube-pod://p'}}}", "has a scheme that a Docker Engine", NULL},
		{"{'builders': {'ci': {'endpoint': 'npipe:////./pipe/docker_engine'}}}", "protocol not available",
		 NULL},
		{"{'builders': {'r': {'driver': 'remote'}}}", "needs an endpoint", NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'kube-pod://p'}}}", NULL, NULL},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'kube-pod://P'}}}", "does not name a pod",
		 "context=NAME"},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'kube-pod://p?ctx=a'}}}",
		 "has a parameter that BuildKit passes over", "context=NAME"},
		{"{'builders': {'r': {'driver': 'remote', 'endpoint': 'desktop-linux'}}}", "is no URL", NULL},
		/* nodes */
		{"{'builders': {'ci': {'nodes': {'a': {}, 'b': {}}}}}", "same endpoint, the current context", NULL},
		{"{'builders': {'ci': {'endpoint': 'arm', 'nodes': {'a': {}, 'b': {'endpoint': 'arm'}}}}}",
		 "same endpoint, arm", NULL},
		{"{'builders': {'ci': {'nodes': {'a': {}, 'A': {'endpoint': 'arm'}}}}}", "two nodes named a", NULL},
		{"{'builders': {'ci': {'nodes': {'a': {'platforms': ['linux/amd64']}, 'b': {'endpoint': 'arm', "
		 "'platforms': "
		 "['linux/x86_64/v1']}}}}}",
		 "same platform, linux/amd64", NULL},
		{"{'builders': {'ci': {'platforms': ['linux/amd64'], 'nodes': {'a': {}, 'b': {'endpoint': 'arm'}}}}}",
		 "2 nodes and one list of platforms", "on the nodes"},
		{"{'builders': {'ci': {'^platforms': ['linux/amd64'], 'nodes': {'a': {}, 'b': {'endpoint': 'arm'}}}}}",
		 NULL, NULL},
		{"{'builders': {'ci': {'platforms': ['linux/amd46']}}}", "no platform", NULL},
		{"{'builders': {'ci': {'nodes': {'ci0.g2': {}}}}}", "reconcile itself names", NULL},
		{"{'builders': {'ci': {'nodes': {'_a': {}}}}}", "no name of a node", NULL},
		{"{'builders': {'ci': {'nodes': {'x': {}}}, 'arm': {'nodes': {'x': {}}}}}",
		 "both claim container "
		 "buildx_buildkit_x",
		 NULL},
		{"{'builders': {'ci': {'nodes': {'x': {}}}, 'arm': {'nodes': {'x': {'endpoint': 'arm'}}}}}", NULL,
		 NULL},
		/* configuration and cache */
		{"{'builders': {'ci': {'buildkitd': {}, 'buildkitd-config': '/none'}}}", NULL, "keep one"},
		{"{'builders': {'ci': {'nodes': {'a': {'buildkitd': {}, 'buildkitd-config': '/none'}}}}}",
		 "node a has both", "keep one"},
		{"{'builders': {'ci': {'nodes': {'a': {'buildkitd': {'debugg': true}}}}}}",
		 "buildkitd.debugg is no key", "`debug`"},
		{"{'builders': {'ci': {'cache': {'max-used-space': '1GB'}, 'nodes': {'a': {'buildkitd': {'worker': "
		 "{'oci': {'gcpolicy': []}}}}}}}}",
		 "of node a's buildkitd", "keep one"},
		{"{'builders': {'ci': {'buildkitd-config': '/nonexistent/buildkitd.toml'}}}",
		 "/nonexistent/buildkitd.toml", NULL},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'max-parallelsm': 4}}}}}}",
		 "buildkitd.worker.oci.max-parallelsm is no key", "`max-parallelism`"},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'max-parallelism': 'four'}}}}}}",
		 "a whole number", NULL},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'max-parallelism': '4'}}}}}}", "a whole number",
		 "without quotes"},
		{"{'builders': {'ci': {'buildkitd': {'debug': 'true'}}}}", "true or false", "without quotes"},
		{"{'builders': {'ci': {'buildkitd': {'registry': {'r': {'mirrors': 'm'}}}}}}", "a list of texts",
		 "write a list"},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'gcpolicy': [{'filters': "
		 "['type=source.local'], "
		 "'keep-bytes': 1}]}}}}}}",
		 "filters such as type==source.local", "`docker buildx prune` alone takes one ="},
		{"{'builders': {'ci': {'cache': {'rules': [{'filters': ['type=source.local'], 'keep-duration': "
		 "'1h'}]}}}}",
		 "`type=source.local` is no filter", "`docker buildx prune` alone takes one ="},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'maxUsedSpace': '1GB', 'max-used-space': "
		 "'1GB'}}}}}}",
		 "given twice, in two spellings", NULL},
		{"{'builders': {'ci': {'buildkitd': {'registry': {'r': {'mirror': []}}}}}}",
		 "buildkitd.registry.\"r\".mirror", "`mirrors`"},
		{"{'builders': {'ci': {'buildkitd': {'registry': {'r': {'ca': ['/nonexistent/ca.pem']}}}}}}",
		 "/nonexistent/ca.pem", NULL},
		{"{'builders': {'ci': {'buildkitd': {'worker': {'oci': {'gcpolicy': []}}}, 'cache': {'max-used-space': "
		 "'1GB'}}}}",
		 "a cache policy twice", NULL},
		{"{'builders': {'ci': {'cache': {'max-used-space': '1GB', 'rules': [{'all': true, 'keep-duration': "
		 "'1h'}]}}}}",
		 "`max-used-space` does not go with `rules`", NULL},
		{"{'builders': {'ci': {'cache': {'^max-used-space': '1GB', 'rules': [{'all': true, 'keep-duration': "
		 "'1h'}]}}}}",
		 NULL, NULL},
		{"{'builders': {'ci': {'cache': {'max-used-space': '1GB', '^rules': [{'all': true, 'keep-duration': "
		 "'1h'}]}}}}",
		 NULL, NULL},
		{"{'builders': {'ci': {'cache': {'rules': [{'all': true}]}}}}", "it would remove everything", NULL},
		{"{'builders': {'ci': {'emulation': {'linux/arm64': 'install'}}}}", "no architecture `linux/arm64`",
		 NULL},
		{"{'builders': {'ci': {'verify': {'build': true}, 'cache': {'reset': 'a-1'}}}}", NULL, NULL},
		{"{'builders': {'default': {'cache': {'reset': 'a-1'}}}}", NULL, NULL},
		{"{'builders': {'ci': {'emulation': {'arm64': 'install', 'image': 'x:1'}}}}", NULL, NULL},
		{"{'builders': {'ci': {'emulation': {'amr64': 'install'}}}}", "no architecture `amr64`",
		 "did you mean"},
		{"{'builders': {'ci': {'emulation': {'arm64': 'maybe'}}}}", "means nothing", "write `install`"},
		{"{'builders': {'default': {'emulation': {'arm64': 'install'}}}}", "does not go with driver docker",
		 NULL},
		{"{'builders': {'ci': {'cache': {'reset': 'a b'}}}}", "`reset` is no id", "write something like"},
		{"{'builders': {'ci': {'cache': {'reset': ''}}}}", "`reset` is no id", NULL},
		/* together */
		{"{'selected': 'ci', 'builders': {'ci': {}}}", NULL, NULL},
		{"{'selected': 'CI', 'builders': {'CI': {}}}", "`selected` names builder CI", "`ci`"},
		{"{'selected': 'default'}", NULL, NULL},
		{"{'selected': 'arm', 'contexts': {'arm': {'endpoint': 'ssh://arm'}}}", NULL, NULL},
		{"{'selected': 'cii', 'builders': {'ci': {}}}", "`selected` names builder cii", "`ci`"},
		{"{'selected': 'other', 'builders': {'ci': {}}}", "do not have", "driver: docker"},
		{"{'selected': 'ci', 'builders': {'ci': {'state': 'absent'}}}", "must be absent", NULL},
		{"{'builders': {'ci': {'fallback': 'ci'}}}", "its own fallback", NULL},
		{"{'builders': {'ci': {'fallback': 'default'}}}", NULL, NULL},
		{"{'builders': {'ci': {'fallback': 'gone'}}}", "`fallback` names builder gone", NULL},
		{"{'builders': {'arm': {}}, 'contexts': {'arm': {'endpoint': 'ssh://arm'}}}",
		 "the name of a Docker context", NULL},
		{"{'builders': {'arm': {'driver': 'docker'}}, 'contexts': {'arm': {'endpoint': 'ssh://arm'}}}", NULL,
		 NULL},
		{"{'builders': {'arm': {}}, 'contexts': {'arm': {'state': 'absent'}}}", NULL, NULL},
		/* contexts */
		{"{'contexts': {'default': {'endpoint': 'ssh://arm'}}}", "`default` is Docker's own", NULL},
		{"{'contexts': {'arm': {}}}", "context arm needs an endpoint", NULL},
		{"{'contexts': {'arm': {'endpoint': 'arm'}}}", "is no URL", NULL},
		{"{'contexts': {'arm': {'endpoint': 'npipe:////./pipe/x'}}}", "Windows only", NULL},
		{"{'contexts': {'arm': {'endpoint': 'tcp://h:1', 'cert': '/c'}}}", "`cert` and `key` go together",
		 NULL},
		{"{'contexts': {'arm': {'state': 'absent', 'endpoint': 'tcp://h:1'}}}", "so it has no `endpoint`",
		 NULL},
		{"{'contexts': {'a m': {'endpoint': 'tcp://h:1'}}}", "no name of a Docker context", NULL},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct diagnostics problems = {0};
		struct state *state = load(rows[i].state, &problems);
		size_t expected = rows[i].message || rows[i].hint ? 1 : 0;

		if (problems.count < expected || (expected == 0 && problems.count > 0))
			fail_msg("%s: %zu problems, first: %s", rows[i].state, problems.count,
				 problems.count > 0 ? problems.items[0].message : "");
		if (rows[i].message && (problems.count != 1 || !strstr(problems.items[0].message, rows[i].message)))
			fail_msg("%s: %zu, %s", rows[i].state, problems.count, problems.items[0].message);
		if (rows[i].hint && !strstr(problems.items[0].hint, rows[i].hint))
			fail_msg("%s: hint %s", rows[i].state, problems.items[0].hint);
		if (expected > 0)
			assert_string_equal(problems.items[0].file, "t.yaml");
		diagnostics_done(&problems);
		state_free(state);
	}
}

static struct state *load_clean(const char *text)
{
	struct diagnostics problems = {0};
	struct state *state = load(text, &problems);

	if (problems.count > 0)
		fail_msg("%s: %s", text, problems.items[0].message);
	diagnostics_done(&problems);
	return state;
}

static void test_nodes(void **unused)
{
	struct state *state = load_clean(
		"{'builders': {"
		"'CI': {'platforms': ['linux/aarch64', 'arm64'], 'driver-opts': {'network': 'host', 'env.TOKEN': 't', "
		"'image': ''},"
		"       'buildkitd-flags': ['--debug'], 'fallback': 'farm'},"
		"'default': {}, 'gone': {'state': 'absent', '^endpoint': 'x'},"
		"'farm': {'endpoint': 'unix:///a', 'driver-opts': {'image': 'x', 'memory': '1g'}, 'buildkitd-flags': "
		"['--debug'],"
		"         '^platforms': ['linux/amd64'], 'nodes': {"
		"  'A': {'driver-opts': {'image': 'y'}}, 'b': {'endpoint': 'arm', 'buildkitd-flags': ['--trace']}}}}}");
	const struct builder *ci = state_builder(state, "ci"), *farm = state_builder(state, "farm");
	const struct builder *engine = state_builder(state, "default");

	(void)unused;
	assert_string_equal(ci->driver, "docker-container");
	assert_string_equal(ci->fallback, "farm");
	assert_int_equal(ci->node_count, 1);
	assert_true(ci->nodes->implied);
	assert_string_equal(ci->nodes->name, "ci0");
	assert_null(ci->nodes->endpoint);
	assert_int_equal(ci->nodes->platforms.count, 1);
	assert_string_equal(ci->nodes->platforms.items[0], "linux/arm64");
	assert_int_equal(ci->nodes->driver_opts.count, 2);
	assert_string_equal(ci->nodes->driver_opts.items[0].key, "env.TOKEN");
	assert_true(ci->nodes->driver_opts.items[0].secret);
	assert_string_equal(ci->nodes->flags.items[0], "--debug");
	assert_int_equal(ci->nodes->files.count, 0);

	assert_string_equal(engine->driver, "docker");
	assert_string_equal(engine->nodes->name, "default");
	assert_string_equal(engine->nodes->endpoint, "default");
	assert_int_equal(state_builder(state, "gone")->node_count, 0);
	assert_null(state_builder(state, "gone")->endpoint);

	assert_int_equal(farm->node_count, 2);
	assert_string_equal(farm->nodes[0].name, "a");
	assert_false(farm->nodes[0].implied);
	assert_string_equal(farm->nodes[0].endpoint, "unix:///a");
	assert_string_equal(pairs_get(&farm->nodes[0].driver_opts, "image"), "y");
	assert_string_equal(pairs_get(&farm->nodes[0].driver_opts, "memory"), "1g");
	assert_string_equal(farm->nodes[1].endpoint, "arm");
	assert_string_equal(farm->nodes[1].flags.items[0], "--trace");
	assert_int_equal(farm->nodes[0].platforms.count + farm->platforms.count, 0);
	state_free(state);
}

static const char *toml_of(const struct node *node)
{
	const struct config_file *file = config_files_get(&node->files, "buildkitd.toml");

	assert_non_null(file);
	return (const char *)file->data;
}

static void test_node_config(void **unused)
{
	struct state *state = load_clean("{'builders': {'farm': {'buildkitd': {'debug': true}, 'cache': "
					 "{'max-used-space': '10GB'}, 'nodes': {"
					 "'a': {'endpoint': 'unix:///a'},"
					 "'b': {'endpoint': 'unix:///b', 'buildkitd': {'trace': true}},"
					 "'c': {'endpoint': 'unix:///c', 'driver-opts': {'image': 'm/b:v0.13.2'}}}}}}");
	const struct node *nodes = state->builders->nodes;

	(void)unused;
	assert_non_null(strstr(toml_of(&nodes[0]), "debug = true"));
	assert_non_null(strstr(toml_of(&nodes[1]), "trace = true"));
	assert_null(strstr(toml_of(&nodes[1]), "debug"));
	assert_non_null(strstr(toml_of(&nodes[1]), "maxUsedSpace"));
	/* each node's image says which words its file is written in */
	assert_non_null(strstr(toml_of(&nodes[2]), "gckeepstorage"));
	assert_null(strstr(toml_of(&nodes[0]), "gckeepstorage"));
	state_free(state);
}

static void test_config(void **unused)
{
	static const struct {
		const char *builder, *toml; /* NULL: no file */
	} rows[] = {
		{"{}", NULL},
		{"{'cache': {'keep-state': false}}", NULL},
		{"{'buildkitd': {'debug': true, 'insecure-entitlements': ['network.host']}}",
		 "debug = true\ninsecure-entitlements = ['network.host']"},
		{"{'buildkitd': {'worker': {'oci': {'max-parallelism': 4, 'cni-pool-size': 2, 'labels': {'a-b': "
		 "'c'}}}}}",
		 "worker.oci.max-parallelism = 4\nworker.oci.cniPoolSize = 2\nworker.oci.labels.a-b = 'c'"},
		{"{'buildkitd': {'registry': {'docker.io': {'mirrors': ['m.example.com']}}}}",
		 "registry.'docker.io'.mirrors = ['m.example.com']"},
		{"{'cache': {'max-used-space': '40GB', 'min-free-space': '20%'}}",
		 "worker.oci = {gc = true, maxUsedSpace = '40GB', minFreeSpace = '20%'}"},
		{"{'driver-opts': {'image': 'moby/buildkit:v0.13.2'}, 'cache': {'max-used-space': "
		 "'40GB', 'min-free-space': '20%'}}",
		 "worker.oci = {gc = true, gckeepstorage = '40GB'}"},
		{"{'driver-opts': {'image': 'moby/buildkit:v0.16.0-rootless'}, 'cache': {'rules': "
		 "[{'filters': ['type==source.local'], 'keep-duration': '1h', 'reserved-space': '1GB'}]}}",
		 "[worker.oci]\ngc = true\n[[worker.oci.gcpolicy]]\nfilters = ['type==source.local']\n"
		 "keepDuration = '1h'\nkeepBytes = '1GB'"},
		{"{'driver-opts': {'image': 'localhost:0.13/x'}, 'cache': {'max-used-space': "
		 "'40GB'}}",
		 "worker.oci = {gc = true, maxUsedSpace = '40GB'}"},
		{"{'buildkitd': {'worker': {'oci': {'gc': true, 'snapshotter': 'native'}}}, 'cache': "
		 "{'reserved-space': '1GB'}}",
		 "worker.oci = {gc = true, snapshotter = 'native', reservedSpace = '1GB'}"},
		{"{'cache': {'rules': [{'filters': ['type==source.local'], 'keep-duration': '48h', 'max-used-space': "
		 "'512MB'},"
		 "{'all': true, 'reserved-space': '1GB'}]}}",
		 "worker.oci.gc = true\n[[worker.oci.gcpolicy]]\nfilters = ['type==source.local']\nkeepDuration = "
		 "'48h'\n"
		 "maxUsedSpace = '512MB'\n[[worker.oci.gcpolicy]]\nall = true\nreservedSpace = '1GB'"},
		{"{'cache': {'keep-duration': '168h', 'reserved-space': '5GB', 'max-used-space': '40GB'}}",
		 "worker.oci.gc = true\n[[worker.oci.gcpolicy]]\n"
		 "filters = ['type==source.local', 'type==exec.cachemount', 'type==source.git.checkout']\n"
		 "keepDuration = '48h'\nmaxUsedSpace = '512000000'\n"
		 "[[worker.oci.gcpolicy]]\nkeepDuration = '168h'\nreservedSpace = '5GB'\n"
		 "[[worker.oci.gcpolicy]]\nreservedSpace = '5GB'\nmaxUsedSpace = '40GB'\n"
		 "[[worker.oci.gcpolicy]]\nall = true\nreservedSpace = '5GB'\nmaxUsedSpace = '40GB'"},
		{"{'cache': {'keep-duration': '24h'}}",
		 "worker.oci.gc = true\n[[worker.oci.gcpolicy]]\n"
		 "filters = ['type==source.local', 'type==exec.cachemount', 'type==source.git.checkout']\n"
		 "keepDuration = '48h'\nmaxUsedSpace = '512000000'\n"
		 "[[worker.oci.gcpolicy]]\nkeepDuration = '24h'\n"
		 "[[worker.oci.gcpolicy]]\nreservedSpace = '10000000000'\nmaxUsedSpace = '100000000000'\nminFreeSpace "
		 "= '20%'\n"
		 "[[worker.oci.gcpolicy]]\nall = true\nreservedSpace = '10000000000'\nmaxUsedSpace = '100000000000'\n"
		 "minFreeSpace = '20%'"},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct state *state = load_clean(arena_printf(arena, "{'builders': {'ci': %s}}", rows[i].builder));
		const struct config_file *file = config_files_get(&state->builders->nodes->files, "buildkitd.toml");
		CLEANUP_JSON cJSON *got = NULL, *expected = NULL;

		assert_int_equal(!file, !rows[i].toml);
		if (file) {
			assert_int_equal(toml_parse((const char *)file->data, file->length, &got, NULL), 0);
			assert_int_equal(toml_parse(rows[i].toml, strlen(rows[i].toml), &expected, NULL), 0);
			if (!json_equal(got, expected))
				fail_msg("%s:\n%s", rows[i].builder, (const char *)file->data);
		}
		state_free(state);
	}
}

static void write_file(struct arena *arena, const char *folder, const char *name, const char *text)
{
	struct error err = ERROR_INIT;

	if (file_write_atomic(arena_printf(arena, "%s/%s", folder, name), text, strlen(text), 0600, &err) < 0)
		fail_msg("%s", err.message);
}

/* As docker/buildx util/confutil/container_test.go has it: certificates travel, their paths are the container's. */
static void test_certificates(void **unused)
{
	static const char toml[] = "[registry.\"my.io:5000\"]\nhttp = false\nca = [\"ca.pem\"]\n"
				   "[[registry.\"my.io:5000\".keypair]]\nkey = \"key.pem\"\ncert = \"cert.pem\"\n";
	static const char expected[] = "[registry.\"my.io:5000\"]\nhttp = false\n"
				       "ca = [\"/etc/buildkit/certs/my.io_5000/ca.pem\"]\n"
				       "[[registry.\"my.io:5000\".keypair]]\n"
				       "key = \"/etc/buildkit/certs/my.io_5000/key.pem\"\n"
				       "cert = \"/etc/buildkit/certs/my.io_5000/cert.pem\"\n";
	CLEANUP_ARENA struct arena *arena = arena_new();
	char folder[] = "/tmp/reconcile-unit-XXXXXX";
	const struct config_file wanted = {
		.name = "buildkitd.toml", .data = (const unsigned char *)expected, .length = strlen(expected)};
	const struct config_files *files;
	struct state *state;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	write_file(arena, folder, "buildkitd.toml", toml);
	write_file(arena, folder, "ca.pem", "CA");
	write_file(arena, folder, "key.pem", "KEY");
	write_file(arena, folder, "cert.pem", "CERT");
	state = load_clean(
		arena_printf(arena, "{'builders': {'ci': {'buildkitd-config': '%s/buildkitd.toml'}}}", folder));
	files = &state->builders->nodes->files;
	assert_int_equal(files->count, 4);
	assert_true(config_file_same(&files->items[0], &wanted));
	assert_string_equal(files->items[1].name, "certs/my.io_5000/ca.pem");
	assert_int_equal(files->items[1].length, 2);
	assert_memory_equal(files->items[1].data, "CA", 2);
	assert_false(config_files_get(files, "certs/my.io_5000/cert.pem")->secret);
	assert_true(config_files_get(files, "certs/my.io_5000/key.pem")->secret);
	state_free(state);
	assert_int_equal(folder_remove(folder, NULL), 0);
}

static void test_broken_config(void **unused)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char folder[] = "/tmp/reconcile-unit-XXXXXX";
	struct diagnostics problems = {0};
	struct state *state;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	write_file(arena, folder, "buildkitd.toml", "debug = true\n[worker\n");
	state = load(arena_printf(arena, "{'builders': {'ci': {'buildkitd-config': '%s/buildkitd.toml'}}}", folder),
		     &problems);
	assert_int_equal(problems.count, 1);
	assert_int_equal(problems.items[0].line, 7);
	assert_non_null(strstr(problems.items[0].message, "/buildkitd.toml:2:"));
	diagnostics_done(&problems);
	state_free(state);
	assert_int_equal(folder_remove(folder, NULL), 0);
}

/* What BuildX makes something else of than it reads is told, and is no problem. */
static void test_warnings(void **unused)
{
	static const struct {
		const char *state, *message; /* NULL: nothing to warn of; exactly one warning otherwise */
	} rows[] = {
		{PODS("'driver-opts': {'limits.ephemeral-storage': '1Gi', 'rootless': 'true', 'namespace': 'a'}"),
		 NULL},
		{PODS("'driver-opts': {'requests.ephemeral-storage': '1Gi'}"), "makes a limit of it, and no request"},
		{PODS("'driver-opts': {'requests.ephemeral-storage': '1Gi', 'limits.ephemeral-storage': '2Gi'}"),
		 "the limit alone"},
		{PODS("'driver-opts': {'rootless': 'false'}"), "the image for rootless as soon as"},
		{PODS("'driver-opts': {'rootless': 'false', 'image': 'x'}"), NULL},
		{PODS("'driver-opts': {'qemu.image': 'x'}"), "nothing runs it"},
		{PODS("'driver-opts': {'qemu.image': 'x', 'qemu.install': 'f'}"), "nothing runs it"},
		{PODS("'driver-opts': {'qemu.image': 'x', 'qemu.install': '1'}"), NULL},
		{PODS(CLAIM), NULL},
		{PODS(CLAIM ", 'buildkitd': {'debug': true}"), "mounts no configuration beside a claim"},
		{PODS(CLAIM ", 'cache': {'max-used-space': '1GB'}"), "mounts no configuration beside a claim"},
		{PODS(CLAIM ", 'cache': {'max-used-space': '1GB'}, 'nodes': {'a': {}, 'b': {'context': 'x'}}"),
		 "mounts no configuration beside a claim"},
		{PODS("'nodes': {'a': {'driver-opts': {'persistent-volume-claim.requests.storage': '1Gi', "
		      "'buildkit-root-volume-memory': '1Gi'}}}"),
		 "no volume in memory beside a claim"},
		{PODS("'driver-opts': {'env.API_TOKEN': 'x'}"), "value of `env.API_TOKEN` is kept in clear"},
		{PODS("'driver-opts': {'env.PLAIN': 'x'}"), NULL},
		{PODS("'nodes': {'a.b': {}}"), "advises against the dot"},
		{"{'builders': {'ci': {'driver-opts': {'env.API_TOKEN': 'x'}}}}", NULL},
		{PODS("'state': 'absent'"), NULL},
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct diagnostics problems = {0};
		struct state *state = load(rows[i].state, &problems);
		const struct diagnostics *warnings = &state->warnings;
		const char *message = warnings->count > 0 ? warnings->items[0].message : NULL;

		if (problems.count > 0 || !message != !rows[i].message ||
		    (message && !strstr(message, rows[i].message)))
			fail_msg("%s: %zu problems, %s", rows[i].state, problems.count,
				 message ? message : "no warning");
		for (size_t k = 0; k < warnings->count; k++) /* several nodes say the same of their builder */
			assert_string_equal(warnings->items[k].message, message);
		assert_true(!message || warnings->items[0].kind == ERROR_WARNING);
		diagnostics_done(&problems);
		state_free(state);
	}
}

/* Which cluster a node is in: its own words, the builder's where it has none. */
static void test_clusters(void **unused)
{
	static const struct {
		const char *node, *kubeconfig, *context;
	} rows[] = {
		{"{}", "/c", "a"},
		{"{'context': 'b'}", "/c", "b"},
		{"{'kubeconfig': '/d', 'context': 'b'}", "/d", "b"},
		{"{'kubeconfig': '/d'}", "/d", NULL}, /* "a" is one of /c */
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)unused;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct diagnostics problems = {0};
		struct state *state =
			load(arena_printf(arena,
					  "{'builders': {'k': {'driver': 'kubernetes', 'kubeconfig': '/c', "
					  "'context': 'a', 'nodes': {'n': %s}}}}",
					  rows[i].node),
			     &problems);
		const struct node *node = state->builders->nodes;

		assert_int_equal(problems.count, 0);
		if (!text_equal(node->kubeconfig, rows[i].kubeconfig) ||
		    !text_equal(node->kube_context, rows[i].context))
			fail_msg("%s: %s, %s", rows[i].node, node->kubeconfig, node->kube_context);
		state_free(state);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_problems),     cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_clusters),     cmocka_unit_test(test_nodes),
		cmocka_unit_test(test_node_config),  cmocka_unit_test(test_config),
		cmocka_unit_test(test_certificates), cmocka_unit_test(test_broken_config),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
