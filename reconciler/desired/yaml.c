/* Builds the tree of a document from libyaml's events, within bounds. */
#include "desired/yaml.h"

#include "base/cleanup.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "desired/bytes.h"
#include "desired/yaml_problem.h"
#include "model/credential.h"
#include "model/secret.h"

#include <stdlib.h>
#include <string.h>
#include <yaml.h>

/* A long text weighs as much as many values: what aliases and `defaults` multiply is bounded in bytes, too. */
enum { BYTES_PER_WEIGHT = 64 };

struct anchor {
	const char *name;
	struct tree *node;
};

/* Where a mapping's entries or a list's items wait until it is read to its end and their number is known. */
struct pile {
	char *data;
	size_t used, size;
};

struct yaml_reader {
	yaml_parser_t parser;
	struct arena *arena;
	const struct desired_text *text;
	struct interpolation *variables; /* NULL: the file is not ours */
	struct diagnostics *problems;
	struct anchor *anchors;
	size_t anchor_count;
	size_t values;
	size_t alias_nodes; /* brought by aliases so far */
	struct pile open;   /* the children, so far, of all mappings and lists that are being read */
};

static void pile_add(struct pile *pile, const void *child, size_t size)
{
	enum { SIZE_FIRST = 4096 };

	if (pile->size - pile->used < size) {
		pile->size = pile->size == 0 ? SIZE_FIRST : pile->size * 2;
		pile->data = xrealloc(pile->data, pile->size);
	}
	memcpy(pile->data + pile->used, child, size);
	pile->used += size;
}

/* All that was added since it was `from` high; NULL when that is nothing. */
static void *pile_take(struct pile *pile, struct arena *arena, size_t from)
{
	size_t size = pile->used - from;

	pile->used = from;
	return size == 0 ? NULL : arena_copy(arena, pile->data + from, size);
}

static struct source place(const struct yaml_reader *reader, const yaml_mark_t *mark)
{
	return (struct source){
		.file = reader->text->path, .line = (int)mark->line + 1, .column = (int)mark->column + 1};
}

/* Tells a problem; -1, for those that end the reading. */
static int tell(struct yaml_reader *reader, struct source where, const char *hint, const char *message)
{
	diagnostics_addf(reader->problems, ERROR_INVALID, where.file, where.line, where.column, hint, "%s", message);
	return -1;
}

static int tell_parser(struct yaml_reader *reader)
{
	struct error err = ERROR_INIT;

	yaml_problem_set(&reader->parser, reader->text, &err);
	diagnostics_add(reader->problems, &err);
	return -1;
}

static int next_event(struct yaml_reader *reader, yaml_event_t *ret_event)
{
	return yaml_parser_parse(&reader->parser, ret_event) ? 0 : tell_parser(reader);
}

static int read_node(struct yaml_reader *reader, yaml_event_t *event, int depth, struct tree **ret_node);

static struct tree *node_new(struct yaml_reader *reader, enum tree_kind kind, const yaml_event_t *event)
{
	struct tree *node = ARENA_NEW(reader->arena, struct tree);

	node->kind = kind;
	node->where = place(reader, &event->start_mark);
	node->height = 1;
	return node;
}

/* A later anchor of the same name takes its place (yaml.org/spec/1.2.2, 3.2.2.2). */
static int anchor_add(struct yaml_reader *reader, const yaml_char_t *name, struct tree *node)
{
	if (!name)
		return 0;
	for (size_t i = 0; i < reader->anchor_count; i++)
		if (strcmp(reader->anchors[i].name, (const char *)name) == 0) {
			reader->anchors[i].node = node;
			return 0;
		}
	if (reader->anchor_count >= LIMIT_YAML_ANCHORS)
		return tell(reader, node->where, "write the values out", "there are too many anchors");
	struct anchor *anchor = ARENA_PUSH(reader->arena, reader->anchors, reader->anchor_count);
	*anchor = (struct anchor){arena_strdup(reader->arena, (const char *)name), node};
	return 0;
}

