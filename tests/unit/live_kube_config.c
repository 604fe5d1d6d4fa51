/* The way to an API server without one: which kubeconfig says what, what is refused and where, proxies by Go's rules,
 * what plugins are told and say, what servers' answers come to. */
#include "live/kube/client.h"

#include "scratch.h"

#include "base/count.h"
#include "base/text.h"
#include "live/kube/exec_credential.h"
#include "live/kube/proxy.h"

#define FIRST                                                                                                          \
	"apiVersion: v1\nkind: Config\ncurrent-context: a\n"                                                           \
	"contexts:\n- {name: a, context: {cluster: one, user: eve, namespace: ci}}\n"                                  \
	"- name: b\n  context: {cluster: two, user: eve}\n"                                                            \
	"- name: lost\n  context: {cluster: nowhere, user: eve}\n"                                                     \
	"- name: nobody\n  context: {cluster: one, user: ghost}\n"                                                     \
	"clusters:\n- name: one\n  cluster: {server: 'https://one.example:6443/', certificate-authority: "             \
	"pki/ca.crt}\n"                                                                                                \
	"- name: two\n  cluster: {server: two.example, insecure-skip-tls-verify: yes}\n"                               \
	"users:\n- name: eve\n  user: {token: FIRST-TOKEN, future-key: {a: [1]}}\n"

#define SECOND                                                                                                         \
	"{\"current-context\": \"c\", \"clusters\": [{\"name\": \"one\", \"cluster\": {\"server\": "                   \
	"\"https://other\"}}, "                                                                                        \
	"{\"name\": \"three\", \"cluster\": {\"server\": \"http://127.0.0.1:8001\"}}], \"contexts\": [{\"name\": "     \
	"\"c\", "                                                                                                      \
	"\"context\": {\"cluster\": \"three\", \"user\": \"bob\"}}], \"users\": [{\"name\": \"eve\", \"user\": "       \
	"{\"token\": \"second\"}}, {\"name\": \"bob\", \"user\": {\"username\": \"b$b\", \"password\": \"p\"}}]}"

static struct kube_config resolved;
static struct error problem;

/* "KUBECONFIG=…" and what else is given; file names without a slash are the scratch folder's. */
static int resolve(const struct scratch *scratch, const char *kubeconfig, const char *list, const char *context)
{
	struct strings files = {0};
	const char *environ_[] = {NULL, arena_printf(scratch->arena, "HOME=%s", scratch->path), NULL};

	for (const char *at = list; *at != '\0'; at += strcspn(at, ":"), at += *at == ':')
		strings_add(scratch->arena, &files,
			    scratch_at(scratch, arena_strndup(scratch->arena, at, strcspn(at, ":"))));
	environ_[0] = arena_printf(scratch->arena, "KUBECONFIG=%s", strings_join(scratch->arena, &files, ":"));
	const struct kube_config_request request = {
		.kubeconfig = *kubeconfig != '\0' ? scratch_at(scratch, kubeconfig) : NULL,
		.context = *context != '\0' ? context : NULL,
		.environ = environ_,
	};
	resolved = (struct kube_config){0};
	problem = (struct error)ERROR_INIT;
	return kube_config_resolve(scratch->arena, &request, &resolved, &problem);
}

