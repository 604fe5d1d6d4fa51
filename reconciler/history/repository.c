/* Opens and creates the repository, refuses one that others may write, and keeps its key. */
#include "history/repository.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/platform.h"
#include "base/sweep.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/commit.h"
#include "history/git.h"
#include "history/journal.h"
#include "history/layout.h"
#include "history/objects.h"
#include "history/refs.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/trailer.h"
#include "history/writing.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static const char key_name[] = "reconcile.key";
static const char serial_key[] = "Serial";

char *history_path(struct arena *arena, const char *const *env, const char *store_id)
{
	const char *named = environ_value(env, "RECONCILE_HISTORY"), *state = environ_value(env, "XDG_STATE_HOME");
	const char *home = identity_home(arena, env);

	if (*named)
		return arena_strdup(arena, named);
	/* The XDG base directory specification: relative paths are invalid and to be ignored. */
	if (*state == '/')
		return arena_printf(arena, "%s/reconcile/%s.git", state, store_id);
	return home ? arena_printf(arena, "%s/.local/state/reconcile/%s.git", home, store_id) : NULL;
}

/* Who may write here can make a rollback write what they like. */
static int check_folder(const struct history *history, struct error *err)
{
	const char *path = history->path;
	struct stat info;

	if (stat(path, &info) < 0)
		return error_set_errno(err, errno, "cannot use the history %s", path);
	if (!S_ISDIR(info.st_mode)) {
		error_set(err, ERROR_CORRUPT, "the history %s is not a folder", path);
		return error_hint(err,
				  "move it away, or name another folder with --history-dir DIR or RECONCILE_HISTORY");
	}
	if (info.st_uid != geteuid() && (history->user == 0 || info.st_uid != history->user)) {
		error_set(err, ERROR_REFUSED, "the history %s belongs to another user (uid %u, you are %u)", path,
			  (unsigned)info.st_uid, (unsigned)geteuid());
		return error_hint(err, "run as that user, or name another folder with --history-dir");
	}
	if ((info.st_mode & 022) != 0) {
		error_set(err, ERROR_REFUSED, "others may write the history %s (mode %04o)", path,
			  (unsigned)info.st_mode & 07777);
		return error_hint(err, "look at it with git log, then: chmod 0700 %s", path);
	}
	if ((info.st_mode & 055) != 0 && chmod(path, 0700) < 0)
		return error_set_errno(err, errno, "cannot keep others from reading the history %s", path);
	return 0;
}

/* The owner of the folder, or of the nearest above it that is there. */
static int find_owner(const char *path, struct stat *ret_info, bool *ret_exists, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *folder = arena_strdup(arena, path), *slash;

	for (*ret_exists = true;; *ret_exists = false) {
		CLEANUP_CLOSE int fd = careful_open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY);

		if (fd >= 0 && fstat(fd, ret_info) == 0)
			return 0;
		if (errno == EXDEV) {
			error_set(err, ERROR_REFUSED,
				  "a link of another user's leads to %s, and root follows no such link", path);
			return error_hint(err, "name the folder that it leads to, or run as that user");
		}
		if (errno != ENOENT)
			return error_set_errno(err, errno, "cannot use the folder %s", path);
		slash = strrchr(folder, '/');
		if (!slash)
			folder = arena_strdup(arena, ".");
		else
			*slash = '\0';
	}
}

/* Root keeps a user's history as that user, where it is a user's store that it is of. One of anybody else would let
 * them say what a rollback writes. */
static int set_owner(struct history *history, const char *store, struct error *err)
{
	struct stat place, of_store;
	bool exists, has_store;

	if (geteuid() != 0 || !store)
		return 0;
	if (find_owner(history->path, &place, &exists, err) < 0 || find_owner(store, &of_store, &has_store, err) < 0)
		return -1;
	if (place.st_uid == 0 || place.st_uid != of_store.st_uid)
		return 0;
	history->user = place.st_uid;
	history->group = place.st_gid;
	return 0;
}

static int set_config(git_repository *repo, struct error *err)
{
	CLEANUP_GIT(git_config) *config = NULL;
	int code = git_repository_config(&config, repo);

	/* The private refs are not even offered to one who fetches: git-config(1), transfer.hideRefs. */
	if (code == 0)
		code = git_config_set_string(config, "transfer.hideRefs", "refs/reconcile/private");
	return code == 0 ? 0 : git_fail(err, code, "cannot configure the new history");
}

