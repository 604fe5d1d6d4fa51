/* The page of state files, from the tables of fields and of driver options. */
#include "report/reference.h"

#include "report/schema.h"

#include "base/count.h"
#include "base/text.h"
#include "model/driver.h"
#include "model/field.h"
#include "report/schema.h"

#include <string.h>

static const char *const rules[] = {
	"A state file is one YAML document that says which BuildX builders a machine shall have. Its keys are those of "
	"docker/setup-buildx-action and of buildkitd.toml in kebab-case. What it does not say is left alone: a builder "
	"that no state file names, the selected builder, the current context.",
	"Which files: each `-f` *FILE*, or the `*.yaml` and `*.yml` of each `-f` *FOLDER* in the order of their names; "
	"with no `-f`, `states/default.yaml`, else `reconcile.yaml`. Later files win, key by key; lists are replaced "
	"whole. A relative path is relative to the file that holds it.",
	"Variables, as in Compose: `${VAR}`, `${VAR:-default}`, `${VAR:?message}`, and `$$` for a dollar sign; a "
	"variable "
	"that is not set and has no default is an error. `!secret ${VAR}` marks a value that never reaches a plan, a "
	"log, "
	"a record or a terminal. `env.` options whose name looks like a credential are secret without being told.",
	"A change says what an apply does when the key's value changes. `in place`: what BuildX keeps of the builder "
	"is "
	"written anew, and its node runs on. `replaces`: the node is made anew around its cache volume, which stays "
	"unless `keep-state` is false. A node of driver `remote` is somebody else's and never made anew: whatever is "
	"said "
	"of it is changed in place.",
};

static const char example[] =
	"version: 1\n"
	"selected: ci\n"
	"\n"
	"defaults:\n"
	"  driver-opts: {image: \"moby/buildkit:buildx-stable-1\"}\n"
	"\n"
	"builders:\n"
	"  ci:\n"
	"    driver-opts: {memory: 4g, env.HTTP_PROXY: \"${HTTP_PROXY:-}\"}\n"
	"    cache: {max-used-space: 40GB, keep-duration: 168h}\n"
	"    fallback: default\n"
	"  farm:\n"
	"    driver: remote\n"
	"    nodes:\n"
	"      farm-amd64: {endpoint: \"tcp://amd64.example.com:1234\", platforms: [linux/amd64]}\n"
	"      farm-arm64: {endpoint: \"tcp://arm64.example.com:1234\", platforms: [linux/arm64]}\n"
	"    driver-opts:\n"
	"      cacert: /etc/buildkit/ca.pem\n"
	"      cert: /etc/buildkit/cert.pem\n"
	"      key: /etc/buildkit/key.pem\n"
	"  old-ci: {state: absent}";

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
	[EFFECT_ROLL] = "rolls out",
	[EFFECT_BY_OPTION] = "as the option says",
	[EFFECT_REPLACE] = "replaces",
};

static const char *const option_words[] = {
	[OPTION_TEXT] = "text",
	[OPTION_BOOL] = "true or false",
	[OPTION_INTEGER] = "whole number",
	[OPTION_MEMORY] = "size: 512m, 4g",
	[OPTION_SWAP] = "size: 512m, 4g",
	[OPTION_ABSOLUTE] = "absolute path",
	[OPTION_COUNT] = "whole number",
	[OPTION_DURATION] = "duration: 120s, 5m",
	[OPTION_QUANTITY] = "quantity: 500m, 64Mi",
	[OPTION_CAPACITY] = "quantity: 10Gi",
	[OPTION_LABELS] = "pairs: a=1,b=2",
	[OPTION_ANNOTATIONS] = "pairs: a=1,b=2",
	[OPTION_TOLERATIONS] = "key=a,value=b;key=c",
	[OPTION_DNS_LABEL] = "name",
	[OPTION_DNS_NAME] = "name",
	[OPTION_PREFIX] = "text",
};

static const struct column key_columns[] = {
	{"key", false}, {"value", true}, {"default", true}, {"a change", true}, {"", false}};
static const struct column option_columns[] = {{"option", false}, {"value", true}, {"a change", true}, {"", false}};

