/* --completion SHELL [-- WORD…]: the shell's script, or what the last word may become, one a line, in the form that the
 * script reads:
 *
 *     WORD                   for bash
 *     WORD:ABOUT             for zsh, for its _describe
 *     WORD<tab>ABOUT         for fish
 *     <tab>files yaml yml    behind them, where the shell adds files with these ends, or <tab>files or <tab>folders
 *
 * and for docker's own completion as cobra has it between docker and its plugins. */
#include "cli/completion.h"

#include "base/count.h"
#include "cli/complete.h"
#include "cli/completion_scripts.h"

#include <string.h>

static void put_entries(const struct candidates *found, struct text *out)
{
	if (found->entries == ENTRIES_FOLDERS)
		text_puts(out, "\tfolders\n");
	if (found->entries == ENTRIES_FILES)
		text_printf(out, "\tfiles%s%s\n", *found->suffixes ? " " : "", found->suffixes);
}

static void put_bash(const struct candidates *found, struct text *out)
{
	for (size_t i = 0; i < found->count; i++)
		text_printf(out, "%s%s\n", found->before, found->items[i].word);
	put_entries(found, out);
}

/* A colon ends the word. */
static void put_zsh_word(const char *word, struct text *out)
{
	for (; *word; word++)
		text_printf(out, *word == ':' ? "\\%c" : "%c", *word);
}

static void put_zsh(const struct candidates *found, struct text *out)
{
	for (size_t i = 0; i < found->count; i++) {
		put_zsh_word(found->before, out);
		put_zsh_word(found->items[i].word, out);
		text_printf(out, "%s%s\n", *found->items[i].about ? ":" : "", found->items[i].about);
	}
	put_entries(found, out);
}

static void put_fish(const struct candidates *found, struct text *out)
{
	for (size_t i = 0; i < found->count; i++)
		text_printf(out, "%s%s\t%s\n", found->before, found->items[i].word, found->items[i].about);
	put_entries(found, out);
}

/* spf13/cobra completions.go: the value alone behind "=", and a last line with what else the shell is to do. It takes
 * candidates, or the ends that files have. */
static void put_docker(const struct candidates *found, struct text *out)
{
	enum { NO_FILES = 4, FILES_BY_END = 8, FOLDERS = 16, KEEP_ORDER = 32 };
	int directive = NO_FILES | KEEP_ORDER;

	for (size_t i = 0; i < found->count; i++)
		text_printf(out, "%s%s%s\n", found->items[i].word, *found->items[i].about ? "\t" : "",
			    found->items[i].about);
	if (found->count == 0 && found->entries == ENTRIES_FOLDERS)
		directive = FOLDERS;
	if (found->count == 0 && found->entries == ENTRIES_FILES)
		directive = *found->suffixes ? FILES_BY_END : 0;
	for (const char *at = found->suffixes; directive == FILES_BY_END && *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");

		text_printf(out, "%.*s\n", (int)length, at);
		at += length;
	}
	text_printf(out, ":%d\n", directive);
}

static const struct shell {
	const char *name, *script; /* script NULL: the shell has one itself */
	void (*put)(const struct candidates *found, struct text *out);
} shells[] = {
	{"bash", completion_bash, put_bash},
	{"zsh", completion_zsh, put_zsh},
	{"fish", completion_fish, put_fish},
	{"docker", NULL, put_docker},
};

const char *completion_shell(size_t index)
{
	return index < COUNT(shells) && shells[index].script ? shells[index].name : NULL;
}

static int unknown(const struct session *session, const char *name)
{
	struct error err = ERROR_INIT;

	if (name)
		error_set(&err, ERROR_USAGE, "--completion knows bash, zsh and fish, not \"%s\"", name);
	else
		error_set(&err, ERROR_USAGE, "--completion wants bash, zsh or fish");
	error_hint(&err, "for bash, in ~/.bashrc: eval \"$(reconcile --completion bash)\"");
	return session_fail(session, &err);
}

int mode_completion(struct session *session)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct strings words = session->options->operands;
	const char *name = words.count > 0 ? words.items[0] : NULL;
	const struct shell *shell = NULL;
	struct candidates found = {.arena = session->arena};

	for (size_t i = 0; i < COUNT(shells) && !shell; i++)
		if (text_equal(shells[i].name, name))
			shell = &shells[i];
	if (!shell || (words.count == 1 && !shell->script))
		return unknown(session, name);
	words.items++;
	words.count--;
	if (words.count == 0) {
		text_puts(&out, shell->script);
	} else {
		complete(session, &words, &found);
		shell->put(&found, &out);
	}
	return session_write(session, &out);
}
