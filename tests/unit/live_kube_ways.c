/* Asking an API server: with which credentials, of files, texts and plugins, and what happens when they are refused;
 * and what a kubeconfig of strangers may not. */
#include "kube_server.h"

#include "live/kube/keyring.h"
#include "pem_files.h"

#include <signal.h>

#define CREDENTIAL(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"" status "}"

static void test_credentials(void **state)
{
	static const struct {
		const char *user, *header;
	} rows[] = {
		{"{token: abc}", "Authorization: Bearer abc\r\n"},
		{"{tokenFile: token}", "Authorization: Bearer from-file\r\n"},
		{"{token: abc, tokenFile: token}", "Authorization: Bearer from-file\r\n"},
		{"{token: abc, tokenFile: gone}", "Authorization: Bearer abc\r\n"},
		{"{username: a, password: 'b:c'}", "Authorization: Basic YTpiOmM=\r\n"},
		{"{token: t, as: jane}", "Impersonate-User: jane\r\n"},
		{"{token: t, as: jane, as-uid: '7', as-groups: [g, h], as-user-extra: {a/b: [x]}}",
		 "Impersonate-Uid: 7\r\nImpersonate-Group: g\r\nImpersonate-Group: h\r\nImpersonate-Extra-a%2Fb: "
		 "x\r\n"},
	};
	const struct scratch *scratch = *state;

	scratch_write(scratch, "token", "  from-file\n");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server server = {.answers = {{.status = "200 OK", .body = "{}"}}};
		const char *url = server_start(scratch, &server);
		struct outcome outcome;
		call_as(scratch, url, rows[i].user, &outcome);
		server_stop(&server);
		assert_int_equal(outcome.result, 0);
		if (!strstr(server.seen, rows[i].header))
			fail_msg("row %zu: %s", i, server.seen);
	}
}

static void test_credentials_that_cannot_be_used(void **state)
{
	static const struct {
		const char *user, *message;
	} rows[] = {
		{"{tokenFile: gone}", "tokenFile: cannot read"},
		{"{tokenFile: empty}", "is empty"},
		{"{token: \"SECRET\\nX: y\"}", "line break"},
		{"{client-certificate: gone, client-key: gone}", "client-certificate: cannot read"},
		{"{client-certificate: empty, client-key: empty}", "client-certificate: holds no certificate"},
		{"{client-certificate: cert, client-key: other}", "client-key: is not the key of the certificate"},
		{"{client-certificate: cert, client-key: locked}", "pass phrase"},
	};
	const struct scratch *scratch = *state;

	scratch_write(scratch, "empty", "\n");
	scratch_write(scratch, "cert", PEM_CERTIFICATE);
	scratch_write(scratch, "other", PEM_OTHER_KEY);
	scratch_write(scratch, "locked", PEM_LOCKED_KEY);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct outcome outcome;
		call_as(scratch, "http://127.0.0.1:1", rows[i].user, &outcome);
		assert_int_equal(outcome.result, -1);
		if (!strstr(outcome.err.message, rows[i].message) || strstr(outcome.err.message, "SECRET"))
			fail_msg("row %zu: %s", i, outcome.err.message);
	}
}

static const char *write_plugin(const struct scratch *scratch, const char *script)
{
	const char *path = scratch_write(scratch, "plugin", arena_printf(scratch->arena, "#!/bin/sh\n%s\n", script));

	assert_int_equal(chmod(path, 0700), 0);
	return path;
}

#define PRINTS(token) "printf '%s' '" CREDENTIAL(",\"status\":{\"token\":\"" token "\"}") "'"
#define EXEC(more) "{exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, " more "}}"

