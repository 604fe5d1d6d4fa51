/* The state before a record, as desired state: what its plan and those of every later record touched, with the exact
 * bytes that were there before the first of them that did. */
#include "history/target.h"

#include "base/json.h"
#include "codec/context.h"
#include "codec/instance.h"
#include "codec/plan.h"
#include "codec/snapshot.h"
#include "history/git.h"
#include "history/log.h"
#include "history/private.h"
#include "history/secret_keys.h"
#include "history/trailer.h"
#include "history/writing.h"
#include "model/normal.h"

#include <string.h>
#include <sys/stat.h>

struct rebuild {
	struct history *history;
	const struct record *record;
	const char *private_ref;
	struct private_files files;
	struct plan *plan;
	struct live *live; /* as it was before */
	struct state *state;
	struct strings *seen; /* addresses that an earlier record has told of */
	struct arena *left_arena;
	struct strings *left;
};

static const struct private_file *find_file(const struct rebuild *rebuild, const char *path, bool in_docker_config)
{
	for (size_t i = 0; i < rebuild->files.count; i++)
		if (rebuild->files.items[i].raw.in_docker_config == in_docker_config &&
		    text_equal(rebuild->files.items[i].raw.path, path))
			return &rebuild->files.items[i];
	return NULL;
}

static void leave(struct rebuild *rebuild, const char *what, const struct private_file *file)
{
	const char *text;

	if (!file)
		text = arena_printf(rebuild->left_arena, "%s (the record does not hold it)", what);
	else if (!file->blob)
		text = arena_printf(rebuild->left_arena,
				    "%s (it could not be read then, and is not in %s/.reconcile-aside any more)", what,
				    rebuild->record->store ? rebuild->record->store : "the store");
	else
		text = arena_printf(rebuild->left_arena, "%s (kept in the record: git --git-dir='%s' show '%s:%s')",
				    what, rebuild->history->path, rebuild->private_ref, file->blob);
	strings_add(rebuild->left_arena, rebuild->left, text);
}

static const char *why_before(const struct rebuild *rebuild, const struct change *change, const struct store_file *raw)
{
	struct arena *arena = rebuild->state->arena;

	if (!raw->exists)
		return "it was not there before";
	if (change->action != ACTION_REPAIR || !change->reason)
		return "as it was before";
	return arena_printf(arena, "as it was before, damaged: %s", change->reason);
}

/* Where this record's run moved what could not be read; NULL when that is not there. */
static const char *find_aside(const struct rebuild *rebuild, const char *path)
{
	struct arena *arena = rebuild->state->arena;
	const char *aside = aside_path(arena, rebuild->record->plan_id, path);
	struct stat info;

	if (!rebuild->record->store || lstat(arena_printf(arena, "%s/%s", rebuild->record->store, aside), &info) < 0)
		return NULL;
	return aside;
}

/* The file as it was, to be put back byte for byte. False when that is not at hand. */
static bool add_exact(struct rebuild *rebuild, const struct change *change, const struct private_file *file)
{
	struct state *state = rebuild->state;
	const char *aside = NULL;

	if (!file)
		return false;
	if (file->raw.exists && !file->blob && !(aside = find_aside(rebuild, file->raw.path)))
		return false;
	for (size_t i = 0; i < state->exact_file_count; i++)
		if (state->exact_files[i].raw == &file->raw)
			return true;
	*ARENA_PUSH(state->arena, state->exact_files, state->exact_file_count) =
		(struct exact_file){.raw = &file->raw, .aside = aside, .why = why_before(rebuild, change, &file->raw)};
	return true;
}

static int read_json(struct rebuild *rebuild, const char *name, cJSON **ret_json, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(BUFFER_TEXT_CAP);

	if (history_read(rebuild->history, rebuild->record->id, name, &data, err) < 0)
		return -1;
	if (json_parse(buffer_text(&data), data.length, ret_json, err) < 0)
		return error_wrap(err, "%s of the record %.7s", name, rebuild->record->id);
	return 0;
}

