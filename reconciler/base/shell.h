/* Words of shell commands that people are given to copy. */
#ifndef RECONCILE_BASE_SHELL_H
#define RECONCILE_BASE_SHELL_H

#include "base/arena.h"

/* The word as a shell reads it back, whatever bytes are in it, and safe on a terminal: as it is where that is plain,
 * '…' where it is not, $'…' where it holds what text_printable() would not show. The last is bash's and zsh's, and
 * POSIX's since 2024; the others are every shell's. In the arena. */
const char *shell_word(struct arena *arena, const char *word);

#endif
