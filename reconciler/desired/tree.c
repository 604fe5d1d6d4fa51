/* Looks at YAML nodes: the type that a spelling gives, lookup, description. */
#include "desired/tree.h"

#include <string.h>

static bool is_one_of(const char *text, const char *const *words)
{
	for (; *words; words++)
		if (*text == **words && strcmp(text, *words) == 0)
			return true;
	return false;
}

static const char *skip_digits(const char *at, const char *digits)
{
	return at + strspn(at, digits);
}

/* yaml.org/spec/1.2.2, 10.3.2: [-+]? [0-9]+ | 0o [0-7]+ | 0x [0-9a-fA-F]+ */
static bool is_integer(const char *text)
{
	const char *at = text, *digits = "0123456789";

	if (text[0] == '0' && (text[1] == 'o' || text[1] == 'x')) {
		digits = text[1] == 'o' ? "01234567" : "0123456789abcdefABCDEF";
		at = text + 2;
	} else if (*at == '-' || *at == '+') {
		at++;
	}
	const char *end = skip_digits(at, digits);
	return end > at && *end == '\0';
}

/* The same place: [-+]? ( \. [0-9]+ | [0-9]+ ( \. [0-9]* )? ) ( [eE] [-+]? [0-9]+ )?, infinities and not-a-number. */
static bool is_float(const char *text)
{
	static const char *const words[] = {".inf", ".Inf", ".INF", ".nan", ".NaN", ".NAN", NULL};
	static const char digits[] = "0123456789";
	const char *at = text + (*text == '-' || *text == '+');

	if (is_one_of(at, words))
		return at == text || (at[1] != 'n' && at[1] != 'N');
	const char *end = skip_digits(at, digits);
	bool whole = end > at;
	if (*end == '.') {
		const char *fraction = end + 1;

		end = skip_digits(fraction, digits);
		if (!whole && end == fraction)
			return false;
	} else if (!whole) {
		return false;
	}
	if (*end == 'e' || *end == 'E') {
		const char *exponent = end + 1 + (end[1] == '-' || end[1] == '+');

		end = skip_digits(exponent, digits);
		if (end == exponent)
			return false;
	}
	return *end == '\0';
}

enum scalar_type scalar_type(const char *text)
{
	static const char *const nulls[] = {"", "~", "null", "Null", "NULL", NULL};
	static const char *const bools[] = {"true", "True", "TRUE", "false", "False", "FALSE", NULL};

	if (is_one_of(text, nulls))
		return SCALAR_NULL;
	if (is_one_of(text, bools))
		return SCALAR_BOOL;
	if (is_integer(text))
		return SCALAR_INTEGER;
	return is_float(text) ? SCALAR_FLOAT : SCALAR_TEXT;
}

enum scalar_type tree_type(const struct tree *node)
{
	if (node->kind != TREE_SCALAR || !node->plain)
		return SCALAR_TEXT;
	enum scalar_type type = scalar_type(node->text);
	return type == SCALAR_NULL && node->interpolated ? SCALAR_TEXT : type;
}

bool tree_is_blank(const struct tree *node)
{
	return tree_type(node) == SCALAR_NULL && node->text[0] == '\0';
}

bool tree_is_null(const struct tree *node)
{
	return tree_type(node) == SCALAR_NULL && node->text[0] != '\0';
}

bool tree_says_nothing(const struct tree *node)
{
	return tree_type(node) == SCALAR_NULL || (node->kind == TREE_SCALAR && node->interpolated && !node->reported &&
						  !node->secret && node->text[0] == '\0');
}

struct tree_entry *tree_find(const struct tree *node, const char *key)
{
	if (node->kind == TREE_MAPPING)
		for (size_t i = 0; i < node->count; i++)
			if (strcmp(node->entries[i].key, key) == 0)
				return &node->entries[i];
	return NULL;
}

struct tree *tree_child(const struct tree *node, size_t i)
{
	return node->kind == TREE_MAPPING ? node->entries[i].value : node->items[i];
}

const char *tree_describe(struct arena *arena, const struct tree *node)
{
	enum { SHOWN_MAX = 60 };

	if (node->kind == TREE_MAPPING)
		return "a mapping";
	if (node->kind == TREE_LIST)
		return "a list";
	if (node->secret)
		return "a secret";
	switch (tree_type(node)) {
	case SCALAR_NULL:
		return "nothing";
	case SCALAR_BOOL:
		return node->text;
	case SCALAR_INTEGER:
	case SCALAR_FLOAT:
		return arena_printf(arena, "the number %s", node->text);
	case SCALAR_TEXT:
		break;
	}
	if (strlen(node->text) > SHOWN_MAX || strchr(node->text, '\n'))
		return "a long text";
	return arena_printf(arena, "the text \"%s\"", node->text);
}
