/* State files mean what they say, and everything wrong in them is told at its place. */
#include "base/count.h"
#include "desired/desired.h"
#include "desired/print.h"

#include "base/file.h"
#include "base/text.h"
#include "pem_files.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char *const environ_known[] = {"TAG=v0.26.2", "EMPTY=", "YES=true", "API_TOKEN=tr0ub4dor", NULL};

/* Up to three files; NULL ends them. */
static struct state *load_files(struct diagnostics *problems, const char *first, const char *second, const char *third)
{
	static const char *const paths[] = {"a.yaml", "b.yaml", "dir/c.yaml"};
	const char *data[] = {first, second, third};
	struct desired_text texts[3];
	struct desired_request request = {.texts = texts, .environ = environ_known};
	struct state *state = NULL;

	for (; request.text_count < 3 && data[request.text_count]; request.text_count++)
		texts[request.text_count] = (struct desired_text){.path = paths[request.text_count],
								  .data = data[request.text_count],
								  .length = strlen(data[request.text_count])};
	int result = desired_load(&request, &state, problems);
	assert_int_equal(result<0, problems->count> 0);
	assert_int_equal(result < 0, !state);
	return state;
}

static struct state *load_good(const char *first, const char *second, const char *third)
{
	struct diagnostics problems = {0};
	struct state *state = load_files(&problems, first, second, third);

	if (!state)
		fail_msg("%s:%d:%d: %s\n%s", problems.items[0].file, problems.items[0].line, problems.items[0].column,
			 problems.items[0].message, first);
	diagnostics_done(&problems);
	return state;
}

#define V1 "version: 1\n"

static void test_defaults(void **unused)
{
	struct state *state = load_good(V1 "selected: ci\n"
					   "defaults:\n"
					   "  platforms: [linux/amd64, linux/arm64]\n"
					   "  driver-opts: {network: host, env.A: a}\n"
					   "  buildkitd: {debug: true, log: {format: json}}\n"
					   "  protect: true\n"
					   "builders:\n"
					   "  zz: {driver: remote, endpoint: 'tcp://h:1'}\n"
					   "  CI:\n"
					   "    driver-opts: ['image=i:1', \"env.A=b=c\"]\n"
					   "    buildkitd: {log: {format: text}}\n"
					   "    platforms: linux/x86_64, linux/arm/v7\n"
					   "    protect: null\n"
					   "  blank:\n"
					   "  none: null\n"
					   "  gone: {state: absent}\n"
					   "  default: {driver: docker}\n",
					NULL, NULL);
	const struct builder *ci = state_builder(state, "ci"), *gone = state_builder(state, "gone");

	(void)unused;
	assert_int_equal(state->version, 1);
	assert_int_equal(state->builder_count, 5);
	assert_null(state_builder(state, "none"));
	assert_string_equal(pairs_get(&ci->driver_opts, "network"), "host");
	assert_string_equal(pairs_get(&ci->driver_opts, "image"), "i:1");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.A"), "b=c");
	assert_int_equal(ci->platforms.count, 2);
	assert_string_equal(ci->platforms.items[0], "linux/amd64");
	assert_string_equal(ci->platforms.items[1], "linux/arm/v7");
	assert_int_equal(ci->protect, TRI_UNSET);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(ci->buildkitd, "debug")));
	assert_string_equal(cJSON_GetObjectItem(cJSON_GetObjectItem(ci->buildkitd, "log"), "format")->valuestring,
			    "text");
	assert_int_equal(state_builder(state, "blank")->protect, TRI_YES);
	assert_string_equal(state_builder(state, "blank")->driver, "docker-container");
	assert_true(places_find(&state_builder(state, "blank")->places, "protect", (struct source){0}).inherited);
	assert_false(places_find(&ci->places, "buildkitd", (struct source){0}).inherited);
	assert_int_equal(gone->protect, TRI_UNSET);
	assert_int_equal(gone->platforms.count, 0);
	assert_null(state_builder(state, "zz")->buildkitd);
	assert_int_equal(state_builder(state, "default")->platforms.count, 0);
	assert_int_equal(ci->source.line, 10);
	assert_int_equal(ci->source.column, 3);
	assert_int_equal(state->selected_source.line, 2);
	state_free(state);
}

