/* Translates a `buildkitd` tree into BuildKit's spelling and finds mistakes. */
#include "base/text_buffer.h"
#include "desired/buildkitd.h"
#include "model/buildkitd_table.h"

#include "base/buffer.h"
#include "base/text.h"
#include "model/normal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const value_names[] = {
	[BOOL] = "true or false",
	[INTEGER] = "a whole number",
	[TEXT] = "a text",
	[TEXTS] = "a list of texts",
	[FILTERS] = "a list of filters such as type==source.local",
	[SPACE] = "a size such as 40GB or 20%",
	[DURATION] = "a duration such as 48h",
	[TABLE] = "a mapping",
	[TABLES] = "a list of mappings",
	[NAMED] = "a mapping of mappings",
	[LABELS] = "a mapping of texts",
	[FREE] = "a value",
};

/* Where the translation is, for messages. */
struct translation {
	struct source source;	     /* where what is translated begins */
	const struct places *places; /* of its keys, "buildkitd.worker.oci"; NULL: not known */
	bool is_file;		     /* a buildkitd.toml: BuildKit passes over keys that it does not know */
	struct diagnostics *problems;
	struct text path; /* "worker.oci.gcpolicy[0]", "registry.\"docker.io\"" */
};

/* The path without the quotes of names, as desired/values.c notes it. */
static struct source where(const struct translation *to)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char *path = arena_printf(arena, "buildkitd.%s", text_string(&to->path)), *end = path;

	if (!to->places)
		return to->source;
	for (const char *at = path; *at; at++)
		if (*at != '"')
			*end++ = *at;
	*end = '\0';
	return places_find(to->places, path, to->source);
}

static void problem(const struct translation *to, const char *hint, const char *what)
{
	struct source at = where(to);

	diagnostics_addf(to->problems, ERROR_INVALID, at.file, at.line, at.column, hint, "buildkitd.%s %s",
			 text_string(&to->path), what);
}

static cJSON *table_translate(struct translation *to, const cJSON *tree, enum config_table table);

static void problem_type(const struct translation *to, enum config_value value, const char *hint)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	problem(to, hint, arena_printf(arena, "must be %s", value_names[value]));
}

static void problem_unknown(const struct translation *to, enum config_table table, const char *key)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct strings names = {0};
	const char *nearest, *hint = NULL;

	key_rows_list(arena, table, &names);
	nearest = text_nearest(key, names.items, names.count);
	if (nearest)
		hint = arena_printf(arena, "did you mean `%s`?", nearest);
	problem(to, hint, "is no key of buildkitd.toml");
}

/* A scalar in the type that BuildKit reads, or NULL. A text is none of a number's: BuildKit would not read the file. */
static cJSON *scalar_translate(const cJSON *item, enum config_value value)
{
	bool text = cJSON_IsString(item);

	switch (value) {
	case BOOL:
		return cJSON_IsBool(item) ? cJSON_CreateBool(cJSON_IsTrue(item)) : NULL;
	case INTEGER:
		if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 0x1p53 &&
		    item->valuedouble == (double)(int64_t)item->valuedouble)
			return cJSON_CreateNumber(item->valuedouble);
		return NULL;
	case SPACE:
		if (text && space_valid(item->valuestring))
			return cJSON_CreateString(item->valuestring);
		return text ? NULL : scalar_translate(item, INTEGER);
	case DURATION:
		if (text && duration_valid(item->valuestring))
			return cJSON_CreateString(item->valuestring);
		return text ? NULL : scalar_translate(item, INTEGER);
	default:
		return text ? cJSON_CreateString(item->valuestring) : NULL;
	}
}

static cJSON *texts_translate(struct translation *to, const cJSON *item, enum config_value kind)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *element;

	if (!cJSON_IsArray(item))
		problem_type(to, kind, "write a list: [a, b]");
	cJSON_ArrayForEach(element, item) {
		if (!cJSON_IsArray(item))
			break;
		if (!cJSON_IsString(element))
			problem_type(to, kind, NULL);
		else if (kind == FILTERS && !gc_filter_valid(element->valuestring))
			problem_type(to, kind, FILTER_HINT);
		else
			cJSON_AddItemToArray(list, cJSON_CreateString(element->valuestring));
	}
	return list;
}

