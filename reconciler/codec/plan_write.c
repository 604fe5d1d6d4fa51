/* Plan -> JSON. Member names are Terraform's where Terraform has one (its JSON plan format), so that policies carry
 * over. */
#include "base/json.h"
#include "codec/plan.h"
#include "codec/plan_members.h"
#include "codec/snapshot_members.h"

static const struct member_writer plain; /* what a plan says is safe to print already */

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

/* What is selected by naming nothing has an empty name. */
static void add_step(cJSON *list, struct step step)
{
	if (step.of_context || (step.kind == STEP_USE_CONTEXT && !step.name))
		step.name = "";
	members_write(&plain, json_append_object(list), &plan_step, &step);
}

static void add_change(cJSON *list, const struct change *entry)
{
	cJSON *json = json_append_object(list);

	members_write(&plain, json, &plan_change_head, entry);
	add_terraform(json, entry);
	members_write(&plain, json, &plan_change_rest, entry);
	if (entry->blocked)
		json_add_string(json, "blocked_kind", blocked_kind_name(entry->blocked_kind));
	cJSON *steps = json_add_array(json, "steps");
	for (size_t i = 0; i < entry->step_count; i++)
		add_step(steps, entry->steps[i]);
}

static void add_faults(cJSON *object, const struct faults *faults)
{
	cJSON *list = json_add_array(object, "faults");

	for (size_t i = 0; i < faults->count; i++) {
		cJSON *json = json_append_object(list);
		json_add_string(json, "code", faults->items[i].kind->code);
		members_write(&plain, json, &plan_fault, &faults->items[i]);
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
	members_write(&plain, json, &plan_head, plan);
	if (plan->taken.at)
		members_write(&plain, json_add_object(json, "taken"), &snapshot_taken, &plan->taken);
	cJSON *changes = json_add_array(json, "resource_changes");
	for (size_t i = 0; i < plan->change_count; i++)
		add_change(changes, &plan->changes[i]);
	add_faults(json, &plan->faults);
	members_write(&plain, json, &plan_tail, plan);
	add_summary(json, plan);
	return json;
}
