/* --against REV: reads both sides of a change of the state files, and compares them. */
#include "cli/against.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "desired/desired.h"
#include "desired/reach.h"
#include "history/revision.h"
#include "plan/against.h"

/* The tree of a revision, for desired/ to read from. */
static enum reach_kind kind_in(void *context, const char *path)
{
	static const enum reach_kind kinds[] = {
		[REVISION_NOTHING] = REACH_NOTHING, [REVISION_FILE] = REACH_FILE, [REVISION_FOLDER] = REACH_FOLDER};

	return kinds[revision_kind(context, path)];
}

static int read_in(void *context, const char *path, size_t cap, struct buffer *ret_data, struct error *err)
{
	return revision_read(context, path, cap, ret_data, err);
}

static int list_in(void *context, struct arena *arena, const char *path, struct strings *ret_names, struct error *err)
{
	return revision_list(context, arena, path, ret_names, err);
}

static struct reach_tree tree_of(const struct revision *revision)
{
	return (struct reach_tree){(void *)revision, kind_in, read_in, list_in};
}

struct comparing {
	struct session *session;
	struct revisions *revisions;
	struct reach_tree old_tree, new_tree;
	bool new_is_here; /* the new side is the work tree */
	struct state *old;
	struct strings notes;
};

static void note(struct comparing *comparing, const char *text)
{
	strings_add(comparing->session->arena, &comparing->notes, text);
}

/* A path of the new side. */
static enum reach_kind kind_now(const struct comparing *comparing, const char *path)
{
	struct reach reach = {.arena = comparing->session->arena,
			      .tree = comparing->new_is_here ? NULL : &comparing->new_tree};

	return reach_kind(&reach, path);
}

/* The file on the old side, there or where it was before it was moved; same_name: only if it was called alike. */
static bool add_former(struct comparing *comparing, const char *path, bool same_name, struct strings *files)
{
	struct arena *arena = comparing->session->arena;
	const struct revision *old = revisions_old(comparing->revisions);

	if (revision_kind(old, path) != REVISION_NOTHING) {
		strings_add(arena, files, path);
		return true;
	}
	const char *former = revisions_former(comparing->revisions, arena, path, same_name, files);
	if (!former)
		return false;
	strings_add(arena, files, former);
	note(comparing, arena_printf(arena, "%s was %s in %s", path, former, revision_name(old)));
	return true;
}

static void add_file(struct comparing *comparing, const char *path, struct strings *files)
{
	if (!add_former(comparing, path, true, files) && !add_former(comparing, path, false, files))
		note(comparing, arena_printf(comparing->session->arena, "%s is not in %s: all of it is new", path,
					     revision_name(revisions_old(comparing->revisions))));
}

/* A folder that is not on the old side, by its files: those that keep their names first. */
static void add_folder(struct comparing *comparing, const char *path, struct strings *files)
{
	struct arena *arena = comparing->session->arena;
	struct reach reach = {.arena = arena, .tree = comparing->new_is_here ? NULL : &comparing->new_tree};
	struct strings names = {0}, others = {0};
	struct error err = ERROR_INIT;

	if (reach_list(&reach, path, &names, &err) < 0)
		return; /* told when it is read */
	strings_sort(&names);
	for (size_t i = 0; i < names.count; i++) {
		CLEANUP_FREE char *file = path_join(path, names.items[i]);

		if (source_name_fits(names.items[i]) && !add_former(comparing, file, true, files))
			strings_add(arena, &others, file);
	}
	for (size_t i = 0; i < others.count; i++)
		add_file(comparing, others.items[i], files);
}

static const char *first_there(const struct comparing *comparing)
{
	for (size_t i = 0; i < 2; i++)
		if (kind_now(comparing, source_lookup[i]) != REACH_NOTHING)
			return source_lookup[i];
	return source_lookup[0];
}

