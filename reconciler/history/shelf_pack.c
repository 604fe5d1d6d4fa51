/* Takes a pack apart from its beginning to its end (gitformat-pack(5)), without an index, and keeps its commits. */
#include "history/inflate.h"
#include "history/object.h"
#include "history/pack.h"
#include "history/shelf.h"

#include "base/arena.h"
#include "base/cleanup.h"
#include "base/limits.h"
#include "base/xalloc.h"

#include <string.h>
#include <unistd.h>

enum { PACK_HEAD = 12, PACK_TRAILER = 20, ENTRY_HEAD_MAX = 32, PIECE = 16 * 1024, NAMED_BASE = 20 };
enum { ENTRY_OFFSET_CHANGE = 6, ENTRY_NAMED_CHANGE = 7 };

/* An object as it lies in the pack. */
struct entry {
	int64_t at, data, base;
	unsigned type;
	uint64_t size;
};

/* A commit that was unpacked, which another may be a change of. */
struct unpacked {
	int64_t at;
	char *data;
	size_t length;
};

struct pack_walk {
	struct shelf *shelf;
	struct arena *arena;
	int fd;
	int64_t end;
	uint64_t room; /* bytes that may still be unpacked */
	size_t kept_bytes;
	struct unpacked *commits; /* in the order of the pack */
	size_t count;
};

static int bad(struct error *err, const char *why)
{
	return error_set(err, ERROR_CORRUPT, "the pack that it sends is damaged: %s", why);
}

static bool read_entry(const struct pack_walk *walk, int64_t at, struct entry *ret_entry)
{
	unsigned char head[ENTRY_HEAD_MAX], byte;
	struct entry entry = {.at = at};
	ssize_t length = pread(walk->fd, head, sizeof(head), (off_t)at);
	size_t used = 0;
	int64_t distance;

	for (int shift = 0;; shift += shift == 0 ? 4 : 7) {
		if (length < 0 || used >= (size_t)length || shift > 56)
			return false;
		byte = head[used++];
		if (shift == 0)
			entry.type = byte >> 4 & 7;
		entry.size |= shift == 0 ? byte & 0x0fU : (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0)
			break;
	}
	if (entry.type == ENTRY_OFFSET_CHANGE) {
		if (!pack_distance(head, (size_t)length, &used, &distance) || distance <= 0 || distance > at)
			return false;
		entry.base = at - distance;
	}
	if (entry.type == ENTRY_NAMED_CHANGE)
		used += NAMED_BASE;
	entry.data = at + (int64_t)used;
	*ret_entry = entry;
	return entry.data < walk->end;
}

static const struct unpacked *find_base(const struct pack_walk *walk, int64_t at)
{
	size_t low = 0, high = walk->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (walk->commits[middle].at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low < walk->count && walk->commits[low].at == at ? &walk->commits[low] : NULL;
}

/* Where what was packed ends; its bytes are in ret_data, where that is given, up to its size. */
static int unpack(struct pack_walk *walk, const struct entry *entry, char *ret_data, int64_t *ret_end,
		  struct error *err)
{
	struct inflater inflater;
	char piece[PIECE], *out = piece;
	uint64_t left = entry->size;
	int result = 0;
	size_t got = 1;

	inflater_start(&inflater, walk->fd, entry->data, walk->end);
	while (result == 0 && left > 0 && got > 0) {
		if (ret_data)
			out = ret_data + (entry->size - left);
		result = inflater_read(&inflater, out, left < PIECE ? (size_t)left : PIECE, &got, err);
		left -= result == 0 ? got : 0;
	}
	if (result == 0 && left > 0)
		result = bad(err, "an object is shorter than it says");
	if (result == 0)
		result = inflater_exactly(&inflater, piece, 0, err);
	*ret_end = inflater.from - (int64_t)inflater.stream.avail_in;
	inflater_done(&inflater);
	return result;
}

static int keep(struct pack_walk *walk, int64_t at, const char *data, size_t length, struct error *err)
{
	if (length > LIMIT_REMOTE_SUMMARY || length > LIMIT_REMOTE_BYTES - walk->kept_bytes)
		return 0; /* nobody asks for it */
	walk->kept_bytes += length;
	*ARENA_PUSH(walk->arena, walk->commits, walk->count) =
		(struct unpacked){.at = at, .data = arena_copy(walk->arena, data, length), .length = length};
	return shelf_add(walk->shelf, data, length, err);
}

static int keep_changed(struct pack_walk *walk, const struct entry *entry, const struct unpacked *base,
			const char *delta, struct error *err)
{
	const struct object before = {.type = GIT_OBJECT_COMMIT, .data = base->data, .length = base->length};
	struct object after;

	if (delta_apply(&before, (const unsigned char *)delta, (size_t)entry->size, &after, err) < 0)
		return error_wrap(err, "the pack that it sends is damaged: an object");
	walk->room -= after.length < walk->room ? after.length : walk->room;
	int result = keep(walk, entry->at, after.data, after.length, err);
	free(after.data);
	return result;
}

static int take_entry(struct pack_walk *walk, int64_t at, int64_t *ret_end, struct error *err)
{
	struct entry entry;

	if (!read_entry(walk, at, &entry))
		return bad(err, "it is cut short");
	if (entry.size > walk->room)
		return error_set(err, ERROR_CORRUPT, "what it sends unpacks to more than %d MiB",
				 LIMIT_REMOTE_UNPACKED / LIMIT_MIB);
	walk->room -= entry.size;
	const struct unpacked *base = entry.type == ENTRY_OFFSET_CHANGE ? find_base(walk, entry.base) : NULL;
	bool wanted = (entry.type == GIT_OBJECT_COMMIT || base) && entry.size <= LIMIT_REMOTE_SUMMARY;
	CLEANUP_FREE char *data = wanted ? xmalloc((size_t)entry.size + 1) : NULL;
	if (unpack(walk, &entry, data, ret_end, err) < 0)
		return -1;
	if (!wanted)
		return 0;
	return base ? keep_changed(walk, &entry, base, data, err) : keep(walk, at, data, (size_t)entry.size, err);
}

static uint32_t big_endian(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

int shelf_take_pack(struct shelf *shelf, int fd, int64_t size, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct pack_walk walk = {
		.shelf = shelf, .arena = arena, .fd = fd, .end = size - PACK_TRAILER, .room = LIMIT_REMOTE_UNPACKED};
	unsigned char head[PACK_HEAD];
	int64_t at = PACK_HEAD;

	if (size < PACK_HEAD + PACK_TRAILER || pread(fd, head, sizeof(head), 0) != PACK_HEAD ||
	    memcmp(head, "PACK", 4) != 0 || big_endian(head + 4) != 2)
		return bad(err, "it does not begin as a pack does");
	uint32_t count = big_endian(head + 8);
	if (count > LIMIT_REMOTE_OBJECTS)
		return error_set(err, ERROR_CORRUPT, "it sends more than %d objects", LIMIT_REMOTE_OBJECTS);
	for (uint32_t i = 0; i < count; i++)
		if (take_entry(&walk, at, &at, err) < 0)
			return -1;
	return 0;
}
