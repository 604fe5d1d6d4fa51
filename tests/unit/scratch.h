/* A folder of its own for a test, removed afterwards, and files in it. */
#ifndef RECONCILE_TESTS_SCRATCH_H
#define RECONCILE_TESTS_SCRATCH_H

#include "base/arena.h"
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct scratch {
	struct arena *arena;
	char path[64];
};

static inline int scratch_setup(void **state)
{
	struct arena *arena = arena_new();
	struct scratch *scratch = ARENA_NEW(arena, struct scratch);

	*scratch = (struct scratch){.arena = arena, .path = "/tmp/reconcile-unit-XXXXXX"};
	assert_non_null(mkdtemp(scratch->path));
	*state = scratch;
	return 0;
}

static inline int scratch_teardown(void **state)
{
	struct scratch *scratch = *state;
	int result = folder_remove(scratch->path, NULL);

	arena_free(scratch->arena);
	return result;
}

static inline const char *scratch_at(const struct scratch *scratch, const char *name)
{
	return arena_printf(scratch->arena, "%s/%s", scratch->path, name);
}

/* Folders on the way are made. */
static inline const char *scratch_write(const struct scratch *scratch, const char *name, const char *text)
{
	const char *path = scratch_at(scratch, name);
	char *folder = arena_strdup(scratch->arena, path);

	*strrchr(folder, '/') = '\0';
	assert_int_equal(folder_create(folder, 0700, NULL), 0);
	assert_int_equal(file_write_atomic(path, text, strlen(text), 0600, NULL), 0);
	return path;
}

/* NULL when it is not there. */
static inline const char *scratch_read(const struct scratch *scratch, const char *name)
{
	struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);
	const char *text;

	if (file_read(scratch_at(scratch, name), BUFFER_TEXT_CAP, &data, NULL) < 0)
		return NULL;
	text = arena_strndup(scratch->arena, buffer_text(&data), data.length);
	buffer_done(&data);
	return text;
}

static inline bool scratch_has(const struct scratch *scratch, const char *name)
{
	struct stat info;

	return lstat(scratch_at(scratch, name), &info) == 0;
}

#endif
