/* Walks the tree of a commit: paths, links, folders, bytes. */
#include "history/revision_tree.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <limits.h>
#include <string.h>

enum { LINKS_MAX = 40 };

int object_check(const struct revisions *revisions, const git_oid *id, git_object_t type, size_t cap, struct error *err)
{
	git_object_t is;
	size_t length;
	int code = git_odb_read_header(&length, &is, revisions->odb, id);

	if (code != 0) {
		git_fail(err, code, "the repository %s", revisions->root);
		err->kind = ERROR_UNREACHABLE; /* the name is there, and what it names is not */
		return error_hint(err,
				  "this clone lacks it: git fetch --refetch, or a clone that is neither partial nor "
				  "damaged");
	}
	if (is != type)
		return error_set(err, ERROR_CORRUPT, "the repository %s: an object is not what its tree says",
				 revisions->root);
	if (length > cap)
		return error_set(err, ERROR_CORRUPT, "it is larger than %zu bytes", cap);
	return 0;
}

int tree_open(const struct revisions *revisions, const git_oid *id, git_tree **ret_tree, struct error *err)
{
	if (object_check(revisions, id, GIT_OBJECT_TREE, TREE_CAP, err) < 0)
		return -1;
	int code = git_tree_lookup(ret_tree, revisions->repo, id);
	return code == 0 ? 0 : git_fail(err, code, "the repository %s", revisions->root);
}

/* Without ".", "..", and doubled slashes; NULL when it climbs above its start. malloc'ed. */
static char *plain_path(const char *path)
{
	char *plain = xmalloc(strlen(path) + 1), *to = plain;

	*to = '\0';
	for (size_t length; path += strspn(path, "/"), *path; path += length) {
		length = strcspn(path, "/");
		if (length == 1 && *path == '.')
			continue;
		if (length == 2 && path[0] == '.' && path[1] == '.') {
			if (to == plain) {
				free(plain);
				return NULL;
			}
			while (to > plain && *--to != '/')
				;
		} else {
			if (to > plain)
				*to++ = '/';
			memcpy(to, path, length);
			to += length;
		}
		*to = '\0';
	}
	return plain;
}

/* The real path of what is there of it, and the rest as it is named; malloc'ed. */
static char *real_path(const char *absolute)
{
	CLEANUP_FREE char *head = xstrdup(absolute);

	for (;;) {
		CLEANUP_FREE char *real = xrealpath(*head ? head : "/");
		const char *rest = absolute + strlen(head);

		if (real)
			return path_join(real, rest + strspn(rest, "/"));
		*strrchr(head, '/') = '\0';
	}
}

char *path_inside(const struct revisions *revisions, const char *path)
{
	CLEANUP_FREE char *here = xrealpath("."),
			  *named = *path == '/' ? xstrdup(path) : path_join(here ? here : "/", path);
	CLEANUP_FREE char *plain = plain_path(named), *absolute = plain ? xasprintf("/%s", plain) : NULL;

	if (!absolute)
		return NULL;
	const char *rest = path_beneath(revisions->root, absolute);
	if (rest)
		return xstrdup(rest);
	CLEANUP_FREE char *real = real_path(absolute);
	rest = path_beneath(revisions->root, real);
	return rest ? xstrdup(rest) : NULL;
}

/* On the way to a path. */
struct walk {
	const struct revision *revision;
	char *rest; /* of the path, from the root; malloc'ed */
	int links;
	git_filemode_t mode; /* of what was found */
	git_oid id;
};

static int leads_out(struct error *err)
{
	return error_set(err, ERROR_REFUSED, "a link leads out of the repository");
}

/* Continues where the link at rest[0..end) leads. */
static int follow(struct walk *walk, size_t start, size_t end, struct error *err)
{
	const struct revisions *in = walk->revision->in;
	CLEANUP_GIT(git_blob) *blob = NULL;

	if (++walk->links > LINKS_MAX)
		return error_set(err, ERROR_INVALID, "too many links lead to one another");
	if (object_check(in, &walk->id, GIT_OBJECT_BLOB, PATH_MAX, err) < 0)
		return -1;
	int code = git_blob_lookup(&blob, in->repo, &walk->id);
	if (code != 0)
		return git_fail(err, code, "the repository %s", in->root);
	CLEANUP_FREE char *target = xstrndup(git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob));
	CLEANUP_FREE char *joined = xasprintf("%.*s%s%s", (int)start, walk->rest, target, walk->rest + end);
	char *plain = *target == '/' ? NULL : plain_path(joined);
	if (!plain)
		return leads_out(err);
	free(walk->rest);
	walk->rest = plain;
	return 1;
}

