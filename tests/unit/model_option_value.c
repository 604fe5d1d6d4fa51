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
		{"kubernetes", "limits.cpu", "0.7", "700m", true},
		{"kubernetes", "limits.cpu", "500000u", "500m", true},
		{"kubernetes", "limits.cpu", "700m", "701m", false},
		{"kubernetes", "limits.memory", "1.5Gi", "1536Mi", true},
		{"kubernetes", "limits.memory", "8Ei", "8192Pi", true},
		{"kubernetes", "persistent-volume-claim.requests.storage", "0.5Gi", "512Mi", true},
		{"kubernetes", "replicas", "1", NULL, true},
		{"kubernetes", "replicas", "0", NULL, false},
		{"kubernetes", "loadbalance", "sticky", NULL, true},
		{"kubernetes", "loadbalance", "random", NULL, false},
		{"kubernetes", "timeout", "2m", NULL, true},
		{"kubernetes", "serviceaccount", "default", NULL, true},
		{"kubernetes", "namespace", "default", NULL, false},
		{"kubernetes", "labels", "a=1,b=2", "\"b=2,a=1\"", true},
		{"kubernetes", "labels", "a=1,b=2", "a=1", false},
		{"kubernetes", "labels", "a=1,a=2", "a=2", true},
		{"kubernetes", "nodeselector", "a=1", "a=", false},
		{"kubernetes", "annotations", "a=x y", "a=x y", true},
		{"kubernetes", "annotations", "a=x y", "a=x  y", false},
		{"kubernetes", "tolerations", "key=a,value=b;operator=Exists",
		 "operator=Exists;value=b,operator=Equal,key=a", true},
		{"kubernetes", "tolerations", "key=a,value=b", "key=a,value=b;key=a,value=b", false},
		{"kubernetes", "tolerations", "key=a,value=b", "key=a,value=b,effect=NoExecute", false},
		{"docker-container", "restart-policy", "unless-stopped", NULL, true},
		{"docker-container", "network", "default", NULL, false}, /* or bridge: which, the container tells */
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
