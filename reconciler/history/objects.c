/* An object database of libgit2's that reads with loose.c and pack.c, and writes as libgit2 does.
 *
 * libgit2 compares what it is given with the object's id (GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, on unless somebody
 * turns it off), so that what is read is what was written, or an error. Alternates and commit graphs are not looked at.
 */
#include "history/objects.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/platform.h"
#include "base/text.h"
#include "base/xalloc.h"
#include "history/git.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

struct guard {
	git_odb_backend backend; /* first: libgit2 hands this back */
	git_odb_backend *writer; /* libgit2's for loose objects; nothing is read with it */
	git_odb_backend *hasty;	 /* the same, which syncs nothing */
	bool in_a_hurry;
	struct objects objects;
};

static char *loose_path(const struct objects *objects, const git_oid *id)
{
	char hex[GIT_OID_HEXSZ + 1];

	object_id_hex(id, hex); /* git_oid_tostr_s() wants a libgit2 that has been started */
	return xasprintf("%s/%.2s/%s", objects->folder, hex, hex + 2);
}

/* A damaged file does not matter where a pack has the object, too. */
static int find(struct objects *objects, const git_oid *id, struct object *ret_object, struct error *err)
{
	CLEANUP_FREE char *path = loose_path(objects, id);
	struct error loose = ERROR_INIT, packed = ERROR_INIT;
	char hex[GIT_OID_HEXSZ + 1];

	if (loose_read(path, ret_object, &loose) == 0 ||
	    packs_read(&objects->packs, objects->pack_folder, id, ret_object, &packed) == 0)
		return 0;
	const struct error *why = loose.kind == ERROR_NOT_FOUND ? &packed : &loose;
	object_id_hex(id, hex);
	return error_set(err, why->kind, "the object %s %s", hex, why->message);
}

static bool is_of_id(const struct object *object, const git_oid *id)
{
	CLEANUP_FREE char *head = xasprintf("%s %zu", object_type_name(object->type), object->length);
	unsigned char digest[DIGEST_SHA1];

	digest_sha1(head, strlen(head) + 1, object->data, object->length, digest);
	return memcmp(digest, id->id, sizeof(digest)) == 0;
}

int objects_read(struct objects *objects, const git_oid *id, struct object *ret_object, struct error *err)
{
	char hex[GIT_OID_HEXSZ + 1];
	struct error reading = ERROR_INIT;

	/* Somebody may have packed what was loose a moment ago. */
	if (find(objects, id, ret_object, &reading) < 0 &&
	    (reading.kind != ERROR_NOT_FOUND || !packs_refresh(&objects->packs, objects->pack_folder) ||
	     find(objects, id, ret_object, &reading) < 0))
		return error_copy(err, &reading);
	if (is_of_id(ret_object, id))
		return 0;
	free(ret_object->data);
	object_id_hex(id, hex);
	return error_set(err, ERROR_CORRUPT, "the object %s is another than its name says", hex);
}

void objects_init(struct objects *objects, const char *path)
{
	objects->folder = path_join(path, "objects");
	objects->pack_folder = path_join(objects->folder, "pack");
	objects->packs = (struct packs){0};
}

void objects_done(struct objects *objects)
{
	packs_done(&objects->packs);
	free(objects->folder);
	free(objects->pack_folder);
}

static int refuse(const struct error *err)
{
	git_error_set_str(GIT_ERROR_ODB, err->message);
	return err->kind == ERROR_NOT_FOUND ? GIT_ENOTFOUND : GIT_ERROR;
}

static int guard_read(void **ret_data, size_t *ret_length, git_object_t *ret_type, git_odb_backend *backend,
		      const git_oid *id)
{
	struct guard *guard = (struct guard *)(void *)backend;
	struct object object;
	struct error err = ERROR_INIT;

	if (find(&guard->objects, id, &object, &err) < 0)
		return refuse(&err);
	*ret_data = object.data;
	*ret_length = object.length;
	*ret_type = object.type;
	return 0;
}

/* One that is damaged is written anew, so it must not count as there. */
static int guard_exists(git_odb_backend *backend, const git_oid *id)
{
	struct guard *guard = (struct guard *)(void *)backend;
	struct object object;

	if (objects_read(&guard->objects, id, &object, NULL) < 0)
		return 0;
	free(object.data);
	return 1;
}

static int guard_freshen(git_odb_backend *backend, const git_oid *id)
{
	struct guard *guard = (struct guard *)(void *)backend;

	if (!guard_exists(backend, id))
		return GIT_ENOTFOUND;
	guard->writer->freshen(guard->writer, id); /* fails for one that is in a pack, which matters to nobody */
	return 0;
}

static int guard_write(git_odb_backend *backend, const git_oid *id, const void *data, size_t length, git_object_t type)
{
	struct guard *guard = (struct guard *)(void *)backend;
	CLEANUP_FREE char *path = loose_path(&guard->objects, id);
	git_odb_backend *writer = guard->in_a_hurry ? guard->hasty : guard->writer;
	int code = writer->write(writer, id, data, length, type);

	/* An empty folder, as a mount or a restore leaves it, is the one thing that a rename does not replace. */
	return code != 0 && rmdir(path) == 0 ? writer->write(writer, id, data, length, type) : code;
}

