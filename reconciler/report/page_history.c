/* The history as a line of time, newest first, with the way back to before each record. */
#include "report/page_parts.h"

#include "base/clock.h"
#include "report/words.h"

enum { MOST = 60 };

static void put_meta(struct sheet *sheet, const struct record *record)
{
	struct html *html = &sheet->html;

	html_printf(html, "<p class=\"meta\"><span>%s by %s on %s</span>", time_words(html->arena, record->when),
		    record->user ? record->user : "somebody", record->host ? record->host : "some machine");
	if (record->when > record->began)
		html_printf(html, "<span>took %s s</span>",
			    arena_printf(html->arena, "%lld", (long long)(record->when - record->began)));
	if (!text_empty(record->state_commit))
		html_printf(html, "<span>state files as of <code>%s</code></span>",
			    arena_printf(html->arena, "%.12s", record->state_commit));
	if (record->of_other_store)
		html_printf(html, "<span>of another store, %s</span>", record->store);
	text_puts(html->out, "</p>");
}

static void put_record(struct sheet *sheet, const struct record *record, bool newest)
{
	struct html *html = &sheet->html;
	struct said said = record_said(record);
	const struct record *shown = sheet->content->record;

	html_printf(html, "<li class=\"%s%s\">", tone_name(said.tone),
		    shown && text_equal(shown->id, record->id) ? " shown" : "");
	html_printf(html,
		    "<svg class=\"dot\" width=\"20\" height=\"20\" aria-hidden=\"true\"><use href=\"#%s\" "
		    "width=\"20\" height=\"20\"/></svg>",
		    tone_name(said.tone));
	html_printf(html, "<h3>%s <span class=\"pill %s\">%s</span>", record->subject, tone_name(said.tone),
		    said.words);
	text_puts(html->out, newest ? " <span class=\"pill quiet\">newest</span></h3>" : "</h3>");
	put_meta(sheet, record);
	if (!record->of_other_store)
		html_printf(html,
			    "<p class=\"back\"><span>Back to before it <code>%s</code></span> <span>See it "
			    "<code>reconcile --show %s</code></span></p>",
			    record_back(html->arena, record), arena_printf(html->arena, "%.7s", record->id));
	text_puts(html->out, "</li>\n");
}

void part_history(struct sheet *sheet)
{
	const struct records *records = sheet->content->records;
	struct html *html = &sheet->html;
	CLEANUP_TEXT struct text aside = TEXT_INIT;

	if (!records)
		return;
	words_count(&aside, records->count, "record");
	part_begin(sheet, "history", "History", text_string(&aside));
	if (records->count == 0)
		text_puts(html->out, "<p class=\"none\">No records yet: the first <code>reconcile --apply</code> makes "
				     "one.</p>\n");
	else
		text_puts(html->out,
			  "<p class=\"detail\">A rollback undoes that record and every later one; it shows its "
			  "plan, asks, and is a record itself.</p>\n<ol class=\"timeline\">\n");
	for (size_t i = 0; i < records->count && i < MOST; i++)
		put_record(sheet, &records->items[i], i == 0);
	if (records->count > 0)
		text_puts(html->out, "</ol>\n");
	if (records->count > MOST)
		html_printf(html, "<p class=\"detail\">And %zu older ones: <code>reconcile --history</code></p>\n",
			    records->count - MOST);
	part_end(sheet);
}
