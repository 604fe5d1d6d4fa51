/* Objects as files and in packs: all of them as git has them; damaged ones told, whatever they say of themselves. */
#include "base/count.h"
#include "base/spawn.h"
#include "history/git.h"
#include "history/object.h"
#include "history/pack.h"
#include "scratch.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { PATIENCE_MS = 60000 };

static int git_start(void **state)
{
	git_use_xalloc();
	git_libgit2_init();
	return scratch_setup(state);
}

static int git_end(void **state)
{
	git_libgit2_shutdown();
	return scratch_teardown(state);
}

static const char *run(const struct scratch *scratch, const char *script)
{
	struct spawn_result result = {0};
	const char *argv[] = {"sh", "-euc", script, NULL};
	const char *env[] = {"PATH=/usr/local/bin:/usr/bin:/bin",
			     "GIT_CONFIG_GLOBAL=/dev/null",
			     "GIT_DIR=h.git",
			     arena_printf(scratch->arena, "HOME=%s", scratch->path),
			     arena_printf(scratch->arena, "D=%s", scratch->path),
			     NULL};
	struct spawn_request request = {.argv = argv, .env = env, .timeout_ms = PATIENCE_MS};
	const char *out;

	assert_int_equal(spawn_run(&request, &result, NULL), 0);
	if (result.exit_code != 0)
		fail_msg("%s: %s%s", script, result.out, result.err);
	out = arena_strdup(scratch->arena, result.out);
	spawn_result_done(&result);
	return out;
}

static void deflate_text(const unsigned char *data, size_t length, unsigned char *out, size_t *ret_length)
{
	uLongf packed = compressBound(length);

	assert_int_equal(compress(out, &packed, data, length), Z_OK);
	*ret_length = packed;
}

