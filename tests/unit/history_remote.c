/* What is pure of sharing a history: addresses, summaries, what ssh says, and packs that are taken apart. */
#include "base/count.h"
#include "base/text.h"
#include "history/address.h"
#include "history/inflate.h"
#include "history/peer.h"
#include "history/shelf.h"
#include "history/summary.h"
#include "scratch.h"

#include <fcntl.h>
#include <unistd.h>

static void test_address(void **state)
{
	static const struct {
		const char *text;
		enum address_kind kind;
		const char *user, *host, *port, *path;
	} rows[] = {
		{"https://git.example.com/team/x.git", ADDRESS_HTTPS, NULL, "git.example.com", NULL, "/team/x.git"},
		{"https://git.example.com:8443/x", ADDRESS_HTTPS, NULL, "git.example.com", "8443", "/x"},
		{"https://[::1]:8443/x", ADDRESS_HTTPS, NULL, "::1", "8443", "/x"},
		{"ssh://git@git.example.com:2222/team/x.git", ADDRESS_SSH, "git", "git.example.com", "2222",
		 "/team/x.git"},
		{"ssh://git.example.com/~me/x.git", ADDRESS_SSH, NULL, "git.example.com", NULL, "~me/x.git"},
		{"git@git.example.com:team/x.git", ADDRESS_SSH, "git", "git.example.com", NULL, "team/x.git"},
		{"git.example.com:/srv/x.git", ADDRESS_SSH, NULL, "git.example.com", NULL, "/srv/x.git"},
		{"me@[fe80::1]:x.git", ADDRESS_SSH, "me", "fe80::1", NULL, "x.git"},
		{"/srv/x.git", ADDRESS_PATH, NULL, NULL, NULL, "/srv/x.git"},
		{"../x.git", ADDRESS_PATH, NULL, NULL, NULL, "../x.git"},
		{"./a:b", ADDRESS_PATH, NULL, NULL, NULL, "./a:b"},
		{"file:///srv/x.git", ADDRESS_PATH, NULL, NULL, NULL, "/srv/x.git"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address;
		struct error err = ERROR_INIT;

		if (address_parse(scratch->arena, rows[i].text, &address, &err) < 0)
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_int_equal(address.kind, rows[i].kind);
		assert_true(text_equal(address.user, rows[i].user));
		assert_true(text_equal(address.host, rows[i].host));
		assert_true(text_equal(address.port, rows[i].port));
		assert_string_equal(address.path, rows[i].path);
	}
}

static void test_address_refused(void **state)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{"", "is none"},
		{"--upload-pack=x", "is none"},
		{"https://h/a\nb", "is none"},
		{"https://me:secret@h/x", "has a password in it"},
		{"https://secret@h/x", "has a user in it"},
		{"ssh://me:secret@h/x", "has a password in it"},
		{"https://h", "names no repository"},
		{"https://h/x?y", "names no repository"},
		{"ssh://h/", "names no repository"},
		{"h:", "names no repository"},
		{"ssh://-oProxyCommand=x/y", "names no host"},
		{"-l@h:x", "is none"},
		{"me@-h:x", "names no host"},
		{"h;x:y", "names no host"},
		{"ssh://h:99999999/x", "names no host"},
		{"http://h/x", "is not encrypted"},
		{"git://h/x", "is not encrypted"},
		{"svn://h/x", "not known here"},
		{"file://x", "not known here"},
		{"ext::sh -c x", "names a helper"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct address address;
		struct error err = ERROR_INIT;

		assert_int_equal(address_parse(scratch->arena, rows[i].text, &address, &err), -1);
		assert_int_equal(err.kind, ERROR_USAGE);
		if (!strstr(err.message, rows[i].why))
			fail_msg("%s: %s", rows[i].text, err.message);
		assert_null(strstr(err.message, "secret"));
		assert_true(*err.hint);
	}
}