/* From the root to the end of the path: 0 found, 1 to begin again at walk->rest, -1 with err. */
static int descend(struct walk *walk, struct error *err)
{
	const struct revision *revision = walk->revision;
	CLEANUP_GIT(git_tree) *owned = NULL;
	size_t start = 0;

	walk->mode = GIT_FILEMODE_TREE;
	walk->id = *git_tree_id(revision->tree);
	while (walk->rest[start]) {
		size_t end = start + strcspn(walk->rest + start, "/");
		CLEANUP_FREE char *name = xstrndup(walk->rest + start, end - start);
		const git_tree_entry *entry = walk->mode != GIT_FILEMODE_TREE
						      ? NULL
						      : git_tree_entry_byname(owned ? owned : revision->tree, name);

		if (!entry)
			return error_set(err, ERROR_NOT_FOUND, "there is no such file in %s", revision->name);
		walk->id = *git_tree_entry_id(entry);
		walk->mode = git_tree_entry_filemode(entry);
		if (walk->mode == GIT_FILEMODE_LINK)
			return follow(walk, start, end, err);
		git_tree_free(TAKE(owned));
		if (walk->mode == GIT_FILEMODE_TREE && tree_open(revision->in, &walk->id, &owned, err) < 0)
			return -1;
		start = end + (walk->rest[end] == '/');
	}
	return 0;
}

static int find(const struct revision *revision, const char *path, struct walk *ret_walk, struct error *err)
{
	struct walk walk = {.revision = revision, .rest = path_inside(revision->in, path)};
	int result =
		walk.rest ? 1
			  : error_set(err, ERROR_REFUSED, "%s is not in the repository %s", path, revision->in->root);

	while (result == 1)
		result = descend(&walk, err);
	free(walk.rest);
	*ret_walk = walk;
	ret_walk->rest = NULL;
	return result;
}

enum revision_kind revision_kind(const struct revision *revision, const char *path)
{
	struct error err = ERROR_INIT;
	struct walk walk;

	/* What is there and cannot be read is told when it is. */
	if (find(revision, path, &walk, &err) < 0)
		return err.kind == ERROR_NOT_FOUND ? REVISION_NOTHING : REVISION_FILE;
	return walk.mode == GIT_FILEMODE_TREE ? REVISION_FOLDER : REVISION_FILE;
}

int revision_read(const struct revision *revision, const char *path, size_t cap, struct buffer *ret_data,
		  struct error *err)
{
	const struct revisions *in = revision->in;
	CLEANUP_GIT(git_blob) *blob = NULL;
	struct walk walk;

	if (find(revision, path, &walk, err) < 0)
		return err->kind == ERROR_REFUSED ? -1 : error_wrap(err, "cannot read %s", path);
	if (walk.mode == GIT_FILEMODE_TREE || walk.mode == GIT_FILEMODE_COMMIT)
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	if (object_check(in, &walk.id, GIT_OBJECT_BLOB, cap, err) < 0)
		return error_wrap(err, "cannot read %s", path);
	int code = git_blob_lookup(&blob, in->repo, &walk.id);
	if (code != 0)
		return git_fail(err, code, "cannot read %s", path);
	if (buffer_append(ret_data, git_blob_rawcontent(blob), (size_t)git_blob_rawsize(blob)) < 0)
		return error_set(err, ERROR_CORRUPT, "cannot read %s: it is larger than %zu bytes", path, cap);
	return 0;
}

int revision_list(const struct revision *revision, struct arena *arena, const char *path, struct strings *ret_names,
		  struct error *err)
{
	CLEANUP_GIT(git_tree) *tree = NULL;
	struct walk walk;

	if (find(revision, path, &walk, err) < 0)
		return -1;
	if (walk.mode != GIT_FILEMODE_TREE)
		return error_set(err, ERROR_CORRUPT, "%s is not a folder", path);
	if (tree_open(revision->in, &walk.id, &tree, err) < 0)
		return -1;
	for (size_t i = 0; i < git_tree_entrycount(tree); i++)
		strings_add(arena, ret_names, git_tree_entry_name(git_tree_entry_byindex(tree, i)));
	return 0;
}
