/* States for tests, written as JSON and decoded by the field table, so that no YAML is needed.
 *
 * A key that begins with "^" was inherited from `defaults`. Mappings by name stand at t.yaml:5, keys at 7, options
 * at 9. */
#ifndef RECONCILE_TESTS_STATE_DECODE_H
#define RECONCILE_TESTS_STATE_DECODE_H

#include "model/builder.h"
#include "model/field.h"

static void decode(struct arena *arena, enum field_scope scope, const cJSON *json, void *object, bool inherited);

static void decode_strings(struct arena *arena, const cJSON *json, struct strings *list)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json)
		strings_add(arena, list, item->valuestring);
}

static void decode_pairs(struct arena *arena, const cJSON *json, struct pairs *pairs, bool inherited)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json) {
		struct pair *pair = ARENA_PUSH(arena, pairs->items, pairs->count);
		bool own = item->string[0] == '^';

		pair->key = arena_strdup(arena, item->string + own);
		pair->value = arena_strdup(arena, item->valuestring);
		pair->source = (struct source){.file = "t.yaml", .line = 9, .column = 1, .inherited = inherited || own};
	}
}

static void decode_elements(struct arena *arena, const struct field *field, const cJSON *json, void *object)
{
	size_t count = (size_t)cJSON_GetArraySize(json), i = 0;
	char *elements = arena_alloc(arena, count * field->element_size + 1);
	const struct source source = {.file = "t.yaml", .line = 5, .column = 1};
	const cJSON *item;

	*(void **)((char *)object + field->offset) = elements;
	*(size_t *)((char *)object + field->count_offset) = count;
	cJSON_ArrayForEach(item, json) {
		void *element = elements + i++ * field->element_size;

		decode(arena, field->below, item, element, false);
		if (field->below == SCOPE_BUILDER) {
			((struct builder *)element)->name = arena_strdup(arena, item->string);
			((struct builder *)element)->source = source;
		} else if (field->below == SCOPE_NODE) {
			((struct node *)element)->name = arena_strdup(arena, item->string);
			((struct node *)element)->source = source;
		} else if (field->below == SCOPE_CONTEXT) {
			((struct context *)element)->name = arena_strdup(arena, item->string);
			((struct context *)element)->source = source;
		}
	}
}

static void decode_value(struct arena *arena, const struct field *field, const cJSON *json, void *object,
			 bool inherited)
{
	char *at = (char *)object + field->offset;

	switch (field->type) {
	case TYPE_INTEGER:
		*(int *)at = json->valueint;
		break;
	case TYPE_BOOL:
		*(enum tri *)at = cJSON_IsTrue(json) ? TRI_YES : TRI_NO;
		break;
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		decode_strings(arena, json, (struct strings *)at);
		break;
	case TYPE_OPTIONS:
	case TYPE_PAIRS:
		decode_pairs(arena, json, (struct pairs *)at, inherited);
		break;
	case TYPE_TREE:
		*(cJSON **)at = cJSON_Duplicate(json, true);
		break;
	case TYPE_GROUP:
		decode(arena, field->below, json, at, inherited);
		break;
	case TYPE_LIST:
	case TYPE_TABLE:
		decode_elements(arena, field, json, object);
		break;
	default:
		*(const char **)at = arena_strdup(arena, json->valuestring);
		break;
	}
}

static void decode(struct arena *arena, enum field_scope scope, const cJSON *json, void *object, bool inherited)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json) {
		bool from_defaults = inherited || item->string[0] == '^';
		const char *key = item->string + (item->string[0] == '^');
		const struct field *field = field_find(scope, key);
		const struct source source = {.file = "t.yaml", .line = 7, .column = 3, .inherited = from_defaults};

		if (!field)
			fail_msg("no field %s", key);
		else
			decode_value(arena, field, item, object, from_defaults);
		places_add(arena, field_places(scope, object), key, source);
	}
}

#endif
