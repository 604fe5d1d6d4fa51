/* Docker contexts and config.json: read, printed, edited, and which of them is current. */
#include "live_folder.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/context.h"
#include "codec/current.h"
#include "codec/docker_config.h"
#include "live/declared.h"

#include <unistd.h>

/* Recorded from the docker CLI 26.1.5: docker context create st-ctx --docker host=… --description 'a <b> & c'. */
#define RECORDED                                                                                                       \
	"{\"Name\":\"st-ctx\",\"Metadata\":{\"Description\":\"a \\u003cb\\u003e \\u0026 "                              \
	"c\"},\"Endpoints\":{\"docker\":{"                                                                             \
	"\"Host\":\"unix:///tmp/rc-eng/docker.sock\",\"SkipTLSVerify\":false}}}"
#define PIPE "npipe:////./pipe/dockerDesktopLinuxEngine"
#define CONTEXT(name, host)                                                                                            \
	"{\"Name\":\"" name "\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"" host                           \
	"\",\"SkipTLSVerify\":false}}}"

static void new_metadata_is_what_docker_writes(void **state)
{
	const struct context context = {
		.name = "st-ctx", .endpoint = "unix:///tmp/rc-eng/docker.sock", .description = "a <b> & c"};
	CLEANUP_TEXT struct text out = TEXT_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	context_print(&context, NULL, &out);
	assert_string_equal(text_string(&out), RECORDED);
	assert_string_equal(context_meta_path(arena, "st-ctx"),
			    "contexts/meta/66e66ea02ea3a97df8db415cf9393b9ad2ba5c2e1b045f8b835083b2d180c78e/meta.json");
	assert_string_equal(context_tls_path(arena, "st-ctx"),
			    "contexts/tls/66e66ea02ea3a97df8db415cf9393b9ad2ba5c2e1b045f8b835083b2d180c78e/docker");
}

static const struct {
	const char *old, *endpoint, *description, *now;
	enum tri skip;
} edits[] = {
	{"{\"Name\":\"x\",\"Metadata\":{\"Description\":\"d\",\"Team\":[1.5,\"<\"]},\"Endpoints\":{\"docker\":{"
	 "\"Host\":"
	 "\"" PIPE "\",\"SkipTLSVerify\":true,\"Own\":{}},\"kubernetes\":{\"Host\":\"k\"}},\"More\":null}",
	 "unix:///s", NULL,
	 "{\"Name\":\"x\",\"Metadata\":{\"Description\":\"d\",\"Team\":[1.5,\"\\u003c\"]},\"Endpoints\":{\"docker\":{"
	 "\"Host\":\"unix:///s\",\"SkipTLSVerify\":true,\"Own\":{}},\"kubernetes\":{\"Host\":\"k\"}},\"More\":null}",
	 TRI_UNSET},
	{CONTEXT("x", "tcp://h:1"), "tcp://h:2", "new",
	 "{\"Name\":\"x\",\"Metadata\":{\"Description\":\"new\"},\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h:2\","
	 "\"SkipTLSVerify\":true}}}",
	 TRI_YES},
	{"{\"Name\":\"x\",\"Metadata\":{\"Description\":\"old\"}}", "tcp://h:2", "",
	 "{\"Name\":\"x\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"tcp://h:2\",\"SkipTLSVerify\":false}}}",
	 TRI_UNSET},
	{"{\"Name\":\"x\",\"Endpoints\":", "tcp://h:2", NULL, CONTEXT("x", "tcp://h:2"), TRI_UNSET},
	{"", "tcp://h:2", NULL, CONTEXT("x", "tcp://h:2"), TRI_NO},
};

static void edited_metadata_keeps_the_rest(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(edits); i++) {
		const struct context context = {.name = "x",
						.endpoint = edits[i].endpoint,
						.description = edits[i].description,
						.skip_tls_verify = edits[i].skip};
		const struct store_file old = {.exists = true,
					       .readable = true,
					       .data = (const unsigned char *)edits[i].old,
					       .length = strlen(edits[i].old)};
		CLEANUP_TEXT struct text out = TEXT_INIT;

		context_print(&context, &old, &out);
		assert_string_equal(text_string(&out), edits[i].now);
	}
}

