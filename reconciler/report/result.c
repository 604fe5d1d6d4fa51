/* The outcome of an apply: what is done, what is not and why, and the command that goes on. */
#include "report/result.h"

#include "base/json.h"
#include "base/shell.h"
#include "model/normal.h"
#include "report/style.h"
#include "report/words.h"

static size_t count_of(const struct plan *plan, const struct change_result *results, enum change_status status)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		count += results[i].status == status;
	return count;
}

static size_t done_with(const struct plan *plan, const struct change_result *results, enum action action)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		count += results[i].status == CHANGE_DONE && plan->changes[i].action == action;
	return count;
}

static int64_t freed_by(const struct plan *plan, const struct change_result *results)
{
	int64_t freed = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		freed += results[i].freed;
	return freed;
}

static void put_complete(struct page *page, const struct plan *plan, const struct change_result *results)
{
	const char *separator = "";

	page_put(page, STYLE_ADD, "Apply complete:");
	for (enum action action = ACTION_CREATE; action < ACTION_UNKNOWN; action++) {
		size_t count = done_with(plan, results, action);

		if (count > 0) {
			page_printf(page, STYLE_PLAIN, "%s %zu %s", separator, count, action_past(action));
			separator = ",";
		}
	}
	int64_t freed = freed_by(plan, results);
	if (freed > 0)
		page_printf(page, STYLE_PLAIN, ". %s of cache removed", bytes_text(page->arena, freed));
	page_put(page, STYLE_PLAIN, ". Verified by observing again.\n");
	for (size_t i = 0; i < plan->change_count; i++)
		if (*results[i].note)
			page_printf(page, STYLE_PLAIN, "  %s: %s\n", page_safe(page, plan->changes[i].address),
				    page_safe(page, results[i].note));
}

static void put_error(struct page *page, const struct error *error)
{
	page_printf(page, STYLE_PLAIN, ": %s\n", *error->message ? page_safe(page, error->message) : "failed");
	if (*error->hint)
		page_printf(page, STYLE_PLAIN, "      hint: %s\n", page_safe(page, error->hint));
}

static void put_changes(struct page *page, const struct plan *plan, const struct change_result *results)
{
	for (size_t i = 0; i < plan->change_count; i++) {
		const char *address = page_safe(page, plan->changes[i].address);

		switch (results[i].status) {
		case CHANGE_DONE:
			page_put(page, STYLE_ADD, "  ✓ ");
			page_printf(page, STYLE_PLAIN, "%s %s\n", address, action_past(plan->changes[i].action));
			break;
		case CHANGE_FAILED:
			page_put(page, STYLE_REMOVE, "  ✗ ");
			page_printf(page, STYLE_PLAIN, "%s not %s", address, action_past(plan->changes[i].action));
			put_error(page, &results[i].error);
			if (*results[i].note)
				page_printf(page, STYLE_PLAIN, "      %s\n", page_safe(page, results[i].note));
			break;
		case CHANGE_PENDING:
		case CHANGE_SKIPPED:
			page_put(page, STYLE_DIM, "  - ");
			page_printf(page, STYLE_PLAIN, "%s not begun\n", address);
			break;
		}
	}
}

static void put_command(struct page *page, const struct plan *plan)
{
	page_put(page, STYLE_PLAIN, "To go on: ");
	if (page->options->command) {
		page_put(page, STYLE_STRONG, page_safe(page, page->options->command));
	} else {
		text_puts(page->out, "reconcile --apply");
		for (size_t i = 0; i < plan->state_files.count; i++) {
			text_puts(page->out, " -f ");
			text_puts(page->out, shell_word(page->arena, plan->state_files.items[i]));
		}
	}
	page_put(page, STYLE_PLAIN, "\n");
}

static const char *status_of(const struct plan *plan, const struct change_result *results)
{
	size_t done = count_of(plan, results, CHANGE_DONE);

	return done == plan->change_count ? "applied" : done > 0 ? "partial" : "failed";
}

/* Nothing failed and yet not all is done, or a change was stopped halfway: someone asked to stop. */
static bool interrupted(const struct plan *plan, const struct change_result *results)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (results[i].status == CHANGE_FAILED && results[i].error.kind == ERROR_INTERRUPTED)
			return true;
	return count_of(plan, results, CHANGE_FAILED) == 0;
}

static void result_text(struct page *page, const struct plan *plan, const struct change_result *results)
{
	size_t done = count_of(plan, results, CHANGE_DONE);

	if (done == plan->change_count) {
		put_complete(page, plan, results);
		return;
	}
	page_put(page, STYLE_REMOVE, interrupted(plan, results) ? "Interrupted: " : "Apply failed: ");
	page_printf(page, STYLE_PLAIN, "%zu of ", done);
	words_count(page->out, plan->change_count, "change");
	page_put(page, STYLE_PLAIN, " done.\n");
	put_changes(page, plan, results);
	if (page->options->note)
		page_printf(page, STYLE_STRONG, "%s\n", page->options->note);
	put_command(page, plan);
}

void report_result(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		   struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct page page = {.out = out, .options = options, .arena = arena};
	CLEANUP_JSON cJSON *json = NULL;

	if (options->format != FORMAT_JSON) {
		result_text(&page, plan, results);
		return;
	}
	json = report_result_json(plan, results, status_of(plan, results));
	json_print(json, out);
}

cJSON *report_result_json(const struct plan *plan, const struct change_result *results, const char *status)
{
	cJSON *json = cJSON_CreateObject(), *list;

	json_add_string(json, "plan_id", plan->plan_id);
	json_add_string(json, "status", status);
	list = json_add_array(json, "changes");
	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change_result *result = &results[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "address", plan->changes[i].address);
		json_add_string(item, "action", action_kind(plan->changes[i].action)->name);
		json_add_string(item, "status", change_status_name(result->status));
		json_add_integer(item, "steps", (int64_t)plan->changes[i].step_count);
		json_add_integer(item, "steps_done", (int64_t)result->steps_done);
		if (*result->note)
			json_add_string(item, "note", result->note);
		if (plan->changes[i].object == OBJECT_CACHE)
			json_add_integer(item, "freed_bytes", result->freed);
		json_add_integer(item, "elapsed_ms", result->elapsed_ms);
		if (result->status == CHANGE_FAILED) {
			json_add_string(item, "error", result->error.message);
			json_add_string(item, "hint", *result->error.hint ? result->error.hint : NULL);
		}
	}
	return json;
}
