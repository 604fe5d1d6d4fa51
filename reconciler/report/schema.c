/* The JSON Schema of state files, from the field table. */
#include "report/schema.h"

#include "base/json.h"
#include "model/driver.h"
#include "model/field.h"

#include <string.h>

/* Any scalar may hold ${VAR}, and has its type only once that is filled in. */
#define INTERPOLATED "\\$\\{"
#define NAME_PATTERN "^[a-zA-Z][a-zA-Z0-9._-]*$"
#define SPACE_PATTERN "^([0-9]+%|[0-9]+([.][0-9]*)? ?([kKmMgGtTpP][iI]?)?[bB]?)$"
#define DURATION_PATTERN "^([0-9]+|([0-9]+([.][0-9]*)?(ns|us|ms|s|m|h))+)$"

static cJSON *type_schema(const char *type)
{
	cJSON *schema = cJSON_CreateObject();

	json_add_string(schema, "type", type);
	return schema;
}

static cJSON *pattern_schema(const char *pattern)
{
	cJSON *schema = type_schema("string");

	json_add_string(schema, "pattern", pattern);
	return schema;
}

static cJSON *reference_schema(enum field_scope scope)
{
	struct text name = TEXT_INIT;
	cJSON *schema = cJSON_CreateObject();

	text_printf(&name, "#/definitions/%s", scope_name(scope));
	json_add_string(schema, "$ref", text_string(&name));
	text_done(&name);
	return schema;
}

/* Either of up to three; NULL ones are left out. */
static cJSON *any_schema(cJSON *first, cJSON *second, cJSON *third)
{
	cJSON *schema = cJSON_CreateObject();
	cJSON *list = json_add_array(schema, "anyOf");

	cJSON_AddItemToArray(list, first);
	cJSON_AddItemToArray(list, second);
	if (third)
		cJSON_AddItemToArray(list, third);
	return schema;
}

static cJSON *list_schema(cJSON *items)
{
	cJSON *schema = type_schema("array");

	cJSON_AddItemToObject(schema, "items", items);
	return schema;
}

static cJSON *scalar_schema(void)
{
	cJSON *schema = cJSON_CreateObject();
	cJSON *types = json_add_array(schema, "type");

	json_append_string(types, "string");
	json_append_string(types, "number");
	json_append_string(types, "boolean");
	json_append_string(types, "null");
	return schema;
}

static cJSON *mapping_schema(cJSON *values)
{
	cJSON *schema = type_schema("object");

	cJSON_AddItemToObject(schema, "additionalProperties", values);
	return schema;
}

static cJSON *integer_schema(const struct field *field)
{
	cJSON *schema = type_schema("integer");

	if (field->min != 0 || field->max != 0) {
		json_add_integer(schema, "minimum", field->min);
		json_add_integer(schema, "maximum", field->max);
	}
	return any_schema(schema, pattern_schema(INTERPOLATED), NULL);
}

static cJSON *enum_schema(const char *values)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	cJSON *schema = type_schema("string");
	cJSON *list = json_add_array(schema, "enum");

	while (*values) {
		size_t length = strcspn(values, "|");

		json_append_string(list, arena_strndup(arena, values, length));
		values += length + (values[length] == '|');
	}
	return any_schema(schema, pattern_schema(INTERPOLATED), NULL);
}

static const char *option_text(struct arena *arena, const struct driver_option *option)
{
	if (option->type != OPTION_WORD)
		return driver_option_doc(arena, option);
	return arena_printf(arena, "%s: %s", driver_option_doc(arena, option), driver_option_words(arena, option));
}

/* Options of all drivers: which of them the driver has is told by --validate, with the line. */
static cJSON *options_schema(void)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	cJSON *schema = type_schema("object");
	cJSON *properties = json_add_object(schema, "properties");
	size_t count;
	const struct driver_option *options = driver_option_table(&count);

	for (size_t i = 0; i < count; i++) {
		cJSON *known = cJSON_GetObjectItemCaseSensitive(properties, options[i].key);

		if (known || options[i].type == OPTION_PREFIX)
			continue;
		known = scalar_schema();
		json_add_string(known, "description", option_text(arena, &options[i]));
		cJSON_AddItemToObject(properties, options[i].key, known);
	}
	cJSON_AddItemToObject(json_add_object(schema, "patternProperties"), "^env[.].", scalar_schema());
	json_add_bool(schema, "additionalProperties", false);
	return schema;
}

