/* Makes the request of a plan from the session, and keeps in mind what is protected. */
#include "cli/planning.h"

#include "base/identity.h"
#include "history/log.h"
#include "history/protected.h"
#include "history/repository.h"
#include "history/resets.h"
#include "live/buildx.h"
#include "live/engine/edits.h"
#include "plan/buildx.h"

#include <time.h>

enum { MS = 1000 };

/* What cannot be read counts as done: nothing is removed for want of a note. */
static void read_resets(const struct session *session, const struct state *desired, struct pairs *ret_resets)
{
	if (history_cache_resets(session->history, session->arena, ret_resets, NULL) == 0)
		return;
	for (size_t i = 0; i < desired->builder_count; i++) {
		struct pair *pair = ARENA_PUSH(session->arena, ret_resets->items, ret_resets->count);
		*pair = (struct pair){.key = desired->builders[i].name, .value = desired->builders[i].cache.reset};
	}
}

/* What cannot be read protects all that lives here. */
static void read_protected(const struct session *session, const struct live *live, struct strings *ret_names)
{
	struct error err = ERROR_INIT;

	if (history_protected(session->history, session->arena, ret_names, &err) == 0)
		return;
	error_wrap(&err, "which builders are protected");
	session_fail(session, &err);
	for (size_t i = 0; i < live->builder_count; i++)
		strings_add(session->arena, ret_names, live->builders[i].name);
}

struct plan *session_plan_for(const struct session *session, const struct goal *goal, struct live *live)
{
	struct pairs resets;
	struct strings protected;
	struct plan_request request = {
		.desired = goal->desired ? goal->desired : session->desired,
		.live = live,
		.desired_digest = goal->desired_digest ? goal->desired_digest : session->desired_digest,
		.lineage = session->store_id,
		/* Whose marks are ours is a matter of the machine that was looked at. */
		.host = live->from_snapshot ? live->taken.host : identity_host(session->arena),
		.serial = history_serial(session->history),
		.subject = goal->subject,
		.standing = session->standing && !goal->desired && !goal->gc,
		.state_options = goal->desired || goal->gc ? NULL : session_state_options(session),
		.reset = goal->reset,
		.reset_count = goal->reset_count,
		.reset_all = goal->reset_all,
		.cache_only = goal->cache_only,
		.cache_resets = &resets,
		.protected = &protected,
		.allow_protected = session->options->allow_protected,
		.max_remove = session->options->max_remove,
		.only = &session->options->only,
		.adopt = &session->options->adopt,
		.rollback = goal->rollback,
		.keep_s = session->options->no_retain ? 0 : session->options->retain,
		.gc = goal->gc,
		.now = (int64_t)time(NULL),
		.gc_kept = goal->gc && session->options->no_retain,
	};

	read_resets(session, request.desired, &resets);
	read_protected(session, live, &protected);
	struct plan *plan = plan_make(&request);
	/* What is lost with a container is asked for when it is known that one goes, BuildX for its version when there
	 * is something for it to do; what they say is part of the plan then. */
	bool learned =
		!live->from_snapshot && edits_ask(live, plan, (int)session->options->timeout * MS, &session->interrupt);
	if (!live->from_snapshot && !session->options->untrusted && plan_uses_buildx(plan))
		learned = buildx_learn(live, &session->interrupt) || learned;
	if (learned) {
		plan_free(plan);
		plan = plan_make(&request);
	}
	return plan;
}

/* Of a goal of its own (a rollback, --gc) the state says nothing about protection. */
static bool says_protection(const struct session *session, const struct goal *goal)
{
	return !session->standing && !goal->desired && !goal->gc && !goal->rollback;
}

int session_protect(struct session *session, const struct goal *goal)
{
	const struct state *state = session->desired;
	struct strings names = {0}, none = {0};
	struct error err = ERROR_INIT;
	int code;

	for (size_t i = 0; says_protection(session, goal) && i < state->builder_count; i++)
		if (state->builders[i].protect == TRI_YES && !builder_absent(&state->builders[i]))
			strings_add(session->arena, &names, state->builders[i].name);
	if (names.count == 0 || (code = session_history(session, true)))
		return names.count == 0 ? 0 : code;
	return history_protect(session->history, &names, &none, &err) < 0 ? session_fail(session, &err) : 0;
}

int session_unprotect(struct session *session, const struct goal *goal)
{
	const struct state *state = session->desired;
	const struct plan *plan = session->plan;
	struct strings names = {0}, none = {0};
	struct error err = ERROR_INIT;

	for (size_t i = 0; says_protection(session, goal) && i < state->builder_count; i++)
		if (state->builders[i].protect != TRI_YES)
			strings_add(session->arena, &names, state->builders[i].name);
	for (size_t i = 0; i < plan->change_count; i++)
		if (plan->changes[i].object == OBJECT_BUILDER && plan->changes[i].action == ACTION_REMOVE)
			strings_add(session->arena, &names, plan->changes[i].name);
	if (session->history && history_protect(session->history, &none, &names, &err) < 0)
		return session_fail(session, &err);
	return 0;
}

bool session_applied_last(const struct session *session)
{
	struct records records = {0};

	return session->history && history_list(session->history, session->arena, 1, &records, NULL) == 0 &&
	       records.count > 0 && text_equal(records.items[0].desired_digest, session->plan->desired_digest) &&
	       text_equal(records.items[0].status, "applied");
}
