/* Where the BuildX store and the Docker configuration are, and what names are made of that. */
#include "live/store/locate.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/identity.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* The real path of what exists of it, so that the store has one name before and after it is created. */
static const char *real_path(struct arena *arena, const char *path)
{
	CLEANUP_FREE char *here = *path == '/' ? NULL : xrealpath(".");
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

/* Root goes where a link of another user's leads only when told to by its real name. */
static int check_links(const char *path, const char *real, const char *variable, struct error *err)
{
	CLEANUP_FREE char *head = xstrdup(path);

	for (;;) {
		CLEANUP_CLOSE int fd = careful_open(*head == '\0' ? "/" : head, O_RDONLY | O_DIRECTORY);
		char *slash = strrchr(head, '/');

		if (fd < 0 && errno == EXDEV) {
			error_set(err, ERROR_REFUSED,
				  "a link of another user's leads from %s to %s, and root follows no such link", path,
				  real);
			return error_hint(err, "run as that user, or set %s to %s", variable, real);
		}
		if (fd >= 0 || errno != ENOENT || !slash)
			return 0;
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
	const char *real = real_path(arena, config);
	const char *named = *store == '\0' ? arena_printf(arena, "%s/buildx", real) : store;
	const char *real_store = real_path(arena, named);
	if (geteuid() == 0 && (check_links(config, real, "DOCKER_CONFIG", err) < 0 ||
			       check_links(named, real_store, "BUILDX_CONFIG", err) < 0))
		return -1;
	*ret_store = real_store;
	*ret_docker_config = real;
	return 0;
}

void store_id(const char *store, char ret_id[13])
{
	char hex[DIGEST_HEX];

	digest_hex(store, strlen(store), hex);
	memcpy(ret_id, hex, 12);
	ret_id[12] = '\0';
}
