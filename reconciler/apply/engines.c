/* The steps that the Engine carries out: pulling images, stopping and removing containers, removing volumes. */
#include "apply/engines.h"

#include "apply/step.h"
#include "apply/steps.h"

#include "base/xalloc.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { STOP_GRACE_SECONDS = 10, ID_MIN = 12 };

int engine_pool_get(struct execution *run, const char *endpoint, struct engine_client **ret_client, struct error *err)
{
	struct engine_pool *pool = &run->engines;
	struct engine_client *client = NULL;

	if (!endpoint)
		return error_set(err, ERROR_CORRUPT, "the plan's step names no endpoint");
	for (size_t i = 0; i < pool->count; i++)
		if (text_equal(pool->items[i].endpoint, endpoint)) {
			*ret_client = pool->items[i].client;
			return 0;
		}
	if (engine_open(run->live, endpoint, run->options->timeout_ms, run->interrupt, &client, err) < 0)
		return -1;
	void *items = xrealloc(pool->items, (pool->count + 1) * sizeof(*pool->items));
	pool->items = items;
	pool->items[pool->count].endpoint = endpoint;
	pool->items[pool->count++].client = client;
	*ret_client = client;
	return 0;
}

void engine_pool_done(struct engine_pool *pool)
{
	for (size_t i = 0; i < pool->count; i++)
		engine_close(pool->items[i].client);
	free(pool->items);
	*pool = (struct engine_pool){0};
}

static int client_for(struct execution *run, const struct step *step, struct engine_client **ret_client,
		      struct error *err)
{
	if (text_empty(step->name))
		return error_set(err, ERROR_CORRUPT, "the plan's step %s names nothing", step_kind_name(step->kind));
	return engine_pool_get(run, step->endpoint, ret_client, err);
}

int execute_pull_image(struct execution *run, const struct step *step, struct error *err)
{
	const struct pull_request request = {
		.image = step->name,
		.docker_config = run->live->docker_config,
		.silence_ms = run->options->boot_timeout_ms,
		.on_line = run->output,
		.context = run->context,
	};
	struct engine_client *client = NULL;
	struct error pull = ERROR_INIT;
	const char *id = NULL;

	if (client_for(run, step, &client, err) < 0)
		return -1;
	if (engine_image_pull(client, &request, &pull) == 0)
		return 0;
	if (pull.kind == ERROR_INTERRUPTED) {
		error_copy(err, &pull);
		return -1;
	}
	/* As BuildX does, docker/buildx driver/docker-container/driver.go: without a registry the local image will do.
	 */
	if (engine_image_id(client, run->arena, step->name, &id, err) < 0)
		return -1;
	if (id) {
		run->say(run->context,
			 arena_printf(run->arena, "using the image as it is on this Engine: %s", pull.message));
		return 0;
	}
	error_set(err, pull.kind, "cannot pull the image: %s", pull.message);
	return error_hint(err, "%s",
			  *pull.hint != '\0' ? pull.hint
					     : "the image is not on this Engine either: check its name, the registry, "
					       "and `docker login`");
}

/* The planner puts the id of the container that it saw into `detail`. */
static bool is_id(const char *text)
{
	size_t length = text ? strlen(text) : 0;

	for (size_t i = 0; i < length; i++)
		if (!isxdigit((unsigned char)text[i]))
			return false;
	return length >= ID_MIN;
}

static bool same_id(const char *a, const char *b)
{
	return text_starts(a, b) || text_starts(b, a);
}

/* *ret_id NULL: gone already. Another container under that name is not ours to touch. */
static int find_container(struct execution *run, const struct step *step, struct engine_client **ret_client,
			  const char **ret_id, struct error *err)
{
	const char *id = NULL;

	if (client_for(run, step, ret_client, err) < 0 ||
	    engine_container_id(*ret_client, run->arena, step->name, &id, err) < 0)
		return -1;
	if (id && is_id(step->detail) && !same_id(id, step->detail)) {
		error_set(err, ERROR_STALE, "container %s changed since the plan: it was %.12s and is %.12s now",
			  step->name, step->detail, id);
		return error_hint(err, "plan again and look at what it says now");
	}
	*ret_id = id;
	return 0;
}

int execute_remove_container(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *client = NULL;
	const char *id = NULL;

	if (find_container(run, step, &client, &id, err) < 0)
		return -1;
	return id ? engine_container_remove(client, id, err) : 0;
}

int execute_stop_container(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *client = NULL;
	const char *id = NULL;

	if (find_container(run, step, &client, &id, err) < 0)
		return -1;
	return id ? engine_container_stop(client, id, STOP_GRACE_SECONDS, err) : 0;
}

int execute_update_container(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *client = NULL;
	const char *id = NULL;

	if (!step->data)
		return error_set(err, ERROR_CORRUPT, "the plan does not hold the limits of %s", step->name);
	if (find_container(run, step, &client, &id, err) < 0)
		return -1;
	if (!id)
		return error_set(err, ERROR_NOT_FOUND, "container %s is gone", step->name);
	return engine_container_update(client, id, (const char *)step->data, err);
}

int execute_remove_volume(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *client = NULL;

	if (client_for(run, step, &client, err) < 0)
		return -1;
	return engine_volume_remove(client, step->name, err);
}
