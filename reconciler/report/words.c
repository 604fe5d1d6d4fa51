/* The words of reports that several of them share, as tables where there are several. */
#include "report/words.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/lookup.h"

#include <string.h>

// clang-format off
static const char *const past[ACTION_COUNT] = {
	[ACTION_NONE]    = "left alone",
	[ACTION_CREATE]  = "created",
	[ACTION_CHANGE]  = "changed",
	[ACTION_REPLACE] = "replaced",
	[ACTION_RESET]   = "reset",
	[ACTION_REMOVE]  = "removed",
	[ACTION_REPAIR]  = "repaired",
	[ACTION_SELECT]  = "selected",
	[ACTION_PRUNE]   = "pruned",
	[ACTION_UNKNOWN] = "unknown",
};
// clang-format on

static const char *const step_verbs[STEP_KIND_COUNT] = {
	[STEP_WRITE_FILE] = "write",
	[STEP_REMOVE_FILE] = "remove file",
	[STEP_RESTORE_FILE] = "put back",
	[STEP_FORGET_BUILDER] = "take out of the store: builder",
	[STEP_PULL_IMAGE] = "pull image",
	[STEP_REMOVE_CONTAINER] = "remove container",
	[STEP_REMOVE_VOLUME] = "remove volume",
	[STEP_STOP_CONTAINER] = "stop container",
	[STEP_UPDATE_CONTAINER] = "put back the limits of container",
	[STEP_BOOT] = "boot builder",
	[STEP_SELECT] = "select",
	[STEP_DRAIN] = "wait for the builds on",
	[STEP_VERIFY_BUILD] = "try a build on",
	[STEP_INSTALL_EMULATION] = "register emulation with image",
	[STEP_PRUNE_CACHE] = "remove the cache of",
	[STEP_NOTE_LEFTOVER] = "note in the ledger: node",
	[STEP_BOOT_BESIDE] = "boot the new nodes beside the old: builder",
	[STEP_RETIRE] = "drain and retire node",
	[STEP_DIVERT] = "select meanwhile",
	[STEP_HEAL] = "try to heal",
	[STEP_CHANGE_OBJECTS] = "apply to the cluster:",
	[STEP_REMOVE_OBJECTS] = "remove from the cluster:",
	[STEP_RETIRE_OBJECTS] = "drain and remove from the cluster:",
	[STEP_USE_CONTEXT] = "set currentContext in config.json to",
};

void words_count(struct text *out, size_t count, const char *noun)
{
	text_printf(out, "%zu %s%s", count, noun, count == 1 ? "" : "s");
}

const char *action_past(enum action action)
{
	return action < ACTION_COUNT ? past[action] : "unknown";
}

const char *change_past(const char *address, enum action action)
{
	return text_equal(address, "selected") ? "changed" : action_past(action);
}

const char *step_words(struct arena *arena, const struct step *step)
{
	const char *verb = step->kind < STEP_KIND_COUNT ? step_verbs[step->kind] : "do";
	bool is_file =
		step->kind == STEP_WRITE_FILE || step->kind == STEP_REMOVE_FILE || step->kind == STEP_RESTORE_FILE;
	const char *object = is_file ? step->path : step->node && step->kind != STEP_DIVERT ? step->node : step->name;

	if (step->kind == STEP_HEAL)
		return arena_printf(arena, "%s node %s, then see whether it builds",
				    step->detail ? step->detail : "heal", text_printable(arena, step->node, false));

	if (step->of_context)
		object = "the context's own builder";
	if (text_empty(object) && step->kind == STEP_USE_CONTEXT)
		object = "none, which is \"default\"";
	if (text_empty(object))
		object = step->detail;
	return arena_printf(arena, "%s %s", verb, object ? text_printable(arena, object, false) : "");
}

static void put_cache_of_replaced(const struct plan *plan, struct text *out)
{
	size_t counts[CACHE_RETAINED + 1] = {0}, total = 0;
	const char *separator = "";

	for (size_t i = 0; i < plan->change_count; i++) {
		if (plan->changes[i].action == ACTION_REPLACE && plan->changes[i].cache != CACHE_NONE) {
			counts[plan->changes[i].cache]++;
			total++;
		}
	}
	if (total == 0)
		return;
	text_puts(out, " (cache");
	for (enum cache_effect effect = CACHE_KEPT; effect <= CACHE_RETAINED; effect++) {
		if (counts[effect] == total)
			text_printf(out, " %s", cache_effect_name(effect));
		else if (counts[effect] > 0)
			text_printf(out, "%s %zu %s", separator, counts[effect], cache_effect_name(effect));
		if (counts[effect] > 0)
			separator = ",";
	}
	text_puts(out, ")");
}

/* Said even when there are none, so that the line reads the same in every plan. */
static bool always_said(enum action action)
{
	return action == ACTION_CREATE || action == ACTION_CHANGE || action == ACTION_REPLACE ||
	       action == ACTION_REMOVE;
}