static int read_alias(struct yaml_reader *reader, const yaml_event_t *event, int depth, struct tree **ret_node)
{
	const char *name = (const char *)event->data.alias.anchor;
	struct source where = place(reader, &event->start_mark);
	struct tree *node = NULL;

	for (size_t i = 0; i < reader->anchor_count; i++)
		if (strcmp(reader->anchors[i].name, name) == 0)
			node = reader->anchors[i].node;
	if (!node)
		return tell(reader, where, "an anchor (&NAME) must stand before its alias (*NAME) in the same file",
			    arena_printf(reader->arena, "the alias \"*%s\" names no anchor", name));
	if (node->weight == 0)
		return tell(reader, where, NULL, arena_printf(reader->arena, "the alias \"*%s\" holds itself", name));
	reader->alias_nodes += node->weight;
	if (reader->alias_nodes > LIMIT_YAML_ALIASED)
		return tell(reader, where, "write fewer aliases of aliases",
			    arena_printf(reader->arena, "aliases bring more than %d values", LIMIT_YAML_ALIASED));
	if (depth + node->height - 1 > TREE_DEPTH_MAX)
		return tell(reader, where, NULL,
			    arena_printf(reader->arena, "more than %d levels are nested", TREE_DEPTH_MAX));
	*ret_node = node;
	return 0;
}

/* The tag of a value: none, or !secret on a scalar. */
static bool read_tag(struct yaml_reader *reader, const yaml_char_t *tag, const struct tree *node)
{
	if (!tag || !reader->variables)
		return false;
	if (strcmp((const char *)tag, "!secret") != 0) {
		static const char core[] = "tag:yaml.org,2002:";
		bool is_core = text_starts((const char *)tag, core);

		tell(reader, node->where, "remove it: !secret is the only tag, and marks a value to keep secret",
		     arena_printf(reader->arena, "the tag %s%s is not known", is_core ? "!!" : "",
				  (const char *)tag + (is_core ? sizeof(core) - 1 : 0)));
		return false;
	}
	if (node->kind != TREE_SCALAR)
		tell(reader, node->where, "put it before each value to keep secret",
		     "!secret marks one text, not a mapping or a list");
	return node->kind == TREE_SCALAR;
}

/* Where in the file the byte `offset` of a scalar stands, as far as that is plain to see: in one line and unescaped. */
static struct source place_in(const struct yaml_reader *reader, const yaml_event_t *event, size_t offset)
{
	struct source where = place(reader, &event->start_mark);
	const char *value = (const char *)event->data.scalar.value;
	size_t quote = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? 0 : 1, characters = 0, before = 0;

	for (size_t i = 0; i < event->data.scalar.length; i++)
		if (((unsigned char)value[i] & 0xC0) != 0x80) {
			characters++;
			before += i < offset;
		}
	if (!event->data.scalar.tag && !event->data.scalar.anchor && event->start_mark.line == event->end_mark.line &&
	    event->end_mark.column - event->start_mark.column == characters + 2 * quote)
		where.column += (int)(before + quote);
	return where;
}

/* The variable of a secret that is not set, where that may be. */
static const char *lacking_secret(const struct interpolation *variables, const struct tree *node)
{
	const char *unset = variables->secrets_may_lack ? variables->unset : NULL;

	return unset && (node->secret || name_is_credential(unset)) ? unset : NULL;
}

static void keep_open(struct yaml_reader *reader, const char *text, struct tree *node)
{
	struct interpolation *variables = reader->variables;

	node->open = true;
	node->text = arena_strdup(reader->arena, text);
	*ARENA_PUSH(reader->arena, variables->open, variables->open_count) = node->where;
}

static void read_variables(struct yaml_reader *reader, const yaml_event_t *event, struct tree *node)
{
	const char *text = (const char *)event->data.scalar.value;
	struct error err = ERROR_INIT;
	size_t offset = 0;

	node->interpolated = true;
	if (reader->variables->as_written && interpolate_check(text, &offset, &err) == 0) {
		keep_open(reader, text, node);
		return;
	}
	if (!reader->variables->as_written &&
	    interpolate(reader->arena, reader->variables, text, &node->text, &offset, &err) == 0) {
		node->credential = reader->variables->secret;
		node->secret = node->secret || node->credential;
		node->plain = node->plain && !node->credential;
		return;
	}
	if (lacking_secret(reader->variables, node)) {
		node->credential = lacking_secret(reader->variables, node);
		node->secret = true;
		node->plain = false;
		node->text = SECRET_UNSET;
		return;
	}
	struct source where = place_in(reader, event, offset);
	error_at(&err, where.file, where.line, where.column);
	diagnostics_add(reader->problems, &err);
	node->reported = true;
}

static int read_scalar(struct yaml_reader *reader, const yaml_event_t *event, struct tree **ret_node)
{
	struct tree *node = node_new(reader, TREE_SCALAR, event);
	const char *value = (const char *)event->data.scalar.value;
	size_t length = event->data.scalar.length;

	node->secret = read_tag(reader, event->data.scalar.tag, node);
	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && !node->secret &&
		      (reader->variables || !event->data.scalar.tag);
	node->text = "";
	if (strlen(value) != length) {
		tell(reader, node->where, "remove the \\0", "a text cannot hold a NUL byte");
		node->reported = true;
	} else if (!strchr(value, '$') || !reader->variables) {
		node->text = arena_strndup(reader->arena, value, length);
	} else {
		read_variables(reader, event, node);
	}
	node->weight = 1 + strlen(node->text) / BYTES_PER_WEIGHT;
	*ret_node = node;
	return anchor_add(reader, event->data.scalar.anchor, node);
}

