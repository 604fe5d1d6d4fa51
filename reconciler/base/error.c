/* Fills errors, cuts their texts where they must be cut, and keeps lists of them. */
#include "base/error.h"

#include "base/xalloc.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = sizeof(((struct error *)NULL)->message) };

/* Formats into a local copy first: an argument may be the very text that is being replaced. */
__attribute__((format(printf, 3, 0))) static void text_vset(char *to, size_t size, const char *format, va_list args)
{
	static const char ellipsis[] = "…";
	char text[TEXT_MAX];
	int wanted = vsnprintf(text, sizeof(text), format, args);

	if (wanted < 0)
		text[0] = '\0';
	size_t length = strlen(text);
	if (wanted > 0 && (size_t)wanted >= size) {
		length = size - sizeof(ellipsis);
		while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
			length--;
		memcpy(text + length, ellipsis, sizeof(ellipsis));
		length += sizeof(ellipsis) - 1;
	}
	memcpy(to, text, length + 1);
}

__attribute__((format(printf, 3, 4))) static void text_set(char *to, size_t size, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_vset(to, size, format, args);
	va_end(args);
}

int error_set(struct error *err, enum error_kind kind, const char *format, ...)
{
	char message[TEXT_MAX];
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	text_vset(message, sizeof(message), format, args);
	va_end(args);
	*err = (struct error){.kind = kind};
	memcpy(err->message, message, strlen(message) + 1);
	return -1;
}

static enum error_kind kind_of_errno(int errnum)
{
	switch (errnum) {
	case ENOENT:
		return ERROR_NOT_FOUND;
	case EEXIST:
		return ERROR_EXISTS;
	case EISDIR:
	case ENOTDIR:
	case ELOOP:
		return ERROR_CORRUPT;
	case ECONNREFUSED:
	case ECONNRESET:
	case ECONNABORTED:
	case EPIPE:
	case ETIMEDOUT:
	case EHOSTUNREACH:
	case ENETUNREACH:
	case EHOSTDOWN:
	case ENETDOWN:
		return ERROR_UNREACHABLE;
	case EINTR:
	case ECANCELED:
		return ERROR_INTERRUPTED;
	default:
		return ERROR_OTHER;
	}
}

/* strerror() may share its text between threads. */
static const char *errno_text(int errnum, char *room, size_t size)
{
#if defined(__GLIBC__) && defined(_GNU_SOURCE)
	return strerror_r(errnum, room, size);
#else
	if (strerror_r(errnum, room, size) != 0)
		snprintf(room, size, "error %d", errnum);
	return room;
#endif
}

int error_set_errno(struct error *err, int errnum, const char *format, ...)
{
	char message[TEXT_MAX], room[128];
	va_list args;

	if (errnum == ENOMEM)
		out_of_memory();
	if (!err)
		return -1;
	va_start(args, format);
	text_vset(message, sizeof(message), format, args);
	va_end(args);
	return error_set(err, kind_of_errno(errnum), "%s: %s", message, errno_text(errnum, room, sizeof(room)));
}

int error_copy(struct error *err, const struct error *from)
{
	if (err)
		*err = *from;
	return -1;
}

int error_wrap(struct error *err, const char *format, ...)
{
	char context[TEXT_MAX];
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	text_vset(context, sizeof(context), format, args);
	va_end(args);
	text_set(err->message, sizeof(err->message), "%s: %s", context, err->message);
	return -1;
}

int error_hint(struct error *err, const char *format, ...)
{
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	text_vset(err->hint, sizeof(err->hint), format, args);
	va_end(args);
	return -1;
}

int error_at(struct error *err, const char *file, int line, int column)
{
	if (!err)
		return -1;
	if (file)
		text_set(err->file, sizeof(err->file), "%s", file);
	if (line > 0) {
		err->line = line;
		err->column = column;
	}
	return -1;
}

void diagnostics_add(struct diagnostics *list, const struct error *err)
{
	if (list->count >= DIAGNOSTICS_MAX) {
		list->truncated = true;
		return;
	}
	/* Powers of two tell when the array is full, without a field for its size. */
	if ((list->count & (list->count - 1)) == 0) {
		size_t size = list->count == 0 ? 1 : list->count * 2;
		struct error *items = xrealloc(list->items, size * sizeof(*items));
		list->items = items;
	}
	list->items[list->count++] = *err;
}

void diagnostics_addf(struct diagnostics *list, enum error_kind kind, const char *file, int line, int column,
		      const char *hint, const char *format, ...)
{
	struct error err = {.kind = kind};
	va_list args;

	va_start(args, format);
	text_vset(err.message, sizeof(err.message), format, args);
	va_end(args);
	error_at(&err, file, line, column);
	if (hint)
		error_hint(&err, "%s", hint);
	diagnostics_add(list, &err);
}

static int error_compare(const void *left, const void *right)
{
	const struct error *a = left, *b = right;
	int order = strcmp(a->file, b->file);

	if (order == 0)
		order = (a->line > b->line) - (a->line < b->line);
	if (order == 0)
		order = (a->column > b->column) - (a->column < b->column);
	return order != 0 ? order : strcmp(a->message, b->message);
}

void diagnostics_sort(struct diagnostics *list)
{
	if (list->count > 1)
		qsort(list->items, list->count, sizeof(*list->items), error_compare);
}

void diagnostics_done(struct diagnostics *list)
{
	free(list->items);
	*list = (struct diagnostics){0};
}