static void test_summary(void **state)
{
	static const char id[] = "0123456789abcdef0123456789abcdef01234567";
	const struct scratch *scratch = *state;
	const struct host host = {
		.name = "build1-0",
		.host = "build1",
		.user = "root",
		.store = "/root/.docker/buildx",
		.tip = id,
		.record = id,
		.recorded = 1767225600,
		.serial = 7,
		.status = "applied",
		.what = "apply: create ci\nHost: forged",
		.state_commit = id,
		.held = true,
		.check = {.when = 1767225601,
			  .drift = DRIFT_SOME,
			  .changes = 3,
			  .why = "x",
			  .state_commit = id,
			  .record = id},
	};
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct host read = {.name = "build1-0"};

	summary_print(&host, &text);
	assert_true(text_starts(text_string(&text), "build1: drifted, last record applied\n\n"));
	summary_parse(scratch->arena, text_string(&text), 1767225602, &read);
	assert_null(read.unreadable);
	assert_string_equal(read.host, "build1");
	assert_string_equal(read.what, "apply: create ci\\nHost: forged");
	assert_string_equal(read.record, id);
	assert_int_equal(read.recorded, host.recorded);
	assert_int_equal(read.serial, 7);
	assert_int_equal(read.heard, 1767225602);
	assert_true(read.held);
	assert_int_equal(read.check.changes, 3);
	assert_int_equal(host_drift(&read), DRIFT_SOME);
	/* What was recorded since makes an older check nothing. */
	read.check.record = "another";
	assert_int_equal(host_drift(&read), DRIFT_NONE);
	read.status = "partial";
	assert_int_equal(host_drift(&read), DRIFT_UNKNOWN);
}

