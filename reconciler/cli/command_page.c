/* reconcile(1): the tables of modes, options and exit codes, and what else a command line depends on. */
#include "cli/command_page.h"

#include "base/count.h"
#include "cli/exit.h"
#include "cli/modes.h"
#include "cli/option.h"

#include <string.h>

static const struct column mode_columns[] = {{"mode", false}, {"", false}};
static const struct column option_columns[] = {{"option", false}, {"", false}, {"with", true}};
static const struct column exit_columns[] = {{"exit", false}, {"meaning", false}, {"changed", true}};
static const struct column variable_columns[] = {{"variable", false}, {"", false}};
static const struct column file_columns[] = {{"file", false}, {"", false}};

struct meaning {
	const char *term, *doc;
};

/* Those that docker and BuildX read are read as they read them. */
static const struct meaning variables[] = {
	{"`DOCKER_CONFIG`", "Docker's configuration folder, `~/.docker` when unset."},
	{"`BUILDX_CONFIG`", "BuildX's store, `$DOCKER_CONFIG/buildx` when unset."},
	{"`DOCKER_HOST`, `DOCKER_CONTEXT`",
	 "The Engine of nodes that name no endpoint; both override `docker context use`."},
	{"`BUILDX_BUILDER`", "Overrides the selected builder; one that is not there is a fault."},
	{"`RECONCILE_HISTORY`", "The history's repository; `--history-dir` overrides it."},
	{"`SOURCE_DATE_EPOCH`", "The time that pages of `--report` call now, in seconds since 1970, when it is set."},
	{"`XDG_STATE_HOME`", "Where the history lies when nothing names it, `~/.local/state` when unset."},
	{"`COLUMNS`", "How wide a page is that goes to no terminal; 0: lines stay as long as they are."},
	{"`NO_COLOR`", "No colours, when set; `--color` overrides it."},
	{"any other", "What state files name as `${VAR}`."},
};

static const struct meaning files[] = {
	{"`states/default.yaml`, `reconcile.yaml`",
	 "The state file when no `-f` is given: the first of these that is there."},
	{"`/etc/reconcile/`",
	 "The state files that `reconcile.service` and `reconcile-check.service` of systemd take."},
	{"`instances/`, `current`, … in the store", "BuildX's own files, written only under its lock and by rename."},
	{"`~/.local/state/reconcile/`*ID*`.git`", "The history of one store, a bare git repository: plan, desired "
						  "state, live state and result of every record on "
						  "`main`. The exact former files, which may hold secrets, are below "
						  "`refs/reconcile/private/`: push neither that "
						  "nor the folder."},
};

struct example {
	const char *why, *lines;
};

static const struct example examples[] = {
	{"Begin with the builders that live here:", "reconcile --import -o reconcile.yaml\nreconcile"},
	{"Review a plan, then apply exactly that:",
	 "reconcile --plan -f states/ -o plan.json\nreconcile --show plan.json\nreconcile --apply --yes plan.json"},
	{"Fail a nightly job on drift, with annotations:", "reconcile --check -f states/ --format github"},
	{"Plan a change where the machine cannot be reached:",
	 "reconcile --snapshot -f states/ -o runner.json      # there\nreconcile --plan -f states/ --live runner.json  "
	 "    "
	 "# here"},
	{"Begin anew with one builder, without taking it away, and go back:",
	 "reconcile --reset ci\nreconcile --rollback"},
	{"The same as a plugin of docker, for another machine:", "docker --context far reconcile plan -f states/"},
	{"Completion in this shell:", "eval \"$(reconcile --completion bash)\""},
	{"Apply what /etc/reconcile says every night:", "systemctl enable --now reconcile.timer"},
	{"Read the history with git:", "git --git-dir ~/.local/state/reconcile/*.git log -p main"},
};

/* A text of --help: options in it are literals here, and its lines one paragraph. */
static void put_help(const char *text, struct text *out)
{
	for (; *text; text++) {
		size_t length = text[0] == '-' && text[1] == '-' ? strspn(text, "-abcdefghijklmnopqrstuvwxyz") : 0;

		if (length > 0)
			text_printf(out, "`%.*s`", (int)length, text);
		else
			text_append(out, text, 1);
		text += length > 0 ? length - 1 : 0;
	}
}

