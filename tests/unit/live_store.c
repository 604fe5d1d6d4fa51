/* The store: where it is, what is selected, and that each damaged file is one fault which stops nothing else. */
#include "live_folder.h"

#include "base/clock.h"
#include "base/count.h"
#include "codec/current.h"
#include "live/store/locate.h"
#include "live/store/lock.h"
#include "live/store/store.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define GOOD(name)                                                                                                     \
	"{\"Name\":\"" name "\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"" name                          \
	"0\",\"Endpoint\":\"unix:///s\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],"       \
	"\"Dynamic\":false}"
#define WITH_TOML(toml)                                                                                                \
	"{\"Name\":\"x\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"x0\",\"Endpoint\":\"\",\"Files\":{"    \
	"\"buildkitd.toml\":\"" toml "\"}}]}"
#define HASH "0123456789abcdef0123"

static void locations(void **state)
{
	static const struct {
		const char *variables[4], *store, *config;
	} rows[] = {
		{{"HOME=/nowhere"}, "/nowhere/.docker/buildx", "/nowhere/.docker"},
		{{"HOME=/nowhere", "DOCKER_CONFIG=/a/b/"}, "/a/b/buildx", "/a/b"},
		{{"HOME=/nowhere", "DOCKER_CONFIG=/a", "BUILDX_CONFIG=/c"}, "/c", "/a"},
		{{"BUILDX_CONFIG=/c", "HOME=/h", "DOCKER_CONFIG="}, "/c", "/h/.docker"},
		{{"DOCKER_CONFIG=/", "BUILDX_CONFIGS=/no"}, "/buildx", "/"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();
	char id[13];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *store, *config;

		assert_int_equal(store_locate(arena, rows[i].variables, &store, &config, NULL), 0);
		assert_string_equal(store, rows[i].store);
		assert_string_equal(config, rows[i].config);
	}
	store_id("/root/.docker/buildx", id);
	assert_string_equal(id, "f80fa9878272");
}

/* The store keeps its name when it is created, also below a link. */
static void name_is_the_same_before_and_after(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *real = arena_printf(arena, "%s/real", home->folder);
	const char *link = arena_printf(arena, "%s/link", home->folder);
	const char *const variables[] = {arena_printf(arena, "DOCKER_CONFIG=%s/link/deep", home->folder), NULL};
	const char *before, *after, *config;

	assert_int_equal(mkdir(real, 0700), 0);
	assert_int_equal(symlink("real", link), 0);
	assert_int_equal(store_locate(arena, variables, &before, &config, NULL), 0);
	assert_int_equal(folder_create(arena_printf(arena, "%s/deep/buildx", link), 0700, NULL), 0);
	assert_int_equal(store_locate(arena, variables, &after, &config, NULL), 0);
	assert_string_equal(before, after);
	assert_string_equal(after, arena_printf(arena, "%s/deep/buildx", real));
}

static void missing_store_is_empty_and_stays_missing(void **state)
{
	struct home *home = *state;
	struct live *live = home_read(home);
	CLEANUP_FREE char *path = home_path(home, "");

	assert_int_equal(live->builder_count, 1);
	assert_string_equal(live->builders[0].name, "default");
	assert_string_equal(live->builders[0].driver, "docker");
	assert_string_equal(live->builders[0].nodes[0].spec.endpoint, "default");
	assert_int_equal(live->builders[0].nodes[0].state, NODE_UNKNOWN);
	assert_string_equal(live->current_file.path, "current");
	assert_true(text_starts(live->defaults_file.path, "defaults/"));
	assert_false(live->current_file.exists);
	assert_true(live->selected_default);
	assert_int_equal(live->faults.count, 0);
	assert_false(file_exists(path));
}

static void builders_are_read(void **state)
{
	struct home *home = *state;

	home_write(home, "buildx/instances/zeta", GOOD("zeta"));
	home_write(home, "buildx/instances/alpha", GOOD("Alpha"));
	home_write(home, "buildx/activity/Alpha", "2026-01-31T12:00:00Z");
	home_write(home, "buildx/activity/zeta", "2026-01-31T12:00:00+02:00");
	home_write(home, "buildx/buildkitd.default.toml", "debug = true\n");
	struct live *live = home_read(home);
	assert_int_equal(live->faults.count, 0);
	assert_int_equal(live->builder_count, 3);
	assert_string_equal(live->builders[0].name, "alpha"); /* BuildX keeps capitals inside, and ignores them */
	assert_string_equal(live->builders[0].last_activity, "2026-01-31T12:00:00Z");
	assert_string_equal(live->builders[0].file.path, "instances/alpha");
	assert_string_equal((const char *)live->builders[0].file.data, GOOD("Alpha"));
	assert_string_equal(live->builders[1].name, "default");
	assert_string_equal(live->builders[2].nodes[0].spec.endpoint, "unix:///s");
	assert_int_equal(live->default_files.count, 1);
	assert_string_equal((const char *)live->default_files.items[0].data, "debug = true\n");
	CLEANUP_FREE char *lock = home_path(home, "buildx/.lock");
	assert_false(file_exists(lock));
}

/* One file each, beside a good builder. */
static const struct {
	const char *path, *text;
	enum fault_code code;
	const char *subject;
	size_t length;
	bool builder; /* "x" is then there, damaged */
} damages[] = {
	{"instances/x", "", FAULT_INSTANCE_EMPTY, "builder.x", 0, true},
	{"instances/x", "{\"Name\":\"x\",\"Dri", FAULT_INSTANCE_TRUNCATED, "builder.x", 0, true},
	{"instances/x", "\0\0\0", FAULT_INSTANCE_NUL, "builder.x", 3, true},
	{"instances/x", "nonsense", FAULT_INSTANCE_INVALID, "builder.x", 0, true},
	{"instances/x", "{}", FAULT_INSTANCE_BLANK, "builder.x", 0, true},
	{"instances/x", "null", FAULT_INSTANCE_BLANK, "builder.x", 0, true},
	{"instances/x", "{\"Name\":\"x\",\"Nodes\":[{\"Name\":\"a\"}]}", FAULT_INSTANCE_NO_DRIVER, "builder.x", 0,
	 true},
	{"instances/x", "{\"Name\":\"x\",\"Driver\":\"remote\",\"Nodes\":[]}", FAULT_INSTANCE_NO_NODES, "builder.x", 0,
	 true},
	{"instances/x", GOOD("other"), FAULT_INSTANCE_NAME_MISMATCH, "builder.x", 0, true},
	{"instances/.DS_Store", "x", FAULT_INSTANCE_NAME_INVALID, "store", 0, false},
	{"instances/x~", GOOD("x"), FAULT_INSTANCE_NAME_INVALID, "store", 0, false},
	{"instances/\033[31m", GOOD("x"), FAULT_INSTANCE_NAME_INVALID, "store", 0, false},
	{"instances/.tmp-x123", "", FAULT_INSTANCE_TEMPORARY, "store", 0, false},
	{"instances/X", GOOD("x"), FAULT_INSTANCE_NAME_CASE, "store", 0, false},
	{"instances/x/file", "", FAULT_INSTANCE_NOT_A_FILE, "builder.x", 0, true},
	{"instances/.git/config", "", FAULT_INSTANCE_NOT_A_FILE, "store", 0, false},
	{"instances/x", WITH_TOML("W3dvcmtlcg=="), FAULT_INSTANCE_TOML_INVALID, "builder.x", 0, false}, /* "[worker" */
	{"activity/good", "", FAULT_ACTIVITY_INVALID, "builder.good", 0, false},
	{"activity/good", "yesterday", FAULT_ACTIVITY_INVALID, "builder.good", 0, false},
	{"activity/good", "2026-01-31T12:00:00Z\n", FAULT_ACTIVITY_INVALID, "builder.good", 0, false},
	{"activity/default", "x", FAULT_ACTIVITY_INVALID, "context.default", 0, false},
	{"activity/good/file", "", FAULT_ACTIVITY_UNREADABLE, "builder.good", 0, false},
	{"current", "", FAULT_CURRENT_INVALID, "store", 0, false},
	{"current", "{\"Key\":1}", FAULT_CURRENT_INVALID, "store", 0, false},
	{"defaults/" HASH, "", FAULT_DEFAULTS_INVALID, "store", 0, false},
	{"defaults/" HASH, "good\n", FAULT_DEFAULTS_INVALID, "store", 0, false},
	{"defaults/" HASH, "../x", FAULT_DEFAULTS_INVALID, "store", 0, false},
	{"defaults/" HASH, "gone", FAULT_DEFAULTS_STALE, "store", 0, false},
	{"current", "{\"Key\":\"k\",\"Name\":\"gone\"}", FAULT_CURRENT_STALE, "store", 0, false},
	{".tmp-current123", "", FAULT_STORE_TEMPORARY, "store", 0, false},
	{"activity/.tmp-good1", "", FAULT_STORE_TEMPORARY, "store", 0, false},
	{"defaults/.tmp-x", "", FAULT_STORE_TEMPORARY, "store", 0, false},
	{"refs/gone/gone0/id", "", FAULT_REFS_STALE, "store", 0, false},
	{"activity", "", FAULT_STORE_FOLDER_INVALID, "store", 0, false},
	{"defaults", "x", FAULT_STORE_FOLDER_INVALID, "store", 0, false},
	{"refs", "x", FAULT_STORE_FOLDER_INVALID, "store", 0, false},
	{"instances/x", "{\"Name\":\"x\",\"Driver\":\"podman\",\"Nodes\":[{\"Name\":\"x0\"}]}",
	 FAULT_INSTANCE_DRIVER_UNKNOWN, "builder.x", 0, false},
	{"buildkitd.default.toml", "[worker", FAULT_DEFAULT_CONFIG_INVALID, "store", 0, false},
};

static void each_damage_is_one_fault(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(damages); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		size_t length = damages[i].length == 0 ? strlen(damages[i].text) : damages[i].length;
		struct home *home;

		assert_int_equal(home_setup((void **)&home), 0);
		home_write(home, "buildx/instances/good", GOOD("good"));
		home_write_bytes(home, arena_printf(arena, "buildx/%s", damages[i].path), damages[i].text, length);
		struct live *live = home_read(home);
		if (live->faults.count != 1 || !fault_is(&live->faults.items[0], damages[i].code))
			fail_msg("%s \"%s\": %zu faults, the first is %s", damages[i].path, damages[i].text,
				 live->faults.count, live->faults.count == 0 ? "" : live->faults.items[0].kind->code);
		const struct fault *fault = &live->faults.items[0];
		assert_string_equal(fault->subject, damages[i].subject);
		assert_true(text_starts(fault->path, live->store));
		assert_true(*fault->message != '\0' && *fault->mend != '\0');
		assert_null(strchr(fault->message, '\033'));
		assert_null(strchr(fault->mend, '\033'));
		assert_non_null(live_builder(live, "good"));
		assert_false(live_builder(live, "good")->damaged);
		const struct live_builder *builder = live_builder(live, "x");
		assert_true(damages[i].builder ? builder && builder->damaged && builder->node_count == 0
					       : !builder || !builder->damaged);
		assert_int_equal(home_teardown((void **)&home), 0);
	}
}

