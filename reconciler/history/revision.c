/* Finds the repository of a state file, and the two sides of a range of its revisions. */
#include "history/revision.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "history/objects.h"
#include "history/revision_tree.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SHORT_ID = 7 };

/* A range, taken apart. */
struct range {
	char *old, *now; /* malloc'ed; now NULL: the work tree */
	bool merge_base;
};

static void range_done(struct range *range)
{
	free(range->old);
	free(range->now);
}
#define CLEANUP_RANGE __attribute__((cleanup(range_done)))

static char *or_head(char *revision)
{
	if (*revision)
		return revision;
	free(revision);
	return xstrdup("HEAD");
}

/* git-rev-parse(1): no revision's name holds "..". */
static struct range range_parse(const char *text)
{
	const char *dots = strstr(text, "..");

	if (!dots)
		return (struct range){.old = xstrdup(text), .merge_base = true};
	bool three = dots[2] == '.';
	return (struct range){.old = or_head(xstrndup(text, (size_t)(dots - text))),
			      .now = or_head(xstrdup(dots + 2 + three)),
			      .merge_base = three};
}

static int is_missing(const struct revisions *revisions, const char *name, struct error *err)
{
	CLEANUP_FREE char *remote = xasprintf("origin/%s", name);
	CLEANUP_GIT(git_object) *object = NULL;

	if (git_repository_head_unborn(revisions->repo) == 1)
		return error_set(err, ERROR_OTHER, "--against: nothing is committed yet in the repository %s",
				 revisions->root);
	error_set(err, ERROR_OTHER, "--against: there is no revision %s in the repository %s", name, revisions->root);
	if (git_revparse_single(&object, revisions->repo, remote) == 0)
		return error_hint(err, "did you mean %s?", remote);
	if (revisions->shallow)
		return error_hint(
			err, "this clone is shallow: git fetch --depth=1 origin %s, then --against FETCH_HEAD..", name);
	return error_hint(err, "see git branch --all, or bring it with: git fetch origin %s", name);
}

static int commit_find(const struct revisions *revisions, const char *name, git_commit **ret_commit, struct error *err)
{
	CLEANUP_GIT(git_object) *object = NULL, *commit = NULL;

	if (git_revparse_single(&object, revisions->repo, name) != 0)
		return is_missing(revisions, name, err);
	if (git_object_peel(&commit, object, GIT_OBJECT_COMMIT) != 0)
		return error_set(err, ERROR_OTHER, "--against: %s is no commit", name);
	*ret_commit = (git_commit *)TAKE(commit);
	return 0;
}

/* The usual case in CI, where a shallow clone has no more than this: HEAD merges the pull request into its base. */
static bool is_parent(const git_commit *commit, const git_oid *id)
{
	for (unsigned i = 0; i < git_commit_parentcount(commit); i++)
		if (git_oid_equal(git_commit_parent_id(commit, i), id))
			return true;
	return false;
}

static int no_base(const struct revisions *revisions, const struct range *range, struct error *err)
{
	const char *now = range->now ? range->now : "HEAD";

	error_set(err, ERROR_OTHER, "--against: %s and %s have no commit in common%s", range->old, now,
		  revisions->shallow ? " in this shallow clone" : "");
	return error_hint(err, "%s compare the two as they are: --against %s..%s",
			  revisions->shallow ? "run `git fetch --unshallow`, or" : "to", range->old,
			  range->now ? range->now : "");
}

/* Moves *commit to where `other` left it. */
static int to_merge_base(const struct revisions *revisions, const struct range *range, git_commit **commit,
			 struct error *err)
{
	CLEANUP_GIT(git_commit) *other = NULL, *base = NULL;
	git_oid id = *git_commit_id(*commit);

	if (commit_find(revisions, range->now ? range->now : "HEAD", &other, err) < 0)
		return -1;
	if (git_oid_equal(&id, git_commit_id(other)) || is_parent(other, &id))
		return 0;
	if (git_merge_base(&id, revisions->repo, &id, git_commit_id(other)) != 0 ||
	    git_commit_lookup(&base, revisions->repo, &id) != 0)
		return no_base(revisions, range, err);
	git_commit_free(*commit);
	*commit = TAKE(base);
	return 0;
}

