/* Which cluster, as which user, in which namespace: what a node's endpoint and the environment come to.
 *
 *     struct kube_config config;
 *     if (kube_config_resolve(arena, &(struct kube_config_request){.kubeconfig = …, .environ = environ}, &config, err))
 *             … err says which file and line, and what to do; no value of a kubeconfig is in it but names
 *
 * As BuildX does it (docker/buildx driver/kubernetes/context/load.go ConfigFromEndpoint, builder/node.go, and client-go
 * tools/clientcmd loader.go, client_config.go):
 *  1. the file of the endpoint's kubeconfig=, alone; a missing one is an error;
 *  2. else those of $KUBECONFIG, a list: missing ones are skipped, the first one that says a thing wins, each cluster,
 *     user and context as a whole; else ~/.kube/config;
 *  3. where that gives no client (no context, no server, two ways to authenticate…), the service account of the pod
 *     that this runs in, if it does. Not where a context was asked for.
 *
 * Files that were read are a stranger's where a state file names one in its own repository, or the store one that lies
 * in there, or in any where nobody says which that is: of such a kubeconfig no program is run, and it names files of
 * that repository only (DESIGN 1.8; as desired/reach.h has it). What --allow-path opens is the operator's. */
#ifndef RECONCILE_LIVE_KUBE_CONFIG_H
#define RECONCILE_LIVE_KUBE_CONFIG_H

#include "base/arena.h"
#include "base/error.h"
#include "desired/reach.h"
#include "live/kube/kubeconfig.h"

#include <stdbool.h>

struct kube_config_request {
	const char *kubeconfig;	    /* the endpoint's, or a state file's; NULL or "": as the environment says */
	const char *context;	    /* the one to take; NULL: the current one of the file */
	const char *const *environ; /* KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT */
	struct reach *reach;	    /* a state file names kubeconfig; NULL: the store does, or nobody */
	const char *holder;	    /* that state file */
	const char *repository;	    /* where the state files lie, absolute; NULL: in none */
	bool stateless;		    /* there are no state files: it is the repository that a kubeconfig lies in which
				     * the store names, and the environment does not */
	const char *pod_folder;	    /* of the service account; NULL: where Kubernetes mounts it */
};

struct kube_config {
	const struct kube_cluster *cluster; /* server is a whole URL without a slash at its end, paths are absolute */
	const struct kube_user *user;	    /* never NULL; one without a line was named and is not there: anonymous */
	const char *context;		    /* its name; NULL in a pod */
	const char *namespace_;		    /* the context's, else "default"; in a pod: the service account's */
	bool namespace_said;
	const char *from; /* the file that has the context; the folder of the service account */
	bool in_pod, is_strangers;
	const char *key;     /* equal for two that one client can serve: the namespace is no part of it */
	struct reach *reach; /* of the request */
};

/* Everything is in the arena, but reach, which must live as long. err: NOT_FOUND when nobody says anything, INVALID
 * for what cannot be used, REFUSED for links that root does not follow; else as of file_read(). */
int kube_config_resolve(struct arena *arena, const struct kube_config_request *request, struct kube_config *ret_config,
			struct error *err);

/* A file that the kubeconfig names: bounded, never through links that are not root's for root; out of reach for
 * strangers. The bytes are in the arena, with a NUL behind them. */
int kube_config_read(struct arena *arena, const struct kube_config *config, const char *path,
		     struct http_blob *ret_data, struct error *err);

/* "cluster prod (https://10.0.0.1:6443)": for messages; a password in the URL is left out. */
const char *kube_config_name(struct arena *arena, const struct kube_config *config);

#endif