static void make(const struct home *home, const char *name, const char *link)
{
	CLEANUP_FREE char *path = home_path(home, name);

	assert_int_equal(!link ? mkdir(path, 0700) : symlink(link, path), 0);
}

static void folders_links_and_pipes(void **state)
{
	struct home *home = *state;
	CLEANUP_FREE char *target = home_path(home, "elsewhere"), *fifo = home_path(home, "buildx/instances/fifo");

	home_write(home, "buildx/instances/good", GOOD("good"));
	home_write(home, "elsewhere", GOOD("linked"));
	make(home, "buildx/instances/folder", NULL);
	make(home, "buildx/instances/dangling", "/nowhere/at/all");
	make(home, "buildx/instances/linked", target);
	make(home, "buildx/instances/loop", "loop");
	make(home, "buildx/activity", NULL);
	make(home, "buildx/activity/good", NULL);
	make(home, "buildx/current", NULL);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	struct live *live = home_read(home);
	assert_string_equal(fault_of(live, FAULT_INSTANCE_FOLDER)->subject, "builder.folder");
	assert_string_equal(fault_of(live, FAULT_INSTANCE_LINK_DANGLING)->subject, "builder.dangling");
	assert_string_equal(fault_of(live, FAULT_INSTANCE_NOT_A_FILE)->subject, "builder.fifo");
	assert_string_equal(fault_of(live, FAULT_ACTIVITY_INVALID)->subject, "builder.good");
	assert_non_null(fault_of(live, FAULT_CURRENT_INVALID));
	assert_int_equal(live->faults.count, 6); /* the loop is a dangling link too */
	assert_false(live_builder(live, "linked")->damaged);
	assert_null(live->selected);
}

