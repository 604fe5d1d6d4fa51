/* What a state file may read: its repository, or its folder, and what the command line allows. */
#include "desired/reach.h"

#include "base/count.h"
#include "scratch.h"

static void make_world(const struct scratch *scratch)
{
	static const char *const links[][2] = {
		{"../shared/ca.pem", "repo/committed.pem"},
		{"../shared", "repo/folder"},
		{"certs/ca.pem", "repo/near.pem"},
		{"../other", "repo/other"},
	};

	scratch_write(scratch, "repo/.git/HEAD", "x");
	scratch_write(scratch, "repo/states/a.yaml", "in");
	scratch_write(scratch, "repo/certs/ca.pem", "in");
	scratch_write(scratch, "shared/ca.pem", "shared");
	scratch_write(scratch, "other/.git/HEAD", "x");
	scratch_write(scratch, "other/a.yaml", "other");
	scratch_write(scratch, "plain/a.yaml", "plain");
	scratch_write(scratch, "plain/ca.pem", "plain");
	for (size_t i = 0; i < COUNT(links); i++)
		assert_int_equal(symlink(links[i][0], scratch_at(scratch, links[i][1])), 0);
}

static void test_reach(void **state)
{
	static const struct {
		const char *holder, *path, *allowed;
		const char *text; /* NULL: out of reach */
		bool foreign;
	} rows[] = {
		{"repo/states/a.yaml", "repo/states/a.yaml", NULL, "in", false},
		{"repo/states/a.yaml", "repo/certs/ca.pem", NULL, "in", false},
		{"repo/states/a.yaml", "repo/states/../certs/ca.pem", NULL, "in", false},
		{"repo/states/a.yaml", "repo/near.pem", NULL, "in", false},
		{"repo/states/a.yaml", "shared/ca.pem", NULL, NULL, false},
		{"repo/states/a.yaml", "repo/../shared/ca.pem", NULL, NULL, false},
		{"repo/states/a.yaml", "repo/committed.pem", NULL, NULL, false},
		{"repo/states/a.yaml", "repo/folder/ca.pem", NULL, NULL, false},
		{"repo/states/a.yaml", "repo/folder/../shared/ca.pem", NULL, NULL, false},
		{"repo/other/a.yaml", "repo/other/a.yaml", NULL, NULL, false},
		{"other/a.yaml", "other/a.yaml", NULL, "other", false},
		{"plain/a.yaml", "plain/ca.pem", NULL, "plain", false},
		{"plain/a.yaml", "shared/ca.pem", NULL, NULL, false},
		{"repo/states/a.yaml", "shared/ca.pem", "shared", "shared", true},
		{"repo/states/a.yaml", "repo/committed.pem", "shared", "shared", true},
		{"repo/states/a.yaml", "shared/ca.pem", "plain", NULL, false},
		{"repo/states/a.yaml", "shared/ca.pem", "sha", NULL, false},
		{"repo/states/a.yaml", "repo/certs/ca.pem", "repo", "in", false},
		{"repo/states/a.yaml", "/etc/passwd", "shared", NULL, false},
	};
	const struct scratch *scratch = *state;

	make_world(scratch);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *allowed = rows[i].allowed ? scratch_at(scratch, rows[i].allowed) : NULL;
		const char *path = rows[i].path[0] == '/' ? rows[i].path : scratch_at(scratch, rows[i].path);
		struct reach reach = {.arena = scratch->arena, .allowed = &allowed, .allowed_count = allowed ? 1 : 0};
		struct buffer data = BUFFER_INIT(100);
		struct error err = ERROR_INIT;
		bool foreign = false;
		int result = reach_read(&reach, scratch_at(scratch, rows[i].holder), path, 100, &data, &foreign, &err);

		if ((result == 0) != (rows[i].text != NULL) || foreign != rows[i].foreign)
			fail_msg("row %zu, %s: %d, foreign %d: %s", i, path, result, foreign, err.message);
		if (result == 0)
			assert_string_equal(buffer_text(&data), rows[i].text);
		else
			assert_int_equal(err.kind, ERROR_INVALID);
		buffer_done(&data);
	}
}

/* What is not there, and what there is outside, are told apart for what is inside only. */
static void test_oracle(void **state)
{
	const struct scratch *scratch = *state;
	struct reach reach = {.arena = scratch->arena};
	const char *holder = scratch_at(scratch, "repo/states/a.yaml");
	struct error there = ERROR_INIT, missing = ERROR_INIT, inside = ERROR_INIT;

	make_world(scratch);
	assert_int_equal(reach_check(&reach, holder, scratch_at(scratch, "repo/folder/ca.pem"), &there), -1);
	assert_int_equal(reach_check(&reach, holder, scratch_at(scratch, "repo/folder/no.pem"), &missing), -1);
	assert_int_equal(reach_check(&reach, holder, scratch_at(scratch, "repo/no.pem"), &inside), -1);
	assert_int_equal(there.kind, ERROR_INVALID);
	assert_int_equal(missing.kind, ERROR_INVALID);
	assert_int_equal(inside.kind, ERROR_NOT_FOUND);
}

static void test_target(void **state)
{
	const struct scratch *scratch = *state;
	struct error err = ERROR_INIT;

	make_world(scratch);
	assert_int_equal(reach_check_target(scratch->arena, scratch_at(scratch, "repo/plan.json"), &err), 0);
	assert_int_equal(reach_check_target(scratch->arena, scratch_at(scratch, "plain/plan.json"), &err), 0);
	assert_int_equal(reach_check_target(scratch->arena, "plan.json", &err), 0);
	assert_int_equal(reach_check_target(scratch->arena, scratch_at(scratch, "repo/folder/plan.json"), &err), -1);
	assert_int_equal(err.kind, ERROR_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_reach, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_oracle, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_target, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
