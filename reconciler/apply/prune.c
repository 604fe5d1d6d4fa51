/* Removes the cache of a node, and says what that won. */
#include "apply/daemon.h"
#include "apply/engines.h"
#include "apply/step.h"
#include "apply/steps.h"
#include "model/driver.h"
#include "model/normal.h"

static int prune_one(struct execution *run, const struct step *step, struct buildkit_client *client, void *context,
		     struct error *err)
{
	int64_t *freed = context, here = 0;

	(void)run;
	(void)step;
	if (buildkit_prune(client, true, &here, err) < 0)
		return -1;
	*freed += here;
	return 0;
}

static int prune(struct execution *run, const struct step *step, int64_t *ret_freed, struct error *err)
{
	struct engine_client *engine = NULL;
	const char *driver;
	struct node node;

	execution_node(run, step, &driver, &node);
	if (driver_home(driver) != HOME_ENGINE)
		return execution_each_daemon(run, step, prune_one, ret_freed, err);
	if (engine_pool_get(run, step->endpoint, &engine, err) < 0)
		return -1;
	return engine_build_prune(engine, ret_freed, err);
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