static void large_files_are_not_read(void **state)
{
	struct home *home = *state;
	CLEANUP_FREE char *path = home_path(home, "buildx/instances/big");

	home_write(home, "buildx/instances/big", "{");
	assert_int_equal(truncate(path, 1024 * 1024 + 1), 0);
	struct live *live = home_read(home);
	assert_non_null(fault_of(live, FAULT_INSTANCE_TOO_LARGE));
	assert_true(live->builders[0].damaged);
	assert_true(live->builders[0].file.exists);
	assert_false(live->builders[0].file.readable);
}

/* As another user than root, who may read everything. */
static int read_as_nobody(struct home *home)
{
	if (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0)
		return 1;
	struct live *live = home_read(home);
	const struct fault *fault = fault_of(live, FAULT_INSTANCE_UNREADABLE);
	if (!fault || !fault_of(live, FAULT_CURRENT_UNREADABLE) || !fault_of(live, FAULT_CONTEXT_UNREADABLE))
		return 2;
	if (!strstr(fault->mend, "sudo chown") || !live_builder(live, "x")->damaged)
		return 3;
	if (!fault_of(live, FAULT_STORE_LOCK_UNREADABLE) || live->selected)
		return 4;
	/* Whose the rest is, too: of the store and of the Docker configuration, once each. */
	fault = fault_of(live, FAULT_OWNER_WRONG);
	if (!fault || !strstr(fault->mend, "run `sudo chown -R 65534:65534 "))
		return 6;
	return live->faults.count == 6 ? 0 : 5;
}

