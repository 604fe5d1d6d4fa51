/* The page for a wiki: what lives here, how it is made, how well it is, and how to go back. */
#include "report/page_facts.h"

#include "base/count.h"
#include "model/normal.h"
#include "model/redact.h"
#include "model/secret.h"
#include "report/faults.h"
#include "report/markdown.h"
#include "report/plan_markdown.h"
#include "report/style.h"
#include "report/words.h"

enum { MOST = 20 };

struct wiki {
	struct page page;
	const struct page_content *content;
	struct lanes lanes;
	struct cache_uses caches;
};

static const char *safe(struct wiki *wiki, const char *text)
{
	return page_safe(&wiki->page, text ? text_without_password(wiki->page.arena, text) : NULL);
}

static void put_prose(struct wiki *wiki, const char *text)
{
	markdown_prose(wiki->page.out, safe(wiki, text));
}

/* A row, cells parted by bars; NULL and "" are a dash. */
static void put_row(struct wiki *wiki, const char *const *cells, size_t count)
{
	text_puts(wiki->page.out, "|");
	for (size_t i = 0; i < count; i++) {
		text_puts(wiki->page.out, " ");
		markdown_cell(wiki->page.out, text_empty(cells[i]) ? "-" : safe(wiki, cells[i]));
		text_puts(wiki->page.out, " |");
	}
	text_puts(wiki->page.out, "\n");
}
#define ROW(wiki, ...) put_row(wiki, (const char *[]){__VA_ARGS__}, COUNT(((const char *[]){__VA_ARGS__})))

static void put_heading(struct wiki *wiki, const char *heading)
{
	text_printf(wiki->page.out, "\n## %s\n\n", heading);
}

/* "- Store: `~/.docker/buildx`" */
static void put_item(struct wiki *wiki, const char *term, const char *text)
{
	if (text_empty(text))
		return;
	text_printf(wiki->page.out, "- %s: ", term);
	markdown_code(wiki->page.out, safe(wiki, text));
	text_puts(wiki->page.out, "\n");
}

static void put_top(struct wiki *wiki)
{
	const struct page_content *content = wiki->content;
	struct arena *arena = wiki->page.arena;
	time_t now = wiki->page.options->now;
	const char *sentence = "";
	struct said verdict = page_verdict(arena, content, wiki->page.options->held, &sentence);

	text_puts(wiki->page.out, "# ");
	put_prose(wiki, page_title(arena, content));
	text_printf(wiki->page.out, "\n\n**%s.** ", safe(wiki, verdict.words));
	put_prose(wiki, sentence);
	text_puts(wiki->page.out, "\n\n");
	put_item(wiki, "Made", time_words(arena, now));
	put_item(wiki, "By", content->user);
	if (content->live && content->live->from_snapshot && !content->record)
		put_item(wiki, "From a snapshot", taken_words(arena, &content->live->taken, now));
	put_item(wiki, "With", arena_printf(arena, "reconcile %s", content->version));
	put_item(wiki, "Command", content->command);
	if (content->plan)
		put_item(wiki, "State files", strings_join(arena, &content->plan->state_files, ", "));
}

static void put_failures(struct wiki *wiki)
{
	const struct diagnostics *failures = wiki->content->failures;

	if (!failures || failures->count == 0)
		return;
	put_heading(wiki, "What went wrong");
	for (size_t i = 0; i < failures->count; i++) {
		text_puts(wiki->page.out, "- ");
		put_prose(wiki, failures->items[i].message);
		if (*failures->items[i].hint) {
			text_puts(wiki->page.out, ": ");
			put_prose(wiki, failures->items[i].hint);
		}
		text_puts(wiki->page.out, "\n");
	}
}

static const char *signed_words(struct arena *arena, const struct said *said)
{
	return text_empty(said->words) ? tone_sign(said->tone)
				       : arena_printf(arena, "%s %s", tone_sign(said->tone), said->words);
}

static void put_drawn(struct wiki *wiki, const struct lane *lane, const struct drawn *drawn)
{
	struct arena *arena = wiki->page.arena;
	const char *name = drawn->selected ? arena_printf(arena, "%s (selected)", drawn->name) : drawn->name;

	ROW(wiki, name, drawn->driver, lane->name, "", "", signed_words(arena, &drawn->state));
	for (size_t i = 0; drawn->live && i < drawn->live->node_count; i++) {
		const struct live_node *node = &drawn->live->nodes[i];
		struct said said = node_said(arena, node);

		ROW(wiki, arena_printf(arena, "└ %s", node->spec.name), "", node->spec.endpoint,
		    node->daemon ? node->daemon->version : NULL, node_platforms(arena, node, 4),
		    signed_words(arena, &said));
	}
}

