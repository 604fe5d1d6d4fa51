/* How each builder is made, so that it could be made again: driver, options, flags, configuration, and the contexts. */
#include "report/page_parts.h"

#include "model/secret.h"
#include "report/words.h"

static void put_term(struct sheet *sheet, const char *term, const char *text)
{
	if (!text_empty(text))
		html_printf(&sheet->html, "<div><dt>%s</dt><dd>%s</dd></div>", term, text);
}

static void put_options(struct sheet *sheet, const struct pairs *options)
{
	struct html *html = &sheet->html;

	for (size_t i = 0; i < options->count; i++) {
		const struct pair *pair = &options->items[i];

		html_printf(html, "<div><dt>%s</dt><dd><code>%s</code></dd></div>", pair->key,
			    pair_shown(html->arena, pair));
	}
}

static void put_file(struct sheet *sheet, const struct config_file *file)
{
	struct html *html = &sheet->html;

	html_printf(html, "<h5>%s</h5>", file->name);
	if (file->secret)
		text_puts(html->out, "<p class=\"detail\">A private key, not shown.</p>");
	else if (file->digest)
		html_printf(html, "<p class=\"detail\">SHA-256 <code>%s</code></p>", file->digest);
	else if (file->data) {
		html_printf(html, "<pre tabindex=\"0\" aria-label=\"%s\"><code>", file->name);
		html_lines(html, arena_strndup(html->arena, (const char *)file->data, file->length));
		text_puts(html->out, "</code></pre>");
	}
}

static void put_container(struct sheet *sheet, const struct container *container)
{
	if (!container)
		return;
	put_term(sheet, "Container", container->name);
	put_term(sheet, "Image", container->image);
	put_term(sheet, "Volume", container->state_volume);
}

static void put_node(struct sheet *sheet, const struct live_node *node)
{
	struct html *html = &sheet->html;
	const struct node *spec = &node->spec;

	html_printf(html, "<h4>Node %s</h4><dl class=\"facts\">", spec->name);
	put_term(sheet, "Endpoint", spec->endpoint);
	put_term(sheet, "Platforms asked for", strings_join(html->arena, &spec->platforms, ", "));
	put_term(sheet, "Platforms told", node_platforms(html->arena, node, 100));
	put_term(sheet, "buildkitd flags", strings_join(html->arena, &spec->flags, " "));
	put_options(sheet, &spec->driver_opts);
	put_container(sheet, node->container);
	text_puts(html->out, "</dl>");
	for (size_t i = 0; i < spec->files.count; i++)
		put_file(sheet, &spec->files.items[i]);
}

static void put_builder(struct sheet *sheet, const struct live_builder *builder)
{
	struct html *html = &sheet->html;

	html_printf(html, "<details class=\"more one\"><summary><b>%s</b> <span>%s%s</span></summary>\n", builder->name,
		    builder->driver ? builder->driver : "no driver",
		    text_equal(sheet->content->live->selected, builder->name) ? ", selected" : "");
	html_printf(html, "<h3 class=\"unseen\">Builder %s</h3>", builder->name);
	if (builder->damaged)
		text_puts(html->out, "<p class=\"detail\">Its file could not be understood.</p>");
	for (size_t i = 0; i < builder->node_count; i++)
		put_node(sheet, &builder->nodes[i]);
	text_puts(html->out, "</details>\n");
}

static void put_contexts(struct sheet *sheet, const struct live *live)
{
	struct html *html = &sheet->html;

	if (live->context_count == 0)
		return;
	text_puts(html->out, "<h3>Docker contexts</h3>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
			     "aria-label=\"Docker contexts\"><table><thead><tr><th scope=\"col\">Context</th>"
			     "<th scope=\"col\">Endpoint</th><th scope=\"col\">TLS</th></tr></thead><tbody>\n");
	for (size_t i = 0; i < live->context_count; i++) {
		const struct live_context *context = &live->contexts[i];

		html_printf(html, "<tr><th scope=\"row\">%s%s</th><td>%s</td><td>%s</td></tr>\n", context->name,
			    text_equal(live->current_context, context->name) ? " (current)" : "",
			    context->damaged ? "damaged" : context->endpoint,
			    !context->has_tls	       ? "no"
			    : context->skip_tls_verify ? "yes, not verified"
						       : "yes");
	}
	text_puts(html->out, "</tbody></table></div>\n");
}

void part_configuration(struct sheet *sheet)
{
	const struct live *live = sheet->content->live;
	struct html *html = &sheet->html;

	if (!live)
		return;
	part_begin(sheet, "configuration", "Configuration", "");
	text_puts(html->out, "<dl class=\"facts\">");
	put_term(sheet, "BuildX store", live->store);
	put_term(sheet, "Docker configuration", live->docker_config);
	put_term(sheet, "Current context", live->current_context);
	put_term(sheet, "Said by", live->current_context_from);
	put_term(sheet, "Selected builder", live->selected ? live->selected : "unknown");
	if (sheet->content->plan)
		put_term(sheet, "State files", strings_join(html->arena, &sheet->content->plan->state_files, ", "));
	text_puts(html->out, "</dl>\n");
	for (size_t i = 0; i < sheet->lanes.count; i++)
		for (size_t k = 0; k < sheet->lanes.items[i].count; k++)
			if (sheet->lanes.items[i].items[k].live)
				put_builder(sheet, sheet->lanes.items[i].items[k].live);
	put_contexts(sheet, live);
	part_end(sheet);
}
