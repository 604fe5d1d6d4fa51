/* What this store has let go on its Engines, or was about to make: the nodes whose containers and volumes are its own
 * to remove as soon as no builder names them. Written down (history/leftovers.c) before anything is made or let go, so
 * that a leftover is one on proof and never on a guess. */
#ifndef RECONCILE_MODEL_LEFTOVER_H
#define RECONCILE_MODEL_LEFTOVER_H

#include "base/arena.h"

#include <stddef.h>
#include <stdint.h>

struct leftover {
	const char *endpoint; /* as a node names it */
	const char *host;     /* the Engine behind it, resolved: unix:///… */
	const char *node;     /* "ci0.g2" */
	const char *builder;  /* "ci" */
	const char *reason;   /* "reset ci" */
	/* When the volume that is kept was made, as the Engine says it (RFC 3339): another one of that name is not
	 * ours. NULL: no volume was there. */
	const char *volume_created;
	int64_t until; /* Unix seconds: the volume is kept until then; 0: it goes at once, with the container */
};

/* Builds were sent to another builder while this one was away. */
struct diversion {
	const char *builder, *fallback; /* NULL: none is under way */
};

struct leftovers {
	struct leftover *items; /* in the order in which they were noted; one per host and node */
	size_t count;
	struct diversion diversion;
};

/* A deep copy in the arena. */
struct leftover leftover_copy(struct arena *arena, const struct leftover *leftover);
struct leftovers leftovers_copy(struct arena *arena, const struct leftovers *leftovers);
/* The entry of that host and node, NULL when there is none. */
const struct leftover *leftovers_find(const struct leftovers *leftovers, const char *host, const char *node);

#endif
