/* Translates libyaml's errors (yaml/libyaml src/scanner.c and src/parser.c, 0.2.5). */
#include "desired/yaml_problem.h"

#include "base/count.h"
#include "base/xalloc.h"

#include <string.h>

static const struct explanation {
	const char *problem; /* as libyaml begins it */
	const char *message, *hint;
} explanations[] = {
	{"mapping values are not allowed in this context", "a \":\" is not allowed here",
	 "quote a text that holds \": \", and check the indentation"},
	{"did not find expected key", "a key was expected here",
	 "check the indentation: keys of one mapping begin in the same column"},
	{"did not find expected '-' indicator", "a list item (\"- \") was expected here",
	 "check the indentation: items of one list begin in the same column"},
	{"could not find expected ':'", "a \":\" is missing behind the key before this",
	 "write \"key: value\", with a blank behind the colon"},
	{"did not find expected ',' or ']'", "a list in brackets is not closed",
	 "close it with \"]\", and part its items with commas"},
	{"did not find expected ',' or '}'", "a mapping in braces is not closed",
	 "close it with \"}\", and part its keys with commas"},
	{"found unexpected end of stream", "a quoted text is not closed", "close it with the quote that opens it"},
	{"found unexpected document indicator", "a quoted text is not closed", "close it with the quote that opens it"},
	{"found unknown escape character", "this escape is not known", "use single quotes to take \"\\\" as it is"},
	{"block sequence entries are not allowed in this context", "a list item is not allowed here",
	 "begin the list in a line of its own, below its key"},
	{"block mapping entries are not allowed in this context", "a mapping is not allowed here",
	 "begin the mapping in a line of its own, below its key"},
	{"did not find expected alphabetic or numeric character", "an anchor or alias has no name",
	 "quote a text that begins with \"*\" or \"&\""},
	{"found undefined tag handle", "this tag is not known", "quote a text that begins with \"!\""},
	{"found incompatible YAML document", "this version of YAML is not known", "remove the %YAML line"},
	{"found character that cannot start any token", "this character cannot begin a value", "quote the text"},
	{"exceeded maximum nesting", "too many levels are nested", NULL},
};

static const struct explanation *explain(const char *problem)
{
	for (size_t i = 0; i < COUNT(explanations); i++)
		if (strncmp(explanations[i].problem, problem, strlen(explanations[i].problem)) == 0)
			return &explanations[i];
	return NULL;
}

/* The byte that a mark means, or NULL at the end. Marks count characters, so the line and column are searched for it.
 */
static const char *byte_at(const struct desired_text *text, const yaml_mark_t *mark)
{
	const char *at = text->data, *end = text->data + text->length;

	for (size_t line = 0; line < mark->line && at; line++) {
		at = memchr(at, '\n', (size_t)(end - at));
		at = at ? at + 1 : NULL;
	}
	for (size_t column = 0; at && at < end && *at != '\n'; at++) {
		bool starts = ((unsigned char)*at & 0xC0) != 0x80;

		if (starts && column == mark->column)
			return at;
		column += starts;
	}
	return NULL;
}

/* Tabs cannot indent; libyaml says no more than that a token cannot begin with one. */
static bool is_tab(const char *at, const char *problem)
{
	return strstr(problem, "tab character") || (at && *at == '\t' && strstr(problem, "cannot start any token"));
}

/* ${VAR} unquoted between braces or brackets: YAML sees a mapping begin. */
static bool is_variable(const struct desired_text *text, const char *at, const char *problem)
{
	return at && at > text->data && at[0] == '{' && at[-1] == '$' && strstr(problem, "did not find expected ','");
}

void yaml_problem_set(const yaml_parser_t *parser, const struct desired_text *text, struct error *err)
{
	const char *problem = parser->problem ? parser->problem : "it cannot be read";
	const struct explanation *known = explain(problem);
	yaml_mark_t mark = parser->problem_mark;
	const char *at = byte_at(text, &mark);

	if (parser->error == YAML_MEMORY_ERROR)
		out_of_memory();
	if (is_variable(text, at, problem)) {
		error_set(err, ERROR_INVALID, "a variable between braces or brackets is not quoted");
		error_hint(err, "write \"${NAME}\"");
		error_at(err, text->path, (int)mark.line + 1, (int)mark.column);
		return;
	}
	if (is_tab(at, problem)) {
		error_set(err, ERROR_INVALID, "a tab stands where YAML wants blanks");
		error_hint(err, "indent with blanks only");
	} else if (known) {
		error_set(err, ERROR_INVALID, "%s", known->message);
		if (known->hint)
			error_hint(err, "%s", known->hint);
	} else {
		error_set(err, ERROR_INVALID, "not YAML: %s", problem);
		error_hint(err, "see https://yaml.org/spec/1.2.2 or quote the text");
	}
	/* What is not closed is shown where it was opened. */
	if (known && strstr(known->message, "not closed") && parser->context)
		mark = parser->context_mark;
	error_at(err, text->path, (int)mark.line + 1, (int)mark.column + 1);
}
