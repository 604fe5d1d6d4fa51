/* HTML that foreign text cannot leave: the page with hostile text wherever text can be has the elements and attributes
 * that it has with a tame one, all of them of the few that we use; it loads and runs nothing; and it holds what a
 * screen reader goes by. */
#include "page_world.h"

#include "base/text.h"
#include "report/html.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <string.h>

static const char *const elements[] = {
	"html",	   "head",    "meta",	"title",
	"style",   "body",    "a",	"svg",
	"defs",	   "symbol",  "circle", "path",
	"pattern", "use",     "rect",	"text",
	"line",	   "desc",    "header", "p",
	"span",	   "h1",      "h2",	"h3",
	"h4",	   "h5",      "div",	"dl",
	"dt",	   "dd",      "nav",	"ul",
	"ol",	   "li",      "main",	"section",
	"table",   "thead",   "tbody",	"tr",
	"th",	   "td",      "pre",	"code",
	"details", "summary", "del",	"ins",
	"b",	   "strong",  "footer", "foreignObject",
};
static const char *const empty[] = {"meta", "circle", "path", "use", "rect", "line"};
static const char *const attributes[] = {
	"lang",
	"charset",
	"http-equiv",
	"content",
	"name",
	"class",
	"href",
	"width",
	"height",
	"viewBox",
	"id",
	"d",
	"cx",
	"cy",
	"r",
	"x",
	"y",
	"x1",
	"x2",
	"y1",
	"y2",
	"rx",
	"patternUnits",
	"patternTransform",
	"role",
	"tabindex",
	"scope",
	"open",
	"aria-hidden",
	"aria-label",
	"aria-labelledby",
	"preserveAspectRatio",
};

static bool is_one_of(const char *const *list, size_t count, const char *text, size_t length)
{
	for (size_t i = 0; i < count; i++)
		if (strlen(list[i]) == length && !strncmp(list[i], text, length))
			return true;
	return false;
}

/* An open element; the depth is that of the page. */
struct reading {
	const char *open[64];
	size_t lengths[64], depth, headings;
	struct text skeleton;
};

/* What varies with the number of lines and of commands in a text. */
static bool is_of_text(const char *name, size_t length)
{
	static const char *const names[] = {"code", "ins", "del"};

	return is_one_of(names, COUNT(names), name, length);
}

static const char *read_attribute(struct reading *reading, const char *at, bool keep)
{
	size_t length = strcspn(at, "= />");

	if (!is_one_of(attributes, COUNT(attributes), at, length))
		fail_msg("an attribute that is not ours: %.80s", at);
	if (keep)
		text_printf(&reading->skeleton, " %.*s", (int)length, at);
	const char *value = at + length;
	if (*value != '=')
		return value;
	assert_int_equal(value[1], '"');
	const char *end = strchr(value + 2, '"');
	assert_non_null(end);
	if (length == 4 && !strncmp(at, "href", 4))
		assert_int_equal(value[2], '#');
	assert_true(strcspn(value + 2, "<>") > (size_t)(end - value - 2));
	return end + 1;
}

static void close_element(struct reading *reading, const char *name, size_t length)
{
	if (reading->depth == 0 || reading->lengths[reading->depth - 1] != length ||
	    strncmp(reading->open[reading->depth - 1], name, length) != 0)
		fail_msg("</%.*s> ends something else", (int)length, name);
	reading->depth--;
}

static void check_heading(struct reading *reading, const char *name, size_t length)
{
	if (length != 2 || name[0] != 'h' || !isdigit((unsigned char)name[1]))
		return;
	size_t level = (size_t)(name[1] - '0');
	if (level > reading->headings + 1)
		fail_msg("h%zu after h%zu", level, reading->headings);
	reading->headings = level;
}

static const char *read_element(struct reading *reading, const char *at)
{
	bool ends = at[1] == '/';
	const char *name = at + 1 + ends;
	size_t length = strcspn(name, " />\n");

	if (!is_one_of(elements, COUNT(elements), name, length))
		fail_msg("an element that is not ours: %.80s", at);
	if (ends) {
		close_element(reading, name, length);
		return name + length + 1;
	}
	bool keep = !is_of_text(name, length);
	check_heading(reading, name, length);
	if (keep)
		text_printf(&reading->skeleton, "<%.*s", (int)length, name);
	for (at = name + length; *at == ' ';)
		at = read_attribute(reading, at + 1, keep);
	if (is_one_of(empty, COUNT(empty), name, length) || *at == '/')
		return strchr(at, '>') + 1;
	assert_int_equal(*at, '>');
	assert_true(reading->depth < COUNT(reading->open));
	reading->open[reading->depth] = name;
	reading->lengths[reading->depth++] = length;
	return at + 1;
}

