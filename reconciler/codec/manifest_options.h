/* The options of driver kubernetes, each with the place that the object has for it. Only for codec/manifest_*.c. */
#ifndef RECONCILE_CODEC_MANIFEST_OPTIONS_H
#define RECONCILE_CODEC_MANIFEST_OPTIONS_H

#include "codec/manifest_parts.h"

#define STORAGE "persistent-volume-claim.requests.storage"
#define APPARMOR "container.apparmor.security.beta.kubernetes.io/buildkitd"

/* One body that is being filled. */
struct body {
	const struct parts *parts;
	cJSON *top, *spec, *pod, *container;
};

struct option_row {
	const char *key;
	void (*put)(const struct body *body, const char *key, const char *want);
	bool always; /* a new workload has it, also where nobody asks for it */
};
const struct option_row *option_rows(size_t *ret_count);
void put_env(const struct body *body, const char *key, const char *want);

/* What the node is to have, and what the workload has; NULL: nothing, or there is none. */
const char *option_wanted(const struct parts *parts, const char *key);
const char *option_there(const struct parts *parts, const char *key);
bool option_true(const char *value);
bool option_rootless(const struct parts *parts);
const char *image_of(const struct parts *parts, const char *image);

/* Lists whose elements Kubernetes merges by a key of theirs. */
cJSON *element_add(cJSON *object, const char *list, const char *key, const char *value);
void element_drop(cJSON *object, const char *list, const char *key, const char *value);
/* Sets what "a=1,b=2" says, or takes it away. */
void map_put(cJSON *map, struct arena *arena, const char *pairs, bool take_away);

#endif