/* Takes a child's size into its parent's. */
static void grow(struct tree *node, const struct tree *child, size_t *weight)
{
	*weight += child->weight;
	if (child->height >= node->height)
		node->height = (short)(child->height + 1);
	node->count++;
}

static int read_list(struct yaml_reader *reader, const yaml_event_t *start, int depth, struct tree **ret_node)
{
	struct tree *node = node_new(reader, TREE_LIST, start);
	size_t weight = 1, from = reader->open.used;

	read_tag(reader, start->data.sequence_start.tag, node);
	if (anchor_add(reader, start->data.sequence_start.anchor, node) < 0)
		return -1;
	for (;;) {
		yaml_event_t event;
		struct tree *item;

		if (next_event(reader, &event) < 0)
			return -1;
		if (event.type == YAML_SEQUENCE_END_EVENT) {
			yaml_event_delete(&event);
			break;
		}
		if (read_node(reader, &event, depth + 1, &item) < 0)
			return -1;
		pile_add(&reader->open, &item, sizeof(struct tree *));
		grow(node, item, &weight);
	}
	node->items = pile_take(&reader->open, reader->arena, from);
	node->weight = weight;
	*ret_node = node;
	return 0;
}

static int read_key(struct yaml_reader *reader, const yaml_event_t *event, struct tree_entry *ret_entry)
{
	struct source where = place(reader, &event->start_mark);
	const char *hint = "a key is a plain or quoted text";

	if (event->type != YAML_SCALAR_EVENT)
		return tell(reader, where, hint, "a key must be a text, not a list, a mapping or an alias");
	size_t length = event->data.scalar.length;
	const char *key = (const char *)event->data.scalar.value;
	if (event->data.scalar.tag || event->data.scalar.anchor)
		return tell(reader, where, hint, "a key cannot have a tag or an anchor");
	if (length == 0)
		return tell(reader, where, "write the key before the colon", "a key is empty");
	if (length > YAML_KEY_MAX || strlen(key) != length || strchr(key, '\n'))
		return tell(reader, where, hint, "a key is too long, or holds a line break or a NUL byte");
	ret_entry->key = arena_strndup(reader->arena, key, length);
	ret_entry->where = where;
	return 0;
}

static int entry_compare(const void *a, const void *b)
{
	const struct tree_entry *left = *(struct tree_entry *const *)a, *right = *(struct tree_entry *const *)b;
	int order = strcmp(left->key, right->key);

	return order != 0 ? order : (left > right) - (left < right);
}

/* Tells each key that was there before; the first one of them stays, of a file of others the last. Sorted, as there may
 * be many keys. */
static void drop_duplicates(struct yaml_reader *reader, struct tree *node)
{
	if (node->count < 2)
		return;
	CLEANUP_FREE struct tree_entry **sorted = xcalloc(node->count, sizeof(struct tree_entry *));
	for (size_t i = 0; i < node->count; i++)
		sorted[i] = &node->entries[i];
	array_sort(sorted, node->count, sizeof(struct tree_entry *), entry_compare);

	struct tree_entry *first = sorted[0];
	for (size_t i = 1; i < node->count; i++) {
		if (strcmp(first->key, sorted[i]->key) != 0) {
			first = sorted[i];
			continue;
		}
		if (!reader->variables) {
			first->value = NULL;
			first = sorted[i];
			continue;
		}
		diagnostics_addf(reader->problems, ERROR_INVALID, sorted[i]->where.file, sorted[i]->where.line,
				 sorted[i]->where.column, "remove one of the two",
				 "the key \"%s\" was said in line %d already", first->key, first->where.line);
		sorted[i]->value = NULL;
	}
	size_t kept = 0;
	for (size_t i = 0; i < node->count; i++)
		if (node->entries[i].value)
			node->entries[kept++] = node->entries[i];
	node->count = kept;
}

