/* One step over one byte, and what is found by many. */
#include "base/json_walk.h"

void json_walk_step(struct json_walk *walk, char byte)
{
	if (walk->in_string) {
		walk->in_string = walk->escaped || byte != '"';
		walk->escaped = !walk->escaped && byte == '\\';
		return;
	}
	switch (byte) {
	case '"':
		walk->in_string = true;
		break;
	case '{':
	case '[':
		walk->depth++;
		walk->values++;
		break;
	case '}':
	case ']':
		walk->depth -= walk->depth > 0;
		break;
	case ',':
		walk->values++;
		break;
	default:
		break;
	}
}

static bool closes(const struct json_walk *walk, char byte)
{
	return !walk->in_string && (byte == '}' || byte == ']');
}

size_t json_first_length(const char *data, size_t length)
{
	struct json_walk walk = {0};

	for (size_t i = 0; i < length; i++) {
		bool closing = closes(&walk, data[i]);

		json_walk_step(&walk, data[i]);
		if (closing && walk.depth == 0)
			return i + 1;
	}
	return length;
}

size_t json_element_length(const char *data, size_t length)
{
	struct json_walk walk = {0};

	for (size_t i = 0; i < length; i++) {
		bool closing = closes(&walk, data[i]);

		if (walk.depth == 0 && !walk.in_string && (closing || data[i] == ','))
			return i;
		json_walk_step(&walk, data[i]);
		if (closing && walk.depth == 0)
			return i + 1;
	}
	return 0;
}

bool json_is_cut_short(const char *data, size_t length)
{
	struct json_walk walk = {0};

	for (size_t i = 0; i < length; i++)
		json_walk_step(&walk, data[i]);
	return walk.in_string || walk.depth > 0;
}