static cJSON *table_schema(const struct field *field)
{
	cJSON *schema = mapping_schema(reference_schema(field->below));

	if (field->below == SCOPE_BUILDER || field->below == SCOPE_NODE)
		json_add_string(json_add_object(schema, "propertyNames"), "pattern", "^[a-zA-Z0-9][a-zA-Z0-9_.+-]*$");
	return schema;
}

static cJSON *value_schema(const struct field *field)
{
	switch (field->type) {
	case TYPE_INTEGER:
		return integer_schema(field);
	case TYPE_NAME:
		return any_schema(pattern_schema(NAME_PATTERN), pattern_schema(INTERPOLATED), NULL);
	case TYPE_ENUM:
		return enum_schema(field->values);
	case TYPE_BOOL:
		return any_schema(type_schema("boolean"), pattern_schema(INTERPOLATED), NULL);
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		return any_schema(list_schema(type_schema("string")), type_schema("string"), NULL);
	case TYPE_OPTIONS:
		return options_schema();
	case TYPE_PAIRS:
		return mapping_schema(scalar_schema());
	case TYPE_SPACE:
		return any_schema(pattern_schema(SPACE_PATTERN), type_schema("integer"), pattern_schema(INTERPOLATED));
	case TYPE_DURATION:
		return any_schema(pattern_schema(DURATION_PATTERN), type_schema("integer"),
				  pattern_schema(INTERPOLATED));
	case TYPE_TREE:
		return type_schema("object");
	case TYPE_GROUP:
		return reference_schema(field->below);
	case TYPE_LIST:
		return list_schema(reference_schema(field->below));
	case TYPE_TABLE:
		return table_schema(field);
	case TYPE_STRING:
	case TYPE_PATH:
		break;
	}
	return type_schema("string");
}

static cJSON *field_schema(const struct field *field)
{
	cJSON *schema = value_schema(field);

	json_add_string(schema, "description", field->doc);
	if (field->fallback && field->type == TYPE_BOOL)
		json_add_bool(schema, "default", strcmp(field->fallback, "true") == 0);
	else if (field->fallback)
		json_add_string(schema, "default", field->fallback);
	return schema;
}

/* A mapping below the top may be left empty ("ci:"), which YAML reads as null. */
static void scope_fill(cJSON *schema, enum field_scope scope)
{
	cJSON *properties, *required = NULL, *types;
	size_t count;
	const struct field *fields = field_table(&count);

	types = json_add_array(schema, "type");
	json_append_string(types, "object");
	if (scope != SCOPE_STATE)
		json_append_string(types, "null");
	properties = json_add_object(schema, "properties");
	for (size_t i = 0; i < count; i++) {
		if (fields[i].scope != scope)
			continue;
		cJSON_AddItemToObject(properties, fields[i].key, field_schema(&fields[i]));
		if (!fields[i].required)
			continue;
		if (!required)
			required = json_add_array(schema, "required");
		json_append_string(required, fields[i].key);
	}
	json_add_bool(schema, "additionalProperties", false);
}

void schema_state_print(struct text *out)
{
	CLEANUP_JSON cJSON *schema = cJSON_CreateObject();
	cJSON *definitions;

	json_add_string(schema, "$schema", "http://json-schema.org/draft-07/schema#");
	json_add_string(schema, "title", "State file of reconcile");
	json_add_string(schema, "description", "The BuildX builders that a machine should have.");
	scope_fill(schema, SCOPE_STATE);
	definitions = json_add_object(schema, "definitions");
	for (int scope = SCOPE_STATE + 1; scope < SCOPE_COUNT; scope++)
		scope_fill(json_add_object(definitions, scope_name((enum field_scope)scope)), (enum field_scope)scope);
	json_print(schema, out);
}
