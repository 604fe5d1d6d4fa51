/* BuildKit's messages and what carries them: as real daemons sent them (v0.13.2 and v0.32.2), and as nobody should. */
#include "live/buildkit/messages.h"

#include "base/buffer.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/text_buffer.h"
#include "live/buildkit/grpc.h"
#include "live/buildkit/route.h"
#include "live/engine/demux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>
#include <sys/resource.h>

static const char WORKERS_OLD[] =
	"CtEEChl0ZDhvdmhtbDRxc2Mzb3N3c2tja2M5a3p3Ei8KJ29yZy5tb2J5cHJvamVjdC5idWlsZGtpdC53b3JrZXIubmV0d29yaxIE"
	"aG9zdBIuCihvcmcubW9ieXByb2plY3QuYnVpbGRraXQud29ya2VyLmhvc3RuYW1lEgJoaBI1CitvcmcubW9ieXByb2plY3QuYnVp"
	"bGRraXQud29ya2VyLnNuYXBzaG90dGVyEgZuYXRpdmUSLwoob3JnLm1vYnlwcm9qZWN0LmJ1aWxka2l0Lndvcmtlci5leGVjdXRv"
	"chIDb2NpEjgKL29yZy5tb2J5cHJvamVjdC5idWlsZGtpdC53b3JrZXIuc2VsaW51eC5lbmFibGVkEgVmYWxzZRI7CjBvcmcubW9i"
	"eXByb2plY3QuYnVpbGRraXQud29ya2VyLm9jaS5wcm9jZXNzLW1vZGUSB3NhbmRib3gaDgoFYW1kNjQSBWxpbnV4GhIKBWFtZDY0"
	"EgVsaW51eBoCdjIaEgoFYW1kNjQSBWxpbnV4GgJ2MxoSCgVhbWQ2NBIFbGludXgaAnY0GgwKAzM4NhIFbGludXgiUhCAgPiUkqUn"
	"GICAkvQBIkJ0eXBlPT1zb3VyY2UubG9jYWwsdHlwZT09ZXhlYy5jYWNoZW1vdW50LHR5cGU9PXNvdXJjZS5naXQuY2hlY2tvdXQi"
	"DxCAgJD0oNqaCRiAiOLtYCIGGICI4u1gIggIARiAiOLtYCojChhnaXRodWIuY29tL21vYnkvYnVpbGRraXQSB3YwLjEzLjI=";
static const char WORKERS_NEW[] =
	"CoUFChlkeHAwbHpiYmtkbWhoaHo3N2w3YXFzMzF6Ei8KJ29yZy5tb2J5cHJvamVjdC5idWlsZGtpdC53b3JrZXIubmV0d29yaxIE"
	"aG9zdBIuCihvcmcubW9ieXByb2plY3QuYnVpbGRraXQud29ya2VyLmhvc3RuYW1lEgJoaBI1CitvcmcubW9ieXByb2plY3QuYnVp"
	"bGRraXQud29ya2VyLnNuYXBzaG90dGVyEgZuYXRpdmUSLwoob3JnLm1vYnlwcm9qZWN0LmJ1aWxka2l0Lndvcmtlci5leGVjdXRv"
	"chIDb2NpEjgKL29yZy5tb2J5cHJvamVjdC5idWlsZGtpdC53b3JrZXIuc2VsaW51eC5lbmFibGVkEgVmYWxzZRI7CjBvcmcubW9i"
	"eXByb2plY3QuYnVpbGRraXQud29ya2VyLm9jaS5wcm9jZXNzLW1vZGUSB3NhbmRib3gaDgoFYW1kNjQSBWxpbnV4GhIKBWFtZDY0"
	"EgVsaW51eBoCdjIaEgoFYW1kNjQSBWxpbnV4GgJ2MxoSCgVhbWQ2NBIFbGludXgaAnY0GgwKAzM4NhIFbGludXgiVBCAgPiUkqUn"
	"IhJ0eXBlPT1zb3VyY2UubG9jYWwiFXR5cGU9PWV4ZWMuY2FjaGVtb3VudCIZdHlwZT09c291cmNlLmdpdC5jaGVja291dCiAgJL0"
	"ASIdEICAkPSg2poJGIDIr6AlKIDQ28P0AjCA/Nj+vQEiFBiAyK+gJSiA0NvD9AIwgPzY/r0BIhYIARiAyK+gJSiA0NvD9AIwgPzY"
	"/r0BKisKGGdpdGh1Yi5jb20vbW9ieS9idWlsZGtpdBIHdjAuMzIuMiIGMS4yNi4w";
