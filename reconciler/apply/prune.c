/* Removes the cache of a node, and says what that won. */
#include "apply/daemon.h"
#include "apply/engines.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "model/driver.h"
#include "model/normal.h"

static int prune(struct execution *run, const struct step *step, int64_t *ret_freed, struct error *err)
{
	struct buildkit_client *client = NULL;
	struct engine_client *engine = NULL;
	const char *driver;
	struct node node;
	int pruned;

	execution_node(run, step, &driver, &node);
	if (driver_home(driver) == HOME_ENGINE) {
		if (engine_pool_get(run, step->endpoint, &engine, err) < 0)
			return -1;
		return engine_build_prune(engine, ret_freed, err);
	}
	if (execution_daemon(run, step, &client, err) < 0)
		return -1;
	pruned = buildkit_prune(client, true, ret_freed, err);
	buildkit_close(client);
	return pruned;
}

int execute_prune_cache(struct execution *run, const struct step *step, struct error *err)
{
	int64_t freed = 0;

	if (prune(run, step, &freed, err) < 0)
		return error_wrap(err, "removing the cache of %s", step->node);
	run->result->freed += freed;
	run->say(run->context, arena_printf(run->arena, "%s: %s removed", step->node, bytes_text(run->arena, freed)));
	return 0;
}
