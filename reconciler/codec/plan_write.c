/* Plan -> JSON. Member names are Terraform's where Terraform has one (its JSON plan format), so that policies carry
 * over. */
#include "base/json.h"
#include "codec/plan.h"
#include "codec/plan_names.h"

static void add_source(cJSON *object, const struct source *source)
{
	if (!source->file)
		return;
	cJSON *json = json_add_object(object, "source");
	json_add_string(json, "file", source->file);
	json_add_integer(json, "line", source->line);
	json_add_integer(json, "column", source->column);
}

static void add_side(cJSON *change, const struct change *entry, const char *key, bool after)
{
	cJSON *values = json_add_object(change, key);

	for (size_t i = 0; i < entry->field_count; i++) {
		const struct field_change *field = &entry->fields[i];
		if (after ? field->after : field->before)
			json_add_string(values, field->path, after ? field->after : field->before);
	}
}

static void add_sensitive(cJSON *change, const struct change *entry, const char *key)
{
	cJSON *marks = json_add_object(change, key);

	for (size_t i = 0; i < entry->field_count; i++)
		if (entry->fields[i].sensitive)
			json_add_bool(marks, entry->fields[i].path, true);
}

static void add_terraform(cJSON *object, const struct change *entry)
{
	cJSON *change = json_add_object(object, "change");
	cJSON *actions = json_add_array(change, "actions");
	const struct action_kind *kind = action_kind(entry->action);

	for (size_t i = 0; i < 3 && kind->terraform[i]; i++)
		json_append_string(actions, kind->terraform[i]);
	add_side(change, entry, "before", false);
	add_side(change, entry, "after", true);
	add_sensitive(change, entry, "before_sensitive");
	add_sensitive(change, entry, "after_sensitive");
	cJSON *paths = json_add_array(change, "replace_paths");
	for (size_t i = 0; i < entry->field_count; i++)
		if (entry->fields[i].forces_replacement)
			json_append_string(paths, entry->fields[i].path);
}

static void add_fields(cJSON *object, const struct change *entry)
{
	cJSON *fields = json_add_array(object, "fields");

	for (size_t i = 0; i < entry->field_count; i++) {
		const struct field_change *field = &entry->fields[i];
		cJSON *json = json_append_object(fields);
		json_add_string(json, "path", field->path);
		json_add_string(json, "before", field->before);
		json_add_string(json, "after", field->after);
		json_add_bool(json, "forces_replacement", field->forces_replacement);
		json_add_bool(json, "sensitive", field->sensitive);
		if (field->note)
			json_add_string(json, "note", field->note);
		add_source(json, &field->source);
	}
}

/* What is selected by naming nothing has an empty name. */
static const char *step_name(const struct step *step)
{
	bool unnamed = step->of_context || (step->kind == STEP_USE_CONTEXT && !step->name);

	return unnamed ? "" : step->name;
}

static void add_steps(cJSON *object, const struct change *entry)
{
	cJSON *steps = json_add_array(object, "steps");

	for (size_t i = 0; i < entry->step_count; i++) {
		const struct step *step = &entry->steps[i];
		cJSON *json = json_append_object(steps);
		json_add_string(json, "kind", step_kind_name(step->kind));
		if (step->endpoint)
			json_add_string(json, "endpoint", step->endpoint);
		if (step_name(step))
			json_add_string(json, "name", step_name(step));
		if (step->node)
			json_add_string(json, "node", step->node);
		if (step->platforms.count > 0)
			json_add_strings(json, "platforms", &step->platforms);
		if (step->dockerfile)
			json_add_string(json, "dockerfile", step->dockerfile);
		if (step->path)
			json_add_string(json, "path", step->path);
		if (step->in_docker_config)
			json_add_bool(json, "in_docker_config", true);
		if (step->detail)
			json_add_string(json, "detail", step->detail);
		if (step->keep_s)
			json_add_integer(json, "keep_seconds", step->keep_s);
		if (step->lingers)
			json_add_bool(json, "lingers", true);
		if (step->unless_healed)
			json_add_bool(json, "unless_healed", true);
	}
}

static void add_change(cJSON *list, const struct change *entry)
{
	cJSON *json = json_append_object(list);

	json_add_string(json, "address", entry->address);
	json_add_string(json, "type", object_names[entry->object]);
	json_add_string(json, "name", entry->name);
	json_add_string(json, "action", action_kind(entry->action)->name);
	json_add_string(json, "action_reason", entry->reason);
	json_add_integer(json, "phase", entry->phase);
	add_source(json, &entry->source);
	add_terraform(json, entry);
	add_fields(json, entry);
	json_add_string(json, "cache", cache_effect_name(entry->cache));
	if (entry->cache_note)
		json_add_string(json, "cache_note", entry->cache_note);
	if (entry->protect)
		json_add_bool(json, "protect", true);
	json_add_string(json, "live_fingerprint", entry->live_fingerprint);
	if (entry->blocked) {
		json_add_string(json, "blocked", entry->blocked);
		json_add_string(json, "blocked_kind", blocked_kind_name(entry->blocked_kind));
	}
	add_steps(json, entry);
}

static void add_faults(cJSON *object, const struct faults *faults)
{
	cJSON *list = json_add_array(object, "faults");

	for (size_t i = 0; i < faults->count; i++) {
		cJSON *json = json_append_object(list);
		json_add_string(json, "code", faults->items[i].kind->code);
		json_add_string(json, "subject", faults->items[i].subject);
		json_add_string(json, "path", faults->items[i].path);
		json_add_string(json, "message", faults->items[i].message);
		json_add_string(json, "mend", faults->items[i].mend);
	}
}

static void add_summary(cJSON *object, const struct plan *plan)
{
	cJSON *summary = json_add_object(object, "summary");

	for (int action = ACTION_CREATE; action < ACTION_COUNT; action++)
		json_add_integer(summary, action_kind(action)->name, (int64_t)plan_count(plan, action));
	json_add_integer(summary, "matching", (int64_t)plan->matching);
	json_add_integer(summary, "desired", (int64_t)plan->desired_count);
}

cJSON *plan_to_json(const struct plan *plan)
{
	cJSON *json = cJSON_CreateObject();

	json_add_string(json, "format_version", PLAN_FORMAT_VERSION);
	json_add_string(json, "plan_id", plan->plan_id);
	json_add_string(json, "desired_digest", plan->desired_digest);
	json_add_string(json, "lineage", plan->lineage);
	json_add_integer(json, "serial", plan->serial);
	json_add_bool(json, "complete", plan->complete);
	json_add_bool(json, "applyable", plan->applyable);
	json_add_bool(json, "speculative", plan->speculative);
	if (plan->subject)
		json_add_string(json, "subject", plan->subject);
	json_add_strings(json, "state_files", &plan->state_files);
	cJSON *changes = json_add_array(json, "resource_changes");
	for (size_t i = 0; i < plan->change_count; i++)
		add_change(changes, &plan->changes[i]);
	add_faults(json, &plan->faults);
	json_add_strings(json, "unknown", &plan->unknown);
	json_add_strings(json, "unmanaged", &plan->unmanaged);
	add_summary(json, plan);
	return json;
}