static int read_record(struct rebuild *rebuild, struct error *err)
{
	CLEANUP_GIT(git_commit) *commit = NULL;
	CLEANUP_JSON cJSON *plan = NULL, *live = NULL;
	struct arena *arena = rebuild->state->arena;

	if (record_commit(rebuild->history, rebuild->record->id, &commit, err) < 0)
		return -1;
	rebuild->private_ref = trailer_get(arena, git_commit_message(commit), "Private-Ref");
	if (!rebuild->private_ref)
		return error_set(err, ERROR_CORRUPT, "%.7s is not a record: it names no Private-Ref",
				 rebuild->record->id);
	if (private_read(rebuild->history, arena, rebuild->private_ref, rebuild->record->plan_id, &rebuild->files,
			 err) < 0 ||
	    read_json(rebuild, "plan.json", &plan, err) < 0 || read_json(rebuild, "live.json", &live, err) < 0)
		return -1;
	if (plan_from_json(plan, &rebuild->plan, err) == 0 && live_from_json(live, &rebuild->live, err) == 0)
		return 0;
	error_wrap(err, "the record %.7s", rebuild->record->id);
	return -1;
}

/* A builder none of whose nodes was well is brought back as it was: in the store, and not booted. */
static enum tri bootstrap_before(const struct live_builder *before)
{
	if (!before)
		return TRI_UNSET;
	for (size_t i = 0; i < before->node_count; i++)
		if (before->nodes[i].state == NODE_RUNNING || before->nodes[i].state == NODE_UNKNOWN)
			return TRI_UNSET;
	return TRI_NO;
}

/* The file could be read, and yet no builder could be had from it: another driver than there are, an endpoint that
 * leads nowhere. Nothing can be planned for such a one but its file. */
static bool was_broken(const struct rebuild *rebuild, const char *address)
{
	for (size_t i = 0; i < rebuild->live->faults.count; i++) {
		const struct fault *fault = &rebuild->live->faults.items[i];

		if (fault_is_instance(fault) && text_equal(fault->subject, address))
			return true;
	}
	return false;
}

static void add_instance(struct rebuild *rebuild, const struct change *change, const struct private_file *file)
{
	struct arena *arena = rebuild->state->arena;
	struct live_builder parsed = {0};

	if (!file->raw.readable || was_broken(rebuild, change->address) ||
	    instance_parse(arena, file->raw.data, file->raw.length, &parsed, NULL, NULL) < 0) {
		/* Its container and volume stay: what uses them again is the file, once somebody has mended it. */
		if (add_exact(rebuild, change, file))
			add_exact(rebuild, change,
				  find_file(rebuild, arena_printf(arena, "activity/%s", change->name), false));
		else
			leave(rebuild, change->address, file);
		return;
	}
	struct builder *builder = ARENA_PUSH(arena, rebuild->state->builders, rebuild->state->builder_count);
	*builder = (struct builder){
		.name = arena_strdup(arena, change->name),
		.driver = parsed.driver,
		.dynamic = parsed.dynamic,
		.nodes = ARENA_ARRAY(arena, struct node, parsed.node_count + 1),
		.node_count = parsed.node_count,
		.bootstrap = bootstrap_before(live_builder(rebuild->live, change->name)),
		.exact = &file->raw,
	};
	for (size_t i = 0; i < parsed.node_count; i++)
		builder->nodes[i] = parsed.nodes[i].spec;
}

static void add_builder(struct rebuild *rebuild, const struct change *change)
{
	struct arena *arena = rebuild->state->arena;
	const char *path = arena_printf(arena, "instances/%s", name_lower(arena, change->name));
	const struct private_file *file = find_file(rebuild, path, false);
	const struct live_builder *before = live_builder(rebuild->live, change->name);

	if (before && before->context_builder)
		return; /* a context's own: in no file, and never made or removed */
	if (!file) {
		leave(rebuild, change->address, NULL);
	} else if (file->raw.exists) {
		add_instance(rebuild, change, file);
	} else {
		struct builder *builder = ARENA_PUSH(arena, rebuild->state->builders, rebuild->state->builder_count);
		*builder = (struct builder){.name = arena_strdup(arena, change->name),
					    .state = "absent",
					    .protect = change->protect ? TRI_YES : TRI_UNSET};
	}
}

