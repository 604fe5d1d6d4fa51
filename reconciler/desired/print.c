/* Prints a state as YAML by the field table, through libyaml's emitter. */
#include "desired/print.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/text_buffer.h"
#include "base/xalloc.h"
#include "desired/check.h"
#include "desired/tree.h"
#include "model/field.h"
#include "model/secret.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct printer {
	yaml_emitter_t emitter;
	struct text *out;
	const void *key; /* of secrets' digests; NULL: variables instead */
	size_t key_length;
	bool written;		       /* texts hold variables, and are as they shall stand */
	const struct builder *builder; /* the one being printed, or NULL */
	const struct node *node;       /* likewise */
};

static void print_object(struct printer *printer, enum field_scope scope, const void *object);

static int write_out(void *out, unsigned char *data, size_t length)
{
	text_append(out, data, length);
	return 1;
}

/* The emitter takes the event. It fails when memory is out. */
static void emit(struct printer *printer, yaml_event_t *event)
{
	if (!yaml_emitter_emit(&printer->emitter, event) && printer->emitter.error == YAML_MEMORY_ERROR)
		out_of_memory();
}

static void emit_made(struct printer *printer, yaml_event_t *event, int made)
{
	if (!made)
		out_of_memory();
	emit(printer, event);
}

static void mapping_start(struct printer *printer)
{
	yaml_event_t event;

	emit_made(printer, &event,
		  yaml_mapping_start_event_initialize(&event, NULL, NULL, 1, YAML_BLOCK_MAPPING_STYLE));
}

static void mapping_end(struct printer *printer)
{
	yaml_event_t event;

	emit_made(printer, &event, yaml_mapping_end_event_initialize(&event));
}

static void list_start(struct printer *printer, bool flow)
{
	yaml_event_t event;

	emit_made(printer, &event,
		  yaml_sequence_start_event_initialize(&event, NULL, NULL, 1,
						       flow ? YAML_FLOW_SEQUENCE_STYLE : YAML_BLOCK_SEQUENCE_STYLE));
}

static void list_end(struct printer *printer)
{
	yaml_event_t event;

	emit_made(printer, &event, yaml_sequence_end_event_initialize(&event));
}

static void scalar(struct printer *printer, const char *text, const char *tag, yaml_scalar_style_t style)
{
	yaml_event_t event;

	emit_made(printer, &event,
		  yaml_scalar_event_initialize(&event, NULL, (const yaml_char_t *)tag, (const yaml_char_t *)text,
					       (int)strlen(text), !tag, !tag, style));
}

/* Plain only where YAML 1.2 and 1.1, which many tools still read, both take it as a text. */
static yaml_scalar_style_t text_style(const char *text)
{
	static const char *const words[] = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"};

	if (strpbrk(text, "\n\t\r"))
		return YAML_DOUBLE_QUOTED_SCALAR_STYLE;
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasecmp(words[i], text) == 0)
			return YAML_SINGLE_QUOTED_SCALAR_STYLE;
	/* Old readers take 1_000 and 12:30 for numbers. */
	if (scalar_type(text) != SCALAR_TEXT || text[strspn(text, "0123456789_:.+-")] == '\0')
		return YAML_SINGLE_QUOTED_SCALAR_STYLE;
	return YAML_PLAIN_SCALAR_STYLE;
}

static void print_key(struct printer *printer, const char *key)
{
	scalar(printer, key, NULL, text_style(key));
}

/* "env.HTTP_TOKEN" of node ci-amd64 -> CI_AMD64_HTTP_TOKEN */
static const char *variable_name(struct arena *arena, const struct printer *printer, const char *key)
{
	const char *owner = printer->node ? printer->node->name : printer->builder ? printer->builder->name : "secret";
	char *name = arena_printf(arena, "%s_%s", owner, strncmp(key, "env.", 4) == 0 ? key + 4 : key);

	for (char *at = name; *at != '\0'; at++)
		*at = isalnum((unsigned char)*at) && (unsigned char)*at < 0x80 ? (char)toupper((unsigned char)*at)
									       : '_';
	return isdigit((unsigned char)name[0]) ? arena_printf(arena, "_%s", name) : name;
}

/* Only options are marked as secret: elsewhere a secret is a password inside a URL. */
static void print_secret(struct printer *printer, const char *key, const char *value, const char *tag)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	char hex[DIGEST_HEX];
	const char *text;

	if (printer->written) {
		text = value;
	} else if (!printer->key) {
		text = arena_printf(arena, "${%s}", variable_name(arena, printer, key));
	} else {
		digest_hmac_hex(printer->key, printer->key_length, value, strlen(value), hex);
		text = arena_printf(arena, "hmac-sha256:%.16s", hex);
	}
	scalar(printer, text, tag, YAML_PLAIN_SCALAR_STYLE);
}

