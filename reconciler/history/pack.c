/* Finds an object in the packs, and unpacks it with what it is a change of. */
#include "history/pack.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/platform.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/inflate.h"
#include "history/pack_index.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

/* git makes chains of at most 4095 changes (git-pack-objects(1), --depth). What a chain may unpack to in all keeps the
 * time within bounds. */
enum { CHAIN_MAX = 4095, ENTRY_HEAD_MAX = 32 };
static const uint64_t CHAIN_BYTES = (uint64_t)1024 * 1024 * 1024;

enum { ENTRY_OFFSET_CHANGE = 6, ENTRY_NAMED_CHANGE = 7 };

/* An object as it lies in the pack. */
struct entry {
	unsigned type; /* git's, or one of the two above */
	uint64_t size; /* unpacked: of the change itself, when it is one */
	int64_t data, base;
};

void packs_done(struct packs *packs)
{
	for (size_t i = 0; i < packs->count; i++)
		pack_close(&packs->items[i]);
	arena_free(packs->arena);
	*packs = (struct packs){0};
}

static void find_packs(struct packs *packs, const char *path)
{
	struct stat info = {0};
	DIR *folder;
	const struct dirent *entry;

	packs->arena = arena_new();
	if (stat(path, &info) == 0)
		packs->changed = platform_modified(&info);
	folder = xopendir(path);
	while (folder && (entry = readdir(folder))) {
		size_t length = strlen(entry->d_name);

		if (text_ends(entry->d_name, ".idx"))
			pack_init(ARENA_PUSH(packs->arena, packs->items, packs->count),
				  arena_printf(packs->arena, "%s/%.*s", path, (int)(length - strlen(".idx")),
					       entry->d_name));
	}
	if (folder)
		closedir(folder);
}

bool packs_refresh(struct packs *packs, const char *folder)
{
	struct stat info = {0};

	if (!packs->arena || stat(folder, &info) < 0)
		return false;
	struct timespec changed = platform_modified(&info);
	if (changed.tv_sec == packs->changed.tv_sec && changed.tv_nsec == packs->changed.tv_nsec)
		return false;
	packs_done(packs);
	return true;
}

bool pack_distance(const unsigned char *head, size_t length, size_t *used, int64_t *ret_distance)
{
	int64_t distance = -1;
	unsigned char byte;

	do {
		if (*used >= length || distance >= INT64_MAX >> 8)
			return false;
		byte = head[(*used)++];
		distance = (distance + 1) << 7 | (byte & 0x7f);
	} while ((byte & 0x80) != 0);
	*ret_distance = distance;
	return true;
}

static bool read_base(struct pack *pack, int64_t at, const unsigned char *head, size_t length, size_t *used,
		      struct entry *entry, struct error *err)
{
	int64_t distance;

	if (entry->type == ENTRY_OFFSET_CHANGE) {
		if (!pack_distance(head, length, used, &distance) || distance <= 0 || distance > at)
			return false;
		entry->base = at - distance;
		return true;
	}
	if (entry->type == ENTRY_NAMED_CHANGE) {
		if (length - *used < PACK_ID || pack_find(pack, head + *used, &entry->base, err) < 0)
			return false;
		*used += PACK_ID;
	}
	return true;
}

static int read_entry(struct pack *pack, int64_t at, struct entry *ret_entry, struct error *err)
{
	unsigned char head[ENTRY_HEAD_MAX], byte;
	struct entry entry = {0};
	size_t length, used = 0;
	int shift = 0;

	if (pack_bytes(pack, at, head, sizeof(head), &length, err) < 0)
		return -1;
	do {
		if (used == length || shift > 56)
			return error_set(err, ERROR_CORRUPT, "does not begin as an object does");
		byte = head[used++];
		entry.size |= shift == 0 ? byte & 0x0fU : (uint64_t)(byte & 0x7f) << shift;
		if (shift == 0)
			entry.type = byte >> 4 & 7;
		shift += shift == 0 ? 4 : 7;
	} while ((byte & 0x80) != 0);
	if (!read_base(pack, at, head, length, &used, &entry, err))
		return error_set(err, ERROR_CORRUPT, "is a change of what is not in the pack");
	if (entry.size > OBJECT_CAP)
		return error_set(err, ERROR_CORRUPT, "says that it is larger than %d bytes", OBJECT_CAP);
	entry.data = at + (int64_t)used;
	*ret_entry = entry;
	return 0;
}