/* Those that are not plain. */
static const struct {
	const char *word, *written;
} forms[] = {
	{"size, percentage", "`40GB`, `512m`, `20%` of the disk; units are powers of 1024."},
	{"duration", "`168h`, `1h30m`, `90s`; no days. A bare number is seconds."},
	{"list of platforms", "`[linux/amd64, linux/arm64]`, or one text: `linux/amd64,linux/arm64`."},
	{"list of texts", "`[--debug, --oci-worker-gc=false]`, or one text that is split as a shell does."},
	{"driver options",
	 "A mapping, a list of `key=value`, or a text with one of them a line. Later files and the nodes' "
	 "own win key by key."},
	{"mapping by name", "`{ci: {…}, release: {…}}`; a name with nothing below it has the defaults."},
};
static const struct column form_columns[] = {{"value", false}, {"written", false}};

static void print_forms(struct document *page)
{
	document_heading(page, "Values");
	document_table(page, form_columns, COUNT(form_columns));
	for (size_t i = 0; i < COUNT(forms); i++)
		document_row(page, (const char *[]){forms[i].word, forms[i].written});
}

static void put_values(const char *values, struct text *out)
{
	while (*values) {
		size_t length = strcspn(values, "|");

		text_printf(out, "`%.*s`", (int)length, values);
		values += length + (values[length] == '|');
		if (*values)
			text_puts(out, ", ");
	}
}

static void print_field(struct document *page, const struct field *field)
{
	CLEANUP_TEXT struct text key = TEXT_INIT, values = TEXT_INIT;
	CLEANUP_TEXT struct text fallback = TEXT_INIT;

	text_printf(&key, "`%s`", field->key);
	if (field->type == TYPE_ENUM)
		put_values(field->values, &values);
	else
		text_puts(&values, type_words[field->type]);
	if (field->fallback)
		text_printf(&fallback, "`%s`", field->fallback);
	else if (field->required)
		text_puts(&fallback, "none, required");
	document_row(page, (const char *[]){text_string(&key), text_string(&values), text_string(&fallback),
					    effect_words[field->effect], field->doc});
}

static void print_option(struct document *page, const struct driver_option *option)
{
	CLEANUP_TEXT struct text key = TEXT_INIT, values = TEXT_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();

	text_printf(&key, "`%s%s`", option->key, option->type == OPTION_PREFIX ? "NAME" : "");
	if (option->type == OPTION_WORD)
		put_values(option->words, &values);
	else
		text_puts(&values, option_words[option->type]);
	document_row(page, (const char *[]){text_string(&key), text_string(&values), effect_words[option->effect],
					    driver_option_doc(arena, option)});
}

static void print_driver(struct document *page, const struct driver *driver)
{
	CLEANUP_TEXT struct text title = TEXT_INIT, doc = TEXT_INIT;
	size_t count;
	const struct driver_option *options = driver_option_table(&count);
	bool first = true;

	text_printf(&title, "Driver `%s`", driver->name);
	document_subheading(page, text_string(&title));
	text_printf(&doc, "%s.", driver->doc);
	document_text(page, text_string(&doc));
	for (size_t i = 0; i < count; i++) {
		if (options[i].home != driver->home)
			continue;
		if (first)
			document_table(page, option_columns, COUNT(option_columns));
		first = false;
		print_option(page, &options[i]);
	}
}

static void print_rules(struct document *page)
{
	for (size_t i = 0; i < COUNT(rules); i++)
		document_text(page, rules[i]);
	document_code(page, "yaml", example);
}

void reference_print(struct document *page)
{
	size_t field_count, driver_count;
	const struct field *fields = field_table(&field_count);
	const struct driver *drivers = driver_table(&driver_count);

	document_title(page, "reconcile.yaml", 5, "what a state file of reconcile may say");
	document_heading(page, "Description");
	print_rules(page);
	document_heading(page, "Keys");
	for (size_t i = 0; i < COUNT(sections); i++) {
		document_subheading(page, sections[i].title);
		document_table(page, key_columns, COUNT(key_columns));
		for (size_t j = 0; j < field_count; j++)
			if (fields[j].scope == sections[i].scope)
				print_field(page, &fields[j]);
	}
	document_heading(page, "Drivers and their options");
	for (size_t i = 0; i < driver_count; i++)
		print_driver(page, &drivers[i]);
	print_forms(page);
	document_see_also(page, "BuildKit's own keys, below `buildkitd`: "
				"https://docs.docker.com/build/buildkit/toml-configuration/");
}