/* Every file that was below the TLS folder. False when one of them could not be read then. */
static bool add_tls(struct rebuild *rebuild, struct context *context, const struct live_context *before)
{
	struct arena *arena = rebuild->state->arena;
	const char *docker = context_tls_path(arena, context->name);
	const char *folder = arena_strndup(arena, docker, strlen(docker) - strlen("docker"));

	context->exact_tls_known = before->tls_known;
	for (size_t i = 0; before->tls_known && i < rebuild->files.count; i++) {
		const struct store_file *raw = &rebuild->files.items[i].raw;

		if (!raw->in_docker_config || !raw->exists || !text_starts(raw->path, folder))
			continue;
		if (!raw->readable)
			return false;
		*ARENA_PUSH(arena, context->exact_tls, context->exact_tls_count) = *raw;
	}
	return context->exact_tls_count == before->tls_count;
}

static void add_context(struct rebuild *rebuild, const struct change *change)
{
	struct arena *arena = rebuild->state->arena;
	const struct private_file *file = find_file(rebuild, context_meta_path(arena, change->name), true);
	const struct live_context *before = live_context(rebuild->live, change->name);

	if (!file || (file->raw.exists && (!file->raw.readable || !before || before->damaged))) {
		leave(rebuild, change->address, file);
		return;
	}
	struct context *context = ARENA_PUSH(arena, rebuild->state->contexts, rebuild->state->context_count);
	*context = (struct context){.name = arena_strdup(arena, change->name), .state = "absent"};
	if (!file->raw.exists)
		return;
	context->state = "present";
	context->endpoint = arena_strdup(arena, before->endpoint);
	context->description = arena_strdup(arena, before->description);
	context->skip_tls_verify = before->skip_tls_verify ? TRI_YES : TRI_NO;
	context->exact = &file->raw;
	if (!add_tls(rebuild, context, before)) {
		context->exact_tls_known = false;
		leave(rebuild, arena_printf(arena, "the TLS files of %s", change->address), NULL);
	}
}

/* Edited back, not restored: config.json may hold more by now than it did then. */
static void add_current_context(struct rebuild *rebuild, const struct change *change)
{
	struct state *state = rebuild->state;
	const char *before = rebuild->live->configured_context;

	if (!before)
		leave(rebuild, change->address, NULL);
	else
		state->current_context = arena_strdup(state->arena, *before == '\0' ? "default" : before);
}

/* Nobody could say what was selected: the files that did not tell come back as they were. */
static void add_selection_files(struct rebuild *rebuild, const struct change *change)
{
	for (size_t i = 0; i < rebuild->files.count; i++) {
		const struct private_file *file = &rebuild->files.items[i];

		if (file->raw.in_docker_config ||
		    (!text_equal(file->raw.path, "current") && !text_starts(file->raw.path, "defaults/")))
			continue;
		if (!add_exact(rebuild, change, file))
			leave(rebuild, file->raw.path, file);
	}
}

static void add_selection(struct rebuild *rebuild, const struct change *change)
{
	struct state *state = rebuild->state;

	if (state->selected)
		return;
	if (text_empty(rebuild->live->selected)) {
		add_selection_files(rebuild, change);
		return;
	}
	state->selected = arena_strdup(state->arena, rebuild->live->selected);
	for (size_t i = 0; i < rebuild->files.count; i++) {
		const struct store_file *raw = &rebuild->files.items[i].raw;

		if (raw->in_docker_config || (raw->exists && !raw->readable))
			continue;
		if (text_equal(raw->path, "current"))
			state->exact_current = raw;
		else if (text_starts(raw->path, "defaults/"))
			state->exact_defaults = raw;
	}
}

/* A replacement diverts builds to its fallback, and may have been cut off before it selected back. */
static bool selects(const struct change *change)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == STEP_SELECT)
			return true;
	return change->object == OBJECT_SELECTED;
}

/* Where builds went while the builder was made anew, they go while it is made as it was. */
static void add_fallback(struct rebuild *rebuild, const struct change *change)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == STEP_DIVERT && change->object == OBJECT_BUILDER)
			for (size_t k = 0; k < rebuild->state->builder_count; k++)
				if (text_equal(rebuild->state->builders[k].name, change->name))
					rebuild->state->builders[k].fallback =
						arena_strdup(rebuild->state->arena, change->steps[i].detail);
}