static void test_summary_damaged(void **state)
{
	static const char *const rows[][2] = {
		{"", "none of reconcile's"},
		{"x\n\nHost: build1\n", "none of reconcile's"},
		{"x\n\nReconcile-Summary: 2\nHost: build1\n", "newer reconcile"},
		{"x\n\nReconcile-Summary: 1\n", "damaged"},
		{"x\n\nReconcile-Summary: 1\nHost: \n", "damaged"},
		{"x\n\nReconcile-Summary: 1\nHost: build1\nRecord: ../../x\n", "damaged"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host host = {.name = "n"};

		summary_parse(scratch->arena, rows[i][0], 5, &host);
		assert_non_null(host.unreadable);
		assert_non_null(strstr(host.unreadable, rows[i][1]));
		assert_null(host.host);
		assert_int_equal(host.heard, 5);
		assert_int_equal(host_drift(&host), DRIFT_UNKNOWN);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *said, *line, *hint;
	} rows[] = {
		{"@@@@\n@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!  @\n@@@\nHost key verification failed.\n",
		 "ssh: WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "ssh-keygen -R"},
		{"ssh: Could not resolve hostname x: Name or service not known\r\n",
		 "ssh: Could not resolve hostname x: Name or service not known", "DNS"},
		{"Warning: Permanently added\nfatal: something \x1b[2J else\n", "ssh: something \\x1b[2J else", NULL},
		{"\n \n", NULL, NULL},
		{"", NULL, NULL},
	};
	const struct scratch *scratch = *state;
	const struct address address = {.kind = ADDRESS_SSH};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *hint;
		const char *line = peer_words(scratch->arena, rows[i].said, &address, &hint);

		if (!text_equal(line, rows[i].line))
			fail_msg("%s: %s", rows[i].said, line ? line : "nothing");
		assert_true(!rows[i].hint == !hint && (!hint || strstr(hint, rows[i].hint)));
	}
}

/* The head of an object in a pack, and what is packed. */
static void put_entry(struct text *pack, unsigned type, const char *between, size_t between_length, const void *data,
		      size_t length)
{
	unsigned char packed[4096], byte = (unsigned char)(type << 4 | (length & 15));
	uLongf packed_length = sizeof(packed);

	for (size_t left = length >> 4;; left >>= 7) {
		unsigned char out = left ? byte | 0x80 : byte;

		text_append(pack, &out, 1);
		if (!left)
			break;
		byte = left & 0x7f;
	}
	text_append(pack, between, between_length);
	assert_int_equal(compress(packed, &packed_length, data, length), Z_OK);
	text_append(pack, packed, packed_length);
}

static void begin_pack(struct text *pack, unsigned char count)
{
	const unsigned char head[] = {'P', 'A', 'C', 'K', 0, 0, 0, 2, 0, 0, 0, count};

	text_append(pack, head, sizeof(head));
}

static int take(const struct scratch *scratch, struct shelf *shelf, struct text *pack, struct error *err)
{
	const char trailer[20] = {0};

	text_append(pack, trailer, sizeof(trailer));
	file_write_atomic(scratch_at(scratch, "pack"), text_string(pack), pack->length, 0600, NULL);
	int fd = open(scratch_at(scratch, "pack"), O_RDONLY | O_CLOEXEC);
	int result = shelf_take_pack(shelf, fd, (int64_t)pack->length, err);
	close(fd);
	return result;
}

static bool has(const struct shelf *shelf, const char *commit)
{
	size_t length;
	git_oid id;

	assert_int_equal(git_odb_hash(&id, commit, strlen(commit), GIT_OBJECT_COMMIT), 0);
	const char *found = shelf_find(shelf, &id, &length);
	return found && length == strlen(commit) && strcmp(found, commit) == 0;
}

/* The shelf is freed with the repository that it is joined to. */
static git_repository *repository_of(const struct scratch *scratch, struct shelf *shelf)
{
	git_repository *repo = NULL;
	struct error err = ERROR_INIT;

	assert_int_equal(git_begin(&err), 0);
	assert_int_equal(git_repository_init(&repo, scratch_at(scratch, "repo"), 1), 0);
	assert_int_equal(shelf_join(shelf, repo, &err), 0);
	return repo;
}

static void test_pack(void **state)
{
	static const char first[] = "tree of a commit\n", second[] = "tree of a change\n", blob[] = "a blob";
	/* From 17 bytes to 17: copies 10 of them, and puts 7 behind. */
	static const char delta[] = "\x11\x11\x90\x0a\x07"
				    "change\n";
	const struct scratch *scratch = *state;
	struct shelf *shelf = shelf_new();
	git_repository *repo = repository_of(scratch, shelf);
	CLEANUP_TEXT struct text pack = TEXT_INIT;
	struct error err = ERROR_INIT;

	begin_pack(&pack, 4);
	put_entry(&pack, GIT_OBJECT_BLOB, "", 0, blob, strlen(blob));
	size_t at = pack.length;
	put_entry(&pack, GIT_OBJECT_COMMIT, "", 0, first, strlen(first));
	const char distance = (char)(pack.length - at);
	put_entry(&pack, 6, &distance, 1, delta, sizeof(delta) - 1);
	/* One whose base is named, which is left out. */
	put_entry(&pack, 7, "01234567890123456789", 20, delta, sizeof(delta) - 1);
	if (take(scratch, shelf, &pack, &err) < 0)
		fail_msg("%s", err.message);
	assert_true(has(shelf, first));
	assert_true(has(shelf, second));
	assert_false(has(shelf, blob));

	/* What was kept is there again, and what is damaged is passed over. */
	CLEANUP_TEXT struct text kept = TEXT_INIT;
	shelf_save_one(first, strlen(first), &kept);
	shelf_save_one(second, strlen(second), &kept);
	struct shelf *again = shelf_new();
	shelf_load(again, text_string(&kept), kept.length - 1);
	assert_true(has(again, first));
	assert_false(has(again, second));
	shelf_load(again, "123456789\nx", 11);
	shelf_load(again, "4\nab", 4);
	shelf_load(again, "4", 1);
	git_repository *other = repository_of(scratch, again);
	git_repository_free(other);
	git_repository_free(repo);
	git_libgit2_shutdown();
	git_libgit2_shutdown();
}

static void test_pack_damaged(void **state)
{
	static const char commit[] = "tree of a commit\n";
	const struct scratch *scratch = *state;
	struct shelf *shelf = shelf_new();
	git_repository *repo = repository_of(scratch, shelf);

	for (size_t cut = 0; cut < 40; cut++) {
		CLEANUP_TEXT struct text pack = TEXT_INIT;
		struct error err = ERROR_INIT;

		begin_pack(&pack, 1);
		put_entry(&pack, GIT_OBJECT_COMMIT, "", 0, commit, strlen(commit));
		size_t whole = pack.length;
		if (cut >= whole)
			break;
		text_cut(&pack, cut);
		int result = take(scratch, shelf, &pack, &err);
		/* Of a whole one the checksum of its content alone may be missing, which the id makes good. */
		if (result < 0)
			assert_true(*err.message);
		else
			assert_true(cut + 20 >= whole);
	}
	CLEANUP_TEXT struct text pack = TEXT_INIT;
	struct error err = ERROR_INIT;
	begin_pack(&pack, 1);
	put_entry(&pack, 6, "\x01", 1, "\x11\x11\x00", 3);
	assert_int_equal(take(scratch, shelf, &pack, &err), 0); /* a change of what is no commit */
	text_clear(&pack);
	begin_pack(&pack, 1);
	put_entry(&pack, 6, "\x7f", 1, "x", 1);
	assert_int_equal(take(scratch, shelf, &pack, &err), -1);
	git_repository_free(repo);
	git_libgit2_shutdown();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_address),	    TEST(test_address_refused), TEST(test_summary),
		TEST(test_summary_damaged), TEST(test_words),		TEST(test_pack),
		TEST(test_pack_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
