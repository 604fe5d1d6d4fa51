/* The table of faults is whole, and what it says to run is what a shell reads. */
#include "model/fault.h"

#include "base/count.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Each row says who mends it in a way that fits what it tells to do. */
static void rows_are_whole(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t count;
	const struct fault_kind *kinds = fault_kind_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct faults faults = {0};

		if (!kinds[i].code)
			fail_msg("fault %zu of the enum has no row", i + 1);
		assert_ptr_equal(fault_kind_find(kinds[i].code), &kinds[i]); /* no code twice */
		faults_add(arena, &faults, (enum fault_code)(i + 1), "builder.ci", "/s/f", NULL, "seen");
		const struct fault *fault = &faults.items[0];
		const char *command = fault_command(arena, fault);
		if (*kinds[i].cause == '\0' || strchr(fault->mend, '%'))
			fail_msg("%s: %s", kinds[i].code, fault->mend);
		if (kinds[i].repair == REPAIR_ASIDE && strcmp(command, "reconcile --apply") != 0)
			fail_msg("%s is mended by --apply, and says: %s", kinds[i].code, fault->mend);
		if (kinds[i].repair == REPAIR_DECLARED && !strstr(fault->mend, "state file"))
			fail_msg("%s is mended once it is declared, and says: %s", kinds[i].code, fault->mend);
		assert_int_equal(fault->size, -1);
	}
	assert_string_equal(repair_name(REPAIR_ASIDE), "apply");
	assert_string_equal(repair_name(REPAIR_DECLARED), "apply-declared");
	assert_string_equal(repair_name(REPAIR_NONE), "none");
}

/* A name may hold the very marks that end a command in the text. */
static void commands_and_lines(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct faults faults = {0};

	(void)state;
	faults_add(arena, &faults, FAULT_DEFAULTS_STALE, "store", "/s/`x` y", NULL, "seen");
	faults_add(arena, &faults, FAULT_INSTANCE_NO_DRIVER, "builder.ci", "/s/f", NULL, "seen");
	faults_add(arena, &faults, FAULT_DISK_FULL, "store", "/s", NULL, "seen");
	faults_add(arena, &faults, FAULT_DEFAULTS_STALE, "store", "/s/it's `x`", NULL, "seen");
	assert_string_equal(fault_command(arena, &faults.items[0]), "rm '/s/`x` y'");
	assert_null(fault_line(arena, &faults.items[0]));
	assert_string_equal(fault_line(arena, &faults.items[1]), "builders: {ci: {}}");
	assert_string_equal(fault_command(arena, &faults.items[1]), "reconcile --apply");
	assert_null(fault_command(arena, &faults.items[2]));
	assert_string_equal(fault_command(arena, &faults.items[3]), "rm '/s/it'\\''s `x`'");
}

/* What stands in the state file already is not to be written there. */
static void mends_know_the_state(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	size_t count;
	const struct fault_kind *kinds = fault_kind_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		struct faults faults = {0};

		faults_add(arena, &faults, (enum fault_code)(i + 1), "builder.ci", "/s/f", NULL, "seen");
		fault_advise(arena, &faults.items[0], true, " -f states");
		const char *mend = faults.items[0].mend, *command = fault_command(arena, &faults.items[0]);
		if (strchr(mend, '%') || (strstr(mend, "{ci: {}}")))
			fail_msg("%s, named: %s", kinds[i].code, mend);
		if (strstr(mend, "reconcile --apply`") ||
		    (command && text_starts(command, "reconcile --apply") && !strstr(mend, "states")))
			fail_msg("%s leaves the state file out: %s", kinds[i].code, mend);
		assert_true(!fault_heals(&faults.items[0]) || (command && text_starts(command, "reconcile --apply")));
	}

	struct faults found = {0};
	faults_add(arena, &found, FAULT_CONTAINER_PAUSED, "builder.ci", NULL, "run `docker unpause x`", "seen");
	fault_advise(arena, &found.items[0], false, " -f states");
	assert_string_equal(found.items[0].mend, "run `docker unpause x`");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_whole),
		cmocka_unit_test(commands_and_lines),
		cmocka_unit_test(mends_know_the_state),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
