/* The Engine's answers -> containers, volumes, images; and what they mean for nodes. */
#include "live/engine/parse.h"

#include "base/count.h"
#include "live/assess.h"
#include "live/engine/auth.h"
#include "live/engine/edits.h"
#include "live/http/failure.h"
#include "live/http/ssh_words.h"
#include "live_recorded.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void test_list(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct listed *rows = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(engine_parse_list(arena, RECORDED_LIST, strlen(RECORDED_LIST), &rows, &count, &err), 0);
	assert_int_equal(count, 2);
	assert_string_equal(rows[0].name, "buildx_buildkit_eng-a0");
	assert_string_equal(rows[1].name, "buildx_buildkit_eng-b0");
	assert_string_equal(rows[0].status, "running");
	assert_string_equal(rows[1].status, "exited");
	assert_string_equal(rows[0].image, "moby/buildkit:v0.32.2");
	assert_true(text_starts(rows[0].image_id, "sha256:0109b122"));
	assert_non_null(strstr(rows[0].command, "--config"));
	assert_true(text_starts(rows[0].created, "2026-11-23T"));
}

static void test_list_names(void **state)
{
	static const struct row {
		const char *json;
		const char *name; /* NULL: not one of ours */
	} rows[] = {
		{"[]", NULL},
		{" [ ] ", NULL},
		{"[{\"Id\":\"1\",\"Names\":[\"/buildx_buildkit_a0\"]}]", "buildx_buildkit_a0"},
		{"[{\"Id\":\"1\",\"Names\":[\"/other/x\",\"/buildx_buildkit_a0\"]}]", "buildx_buildkit_a0"},
		{"[{\"Id\":\"1\",\"Names\":[\"/xbuildx_buildkit_a0\"]}]", NULL},
		{"[{\"Id\":\"1\",\"Names\":[\"/buildx_buildkit_a0/alias\"]}]", NULL},
		{"[{\"Id\":\"1\",\"Names\":[\"buildx_buildkit_a0\"]}]", NULL},
		{"[{\"Id\":\"\",\"Names\":[\"/buildx_buildkit_a0\"]}]", NULL},
		{"[{\"Id\":7,\"Names\":\"/buildx_buildkit_a0\"},null,1,\"x\"]", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct error err = ERROR_INIT;
		struct listed *found = NULL;
		size_t count = 9;
		assert_int_equal(engine_parse_list(arena, rows[i].json, strlen(rows[i].json), &found, &count, &err), 0);
		assert_int_equal(count, !!rows[i].name);
		if (count > 0)
			assert_string_equal(found[0].name, rows[i].name);
	}
}

static void test_list_broken(void **state)
{
	static const char *const texts[] = {"",	   "{}",	   "null", "[",	    "[1",
					    "[1,", "[{\"Id\":\"a", "[}",   "[1 2]", "<html>"};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		CLEANUP_ARENA struct arena *arena = arena_new();
		struct error err = ERROR_INIT;
		struct listed *rows = NULL;
		size_t count = 0;
		assert_int_equal(engine_parse_list(arena, texts[i], strlen(texts[i]), &rows, &count, &err), -1);
		assert_int_equal(err.kind, ERROR_CORRUPT);
	}
}

static void test_volumes(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct volume *volumes = NULL;
	size_t count = 0;

	(void)state;
	assert_int_equal(
		engine_parse_volumes(arena, RECORDED_VOLUMES, strlen(RECORDED_VOLUMES), &volumes, &count, &err), 0);
	/* zz_buildx_buildkit_eng-other_state matched the Engine's filter. */
	assert_int_equal(count, 3);
	assert_string_equal(volumes[0].name, "buildx_buildkit_eng-a0_state");
	assert_string_equal(volumes[2].name, "buildx_buildkit_eng-orphan_state");
	assert_int_equal(volumes[0].size, -1);
	assert_int_equal(volumes[0].labels.count, 0);
	assert_string_equal(volumes[2].labels.items[0], "owner=eng");
	assert_int_equal(engine_parse_sizes(RECORDED_SIZES, strlen(RECORDED_SIZES), volumes, count, &err), 0);
	assert_true(volumes[0].size > 0);
	assert_int_equal(volumes[2].size, 0);
	/* Since API 1.52, as v29.2 sends it. */
	static const char usage[] =
		"{\"VolumeUsage\":{\"Items\":[{\"CreatedAt\":\"2026-11-27T01:38:47Z\",\"Driver\":\"local\",\"Labels\":"
		"null,"
		"\"Mountpoint\":\"/v\",\"Name\":\"buildx_buildkit_eng-a0_state\",\"Options\":null,\"Scope\":\"local\","
		"\"UsageData\":{\"RefCount\":1,\"Size\":12345}}],\"TotalCount\":1,\"TotalSize\":12345}}";
	assert_int_equal(engine_parse_sizes(usage, strlen(usage), volumes, count, &err), 0);
	assert_int_equal(volumes[0].size, 12345);
	assert_int_equal(engine_parse_volumes(arena, "[]", 2, &volumes, &count, &err), -1);
}

