/* Gathers what a run looked at, and writes the page of it. */
#include "cli/page.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/environ.h"
#include "base/identity.h"
#include "base/json.h"
#include "cli/page_record.h"
#include "cli/planning.h"
#include "cli/publish.h"
#include "codec/snapshot.h"
#include "history/log.h"
#include "report/page.h"

#include <stdlib.h>

enum { PAGE_MODE = 0600, MOST_RECORDS = 10000 };

typedef void page_writer(const struct page_content *content, const struct report_options *options, struct text *out);

static const struct {
	const char *ending;
	page_writer *write;
} forms[] = {
	{".html", page_html},
	{".htm", page_html},
	{".md", page_markdown},
	{".markdown", page_markdown},
};

static page_writer *writer_of(const char *path)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if (text_ends(path, forms[i].ending))
			return forms[i].write;
	return NULL;
}

int page_check_name(const char *path, struct error *err)
{
	if (writer_of(path))
		return 0;
	return error_set(err, ERROR_USAGE, "--report wants a file that ends in .html or .md, not \"%s\"", path);
}

void page_keep(const struct session *session, struct live *live)
{
	struct published *published = session->published;

	live_free(published->after);
	published->after = live;
}

/* Nothing that is secret is in the copy, and so nothing that is secret can be in the page. */
static struct live *without_secrets(const struct live *live)
{
	CLEANUP_JSON cJSON *json = live ? live_to_json(live) : NULL;
	struct live *copy = NULL;
	struct error err = ERROR_INIT;

	if (json && live_from_json(json, &copy, &err) == 0)
		copy->from_snapshot = live->from_snapshot;
	return copy;
}

/* As of reproducible-builds.org: the same input then gives the same page. */
static time_t now_of(const struct session *session)
{
	const char *epoch = environ_value(session->environ, "SOURCE_DATE_EPOCH");
	char *end = NULL;
	long long seconds = strtoll(epoch, &end, 10);

	return *epoch && !*end && seconds > 0 ? (time_t)seconds : session->out.now;
}

/* Of this machine: a snapshot's is another. */
static void read_records(const struct session *session, struct records *records, struct page_content *content)
{
	if (session->options->live.count > 0 || session->options->against || !session->store)
		return;
	if (session->history)
		history_list_all(session->history, session->arena, MOST_RECORDS, records, NULL);
	content->records = records;
}

static void fill_origin(const struct session *session, struct page_content *content)
{
	struct identity identity;

	content->mode = mode_get(session->options->mode)->name;
	content->version = RECONCILE_VERSION;
	content->command = session->options->plain_command;
	content->host = session->out.host;
	if (session->options->live.count == 0) {
		identity_get(&identity);
		content->user = arena_strdup(session->arena, identity.user);
	} else if (content->live) {
		content->host = content->live->taken.host;
	}
}

static void fill_record(const struct session *session, struct page_record *shown, struct page_content *content)
{
	const struct strings *operands = &session->options->operands;

	if (session->options->mode != MODE_SHOW ||
	    !page_record_read(session, operands->count > 0 ? operands->items[0] : NULL, shown))
		return;
	content->record = &shown->record;
	content->plan = shown->plan;
	content->results = shown->results;
	content->live = shown->live;
	content->live_is = "as it was before that record";
	content->host = shown->record.host;
}

static void fill(struct session *session, const struct live *live, struct status *status, struct page_content *content)
{
	const struct published *published = session->published;

	content->live = live;
	content->failures = published->failures.count > 0 ? &published->failures : NULL;
	if (session->plans.count > 1) {
		content->machines = &session->plans;
		content->live = NULL;
		return;
	}
	content->plan = session->plan;
	content->results = session->plan ? published->results : NULL;
	if (!live || !session->plan || !session->desired)
		return;
	*status = (struct status){
		.live = live,
		.desired = session->desired,
		.plan = session->plan,
		.only = &session->options->only,
		.damages = &session->history_damages,
		.drifted = session_applied_last(session),
		.unasked = session->standing,
	};
	content->status = status;
}

static int write_each(const struct session *session, const struct page_content *content)
{
	struct report_options options = session->out;

	options.format = FORMAT_TEXT;
	options.note = session->published->note;
	options.now = now_of(session);
	for (size_t i = 0; i < session->options->reports.count; i++) {
		const char *path = session->options->reports.items[i];
		CLEANUP_TEXT struct text page = TEXT_INIT;
		int code;

		writer_of(path)(content, &options, &page);
		if ((code = session_save(session, path, &page, PAGE_MODE)))
			return code;
	}
	return 0;
}

int page_save(struct session *session)
{
	struct published *published = session->published;
	struct page_content content = {0};
	struct page_record shown = {0};
	struct records records = {0};
	struct status status = {0};

	if (session->options->reports.count == 0)
		return 0;
	struct live *live = without_secrets(published->after ? published->after : session->live);
	fill(session, live, &status, &content);
	fill_origin(session, &content);
	fill_record(session, &shown, &content);
	read_records(session, &records, &content);
	int code = write_each(session, &content);
	page_record_done(&shown);
	live_free(live);
	return code;
}
