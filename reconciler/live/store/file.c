/* Bounded reads of files of the store and of the Docker configuration. */
#include "live/store/file.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

const char *store_file_state_text(enum store_file_state state)
{
	static const char *const texts[] = {
		[STORE_FILE_READ] = "can be read",
		[STORE_FILE_MISSING] = "is not there",
		[STORE_FILE_DANGLING] = "is a link whose target is gone",
		[STORE_FILE_FOLDER] = "is a folder, not a file",
		[STORE_FILE_FOLDER_FULL] = "is a folder with files in it, not a file",
		[STORE_FILE_SPECIAL] = "is not a regular file",
		[STORE_FILE_TOO_LARGE] = "is larger than 1 MiB",
		[STORE_FILE_DENIED] = "may not be read by this user: permission denied",
		[STORE_FILE_LINK] = "is, or is behind, a link of another user's, and root follows no such link",
		[STORE_FILE_LINKED_IN] =
			"is a hard link to a file of another user's, which root does not read for them",
		[STORE_FILE_FAILED] = "could not be read: input/output error",
	};

	return texts[state];
}

static enum store_file_state folder_state(int folder_fd, const char *name)
{
	DIR *folder = folder_list_at(folder_fd, name);
	enum store_file_state state = STORE_FILE_FOLDER;

	if (!folder)
		return STORE_FILE_FOLDER_FULL;
	for (const struct dirent *entry; (entry = readdir(folder));)
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			state = STORE_FILE_FOLDER_FULL;
	closedir(folder);
	return state;
}

/* Why it could not be opened. */
static enum store_file_state open_failed(int folder_fd, const char *name, int failed, struct store_file *file)
{
	struct stat info;

	if (failed == EXDEV) {
		file->exists = true;
		return STORE_FILE_LINK;
	}
	if (fstatat(folder_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
		return failed == ENOENT || failed == ENOTDIR ? STORE_FILE_MISSING
		       : failed == EACCES		     ? STORE_FILE_DENIED
							     : STORE_FILE_FAILED;
	file->exists = true;
	file->mode = info.st_mode & 07777;
	if (failed == ENOENT || failed == ELOOP)
		return S_ISLNK(info.st_mode) ? STORE_FILE_DANGLING : STORE_FILE_MISSING;
	if (failed == ENXIO)
		return STORE_FILE_SPECIAL;
	return failed == EACCES || failed == EPERM ? STORE_FILE_DENIED : STORE_FILE_FAILED;
}

/* The file's beginning: of a regular file a read is short at the end only. */
static ssize_t read_once(int fd, unsigned char *data, size_t size)
{
	ssize_t count;

	do
		count = pread(fd, data, size, 0);
	while (count < 0 && errno == EINTR);
	return count;
}

/* Asks for one byte more than there should be, which shows whether the file grew meanwhile. */
static enum store_file_state read_open(struct arena *arena, int fd, size_t expected, struct store_file *file)
{
	for (size_t size = expected + 1; size <= LIMIT_STORE_FILE + 1; size *= 2) {
		unsigned char *data = arena_alloc(arena, size + 1);
		ssize_t length = read_once(fd, data, size);

		if (length < 0)
			return errno == EACCES ? STORE_FILE_DENIED : STORE_FILE_FAILED;
		if ((size_t)length < size) {
			data[length] = '\0';
			file->data = data;
			file->length = (size_t)length;
			file->readable = true;
			return STORE_FILE_READ;
		}
	}
	return STORE_FILE_TOO_LARGE;
}

enum store_file_state store_file_read(struct arena *arena, int folder_fd, const char *name, struct store_file *file)
{
	const int flags = FILE_READ_FLAGS;
	CLEANUP_CLOSE int fd = careful_openat(folder_fd, name, flags | FILE_UNMARKED);
	struct stat info;

	if (fd < 0 && errno == EPERM && FILE_UNMARKED)
		fd = careful_openat(folder_fd, name, flags);
	if (fd < 0)
		return open_failed(folder_fd, name, errno, file);
	file->exists = true;
	if (fstat(fd, &info) < 0)
		return STORE_FILE_FAILED;
	file->mode = info.st_mode & 07777;
	file->owner = info.st_uid;
	if (S_ISDIR(info.st_mode))
		return folder_state(folder_fd, name);
	if (!S_ISREG(info.st_mode))
		return STORE_FILE_SPECIAL;
	if (file_is_linked_in(folder_fd, &info))
		return STORE_FILE_LINKED_IN;
	if (info.st_size > LIMIT_STORE_FILE)
		return STORE_FILE_TOO_LARGE;
	return read_open(arena, fd, (size_t)info.st_size, file);
}

const char *error_text(struct arena *arena, const struct error *err)
{
	if (err->line <= 0)
		return arena_strdup(arena, err->message);
	return arena_printf(arena, "line %d, column %d: %s", err->line, err->column, err->message);
}

const char *store_file_path(const struct live *live, const struct store_file *file)
{
	return arena_printf(live->arena, "%s/%s", file->in_docker_config ? live->docker_config : live->store,
			    file->path);
}

bool store_file_fault(struct live *live, enum fault_code invalid, enum fault_code unreadable, const char *subject,
		      const struct store_file *file, enum store_file_state state)
{
	/* An empty folder or a link to nowhere is worth nothing; removing it mends. Anything else a person looks at. */
	bool is_worthless = state == STORE_FILE_FOLDER;
	const char *mend = NULL;

	/* To Go's os.IsNotExist a dangling link is a missing file. */
	if (state == STORE_FILE_READ || state == STORE_FILE_MISSING || state == STORE_FILE_DANGLING)
		return false;
	if (state == STORE_FILE_LINK)
		mend = "run as the user whose it is, or put what it leads to in the link's place";
	else if (state != STORE_FILE_DENIED && !is_worthless)
		mend = arena_printf(live->arena, "look at what %s is, then move it away", store_file_path(live, file));
	faults_add(live->arena, &live->faults, is_worthless ? invalid : unreadable, subject,
		   store_file_path(live, file), mend, "%s %s", file->path, store_file_state_text(state));
	return true;
}
