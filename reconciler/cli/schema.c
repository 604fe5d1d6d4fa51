/* --schema [WHAT]: the JSON schema of state files, or a page of the manual as Markdown or as a man page; all from the
 * tables of fields, driver options, faults, modes and options. */
#include "report/schema.h"
#include "base/count.h"
#include "cli/command_page.h"
#include "cli/schema.h"
#include "cli/session.h"
#include "report/fault_reference.h"
#include "report/reference.h"

static const struct {
	const char *name, *man; /* as it is asked for, as a man page too */
	void (*print)(struct document *page);
	void (*print_json)(struct text *out); /* for --format json; NULL: there is one form */
} pages[] = {
	{"command", "reconcile.1", command_page_print, NULL},
	{"reference", "reconcile.yaml.5", reference_print, NULL},
	{"faults", "reconcile-faults.7", faults_reference_print, faults_reference_print_json},
};

const char *schema_page(size_t index)
{
	if (index == 0)
		return "state";
	index--;
	return index < COUNT(pages) * 2 ? (index % 2 ? pages[index / 2].man : pages[index / 2].name) : NULL;
}

int mode_schema(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const struct strings *operands = &session->options->operands;
	const char *what = operands->count > 0 ? operands->items[0] : "state";
	bool json = session->out.format == FORMAT_JSON, state = text_equal(what, "state");
	struct error err = ERROR_INIT;

	if (state)
		schema_state_print(&text);
	for (size_t i = 0; i < COUNT(pages) && !state; i++) {
		bool man = text_equal(what, pages[i].man);
		struct document page = {.form = man ? DOCUMENT_MAN : DOCUMENT_MARKDOWN, .out = &text};

		if (json && pages[i].print_json && text_equal(what, pages[i].name))
			pages[i].print_json(&text);
		else if (man || text_equal(what, pages[i].name))
			pages[i].print(&page);
	}
	if (text.length > 0)
		return session_write(session, &text);
	error_set(&err, ERROR_USAGE, "--schema prints state, command, reference or faults, not \"%s\"", what);
	return session_fail(session, &err);
}
