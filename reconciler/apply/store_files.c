/* The steps that write and remove files: instance files, the selection, contexts, damaged files.
 *
 * BuildX's own lock is held for one write at a time, and never across anything else. */
#include "apply/store_files.h"

#include "apply/refs.h"
#include "apply/staging.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "apply/target_file.h"
#include "apply/unchanged.h"
#include "base/clock.h"
#include "base/file.h"
#include "codec/current.h"
#include "live/store/lock.h"

#include <dirent.h>
#include <string.h>
#include <time.h>

static int lock_store(struct execution *run, int *ret_fd, struct error *err)
{
	if (folder_create(run->live->store, 0700, err) < 0)
		return -1;
	return store_lock(run->live->store, run->options->lock_timeout_ms, run->interrupt, ret_fd, err);
}

static int find_target(struct execution *run, const char *path, bool in_docker_config, struct target *ret_target,
		       struct error *err)
{
	if (target_find(run->live, run->arena, path, in_docker_config, ret_target, err) < 0)
		return -1;
	ret_target->plan_id = run->plan_id;
	ret_target->unsynced = run->later;
	return 0;
}

static int put(struct execution *run, const struct target *target, const void *data, size_t length, mode_t mode,
	       struct error *err)
{
	bool is_put = false;

	if (run->staging && staging_put(run->staging, target, &is_put, err) < 0)
		return -1;
	return is_put ? 0 : target_write(target, data, length, mode, run->arena, err);
}

static int write_at(struct execution *run, const char *path, const void *data, size_t length, struct error *err)
{
	struct target target;

	if (find_target(run, path, false, &target, err) < 0 || put(run, &target, data, length, 0600, err) < 0)
		return -1;
	written_note(run, path, false, data, length);
	return 0;
}

static int remove_at(struct execution *run, const char *path, bool in_docker_config, struct error *err)
{
	struct target target;
	const char *kept;

	if (find_target(run, path, in_docker_config, &target, err) < 0 ||
	    target_remove(&target, run->arena, &kept, err) < 0)
		return -1;
	if (run->later && !strings_contain(run->later, target.folder))
		strings_add(run->arena, run->later, target.folder);
	if (kept)
		run->say(run->context, arena_printf(run->arena, "%s is kept as %s", path, kept));
	written_note(run, path, in_docker_config, NULL, 0);
	return 0;
}

static const char *activity_path(struct execution *run, const char *instance)
{
	return arena_printf(run->arena, "activity/%s", instance + strlen("instances/"));
}

/* BuildX notes the time before it saves an instance: docker/buildx store/store.go, Save(). */
static int write_activity(struct execution *run, const char *path, struct error *err)
{
	char now[32];

	if (!text_starts(path, "instances/"))
		return 0;
	clock_rfc3339(time(NULL), now);
	return write_at(run, activity_path(run, path), now, strlen(now), err);
}

/* Under BuildX's lock; the docker CLI has none for its own files. */
static int write_target(struct execution *run, const struct step *step, const struct target *target, struct error *err)
{
	const struct rewrite rewrite = {step->path, step->in_docker_config, step->data, step->length};

	if (unchanged_check(run, &rewrite, err) < 0 ||
	    (!step->in_docker_config && write_activity(run, step->path, err) < 0) ||
	    put(run, target, step->data, step->length, (mode_t)step->mode, err) < 0)
		return -1;
	written_note(run, step->path, step->in_docker_config, step->data, step->length);
	return 0;
}

static void stage(struct execution *run, const char *path, const void *data, size_t length, mode_t mode)
{
	struct target target;

	if (find_target(run, path, false, &target, NULL) == 0)
		staging_add(run->staging, &target, data, length, mode == 0 ? 0600 : mode);
}

void execution_stage(struct execution *run, const struct step *step)
{
	char now[32];

	if (step->kind != STEP_WRITE_FILE || !step->data || step->in_docker_config)
		return;
	clock_rfc3339(time(NULL), now);
	stage(run, activity_path(run, step->path), now, strlen(now), 0600);
	stage(run, step->path, step->data, step->length, (mode_t)step->mode);
}

