/* Turns one value of a state file into the member that its field's type says. */
#include "desired/values.h"

#include "base/shell.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "desired/interpolate.h"
#include "model/normal.h"
#include "model/secret.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The value and all that is known about it. */
struct value {
	struct decoder *decoder;
	const struct frame *frame;
	const struct field *field;
	struct tree *tree;
	void *member;
};

static void wrong(const struct value *value, struct tree *at, const char *expected, const char *hint)
{
	decode_wrong(value->decoder, value->frame, value->field->key, at, expected, hint);
}

static bool too_long(const struct value *value, size_t count)
{
	struct arena *arena = value->decoder->scratch;

	if (count <= DECODE_LIST_MAX)
		return false;
	decode_problem(value->decoder, value->frame, value->field->key, value->tree, NULL,
		       arena_printf(arena, "has %zu entries, more than %d", count, DECODE_LIST_MAX));
	return true;
}

/* Where it would name or address something, or be printed by others, a credential has no place. */
static void credential_refuse(const struct value *value, const char *key, struct tree *at)
{
	decode_problem(
		value->decoder, value->frame, key, at,
		"credentials go into `env.NAME` of `driver-opts` only; give other values a variable with another "
		"name",
		arena_printf(value->decoder->scratch, "would hold a credential: the variable %s looks like one",
			     at->credential));
}

/* The value's text, or NULL with a problem. Numbers and the like are texts only where `any` says so. */
static const char *take_text(const struct value *value, struct tree *at, bool any, const char *expected)
{
	if (at->reported || (at->kind == TREE_SCALAR && tree_type(at) == SCALAR_TEXT && tree_says_nothing(at)))
		return NULL;
	if (at->kind != TREE_SCALAR || tree_type(at) == SCALAR_NULL) {
		wrong(value, at, expected, NULL);
	} else if (at->credential && !value->field->secret) {
		credential_refuse(value, value->field->key, at);
	} else if (at->secret && !value->field->secret) {
		wrong(value, at, "plain text", "!secret marks values of `driver-opts` only");
	} else if (at->open) {
		return at->text;
	} else if (!any && !at->interpolated && tree_type(at) != SCALAR_TEXT) {
		struct arena *arena = value->decoder->scratch;

		wrong(value, at, expected, arena_printf(arena, "quote it: \"%s\"", at->text));
	} else if (at->text[0] == '\0') {
		wrong(value, at, expected, "leave the key out instead");
	} else {
		return at->text;
	}
	return NULL;
}

static void decode_integer(const struct value *value)
{
	const struct field *field = value->field;
	bool bounded = field->min != 0 || field->max != 0;
	struct arena *arena = value->decoder->scratch;
	const char *expected = !bounded ? "a whole number"
			       : field->min == field->max
				       ? arena_printf(arena, "%ld", field->min)
				       : arena_printf(arena, "a whole number from %ld to %ld", field->min, field->max);

	if (value->tree->reported)
		return;
	if (value->tree->open)
		return;
	if (tree_type(value->tree) != SCALAR_INTEGER) {
		wrong(value, value->tree, expected, NULL);
		return;
	}
	errno = 0;
	long number = strtol(value->tree->text, NULL, 10);
	if (errno != 0 || number > INT32_MAX || number < INT32_MIN ||
	    (bounded && (number < field->min || number > field->max)))
		wrong(value, value->tree, expected, NULL);
	else
		*(int *)value->member = (int)number;
}

static void decode_bool(const struct value *value)
{
	const struct tree *tree = value->tree;
	struct interpolation nothing = {0};
	struct error err = ERROR_INIT;
	const char *text = tree->text;
	size_t offset;

	/* Its default, if it has one. */
	if (tree->open && interpolate(value->decoder->scratch, &nothing, tree->text, &text, &offset, &err) < 0)
		return;
	if (tree_type(tree) == SCALAR_BOOL || (tree->open && scalar_type(text) == SCALAR_BOOL))
		*(enum tri *)value->member = text[0] == 't' || text[0] == 'T' ? TRI_YES : TRI_NO;
	else
		wrong(value, value->tree, "true or false",
		      tree->kind == TREE_SCALAR ? "write true or false, without quotes" : NULL);
}

static void keep(const struct value *value, const char *text)
{
	if (text)
		*(const char **)value->member = arena_strdup(value->decoder->arena, text);
}

static void decode_string(const struct value *value)
{
	keep(value, take_text(value, value->tree, false, "a text"));
}

static void decode_name(const struct value *value)
{
	keep(value, take_text(value, value->tree, false, "a name"));
}

