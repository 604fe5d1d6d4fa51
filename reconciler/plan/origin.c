/* Finds the line of a state file that a field comes from. */
#include "plan/origin.h"

#include "base/count.h"

#include <ctype.h>
#include <string.h>

struct source origin_of(const struct builder *builder, const struct node *node, const char *key)
{
	struct source source = places_find(&node->places, key, (struct source){0});

	if (!source.file)
		source = places_find(&builder->places, key, (struct source){0});
	return source.file ? source : node->source;
}

struct source origin_of_option(const struct builder *builder, const struct node *node, const char *option)
{
	for (size_t i = 0; i < node->driver_opts.count; i++)
		if (text_equal(node->driver_opts.items[i].key, option) && node->driver_opts.items[i].source.file)
			return node->driver_opts.items[i].source;
	return origin_of(builder, node, "driver-opts");
}

/* The key of `cache` that desired/cache.c makes the setting of, in order of precedence. */
static const struct {
	const char *setting, *key;
} cache_keys[] = {
	{"worker.oci.gcpolicy", "rules"},
	{"worker.oci.gcpolicy", "keep-duration"},
	{"worker.oci.maxUsedSpace", "max-used-space"},
	{"worker.oci.reservedSpace", "reserved-space"},
	{"worker.oci.minFreeSpace", "min-free-space"},
	{"worker.oci.gckeepstorage", "max-used-space"},
	{"worker.oci.gckeepstorage", "reserved-space"},
};

static struct source origin_in_cache(const struct builder *builder, const char *path)
{
	struct source none = {0};

	for (size_t i = 0; i < COUNT(cache_keys); i++) {
		if (!text_equal(cache_keys[i].setting, path))
			continue;
		struct source source = places_find(&builder->cache.places, cache_keys[i].key, none);
		if (source.file)
			return source;
	}
	return none;
}

/* BuildKit's spelling and that of state files differ in case, "-" and "_". */
static bool same_spelling(const char *a, const char *b, size_t length)
{
	const char *end = b + length;

	for (;; a++, b++) {
		a += strspn(a, "-_");
		b += strspn(b, "-_");
		if (*a == '\0' || b >= end)
			return *a == '\0' && b >= end;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
	}
}

/* The first `length` bytes of the path, below "buildkitd.". */
static struct source place_alike(const struct places *places, const char *path, size_t length)
{
	static const char above[] = "buildkitd.";

	for (size_t i = 0; i < places->count; i++) {
		const struct place *place = &places->items[i];

		if (text_starts(place->key, above) && same_spelling(place->key + strlen(above), path, length))
			return place->source;
	}
	return (struct source){0};
}

struct source origin_of_setting(const struct builder *builder, const struct node *node, const char *path)
{
	static const char *const whole[] = {"buildkitd", "buildkitd-config", "cache"};
	const struct places *places = node_has_own_config(node) ? &node->places : &builder->places;
	struct source source = origin_in_cache(builder, path);

	for (size_t length = strlen(path); !source.file && length > 0;) {
		source = place_alike(places, path, length);
		while (length > 0 && path[--length] != '.')
			;
	}
	for (size_t i = 0; i < COUNT(whole) && !source.file; i++)
		source = places_find(places, whole[i], (struct source){0});
	return source.file ? source : node->source;
}
