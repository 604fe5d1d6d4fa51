/* Builders as docker/setup-buildx-action gives them to later steps, for workflows that read its outputs.
 *
 * The shape is that of docker/actions-toolkit src/types/buildx/builder.ts (BuilderInfo, NodeInfo, GCPolicy), which that
 * action fills from what `docker buildx inspect` prints:
 *
 *     {"name", "driver", "lastActivity",
 *      "nodes": [{"name", "endpoint", "driver-opts": ["memory=4g"], "status", "buildkitd-flags", "buildkit",
 *                 "platforms": "linux/amd64,linux/386", "labels": {…}, "gcPolicy": [{"all", "filter": […],
 *                 "keepDuration", "reservedSpace", "maxUsedSpace", "minFreeSpace"}]}]}
 *
 * A member that has no value is left out, as there. `status` is BuildX's word, or where that would only report an error
 * "unhealthy" or "unknown". Secrets are "(sensitive)"; what the files of a node hold is not told. */
#ifndef RECONCILE_REPORT_BUILDER_INFO_H
#define RECONCILE_REPORT_BUILDER_INFO_H

#include "base/json.h"
#include "model/live.h"

/* What a node was told to build for, else what its daemon says that it can. */
const struct strings *node_info_platforms(const struct live_node *node);
/* Of all its nodes, each once, in their order. */
void builder_info_platforms(struct arena *arena, const struct live_builder *builder, struct strings *ret_platforms);
/* The nodes' flags as BuildX shows them: one line. */
const char *node_info_flags(struct arena *arena, const struct live_node *node);

/* Appended to an array. */
void builder_info_nodes(struct arena *arena, cJSON *nodes, const struct live_builder *builder);
void builder_info(struct arena *arena, cJSON *list, const struct live_builder *builder);

#endif
