/* Walks over JSON without building it: which brackets are open, whether it stands in a string, how many values there
 *are. It judges nothing, which is json_parse()'s; what it says of text that is no JSON is of no harm.
 *
 *	struct json_walk walk = {0};
 *
 *	for (size_t i = 0; i < length; i++)
 *		json_walk_step(&walk, data[i]); */
#ifndef RECONCILE_BASE_JSON_WALK_H
#define RECONCILE_BASE_JSON_WALK_H

#include <stdbool.h>
#include <stddef.h>

struct json_walk {
	size_t depth;	/* objects and lists that are open */
	size_t values;	/* at least as many as cJSON would make, less one */
	bool in_string; /* behind its opening quote */
	bool escaped;	/* behind a backslash in it */
};

void json_walk_step(struct json_walk *walk, char byte);

/* The length of the first object or list of the text, as Go's json.Decoder reads it: what follows is not looked at. All
 * of it where none begins or ends. */
size_t json_first_length(const char *data, size_t length);
/* Of the element of a list that the text begins with: up to the comma or the bracket behind it. 0 when it does not end.
 */
size_t json_element_length(const char *data, size_t length);
/* Whether something is still open at the end. */
bool json_is_cut_short(const char *data, size_t length);

#endif