static const struct {
	const char *text, *message;
} bad[] = {
	{"", "empty"},
	{"{\"Name\":", "cut short"},
	{"[]", "it is a list"},
	{"{}", "no Name"},
	{"{\"Name\":3}", "Name is a number"},
	{"{\"Name\":\"x\",\"Metadata\":[]}", "Metadata is a list"},
	{"{\"Name\":\"x\",\"Metadata\":{\"Description\":{}}}", "Metadata.Description is an object"},
	{"{\"Name\":\"x\",\"Endpoints\":\"\"}", "Endpoints is a text"},
	{"{\"Name\":\"x\",\"Endpoints\":{\"docker\":[]}}", "Endpoints.docker is a list"},
	{"{\"Name\":\"x\",\"Endpoints\":{\"docker\":{\"Host\":1}}}", "Endpoints.docker.Host is a number"},
	{"{\"Name\":\"x\",\"Endpoints\":{\"docker\":{\"SkipTLSVerify\":1}}}", "SkipTLSVerify is a number"},
};

static void bad_metadata_is_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct live_context context;
		struct error err = ERROR_INIT;

		assert_int_equal(context_parse(arena, bad[i].text, strlen(bad[i].text), &context, &err), -1);
		if (!strstr(err.message, bad[i].message))
			fail_msg("\"%s\" does not say \"%s\"", err.message, bad[i].message);
	}
}

/* The first two pairs are what the docker CLI 26.1.5 leaves after `docker context use`. */
static const struct {
	const char *old, *name, *now;
} configs[] = {
	{"{\n\t\"auths\": {}\n}", "st-ctx", "{\n\t\"auths\": {},\n\t\"currentContext\": \"st-ctx\"\n}"},
	{"{\n\t\"auths\": {},\n\t\"currentContext\": \"st-ctx\"\n}", "", "{\n\t\"auths\": {}\n}"},
	{"", "x", "{\n\t\"currentContext\": \"x\"\n}"},
	{NULL, "x", "{\n\t\"currentContext\": \"x\"\n}"},
	{" \n", "x", "{\n\t\"currentContext\": \"x\"\n}"},
	{"", "", "{}"},
	{"{}", "x", "{\n\t\"currentContext\": \"x\"\n}"},
	{"{}", "", "{}"},
	{"{ }\n", "", "{ }\n"},
	{"{\"a\":1}", "x", "{\"a\":1,\"currentContext\":\"x\"}"},
	{"{\"a\" : 1 }\n", "x", "{\"a\" : 1,\"currentContext\" : \"x\" }\n"},
	{"{\n  \"a\": [1, {\"}\": \"]\"}],\n  \"b\": \"\\\"}\"\n}\n", "x",
	 "{\n  \"a\": [1, {\"}\": \"]\"}],\n  \"b\": \"\\\"}\",\n  \"currentContext\": \"x\"\n}\n"},
	{"{\"a\": {\"currentContext\": \"no\"}, \"currentContext\": \"old\", \"z\": 1}", "new",
	 "{\"a\": {\"currentContext\": \"no\"}, \"currentContext\": \"new\", \"z\": 1}"},
	{"{\"a\": \"currentContext\", \"currentContext\": \"old\"}", "", "{\"a\": \"currentContext\"}"},
	{"{\"currentContext\": \"old\", \"z\": 1}", "", "{ \"z\": 1}"},
	{"{\n\t\"currentContext\": \"old\",\n\t\"z\": 1e5\n}", "", "{\n\t\"z\": 1e5\n}"},
	{"{\n\t\"currentContext\": \"old\"\n}\n", "", "{}\n"},
	{"{\"a\":1 , \"currentContext\" : null , \"b\":2}", "", "{\"a\":1 , \"b\":2}"},
	{"{\"CurrentContext\":\"1\",\"current\\u0043ontext\":\"2\",\"a\":-1.5}", "n",
	 "{\"CurrentContext\":\"1\",\"current\\u0043ontext\":\"n\",\"a\":-1.5}"},
	{"{\"CurrentContext\":\"1\",\"b\":true,\"current\\u0043ontext\":\"2\"}", "", "{\"b\":true}"},
};

