/* The values of single fields, decoded into the members that the field table names. Internal to the room. */
#ifndef RECONCILE_DESIRED_VALUES_H
#define RECONCILE_DESIRED_VALUES_H

#include "desired/frame.h"

/* One value, unless it is of type TYPE_GROUP, TYPE_LIST or TYPE_TABLE (desired/values.c). */
void decode_value(struct decoder *decoder, const struct frame *frame, const struct field *field, struct tree *value,
		  void *member);

/* A list or lines of "key=value" as a mapping; a mapping is given back as it is; NULL when it is neither, or a line has
 * no "=". */
struct tree *pairs_tree(struct arena *arena, struct tree *value);

#endif
