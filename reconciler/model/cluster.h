/* What was observed of Kubernetes clusters: the workloads that BuildX made of nodes, in the words of driver options.
 *
 * A Deployment or StatefulSet is compared as options, never as a template: live/kube/ reads it back into what the
 * state file would have to say to get it. What the API server fills in, what BuildX's versions differ in (probes), and
 * what admission or an autoscaler added is no option, and so it is no difference.
 *
 * Source of the mapping: docker/buildx driver/kubernetes/manifest/manifest.go, factory.go (0.13 to 0.36).
 * As everything observed: in live's arena, immutable, absent texts NULL; JSON form in codec/snapshot_members.h. */
#ifndef RECONCILE_MODEL_CLUSTER_H
#define RECONCILE_MODEL_CLUSTER_H

#include "model/builder.h"
#include "model/daemon.h"

#include <stdint.h>

/* Our annotation on what we made or took over: proof of whose it is. */
#define CLUSTER_MARK_STORE "reconcile.store" /* id of the store, 12 hex digits */
#define CLUSTER_MARK_HOST "reconcile.host"   /* of the machine */
#define CLUSTER_MARK_PLAN "reconcile.plan"   /* id of the plan */
#define CLUSTER_MARK_EXPIRES                                                                                           \
	"reconcile.expires" /* RFC 3339: --gc may remove it from then on; absent: never by time                        \
			     */

struct cluster_mark {
	const char *store, *host, *plan, *expires; /* NULL each: not marked */
};

#define IMAGE_ROOTLESS "moby/buildkit:buildx-stable-1-rootless"

enum workload_kind { WORKLOAD_DEPLOYMENT = 0, WORKLOAD_STATEFUL_SET, WORKLOAD_KIND_COUNT };
const char *workload_kind_name(enum workload_kind kind); /* "Deployment", "StatefulSet", as Kubernetes says */

struct pod {
	const char *name, *uid;
	const char *phase; /* Pending, Running, Succeeded, Failed, Unknown */
	bool ready, terminating;
	const char *machine;  /* the cluster's node that it runs on; NULL: none yet */
	const char *image_id; /* what it really runs */
	const char *started;  /* RFC 3339 */
	int64_t restarts;
	const char *trouble; /* one word of the cluster: "Unschedulable", "ImagePullBackOff", "OOMKilled"; NULL: none */
	const char *words;   /* the cluster's own sentence to that; NULL: none */
	const struct daemon *daemon; /* NULL: not asked, or it did not answer */
};

struct config_map {
	const char *name, *uid, *version; /* NAME-config[-N]; resourceVersion */
	struct config_files files; /* names as in an instance file: "buildkitd.toml", "certs/<registry>/<file>" */
	bool mounted; /* in the pods' template; with claims BuildX leaves that out, and buildkitd never sees the files
		       */
	struct cluster_mark mark;
};

struct volume_claim {
	const char *name, *uid, *version; /* buildkitd-NAME-0 */
	const char *workload;		  /* NAME, by its label `app` */
	const char *size;		  /* asked for: "10Gi" */
	const char *phase;		  /* Bound, Pending, Lost */
	const char *volume, *storage_class;
	const char *created; /* RFC 3339 */
	bool used;	     /* by a pod that is there */
	struct cluster_mark mark;
};

struct workload {
	enum workload_kind kind;
	const char *name, *uid;
	const char *version; /* resourceVersion: what a patch is held against */
	const char *created; /* RFC 3339 */
	/* As a state file would say it, sorted, values as the API server makes them canonical: image, replicas,
	 * requests.cpu, nodeselector, tolerations, env.X, … An option that comes to its default is left out. Maps are
	 * "a=1,b=2", sorted; tolerations stand in the workload's order, each "key=,operator=,value=,effect=,
	 * tolerationSeconds=" as far as it has them, and operator=Equal, which is the default, is left out. */
	struct pairs options;
	struct strings flags;	  /* of buildkitd, as an instance file has them */
	struct strings platforms; /* of the annotation buildx.docker.com/platform */
	/* What others have to do with it. */
	const char *managed_by;	 /* who keeps it besides BuildX: a Helm release, Argo CD, an owner; NULL: nobody */
	const char *scaled_by;	 /* who sets the number of pods: "HorizontalPodAutoscaler"; NULL: nobody */
	const char *strange;	 /* why BuildX cannot have made it: "it has no container buildkitd"; NULL: it can */
	struct strings sidecars; /* containers besides buildkitd */
	struct cluster_mark mark;
	/* How it goes. */
	int64_t generation, observed_generation;
	int64_t replicas, ready, updated, available; /* how many are wanted, and how many are so */
	int64_t made;				     /* that there are, those of an earlier template too */
	const char *trouble, *words; /* of its conditions: "FailedCreate", "exceeded quota: …"; NULL: none */
	struct pod *pods;	     /* by name */
	size_t pod_count;
	bool files_known;	    /* the ConfigMaps that it mounts could be read */
	const char *files_unknown;  /* why not */
	struct config_map *configs; /* by name */
	size_t config_count;
	/* The other kind of the same name, which takes builds too: the option for storage was switched by hand. NULL
	 * where one of the two is none of BuildX's. */
	const struct workload *twin;
};

