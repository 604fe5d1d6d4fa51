/* Lines of `docker buildx create` (docker/buildx commands/create.go). */
#include "desired/convert.h"

#include "base/count.h"
#include "base/text_buffer.h"

#include <ctype.h>
#include <string.h>

#define WORD_ENDS " \t\r\n;&|()<>"

/* A script on its way: the words of one command at a time. */
struct script {
	struct arena *arena;
	const char *at;
	int line;	  /* of what is read next */
	int began;	  /* of the command's first word */
	bool needs_shell; /* a word of it is something that only a shell can make */
};

/* "$NAME" and "${NAME}" become a state file's "${NAME}"; false when it is more than that. */
static bool put_variable(const char **at, struct text *word)
{
	const char *text = *at + 1;
	bool braced = *text == '{';
	size_t length = 0;

	text += braced;
	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	if (length == 0 || isdigit((unsigned char)*text) || (braced && text[length] != '}'))
		return false;
	text_printf(word, "${%.*s}", (int)length, text);
	*at = text + length + braced;
	return true;
}

/* One character outside of single quotes. */
static void put_character(struct script *script, struct text *word)
{
	if (*script->at == '$' && put_variable(&script->at, word))
		return;
	if (*script->at == '$' || *script->at == '`')
		script->needs_shell = true;
	if (*script->at == '\\' && script->at[1])
		script->at++;
	script->line += *script->at == '\n';
	if (*script->at != '\n') /* a line that goes on */
		text_printf(word, *script->at == '$' ? "$%c" : "%c", *script->at);
	script->at++;
}

static void put_quoted(struct script *script, struct text *word)
{
	char quote = *script->at++;

	while (*script->at && *script->at != quote) {
		if (quote == '"') {
			put_character(script, word);
			continue;
		}
		script->line += *script->at == '\n';
		text_printf(word, *script->at == '$' ? "$%c" : "%c", *script->at);
		script->at++;
	}
	script->at += *script->at == quote;
}

/* Blanks, line ends that are escaped, and remarks. */
static void skip_blanks(struct script *script)
{
	for (;;) {
		if (*script->at == ' ' || *script->at == '\t' || *script->at == '\r') {
			script->at++;
		} else if (script->at[0] == '\\' && script->at[1] == '\n') {
			script->at += 2;
			script->line++;
		} else if (*script->at == '#') {
			script->at += strcspn(script->at, "\n");
		} else {
			return;
		}
	}
}

/* ">file", "2>&1", "<<EOF": where its output goes is no word of the command. */
static void skip_redirection(struct script *script)
{
	script->at += strspn(script->at, "<>&");
	skip_blanks(script);
	script->at += strcspn(script->at, WORD_ENDS);
}

static void read_word(struct script *script, struct strings *words)
{
	CLEANUP_TEXT struct text word = TEXT_INIT;

	if (words->count == 0)
		script->began = script->line;
	while (*script->at && !strchr(WORD_ENDS, *script->at))
		if (*script->at == '"' || *script->at == '\'')
			put_quoted(script, &word);
		else
			put_character(script, &word);
	bool is_descriptor = *script->at == '>' && text_string(&word)[strspn(text_string(&word), "0123456789")] == '\0';
	if (!is_descriptor)
		strings_add(script->arena, words, text_string(&word));
}

/* The words up to the end of the command; false at the end of the script. */
static bool next_command(struct script *script, struct strings *ret_words)
{
	*ret_words = (struct strings){0};
	script->needs_shell = false;
	for (;;) {
		skip_blanks(script);
		if (!*script->at)
			return ret_words->count > 0;
		if (*script->at == '<' || *script->at == '>') {
			skip_redirection(script);
		} else if (strchr("\n;&|()", *script->at)) {
			script->line += *script->at++ == '\n';
			if (ret_words->count > 0)
				return true;
		} else {
			read_word(script, ret_words);
		}
	}
}

/* Where the operands of `docker buildx create` begin; 0: it is another command. */
static size_t after_create(const struct strings *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (text_equal(words->items[i], "create") &&
		    (text_equal(words->items[i - 1], "buildx") || text_ends(words->items[i - 1], "docker-buildx")))
			return i + 1;
	return 0;
}

static void take_options(struct converting *at, const char *text)
{
	convert_options(at, text, false);
}

static void take_use(struct converting *at, const char *value)
{
	(void)value;
	at->import->state->selected = at->builder->name;
}

