/* What the doctor finds around the files: owners, variables, programs, full disks, shared containers, logs. */
#include "live_folder.h"

#include "base/count.h"
#include "live/buildkit/log.h"
#include "live/claims.h"
#include "live/store/disk.h"
#include "live/store/environment.h"

#include <sys/stat.h>

#define GOOD "{\"Name\":\"x\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"x0\",\"Endpoint\":\"unix:///s\"}]}"

static void owners(void **state)
{
	struct home *home = *state;
	CLEANUP_FREE char *file = home_path(home, "buildx/instances/x"), *config = home_path(home, "config.json");

	if (getuid() != 0)
		skip();
	home_write(home, "buildx/instances/x", GOOD);
	home_write(home, "config.json", "{}");
	assert_null(fault_of(home_read(home), FAULT_OWNER_WRONG));
	assert_int_equal(chown(file, 4242, 4242), 0);
	struct live *live = home_read(home);
	const struct fault *fault = fault_of(live, FAULT_OWNER_WRONG);
	assert_non_null(fault);
	assert_string_equal(fault->subject, "store");
	assert_non_null(strstr(fault->message, "instances/x belongs to user 4242, not to root"));
	assert_true(text_starts(fault_command(live->arena, fault), "chown -R 0:0 /"));
	assert_int_equal(chown(file, 0, 0), 0);
	assert_int_equal(chown(config, 4242, 4242), 0);
	assert_string_equal(fault_of(home_read(home), FAULT_OWNER_WRONG)->subject, "docker-config");
}

static void variables(void **state)
{
	struct home *home = *state;

	home_write(home, "config.json", "{\"currentContext\": \"far\"}");
	home_context(home, "far", "{\"Name\":\"far\",\"Endpoints\":{\"docker\":{\"Host\":\"tcp://far:1\"}}}");
	home_write(home, "buildx/instances/x", GOOD);
	home_variable(home, "BUILDX_BUILDER=X");
	assert_int_equal(home_read(home)->faults.count, 0);
	/* The same Engine by the variable and by the context is no surprise. */
	home_variable(home, "DOCKER_HOST=tcp://far:1");
	assert_int_equal(home_read(home)->faults.count, 0);
	free(home->variables[1]);
	home->variables[1] = strdup("BUILDX_BUILDER=gone");
	assert_string_equal(fault_of(home_read(home), FAULT_BUILDER_VARIABLE)->mend, "run `unset BUILDX_BUILDER`");
}

static void programs(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *plugin = home_path(home, "extra/docker-buildx"), *docker = home_path(home, "bin/docker");
	CLEANUP_FREE char *extra = home_path(home, "extra"), *bin = home_path(home, "bin");

	home_variable(home, arena_printf(arena, "PATH=/nowhere::%s", bin));
	home_write(home, "bin/docker", "#!/bin/sh");
	home_write(home, "extra/docker-buildx", "#!/bin/sh");
	home_write(home, "config.json", arena_printf(arena, "{\"cliPluginsExtraDirs\": [\"%s\"]}", extra));
	struct live *live = home_read(home);
	docker_check(live, (const char *const *)home->variables);
	assert_non_null(fault_of(live, FAULT_DOCKER_MISSING)); /* there, and not executable */
	assert_int_equal(chmod(docker, 0755), 0);
	assert_int_equal(chmod(plugin, 0755), 0);
	live = home_read(home);
	docker_check(live, (const char *const *)home->variables);
	assert_int_equal(live->faults.count, 0);
}

