/* Desired nodes as BuildX would store them on this machine: endpoint, generation, flags and default config filled in.
 */
#include "plan/effective.h"

#include "codec/buildkitd.h"
#include "model/driver.h"
#include "model/normal.h"
#include "plan/draft.h"
#include "plan/generation.h"

#include <string.h>

bool node_had_pods(const struct builder_draft *builder, const struct node_draft *node)
{
	return node->have && builder->have && driver_home(builder->have->driver) == HOME_POD;
}

bool node_had_container(const struct builder_draft *builder, const struct node_draft *node)
{
	return node->have && builder->have && driver_has_containers(builder->have->driver);
}

const struct live_node *live_node_of(struct arena *arena, const struct live_builder *have, const char *name)
{
	const struct live_node *other = NULL;
	int generation;
	const char *base = node_base_name(arena, name, &generation);

	for (size_t i = 0; have && i < have->node_count; i++) {
		const char *live = have->nodes[i].spec.name;

		if (text_equal(live, name))
			return &have->nodes[i];
		if (!other && text_equal(node_base_name(arena, live, &generation), base))
			other = &have->nodes[i];
	}
	return other;
}

/* An instance file that holds the default context's address where TLS is wanted leads nowhere. */
static bool lacks_tls(const struct live *live, const char *endpoint)
{
	const struct live_context *own = live_context(live, "default");

	return live->tls_context && own && text_equal(own->endpoint, endpoint);
}

/* A node whose endpoint the state leaves open stays where it is, unless that place cannot be resolved any more. */
static const char *endpoint_for(struct draft *draft, const struct node *desired, const struct live_node *have)
{
	if (desired->endpoint)
		return live_stored_endpoint(draft->live, desired->endpoint);
	if (have && have->spec.endpoint && !lacks_tls(draft->live, have->spec.endpoint)) {
		const struct engine *engine = live_engine(draft->live, have->spec.endpoint);
		if (engine && engine->host && !text_starts(engine->host, "npipe:"))
			return have->spec.endpoint;
	}
	return live_node_endpoint(draft->live);
}

/* What it is there already: of the kind that its options make, else of the other, which would be in its way. */
static const struct workload *workload_there(struct arena *arena, const struct cluster *cluster,
					     const struct node *want)
{
	const char *name = workload_name(arena, want->name);
	enum workload_kind kind = workload_kind_of(&want->driver_opts);
	const struct workload *found = cluster_workload(cluster, kind, name);

	return found ? found : cluster_workload(cluster, kind == WORKLOAD_DEPLOYMENT, name);
}

/* BuildX heeds one file: several are merged only when the environment names them. */
static const char *one_file(const struct cluster *cluster)
{
	const char *file = cluster ? cluster->kubeconfig : NULL;

	return file && !strchr(file, ':') ? file : NULL;
}

/* A node in pods stays in the cluster that it is in, unless the state says another file, or a context, which is kept in
 * a file of its own. */
static void complete_cluster(struct draft *draft, const struct builder *desired, const struct live_node *have,
			     struct node_draft *node)
{
	struct arena *arena = draft->arena;
	struct node *want = &node->want;
	const char *endpoint = want->endpoint ? want->endpoint : have ? have->spec.endpoint : NULL;
	const char *config = cluster_endpoint_config(arena, endpoint);
	struct cluster_way way = {.kubeconfig = want->kubeconfig,
				  .context = want->kube_context,
				  .namespace = pairs_get(&want->driver_opts, "namespace")};

	if (!way.context && !way.kubeconfig)
		way.kubeconfig = want->kubeconfig = config;
	node->cluster = live_cluster_by(draft->live, &way);
	if (node->cluster)
		node->workload = workload_there(arena, node->cluster, want);
	const char *leads = way.context
				    ? arena_printf(arena, "%s/%s", draft->live->store, cluster_pin_path(arena, &way))
			    : way.kubeconfig || endpoint ? way.kubeconfig
							 : one_file(node->cluster);
	want->endpoint = endpoint && text_equal(config, leads)
				 ? endpoint
				 : cluster_endpoint(arena, desired->name, want->name, leads);
}

