/* Who but this user may write in the store or in the Docker configuration: such a person decides what the builders are,
 * and those run privileged containers. */
#include "live/store/access.h"

#include "base/count.h"
#include "base/shell.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ENTRY_ROOM = 16 * 1024 };

static const char *user_name(struct arena *arena, uid_t uid)
{
	struct passwd entry, *found = NULL;
	char room[ENTRY_ROOM];

	if (getpwuid_r(uid, &entry, room, sizeof(room), &found) == 0 && found)
		return text_printable(arena, found->pw_name, false);
	return arena_printf(arena, "uid %u", (unsigned)uid);
}

/* Nobody but this user or root is in it. */
static bool has_no_others(const struct group *group, const char *user)
{
	for (char **member = group->gr_mem; member && *member; member++)
		if (strcmp(*member, user) != 0 && strcmp(*member, "root") != 0)
			return false;
	return true;
}

/* Under "user private groups" (useradd(8), USERGROUPS_ENAB) umask is 002 and everything of a user's is writable by a
 * group that is the user alone. As Debian's OpenSSH judges it (patch user-group-modes): the group has the user's name
 * and no other member. Root's group is root's. A group that cannot be looked up may be anybody's. */
static bool is_private_group(struct arena *arena, gid_t gid, uid_t uid)
{
	const char *user = user_name(arena, uid);
	struct group entry, *found = NULL;
	char room[ENTRY_ROOM];

	if (getgrgid_r(gid, &entry, room, sizeof(room), &found) != 0 || !found)
		return false;
	return (gid == 0 || strcmp(found->gr_name, user) == 0) && has_no_others(found, user);
}

static const char *group_name(struct arena *arena, gid_t gid)
{
	struct group entry, *found = NULL;
	char room[ENTRY_ROOM];

	if (getgrgid_r(gid, &entry, room, sizeof(room), &found) == 0 && found)
		return text_printable(arena, found->gr_name, false);
	return arena_printf(arena, "%u", (unsigned)gid);
}

const char *folder_open_to(struct arena *arena, const struct stat *info)
{
	/* Root works for the owner: what is private is the owner's. */
	uid_t user = geteuid() == 0 ? info->st_uid : geteuid();

	if ((info->st_mode & S_IWOTH) != 0)
		return "every user of this machine";
	if ((info->st_mode & S_IWGRP) != 0 && !is_private_group(arena, info->st_gid, user))
		return arena_printf(arena, "the group %s", group_name(arena, info->st_gid));
	return NULL;
}

/* The folder, or the nearest above it that is there. */
static const char *nearest(struct arena *arena, const char *path, struct stat *ret_info)
{
	char *folder = arena_strdup(arena, path), *slash;

	while (stat(folder, ret_info) < 0 && (errno == ENOENT || errno == ENOTDIR) && (slash = strrchr(folder, '/')))
		slash[slash == folder ? 1 : 0] = '\0';
	return folder;
}

static const char *mend_of(struct arena *arena, const char *folder, const struct stat *info, const char *variable,
			   bool is_missing)
{
	if (info->st_uid == geteuid() && !is_missing)
		return arena_printf(arena, "run `chmod u+w %s`", shell_word(arena, folder));
	return arena_printf(arena, "set %s to a folder that this user may write, or run as %s", variable,
			    user_name(arena, info->st_uid));
}

const char *folder_closed(struct arena *arena, const char *path, const char *variable, const char **ret_folder,
			  const char **ret_mend)
{
	struct stat info = {0};
	const char *folder = nearest(arena, path, &info);
	bool is_missing = !text_equal(folder, path);

	if (!S_ISDIR(info.st_mode))
		return NULL;
	if (faccessat(AT_FDCWD, folder, W_OK | X_OK, AT_EACCESS) == 0 || (errno != EACCES && errno != EROFS))
		return NULL;
	bool is_disk = errno == EROFS;
	*ret_folder = folder;
	*ret_mend = is_disk ? arena_printf(arena, "set %s to a folder on a disk that can be written", variable)
			    : mend_of(arena, folder, &info, variable, is_missing);
	return arena_printf(arena,
			    is_disk ? "%s%s is on a disk that is mounted read-only"
				    : "%s%s may not be written by this user (mode %04o, of %s)",
			    is_missing ? "it is not there, and " : "", folder, (unsigned)info.st_mode & 07777,
			    user_name(arena, info.st_uid));
}

const char *store_closed(struct arena *arena, const char *store, const char **ret_folder, const char **ret_mend)
{
	static const char *const parts[] = {"", "/instances", "/defaults", "/activity"};
	const char *closed = NULL;

	for (size_t i = 0; !closed && i < COUNT(parts); i++) {
		const char *path = arena_printf(arena, "%s%s", store, parts[i]);

		if (i == 0 || access(path, F_OK) == 0)
			closed = folder_closed(arena, path, "BUILDX_CONFIG", ret_folder, ret_mend);
	}
	return closed;
}

static int refuse_owner(struct arena *arena, const char *what, const char *path, uid_t owner, struct error *err)
{
	error_set(err, ERROR_REFUSED, "the %s %s belongs to another user (%s)", what, path, user_name(arena, owner));
	return error_hint(err, "run as that user, or make it yours: sudo chown -R \"$(id -u):$(id -g)\" %s", path);
}

static int check_folder(const char *what, const char *path, bool must_write, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct stat info;
	const char *others;

	if (stat(path, &info) < 0)
		return errno == ENOENT ? 0 : error_set_errno(err, errno, "cannot use the %s %s", what, path);
	if (info.st_uid != geteuid() && geteuid() != 0 && (info.st_uid != 0 || (must_write && access(path, W_OK) < 0)))
		return refuse_owner(arena, what, path, info.st_uid, err);
	if (!(others = folder_open_to(arena, &info)))
		return 0;
	error_set(err, ERROR_REFUSED, "%s may write in the %s %s (mode %04o)", others, what, path,
		  (unsigned)info.st_mode & 07777);
	return error_hint(err, "see with `reconcile --plan` that nobody has, then: chmod go-w %s", path);
}

static int refuse_closed(const char *what, const char *path, const char *closed, const char *mend, struct error *err)
{
	error_set(err, ERROR_REFUSED, "nothing can be written in the %s %s: %s", what, path, closed);
	return error_hint(err, "%s", mend);
}

int store_check_access(const char *store, const char *docker_config, struct error *err)
{
	static const char *const parts[] = {"instances", "defaults", "activity", "refs"};
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *folder, *mend, *closed;

	if (check_folder("BuildX store", store, true, err) < 0 ||
	    check_folder("Docker configuration", docker_config, false, err) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++)
		if (check_folder("folder", arena_printf(arena, "%s/%s", store, parts[i]), true, err) < 0)
			return -1;
	if ((closed = store_closed(arena, store, &folder, &mend)))
		return refuse_closed("BuildX store", store, closed, mend, err);
	return 0;
}

int docker_config_check_access(const char *docker_config, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *folder, *mend, *closed = folder_closed(arena, docker_config, "DOCKER_CONFIG", &folder, &mend);

	return closed ? refuse_closed("Docker configuration", docker_config, closed, mend, err) : 0;
}
