/* Certificates and keys: what docker could use is taken, what it could not is told. */
#include "base/count.h"
#include "base/pem.h"
#include "pem_files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

static void expect_key(const char *text, const char *problem)
{
	struct error err = ERROR_INIT;
	int result = pem_key_check(text, strlen(text), &err);

	assert_int_equal(result, *problem == '\0' ? 0 : -1);
	if (!strstr(err.message, problem))
		fail_msg("\"%s\" does not say \"%s\"", err.message, problem);
}

static void test_certificates(void **state)
{
	static const char *const bad[] = {"", "CERT", PEM_KEY,
					  "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(pem_certificate_check(PEM_CERTIFICATE, strlen(PEM_CERTIFICATE), &err), 0);
	for (size_t i = 0; i < COUNT(bad); i++) {
		assert_int_equal(pem_certificate_check(bad[i], strlen(bad[i]), &err), -1);
		assert_non_null(strstr(err.message, "no certificate"));
	}
}

/* Standard input is no terminal here or it is: a pass phrase is asked for nowhere. */
static void test_keys(void **state)
{
	(void)state;
	expect_key(PEM_KEY, "");
	expect_key(PEM_OTHER_KEY, "");
	expect_key(PEM_LOCKED_KEY, "pass phrase");
	expect_key(PEM_OLD_LOCKED_KEY, "pass phrase");
	expect_key(PEM_CERTIFICATE, "no private key");
	expect_key("", "no private key");
}

static void test_pairs(void **state)
{
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(pem_pair_check(PEM_CERTIFICATE, strlen(PEM_CERTIFICATE), PEM_KEY, strlen(PEM_KEY), &err), 0);
	assert_int_equal(
		pem_pair_check(PEM_CERTIFICATE, strlen(PEM_CERTIFICATE), PEM_OTHER_KEY, strlen(PEM_OTHER_KEY), &err),
		-1);
	assert_non_null(strstr(err.message, "is not the key of the certificate"));
}

/* Good from 2026-11-24 17:01 UTC to the year 2126. */
static void test_times(void **state)
{
	static const struct {
		time_t now;
		const char *says; /* NULL: it is good */
	} rows[] = {
		{1795539659, "is not valid before 2026-11-24"},
		{1795539661, NULL},
		{4949139659, NULL},
		{4949139661, "has expired on 2126-10-31"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct error err = ERROR_INIT;
		int result = pem_certificate_check_time(PEM_CERTIFICATE, strlen(PEM_CERTIFICATE), rows[i].now, &err);
		assert_int_equal(result, rows[i].says ? -1 : 0);
		assert_string_equal(err.message, rows[i].says ? rows[i].says : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_certificates),
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
