/* Whether what is in the store and in Docker's configuration belongs to the user whose it is: `sudo docker …` leaves
 * root's. */
#include "live/store/owner.h"

#include "base/beneath.h"
#include "base/file.h"
#include "base/keyed.h"
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

/* Builders' files, of which those that were read told whose they are. */
static void look_at_instances(struct owners *owners, int root_fd, const struct strings *others)
{
	const struct live *live = owners->live;
	struct stat info;

	if (fstatat(root_fd, "instances", &info, AT_SYMLINK_NOFOLLOW) == 0)
		look_at(owners, info.st_uid, NULL, "instances");
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];

		if (builder->file.readable && !keyed_find(others->items, others->count, sizeof(char *), builder->name))
			look_at(owners, builder->file.owner, "instances", builder->name);
	}
	for (size_t i = 0; i < others->count; i++)
		if (fstatat(root_fd, ARENA_JOIN(live->arena, "instances/", others->items[i]), &info,
			    AT_SYMLINK_NOFOLLOW) == 0 &&
		    !S_ISDIR(info.st_mode))
			look_at(owners, info.st_uid, "instances", others->items[i]);
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
		/* Folders are looked into by their own names; plugins may be links to root's. */
		if (entry->d_type != DT_DIR && fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
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

static void check(struct live *live, const char *subject, const char *root, const char *const *folders,
		  const struct strings *instances)
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
		if (instances)
			look_at_instances(&owners, fd, instances);
	}
	if (owners.count > 0)
		add_fault(&owners);
	if (fd >= 0)
		close(fd);
}

void owners_check(struct live *live, const struct strings *others)
{
	static const char *const of_store[] = {".", "activity", "defaults", NULL};
	static const char *const of_docker[] = {".", "contexts", "contexts/meta", NULL};

	check(live, "store", live->store, of_store, others);
	check(live, "docker-config", live->docker_config, of_docker, NULL);
}
