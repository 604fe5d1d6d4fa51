/* Reads the Engine's JSON, element by element so that a long list never stands in memory as a tree. */
#include "live/engine/parse.h"

#include "base/clock.h"
#include "base/count.h"
#include "base/json.h"
#include "base/json_walk.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "model/normal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char STATE_FOLDER[] = "/var/lib/buildkit";

static size_t blank_length(const char *data, size_t length)
{
	size_t i = 0;

	while (i < length && strchr(" \t\r\n", data[i]) && data[i] != '\0')
		i++;
	return i;
}

typedef void (*element_fn)(void *context, const cJSON *element);

/* Calls each() for every element of the array that data is. */
static int each_element(const char *data, size_t length, element_fn each, void *context, struct error *err)
{
	size_t at = blank_length(data, length), rows = 0;

	if (at >= length || data[at] != '[')
		return error_set(err, ERROR_CORRUPT, "the Engine's answer is not a list");
	at++;
	at += blank_length(data + at, length - at);
	if (at < length && data[at] == ']')
		return 0;
	while (at < length) {
		CLEANUP_JSON cJSON *element = NULL;
		size_t size = json_element_length(data + at, length - at);
		if (size == 0)
			break;
		if (++rows > LIMIT_ENGINE_ROWS)
			return error_set(err, ERROR_CORRUPT, "the Engine's answer has more than %d rows",
					 LIMIT_ENGINE_ROWS);
		if (json_parse(data + at, size, &element, err) < 0)
			return error_wrap(err, "the Engine's answer");
		each(context, element);
		at += size;
		at += blank_length(data + at, length - at);
		if (at < length && data[at] == ']')
			return 0;
		if (at >= length || data[at] != ',')
			break;
		at++;
	}
	return error_set(err, ERROR_CORRUPT, "the Engine's answer is cut short");
}

static const char *copied(struct arena *arena, const cJSON *object, const char *key)
{
	return arena_strdup(arena, json_string(object, key));
}

/* NULL when missing or "". */
static const char *copied_text(struct arena *arena, const cJSON *object, const char *key)
{
	const char *text = json_string(object, key);

	return text_empty(text) ? NULL : arena_strdup(arena, text);
}

struct list_build {
	struct arena *arena;
	bool too_long; /* one of its texts */
	struct listed *rows;
	struct volume *volumes;
	size_t count;
};

/* The name that makes a container a node's: links give a container further names, "/other/alias". */
static const char *node_name_of(const cJSON *row)
{
	const cJSON *name;

	cJSON_ArrayForEach(name, json_get(row, "Names")) {
		const char *text = cJSON_GetStringValue(name);
		if (text && text_starts(text, "/" NODE_OBJECT_PREFIX) && !strchr(text + 1, '/'))
			return text + 1;
	}
	return NULL;
}

static bool fits(const cJSON *row, const char *const *keys)
{
	for (; *keys; keys++) {
		const char *text = json_string(row, *keys);

		if (text && strlen(text) > LIMIT_ENGINE_TEXT)
			return false;
	}
	return true;
}

static int too_long(struct error *err)
{
	return error_set(err, ERROR_CORRUPT, "the Engine's answer holds a text of more than %d KiB",
			 LIMIT_ENGINE_TEXT / LIMIT_KIB);
}

static void take_listed(void *context, const cJSON *row)
{
	static const char *const texts[] = {"Id", "Image", "ImageID", "Command", "State", NULL};
	struct list_build *build = context;
	const char *name = node_name_of(row), *id = json_string(row, "Id");
	char created[32];

	if (!name || text_empty(id))
		return;
	if (strlen(name) > LIMIT_ENGINE_TEXT || !fits(row, texts)) {
		build->too_long = true;
		return;
	}
	clock_rfc3339((time_t)json_integer(row, "Created", 0), created);
	*ARENA_PUSH(build->arena, build->rows, build->count) = (struct listed){
		.id = arena_strdup(build->arena, id),
		.name = arena_strdup(build->arena, name),
		.image = copied(build->arena, row, "Image"),
		.image_id = copied(build->arena, row, "ImageID"),
		.command = copied(build->arena, row, "Command"),
		.status = copied(build->arena, row, "State"),
		.created = arena_strdup(build->arena, created),
	};
}

int engine_parse_list(struct arena *arena, const char *data, size_t length, struct listed **ret_rows, size_t *ret_count,
		      struct error *err)
{
	struct list_build build = {.arena = arena};

	if (each_element(data, length, take_listed, &build, err) < 0)
		return -1;
	if (build.too_long)
		return too_long(err);
	KEYED_SORT(build.rows, build.count);
	*ret_rows = build.rows;
	*ret_count = build.count;
	return 0;
}