static cJSON *tables_translate(struct translation *to, const cJSON *item, enum config_table below)
{
	cJSON *list = cJSON_CreateArray();
	size_t length = to->path.length, index = 0;
	const cJSON *element;

	if (!cJSON_IsArray(item)) {
		problem_type(to, TABLES, NULL);
		return list;
	}
	cJSON_ArrayForEach(element, item) {
		text_printf(&to->path, "[%zu]", index++);
		cJSON_AddItemToArray(list, table_translate(to, element, below));
		text_cut(&to->path, length);
	}
	return list;
}

/* Mappings whose keys are anybody's: registries by name, labels. */
static cJSON *named_translate(struct translation *to, const cJSON *item, const struct key_row *row)
{
	cJSON *copy = cJSON_CreateObject();
	size_t length = to->path.length;
	const cJSON *member;

	if (!cJSON_IsObject(item)) {
		problem_type(to, row->value, NULL);
		return copy;
	}
	cJSON_ArrayForEach(member, item) {
		cJSON *value = NULL;

		text_printf(&to->path, ".\"%s\"", member->string);
		if (row->value == NAMED)
			value = table_translate(to, member, row->below);
		else if (cJSON_IsString(member))
			value = cJSON_CreateString(member->valuestring);
		if (value)
			cJSON_AddItemToObject(copy, member->string, value);
		else
			problem_type(to, TEXT, NULL);
		text_cut(&to->path, length);
	}
	return copy;
}

static cJSON *value_translate(struct translation *to, const cJSON *item, const struct key_row *row)
{
	cJSON *scalar;

	switch (row->value) {
	case TABLE:
		return table_translate(to, item, row->below);
	case TABLES:
		return tables_translate(to, item, row->below);
	case NAMED:
	case LABELS:
		return named_translate(to, item, row);
	case TEXTS:
	case FILTERS:
		return texts_translate(to, item, row->value);
	case FREE:
		return cJSON_Duplicate(item, true);
	default:
		scalar = scalar_translate(item, row->value);
		if (!scalar)
			problem_type(to, row->value,
				     cJSON_IsString(item) && row->value != TEXT ? "write it without quotes" : NULL);
		return scalar;
	}
}

static void member_translate(struct translation *to, const cJSON *member, enum config_table table, cJSON *copy)
{
	const struct key_row *row = key_row_find(table, member->string);
	cJSON *value;

	if (!row) {
		if (to->is_file)
			cJSON_AddItemToObject(copy, member->string, cJSON_Duplicate(member, true));
		else
			problem_unknown(to, table, member->string);
		return;
	}
	if (cJSON_GetObjectItemCaseSensitive(copy, row->key)) {
		problem(to, "keep one of the two", "is given twice, in two spellings");
		return;
	}
	value = value_translate(to, member, row);
	if (value)
		cJSON_AddItemToObject(copy, row->key, value);
}

static cJSON *table_translate(struct translation *to, const cJSON *tree, enum config_table table)
{
	cJSON *copy = cJSON_CreateObject();
	size_t length = to->path.length;
	const cJSON *member;

	if (!cJSON_IsObject(tree)) {
		problem_type(to, TABLE, NULL);
		return copy;
	}
	cJSON_ArrayForEach(member, tree) {
		text_printf(&to->path, "%s%s", length > 0 ? "." : "", member->string);
		member_translate(to, member, table, copy);
		text_cut(&to->path, length);
	}
	return copy;
}

static cJSON *translate(struct translation *to, const cJSON *tree)
{
	cJSON *copy;

	if (!cJSON_IsObject(tree)) {
		diagnostics_addf(to->problems, ERROR_INVALID, to->source.file, to->source.line, to->source.column, NULL,
				 "buildkitd must be a mapping");
		return cJSON_CreateObject();
	}
	copy = table_translate(to, tree, ROOT);
	text_done(&to->path);
	return copy;
}

cJSON *buildkitd_translate(const cJSON *tree, const struct places *places, struct source source,
			   struct diagnostics *problems)
{
	struct translation to = {source, places, false, problems, TEXT_INIT};

	return translate(&to, tree);
}

void buildkitd_check_file(const cJSON *tree, struct source source, struct diagnostics *problems)
{
	struct translation to = {source, NULL, true, problems, TEXT_INIT};

	cJSON_Delete(translate(&to, tree));
}