static void test_plugins(void **state)
{
	static const struct {
		const char *script, *user;
		const char *message, *hint; /* NULL: it works */
		int runs;
	} rows[] = {
		{PRINTS("good"), EXEC("interactiveMode: IfAvailable"), NULL, NULL, 1},
		{"echo \"$KUBERNETES_EXEC_INFO\" | grep -q '\"interactive\":false' && [ \"$1$WHO\" = ab ] && " PRINTS(
			 "good"),
		 EXEC("interactiveMode: Never, args: [a], env: [{name: WHO, value: b}]"), NULL, NULL, 1},
		{"cat; " PRINTS("good"), EXEC("interactiveMode: Never"), NULL, NULL, 1},
		/* What is left running holds the pipes. */
		{PRINTS("good") "; sleep 600 & echo $! >\"${0%/*}/left\"", EXEC("interactiveMode: Never"), NULL, NULL,
		 1},
		/* The first is refused, the second is not; and both are. */
		{"if [ -e \"${0%/*}/once\" ]; then " PRINTS("good") "; else : >\"${0%/*}/once\"; " PRINTS(
			 "stale") "; fi",
		 EXEC("interactiveMode: Never"), NULL, NULL, 2},
		{PRINTS("stale"), EXEC("interactiveMode: Never"), "Unauthorized", "twice: log in with it again", 2},
		{"exit 3", EXEC("interactiveMode: Never"), "gave no credentials (exit status 3)", "log in with", 1},
		{"echo password=SECRET Bearer SECRETSECRETSECRET no login >&2; exit 1", EXEC("interactiveMode: Never"),
		 "no login", NULL, 1},
		{"kill -9 $$", EXEC("interactiveMode: Never"), "was ended by signal 9", NULL, 1},
		{"echo SECRET", EXEC("interactiveMode: Never"), "is no ExecCredential", NULL, 1},
		{"", EXEC("interactiveMode: Never"), "it printed nothing", NULL, 1},
		{"head -c 3000000 /dev/zero", EXEC("interactiveMode: Never"), "printed more than 1024 KiB", NULL, 1},
		{"", EXEC("interactiveMode: Always"), "wants a terminal", NULL, 0},
		{"",
		 "{exec: {command: no-such-plugin-x, apiVersion: client.authentication.k8s.io/v1beta1, installHint: "
		 "get "
		 "it}}",
		 "there is no program no-such-plugin-x on PATH", "get it", 0},
		{"", "{exec: {command: ./gone, apiVersion: client.authentication.k8s.io/v1beta1}}",
		 "there is no program", "install it", 0},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server server = {
			.answers = {
				{.has = "Bearer good", .status = "200 OK", .body = "{}"},
				{.status = "401 Unauthorized",
				 .body = "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\"}"}}};
		const char *url = server_start(scratch, &server);
		struct outcome outcome;

		write_plugin(scratch, arena_printf(scratch->arena, "echo run >>\"${0%%/*}/runs\"\n%s", rows[i].script));
		call_as(scratch, url, rows[i].user, &outcome);
		server_stop(&server);
		if (!rows[i].message && outcome.result < 0)
			fail_msg("row %zu: %s", i, outcome.err.message);
		if (rows[i].message && (!strstr(outcome.err.message, rows[i].message) ||
					(rows[i].hint && !strstr(outcome.err.hint, rows[i].hint))))
			fail_msg("row %zu: %s (%s)", i, outcome.err.message, outcome.err.hint);
		assert_null(strstr(outcome.err.message, "SECRET"));
		const char *runs = scratch_read(scratch, "runs");
		assert_int_equal(runs ? strlen(runs) : 0, 4 * (size_t)rows[i].runs);
		if (rows[i].runs > 0) {
			assert_non_null(
				strstr(outcome.said, "plugin for credentials of the cluster x (http://127.0.0.1:"));
			unlink(scratch_at(scratch, "runs"));
		}
		unlink(scratch_at(scratch, "once"));
		const char *left = scratch_read(scratch, "left");
		if (left)
			kill((pid_t)atoi(left), SIGKILL);
		unlink(scratch_at(scratch, "left"));
	}
}

/* It waits for what never comes, and is gone when that is said. */
static void test_slow_plugin(void **state)
{
	const struct scratch *scratch = *state;
	struct outcome outcome;

	write_plugin(scratch, "echo $$ >\"${0%/*}/pid\"; exec sleep 600");
	call_with(scratch,
		  &(struct kube_config_request){
			  .kubeconfig = write_user(scratch, "http://127.0.0.1:1", EXEC("interactiveMode: Never"))},
		  100, &outcome, 1);
	assert_int_equal(outcome.result, -1);
	assert_int_equal(outcome.trouble, KUBE_NO_CREDENTIALS);
	assert_non_null(strstr(outcome.err.message, "gave no credentials within 0.3 s"));
	const char *pid = scratch_read(scratch, "pid");
	if (pid)
		assert_int_equal(kill((pid_t)atoi(pid), 0), -1);
}

