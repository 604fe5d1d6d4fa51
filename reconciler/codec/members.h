/* The members of the objects of our own documents, as tables: writing and reading walk the same rows, so that neither
 * can forget one. A table belongs to a struct, a row to a member of it; what is no plain member stands beside the table
 * in the code of the document (snapshot_write.c and snapshot_read.c, plan_write.c and plan_read.c).
 *
 *     static const struct member rows[] = {{"name", MEMBER_NAME, offsetof(struct volume, name)}, …};
 *     const struct members volume_members = {"a volume", rows, COUNT(rows)};
 *
 *     members_write(&(struct member_writer){0}, json, &volume_members, &volume);
 *     members_read(&reader, NULL, json, &volume_members, &volume);
 *
 * Documents may be hostile: reading checks every member, and its errors name the path in the JSON. */
#ifndef RECONCILE_CODEC_MEMBERS_H
#define RECONCILE_CODEC_MEMBERS_H

#include "base/arena.h"
#include "base/count.h"
#include "base/error.h"

#include <cjson/cJSON.h>
#include <stddef.h>
#include <stdint.h>

enum member_type {
	MEMBER_TEXT,	    /* const char *, or null */
	MEMBER_STRING,	    /* const char *, never null */
	MEMBER_NAME,	    /* const char *, never null or empty */
	MEMBER_WORD,	    /* an enum, by its word: row->word */
	MEMBER_BOOL,	    /* bool */
	MEMBER_INT,	    /* int */
	MEMBER_INTEGER,	    /* int64_t */
	MEMBER_COUNT,	    /* size_t */
	MEMBER_NANOSECONDS, /* int64_t, a text "172800000000000ns": JSON's numbers are too coarse */
	MEMBER_TEXTS,	    /* struct strings */
	MEMBER_ENV,	    /* struct strings of NAME=value; a value whose name looks like a credential is hidden */
	MEMBER_OPTIONS,	    /* struct pairs, an object; secret values are hidden */
	MEMBER_FILES,	    /* struct config_files: text of *.toml, digests of others */
	MEMBER_FILE,	    /* struct store_file: its digest */
	MEMBER_SOURCE,	    /* struct source, an object; not written when it has no file */
	MEMBER_LIST,	    /* a pointer to elements, which lie in the arena, and their number: row->list */
};

enum member_presence {
	MEMBER_ALWAYS = 0, /* written always, and missed when it is not there */
	MEMBER_MAY_LACK,   /* written always; documents of other versions may not have it */
	MEMBER_IF_SET,	   /* written when it is not NULL, false, 0 or empty */
};

struct members;

/* Elements of one table. `more` reads what the table does not hold; NULL: nothing. */
struct member_reader;
struct spot;
struct list {
	const char *key;
	const struct members *members;
	size_t size;
	int (*more)(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element);
};

struct member {
	const char *key;
	enum member_type type;
	size_t offset;
	enum member_presence presence;
	const char *(*word)(int value); /* MEMBER_WORD; NULL past the last */
	const struct list *list;	/* MEMBER_LIST */
	size_t count_offset;
};

struct members {
	const char *what; /* "a builder" */
	const struct member *rows;
	size_t count;
};

/* A row of the struct that STRUCT names: its type, its key, and where in the struct it is, when that has another name.
 */
#define MEMBER_ROW(kind, name, place)                                                                                  \
	{                                                                                                              \
		.key = #name, .type = MEMBER_##kind, .offset = offsetof(STRUCT, place)                                 \
	}
#define MEMBERS(what, rows)                                                                                            \
	{                                                                                                              \
		what, rows, COUNT(rows)                                                                                \
	}

/* --- writing --- */

struct member_writer {
	/* What of a text is shown: the text itself, or a copy in the arena. NULL: all of it. */
	const char *(*shown)(struct arena *arena, const char *text);
	struct arena *arena; /* for what is not the text itself */
};
void members_write(const struct member_writer *writer, cJSON *json, const struct members *members, const void *object);

/* --- reading --- */

/* Where in the JSON the reader is, outermost first. */
struct spot {
	const struct spot *above; /* NULL: the whole document */
	const char *key;
	size_t index; /* of an item; SIZE_MAX for a member */
};

struct member_reader {
	const char *document; /* "a snapshot", for errors */
	struct arena *arena;  /* for all that is read */
	struct error *err;
	void *context; /* of the document's own code */
};

/* Always -1: what is at this key is not what is wanted. */
int reader_bad(const struct member_reader *reader, const struct spot *above, const char *key, const char *wanted);
/* A text or null; a text that is not empty; a list. */
int reader_text(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text);
int reader_name(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		const char **ret_text);
int reader_array(const struct member_reader *reader, const struct spot *at, const cJSON *json, const char *key,
		 const cJSON **ret_array);
/* Every member of the table. One that may be missing and is leaves what is in the object. */
int members_read(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		 const struct members *members, void *object);
/* A list of objects of one table. */
int reader_list(const struct member_reader *reader, const struct spot *above, const cJSON *json,
		const struct list *list, void *ret_items, size_t *ret_count);

#endif