static const struct flag {
	const char *name, *letter;
	bool alone; /* takes no value */
	void (*take)(struct converting *at, const char *value);
	const char *why; /* it has no counterpart */
} flags[] = {
	{"--name", NULL, false, NULL, NULL},
	{"--node", NULL, false, NULL, NULL},
	{"--append", NULL, true, NULL, NULL},
	{"--driver", NULL, false, convert_driver, NULL},
	{"--driver-opt", NULL, false, take_options, NULL},
	{"--buildkitd-flags", NULL, false, convert_flags, NULL},
	{"--buildkitd-config", NULL, false, convert_config, NULL},
	{"--config", NULL, false, convert_config, NULL},
	{"--platform", NULL, false, convert_platforms, NULL},
	{"--use", NULL, true, take_use, NULL},
	{"--bootstrap", NULL, true, NULL, NULL},
	{"--timeout", NULL, false, NULL, NULL},
	{"--debug", "-D", true, NULL, NULL},
	{"--leave", NULL, true, NULL, "a node that leaves is left out of `nodes`"},
};

static const struct flag *find(const char *word, const char **ret_value)
{
	size_t length = strcspn(word, "=");

	for (size_t i = 0; i < COUNT(flags); i++)
		if ((strlen(flags[i].name) == length && !strncmp(word, flags[i].name, length)) ||
		    text_equal(word, flags[i].letter)) {
			*ret_value = word[length] ? word + length + 1 : NULL;
			return &flags[i];
		}
	return NULL;
}

/* The value of the first such flag; NULL: it is not there. */
static const char *value_of(const struct strings *words, size_t from, const char *name)
{
	for (size_t i = from; i < words->count; i++) {
		const char *value = NULL;
		const struct flag *flag = find(words->items[i], &value);

		if (!flag || !text_equal(flag->name, name))
			continue;
		return value || flag->alone ? (value ? value : "") : i + 1 < words->count ? words->items[i + 1] : NULL;
	}
	return NULL;
}

static void take_words(struct converting *at, const struct strings *words, size_t from)
{
	for (size_t i = from; i < words->count; i++) {
		const char *value = NULL, *word = words->items[i];
		const struct flag *flag = find(word, &value);

		if (!flag && *word == '-') {
			convert_note(at, "%s is no option of `docker buildx create` that reconcile knows", word);
			continue;
		}
		if (!flag) {
			convert_endpoint(at, word);
			continue;
		}
		if (!flag->alone && !value && i + 1 < words->count)
			value = words->items[++i];
		if (flag->why)
			convert_note(at, "%s is left out: %s", flag->name, flag->why);
		else if (flag->take && (value || flag->alone))
			flag->take(at, value);
	}
}

static void take_command(struct import *import, const struct script *script, const struct strings *words)
{
	size_t from = after_create(words);
	struct converting at = {.import = import, .line = script->began};
	bool made;

	if (from == 0)
		return;
	const char *name = value_of(words, from, "--name"), *node = value_of(words, from, "--node");
	bool named = !text_empty(name) && !strchr(name, '$');
	convert_builder(&at, named ? name : "ci", &made);
	if (!named)
		convert_note(&at, "the script leaves its name to BuildX or to a variable");
	if (script->needs_shell)
		convert_note(&at, "some of it only a shell can know: look at what it came to");
	if (!made || value_of(words, from, "--append"))
		convert_node(&at, node);
	else if (node && !text_equal(node, arena_printf(at.arena, "%s0", at.builder->name))) {
		convert_node(&at, node);
		/* It is the first, not one more. */
		*at.builder->nodes = *at.node;
		at.builder->node_count = 1;
		at.node = at.builder->nodes;
	}
	take_words(&at, words, from);
}

int convert_script(const struct desired_text *text, struct import *import, struct diagnostics *problems)
{
	struct strings words;

	convert_begin(import);
	struct script script = {.arena = import->state->arena,
				.at = arena_strndup(import->state->arena, text->data, text->length),
				.line = 1};
	while (next_command(&script, &words))
		take_command(import, &script, &words);
	if (import->state->builder_count == 0)
		diagnostics_addf(problems, ERROR_INVALID, text->path, 0, 0, NULL,
				 "no line of it says `docker buildx create`");
	convert_end(import);
	return problems->count > 0 ? -1 : 0;
}
