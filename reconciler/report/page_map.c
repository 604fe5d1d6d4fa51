/* Builders and nodes: the drawing, and the same as a table. */
#include "report/page_parts.h"

#include "model/normal.h"
#include "report/words.h"

static void put_state(struct sheet *sheet, const struct said *said)
{
	html_printf(&sheet->html, "<td><span class=\"state %s\">", tone_name(said->tone));
	part_sign(sheet, said->tone);
	html_printf(&sheet->html, "%s</span></td>", said->words && *said->words ? said->words : "as it is");
}

static const char *cache_words(struct sheet *sheet, const struct live_node *node)
{
	for (size_t i = 0; i < sheet->caches.count; i++)
		if (sheet->caches.items[i].node == node)
			return sheet->caches.items[i].said.words;
	return "";
}

static void put_node(struct sheet *sheet, const struct live_node *node)
{
	struct html *html = &sheet->html;
	struct said said = node_said(html->arena, node);

	html_printf(html, "<tr><th scope=\"row\" class=\"of\">%s</th><td>%s</td>", node->spec.name,
		    node->spec.endpoint ? node->spec.endpoint : "the current endpoint");
	html_printf(html, "<td>%s</td><td>%s</td><td>%s</td>",
		    node->daemon && node->daemon->version ? node->daemon->version : "–",
		    node_platforms(html->arena, node, 100), cache_words(sheet, node));
	put_state(sheet, &said);
	text_puts(html->out, "</tr>\n");
}

static void put_builder(struct sheet *sheet, const struct drawn *drawn)
{
	struct html *html = &sheet->html;
	const char *used = drawn->live ? status_last_used(html->arena, drawn->live, sheet->options->now) : "";

	html_printf(html, "<tr class=\"builder\"><th scope=\"row\">%s%s</th><td>%s</td><td></td>", drawn->name,
		    drawn->selected ? " ★ selected" : "", drawn->driver);
	html_printf(html, "<td></td><td>%s%s</td>", *used ? "last used " : "", used);
	put_state(sheet, &drawn->state);
	text_puts(html->out, "</tr>\n");
	for (size_t i = 0; drawn->live && i < drawn->live->node_count; i++)
		put_node(sheet, &drawn->live->nodes[i]);
}

static void put_table(struct sheet *sheet)
{
	struct html *html = &sheet->html;

	text_puts(html->out,
		  "<details class=\"more\"><summary>The same as a table</summary>\n"
		  "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Builders and nodes\"><table>\n"
		  "<thead><tr><th scope=\"col\">Builder, node</th><th scope=\"col\">Driver, endpoint</th>"
		  "<th scope=\"col\">BuildKit</th><th scope=\"col\">Platforms</th><th scope=\"col\">Cache, use</th>"
		  "<th scope=\"col\">State</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < sheet->lanes.count; i++)
		for (size_t k = 0; k < sheet->lanes.items[i].count; k++)
			put_builder(sheet, &sheet->lanes.items[i].items[k]);
	text_puts(html->out, "</tbody></table></div></details>\n");
}

void part_map(struct sheet *sheet)
{
	const struct page_content *content = sheet->content;
	CLEANUP_TEXT struct text aside = TEXT_INIT;

	if (!content->live)
		return;
	words_count(&aside, sheet->lanes.builders, "builder");
	text_puts(&aside, ", ");
	words_count(&aside, sheet->lanes.nodes, "node");
	if (content->live_is)
		text_printf(&aside, ", %s", content->live_is);
	part_begin(sheet, "map", "Builders and nodes", text_string(&aside));
	if (sheet->lanes.count == 0)
		text_puts(sheet->html.out, "<p class=\"none\">There is no builder here.</p>\n");
	part_drawing(sheet, false);
	part_drawing(sheet, true);
	put_table(sheet);
	part_end(sheet);
}
