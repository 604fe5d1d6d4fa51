/* Walks mappings by the field table: keys, groups, lists and tables of objects, and `defaults` under each builder. */
#include "desired/decode.h"

#include "base/count.h"
#include "desired/merge.h"
#include "desired/values.h"

#include <string.h>

_Static_assert(offsetof(struct builder, name) == 0 && offsetof(struct node, name) == 0 &&
		       offsetof(struct context, name) == 0,
	       "elements of a table begin with their name");

static void decode_mapping(struct decoder *decoder, const struct frame *frame, struct tree *mapping, void *object);

/* What to write instead of a key that is not in the table. */
static const char *unknown_hint(struct arena *arena, enum field_scope scope, const char *key)
{
	const char *instead = field_synonym(scope, key), **keys;
	size_t count, own = 0;
	const struct field *fields = field_table(&count);

	if (instead)
		return instead;
	if (strcmp(key, "<<") == 0)
		return "YAML 1.2 has no merge keys: write what builders share below `defaults`";
	keys = ARENA_ARRAY(arena, const char *, count);
	for (size_t i = 0; i < count; i++)
		if (fields[i].scope == scope)
			keys[own++] = fields[i].key;
	const char *nearest = text_nearest(key, keys, own);
	if (nearest)
		return arena_printf(arena, "did you mean \"%s\"?", nearest);
	struct strings known = {keys, own};
	return arena_printf(arena, "the keys here are: %s", strings_join(arena, &known, ", "));
}

static void unknown_key(struct decoder *decoder, const struct frame *frame, struct tree_entry *entry)
{
	struct arena *arena = decoder->scratch;

	if (entry->reported || problems_full(decoder->problems))
		return;
	entry->reported = true;
	diagnostics_addf(decoder->problems, ERROR_INVALID, entry->where.file, entry->where.line, entry->where.column,
			 unknown_hint(arena, frame->scope, entry->key), "unknown key \"%s\" %s", entry->key,
			 frame_describe(arena, frame));
}

/* Where an object of this scope keeps its own place; NULL when it does not. */
static struct source *source_of(enum field_scope scope, void *object)
{
	switch (scope) {
	case SCOPE_BUILDER:
		return &((struct builder *)object)->source;
	case SCOPE_NODE:
		return &((struct node *)object)->source;
	case SCOPE_CACHE:
		return &((struct cache_policy *)object)->source;
	case SCOPE_RULE:
		return &((struct cache_rule *)object)->source;
	case SCOPE_CONTEXT:
		return &((struct context *)object)->source;
	default:
		return NULL;
	}
}

static void decode_object(struct decoder *decoder, const struct frame *frame, const char *key, struct source where,
			  struct tree *value, void *object)
{
	struct source *source = source_of(frame->scope, object);

	if (source)
		*source = where;
	if (value->kind == TREE_MAPPING)
		decode_mapping(decoder, frame, value, object);
	else if (!tree_is_blank(value))
		decode_wrong(decoder, frame->up, key, value, "a mapping", NULL);
}

static bool too_many(struct decoder *decoder, const struct frame *frame, const struct field *field, struct tree *value)
{
	struct arena *arena = decoder->scratch;

	if (frame->scope == SCOPE_STATE || value->count <= DECODE_LIST_MAX)
		return false;
	decode_problem(decoder, frame, field->key, value, NULL,
		       arena_printf(arena, "has %zu entries, more than %d", value->count, DECODE_LIST_MAX));
	return true;
}

static void decode_list(struct decoder *decoder, const struct frame *frame, const struct field *field,
			struct tree *value, char *object)
{
	if (value->kind != TREE_LIST) {
		decode_wrong(decoder, frame, field->key, value, "a list of mappings", NULL);
		return;
	}
	if (too_many(decoder, frame, field, value))
		return;
	char *elements = arena_alloc(decoder->arena, field->element_size * value->count);
	for (size_t i = 0; i < value->count; i++) {
		struct frame below = {.up = frame, .scope = field->below, .number = i + 1};

		decode_object(decoder, &below, field->key, value->items[i]->where, value->items[i],
			      elements + field->element_size * i);
	}
	*(void **)(object + field->offset) = elements;
	*(size_t *)(object + field->count_offset) = value->count;
}

