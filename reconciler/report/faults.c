/* Faults, each with what was seen, its cause and its mend: the report of --doctor. */
#include "report/faults.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/json.h"
#include "model/normal.h"
#include "report/markdown.h"
#include "report/remark.h"
#include "report/style.h"
#include "report/words.h"

/* Who mends it, of the last line, in this order. */
enum mender { MENDER_APPLY, MENDER_DECLARED, MENDER_YOU, MENDER_COUNT };

static const char *const menders[MENDER_COUNT] = {
	[MENDER_APPLY] = "mended by --apply",
	[MENDER_DECLARED] = "by --apply once the state file says so",
	[MENDER_YOU] = "by you",
};

static const struct {
	const char *name, *head;
} groups[GROUP_COUNT] = {
	[GROUP_BROKEN] = {"broken", "Broken"},
	[GROUP_UNREACHABLE] = {"unreachable", "Unreachable"},
	[GROUP_LEFT_OVER] = {"left-over", "Left over"},
};

enum fault_group fault_group_of(const struct fault *fault)
{
	if (fault_is_orphan(fault))
		return GROUP_LEFT_OVER;
	return fault_is(fault, FAULT_ENGINE_UNREACHABLE) || fault_is(fault, FAULT_DAEMON_UNREACHABLE) ||
			       fault_is(fault, FAULT_CLUSTER_UNREACHABLE)
		       ? GROUP_UNREACHABLE
		       : GROUP_BROKEN;
}

static size_t count_of(const struct faults *faults, enum fault_group group)
{
	size_t count = 0;

	for (size_t i = 0; i < faults->count; i++)
		count += fault_group_of(&faults->items[i]) == group;
	return count;
}

size_t faults_counted(const struct faults *faults)
{
	return faults->count - count_of(faults, GROUP_LEFT_OVER);
}

static bool is_apply(const char *command)
{
	return command && text_starts(command, "reconcile --apply");
}

static enum mender mender_of(struct arena *arena, const struct fault *fault)
{
	if (fault->kind->repair == REPAIR_NONE)
		return MENDER_YOU;
	return fault->kind->repair == REPAIR_ASIDE || is_apply(fault_command(arena, fault)) ? MENDER_APPLY
											    : MENDER_DECLARED;
}

const char *fault_mended(struct arena *arena, const struct fault *fault)
{
	return menders[mender_of(arena, fault)];
}

/* "3 faults: 1 mended by --apply, 2 by you" */
static void put_end(struct page *page, const struct faults *faults, struct text *out)
{
	size_t counts[MENDER_COUNT] = {0}, count = faults_counted(faults);
	const char *separator = ": ";

	if (count == 0) {
		text_puts(out, "No faults found.");
		return;
	}
	for (size_t i = 0; i < faults->count; i++)
		if (fault_group_of(&faults->items[i]) != GROUP_LEFT_OVER)
			counts[mender_of(page->arena, &faults->items[i])]++;
	words_count(out, count, "fault");
	for (enum mender mender = MENDER_APPLY; mender < MENDER_COUNT; mender++) {
		if (counts[mender] == 0)
			continue;
		text_printf(out, "%s%zu %s", separator, counts[mender], menders[mender]);
		separator = ", ";
	}
}

/* The command that is to be run first: an apply mends the most; NULL: nothing is wrong, or no command helps. */
static const struct fault *first_to_mend(struct arena *arena, const struct faults *faults)
{
	const struct fault *first = NULL;
	bool has_command = false;

	for (enum fault_group group = GROUP_BROKEN; group < GROUP_LEFT_OVER; group++)
		for (size_t i = 0; i < faults->count; i++) {
			const struct fault *fault = &faults->items[i];
			const char *command = fault_command(arena, fault);

			if (fault_group_of(fault) != group)
				continue;
			if (is_apply(command))
				return fault;
			if (!first || (command && !has_command && group == fault_group_of(first)))
				first = fault;
			has_command = has_command || command;
		}
	return first;
}

const char *faults_next(struct arena *arena, const struct faults *faults)
{
	const struct fault *fault = first_to_mend(arena, faults);
	const char *command = fault ? fault_command(arena, fault) : NULL;

	if (!fault || text_empty(fault->mend))
		return NULL;
	return command ? command : fault->mend;
}

