/* Files: bounded reads, durable atomic writes, locks.
 *
 * A write is temp file beside the target, fsync, rename, fsync of the folder; close is checked. A reader sees the old
 * bytes or the new ones, also after a power cut. sweep.h clears the temp file of a writer that was killed. BuildX
 * itself writes temp + rename without fsync (docker/buildx util/confutil/config.go, AtomicWriteFile).
 *
 * What root makes belongs to the owner of the folder that it is made in, and root writes and removes through no link
 * but root's (beneath.h): ERROR_REFUSED. */
#ifndef RECONCILE_BASE_FILE_H
#define RECONCILE_BASE_FILE_H

#include "base/buffer.h"
#include "base/error.h"
#include "base/interrupt.h"

#include <dirent.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct stat;

/* Appends the whole file to a fresh buffer whose cap is `cap` bytes. Only regular files (links are followed).
 * err kinds: NOT_FOUND, CORRUPT (a folder, a device, over the cap), OTHER (permission denied, I/O). */
int file_read(const char *path, size_t cap, struct buffer *ret_data, struct error *err);
/* The same of an open file, which stays open; `path` is what messages say. Open it with FILE_READ_FLAGS: without
 * O_NONBLOCK a FIFO nobody writes to would hold the opener for ever. */
int file_read_fd(int fd, const char *path, size_t cap, struct buffer *ret_data, struct error *err);
#define FILE_READ_FLAGS (O_RDONLY | O_NONBLOCK | O_NOCTTY)
/* Leaves no time of access, which the owner alone may ask for: a look at ten thousand files writes nothing. */
#ifdef O_NOATIME
#define FILE_UNMARKED O_NOATIME
#else
#define FILE_UNMARKED 0
#endif
/* As file_read(), of a file of somebody's folders: root follows none but root's links (beneath.h), and reads no file of
 * another user's that was linked in. ERROR_REFUSED then. */
int file_read_careful(const char *path, size_t cap, struct buffer *ret_data, struct error *err);
/* Whether a file in this folder is such a one. */
bool file_is_linked_in(int folder_fd, const struct stat *info);
int file_write_atomic(const char *path, const void *data, size_t length, mode_t mode, struct error *err);
/* A write in halves, so that many are synced as one: file_stage() each, volume_sync(), file_put_staged() each, then
 * folder_sync(). *ret_temp: the name beside `path`, malloc'ed; one that is not put is dropped. What is at `path` by
 * then is replaced, a link too. */
int file_stage(const char *path, const void *data, size_t length, mode_t mode, char **ret_temp, struct error *err);
int file_put_staged(const char *path, const char *temp, struct error *err);
void file_drop_staged(const char *path, const char *temp);
/* Whether root would write there, links being what they are now (REFUSED); what else may be wrong, writing it tells.
 * `follows`: it may be a link of root's itself. */
int file_check_links(const char *path, bool follows, struct error *err);
/* As file_write_atomic(), for a path that somebody typed: never through a link, and in the place of no device, pipe,
 * socket or folder (ERROR_USAGE). */
int file_save(const char *path, const void *data, size_t length, mode_t mode, struct error *err);
/* As file_write_atomic(), with the mode that the file has (0600 when it is new), unless at the very last moment it
 * holds other bytes than `expected` (NULL: is there at all): then nothing is written and *ret_written is false. */
int file_replace(const char *path, const struct buffer *expected, const void *data, size_t length, bool *ret_written,
		 struct error *err);
/* Creates the folder and what is missing above it, each with `mode`. Existing folders are left as they are. */
int folder_create(const char *path, mode_t mode, struct error *err);
int folder_sync(const char *path, struct error *err);
/* Syncs all that was written to the file system that this folder is on. */
int volume_sync(const char *folder, struct error *err);
/* Opens a folder of somebody's folders to be listed, as careful_openat() does. NULL with errno. */
DIR *folder_list(const char *path);
DIR *folder_list_at(int folder_fd, const char *name);
/* Removes the file and syncs its folder; a missing file is no error. */
int file_remove(const char *path, struct error *err);
/* As file_remove(), but its folder is left to be synced, by folder_sync(): for many files of one folder. */
int file_unlink(const char *path, struct error *err);
/* Renames, over what is there, and syncs both folders. */
int file_move(const char *from, const char *to, struct error *err);
/* A file, or a folder with what is in it; -1 with errno. Syncs nothing. */
int entry_remove_at(int folder_fd, const char *name);
/* Removes a folder with what is in it; links are removed, never followed; a missing folder is no error. */
int folder_remove(const char *path, struct error *err);
bool file_exists(const char *path);
/* "a folder", "a link", "a pipe"…, as stat(2) has it in st_mode. */
const char *file_type_name(mode_t mode);
/* Joins with one slash into a malloc'ed string. */
char *path_join(const char *folder, const char *name);

/* An flock(2) exclusive lock on `path`, created 0600 when missing. Waits at most timeout_ms, polling; ERROR_LOCKED
 * after that, ERROR_INTERRUPTED as soon as the interrupt came (NULL: never). The fd is closed-on-exec; file_unlock()
 * closes it and never removes the file. */
int file_lock(const char *path, int timeout_ms, const struct interrupt *interrupt, int *ret_fd, struct error *err);
void file_unlock(int *fd);

#endif
