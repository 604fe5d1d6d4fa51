/* Looks for damage in a history that could be opened. */
#include "history/examine.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/file.h"
#include "history/commit.h"
#include "history/git.h"
#include "history/layout.h"
#include "history/refs.h"
#include "history/side_files.h"
#include "history/stores.h"
#include "history/trailer.h"
#include "history/writing.h"

#include <stdlib.h>
#include <string.h>

enum { DAMAGES_MAX = 5, PATIENCE_MS = 5000, TREE_DEPTH_MAX = 8 };

struct examination {
	struct history *history;
	struct arena *arena;
	enum history_depth depth;
	struct strings damages;
	int64_t deadline;
};

static bool is_over(const struct examination *examination)
{
	return examination->damages.count >= DAMAGES_MAX || clock_ms() > examination->deadline;
}

static void add(struct examination *examination, const char *text)
{
	if (!strings_contain(&examination->damages, text))
		strings_add(examination->arena, &examination->damages, text);
}

static void note(struct examination *examination, int result, const struct error *err)
{
	if (result < 0)
		add(examination, err->message);
}

/* `what` cannot be read; libgit2 has said why. */
static void note_object(struct examination *examination, const char *what)
{
	struct error err = ERROR_INIT;

	git_unreadable(&err, "%s", what);
	add(examination, err.message);
}

/* --- a tree and what is in it ------------------------------------------------------------------------------------- */

static void examine_tree(struct examination *examination, const git_oid *id, const char *what, int depth);

static void examine_entry(struct examination *examination, const git_tree_entry *entry, const char *what, int depth)
{
	CLEANUP_GIT(git_blob) *blob = NULL;

	if (git_tree_entry_type(entry) == GIT_OBJECT_TREE)
		examine_tree(examination, git_tree_entry_id(entry), what, depth + 1);
	else if (git_blob_lookup(&blob, history_repo(examination->history), git_tree_entry_id(entry)) != 0)
		note_object(examination,
			    arena_printf(examination->arena, "%s of %s", git_tree_entry_name(entry), what));
}

static void examine_tree(struct examination *examination, const git_oid *id, const char *what, int depth)
{
	CLEANUP_GIT(git_tree) *tree = NULL;

	if (depth > TREE_DEPTH_MAX)
		return;
	if (git_tree_lookup(&tree, history_repo(examination->history), id) != 0) {
		note_object(examination, what);
		return;
	}
	for (size_t i = 0; i < git_tree_entrycount(tree) && !is_over(examination); i++)
		examine_entry(examination, git_tree_entry_byindex(tree, i), what, depth);
}

/* --- refs --------------------------------------------------------------------------------------------------------- */

static bool read_commit(struct examination *examination, const git_oid *id, const char *what, struct commit *ret_commit)
{
	struct error err = ERROR_INIT;

	if (commit_read(examination->history, id, examination->arena, ret_commit, &err) == 0)
		return true;
	history_damaged(&err, "%s", what);
	add(examination, err.message);
	return false;
}

/* The commit of a ref; false when it is damaged, which is noted, or not there. */
static bool read_ref(struct examination *examination, const char *ref, struct commit *ret_commit)
{
	struct error err = ERROR_INIT;
	git_oid id;

	if (ref_read(examination->history, ref, &id, &err) == 0)
		return read_commit(examination, &id, ref, ret_commit);
	note(examination, err.kind == ERROR_NOT_FOUND ? 0 : -1, &err);
	return false;
}

static bool is_record(struct arena *arena, const struct commit *commit)
{
	return trailer_get(arena, commit->message, "Private-Ref") &&
	       !text_equal(trailer_get(arena, commit->message, "Status"), "pending");
}

static const char *record_name(struct arena *arena, const struct commit *commit)
{
	char hex[GIT_OID_HEXSZ + 1];

	object_id_hex(&commit->id, hex);
	return arena_printf(arena, "the record %.7s", hex);
}