static void config_is_edited_in_place(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(configs); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		CLEANUP_TEXT struct text out = TEXT_INIT;
		size_t length = configs[i].old ? strlen(configs[i].old) : 0;
		struct error err = ERROR_INIT;
		const char *name;

		assert_int_equal(docker_config_print(configs[i].old, length, configs[i].name, &out, &err), 0);
		assert_string_equal(text_string(&out), configs[i].now);
		assert_int_equal(docker_config_current(arena, out.data, out.length, &name, &err), 0);
		assert_string_equal(name, configs[i].name);
	}
}

static void broken_config_is_left_alone(void **state)
{
	static const char *const broken[] = {"{", "[]", "{\"a\":}", "{} x", "\"currentContext\"", "{\"a\":1,}"};

	(void)state;
	for (size_t i = 0; i < COUNT(broken); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;
		struct error err = ERROR_INIT;

		assert_int_equal(docker_config_print(broken[i], strlen(broken[i]), "x", &out, &err), -1);
		assert_int_equal(err.kind, ERROR_CORRUPT);
		assert_int_equal(out.length, 0);
	}
}

/* Order and default of docker/cli; DOCKER_HOST over DOCKER_CONTEXT was tried with the docker CLI 26.1.5. */
static void current_context_is_dockers(void **state)
{
	struct home *home = *state;

	struct live *live = home_read(home);
	assert_string_equal(live->current_context, "default");
	assert_string_equal(live->current_context_from, "default");
	assert_string_equal(live->current_endpoint, "unix:///var/run/docker.sock");
	assert_string_equal(live->selected, "default");
	assert_int_equal(live->faults.count, 0);

	home_context(home, "one", CONTEXT("one", "tcp://one:1"));
	home_context(home, "two", CONTEXT("two", "tcp://two:2"));
	home_write(home, "config.json", "{\"currentContext\": \"one\"}");
	live = home_read(home);
	assert_string_equal(live->current_context, "one");
	assert_string_equal(live->current_context_from, "config.json");
	assert_string_equal(live->current_endpoint, "one");
	assert_int_equal(live->context_count, 3);
	assert_string_equal(live_context(live, "two")->endpoint, "tcp://two:2");
	assert_true(live_context(live, "default")->implicit);

	home_variable(home, "DOCKER_CONTEXT=two");
	live = home_read(home);
	assert_string_equal(live->current_context, "two");
	assert_string_equal(live->current_context_from, "DOCKER_CONTEXT");

	home_variable(home, "DOCKER_HOST=ssh://u@h");
	live = home_read(home);
	assert_string_equal(live->current_context, "default");
	assert_string_equal(live->current_context_from, "DOCKER_HOST");
	assert_string_equal(live->current_endpoint, "ssh://u@h");
	assert_int_equal(live->faults.count, 1);
	assert_true(fault_is(&live->faults.items[0], FAULT_CONTEXT_OVERRIDDEN));
	assert_string_equal(live->faults.items[0].subject, "context.one");
}

