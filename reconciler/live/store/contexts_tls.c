/* Reads the TLS files of contexts: contexts/tls/<sha256 of name>/<endpoint>/<file> (docker/cli
 * cli/context/store/tlsstore.go), "docker" being the endpoint that is the Engine. */
#include "live/store/contexts_tls.h"

#include "base/cleanup.h"
#include "base/file.h"
#include "base/keyed.h"
#include "codec/context.h"
#include "live/store/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { FILES_CAP = 64, LEVELS = 3, STRAYS_CAP = 1000, HASH_DIGITS = 64 };

struct tls_listing {
	struct live *live;
	int config_fd;
	struct live_context *context;
	const char *subject;
};

static void add_fault(const struct tls_listing *listing, enum fault_code code, const char *path, const char *what)
{
	struct live *live = listing->live;
	const struct store_file file = {.path = path, .in_docker_config = true};

	faults_add(live->arena, &live->faults, code, listing->subject, store_file_path(live, &file), NULL, "%s %s",
		   path, what);
}

static void add_file(const struct tls_listing *listing, const char *path)
{
	struct live *live = listing->live;
	struct live_context *context = listing->context;
	struct store_file *file = ARENA_PUSH(live->arena, context->tls, context->tls_count);

	*file = (struct store_file){.path = path, .in_docker_config = true};
	enum store_file_state state = store_file_read(live->arena, listing->config_fd, path, file);
	if (state == STORE_FILE_MISSING)
		context->tls_count--; /* gone meanwhile */
	else if (state == STORE_FILE_DANGLING)
		add_fault(listing, FAULT_CONTEXT_TLS_MISSING, path, store_file_state_text(state));
	else if (state != STORE_FILE_READ)
		add_fault(listing, FAULT_CONTEXT_TLS_UNREADABLE, path, store_file_state_text(state));
}

/* False when not everything below could be listed. Links to folders are not followed: what is behind them is not the
 * context's. */
static bool list(const struct tls_listing *listing, const char *path, int levels)
{
	DIR *folder = folder_list_at(listing->config_fd, path);
	const struct dirent *entry;
	bool complete = true;

	if (!folder) {
		int failed = errno;

		if (failed != ENOENT)
			add_fault(listing, FAULT_CONTEXT_TLS_UNREADABLE, path,
				  arena_printf(listing->live->arena, "cannot be listed: %s", strerror(failed)));
		return failed == ENOENT;
	}
	while (complete && (entry = readdir(folder))) {
		const char *name = arena_printf(listing->live->arena, "%s/%s", path, entry->d_name);
		struct stat info;

		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0 ||
		    fstatat(listing->config_fd, name, &info, AT_SYMLINK_NOFOLLOW) < 0)
			continue;
		if (S_ISDIR(info.st_mode))
			complete = levels > 1 && list(listing, name, levels - 1);
		else if (listing->context->tls_count < FILES_CAP)
			add_file(listing, name);
		else
			complete = false;
	}
	closedir(folder);
	return complete;
}

static bool has_file(const struct live_context *context, const char *path)
{
	for (size_t i = 0; i < context->tls_count; i++)
		if (strcmp(context->tls[i].path, path) == 0)
			return true;
	return false;
}

/* docker takes a client certificate only with its key, and says nothing when one of them is missing. */
static void check_pair(const struct tls_listing *listing, const char *folder)
{
	struct arena *arena = listing->live->arena;
	const char *cert = arena_printf(arena, "%s/cert.pem", folder), *key = arena_printf(arena, "%s/key.pem", folder);
	bool has_cert = has_file(listing->context, cert), has_key = has_file(listing->context, key);

	if (has_cert != has_key)
		add_fault(listing, FAULT_CONTEXT_TLS_MISSING, has_cert ? key : cert,
			  has_cert ? "is not there, and cert.pem is of no use without it"
				   : "is not there, and key.pem is of no use without it");
}

void context_tls_read(struct live *live, int config_fd, struct live_context *context)
{
	struct tls_listing listing = {live, config_fd, context, arena_printf(live->arena, "context.%s", context->name)};
	const char *docker = context_tls_path(live->arena, context->name);
	const char *folder = arena_strndup(live->arena, docker, strlen(docker) - strlen("/docker"));
	struct stat info;

	context->has_tls = fstatat(config_fd, docker, &info, 0) == 0 && S_ISDIR(info.st_mode);
	context->tls_folder = fstatat(config_fd, folder, &info, AT_SYMLINK_NOFOLLOW) == 0;
	context->tls_known = list(&listing, folder, LEVELS);
	KEYED_SORT(context->tls, context->tls_count);
	if (context->tls_known)
		check_pair(&listing, docker);
}

static bool has_context(struct arena *arena, int config_fd, const char *hash)
{
	struct stat info;

	return fstatat(config_fd, arena_printf(arena, "contexts/meta/%s/meta.json", hash), &info, 0) == 0 ||
	       errno != ENOENT;
}

static void add_strays(struct live *live, int config_fd, const char *path)
{
	DIR *folder = folder_list_at(config_fd, path);
	const struct dirent *entry;

	while (folder && (entry = readdir(folder)) && live->stray_folders.count < STRAYS_CAP)
		if (strlen(entry->d_name) == HASH_DIGITS && !has_context(live->arena, config_fd, entry->d_name))
			strings_add(live->arena, &live->stray_folders,
				    arena_printf(live->arena, "%s/%s", path, entry->d_name));
	if (folder)
		closedir(folder);
}

/* `docker context rm` takes the metadata first, and may have been killed then; so may an apply that made a context or
 * took it away. */
void stray_folders_read(struct live *live, int config_fd)
{
	add_strays(live, config_fd, "contexts/meta");
	add_strays(live, config_fd, "contexts/tls");
}