static void decode_enum(const struct value *value)
{
	struct arena *arena = value->decoder->scratch;
	struct strings words = {0};
	char *rest = arena_strdup(arena, value->field->values);

	for (char *word; (word = strsep(&rest, "|"));)
		strings_add(arena, &words, word);
	const char *expected = arena_printf(arena, "one of %s", strings_join(arena, &words, ", ")),
		   *text = take_text(value, value->tree, true, expected);
	if (!text)
		return;
	if (value->tree->open || strings_contain(&words, text)) {
		keep(value, text);
		return;
	}
	const char *nearest = text_nearest(text, words.items, words.count);
	wrong(value, value->tree, expected, !nearest ? NULL : arena_printf(arena, "did you mean \"%s\"?", nearest));
}

static void decode_space(const struct value *value)
{
	const char *text = take_text(value, value->tree, true, "a size");

	if (text && !value->tree->open && !space_valid(text))
		wrong(value, value->tree, "a size", "write a number with a unit, such as 40GB or 512MB, or 20%");
	else
		keep(value, text);
}

static void decode_duration(const struct value *value)
{
	const char *text = take_text(value, value->tree, true, "a duration");

	if (text && !value->tree->open && !duration_valid(text))
		wrong(value, value->tree, "a duration", "write hours, minutes or seconds, such as 168h or 1h30m");
	else
		keep(value, text);
}

/* Relative to the state file. */
static void decode_path(const struct value *value)
{
	const char *text = take_text(value, value->tree, false, "a path"), *file = value->tree->where.file;
	const char *slash = file ? strrchr(file, '/') : NULL;
	struct arena *arena = value->decoder->arena;
	char folder[4096];

	if (!text)
		return;
	if (text[0] != '/' && slash)
		text = arena_printf(arena, "%.*s/%s", (int)(slash - file), file, text);
	if (text[0] != '/' && value->field->absolute && getcwd(folder, sizeof(folder)))
		text = arena_printf(arena, "%s/%s", folder, text);
	keep(value, text);
}

static void decode_strings(const struct value *value)
{
	struct strings words = {0};
	struct arena *arena = value->decoder->arena;
	struct tree *tree = value->tree;
	const char *text;

	if (tree->kind == TREE_LIST && too_long(value, tree->count))
		return;
	for (size_t i = 0; tree->kind == TREE_LIST && i < tree->count; i++) {
		text = take_text(value, tree->items[i], false, "a list of texts");
		if (text)
			strings_add(arena, &words, text);
	}
	if (tree->kind != TREE_LIST) {
		text = take_text(value, tree, false, "a list of texts");
		const char *wrong = text ? shell_split(arena, text, &words) : NULL;
		if (wrong)
			decode_problem(value->decoder, value->frame, value->field->key, tree,
				       "close it, or write a list", wrong);
	}
	if (!too_long(value, words.count))
		*(struct strings *)value->member = words;
}

/* One text may name several, parted by commas or lines; setup-buildx-action takes those of a line in quotes, too. Bad
 * ones are told at their own place and left out. */
static void add_platforms(const struct value *value, struct tree *at, struct strings *platforms)
{
	struct arena *scratch = value->decoder->scratch;
	char *rest = arena_strdup(scratch, take_text(value, at, false, "a list of platforms"));

	for (char *item; (item = strsep(&rest, ",\n"));) {
		item += strspn(item, " \t\r\"");
		item[strcspn(item, " \t\r\"")] = '\0';
		if (*item == '\0')
			continue;
		const char *platform = at->open ? item : platform_normal(scratch, item);
		if (!platform)
			wrong(value, at, "a platform", "write os/architecture, such as linux/amd64 or linux/arm/v7");
		else if (!strings_contain(platforms, platform) && platforms->count < DECODE_LIST_MAX)
			strings_add(value->decoder->arena, platforms, platform);
	}
}

static void decode_platforms(const struct value *value)
{
	struct strings platforms = {0};

	if (value->tree->kind != TREE_LIST)
		add_platforms(value, value->tree, &platforms);
	else
		for (size_t i = 0; i < value->tree->count; i++)
			add_platforms(value, value->tree->items[i], &platforms);
	*(struct strings *)value->member = platforms;
}

/* Takes one field of a line of CSV, as Go's encoding/csv reads it: *at moves behind the comma that ends it, to NULL at
 * the end of the line. NULL: a quote is not closed, or stands where none may. */
