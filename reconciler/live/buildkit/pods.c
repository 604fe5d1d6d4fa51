/* Asks the daemons in a node's pods, and makes one answer of theirs. */
#include "live/buildkit/probe.h"

#include "live/kube/object.h"
#include "model/driver.h"

#include <string.h>

void daemons_ask_pods(struct daemons *daemons, struct kube_client *client, const char *namespace,
		      struct live_builder *builder, struct live_node *node, const struct workload *workload)
{
	size_t asked = 0;

	for (size_t i = 0; i < workload->pod_count && asked < DAEMONS_PODS_MAX; i++) {
		struct pod *pod = &workload->pods[i];
		if (!pod->ready || pod->terminating)
			continue;
		struct probe *probe = probe_add(daemons, builder, node);
		probe->pod = pod;
		daemon_route_pod(client, &(struct kube_place){namespace, pod->name, KUBE_CONTAINER}, &probe->route);
		asked++;
	}
	daemons_pump(daemons);
}

/* For another node of the same cluster. */
static bool told_already(const struct faults *faults, const char *subject, const char *mend)
{
	for (size_t i = 0; i < faults->count; i++)
		if (fault_is(&faults->items[i], FAULT_CLUSTER_FORBIDS) &&
		    text_equal(faults->items[i].subject, subject) && text_equal(faults->items[i].mend, mend))
			return true;
	return false;
}

/* That nobody may look says nothing of the daemon: the cluster's own probe goes on. */
static void judge_forbidden(const struct probe *probe)
{
	struct live_node *node = probe->node;
	struct daemons *daemons = probe->daemons;
	const char *subject = arena_printf(daemons->arena, "cluster.%s", node->cluster->key);

	node->seen = SEEN_CLUSTER_FORBIDS;
	node->state = seen_kind(SEEN_CLUSTER_FORBIDS)->state;
	node->reason = probe->reason;
	if (!told_already(&daemons->live->faults, subject, probe->hint))
		faults_add(daemons->arena, &daemons->live->faults, FAULT_CLUSTER_FORBIDS, subject, NULL, probe->hint,
			   "%s", probe->reason);
}

static void tell_fault(const struct probe *probe)
{
	struct daemons *daemons = probe->daemons;
	const struct seen_kind *kind = seen_kind(probe->seen);

	if (kind->fault != FAULT_NONE)
		faults_add(daemons->arena, &daemons->live->faults, kind->fault,
			   arena_printf(daemons->arena, "builder.%s", probe->builder->name), NULL, probe->hint,
			   "the daemon in pod %s of node %s: %s", probe->pod->name, probe->node->spec.name,
			   probe_reason(probe));
}

/* With one that answers builds go on; of those that do not it is said. */
static void judge_node(struct probe *const *probes, size_t count)
{
	struct live_node *node = probes[0]->node;
	struct daemons *daemons = probes[0]->daemons;
	const struct daemon *answers[DAEMONS_PODS_MAX];
	size_t answered = 0;
	bool in_part = false;

	for (size_t i = 0; i < count; i++) {
		bool well = seen_kind(probes[i]->seen)->proves == EVIDENCE_WELL;
		if (well)
			answers[answered++] = probes[i]->pod->daemon = &probes[i]->query.daemon;
		in_part = in_part || probes[i]->seen == SEEN_PART;
	}
	if (node->state != NODE_RUNNING)
		return;
	if (answered == 0 && daemon_route_forbidden(&probes[0]->route)) {
		judge_forbidden(probes[0]);
		return;
	}
	for (size_t i = 0; i < count; i++)
		if (!probes[i]->pod->daemon)
			tell_fault(probes[i]);
	if (answered > 0) {
		node->seen = in_part ? SEEN_PART : SEEN_ANSWER;
		node->daemon = daemons_joined(daemons->arena, answers, answered);
		return;
	}
	node->seen = probes[0]->seen;
	node->state = seen_kind(node->seen)->state;
	node->reason = probe_reason(probes[0]);
}

/* Those of one node were added one after another. */
void pods_daemons_assess(struct daemons *daemons)
{
	for (size_t i = 0, next; i < daemons->count; i = next) {
		const struct probe *first = daemons->probes[i];

		for (next = i + 1; next < daemons->count && first->pod && daemons->probes[next]->node == first->node;)
			next++;
		if (first->pod)
			judge_node(&daemons->probes[i], next - i);
	}
}
