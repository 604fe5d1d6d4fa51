/* Reads driver options back from a workload. */
#include "live/kube/template.h"

#include "base/limits.h"
#include "live/kube/object.h"
#include "model/normal.h"
#include "model/secret.h"

#include <stdio.h>
#include <string.h>

#define CONFIG_FOLDER "/etc/buildkit"
#define PLATFORM "buildx.docker.com/platform"
#define ROOTLESS_FLAG "--oci-worker-no-process-sandbox"
#define ROOTLESS_IMAGE "moby/buildkit:buildx-stable-1-rootless"
#define APPARMOR "container.apparmor.security.beta.kubernetes.io/" KUBE_CONTAINER
#define EMULATORS "tonistiigi/binfmt:latest"

struct reading {
	struct arena *arena;
	struct workload *workload;
	const cJSON *object, *spec;  /* of the workload */
	const cJSON *template, *pod; /* spec.template, and its spec */
	const cJSON *container;
	bool rootless;
};

static void say(struct reading *reading, const char *key, const char *value)
{
	struct workload *workload = reading->workload;

	if (!value)
		return;
	if (strlen(value) > LIMIT_KUBE_TEXT || workload->options.count >= LIMIT_KUBE_TEXTS) {
		workload->strange = "more, or longer, things are set in it than an option of BuildX's may be";
		return;
	}
	*ARENA_PUSH(reading->arena, workload->options.items, workload->options.count) = (struct pair){
		.key = arena_strdup(reading->arena, key),
		.value = arena_strdup(reading->arena, value),
		.secret = option_is_secret(key, value),
	};
}

static void say_unless(struct reading *reading, const char *key, const char *value, const char *otherwise)
{
	if (!text_empty(value) && strcmp(value, otherwise) != 0)
		say(reading, key, value);
}

/* Others' keys, and those that BuildX or we write. */
static bool is_option_key(const char *key)
{
	static const char *const others[] = {"kubectl.kubernetes.io/",
					     "deployment.kubernetes.io/",
					     "meta.helm.sh/",
					     "argocd.argoproj.io/",
					     "reconcile.",
					     PLATFORM,
					     NULL};

	for (const char *const *other = others; *other; other++)
		if (text_starts(key, *other))
			return false;
	return true;
}

/* "a=1,b=2": there is exactly one "=" in an item, so that what has more of them, or a comma, came by no option. `also`
 * has it too; NULL: need not. */
static void say_map(struct reading *reading, const char *option, const cJSON *map, const cJSON *also, const char *but)
{
	const cJSON *item;
	struct strings items = {0};

	cJSON_ArrayForEach(item, map) {
		const char *value = cJSON_GetStringValue(item);
		if (!value || !item->string || strpbrk(value, ",=") || strpbrk(item->string, ",=") ||
		    text_equal(item->string, but) || !is_option_key(item->string) || items.count >= LIMIT_KUBE_TEXTS)
			continue;
		if (also && !text_equal(json_string(also, item->string), value))
			continue;
		strings_add(reading->arena, &items, arena_printf(reading->arena, "%s=%s", item->string, value));
	}
	strings_sort(&items);
	if (items.count > 0)
		say(reading, option, strings_join(reading->arena, &items, ","));
}

static void read_maps(struct reading *reading)
{
	const cJSON *annotations = json_get(json_get(reading->object, "metadata"), "annotations");
	const cJSON *of_pods = json_get(json_get(reading->template, "metadata"), "annotations");

	/* The selector never changes, labels may be anybody's. BuildX writes annotations on both. */
	say_map(reading, "labels", json_get(json_get(reading->spec, "selector"), "matchLabels"), NULL, "app");
	if (annotations && of_pods)
		say_map(reading, "annotations", annotations, of_pods, reading->rootless ? APPARMOR : NULL);
	say_map(reading, "nodeselector", json_get(reading->pod, "nodeSelector"), NULL, NULL);
}

static void read_platforms(struct reading *reading)
{
	const char *list = kube_annotation(reading->object, PLATFORM);

	while (!text_empty(list) && reading->workload->platforms.count < LIMIT_KUBE_TEXTS) {
		size_t length = strcspn(list, ",");
		char *platform = platform_normal(reading->arena, arena_strndup(reading->arena, list, length));
		if (platform)
			strings_add(reading->arena, &reading->workload->platforms, platform);
		list += length + (list[length] == ',');
	}
}