static int read_mapping(struct yaml_reader *reader, const yaml_event_t *start, int depth, struct tree **ret_node)
{
	struct tree *node = node_new(reader, TREE_MAPPING, start);
	size_t weight = 1, from = reader->open.used;

	read_tag(reader, start->data.mapping_start.tag, node);
	if (anchor_add(reader, start->data.mapping_start.anchor, node) < 0)
		return -1;
	for (;;) {
		yaml_event_t event;
		struct tree_entry entry = {0};

		if (next_event(reader, &event) < 0)
			return -1;
		bool end = event.type == YAML_MAPPING_END_EVENT;
		int result = end ? 0 : read_key(reader, &event, &entry);
		yaml_event_delete(&event);
		if (result < 0)
			return -1;
		if (end)
			break;
		if (next_event(reader, &event) < 0 || read_node(reader, &event, depth + 1, &entry.value) < 0)
			return -1;
		pile_add(&reader->open, &entry, sizeof(entry));
		grow(node, entry.value, &weight);
	}
	node->entries = pile_take(&reader->open, reader->arena, from);
	node->weight = weight;
	drop_duplicates(reader, node);
	*ret_node = node;
	return 0;
}

/* Takes the event and all that belongs to its node. */
static int read_node(struct yaml_reader *reader, yaml_event_t *event, int depth, struct tree **ret_node)
{
	int result = -1;

	if (depth > TREE_DEPTH_MAX)
		tell(reader, place(reader, &event->start_mark), NULL,
		     arena_printf(reader->arena, "more than %d levels are nested", TREE_DEPTH_MAX));
	else if (++reader->values > LIMIT_YAML_VALUES)
		tell(reader, place(reader, &event->start_mark), "put some of it into a file of its own",
		     arena_printf(reader->arena, "more than %d values are in one file", LIMIT_YAML_VALUES));
	else if (event->type == YAML_ALIAS_EVENT)
		result = read_alias(reader, event, depth, ret_node);
	else if (event->type == YAML_SCALAR_EVENT)
		result = read_scalar(reader, event, ret_node);
	else if (event->type == YAML_SEQUENCE_START_EVENT)
		result = read_list(reader, event, depth, ret_node);
	else
		result = read_mapping(reader, event, depth, ret_node);
	yaml_event_delete(event);
	return result;
}

/* The whole stream; *ret_root is left alone when it holds no node. */
static int read_document(struct yaml_reader *reader, struct tree **ret_root)
{
	bool seen = false;

	for (;;) {
		yaml_event_t event;

		if (next_event(reader, &event) < 0)
			return -1;
		yaml_event_type_t type = event.type;
		struct source where = place(reader, &event.start_mark);
		if (type != YAML_STREAM_START_EVENT && type != YAML_STREAM_END_EVENT &&
		    type != YAML_DOCUMENT_START_EVENT && type != YAML_DOCUMENT_END_EVENT) {
			if (read_node(reader, &event, 1, ret_root) < 0)
				return -1;
			continue;
		}
		yaml_event_delete(&event);
		if (type == YAML_STREAM_END_EVENT || (type == YAML_DOCUMENT_END_EVENT && !reader->variables))
			return 0;
		if (type == YAML_DOCUMENT_START_EVENT && seen)
			return tell(reader, where, "put it into a file of its own, and name both with -f",
				    "a second document begins here; a state file holds one");
		seen = seen || type == YAML_DOCUMENT_START_EVENT;
	}
}

static int read_text(struct yaml_reader *reader, size_t cap, struct tree **ret_root)
{
	const struct desired_text *text = reader->text;
	struct error err = ERROR_INIT;
	struct tree *root = NULL;

	if (bytes_check(text, cap, &err) < 0) {
		diagnostics_add(reader->problems, &err);
		return -1;
	}
	if (!yaml_parser_initialize(&reader->parser))
		out_of_memory();
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	/* Told the encoding, libyaml takes a byte order mark for text. */
	size_t mark = text->length >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	yaml_parser_set_input_string(&reader->parser, (const unsigned char *)text->data + mark, text->length - mark);
	int result = read_document(reader, &root);
	yaml_parser_delete(&reader->parser);
	free(reader->open.data);
	if (result == 0)
		*ret_root = !root || tree_is_blank(root) ? NULL : root;
	return result;
}

int yaml_read(struct arena *arena, const struct desired_text *text, struct interpolation *variables,
	      struct tree **ret_root, struct diagnostics *problems)
{
	struct yaml_reader reader = {.arena = arena, .text = text, .variables = variables, .problems = problems};

	return read_text(&reader, LIMIT_YAML, ret_root);
}

int yaml_read_foreign(struct arena *arena, const struct desired_text *text, size_t cap, struct tree **ret_root,
		      struct diagnostics *problems)
{
	struct yaml_reader reader = {.arena = arena, .text = text, .problems = problems};

	return read_text(&reader, cap, ret_root);
}

const char *yaml_library(struct arena *arena)
{
	return arena_printf(arena, "libyaml/%s", yaml_get_version_string());
}
