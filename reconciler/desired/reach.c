/* Opens what state files name, beneath their repository. */
#include "desired/reach.h"

#include "base/beneath.h"
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CHECK_CAP = 4 * 1024 * 1024 };

static bool has_repository(const char *folder)
{
	CLEANUP_FREE char *git = path_join(folder, ".git");
	struct stat info;

	return lstat(git, &info) == 0 && (S_ISDIR(info.st_mode) || S_ISREG(info.st_mode));
}

/* The real path, "" when there is none. */
static const char *real_of(struct arena *arena, const char *path)
{
	CLEANUP_FREE char *real = xrealpath(path);

	return real ? arena_strdup(arena, real) : "";
}

/* The folder above, or that itself when there is none above. */
static const char *above(struct arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == path ? "/" : arena_strndup(arena, path, (size_t)(slash - path));
}

/* From the outermost repository inwards: a folder that has left the one around it by a link belongs to none. */
static void root_find(struct arena *arena, const char *folder, struct reach_root *root)
{
	char *cut = arena_strdup(arena, folder);
	bool found = false;

	for (size_t i = 1; i <= strlen(folder); i++) {
		if (folder[i] != '/' && folder[i] != '\0')
			continue;
		cut[i] = '\0';
		bool is_repository = has_repository(cut);
		const char *real = found || is_repository ? real_of(arena, cut) : NULL;
		if (found && !path_beneath(root->real, real))
			break;
		if (is_repository) {
			root->path = arena_strdup(arena, cut);
			root->real = real;
			found = true;
		}
		cut[i] = folder[i];
	}
	if (found)
		return;
	CLEANUP_FREE char *here = xrealpath(".");
	root->path = folder;
	root->real = real_of(arena, folder);
	root->leads_out = here && *root->real && path_beneath(here, folder) && !path_beneath(here, root->real);
}

/* The folder that the path names its file in. */
static const char *folder_of(struct arena *arena, const char *path)
{
	const char *slash = path ? strrchr(path, '/') : NULL;

	return !slash ? "." : arena_strndup(arena, path, (size_t)(slash - path) + (slash == path));
}

static int root_of(struct reach *reach, const char *holder, bool is_folder, struct error *err)
{
	const char *folder = is_folder ? holder : folder_of(reach->arena, holder);

	if (text_equal(reach->root.folder, folder))
		return 0;
	CLEANUP_FREE char *absolute = path_absolute(folder);
	if (!absolute)
		return error_set_errno(err, errno, "cannot read %s", holder);
	struct reach_root root = {.folder = arena_strdup(reach->arena, folder)};
	root_find(reach->arena, arena_strdup(reach->arena, absolute), &root);
	reach->root = root;
	return 0;
}

const char *reach_repository(struct arena *arena, const char *path)
{
	struct stat info;
	bool is_folder = stat(path, &info) == 0 && S_ISDIR(info.st_mode);
	struct reach_root root = {0};
	CLEANUP_FREE char *folder = path_absolute(is_folder ? path : folder_of(arena, path));

	if (!folder)
		return NULL;
	root_find(arena, arena_strdup(arena, folder), &root);
	return has_repository(root.path) ? root.path : NULL;
}

static int open_in(const char *folder, const char *path, int flags)
{
	CLEANUP_CLOSE int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -1 : beneath_open(fd, path, flags);
}

/* Beneath one of the folders that the command line allows: as the names say, or as the links do. */
static int open_allowed(const struct reach *reach, const char *absolute, int flags)
{
	for (size_t i = 0; i < reach->allowed_count; i++) {
		const char *real = real_of(reach->arena, reach->allowed[i]);
		const char *rest = *real ? path_beneath(real, real_of(reach->arena, absolute)) : NULL;
		CLEANUP_FREE char *named = path_absolute(reach->allowed[i]);

		if (!rest && named)
			rest = path_beneath(named, absolute);
		int fd = rest ? open_in(real, rest, flags) : -1;
		if (fd >= 0 || (rest && errno != EXDEV))
			return fd;
	}
	errno = EXDEV;
	return -1;
}

/* By its name; else, when a link is absolute or the name is another one of the same place, by where it really is. */
static int open_beneath(const struct reach *reach, const char *absolute, int flags)
{
	const struct reach_root *root = &reach->root;
	const char *rest = path_beneath(root->path, absolute);
	int fd = -1;

	errno = *root->real ? EXDEV : ENOENT; /* the command line named that folder */
	if (root->leads_out || !*root->real)
		return -1;
	if (!rest)
		rest = path_beneath(root->real, absolute);
	if (rest)
		fd = open_in(root->real, rest, flags);
	if (fd >= 0 || errno != EXDEV)
		return fd;
	rest = path_beneath(root->real, real_of(reach->arena, absolute));
	errno = EXDEV;
	return rest ? open_in(root->real, rest, flags) : -1;
}

static int out_of_reach(const struct reach *reach, const char *holder, const char *path, const char *absolute,
			struct error *err)
{
	const char *folder = absolute ? above(reach->arena, absolute) : "DIR";

	if (text_equal(holder, path))
		error_set(err, ERROR_INVALID,
			  "a link leads out of the repository, or of the folder where there is none");
	else
		error_set(err, ERROR_INVALID,
			  "%s is out of reach: a state file reads what is in its repository, or in its folder where "
			  "there is none",
			  path);
	return error_hint(err, "move it there, or allow it with --allow-path%s%s: it is shown as size and digest then",
			  text_equal(holder, path) ? "" : " ", text_equal(holder, path) ? "" : folder);
}