/* The files of a run that was cut off may lack their ref: it is made when the run is concluded. */
static void examine_record(struct examination *examination, const struct commit *commit, bool is_pending)
{
	struct arena *arena = examination->arena;
	const char *private_ref = trailer_get(arena, commit->message, "Private-Ref");
	struct commit files;
	struct error err = ERROR_INIT;
	git_oid id;

	examine_tree(examination, &commit->tree, record_name(arena, commit), 0);
	if (!text_starts(private_ref, HISTORY_PRIVATE))
		return;
	if (ref_read(examination->history, private_ref, &id, &err) < 0) {
		note(examination, is_pending && err.kind == ERROR_NOT_FOUND ? 0 : -1, &err);
		return;
	}
	if (read_commit(examination, &id, private_ref, &files))
		examine_tree(examination, &files.tree, private_ref, 0);
}

/* A run that was cut off is concluded from its ref. */
static void examine_pending(struct examination *examination, const char *ref, bool has_main)
{
	CLEANUP_GIT(git_tree) *tree = NULL;
	struct history *history = examination->history;
	const char *plan_id = ref + strlen(HISTORY_PENDING);
	struct commit commit;

	if (!read_ref(examination, ref, &commit))
		return;
	if (!text_equal(trailer_get(examination->arena, commit.message, "Plan-Id"), plan_id) ||
	    !text_equal(trailer_get(examination->arena, commit.message, "Status"), "pending"))
		add(examination,
		    arena_printf(examination->arena, "%s names another commit than the run that it is of", ref));
	if (git_tree_lookup(&tree, history_repo(history), &commit.tree) != 0)
		note_object(examination, ref);
	if (!has_main && commit.has_parent)
		add(examination, HISTORY_MAIN " is gone, and there was a record");
	if (examination->depth == EXAMINE_ALL)
		examine_record(examination, &commit, true);
}

/* Without main and without a run that was cut off: a first run keeps its files before its record is, and somebody
 * packed what there was. */
static bool had_records(const struct examination *examination)
{
	struct strings private_refs = {0};

	return layout_has_packs(examination->history->path) ||
	       (refs_list(examination->history, examination->arena, HISTORY_PRIVATE, &private_refs, NULL) == 0 &&
		private_refs.count > 0);
}

static void examine_refs(struct examination *examination)
{
	struct history *history = examination->history;
	struct strings pending = {0};
	struct error err = ERROR_INIT;
	struct commit tip;
	bool is_read = read_ref(examination, HISTORY_MAIN, &tip), has_main = ref_exists(history, HISTORY_MAIN);

	if (is_read && !is_record(examination->arena, &tip))
		add(examination, HISTORY_MAIN " does not lead to a record");
	note(examination, refs_check_packed(history, &err), &err);
	note(examination, refs_list(history, examination->arena, HISTORY_PENDING, &pending, &err), &err);
	for (size_t i = 0; i < pending.count; i++)
		examine_pending(examination, pending.items[i], has_main);
	if (!has_main && pending.count == 0 && had_records(examination))
		add(examination, HISTORY_MAIN " is gone, and there were records");
}

/* --- files -------------------------------------------------------------------------------------------------------- */

static void examine_side_files(struct examination *examination)
{
	size_t count;
	const struct side_file *files = side_file_table(&count);

	for (size_t i = 0; i < count; i++) {
		CLEANUP_FREE char *path = files[i].each_store ? store_file(examination->history, files[i].name)
							      : path_join(examination->history->path, files[i].name);
		struct error err = ERROR_INIT;

		note(examination, files[i].check(path, &err), &err);
	}
}

static void examine_records(struct examination *examination)
{
	struct commit commit, parent;
	bool more = read_ref(examination, HISTORY_MAIN, &commit);

	while (more && !is_over(examination)) {
		examine_record(examination, &commit, false);
		const char *before = arena_printf(examination->arena, "the record before %s",
						  record_name(examination->arena, &commit) + strlen("the record "));
		more = commit.has_parent && read_commit(examination, &commit.parent, before, &parent);
		if (more)
			commit = parent;
	}
}

void history_examine(struct history *history, enum history_depth depth, struct arena *arena,
		     struct strings *ret_damages)
{
	struct examination examination = {
		.history = history, .arena = arena, .depth = depth, .deadline = clock_ms() + PATIENCE_MS};
	struct error err = ERROR_INIT;

	*ret_damages = (struct strings){0};
	if (!history)
		return;
	READING(history);
	note(&examination, layout_check_folders(history->path, &err), &err);
	examine_refs(&examination);
	examine_side_files(&examination);
	if (depth == EXAMINE_ALL)
		examine_records(&examination);
	if (history->started)
		git_error_clear();
	*ret_damages = examination.damages;
}
