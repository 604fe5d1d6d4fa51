/* Writes records: begun under a pending ref before anything is touched, finished as one commit on main.
 *
 * What a kill leaves behind at any point is either nothing or a pending ref. A pending ref names its private commit, so
 * that a private ref that was not made yet is made when it is concluded; and one whose record is on main already is
 * told by that record's trailer Pending. */
#include "history/record.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/count.h"
#include "base/identity.h"
#include "history/blob.h"
#include "history/commit.h"
#include "history/git.h"
#include "history/journal.h"
#include "history/locks.h"
#include "history/private.h"
#include "history/refs.h"
#include "history/repository.h"
#include "history/stores.h"
#include "history/trailer.h"
#include "history/writing.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { PLAN_ID_MAX = 64, TRIES = 16 };

static const char private_commit[] = "Private-Commit"; /* a trailer of pending commits only */

static int sign(const struct identity *identity, git_signature **ret_who, struct error *err)
{
	char email[sizeof(struct identity) + 1];

	snprintf(email, sizeof(email), "%s@%s", identity->user, identity->host);
	int code = git_signature_now(ret_who, "reconcile", email);
	return code == 0 ? 0 : git_fail(err, code, "cannot sign the record as %s", email);
}

static int check_plan_id(const char *plan_id, struct error *err)
{
	size_t length = plan_id ? strlen(plan_id) : 0;

	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)plan_id[i]))
			length = 0;
	if (length == 0 || length > PLAN_ID_MAX)
		return error_set(err, ERROR_CORRUPT, "the plan's id is not one: \"%s\"", plan_id ? plan_id : "");
	return 0;
}

/* The tip of main; NULL in a new history. */
static int main_tip(struct history *history, git_commit **ret_tip, struct error *err)
{
	struct error reading = ERROR_INIT;
	git_oid id;

	*ret_tip = NULL;
	if (ref_read(history, HISTORY_MAIN, &id, &reading) < 0)
		return reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
	return git_commit_lookup(ret_tip, history_repo(history), &id) == 0
		       ? 0
		       : git_unreadable(err, "cannot read the history %s", history->path);
}

/* The same plan may be applied again later: its first private ref is taken then. */
static const char *free_private_ref(struct history *history, struct arena *arena, const char *plan_id)
{
	const char *name = arena_printf(arena, HISTORY_PRIVATE "%s", plan_id);

	for (int number = 2; ref_exists(history, name); number++)
		name = arena_printf(arena, HISTORY_PRIVATE "%.16s-%d", plan_id, number);
	return name;
}

static int create_ref(struct history *history, const char *name, const git_oid *id, struct error *err)
{
	CLEANUP_GIT(git_reference) *ref = NULL;
	int code = git_reference_create(&ref, history_repo(history), name, id, 0, NULL);

	return code == 0 ? 0 : git_fail(err, code, "cannot create %s in the history %s", name, history->path);
}

static int insert(struct history *history, git_treebuilder *builder, const char *name, const char *text,
		  struct error *err)
{
	git_oid id;

	if (!text)
		return 0;
	if (blob_write(history, text, strlen(text), &id, err) < 0)
		return -1;
	int code = git_treebuilder_insert(NULL, builder, name, &id, GIT_FILEMODE_BLOB);
	return code == 0 ? 0 : git_fail(err, code, "cannot record %s", name);
}

/* base NULL: an empty tree. names end with NULL. */
static int write_tree(struct history *history, const git_tree *base, const char *const *names, const char *const *texts,
		      git_tree **ret_tree, struct error *err)
{
	CLEANUP_GIT(git_treebuilder) *builder = NULL;
	git_oid id;
	int code = git_treebuilder_new(&builder, history_repo(history), base);

	for (; code == 0 && *names; names++, texts++)
		if (insert(history, builder, *names, *texts, err) < 0)
			return -1;
	if (code == 0)
		code = git_treebuilder_write(&id, builder);
	if (code == 0)
		code = git_tree_lookup(ret_tree, history_repo(history), &id);
	return code == 0 ? 0 : git_fail(err, code, "cannot write to the history %s", history->path);
}

/* A paragraph or several, between the subject and the trailers. */
static void put_body(struct text *out, const char *body)
{
	size_t length = body ? strlen(body) : 0;

	while (length > 0 && body[length - 1] == '\n')
		length--;
	if (length > 0)
		text_printf(out, "%.*s\n\n", (int)length, body);
}

