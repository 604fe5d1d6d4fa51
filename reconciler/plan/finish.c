/* What is done last with every plan. */
#include "plan/finish.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/plan.h"

#include <stdlib.h>
#include <string.h>

static int compare_changes(const void *a, const void *b)
{
	const struct change *x = a, *y = b;

	return x->phase != y->phase ? x->phase - y->phase : strcmp(x->address, y->address);
}

void changes_sort(struct plan *plan)
{
	if (plan->change_count > 1)
		qsort(plan->changes, plan->change_count, sizeof(*plan->changes), compare_changes);
}

void plan_own_texts(struct draft *draft)
{
	struct arena *arena = draft->arena;

	for (size_t i = 0; i < draft->plan->change_count; i++) {
		struct change *change = &draft->plan->changes[i];
		change->reason = arena_strdup(arena, change->reason);
		change->source.file = arena_strdup(arena, change->source.file);
		for (size_t k = 0; k < change->step_count; k++)
			change->steps[k].path = arena_strdup(arena, change->steps[k].path);
	}
}

void plan_identify(struct draft *draft)
{
	CLEANUP_JSON cJSON *json = NULL;
	char hex[DIGEST_HEX];

	draft->plan->plan_id = "";
	json = plan_to_json(draft->plan);
	plan_json_id(json, hex);
	draft->plan->plan_id = arena_strdup(draft->arena, hex);
}
