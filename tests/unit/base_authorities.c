/* Where the authorities that the system trusts are looked for. */
#include "base/authorities.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* The environment comes first, there or not; SSL_CERT_DIR does not put the system's file aside, nor the other way. */
static void test_environment(void **state)
{
	static const struct {
		const char *const environ[3];
		const char *file, *folder; /* NULL: what it is without */
	} rows[] = {
		{{NULL}, NULL, NULL},
		{{"SSL_CERT_FILE=/no/such.pem", NULL}, "/no/such.pem", NULL},
		{{"SSL_CERT_DIR=/no/folder", NULL}, NULL, "/no/folder"},
		{{"SSL_CERT_DIR=/no/folder", "SSL_CERT_FILE=/no/such.pem", NULL}, "/no/such.pem", "/no/folder"},
		{{"SSL_CERT_FILE=", "SSL_CERT_DIR=", NULL}, NULL, NULL},
	};
	struct authorities without;

	(void)state;
	authorities_find(NULL, &without);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *file = rows[i].file ? rows[i].file : without.file;
		const char *folder = rows[i].folder ? rows[i].folder : without.folder;
		struct authorities found;

		authorities_find(rows[i].environ, &found);
		assert_string_equal(found.file ? found.file : "", file ? file : "");
		assert_string_equal(found.folder ? found.folder : "", folder ? folder : "");
	}
}

static void test_places(void **state)
{
	struct authorities without;

	(void)state;
	authorities_find(NULL, &without);
	if (without.file)
		assert_non_null(strstr(AUTHORITIES_PLACES, without.file));
	if (without.folder)
		assert_non_null(strstr(AUTHORITIES_PLACES, without.folder));
	assert_non_null(strstr(AUTHORITIES_PLACES, "SSL_CERT_FILE, SSL_CERT_DIR, "));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_environment),
		cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
