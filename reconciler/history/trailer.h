/* The lines "Key: value" at the end of a record's message. Only for this room. */
#ifndef RECONCILE_HISTORY_TRAILER_H
#define RECONCILE_HISTORY_TRAILER_H

#include "base/arena.h"
#include "base/text_buffer.h"

/* NULL when the message has none of that key. */
const char *trailer_get(struct arena *arena, const char *message, const char *key);
/* Cleaned of control characters and newlines; an empty value adds nothing. */
void trailer_add(struct text *message, const char *key, const char *value);

#endif
