/* Normal forms: two spellings of the same thing compare equal, different things do not. */
#include "base/arena.h"
#include "base/count.h"
#include "base/text.h"
#include "codec/buildkitd.h"
#include "model/normal.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void same(const char *what, const char *got, const char *expected)
{
	if (!text_equal(got, expected))
		fail_msg("%s: got %s, expected %s", what, got ? got : "NULL", expected ? expected : "NULL");
}

static void test_platforms(void **state)
{
	/* Expectations follow containerd/platforms platforms_test.go, then Normalize as BuildX does. */
	static const struct {
		const char *text, *normal;
	} rows[] = {
		{"linux/amd64", "linux/amd64"},
		{"linux/x86_64", "linux/amd64"},
		{"Linux/X86-64", "linux/amd64"},
		{"linux/amd64/v1", "linux/amd64"},
		{"linux/amd64/v2", "linux/amd64/v2"},
		{"linux/x86_64/v3", "linux/amd64/v3"},
		{"linux/aarch64", "linux/arm64"},
		{"linux/arm64/v8", "linux/arm64"},
		{"linux/arm64/8", "linux/arm64"},
		{"linux/arm64/9", "linux/arm64/v9"},
		{"linux/arm", "linux/arm/v7"},
		{"linux/arm/7", "linux/arm/v7"},
		{"linux/arm/v6", "linux/arm/v6"},
		{"linux/armhf", "linux/arm/v7"},
		{"linux/armel", "linux/arm/v6"},
		{"linux/i386", "linux/386"},
		{"linux/386", "linux/386"},
		{"linux/riscv64", "linux/riscv64"},
		{"linux/ppc64le", "linux/ppc64le"},
		{"linux/mips64le", "linux/mips64le"},
		{"linux/s390x*", "linux/s390x"},
		{" linux/arm64 ", "linux/arm64"},
		{"arm", "linux/arm/v7"},
		{"arm64", "linux/arm64"},
		{"macos/arm64", "darwin/arm64"},
		{"windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"},
		{"", NULL},
		{"linux", NULL},
		{"linux/", NULL},
		{"/amd64", NULL},
		{"linux/amd46", NULL},
		{"lunix/amd64", NULL},
		{"linux/amd64/v1/x", NULL},
		{"linux/arm 64", NULL},
		{"windows(10/amd64", NULL},
		{"windows()x/amd64", NULL},
		{"linux/amd64,linux/arm64", NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		same(rows[i].text, platform_normal(arena, rows[i].text), rows[i].normal);
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].normal)
			same(rows[i].normal, platform_normal(arena, rows[i].normal), rows[i].normal);
}