static void put_map(struct wiki *wiki)
{
	put_heading(wiki, "Builders and nodes");
	text_puts(wiki->page.out,
		  "| builder, node | driver | where | BuildKit | platforms | state |\n|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < wiki->lanes.count; i++)
		for (size_t k = 0; k < wiki->lanes.items[i].count; k++)
			put_drawn(wiki, &wiki->lanes.items[i], &wiki->lanes.items[i].items[k]);
}

static void put_health(struct wiki *wiki)
{
	const struct faults *faults = &wiki->content->live->faults;

	put_heading(wiki, "Health");
	if (wiki->page.options->held) {
		text_puts(wiki->page.out, "**Held**: ");
		put_prose(wiki, wiki->page.options->held);
		text_puts(wiki->page.out, "\n\n");
	}
	if (faults_counted(faults) == 0) {
		text_puts(wiki->page.out, "No faults found.\n");
		return;
	}
	text_puts(wiki->page.out, "| fault | where | seen | cause | mend |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < faults->count; i++) {
		const struct fault *fault = &faults->items[i];

		if (fault_group_of(fault) != GROUP_LEFT_OVER)
			ROW(wiki, fault->kind->code, fault->subject, fault->message, fault->kind->cause, fault->mend);
	}
}

static const char *policy_words(struct arena *arena, const struct live_node *node)
{
	struct strings words = {0};
	const struct worker *worker = node->daemon && node->daemon->worker_count > 0 ? &node->daemon->workers[0] : NULL;

	for (size_t i = 0; worker && i < worker->rule_count; i++)
		strings_add(arena, &words, arena_printf(arena, "%zu) %s", i + 1, rule_words(arena, &worker->rules[i])));
	return words.count > 0 ? strings_join(arena, &words, " / ") : "unknown";
}

static void put_caches(struct wiki *wiki)
{
	struct arena *arena = wiki->page.arena;

	put_heading(wiki, "Cache");
	text_puts(wiki->page.out, "| builder | node | use | policy |\n|---|---|---|---|\n");
	for (size_t i = 0; i < wiki->caches.count; i++) {
		const struct cache_use *use = &wiki->caches.items[i];

		ROW(wiki, use->builder->name, use->node->spec.name, use->said.words, policy_words(arena, use->node));
	}
}

static void put_file(struct wiki *wiki, const struct config_file *file)
{
	const char *lines = file->data ? arena_strndup(wiki->page.arena, (const char *)file->data, file->length) : "";

	if (file->secret) {
		put_item(wiki, "Private key, not shown", file->name);
		return;
	}
	put_item(wiki, "File", file->name);
	if (file->digest) {
		put_item(wiki, "SHA-256", file->digest);
		return;
	}
	text_puts(wiki->page.out, "\n");
	lines = text_printable(wiki->page.arena, text_without_password(wiki->page.arena, lines), true);
	markdown_block(wiki->page.out, "toml", lines);
	text_puts(wiki->page.out, "\n");
}

static void put_node(struct wiki *wiki, const struct live_node *node)
{
	struct arena *arena = wiki->page.arena;
	const struct node *spec = &node->spec;

	put_item(wiki, "Node", spec->name);
	put_item(wiki, "Endpoint", spec->endpoint);
	put_item(wiki, "Platforms asked for", strings_join(arena, &spec->platforms, ", "));
	put_item(wiki, "buildkitd flags", strings_join(arena, &spec->flags, " "));
	for (size_t i = 0; i < spec->driver_opts.count; i++)
		put_item(wiki, "Option",
			 arena_printf(arena, "%s=%s", spec->driver_opts.items[i].key,
				      pair_shown(arena, &spec->driver_opts.items[i])));
	put_item(wiki, "Image", node->container ? node->container->image : NULL);
	put_item(wiki, "Volume", node->container ? node->container->state_volume : NULL);
	for (size_t i = 0; i < spec->files.count; i++)
		put_file(wiki, &spec->files.items[i]);
}

static void put_configuration(struct wiki *wiki)
{
	const struct live *live = wiki->content->live;

	put_heading(wiki, "Configuration");
	put_item(wiki, "BuildX store", live->store);
	put_item(wiki, "Docker configuration", live->docker_config);
	put_item(wiki, "Current context", live->current_context);
	put_item(wiki, "Selected builder", live->selected ? live->selected : "unknown");
	for (size_t i = 0; i < live->builder_count; i++) {
		text_puts(wiki->page.out, "\n### ");
		markdown_code(wiki->page.out, safe(wiki, live->builders[i].name));
		text_puts(wiki->page.out, "\n\n");
		put_item(wiki, "Driver", live->builders[i].driver);
		for (size_t k = 0; k < live->builders[i].node_count; k++)
			put_node(wiki, &live->builders[i].nodes[k]);
	}
	put_heading(wiki, "Docker contexts");
	text_puts(wiki->page.out, "| context | endpoint | current |\n|---|---|---|\n");
	for (size_t i = 0; i < live->context_count; i++)
		ROW(wiki, live->contexts[i].name, live->contexts[i].damaged ? "damaged" : live->contexts[i].endpoint,
		    text_equal(live->current_context, live->contexts[i].name) ? "yes" : "");
}

static void put_plan(struct wiki *wiki, const struct plan *plan, const char *heading)
{
	CLEANUP_TEXT struct text sentence = TEXT_INIT;
	struct comment comment = {.page = &wiki->page, .limit = (size_t)-1 / 2};

	text_puts(wiki->page.out, "\n## ");
	put_prose(wiki, heading);
	text_puts(wiki->page.out, "\n\n");
	plan_summary(plan, &sentence);
	plan_blocked(plan, &sentence);
	put_prose(wiki, text_string(&sentence));
	text_puts(wiki->page.out, "\n\n");
	plan_markdown_changes(&comment, plan, true, 0);
	while (wiki->page.out->length > 1 && text_ends(text_string(wiki->page.out), "\n\n"))
		text_cut(wiki->page.out, wiki->page.out->length - 1);
}

static void put_plans(struct wiki *wiki)
{
	const struct page_content *content = wiki->content;
	const struct machine_plans *machines = content->machines;

	if (content->plan)
		put_plan(wiki, content->plan, page_is_of_deeds(content) ? "What was done" : "Plan");
	for (size_t i = 0; machines && i < machines->count; i++)
		put_plan(wiki, machines->items[i].plan,
			 machines->items[i].plan->taken.host ? machines->items[i].plan->taken.host
							     : machines->items[i].file);
}

static void put_history(struct wiki *wiki)
{
	const struct records *records = wiki->content->records;
	struct arena *arena = wiki->page.arena;

	put_heading(wiki, "History");
	if (records->count == 0) {
		text_puts(wiki->page.out, "No records yet.\n");
		return;
	}
	text_puts(wiki->page.out, "A rollback undoes that record and every later one.\n\n"
				  "| when | record | status | by | state files as of | back to before it |\n"
				  "|---|---|---|---|---|---|\n");
	for (size_t i = 0; i < records->count && i < MOST; i++) {
		const struct record *record = &records->items[i];

		ROW(wiki, time_words(arena, record->when), record->subject, record->status,
		    arena_printf(arena, "%s on %s", record->user ? record->user : "somebody",
				 record->host ? record->host : "some machine"),
		    record->state_commit ? arena_printf(arena, "%.12s", record->state_commit) : NULL,
		    record->of_other_store ? "of another store"
					   : arena_printf(arena, "`%s`", record_back(arena, record)));
	}
	if (records->count > MOST)
		text_printf(wiki->page.out, "\nAnd %zu older ones: `reconcile --history`\n", records->count - MOST);
}

void page_markdown(const struct page_content *content, const struct report_options *options, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct report_options own = *options;

	own.limit = (size_t)-1 / 2;
	struct wiki wiki = {.page = {.out = out, .options = &own, .arena = arena}, .content = content};

	lanes_collect(arena, content, &wiki.lanes);
	caches_collect(arena, content, &wiki.caches);
	put_top(&wiki);
	put_failures(&wiki);
	if (content->live) {
		put_map(&wiki);
		put_health(&wiki);
		put_caches(&wiki);
	}
	put_plans(&wiki);
	if (content->live)
		put_configuration(&wiki);
	if (content->records)
		put_history(&wiki);
}
