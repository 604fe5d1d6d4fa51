/* Compares what two state files say, key by key. */
#include "plan/said.h"

#include "model/secret.h"
#include "plan/change.h"

#include <string.h>

/* NULL: not said. */
static const char *value_of(struct arena *arena, const struct field *field, const void *object)
{
	const void *at = object ? (const char *)object + field->offset : NULL;

	if (!at)
		return NULL;
	switch (field->type) {
	case TYPE_INTEGER:
		return *(const int *)at ? arena_printf(arena, "%d", *(const int *)at) : NULL;
	case TYPE_BOOL:
		return *(const enum tri *)at == TRI_UNSET ? NULL : *(const enum tri *)at == TRI_YES ? "true" : "false";
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		return ((const struct strings *)at)->count ? strings_join(arena, at, ",") : NULL;
	case TYPE_STRING:
	case TYPE_NAME:
	case TYPE_ENUM:
	case TYPE_SPACE:
	case TYPE_DURATION:
		return *(const char *const *)at;
	case TYPE_PATH:
		return *(const char *const *)at && strchr(*(const char *const *)at, '$') ? *(const char *const *)at
											 : NULL;
	default:
		return NULL;
	}
}

static struct source place_of(const struct said *said, enum field_scope scope, const void *now, const char *key)
{
	return places_find(field_places(scope, (void *)now), key, said->source);
}

static void diff_value(const struct said *said, const struct field *field, const void *old, const void *now)
{
	struct arena *arena = said->draft->arena;
	const char *before = value_of(arena, field, old), *after = value_of(arena, field, now);

	/* The default said is the default. */
	if (text_equal(before ? before : field->fallback, after ? after : field->fallback))
		return;
	field_add(said->draft, said->change, arena_printf(arena, "%s%s", said->prefix, field->key), before, after,
		  place_of(said, field->scope, now, field->key));
}

static const struct pair *pair_of(const struct pairs *pairs, const char *key)
{
	for (size_t i = 0; pairs && i < pairs->count; i++)
		if (text_equal(pairs->items[i].key, key))
			return &pairs->items[i];
	return NULL;
}

static void diff_pair(const struct said *said, const char *above, const char *key, const struct pair *old,
		      const struct pair *now, struct source source)
{
	struct arena *arena = said->draft->arena;

	if (text_equal(old ? old->value : NULL, now ? now->value : NULL))
		return;
	field_add(said->draft, said->change, arena_printf(arena, "%s%s.%s", said->prefix, above, key),
		  old ? pair_shown(arena, old) : NULL, now ? pair_shown(arena, now) : NULL,
		  now && now->source.file ? now->source : source);
}

static void diff_pairs(const struct said *said, const struct field *field, const void *old, const void *now)
{
	const struct pairs *before = old ? (const void *)((const char *)old + field->offset) : NULL;
	const struct pairs *after = (const void *)((const char *)now + field->offset);
	struct source source = place_of(said, field->scope, now, field->key);

	for (size_t i = 0; i < after->count; i++)
		diff_pair(said, field->key, after->items[i].key, pair_of(before, after->items[i].key), &after->items[i],
			  source);
	for (size_t i = 0; before && i < before->count; i++)
		if (!pair_of(after, before->items[i].key))
			diff_pair(said, field->key, before->items[i].key, &before->items[i], NULL, source);
}

static void diff_group(const struct said *said, const struct field *field, enum field_effect effect, const void *old,
		       const void *now)
{
	struct said below = *said;

	below.prefix = arena_printf(said->draft->arena, "%s%s.", said->prefix, field->key);
	below.source = place_of(said, field->scope, now, field->key);
	said_diff(&below, field->below, effect, old ? (const char *)old + field->offset : NULL,
		  (const char *)now + field->offset);
}

void said_diff(const struct said *said, enum field_scope scope, enum field_effect effect, const void *old,
	       const void *now)
{
	size_t count;
	const struct field *fields = field_table(&count);

	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];

		if (field->scope != scope || text_equal(field->key, "state"))
			continue;
		if (field->type == TYPE_GROUP)
			diff_group(said, field, effect, old, now);
		else if (field->effect == effect && (field->type == TYPE_PAIRS || field->type == TYPE_OPTIONS))
			diff_pairs(said, field, old, now);
		else if (field->effect == effect)
			diff_value(said, field, old, now);
	}
}