int execute_write_file(struct execution *run, const struct step *step, struct error *err)
{
	struct target target;
	int fd = -1, result;

	if (!step->data)
		return error_set(err, ERROR_CORRUPT, "the plan does not hold the bytes of %s", step->path);
	if (find_target(run, step->path, step->in_docker_config, &target, err) < 0)
		return -1;
	if (step->in_docker_config)
		return write_target(run, step, &target, err);
	if (lock_store(run, &fd, err) < 0)
		return -1;
	result = write_target(run, step, &target, err);
	file_unlock(&fd);
	return result;
}

static int restore(struct execution *run, const struct step *step, const struct target *target, struct error *err)
{
	struct target from;

	if (text_empty(step->name)) {
		if (target_write(target, step->data, step->length, (mode_t)step->mode, run->arena, err) < 0)
			return -1;
		written_note(run, step->path, step->in_docker_config, step->data, step->length);
		return 0;
	}
	if (find_target(run, step->name, false, &from, err) < 0)
		return -1;
	return target_move(&from, target, err);
}

int execute_restore_file(struct execution *run, const struct step *step, struct error *err)
{
	struct target target;
	int fd = -1, result;

	if (text_empty(step->name) && !step->data && step->length > 0)
		return error_set(err, ERROR_CORRUPT, "the plan does not hold the bytes of %s", step->path);
	if (find_target(run, step->path, step->in_docker_config, &target, err) < 0)
		return -1;
	if (step->in_docker_config)
		return restore(run, step, &target, err);
	if (lock_store(run, &fd, err) < 0)
		return -1;
	result = restore(run, step, &target, err);
	file_unlock(&fd);
	return result;
}

static int remove_unchanged(struct execution *run, const char *path, bool in_docker_config, struct error *err)
{
	const struct rewrite rewrite = {.path = path, .in_docker_config = in_docker_config};

	return unchanged_check(run, &rewrite, err) < 0 ? -1 : remove_at(run, path, in_docker_config, err);
}

int execute_remove_file(struct execution *run, const struct step *step, struct error *err)
{
	int fd = -1, result;

	if (step->in_docker_config)
		return remove_unchanged(run, step->path, true, err);
	if (lock_store(run, &fd, err) < 0)
		return -1;
	result = remove_unchanged(run, step->path, false, err);
	file_unlock(&fd);
	return result;
}

/* What BuildX keeps of a builder beside its instance is under the name as it was typed, and it removes it in lower case
 * only (docker/buildx store/store.go, UpdateLastActivity, RemoveLastActivity; localstate/localstate.go): what belongs
 * to "HUp" would stay for ever. */
static struct strings spellings(struct execution *run, const char *folder, const char *name)
{
	struct strings names = {0};
	DIR *dir = folder_list(arena_printf(run->arena, "%s/%s", run->live->store, folder));

	strings_add(run->arena, &names, name);
	for (const struct dirent *entry; dir && (entry = readdir(dir));)
		if (strcasecmp(entry->d_name, name) == 0 && strcmp(entry->d_name, name) != 0)
			strings_add(run->arena, &names, arena_strdup(run->arena, entry->d_name));
	if (dir)
		closedir(dir);
	return names;
}

static int forget_traces(struct execution *run, const char *name, struct error *err)
{
	struct strings used = spellings(run, "activity", name), builds = spellings(run, "refs", name);
	struct target refs;

	for (size_t i = 0; i < used.count; i++)
		if (remove_at(run, arena_printf(run->arena, "activity/%s", used.items[i]), false, err) < 0)
			return -1;
	for (size_t i = 0; i < builds.count; i++)
		if (find_target(run, arena_printf(run->arena, "refs/%s", builds.items[i]), false, &refs, err) < 0 ||
		    refs_remove(refs.folder, builds.items[i], err) < 0)
			return -1;
	return 0;
}

/* The order of docker/buildx store/store.go, Remove(): while the instance file is there, the next plan sees the rest.
 */
static int forget(struct execution *run, const char *name, struct error *err)
{
	const struct rewrite gone = {.path = arena_printf(run->arena, "instances/%s", name)};

	if (unchanged_check(run, &gone, err) < 0 || forget_traces(run, name, err) < 0)
		return -1;
	return remove_at(run, gone.path, false, err);
}

static int check_name(const struct step *step, struct error *err)
{
	if (text_empty(step->name) || strchr(step->name, '/'))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s has no valid name",
				 step_kind_name(step->kind));
	return 0;
}

