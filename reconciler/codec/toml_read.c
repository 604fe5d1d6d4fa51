/* Reads TOML's tables, keys, arrays and inline tables into a cJSON tree. */
#include "base/buffer.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "codec/toml_scan.h"

#include <stdlib.h>
#include <string.h>

/* How a table or an array came to be decides what may be added to it later. Kept in cJSON's `valueint`, which objects
 * and arrays do not use. */
enum mark {
	MARK_CLOSED = 0, /* an inline table or a plain array: complete where it stands */
	MARK_IMPLIED,	 /* named on the way to another one, as `a` by [a.b]; may still be defined */
	MARK_DEFINED,	 /* by [header] */
	MARK_DOTTED,	 /* by a dotted key; grows by dotted keys beside it, gets sub-tables by headers */
	MARK_LIST,	 /* an array of tables; grows by [[header]] */
};

struct toml_reader {
	struct toml_scanner scanner;
	cJSON *root;
	cJSON *table; /* of the last header */
	int depth;    /* of that table */
};

static cJSON *marked(cJSON *item, enum mark mark)
{
	if (!item)
		out_of_memory();
	item->valueint = (int)mark;
	return item;
}

static bool is_marked(const cJSON *item, enum mark mark)
{
	return item->valueint == (int)mark && (cJSON_IsObject(item) || cJSON_IsArray(item));
}

static cJSON *add(cJSON *object, const char *key, cJSON *item)
{
	if (!cJSON_AddItemToObject(object, key, item))
		out_of_memory();
	return item;
}

static void skip_blanks(struct toml_scanner *scanner)
{
	while (toml_peek(scanner) == ' ' || toml_peek(scanner) == '\t')
		scanner->at++;
}

static void skip_comment(struct toml_scanner *scanner)
{
	if (toml_peek(scanner) == '#')
		while (scanner->at < scanner->end && *scanner->at != '\n')
			scanner->at++;
}

static void skip_lines(struct toml_scanner *scanner)
{
	for (;;) {
		skip_blanks(scanner);
		skip_comment(scanner);
		if (toml_peek(scanner) != '\n' && toml_peek(scanner) != '\r')
			return;
		scanner->at++;
	}
}

static int read_key(struct toml_scanner *scanner, struct buffer *key)
{
	static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";
	const char *first = scanner->at;

	buffer_clear(key);
	if (toml_peek(scanner) == '"' || toml_peek(scanner) == '\'')
		return toml_scan_string(scanner, false, key);
	while (scanner->at < scanner->end && memchr(bare, *scanner->at, sizeof(bare) - 1))
		scanner->at++;
	if (scanner->at == first)
		return toml_fail(scanner, first, "a key is missing");
	return buffer_append(key, first, (size_t)(scanner->at - first));
}

static const char *kind_name(const cJSON *item)
{
	return cJSON_IsObject(item) ? "a table" : cJSON_IsArray(item) ? "an array" : "a value";
}

/* The table below `table` that a dotted key or a header passes through; NULL with the error set. */
static cJSON *step_into(struct toml_scanner *scanner, cJSON *table, const char *key, enum mark made, const char *at)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(table, key);

	if (!item)
		return add(table, key, marked(cJSON_CreateObject(), made));
	if (is_marked(item, MARK_DOTTED))
		return item;
	if (made == MARK_IMPLIED && is_marked(item, MARK_LIST))
		return item->child->prev; /* the last one: cJSON's first child points back to it */
	if (made == MARK_IMPLIED && !is_marked(item, MARK_CLOSED) && cJSON_IsObject(item))
		return item;
	toml_fail(scanner, at, "\"%s\" is already %s that cannot be added to here", key, kind_name(item));
	return NULL;
}

