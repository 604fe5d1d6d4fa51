/* libgit2's errors as ours. */
#include "history/git.h"

#include "base/count.h"
#include "base/xalloc.h"

#include <stdarg.h>
#include <stdio.h>

/* The user's own git configuration must not change what a record is, nor where it is sent. */
static void isolate_git(void)
{
	static const int levels[] = {GIT_CONFIG_LEVEL_SYSTEM, GIT_CONFIG_LEVEL_XDG, GIT_CONFIG_LEVEL_GLOBAL,
				     GIT_CONFIG_LEVEL_PROGRAMDATA};

	for (size_t i = 0; i < COUNT(levels); i++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, levels[i], "");
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* check_folder() of repository.c */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 1);
}

int git_begin(struct error *err)
{
	git_use_xalloc();
	if (git_libgit2_init() < 0)
		return git_fail(err, -1, "cannot start libgit2");
	isolate_git();
	return 0;
}

static enum error_kind kind_of_git(int code)
{
	switch (code) {
	case GIT_ENOTFOUND:
		return ERROR_NOT_FOUND;
	case GIT_EEXISTS:
		return ERROR_EXISTS;
	case GIT_ELOCKED:
		return ERROR_LOCKED;
	default:
		return ERROR_OTHER;
	}
}

__attribute__((format(printf, 3, 0))) static int fail(struct error *err, enum error_kind kind, const char *format,
						      va_list args)
{
	const git_error *last = git_error_last();
	char text[512];

	vsnprintf(text, sizeof(text), format, args);
	if (last && last->klass == GIT_ERROR_NOMEMORY)
		out_of_memory();
	error_set(err, kind, "%s: %s", text, last && last->message ? last->message : "libgit2 says nothing");
	git_error_clear();
	return -1;
}

int git_fail(struct error *err, int code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail(err, kind_of_git(code), format, args);
	va_end(args);
	return -1;
}

int git_unreadable(struct error *err, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	fail(err, ERROR_CORRUPT, format, args);
	va_end(args);
	return -1;
}

int history_damaged(struct error *err, const char *format, ...)
{
	char text[512];
	va_list args;

	if (!err)
		return -1;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err->kind = ERROR_CORRUPT;
	return error_wrap(err, "%s", text);
}
