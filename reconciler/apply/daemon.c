/* The BuildKit daemon of a step's node. */
#include "apply/daemon.h"

#include "apply/step.h"

#include "model/driver.h"

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
	return buildkit_open(run->live, driver, &node, timeout_ms, run->interrupt, ret_client, err);
}
