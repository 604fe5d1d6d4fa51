/* The merged tree -> struct state, by the field table (model/field.h). Internal to the room.
 *
 * A wrong value leaves its member unset and a problem behind; decoding goes on, so that one run tells everything. */
#ifndef RECONCILE_DESIRED_DECODE_H
#define RECONCILE_DESIRED_DECODE_H

#include "base/error.h"
#include "desired/tree.h"
#include "model/field.h"

/* Checks on nodes of one builder look at pairs of them, so these are few; builders and contexts are many. */
enum { DECODE_LIST_MAX = 256 };

/* `defaults` are copied under every builder: their weight (struct tree) times the builders is at most this. */
enum { DECODE_DEFAULTS_MAX = 2000000 };

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

/* root NULL: the files are empty; start is where a missing key is reported then. The names of builders and contexts are
 * as written and in the order written. */
void decode_state(struct decoder *decoder, struct tree *root, struct source start, struct state *state);

/* One value, unless it is of type TYPE_GROUP, TYPE_LIST or TYPE_TABLE (desired/values.c). */
void decode_value(struct decoder *decoder, const struct frame *frame, const struct field *field, struct tree *value,
		  void *member);

/* A list or lines of "key=value" as a mapping; a mapping is given back as it is; NULL when it is neither, or a line has
 * no "=". */
struct tree *pairs_tree(struct arena *arena, struct tree *value);

/* `"KEY" in WHERE WHAT` at the value, unless a problem was told there before. */
void decode_problem(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		    const char *hint, const char *what);
/* The same with `must be EXPECTED, not FOUND`. */
void decode_wrong(struct decoder *decoder, const struct frame *frame, const char *key, struct tree *value,
		  const char *expected, const char *hint);
/* `in builder "ci"` */
const char *frame_describe(struct arena *arena, const struct frame *frame);

#endif
