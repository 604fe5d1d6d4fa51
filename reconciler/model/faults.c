/* Faults that were found: added, worded for who has state files, put in order. */
#include "model/fault.h"

#include "base/count.h"
#include "base/shell.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "base/xalloc.h"
#include "model/fault_words.h"
#include "model/redact.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Where the state file names the subject already: what mends it then, and whether --apply does so without any state
 * file, too. Of the others the mend is the same. */
static const struct {
	const char *mend;
	bool heals;
} named[FAULT_COUNT] = {
	[FAULT_INSTANCE_NO_DRIVER] = {MEND_APPLY, false},
	[FAULT_INSTANCE_NO_NODES] = {MEND_APPLY, false},
	[FAULT_INSTANCE_OPTION_UNKNOWN] = {MEND_APPLY, false},
	[FAULT_INSTANCE_TOML_INVALID] = {MEND_APPLY, false},
	[FAULT_CURRENT_STALE] = {MEND_APPLY ", which selects what the state file says", false},
	[FAULT_CONTEXT_INVALID] = {MEND_APPLY ", which makes the context as the state file says", false},
	[FAULT_CONTEXT_LEFTOVER] = {MEND_APPLY ", which does with the context as the state file says", false},
	[FAULT_CONTEXT_MISSING] = {MEND_APPLY ", which makes it, or the one that the state file names, the current one",
				   false},
	[FAULT_CONTEXT_NO_ENDPOINT] = {MEND_APPLY ", which makes the context as the state file says", false},
	[FAULT_CONTEXT_NPIPE] = {MEND_APPLY ", which makes the context as the state file says", false},
	[FAULT_ENDPOINT_CONTEXT_MISSING] =
		{"give the builder's nodes an endpoint in the state file, such as `endpoint: "
		 "unix:///var/run/docker.sock`, and run `reconcile --apply%f`",
		 false},
	[FAULT_ENDPOINT_NPIPE] = {"give the builder's nodes an endpoint in the state file, such as `endpoint: "
				  "unix:///var/run/docker.sock`, and run `reconcile --apply%f`",
				  false},
	[FAULT_CACHE_POLICY_UNKNOWN] =
		{"name an image of BuildKit v0.17 or newer in the builder's `driver-opts` in the "
		 "state file, or none, and run `reconcile --apply%f`",
		 false},
	[FAULT_CONTAINER_OOM] =
		{"raise `memory` in the builder's `driver-opts` in the state file, or leave it out, and "
		 "run `reconcile --apply%f`",
		 false},
	[FAULT_CONTAINER_OTHER_IMAGE] = {MEND_APPLY ": the cache is kept", false},
	[FAULT_CONTAINER_PAUSED] = {MEND_APPLY ", which unpauses it", true},
	[FAULT_CONTAINER_RESTARTING] = {MEND_APPLY TRIED, true},
	[FAULT_DAEMON_CORRUPT] = {MEND_APPLY TRIED, true},
	[FAULT_DAEMON_UNHEALTHY] = {MEND_APPLY TRIED, true},
	[FAULT_IMAGE_MOVED] = {MEND_APPLY ", which makes the node anew from the new image, on its cache", false},
};

static size_t row_of(const struct fault *fault)
{
	size_t count;

	return (size_t)(fault->kind - fault_kind_table(&count)) + 1;
}

bool fault_is(const struct fault *fault, enum fault_code code)
{
	return fault->kind == fault_kind(code);
}

bool fault_is_orphan(const struct fault *fault)
{
	return text_starts(fault->kind->code, "orphan-");
}

bool fault_is_remote_tls(const struct fault *fault)
{
	return text_starts(fault->kind->code, "remote-tls-");
}

bool fault_is_instance(const struct fault *fault)
{
	return text_starts(fault->kind->code, "instance-") || text_starts(fault->kind->code, "endpoint-");
}

const char *repair_name(enum repair repair)
{
	static const char *const names[] = {
		[REPAIR_NONE] = "none", [REPAIR_ASIDE] = "apply", [REPAIR_DECLARED] = "apply-declared"};

	return (size_t)repair < COUNT(names) ? names[repair] : "none";
}

static const char *subject_name(const char *subject)
{
	const char *dot = strchr(subject, '.');

	return dot ? dot + 1 : subject;
}

static const char *mend_for(struct arena *arena, const struct fault *fault, const char *template, const char *files)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const char *at = template, *mark;

	for (; (mark = strchr(at, '%')); at = mark + 2) {
		text_append(&text, at, (size_t)(mark - at));
		if (mark[1] == 'n')
			text_puts(&text, subject_name(fault->subject));
		else if (mark[1] == 'f')
			text_puts(&text, files);
		else
			text_puts(&text, !fault->path ? "it" : shell_word(arena, fault->path));
	}
	text_puts(&text, at);
	return arena_strdup(arena, text_string(&text));
}

bool fault_heals(const struct fault *fault)
{
	return named[row_of(fault)].heals;
}

void fault_advise(struct arena *arena, struct fault *fault, bool is_named, const char *files)
{
	const struct fault_kind *kind = fault->kind;
	const char *mend = named[row_of(fault)].mend;

	if (is_named && mend)
		fault->mend = mend_for(arena, fault, mend, files);
	else if (text_equal(fault->mend, mend_for(arena, fault, kind->mend, ""))) /* else its finder knew better */
		fault->mend = mend_for(arena, fault, kind->mend, files);
}

__attribute__((format(printf, 2, 0))) static const char *printable(struct arena *arena, const char *format,
								   va_list arguments)
{
	char *text = xvasprintf(format, arguments);
	const char *safe = text_printable(arena, text_without_password(arena, text), false);
	free(text);
	return safe;
}

void faults_add(struct arena *arena, struct faults *faults, enum fault_code code, const char *subject, const char *path,
		const char *mend, const char *format, ...)
{
	struct fault *fault = ARENA_PUSH(arena, faults->items, faults->count);
	va_list arguments;

	fault->kind = fault_kind(code);
	fault->subject = text_printable(arena, subject, false);
	fault->path = arena_strdup(arena, path);
	fault->mend = !mend ? mend_for(arena, fault, fault->kind->mend, "") : text_printable(arena, mend, false);
	fault->size = -1;
	va_start(arguments, format);
	fault->message = printable(arena, format, arguments);
	va_end(arguments);
}

static int text_order(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int fault_order(const void *a, const void *b)
{
	const struct fault *x = a, *y = b;
	int order = text_order(x->subject, y->subject);

	if (order == 0)
		order = text_order(x->kind->code, y->kind->code);
	if (order == 0)
		order = text_order(x->path, y->path);
	return order != 0 ? order : text_order(x->message, y->message);
}

void faults_sort(struct faults *faults)
{
	if (faults->count > 1)
		qsort(faults->items, faults->count, sizeof(*faults->items), fault_order);
}
