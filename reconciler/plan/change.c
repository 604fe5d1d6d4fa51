/* Makers of changes, fields and steps. */
#include "plan/change.h"

#include "model/secret.h"
#include "plan/draft.h"

#include <stdio.h>

// clang-format off
static const char *const object_prefix[] = {
	[OBJECT_BUILDER]         = "builder.",
	[OBJECT_CONTEXT]         = "context.",
	[OBJECT_SELECTED]        = "selected",
	[OBJECT_FILE]            = "file.",
	[OBJECT_CONTAINER]       = "container.",
	[OBJECT_VOLUME]          = "volume.",
	[OBJECT_WORKLOAD]        = "workload.",
	[OBJECT_CLAIM]           = "claim.",
	[OBJECT_CACHE]           = "cache.",
	[OBJECT_CURRENT_CONTEXT] = "current-context",
	[OBJECT_UNMANAGED]       = "unmanaged",
};
// clang-format on

// clang-format off
static const enum phase phases[OBJECT_COUNT] = {
	[OBJECT_BUILDER]         = PHASE_BUILDERS,
	[OBJECT_SELECTED]        = PHASE_SELECT,
	[OBJECT_CACHE]           = PHASE_SELECT,
	[OBJECT_CONTAINER]       = PHASE_SELECT,
	[OBJECT_VOLUME]          = PHASE_SELECT,
	[OBJECT_WORKLOAD]        = PHASE_SELECT,
	[OBJECT_CLAIM]           = PHASE_SELECT,
	[OBJECT_CURRENT_CONTEXT] = PHASE_CURRENT,
	[OBJECT_UNMANAGED]       = PHASE_SELECT,
};
// clang-format on

void change_begin(struct draft *draft, struct change *change, enum object_kind object, const char *name)
{
	change->object = object;
	change->name = arena_strdup(draft->arena, name);
	change->address = ARENA_JOIN(draft->arena, object_prefix[object], name);
	change->phase = (int)phases[object];
}

/* What the plan keeps is its own. */
void change_keep(struct draft *draft, const struct change *change)
{
	struct change *kept = ARENA_PUSH(draft->arena, draft->plan->changes, draft->plan->change_count);

	*kept = *change;
	kept->source.file = arena_strdup(draft->arena, change->source.file);
}

struct change *change_add(struct draft *draft, enum object_kind object, const char *name, enum action action)
{
	struct plan *plan = draft->plan;
	struct change *change = ARENA_PUSH(draft->arena, plan->changes, plan->change_count);

	change_begin(draft, change, object, name);
	change->action = action;
	return change;
}

struct field_change *field_add(struct draft *draft, struct change *change, const char *path, const char *before,
			       const char *after, struct source source)
{
	struct field_change *field = ARENA_PUSH(draft->arena, change->fields, change->field_count);

	field->path = arena_strdup(draft->arena, path);
	field->before = arena_strdup(draft->arena, text_without_password(draft->arena, before));
	field->after = arena_strdup(draft->arena, text_without_password(draft->arena, after));
	field->source = source;
	field->source.file = arena_strdup(draft->arena, source.file);
	return field;
}

void change_target(struct draft *draft, struct change *change, const char *path, const char *from, const char *to,
		   struct source source)
{
	struct field_change *field = field_add(draft, change, path, from, to, source);

	change->from = field->before;
	change->to = field->after;
}

void change_block(struct draft *draft, struct change *change, enum error_kind kind, const char *format, ...)
{
	char text[1024];
	va_list arguments;

	if (change->blocked)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	change->blocked = arena_strdup(draft->arena, text);
	change->blocked_kind = kind;
}

struct step *step_add(struct draft *draft, struct change *change, enum step_kind kind, const char *name)
{
	struct step *step = ARENA_PUSH(draft->arena, change->steps, change->step_count);

	step->kind = kind;
	step->name = arena_strdup(draft->arena, name);
	return step;
}

struct step *step_write_add(struct draft *draft, struct change *change, const char *path, const struct text *data)
{
	struct step *step = step_add(draft, change, STEP_WRITE_FILE, NULL);

	step->path = arena_strdup(draft->arena, path);
	step->data = arena_copy(draft->arena, text_string(data), data->length);
	step->length = data->length;
	step->mode = 0600;
	return step;
}

const char *fault_on(struct draft *draft, const char *address)
{
	const struct faults *faults = &draft->live->faults;

	for (size_t i = 0, known = draft->faults.count; known == 0 && i < faults->count; i++)
		lookup_add(draft->arena, &draft->faults, faults->items[i].subject, &faults->items[i]);
	const struct fault *fault = lookup_find(&draft->faults, address);
	return fault ? fault->message : NULL;
}