static void read_tolerations(struct reading *reading)
{
	static const char *const keys[] = {"key", "operator", "value", "effect", NULL};
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const cJSON *toleration;

	cJSON_ArrayForEach(toleration, json_get(reading->pod, "tolerations")) {
		const char *comma = "";
		int64_t seconds = json_integer(toleration, "tolerationSeconds", -1);
		if (text.length > 0)
			text_puts(&text, ";");
		for (const char *const *key = keys; *key; key++) {
			const char *value = json_string(toleration, *key);
			if (text_empty(value) || (strcmp(*key, "operator") == 0 && strcmp(value, "Equal") == 0))
				continue;
			text_printf(&text, "%s%s=%s", comma, *key, value);
			comma = ",";
		}
		if (seconds >= 0)
			text_printf(&text, "%stolerationSeconds=%lld", comma, (long long)seconds);
	}
	if (text.length > 0)
		say(reading, "tolerations", text_string(&text));
}

static void read_resources(struct reading *reading)
{
	static const char *const kinds[] = {"requests", "limits"};
	static const char *const names[] = {"cpu", "ephemeral-storage", "memory"};

	for (size_t i = 0; i < 2; i++)
		for (size_t j = 0; j < 3; j++) {
			const cJSON *of_kind = json_get(json_get(reading->container, "resources"), kinds[i]);
			say(reading, arena_printf(reading->arena, "%s.%s", kinds[i], names[j]),
			    json_string(of_kind, names[j]));
		}
}

static void read_env(struct reading *reading)
{
	const cJSON *variable;

	cJSON_ArrayForEach(variable, json_get(reading->container, "env")) {
		const char *name = json_string(variable, "name"), *value = json_string(variable, "value");
		if (!text_empty(name) && !json_get(variable, "valueFrom"))
			say(reading, arena_printf(reading->arena, "env.%s", name), value ? value : "");
	}
}

static void read_flags(struct reading *reading)
{
	const cJSON *argument;

	cJSON_ArrayForEach(argument, json_get(reading->container, "args")) {
		const char *text = cJSON_GetStringValue(argument);
		if (!text || (reading->rootless && strcmp(text, ROOTLESS_FLAG) == 0))
			continue;
		if (strlen(text) <= LIMIT_KUBE_TEXT && reading->workload->flags.count < LIMIT_KUBE_TEXTS)
			strings_add(reading->arena, &reading->workload->flags, text);
	}
}

static void read_emulators(struct reading *reading)
{
	const cJSON *init = kube_named(json_get(reading->pod, "initContainers"), "qemu");

	if (!init)
		return;
	say(reading, "qemu.install", "true");
	say_unless(reading, "qemu.image", json_string(init, "image"), EMULATORS);
}

/* The size of the claims that it makes. */
static void read_claims(struct reading *reading)
{
	const cJSON *claim;

	cJSON_ArrayForEach(claim, json_get(reading->spec, "volumeClaimTemplates")) {
		const cJSON *resources = json_get(json_get(claim, "spec"), "resources");
		if (text_equal(kube_name(claim), KUBE_CONTAINER))
			say(reading, "persistent-volume-claim.requests.storage",
			    json_string(json_get(resources, "requests"), "storage"));
	}
}

static const char *mounted_at(const struct reading *reading, const char *volume)
{
	return json_string(kube_named(json_get(reading->container, "volumeMounts"), volume), "mountPath");
}

static const char *config_folder(const char *path)
{
	size_t length = strlen(CONFIG_FOLDER);

	if (!text_starts(path, CONFIG_FOLDER) || (path[length] != '/' && path[length] != '\0'))
		return NULL;
	return path + length + strspn(path + length, "/");
}

