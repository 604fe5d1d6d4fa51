/* Nobody's change is lost: what is written over or removed must still be what the plan was made from.
 *
 * BuildX's lock is not held from the observation to the write (that may be minutes), so whoever changed a file
 * meanwhile is found out under the lock, right before. Only for this room. */
#ifndef RECONCILE_APPLY_UNCHANGED_H
#define RECONCILE_APPLY_UNCHANGED_H

#include "apply/step.h"

/* What this run has written itself, shared by its threads. */
struct written;
struct written *written_new(void);
void written_free(struct written *written);
/* data NULL: removed. */
void written_note(struct execution *run, const char *path, bool in_docker_config, const void *data, size_t length);

/* A file on its way to other bytes; data NULL: on its way out. */
struct rewrite {
	const char *path;
	bool in_docker_config;
	const void *data;
	size_t length;
};
/* ERROR_STALE when the file is neither as it was observed, nor as this run left it, nor as it is to become. What was
 * not observed, or could not be read then, is not judged. */
int unchanged_check(struct execution *run, const struct rewrite *rewrite, struct error *err);
/* The same for every file of the change, before its first step: then nothing has been done yet. */
int unchanged_check_change(struct execution *run, const struct change *change, struct error *err);

#endif
