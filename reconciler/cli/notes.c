/* Turns the events of an apply into entries of the journal and of the ledger. */
#include "cli/notes.h"
#include "history/journal.h"
#include "history/leftovers.h"

static const char *what_of(struct arena *arena, const struct apply_event *event)
{
	const struct step *step = event->step;
	const char *object;

	if (event->error)
		return event->error->message;
	if (!step)
		return NULL;
	object = step->path ? step->path : step->node ? step->node : step->name ? step->name : "";
	return arena_printf(arena, "%s %s", step_kind_name(step->kind), object);
}

static int journal(void *context, const struct apply_event *event, struct error *err)
{
	static const enum journal_event events[] = {
		[APPLY_CHANGE_START] = JOURNAL_BEGIN,	[APPLY_STEP_START] = JOURNAL_STEP,
		[APPLY_STEP_DONE] = JOURNAL_STEP_DONE,	[APPLY_CHANGE_DONE] = JOURNAL_DONE,
		[APPLY_CHANGE_FAILED] = JOURNAL_FAILED,
	};
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct journal_entry entry = {
		.event = events[event->kind],
		.address = event->change->address,
		.what = what_of(arena, event),
		.step = event->number,
		.step_count = event->change->step_count,
		.more = event->more,
	};

	return history_journal(context, &entry, err);
}

static int leftover(void *context, const struct leftover *noted, struct error *err)
{
	return history_add_leftover(context, noted, err);
}

static int diversion(void *context, const struct diversion *noted, struct error *err)
{
	return history_set_diversion(context, noted, err);
}

struct apply_notes notes_of(struct history *history)
{
	return (struct apply_notes){
		.journal = journal, .leftover = leftover, .diversion = diversion, .context = history};
}
