/* What is left over in clusters, known by our mark. */
#include "plan/stray_objects.h"

#include "base/clock.h"
#include "base/json.h"
#include "codec/manifest.h"
#include "plan/change.h"
#include "plan/fingerprint.h"
#include "plan/pods.h"
#include "plan/steps.h"

static bool is_named(const struct draft *draft, const struct cluster *cluster, const char *workload)
{
	const struct live *live = draft->live;

	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t k = 0; k < live->builders[i].node_count; k++) {
			const struct live_node *node = &live->builders[i].nodes[k];

			if (node->cluster && cluster_same(node->cluster, cluster) &&
			    text_equal(workload_name(draft->arena, node->spec.name), workload))
				return true;
		}
	for (size_t i = 0; i < draft->claimed.count; i++)
		if (text_equal(workload_name(draft->arena, draft->claimed.items[i]), workload))
			return true;
	return false;
}

/* A builder whose file cannot be read may name anything. */
static bool anything_is_damaged(const struct live *live)
{
	for (size_t i = 0; i < live->builder_count; i++)
		if (live->builders[i].damaged)
			return true;
	return false;
}

static bool is_ours(const struct draft *draft, const struct cluster_mark *mark)
{
	return cluster_mark_is(mark, draft->plan->lineage, draft->request->host);
}

/* With no time: nobody finished making it. */
static bool is_unfinished(const struct draft *draft, const struct cluster_mark *mark)
{
	return is_ours(draft, mark) && !mark->expires;
}

static bool is_past(const struct draft *draft, const struct cluster_mark *mark)
{
	time_t expires;

	return cluster_marked(mark) && mark->expires && clock_parse_rfc3339(mark->expires, &expires) == 0 &&
	       draft->request->now >= (int64_t)expires;
}

/* With --no-retain nothing that this store keeps is kept any longer. */
static bool is_kept_here(const struct draft *draft, const struct cluster_mark *mark)
{
	return draft->request->gc_kept && mark->expires && is_ours(draft, mark);
}

/* One of ours that was let go: whoever did so could not wait for its builds, or was cut off. Others' go by --gc. */
static bool is_stray(const struct draft *draft, const struct cluster *cluster, const struct workload *workload)
{
	const struct cluster_mark *mark = &workload->mark;
	bool is_due =
		is_unfinished(draft, mark) || ((draft->request->gc || is_ours(draft, mark)) && is_past(draft, mark));

	return !workload->managed_by && is_due && !is_named(draft, cluster, workload->name);
}

/* Its time has been up for as long as caches are kept. */
static bool takes_claims(const struct draft *draft, const struct cluster_mark *mark)
{
	time_t expires;

	return draft->request->gc && mark->expires && clock_parse_rfc3339(mark->expires, &expires) == 0 &&
	       draft->request->now - draft->request->keep_s >= (int64_t)expires;
}

static const char *reason_of(struct draft *draft, enum object_kind object, const struct cluster_mark *mark)
{
	const char *host = mark->host ? mark->host : "another machine";

	if (!mark->expires)
		return arena_printf(draft->arena, "begun by plan %.12s on %s, and never finished",
				    mark->plan ? mark->plan : "?", host);
	if (object == OBJECT_WORKLOAD)
		return arena_printf(draft->arena, "its time was up at %s: made or changed last by plan %.12s on %s",
				    mark->expires, mark->plan ? mark->plan : "?", host);
	return arena_printf(draft->arena, "kept until %s, by plan %.12s on %s", mark->expires,
			    mark->plan ? mark->plan : "?", host);
}

static struct change *add(struct draft *draft, enum object_kind object, const struct cluster *cluster, const char *name,
			  const struct cluster_mark *mark)
{
	struct change *change =
		change_add(draft, object, arena_printf(draft->arena, "%s/%s", cluster->namespace, name), ACTION_REMOVE);

	change->reason = reason_of(draft, object, mark);
	change->live_fingerprint = fingerprint_text(draft, change->name);
	return change;
}

