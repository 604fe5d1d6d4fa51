/* Boots a builder's nodes with `docker buildx inspect --bootstrap NAME`: BuildX is the authority on how its nodes are
 * made. It takes its own lock, so ours on the store's .lock must not be held meanwhile. */
#ifndef RECONCILE_APPLY_BOOT_H
#define RECONCILE_APPLY_BOOT_H

#include "base/error.h"
#include "base/interrupt.h"

#include <stdbool.h>

struct boot_request {
	const char *name;
	const char *store, *docker_config; /* forced as BUILDX_CONFIG and DOCKER_CONFIG */
	int run_lock_fd; /* held by BuildX as well, which goes on for a while when we are killed; 0: none */
	int timeout_ms;
	void (*say)(void *context, const char *line); /* each line of progress, raw */
	void *context;
	const struct interrupt *interrupt; /* may be NULL */
};

/* 0 when every node runs. Else the error holds BuildX's, the Engine's or the daemon's own words, and a hint where
 * apply/buildx_words.h knows one; *ret_gave_up (may be NULL): BuildX only waited no longer, for it has patience of its
 * own, some 15 s for a daemon to come up and 20 s in all, whatever ours is (docker/buildx
 * driver/docker-container/driver.go, wait; commands/inspect.go). UNREACHABLE after the deadline, INTERRUPTED when that
 * came. */
int boot_builder(const struct boot_request *request, bool *ret_gave_up, struct error *err);

#endif