/* libgit2 does not sync what it makes a repository from. */
static int sync_all(const char *path, struct error *err)
{
	CLEANUP_CLOSE int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || platform_sync_volume(fd) < 0)
		return error_set_errno(err, errno, "cannot sync %s", path);
	return 0;
}

static int init_at(const char *path, struct error *err)
{
	git_repository_init_options options = {.version = GIT_REPOSITORY_INIT_OPTIONS_VERSION};
	git_repository *repo = NULL;
	int code, result;

	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_NO_REINIT;
	options.initial_head = "main";
	options.description =
		"Records of reconcile. Refs below refs/reconcile/private may hold secrets: do not push them.";
	code = git_repository_init_ext(&repo, path, &options);
	if (code < 0)
		return git_fail(err, code, "cannot create the history %s", path);
	result = set_config(repo, err);
	git_repository_free(repo);
	return result < 0 ? -1 : sync_all(path, err);
}

/* "<history>.tmp-<pid>": one that a killed run was making. `context` is the history's own name. */
static bool is_half_made(void *context, const char *name)
{
	size_t length = strlen(context);
	const char *pid = name + length + strlen(".tmp-");

	if (!text_starts(name, context) || !text_starts(name + length, ".tmp-"))
		return false;
	return *pid != '\0' && strspn(pid, "0123456789") == strlen(pid) && process_is_gone(strtol(pid, NULL, 10));
}

/* Made beside and renamed, so that a half-made repository never has the name. An empty folder is taken over. */
static int create(struct arena *arena, const char *path, struct error *err)
{
	const char *temp = arena_printf(arena, "%s.tmp-%ld", path, (long)getpid());
	char *folder = arena_strdup(arena, path);
	char *slash = strrchr(folder, '/');

	if (slash && slash != folder) {
		*slash = '\0';
		if (folder_create(folder, 0700, err) < 0)
			return -1;
	}
	if (folder_sweep(!slash		   ? "."
			 : slash == folder ? "/"
					   : folder,
			 is_half_made, !slash ? folder : slash + 1, err) < 0 ||
	    folder_create(temp, 0700, err) < 0)
		return -1;
	if (init_at(temp, err) < 0) {
		folder_remove(temp, NULL);
		return -1;
	}
	if (rename(temp, path) == 0)
		return !slash ? 0 : folder_sync(slash == folder ? "/" : folder, err);
	int failed = errno;
	folder_remove(temp, NULL);
	if (failed == EEXIST || failed == ENOTEMPTY)
		return 0; /* another run was first; what is there is looked at next */
	return error_set_errno(err, failed, "cannot create the history %s", path);
}

static bool is_empty(const char *path)
{
	DIR *folder = xopendir(path);
	const struct dirent *entry;
	bool empty = folder;

	while (empty && (entry = readdir(folder)))
		empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	if (folder)
		closedir(folder);
	return empty;
}

static int library_start(struct history *history, struct error *err)
{
	if (history->started)
		return 0;
	if (git_begin(err) < 0)
		return -1;
	history->started = true;
	return 0;
}

int history_start(struct history *history, struct error *err)
{
	if (history->repo)
		return 0;
	READING(history);
	if (library_start(history, err) < 0)
		return -1;
	int code = git_repository_open_ext(&history->repo, history->path,
					   GIT_REPOSITORY_OPEN_NO_SEARCH | GIT_REPOSITORY_OPEN_BARE, NULL);
	if (code == 0)
		return objects_guard(history->repo, history->path, err);
	return git_unreadable(err, "the history %s cannot be opened", history->path);
}

git_repository *history_repo(struct history *history)
{
	return history_start(history, NULL) < 0 ? NULL : history->repo;
}

static int open_at(struct arena *arena, struct history *history, const char *store, bool missing, struct error *err)
{
	CLEANUP_ACTING struct acting acting = {0};

	if (set_owner(history, store, err) < 0)
		return -1;
	if (acting_begin(history->user, history->group, &acting, err) < 0) {
		error_wrap(err, "the history %s belongs to another user", history->path);
		return error_hint(err, "run as that user, or name another folder with --history-dir");
	}
	if (missing && (library_start(history, err) < 0 || create(arena, history->path, err) < 0))
		return -1;
	if (check_folder(history, err) < 0)
		return -1;
	if (layout_check(history->path, err) < 0)
		return history_damaged(err, "the history %s is damaged", history->path);
	return layout_is_plain(history->path) ? 0 : history_start(history, err);
}

