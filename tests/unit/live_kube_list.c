/* Lists of many pages, watches line by line, and connections that become websockets. */
#include "kube_server.h"

#include "base/digest.h"
#include "base/json.h"
#include "live/kube/list.h"
#include "live/kube/upgrade.h"

struct world {
	const struct scratch *scratch;
	struct server server;
	struct http *http;
	struct kube_client *client;
	struct kube_config config;
	struct strings items; /* what came */
	bool done;
	int restarts;
	enum kube_trouble trouble;
	struct error err;
	char protocol[32], data[64], sent[64];
};

static void world_open(struct world *world, const struct scratch *scratch,
		       const char *(*answer)(struct server *server, const char *request))
{
	extern char **environ;

	*world = (struct world){.scratch = scratch, .server.answer = answer};
	const char *url = arena_printf(scratch->arena, "%s/base", server_start(scratch, &world->server));
	const struct kube_config_request request = {.kubeconfig = write_user(scratch, url, "{token: t}")};
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &world->config, &world->err), 0);
	world->http = http_new();
	const struct kube_options options = {
		.http = world->http, .environ = (const char *const *)environ, .timeout_ms = 10000};
	assert_int_equal(kube_open(&options, &world->config, &world->client, &world->err), 0);
}

static void world_close(struct world *world)
{
	kube_close(world->client);
	http_free(world->http);
	server_stop(&world->server);
}

static void run(struct world *world)
{
	while (!world->done)
		assert_true(http_step(world->http, 1000) > 0 || world->done);
}