static void test_resolution(void **state)
{
	static const struct {
		const char *kubeconfig, *list, *context;
		const char *server, *user, *namespace_, *from;
	} rows[] = {
		{"first", "", "", "https://one.example:6443", "eve", "ci", "first"},
		{"first", "second", "", "https://one.example:6443", "eve", "ci", "first"},
		{"", "first", "b", "https://two.example", "eve", "default", "first"},
		{"", "missing:first", "", "https://one.example:6443", "eve", "ci", "first"},
		{"", "second:first", "", "http://127.0.0.1:8001", "bob", "default", "second"},
		{"", "second:first", "a", "https://other", "eve", "ci", "first"},
		{"", "first:second", "c", "http://127.0.0.1:8001", "bob", "default", "second"},
		{"", "first:second", "a", "https://one.example:6443", "eve", "ci", "first"},
		{"", "empty:first", "", "https://one.example:6443", "eve", "ci", "first"},
		{"", "", "", "http://home", "h", "default", ".kube/config"},
	};
	const struct scratch *scratch = *state;

	scratch_write(scratch, "first", FIRST);
	scratch_write(scratch, "second", SECOND);
	scratch_write(scratch, "empty", "");
	scratch_write(scratch, ".kube/config",
		      "{current-context: x, contexts: [{name: x, context: {cluster: x, user: h}}], users: [{name: h}], "
		      "clusters: [{name: x, cluster: {server: home}}]}");
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (resolve(scratch, rows[i].kubeconfig, rows[i].list, rows[i].context) < 0)
			fail_msg("row %zu: %s", i, problem.message);
		assert_string_equal(resolved.cluster->server, rows[i].server);
		assert_string_equal(resolved.user->name, rows[i].user);
		assert_string_equal(resolved.namespace_, rows[i].namespace_);
		assert_string_equal(resolved.from, scratch_at(scratch, rows[i].from));
		assert_false(resolved.in_pod || resolved.is_strangers);
	}
	assert_int_equal(resolve(scratch, "first", "", "nobody"), 0);
	assert_null(resolved.user->where.file);
	/* A whole entry of the first file, and what is relative to that file. */
	assert_int_equal(resolve(scratch, "", "first:second", "a"), 0);
	assert_string_equal(resolved.cluster->authority, scratch_at(scratch, "pki/ca.crt"));
	assert_string_equal(resolved.user->token, "FIRST-TOKEN");
	/* A dollar sign is one. */
	assert_int_equal(resolve(scratch, "second", "", ""), 0);
	assert_string_equal(resolved.user->username, "b$b");
}

#define CLUSTER "clusters: [{name: x, cluster: {server: 'https://h:1'}}]\n"
#define CONTEXT "current-context: x\ncontexts: [{name: x, context: {cluster: x, user: u}}]\n"
#define WITH_USER(user) CONTEXT CLUSTER "users:\n- name: u\n  user: " user "\n"
#define WITH_CLUSTER(cluster)                                                                                          \
	CONTEXT "users: [{name: u, user: {token: SECRET}}]\nclusters:\n- name: x\n  cluster: " cluster "\n"

/* Each with its line, its reason, and no value of the file. */
static void test_what_is_refused(void **state)
{
	static const struct {
		const char *text, *message, *hint;
	} rows[] = {
		{"current-context: [\n", "line 2: not YAML", NULL},
		{"- a\n", "line 1: a kubeconfig must be a mapping", NULL},
		{CLUSTER, "has no current-context", "use-context"},
		{"current-context: prod\n" CLUSTER "contexts: [{name: prod2, context: {}}]\n",
		 "the context prod is not in", "did you mean prod2?"},
		{"current-context: x\ncontexts:\n- name: x\n  context: {cluster: gone, user: u}\n",
		 "line 3: the cluster gone of the context x is not there", "--cluster="},
		{WITH_USER("{token: SECRET}") "users: 1\n", "users must be a list", NULL},
		{WITH_USER("{token: 5318008}"), "line 6: token must be a text", "quote it"},
		{WITH_USER("{client-certificate-data: 'SECRET!'}"), "client-certificate-data is not base64", NULL},
		{WITH_USER("{token: SECRET, username: SECRET}"), "line 5: the user u has a token and a password", NULL},
		{WITH_USER("{client-certificate: /c.pem}"), "has a client-certificate and no client-key", NULL},
		{WITH_USER("{token: SECRET, as-groups: [SECRET]}"), "and no as", NULL},
		{WITH_USER("{auth-provider: {name: gcp, config: {access-token: SECRET}}}"), "has an auth-provider",
		 "gke-gcloud-auth-plugin"},
		{WITH_USER("{auth-provider: {name: oidc}}"), "has an auth-provider", "oidc-login"},
		{WITH_USER("{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}}"),
		 "exec of the user u lacks command", NULL},
		{WITH_USER("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1}}"),
		 "wants an interactiveMode", NULL},
		{WITH_USER("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1alpha1}}"),
		 "wants an apiVersion", NULL},
		{WITH_USER("{exec: {command: x, apiVersion: client.authentication.k8s.io/v1beta1, env: [{value: "
			   "SECRET}]}}"),
		 "lacks a name in env", NULL},
		{WITH_CLUSTER("{}"), "line 5: the cluster x has no server", "set-cluster x"},
		{WITH_CLUSTER("{server: 'ftp://h'}"), "server of the cluster x is not https://HOST:PORT", NULL},
		{WITH_CLUSTER("{server: 'https://h h'}"), "server of the cluster x is not", NULL},
		{WITH_CLUSTER("{server: h/base}"), "server of the cluster x is not", NULL},
		{WITH_CLUSTER("{server: 'https://h', proxy-url: 'ftp://SECRET@p'}"), "proxy-url of the cluster x",
		 NULL},
		{WITH_CLUSTER("{server: 'https://h', insecure-skip-tls-verify: true, certificate-authority: c}"),
		 "insecure-skip-tls-verify and a certificate-authority", "remove"},
		{WITH_CLUSTER("{server: 'https://h', certificate-authority: c, certificate-authority-data: U0VDUkVU}"),
		 "has certificate-authority and certificate-authority-data", "remove certificate-authority"},
		{WITH_USER("{client-certificate: c, client-certificate-data: U0VDUkVU, client-key: k}"),
		 "has client-certificate and client-certificate-data", "remove client-certificate"},
		{WITH_USER("{client-certificate: c, client-key: k, client-key-data: U0VDUkVU}"),
		 "has client-key and client-key-data", "remove client-key"},
		{WITH_CLUSTER("{server: 'https://h', insecure-skip-tls-verify: maybe}"), "must be true or false", NULL},
		{"clusters: [{name: x}, {name: y}, {name: x}]\n", "two clusters have the name x", "remove one"},
		{"a: \x01\n", "line 1: ", NULL},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		scratch_write(scratch, "file", rows[i].text);
		assert_int_equal(resolve(scratch, "file", "", ""), -1);
		if (!strstr(problem.message, rows[i].message) || (rows[i].hint && !strstr(problem.hint, rows[i].hint)))
			fail_msg("row %zu: %s (%s)", i, problem.message, problem.hint);
		assert_non_null(strstr(problem.message, scratch_at(scratch, "file")) ||
				strstr(problem.message, "the context"));
		assert_null(strstr(problem.message, "SECRET"));
		assert_null(strstr(problem.hint, "SECRET"));
		assert_null(strstr(problem.message, "5318008"));
	}
}

