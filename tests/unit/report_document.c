/* The manual's writer: one page in both forms, and the texts that a man page would take for something else. */
#include "report/document.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void print_page(enum document_form form, struct text *out)
{
	static const struct column columns[] = {{"key", false}, {"value", true}, {"", false}};
	struct document page = {.form = form, .out = out};

	document_heading(&page, "The `keys`");
	document_text(&page, "One `a-b` and one *NAME*.");
	document_code(&page, "sh", ".x 'y' \\\n'z");
	document_table(&page, columns, 3);
	document_row(&page, (const char *[]){"`a|b`", "text", "says → this"});
	document_row(&page, (const char *[]){"`c`", "", ""});
}

static void test_forms(void **state)
{
	CLEANUP_TEXT struct text markdown = TEXT_INIT, man = TEXT_INIT;

	(void)state;
	print_page(DOCUMENT_MARKDOWN, &markdown);
	assert_string_equal(text_string(&markdown), "\n## The `keys`\n"
						    "\nOne `a-b` and one *NAME*.\n"
						    "\n```sh\n.x 'y' \\\n'z\n```\n"
						    "\n| key | value |  |\n|---|---|---|\n"
						    "| `a\\|b` | text | Says → this. |\n"
						    "| `c` |  |  |\n");
	print_page(DOCUMENT_MAN, &man);
	assert_string_equal(text_string(&man), ".SH THE KEYS\n"
					       "One \\fBa\\-b\\fR and one \\fINAME\\fR.\n"
					       ".PP\n.RS 4\n.EX\n"
					       "\\&.x \\(aqy\\(aq \\e\n\\&\\(aqz\n"
					       ".EE\n.RE\n"
					       ".TP\n\\fBa|b\\fR\n"
					       "Says \\[u2192] this.\n.br\nValue: text.\n"
					       ".TP\n\\fBc\\fR\n");
}

/* Filled lines are short, lose no word, and none begins as a request does. */
static void test_fill(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT, man = TEXT_INIT;
	struct document page = {.form = DOCUMENT_MAN, .out = &man};
	size_t words = 0;

	(void)state;
	for (int i = 0; i < 200; i++)
		text_puts(&text, i % 3 == 0 ? ".nf " : i % 3 == 1 ? "'so " : "plain ");
	document_text(&page, text_string(&text));
	for (const char *line = strchr(text_string(&man), '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		assert_true(strcspn(line, "\n") <= 80);
		assert_true(*line != '.' && *line != '\'' && *line != ' ');
		for (size_t i = 0; line[i] != '\n'; i++)
			words += line[i + 1] == ' ' || line[i + 1] == '\n';
	}
	assert_int_equal(words, 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_forms), cmocka_unit_test(test_fill)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
