/* Prints and reads the summary of a host. */
#include "history/summary.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/text.h"
#include "history/trailer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static const char format_key[] = "Reconcile-Summary", format[] = "1";

static void add_time(struct text *out, const char *key, time_t when)
{
	char text[32];

	if (when <= 0)
		return;
	clock_rfc3339(when, text);
	trailer_add(out, key, text);
}

static void add_number(struct text *out, const char *key, int64_t number)
{
	if (number > 0)
		text_printf(out, "%s: %lld\n", key, (long long)number);
}

void check_print(const struct check *check, struct text *out)
{
	if (check->when <= 0)
		return;
	add_time(out, "Checked", check->when);
	trailer_add(out, "Drift", drift_name(check->drift));
	add_number(out, "Changes", check->changes);
	trailer_add(out, "Unknown", check->why);
	trailer_add(out, "Checked-Commit", check->state_commit);
	trailer_add(out, "Checked-Record", check->record);
}

static void print_subject(const struct host *host, struct text *out)
{
	static const char *const drifts[] = {
		[DRIFT_UNKNOWN] = "drift unknown", [DRIFT_NONE] = "in sync", [DRIFT_SOME] = "drifted"};
	CLEANUP_ARENA struct arena *arena = arena_new();

	text_printf(out, "%s: %s%s%s\n\n", text_printable(arena, host->host, false), drifts[host_drift(host)],
		    host->record ? ", last record " : ", no record yet",
		    host->record ? text_printable(arena, host->status ? host->status : "unknown", false) : "");
}

void summary_print(const struct host *host, struct text *out)
{
	print_subject(host, out);
	trailer_add(out, format_key, format);
	trailer_add(out, "Host", host->host);
	trailer_add(out, "User", host->user);
	trailer_add(out, "Store", host->store);
	trailer_add(out, "Tip", host->tip);
	trailer_add(out, "Record", host->record);
	add_time(out, "Recorded", host->recorded);
	add_number(out, "Serial", host->serial);
	trailer_add(out, "Status", host->status);
	trailer_add(out, "What", host->what);
	trailer_add(out, "State-Commit", host->state_commit);
	trailer_add(out, "Held", host->held ? "yes" : NULL);
	check_print(&host->check, out);
}

/* 0 when there is none, or none that could be meant. */
static int64_t number_in(struct arena *arena, const char *message, const char *key)
{
	const char *text = trailer_get(arena, message, key);
	char *end = NULL;

	errno = 0;
	long long number = text ? strtoll(text, &end, 10) : 0;
	return text && errno == 0 && *end == '\0' && number > 0 ? number : 0;
}

static time_t time_in(struct arena *arena, const char *message, const char *key)
{
	const char *text = trailer_get(arena, message, key);
	time_t when;

	return text && clock_parse_rfc3339(text, &when) == 0 && when > 0 ? when : 0;
}

struct check check_parse(struct arena *arena, const char *message)
{
	return (struct check){
		.when = time_in(arena, message, "Checked"),
		.drift = drift_find(trailer_get(arena, message, "Drift")),
		.changes = number_in(arena, message, "Changes"),
		.why = trailer_get(arena, message, "Unknown"),
		.state_commit = trailer_get(arena, message, "Checked-Commit"),
		.record = trailer_get(arena, message, "Checked-Record"),
	};
}

static bool is_commit_id(const char *text)
{
	return strlen(text) == GIT_OID_HEXSZ && strspn(text, "0123456789abcdef") == GIT_OID_HEXSZ;
}

void summary_parse(struct arena *arena, const char *message, time_t when, struct host *ret_host)
{
	const char *version = trailer_get(arena, message, format_key);
	struct host host = {
		.name = ret_host->name,
		.host = trailer_get(arena, message, "Host"),
		.user = trailer_get(arena, message, "User"),
		.store = trailer_get(arena, message, "Store"),
		.tip = trailer_get(arena, message, "Tip"),
		.record = trailer_get(arena, message, "Record"),
		.recorded = time_in(arena, message, "Recorded"),
		.serial = number_in(arena, message, "Serial"),
		.status = trailer_get(arena, message, "Status"),
		.what = trailer_get(arena, message, "What"),
		.state_commit = trailer_get(arena, message, "State-Commit"),
		.held = trailer_get(arena, message, "Held"),
		.check = check_parse(arena, message),
		.heard = when,
	};

	if (!version)
		host.unreadable = "its summary is none of reconcile's";
	else if (!text_equal(version, format))
		host.unreadable = "its summary is of a newer reconcile than this one";
	else if (text_empty(host.host) || (host.record && !is_commit_id(host.record)))
		host.unreadable = "its summary is damaged";
	/* Half of what it says would be believed where the whole is not. */
	if (host.unreadable)
		host = (struct host){.name = host.name, .unreadable = host.unreadable, .heard = when};
	*ret_host = host;
}
