/* What a step of GitHub's gives to the ones after it. */
#include "cli/outputs.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "cli/github_files.h"
#include "cli/publish.h"
#include "model/redact.h"
#include "report/builder_info.h"
#include "report/plan.h"
#include "report/words.h"

#include <signal.h>

/* One word for later steps to go by. */
static const char *outcome_of(const struct session *session, int code)
{
	static const struct {
		int code;
		const char *word;
	} words[] = {
		{EXIT_DIFFERENCES, "changes"},
		{EXIT_STALE, "stale"},
		{EXIT_LOCKED, "locked"},
		{EXIT_REFUSED, "refused"},
		{EXIT_PARTIAL, "partial"},
		{EXIT_ROLLED_BACK, "rolled-back"},
		{EXIT_UNREACHABLE, "unreachable"},
		{EXIT_USAGE, "usage"},
		{EXIT_INVALID, "invalid"},
		{EXIT_SIGNAL + SIGINT, "interrupted"},
		{EXIT_SIGNAL + SIGTERM, "interrupted"},
	};
	bool changes = session->plan && plan_has_changes(session->plan);

	for (size_t i = 0; i < session->plans.count; i++)
		changes |= plan_has_changes(session->plans.items[i].plan);
	for (size_t i = 0; i < COUNT(words); i++)
		if (words[i].code == code)
			return words[i].word;
	if (code)
		return "failed";
	return !changes ? "unchanged" : mode_acts(session->options->mode) ? "applied" : "changes";
}

/* The one that `--only` names, else the one that the state files select, else what a bare `docker buildx build` uses.
 */
static const char *chosen(const struct session *session, const struct live *live)
{
	const struct options *options = session->options;
	const struct state *state = session->desired;

	if (options->only.count == 1)
		return options->only.items[0];
	return state && state->selected ? state->selected : live ? live->selected : NULL;
}

/* As it is asked for, where nothing is known of one that lives. */
static void put_desired(const struct session *session, struct text *out, const struct builder *builder)
{
	struct strings platforms = {0};

	for (size_t i = 0; i < builder->node_count; i++)
		for (size_t k = 0; k < builder->nodes[i].platforms.count; k++)
			if (!strings_contain(&platforms, builder->nodes[i].platforms.items[k]))
				strings_add(session->arena, &platforms, builder->nodes[i].platforms.items[k]);
	github_output_put(out, "name", builder->name);
	github_output_put(out, "driver", builder->driver ? builder->driver : "");
	github_output_put(out, "platforms", strings_join(session->arena, &platforms, ","));
}

static void put_json(struct text *out, const char *name, const cJSON *json)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	json_print(json, &text);
	text_cut(&text, text.length - 1);
	github_output_put(out, name, text_string(&text));
}

/* `endpoint`, `status` and `flags` are those of the first node, and not to be used in new workflows. */
static void put_live(const struct session *session, struct text *out, const struct live_builder *builder)
{
	struct arena *arena = session->arena;
	const struct live_node *first = builder->node_count > 0 ? &builder->nodes[0] : NULL;
	CLEANUP_JSON cJSON *nodes = cJSON_CreateArray();
	struct strings platforms = {0};

	builder_info_platforms(arena, builder, &platforms);
	builder_info_nodes(arena, nodes, builder);
	github_output_put(out, "name", builder->name);
	github_output_put(out, "driver", builder->driver ? builder->driver : "");
	github_output_put(out, "platforms", strings_join(arena, &platforms, ","));
	put_json(out, "nodes", nodes);
	if (!first)
		return;
	const char *endpoint = text_without_password(arena, first->spec.endpoint);
	github_output_put(out, "endpoint", endpoint ? endpoint : "");
	github_output_put(out, "status", node_state_name(first->state));
	github_output_put(out, "flags", node_info_flags(arena, first));
}

static void put_builders(const struct session *session, struct text *out, const struct live *live)
{
	CLEANUP_JSON cJSON *list = cJSON_CreateArray();

	for (size_t i = 0; i < live->builder_count; i++)
		builder_info(session->arena, list, &live->builders[i]);
	put_json(out, "builders", list);
}

void outputs_see(const struct session *session, const struct live *live)
{
	const char *name = chosen(session, live);
	const struct live_builder *lives = live && name ? live_builder(live, name) : NULL;
	const struct builder *desired = session->desired && name ? state_builder(session->desired, name) : NULL;
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (lives)
		put_live(session, &out, lives);
	else if (desired)
		put_desired(session, &out, desired);
	if (live)
		put_builders(session, &out, live);
	session->published->seen = arena_strdup(session->arena, text_string(&out));
}

static void count_changes(const struct plan *plan, size_t *changes, size_t *destroys)
{
	for (size_t i = 0; i < plan->change_count; i++) {
		*changes += plan->changes[i].action != ACTION_NONE && plan->changes[i].action != ACTION_UNKNOWN;
		*destroys += change_destroys(&plan->changes[i]);
	}
}

int outputs_append(const struct session *session, int code)
{
	struct arena *arena = session->arena;
	const struct plan *plan = session->plan;
	const struct diagnostics *failures = &session->published->failures;
	CLEANUP_TEXT struct text out = TEXT_INIT, summary = TEXT_INIT;
	struct error err = ERROR_INIT;
	size_t changes = 0, destroys = 0;

	if (session->plans.count == 0 && plan)
		count_changes(plan, &changes, &destroys);
	for (size_t i = 0; i < session->plans.count; i++)
		count_changes(session->plans.items[i].plan, &changes, &destroys);
	if (session->published->summary)
		text_puts(&summary, session->published->summary);
	else if (plan && session->published->done)
		plan_summary(plan, &summary);
	else if (failures->count > 0)
		text_puts(&summary, text_printable(arena, failures->items[0].message, false));
	github_output_put(&out, "outcome", outcome_of(session, code));
	github_output_put(&out, "exit-code", arena_printf(arena, "%d", code));
	github_output_put(&out, "changes", arena_printf(arena, "%zu", changes));
	github_output_put(&out, "destroys", arena_printf(arena, "%zu", destroys));
	github_output_put(&out, "summary", text_string(&summary));
	if (!session->published->seen)
		outputs_see(session, session->live);
	text_puts(&out, session->published->seen);
	return github_outputs_append(session->environ, &out, &err) < 0 ? session_fail(session, &err) : 0;
}
