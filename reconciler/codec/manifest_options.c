/* Puts each option of driver kubernetes where the object has it: one row an option. */
#include "codec/manifest_options.h"

#include "base/count.h"
#include "base/json.h"
#include "base/text.h"
#include "model/normal.h"

#include <stdlib.h>
#include <string.h>

#define ROOT "/var/lib/buildkit"
#define ROOTLESS_ROOT "/home/user/.local/share/buildkit" /* manifest.go, toRootless */
#define MEMORY "buildkit-root-volume-memory"

const char *option_wanted(const struct parts *parts, const char *key)
{
	const char *value = pairs_get(&parts->node->driver_opts, key);

	return text_empty(value) ? NULL : value;
}

const char *option_there(const struct parts *parts, const char *key)
{
	return parts->have ? pairs_get(&parts->have->options, key) : NULL;
}

bool option_true(const char *value)
{
	return value && (*value == '1' || *value == 't' || *value == 'T');
}

bool option_rootless(const struct parts *parts)
{
	return option_true(option_wanted(parts, "rootless"));
}

static const char *root_of(const struct parts *parts)
{
	return option_rootless(parts) ? ROOTLESS_ROOT : ROOT;
}

/* --- lists that Kubernetes merges by a key of their elements -------------------------------------------------------
 */

static cJSON *list_of(cJSON *object, const char *key)
{
	cJSON *list = cJSON_GetObjectItemCaseSensitive(object, key);

	return list ? list : json_add_array(object, key);
}

cJSON *element_add(cJSON *object, const char *list, const char *key, const char *value)
{
	cJSON *element = json_append_object(list_of(object, list));

	json_add_string(element, key, value);
	return element;
}

void element_drop(cJSON *object, const char *list, const char *key, const char *value)
{
	json_add_string(element_add(object, list, key, value), "$patch", "delete");
}

/* --- a pod's options -----------------------------------------------------------------------------------------------
 */

static void put_replicas(const struct body *body, const char *key, const char *want)
{
	(void)key;
	json_add_integer(body->spec, "replicas", want ? strtoll(want, NULL, 10) : 1);
}

const char *image_of(const struct parts *parts, const char *image)
{
	return image			? image
	       : option_rootless(parts) ? arena_printf(parts->arena, "%s-rootless", image_default())
					: image_default();
}

static void put_image(const struct body *body, const char *key, const char *want)
{
	(void)key;
	json_put_string(body->container, "image", image_of(body->parts, want));
}

/* "limits.cpu": null takes a limit away. */
static void put_resource(const struct body *body, const char *key, const char *want)
{
	const char *dot = strchr(key, '.');
	const char *group = arena_strndup(body->parts->arena, key, (size_t)(dot - key));

	json_put_string(json_reach(json_reach(body->container, "resources"), group), dot + 1, want);
}

/* What BuildX sets for requests.ephemeral-storage is the limit, which goes where the state file asks for none. */
static void put_ephemeral(const struct body *body, const char *key, const char *want)
{
	put_resource(body, key, want);
	if (body->parts->have && !option_wanted(body->parts, "limits.ephemeral-storage"))
		put_resource(body, "limits.ephemeral-storage", NULL);
}

void map_put(cJSON *map, struct arena *arena, const char *pairs, bool take_away)
{
	char *at = arena_strdup(arena, pairs);

	while (at && *at != '\0') {
		char *next = strchr(at, ','), *sign;

		if (next)
			*next++ = '\0';
		sign = strchr(at, '=');
		if (sign) {
			size_t length = strlen(sign + 1);
			const char *value = sign + 1;

			*sign = '\0';
			if (length >= 2 && value[0] == '"' && value[length - 1] == '"')
				value = arena_strndup(arena, value + 1, length - 2);
			json_put_string(map, at, take_away ? NULL : value);
		}
		at = next;
	}
}

