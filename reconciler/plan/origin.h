/* Where the state files said what a field of a builder compares: the very key, be it the node's, the builder's or that
 * of `defaults` (source.inherited), else the nearest thing around it. A report puts the field's line there, and says
 * once what many builders inherit from one line. */
#ifndef RECONCILE_PLAN_ORIGIN_H
#define RECONCILE_PLAN_ORIGIN_H

#include "model/builder.h"

/* key: of the node's mapping or of the builder's, "platforms". */
struct source origin_of(const struct builder *builder, const struct node *node, const char *key);
/* A driver option, "env.HTTP_PROXY". One that nobody says: where the options are said. */
struct source origin_of_option(const struct builder *builder, const struct node *node, const char *option);
/* A leaf of buildkitd.toml by its path in BuildKit's spelling, "worker.oci.maxUsedSpace": below `cache` or `buildkitd`,
 * or where `buildkitd-config` names a file. */
struct source origin_of_setting(const struct builder *builder, const struct node *node, const char *path);

#endif
