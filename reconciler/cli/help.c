/* --help: of the program, or of one mode with its options. */
#include "cli/help.h"

#include "base/count.h"
#include "cli/exit.h"
#include "cli/option.h"
#include "cli/plugin.h"
#include "cli/session.h"

#include <ctype.h>
#include <string.h>

enum { IN_USE = 6 };

/* Every mode stands in one of these. */
static const struct {
	const char *use;
	enum mode_id modes[IN_USE];
	size_t count;
} uses[] = {
	{"Every day", {MODE_PLAN, MODE_APPLY, MODE_CHECK, MODE_STATUS}, 4},
	{"When something is wrong", {MODE_DOCTOR, MODE_RESET, MODE_ROLLBACK}, 3},
	{"Begin, write and review", {MODE_IMPORT, MODE_VALIDATE, MODE_SNAPSHOT}, 3},
	{"What was done, and what is left of it", {MODE_HISTORY, MODE_FLEET, MODE_SHOW, MODE_GC}, 4},
	{"About it", {MODE_SCHEMA, MODE_COMPLETION, MODE_VERSION, MODE_HELP}, 4},
};

static const char *const examples[MODE_COUNT] = {
	[MODE_PLAN] = "reconcile --plan -f states/\n"
		      "reconcile --plan -f states/ -o plan.json   # then: reconcile --apply plan.json\n",
	[MODE_APPLY] = "reconcile --apply -f states/\n"
		       "reconcile --apply --yes plan.json            # exactly what was reviewed\n",
	[MODE_CHECK] = "reconcile --check -f states/ --format github # in a nightly job\n"
		       "reconcile --check --only ci\n",
	[MODE_STATUS] = "reconcile --status\nreconcile --status -f states/ --format json\n",
	[MODE_VALIDATE] = "reconcile --validate -f states/\nreconcile --validate states/team.yaml states/ci.yaml\n",
	[MODE_RESET] = "reconcile --reset ci\nreconcile --reset --all --yes -f states/\n",
	[MODE_ROLLBACK] = "reconcile --rollback                         # the last record\n"
			  "reconcile --rollback 4f2a1b9 --only ci\n",
	[MODE_HISTORY] = "reconcile --history\nreconcile --history -v --format json\n"
			 "reconcile --history --push git@git.example.com:team/builders.git\n",
	[MODE_FLEET] = "reconcile --fleet git@git.example.com:team/builders.git\n"
		       "reconcile --fleet https://git.example.com/team/builders.git --format markdown\n",
	[MODE_SHOW] = "reconcile --show 4f2a1b9\nreconcile --show plan.json\n",
	[MODE_IMPORT] = "reconcile --import -o reconcile.yaml\nreconcile --import ci\n",
	[MODE_DOCTOR] = "reconcile --doctor\nreconcile --doctor -f states/ --detailed-exitcode\n",
	[MODE_SNAPSHOT] = "reconcile --snapshot -f states/ -o runner.json\n"
			  "reconcile --plan -f states/ --live runner.json\n",
	[MODE_GC] = "reconcile --gc\nreconcile --gc --yes --no-retain        # all that is kept, as for a full disk\n",
	[MODE_SCHEMA] = "reconcile --schema >state.schema.json\nreconcile --schema faults\n",
	[MODE_COMPLETION] = "eval \"$(reconcile --completion bash)\"   # in ~/.bashrc\n"
			    "reconcile --completion fish | source\n",
	[MODE_VERSION] = "reconcile --version\nreconcile --version -v\n",
	[MODE_HELP] = "reconcile --help\nreconcile --apply --help\n",
};

/* As many bytes of a sentence as fit beside the options in 80 columns, up to a blank; a longer word stands alone. */
static size_t fitting(const char *line)
{
	enum { ROOM = 80 - 31 };
	size_t length = 0;

	for (size_t i = 0; i <= strlen(line); i++) {
		if (line[i] != ' ' && line[i] != '\0')
			continue;
		if (i > ROOM && length > 0)
			break;
		length = i;
	}
	return length;
}