static void add_change(struct rebuild *rebuild, const struct change *change)
{
	if (change->action == ACTION_NONE || change->action == ACTION_UNKNOWN)
		return;
	if (strings_contain(rebuild->seen, change->address)) {
		add_fallback(rebuild, change);
		return;
	}
	strings_add(rebuild->state->arena, rebuild->seen, change->address);
	if (change->object == OBJECT_BUILDER)
		add_builder(rebuild, change);
	else if (change->object == OBJECT_CONTEXT)
		add_context(rebuild, change);
	else if (change->object == OBJECT_CURRENT_CONTEXT)
		add_current_context(rebuild, change);
	else if (change->object == OBJECT_FILE && !add_exact(rebuild, change, find_file(rebuild, change->name, false)))
		leave(rebuild, change->name, find_file(rebuild, change->name, false));
	add_fallback(rebuild, change);
	if (selects(change))
		add_selection(rebuild, change);
}

/* A volume that the plan took over was there before; whoever made it, going back does not empty it. */
static void add_kept_volumes(struct rebuild *rebuild)
{
	struct state *state = rebuild->state;

	for (size_t i = 0; i < rebuild->live->engine_count; i++) {
		const struct engine *engine = &rebuild->live->engines[i];
		for (size_t k = 0; k < engine->volume_count; k++) {
			struct pair *kept =
				ARENA_PUSH(state->arena, state->kept_volumes.items, state->kept_volumes.count);
			*kept = (struct pair){.key = arena_strdup(state->arena, engine->host),
					      .value = arena_strdup(state->arena, engine->volumes[k].name)};
		}
	}
}

/* An instance file does not say which of its options a state file called secret. */
static void hide_secrets(struct rebuild *rebuild)
{
	struct state *state = rebuild->state;
	struct strings keys = {0};

	history_secret_keys(rebuild->history, state->arena, &keys);
	for (size_t i = 0; i < state->builder_count; i++)
		for (size_t k = 0; k < state->builders[i].node_count; k++) {
			struct pairs *options = &state->builders[i].nodes[k].driver_opts;

			for (size_t m = 0; m < options->count; m++)
				if (strings_contain(&keys, options->items[m].key))
					options->items[m].secret = true;
		}
}

/* Adds what this record's plan touched and no earlier one had. */
static int add_record(struct rebuild *rebuild, const struct record *record, bool is_first, struct error *err)
{
	int result;

	rebuild->record = record;
	rebuild->plan = NULL;
	rebuild->live = NULL;
	rebuild->files = (struct private_files){0};
	result = read_record(rebuild, err);
	for (size_t i = 0; result == 0 && i < rebuild->plan->change_count; i++)
		add_change(rebuild, &rebuild->plan->changes[i]);
	if (result == 0 && is_first)
		add_kept_volumes(rebuild);
	plan_free(rebuild->plan);
	live_free(rebuild->live);
	return result;
}

/* From the record to the newest one. */
static int add_records(struct rebuild *rebuild, const struct record *first, struct error *err)
{
	struct records records = {0};
	size_t at = 0;

	/* What is damaged before the record is in nobody's way. */
	int listed = history_list(rebuild->history, rebuild->state->arena, 0, &records, err);
	while (at < records.count && !text_equal(records.items[at].id, first->id))
		at++;
	if (listed < 0 && at == records.count)
		return -1;
	if (add_record(rebuild, first, true, err) < 0)
		return -1;
	for (; at > 0 && at < records.count; at--)
		if (add_record(rebuild, &records.items[at - 1], false, err) < 0)
			return -1;
	return 0;
}

int history_target(struct history *history, const struct record *record, struct state **ret_state,
		   struct strings *ret_left, struct arena *arena, struct error *err)
{
	struct strings left = {0}, seen = {0};
	struct rebuild rebuild = {
		.history = history, .state = state_new(), .seen = &seen, .left_arena = arena, .left = &left};

	READING(history);
	rebuild.state->version = 1;
	if (add_records(&rebuild, record, err) < 0) {
		state_free(rebuild.state);
		return -1;
	}
	hide_secrets(&rebuild);
	state_sort(rebuild.state);
	*ret_state = rebuild.state;
	*ret_left = left;
	return 0;
}