static void test_missing_files(void **state)
{
	const struct scratch *scratch = *state;

	assert_int_equal(resolve(scratch, "", "gone:away", ""), -1);
	assert_int_equal(problem.kind, ERROR_NOT_FOUND);
	assert_non_null(strstr(problem.message, "gone"));
	assert_non_null(strstr(problem.message, "away"));
	assert_int_equal(resolve(scratch, "gone", "", ""), -1);
	assert_non_null(strstr(problem.hint, "bring the file back"));
	assert_int_equal(resolve(scratch, "a:b", "", ""), -1);
	assert_non_null(strstr(problem.hint, "--flatten"));
	assert_int_equal(kube_config_resolve(scratch->arena,
					     &(struct kube_config_request){.kubeconfig = "not/here/config"}, &resolved,
					     &problem),
			 -1);
	assert_non_null(strstr(problem.hint, "relative"));
}

static void test_pod(void **state)
{
	const struct scratch *scratch = *state;
	const char *environ_[] = {"KUBERNETES_SERVICE_HOST=fd00::1", "KUBERNETES_SERVICE_PORT=443",
				  arena_printf(scratch->arena, "HOME=%s", scratch->path), NULL};
	struct kube_config_request request = {.environ = environ_, .pod_folder = scratch_at(scratch, "pod")};

	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), -1);
	scratch_write(scratch, "pod/token", "POD-TOKEN\n");
	scratch_write(scratch, "pod/namespace", "builds\n");
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), 0);
	assert_true(resolved.in_pod);
	assert_string_equal(resolved.cluster->server, "https://[fd00::1]:443");
	assert_string_equal(resolved.namespace_, "builds");
	/* What was asked for by name is not another cluster. */
	request.context = "prod";
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), -1);
	/* A kubeconfig comes first, unless no client can be made of it. */
	request.context = NULL;
	scratch_write(scratch, ".kube/config", FIRST);
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), 0);
	assert_false(resolved.in_pod);
	scratch_write(scratch, ".kube/config", "current-context: gone\n");
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), 0);
	assert_true(resolved.in_pod);
	scratch_write(scratch, ".kube/config", "[\n");
	assert_int_equal(kube_config_resolve(scratch->arena, &request, &resolved, &problem), -1);
}