static int list_as_nobody(struct home *home)
{
	CLEANUP_FREE char *path = home_path(home, "buildx/instances");
	struct error err = ERROR_INIT;

	if (chmod(path, 0700) < 0 || setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
	    setresuid(65534, 65534, 65534) < 0)
		return 1;
	home->live = live_new();
	if (store_read(home->live, (const char *const *)home->variables, 50, NULL, &err) == 0)
		return 2;
	return strstr(err.message, "instances") && strstr(err.hint, "sudo chown") ? 0 : 3;
}

static int in_child(struct home *home, int (*act)(struct home *home))
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		int result = act(home);

		live_free(home->live);
		_exit(result);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void unreadable_is_not_empty(void **state)
{
	static const char *const open_folders[] = {"", "buildx", "buildx/instances"};
	struct home *home = *state;
	CLEANUP_FREE char *contexts = home_path(home, "contexts/meta"), *lock = home_path(home, "buildx/.lock");
	CLEANUP_FREE char *x = home_path(home, "buildx/instances/x"), *current = home_path(home, "buildx/current");

	if (getuid() != 0)
		skip();
	home_write(home, "buildx/instances/x", GOOD("x"));
	home_write(home, "buildx/current", "{}");
	home_write(home, "buildx/.lock", "");
	home_write(home, "contexts/meta/a/b", "");
	assert_int_equal(chmod(home->folder, 0755), 0);
	for (size_t i = 0; i < COUNT(open_folders); i++) {
		CLEANUP_FREE char *path = home_path(home, open_folders[i]);
		assert_int_equal(chmod(path, 0755), 0);
	}
	assert_true(chmod(x, 0600) == 0 && chmod(current, 0600) == 0 && chmod(lock, 0600) == 0 &&
		    chmod(contexts, 0700) == 0);
	CLEANUP_FREE char *above = home_path(home, "contexts");
	assert_int_equal(chmod(above, 0755), 0);
	assert_int_equal(in_child(home, read_as_nobody), 0);
	assert_int_equal(in_child(home, list_as_nobody), 0);
}

