/* Reads one file below an open folder into a struct store_file, and says what is wrong with it if anything is.
 *
 * Links are followed, as BuildX and docker follow them; by root only root's. Reads are bounded, never block on a FIFO,
 * and never trust the size that a file claims. */
#ifndef RECONCILE_LIVE_STORE_FILE_H
#define RECONCILE_LIVE_STORE_FILE_H

#include "base/error.h"
#include "model/live.h"

enum store_file_state {
	STORE_FILE_READ,
	STORE_FILE_MISSING,
	STORE_FILE_DANGLING,	/* a link whose target is gone */
	STORE_FILE_FOLDER,	/* an empty folder */
	STORE_FILE_FOLDER_FULL, /* a folder that holds something, or cannot be looked into */
	STORE_FILE_SPECIAL,	/* a device, a socket, a FIFO */
	STORE_FILE_TOO_LARGE,
	STORE_FILE_DENIED,
	STORE_FILE_LINK,      /* root does not follow it: base/beneath.h */
	STORE_FILE_LINKED_IN, /* root does not read it: base/file.h */
	STORE_FILE_FAILED,    /* I/O */
};

/* file->path and in_docker_config are the caller's; the rest is filled. `name` is relative to folder_fd. */
enum store_file_state store_file_read(struct arena *arena, int folder_fd, const char *name, struct store_file *file);
/* What was seen, as a clause that follows the file's name: "is empty", "may not be read by this user". */
const char *store_file_state_text(enum store_file_state state);
/* Adds the fault that `state` is, for a file of the store or of the Docker configuration: `invalid` for what is of no
 * worth to anybody, else `unreadable`. False when it was read, or is simply not there. */
bool store_file_fault(struct live *live, enum fault_code invalid, enum fault_code unreadable, const char *subject,
		      const struct store_file *file, enum store_file_state state);
/* The absolute path of a file. */
const char *store_file_path(const struct live *live, const struct store_file *file);
/* Where in the file and what: "line 3, column 14: message", or "message". */
const char *error_text(struct arena *arena, const struct error *err);

#endif
