/* Where in the state files decoding is, and how to complain about what stands there. Internal to the room. */
#ifndef RECONCILE_DESIRED_FRAME_H
#define RECONCILE_DESIRED_FRAME_H

#include "base/error.h"
#include "desired/tree.h"
#include "model/field.h"

/* Checks on nodes of one builder look at pairs of them, so these are few; builders and contexts are many. */
enum { DECODE_LIST_MAX = 256 };

struct decoder {
	struct arena *arena;   /* of the state */
	struct arena *scratch; /* freed when all is loaded */
	struct diagnostics *problems;
};

/* Which mapping is being decoded, for messages. */
struct frame {
	const struct frame *up; /* NULL: the top level */
	enum field_scope scope;
	const char *name; /* of a builder, node or context; NULL: "defaults" */
	size_t number;	  /* of a rule, from 1 */
};

/* `"KEY" in WHERE WHAT` at the value, unless a problem was told there before. */
void decode_problem(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		    const char *hint, const char *what);
/* The same with `must be EXPECTED, not FOUND`. */
void decode_wrong(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		  const char *expected, const char *hint);
/* `in builder "ci"` */
const char *frame_describe(struct arena *arena, const struct frame *frame);
/* Whether the list is full: looking for hints for a hundred thousand keys would take long. */
bool problems_full(struct diagnostics *problems);

#endif
