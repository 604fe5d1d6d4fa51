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
		{"plain", "plain"},
		{"", ""},
		{"://", "://"},
	};
	CLEANUP_ARENA struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_string_equal(text_without_password(arena, rows[i].text), rows[i].shown);
	assert_null(text_without_password(arena, NULL));
}

static void test_pairs(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const struct pair marked = {.key = "image", .value = "x", .secret = true};
	const struct pair named = {.key = "env.TOKEN", .value = "x"};
	const struct pair proxy = {.key = "env.HTTP_PROXY", .value = "http://u:p@h"};
	const struct pair plain = {.key = "network", .value = "host"};

	(void)state;
	assert_string_equal(pair_shown(arena, &marked), SECRET_SHOWN);
	assert_string_equal(pair_shown(arena, &named), SECRET_SHOWN);
	assert_string_equal(pair_shown(arena, &proxy), "http://u:(sensitive)@h");
	assert_string_equal(pair_shown(arena, &plain), "host");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_urls),
		cmocka_unit_test(test_pairs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
