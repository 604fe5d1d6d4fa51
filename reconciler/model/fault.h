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

/* One row: what this code means. `mend` may hold %s for the path and %n for the subject's name. A command to run is
 * written "run `…`", a line for the state file "write `…`": fault_command() and fault_line() find them there. */
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

const struct fault_kind *fault_kind_find(const char *code);
const struct fault_kind *fault_kind_table(size_t *ret_count);
/* Adds one; code must be in the table. mend NULL: made from the table's. Message is printf-style. */
void faults_add(struct arena *arena, struct faults *faults, const char *code, const char *subject, const char *path,
		const char *mend, const char *format, ...) __attribute__((format(printf, 7, 8)));
/* One word of a shell command, as a shell reads it back whatever bytes are in it: plain, '…' or $'…'. */
const char *fault_word(struct arena *arena, const char *word);
/* The command that `mend` says to run, and the line that it says to write into the state file; NULL when none. */
const char *fault_command(struct arena *arena, const struct fault *fault);
const char *fault_line(struct arena *arena, const struct fault *fault);
void faults_sort(struct faults *faults);

#endif