/* As `docker context inspect default` of the docker CLI 26.1.5 shows them. */
static void docker_host_is_completed(void **state)
{
	static const struct {
		const char *variable, *host;
	} rows[] = {
		{"DOCKER_HOST=tcp://h", "tcp://h:2375"},    {"DOCKER_HOST=unix://", "unix:///var/run/docker.sock"},
		{"DOCKER_HOST=h:1", "tcp://h:1"},	    {"DOCKER_HOST= unix:///x ", "unix:///x"},
		{"DOCKER_HOST=tcp://h:1/p", "tcp://h:1/p"}, {"DOCKER_HOST=tcp://:7", "tcp://localhost:7"},
		{"DOCKER_HOST=fd://x", "fd://x"},	    {"DOCKER_TLS=1", "tcp://localhost:2376"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct home *home;

		assert_int_equal(home_setup((void **)&home), 0);
		home_variable(home, rows[i].variable);
		assert_string_equal(home_read(home)->current_endpoint, rows[i].host);
		assert_int_equal(home_teardown((void **)&home), 0);
	}
}

static void assert_fault(const struct live *live, enum fault_code code, const char *subject, const char *words)
{
	const struct fault *fault = fault_of(live, code);

	if (!fault)
		fail_msg("no fault %s", fault_kind(code)->code);
	else {
		assert_string_equal(fault->subject, subject);
		if (!strstr(fault->message, words) && !strstr(fault->mend, words))
			fail_msg("\"%s\", \"%s\" do not say \"%s\"", fault->message, fault->mend, words);
		assert_true(!fault->path || fault->path[0] == '/');
	}
}

static void desktops_pipe_is_a_fault(void **state)
{
	struct home *home = *state;

	home_context(home, "desktop-linux", CONTEXT("desktop-linux", PIPE));
	home_write(home, "config.json", "{\"currentContext\":\"desktop-linux\"}");
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":\"" PIPE
		   "\"}]}");
	struct live *live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_NPIPE, "context.desktop-linux", "stops every docker command");
	assert_fault(live, FAULT_CONTEXT_NPIPE, "context.desktop-linux", "contexts: {desktop-linux: {endpoint:");
	assert_fault(live, FAULT_ENDPOINT_NPIPE, "builder.ci", PIPE);
	assert_int_equal(live->faults.count, 2);
	assert_string_equal(live->selected, "desktop-linux");
	assert_true(live_builder(live, "desktop-linux")->context_builder);
	assert_false(live_builder(live, "ci")->damaged);
}

static void corrupt_contexts_keep_their_names(void **state)
{
	struct home *home = *state;

	home_context(home, "colima", "");
	home_context(home, "mine", "{\"Name\":\"mine\",\"Meta");
	home_context(home, "used", "\0");
	home_context(home, "secret-name", "[]");
	home_context(home, "fine", CONTEXT("fine", "tcp://h:1"));
	home_context(home, "bare", "{\"Name\":\"bare\"}");
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":\"used\"}]}");
	home_context(home, "folder", CONTEXT("other", "tcp://h:1"));
	struct live *live = home_read(home);
	assert_true(live_context(live, "colima")->damaged);
	assert_true(live_context(live, "mine")->damaged);
	assert_true(live_context(live, "used")->damaged);
	assert_false(live_context(live, "fine")->damaged);
	assert_null(live_context(live, "secret-name"));
	assert_fault(live, FAULT_CONTEXT_NAME_MISMATCH, "context.other", "folder of another name");
	assert_fault(live, FAULT_CONTEXT_NO_ENDPOINT, "context.bare", "no Docker endpoint");
	assert_int_equal(live->context_count, 8); /* default, and one whose name nobody knows */
	assert_int_equal(live->faults.count, 6);
	assert_string_equal(live_builder(live, "mine")->nodes[0].reason, "the context's metadata cannot be read");
}

static void missing_contexts_are_faults(void **state)
{
	struct home *home = *state;

	home_write(home, "config.json", "{\"currentContext\":\"gone\"}");
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":"
		   "\"left\"}]}");
	struct live *live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_MISSING, "context.gone", "config.json");
	assert_fault(live, FAULT_ENDPOINT_CONTEXT_MISSING, "builder.ci", "\"left\"");
	assert_int_equal(live->faults.count, 2);
	assert_null(live->selected);
	home_variable(home, "DOCKER_CONTEXT=lost");
	live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_MISSING, "context.lost", "unset DOCKER_CONTEXT");
}

static void clash_with_a_builder_is_a_fault(void **state)
{
	struct home *home = *state;

	home_context(home, "CI", CONTEXT("CI", "tcp://h:1"));
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"remote\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":\"tcp://h:1\"}]}");
	struct live *live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_CLASH, "builder.ci", "Docker context \"CI\"");
	assert_int_equal(live->builder_count, 2); /* ci, default */
	assert_false(live_builder(live, "ci")->context_builder);
}

static void bad_config_is_a_fault_and_no_more(void **state)
{
	struct home *home = *state;

	home_write(home, "config.json", "{\"currentContext\": ");
	struct live *live = home_read(home);
	assert_fault(live, FAULT_DOCKER_CONFIG_INVALID, "docker-config", "line 1");
	assert_string_equal(live->current_context, "default");
	assert_true(live->docker_config_file.readable);
	home_variable(home, "DOCKER_HOST=npipe://");
	assert_fault(home_read(home), FAULT_CONTEXT_NPIPE, "context.default", "unset DOCKER_HOST");
}

