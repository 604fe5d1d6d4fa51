/* The tables of fields, drivers and actions are whole, and lookups over desired state work. */
#include "model/driver.h"
#include "model/field.h"
#include "model/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_fields(void **state)
{
	size_t count;
	const struct field *fields = field_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];
		size_t length = strlen(field->doc);

		assert_ptr_equal(field_find(field->scope, field->key), field); /* no key twice in a scope */
		if (length == 0 || field->doc[length - 1] != '.')
			fail_msg("%s: its sentence does not end", field->key);
		if ((field->type == TYPE_ENUM) != !!field->values)
			fail_msg("%s: values", field->key);
		if ((field->type == TYPE_LIST || field->type == TYPE_TABLE) != (field->element_size > 0))
			fail_msg("%s: element size", field->key);
		if (field_synonym(field->scope, field->key))
			fail_msg("%s: a key and a synonym", field->key);
	}
	assert_null(field_find(SCOPE_BUILDER, "version"));
	assert_non_null(strstr(field_synonym(SCOPE_BUILDER, "config"), "buildkitd-config"));
	assert_non_null(strstr(field_synonym(SCOPE_BUILDER, "buildkitd-config-inline"), "`buildkitd`"));
	assert_null(field_synonym(SCOPE_BUILDER, "drivr"));
	for (int scope = 0; scope < SCOPE_COUNT; scope++)
		assert_string_not_equal(scope_name((enum field_scope)scope), "unknown");
}

static void test_places(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct builder builder = {0};
	const struct source here = {.file = "a.yaml", .line = 3, .column = 5}, other = {.file = "b.yaml"};

	(void)state;
	assert_ptr_equal(field_places(SCOPE_BUILDER, &builder), &builder.places);
	assert_ptr_equal(field_places(SCOPE_CACHE, &builder.cache), &builder.cache.places);
	places_add(arena, &builder.places, "driver", here);
	assert_int_equal(places_find(&builder.places, "driver", other).line, 3);
	assert_string_equal(places_find(&builder.places, "image", other).file, "b.yaml");
}

static void test_drivers(void **state)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++) {
		if (options[i].type != OPTION_PREFIX)
			assert_ptr_equal(driver_option_find(driver_name(options[i].home), options[i].key), &options[i]);
		if (options[i].type != OPTION_LABELS &&
		    options[i].type != OPTION_ANNOTATIONS) /* may keep a name back */
			assert_true((options[i].type == OPTION_WORD) == !!options[i].words);
		/* Only what shows can be found to need another node. */
		assert_true(options[i].effect == EFFECT_IN_PLACE ||
			    (options[i].where != WHERE_FILE && options[i].where != WHERE_DIAL));
	}
	assert_non_null(driver_option_find("docker-container", "env.FOO"));
	assert_null(driver_option_find("docker-container", "env."));
	assert_null(driver_option_find("remote", "env.FOO"));
	assert_null(driver_option_find("docker", "image"));
	assert_null(driver_find("docker-containr"));
	assert_int_equal(driver_home("docker-containr"), HOME_UNKNOWN);
	assert_int_equal(driver_home(NULL), HOME_UNKNOWN);
	assert_null(driver_find(NULL));
	assert_false(driver_find("docker")->creatable);
}

/* Each home is that of one driver, and what a state file may say is what the table has. */
static void test_homes(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct field *field = field_find(SCOPE_BUILDER, "driver");
	struct strings names = {0};
	size_t count;
	const struct driver *drivers = driver_table(&count);

	(void)state;
	assert_int_equal(count, HOME_COUNT - 1);
	for (size_t i = 0; i < count; i++) {
		strings_add(arena, &names, drivers[i].name);
		assert_int_equal(driver_home(drivers[i].name), drivers[i].home);
		assert_string_equal(driver_name(drivers[i].home), drivers[i].name);
		assert_int_equal(driver_has_containers(drivers[i].name), drivers[i].home == HOME_CONTAINER);
	}
	assert_string_equal(field->values, strings_join(arena, &names, "|"));
	assert_string_equal(field->fallback, driver_name(HOME_CONTAINER));
}

static void test_actions(void **state)
{
	struct plan *plan = plan_new();

	(void)state;
	for (int i = 0; i < ACTION_COUNT; i++) {
		const struct action_kind *kind = action_kind((enum action)i);

		assert_int_equal(kind->action, i);
		assert_ptr_equal(action_find(kind->name), kind);
		assert_non_null(kind->terraform[0]);
	}
	assert_null(action_find("explode"));
	assert_null(action_find(NULL));
	assert_string_equal(action_kind(ACTION_REPLACE)->symbol, "-/+");
	for (int i = 0; i < STEP_KIND_COUNT; i++)
		assert_string_not_equal(step_kind_name((enum step_kind)i), "unknown");
	assert_string_equal(cache_effect_name(CACHE_RETAINED), "retained");

	ARENA_PUSH(plan->arena, plan->changes, plan->change_count)->action = ACTION_UNKNOWN;
	assert_false(plan_has_changes(plan));
	ARENA_PUSH(plan->arena, plan->changes, plan->change_count)->action = ACTION_CREATE;
	assert_true(plan_has_changes(plan));
	assert_int_equal(plan_count(plan, ACTION_CREATE), 1);
	assert_int_equal(plan_count(plan, ACTION_REMOVE), 0);
	plan_free(plan);
	plan_free(NULL);
}

static void test_state(void **state)
{
	struct state *desired = state_new();
	struct builder *builder = ARENA_PUSH(desired->arena, desired->builders, desired->builder_count);

	(void)state;
	builder->name = "ci";
	builder->buildkitd = cJSON_CreateObject();
	assert_ptr_equal(state_builder(desired, "ci"), builder);
	assert_null(state_builder(desired, "arm"));
	assert_null(state_builder(desired, NULL));
	assert_null(state_context(desired, "ci"));
	assert_false(builder_absent(builder));
	builder->state = "absent";
	assert_true(builder_absent(builder));
	state_free(desired);
	state_free(NULL);
}

static void test_sorting(void **state)
{
	struct pair pairs[] = {{.key = "b", .value = "2"}, {.key = "a", .value = "1"}};
	struct pairs list = {.items = pairs, .count = 2};
	struct config_file files[] = {{.name = "certs/x"}, {.name = "buildkitd.toml"}};
	struct config_files set = {.items = files, .count = 2};

	(void)state;
	pairs_sort(&list);
	assert_string_equal(pairs[0].key, "a");
	assert_string_equal(pairs_get(&list, "b"), "2");
	assert_null(pairs_get(&list, "c"));
	config_files_sort(&set);
	assert_string_equal(files[0].name, "buildkitd.toml");
	assert_ptr_equal(config_files_get(&set, "certs/x"), &files[1]);
	assert_null(config_files_get(&set, "x"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fields),	cmocka_unit_test(test_places),	cmocka_unit_test(test_drivers),
		cmocka_unit_test(test_homes),	cmocka_unit_test(test_actions), cmocka_unit_test(test_state),
		cmocka_unit_test(test_sorting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
