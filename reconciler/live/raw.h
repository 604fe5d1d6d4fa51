/* Reads one file below an open folder into a struct raw_file, and says what is wrong with it if anything is.
 *
 * Links are followed, as BuildX and docker follow them. Reads are bounded, never block on a FIFO, and never trust the
 * size that a file claims. */
#ifndef RECONCILE_LIVE_RAW_H
#define RECONCILE_LIVE_RAW_H

#include "model/live.h"

enum { RAW_CAP = 1024 * 1024 };

enum raw_state {
	RAW_READ,
	RAW_MISSING,
	RAW_DANGLING,	 /* a link whose target is gone */
	RAW_FOLDER,	 /* an empty folder */
	RAW_FOLDER_FULL, /* a folder that holds something, or cannot be looked into */
	RAW_SPECIAL,	 /* a device, a socket, a FIFO */
	RAW_TOO_LARGE,
	RAW_DENIED,
	RAW_FAILED, /* I/O */
};

/* file->path and in_docker_config are the caller's; the rest is filled. `name` is relative to folder_fd. */
enum raw_state raw_read(struct arena *arena, int folder_fd, const char *name, struct raw_file *file);
/* What was seen, as a clause that follows the file's name: "is empty", "may not be read by this user". */
const char *raw_state_text(enum raw_state state);

#endif
