/* The options as a table, and the parser and the help that walk it. */
#include "cli/options.h"
#include "base/count.h"
#include "base/shell.h"
#include "cli/exit.h"
#include "cli/format.h"
#include "cli/operands.h"
#include "cli/option.h"
#include "cli/page.h"
#include "cli/push.h"
#include "model/normal.h"
#include "report/words.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	PLANNING = 1 << MODE_PLAN | 1 << MODE_CHECK | 1 << MODE_STATUS,
	CHANGING = 1 << MODE_APPLY | 1 << MODE_RESET | 1 << MODE_ROLLBACK,
	ACTING = CHANGING | 1 << MODE_GC,
	OBSERVING = PLANNING | ACTING | 1 << MODE_IMPORT | 1 << MODE_DOCTOR | 1 << MODE_SNAPSHOT,
	DESIRING = PLANNING | 1 << MODE_APPLY | 1 << MODE_RESET | 1 << MODE_VALIDATE | 1 << MODE_SNAPSHOT |
		   1 << MODE_DOCTOR | 1 << MODE_GC,
	/* Without what changes something: who applies a file trusts it. */
	STRANGE = PLANNING | 1 << MODE_VALIDATE | 1 << MODE_DOCTOR,
	RECORDED = PLANNING | ACTING | 1 << MODE_HISTORY | 1 << MODE_SHOW,
	REPORTING = PLANNING | ACTING | 1 << MODE_VALIDATE | 1 << MODE_HISTORY | 1 << MODE_SHOW | 1 << MODE_DOCTOR |
		    1 << MODE_SCHEMA | 1 << MODE_FLEET,
	PUBLISHING = PLANNING | ACTING | 1 << MODE_VALIDATE | 1 << MODE_HISTORY | 1 << MODE_DOCTOR | 1 << MODE_FLEET,
	PUSHING = 1 << MODE_HISTORY | 1 << MODE_CHECK | CHANGING,
	/* What has something to look at. */
	PAGED = PLANNING | ACTING | 1 << MODE_DOCTOR | 1 << MODE_HISTORY | 1 << MODE_SHOW,
	ALL_MODES = (1 << MODE_COUNT) - 1,
};

enum { RETAIN_SECONDS = 24 * 3600, SILENT_SECONDS = 7 * 24 * 3600 };
static const int64_t NS = 1000000000;

