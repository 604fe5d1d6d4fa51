/* Remarks of a plan: each change at the lines that asked for it, and once what many builders inherit from one line. */
#include "report/remark.h"

#include "report/words.h"

#include <string.h>

enum { NAMES = 8, ALIKE = 5 };

/* One line of `defaults`, and who inherits from it what is to change. */
struct inheritance {
	struct source source;
	const struct change *last;
	struct strings names, texts; /* of builders; of their fields, each once */
};

struct inheritances {
	struct inheritance *items;
	size_t count;
};

static const char *printable(struct arena *arena, const char *text)
{
	return text ? text_printable(arena, text, false) : NULL;
}

static const char *field_words(struct arena *arena, const char *path, const struct field_change *field)
{
	const char *before = printable(arena, field->before), *after = printable(arena, field->after);
	const char *note = printable(arena, field->note);
	const char *end = !field->forces_replacement ? note ? arena_printf(arena, " (%s)", note) : ""
			  : note		     ? arena_printf(arena, " (forces replacement; %s)", note)
						     : " (forces replacement)";

	path = printable(arena, path);
	if (before && after)
		return arena_printf(arena, "%s: %s → %s%s", path, before, after, end);
	return arena_printf(arena, "%s %s: %s%s", after ? "+" : "-", path, after ? after : before ? before : "", end);
}

/* "nodes.ci0.driver-opts.memory" is "driver-opts.memory" of every builder that inherits it. */
static const char *path_of_any_node(const char *path)
{
	const char *dot = text_starts(path, "nodes.") ? strchr(path + strlen("nodes."), '.') : NULL;

	return dot ? dot + 1 : path;
}

/* Its fields are at lines of their own; the others are wholes, at the line that asked for them. */
static bool has_lines(const struct change *change)
{
	return (change->action == ACTION_CHANGE || change->action == ACTION_REPLACE) && !change->blocked &&
	       change->field_count > 0;
}

static bool same_line(const struct source *a, const struct source *b)
{
	return a->line == b->line && text_equal(a->file, b->file);
}

static struct inheritance *inheritance_of(struct arena *arena, struct inheritances *list, const struct source *source)
{
	for (size_t i = 0; i < list->count; i++)
		if (same_line(&list->items[i].source, source))
			return &list->items[i];
	struct inheritance *added = ARENA_PUSH(arena, list->items, list->count);
	*added = (struct inheritance){.source = *source};
	return added;
}

static void collect(struct arena *arena, const struct change *change, struct inheritances *list)
{
	for (size_t i = 0; has_lines(change) && i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];

		if (!field->source.inherited)
			continue;
		struct inheritance *from = inheritance_of(arena, list, &field->source);
		const char *text = field_words(arena, path_of_any_node(field->path), field);
		if (from->last != change)
			strings_add(arena, &from->names,
				    printable(arena, change->name ? change->name : change->address));
		from->last = change;
		if (!strings_contain(&from->texts, text))
			strings_add(arena, &from->texts, text);
	}
}

static void put_some(struct text *out, const struct strings *list, size_t most, const char *separator)
{
	for (size_t i = 0; i < list->count && i < most; i++)
		text_printf(out, "%s%s", i > 0 ? separator : "", list->items[i]);
	if (list->count > most)
		text_printf(out, "%sand %zu more", *separator == ',' ? " " : separator, list->count - most);
}

static void add_inherited(struct remarks *remarks, const struct inheritance *from)
{
	CLEANUP_TEXT struct text title = TEXT_INIT, message = TEXT_INIT;
	bool drift = remarks->options->drift;

	text_puts(&title, "defaults: ");
	words_count(&title, from->names.count, "builder");
	put_some(&message, &from->texts, ALIKE, "\n");
	text_puts(&message, "\nfor ");
	put_some(&message, &from->names, NAMES, ", ");
	remarks_add(remarks, &(struct remark){
				     .level = drift ? LEVEL_ERROR : LEVEL_NOTICE,
				     .check = drift ? "drift" : "defaults",
				     .source = from->source,
				     .title = arena_strdup(remarks->arena, text_string(&title)),
				     .message = arena_strdup(remarks->arena, text_string(&message)),
				     .identity = strings_join(remarks->arena, &from->texts, "\n"),
			     });
}

static enum level level_of(const struct remarks *remarks, const struct change *change)
{
	if (change->blocked || remarks->options->drift)
		return LEVEL_ERROR;
	return change_destroys(change) || change->action == ACTION_UNKNOWN ? LEVEL_WARNING : LEVEL_NOTICE;
}

static void add_change(struct remarks *remarks, const struct change *change, const struct source *source,
		       const char *message, const char *identity)
{
	struct arena *arena = remarks->arena;
	const char *address = printable(arena, change->address), *action = action_kind(change->action)->name;

	remarks_add(remarks, &(struct remark){
				     .level = level_of(remarks, change),
				     .check = change->blocked		? "blocked"
					      : remarks->options->drift ? "drift"
									: action,
				     .source = *source,
				     .title = arena_printf(arena, "%s: %s", address, action),
				     .message = message,
				     .identity = arena_printf(arena, "%s %s\n%s", action, address, identity),
			     });
}

