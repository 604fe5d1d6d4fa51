/* Markdown that names and values cannot leave, held against GitHub's own parser (cmark-gfm): every report, with hostile
 * text wherever text can be, has the blocks that it has with tame text, no link, image or HTML but ours, and nothing
 * outside of code that GitHub would make a link of afterwards. */
#include "base/count.h"
#include "base/spawn.h"
#include "base/text.h"
#include "page_world.h"
#include "report/faults.h"
#include "report/markdown.h"
#include "report/plan.h"
#include "report/problems.h"
#include "report/records.h"
#include "report/result.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The text wherever a plan has some. */
static void make_change(struct arena *arena, const char *text, bool tame, struct change *ret_change)
{
	struct field_change *fields = ARENA_ARRAY(arena, struct field_change, 3);
	const char *name = pick(text, tame);

	fields[0] = (struct field_change){.path = name, .before = name, .after = "b", .note = name};
	fields[1] = (struct field_change){.path = name, .after = name, .forces_replacement = true};
	fields[2] = (struct field_change){
		.path = name, .before = "one\ntwo", .after = arena_printf(arena, "one\n%s", name)};
	*ret_change = (struct change){.address = name,
				      .name = name,
				      .action = ACTION_CHANGE,
				      .reason = arena_printf(arena, "%s and %s", name, name),
				      .fields = fields,
				      .field_count = 3,
				      .cache_note = name,
				      .detail = arena_printf(arena, "away: %s", name),
				      .blocked = name,
				      .source = {.file = name, .line = 1}};
}

struct reports {
	struct plan plan;
	struct change_result *results;
	struct faults faults;
	struct records records;
	struct diagnostics problems;
};

static void make_reports(struct arena *arena, bool tame, struct reports *ret)
{
	static const struct fault_kind kind = {.code = "instance-empty", .cause = "it is empty"};
	size_t count = COUNT(hostile);

	*ret = (struct reports){.plan = {.complete = true, .subject = pick(hostile[0], tame)}};
	ret->plan.changes = ARENA_ARRAY(arena, struct change, 2 * count);
	ret->plan.change_count = 2 * count;
	ret->results = results_new(arena, 2 * count);
	ret->records.items = ARENA_ARRAY(arena, struct record, count);
	ret->records.count = count;
	for (size_t i = 0; i < count; i++) {
		const char *text = pick(hostile[i], tame);
		struct error problem = {.kind = ERROR_INVALID, .line = 1, .column = 1};
		struct fault *fault = ARENA_PUSH(arena, ret->faults.items, ret->faults.count);
		char subject[64];

		make_change(arena, hostile[i], tame, &ret->plan.changes[2 * i]);
		ret->plan.changes[2 * i + 1] =
			(struct change){.address = text, .action = ACTION_REPAIR, .reason = text, .detail = text};
		ret->results[2 * i].status = CHANGE_FAILED;
		error_set(ret->results[2 * i].error, ERROR_OTHER, "%s", text);
		error_hint(ret->results[2 * i].error, "%s", text);
		ret->results[2 * i + 1].status = CHANGE_DONE;
		snprintf(ret->results[2 * i + 1].note, RESULT_NOTE, "to %s", text);
		strings_add(arena, &ret->plan.unknown, arena_printf(arena, "engine %s", text));
		strings_add(arena, &ret->plan.unmanaged, arena_printf(arena, "%s of x", text));
		*fault = (struct fault){.kind = &kind, .subject = text, .message = text, .mend = text, .size = -1};
		snprintf(subject, sizeof(subject), "%d", (int)i);
		ret->records.items[i] = (struct record){.id = "0123456789",
							.status = "applied",
							.subject = text,
							.plan_id = "",
							.store = "",
							.host = text,
							.user = text};
		snprintf(problem.file, sizeof(problem.file), "%s", *text ? text : "x");
		snprintf(problem.excerpt, sizeof(problem.excerpt), "%s", text);
		error_set(&problem, ERROR_INVALID, "%s", text);
		error_hint(&problem, "%s", text);
		diagnostics_add(&ret->problems, &problem);
	}
	ret->plan.faults = ret->faults;
	strings_add(arena, &ret->plan.state_files, pick("a`@team #1<b>.yaml", tame));
}

/* What the parser makes of it, as XML; skips where there is no parser. */
static void parse(const struct text *markdown, struct text *ret_xml)
{
	static const char *const argv[] = {"cmark-gfm", "-t", "xml",	       "-e", "table",	  "-e",
					   "autolink",	"-e", "strikethrough", "-e", "tagfilter", NULL};
	struct spawn_request request = {
		.argv = argv, .input = text_string(markdown), .output_cap = (size_t)64 * 1024 * 1024};
	struct spawn_result result = {0};

	if (spawn_run(&request, &result, NULL) < 0)
		skip();
	assert_int_equal(result.exit_code, 0);
	text_puts(ret_xml, result.out);
	spawn_result_done(&result);
}

