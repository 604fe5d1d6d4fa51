/* The ledger of leftovers: reconcile.leftovers in the repository's folder, JSON, replaced as a whole.
 *
 * A ledger that cannot be read stops what would add to it, and offers nothing for removal. */
#include "history/leftovers.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "base/json.h"
#include "history/git.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/writing.h"
#include "model/normal.h"

enum { LEDGER_CAP = 4 * 1024 * 1024 };

static char *ledger_path(const struct history *history)
{
	return store_file(history, "reconcile.leftovers");
}

static void read_items(struct arena *arena, const cJSON *list, struct leftovers *leftovers)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, list) {
		struct leftover entry = {
			.endpoint = json_string(item, "endpoint"),
			.host = json_string(item, "host"),
			.node = json_string(item, "node"),
			.builder = json_string(item, "builder"),
			.reason = json_string(item, "reason"),
			.volume_created = json_string(item, "volume_created"),
			.until = json_integer(item, "until", 0),
		};

		/* Whoever edited the file: what is no node's name is never put into an Engine's path. */
		if (entry.endpoint && entry.host && entry.node && !name_problem(entry.node))
			*ARENA_PUSH(arena, leftovers->items, leftovers->count) = leftover_copy(arena, &entry);
	}
}

static int read_ledger(const char *path, cJSON **ret_json, struct error *err)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(LEDGER_CAP);
	CLEANUP_JSON cJSON *json = NULL;
	struct error reading = ERROR_INIT;

	*ret_json = NULL;
	if (file_read(path, LEDGER_CAP, &text, &reading) < 0)
		return reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
	if (json_parse(buffer_text(&text), text.length, &json, err) < 0)
		return error_wrap(err, "the list of leftovers %s is damaged", path);
	if (!cJSON_IsArray(json_get(json, "nodes")))
		return error_set(err, ERROR_CORRUPT, "the list of leftovers %s is damaged: it has no nodes", path);
	*ret_json = TAKE(json);
	return 0;
}

int leftovers_check(const char *path, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;

	return read_ledger(path, &json, err);
}

int history_leftovers(struct history *history, struct arena *arena, struct leftovers *ret_leftovers, struct error *err)
{
	CLEANUP_FREE char *path = NULL;
	CLEANUP_JSON cJSON *json = NULL;

	*ret_leftovers = (struct leftovers){0};
	if (!history)
		return 0;
	READING(history);
	path = ledger_path(history);
	if (read_ledger(path, &json, err) < 0)
		return error_hint(err, "move the file away; volumes that were kept are then no longer known as ours");
	const cJSON *diversion = json_get(json, "diversion");
	read_items(arena, json_get(json, "nodes"), ret_leftovers);
	ret_leftovers->diversion.builder = arena_strdup(arena, json_string(diversion, "builder"));
	ret_leftovers->diversion.fallback = arena_strdup(arena, json_string(diversion, "fallback"));
	return 0;
}

static int write_ledger(struct history *history, const struct leftovers *leftovers, struct error *err)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_FREE char *path = ledger_path(history);
	CLEANUP_JSON cJSON *json = cJSON_CreateObject();
	cJSON *list = json_add_array(json, "nodes");

	if (leftovers->count == 0 && !leftovers->diversion.builder)
		return file_remove(path, err);
	for (size_t i = 0; i < leftovers->count; i++) {
		const struct leftover *entry = &leftovers->items[i];
		cJSON *item = json_append_object(list);

		json_add_string(item, "endpoint", entry->endpoint);
		json_add_string(item, "host", entry->host);
		json_add_string(item, "node", entry->node);
		json_add_string(item, "builder", entry->builder);
		json_add_string(item, "reason", entry->reason);
		json_add_string(item, "volume_created", entry->volume_created);
		json_add_integer(item, "until", entry->until);
	}
	if (leftovers->diversion.builder) {
		cJSON *diversion = json_add_object(json, "diversion");

		json_add_string(diversion, "builder", leftovers->diversion.builder);
		json_add_string(diversion, "fallback", leftovers->diversion.fallback);
	}
	json_print(json, &text);
	if (text.length > LEDGER_CAP)
		return error_set(err, ERROR_OTHER, "%s is full: --gc removes what is past its time", path);
	return file_write_atomic(path, text_string(&text), text.length, 0600, err);
}

int history_add_leftover(struct history *history, const struct leftover *leftover, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct leftovers all, kept;
	CLEANUP_WRITING struct writing writing = {0};

	if (writing_begin(history, &writing, err) < 0 || history_leftovers(history, arena, &all, err) < 0)
		return -1;
	kept = (struct leftovers){.diversion = all.diversion};
	for (size_t i = 0; i < all.count; i++)
		if (!text_equal(all.items[i].host, leftover->host) || !text_equal(all.items[i].node, leftover->node))
			*ARENA_PUSH(arena, kept.items, kept.count) = all.items[i];
	*ARENA_PUSH(arena, kept.items, kept.count) = *leftover;
	return write_ledger(history, &kept, err);
}

int history_set_diversion(struct history *history, const struct diversion *diversion, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct leftovers all;
	CLEANUP_WRITING struct writing writing = {0};

	if (writing_begin(history, &writing, err) < 0 || history_leftovers(history, arena, &all, err) < 0)
		return -1;
	if (text_equal(all.diversion.builder, diversion->builder) &&
	    text_equal(all.diversion.fallback, diversion->fallback))
		return 0;
	all.diversion = *diversion;
	return write_ledger(history, &all, err);
}

/* A node of the store is no leftover any more, and one of which nothing is left has no need of an entry. What could not
 * be looked at stays noted. */
static bool is_settled(const struct live *live, const struct leftover *entry)
{
	const struct engine *engine = live_engine(live, entry->endpoint);

	if (live_names_node(live, entry->host, entry))
		return true;
	return engine && engine->reachable && text_equal(engine->host, entry->host) &&
	       !engine_node_container(engine, entry->node) && !engine_node_volume(engine, entry->node);
}

int history_settle_leftovers(struct history *history, const struct live *live, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct leftovers all, kept;
	CLEANUP_WRITING struct writing writing = {0};

	if (history_leftovers(history, arena, &all, err) < 0)
		return -1;
	if (all.count == 0 && !all.diversion.builder)
		return 0;
	if (writing_begin(history, &writing, err) < 0 || history_leftovers(history, arena, &all, err) < 0)
		return -1;
	kept = (struct leftovers){.diversion = all.diversion};
	if (kept.diversion.builder && !text_equal(live->selected, kept.diversion.fallback))
		kept.diversion = (struct diversion){0};
	for (size_t i = 0; i < all.count; i++)
		if (!is_settled(live, &all.items[i]))
			*ARENA_PUSH(arena, kept.items, kept.count) = all.items[i];
	if (kept.count == all.count && kept.diversion.builder == all.diversion.builder)
		return 0;
	return write_ledger(history, &kept, err);
}
