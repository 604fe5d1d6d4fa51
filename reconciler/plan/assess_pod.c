/* Decides what a node in pods needs: nothing, pods, a rollout, to be made anew, or to move to another cluster.
 *
 * What a cluster has may be others' as well: a Helm release's, a team's pool that several machines build on. It is used
 * as it is; only what is this store's, or was taken over by --adopt, is changed, and never what somebody else keeps. */
#include "plan/assess_pod.h"

#include "base/count.h"
#include "model/driver.h"
#include "plan/cache_note.h"
#include "plan/change.h"
#include "plan/diff_workload.h"
#include "plan/effective.h"

#include <string.h>

static const char *shown(struct arena *arena, const struct workload *workload)
{
	return arena_printf(arena, "%s %s", workload_kind_name(workload->kind), workload->name);
}

bool workload_is_ours(const struct draft *draft, const struct workload *workload)
{
	return !workload->managed_by &&
	       (!cluster_marked(&workload->mark) || text_equal(workload->mark.store, draft->request->lineage));
}

const struct workload *twin_that_goes(const struct draft *draft, const struct workload *workload)
{
	return workload->twin && workload_is_ours(draft, workload->twin) ? workload->twin : NULL;
}

bool workload_is_shared(const struct draft *draft, const struct live_builder *have, const struct workload *workload)
{
	for (size_t i = 0; i < draft->live->builder_count; i++) {
		const struct live_builder *other = &draft->live->builders[i];

		for (size_t k = 0; other != have && k < other->node_count; k++)
			if (other->nodes[k].workload &&
			    (other->nodes[k].workload == workload ||
			     (workload->uid && text_equal(other->nodes[k].workload->uid, workload->uid))))
				return true;
	}
	return false;
}

/* What the state says of where it is to live. */
static void mark_move(struct draft *draft, struct change *change, const struct node_draft *node)
{
	static const char *const keys[] = {"kubeconfig", "context", "driver-opts.namespace"};

	for (size_t i = 0; i < change->field_count; i++)
		for (size_t k = 0; k < COUNT(keys); k++)
			if (text_equal(change->fields[i].path,
				       arena_printf(draft->arena, "nodes.%s.%s", node->label, keys[k])))
				change->fields[i].forces_replacement = true;
}

/* The change is about these clusters. */
static void name_cluster(struct draft *draft, struct change *change, const struct cluster *cluster)
{
	const char *known = change->cluster;

	if (!known)
		change->cluster = arena_strdup(draft->arena, cluster->key);
	else if (!strstr(known, cluster->key))
		change->cluster = arena_printf(draft->arena, "%s, %s", known, cluster->key);
}

static bool is_blind(struct draft *draft, struct node_draft *node, const struct cluster *cluster,
		     const struct node *spec)
{
	const char *forbidden = cluster->workloads_unknown[workload_kind_of(&spec->driver_opts)];
	const char *why = cluster->reason ? cluster->reason : "no answer";

	if (cluster->reachable && !forbidden)
		return false;
	node->action = NODE_BLIND;
	node->why = arena_printf(draft->arena, "cluster %s of node %s: %s", cluster->key, node->label,
				 cluster->reachable ? forbidden : why);
	return true;
}

void assess_pod_drop(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	const struct cluster *cluster = node->have->cluster;

	if (!cluster || !node_had_pods(builder, node))
		return;
	name_cluster(draft, builder->change, cluster);
	is_blind(draft, node, cluster, &node->have->spec);
}

/* BuildX would make the first object of it only to be refused. */
static void check_namespace(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	bool is_made = node->action == NODE_BOOT || node->action == NODE_MOVE || node->action == NODE_FRESH;

	if (is_made && node->cluster->namespace_missing)
		change_block(draft, builder->change, ERROR_NOT_FOUND,
			     "node %s is to live in namespace %s, which is not there: run `kubectl create namespace "
			     "%s`, or name another in `driver-opts: {namespace: …}`",
			     node->label, node->cluster->namespace, node->cluster->namespace);
}

