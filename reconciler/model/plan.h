/* The plan: the ordered changes that turn live into desired, as data. Showing it and applying it walk the same array.
 */
#ifndef RECONCILE_MODEL_PLAN_H
#define RECONCILE_MODEL_PLAN_H

#include "base/lookup.h"
#include "model/builder.h"
#include "model/fault.h"
#include "model/live.h"

enum action {
	ACTION_NONE = 0,
	ACTION_CREATE,
	ACTION_CHANGE, /* in place */
	ACTION_REPLACE,
	ACTION_RESET,
	ACTION_REMOVE,
	ACTION_REPAIR,
	ACTION_SELECT,
	ACTION_PRUNE,
	ACTION_UNKNOWN, /* could not be observed: nothing is done */
	ACTION_COUNT,
};

/* A row per action: symbol ("-/+"), name ("replace"), the word of the summary ("to replace"). */
struct action_kind {
	enum action action;
	const char *symbol, *name, *summary;
	const char *terraform[3]; /* change.actions, as Terraform names them; NULL-ended */
};
const struct action_kind *action_kind(enum action action);
const struct action_kind *action_find(const char *name); /* NULL when unknown */

enum object_kind {
	OBJECT_BUILDER,
	OBJECT_CONTEXT,
	OBJECT_SELECTED,
	OBJECT_FILE,
	OBJECT_CONTAINER,
	OBJECT_VOLUME,
	OBJECT_WORKLOAD, /* "NAMESPACE/NAME" in a cluster, as a claim is */
	OBJECT_CLAIM,
	OBJECT_CACHE,
	OBJECT_CURRENT_CONTEXT,
	OBJECT_UNMANAGED, /* what becomes of builders that no state file names; in comparisons of state files alone */
	OBJECT_COUNT,
};

/* What must be done before what. Changes of one phase may go side by side. */
enum phase {
	PHASE_MEND,    /* damaged files, and contexts: builders live in them */
	PHASE_CURRENT, /* the current context, once it exists: nodes without an endpoint, and the selection, go by it */
	PHASE_BUILDERS,
	PHASE_SELECT, /* the selection, caches and leftovers */
	PHASE_CLEAR,  /* contexts that go: builders have left them, and nothing names them any more */
	PHASE_LAST,   /* what a rollback leaves damaged: BuildX stops at it, and has done its part by then */
};

enum cache_effect { CACHE_NONE = 0, CACHE_KEPT, CACHE_LOST, CACHE_RETAINED };
const char *cache_effect_name(enum cache_effect effect);

/* Where a difference was seen. */
enum field_where {
	FIELD_FILE = 0,	 /* in the file that the object is: instance, context, selection */
	FIELD_CONTAINER, /* in the container that runs, while the file agrees: changed from outside */
	FIELD_DAEMON,	 /* in what the running daemon says */
	FIELD_MACHINE,	 /* in what the node's machine emulates */
	FIELD_CLUSTER,	 /* in the workload that a cluster has, as FIELD_CONTAINER */
};

/* One differing field, already safe to print: secrets are "(sensitive)". */
struct field_change {
	const char *path;	/* "nodes.ci0.driver-opts.image", "nodes.ci0.container.env.FOO", "platforms" */
	enum field_where where; /* for the planner's reasons; a plan's JSON does not say */
	const char *before;	/* NULL: absent */
	const char *after;	/* NULL: absent */
	bool forces_replacement;
	bool sensitive;
	const char *note; /* "made outside BuildX", NULL */
	struct source source;
};

enum step_kind {
	STEP_WRITE_FILE,     /* path, data: an instance file, current, defaults, context metadata … */
	STEP_REMOVE_FILE,    /* path; with `aside` it is in the record first */
	STEP_RESTORE_FILE,   /* path, data, mode: put back as it was; or name: what it was moved to, below the store */
	STEP_FORGET_BUILDER, /* name: instance file, activity and refs of it, as BuildX's store removal does */
	STEP_PULL_IMAGE,     /* endpoint, image; a failure counts only when the image is not there either */
	STEP_REMOVE_CONTAINER, /* endpoint, name (and expected id in `detail`) */
	STEP_REMOVE_VOLUME,    /* endpoint, name */
	STEP_STOP_CONTAINER,   /* endpoint, name */
	STEP_UPDATE_CONTAINER, /* endpoint, name; data: limits and restart policy as the Engine's update takes them */
	STEP_BOOT,	       /* name of the builder: docker buildx inspect --bootstrap */
	STEP_SELECT,	       /* name: the builder to select, as `docker buildx use --default`; of_context */
	STEP_DRAIN,	   /* name: the builder; node, endpoint: waits until nothing is building there, or refuses */
	STEP_VERIFY_BUILD, /* name: the builder; node, platforms, dockerfile; data: an instance file with that node
			      alone */
	STEP_INSTALL_EMULATION, /* endpoint, name: the image to run there; detail: the architecture */
	STEP_PRUNE_CACHE,	/* name: the builder; node, endpoint */
	STEP_NOTE_LEFTOVER,	/* name: the builder; node, endpoint, keep_s: the node is ours to remove once no builder
				   names it */
	STEP_BOOT_BESIDE,	/* name: the builder; data: an instance file, booted without being in the store */
	STEP_RETIRE,	     /* name: the builder; node, endpoint, keep_s: when nothing is connected to it any more its
				container goes, and its volume unless it is kept. One that stays busy is left for later */
	STEP_DIVERT,	     /* name: the builder to select; of_context; node: the builder that is away meanwhile */
	STEP_HEAL,	     /* name: the builder; node, endpoint, detail: what is tried (unpause, restart, prune) */
	STEP_CHANGE_OBJECTS, /* endpoint: key of a cluster; name: an object there; data: requests (codec/manifest.h);
				then the pods of a workload that begins anew are waited for */
	STEP_REMOVE_OBJECTS, /* the same, and waits until what is removed is gone */
	STEP_RETIRE_OBJECTS, /* the same, node: which is let go at once, and removed when its builds are done; one that
				stays busy is left for later */
	STEP_USE_CONTEXT,    /* name: the context that config.json names; NULL for none, which is "default" */
	STEP_KIND_COUNT,
};
const char *step_kind_name(enum step_kind kind); /* "write-file" … */