static void test_merge(void **unused)
{
	struct state *state =
		load_good(V1 "builders:\n  ci:\n    platforms: [linux/amd64, linux/arm64]\n"
			     "    driver-opts: {image: 'a:1', network: host}\n    protect: true\n"
			     "  cd: {}\n  kept: {protect: true}\n",
			  "builders:\n  ci: {platforms: [linux/s390x], driver-opts: {image: 'b:${TAG}'}}\n"
			  "  cd: null\n  kept:\n",
			  "selected: ci\nbuilders: {ci: {protect: ~},"
			  " cd2: {state: absent}}\n");
	const struct builder *ci;

	(void)unused;
	(void)state;
	ci = state_builder(state, "ci");
	assert_int_equal(state->files.count, 3);
	assert_int_equal(state->builder_count, 3);
	assert_null(state_builder(state, "cd"));
	assert_int_equal(state_builder(state, "kept")->protect, TRI_YES);
	assert_int_equal(ci->platforms.count, 1);
	assert_string_equal(pairs_get(&ci->driver_opts, "image"), "b:v0.26.2");
	assert_string_equal(pairs_get(&ci->driver_opts, "network"), "host");
	assert_int_equal(ci->protect, TRI_UNSET);
	assert_string_equal(ci->source.file, "dir/c.yaml");
	state_free(state);
}

/* Three state files that say this, in a folder of their own with the files that they name. */
static struct state *load_contexts(const struct scratch *scratch, const char *contexts, struct diagnostics *problems)
{
	const char *path =
		scratch_write(scratch, "dir/c.yaml", arena_printf(scratch->arena, V1 "contexts:\n%s", contexts));
	struct desired_request request = {.files = &path, .file_count = 1, .environ = environ_known};
	struct state *state = NULL;

	scratch_write(scratch, "dir/ca.pem", PEM_CERTIFICATE);
	scratch_write(scratch, "dir/key.pem", PEM_KEY);
	scratch_write(scratch, "dir/other.pem", PEM_OTHER_KEY);
	desired_load(&request, &state, problems);
	return state;
}

static void test_context_files(void **given)
{
	const struct scratch *scratch = *given;
	struct diagnostics problems = {0};
	char plain[65], with[65], again[65], changed[65];
	struct state *state = load_contexts(scratch, "  c: {endpoint: 'tcp://h:1'}\n", &problems);

	assert_null(state); /* a name of one letter */
	diagnostics_done(&problems);
	problems = (struct diagnostics){0};
	state = load_contexts(scratch, "  ctx: {endpoint: 'tcp://h:1'}\n", &problems);
	assert_int_equal(state->contexts[0].tls.count, 0);
	desired_digest(state, plain);
	state_free(state);

	state = load_contexts(scratch, "  ctx: {endpoint: 'tcp://h:1', ca: ca.pem, cert: ca.pem, key: key.pem}\n",
			      &problems);
	assert_true(text_starts(state->contexts[0].ca, "/"));
	assert_true(text_ends(state->contexts[0].ca, "/dir/ca.pem"));
	assert_int_equal(state->contexts[0].tls.count, 3);
	const struct config_file *key = config_files_get(&state->contexts[0].tls, "key.pem");
	assert_true(key->secret);
	assert_string_equal((const char *)key->data, PEM_KEY);
	assert_false(config_files_get(&state->contexts[0].tls, "cert.pem")->secret);
	desired_digest(state, with);
	/* What the digest stands for is what is in the files: neither where they lie nor a key. */
	state->contexts[0].ca = "/elsewhere";
	desired_digest(state, again);
	assert_string_equal(with, again);
	assert_string_not_equal(with, plain);
	state->contexts[0].tls.items[2].data = (const unsigned char *)"K";
	state->contexts[0].tls.items[2].length = 1;
	desired_digest(state, again);
	assert_string_equal(with, again);
	state->contexts[0].tls.items[0].data = (const unsigned char *)"C";
	state->contexts[0].tls.items[0].length = 1;
	desired_digest(state, changed);
	assert_string_not_equal(with, changed);
	state_free(state);
}