static void check_place(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	if (node_had_container(builder, node))
		change_block(draft, builder->change, ERROR_OTHER,
			     "builder \"%s\" is of driver %s, whose containers would stay: say `state: absent` of it "
			     "first, or give this one another name",
			     builder->want.name, builder->have->driver);
}

/* Another store's, or nobody's that is known: it may be building for others. */
static bool is_foreign(const struct draft *draft, const struct node_draft *node)
{
	return !node->have && !draft->request->rollback &&
	       !cluster_mark_is(&node->workload->mark, draft->request->lineage, draft->request->host);
}

static void check_owner(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	const struct strings *adopted = draft->request->adopt;
	const struct workload *workload = node->workload;

	if (workload->strange)
		change_block(draft, builder->change, ERROR_REFUSED,
			     "%s in the cluster of node %s is none of BuildX's: %s; give the node another name, or "
			     "another namespace",
			     shown(draft->arena, workload), node->label, workload->strange);
	else if (node->action != NODE_KEEP && is_foreign(draft, node) &&
		 !(adopted && strings_contain(adopted, builder->want.name)))
		change_block(draft, builder->change, ERROR_REFUSED,
			     "%s is there, differs, and was not made by this store: others may build on it; pass "
			     "--adopt %s to take it over, or give the node another name",
			     shown(draft->arena, workload), builder->want.name);
}

/* What somebody else keeps would be set back by them: it is told, and left. */
static void leave(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	struct change differing = {.address = builder->change->address};
	struct builder_draft apart = *builder;
	struct node_draft copy = *node;

	apart.change = &differing;
	diff_workload(draft, &apart, &copy);
	if (copy.action == NODE_KEEP)
		return;
	strings_add(draft->arena, &draft->plan->notes,
		    arena_printf(draft->arena,
				 "%s of builder %s is kept by %s, and is left as it is: it differs from the state in "
				 "%zu thing%s, to be changed there",
				 shown(draft->arena, node->workload), builder->want.name, node->workload->managed_by,
				 differing.field_count, differing.field_count == 1 ? "" : "s"));
}

static void assess_workload(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	if (node->workload->strange)
		node->action = node->have ? NODE_REMAKE : NODE_BOOT;
	else if (node->workload->managed_by)
		leave(draft, builder, node);
	else
		diff_workload(draft, builder, node);
	check_owner(draft, builder, node);
	if (node->action != NODE_KEEP && !node->have)
		node->why = arena_printf(draft->arena, "%s is there and differs", shown(draft->arena, node->workload));
}

/* The node is on the kubeconfig that was made of the context which the state names, and that may be gone by now. */
static bool is_pinned(const struct draft *draft, const struct node_draft *node)
{
	const struct cluster_way way = {.kubeconfig = node->want.kubeconfig, .context = node->want.kube_context};

	return !text_empty(way.context) && text_ends(cluster_endpoint_config(draft->arena, node->have->spec.endpoint),
						     cluster_pin_path(draft->arena, &way));
}

/* What that kubeconfig has to hold, credentials among it, is not there, or not any more. */
static void diff_pin(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	if (text_empty(node->want.kube_context) || !node->cluster->pin || node->cluster->pin_held || !node->have ||
	    !is_pinned(draft, node))
		return;
	field_add(draft, builder->change, arena_printf(draft->arena, "nodes.%s.context", node->label),
		  "(its copy for BuildX is gone, or not as its kubeconfig)", node->want.kube_context,
		  node->want.source);
	builder->write_instance = true;
}

