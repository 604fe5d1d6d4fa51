/* What a YAML document is once read: nodes that know where they stand. No libyaml in here, no meaning either.
 *
 * Nodes live in one arena and are shared (an alias is the node that it names), so they are not changed once made,
 * except for `reported`. Depth is at most TREE_DEPTH_MAX, so walking by recursion is safe. */
#ifndef RECONCILE_DESIRED_TREE_H
#define RECONCILE_DESIRED_TREE_H

#include "base/arena.h"
#include "model/builder.h"

#include <stdbool.h>
#include <stddef.h>

enum { TREE_DEPTH_MAX = 32 };

enum tree_kind { TREE_SCALAR, TREE_LIST, TREE_MAPPING };

/* What a scalar is by YAML 1.2's core schema: only plain ones are ever anything but text. */
enum scalar_type { SCALAR_TEXT, SCALAR_NULL, SCALAR_BOOL, SCALAR_INTEGER, SCALAR_FLOAT };

struct tree;

struct tree_entry {
	const char *key;
	struct source where; /* of the key */
	struct tree *value;
	bool reported; /* a problem with this key was told */
};

/* A state of ten thousand builders is made of fifty thousand of these. */
struct tree {
	struct source where;
	union {
		const char *text;	    /* TREE_SCALAR: after interpolation */
		struct tree_entry *entries; /* TREE_MAPPING: in the order written, keys differ */
		struct tree **items;	    /* TREE_LIST */
	};
	size_t count;		/* of entries or items */
	const char *credential; /* the variable that makes it secret; NULL: none */
	size_t weight; /* nodes in it and a share of their bytes, with what aliases bring; 0 while it is being read */
	enum tree_kind kind;
	short height;	/* levels in it: 1 for a scalar */
	bool plain : 1; /* TREE_SCALAR: neither quoted nor a block nor tagged, so that its spelling gives it a type */
	bool open : 1;	/* TREE_SCALAR: holds ${…} as written: what it comes to is not known */
	bool interpolated : 1; /* TREE_SCALAR: held ${…}: text by nature, and a type where one is wanted */
	bool secret : 1;       /* !secret, or made of a variable that is a credential */
	bool reported : 1; /* a problem was told: the same node may be decoded again through an alias or `defaults` */
};

/* The type that the spelling gives to a plain scalar. */
enum scalar_type scalar_type(const char *text);
/* The type of a node; lists, mappings and everything not plain are SCALAR_TEXT. An interpolated scalar is never null.
 */
enum scalar_type tree_type(const struct tree *node);
/* Whether nothing at all is written behind the key (`key:`): it then says nothing. */
bool tree_is_blank(const struct tree *node);
/* Whether it says null or ~: the key is to be as if nobody had said it. */
bool tree_is_null(const struct tree *node);
/* Whether the value leaves its key unsaid: null in any spelling, or a variable that is empty, as ${VAR:-} gives. */
bool tree_says_nothing(const struct tree *node);
/* NULL when the key is not there or node is not a mapping. */
struct tree_entry *tree_find(const struct tree *node, const char *key);
/* The item of the list or the entry's value at i. */
struct tree *tree_child(const struct tree *node, size_t i);
/* "a mapping", "a list", "the number 5", "the text \"x\"": for messages. A secret is never quoted. */
const char *tree_describe(struct arena *arena, const struct tree *node);

#endif