static void others_must_not_write(void **state)
{
	struct home *home = *state;
	CLEANUP_FREE char *path = home_path(home, "buildx");

	home_write(home, "buildx/instances/good", GOOD("good"));
	assert_int_equal(chmod(path, 0777), 0);
	const struct fault *fault = fault_of(home_read(home), FAULT_STORE_WRITABLE_BY_OTHERS);
	assert_non_null(fault);
	assert_true(text_starts(fault->mend, "run `chmod go-w /"));
}

/* The lock is another process's: flock(2) would let us have our own twice. */
static void held_lock_is_named_and_gone_past(void **state)
{
	struct home *home = *state;
	CLEANUP_FREE char *lock = home_path(home, "buildx/.lock");
	int ready[2], done[2];
	char byte = 0;

	home_write(home, "buildx/.lock", "");
	home_write(home, "buildx/instances/good", GOOD("good"));
	home_write(home, "buildx/instances/.tmp-good1", "");
	assert_true(pipe(ready) == 0 && pipe(done) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		int fd;

		close(done[1]);
		if (file_lock(lock, 0, NULL, &fd, NULL) < 0 || write(ready[1], "x", 1) != 1)
			_exit(1);
		_exit(read(done[0], &byte, 1) < 0);
	}
	assert_int_equal(read(ready[0], &byte, 1), 1);
	struct live *live = home_read(home);
	const struct fault *fault = fault_of(live, FAULT_STORE_LOCKED);
	assert_non_null(fault);
	assert_true(text_ends(fault->path, "/buildx/.lock"));
#ifdef __linux__
	char words[32];
	snprintf(words, sizeof(words), "(process %ld)", (long)pid);
	if (access("/proc/locks", R_OK) == 0 && !strstr(fault->message, words))
		print_message("/proc/locks does not show this lock: %s\n", fault->message);
#endif
	assert_non_null(live_builder(live, "good"));
	assert_int_equal(live->faults.count, 1); /* the temporary file may be one that is being written */
	close(done[1]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(done[0]);
	close(ready[0]);
	close(ready[1]);
	assert_non_null(fault_of(home_read(home), FAULT_INSTANCE_TEMPORARY));
	int fd = -1; /* it is free again after reading */
	assert_int_equal(store_lock(home->live->store, 0, NULL, &fd, NULL), 0);
	file_unlock(&fd);
}

static const struct {
	const char *current, *defaults, *variable, *selected, *by;
	bool is_default;
} selections[] = {
	{NULL, NULL, NULL, "default", "context", true},
	{"{\"Key\":\"unix:///e\",\"Name\":\"a\",\"Global\":false}", NULL, NULL, "a", "current", false},
	{"{\"Key\":\"unix:///e\",\"Name\":\"A\",\"Global\":false}", "a", NULL, "a", "current", true},
	{"{\"Key\":\"unix:///e\",\"Name\":\"a\",\"Global\":false}", "b", NULL, "a", "current", false},
	{"{\"Key\":\"unix:///other\",\"Name\":\"a\",\"Global\":false}", NULL, NULL, "default", "context", true},
	{"{\"Key\":\"unix:///other\",\"Name\":\"a\",\"Global\":false}", "b", NULL, "b", "defaults", true},
	{"{\"Key\":\"unix:///other\",\"Name\":\"a\",\"Global\":true}", "b", NULL, "a", "global", false},
	{"{\"Key\":\"unix:///e\",\"Name\":\"gone\",\"Global\":false}", "b", NULL, "default", "context", false},
	{"{\"Key\":\"unix:///other\",\"Name\":\"gone\",\"Global\":true}", "b", NULL, "b", "defaults", true},
	{"{\"Key\":\"unix:///e\",\"Name\":\"\",\"Global\":false}", "b", NULL, "b", "defaults", true},
	{"{\"Key\":\"unix:///e\",\"Name\":\"bad\",\"Global\":false}", NULL, NULL, "default", "context", true},
	{NULL, "gone", NULL, "default", "context", false},
	{"null", "b", NULL, "b", "defaults", true},
	{"{", "b", NULL, NULL, NULL, false},
	{"{\"Key\":\"unix:///e\",\"Name\":\"a\"}", NULL, "BUILDX_BUILDER=B", "b", "BUILDX_BUILDER", false},
	{NULL, NULL, "BUILDX_BUILDER=default", "default", "BUILDX_BUILDER", true},
};

static void selection_is_buildxs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(selections); i++) {
		struct home *home;
		char name[21], path[64];

		assert_int_equal(home_setup((void **)&home), 0);
		home_variable(home, "DOCKER_HOST=unix:///e");
		home_write(home, "buildx/instances/a", GOOD("a"));
		home_write(home, "buildx/instances/b", GOOD("b"));
		home_write(home, "buildx/instances/bad", "");
		defaults_file_name("unix:///e", name);
		snprintf(path, sizeof(path), "buildx/defaults/%s", name);
		if (selections[i].current)
			home_write(home, "buildx/current", selections[i].current);
		if (selections[i].defaults)
			home_write(home, path, selections[i].defaults);
		if (selections[i].variable)
			home_variable(home, selections[i].variable);
		struct live *live = home_read(home);
		if (!text_equal(live->selected, selections[i].selected) ||
		    !text_equal(live->selected_by, selections[i].by) ||
		    live->selected_default != selections[i].is_default)
			fail_msg("row %zu: %s by %s, default %d", i, live->selected, live->selected_by,
				 live->selected_default);
		assert_int_equal(live->defaults_file.exists, !!selections[i].defaults);
		assert_int_equal(home_teardown((void **)&home), 0);
	}
}

