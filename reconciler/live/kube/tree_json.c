/* Makes JSON of a tree; its depth is bounded, and so is what aliases bring in (desired/yaml.h). */
#include "live/kube/tree_json.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static cJSON *scalar_json(const struct tree *node)
{
	switch (tree_type(node)) {
	case SCALAR_NULL:
		return cJSON_CreateNull();
	case SCALAR_BOOL:
		return cJSON_CreateBool(node->text[0] == 't' || node->text[0] == 'T');
	case SCALAR_INTEGER:
	case SCALAR_FLOAT:
		/* What JSON writes otherwise is a text there too, and so are numbers that a double would round. */
		if (strspn(node->text, "-0123456789.") == strlen(node->text) && strlen(node->text) < 16)
			return cJSON_CreateNumber(strtod(node->text, NULL));
		break;
	case SCALAR_TEXT:
		break;
	}
	return cJSON_CreateString(node->text);
}

static cJSON *node_json(const struct tree *node)
{
	if (node->kind == TREE_SCALAR)
		return scalar_json(node);
	cJSON *json = node->kind == TREE_LIST ? cJSON_CreateArray() : cJSON_CreateObject();
	for (size_t i = 0; i < node->count; i++) {
		cJSON *child = node_json(tree_child(node, i));
		if (node->kind == TREE_LIST)
			cJSON_AddItemToArray(json, child);
		else
			cJSON_AddItemToObject(json, node->entries[i].key, child);
	}
	return json;
}

const char *tree_to_json(struct arena *arena, const struct tree *node)
{
	CLEANUP_JSON cJSON *json = node_json(node);
	CLEANUP_TEXT struct text out = TEXT_INIT;

	json_print_canonical(json, &out);
	return arena_strdup(arena, text_string(&out));
}
