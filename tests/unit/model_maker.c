/* What Engines say of themselves, as real ones said it, and what follows. */
#include "model/maker.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_servers(void **state)
{
	static const struct {
		const char *server;
		enum maker maker;
		const char *version;
	} rows[] = {
		{"Docker/26.1.5+dfsg1 (linux)", MAKER_DOCKER, "26.1.5+dfsg1"},
		{"Docker/29.2.1 (linux)", MAKER_DOCKER, "29.2.1"},
		{"Libpod/4.3.1 (linux)", MAKER_PODMAN, "4.3.1"},
		{"Libpod/5.4.2 (linux)", MAKER_PODMAN, "5.4.2"},
		{"Docker/", MAKER_DOCKER, ""},
		{"docker/26", MAKER_UNKNOWN, NULL},
		{"nginx", MAKER_UNKNOWN, NULL},
		{"", MAKER_UNKNOWN, NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *version;

		assert_int_equal(maker_of(arena, rows[i].server, &version), rows[i].maker);
		if (rows[i].version)
			assert_string_equal(version, rows[i].version);
		else
			assert_null(version);
	}
}

static void test_abilities(void **state)
{
	static const struct {
		const char *api;
		bool usage, http2;
	} rows[] = {
		{"1.41", false, false}, {"1.51", false, false}, {"1.52", true, false}, {"1.53", true, true},
		{"1.56", true, true},	{"1.100", true, true},	{"2.0", true, true},   {"1.5", false, false},
		{NULL, false, false},	{"", false, false},	{"1", false, false},   {"1.", false, false},
		{"x.y", false, false},	{".53", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(engine_is_able(rows[i].api, ENGINE_TELLS_USAGE), rows[i].usage);
		assert_int_equal(engine_is_able(rows[i].api, ENGINE_SPEAKS_HTTP2), rows[i].http2);
	}
}

static void test_images(void **state)
{
	static const struct {
		enum maker maker;
		const char *real, *wanted;
		bool same;
	} rows[] = {
		{MAKER_PODMAN, "localhost/moby/buildkit:x", "moby/buildkit:x", true},
		{MAKER_PODMAN, "docker.io/moby/buildkit:x", "moby/buildkit:x", true},
		{MAKER_PODMAN, "localhost/moby/buildkit:x", "localhost/moby/buildkit:x", true},
		{MAKER_PODMAN, "localhost/moby/buildkit:x", "docker.io/moby/buildkit:x", false},
		{MAKER_PODMAN, "localhost/moby/buildkit:x", "quay.io/moby/buildkit:x", false},
		{MAKER_PODMAN, "localhost/moby/buildkit:y", "moby/buildkit:x", false},
		{MAKER_DOCKER, "localhost/moby/buildkit:x", "moby/buildkit:x", false},
		{MAKER_DOCKER, "moby/buildkit:x", "docker.io/moby/buildkit:x", true},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(maker_made_from(arena, rows[i].maker, rows[i].real, rows[i].wanted), rows[i].same);
}

static void test_env(void **state)
{
	(void)state;
	assert_true(maker_sets_env(MAKER_PODMAN, "HOSTNAME=0123456789ab"));
	assert_true(maker_sets_env(MAKER_PODMAN, "container=podman"));
	assert_false(maker_sets_env(MAKER_PODMAN, "HOMES=1"));
	assert_false(maker_sets_env(MAKER_DOCKER, "HOME=/root"));
	assert_false(maker_sets_env(MAKER_UNKNOWN, "HOME=/root"));
}

static void test_updates(void **state)
{
	static const struct {
		enum maker maker;
		const char *version;
		bool updates;
	} rows[] = {
		{MAKER_DOCKER, "20.10.24", true}, {MAKER_UNKNOWN, "API 1.41", true}, {MAKER_UNKNOWN, NULL, true},
		{MAKER_PODMAN, "4.3.1", false},	  {MAKER_PODMAN, "5.0.3", false},    {MAKER_PODMAN, "5.1.0", true},
		{MAKER_PODMAN, "5.10.0", true},	  {MAKER_PODMAN, "6.0.0-rc1", true}, {MAKER_PODMAN, NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(maker_updates(rows[i].maker, rows[i].version), rows[i].updates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers), cmocka_unit_test(test_abilities), cmocka_unit_test(test_images),
		cmocka_unit_test(test_env),	cmocka_unit_test(test_updates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
