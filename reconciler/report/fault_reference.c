/* The table of faults as Markdown for the README, and as JSON for programs. */
#include "report/schema.h"

#include "base/json.h"
#include "model/fault.h"
#include "report/words.h"

#include <string.h>

static const char *const menders[] = {
	[REPAIR_NONE] = "you",
	[REPAIR_ASIDE] = "`--apply`",
	[REPAIR_DECLARED] = "`--apply`, declared",
};

/* A table's cell: its marks go, and what stands for a path or a name says so. */
static void cell(struct buffer *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (text[0] == '%' && text[1] == 's') {
			(void)buffer_puts(out, "FILE");
			text++;
		} else if (text[0] == '%' && text[1] == 'n') {
			(void)buffer_puts(out, "NAME");
			text++;
		} else if (*text == '|') {
			(void)buffer_puts(out, "\\|");
		} else {
			(void)buffer_append(out, text, 1);
		}
	}
	(void)buffer_puts(out, " | ");
}

void faults_reference_print(struct buffer *out)
{
	size_t count;
	const struct fault_kind *kinds = fault_kind_table(&count);

	(void)buffer_puts(out, "| fault | cause | mend | mended by |\n|---|---|---|---|\n");
	for (size_t i = 0; i < count; i++) {
		(void)buffer_printf(out, "| `%s` | ", kinds[i].code);
		cell(out, kinds[i].cause);
		cell(out, kinds[i].mend);
		(void)buffer_printf(out, "%s |\n", menders[kinds[i].repair]);
	}
}

void faults_reference_print_json(struct buffer *out)
{
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "faults");
	size_t count;
	const struct fault_kind *kinds = fault_kind_table(&count);

	for (size_t i = 0; i < count; i++) {
		cJSON *item = json_append_object(list);

		json_add_string(item, "code", kinds[i].code);
		json_add_string(item, "cause", kinds[i].cause);
		json_add_string(item, "repair", repair_name(kinds[i].repair));
	}
	json_print(json, out);
}