static void put_next(struct page *page, const struct faults *faults)
{
	const char *next = faults_next(page->arena, faults);

	if (!next)
		return;
	page_put(page, STYLE_PLAIN, "Next: ");
	page_printf(page, STYLE_STRONG, "%s\n", page_safe(page, next));
}

/* "2 containers, 6 volumes (4.9 MiB); 3 of them in use by somebody" */
static void put_left_over(struct page *page, const struct faults *faults)
{
	static const struct {
		enum fault_code code;
		const char *noun;
	} kinds[] = {
		{FAULT_ORPHAN_CONTAINER, "container"},	{FAULT_ORPHAN_VOLUME, "volume"},
		{FAULT_ORPHAN_WORKLOAD, "workload"},	{FAULT_ORPHAN_CLAIM, "claim"},
		{FAULT_ORPHAN_CONFIG_MAP, "ConfigMap"},
	};
	size_t counts[COUNT(kinds)] = {0}, all = 0, somebodys = 0;
	int64_t size = 0;

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		if (fault_group_of(fault) != GROUP_LEFT_OVER)
			continue;
		for (size_t k = 0; k < COUNT(kinds); k++)
			counts[k] += fault_is(fault, kinds[k].code);
		all++;
		somebodys += !fault_command(page->arena, fault);
		size += fault->size > 0 ? fault->size : 0;
	}
	if (all == 0)
		return;
	text_printf(page->out, "%s, and no fault: ", groups[GROUP_LEFT_OVER].head);
	bool first = true;
	for (size_t k = 0; k < COUNT(kinds); k++) {
		if (counts[k] == 0)
			continue;
		text_puts(page->out, first ? "" : ", ");
		words_count(page->out, counts[k], kinds[k].noun);
		first = false;
	}
	if (size > 0)
		text_printf(page->out, " (%s)", bytes_text(page->arena, size));
	text_puts(page->out, " that no builder of this store names");
	if (somebodys > 0)
		text_printf(page->out, "; %zu of them somebody else's, most likely", somebodys);
	text_puts(page->out, page->options->verbose ? "\n" : " (each: reconcile --doctor -v)\n");
}

/* How long ago; -1 when it is not known, or in the future. */
static int64_t age_of(const struct page *page, const struct fault *fault)
{
	time_t made;

	if (page->options->now == 0 || !fault->created || clock_parse_rfc3339(fault->created, &made) < 0 ||
	    made > page->options->now)
		return -1;
	return (int64_t)(page->options->now - made);
}

/* "…; 12.3 GiB, made 41 days ago" */
static const char *seen(struct page *page, const struct fault *fault)
{
	int64_t age = age_of(page, fault);
	const char *size = fault->size < 0 ? "" : bytes_text(page->arena, fault->size);
	const char *made = age < 0 ? "" : arena_printf(page->arena, "made %s ago", age_words(page->arena, age));

	if (*size == '\0' && *made == '\0')
		return fault->message;
	return arena_printf(page->arena, "%s; %s%s%s", fault->message, size, *size != '\0' && *made != '\0' ? ", " : "",
			    made);
}

static void put_line(struct page *page, const char *label, const char *text)
{
	if (text_empty(text))
		return;
	page_printf(page, STYLE_DIM, "    %-8s", label);
	page_printf(page, STYLE_PLAIN, "%s\n", page_safe(page, text));
}

/* The next fault of the same group and kind; NULL: it is the last. */
static const struct fault *next_alike(const struct faults *faults, const struct fault *fault)
{
	for (const struct fault *next = fault + 1; next < faults->items + faults->count; next++)
		if (next->kind == fault->kind && fault_group_of(next) == fault_group_of(fault))
			return next;
	return NULL;
}

static bool is_first_alike(const struct faults *faults, const struct fault *fault)
{
	for (const struct fault *other = faults->items; other < fault; other++)
		if (other->kind == fault->kind && fault_group_of(other) == fault_group_of(fault))
			return false;
	return true;
}

