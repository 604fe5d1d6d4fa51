/* Completion by the tables: what is offered is accepted, each word that help shows for a value is known, and nothing is
 * offered that a shell would evaluate. */
#include "base/count.h"
#include "cli/complete.h"
#include "cli/complete_value.h"
#include "cli/option.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static const char *const environ_[] = {"DOCKER_CONFIG=/nowhere", "HOME=/nowhere", "$(evil)=1", "PLAIN=1", NULL};

static void ask(struct arena *arena, const char *const *words, size_t count, struct candidates *ret_found)
{
	struct session session = {.arena = arena, .environ = environ_};
	struct strings list = {0};

	*ret_found = (struct candidates){.arena = arena};
	for (size_t i = 0; i < count; i++)
		strings_add(arena, &list, words[i]);
	complete(&session, &list, ret_found);
}

static bool offers(const struct candidates *found, const char *word)
{
	for (size_t i = 0; i < found->count; i++)
		if (text_equal(found->items[i].word, word))
			return true;
	return false;
}

/* A value that the option takes; "1" is a number, a duration, a name and a file. */
static char *value_of(struct arena *arena, const struct option *option)
{
	return option->choices ? arena_strndup(arena, option->choices, strcspn(option->choices, "|"))
			       : arena_strdup(arena, option->type == TYPE_DURATION ? "1h" : "1");
}

/* Those that are offered and no others: the parser decides. */
static void test_options_fit(void **state)
{
	(void)state;
	size_t count;
	const struct option *options = option_table(&count);

	for (int m = 0; m < MODE_COUNT; m++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		const char *mode = mode_get((enum mode_id)m)->name;
		struct candidates found;

		if (m == MODE_HELP)
			continue;
		ask(arena, (const char *[]){mode, "--"}, 2, &found);
		for (size_t i = 0; i < count; i++) {
			char *dashed = arena_printf(arena, "--%s", options[i].name);
			char *argv[] = {"reconcile", arena_strdup(arena, mode), "1", dashed,
					value_of(arena, &options[i])};
			int operand = *mode_get((enum mode_id)m)->operands != '\0';
			struct options parsed;
			struct error err = ERROR_INIT;

			if (!operand)
				memmove(&argv[2], &argv[3], 2 * sizeof(argv[0]));
			options_parse(arena, 3 + operand + (options[i].value ? 1 : 0), argv, &parsed, &err);
			bool refused = strstr(err.message, "is no option of") || strstr(err.message, "is reported as");
			if (offers(&found, dashed) != (options[i].does && !refused))
				fail_msg("--%s %s: %s", mode, dashed, refused ? err.message : "is not offered");
		}
	}
}

static void test_every_value_is_known(void **state)
{
	(void)state;
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct session session = {.arena = arena, .environ = environ_};
	struct typed typed = {0};
	struct candidates found = {.arena = arena, .before = "", .prefix = "zzz"};
	struct asking asking = {&session, &typed, &found};
	size_t count;
	const struct option *options = option_table(&count);

	for (size_t i = 0; i < count; i++)
		if (options[i].value && options[i].type != TYPE_CHOICE &&
		    !complete_value(&asking, options[i].value, options[i].name))
			fail_msg("--%s %s: no row of complete_value.c says what that is", options[i].name,
				 options[i].value);
	for (int m = 0; m < MODE_COUNT; m++) {
		const struct mode *mode = mode_get((enum mode_id)m);

		for (const char *at = mode->operands; *(at += strcspn(at, letters)); at += strspn(at, letters))
			if (!complete_value(&asking, arena_strndup(arena, at, strspn(at, letters)), mode->name))
				fail_msg("--%s %s: no row of complete_value.c says what that is", mode->name, at);
	}
	assert_false(complete_value(&asking, "WHATEVER", "plan"));
}

static void test_only_plain_words(void **state)
{
	(void)state;
	static const char *const strange[] = {"a b",  "$(id)", "`id`", "a;b",	"a\nb",	     "*",    "~", "a'b",
					      "a\"b", "a|b",   "a&b",  "\xc3(", "\x1b[31mx", "a\\b", "",  "{a,b}"};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct candidates found = {.arena = arena, .prefix = ""};

	for (size_t i = 0; i < COUNT(strange); i++)
		candidates_add(&found, strange[i], "");
	assert_int_equal(found.count, 0);
	candidates_add(&found, "plain-1.2", "a line\nwith \x1b[31mcolour");
	assert_int_equal(found.count, 1);
	assert_null(strpbrk(found.items[0].about, "\n\x1b"));
	ask(arena, (const char *[]){"plan", "--env", ""}, 3, &found);
	assert_true(offers(&found, "PLAIN"));
	assert_int_equal(found.count, 3);
}

static void test_places(void **state)
{
	(void)state;
	static const struct {
		const char *words[4];
		size_t count;
		const char *offered, *not ;
		enum entries entries;
	} rows[] = {
		{{""}, 1, "plan", "--plan", ENTRIES_NONE},
		{{"--"}, 1, "--plan", "plan", ENTRIES_NONE},
		{{"--pl"}, 1, "--plan", "--apply", ENTRIES_NONE},
		{{"apply", "--pl"}, 2, NULL, "--plan", ENTRIES_NONE},
		{{"--apply", "--y"}, 2, "--yes", NULL, ENTRIES_NONE},
		{{"apply", "--yes", "--y"}, 3, NULL, "--yes", ENTRIES_NONE},
		{{"plan", "-f", ""}, 3, NULL, NULL, ENTRIES_FILES},
		{{"plan", "-f"}, 2, NULL, NULL, ENTRIES_NONE},
		{{"plan", ""}, 2, NULL, NULL, ENTRIES_FILES},
		{{"apply", ""}, 2, NULL, NULL, ENTRIES_FILES},
		{{"history", ""}, 2, "--verbose", NULL, ENTRIES_NONE},
		{{"plan", "--format=j"}, 2, "json", "text", ENTRIES_NONE},
		{{"history", "--format", ""}, 3, "markdown", "github", ENTRIES_NONE},
		{{"--history-dir", ""}, 2, NULL, NULL, ENTRIES_FOLDERS},
		{{"plan", "--nonsense", "--fo"}, 3, "--format", NULL, ENTRIES_NONE},
		{{"schema", ""}, 2, "reconcile.1", NULL, ENTRIES_NONE},
		{{"schema", "state", ""}, 3, NULL, "state", ENTRIES_NONE},
		{{"completion", ""}, 2, "fish", "docker", ENTRIES_NONE},
		{{"nonsense", ""}, 2, NULL, "plan", ENTRIES_NONE},
		{{"apply", "--", "--y"}, 3, NULL, "--yes", ENTRIES_FILES},
		{{"help", "a"}, 2, "apply", "plan", ENTRIES_NONE},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct candidates found;

		ask(arena, rows[i].words, rows[i].count, &found);
		assert_int_equal(found.entries, rows[i].entries);
		if (rows[i].offered && !offers(&found, rows[i].offered))
			fail_msg("row %zu does not offer %s", i, rows[i].offered);
		if (rows[i].not &&offers(&found, rows[i].not ))
			fail_msg("row %zu offers %s", i, rows[i].not );
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options_fit),
		cmocka_unit_test(test_every_value_is_known),
		cmocka_unit_test(test_only_plain_words),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
