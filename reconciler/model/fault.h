/* Faults: something broken that was observed. One table says what each means and how it is mended. */
#ifndef RECONCILE_MODEL_FAULT_H
#define RECONCILE_MODEL_FAULT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who mends it. */
enum repair {
	REPAIR_NONE = 0, /* a person: mend says how */
	REPAIR_ASIDE,	 /* --apply, alone: it moves the file into the record */
	REPAIR_DECLARED, /* --apply, once the state file names the object */
};
const char *repair_name(enum repair repair); /* "none", "apply", "apply-declared" */

/* One member a row of the table. No value is kept anywhere: scripts, plans and snapshots have the row's text. */
enum fault_code {
	FAULT_NONE = 0, /* nothing is wrong */
	FAULT_INSTANCE_BLANK,
	FAULT_INSTANCE_DRIVER_UNKNOWN,
	FAULT_INSTANCE_EMPTY,
	FAULT_INSTANCE_FOLDER,
	FAULT_INSTANCE_INVALID,
	FAULT_INSTANCE_LINK_DANGLING,
	FAULT_INSTANCE_NAME_CASE,
	FAULT_INSTANCE_NAME_INVALID,
	FAULT_INSTANCE_NAME_MISMATCH,
	FAULT_INSTANCE_NO_DRIVER,
	FAULT_INSTANCE_NO_NODES,
	FAULT_INSTANCE_NOT_A_FILE,
	FAULT_INSTANCE_NUL,
	FAULT_INSTANCE_OPTION_UNKNOWN,
	FAULT_INSTANCE_TEMPORARY,
	FAULT_INSTANCE_TOML_INVALID,
	FAULT_INSTANCE_TOO_LARGE,
	FAULT_INSTANCE_TRUNCATED,
	FAULT_INSTANCE_UNREADABLE,
	FAULT_ACTIVITY_INVALID,
	FAULT_ACTIVITY_UNREADABLE,
	FAULT_BUILDER_VARIABLE,
	FAULT_CURRENT_INVALID,
	FAULT_CURRENT_STALE,
	FAULT_CURRENT_UNREADABLE,
	FAULT_DEFAULT_CONFIG_INVALID,
	FAULT_DEFAULT_CONFIG_UNREADABLE,
	FAULT_DEFAULTS_INVALID,
	FAULT_DEFAULTS_STALE,
	FAULT_DEFAULTS_UNREADABLE,
	FAULT_DISK_FULL,
	FAULT_HISTORY_DAMAGED,
	FAULT_OWNER_WRONG,
	FAULT_REFS_STALE,
	FAULT_STORE_FOLDER_INVALID,
	FAULT_STORE_LOCK_UNREADABLE,
	FAULT_STORE_LOCKED,
	FAULT_STORE_OWN_FILE,
	FAULT_STORE_READ_ONLY,
	FAULT_STORE_TEMPORARY,
	FAULT_STORE_WRITABLE_BY_OTHERS,
	FAULT_CONTEXT_CLASH,
	FAULT_CONTEXT_INVALID,
	FAULT_CONTEXT_LEFTOVER,
	FAULT_CONTEXT_MISSING,
	FAULT_CONTEXT_NAME_MISMATCH,
	FAULT_CONTEXT_NO_ENDPOINT,
	FAULT_CONTEXT_OVERRIDDEN,
	FAULT_CONTEXT_NPIPE,
	FAULT_CONTEXT_TLS_MISSING,
	FAULT_CONTEXT_TLS_UNREADABLE,
	FAULT_CONTEXT_UNREADABLE,
	FAULT_DOCKER_CONFIG_INVALID,
	FAULT_DOCKER_CONFIG_TYPE,
	FAULT_DOCKER_CONFIG_UNREADABLE,
	FAULT_DOCKER_CONFIG_WRITABLE_BY_OTHERS,
	FAULT_BUILDX_MISSING,
	FAULT_BUILDX_OLD,
	FAULT_DOCKER_MISSING,
	FAULT_DOCKER_TLS_MISSING,
	FAULT_DOCKER_TLS_UNUSABLE,
	FAULT_ENDPOINT_CONTEXT_MISSING,
	FAULT_ENDPOINT_NPIPE,
	FAULT_CACHE_OVER_LIMIT,
	FAULT_CACHE_POLICY_UNKNOWN,
	FAULT_PLATFORM_MISSING,
	FAULT_CONTAINER_DAMAGED,
	FAULT_CONTAINER_DEAD,
	FAULT_CONTAINER_CLAIMED,
	FAULT_CONTAINER_OOM,
	FAULT_CONTAINER_OTHER_IMAGE,
	FAULT_CONTAINER_PAUSED,
	FAULT_CONTAINER_RESTARTING,
	FAULT_DAEMON_CORRUPT,
	FAULT_DAEMON_UNHEALTHY,
	FAULT_DAEMON_UNREACHABLE,
	FAULT_ENGINE_UNREACHABLE,
	FAULT_ENGINE_WITHOUT_BUILDKIT,
	FAULT_IMAGE_MOVED,
	FAULT_ORPHAN_CONTAINER,
	FAULT_ORPHAN_VOLUME,
	FAULT_REMOTE_TLS_MISSING,
	FAULT_REMOTE_TLS_UNREADABLE,
	FAULT_VOLUME_HELD,
	FAULT_VOLUME_MISSING,
	FAULT_CLUSTER_FORBIDS,
	FAULT_CLUSTER_UNREACHABLE,
	FAULT_CONFIG_UNMOUNTED,
	FAULT_KUBECONFIG_LIST,
	FAULT_KUBECONFIG_RELATIVE,
	FAULT_NAMESPACE_MISSING,
	FAULT_ORPHAN_CLAIM,
	FAULT_ORPHAN_CONFIG_MAP,
	FAULT_ORPHAN_WORKLOAD,
	FAULT_PODS_CRASHING,
	FAULT_PODS_IMAGE,
	FAULT_PODS_NOT_READY,
	FAULT_PODS_PENDING,
	FAULT_PODS_REFUSED,
	FAULT_WORKLOAD_CLAIMED,
	FAULT_WORKLOAD_MISSING,
	FAULT_WORKLOAD_STRANGE,
	FAULT_WORKLOAD_TWIN,
	FAULT_COUNT
};

