/* Keeps commits by their ids, as a backend of libgit2's object database. */
#include "history/shelf.h"

#include "base/limits.h"
#include "base/xalloc.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SLOTS_FIRST = 1024, SIZE_MAX_DIGITS = 8 };

struct kept {
	git_oid id;
	char *data;
	size_t length;
};

struct shelf {
	git_odb_backend backend; /* first: libgit2 hands this back */
	struct kept *items;
	size_t count, room;
	size_t *slots, slot_count; /* numbers of items + 1 by the first bytes of their ids; 0: free */
	size_t bytes;
};

/* A pack on its way into a file. */
struct arriving {
	git_odb_writepack writepack; /* first */
	FILE *file;
	int64_t size;
};

static size_t slot_of(const struct shelf *shelf, const git_oid *id)
{
	size_t hash, slot;

	memcpy(&hash, id->id, sizeof(hash));
	for (slot = hash % shelf->slot_count; shelf->slots[slot]; slot = (slot + 1) % shelf->slot_count)
		if (git_oid_equal(&shelf->items[shelf->slots[slot] - 1].id, id))
			break;
	return slot;
}

static void grow(struct shelf *shelf)
{
	if (shelf->count < shelf->room)
		return;
	shelf->room = shelf->room ? 2 * shelf->room : SLOTS_FIRST;
	shelf->items = xreallocarray(shelf->items, shelf->room, sizeof(*shelf->items));
	free(shelf->slots);
	shelf->slot_count = 2 * shelf->room;
	shelf->slots = xcalloc(shelf->slot_count, sizeof(*shelf->slots));
	for (size_t i = 0; i < shelf->count; i++)
		shelf->slots[slot_of(shelf, &shelf->items[i].id)] = i + 1;
}

int shelf_add(struct shelf *shelf, const char *commit, size_t length, struct error *err)
{
	struct kept kept = {.length = length};

	if (git_odb_hash(&kept.id, commit, length, GIT_OBJECT_COMMIT) != 0)
		return git_fail(err, -1, "cannot make an id");
	grow(shelf);
	size_t slot = slot_of(shelf, &kept.id);
	if (shelf->slots[slot])
		return 0;
	if (length > LIMIT_REMOTE_BYTES - shelf->bytes)
		return error_set(err, ERROR_CORRUPT, "its commits are more than %d MiB",
				 LIMIT_REMOTE_BYTES / LIMIT_MIB);
	kept.data = xmalloc(length + 1);
	memcpy(kept.data, commit, length);
	kept.data[length] = '\0';
	shelf->bytes += length;
	shelf->items[shelf->count++] = kept;
	shelf->slots[slot] = shelf->count;
	return 0;
}

const char *shelf_find(const struct shelf *shelf, const git_oid *id, size_t *ret_length)
{
	size_t slot = slot_of(shelf, id);

	if (!shelf->slots[slot])
		return NULL;
	*ret_length = shelf->items[shelf->slots[slot] - 1].length;
	return shelf->items[shelf->slots[slot] - 1].data;
}

void shelf_load(struct shelf *shelf, const char *data, size_t length)
{
	const char *end = data + length;

	while (data < end) {
		size_t digits = strspn(data, "0123456789"), size;

		if (digits == 0 || digits > SIZE_MAX_DIGITS || data[digits] != '\n')
			return;
		size = (size_t)strtoul(data, NULL, 10);
		data += digits + 1;
		if (size > (size_t)(end - data) || shelf_add(shelf, data, size, NULL) < 0)
			return;
		data += size;
	}
}

void shelf_save_one(const char *commit, size_t length, struct text *out)
{
	text_printf(out, "%zu\n", length);
	text_append(out, commit, length);
}

static int shelf_read(void **ret_data, size_t *ret_length, git_object_t *ret_type, git_odb_backend *backend,
		      const git_oid *id)
{
	const char *data = shelf_find((struct shelf *)(void *)backend, id, ret_length);

	if (!data)
		return GIT_ENOTFOUND;
	*ret_data = git_odb_backend_data_alloc(backend, *ret_length + 1);
	memcpy(*ret_data, data, *ret_length + 1);
	*ret_type = GIT_OBJECT_COMMIT;
	return 0;
}

static int shelf_exists(git_odb_backend *backend, const git_oid *id)
{
	size_t length;

	return shelf_find((struct shelf *)(void *)backend, id, &length) ? 1 : 0;
}

static void shelf_free(git_odb_backend *backend)
{
	struct shelf *shelf = (struct shelf *)(void *)backend;

	for (size_t i = 0; i < shelf->count; i++)
		free(shelf->items[i].data);
	free(shelf->items);
	free(shelf->slots);
	free(shelf);
}

static int pack_append(git_odb_writepack *writepack, const void *data, size_t size, git_indexer_progress *stats)
{
	struct arriving *arriving = (struct arriving *)(void *)writepack;

	arriving->size += (int64_t)size;
	stats->received_bytes += size;
	if (arriving->size <= LIMIT_REMOTE_BYTES && fwrite(data, 1, size, arriving->file) == size)
		return 0;
	git_error_set_str(GIT_ERROR_ODB, "what it sends cannot be kept");
	return GIT_ERROR;
}

static int pack_commit(git_odb_writepack *writepack, git_indexer_progress *stats)
{
	struct arriving *arriving = (struct arriving *)(void *)writepack;
	struct error err = ERROR_INIT;

	(void)stats;
	if (fflush(arriving->file) == 0 && shelf_take_pack((struct shelf *)(void *)writepack->backend,
							   fileno(arriving->file), arriving->size, &err) == 0)
		return 0;
	git_error_set_str(GIT_ERROR_ODB, *err.message ? err.message : strerror(errno));
	return GIT_ERROR;
}

static void pack_free(git_odb_writepack *writepack)
{
	fclose(((struct arriving *)(void *)writepack)->file);
	free(writepack);
}

static int shelf_writepack(git_odb_writepack **out, git_odb_backend *backend, git_odb *odb,
			   git_indexer_progress_cb progress, void *payload)
{
	FILE *file = tmpfile();

	(void)odb;
	(void)progress;
	(void)payload;
	if (!file) {
		git_error_set_str(GIT_ERROR_OS, "no temporary file can be made");
		return GIT_ERROR;
	}
	struct arriving *arriving = XNEW(struct arriving);
	*arriving = (struct arriving){
		.writepack = {.backend = backend, .append = pack_append, .commit = pack_commit, .free = pack_free},
		.file = file};
	*out = &arriving->writepack;
	return 0;
}

struct shelf *shelf_new(void)
{
	struct shelf *shelf = XNEW(struct shelf);

	*shelf = (struct shelf){0};
	git_odb_init_backend(&shelf->backend, GIT_ODB_BACKEND_VERSION);
	shelf->backend.read = shelf_read;
	shelf->backend.exists = shelf_exists;
	shelf->backend.writepack = shelf_writepack;
	shelf->backend.free = shelf_free;
	grow(shelf);
	return shelf;
}

int shelf_join(struct shelf *shelf, git_repository *repo, struct error *err)
{
	CLEANUP_GIT(git_odb) *odb = NULL;
	int code = git_odb_new(&odb);

	if (code == 0)
		code = git_odb_add_backend(odb, &shelf->backend, 1);
	if (code != 0)
		shelf_free(&shelf->backend);
	else
		code = git_repository_set_odb(repo, odb); /* which counts itself as another user of it */
	return code == 0 ? 0 : git_fail(err, code, "cannot keep what a remote sends");
}
