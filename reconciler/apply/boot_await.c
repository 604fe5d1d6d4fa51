/* Asks each node in turn until it answers. */
#include "apply/boot_await.h"

#include "apply/boot_nodes.h"
#include "apply/daemon.h"
#include "apply/engines.h"
#include "base/clock.h"
#include "model/driver.h"
#include "model/normal.h"

enum { POLL_MS = 500, MS = 1000 };

/* Runs as it was started: one that its Engine started again has ended before, and will again. */
static bool is_up(struct execution *run, const struct node *node)
{
	struct engine_client *engine = NULL;
	struct container container;

	return engine_pool_get(run, node->endpoint, &engine, NULL) == 0 &&
	       engine_container_inspect(engine, run->arena, node_container_name(run->arena, node->name), &container,
					NULL) == 0 &&
	       text_equal(container.status, "running") && container.restarts == 0;
}

/* *ret_sick: what it says is no silence (model/evidence.h). */
static bool answers(struct execution *run, const char *name, const struct node *node, int patience_ms, bool *ret_sick)
{
	const struct step step = {.kind = STEP_BOOT, .name = name, .node = node->name, .endpoint = node->endpoint};
	struct buildkit_client *client = NULL;
	struct daemon daemon = {0};
	struct error err = ERROR_INIT;
	int asked = execution_daemon_within(run, &step, patience_ms, &client, &err);

	if (asked == 0)
		asked = buildkit_ask(client, run->arena, &daemon, &err);
	buildkit_close(client);
	*ret_sick = asked < 0 && err.kind != ERROR_UNREACHABLE && err.kind != ERROR_CORRUPT;
	return asked == 0 && daemon.worker_count > 0;
}

static bool await_node(struct execution *run, const char *name, const struct node *node, int64_t deadline)
{
	int patience_ms = run->options->timeout_ms;
	bool said = false, sick = false;

	while (is_up(run, node)) {
		if (answers(run, name, node, patience_ms, &sick))
			return true;
		int64_t left = deadline - clock_ms();
		if (sick || left <= 0 || !interrupt_pause(run->interrupt, POLL_MS))
			return false;
		if (!said)
			run->say(run->context,
				 arena_printf(run->arena,
					      "BuildX waits no longer for %s, whose container runs: waiting for "
					      "its daemon, up to %lld s",
					      node->name, (long long)(left + MS - 1) / MS));
		said = true;
		if (patience_ms <= left / 2)
			patience_ms *= 2; /* a slow one is to answer at last */
	}
	return false;
}

bool boot_await(struct execution *run, const char *store, const char *name, int64_t deadline)
{
	struct live_builder builder;

	if (!boot_nodes_read(run, store, name, &builder))
		return false;
	if (driver_home(builder.driver) ==
	    HOME_POD) /* it waited for them already, and asks again when it is run again */
		return interrupt_pause(run->interrupt, POLL_MS) && clock_ms() < deadline;
	if (!driver_has_containers(builder.driver))
		return false;
	for (size_t i = 0; i < builder.node_count; i++)
		if (!await_node(run, name, &builder.nodes[i].spec, deadline))
			return false;
	return clock_ms() < deadline;
}
