/* Whatever comes as a saved plan: no crash; what is taken is written, and read back to the same text; and nothing that
 * is shown of it to people can steer a terminal. */
#include "base/json.h"
#include "codec/plan.h"
#include "plan/saved.h"
#include "report/plan.h"
#include "report/report.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void print(const struct plan *plan, struct text *out)
{
	CLEANUP_JSON cJSON *json = plan_to_json(plan);

	json_print(json, out);
}

static bool is_control(unsigned char byte)
{
	return (byte < ' ' && byte != '\n') || byte == 0x7f;
}

static void show(const struct plan *plan)
{
	for (enum report_format format = FORMAT_TEXT; format < FORMAT_COUNT; format++) {
		CLEANUP_TEXT struct text text = TEXT_INIT;
		const struct report_options options = {.format = format, .verbose = true};

		report_plan(plan, &options, &text);
		for (size_t i = 0; i < text.length; i++)
			if (is_control((unsigned char)text.data[i])) {
				fprintf(stderr, "format %d: byte %02x after \"%.*s\"\n", (int)format,
					(unsigned char)text.data[i], (int)(i < 60 ? i : 60),
					text.data + i - (i < 60 ? i : 60));
				abort();
			}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_TEXT struct text first = TEXT_INIT, second = TEXT_INIT;
	CLEANUP_JSON cJSON *json = NULL, *again = NULL;
	struct plan *plan = NULL, *reread = NULL;

	if (json_parse((const char *)data, size, &json, NULL) < 0 || plan_from_json(json, &plan, NULL) < 0)
		return 0;
	plan_json_check_id(json, NULL);
	print(plan, &first);
	show(plan);
	if (json_parse(first.data, first.length, &again, NULL) < 0 || plan_from_json(again, &reread, NULL) < 0)
		abort();
	print(reread, &second);
	if (first.length != second.length || memcmp(first.data, second.data, first.length) != 0)
		abort();
	/* What was reviewed is held against what would be done now; addresses that come twice may make it refuse. */
	plan_restrict_to_saved(reread, plan, NULL);
	plan_free(reread);
	plan_free(plan);
	return 0;
}
