/* One error, and lists of them: what went wrong, where, why, and what to do next.
 *
 * A function that can fail returns 0 or -1 and takes `struct error *err` last. It sets the error once, where it
 * happens, naming the object; callers add context with error_wrap() or stay silent. Only cli/ prints.
 *
 *     if (open_it(path, &fd, err) < 0)
 *         return error_wrap(err, "reading the store");
 *
 * A `struct error` lives on the caller's stack and owns nothing: its texts are arrays, cut with "…" when too long.
 * Passing NULL for err is allowed and drops the text. */
#ifndef RECONCILE_BASE_ERROR_H
#define RECONCILE_BASE_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* The kind decides the exit code (cli/exit.h); a room never exits by itself. */
enum error_kind {
	ERROR_OTHER = 0,
	ERROR_USAGE,	   /* the command line is wrong */
	ERROR_INVALID,	   /* a state file is wrong */
	ERROR_UNREACHABLE, /* something needed did not answer: refused, timed out, TLS, authentication */
	ERROR_NOT_FOUND,
	ERROR_EXISTS,
	ERROR_LOCKED,
	ERROR_STALE,
	ERROR_REFUSED,
	ERROR_CORRUPT, /* bytes that are not what they should be */
	ERROR_INTERRUPTED,
	ERROR_WARNING, /* nothing is wrong, and it comes out otherwise than it reads: told, and no reason to stop */
};

struct error {
	enum error_kind kind;
	char file[512];	    /* "" when the error is not about a file */
	int line, column;   /* 1-based; 0: unknown */
	char message[1024]; /* what and why, no trailing full stop, no newline */
	char hint[512];	    /* what to do next; "" when there is nothing to add */
	char excerpt[256];  /* the line of the file at `line`, for the caret; "" when not at hand */
};

#define ERROR_INIT                                                                                                     \
	{                                                                                                              \
		0                                                                                                      \
	}

/* Each returns -1, so that `return error_set(...)` reads well. */
int error_set(struct error *err, enum error_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* As error_set(), with ": " and the text of errnum added; kind follows errnum (ENOENT: NOT_FOUND, …). */
int error_set_errno(struct error *err, int errnum, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* Puts "context: " before the message of an error that is already set. */
int error_wrap(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says what to do next. */
int error_hint(struct error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Says where. A file of NULL or a line of 0 leaves what is there: json_parse() gives the line, its caller the file. */
int error_at(struct error *err, const char *file, int line, int column);

/* Hands on an error that was kept elsewhere. */
int error_copy(struct error *err, const struct error *from);

/* A list of errors, for work that reports all of them in one run. Owns its copies. */
struct diagnostics {
	struct error *items;
	size_t count;
	bool truncated; /* more than DIAGNOSTICS_MAX were found */
};
enum { DIAGNOSTICS_MAX = 200 };

void diagnostics_add(struct diagnostics *list, const struct error *err);
/* Formats one straight into the list; hint may be NULL. */
void diagnostics_addf(struct diagnostics *list, enum error_kind kind, const char *file, int line, int column,
		      const char *hint, const char *format, ...) __attribute__((format(printf, 7, 8)));
void diagnostics_sort(struct diagnostics *list); /* by file, line, column, message */
void diagnostics_done(struct diagnostics *list);

#endif
