/* What a state file may read: what is beneath the repository that holds it, and what the command line allows.
 *
 * A state file comes from a pull request; the one who plans it may be root. So every file that one names (and the state
 * file itself, which may be a link) is opened here, and nothing else in the room opens files:
 *
 *     struct reach reach = {.arena = scratch, .allowed = request->allowed, .allowed_count = …};
 *     if (reach_read(&reach, source.file, path, CAP, &data, &foreign, &err) < 0)
 *             ... err says what and what to do; nothing of the file is in it
 *
 * The root is that of the innermost git repository above the state file, else the file's own folder. It is found by the
 * names in the path, and a part of the path that leads out of a repository by a link does not begin another one. */
#ifndef RECONCILE_DESIRED_REACH_H
#define RECONCILE_DESIRED_REACH_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

#include <stdbool.h>
#include <stddef.h>

struct reach_root {
	const char *folder; /* of the state files that it is the root of, as their paths say it */
	const char *path;   /* absolute, as the names say */
	const char *real;   /* with links resolved */
	bool leads_out;	    /* the folder is beneath a repository by name only */
};

enum reach_kind { REACH_NOTHING, REACH_FILE, REACH_FOLDER };

/* Another place than the work tree to read the repository's files from: a commit of it. Paths are those of the work
 * tree. A path that is not in the repository, or that a link leads out of it, is ERROR_REFUSED. */
struct reach_tree {
	void *context;
	enum reach_kind (*kind)(void *context, const char *path);
	int (*read)(void *context, const char *path, size_t cap, struct buffer *ret_data, struct error *err);
	/* The names of what is in the folder, in the arena. */
	int (*list)(void *context, struct arena *arena, const char *path, struct strings *ret_names, struct error *err);
};

struct reach {
	struct arena *arena;
	const char *const *allowed; /* --allow-path */
	size_t allowed_count;
	const struct reach_tree *tree; /* NULL: files as they lie there */
	struct reach_root root;	       /* the last one found: state files have few */
};

/* Reads the file that the state file `holder` names by `path`, which is relative to the working folder or absolute;
 * holder itself when both are the same. *ret_foreign: it is there by --allow-path only, so that it must not be quoted.
 * err: ERROR_INVALID when it is out of reach, else as of file_read(). reach NULL: a file of the user's own, such as
 * BuildX's default configuration, which may be anywhere. */
int reach_read(struct reach *reach, const char *holder, const char *path, size_t cap, struct buffer *ret_data,
	       bool *ret_foreign, struct error *err);
/* Whether reach_read() would open it. */
int reach_check(struct reach *reach, const char *holder, const char *path, struct error *err);
/* Whether the folder of `path`, which is to be written, is where its name says: not out of a repository, or of the
 * working folder, by a link that somebody committed. */
int reach_check_target(struct arena *arena, const char *path, struct error *err);
/* The root of the innermost git repository that holds `path`, absolute, by the names in it; NULL when none does. */
const char *reach_repository(struct arena *arena, const char *path);
/* What a state file's path leads to, links followed, in reach or not. */
enum reach_kind reach_kind(const struct reach *reach, const char *path);
/* The names in a folder of state files, in reach->arena and in no order; `path` is both holder and path. */
int reach_list(struct reach *reach, const char *path, struct strings *ret_names, struct error *err);

#endif
