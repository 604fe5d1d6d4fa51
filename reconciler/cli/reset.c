/* --reset NAME…|--all: fresh state for these builders, as a plan like any other. */
#include "cli/locked.h"
#include "cli/push.h"

/* The builders that the state files know; others cannot be made afresh. */
static int check_names(const struct session *session)
{
	const struct strings *names = &session->options->operands;
	const struct state *state = session->desired;
	const char **known = ARENA_ARRAY(session->arena, const char *, state->builder_count + 1);

	for (size_t i = 0; i < state->builder_count; i++)
		known[i] = state->builders[i].name;
	for (size_t i = 0; i < names->count; i++) {
		const struct builder *builder = state_builder(state, names->items[i]);
		const char *nearest = text_nearest(names->items[i], known, state->builder_count);
		struct error err = ERROR_INIT;

		if (builder && !builder_absent(builder))
			continue;
		error_set(&err, ERROR_USAGE,
			  builder	      ? "builder \"%s\" is absent in the state file"
			  : session->standing ? "no builder \"%s\" lives here that could be reset"
					      : "no builder \"%s\" in the state file",
			  names->items[i]);
		if (nearest && !builder)
			error_hint(&err, "did you mean \"%s\"?", nearest);
		return session_fail(session, &err);
	}
	return 0;
}

static int reset(struct session *session, void *context)
{
	const struct options *options = session->options;
	const char *names = options->all ? "every builder" : strings_join(session->arena, &options->operands, ", ");
	struct act act = {
		.verb = "reset",
		.goal = {.subject = arena_printf(session->arena, "reset %s%s",
						 options->cache_only ? "the cache of " : "", names),
			 .reset = options->operands.items,
			 .reset_count = options->operands.count,
			 .reset_all = options->all,
			 .cache_only = options->cache_only},
	};
	int code = act_plan(session, &act);

	(void)context;
	/* Without a state file they are known when what lives here is. */
	if (code || (session->standing && (code = check_names(session))))
		return code;
	/* To verify, the state files' own plan must be empty: the reset itself would be planned for ever. */
	act.goal.reset_count = 0;
	act.goal.reset_all = act.goal.cache_only = false;
	return act_run(session, &act);
}

int mode_reset(struct session *session)
{
	int code = session_desired_or_standing(session);

	if (code || (!session->standing && (code = check_names(session))))
		return code;
	return push_after(session, act_locked(session, "reset", reset, NULL));
}
