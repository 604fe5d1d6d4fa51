/* Booting: what is run, and what is read out of BuildX's words.
 *
 * `docker` is a script that repeats what BuildX 0.36.1 with BuildKit 0.32.2 on Docker 26.1.5 said (blocks marked
 * "recorded"); the real thing is tested end to end. */
#include "apply/boot.h"

#include "apply/buildx_words.h"
#include "base/count.h"
#include "base/text_buffer.h"
#include "scratch.h"

#include <stdio.h>

struct said {
	struct text lines;
	bool cancel;
};

static void say(void *context, const char *line)
{
	struct said *said = context;

	text_printf(&said->lines, "%s\n", line);
}

static bool cancelled(void *context)
{
	const struct said *said = context;

	return said->cancel;
}

/* Puts a `docker` first on PATH. */
static void install(const struct scratch *scratch, const char *script)
{
	static char *path; /* the first one; scripts need sh and cat */
	const char *file = scratch_write(scratch, "bin/docker", arena_printf(scratch->arena, "#!/bin/sh\n%s", script));

	if (!path)
		path = strdup(getenv("PATH"));
	assert_int_equal(chmod(file, 0700), 0);
	assert_int_equal(setenv("PATH", arena_printf(scratch->arena, "%s/bin:%s", scratch->path, path), 1), 0);
}

static int boot(const struct scratch *scratch, struct said *said, int timeout_ms, struct error *err)
{
	struct boot_request request = {
		.name = "ci",
		.store = scratch_at(scratch, "store"),
		.docker_config = scratch_at(scratch, "docker"),
		.timeout_ms = timeout_ms,
		.say = say,
		.context = said,
		.interrupt = &(struct interrupt){.came = cancelled, .context = said},
	};

	said->lines = (struct text)TEXT_INIT;
	return boot_builder(&request, NULL, err);
}

static void test_what_is_run(void **state)
{
	const struct scratch *scratch = *state;
	struct said said = {0};

	install(scratch, "echo \"$*|$BUILDX_CONFIG|$DOCKER_CONFIG|$BUILDKIT_PROGRESS\" >&2\n");
	assert_int_equal(setenv("BUILDX_CONFIG", "/elsewhere", 1), 0);
	assert_int_equal(setenv("BUILDKIT_PROGRESS", "quiet", 1), 0);
	assert_int_equal(boot(scratch, &said, 30000, NULL), 0);
	assert_string_equal(text_string(&said.lines),
			    arena_printf(scratch->arena, "buildx inspect --bootstrap ci|%s/store|%s/docker|plain\n",
					 scratch->path, scratch->path));
	text_done(&said.lines);
}

static void test_outcomes(void **state)
{
	static const struct {
		const char *out, *err;
		int exit_code, result;
		enum error_kind kind;
		const char *message, *hint;
	} rows[] = {
		/* recorded: all is well */
		{"Name:   ci\nDriver: docker-container\n\nNodes:\nName:             ci0\n"
		 "Endpoint:         unix:///tmp/rc-eng/docker.sock\nStatus:           running\n"
		 "BuildKit version: v0.32.2\nLabels:\n org.mobyproject.buildkit.worker.executor:         oci\n"
		 "GC Policy rule#0:\n All:            false\nFile#buildkitd.toml:\n > # Error: not one\n",
		 "#1 [internal] booting buildkit\n#1 pulling image moby/buildkit:buildx-stable-1 done\n"
		 "#1 creating container buildx_buildkit_ci0 0.4s done\n#1 DONE 0.4s\n",
		 0, 0, ERROR_OTHER, "", ""},
		/* recorded: BuildX ends with 0 when it cannot reach a node */
		{"Name:   ci\nDriver: docker-container\n\nNodes:\nName:     ci0\nEndpoint: unix:///tmp/no-such.sock\n"
		 "Error:    failed to connect to the docker API at unix:///tmp/no-such.sock; check if the path is "
		 "correct and if the daemon is running: dial unix /tmp/no-such.sock: connect: no such file or "
		 "directory\n",
		 "", 0, -1, ERROR_UNREACHABLE,
		 "booting ci: node ci0: failed to connect to the docker API at unix:///tmp", ""},
		/* As the above, for the second node of two. */
		{"Name:   ci\nDriver: docker-container\n\nNodes:\nName:     ci0\nStatus:   running\n\n"
		 "Name:     ci1\nStatus:   inactive\n",
		 "", 0, -1, ERROR_UNREACHABLE, "node ci1: inactive", ""},
		/* recorded: no image, no registry */
		{"",
		 "#1 [internal] booting buildkit\n#1 pulling image localhost:1/none:1 done\n"
		 "#1 ERROR: Error response from daemon: Get \"http://localhost:1/v2/\": dial tcp 127.0.0.1:1: connect: "
		 "connection refused\n------\n > [internal] booting buildkit:\n------\n"
		 "ERROR: Error response from daemon: Get \"http://localhost:1/v2/\": dial tcp 127.0.0.1:1: connect: "
		 "connection refused\n",
		 1, -1, ERROR_OTHER, "booting ci: Error response from daemon: Get", "nothing listens there"},
		/* recorded: no network */
		{"",
		 "#1 [internal] booting buildkit\n#1 pulling image moby/buildkit:v0.99.9 done\n"
		 "ERROR: Error response from daemon: Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup "
		 "registry-1.docker.io on 10.0.0.1:53: dial udp 10.0.0.1:53: connect: network is unreachable\n",
		 1, -1, ERROR_OTHER, "booting ci: Error response from daemon: Get",
		 "the name of a host cannot be resolved"},
		/* recorded, shortened: the daemon ends at once, and its words are in the noise */
		{"",
		 "#1 [internal] booting buildkit\n#1 creating container buildx_buildkit_ci0\n#1 15.05 USAGE:\n"
		 "#1 15.05 buildkitd: flag provided but not defined: -no-such-flag\n"
		 "#1 ERROR: Error response from daemon: Container 44192ce7149f is restarting, wait until the container "
		 "is running\n------\n14.96    --version, -v   print the version\n------\n"
		 "ERROR: Error response from daemon: Container 44192ce7149f is restarting, wait until the container is "
		 "running\n",
		 1, -1, ERROR_OTHER,
		 "booting ci: buildkitd: flag provided but not defined: -no-such-flag (Error response",
		 "buildkitd does not know one of its flags"},
		/* recorded */
		{"", "ERROR: no builder \"ci\" found\n", 1, -1, ERROR_OTHER, "no builder \"ci\" found",
		 "the builder is not in the store"},
		{"", "docker: 'buildx' is not a docker command.\nSee 'docker --help'\n", 1, -1, ERROR_OTHER,
		 "See 'docker --help'", "does not find the BuildX plugin"},
		{"", "", 7, -1, ERROR_OTHER, "ended with exit code 7 and said nothing", ""},
		{"", "ERROR: evil \033[2Jname\n", 1, -1, ERROR_OTHER, "evil \\x1b[2Jname", ""},
	};
	const struct scratch *scratch = *state;

	install(scratch, "cat \"${0%/*}/../out\"; cat \"${0%/*}/../err\" >&2; exit $(cat \"${0%/*}/../code\")\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct said said = {0};
		struct error err = ERROR_INIT;

		scratch_write(scratch, "out", rows[i].out);
		scratch_write(scratch, "err", rows[i].err);
		scratch_write(scratch, "code", arena_printf(scratch->arena, "%d", rows[i].exit_code));
		assert_int_equal(boot(scratch, &said, 30000, &err), rows[i].result);
		if (rows[i].result < 0 && !strstr(err.message, rows[i].message))
			fail_msg("row %zu: %s", i, err.message);
		assert_int_equal(err.kind, rows[i].kind);
		if (!strstr(err.hint, rows[i].hint) || (*rows[i].hint == '\0' && *err.hint != '\0'))
			fail_msg("row %zu: hint %s", i, err.hint);
		text_done(&said.lines);
	}
}

