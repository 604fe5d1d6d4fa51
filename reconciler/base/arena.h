/* A region that is freed at once: one per document, snapshot or plan. What it holds is never freed alone.
 * Out of memory aborts; the journal makes that safe (DESIGN §7). Memory is zeroed. Not thread-safe: one owner. */
#ifndef RECONCILE_BASE_ARENA_H
#define RECONCILE_BASE_ARENA_H

#include <stdarg.h>
#include <stddef.h>

struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);  /* NULL is allowed */
void arena_reset(struct arena *arena); /* empty as a new one: for scratch of many small documents in turn */
void *arena_alloc(struct arena *arena, size_t size);
void *arena_copy(struct arena *arena, const void *data, size_t size);
char *arena_strdup(struct arena *arena, const char *text); /* NULL gives NULL */
char *arena_strndup(struct arena *arena, const char *text, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The texts one behind the other, at a tenth of what a format costs: for what is made of every builder. */
#define ARENA_JOIN(arena, ...)                                                                                         \
	arena_join_((arena), (const char *const[]){__VA_ARGS__},                                                       \
		    sizeof((const char *const[]){__VA_ARGS__}) / sizeof(const char *))
char *arena_join_(struct arena *arena, const char *const *parts, size_t count);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * (count)))

/* An array that ARENA_PUSH goes on from, once its first `count` elements are there. */
#define ARENA_ROOM(arena, type, count) ((type *)arena_alloc((arena), sizeof(type) * arena_room_(count)))
size_t arena_room_(size_t count);

/* Grows an arena array by one zeroed element and gives its address: `items`, `count` are lvalues of the owner.
 * Doubles at powers of two; the old array stays in the arena until it is freed. */
void *arena_push_(struct arena *arena, void *items, size_t *count, size_t size);
#define ARENA_PUSH(arena, items, count)                                                                                \
	((items) = arena_push_((arena), (items), &(count), sizeof(*(items))), &(items)[(count)-1])

static inline void arena_cleanup(struct arena **arena)
{
	arena_free(*arena);
}
#define CLEANUP_ARENA __attribute__((cleanup(arena_cleanup)))

#endif
