/* Turns what a builder's nodes in pods need into steps, in an order that converges when it is cut off anywhere. */
#include "plan/pods.h"

#include "base/count.h"
#include "base/json.h"
#include "codec/manifest.h"
#include "model/normal.h"
#include "plan/assess_pod.h"
#include "plan/change.h"
#include "plan/steps.h"

#include <string.h>

#define STORAGE "persistent-volume-claim.requests.storage"

bool claim_is_of(struct arena *arena, const struct volume_claim *claim, const char *workload)
{
	const char *prefix = arena_printf(arena, "buildkitd-%s-", workload);
	const char *number = claim->name + strlen(prefix);

	return text_starts(claim->name, prefix) && *number != '\0' && number[strspn(number, "0123456789")] == '\0';
}

static bool is_given(const struct node *node, const char *key)
{
	return !text_empty(pairs_get(&node->driver_opts, key));
}

static bool is_no(const char *value)
{
	return value && (*value == '0' || *value == 'f' || *value == 'F');
}

const char *pod_is_native(const struct node *node)
{
	if (is_given(node, "requests.ephemeral-storage"))
		return "it makes a limit of requests.ephemeral-storage";
	if (is_given(node, STORAGE) && node->files.count > 0)
		return "beside a persistent volume it mounts no configuration";
	if (is_no(pairs_get(&node->driver_opts, "rootless")) && !is_given(node, "image"))
		return "it takes the rootless image for `rootless: false`";
	return NULL;
}

/* "+86400": each change that is made to it gives it so many seconds from then on. */
static const char *expires_text(struct arena *arena, const struct builder *want)
{
	int64_t ns = want->expires_after ? duration_ns(want->expires_after) : -1;

	return ns < 0 ? NULL : arena_printf(arena, "+%lld", (long long)(ns / 1000000000));
}

static struct manifest manifest_of(const struct draft *draft, const struct builder_draft *builder,
				   const struct node_draft *node)
{
	return (struct manifest){
		.node = &node->want,
		.keep_state = builder->want.cache.keep_state,
		.mark = {.store = draft->plan->lineage,
			 .host = "",
			 .plan = "",
			 .expires = expires_text(draft->arena, &builder->want)},
	};
}

static const char *shown_name(struct draft *draft, const struct workload *workload)
{
	return arena_printf(draft->arena, "%s %s", workload_kind_name(workload->kind), workload->name);
}

static bool runs(const struct workload *workload)
{
	for (size_t i = 0; workload && i < workload->pod_count; i++)
		if (text_equal(workload->pods[i].phase, "Running") && !workload->pods[i].terminating)
			return true;
	return false;
}

static void drain_add(struct draft *draft, struct change *change, const char *builder, const char *node,
		      const struct cluster *cluster, const struct workload *workload)
{
	if (!runs(workload) && !runs(twin_that_goes(draft, workload)))
		return;
	struct step *step = step_add(draft, change, STEP_DRAIN, builder);
	step->node = arena_strdup(draft->arena, node);
	step->endpoint = arena_strdup(draft->arena, cluster->key);
}

/* --- what goes -----------------------------------------------------------------------------------------------------
 */

/* Where the node is, which for one that moves is not where it shall be. */
static const struct cluster *cluster_there(const struct node_draft *node)
{
	return node->have && node->have->cluster ? node->have->cluster : node->cluster;
}

static const struct workload *workload_there(const struct node_draft *node)
{
	bool elsewhere = node->action == NODE_MOVE || node->action == NODE_DROP || node->action == NODE_FRESH;

	return elsewhere && node->have ? node->have->workload : node->workload;
}

static bool node_goes(const struct node_draft *node)
{
	return node->action == NODE_REMAKE || node->action == NODE_MOVE || node->action == NODE_DROP;
}

/* What a claim holds is a cache: it stays for a while, and says until when before the workload goes that it is known
 * by. */
static void claims_retain(struct draft *draft, struct change *change, const struct cluster *cluster, const char *name)
{
	int64_t keep_s = draft->request->keep_s;
	const struct cluster_mark mark = {
		.store = draft->plan->lineage,
		.host = "",
		.plan = "",
		.expires = arena_printf(draft->arena, "+%lld", (long long)keep_s),
	};

	for (size_t i = 0; i < cluster->claim_count; i++)
		if (claim_is_of(draft->arena, &cluster->claims[i], name))
			step_objects_add(draft, change, STEP_CHANGE_OBJECTS, cluster, cluster->claims[i].name,
					 manifest_mark_claim(&cluster->claims[i], &mark))
				->keep_s = keep_s;
}

