/* Driver options: known to the driver, of the right type, normalised. */
#include "desired/check.h"

#include "base/count.h"
#include "base/text.h"
#include "model/driver.h"
#include "model/option_value.h"
#include "model/secret.h"

#include <stdlib.h>
#include <string.h>

static void option_unknown(struct arena *arena, const struct builder *builder, const struct pair *pair,
			   struct diagnostics *problems)
{
	size_t count, own = 0;
	const struct driver_option *table = driver_option_table(&count);
	const char **names = ARENA_ARRAY(arena, const char *, count);
	const char *hint;

	for (size_t i = 0; i < count; i++)
		if (table[i].home == driver_home(builder->driver))
			names[own++] = table[i].key;
	hint = hint_nearest(arena, pair->key, names, own);
	if (!hint && strcmp(pair->key, "env.") == 0)
		hint = "write `env.NAME: value`";
	problem_at(problems, pair->source.file ? pair->source : builder->source, hint,
		   "builder %s: driver %s has no option `%s`", builder->name, builder->driver, pair->key);
}

static bool option_of_some_driver(const char *key)
{
	size_t count;
	const struct driver *drivers = driver_table(&count);

	for (size_t i = 0; i < count; i++)
		if (driver_option_find(drivers[i].name, key))
			return true;
	return false;
}

/* Whether the option stays. An empty value, as ${VAR:-} gives, is none; only the environment may be empty. */
static bool option_check(struct arena *arena, const struct builder *builder, struct pair *pair,
			 struct diagnostics *problems)
{
	const struct driver_option *option = driver_option_find(builder->driver, pair->key);
	const char *problem;

	if (!option) {
		if (!pair->source.inherited || !option_of_some_driver(pair->key))
			option_unknown(arena, builder, pair, problems);
		return false;
	}
	pair->secret |= option_is_secret(pair->key, pair->value);
	if (!driver_option_given(option, pair->value))
		return false;
	problem = pair->open ? NULL : option_value_problem(arena, option, pair->value);
	if (problem)
		problem_at(problems, pair->source.file ? pair->source : builder->source, NULL,
			   "builder %s: option `%s` is `%s` but must be %s", builder->name, pair->key,
			   pair_shown(arena, pair), problem);
	return !problem;
}

void options_check(struct arena *arena, const struct builder *builder, struct pairs *options,
		   struct diagnostics *problems)
{
	size_t kept = 0;

	for (size_t i = 0; i < options->count; i++)
		if (option_check(arena, builder, &options->items[i], problems))
			options->items[kept++] = options->items[i];
	options->count = kept;
	pairs_sort(options);
}

/* docker/buildx driver/remote/factory.go: any TLS option wants cacert, and cert and key go together. */
void options_check_together(const struct builder *builder, const struct node *node, struct diagnostics *problems)
{
	const struct pairs *options = &node->driver_opts;
	bool ca = pairs_get(options, "cacert"), cert = pairs_get(options, "cert"), key = pairs_get(options, "key");
	const char *missing = NULL;

	if (driver_home(builder->driver) != HOME_ELSEWHERE)
		return;
	if (!ca && (cert || key || pairs_get(options, "servername")))
		missing = "cacert";
	else if (cert && !key)
		missing = "key";
	else if (key && !cert)
		missing = "cert";
	if (missing)
		problem_at(problems, options->items[0].source.file ? options->items[0].source : node->source, NULL,
			   "node %s: TLS options are given, but `%s` is missing", node->name, missing);
}
