/* The page as HTML: its frame, what stands at its top, and its sections in order. */
#include "report/page_parts.h"

#include "base/count.h"
#include "model/normal.h"
#include "report/faults.h"
#include "report/place.h"
#include "report/words.h"

/* Signs of tones, told apart by shape. */
static const char symbols[] =
	"<svg class=\"symbols\" width=\"0\" height=\"0\" aria-hidden=\"true\"><defs>"
	"<symbol id=\"good\" viewBox=\"0 0 16 16\"><circle class=\"disc\" cx=\"8\" cy=\"8\" r=\"7.5\"/>"
	"<path class=\"mark\" d=\"M4.5 8.3l2.4 2.4 4.6-5\"/></symbol>"
	"<symbol id=\"change\" viewBox=\"0 0 16 16\"><path class=\"disc\" d=\"M8 .6L15.4 8 8 15.4.6 8z\"/>"
	"<path class=\"mark\" d=\"M4.6 9c.9-2 2.2-2 3.4-.8s2.4 1 3.4-.9\"/></symbol>"
	"<symbol id=\"bad\" viewBox=\"0 0 16 16\"><path class=\"disc\" d=\"M5 .8h6L15.2 5v6L11 15.2H5L.8 11V5z\"/>"
	"<path class=\"mark\" d=\"M5.3 5.3l5.4 5.4M10.7 5.3l-5.4 5.4\"/></symbol>"
	"<symbol id=\"unknown\" viewBox=\"0 0 16 16\"><circle class=\"disc\" cx=\"8\" cy=\"8\" r=\"7.5\"/>"
	"<path class=\"mark\" d=\"M5.8 6.2a2.2 2.2 0 1 1 3.3 1.9c-.8.5-1.1.8-1.1 1.6M8 11.7v.2\"/></symbol>"
	"<symbol id=\"quiet\" viewBox=\"0 0 16 16\"><circle class=\"ring\" cx=\"8\" cy=\"8\" r=\"5.5\"/></symbol>"
	"<pattern id=\"hatch\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" "
	"patternTransform=\"rotate(45)\"><path class=\"hatch\" d=\"M0 0v6\"/></pattern>"
	"</defs></svg>\n";

void part_sign(struct sheet *sheet, enum tone tone)
{
	html_printf(&sheet->html,
		    "<svg class=\"sign\" width=\"16\" height=\"16\" aria-hidden=\"true\"><use href=\"#%s\"/></svg>",
		    tone_name(tone));
}

void part_begin(struct sheet *sheet, const char *id, const char *heading, const char *aside)
{
	html_printf(&sheet->html, "<section id=\"%s\" aria-labelledby=\"%s-head\">\n<h2 id=\"%s-head\">%s", id, id, id,
		    heading);
	if (!text_empty(aside))
		html_printf(&sheet->html, " <span class=\"aside\">%s</span>", aside);
	text_puts(sheet->html.out, "</h2>\n");
}

void part_end(struct sheet *sheet)
{
	text_puts(sheet->html.out, "</section>\n");
}

static void put_head(struct sheet *sheet, const char *title, const struct said *verdict)
{
	struct html *html = &sheet->html;

	text_puts(
		html->out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
		"img-src data:; base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		"<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" "
		"content=\"no-referrer\">\n");
	html_printf(html, "<meta name=\"generator\" content=\"reconcile %s\">\n<title>%s: %s</title>\n",
		    sheet->content->version, title, verdict->words);
	text_puts(html->out, "<style>\n");
	text_puts(html->out, page_style());
	text_puts(html->out, "</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#main\">To the content</a>\n");
	text_puts(html->out, symbols);
}

static void put_figure(struct sheet *sheet, const char *term, const char *number, const char *of)
{
	html_printf(&sheet->html, "<div><dt>%s</dt><dd>%s <span>%s</span></dd></div>\n", term, number, of);
}

static void put_figures(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	const struct lanes *lanes = &sheet->lanes;
	const struct cache_uses *caches = &sheet->caches;
	struct arena *arena = sheet->html.arena;

	text_puts(sheet->html.out, "<dl class=\"figures\">\n");
	if (content->live) {
		put_figure(sheet, "Builders", arena_printf(arena, "%zu", lanes->builders),
			   content->live->selected ? arena_printf(arena, "%s selected", content->live->selected) : "");
		put_figure(sheet, "Nodes", arena_printf(arena, "%zu", lanes->running),
			   arena_printf(arena, "of %zu running", lanes->nodes));
		put_figure(sheet, "Faults", arena_printf(arena, "%zu", sheet->faults), "");
		put_figure(sheet, "Cache", caches->known > 0 ? bytes_text(arena, caches->used) : "?",
			   caches->known > 0 ? "" : "unknown");
	}
	if (content->plan)
		put_figure(sheet, "Changes", arena_printf(arena, "%zu", content->plan->change_count), "");
	if (content->records)
		put_figure(sheet, "Records", arena_printf(arena, "%zu", content->records->count), "");
	text_puts(sheet->html.out, "</dl>\n");
}