/* Root runs what root alone can write, for a kubeconfig that root alone can write. */
static void test_plugins_of_root(void **state)
{
	const struct scratch *scratch = *state;
	static const struct {
		const char *name;
		uid_t owner;
		mode_t mode;
		const char *message; /* NULL: it is run */
	} rows[] = {
		{"plugin", 0, 0755, NULL},
		{"plugin", 1, 0755, "for credentials, which somebody else can write"},
		{"plugin", 0, 0775, "for credentials, which somebody else can write"},
		{"config", 1, 0600, "for a kubeconfig, which somebody else can write"},
		{"config", 0, 0666, "for a kubeconfig, which somebody else can write"},
		{".", 1, 0755, "which somebody else can write"},
		{".", 0, 0777, "which somebody else can write"},
	};

	if (geteuid() != 0)
		skip();
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server server = {.answers = {{.status = "200 OK", .body = "{}"}}};
		struct outcome outcome;

		write_plugin(scratch, "echo run >\"${0%/*}/runs\"; " PRINTS("good"));
		const char *config =
			write_user(scratch, server_start(scratch, &server), EXEC("interactiveMode: Never"));
		const char *path = scratch_at(scratch, rows[i].name);
		assert_int_equal(chown(path, rows[i].owner, 0), 0);
		assert_int_equal(chmod(path, rows[i].mode), 0);
		call_with(scratch, &(struct kube_config_request){.kubeconfig = config}, 10000, &outcome, 1);
		server_stop(&server);
		assert_int_equal(chown(scratch->path, 0, 0) + chmod(scratch->path, 0700), 0);
		if (rows[i].message ? !strstr(outcome.err.message, rows[i].message) : outcome.result < 0)
			fail_msg("row %zu: %s", i, outcome.err.message);
		assert_int_equal(scratch_has(scratch, "runs"), !rows[i].message);
		unlink(scratch_at(scratch, "runs"));
	}
}

static bool has_run(void *context)
{
	return scratch_has(context, "pid");
}

/* What waits for a program ends with the run, and so does the program. */
static void test_interrupted_plugin(void **state)
{
	const struct scratch *scratch = *state;
	const struct interrupt interrupt = {.came = has_run, .context = *state};
	struct http *http = http_new();
	struct kube_client *client;
	struct kube_config config;
	struct kube_reply reply;
	struct error err = ERROR_INIT;
	extern char **environ;

	write_plugin(scratch, "echo $$ >\"${0%/*}/pid.new\"; mv \"${0%/*}/pid.new\" \"${0%/*}/pid\"; exec sleep 600");
	const struct kube_config_request request = {
		.kubeconfig = write_user(scratch, "http://127.0.0.1:1", EXEC("interactiveMode: Never"))};
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &config, &err), 0);
	http_heed(http, &interrupt);
	assert_int_equal(kube_open(&(struct kube_options){.http = http,
							  .environ = (const char *const *)environ,
							  .timeout_ms = 60000},
				   &config, &client, &err),
			 0);
	assert_int_equal(kube_call(client, &(struct kube_request){.path = "/"}, &reply, &err), -1);
	kube_reply_done(&reply);
	assert_int_equal(err.kind, ERROR_INTERRUPTED);
	assert_int_equal(kill((pid_t)atoi(scratch_read(scratch, "pid")), 0), -1);
	kube_close(client);
	http_free(http);
}

/* Kept while they hold, had again when they have expired. */
static void test_expiry(void **state)
{
	static const struct {
		const char *when;
		int runs;
	} rows[] = {{"2099-01-01T00:00:00Z", 1}, {"2001-01-01T00:00:00Z", 3}};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server server = {.answers = {{.status = "200 OK", .body = "{}"}}};
		const char *url = server_start(scratch, &server);
		struct outcome outcome;

		write_plugin(
			scratch,
			arena_printf(scratch->arena,
				     "echo run >>\"${0%%/*}/runs\"\nprintf '%%s' "
				     "'" CREDENTIAL(",\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"%s\"}") "'",
				     rows[i].when));
		call_with(scratch,
			  &(struct kube_config_request){
				  .kubeconfig = write_user(scratch, url, EXEC("interactiveMode: Never"))},
			  10000, &outcome, 3);
		server_stop(&server);
		assert_int_equal(outcome.result, 0);
		assert_int_equal(strlen(scratch_read(scratch, "runs")), 4 * (size_t)rows[i].runs);
		unlink(scratch_at(scratch, "runs"));
	}
}

