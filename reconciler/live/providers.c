/* Tells whose a dead Engine is, and what is to be done about that. */
#include "live/providers.h"

#include "base/shell.h"
#include "live/store/file.h"
#include "live/store/provider.h"

static const struct engine *engine_of(const struct live *live, const char *endpoint)
{
	for (size_t i = 0; i < live->engine_count; i++)
		if (text_equal(live->engines[i].endpoint, endpoint))
			return &live->engines[i];
	return NULL;
}

static const char *url_of(const struct live *live, const char *endpoint)
{
	const struct live_context *context = live_context(live, endpoint);

	return context ? context->endpoint : endpoint;
}

static bool answers(const struct live *live, const struct live_context *context)
{
	const struct engine *engine = engine_of(live, context->name);

	return engine ? engine->reachable : !context->damaged && endpoint_listens(context->endpoint);
}

/* Another context that is of use, docker's own before the others; NULL: none is known. */
static const char *other_context(const struct live *live, const char *name)
{
	const char *other = NULL;

	for (size_t i = 0; i < live->context_count; i++) {
		const struct live_context *context = &live->contexts[i];

		if (text_equal(context->name, name) || !answers(live, context))
			continue;
		if (context->implicit)
			return context->name;
		if (!other)
			other = context->name;
	}
	return other;
}

static const char *user_of(const struct live *live, const char *endpoint)
{
	for (size_t i = 0; i < live->builder_count; i++)
		for (size_t j = 0; !live->builders[i].context_builder && j < live->builders[i].node_count; j++)
			if (text_equal(live->builders[i].nodes[j].spec.endpoint, endpoint))
				return live->builders[i].name;
	return NULL;
}

/* How docker goes on without that Engine, when it is the current context's; NULL: nothing else is known. */
static const char *way_around(const struct live *live, const char *endpoint)
{
	const char *other = other_context(live, endpoint);

	if (!other || !text_equal(url_of(live, endpoint), url_of(live, live->current_context)))
		return NULL;
	if (text_equal(live->current_context_from, "DOCKER_HOST"))
		return arena_printf(live->arena,
				    "run `unset DOCKER_HOST; docker context use %s`, where an Engine listens",
				    shell_word(live->arena, other));
	if (text_equal(live->current_context_from, "DOCKER_CONTEXT"))
		return arena_printf(live->arena, "set DOCKER_CONTEXT to %s, where an Engine listens", other);
	return arena_printf(live->arena, "run `docker context use %s`, where an Engine listens",
			    shell_word(live->arena, other));
}

/* What a builder of that Engine does when it is gone for good. */
static const char *way_away(const struct live *live, const char *endpoint)
{
	const char *user = user_of(live, endpoint), *other = other_context(live, endpoint);

	return !user || !other
		       ? NULL
		       : arena_printf(live->arena,
				      "write `builders: {%s: {endpoint: %s}}` into the state file, where an Engine "
				      "listens, and run `reconcile --apply`",
				      user, other);
}

static const char *mend_of(const struct live *live, const char *endpoint, const struct provider *provider)
{
	const char *around = way_around(live, endpoint);
	const char *again = arena_printf(live->arena, "install %s again", provider->name);

	if (provider->sign)
		return !around ? provider->start : arena_printf(live->arena, "%s; or %s", provider->start, around);
	if (!around)
		around = way_away(live, endpoint);
	return !around ? arena_printf(live->arena, "%s, or start another Engine", again)
		       : arena_printf(live->arena, "%s; or %s", around, again);
}

/* Of nobody's that is known, another context may be of use all the same. */
static void explain_other(const struct live *live, struct fault *fault, const char *endpoint)
{
	const char *around = way_around(live, endpoint);

	if (around)
		fault->mend =
			text_printable(live->arena, arena_printf(live->arena, "%s; or %s", fault->mend, around), false);
}

static void explain(const struct live *live, const char *const *env, struct fault *fault, const char *endpoint)
{
	const struct live_context *context = live_context(live, endpoint);
	const char *url = url_of(live, endpoint);
	struct provider provider;

	if (!endpoint_is_dead(url))
		return;
	if (!provider_find(live->arena, env, context && !context->implicit ? endpoint : NULL, url, &provider)) {
		explain_other(live, fault, endpoint);
		return;
	}
	fault->message = text_printable(
		live->arena,
		provider.sign ? arena_printf(live->arena, "%s; it is %s's, which is installed here (%s) and %s",
					     fault->message, provider.name, provider.sign, provider.away)
			      : arena_printf(live->arena, "%s; it is %s's, and nothing of that program was found here",
					     fault->message, provider.name),
		false);
	fault->mend = text_printable(live->arena, mend_of(live, endpoint, &provider), false);
}

static void check_unused(struct live *live, const char *const *env, const struct live_context *context)
{
	struct provider provider;

	/* What is installed here is not woken. */
	if (context->implicit || context->damaged || engine_of(live, context->name) ||
	    !provider_find(live->arena, env, context->name, context->endpoint, &provider) || provider.sign ||
	    !endpoint_is_dead(context->endpoint))
		return;
	faults_add(
		live->arena, &live->faults, FAULT_CONTEXT_LEFTOVER,
		arena_printf(live->arena, "context.%s", context->name), store_file_path(live, &context->file), NULL,
		"the context \"%s\" is %s's, of which nothing was found here, and nobody listens at its endpoint, %s",
		context->name, provider.name, context->endpoint);
}

void providers_check(struct live *live, const char *const *env)
{
	static const char engine[] = "engine.";

	for (size_t i = 0; i < live->faults.count; i++) {
		struct fault *fault = &live->faults.items[i];
		if (fault_is(fault, FAULT_ENGINE_UNREACHABLE) && text_starts(fault->subject, engine))
			explain(live, env, fault, fault->subject + sizeof(engine) - 1);
	}
	for (size_t i = 0; i < live->context_count; i++)
		check_unused(live, env, &live->contexts[i]);
}