/* The elements of blocks, in order: "heading paragraph code_block …". */
static void skeleton(const char *xml, struct text *ret_blocks)
{
	static const char *const blocks[] = {"block_quote", "list",	"item",		  "code_block", "html_block",
					     "paragraph",   "heading",	"thematic_break", "table_row",	"table_cell",
					     "table",	    "footnote", "tasklist"};

	for (const char *at = xml; (at = strchr(at, '<')); at++)
		for (size_t i = 0; i < COUNT(blocks); i++) {
			size_t length = strlen(blocks[i]);

			if (!strncmp(at + 1, blocks[i], length) && strchr(" >/", at[1 + length])) {
				text_printf(ret_blocks, "%s ", blocks[i]);
				break;
			}
		}
}

/* Every <NAME …>content</NAME>, XML's references undone. */
static void each(const char *xml, const char *name, void (*check)(const char *content))
{
	static const struct {
		const char *reference, *text;
	} references[] = {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}};
	CLEANUP_TEXT struct text begin = TEXT_INIT, end = TEXT_INIT;

	text_printf(&begin, "<%s ", name);
	text_printf(&end, "</%s>", name);
	for (const char *at = xml; (at = strstr(at, text_string(&begin)));) {
		CLEANUP_TEXT struct text content = TEXT_INIT;
		const char *stop = strstr(at, text_string(&end));

		assert_non_null(stop);
		for (at = strchr(at, '>') + 1; at < stop;) {
			size_t i = 0;

			while (i < COUNT(references) && !text_starts(at, references[i].reference))
				i++;
			text_append(&content, i < COUNT(references) ? references[i].text : at, 1);
			at += i < COUNT(references) ? strlen(references[i].reference) : 1;
		}
		check(text_string(&content));
	}
}

static size_t text_count;

/* Text that is no code: what GitHub would look for a mention, an issue, a commit or an address in. */
static void check_text(const char *text)
{
	size_t digits = 0;

	text_count++;
	if (strpbrk(text, "@#<>[]{}`*_~|\\$&!") || strstr(text, "://") || strcasestr(text, "www.") ||
	    strcasestr(text, "GH-") || strcasestr(text, "JIRA-") || strstr(text, ":s") || strstr(text, ":+"))
		fail_msg("outside of code: %s", text);
	for (; *text; text++) {
		digits = isxdigit((unsigned char)*text) ? digits + 1 : 0;
		if (digits >= 7)
			fail_msg("a commit outside of code: %s", text - 6);
	}
}

/* Ours is <details>, <summary> and <code>; what stands in <code> is looked at by nobody. */
static void check_html(const char *html)
{
	static const char *const ours[] = {"<details>", "<details open>", "<summary>", "</summary>", "</details>"};
	CLEANUP_TEXT struct text rest = TEXT_INIT;

	while (*html) {
		size_t i = 0;

		while (i < COUNT(ours) && !text_starts(html, ours[i]))
			i++;
		if (i < COUNT(ours)) {
			html += strlen(ours[i]);
		} else if (text_starts(html, "<code>")) {
			const char *end = strstr(html, "</code>"), *inner = strchr(html + 1, '<');
			assert_non_null(end);
			assert_ptr_equal(inner, end); /* no tag inside */
			html = end + strlen("</code>");
		} else {
			text_append(&rest, html++, 1);
		}
	}
	check_text(text_string(&rest));
}

/* The same report with hostile and with tame text. */
static void check(const char *name, const struct text *bad, const struct text *good)
{
	static const char *const never[] = {"<link",	      "<image",	    "<emph",	    "<footnote",
					    "<strikethrough", "<softbreak", "<html_inline", "<linebreak"};
	CLEANUP_TEXT struct text bad_xml = TEXT_INIT, good_xml = TEXT_INIT, bad_blocks = TEXT_INIT,
				 good_blocks = TEXT_INIT;

	parse(bad, &bad_xml);
	parse(good, &good_xml);
	skeleton(text_string(&bad_xml), &bad_blocks);
	skeleton(text_string(&good_xml), &good_blocks);
	assert_true(good_blocks.length > 0);
	if (strcmp(text_string(&bad_blocks), text_string(&good_blocks)) != 0)
		fail_msg("%s: other blocks\n%s", name, text_string(bad));
	for (size_t i = 0; i < COUNT(never); i++)
		if (strstr(text_string(&bad_xml), never[i]))
			fail_msg("%s: %s\n%.200s", name, never[i], strstr(text_string(&bad_xml), never[i]));
	text_count = 0;
	each(text_string(&bad_xml), "text", check_text);
	each(text_string(&bad_xml), "html_block", check_html);
	assert_true(text_count > 0);
	for (const char *at = text_string(bad); *at; at++)
		assert_false((unsigned char)*at < ' ' && *at != '\n');
}