static void put_option(const struct option *option, struct text *out)
{
	CLEANUP_TEXT struct text left = TEXT_INIT;

	if (option->letter)
		text_printf(&left, "-%c, ", option->letter);
	else
		text_puts(&left, "    ");
	text_printf(&left, "--%s", option->name);
	if (option->value)
		text_printf(&left, " %s", option->value);
	for (const char *line = option->does; *line;) {
		size_t length = fitting(line);

		text_printf(out, "  %-27s  %.*s\n", line == option->does ? text_string(&left) : "", (int)length, line);
		line += length + (line[length] != '\0');
	}
}

/* What is the mode's own first, then what most of them take. */
static void put_options(const struct mode *mode, bool common, struct text *out)
{
	enum { COMMON = 8 }; /* as many modes take it */
	size_t count;
	const struct option *options = option_table(&count);

	for (size_t i = 0; i < count; i++)
		if (options[i].does && options[i].modes & 1U << mode->id &&
		    (__builtin_popcount(options[i].modes) >= COMMON) == common)
			put_option(&options[i], out);
}

static void put_examples(const char *lines, struct text *out)
{
	for (const char *line = lines; *line; line += strcspn(line, "\n") + 1)
		text_printf(out, "  %.*s\n", (int)strcspn(line, "\n"), line);
}

void options_help_mode(const struct mode *mode, struct text *out)
{
	text_printf(out, "Usage: reconcile --%s [OPTIONS]%s%s\n\n", mode->name, *mode->operands ? " " : "",
		    mode->operands);
	text_printf(out, "%c%s.\n\n", toupper((unsigned char)*mode->does), mode->does + 1);
	put_examples(examples[mode->id], out);
	text_puts(out, "\nOptions:\n");
	put_options(mode, false, out);
	put_options(mode, true, out);
}

static void put_mode(const struct mode *mode, struct text *out)
{
	int columns = 4 + (int)strlen(mode->name);

	text_printf(out, "  --%s %s", mode->name, mode->operands);
	for (const char *at = mode->operands; *at; at++)
		columns += (*at & 0xc0) != 0x80;
	text_printf(out, "%*s  %s\n", columns < 21 ? 21 - columns : 0, "", mode->does);
}

void options_help(struct text *out)
{
	text_puts(out, "Usage: reconcile MODE [OPTIONS] [OPERANDS]\n\n"
		       "Keeps Docker BuildX builders as a YAML file says.\n\n");
	put_examples("reconcile --import -o reconcile.yaml    # begin with what lives here\n"
		     "reconcile                               # what would change\n"
		     "reconcile --apply                       # change it\n"
		     "reconcile --rollback                    # and back\n"
		     "reconcile --doctor                      # what is broken, and what mends it\n",
		     out);
	for (size_t i = 0; i < COUNT(uses); i++) {
		text_printf(out, "\n%s:\n", uses[i].use);
		for (size_t k = 0; k < uses[i].count; k++)
			put_mode(mode_get(uses[i].modes[k]), out);
	}
	text_puts(out, "\nThe bare verb works as well: reconcile plan. Options and examples of a mode:\n"
		       "reconcile --plan --help. The manual: man reconcile, man reconcile.yaml,\n"
		       "man reconcile-faults.\n\n");
	exit_help(out);
}

int mode_help(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT, spelt = TEXT_INIT;
	const struct strings *operands = &session->options->operands;
	const struct mode *mode = operands->count > 0 ? mode_find(operands->items[0]) : NULL;
	struct error err = ERROR_INIT;

	if (operands->count > 0 && !mode) {
		error_set(&err, ERROR_USAGE, "unknown mode \"%s\"", operands->items[0]);
		error_hint(&err, "see reconcile --help");
		return session_fail(session, &err);
	}
	if (mode)
		options_help_mode(mode, &text);
	else
		options_help(&text);
	plugin_spell(session->options->program, text_string(&text), &spelt);
	return session_write(session, &spelt);
}