/* What BuildX could not see is not what is there: it is asked again. */
static void test_gives_up(void **state)
{
	static const struct {
		const char *out, *err;
		int exit_code;
		bool gave_up;
	} rows[] = {
		/* recorded: the pods came up after more than the 20 s in which BuildX looks at nodes */
		{"Name:   ci\nDriver: kubernetes\n\nNodes:\nName:     ci-n\nEndpoint: kubernetes:///ci?deployment=\n"
		 "Status:                inactive\nBuildKit daemon flags: --debug\n",
		 "#1 [internal] booting buildkit\n#1 waiting for 1 pods to be ready, timeout: 2 minutes 23.6s done\n",
		 0, true},
		{"Name:   ci\n\nNodes:\nName:   ci0\nStatus: stopped\n", "", 0, false},
		{"Name:   ci\n\nNodes:\nName:   ci0\nError:  no such file: inactive\n", "", 0, false},
		{"", "ERROR: failed to list workers: x\n", 1, true},
		{"", "ERROR: expected 1 replicas to be ready, got 0\n", 1, false},
	};
	const struct scratch *scratch = *state;

	install(scratch, "cat \"${0%/*}/../out\"; cat \"${0%/*}/../err\" >&2; exit $(cat \"${0%/*}/../code\")\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct boot_request request = {.name = "ci", .store = "s", .docker_config = "d", .timeout_ms = 30000};
		bool gave_up = !rows[i].gave_up;

		scratch_write(scratch, "out", rows[i].out);
		scratch_write(scratch, "err", rows[i].err);
		scratch_write(scratch, "code", arena_printf(scratch->arena, "%d", rows[i].exit_code));
		assert_int_equal(boot_builder(&request, &gave_up, NULL), -1);
		if (gave_up != rows[i].gave_up)
			fail_msg("row %zu", i);
	}
}

static void test_limits(void **state)
{
	const struct scratch *scratch = *state;
	struct said said = {0};
	struct error err = ERROR_INIT;

	/* recorded: how it takes the signal that ends it */
	install(scratch, "trap \"echo 'ERROR: got SIGTERM/SIGINT, forcing shutdown' >&2; exit 1\" TERM INT\n"
			 "echo '#1 pulling image x' >&2; sleep 60 & wait\n");
	assert_int_equal(boot(scratch, &said, 300, &err), -1);
	assert_int_equal(err.kind, ERROR_UNREACHABLE);
	assert_null(strstr(err.message, "SIGTERM"));
	text_done(&said.lines);
	install(scratch, "echo '#1 pulling image x' >&2; exec sleep 60\n");
	said.cancel = true;
	assert_int_equal(boot(scratch, &said, 30000, &err), -1);
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
	text_done(&said.lines);
}

static void test_bad_names(void **state)
{
	const struct boot_request empty = {.name = ""}, dash = {.name = "--help"};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(boot_builder(&empty, NULL, &err), -1);
	assert_int_equal(boot_builder(&dash, NULL, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
}

/* Every row can be reached: none of those before it takes its words. */
static void test_words(void **state)
{
	size_t count;
	const struct buildx_words *table = buildx_words_table(&count);

	(void)state;
	for (size_t i = 0; i < count; i++)
		assert_ptr_equal(buildx_words_find(table[i].substring), &table[i]);
	assert_null(buildx_words_find("all is well"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_run), TEST(test_outcomes),  TEST(test_gives_up),
		TEST(test_limits),	TEST(test_bad_names), TEST(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