static void test_proxies(void **state)
{
	static const struct {
		const char *variable, *no_proxy, *scheme, *host, *port, *proxy;
	} rows[] = {
		{"HTTPS_PROXY=http://p:3128", "", "https://", "api.example", "6443", "http://p:3128"},
		{"https_proxy=p:3128", "", "https://", "api.example", "", "http://p:3128"},
		{"HTTPS_PROXY=socks5://p:1080", "", "https://", "api.example", "", "socks5h://p:1080"},
		{"HTTP_PROXY=http://p", "", "https://", "api.example", "", NULL},
		{"HTTP_PROXY=http://p", "", "http://", "api.example", "", "http://p"},
		{"HTTPS_PROXY=http://p", "", "https://", "localhost", "6443", NULL},
		{"HTTPS_PROXY=http://p", "", "https://", "127.0.0.9", "6443", NULL},
		{"HTTPS_PROXY=http://p", "", "https://", "[::1]", "6443", NULL},
		{"HTTPS_PROXY=http://p", "", "https://", "[::2]", "6443", "http://p"},
		{"HTTPS_PROXY=http://p", "*", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", "a.example, API.example", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", "example", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", ".example", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", "*.example", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", ".api.example", "https://", "api.example", "", "http://p"},
		{"HTTPS_PROXY=http://p", "pi.example", "https://", "api.example", "", "http://p"},
		{"HTTPS_PROXY=http://p", "api.example:443", "https://", "api.example", "", NULL},
		{"HTTPS_PROXY=http://p", "api.example:6443", "https://", "api.example", "443", "http://p"},
		{"HTTPS_PROXY=http://p", "10.0.0.0/9", "https://", "10.127.0.1", "6443", NULL},
		{"HTTPS_PROXY=http://p", "10.0.0.0/9", "https://", "10.128.0.1", "6443", "http://p"},
		{"HTTPS_PROXY=http://p", "fd00::/8", "https://", "[fd12::1]", "6443", NULL},
		{"HTTPS_PROXY=http://p", "10.1.2.3", "https://", "10.1.2.3", "6443", NULL},
		{"HTTPS_PROXY=http://p", "10.1.2.3:6443", "https://", "10.1.2.3", "6443", NULL},
		{"HTTPS_PROXY=http://p", "[fd00::1]:6443", "https://", "[fd00::1]", "6443", NULL},
		{"HTTPS_PROXY=http://p", "0.0.0.0/0", "https://", "api.example", "", "http://p"},
		{"HTTPS_PROXY=http://p", ", ,/,:,[],x/99", "https://", "api.example", "", "http://p"},
	};
	const struct scratch *scratch = *state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *environ_[] = {rows[i].variable,
					  arena_printf(scratch->arena, "no_proxy=%s", rows[i].no_proxy), NULL};
		const char *proxy = kube_proxy_of(scratch->arena, environ_, rows[i].scheme, rows[i].host, rows[i].port);
		if (!text_equal(proxy, rows[i].proxy))
			fail_msg("row %zu: %s", i, proxy ? proxy : "(none)");
	}
}

static const struct kube_exec v1 = {.api_version = "client.authentication.k8s.io/v1"};
#define CREDENTIAL(status) "{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1\"" status "}"

static void test_exec_credentials(void **state)
{
	static const struct {
		const char *text, *message; /* NULL: it is one */
	} rows[] = {
		{CREDENTIAL(",\"status\":{\"token\":\"t\"}"), NULL},
		{CREDENTIAL(",\"status\":{\"token\":\"t\",\"expirationTimestamp\":\"2026-11-27T02:00:00Z\"}"), NULL},
		{"", "it printed nothing"},
		{"\n \n", "it printed nothing"},
		{"SECRET", "is no ExecCredential"},
		{"{\"kind\":\"Secret\"}", "is no ExecCredential"},
		{CREDENTIAL(""), "has no status"},
		{CREDENTIAL(",\"status\":{}"), "neither token nor certificate"},
		{CREDENTIAL(",\"status\":{\"token\":\"a\\nb: SECRET\"}"), "line break"},
		{CREDENTIAL(",\"status\":{\"clientKeyData\":\"SECRET\"}"), "not both"},
		{CREDENTIAL(",\"status\":{\"clientCertificateData\":\"SECRET\",\"clientKeyData\":\"SECRET\"}"),
		 "clientCertificateData: holds no certificate"},
		{CREDENTIAL(",\"status\":{\"token\":\"SECRET\",\"expirationTimestamp\":\"soon\"}"), "no time"},
		{"{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":"
		 "{\"token\":\"SECRET\"}}",
		 "another version"},
	};
	const struct scratch *scratch = *state;
	struct kube_credential credential;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		int result = exec_credential_parse(scratch->arena, &v1, rows[i].text, strlen(rows[i].text), &credential,
						   &err);
		assert_int_equal(result, rows[i].message ? -1 : 0);
		if (rows[i].message && !strstr(err.message, rows[i].message))
			fail_msg("row %zu: %s", i, err.message);
		assert_null(strstr(err.message, "SECRET"));
	}
}

