/* Reads records: lists them, finds one by revision or plan id, and gives its files. */
#include "history/log.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/text.h"
#include "history/blob.h"
#include "history/git.h"
#include "history/refs.h"
#include "history/stores.h"
#include "history/trailer.h"
#include "history/writing.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

enum { PREFIX_MIN = 4, REV_MAX = 256, REF_MAX = 4096 };

static void record_read(const struct history *history, struct arena *arena, git_commit *commit,
			struct record *ret_record)
{
	const char *message = git_commit_message(commit), *summary = git_commit_summary(commit);

	*ret_record = (struct record){
		.id = arena_strdup(arena, git_oid_tostr_s(git_commit_id(commit))),
		.subject = arena_strdup(arena, summary ? summary : ""),
		.plan_id = trailer_get(arena, message, "Plan-Id"),
		.status = trailer_get(arena, message, "Status"),
		.store = trailer_get(arena, message, "Store"),
		.host = trailer_get(arena, message, "Host"),
		.user = trailer_get(arena, message, "User"),
		.desired_digest = trailer_get(arena, message, "Desired-Digest"),
		.state_commit = trailer_get(arena, message, "State-Commit"),
		.began = (time_t)git_commit_author(commit)->when.time,
		.when = (time_t)git_commit_time(commit),
		.of_other_store = !is_of_store(history, message),
	};
}

/* Calls each() for the commits of main, newest first, until it returns false. */
static int walk_main(struct history *history, bool (*each)(void *context, git_commit *commit), void *context,
		     struct error *err)
{
	git_commit *commit = NULL;
	struct error reading = ERROR_INIT;
	git_oid id;

	READING(history);
	if (ref_read(history, HISTORY_MAIN, &id, &reading) < 0)
		return reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
	if (history_start(history, err) < 0)
		return -1;
	int code = git_commit_lookup(&commit, history_repo(history), &id);
	while (code == 0 && commit) {
		git_commit *parent = NULL;

		if (each(context, commit) && git_commit_parentcount(commit) > 0)
			code = git_commit_parent(&parent, commit, 0);
		git_commit_free(commit);
		commit = parent;
	}
	return code == 0 ? 0 : git_unreadable(err, "cannot read the history %s", history->path);
}

struct record_listing {
	const struct history *history;
	struct arena *arena;
	bool all_stores;
	size_t limit; /* 0: none */
	struct records records;
};

static bool list_one(void *context, git_commit *commit)
{
	struct record_listing *listing = context;

	if (!listing->all_stores && !is_of_store(listing->history, git_commit_message(commit)))
		return true;
	record_read(listing->history, listing->arena, commit,
		    ARENA_PUSH(listing->arena, listing->records.items, listing->records.count));
	return listing->records.count != listing->limit;
}

static int list(struct history *history, struct record_listing *listing, struct records *ret_records, struct error *err)
{
	listing->history = history;
	int result = walk_main(history, list_one, listing, err);
	*ret_records = listing->records;
	return result;
}

int history_list(struct history *history, struct arena *arena, size_t limit, struct records *ret_records,
		 struct error *err)
{
	return list(history, &(struct record_listing){.arena = arena, .limit = limit}, ret_records, err);
}

int history_list_all(struct history *history, struct arena *arena, size_t limit, struct records *ret_records,
		     struct error *err)
{
	return list(history, &(struct record_listing){.arena = arena, .limit = limit, .all_stores = true}, ret_records,
		    err);
}

static bool is_prefix(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return length >= PREFIX_MIN;
}

struct record_search {
	const struct history *history;
	struct arena *arena;
	const char *prefix;
	struct record found;
	bool is_found, ambiguous;
};

static bool match_plan(void *context, git_commit *commit)
{
	struct record_search *search = context;
	const char *plan_id = trailer_get(search->arena, git_commit_message(commit), "Plan-Id");

	if (!plan_id || !text_starts(plan_id, search->prefix))
		return true;
	if (search->is_found) {
		search->ambiguous = !text_equal(search->found.plan_id, plan_id);
		return !search->ambiguous;
	}
	record_read(search->history, search->arena, commit, &search->found);
	search->is_found = true;
	return true;
}

/* What libgit2 would look at for the name that a revision begins with (gitrevisions(7)) is a ref, or is not there: it
 * would wait for a FIFO. */
static bool may_resolve(struct history *history, struct arena *arena, const char *rev)
{
	static const struct {
		const char *before, *after;
	} places[] = {{"", ""},
		      {"refs/", ""},
		      {"refs/tags/", ""},
		      {"refs/heads/", ""},
		      {"refs/remotes/", ""},
		      {"refs/remotes/", "/HEAD"}};
	const char *name = arena_strndup(arena, rev, strcspn(rev, "~^@:{"));

	if (*name == '/' || strstr(name, ".."))
		return false;
	for (size_t i = 0; i < COUNT(places); i++) {
		const char *path =
			arena_printf(arena, "%s/%s%s%s", history->path, places[i].before, name, places[i].after);
		struct stat info;

		if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode) &&
		    (!S_ISREG(info.st_mode) || info.st_size > REF_MAX))
			return false;
	}
	return true;
}

