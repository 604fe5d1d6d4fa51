/* Reads TOML's scalar values: strings, numbers, booleans, dates and times. */
#include "codec/toml_scan.h"

#include "base/buffer.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORD_MAX = 128 };
static const int64_t EXACT_MAX = INT64_C(1) << 53; /* beyond it a double skips integers */

int toml_fail(const struct toml_scanner *scanner, const char *at, const char *format, ...)
{
	char message[256];
	int line = 1, column = 1;
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	for (const char *before = scanner->start; before < at; before++) {
		if (*before == '\n') {
			line++;
			column = 1;
		} else if (((unsigned char)*before & 0xC0) != 0x80) {
			column++;
		}
	}
	error_set(scanner->err, ERROR_INVALID, "%s", message);
	return error_at(scanner->err, NULL, line, column);
}

int toml_check_text(const struct toml_scanner *scanner)
{
	for (const char *at = scanner->start; at < scanner->end;) {
		uint32_t code = 0;
		size_t size = utf8_decode(at, (size_t)(scanner->end - at), &code);

		if (size == 0)
			return toml_fail(scanner, at, "the text is not UTF-8");
		bool line_end = code == '\n' || (code == '\r' && at + 1 < scanner->end && at[1] == '\n');
		if ((code < ' ' && code != '\t' && !line_end) || code == 0x7F)
			return toml_fail(scanner, at, "control character U+%04" PRIX32, code);
		at += size;
	}
	return 0;
}

static int append_utf8(struct buffer *out, uint32_t code)
{
	unsigned char bytes[4];
	size_t size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
	static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};

	for (size_t i = size - 1; i > 0; i--) {
		bytes[i] = (unsigned char)(0x80 | (code & 0x3F));
		code >>= 6;
	}
	bytes[0] = (unsigned char)(lead[size] | code);
	return buffer_append(out, bytes, size);
}

static int scan_unicode(struct toml_scanner *scanner, size_t digits, struct buffer *out)
{
	const char *at = scanner->at + 2;
	uint32_t code = 0;

	for (size_t i = 0; i < digits; i++, at++) {
		static const char hex[] = "0123456789abcdefABCDEF";
		const char *digit = at < scanner->end ? memchr(hex, *at, sizeof(hex) - 1) : NULL;

		if (!digit)
			return toml_fail(scanner, scanner->at, "\\%c needs %zu hex digits", scanner->at[1], digits);
		uint32_t value = (uint32_t)(digit - hex);
		code = code << 4 | (value < 16 ? value : value - 6);
	}
	if (code == 0)
		return toml_fail(scanner, scanner->at, "a NUL in a string is not supported");
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return toml_fail(scanner, scanner->at, "U+%04" PRIX32 " is not a character", code);
	scanner->at = at;
	return append_utf8(out, code);
}

static bool skip_joined_lines(struct toml_scanner *scanner)
{
	const char *at = scanner->at + 1;

	while (at < scanner->end && (*at == ' ' || *at == '\t'))
		at++;
	if (at == scanner->end || (*at != '\n' && *at != '\r'))
		return false;
	while (at < scanner->end && strchr(" \t\r\n", *at))
		at++;
	scanner->at = at;
	return true;
}

static int scan_escape(struct toml_scanner *scanner, bool multiline, struct buffer *out)
{
	static const char letters[] = "btnfr\"\\", values[] = "\b\t\n\f\r\"\\";
	char letter = scanner->at + 1 < scanner->end ? scanner->at[1] : '\0';
	const char *found = letter == '\0' ? NULL : strchr(letters, letter);

	if (found) {
		scanner->at += 2;
		return buffer_append(out, &values[found - letters], 1);
	}
	if (letter == 'u' || letter == 'U')
		return scan_unicode(scanner, letter == 'u' ? 4 : 8, out);
	if (multiline && skip_joined_lines(scanner))
		return 0;
	return toml_fail(scanner, scanner->at, "unknown escape in a string");
}

/* At a quote inside a multi-line string: one or two are text, three end it, and up to two more belong to the text. */
static int scan_quotes(struct toml_scanner *scanner, char quote, struct buffer *out, bool *ret_closed)
{
	size_t count = 0;

	while (scanner->at + count < scanner->end && scanner->at[count] == quote)
		count++;
	if (count > 5)
		return toml_fail(scanner, scanner->at, "too many quotes in a row");
	*ret_closed = count >= 3;
	scanner->at += count;
	return buffer_append(out, scanner->at - count, *ret_closed ? count - 3 : count);
}

