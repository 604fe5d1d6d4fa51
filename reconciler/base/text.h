/* Small text helpers: lists of strings, comparison, near misses, and what may be printed. */
#ifndef RECONCILE_BASE_TEXT_H
#define RECONCILE_BASE_TEXT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct strings {
	const char **items;
	size_t count;
};

void strings_add(struct arena *arena, struct strings *list, const char *text); /* copies text */
bool strings_contain(const struct strings *list, const char *text);
bool strings_equal(const struct strings *a, const struct strings *b);
void strings_sort(struct strings *list);
char *strings_join(struct arena *arena, const struct strings *list, const char *separator);

bool text_equal(const char *a, const char *b);		/* NULL equals only NULL */
bool text_starts(const char *text, const char *prefix); /* NULL does not */
bool text_ends(const char *text, const char *suffix);
bool text_empty(const char *text); /* NULL or "" */

/* The code point at the start of text and its length in bytes; 0 when those bytes are not UTF-8 (RFC 3629). */
size_t utf8_decode(const char *text, size_t length, uint32_t *ret_code);

/* The candidate within a small edit distance of text, or NULL: for "did you mean". */
const char *text_nearest(const char *text, const char *const *candidates, size_t count);

/* Control characters, bidirectional overrides and what is not seen: may steer a terminal, or make people read something
 * else. */
bool text_is_unsafe(uint32_t code);

/* Whether a runner of GitHub Actions would take this byte for one that makes a command of the line: the bracket of
 * "##[command]", which it finds anywhere, or the second colon of "::command::" at the start of a line (actions/runner
 * src/Runner.Common/ActionCommand.cs, TryParse and TryParseV2). */
bool text_is_command(const char *text, const char *at);

/* A copy that is safe on a terminal and in a job's log: control bytes, escape sequences, bidirectional overrides,
 * broken UTF-8 and what would begin a runner's command shown as \xNN, newlines as \n; keep_newlines keeps newlines and
 * tabs. For every string that comes from a file, the Engine, a daemon or git. */
char *text_printable(struct arena *arena, const char *text, bool keep_newlines);

/* At most max bytes of UTF-8: both ends with "…" between, for where something went wrong is told first, and why last.
 */
const char *text_shortened(struct arena *arena, const char *text, size_t max);

#endif
