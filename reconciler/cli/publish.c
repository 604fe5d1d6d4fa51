/* Reports, printed, saved and appended. */
#include "cli/publish.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/identity.h"
#include "cli/format.h"
#include "cli/github_files.h"
#include "cli/outputs.h"
#include "cli/page.h"
#include "desired/desired.h"
#include "desired/reach.h"
#include "report/plan.h"
#include "report/problems.h"

#include <string.h>
#include <time.h>

enum { SAVED_MODE = 0600, MARKER_DIGITS = 12 };

/* The same for the same mode, state files and snapshot, on whichever runner and with whatever other options: what a
 * comment takes the place of. */
static const char *marker_of(const struct session *session)
{
	const struct options *options = session->options;
	const struct strings *const lists[] = {&options->files, &options->only, &options->live};
	const char *mode = mode_get(options->mode)->name;
	CLEANUP_TEXT struct text all = TEXT_INIT;
	char hex[DIGEST_HEX];

	for (size_t i = 0; i < COUNT(lists); i++)
		text_printf(&all, "%s\n", strings_join(session->arena, lists[i], "\n"));
	text_printf(&all, "\n%s", options->against ? "against" : "");
	digest_hex(text_string(&all), all.length, hex);
	return arena_printf(session->arena, "%s:%.*s", mode, MARKER_DIGITS, hex);
}

/* Of the first state file; where none is checked out with its repository, what the CI server says. */
static const char *root_of(const struct session *session)
{
	static const char *const servers[] = {"GITHUB_WORKSPACE", "CI_PROJECT_DIR"};
	const struct strings *files = &session->options->files;
	const char *root = reach_repository(session->arena, files->count > 0 ? files->items[0] : ".");

	for (size_t i = 0; !root && i < COUNT(servers); i++) {
		const char *value = environ_value(session->environ, servers[i]);
		root = *value ? value : NULL;
	}
	return root;
}

void publish_init(struct session *session)
{
	const struct options *options = session->options;
	struct report_options *out = &session->out;

	session->published = ARENA_NEW(session->arena, struct published);
	if (!mode_reports(options->mode))
		return;
	CLEANUP_FREE char *folder = path_absolute(".");
	out->now = time(NULL);
	out->marker = marker_of(session);
	out->drift = options->mode == MODE_CHECK;
	out->again = mode_acts(options->mode) ? "reconcile --show" : options->plain_command;
	out->root = root_of(session);
	out->folder = folder ? arena_strdup(session->arena, folder) : NULL;
	out->state_file = options->files.count > 0 ? options->files.items[0] : NULL;
	if (options->live.count == 0 && !options->against && options->mode != MODE_VALIDATE)
		out->host = identity_host(session->arena);
}

static int print(const struct session *session, report_writer *write, const void *what)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	write(what, &session->out, &text);
	return session_print(session, &text);
}

static struct report_options options_for(const struct session *session, enum report_format format)
{
	struct report_options options = session->out;

	options.format = format;
	options.color = options.quiet = false;
	return options;
}

static int save_all(const struct session *session, report_writer *write, const void *what)
{
	for (int format = 0; format < FORMAT_COUNT; format++) {
		CLEANUP_TEXT struct text text = TEXT_INIT;
		struct report_options options = options_for(session, (enum report_format)format);
		int code;

		if (!session->options->into[format])
			continue;
		write(what, &options, &text);
		if ((code = session_save(session, session->options->into[format], &text, SAVED_MODE)))
			return code;
	}
	return 0;
}

/* Every job begins with an apply, and most often it has nothing to do: that is for the log. */
static bool is_routine(const struct session *session)
{
	const struct plan *plan = session->plan;

	return session->options->mode == MODE_APPLY && plan && plan->complete && !plan_has_changes(plan) &&
	       session->published->failures.count == 0;
}

static int append_summary(const struct session *session, report_writer *write, const void *what)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct report_options options = options_for(session, FORMAT_MARKDOWN);
	struct error err = ERROR_INIT;

	options.limit = github_summary_room(session->environ);
	if (session->out.format != FORMAT_GITHUB || options.limit == 0 || is_routine(session))
		return 0;
	write(what, &options, &text);
	text_puts(&text, "\n");
	return github_summary_append(session->environ, &text, &err) < 0 ? session_fail(session, &err) : 0;
}

int publish_first(const struct session *session, report_writer *write, const void *what)
{
	struct session first = *session;

	first.out.goes_on = true;
	return format_is_document(session->out.format) ? 0 : print(&first, write, what);
}

int publish(const struct session *session, report_writer *write, const void *what)
{
	int code = print(session, write, what);

	session->published->done = true;
	if (!code)
		code = save_all(session, write, what);
	return code ? code : append_summary(session, write, what);
}

static void write_plan(const void *what, const struct report_options *options, struct text *out)
{
	report_plan(what, options, out);
}

int publish_plan(const struct session *session, const struct plan *plan)
{
	return publish(session, write_plan, plan);
}

static void write_plans(const void *what, const struct report_options *options, struct text *out)
{
	report_plans(what, options, out);
}

int publish_plans(const struct session *session, const struct machine_plans *plans)
{
	CLEANUP_TEXT struct text summary = TEXT_INIT;

	if (plans->count > 1) {
		plans_summary(plans, &summary);
		session->published->summary = arena_strdup(session->arena, text_string(&summary));
	}
	return publish(session, write_plans, plans);
}

int publish_plan_first(const struct session *session, const struct plan *plan)
{
	return publish_first(session, write_plan, plan);
}

static void write_failures(const void *what, const struct report_options *options, struct text *out)
{
	report_problems(what, options, out);
}

/* Its paths are what may be wrong then. */
static bool is_misused(const struct diagnostics *failures)
{
	for (size_t i = 0; i < failures->count; i++)
		if (failures->items[i].kind == ERROR_USAGE)
			return true;
	return false;
}

/* Told on stderr already, as text or as annotations. */
static void publish_failures(const struct session *session)
{
	const struct diagnostics *failures = &session->published->failures;
	enum report_format format = session->out.format;

	if (format != FORMAT_TEXT && format != FORMAT_GITHUB)
		print(session, write_failures, failures);
	if (is_misused(failures) || save_all(session, write_failures, failures))
		return;
	append_summary(session, write_failures, failures);
}

int publish_end(struct session *session, int code)
{
	struct published *published = session->published;

	if (code && !published->done && published->failures.count > 0)
		publish_failures(session);
	int failed = is_misused(&published->failures) ? 0 : page_save(session);
	int untold = session->out.format == FORMAT_GITHUB ? outputs_append(session, code) : 0;
	live_free(published->after);
	diagnostics_done(&published->failures);
	return code ? code : failed ? failed : untold;
}