static void put_against(const struct plan *plan, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	text_puts(out, text_printable(arena, plan->against, false));
}

/* "Against main (3f2a1b9): would create 1, replace 2." */
static void put_would(const struct plan *plan, struct text *out)
{
	const char *separator = ": would ";

	text_puts(out, "Against ");
	put_against(plan, out);
	for (enum action action = ACTION_CREATE; action < ACTION_UNKNOWN; action++) {
		size_t count = plan_count(plan, action);

		if (count == 0)
			continue;
		text_printf(out, "%s%s %zu", separator, action_kind(action)->name, count);
		if (action == ACTION_REPLACE)
			put_cache_of_replaced(plan, out);
		separator = ", ";
	}
	text_puts(out, ".");
}

/* What was not seen may differ. */
static void put_no_changes(const struct plan *plan, size_t unknown, struct text *out)
{
	text_puts(out, unknown > 0 ? "Incomplete: " : "No changes. ");
	if (plan->against) {
		words_count(out, plan->matching, "builder");
		text_puts(out, plan->matching == 1 ? " is as in " : " are as in ");
		put_against(plan, out);
		text_puts(out, ".");
		return;
	}
	if (plan->subject && unknown == 0) {
		text_puts(out, text_equal(plan->subject, "gc")	      ? "Nothing is past its time."
			       : text_starts(plan->subject, "reset ") ? "There is no builder to reset."
								      : "It is so already.");
		return;
	}
	if (unknown > 0) {
		words_count(out, unknown, "object");
		text_puts(out, plan->subject ? " could not be observed." : " could not be observed; ");
	}
	if (plan->subject)
		return;
	words_count(out, plan->matching, "builder");
	if (plan->standing) {
		text_puts(out, plan->matching == 1 ? " lives here" : " live here");
		text_puts(out, ", and nothing is to be repaired.");
		return;
	}
	text_printf(out, plan->matching == 1 ? " matches" : " match");
	text_puts(out, plan->state_files.count > 1 ? " the state files." : " the state file.");
}

void plan_blocked(const struct plan *plan, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *first = NULL;
	size_t more = 0;

	for (size_t i = 0; i < plan->change_count; i++) {
		const char *why = plan->changes[i].blocked;

		/* What could not be observed has a paragraph of its own. */
		if (!why || plan->changes[i].action == ACTION_UNKNOWN)
			continue;
		if (!first)
			first = why;
		else
			more += !text_equal(first, why);
	}
	if (!first)
		return;
	text_printf(out, " Blocked: %s", text_printable(arena, first, false));
	if (more > 0)
		text_printf(out, "; and %zu more", more);
	text_puts(out, ".");
}

void plan_counts(const struct plan *plan, bool zeros, struct text *out)
{
	size_t unknown = plan_count(plan, ACTION_UNKNOWN);
	const char *separator = "";

	for (enum action action = ACTION_CREATE; action < ACTION_UNKNOWN; action++) {
		size_t count = plan_count(plan, action);

		if (count == 0 && !(zeros && always_said(action)))
			continue;
		text_printf(out, "%s%zu %s", separator, count, action_kind(action)->summary);
		if (action == ACTION_REPLACE)
			put_cache_of_replaced(plan, out);
		separator = ", ";
	}
	if (unknown > 0)
		text_printf(out, "%s%zu unknown", separator, unknown);
}

void plan_summary(const struct plan *plan, struct text *out)
{
	if (!plan_has_changes(plan)) {
		put_no_changes(plan, plan_count(plan, ACTION_UNKNOWN), out);
		return;
	}
	if (plan->against) {
		put_would(plan, out);
		return;
	}
	text_puts(out, "Plan: ");
	plan_counts(plan, true, out);
	text_puts(out, ".");
}

const char *age_words(struct arena *arena, int64_t seconds)
{
	static const struct {
		int64_t seconds;
		const char *one, *many;
	} units[] = {{86400, "1 day", "days"}, {3600, "1 hour", "hours"}, {60, "1 minute", "minutes"}};

	for (size_t i = 0; i < COUNT(units); i++) {
		int64_t count = seconds / units[i].seconds;

		if (count == 1)
			return units[i].one;
		if (count > 1)
			return arena_printf(arena, "%lld %s", (long long)count, units[i].many);
	}
	return "less than a minute";
}

const char *taken_words(struct arena *arena, const struct taken *taken, time_t now)
{
	const char *host = taken->host ? text_printable(arena, taken->host, false) : "a machine without a name";
	time_t at;

	if (!taken->at)
		return NULL;
	if (now == 0 || clock_parse_rfc3339(taken->at, &at) < 0 || at > now)
		return arena_printf(arena, "seen on %s at %s", host, text_printable(arena, taken->at, false));
	return arena_printf(arena, "seen on %s, %s ago", host, age_words(arena, (int64_t)(now - at)));
}

