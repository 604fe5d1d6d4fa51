/* The words of a result. */
#include "model/result.h"

#include "base/count.h"

#include <stddef.h>

const char *change_status_name(enum change_status status)
{
	static const char *const names[] = {
		[CHANGE_PENDING] = "pending", [CHANGE_DONE] = "done",	    [CHANGE_UNVERIFIED] = "unverified",
		[CHANGE_FAILED] = "failed",   [CHANGE_SKIPPED] = "skipped",
	};

	return (size_t)status < COUNT(names) ? names[status] : "unknown";
}
