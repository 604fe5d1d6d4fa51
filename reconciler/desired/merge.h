/* Merging trees key by key: state files over state files, a builder over `defaults`.
 *
 * Where both sides are mappings their keys are merged; else the upper side wins whole, lists too. A key with nothing
 * behind it says nothing. `null` (or ~) removes: the key is as if nobody below had said it, and the null stays in the
 * tree so that it removes what `defaults` say as well. Nothing is changed: what both share is shared. */
#ifndef RECONCILE_DESIRED_MERGE_H
#define RECONCILE_DESIRED_MERGE_H

#include "desired/tree.h"

/* Either may be NULL. Takes O(n log n) of the keys on both sides. */
struct tree *tree_merge(struct arena *arena, struct tree *below, struct tree *above);

/* A copy of `defaults` whose places are marked as inherited. */
struct tree *tree_inherited(struct arena *arena, const struct tree *defaults);

#endif