static int side_open(struct revisions *revisions, struct revision *side, const char *name, const git_commit *commit,
		     struct error *err)
{
	char id[SHORT_ID + 1];

	git_oid_tostr(id, sizeof(id), git_commit_id(commit));
	side->in = revisions;
	side->name = xasprintf("%s (%s)", name, id);
	return tree_open(revisions, git_commit_tree_id(commit), &side->tree, err);
}

static int sides_open(struct revisions *revisions, const struct range *range, struct error *err)
{
	CLEANUP_GIT(git_commit) *old = NULL, *now = NULL;

	if (!range->now && revisions->bare) {
		error_set(err, ERROR_USAGE, "--against: %s is a bare repository, which has no work tree",
			  revisions->root);
		return error_hint(err,
				  "name both sides: --against %s..BRANCH, or --against %s...BRANCH from where "
				  "BRANCH left it",
				  range->old, range->old);
	}
	if (commit_find(revisions, range->old, &old, err) < 0 ||
	    (range->merge_base && to_merge_base(revisions, range, &old, err) < 0) ||
	    side_open(revisions, &revisions->old, range->old, old, err) < 0)
		return -1;
	if (!range->now)
		return 0;
	if (commit_find(revisions, range->now, &now, err) < 0)
		return -1;
	return side_open(revisions, &revisions->now, range->now, now, err);
}

static bool has_git(const char *folder)
{
	CLEANUP_FREE char *path = path_join(folder, ".git");
	struct stat info;

	return lstat(path, &info) == 0 && (S_ISDIR(info.st_mode) || S_ISREG(info.st_mode));
}

static bool looks_bare(const char *folder)
{
	CLEANUP_FREE char *objects = path_join(folder, "objects"), *head = path_join(folder, "HEAD");

	return file_exists(objects) && file_exists(head);
}

/* Cuts the last part off; false at the root. */
static bool go_up(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || !path[1])
		return false;
	slash[slash == path] = '\0';
	return true;
}

/* The innermost folder above that holds `.git`; only when there is none, a bare repository: one that somebody committed
 * into a work tree does not count (git-config(1), safe.bareRepository). */
static char *find_folder(const char *path)
{
	CLEANUP_FREE char *absolute = path_absolute(path);
	bool (*const kinds[])(const char *) = {has_git, looks_bare};

	for (size_t i = 0; absolute && i < 2; i++) {
		CLEANUP_FREE char *at = xstrdup(absolute);

		do {
			if (kinds[i](at))
				return TAKE(at);
		} while (go_up(at));
	}
	return NULL;
}

static int repository_fail(struct error *err, int code, const char *folder)
{
	const git_error *last = git_error_last();

	/* libgit2 1.5 says GIT_ENOTFOUND when there is no safe.directory at all. */
	if (code == GIT_EOWNER || (last && last->message && strstr(last->message, "safe.directory"))) {
		git_error_clear();
		error_set(err, ERROR_REFUSED, "the repository %s belongs to another user", folder);
		return error_hint(err, "if you trust it: git config --global --add safe.directory %s", folder);
	}
	return git_fail(err, code, "cannot open the repository %s", folder);
}

/* Bounded, as the history is; libgit2 reads where objects lie in other repositories, too. */
static int objects_open(struct revisions *revisions, struct error *err)
{
	CLEANUP_FREE char *common = xstrdup(git_repository_commondir(revisions->repo));
	CLEANUP_FREE char *alternates = path_join(common, "objects/info/alternates");

	if (!file_exists(alternates) && objects_guard(revisions->repo, common, err) < 0)
		return -1;
	int code = git_repository_odb(&revisions->odb, revisions->repo);
	return code == 0 ? 0 : git_fail(err, code, "cannot read the repository %s", common);
}