/* Its cache stays for a while: it may have been a builder's until the run was cut off that replaced it. */
static void retain_claims(struct draft *draft, struct change *change, const struct cluster *cluster,
			  const struct workload *workload)
{
	const struct cluster_mark mark = {
		.store = draft->plan->lineage,
		.host = "",
		.plan = "",
		.expires = arena_printf(draft->arena, "+%lld", (long long)draft->request->keep_s),
	};

	for (size_t i = 0; i < cluster->claim_count; i++) {
		const struct volume_claim *claim = &cluster->claims[i];

		if (!claim->mark.expires && claim_is_of(draft->arena, claim, workload->name))
			step_objects_add(draft, change, STEP_CHANGE_OBJECTS, cluster, claim->name,
					 manifest_mark_claim(claim, &mark))
				->keep_s = draft->request->keep_s;
	}
}

/* They go with it, and after it, but for one that is kept for longer. */
static void claims_go(struct draft *draft, struct change *change, const struct cluster *cluster,
		      const struct workload *workload, cJSON *requests)
{
	struct strings names = {0};

	for (size_t i = 0; i < cluster->claim_count; i++) {
		const struct volume_claim *claim = &cluster->claims[i];

		if (!claim_is_of(draft->arena, claim, workload->name) ||
		    (cluster_marked(&claim->mark) && !is_past(draft, &claim->mark)))
			continue;
		CLEANUP_JSON cJSON *removal = manifest_remove_claim(claim);
		cJSON_AddItemToArray(requests, cJSON_DetachItemFromArray(removal, 0));
		strings_add(draft->arena, &names,
			    arena_printf(draft->arena, "claim %s, %s", claim->name,
					 claim->size ? claim->size : "of unknown size"));
	}
	if (names.count == 0)
		return;
	change->cache = CACHE_LOST;
	change->cache_note = arena_printf(draft->arena, "lost: %s", strings_join(draft->arena, &names, "; "));
}

static bool goes_with_workload(const struct draft *draft, const struct cluster *cluster,
			       const struct volume_claim *claim)
{
	for (size_t i = 0; i < cluster->workload_count; i++) {
		const struct workload *workload = &cluster->workloads[i];

		if (is_stray(draft, cluster, workload) && takes_claims(draft, &workload->mark) &&
		    claim_is_of(draft->arena, claim, workload->name))
			return true;
	}
	return false;
}

static void plan_cluster(struct draft *draft, const struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->workload_count; i++) {
		const struct workload *workload = &cluster->workloads[i];

		if (!is_stray(draft, cluster, workload))
			continue;
		struct change *change = add(draft, OBJECT_WORKLOAD, cluster, workload->name, &workload->mark);
		cJSON *requests = manifest_remove(workload);
		if (takes_claims(draft, &workload->mark))
			claims_go(draft, change, cluster, workload, requests);
		else
			retain_claims(draft, change, cluster, workload);
		step_objects_add(draft, change, STEP_RETIRE_OBJECTS, cluster, workload->name, requests)->node =
			arena_strdup(draft->arena, workload->name);
	}
	/* Where pods may not be looked at, nobody knows which claims are used. */
	for (size_t i = 0; draft->request->gc && !cluster->pods_unknown && i < cluster->claim_count; i++) {
		const struct volume_claim *claim = &cluster->claims[i];
		bool is_over = is_past(draft, &claim->mark) || is_kept_here(draft, &claim->mark);

		if (claim->used || !is_over || goes_with_workload(draft, cluster, claim))
			continue;
		if (claim->workload && is_named(draft, cluster, claim->workload)) /* scaled down, or made again */
			continue;
		struct change *change = add(draft, OBJECT_CLAIM, cluster, claim->name, &claim->mark);
		change->cache = CACHE_LOST;
		change->cache_note = arena_printf(draft->arena, "lost: claim %s, %s", claim->name,
						  claim->size ? claim->size : "of unknown size");
		step_objects_add(draft, change, STEP_REMOVE_OBJECTS, cluster, claim->name,
				 manifest_remove_claim(claim));
	}
}

void plan_stray_objects(struct draft *draft)
{
	const struct live *live = draft->live;

	for (size_t i = 0; !anything_is_damaged(live) && i < live->cluster_count; i++)
		if (live->clusters[i].reachable && !live_cluster_is_told(live, &live->clusters[i]))
			plan_cluster(draft, &live->clusters[i]);
}
