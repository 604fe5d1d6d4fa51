/* What a page can be told, with the same text wherever a text can be: hostile ones, or a tame one. */
#ifndef RECONCILE_TESTS_UNIT_PAGE_WORLD_H
#define RECONCILE_TESTS_UNIT_PAGE_WORLD_H

#include "base/count.h"
#include "hostile_text.h"
#include "report/page.h"

#include <stdio.h>
#include <string.h>

struct page_world {
	struct live live;
	struct state desired;
	struct plan plan;
	struct status status;
	struct strings none;
	struct records records;
	struct diagnostics failures;
	struct page_content content;
};

/* "" leaves a line out, which is no matter of escaping. */
static inline const char *page_text(size_t i, bool tame)
{
	const char *text = pick(hostile[i], tame);

	return *text ? text : "tame";
}

static inline void page_world_daemon(struct arena *arena, const char *text, struct live_node *node)
{
	struct daemon *daemon = ARENA_NEW(arena, struct daemon);

	*daemon = (struct daemon){.version = text, .disk_known = true, .worker_count = 1, .disk_count = 1};
	daemon->workers = ARENA_NEW(arena, struct worker);
	daemon->workers[0] = (struct worker){.rule_count = 1, .rules = ARENA_NEW(arena, struct gc_rule)};
	daemon->workers[0].rules[0] = (struct gc_rule){.all = true, .max_used_space = 1 << 30};
	strings_add(arena, &daemon->workers[0].platforms, text);
	strings_add(arena, &daemon->workers[0].rules[0].filters, text);
	daemon->disk = ARENA_NEW(arena, struct disk_use);
	daemon->disk[0] = (struct disk_use){.type = text, .bytes = 1 << 20, .records = 1};
	node->daemon = daemon;
}

static inline void page_world_builder(struct arena *arena, const char *text, struct live_builder *builder)
{
	struct live_node *node = ARENA_NEW(arena, struct live_node);
	struct pair *option = ARENA_NEW(arena, struct pair);
	struct config_file *file = ARENA_NEW(arena, struct config_file);
	struct container *container = ARENA_NEW(arena, struct container);
	const char *bytes =
		strchr(text, '\t') ? "tame" : text; /* of a tab, which stays in a block, another test tells */

	*option = (struct pair){.key = text, .value = text};
	*file = (struct config_file){.name = text, .data = (const unsigned char *)bytes, .length = strlen(bytes)};
	*container = (struct container){.name = text, .image = text, .state_volume = text};
	node->spec = (struct node){.name = text,
				   .endpoint = text,
				   .driver_opts = {.items = option, .count = 1},
				   .files = {.items = file, .count = 1}};
	strings_add(arena, &node->spec.platforms, text);
	strings_add(arena, &node->spec.flags, text);
	node->state = NODE_UNHEALTHY;
	node->reason = text;
	node->container = container;
	page_world_daemon(arena, text, node);
	*builder = (struct live_builder){.name = text, .driver = text, .nodes = node, .node_count = 1};
}

static inline void page_world_change(struct arena *arena, const char *text, struct change *change)
{
	struct field_change *fields = ARENA_ARRAY(arena, struct field_change, 3);
	const char *value = strchr(text, '\n') ? "tame" : text; /* of one line: several are shown otherwise */

	fields[0] = (struct field_change){.path = text, .before = value, .after = "b", .note = text};
	fields[1] = (struct field_change){.path = text, .after = value, .forces_replacement = true};
	fields[2] = (struct field_change){
		.path = text, .before = "one\ntwo", .after = arena_printf(arena, "one\n%s", text)};
	*change = (struct change){.address = text,
				  .object = OBJECT_FILE,
				  .name = text,
				  .action = ACTION_CHANGE,
				  .reason = text,
				  .fields = fields,
				  .field_count = 3,
				  .cache_note = text,
				  .detail = arena_printf(arena, "away: %s", text),
				  .blocked = text,
				  .source = {.file = text, .line = 1}};
}

static inline void page_world_fill(struct arena *arena, const char *text, size_t i, struct page_world *world)
{
	static const struct fault_kind kind = {.code = "instance-empty", .cause = "it is empty"};
	struct error problem = {.kind = ERROR_INVALID, .line = 1, .column = 1};

	page_world_builder(arena, text, &world->live.builders[i]);
	page_world_change(arena, text, &world->plan.changes[i]);
	world->live.contexts[i] = (struct live_context){.name = text, .endpoint = text};
	world->live.faults.items[i] =
		(struct fault){.kind = &kind, .subject = text, .path = text, .message = text, .mend = text, .size = -1};
	world->records.items[i] = (struct record){.id = "0123456789abcdef0123456789abcdef01234567",
						  .subject = text,
						  .status = text,
						  .host = text,
						  .user = text,
						  .state_commit = text,
						  .when = 1800000000,
						  .began = 1799999990};
	snprintf(problem.file, sizeof(problem.file), "%s", text);
	error_set(&problem, ERROR_INVALID, "%s", text);
	error_hint(&problem, "%s", text);
	diagnostics_add(&world->failures, &problem);
	strings_add(arena, &world->plan.unknown, text);
	strings_add(arena, &world->plan.unmanaged, text);
	strings_add(arena, &world->plan.notes, text);
}

static inline void page_world_make(struct arena *arena, bool tame, struct page_world *world)
{
	size_t count = COUNT(hostile);
	const char *text = tame ? "calm" : "a`@team #1<b>\"'&.yaml"; /* no builder is called so */

	*world = (struct page_world){.plan = {.complete = true, .change_count = count},
				     .live = {.builder_count = count, .context_count = count, .store = text}};
	world->live.builders = ARENA_ARRAY(arena, struct live_builder, count);
	world->live.contexts = ARENA_ARRAY(arena, struct live_context, count);
	world->live.faults = (struct faults){ARENA_ARRAY(arena, struct fault, count), count};
	world->plan.changes = ARENA_ARRAY(arena, struct change, count);
	world->records = (struct records){ARENA_ARRAY(arena, struct record, count), count};
	for (size_t i = 0; i < count; i++)
		page_world_fill(arena, page_text(i, tame), i, world);
	world->live.docker_config = world->live.current_context = world->live.current_context_from = text;
	world->live.selected = text;
	strings_add(arena, &world->plan.state_files, text);
	world->content = (struct page_content){.mode = "status",
					       .host = text,
					       .user = text,
					       .version = "0.1.0",
					       .command = text,
					       .live = &world->live,
					       .plan = &world->plan,
					       .records = &world->records,
					       .failures = &world->failures};
}

static inline void page_world_done(struct page_world *world)
{
	diagnostics_done(&world->failures);
}

#endif