static void test_context_problems(void **given)
{
	static const struct {
		const char *context, *problem;
		int line, column;
	} bad[] = {
		{"{endpoint: 'tcp://h:1', ca: none.pem}", "context ctx: `ca`: cannot read", 3, 32},
		{"{endpoint: 'tcp://h:1', ca: key.pem}", "`ca` holds no certificate in PEM", 3, 32},
		{"{endpoint: 'tcp://h:1', cert: ca.pem}", "`cert` and `key` go together", 3, 32},
		{"{endpoint: 'tcp://h:1', key: key.pem}", "`cert` and `key` go together", 3, 32},
		{"{endpoint: 'tcp://h:1', cert: ca.pem, key: other.pem}",
		 "`key` is not the key of the certificate in `cert`", 3, 46},
		{"{endpoint: 'ssh://h', ca: ca.pem}", "`ca` goes with a tcp:// endpoint", 3, 30},
		{"{state: absent, ca: ca.pem}", "must be absent, so it has no `ca`", 3, 24},
	};

	for (size_t i = 0; i < COUNT(bad); i++) {
		const struct scratch *scratch = *given;
		struct diagnostics problems = {0};

		assert_null(
			load_contexts(scratch, arena_printf(scratch->arena, "  ctx: %s\n", bad[i].context), &problems));
		if (problems.count != 1 || !strstr(problems.items[0].message, bad[i].problem))
			fail_msg("%s: %s", bad[i].context, problems.items[0].message);
		assert_int_equal(problems.items[0].line, bad[i].line);
		assert_int_equal(problems.items[0].column, bad[i].column);
		diagnostics_done(&problems);
	}
}

static void test_current_context(void **unused)
{
	struct state *state = load_good(V1 "current-context: default\n", "current-context: desktop-linux\n", NULL);

	(void)unused;
	assert_string_equal(state->current_context, "desktop-linux");
	assert_string_equal(places_find(&state->places, "current-context", (struct source){0}).file, "b.yaml");
	state_free(state);
}

static void test_scalars(void **unused)
{
	struct state *state =
		load_good(V1 "builders:\n  ci:\n    bootstrap: ${YES}\n    driver: ${EMPTY}\n    endpoint: ${NONE:-}\n"
			     "    driver-opts: {cpu-shares: 16, memory: 1g, default-load: true,"
			     " env.E: '${EMPTY}', env.N: 1.50, env.T: !secret '${TAG}', env.X_TOKEN: t}\n"
			     "    buildkitd-flags: \"--a 'b c' --d=\\\"e f\\\" g\\\\ h\"\n"
			     "    cache: {max-used-space: 512, keep-duration: 3600, keep-state: false}\n"
			     "    buildkitd: {grpc: {uid: 0o17, gid: 0x10}, debug: True, trace: ~}\n",
			  NULL, NULL);
	const struct builder *ci = &state->builders[0];
	const cJSON *grpc = cJSON_GetObjectItem(ci->buildkitd, "grpc");

	(void)unused;
	assert_int_equal(ci->bootstrap, TRI_YES);
	assert_string_equal(ci->driver, "docker-container");
	assert_null(ci->endpoint);
	assert_string_equal(pairs_get(&ci->driver_opts, "env.E"), "");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.N"), "1.50");
	for (size_t i = 0; i < ci->driver_opts.count; i++)
		assert_int_equal(ci->driver_opts.items[i].secret,
				 strcmp(ci->driver_opts.items[i].key, "env.T") == 0 ||
					 strcmp(ci->driver_opts.items[i].key, "env.X_TOKEN") == 0);
	assert_int_equal(ci->buildkitd_flags.count, 4);
	assert_string_equal(ci->buildkitd_flags.items[1], "b c");
	assert_string_equal(ci->buildkitd_flags.items[2], "--d=e f");
	assert_string_equal(ci->buildkitd_flags.items[3], "g h");
	assert_string_equal(ci->cache.max_used_space, "512");
	assert_int_equal(ci->cache.keep_state, TRI_NO);
	assert_non_null(ci->cache.source.file);
	assert_true(cJSON_GetObjectItem(grpc, "uid")->valuedouble == 15);
	assert_true(cJSON_GetObjectItem(grpc, "gid")->valuedouble == 16);
	assert_true(cJSON_IsTrue(cJSON_GetObjectItem(ci->buildkitd, "debug")));
	assert_false(cJSON_HasObjectItem(ci->buildkitd, "trace"));
	state_free(state);
}