/* Clients of one run have what a plugin gave to any of them, but not what was refused. */
static void test_keyring(void **state)
{
	const struct scratch *scratch = *state;
	struct server server = {
		.answers = {{.has = "Bearer good", .status = "200 OK", .body = "{}"},
			    {.status = "401 Unauthorized",
			     .body = "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\"}"}}};
	const char *config = write_user(scratch, server_start(scratch, &server), EXEC("interactiveMode: Never"));
	struct outcome outcome;

	write_plugin(scratch, "echo run >>\"${0%/*}/runs\"; if [ -e \"${0%/*}/once\" ]; then " PRINTS(
				      "good") "; else : >\"${0%/*}/once\"; " PRINTS("stale") "; fi");
	keyring = kube_keyring_new();
	for (int i = 0; i < 3; i++) {
		call_with(scratch, &(struct kube_config_request){.kubeconfig = config}, 10000, &outcome, 2);
		assert_int_equal(outcome.result, 0);
		assert_int_equal(strlen(scratch_read(scratch, "runs")), 2 * 4);
	}
	server_stop(&server);
	kube_keyring_free(keyring);
	keyring = NULL;
}

/* A file that rotates is read again when what it said is refused. */
static void test_token_that_rotates(void **state)
{
	const struct scratch *scratch = *state;
	struct server server = {
		.answers = {{.has = "Bearer new", .status = "200 OK", .body = "{}"},
			    {.status = "401 Unauthorized",
			     .body = "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\"}"}}};
	const char *url = server_start(scratch, &server);
	struct http *http = http_new();
	struct kube_client *client;
	struct kube_config config;
	struct kube_reply reply;
	struct error err = ERROR_INIT;

	scratch_write(scratch, "token", "old");
	const struct kube_config_request request = {.kubeconfig = write_user(scratch, url, "{tokenFile: token}")};
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &config, &err), 0);
	assert_int_equal(kube_open(&(struct kube_options){.http = http, .timeout_ms = 10000}, &config, &client, &err),
			 0);
	assert_int_equal(kube_call(client, &(struct kube_request){.path = "/"}, &reply, &err), -1);
	assert_int_equal(reply.trouble, KUBE_UNAUTHORIZED);
	kube_reply_done(&reply);
	scratch_write(scratch, "token", "new");
	assert_int_equal(kube_call(client, &(struct kube_request){.path = "/"}, &reply, &err), 0);
	kube_reply_done(&reply);
	kube_close(client);
	http_free(http);
	server_stop(&server);
	assert_int_equal(server.requests, 3);
}

/* The state file's own repository names a kubeconfig: no program of it runs, and no file outside is read and sent. */
static void test_strangers(void **state)
{
	const struct scratch *scratch = *state;
	struct outcome outcome;
	struct reach reach = {.arena = scratch->arena};
	struct server server = {.answers = {{.status = "200 OK", .body = "{}"}}};
	const char *url = server_start(scratch, &server), *outside = scratch_write(scratch, "outside/token", "SECRET");

	assert_int_equal(mkdir(scratch_at(scratch, "repo"), 0700), 0);
	assert_int_equal(mkdir(scratch_at(scratch, "repo/.git"), 0700), 0);
	const struct {
		const char *user, *message;
	} rows[] = {
		{EXEC("interactiveMode: Never"), "in the repository of the state files"},
		{arena_printf(scratch->arena, "{tokenFile: %s}", outside), "out of reach"},
		{"{tokenFile: ../../outside/token}", "out of reach"},
		{"{tokenFile: link}", "out of reach"},
		{"{tokenFile: inside}", NULL},
		{"{token: t}", NULL},
	};
	write_plugin(scratch, "echo run >\"${0%/*}/runs\"");
	scratch_write(scratch, "repo/inside", "t");
	assert_int_equal(rename(scratch_at(scratch, "plugin"), scratch_at(scratch, "repo/plugin")), 0);
	assert_int_equal(symlink(outside, scratch_at(scratch, "repo/link")), 0);
	const char *holder = scratch_write(scratch, "repo/state.yaml", ""), *root = scratch_at(scratch, "repo");
	for (size_t i = 0; i < 3 * COUNT(rows); i++) {
		const char *user = rows[i / 3].user, *message = rows[i / 3].message;
		const char *file =
			scratch_write(scratch, "repo/config",
				      scratch_read(scratch, strrchr(write_user(scratch, url, user), '/') + 1));
		struct kube_config_request request = {.kubeconfig = file, .repository = root};

		if (i % 3 == 0)
			request = (struct kube_config_request){.kubeconfig = file, .reach = &reach, .holder = holder};
		else if (i % 3 == 1)
			request = (struct kube_config_request){.kubeconfig = file, .stateless = true};
		call_with(scratch, &request, 10000, &outcome, 1);
		if (message ? outcome.result == 0 || !strstr(outcome.err.message, message) : outcome.result < 0)
			fail_msg("row %zu: %s", i, outcome.err.message);
	}
	assert_false(scratch_has(scratch, "repo/runs"));
	/* The operator's own environment says it as well. */
	const char *file = scratch_write(scratch, "repo/config", scratch_read(scratch, "config"));
	const char *theirs[] = {arena_printf(scratch->arena, "KUBECONFIG=%s", file), NULL};
	struct kube_config resolved;
	const struct kube_config_request request = {.kubeconfig = file, .environ = theirs, .stateless = true};
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &outcome.err), 0);
	assert_false(resolved.is_strangers);
	server_stop(&server);
	assert_null(strstr(server.seen, "SECRET"));
}

