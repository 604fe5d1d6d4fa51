/* Sorts and searches arrays whose elements begin with their key. */
#include "base/keyed.h"

#include <stdlib.h>
#include <string.h>

static const char *key_of(const void *element)
{
	return *(const char *const *)element;
}

static int order(const void *a, const void *b)
{
	return strcmp(key_of(a), key_of(b));
}

void array_sort(void *items, size_t count, size_t size, int (*compare)(const void *, const void *))
{
	const char *element = items;

	for (size_t i = 1; i < count; i++, element += size)
		if (compare(element, element + size) > 0) {
			qsort(items, count, size, compare);
			return;
		}
}

void keyed_sort(void *items, size_t count, size_t size)
{
	array_sort(items, count, size, order);
}

void *keyed_find(const void *items, size_t count, size_t size, const char *key)
{
	return !key || count == 0 ? NULL : (void *)bsearch(&key, items, count, size, order);
}

void *keyed_find_next(const void *items, size_t count, size_t size, const char *key, size_t *at)
{
	void *found = *at < count ? keyed_find((const char *)items + *at * size, 1, size, key) : NULL;

	if (!found)
		found = keyed_find(items, count, size, key);
	if (found)
		*at = (size_t)((const char *)found - (const char *)items) / size + 1;
	return found;
}

bool keyed_unique(const void *items, size_t count, size_t size)
{
	const char *element = items;

	for (size_t i = 1; i < count; i++)
		if (order(element + (i - 1) * size, element + i * size) == 0)
			return false;
	return true;
}