static void tls_material_is_noticed(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();

	home_context(home, "safe", CONTEXT("safe", "tcp://h:2376"));
	home_write(home, arena_printf(arena, "%s/ca.pem", context_tls_path(arena, "safe")), "CERT");
	home_context(home, "open", CONTEXT("open", "tcp://h:2375"));
	struct live *live = home_read(home);
	assert_true(live_context(live, "safe")->has_tls);
	assert_false(live_context(live, "open")->has_tls);
	assert_int_equal(live_context(live, "open")->tls_count, 0);
	assert_true(live_context(live, "open")->tls_known);
}

static void put_tls(const struct home *home, const char *context, const char *file, const char *text)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *docker = context_tls_path(arena, context);

	home_write(home, arena_printf(arena, "%.*s%s", (int)(strlen(docker) - strlen("docker")), docker, file), text);
}

/* All of it: a removal must be able to bring all of it back. */
static void tls_files_are_read(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();

	home_context(home, "safe", CONTEXT("safe", "tcp://h:2376"));
	put_tls(home, "safe", "docker/key.pem", "KEY");
	put_tls(home, "safe", "docker/cert.pem", "CERT");
	put_tls(home, "safe", "docker/.tmp-key.pem0123", "K");
	put_tls(home, "safe", "kubernetes/ca.pem", "K8S");
	put_tls(home, "gone", "docker/ca.pem", "CA");
	struct live *live = home_read(home);
	const struct live_context *safe = live_context(live, "safe");
	assert_true(safe->tls_known);
	assert_int_equal(safe->tls_count, 4);
	assert_true(text_ends(safe->tls[0].path, "/docker/.tmp-key.pem0123")); /* sorted */
	assert_true(text_ends(safe->tls[3].path, "/kubernetes/ca.pem"));
	assert_string_equal((const char *)safe->tls[2].data, "KEY");
	assert_true(safe->tls[2].in_docker_config);
	assert_null(fault_of(live, FAULT_CONTEXT_TLS_MISSING));
	const char *docker = context_tls_path(arena, "gone");
	assert_int_equal(live->stray_folders.count, 1);
	assert_true(text_starts(docker, live->stray_folders.items[0]));
}

static void bad_tls_files_are_faults(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *ca = home_path(home, arena_printf(arena, "%s/ca.pem", context_tls_path(arena, "link")));

	home_context(home, "half", CONTEXT("half", "tcp://h:2376"));
	put_tls(home, "half", "docker/cert.pem", "CERT");
	struct live *live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_TLS_MISSING, "context.half", "key.pem");
	put_tls(home, "half", "docker/key.pem", "KEY");
	assert_null(fault_of(home_read(home), FAULT_CONTEXT_TLS_MISSING));

	home_context(home, "link", CONTEXT("link", "tcp://h:2376"));
	put_tls(home, "link", "docker/x", "");
	assert_int_equal(symlink("nowhere", ca), 0);
	live = home_read(home);
	assert_fault(live, FAULT_CONTEXT_TLS_MISSING, "context.link", "ca.pem");
	assert_false(live_context(live, "link")->tls[0].readable);
	assert_int_equal(unlink(ca), 0);
	assert_int_equal(symlink("..", ca), 0);
	assert_fault(home_read(home), FAULT_CONTEXT_TLS_UNREADABLE, "context.link", "ca.pem");

	/* More than is ever there: nothing is touched, for not all of it could be brought back. */
	for (int i = 0; i < 70; i++)
		put_tls(home, "half", arena_printf(arena, "docker/%d", i), "x");
	assert_false(live_context(home_read(home), "half")->tls_known);
}

static void configured_is_what_the_file_says(void **state)
{
	struct home *home = *state;
	struct live *live = home_read(home);

	assert_string_equal(live->configured_context, "");
	home_write(home, "config.json", "{\"currentContext\":\"one\"}");
	home_variable(home, "DOCKER_CONTEXT=two");
	live = home_read(home);
	assert_string_equal(live->current_context, "two");
	assert_string_equal(live->configured_context, "one");
	home_write(home, "config.json", "{\"currentContext\":1}");
	assert_null(home_read(home)->configured_context);
}

