/* The mark on what this program has made: labels of the state volume, which is made before BuildX boots its node and
 * which BuildX takes as it is (docker/buildx driver/docker-container/driver.go, create: a mount by name). A container
 * is ours when its volume says so, whatever they are called. */
#ifndef RECONCILE_MODEL_MARK_H
#define RECONCILE_MODEL_MARK_H

#include "model/live.h"

/* "reconcile.store=<the store's id>", "reconcile.host=<the machine>", in the arena. */
void mark_labels(struct arena *arena, const char *store_id, const char *host, struct strings *ret_labels);
bool mark_is_ours(const struct volume *volume, const char *store_id, const char *host);
/* The store and the machine that the mark names; NULL: it bears none. */
const char *mark_store(const struct volume *volume);
const char *mark_host(const struct volume *volume);

#endif
