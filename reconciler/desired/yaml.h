/* One YAML document -> a tree, with every problem found on the way. Reading is the only use of libyaml but for print.c.
 *
 * YAML 1.2 core: `yes` and `on` are texts. The only tag is !secret; keys are texts and differ; no merge keys. Bounds:
 * YAML_SIZE_MAX bytes, TREE_DEPTH_MAX levels, aliases that bring at most YAML_ALIAS_NODES_MAX nodes in all. */
#ifndef RECONCILE_DESIRED_YAML_H
#define RECONCILE_DESIRED_YAML_H

#include "base/error.h"
#include "desired/desired.h"
#include "desired/interpolate.h"
#include "desired/tree.h"

enum {
	YAML_SIZE_MAX = 1024 * 1024,
	YAML_ALIAS_NODES_MAX = 10000,
	YAML_ANCHORS_MAX = 1000,
	YAML_KEY_MAX = 256,
};

/* ret_root is NULL when the document is empty; it lives in the arena and names text->path, which must live as long.
 * Values are interpolated as they are read. -1 when there is no tree; other problems leave one that can be decoded, so
 * that those in it are found in the same run: the caller looks at problems->count. */
int yaml_read(struct arena *arena, const struct desired_text *text, struct interpolation *variables,
	      struct tree **ret_root, struct diagnostics *problems);

#endif
