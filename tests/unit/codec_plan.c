/* Plans as JSON: what is written is read again, whole; what is not a plan is refused with its place. */
#include "codec/plan.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/plan_members.h"

#include <string.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static struct field_change fields[] = {
	{.path = "nodes.ci0.driver-opts.image",
	 .before = "a",
	 .after = "b",
	 .forces_replacement = true,
	 .sensitive = true,
	 .note = "drift",
	 .source = {"states/a.yaml", 3, 7, false}},
	{.path = "platforms"},
};
static struct field_change selection[] = {{.path = "selected", .before = "ci", .after = "default"}};
static const char *const platform[] = {"linux/arm64"};
static struct step steps[] = {
	{.kind = STEP_RETIRE,
	 .endpoint = "unix:///e",
	 .name = "ci",
	 .node = "ci0",
	 .path = "instances/ci",
	 .in_docker_config = true,
	 .detail = "why",
	 .keep_s = 60,
	 .lingers = true,
	 .unless_healed = true,
	 .platforms = {(const char **)platform, 1},
	 .dockerfile = "Dockerfile"},
	{.kind = STEP_USE_CONTEXT},
};
static struct step select_default[] = {{.kind = STEP_SELECT, .name = "default", .of_context = true}};
static struct change changes[] = {
	{.address = "builder.ci",
	 .object = OBJECT_BUILDER,
	 .name = "ci",
	 .action = ACTION_REPLACE,
	 .reason = "image changed",
	 .fields = fields,
	 .field_count = COUNT(fields),
	 .cache = CACHE_RETAINED,
	 .cache_note = "for a day",
	 .protect = true,
	 .source = {"states/a.yaml", 2, 1, false},
	 .live_fingerprint = "f",
	 .steps = steps,
	 .step_count = COUNT(steps),
	 .phase = PHASE_BUILDERS,
	 .blocked = "protected",
	 .blocked_kind = ERROR_REFUSED},
	{.address = "selected",
	 .object = OBJECT_SELECTED,
	 .name = "",
	 .action = ACTION_SELECT,
	 .from = "ci",
	 .to = "default",
	 .fields = selection,
	 .field_count = 1,
	 .live_fingerprint = "f",
	 .steps = select_default,
	 .step_count = 1,
	 .phase = PHASE_SELECT},
};

static struct plan *sample(void)
{
	struct plan *plan = plan_new();

	plan->plan_id = "id";
	plan->desired_digest = "digest";
	plan->lineage = "lineage";
	plan->serial = 7;
	plan->complete = plan->applyable = true;
	plan->subject = "reset ci";
	strings_add(plan->arena, &plan->state_files, "states/a.yaml");
	strings_add(plan->arena, &plan->unknown, "engine e: silent");
	strings_add(plan->arena, &plan->unmanaged, "other");
	plan->matching = 3;
	plan->desired_count = 4;
	plan->changes = changes;
	plan->change_count = COUNT(changes);
	faults_add(plan->arena, &plan->faults, FAULT_DISK_FULL, "store", "/s", NULL, "full");
	return plan;
}

static struct plan *again(const struct plan *plan, struct text *ret_text)
{
	CLEANUP_JSON cJSON *json = plan_to_json(plan);
	struct error err = ERROR_INIT;
	struct plan *read = NULL;

	json_print(json, ret_text);
	if (plan_from_json(json, &read, &err) < 0)
		fail_msg("%s", err.message);
	return read;
}

static void test_round_trip(void **state)
{
	CLEANUP_TEXT struct text first = TEXT_INIT, second = TEXT_INIT;
	struct plan *plan = sample(), *read = again(plan, &first), *twice = again(read, &second);

	(void)state;
	assert_string_equal(text_string(&first), text_string(&second));
	assert_string_equal(read->changes[1].from, "ci");
	assert_string_equal(read->changes[1].to, "default");
	assert_true(read->changes[1].steps[0].of_context);
	assert_null(read->changes[0].from);
	assert_null(read->changes[0].steps[1].name);
	assert_false(read->changes[0].steps[1].of_context);
	assert_int_equal(read->changes[0].blocked_kind, ERROR_REFUSED);
	assert_int_equal(read->changes[0].steps[0].keep_s, 60);
	assert_int_equal(read->desired_count, 4);
	plan_free(twice);
	plan_free(read);
	plan_free(plan);
}

/* Each member that is always written is missed or may lack, each other one may be left out: none is read from nothing.
 */
static void test_every_member_is_checked(void **state)
{
	static const char *const spoilt[] = {"{\"a\":1}", "[7]", "-1.5"};
	struct plan *plan = sample();
	size_t tried = 0;

	(void)state;
	for (size_t k = 0; k < plan_step.count; k++) {
		for (size_t s = 0; s < COUNT(spoilt); s++) {
			CLEANUP_JSON cJSON *json = plan_to_json(plan);
			cJSON *step = cJSON_GetArrayItem(
				cJSON_GetObjectItem(
					cJSON_GetArrayItem(cJSON_GetObjectItem(json, "resource_changes"), 0), "steps"),
				0);
			struct error err = ERROR_INIT;
			struct plan *read = NULL;

			assert_non_null(json_get(step, plan_step.rows[k].key));
			cJSON_ReplaceItemInObject(step, plan_step.rows[k].key, cJSON_Parse(spoilt[s]));
			assert_int_equal(plan_from_json(json, &read, &err), -1);
			assert_non_null(strstr(err.message, "not a plan: resource_changes[0].steps[0]."));
			assert_non_null(strstr(err.message, plan_step.rows[k].key));
			tried++;
		}
	}
	assert_int_equal(tried, plan_step.count * COUNT(spoilt));
	plan_free(plan);
}

static void test_refusals(void **state)
{
	static const struct {
		const char *json, *message;
	} rows[] = {
		{"[]", "not a plan: the JSON is not an object"},
		{"{}", "not a plan: format_version is missing"},
		{"{\"format_version\": \"2.0\"}", "the plan has format_version \"2.0\"; this version reads 1.x"},
		{"{\"format_version\": \"1.0\"}", "not a plan: plan_id is missing"},
		{"{\"format_version\": \"1.0\", \"plan_id\": \"\", \"desired_digest\": \"\", \"lineage\": \"\"}",
		 "not a plan: resource_changes is missing"},
		{"{\"format_version\": \"1.0\", \"plan_id\": \"\", \"desired_digest\": \"\", \"lineage\": \"\", "
		 "\"resource_changes\": [{\"address\": \"a\", \"type\": \"moon\"}]}",
		 "not a plan: resource_changes[0].type is a word that this version does not know"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_JSON cJSON *json = cJSON_Parse(rows[i].json);
		struct error err = ERROR_INIT;
		struct plan *read = NULL;

		assert_int_equal(plan_from_json(json, &read, &err), -1);
		assert_string_equal(err.message, rows[i].message);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_every_member_is_checked),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