/* A text as it reads back: dollar signs doubled. */
static void print_text(struct printer *printer, const char *key, const char *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *shown = text_without_password(arena, text);
	size_t length = 0;

	if (printer->written) {
		scalar(printer, text, NULL, text_style(text));
		return;
	}
	if (strcmp(shown, text) != 0) {
		print_secret(printer, key, text, NULL);
		return;
	}
	char *doubled = arena_alloc(arena, strlen(text) * 2 + 1);
	for (; *text != '\0'; text++) {
		if (*text == '$')
			doubled[length++] = '$';
		doubled[length++] = *text;
	}
	scalar(printer, doubled, NULL, text_style(doubled));
}

static void print_strings(struct printer *printer, const char *key, const struct strings *list)
{
	list_start(printer, true);
	for (size_t i = 0; i < list->count; i++)
		print_text(printer, key, list->items[i]);
	list_end(printer);
}

/* A node repeats what its builder says once it is resolved. */
static bool pair_inherited(const struct printer *printer, const struct pair *pair)
{
	return printer->node && printer->builder &&
	       text_equal(pairs_get(&printer->builder->driver_opts, pair->key), pair->value);
}

/* The decoder keeps what was written: `true` and 512 are read back as these texts, and people write them so. */
static bool reads_back_plain(const char *text)
{
	enum { NUMBER_MAX = 18 };
	size_t length = strlen(text);

	if (strcmp(text, "true") == 0 || strcmp(text, "false") == 0)
		return true;
	return length > 0 && length <= NUMBER_MAX && strspn(text, "0123456789") == length &&
	       (*text != '0' || length == 1);
}

static void print_pairs(struct printer *printer, const struct pairs *pairs)
{
	mapping_start(printer);
	for (size_t i = 0; i < pairs->count; i++) {
		const struct pair *pair = &pairs->items[i];

		if (pair_inherited(printer, pair))
			continue;
		print_key(printer, pair->key);
		if (pair->secret)
			print_secret(printer, pair->key, pair->value, "!secret");
		else if (reads_back_plain(pair->value))
			scalar(printer, pair->value, NULL, YAML_PLAIN_SCALAR_STYLE);
		else
			print_text(printer, pair->key, pair->value);
	}
	mapping_end(printer);
}

static void print_number(struct printer *printer, double number)
{
	const double exact = 9007199254740992.0;
	char text[64];

	if (fabs(number) <= exact && (double)(long long)number == number)
		snprintf(text, sizeof(text), "%lld", (long long)number);
	else
		snprintf(text, sizeof(text), "%.17g", number);
	scalar(printer, text, NULL, YAML_PLAIN_SCALAR_STYLE);
}

static void print_json(struct printer *printer, const char *key, const cJSON *json)
{
	const cJSON *item;

	if (cJSON_IsObject(json)) {
		mapping_start(printer);
		cJSON_ArrayForEach(item, json) {
			print_key(printer, item->string);
			print_json(printer, item->string, item);
		}
		mapping_end(printer);
	} else if (cJSON_IsArray(json)) {
		list_start(printer, !cJSON_IsObject(json->child) && !cJSON_IsArray(json->child));
		cJSON_ArrayForEach(item, json)
			print_json(printer, key, item);
		list_end(printer);
	} else if (cJSON_IsString(json)) {
		print_text(printer, key, json->valuestring);
	} else if (cJSON_IsNumber(json)) {
		print_number(printer, json->valuedouble);
	} else {
		scalar(printer, cJSON_IsBool(json) ? (cJSON_IsTrue(json) ? "true" : "false") : "null", NULL,
		       YAML_PLAIN_SCALAR_STYLE);
	}
}

static void print_elements(struct printer *printer, const struct field *field, const char *elements, size_t count)
{
	bool table = field->type == TYPE_TABLE;

	if (table)
		mapping_start(printer);
	else
		list_start(printer, false);
	for (size_t i = 0; i < count; i++) {
		const void *element = elements + i * field->element_size;
		struct printer *at = printer;

		if (field->below == SCOPE_BUILDER)
			at->builder = element;
		if (field->below == SCOPE_NODE)
			at->node = element;
		if (table)
			print_key(at, *(const char *const *)element);
		print_object(at, field->below, element);
		if (field->below == SCOPE_BUILDER)
			at->builder = NULL;
		at->node = NULL;
	}
	if (table)
		mapping_end(printer);
	else
		list_end(printer);
}

