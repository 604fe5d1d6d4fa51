/* What docker hands to a plugin, as our command line and as the environment that says the same. */
#include "base/count.h"
#include "base/environ.h"
#include "base/text.h"
#include "cli/plugin.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { MOST = 16 };

/* Read as docker would call it, with these variables besides its own; the rest is joined by blanks. */
static const char *hand(struct arena *arena, const char *line, const char *variables, struct invocation *ret,
			struct error *err)
{
	char *argv[MOST] = {"/usr/libexec/docker/cli-plugins/docker-reconcile"}, *rest = NULL;
	char *environ_[MOST] = {"DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=docker", "DOCKER_CLI_PLUGIN_SOCKET="};
	int argc = 1, count = 2;
	struct strings words = {0};

	for (char *word = strtok_r(arena_strdup(arena, line), " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	for (char *word = strtok_r(arena_strdup(arena, variables), " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		environ_[count++] = word;
	if (plugin_read(arena, argc, argv, environ_, ret, err) < 0)
		return NULL;
	for (int i = 0; i < ret->argc; i++)
		strings_add(arena, &words, ret->argv[i]);
	return strings_join(arena, &words, "|");
}

static void test_words(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{"reconcile", "docker reconcile"},
		{"reconcile plan -f x", "docker reconcile|plan|-f|x"},
		{"reconcile --plan --context x", "docker reconcile|--plan|--context|x"},
		{"--context reconcile reconcile plan", "docker reconcile|plan"},
		{"-D -l debug --debug=false reconcile plan", "docker reconcile|plan"},
		{"-DH unix:///x reconcile", "docker reconcile"},
		{"help reconcile plan", "docker reconcile|help|plan"},
		{"__complete reconcile plan --fo", "docker reconcile|--completion|docker|--|plan|--fo"},
		{"-c far __completeNoDesc reconcile p", "docker reconcile|--completion|docker|--|p"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct invocation invocation;

		assert_string_equal(hand(arena, rows[i].line, "", &invocation, NULL), rows[i].words);
		assert_false(invocation.describes);
	}
}

static void test_variables(void **state)
{
	static const struct {
		const char *line, *variables, *name, *value;
	} rows[] = {
		{"--context far reconcile", "", "DOCKER_CONTEXT", "far"},
		{"--context=far reconcile", "DOCKER_CONTEXT=near", "DOCKER_CONTEXT", "far"},
		{"-cfar reconcile", "DOCKER_HOST=unix:///x", "DOCKER_HOST", ""},
		{"--context= reconcile", "DOCKER_HOST=unix:///x", "DOCKER_HOST", "unix:///x"},
		{"-H=unix:///y reconcile", "DOCKER_HOST=unix:///x", "DOCKER_HOST", "unix:///y"},
		{"--host unix:///y reconcile", "DOCKER_CONTEXT=near", "DOCKER_CONTEXT", ""},
		{"--config /c reconcile", "DOCKER_CONFIG=/d A=b", "DOCKER_CONFIG", "/c"},
		{"--config /c reconcile", "DOCKER_CONFIG=/d A=b", "A", "b"},
		{"--tls reconcile", "", "DOCKER_TLS", "1"},
		{"--tls=false reconcile", "DOCKER_TLS=1", "DOCKER_TLS", ""},
		{"--tlsverify reconcile", "", "DOCKER_TLS_VERIFY", "1"},
		{"--tlsverify=0 reconcile", "DOCKER_TLS_VERIFY=1", "DOCKER_TLS_VERIFY", ""},
		{"--tlsverify=0 reconcile", "DOCKER_TLS_VERIFY=1", "DOCKER_TLS", "1"},
		{"reconcile", "", "DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct invocation invocation;

		assert_non_null(hand(arena, rows[i].line, rows[i].variables, &invocation, NULL));
		assert_string_equal(environ_value((const char *const *)invocation.environ, rows[i].name),
				    rows[i].value);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
		{"--tlskey k.pem reconcile", "docker --tlskey: "},
		{"--nonsense reconcile", "docker --nonsense stands before reconcile"},
		{"-x reconcile", "docker -x stands before reconcile"},
		{"--c far reconcile", "docker --c stands before reconcile"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct invocation invocation;
		struct error err = ERROR_INIT;

		assert_null(hand(arena, rows[i].line, "", &invocation, &err));
		assert_true(text_starts(err.message, rows[i].message));
		assert_int_equal(err.kind, ERROR_USAGE);
		assert_int_equal(invocation.argc, 1);
	}
}

/* Not by docker: the program under another name, and the program itself. */
static void test_by_itself(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *named[] = {"docker-reconcile", "--context", "x"}, *plain[] = {"/bin/reconcile", "plan"};
	char *described[] = {"docker-reconcile", "docker-cli-plugin-metadata"};
	char *empty[] = {NULL}, *by_docker[] = {"DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND=docker", NULL};
	struct invocation invocation;

	(void)state;
	assert_int_equal(plugin_read(arena, 3, named, empty, &invocation, NULL), 0);
	assert_int_equal(invocation.argc, 3);
	assert_string_equal(invocation.argv[0], "reconcile");
	assert_int_equal(plugin_read(arena, 2, plain, by_docker, &invocation, NULL), 0);
	assert_string_equal(invocation.argv[0], "reconcile");
	assert_string_equal(invocation.argv[1], "plan");
	assert_ptr_equal(invocation.environ, by_docker);
	assert_int_equal(plugin_read(arena, 2, described, empty, &invocation, NULL), 0);
	assert_true(invocation.describes);
}

static void test_spelling(void **state)
{
	static const struct {
		const char *text, *spelt;
	} rows[] = {
		{"see reconcile --help", "see docker reconcile --help"},
		{"reconcile --plan", "docker reconcile --plan"},
		{"`reconcile -f x`, reconcile plan", "`docker reconcile -f x`, docker reconcile plan"},
		{"docker reconcile --plan", "docker reconcile --plan"},
		{"/bin/reconcile --plan", "/bin/reconcile --plan"},
		{"reconcile: no", "reconcile: no"},
		{"man reconcile, man reconcile.yaml", "man reconcile, man reconcile.yaml"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text plain = TEXT_INIT, spelt = TEXT_INIT;

		plugin_spell("reconcile", rows[i].text, &plain);
		plugin_spell("docker reconcile", rows[i].text, &spelt);
		assert_string_equal(text_string(&plain), rows[i].text);
		assert_string_equal(text_string(&spelt), rows[i].spelt);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),	  cmocka_unit_test(test_variables), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_by_itself), cmocka_unit_test(test_spelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
