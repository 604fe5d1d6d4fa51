/* A pack's delta: what to copy out of its base, and what to put between. */
#include "history/object.h"

#include "base/cleanup.h"
#include "base/xalloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct delta {
	const unsigned char *at, *end;
	char *out;
	size_t length, left; /* of the result: written, and to be written */
};

static bool read_size(struct delta *delta, uint64_t *ret_size)
{
	uint64_t size = 0;

	for (int shift = 0; delta->at < delta->end && shift < 63; shift += 7) {
		unsigned char byte = *delta->at++;

		size |= (uint64_t)(byte & 0x7f) << shift;
		if ((byte & 0x80) == 0) {
			*ret_size = size;
			return true;
		}
	}
	return false;
}

/* The bytes of a number that are not zero: bit i of `which` says that byte i follows. */
static bool read_sparse(struct delta *delta, unsigned which, int count, size_t *ret_number)
{
	size_t number = 0;

	for (int i = 0; i < count; i++) {
		if ((which >> i & 1) == 0)
			continue;
		if (delta->at == delta->end)
			return false;
		number |= (size_t)*delta->at++ << (8 * i);
	}
	*ret_number = number;
	return true;
}

static bool put(struct delta *delta, const void *data, size_t length)
{
	if (length > delta->left)
		return false;
	memcpy(delta->out + delta->length, data, length);
	delta->length += length;
	delta->left -= length;
	return true;
}

static bool copy(struct delta *delta, const struct object *base, unsigned char command)
{
	size_t offset, length;

	if (!read_sparse(delta, command, 4, &offset) || !read_sparse(delta, command >> 4 & 7, 3, &length))
		return false;
	if (length == 0)
		length = 0x10000;
	return offset <= base->length && length <= base->length - offset && put(delta, base->data + offset, length);
}

static bool insert(struct delta *delta, unsigned char length)
{
	if (length == 0 || (size_t)(delta->end - delta->at) < length || !put(delta, delta->at, length))
		return false;
	delta->at += length;
	return true;
}

int delta_apply(const struct object *base, const unsigned char *data, size_t length, struct object *ret_object,
		struct error *err)
{
	struct delta delta = {.at = data, .end = data + length};
	uint64_t from, to;

	if (!read_size(&delta, &from) || !read_size(&delta, &to) || from != base->length || to > OBJECT_CAP)
		return error_set(err, ERROR_CORRUPT, "is a change of another object than its base");
	CLEANUP_FREE char *out = xmalloc((size_t)to + 1);
	delta.out = out;
	delta.left = (size_t)to;
	while (delta.at < delta.end) {
		unsigned char command = *delta.at++;

		if ((command & 0x80) != 0 ? !copy(&delta, base, command) : !insert(&delta, command))
			return error_set(err, ERROR_CORRUPT, "is a change that cannot be applied");
	}
	if (delta.left > 0)
		return error_set(err, ERROR_CORRUPT, "is shorter than it says");
	out[to] = '\0';
	*ret_object = (struct object){.type = base->type, .data = TAKE(out), .length = (size_t)to};
	return 0;
}
