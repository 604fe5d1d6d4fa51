/* What stands around the files and decides with them: variables of the environment, and the docker command itself. */
#include "live/store/environment.h"

#include "base/count.h"
#include "base/environ.h"
#include "base/json.h"
#include "codec/docker_config.h"
#include "live/store/file.h"
#include "model/normal.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* docker/cli cli/command/cli.go, resolveContextName. */
static void check_docker_host(struct live *live, const char *host)
{
	const struct store_file *file = &live->docker_config_file;
	const char *name = "";

	if (*host == '\0' || !file->readable ||
	    docker_config_current(live->arena, file->data, file->length, &name, NULL) < 0 || *name == '\0' ||
	    strcmp(name, "default") == 0)
		return;
	const struct live_context *context = live_context(live, name);
	if (context && text_equal(context->endpoint, host))
		return; /* the same Engine either way */
	faults_add(live->arena, &live->faults, FAULT_CONTEXT_OVERRIDDEN, arena_printf(live->arena, "context.%s", name),
		   store_file_path(live, file), NULL, "DOCKER_HOST=%s overrides the context \"%s\" that %s selects",
		   host, name, file->path);
}

static void check_builder(struct live *live, const char *name)
{
	if (*name == '\0' || live_builder(live, name_lower(live->arena, name)) || live_context(live, name))
		return;
	faults_add(live->arena, &live->faults, FAULT_BUILDER_VARIABLE, arena_printf(live->arena, "builder.%s", name),
		   NULL, NULL, "BUILDX_BUILDER names \"%s\", and there is no such builder", name);
}

static bool is_program(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISREG(info.st_mode) && access(path, X_OK) == 0;
}

const char *program_find(struct arena *arena, const char *const *env, const char *program)
{
	const char *path = environ_value(env, "PATH");

	while (*path != '\0') {
		size_t length = strcspn(path, ":");
		const char *file = arena_printf(arena, "%.*s/%s", (int)length, path, program);

		if (length > 0 && is_program(file))
			return file;
		path += length + (path[length] == ':');
	}
	return NULL;
}

/* docker/cli cli-plugins/manager/manager.go, getPluginDirs, and manager_unix.go; the first one is taken. */
const char *buildx_find(const struct live *live)
{
	static const char *const of_system[] = {
		"/usr/local/lib/docker/cli-plugins",
		"/usr/local/libexec/docker/cli-plugins",
		"/usr/lib/docker/cli-plugins",
		"/usr/libexec/docker/cli-plugins",
	};
	const struct store_file *file = &live->docker_config_file;
	struct strings folders = {0};
	CLEANUP_JSON cJSON *json = NULL;

	if (file->readable && json_parse((const char *)file->data, file->length, &json, NULL) == 0)
		json_strings(json, "cliPluginsExtraDirs", live->arena, &folders);
	strings_add(live->arena, &folders, arena_printf(live->arena, "%s/cli-plugins", live->docker_config));
	for (size_t i = 0; i < COUNT(of_system); i++)
		strings_add(live->arena, &folders, of_system[i]);
	for (size_t i = 0; i < folders.count; i++) {
		const char *path = arena_printf(live->arena, "%s/docker-buildx", folders.items[i]);
		if (is_program(path))
			return path;
	}
	return NULL;
}

void environment_check(struct live *live, const char *const *env)
{
	check_docker_host(live, environ_value(env, "DOCKER_HOST"));
	check_builder(live, environ_value(env, "BUILDX_BUILDER"));
}

void docker_check(struct live *live, const char *const *env)
{
	const char *own = arena_printf(live->arena, "%s/cli-plugins/docker-buildx", live->docker_config);
	struct stat info;

	live->buildx = buildx_find(live);
	if (!program_find(live->arena, env, "docker"))
		faults_add(live->arena, &live->faults, FAULT_DOCKER_MISSING, "docker", NULL, NULL,
			   "there is no program docker on PATH");
	if (!live->buildx)
		faults_add(live->arena, &live->faults, FAULT_BUILDX_MISSING, "docker", own, NULL,
			   lstat(own, &info) == 0 ? "%s is not a program that can be run, and no other folder has one"
						  : "there is no %s, and no other folder of docker's has one",
			   own);
}
