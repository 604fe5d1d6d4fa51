/* JSON -> plan. Saved plans may be old, edited or hostile: every member is checked, and what is missing is named. */
#include "base/json.h"
#include "base/xalloc.h"
#include "codec/plan.h"
#include "codec/plan_members.h"
#include "codec/snapshot_members.h"

/* As codec/plan_write.c writes it: an empty name is that of what is selected by naming nothing. */
static int read_step_more(const struct member_reader *reader, const struct spot *at, const cJSON *json, void *element)
{
	struct step *step = element;

	(void)reader;
	(void)at;
	(void)json;
	if (!step->name || *step->name != '\0')
		return 0;
	step->name = NULL;
	step->of_context = step->kind == STEP_SELECT || step->kind == STEP_DIVERT;
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

static int read_change(const struct member_reader *reader, const struct spot *at, const cJSON *json,
		       struct change *change)
{
	static const struct list steps = {"steps", &plan_step, sizeof(struct step), read_step_more};

	change->phase = PHASE_BUILDERS;
	if (members_read(reader, at, json, &plan_change_head, change) < 0 ||
	    members_read(reader, at, json, &plan_change_rest, change) < 0)
		return -1;
	read_target(change);
	change->blocked_kind = blocked_kind_find(json_string(json, "blocked_kind"));
	return json_get(json, "steps") ? reader_list(reader, at, json, &steps, &change->steps, &change->step_count) : 0;
}

static int read_changes(const struct member_reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "resource_changes", 0};
	struct plan *plan = reader->context;
	const cJSON *item, *array;

	if (reader_array(reader, NULL, json, "resource_changes", &array) < 0)
		return -1;
	cJSON_ArrayForEach(item, array) {
		struct change *change = ARENA_PUSH(reader->arena, plan->changes, plan->change_count);

		if (read_change(reader, &spot, item, change) < 0)
			return -1;
		spot.index++;
	}
	return 0;
}

static int read_faults(const struct member_reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "faults", 0};
	struct plan *plan = reader->context;
	const cJSON *item;

	cJSON_ArrayForEach(item, json_get(json, "faults")) {
		struct fault fault = {.kind = fault_kind_find(json_string(item, "code"))};

		if (fault.kind && members_read(reader, &spot, item, &plan_fault, &fault) < 0)
			return -1;
		if (fault.kind) /* else it is of another version: nothing is planned from it */
			*ARENA_PUSH(reader->arena, plan->faults.items, plan->faults.count) = fault;
		spot.index++;
	}
	return 0;
}

static int read_version(const struct member_reader *reader, const cJSON *json)
{
	const char *version;

	if (!cJSON_IsObject(json))
		return error_set(reader->err, ERROR_CORRUPT, "not a plan: the JSON is not an object");
	if (reader_name(reader, NULL, json, "format_version", &version) < 0)
		return -1;
	if (!text_starts(version, "1."))
		return error_set(reader->err, ERROR_CORRUPT,
				 "the plan has format_version \"%.20s\"; this version reads 1.x",
				 text_printable(reader->arena, version, false));
	return 0;
}

static int read_taken(const struct member_reader *reader, const cJSON *json)
{
	struct spot spot = {NULL, "taken", SIZE_MAX};
	struct plan *plan = reader->context;
	const cJSON *taken = json_get(json, "taken");

	return taken ? members_read(reader, &spot, taken, &snapshot_taken, &plan->taken) : 0;
}

int plan_from_json(const cJSON *json, struct plan **ret_plan, struct error *err)
{
	struct plan *plan = plan_new();
	struct member_reader reader = {"a plan", plan->arena, err, plan};
	const cJSON *summary = json_get(json, "summary");

	plan->speculative = true;
	if (read_version(&reader, json) < 0 || members_read(&reader, NULL, json, &plan_head, plan) < 0 ||
	    read_faults(&reader, json) < 0 || read_changes(&reader, json) < 0 ||
	    members_read(&reader, NULL, json, &plan_tail, plan) < 0 || read_taken(&reader, json) < 0) {
		plan_free(plan);
		return -1;
	}
	plan->matching = (size_t)json_integer(summary, "matching", 0);
	plan->desired_count = (size_t)json_integer(summary, "desired", 0);
	*ret_plan = plan;
	return 0;
}

void plan_json_id(const cJSON *json, char ret_hex[DIGEST_HEX])
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	CLEANUP_JSON cJSON *shown = cJSON_CreateObject();
	cJSON *member;

	/* A plan is the same whenever what it was made from was seen; its members may be large, and are not copied. */
	cJSON_ArrayForEach(member, json) {
		if (text_equal(member->string, "taken") || text_equal(member->string, "plan_id"))
			continue;
		if (!cJSON_AddItemReferenceToObject(shown, member->string, member))
			out_of_memory();
	}
	json_add_string(shown, "plan_id", "");
	json_print_canonical(shown, &text);
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
