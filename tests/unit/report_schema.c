/* The committed schema is what the field table says. */
#include "base/buffer.h"
#include "base/file.h"
#include "base/json.h"
#include "report/reference.h"
#include "report/schema.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_committed(void **state)
{
	CLEANUP_BUFFER struct buffer committed = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text now = TEXT_INIT;
	struct error err = ERROR_INIT;

	(void)state;
	if (file_read("schemas/state.schema.json", BUFFER_TEXT_CAP, &committed, &err) < 0)
		fail_msg("%s (run from the repository)", err.message);
	schema_state_print(&now);
	if (strcmp(buffer_text(&committed), text_string(&now)) != 0)
		fail_msg("stale: reconcile --schema > schemas/state.schema.json");
}

static void test_valid_json(void **state)
{
	CLEANUP_TEXT struct text now = TEXT_INIT;
	CLEANUP_JSON cJSON *schema = NULL;

	(void)state;
	schema_state_print(&now);
	assert_int_equal(json_parse(text_string(&now), now.length, &schema, NULL), 0);
	assert_string_equal(json_string(schema, "$schema"), "http://json-schema.org/draft-07/schema#");
	assert_non_null(json_get(json_get(schema, "definitions"), "rule"));
}

static void test_reference(void **state)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	struct document page = {.out = &text};

	(void)state;
	reference_print(&page);
	assert_non_null(strstr(text_string(&text), "| `keep-state` | true or false | `true` |"));
	assert_non_null(strstr(text_string(&text), "### Driver `remote`"));
	assert_non_null(strstr(text_string(&text), "| `env.NAME` | text | replaces |"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_committed),
		cmocka_unit_test(test_valid_json),
		cmocka_unit_test(test_reference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
