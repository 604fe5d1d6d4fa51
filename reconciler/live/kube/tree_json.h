/* A part of a YAML document as JSON: what a kubeconfig holds for a plugin to read. */
#ifndef RECONCILE_LIVE_KUBE_TREE_JSON_H
#define RECONCILE_LIVE_KUBE_TREE_JSON_H

#include "desired/tree.h"

/* Canonical JSON in the arena: numbers and booleans keep their type, keys are sorted. */
const char *tree_to_json(struct arena *arena, const struct tree *node);

#endif
