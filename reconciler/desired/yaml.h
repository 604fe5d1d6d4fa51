/* One YAML document -> a tree, with every problem found on the way. Reading is the only use of libyaml but for print.c.
 *
 * YAML 1.2 core: `yes` and `on` are texts. The only tag is !secret; keys are texts and differ; no merge keys. Bounds:
 * LIMIT_YAML bytes, LIMIT_YAML_VALUES values, TREE_DEPTH_MAX levels, aliases that bring at most LIMIT_YAML_ALIASED
 * values in all. */
#ifndef RECONCILE_DESIRED_YAML_H
#define RECONCILE_DESIRED_YAML_H

#include "base/error.h"
#include "desired/desired.h"
#include "desired/interpolate.h"
#include "desired/tree.h"

enum {
	YAML_KEY_MAX = 256,
};

/* ret_root is NULL when the document is empty; it lives in the arena and names text->path, which must live as long.
 * Values are interpolated as they are read. -1 when there is no tree; other problems leave one that can be decoded, so
 * that those in it are found in the same run: the caller looks at problems->count. */
int yaml_read(struct arena *arena, const struct desired_text *text, struct interpolation *variables,
	      struct tree **ret_root, struct diagnostics *problems);

/* The same of a file that is not ours, and that Go reads elsewhere: a kubeconfig. A dollar sign is one; tags and merge
 * keys say nothing; of equal keys the last counts; what follows the first document is not looked at (sigs.k8s.io/yaml,
 * k8s.io/apimachinery's serializer). What is said of it quotes none of its values. */
int yaml_read_foreign(struct arena *arena, const struct desired_text *text, size_t cap, struct tree **ret_root,
		      struct diagnostics *problems);

/* What it was made with, for --version: "libyaml/0.2.5". */
const char *yaml_library(struct arena *arena);

#endif