static void print_value(struct printer *printer, const struct field *field, const void *object)
{
	const void *at = (const char *)object + field->offset;
	char number[32];

	switch (field->type) {
	case TYPE_INTEGER:
		snprintf(number, sizeof(number), "%d", *(const int *)at);
		scalar(printer, number, NULL, YAML_PLAIN_SCALAR_STYLE);
		break;
	case TYPE_BOOL:
		scalar(printer, *(const enum tri *)at == TRI_YES ? "true" : "false", NULL, YAML_PLAIN_SCALAR_STYLE);
		break;
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		print_strings(printer, field->key, at);
		break;
	case TYPE_OPTIONS:
	case TYPE_PAIRS:
		print_pairs(printer, at);
		break;
	case TYPE_TREE:
		print_json(printer, field->key, *(cJSON *const *)at);
		break;
	case TYPE_GROUP:
		print_object(printer, field->below, at);
		break;
	case TYPE_LIST:
	case TYPE_TABLE:
		print_elements(printer, field, *(const char *const *)at,
			       *(const size_t *)(const void *)((const char *)object + field->count_offset));
		break;
	default:
		print_text(printer, field->key, *(const char *const *)at);
		break;
	}
}

static bool strings_shared(const struct strings *a, const struct strings *b)
{
	return a->items == b->items && a->count == b->count;
}

static const char *text_member(const struct field *field, const void *object)
{
	return *(const char *const *)(const void *)((const char *)object + field->offset);
}

/* What resolve_builder() gave the node from its builder. */
static bool field_inherited(const struct printer *printer, const struct field *field, const struct node *node)
{
	const struct builder *builder = printer->builder;

	if (!builder || field->scope != SCOPE_NODE)
		return false;
	switch (field->type) {
	case TYPE_PLATFORMS:
		return strings_shared(&node->platforms, &builder->platforms);
	case TYPE_STRINGS:
		return strings_shared(&node->flags, &builder->buildkitd_flags);
	case TYPE_OPTIONS:
		for (size_t i = 0; i < node->driver_opts.count; i++)
			if (!pair_inherited(printer, &node->driver_opts.items[i]))
				return false;
		return true;
	case TYPE_STRING:
	case TYPE_PATH:
		return text_member(field, node) == text_member(field_find(SCOPE_BUILDER, field->key), builder);
	default:
		return false;
	}
}

/* Nodes that no state file wrote are not printed either. */
static bool is_printed(const struct printer *printer, const struct field *field, const void *object)
{
	if (!field_said(field, object) || (field->scope == SCOPE_STATE && field->type == TYPE_GROUP))
		return false;
	if (field->type == TYPE_TABLE && field->below == SCOPE_NODE)
		return !((const struct builder *)object)->nodes[0].implied;
	return field->scope != SCOPE_NODE || !field_inherited(printer, field, object);
}

static void print_object(struct printer *printer, enum field_scope scope, const void *object)
{
	size_t count;
	const struct field *fields = field_table(&count);

	mapping_start(printer);
	for (size_t i = 0; i < count; i++) {
		if (fields[i].scope != scope || !is_printed(printer, &fields[i], object))
			continue;
		print_key(printer, fields[i].key);
		print_value(printer, &fields[i], object);
	}
	mapping_end(printer);
}

static void print_state(struct printer printer, const struct state *state)
{
	yaml_event_t event;

	if (!yaml_emitter_initialize(&printer.emitter))
		out_of_memory();
	yaml_emitter_set_output(&printer.emitter, write_out, printer.out);
	yaml_emitter_set_unicode(&printer.emitter, 1);
	yaml_emitter_set_width(&printer.emitter, -1);
	emit_made(&printer, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING));
	emit_made(&printer, &event, yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1));
	print_object(&printer, SCOPE_STATE, state);
	emit_made(&printer, &event, yaml_document_end_event_initialize(&event, 1));
	emit_made(&printer, &event, yaml_stream_end_event_initialize(&event));
	yaml_emitter_delete(&printer.emitter);
}

void state_print_yaml(const struct state *state, const void *key, size_t key_length, struct text *out)
{
	print_state((struct printer){.out = out, .key = key, .key_length = key_length}, state);
}

void state_print_written(const struct state *state, struct text *out)
{
	print_state((struct printer){.out = out, .written = true}, state);
}
