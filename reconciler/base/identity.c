/* Asks the system for the effective user's name and the machine's. */
#include "base/identity.h"

#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { ENTRY_ROOM = 16 * 1024 };

void identity_get(struct identity *ret_identity)
{
	struct identity *identity = ret_identity;
	struct passwd entry, *found = NULL;
	char room[ENTRY_ROOM];

	*identity = (struct identity){0};
	(void)gethostname(identity->host, sizeof(identity->host) - 1);
	if (identity->host[0] == '\0')
		memcpy(identity->host, "localhost", sizeof("localhost"));
	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) == 0 && found != NULL)
		(void)snprintf(identity->user, sizeof(identity->user), "%s", found->pw_name);
	else
		(void)snprintf(identity->user, sizeof(identity->user), "%u", (unsigned)geteuid());
}