static void test_running(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct container container = {0};

	(void)state;
	assert_int_equal(engine_parse_container(arena, RECORDED_RUNNING, strlen(RECORDED_RUNNING), &container, &err),
			 0);
	assert_string_equal(container.name, "buildx_buildkit_eng-a0");
	assert_string_equal(container.image, "moby/buildkit:v0.32.2");
	assert_true(text_starts(container.image_id, "sha256:0109b122"));
	assert_string_equal(container.status, "running");
	assert_true(container.pid > 0);
	assert_string_equal(strings_join(arena, &container.command, " "),
			    "--config /etc/buildkit/buildkitd.toml --debug --allow-insecure-entitlement=network.host");
	assert_true(strings_contain(&container.env, "FOO=bar"));
	assert_int_equal(container.memory, 512 * 1024 * 1024);
	assert_int_equal(container.memory_swap, 1024 * 1024 * 1024);
	assert_int_equal(container.cpu_quota, 50000);
	assert_int_equal(container.cpu_period, 100000);
	assert_int_equal(container.cpu_shares, 512);
	assert_null(container.cpuset_cpus);
	assert_string_equal(container.network, "host");
	assert_string_equal(container.restart_policy, "unless-stopped");
	assert_string_equal(container.cgroup_parent, "/docker/buildx");
	assert_true(container.privileged);
	assert_true(container.init);
	assert_string_equal(container.state_volume, "buildx_buildkit_eng-a0_state");
	assert_int_equal(container.binds.count, 0);
	assert_null(container.error);
	assert_false(container.files_known);
}

static void test_exited(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct container container = {0};

	(void)state;
	assert_int_equal(engine_parse_container(arena, RECORDED_EXITED, strlen(RECORDED_EXITED), &container, &err), 0);
	assert_string_equal(container.status, "exited");
	assert_int_equal(container.pid, 0);
	assert_string_equal(container.network, "bridge");
}

static void test_mounts(void **state)
{
	static const char json[] =
		"{\"Id\":\"1\",\"Name\":\"/n\",\"Config\":{},\"Mounts\":["
		"{\"Type\":\"bind\",\"Source\":\"/usr/lib/wsl\",\"Destination\":\"/usr/lib/wsl\"},"
		"{\"Type\":\"bind\",\"Source\":\"/x\",\"Destination\":\"/var/lib/buildkit\"},{\"Type\":7},null]}";
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct container container = {0};

	(void)state;
	assert_int_equal(engine_parse_container(arena, json, strlen(json), &container, &err), 0);
	assert_null(container.state_volume);
	assert_string_equal(strings_join(arena, &container.binds, " "),
			    "bind:/usr/lib/wsl:/usr/lib/wsl bind:/x:/var/lib/buildkit");
	assert_int_equal(engine_parse_container(arena, "{}", 2, &container, &err), -1);
	assert_int_equal(engine_parse_container(arena, "[]", 2, &container, &err), -1);
}

static void test_image(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct error err = ERROR_INIT;
	struct strings env = {0};
	const char *id = NULL;

	(void)state;
	assert_int_equal(engine_parse_image(arena, RECORDED_IMAGE, strlen(RECORDED_IMAGE), &id, &env, &err), 0);
	assert_true(text_starts(id, "sha256:0109b122"));
	assert_true(strings_contain(&env, "BUILDKIT_SETUP_CGROUPV2_ROOT=1"));
	assert_int_equal(engine_parse_image(arena, RECORDED_NO_IMAGE, strlen(RECORDED_NO_IMAGE), &id, &env, &err), -1);
}

