/* Opens a pack with its index, doubts both, and searches. */
#include "history/pack_index.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/xalloc.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FAN = 256,
	FAN_AT = 8, /* after the signature and the version */
	IDS_AT = FAN_AT + FAN * 4,
	PACK_HEAD = 12,
	INDEX_LEAST = IDS_AT + 2 * PACK_ID,
	CRC = 4,
	OFFSET = 4,
	LARGE_OFFSET = 8,
};

void pack_init(struct pack *pack, const char *path)
{
	*pack = (struct pack){.path = path, .fd = -1, .index_fd = -1};
}

void pack_close(struct pack *pack)
{
	if (pack->fd >= 0)
		close(pack->fd);
	if (pack->index_fd >= 0)
		close(pack->index_fd);
	pack->fd = pack->index_fd = -1;
}

static uint32_t number(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int read_at(int fd, int64_t at, void *out, size_t size, size_t *ret_length, struct error *err)
{
	size_t length = 0;

	while (length < size) {
		ssize_t count = pread(fd, (char *)out + length, size - length, (off_t)at + (off_t)length);

		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return error_set_errno(err, errno, "cannot be read");
		if (count == 0)
			break;
		length += (size_t)count;
	}
	*ret_length = length;
	return 0;
}

static int read_whole(int fd, int64_t at, void *out, size_t size, struct error *err)
{
	size_t length;

	if (read_at(fd, at, out, size, &length, err) < 0)
		return -1;
	return length == size ? 0 : error_set(err, ERROR_CORRUPT, "is cut short");
}

static int open_one(const char *path, const char *suffix, int *ret_fd, int64_t *ret_size, struct error *err)
{
	CLEANUP_FREE char *name = xasprintf("%s%s", path, suffix);
	int fd = open(name, FILE_READ_FLAGS | O_CLOEXEC);
	struct stat info;

	*ret_fd = fd;
	if (fd < 0 && errno != ENXIO)
		return error_set_errno(err, errno, "its %s cannot be read", suffix + 1);
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "its %s is not a file", suffix + 1);
	*ret_size = info.st_size;
	return 0;
}

static int check_index(struct pack *pack, struct error *err)
{
	unsigned char head[FAN_AT], last[4];

	if (pack->index_size < INDEX_LEAST)
		return error_set(err, ERROR_CORRUPT, "its idx is cut short");
	if (read_whole(pack->index_fd, 0, head, sizeof(head), err) < 0 ||
	    read_whole(pack->index_fd, IDS_AT - 4, last, sizeof(last), err) < 0)
		return -1;
	if (memcmp(head, "\377tOc\0\0\0\2", sizeof(head)) != 0)
		return error_set(err, ERROR_CORRUPT, "its idx is no index of version 2");
	pack->count = number(last);
	int64_t least = INDEX_LEAST + (int64_t)pack->count * (PACK_ID + CRC + OFFSET);
	if (pack->index_size < least || pack->index_size > least + (int64_t)pack->count * LARGE_OFFSET)
		return error_set(err, ERROR_CORRUPT, "its idx is of another size than it says");
	return 0;
}

/* The pack is the one that the index is of: its trailer is in the index. */
static int check_pack(struct pack *pack, int64_t size, struct error *err)
{
	unsigned char head[PACK_HEAD], trailer[PACK_ID], wanted[PACK_ID];

	if (size < PACK_HEAD + PACK_ID)
		return error_set(err, ERROR_CORRUPT, "is cut short");
	pack->end = size - PACK_ID;
	if (read_whole(pack->fd, 0, head, sizeof(head), err) < 0 ||
	    read_whole(pack->fd, pack->end, trailer, sizeof(trailer), err) < 0 ||
	    read_whole(pack->index_fd, pack->index_size - 2 * PACK_ID, wanted, sizeof(wanted), err) < 0)
		return -1;
	if (memcmp(head, "PACK", 4) != 0 || (number(head + 4) != 2 && number(head + 4) != 3))
		return error_set(err, ERROR_CORRUPT, "is no pack of version 2 or 3");
	if (number(head + 8) != pack->count || memcmp(trailer, wanted, sizeof(trailer)) != 0)
		return error_set(err, ERROR_CORRUPT, "is cut short, or not the one that its idx is of");
	return 0;
}

static int open_pack(struct pack *pack, struct error *err)
{
	int64_t size;

	if (!pack->opened) {
		pack->opened = true;
		pack->damaged = open_one(pack->path, ".idx", &pack->index_fd, &pack->index_size, &pack->why) < 0 ||
				open_one(pack->path, ".pack", &pack->fd, &size, &pack->why) < 0 ||
				check_index(pack, &pack->why) < 0 || check_pack(pack, size, &pack->why) < 0;
		/* A pack without its other half is damage of the pack, not an object that is not there. */
		if (pack->why.kind == ERROR_NOT_FOUND)
			pack->why.kind = ERROR_CORRUPT;
	}
	return pack->damaged ? error_copy(err, &pack->why) : 0;
}

