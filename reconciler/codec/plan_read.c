/* JSON -> plan. Saved plans may be old, edited or hostile: every member is checked, and what is missing is named. */
#include "base/count.h"
#include "base/json.h"
#include "base/xalloc.h"
#include "codec/plan.h"
#include "codec/plan_names.h"

#include <stdlib.h>
#include <string.h>

const char *const object_names[] = {
	[OBJECT_BUILDER] = "builder",	  [OBJECT_CONTEXT] = "context",
	[OBJECT_SELECTED] = "selected",	  [OBJECT_FILE] = "file",
	[OBJECT_CONTAINER] = "container", [OBJECT_VOLUME] = "volume",
	[OBJECT_CACHE] = "cache",	  [OBJECT_CURRENT_CONTEXT] = "current-context",
};

static const struct {
	enum error_kind kind;
	const char *name;
} blocked_kinds[] = {{ERROR_REFUSED, "refused"}, {ERROR_UNREACHABLE, "unreachable"}, {ERROR_CORRUPT, "corrupt"}};

const char *blocked_kind_name(enum error_kind kind)
{
	for (size_t i = 0; i < COUNT(blocked_kinds); i++)
		if (blocked_kinds[i].kind == kind)
			return blocked_kinds[i].name;
	return "other";
}

enum error_kind blocked_kind_find(const char *name)
{
	for (size_t i = 0; i < COUNT(blocked_kinds); i++)
		if (text_equal(blocked_kinds[i].name, name))
			return blocked_kinds[i].kind;
	return ERROR_OTHER;
}

struct plan_reader {
	struct plan *plan;
	struct arena *arena;
};

static const char *text(const struct plan_reader *reader, const cJSON *object, const char *key)
{
	return arena_strdup(reader->arena, json_string(object, key));
}

static int need(const struct plan_reader *reader, const cJSON *object, const char *where, const char *key,
		const char **ret_text, struct error *err)
{
	*ret_text = text(reader, object, key);
	return *ret_text ? 0 : error_set(err, ERROR_CORRUPT, "not a plan: %s has no text \"%s\"", where, key);
}

static struct source read_source(const struct plan_reader *reader, const cJSON *object)
{
	const cJSON *source = json_get(object, "source");

	return (struct source){text(reader, source, "file"), (int)json_integer(source, "line", 0),
			       (int)json_integer(source, "column", 0), false};
}

static int read_fields(const struct plan_reader *reader, const cJSON *object, struct change *change, struct error *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(object, "fields"))
	{
		struct field_change *field = ARENA_PUSH(reader->arena, change->fields, change->field_count);
		if (need(reader, item, change->address, "path", &field->path, err) < 0)
			return -1;
		field->before = text(reader, item, "before");
		field->after = text(reader, item, "after");
		field->note = text(reader, item, "note");
		field->forces_replacement = json_bool(item, "forces_replacement", false);
		field->sensitive = json_bool(item, "sensitive", false);
		field->source = read_source(reader, item);
	}
	return 0;
}

/* As codec/plan_write.c writes it: an empty name is that of what is selected by naming nothing. */
static void read_step_name(const struct plan_reader *reader, const cJSON *object, struct step *step)
{
	step->name = text(reader, object, "name");
	if (!step->name || *step->name != '\0')
		return;
	step->name = NULL;
	step->of_context = step->kind == STEP_SELECT || step->kind == STEP_DIVERT;
}

static int read_steps(const struct plan_reader *reader, const cJSON *object, struct change *change, struct error *err)
{
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(object, "steps"))
	{
		struct step *step = ARENA_PUSH(reader->arena, change->steps, change->step_count);
		const char *kind;
		int found = 0;

		if (need(reader, item, change->address, "kind", &kind, err) < 0)
			return -1;
		while (found < STEP_KIND_COUNT && !text_equal(step_kind_name(found), kind))
			found++;
		if (found == STEP_KIND_COUNT)
			return error_set(err, ERROR_CORRUPT, "not a plan of this version: step \"%s\" of %s is unknown",
					 kind, change->address);
		step->kind = found;
		step->endpoint = text(reader, item, "endpoint");
		read_step_name(reader, item, step);
		step->node = text(reader, item, "node");
		step->path = text(reader, item, "path");
		step->dockerfile = text(reader, item, "dockerfile");
		json_strings(item, "platforms", reader->arena, &step->platforms);
		step->detail = text(reader, item, "detail");
		step->keep_s = json_integer(item, "keep_seconds", 0);
		step->lingers = json_bool(item, "lingers", false);
		step->unless_healed = json_bool(item, "unless_healed", false);
		step->in_docker_config = json_bool(item, "in_docker_config", false);
	}
	return 0;
}

/* The only field of these objects is what they are about. */
static void read_target(struct change *change)
{
	if (change->field_count == 0 || (change->object != OBJECT_SELECTED && change->object != OBJECT_CACHE &&
					 change->object != OBJECT_CURRENT_CONTEXT))
		return;
	change->from = change->fields[0].before;
	change->to = change->fields[0].after;
}

static enum cache_effect find_cache(const char *name)
{
	for (enum cache_effect effect = CACHE_NONE; effect <= CACHE_RETAINED; effect++)
		if (text_equal(cache_effect_name(effect), name))
			return effect;
	return CACHE_NONE;
}