static void put_fault(struct page *page, const struct fault *fault, bool first, const struct fault *next)
{
	page_put(page, STYLE_FAULT, "! ");
	page_put(page, STYLE_STRONG, fault->kind->code);
	page_printf(page, STYLE_PLAIN, "  %s\n", page_safe(page, fault->subject));
	if (page->options->quiet)
		return;
	put_line(page, "seen:", seen(page, fault));
	if (first)
		put_line(page, "cause:", fault->kind->cause);
	put_line(page, "file:", fault->path);
	if (!next || !text_equal(next->mend, fault->mend))
		put_line(page, "mend:", fault->mend);
	if (!next)
		page_put(page, STYLE_PLAIN, "\n");
}

/* Those of one kind stand together, and what they have in common is said once. */
static void put_group(struct page *page, const struct faults *faults, enum fault_group group)
{
	if (count_of(faults, group) == 0)
		return;
	if (!page->options->quiet)
		page_printf(page, STYLE_STRONG, "%s:\n", groups[group].head);
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		if (fault_group_of(fault) != group || !is_first_alike(faults, fault))
			continue;
		for (bool first = true; fault; first = false) {
			const struct fault *next = next_alike(faults, fault);

			put_fault(page, fault, first, next);
			fault = next;
		}
	}
}

static void faults_text(struct page *page, const struct faults *faults)
{
	put_group(page, faults, GROUP_BROKEN);
	put_group(page, faults, GROUP_UNREACHABLE);
	if (page->options->verbose)
		put_group(page, faults, GROUP_LEFT_OVER);
	if (!page->options->quiet)
		put_left_over(page, faults);
	put_end(page, faults, page->out);
	page_put(page, STYLE_PLAIN, "\n");
	put_next(page, faults);
}

static void add_leftover(cJSON *item, const struct fault *fault, int64_t age)
{
	if (fault->size >= 0)
		json_add_integer(item, "size", fault->size);
	if (fault->created)
		json_add_string(item, "created", fault->created);
	if (age >= 0)
		json_add_integer(item, "age_seconds", age);
}

static void faults_json(struct page *page, const struct faults *faults)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "faults");

	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "code", fault->kind->code);
		json_add_string(item, "group", groups[fault_group_of(fault)].name);
		json_add_string(item, "subject", fault->subject);
		json_add_string(item, "path", fault->path);
		json_add_string(item, "message", fault->message);
		json_add_string(item, "cause", fault->kind->cause);
		json_add_string(item, "mend", fault->mend);
		json_add_string(item, "repair", repair_name(fault->kind->repair));
		json_add_string(item, "command", fault_command(page->arena, fault));
		json_add_string(item, "state_line", fault_line(page->arena, fault));
		add_leftover(item, fault, age_of(page, fault));
	}
	json_print(json, page->out);
}

static void put_cell(struct page *page, const char *text)
{
	markdown_cell(page->out, page_safe(page, text));
	text_puts(page->out, " | ");
}

static void faults_markdown(struct page *page, const struct faults *faults)
{
	text_puts(page->out, "### reconcile: ");
	put_end(page, faults, page->out);
	text_puts(page->out, "\n\n");
	if (faults_counted(faults) > 0)
		text_puts(page->out, "| fault | where | seen | cause | mend | by |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		if (fault_group_of(fault) == GROUP_LEFT_OVER)
			continue;
		text_puts(page->out, "| ");
		put_cell(page, fault->kind->code);
		put_cell(page, fault->subject);
		put_cell(page, seen(page, fault));
		put_cell(page, fault->kind->cause);
		put_cell(page, fault->mend);
		put_cell(page, fault_mended(page->arena, fault));
		text_puts(page->out, "\n");
	}
	text_puts(page->out, faults_counted(faults) > 0 ? "\n" : "");
	put_left_over(page, faults);
}

static void faults_remarks(struct page *page, const struct faults *faults)
{
	struct remarks remarks = {.arena = page->arena, .options = page->options};

	remarks_of_faults(&remarks, faults);
	put_end(page, faults, &remarks.summary);
	remarks_print(&remarks, page->out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(struct page *, const struct faults *) = {
	[FORMAT_TEXT] = faults_text,	  [FORMAT_JSON] = faults_json,	    [FORMAT_MARKDOWN] = faults_markdown,
	[FORMAT_GITHUB] = faults_remarks, [FORMAT_GITLAB] = faults_remarks,
};

void report_faults(const struct faults *faults, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};

	forms[options->format](&page, faults);
}
