/* A plan as workflow commands of GitHub Actions, so that changes show beside the lines that asked for them. */
#include "report/plan_github.h"

#include "report/words.h"

#include <string.h>

/* actions/toolkit packages/core/src/command.ts: escapeData and escapeProperty. */
static void put_escaped(struct text *out, const char *text, bool property)
{
	for (; *text; text++)
		if (strchr(property ? "%\r\n:," : "%\r\n", *text))
			text_printf(out, "%%%02X", (unsigned)*text);
		else
			text_append(out, text, 1);
}

static void put_property(struct text *out, const char **separator, const char *name, const char *value)
{
	text_printf(out, "%s%s=", *separator, name);
	put_escaped(out, value, true);
	*separator = ",";
}

static void put_number(struct text *out, const char **separator, const char *name, int number)
{
	if (number > 0) {
		text_printf(out, "%s%s=%d", *separator, name, number);
		*separator = ",";
	}
}

void github_put(struct text *out, const struct annotation *annotation, const char *message)
{
	const char *separator = " ";

	text_printf(out, "::%s", annotation->level);
	if (!text_empty(annotation->file)) {
		put_property(out, &separator, "file", annotation->file);
		put_number(out, &separator, "line", annotation->line);
		put_number(out, &separator, "col", annotation->column);
	}
	if (!text_empty(annotation->title))
		put_property(out, &separator, "title", annotation->title);
	text_puts(out, "::");
	put_escaped(out, message, false);
	text_puts(out, "\n");
}

static const char *level_of(const struct change *change)
{
	if (change->blocked)
		return "error";
	if (change->action == ACTION_REMOVE || change->action == ACTION_UNKNOWN || change->cache == CACHE_LOST)
		return "warning";
	return "notice";
}

static void put_message_field(struct arena *arena, const struct field_change *field, struct text *message)
{
	text_printf(message, "\n%s: %s → %s%s", text_printable(arena, field->path, false),
		    field->before ? text_printable(arena, field->before, false) : "(none)",
		    field->after ? text_printable(arena, field->after, false) : "(none)",
		    field->forces_replacement ? " (forces replacement)" : "");
}

static void put_change(const struct change *change, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text message = TEXT_INIT;
	struct annotation annotation = {
		.level = level_of(change),
		.file = change->source.file ? text_printable(arena, change->source.file, false) : NULL,
		.line = change->source.line,
		.column = change->source.column,
		.title = arena_printf(arena, "%s: %s", text_printable(arena, change->address, false),
				      action_kind(change->action)->name),
	};

	text_puts(&message, change->reason ? text_printable(arena, change->reason, false) : "");
	for (size_t i = 0; i < change->field_count; i++)
		put_message_field(arena, &change->fields[i], &message);
	if (change->cache_note)
		text_printf(&message, "\ncache: %s", text_printable(arena, change->cache_note, false));
	if (change->blocked)
		text_printf(&message, "\nblocked: %s", text_printable(arena, change->blocked, false));
	github_put(out, &annotation, text_string(&message));
}

void github_fault(struct text *out, const struct fault *fault)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct annotation annotation = {
		.level = "warning",
		.title = arena_printf(arena, "%s: %s", text_printable(arena, fault->subject, false), fault->kind->code),
	};

	github_put(out, &annotation,
		   arena_printf(arena, "%s%s%s", text_printable(arena, fault->message, false),
				fault->mend ? "\nmend: " : "",
				fault->mend ? text_printable(arena, fault->mend, false) : ""));
}

void plan_github(const struct plan *plan, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text summary = TEXT_INIT;

	if (!options->quiet) {
		for (size_t i = 0; i < plan->change_count; i++)
			put_change(&plan->changes[i], out);
		for (size_t i = 0; i < plan->faults.count; i++)
			if (fault_is_open(plan, &plan->faults.items[i]))
				github_fault(out, &plan->faults.items[i]);
		for (size_t i = 0; i < plan->unknown.count; i++)
			github_put(out, &(struct annotation){.level = "warning", .title = "could not observe"},
				   text_printable(arena, plan->unknown.items[i], false));
	}
	plan_summary(plan, &summary);
	github_put(out, &(struct annotation){.level = "notice", .title = "reconcile"}, text_string(&summary));
}
