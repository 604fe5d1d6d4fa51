/* What the checks share: problems at a place, and the field table's view of a value. */
#include "desired/check.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>

__attribute__((format(printf, 5, 0))) static void add(struct diagnostics *list, enum error_kind kind,
						      struct source source, const char *hint, const char *format,
						      va_list args)
{
	struct error err = ERROR_INIT;

	vsnprintf(err.message, sizeof(err.message), format, args);
	diagnostics_addf(list, kind, source.file, source.line, source.column, hint, "%s", err.message);
}

void problem_at(struct diagnostics *problems, struct source source, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(problems, ERROR_INVALID, source, hint, format, args);
	va_end(args);
}

void warning_at(struct diagnostics *warnings, struct source source, const char *hint, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(warnings, ERROR_WARNING, source, hint, format, args);
	va_end(args);
}

const char *hint_nearest(struct arena *arena, const char *text, const char *const *candidates, size_t count)
{
	const char *nearest = text_nearest(text, candidates, count);

	return nearest ? arena_printf(arena, "did you mean `%s`?", nearest) : NULL;
}

static bool group_said(enum field_scope scope, const void *object)
{
	size_t count;
	const struct field *fields = field_scope(scope, &count);

	for (size_t i = 0; i < count; i++)
		if (field_said(&fields[i], object))
			return true;
	return false;
}

bool field_said(const struct field *field, const void *object)
{
	const char *at = (const char *)object + field->offset;

	switch (field->type) {
	case TYPE_INTEGER:
		return *(const int *)at != 0;
	case TYPE_BOOL:
		return *(const enum tri *)at != TRI_UNSET;
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		return ((const struct strings *)at)->count > 0;
	case TYPE_OPTIONS:
	case TYPE_PAIRS:
		return ((const struct pairs *)at)->count > 0;
	case TYPE_GROUP:
		return group_said(field->below, at);
	case TYPE_LIST:
	case TYPE_TABLE:
		return *(const size_t *)((const char *)object + field->count_offset) > 0;
	default:
		return *(const void *const *)at;
	}
}

static void group_drop(enum field_scope scope, void *object)
{
	size_t count;
	const struct field *fields = field_scope(scope, &count);

	for (size_t i = 0; i < count; i++)
		field_drop(&fields[i], object);
}

void field_drop(const struct field *field, void *object)
{
	char *at = (char *)object + field->offset;

	switch (field->type) {
	case TYPE_INTEGER:
		*(int *)at = 0;
		break;
	case TYPE_BOOL:
		*(enum tri *)at = TRI_UNSET;
		break;
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		((struct strings *)at)->count = 0;
		break;
	case TYPE_OPTIONS:
	case TYPE_PAIRS:
		((struct pairs *)at)->count = 0;
		break;
	case TYPE_GROUP:
		group_drop(field->below, at);
		break;
	case TYPE_LIST:
	case TYPE_TABLE:
		*(size_t *)((char *)object + field->count_offset) = 0;
		*(void **)at = NULL;
		break;
	case TYPE_TREE:
		cJSON_Delete(*(cJSON **)at);
		*(cJSON **)at = NULL;
		break;
	default:
		*(const void **)at = NULL;
		break;
	}
}