int history_open_of(const char *store, const char *path, bool create_it, struct history **ret_history,
		    struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	bool missing = !file_exists(path) || is_empty(path);

	if (missing && !create_it) {
		*ret_history = NULL;
		return 0;
	}
	struct history *history = XNEW(struct history);
	history->journal_fd = -1;
	history->path = path_join(path, ""); /* ends in one slash */
	for (size_t end = strlen(history->path); end > 1 && history->path[end - 1] == '/'; end--)
		history->path[end - 1] = '\0';
	objects_init(&history->objects, history->path);
	if (open_at(arena, history, store, missing, err) < 0) {
		history_close(history);
		return -1;
	}
	if (store)
		stores_begin(history, store);
	*ret_history = history;
	return 0;
}

int history_open(const char *path, bool create_it, struct history **ret_history, struct error *err)
{
	return history_open_of(NULL, path, create_it, ret_history, err);
}

void history_close(struct history *history)
{
	if (!history)
		return;
	journal_close(history);
	objects_done(&history->objects);
	free(history->tip.data);
	if (history->started) {
		git_repository_free(history->repo);
		git_libgit2_shutdown();
	}
	free(history->store);
	free(history->path);
	free(history);
}

static int key_read(const char *path, unsigned char key[HISTORY_KEY], struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(HISTORY_KEY);

	if (file_read(path, HISTORY_KEY, &data, err) < 0)
		return -1;
	if (data.length != HISTORY_KEY)
		return error_set(err, ERROR_CORRUPT, "%s is damaged: it has %zu bytes instead of %d", path, data.length,
				 HISTORY_KEY);
	memcpy(key, data.data, HISTORY_KEY);
	return 0;
}

int key_check(const char *path, struct error *err)
{
	struct error reading = ERROR_INIT;
	unsigned char key[HISTORY_KEY];

	if (key_read(path, key, &reading) == 0 || reading.kind == ERROR_NOT_FOUND)
		return 0;
	return error_copy(err, &reading);
}

/* Two runs may make a key at once: the one whose link comes first is the key of both. */
static int key_create(struct arena *arena, const char *path, struct error *err)
{
	const char *temp = arena_printf(arena, "%s.%ld", path, (long)getpid());
	unsigned char key[HISTORY_KEY];
	int result = 0;

	if (getentropy(key, sizeof(key)) < 0)
		return error_set_errno(err, errno, "cannot get random bytes for %s", path);
	if (file_write_atomic(temp, key, sizeof(key), 0600, err) < 0)
		return -1;
	if (link(temp, path) < 0 && errno != EEXIST)
		result = error_set_errno(err, errno, "cannot create %s", path);
	file_remove(temp, NULL); /* syncs the folder as well */
	return result;
}

int history_key(struct history *history, unsigned char ret_key[HISTORY_KEY], struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *path = path_join(history->path, key_name);
	CLEANUP_WRITING struct writing writing = {0};

	if (writing_begin(history, &writing, err) < 0)
		return -1;
	if (!file_exists(path) && key_create(arena, path, err) < 0)
		return -1;
	return key_read(path, ret_key, err);
}

/* The number that a record has; 0 when it says none. */
static int64_t number_of(struct arena *arena, const struct commit *commit)
{
	const char *serial = trailer_get(arena, commit->message, serial_key);

	return serial ? strtoll(serial, NULL, 10) : 0;
}

/* The last record knows its number; counting is for histories that were edited by hand. */
int64_t history_serial(struct history *history)
{
	int64_t count = 0, number = 0;
	git_oid id;

	if (!history)
		return 0;
	READING(history);
	bool more = ref_read(history, HISTORY_MAIN, &id, NULL) == 0;
	while (more && number <= 0) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct commit commit;

		if (commit_read(history, &id, arena, &commit, NULL) < 0)
			break;
		if (is_of_store(history, commit.message) && (number = number_of(arena, &commit)) <= 0)
			count++;
		more = commit.has_parent;
		id = commit.parent;
	}
	return count + (number > 0 ? number : 0);
}

const char *history_library(struct arena *arena)
{
	return arena_strdup(arena, "libgit2/" LIBGIT2_VERSION);
}