/* How many loose ids begin so, two standing for more. */
static size_t find_loose(const struct objects *objects, const git_oid *prefix, size_t digits, git_oid *ret_id)
{
	const char *hex = git_oid_tostr_s(prefix);
	CLEANUP_FREE char *path = xasprintf("%s/%.2s", objects->folder, hex);
	DIR *folder = xopendir(path);
	const struct dirent *entry;
	size_t found = 0;

	while (folder && found < 2 && (entry = readdir(folder))) {
		CLEANUP_FREE char *name = xasprintf("%.2s%s", hex, entry->d_name);

		if (strlen(name) == GIT_OID_HEXSZ && !strncmp(name, hex, digits) && object_id_read(name, ret_id))
			found++;
	}
	if (folder)
		closedir(folder);
	return found;
}

static int guard_exists_prefix(git_oid *ret_id, git_odb_backend *backend, const git_oid *prefix, size_t digits)
{
	struct guard *guard = (struct guard *)(void *)backend;
	git_oid loose, packed;
	size_t in_files = find_loose(&guard->objects, prefix, digits, &loose);
	size_t in_packs = packs_find(&guard->objects.packs, guard->objects.pack_folder, prefix, digits, &packed);
	bool both = in_files == 1 && in_packs == 1 && !object_id_equal(&loose, &packed);

	if (in_files + in_packs == 0)
		return GIT_ENOTFOUND;
	if (in_files > 1 || in_packs > 1 || both) {
		git_error_set_str(GIT_ERROR_ODB, "several objects begin so");
		return GIT_EAMBIGUOUS;
	}
	*ret_id = in_files == 1 ? loose : packed;
	return 0;
}

static int guard_read_prefix(git_oid *ret_id, void **ret_data, size_t *ret_length, git_object_t *ret_type,
			     git_odb_backend *backend, const git_oid *prefix, size_t digits)
{
	git_oid id;
	int code = guard_exists_prefix(&id, backend, prefix, digits);

	if (code == 0)
		code = guard_read(ret_data, ret_length, ret_type, backend, &id);
	if (code == 0)
		*ret_id = id;
	return code;
}

/* Somebody may have packed what was loose a moment ago. */
static int guard_refresh(git_odb_backend *backend)
{
	struct guard *guard = (struct guard *)(void *)backend;

	return packs_refresh(&guard->objects.packs, guard->objects.pack_folder) ? 0 : GIT_ENOTFOUND;
}

static void guard_free(git_odb_backend *backend)
{
	struct guard *guard = (struct guard *)(void *)backend;

	if (guard->writer)
		guard->writer->free(guard->writer);
	if (guard->hasty)
		guard->hasty->free(guard->hasty);
	objects_done(&guard->objects);
	free(guard);
}

static struct guard *guard_new(const char *path)
{
	struct guard *guard = XNEW(struct guard);

	git_odb_init_backend(&guard->backend, GIT_ODB_BACKEND_VERSION);
	guard->backend.read = guard_read;
	guard->backend.read_prefix = guard_read_prefix;
	guard->backend.exists = guard_exists;
	guard->backend.exists_prefix = guard_exists_prefix;
	guard->backend.freshen = guard_freshen;
	guard->backend.write = guard_write;
	guard->backend.refresh = guard_refresh;
	guard->backend.free = guard_free;
	objects_init(&guard->objects, path);
	return guard;
}

static int writer_new(const struct guard *guard, bool syncs, git_odb_backend **ret_writer)
{
	enum { BEST_SPEED = -1, USUAL_MODE = 0 };

	return git_odb_backend_loose(ret_writer, guard->objects.folder, BEST_SPEED, syncs, USUAL_MODE, USUAL_MODE);
}

int objects_guard(git_repository *repo, const char *path, struct error *err)
{
	struct guard *guard = guard_new(path);
	git_odb *odb = NULL;
	int code = writer_new(guard, true, &guard->writer);

	if (code == 0)
		code = writer_new(guard, false, &guard->hasty);
	if (code == 0)
		code = git_odb_new(&odb);
	if (code == 0)
		code = git_odb_add_backend(odb, &guard->backend, 1);
	if (code != 0)
		guard_free(&guard->backend);
	else
		code = git_repository_set_odb(repo, odb); /* which counts itself as another user of it */
	git_odb_free(odb);
	return code == 0 ? 0 : git_fail(err, code, "cannot read the history %s", path);
}

/* NULL: the repository is not guarded. */
static struct guard *guard_of(git_repository *repo)
{
	git_odb_backend *backend = NULL;
	git_odb *odb = NULL;

	if (git_repository_odb(&odb, repo) != 0 || git_odb_get_backend(&backend, odb, 0) != 0 ||
	    backend->write != guard_write)
		backend = NULL;
	git_odb_free(odb);
	return (struct guard *)(void *)backend;
}

/* libgit2 syncs also what its own writer would not, while it is told to sync all there is of a repository. */
static struct guard *set_hurry(git_repository *repo, bool in_a_hurry)
{
	struct guard *guard = guard_of(repo);

	if (guard && guard->in_a_hurry != in_a_hurry) {
		guard->in_a_hurry = in_a_hurry;
		git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, !in_a_hurry);
	}
	return guard;
}

void objects_hurry(git_repository *repo)
{
	set_hurry(repo, true);
}

void objects_calm(git_repository *repo)
{
	set_hurry(repo, false);
}

int objects_settle(git_repository *repo, struct error *err)
{
	struct guard *guard = set_hurry(repo, false);
	CLEANUP_CLOSE int fd = !guard ? -1 : open(guard->objects.folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (!guard || (fd >= 0 && platform_sync_volume(fd) == 0))
		return 0;
	return error_set_errno(err, errno, "cannot sync %s", guard->objects.folder);
}
