/* How full caches are, against what the daemon that keeps them was told to keep. */
#include "report/page_facts.h"

#include "model/driver.h"
#include "model/normal.h"

static const int64_t SECOND = 1000000000;

static int64_t reclaimable(const struct daemon *daemon)
{
	int64_t sum = 0;

	for (size_t i = 0; i < daemon->disk_count; i++)
		sum += daemon->disk[i].reclaimable;
	return sum;
}

static int percent(int64_t part, int64_t whole)
{
	return (int)((double)part * 100.0 / (double)whole + 0.5);
}

/* Nobody asked, or nobody answered. */
static const char *why_unknown(struct arena *arena, const struct cache_use *use)
{
	const struct live_node *node = use->node;

	if (node->daemon)
		return "unknown: the daemon did not tell";
	if (node->reason)
		return arena_printf(arena, "unknown: %s", node->reason);
	if (driver_home(use->builder->driver) == HOME_ENGINE)
		return "unknown: the Engine keeps it, and was not asked";
	return node->state == NODE_RUNNING
		       ? "unknown: the daemon was not asked"
		       : arena_printf(arena, "unknown: the node is %s", node_state_name(node->state));
}

static struct said said_of(struct arena *arena, const struct cache_use *use)
{
	const char *used = bytes_text(arena, use->used);

	if (!use->known && use->node->state == NODE_INACTIVE && !use->node->volume)
		return (struct said){TONE_QUIET, "none yet: it was not booted"};
	if (!use->known)
		return (struct said){TONE_UNKNOWN, why_unknown(arena, use)};
	if (use->limit <= 0)
		return (struct said){TONE_QUIET, arena_printf(arena, "%s, no limit is known", used)};
	const char *words = arena_printf(arena, "%s of %s (%d %%)", used, bytes_text(arena, use->limit),
					 percent(use->used, use->limit));
	if (use->used > use->limit)
		return (struct said){TONE_BAD, arena_printf(arena, "%s, over its policy", words)};
	return (struct said){TONE_GOOD, words};
}

static void add(struct arena *arena, struct cache_uses *uses, const struct live_builder *builder,
		const struct live_node *node)
{
	struct cache_use *use = ARENA_PUSH(arena, uses->items, uses->count);
	const struct daemon *daemon = node->daemon;

	*use = (struct cache_use){.builder = builder, .node = node, .known = daemon && daemon->disk_known};
	if (use->known) {
		use->used = daemon_disk_total(daemon);
		use->reclaimable = reclaimable(daemon);
		uses->known++;
		uses->used += use->used;
		uses->largest = use->used > uses->largest ? use->used : uses->largest;
	}
	if (daemon && daemon->worker_count > 0)
		use->limit = worker_cache_limit(&daemon->workers[0]);
	use->said = said_of(arena, use);
}

void caches_collect(struct arena *arena, const struct page_content *content, struct cache_uses *ret_uses)
{
	const struct live *live = content->live;
	const struct strings *only = content->status ? content->status->only : NULL;

	*ret_uses = (struct cache_uses){0};
	for (size_t i = 0; live && i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];

		if (only && only->count > 0 && !strings_contain(only, builder->name))
			continue;
		for (size_t k = 0; k < builder->node_count; k++)
			add(arena, ret_uses, builder, &builder->nodes[k]);
	}
}

const char *rule_words(struct arena *arena, const struct gc_rule *rule)
{
	struct strings words = {0};
	const char *what = rule->filters.count > 0 ? strings_join(arena, &rule->filters, ", ")
			   : rule->all		   ? "everything"
						   : "what is not shared";

	if (rule->max_used_space > 0)
		strings_add(arena, &words, arena_printf(arena, "at most %s", bytes_text(arena, rule->max_used_space)));
	if (rule->reserved_space > 0)
		strings_add(arena, &words,
			    arena_printf(arena, "%s are left alone", bytes_text(arena, rule->reserved_space)));
	if (rule->min_free_space > 0)
		strings_add(arena, &words,
			    arena_printf(arena, "%s of the disk stay free", bytes_text(arena, rule->min_free_space)));
	if (rule->keep_duration > 0)
		strings_add(arena, &words,
			    arena_printf(arena, "unused for %s goes first",
					 seconds_text(arena, rule->keep_duration / SECOND)));
	if (words.count == 0)
		return arena_printf(arena, "%s: no bound", what);
	return arena_printf(arena, "%s: %s", what, strings_join(arena, &words, "; "));
}
