/* What BuildX and the Engine said during a run: all of it for the record, the last of it for who sees a change fail.
 *
 *     struct heard *heard = heard_new();
 *     heard_line(heard, "builder.ci", line);       // as they come
 *     heard_last(heard, "builder.ci", text, &out); // ten lines at most, of which none says what `text` says
 *     heard_all(heard)                             // "builder.ci | line\n"…; "" when nobody said anything
 *     heard_free(heard);
 *
 * Not for threads: the callback of apply_run() is called under a mutex. */
#ifndef RECONCILE_CLI_HEARD_H
#define RECONCILE_CLI_HEARD_H

#include "base/text_buffer.h"

struct heard;

struct heard *heard_new(void);
void heard_line(struct heard *heard, const char *address, const char *line);
/* The last distinct ones that people can read, one a line as heard_all() has them. */
void heard_last(const struct heard *heard, const char *address, const char *but_for, struct text *out);
const char *heard_all(const struct heard *heard);
void heard_free(struct heard *heard);

static inline void heard_free_p(struct heard **heard)
{
	heard_free(*heard);
}
#define CLEANUP_HEARD __attribute__((cleanup(heard_free_p)))

#endif
