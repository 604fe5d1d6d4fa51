/* The local build state that BuildX keeps per builder below <store>/refs. */
#ifndef RECONCILE_APPLY_REFS_H
#define RECONCILE_APPLY_REFS_H

#include "base/error.h"

/* Removes refs/<builder>, and the groups in refs/__group__ all of whose members are in it, as docker/buildx
 * localstate/localstate.go, RemoveBuilder(), does. Nothing there is no error, and neither is a ref that is no JSON. */
int refs_remove(const char *refs, const char *builder, struct error *err);

#endif
