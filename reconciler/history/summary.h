/* The summary of a host as a commit's message: a subject for people, and trailers for fleet.c. Only for this room. */
#ifndef RECONCILE_HISTORY_SUMMARY_H
#define RECONCILE_HISTORY_SUMMARY_H

#include "base/arena.h"
#include "base/text_buffer.h"
#include "history/git.h"
#include "model/fleet.h"

void summary_print(const struct host *host, struct text *out);
/* ret_host->name stays; texts in the arena. What is missing or damaged in it makes it unreadable. */
void summary_parse(struct arena *arena, const char *message, time_t when, struct host *ret_host);

/* What was noted of the last check of this store; `when` 0: nothing. */
int check_read(const struct history *history, struct arena *arena, struct check *ret_check, struct error *err);
void check_print(const struct check *check, struct text *out);
/* Of a message whose last paragraph check_print() printed. */
struct check check_parse(struct arena *arena, const char *message);

#endif
