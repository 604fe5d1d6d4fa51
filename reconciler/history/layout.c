/* Looks at what a repository consists of, without libgit2. */
#include "history/layout.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/text.h"
#include "base/xalloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_CAP = 4096, CONFIG_CAP = 1024 * 1024, PACKED_REFS_CAP = 64 * 1024 * 1024 };

/* gitrepository-layout(5). `needed` as libgit2 wants it (its is_valid_repository_path()). */
static const struct {
	const char *name;
	mode_t kind;
	int64_t cap;
	bool needed;
} parts[] = {
	{"HEAD", S_IFREG, HEAD_CAP, true},
	{"objects", S_IFDIR, 0, true},
	{"refs", S_IFDIR, 0, true},
	{"config", S_IFREG, CONFIG_CAP, false},
	{"config.worktree", S_IFREG, CONFIG_CAP, false},
	{"packed-refs", S_IFREG, PACKED_REFS_CAP, false},
	{"commondir", S_IFREG, HEAD_CAP, false},
	{"gitdir", S_IFREG, HEAD_CAP, false},
	{"shallow", S_IFREG, CONFIG_CAP, false},
	{"info/grafts", S_IFREG, CONFIG_CAP, false},
};

static int check_part(const char *path, size_t index, struct error *err)
{
	CLEANUP_FREE char *name = path_join(path, parts[index].name);
	struct stat info;

	if (stat(name, &info) < 0) {
		if (errno == ENOENT && !parts[index].needed)
			return 0;
		error_set_errno(err, errno, "%s", parts[index].name);
		if (errno == ENOENT && err)
			err->kind = ERROR_CORRUPT;
		return -1;
	}
	if ((info.st_mode & S_IFMT) != parts[index].kind)
		return error_set(err, ERROR_CORRUPT, "%s is not a %s", parts[index].name,
				 parts[index].kind == S_IFDIR ? "folder" : "file");
	if (parts[index].kind == S_IFREG && info.st_size > parts[index].cap)
		return error_set(err, ERROR_CORRUPT, "%s is larger than %lld bytes", parts[index].name,
				 (long long)parts[index].cap);
	return 0;
}

/* What is recorded is on main, and `HEAD~2` counts from there. */
static int check_head(const char *path, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(HEAD_CAP);
	CLEANUP_FREE char *name = path_join(path, "HEAD");

	if (file_read(name, HEAD_CAP, &text, err) < 0)
		return -1;
	if (text_equal(buffer_text(&text), "ref: refs/heads/main\n"))
		return 0;
	return error_set(err, ERROR_CORRUPT, "its HEAD is not \"ref: refs/heads/main\"");
}

/* What git and libgit2 write when they make a repository, and what we add. */
static const char *const plain_lines[] = {
	"[core]",
	"\tbare = true",
	"\trepositoryformatversion = 0",
	"\tfilemode = true",
	"[transfer]",
	"\thideRefs = refs/reconcile/private",
};

static bool is_plain_line(const char *line, size_t length)
{
	for (size_t i = 0; i < COUNT(plain_lines); i++)
		if (strlen(plain_lines[i]) == length && strncmp(plain_lines[i], line, length) == 0)
			return true;
	return false;
}

bool layout_is_plain(const char *path)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(HEAD_CAP);
	CLEANUP_FREE char *config = path_join(path, "config");

	for (size_t i = 0; i < COUNT(parts); i++) {
		CLEANUP_FREE char *name = path_join(path, parts[i].name);

		if (!parts[i].needed && !text_equal(parts[i].name, "config") &&
		    !text_equal(parts[i].name, "packed-refs") && file_exists(name))
			return false;
	}
	if (file_read(config, HEAD_CAP, &text, NULL) < 0 || strlen(buffer_text(&text)) != text.length)
		return false;
	for (const char *line = buffer_text(&text); *line;) {
		size_t length = strcspn(line, "\n");

		if (!is_plain_line(line, length) || line[length] != '\n')
			return false;
		line += length + 1;
	}
	return text.length > 0;
}

int layout_check(const char *path, struct error *err)
{
	for (size_t i = 0; i < COUNT(parts); i++)
		if (check_part(path, i, err) < 0)
			return -1;
	return check_head(path, err);
}

/* By its name alone what belongs there; a folder for every other file would be a lot to ask. */
static bool is_folder_of_objects(const char *name)
{
	return (strlen(name) == 2 && strspn(name, "0123456789abcdef") == 2) || text_equal(name, "pack");
}

static int check_objects(const char *path, struct error *err)
{
	CLEANUP_FREE char *objects = path_join(path, "objects");
	DIR *folder = xopendir(objects);
	const struct dirent *entry;
	int result = 0;

	if (!folder)
		return error_set_errno(err, errno, "its objects cannot be read");
	while (result == 0 && (entry = readdir(folder))) {
		struct stat info;

		if (!is_folder_of_objects(entry->d_name) || entry->d_type == DT_DIR)
			continue;
		if (fstatat(dirfd(folder), entry->d_name, &info, 0) < 0 || !S_ISDIR(info.st_mode))
			result = error_set(err, ERROR_CORRUPT, "objects/%s is not a folder", entry->d_name);
	}
	closedir(folder);
	return result;
}

int layout_check_folders(const char *path, struct error *err)
{
	static const char *const folders[] = {"refs/heads", "refs/reconcile", "refs/reconcile/pending",
					      "refs/reconcile/private"};

	for (size_t i = 0; i < COUNT(folders); i++) {
		CLEANUP_FREE char *name = path_join(path, folders[i]);
		struct stat info;

		if (stat(name, &info) == 0 ? !S_ISDIR(info.st_mode) : errno != ENOENT)
			return error_set(err, ERROR_CORRUPT, "%s is not a folder", folders[i]);
	}
	return check_objects(path, err);
}

bool layout_has_packs(const char *path)
{
	CLEANUP_FREE char *packs = path_join(path, "objects/pack");
	DIR *folder = xopendir(packs);
	const struct dirent *entry;
	bool found = false;

	while (folder && !found && (entry = readdir(folder)))
		found = text_ends(entry->d_name, ".pack") || text_ends(entry->d_name, ".idx");
	if (folder)
		closedir(folder);
	return found;
}

bool layout_is_history(const char *path)
{
	static const char *const traces[] = {"HEAD", "objects", "refs", "config", "packed-refs", "reconcile.key"};
	size_t found = 0;

	for (size_t i = 0; i < COUNT(traces); i++) {
		CLEANUP_FREE char *name = path_join(path, traces[i]);
		struct stat info;

		found += lstat(name, &info) == 0;
	}
	return found >= 3;
}
