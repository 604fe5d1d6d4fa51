/* Puts a node's parts together: a whole workload, or the patch of one. */
#include "codec/manifest_parts.h"

#include "base/count.h"
#include "base/json.h"
#include "base/text.h"
#include "codec/manifest.h"
#include "codec/manifest_files.h"
#include "codec/manifest_options.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/option_value.h"

#include <stdlib.h>
#include <string.h>

#define PLATFORM "buildx.docker.com/platform"

static bool is_same(const struct parts *parts, const char *key, const char *have, const char *want)
{
	const struct driver_option *option = driver_option_find(driver_name(HOME_POD), key);

	if (text_equal(have, want) || (!have && !want))
		return true;
	if (text_equal(key, "replicas"))
		return parts->have->scaled_by ||
		       strtoll(have ? have : "1", NULL, 10) == strtoll(want ? want : "1", NULL, 10);
	if (text_equal(key, "image"))
		return text_equal(image_normal(parts->arena, image_of(parts, have)),
				  image_normal(parts->arena, image_of(parts, want)));
	return option && option_value_same(option, have, want);
}

static void put_env_of(const struct body *body, const struct pairs *pairs, bool take_away)
{
	for (size_t i = 0; i < pairs->count; i++) {
		const char *key = pairs->items[i].key, *value = pairs->items[i].value;

		if (!text_starts(key, "env."))
			continue;
		if (!take_away && !text_equal(option_there(body->parts, key), value))
			put_env(body, key, value ? value : "");
		else if (take_away && !pairs_get(&body->parts->node->driver_opts, key))
			put_env(body, key, NULL);
	}
}

/* manifest.go, toRootless: appended to the flags. */
static void put_args(const struct body *body)
{
	static const char no_sandbox[] = "--oci-worker-no-process-sandbox";
	const struct parts *parts = body->parts;
	struct strings args = {0};

	for (size_t i = 0; i < parts->node->flags.count; i++)
		strings_add(parts->arena, &args, parts->node->flags.items[i]);
	if (option_rootless(parts))
		strings_add(parts->arena, &args, no_sandbox);
	json_add_strings(body->container, "args", &args);
}

static bool args_differ(const struct parts *parts)
{
	return !strings_equal(&parts->node->flags, &parts->have->flags) ||
	       option_rootless(parts) != option_true(option_there(parts, "rootless"));
}

static void put_platforms(const struct body *body)
{
	const struct strings *want = &body->parts->node->platforms;
	const char *text = want->count > 0 ? strings_join(body->parts->arena, want, ",") : NULL;

	if (!text && !body->parts->have)
		return;
	json_put_string(json_reach(body->top, "metadata.annotations"), PLATFORM, text);
	if (!body->parts->have) /* BuildX reads the object's; a template that changes begins every pod anew */
		json_put_string(json_reach(body->spec, "template.metadata.annotations"), PLATFORM, text);
}

static struct body body_of(const struct parts *parts, cJSON *top)
{
	struct body body = {.parts = parts, .top = top, .spec = json_reach(top, "spec")};

	body.pod = json_reach(body.spec, "template.spec");
	body.container = element_add(body.pod, "containers", "name", "buildkitd");
	return body;
}

static void put_probe(const struct body *body, const char *name)
{
	static const char *const command[] = {"buildctl", "debug", "workers"};
	cJSON *probe = json_add_object(body->container, name);
	cJSON *words = json_add_array(json_add_object(probe, "exec"), "command");

	for (size_t i = 0; i < COUNT(command); i++)
		json_append_string(words, command[i]);
	json_add_integer(probe, "initialDelaySeconds", 5);
	json_add_integer(probe, "periodSeconds", 30);
	json_add_integer(probe, "timeoutSeconds", 60);
	json_add_integer(probe, "failureThreshold", 3);
}

void parts_put_new(const struct parts *parts, cJSON *top, enum tri keep_state)
{
	struct body body = body_of(parts, top);
	size_t count;
	const struct option_row *rows = option_rows(&count);

	for (size_t i = 0; i < count; i++)
		if (rows[i].always || option_wanted(parts, rows[i].key))
			rows[i].put(&body, rows[i].key, option_wanted(parts, rows[i].key));
	put_env_of(&body, &parts->node->driver_opts, false);
	put_args(&body);
	put_platforms(&body);
	files_put(&body);
	put_probe(&body, "readinessProbe");
	put_probe(&body, "livenessProbe");
	if (parts->folder_count > 0)
		json_put_string(json_reach(body.spec, "template.metadata.annotations"), MANIFEST_FILES,
				files_digest(parts->arena, &parts->node->files));
	if (!option_wanted(parts, STORAGE))
		return;
	json_add_string(body.spec, "serviceName", "buildkitd");
	json_add_string(body.spec, "podManagementPolicy", "Parallel");
	if (keep_state == TRI_NO)
		json_add_string(json_reach(body.spec, "persistentVolumeClaimRetentionPolicy"), "whenDeleted", "Delete");
}

static void drop_if_empty(cJSON *object, const char *key)
{
	const cJSON *child = json_get(object, key);

	if (child && !child->child)
		cJSON_DeleteItemFromObjectCaseSensitive(object, key);
}

/* A template that says nothing but the container's name. */
static void tidy(const struct body *body)
{
	if (!body->container->child->next && !body->pod->child->next) {
		cJSON *template = json_reach(body->spec, "template");

		cJSON_DeleteItemFromObjectCaseSensitive(template, "spec");
		drop_if_empty(body->spec, "template");
	}
	drop_if_empty(body->top, "spec");
}

void parts_put_change(const struct parts *parts, cJSON *top, enum tri keep_state)
{
	struct body body = body_of(parts, top);
	size_t count;
	const struct option_row *rows = option_rows(&count);

	for (size_t i = 0; i < count; i++) {
		const char *have = option_there(parts, rows[i].key), *want = option_wanted(parts, rows[i].key);

		if (!is_same(parts, rows[i].key, have, want))
			rows[i].put(&body, rows[i].key, want);
	}
	put_env_of(&body, &parts->node->driver_opts, false);
	put_env_of(&body, &parts->have->options, true);
	if (args_differ(parts))
		put_args(&body);
	if (!strings_equal(&parts->node->platforms, &parts->have->platforms))
		put_platforms(&body);
	if (parts->have->files_known && !files_same(&parts->node->files, parts->have)) {
		files_put(&body);
		json_put_string(json_reach(body.spec, "template.metadata.annotations"), MANIFEST_FILES,
				files_digest(parts->arena, &parts->node->files));
	}
	if (parts->have->kind == WORKLOAD_STATEFUL_SET)
		json_add_string(json_reach(body.spec, "persistentVolumeClaimRetentionPolicy"), "whenDeleted",
				keep_state == TRI_NO ? "Delete" : "Retain");
	tidy(&body);
}

void parts_put_annotations(const struct parts *parts, cJSON *metadata)
{
	const char *want = option_wanted(parts, "annotations"), *have = option_there(parts, "annotations");
	cJSON *annotations = json_reach(metadata, "annotations");

	if (have)
		map_put(annotations, parts->arena, have, true);
	if (want)
		map_put(annotations, parts->arena, want, false);
	if (parts->node->platforms.count > 0)
		json_put_string(annotations, PLATFORM, strings_join(parts->arena, &parts->node->platforms, ","));
	if (option_rootless(parts))
		json_put_string(annotations, APPARMOR, "unconfined");
}
