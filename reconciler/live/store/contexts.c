/* Reads Docker's contexts and resolves the current one, as the docker CLI does. */
#include "live/store/contexts.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/limits.h"
#include "codec/context.h"
#include "codec/docker_config.h"
#include "live/store/contexts_tls.h"
#include "live/store/environment_tls.h"
#include "live/store/file.h"
#include "live/store/provider.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

static const char META[] = "contexts/meta";
static const char DEFAULT[] = "default";

struct contexts_reader {
	struct live *live;
	const char *const *env;
	int config_fd; /* the Docker configuration folder; -1: there is none */
};

static bool is_name_of(const char *name, const char *hash)
{
	char hex[DIGEST_HEX];

	if (text_empty(name))
		return false;
	digest_hex(name, strlen(name), hex);
	return strcmp(hex, hash) == 0;
}

/* The folder is the SHA-256 of the name: a name that hashes to it is the one, wherever it was found. Looked for in what
 * is left of the file, in what refers to contexts, and among the names that tools give. */
static const char *recover_name(const struct live *live, const struct store_file *file, const char *hash)
{
	static const char *const known[] = {"default", "desktop-windows", "lima-docker", "minikube",
					    "podman-machine-default"};
	const char *left = file->data ? strstr((const char *)file->data, "\"Name\":") : NULL;

	if (left) {
		left += strspn(left + 7, " \"") + 7;
		const char *name = arena_strndup(live->arena, left, strcspn(left, "\""));
		if (is_name_of(name, hash))
			return name;
	}
	if (is_name_of(live->current_context, hash))
		return live->current_context;
	for (size_t i = 0; provider_context(i); i++)
		if (is_name_of(provider_context(i), hash))
			return provider_context(i);
	for (size_t i = 0; i < COUNT(known); i++)
		if (is_name_of(known[i], hash))
			return known[i];
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; j < live->builders[i].node_count; j++)
			if (is_name_of(live->builders[i].nodes[j].spec.endpoint, hash))
				return live->builders[i].nodes[j].spec.endpoint;
	return arena_printf(live->arena, "sha256:%.12s", hash);
}

static const char *context_subject(struct arena *arena, const char *name)
{
	return arena_printf(arena, "context.%s", name);
}

static void check_parsed(struct live *live, const struct live_context *context, const char *hash)
{
	const char *subject = context_subject(live->arena, context->name),
		   *path = store_file_path(live, &context->file);

	if (!is_name_of(context->name, hash))
		faults_add(live->arena, &live->faults, FAULT_CONTEXT_NAME_MISMATCH, subject, path, NULL,
			   "%s is in the folder of another name than \"%s\"", context->file.path, context->name);
	if (!context->endpoint)
		faults_add(live->arena, &live->faults, FAULT_CONTEXT_NO_ENDPOINT, subject, path, NULL,
			   "the context \"%s\" has no Docker endpoint", context->name);
}

/* docker/cli cli/context/store/metadatastore.go: a folder without meta.json is no context. */
static void read_context(const struct contexts_reader *reader, const char *hash)
{
	struct live *live = reader->live;
	struct store_file file = {.path = arena_printf(live->arena, "%s/%s/meta.json", META, hash),
				  .in_docker_config = true};
	enum store_file_state state = store_file_read(live->arena, reader->config_fd, file.path, &file);
	struct live_context context = {0};
	struct error err = ERROR_INIT;

	if (state == STORE_FILE_MISSING || state == STORE_FILE_DANGLING || state == STORE_FILE_FOLDER ||
	    state == STORE_FILE_FOLDER_FULL)
		return;
	context.damaged =
		state != STORE_FILE_READ || context_parse(live->arena, file.data, file.length, &context, &err) < 0;
	if (context.damaged)
		context.name = recover_name(live, &file, hash);
	context.file = file;
	if (!context.damaged)
		check_parsed(live, &context, hash);
	else if (!store_file_fault(live, FAULT_CONTEXT_INVALID, FAULT_CONTEXT_UNREADABLE,
				   context_subject(live->arena, context.name), &file, state))
		faults_add(live->arena, &live->faults, FAULT_CONTEXT_INVALID,
			   context_subject(live->arena, context.name), store_file_path(live, &file), NULL,
			   "the metadata of context \"%s\": %s", context.name, error_text(live->arena, &err));
	/* docker makes this one itself and hides a stored one. */
	if (strcmp(context.name, DEFAULT) == 0)
		return;
	context_tls_read(live, reader->config_fd, &context);
	*ARENA_PUSH(live->arena, live->contexts, live->context_count) = context;
}