/* The elements in order, with the names of their attributes; fails where it is not well formed. */
static void read_page(const char *page, struct reading *reading)
{
	assert_true(text_starts(page, "<!DOCTYPE html>\n"));
	for (const char *at = strchr(page, '\n'); *at;)
		if (*at == '<' && text_starts(at, "<style>"))
			at = strstr(at, "</style>") + strlen("</style>");
		else if (*at == '<')
			at = read_element(reading, at);
		else if (*at == '&' && !text_starts(at, "&amp;") && !text_starts(at, "&lt;") &&
			 !text_starts(at, "&gt;") && !text_starts(at, "&quot;") && !text_starts(at, "&#39;"))
			fail_msg("a bare & in %.40s", at);
		else if ((unsigned char)*at < ' ' && *at != '\n' && *at != '\t')
			fail_msg("a control character: %.20s", at);
		else
			at++;
	assert_int_equal(reading->depth, 0);
}

static void write_page(struct arena *arena, bool tame, struct text *out)
{
	struct report_options options = {.format = FORMAT_TEXT, .now = 1800000000, .held = pick("</p><b>", tame)};
	struct page_world world;

	page_world_make(arena, tame, &world);
	page_html(&world.content, &options, out);
	page_world_done(&world);
}

static void test_nothing_leaves(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text bad = TEXT_INIT, good = TEXT_INIT;
	struct reading bad_reading = {0}, good_reading = {0};

	(void)state;
	write_page(arena, false, &bad);
	write_page(arena, true, &good);
	read_page(text_string(&bad), &bad_reading);
	read_page(text_string(&good), &good_reading);
	assert_true(good_reading.skeleton.length > 10000);
	const char *a = text_string(&bad_reading.skeleton), *b = text_string(&good_reading.skeleton);
	for (size_t i = 0; a[i] || b[i]; i++)
		if (a[i] != b[i])
			fail_msg("other elements: %.200s\nthan %.200s", a + (i < 100 ? 0 : i - 100),
				 b + (i < 100 ? 0 : i - 100));
	text_done(&bad_reading.skeleton);
	text_done(&good_reading.skeleton);
}

/* It needs nothing, and says so to the browser. */
static void test_complete_in_itself(void **state)
{
	static const char *const needed[] = {
		"<html lang=\"en\">",
		"default-src 'none'; style-src 'unsafe-inline'; img-src data:",
		"<meta name=\"viewport\"",
		"<main id=\"main\">",
		"<nav aria-label=",
		"<h1>",
		"prefers-color-scheme: dark",
		"prefers-reduced-motion",
		"@media print",
		":focus-visible",
		"scope=\"col\"",
		"role=\"img\"",
	};
	static const char *const never[] = {"<script", "<link", "<img", "<iframe", "@import", "url(http", "src=\""};
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text page = TEXT_INIT;

	(void)state;
	write_page(arena, false, &page);
	for (size_t i = 0; i < COUNT(needed); i++)
		if (!strstr(text_string(&page), needed[i]))
			fail_msg("it lacks %s", needed[i]);
	for (size_t i = 0; i < COUNT(never); i++)
		if (strstr(text_string(&page), never[i]))
			fail_msg("it has %s", never[i]);
	assert_null(strstr(page_style(), "/*"));
	assert_non_null(strstr(page_style(), "content: \"$ \""));
}

static void test_escapes(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text out = TEXT_INIT;
	struct html html = {.out = &out, .arena = arena};
	static const struct {
		const char *text, *html;
	} rows[] = {
		{"a&b", "a&amp;b"},
		{"<b>\"x'", "&lt;b&gt;&quot;x&#39;"},
		{"&amp;", "&amp;amp;"},
		{"\x1b[31m", "\\x1b[31m"},
		{"a\nb", "a\\nb"},
		{"tcp://u:secret@host", "tcp://u:(sensitive)@host"},
		{NULL, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		text_clear(&out);
		html_printf(&html, "%s%%%d%zu", rows[i].text, -1, (size_t)2);
		assert_string_equal(text_string(&out), arena_printf(arena, "%s%%-12", rows[i].html));
	}
	text_clear(&out);
	html_prose(&html, "run `a <b>` or ` alone");
	assert_string_equal(text_string(&out), "run <code>a &lt;b&gt;</code> or ` alone");
	text_clear(&out);
	html_lines(&html, "a\n\t<b>\x07");
	assert_string_equal(text_string(&out), "a\n\t&lt;b&gt;\\x07");
}

/* What there is nothing of is left out, and the page stands. */
static void test_little(void **state)
{
	struct records none = {0};
	struct report_options options = {.now = 1800000000};
	struct page_content content = {
		.mode = "history", .version = "0.1.0", .command = "reconcile --history", .records = &none};
	CLEANUP_TEXT struct text page = TEXT_INIT;
	struct reading reading = {0};

	(void)state;
	page_html(&content, &options, &page);
	read_page(text_string(&page), &reading);
	assert_non_null(strstr(text_string(&page), "No records yet"));
	assert_null(strstr(text_string(&page), "id=\"map\""));
	text_done(&reading.skeleton);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nothing_leaves),
		cmocka_unit_test(test_complete_in_itself),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
