/* Programs that bring a Docker Engine of their own and make a Docker context for it: Docker Desktop, OrbStack, Colima,
 * Rancher Desktop, Lima, Podman, Docker without root. One table has a row for each context: its name, where its Engine
 * listens, what is there while the program is installed, and how it is started.
 *
 * Nothing is run and nothing is asked of an Engine: what is known is which files there are, and whether a socket takes
 * a connection. That a sign is not there proves little (a program may lie anywhere), so it is told as what was not
 * found. */
#ifndef RECONCILE_LIVE_STORE_PROVIDER_H
#define RECONCILE_LIVE_STORE_PROVIDER_H

#include "base/arena.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct provider {
	const char *name;	/* "Colima" */
	const char *sign;	/* what shows that it is installed here, a path; NULL: nothing was found */
	const char *start;	/* what starts it, as a mend says it: "run `colima start`" */
	const char *away;	/* what it means that nobody listens: "does not run" */
	bool makes_context;	/* each time that it starts, where it is not there */
	struct strings sockets; /* where it may listen, absolute, the likeliest first */
};

/* Whose a context is: by its endpoint, when that is a socket that one of them is known for, or a link to one; else by
 * its name when its endpoint is some socket or pipe, or NULL for one that is gone. `context` NULL: an endpoint alone.
 * False: it is of nobody that is known. In the arena. */
bool provider_find(struct arena *arena, const char *const *environ, const char *context, const char *endpoint,
		   struct provider *ret_provider);
/* The endpoint of the first of its sockets that somebody listens on; NULL: on none. */
const char *provider_listening(struct arena *arena, const struct provider *provider);
/* The names of their contexts, without those of profiles; NULL behind the last. */
const char *provider_context(size_t index);

/* Of an endpoint "unix://…", to which a connection is made and closed again (it may start what systemd listens for):
 * whether somebody listens; and whether it is sure that nobody does, for there is no such
 * socket, or it refuses. Neither where this user may not look, or the endpoint is another. */
bool endpoint_listens(const char *endpoint);
bool endpoint_is_dead(const char *endpoint);

#endif
