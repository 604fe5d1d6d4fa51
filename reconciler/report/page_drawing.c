/* The drawing: this machine, below it where its nodes live, in each the builders, and beside a builder its nodes.
 *
 * Across, everything is in percent, so that the drawing is as wide as the page and its letters stay as large as others;
 * down, it is in pixels. On narrow screens nodes stand below their builder. Both are in the page, and the style shows
 * one. */
#include "report/page_parts.h"

enum { MANY_NODES = 24, TRUNK = 26 };

struct geometry {
	const char *name, *suffix;
	bool stacked;
	int builder_x, builder_width, node_x, node_width; /* percent of a lane */
	int lane_x;					  /* percent of the drawing */
};

static const struct geometry geometries[] = {
	{"broad", "b", false, 2, 38, 45, 53, 4},
	{"narrow", "n", true, 3, 94, 11, 86, 6},
};

/* Heights in pixels: of a card, of the gap below it, and of a lane's head. */
struct heights {
	int card, gap, head;
};

struct drawing {
	struct sheet *sheet;
	const struct geometry *is;
	struct heights high;
	bool compact;
};

struct card {
	const char *class;
	enum tone tone;
	const char *title, *right, *under;
	int x, width; /* percent */
};

/* Two lines of text that end with an ellipsis where the card does: SVG's own text cannot. */
static void put_texts(struct html *html, const char *title, const char *right, const char *under, int high)
{
	html_printf(html,
		    "<foreignObject width=\"100%%\" height=\"%d\"><div class=\"in\"><p class=\"line\"><b>%s</b><span>%s"
		    "</span></p>",
		    high, title, right ? right : "");
	if (under)
		html_printf(html, "<p class=\"under\">%s</p>", under);
	text_puts(html->out, "</div></foreignObject>");
}

static void put_card(struct drawing *drawing, const struct card *card, int y)
{
	struct html *html = &drawing->sheet->html;
	int high = drawing->high.card;

	html_printf(html, "<svg class=\"card %s %s\" x=\"%d%%\" y=\"%d\" width=\"%d%%\" height=\"%d\">", card->class,
		    tone_name(card->tone), card->x, y, card->width, high);
	html_printf(html, "<rect class=\"box\" x=\"1\" y=\"1\" width=\"99%%\" height=\"%d\" rx=\"8\"/>", high - 2);
	html_printf(html, "<use href=\"#%s\" x=\"12\" y=\"%d\" width=\"16\" height=\"16\"/>", tone_name(card->tone),
		    drawing->compact ? 8 : 10);
	put_texts(html, card->title, card->right, drawing->compact ? NULL : card->under, high);
	text_puts(html->out, "</svg>");
}

static const char *joined(struct arena *arena, const char *a, const char *b)
{
	if (!a || !*a || !b || !*b)
		return a && *a ? a : b;
	return arena_printf(arena, "%s · %s", a, b);
}

/* On one line: what is to be known of it, else how it is driven. */
static const char *beside(const struct drawing *drawing, const struct drawn *drawn)
{
	const char *selected = drawn->selected ? "★ selected" : NULL;

	if (!drawing->compact)
		return selected;
	if (drawn->state.tone == TONE_QUIET || drawn->state.tone == TONE_GOOD)
		return selected ? selected : drawn->driver;
	return joined(drawing->sheet->html.arena, selected, drawn->state.words);
}

static void put_builder(struct drawing *drawing, const struct drawn *drawn, int y)
{
	struct arena *arena = drawing->sheet->html.arena;

	put_card(drawing,
		 &(struct card){.class = drawn->missing	   ? "builder missing"
					 : drawn->selected ? "builder selected"
							   : "builder",
				.tone = drawn->state.tone,
				.title = drawn->name,
				.right = beside(drawing, drawn),
				.under = joined(arena, drawn->driver, drawn->state.words),
				.x = drawing->is->builder_x,
				.width = drawing->is->builder_width},
		 y);
}

