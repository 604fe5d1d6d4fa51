/* The command line: modes, options in every spelling, what does not fit, and help that lists only what fits. */
#include "base/count.h"
#include "cli/exit.h"
#include "cli/options.h"

#include "cli/help.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { MOST = 24 };

static int parse(struct arena *arena, const char *line, struct options *options, struct error *err)
{
	char *argv[MOST] = {arena_strdup(arena, "reconcile")}, *rest = NULL;
	int argc = 1;

	for (char *word = strtok_r(arena_strdup(arena, line), " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	return options_parse(arena, argc, argv, options, err);
}

static const struct {
	const char *line, *message, *hint;
} wrong[] = {
	{"--platfrm", "unknown option --platfrm", "see reconcile --help"},
	{"--plan --fromat json", "unknown option --fromat; did you mean --format?", "see reconcile --plan --help"},
	{"aply", "unknown mode \"aply\"; did you mean apply?", "see reconcile --help"},
	{"ls", "unknown mode \"ls\"", "that is: reconcile --status"},
	{"undo", "unknown mode \"undo\"", "that is: reconcile --rollback"},
	{"s.yaml", "unknown mode \"s.yaml\"", "a state file is named with -f: reconcile --plan -f s.yaml"},
	{"apply s.yaml", "s.yaml is a state file, and --apply takes a saved plan", "reconcile --apply -f s.yaml"},
	{"plan ci", "--plan takes no operand, so what is \"ci\"?", "one builder alone: reconcile --plan --only ci"},
	{"--plan --apply", "--plan and --apply are two modes; give one",
	 "reconcile --apply prints its plan before anything is changed, and asks"},
	{"--rollback --plan", "--rollback and --plan are two modes; give one",
	 "reconcile --rollback prints its plan before anything is changed, and asks"},
	{"--plan --check", "--plan and --check are two modes; give one", NULL},
	{"--plan -o a --out b", "--out is given twice, and takes one value", NULL},
	{"--plan=x", "--plan takes no value", NULL},
	{"--plan -f", "--file wants FILE", NULL},
	{"--plan --file=", "--file wants FILE", NULL},
	{"--plan --quiet=1", "--quiet takes no value", NULL},
	{"--plan --yes", "--yes is no option of --plan", NULL},
	{"--plan extra", "--plan takes no operand, so what is \"extra\"?", NULL},
	{"--apply a b", "--apply takes [PLAN], so what is \"b\"?", NULL},
	{"--plan --timeout 0", "--timeout wants a whole number from 1 to 3600, not \"0\"", NULL},
	{"--plan --timeout 5s", "--timeout wants a whole number from 1 to 3600, not \"5s\"", NULL},
	{"--plan --timeout 99999999999999999999",
	 "--timeout wants a whole number from 1 to 3600, not \"99999999999999999999\"", NULL},
	{"--history --format github", "--history is reported as text|json|markdown, not as github", NULL},
	{"--status --gitlab-into x", "--status is reported as text|json|markdown|github, not as gitlab", NULL},
	{"--plan --json-into x --markdown-into x", "x is to be written twice", NULL},
	{"--plan -o x --json-into x", "x is to be written twice", NULL},
	{"--status --report x.html --report x.html", "x.html is to be written twice", NULL},
	{"--plan --text-into x.md --report x.md", "x.md is to be written twice", NULL},
	{"--status --report x.pdf", "--report wants a file that ends in .html or .md, not \"x.pdf\"", NULL},
	{"--validate --report x.md", "--report is no option of --validate", NULL},
	{"--plan --format xml", "--format is one of text|json|markdown|github|gitlab, not \"xml\"", NULL},
	{"--plan -x", "unknown option -x", NULL},
	{"--reset", "--reset wants the names of builders, or --all", NULL},
	{"--reset --all ci", "--reset takes names or --all, not both", NULL},
	{"--plan -qv", "-q and -v contradict each other", NULL},
	{"--apply --retain 2x", "--retain wants a duration such as 24h, 90m or 3600s, not \"2x\"", NULL},
	{"--apply --retain 2h --no-retain", "--retain and --no-retain contradict each other", NULL},
	{"--gc --retain 2h", "--retain is no option of --gc", NULL},
};

static void test_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(wrong); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct options options;
		struct error err = ERROR_INIT;

		assert_int_equal(parse(arena, wrong[i].line, &options, &err), -1);
		assert_int_equal(exit_code(err.kind), EXIT_USAGE);
		assert_string_equal(err.message, wrong[i].message);
		if (wrong[i].hint)
			assert_string_equal(err.hint, wrong[i].hint);
	}
}

