/* A reader of tar streams that are whole in memory. */
#include "codec/tar.h"

#include "base/limits.h"
#include "model/secret.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { BLOCK = 512, NAME_CAP = 4096 };

/* Where the fields of a header are (POSIX.1-2017 pax, "ustar Interchange Format"). */
enum {
	AT_NAME = 0,
	SIZE_NAME = 100,
	AT_SIZE = 124,
	SIZE_SIZE = 12,
	AT_SUM = 148,
	SIZE_SUM = 8,
	AT_TYPE = 156,
	AT_MAGIC = 257,
	AT_PREFIX = 345,
	SIZE_PREFIX = 155,
};

struct tar_reader {
	struct arena *arena;
	const unsigned char *data;
	size_t length, offset;
	/* Said by a pax or GNU header about the entry that follows it. */
	const char *long_name;
	bool sized;
	uint64_t size;
};

/* Octal digits up to a blank or NUL; -1 for anything else. The base-256 form is for sizes no answer may have. */
static int octal(const unsigned char *field, size_t length, uint64_t *ret_number)
{
	uint64_t number = 0;
	size_t i = 0;

	while (i < length && field[i] == ' ')
		i++;
	for (; i < length && field[i] >= '0' && field[i] <= '7'; i++) {
		if (number >> 60 != 0)
			return -1;
		number = number * 8 + (uint64_t)(field[i] - '0');
	}
	if (i < length && field[i] != ' ' && field[i] != '\0')
		return -1;
	*ret_number = number;
	return 0;
}

static bool sum_right(const unsigned char *header)
{
	uint64_t said, sum = 0;

	for (size_t i = 0; i < BLOCK; i++)
		sum += i >= AT_SUM && i < AT_SUM + SIZE_SUM ? ' ' : header[i];
	return octal(header + AT_SUM, SIZE_SUM, &said) == 0 && said == sum;
}

static char *field_text(struct arena *arena, const unsigned char *field, size_t size)
{
	return arena_strndup(arena, (const char *)field, strnlen((const char *)field, size));
}

static const char *entry_name(struct tar_reader *reader, const unsigned char *header)
{
	const char *name = field_text(reader->arena, header + AT_NAME, SIZE_NAME);

	if (reader->long_name)
		return reader->long_name;
	if (memcmp(header + AT_MAGIC, "ustar\0", 6) != 0 || header[AT_PREFIX] == '\0')
		return name;
	return arena_printf(reader->arena, "%s/%s", field_text(reader->arena, header + AT_PREFIX, SIZE_PREFIX), name);
}

/* One record of a pax header: "LENGTH KEY=VALUE\n", the length counting itself. Gives the bytes it takes, 0: broken. */
static size_t pax_record(struct tar_reader *reader, const char *text, size_t length)
{
	size_t said = 0, i = 0;

	for (; i < length && i < 8 && text[i] >= '0' && text[i] <= '9'; i++)
		said = said * 10 + (size_t)(text[i] - '0');
	if (i == 0 || i >= length || text[i] != ' ' || said > length || said < i + 4 || text[said - 1] != '\n')
		return 0;
	const char *key = text + i + 1, *end = text + said - 1;
	const char *equals = memchr(key, '=', (size_t)(end - key));
	if (!equals)
		return 0;
	size_t key_length = (size_t)(equals - key), value_length = (size_t)(end - equals - 1);
	if (key_length == 4 && memcmp(key, "path", 4) == 0) {
		if (value_length > NAME_CAP || memchr(equals, '\0', value_length + 1))
			return 0;
		reader->long_name = arena_strndup(reader->arena, equals + 1, value_length);
	} else if (key_length == 4 && memcmp(key, "size", 4) == 0) {
		uint64_t size = 0;
		for (const char *digit = equals + 1; digit < end; digit++) {
			if (*digit < '0' || *digit > '9' || size > UINT32_MAX)
				return 0;
			size = size * 10 + (uint64_t)(*digit - '0');
		}
		reader->sized = true;
		reader->size = size;
	}
	return said;
}

static int read_pax(struct tar_reader *reader, const unsigned char *data, size_t length, struct error *err)
{
	const char *text = (const char *)data;

	while (length > 0) {
		size_t taken = pax_record(reader, text, length);
		if (taken == 0)
			return error_set(err, ERROR_CORRUPT, "tar: a pax header is broken");
		text += taken;
		length -= taken;
	}
	return 0;
}