/* Where it is not as its lane says, it says where it lives. */
static const char *own_endpoint(const struct lane *lane, const struct live_node *node)
{
	if (lane->engine && node->engine && engine_same(lane->engine, node->engine))
		return NULL;
	return node->spec.endpoint;
}

static void put_node(struct drawing *drawing, const struct lane *lane, const struct live_node *node, int y)
{
	struct arena *arena = drawing->sheet->html.arena;
	struct said said = node_said(arena, node);
	const char *platforms = node_platforms(arena, node, 2), *version = node->daemon ? node->daemon->version : NULL;
	const char *words = node->state == NODE_RUNNING ? joined(arena, said.words, platforms) : said.words;

	put_card(drawing,
		 &(struct card){.class = "node",
				.tone = said.tone,
				.title = node->spec.name,
				.right = drawing->compact && !version ? node_state_name(node->state) : version,
				.under = joined(arena, words, own_endpoint(lane, node)),
				.x = drawing->is->node_x,
				.width = drawing->is->node_width},
		 y);
}

/* From a builder to its node: a curve to the right, or down and then right where nodes stand below. */
static void put_edge(struct drawing *drawing, int from, int to)
{
	struct html *html = &drawing->sheet->html;
	const struct geometry *is = drawing->is;
	int left = is->stacked ? is->builder_x + 3 : is->builder_x + is->builder_width;
	int top = from < to ? from : to, high = (from < to ? to - from : from - to) + 4;

	html_printf(html,
		    "<svg x=\"%d%%\" y=\"%d\" width=\"%d%%\" height=\"%d\" viewBox=\"0 0 100 %d\" "
		    "preserveAspectRatio=\"none\"><path class=\"edge\" d=\"",
		    left, top - 2, is->node_x - left, high, high);
	if (is->stacked)
		html_printf(html, "M1 0V%dH100\"/></svg>", to - top + 2);
	else
		html_printf(html, "M0 %dC60 %d 40 %d 100 %d\"/></svg>", from - top + 2, from - top + 2, to - top + 2,
			    to - top + 2);
}

static int step_of(const struct drawing *drawing)
{
	return drawing->high.card + drawing->high.gap;
}

static int builder_high(const struct drawing *drawing, const struct drawn *drawn)
{
	int nodes = drawn->live ? (int)drawn->live->node_count : 0;
	int cards = drawing->is->stacked ? 1 + nodes : nodes > 1 ? nodes : 1;

	return cards * step_of(drawing) + (drawing->compact ? 0 : 6);
}

static int lane_high(const struct drawing *drawing, const struct lane *lane)
{
	int high = drawing->high.head + 6;

	for (size_t i = 0; i < lane->count; i++)
		high += builder_high(drawing, &lane->items[i]);
	return high;
}

static void put_builder_and_nodes(struct drawing *drawing, const struct lane *lane, const struct drawn *drawn, int y)
{
	int nodes = drawn->live ? (int)drawn->live->node_count : 0, half = drawing->high.card / 2;
	bool stacked = drawing->is->stacked;
	int own = y + (stacked || nodes < 2 ? 0 : (nodes - 1) * step_of(drawing) / 2);

	for (int i = nodes - 1; i >= 0; i--) {
		int top = y + (stacked ? i + 1 : i) * step_of(drawing);

		put_edge(drawing, stacked ? own + drawing->high.card : own + half, top + half);
	}
	put_builder(drawing, drawn, own);
	for (int i = 0; i < nodes; i++)
		put_node(drawing, lane, &drawn->live->nodes[i], y + (stacked ? i + 1 : i) * step_of(drawing));
}

static void put_lane(struct drawing *drawing, const struct lane *lane, int y, int high)
{
	struct html *html = &drawing->sheet->html;
	const struct geometry *is = drawing->is;
	int top = drawing->high.head;

	html_printf(html, "<svg class=\"lane %s\" x=\"%d%%\" y=\"%d\" width=\"%d%%\" height=\"%d\">",
		    tone_name(lane->tone), is->lane_x, y, 100 - is->lane_x, high);
	html_printf(html, "<rect class=\"field\" x=\"1\" y=\"1\" width=\"99.7%%\" height=\"%d\" rx=\"12\"/>", high - 2);
	put_texts(html, lane->kind, lane->note, lane->name, drawing->high.head);
	for (size_t i = 0; i < lane->count; i++) {
		put_builder_and_nodes(drawing, lane, &lane->items[i], top);
		top += builder_high(drawing, &lane->items[i]);
	}
	text_puts(html->out, "</svg>\n");
}