/* Those that nobody wants to keep, once no pod has them any more. */
static void claims_drop(struct draft *draft, struct change *change, const struct cluster *cluster, const char *name)
{
	for (size_t i = 0; draft->request->keep_s == 0 && i < cluster->claim_count; i++)
		if (claim_is_of(draft->arena, &cluster->claims[i], name))
			step_objects_add(draft, change, STEP_REMOVE_OBJECTS, cluster, cluster->claims[i].name,
					 manifest_remove_claim(&cluster->claims[i]));
}

/* Under its name a StatefulSet is made again, and finds them. */
static bool claims_stay(const struct builder_draft *builder, const struct node_draft *node)
{
	return node->action == NODE_REMAKE && is_given(&node->want, STORAGE) &&
	       builder->want.cache.keep_state != TRI_NO;
}

static void one_remove(struct draft *draft, struct change *change, const struct cluster *cluster,
		       const struct workload *workload)
{
	step_objects_add(draft, change, STEP_REMOVE_OBJECTS, cluster, shown_name(draft, workload),
			 manifest_remove(workload));
}

static void workload_remove(struct draft *draft, struct change *change, const struct cluster *cluster,
			    const struct workload *workload)
{
	const struct workload *twin = twin_that_goes(draft, workload);

	one_remove(draft, change, cluster, workload);
	if (twin)
		one_remove(draft, change, cluster, twin);
}

/* A node may leave what others keep or made; that is theirs to remove. One that is made anew under its name was asked
 * about (assess_pod.c). */
static bool is_left(const struct draft *draft, const struct builder_draft *builder, const struct node_draft *node,
		    const struct workload *workload)
{
	return node->action != NODE_REMAKE &&
	       (!workload_is_ours(draft, workload) || workload_is_shared(draft, builder->have, workload));
}

/* A node that stays as it is has one place for its builds. */
static void clear_twin(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	const struct workload *twin = node->workload ? twin_that_goes(draft, node->workload) : NULL;
	bool had_claims = twin && twin->kind == WORKLOAD_STATEFUL_SET;

	if (had_claims)
		claims_retain(draft, builder->change, node->cluster, twin->name);
	if (twin)
		one_remove(draft, builder->change, node->cluster, twin);
	if (had_claims)
		claims_drop(draft, builder->change, node->cluster, twin->name);
}

static void steps_clear(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const struct workload *workload = workload_there(node);
		const struct cluster *cluster = cluster_there(node);

		if (node->action == NODE_ROLL)
			clear_twin(draft, builder, node);
		if (!node_goes(node) || !workload || !cluster || is_left(draft, builder, node, workload))
			continue;
		bool stay = claims_stay(builder, node);

		if (!stay)
			claims_retain(draft, builder->change, cluster, workload->name);
		workload_remove(draft, builder->change, cluster, workload);
		if (!stay)
			claims_drop(draft, builder->change, cluster, workload->name);
	}
}

static void steps_drain(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		const struct workload *workload = workload_there(node);
		bool waits = node_goes(node);

		if (node->action == NODE_ROLL && node->workload) {
			struct manifest manifest = manifest_of(draft, builder, node);
			CLEANUP_JSON cJSON *requests = manifest_change(draft->arena, &manifest, node->workload);

			waits = manifest_ends_pods(requests, node->workload) || twin_that_goes(draft, node->workload);
		}
		if (waits && workload)
			drain_add(draft, builder->change, builder->want.name,
				  node->have ? node->have->spec.name : node->want.name, cluster_there(node), workload);
	}
}

/* --- what is made --------------------------------------------------------------------------------------------------
 */

static bool is_made(const struct node_draft *node)
{
	return node->action == NODE_BOOT || node->action == NODE_REMAKE || node->action == NODE_MOVE;
}

static bool is_ours_to_make(const struct node_draft *node)
{
	return node->action == NODE_FRESH || (is_made(node) && pod_is_native(&node->want));
}