static int read_kind(const struct plan_reader *reader, const cJSON *object, struct change *change, struct error *err)
{
	const char *action, *type;
	int found = 0;

	if (need(reader, object, change->address, "action", &action, err) < 0 ||
	    need(reader, object, change->address, "type", &type, err) < 0)
		return -1;
	const struct action_kind *kind = action_find(action);
	while (found < OBJECT_NAMES && !text_equal(object_names[found], type))
		found++;
	if (!kind || found == OBJECT_NAMES)
		return error_set(err, ERROR_CORRUPT, "not a plan of this version: %s is a \"%s\" to \"%s\"",
				 change->address, type, action);
	change->action = kind->action;
	change->object = found;
	return 0;
}

static int read_change(const struct plan_reader *reader, const cJSON *object, struct error *err)
{
	struct change *change = ARENA_PUSH(reader->arena, reader->plan->changes, reader->plan->change_count);

	if (need(reader, object, "a change", "address", &change->address, err) < 0 ||
	    need(reader, object, change->address, "name", &change->name, err) < 0 ||
	    need(reader, object, change->address, "live_fingerprint", &change->live_fingerprint, err) < 0 ||
	    read_kind(reader, object, change, err) < 0 || read_fields(reader, object, change, err) < 0 ||
	    read_steps(reader, object, change, err) < 0)
		return -1;
	read_target(change);
	change->reason = text(reader, object, "action_reason");
	change->phase = (int)json_integer(object, "phase", PHASE_BUILDERS);
	change->source = read_source(reader, object);
	change->cache = find_cache(json_string(object, "cache"));
	change->cache_note = text(reader, object, "cache_note");
	change->protect = json_bool(object, "protect", false);
	change->blocked = text(reader, object, "blocked");
	change->blocked_kind = blocked_kind_find(json_string(object, "blocked_kind"));
	return 0;
}

static int read_faults(const struct plan_reader *reader, const cJSON *json, struct error *err)
{
	struct faults *faults = &reader->plan->faults;
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(json, "faults"))
	{
		const struct fault_kind *kind = fault_kind_find(json_string(item, "code"));
		if (!kind)
			continue; /* of another version: nothing is planned from it */
		struct fault *fault = ARENA_PUSH(reader->arena, faults->items, faults->count);
		fault->kind = kind;
		if (need(reader, item, "a fault", "subject", &fault->subject, err) < 0 ||
		    need(reader, item, "a fault", "message", &fault->message, err) < 0)
			return -1;
		fault->path = text(reader, item, "path");
		fault->mend = text(reader, item, "mend");
	}
	return 0;
}

static int read_head(const struct plan_reader *reader, const cJSON *json, struct error *err)
{
	struct plan *plan = reader->plan;
	const char *version;

	if (!cJSON_IsObject(json))
		return error_set(err, ERROR_CORRUPT, "not a plan: the JSON is not an object");
	if (need(reader, json, "it", "format_version", &version, err) < 0)
		return -1;
	if (!text_starts(version, "1."))
		return error_set(err, ERROR_CORRUPT, "the plan has format_version \"%s\"; this version reads 1.x",
				 version);
	if (need(reader, json, "it", "plan_id", &plan->plan_id, err) < 0 ||
	    need(reader, json, "it", "desired_digest", &plan->desired_digest, err) < 0 ||
	    need(reader, json, "it", "lineage", &plan->lineage, err) < 0)
		return -1;
	plan->serial = json_integer(json, "serial", 0);
	plan->complete = json_bool(json, "complete", false);
	plan->applyable = json_bool(json, "applyable", false);
	plan->speculative = json_bool(json, "speculative", true);
	plan->subject = text(reader, json, "subject");
	return 0;
}

int plan_from_json(const cJSON *json, struct plan **ret_plan, struct error *err)
{
	struct plan *plan = plan_new();
	struct plan_reader reader = {plan, plan->arena};
	const cJSON *item;

	if (read_head(&reader, json, err) < 0 || read_faults(&reader, json, err) < 0)
		goto fail;
	if (!cJSON_IsArray(json_get(json, "resource_changes"))) {
		error_set(err, ERROR_CORRUPT, "not a plan: it has no list \"resource_changes\"");
		goto fail;
	}
	cJSON_ArrayForEach(item, json_get(json, "resource_changes"))
	{
		if (read_change(&reader, item, err) < 0)
			goto fail;
	}
	json_strings(json, "state_files", plan->arena, &plan->state_files);
	json_strings(json, "unknown", plan->arena, &plan->unknown);
	json_strings(json, "unmanaged", plan->arena, &plan->unmanaged);
	const cJSON *summary = json_get(json, "summary");
	plan->matching = (size_t)json_integer(summary, "matching", 0);
	plan->desired_count = (size_t)json_integer(summary, "desired", 0);
	*ret_plan = plan;
	return 0;
fail:
	plan_free(plan);
	return -1;
}

void plan_json_id(const cJSON *json, char ret_hex[DIGEST_HEX])
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *copy = cJSON_Duplicate(json, true);

	if (!copy || !cJSON_ReplaceItemInObjectCaseSensitive(copy, "plan_id", cJSON_CreateString("")))
		out_of_memory();
	json_print_canonical(copy, &text);
	digest_hex(text_string(&text), text.length, ret_hex);
}

int plan_json_check_id(const cJSON *json, struct error *err)
{
	char hex[DIGEST_HEX];

	plan_json_id(json, hex);
	if (text_equal(json_string(json, "plan_id"), hex))
		return 0;
	error_set(err, ERROR_CORRUPT, "it was edited: what it says is not what its plan_id stands for");
	return error_hint(err, "review a new one: reconcile --plan -o FILE");
}
