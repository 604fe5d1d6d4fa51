/* What a BuildKit daemon says of itself, as plain data: version, workers, gc policy, disk use, what it builds now.
 *
 * Source of the numbers: moby/buildkit api/services/control/control.proto, api/types/worker.proto. */
#ifndef RECONCILE_MODEL_DAEMON_H
#define RECONCILE_MODEL_DAEMON_H

#include "base/text.h"

#include <stdbool.h>
#include <stdint.h>

/* One rule of the gc policy in force, in order. Spaces in bytes, durations in nanoseconds; 0: not set. */
struct gc_rule {
	bool all;
	struct strings filters;
	int64_t keep_duration;
	int64_t reserved_space, max_used_space, min_free_space;
};

struct worker {
	const char *id;
	struct strings platforms; /* normal forms, emulated ones too, as the worker lists them */
	struct strings labels;	  /* "key=value", sorted */
	struct gc_rule *rules;
	size_t rule_count;
};

/* Disk use of one kind of record: "regular", "source.local", "exec.cachemount", "source.git.checkout", … */
struct disk_use {
	const char *type;
	int64_t bytes, reclaimable;
	size_t records;
};

struct active_build {
	const char *ref;
	const char *name;    /* what is built, as far as the daemon tells: target, frontend; NULL */
	const char *started; /* RFC 3339; NULL */
};

struct daemon {
	const char *version; /* "v0.32.2"; NULL: the daemon is too old to say (Info came with 0.11) */
	struct worker *workers;
	size_t worker_count;
	struct disk_use *disk; /* sorted by type */
	size_t disk_count;
	bool disk_known;
	struct active_build *builds;
	size_t build_count;
	bool builds_known; /* false: this daemon cannot tell (history API came with 0.11) */
};

/* Bytes in all. */
int64_t daemon_disk_total(const struct daemon *daemon);
/* Several daemons of one node as one: workers and builds of all, disk use added up, the version of the first; what one
 * of them does not tell is unknown. At least one. */
const struct daemon *daemons_joined(struct arena *arena, const struct daemon *const *daemons, size_t count);
/* The most space that this worker's cache may use; 0: no bound. */
int64_t worker_cache_limit(const struct worker *worker);

#endif
