/* Forms of reports. */
#include "cli/format.h"

#include "base/text_buffer.h"

static const char *const names[FORMAT_COUNT] = {
	[FORMAT_TEXT] = "text",	    [FORMAT_JSON] = "json",	[FORMAT_MARKDOWN] = "markdown",
	[FORMAT_GITHUB] = "github", [FORMAT_GITLAB] = "gitlab",
};

enum {
	LISTS = 1 << FORMAT_TEXT | 1 << FORMAT_JSON | 1 << FORMAT_MARKDOWN,
	ALL_FORMATS = (1 << FORMAT_COUNT) - 1,
};

/* Annotations are of changes, faults and mistakes; a list of what there is has none. The status of builders is given to
 * later steps of a job, with the table for its log. */
static const unsigned of_mode[MODE_COUNT] = {
	[MODE_PLAN] = ALL_FORMATS,
	[MODE_APPLY] = ALL_FORMATS,
	[MODE_CHECK] = ALL_FORMATS,
	[MODE_STATUS] = LISTS | 1 << FORMAT_GITHUB,
	[MODE_VALIDATE] = ALL_FORMATS,
	[MODE_RESET] = ALL_FORMATS,
	[MODE_ROLLBACK] = ALL_FORMATS,
	[MODE_HISTORY] = LISTS,
	[MODE_FLEET] = LISTS,
	[MODE_SHOW] = ALL_FORMATS,
	[MODE_DOCTOR] = ALL_FORMATS,
	[MODE_GC] = ALL_FORMATS,
	[MODE_SCHEMA] = 1 << FORMAT_TEXT | 1 << FORMAT_JSON,
};

bool format_is_document(enum report_format format)
{
	return format == FORMAT_JSON || format == FORMAT_GITLAB || format == FORMAT_MARKDOWN;
}

const char *format_name(enum report_format format)
{
	return names[format];
}

int format_check(enum mode_id mode, enum report_format format, struct error *err)
{
	CLEANUP_TEXT struct text known = TEXT_INIT;

	if (of_mode[mode] & 1U << format || !of_mode[mode])
		return 0;
	for (int i = 0; i < FORMAT_COUNT; i++)
		if (of_mode[mode] & 1U << i)
			text_printf(&known, "%s%s", known.length > 0 ? "|" : "", names[i]);
	return error_set(err, ERROR_USAGE, "--%s is reported as %s, not as %s", mode_get(mode)->name,
			 text_string(&known), names[format]);
}
