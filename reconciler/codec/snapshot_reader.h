/* The pieces that codec/snapshot_read.c is made of: members checked one by one, errors that name the path in the JSON.
 */
#ifndef RECONCILE_CODEC_SNAPSHOT_READER_H
#define RECONCILE_CODEC_SNAPSHOT_READER_H

#include "base/arena.h"
#include "base/error.h"
#include "codec/snapshot_members.h"
#include "model/live.h"

#include <cjson/cJSON.h>
#include <stdint.h>

/* Where in the JSON the reader is, outermost first. */
struct spot {
	const struct spot *above; /* NULL: the whole snapshot */
	const char *key;
	size_t index; /* of an item; SIZE_MAX for a member */
};

struct snapshot_reader {
	struct live *live;
	struct arena *arena;
	struct error *err;
};

/* Always -1: what is at this key is not what is wanted. */
int reader_bad(const struct snapshot_reader *reader, const struct spot *above, const char *key, const char *wanted);
/* A text or null; a text that is not empty; a list. */
int reader_text(const struct snapshot_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text);
int reader_name(const struct snapshot_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text);
int reader_array(const struct snapshot_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		 const cJSON **ret_array);
/* Every member of the table. */
int reader_members(const struct snapshot_reader *reader, const struct spot *at, const cJSON *json,
		   const struct members *members, void *object);

/* A list of objects of one table: an element of `size` bytes each, then `more` for what the table does not hold. */
struct list {
	const char *key;
	const struct members *members;
	size_t size;
	int (*more)(const struct snapshot_reader *reader, const struct spot *at, const cJSON *json, void *element);
};
int reader_list(const struct snapshot_reader *reader, const struct spot *above, const cJSON *json,
		const struct list *list, void *ret_items, size_t *ret_count);

#endif
