/* Files as a commit of somebody's git repository holds them: the two sides of --against.
 *
 *     struct revisions *revisions = NULL;
 *     if (revisions_open("states/team.yaml", "main", &revisions, &err) < 0)
 *             ... err says what to do, such as the git fetch that brings the revision
 *     const struct revision *old = revisions_old(revisions), *now = revisions_new(revisions);
 *     … revision_read(old, "states/team.yaml", CAP, &data, &err) …
 *     revisions_close(revisions);
 *
 * The repository is the innermost one above the path: a work tree, a linked one, a submodule, or a bare repository,
 * whose paths begin at the root of its trees. Objects are read as they are stored, each within a cap: no filter, hook
 * or other program runs, nothing is written, nothing is fetched. A repository that belongs to another user is refused
 * as git refuses it (git-config(1), safe.directory): its alternates might lead to what only we may read.
 *
 * Paths are as the command line has them: relative to the working folder or absolute, whether or not they exist. Links
 * are followed inside the commit. */
#ifndef RECONCILE_HISTORY_REVISION_H
#define RECONCILE_HISTORY_REVISION_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"

struct revisions;
struct revision;

/* range, as git diff understands it:
 *
 *     REV      from where HEAD left REV (their merge base) to the work tree; no bare repository has one
 *     A..B     from A to B, HEAD where one is left out
 *     A...B    from where B left A, to B */
int revisions_open(const char *path, const char *range, struct revisions **ret_revisions, struct error *err);
void revisions_close(struct revisions *revisions); /* NULL is allowed */

const struct revision *revisions_old(const struct revisions *revisions);
const struct revision *revisions_new(const struct revisions *revisions); /* NULL: the work tree */
const char *revision_name(const struct revision *revision);		 /* "main (3f2a1b9)" */

enum revision_kind { REVISION_NOTHING, REVISION_FILE, REVISION_FOLDER };
enum revision_kind revision_kind(const struct revision *revision, const char *path);
/* err: ERROR_NOT_FOUND; ERROR_REFUSED when the path is not in this repository, or a link leads out of it. */
int revision_read(const struct revision *revision, const char *path, size_t cap, struct buffer *ret_data,
		  struct error *err);
/* The names in a folder, in the arena. */
int revision_list(const struct revision *revision, struct arena *arena, const char *path, struct strings *ret_names,
		  struct error *err);

/* Where a state file of the new side was before, in the arena: the *.yaml or *.yml of the old side that is not there
 * any more and is most like it, half of its lines at least (git's own measure of a rename); same_name: and is called
 * alike. taken: what others were before, which this one was not. NULL: there is none. */
const char *revisions_former(const struct revisions *revisions, struct arena *arena, const char *path, bool same_name,
			     const struct strings *taken);

/* The commit that is checked out in the repository that holds the path, 40 hex digits in the arena; NULL: there is
 * none, or it cannot be read. Only refs are looked at. */
const char *revision_head(struct arena *arena, const char *path);

/* The branches and tags of the repository that holds the path, as one types them, in the arena; none when it cannot be
 * read, or is another user's. */
void revision_names(struct arena *arena, const char *path, struct strings *ret_names);

#endif