static void read_volumes(struct reading *reading, struct kube_mounts *configs)
{
	const cJSON *volume;

	cJSON_ArrayForEach(volume, json_get(reading->pod, "volumes")) {
		const char *name = json_string(volume, "name");
		const char *config = json_string(json_get(volume, "configMap"), "name");
		const cJSON *empty = json_get(volume, "emptyDir");
		if (name && kube_name_valid(config) && configs->count < LIMIT_KUBE_TEXTS) {
			const char *folder = config_folder(mounted_at(reading, name));
			*ARENA_PUSH(reading->arena, configs->items, configs->count) = (struct kube_mount){
				.name = arena_strdup(reading->arena, config),
				.folder = arena_strdup(reading->arena, folder),
			};
		}
		/* BuildX mounts it nowhere where there are claims; the option is said all the same. */
		bool memory = text_equal(json_string(empty, "medium"), "Memory") &&
			      (text_equal(name, "buildkit-memory") || text_equal(name, KUBE_CONTAINER));
		if (memory)
			say(reading, "buildkit-root-volume-memory", json_string(empty, "sizeLimit"));
	}
}

static void read_sidecars(struct reading *reading)
{
	const cJSON *containers[] = {json_get(reading->pod, "containers"), json_get(reading->pod, "initContainers")};
	static const char *const own[] = {KUBE_CONTAINER, "qemu"};

	for (size_t i = 0; i < 2; i++) {
		const cJSON *item;

		cJSON_ArrayForEach(item, containers[i]) {
			const char *name = json_string(item, "name");
			if (kube_name_valid(name) && strcmp(name, own[i]) != 0 &&
			    reading->workload->sidecars.count < LIMIT_KUBE_TEXTS)
				strings_add(reading->arena, &reading->workload->sidecars, name);
		}
	}
	strings_sort(&reading->workload->sidecars);
}

static void read_replicas(struct reading *reading)
{
	char number[24];

	reading->workload->replicas = json_integer(reading->spec, "replicas", 1);
	snprintf(number, sizeof(number), "%lld", (long long)reading->workload->replicas);
	say_unless(reading, "replicas", number, "1");
}

/* Whether a probe of it is `buildctl debug workers`, which is BuildX's in all versions. */
static bool has_probe(const cJSON *container)
{
	static const char *const words[] = {"buildctl", "debug", "workers"};
	const cJSON *command = json_get(json_get(json_get(container, "readinessProbe"), "exec"), "command");
	int count = cJSON_GetArraySize(command);

	for (int i = 0; i < count && i < 3; i++)
		if (!text_equal(cJSON_GetStringValue(cJSON_GetArrayItem(command, i)), words[i]))
			return false;
	return count == 3;
}

static bool is_rootless(const cJSON *container)
{
	const cJSON *security = json_get(container, "securityContext");
	const char *profile = json_string(json_get(security, "seccompProfile"), "type");

	return !json_bool(security, "privileged", false) && text_equal(profile, "Unconfined");
}

static const char *strangeness(const struct reading *reading)
{
	const cJSON *labels = json_get(json_get(reading->spec, "selector"), "matchLabels");

	if (!reading->container)
		return "it has no container " KUBE_CONTAINER;
	if (!text_equal(json_string(labels, "app"), reading->workload->name))
		return "its pods are not selected by the label app with its name";
	return NULL;
}

void template_read(struct arena *arena, const cJSON *object, struct workload *workload, struct kube_mounts *ret_configs,
		   bool *ret_looks)
{
	const cJSON *spec = json_get(object, "spec"), *template = json_get(spec, "template");
	const cJSON *pod = json_get(template, "spec");
	const cJSON *container = kube_named(json_get(pod, "containers"), KUBE_CONTAINER);
	struct reading reading = {arena, workload, object, spec, template, pod, container, is_rootless(container)};

	*ret_configs = (struct kube_mounts){0};
	read_replicas(&reading);
	read_maps(&reading);
	read_platforms(&reading);
	read_tolerations(&reading);
	read_resources(&reading);
	read_env(&reading);
	read_flags(&reading);
	read_emulators(&reading);
	read_claims(&reading);
	read_volumes(&reading, ret_configs);
	read_sidecars(&reading);
	if (reading.rootless)
		say(&reading, "rootless", "true");
	say_unless(&reading, "image", json_string(container, "image"),
		   reading.rootless ? ROOTLESS_IMAGE : image_default());
	say_unless(&reading, "schedulername", json_string(pod, "schedulerName"), "default-scheduler");
	say_unless(&reading, "serviceaccount", json_string(pod, "serviceAccountName"), "default");
	pairs_sort(&workload->options);
	if (!workload->strange)
		workload->strange = strangeness(&reading);
	*ret_looks = !workload->strange && has_probe(container);
}