/* What is selected once another context is current: BuildX keys it by the endpoint. */
static void the_next_context_has_its_own_selection(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct context fresh = {.name = "fresh", .endpoint = "tcp://f:1"};
	struct state desired = {.contexts = &fresh, .context_count = 1};
	char name[21];
	static const char builder[] = "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\","
				      "\"Endpoint\":\"one\"}]}";

	home_context(home, "one", CONTEXT("one", "tcp://one:1"));
	home_context(home, "two", CONTEXT("two", "tcp://two:2"));
	home_write(home, "config.json", "{\"currentContext\":\"one\"}");
	home_write(home, "buildx/instances/ci", builder);
	home_write(home, "buildx/current", "{\"Key\":\"one\",\"Name\":\"ci\",\"Global\":false}");
	struct live *live = home_read(home);
	assert_string_equal(live->selected, "ci");
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_null(live->planned);

	desired.current_context = "two";
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_string_equal(live_planned_context(live), "two");
	assert_string_equal(live_planned_endpoint(live), "two");
	assert_string_equal(live_planned_selected(live), "two");
	assert_string_equal(live->selected, "ci");

	/* The default of that endpoint counts, wherever `current` points. */
	defaults_file_name("two", name);
	home_write(home, arena_printf(arena, "buildx/defaults/%s", name), "ci");
	live = home_read(home);
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_string_equal(live_planned_selected(live), "ci");
	assert_true(live->planned->defaults_file.readable);

	/* A context that the plan makes, and the one that is not a file. */
	desired.current_context = "fresh";
	live = home_read(home);
	contexts_declare(live, &desired);
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_string_equal(live_planned_selected(live), "fresh");
	assert_null(live_context(live, "fresh"));
	desired.current_context = "default";
	live = home_read(home);
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_string_equal(live_planned_endpoint(live), "unix:///var/run/docker.sock");
	assert_string_equal(live_planned_selected(live), "default");

	/* What the environment says is not ours to change. */
	home_variable(home, "DOCKER_CONTEXT=two");
	live = home_read(home);
	planned_context_learn(live, &desired, (const char *const *)home->variables);
	assert_null(live->planned);
}

static void a_removed_context_is_not_the_next(void **state)
{
	struct context gone = {.name = "one", .state = "absent"};
	struct state desired = {.contexts = &gone, .context_count = 1};
	struct live live = {.configured_context = "one"};

	(void)state;
	assert_string_equal(live_wanted_context(&live, &desired), "default");
	live.configured_context = "two";
	assert_null(live_wanted_context(&live, &desired));
	desired.current_context = "two";
	assert_null(live_wanted_context(&live, &desired));
	live.configured_context = "";
	assert_string_equal(live_wanted_context(&live, &desired), "two");
	live.configured_context = NULL;
	assert_null(live_wanted_context(&live, &desired));
}

int main(void)
{
#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, home_setup, home_teardown)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(new_metadata_is_what_docker_writes),
		cmocka_unit_test(edited_metadata_keeps_the_rest),
		cmocka_unit_test(bad_metadata_is_refused),
		cmocka_unit_test(config_is_edited_in_place),
		cmocka_unit_test(broken_config_is_left_alone),
		WITH_HOME(current_context_is_dockers),
		cmocka_unit_test(docker_host_is_completed),
		WITH_HOME(desktops_pipe_is_a_fault),
		WITH_HOME(corrupt_contexts_keep_their_names),
		WITH_HOME(missing_contexts_are_faults),
		WITH_HOME(clash_with_a_builder_is_a_fault),
		WITH_HOME(bad_config_is_a_fault_and_no_more),
		WITH_HOME(tls_material_is_noticed),
		WITH_HOME(tls_files_are_read),
		WITH_HOME(bad_tls_files_are_faults),
		WITH_HOME(configured_is_what_the_file_says),
		WITH_HOME(the_next_context_has_its_own_selection),
		cmocka_unit_test(a_removed_context_is_not_the_next),
	};

	return cmocka_run_group_tests_name("live_context", tests, NULL, NULL);
}