/* One row: what this code means. A mend may hold %s for the path, %n for the subject's name and %f for the options that
 * name the state files. A command to run is written "run `…`", a line for the state file "write `…`": fault_command()
 * and fault_line() find them there. */
struct fault_kind {
	const char *code; /* "instance-truncated": stable, for scripts */
	const char *cause;
	const char *mend;
	enum repair repair;
};

struct fault {
	const struct fault_kind *kind;
	const char *subject; /* "builder.ci", "context.desktop-linux", "store", "volume.buildx_buildkit_ci0_state" */
	const char *path;    /* absolute, or NULL */
	const char *message; /* what was seen, one sentence */
	const char *mend;    /* the exact command or state-file line that mends this one */
	int64_t size;	     /* of what is left over, in bytes; -1: unknown, or it is no such fault */
	const char *created; /* when that was made, RFC 3339; NULL as well */
};
struct faults {
	struct fault *items; /* sorted by subject, code, path */
	size_t count;
};

const struct fault_kind *fault_kind(enum fault_code code);
/* By its text, as a script, a saved plan or a snapshot has it; NULL: of another version. */
const struct fault_kind *fault_kind_find(const char *text);
/* Every row, in the order of the enum, FAULT_NONE left out. */
const struct fault_kind *fault_kind_table(size_t *ret_count);
bool fault_is(const struct fault *fault, enum fault_code code);
/* What a removed builder left on an Engine; a TLS file of a remote node; an instance file that gives no builder that
 * could be planned for. The first words of their codes say so. */
bool fault_is_orphan(const struct fault *fault);
bool fault_is_remote_tls(const struct fault *fault);
bool fault_is_instance(const struct fault *fault);
/* Adds one. mend NULL: made from the table's. Message is printf-style. */
void faults_add(struct arena *arena, struct faults *faults, enum fault_code code, const char *subject, const char *path,
		const char *mend, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* Words the mend for somebody with state files: whether they name the subject, and the options that name them, "" or
 * " -f states". Leaves a mend alone that its finder worded. */
void fault_advise(struct arena *arena, struct fault *fault, bool is_named, const char *files);
/* --apply mends it without a state file, too: it heals what lives here. */
bool fault_heals(const struct fault *fault);
/* The command that `mend` says to run, and the line that it says to write into the state file; NULL when none. */
const char *fault_command(struct arena *arena, const struct fault *fault);
const char *fault_line(struct arena *arena, const struct fault *fault);
void faults_sort(struct faults *faults);

#endif
