/* Reads the logs of nodes that did not come up. */
#include "apply/boot_log.h"

#include "apply/boot_nodes.h"
#include "apply/buildx_output.h"
#include "apply/buildx_words.h"
#include "apply/engines.h"
#include "apply/objects.h"
#include "model/driver.h"
#include "model/normal.h"

#include <string.h>

/* buildkitd ends with "buildkitd: why" (moby/buildkit cmd/buildkitd/main.go), which may be that it was told to. */
static bool note_end(void *context, const char *line)
{
	const char **end = context;

	if (text_starts(line, "buildkitd: ") && !strstr(line, "SIGTERM"))
		*end = line;
	return false;
}

static const char *last_words(struct execution *run, const struct node *node)
{
	struct engine_client *engine = NULL;
	const char *log, *end = NULL;

	if (!node->endpoint || engine_pool_get(run, node->endpoint, &engine, NULL) < 0 ||
	    engine_container_log(engine, run->arena, node_container_name(run->arena, node->name), &log, NULL) < 0)
		return NULL;
	buildx_lines_find(run->arena, log, note_end, &end);
	return end;
}

/* BuildX says of pods that do not come up how many it expected; the cluster says why. */
static int explain_pods(struct execution *run, const struct live_builder *builder, struct error *err)
{
	for (size_t i = 0; i < builder->node_count; i++) {
		const struct node *node = &builder->nodes[i].spec;
		const struct cluster_way way = {.kubeconfig = cluster_endpoint_config(run->arena, node->endpoint),
						.namespace = pairs_get(&node->driver_opts, "namespace")};
		const struct cluster *cluster = live_cluster_by(run->live, &way);
		struct objects objects = {.run = run, .arena = run->arena};

		if (cluster && cluster_pool_get(run, cluster->key, &objects.cluster, &objects.client, NULL) == 0 &&
		    objects_explain(&objects, workload_kind_of(&node->driver_opts),
				    workload_name(run->arena, node->name), err))
			return error_wrap(err, "booting %s", builder->name);
	}
	return -1;
}

int boot_log_explain(struct execution *run, const char *store, const char *name, struct error *err)
{
	struct live_builder builder;
	const struct buildx_words *told = buildx_words_find(err->message);

	if ((told && !told->vague) || !boot_nodes_read(run, store, name, &builder))
		return -1;
	if (driver_home(builder.driver) == HOME_POD)
		return explain_pods(run, &builder, err);
	for (size_t i = 0; i < builder.node_count; i++) {
		const char *words = last_words(run, &builder.nodes[i].spec);

		if (!words)
			continue;
		const struct buildx_words *known = buildx_words_find(words);
		error_set(err, ERROR_OTHER, "booting %s: node %s ended: %s", name, builder.nodes[i].spec.name,
			  text_printable(run->arena, words, false));
		return known ? error_hint(err, "%s: %s", known->cause, known->mend)
			     : error_hint(err, "correct `buildkitd` or buildkitd-flags in the state file");
	}
	return -1;
}
