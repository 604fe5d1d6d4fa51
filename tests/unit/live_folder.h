/* A made-up home with a Docker configuration and a BuildX store in it, for tests of live/. */
#ifndef RECONCILE_TESTS_LIVE_FOLDER_H
#define RECONCILE_TESTS_LIVE_FOLDER_H

#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "codec/context.h"
#include "live/store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

struct home {
	char *folder;
	char *variables[8]; /* HOME first; NULL-ended */
	struct live *live;
};

static inline int home_setup(void **state)
{
	const char *above = getenv("TMPDIR");
	struct home *home = calloc(1, sizeof(*home));
	char variable[512];

	home->folder = path_join(above ? above : "/tmp", "reconcile-live-XXXXXX");
	*state = home;
	if (!mkdtemp(home->folder))
		return -1;
	char *real = realpath(home->folder, NULL);
	free(home->folder);
	home->folder = real;
	snprintf(variable, sizeof(variable), "HOME=%s", home->folder);
	home->variables[0] = strdup(variable);
	return 0;
}

static inline int home_teardown(void **state)
{
	struct home *home = *state;
	int result = folder_remove(home->folder, NULL);

	live_free(home->live);
	for (size_t i = 0; home->variables[i]; i++)
		free(home->variables[i]);
	free(home->folder);
	free(home);
	return result;
}

static inline void home_variable(struct home *home, const char *variable)
{
	size_t i = 0;

	while (home->variables[i])
		i++;
	assert_true(i + 1 < COUNT(home->variables));
	home->variables[i] = strdup(variable);
}

/* "buildx/current" -> "<home>/.docker/buildx/current" */
static inline char *home_path(const struct home *home, const char *name)
{
	CLEANUP_FREE char *config = path_join(home->folder, ".docker");

	return path_join(config, name);
}

static inline void home_write_bytes(const struct home *home, const char *name, const void *data, size_t length)
{
	CLEANUP_FREE char *path = home_path(home, name), *folder = strdup(path);

	*strrchr(folder, '/') = '\0';
	assert_int_equal(folder_create(folder, 0700, NULL), 0);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void home_write(const struct home *home, const char *name, const char *text)
{
	home_write_bytes(home, name, text, strlen(text));
}

static inline void home_context(const struct home *home, const char *name, const char *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	home_write(home, context_meta_path(arena, name), text);
}

static inline struct live *home_read(struct home *home)
{
	struct error err = ERROR_INIT;

	live_free(home->live);
	home->live = live_new();
	if (store_read(home->live, (const char *const *)home->variables, 50, NULL, &err) < 0)
		fail_msg("%s", err.message);
	return home->live;
}

static inline const struct fault *fault_of(const struct live *live, enum fault_code code)
{
	for (size_t i = 0; i < live->faults.count; i++)
		if (fault_is(&live->faults.items[i], code))
			return &live->faults.items[i];
	return NULL;
}

#endif
