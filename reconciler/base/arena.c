/* A chunked bump allocator whose memory is zeroed and freed at once. */
#include "base/arena.h"

#include "base/xalloc.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define CHUNK_PER_OBJECT 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define CHUNK_PER_OBJECT 1
#endif
#ifndef CHUNK_PER_OBJECT
#define CHUNK_PER_OBJECT 0 /* AddressSanitizer sees an overrun only where an object has memory of its own */
#endif

/* With malloc's own header the first is a page. */
enum { ALIGNMENT = 16, CHUNK_FIRST = 4 * 1024 - 32, CHUNK_LAST = 256 * 1024 };

struct chunk {
	struct chunk *next;
	_Alignas(ALIGNMENT) char data[];
};

/* Lies at the beginning of the oldest chunk. */
struct arena {
	struct chunk *chunks; /* the first one is being filled */
	size_t used, size;    /* of the first one's data */
	size_t next_size;
};

enum {
	OWN_SIZE = (sizeof(struct arena) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT,
	FIRST_SIZE = CHUNK_PER_OBJECT ? OWN_SIZE : CHUNK_FIRST - sizeof(struct chunk),
};

static struct chunk *chunk_new(size_t size)
{
	if (size > SIZE_MAX - sizeof(struct chunk))
		out_of_memory();
	return xcalloc(1, sizeof(struct chunk) + size);
}

struct arena *arena_new(void)
{
	struct chunk *chunk = chunk_new(FIRST_SIZE);
	struct arena *arena = (struct arena *)(void *)chunk->data;

	*arena = (struct arena){.chunks = chunk, .used = OWN_SIZE, .size = FIRST_SIZE, .next_size = 2 * CHUNK_FIRST};
	return arena;
}

void arena_reset(struct arena *arena)
{
	struct chunk *oldest = (struct chunk *)(void *)((char *)arena - offsetof(struct chunk, data));
	size_t used = arena->chunks == oldest ? arena->used : FIRST_SIZE;

	for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		if (chunk != oldest)
			free(chunk);
	}
	oldest->next = NULL;
	memset(oldest->data + OWN_SIZE, 0, used - OWN_SIZE);
	*arena = (struct arena){.chunks = oldest, .used = OWN_SIZE, .size = FIRST_SIZE, .next_size = 2 * CHUNK_FIRST};
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	for (struct chunk *chunk = arena->chunks, *next; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
}

/* A large object gets its own chunk, put behind the one being filled so that its rest stays usable. */
static void *alloc_alone(struct arena *arena, size_t size)
{
	struct chunk *chunk = chunk_new(size);

	chunk->next = arena->chunks->next;
	arena->chunks->next = chunk;
	return chunk->data;
}

/* One object per unit at least: two empty objects must not share an address. */
static size_t units(size_t size)
{
	return size == 0 ? ALIGNMENT : (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	if (CHUNK_PER_OBJECT || size > arena->next_size / 4)
		return alloc_alone(arena, size);

	size = units(size);
	if (arena->size - arena->used < size) {
		struct chunk *chunk = chunk_new(arena->next_size);

		chunk->next = arena->chunks;
		arena->chunks = chunk;
		arena->used = 0;
		arena->size = arena->next_size;
		if (arena->next_size < CHUNK_LAST)
			arena->next_size *= 2;
	}
	void *object = arena->chunks->data + arena->used;
	arena->used += size;
	return object;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
	void *copy = arena_alloc(arena, size);

	if (size > 0)
		memcpy(copy, data, size);
	return copy;
}

char *arena_strdup(struct arena *arena, const char *text)
{
	return text ? arena_copy(arena, text, strlen(text) + 1) : NULL;
}

char *arena_strndup(struct arena *arena, const char *text, size_t length)
{
	length = strnlen(text, length);
	char *copy = arena_alloc(arena, length + 1);
	memcpy(copy, text, length);
	return copy;
}

/* Written where it is to stay, when it fits there: hardly a text does not. */
char *arena_printf(struct arena *arena, const char *format, ...)
{
	size_t room = CHUNK_PER_OBJECT || !arena->chunks ? 0 : arena->size - arena->used;
	char *text = room == 0 ? NULL : arena->chunks->data + arena->used;
	va_list args, again;

	va_start(args, format);
	va_copy(again, args);
	int length = vsnprintf(text, room, format, args);
	va_end(args);
	if (length < 0)
		out_of_memory();
	bool fits = (size_t)length < room;
	if (fits) {
		arena->used += units((size_t)length + 1);
	} else {
		if (room > 0)
			memset(text, 0, room);
		text = arena_alloc(arena, (size_t)length + 1);
		vsnprintf(text, (size_t)length + 1, format, again);
	}
	va_end(again);
	return text;
}

char *arena_join_(struct arena *arena, const char *const *parts, size_t count)
{
	size_t length = 0;

	for (size_t i = 0; i < count; i++)
		length += strlen(parts[i]);
	char *text = arena_alloc(arena, length + 1), *at = text;
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, parts[i]);
	return text;
}

size_t arena_room_(size_t count)
{
	size_t room = 1;

	while (room < count && room <= SIZE_MAX / 4)
		room *= 2;
	return room;
}

void *arena_push_(struct arena *arena, void *items, size_t *count, size_t size)
{
	size_t full = *count;

	if ((full & (full - 1)) == 0) {
		size_t room = full == 0 ? 1 : full * 2;

		if (room > SIZE_MAX / size)
			out_of_memory();
		void *grown = arena_alloc(arena, room * size);
		if (full > 0)
			memcpy(grown, items, full * size);
		items = grown;
	}
	/* An array that was shortened may hold an old element here. */
	memset((char *)items + full * size, 0, size);
	*count = full + 1;
	return items;
}
