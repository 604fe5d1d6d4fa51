/* The outcome of an apply: what is done, what is not and why, and the command that goes on. */
#include "report/result.h"

#include "base/json.h"
#include "base/shell.h"
#include "model/normal.h"
#include "report/remark.h"
#include "report/result_markdown.h"
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

static size_t unasked_by(const struct plan *plan, const struct change_result *results)
{
	size_t unasked = 0;

	for (size_t i = 0; i < plan->change_count; i++)
		unasked += results[i].unasked;
	return unasked;
}

static void put_complete(const struct plan *plan, const struct change_result *results, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *separator = "";
	int64_t freed = freed_by(plan, results);
	size_t unasked = unasked_by(plan, results);

	for (enum action action = ACTION_CREATE; action < ACTION_UNKNOWN; action++) {
		size_t count = done_with(plan, results, action);

		if (count > 0) {
			text_printf(out, "%s %zu %s", separator, count, action_past(action));
			separator = ",";
		}
	}
	if (freed > 0)
		text_printf(out, ". %s of cache removed", bytes_text(arena, freed));
	text_puts(out, ". Verified by observing again");
	if (unasked > 0) {
		text_puts(out, ", but for ");
		words_count(out, unasked, "daemon");
		text_puts(out, unasked == 1 ? " that was not asked" : " that were not asked");
	}
	text_puts(out, ".");
}

static void put_change_notes(struct page *page, const struct plan *plan, const struct change_result *results)
{
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
			page_printf(page, STYLE_PLAIN, "%s %s\n", address,
				    change_past(plan->changes[i].address, plan->changes[i].action));
			break;
		case CHANGE_UNVERIFIED:
			page_put(page, STYLE_UNKNOWN, "  ? ");
			page_printf(page, STYLE_PLAIN, "%s %s, not verified", address,
				    change_past(plan->changes[i].address, plan->changes[i].action));
			put_error(page, results[i].error);
			break;
		case CHANGE_FAILED:
			page_put(page, STYLE_REMOVE, "  ✗ ");
			page_printf(page, STYLE_PLAIN, "%s not %s", address,
				    change_past(plan->changes[i].address, plan->changes[i].action));
			put_error(page, results[i].error);
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

const char *result_command(struct arena *arena, const struct plan *plan, const struct report_options *options)
{
	CLEANUP_TEXT struct text command = TEXT_INIT;

	if (options->command)
		return text_printable(arena, options->command, false);
	text_puts(&command, "reconcile --apply");
	for (size_t i = 0; i < plan->state_files.count; i++)
		text_printf(&command, " -f %s", shell_word(arena, plan->state_files.items[i]));
	return arena_strdup(arena, text_string(&command));
}

static const char *status_of(const struct plan *plan, const struct change_result *results)
{
	size_t done = count_of(plan, results, CHANGE_DONE);

	if (done < plan->change_count && done + count_of(plan, results, CHANGE_UNVERIFIED) == plan->change_count)
		return "unverified";
	return done == plan->change_count ? "applied" : done > 0 ? "partial" : "failed";
}

/* Nothing failed and yet not all is done, or a change was stopped halfway: someone asked to stop. */
static bool interrupted(const struct plan *plan, const struct change_result *results)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (results[i].status == CHANGE_FAILED && results[i].error->kind == ERROR_INTERRUPTED)
			return true;
	return count_of(plan, results, CHANGE_FAILED) == 0;
}

bool result_headline(const struct plan *plan, const struct change_result *results, struct text *ret_words,
		     struct text *ret_rest)
{
	size_t done = count_of(plan, results, CHANGE_DONE);

	if (done == plan->change_count) {
		text_puts(ret_words, "Apply complete:");
		put_complete(plan, results, ret_rest);
		return true;
	}
	if (text_equal(status_of(plan, results), "unverified")) {
		text_puts(ret_words, "Applied, and not verified:");
		text_printf(ret_rest, " %zu of ", plan->change_count - done);
		words_count(ret_rest, plan->change_count, "change");
		text_puts(ret_rest, " could not be looked at afterwards. Nothing was undone: a silence is no proof.");
		return false;
	}
	text_puts(ret_words, interrupted(plan, results) ? "Interrupted:" : "Apply failed:");
	text_printf(ret_rest, " %zu of ", done);
	words_count(ret_rest, plan->change_count, "change");
	text_puts(ret_rest, " done.");
	return false;
}

static void result_text(const struct plan *plan, const struct change_result *results,
			const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text words = TEXT_INIT, rest = TEXT_INIT;
	struct page page = {.out = out, .options = options, .arena = arena};
	bool complete = result_headline(plan, results, &words, &rest);

	page_put(&page, complete ? STYLE_ADD : STYLE_REMOVE, text_string(&words));
	page_printf(&page, STYLE_PLAIN, "%s\n", text_string(&rest));
	if (complete) {
		put_change_notes(&page, plan, results);
		return;
	}
	put_changes(&page, plan, results);
	if (options->note)
		page_printf(&page, STYLE_STRONG, "%s\n", options->note);
	page_put(&page, STYLE_PLAIN, "To go on: ");
	page_put(&page, STYLE_STRONG, result_command(arena, plan, options));
	page_put(&page, STYLE_PLAIN, "\n");
}

static void result_json(const struct plan *plan, const struct change_result *results,
			const struct report_options *options, struct text *out)
{
	CLEANUP_JSON cJSON *json = report_result_json(plan, results, status_of(plan, results));

	(void)options;
	json_print(json, out);
}

static void result_remarks(const struct plan *plan, const struct change_result *results,
			   const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text rest = TEXT_INIT;
	struct remarks remarks = {.arena = arena, .options = options};
	bool complete = result_headline(plan, results, &remarks.summary, &rest);

	text_puts(&remarks.summary, text_string(&rest));
	if (options->note && !complete)
		text_printf(&remarks.summary, "\n%s", text_printable(arena, options->note, true));
	if (!complete)
		text_printf(&remarks.summary, "\nTo go on: %s", result_command(arena, plan, options));
	remarks_of_result(&remarks, plan, results);
	remarks_print(&remarks, out);
	remarks_done(&remarks);
}

static void (*const forms[FORMAT_COUNT])(const struct plan *, const struct change_result *,
					 const struct report_options *, struct text *) = {
	[FORMAT_TEXT] = result_text,	  [FORMAT_JSON] = result_json,	    [FORMAT_MARKDOWN] = result_markdown,
	[FORMAT_GITHUB] = result_remarks, [FORMAT_GITLAB] = result_remarks,
};

void report_result(const struct plan *plan, const struct change_result *results, const struct report_options *options,
		   struct text *out)
{
	forms[options->format](plan, results, options, out);
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
		if (result->status == CHANGE_FAILED || result->status == CHANGE_UNVERIFIED) {
			json_add_string(item, "error", result->error->message);
			json_add_string(item, "hint", *result->error->hint ? result->error->hint : NULL);
		}
	}
	return json;
}