/* One problem each: where, what, what to do. */
static const struct bad {
	const char *text;
	int line, column;
	const char *message, *hint;
} bad[] = {
	{"", 1, 1, "the key \"version\" is missing", "version: 1"},
	{V1 "builders: {ci: {platfroms: [linux/amd64]}}", 2, 17, "unknown key \"platfroms\" in builder \"ci\"",
	 "did you mean \"platforms\"?"},
	{V1 "builders: {ci: {cache: {rules: [{}, {al: true}]}}}", 2, 38,
	 "unknown key \"al\" in rule 2 of \"cache\" of builder \"ci\"", "\"all\""},
	{V1 "builders: {ci: {config: x}}", 2, 17, "unknown key \"config\"", "buildkitd-config"},
	{V1 "builders: {ci: {state: abset}}", 2, 24, "must be one of present, absent, not the text \"abset\"",
	 "\"absent\""},
	{V1 "builders: {ci: {bootstrap: off}}", 2, 28, "must be true or false, not the text \"off\"", "without quotes"},
	{V1 "builders: {ci: {endpoint: ''}}", 2, 27, "must be a text", "leave the key out"},
	{V1 "builders: {ci: {endpoint: !secret x}}", 2, 27, "not a secret", "driver-opts"},
	{V1 "builders: {ci: {platforms: [linux/amd64, toaster/x/y/z]}}", 2, 42, "must be a platform", "linux/amd64"},
	{V1 "builders: {ci: {driver-opts: 'image'}}", 2, 30, "must be a mapping from keys to values", ""},
	{V1 "builders: {ci: {driver-opts: [network=a, network=b]}}", 2, 42, "names network twice", "remove"},
	{V1 "builders: {ci: {driver-opts: {image: {a: b}}}}", 2, 38, "\"driver-opts.image\"", ""},
	{V1 "builders: {ci: {buildkitd: {grpc: {uid: 1e999}}}}", 2, 41, "numbers that can be kept", "quote"},
	{V1 "builders: [ci]", 2, 11, "must be a mapping from names to builders, not a list", ""},
	{V1 "builders: {ci: 5}", 2, 16, "\"ci\" at the top level must be a mapping, not the number 5", ""},
	{"- a", 1, 1, "a state file must be a mapping", "version: 1"},
	{V1 "version: 1", 2, 1, "the key \"version\" was said in line 1 already", "remove"},
	{V1 "a: *x", 2, 4, "the alias \"*x\" names no anchor", "&NAME"},
	{V1 "a: &x [*x]", 2, 8, "the alias \"*x\" holds itself", ""},
	{V1 "? [a]\n: b", 2, 3, "a key must be a text", ""},
	{V1 "'': b", 2, 1, "a key is empty", ""},
	{V1 "...\n---\nb: c", 3, 1, "a second document", "-f"},
	{V1 "builders: {ci: !x {}}", 2, 16, "the tag !x is not known", "!secret"},
	{V1 "a:\n\tb: c", 3, 1, "a tab stands", "blanks"},
	{V1 "a: b: c", 2, 5, "a \":\" is not allowed here", "quote"},
	{V1 "a: [b", 2, 4, "a list in brackets is not closed", "]"},
	{V1 "a: [x, ${TAG}]", 2, 8, "a variable between braces or brackets is not quoted", "\"${NAME}\""},
	{V1 "a: 'b", 2, 4, "a quoted text is not closed", ""},
	{V1 "a: @b", 2, 4, "this character cannot begin a value", "quote"},
	{V1 "a: \"\\0\"", 2, 4, "a text cannot hold a NUL byte", ""},
	{V1 "b\xe4r: x", 2, 2, "the byte 0xe4 is not UTF-8", "UTF-8"},
	{V1 "a: \x1b[31m", 2, 4, "the control character U+001B", "remove"},
	{V1 "\xef\xbb\xbf: x", 2, 1, "a byte order mark stands in the middle", ""},
	{"\xff\xfev", 0, 0, "UTF-16", "UTF-8"},
	{V1 "defaults: {nodes: {a: {}}}\nbuilders: {ci: {}, cd: {}}", 2, 12, "cannot be a default", "each builder"},
	{V1 "defaults: {bootstrap: 5}\nbuilders: {ci: {}, cd: {}}", 2, 23, "\"bootstrap\" in \"defaults\"", ""},
	{V1 "builders: {ci: {endpoint: 'x ${NONE}'}}", 2, 30, "the variable NONE is not set", "${NONE:-}"},
};

