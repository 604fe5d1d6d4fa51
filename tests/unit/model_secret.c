/* What is a secret by its name, and what of a value is shown. */
#include "base/arena.h"
#include "base/count.h"
#include "model/secret.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_names(void **state)
{
	static const struct {
		const char *key;
		bool secret;
	} rows[] = {
		{"env.PASSWORD", true},
		{"env.DB_PASSWORD", true},
		{"env.dbPassword", true},
		{"env.NPM_TOKEN", true},
		{"env.GITHUB_TOKEN_FILE", true},
		{"env.AWS_SECRET_ACCESS_KEY", true},
		{"env.AWS_ACCESS_KEY_ID", true},
		{"env.API_KEY", true},
		{"env.OPENAI_APIKEY", true},
		{"env.api-key", true},
		{"env.PRIVATE_KEY", true},
		{"env.SSH_PRIVATEKEY", true},
		{"env.REGISTRY_AUTH", true},
		{"env.GOOGLE_CREDENTIALS", true},
		{"env.MYSQL_PWD", true},
		{"env.PGPASSWORD", true},
		{"env.AZURE_STORAGE_KEY", true},
		{"env.NPM_AUTHTOKEN", true},
		{"env.GITHUBTOKEN", true},
		{"env.DBPASS", true},
		{"env.PASSWORD1", true},
		{"env.SENTRY_DSN", true},
		{"env.DATABASE_DSN", true},
		{"env.TOKEN2", true},
		{"env.SLACK_WEBHOOK_URL", true},
		{"env.WIFI_PSK", true},
		{"env.ROOTPWD", true},
		{"env.CLIENTSECRET", true},
		{"env.gitHubToken", true},
		{"env.CI_JOB_TOKEN", true},
		{"env.AZURE_CLIENT_SECRET", true},
		{"env.GPG_KEY", true},
		{"env.BYPASS", false},
		{"env.NO_BYPASS", false},
		{"env.PASSENGER_COUNT", false},
		{"env.PATTERN", false},
		{"env.PWD", false},
		{"env.OLDPWD", false},
		{"env.SSH_AUTH_SOCK", false},
		{"env.CREDENTIALS_DIRECTORY", false},
		{"env.AUTH0_DOMAIN", false},
		{"env.SECRETARY", false},
		{"env.PASSIVE_MODE", false},
		{"env.CREDITS", false},
		{"env.KEYS_PER_NODE", false},
		{"env.PUBLIC_KEY", false},
		{"env.CACHE_KEY", false},
		{"env.DATABASE_URL", false},
		{"env.AUTHOR", false},
		{"env.TOKENIZER", false},
		{"env.COMPASS", false},
		{"env.KEY", false},
		{"env.KEYBOARD_LAYOUT", false},
		{"env.API_URL", false},
		{"env.HTTP_PROXY", false},
		{"env.BUILDKIT_STEP_LOG_MAX_SIZE", false},
		{"env.PATH", false},
		{"env.", false},
		{"image", false},
		{"password", false},
		{NULL, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (name_is_secret(rows[i].key) != rows[i].secret)
			fail_msg("%s", rows[i].key ? rows[i].key : "NULL");
}

static void test_urls(void **state)
{
	static const struct {
		const char *text, *shown;
	} rows[] = {
		{"http://u:p@proxy:3128", "http://u:(sensitive)@proxy:3128"},
		{"http://u:p@ss@proxy", "http://u:(sensitive)@proxy"},
		{"http://:p@proxy/path?a=b", "http://:(sensitive)@proxy/path?a=b"},
		{"a http://u:p@one http://v:q@two b", "a http://u:(sensitive)@one http://v:(sensitive)@two b"},
		{"ssh://builder@arm.example.com", "ssh://builder@arm.example.com"},
		{"http://proxy:3128", "http://proxy:3128"},
		{"http://proxy:3128/a@b", "http://proxy:3128/a@b"},
		{"https://ghtoken@github.example/r.git", "https://(sensitive)@github.example/r.git"},
		{"HTTPS://x@h", "HTTPS://(sensitive)@h"},
		{"https://u:@h", "https://u:(sensitive)@h"},
		{"tcp://u@h:1", "tcp://u@h:1"},
		{"git@github.com:moby/buildkit.git", "git@github.com:moby/buildkit.git"},
		{"u:p@proxy:3128", "u:(sensitive)@proxy:3128"},
		{"proxy=u:p@proxy", "proxy=u:(sensitive)@proxy"},
		{"[\"u:p@proxy\"]", "[\"u:(sensitive)@proxy\"]"},
		{"moby/buildkit:v0.26@sha256:0123456789012345678901234567890123456789012345678901234567890123",
		 "moby/buildkit:v0.26@sha256:0123456789012345678901234567890123456789012345678901234567890123"},
		{"buildkit:v1@sha256:0123456789012345678901234567890123456789012345678901234567890123",
		 "buildkit:v1@sha256:0123456789012345678901234567890123456789012345678901234567890123"},
		{"https://h/?password=hunter2&x=1", "https://h/?password=(sensitive)&x=1"},
		{"https://h/?x=1&access_token=hunter2#f", "https://h/?x=1&access_token=(sensitive)#f"},
		{"https://h/?x=1&page=2", "https://h/?x=1&page=2"},
		{"--token=hunter2 --debug", "--token=(sensitive) --debug"},
		{"--token hunter2 --debug", "--token (sensitive) --debug"},
		{"--token --debug", "--token --debug"},
		{"--token=${TOKEN}", "--token=${TOKEN}"},
		{"--oci-worker-gc=true", "--oci-worker-gc=true"},
		{"--allow-insecure-entitlement=network.host", "--allow-insecure-entitlement=network.host"},
		{"type==source.local,until=48h", "type==source.local,until=48h"},
		{"AccountName=a;AccountKey=k1==;X=y", "AccountName=a;AccountKey=(sensitive);X=y"},
		{"Authorization: Bearer hunter22", "Authorization: Bearer (sensitive)"},
		{"the bearer of this", "the bearer of this"},
		{"token ghp_0123456789abcdefghij0123456789abcdef.", "token (sensitive)"},
		{"glpat-0123456789abcdefABCD", "(sensitive)"},
		{"AKIAIOSFODNN7EXAMPLE", "(sensitive)"},
		{"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "(sensitive)"},
		{"gh-pages", "gh-pages"},
		{"ghp_", "ghp_"},
		{"hvs.short", "hvs.short"},
		{"secret_sauce:latest", "secret_sauce:latest"},
		{"a:b@c is shown", "a:(sensitive)@c is shown"},
		{"unix:///run/u@v.sock", "unix:///run/u@v.sock"},
		{"(sensitive)", "(sensitive)"},
		{"token=(sensitive)", "token=(sensitive)"},
		{"plain", "plain"},
		{"", ""},
		{"://", "://"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (strcmp(text_without_password(arena, rows[i].text), rows[i].shown) != 0)
			print_error("%s\n", rows[i].text);
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(text_without_password(arena, rows[i].text), rows[i].shown);
	assert_null(text_without_password(arena, NULL));
}

/* Of what a value looks like when its name says nothing, or leaves a doubt. */
static void test_values(void **state)
{
	static const struct {
		const char *name, *value;
		bool secret;
	} rows[] = {
		{"X", "ghp_0123456789abcdefghij0123456789abcdef", true},
		{"X", "https://h/ghs_0123456789abcdefghij0123456789abcdef/x", true},
		{"X", "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY9z", true},
		{"X", "aB3dE6gH9jK2mN5pQ8sT", true},
		{"X", "-----BEGIN EC PRIVATE KEY-----\nMHc=\n", true},
		{"X", "xoxb-1234567890-abcdef", true},
		{"SIGNING", "00112233445566778899aabbccddeeff00112233", false},
		{"THE_KEY", "00112233445566778899aabbccddeeff", true},
		{"KEY", "00112233445566778899aabbccddeeff", true},
		{"SESSION", "00112233445566778899AABBCCDDEEFF", true},
		{"MONKEY", "00112233445566778899aabbccddeeff", false},
		{"GIT_SHA", "4395203c0ffee0ddba11deadbeef00112233cafe", false},
		{"IMAGE", "moby/buildkit@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
		 false},
		{"DIGEST", "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", false},
		{"UUID", "3f2504e0-4f89-41d3-9a0c-0305e82c3301", false},
		{"CERT", "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUE9Kq3y5hJ0aB3dE6gH9jK2mN5pQ8sT\n", false},
		{"PUB", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB3dE6gH9jK2mN5pQ8sT me@host", false},
		{"REGION", "eu-central-1", false},
		{"TAG", "v0.26.2-rootless-20261126T160646Z", false},
		{"HOST", "builder-1.internal.example.com", false},
		{"WORDS", "BuildKitDaemonNumber12ConfigurationForTeams34", false},
		{"FILE", "/etc/buildkit/certs/Registry.Example.Com_5000/ca.pem", false},
		{"URL", "https://mirror.example.com:5000/v2/", false},
		{"LIST", "linux/amd64,linux/arm64,linux/arm/v7", false},
		{"NUMBER", "123456789012345678901234567890", false},
		{"X", "", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		if (value_is_secret(rows[i].name, rows[i].value) != rows[i].secret)
			fail_msg("%s=%s", rows[i].name, rows[i].value);
	assert_false(value_is_secret("X", NULL));
}

static void test_settings(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	assert_string_equal(setting_shown(arena, "registry.docker.io.token", "x"), SECRET_SHOWN);
	assert_string_equal(setting_shown(arena, "registry.docker.io.mirrors", "[\"https://u:p@m\"]"),
			    "[\"https://u:(sensitive)@m\"]");
	assert_string_equal(setting_shown(arena, "worker.oci.gc", "true"), "true");
}

static void test_pairs(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct pair marked = {.key = "image", .value = "x", .secret = true};
	const struct pair named = {.key = "env.TOKEN", .value = "x"};
	const struct pair proxy = {.key = "env.HTTP_PROXY", .value = "http://u:p@h"};
	const struct pair looks = {.key = "env.X", .value = "ghp_0123456789abcdefghij0123456789abcdef"};
	const struct pair plain = {.key = "network", .value = "host"};

	(void)state;
	assert_string_equal(pair_shown(arena, &marked), SECRET_SHOWN);
	assert_string_equal(pair_shown(arena, &named), SECRET_SHOWN);
	assert_string_equal(pair_shown(arena, &proxy), "http://u:(sensitive)@h");
	assert_string_equal(pair_shown(arena, &plain), "host");
	assert_string_equal(pair_shown(arena, &looks), SECRET_SHOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),	 cmocka_unit_test(test_urls),  cmocka_unit_test(test_values),
		cmocka_unit_test(test_settings), cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