struct commit_search {
	const git_oid *id;
	bool is_found;
};

static bool match_commit(void *context, git_commit *commit)
{
	struct commit_search *search = context;

	search->is_found = git_oid_equal(search->id, git_commit_id(commit));
	return !search->is_found;
}

/* A revision, as git spells them, that is on main: the commit that it leads to, else NULL. */
static int find_revision(struct history *history, struct arena *arena, const char *rev, git_commit **ret_commit,
			 struct error *err)
{
	CLEANUP_GIT(git_object) *object = NULL, *commit = NULL;
	struct commit_search search = {0};
	struct error reading = ERROR_INIT;
	git_oid tip;

	*ret_commit = NULL;
	READING(history);
	/* HEAD leads there, and libgit2 would go. */
	if (ref_read(history, HISTORY_MAIN, &tip, &reading) < 0)
		return reading.kind == ERROR_NOT_FOUND ? 0 : error_copy(err, &reading);
	bool is_commit = may_resolve(history, arena, rev) &&
			 git_revparse_single(&object, history_repo(history), rev) == 0 &&
			 git_object_peel(&commit, object, GIT_OBJECT_COMMIT) == 0;
	git_error_clear();
	if (!is_commit)
		return 0;
	search.id = git_object_id(commit);
	if (walk_main(history, match_commit, &search, err) < 0)
		return -1;
	if (search.is_found)
		*ret_commit = (git_commit *)TAKE(commit);
	return 0;
}

static int not_found(const struct record_search *search, const char *rev, struct error *err)
{
	if (search->ambiguous)
		error_set(err, ERROR_NOT_FOUND, "\"%s\" is the beginning of several plans' ids", rev);
	else
		error_set(err, ERROR_NOT_FOUND, "there is no record \"%s\" in the history", rev);
	return error_hint(err, "reconcile --history lists the records");
}

int history_find(struct history *history, struct arena *arena, const char *rev, struct record *ret_record,
		 struct error *err)
{
	struct record_search search = {.history = history, .arena = arena, .prefix = rev};
	struct records last = {0};
	CLEANUP_GIT(git_commit) *found = NULL;

	if (!rev) {
		if (history_list(history, arena, 1, &last, err) < 0)
			return -1;
		if (last.count == 0) {
			error_set(err, ERROR_NOT_FOUND, "the history %s has no records%s yet", history->path,
				  history->store ? " of this store" : "");
			return error_hint(err, "an apply that changes something makes one; if there were some, see "
					       "reconcile --doctor");
		}
		*ret_record = last.items[0];
		return 0;
	}
	if (*rev == '\0' || strlen(rev) > REV_MAX)
		return not_found(&search, text_printable(arena, rev, false), err);
	if (history_start(history, err) < 0 || find_revision(history, arena, rev, &found, err) < 0)
		return -1;
	if (found) {
		record_read(history, arena, found, ret_record);
		return 0;
	}
	if (is_prefix(rev) && walk_main(history, match_plan, &search, err) < 0)
		return -1;
	if (!search.is_found || search.ambiguous)
		return not_found(&search, text_printable(arena, rev, false), err);
	*ret_record = search.found;
	return 0;
}

int record_commit(struct history *history, const char *record_id, git_commit **ret_commit, struct error *err)
{
	git_oid id;
	READING(history);
	if (history_start(history, err) < 0)
		return -1;
	int code = git_oid_fromstr(&id, record_id);

	if (code == 0)
		code = git_commit_lookup(ret_commit, history_repo(history), &id);
	if (code == GIT_ENOTFOUND)
		return git_fail(err, code, "cannot read the record %.12s", record_id);
	return code == 0 ? 0 : git_unreadable(err, "cannot read the record %.12s", record_id);
}

int history_read(struct history *history, const char *record_id, const char *name, struct buffer *ret_data,
		 struct error *err)
{
	CLEANUP_GIT(git_commit) *commit = NULL;
	CLEANUP_GIT(git_tree) *tree = NULL;

	READING(history);
	if (record_commit(history, record_id, &commit, err) < 0)
		return -1;
	if (git_commit_tree(&tree, commit) != 0)
		return git_unreadable(err, "cannot read the record %.12s", record_id);
	if (blob_read(history, tree, name, ret_data, err) < 0)
		return history_damaged(err, "the record %.7s", record_id);
	return 0;
}
