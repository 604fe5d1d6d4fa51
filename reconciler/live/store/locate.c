/* Where the BuildX store and the Docker configuration are, and what names are made of that. */
#include "live/store/locate.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/identity.h"
#include "base/xalloc.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

/* The real path of what exists of it, so that the store has one name before and after it is created. */
static const char *real_path(struct arena *arena, const char *path)
{
	CLEANUP_FREE char *here = xrealpath(".");
	char *head = *path == '/' ? arena_strdup(arena, path) : arena_printf(arena, "%s/%s", here ? here : "", path);
	const char *tail = "";

	for (;;) {
		CLEANUP_FREE char *real = xrealpath(*head == '\0' ? "/" : head);
		char *slash = strrchr(head, '/');

		if (real)
			return arena_printf(arena, "%s%s", strcmp(real, "/") == 0 && *tail != '\0' ? "" : real, tail);
		if (!slash)
			return arena_printf(arena, "%s%s", head, tail);
		if (slash[1] != '\0' && strcmp(slash, "/.") != 0)
			tail = arena_printf(arena, "%s%s", slash, tail);
		*slash = '\0';
	}
}

int store_locate(struct arena *arena, const char *const *env, const char **ret_store, const char **ret_docker_config,
		 struct error *err)
{
	const char *config = environ_value(env, "DOCKER_CONFIG");
	const char *store = environ_value(env, "BUILDX_CONFIG");

	if (*config == '\0') {
		const char *home = identity_home(arena, env);

		if (!home || *home == '\0') {
			error_set(err, ERROR_NOT_FOUND, "the home folder of this user is not known");
			return error_hint(err, "set HOME, or DOCKER_CONFIG to the folder of Docker's configuration");
		}
		config = arena_printf(arena, "%s/.docker", home);
	}
	if (strlen(config) >= PATH_MAX || strlen(store) >= PATH_MAX)
		return error_set(err, ERROR_INVALID, "DOCKER_CONFIG or BUILDX_CONFIG is longer than any path");
	config = real_path(arena, config);
	*ret_store =
		*store == '\0' ? real_path(arena, arena_printf(arena, "%s/buildx", config)) : real_path(arena, store);
	*ret_docker_config = config;
	return 0;
}

void store_id(const char *store, char ret_id[13])
{
	char hex[DIGEST_HEX];

	digest_hex(store, strlen(store), hex);
	memcpy(ret_id, hex, 12);
	ret_id[12] = '\0';
}
