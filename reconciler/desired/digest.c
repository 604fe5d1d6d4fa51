/* The digest of a desired state: the same for the same meaning, whatever files, order and comments it came from. */
#include "base/digest.h"
#include "base/buffer.h"
#include "base/json.h"
#include "base/text_buffer.h"
#include "desired/check.h"
#include "desired/desired.h"
#include "model/field.h"
#include "model/secret.h"

#include <string.h>

/* A buffer for each level that is digested by itself, and one arena for all. */
struct writer {
	struct text text;
	struct arena *scratch;
};

static void put_object(struct writer *out, enum field_scope scope, const void *object);

/* Of the table, or ours. */
static inline void put(struct writer *out, const char *text)
{
	text_append(&out->text, text, strlen(text));
}

/* Quoted so that no two values print alike. */
static void put_quoted(struct writer *out, const char *text)
{
	put(out, "\"");
	for (;;) {
		size_t length = strcspn(text, "\"\\");

		text_append(&out->text, text, length);
		text += length;
		if (*text == '\0')
			break;
		put(out, "\\");
		text_append(&out->text, text++, 1);
	}
	put(out, "\"");
}

/* A password in a URL is a secret value. */
static void put_text(struct writer *out, const char *text)
{
	put_quoted(out, text_without_password(out->scratch, text));
}

static void put_comma(struct writer *out)
{
	if (out->text.length > 0 && out->text.data[out->text.length - 1] != '{')
		put(out, ",");
}

static void put_key(struct writer *out, const char *key)
{
	put_comma(out);
	put_text(out, key);
	put(out, ":");
}

/* A word of the table, or ours: it needs no look for secrets, and has nothing to quote. */
static void put_field(struct writer *out, const char *key)
{
	put_comma(out);
	put(out, "\"");
	put(out, key);
	put(out, "\":");
}

static void put_strings(struct writer *out, const struct strings *list)
{
	put(out, "[");
	for (size_t i = 0; i < list->count; i++) {
		put(out, i > 0 ? "," : "");
		put_text(out, list->items[i]);
	}
	put(out, "]");
}

static void put_pairs(struct writer *out, const struct pairs *pairs)
{
	put(out, "{");
	for (size_t i = 0; i < pairs->count; i++) {
		put_key(out, pairs->items[i].key);
		if (pairs->items[i].secret)
			put(out, "null");
		else
			put_text(out, pairs->items[i].value);
	}
	put(out, "}");
}

/* What the paths of a builder or a context lead to is in their files; the paths themselves depend on the working
 * folder. */
static void put_files(struct writer *out, const struct config_files *files)
{
	char hex[DIGEST_HEX];

	put_field(out, "files");
	put(out, "{");
	for (size_t i = 0; i < files->count; i++) {
		put_key(out, files->items[i].name);
		digest_hex(files->items[i].data, files->items[i].length, hex);
		if (files->items[i].secret)
			put(out, "null");
		else
			put_quoted(out, hex);
	}
	put(out, "}");
}

/* Builders by their digests: a state of ten thousand needs no text of all of them. */
static void put_elements(struct writer *out, const struct field *field, const char *elements, size_t count)
{
	struct writer own = {.text = TEXT_INIT, .scratch = out->scratch};
	char hex[DIGEST_HEX];

	put(out, "[");
	for (size_t i = 0; i < count; i++) {
		const char *element = elements + i * field->element_size;

		text_clear(&own.text);
		put_object(&own, field->below, element);
		digest_hex(text_string(&own.text), own.text.length, hex);
		put(out, i > 0 ? ",\"" : "\"");
		put(out, hex);
		put(out, "\"");
	}
	text_done(&own.text);
	put(out, "]");
}

static void put_value(struct writer *out, const struct field *field, const void *object)
{
	const char *at = (const char *)object + field->offset;

	switch (field->type) {
	case TYPE_INTEGER:
		text_printf(&out->text, "%d", *(const int *)(const void *)at);
		break;
	case TYPE_BOOL:
		put(out, *(const enum tri *)(const void *)at == TRI_YES ? "true" : "false");
		break;
	case TYPE_STRINGS:
	case TYPE_PLATFORMS:
		put_strings(out, (const struct strings *)(const void *)at);
		break;
	case TYPE_OPTIONS:
	case TYPE_PAIRS:
		put_pairs(out, (const struct pairs *)(const void *)at);
		break;
	case TYPE_TREE:
		json_print_canonical(*(cJSON *const *)(const void *)at, &out->text);
		break;
	case TYPE_GROUP:
		put_object(out, field->below, at);
		break;
	case TYPE_LIST:
	case TYPE_TABLE:
		put_elements(out, field, *(const char *const *)(const void *)at,
			     *(const size_t *)(const void *)((const char *)object + field->count_offset));
		break;
	default:
		put_text(out, *(const char *const *)(const void *)at);
		break;
	}
}

/* `version: 1` first, then every field that is said, in the order of the table. */
static void put_object(struct writer *out, enum field_scope scope, const void *object)
{
	size_t count;
	const struct field *fields = field_scope(scope, &count);

	put(out, "{");
	if (scope == SCOPE_BUILDER || scope == SCOPE_NODE || scope == SCOPE_CONTEXT) {
		put_field(out, "name");
		put_text(out, *(const char *const *)object);
	}
	for (size_t i = 0; i < count; i++) {
		const struct field *field = &fields[i];
		bool local = field->type == TYPE_PATH;
		bool defaults = scope == SCOPE_STATE && field->type == TYPE_GROUP;

		if (local || defaults || !field_said(field, object))
			continue;
		put_field(out, field->key);
		put_value(out, field, object);
	}
	if (scope == SCOPE_NODE)
		put_files(out, &((const struct node *)object)->files);
	if (scope == SCOPE_CONTEXT && ((const struct context *)object)->tls.count > 0)
		put_files(out, &((const struct context *)object)->tls);
	put(out, "}");
}

void desired_digest(const struct state *state, char ret_hex[65])
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct writer out = {.text = TEXT_INIT, .scratch = scratch};

	put_object(&out, SCOPE_STATE, state);
	digest_hex(text_string(&out.text), out.text.length, ret_hex);
	text_done(&out.text);
}