static const char *json(struct server *server, const char *status, const char *body)
{
	return arena_printf(server->arena, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n\r\n%s", status, strlen(body), body);
}

static const char *page(struct server *server, const char *name, const char *more)
{
	return json(server, "200 OK",
		    arena_printf(server->arena, "{\"metadata\":{\"continue\":\"%s\"},\"items\":[\"%s\"]}", more, name));
}

static int take_page(void *context, const char *data, size_t length, const char **ret_more, struct error *err)
{
	struct world *world = context;
	CLEANUP_JSON cJSON *page = NULL;
	struct strings items = {0};

	if (json_parse(data, length, &page, err) < 0)
		return -1;
	json_strings(page, "items", world->scratch->arena, &items);
	for (size_t i = 0; i < items.count; i++)
		strings_add(world->scratch->arena, &world->items, items.items[i]);
	*ret_more = arena_strdup(world->scratch->arena, json_string(json_get(page, "metadata"), "continue"));
	return 0;
}

static void take_restart(void *context)
{
	struct world *world = context;

	world->items.count = 0;
	world->restarts++;
}

static void take_done(void *context, const struct kube_answer *answer)
{
	struct world *world = context;

	world->done = true;
	world->trouble = answer->trouble;
	if (answer->failure)
		world->err = *answer->failure;
}

static const struct kube_list LIST = {.path = "/api/v1/pods?labelSelector=app",
				      .page = 2,
				      .on_page = take_page,
				      .restart = take_restart,
				      .done = take_done};

static const char *three_pages(struct server *server, const char *request)
{
	if (!text_starts(request, "GET /base/api/v1/pods?labelSelector=app&limit=2"))
		return NULL;
	if (strstr(request, "&continue=a%2Fb "))
		return page(server, "two", "c");
	return strstr(request, "&continue=c ") ? page(server, "three", "") : page(server, "one", "a/b");
}

/* The second page is too old; the second time it is not, or is again. */
static const char *too_old(struct server *server, const char *request)
{
	if (!strstr(request, "continue"))
		return page(server, "one", "x");
	return server->requests > 3 ? page(server, "two", "")
				    : json(server, "410 Gone",
					   "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"too old\"}");
}

static const char *ever_too_old(struct server *server, const char *request)
{
	server->requests = 0;
	return too_old(server, request);
}

static const char *without_end(struct server *server, const char *request)
{
	(void)request;
	return page(server, "x", "more");
}

static const char *garbage(struct server *server, const char *request)
{
	(void)request;
	return json(server, "200 OK", "garbage");
}

static void test_lists(void **state)
{
	static const struct {
		const char *(*answer)(struct server *, const char *);
		const char *items;
		int restarts;
		enum kube_trouble trouble;
		const char *message;
	} rows[] = {
		{three_pages, "one two three", 0, KUBE_FINE, ""},
		{too_old, "one two", 1, KUBE_FINE, ""},
		{ever_too_old, "one", 1, KUBE_GONE, "too old"},
		{without_end, NULL, 0, KUBE_BROKEN, "more than 1000 pages"},
		{garbage, "", 0, KUBE_BROKEN, "cluster x"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world world;
		struct kube_list list = LIST;

		world_open(&world, scratch, rows[i].answer);
		list.context = &world;
		kube_list(world.client, &list);
		run(&world);
		world_close(&world);
		if (rows[i].items)
			assert_string_equal(strings_join(scratch->arena, &world.items, " "), rows[i].items);
		assert_int_equal(world.restarts, rows[i].restarts);
		assert_int_equal(world.trouble, rows[i].trouble);
		assert_non_null(strstr(world.err.message, rows[i].message));
	}
}

/* Nothing is called any more, and nothing is left (under a sanitizer). */
static void test_cancelled_lists(void **state)
{
	struct world world;
	struct kube_list list = LIST;

	world_open(&world, *state, three_pages);
	list.context = &world;
	kube_list(world.client, &list);
	kube_list(world.client, &list);
	while (world.items.count == 0)
		http_step(world.http, 1000);
	kube_cancel(world.client, &world);
	assert_int_equal(http_step(world.http, 0), 0);
	kube_list(world.client, &list);
	world_close(&world);
	assert_false(world.done);
}

static const char *events(struct server *server, const char *request)
{
	(void)request;
	return json(server, "200 OK", "{\"type\":\"ADDED\"}\n\n{\"type\":\"MODIFIED\"}\n{\"half");
}

static int take_line(void *context, const char *line, size_t length)
{
	struct world *world = context;

	assert_int_equal(strlen(line), length);
	strings_add(world->scratch->arena, &world->items, line);
	return 0;
}

static void test_watch(void **state)
{
	const struct scratch *scratch = *state;
	struct world world;

	world_open(&world, scratch, events);
	kube_ask(world.client, &(struct kube_request){.path = "/api/v1/pods?watch=1",
						      .timeout_ms = -1,
						      .idle_ms = 10000,
						      .on_line = take_line,
						      .done = take_done,
						      .context = &world});
	run(&world);
	world_close(&world);
	assert_int_equal(world.trouble, KUBE_FINE);
	assert_string_equal(strings_join(scratch->arena, &world.items, " "),
			    "{\"type\":\"ADDED\"} {\"type\":\"MODIFIED\"}");
}

static const char *agree(struct server *server, const char *request)
{
	static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
	unsigned char digest[DIGEST_SHA1];
	CLEANUP_TEXT struct text accept = TEXT_INIT;
	const char *key = strstr(request, "Sec-WebSocket-Key: ");

	if (!key || !text_starts(request, "GET /base/exec?x=1 HTTP/1.1\r\nHost: 127.0.0.1:") ||
	    !strstr(request, "Upgrade: websocket\r\n") || !strstr(request, "Authorization: Bearer t\r\n") ||
	    !strstr(request, "Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n"))
		return NULL;
	digest_sha1(key + 19, 24, guid, strlen(guid), digest);
	base64_encode(&accept, digest, sizeof(digest));
	return arena_printf(server->arena,
			    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nsec-websocket-accept: "
			    "%s\r\nSec-Websocket-Protocol: v4.channel.k8s.io\r\n\r\nfirst",
			    text_string(&accept));
}

static const char *wrong_key(struct server *server, const char *request)
{
	(void)server, (void)request;
	return "HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x\r\n\r\n";
}

static const char *forbid(struct server *server, const char *request)
{
	(void)request;
	return json(
		server, "403 Forbidden",
		"{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods \\\"p\\\" is forbidden: User \\\"d\\\" "
		"cannot get resource \\\"pods/exec\\\" in API group \\\"\\\" in the namespace \\\"ci\\\"\"}");
}

static const char *forbid_in_chunks(struct server *server, const char *request)
{
	(void)server, (void)request;
	return "HTTP/1.1 403 Forbidden\r\nTransfer-Encoding: chunked\r\n\r\n16\r\n{\"kind\":\"Status\",\"stat\r\n"
	       "24\r\nus\":\"Failure\",\"message\":\"pods/exec\"}\r\n0\r\n\r\n";
}

static const char *ignore(struct server *server, const char *request)
{
	(void)request;
	return json(server, "200 OK", "{}");
}

static const char *hang_up(struct server *server, const char *request)
{
	(void)server, (void)request;
	return NULL;
}

static void take_upgraded(void *context, const struct kube_upgraded *upgraded)
{
	struct world *world = context;

	take_done(context, &upgraded->answer);
	assert_int_equal(upgraded->answer.trouble == KUBE_FINE, upgraded->stream != NULL);
	snprintf(world->protocol, sizeof(world->protocol), "%s", upgraded->protocol);
	snprintf(world->data, sizeof(world->data), "%.*s", (int)upgraded->length, upgraded->data);
	http_stream_close(upgraded->stream);
}

static void test_upgrades(void **state)
{
	static const struct {
		const char *(*answer)(struct server *, const char *);
		enum kube_trouble trouble;
		const char *message, *hint;
	} rows[] = {
		{agree, KUBE_FINE, "", NULL},
		{wrong_key, KUBE_NO_ANSWER, "agrees to a websocket and is none", NULL},
		{forbid, KUBE_FORBIDDEN, "cannot get resource \"pods/exec\"", "--verb=get --resource=pods/exec"},
		{forbid_in_chunks, KUBE_FORBIDDEN, "cluster x", NULL},
		{ignore, KUBE_BROKEN, "it answered 200 to a request for a websocket", "proxy"},
		{hang_up, KUBE_NO_ANSWER, "closed without an answer", NULL},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world world;

		world_open(&world, scratch, rows[i].answer);
		kube_upgrade(world.client, &(struct kube_upgrade){.path = "/exec?x=1",
								  .protocols = "v5.channel.k8s.io, v4.channel.k8s.io",
								  .done = take_upgraded,
								  .context = &world});
		run(&world);
		world_close(&world);
		assert_int_equal(world.trouble, rows[i].trouble);
		if (!strstr(world.err.message, rows[i].message) ||
		    (rows[i].hint && !strstr(world.err.hint, rows[i].hint)))
			fail_msg("row %zu: %s (%s)", i, world.err.message, world.err.hint);
		assert_string_equal(world.protocol, i == 0 ? "v4.channel.k8s.io" : "");
		assert_string_equal(world.data, i == 0 ? "first" : "");
	}
}

static void test_cancelled_upgrade(void **state)
{
	struct world world;

	world_open(&world, *state, agree);
	struct kube_upgrading *upgrading =
		kube_upgrade(world.client, &(struct kube_upgrade){.path = "/exec?x=1",
								  .protocols = "v5.channel.k8s.io",
								  .done = take_upgraded,
								  .context = &world});
	http_step(world.http, 0);
	bool was_done = world.done; /* on a quick machine: then there is nothing to cancel any more */
	if (!was_done) {
		kube_upgrade_cancel(upgrading);
		assert_int_equal(http_step(world.http, 0), 0);
	}
	world_close(&world);
	assert_int_equal(world.done, was_done);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_lists),    TEST(test_cancelled_lists),   TEST(test_watch),
		TEST(test_upgrades), TEST(test_cancelled_upgrade),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
