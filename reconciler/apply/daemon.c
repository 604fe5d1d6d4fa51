/* The BuildKit daemon of a step's node. */
#include "apply/daemon.h"

#include "apply/clusters.h"
#include "apply/objects.h"
#include "base/buffer.h"
#include "live/kube/pod.h"
#include "live/remote_pods.h"
#include "model/driver.h"
#include "model/pod_endpoint.h"

void execution_node(const struct execution *run, const struct step *step, const char **ret_driver,
		    struct node *ret_node)
{
	const struct live_builder *builder = live_builder(run->live, step->name);

	for (size_t i = 0; builder && i < builder->node_count; i++) {
		if (!text_equal(builder->nodes[i].spec.name, step->node) ||
		    !text_equal(builder->nodes[i].spec.endpoint, step->endpoint))
			continue;
		*ret_driver = builder->driver;
		*ret_node = builder->nodes[i].spec;
		return;
	}
	*ret_driver = driver_name(HOME_CONTAINER);
	*ret_node = (struct node){.name = step->node, .endpoint = step->endpoint};
}

/* That of an endpoint kube-pod://, by kubectl's kubeconfig. */
static int open_lone_pod(struct execution *run, const char *endpoint, int timeout_ms,
			 struct buildkit_client **ret_client, struct error *err)
{
	CLEANUP_KUBE_REPLY struct kube_reply reply = {0};
	struct kube_client *client;
	struct pod_endpoint pod;
	struct kube_place place;
	const char *wrong = pod_endpoint_read(run->arena, endpoint, &pod);

	if (wrong)
		return error_set(err, ERROR_INVALID, "endpoint %s %s", endpoint, wrong);
	if (cluster_pool_open(run, arena_printf(run->arena, "context %s", pod.context ? pod.context : ""),
			      &(struct cluster_way){.context = pod.context}, &client, err) < 0)
		return -1;
	const struct kube_config *config = kube_client_config(client);
	remote_pod_place(&pod, config, &place);
	CLEANUP_TEXT struct text path = remote_pod_path(&place);
	int asked = kube_call(client, &(struct kube_request){.path = text_string(&path)}, &reply, err);
	if (remote_pod_judge(run->arena, config, reply.trouble, buffer_text(&reply.body), reply.body.length, &place,
			     err) < 0 ||
	    asked < 0)
		return -1;
	return buildkit_open_pod(client, &place, timeout_ms, ret_client, err);
}

int execution_daemon(struct execution *run, const struct step *step, struct buildkit_client **ret_client,
		     struct error *err)
{
	return execution_daemon_within(run, step, run->options->timeout_ms, ret_client, err);
}

int execution_daemon_within(struct execution *run, const struct step *step, int timeout_ms,
			    struct buildkit_client **ret_client, struct error *err)
{
	const char *driver;
	struct node node;

	if (text_empty(step->name) || text_empty(step->node))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names no node", step_kind_name(step->kind));
	execution_node(run, step, &driver, &node);
	if (driver_home(driver) == HOME_ELSEWHERE && pod_endpoint_is(node.endpoint))
		return open_lone_pod(run, node.endpoint, timeout_ms, ret_client, err);
	return buildkit_open(run->live, driver, &node, timeout_ms, run->interrupt, ret_client, err);
}

const char *step_cluster(const struct live *live, const struct step *step)
{
	const struct live_builder *builder = step->name ? live_builder(live, step->name) : NULL;

	if (step->endpoint && live_cluster(live, step->endpoint))
		return step->endpoint;
	for (size_t i = 0; builder && i < builder->node_count; i++)
		if (builder->nodes[i].cluster && text_equal(builder->nodes[i].spec.name, step->node))
			return builder->nodes[i].cluster->key;
	return NULL;
}

static bool is_asked(const struct kube_pod *pod)
{
	return pod->has_buildkitd && !pod->is_down && text_equal(pod->pod.phase, "Running") && !pod->pod.terminating;
}

/* True also where the cluster does not tell. */
static bool runs_still(const struct objects *objects, const char *workload, const char *uid)
{
	struct kube_pods pods;

	if (objects_pods(objects, objects->arena, workload, &pods, NULL) < 0)
		return true;
	for (size_t i = 0; i < pods.count; i++)
		if (text_equal(pods.items[i].pod.uid, uid))
			return is_asked(&pods.items[i]);
	return false;
}

/* A pod that ends while it is asked has nothing to say any more. */
static int each_pod(struct execution *run, const struct step *step, const char *key,
		    int (*each)(struct execution *run, const struct step *step, struct buildkit_client *client,
				void *context, struct error *err),
		    void *context, struct error *err)
{
	const char *workload = workload_name(run->arena, step->node);
	struct objects objects = {.run = run, .arena = run->arena};
	struct kube_pods pods;

	if (cluster_pool_get(run, key, &objects.cluster, &objects.client, err) < 0 ||
	    objects_pods(&objects, run->arena, workload, &pods, err) < 0)
		return -1;
	for (size_t i = 0; i < pods.count; i++) {
		const struct pod *pod = &pods.items[i].pod;
		struct buildkit_client *client = NULL;
		struct error reason = ERROR_INIT;

		if (!is_asked(&pods.items[i]))
			continue;
		const struct kube_place place = {objects.cluster->namespace, pod->name, KUBE_CONTAINER};
		int done = buildkit_open_pod(objects.client, &place, run->options->timeout_ms, &client, &reason);
		if (done == 0)
			done = each(run, step, client, context, &reason);
		buildkit_close(client);
		if (done == 0 || (reason.kind != ERROR_INTERRUPTED && !runs_still(&objects, workload, pod->uid)))
			continue;
		error_copy(err, &reason);
		return -1;
	}
	return 0;
}

int execution_each_daemon(struct execution *run, const struct step *step,
			  int (*each)(struct execution *run, const struct step *step, struct buildkit_client *client,
				      void *context, struct error *err),
			  void *context, struct error *err)
{
	const char *cluster = step_cluster(run->live, step);
	struct buildkit_client *client = NULL;

	if (text_empty(step->node))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names no node", step_kind_name(step->kind));
	if (cluster)
		return each_pod(run, step, cluster, each, context, err);
	if (execution_daemon(run, step, &client, err) < 0)
		return -1;
	int done = each(run, step, client, context, err);
	buildkit_close(client);
	return done;
}