static const char INFO_NEW[] = "CisKGGdpdGh1Yi5jb20vbW9ieS9idWlsZGtpdBIHdjAuMzIuMiIGMS4yNi4w";
static const char DISK_NEW[] =
	"ClEKGTh2MWh3NWdnMWEwMmIyZmQ0dzl2Z3hjMGcYASCAoHkyCwiXno/YBhDeruBvShhsb2NhbCBzb3VyY2UgZm9yIGNvbnRleHRS"
	"B3JlZ3VsYXIKdgoZbGl0cjZzdjE5bml5aXhlYml2bGlnc3F5NxABGAEyDAiXno/YBhC648SUAUojbW91bnQgLyBmcm9tIGV4ZWMg"
	"L2J1c3lib3ggc2xlZXAgMTJSB3JlZ3VsYXJiGXI2bXFvZXVqbWwyZHllZ2hoeTZ3YjFzdTYKaQoZM3Z2N2M3cW4zbWNtOGc2ZnRv"
	"eDltYWZmcxgBIICgeTIMCJaej9gGENjAmqoDOgsIl56P2AYQtZ7WS0ABSiBbbWFkZSAxLzJdIENPUFkgYnVzeWJveCAvYnVzeWJv"
	"eFIHcmVndWxhcgqJAQoZcjZtcW9ldWptbDJkeWVnaGh5NndiMXN1NhgBIICAejILCJeej9gGELPmswM6CwiXno/YBhCVsf46QAFK"
	"Jm1vdW50IC8gZnJvbSBleGVjIC9idXN5Ym94IHRvdWNoIC9tYWRlUgdyZWd1bGFyYhkzdnY3YzdxbjNtY204ZzZmdG94OW1hZmZz"
	"CnkKGW56czV2MWtvdzB0NHo1MzE2dnpqdjI5YXUQARgBMgwIl56P2AYQ2KnWnQFKOWNhY2hlZCBtb3VudCAvYyBmcm9tIGV4ZWMg"
	"L2J1c3lib3ggc2xlZXAgMTIgd2l0aCBpZCAiLy9jIlIPZXhlYy5jYWNoZW1vdW50ClAKGWNnaGlnNnQzZ3N4dXRhaXk4OTNqdGNm"
	"amwYASCAIDILCJeej9gGEIfDsV5KGGxvY2FsIHNvdXJjZSBmb3IgY29udGV4dFIHcmVndWxhcgpTChlrMXMwNDM4Y3BiajZlbWhx"
	"aGpic2sybnR6GAEggEAyCwiXno/YBhDaqbNVShtsb2NhbCBzb3VyY2UgZm9yIGRvY2tlcmZpbGVSB3JlZ3VsYXI=";
static const char BUILD_OLD[] =
	"ElIKGWp0c3YzaXIxbmRrNzlwcWxqdmx0aWZxcXcaFwoOYnVpbGQtYXJnOlNBTFQSBTI5MTM3Gg4KBnRhcmdldBIEc2xvdzIMCJae"
	"j9gGEJ/uqbkC";
static const char PRUNED_NEW[] =
	"Chk4djFodzVnZzFhMDJiMmZkNHc5dmd4YzBnGAEggKB5MgsIl56P2AYQ3q7gb0oYbG9jYWwgc291cmNlIGZvciBjb250ZXh0Ugdy"
	"ZWd1bGFy";

static void decode(const char *base64, struct buffer *ret_bytes)
{
	*ret_bytes = (struct buffer)BUFFER_INIT(BUFFER_TEXT_CAP);
	assert_int_equal(base64_decode(ret_bytes, base64), 0);
}

static void test_workers(void **state)
{
	static const struct {
		const char *recorded, *version;
		size_t platforms, filters; /* v0.13 joins them with commas */
	} rows[] = {{WORKERS_OLD, "v0.13.2", 5, 1}, {WORKERS_NEW, "v0.32.2", 5, 3}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_BUFFER struct buffer bytes;
		struct daemon daemon = {0};
		struct error err = ERROR_INIT;
		const char *version;

		decode(rows[i].recorded, &bytes);
		assert_int_equal(buildkit_read_workers(arena, bytes.data, bytes.length, &daemon, &version, &err), 0);
		assert_string_equal(version, rows[i].version);
		assert_int_equal(daemon.worker_count, 1);
		const struct worker *worker = &daemon.workers[0];
		assert_int_equal(worker->platforms.count, rows[i].platforms);
		assert_string_equal(worker->platforms.items[0], "linux/amd64");
		assert_true(strings_contain(&worker->labels, "org.mobyproject.buildkit.worker.snapshotter=native"));
		assert_int_equal(worker->rule_count, 4);
		assert_int_equal(worker->rules[0].filters.count, rows[i].filters);
		assert_int_equal(worker->rules[0].keep_duration, INT64_C(48) * 3600 * 1000 * 1000 * 1000);
		assert_true(worker->rules[3].all);
	}
}