static void complete_node(struct draft *draft, const struct builder *desired, const struct live_builder *have,
			  struct node_draft *node)
{
	struct node *want = &node->want;
	bool alike = have && text_equal(have->driver, desired->driver); /* else the endpoint is of another kind */
	int generation;

	node->label = node_base_name(draft->arena, want->name, &generation);
	if (node->have && !desired->exact)
		want->name = node->have->spec.name;
	if (driver_home(desired->driver) == HOME_POD)
		complete_cluster(draft, desired, alike ? node->have : NULL, node);
	else
		want->endpoint = endpoint_for(draft, want, alike ? node->have : NULL);
	if (!driver_takes_config(desired->driver))
		return;
	if (want->files.count == 0 && !desired->exact)
		want->files = draft->live->default_files;
	flags_normal(draft->arena, desired->driver, want, &want->flags);
	if (!driver_has_containers(desired->driver))
		return;
	draft->in_environment = draft->in_environment || text_equal(want->endpoint, draft->live->tls_context);
	node->engine = want->endpoint ? live_engine(draft->live, want->endpoint) : NULL;
	if (node->engine && node->engine->reachable) {
		if (!node->have && !desired->exact)
			want->name = generation_there(draft, node->engine, want->name);
		node->container = engine_node_container(node->engine, want->name);
		node->volume = engine_node_volume(node->engine, want->name);
	}
}

static bool is_wanted(const struct builder_draft *builder, const struct live_node *have)
{
	for (size_t i = 0; i < builder->node_count; i++)
		if (builder->nodes[i].have == have)
			return true;
	return false;
}

static struct draft_room room_take(struct draft *draft, size_t count)
{
	struct draft_room room = draft->room;

	draft->room = (struct draft_room){0};
	if (room.count < count || room.count == 0) {
		room.count = count == 0 ? 1 : count;
		room.drafts = ARENA_ARRAY(draft->arena, struct node_draft, room.count);
		room.nodes = ARENA_ARRAY(draft->arena, struct node, room.count);
		room.change = ARENA_NEW(draft->arena, struct change);
		return room;
	}
	*room.change = (struct change){0};
	memset(room.drafts, 0, sizeof(*room.drafts) * room.count);
	memset(room.nodes, 0, sizeof(*room.nodes) * room.count);
	return room;
}

void draft_complete(struct draft *draft, const struct builder *desired, const struct live_builder *have,
		    struct builder_draft *builder)
{
	size_t wanted = desired->node_count;
	int generation;

	*builder = (struct builder_draft){.want = *desired};
	builder->have = have && have->context_builder ? NULL : have;
	builder->room = room_take(draft, wanted + (builder->have ? builder->have->node_count : 0));
	builder->nodes = builder->room.drafts;
	for (size_t i = 0; i < wanted; i++) {
		struct node_draft *node = &builder->nodes[builder->node_count++];
		node->want = desired->nodes[i];
		node->have = live_node_of(draft->arena, builder->have, desired->nodes[i].name);
		complete_node(draft, desired, builder->have, node);
		/* Back to another generation: beside the one that is there, as forward. */
		if (node->have && driver_makes_nodes(desired->driver) &&
		    text_equal(desired->driver, builder->have->driver) &&
		    !text_equal(node->have->spec.name, node->want.name))
			node->action = NODE_FRESH;
	}
	for (size_t i = 0; builder->have && i < builder->have->node_count; i++) {
		const struct live_node *live = &builder->have->nodes[i];
		if (is_wanted(builder, live))
			continue;
		builder->nodes[builder->node_count++] = (struct node_draft){
			.have = live,
			.label = node_base_name(draft->arena, live->spec.name, &generation),
			.engine = live->engine,
			.container = live->container,
			.volume = live->volume,
			.cluster = live->cluster,
			.workload = live->workload,
			.action = NODE_DROP,
		};
	}
	builder->want.nodes = builder->room.nodes;
	builder->want.node_count = wanted;
	for (size_t i = 0; i < wanted; i++)
		builder->want.nodes[i] = builder->nodes[i].want;
}