static void write_bytes(const char *path, const void *data, size_t length)
{
	FILE *file = fopen(path, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

/* The words of the error, "" when it could be read. */
static const char *read_loose(const struct scratch *scratch, const char *path)
{
	struct object object = {0};
	struct error err = ERROR_INIT;

	if (loose_read(path, &object, &err) == 0)
		free(object.data);
	else if (err.kind == ERROR_CORRUPT)
		assert_null(object.data);
	return arena_strdup(scratch->arena, err.message);
}

static void test_loose(void **state)
{
	static const struct {
		const char *text; /* "|" stands for the NUL */
		const char *says;
	} rows[] = {
		{"blob 5|hello", ""},
		{"blob 0|", ""},
		{"tree 0|", ""},
		{"blob 4|hello", "is longer than it says"},
		{"blob 1|a text that is longer than what is read of it to know how long it is",
		 "is longer than it says"},
		{"blob 6|hello", "is shorter than it says"},
		{"blob 60000000|hello", "is shorter than it says"},
		{"blob 67108865|hello", "says that it is larger than 67108864 bytes"},
		{"blob 99999999999999999999999999|hello", "says that it is larger than 67108864 bytes"},
		{"blob 99999999999999999|hello", "says that it is larger than 67108864 bytes"},
		{"blob 05|hello", "does not begin as an object does"},
		{"blob -5|hello", "does not begin as an object does"},
		{"blob |hello", "does not begin as an object does"},
		{"blob5|hello", "does not begin as an object does"},
		{"blob 5", "does not begin as an object does"},
		{"blobs 5|hello", "is of no type that git has"},
		{" 5|hello", "is of no type that git has"},
		{"", "does not begin as an object does"},
	};
	const struct scratch *scratch = *state;
	const char *path = scratch_at(scratch, "object");

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned char packed[512];
		char *text = arena_strdup(scratch->arena, rows[i].text), *bar = strchr(text, '|');
		size_t length = strlen(text), packed_length;

		if (bar)
			*bar = '\0';
		deflate_text((const unsigned char *)text, length, packed, &packed_length);
		write_bytes(path, packed, packed_length);
		assert_string_equal(read_loose(scratch, path), rows[i].says);
		/* Wherever it is cut, it ends, and it is not read. */
		for (size_t cut = 0; cut < packed_length; cut++) {
			write_bytes(path, packed, cut);
			assert_string_not_equal(read_loose(scratch, path), "");
		}
	}
}

/* What is no file, and what unpacks to far more than it says. */
static void test_loose_kinds(void **state)
{
	const struct scratch *scratch = *state;
	const char *path = scratch_at(scratch, "object");

	assert_string_equal(read_loose(scratch, path), "is not there");
	assert_string_equal(read_loose(scratch, scratch->path), "is not a file");
	assert_string_equal(read_loose(scratch, "/dev/zero"), "is not a file");
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_string_equal(read_loose(scratch, path), "is not a file");
	run(scratch, "cd $D; rm object; python3 -c '\n"
		     "import zlib\n"
		     "c = zlib.compressobj(9)\n"
		     "f = open(\"object\", \"wb\")\n"
		     "f.write(c.compress(b\"blob 5\\0\"))\n"
		     "for i in range(64): f.write(c.compress(bytes(1 << 20)))\n"
		     "f.write(c.flush())'");
	assert_string_equal(read_loose(scratch, path), "is longer than it says");
}

/* A text in many versions, so that git makes chains of changes of it. */
static const char *make_pack(const struct scratch *scratch)
{
	return run(scratch, "cd $D; git init -q --bare; i=0; seq 1 400 >text\n"
			    "while [ $i -lt 40 ]; do\n"
			    "	sed -i \"$((i * 7 + 1))s/.*/version $i of this line/\" text\n"
			    "	git hash-object -w text >>ids; i=$((i + 1))\n"
			    "done\n"
			    "tree=$(sort -u ids | awk '{print \"100644 blob \" $1 \"\\t\" NR}' | git mktree)\n"
			    "commit=$(git -c user.name=me -c user.email=me commit-tree -m x $tree)\n"
			    "git update-ref refs/heads/main $commit; printf '%s\\n' $tree $commit >>ids\n"
			    "git repack -adfq --depth=50 --window=50; git prune-packed\n"
			    "chmod 600 h.git/objects/pack/*; cat ids");
}

/* How many of the ids can be read as they were. */
static size_t count_good(const struct scratch *scratch, const char *ids)
{
	const char *folder = scratch_at(scratch, "h.git/objects/pack");
	struct packs packs = {0};
	size_t good = 0;

	for (const char *line = ids; strlen(line) >= GIT_OID_HEXSZ; line += GIT_OID_HEXSZ + 1) {
		struct object object;
		git_oid id, real;

		assert_int_equal(git_oid_fromstr(&id, line), 0);
		if (packs_read(&packs, folder, &id, &object, NULL) < 0)
			continue;
		assert_int_equal(git_odb_hash(&real, object.data, object.length, object.type), 0);
		good += git_oid_equal(&id, &real) != 0;
		free(object.data);
	}
	packs_done(&packs);
	return good;
}

static void test_packs(void **state)
{
	const struct scratch *scratch = *state;
	const char *ids = make_pack(scratch);
	const char *folder = scratch_at(scratch, "h.git/objects/pack");
	const char *chains =
		run(scratch, "cd $D; git verify-pack -v h.git/objects/pack/*.idx | grep -c 'chain length'");
	struct packs packs = {0};
	struct error err = ERROR_INIT;
	git_oid id, found;
	struct object object;

	assert_true(strtol(chains, NULL, 10) > 5);
	assert_int_equal(count_good(scratch, ids), strlen(ids) / (GIT_OID_HEXSZ + 1));
	run(scratch, "cd $D; git repack -adfq --depth=50 --window=50 --no-write-bitmap-index; "
		     "git -c repack.useDeltaBaseOffset=false repack -adfq --depth=50 --window=50; chmod 600 "
		     "h.git/objects/pack/*");
	assert_int_equal(count_good(scratch, ids), strlen(ids) / (GIT_OID_HEXSZ + 1));

	assert_int_equal(git_oid_fromstr(&id, ids), 0);
	assert_int_equal(packs_find(&packs, folder, &id, 11, &found), 1);
	assert_true(git_oid_equal(&id, &found));
	id.id[5] ^= 0x0f;
	assert_int_equal(packs_find(&packs, folder, &id, 12, &found), 0);
	assert_int_equal(packs_find(&packs, folder, &id, 0, &found), 2);
	assert_int_equal(packs_read(&packs, folder, &id, &object, &err), -1);
	assert_int_equal(err.kind, ERROR_NOT_FOUND);
	assert_false(packs_refresh(&packs, folder));
	packs_done(&packs);
}

/* Each byte of pack and index that is sampled is another, and both end where they like: nothing is read that was not
 * written, and nothing else happens. */
static void test_damaged_packs(void **state)
{
	static const char *const suffixes[] = {"pack", "idx"};
	const struct scratch *scratch = *state;
	const char *ids = make_pack(scratch);
	size_t all = strlen(ids) / (GIT_OID_HEXSZ + 1), damaged = 0;

	for (size_t kind = 0; kind < COUNT(suffixes); kind++) {
		const char *script =
			arena_printf(scratch->arena, "cd $D; echo $PWD/h.git/objects/pack/*.%s", suffixes[kind]);
		char *path = arena_strdup(scratch->arena, run(scratch, script));
		unsigned char bytes[32768];

		path[strcspn(path, "\n")] = '\0';
		int fd = open(path, O_RDWR);
		assert_true(fd >= 0);
		ssize_t length = read(fd, bytes, sizeof(bytes));
		assert_true(length > 0 && length < (ssize_t)sizeof(bytes));
		for (ssize_t at = 0; at < length; at += at < 64 ? 1 : 41) {
			unsigned char other = bytes[at] ^ (unsigned char)(1 << at % 8);

			assert_int_equal(pwrite(fd, &other, 1, at), 1);
			damaged += count_good(scratch, ids) < all;
			assert_int_equal(pwrite(fd, &bytes[at], 1, at), 1);
		}
		for (ssize_t cut = length - 1; cut >= 0; cut -= length / 16) {
			assert_int_equal(ftruncate(fd, cut), 0);
			assert_int_equal(count_good(scratch, ids), 0);
		}
		assert_int_equal(pwrite(fd, bytes, (size_t)length, 0), length);
		assert_int_equal(count_good(scratch, ids), all);
		close(fd);
	}
	assert_true(damaged > 20);
}

static void test_delta(void **state)
{
	static const struct {
		const char *delta;
		size_t length;
		const char *out; /* NULL: damaged */
	} rows[] = {
		{"\x05\x05\x90\x05", 4, "hello"},
		{"\x05\x04\x91\x01\x04", 5, "ello"},
		{"\x05\x03\x03"
		 "abc",
		 6, "abc"},
		{"\x05\x00", 2, ""},
		{"\x04\x05\x90\x05", 4, NULL},	   /* another base */
		{"\x05\x06\x90\x05", 4, NULL},	   /* longer than it gives */
		{"\x05\x04\x90\x05", 4, NULL},	   /* and shorter */
		{"\x05\x05\x91\x01\x05", 5, NULL}, /* beyond the base */
		{"\x05\x05\x91\xff\x05", 5, NULL},
		{"\x05\x05\x9f\xff\xff\xff\xff\x05", 8, NULL},
		{"\x05\x05\x80", 3, NULL}, /* 64 KiB of a base of 5 */
		{"\x05\x03\x04"
		 "abc",
		 6, NULL}, /* its own end */
		{"\x05\x03\x91", 3, NULL},
		{"\x05\x03\x00", 3, NULL}, /* reserved */
		{"\x85", 1, NULL},
		{"\x05\xff\xff\xff\xff\x7f\x90\x05", 8, NULL}, /* 32 GiB */
		{"\x05\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12, NULL},
	};
	char hello[] = "hello";
	const struct object base = {GIT_OBJECT_BLOB, hello, 5};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* On the heap and of its very size, for the sanitizer. */
		unsigned char *delta = malloc(rows[i].length);
		struct object object = {0};
		struct error err = ERROR_INIT;

		assert_non_null(delta);
		memcpy(delta, rows[i].delta, rows[i].length);
		int result = delta_apply(&base, delta, rows[i].length, &object, &err);
		assert_int_equal(result, rows[i].out ? 0 : -1);
		if (rows[i].out)
			assert_string_equal(object.data, rows[i].out);
		else
			assert_int_equal(err.kind, ERROR_CORRUPT);
		free(object.data);
		free(delta);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, git_start, git_end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_loose), TEST(test_loose_kinds), TEST(test_packs), TEST(test_damaged_packs), TEST(test_delta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
