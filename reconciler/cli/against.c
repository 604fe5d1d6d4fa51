/* --against REV: reads both sides of a change of the state files, and compares them. */
#include "cli/against.h"

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

/* The file on the old side, there or where it was before it was moved. */
static void add_former(struct comparing *comparing, const char *path, struct strings *files)
{
	struct arena *arena = comparing->session->arena;
	const struct revision *old = revisions_old(comparing->revisions);

	if (revision_kind(old, path) != REVISION_NOTHING) {
		strings_add(arena, files, path);
		return;
	}
	const char *former = revisions_former(comparing->revisions, arena, path);
	if (former && !strings_contain(files, former))
		strings_add(arena, files, former);
	note(comparing, former ? arena_printf(arena, "%s was %s in %s", path, former, revision_name(old))
			       : arena_printf(arena, "%s is not in %s: all of it is new", path, revision_name(old)));
}

/* A folder that is not on the old side, by its files. */
static void add_folder(struct comparing *comparing, const char *path, struct strings *files)
{
	struct arena *arena = comparing->session->arena;
	struct reach reach = {.arena = arena, .tree = comparing->new_is_here ? NULL : &comparing->new_tree};
	struct strings names = {0};
	struct error err = ERROR_INIT;

	if (reach_list(&reach, path, &names, &err) < 0)
		return; /* told when it is read */
	strings_sort(&names);
	for (size_t i = 0; i < names.count; i++)
		if (source_name_fits(names.items[i]))
			add_former(comparing, arena_printf(arena, "%s/%s", path, names.items[i]), files);
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
			add_former(comparing, path, files);
	}
	for (size_t i = 0; request->file_count == 0 && files->count == 0 && i < 2; i++)
		if (revision_kind(old, source_lookup[i]) != REVISION_NOTHING)
			strings_add(arena, files, source_lookup[i]);
	if (request->file_count == 0 && files->count == 0)
		add_former(comparing, first_there(comparing), files);
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

static void load_old(struct comparing *comparing, struct desired_request request)
{
	struct diagnostics problems = {0};
	struct strings files = {0};

	old_files(comparing, &request, &files);
	request.files = files.items;
	request.file_count = files.count;
	request.tree = &comparing->old_tree;
	if (files.count > 0 && desired_load(&request, &comparing->old, &problems) < 0)
		old_is_invalid(comparing, &problems);
	if (!comparing->old)
		comparing->old = state_new();
	diagnostics_done(&problems);
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
	if ((code = load_new(comparing, request)))
		return code;
	load_old(comparing, request);
	struct against_request against = {.desired = session->desired,
					  .old = comparing->old,
					  .desired_digest = session->desired_digest,
					  .against = revision_name(revisions_old(comparing->revisions)),
					  .revision = now ? revision_name(now) : NULL,
					  .only = session->options->only,
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