static void make(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	struct manifest manifest = manifest_of(draft, builder, node);
	const char *kind = workload_kind_name(workload_kind_of(&node->want.driver_opts));
	/* One that goes first is not there any more to be changed. */
	bool stays = node->workload && node->action != NODE_REMAKE;
	struct step *step = step_objects_add(
		draft, builder->change, STEP_CHANGE_OBJECTS, node->cluster,
		arena_printf(draft->arena, "%s %s", kind, workload_name(draft->arena, node->want.name)),
		stays ? manifest_change(draft->arena, &manifest, node->workload)
		      : manifest_create(draft->arena, &manifest));

	step->detail = pod_is_native(&node->want)
			       ? arena_printf(draft->arena, "without BuildX: %s", pod_is_native(&node->want))
			       : NULL;
}

static void take_claim(struct draft *draft, struct builder_draft *builder, const struct node_draft *node,
		       const struct volume_claim *claim)
{
	const char *size = pairs_get(&node->want.driver_opts, STORAGE);
	const struct cluster_mark mark = {.store = draft->plan->lineage, .host = "", .plan = ""};

	if (claim->mark.expires)
		step_objects_add(draft, builder->change, STEP_CHANGE_OBJECTS, node->cluster, claim->name,
				 manifest_mark_claim(claim, &mark))
			->detail = "kept for good again";
	if (claims_stay(builder, node) && !text_equal(claim->size, size))
		step_objects_add(draft, builder->change, STEP_CHANGE_OBJECTS, node->cluster, claim->name,
				 manifest_grow_claim(claim, size));
}

/* A StatefulSet of this name finds those that are there. */
static void take_claims(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	const char *name = workload_name(draft->arena, node->want.name);

	for (size_t i = 0; is_given(&node->want, STORAGE) && i < node->cluster->claim_count; i++)
		if (claim_is_of(draft->arena, &node->cluster->claims[i], name))
			take_claim(draft, builder, node, &node->cluster->claims[i]);
}

static void steps_make(struct draft *draft, struct builder_draft *builder)
{
	bool boots = false;

	for (size_t i = 0; i < builder->want.node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];

		if (!node->cluster || !is_made(node))
			continue;
		take_claims(draft, builder, node);
		if (is_ours_to_make(node))
			make(draft, builder, node);
		else
			boots = true;
	}
	if (boots)
		step_add(draft, builder->change, STEP_BOOT, builder->want.name);
	for (size_t i = 0; boots && i < builder->want.node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		struct manifest manifest = manifest_of(draft, builder, node);

		if (node->cluster && is_made(node) && !is_ours_to_make(node))
			step_objects_add(draft, builder->change, STEP_CHANGE_OBJECTS, node->cluster,
					 workload_name(draft->arena, node->want.name),
					 manifest_mark_made(draft->arena, &manifest))
				->detail = "mark it as ours";
	}
}

static void steps_roll(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->want.node_count; i++) {
		const struct node_draft *node = &builder->nodes[i];
		struct manifest manifest = manifest_of(draft, builder, node);

		if (node->action == NODE_ROLL && node->cluster && node->workload)
			step_objects_add(draft, builder->change, STEP_CHANGE_OBJECTS, node->cluster,
					 shown_name(draft, node->workload),
					 manifest_change(draft->arena, &manifest, node->workload));
	}
}

/* --- kubeconfigs ---------------------------------------------------------------------------------------------------
 */

/* BuildX goes by a file: the one that has the context which was asked for, and no other. */
static void steps_pin(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->want.node_count; i++) {
		const struct cluster *cluster = builder->nodes[i].cluster;
		CLEANUP_TEXT struct text data = TEXT_INIT;

		if (!cluster || !cluster->pin || cluster->pin_held || text_empty(builder->nodes[i].want.kube_context))
			continue;
		struct cluster_way way = {.kubeconfig = builder->nodes[i].want.kubeconfig,
					  .context = builder->nodes[i].want.kube_context};
		const char *path = cluster_pin_path(draft->arena, &way);

		for (size_t k = 0; path && k < builder->change->step_count; k++)
			if (text_equal(builder->change->steps[k].path, path))
				path = NULL;
		if (!path)
			continue;
		text_append(&data, cluster->pin, cluster->pin_length);
		step_write_add(draft, builder->change, path, &data);
	}
}

/* --- whole changes -------------------------------------------------------------------------------------------------
 */

static bool any(const struct builder_draft *builder, bool (*is)(const struct node_draft *node))
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (is(&builder->nodes[i]))
			return true;
	return false;
}

