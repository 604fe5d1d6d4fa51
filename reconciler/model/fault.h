/* Faults: something broken that was observed. One table says what each means and how it is mended. */
#ifndef RECONCILE_MODEL_FAULT_H
#define RECONCILE_MODEL_FAULT_H

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* Who mends it. */
enum repair {
	REPAIR_NONE = 0, /* a person: mend says how */
	REPAIR_ASIDE,	 /* --apply moves the file into the record */
	REPAIR_REWRITE,	 /* --apply writes it anew (current, activity) */
	REPAIR_DECLARED, /* --apply, once the state file names the object */
};

/* One row: what this code means. `mend` may hold %s for the path. */
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
};
struct faults {
	struct fault *items; /* sorted by subject, code, path */
	size_t count;
};

const struct fault_kind *fault_kind_find(const char *code);
const struct fault_kind *fault_kind_table(size_t *ret_count);
/* Adds one; code must be in the table. mend NULL: made from the table's. Message is printf-style. */
void faults_add(struct arena *arena, struct faults *faults, const char *code, const char *subject, const char *path,
		const char *mend, const char *format, ...) __attribute__((format(printf, 7, 8)));
void faults_sort(struct faults *faults);

#endif