/* As the repository has them. */
static const char *files_shown(struct sheet *sheet)
{
	const struct strings *files = &sheet->content->plan->state_files;
	struct strings shown = {0};

	for (size_t i = 0; i < files->count; i++)
		strings_add(sheet->html.arena, &shown, place_shown(sheet->html.arena, sheet->options, files->items[i]));
	return strings_join(sheet->html.arena, &shown, ", ");
}

/* When, by whom and from what this was made. */
static void put_origin(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	struct html *html = &sheet->html;
	const struct taken *taken = content->live ? &content->live->taken : NULL;
	bool offline = content->live && content->live->from_snapshot && taken->at && !content->record;

	html_printf(html, "<p class=\"origin\"><span>Made %s%s%s</span>", time_words(html->arena, sheet->options->now),
		    content->user ? " by " : "", content->user ? content->user : "");
	if (offline)
		html_printf(html, "<span>from a snapshot, %s</span>",
			    taken_words(html->arena, taken, sheet->options->now));
	if (content->live)
		html_printf(html, "<span>store <code>%s</code></span>", content->live->store);
	if (content->plan && content->plan->state_files.count > 0)
		html_printf(html, "<span>state <code>%s</code></span>", files_shown(sheet));
	text_puts(html->out, "</p>\n");
}

static void put_contents(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	bool done = page_is_of_deeds(content);
	const struct {
		bool there;
		const char *id, *words;
	} parts[] = {
		{content->failures && content->failures->count > 0, "failed", "What went wrong"},
		{done, "changes", "What was done"},
		{content->live, "map", "Builders and nodes"},
		{content->live, "health", "Health"},
		{content->plan && !done, "changes", "Plan"},
		{content->machines, "machine-1", "Machines"},
		{sheet->caches.count > 0, "cache", "Cache"},
		{content->live, "configuration", "Configuration"},
		{content->records, "history", "History"},
	};

	text_puts(sheet->html.out, "<nav aria-label=\"On this page\"><ul>");
	for (size_t i = 0; i < COUNT(parts); i++)
		if (parts[i].there)
			html_printf(&sheet->html, "<li><a href=\"#%s\">%s</a></li>", parts[i].id, parts[i].words);
	text_puts(sheet->html.out, "</ul></nav>\n");
}

static void put_top(struct sheet *sheet, const char *title, const struct said *verdict, const char *sentence)
{
	struct html *html = &sheet->html;

	html_printf(html, "<header class=\"top\">\n<p class=\"brand\">reconcile <span>--%s</span></p>\n<h1>%s</h1>\n",
		    sheet->content->mode, title);
	html_printf(html,
		    "<div class=\"verdict %s\"><svg width=\"40\" height=\"40\" aria-hidden=\"true\"><use "
		    "href=\"#%s\"/></svg><p><strong>%s</strong><span>",
		    tone_name(verdict->tone), tone_name(verdict->tone), verdict->words);
	html_prose(html, sentence);
	text_puts(html->out, "</span></p></div>\n");
	put_figures(sheet);
	put_origin(sheet);
	put_contents(sheet);
	text_puts(html->out, "</header>\n");
}

static void put_end(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	struct html *html = &sheet->html;

	html_printf(html,
		    "<footer><p>Made by reconcile %s with</p><pre class=\"run\"><code>%s</code></pre>"
		    "<p>It says what was seen then, and no secrets. Nothing on it loads anything.</p></footer>\n",
		    content->version, content->command);
	text_puts(html->out, "</body>\n</html>\n");
}

/* What was done before what there is; what there is before what is planned. */
static void put_parts(struct sheet *sheet)
{
	bool done = page_is_of_deeds(sheet->content);

	part_failures(sheet);
	if (done)
		part_changes(sheet);
	part_map(sheet);
	part_health(sheet);
	if (!done)
		part_changes(sheet);
	part_machines(sheet);
	part_cache(sheet);
	part_configuration(sheet);
	part_history(sheet);
}

void page_html(const struct page_content *content, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct sheet sheet = {.html = {.out = out, .arena = arena}, .content = content, .options = options};
	const char *sentence = "", *title = page_title(arena, content);

	lanes_collect(arena, content, &sheet.lanes);
	caches_collect(arena, content, &sheet.caches);
	sheet.faults = content->live ? faults_counted(&content->live->faults) : 0;
	struct said verdict = page_verdict(arena, content, options->held, &sentence);
	put_head(&sheet, title, &verdict);
	put_top(&sheet, title, &verdict, sentence);
	text_puts(out, "<main id=\"main\">\n");
	put_parts(&sheet);
	text_puts(out, "</main>\n");
	put_end(&sheet);
}