int execute_forget_builder(struct execution *run, const struct step *step, struct error *err)
{
	int fd = -1, result;

	if (check_name(step, err) < 0 || lock_store(run, &fd, err) < 0)
		return -1;
	result = forget(run, step->name, err);
	file_unlock(&fd);
	return result;
}

/* docker/buildx store/store.go, SetCurrent(): `current`, then the default of that endpoint, or none. */
static int write_selection(struct execution *run, const char *name, struct error *err)
{
	CLEANUP_TEXT struct text current = TEXT_INIT;
	const char *endpoint = live_planned_endpoint(run->live);
	char hash[21];

	current_print(endpoint, name, &current);
	defaults_file_name(endpoint, hash);
	const char *defaults = arena_printf(run->arena, "defaults/%s", hash);
	const struct rewrite rewrites[] = {
		{.path = "current", .data = text_string(&current), .length = current.length},
		{.path = defaults, .data = *name == '\0' ? NULL : name, .length = strlen(name)},
	};
	if (unchanged_check(run, &rewrites[0], err) < 0 || unchanged_check(run, &rewrites[1], err) < 0)
		return -1;
	if (write_at(run, "current", text_string(&current), current.length, err) < 0)
		return -1;
	return *name == '\0' ? remove_at(run, defaults, false, err) : write_at(run, defaults, name, strlen(name), err);
}

static int check_selectable(struct execution *run, const char *name, struct error *err)
{
	struct target target;

	if (!live_planned_endpoint(run->live))
		return error_set(err, ERROR_OTHER, "the current endpoint is unknown, so nothing can be selected on it");
	if (*name == '\0')
		return 0;
	if (find_target(run, arena_printf(run->arena, "instances/%s", name), false, &target, err) < 0)
		return -1;
	return target_kind(&target) != TARGET_MISSING
		       ? 0
		       : error_set(err, ERROR_NOT_FOUND, "cannot select %s: it is not in the store", name);
}

static int select_in_store(struct execution *run, const char *name, struct error *err)
{
	int fd = -1, result;

	if (lock_store(run, &fd, err) < 0)
		return -1;
	result = check_selectable(run, name, err);
	if (result == 0)
		result = write_selection(run, name, err);
	file_unlock(&fd);
	return result;
}

/* Of a step of this kind; BuildX selects a context's own builder by naming none of the store. */
static int select_target(struct execution *run, const struct step *step, struct error *err)
{
	if (!step->of_context && text_empty(step->name))
		return error_set(err, ERROR_CORRUPT, "the plan names no builder to select");
	return select_in_store(run, step->of_context ? "" : step->name, err);
}

int execute_select(struct execution *run, const struct step *step, struct error *err)
{
	if (select_target(run, step, err) < 0)
		return -1;
	return run->note_diversion(run->context, &(struct diversion){0}, err);
}

/* Noted first: the run that finds the note selects back. */
int execute_divert(struct execution *run, const struct step *step, struct error *err)
{
	struct diversion diversion = {.builder = step->node, .fallback = step->name};

	if (run->note_diversion(run->context, &diversion, err) < 0)
		return -1;
	return select_target(run, step, err);
}

static int put_back(struct execution *run, const struct store_file *file, struct error *err)
{
	struct target target;

	if (!file->path)
		return 0;
	if (!file->exists)
		return remove_at(run, file->path, false, err);
	if (!file->readable || (!file->data && file->length > 0))
		return error_set(err, ERROR_OTHER, "%s could not be read", file->path);
	if (find_target(run, file->path, false, &target, err) < 0 ||
	    target_write(&target, file->length > 0 ? file->data : (const void *)"", file->length, file->mode & 0777,
			 run->arena, err) < 0)
		return -1;
	written_note(run, file->path, false, file->data, file->length);
	return 0;
}

int execution_undivert(struct execution *run, struct error *err)
{
	const struct live *live = run->live;
	const struct store_file *defaults = live->planned ? &live->planned->defaults_file : &live->defaults_file;
	int fd = -1, result;

	if (lock_store(run, &fd, err) < 0)
		return -1;
	result = put_back(run, &live->current_file, err) < 0 ? -1 : put_back(run, defaults, err);
	file_unlock(&fd);
	return result < 0 ? -1 : run->note_diversion(run->context, &(struct diversion){0}, err);
}
