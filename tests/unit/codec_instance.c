/* Instance files: read, written byte for byte as BuildX does, and refused when they are not what BuildX writes. */
#include "codec/instance.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "codec/current.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#define NODE(members) "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{" members "}],\"Dynamic\":false}"

static void to_builder(struct arena *arena, const struct live_builder *live, struct builder *ret_builder)
{
	*ret_builder = (struct builder){.name = live->name, .driver = live->driver, .dynamic = live->dynamic};
	ret_builder->node_count = live->node_count;
	ret_builder->nodes = ARENA_ARRAY(arena, struct node, live->node_count);
	for (size_t i = 0; i < live->node_count; i++)
		ret_builder->nodes[i] = live->nodes[i].spec;
}

/* Recorded from BuildX 0.13.1 and 0.36.1 (`docker buildx create` with options; `--append`, which leaves `[]`). */
static const char *const recorded[] = {
	"{\"Name\":\"st-conf\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"st-conf0\",\"Endpoint\":\"unix://"
	"/"
	"tmp/rc-eng/docker.sock\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":[\"--allow-insecure-entitlement="
	"network.host\"],\"Files\":{\"buildkitd.toml\":"
	"\"ZGVidWcgPSB0cnVlCgpbcmVnaXN0cnldCltyZWdpc3RyeS4nZG9ja2VyLmlvJ10KaHR0cCA9IHRydWUKbWlycm9ycyA9IFsnbWlycm9yLmV4"
	"YW1wbGUuY29tJ10K\"}}],\"Dynamic\":false}",
	"{\"Name\":\"st-opts\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"st-opts0\",\"Endpoint\":\"unix://"
	"/"
	"tmp/rc-eng/docker.sock\",\"Platforms\":[{\"architecture\":\"amd64\",\"os\":\"linux\"},{\"architecture\":"
	"\"arm64\",\"os\":\"linux\"},{\"architecture\":\"arm\",\"os\":\"linux\",\"variant\":\"v7\"},{\"architecture\":"
	"\"arm64\",\"os\":\"linux\"},{\"architecture\":\"amd64\",\"os\":\"windows\"}],\"DriverOpts\":{\"env.A\":"
	"\"x\\u003cy\\u003e\\u0026z\",\"env.B\":\"a\\\"b\",\"network\":\"host\"},\"Flags\":[\"--debug\",\"--oci-worker-"
	"gc\",\"--allow-insecure-entitlement=network.host\"],\"Files\":null}],\"Dynamic\":false}",
	"{\"Name\":\"st-plain\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"st-plain0\",\"Endpoint\":\"unix:"
	"/"
	"//tmp/rc-eng/docker.sock\",\"Platforms\":[],\"DriverOpts\":null,\"Flags\":[\"--allow-insecure-entitlement="
	"network.host\"],\"Files\":null},{\"Name\":\"st-plain-b\",\"Endpoint\":\"st-ctx\",\"Platforms\":[{"
	"\"architecture\":\"arm64\",\"os\":\"linux\"}],\"DriverOpts\":null,\"Flags\":[\"--allow-insecure-entitlement="
	"network.host\"],\"Files\":null}],\"Dynamic\":false}",
	"{\"Name\":\"st-remote\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"st-remote0\",\"Endpoint\":\"tcp://"
	"localhost:"
	"1234\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],\"Dynamic\":false}",
	/* Not recorded, made after the types: every part of a platform, control characters, U+2028. */
	"{\"Name\":\"w\",\"Driver\":\"kubernetes\",\"Nodes\":[{\"Name\":\"w0\",\"Endpoint\":\"\",\"Platforms\":[{"
	"\"architecture\":\"amd64\",\"os\":\"windows\",\"os.version\":\"10.0.14393\"},{\"architecture\":\"arm\",\"os\":"
	"\"linux\",\"variant\":\"v6\"}],\"DriverOpts\":{},\"Flags\":[],\"Files\":{\"a\":\"\"}}],\"Dynamic\":true}",
	("{\"Name\":\"c\",\"Driver\":\"d\",\"Nodes\":[{\"Name\":\"c0\",\"Endpoint\":\"\\u001b\\n\\t\\b\\f\\r\\\\/"
	 "\\u2028\xC3\xA9\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],\"Dynamic\":false}"),
};

static void round_trip_is_byte_for_byte(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(recorded); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_TEXT struct text out = TEXT_INIT;
		struct error err = ERROR_INIT;
		struct live_builder live;
		struct builder builder;

		if (instance_parse(arena, recorded[i], strlen(recorded[i]), &live, NULL, &err) < 0)
			fail_msg("%s: %s", recorded[i], err.message);
		to_builder(arena, &live, &builder);
		instance_print(&builder, &out);
		assert_string_equal(text_string(&out), recorded[i]);
	}
}

