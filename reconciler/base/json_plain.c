/* One pass over the bytes; whatever is not plain ends it. */
#include "base/json_plain.h"

#include "base/count.h"

#include <string.h>

enum { DEPTH_MAX = 16 };

struct reading {
	struct arena *arena;
	const char *at, *end;
};

static bool read_value(struct reading *reading, int depth, cJSON *item);

static void skip_blanks(struct reading *reading)
{
	while (reading->at < reading->end && strchr(" \t\n\r", *reading->at) && *reading->at != '\0')
		reading->at++;
}

/* What is next, blanks apart; NUL, which is plain nowhere, at the end. */
static char peek(struct reading *reading)
{
	if (reading->at < reading->end && *reading->at <= ' ')
		skip_blanks(reading);
	return reading->at < reading->end ? *reading->at : '\0';
}

static bool take(struct reading *reading, char byte)
{
	if (peek(reading) != byte)
		return false;
	reading->at++;
	return true;
}

static char *read_text(struct reading *reading)
{
	if (!take(reading, '"'))
		return NULL;
	const char *start = reading->at, *at = start;
	while (at < reading->end && (unsigned char)*at >= ' ' && *at != '"' && *at != '\\')
		at++;
	if (at == reading->end || *at != '"')
		return NULL;
	reading->at = at + 1;
	return arena_strndup(reading->arena, start, (size_t)(at - start));
}

static bool read_word(struct reading *reading, cJSON *item)
{
	static const struct {
		const char *word;
		size_t length;
		int type;
	} words[] = {{"null", 4, cJSON_NULL}, {"true", 4, cJSON_True}, {"false", 5, cJSON_False}};

	for (size_t i = 0; i < COUNT(words); i++)
		if ((size_t)(reading->end - reading->at) >= words[i].length &&
		    memcmp(reading->at, words[i].word, words[i].length) == 0) {
			reading->at += words[i].length;
			item->type = words[i].type;
			item->valueint = words[i].type == cJSON_True;
			return true;
		}
	return false;
}

/* As cJSON links them: the first one's prev is the last. */
static void add_child(cJSON *parent, cJSON *child)
{
	if (!parent->child) {
		parent->child = child;
	} else {
		child->prev = parent->child->prev;
		child->prev->next = child;
	}
	parent->child->prev = child;
}

static bool read_children(struct reading *reading, int depth, cJSON *parent, char close)
{
	reading->at++;
	if (take(reading, close))
		return true;
	do {
		cJSON *child = ARENA_NEW(reading->arena, cJSON);

		if (cJSON_IsObject(parent)) {
			child->string = read_text(reading);
			if (!child->string || !take(reading, ':'))
				return false;
		}
		if (!read_value(reading, depth + 1, child))
			return false;
		add_child(parent, child);
	} while (take(reading, ','));
	return take(reading, close);
}

static bool read_value(struct reading *reading, int depth, cJSON *item)
{
	char byte = peek(reading);

	if (byte == '"') {
		item->type = cJSON_String;
		item->valuestring = read_text(reading);
		return item->valuestring;
	}
	if ((byte != '{' && byte != '[') || depth > DEPTH_MAX)
		return read_word(reading, item);
	item->type = byte == '{' ? cJSON_Object : cJSON_Array;
	return read_children(reading, depth, item, byte == '{' ? '}' : ']');
}

const cJSON *json_parse_plain(struct arena *arena, const char *data, size_t length)
{
	struct reading reading = {arena, data, data + length};
	cJSON *root = ARENA_NEW(arena, cJSON);

	if (!read_value(&reading, 1, root))
		return NULL;
	skip_blanks(&reading);
	return reading.at == reading.end ? root : NULL;
}
