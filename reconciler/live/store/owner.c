/* Whether what is in the store and in Docker's configuration belongs to the user whose it is: `sudo docker …` leaves
 * root's. */
#include "live/store/owner.h"

#include "base/beneath.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/shell.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMED = 3 };

struct owners {
	struct live *live;
	const char *subject, *root; /* root: absolute */
	uid_t user;
	gid_t group;
	uid_t other; /* whose the first is that is not the user's */
	struct strings named;
	size_t count;
};

static void look_at(struct owners *owners, uid_t owner, const char *folder, const char *name)
{
	struct arena *arena = owners->live->arena;

	if (owner == owners->user)
		return;
	if (owners->count == 0)
		owners->other = owner;
	if (owners->count++ < NAMED)
		strings_add(arena, &owners->named, !folder ? name : arena_printf(arena, "%s/%s", folder, name));
}

/* Whose it is, of a builder's file that was read a moment ago. */
static bool was_read(const struct live *live, const char *folder, const struct dirent *entry, uid_t *ret_owner)
{
	const struct live_builder *builder =
		entry->d_type == DT_REG && strcmp(folder, "instances") == 0 ? live_builder(live, entry->d_name) : NULL;

	if (!builder || !builder->file.readable)
		return false;
	*ret_owner = builder->file.owner;
	return true;
}

/* What is in a folder, and the folder. */
static void look_into(struct owners *owners, int root_fd, const char *name)
{
	DIR *folder = folder_list_at(root_fd, name);
	const struct dirent *entry;
	bool is_root = strcmp(name, ".") == 0;
	struct stat info;

	if (fstatat(root_fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0)
		look_at(owners, info.st_uid, NULL, is_root ? owners->root : name);
	for (size_t i = 0; folder && i < LIMIT_STORE_ENTRIES && (entry = readdir(folder)); i++) {
		uid_t owner;

		if (was_read(owners->live, name, entry, &owner))
			look_at(owners, owner, name, entry->d_name);
		/* Folders of the root are looked into by their own names; plugins may be links to root's. */
		else if (fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
			 !S_ISDIR(info.st_mode) && !(is_root && S_ISLNK(info.st_mode)))
			look_at(owners, info.st_uid, is_root ? NULL : name, entry->d_name);
	}
	if (folder)
		closedir(folder);
}

static const char *user_text(struct arena *arena, uid_t user)
{
	struct passwd entry, *found = NULL;
	char space[4096];

	if (getpwuid_r(user, &entry, space, sizeof(space), &found) == 0 && found)
		return arena_strdup(arena, found->pw_name);
	return arena_printf(arena, "user %u", (unsigned)user);
}

static void add_fault(const struct owners *owners)
{
	struct arena *arena = owners->live->arena;
	const char *more = owners->count > NAMED ? arena_printf(arena, " and %zu more", owners->count - NAMED) : "";
	const char *mend =
		arena_printf(arena, "run `%schown -R %u:%u %s`", geteuid() == 0 ? "" : "sudo ", (unsigned)owners->user,
			     (unsigned)owners->group, shell_word(arena, owners->root));

	faults_add(arena, &owners->live->faults, FAULT_OWNER_WRONG, owners->subject, owners->root, mend,
		   "of %s, %s%s %s to %s, not to %s", owners->root, strings_join(arena, &owners->named, ", "), more,
		   owners->count == 1 ? "belongs" : "belong", user_text(arena, owners->other),
		   user_text(arena, owners->user));
}

static void check(struct live *live, const char *subject, const char *root, const char *const *folders)
{
	int fd = careful_open(root, O_RDONLY | O_DIRECTORY);
	struct owners owners = {.live = live, .subject = subject, .root = root};
	struct stat info;

	if (fd >= 0 && fstat(fd, &info) == 0) {
		/* Root works for whoever the folder belongs to, as `sudo docker` with the user's HOME does. */
		owners.user = geteuid() == 0 ? info.st_uid : geteuid();
		owners.group = geteuid() == 0 ? info.st_gid : getegid();
		for (; *folders; folders++)
			look_into(&owners, fd, *folders);
	}
	if (owners.count > 0)
		add_fault(&owners);
	if (fd >= 0)
		close(fd);
}

void owners_check(struct live *live)
{
	static const char *const of_store[] = {".", "instances", "activity", "defaults", NULL};
	static const char *const of_docker[] = {".", "contexts", "contexts/meta", NULL};

	check(live, "store", live->store, of_store);
	check(live, "docker-config", live->docker_config, of_docker);
}
