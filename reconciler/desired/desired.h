/* State files -> desired state: read, interpolate, merge, decode, validate, resolve.
 *
 *     struct diagnostics problems = {0};
 *     struct state *state = NULL;
 *     if (desired_load(&request, &state, &problems) < 0)
 *         ... print problems (sorted, every one of them), exit 65
 *
 * Needs no Docker and no network. Bounds: 1 MiB a file, 64 files, depth 32, aliases expanded to at most 10 000 nodes.
 */
#ifndef RECONCILE_DESIRED_DESIRED_H
#define RECONCILE_DESIRED_DESIRED_H

#include "base/error.h"
#include "model/builder.h"

struct reach_tree;

/* A state file given as bytes; path is what messages say. */
struct desired_text {
	const char *path;
	const char *data;
	size_t length;
	bool foreign; /* read from outside the repository (--allow-path): nothing of it is quoted */
};

struct desired_request {
	const char *const *files; /* -f, in order: files or folders; none: states/default.yaml, else reconcile.yaml */
	size_t file_count;
	const struct desired_text *texts; /* when given, read instead of files */
	size_t text_count;
	const char *only;	    /* --only NAME: everything is validated, other builders are dropped; NULL: all */
	const char *const *environ; /* for ${VAR}: "NAME=VALUE", NULL-ended */
	const char *const *allowed_paths; /* --allow-path: folders outside the repository that may be read */
	size_t allowed_path_count;
	const char *const *allowed_variables; /* --env */
	size_t allowed_variable_count;
	bool untrusted;	       /* no other variables */
	bool secrets_may_lack; /* secrets of variables that are not set are SECRET_UNSET: to look at, not to apply */
	/* For --against: no variable is looked up, texts keep their ${VAR}, and what is said there is not found wrong.
	 */
	bool as_written;
	const struct reach_tree *tree; /* files are read from there (desired/reach.h); NULL: as they lie there */
};

/* Without -f, the first of these that is there. */
extern const char *const source_lookup[2];
/* Whether a file of a folder is a state file by its name. */
bool source_name_fits(const char *name);

/* -1 when any problem was found: all of them are in `problems`, sorted. ret_state is the caller's: state_free(). */
int desired_load(const struct desired_request *request, struct state **ret_state, struct diagnostics *problems);

/* Whether a state file lies where it is looked for without -f. */
bool desired_is_here(void);

/* The digest of the merged state that plans carry: canonical, secret values left out, places left out. */
void desired_digest(const struct state *state, char ret_hex[65]);

#endif