static void copy_labels(struct arena *arena, const cJSON *labels, struct strings *ret)
{
	const cJSON *label;

	cJSON_ArrayForEach(label, labels)
		if (cJSON_IsString(label) && label->string && ret->count < LIMIT_ENGINE_TEXTS)
			strings_add(arena, ret, arena_printf(arena, "%s=%s", label->string, label->valuestring));
	strings_sort(ret);
}

static void take_volume(void *context, const cJSON *row)
{
	static const char *const texts[] = {"Name", "CreatedAt", NULL};
	struct list_build *build = context;
	const char *name = json_string(row, "Name");

	if (!name || !text_starts(name, NODE_OBJECT_PREFIX) || !text_ends(name, NODE_VOLUME_SUFFIX))
		return;
	if (!fits(row, texts)) {
		build->too_long = true;
		return;
	}
	struct volume volume = {
		.name = arena_strdup(build->arena, name),
		.created = copied_text(build->arena, row, "CreatedAt"),
		.size = -1,
	};
	copy_labels(build->arena, json_get(row, "Labels"), &volume.labels);
	*ARENA_PUSH(build->arena, build->volumes, build->count) = volume;
}

int engine_parse_volumes(struct arena *arena, const char *data, size_t length, struct volume **ret_volumes,
			 size_t *ret_count, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct list_build build = {.arena = arena};
	const cJSON *row;

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	if (!cJSON_IsObject(json))
		return error_set(err, ERROR_CORRUPT, "the Engine's answer is not an object");
	cJSON_ArrayForEach(row, json_get(json, "Volumes"))
		take_volume(&build, row);
	if (build.too_long)
		return too_long(err);
	if (build.count > LIMIT_ENGINE_ROWS)
		return error_set(err, ERROR_CORRUPT, "the Engine's answer has more than %d volumes", LIMIT_ENGINE_ROWS);
	KEYED_SORT(build.volumes, build.count);
	*ret_volumes = build.volumes;
	*ret_count = build.count;
	return 0;
}

int engine_parse_sizes(const char *data, size_t length, struct volume *volumes, size_t count, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	const cJSON *row;

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	const cJSON *usage = json_get(json, "VolumeUsage");
	const cJSON *rows = usage ? json_get(usage, "Items") : json_get(json, "Volumes");
	cJSON_ArrayForEach(row, rows) {
		struct volume *volume = KEYED_FIND(volumes, count, json_string(row, "Name"));
		if (volume)
			volume->size = json_integer(json_get(row, "UsageData"), "Size", -1);
	}
	return 0;
}

static void read_limits(struct arena *arena, const cJSON *host, struct container *container)
{
	const cJSON *policy = json_get(host, "RestartPolicy");

	container->memory = json_integer(host, "Memory", 0);
	container->memory_swap = json_integer(host, "MemorySwap", 0);
	container->cpu_quota = json_integer(host, "CpuQuota", 0);
	container->cpu_period = json_integer(host, "CpuPeriod", 0);
	container->cpu_shares = json_integer(host, "CpuShares", 0);
	container->cpuset_cpus = copied_text(arena, host, "CpusetCpus");
	container->cpuset_mems = copied_text(arena, host, "CpusetMems");
	container->network = copied_text(arena, host, "NetworkMode");
	container->restart_policy = copied_text(arena, policy, "Name");
	container->restart_retries = json_integer(policy, "MaximumRetryCount", 0);
	container->cgroup_parent = copied_text(arena, host, "CgroupParent");
	container->privileged = json_bool(host, "Privileged", false);
	container->init = json_bool(host, "Init", false);
}

/* One that has ended goes from "stopped" to "exited" when it is cleared up, and that is what starts it again. */
static bool is_started_again(const struct container *container)
{
	return container->restarts > 0 && !text_empty(container->restart_policy) &&
	       !text_equal(container->restart_policy, "no");
}

/* Podman has words for what passes in a moment, and none for being started again and again
 * (containers/podman libpod/define/containerstate.go, libpod/container_internal.go, handleRestartPolicy). */
static const char *status_in_dockers_words(const struct container *container)
{
	static const struct {
		const char *podmans, *dockers;
	} words[] = {{"initialized", "created"}, {"stopping", "running"}, {"stopped", "exited"}};

	for (size_t i = 0; i < COUNT(words); i++)
		if (text_equal(container->status, words[i].podmans))
			return text_equal(words[i].dockers, "exited") && is_started_again(container) ? "restarting"
												     : words[i].dockers;
	return container->status;
}

static void read_state(struct arena *arena, const cJSON *state, struct container *container)
{
	container->status = copied(arena, state, "Status");
	container->exit_code = json_integer(state, "ExitCode", 0);
	container->oom_killed = json_bool(state, "OOMKilled", false);
	container->error = copied_text(arena, state, "Error");
	container->pid = json_integer(state, "Pid", 0);
}

