/* Finds the rollback that holds the desired state. */
#include "cli/hold.h"

#include "base/clock.h"
#include "history/hold.h"
#include "history/log.h"

/* The rollback that was done last; NULL: none is among the newest records. */
static const struct record *last_rollback(const struct records *records)
{
	for (size_t i = 0; i < records->count; i++)
		if (text_starts(records->items[i].subject, "roll back") &&
		    !text_equal(records->items[i].status, "rolled-back")) /* what an apply undid by itself */
			return &records->items[i];
	return NULL;
}

const char *session_held(const struct session *session)
{
	enum { NEWEST = 1000 };
	struct records records = {0};
	char when[32];

	if (!session->history || !history_is_held(session->history, session->desired_digest))
		return NULL;
	/* That the hold is damaged is said as such, and an apply is refused for it. */
	if (session->history_damages.count > 0 && !history_hold_is_known(session->history))
		return NULL;
	history_list(session->history, session->arena, NEWEST, &records, NULL);
	const struct record *record = last_rollback(&records);
	if (!record)
		return "this state was rolled back; --apply refuses it until the state file changes, or with "
		       "--override-hold";
	clock_rfc3339(record->when, when);
	return text_printable(
		session->arena,
		arena_printf(session->arena,
			     "this state was rolled back at %s by %s on %s (%.7s); --apply refuses it until "
			     "the state file changes, or with --override-hold",
			     when, record->user, record->host, record->id),
		false);
}
