/* What became of a plan: one result per change, in the plan's order. Made by apply/ and verified by it, told by
 * report/, kept by history/ as result.json. */
#ifndef RECONCILE_MODEL_RESULT_H
#define RECONCILE_MODEL_RESULT_H

#include "base/arena.h"
#include "base/error.h"

#include <stdint.h>

enum change_status {
	CHANGE_PENDING = 0,
	CHANGE_DONE,
	CHANGE_UNVERIFIED, /* all its steps are done, and what came of them could not be observed: it may be well */
	CHANGE_FAILED,
	CHANGE_SKIPPED,
};
const char *change_status_name(enum change_status status);

enum { RESULT_NOTE = 1024 }; /* bytes of a note, its NUL included */

struct change_result {
	enum change_status status;
	size_t steps_begun, steps_done; /* begun: its intent is in the journal */
	struct error *error;		/* CHANGE_FAILED, CHANGE_UNVERIFIED; never NULL */
	int64_t elapsed_ms;
	size_t unasked; /* daemons of this builder that nobody asked whether they are well */
	int64_t freed;	/* bytes of cache that STEP_PRUNE_CACHE removed */
	char *note; /* what a person should know of how it went, clauses joined by "; "; "", never NULL; RESULT_NOTE */
};

/* Pending ones. Their texts are all there and lie apart from them: of thousands, memory holds those that say something,
 * for what is zero and never written takes none. */
struct change_result *results_new(struct arena *arena, size_t count);

#endif