/* As Docker Engine 26.1.5 answers of containers of BuildX 0.36.1 with BuildKit v0.32.2. */
static void test_edits(void **state)
{
	static const struct {
		const char *json, *paths;
	} rows[] = {
		{"null\n", ""},
		{"[]", ""},
		/* a new one, booted, and the same after a build and a restart */
		{"[{'Path':'/etc','Kind':0},{'Path':'/etc/buildkit','Kind':0},{'Path':'/etc/buildkit/buildkitd.toml',"
		 "'Kind':1},{'Path':'/run','Kind':0},{'Path':'/run/buildkit','Kind':1},{'Path':'/run/buildkit/"
		 "buildkitd.sock','Kind':1},{'Path':'/sbin','Kind':1},{'Path':'/sbin/docker-init','Kind':1},"
		 "{'Path':'/run/runc','Kind':1},{'Path':'/tmp','Kind':0},{'Path':'/tmp/qemu-check1','Kind':1}]",
		 ""},
		/* folders that were only written into are no news; one that was made empty is */
		{"[{'Path':'/etc/ssl','Kind':0},{'Path':'/etc/ssl/certs','Kind':0},{'Path':'/etc/ssl/certs/my.pem',"
		 "'Kind':1},{'Path':'/etc','Kind':0},{'Path':'/opt','Kind':1},{'Path':'/opt/a.b','Kind':1},{'Path':"
		 "'/opt/a','Kind':1},{'Path':'/opt/a/b','Kind':1}]",
		 "/etc/ssl/certs/my.pem /opt/a/b /opt/a.b"},
		/* changed and deleted ones, and names that only begin like ours */
		{"[{'Path':'/usr/bin/buildctl','Kind':2},{'Path':'/usr/bin','Kind':0},{'Path':'/etc/"
		 "buildkit2','Kind':1},"
		 "{'Path':'/runner','Kind':1}]",
		 "/etc/buildkit2 /runner /usr/bin/buildctl"},
		{"[{'Path':7},{'Path':'relative'},{},3,null]", ""},
		{"{'message':'x'}", NULL},
		{"[{'Path':", NULL},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct strings paths = {0};
		struct error err = ERROR_INIT;
		char *json = arena_strdup(arena, rows[i].json);

		for (char *c = json; *c; c++)
			if (*c == '\'')
				*c = '"';
		int result = engine_parse_edits(arena, json, strlen(json), &paths, &err);
		assert_int_equal(result, rows[i].paths ? 0 : -1);
		if (rows[i].paths)
			assert_string_equal(strings_join(arena, &paths, " "), rows[i].paths);
	}
}

static void test_messages(void **state)
{
	static const struct row {
		const char *body, *text;
	} rows[] = {
		{RECORDED_NO_CONTAINER, "No such container: nope"},
		{RECORDED_NO_IMAGE, "No such image: nope:latest"},
		{"Client sent an HTTP request to an HTTPS server.\n",
		 "Client sent an HTTP request to an HTTPS server."},
		{"{\"message\":\"a\\u001b[31mb\\nc\"}", "a\\x1b[31mb"},
		{"", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char text[100];
		engine_parse_message(rows[i].body, strlen(rows[i].body), text, sizeof(text));
		assert_string_equal(text, rows[i].text);
	}
}

/* Lines as moby/moby pkg/jsonmessage writes them. */
static void test_pull(void **state)
{
	static const struct row {
		const char *line, *text, *error;
	} rows[] = {
		{"{\"status\":\"Pulling from moby/buildkit\",\"id\":\"buildx-stable-1\"}",
		 "buildx-stable-1: Pulling from moby/buildkit", ""},
		{"{\"status\":\"Pull complete\",\"progressDetail\":{},\"id\":\"4f4fb700ef54\"}",
		 "4f4fb700ef54: Pull complete", ""},
		{"{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":2},\"id\":\"4f4fb700ef54\"}",
		 "", ""},
		{"{\"status\":\"Status: Image is up to date\"}", "Status: Image is up to date", ""},
		{"{\"errorDetail\":{\"message\":\"toomanyrequests: slow down\"},\"error\":\"toomanyrequests: slow "
		 "down\"}",
		 "", "toomanyrequests: slow down"},
		{"{\"error\":\"short\"}", "", "short"},
	};
	struct error err = ERROR_INIT;
	struct pull_line line;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(engine_parse_pull(rows[i].line, strlen(rows[i].line), &line, &err), 0);
		assert_string_equal(line.text, rows[i].text);
		assert_string_equal(line.error, rows[i].error);
	}
	assert_int_equal(engine_parse_pull("<html>", 6, &line, &err), -1);
}