/* A builder as it is with `defaults` under it. One that must be absent needs none of them. */
static struct tree *builder_with_defaults(struct arena *arena, struct tree *defaults, struct tree *builder)
{
	const struct tree_entry *state = tree_find(builder, "state");

	if (!defaults || (builder->kind == TREE_SCALAR && !tree_is_blank(builder)) || builder->kind == TREE_LIST ||
	    (state && state->value->kind == TREE_SCALAR && strcmp(state->value->text, "absent") == 0))
		return builder;
	return tree_merge(arena, defaults, builder);
}

/* Driver options said as a list or as lines, as mappings: so that they merge key by key whichever way they are said. */
static struct tree *with_pairs(struct arena *arena, struct tree *builder)
{
	struct tree *copy = builder;

	for (size_t i = 0; builder->kind == TREE_MAPPING && i < builder->count; i++) {
		const struct field *field = field_find(SCOPE_BUILDER, builder->entries[i].key);
		struct tree *value = builder->entries[i].value;

		if (!field || (field->type != TYPE_OPTIONS && field->type != TYPE_PAIRS) ||
		    value->kind == TREE_MAPPING || tree_type(value) == SCALAR_NULL)
			continue;
		struct tree *pairs = pairs_tree(arena, value);
		if (!pairs)
			continue;
		if (copy == builder) {
			copy = arena_copy(arena, builder, sizeof(*builder));
			copy->entries = arena_copy(arena, builder->entries, sizeof(*builder->entries) * builder->count);
		}
		copy->entries[i].value = pairs;
	}
	return copy;
}

struct elements {
	char *at;
	size_t count;
};

/* `ci:` with nothing behind it is an element with nothing set; `ci: null` is none. */
static struct elements decode_elements(struct decoder *decoder, const struct frame *frame, const struct field *field,
				       struct tree *value, struct tree *defaults)
{
	struct elements elements = {arena_alloc(decoder->arena, field->element_size * value->count), 0};
	struct arena *scratch = decoder->scratch;

	for (size_t i = 0; i < value->count; i++) {
		const struct tree_entry *entry = &value->entries[i];
		struct frame below = {.up = frame, .scope = field->below, .name = entry->key};
		char *element = elements.at + field->element_size * elements.count;
		struct tree *tree = entry->value;

		if (tree_is_null(tree))
			continue;
		if (field->below == SCOPE_BUILDER)
			tree = builder_with_defaults(scratch, defaults, with_pairs(scratch, tree));
		*(const char **)(void *)element = arena_strdup(decoder->arena, entry->key);
		elements.count++;
		decode_object(decoder, &below, entry->key, entry->where, tree, element);
	}
	return elements;
}

static void decode_table(struct decoder *decoder, const struct frame *frame, const struct field *field,
			 struct tree *value, char *object, struct tree *defaults)
{
	struct arena *arena = decoder->scratch;

	if (value->kind != TREE_MAPPING) {
		decode_wrong(decoder, frame, field->key, value,
			     arena_printf(arena, "a mapping from names to %ss", scope_name(field->below)), NULL);
		return;
	}
	if (too_many(decoder, frame, field, value))
		return;
	struct elements elements = decode_elements(decoder, frame, field, value, defaults);
	*(void **)(object + field->offset) = elements.at;
	*(size_t *)(object + field->count_offset) = elements.count;
}

static void decode_field(struct decoder *decoder, const struct frame *frame, const struct field *field,
			 const struct tree_entry *entry, char *object)
{
	struct frame below = {.up = frame, .scope = field->below};

	places_add(decoder->arena, field_places(frame->scope, object), entry->key, entry->where);
	switch (field->type) {
	case TYPE_GROUP:
		decode_object(decoder, &below, field->key, entry->where, entry->value, object + field->offset);
		break;
	case TYPE_LIST:
		decode_list(decoder, frame, field, entry->value, object);
		break;
	case TYPE_TABLE:
		decode_table(decoder, frame, field, entry->value, object, NULL);
		break;
	default:
		decode_value(decoder, frame, field, entry->value, object + field->offset);
		break;
	}
}

