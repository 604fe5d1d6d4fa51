/* A look at a namespace whose API server pages, forgets, says too much, or never ends. */
#include "kube_server.h"

#include "base/limits.h"
#include "live/kube/observe.h"

#define WORKLOAD(name)                                                                                                 \
	"{\"metadata\":{\"name\":\"" name "\"},\"spec\":{\"selector\":{\"matchLabels\":{\"app\":\"" name               \
	"\"}},\"template\":{\"spec\":{\"containers\":[{\"name\":\"buildkitd\"}],\"volumes\":[{\"name\":\"config\","    \
	"\"configMap\":{\"name\":\"" name "-config\"}}]}}}}"

static const char *say(struct server *server, const char *status, const char *body)
{
	return arena_printf(server->arena, "HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: %zu\r\n\r\n%s", status,
			    strlen(body), body);
}

static const char *list(struct server *server, const char *items, const char *more)
{
	return say(server, "200 OK",
		   arena_printf(server->arena, "{\"metadata\":{\"continue\":\"%s\"},\"items\":[%s]}", more, items));
}

static const char *empty(struct server *server, const char *request)
{
	(void)request;
	return list(server, "", "");
}

static const char *pods_without_end(struct server *server, const char *request)
{
	return list(server, "", strstr(request, "/pods?") ? "on" : "");
}

static const char *forgets(struct server *server, const char *request)
{
	static const char gone[] =
		"{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Expired\",\"message\":\"too "
		"old\",\"code\":410}";

	if (!strstr(request, "/deployments?"))
		return list(server, "", "");
	if (strstr(request, "continue=old"))
		return say(server, "410 Gone", gone);
	if (strstr(request, "continue=two"))
		return list(server, WORKLOAD("two"), "");
	return list(server, WORKLOAD("one"), server->later ? "two" : (server->later = "once", "old"));
}

static const char *large(struct server *server)
{
	char *text = arena_alloc(server->arena, LIMIT_KUBE_ANSWER + 2);

	memset(text, ' ', LIMIT_KUBE_ANSWER + 1);
	text[LIMIT_KUBE_ANSWER + 1] = '\0';
	return say(server, "200 OK", text);
}

static const char *says_too_much(struct server *server, const char *request)
{
	if (strstr(request, "/configmaps/one-config "))
		return say(server, "200 OK",
			   "{\"metadata\":{\"name\":\"one-config\"},\"data\":{\"buildkitd.toml\":\"debug = true\"}}");
	if (strstr(request, "/configmaps/"))
		return say(server, "404 Not Found",
			   "{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"message\":\"not "
			   "found\"}");
	if (strstr(request, "/configmaps?") || strstr(request, "/persistentvolumeclaims?"))
		return large(server);
	return list(server, strstr(request, "/deployments?") ? WORKLOAD("one") "," WORKLOAD("two") : "", "");
}

struct look {
	struct server server;
	struct http *http;
	struct kube_client *client;
	struct kube_config config;
	struct strings names;
	struct kube_probe probe;
};

static void look_begin(struct look *look, const struct scratch *scratch,
		       const char *(*answer)(struct server *server, const char *request))
{
	extern char **environ;

	*look = (struct look){.server.answer = answer};
	const char *url = server_start(scratch, &look->server);
	const struct kube_config_request request = {.kubeconfig = write_user(scratch, url, "{token: t}")};
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &look->config, NULL), 0);
	look->http = http_new();
	const struct kube_options options = {
		.http = look->http, .environ = (const char *const *)environ, .timeout_ms = 60000};
	assert_int_equal(kube_open(&options, &look->config, &look->client, NULL), 0);
	strings_add(scratch->arena, &look->names, "one");
	strings_add(scratch->arena, &look->names, "two");
	look->probe = (struct kube_probe){.client = look->client, .namespace = "n", .names = &look->names};
	kube_probe_start(scratch->arena, &look->probe);
}

static void look_end(struct look *look)
{
	kube_probe_finish(&look->probe);
	kube_close(look->client);
	http_free(look->http);
	server_stop(&look->server);
}

static const struct cluster *look_whole(struct look *look, const struct scratch *scratch,
					const char *(*answer)(struct server *server, const char *request))
{
	look_begin(look, scratch, answer);
	while (http_step(look->http, 1000) > 0)
		;
	look_end(look);
	assert_true(look->probe.cluster.reachable);
	return &look->probe.cluster;
}

static void test_pages_without_end(void **state)
{
	struct look look;
	const struct cluster *cluster = look_whole(&look, *state, pods_without_end);

	assert_non_null(strstr(cluster->pods_unknown, "more than 1000 pages"));
	assert_null(cluster->configs_unknown);
}

/* What came before it began anew is not there twice. */
static void test_list_that_begins_anew(void **state)
{
	struct look look;
	const struct cluster *cluster = look_whole(&look, *state, forgets);

	assert_null(cluster->workloads_unknown[WORKLOAD_DEPLOYMENT]);
	assert_int_equal(cluster->workload_count, 2);
	assert_string_equal(cluster->workloads[0].name, "one");
	assert_string_equal(cluster->workloads[1].name, "two");
}

/* A namespace may have ConfigMaps of any size: those of builders are asked for by name then. */
static void test_too_much(void **state)
{
	struct look look;
	const struct cluster *cluster = look_whole(&look, *state, says_too_much);

	assert_null(cluster->configs_unknown);
	assert_non_null(strstr(cluster->claims_unknown, "larger than"));
	assert_int_equal(cluster->workload_count, 2);
	assert_true(cluster->workloads[0].files_known);
	assert_int_equal(cluster->workloads[0].config_count, 1);
	assert_true(cluster->workloads[1].files_known);
	assert_int_equal(cluster->workloads[1].config_count, 0);
}

/* Nobody is called any more. */
static void test_look_that_is_ended(void **state)
{
	struct look look;

	look_begin(&look, *state, empty);
	while (look.server.requests == 0)
		http_step(look.http, 10);
	kube_probe_finish(&look.probe);
	assert_false(look.probe.cluster.reachable);
	assert_non_null(look.probe.cluster.reason);
	while (http_step(look.http, 1000) > 0)
		;
	look_end(&look);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_pages_without_end),
		TEST(test_list_that_begins_anew),
		TEST(test_too_much),
		TEST(test_look_that_is_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
