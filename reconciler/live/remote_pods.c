/* Asks clusters for the pods that remote nodes name. */
#include "live/remote_pods.h"

#include "live/pods.h"
#include "model/driver.h"

#include <string.h>

struct asked {
	struct daemons *daemons;
	struct arena *arena;
	struct live_builder *builder;
	struct live_node *node;
	struct kube_client *client;
	struct kube_config config;
	struct kube_place place;
};

void remote_pod_place(const struct pod_endpoint *pod, const struct kube_config *config, struct kube_place *ret_place)
{
	*ret_place = (struct kube_place){
		.namespace = pod->namespace ? pod->namespace : config->namespace_,
		.pod = pod->pod,
		.container = pod->container,
	};
}

struct text remote_pod_path(const struct kube_place *place)
{
	return kube_path("/api/v1/namespaces/%s/pods/%s", place->namespace, place->pod);
}

static const char *kubectl(struct arena *arena, const struct kube_config *config, const struct kube_place *place)
{
	const struct cluster cluster = {
		.kubeconfig = config->in_pod ? NULL : config->from,
		.context = config->context,
		.namespace = place->namespace,
	};

	return cluster_kubectl(arena, &cluster);
}

/* kubectl refuses what has ended; what has not begun, the kubelet. */
static int judge_pod(struct arena *arena, const struct kube_config *config, const struct kube_lone_pod *lone,
		     const struct kube_place *place, struct error *err)
{
	const struct pod *pod = &lone->pod;
	const char *phase = pod->phase ? pod->phase : "in no phase";

	if (!lone->container) {
		error_set(err, ERROR_UNREACHABLE, "pod %s in namespace %s has no container %s", place->pod,
			  place->namespace, place->container ? place->container : "at all");
		error_hint(err, "correct `container=` in the node's endpoint");
		return -1;
	}
	if (lone->runs)
		return 0;
	error_set(err, ERROR_UNREACHABLE, "container %s of pod %s in namespace %s does not run: %s%s%s",
		  lone->container, place->pod, place->namespace, pod->trouble ? pod->trouble : phase,
		  pod->words ? ": " : "", pod->words ? pod->words : "");
	error_hint(err, "run `%s describe pod %s`, and start it, or correct the node's endpoint in the state file",
		   kubectl(arena, config, place), place->pod);
	return -1;
}

int remote_pod_judge(struct arena *arena, const struct kube_config *config, enum kube_trouble trouble, const char *body,
		     size_t length, struct kube_place *place, struct error *err)
{
	struct kube_lone_pod lone;

	if (trouble == KUBE_NOT_FOUND)
		error_hint(
			err,
			"start that pod, or correct the node's endpoint in the state file; `%s get pods` shows those "
			"that are there",
			kubectl(arena, config, place));
	if (trouble != KUBE_FINE || kube_parse_pod(arena, body, length, place->container, &lone, err) < 0 ||
	    judge_pod(arena, config, &lone, place, err) < 0)
		return -1;
	place->container = lone.container;
	return 0;
}

static void heard(void *context, const struct kube_answer *answer)
{
	struct asked *asked = context;
	struct error err = ERROR_INIT;

	if (answer->failure)
		err = *answer->failure;
	if (remote_pod_judge(asked->arena, &asked->config, answer->trouble, answer->body, answer->length, &asked->place,
			     &err) == 0)
		daemons_ask_pod(asked->daemons, asked->client, &asked->place, asked->builder, asked->node);
	else
		daemons_give_up(asked->daemons, asked->builder, asked->node,
				answer->trouble == KUBE_FORBIDDEN ? SEEN_CLUSTER_FORBIDS : SEEN_REFUSED, &err);
}

static void ask(struct clusters *clusters, struct daemons *daemons, struct live *live, struct live_builder *builder,
		struct live_node *node)
{
	struct asked *asked = ARENA_NEW(live->arena, struct asked);
	struct pod_endpoint pod;
	struct error err = ERROR_INIT;
	const char *wrong = pod_endpoint_read(live->arena, node->spec.endpoint, &pod);

	*asked = (struct asked){.daemons = daemons, .arena = live->arena, .builder = builder, .node = node};
	if (wrong)
		error_set(&err, ERROR_INVALID, "the endpoint %s", wrong);
	else
		asked->client = clusters_client(clusters, pod.context, &asked->config, &err);
	if (!asked->client) {
		daemons_give_up(daemons, builder, node, SEEN_REFUSED, &err);
		return;
	}
	remote_pod_place(&pod, &asked->config, &asked->place);
	CLEANUP_TEXT struct text path = remote_pod_path(&asked->place);
	kube_ask(asked->client, &(struct kube_request){.path = text_string(&path), .done = heard, .context = asked});
}

void remote_pods_ask(struct clusters *clusters, struct daemons *daemons, struct live *live)
{
	for (size_t i = 0; i < live->builder_count; i++) {
		struct live_builder *builder = &live->builders[i];

		for (size_t j = 0; driver_home(builder->driver) == HOME_ELSEWHERE && j < builder->node_count; j++)
			if (pod_endpoint_is(builder->nodes[j].spec.endpoint))
				ask(clusters, daemons, live, builder, &builder->nodes[j]);
	}
}
