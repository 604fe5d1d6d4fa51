/* What a page tells, as words and a tone each, for the HTML and the Markdown of it alike. Texts are foreign ones
 * still: whoever puts them escapes them. */
#ifndef RECONCILE_REPORT_PAGE_FACTS_H
#define RECONCILE_REPORT_PAGE_FACTS_H

#include "report/page.h"

/* How good that is. Each has a sign of its own and is said in words too: colour is never all there is. */
enum tone { TONE_QUIET = 0, TONE_GOOD, TONE_CHANGE, TONE_UNKNOWN, TONE_BAD, TONE_COUNT };
const char *tone_name(enum tone tone); /* "good": a class of page.css, and the id of a symbol */
const char *tone_sign(enum tone tone); /* "✓" */

struct said {
	enum tone tone;
	const char *words;
};

/* A run that has done something, or the record of one. */
bool page_is_of_deeds(const struct page_content *content);
const char *page_title(struct arena *arena, const struct page_content *content);
/* All of it in a few words, and a sentence that counts. */
/* held: why an apply is refused; NULL: it is not. */
struct said page_verdict(struct arena *arena, const struct page_content *content, const char *held,
			 const char **ret_sentence);

/* A builder as it is drawn: `live` or, asked for and not here yet, `missing`. */
struct drawn {
	const char *name, *driver;
	const struct live_builder *live;
	const struct builder *missing;
	bool selected;
	struct said state;
};
/* Where nodes live: an Engine, a cluster, somebody else's machines. */
struct lane {
	const struct engine *engine; /* NULL: none */
	const char *kind, *name, *note;
	enum tone tone;
	struct drawn *items;
	size_t count, nodes;
};
struct lanes {
	struct lane *items;
	size_t count, builders, nodes, running;
};
/* Every builder once, in the lane of its first node. */
void lanes_collect(struct arena *arena, const struct page_content *content, struct lanes *ret_lanes);
struct said node_said(struct arena *arena, const struct live_node *node);
/* "linux/amd64, linux/arm64 and 3 more"; what the daemon tells, else what the instance file says. */
const char *node_platforms(struct arena *arena, const struct live_node *node, size_t most);

struct cache_use {
	const struct live_builder *builder;
	const struct live_node *node;
	bool known;
	int64_t used, reclaimable, limit; /* bytes; limit 0: none is known */
	struct said said;		  /* "12.3 GiB of 20 GiB (61 %)"; "unknown: …" */
};
struct cache_uses {
	struct cache_use *items;
	size_t count, known;
	int64_t used, largest;
};
void caches_collect(struct arena *arena, const struct page_content *content, struct cache_uses *ret_uses);
const char *rule_words(struct arena *arena, const struct gc_rule *rule);

struct said record_said(const struct record *record);
/* "2026-11-26 10:15 UTC" */
const char *time_words(struct arena *arena, time_t when);
/* "reconcile --rollback 4f2a1b9" */
const char *record_back(struct arena *arena, const struct record *record);
/* What became of change i of the plan; words NULL: nothing was carried out. */
struct said change_said(struct arena *arena, const struct page_content *content, size_t i);

#endif
