/* A plan in the form that was asked for. */
#include "report/plan.h"

#include "base/json.h"
#include "codec/plan.h"
#include "report/plan_markdown.h"
#include "report/plan_text.h"
#include "report/remark.h"
#include "report/words.h"

static void plan_json(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_JSON cJSON *json = plan_to_json(plan);

	(void)options;
	json_print(json, out);
}

static void plan_remarks(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct remarks remarks = {.arena = arena, .options = options};

	if (!options->quiet)
		remarks_of_plan(&remarks, plan);
	plan_summary(plan, &remarks.summary);
	plan_blocked(plan, &remarks.summary);
	remarks_print(&remarks, out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(const struct plan *, const struct report_options *, struct text *) = {
	[FORMAT_TEXT] = plan_text,	[FORMAT_JSON] = plan_json,	[FORMAT_MARKDOWN] = plan_markdown,
	[FORMAT_GITHUB] = plan_remarks, [FORMAT_GITLAB] = plan_remarks,
};

void report_plan(const struct plan *plan, const struct report_options *options, struct text *out)
{
	forms[options->format](plan, options, out);
}
