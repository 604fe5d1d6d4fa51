/* Cache use as bars, each against the policy of the daemon that keeps it. */
#include "report/page_parts.h"

#include "model/normal.h"
#include "report/words.h"

enum { MANY_UNKNOWN = 6 };

/* Of a thousand, so that small ones are seen and nothing is wider than its bar. */
static int permille(int64_t part, int64_t whole)
{
	if (whole <= 0 || part <= 0)
		return 0;
	return part >= whole ? 1000 : (int)((double)part * 1000.0 / (double)whole) + 1;
}

/* Full is the limit; without one, the fullest cache there is. */
static void put_bar(struct sheet *sheet, const struct cache_use *use)
{
	struct html *html = &sheet->html;
	int64_t whole = use->limit > 0 ? use->limit : sheet->caches.largest;
	int used = permille(use->used, whole), kept = permille(use->used - use->reclaimable, whole);

	text_puts(html->out, "<svg class=\"bar\" width=\"100%\" height=\"14\" aria-hidden=\"true\">");
	html_printf(html, "<rect class=\"track%s\" width=\"100%%\" height=\"14\" rx=\"7\"/>",
		    use->said.tone == TONE_UNKNOWN ? " hatched" : "");
	if (use->known && used > 0)
		html_printf(html, "<rect class=\"used\" width=\"%d.%d%%\" height=\"14\" rx=\"7\"/>", used / 10,
			    used % 10);
	if (use->known && kept > 0)
		html_printf(html, "<rect class=\"kept\" width=\"%d.%d%%\" height=\"14\" rx=\"7\"/>", kept / 10,
			    kept % 10);
	text_puts(html->out, "</svg>");
}

static void put_types(struct sheet *sheet, const struct daemon *daemon)
{
	struct html *html = &sheet->html;

	text_puts(html->out,
		  "<table><thead><tr><th scope=\"col\">Kind</th><th scope=\"col\" class=\"number\">Records</th>"
		  "<th scope=\"col\" class=\"number\">Size</th><th scope=\"col\" class=\"number\">Reclaimable</th>"
		  "</tr></thead><tbody>");
	for (size_t i = 0; i < daemon->disk_count; i++) {
		const struct disk_use *disk = &daemon->disk[i];

		html_printf(html, "<tr><th scope=\"row\">%s</th><td class=\"number\">%zu</td>", disk->type,
			    disk->records);
		html_printf(html, "<td class=\"number\">%s</td><td class=\"number\">%s</td></tr>",
			    bytes_text(html->arena, disk->bytes), bytes_text(html->arena, disk->reclaimable));
	}
	text_puts(html->out, "</tbody></table>");
}

static void put_policy(struct sheet *sheet, const struct worker *worker)
{
	struct html *html = &sheet->html;

	text_puts(html->out, "<ol class=\"rules\">");
	for (size_t i = 0; i < worker->rule_count; i++)
		html_printf(html, "<li>%s</li>", rule_words(html->arena, &worker->rules[i]));
	text_puts(html->out, "</ol>");
}

static void put_more(struct sheet *sheet, const struct cache_use *use)
{
	struct html *html = &sheet->html;
	const struct daemon *daemon = use->node->daemon;
	bool rules = daemon && daemon->worker_count > 0 && daemon->workers[0].rule_count > 0;
	bool types = use->known && daemon->disk_count > 0;

	if (!rules && !types)
		return;
	html_printf(html, "<details><summary>Policy and kinds<span class=\"unseen\"> of %s</span></summary>",
		    use->node->spec.name);
	if (rules)
		put_policy(sheet, &daemon->workers[0]);
	if (types)
		put_types(sheet, daemon);
	text_puts(html->out, "</details>");
}

static void put_use(struct sheet *sheet, const struct cache_use *use)
{
	struct html *html = &sheet->html;

	html_printf(html, "<li class=\"cache %s\"><p class=\"which\"><b>%s</b> <span>%s</span></p>",
		    tone_name(use->said.tone), use->builder->name, use->node->spec.name);
	put_bar(sheet, use);
	text_puts(html->out, "<p class=\"how\">");
	if (use->said.tone == TONE_BAD || use->said.tone == TONE_UNKNOWN)
		part_sign(sheet, use->said.tone);
	html_printf(html, "<span>%s", use->said.words);
	if (use->known && use->used > 0)
		html_printf(html, "; %s of it reclaimable", bytes_text(html->arena, use->reclaimable));
	text_puts(html->out, "</span></p>");
	put_more(sheet, use);
	text_puts(html->out, "</li>\n");
}

static void put_uses(struct sheet *sheet, bool known)
{
	for (size_t i = 0; i < sheet->caches.count; i++)
		if (sheet->caches.items[i].known == known)
			put_use(sheet, &sheet->caches.items[i]);
}

void part_cache(struct sheet *sheet)
{
	const struct cache_uses *uses = &sheet->caches;
	struct arena *arena = sheet->html.arena;

	if (uses->count == 0)
		return;
	const char *aside = uses->known == 0 ? "unknown" : bytes_text(arena, uses->used);
	if (uses->known > 0 && uses->known < uses->count)
		aside = arena_printf(arena, "%s, %zu of %zu nodes known", aside, uses->known, uses->count);
	part_begin(sheet, "cache", "Cache", aside);
	text_puts(sheet->html.out,
		  "<p class=\"legend\"><span class=\"key kept\"></span>in use "
		  "<span class=\"key used\"></span>reclaimable <span class=\"key track\"></span>up to the "
		  "policy’s limit <span class=\"key hatched\"></span>unknown</p>\n<ul class=\"caches\">\n");
	put_uses(sheet, true);
	if (uses->count - uses->known > MANY_UNKNOWN)
		html_printf(&sheet->html,
			    "</ul>\n<details class=\"more\"><summary>%zu of which nothing is known, or that "
			    "have none yet</summary><ul class=\"caches\">\n",
			    uses->count - uses->known);
	put_uses(sheet, false);
	text_puts(sheet->html.out, uses->count - uses->known > MANY_UNKNOWN ? "</ul></details>\n" : "</ul>\n");
	part_end(sheet);
}
