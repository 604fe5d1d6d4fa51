/* Finds, writes and removes the files that steps name, and keeps them inside their root. */
#include "apply/target_file.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "model/normal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

static const char *path_problem(const char *path)
{
	if (text_empty(path))
		return "is empty";
	if (*path == '/')
		return "is absolute";
	if (strlen(path) >= PATH_MAX)
		return "is too long";
	for (const char *at = path;; at++) {
		size_t length = strcspn(at, "/");

		if (length == 0 || (length == 1 && at[0] == '.') || (length == 2 && at[0] == '.' && at[1] == '.'))
			return "has a part that is empty, \".\" or \"..\"";
		at += length;
		if (*at == '\0')
			return NULL;
	}
}

static bool is_below(const char *path, const char *root)
{
	size_t length = strlen(root);

	return strncmp(path, root, length) == 0 && (path[length] == '/' || path[length] == '\0' || length == 1);
}

static char *path_above(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return !slash || slash == path ? arena_strdup(arena, "/") : arena_strndup(arena, path, (size_t)(slash - path));
}

/* Follows the links of the part of the folder that exists; what is missing below it will be made, without links. */
static int check_inside(struct arena *arena, const struct target *target, struct error *err)
{
	CLEANUP_FREE char *root = xrealpath(target->root);
	const char *folder = target->folder;

	if (!root && errno == ENOENT)
		return 0; /* nothing is there that could lead out */
	if (!root)
		return error_set_errno(err, errno, "cannot use the folder %s", target->root);
	for (;; folder = path_above(arena, folder)) {
		CLEANUP_FREE char *real = xrealpath(folder);
		struct stat info;

		if (real && is_below(real, root))
			return 0;
		if (real) {
			error_set(err, ERROR_REFUSED, "%s leads out of %s by a link, to %s", folder, target->root,
				  real);
			return error_hint(err, "put what the link leads to in its place");
		}
		if (errno != ENOENT)
			return error_set_errno(err, errno, "cannot use the folder %s", folder);
		if (lstat(folder, &info) == 0 && S_ISLNK(info.st_mode)) {
			error_set(err, ERROR_REFUSED, "%s is a link to what is not there", folder);
			return error_hint(err, "remove it");
		}
	}
}

int target_find(const struct live *live, struct arena *arena, const char *path, bool in_docker_config,
		struct target *ret_target, struct error *err)
{
	struct target target = {.in_store = !in_docker_config,
				.root = in_docker_config ? live->docker_config : live->store,
				.follows = in_docker_config && path && !text_starts(path, "contexts/tls/")};
	const char *problem = path_problem(path);

	if (problem)
		return error_set(err, ERROR_REFUSED, "the plan names a path that %s: \"%s\"", problem,
				 !path ? "" : text_printable(arena, path, false));
	if (text_empty(target.root))
		return error_set(err, ERROR_OTHER, "the folder that %s belongs to is unknown", path);
	target.path = arena_printf(arena, "%s/%s", target.root, path);
	target.folder = path_above(arena, target.path);
	if (check_inside(arena, &target, err) < 0)
		return -1;
	*ret_target = target;
	return 0;
}

enum target_kind target_kind(const struct target *target)
{
	struct stat info;

	if (lstat(target->path, &info) < 0)
		return TARGET_MISSING;
	return S_ISLNK(info.st_mode) ? TARGET_LINK : S_ISDIR(info.st_mode) ? TARGET_FOLDER : TARGET_FILE;
}

int target_write(const struct target *target, const void *data, size_t length, mode_t mode, struct arena *arena,
		 struct error *err)
{
	enum target_kind kind = target_kind(target);
	const char *kept;

	if (folder_create(target->folder, 0700, err) < 0)
		return -1;
	if (((target->in_store && kind == TARGET_FOLDER) || (!target->follows && kind == TARGET_LINK)) &&
	    target_remove(target, arena, &kept, err) < 0)
		return -1;
	return file_write_atomic(target->path, data, length, mode == 0 ? 0600 : mode, err);
}

int target_replace(const struct target *target, const struct buffer *expected, const void *data, size_t length,
		   bool *ret_written, struct error *err)
{
	if (folder_create(target->folder, 0700, err) < 0)
		return -1;
	return file_replace(target->path, expected, data, length, ret_written, err);
}

static int set_aside(const struct target *target, struct arena *arena, const char **ret_kept, struct error *err)
{
	const char *below = target->path + strlen(target->root) + 1;
	const char *first = arena_printf(arena, "%s/%s", target->root, aside_path(arena, target->plan_id, below));
	const char *folder = path_above(arena, first), *kept = first;
	struct stat info;

	if (folder_create(folder, 0700, err) < 0)
		return -1;
	for (int number = 2; lstat(kept, &info) == 0; number++)
		kept = arena_printf(arena, "%s.%d", first, number);
	if (file_move(target->path, kept, err) < 0)
		return -1;
	*ret_kept = kept;
	return 0;
}

int target_remove(const struct target *target, struct arena *arena, const char **ret_kept, struct error *err)
{
	enum target_kind kind = target_kind(target);

	*ret_kept = NULL;
	if (kind == TARGET_MISSING)
		return 0;
	if (target->in_store && (kind != TARGET_FILE || access(target->path, R_OK) < 0))
		return set_aside(target, arena, ret_kept, err);
	/* A folder of the Docker configuration is one that the plan named as a whole. */
	return kind == TARGET_FOLDER ? folder_remove(target->path, err)
	       : target->unsynced    ? file_unlink(target->path, err)
				     : file_remove(target->path, err);
}

int target_move(const struct target *from, const struct target *target, struct error *err)
{
	bool is_there = target_kind(target) != TARGET_MISSING;

	if (target_kind(from) == TARGET_MISSING)
		return is_there ? 0 : error_set(err, ERROR_NOT_FOUND, "%s is gone: it cannot be put back", from->path);
	if (is_there)
		return error_set(err, ERROR_EXISTS, "%s is in the way of what was there before", target->path);
	if (folder_create(target->folder, 0700, err) < 0)
		return -1;
	return file_move(from->path, target->path, err);
}
