/* What an observation proves, and what may follow from it. One table rules: observing marks every node with the row
 * that it was seen to match, planning and healing do what that row allows, and the guide prints it.
 *
 * Only proof leads to an act. Proof is a word of the Engine about a container, of a daemon about itself, or of its log:
 * a deadline that passed, a refusal and a silence are none, whoever gave them. */
#ifndef RECONCILE_MODEL_EVIDENCE_H
#define RECONCILE_MODEL_EVIDENCE_H

#include "model/fault.h"

struct container;
struct live_node;

enum node_state {
	NODE_UNKNOWN = 0, /* reason says why */
	NODE_INACTIVE,	  /* never booted: no container */
	NODE_STOPPED,
	NODE_RUNNING,
	NODE_UNHEALTHY, /* reason holds the daemon's or the Engine's own words */
};
const char *node_state_name(enum node_state state); /* "running" … */

enum evidence {
	EVIDENCE_UNKNOWN = 0, /* nothing is proved: `?`, and exit 8 where something was to be done */
	EVIDENCE_ABSENT,      /* it does not run */
	EVIDENCE_WELL,
	EVIDENCE_SICK,
	EVIDENCE_HELD, /* somebody else has what it needs */
};
const char *evidence_name(enum evidence evidence); /* "unknown" … */

/* What may be done, unasked, to a node that was seen so. Several: in this order, each verified before the next. */
enum {
	MAY_BOOT = 1,
	MAY_UNPAUSE = 2,
	MAY_RESTART = 4,
	MAY_REMAKE = 8, /* the container; its volume stays */
	MAY_RENEW = 16, /* a fresh generation beside it; the volume of the old one is retained */
};
const char *may_name(unsigned may); /* one bit: "boot" … */

enum seen {
	SEEN_NOTHING = 0,
	SEEN_ENGINE_SILENT,
	SEEN_UNTOLD,
	SEEN_NO_CONTAINER,
	SEEN_CREATED,
	SEEN_ENDED,
	SEEN_FAILED,
	SEEN_PAUSED,
	SEEN_RESTARTING,
	SEEN_REMOVING,
	SEEN_DEAD,
	SEEN_ANSWER,
	SEEN_PART,
	SEEN_STARTING,
	SEEN_NOT_UP,
	SEEN_LATE,
	SEEN_REFUSED,
	SEEN_STRANGE,
	SEEN_ERROR,
	SEEN_DAMAGED,
	SEEN_FULL,
	SEEN_HELD,
	SEEN_CLUSTER_SILENT,
	SEEN_CLUSTER_FORBIDS,
	SEEN_NO_WORKLOAD,
	SEEN_WORKLOAD_STRANGE,
	SEEN_SCALED_DOWN,
	SEEN_PODS_STARTING,
	SEEN_PODS_UNTOLD,
	SEEN_PODS_REFUSED,
	SEEN_PODS_PENDING,
	SEEN_PODS_IMAGE,
	SEEN_PODS_CRASHING,
	SEEN_PODS_NOT_READY,
	SEEN_COUNT,
};

struct seen_kind {
	const char *name; /* stable: in snapshots */
	const char *what; /* what was observed, a clause for people */
	enum evidence proves;
	enum node_state state;
	unsigned may;
	const char
		*status; /* the Engine's word for the container (moby/moby container/state.go); NULL: not told by it */
	const char *reason; /* why the node is not well, where no foreign words tell; NULL */
	enum fault_code fault;
	const char *verb; /* of the docker command that mends it; NULL: the fault's own mend */
};

const struct seen_kind *seen_kind(enum seen seen);
/* SEEN_COUNT when there is none of that name. */
enum seen seen_named(const char *name);
/* What the Engine's words for a container tell; SEEN_ANSWER for one that runs. */
enum seen seen_in_container(const struct container *container);
/* A node's row; of one from a snapshot that names none, as its state and its container tell. */
enum seen seen_of_node(const struct live_node *node);

#endif
