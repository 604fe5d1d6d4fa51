/* Runs `docker-buildx version`, which is all that tells. */
#include "live/buildx.h"

#include "base/spawn.h"
#include "model/driver.h"

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

enum { VERSION_MS = 10000, DIGITS_MAX = 4 };

/* Digits as a number; -1: there are none, or too many. */
static int take_number(const char **at)
{
	size_t length = strspn(*at, "0123456789");

	if (length == 0 || length > DIGITS_MAX)
		return -1;
	int number = (int)strtol(*at, NULL, 10);
	*at += length;
	return number;
}

bool buildx_version_parse(struct arena *arena, const char *text, const char **ret_version, int *ret_minor)
{
	const char *at = strchr(text, ' ');

	if (!at)
		return false;
	at += 1 + (at[1] == 'v');
	const char *start = at;
	int major = take_number(&at);
	if (major < 0 || *at != '.')
		return false;
	at++;
	int minor = take_number(&at);
	if (minor < 0)
		return false;
	at += strspn(at, ".0123456789");
	*ret_version = arena_strndup(arena, start, (size_t)(at - start));
	*ret_minor = major > 0 ? INT_MAX : minor;
	return true;
}

static void ask(struct live *live, const struct interrupt *interrupt)
{
	const char *argv[] = {live->buildx, "version", NULL};
	struct spawn_request request = {.argv = argv, .timeout_ms = VERSION_MS, .interrupt = interrupt};
	struct spawn_result result = {0};
	struct error ignored = ERROR_INIT;

	if (spawn_run(&request, &result, &ignored) < 0)
		return;
	if (result.exit_code == 0)
		buildx_version_parse(live->arena, result.out, &live->buildx_version, &live->buildx_minor);
	spawn_result_done(&result);
}

bool buildx_learn(struct live *live, const struct interrupt *interrupt)
{
	if (!live->buildx || live->buildx_version)
		return false;
	ask(live, interrupt);
	if (live->buildx_minor == 0)
		return false;
	if (live->buildx_minor < BUILDX_OLDEST) {
		faults_add(live->arena, &live->faults, FAULT_BUILDX_OLD, "docker", live->buildx, NULL,
			   "%s is BuildX %s, and 0.%d is the oldest that is supported", live->buildx,
			   live->buildx_version, BUILDX_OLDEST);
		faults_sort(&live->faults);
	}
	return live->buildx_minor < driver_option_newest();
}
