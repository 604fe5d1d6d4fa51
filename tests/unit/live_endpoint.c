/* Endpoints: URLs and contexts to hosts, sockets and TLS files. */
#include "live/http/endpoint.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "codec/context.h"
#include "live/declared.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_parse(void **state)
{
	static const struct row {
		const char *url;
		bool tls;
		const char *host, *origin, *socket; /* host NULL: an error */
		enum error_kind kind;
	} rows[] = {
		{"unix:///run/d.sock", false, "unix:///run/d.sock", "http://docker", "/run/d.sock", 0},
		{"unix:///run/d.sock", true, "unix:///run/d.sock", "http://docker", "/run/d.sock", 0},
		{"unix://", false, "unix:///var/run/docker.sock", "http://docker", "/var/run/docker.sock", 0},
		{"unix://d.sock", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://h:2376", false, "tcp://h:2376", "http://h:2376", NULL, 0},
		{"tcp://h", false, "tcp://h:2375", "http://h:2375", NULL, 0},
		{"tcp://h", true, "tcp://h:2376", "https://h:2376", NULL, 0},
		{"tcp://[::1]:99", true, "tcp://[::1]:99", "https://[::1]:99", NULL, 0},
		{"tcp://h:1/base/", false, "tcp://h:1/base", "http://h:1/base", NULL, 0},
		{"http://h:1", false, "tcp://h:1", "http://h:1", NULL, 0},
		{"https://h:1", false, "tcp://h:1", "https://h:1", NULL, 0},
		{"ssh://h", false, "ssh://h", "http://docker", NULL, 0},
		{"ssh://u@h:22", false, "ssh://u@h:22", "http://docker", NULL, 0},
		{"ssh://h/run/d.sock", false, "ssh://h/run/d.sock", "http://docker", NULL, 0},
		{"ssh://h/", false, "ssh://h", "http://docker", NULL, 0},
		{"ssh://-oProxyCommand=x", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://-lroot@h", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://u:p@h", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://h/a b", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://h/$(x)", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://h;x", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://h?x", false, NULL, NULL, NULL, ERROR_INVALID},
		{"ssh://", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://h:0", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://h:65536", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://h:", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://[::1", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://:1", false, NULL, NULL, NULL, ERROR_INVALID},
		{"tcp://u@h:1", false, NULL, NULL, NULL, ERROR_INVALID},
		{"npipe:////./pipe/dockerDesktopLinuxEngine", false, NULL, NULL, NULL, ERROR_INVALID},
		{"fd://3", false, NULL, NULL, NULL, ERROR_INVALID},
		{"desktop-linux", false, NULL, NULL, NULL, ERROR_NOT_FOUND},
		{"", false, NULL, NULL, NULL, ERROR_NOT_FOUND},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct endpoint endpoint = {0};
		struct error err = ERROR_INIT;
		int result = endpoint_parse(arena, rows[i].url, rows[i].tls, &endpoint, &err);
		assert_int_equal(result, rows[i].host ? 0 : -1);
		assert_true(text_equal(endpoint.host, rows[i].host));
		assert_true(text_equal(endpoint.target.origin, rows[i].origin));
		assert_true(text_equal(endpoint.target.socket, rows[i].socket));
		if (result < 0)
			assert_int_equal(err.kind, rows[i].kind);
	}
}

static void test_ssh_parts(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct endpoint endpoint = {0};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(endpoint_parse(arena, "ssh://me@[2001:db8::1]:2222/run/d.sock", false, &endpoint, &err), 0);
	assert_true(endpoint.is_ssh);
	assert_string_equal(endpoint.ssh_user, "me");
	assert_string_equal(endpoint.ssh_host, "2001:db8::1");
	assert_string_equal(endpoint.ssh_port, "2222");
	assert_string_equal(endpoint.ssh_path, "/run/d.sock");
}

static void test_long_socket(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct endpoint endpoint = {0};
	struct error err = ERROR_INIT;
	char url[300] = "unix:///";

	(void)state;
	memset(url + strlen(url), 'a', 120);
	assert_int_equal(endpoint_parse(arena, url, false, &endpoint, &err), -1);
	assert_non_null(strstr(err.message, "longer than"));
}

/* A Docker configuration folder with one context that has TLS files. */
struct folder {
	char path[64];
};

static void put(const char *folder, const char *name)
{
	CLEANUP_FREE char *path = path_join(folder, name);
	struct error err = ERROR_INIT;

	assert_int_equal(folder_create(folder, 0700, &err), 0);
	assert_int_equal(file_write_atomic(path, "x", 1, 0600, &err), 0);
}

static int folder_make(void **state)
{
	static struct folder folder;
	CLEANUP_ARENA struct arena *arena = arena_new();

	snprintf(folder.path, sizeof(folder.path), "/tmp/live-endpoint-XXXXXX");
	if (!mkdtemp(folder.path))
		return -1;
	const char *tls = arena_printf(arena, "%s/%s", folder.path, context_tls_path(arena, "arm"));
	put(tls, "ca.pem");
	put(tls, "cert.pem");
	put(tls, "key.pem");
	*state = &folder;
	return 0;
}

static int folder_drop(void **state)
{
	const struct folder *folder = *state;
	struct error err = ERROR_INIT;

	return folder_remove(folder->path, &err);
}

static void test_contexts(void **state)
{
	const struct folder *folder = *state;
	static struct live_context contexts[] = {
		{.name = "arm", .endpoint = "tcp://arm:2376", .has_tls = true},
		{.name = "bad", .damaged = true},
		{.name = "default", .endpoint = "unix:///var/run/docker.sock", .implicit = true},
		{.name = "desktop-linux", .endpoint = "npipe:////./pipe/x"},
		{.name = "empty"},
		{.name = "open", .endpoint = "tcp://open:2375"},
		{.name = "skip", .endpoint = "tcp://skip", .skip_tls_verify = true},
		{.name = "sock", .endpoint = "unix:///s", .has_tls = true, .skip_tls_verify = true},
	};
	struct live live = {.docker_config = folder->path, .contexts = contexts, .context_count = COUNT(contexts)};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct endpoint endpoint = {0}, other = {0};
	struct error err = ERROR_INIT;

	assert_int_equal(endpoint_resolve(arena, &live, "arm", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "https://arm:2376");
	assert_true(text_ends(endpoint.target.ca, "/docker/ca.pem"));
	assert_true(text_ends(endpoint.target.cert, "/docker/cert.pem"));
	assert_true(text_ends(endpoint.target.key, "/docker/key.pem"));
	assert_false(endpoint.target.skip_verify);
	/* The same host without its TLS files is asked in another way. */
	assert_int_equal(endpoint_resolve(arena, &live, "tcp://arm:2376", &other, &err), 0);
	assert_string_equal(other.target.origin, "http://arm:2376");
	assert_string_not_equal(endpoint.key, other.key);

	assert_int_equal(endpoint_resolve(arena, &live, "skip", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "https://skip:2376");
	assert_true(endpoint.target.skip_verify);
	assert_int_equal(endpoint_resolve(arena, &live, "open", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "http://open:2375");
	assert_int_equal(endpoint_resolve(arena, &live, "sock", &endpoint, &err), 0);
	assert_null(endpoint.target.ca);

	/* A name and a URL of one host are one host. */
	assert_int_equal(endpoint_resolve(arena, &live, "default", &endpoint, &err), 0);
	assert_int_equal(endpoint_resolve(arena, &live, "unix:///var/run/docker.sock", &other, &err), 0);
	assert_string_equal(endpoint.key, other.key);

	static const char *const broken[] = {"bad", "desktop-linux", "empty", "gone"};
	for (size_t i = 0; i < COUNT(broken); i++) {
		assert_int_equal(endpoint_resolve(arena, &live, broken[i], &endpoint, &err), -1);
		assert_non_null(strstr(err.message, broken[i]));
	}
}

/* What the state files say of a context counts, whether it is there yet or not. */
static void test_declared(void **state)
{
	const struct folder *folder = *state;
	struct live_context context = {.name = "arm", .endpoint = "tcp://old:2376", .has_tls = true};
	struct declared_context declared[] = {
		{.name = "arm",
		 .endpoint = "tcp://new:2376",
		 .tls = true,
		 .ca = "/a.pem",
		 .cert = "/b.pem",
		 .key = "/c.pem"},
		{.name = "plain", .endpoint = "tcp://h:1"},
		{.name = "skip", .endpoint = "tcp://h", .skip_tls_verify = true},
		{.name = "sock", .endpoint = "unix:///s", .tls = true, .ca = "/a.pem"},
	};
	struct live live = {.docker_config = folder->path,
			    .contexts = &context,
			    .context_count = 1,
			    .declared = declared,
			    .declared_count = COUNT(declared)};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct endpoint endpoint = {0};
	struct error err = ERROR_INIT;

	assert_int_equal(endpoint_resolve(arena, &live, "arm", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "https://new:2376");
	assert_string_equal(endpoint.target.ca, "/a.pem");
	assert_string_equal(endpoint.target.cert, "/b.pem");
	assert_string_equal(endpoint.target.key, "/c.pem");
	assert_non_null(strstr(endpoint.key, "/c.pem"));
	assert_int_equal(endpoint_resolve(arena, &live, "plain", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "http://h:1");
	assert_int_equal(endpoint_resolve(arena, &live, "skip", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "https://h:2376");
	assert_true(endpoint.target.skip_verify);
	assert_int_equal(endpoint_resolve(arena, &live, "sock", &endpoint, &err), 0);
	assert_null(endpoint.target.ca);
}

/* The context "default" has the environment's TLS, and so has the one that nodes live in. */
static void test_environment(void **state)
{
	struct live_context context = {.name = "default", .endpoint = "tcp://h:1", .implicit = true};
	struct environment_tls tls = {.ca = "/certs/ca.pem"};
	struct live live = {.contexts = &context, .context_count = 1, .tls = &tls, .tls_context = "tls-environment"};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct endpoint endpoint = {0}, other = {0};
	struct error err = ERROR_INIT;

	(void)state;
	live.arena = arena;
	environment_declare(&live);
	assert_int_equal(endpoint_resolve(arena, &live, "default", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "https://h:1");
	assert_string_equal(endpoint.target.ca, "/certs/ca.pem");
	assert_null(endpoint.target.cert);
	assert_false(endpoint.target.skip_verify);
	assert_true(endpoint.target.by_environment);
	assert_int_equal(endpoint_resolve(arena, &live, "tls-environment", &other, &err), 0);
	assert_string_equal(endpoint.key, other.key);
	/* The address alone is not the same. */
	assert_int_equal(endpoint_resolve(arena, &live, "tcp://h:1", &other, &err), 0);
	assert_string_equal(other.target.origin, "http://h:1");
	tls.skip_verify = true;
	assert_int_equal(endpoint_resolve(arena, &live, "default", &endpoint, &err), 0);
	assert_true(endpoint.target.skip_verify);
	tls.problem = "no ca.pem";
	assert_int_equal(endpoint_resolve(arena, &live, "default", &endpoint, &err), -1);
	assert_string_equal(err.message, "no ca.pem");
	live.tls = NULL;
	assert_int_equal(endpoint_resolve(arena, &live, "default", &endpoint, &err), 0);
	assert_string_equal(endpoint.target.origin, "http://h:1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_ssh_parts),
		cmocka_unit_test(test_long_socket),
		cmocka_unit_test_setup_teardown(test_contexts, folder_make, folder_drop),
		cmocka_unit_test_setup_teardown(test_declared, folder_make, folder_drop),
		cmocka_unit_test(test_environment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
