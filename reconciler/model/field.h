/* The field table: one row per key of a state file.
 *
 * Decoding, validation, diffing, rendering, `reconcile --schema` and the manual (reconcile.yaml(5)) all come from it: a
 * new field is one row here and a member in model/builder.h. */
#ifndef RECONCILE_MODEL_FIELD_H
#define RECONCILE_MODEL_FIELD_H

#include "model/builder.h"

#include <stdbool.h>
#include <stddef.h>

enum field_scope {
	SCOPE_STATE,   /* top level -> struct state */
	SCOPE_BUILDER, /* below builders.<name> and defaults -> struct builder */
	SCOPE_NODE,    /* below builders.<name>.nodes.<name> -> struct node */
	SCOPE_CACHE,   /* -> struct cache_policy (inside struct builder) */
	SCOPE_RULE,    /* items of cache.rules -> struct cache_rule */
	SCOPE_VERIFY,  /* -> verify_* of struct builder */
	SCOPE_CONTEXT, /* below contexts.<name> -> struct context */
	SCOPE_COUNT,
};

enum field_type {
	TYPE_INTEGER,	/* int */
	TYPE_STRING,	/* const char * */
	TYPE_NAME,	/* const char *, a builder's name */
	TYPE_ENUM,	/* const char *, one of `values` ("a|b") */
	TYPE_BOOL,	/* enum tri */
	TYPE_STRINGS,	/* struct strings */
	TYPE_PLATFORMS, /* struct strings, normalised; a single "a,b" text is taken too, as setup-buildx-action does */
	TYPE_OPTIONS,	/* struct pairs: driver options, checked against model/driver.h */
	TYPE_PAIRS,	/* struct pairs */
	TYPE_SPACE,	/* const char *: "40GB", "20%" */
	TYPE_DURATION,	/* const char *: "168h" */
	TYPE_PATH,	/* const char *, relative to the state file */
	TYPE_TREE,	/* cJSON *: free form */
	TYPE_GROUP,	/* a mapping whose keys are the rows of scope `below`; at `offset` in the same struct */
	TYPE_LIST,	/* a list of such mappings: pointer at `offset`, count at `count_offset` */
	TYPE_TABLE,	/* a mapping from names to such mappings: likewise; each element has `name` and `source` */
};

enum field_effect {
	EFFECT_NONE,	  /* steers reconcile itself; no difference by itself */
	EFFECT_IN_PLACE,  /* the instance file is rewritten */
	EFFECT_ROLL,	  /* the cluster replaces pods one after another; their cache goes, unless a claim holds it */
	EFFECT_BY_OPTION, /* as the row of each driver option says */
	EFFECT_REPLACE,	  /* the node is made anew (the cache volume stays unless keep-state is false) */
};

struct field {
	enum field_scope scope;
	const char *key;
	enum field_type type;
	size_t offset;
	size_t count_offset;	/* TYPE_LIST, TYPE_TABLE */
	size_t element_size;	/* TYPE_LIST, TYPE_TABLE */
	enum field_scope below; /* TYPE_GROUP, TYPE_LIST, TYPE_TABLE */
	const char *values;	/* TYPE_ENUM */
	const char *fallback;	/* the default as people read it, NULL: none */
	long min, max;		/* TYPE_INTEGER; 0, 0: unbounded */
	enum field_effect effect;
	bool secret;
	bool required;
	bool absolute;	 /* TYPE_PATH: others than us keep it, and find it from anywhere */
	const char *doc; /* one sentence, for the schema and the manual */
};

const struct field *field_table(size_t *ret_count); /* the rows of a scope stand together */
const struct field *field_scope(enum field_scope scope, size_t *ret_count);
const struct field *field_find(enum field_scope scope, const char *key);
/* Whether a difference in this key asks for another node: the key must be in the table. */
bool field_replaces(enum field_scope scope, const char *key);
const char *scope_name(enum field_scope scope); /* "builder", "node" … */
/* For a key that is not in the table but that people know from elsewhere (setup-buildx-action, buildkitd.toml, the
 * buildx command line): what to write instead, one clause for the hint. NULL: no such key, try text_nearest(). */
const char *field_synonym(enum field_scope scope, const char *key);
/* Where the places of an object of this scope are kept; object is the struct that the scope decodes into. */
struct places *field_places(enum field_scope scope, void *object);

#endif
