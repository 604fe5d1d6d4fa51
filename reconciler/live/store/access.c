/* Who but this user may write in the store or in the Docker configuration: such a person decides what the builders are,
 * and those run privileged containers. */
#include "live/store/access.h"

#include "base/count.h"

#include <errno.h>
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

int store_check_access(const char *store, const char *docker_config, struct error *err)
{
	static const char *const parts[] = {"instances", "defaults", "activity", "refs"};

	if (check_folder("BuildX store", store, true, err) < 0 ||
	    check_folder("Docker configuration", docker_config, false, err) < 0)
		return -1;
	for (size_t i = 0; i < COUNT(parts); i++) {
		char path[4096 + 16];

		snprintf(path, sizeof(path), "%s/%s", store, parts[i]);
		if (check_folder("folder", path, true, err) < 0)
			return -1;
	}
	return 0;
}
