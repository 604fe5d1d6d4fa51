/* What the word at the cursor may become: a mode, an option, a value, an operand. */
#include "cli/complete.h"

#include "base/shell.h"
#include "cli/complete_value.h"
#include "cli/format.h"
#include "cli/operands.h"
#include "cli/option.h"

#include <string.h>

/* "a state file, or a folder of them; given again, later ones win" is too long to stand beside a word; so is a bracket
 * at its end. */
static const char *first_clause(struct arena *arena, const char *text)
{
	char *clause = arena_strndup(arena, text, strcspn(text, ";"));
	char *bracket = text_ends(clause, ")") ? strrchr(clause, '(') : NULL;

	if (bracket && bracket > clause)
		bracket[-1] = '\0';
	return text_printable(arena, clause, false);
}

void candidates_add(struct candidates *found, const char *word, const char *about)
{
	if (!text_starts(word, found->prefix) || !text_equal(shell_word(found->arena, word), word))
		return;
	*ARENA_PUSH(found->arena, found->items, found->count) =
		(struct candidate){arena_strdup(found->arena, word), first_clause(found->arena, about)};
}

/* A form that this mode's report does not have is no choice. */
static bool has_form(const struct asking *asking, size_t form)
{
	const struct mode *mode = asking->typed->mode;

	return form >= FORMAT_COUNT || format_check(mode ? mode->id : MODE_PLAN, (enum report_format)form, NULL) == 0;
}

static bool fits(const struct asking *asking, const struct option *option, bool is_given)
{
	const struct mode *mode = asking->typed->mode;
	size_t into = option->offset - offsetof(struct options, into);

	return option->does && option->modes & 1U << (mode ? mode->id : MODE_PLAN) &&
	       (!is_given || option->type == TYPE_LIST) &&
	       (option->offset < offsetof(struct options, into) || has_form(asking, into / sizeof(char *)));
}

static void add_modes(const struct asking *asking, const char *dashes)
{
	for (size_t i = 0; i < MODE_COUNT; i++) {
		const struct mode *mode = mode_get((enum mode_id)i);

		if (*dashes && mode->id == MODE_HELP) /* an option, too */
			continue;
		candidates_add(asking->found, arena_printf(asking->found->arena, "%s%s", dashes, mode->name),
			       mode->does);
	}
}

static void add_options(const struct asking *asking)
{
	size_t count;
	const struct option *options = option_table(&count);

	if (!asking->typed->mode && asking->typed->options.operands.count == 0)
		add_modes(asking, "--");
	for (size_t i = 0; i < count; i++)
		if (fits(asking, &options[i], asking->typed->given[i]))
			candidates_add(asking->found, arena_printf(asking->found->arena, "--%s", options[i].name),
				       options[i].does);
}

static void add_value(const struct asking *asking, const struct option *option)
{
	const char *choice = option->choices;

	if (option->type != TYPE_CHOICE) {
		complete_value(asking, option->value, option->name);
		return;
	}
	for (size_t i = 0; choice; i++) {
		size_t length = strcspn(choice, "|");

		if (option->offset != offsetof(struct options, format) || has_form(asking, i))
			candidates_add(asking->found, arena_strndup(asking->found->arena, choice, length), "");
		choice = choice[length] ? choice + length + 1 : NULL;
	}
}

/* "NAME…|--all": each by what it stands for. */
static void add_operands(const struct asking *asking, const struct mode *mode)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

	if (operands_may_be_states(mode)) {
		complete_value(asking, "FILE", "file");
		return;
	}
	if (asking->typed->options.operands.count >= mode->most_operands) {
		if (mode->most_operands == 0)
			add_options(asking);
		return;
	}
	for (const char *at = mode->operands; *(at += strcspn(at, letters)); at += strspn(at, letters))
		complete_value(asking, arena_strndup(asking->found->arena, at, strspn(at, letters)), mode->name);
}

/* "--format=js" */
static bool add_joined_value(const struct asking *asking, const char *word)
{
	size_t count, length = strcspn(word, "=");
	const struct option *options = option_table(&count);

	if (!text_starts(word, "--") || word[length] != '=')
		return false;
	asking->found->before = arena_strndup(asking->found->arena, word, length + 1);
	asking->found->prefix = word + length + 1;
	for (size_t i = 0; i < count; i++)
		if (strlen(options[i].name) == length - 2 && !strncmp(options[i].name, word + 2, length - 2) &&
		    options[i].value)
			add_value(asking, &options[i]);
	return true;
}

/* A shell that does not read its own quotes hands them over as they were typed. */
static const char *without_quote(const char *word)
{
	return word + (*word == '"' || *word == '\'');
}

void complete(const struct session *session, const struct strings *words, struct candidates *found)
{
	struct typed typed;
	struct asking asking = {session, &typed, found};
	int before = words->count > 0 ? (int)words->count - 1 : 0;
	const char *word = words->count > 0 ? words->items[before] : "";
	char **argv = ARENA_ARRAY(found->arena, char *, (size_t)before + 1);

	for (int i = 0; i < before; i++)
		argv[i] = arena_strdup(found->arena, without_quote(words->items[i]));
	options_read_typed(found->arena, before, argv, &typed);
	found->before = "";
	found->prefix = without_quote(word);
	found->suffixes = "";
	if (typed.open)
		add_value(&asking, typed.open);
	else if (!typed.ended && add_joined_value(&asking, word))
		return;
	else if (!typed.ended && *word == '-')
		add_options(&asking);
	else if (typed.mode)
		add_operands(&asking, typed.mode);
	else if (typed.options.operands.count == 0)
		add_modes(&asking, "");
}
