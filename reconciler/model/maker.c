/* The makers of Engines, and what versions of the API brought. */
#include "model/maker.h"

#include "base/count.h"
#include "base/text.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

/* Seen with Podman 4.3 and 5.4, which tell of them as of others (containers/common pkg/config, specgen's defaults).
 * HOSTNAME is another one in each container. */
static const char *const podman_env[] = {"container=", "HOME=", "HOSTNAME=", "TERM=", NULL};
static const char *const no_env[] = {NULL};

static const struct maker_kind kinds[MAKER_COUNT] = {
	[MAKER_UNKNOWN] = {.name = "unknown", .title = "Docker", .env = no_env},
	[MAKER_DOCKER] = {.name = "docker", .title = "Docker", .server = "Docker/", .env = no_env},
	[MAKER_PODMAN] = {.name = "podman",
			  .title = "Podman",
			  .server = "Libpod/",
			  .lacks_buildkit = true,
			  .local_images = true,
			  .updates_since = 501,
			  .network = "podman",
			  .env = podman_env},
};

static const struct {
	int major, minor;
} brought[ENGINE_ABILITY_COUNT] = {
	[ENGINE_TELLS_USAGE] = {1, 52},
	[ENGINE_SPEAKS_HTTP2] = {1, 53},
};

const struct maker_kind *maker_kind(enum maker maker)
{
	return &kinds[(size_t)maker < MAKER_COUNT ? maker : MAKER_UNKNOWN];
}

enum maker maker_of(struct arena *arena, const char *server, const char **ret_version)
{
	*ret_version = NULL;
	for (enum maker maker = MAKER_UNKNOWN + 1; maker < MAKER_COUNT; maker++) {
		if (!text_starts(server, kinds[maker].server))
			continue;
		const char *version = server + strlen(kinds[maker].server);
		*ret_version = text_printable(arena, arena_strndup(arena, version, strcspn(version, " ")), false);
		return maker;
	}
	return MAKER_UNKNOWN;
}

bool maker_made_from(struct arena *arena, enum maker maker, const char *real, const char *wanted)
{
	static const char local[] = "localhost/", hub[] = "docker.io/";

	if (maker_kind(maker)->local_images && text_starts(real, local) && !text_starts(wanted, local) &&
	    !text_starts(wanted, hub))
		real += strlen(local);
	return image_made_from(arena, real, wanted);
}

bool maker_updates(enum maker maker, const char *version)
{
	char *end = NULL;
	long major = version ? strtol(version, &end, 10) : 0;
	long minor = end && *end == '.' ? strtol(end + 1, NULL, 10) : 0;

	return major * 100 + minor >= maker_kind(maker)->updates_since;
}

bool maker_sets_env(enum maker maker, const char *entry)
{
	for (const char *const *name = maker_kind(maker)->env; *name; name++)
		if (text_starts(entry, *name))
			return true;
	return false;
}

bool engine_is_able(const char *api, enum engine_ability ability)
{
	char *dot = NULL, *end = NULL;

	if (!api)
		return false;
	long major = strtol(api, &dot, 10);
	if (dot == api || *dot != '.')
		return false;
	long minor = strtol(dot + 1, &end, 10);
	if (end == dot + 1)
		return false;
	return major > brought[ability].major || (major == brought[ability].major && minor >= brought[ability].minor);
}
