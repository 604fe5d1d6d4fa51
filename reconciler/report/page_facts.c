/* Titles, verdicts, and the words for what a page shows. */
#include "report/page_facts.h"

#include "base/clock.h"
#include "report/faults.h"
#include "report/result.h"
#include "report/words.h"

#include <string.h>

static const struct {
	const char *name, *sign;
} tones[TONE_COUNT] = {
	[TONE_QUIET] = {"quiet", "·"},	   [TONE_GOOD] = {"good", "✓"}, [TONE_CHANGE] = {"change", "~"},
	[TONE_UNKNOWN] = {"unknown", "?"}, [TONE_BAD] = {"bad", "✗"},
};

const char *tone_name(enum tone tone)
{
	return tones[tone].name;
}

const char *tone_sign(enum tone tone)
{
	return tones[tone].sign;
}

bool page_is_of_deeds(const struct page_content *content)
{
	return content->plan && (content->record || content->results);
}

const char *page_title(struct arena *arena, const struct page_content *content)
{
	const char *host = content->host;

	if (content->machines)
		return arena_printf(arena, "Builders of %zu machines", content->machines->count);
	if (content->record)
		return arena_printf(arena, "Record %.7s%s%s", content->record->id, host ? " of " : "",
				    host ? host : "");
	if (!content->live && content->records)
		return arena_printf(arena, "History%s%s", host ? " of " : "", host ? host : "");
	if (!content->live && content->plan)
		return "A saved plan";
	return arena_printf(arena, "Builders%s%s", host ? " on " : "", host ? host : "");
}

/* "2 faults, 3 changes pending" */
struct tally {
	struct text words;
	enum tone tone;
};

static void add(struct tally *tally, size_t count, const char *noun, const char *after, enum tone tone)
{
	if (count == 0)
		return;
	text_puts(&tally->words, tally->words.length > 0 ? ", " : "");
	words_count(&tally->words, count, noun);
	text_puts(&tally->words, after);
	if (tone > tally->tone)
		tally->tone = tone;
}

static size_t unknowns(const struct plan *plan)
{
	size_t unknown = plan_count(plan, ACTION_UNKNOWN);

	return unknown > 0 || plan->complete ? unknown : plan->unknown.count;
}

static void add_plan(struct tally *tally, const struct plan *plan)
{
	size_t blocked = 0, changes = 0, refused;

	for (size_t i = 0; i < plan->change_count; i++) {
		const struct change *change = &plan->changes[i];

		refused = change->blocked && change->action != ACTION_UNKNOWN;
		blocked += refused;
		changes += !refused && change->action != ACTION_UNKNOWN && change->action != ACTION_NONE;
	}
	add(tally, blocked, "change", " blocked", TONE_BAD);
	add(tally, changes, "change", " pending", TONE_CHANGE);
	add(tally, unknowns(plan), "object", " unknown", TONE_UNKNOWN);
}

static struct said of_failure(struct arena *arena, const struct page_content *content, const char **ret_sentence)
{
	const struct error *first = &content->failures->items[0];

	*ret_sentence = *first->hint ? arena_printf(arena, "%s (%s)", first->message, first->hint)
				     : arena_strdup(arena, first->message);
	return (struct said){TONE_BAD, "It came to no report"};
}

static struct said of_outcome(struct arena *arena, const struct page_content *content, const char **ret_sentence)
{
	CLEANUP_TEXT struct text words = TEXT_INIT, rest = TEXT_INIT;
	bool complete = result_headline(content->plan, content->results, &words, &rest);
	size_t length = strlen(text_string(&words));

	if (length > 0 && words.data[length - 1] == ':')
		text_cut(&words, length - 1);
	*ret_sentence = arena_strdup(arena, text_string(&rest) + strspn(text_string(&rest), " "));
	return (struct said){complete ? TONE_GOOD : TONE_BAD, arena_strdup(arena, text_string(&words))};
}

static const char *sentence_of(struct arena *arena, const struct page_content *content)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;

	if (content->machines)
		plans_summary(content->machines, &out);
	else if (content->plan)
		plan_summary(content->plan, &out);
	else if (content->live && faults_next(arena, &content->live->faults))
		text_printf(&out, "Next: `%s`", faults_next(arena, &content->live->faults));
	else if (content->live)
		text_puts(&out, "No state file was asked what there should be.");
	else if (content->records && content->records->count > 0)
		text_printf(&out, "The newest is of %s.", time_words(arena, content->records->items[0].when));
	return arena_strdup(arena, text_string(&out));
}

struct said page_verdict(struct arena *arena, const struct page_content *content, const char *held,
			 const char **ret_sentence)
{
	struct tally tally = {.tone = TONE_QUIET};
	bool nothing = !content->plan && !content->live && !content->machines;

	if (nothing && content->failures)
		return of_failure(arena, content, ret_sentence);
	if (content->results && content->plan->change_count > 0)
		return of_outcome(arena, content, ret_sentence);
	if (content->live && !content->record)
		add(&tally, faults_counted(&content->live->faults), "fault", "", TONE_BAD);
	if (content->plan && !content->machines)
		add_plan(&tally, content->plan);
	if (held && content->plan && plan_has_changes(content->plan)) {
		text_puts(&tally.words, ", held");
		tally.tone = TONE_BAD;
	}
	for (size_t i = 0; content->machines && i < content->machines->count; i++)
		add_plan(&tally, content->machines->items[i].plan);
	if (nothing && content->records)
		add(&tally, content->records->count, "record", "", TONE_QUIET);
	*ret_sentence = sentence_of(arena, content);
	if (tally.words.length == 0) {
		text_puts(&tally.words, nothing ? "Nothing to show yet" : "In good order");
		tally.tone = nothing ? TONE_QUIET : TONE_GOOD;
	}
	struct said said = {tally.tone, arena_strdup(arena, text_string(&tally.words))};
	text_done(&tally.words);
	return said;
}

struct said record_said(const struct record *record)
{
	static const struct {
		const char *status;
		enum tone tone;
	} known[] = {{"applied", TONE_GOOD}, {"unverified", TONE_UNKNOWN}, {"rolled-back", TONE_CHANGE}};

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (text_equal(known[i].status, record->status))
			return (struct said){known[i].tone, record->status};
	return (struct said){TONE_BAD, record->status ? record->status : "of no known status"};
}

const char *time_words(struct arena *arena, time_t when)
{
	char text[32];

	clock_rfc3339(when, text);
	return arena_printf(arena, "%.10s %.5s UTC", text, text + 11);
}

const char *record_back(struct arena *arena, const struct record *record)
{
	return arena_printf(arena, "reconcile --rollback %.7s", record->id);
}

struct said change_said(struct arena *arena, const struct page_content *content, size_t i)
{
	const struct change *change = &content->plan->changes[i];
	const struct change_result *result = content->results ? &content->results[i] : NULL;
	const char *past = action_past(change->action);

	if (!result && change->action == ACTION_UNKNOWN)
		return (struct said){TONE_UNKNOWN, "unknown"};
	if (!result)
		return (struct said){change->blocked ? TONE_BAD : TONE_CHANGE, NULL};
	switch (result->status) {
	case CHANGE_DONE:
		return (struct said){TONE_GOOD, past};
	case CHANGE_FAILED:
		return (struct said){TONE_BAD, arena_printf(arena, "not %s", past)};
	case CHANGE_UNVERIFIED:
		return (struct said){TONE_UNKNOWN, arena_printf(arena, "%s, not verified", past)};
	default:
		return (struct said){TONE_QUIET, "not begun"};
	}
}
