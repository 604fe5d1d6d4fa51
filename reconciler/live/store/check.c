/* What is wrong between files: endpoints without a context, names used twice, named pipes of Windows. */
#include "live/store/check.h"

#include "base/keyed.h"
#include "live/store/file.h"
#include "live/store/instances.h"
#include "live/store/provider.h"
#include "model/driver.h"
#include "model/normal.h"

#include <string.h>

#define DEFAULT_ENDPOINT "unix:///var/run/docker.sock"

static bool is_pipe(const char *endpoint)
{
	return endpoint && text_starts(endpoint, "npipe:");
}

/* A name that may follow "activity/": contexts may be called more than builders may. */
static bool is_file_name(const char *name)
{
	return *name != '\0' && *name != '.' && !strchr(name, '/') && strlen(name) <= 255;
}

static void add_builder(struct live *live, int store_fd, const struct live_context *context)
{
	const char *subject = arena_printf(live->arena, "context.%s", context->name);
	struct live_builder *builder = ARENA_PUSH(live->arena, live->builders, live->builder_count);

	builder->name = context->name;
	builder->driver = driver_name(HOME_ENGINE);
	builder->context_builder = true;
	builder->nodes = ARENA_NEW(live->arena, struct live_node);
	builder->node_count = 1;
	builder->nodes[0].spec.name = builder->nodes[0].spec.endpoint = context->name;
	builder->nodes[0].reason = context->damaged ? "the context's metadata cannot be read" : "not asked";
	if (store_fd >= 0 && is_file_name(context->name))
		activity_read(live, store_fd, context->name, subject, &builder->last_activity);
}

void context_builders_add(struct live *live, int store_fd)
{
	size_t stored = live->builder_count;
	struct live of_store = {.builders = live->builders, .builder_count = stored};

	for (size_t i = 0; i < live->context_count; i++) {
		const struct live_context *context = &live->contexts[i];
		/* BuildX looks a context's builder up in the store first, in lower case (storeutil.go, GetNodeGroup).
		 */
		const struct live_builder *hiding = live_builder(&of_store, name_lower(live->arena, context->name));

		if (!hiding)
			add_builder(live, store_fd, context);
		else
			faults_add(live->arena, &live->faults, FAULT_CONTEXT_CLASH,
				   arena_printf(live->arena, "builder.%s", hiding->name),
				   store_file_path(live, &hiding->file), NULL,
				   "the builder \"%s\" hides that of the Docker context \"%s\"", hiding->name,
				   context->name);
	}
	KEYED_SORT(live->builders, live->builder_count);
}

/* Of the fault that was just added: whose the context was that is gone, and whether that makes it again. */
static void tell_provider(struct live *live, const char *const *env, const char *name)
{
	struct fault *fault = &live->faults.items[live->faults.count - 1];
	struct provider provider;

	if (!provider_find(live->arena, env, name, NULL, &provider))
		return;
	fault->message = text_printable(
		live->arena,
		provider.sign ? arena_printf(live->arena, "%s; it is %s's, which is installed here (%s)",
					     fault->message, provider.name, provider.sign)
			      : arena_printf(live->arena, "%s; it was %s's, of which nothing was found here",
					     fault->message, provider.name),
		false);
	if (provider.sign && provider.makes_context)
		fault->mend = text_printable(live->arena,
					     arena_printf(live->arena, "%s, which makes the context again; or %s",
							  provider.start, fault->mend),
					     false);
}