void assess_pod(struct draft *draft, struct builder_draft *builder, struct node_draft *node)
{
	const struct cluster *had =
		node_had_pods(builder, node) && !is_pinned(draft, node) ? node->have->cluster : NULL;

	check_place(draft, builder, node);
	if (!node->cluster) /* a snapshot of before, or one that nothing led to */
		return;
	name_cluster(draft, builder->change, node->cluster);
	if (is_blind(draft, node, node->cluster, &node->want) || (had && is_blind(draft, node, had, &node->have->spec)))
		return;
	if (had && !cluster_same(had, node->cluster)) {
		name_cluster(draft, builder->change, had);
		node->action = NODE_MOVE;
		mark_move(draft, builder->change, node);
	} else if (node->action == NODE_FRESH) {
		;
	} else if (node->workload) {
		assess_workload(draft, builder, node);
	} else if (builder->want.bootstrap != TRI_NO) {
		const char *kind = workload_kind_name(workload_kind_of(&node->want.driver_opts));
		node->action = NODE_BOOT;
		node->why = !node_had_pods(builder, node)
				    ? NULL
				    : arena_printf(draft->arena, "%s of node %s is gone or was never made", kind,
						   node->label);
	}
	diff_pin(draft, builder, node);
	check_namespace(draft, builder, node);
}

/* --- caches ---------------------------------------------------------------------------------------------------------
 */

static bool has_claims(const struct cluster *cluster, const char *workload)
{
	for (size_t i = 0; cluster && i < cluster->claim_count; i++)
		if (text_equal(cluster->claims[i].workload, workload))
			return true;
	return false;
}

/* "claim buildkitd-ci0-0 (10Gi)", "claims buildkitd-ci0-0 and 2 more". */
static const char *claims_text(struct arena *arena, const struct cluster *cluster, const char *workload)
{
	const struct volume_claim *first = NULL;
	size_t more = 0;

	for (size_t i = 0; i < cluster->claim_count; i++) {
		if (!text_equal(cluster->claims[i].workload, workload))
			continue;
		more += first ? 1 : 0;
		first = first ? first : &cluster->claims[i];
	}
	if (!first)
		return "no claim";
	if (more > 0)
		return arena_printf(arena, "claims %s and %zu more", first->name, more);
	return arena_printf(arena, "claim %s%s%s%s", first->name, first->size ? " (" : "",
			    first->size ? first->size : "", first->size ? ")" : "");
}

/* Nothing uses them any more. */
static void note_let_go(struct draft *draft, struct change *change, const struct cluster *cluster,
			const struct workload *workload)
{
	struct arena *arena = draft->arena;

	if (workload->kind == WORKLOAD_DEPLOYMENT || !has_claims(cluster, workload->name))
		cache_note_add(change, CACHE_LOST,
			       arena_printf(arena, "lost: it is in the pods of %s", shown(arena, workload)));
	else if (draft->request->keep_s > 0)
		cache_note_add(change, CACHE_RETAINED,
			       arena_printf(arena, "retained for %s in %s", keep_text(arena, draft->request->keep_s),
					    claims_text(arena, cluster, workload->name)));
	else
		cache_note_add(change, CACHE_LOST,
			       arena_printf(arena, "lost: %s removed", claims_text(arena, cluster, workload->name)));
}

static void note_node(struct draft *draft, const struct builder_draft *builder, const struct node_draft *node)
{
	struct change *change = builder->change;
	struct arena *arena = draft->arena;
	const struct workload *workload = node->workload;
	const char *name = workload ? workload->name : workload_name(arena, node->want.name);
	bool goes = node->action == NODE_DROP || node->action == NODE_MOVE || node->action == NODE_FRESH;
	bool finds = workload_kind_of(&node->want.driver_opts) == WORKLOAD_STATEFUL_SET &&
		     builder->want.cache.keep_state != TRI_NO && has_claims(node->cluster, name);

	if (node->action == NODE_ROLL && twin_that_goes(draft, workload))
		note_let_go(draft, change, node->cluster, twin_that_goes(draft, workload));
	if (goes && node->have && node->have->cluster && node->have->workload &&
	    workload_is_ours(draft, node->have->workload) &&
	    !workload_is_shared(draft, builder->have, node->have->workload))
		note_let_go(draft, change, node->have->cluster, node->have->workload);
	else if (node->action == NODE_BOOT && finds)
		cache_note_add(change, CACHE_KEPT,
			       arena_printf(arena, "taken over from %s", claims_text(arena, node->cluster, name)));
	else if (node->action == NODE_ROLL && node->rolls && workload->kind == WORKLOAD_DEPLOYMENT)
		cache_note_add(change, CACHE_LOST,
			       "lost: it is in the pods, which are replaced (a persistent volume would keep it)");
	else if ((node->action == NODE_ROLL && node->rolls && has_claims(node->cluster, name)) ||
		 (node->action == NODE_REMAKE && finds))
		cache_note_add(change, CACHE_KEPT,
			       arena_printf(arena, "kept in %s", claims_text(arena, node->cluster, name)));
	else if (node->action == NODE_REMAKE && workload)
		note_let_go(draft, change, node->cluster, workload);
}

