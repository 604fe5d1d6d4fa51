/* Opens what is beneath a folder, whatever links say on the way; and, for root, what is in folders of others.
 *
 * A path that strangers wrote may be a link, or lead through one, to anywhere. Links that stay beneath the folder are
 * followed; what would leave it, by a link or by "..", is EXDEV. Linux decides that itself (openat2(2),
 * RESOLVE_BENEATH, since 5.6); elsewhere, and where a sandbox refuses the call, the path is walked here, step by step,
 * each opened with O_NOFOLLOW: nothing that is renamed meanwhile leads out. */
#ifndef RECONCILE_BASE_BENEATH_H
#define RECONCILE_BASE_BENEATH_H

#include "base/error.h"

#include <stdbool.h>

/* `path` is relative to the folder; "" is the folder itself. The file descriptor, closed on exec; or -1 and errno:
 * EXDEV when it leads out, else as of open(2). */
int beneath_open(int folder_fd, const char *path, int flags);
/* The walk alone: for tests of it. */
int beneath_walk(int folder_fd, const char *path, int flags);

/* As openat(2) and open(2), closed on exec; but root follows root's links alone, wherever in the path they are. What is
 * in a user's folders is a user's to move: behind their links may be a file that they may not read, and may have root
 * write. EXDEV for a link that is not followed. Everybody else opens as ever. Not with O_CREAT. */
int careful_openat(int folder_fd, const char *path, int flags);
int careful_open(const char *path, int flags);
/* The walk alone, by the rule of root. */
int careful_walk(int folder_fd, const char *path, int flags);
/* What is said of EXDEV; -1. */
int careful_refuse(const char *path, struct error *err);

/* The absolute path, malloc'ed, without links being followed: "." and double slashes go; what is up to the last ".."
 * is resolved, since only links can tell where that is. NULL with errno when that cannot be. */
char *path_absolute(const char *path);
/* Whether ".." is a part of it. */
bool path_climbs(const char *path);
/* What follows `folder` in `path`, "" when they are the same; NULL when path is not in it. Both absolute. */
const char *path_beneath(const char *folder, const char *path);

#endif
