/* The reference of state files in Markdown, from the field table. */
#include "report/schema.h"

#include "model/driver.h"
#include "model/field.h"

#include <string.h>

static const struct section {
	enum field_scope scope;
	const char *title;
} sections[] = {
	{SCOPE_STATE, "Top level"},
	{SCOPE_BUILDER, "`builders.NAME`, and `defaults`"},
	{SCOPE_NODE, "`builders.NAME.nodes.NAME`"},
	{SCOPE_CACHE, "`builders.NAME.cache`"},
	{SCOPE_RULE, "`builders.NAME.cache.rules[]`"},
	{SCOPE_VERIFY, "`builders.NAME.verify`"},
	{SCOPE_CONTEXT, "`contexts.NAME`"},
};

static const char *const type_words[] = {
	[TYPE_INTEGER] = "whole number",
	[TYPE_STRING] = "text",
	[TYPE_NAME] = "name",
	[TYPE_ENUM] = "",
	[TYPE_BOOL] = "true or false",
	[TYPE_STRINGS] = "list of texts",
	[TYPE_PLATFORMS] = "list of platforms",
	[TYPE_OPTIONS] = "driver options",
	[TYPE_PAIRS] = "mapping of texts",
	[TYPE_SPACE] = "size or percentage",
	[TYPE_DURATION] = "duration",
	[TYPE_PATH] = "path",
	[TYPE_TREE] = "mapping",
	[TYPE_GROUP] = "mapping",
	[TYPE_LIST] = "list of mappings",
	[TYPE_TABLE] = "mapping by name",
};

static const char *const effect_words[] = {
	[EFFECT_NONE] = "",
	[EFFECT_IN_PLACE] = "in place",
	[EFFECT_REPLACE] = "replaces",
};

static void type_print(const struct field *field, struct buffer *out)
{
	const char *values = field->values;

	if (field->type != TYPE_ENUM) {
		(void)buffer_puts(out, type_words[field->type]);
		return;
	}
	while (*values) {
		size_t length = strcspn(values, "|");

		(void)buffer_printf(out, "`%.*s`", (int)length, values);
		values += length + (values[length] == '|');
		if (*values)
			(void)buffer_puts(out, ", ");
	}
}

static void field_print(const struct field *field, struct buffer *out)
{
	(void)buffer_printf(out, "| `%s` | ", field->key);
	type_print(field, out);
	if (field->fallback)
		(void)buffer_printf(out, " | `%s` | ", field->fallback);
	else
		(void)buffer_printf(out, " | %s | ", field->required ? "required" : "");
	(void)buffer_printf(out, "%s | %s |\n", effect_words[field->effect], field->doc);
}

static void options_print(const struct driver *driver, struct buffer *out)
{
	size_t count;
	const struct driver_option *options = driver_option_table(&count);
	bool first = true;

	for (size_t i = 0; i < count; i++) {
		if (strcmp(options[i].driver, driver->name) != 0)
			continue;
		if (first)
			(void)buffer_puts(out, "\n| option | change | |\n|---|---|---|\n");
		first = false;
		(void)buffer_printf(
			out, "| `%s%s` | %s | %s. |\n", options[i].key, options[i].type == OPTION_PREFIX ? "NAME" : "",
			effect_words[options[i].in_container ? EFFECT_REPLACE : EFFECT_IN_PLACE], options[i].doc);
	}
}

void reference_print(struct buffer *out)
{
	size_t count;
	const struct field *fields = field_table(&count);
	const struct driver *drivers;

	for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		(void)buffer_printf(out, "%s### %s\n\n| key | value | default | change | |\n|---|---|---|---|---|\n",
				    i > 0 ? "\n" : "", sections[i].title);
		for (size_t j = 0; j < count; j++)
			if (fields[j].scope == sections[i].scope)
				field_print(&fields[j], out);
	}
	drivers = driver_table(&count);
	for (size_t i = 0; i < count; i++) {
		(void)buffer_printf(out, "\n### Driver `%s`\n\n%s.%s\n", drivers[i].name, drivers[i].doc,
				    drivers[i].applied ? ""
						       : " Read and checked; its changes are not carried out yet.");
		options_print(&drivers[i], out);
	}
}