void note_pods(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++)
		note_node(draft, builder, &builder->nodes[i]);
}

/* "Deployment ci0 stays: it is Helm release ci's". */
static const char *left_text(const struct draft *draft, const struct workload *workload)
{
	return arena_printf(draft->arena, "%s stays: %s", shown(draft->arena, workload),
			    workload->managed_by ? arena_printf(draft->arena, "it is %s's", workload->managed_by)
			    : workload_is_ours(draft, workload) ? "another builder is on it"
								: "another store made it");
}

void note_removed_pods(struct draft *draft, struct change *change, const struct live_builder *have)
{
	struct strings left = {0};

	for (size_t i = 0; i < have->node_count; i++) {
		const struct live_node *node = &have->nodes[i];

		if (!node->cluster)
			continue;
		name_cluster(draft, change, node->cluster);
		if (node->workload && workload_is_ours(draft, node->workload) &&
		    !workload_is_shared(draft, have, node->workload))
			note_let_go(draft, change, node->cluster, node->workload);
		else if (node->workload)
			strings_add(draft->arena, &left, left_text(draft, node->workload));
	}
	if (left.count > 0)
		change->detail =
			arena_printf(draft->arena, "%s; %s", change->detail, strings_join(draft->arena, &left, "; "));
}

/* --- words ----------------------------------------------------------------------------------------------------------
 */

static void detail_node(struct draft *draft, const struct node_draft *node, struct strings *parts)
{
	struct arena *arena = draft->arena;
	const struct workload *workload = node->workload;

	if (!workload)
		return;
	const char *name = shown(arena, workload);
	if (workload->managed_by)
		strings_add(arena, parts,
			    arena_printf(arena, "%s is %s's, and is left as it is", name, workload->managed_by));
	else if (node->action == NODE_ROLL && node->rolls)
		strings_add(arena, parts,
			    arena_printf(arena,
					 "the pods of %s are replaced one after another, once their builds have ended",
					 name));
	else if (node->action == NODE_ROLL)
		strings_add(arena, parts, arena_printf(arena, "%s is changed, and its pods run on", name));
	else if (node->action == NODE_KEEP && !node->have)
		strings_add(arena, parts, arena_printf(arena, "%s is there already, and is used as it is", name));
	if (workload->scaled_by && node->action != NODE_KEEP)
		strings_add(arena, parts,
			    arena_printf(arena, "how many pods there are is left to %s", workload->scaled_by));
	if (workload->sidecars.count > 0 && node->action == NODE_ROLL)
		strings_add(arena, parts,
			    arena_printf(arena, "%s beside it stays", strings_join(arena, &workload->sidecars, ", ")));
}

const char *detail_pods(struct draft *draft, const struct builder_draft *builder)
{
	struct strings parts = {0};

	for (size_t i = 0; i < builder->node_count; i++)
		detail_node(draft, &builder->nodes[i], &parts);
	return parts.count > 0 ? strings_join(draft->arena, &parts, "; ") : NULL;
}
