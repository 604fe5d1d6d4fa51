/* The table of faults as a page of the manual, and as JSON for programs. */
#include "report/fault_reference.h"

#include "report/schema.h"

#include "base/count.h"
#include "base/json.h"
#include "model/evidence.h"
#include "model/fault.h"
#include "report/words.h"

#include <string.h>

static const char *const menders[] = {
	[REPAIR_NONE] = "you",
	[REPAIR_ASIDE] = "`--apply`",
	[REPAIR_DECLARED] = "`--apply`, declared",
};

static const struct column columns[] = {{"fault", false}, {"cause", false}, {"mend", true}, {"mended by", true}};

/* What stands for a path or a name in the table says so. */
static void put_mend(const char *text, struct text *out)
{
	for (; *text; text++)
		if (text[0] != '%')
			text_append(out, text, 1);
		else if (*++text != 'f')
			text_puts(out, *text == 's' ? "FILE" : "NAME");
}

static const struct column evidence_columns[] = {
	{"observation", false}, {"what is seen of a node", false}, {"it is", true}, {"unasked, an apply may", true}};

/* The bits of `may` in the order in which they are tried. */
static void put_may(unsigned may, struct text *out)
{
	if (may == 0)
		text_puts(out, "do nothing");
	for (unsigned bit = 1; may != 0; bit <<= 1) {
		if (!(may & bit))
			continue;
		may &= ~bit;
		text_printf(out, "%s%s", may_name(bit), may != 0 ? "; then " : "");
	}
}

static void put_evidence(struct document *page)
{
	document_heading(page, "Evidence");
	document_text(
		page,
		"What an observation proves of a node, and what an apply may do about it without being asked. Only "
		"proof leads to an act: a deadline that passed, a refusal and a silence are `?` in a plan, and exit "
		"8 where something was to be done there. What is tried is verified by a small build, and what is "
		"given up is retained.");
	document_table(page, evidence_columns, COUNT(evidence_columns));
	for (enum seen seen = SEEN_NOTHING; seen < SEEN_COUNT; seen++) {
		CLEANUP_TEXT struct text name = TEXT_INIT, may = TEXT_INIT;
		const struct seen_kind *kind = seen_kind(seen);

		text_printf(&name, "`%s`", kind->name);
		put_may(kind->may, &may);
		document_row(page, (const char *[]){text_string(&name), kind->what, evidence_name(kind->proves),
						    text_string(&may)});
	}
}

void faults_reference_print(struct document *page)
{
	size_t count;
	const struct fault_kind *kinds = fault_kind_table(&count);

	document_title(page, "reconcile-faults", 7, "what can be broken in a BuildX installation, and what mends it");
	document_heading(page, "Description");
	document_text(page,
		      "`reconcile --doctor` names each of these faults with what was seen, its cause, and the "
		      "command or the line of a state file that mends it. It changes nothing, and needs no state "
		      "file. `reconcile --doctor --format json` gives the same to programs; the names are stable.");
	document_text(page,
		      "Mended by `--apply`: the next apply does it, whatever the state file says; a damaged file is "
		      "moved into the record, never deleted, and `reconcile --rollback` brings it back. Mended by "
		      "`--apply`, declared: once the state file says how the builder or context shall be. Mended by "
		      "you: only a person knows what is right.");
	document_heading(page, "Faults");
	document_table(page, columns, COUNT(columns));
	for (size_t i = 0; i < count; i++) {
		CLEANUP_TEXT struct text code = TEXT_INIT, mend = TEXT_INIT;

		text_printf(&code, "`%s`", kinds[i].code);
		put_mend(kinds[i].mend, &mend);
		document_row(page, (const char *[]){text_string(&code), kinds[i].cause, text_string(&mend),
						    menders[kinds[i].repair]});
	}
	put_evidence(page);
	document_see_also(page, "");
}

void faults_reference_print_json(struct text *out)
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