static void test_what_plugins_are_told(void **state)
{
	const struct scratch *scratch = *state;
	const struct kube_exec exec = {.api_version = "client.authentication.k8s.io/v1beta1",
				       .provide_cluster_info = true};
	const struct kube_cluster cluster = {
		.server = "https://h", .tls_server_name = "n", .plugin_config = "{\"audience\":\"x\"}"};
	const struct http_blob authority = {"CA", 2};

	assert_string_equal(exec_credential_info(scratch->arena, &v1, &cluster, &authority),
			    "KUBERNETES_EXEC_INFO={\"apiVersion\":\"client.authentication.k8s.io/v1\",\"kind\":"
			    "\"ExecCredential\",\"spec\":{\"interactive\":false}}");
	assert_string_equal(exec_credential_info(scratch->arena, &exec, &cluster, &authority),
			    "KUBERNETES_EXEC_INFO={\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":"
			    "\"ExecCredential\",\"spec\":{\"cluster\":{\"certificate-authority-data\":\"Q0E=\","
			    "\"config\":{\"audience\":\"x\"},\"server\":\"https://h\",\"tls-server-name\":\"n\"},"
			    "\"interactive\":false}}");
}

/* Recorded from kube-apiserver 1.34.4. */
static void test_answers(void **state)
{
#define FORBIDDEN                                                                                                      \
	"{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"metadata\":{},\"status\":\"Failure\",\"message\":\"deployments." \
	"apps "                                                                                                        \
	"is forbidden: User \\\"dev\\\" cannot list resource \\\"deployments\\\" in API group \\\"apps\\\" in the "    \
	"namespace "                                                                                                   \
	"\\\"default\\\"\",\"reason\":\"Forbidden\",\"details\":{\"group\":\"apps\",\"kind\":\"deployments\"},"        \
	"\"code\":403}"
#define EXEC_FORBIDDEN                                                                                                 \
	"{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods \\\"p\\\" is forbidden: User "                 \
	"\\\"system:serviceaccount:ci:plan\\\" cannot get resource \\\"pods/exec\\\" in API group \\\"\\\" in the "    \
	"namespace "                                                                                                   \
	"\\\"ci\\\"\",\"reason\":\"Forbidden\",\"code\":403}"
	static const struct {
		int code;
		const char *body;
		enum kube_trouble trouble;
		const char *message, *hint;
	} rows[] = {
		{401,
		 "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"Unauthorized\",\"reason\":"
		 "\"Unauthorized\"}",
		 KUBE_UNAUTHORIZED, "Unauthorized", "the token of the user eve has expired"},
		{403, FORBIDDEN, KUBE_FORBIDDEN, "User \"dev\" cannot list resource \"deployments\"",
		 "kubectl create role reconcile-list --verb=list --resource=deployments.apps -n default` and `kubectl "
		 "create rolebinding reconcile-list --role=reconcile-list --user=dev -n default"},
		{403, EXEC_FORBIDDEN, KUBE_FORBIDDEN, "cannot get resource \"pods/exec\"",
		 "--resource=pods/exec -n ci` and `kubectl create rolebinding reconcile-get --role=reconcile-get "
		 "--serviceaccount=ci:plan -n ci"},
		{403,
		 "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"pods is forbidden: User "
		 "\\\"system:anonymous\\\" "
		 "cannot list resource \\\"pods\\\" in API group \\\"\\\" in the namespace \\\"ci\\\"\"}",
		 KUBE_UNAUTHORIZED, "system:anonymous", "the token of the user eve has expired"},
		{404, "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"namespaces \\\"x\\\" not found\"}",
		 KUBE_NOT_FOUND, "not found", NULL},
		{409,
		 "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"already\",\"reason\":\"AlreadyExists\"}",
		 KUBE_EXISTS, "already", NULL},
		{409, "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"conflict\",\"reason\":\"Conflict\"}",
		 KUBE_CONFLICT, "conflict", "run `reconcile --plan` again"},
		{410, "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"too old\",\"reason\":\"Expired\"}",
		 KUBE_GONE, "too old", NULL},
		{422,
		 "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"invalid\",\"reason\":\"Invalid\","
		 "\"details\":"
		 "{\"causes\":[{\"field\":\"spec.selector\",\"message\":\"field is immutable\"}]}}",
		 KUBE_INVALID, "invalid (spec.selector: field is immutable)", NULL},
		{429, "", KUBE_BUSY, "it answered 429", "later"},
		{500, "{\"kind\":\"Status\",\"status\":\"Failure\",\"message\":\"boom\"}", KUBE_BROKEN, "500: boom",
		 NULL},
		{400, "Client sent an HTTP request to an HTTPS server.\n", KUBE_NO_CLUSTER, "wants TLS", "https://"},
		{404, "404 page not found\n", KUBE_NO_CLUSTER, "no Kubernetes API server", NULL},
		{302, "<!DOCTYPE html><html>", KUBE_NO_CLUSTER, "a website", "log in"},
		{200, "{}", KUBE_FINE, "", NULL},
	};
	const struct scratch *scratch = *state;
	const struct kube_cluster cluster = {.name = "one", .server = "https://h"};
	const struct kube_user eve = {.name = "eve", .token = "x", .where = {.file = "f", .line = 1}};
	const struct kube_config config = {.cluster = &cluster, .user = &eve, .context = "a", .from = "f"};

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct kube_status status;
		struct error err = ERROR_INIT;
		bool said = kube_status_parse(scratch->arena, rows[i].body, strlen(rows[i].body), &status);
		enum kube_trouble trouble = kube_trouble_of(
			&(struct kube_failed){&config, rows[i].code, said ? &status : NULL, rows[i].body}, &err);
		assert_int_equal(trouble, rows[i].trouble);
		if (!strstr(err.message, rows[i].message) || (rows[i].hint && !strstr(err.hint, rows[i].hint)))
			fail_msg("row %zu: %s (%s)", i, err.message, err.hint);
	}
}

