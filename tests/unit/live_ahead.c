/* Containers that are asked for by name together with the lists: what counts of the answers, and what is asked again.
 */
#include "kube_server.h"

#include "live/engine/observe.h"

#define DOCKER "Server: Docker/26.1.5 (linux)\r\nApi-Version: 1.45\r\n"
#define LISTED(id, node) "{\"Id\":\"" id "\",\"Names\":[\"/buildx_buildkit_" node "\"],\"Image\":\"some/image\"}"
#define INSPECTED(id, node)                                                                                            \
	"{\"Id\":\"" id "\",\"Name\":\"/buildx_buildkit_" node "\",\"Image\":\"sha256:1\","                            \
	"\"Config\":{\"Image\":\"some/image\"},\"State\":{\"Status\":\"running\"}}"

static void look(const struct scratch *scratch, const char *url, const char *const *nodes, size_t count,
		 struct engine_probe *ret_probe)
{
	struct engine_probe *probe = ret_probe;
	struct http *http = http_new();

	*probe = (struct engine_probe){.timeout_ms = 60000};
	assert_int_equal(endpoint_parse(scratch->arena, arena_printf(scratch->arena, "tcp%s", url + strlen("http")),
					false, &probe->endpoint, NULL),
			 0);
	for (size_t i = 0; i < count; i++) {
		assert_true(engine_probe_goes_ahead(probe));
		engine_probe_expect(probe, scratch->arena, nodes[i], "some/image");
	}
	engine_probe_start(http, scratch->arena, probe);
	while (http_step(http, 1000) > 0)
		;
	engine_probe_finish(probe);
	http_free(http);
}

static size_t times(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		count++;
	return count;
}

/* One is as expected; one is not found by its name, though listed; one was made anew in between; one is not listed; one
 * is nowhere. */
static void test_the_list_decides(void **state)
{
	static const char *const nodes[] = {"buildx_buildkit_a0", "buildx_buildkit_b0", "buildx_buildkit_c0",
					    "buildx_buildkit_d0", "buildx_buildkit_e0", "buildx_buildkit_a0"};
	struct scratch *scratch = *state;
	struct server server = {.answers = {{"/containers/json", NULL, "200 OK", DOCKER,
					     "[" LISTED("A", "a0") "," LISTED("B", "b0") "," LISTED("C", "c0") "]"},
					    {"/volumes", NULL, "200 OK", DOCKER, "{\"Volumes\":[]}"},
					    {"_a0/json", NULL, "200 OK", DOCKER, INSPECTED("A", "a0")},
					    {"_c0/json", NULL, "200 OK", DOCKER, INSPECTED("former", "c0")},
					    {"_d0/json", NULL, "200 OK", DOCKER, INSPECTED("D", "d0")},
					    {"/containers/B/json", NULL, "200 OK", DOCKER, INSPECTED("B", "b0")},
					    {"/containers/C/json", NULL, "200 OK", DOCKER, INSPECTED("C", "c0")},
					    {NULL, NULL, "404 Not Found", DOCKER, "{\"message\":\"no such thing\"}"}}};
	struct engine_probe probe;

	look(scratch, server_start(scratch, &server), nodes, COUNT(nodes), &probe);
	server_stop(&server);
	assert_true(probe.reachable);
	assert_int_equal(probe.container_count, 3);
	for (size_t i = 0; i < probe.container_count; i++) {
		assert_string_equal(probe.containers[i].id, ((const char *[]){"A", "B", "C"})[i]);
		assert_string_equal(probe.containers[i].name, nodes[i]);
		assert_string_equal(probe.containers[i].status, "running");
		assert_null(probe.problems[i]);
	}
	assert_int_equal(times(server.seen, "/containers/A/json"), 0);
	assert_int_equal(times(server.seen, "/containers/B/json"), 1);
	assert_int_equal(times(server.seen, "/containers/C/json"), 1);
	assert_int_equal(times(server.seen, "_a0/json"), 1);
	assert_int_equal(times(server.seen, "/images/some/image/json"), 1);
}

/* As without: only the lists say whether an Engine is there. */
static void test_without_lists_nothing_is_known(void **state)
{
	static const char *const nodes[] = {"buildx_buildkit_a0"};
	struct scratch *scratch = *state;
	struct server server = {.answers = {{"_a0/json", NULL, "200 OK", DOCKER, INSPECTED("A", "a0")},
					    {NULL, NULL, "500 Broken", DOCKER, "{\"message\":\"no lists today\"}"}}};
	struct engine_probe probe;

	look(scratch, server_start(scratch, &server), nodes, COUNT(nodes), &probe);
	server_stop(&server);
	assert_false(probe.reachable);
	assert_int_equal(probe.container_count, 0);
	assert_non_null(strstr(probe.reason, "no lists today"));
}

/* Where a turn costs nothing, nothing is asked for that may not be there. */
static void test_near_or_many(void **state)
{
	struct scratch *scratch = *state;
	struct engine_probe near = {0}, far = {0};
	size_t count = 0;

	assert_int_equal(endpoint_parse(scratch->arena, "unix:///run/docker.sock", false, &near.endpoint, NULL), 0);
	assert_false(engine_probe_goes_ahead(&near));
	assert_int_equal(endpoint_parse(scratch->arena, "tcp://far:2375", false, &far.endpoint, NULL), 0);
	for (; engine_probe_goes_ahead(&far); count++)
		engine_probe_expect(&far, scratch->arena, arena_printf(scratch->arena, "n%zu", count), "some/image");
	assert_true(count > 1 && count < 32);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_list_decides, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_without_lists_nothing_is_known, scratch_setup, scratch_teardown),
		cmocka_unit_test_setup_teardown(test_near_or_many, scratch_setup, scratch_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