/* What stands between the subject and the last paragraph, which holds the trailers; "" for none. */
static const char *body_of(struct arena *arena, const char *message)
{
	const char *start = strstr(message, "\n\n"), *end = NULL;

	for (const char *at = start; at && (at = strstr(at, "\n\n")); at++)
		if (at[2] != '\0' && at[2] != '\n')
			end = at;
	return start && end > start ? arena_strndup(arena, start + 2, (size_t)(end - start - 2)) : "";
}

static void print_message(const struct record_content *content, const struct identity *identity,
			  const char *private_ref, const git_oid *private_id, struct text *out)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *subject = text_empty(content->subject) ? "apply" : text_printable(arena, content->subject, false);

	text_printf(out, "%s\n\n", subject);
	put_body(out, content->body);
	trailer_add(out, "Plan-Id", content->plan_id);
	trailer_add(out, "Status", "pending");
	trailer_add(out, "Store", content->store);
	trailer_add(out, "Host", identity->host);
	trailer_add(out, "User", identity->user);
	trailer_add(out, "State-Commit", content->state_commit);
	trailer_add(out, "Desired-Digest", content->desired_digest);
	trailer_add(out, "Private-Ref", private_ref);
	trailer_add(out, private_commit, git_oid_tostr_s(private_id));
}

static int write_pending(struct history *history, const struct record_content *content, const struct identity *identity,
			 const git_signature *who, const char *private_ref, const git_oid *private_id,
			 struct error *err)
{
	static const char *const names[] = {"plan.json", "desired.yaml", "live.json", "report.md", NULL};
	const char *const texts[] = {content->plan_json, content->desired_yaml, content->live_json, content->report_md};
	CLEANUP_TEXT struct text message = TEXT_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_GIT(git_tree) *tree = NULL;
	CLEANUP_GIT(git_commit) *tip = NULL;
	const char *name = arena_printf(arena, HISTORY_PENDING "%s", content->plan_id);
	git_oid id;

	if (write_tree(history, NULL, names, texts, &tree, err) < 0 || main_tip(history, &tip, err) < 0)
		return -1;
	print_message(content, identity, private_ref, private_id, &message);
	const git_commit *parents[] = {tip};
	int code = git_commit_create(&id, history_repo(history), NULL, who, who, "UTF-8", text_string(&message), tree,
				     tip ? 1 : 0, parents);
	if (code != 0)
		return git_fail(err, code, "cannot write to the history %s", history->path);
	return create_ref(history, name, &id, err);
}

/* The private ref of a run that was killed before it made it. */
static int complete_private(struct history *history, const git_commit *pending, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *message = git_commit_message(pending);
	const char *name = trailer_get(arena, message, "Private-Ref");
	const char *wanted = trailer_get(arena, message, private_commit);
	git_oid id;

	if (!text_starts(name, HISTORY_PRIVATE) || !wanted || ref_exists(history, name) ||
	    git_oid_fromstr(&id, wanted) != 0)
		return 0;
	return create_ref(history, name, &id, err);
}

/* Whether main has the record of this pending commit. It can only be above where main was when the run began. */
static int is_recorded(struct history *history, const git_commit *pending, bool *ret_recorded, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const git_oid *began = git_commit_parentcount(pending) > 0 ? git_commit_parent_id(pending, 0) : NULL;
	const char *wanted = git_oid_tostr_s(git_commit_id(pending));
	git_commit *commit = NULL;
	int code = 0;

	*ret_recorded = false;
	wanted = arena_strdup(arena, wanted);
	if (main_tip(history, &commit, err) < 0)
		return -1;
	while (commit && !(began && git_oid_equal(began, git_commit_id(commit)))) {
		git_commit *parent = NULL;

		*ret_recorded = text_equal(trailer_get(arena, git_commit_message(commit), "Pending"), wanted);
		if (!*ret_recorded && git_commit_parentcount(commit) > 0)
			code = git_commit_parent(&parent, commit, 0);
		git_commit_free(commit);
		commit = parent;
	}
	git_commit_free(commit);
	return code == 0 ? 0 : git_unreadable(err, "cannot read the history %s", history->path);
}

/* The pending message with another Status, and where the record comes from. */
static void finish_message(const git_commit *pending, const char *status, const char *outcome, int64_t serial,
			   struct text *out)
{
	static const char *const kept[] = {"Plan-Id",	   "Store",	     "Host",	   "User",
					   "State-Commit", "Desired-Digest", "Private-Ref"};
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *message = git_commit_message(pending);
	char text[32];