static void check_endpoint(struct live *live, const char *const *env, const struct live_builder *builder,
			   const struct node *node, bool contexts_known)
{
	bool leads_nowhere = contexts_known && driver_home(builder->driver) != HOME_ELSEWHERE;

	if (text_empty(node->endpoint) ||
	    (!is_pipe(node->endpoint) && (!leads_nowhere || strstr(node->endpoint, "://"))) ||
	    live_context(live, node->endpoint))
		return;
	const char *subject = arena_printf(live->arena, "builder.%s", builder->name);
	const char *path = store_file_path(live, &builder->file);
	if (is_pipe(node->endpoint))
		faults_add(live->arena, &live->faults, FAULT_ENDPOINT_NPIPE, subject, path, NULL,
			   "node %s has the endpoint %s, a named pipe of Windows", node->name, node->endpoint);
	else {
		faults_add(live->arena, &live->faults, FAULT_ENDPOINT_CONTEXT_MISSING, subject, path, NULL,
			   "node %s has the endpoint \"%s\", which is neither a URL nor a Docker context", node->name,
			   node->endpoint);
		tell_provider(live, env, node->endpoint);
	}
}

static bool has_endpoints(const struct live_builder *builder)
{
	const struct driver *driver = driver_find(builder->driver);

	return !builder->context_builder && !builder->damaged && driver && driver->endpoint != ENDPOINT_MADE;
}

/* A program that is installed here has its Engine at a socket, and keeps its context. */
static const char *pipe_mend(struct arena *arena, const struct live_context *context, const struct provider *provider)
{
	bool is_here = provider && provider->sign && provider->sockets.count > 0;
	const char *endpoint = is_here ? provider_listening(arena, provider) : DEFAULT_ENDPOINT;
	bool is_silent = !endpoint && !endpoint_listens(DEFAULT_ENDPOINT);

	if (!endpoint)
		endpoint = is_silent ? arena_printf(arena, "unix://%s", provider->sockets.items[0]) : DEFAULT_ENDPOINT;
	if (context->implicit)
		return "unset DOCKER_HOST, or set it to a socket that answers";
	return arena_printf(arena,
			    "write into the state file: contexts: {%s: {endpoint: \"%s\"}}%s, and run `reconcile "
			    "--apply`%s%s",
			    context->name, endpoint,
			    is_here ? "" : arena_printf(arena, ", or {%s: {state: absent}}", context->name),
			    is_silent ? "; then " : "", is_silent ? provider->start : "");
}

static void check_context(struct live *live, const char *const *env, const struct live_context *context)
{
	struct arena *arena = live->arena;
	bool is_current = text_equal(context->name, live->current_context);
	struct provider provider;

	if (!is_pipe(context->endpoint))
		return;
	bool is_known = provider_find(arena, env, context->name, context->endpoint, &provider);
	faults_add(arena, &live->faults, FAULT_CONTEXT_NPIPE, arena_printf(arena, "context.%s", context->name),
		   context->implicit ? NULL : store_file_path(live, &context->file),
		   pipe_mend(arena, context, is_known ? &provider : NULL),
		   "the endpoint of context \"%s\" is %s, a named pipe of Windows%s%s", context->name,
		   context->endpoint,
		   is_known && provider.sign
			   ? arena_printf(arena, "; %s is installed here (%s)", provider.name, provider.sign)
			   : "",
		   is_current ? "; as the current context it stops every docker command" : "");
}

static void check_current_context(struct live *live, const char *const *env)
{
	const char *name = live->current_context;
	bool by_variable = text_equal(live->current_context_from, "DOCKER_CONTEXT");

	if (live_context(live, name))
		return;
	faults_add(live->arena, &live->faults, FAULT_CONTEXT_MISSING, arena_printf(live->arena, "context.%s", name),
		   by_variable ? NULL : store_file_path(live, &live->docker_config_file),
		   by_variable ? "unset DOCKER_CONTEXT, or set it to a context that exists" : NULL,
		   "%s names \"%s\" as the current context, and there is no such context", live->current_context_from,
		   name);
	tell_provider(live, env, name);
}

void store_check(struct live *live, const char *const *env, bool contexts_known)
{
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; has_endpoints(&live->builders[i]) && j < live->builders[i].node_count; j++)
			check_endpoint(live, env, &live->builders[i], &live->builders[i].nodes[j].spec, contexts_known);
	for (size_t i = 0; i < live->context_count; i++)
		check_context(live, env, &live->contexts[i]);
	if (contexts_known)
		check_current_context(live, env);
}
