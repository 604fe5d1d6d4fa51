/* The clusters that nodes lead to, asked on the loop that asks everything else.
 *
 *     struct clusters *clusters = clusters_new(http, live, &options, answered, context);
 *     clusters_ask(clusters);                      // answered() is called for each namespace that has answered
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     clusters_assess(clusters);                   // live->clusters, states of nodes, faults
 *     clusters_free(clusters);                     // before http_free()
 *
 * Which cluster, is for each node what BuildX makes of it: the file that its endpoint names, else the environment; the
 * current context of that, unless the state file says another; the namespace of its options, else of that context. One
 * client a cluster and user, one look at each namespace. */
#ifndef RECONCILE_LIVE_CLUSTERS_H
#define RECONCILE_LIVE_CLUSTERS_H

#include "live/http/http.h"
#include "live/kube/observe.h"
#include "live/observe.h"

struct clusters;

struct clusters *clusters_new(struct http *http, struct live *live, const struct observe_options *options,
			      void (*answered)(void *context, const struct kube_probe *probe), void *context);
void clusters_ask(struct clusters *clusters);
size_t clusters_count(const struct clusters *clusters); /* that are asked */
/* One that has not answered yet; NULL: all have. */
const char *clusters_silent(const struct clusters *clusters);
void clusters_assess(struct clusters *clusters);
/* The look at what this node lives in; NULL: there was none. */
const struct kube_probe *clusters_probe_of(const struct clusters *clusters, const struct live_node *node);
/* For what is no node of driver kubernetes: by the environment's kubeconfig, and this context of it (NULL: its current
 * one). NULL with a reason when nothing leads there. It is closed with the clusters. */
struct kube_client *clusters_client(struct clusters *clusters, const char *context, struct kube_config *ret_config,
				    struct error *err);
void clusters_free(struct clusters *clusters); /* NULL is allowed */

#endif
