/* Holds what was done against a plan made after it. */
#include "apply/verify.h"

#include "base/text.h"

static const struct change *find_change(const struct plan *plan, const char *address)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (text_equal(plan->changes[i].address, address))
			return &plan->changes[i];
	return NULL;
}

static const char *shown(const char *value)
{
	return value == NULL ? "(absent)" : value;
}

static void fail(const struct change *left, struct change_result *result)
{
	const char *reason = left->reason == NULL ? "it still differs" : left->reason;

	result->status = CHANGE_FAILED;
	if (left->action == ACTION_UNKNOWN) {
		(void)error_set(&result->error, ERROR_UNREACHABLE, "done, but it could not be verified: %s", reason);
		return;
	}
	if (left->field_count > 0)
		(void)error_set(&result->error, ERROR_OTHER,
				"done, but it does not match: %s is %s and should be %s (%s)", left->fields[0].path,
				shown(left->fields[0].before), shown(left->fields[0].after), reason);
	else
		(void)error_set(&result->error, ERROR_OTHER, "done, but it does not match: %s", reason);
	(void)error_hint(&result->error, "something else may be changing it: look with `reconcile --plan`");
}

size_t apply_verify(const struct plan *plan, const struct plan *after, struct change_result *results)
{
	size_t failed = 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *left = find_change(after, plan->changes[i].address);

		if (results[i].status != CHANGE_DONE || left == NULL || left->action == ACTION_NONE)
			continue;
		fail(left, &results[i]);
		failed++;
	}
	return failed;
}