static bool is_folder(int fd, const char *name)
{
	struct stat info;

	return fstatat(fd, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR(info.st_mode);
}

static void read_folder(const struct contexts_reader *reader, DIR *folder)
{
	const struct dirent *entry;

	while ((entry = readdir(folder)) && reader->live->context_count < LIMIT_STORE_CONTEXTS)
		if (entry->d_name[0] != '.' && is_folder(dirfd(folder), entry->d_name))
			read_context(reader, entry->d_name);
}

/* False when the contexts cannot be listed: then nothing may be called missing. */
static bool read_stored(const struct contexts_reader *reader)
{
	struct live *live = reader->live;
	DIR *folder = folder_list_at(reader->config_fd, META);

	if (!folder) {
		const struct store_file file = {.path = META, .in_docker_config = true};

		if (errno == ENOENT)
			return true;
		faults_add(live->arena, &live->faults, FAULT_CONTEXT_UNREADABLE, "contexts",
			   store_file_path(live, &file), NULL, "the contexts in %s cannot be listed: %s", META,
			   strerror(errno));
		return false;
	}
	read_folder(reader, folder);
	closedir(folder);
	return true;
}

/* docker/cli opts/hosts.go, ParseHost: what DOCKER_HOST may leave out. */
static const char *host_normal(struct arena *arena, const char *host, bool tls)
{
	size_t blanks = strspn(host, " \t"), length = strcspn(host + blanks, " \t");

	host = arena_strndup(arena, host + blanks, length);
	if (*host == '\0')
		return tls ? "tcp://localhost:2376" : "unix:///var/run/docker.sock";
	if (strcmp(host, "unix://") == 0)
		return "unix:///var/run/docker.sock";
	if (strcmp(host, "npipe://") == 0)
		return "npipe:////./pipe/docker_engine";
	if (!strstr(host, "://"))
		host = arena_printf(arena, "tcp://%s", host);
	if (!text_starts(host, "tcp://"))
		return host;
	const char *name = host + strlen("tcp://");
	size_t end = strcspn(name, "/"), port = end;
	while (port > 0 && name[port - 1] != ':' && name[port - 1] != ']')
		port--;
	bool has_port = port > 0 && name[port - 1] == ':';
	int name_length = (int)(has_port ? port - 1 : end);
	return arena_printf(
		arena, "tcp://%.*s:%s%s", name_length == 0 ? 9 : name_length, name_length == 0 ? "localhost" : name,
		has_port && port < end ? arena_strndup(arena, name + port, end - port) : "2375", name + end);
}

static void add_default(const struct contexts_reader *reader)
{
	struct live *live = reader->live;
	const char *host = environ_value(reader->env, "DOCKER_HOST");
	struct live_context *context = ARENA_PUSH(live->arena, live->contexts, live->context_count);

	context->name = DEFAULT;
	context->implicit = true;
	context->endpoint = host_normal(live->arena, host, live->tls);
}

/* currentContext of config.json; "" when there is none, NULL when that cannot be told. */
static const char *configured_context(const struct contexts_reader *reader)
{
	struct live *live = reader->live;
	struct store_file *file = &live->docker_config_file;
	enum store_file_state state = reader->config_fd < 0
					      ? STORE_FILE_MISSING
					      : store_file_read(live->arena, reader->config_fd, file->path, file);
	struct error err = ERROR_INIT;
	const char *name = "";

	if (store_file_fault(live, FAULT_DOCKER_CONFIG_INVALID, FAULT_DOCKER_CONFIG_UNREADABLE, "docker-config", file,
			     state))
		return NULL;
	if (state != STORE_FILE_READ)
		return name;
	if (docker_config_current(live->arena, file->data, file->length, &name, &err) == 0) {
		if (docker_config_check(file->data, file->length, &err) < 0)
			faults_add(live->arena, &live->faults, FAULT_DOCKER_CONFIG_TYPE, "docker-config",
				   store_file_path(live, file), NULL, "%s: %s", file->path,
				   error_text(live->arena, &err));
		return name;
	}
	faults_add(live->arena, &live->faults, FAULT_DOCKER_CONFIG_INVALID, "docker-config",
		   store_file_path(live, file), NULL, "%s: %s", file->path, error_text(live->arena, &err));
	return NULL;
}

/* docker/cli cli/command/cli.go, resolveContextName. DOCKER_HOST wins over DOCKER_CONTEXT, whatever docker's
 * documentation says; checked with the docker CLI 26.1. */
static void resolve_current(const struct contexts_reader *reader)
{
	struct live *live = reader->live;
	const char *name = environ_value(reader->env, "DOCKER_CONTEXT"), *configured;

	live->configured_context = configured_context(reader);
	/* docker ignores a file that it cannot understand. */
	configured = live->configured_context ? live->configured_context : "";
	if (*environ_value(reader->env, "DOCKER_HOST") != '\0') {
		live->current_context = DEFAULT;
		live->current_context_from = "DOCKER_HOST";
	} else if (*name != '\0') {
		live->current_context = arena_strdup(live->arena, name);
		live->current_context_from = "DOCKER_CONTEXT";
	} else {
		live->current_context = *configured != '\0' ? configured : DEFAULT;
		live->current_context_from = *configured != '\0' ? "config.json" : DEFAULT;
	}
}

static int context_order(const void *a, const void *b)
{
	const struct live_context *x = a, *y = b;
	int order = strcmp(x->name, y->name);

	return order != 0 ? order : strcmp(x->file.path ? x->file.path : "", y->file.path ? y->file.path : "");
}

/* Of two files that say the same name the one in its own folder counts. */
static void sort_contexts(struct live *live)
{
	size_t kept = 0;

	qsort(live->contexts, live->context_count, sizeof(*live->contexts), context_order);
	for (size_t i = 0; i < live->context_count; i++) {
		const struct live_context *context = &live->contexts[i];

		if (kept > 0 && strcmp(live->contexts[kept - 1].name, context->name) == 0) {
			if (text_equal(context->file.path, context_meta_path(live->arena, context->name)))
				live->contexts[kept - 1] = *context;
			continue;
		}
		live->contexts[kept++] = *context;
	}
	live->context_count = kept;
}

bool contexts_read(struct live *live, const char *const *env)
{
	CLEANUP_CLOSE int fd = careful_open(live->docker_config, O_RDONLY | O_DIRECTORY);
	bool is_missing = fd < 0 && errno == ENOENT;
	struct contexts_reader reader = {live, env, fd};

	resolve_current(&reader);
	bool known = fd < 0 ? is_missing : read_stored(&reader);
	if (known && fd >= 0)
		stray_folders_read(live, fd);
	environment_tls_read(live, env);
	add_default(&reader);
	sort_contexts(live);
	environment_tls_place(live);
	const struct live_context *current = live_context(live, live->current_context);
	live->current_endpoint = current && current->implicit ? current->endpoint : live->current_context;
	return known;
}
