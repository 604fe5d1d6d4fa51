/* Finds the rollback that holds the desired state. */
#include "cli/hold.h"

#include "base/clock.h"
#include "history/hold.h"
#include "history/log.h"

#include <string.h>

/* Whether this record undid that state: one rolls back a record and every later one. */
static bool undid(const struct records *records, size_t rollback, const char *desired_digest)
{
	static const char verb[] = "roll back ";
	const char *subject = records->items[rollback].subject;
	bool found = false;

	if (!text_starts(subject, verb) ||
	    text_equal(records->items[rollback].status, "rolled-back")) /* what an apply undid by itself */
		return false;
	const char *first = subject + strlen(verb);
	size_t length = strspn(first, "0123456789abcdef");
	for (size_t i = rollback + 1; length > 0 && i < records->count; i++) {
		found = found || text_equal(records->items[i].desired_digest, desired_digest);
		if (!strncmp(records->items[i].id, first, length))
			return found;
	}
	return false;
}

/* The newest rollback that did; NULL: it is none of the newest records. */
static const struct record *find_rollback(const struct records *records, const char *desired_digest)
{
	for (size_t i = 0; i < records->count; i++)
		if (undid(records, i, desired_digest))
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
	const struct record *record = find_rollback(&records, session->desired_digest);
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