static void many_builders(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();

	for (int i = 0; i < 1000; i++) {
		const char *name = arena_printf(arena, "b%03d", i);
		home_write(
			home, arena_printf(arena, "buildx/instances/%s", name),
			arena_printf(arena,
				     "{\"Name\":\"%s\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"%s0\","
				     "\"Endpoint\":\"unix:///var/run/docker.sock\",\"Platforms\":null,\"DriverOpts\":"
				     "{\"image\":\"moby/buildkit:v0.26.2\",\"network\":\"host\"},\"Flags\":[\"--allow-"
				     "insecure-entitlement=network.host\"],\"Files\":null}],\"Dynamic\":false}",
				     name, name));
		home_write(home, arena_printf(arena, "buildx/activity/%s", name), "2026-01-31T12:00:00Z");
	}
	int64_t start = clock_ms();
	struct live *live = home_read(home);
	print_message("1000 builders read in %d ms\n", (int)(clock_ms() - start));
	assert_int_equal(live->builder_count, 1001);
	assert_int_equal(live->faults.count, 0);
	for (size_t i = 1; i < live->builder_count; i++)
		assert_true(strcmp(live->builders[i - 1].name, live->builders[i].name) < 0);
	assert_string_equal(live_builder(live, "b777")->last_activity, "2026-01-31T12:00:00Z");
}

int main(void)
{
#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, home_setup, home_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(locations),
		WITH_HOME(name_is_the_same_before_and_after),
		WITH_HOME(missing_store_is_empty_and_stays_missing),
		WITH_HOME(builders_are_read),
		cmocka_unit_test(each_damage_is_one_fault),
		WITH_HOME(folders_links_and_pipes),
		WITH_HOME(large_files_are_not_read),
		WITH_HOME(unreadable_is_not_empty),
		WITH_HOME(others_must_not_write),
		WITH_HOME(held_lock_is_named_and_gone_past),
		cmocka_unit_test(selection_is_buildxs),
		WITH_HOME(many_builders),
	};

	return cmocka_run_group_tests_name("live_store", tests, NULL, NULL);
}
