/* Words of shell commands: those that people are given to copy, and those that they write. */
#ifndef RECONCILE_BASE_SHELL_H
#define RECONCILE_BASE_SHELL_H

#include "base/arena.h"
#include "base/text.h"

/* The word as a shell reads it back, whatever bytes are in it, and safe on a terminal: as it is where that is plain,
 * '…' where it is not, $'…' where it holds what text_printable() would not show. The last is bash's and zsh's, and
 * POSIX's since 2024; the others are every shell's. In the arena. */
const char *shell_word(struct arena *arena, const char *word);

/* Words as google/shlex splits them, with which BuildX reads --buildkitd-flags: blanks part; quotes and backslashes
 * hold together; a word that begins with # begins a comment, to the end of its line. NULL, or what is wrong with the
 * text. */
const char *shell_split(struct arena *arena, const char *text, struct strings *ret_words);

#endif
