/* Refs of an array, as a backend of libgit2's. */
#include "history/few_refs.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <stdlib.h>

struct few_refs {
	git_refdb_backend backend; /* first: libgit2 hands this back */
	const struct few_ref *refs;
	size_t count;
};

static const struct few_ref *find(const git_refdb_backend *backend, const char *name)
{
	const struct few_refs *few = (const struct few_refs *)(const void *)backend;

	for (size_t i = 0; i < few->count; i++)
		if (text_equal(few->refs[i].name, name))
			return &few->refs[i];
	return NULL;
}

static int refs_exists(int *ret_exists, git_refdb_backend *backend, const char *name)
{
	*ret_exists = find(backend, name) ? 1 : 0;
	return 0;
}

static int refs_lookup(git_reference **out, git_refdb_backend *backend, const char *name)
{
	const struct few_ref *ref = find(backend, name);

	if (!ref)
		return GIT_ENOTFOUND;
	*out = git_reference__alloc(name, &ref->id, NULL);
	return 0;
}

/* A push looks for tags among the refs, which may go along with what is pushed: there is none. */
static int next(git_reference **out, git_reference_iterator *iterator)
{
	(void)out;
	(void)iterator;
	return GIT_ITEROVER;
}

static int next_name(const char **out, git_reference_iterator *iterator)
{
	(void)out;
	(void)iterator;
	return GIT_ITEROVER;
}

static void iterator_free(git_reference_iterator *iterator)
{
	free(iterator);
}

static int refs_iterator(git_reference_iterator **out, git_refdb_backend *backend, const char *glob)
{
	git_reference_iterator *iterator = XNEW(git_reference_iterator);

	(void)backend;
	(void)glob;
	*iterator = (git_reference_iterator){.next = next, .next_name = next_name, .free = iterator_free};
	*out = iterator;
	return 0;
}

/* libgit2 wants all of these to be there. None is asked for by a push, and whoever does is refused. */
static int refuse(void)
{
	git_error_set_str(GIT_ERROR_REFERENCE, "these refs can only be looked up");
	return GIT_ERROR;
}

static int refs_write(git_refdb_backend *backend, const git_reference *ref, int force, const git_signature *who,
		      const char *message, const git_oid *old, const char *old_target)
{
	(void)backend;
	(void)ref;
	(void)force;
	(void)who;
	(void)message;
	(void)old;
	(void)old_target;
	return refuse();
}

static int refs_rename(git_reference **out, git_refdb_backend *backend, const char *from, const char *to, int force,
		       const git_signature *who, const char *message)
{
	(void)out;
	(void)from;
	(void)to;
	return refs_write(backend, NULL, force, who, message, NULL, NULL);
}

static int refs_delete(git_refdb_backend *backend, const char *name, const git_oid *old, const char *old_target)
{
	(void)name;
	return refs_write(backend, NULL, 0, NULL, NULL, old, old_target);
}

static int refs_has_log(git_refdb_backend *backend, const char *name)
{
	(void)backend;
	(void)name;
	return 0;
}

static int log_read(git_reflog **out, git_refdb_backend *backend, const char *name)
{
	(void)out;
	(void)backend;
	(void)name;
	return refuse();
}

static int log_write(git_refdb_backend *backend, git_reflog *log)
{
	(void)backend;
	(void)log;
	return refuse();
}

static int log_rename(git_refdb_backend *backend, const char *from, const char *to)
{
	(void)backend;
	(void)from;
	(void)to;
	return refuse();
}

static int log_delete(git_refdb_backend *backend, const char *name)
{
	return log_rename(backend, name, NULL);
}

static void refs_free(git_refdb_backend *backend)
{
	free(backend);
}

int few_refs_join(git_repository *repo, const struct few_ref *refs, size_t count, struct error *err)
{
	struct few_refs *few = XNEW(struct few_refs);
	git_refdb *refdb = NULL;

	*few = (struct few_refs){.refs = refs, .count = count};
	git_refdb_init_backend(&few->backend, GIT_REFDB_BACKEND_VERSION);
	few->backend.exists = refs_exists;
	few->backend.lookup = refs_lookup;
	few->backend.iterator = refs_iterator;
	few->backend.write = refs_write;
	few->backend.rename = refs_rename;
	few->backend.del = refs_delete;
	few->backend.has_log = refs_has_log;
	few->backend.ensure_log = refs_has_log;
	few->backend.reflog_read = log_read;
	few->backend.reflog_write = log_write;
	few->backend.reflog_rename = log_rename;
	few->backend.reflog_delete = log_delete;
	few->backend.free = refs_free;
	int code = git_refdb_new(&refdb, repo);
	if (code == 0)
		code = git_refdb_set_backend(refdb, &few->backend);
	if (code != 0)
		refs_free(&few->backend);
	else
		code = git_repository_set_refdb(repo, refdb); /* which counts itself as another user of it */
	git_refdb_free(refdb);
	return code == 0 ? 0 : git_fail(err, code, "cannot name what is pushed");
}
