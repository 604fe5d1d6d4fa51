/* Tar streams: what a real Engine sent, and what nobody should. */
#include "codec/tar.h"

#include "base/buffer.h"
#include "base/count.h"
#include "base/digest.h"
#include "live_recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

enum { BLOCK = 512 };

static int read_recorded(struct arena *arena, const char *base64, struct config_files *files, struct error *err)
{
	CLEANUP_BUFFER struct buffer bytes = BUFFER_INIT(BUFFER_TEXT_CAP);

	assert_int_equal(base64_decode(&bytes, base64), 0);
	return tar_read(arena, bytes.data, bytes.length, "buildkit", files, err);
}

static void test_recorded(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct config_files files = {0};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_recorded(arena, RECORDED_FILES, &files, &err), 0);
	assert_int_equal(files.count, 1);
	assert_string_equal(files.items[0].name, "buildkitd.toml");
	assert_int_equal(files.items[0].length, 81);
	assert_memory_equal(files.items[0].data, "debug = true", 12);
	assert_int_equal(read_recorded(arena, RECORDED_FILES_NONE, &files, &err), 0);
	assert_int_equal(files.count, 0);
}

static void test_long_names(void **state)
{
	static const char folder[] = "certs/a-registry-with-a-rather-long-host-name-so-that-its-path-does-not-fit-in-a-"
				     "header.registry.example.com/";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct config_files files = {0};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(read_recorded(arena, RECORDED_FILES_LONG, &files, &err), 0);
	assert_int_equal(files.count, 4);
	assert_string_equal(files.items[0].name, "buildkitd.toml");
	assert_string_equal(files.items[1].name, arena_printf(arena, "%sca.pem", folder));
	assert_string_equal(files.items[3].name, arena_printf(arena, "%skey.pem", folder));
	assert_false(files.items[1].secret);
	assert_true(files.items[3].secret);
}

/* One header and its data, checksum made right. */
static void add_entry(struct text *tar, const char *name, char type, const char *size, const char *data)
{
	char header[BLOCK] = {0}, zeros[BLOCK] = {0}, sum_text[8];
	unsigned sum = 0;

	snprintf(header, 100, "%s", name);
	snprintf(header + 124, 12, "%s", size);
	memset(header + 148, ' ', 8);
	header[156] = type;
	memcpy(header + 257,
	       "ustar\0"
	       "00",
	       8);
	for (size_t i = 0; i < BLOCK; i++)
		sum += (unsigned char)header[i];
	snprintf(sum_text, sizeof(sum_text), "%06o", sum & 0777777);
	memcpy(header + 148, sum_text, 7);
	text_append(tar, header, BLOCK);
	size_t length = strlen(data);
	text_append(tar, data, length);
	text_append(tar, zeros, (BLOCK - length % BLOCK) % BLOCK);
}

static int read_one(const char *name, char type, const char *size, const char *data, size_t zeros, size_t *ret_count,
		    struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text tar = TEXT_INIT;
	struct config_files files = {0};
	char end[BLOCK] = {0};

	add_entry(&tar, name, type, size, data);
	for (size_t i = 0; i < zeros; i++)
		text_append(&tar, end, BLOCK);
	int result = tar_read(arena, tar.data, tar.length, "buildkit", &files, err);
	*ret_count = files.count;
	return result;
}

static void test_hostile(void **state)
{
	static const struct row {
		const char *name;
		char type;
		const char *size, *data;
		size_t zeros;
		const char *message; /* NULL: read, with .count files */
		size_t count;
	} rows[] = {
		{"buildkit/a", '0', "00000000002", "hi", 2, NULL, 1},
		{"buildkit/a", '\0', "2", "hi", 1, NULL, 1},
		{"./buildkit/a", '0', "2", "hi", 1, NULL, 1},
		{"buildkit/a", '0', "2", "hi", 0, "ends too early", 0},
		{"buildkit/a", '0', "7777", "hi", 1, "in the middle of a file", 0},
		{"buildkit/a", '0', "77777777777", "hi", 1, "in the middle of a file", 0},
		{"buildkit/a", '0', "2x", "hi", 1, "checksum or size", 0},
		{"buildkit/a", '0', "\x80zzzz", "hi", 1, "checksum or size", 0},
		{"buildkit/../../etc/passwd", '0', "2", "hi", 1, "is not below", 0},
		{"/buildkit/a", '0', "2", "hi", 1, "is not below", 0},
		{"buildkitx/a", '0', "2", "hi", 1, "is not below", 0},
		{"buildkit/a", '2', "77777777777", "", 1, NULL, 0},
		{"buildkit/dev", '3', "0", "", 1, NULL, 0},
		{"buildkit", '5', "0", "", 1, NULL, 0},
		{"x", 'x', "6", "9 a=b\n", 1, "pax header", 0},
		{"x", 'x', "6", "6 a=b\n", 1, NULL, 0},
		{"x", 'x', "6", "6xa=b\n", 1, "pax header", 0},
		{"x", 'x', "6", "6 abc\n", 1, "pax header", 0},
		{"x", 'g', "6", "junk..", 1, NULL, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		size_t count = 0;
		int result =
			read_one(rows[i].name, rows[i].type, rows[i].size, rows[i].data, rows[i].zeros, &count, &err);
		if (!rows[i].message) {
			assert_int_equal(result, 0);
			assert_int_equal(count, rows[i].count);
			continue;
		}
		assert_int_equal(result, -1);
		assert_int_equal(err.kind, ERROR_CORRUPT);
		assert_non_null(strstr(err.message, rows[i].message));
	}
}

static void test_said_by_headers(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text tar = TEXT_INIT;
	struct config_files files = {0};
	struct error err = ERROR_INIT;
	char end[BLOCK] = {0};

	(void)state;
	/* What a pax or GNU header says goes for the next entry only. */
	add_entry(&tar, "x", 'x', "44", "21 path=buildkit/pax\n9 size=2\n6 a=b\n");
	add_entry(&tar, "cut", '0', "0", "hi");
	add_entry(&tar, "buildkit/own", '0', "1", "o");
	add_entry(&tar, "././@LongLink", 'L', "14", "buildkit/gnu");
	add_entry(&tar, "cut", '0', "3", "gnu");
	text_append(&tar, end, BLOCK);
	assert_int_equal(tar_read(arena, tar.data, tar.length, "buildkit", &files, &err), 0);
	assert_int_equal(files.count, 3);
	assert_string_equal(files.items[0].name, "gnu");
	assert_string_equal(files.items[1].name, "own");
	assert_string_equal(files.items[2].name, "pax");
	assert_int_equal(files.items[2].length, 2);
}

static void test_empty(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct config_files files = {0};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(tar_read(arena, "", 0, "buildkit", &files, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_recorded), cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_hostile),	 cmocka_unit_test(test_said_by_headers),
		cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