static void content_is_read(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct live_builder builder;

	(void)state;
	assert_int_equal(instance_parse(arena, recorded[1], strlen(recorded[1]), &builder, NULL, NULL), 0);
	assert_string_equal(builder.name, "st-opts");
	assert_string_equal(builder.driver, "docker-container");
	assert_int_equal(builder.node_count, 1);
	const struct node *node = &builder.nodes[0].spec;
	assert_int_equal(node->platforms.count, 5);
	assert_string_equal(node->platforms.items[2], "linux/arm/v7");
	assert_string_equal(pairs_get(&node->driver_opts, "env.A"), "x<y>&z");
	assert_string_equal(node->flags.items[1], "--oci-worker-gc");
	assert_int_equal(instance_parse(arena, recorded[0], strlen(recorded[0]), &builder, NULL, NULL), 0);
	const struct config_file *file = config_files_get(&builder.nodes[0].spec.files, "buildkitd.toml");
	assert_non_null(file);
	assert_true(text_starts((const char *)file->data, "debug = true\n"));
	assert_int_equal(strlen((const char *)file->data), file->length);
	assert_false(file->secret);
}

static void go_takes_other_cases_and_the_last_twin(void **state)
{
	static const char text[] = "{\"name\":\"old\",\"NAME\":\"ci\",\"driver\":\"remote\",\"extra\":[1],\"nodes\":["
				   "{\"name\":\"ci0\",\"ENDPOINT\":\"tcp://h:1\",\"files\":null}],\"dynamic\":null}\n";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct live_builder builder;

	(void)state;
	assert_int_equal(instance_parse(arena, text, strlen(text), &builder, NULL, NULL), 0);
	assert_string_equal(builder.name, "ci");
	assert_string_equal(builder.nodes[0].spec.endpoint, "tcp://h:1");
}

static void secrets_are_marked(void **state)
{
	static const char text[] = NODE(
		"\"Name\":\"ci0\",\"DriverOpts\":{\"env.API_TOKEN\":\"t\",\"env.PLAIN\":\"p\"},\"Files\":{\"certs/r/"
		"k.pem\":\"LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCg==\",\"certs/r/c.pem\":\"Q0VSVA==\"}");
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct live_builder builder;

	(void)state;
	assert_int_equal(instance_parse(arena, text, strlen(text), &builder, NULL, NULL), 0);
	const struct node *node = &builder.nodes[0].spec;
	assert_true(node->driver_opts.items[0].secret);
	assert_false(node->driver_opts.items[1].secret);
	assert_false(config_files_get(&node->files, "certs/r/c.pem")->secret);
	assert_true(config_files_get(&node->files, "certs/r/k.pem")->secret);
}

