/* Holds a file against what was observed of it and what this run made of it. */
#include "apply/unchanged.h"

#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/digest.h"
#include "base/file.h"
#include "base/lookup.h"
#include "base/xalloc.h"

#include <pthread.h>
#include <string.h>

enum { FILE_CAP = 4 * 1024 * 1024 };

struct written_file {
	bool exists;
	char digest[DIGEST_HEX];
};

struct written {
	pthread_mutex_t mutex;
	struct arena *arena;
	struct lookup of_store, of_docker; /* by their paths */
};

struct written *written_new(void)
{
	struct written *written = XNEW(struct written);

	if (pthread_mutex_init(&written->mutex, NULL) != 0)
		out_of_memory();
	written->arena = arena_new();
	return written;
}

void written_free(struct written *written)
{
	pthread_mutex_destroy(&written->mutex);
	arena_free(written->arena);
	free(written);
}

/* One that this run had written before is noted anew: what was noted stays where it is. */
static struct written_file *file_of(struct written *written, const char *path, bool in_docker_config)
{
	struct lookup *lookup = in_docker_config ? &written->of_docker : &written->of_store;
	struct written_file *file = (struct written_file *)lookup_find(lookup, path);

	if (file)
		return file;
	file = ARENA_NEW(written->arena, struct written_file);
	lookup_add(written->arena, lookup, arena_strdup(written->arena, path), file);
	return file;
}

void written_note(struct execution *run, const char *path, bool in_docker_config, const void *data, size_t length)
{
	struct written *written = run->written;

	pthread_mutex_lock(&written->mutex);
	struct written_file *file = file_of(written, path, in_docker_config);
	file->exists = data;
	if (file->exists)
		digest_hex(data, length, file->digest);
	pthread_mutex_unlock(&written->mutex);
}

/* Whether it is as this run left it; false too when this run has not touched it. */
static bool is_ours(struct written *written, const struct rewrite *rewrite, const struct buffer *now)
{
	char digest[DIGEST_HEX];
	bool ours;

	pthread_mutex_lock(&written->mutex);
	const struct written_file *file =
		lookup_find(rewrite->in_docker_config ? &written->of_docker : &written->of_store, rewrite->path);
	ours = file && file->exists == !!now;
	if (ours && now) {
		digest_hex(buffer_text(now), now->length, digest);
		ours = strcmp(digest, file->digest) == 0;
	}
	pthread_mutex_unlock(&written->mutex);
	return ours;
}

static bool same_bytes(const struct buffer *now, const void *data, size_t length)
{
	return now->length == length && (length == 0 || memcmp(buffer_text(now), data, length) == 0);
}

/* As observed, or as it is to become. now NULL: it is not there. */
static bool is_expected(const struct store_file *observed, const struct rewrite *rewrite, const struct buffer *now)
{
	if (!now)
		return !rewrite->data || !observed || !observed->exists;
	if (rewrite->data && same_bytes(now, rewrite->data, rewrite->length))
		return true;
	return observed && observed->exists && same_bytes(now, observed->data, observed->length);
}

/* What was not seen because there was nothing: a new builder's file, a new context's. What a repair takes away has a
 * name that no observation keeps. */
static bool was_absent(const struct rewrite *rewrite)
{
	return rewrite->data && text_starts(rewrite->path, rewrite->in_docker_config ? "contexts/meta/" : "instances/");
}

static int stale(const struct rewrite *rewrite, const char *how, struct error *err)
{
	error_set(err, ERROR_STALE, "%s was %s by somebody since the plan was made", rewrite->path, how);
	return error_hint(err, "nothing of theirs was overwritten: plan again");
}

int unchanged_check(struct execution *run, const struct rewrite *rewrite, struct error *err)
{
	const struct store_file *observed;
	const char *root = rewrite->in_docker_config ? run->live->docker_config : run->live->store;
	CLEANUP_BUFFER struct buffer now = BUFFER_INIT(FILE_CAP);
	struct error reading = ERROR_INIT;

	if (text_empty(rewrite->path) || text_empty(root))
		return 0; /* target_find() says what is wrong with it */
	CLEANUP_FREE char *path = path_join(root, rewrite->path);
	observed = live_file(run->live, rewrite->path, rewrite->in_docker_config);
	if (!observed ? !was_absent(rewrite) : observed->exists && !observed->readable)
		return 0;
	bool exists = file_read_careful(path, FILE_CAP, &now, &reading) == 0;
	if (!exists && reading.kind != ERROR_NOT_FOUND)
		return stale(rewrite, "made unreadable", err);
	if (is_ours(run->written, rewrite, exists ? &now : NULL) ||
	    is_expected(observed, rewrite, exists ? &now : NULL))
		return 0;
	return stale(rewrite, !exists ? "removed" : observed && observed->exists ? "changed" : "made", err);
}

static int check_step(struct execution *run, const struct step *step, struct error *err)
{
	struct rewrite rewrite = {.path = step->path, .in_docker_config = step->in_docker_config};

	switch (step->kind) {
	case STEP_WRITE_FILE:
		rewrite.data = step->data;
		rewrite.length = step->length;
		return unchanged_check(run, &rewrite, err);
	case STEP_REMOVE_FILE:
		return unchanged_check(run, &rewrite, err);
	case STEP_FORGET_BUILDER:
		if (text_empty(step->name))
			return 0;
		rewrite.path = arena_printf(run->arena, "instances/%s", step->name);
		return unchanged_check(run, &rewrite, err);
	default:
		return 0;
	}
}

int unchanged_check_change(struct execution *run, const struct change *change, struct error *err)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (check_step(run, &change->steps[i], err) < 0)
			return -1;
	return 0;
}
