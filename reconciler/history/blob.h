/* One object of the repository as bytes. Only for this room. */
#ifndef RECONCILE_HISTORY_BLOB_H
#define RECONCILE_HISTORY_BLOB_H

#include "base/buffer.h"
#include "history/git.h"

int blob_read(struct history *history, const git_tree *tree, const char *path, struct buffer *ret_data,
	      struct error *err);
int blob_write(struct history *history, const void *data, size_t length, git_oid *ret_id, struct error *err);

#endif