static void write_plan(const struct reports *reports, const struct report_options *options, struct text *out)
{
	report_plan(&reports->plan, options, out);
}
static void write_result(const struct reports *reports, const struct report_options *options, struct text *out)
{
	report_result(&reports->plan, reports->results, options, out);
}
static void write_faults(const struct reports *reports, const struct report_options *options, struct text *out)
{
	report_faults(&reports->faults, options, out);
}
static void write_records(const struct reports *reports, const struct report_options *options, struct text *out)
{
	report_records(&reports->records, options, out);
}
static void write_problems(const struct reports *reports, const struct report_options *options, struct text *out)
{
	report_problems(&reports->problems, options, out);
}

static const struct {
	const char *name;
	void (*write)(const struct reports *, const struct report_options *, struct text *);
} writers[] = {
	{"plan", write_plan},	    {"outcome", write_result},	  {"faults", write_faults},
	{"records", write_records}, {"problems", write_problems},
};

static void test_nothing_leaves(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct reports bad, good;
	struct report_options options = {.format = FORMAT_MARKDOWN, .limit = 10 * 1024 * 1024};

	(void)state;
	make_reports(arena, false, &bad);
	make_reports(arena, true, &good);
	for (size_t i = 0; i < COUNT(writers); i++) {
		CLEANUP_TEXT struct text bad_text = TEXT_INIT, good_text = TEXT_INIT;

		options.host = "a`@team";
		writers[i].write(&bad, &options, &bad_text);
		options.host = "tame";
		writers[i].write(&good, &options, &good_text);
		check(writers[i].name, &bad_text, &good_text);
	}
	diagnostics_done(&bad.problems);
	diagnostics_done(&good.problems);
}

static void test_nothing_leaves_a_page(void **state)
{
	struct report_options options = {.format = FORMAT_TEXT, .now = 1800000000};
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_TEXT struct text bad_text = TEXT_INIT, good_text = TEXT_INIT;
	struct page_world bad, good;

	(void)state;
	page_world_make(arena, false, &bad);
	page_world_make(arena, true, &good);
	page_markdown(&bad.content, &options, &bad_text);
	page_markdown(&good.content, &options, &good_text);
	check("page", &bad_text, &good_text);
	page_world_done(&bad);
	page_world_done(&good);
}

/* However much there is, a comment is one that GitHub takes. */
static void test_never_too_long(void **state)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct reports reports;
	struct report_options options = {.format = FORMAT_MARKDOWN};

	(void)state;
	make_reports(arena, false, &reports);
	for (size_t i = 0; i < 4; i++) { /* 16 times as much */
		struct change *twice = ARENA_ARRAY(arena, struct change, 2 * reports.plan.change_count);
		struct change_result *results = results_new(arena, 2 * reports.plan.change_count);

		for (size_t half = 0; half < 2; half++) {
			memcpy(twice + half * reports.plan.change_count, reports.plan.changes,
			       reports.plan.change_count * sizeof(*twice));
			memcpy(results + half * reports.plan.change_count, reports.results,
			       reports.plan.change_count * sizeof(*results));
		}
		reports.plan.changes = twice;
		reports.results = results;
		reports.plan.change_count *= 2;
	}
	for (size_t i = 0; i < COUNT(writers); i++) {
		CLEANUP_TEXT struct text out = TEXT_INIT;

		writers[i].write(&reports, &options, &out);
		if (out.length > 65000)
			fail_msg("%s: %zu bytes", writers[i].name, out.length);
	}
	diagnostics_done(&reports.problems);
}

static void test_words(void **state)
{
	static const struct {
		const char *text, *prose, *html;
	} rows[] = {
		{"image and 3 more changed", "image and 3 more changed", NULL},
		{"not in the store; see --doctor", "not in the store; see --doctor", NULL},
		{"node ci0: \"gone\" (or not?)", "node ci0: \"gone\" (or not?)", NULL},
		{"a_b, (c|d): e", "`a_b`, (`c|d`): e", "<code>a_b</code>, (<code>c|d</code>): e"},
		{"tcp://192.0.2.1:2376: refused", "`tcp://192.0.2.1:2376`: refused",
		 "<code>tcp://192.0.2.1:2376</code>: refused"},
		{"a`b", "``a`b``", "<code>a`b</code>"},
		{"`a`", "`a`", "<code>a</code>"},
		{"run `a b` (or `c|d`): e", "run `a b` (or `c|d`): e", "run <code>a b</code> (or <code>c|d</code>): e"},
		{"`a`b `` `c", "`a` b ``` `` ``` `` `c ``", "<code>a</code> b <code>``</code> <code>`c</code>"},
		{"1 → 2…", "1 → 2…", NULL},
		{"<b>", "`<b>`", "<code>&lt;b&gt;</code>"},
		{"  x   y  ", "x y", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text prose = TEXT_INIT, html = TEXT_INIT;

		markdown_prose(&prose, rows[i].text);
		markdown_html_prose(&html, rows[i].text);
		assert_string_equal(text_string(&prose), rows[i].prose);
		assert_string_equal(text_string(&html), rows[i].html ? rows[i].html : rows[i].prose);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_nothing_leaves),
		cmocka_unit_test(test_nothing_leaves_a_page),
		cmocka_unit_test(test_never_too_long),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