static bool is_triple(const struct toml_scanner *scanner, char quote)
{
	return scanner->end - scanner->at >= 3 && scanner->at[1] == quote && scanner->at[2] == quote;
}

int toml_scan_string(struct toml_scanner *scanner, bool may_be_multiline, struct buffer *out)
{
	const char *opened = scanner->at;
	char quote = *opened;
	bool multiline = may_be_multiline && is_triple(scanner, quote), closed = false;

	scanner->at += multiline ? 3 : 1;
	if (multiline && toml_peek(scanner) == '\r')
		scanner->at++;
	if (multiline && toml_peek(scanner) == '\n')
		scanner->at++;
	while (!closed) {
		char byte = toml_peek(scanner);
		int result = 0;

		if (byte == '\0' || (byte == '\n' && !multiline)) {
			return toml_fail(scanner, opened, "the string is not closed");
		} else if (byte == quote && multiline) {
			result = scan_quotes(scanner, quote, out, &closed);
		} else if (byte == quote) {
			scanner->at++;
			closed = true;
		} else if (byte == '\\' && quote == '"') {
			result = scan_escape(scanner, multiline, out);
		} else {
			if (byte != '\r') /* lines end in "\n" here, however the file ends them */
				result = buffer_append(out, &byte, 1);
			scanner->at++;
		}
		if (result < 0)
			return out->overflow ? toml_fail(scanner, opened, "the string is too long") : -1;
	}
	return 0;
}

/* Copies one or more digits, without the underscores that may stand between two of them. */
static bool copy_digits(const char **from, const char *digits, char **to)
{
	const char *at = *from;

	if (*at == '\0' || !strchr(digits, *at))
		return false;
	while (*at != '\0') {
		if (*at == '_' && at[1] != '\0' && strchr(digits, at[1]))
			at++;
		if (!strchr(digits, *at))
			break;
		*(*to)++ = *at++;
	}
	*from = at;
	return true;
}

static cJSON *integer_new(int64_t value)
{
	char digits[24];

	if (value >= -EXACT_MAX && value <= EXACT_MAX)
		return cJSON_CreateNumber((double)value);
	snprintf(digits, sizeof(digits), "%" PRId64, value);
	return cJSON_CreateRaw(digits);
}

/* NULL with *ret_reason when it is no integer of 64 bits. */
static cJSON *based_new(const char *word, const char **ret_reason)
{
	static const struct {
		char letter;
		int base;
		const char *digits;
	} bases[] = {{'x', 16, "0123456789abcdefABCDEF"}, {'o', 8, "01234567"}, {'b', 2, "01"}};
	char digits[WORD_MAX + 1], *to = digits;
	size_t i = 0;

	while (bases[i].letter != word[1])
		i++;
	const char *from = word + 2;
	if (!copy_digits(&from, bases[i].digits, &to) || *from != '\0') {
		*ret_reason = "is not a value";
		return NULL;
	}
	*to = '\0';
	errno = 0;
	unsigned long long value = strtoull(digits, NULL, bases[i].base);
	if (errno != 0 || value > INT64_MAX) {
		*ret_reason = "does not fit in 64 bits";
		return NULL;
	}
	return integer_new((int64_t)value);
}

/* As based_new(), for decimal integers and floats. */
static cJSON *decimal_new(const char *word, const char **ret_reason)
{
	static const char decimal[] = "0123456789";
	char plain[WORD_MAX + 1], *to = plain;
	const char *from = word;
	bool is_float = false;

	*ret_reason = "is not a value";
	if (*from == '+' || *from == '-')
		*to++ = *from++;
	if (strcmp(from, "inf") == 0 || strcmp(from, "nan") == 0)
		return cJSON_CreateNumber(strtod(word, NULL));
	const char *first = to;
	if (!copy_digits(&from, decimal, &to) || (*first == '0' && to - first > 1))
		return NULL;
	if (*from == '.') {
		is_float = true;
		*to++ = *from++;
		if (!copy_digits(&from, decimal, &to))
			return NULL;
	}
	if (*from == 'e' || *from == 'E') {
		is_float = true;
		*to++ = *from++;
		if (*from == '+' || *from == '-')
			*to++ = *from++;
		if (!copy_digits(&from, decimal, &to))
			return NULL;
	}
	*to = '\0';
	if (*from != '\0')
		return NULL;
	if (is_float)
		return cJSON_CreateNumber(strtod(plain, NULL));
	errno = 0;
	long long value = strtoll(plain, NULL, 10);
	*ret_reason = "does not fit in 64 bits";
	return errno != 0 ? NULL : integer_new(value);
}

