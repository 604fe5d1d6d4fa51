/* What the word at the cursor may become, by the tables of modes and options and by what lives here: answered for the
 * scripts of --completion, at each Tab.
 *
 *     struct candidates found = {.arena = arena};
 *     complete(session, &words, &found);
 *
 * Fast and silent: files are looked at, no Engine and no daemon is asked, and what cannot be read offers nothing. Names
 * come from strangers, too: a word that a shell would take for more than a word is not offered at all. */
#ifndef RECONCILE_CLI_COMPLETE_H
#define RECONCILE_CLI_COMPLETE_H

#include "cli/session.h"

struct candidate {
	const char *word;  /* plain: no shell needs it quoted */
	const char *about; /* one line; "": nothing is to be said */
};

/* What the shell adds, by its own lights. */
enum entries { ENTRIES_NONE = 0, ENTRIES_FILES, ENTRIES_FOLDERS };

struct candidates {
	struct arena *arena;
	const char *before; /* "--format=": the part of the word that stays */
	const char *prefix; /* the part that the candidates begin with */
	struct candidate *items;
	size_t count;
	enum entries entries;
	const char *suffixes; /* of ENTRIES_FILES: "yaml yml"; "": any */
};

/* words: what was typed behind the program's name; the last is the one at the cursor, "" for a new one. */
void complete(const struct session *session, const struct strings *words, struct candidates *found);

/* When it is plain and begins with the prefix. about: its first clause is taken. */
void candidates_add(struct candidates *found, const char *word, const char *about);

#endif
