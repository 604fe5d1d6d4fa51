/* A tree in BuildKit's spelling as state files spell it: for --import. */
#include "base/json.h"
#include "desired/buildkitd.h"
#include "model/buildkitd_table.h"

static cJSON *table_respell(struct arena *arena, const cJSON *tree, enum config_table table);

static cJSON *value_respell(struct arena *arena, const cJSON *item, const struct key_row *row)
{
	cJSON *copy;
	const cJSON *element;

	if (row->value == TABLE)
		return table_respell(arena, item, row->below);
	if (row->value != TABLES && row->value != NAMED)
		return cJSON_Duplicate(item, true);
	copy = row->value == TABLES ? cJSON_CreateArray() : cJSON_CreateObject();
	cJSON_ArrayForEach(element, item)
		if (row->value == TABLES)
			cJSON_AddItemToArray(copy, table_respell(arena, element, row->below));
		else
			cJSON_AddItemToObject(copy, element->string, table_respell(arena, element, row->below));
	return copy;
}

static cJSON *table_respell(struct arena *arena, const cJSON *tree, enum config_table table)
{
	cJSON *copy = cJSON_CreateObject();
	const cJSON *member;

	cJSON_ArrayForEach(member, tree) {
		const struct key_row *row = key_row_find(table, member->string);

		cJSON_AddItemToObject(copy, row ? key_kebab(arena, row->key) : member->string,
				      row ? value_respell(arena, member, row) : cJSON_Duplicate(member, true));
	}
	return copy;
}

cJSON *buildkitd_respell(const cJSON *tree)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	return table_respell(arena, tree, ROOT);
}
