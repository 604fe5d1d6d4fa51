/* Commits that a remote sent, in memory: an object database of libgit2's that takes a pack apart within bounds and
 * keeps of it nothing but small commits.
 *
 * libgit2's own indexer allocates by what a pack says of itself, and follows its chains of changes wherever they lead.
 * Here an object is unpacked once, in the order of the pack, and dropped as it comes where it is no commit. A change of
 * an object that was named by its id instead of its place is left out: git does not send any to us (ofs-delta). Whether
 * a commit is the one that was asked for, its id tells. Only for this room.
 *
 *     struct shelf *shelf = shelf_new();
 *     shelf_load(shelf, bytes, length);         what was kept the last time
 *     shelf_join(shelf, repo, err);             from here on the repository's
 *     … git_remote_download() …
 *     shelf_find(shelf, &id, &length) */
#ifndef RECONCILE_HISTORY_SHELF_H
#define RECONCILE_HISTORY_SHELF_H

#include "base/buffer.h"
#include "base/text_buffer.h"
#include "history/git.h"

struct shelf;

struct shelf *shelf_new(void);
/* The repository reads and writes there, and frees it with itself. Call it once. */
int shelf_join(struct shelf *shelf, git_repository *repo, struct error *err);
/* The bytes of a commit, NUL behind them; NULL: it is not there. They live as long as the shelf. */
const char *shelf_find(const struct shelf *shelf, const git_oid *id, size_t *ret_length);

/* "SIZE\n" and the bytes, for each commit that is to be kept. What is damaged is passed over. */
void shelf_load(struct shelf *shelf, const char *data, size_t length);
void shelf_save_one(const char *commit, size_t length, struct text *out);

/* Takes a pack from a file apart. -1 when it is none, or over the bounds. */
int shelf_take_pack(struct shelf *shelf, int fd, int64_t size, struct error *err);
/* For that: keeps a copy. */
int shelf_add(struct shelf *shelf, const char *commit, size_t length, struct error *err);

#endif
