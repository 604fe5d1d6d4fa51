/* Replaces ${VAR} and its kin in one pass over a text. */
#include "desired/interpolate.h"

#include "base/buffer.h"
#include "base/environ.h"
#include "base/text.h"
#include "model/credential.h"
#include "model/secret.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { NESTING_MAX = 16 };

struct scan {
	struct interpolation *variables;
	const char *start, *at;
	struct error *err;
	size_t offset; /* of the expression that is wrong */
	struct arena *arena;
	const struct buffer *message; /* being made of the text behind "?", which is shown; NULL: none is */
};

static int fail(struct scan *scan, const char *where)
{
	scan->offset = (size_t)(where - scan->start);
	return -1;
}

static bool is_name_start(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static size_t name_length(const char *text)
{
	size_t length = 0;

	while (is_name_start(text[length]) || (length > 0 && text[length] >= '0' && text[length] <= '9'))
		length++;
	return length;
}

static int put(struct scan *scan, struct buffer *out, const char *text, size_t length)
{
	if (!out || buffer_append(out, text, length) == 0)
		return 0;
	error_set(scan->err, ERROR_INVALID, "values made from variables come to more than %d MiB",
		  INTERPOLATION_CAP / (1024 * 1024));
	error_hint(scan->err, "a variable is longer than meant, or is used too often");
	return fail(scan, scan->at);
}

static bool is_allowed(const struct interpolation *variables, const char *name, size_t length)
{
	for (size_t i = 0; i < variables->allowed_count; i++)
		if (strlen(variables->allowed[i]) == length && strncmp(variables->allowed[i], name, length) == 0)
			return true;
	return false;
}

static const char *variable_find(const struct interpolation *variables, const char *name, size_t length)
{
	if (variables->untrusted && !is_allowed(variables, name, length))
		return NULL;
	return environ_find(variables->environ, name, length);
}

/* The command line may vouch for what only looks random, never for what is called a token or is one. */
static bool is_credential(struct scan *scan, const char *name, const char *value)
{
	bool vouched = is_allowed(scan->variables, name, strlen(name));

	return name_is_credential(name) || text_without_password(scan->arena, value) != value ||
	       (!vouched && value_is_secret(name, value));
}

/* A variable's bytes come from outside: they must be text before they may stand in one. */
static int put_value(struct scan *scan, struct buffer *out, const char *where, int length, const char *value)
{
	size_t size = strlen(value);
	uint32_t code;

	for (size_t i = 0, step; out && i < size; i += step) {
		step = utf8_decode(value + i, size - i, &code);
		if (step == 0) {
			error_set(scan->err, ERROR_INVALID, "the variable %.*s does not hold UTF-8 text", length,
				  where);
			return fail(scan, where);
		}
	}
	const char *variable = arena_strndup(scan->arena, where, (size_t)length);
	if (!out || !is_credential(scan, variable, value))
		return put(scan, out, value, size);
	if (scan->message)
		return put(scan, out, SECRET_SHOWN, strlen(SECRET_SHOWN));
	scan->variables->secret = variable;
	return put(scan, out, value, size);
}

static int scan_text(struct scan *scan, bool braced, struct buffer *out, int depth);

static int unset_error(struct scan *scan, const char *dollar, const char *name, int length)
{
	scan->variables->unset = arena_strndup(scan->arena, name, (size_t)length);
	error_set(scan->err, ERROR_INVALID, "the variable %.*s is not set", length, name);
	if (scan->variables->untrusted && environ_find(scan->variables->environ, name, (size_t)length)) {
		error_set(scan->err, ERROR_INVALID,
			  "the variable %.*s is not given to a state file that is not trusted", length, name);
		error_hint(scan->err, "if it may be read, add --env %.*s to the command", length, name);
		return fail(scan, dollar);
	}
	error_hint(scan->err, "set %.*s, or write ${%.*s:-} for an empty value or ${%.*s:-DEFAULT} for a default",
		   length, name, length, name, length, name);
	return fail(scan, dollar);
}

static int required_error(struct scan *scan, const char *dollar, const char *name, int length,
			  const struct buffer *message)
{
	const char *why = buffer_text(message);

	scan->variables->unset = arena_strndup(scan->arena, name, (size_t)length);
	error_set(scan->err, ERROR_INVALID, "the variable %.*s is required: %s", length, name,
		  why[0] == '\0' ? "it is not set" : why);
	error_hint(scan->err, "set %.*s in the environment of reconcile", length, name);
	return fail(scan, dollar);
}

static int expression_error(struct scan *scan, const char *dollar, const char *what)
{
	error_set(scan->err, ERROR_INVALID, "%s", what);
	error_hint(scan->err, "write ${NAME}, ${NAME:-DEFAULT} or ${NAME:?MESSAGE}, and $$ for a dollar sign");
	return fail(scan, dollar);
}

/* Behind "${NAME", at the operator or the closing brace. */
static int scan_operator(struct scan *scan, const char *dollar, const char *name, int length, struct buffer *out,
			 int depth)
{
	const char *value = variable_find(scan->variables, name, (size_t)length);
	bool colon = scan->at[0] == ':' && scan->at[1] != '\0' && strchr("-?+", scan->at[1]);
	char sign = scan->at[colon ? 1 : 0];
	bool given = value && !(colon && value[0] == '\0');

	if (sign == '}') {
		scan->at++;
		if (!out)
			return 0;
		return !value ? unset_error(scan, dollar, name, length) : put_value(scan, out, name, length, value);
	}
	if (sign == '\0')
		return expression_error(scan, dollar, "\"${\" is not closed by \"}\"");
	if (!strchr("-?+", sign))
		return expression_error(scan, dollar, "what stands between \"${\" and \"}\" is not understood");

	scan->at += colon ? 2 : 1;
	CLEANUP_BUFFER struct buffer message = BUFFER_INIT(INTERPOLATION_CAP);
	struct buffer *to = sign == '?' ? &message : out;
	bool wanted = out && (sign == '+' ? given : !given);
	const struct buffer *around = scan->message;
	if (sign == '?' && !around)
		scan->message = &message;
	int result = scan_text(scan, true, wanted ? to : NULL, depth + 1);
	scan->message = around;
	if (result < 0)
		return -1;
	if (*scan->at != '}')
		return expression_error(scan, dollar, "\"${\" is not closed by \"}\"");
	scan->at++;
	if (!out || sign == '+' || !given)
		return wanted && sign == '?' ? required_error(scan, dollar, name, length, &message) : 0;
	return put_value(scan, out, name, length, value);
}

/* At a dollar sign. */
static int scan_dollar(struct scan *scan, struct buffer *out, int depth)
{
	const char *dollar = scan->at;
	bool brace = dollar[1] == '{';
	const char *name = dollar + 1 + brace;
	size_t length = name_length(name);

	if (dollar[1] == '$') {
		scan->at += 2;
		return put(scan, out, "$", 1);
	}
	if (length == 0)
		return expression_error(scan, dollar,
					brace ? "\"${\" is not followed by the name of a variable"
					      : "a dollar sign stands alone");
	if (length > 255)
		return expression_error(scan, dollar, "the name of a variable is too long");
	scan->at = name + length;
	if (brace)
		return scan_operator(scan, dollar, name, (int)length, out, depth);
	if (!out)
		return 0;
	const char *value = variable_find(scan->variables, name, length);
	return !value ? unset_error(scan, dollar, name, (int)length) : put_value(scan, out, name, (int)length, value);
}

/* Up to the end, or in braces up to the closing one, which is left for the caller. out NULL: the text is not wanted,
 * only its form is looked at. */
static int scan_text(struct scan *scan, bool braced, struct buffer *out, int depth)
{
	if (depth > NESTING_MAX) {
		error_set(scan->err, ERROR_INVALID, "more than %d variables are nested", NESTING_MAX);
		return fail(scan, scan->at);
	}
	for (;;) {
		size_t length = strcspn(scan->at, braced ? "$}" : "$");

		if (put(scan, out, scan->at, length) < 0)
			return -1;
		scan->at += length;
		if (*scan->at != '$')
			return 0;
		if (scan_dollar(scan, out, depth) < 0)
			return -1;
	}
}

int interpolate(struct arena *arena, struct interpolation *variables, const char *text, const char **ret_text,
		size_t *ret_offset, struct error *err)
{
	CLEANUP_BUFFER struct buffer out = BUFFER_INIT(INTERPOLATION_CAP - variables->used);
	struct scan scan = {.variables = variables, .start = text, .at = text, .err = err, .arena = arena};

	variables->secret = NULL;
	variables->unset = NULL;
	if (scan_text(&scan, false, &out, 0) < 0) {
		*ret_offset = scan.offset;
		return -1;
	}
	variables->used += out.length;
	*ret_text = arena_strndup(arena, buffer_text(&out), out.length);
	return 0;
}

int interpolate_check(const char *text, size_t *ret_offset, struct error *err)
{
	struct interpolation nothing = {0};
	struct scan scan = {.variables = &nothing, .start = text, .at = text, .err = err};
	int result = scan_text(&scan, false, NULL, 0);

	if (result < 0)
		*ret_offset = scan.offset;
	return result;
}
