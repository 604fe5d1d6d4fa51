/* Asks the system for the effective user's name and the machine's. */
#include "base/identity.h"

#include "base/environ.h"
#include "base/platform.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ENTRY_ROOM = 16 * 1024 };

static void host_get(struct identity *identity)
{
	gethostname(identity->host, sizeof(identity->host) - 1);
	if (identity->host[0] == '\0')
		memcpy(identity->host, "localhost", sizeof("localhost"));
}

const char *identity_host(struct arena *arena)
{
	struct identity identity = {0};

	host_get(&identity);
	return arena_strdup(arena, identity.host);
}

void identity_get(struct identity *ret_identity)
{
	struct identity *identity = ret_identity;
	struct passwd entry, *found = NULL;
	char room[ENTRY_ROOM];

	*identity = (struct identity){0};
	host_get(identity);
	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found)
		snprintf(identity->user, sizeof(identity->user), "%s", found->pw_name);
	else
		snprintf(identity->user, sizeof(identity->user), "%u", (unsigned)geteuid());
}

void identity_boot(char ret_boot[64])
{
	platform_boot(ret_boot);
}

const char *identity_home(struct arena *arena, const char *const *environ_)
{
	const char *home = environ_value(environ_, "HOME");
	struct passwd entry, *found = NULL;
	char space[4096];

	if (*home != '\0')
		return home;
	if (getpwuid_r(getuid(), &entry, space, sizeof(space), &found) != 0 || !found || *found->pw_dir == '\0')
		return NULL;
	return arena_strdup(arena, found->pw_dir);
}