static const char *basis_of_snapshot(struct arena *arena, const struct taken *taken, time_t now)
{
	const char *seen = taken_words(arena, taken, now);

	if (!seen)
		return "This plan is speculative: it was not made from what lives here and cannot be applied";
	return arena_printf(arena, "This plan is speculative: it was made from what was %s%s%s, and cannot be applied",
			    seen, taken->version ? " by reconcile " : "",
			    taken->version ? text_printable(arena, taken->version, false) : "");
}

const char *plan_basis(struct arena *arena, const struct plan *plan, time_t now)
{
	if (plan->against)
		return arena_printf(
			arena,
			"This compares state files%s%s with those of %s: nothing that lives was looked at, and "
			"it cannot be applied",
			plan->revision ? " of " : "",
			plan->revision ? text_printable(arena, plan->revision, false) : "",
			text_printable(arena, plan->against, false));
	return plan->speculative ? basis_of_snapshot(arena, &plan->taken, now) : NULL;
}

const char *words_list(struct arena *arena, const struct strings *list)
{
	return text_printable(arena, strings_join(arena, list, ", "), false);
}

const char *source_words(struct arena *arena, const struct source *source)
{
	const char *file;

	if (text_empty(source->file))
		return NULL;
	file = text_printable(arena, source->file, false);
	return source->line > 0
		       ? arena_printf(arena, "%s:%d%s", file, source->line, source->inherited ? " (defaults)" : "")
		       : file;
}

static bool same_line(const struct source *a, const struct source *b)
{
	return a->line == b->line && text_equal(a->file, b->file);
}

const struct source *change_place(const struct change *change)
{
	const struct field_change *fields = change->fields;

	if (change->field_count == 0 || !fields[0].source.file || change->action == ACTION_CREATE)
		return &change->source;
	for (size_t i = 1; i < change->field_count; i++)
		if (!same_line(&fields[i].source, &fields[0].source))
			return &change->source;
	return &fields[0].source;
}

const char *field_source_words(struct arena *arena, const struct change *change, const struct field_change *field)
{
	if (change->action == ACTION_CREATE || same_line(&field->source, change_place(change)))
		return NULL;
	return source_words(arena, &field->source);
}

size_t plan_orphans(const struct plan *plan)
{
	size_t count = 0;

	for (size_t i = 0; i < plan->faults.count; i++)
		count += fault_is_orphan(&plan->faults.items[i]);
	return count;
}

/* What a plan's changes mend: their objects by address, files by the names that they have below the store. */
struct mended {
	struct lookup addresses, files;
	bool context;
};

static struct mended mended_by(struct arena *arena, const struct plan *plan)
{
	struct mended mended = {0};

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];

		if (change->blocked || change->action == ACTION_UNKNOWN)
			continue;
		mended.context = mended.context || change->object == OBJECT_CURRENT_CONTEXT;
		if (change->object == OBJECT_FILE)
			lookup_add(arena, &mended.files, change->name, change);
		else if (change->address)
			lookup_add(arena, &mended.addresses, change->address, change);
	}
	return mended;
}

static bool is_mended(const struct mended *mended, const struct fault *fault)
{
	/* Its subject is the context that is gone. */
	if ((mended->context && fault_is(fault, FAULT_CONTEXT_MISSING)) ||
	    lookup_find(&mended->addresses, fault->subject))
		return true;
	for (const char *at = fault->path; at; at = strchr(at, '/')) {
		at += *at == '/';
		if (lookup_find(&mended->files, at))
			return true;
	}
	return false;
}

struct open_faults plan_open_faults(struct arena *arena, const struct plan *plan)
{
	struct mended mended = mended_by(arena, plan);
	struct open_faults open = {0};

	for (size_t i = 0; i < plan->faults.count; i++) {
		const struct fault *fault = &plan->faults.items[i];

		/* The plan has a paragraph of its own for each of the first two. */
		if (!fault_is_orphan(fault) && !fault_is(fault, FAULT_ENGINE_UNREACHABLE) && !is_mended(&mended, fault))
			*ARENA_PUSH(arena, open.items, open.count) = fault;
	}
	return open;
}

const char *unknown_mend(struct arena *arena, const struct plan *plan, const char *unknown)
{
	for (size_t i = 0; i < plan->faults.count; i++) {
		const struct fault *fault = &plan->faults.items[i];
		const char *dot = strchr(fault->subject, '.'), *name = dot ? dot + 1 : "";

		if (fault_is(fault, FAULT_ENGINE_UNREACHABLE) && text_starts(unknown, "engine ") && *name &&
		    strstr(unknown, name))
			return fault->mend;
		if (fault_is(fault, FAULT_DAEMON_UNREACHABLE) && text_starts(unknown, "node ") &&
		    strstr(unknown, arena_printf(arena, " of builder %s,", name)))
			return fault->mend;
	}
	return NULL;
}
