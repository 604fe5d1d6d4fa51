/* Where a file or a folder is: in an open folder, under a name, so that whoever owns what is above can move nothing
 * under the hands of one who works there. What file.h offers is made of this. */
#ifndef RECONCILE_BASE_PLACE_H
#define RECONCILE_BASE_PLACE_H

#include "base/error.h"

struct place {
	int fd; /* -1: not open */
	const char *name;
};

/* The folder of `path`, by root's links alone for root (beneath.h): REFUSED where another's is in the way. `what` is
 * the verb of a failure: "cannot WHAT PATH". The name is part of `path`. */
int place_open(const char *path, struct place *ret_place, const char *what, struct error *err);
void place_close(const struct place *place);
#define CLEANUP_PLACE __attribute__((cleanup(place_close)))
int place_sync(const struct place *place, const char *path, struct error *err);

/* What root makes belongs to the owner of the folder that it is in, as after `sudo docker` it should. BuildX chowns as
 * well: docker/buildx util/confutil/config_unix.go. The fd is of what was just made, or is worth nothing. -1 with
 * errno.
 */
int give_to_owner(const struct place *place, int fd);

/* -1 with errno. */
int sync_fd(int fd);
int sync_folder_fd(int fd, const char *path, struct error *err);
/* The folder part of a path, malloc'ed: "." when there is none. */
char *path_folder(const char *path);

#endif