static const char *busy_once(struct server *server, const char *request)
{
	(void)request;
	return server->requests > 1
		       ? "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
		       : arena_printf(server->arena, "HTTP/1.1 429 Busy\r\n%sContent-Length: 0\r\n\r\n", server->later);
}

/* "Later" is heeded, when it is soon enough. */
static void test_asked_later(void **state)
{
	static const struct {
		const char *later;
		int code, requests;
	} rows[] = {{"Retry-After: 1\r\n", 200, 2}, {"Retry-After: 3600\r\n", 429, 1}, {"", 429, 1}};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct server server = {.answer = busy_once, .later = rows[i].later};
		struct outcome outcome;
		const char *url = server_start(scratch, &server);

		call_with(scratch, &(struct kube_config_request){.kubeconfig = write_user(scratch, url, "{token: t}")},
			  60000, &outcome, 1);
		server_stop(&server);
		assert_int_equal(outcome.code, rows[i].code);
		assert_int_equal(server.requests, rows[i].requests);
	}
}

struct queue {
	struct kube_client *client;
	int answered, marks[6]; /* the address of a mark is its request's context */
};
static struct queue queue;

/* The first to be answered takes two back: of those, one may be under way. */
static void count_answer(void *context, const struct kube_answer *answer)
{
	(void)context;
	assert_int_equal(answer->trouble, KUBE_FINE);
	if (queue.answered++ > 0)
		return;
	for (size_t i = 0, taken = 0; i < COUNT(queue.marks) && taken < 2; i++)
		if (&queue.marks[i] != context) {
			kube_cancel(queue.client, &queue.marks[i]);
			taken++;
		}
}

static void test_many_at_once(void **state)
{
	extern char **environ;
	const struct scratch *scratch = *state;
	struct server server = {.answers = {{.status = "200 OK", .headers = "Connection: close\r\n", .body = "{}"}}};
	const char *config = write_user(scratch, server_start(scratch, &server), "{token: t}");
	struct http *http = http_new();
	const struct kube_options options = {
		.http = http, .environ = (const char *const *)environ, .timeout_ms = 10000};
	struct kube_config resolved;
	struct error err;

	queue = (struct queue){0};
	assert_int_equal(kube_config_resolve(scratch->arena, &(struct kube_config_request){.kubeconfig = config},
					     &resolved, &err),
			 0);
	assert_int_equal(kube_open(&options, &resolved, &queue.client, &err), 0);
	for (size_t i = 0; i < COUNT(queue.marks); i++)
		kube_ask(queue.client,
			 &(struct kube_request){.path = "/api", .done = count_answer, .context = &queue.marks[i]});
	while (http_step(http, 1000) > 0)
		;
	assert_int_equal(queue.answered, COUNT(queue.marks) - 2);
	kube_close(queue.client);
	http_free(http);
	server_stop(&server);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_credentials),
		TEST(test_credentials_that_cannot_be_used),
		TEST(test_plugins),
		TEST(test_slow_plugin),
		TEST(test_keyring),
		TEST(test_plugins_of_root),
		TEST(test_interrupted_plugin),
		TEST(test_expiry),
		TEST(test_token_that_rotates),
		TEST(test_strangers),
		TEST(test_asked_later),
		TEST(test_many_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