/* The open file, or -1. */
static int reach_open(struct reach *reach, const char *holder, const char *path, int flags, bool *ret_foreign,
		      struct error *err)
{
	CLEANUP_FREE char *absolute = path_absolute(path);
	int fd = absolute ? open_beneath(reach, absolute, flags) : -1;

	*ret_foreign = false;
	/* Whether something is there, outside, is nobody's to know. */
	if (!absolute)
		return out_of_reach(reach, holder, path, NULL, err);
	if (fd < 0 && errno == EXDEV) {
		fd = open_allowed(reach, absolute, flags);
		*ret_foreign = fd >= 0;
	}
	if (fd >= 0)
		return fd;
	if (errno == EXDEV)
		return out_of_reach(reach, holder, path, absolute, err);
	if (errno == ENXIO)
		return error_set(err, ERROR_CORRUPT, "%s is not a regular file", path);
	return error_set_errno(err, errno, "cannot read %s", path);
}

/* From the commit; what is not in the repository is the file system's, if the command line allows it. */
static int read_tree(const struct reach *reach, const char *holder, const char *path, size_t cap,
		     struct buffer *ret_data, bool *ret_foreign, struct error *err)
{
	const struct reach_tree *tree = reach->tree;
	struct error inside = ERROR_INIT;

	if (tree->read(tree->context, path, cap, ret_data, &inside) == 0)
		return 0;
	if (inside.kind != ERROR_REFUSED) {
		*err = inside;
		return -1;
	}
	CLEANUP_FREE char *absolute = path_absolute(path);
	CLEANUP_CLOSE int fd = absolute ? open_allowed(reach, absolute, FILE_READ_FLAGS) : -1;
	if (fd < 0)
		return out_of_reach(reach, holder, path, absolute, err);
	*ret_foreign = true;
	return file_read_fd(fd, path, cap, ret_data, err);
}

int reach_read(struct reach *reach, const char *holder, const char *path, size_t cap, struct buffer *ret_data,
	       bool *ret_foreign, struct error *err)
{
	*ret_foreign = false;
	if (!reach)
		return file_read(path, cap, ret_data, err);
	if (reach->tree)
		return read_tree(reach, holder, path, cap, ret_data, ret_foreign, err);
	if (root_of(reach, holder, false, err) < 0)
		return -1;
	CLEANUP_CLOSE int fd = reach_open(reach, holder, path, FILE_READ_FLAGS, ret_foreign, err);
	return fd < 0 ? -1 : file_read_fd(fd, path, cap, ret_data, err);
}

int reach_check(struct reach *reach, const char *holder, const char *path, struct error *err)
{
	bool foreign;

	if (!reach)
		return 0;
	if (reach->tree) {
		CLEANUP_BUFFER struct buffer data = BUFFER_INIT(CHECK_CAP);
		return read_tree(reach, holder, path, CHECK_CAP, &data, &foreign, err);
	}
	if (root_of(reach, holder, false, err) < 0)
		return -1;
	CLEANUP_CLOSE int fd = reach_open(reach, holder, path, FILE_READ_FLAGS, &foreign, err);
	return fd < 0 ? -1 : 0;
}

static void close_folder(DIR **folder)
{
	if (*folder)
		closedir(*folder);
}

int reach_list(struct reach *reach, const char *path, struct strings *ret_names, struct error *err)
{
	__attribute__((cleanup(close_folder))) DIR *folder = NULL;
	const struct dirent *item;
	bool foreign;

	if (reach->tree)
		return reach->tree->list(reach->tree->context, reach->arena, path, ret_names, err);
	if (root_of(reach, path, true, err) < 0)
		return -1;
	CLEANUP_CLOSE int fd = reach_open(reach, path, path, O_RDONLY | O_DIRECTORY, &foreign, err);
	if (fd < 0)
		return -1;
	folder = xfdopendir(fd);
	if (!folder)
		return error_set_errno(err, errno, "cannot read the folder %s", path);
	fd = -1;
	while ((item = readdir(folder)))
		strings_add(reach->arena, ret_names, item->d_name);
	return 0;
}

enum reach_kind reach_kind(const struct reach *reach, const char *path)
{
	struct stat info;

	if (reach->tree)
		return reach->tree->kind(reach->tree->context, path);
	if (stat(path, &info) == 0)
		return S_ISDIR(info.st_mode) ? REACH_FOLDER : REACH_FILE;
	/* One that is there but cannot be read is an error, not a reason to look further. */
	return errno == ENOENT ? REACH_NOTHING : REACH_FILE;
}

int reach_check_target(struct arena *arena, const char *path, struct error *err)
{
	CLEANUP_FREE char *absolute = path_absolute(folder_of(arena, path));
	struct reach_root root = {0};

	if (!absolute)
		return error_set_errno(err, errno, "cannot write %s", path);
	root_find(arena, arena_strdup(arena, absolute), &root);
	const char *real = real_of(arena, absolute);
	if (!*real || (!root.leads_out && path_beneath(root.real, real)))
		return 0;
	error_set(err, ERROR_USAGE, "a link leads from the folder of %s out of %s", path,
		  root.leads_out ? "this one" : root.path);
	return error_hint(err, "name the file by where it is to be, in %s", real);
}
