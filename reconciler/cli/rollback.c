/* --rollback [REV]: bring back the state before a record, as a plan like any other. */
#include "base/shell.h"
#include "cli/locked.h"
#include "cli/push.h"
#include "desired/desired.h"
#include "history/log.h"
#include "history/target.h"

static int find(struct session *session, struct record *ret_record)
{
	const struct strings *operands = &session->options->operands;
	struct error err = ERROR_INIT;

	if (!session->history)
		error_set(&err, ERROR_NOT_FOUND, "nothing to roll back: this store has no history yet");
	if (!session->history || history_find(session->history, session->arena,
					      operands->count > 0 ? operands->items[0] : NULL, ret_record, &err) < 0)
		return session_fail_history(session, &err);
	if (!ret_record->of_other_store)
		return 0;
	error_set(&err, ERROR_REFUSED, "the record %.7s is of another store, %s", ret_record->id, ret_record->store);
	error_hint(&err, "with that store: BUILDX_CONFIG=%s reconcile --rollback %.7s",
		   shell_word(session->arena, ret_record->store), ret_record->id);
	return session_fail_history(session, &err);
}

static int target(struct session *session, const struct record *record)
{
	struct strings left = {0};
	struct error err = ERROR_INIT;

	if (history_target(session->history, record, &session->desired, &left, session->arena, &err) < 0)
		return session_fail_history(session, &err);
	for (size_t i = 0; i < left.count; i++)
		session_say(session, "Left out, it cannot be brought back: %s", left.items[i]);
	return 0;
}

/* What is undone is held: the states of the record and of every later one. Gives how many those are. */
static size_t add_holds(struct session *session, const struct record *record, struct strings *holds)
{
	struct records records = {0};
	size_t later = 0;

	history_list(session->history, session->arena, 0, &records, NULL);
	for (; later < records.count && !text_equal(records.items[later].id, record->id); later++)
		if (!text_empty(records.items[later].desired_digest))
			strings_add(session->arena, holds, records.items[later].desired_digest);
	if (!text_empty(record->desired_digest))
		strings_add(session->arena, holds, record->desired_digest);
	return later < records.count ? later : 0;
}

/* A name that no record from there on knows would match nothing, and that would read as "No changes". */
static int check_only(const struct session *session, const struct record *record)
{
	const struct strings *only = &session->options->only;
	struct error err = ERROR_INIT;
	size_t i = 0;

	while (i < only->count && state_builder(session->desired, only->items[i]))
		i++;
	if (i == only->count)
		return 0;
	error_set(&err, ERROR_USAGE, "--only: no record since %.7s changed a builder \"%s\"", record->id,
		  only->items[i]);
	error_hint(&err, "see reconcile --history");
	return session_fail(session, &err);
}

static int plan_and_act(struct session *session, const struct record *record)
{
	struct act act = {.verb = "roll back", .goal = {.rollback = true}};
	size_t later = add_holds(session, record, &act.hold);
	int code;

	session->out.command = arena_printf(session->arena, "%s %.7s", session->options->command, record->id);
	act.goal.subject = later == 0 ? arena_printf(session->arena, "roll back %.7s", record->id)
				      : arena_printf(session->arena, "roll back %.7s and %zu later record%s",
						     record->id, later, later == 1 ? "" : "s");

	desired_digest(session->desired, session->desired_digest);
	if ((code = check_only(session, record)) || (code = act_plan(session, &act)))
		return code;
	return act_run(session, &act);
}

static int rollback(struct session *session, void *context)
{
	struct record record = {0};
	int code;

	(void)context;
	if ((code = find(session, &record)) || (code = target(session, &record)))
		return code;
	return plan_and_act(session, &record);
}

int mode_rollback(struct session *session)
{
	return push_after(session, act_locked(session, "rollback", rollback, NULL));
}
