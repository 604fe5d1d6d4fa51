/* What a change needs to be allowed in a cluster, and what the rules of a role allow. */
#include "apply/rights.h"

#include "base/count.h"
#include "base/json.h"
#include "scratch.h"

static struct step step_of(enum step_kind kind, const char *requests)
{
	return (struct step){
		.kind = kind,
		.name = "ci",
		.endpoint = kind == STEP_BOOT ? NULL : "prod/n in /k",
		.data = (const unsigned char *)requests,
		.length = requests ? strlen(requests) : 0,
	};
}

/* "get deployments ci0; list pods -; …" */
static const char *needed(struct arena *arena, struct step *steps, size_t count, bool force)
{
	struct cluster cluster = {.key = "prod/n in /k", .namespace = "n", .reachable = true};
	const struct live live = {.arena = arena, .clusters = &cluster, .cluster_count = 1};
	const struct change change = {.steps = steps, .step_count = count};
	const struct rights rights = rights_of_change(arena, &live, &change, force);
	struct strings texts = {0};

	for (size_t i = 0; i < rights.count; i++) {
		const struct right *right = &rights.items[i];

		assert_string_equal(right->cluster, "prod/n in /k");
		strings_add(arena, &texts,
			    arena_printf(arena, "%s %s%s%s%s%s %s", right->verb, right->group, *right->group ? "/" : "",
					 right->resource, right->part ? "/" : "", right->part ? right->part : "",
					 right->name ? right->name : "-"));
	}
	return strings_join(arena, &texts, "; ");
}