static char *csv_field(char **at)
{
	char *field = *at, *from = field, *to = field;
	bool quoted = *from == '"';

	if (!quoted) {
		*at = strchr(field, ',');
		if (*at)
			*(*at)++ = '\0';
		return strchr(field, '"') ? NULL : field;
	}
	for (from++; *from != '\0' && (*from != '"' || from[1] == '"'); from++) {
		if (*from == '"')
			from++;
		*to++ = *from;
	}
	if (*from != '"' || (from[1] != ',' && from[1] != '\0'))
		return NULL;
	*at = from[1] == ',' ? from + 2 : NULL;
	*to = '\0';
	return field;
}

static bool add_field(struct arena *arena, const struct tree *text, char *field, struct tree *mapping)
{
	char *sign = field ? strchr(field, '=') : NULL;

	if (!sign || sign == field)
		return false;
	*sign = '\0';
	struct tree *value = arena_copy(arena, text, sizeof(*text));
	value->text = sign + 1;
	value->plain = false;
	struct tree_entry *entry = ARENA_PUSH(arena, mapping->entries, mapping->count);
	*entry = (struct tree_entry){.key = field, .where = text->where, .value = value};
	return true;
}

/* Adds the pairs of one text. BuildX reads each --driver-opt, a line here, as CSV (docker/buildx
 * builder/builder.go, csvutil.Fields): a comma parts two options, and quotes hold one together. False when one of them
 * has no "=". */
static bool add_lines(struct arena *arena, const struct tree *text, struct tree *mapping)
{
	char *rest = arena_strdup(arena, text->text);

	for (char *line; (line = strsep(&rest, "\n"));) {
		line += strspn(line, " \t\r");
		size_t length = strlen(line);
		while (length > 0 && strchr(" \t\r", line[length - 1]))
			line[--length] = '\0';
		if (length == 0 || line[0] == '#')
			continue;
		while (line)
			if (!add_field(arena, text, csv_field(&line), mapping))
				return false;
	}
	return true;
}

struct tree *pairs_tree(struct arena *arena, struct tree *value)
{
	struct tree *mapping;

	if (value->kind == TREE_MAPPING)
		return value;
	mapping = ARENA_NEW(arena, struct tree);
	*mapping = (struct tree){.kind = TREE_MAPPING, .where = value->where, .weight = 1, .height = 2};
	if (value->kind == TREE_SCALAR)
		return add_lines(arena, value, mapping) ? mapping : NULL;
	for (size_t i = 0; i < value->count; i++)
		if (value->items[i]->kind != TREE_SCALAR || !add_lines(arena, value->items[i], mapping))
			return NULL;
	return mapping;
}

/* Mappings have no key twice; lists and lines may, and are short. */
static void check_twice(const struct value *value, const struct tree *mapping)
{
	struct arena *arena = value->decoder->scratch;

	for (size_t i = 1; i < mapping->count; i++)
		for (size_t j = 0; j < i; j++)
			if (strcmp(mapping->entries[i].key, mapping->entries[j].key) == 0)
				decode_problem(value->decoder, value->frame, value->field->key,
					       mapping->entries[i].value, "remove one of the two",
					       arena_printf(arena, "names %s twice", mapping->entries[i].key));
}

static void add_pair(const struct value *value, const struct tree_entry *entry, struct pairs *pairs)
{
	struct arena *arena = value->decoder->arena;
	struct tree *tree = entry->value;

	if (tree_type(tree) == SCALAR_NULL || tree->reported)
		return;
	if (tree->kind != TREE_SCALAR) {
		struct arena *scratch = value->decoder->scratch;
		const char *key = arena_printf(scratch, "%s.%s", value->field->key, entry->key);

		decode_wrong(value->decoder, value->frame, key, tree, "a text, a number or true or false", NULL);
		return;
	}
	if (tree->credential && !(value->field->type == TYPE_OPTIONS && text_starts(entry->key, "env."))) {
		credential_refuse(value, arena_printf(value->decoder->scratch, "%s.%s", value->field->key, entry->key),
				  tree);
		return;
	}
	*ARENA_PUSH(arena, pairs->items, pairs->count) = (struct pair){
		.key = arena_strdup(arena, entry->key),
		.value = arena_strdup(arena, tree->text),
		.secret = tree->secret || value->field->secret || option_is_secret(entry->key, tree->text),
		.open = tree->open,
		.source = entry->where};
}

static void decode_pairs(const struct value *value)
{
	struct arena *scratch = value->decoder->scratch;
	struct tree *mapping = pairs_tree(scratch, value->tree);
	struct pairs pairs = {0};

	if (!mapping) {
		wrong(value, value->tree, "a mapping from keys to values, or a list of \"key=value\"",
		      "a comma parts two of them, as BuildX has it: quote one that holds a comma, "
		      "\"env.NO_PROXY=a,b\"");
		return;
	}
	if (too_long(value, mapping->count))
		return;
	check_twice(value, mapping);
	for (size_t i = 0; i < mapping->count; i++)
		add_pair(value, &mapping->entries[i], &pairs);
	pairs_sort(&pairs);
	*(struct pairs *)value->member = pairs;
}

