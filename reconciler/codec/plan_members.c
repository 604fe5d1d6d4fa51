/* The tables of a plan's members. Their order is that of the JSON, and the bytes of the JSON are the plan's id. */
#include "codec/plan_members.h"

#include "base/count.h"
#include "base/text.h"

#define ROW(kind, name, place, when)                                                                                   \
	{                                                                                                              \
		.key = #name, .type = MEMBER_##kind, .presence = MEMBER_##when, .offset = offsetof(STRUCT, place)      \
	}
#define WORD(name, place, words, when)                                                                                 \
	{                                                                                                              \
		.key = #name, .type = MEMBER_WORD, .presence = MEMBER_##when, .offset = offsetof(STRUCT, place),       \
		.word = words                                                                                          \
	}

static const char *object_word(int object)
{
	static const char *const names[OBJECT_COUNT] = {
		[OBJECT_BUILDER] = "builder",	  [OBJECT_CONTEXT] = "context",
		[OBJECT_SELECTED] = "selected",	  [OBJECT_FILE] = "file",
		[OBJECT_CONTAINER] = "container", [OBJECT_VOLUME] = "volume",
		[OBJECT_WORKLOAD] = "workload",	  [OBJECT_CLAIM] = "claim",
		[OBJECT_CACHE] = "cache",	  [OBJECT_CURRENT_CONTEXT] = "current-context",
		[OBJECT_UNMANAGED] = "unmanaged",
	};

	return object < OBJECT_COUNT ? names[object] : NULL;
}

static const char *action_word(int action)
{
	return action < ACTION_COUNT ? action_kind((enum action)action)->name : NULL;
}

static const char *cache_word(int effect)
{
	return effect <= CACHE_RETAINED ? cache_effect_name((enum cache_effect)effect) : NULL;
}

static const char *step_word(int kind)
{
	return kind < STEP_KIND_COUNT ? step_kind_name((enum step_kind)kind) : NULL;
}

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

#define STRUCT struct field_change
static const struct member field_rows[] = {
	ROW(NAME, path, path, ALWAYS),
	ROW(TEXT, before, before, MAY_LACK),
	ROW(TEXT, after, after, MAY_LACK),
	ROW(BOOL, forces_replacement, forces_replacement, MAY_LACK),
	ROW(BOOL, sensitive, sensitive, MAY_LACK),
	ROW(TEXT, note, note, IF_SET),
	ROW(SOURCE, source, source, IF_SET),
};
static const struct members field_members = MEMBERS("a field", field_rows);
#undef STRUCT

#define STRUCT struct step
static const struct member step_rows[] = {
	WORD(kind, kind, step_word, ALWAYS),
	ROW(TEXT, endpoint, endpoint, IF_SET),
	ROW(TEXT, name, name, IF_SET),
	ROW(TEXT, node, node, IF_SET),
	ROW(TEXTS, platforms, platforms, IF_SET),
	ROW(TEXT, dockerfile, dockerfile, IF_SET),
	ROW(TEXT, path, path, IF_SET),
	ROW(BOOL, in_docker_config, in_docker_config, IF_SET),
	ROW(TEXT, detail, detail, IF_SET),
	ROW(INTEGER, keep_seconds, keep_s, IF_SET),
	ROW(BOOL, lingers, lingers, IF_SET),
	ROW(BOOL, unless_healed, unless_healed, IF_SET),
};
const struct members plan_step = MEMBERS("a step", step_rows);
#undef STRUCT

#define STRUCT struct change
static const struct member change_head_rows[] = {
	ROW(NAME, address, address, ALWAYS),
	WORD(type, object, object_word, ALWAYS),
	ROW(STRING, name, name, ALWAYS),
	WORD(action, action, action_word, ALWAYS),
	ROW(TEXT, action_reason, reason, MAY_LACK),
	ROW(INT, phase, phase, MAY_LACK),
	ROW(SOURCE, source, source, IF_SET),
};
const struct members plan_change_head = MEMBERS("a change", change_head_rows);

static const struct list fields = {"fields", &field_members, sizeof(struct field_change), NULL};
static const struct member change_rest_rows[] = {
	{.key = "fields",
	 .type = MEMBER_LIST,
	 .presence = MEMBER_MAY_LACK,
	 .offset = offsetof(STRUCT, fields),
	 .count_offset = offsetof(STRUCT, field_count),
	 .list = &fields},
	WORD(cache, cache, cache_word, MAY_LACK),
	ROW(TEXT, cache_note, cache_note, IF_SET),
	ROW(TEXT, detail, detail, IF_SET),
	ROW(TEXT, cluster, cluster, IF_SET),
	ROW(BOOL, protect, protect, IF_SET),
	ROW(STRING, live_fingerprint, live_fingerprint, ALWAYS),
	ROW(TEXT, blocked, blocked, IF_SET),
};
const struct members plan_change_rest = MEMBERS("a change", change_rest_rows);
#undef STRUCT

#define STRUCT struct fault
static const struct member fault_rows[] = {
	ROW(STRING, subject, subject, ALWAYS),
	ROW(TEXT, path, path, MAY_LACK),
	ROW(STRING, message, message, ALWAYS),
	ROW(TEXT, mend, mend, MAY_LACK),
};
const struct members plan_fault = MEMBERS("a fault", fault_rows);
#undef STRUCT

#define STRUCT struct plan
static const struct member head_rows[] = {
	ROW(STRING, plan_id, plan_id, ALWAYS),
	ROW(STRING, desired_digest, desired_digest, ALWAYS),
	ROW(STRING, lineage, lineage, ALWAYS),
	ROW(INTEGER, serial, serial, MAY_LACK),
	ROW(BOOL, complete, complete, MAY_LACK),
	ROW(BOOL, applyable, applyable, MAY_LACK),
	ROW(BOOL, speculative, speculative, MAY_LACK),
	ROW(TEXT, subject, subject, IF_SET),
	ROW(TEXT, against, against, IF_SET),
	ROW(TEXT, revision, revision, IF_SET),
	ROW(TEXTS, state_files, state_files, MAY_LACK),
	ROW(TEXTS, notes, notes, IF_SET),
};
const struct members plan_head = MEMBERS("the plan", head_rows);

static const struct member tail_rows[] = {
	ROW(TEXTS, unknown, unknown, MAY_LACK),
	ROW(TEXTS, unmanaged, unmanaged, MAY_LACK),
};
const struct members plan_tail = MEMBERS("the plan", tail_rows);
