/* What a killed process left half-written goes; everything else stays. */
#include "apply/sweep.h"
#include "base/count.h"
#include "base/sweep.h"
#include "scratch.h"

#include <stdio.h>

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool temp, dead;
	} rows[] = {
		{".tmp-ci7fffffff83b1c2d3", true, true},  /* above any process id */
		{".tmp-ci0000000183b1c2d3", true, false}, /* init */
		{".tmp-ci1234567890", false, false},	  /* BuildX's */
		{".tmp-ciAAAAAAAA83b1c2d3", false, false}, {"ci7fffffff83b1c2d3", false, false}, {"", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (name_is_temp(NULL, rows[i].name) != rows[i].temp)
			fail_msg("temp: %s", rows[i].name);
		if (name_is_dead_temp(NULL, rows[i].name) != rows[i].dead)
			fail_msg("dead: %s", rows[i].name);
	}
	assert_true(process_is_gone((long)getpid()));
	assert_false(process_is_gone((long)getppid()));
	assert_false(process_is_gone(0));
}

static void test_sweeps(void **state)
{
	static const char *const left[] = {
		"store/.tmp-current7fffffff00000001",
		"store/instances/.tmp-ci0000000100000001", /* the store is locked: its writer cannot live */
		"store/activity/.tmp-ci7fffffff00000001",
		"store/defaults/.tmp-ab7fffffff00000001",
		"docker/.tmp-config.json7fffffff00000001",
		"docker/contexts/meta/aa/.tmp-meta.json7fffffff00000001",
		"docker/contexts/tls/aa/docker/.tmp-key.pem7fffffff00000001",
	};
	static const char *const kept[] = {
		"store/current",
		"store/instances/ci",
		"store/instances/.tmp-ci123",
		"store/refs/.tmp-ci7fffffff00000001",
		"docker/config.json",
		"docker/.tmp-config.json0000000100000001",
		"docker/contexts/meta/aa/meta.json",
	};
	const struct scratch *scratch = *state;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < COUNT(left); i++)
		scratch_write(scratch, left[i], "x");
	for (size_t i = 0; i < COUNT(kept); i++)
		scratch_write(scratch, kept[i], "x");
	assert_int_equal(sweep_unfinished(scratch_at(scratch, "store"), scratch_at(scratch, "docker"), &err), 0);
	for (size_t i = 0; i < COUNT(left); i++)
		if (file_exists(scratch_at(scratch, left[i])))
			fail_msg("left: %s", left[i]);
	for (size_t i = 0; i < COUNT(kept); i++)
		if (!file_exists(scratch_at(scratch, kept[i])))
			fail_msg("gone: %s", kept[i]);
	assert_int_equal(sweep_unfinished(scratch_at(scratch, "none"), NULL, &err), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {TEST(test_names), TEST(test_sweeps)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
