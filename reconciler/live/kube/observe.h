/* Looks at what BuildX has, or may have, in one namespace of a cluster: workloads, their pods and files, claims.
 *
 *     struct kube_probe probe = {.client = client, .namespace = "ci", .names = &names, .done = …, .context = …};
 *     kube_probe_start(arena, &probe);
 *     while (http_step(http, 1000) > 0)
 *             ;
 *     kube_probe_finish(&probe);
 *
 * One list a kind, all at once over the client's connection: one round trip. Only what is out of the ordinary takes
 * another one: more pages; objects one by one where `list` is forbidden, by the names of nodes and then by those that
 * are found in workloads; the namespace itself where it seems empty; the cluster's notes on a workload whose pods are
 * not made, for reasons that it does not tell itself.
 *
 * Nothing is absent that was not told to be: what is forbidden or does not come leaves a reason in probe.cluster. */
#ifndef RECONCILE_LIVE_KUBE_OBSERVE_H
#define RECONCILE_LIVE_KUBE_OBSERVE_H

#include "live/kube/client.h"
#include "model/cluster.h"

struct kube_probe_state;

struct kube_probe {
	/* Asked. */
	struct kube_client *client;
	const char *namespace;
	const struct strings *names; /* of the workloads that nodes have or shall have */
	/* Called once, from http_step(), when nothing more will come of it. May be NULL. */
	void (*done)(void *context, struct kube_probe *probe);
	void *context;

	/* Answered, in the arena: everything but key, kubeconfig, context, server and user. */
	struct cluster cluster;

	struct kube_probe_state *state; /* from start to finish */
};

void kube_probe_start(struct arena *arena, struct kube_probe *probe);
bool kube_probe_waits(const struct kube_probe *probe); /* for an answer; from start to finish */
void kube_probe_finish(struct kube_probe *probe);      /* drops what is under way */

#endif