static void test_problems(void **unused)
{
	(void)unused;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct diagnostics problems = {0};
		const struct error *problem;
		const struct error *found = NULL;

		assert_null(load_files(&problems, bad[i].text, NULL, NULL));
		for (problem = problems.items; problem < problems.items + problems.count; problem++)
			if (!found && strstr(problem->message, bad[i].message))
				found = problem;
		if (!found || found->line != bad[i].line || found->column != bad[i].column ||
		    !strstr(found->hint, bad[i].hint))
			fail_msg("%s\ngives %d:%d: %s (%s)", bad[i].text, problems.items[0].line,
				 problems.items[0].column, problems.items[0].message, problems.items[0].hint);
		assert_string_equal(found->file, "a.yaml");
		assert_int_equal(found->excerpt[0] == '\0', bad[i].line == 0 || bad[i].text[0] == '\0');
		diagnostics_done(&problems);
	}
}

static void test_all_problems_sorted(void **unused)
{
	struct diagnostics problems = {0};

	(void)unused;
	assert_null(load_files(&problems, V1 "x: 1\nbuilders:\n  b: {z: 1, y: 2, driver: [a]}\n  a: {protect: 7}\n",
			       "w: 1\n", NULL));
	assert_int_equal(problems.count, 6);
	for (size_t i = 1; i < problems.count; i++)
		assert_true(strcmp(problems.items[i - 1].file, problems.items[i].file) < 0 ||
			    problems.items[i - 1].line < problems.items[i].line ||
			    (problems.items[i - 1].line == problems.items[i].line &&
			     problems.items[i - 1].column < problems.items[i].column));
	diagnostics_done(&problems);
}

static void test_secrets_stay_out_of_excerpts(void **unused)
{
	static const char *const texts[] = {
		V1 "builders: {ci: {driver-opts: {env.API_TOKEN: swordfish, env.API_TOKEN: x}}}",
		V1 "builders: {ci: {fallback: !secret swordfish}}",
		V1 "builders: {ci: {driver-opts: ['env.DB_PASSWORD=swordfish', a]}}",
	};

	(void)unused;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct diagnostics problems = {0};

		assert_null(load_files(&problems, texts[i], NULL, NULL));
		for (size_t j = 0; j < problems.count; j++) {
			assert_null(strstr(problems.items[j].excerpt, "swordfish"));
			assert_null(strstr(problems.items[j].message, "swordfish"));
		}
		diagnostics_done(&problems);
	}
}

/* A byte order mark and CR LF are how some editors save; neither is wrong. */
static void test_editors(void **unused)
{
	struct state *state = load_good("\xef\xbb\xbfversion: 1\r\nbuilders:\r\n  ci: {}\r\n", NULL, NULL);
	struct diagnostics problems = {0};

	(void)unused;
	assert_int_equal(state->builder_count, 1);
	state_free(state);
	assert_null(load_files(&problems, "\xef\xbb\xbfversion: 1\r\nx: y\r\n", NULL, NULL));
	assert_string_equal(problems.items[0].excerpt, "x: y");
	diagnostics_done(&problems);
}

static void test_only(void **unused)
{
	static const char text[] = V1 "unmanaged: remove\nselected: b\nbuilders: {a: {buildkitd: {debug: true}}, "
				      "b: {buildkitd: {debug: true}}}";
	struct desired_text file = {.path = "a.yaml", .data = text, .length = strlen(text)};
	struct desired_request request = {.texts = &file, .text_count = 1, .only = "A"};
	struct diagnostics problems = {0};
	struct state *state = NULL;

	(void)unused;
	assert_int_equal(desired_load(&request, &state, &problems), 0);
	assert_int_equal(state->builder_count, 1);
	assert_string_equal(state->builders[0].name, "a");
	assert_null(state->unmanaged);
	assert_null(state->selected);
	state_free(state);
	request.only = "aa";
	assert_int_equal(desired_load(&request, &state, &problems), -1);
	assert_non_null(strstr(problems.items[0].hint, "--only a"));
	diagnostics_done(&problems);
}