static void put_map(const struct body *body, cJSON *map, const char *key, const char *want)
{
	const char *have = option_there(body->parts, key);

	if (have)
		map_put(map, body->parts->arena, have, true);
	if (want)
		map_put(map, body->parts->arena, want, false);
}

static void put_node_selector(const struct body *body, const char *key, const char *want)
{
	put_map(body, json_reach(body->pod, "nodeSelector"), key, want);
}

/* The selector keeps the labels that it was made with, and so does all that it selects. */
static void put_labels(const struct body *body, const char *key, const char *want)
{
	static const char *const places[] = {"metadata.labels", "spec.selector.matchLabels",
					     "spec.template.metadata.labels"};

	for (size_t i = 0; !body->parts->have && i < COUNT(places); i++) {
		cJSON *labels = json_reach(body->top, places[i]);

		put_map(body, labels, key, want);
		json_put_string(labels, "app", body->parts->name);
	}
}

static void put_annotations(const struct body *body, const char *key, const char *want)
{
	put_map(body, json_reach(body->top, "metadata.annotations"), key, want);
	put_map(body, json_reach(body->spec, "template.metadata.annotations"), key, want);
}

static void toleration_add(cJSON *list, char *fields)
{
	static const char seconds[] = "tolerationSeconds";
	cJSON *toleration = json_append_object(list);

	while (fields && *fields != '\0') {
		char *next = strchr(fields, ','), *sign;

		if (next)
			*next++ = '\0';
		sign = strchr(fields, '=');
		if (sign) {
			*sign = '\0';
			if (text_equal(fields, seconds))
				json_add_integer(toleration, seconds, strtoll(sign + 1, NULL, 10));
			else
				json_put_string(toleration, fields, sign + 1);
		}
		fields = next;
	}
}

static void put_tolerations(const struct body *body, const char *key, const char *want)
{
	(void)key;
	cJSON *list = list_of(body->pod, "tolerations");
	char *at = arena_strdup(body->parts->arena, want ? want : "");

	while (at && *at != '\0') {
		char *next = strchr(at, ';');

		if (next)
			*next++ = '\0';
		toleration_add(list, at);
		at = next;
	}
}

/* Kubernetes keeps the name a second time, as `serviceAccount`, and would take it from there. */
static void put_service_account(const struct body *body, const char *key, const char *want)
{
	(void)key;
	json_add_string(body->pod, "serviceAccountName", want);
	if (body->parts->have)
		json_add_string(body->pod, "serviceAccount", want);
}

static void put_scheduler(const struct body *body, const char *key, const char *want)
{
	(void)key;
	json_add_string(body->pod, "schedulerName", want ? want : "default-scheduler");
}

void put_env(const struct body *body, const char *key, const char *want)
{
	const char *name = key + strlen("env.");

	if (want)
		json_add_string(element_add(body->container, "env", "name", name), "value", want);
	else
		element_drop(body->container, "env", "name", name);
}

/* manifest.go, NewDeployment: qemu.install and qemu.image together are an init container. */
static void put_qemu(const struct body *body, const char *key, const char *want)
{
	const char *image = option_wanted(body->parts, "qemu.image");
	cJSON *container, *args;

	(void)key;
	(void)want;
	if (cJSON_GetObjectItemCaseSensitive(body->pod, "initContainers"))
		return;
	if (!option_true(option_wanted(body->parts, "qemu.install"))) {
		if (option_true(option_there(body->parts, "qemu.install")))
			element_drop(body->pod, "initContainers", "name", "qemu");
		return;
	}
	container = element_add(body->pod, "initContainers", "name", "qemu");
	json_add_string(container, "image", image ? image : "tonistiigi/binfmt:latest");
	args = json_add_array(container, "args");
	json_append_string(args, "--install");
	json_append_string(args, "all");
	json_add_bool(json_add_object(container, "securityContext"), "privileged", true);
}