static const struct {
	const char *text;
	enum fault_code code;
	const char *message;
	size_t length; /* 0: strlen */
} bad[] = {
	{"", FAULT_INSTANCE_EMPTY, "it is empty", 0},
	{"\0\0\0\0", FAULT_INSTANCE_NUL, "NUL", 4},
	{"{\"Name\":\"ci\"}\0", FAULT_INSTANCE_NUL, "NUL", 14},
	{"{\"Name\":\"ci\",\"Dri", FAULT_INSTANCE_TRUNCATED, "cut short", 0},
	{"{\"Name\":\"ci\",\"Nodes\":[{\"Name\":\"a\"}", FAULT_INSTANCE_TRUNCATED, "", 0},
	{"hello", FAULT_INSTANCE_INVALID, "not JSON", 0},
	{"{} {}", FAULT_INSTANCE_INVALID, "goes on", 0},
	{"{}", FAULT_INSTANCE_BLANK, "an empty object", 0},
	{"null", FAULT_INSTANCE_BLANK, "null", 0},
	{"{\"Driver\":\"docker-container\"}", FAULT_INSTANCE_BLANK, "no Name", 0},
	{"[]", FAULT_INSTANCE_INVALID, "it is a list, not an object", 0},
	{"{\"Name\":1}", FAULT_INSTANCE_INVALID, "Name is a number, not a text", 0},
	{"{\"Name\":\"../x\",\"Driver\":\"d\"}", FAULT_INSTANCE_INVALID, "no builder's name", 0},
	{"{\"Name\":\"ci\",\"Driver\":\"\",\"Nodes\":[]}", FAULT_INSTANCE_BLANK, "no nodes", 0},
	{"{\"Name\":\"ci\",\"Nodes\":[{\"Name\":\"a\"}]}", FAULT_INSTANCE_NO_DRIVER, "no Driver", 0},
	{"{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":[]}", FAULT_INSTANCE_NO_NODES, "no nodes", 0},
	{"{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":null}", FAULT_INSTANCE_NO_NODES, "no nodes", 0},
	{"{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":{}}", FAULT_INSTANCE_INVALID, "Nodes is an object, not a list",
	 0},
	{"{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":[7]}", FAULT_INSTANCE_INVALID,
	 "Nodes[0] is a number, not an object", 0},
	{"{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":[{\"Name\":\"a\"}],\"Dynamic\":\"no\"}", FAULT_INSTANCE_INVALID,
	 "Dynamic is a text", 0},
	{NODE("\"Name\":\"a/../b\""), FAULT_INSTANCE_INVALID, "no node's name", 0},
	{NODE("\"Name\":\"a\",\"Endpoint\":[]"), FAULT_INSTANCE_INVALID, "Nodes[0].Endpoint is a list", 0},
	{NODE("\"Name\":\"a\",\"Platforms\":[\"linux/amd64\"]"), FAULT_INSTANCE_INVALID,
	 "Nodes[0].Platforms holds a text", 0},
	{NODE("\"Name\":\"a\",\"Platforms\":[{\"os\":\"a/b\"}]"), FAULT_INSTANCE_INVALID, "no part of a platform", 0},
	{NODE("\"Name\":\"a\",\"Flags\":[1]"), FAULT_INSTANCE_INVALID, "Nodes[0].Flags holds a number", 0},
	{NODE("\"Name\":\"a\",\"DriverOpts\":[]"), FAULT_INSTANCE_INVALID, "Nodes[0].DriverOpts is a list", 0},
	{NODE("\"Name\":\"a\",\"DriverOpts\":{\"x\":1}"), FAULT_INSTANCE_INVALID, "DriverOpts.x is a number", 0},
	{NODE("\"Name\":\"a\",\"Files\":{\"x\":\"%%%\"}"), FAULT_INSTANCE_INVALID, "Files[\"x\"] is not base64", 0},
	{NODE("\"Name\":\"a\",\"Files\":{\"x\":{}}"), FAULT_INSTANCE_INVALID, "Files[\"x\"] is an object", 0},
};

static void damage_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct live_builder builder = {.name = "untouched"};
		struct error err = ERROR_INIT;
		enum fault_code code = FAULT_NONE;
		size_t length = bad[i].length == 0 ? strlen(bad[i].text) : bad[i].length;

		if (instance_parse(arena, bad[i].text, length, &builder, &code, &err) == 0)
			fail_msg("taken: %s", bad[i].text);
		assert_int_equal(code, bad[i].code);
		assert_int_equal(err.kind, ERROR_CORRUPT);
		if (!strstr(err.message, bad[i].message))
			fail_msg("%s: \"%s\" does not say \"%s\"", bad[i].text, err.message, bad[i].message);
		assert_string_equal(builder.name, "untouched");
	}
}

