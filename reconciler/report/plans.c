/* One report of several machines. */
#include "report/plans.h"

#include "base/json.h"
#include "codec/plan.h"
#include "report/comment.h"
#include "report/plan.h"
#include "report/remark.h"
#include "report/style.h"
#include "report/words.h"

#include <string.h>

/* The host, else what the file is called. */
static const char *machine_name(struct arena *arena, const struct machine_plan *machine)
{
	const char *slash = strrchr(machine->file, '/'), *file = slash ? slash + 1 : machine->file;

	if (!text_empty(machine->plan->taken.host))
		return text_printable(arena, machine->plan->taken.host, false);
	return text_printable(arena, arena_strndup(arena, file, strcspn(file, ".")), false);
}

void plans_summary(const struct machine_plans *plans, struct text *out)
{
	size_t changed = 0, incomplete = 0;

	for (size_t i = 0; i < plans->count; i++) {
		bool changes = plan_has_changes(plans->items[i].plan);

		changed += changes;
		incomplete += !changes && !plans->items[i].plan->complete;
	}
	size_t well = plans->count - changed - incomplete;
	words_count(out, plans->count, "machine");
	text_puts(out, ":");
	if (changed > 0)
		text_printf(out, " %zu to be changed%s", changed, incomplete + well > 0 ? "," : "");
	if (incomplete > 0)
		text_printf(out, " %zu incomplete%s", incomplete, well > 0 ? "," : "");
	if (well > 0)
		text_printf(out, " %zu as %s should be", well, well == 1 ? "it" : "they");
	text_puts(out, ".");
}

static struct report_options options_of(const struct machine_plan *machine, const struct report_options *options)
{
	struct report_options own = *options;

	own.store = machine->store;
	return own;
}

static void put_text(const struct machine_plans *plans, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (size_t i = 0; i < plans->count; i++) {
		const struct machine_plan *machine = &plans->items[i];
		const struct report_options own = options_of(machine, options);
		const char *name = machine_name(arena, machine);

		text_puts(out, style_begin(STYLE_STRONG, options->color));
		if (options->quiet)
			text_printf(out, "%s: ", name);
		else
			text_printf(out, "== %s: %s ==", name, text_printable(arena, machine->file, false));
		text_puts(out, style_end(STYLE_STRONG, options->color));
		text_puts(out, options->quiet ? "" : "\n\n");
		report_plan(machine->plan, &own, out);
		text_puts(out, options->quiet ? "" : "\n");
	}
	plans_summary(plans, out);
	text_puts(out, "\n");
}

static void put_json(const struct machine_plans *plans, const struct report_options *options, struct text *out)
{
	CLEANUP_JSON cJSON *list = cJSON_CreateArray();

	(void)options;
	for (size_t i = 0; list && i < plans->count; i++)
		cJSON_AddItemToArray(list, plan_to_json(plans->items[i].plan));
	json_print(list, out);
}

/* One comment: the first part has the marker, and each its share of the room that is left. */
static void put_markdown(const struct machine_plans *plans, const struct report_options *options, struct text *out)
{
	size_t limit = options->limit ? options->limit : COMMENT_LIMIT, begin = out->length;

	for (size_t i = 0; i < plans->count; i++) {
		struct report_options own = options_of(&plans->items[i], options);
		size_t used = out->length - begin;

		own.marker = i == 0 ? options->marker : NULL;
		own.limit = used < limit ? (limit - used) / (plans->count - i) : 1;
		text_puts(out, i == 0 ? "" : "\n");
		report_plan(plans->items[i].plan, &own, out);
	}
}

/* Remarks of one machine are told apart by its name. */
static void add_remarks(struct remarks *remarks, const struct machine_plan *machine)
{
	enum level level = remarks->summary_level;
	size_t before = remarks->count;
	const char *name = machine_name(remarks->arena, machine);

	remarks_of_plan(remarks, machine->plan);
	if (level > remarks->summary_level)
		remarks->summary_level = level;
	for (size_t i = before; i < remarks->count; i++) {
		struct remark *remark = &remarks->items[i];

		remark->title = arena_printf(remarks->arena, "%s: %s", name, remark->title);
		remark->identity = arena_printf(remarks->arena, "%s\n%s", name, remark->identity);
	}
}

static void put_remarks(const struct machine_plans *plans, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct remarks remarks = {.arena = arena, .options = options};

	for (size_t i = 0; i < plans->count && !options->quiet; i++)
		add_remarks(&remarks, &plans->items[i]);
	plans_summary(plans, &remarks.summary);
	remarks_print(&remarks, out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(const struct machine_plans *, const struct report_options *, struct text *) = {
	[FORMAT_TEXT] = put_text,      [FORMAT_JSON] = put_json,      [FORMAT_MARKDOWN] = put_markdown,
	[FORMAT_GITHUB] = put_remarks, [FORMAT_GITLAB] = put_remarks,
};

void report_plans(const struct machine_plans *plans, const struct report_options *options, struct text *out)
{
	if (plans->count == 1)
		report_plan(plans->items[0].plan, options, out);
	else
		forms[options->format](plans, options, out);
}
