/* What buildkitd is given with a node, its flags and its configuration files, by what they mean: two spellings of the
 * same never show as a difference (as model/normal.h for names). */
#ifndef RECONCILE_CODEC_BUILDKITD_H
#define RECONCILE_CODEC_BUILDKITD_H

#include "base/arena.h"
#include "base/error.h"
#include "model/builder.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Flags as buildkitd will get them: "--flag value" joined to "--flag=value", and network.host granted where BuildX does
 * (docker/buildx builder/builder.go, parseBuildkitdFlags). */
void flags_normal(struct arena *arena, const char *driver, const struct node *node, struct strings *ret_flags);

/* Parses a buildkitd.toml. BuildKit reads its keys in any case; here they are as it spells them itself. The caller
 * frees the tree; errors are those of toml_parse(). */
int buildkitd_parse(const void *data, size_t length, cJSON **ret_tree, struct error *err);

/* Whether two sets of config files mean the same: TOML by value, everything else byte for byte. */
bool config_files_same(const struct config_files *a, const struct config_files *b);
bool config_file_same(const struct config_file *a, const struct config_file *b);

#endif
