/* From what a state file says to what a builder is: defaults filled in, nodes complete, contradictions found.
 *
 * The loader, after interpolation, merge (defaults under every builder too) and decoding by the field table:
 *
 *     for each mapping decoded:  places_add(arena, field_places(scope, object), key, where the key stands)
 *     for each builder:          resolve_builder(arena, builder, problems)
 *     once, builders and contexts sorted by name:
 *                                validate_state(state, problems)
 *
 * and only then --only. A value that came from `defaults` has source.inherited set (places, pairs): it is left out
 * where the builder's driver has no use for it, while the same value said by the builder itself is an error. Paths
 * (TYPE_PATH) are made relative to the working folder, or absolute, by the loader; the paths inside the free-form tree
 * `buildkitd` are read relative to the state file that said `buildkitd`. */
#ifndef RECONCILE_DESIRED_RESOLVE_H
#define RECONCILE_DESIRED_RESOLVE_H

#include "base/arena.h"
#include "base/error.h"
#include "desired/reach.h"
#include "model/builder.h"

/* Completes the builder: driver, name and node names in lower case as BuildX stores them, nodes[] with platforms,
 * options (the builder's under the node's), flags and files (desired/buildkitd.h), everything normalised. Checks what
 * one builder can get wrong by itself. Reads the files that the builder names, as far as they are in reach. An absent
 * builder gets no nodes. */
void resolve_builder(struct arena *arena, struct builder *builder, struct reach *reach, struct diagnostics *problems);

/* Checks what builders, contexts and the selection can get wrong together. Changes nothing. */
void validate_state(struct state *state, struct diagnostics *problems);

#endif
