/* --import [NAME…]: a state file for builders that live here. */
#include "cli/session.h"
#include "desired/print.h"
#include "model/normal.h"

static bool wanted(const struct session *session, const struct live_builder *builder)
{
	const struct strings *names = &session->options->operands;

	if (names->count > 0)
		return strings_contain(names, builder->name);
	return !builder->context_builder && !builder->damaged;
}

/* Shares the observation's texts: it lives as long as the session. */
static void add_builder(struct state *state, const struct live_builder *live)
{
	int generation; /* is nobody's business but the planner's */
	struct builder *builder = ARENA_PUSH(state->arena, state->builders, state->builder_count);

	builder->name = live->name;
	builder->driver = live->driver;
	builder->nodes = ARENA_ARRAY(state->arena, struct node, live->node_count);
	builder->node_count = live->node_count;
	for (size_t i = 0; i < live->node_count; i++) {
		builder->nodes[i] = live->nodes[i].spec;
		builder->nodes[i].name = node_base_name(state->arena, live->nodes[i].spec.name, &generation);
	}
}

static int check_names(const struct session *session)
{
	const struct strings *names = &session->options->operands;

	for (size_t i = 0; i < names->count; i++) {
		const struct live_builder *builder = live_builder(session->live, names->items[i]);
		struct error err = ERROR_INIT;

		if (builder && !builder->damaged)
			continue;
		error_set(&err, ERROR_NOT_FOUND,
			  builder ? "builder \"%s\" is damaged: its file cannot be read"
				  : "no builder \"%s\" lives here",
			  names->items[i]);
		error_hint(&err, builder ? "see reconcile --doctor" : "see docker buildx ls");
		return session_fail(session, &err);
	}
	return 0;
}

int mode_import(struct session *session)
{
	CLEANUP_BUFFER struct buffer text = BUFFER_INIT(BUFFER_TEXT_CAP);
	struct state *state;
	int code;

	if ((code = session_live(session)) || (code = check_names(session)))
		return code;
	state = ARENA_NEW(session->arena, struct state);
	state->arena = session->arena;
	state->version = 1;
	for (size_t i = 0; i < session->live->builder_count; i++)
		if (wanted(session, &session->live->builders[i]))
			add_builder(state, &session->live->builders[i]);
	if (session->live->selected && state_builder(state, session->live->selected))
		state->selected = session->live->selected;
	state_print_yaml(state, NULL, 0, &text);
	return session_print(session, &text);
}