static void test_defaults(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct options options;

	(void)state;
	assert_int_equal(parse(arena, "", &options, NULL), 0);
	assert_int_equal(options.mode, MODE_PLAN);
	assert_int_equal(options.timeout, 5);
	assert_int_equal(options.lock_timeout, -1);
	assert_int_equal(options.boot_timeout, 300);
	assert_int_equal(options.parallel, 4);
	assert_int_equal(options.max_remove, -1);
}

static void test_spellings(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct options options;

	(void)state;
	assert_int_equal(parse(arena,
			       "--apply -fa.yaml --file=b.yaml --file c.yaml -f d.yaml -yv --on-failure=stop "
			       "--parallel 8 --color never",
			       &options, NULL),
			 0);
	assert_int_equal(options.mode, MODE_APPLY);
	assert_string_equal(strings_join(arena, &options.files, " "), "a.yaml b.yaml c.yaml d.yaml");
	assert_true(options.yes && options.verbose && !options.quiet);
	assert_int_equal(options.on_failure, FAILURE_STOP);
	assert_int_equal(options.parallel, 8);
	assert_int_equal(options.color, COLOR_NEVER);
}

static void test_bare_verbs(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct options options;

	(void)state;
	assert_int_equal(parse(arena, "-f x reset ci plan", &options, NULL), 0);
	assert_int_equal(options.mode, MODE_RESET);
	assert_string_equal(strings_join(arena, &options.operands, " "), "ci plan");
	assert_int_equal(parse(arena, "plan --reset", &options, NULL), 0);
	assert_int_equal(options.mode, MODE_RESET);
	assert_string_equal(options.operands.items[0], "plan");
	assert_int_equal(parse(arena, "--show -- --odd", &options, NULL), 0);
	assert_string_equal(options.operands.items[0], "--odd");
	assert_int_equal(parse(arena, "--apply --help", &options, NULL), 0);
	assert_int_equal(options.mode, MODE_HELP);
	assert_string_equal(options.operands.items[0], "apply");
}

static void test_command_to_go_on(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct options options;

	(void)state;
	assert_int_equal(parse(arena, "--apply plan.json -f a$b.yaml --yes", &options, NULL), 0);
	assert_string_equal(options.command, "reconcile --apply -f 'a$b.yaml' --yes");
}

/* In a mode that changes nothing it can mean one thing only. */
static void test_state_files_as_operands(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct options options;

	(void)state;
	assert_int_equal(parse(arena, "validate a.yaml -f b.yaml c.yml", &options, NULL), 0);
	assert_string_equal(strings_join(arena, &options.files, " "), "b.yaml a.yaml c.yml");
	assert_int_equal(options.operands.count, 0);
}

/* As a terminal of 80 columns shows it. */
static void fits(const char *text)
{
	for (const char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
		size_t columns = 0;

		for (const char *at = line; at < end; at++)
			columns += (*at & 0xc0) != 0x80;
		assert_in_range(columns, 0, 80);
	}
}

static void test_help(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	(void)state;
	for (int i = 0; i < MODE_COUNT; i++) {
		options_help_mode(mode_get((enum mode_id)i), &out);
		fits(text_string(&out));
		text_clear(&out);
	}
	options_help_mode(mode_find("validate"), &out);
	assert_non_null(strstr(text_string(&out), "Usage: reconcile --validate [OPTIONS]\n"));
	assert_non_null(strstr(text_string(&out), "--file FILE"));
	assert_null(strstr(text_string(&out), "--yes"));
	text_clear(&out);
	options_help(&out);
	for (int i = 0; i < MODE_COUNT; i++)
		assert_non_null(strstr(text_string(&out), mode_get((enum mode_id)i)->does));
	fits(text_string(&out));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_spellings),
		cmocka_unit_test(test_bare_verbs),
		cmocka_unit_test(test_command_to_go_on),
		cmocka_unit_test(test_state_files_as_operands),
		cmocka_unit_test(test_help),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
