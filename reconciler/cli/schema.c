/* --schema [state|reference|faults]: the JSON schema of state files, their reference as Markdown, both from the field
 * table; the faults that --doctor knows, from theirs. */
#include "report/schema.h"
#include "cli/session.h"

static const struct {
	const char *name;
	void (*print)(struct buffer *out);
	void (*print_json)(struct buffer *out); /* for --format json; NULL: there is one form */
} schemas[] = {
	{"state", schema_state_print, NULL},
	{"reference", reference_print, NULL},
	{"faults", faults_reference_print, faults_reference_print_json},
};

int mode_schema(struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	const struct strings *operands = &session->options->operands;
	const char *what = operands->count > 0 ? operands->items[0] : schemas[0].name;
	bool json = session->out.format == FORMAT_JSON;
	struct error err = ERROR_INIT;

	for (size_t i = 0; i < sizeof(schemas) / sizeof(schemas[0]); i++) {
		if (!text_equal(what, schemas[i].name))
			continue;
		(json && schemas[i].print_json ? schemas[i].print_json : schemas[i].print)(&text);
		return session_print(session, &text);
	}
	error_set(&err, ERROR_USAGE, "--schema prints state, reference or faults, not \"%s\"", what);
	return session_fail(session, &err);
}
