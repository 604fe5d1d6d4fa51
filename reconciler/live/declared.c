/* Looks ahead: contexts as they are declared, and the selection on the context that will be the current one. */
#include "live/declared.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/count.h"
#include "base/keyed.h"
#include "codec/context.h"
#include "codec/current.h"
#include "live/store/file.h"
#include "live/store/selected.h"

#include <fcntl.h>

/* The TLS files that the context has, at their own places. */
static void keep_tls(const struct live *live, const struct live_context *have, struct declared_context *declared)
{
	struct {
		const char *name, **path;
	} rows[] = {{"ca.pem", &declared->ca}, {"cert.pem", &declared->cert}, {"key.pem", &declared->key}};
	const char *folder = context_tls_path(live->arena, have->name);

	declared->tls = have->has_tls;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t k = 0; k < have->tls_count; k++)
			if (text_equal(have->tls[k].path, arena_printf(live->arena, "%s/%s", folder, rows[i].name)))
				*rows[i].path =
					arena_printf(live->arena, "%s/%s", live->docker_config, have->tls[k].path);
}

static bool is_declared(const struct context *context, const struct live_context *have)
{
	bool skips = have && have->skip_tls_verify;

	if (!context->endpoint || text_equal(context->state, "absent") || context->exact)
		return false;
	return !have || !text_equal(have->endpoint, context->endpoint) || context->tls.count > 0 ||
	       (context->skip_tls_verify != TRI_UNSET && (context->skip_tls_verify == TRI_YES) != skips);
}

void contexts_declare(struct live *live, const struct state *desired)
{
	struct arena *arena = live->arena;

	for (size_t i = 0; i < desired->context_count; i++) {
		const struct context *context = &desired->contexts[i];
		const struct live_context *have = live_context(live, context->name);

		if (!is_declared(context, have))
			continue;
		struct declared_context *declared = ARENA_PUSH(arena, live->declared, live->declared_count);
		*declared = (struct declared_context){
			.name = arena_strdup(arena, context->name),
			.endpoint = arena_strdup(arena, context->endpoint),
			.tls = context->tls.count > 0,
			.skip_tls_verify = context->skip_tls_verify == TRI_UNSET ? have && have->skip_tls_verify
										 : context->skip_tls_verify == TRI_YES,
			.ca = arena_strdup(arena, context->ca),
			.cert = arena_strdup(arena, context->cert),
			.key = arena_strdup(arena, context->key),
		};
		if (!declared->tls && have)
			keep_tls(live, have, declared);
	}
}

void environment_declare(struct live *live)
{
	const struct live_context *own = live_context(live, "default");
	const struct environment_tls *tls = live->tls;

	if (!tls || !own || !live->tls_context || live_declared(live, live->tls_context))
		return;
	*ARENA_PUSH(live->arena, live->declared, live->declared_count) =
		(struct declared_context){.name = live->tls_context,
					  .endpoint = own->endpoint,
					  .tls = true,
					  .skip_tls_verify = tls->skip_verify,
					  .ca = tls->ca,
					  .cert = tls->cert,
					  .key = tls->key,
					  .problem = tls->problem,
					  .by_environment = true};
}

/* The contexts with one more, which the plan makes. */
static void add_context(struct live *then, const char *name)
{
	struct live_context *contexts = ARENA_ARRAY(then->arena, struct live_context, then->context_count + 1);

	for (size_t i = 0; i < then->context_count; i++)
		contexts[i] = then->contexts[i];
	contexts[then->context_count] = (struct live_context){.name = name};
	then->contexts = contexts;
	then->context_count++;
	KEYED_SORT(contexts, then->context_count);
}

static void read_default(struct live *then)
{
	CLEANUP_CLOSE int fd = careful_open(then->store, O_RDONLY | O_DIRECTORY);
	char name[21];

	defaults_file_name(then->current_endpoint, name);
	then->defaults_file = (struct store_file){.path = arena_printf(then->arena, "defaults/%s", name)};
	if (fd >= 0)
		store_file_read(then->arena, fd, then->defaults_file.path, &then->defaults_file);
}

static bool is_overridden(const struct live *live)
{
	return text_equal(live->current_context_from, "DOCKER_HOST") ||
	       text_equal(live->current_context_from, "DOCKER_CONTEXT");
}

void planned_context_learn(struct live *live, const struct state *desired, const char *const *env)
{
	const char *name = arena_strdup(live->arena, live_wanted_context(live, desired));
	const struct live_context *have = name ? live_context(live, name) : NULL;
	struct live then = *live;

	if (!name || is_overridden(live) || (!have && !live_declared(live, name)))
		return;
	if (!have)
		add_context(&then, name);
	then.current_context = name;
	then.current_endpoint = have && have->implicit ? have->endpoint : name;
	then.selected = then.selected_by = NULL;
	read_default(&then);
	selected_resolve(&then, env);
	struct planned_context *next = ARENA_NEW(live->arena, struct planned_context);
	*next = (struct planned_context){.context = name,
					 .endpoint = then.current_endpoint,
					 .selected = then.selected,
					 .selected_by = then.selected_by,
					 .defaults_file = then.defaults_file};
	live->planned = next;
}
