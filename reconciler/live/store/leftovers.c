/* What lies about in the store besides its files: what interrupted writes and builders that went have left, and files
 * where folders belong. */
#include "live/store/leftovers.h"

#include "base/count.h"
#include "base/file.h"
#include "base/limits.h"
#include "model/normal.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* "": the store itself. instances/ is read elsewhere, for there a leftover stops BuildX. */
static const char *const folders[] = {"", "activity", "defaults"};

static const char *absolute(const struct live *live, const char *path)
{
	return arena_printf(live->arena, "%s/%s", live->store, path);
}

static void list_temporaries(struct live *live, int store_fd, const char *name)
{
	DIR *folder = folder_list_at(store_fd, *name == '\0' ? "." : name);
	const struct dirent *entry;

	for (size_t i = 0; folder && i < LIMIT_STORE_ENTRIES && (entry = readdir(folder)); i++) {
		struct stat info;

		/* docker/buildx util/confutil/config.go, AtomicWriteFile: os.CreateTemp(dir, ".tmp-"+name); so do we.
		 */
		if (!text_starts(entry->d_name, ".tmp-") ||
		    fstatat(dirfd(folder), entry->d_name, &info, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISREG(info.st_mode))
			continue;
		const char *path = arena_printf(live->arena, "%s%s%s", name, *name == '\0' ? "" : "/", entry->d_name);
		faults_add(live->arena, &live->faults, FAULT_STORE_TEMPORARY, "store", absolute(live, path), NULL,
			   "%s is left over from an interrupted write", path);
	}
	if (folder)
		closedir(folder);
}

/* Refs are kept below the builder's name: docker/buildx localstate/localstate.go, SaveRef and SaveGroup. */
static void list_refs(struct live *live, int store_fd)
{
	DIR *folder = folder_list_at(store_fd, "refs");
	const struct dirent *entry;

	for (size_t i = 0; folder && i < LIMIT_STORE_ENTRIES && (entry = readdir(folder)); i++) {
		const char *name = entry->d_name;

		if (*name == '.' || strcmp(name, "__group__") == 0 ||
		    live_builder(live, name_lower(live->arena, name)) || live_context(live, name))
			continue;
		const char *path = arena_printf(live->arena, "refs/%s", name);
		faults_add(live->arena, &live->faults, FAULT_REFS_STALE, "store", absolute(live, path), NULL,
			   "%s is what builder \"%s\" has left, which is gone", path, name);
	}
	if (folder)
		closedir(folder);
}

/* What we make in the store, as apply/run_lock.h and apply/private_store.h say. A wrong one is not ours to remove. */
static void check_own(struct live *live, int store_fd)
{
	static const struct {
		const char *name, *wanted;
		mode_t type;
	} rows[] = {
		{".reconcile.lock", "a file", S_IFREG},
		{".reconcile.lock.claim", "a link", S_IFLNK},
		{".reconcile-run", "a folder", S_IFDIR},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct stat info;

		if (fstatat(store_fd, rows[i].name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
		    (info.st_mode & S_IFMT) != rows[i].type)
			faults_add(live->arena, &live->faults, FAULT_STORE_OWN_FILE, "store",
				   absolute(live, rows[i].name), NULL, "%s is not %s but %s", rows[i].name,
				   rows[i].wanted, file_type_name(info.st_mode));
	}
}

void store_leftovers(struct live *live, int store_fd, bool is_locked, bool contexts_known)
{
	/* Without the lock it may be a file that BuildX is writing just now. */
	for (size_t i = 0; is_locked && i < COUNT(folders); i++)
		list_temporaries(live, store_fd, folders[i]);
	if (contexts_known)
		list_refs(live, store_fd);
	check_own(live, store_fd);
}

void store_check_folders(struct live *live, int store_fd)
{
	static const char *const names[] = {"instances", "activity", "defaults", "refs"};

	for (size_t i = 0; i < COUNT(names); i++) {
		struct stat info;

		if (fstatat(store_fd, names[i], &info, 0) == 0 && !S_ISDIR(info.st_mode))
			faults_add(live->arena, &live->faults, FAULT_STORE_FOLDER_INVALID, "store",
				   absolute(live, names[i]), NULL, "%s is not a folder", names[i]);
	}
}
