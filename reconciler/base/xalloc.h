/* Memory that is there. Nothing here returns NULL: where there is no memory the program ends, with one line on stderr
 * and SIGABRT. Nobody can mend that from within, and what is half written must not look whole; the journal makes ending
 * at any moment safe (DESIGN.md: the next run goes on or takes back).
 *
 * All that is allocated here is given back with free(); use CLEANUP_FREE. Bare malloc() and its kin are banned outside
 * xalloc.c (.ci/layers.sh). Libraries that let us choose take their memory from here too: cJSON and OpenSSL from
 * xalloc_libraries() on, libgit2 (history/repository.c) and libcurl (live/http/curl.c) from their beginning. Those that
 * do not (libyaml, the C library) say that memory is out, and out_of_memory() is called: error_set_errno() does so for
 * every ENOMEM. */
#ifndef RECONCILE_BASE_XALLOC_H
#define RECONCILE_BASE_XALLOC_H

#include <dirent.h>
#include <stdarg.h>
#include <stddef.h>

__attribute__((noreturn)) void out_of_memory(void);

void *xmalloc(size_t size) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t count, size_t size) __attribute__((malloc, returns_nonnull)); /* zeroed */
void *xrealloc(void *pointer, size_t size) __attribute__((returns_nonnull, warn_unused_result));
void *xreallocarray(void *items, size_t count, size_t size) __attribute__((returns_nonnull, warn_unused_result));
char *xstrdup(const char *text) __attribute__((malloc, returns_nonnull, nonnull));
char *xstrndup(const char *text, size_t length) __attribute__((malloc, returns_nonnull, nonnull));
char *xasprintf(const char *format, ...) __attribute__((malloc, returns_nonnull, format(printf, 1, 2)));
char *xvasprintf(const char *format, va_list arguments) __attribute__((malloc, returns_nonnull, format(printf, 1, 0)));

/* As those of the C library: NULL and errno when it cannot be opened or followed, but never for lack of memory. */
DIR *xopendir(const char *path);
DIR *xfdopendir(int fd);
char *xrealpath(const char *path); /* to be freed */

/* A zeroed object of this type. */
#define XNEW(type) ((type *)xcalloc(1, sizeof(type)))

/* Before the first use of cJSON or OpenSSL, and before the first thread. */
void xalloc_libraries(void);

#endif