/* The machine at the top, and its trunk down to the middle of the last lane's head. */
static void put_machine(struct drawing *drawing, const int *tops, size_t count)
{
	struct html *html = &drawing->sheet->html;
	const struct page_content *content = drawing->sheet->content;
	const struct geometry *is = drawing->is;
	const char *host = content->host ? content->host : "This machine";

	for (size_t i = 0; i < count; i++)
		html_printf(html, "<line class=\"edge\" x1=\"2%%\" x2=\"%d%%\" y1=\"%d\" y2=\"%d\"/>", is->lane_x,
			    tops[i] + TRUNK, tops[i] + TRUNK);
	if (count > 0)
		html_printf(html, "<line class=\"edge\" x1=\"2%%\" x2=\"2%%\" y1=\"50\" y2=\"%d\"/>",
			    tops[count - 1] + TRUNK);
	html_printf(html, "<svg class=\"machine\" x=\"0\" y=\"0\" width=\"%d%%\" height=\"56\">",
		    is->stacked ? 100 : 56);
	text_puts(html->out, "<rect class=\"box\" x=\"1\" y=\"1\" width=\"99%\" height=\"54\" rx=\"10\"/>");
	put_texts(html, host, NULL, arena_printf(html->arena, "BuildX store %s", content->live->store), 56);
	text_puts(html->out, "</svg>\n");
}

/* What eyes that do not see it are told; the table below has it all. */
static void put_words(struct drawing *drawing)
{
	struct html *html = &drawing->sheet->html;
	const struct lanes *lanes = &drawing->sheet->lanes;
	const char *suffix = drawing->is->suffix;

	html_printf(html, "<title id=\"map-title-%s\">Builders and their nodes</title><desc id=\"map-text-%s\">",
		    suffix, suffix);
	html_printf(html, "%zu builders with %zu nodes, of which %zu run.", lanes->builders, lanes->nodes,
		    lanes->running);
	for (size_t i = 0; i < lanes->count; i++) {
		const struct lane *lane = &lanes->items[i];

		html_printf(html, " %s %s:", lane->kind, lane->name);
		for (size_t k = 0; k < lane->count; k++)
			html_printf(html, "%s %s%s", k > 0 ? "," : "", lane->items[k].name,
				    lane->items[k].selected ? " (selected)" : "");
		text_puts(html->out, ".");
	}
	text_puts(html->out, " The table below says each.</desc>");
}

void part_drawing(struct sheet *sheet, bool narrow)
{
	struct drawing drawing = {.sheet = sheet, .is = &geometries[narrow]};
	struct html *html = &sheet->html;
	const struct lanes *lanes = &sheet->lanes;
	int *tops = ARENA_ARRAY(html->arena, int, lanes->count + 1), y = 74;

	drawing.compact = lanes->nodes > MANY_NODES;
	drawing.high = drawing.compact ? (struct heights){32, 5, 58} : (struct heights){56, 8, 60};
	for (size_t i = 0; i < lanes->count; i++) {
		tops[i] = y;
		y += lane_high(&drawing, &lanes->items[i]) + 16;
	}
	html_printf(html,
		    "<svg class=\"map %s\" width=\"100%%\" height=\"%d\" role=\"img\" "
		    "aria-labelledby=\"map-title-%s map-text-%s\">",
		    drawing.is->name, y, drawing.is->suffix, drawing.is->suffix);
	put_words(&drawing);
	put_machine(&drawing, tops, lanes->count);
	for (size_t i = 0; i < lanes->count; i++)
		put_lane(&drawing, &lanes->items[i], tops[i], lane_high(&drawing, &lanes->items[i]));
	text_puts(html->out, "</svg>\n");
}
