/* Reads the whole store and the Docker configuration into struct live, in short time under BuildX's lock. */
#include "live/store/store.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/file.h"
#include "codec/current.h"
#include "live/store/access.h"
#include "live/store/check.h"
#include "live/store/contexts.h"
#include "live/store/disk.h"
#include "live/store/environment.h"
#include "live/store/files.h"
#include "live/store/instances.h"
#include "live/store/leftovers.h"
#include "live/store/locate.h"
#include "live/store/lock.h"
#include "live/store/owner.h"
#include "live/store/selected.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

/* What a fault says when reading goes on without the lock. */
static void lock_fault(struct live *live, const struct error *err)
{
	const char *path = arena_printf(live->arena, "%s/.lock", live->store);

	faults_add(live->arena, &live->faults,
		   err->kind == ERROR_LOCKED ? FAULT_STORE_LOCKED : FAULT_STORE_LOCK_UNREADABLE, "store", path, NULL,
		   "%s", err->message);
}

static void check_folder(struct live *live, enum fault_code code, const char *subject, const char *path)
{
	struct stat info;
	const char *others;

	if (stat(path, &info) == 0 && (others = folder_open_to(live->arena, &info)))
		faults_add(live->arena, &live->faults, code, subject, path, NULL, "%s may write in %s", others, path);
}

static bool has_fault(const struct live *live, enum fault_code code, const char *subject)
{
	for (size_t i = 0; i < live->faults.count; i++)
		if (fault_is(&live->faults.items[i], code) && text_equal(live->faults.items[i].subject, subject))
			return true;
	return false;
}

/* Of a store that is somebody else's that is told already. */
static void check_writable(struct live *live)
{
	const char *folder, *mend, *closed = store_closed(live->arena, live->store, &folder, &mend);

	if (closed && !has_fault(live, FAULT_OWNER_WRONG, "store"))
		faults_add(live->arena, &live->faults, FAULT_STORE_READ_ONLY, "store", folder, mend, "%s", closed);
}

static int open_store(struct live *live, int *ret_fd, struct error *err)
{
	*ret_fd = careful_open(live->store, O_RDONLY | O_DIRECTORY);
	if (*ret_fd >= 0 || errno == ENOENT)
		return 0;
	if (errno == EXDEV)
		return careful_refuse(live->store, err);
	error_set_errno(err, errno, "cannot read the BuildX store %s", live->store);
	return error_hint(err,
			  "check BUILDX_CONFIG and DOCKER_CONFIG; after `sudo docker buildx …`, run `sudo chown -R "
			  "\"$(id -u):$(id -g)\" %s`",
			  live->store);
}

static void name_files(struct live *live)
{
	char name[21];

	defaults_file_name(live->current_endpoint, name);
	live->defaults_file.path = arena_printf(live->arena, "defaults/%s", name);
}

static int read_all(struct live *live, int store_fd, const char *const *env, bool is_locked, struct error *err)
{
	struct strings others = {0};

	if (store_fd >= 0)
		store_check_folders(live, store_fd);
	if (store_fd >= 0 && instances_read(live, store_fd, is_locked, &others, err) < 0)
		return -1;
	bool contexts_known = contexts_read(live, env);
	name_files(live);
	if (store_fd >= 0)
		store_files_read(live, store_fd);
	context_builders_add(live, store_fd);
	selected_resolve(live, env);
	store_check(live, env, contexts_known);
	environment_check(live, env);
	if (store_fd >= 0) {
		store_leftovers(live, store_fd, is_locked, contexts_known);
		owners_check(live, &others);
		disk_check(live->arena, &live->faults, "store", live->store, NULL);
	}
	check_writable(live);
	faults_sort(&live->faults);
	return 0;
}

int store_read(struct live *live, const char *const *env, int lock_timeout_ms, const struct interrupt *interrupt,
	       struct error *err)
{
	CLEANUP_CLOSE int store_fd = -1;
	struct error cause = ERROR_INIT;
	int lock_fd = -1;

	if (store_locate(live->arena, env, &live->store, &live->docker_config, err) < 0)
		return -1;
	live->current_file.path = "current";
	live->default_config_file.path = "buildkitd.default.toml";
	live->docker_config_file.path = "config.json";
	live->docker_config_file.in_docker_config = true;
	if (open_store(live, &store_fd, err) < 0)
		return -1;
	bool is_locked = store_fd < 0 || store_try_lock(live->store, lock_timeout_ms, interrupt, &lock_fd, &cause) == 0;
	if (!is_locked)
		lock_fault(live, &cause);
	if (store_fd >= 0)
		check_folder(live, FAULT_STORE_WRITABLE_BY_OTHERS, "store", live->store);
	check_folder(live, FAULT_DOCKER_CONFIG_WRITABLE_BY_OTHERS, "docker-config", live->docker_config);
	int result = read_all(live, store_fd, env, is_locked, err);
	file_unlock(&lock_fd);
	return result;
}