/* Everything of a change, or (source not NULL) its fields of that line; `head`: with what is of the change itself. */
static void add_part(struct remarks *remarks, const struct change *change, const struct source *line, bool head)
{
	struct arena *arena = remarks->arena;
	CLEANUP_TEXT struct text message = TEXT_INIT, identity = TEXT_INIT;

	if (head && change->reason)
		text_puts(&message, printable(arena, change->reason));
	for (size_t i = 0; i < change->field_count; i++) {
		const struct field_change *field = &change->fields[i];
		const char *words = field_words(arena, field->path, field);

		if (line && !same_line(&field->source, line))
			continue;
		text_printf(&message, "%s%s", message.length > 0 ? "\n" : "", words);
		text_printf(&identity, "%s\n", words);
	}
	if (head && change->detail)
		text_printf(&message, "\n%s", printable(arena, change->detail));
	if (head && change->cluster)
		text_printf(&message, "\ncluster: %s", printable(arena, change->cluster));
	if (head && change->cache_note)
		text_printf(&message, "\ncache: %s", printable(arena, change->cache_note));
	if (change->blocked && !text_equal(change->blocked, change->reason))
		text_printf(&message, "\nblocked: %s", printable(arena, change->blocked));
	add_change(remarks, change, line && line->file ? line : &change->source,
		   arena_strdup(arena, text_string(&message)), arena_strdup(arena, text_string(&identity)));
}

/* One remark for each line that asked for fields of this change; what was inherited is told with the others'. */
static void add_by_line(struct remarks *remarks, const struct change *change)
{
	size_t parts = 0;

	for (size_t i = 0; i < change->field_count; i++) {
		const struct source *source = &change->fields[i].source;
		bool told = source->inherited;

		for (size_t j = 0; j < i && !told; j++)
			told = same_line(&change->fields[j].source, source);
		if (!told)
			add_part(remarks, change, source, parts++ == 0);
	}
	if (parts == 0 && change_destroys(change))
		add_part(remarks, change, NULL, true);
}

static void add_changes(struct remarks *remarks, const struct plan *plan, bool destroys)
{
	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];

		if (change_destroys(change) != destroys)
			continue;
		if (change->blocked)
			remarks->summary_level = LEVEL_ERROR;
		if (has_lines(change))
			add_by_line(remarks, change);
		else
			add_part(remarks, change, NULL, true);
	}
}

static void add_unknown(struct remarks *remarks, const struct plan *plan)
{
	enum level level = plan->complete ? LEVEL_NOTICE : remarks->options->drift ? LEVEL_ERROR : LEVEL_WARNING;

	for (size_t i = 0; i < plan->unknown.count; i++) {
		const char *text = printable(remarks->arena, plan->unknown.items[i]);
		const char *mend =
			printable(remarks->arena, unknown_mend(remarks->arena, plan, plan->unknown.items[i]));

		remarks_add(remarks,
			    &(struct remark){.level = level,
					     .check = "unknown",
					     .title = "could not observe",
					     .message = mend ? arena_printf(remarks->arena, "%s\nmend: %s", text, mend)
							     : text,
					     .identity = text});
	}
}

static void add_notes(struct remarks *remarks, const struct plan *plan)
{
	for (size_t i = 0; i < plan->notes.count; i++) {
		const char *text = printable(remarks->arena, plan->notes.items[i]);

		remarks_add(remarks, &(struct remark){.level = LEVEL_NOTICE,
						      .check = "note",
						      .title = "to be known",
						      .message = text,
						      .identity = text});
	}
}

static void add_hold(struct remarks *remarks)
{
	const char *held = printable(remarks->arena, remarks->options->held);

	if (held)
		remarks_add(remarks, &(struct remark){.level = LEVEL_WARNING,
						      .check = "held",
						      .title = "held",
						      .message = held,
						      .identity = "held"});
}

void remarks_of_plan(struct remarks *remarks, const struct plan *plan)
{
	struct inheritances inherited = {0};

	remarks->summary_level = remarks->options->drift && plan_has_changes(plan) ? LEVEL_ERROR : LEVEL_NOTICE;
	for (size_t i = 0; i < plan->change_count; i++)
		collect(remarks->arena, &plan->changes[i], &inherited);
	for (size_t i = 0; i < inherited.count; i++)
		add_inherited(remarks, &inherited.items[i]);
	add_hold(remarks);
	add_changes(remarks, plan, true);
	add_changes(remarks, plan, false);
	struct open_faults open = plan_open_faults(remarks->arena, plan);
	for (size_t i = 0; i < open.count; i++)
		remark_of_fault(remarks, open.items[i]);
	add_unknown(remarks, plan);
	add_notes(remarks, plan);
}