static void read_mounts(struct arena *arena, const cJSON *mounts, struct container *container)
{
	const cJSON *mount;

	cJSON_ArrayForEach(mount, mounts) {
		const char *target = json_string(mount, "Destination"), *type = json_string(mount, "Type");
		const char *name = json_string(mount, "Name"), *source = json_string(mount, "Source");
		if (!target || container->binds.count >= LIMIT_ENGINE_TEXTS)
			continue;
		if (strcmp(target, STATE_FOLDER) == 0 && !text_empty(name))
			container->state_volume = arena_strdup(arena, name);
		else
			strings_add(arena, &container->binds,
				    arena_printf(arena, "%s:%s:%s", type ? type : "",
						 !text_empty(name) ? name
						 : source	   ? source
								   : "",
						 target));
	}
	strings_sort(&container->binds);
}

static void read_networks(struct arena *arena, const cJSON *settings, struct container *container)
{
	const cJSON *network;

	cJSON_ArrayForEach(network, json_get(settings, "Networks"))
		if (container->networks.count < LIMIT_ENGINE_TEXTS)
			strings_add(arena, &container->networks, network->string);
	strings_sort(&container->networks);
}

int engine_parse_container(struct arena *arena, const char *data, size_t length, struct container *ret_container,
			   struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct container container = {0};

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	const cJSON *config = json_get(json, "Config");
	const char *name = json_string(json, "Name");
	container.id = copied_text(arena, json, "Id");
	if (!container.id || !name || !cJSON_IsObject(config))
		return error_set(err, ERROR_CORRUPT, "the Engine's answer does not describe a container");
	container.name = arena_strdup(arena, name[0] == '/' ? name + 1 : name);
	container.image = copied_text(arena, config, "Image");
	container.image_id = copied_text(arena, json, "Image");
	container.created = copied_text(arena, json, "Created");
	container.started = copied(arena, json_get(json, "State"), "StartedAt");
	container.restarts = json_integer(json, "RestartCount", 0);
	json_strings(json, "ExecIDs", arena, &container.execs);
	json_strings(config, "Cmd", arena, &container.command);
	json_strings(config, "Env", arena, &container.env);
	strings_sort(&container.env); /* Podman 4 gives another order each time */
	read_state(arena, json_get(json, "State"), &container);
	read_limits(arena, json_get(json, "HostConfig"), &container);
	container.status = status_in_dockers_words(&container);
	read_networks(arena, json_get(json, "NetworkSettings"), &container);
	read_mounts(arena, json_get(json, "Mounts"), &container);
	*ret_container = container;
	return 0;
}

int engine_parse_image(struct arena *arena, const char *data, size_t length, const char **ret_id,
		       struct strings *ret_env, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;

	if (json_parse(data, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	const char *id = copied_text(arena, json, "Id");
	if (!id)
		return error_set(err, ERROR_CORRUPT, "the Engine's answer does not describe an image");
	*ret_id = id;
	*ret_env = (struct strings){0};
	json_strings(json_get(json, "Config"), "Env", arena, ret_env);
	return 0;
}

/* The first line, made safe to print, cut to size. */
static void keep_line(const char *text, char *ret_text, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *line = arena_strndup(arena, text, strcspn(text, "\r\n"));

	snprintf(ret_text, size, "%s", text_printable(arena, line, false));
}

void engine_parse_message(const char *data, size_t length, char *ret_text, size_t size)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct error ignored = ERROR_INIT;
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *message = NULL;

	if (json_parse(data, length, &json, &ignored) == 0)
		message = json_string(json, "message");
	keep_line(message ? message : arena_strndup(arena, data, strnlen(data, length < size ? length : size)),
		  ret_text, size);
}

int engine_parse_pull(const char *line, size_t length, struct pull_line *ret_line, struct error *err)
{
	CLEANUP_JSON cJSON *json = NULL;
	struct pull_line parsed = {0};

	if (json_parse(line, length, &json, err) < 0)
		return error_wrap(err, "the Engine's answer");
	const char *message = json_string(json_get(json, "errorDetail"), "message");
	const char *status = json_string(json, "status"), *id = json_string(json, "id");
	if (!message)
		message = json_string(json, "error");
	if (message)
		keep_line(message, parsed.error, sizeof(parsed.error));
	/* {"current":…,"total":…}: the same status over and over. */
	const cJSON *detail = json_get(json, "progressDetail");
	if (status && (!detail || !detail->child)) {
		char text[224], layer[64];
		keep_line(status, text, sizeof(text));
		keep_line(id ? id : "", layer, sizeof(layer));
		snprintf(parsed.text, sizeof(parsed.text), "%.28s%s%s", layer, layer[0] != '\0' ? ": " : "", text);
	}
	*ret_line = parsed;
	return 0;
}