/* Which cluster a node says: its endpoint's kubeconfig= and its options, or the state file; NULL or "": as the
 * environment has it at the time of use. */
struct cluster_way {
	const char *kubeconfig, *context, *namespace;
	bool is_strangers; /* as it was observed: whoever writes state files writes that file, and runs nothing here */
};

/* One cluster and namespace that some node leads to, asked as one user. */
struct cluster {
	const char *key;	  /* "CONTEXT/NAMESPACE in FILE": what steps and people call it; unique */
	struct cluster_way *ways; /* that lead here, each once */
	size_t way_count;
	const char *kubeconfig; /* the file, or files, that led there; NULL: in cluster */
	const char *context;	/* of that file; NULL: in cluster */
	const char *server;	/* https://… */
	const char *user;	/* as the kubeconfig names it, no credential; NULL */
	const char *namespace;
	const char *version; /* "v1.34.4"; NULL: unknown */
	bool reachable;
	const char *reason;	/* why not */
	const char *hint;	/* what to do about it; NULL */
	struct strings missing; /* what this user may not do, where it was needed: "list deployments.apps" */
	bool namespace_missing; /* it lists as an empty one does, and is not there */
	/* Why some of it could not be read, though the cluster answers; NULL: it was. What is unknown is not absent. */
	const char *workloads_unknown[WORKLOAD_KIND_COUNT];
	const char *pods_unknown, *claims_unknown, *configs_unknown;
	struct workload *workloads; /* those that look like BuildX's, by name, then kind */
	size_t workload_count;
	struct volume_claim *claims; /* by name */
	size_t claim_count;
	struct config_map *stray_configs; /* of no workload that is there */
	size_t stray_config_count;
	/* BuildX knows no contexts: one that a state file asks for is kept in a kubeconfig of its own, below the store,
	 * which has that context alone. What it has to hold, credentials included; NULL: no way here asks for a
	 * context. In no snapshot. */
	const unsigned char *pin;
	size_t pin_length;
	bool pin_held; /* it is there, and holds that */
};

/* A node's endpoint, "kubernetes:///BUILDER?deployment=NODE&kubeconfig=FILE": BuildX makes it, and heeds the file
 * alone, which is $KUBECONFIG as it was then (commands/create.go and builder/builder.go; driver/kubernetes/factory.go).
 */
char *cluster_endpoint(struct arena *arena, const char *builder, const char *node, const char *kubeconfig);
/* That file; NULL: none is named, so $KUBECONFIG counts when the node is used, else ~/.kube/config. */
const char *cluster_endpoint_config(struct arena *arena, const char *endpoint);
/* Where that kubeconfig lies, relative to the store: the same for all nodes that say the same. */
const char *cluster_pin_path(struct arena *arena, const struct cluster_way *way);

/* The same namespace of the same server, by whichever files, contexts and users: what is there is there once. */
bool cluster_same(const struct cluster *a, const struct cluster *b);
/* The name of the objects of this node: `_` becomes `-` (driver/kubernetes/factory.go). */
const char *workload_name(struct arena *arena, const char *node);
/* Puts workloads and claims, and what they have, in order, and makes twins known to each other. */
void cluster_sort(struct cluster *cluster);
const struct workload *cluster_workload(const struct cluster *cluster, enum workload_kind kind, const char *name);
const struct volume_claim *cluster_claim(const struct cluster *cluster, const char *name);
/* The kind that these options make: a StatefulSet where storage is asked for. */
enum workload_kind workload_kind_of(const struct pairs *driver_opts);
/* The image where none is said: `rootless`, whatever it is, takes the one for that (driver/kubernetes/factory.go). */
const char *workload_image(const struct pairs *driver_opts);
bool rootless_wanted(const struct pairs *driver_opts);
bool cluster_marked(const struct cluster_mark *mark);
/* By this store on this host: a store's id is its path's, and all runners of an image have the same path. NULL: no. */
bool cluster_mark_is(const struct cluster_mark *mark, const char *store, const char *host);

#endif