static void test_digest(void **unused)
{
	static const char *const same[] = {
		V1
		"builders: {a: {protect: true, platforms: linux/amd64}, b: {driver-opts: {env.TOKEN: x, network: h}}}",
		"# a comment\nbuilders:\n  b:\n    driver-opts: [network=h, env.TOKEN=other]\n"
		"  a: {platforms: [linux/x86_64], protect: True}\nversion: 1\n",
	};
	static const char *const other[] = {
		V1
		"builders: {a: {protect: true, platforms: linux/arm64}, b: {driver-opts: {env.TOKEN: x, network: h}}}",
		V1 "builders: {a: {platforms: linux/amd64}, b: {driver-opts: {env.TOKEN: x, network: h}}}",
		V1 "builders: {a: {protect: true, platforms: linux/amd64}, b: {driver-opts: {network: h}}}",
		V1
		"selected: a\nbuilders: {a: {protect: true, platforms: linux/amd64}, b: {driver-opts: {env.TOKEN: x, "
		"network: h}}}",
	};
	char first[65], digest[65];

	(void)unused;
	for (size_t i = 0; i < COUNT(same); i++) {
		struct state *state = load_good(same[i], NULL, NULL);

		desired_digest(state, i == 0 ? first : digest);
		state_free(state);
	}
	assert_string_equal(first, digest);
	for (size_t i = 0; i < COUNT(other); i++) {
		struct state *state = load_good(other[i], NULL, NULL);

		desired_digest(state, digest);
		assert_string_not_equal(first, digest);
		state_free(state);
	}
}

static void test_print(void **unused)
{
	static const char text[] =
		V1 "selected: ci\n"
		   "builders:\n"
		   "  ci:\n"
		   "    driver-opts: {env.API_TOKEN: '${API_TOKEN}', env.P: 'a$$b', env.Q: 'no',"
		   " env.R: \"1\\n2\", env.U: 'http://u:tr0ub4dor@p', env.V: '', memory: 1g}\n"
		   "    buildkitd: {log: {format: json}, debug: true, grpc: {address: ['1', x]}}\n"
		   "    cache: {rules: [{all: true, keep-duration: 48h, filters: [type==source.local]}]}\n"
		   "    nodes: {a: {platforms: [linux/amd64]}, b: {endpoint: 'ssh://h', driver-opts: {memory: 2g}}}\n"
		   "  gone: {state: absent}\n"
		   "contexts: {ctx: {endpoint: 'unix:///x', description: 'yes: no'}}\n";
	CLEANUP_TEXT struct text records = TEXT_INIT, imported = TEXT_INIT;
	struct state *state = load_good(text, NULL, NULL), *again;
	const struct builder *ci;

	(void)unused;
	state_print_yaml(state, "key", 3, &records);
	state_print_yaml(state, NULL, 0, &imported);
	assert_null(strstr(text_string(&records), "tr0ub4dor"));
	assert_null(strstr(text_string(&imported), "tr0ub4dor"));
	assert_non_null(strstr(text_string(&imported), "env.API_TOKEN: !secret ${CI_API_TOKEN}\n"));
	assert_non_null(strstr(text_string(&records), "env.API_TOKEN: !secret hmac-sha256:"));
	state_free(state);

	again = load_good(text_string(&records), NULL, NULL);
	ci = state_builder(again, "ci");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.P"), "a$b");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.Q"), "no");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.R"), "1\n2");
	assert_string_equal(pairs_get(&ci->driver_opts, "env.V"), "");
	assert_int_equal(ci->node_count, 2);
	assert_string_equal(pairs_get(&ci->nodes[1].driver_opts, "memory"), "2g");
	assert_int_equal(ci->cache.rule_count, 1);
	assert_string_equal(again->contexts[0].description, "yes: no");
	assert_true(builder_absent(state_builder(again, "gone")));
	state_free(again);
}

