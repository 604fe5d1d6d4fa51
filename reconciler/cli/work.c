/* Carries out one plan between its two entries in the history. */
#include "cli/work.h"

#include "base/json.h"
#include "base/text_buffer.h"
#include "cli/notes.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "desired/print.h"
#include "history/record.h"
#include "history/repository.h"
#include "history/revision.h"
#include "history/secret_keys.h"
#include "report/plan.h"
#include "report/result.h"

#include <unistd.h>

enum { MS = 1000, SUBJECT_CHANGES = 3 };

static const char *object_of(struct arena *arena, const struct change *change)
{
	if (change->object == OBJECT_SELECTED && change->to)
		return change->to;
	if (change->object == OBJECT_CURRENT_CONTEXT && change->to)
		return arena_printf(arena, "context %s", change->to);
	return text_empty(change->name) ? change->address : change->name;
}

/* "apply: create ci, replace arm", and how many more; "reset ci" says it all. */
static const char *subject_of(struct arena *arena, const char *verb, const struct plan *plan, bool rollback)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (plan->subject && !rollback)
		return text_printable(arena, plan->subject, false);
	text_printf(&out, "%s:", plan->subject ? plan->subject : verb);
	for (size_t i = 0; i < plan->change_count && i < SUBJECT_CHANGES; i++)
		text_printf(&out, "%s %s %s", i == 0 ? "" : ",", action_kind(plan->changes[i].action)->name,
			    object_of(arena, &plan->changes[i]));
	if (plan->change_count > SUBJECT_CHANGES)
		text_printf(&out, " and %zu more", plan->change_count - SUBJECT_CHANGES);
	return text_printable(arena, text_string(&out), false);
}

static void print_json_text(cJSON *json, struct text *out)
{
	json_print(json, out);
	cJSON_Delete(json);
}

/* Of the repository that asked; NULL: nobody's, or it is not known. */
static const char *state_commit(const struct work *work)
{
	const struct session *session = work->session;
	const struct strings *files = &session->desired->files;

	if (work->goal->desired || work->goal->rollback || work->goal->gc || files->count == 0)
		return NULL;
	return revision_head(session->arena, files->items[0]);
}

const struct state *work_places(const struct work *work)
{
	return work->goal->desired && !work->goal->gc ? work->goal->desired : work->session->desired;
}

int work_begin(struct work *work, const char *verb, struct error *err)
{
	struct session *session = work->session;
	const struct state *desired = work->goal->desired ? work->goal->desired : session->desired;
	CLEANUP_TEXT struct text plan = TEXT_INIT, yaml = TEXT_INIT;
	CLEANUP_TEXT struct text live = TEXT_INIT, report = TEXT_INIT, body = TEXT_INIT;
	struct report_options plain = {.format = FORMAT_TEXT};
	unsigned char key[HISTORY_KEY];
	struct report_options markdown = {.format = FORMAT_MARKDOWN, .verbose = true};
	struct record_content content;

	if (history_key(session->history, key, err) < 0 ||
	    history_add_secret_keys(session->history, &work->live->secret_keys, err) < 0)
		return -1;
	print_json_text(plan_to_json(work->plan), &plan);
	print_json_text(live_to_json(work->live), &live);
	state_print_yaml(desired, key, sizeof(key), &yaml);
	report_plan(work->plan, &markdown, &report);
	report_plan(work->plan, &plain, &body);
	affected_collect(work->plan, work->live, session->arena, &work->affected);
	if (affected_check(&work->affected, work->live, err) < 0)
		return -1;
	content = (struct record_content){
		.plan_id = work->plan->plan_id,
		.store = session->store,
		.subject = subject_of(session->arena, verb, work->plan, work->goal->rollback),
		.state_commit = state_commit(work),
		.body = text_string(&body),
		.plan_json = text_string(&plan),
		.desired_yaml = text_string(&yaml),
		.live_json = text_string(&live),
		.report_md = text_string(&report),
		.desired_digest = work->plan->desired_digest,
		.raw = work->affected.items,
		.raw_count = work->affected.count,
	};
	return history_begin(session->history, &content, err);
}

int work_finish(const struct work *work, const char *status, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	CLEANUP_TEXT struct text outcome = TEXT_INIT;
	struct report_options plain = {.format = FORMAT_TEXT, .command = work->session->out.command};

	print_json_text(report_result_json(work->plan, work->results, status), &text);
	report_result(work->plan, work->results, &plain, &outcome);
	return history_finish(work->session->history, work->plan->plan_id, status, text_string(&outcome),
			      text_string(&text), heard_all(work->heard), err);
}

/* What the callbacks of apply_run() need. */
struct run_watch {
	struct progress *progress;
	const struct session *session;
	struct heard *heard;
};

static void show_event(void *context, const struct apply_event *event)
{
	const struct run_watch *watch = context;

	if (event->kind == APPLY_OUTPUT)
		heard_line(watch->heard, event->change->address, event->line);
	progress_event(watch->progress, event);
}

void work_run(struct work *work)
{
	struct session *session = work->session;
	const struct options *options = session->options;
	struct progress_setup setup = {
		.fd = STDERR_FILENO,
		.live = terminal_live(STDERR_FILENO, session->environ),
		.color = session->err.color,
		.quiet = options->quiet,
		.verbose = options->verbose,
		.back = work->goal->rollback,
		.folded = session->err.format == FORMAT_GITHUB,
		.layout = session->err.layout,
		.heard = work->heard,
	};
	struct run_watch watch = {.progress = progress_new(&setup), .session = session, .heard = work->heard};
	struct apply_options apply = {
		.parallel = (int)options->parallel,
		.timeout_ms = (int)options->timeout * MS,
		.boot_timeout_ms = (int)options->boot_timeout * MS,
		.drain_timeout_ms = (int)options->drain_timeout * MS,
		.force = options->force,
		.environ = session->environ,
		.keyring = session->keyring,
		.allowed = &options->allowed_paths,
		.run_lock_fd = session->run_lock_fd,
		.lock_timeout_ms = session_lock_timeout_ms(session),
		.stop_on_failure = options->on_failure == FAILURE_STOP,
		.progress = show_event,
		.context = &watch,
		.notes = notes_of(session->history),
		.interrupt = &session->interrupt,
	};
	struct error err = ERROR_INIT;

	if (apply_run(work->plan, work->live, &apply, work->results, &err) < 0)
		work->interrupted = err.kind == ERROR_INTERRUPTED;
	progress_free(watch.progress);
}

size_t work_count(const struct work *work, enum change_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < work->plan->change_count; i++)
		count += work->results[i].status == status;
	return count;
}

const char *work_status(const struct work *work)
{
	size_t done = work_count(work, CHANGE_DONE);

	if (work->interrupted)
		return "interrupted";
	if (done < work->plan->change_count && done + work_count(work, CHANGE_UNVERIFIED) == work->plan->change_count)
		return "unverified";
	return done == work->plan->change_count ? "applied" : done > 0 ? "partial" : "failed";
}
