/* Time: a monotonic clock for deadlines, and RFC 3339 for people and records. */
#ifndef RECONCILE_BASE_CLOCK_H
#define RECONCILE_BASE_CLOCK_H

#include <stdint.h>
#include <time.h>

int64_t clock_ms(void); /* monotonic, milliseconds */
/* UTC, "2026-01-31T12:00:00Z". */
void clock_rfc3339(time_t when, char ret_text[32]);
/* -1 when text is not RFC 3339; fractions and offsets are accepted. */
int clock_parse_rfc3339(const char *text, time_t *ret_when);

#endif