static void test_folder(void **unused)
{
	char folder[] = "/tmp/reconcile-load-XXXXXX";
	struct diagnostics problems = {0};
	struct state *state = NULL;
	struct error err = ERROR_INIT;

	(void)unused;
	assert_non_null(mkdtemp(folder));
	const char *files[] = {folder};
	struct desired_request request = {.files = files, .file_count = 1};
	assert_int_equal(desired_load(&request, &state, &problems), -1);
	assert_non_null(strstr(problems.items[0].message, "holds no state file"));
	diagnostics_done(&problems);

	static const struct {
		const char *name, *text;
	} rows[] = {{"2.yml", "builders: {ci: {protect: true}}\n"},
		    {"1.yaml", V1 "builders: {ci: {protect: false, buildkitd-config: conf.toml}}\n"},
		    {"conf.toml", "debug = true\n"},
		    {".3.yaml", "not read"},
		    {"README", "not read"}};
	for (size_t i = 0; i < COUNT(rows); i++) {
		char *path = path_join(folder, rows[i].name);

		assert_int_equal(file_write_atomic(path, rows[i].text, strlen(rows[i].text), 0600, &err), 0);
		free(path);
	}
	assert_int_equal(desired_load(&request, &state, &problems), 0);
	assert_int_equal(state->files.count, 2);
	assert_true(text_ends(state->files.items[0], "/1.yaml"));
	assert_int_equal(state->builders[0].protect, TRI_YES);
	assert_true(text_starts(state->builders[0].buildkitd_config, folder));
	assert_true(text_ends(state->builders[0].buildkitd_config, "/conf.toml"));
	state_free(state);

	const char *missing[] = {folder, "/nonexistent/state.yaml"};
	request = (struct desired_request){.files = missing, .file_count = 2};
	assert_int_equal(desired_load(&request, &state, &problems), -1);
	assert_int_equal(problems.count, 1);
	assert_non_null(strstr(problems.items[0].message, "/nonexistent/state.yaml"));
	diagnostics_done(&problems);
	assert_int_equal(folder_remove(folder, &err), 0);
}

static void expect_refused(const char *text, const char *message)
{
	struct diagnostics problems = {0};

	assert_null(load_files(&problems, text, NULL, NULL));
	if (!strstr(problems.items[0].message, message))
		fail_msg("%s, not %s", problems.items[0].message, message);
	diagnostics_done(&problems);
}

/* Hostile files are refused before they cost much. */
static void test_bounds(void **unused)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	(void)unused;
	text_puts(&text, V1 "a: ");
	for (int i = 0; i < 100000; i++)
		text_puts(&text, "[");
	expect_refused(text_string(&text), "more than 32 levels");

	text_clear(&text);
	text_puts(&text, V1 "a0: &a0 [x]\n");
	for (int i = 1; i < 9; i++)
		text_printf(&text, "a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i - 1, i - 1, i - 1, i - 1,
			    i - 1, i - 1);
	expect_refused(text_string(&text), "aliases bring more than");

	text_clear(&text);
	text_puts(&text, V1 "defaults: {buildkitd: {x: [");
	for (int i = 0; i < 100000; i++)
		text_puts(&text, "1,");
	text_puts(&text, "]}}\nbuilders:\n");
	for (int i = 0; i < 50000; i++)
		text_printf(&text, "  a%d:\n", i);
	expect_refused(text_string(&text), "is too long to be put under 50000 builders");

	text_clear(&text);
	for (int i = 0; i < 100000; i++)
		text_printf(&text, "k%d: 1\n", i);
	expect_refused(text_string(&text), "the key \"version\" is missing");

	text_clear(&text);
	text_puts(&text, V1 "builders:\n  ci:\n    nodes:\n");
	for (int i = 0; i < 300; i++)
		text_printf(&text, "      n%d:\n", i);
	expect_refused(text_string(&text), "has 300 entries, more than 256");

	text_clear(&text);
	for (int i = 0; i < 1024 * 1024 / 16 + 1; i++)
		text_puts(&text, "# 0123456789abc\n");
	expect_refused(text_string(&text), "more than 1048576 bytes");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_merge),
		cmocka_unit_test_setup_teardown(test_context_files, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_context_problems, scratch_setup, scratch_teardown),
		cmocka_unit_test(test_current_context),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_problems),
		cmocka_unit_test(test_all_problems_sorted),
		cmocka_unit_test(test_secrets_stay_out_of_excerpts),
		cmocka_unit_test(test_editors),
		cmocka_unit_test(test_only),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_print),
		cmocka_unit_test(test_folder),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
