/* The files that travel with a node: buildkitd.toml, made of `buildkitd` or `buildkitd-config` and of `cache`, and the
 * certificates that it names.
 *
 * The layout is that of docker/buildx util/confutil/container.go, LoadConfigFiles, so that a builder made by
 * `docker buildx create --buildkitd-config` compares equal: certificates of registries become
 * "certs/<registry>/<file>", and their paths in the file those below /etc/buildkit. */
#ifndef RECONCILE_DESIRED_BUILDKITD_H
#define RECONCILE_DESIRED_BUILDKITD_H

#include "base/arena.h"
#include "base/error.h"
#include "desired/reach.h"
#include "model/builder.h"

#include <cjson/cJSON.h>

#define FILTER_HINT "compare with ==, != or ~=: type==source.local; `docker buildx prune` alone takes one ="

/* The files of a node, its options being complete; node NULL: of any node that has nothing of its own. No files when
 * nothing is said that belongs into them. Reads buildkitd-config and certificates, relative ones from the folder of the
 * file that names them; reach NULL: the user's own, wherever they are. */
void buildkitd_files(struct arena *arena, const struct builder *builder, const struct node *node, struct reach *reach,
		     struct config_files *ret_files, struct diagnostics *problems);

/* A copy of a `buildkitd` tree with BuildKit's own spelling of every key ("max-used-space" -> "maxUsedSpace"). Unknown
 * keys and wrong types become problems, named by their path below `buildkitd`, at the key's own place in `places`
 * ("buildkitd.worker.oci.gc"; NULL: none), else at `source`; the copy is without them. The caller frees it.
 * (desired/buildkitd_keys.c) */
cJSON *buildkitd_translate(const cJSON *tree, const struct places *places, struct source source,
			   struct diagnostics *problems);
/* The same check of a buildkitd.toml as it was read, whose unknown keys BuildKit passes over: values of a type that it
 * does not take become problems at `source`. */
void buildkitd_check_file(const cJSON *tree, struct source source, struct diagnostics *problems);

/* The way back: a copy of a tree in BuildKit's spelling with the keys as state files spell them. The caller frees it.
 */
cJSON *buildkitd_respell(const cJSON *tree);

/* Puts the cache policy under worker.oci of a buildkitd tree in BuildKit's spelling. -1 when the tree has a policy of
 * its own: ret_key (BuildKit's spelling) is what is said twice. (desired/cache.c)
 *
 * - rules become gcpolicy, in order, and nothing else is written;
 * - spaces alone become reservedSpace, maxUsedSpace, minFreeSpace: BuildKit makes its four default rules of them;
 * - with keep-duration, which BuildKit has in rules only, four rules like BuildKit's defaults
 *   (moby/buildkit cmd/buildkitd/config/gcpolicy.go, DefaultGCPolicy) are written: sources and cache mounts over 512 MB
 *   after 48 hours; whatever was not used for keep-duration, down to reserved-space; and the spaces, twice. No space
 *   given: those that BuildKit would choose on a disk of 125 GB and more. */
int cache_into_tree(const struct cache_policy *cache, cJSON *tree, const char **ret_key);
/* Rewrites the policy just put there in the words of BuildKit before v0.17, which knows gckeepstorage and keepBytes
 * only: a cap is max-used-space, else reserved-space; min-free-space has no word there and is left out. */
void cache_use_old_names(cJSON *tree);
/* Whether the image's tag names such a BuildKit: "moby/buildkit:v0.13.2". Other tags are taken for newer ones. */
bool image_is_before_spaces(const char *image);
/* Whether the policy needs buildkitd.toml at all: keep-state alone does not. */
bool cache_has_settings(const struct cache_policy *cache);

#endif
