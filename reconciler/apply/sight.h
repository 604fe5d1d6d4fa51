/* What there is to see of one workload and its pods: asked for, and from then on told by watches of both.
 *
 *     CLEANUP_SIGHT struct sight sight;
 *     sight_init(&sight, objects, kind, name);
 *     int seen = sight_look(&sight, err);
 *     while (seen == 0 && !enough(&sight))
 *             seen = sight_next(&sight, deadline, err);
 *
 * A rollout that takes long is a handful of requests, and is seen to end at once. A watch that names no version begins
 * with what is there, so that none is too old (kubernetes.io/docs/reference/using-api/api-concepts, "Semantics for
 * watch"). Nothing hangs on one: where they are not granted (verb `watch`), are not served or end, and whenever they
 * have been silent for long, as behind a proxy that keeps lines back, both are asked for, each time later than the
 * last. What there is to see lies in memory of the last look. Only for this room. */
#ifndef RECONCILE_APPLY_SIGHT_H
#define RECONCILE_APPLY_SIGHT_H

#include "apply/objects.h"

struct sight {
	struct workload workload;
	struct kube_pods pods; /* that have the workload's label */

	/* Of sight.c. */
	const struct objects *objects;
	const char *name;
	struct arena *arena; /* of what is above */
	struct watch {
		struct sight *sight;
		bool of_pods;
	} watches[2];
	bool watching, refused; /* both run; either was not to be had: no more of them */
	bool told, may_answer;	/* a watch did; the last look had no answer */
	size_t lines;		/* that were told since the last look */
	unsigned silences;	/* that there have been */
};

void sight_init(struct sight *sight, const struct objects *objects, enum workload_kind kind, const char *name);
void sight_done(struct sight *sight);
#define CLEANUP_SIGHT __attribute__((cleanup(sight_done)))

/* Asks for both, and ends what watches there are. */
int sight_look(struct sight *sight, struct error *err);
/* Waits until something may have changed, and for the deadline (clock_ms()) at most. A cluster that does not answer is
 * waited for until then. -1: of the look, or INTERRUPTED. */
int sight_next(struct sight *sight, int64_t deadline, struct error *err);

#endif
