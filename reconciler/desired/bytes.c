/* Checks that a state file is text, and cuts lines out of it for messages. */
#include "desired/bytes.h"

#include "base/text.h"
#include "model/secret.h"

#include <stdio.h>
#include <string.h>

/* What may stand in a YAML stream (yaml.org/spec/1.2.2, 5.1), which is what libyaml takes. */
static bool is_allowed(uint32_t code)
{
	return code == '\t' || code == '\n' || code == '\r' || (code >= 0x20 && code < 0x7F) || code == 0x85 ||
	       (code >= 0xA0 && code < 0xD800) || (code >= 0xE000 && code < 0xFFFE && code != 0xFEFF) ||
	       code >= 0x10000;
}

static int bad_character(uint32_t code, struct error *err)
{
	if (code == 0) {
		error_set(err, ERROR_INVALID, "a NUL byte stands here: this is not a text file");
		return error_hint(err, "the file was cut short or is not YAML: restore it, or name another with -f");
	}
	if (code == 0xFEFF) {
		error_set(err, ERROR_INVALID, "a byte order mark stands in the middle of the file");
		return error_hint(err, "two files were joined: remove the mark (U+FEFF)");
	}
	error_set(err, ERROR_INVALID, "the control character U+%04X is not allowed", (unsigned)code);
	return error_hint(err, "remove it, or write it as an escape in double quotes");
}

static int check_encoding(const struct desired_text *text, struct error *err)
{
	if (text->length < 2)
		return 0;
	const char *data = text->data;
	bool utf16 = memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0 ||
		     (data[0] == '\0' && data[1] != '\0') || (data[0] != '\0' && data[1] == '\0' && text->length > 2);
	if (!utf16)
		return 0;
	error_set(err, ERROR_INVALID, "the file is UTF-16, not UTF-8");
	error_hint(err, "save it as UTF-8");
	return error_at(err, text->path, 0, 0);
}

int bytes_check(const struct desired_text *text, size_t cap, struct error *err)
{
	int line = 1, column = 1;
	uint32_t code;

	if (text->length > cap) {
		error_set(err, ERROR_INVALID, "the file has more than %zu bytes", cap);
		error_hint(err, "split it into several files, and name their folder with -f");
		return error_at(err, text->path, 0, 0);
	}
	if (check_encoding(text, err) < 0)
		return -1;
	size_t i = text->length >= 3 && memcmp(text->data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
	for (size_t step; i < text->length; i += step) {
		step = utf8_decode(text->data + i, text->length - i, &code);
		if (step == 0) {
			error_set(err, ERROR_INVALID, "the byte 0x%02x is not UTF-8 text",
				  (unsigned char)text->data[i]);
			error_hint(err, "save the file as UTF-8");
			return error_at(err, text->path, line, column);
		}
		if (!is_allowed(code)) {
			bad_character(code, err);
			return error_at(err, text->path, line, column);
		}
		if (code == '\n') {
			line++;
			column = 1;
		} else {
			column++;
		}
	}
	return 0;
}

/* Behind "NAME:" or "NAME=" anywhere in the line, where the name is a credential's. */
static char *find_secret_option(char *line)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.";
	char name[128];

	for (char *at = line; *at;) {
		size_t length = strspn(at, letters), quote = at[length] == '"' || at[length] == '\'';

		snprintf(name, sizeof(name), "%.*s", (int)length, at);
		at += length;
		if (length > 0 && (at[quote] == ':' || at[quote] == '=') && name_is_credential(name))
			return at + quote + 1;
		at += *at != '\0' && length == 0;
	}
	return NULL;
}

/* What follows !secret, or a name that looks like a credential, may be the secret itself. */
static void hide_secrets(char *line, size_t size)
{
	char *tag = strstr(line, "!secret"), *option = find_secret_option(line);
	char *cut = tag ? tag + strlen("!secret") : option;

	if (!cut || (option && option < cut))
		cut = option;
	if (cut)
		snprintf(cut, size - (size_t)(cut - line), " %s", SECRET_SHOWN);
}

void bytes_excerpt(const struct desired_text *text, struct error *err)
{
	const char *at = text->data, *end = text->data + text->length;

	if (text->length >= 3 && memcmp(at, "\xef\xbb\xbf", 3) == 0)
		at += 3;
	for (int line = 1; line < err->line; line++) {
		while (at < end && *at != '\n' && *at != '\r')
			at++;
		if (at == end)
			return;
		at += at + 1 < end && at[0] == '\r' && at[1] == '\n' ? 2 : 1;
	}
	size_t length = 0, room = sizeof(err->excerpt) - 1;
	while (at + length < end && at[length] != '\n' && at[length] != '\r' && at[length] != '\0')
		length++;
	if (length > room)
		for (length = room; length > 0 && ((unsigned char)at[length] & 0xC0) == 0x80; length--)
			continue;
	memcpy(err->excerpt, at, length);
	err->excerpt[length] = '\0';
	hide_secrets(err->excerpt, sizeof(err->excerpt));
}
