/* Which builder a bare `docker buildx build` uses, and the file `current` that says so. */
#ifndef RECONCILE_LIVE_SELECTED_H
#define RECONCILE_LIVE_SELECTED_H

#include "base/error.h"
#include "model/live.h"

/* The file `current` (docker/buildx store/store.go). */
struct current {
	const char *key, *name;
	bool global;
};

int current_parse(struct arena *arena, const void *data, size_t length, struct current *ret_current, struct error *err);

#endif