static void print_modes(struct document *page)
{
	document_heading(page, "Modes");
	document_table(page, mode_columns, COUNT(mode_columns));
	for (size_t i = 0; i < MODE_COUNT; i++) {
		const struct mode *mode = mode_get((enum mode_id)i);
		CLEANUP_TEXT struct text term = TEXT_INIT, doc = TEXT_INIT;

		text_printf(&term, *mode->operands ? "`--%s` *%s*" : "`--%s`", mode->name, mode->operands);
		put_help(mode->does, &doc);
		text_printf(&doc, ".%s%s", mode->more ? " " : "", mode->more ? mode->more : "");
		document_row(page, (const char *[]){text_string(&term), text_string(&doc)});
	}
}

/* The modes that take an option; "" for all. */
static void put_modes(unsigned modes, struct text *out)
{
	if (modes == (1U << MODE_COUNT) - 1)
		return;
	for (size_t i = 0; i < MODE_COUNT; i++)
		if (modes & 1U << i)
			text_printf(out, "%s%s", out->length > 0 ? ", " : "", mode_get((enum mode_id)i)->name);
}

static void print_option(struct document *page, const struct option *option)
{
	CLEANUP_TEXT struct text term = TEXT_INIT, doc = TEXT_INIT;
	CLEANUP_TEXT struct text modes = TEXT_INIT;

	if (option->letter)
		text_printf(&term, "`-%c`, ", option->letter);
	text_printf(&term, option->value ? "`--%s` *%s*" : "`--%s`", option->name, option->value);
	put_help(option->does, &doc);
	put_modes(option->modes, &modes);
	document_row(page, (const char *[]){text_string(&term), text_string(&doc), text_string(&modes)});
}

static void print_options(struct document *page)
{
	size_t count;
	const struct option *options = option_table(&count);

	document_heading(page, "Options");
	document_text(page, "A long option takes its value as the next argument or after `=`; `--` ends the options.");
	document_table(page, option_columns, COUNT(option_columns));
	for (size_t i = 0; i < count; i++)
		if (options[i].does)
			print_option(page, &options[i]);
}

static void print_exits(struct document *page)
{
	size_t count;
	const struct exit_meaning *exits = exit_table(&count);

	document_heading(page, "Exit status");
	document_table(page, exit_columns, COUNT(exit_columns));
	for (size_t i = 0; i < count; i++)
		document_row(page, (const char *[]){exits[i].codes, exits[i].meaning, exits[i].changed});
}

static void print_meanings(struct document *page, const char *heading, const struct column *columns,
			   const struct meaning *meanings, size_t count)
{
	document_heading(page, heading);
	document_table(page, columns, 2);
	for (size_t i = 0; i < count; i++)
		document_row(page, (const char *[]){meanings[i].term, meanings[i].doc});
}

void command_page_print(struct document *page)
{
	document_title(page, "reconcile", 1, "keep Docker BuildX builders as a YAML file says");
	document_heading(page, "Synopsis");
	document_text(page, "`reconcile` [`--`*MODE*] [*OPTIONS*] [*OPERANDS*]");
	document_heading(page, "Description");
	document_text(
		page,
		"reconcile reads state files, looks at what really lives here (the BuildX store, Docker contexts, "
		"Docker Engines, the BuildKit daemons of the nodes), and prints the plan that turns the one into "
		"the other; `--apply` carries it out, verifies it, and records it in a git repository. What state "
		"files may say is in reconcile.yaml(5).");
	document_text(
		page,
		"One mode is given, `--plan` when none is; the bare verb works too: `reconcile plan`. The result "
		"goes to stdout, progress and diagnostics to stderr. `--apply`, `--reset`, `--rollback` and `--gc` "
		"ask on a terminal, and without one need `--yes`.");
	document_text(page,
		      "As a plugin of docker it is `docker reconcile` *MODE*; docker's own `--context`, `--host`, "
		      "`--config`, `--tls` and `--tlsverify`, in front, mean to it what they mean to docker.");
	print_modes(page);
	print_options(page);
	print_exits(page);
	print_meanings(page, "Environment", variable_columns, variables, COUNT(variables));
	print_meanings(page, "Files", file_columns, files, COUNT(files));
	document_heading(page, "Examples");
	for (size_t i = 0; i < COUNT(examples); i++) {
		document_text(page, examples[i].why);
		document_code(page, "sh", examples[i].lines);
	}
	document_see_also(page, "");
}