static void test_registry(void **state)
{
	static const struct row {
		const char *image, *host;
	} rows[] = {
		{"moby/buildkit:x", "docker.io"},
		{"buildkit", "docker.io"},
		{"docker.io/moby/buildkit", "docker.io"},
		{"index.docker.io/moby/buildkit", "docker.io"},
		{"registry.example.com/a/b@sha256:0", "registry.example.com"},
		{"registry:5000/a", "registry:5000"},
		{"localhost/a", "localhost"},
		{"a:5000", "docker.io"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char host[64];
		auth_registry(rows[i].image, host, sizeof(host));
		assert_string_equal(host, rows[i].host);
	}
}

static void test_ssh_reasons(void **state)
{
	static const char closed[] = "the connection was closed without an answer", late[] = FAILURE_LATE " after 1 s";
	/* As OpenSSH 9.2, dash, bash and docker 26.1 say them. */
	static const struct row {
		const char *said, *failure;
		int status;
		const char *reason, *mend; /* mend: a part, "": there is none */
	} rows[] = {
		{"", closed, SSH_UNENDED, "the connection was closed without an answer", ""},
		{"", closed, 0, "the connection was closed without an answer", ""},
		{"Warning: Permanently added 'h' (ED25519) to the list of known hosts.\r\n", closed, 0,
		 "the connection was closed without an answer", ""},
		{"root@h: Permission denied (publickey).\r\n", closed, 255,
		 "ssh: root@h: Permission denied (publickey)", "ssh-add"},
		{"Host key verification failed.\r\n", closed, 255, "ssh: Host key verification failed",
		 "connect once by hand (ssh -p 2222 me@h)"},
		{"@@@\n@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\n@@@\nHost key verification "
		 "failed.\n",
		 closed, 255, "ssh: WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!", "`ssh-keygen -R '[h]:2222'`"},
		{"ssh: Could not resolve hostname nosuch.invalid: Name or service not known\r\n", closed, 255,
		 "ssh: Could not resolve hostname nosuch.invalid: Name or service not known", "DNS"},
		{"ssh: Could not resolve hostname h: Temporary failure\n", late, 255,
		 "ssh: Could not resolve hostname h: Temporary failure", "DNS"},
		{"ssh: connect to host h port 1: Connection refused\r\n", closed, 255,
		 "ssh: connect to host h port 1: Connection refused", "sshd"},
		{"kex_exchange_identification: Connection closed by remote host\n", closed, 255,
		 "ssh: kex_exchange_identification: Connection closed by remote host", "no sshd"},
		{"", closed, 255, "ssh: it ended without a word, with exit status 255", "`ssh -v -p 2222 me@h`"},
		{"bash: line 1: docker: command not found\n", closed, 127,
		 "ssh: bash: line 1: docker: command not found", "install docker there"},
		{"bash: Zeile 1: docker: Kommando nicht gefunden.\n", closed, 127,
		 "ssh: bash: Zeile 1: docker: Kommando nicht gefunden", "install docker there"},
		{"", closed, 127, "ssh: docker is not found there", "install docker there"},
		{"docker: unknown command: docker system dial-stdio\n\nUsage:  docker system\n\nRun 'docker system "
		 "--help' "
		 "for more information\n",
		 closed, 1, "ssh: docker: unknown command: docker system dial-stdio", "18.09"},
		{"", FAILURE_NOT_HTTP ": Usage:  docker system COMMAND", 0, "ssh: Usage:  docker system COMMAND",
		 "18.09"},
		{"failed to open the raw stream connection: dial unix /s: connect: no such file or directory\n", closed,
		 1, "ssh: failed to open the raw stream connection: dial unix /s: connect: no such file or directory",
		 "Engine running"},
		{"failed to open the raw stream connection: dial unix /s: connect: permission denied\n", closed, 1,
		 "ssh: failed to open the raw stream connection: dial unix /s: connect: permission denied",
		 "group docker"},
		{"", FAILURE_NOT_HTTP ": This account is currently not available.", 1,
		 "ssh: This account is currently not available", "a shell that runs commands"},
		{"", FAILURE_NOT_HTTP ": hello", SSH_UNENDED, "ssh: in front of the answer came: hello", "~/.bashrc"},
		{"", late, SSH_UNENDED, "timed out after 1 s", "`ssh -p 2222 me@h docker version`"},
		{"motd\nsomething else\n", late, SSH_UNENDED, "timed out after 1 s", "--timeout"},
		{"motd\nsomething else\n", closed, 1, "ssh: something else", ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct ssh_words words = {.said = rows[i].said,
						.status = rows[i].status,
						.user = "me",
						.host = "h",
						.port = "2222",
						.program = "docker"};
		struct error err = ERROR_INIT;
		error_set(&err, ERROR_UNREACHABLE, "%s", rows[i].failure);
		ssh_words_explain(&words, &err);
		assert_string_equal(err.message, rows[i].reason);
		assert_true(rows[i].mend[0] != '\0' ? strstr(err.hint, rows[i].mend) != NULL : err.hint[0] == '\0');
	}
}

/* One builder per node name, all on one engine; the last is damaged when `damaged` is given. */
static struct live *live_of(const char *const *nodes, size_t count, const char *damaged)
{
	struct live *live = live_new();

	for (size_t i = 0; i < count; i++) {
		struct live_builder builder = {.name = nodes[i], .driver = "docker-container"};
		ARENA_PUSH(live->arena, builder.nodes, builder.node_count)->spec =
			(struct node){.name = nodes[i], .endpoint = "unix:///e"};
		*ARENA_PUSH(live->arena, live->builders, live->builder_count) = builder;
	}
	if (damaged)
		*ARENA_PUSH(live->arena, live->builders, live->builder_count) =
			(struct live_builder){.name = damaged, .damaged = true};
	return live;
}

static void test_states(void **state)
{
	static const struct row {
		const char *status;
		int64_t exit_code;
		bool oom;
		const char *error;
		enum node_state state;
		const char *reason;
		enum fault_code fault;
	} rows[] = {
		{"running", 0, false, NULL, NODE_RUNNING, NULL, FAULT_NONE},
		{"running", 0, true, NULL, NODE_RUNNING, NULL, FAULT_CONTAINER_OOM},
		{"created", 0, false, NULL, NODE_STOPPED, "it was never started", FAULT_NONE},
		{"created", 127, false, "no such file", NODE_STOPPED, "it was never started: no such file", FAULT_NONE},
		{"exited", 0, false, NULL, NODE_STOPPED, NULL, FAULT_NONE},
		{"exited", 1, false, NULL, NODE_STOPPED, "it ended with exit code 1", FAULT_NONE},
		{"exited", 137, true, NULL, NODE_STOPPED, "it ran out of memory and was killed", FAULT_CONTAINER_OOM},
		{"paused", 0, false, NULL, NODE_UNHEALTHY, "its container is paused", FAULT_CONTAINER_PAUSED},
		{"restarting", 1, false, NULL, NODE_UNHEALTHY,
		 "it ends right after each start: it ended with exit code 1", FAULT_CONTAINER_RESTARTING},
		{"dead", 0, false, NULL, NODE_UNHEALTHY, "its container is dead: the Engine could not remove it",
		 FAULT_CONTAINER_DEAD},
		{"removing", 0, false, NULL, NODE_UNHEALTHY, "its container is being removed", FAULT_NONE},
		{"dreaming", 0, false, NULL, NODE_UNKNOWN, "the Engine says \"dreaming\" of its container", FAULT_NONE},
		{NULL, 0, false, NULL, NODE_UNKNOWN, "the Engine says \"\" of its container", FAULT_NONE},
	};
	static const char *const nodes[] = {"a0"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct live *live = live_of(nodes, 1, NULL);
		struct volume volume = {.name = "buildx_buildkit_a0_state", .size = -1};
		struct container container = {
			.id = "1",
			.name = "buildx_buildkit_a0",
			.status = rows[i].status,
			.exit_code = rows[i].exit_code,
			.oom_killed = rows[i].oom,
			.error = rows[i].error,
			.privileged = true,
			.state_volume = volume.name,
		};
		const char *problems[] = {NULL};
		struct engine_probe probe = {
			.endpoint = {.host = "unix:///e"},
			.reachable = true,
			.containers = &container,
			.problems = problems,
			.container_count = 1,
			.volumes = &volume,
			.volume_count = 1,
		};
		struct assessed_endpoint endpoint = {.endpoint = "unix:///e", .probe = &probe};
		assess(live, &endpoint, 1);
		const struct live_node *node = &live->builders[0].nodes[0];
		assert_int_equal(node->state, rows[i].state);
		assert_true(text_equal(node->reason, rows[i].reason));
		assert_int_equal(live->faults.count, !!rows[i].fault);
		if (rows[i].fault)
			assert_true(fault_is(&live->faults.items[0], rows[i].fault));
		assert_int_equal(live->orphan_count, 0);
		live_free(live);
	}
}

static void test_unreachable(void **state)
{
	static const char *const nodes[] = {"a0"};
	struct live *live = live_of(nodes, 1, NULL);
	struct engine_probe probe = {.endpoint = {.host = "unix:///e"}, .reason = "connection refused"};
	struct assessed_endpoint endpoint = {.endpoint = "unix:///e", .probe = &probe};

	(void)state;
	assess(live, &endpoint, 1);
	assert_int_equal(live->builders[0].nodes[0].state, NODE_UNKNOWN);
	assert_string_equal(live->builders[0].nodes[0].reason, "connection refused");
	assert_false(live_engine(live, "unix:///e")->reachable);
	assert_int_equal(live->faults.count, 1);
	assert_true(fault_is(&live->faults.items[0], FAULT_ENGINE_UNREACHABLE));
	live_free(live);
}

/* The container was listed, its inspection failed: unknown, not inactive. */
static void test_not_inspected(void **state)
{
	static const char *const nodes[] = {"a0", "b0"};
	struct live *live = live_of(nodes, 2, NULL);
	struct container container = {.id = "1", .name = "buildx_buildkit_a0", .status = "running"};
	const char *problems[] = {"timed out after 5 s"};
	struct engine_probe probe = {
		.endpoint = {.host = "unix:///e"},
		.reachable = true,
		.containers = &container,
		.problems = problems,
		.container_count = 1,
	};
	struct assessed_endpoint endpoint = {.endpoint = "unix:///e", .probe = &probe};

	(void)state;
	assess(live, &endpoint, 1);
	assert_int_equal(live->builders[0].nodes[0].state, NODE_UNKNOWN);
	assert_null(live->builders[0].nodes[0].container);
	assert_string_equal(live->builders[0].nodes[0].reason, "container buildx_buildkit_a0: timed out after 5 s");
	assert_int_equal(live->builders[1].nodes[0].state, NODE_INACTIVE);
	live_free(live);
}

static void test_orphans(void **state)
{
	static const char *const nodes[] = {"a0"};
	struct live *live = live_of(nodes, 1, "broken");
	struct container containers[] = {
		{.id = "1",
		 .name = "buildx_buildkit_a0",
		 .status = "running",
		 .privileged = true,
		 .state_volume = "buildx_buildkit_old_state"},
		{.id = "2", .name = "buildx_buildkit_broken0", .status = "running", .created = "2026-01-01T00:00:00Z"},
		{.id = "3", .name = "buildx_buildkit_gone0", .status = "running", .created = "2026-01-02T00:00:00Z"},
	};
	struct volume volumes[] = {
		{.name = "buildx_buildkit_a0_state", .size = -1},
		{.name = "buildx_buildkit_broken0_state", .size = -1},
		{.name = "buildx_buildkit_gone0_state", .size = 7},
		{.name = "buildx_buildkit_old_state", .size = -1},
	};
	const char *problems[] = {NULL, NULL, NULL};
	struct engine_probe probe = {
		.endpoint = {.host = "unix:///e"},
		.reachable = true,
		.containers = containers,
		.problems = problems,
		.container_count = 3,
		.volumes = volumes,
		.volume_count = 4,
	};
	/* The same Engine by TCP: nothing on it is an orphan twice, and what is claimed by the socket is claimed. */
	struct engine_probe again = probe;
	again.endpoint.host = "tcp://e:2375";
	struct assessed_endpoint endpoints[] = {{.endpoint = "unix:///e", .probe = &probe},
						{.endpoint = "tcp://e", .probe = &again}};

	(void)state;
	assess(live, endpoints, 2);
	assert_int_equal(live->engine_count, 2);
	assert_int_equal(live->orphan_count, 2);
	assert_string_equal(live->orphans[0].name, "buildx_buildkit_gone0");
	assert_false(live->orphans[0].is_volume);
	assert_string_equal(live->orphans[1].name, "buildx_buildkit_gone0_state");
	assert_int_equal(live->orphans[1].size, 7);
	live_free(live);
}

/* On an Engine without BuildKit, as Podman, the context's own builder lives in a container: it is no orphan to remove.
 * On another one somebody else made it. */
static void test_context_builder_in_a_container(void **state)
{
	static const char *const nodes[] = {"far"};
	struct container container = {.id = "1", .name = "buildx_buildkit_far", .status = "running"};
	struct volume volume = {.name = "buildx_buildkit_far_state", .size = -1};
	const char *problems[] = {NULL};
	struct engine_probe probe = {
		.endpoint = {.host = "unix:///e"},
		.reachable = true,
		.containers = &container,
		.problems = problems,
		.container_count = 1,
		.volumes = &volume,
		.volume_count = 1,
	};
	struct assessed_endpoint endpoint = {.endpoint = "unix:///e", .probe = &probe};

	(void)state;
	for (int row = 0; row < 3; row++) {
		struct live *live = live_of(nodes, 1, NULL);
		live->builders[0].name = "far";
		live->builders[0].driver = "docker";
		live->builders[0].context_builder = row > 0;
		probe.maker = row == 1 ? MAKER_DOCKER : MAKER_PODMAN;
		assess(live, &endpoint, 1);
		assert_int_equal(live->orphan_count, row == 2 ? 0 : 2);
		live_free(live);
	}
}

/* BuildX boots it when it is built on first; until then it is inactive, and nothing is wrong. */
static void test_context_builder_on_podman(void **state)
{
	static const char *const nodes[] = {"far"};
	struct container container = {.id = "1",
				      .name = "buildx_buildkit_far",
				      .status = "running",
				      .privileged = true,
				      .image = "localhost/moby/buildkit:buildx-stable-1",
				      .state_volume = "buildx_buildkit_far_state"};
	struct volume volume = {.name = "buildx_buildkit_far_state", .size = -1};
	const char *problems[] = {NULL};
	const char *name = "far";
	struct strings names = {&name, 1};
	struct engine_probe probe = {.endpoint = {.host = "unix:///e"}, .reachable = true, .volumes = &volume};

	(void)state;
	for (int row = 0; row < 3; row++) {
		struct live *live = live_of(nodes, 1, NULL);
		struct assessed_endpoint endpoint = {.endpoint = "far", .probe = &probe};

		live->builders[0].name = live->builders[0].nodes[0].spec.endpoint = "far";
		live->builders[0].driver = "docker";
		live->builders[0].context_builder = true;
		probe.maker = row == 0 ? MAKER_DOCKER : MAKER_PODMAN;
		if (row == 2) {
			probe.containers = &container;
			probe.problems = problems;
			probe.container_count = probe.volume_count = 1;
		}
		assess_context_builders(live, &probe, &names);
		assess(live, &endpoint, 1);
		assert_string_equal(live->builders[0].driver, row == 0 ? "docker" : "docker-container");
		assert_int_equal(live->builders[0].nodes[0].state, row == 1 ? NODE_INACTIVE : NODE_RUNNING);
		assert_int_equal(live->orphan_count, 0);
		assert_int_equal(live->faults.count, 0);
		live_free(live);
	}
}

/* Podman 5.4 and 4.3 while a container ends, with what its policy makes of that. */
static void test_podmans_words(void **state)
{
	static const struct {
		const char *status;
		int restarts;
		const char *policy, *read;
	} rows[] = {
		{"stopped", 2, "unless-stopped", "restarting"},
		{"stopped", 0, "unless-stopped", "exited"},
		{"stopped", 2, "no", "exited"},
		{"exited", 2, "unless-stopped", "exited"},
		{"initialized", 0, "no", "created"},
		{"stopping", 0, "no", "running"},
		{"running", 2, "always", "running"},
		{"removing", 0, "", "removing"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		struct container container;
		const char *json =
			arena_printf(arena,
				     "{\"Id\":\"0123\",\"Name\":\"/x\",\"Config\":{},\"RestartCount\":%d,"
				     "\"State\":{\"Status\":\"%s\"},\"HostConfig\":{\"RestartPolicy\":{\"Name\":"
				     "\"%s\"}}}",
				     rows[i].restarts, rows[i].status, rows[i].policy);

		assert_int_equal(engine_parse_container(arena, json, strlen(json), &container, &err), 0);
		assert_string_equal(container.status, rows[i].read);
	}
}

/* The same container, asked twice. */
static void test_env_in_any_order(void **state)
{
	static const char *const texts[] = {
		"{\"Id\":\"0\",\"Name\":\"/x\",\"Config\":{\"Env\":[\"PATH=/bin\",\"TERM=xterm\",\"HOME=/root\"]}}",
		"{\"Id\":\"0\",\"Name\":\"/x\",\"Config\":{\"Env\":[\"HOME=/root\",\"PATH=/bin\",\"TERM=xterm\"]}}",
	};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct container containers[COUNT(texts)];
	struct error err = ERROR_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_int_equal(engine_parse_container(arena, texts[i], strlen(texts[i]), &containers[i], &err), 0);
	assert_int_equal(containers[0].env.count, 3);
	assert_true(strings_equal(&containers[0].env, &containers[1].env));
}

/* A node whose Engine does not answer may own what another address shows. */
static void test_orphans_while_unreachable(void **state)
{
	static const char *const nodes[] = {"a0"};
	struct live *live = live_of(nodes, 1, NULL);
	struct container container = {.id = "1", .name = "buildx_buildkit_a0", .status = "running"};
	const char *problems[] = {NULL};
	struct engine_probe silent = {.endpoint = {.host = "unix:///e"}, .reason = "timed out"};
	struct engine_probe probe = {
		.endpoint = {.host = "tcp://e:2375"},
		.reachable = true,
		.containers = &container,
		.problems = problems,
		.container_count = 1,
	};
	struct assessed_endpoint endpoints[] = {{.endpoint = "unix:///e", .probe = &silent},
						{.endpoint = "tcp://e", .probe = &probe}};

	(void)state;
	assess(live, endpoints, 2);
	assert_int_equal(live->orphan_count, 0);
	live_free(live);
}

static void test_other_drivers(void **state)
{
	static const char *const nodes[] = {"a0"};
	struct live *live = live_of(nodes, 1, NULL);
	struct engine_probe probe = {.endpoint = {.host = "unix:///e"}, .reachable = true};
	struct assessed_endpoint endpoint = {.endpoint = "unix:///e", .probe = &probe};

	(void)state;
	live->builders[0].driver = "newer";
	assess(live, &endpoint, 1);
	assert_int_equal(live->builders[0].nodes[0].state, NODE_UNKNOWN);
	assert_string_equal(live->builders[0].nodes[0].reason, "not asked yet: the newer driver is not supported yet");
	live->builders[0].driver = "docker";
	assess(live, &endpoint, 1);
	assert_int_equal(live->builders[0].nodes[0].state, NODE_RUNNING);
	live->builders[0].nodes[0].spec.endpoint = "elsewhere";
	assess(live, &endpoint, 1);
	assert_int_equal(live->builders[0].nodes[0].state, NODE_UNKNOWN);
	live_free(live);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),
		cmocka_unit_test(test_list_names),
		cmocka_unit_test(test_list_broken),
		cmocka_unit_test(test_volumes),
		cmocka_unit_test(test_running),
		cmocka_unit_test(test_exited),
		cmocka_unit_test(test_mounts),
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_edits),
		cmocka_unit_test(test_messages),
		cmocka_unit_test(test_pull),
		cmocka_unit_test(test_registry),
		cmocka_unit_test(test_ssh_reasons),
		cmocka_unit_test(test_states),
		cmocka_unit_test(test_unreachable),
		cmocka_unit_test(test_not_inspected),
		cmocka_unit_test(test_context_builder_in_a_container),
		cmocka_unit_test(test_context_builder_on_podman),
		cmocka_unit_test(test_podmans_words),
		cmocka_unit_test(test_env_in_any_order),
		cmocka_unit_test(test_orphans),
		cmocka_unit_test(test_orphans_while_unreachable),
		cmocka_unit_test(test_other_drivers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