	text_printf(out, "%s\n\n", git_commit_summary((git_commit *)pending));
	put_body(out, outcome);
	put_body(out, body_of(arena, message));
	for (size_t i = 0; i < COUNT(kept); i++) {
		trailer_add(out, kept[i], trailer_get(arena, message, kept[i]));
		if (i == 0)
			trailer_add(out, "Status", status);
	}
	snprintf(text, sizeof(text), "%lld", (long long)serial);
	trailer_add(out, "Serial", text);
	trailer_add(out, "Pending", git_oid_tostr_s(git_commit_id(pending)));
}

/* GIT_EMODIFIED or GIT_EEXISTS when main moved meanwhile. */
static int move_main(struct history *history, const git_oid *to, const git_commit *from)
{
	CLEANUP_GIT(git_reference) *ref = NULL;

	if (!from)
		return git_reference_create(&ref, history_repo(history), HISTORY_MAIN, to, 0, NULL);
	return git_reference_create_matching(&ref, history_repo(history), HISTORY_MAIN, to, 1, git_commit_id(from),
					     NULL);
}

static int commit_record(struct history *history, const git_commit *pending, const git_tree *tree, const char *status,
			 const char *outcome, struct error *err)
{
	CLEANUP_GIT(git_signature) *who = NULL;
	struct identity identity;
	int code = GIT_EMODIFIED;

	identity_get(&identity);
	if (sign(&identity, &who, err) < 0)
		return -1;
	for (int i = 0; i < TRIES && (code == GIT_EMODIFIED || code == GIT_EEXISTS); i++) {
		CLEANUP_TEXT struct text message = TEXT_INIT;
		CLEANUP_GIT(git_commit) *tip = NULL;
		git_oid id;

		if (main_tip(history, &tip, err) < 0)
			return -1;
		finish_message(pending, status, outcome, history_serial(history) + 1, &message);
		const git_commit *parents[] = {tip};
		code = git_commit_create(&id, history_repo(history), NULL, git_commit_author(pending), who, "UTF-8",
					 text_string(&message), tree, tip ? 1 : 0, parents);
		if (code == 0)
			code = move_main(history, &id, tip);
	}
	return code == 0 ? 0 : git_fail(err, code, "cannot add the record to the history %s", history->path);
}

/* Makes the record of a pending ref, unless main has it (*ret_recorded), and removes the ref. */
static int conclude(struct history *history, const char *ref_name, const char *status, const char *outcome,
		    const char *result_json, const char *journal, const char *output, bool *ret_recorded,
		    struct error *err)
{
	static const char *const names[] = {"result.json", "journal.jsonl", "output.log", NULL};
	const char *const texts[] = {result_json, text_empty(journal) ? NULL : journal,
				     text_empty(output) ? NULL : output};
	CLEANUP_GIT(git_reference) *ref = NULL;
	CLEANUP_GIT(git_commit) *pending = NULL;
	CLEANUP_GIT(git_tree) *base = NULL, *tree = NULL;
	git_oid id;

	if (ref_read(history, ref_name, &id, err) < 0)
		return -1;
	if (git_reference_lookup(&ref, history_repo(history), ref_name) != 0 ||
	    git_commit_lookup(&pending, history_repo(history), &id) != 0 || git_commit_tree(&base, pending) != 0)
		return git_unreadable(err, "cannot read %s of the history %s", ref_name, history->path);
	if (complete_private(history, pending, err) < 0 || is_recorded(history, pending, ret_recorded, err) < 0)
		return -1;
	if (!*ret_recorded && (write_tree(history, base, names, texts, &tree, err) < 0 ||
			       commit_record(history, pending, tree, status, outcome, err) < 0))
		return -1;
	int code = git_reference_delete(ref);
	return code == 0 ? 0 : git_fail(err, code, "cannot remove %s of the history %s", ref_name, history->path);
}

/* "apply: create ci", begun at 2026-01-31T12:00:00Z by root on build1: builder.ci was cut off in step 2 of 5, boot ci
 */
static const char *story_of(struct history *history, struct arena *arena, const char *ref_name, const char *how_far)
{
	CLEANUP_GIT(git_commit) *pending = NULL;
	char began[32];
	git_oid id;

	if (ref_read(history, ref_name, &id, NULL) < 0 || git_commit_lookup(&pending, history_repo(history), &id) != 0)
		return how_far;
	const char *message = git_commit_message(pending), *subject = git_commit_summary(pending);
	const char *user = trailer_get(arena, message, "User"), *host = trailer_get(arena, message, "Host");
	clock_rfc3339((time_t)git_commit_time(pending), began);
	return text_printable(arena,
			      arena_printf(arena, "\"%s\", begun at %s by %s on %s: %s", subject ? subject : "apply",
					   began, user ? user : "unknown", host ? host : "unknown", how_far),
			      false);
}

