/* Normal forms of names and images. */
#include "model/normal.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/error.h"
#include "base/json.h"
#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *name_problem(const char *name)
{
	if (!name || !*name)
		return "it is empty";
	if (!isalpha((unsigned char)*name))
		return "it must start with a letter";
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-", *c))
			return "only letters, digits, '.', '_' and '-' are allowed";
	return NULL;
}

char *name_lower(struct arena *arena, const char *name)
{
	char *lower = arena_strdup(arena, name);

	for (char *c = lower; c && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return lower;
}

/* Where the suffix begins that says which generation; NULL: there is none. */
static const char *generation_suffix(const char *name)
{
	static const char *const marks[] = {".g", "_gen"};
	const char *digits = name + strlen(name);

	while (digits > name && isdigit((unsigned char)digits[-1]))
		digits--;
	if (*digits < '1' || strlen(digits) > 6)
		return NULL;
	for (size_t i = 0; i < COUNT(marks); i++) {
		size_t length = strlen(marks[i]);

		if ((size_t)(digits - name) > length && strncmp(digits - length, marks[i], length) == 0)
			return digits - length;
	}
	return NULL;
}

char *node_base_name(struct arena *arena, const char *node_name, int *ret_generation)
{
	const char *suffix = generation_suffix(node_name);

	*ret_generation = 1;
	if (!suffix)
		return arena_strdup(arena, node_name);
	*ret_generation = (int)strtol(suffix + strcspn(suffix, "0123456789"), NULL, 10);
	return arena_strndup(arena, node_name, (size_t)(suffix - node_name));
}

char *aside_path(struct arena *arena, const char *plan_id, const char *path)
{
	return arena_printf(arena, ".reconcile-aside/%.16s/%s", text_empty(plan_id) ? "unnamed" : plan_id, path);
}

char *node_container_name(struct arena *arena, const char *node_name)
{
	return ARENA_JOIN(arena, NODE_OBJECT_PREFIX, node_name);
}

char *node_volume_name(struct arena *arena, const char *node_name)
{
	return ARENA_JOIN(arena, NODE_OBJECT_PREFIX, node_name, NODE_VOLUME_SUFFIX);
}

/* distribution/reference normalize.go, splitDockerDomain: the first part names a registry when it looks like a host. */
static bool image_has_registry(const char *reference, const char *slash)
{
	size_t length = slash ? (size_t)(slash - reference) : 0;

	if (!slash)
		return false;
	if (length == strlen("localhost") && strncmp(reference, "localhost", length) == 0)
		return true;
	for (size_t i = 0; i < length; i++)
		if (strchr(".:", reference[i]) || isupper((unsigned char)reference[i]))
			return true;
	return false;
}

char *image_normal(struct arena *arena, const char *reference)
{
	const char *slash = strchr(reference, '/');
	const char *registry = "docker.io", *folder = "", *tag = "";
	size_t length = strcspn(reference, "@");
	const char *last;
	char *name;

	if (image_has_registry(reference, slash)) {
		registry = arena_strndup(arena, reference, (size_t)(slash - reference));
		length -= (size_t)(slash + 1 - reference);
		reference = slash + 1;
	}
	if (strcmp(registry, "index.docker.io") == 0)
		registry = "docker.io";
	name = arena_strndup(arena, reference, length);
	last = strrchr(name, '/');
	if (!last && strcmp(registry, "docker.io") == 0)
		folder = "library/";
	if (!strchr(last ? last : name, ':'))
		tag = reference[length] ? "" : ":latest";
	return arena_printf(arena, "%s/%s%s%s%s", registry, folder, name, tag, reference + length);
}

bool image_made_from(struct arena *arena, const char *real, const char *wanted)
{
	if (!strchr(wanted, '@') && !text_equal(image_normal(arena, real), image_normal(arena, wanted)))
		real = arena_strndup(arena, real, strcspn(real, "@"));
	return text_equal(image_normal(arena, real), image_normal(arena, wanted));
}

const char *image_default(void)
{
	return "moby/buildkit:buildx-stable-1";
}