static void test_sizes(void **state)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} rows[] = {
		{"0", 0},
		{"512", 512},
		{"32b", 32},
		{"32B", 32},
		{"32k", 32 << 10},
		{"32KB", 32 << 10},
		{"32KiB", 32 << 10},
		{"32 mb", 32 << 20},
		{"1.5g", (int64_t)1536 << 20},
		{".5g", (int64_t)512 << 20},
		{"40GB", (int64_t)40 << 30},
		{"2T", (int64_t)2 << 40},
		{"1p", (int64_t)1 << 50},
		{"", -1},
		{"-1", -1},
		{"g", -1},
		{"12x", -1},
		{"12kk", -1},
		{"12kibs", -1},
		{"12bb", -1},
		{"12ib", -1},
		{"1,5g", -1},
		{"12  k", -1},
		{"0x10", -1},
		{"inf", -1},
		{"nan", -1},
		{"9000p", -1},
		{"99999999999999999999999", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (memory_bytes(rows[i].text) != rows[i].bytes)
			fail_msg("%s: %lld", rows[i].text, (long long)memory_bytes(rows[i].text));
	assert_int_equal(memory_bytes(NULL), -1);
}

static void test_gc_filters(void **state)
{
	/* containerd/containerd pkg/filters/filter_test.go and parser_test.go have these forms. */
	static const char *const good[] = {"type==source.local",
					   "inuse",
					   "id~=^a.*",
					   "type!=regular,inuse",
					   "labels.\"very complex label\"==\"a, b\"",
					   "a.b.c==x=y"};
	static const char *const bad[] = {"",	    "type=source.local", "type==", "==x", "a,", ",a", "type~x",
					  "a==\"b", "type>3=1"};

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (!gc_filter_valid(good[i]))
			fail_msg("%s is a filter", good[i]);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (gc_filter_valid(bad[i]))
			fail_msg("%s is no filter", bad[i]);
}

static void test_spaces_and_durations(void **state)
{
	static const struct {
		const char *text;
		bool space, duration;
	} rows[] = {
		{"512000000", true, true},
		{"512MB", true, false},
		{"20%", true, false},
		{"100%", true, false},
		{"0%", true, false},
		{"101%", false, false},
		{"-1%", false, false},
		{"1.5%", false, false},
		{"%", false, false},
		{"", false, false},
		{"48h", false, true},
		{"1h30m", false, true},
		{"1.5h", false, true},
		{"100ms", false, true},
		{"5\u00b5s", false, true},
		{"30m", true, true},
		{"7d", false, false},
		{"h", false, false},
		{"48", true, true},
		{"48 h", false, false},
		{"-48h", false, false},
		{"48h x", false, false},
		{".h", false, false},
		{"1h30", false, false},
		{"99999999999999999999", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (space_valid(rows[i].text) != rows[i].space)
			fail_msg("space %s", rows[i].text);
		if (duration_valid(rows[i].text) != rows[i].duration)
			fail_msg("duration %s", rows[i].text);
	}
	assert_false(space_valid(NULL));
	assert_false(duration_valid(NULL));
}

static struct strings words(struct arena *arena, const char *text)
{
	struct strings list = {0};

	while (*text) {
		size_t length = strcspn(text, " ");

		if (length > 0)
			strings_add(arena, &list, arena_strndup(arena, text, length));
		text += length + (text[length] == ' ');
	}
	return list;
}

static void test_flags(void **state)
{
#define HOST "--allow-insecure-entitlement=network.host"
#define INSECURE "--allow-insecure-entitlement=security.insecure"
	/* docker/buildx builder/builder_test.go, TestParseBuildkitdFlags, and what its flag parser does not see. */
	static const struct {
		const char *driver, *flags, *network, *toml, *normal;
	} rows[] = {
		{"docker-container", "", NULL, NULL, HOST},
		{"kubernetes", "", NULL, NULL, HOST},
		{"remote", "", NULL, NULL, ""},
		{"docker-container", INSECURE, NULL, NULL, INSECURE},
		{"docker-container", "--allow-insecure-entitlement security.insecure", NULL, NULL, INSECURE},
		{"docker-container", "--allow-insecure-entitlement network.host", NULL, NULL, HOST},
		{"docker-container", HOST " " INSECURE, NULL, NULL, HOST " " INSECURE},
		{"docker-container", HOST " --debug " HOST, NULL, NULL, HOST " --debug"},
		{"docker-container", "--debug", NULL, NULL, "--debug " HOST},
		{"docker-container", "--debug " INSECURE, NULL, NULL, "--debug " INSECURE " " HOST},
		{"docker-container", INSECURE " --debug", NULL, NULL, INSECURE " --debug"},
		{"docker-container", INSECURE, "host", NULL, INSECURE " " HOST},
		{"docker-container", INSECURE, "bridge", NULL, INSECURE},
		{"kubernetes", INSECURE, "host", NULL, INSECURE},
		{"docker-container", "--oci-worker-gc false --debug", NULL, NULL,
		 "--oci-worker-gc=false --debug " HOST},
		{"docker-container", "", NULL, "insecure-entitlements = [\"network.host\"]", ""},
		/* BuildX before 0.18.0 did not read the file and added the flag all the same */
		{"docker-container", HOST, NULL, "insecure-entitlements = [\"network.host\"]", ""},
		{"docker-container", "", "host", "insecure-entitlements = [\"network.host\"]", HOST},
		{"docker-container", HOST, NULL, "insecure-entitlements = [\"network.host\", \"device\"]", HOST},
		{"docker-container", "", NULL, "insecure-entitlements = [\"network.host\", \"device\"]", ""},
		{"docker-container", "", NULL, "insecure-entitlements = [\"security.insecure\"]", HOST},
		{"docker-container", "", NULL, "not toml", HOST},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair network = {.key = "network", .value = rows[i].network};
		struct config_file file = {.name = "buildkitd.toml", .data = (const unsigned char *)rows[i].toml};
		struct node node = {.flags = words(arena, rows[i].flags)};
		struct strings once, twice;

		file.length = rows[i].toml ? strlen(rows[i].toml) : 0;
		node.driver_opts = (struct pairs){.items = &network, .count = rows[i].network ? 1 : 0};
		node.files = (struct config_files){.items = &file, .count = rows[i].toml ? 1 : 0};
		flags_normal(arena, rows[i].driver, &node, &once);
		same(rows[i].flags, strings_join(arena, &once, " "), rows[i].normal);
		node.flags = once;
		flags_normal(arena, rows[i].driver, &node, &twice);
		same("again", strings_join(arena, &twice, " "), rows[i].normal);
	}
}

static void test_images(void **state)
{
	static const struct {
		const char *image, *normal;
	} rows[] = {
		{"moby/buildkit:buildx-stable-1", "docker.io/moby/buildkit:buildx-stable-1"},
		{"docker.io/moby/buildkit:x", "docker.io/moby/buildkit:x"},
		{"index.docker.io/moby/buildkit:x", "docker.io/moby/buildkit:x"},
		{"moby/buildkit", "docker.io/moby/buildkit:latest"},
		{"buildkit", "docker.io/library/buildkit:latest"},
		{"docker.io/buildkit", "docker.io/library/buildkit:latest"},
		{"moby/buildkit:x@sha256:abc", "docker.io/moby/buildkit:x@sha256:abc"},
		{"moby/buildkit@sha256:abc", "docker.io/moby/buildkit@sha256:abc"},
		{"localhost/buildkit:x", "localhost/buildkit:x"},
		{"localhost:5000/buildkit", "localhost:5000/buildkit:latest"},
		{"ghcr.io/a/b/c:1", "ghcr.io/a/b/c:1"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		same(rows[i].image, image_normal(arena, rows[i].image), rows[i].normal);
}

static void test_images_made(void **state)
{
	static const struct {
		const char *real, *wanted;
		bool made;
	} rows[] = {
		{"moby/buildkit:x", "docker.io/moby/buildkit:x", true},
		{"docker.io/moby/buildkit:x@sha256:abc", "moby/buildkit:x", true},
		{"docker.io/moby/buildkit@sha256:abc", "moby/buildkit", true},
		{"moby/buildkit:x@sha256:abc", "moby/buildkit:x@sha256:abc", true},
		{"moby/buildkit:x@sha256:abc", "moby/buildkit:x@sha256:def", false},
		{"moby/buildkit:x", "moby/buildkit:x@sha256:abc", false},
		{"moby/buildkit:y@sha256:abc", "moby/buildkit:x", false},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (image_made_from(arena, rows[i].real, rows[i].wanted) != rows[i].made)
			fail_msg("%s of %s", rows[i].real, rows[i].wanted);
}

static void test_names(void **state)
{
	static const struct {
		const char *name;
		bool valid;
	} rows[] = {{"ci", true},   {"Ci-1.x_y", true}, {"", false},	{"1ci", false},	     {".tmp-x", false},
		    {"a/b", false}, {"x~", false},	{"a b", false}, {"\xc3\xa4", false}, {"-a", false}};
	static const struct {
		const char *node, *base;
		int generation;
	} nodes[] = {{"ci0", "ci0", 1},	    {"ci0.g2", "ci0", 2},    {"ci.x.g13", "ci.x", 13},
		     {"ci0.g", "ci0.g", 1}, {"ci0.g0", "ci0.g0", 1}, {"ci0.g2x", "ci0.g2x", 1},
		     {".g2", ".g2", 1},	    {"a.g02", "a.g02", 1},   {"ci0_gen2", "ci0", 2},
		     {"_gen2", "_gen2", 1}, {"ci_gen", "ci_gen", 1}};
	CLEANUP_ARENA struct arena *arena = arena_new();
	int generation;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (!name_problem(rows[i].name) != rows[i].valid)
			fail_msg("name %s", rows[i].name);
	for (size_t i = 0; i < COUNT(nodes); i++) {
		same(nodes[i].node, node_base_name(arena, nodes[i].node, &generation), nodes[i].base);
		assert_int_equal(generation, nodes[i].generation);
	}
	same("lower", name_lower(arena, "CI-Arm"), "ci-arm");
	same("container", node_container_name(arena, "ci0"), "buildx_buildkit_ci0");
	same("volume", node_volume_name(arena, "ci0"), "buildx_buildkit_ci0_state");
}

static struct config_file file_of(const char *name, const char *text)
{
	return (struct config_file){.name = name, .data = (const unsigned char *)text, .length = strlen(text)};
}

static void test_config_files(void **state)
{
	static const struct {
		const char *name, *a, *b;
		bool same;
	} rows[] = {
		{"buildkitd.toml", "a = 1\nb = 2\n", "b = 2 # two\na = 1", true},
		{"buildkitd.toml", "[worker.oci]\ngc = true\n", "worker.oci.gc = true", true},
		{"buildkitd.toml", "a = 1", "a = 2", false},
		{"buildkitd.toml", "broken =", "broken =", true},
		{"buildkitd.toml", "broken =", "broken = ", false},
		{"certs/r/ca.pem", "a = 1", "a = 1 ", false},
		{"certs/r/ca.pem", "a", "a", true},
		{"certs/r/ca.pem", "", "", true},
	};
	struct config_file a, b, pair[2];
	struct config_files one = {.items = &a, .count = 1}, other = {.items = &b, .count = 1};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		a = file_of(rows[i].name, rows[i].a);
		b = file_of(rows[i].name, rows[i].b);
		if (config_files_same(&one, &other) != rows[i].same)
			fail_msg("row %zu", i);
	}
	pair[0] = pair[1] = a;
	other = (struct config_files){.items = pair, .count = 2};
	assert_false(config_files_same(&one, &other));
	b = file_of("certs/r/other.pem", "");
	other = (struct config_files){.items = &b, .count = 1};
	assert_false(config_files_same(&one, &other));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_platforms),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_spaces_and_durations),
		cmocka_unit_test(test_gc_filters),
		cmocka_unit_test(test_flags),
		cmocka_unit_test(test_images),
		cmocka_unit_test(test_images_made),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_config_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
