/* Answers to what people type, as a table of other tools' words. */
#include "cli/operands.h"

#include "base/count.h"

#include <sys/stat.h>

/* The words of terraform, docker, git, kubectl, helm and compose. */
static const struct {
	const char *word, *answer;
} synonyms[] = {
	{"ls", "reconcile --status"},
	{"list", "reconcile --status"},
	{"ps", "reconcile --status"},
	{"get", "reconcile --status"},
	{"inspect", "reconcile --status -v, or docker buildx inspect NAME"},
	{"diff", "reconcile --plan"},
	{"log", "reconcile --history"},
	{"logs", "reconcile --history, and reconcile --show REV --log"},
	{"undo", "reconcile --rollback"},
	{"revert", "reconcile --rollback"},
	{"init", "reconcile --import -o reconcile.yaml, which writes what lives here as a state file"},
	{"export", "reconcile --import -o reconcile.yaml"},
	{"lint", "reconcile --validate"},
	{"up", "reconcile --apply"},
	{"create", "a builder in the state file, then reconcile --apply"},
	{"rm", "`NAME: {state: absent}` in the state file, then reconcile --apply"},
	{"remove", "`NAME: {state: absent}` in the state file, then reconcile --apply"},
	{"delete", "`NAME: {state: absent}` in the state file, then reconcile --apply"},
	{"destroy", "`NAME: {state: absent}` in the state file, then reconcile --apply"},
	{"down", "`NAME: {state: absent}` in the state file, then reconcile --apply"},
	{"use", "`selected: NAME` in the state file, then reconcile --apply"},
	{"prune", "reconcile --reset NAME --cache-only, and reconcile --gc for what is retained"},
	{"fix", "reconcile --doctor, then reconcile --apply"},
	{"repair", "reconcile --doctor, then reconcile --apply"},
};

static bool is_state(const char *word)
{
	struct stat status;

	return text_ends(word, ".yaml") || text_ends(word, ".yml") ||
	       (stat(word, &status) == 0 && S_ISDIR(status.st_mode));
}

int operand_refuse_mode(const char *word, struct error *err)
{
	const char *nearest = mode_nearest(word);

	for (size_t i = 0; i < COUNT(synonyms); i++) {
		if (!text_equal(synonyms[i].word, word))
			continue;
		error_set(err, ERROR_USAGE, "unknown mode \"%s\"", word);
		return error_hint(err, "that is: %s", synonyms[i].answer);
	}
	if (nearest && !is_state(word))
		return error_set(err, ERROR_USAGE, "unknown mode \"%s\"; did you mean %s?", word, nearest);
	error_set(err, ERROR_USAGE, "unknown mode \"%s\"", word);
	return is_state(word) ? error_hint(err, "a state file is named with -f: reconcile --plan -f %s", word) : -1;
}

/* Modes in which it can do no harm. */
bool operands_may_be_states(const struct mode *mode)
{
	return mode->id == MODE_PLAN || mode->id == MODE_CHECK || mode->id == MODE_STATUS ||
	       mode->id == MODE_VALIDATE || mode->id == MODE_DOCTOR || mode->id == MODE_SNAPSHOT;
}

static int refuse(const struct mode *mode, const char *operand, struct error *err)
{
	bool narrows =
		mode->id == MODE_PLAN || mode->id == MODE_CHECK || mode->id == MODE_STATUS || mode->id == MODE_APPLY;

	error_set(err, ERROR_USAGE, "--%s takes %s, so what is \"%s\"?", mode->name,
		  *mode->operands ? mode->operands : "no operand", operand);
	return narrows ? error_hint(err, "one builder alone: reconcile --%s --only %s", mode->name, operand) : -1;
}

int operands_settle(struct arena *arena, struct options *options, const struct mode *mode, struct error *err)
{
	struct strings *operands = &options->operands;

	if (mode->id == MODE_APPLY && operands->count > 0 && is_state(operands->items[0])) {
		error_set(err, ERROR_USAGE, "%s is a state file, and --apply takes a saved plan", operands->items[0]);
		return error_hint(err, "reconcile --apply -f %s", operands->items[0]);
	}
	for (size_t i = 0; operands_may_be_states(mode) && i < operands->count; i++) {
		if (!is_state(operands->items[i]))
			return refuse(mode, operands->items[i], err);
		strings_add(arena, &options->files, operands->items[i]);
	}
	if (operands_may_be_states(mode))
		operands->count = 0;
	return operands->count > mode->most_operands ? refuse(mode, operands->items[mode->most_operands], err) : 0;
}