/* Reads exactly `count` digits of a number within a range, and `after` behind it unless that is '\0'. */
static bool take_number(const char **at, int count, int low, int high, char after, int *ret_value)
{
	int value = 0;

	for (int i = 0; i < count; i++, (*at)++) {
		if (**at < '0' || **at > '9')
			return false;
		value = value * 10 + (**at - '0');
	}
	*ret_value = value;
	if (value < low || value > high || (after != '\0' && **at != after))
		return false;
	*at += after != '\0';
	return true;
}

static bool take_date(const char **at)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int year, month, day;

	if (!take_number(at, 4, 0, 9999, '-', &year) || !take_number(at, 2, 1, 12, '-', &month))
		return false;
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return take_number(at, 2, 1, days[month - 1] + (month == 2 && leap), '\0', &day);
}

static bool take_time(const char **at)
{
	int value;

	if (!take_number(at, 2, 0, 23, ':', &value) || !take_number(at, 2, 0, 59, ':', &value) ||
	    !take_number(at, 2, 0, 60, '\0', &value))
		return false;
	if (**at != '.')
		return true;
	size_t digits = strspn(*at + 1, "0123456789");
	*at += 1 + digits;
	return digits > 0;
}

static bool take_offset(const char **at)
{
	int value;

	if (**at == 'Z') {
		(*at)++;
		return true;
	}
	if (**at != '+' && **at != '-')
		return false;
	(*at)++;
	return take_number(at, 2, 0, 23, ':', &value) && take_number(at, 2, 0, 59, '\0', &value);
}

/* `word` gets RFC 3339's "T" and "Z". */
static bool is_datetime(char *word)
{
	const char *at = word;
	size_t length = strlen(word);

	if (length > 2 && word[2] == ':')
		return take_time(&at) && *at == '\0';
	if (!take_date(&at))
		return false;
	if (*at == '\0')
		return true;
	if (!strchr("Tt ", *at))
		return false;
	word[10] = 'T';
	if (word[length - 1] == 'z')
		word[length - 1] = 'Z';
	at++;
	return take_time(&at) && (*at == '\0' || (take_offset(&at) && *at == '\0'));
}

/* The word's length; a date and a time are one word also with a blank between them. */
static size_t word_length(const struct toml_scanner *scanner)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-.:";
	const char *at = scanner->at;

	while (at < scanner->end) {
		bool joins = *at == ' ' && at - scanner->at == 10 && scanner->at[4] == '-' && scanner->at[7] == '-' &&
			     at + 1 < scanner->end && at[1] >= '0' && at[1] <= '9';

		if (!joins && !memchr(letters, *at, sizeof(letters) - 1))
			break;
		at++;
	}
	return (size_t)(at - scanner->at);
}

int toml_scan_word(struct toml_scanner *scanner, cJSON **ret_value)
{
	char word[WORD_MAX + 1];
	size_t length = word_length(scanner);
	const char *reason = "is not a value";
	cJSON *value = NULL;

	if (length == 0)
		return toml_fail(scanner, scanner->at, "a value is missing");
	if (length > WORD_MAX)
		return toml_fail(scanner, scanner->at, "the value is too long");
	memcpy(word, scanner->at, length);
	word[length] = '\0';
	if (strcmp(word, "true") == 0 || strcmp(word, "false") == 0)
		value = cJSON_CreateBool(word[0] == 't');
	else if ((length > 4 && word[4] == '-' && strspn(word, "0123456789") == 4) || (length > 2 && word[2] == ':'))
		value = is_datetime(word) ? cJSON_CreateString(word) : NULL;
	else if (word[0] == '0' && word[1] != '\0' && strchr("xob", word[1]))
		value = based_new(word, &reason);
	else
		value = decimal_new(word, &reason);
	if (!value)
		return toml_fail(scanner, scanner->at, "%s %s", word, reason);
	scanner->at += length;
	*ret_value = value;
	return 0;
}
