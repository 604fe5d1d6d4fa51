/* libgit2 takes its memory from xalloc: a commit that lacks what memory ran out for must not look whole. */
#include "base/xalloc.h"
#include "history/git.h"

#include <stdlib.h>
#include <string.h>

/* libgit2 1.7 makes the others of malloc and realloc itself (its commit 9dd1bfe81). */
#define NINE_FUNCTIONS (LIBGIT2_VER_MAJOR == 1 && LIBGIT2_VER_MINOR < 7)

static void *git_xmalloc(size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return xmalloc(size);
}

static void *git_xrealloc(void *pointer, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return xrealloc(pointer, size);
}

#if NINE_FUNCTIONS
static void *git_xcalloc(size_t count, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return xcalloc(count, size);
}

static char *git_xstrdup(const char *text, const char *file, int line)
{
	(void)file;
	(void)line;
	return xstrdup(text);
}

static char *git_xstrndup(const char *text, size_t length, const char *file, int line)
{
	(void)file;
	(void)line;
	return xstrndup(text, length);
}

static char *git_xsubstrdup(const char *text, size_t length, const char *file, int line)
{
	char *copy = git_xmalloc(length + 1, file, line);

	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

static void *git_xreallocarray(void *items, size_t count, size_t size, const char *file, int line)
{
	(void)file;
	(void)line;
	return xreallocarray(items, count, size);
}

static void *git_xmallocarray(size_t count, size_t size, const char *file, int line)
{
	return git_xreallocarray(NULL, count, size, file, line);
}
#endif

void git_use_xalloc(void)
{
	git_allocator allocator = {
		.gmalloc = git_xmalloc,
		.grealloc = git_xrealloc,
		.gfree = free,
#if NINE_FUNCTIONS
		.gcalloc = git_xcalloc,
		.gstrdup = git_xstrdup,
		.gstrndup = git_xstrndup,
		.gsubstrdup = git_xsubstrdup,
		.greallocarray = git_xreallocarray,
		.gmallocarray = git_xmallocarray,
#endif
	};

	git_libgit2_opts(GIT_OPT_SET_ALLOCATOR, &allocator);
}