static int read_id(struct pack *pack, uint32_t index, unsigned char ret_id[PACK_ID], struct error *err)
{
	return read_whole(pack->index_fd, IDS_AT + (int64_t)index * PACK_ID, ret_id, PACK_ID, err);
}

/* The first id that is not before `id`; pack->count when all are. */
static int lower_bound(struct pack *pack, const unsigned char id[PACK_ID], uint32_t *ret_index, struct error *err)
{
	unsigned char fan[8] = {0}, middle[PACK_ID];
	/* The entry before the first one is not there: it would be 0. */
	size_t skipped = id[0] == 0 ? 4 : 0;

	if (read_whole(pack->index_fd, FAN_AT + (int64_t)id[0] * 4 - 4 + (int64_t)skipped, fan + skipped,
		       sizeof(fan) - skipped, err) < 0)
		return -1;
	uint32_t low = number(fan), high = number(fan + 4);
	if (low > high || high > pack->count)
		return error_set(err, ERROR_CORRUPT, "its idx is damaged");
	while (low < high) {
		uint32_t half = low + (high - low) / 2;

		if (read_id(pack, half, middle, err) < 0)
			return -1;
		if (memcmp(middle, id, PACK_ID) < 0)
			low = half + 1;
		else
			high = half;
	}
	*ret_index = low;
	return 0;
}

static int read_offset(struct pack *pack, uint32_t index, int64_t *ret_at, struct error *err)
{
	int64_t offsets = IDS_AT + (int64_t)pack->count * (PACK_ID + CRC);
	unsigned char bytes[LARGE_OFFSET];
	int64_t at;

	if (read_whole(pack->index_fd, offsets + (int64_t)index * OFFSET, bytes, OFFSET, err) < 0)
		return -1;
	at = number(bytes);
	if ((at & 0x80000000) != 0) {
		int64_t large = offsets + (int64_t)pack->count * OFFSET + (at & 0x7fffffff) * LARGE_OFFSET;

		if (large + LARGE_OFFSET > pack->index_size - 2 * PACK_ID)
			return error_set(err, ERROR_CORRUPT, "its idx is damaged");
		if (read_whole(pack->index_fd, large, bytes, LARGE_OFFSET, err) < 0)
			return -1;
		at = (int64_t)((uint64_t)(number(bytes) & 0x7fffffff) << 32 | number(bytes + 4));
	}
	if (at < PACK_HEAD || at >= pack->end)
		return error_set(err, ERROR_CORRUPT, "its idx is damaged");
	*ret_at = at;
	return 0;
}

int pack_find(struct pack *pack, const unsigned char id[PACK_ID], int64_t *ret_at, struct error *err)
{
	unsigned char found[PACK_ID];
	uint32_t index;

	if (open_pack(pack, err) < 0 || lower_bound(pack, id, &index, err) < 0)
		return -1;
	if (index < pack->count && read_id(pack, index, found, err) < 0)
		return -1;
	if (index == pack->count || memcmp(found, id, PACK_ID) != 0)
		return error_set(err, ERROR_NOT_FOUND, "is not there");
	return read_offset(pack, index, ret_at, err);
}

static bool begins(const unsigned char *id, const unsigned char *prefix, size_t digits)
{
	return memcmp(id, prefix, digits / 2) == 0 &&
	       (digits % 2 == 0 || ((id[digits / 2] ^ prefix[digits / 2]) & 0xf0) == 0);
}

size_t pack_find_prefix(struct pack *pack, const unsigned char *prefix, size_t digits, unsigned char ret_id[PACK_ID])
{
	unsigned char next[PACK_ID];
	uint32_t index;

	if (open_pack(pack, NULL) < 0 || lower_bound(pack, prefix, &index, NULL) < 0 || index == pack->count ||
	    read_id(pack, index, ret_id, NULL) < 0 || !begins(ret_id, prefix, digits))
		return 0;
	return index + 1 < pack->count && read_id(pack, index + 1, next, NULL) == 0 && begins(next, prefix, digits) ? 2
														    : 1;
}

int pack_bytes(struct pack *pack, int64_t at, void *out, size_t size, size_t *ret_length, struct error *err)
{
	if (at < PACK_HEAD || at >= pack->end)
		return error_set(err, ERROR_CORRUPT, "is cut short");
	if ((int64_t)size > pack->end - at)
		size = (size_t)(pack->end - at);
	return read_at(pack->fd, at, out, size, ret_length, err);
}