static bool is_fresh(const struct node_draft *node)
{
	return node->action == NODE_FRESH;
}

static void append(cJSON *requests, cJSON *more)
{
	while (more->child)
		cJSON_AddItemToArray(requests, cJSON_DetachItemFromArray(more, 0));
	cJSON_Delete(more);
}

static void retire(struct draft *draft, struct builder_draft *builder, const struct node_draft *node)
{
	const struct workload *workload = workload_there(node);
	const struct cluster *cluster = cluster_there(node);

	if ((!node_goes(node) && !is_fresh(node)) || !workload || !cluster || is_left(draft, builder, node, workload))
		return;
	const struct cluster_mark let_go = {.store = draft->plan->lineage, .host = "", .plan = "", .expires = "+0"};
	const struct workload *twin = twin_that_goes(draft, workload);
	cJSON *requests = manifest_mark(workload, &let_go);

	if (twin)
		append(requests, manifest_mark(twin, &let_go));
	append(requests, manifest_remove(workload));
	if (twin)
		append(requests, manifest_remove(twin));
	claims_retain(draft, builder->change, cluster, workload->name);
	struct step *step = step_objects_add(draft, builder->change, STEP_RETIRE_OBJECTS, cluster,
					     shown_name(draft, workload), requests);
	step->node = arena_strdup(draft->arena, node->have ? node->have->spec.name : node->was_name);
	claims_drop(draft, builder->change, cluster, workload->name);
}

/* The next generation is made beside the one that builds; the switch is one rename in the store. */
static void steps_beside(struct draft *draft, struct builder_draft *builder)
{
	for (size_t i = 0; i < builder->want.node_count; i++)
		if (is_fresh(&builder->nodes[i]) && builder->nodes[i].cluster && builder->want.bootstrap != TRI_NO)
			make(draft, builder, &builder->nodes[i]);
	steps_verify(draft, builder);
	step_instance_add(draft, builder);
	for (size_t i = 0; i < builder->node_count; i++)
		retire(draft, builder, &builder->nodes[i]);
}

void steps_pods(struct draft *draft, struct builder_draft *builder)
{
	steps_pin(draft, builder);
	if (any(builder, is_fresh)) {
		steps_beside(draft, builder);
		return;
	}
	bool diverted = any(builder, node_goes) && step_divert_add(draft, builder);
	steps_drain(draft, builder);
	steps_clear(draft, builder);
	if (builder->write_instance)
		step_instance_add(draft, builder);
	steps_roll(draft, builder);
	if (builder->want.bootstrap != TRI_NO)
		steps_make(draft, builder);
	steps_verify(draft, builder);
	if (diverted)
		step_select_add(draft, builder->change, builder->want.name);
}

static void removal_blind(struct draft *draft, struct change *change, const struct live_node *node)
{
	change->action = ACTION_UNKNOWN;
	change->reason = arena_printf(draft->arena, "cluster of node %s: %s", node->spec.name,
				      node->reason ? node->reason : "it was not asked");
	change_block(draft, change, ERROR_UNREACHABLE, "%s; unreachable is not absent", change->reason);
}

/* A workload that somebody else keeps, or made, is left: the builder alone goes. */
static bool stays(const struct draft *draft, const struct live_builder *have, const struct live_node *node)
{
	return !node->workload || !workload_is_ours(draft, node->workload) ||
	       workload_is_shared(draft, have, node->workload);
}

void steps_pods_removal(struct draft *draft, struct change *change, const struct live_builder *have)
{
	for (size_t i = 0; i < have->node_count; i++)
		if (!stays(draft, have, &have->nodes[i]))
			drain_add(draft, change, have->name, have->nodes[i].spec.name, have->nodes[i].cluster,
				  have->nodes[i].workload);
	for (size_t i = 0; i < have->node_count; i++) {
		const struct live_node *node = &have->nodes[i];

		if (!node->cluster || !node->cluster->reachable) {
			removal_blind(draft, change, node);
			continue;
		}
		if (stays(draft, have, node))
			continue;
		claims_retain(draft, change, node->cluster, node->workload->name);
		workload_remove(draft, change, node->cluster, node->workload);
		claims_drop(draft, change, node->cluster, node->workload->name);
	}
	step_add(draft, change, STEP_FORGET_BUILDER, have->name);
}
