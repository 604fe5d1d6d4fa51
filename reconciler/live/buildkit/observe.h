/* Asks the BuildKit daemons of all nodes that can be asked, on the loop that also asks the Engines.
 *
 *     struct daemons *daemons = daemons_new(http, live, &options);
 *     daemons_ask_remote(daemons);                     // at once: they need no Engine
 *     daemons_ask_engine(daemons, look, names, count); // whenever an Engine has answered
 *     daemons_ask_pods(daemons, client, …);            // whenever a cluster has
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     daemons_assess(daemons);                          // after assess(): states, reasons, node->daemon, faults
 *     daemons_free(daemons);
 *
 * Each daemon has its own deadline. What it says lives in live's arena. */
#ifndef RECONCILE_LIVE_BUILDKIT_OBSERVE_H
#define RECONCILE_LIVE_BUILDKIT_OBSERVE_H

#include "live/engine/observe.h"
#include "live/http/http.h"
#include "live/kube/client.h"
#include "live/kube/pod.h"
#include "model/builder.h"
#include "model/live.h"

/* Of one node's pods: each is a connection and a program there. */
enum { DAEMONS_PODS_MAX = 20 };

struct daemons;

/* desired: the builders of driver docker that it names are asked too; may be NULL. */
struct daemons *daemons_new(struct http *http, struct live *live, const struct state *desired, int timeout_ms);
void daemons_ask_remote(struct daemons *daemons);
/* The running container nodes, and BuildKit of the Engine itself, behind these endpoints' names. */
void daemons_ask_engine(struct daemons *daemons, const struct engine_probe *query, const struct strings *names);
/* The daemons in all pods of a node that are ready, up to DAEMONS_PODS_MAX, once its cluster has told of them. */
void daemons_ask_pods(struct daemons *daemons, struct kube_client *client, const char *namespace,
		      struct live_builder *builder, struct live_node *node, const struct workload *workload);
/* The daemon of a remote node, in a container of a pod. */
void daemons_ask_pod(struct daemons *daemons, struct kube_client *client, const struct kube_place *place,
		     struct live_builder *builder, struct live_node *node);
/* A remote node that cannot be asked: SEEN_REFUSED or SEEN_CLUSTER_FORBIDS. */
void daemons_give_up(struct daemons *daemons, struct live_builder *builder, struct live_node *node, enum seen seen,
		     const struct error *reason);
void daemons_assess(struct daemons *daemons);
/* Started a moment ago, so that what it says or does not say may be of its start. */
bool container_is_young(const struct container *container);
void daemons_free(struct daemons *daemons); /* before http_free(); NULL is allowed */

#endif
