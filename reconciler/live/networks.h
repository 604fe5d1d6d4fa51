/* Which network the containers of an Engine are on, where it does not say so itself.
 *
 * Docker gives as NetworkMode what a container was made with. Podman says "bridge" of every network of that driver, and
 * calls the one that it takes by itself as its configuration has it, "podman" by default (containers/podman
 * libpod/container_inspect_linux.go, containers.conf(5) default_network). So where a container is on one of another
 * name, that one and what goes by "bridge" there are asked for, which is one further round trip, and compared by id. */
#ifndef RECONCILE_LIVE_NETWORKS_H
#define RECONCILE_LIVE_NETWORKS_H

#include "live/engine/observe.h"
#include "live/http/http.h"
#include "model/live.h"

/* After assess(): gives such containers the name of their network as Docker would. What is not answered stays "bridge",
 * of which nothing follows. */
void networks_ask(struct http *http, struct live *live, struct engine_probe *const *probes, size_t count);

#endif