static void decode_mapping(struct decoder *decoder, const struct frame *frame, struct tree *mapping, void *object)
{
	for (size_t i = 0; i < mapping->count; i++) {
		struct tree_entry *entry = &mapping->entries[i];
		const struct field *field = field_find(frame->scope, entry->key);

		if (!field)
			unknown_key(decoder, frame, entry);
		else if (!tree_says_nothing(entry->value))
			decode_field(decoder, frame, field, entry, object);
	}
}

static void missing_keys(struct decoder *decoder, const struct tree *root, struct source start)
{
	size_t count;
	const struct field *fields = field_table(&count);

	for (size_t i = 0; i < count; i++) {
		const struct tree_entry *entry;

		if (fields[i].scope != SCOPE_STATE || !fields[i].required)
			continue;
		entry = root ? tree_find(root, fields[i].key) : NULL;
		if (!entry || tree_says_nothing(entry->value))
			diagnostics_addf(decoder->problems, ERROR_INVALID, start.file, start.line, start.column,
					 fields[i].type == TYPE_INTEGER ? "begin the file with `version: 1`" : NULL,
					 "the key \"%s\" is missing", fields[i].key);
	}
}

/* Looks at `defaults` by themselves, so that what is wrong in them is told once; gives what goes under builders. */
static struct tree *defaults_check(struct decoder *decoder, const struct frame *top, struct tree *root)
{
	static const char *const own[] = {"state", "nodes"};
	struct tree_entry *entry = tree_find(root, "defaults");
	struct frame frame = {.up = top, .scope = SCOPE_BUILDER};
	struct arena *scratch = decoder->scratch;
	struct decoder trial = {.arena = scratch, .scratch = scratch, .problems = decoder->problems};
	struct builder builder = {0};

	if (!entry || tree_type(entry->value) == SCALAR_NULL)
		return NULL;
	struct tree *defaults = tree_inherited(scratch, with_pairs(scratch, entry->value));
	decode_object(&trial, &frame, "defaults", entry->where, defaults, &builder);
	builder_done(&builder);
	if (defaults->kind != TREE_MAPPING)
		return NULL;
	for (size_t i = 0; i < COUNT(own); i++) {
		entry = tree_find(defaults, own[i]);
		if (!entry)
			continue;
		diagnostics_addf(decoder->problems, ERROR_INVALID, entry->where.file, entry->where.line,
				 entry->where.column, "write it below each builder that it is meant for",
				 "\"%s\" cannot be a default: it belongs to one builder", own[i]);
		*entry = defaults->entries[--defaults->count];
	}
	const struct tree_entry *builders = tree_find(root, "builders");
	if (builders && builders->value->count > DECODE_DEFAULTS_MAX / defaults->weight) {
		decode_problem(
			decoder, top, "defaults", defaults, "write less below `defaults`",
			arena_printf(scratch, "is too long to be put under %zu builders", builders->value->count));
		return NULL;
	}
	return defaults;
}

void decode_state(struct decoder *decoder, struct tree *root, struct source start, struct state *state)
{
	struct frame top = {.scope = SCOPE_STATE};

	missing_keys(decoder, root, start);
	if (!root)
		return;
	struct tree *defaults = defaults_check(decoder, &top, root);
	for (size_t i = 0; i < root->count; i++) {
		struct tree_entry *entry = &root->entries[i];
		const struct field *field = field_find(SCOPE_STATE, entry->key);

		if (!field)
			unknown_key(decoder, &top, entry);
		else if (tree_says_nothing(entry->value) || field->type == TYPE_GROUP)
			continue; /* `defaults` have no member of their own */
		else if (field->below == SCOPE_BUILDER) {
			places_add(decoder->arena, &state->places, entry->key, entry->where);
			decode_table(decoder, &top, field, entry->value, (char *)state, defaults);
		} else {
			decode_field(decoder, &top, field, entry, (char *)state);
		}
	}
	state->selected_source = places_find(&state->places, "selected", state->selected_source);
	state->unmanaged_source = places_find(&state->places, "unmanaged", state->unmanaged_source);
}
