/* The words of a result. */
#include "model/result.h"

#include "base/count.h"

#include <stddef.h>

struct change_result *results_new(struct arena *arena, size_t count)
{
	struct change_result *results = ARENA_ARRAY(arena, struct change_result, count);
	struct error *errors = ARENA_ARRAY(arena, struct error, count);
	char *notes = ARENA_ARRAY(arena, char, count *RESULT_NOTE);

	for (size_t i = 0; i < count; i++) {
		results[i].error = &errors[i];
		results[i].note = notes + i * RESULT_NOTE;
	}
	return results;
}

const char *change_status_name(enum change_status status)
{
	static const char *const names[] = {
		[CHANGE_PENDING] = "pending", [CHANGE_DONE] = "done",	    [CHANGE_UNVERIFIED] = "unverified",
		[CHANGE_FAILED] = "failed",   [CHANGE_SKIPPED] = "skipped",
	};

	return (size_t)status < COUNT(names) ? names[status] : "unknown";
}