/* Reads a dotted key up to its last part, which `key` gets, and steps into the tables before it. */
static int read_path(struct toml_scanner *scanner, enum mark made, cJSON **table, int *depth, struct buffer *key)
{
	for (;;) {
		const char *at = scanner->at;

		if (read_key(scanner, key) < 0)
			return -1;
		if (++*depth > LIMIT_TOML_DEPTH)
			return toml_fail(scanner, at, "nested deeper than %d levels", LIMIT_TOML_DEPTH);
		skip_blanks(scanner);
		if (toml_peek(scanner) != '.')
			return 0;
		scanner->at++;
		skip_blanks(scanner);
		*table = step_into(scanner, *table, buffer_text(key), made, at);
		if (!*table)
			return -1;
	}
}

static int read_value(struct toml_scanner *scanner, int depth, cJSON **ret_value);

static int read_member(struct toml_scanner *scanner, cJSON *table, int depth)
{
	CLEANUP_BUFFER struct buffer key = BUFFER_INIT(LIMIT_TOML);
	const char *at = scanner->at;
	cJSON *value = NULL;

	if (read_path(scanner, MARK_DOTTED, &table, &depth, &key) < 0)
		return -1;
	if (toml_peek(scanner) != '=')
		return toml_fail(scanner, scanner->at, "\"=\" is missing after a key");
	if (cJSON_GetObjectItemCaseSensitive(table, buffer_text(&key)))
		return toml_fail(scanner, at, "\"%s\" is set twice", buffer_text(&key));
	scanner->at++;
	skip_blanks(scanner);
	if (read_value(scanner, depth, &value) < 0)
		return -1;
	add(table, buffer_text(&key), value);
	return 0;
}

static int read_array(struct toml_scanner *scanner, int depth, cJSON *array)
{
	const char *opened = scanner->at++;

	for (;;) {
		cJSON *value = NULL;

		skip_lines(scanner);
		if (toml_peek(scanner) == ']')
			break;
		if (scanner->at == scanner->end)
			return toml_fail(scanner, opened, "the array is not closed");
		if (read_value(scanner, depth, &value) < 0)
			return -1;
		if (!cJSON_AddItemToArray(array, value))
			out_of_memory();
		skip_lines(scanner);
		if (toml_peek(scanner) == ']')
			break;
		if (scanner->at == scanner->end)
			return toml_fail(scanner, opened, "the array is not closed");
		if (*scanner->at != ',')
			return toml_fail(scanner, scanner->at, "\",\" or \"]\" is missing in an array");
		scanner->at++;
	}
	scanner->at++;
	return 0;
}

/* Stays on one line and has no comma at its end: TOML 1.0. */
static int read_inline_table(struct toml_scanner *scanner, int depth, cJSON *table)
{
	scanner->at++;
	skip_blanks(scanner);
	if (toml_peek(scanner) == '}') {
		scanner->at++;
		return 0;
	}
	for (;;) {
		if (read_member(scanner, table, depth) < 0)
			return -1;
		skip_blanks(scanner);
		char byte = toml_peek(scanner);
		if (byte != ',' && byte != '}')
			return toml_fail(scanner, scanner->at, "\",\" or \"}\" is missing in an inline table");
		scanner->at++;
		if (byte == '}')
			return 0;
		skip_blanks(scanner);
	}
}

static int read_string(struct toml_scanner *scanner, cJSON **ret_value)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LIMIT_TOML);

	if (toml_scan_string(scanner, true, &text) < 0)
		return -1;
	*ret_value = cJSON_CreateString(buffer_text(&text));
	if (!*ret_value)
		out_of_memory();
	return 0;
}

static int read_value(struct toml_scanner *scanner, int depth, cJSON **ret_value)
{
	char byte = toml_peek(scanner);
	bool is_array = byte == '[';

	if (byte == '"' || byte == '\'')
		return read_string(scanner, ret_value);
	if (byte != '[' && byte != '{')
		return toml_scan_word(scanner, ret_value);
	if (depth >= LIMIT_TOML_DEPTH)
		return toml_fail(scanner, scanner->at, "nested deeper than %d levels", LIMIT_TOML_DEPTH);
	CLEANUP_JSON cJSON *value = marked(is_array ? cJSON_CreateArray() : cJSON_CreateObject(), MARK_CLOSED);
	if ((is_array ? read_array : read_inline_table)(scanner, depth + 1, value) < 0)
		return -1;
	*ret_value = value;
	value = NULL;
	return 0;
}