#define AT(member) offsetof(struct options, member)
#define INTO(format, name)                                                                                             \
	{                                                                                                              \
		name "-into", 0, "FILE", TYPE_TEXT, AT(into[FORMAT_##format]), 0, 0, NULL, PUBLISHING,                 \
			"save the report as " name " in this file, whatever is printed"                                \
	}

static const struct option table[] = {
	{"file", 'f', "FILE", TYPE_LIST, AT(files), 0, 0, NULL, DESIRING,
	 "a state file, or a folder of them; given again, later ones win "
	 "(default: states/default.yaml, else reconcile.yaml)"},
	{"only", 0, "NAME", TYPE_LIST, AT(only), 0, 0, NULL, PLANNING | 1 << MODE_APPLY | 1 << MODE_ROLLBACK,
	 "this builder alone; given again, these"},
	{"adopt", 0, "NAME", TYPE_LIST, AT(adopt), 0, 0, NULL, PLANNING | CHANGING,
	 "let this builder take over what runs under its name and another store made, or somebody by hand"},
	{"out", 'o', "FILE", TYPE_TEXT, AT(out), 0, 0, NULL, 1 << MODE_PLAN | 1 << MODE_SNAPSHOT | 1 << MODE_IMPORT,
	 "save the plan or the snapshot as JSON; with --import, the state file and what it names"},
	{"format", 0, "FORMAT", TYPE_CHOICE, AT(format), 0, 0, "text|json|markdown|github|gitlab", REPORTING,
	 "print text, json, markdown (a comment), github (annotations) "
	 "or gitlab (code quality)"},
	INTO(JSON, "json"),
	INTO(MARKDOWN, "markdown"),
	INTO(TEXT, "text"),
	INTO(GITHUB, "github"),
	INTO(GITLAB, "gitlab"),
	{"report", 0, "FILE", TYPE_LIST, AT(reports), 0, 0, NULL, PAGED,
	 "save a page to look at in this file too: FILE.html complete in itself, or "
	 "FILE.md for a wiki; given again, both"},
	{"live", 0, "SNAPSHOT", TYPE_LIST, AT(live), 0, 0, NULL, PLANNING | 1 << MODE_IMPORT | 1 << MODE_DOCTOR,
	 "look at a file of --snapshot instead of this machine; given again, or "
	 "with a pattern such as 'snapshots/*.json', at one machine after the other"},
	{"against", 0, "REV", TYPE_TEXT, AT(against), 0, 0, NULL, 1 << MODE_PLAN | 1 << MODE_CHECK,
	 "compare with the state files of a git revision, or A..B two of them, "
	 "instead of with what lives here: what does a pull request change?"},
	{"from-action", 0, "FILE", TYPE_TEXT, AT(from_action), 0, 0, NULL, 1 << MODE_IMPORT,
	 "convert the docker/setup-buildx-action steps of a workflow"},
	{"from-script", 0, "FILE", TYPE_TEXT, AT(from_script), 0, 0, NULL, 1 << MODE_IMPORT,
	 "convert the `docker buildx create` lines of a script"},
	{"untrusted", 0, NULL, TYPE_FLAG, AT(untrusted), 0, 0, NULL, STRANGE,
	 "strangers wrote the state files: no network but the endpoints that "
	 "live here, and no variables but those of --env"},
	{"allow-path", 0, "DIR", TYPE_LIST, AT(allowed_paths), 0, 0, NULL, DESIRING,
	 "state files may read in this folder, too, outside their repository"},
	{"env", 0, "NAME", TYPE_LIST, AT(variables), 0, 0, NULL, DESIRING,
	 "state files may use this variable: with --untrusted no other, and "
	 "its value is no secret for looking random alone"},
	{"all", 0, NULL, TYPE_FLAG, AT(all), 0, 0, NULL, 1 << MODE_RESET, "every builder of the state file"},
	{"log", 0, NULL, TYPE_FLAG, AT(log), 0, 0, NULL, 1 << MODE_SHOW,
	 "what BuildX and the Engine said during that run"},
	{"cache-only", 0, NULL, TYPE_FLAG, AT(cache_only), 0, 0, NULL, 1 << MODE_RESET,
	 "only empty their caches; nothing else is made anew"},
	{"yes", 'y', NULL, TYPE_FLAG, AT(yes), 0, 0, NULL, ACTING, "do not ask"},
	{"detailed-exitcode", 0, NULL, TYPE_FLAG, AT(detailed_exitcode), 0, 0, NULL,
	 1 << MODE_PLAN | 1 << MODE_DOCTOR | 1 << MODE_FLEET,
	 "exit 2 when there are changes (or faults, or hosts that are not well)"},
	{"on-failure", 0, "WHAT", TYPE_CHOICE, AT(on_failure), 0, 0, "rollback|stop|continue",
	 1 << MODE_APPLY | 1 << MODE_RESET,
	 "when a builder fails: rollback (default) brings it back as it was, "
	 "stop begins nothing more, continue goes on with the others"},
	{"allow-protected", 0, NULL, TYPE_FLAG, AT(allow_protected), 0, 0, NULL, PLANNING | ACTING,
	 "protected builders may be removed or reset"},
	{"max-remove", 0, "N", TYPE_NUMBER, AT(max_remove), 0, 1000000, NULL, PLANNING | ACTING,
	 "refuse a plan that removes more builders than this"},
	{"override-hold", 0, NULL, TYPE_FLAG, AT(override_hold), 0, 0, NULL, 1 << MODE_APPLY,
	 "apply a state that was rolled back before"},
	{"parallel", 0, "N", TYPE_NUMBER, AT(parallel), 1, 256, NULL, ACTING, "builders side by side (4)"},
	{"no-probe", 0, NULL, TYPE_FLAG, AT(no_probe), 0, 0, NULL, OBSERVING,
	 "store and Engine only, BuildKit is not asked"},
	{"timeout", 0, "SECONDS", TYPE_NUMBER, AT(timeout), 1, 3600, NULL, OBSERVING,
	 "how long an endpoint may take (5)"},
	{"lock-timeout", 0, "SECONDS", TYPE_NUMBER, AT(lock_timeout), 0, 86400, NULL, OBSERVING,
	 "how long to wait for locks (10; for another run, as long as "
	 "--boot-timeout and --drain-timeout together)"},
	{"retain", 0, "DURATION", TYPE_DURATION, AT(retain), 0, 0, NULL, PLANNING | CHANGING,
	 "how long the volumes of nodes that go are kept for a rollback (24h)"},
	{"no-retain", 0, NULL, TYPE_FLAG, AT(no_retain), 0, 0, NULL, PLANNING | ACTING,
	 "keep none, as for a full disk; with --gc: remove those that are kept"},
	{"boot-timeout", 0, "SECONDS", TYPE_NUMBER, AT(boot_timeout), 1, 86400, NULL, CHANGING,
	 "how long a builder may take to boot, and a pull be silent (300)"},
	{"drain-timeout", 0, "SECONDS", TYPE_NUMBER, AT(drain_timeout), 0, 604800, NULL, ACTING,
	 "how long to wait for the builds on a node that goes (600)"},
	{"force", 0, NULL, TYPE_FLAG, AT(force), 0, 0, NULL, ACTING, "then cut off the builds that have not ended"},
	{"history-dir", 0, "DIR", TYPE_TEXT, AT(history_dir), 0, 0, NULL, RECORDED,
	 "the history's repository ($RECONCILE_HISTORY)"},
	{"push", 0, "REMOTE", TYPE_TEXT, AT(push), 0, 0, NULL, PUSHING,
	 "then send the records and where this host stands to a git remote, for --fleet"},
	{"silent-after", 0, "DURATION", TYPE_DURATION, AT(silent_after), 0, 0, NULL, 1 << MODE_FLEET,
	 "a host that was not heard of for longer is silent (168h)"},
	{"new-history", 0, NULL, TYPE_FLAG, AT(new_history), 0, 0, NULL, 1 << MODE_APPLY | 1 << MODE_RESET,
	 "when the history is damaged, move it aside, as it is, and begin "
	 "a new one"},
	{"color", 0, "WHEN", TYPE_CHOICE, AT(color), 0, 0, "auto|always|never", ALL_MODES,
	 "colours: auto (default), always or never"},
	{"quiet", 'q', NULL, TYPE_FLAG, AT(quiet), 0, 0, NULL, ALL_MODES, "only the last line, no progress"},
	{"verbose", 'v', NULL, TYPE_FLAG, AT(verbose), 0, 0, NULL, ALL_MODES, "steps too"},
	{"help", 'h', NULL, TYPE_FLAG, AT(help), 0, 0, NULL, ALL_MODES, "this help"},
};
enum { OPTION_COUNT = COUNT(table) };

const struct option *option_table(size_t *ret_count)
{
	*ret_count = OPTION_COUNT;
	return table;
}

struct parser {
	struct arena *arena;
	int argc, next;
	char *const *argv;
	struct options *options;
	const struct mode *mode;   /* said as --mode; NULL: not yet */
	const struct option *open; /* the line ended before its value; NULL: none */
	bool given[OPTION_COUNT];
	bool ended; /* "--" was read */
	struct text command;
};

static const struct option *find_long(const char *name, size_t length)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (strlen(table[i].name) == length && !strncmp(table[i].name, name, length))
			return &table[i];
	return NULL;
}

static const struct option *find_letter(char letter)
{
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

static int unknown_option(const char *name, struct error *err)
{
	const char *candidates[OPTION_COUNT + MODE_COUNT], *nearest;

	for (size_t i = 0; i < OPTION_COUNT; i++)
		candidates[i] = table[i].name;
	for (size_t i = 0; i < MODE_COUNT; i++)
		candidates[OPTION_COUNT + i] = mode_get((enum mode_id)i)->name;
	nearest = text_nearest(name, candidates, OPTION_COUNT + MODE_COUNT);
	if (nearest)
		return error_set(err, ERROR_USAGE, "unknown option --%s; did you mean --%s?", name, nearest);
	return error_set(err, ERROR_USAGE, "unknown option --%s", name);
}

static int set_number(const struct option *option, const char *value, long *field, struct error *err)
{
	char *end = NULL;
	long number;

	errno = 0;
	number = strtol(value, &end, 10);
	if (errno != 0 || end == value || *end || number < option->min || number > option->max)
		return error_set(err, ERROR_USAGE, "--%s wants a whole number from %ld to %ld, not \"%s\"",
				 option->name, option->min, option->max, value);
	*field = number;
	return 0;
}

static int set_duration(const struct option *option, const char *value, long *field, struct error *err)
{
	int64_t ns = duration_ns(value);

	if (ns < 0)
		return error_set(err, ERROR_USAGE, "--%s wants a duration such as 24h, 90m or 3600s, not \"%s\"",
				 option->name, value);
	*field = (long)((ns + NS - 1) / NS);
	return 0;
}

static int set_choice(const struct option *option, const char *value, int *field, struct error *err)
{
	const char *choice = option->choices;

	for (int index = 0; choice; index++) {
		size_t length = strcspn(choice, "|");

		if (strlen(value) == length && !strncmp(choice, value, length)) {
			*field = index;
			return 0;
		}
		choice = choice[length] ? choice + length + 1 : NULL;
	}
	return error_set(err, ERROR_USAGE, "--%s is one of %s, not \"%s\"", option->name, option->choices, value);
}

static int set_option(struct parser *parser, const struct option *option, const char *value, struct error *err)
{
	char *field = (char *)parser->options + option->offset;

	parser->given[option - table] = true;
	if (option->type != TYPE_FLAG && text_empty(value))
		return error_set(err, ERROR_USAGE, "--%s wants %s", option->name, option->value);
	switch (option->type) {
	case TYPE_FLAG:
		*(bool *)(void *)field = true;
		return 0;
	case TYPE_TEXT:
		if (*(const char **)(void *)field)
			return error_set(err, ERROR_USAGE, "--%s is given twice, and takes one value", option->name);
		*(const char **)(void *)field = value;
		return 0;
	case TYPE_LIST:
		strings_add(parser->arena, (struct strings *)(void *)field, value);
		return 0;
	case TYPE_NUMBER:
		return set_number(option, value, (long *)(void *)field, err);
	case TYPE_DURATION:
		return set_duration(option, value, (long *)(void *)field, err);
	case TYPE_CHOICE:
		return set_choice(option, value, (int *)(void *)field, err);
	}
	return 0;
}

/* The value after the option itself, or NULL at the end of the line. */
static const char *next_value(struct parser *parser, const struct option *option)
{
	if (parser->next < parser->argc)
		return parser->argv[parser->next++];
	parser->open = option;
	return NULL;
}

static int parse_mode(struct parser *parser, const struct mode *mode, bool has_value, struct error *err)
{
	if (has_value)
		return error_set(err, ERROR_USAGE, "--%s takes no value", mode->name);
	if (parser->mode && parser->mode != mode) {
		const struct mode *acting = 1U << mode->id & ACTING ? mode : parser->mode;

		error_set(err, ERROR_USAGE, "--%s and --%s are two modes; give one", parser->mode->name, mode->name);
		if (1U << acting->id & ACTING)
			error_hint(err, "reconcile --%s prints its plan before anything is changed, and asks",
				   acting->name);
		return -1;
	}
	parser->mode = mode;
	return 0;
}

static int parse_long(struct parser *parser, const char *argument, struct error *err)
{
	size_t length = strcspn(argument, "=");
	const char *value = argument[length] ? argument + length + 1 : NULL;
	const char *name = arena_strndup(parser->arena, argument, length);
	const struct option *option = find_long(argument, length);

	/* "help" is an option of every mode, so that `reconcile --apply --help` is no clash of modes. */
	if (!option && mode_find(name))
		return parse_mode(parser, mode_find(name), value, err);
	if (!option)
		return unknown_option(name, err);
	if (option->type == TYPE_FLAG && value)
		return error_set(err, ERROR_USAGE, "--%s takes no value", option->name);
	if (option->type != TYPE_FLAG && !value)
		value = next_value(parser, option);
	return set_option(parser, option, value, err);
}

static int parse_short(struct parser *parser, const char *letters, struct error *err)
{
	for (; *letters; letters++) {
		const struct option *option = find_letter(*letters);

		if (!option)
			return error_set(err, ERROR_USAGE, "unknown option -%c", *letters);
		if (option->type != TYPE_FLAG)
			return set_option(parser, option, letters[1] ? letters + 1 : next_value(parser, option), err);
		if (set_option(parser, option, NULL, err) < 0)
			return -1;
	}
	return 0;
}

static int parse_argument(struct parser *parser, const char *argument, struct error *err)
{
	if (parser->ended || argument[0] != '-' || !argument[1])
		strings_add(parser->arena, &parser->options->operands, argument);
	else if (text_equal(argument, "--"))
		parser->ended = true;
	else if (argument[1] == '-')
		return parse_long(parser, argument + 2, err);
	else
		return parse_short(parser, argument + 1, err);
	return 0;
}

static int parse_arguments(struct parser *parser, struct error *err)
{
	while (parser->next < parser->argc)
		if (parse_argument(parser, parser->argv[parser->next++], err) < 0)
			return -1;
	return 0;
}

void options_read_typed(struct arena *arena, int argc, char *const *argv, struct typed *ret_typed)
{
	struct parser parser = {.arena = arena, .argc = argc, .argv = argv, .options = &ret_typed->options};
	struct strings *operands = &ret_typed->options.operands;

	*ret_typed = (struct typed){0};
	while (parser.next < argc)
		parse_argument(&parser, argv[parser.next++], NULL);
	if (!parser.mode && operands->count > 0 && (parser.mode = mode_find(operands->items[0]))) {
		operands->items++;
		operands->count--;
	}
	ret_typed->mode = parser.mode;
	ret_typed->open = parser.open;
	ret_typed->ended = parser.ended;
	bool *given = ARENA_ARRAY(arena, bool, OPTION_COUNT);
	memcpy(given, parser.given, sizeof(parser.given));
	ret_typed->given = given;
}

/* Without --mode the first operand is the mode's bare verb. */
static int choose_mode(struct parser *parser, struct error *err)
{
	struct strings *operands = &parser->options->operands;
	const struct mode *mode = parser->mode;

	if (!mode && operands->count > 0) {
		mode = mode_find(operands->items[0]);
		if (!mode)
			return operand_refuse_mode(operands->items[0], err);
		operands->items++;
		operands->count--;
	}
	if (parser->options->help) {
		if (mode && mode->id != MODE_HELP)
			*operands = (struct strings){.items = ARENA_ARRAY(parser->arena, const char *, 1), .count = 1};
		if (mode && mode->id != MODE_HELP)
			operands->items[0] = mode->name;
		mode = mode_get(MODE_HELP);
	}
	parser->options->mode = mode ? mode->id : MODE_PLAN;
	return 0;
}

/* A file that is written twice holds one of the two. */
static int check_files(const struct options *options, struct error *err)
{
	const char *files[FORMAT_COUNT + 1] = {options->out};

	for (size_t i = 0; i < FORMAT_COUNT; i++) {
		files[i + 1] = options->into[i];
		if (files[i + 1] && format_check(options->mode, (enum report_format)i, err) < 0)
			return -1;
		for (size_t j = 0; j <= i && files[i + 1]; j++)
			if (text_equal(files[i + 1], files[j]))
				return error_set(err, ERROR_USAGE, "%s is to be written twice", files[j]);
	}
	return format_check(options->mode, (enum report_format)options->format, err);
}

static int check_pages(const struct options *options, struct error *err)
{
	const struct strings *reports = &options->reports;

	for (size_t i = 0; i < reports->count; i++) {
		const char *path = reports->items[i];
		bool twice = text_equal(path, options->out);

		if (page_check_name(path, err) < 0)
			return -1;
		for (size_t k = 0; k < FORMAT_COUNT; k++)
			twice |= text_equal(path, options->into[k]);
		for (size_t k = 0; k < i; k++)
			twice |= text_equal(path, reports->items[k]);
		if (twice)
			return error_set(err, ERROR_USAGE, "%s is to be written twice", path);
	}
	return 0;
}

static int check_fit(const struct parser *parser, struct error *err)
{
	struct options *options = parser->options;
	const struct mode *mode = mode_get(options->mode);

	for (size_t i = 0; i < OPTION_COUNT && mode->id != MODE_HELP; i++)
		if (parser->given[i] && !(table[i].modes & 1U << mode->id))
			return error_set(err, ERROR_USAGE, "--%s is no option of --%s", table[i].name, mode->name);
	if (operands_settle(parser->arena, options, mode, err) < 0)
		return -1;
	if (mode->id == MODE_RESET && !options->all && options->operands.count == 0)
		return error_set(err, ERROR_USAGE, "--reset wants the names of builders, or --all");
	if (mode->id == MODE_RESET && options->all && options->operands.count > 0)
		return error_set(err, ERROR_USAGE, "--reset takes names or --all, not both");
	if (options->no_retain && parser->given[find_long("retain", strlen("retain")) - table])
		return error_set(err, ERROR_USAGE, "--retain and --no-retain contradict each other");
	if (options->against && options->live.count > 0)
		return error_set(err, ERROR_USAGE, "--against compares state files alone, and --live is what lives");
	if ((options->from_action || options->from_script) &&
	    (options->operands.count > 0 || options->live.count > 0 || (options->from_action && options->from_script)))
		return error_set(err, ERROR_USAGE,
				 "--from-action or --from-script says what is converted; give nothing else to import");
	if (push_check_options(parser->arena, options, err) < 0)
		return -1;
	if (options->quiet && options->verbose)
		return error_set(err, ERROR_USAGE, "-q and -v contradict each other");
	if (mode->id == MODE_HELP)
		return 0;
	return check_files(options, err) < 0 || check_pages(options, err) < 0 ? -1 : 0;
}

/* "--format", "--format=json", "--json-into", "--report". */
static bool says_form(const char *argument)
{
	size_t length = strcspn(argument, "=");

	return !strncmp(argument, "--format", length > 8 ? length : 8) ||
	       !strncmp(argument, "--report", length > 8 ? length : 8) ||
	       (length > 7 && argument[0] == '-' && !strncmp(argument + length - 5, "-into", 5));
}

static const char *command_of(struct parser *parser, bool plain)
{
	CLEANUP_TEXT struct text command = TEXT_INIT;
	int mode = (int)parser->options->mode;
	/* A saved plan is stale by then; a revision is named by its id (cli/rollback.c), as HEAD~1 is another by then.
	 */
	bool drops = (mode == MODE_APPLY || mode == MODE_ROLLBACK) && parser->options->operands.count > 0;

	text_puts(&command, parser->options->program);
	for (int i = 1; i < parser->argc; i++) {
		if (drops && text_equal(parser->argv[i], parser->options->operands.items[0]))
			continue;
		if (plain && says_form(parser->argv[i])) {
			i += !strchr(parser->argv[i], '=');
			continue;
		}
		text_puts(&command, " ");
		text_puts(&command, shell_word(parser->arena, parser->argv[i]));
	}
	return arena_strdup(parser->arena, text_string(&command));
}

int options_parse(struct arena *arena, int argc, char *const *argv, struct options *ret_options, struct error *err)
{
	struct parser parser = {.arena = arena, .argc = argc, .next = 1, .argv = argv, .options = ret_options};

	*ret_options = (struct options){.program = argc > 0 ? argv[0] : "reconcile",
					.timeout = 5,
					.lock_timeout = -1,
					.boot_timeout = 300,
					.drain_timeout = 600,
					.retain = RETAIN_SECONDS,
					.silent_after = SILENT_SECONDS,
					.parallel = 4,
					.max_remove = -1};
	if (parse_arguments(&parser, err) < 0 || choose_mode(&parser, err) < 0 || check_fit(&parser, err) < 0) {
		if (err && *err->hint)
			return -1;
		if (parser.mode)
			return error_hint(err, "see reconcile --%s --help", parser.mode->name);
		return error_hint(err, "see reconcile --help");
	}
	ret_options->command = command_of(&parser, false);
	ret_options->plain_command = command_of(&parser, true);
	return 0;
}
