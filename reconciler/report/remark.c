/* The list of remarks, and those that are of one thing each: outcomes, faults, problems. */
#include "report/remark.h"

#include "report/github.h"
#include "report/gitlab.h"
#include "report/words.h"

#include <stdlib.h>

void remarks_add(struct remarks *remarks, const struct remark *remark)
{
	*ARENA_PUSH(remarks->arena, remarks->items, remarks->count) = *remark;
}

static const char *printable(const struct remarks *remarks, const char *text)
{
	return text ? text_printable(remarks->arena, text, false) : "";
}

static void add_failure(struct remarks *remarks, const struct change *change, const struct change_result *result)
{
	struct arena *arena = remarks->arena;
	const char *address = printable(remarks, change->address);
	const char *message = *result->error->message ? printable(remarks, result->error->message) : "failed";

	remarks_add(remarks, &(struct remark){
				     .level = LEVEL_ERROR,
				     .check = "not-applied",
				     .source = change->source,
				     .title = arena_printf(arena, "%s: not %s", address,
							   change_past(change->address, change->action)),
				     .message = arena_printf(
					     arena, "%s%s%s%s%s", message, *result->error->hint ? "\nhint: " : "",
					     printable(remarks, result->error->hint), *result->note ? "\n" : "",
					     printable(remarks, result->note)),
				     .identity = address,
			     });
}

void remarks_of_result(struct remarks *remarks, const struct plan *plan, const struct change_result *results)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (results[i].status == CHANGE_FAILED)
			add_failure(remarks, &plan->changes[i], &results[i]);
		else if (results[i].status != CHANGE_DONE)
			remarks->summary_level = LEVEL_ERROR;
	if (remarks->count > 0)
		remarks->summary_level = LEVEL_ERROR;
}

void remark_of_fault(struct remarks *remarks, const struct fault *fault)
{
	const char *subject = printable(remarks, fault->subject);

	remarks_add(remarks,
		    &(struct remark){
			    .level = LEVEL_WARNING,
			    .check = fault->kind->code,
			    .title = arena_printf(remarks->arena, "%s: %s", subject, fault->kind->code),
			    .message = arena_printf(remarks->arena, "%s%s%s", printable(remarks, fault->message),
						    fault->mend ? "\nmend: " : "", printable(remarks, fault->mend)),
			    .identity = subject,
		    });
}

void remarks_of_faults(struct remarks *remarks, const struct faults *faults)
{
	for (size_t i = 0; i < faults->count; i++)
		if (!fault_is_orphan(&faults->items[i])) /* it is no fault */
			remark_of_fault(remarks, &faults->items[i]);
}

void remarks_of_problems(struct remarks *remarks, const struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct error *problem = &problems->items[i];
		const char *message = printable(remarks, problem->message);
		bool is_warning = problem->kind == ERROR_WARNING;

		remarks_add(
			remarks,
			&(struct remark){
				.level = is_warning ? LEVEL_WARNING : LEVEL_ERROR,
				.check = is_warning ? "warning" : "invalid",
				.source = {.file = problem->file, .line = problem->line, .column = problem->column},
				.title = "reconcile",
				.message = arena_printf(remarks->arena, "%s%s%s", message, *problem->hint ? "\n" : "",
							printable(remarks, problem->hint)),
				.identity = message,
			});
		remarks->summary_level = is_warning ? remarks->summary_level : LEVEL_ERROR;
	}
}

/* The worst first; else as they were found. */
static void sort(struct remarks *remarks)
{
	struct remark *sorted = ARENA_ARRAY(remarks->arena, struct remark, remarks->count + 1);
	size_t count = 0;

	for (int level = LEVEL_ERROR; level >= LEVEL_NOTICE; level--)
		for (size_t i = 0; i < remarks->count; i++)
			if (remarks->items[i].level == (enum level)level)
				sorted[count++] = remarks->items[i];
	remarks->items = sorted;
}

void remarks_print(struct remarks *remarks, struct text *out)
{
	sort(remarks);
	if (remarks->options->format == FORMAT_GITLAB)
		remarks_gitlab(remarks, out);
	else
		remarks_github(remarks, out);
}

void remarks_done(struct remarks *remarks)
{
	text_done(&remarks->summary);
}