/* A pending ref that nobody will finish: its journal tells how far it came. *ret_story is NULL when the run had ended
 * and only its ref was left. */
static int conclude_dead(struct history *history, const char *ref_name, struct arena *arena, const char **ret_story,
			 struct error *err)
{
	CLEANUP_BUFFER struct buffer journal = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_TEXT struct text result = TEXT_INIT;
	bool recorded;

	if (journal_read(history, ref_name + strlen(HISTORY_PENDING), &journal, err) < 0)
		return -1;
	journal_tell(arena, buffer_text(&journal), &result, ret_story);
	*ret_story = story_of(history, arena, ref_name, *ret_story);
	if (conclude(history, ref_name, "interrupted", NULL, text_string(&result), buffer_text(&journal), NULL,
		     &recorded, err) < 0)
		return -1;
	if (recorded)
		*ret_story = NULL;
	return 0;
}

static void remove_ref(struct history *history, const char *name)
{
	CLEANUP_GIT(git_reference) *ref = NULL;

	if (git_reference_lookup(&ref, history_repo(history), name) == 0)
		git_reference_delete(ref);
}

int history_begin(struct history *history, const struct record_content *content, struct error *err)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_GIT(git_signature) *who = NULL;
	struct identity identity;
	const char *story;
	git_oid id;
	CLEANUP_WRITING struct writing writing = {0};

	identity_get(&identity);
	if (check_plan_id(content->plan_id, err) < 0 || writing_begin(history, &writing, err) < 0 ||
	    history_start(history, err) < 0 || sign(&identity, &who, err) < 0)
		return -1;
	const char *pending = arena_printf(arena, HISTORY_PENDING "%s", content->plan_id);
	if (ref_exists(history, pending) && conclude_dead(history, pending, arena, &story, err) < 0)
		return -1;
	const char *private_ref = free_private_ref(history, arena, content->plan_id);
	if (private_write(history, content, who, &id, err) < 0 || journal_start(history, content->plan_id, err) < 0)
		return -1;
	if (write_pending(history, content, &identity, who, private_ref, &id, err) == 0 &&
	    create_ref(history, private_ref, &id, err) == 0)
		return 0;
	/* Nothing was touched yet: a record that could not be begun leaves nothing to conclude. A ref whose creation
	 * failed may be there all the same, not synced. */
	remove_ref(history, private_ref);
	remove_ref(history, pending);
	journal_remove(history, NULL);
	return -1;
}

int history_finish(struct history *history, const char *plan_id, const char *status, const char *outcome,
		   const char *result_json, const char *output, struct error *err)
{
	CLEANUP_BUFFER struct buffer journal = BUFFER_INIT(BUFFER_TEXT_CAP);
	CLEANUP_ARENA struct arena *arena = arena_new();
	bool recorded;
	CLEANUP_WRITING struct writing writing = {0};

	if (check_plan_id(plan_id, err) < 0 || writing_begin(history, &writing, err) < 0 ||
	    history_start(history, err) < 0 || journal_read(history, plan_id, &journal, err) < 0 ||
	    conclude(history, arena_printf(arena, HISTORY_PENDING "%s", plan_id), status, outcome, result_json,
		     buffer_text(&journal), output, &recorded, err) < 0)
		return -1;
	return journal.length > 0 ? journal_remove(history, err) : 0;
}

/* Another store's may be of a run that lives: only the lock of that store tells. One that cannot be read is anybody's.
 */
static bool is_ours(struct history *history, const char *ref_name)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct commit pending;
	git_oid id;

	return ref_read(history, ref_name, &id, NULL) < 0 || commit_read(history, &id, arena, &pending, NULL) < 0 ||
	       is_of_store(history, pending.message);
}

int history_recover(struct history *history, struct arena *arena, struct strings *ret_stories, struct error *err)
{
	struct strings names = {0};
	CLEANUP_WRITING struct writing writing = {0};

	*ret_stories = (struct strings){0};
	if (writing_begin(history, &writing, err) < 0 || locks_clear(history, err) < 0 ||
	    refs_list(history, arena, HISTORY_PENDING, &names, err) < 0)
		return -1;
	for (size_t i = 0; i < names.count; i++) {
		const char *story;

		if (!is_ours(history, names.items[i]))
			continue;
		if (history_start(history, err) < 0 || conclude_dead(history, names.items[i], arena, &story, err) < 0)
			return -1;
		if (story)
			strings_add(arena, ret_stories, story);
	}
	return journal_remove(history, err);
}
