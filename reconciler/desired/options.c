/* Driver options: known to the driver, of the right type, normalised. */
#include "desired/check.h"

#include "base/count.h"
#include "base/text.h"
#include "model/driver.h"
#include "model/normal.h"
#include "model/secret.h"

#include <stdlib.h>
#include <string.h>

/* Go's strconv.ParseBool, which BuildX uses. */
static bool is_bool(const char *value)
{
	static const char *const words[] = {"1", "t", "T", "TRUE",  "true",  "True",
					    "0", "f", "F", "FALSE", "false", "False"};

	for (size_t i = 0; i < COUNT(words); i++)
		if (strcmp(words[i], value) == 0)
			return true;
	return false;
}

static bool is_integer(const char *value)
{
	const char *digits = value + (*value == '-' || *value == '+');

	return *digits && digits[strspn(digits, "0123456789")] == '\0' && strlen(digits) <= 18;
}

/* "always" is one of "no|always|on-failure[:N]", and so is "on-failure:3". */
static bool is_word(const char *words, const char *value)
{
	for (const char *at = words; *at != '\0';) {
		size_t length = strcspn(at, "|"), plain = strcspn(at, "|[");

		if (strncmp(at, value, plain) == 0 &&
		    (value[plain] == '\0' || (plain < length && value[plain] == ':' && is_integer(value + plain + 1))))
			return true;
		at += length + (at[length] == '|');
	}
	return false;
}

/* What is wrong with the value, as the end of "… must be", or NULL. */
static const char *value_problem(struct arena *arena, const struct driver_option *option, const char *value)
{
	switch (option->type) {
	case OPTION_BOOL:
		return is_bool(value) ? NULL : "true or false";
	case OPTION_INTEGER:
		return is_integer(value) ? NULL : "a whole number";
	case OPTION_SWAP:
		return strcmp(value, "-1") == 0 || memory_bytes(value) >= 0 ? NULL : "a size such as 512m or 4g, or -1";
	case OPTION_MEMORY:
		return memory_bytes(value) >= 0 ? NULL : "a size such as 512m or 4g";
	case OPTION_ABSOLUTE:
		return *value == '/' ? NULL : "an absolute path: BuildX reads it from wherever it is started";
	case OPTION_WORD:
		return is_word(option->words, value) ? NULL : driver_option_words(arena, option);
	case OPTION_TEXT:
	case OPTION_PREFIX:
		break;
	}
	return NULL;
}

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
	problem = pair->open ? NULL : value_problem(arena, option, pair->value);
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
