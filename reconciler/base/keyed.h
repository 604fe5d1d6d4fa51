/* Arrays whose elements begin with their key, a text: sorted by it, and looked up by it.
 *
 *     struct volume { const char *name; … } *volumes;
 *
 *     KEYED_SORT(volumes, count);
 *     struct volume *volume = KEYED_FIND(volumes, count, "ci0_state");
 *
 * No key is NULL. `items` may be NULL when count is 0. */
#ifndef RECONCILE_BASE_KEYED_H
#define RECONCILE_BASE_KEYED_H

#include <stdbool.h>
#include <stddef.h>

/* qsort(3), at the cost of one look at each for what is in order already: what comes from a folder or a file that
 * somebody keeps mostly is. */
void array_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *));
#define ARRAY_SORT(items, count, compare) array_sort((items), (count), sizeof(*(items)), (compare))

void keyed_sort(void *items, size_t count, size_t size);
/* The element of a sorted array that has the key; NULL when there is none, and for a NULL key. */
void *keyed_find(const void *items, size_t count, size_t size, const char *key);
/* The same for whoever looks up many, mostly in the array's order: `at`, 0 at first, is where the next one is likely.
 */
void *keyed_find_next(const void *items, size_t count, size_t size, const char *key, size_t *at);
/* Whether no two elements of a sorted array have the same key. */
bool keyed_unique(const void *items, size_t count, size_t size);

#define KEYED_SORT(items, count) keyed_sort((items), (count), sizeof(*(items)))
#define KEYED_FIND_NEXT(items, count, key, at) keyed_find_next((items), (count), sizeof(*(items)), (key), (at))
#define KEYED_FIND(items, count, key) keyed_find((items), (count), sizeof(*(items)), (key))

/* To stand beside the lookups of a type, which the compiler then holds to the order of its members. */
#define KEYED_ASSERT(type, key) _Static_assert(offsetof(type, key) == 0, "the key comes first")

#endif
