/* Prints a cJSON tree as TOML. */
#include "codec/toml.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The tables above the one being printed, innermost first. */
struct path {
	const struct path *above;
	const char *key;
};

static void print_string(const char *text, struct text *out)
{
	static const char letters[] = "\"\\\b\f\n\r\t", escapes[] = "\"\\bfnrt";

	text_append(out, "\"", 1);
	for (const char *at = text; *at != '\0'; at++) {
		const char *letter = strchr(letters, *at);

		if (letter)
			text_printf(out, "\\%c", escapes[letter - letters]);
		else if ((unsigned char)*at < ' ' || *at == 0x7F)
			text_printf(out, "\\u%04X", (unsigned char)*at);
		else
			text_append(out, at, 1);
	}
	text_append(out, "\"", 1);
}

static void print_key(const char *key, struct text *out)
{
	static const char bare[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

	if (key[0] != '\0' && key[strspn(key, bare)] == '\0')
		text_puts(out, key);
	else
		print_string(key, out);
}

static void print_number(double number, struct text *out)
{
	static const double exact_max = 9007199254740992.0; /* 2^53 */
	char text[40];

	if (number != number) {
		text_puts(out, "nan");
	} else if (number - number != 0) {
		text_puts(out, number > 0 ? "inf" : "-inf");
	} else if (number >= -exact_max && number <= exact_max && (double)(int64_t)number == number) {
		text_printf(out, "%lld", (long long)number);
	} else {
		/* The shortest form that reads back as the same number. */
		for (int digits = 15; digits <= 17; digits++) {
			snprintf(text, sizeof(text), "%.*g", digits, number);
			if (strtod(text, NULL) == number)
				break;
		}
		/* Without these it would be read as an integer. */
		text_printf(out, "%s%s", text, !strpbrk(text, ".e") ? ".0" : "");
	}
}

static void print_inline(const cJSON *item, struct text *out)
{
	bool is_object = cJSON_IsObject(item);
	const char *separator = is_object ? " " : "";
	const cJSON *child;

	if (cJSON_IsString(item)) {
		print_string(item->valuestring, out);
	} else if (cJSON_IsNumber(item)) {
		print_number(item->valuedouble, out);
	} else if (cJSON_IsBool(item)) {
		text_puts(out, cJSON_IsTrue(item) ? "true" : "false");
	} else if (cJSON_IsRaw(item)) {
		text_puts(out, item->valuestring);
	} else {
		text_puts(out, is_object ? "{" : "[");
		cJSON_ArrayForEach(child, item) {
			if (cJSON_IsNull(child))
				continue;
			text_puts(out, separator);
			separator = ", ";
			if (is_object) {
				print_key(child->string, out);
				text_puts(out, " = ");
			}
			print_inline(child, out);
		}
		text_puts(out, is_object ? " }" : "]");
	}
}

static void print_path(const struct path *path, struct text *out)
{
	if (path->above) {
		print_path(path->above, out);
		text_append(out, ".", 1);
	}
	print_key(path->key, out);
}

static void print_header(const struct path *path, const char *open, const char *close, struct text *out)
{
	text_puts(out, out->length > 0 ? "\n" : "");
	text_puts(out, open);
	print_path(path, out);
	text_puts(out, close);
}

/* Whether it is printed as [[name]] sections. */
static bool is_list_of_tables(const cJSON *item)
{
	const cJSON *child;

	if (!cJSON_IsArray(item) || !item->child)
		return false;
	cJSON_ArrayForEach(child, item)
		if (!cJSON_IsObject(child))
			return false;
	return true;
}

static bool is_section(const cJSON *item)
{
	return cJSON_IsObject(item) || is_list_of_tables(item);
}

/* The headers of its sections imply it, so that it needs none of its own. */
static bool is_implied(const cJSON *table)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, table)
		if (!is_section(item))
			return false;
	return table->child;
}

static void print_table(const cJSON *table, const struct path *path, struct text *out)
{
	const cJSON *item, *row;

	cJSON_ArrayForEach(item, table) {
		if (is_section(item) || cJSON_IsNull(item))
			continue;
		print_key(item->string, out);
		text_puts(out, " = ");
		print_inline(item, out);
		text_append(out, "\n", 1);
	}
	cJSON_ArrayForEach(item, table) {
		struct path below = {.above = path, .key = item->string};

		if (cJSON_IsObject(item)) {
			if (!is_implied(item))
				print_header(&below, "[", "]\n", out);
			print_table(item, &below, out);
		} else if (is_list_of_tables(item)) {
			cJSON_ArrayForEach(row, item) {
				print_header(&below, "[[", "]]\n", out);
				print_table(row, &below, out);
			}
		}
	}
}

void toml_print(const cJSON *object, struct text *out)
{
	print_table(object, NULL, out);
}