struct step {
	enum step_kind kind;
	const char *endpoint; /* for Engine steps: as struct engine's endpoint */
	const char *name;     /* container, volume, builder, context */
	bool of_context;      /* that builder is the context's own: selected by selecting none of the store */
	const char *node;     /* of the builder `name`, for what BuildKit is asked to do */
	const char *path;     /* for files: relative to the store, or to the Docker configuration folder */
	bool in_docker_config;
	const char *detail;	  /* said to people: "image moby/buildkit:v0.26.2" */
	int64_t keep_s;		  /* how long the volume stays, in seconds; 0: not */
	bool lingers;		  /* STEP_RETIRE: clients that read the store before may still come */
	bool unless_healed;	  /* left out when every STEP_HEAL before it found its node well */
	struct strings platforms; /* to build for; empty: the node's own */
	const char *dockerfile;	  /* NULL: a small one of ours */
	/* Bytes to write. Never printed and not in a plan's JSON (they may hold secrets): a saved plan carries their
	 * digest and is planned again before it is applied. */
	const unsigned char *data;
	size_t length;
	unsigned mode;
};

struct change {
	const char *address; /* "builder.ci", "context.desktop-linux", "selected", "file.instances/.DS_Store" */
	enum object_kind object;
	const char *name; /* "ci" */
	enum action action;
	const char *reason; /* one clause: "image changed", "not in the store", "container is gone" */
	/* OBJECT_SELECTED, OBJECT_CURRENT_CONTEXT: the builder or context before and after; OBJECT_CACHE: the id of the
	 * reset that was done last, and of this one. NULL: unknown, or none. */
	const char *from, *to;
	struct field_change *fields;
	size_t field_count;
	enum cache_effect cache;
	const char *cache_note; /* "kept in volume buildx_buildkit_ci0_state", "retained until …" */
	const char *detail; /* what it means for people: "moved into the record …", "away for some seconds …"; NULL */
	const char *cluster; /* "CONTEXT/NAMESPACE in FILE", of each that a node lives or is to live in; NULL */
	bool protect;	     /* the builder is protected: a rollback that would remove it needs --allow-protected too */
	struct source source;	      /* the line that asked */
	const char *live_fingerprint; /* hex digest of the object as it was observed */
	struct step *steps;
	size_t step_count;
	int phase;	     /* enum phase; a saved plan may say anything */
	const char *blocked; /* why it may not be applied (protected, unreachable); NULL when it may */
	enum error_kind blocked_kind;
};

/* A daemon that somebody else runs and that does not answer. Nothing that a plan does makes it answer, so it is no
 * difference; a builder that was just written is not done before it does. */
struct silent_node {
	const char *builder, *node;
	const char *reason;
	bool tolerated; /* `bootstrap: false`: nobody waits for it */
	bool ours;	/* its container is booted by us: it may be well, and slow */
};

struct plan {
	struct arena *arena;
	const char *plan_id;	    /* 64 hex digits: digest of everything below, without times */
	const char *desired_digest; /* of the merged state, secret values left out */
	const char *lineage;	    /* the store's id, 12 hex digits */
	int64_t serial;		    /* records in the history when it was made */
	bool complete;		    /* nothing that matters is unknown */
	bool applyable;		    /* has changes and none is blocked */
	bool standing;		    /* no state file: what lives here is repaired or reset, and else left alone */
	bool speculative;	    /* made from a snapshot or against a revision: may not be applied */
	/* A comparison of state files alone: what they are compared with, "main (3f2a1b9)", and, unless they are read
	 * as they lie there, what they are. NULL: a plan for what lives. */
	const char *against, *revision;
	struct strings notes; /* to be told with it: "states/team.yaml was reconcile.yaml" */
	const char *subject;  /* for rollback and reset: "roll back 4f2a1b9"; NULL */
	struct taken taken;   /* of the snapshot that it was made from; no part of its id */
	struct strings state_files;
	struct change *changes; /* ordered: phase, then address */
	size_t change_count;
	struct faults faults;
	struct strings unknown;	    /* "engine unix:///…: connection refused" */
	struct silent_node *silent; /* remote nodes that do not answer; `unknown` tells them too, as text */
	size_t silent_count;
	struct strings unmanaged; /* builders in the store that no state file names */
	size_t matching;	  /* desired builders that need nothing */
	size_t desired_count;
};

const struct change *plan_change(const struct plan *plan, const char *address); /* NULL: none */
/* The same for many: from addresses to changes. */
struct lookup plan_addresses(struct arena *arena, const struct plan *plan);
size_t plan_count(const struct plan *plan, enum action action);
/* Something goes that this change does not bring back: what is to be looked at first. */
bool change_destroys(const struct change *change);
bool plan_has_changes(const struct plan *plan); /* anything but unknowns */
struct plan *plan_new(void);			/* in an arena of its own, plan->arena */
void plan_free(struct plan *plan);		/* NULL is allowed */

#endif