/* Where BuildKit keeps its state: a claim, memory, a folder of the pod, or the container itself. */
static void put_root(const struct body *body, const char *key, const char *want)
{
	const struct parts *parts = body->parts;
	const char *memory = option_wanted(parts, MEMORY);
	bool rootless = option_rootless(parts), claim = option_wanted(parts, STORAGE);
	const char *name = rootless || claim ? "buildkitd" : "buildkit-memory";
	cJSON *folder;

	(void)key;
	(void)want;
	if (cJSON_GetObjectItemCaseSensitive(body->container, "volumeMounts"))
		return; /* three rows lead here */
	if (parts->have && !claim) {
		element_drop(body->container, "volumeMounts", "mountPath", rootless ? ROOT : ROOTLESS_ROOT);
		element_drop(body->pod, "volumes", "name", rootless ? "buildkit-memory" : "buildkitd");
	}
	if (claim || rootless || memory)
		json_add_string(element_add(body->container, "volumeMounts", "mountPath", root_of(parts)), "name",
				name);
	else if (parts->have) {
		element_drop(body->container, "volumeMounts", "mountPath", ROOT);
		element_drop(body->pod, "volumes", "name", "buildkit-memory");
	}
	if (claim || (!rootless && !memory))
		return;
	folder = json_add_object(element_add(body->pod, "volumes", "name", name), "emptyDir");
	if (memory || parts->have) {
		json_add_string(folder, "medium", memory ? "Memory" : NULL);
		json_add_string(folder, "sizeLimit", memory);
	}
}

static void put_rootless(const struct body *body, const char *key, const char *want)
{
	cJSON *context = json_reach(body->container, "securityContext");
	bool rootless = option_rootless(body->parts);

	(void)key;
	if (rootless) {
		json_add_string(json_reach(context, "seccompProfile"), "type", "Unconfined");
		if (body->parts->have)
			cJSON_AddNullToObject(context, "privileged");
	} else {
		json_add_bool(context, "privileged", true);
		if (body->parts->have)
			cJSON_AddNullToObject(context, "seccompProfile");
	}
	if (rootless || body->parts->have) {
		json_put_string(json_reach(body->top, "metadata.annotations"), APPARMOR,
				rootless ? "unconfined" : NULL);
		json_put_string(json_reach(body->spec, "template.metadata.annotations"), APPARMOR,
				rootless ? "unconfined" : NULL);
	}
	put_image(body, "image", option_wanted(body->parts, "image"));
	put_root(body, key, want);
}

static void put_storage(const struct body *body, const char *key, const char *want)
{
	cJSON *template, *spec, *modes;

	put_root(body, key, want);
	if (body->parts->have || !want)
		return;
	template = json_append_object(list_of(body->spec, "volumeClaimTemplates"));
	json_add_string(json_add_object(template, "metadata"), "name", "buildkitd");
	spec = json_add_object(template, "spec");
	modes = json_add_array(spec, "accessModes");
	json_append_string(modes, "ReadWriteOnce");
	json_add_string(json_reach(spec, "resources.requests"), "storage", want);
}

static const struct option_row rows[] = {
	{"annotations", put_annotations, false},
	{MEMORY, put_root, false},
	{"image", put_image, false},
	{"labels", put_labels, true},
	{"limits.cpu", put_resource, false},
	{"requests.ephemeral-storage", put_ephemeral, false},
	{"limits.ephemeral-storage", put_resource, false},
	{"limits.memory", put_resource, false},
	{"nodeselector", put_node_selector, false},
	{STORAGE, put_storage, false},
	{"qemu.image", put_qemu, false},
	{"qemu.install", put_qemu, false},
	{"replicas", put_replicas, true},
	{"requests.cpu", put_resource, false},
	{"requests.memory", put_resource, false},
	{"rootless", put_rootless, true},
	{"schedulername", put_scheduler, false},
	{"serviceaccount", put_service_account, false},
	{"tolerations", put_tolerations, false},
};

const struct option_row *option_rows(size_t *ret_count)
{
	*ret_count = COUNT(rows);
	return rows;
}
