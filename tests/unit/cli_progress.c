/* Progress where there is no terminal to redraw: one plain line per event that matters; on one, live lines are cut. */
#include "base/cleanup.h"
#include "base/count.h"
#include "cli/progress.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fnmatch.h>
#include <string.h>

enum { OUTPUT_MOST = 8192 };

static const struct change change = {.address = "builder.ci", .name = "ci", .action = ACTION_CREATE};
static const struct step step = {.kind = STEP_BOOT, .name = "ci"};

static void play(struct progress_setup *setup)
{
	CLEANUP_HEARD struct heard *heard = heard_new();
	setup->heard = heard;
	struct progress *progress = progress_new(setup);
	struct error err = ERROR_INIT;
	struct apply_event events[] = {
		{.kind = APPLY_CHANGE_START, .change = &change},
		{.kind = APPLY_STEP_START, .change = &change, .step = &step},
		{.kind = APPLY_LINE, .change = &change, .step = &step, .line = "waiting \033[2J"},
		{.kind = APPLY_OUTPUT, .change = &change, .step = &step, .line = "#1 booting"},
		{.kind = APPLY_STEP_DONE, .change = &change, .step = &step},
		{.kind = APPLY_CHANGE_DONE, .change = &change, .elapsed_ms = 812},
		{.kind = APPLY_CHANGE_FAILED, .change = &change, .error = &err, .elapsed_ms = 912},
	};

	error_set(&err, ERROR_OTHER, "no such image");
	heard_line(heard, change.address, "#1 booting");
	for (size_t i = 0; i < COUNT(events); i++)
		progress_event(progress, &events[i]);
	progress_free(progress);
}

static void read_all(struct progress_setup *setup, char ret_text[OUTPUT_MOST])
{
	int ends[2];
	ssize_t length;

	assert_int_equal(pipe(ends), 0);
	setup->fd = ends[1];
	play(setup);
	close(ends[1]);
	length = read(ends[0], ret_text, OUTPUT_MOST - 1);
	assert_true(length >= 0);
	ret_text[length] = '\0';
	close(ends[0]);
}

static void test_plain(void **state)
{
	struct progress_setup setup = {0};
	char text[OUTPUT_MOST];

	(void)state;
	read_all(&setup, text);
	assert_string_equal(text, "builder.ci: boot builder ci…\n"
				  "builder.ci | waiting \\x1b[2J\n"
				  "· builder.ci created in 0.8 s, not verified yet\n"
				  "builder.ci | #1 booting\n✗ builder.ci failed after 0.9 s\n");
}

static void test_quiet(void **state)
{
	struct progress_setup setup = {.quiet = true};
	char text[OUTPUT_MOST];

	(void)state;
	read_all(&setup, text);
	assert_string_equal(text, "");
}

static void test_live(void **state)
{
	struct progress_setup setup = {.live = true};
	char text[OUTPUT_MOST];

	(void)state;
	read_all(&setup, text);
	/* However long it took: a machine under load may take its time between the start and the first drawing. */
	assert_int_equal(fnmatch("*builder.ci: boot builder ci [0-9]*.[0-9] s\n*", text, 0), 0);
	assert_non_null(strstr(text, "\033[1A\r\033[J· builder.ci created in 0.8 s, not verified yet\n"));
	assert_null(strstr(text, "\033[2J"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),
		cmocka_unit_test(test_quiet),
		cmocka_unit_test(test_live),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