static int open_table(struct toml_reader *reader, cJSON *above, const char *key, const char *at)
{
	cJSON *item = cJSON_GetObjectItemCaseSensitive(above, key);

	if (!item)
		item = add(above, key, marked(cJSON_CreateObject(), MARK_DEFINED));
	else if (is_marked(item, MARK_IMPLIED))
		marked(item, MARK_DEFINED);
	else
		return toml_fail(&reader->scanner, at, "\"%s\" is already %s", key, kind_name(item));
	reader->table = item;
	return 0;
}

static int open_list_item(struct toml_reader *reader, cJSON *above, const char *key, const char *at)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(above, key);

	if (!list)
		list = add(above, key, marked(cJSON_CreateArray(), MARK_LIST));
	else if (!is_marked(list, MARK_LIST))
		return toml_fail(&reader->scanner, at, "\"%s\" is already %s, not an array of tables", key,
				 kind_name(list));
	reader->table = marked(cJSON_CreateObject(), MARK_DEFINED);
	if (!cJSON_AddItemToArray(list, reader->table))
		out_of_memory();
	return 0;
}

static int read_header(struct toml_reader *reader)
{
	struct toml_scanner *scanner = &reader->scanner;
	CLEANUP_BUFFER struct buffer key = BUFFER_INIT(LIMIT_TOML);
	const char *opened = scanner->at;
	bool is_list = scanner->end - scanner->at > 1 && scanner->at[1] == '[';
	const char *closing = is_list ? "]]" : "]";
	cJSON *above = reader->root;

	scanner->at += strlen(closing);
	skip_blanks(scanner);
	reader->depth = 0;
	if (read_path(scanner, MARK_IMPLIED, &above, &reader->depth, &key) < 0)
		return -1;
	if ((size_t)(scanner->end - scanner->at) < strlen(closing) ||
	    memcmp(scanner->at, closing, strlen(closing)) != 0)
		return toml_fail(scanner, scanner->at, "\"%s\" is missing after a table's name", closing);
	scanner->at += strlen(closing);
	return (is_list ? open_list_item : open_table)(reader, above, buffer_text(&key), opened);
}

static int read_document(struct toml_reader *reader)
{
	struct toml_scanner *scanner = &reader->scanner;

	for (;;) {
		skip_lines(scanner);
		if (scanner->at == scanner->end)
			return 0;
		if ((*scanner->at == '[' ? read_header(reader) : read_member(scanner, reader->table, reader->depth)) <
		    0)
			return -1;
		skip_blanks(scanner);
		skip_comment(scanner);
		char byte = toml_peek(scanner);
		if (byte != '\0' && byte != '\n' && byte != '\r')
			return toml_fail(scanner, scanner->at, "the line should end here");
	}
}

int toml_parse(const char *text, size_t length, cJSON **ret_json, struct error *err)
{
	static const char byte_order_mark[] = "\xEF\xBB\xBF";
	const char *end = text + length;

	if (length >= 3 && memcmp(text, byte_order_mark, 3) == 0)
		text += 3;
	if (length > LIMIT_TOML)
		return error_set(err, ERROR_INVALID, "the text is larger than %d bytes", LIMIT_TOML);
	CLEANUP_JSON cJSON *root = marked(cJSON_CreateObject(), MARK_DEFINED);
	struct toml_reader reader = {
		.scanner = {.start = text, .at = text, .end = end, .err = err}, .root = root, .table = root};
	if (toml_check_text(&reader.scanner) < 0 || read_document(&reader) < 0)
		return -1;
	*ret_json = root;
	root = NULL;
	return 0;
}
