/* Undoing in a cluster: what was not there before goes, and what could not be looked at was not absent. */
#include "plan/undo_objects.h"

#include "base/count.h"
#include "base/json.h"
#include "base/text_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct sights {
	struct workload workload;
	struct volume_claim claims[2];
	struct cluster before, now;
};

/* A StatefulSet was made, and one claim with it; the other one is of an earlier builder. */
static void make_sights(struct sights *s)
{
	*s = (struct sights){
		.workload = {.kind = WORKLOAD_STATEFUL_SET, .name = "ci0", .uid = "w"},
		.claims = {{.name = "buildkitd-ci0-0", .uid = "c0", .workload = "ci0"},
			   {.name = "buildkitd-ci0-1", .uid = "c1", .workload = "ci0"}},
		.before = {.key = "k", .reachable = true, .claims = s->claims, .claim_count = 1},
		.now = {.key = "k",
			.reachable = true,
			.workloads = &s->workload,
			.workload_count = 1,
			.claims = s->claims,
			.claim_count = 2},
	};
}

static void nothing(struct sights *s)
{
	(void)s;
}
static void was_there(struct sights *s)
{
	s->before.workloads = &s->workload;
	s->before.workload_count = 1;
}
static void claims_untold_before(struct sights *s)
{
	s->before.claims_unknown = "forbidden";
	s->before.claim_count = 0;
}
static void claims_untold_now(struct sights *s)
{
	s->now.claims_unknown = "forbidden";
	s->now.claim_count = 0;
}
static void workloads_untold_before(struct sights *s)
{
	s->before.workloads_unknown[WORKLOAD_STATEFUL_SET] = "forbidden";
}
static void others_untold_before(struct sights *s)
{
	s->before.workloads_unknown[WORKLOAD_DEPLOYMENT] = "forbidden";
}
static void silent_before(struct sights *s)
{
	s->before.reachable = false;
}

static void test_only_what_was_not_there_goes(void **state)
{
	static const struct {
		void (*change)(struct sights *s);
		const char *gone;
	} rows[] = {
		{nothing, "statefulsets/ci0 persistentvolumeclaims/buildkitd-ci0-1 "},
		{was_there, ""},
		{claims_untold_before, "statefulsets/ci0 "},
		{claims_untold_now, "statefulsets/ci0 "},
		{workloads_untold_before, ""},
		{others_untold_before, "statefulsets/ci0 persistentvolumeclaims/buildkitd-ci0-1 "},
		{silent_before, ""},
	};
	static const struct touched_object object = {.cluster = "k", .resource = "statefulsets", .name = "ci0"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_TEXT struct text gone = TEXT_INIT;
		struct sights s;

		make_sights(&s);
		rows[i].change(&s);
		const struct live before = {.clusters = &s.before, .cluster_count = 1};
		const struct live now = {.clusters = &s.now, .cluster_count = 1};
		struct object_undo undo =
			undo_object_way(&(struct undo_request){.before = &before, .now = &now}, arena, &object);
		CLEANUP_JSON cJSON *requests = undo.requests;
		const cJSON *request;

		cJSON_ArrayForEach(request, requests) {
			assert_string_equal(json_string(request, "method"), "DELETE");
			text_printf(&gone, "%s/%s ", json_string(request, "resource"), json_string(request, "name"));
		}
		if (!text_equal(text_string(&gone), rows[i].gone))
			fail_msg("row %zu: %s", i, text_string(&gone));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(test_only_what_was_not_there_goes)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