/* Every prefix of a real file is refused without harm; what is not quite the end is "cut short". */
static void every_cut_is_refused(void **state)
{
	size_t length = strlen(recorded[1]);

	(void)state;
	for (size_t i = 0; i < length; i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_FREE char *cut = malloc(i + 1); /* no NUL behind: an overrun shows */
		struct live_builder builder;
		enum fault_code code;

		memcpy(cut, recorded[1], i);
		assert_int_equal(instance_parse(arena, cut, i, &builder, &code, NULL), -1);
		assert_int_equal(code, i == 0 ? FAULT_INSTANCE_EMPTY : FAULT_INSTANCE_TRUNCATED);
	}
}

static void sizes_are_bounded(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct live_builder builder;
	enum fault_code code;

	(void)state;
	text_puts(&text, "{\"Name\":\"ci\",\"Driver\":\"d\",\"Nodes\":[{\"Name\":\"n\"}");
	for (size_t i = 0; i < 1000; i++)
		text_puts(&text, ",{\"Name\":\"n\"}");
	text_puts(&text, "]}");
	assert_int_equal(instance_parse(arena, text.data, text.length, &builder, &code, NULL), -1);
	assert_int_equal(code, FAULT_INSTANCE_INVALID);
	text_clear(&text);
	for (size_t i = 0; i <= 1024 * 1024; i++)
		text_puts(&text, "[");
	assert_int_equal(instance_parse(arena, text.data, text.length, &builder, &code, NULL), -1);
	assert_int_equal(code, FAULT_INSTANCE_TOO_LARGE);
	assert_int_equal(instance_parse(arena, text.data, 1024 * 1024, &builder, &code, NULL), -1);
	assert_int_equal(code, FAULT_INSTANCE_TRUNCATED);
}

static void bytes_that_are_not_utf8_are_replaced(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct node node = {.name = "n0", .endpoint = "a\xFF\xC3z"};
	const struct builder builder = {.name = "n", .driver = "remote", .nodes = &node, .node_count = 1};

	(void)state;
	instance_print(&builder, &out);
	assert_string_equal(text_string(&out),
			    "{\"Name\":\"n\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"n0\",\"Endpoint\":\"a\\ufffd"
			    "\\ufffdz\",\"Platforms\":null,\"DriverOpts\":null,\"Flags\":null,\"Files\":null}],"
			    "\"Dynamic\":false}");
}

/* `docker buildx use --default st-plain`, BuildX 0.13.1 and 0.36.1. */
static void current_is_printed_as_buildx_does(void **state)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	char name[21];

	(void)state;
	current_print("unix:///tmp/rc-eng/docker.sock", "st-plain", &out);
	assert_string_equal(text_string(&out),
			    "{\"Key\":\"unix:///tmp/rc-eng/docker.sock\",\"Name\":\"st-plain\",\"Global\":false}");
	defaults_file_name("unix:///tmp/rc-eng/docker.sock", name);
	assert_string_equal(name, "1fdefd69ba24e95e449a");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(round_trip_is_byte_for_byte),
		cmocka_unit_test(content_is_read),
		cmocka_unit_test(go_takes_other_cases_and_the_last_twin),
		cmocka_unit_test(secrets_are_marked),
		cmocka_unit_test(damage_is_named),
		cmocka_unit_test(every_cut_is_refused),
		cmocka_unit_test(sizes_are_bounded),
		cmocka_unit_test(bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(current_is_printed_as_buildx_does),
	};

	return cmocka_run_group_tests_name("codec_instance", tests, NULL, NULL);
}