static int repository_open(struct revisions *revisions, const char *path, struct error *err)
{
	CLEANUP_FREE char *folder = find_folder(path);

	if (!folder) {
		error_set(err, ERROR_OTHER, "--against: no git repository holds %s", path);
		return error_hint(err, "run it where the repository is checked out, or in a bare one");
	}
	int code = git_repository_open_ext(&revisions->repo, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (code != 0)
		return repository_fail(err, code, folder);
	if (objects_open(revisions, err) < 0)
		return -1;
	revisions->bare = git_repository_is_bare(revisions->repo);
	revisions->shallow = git_repository_is_shallow(revisions->repo);
	revisions->root = xrealpath(revisions->bare ? git_repository_path(revisions->repo)
						    : git_repository_workdir(revisions->repo));
	if (!revisions->root)
		return error_set(err, ERROR_OTHER, "the work tree of the repository %s is not there", folder);
	return 0;
}

int revisions_open(const char *path, const char *text, struct revisions **ret_revisions, struct error *err)
{
	CLEANUP_RANGE struct range range = range_parse(text);

	git_use_xalloc();
	if (git_libgit2_init() < 0)
		return git_fail(err, -1, "cannot start libgit2");
	struct revisions *revisions = XNEW(struct revisions);
	if (repository_open(revisions, path, err) < 0 || sides_open(revisions, &range, err) < 0) {
		revisions_close(revisions);
		return -1;
	}
	*ret_revisions = revisions;
	return 0;
}

void revisions_close(struct revisions *revisions)
{
	if (!revisions)
		return;
	git_tree_free(revisions->old.tree);
	git_tree_free(revisions->now.tree);
	git_odb_free(revisions->odb);
	git_repository_free(revisions->repo);
	git_libgit2_shutdown();
	free(revisions->old.name);
	free(revisions->now.name);
	free(revisions->root);
	free(revisions);
}

const struct revision *revisions_old(const struct revisions *revisions)
{
	return &revisions->old;
}

const struct revision *revisions_new(const struct revisions *revisions)
{
	return revisions->now.tree ? &revisions->now : NULL;
}

const char *revision_name(const struct revision *revision)
{
	return revision->name;
}

/* NULL when there is none, or not ours to read. Then libgit2 is not in use, else until repository_leave(). */
static git_repository *repository_enter(const char *path)
{
	CLEANUP_FREE char *folder = find_folder(path);
	git_repository *repo = NULL;

	if (!folder)
		return NULL;
	git_use_xalloc();
	if (git_libgit2_init() < 0)
		return NULL;
	if (git_repository_open_ext(&repo, folder, GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) == 0)
		return repo;
	git_error_clear();
	git_libgit2_shutdown();
	return NULL;
}

static void repository_leave(git_repository *repo)
{
	git_repository_free(repo);
	git_error_clear();
	git_libgit2_shutdown();
}

const char *revision_head(struct arena *arena, const char *path)
{
	git_repository *repo = repository_enter(path);
	const char *name = NULL;
	git_oid id;

	if (!repo)
		return NULL;
	if (git_reference_name_to_id(&id, repo, "HEAD") == 0)
		name = arena_strdup(arena, git_oid_tostr_s(&id));
	repository_leave(repo);
	return name;
}

void revision_names(struct arena *arena, const char *path, struct strings *ret_names)
{
	static const char *const folders[] = {"refs/heads/", "refs/tags/", "refs/remotes/"};
	git_repository *repo = repository_enter(path);
	git_strarray names = {0};

	*ret_names = (struct strings){0};
	if (!repo)
		return;
	if (git_reference_list(&names, repo) == 0)
		for (size_t i = 0; i < names.count; i++)
			for (size_t k = 0; k < COUNT(folders); k++)
				if (text_starts(names.strings[i], folders[k]))
					strings_add(arena, ret_names, names.strings[i] + strlen(folders[k]));
	git_strarray_dispose(&names);
	repository_leave(repo);
	strings_sort(ret_names);
}
