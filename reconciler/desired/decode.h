/* The merged tree -> struct state, by the field table (model/field.h). Internal to the room.
 *
 * A wrong value leaves its member unset and a problem behind; decoding goes on, so that one run tells everything. */
#ifndef RECONCILE_DESIRED_DECODE_H
#define RECONCILE_DESIRED_DECODE_H

#include "desired/frame.h"

/* `defaults` are copied under every builder: their weight (struct tree) times the builders is at most this. */
enum { DECODE_DEFAULTS_MAX = 2000000 };

/* root NULL: the files are empty; start is where a missing key is reported then. The names of builders and contexts are
 * as written and in the order written. */
void decode_state(struct decoder *decoder, struct tree *root, struct source start, struct state *state);

#endif
