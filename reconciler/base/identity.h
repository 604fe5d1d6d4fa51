/* Who runs this, and where: for locks and records. */
#ifndef RECONCILE_BASE_IDENTITY_H
#define RECONCILE_BASE_IDENTITY_H

#include "base/arena.h"

struct identity {
	char user[64];	/* the user's number when it has no name */
	char host[256]; /* "localhost" when the machine has no name */
};

void identity_get(struct identity *ret_identity);
const char *identity_host(struct arena *arena); /* the host alone: no look at who has which number */
/* What the running kernel calls this boot of this machine: the same in every process and container of it, another on
 * every other machine. "" where the kernel has no such id. */
void identity_boot(char ret_boot[64]);

/* The home folder, as docker finds it (docker/docker pkg/homedir): $HOME, else what the system knows of the user; NULL
 * when neither says. */
const char *identity_home(struct arena *arena, const char *const *environ_);

#endif
