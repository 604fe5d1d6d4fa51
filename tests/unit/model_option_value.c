/* When two values of a driver option mean the same; what each may be is in tests/conform/vectors. */
#include "model/option_value.h"

#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void test_same(void **state)
{
	static const struct {
		const char *driver, *key, *one, *other; /* NULL: not given */
		bool same;
	} rows[] = {
		{"docker-container", "memory", "1g", "1024m", true},
		{"docker-container", "memory", "1g", "1025m", false},
		{"docker-container", "memory", "nonsense", "rubbish", false},
		{"docker-container", "memory-swap", "2g", "2147483648", true},
		{"docker-container", "memory-swap", "-1", "2g", false},
		{"docker-container", "cpu-quota", "+5", "5", true},
		{"docker-container", "cpu-quota", "5", NULL, false},
		{"docker-container", "default-load", "1", "True", true},
		{"docker-container", "default-load", "f", NULL, true},
		{"docker-container", "default-load", "t", NULL, false},
		{"docker-container", "default-load", "yes", "true", false},
		{"docker-container", "network", "host", "Host", false},
		{"kubernetes", "replicas", "02", "2", true},
		{"kubernetes", "timeout", "120s", "2m", true},
		{"kubernetes", "timeout", "120s", "2h", false},
		{"kubernetes", "limits.memory", "1Gi", "1024Mi", true},
		{"kubernetes", "limits.memory", "1Gi", "1G", false},
		{"kubernetes", "limits.cpu", "500m", "0.5", true},
		{"kubernetes", "limits.cpu", "1e3", "1k", true},
		{"kubernetes", "limits.cpu", "1e-3", "1m", true},
		{"kubernetes", "limits.cpu", "1e999", "2e999", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct driver_option *option = driver_option_find(rows[i].driver, rows[i].key);

		if (option_value_same(option, rows[i].one, rows[i].other) != rows[i].same ||
		    option_value_same(option, rows[i].other, rows[i].one) != rows[i].same)
			fail_msg("%s: %s and %s are %sthe same", rows[i].key, rows[i].one, rows[i].other,
				 rows[i].same ? "" : "not ");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