/* The state files of the old side, in their order. Without -f: those that it would have found. */
static void old_files(struct comparing *comparing, const struct desired_request *request, struct strings *files)
{
	const struct revision *old = revisions_old(comparing->revisions);
	struct arena *arena = comparing->session->arena;

	for (size_t i = 0; i < request->file_count; i++) {
		const char *path = request->files[i];

		if (revision_kind(old, path) == REVISION_NOTHING && kind_now(comparing, path) == REACH_FOLDER)
			add_folder(comparing, path, files);
		else
			add_file(comparing, path, files);
	}
	for (size_t i = 0; request->file_count == 0 && files->count == 0 && i < 2; i++)
		if (revision_kind(old, source_lookup[i]) != REVISION_NOTHING)
			strings_add(arena, files, source_lookup[i]);
	if (request->file_count == 0 && files->count == 0)
		add_file(comparing, first_there(comparing), files);
}

/* What is wrong with the old side is no fault of who changes it: it is told, and all of the new one is new. */
static void old_is_invalid(struct comparing *comparing, const struct diagnostics *problems)
{
	const char *name = revision_name(revisions_old(comparing->revisions));
	struct arena *arena = comparing->session->arena;

	session_say(comparing->session, "The state files of %s are invalid:", name);
	session_print_problems(comparing->session, problems);
	note(comparing, arena_printf(arena, "the state files of %s are invalid: all is shown as new", name));
}

/* A clone that lacks objects says nothing of what the files say. */
static bool is_lacking(const struct diagnostics *problems)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->items[i].kind == ERROR_UNREACHABLE)
			return true;
	return false;
}

static int load_old(struct comparing *comparing, struct desired_request request)
{
	int code = 0;

	struct diagnostics problems = {0};
	struct strings files = {0};

	old_files(comparing, &request, &files);
	request.files = files.items;
	request.file_count = files.count;
	request.tree = &comparing->old_tree;
	if (files.count > 0 && desired_load(&request, &comparing->old, &problems) < 0) {
		code = is_lacking(&problems) ? EXIT_UNREACHABLE : 0;
		if (code)
			session_print_problems(comparing->session, &problems);
		else
			old_is_invalid(comparing, &problems);
	}
	if (!comparing->old)
		comparing->old = state_new();
	diagnostics_done(&problems);
	return code;
}

static int load_new(struct comparing *comparing, struct desired_request request)
{
	struct session *session = comparing->session;
	struct diagnostics problems = {0};

	request.tree = comparing->new_is_here ? NULL : &comparing->new_tree;
	if (desired_load(&request, &session->desired, &problems) < 0) {
		session_print_problems(session, &problems);
		diagnostics_done(&problems);
		return EXIT_INVALID;
	}
	diagnostics_done(&problems);
	desired_digest(session->desired, session->desired_digest);
	return 0;
}

static int compare(struct comparing *comparing)
{
	struct session *session = comparing->session;
	const struct revision *now = revisions_new(comparing->revisions);
	struct desired_request request;
	int code;

	session_desired_request(session, &request);
	request.as_written = true;
	comparing->old_tree = tree_of(revisions_old(comparing->revisions));
	comparing->new_tree = tree_of(now);
	comparing->new_is_here = !now;
	if ((code = load_new(comparing, request)) || (code = load_old(comparing, request)) ||
	    (code = session_check_only(session, comparing->old)))
		return code;
	struct against_request against = {.desired = session->desired,
					  .old = comparing->old,
					  .desired_digest = session->desired_digest,
					  .against = revision_name(revisions_old(comparing->revisions)),
					  .revision = now ? revision_name(now) : NULL,
					  .only = &session->options->only,
					  .notes = &comparing->notes};
	session->plan = plan_against(&against);
	return 0;
}

int session_against(struct session *session)
{
	const struct strings *files = &session->options->files;
	struct comparing comparing = {.session = session};
	struct error err = ERROR_INIT;

	if (revisions_open(files->count > 0 ? files->items[0] : source_lookup[1], session->options->against,
			   &comparing.revisions, &err) < 0)
		return session_fail(session, &err);
	int code = compare(&comparing);
	revisions_close(comparing.revisions);
	state_free(comparing.old);
	return code;
}