/* What of name is below folder: "" for the folder itself, NULL for what is elsewhere or leads out of it. */
static const char *below(const char *name, const char *folder)
{
	size_t length = strlen(folder);

	if (text_starts(name, "./"))
		name += 2;
	if (strncmp(name, folder, length) != 0 || (name[length] != '/' && name[length] != '\0'))
		return NULL;
	name += length;
	while (*name == '/')
		name++;
	for (const char *part = name; *part != '\0';) {
		size_t size = strcspn(part, "/");
		if (size == 0 || (size == 1 && part[0] == '.') || (size == 2 && memcmp(part, "..", 2) == 0))
			return NULL;
		part += size + (part[size] == '/');
	}
	return name;
}

static int keep_file(struct tar_reader *reader, const char *name, const unsigned char *data, size_t length,
		     struct config_files *files, struct error *err)
{
	if (files->count >= LIMIT_ENGINE_FILES)
		return error_set(err, ERROR_CORRUPT, "tar: more than %d files", LIMIT_ENGINE_FILES);
	*ARENA_PUSH(reader->arena, files->items, files->count) = (struct config_file){
		.name = arena_strdup(reader->arena, name),
		.data = arena_copy(reader->arena, data, length),
		.length = length,
		.secret = holds_private_key(data, length),
	};
	return 0;
}

/* Handles one entry whose data is whole. */
static int read_entry(struct tar_reader *reader, const unsigned char *header, const unsigned char *data, size_t length,
		      const char *folder, struct config_files *files, struct error *err)
{
	char type = (char)header[AT_TYPE];

	if (type == 'x')
		return read_pax(reader, data, length, err);
	if (type == 'g')
		return 0;
	if (type == 'L') {
		if (length > NAME_CAP)
			return error_set(err, ERROR_CORRUPT, "tar: a name is longer than %d bytes", NAME_CAP);
		reader->long_name = field_text(reader->arena, data, length);
		return 0;
	}
	const char *name = entry_name(reader, header), *inside = below(name, folder);
	reader->long_name = NULL;
	reader->sized = false;
	if (!inside)
		return error_set(err, ERROR_CORRUPT, "tar: \"%s\" is not below \"%s\"", name, folder);
	if ((type != '0' && type != '\0') || inside[0] == '\0' || text_ends(inside, "/"))
		return 0;
	return keep_file(reader, inside, data, length, files, err);
}

static bool all_zero(const unsigned char *block)
{
	for (size_t i = 0; i < BLOCK; i++)
		if (block[i] != 0)
			return false;
	return true;
}

int tar_read(struct arena *arena, const void *data, size_t length, const char *folder, struct config_files *ret_files,
	     struct error *err)
{
	struct tar_reader reader = {.arena = arena, .data = data, .length = length};
	struct config_files files = {0};

	for (;;) {
		uint64_t size;
		if (reader.length - reader.offset < BLOCK)
			return error_set(err, ERROR_CORRUPT, "tar: the stream ends too early");
		const unsigned char *header = reader.data + reader.offset;
		if (all_zero(header))
			break;
		reader.offset += BLOCK;
		if (!sum_right(header) || octal(header + AT_SIZE, SIZE_SIZE, &size) < 0)
			return error_set(err, ERROR_CORRUPT, "tar: a header's checksum or size is wrong");
		bool about_next = strchr("xgL", header[AT_TYPE]) && header[AT_TYPE] != '\0';
		if (reader.sized && !about_next)
			size = reader.size;
		/* Links and folders have no data, whatever the field says. */
		if (header[AT_TYPE] >= '1' && header[AT_TYPE] <= '6')
			size = 0;
		if (size > reader.length - reader.offset)
			return error_set(err, ERROR_CORRUPT, "tar: the stream ends in the middle of a file");
		if (read_entry(&reader, header, reader.data + reader.offset, (size_t)size, folder, &files, err) < 0)
			return -1;
		size_t padded = ((size_t)size + BLOCK - 1) / BLOCK * BLOCK;
		size_t left = reader.length - reader.offset;
		reader.offset += padded < left ? padded : left;
	}
	config_files_sort(&files);
	*ret_files = files;
	return 0;
}