static int unpack_entry(struct pack *pack, const struct entry *entry, struct object *ret_object, struct error *err)
{
	struct inflater inflater;
	int result = 0;

	inflater_start(&inflater, pack->fd, entry->data, pack->end);
	if (!inflater_may_give(&inflater, entry->size))
		result = error_set(err, ERROR_CORRUPT, "is shorter than it says");
	CLEANUP_FREE char *data = result < 0 ? NULL : xmalloc((size_t)entry->size + 1);
	if (result == 0)
		result = inflater_exactly(&inflater, data, (size_t)entry->size, err);
	inflater_done(&inflater);
	if (result < 0)
		return -1;
	data[entry->size] = '\0';
	*ret_object = (struct object){(git_object_t)entry->type, TAKE(data), (size_t)entry->size};
	return 0;
}

/* object, which was the base, becomes what the change makes of it. */
static int change(struct pack *pack, const struct entry *entry, struct object *object, uint64_t *bytes,
		  struct error *err)
{
	struct object delta, changed;

	*bytes += entry->size;
	if (unpack_entry(pack, entry, &delta, err) < 0)
		return -1;
	int result = delta_apply(object, (const unsigned char *)delta.data, delta.length, &changed, err);
	free(delta.data);
	if (result < 0)
		return -1;
	free(object->data);
	*object = changed;
	*bytes += changed.length;
	return *bytes > CHAIN_BYTES ? error_set(err, ERROR_CORRUPT, "unpacks to more than it may") : 0;
}

/* From the object to the one that is no change: where each of them begins. */
static int read_chain(struct pack *pack, int64_t at, struct arena *arena, struct entry **ret_chain, size_t *ret_count,
		      struct error *err)
{
	struct entry *chain = NULL, *entry;
	size_t count = 0;

	do {
		if (count > CHAIN_MAX)
			return error_set(err, ERROR_CORRUPT, "is a change of a change without end");
		entry = ARENA_PUSH(arena, chain, count);
		if (read_entry(pack, at, entry, err) < 0)
			return -1;
		at = entry->base;
	} while (entry->type == ENTRY_OFFSET_CHANGE || entry->type == ENTRY_NAMED_CHANGE);
	if (entry->type < GIT_OBJECT_COMMIT || entry->type > GIT_OBJECT_TAG)
		return error_set(err, ERROR_CORRUPT, "is of no type that git has");
	*ret_chain = chain;
	*ret_count = count;
	return 0;
}

static int unpack(struct pack *pack, int64_t at, struct object *ret_object, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct object object = {0};
	struct entry *chain = NULL;
	size_t count = 0;

	if (read_chain(pack, at, arena, &chain, &count, err) < 0 ||
	    unpack_entry(pack, &chain[count - 1], &object, err) < 0)
		return -1;
	uint64_t bytes = object.length;
	for (size_t i = count - 1; i > 0; i--)
		if (change(pack, &chain[i - 1], &object, &bytes, err) < 0) {
			free(object.data);
			return -1;
		}
	*ret_object = object;
	return 0;
}

int packs_read(struct packs *packs, const char *folder, const git_oid *id, struct object *ret_object, struct error *err)
{
	struct error damage = ERROR_INIT;
	int64_t at;

	if (!packs->arena)
		find_packs(packs, folder);
	for (size_t i = 0; i < packs->count; i++) {
		struct pack *pack = &packs->items[i];
		struct error why = ERROR_INIT;

		if (pack_find(pack, id->id, &at, &why) == 0 && unpack(pack, at, ret_object, &why) == 0)
			return 0;
		if (why.kind != ERROR_NOT_FOUND && *damage.message == '\0') {
			damage = why;
			error_wrap(&damage, "the pack %s", pack->path);
		}
	}
	return *damage.message ? error_copy(err, &damage) : error_set(err, ERROR_NOT_FOUND, "is not there");
}

size_t packs_find(struct packs *packs, const char *folder, const git_oid *prefix, size_t digits, git_oid *ret_id)
{
	size_t found = 0;

	if (!packs->arena)
		find_packs(packs, folder);
	for (size_t i = 0; i < packs->count; i++) {
		git_oid id;
		size_t count = pack_find_prefix(&packs->items[i], prefix->id, digits, id.id);

		if (count > 0 && !(found > 0 && object_id_equal(&id, ret_id)))
			found += count;
		if (count > 0)
			*ret_id = id;
	}
	return found;
}
