/* Normal forms, so that two spellings of the same thing never show as a difference.
 *
 * A builder made by `docker buildx create` with the same settings must compare equal to the state file's, for BuildX
 * 0.13 and the newest: both sides go through these functions before they are compared. */
#ifndef RECONCILE_MODEL_NORMAL_H
#define RECONCILE_MODEL_NORMAL_H

#include "base/arena.h"
#include "base/text.h"
#include "model/builder.h"

#include <stdbool.h>
#include <stdint.h>

/* docker/buildx store/util.go: ^[a-zA-Z][a-zA-Z0-9._-]*$ ; NULL when valid, else why not. */
const char *name_problem(const char *name);
char *name_lower(struct arena *arena, const char *name);
/* "ci-amd64.g2" -> "ci-amd64", *ret_generation 2; without a suffix the generation is 1. In a cluster, where a dot is no
 * part of a pod's host name, it is "ci-amd64_gen2", of which BuildX makes the object "ci-amd64-gen2". */
char *node_base_name(struct arena *arena, const char *node_name, int *ret_generation);
/* What BuildX names a node's container, and the volume of its cache (docker/buildx driver/docker-container). */
#define NODE_OBJECT_PREFIX "buildx_buildkit_"
#define NODE_VOLUME_SUFFIX "_state"
char *node_container_name(struct arena *arena, const char *node_name); /* buildx_buildkit_<node> */
char *node_volume_name(struct arena *arena, const char *node_name);    /* buildx_buildkit_<node>_state */

/* Where a run keeps what its record cannot hold, below the store: ".reconcile-aside/<16 digits of the plan>/<path>". */
char *aside_path(struct arena *arena, const char *plan_id, const char *path);

/* containerd/platforms: "linux/x86_64" -> "linux/amd64", "linux/arm64/v8" -> "linux/arm64", "arm" -> "linux/arm/v7".
 * NULL when it is not a platform. A trailing "*" (BuildX's mark of a preferred platform) is dropped. */
char *platform_normal(struct arena *arena, const char *text);

/* A decimal number with an optional fraction at the start of text; NULL when there is none, else where it ends. By
 * hand, because strtod() follows the locale and takes hexadecimal, "inf" and "nan". */
const char *decimal_read(const char *text, double *ret_value);
/* Docker sizes "512m", "40GB" to bytes (binary multiples, docker/go-units RAMInBytes); -1 when not one. */
int64_t memory_bytes(const char *text);
/* buildkitd spaces "40GB", "20%", "512MB", plain bytes; false when not one (moby/buildkit
 * cmd/buildkitd/config/gcpolicy.go). */
bool space_valid(const char *text);
bool duration_valid(const char *text); /* Go durations: "48h", "1h30m", also plain seconds */
int64_t duration_ns(const char *text); /* -1 when not one */
/* Filters of a gc rule: "type==source.local", "inuse", several parted by commas (containerd/containerd
 * pkg/filters/parser.go). `docker buildx prune --filter` takes "type=…": BuildKit cannot read that, says so in its log
 * each minute, and collects nothing. */
bool gc_filter_valid(const char *text);
char *seconds_text(struct arena *arena, int64_t seconds); /* "45 s", "10 min", "1 h 30 min", "24 h" */
char *bytes_text(struct arena *arena, int64_t bytes);	  /* "1.5 GiB": the units in which "2GB" is 2 GiB */

/* "moby/buildkit:x" -> "docker.io/moby/buildkit:x", the digest kept, for comparison. */
char *image_normal(struct arena *arena, const char *reference);
/* Whether `real` is what BuildX makes of `wanted`: it may pin an image that it verified to its digest
 * (docker/buildx driver/docker-container/driver.go, create). A digest that is wanted must be there. */
bool image_made_from(struct arena *arena, const char *real, const char *wanted);
const char *image_default(void); /* moby/buildkit:buildx-stable-1 */

#endif