static cJSON *made(cJSON *json)
{
	if (!json)
		out_of_memory();
	return json;
}

/* Beyond 2^53 a double, which cJSON keeps, is another number. */
static cJSON *number_json(const struct value *value, struct tree *tree)
{
	enum { HEX = 16, OCTAL = 8, DECIMAL = 10 };
	const double exact = 9007199254740992.0;
	const char *text = tree->text;
	double number;

	if (tree_type(tree) == SCALAR_INTEGER && text[0] == '0' && (text[1] == 'x' || text[1] == 'o'))
		number = (double)strtoull(text + 2, NULL, text[1] == 'x' ? HEX : OCTAL);
	else
		number = strtod(text, NULL);
	if (isfinite(number) && (tree_type(tree) == SCALAR_FLOAT || fabs(number) <= exact))
		return made(cJSON_CreateNumber(number));
	wrong(value, tree, "made of numbers that can be kept exactly", "quote it");
	return NULL;
}

/* NULL: nothing is written there, or a problem was told. */
static cJSON *tree_json(const struct value *value, struct tree *tree)
{
	cJSON *json, *item;

	if (tree->kind == TREE_SCALAR) {
		if (tree->credential)
			credential_refuse(value, value->field->key, tree);
		else if (tree->secret)
			wrong(value, tree, "free of secrets", "!secret marks values of `driver-opts` only");
		if (tree->reported || tree_type(tree) == SCALAR_NULL)
			return NULL;
		if (tree_type(tree) == SCALAR_BOOL)
			return made(cJSON_CreateBool(tree->text[0] == 't' || tree->text[0] == 'T'));
		return tree_type(tree) == SCALAR_TEXT ? made(cJSON_CreateString(tree->text)) : number_json(value, tree);
	}
	json = made(tree->kind == TREE_MAPPING ? cJSON_CreateObject() : cJSON_CreateArray());
	for (size_t i = 0; i < tree->count; i++) {
		item = tree_json(value, tree_child(tree, i));
		if (!item)
			continue;
		if (tree->kind == TREE_LIST)
			cJSON_AddItemToArray(json, item);
		else if (!cJSON_AddItemToObject(json, tree->entries[i].key, item))
			out_of_memory();
	}
	return json;
}

/* Where each key below `path` stands, "buildkitd.worker.oci.gc", "buildkitd.worker.oci.gcpolicy[0].all": whoever reads
 * the tree complains there. */
static void add_places(const struct value *value, struct places *places, const char *path, const struct tree *tree)
{
	struct arena *arena = value->decoder->scratch;

	for (size_t i = 0; tree->kind != TREE_SCALAR && i < tree->count; i++) {
		const struct tree *child = tree_child(tree, i);
		bool list = tree->kind == TREE_LIST;
		const char *at = list ? arena_printf(arena, "%s[%zu]", path, i)
				      : arena_printf(arena, "%s.%s", path, tree->entries[i].key);

		places_add(value->decoder->arena, places, at, list ? child->where : tree->entries[i].where);
		add_places(value, places, at, child);
	}
}

static void decode_tree(const struct value *value)
{
	const struct field *field = value->field;

	if (value->tree->kind != TREE_MAPPING) {
		wrong(value, value->tree, "a mapping", NULL);
		return;
	}
	*(cJSON **)value->member = tree_json(value, value->tree);
	add_places(value, field_places(field->scope, (char *)value->member - field->offset), field->key, value->tree);
}

void decode_value(struct decoder *decoder, const struct frame *frame, const struct field *field, struct tree *value,
		  void *member)
{
	static void (*const decoders[])(const struct value *) = {
		[TYPE_INTEGER] = decode_integer,     [TYPE_STRING] = decode_string,	[TYPE_NAME] = decode_name,
		[TYPE_ENUM] = decode_enum,	     [TYPE_BOOL] = decode_bool,		[TYPE_STRINGS] = decode_strings,
		[TYPE_PLATFORMS] = decode_platforms, [TYPE_OPTIONS] = decode_pairs,	[TYPE_PAIRS] = decode_pairs,
		[TYPE_SPACE] = decode_space,	     [TYPE_DURATION] = decode_duration, [TYPE_PATH] = decode_path,
		[TYPE_TREE] = decode_tree,
	};

	decoders[field->type](&(struct value){decoder, frame, field, value, member});
}
