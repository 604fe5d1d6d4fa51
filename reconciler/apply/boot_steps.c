/* Nodes are booted by BuildX: in place, or new ones beside the old, which are noted as ours to remove first and booted
 * from an instance that the store does not have yet. The switch over is a write of the instance file, a step like any
 * other. */
#include "apply/boot.h"
#include "apply/boot_await.h"
#include "apply/boot_log.h"
#include "apply/mark.h"
#include "apply/private_store.h"
#include "apply/steps.h"
#include "base/buffer.h"
#include "base/clock.h"
#include "base/file.h"
#include "model/normal.h"

#include <time.h>

enum { INSTANCE_CAP = 1024 * 1024 };

int execute_note_leftover(struct execution *run, const struct step *step, struct error *err)
{
	const struct engine *engine = step->endpoint ? live_engine(run->live, step->endpoint) : NULL;

	if (!engine || !engine->host || text_empty(step->node))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names no node of an Engine",
				 step_kind_name(step->kind));
	const struct volume *volume = engine_volume(engine, node_volume_name(run->arena, step->node));
	struct leftover leftover = {
		.endpoint = step->endpoint,
		.host = engine->host,
		.node = step->node,
		.builder = step->name,
		.reason = step->detail,
		.volume_created = volume ? volume->created : NULL,
		.until = step->keep_s > 0 ? (int64_t)time(NULL) + step->keep_s : 0,
	};

	return run->note_leftover(run->context, &leftover, err);
}

/* The builder of this name, as the instance in that store has it. */
static int boot_in(struct execution *run, const char *name, const char *store, struct error *err)
{
	struct boot_request request = {
		.name = name,
		.store = store,
		.docker_config = run->live->docker_config,
		.run_lock_fd = run->options->run_lock_fd,
		.timeout_ms = run->options->boot_timeout_ms,
		.say = run->output,
		.interrupt = run->interrupt,
		.context = run->context,
	};

	if (mark_volumes(run, store, name, err) < 0)
		return -1;
	int64_t deadline = clock_ms() + request.timeout_ms;
	bool gave_up = false;
	while (boot_builder(&request, &gave_up, err) < 0) {
		if (!gave_up || !boot_await(run, store, name, deadline))
			return err && err->kind != ERROR_INTERRUPTED ? boot_log_explain(run, store, name, err) : -1;
		int64_t left = deadline - clock_ms();
		request.timeout_ms = left > 0 ? (int)left : 1;
	}
	return 0;
}

int execute_boot_beside(struct execution *run, const struct step *step, struct error *err)
{
	struct private_store private_store;
	int booted;

	if (private_store_make(run, step, &private_store, err) < 0)
		return -1;
	booted = boot_in(run, step->name, private_store.store, err);
	private_store_remove(run, &private_store);
	return booted;
}

/* Root's BuildX works in no store of another user's: it goes where their links lead, and leaves what is root's. */
int execute_boot(struct execution *run, const struct step *step, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(INSTANCE_CAP);
	const char *path = arena_printf(run->arena, "%s/instances/%s", run->live->store, step->name);
	struct step beside = *step;

	if (!store_is_others(run->live->store))
		return boot_in(run, step->name, run->live->store, err);
	if (file_read_careful(path, INSTANCE_CAP, &data, err) < 0)
		return -1;
	beside.data = (const unsigned char *)buffer_text(&data);
	beside.length = data.length;
	return execute_boot_beside(run, &beside, err);
}