static void disks(void **state)
{
	static const struct {
		struct statvfs info;
		const char *problem;
	} rows[] = {
		{{.f_frsize = 4096, .f_blocks = 1000000, .f_bavail = 500000, .f_files = 10, .f_favail = 5}, NULL},
		{{.f_frsize = 4096, .f_blocks = 1000000, .f_bavail = 9999, .f_files = 10, .f_favail = 5},
		 "it has 39.1 MiB left of 3.8 GiB"},
		{{.f_frsize = 4096, .f_blocks = 10000, .f_bavail = 4000, .f_files = 10, .f_favail = 5},
		 "it has 15.6 MiB left of 39.1 MiB"},
		{{.f_frsize = 4096, .f_blocks = 1000000, .f_bavail = 500000, .f_files = 10, .f_favail = 0},
		 "it has no inode left for another file"},
		{{.f_frsize = 4096, .f_blocks = 1000000, .f_bavail = 500000}, NULL}, /* inodes made as needed */
		{{.f_frsize = 4096}, NULL},					     /* not a disk */
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *problem = disk_problem(arena, &rows[i].info);
		if (!text_equal(problem, rows[i].problem))
			fail_msg("%zu: %s", i, problem ? problem : "(nothing)");
	}
}

#define FRAME "\2\0\0\0\0\0\0"

static void logs(void **state)
{
	static const struct {
		const char *log;
		size_t length;
		enum fault_code fault;
		const char *line;
	} rows[] = {
		{FRAME "\x06hello\n", 14, FAULT_NONE, NULL},
		{FRAME "\x12"
		       "no\ninvalid databas" FRAME "\x06"
		       "e\nend\n",
		 40, FAULT_DAEMON_CORRUPT, "invalid database"},
		{"a terminal: panic: invalid freelist page: 7\r\n", 45, FAULT_DAEMON_CORRUPT,
		 "a terminal: panic: invalid freelist page: 7\r"},
		{"write x: no space left on device\n", 33, FAULT_DISK_FULL, "write x: no space left on device"},
		{"buildkitd: could not lock /var/lib/buildkit/buildkitd.lock, another instance running?\n", 86,
		 FAULT_VOLUME_HELD,
		 "buildkitd: could not lock /var/lib/buildkit/buildkitd.lock, another instance running?"},
		{"", 0, FAULT_NONE, NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *line = NULL;
		enum fault_code fault = log_fault(arena, rows[i].log, rows[i].length, &line);
		if (fault != rows[i].fault || !text_equal(line, rows[i].line))
			fail_msg("%zu: %s, %s", i, fault == FAULT_NONE ? "(none)" : fault_kind(fault)->code,
				 line ? line : "(none)");
	}
}

/* Two addresses of one Engine, and the same name on another: only the first two share. */
static void claims(void **state)
{
	struct container here = {.id = "1", .name = "buildx_buildkit_a0"}, there = {.id = "2", .name = here.name};
	struct engine engines[] = {
		{.endpoint = "a", .host = "unix:///e", .reachable = true},
		{.endpoint = "b", .host = "tcp://e:1", .reachable = true},
		{.endpoint = "c", .host = "tcp://f:1", .reachable = true},
		{.endpoint = "d", .host = "tcp://g:1", .reason = "refused"},
	};
	struct live_node nodes[] = {
		{.spec = {.name = "a0"}, .engine = &engines[0], .container = &here},
		{.spec = {.name = "a0"}, .engine = &engines[1], .container = &here},
		{.spec = {.name = "a0"}, .engine = &engines[2], .container = &there},
		{.spec = {.name = "a0"}, .engine = &engines[3]},
		{.spec = {.name = "n"}, .engine = &engines[0]},
		{.spec = {.name = "n"}, .engine = &engines[0]},
	};
	struct live *live = live_new();
	static const char *const names[] = {"A", "a", "c", "d", "e", "f"};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		*ARENA_PUSH(live->arena, live->builders, live->builder_count) = (struct live_builder){
			.name = names[i], .driver = "docker-container", .nodes = &nodes[i], .node_count = 1};
	claims_check(live);
	assert_int_equal(live->faults.count, 2);
	/* a0 is what BuildX calls the node of "a". */
	assert_non_null(fault_of(live, FAULT_CONTAINER_CLAIMED));
	assert_string_equal(live->faults.items[0].subject, "builder.A");
	assert_true(text_starts(live->faults.items[0].mend, "run `docker buildx rm --keep-daemon A`"));
	assert_string_equal(live->faults.items[1].subject, "builder.f");
	live_free(live);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, home_setup, home_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(owners), TEST(variables), TEST(programs), TEST(disks), TEST(logs), TEST(claims),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
