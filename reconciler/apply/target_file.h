/* Where a step's path leads: below the store or the Docker configuration folder, never out of it. */
#ifndef RECONCILE_APPLY_TARGET_FILE_H
#define RECONCILE_APPLY_TARGET_FILE_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "model/live.h"

#include <stdbool.h>
#include <sys/types.h>

struct target {
	const char *root, *folder, *path; /* root; what the file is in; the file */
	const char *plan_id;		  /* the caller's: names what is set aside; NULL: none */
	bool in_store;
	bool unsynced; /* removing it leaves its folder to be synced by the caller */
	bool follows;  /* a link there is followed, not replaced */
};

/* REFUSED for a path that is empty, absolute, has a "." or "..", or goes through a link that leads out of the root. */
int target_find(const struct live *live, struct arena *arena, const char *path, bool in_docker_config,
		struct target *ret_target, struct error *err);

enum target_kind { TARGET_MISSING, TARGET_FILE, TARGET_LINK, TARGET_FOLDER };
enum target_kind target_kind(const struct target *target);

/* Writes the file durably, with folders made 0700 on the way. In the store, a link or a folder that stands in the way
 * is replaced; in the Docker configuration a link is followed, as the docker CLI does, unless it is one of contexts'
 * TLS files: behind it may be the key that somebody uses elsewhere. Root leaves the file to the owner of its folder. */
int target_write(const struct target *target, const void *data, size_t length, mode_t mode, struct arena *arena,
		 struct error *err);

/* As target_write(), unless the file holds other bytes than `expected` (NULL: is there) by then; it keeps its mode. */
int target_replace(const struct target *target, const struct buffer *expected, const void *data, size_t length,
		   bool *ret_written, struct error *err);

/* Removes what is there, whatever it is. What the record of this run cannot hold (a folder, a link, a file that cannot
 * be read) is moved to aside_path() in the store instead; *ret_kept then says where, else it is NULL. */
int target_remove(const struct target *target, struct arena *arena, const char **ret_kept, struct error *err);
/* Moves what is at from to the target, where nothing may be. Both there already and gone already is no error. */
int target_move(const struct target *from, const struct target *target, struct error *err);

#endif