static void test_info(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer bytes;
	struct error err = ERROR_INIT;
	const char *version;

	(void)state;
	decode(INFO_NEW, &bytes);
	assert_int_equal(buildkit_read_info(arena, bytes.data, bytes.length, &version, &err), 0);
	assert_string_equal(version, "v0.32.2");
	/* A daemon that says nothing of itself. */
	assert_int_equal(buildkit_read_info(arena, "", 0, &version, &err), 0);
	assert_null(version);
}

static void test_disk(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer bytes;
	struct daemon daemon = {0};
	struct error err = ERROR_INIT;

	(void)state;
	decode(DISK_NEW, &bytes);
	assert_int_equal(buildkit_read_disk(arena, bytes.data, bytes.length, &daemon, &err), 0);
	assert_true(daemon.disk_known);
	assert_int_equal(daemon.disk_count, 2);
	assert_string_equal(daemon.disk[0].type, "exec.cachemount");
	assert_string_equal(daemon.disk[1].type, "regular");
	assert_int_equal(daemon.disk[1].records, 6);
	assert_int_equal(daemon_disk_total(&daemon), 5984256);
	/* A negative size says nothing, and two huge ones stay what can be held. */
	static const unsigned char hostile[] = {
		0x0a, 0x0b, 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01,
		0x0a, 0x0a, 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x0a,
		0x0a, 0x20, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f,
	};
	assert_int_equal(buildkit_read_disk(arena, hostile, sizeof(hostile), &daemon, &err), 0);
	assert_int_equal(daemon_disk_total(&daemon), INT64_MAX);
	assert_int_equal(daemon.disk[0].records, 3);
	assert_int_equal(buildkit_read_disk(arena, "\x0a\x7f", 2, &daemon, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
}

/* A message of two-byte records grows a hundredfold when it is decoded. */
static void test_too_many_records(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text bytes = TEXT_INIT;
	struct daemon daemon = {0};
	struct error err = ERROR_INIT;
	struct rusage use;

	(void)state;
	for (size_t i = 0; i < LIMIT_DAEMON_MESSAGE / 2; i++)
		text_append(&bytes, "\x0a\x00", 2);
	assert_int_equal(buildkit_read_disk(arena, bytes.data, bytes.length, &daemon, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
	assert_string_equal(err.message, "the daemon's answer (DiskUsageResponse) takes more than 96 MiB of memory");
	assert_false(daemon.disk_known);
	assert_int_equal(getrusage(RUSAGE_SELF, &use), 0);
#ifndef __SANITIZE_ADDRESS__
	assert_true(use.ru_maxrss < 256 * 1024);
#endif
}

static void test_builds(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_BUFFER struct buffer bytes;
	struct active_build *builds = NULL;
	struct error err = ERROR_INIT;
	size_t count = 0;

	(void)state;
	decode(BUILD_OLD, &bytes);
	assert_int_equal(buildkit_read_build(arena, bytes.data, bytes.length, &builds, &count, &err), 0);
	assert_int_equal(count, 1);
	/* The build argument, which may be a secret, is not told. */
	assert_string_equal(builds[0].name, "target slow");
	assert_true(text_ends(builds[0].started, "Z"));
	/* Its end: type COMPLETE with the same ref. */
	CLEANUP_TEXT struct text end = TEXT_INIT;
	size_t ref = strlen(builds[0].ref);
	const char head[] = {0x08, 0x01, 0x12, (char)(ref + 2), 0x0a, (char)ref};
	text_append(&end, head, sizeof(head));
	text_puts(&end, builds[0].ref);
	assert_int_equal(buildkit_read_build(arena, end.data, end.length, &builds, &count, &err), 0);
	assert_int_equal(count, 0);
}

static void test_pruned_and_requests(void **state)
{
	CLEANUP_BUFFER struct buffer bytes;
	CLEANUP_TEXT struct text history = TEXT_INIT, prune = TEXT_INIT;
	struct error err = ERROR_INIT;
	int64_t freed = -1;

	(void)state;
	decode(PRUNED_NEW, &bytes);
	assert_int_equal(buildkit_read_pruned(bytes.data, bytes.length, &freed, &err), 0);
	assert_true(freed >= 0);
	buildkit_write_history(&history);
	assert_int_equal(history.length, 4);
	assert_memory_equal(history.data, "\x08\x01\x18\x01", 4);
	buildkit_write_prune(true, &prune);
	assert_int_equal(prune.length, 2);
	assert_memory_equal(prune.data, "\x10\x01", 2);
}

struct overheard {
	char text[64];
	size_t count;
};

static int take_message(void *context, const unsigned char *data, size_t length, struct error *err)
{
	struct overheard *taken = context;

	(void)err;
	taken->count++;
	strncat(taken->text, (const char *)data, length < 16 ? length : 16);
	strncat(taken->text, "|", 2);
	return 0;
}

static void test_frames(void **state)
{
	static const struct {
		const char *bytes;
		size_t length;
		const char *text, *error;
	} rows[] = {
		{"\0\0\0\0\2ab\0\0\0\0\0\0\0\0\0\1c", 18, "ab||c|", NULL},
		{"", 0, "", NULL},
		{"\0\0\0\0\2a", 6, "", "in the middle"},
		{"\0\0", 2, "", "in the middle"},
		{"\1\0\0\0\1a", 6, "", "compressed"},
		{"\0\0\0\1\0a", 6, "", "larger than"},
		{"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 20, "|||", "more than 3"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t piece = 1; piece <= 20; piece++) {
			struct overheard taken = {.text = ""};
			struct grpc_frames frames = {
				.cap = 100, .count_cap = 3, .on_message = take_message, .context = &taken};
			struct error err = ERROR_INIT;
			int result = 0;
			for (size_t at = 0; at < rows[i].length && result == 0; at += piece)
				result = grpc_frames_feed(&frames, rows[i].bytes + at,
							  rows[i].length - at < piece ? rows[i].length - at : piece,
							  &err);
			if (result == 0)
				result = grpc_frames_end(&frames, &err);
			grpc_frames_done(&frames);
			assert_string_equal(taken.text, rows[i].text);
			assert_int_equal(result, rows[i].error ? -1 : 0);
			if (rows[i].error)
				assert_non_null(strstr(err.message, rows[i].error));
		}
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *encoded, *words;
	} rows[] = {
		{"plain", "plain"}, {"a%20b%C3%a9", "a b\xC3\xA9"}, {"100%", "100%"}, {"%zz%2", "%zz%2"},
		{"a%00b", "a b"},
	};
	char words[32];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		grpc_words(rows[i].encoded, strlen(rows[i].encoded), words, sizeof(words));
		assert_string_equal(words, rows[i].words);
	}
	grpc_words("0123456789", 10, words, 4);
	assert_string_equal(words, "012");
}

static int take_piece(void *context, enum demux_stream stream, const void *data, size_t length, struct error *err)
{
	struct buffer *streams = context;

	(void)err;
	return buffer_append(&streams[stream], data, length);
}

static void test_demux(void **state)
{
	/* Of Engine 26.1.5: an exec that writes to both. */
	static const char recorded[] = "\2\0\0\0\0\0\0\6oops!\n\1\0\0\0\0\0\0\3ok\n\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\1x";

	(void)state;
	for (size_t piece = 1; piece <= sizeof(recorded); piece++) {
		struct buffer streams[3] = {BUFFER_INIT(100), BUFFER_INIT(100), BUFFER_INIT(100)};
		struct demux demux = {.on_data = take_piece, .context = streams};
		struct error err = ERROR_INIT;
		size_t length = sizeof(recorded) - 1;
		for (size_t at = 0; at < length; at += piece)
			assert_int_equal(
				demux_feed(&demux, recorded + at, length - at < piece ? length - at : piece, &err), 0);
		assert_string_equal(buffer_text(&streams[DEMUX_STDOUT]), "ok\nx");
		assert_string_equal(buffer_text(&streams[DEMUX_STDERR]), "oops!\n");
		for (size_t i = 0; i < COUNT(streams); i++)
			buffer_done(&streams[i]);
	}
	struct demux demux = {.on_data = take_piece};
	struct error err = ERROR_INIT;
	assert_int_equal(demux_feed(&demux, "HTTP/1.1 ", 9, &err), -1);
	assert_int_equal(err.kind, ERROR_CORRUPT);
}

/* What docker/buildx driver/remote makes of endpoint and driver options. */
static void test_remote_routes(void **state)
{
	static struct pair named[] = {{.key = "cacert", .value = "/ca"}, {.key = "servername", .value = "name"}};
	static struct pair alone[] = {{.key = "servername", .value = "name"}};
	static struct pair half[] = {{.key = "cacert", .value = "/ca"}, {.key = "cert", .value = "/cert"}};
	static const struct {
		const char *endpoint;
		struct pairs options;
		const char *origin, *connect_to, *socket, *error;
	} rows[] = {
		{"tcp://h:1", {0}, "http://h:1", NULL, NULL, NULL},
		{"tcp://h:1", {named, 1}, "https://h:1", NULL, NULL, NULL},
		{"tcp://h:1", {named, 2}, "https://name:1", "h:1", NULL, NULL},
		{"tcp://[::1]:1", {named, 2}, "https://name:1", "[::1]:1", NULL, NULL},
		{"unix:///s", {0}, "http://docker", NULL, "/s", NULL},
		{"unix:///s", {named, 2}, "https://name", NULL, "/s", NULL},
		{"tcp://h:1", {alone, 1}, NULL, NULL, NULL, "cacert is missing"},
		{"tcp://h:1", {half, 2}, NULL, NULL, NULL, "key is missing"},
		{"tcp://h", {0}, NULL, NULL, NULL, "no port"},
		{"tcp://[::1]", {0}, NULL, NULL, NULL, "no port"},
		{"docker-container://c", {0}, "http://buildkitd", NULL, NULL, NULL},
		{"docker-container://c?context=gone", {0}, NULL, NULL, NULL, "gone"},
		{"kube-pod://p", {0}, NULL, NULL, NULL, "kube-pod endpoints are not supported"},
		{"context", {0}, NULL, NULL, NULL, "not the URL"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct node node = {.name = "n", .endpoint = rows[i].endpoint, .driver_opts = rows[i].options};
		struct daemon_route route;
		struct error err = ERROR_INIT;
		struct live_context own = {.name = "default", .implicit = true};
		struct live live = {.current_context = "default", .contexts = &own, .context_count = 1};
		int result = daemon_route_remote(arena, &live, &node, &route, &err);
		if (rows[i].error) {
			assert_int_equal(result, -1);
			assert_non_null(strstr(err.message, rows[i].error));
			continue;
		}
		assert_int_equal(result, 0);
		assert_string_equal(route.target.origin, rows[i].origin);
		assert_true(text_equal(route.target.connect_to, rows[i].connect_to));
		assert_true(text_equal(route.target.socket, rows[i].socket));
		assert_true(route.target.h2 && route.target.is_daemon);
	}
}

/* By what the Engine says of its API, and by what the way to it can carry. */
static void test_docker_routes(void **state)
{
	static const struct {
		struct endpoint engine;
		const char *api;
		enum daemon_way way;
		bool direct; /* libcurl connects to the Engine's own socket */
	} rows[] = {
		{{.target = {.origin = "http://docker", .socket = "/e"}}, "1.41", WAY_GRPC, false},
		{{.target = {.origin = "http://docker", .socket = "/e"}}, "1.52", WAY_GRPC, false},
		{{.target = {.origin = "http://docker", .socket = "/e"}}, NULL, WAY_GRPC, false},
		{{.target = {.origin = "http://docker", .socket = "/e"}}, "1.53", WAY_ENGINE, true},
		{{.target = {.origin = "http://e:2375"}}, "1.53", WAY_ENGINE, false},
		{{.target = {.origin = "https://e:2376"}}, "1.53", WAY_GRPC, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct http *http = http_new();
		struct error err = ERROR_INIT;
		struct daemon_route route;

		daemon_route_docker(&rows[i].engine, rows[i].api, &route);
		assert_int_equal(route.way, rows[i].way);
		assert_int_equal(daemon_route_open(http, &route, 1000, &err), 0);
		assert_true(route.target.h2);
		assert_int_equal(text_equal(route.target.socket, "/e"), rows[i].direct);
		/* Never a host under which libcurl may have a connection that speaks HTTP/1.1. */
		assert_string_equal(route.target.origin, "http://buildkitd");
		daemon_route_close(&route);
		http_free(http);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_workers),
		cmocka_unit_test(test_info),
		cmocka_unit_test(test_disk),
		cmocka_unit_test(test_too_many_records),
		cmocka_unit_test(test_builds),
		cmocka_unit_test(test_frames),
		cmocka_unit_test(test_pruned_and_requests),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_demux),
		cmocka_unit_test(test_remote_routes),
		cmocka_unit_test(test_docker_routes),
	};

	return cmocka_run_group_tests_name("live_buildkit", tests, NULL, NULL);
}