/* Whoever answers may say anything, and people run what a hint tells them to. */
static void test_no_command_is_made_of_it(void **state)
{
	static const char *const said[] = {
		"User \"u\" cannot get;id resource \"pods\" in API group \"\" in the namespace \"ci\"",
		"User \"u\" cannot  resource \"pods\" in API group \"\" in the namespace \"ci\"",
		"User \"u\" cannot --help resource \"pods\" in API group \"\" in the namespace \"ci\"",
		"User \"u\" cannot get resource \"pods$(id)\" in API group \"\" in the namespace \"ci\"",
		"User \"u\" cannot get resource \"pods\" in API group \"`id`\" in the namespace \"ci\"",
	};
	const struct kube_cluster cluster = {.name = "one", .server = "https://h"};
	const struct kube_user eve = {.name = "eve", .token = "x"};
	const struct kube_config config = {.cluster = &cluster, .user = &eve, .context = "a", .from = "f"};

	(void)state;
	for (size_t i = 0; i < COUNT(said); i++) {
		const struct kube_status status = {.reason = "Forbidden", .message = said[i]};
		struct error err = ERROR_INIT;

		assert_int_equal(kube_trouble_of(&(struct kube_failed){&config, 403, &status, ""}, &err),
				 KUBE_FORBIDDEN);
		assert_string_equal(err.message, said[i]);
		assert_string_equal(err.hint, "");
	}
}

static void test_paths(void **state)
{
	CLEANUP_TEXT struct text path = kube_path("/api/v1/namespaces/%s/pods?labelSelector=%s", "a/b", "app=x,y");
	CLEANUP_TEXT struct text written = kube_path("?labelSelector=app%%3D%s", "x%");

	(void)state;
	assert_string_equal(text_string(&path), "/api/v1/namespaces/a%2Fb/pods?labelSelector=app%3Dx%2Cy");
	assert_string_equal(text_string(&written), "?labelSelector=app%3Dx%25");
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, scratch_setup, scratch_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_resolution),
		TEST(test_what_is_refused),
		TEST(test_missing_files),
		TEST(test_pod),
		TEST(test_proxies),
		TEST(test_exec_credentials),
		TEST(test_what_plugins_are_told),
		TEST(test_answers),
		TEST(test_no_command_is_made_of_it),
		TEST(test_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
