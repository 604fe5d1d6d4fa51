/* The BuildX store and the Docker configuration folder, read as they were found. */
#ifndef RECONCILE_LIVE_STORE_STORE_H
#define RECONCILE_LIVE_STORE_STORE_H

#include "base/error.h"
#include "base/interrupt.h"
#include "model/live.h"

/* Fills store, docker_config, contexts, current*, selected*, builders (nodes' spec, file), default_files, faults, file
 * by file and under BuildX's lock: a bad file is a fault of that file. Engines are not asked; every node's state is
 * NODE_UNKNOWN afterwards. -1 only when the store cannot be named or its folder cannot be listed. */
int store_read(struct live *live, const char *const *environ_, int lock_timeout_ms, const struct interrupt *interrupt,
	       struct error *err);

#endif