static void test_each_step_needs_its_own(void **state)
{
	static const struct {
		enum step_kind kind;
		const char *requests, *needed;
	} rows[] = {
		{STEP_CHANGE_OBJECTS,
		 "[{\"method\":\"POST\",\"resource\":\"configmaps\",\"name\":\"ci0-config\",\"body\":{}},"
		 "{\"method\":\"POST\",\"resource\":\"statefulsets\",\"name\":\"ci0\",\"body\":{\"spec\":{}}}]",
		 "create configmaps -; create apps/statefulsets -; get apps/statefulsets ci0; list pods -"},
		{STEP_CHANGE_OBJECTS,
		 "[{\"method\":\"PATCH\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{\"spec\":{}}}]",
		 "patch apps/deployments ci0; get apps/deployments ci0; list pods -"},
		{STEP_CHANGE_OBJECTS,
		 "[{\"method\":\"PATCH\",\"resource\":\"deployments\",\"name\":\"ci0\",\"uid\":\"u\",\"body\":{"
		 "\"metadata\":{}}}]",
		 "patch apps/deployments ci0"},
		/* Whose it is, is looked at, where it was not before. */
		{STEP_CHANGE_OBJECTS,
		 "[{\"method\":\"PATCH\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{\"metadata\":{}}}]",
		 "patch apps/deployments ci0; get apps/deployments ci0"},
		{STEP_REMOVE_OBJECTS,
		 "[{\"method\":\"DELETE\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{}},"
		 "{\"method\":\"DELETE\",\"resource\":\"persistentvolumeclaims\",\"name\":\"c\",\"body\":{}}]",
		 "delete apps/deployments ci0; get apps/deployments ci0; delete persistentvolumeclaims c; "
		 "get persistentvolumeclaims c"},
		{STEP_RETIRE_OBJECTS,
		 "[{\"method\":\"PATCH\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{}},"
		 "{\"method\":\"DELETE\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{}}]",
		 "patch apps/deployments ci0; get apps/deployments ci0; delete apps/deployments ci0"},
		{STEP_DRAIN, NULL, "list pods -; get pods/exec -"},
		{STEP_PRUNE_CACHE, NULL, "list pods -; get pods/exec -"},
		{STEP_VERIFY_BUILD, NULL, "list pods -; create pods/exec -"},
		{STEP_CHANGE_OBJECTS, "not JSON", ""},
		{STEP_BOOT, NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct step step = step_of(rows[i].kind, rows[i].requests);

		assert_string_equal(needed(arena, &step, 1, false), rows[i].needed);
	}
}

/* A drain that is forced goes on without being told of builds. */
static void test_force_needs_no_exec(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct step step = step_of(STEP_DRAIN, NULL);

	(void)state;
	assert_string_equal(needed(arena, &step, 1, true), "");
}

/* What BuildX is to make is known by what is marked after it. */
static void test_what_buildx_needs_is_needed(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct step steps[] = {
		step_of(STEP_BOOT, NULL),
		step_of(STEP_CHANGE_OBJECTS,
			"[{\"method\":\"PATCH\",\"resource\":\"configmaps\",\"name\":\"ci0-config\",\"body\":{}},"
			"{\"method\":\"PATCH\",\"resource\":\"deployments\",\"name\":\"ci0\",\"body\":{}}]"),
	};

	(void)state;
	assert_string_equal(needed(arena, steps, COUNT(steps), false),
			    "create configmaps -; update configmaps ci0-config; patch configmaps ci0-config; "
			    "get configmaps ci0-config; create apps/deployments -; get apps/deployments ci0; list pods "
			    "-; create pods/exec -; "
			    "patch apps/deployments ci0");
}

static void test_rules_grant_as_kubernetes_does(void **state)
{
	static const struct {
		const char *rule, *verb, *group, *resource, *part, *name;
		bool granted;
	} rows[] = {
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"]}", "get", "apps",
		 "deployments", NULL, "ci0", true},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"]}", "patch", "apps",
		 "deployments", NULL, "ci0", false},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"deployments\"]}", "get", "apps",
		 "deployments", NULL, "ci0", false},
		{"{\"verbs\":[\"*\"],\"apiGroups\":[\"*\"],\"resources\":[\"*\"]}", "create", "", "pods", "exec", NULL,
		 true},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"pods\"]}", "get", "", "pods", "exec", NULL,
		 false},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"pods/exec\"]}", "get", "", "pods", "exec",
		 NULL, true},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"pods/exec\"]}", "get", "", "pods", NULL,
		 NULL, false},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"\"],\"resources\":[\"*/exec\"]}", "get", "", "pods", "exec",
		 NULL, true},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"],"
		 "\"resourceNames\":[\"ci0\"]}",
		 "get", "apps", "deployments", NULL, "ci0", true},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"],"
		 "\"resourceNames\":[\"ci0\"]}",
		 "get", "apps", "deployments", NULL, "ci1", false},
		{"{\"verbs\":[\"create\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"],"
		 "\"resourceNames\":[\"ci0\"]}",
		 "create", "apps", "deployments", NULL, NULL, false},
		{"{\"verbs\":[\"get\"],\"apiGroups\":[\"apps\"],\"resources\":[\"deployments\"],"
		 "\"resourceNames\":null}",
		 "get", "apps", "deployments", NULL, "ci1", true},
		{"{\"verbs\":7}", "get", "apps", "deployments", NULL, "ci1", false},
		{"[]", "get", "apps", "deployments", NULL, "ci1", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_JSON cJSON *rules = cJSON_CreateArray();
		cJSON *rule = NULL;
		const struct right right = {.verb = rows[i].verb,
					    .group = rows[i].group,
					    .resource = rows[i].resource,
					    .part = rows[i].part,
					    .name = rows[i].name};

		assert_int_equal(json_parse(rows[i].rule, strlen(rows[i].rule), &rule, NULL), 0);
		cJSON_AddItemToArray(rules, rule);
		assert_int_equal(rights_granted(rules, &right), rows[i].granted);
	}
	assert_false(rights_granted(NULL, &(struct right){.verb = "get", .group = "", .resource = "pods"}));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_step_needs_its_own),
		cmocka_unit_test(test_force_needs_no_exec),
		cmocka_unit_test(test_what_buildx_needs_is_needed),
		cmocka_unit_test(test_rules_grant_as_kubernetes_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
