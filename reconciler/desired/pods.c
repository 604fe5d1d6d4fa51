/* Nodes of driver kubernetes, as a cluster and BuildX make them of what the state files say. */
#include "base/count.h"
#include "base/text.h"
#include "desired/check.h"
#include "model/cluster.h"
#include "model/driver.h"
#include "model/kube_value.h"
#include "model/option_value.h"

#include <stdlib.h>
#include <string.h>

#define STORAGE "persistent-volume-claim.requests.storage"

/* A StatefulSet's pods carry its name and eleven characters more as a label (controller-revision-hash). */
enum { STATEFUL_SET_MAX = KUBE_LABEL_MAX - 11 };

/* One wanted node, and what its objects are called. */
struct pods {
	const struct builder *builder;
	const struct node *node;
	const char *name;
	const char *namespace; /* "": the context's */
	struct arena *arena;
};

static const char *option_of(const struct pods *pods, const char *key)
{
	return pairs_get(&pods->node->driver_opts, key);
}

static struct source option_source(const struct pods *pods, const char *key)
{
	for (size_t i = 0; i < pods->node->driver_opts.count; i++) {
		const struct pair *pair = &pods->node->driver_opts.items[i];

		if (text_equal(pair->key, key) && pair->source.file)
			return pair->source;
	}
	return pods->node->source;
}

/* NULL: the cluster takes it. */
static const char *name_problem_in(struct arena *arena, enum workload_kind kind, const char *name)
{
	size_t most = kind == WORKLOAD_STATEFUL_SET ? STATEFUL_SET_MAX : KUBE_LABEL_MAX;

	if (strlen(name) > most)
		return arena_printf(arena, "it has %zu characters, more than %zu", strlen(name), most);
	if (!dns_name_valid(name))
		return "it has to end, and to go on behind a dot, with a letter or a digit";
	if (kind == WORKLOAD_STATEFUL_SET && !dns_label_valid(name))
		return "its pods are hosts of that name, which has no dots";
	return NULL;
}

static void check_name(const struct pods *pods, struct diagnostics *problems, struct diagnostics *warnings)
{
	enum workload_kind kind = workload_kind_of(&pods->node->driver_opts);
	const char *why = name_problem_in(pods->arena, kind, pods->name), *what = workload_kind_name(kind);

	if (why)
		problem_at(problems, pods->node->source, "lower-case letters, digits, and `-` between them, are a name",
			   "node %s: Kubernetes takes no %s called %s: %s", pods->node->name, what, pods->name, why);
	else if (!dns_label_valid(pods->name))
		warning_at(warnings, pods->node->source, "write `-` instead",
			   "node %s: Kubernetes takes a %s called %s, and advises against the dot: pods and hosts get "
			   "that name",
			   pods->node->name, what, pods->name);
}

/* The API server refuses a request that is over its limit. */
static void check_resources(const struct pods *pods, struct diagnostics *problems)
{
	static const char *const resources[] = {"cpu", "memory", "ephemeral-storage"};

	for (size_t i = 0; i < COUNT(resources); i++) {
		const char *key = arena_printf(pods->arena, "requests.%s", resources[i]);
		const char *limit_key = arena_printf(pods->arena, "limits.%s", resources[i]);
		const char *request = option_of(pods, key), *limit = option_of(pods, limit_key);
		double most = limit ? kube_quantity(limit) : -1, asked = request ? kube_quantity(request) : -1;

		if (asked >= 0 && most >= 0 && asked > most && !kube_quantity_same(asked, most))
			problem_at(problems, option_source(pods, key), NULL,
				   "builder %s: `%s` is %s, over `%s`, which is %s: Kubernetes refuses that",
				   pods->builder->name, key, request, limit_key, limit);
	}
}

static bool has_claim(const struct pods *pods)
{
	return option_of(pods, STORAGE);
}

static bool asks_for_storage(const struct pods *pods)
{
	return option_of(pods, "requests.ephemeral-storage") && !option_of(pods, "limits.ephemeral-storage");
}

static bool asks_and_limits_storage(const struct pods *pods)
{
	return option_of(pods, "requests.ephemeral-storage") && option_of(pods, "limits.ephemeral-storage");
}

static bool unrootless(const struct pods *pods)
{
	const char *rootless = option_of(pods, "rootless");
	const struct driver_option *option = driver_option_find(pods->builder->driver, "rootless");

	return rootless && option_value_same(option, rootless, "false") && !option_of(pods, "image");
}

static bool claims_and_configures(const struct pods *pods)
{
	return has_claim(pods) && pods->node->files.count > 0;
}

static bool claims_and_remembers(const struct pods *pods)
{
	return has_claim(pods) && option_of(pods, "buildkit-root-volume-memory");
}

static bool only_names_emulator(const struct pods *pods)
{
	const struct driver_option *option = driver_option_find(pods->builder->driver, "qemu.install");

	return option_of(pods, "qemu.image") && option_value_same(option, option_of(pods, "qemu.install"), NULL);
}

/* What BuildX makes something else of than it reads, up to 0.36 (docker/buildx driver/kubernetes/factory.go,
 * manifest/manifest.go). */
static const struct caveat {
	const char *option; /* that says it */
	bool (*applies)(const struct pods *pods);
	const char *what, *hint;
} caveats[] = {
	{STORAGE, claims_and_configures,
	 "BuildX mounts no configuration beside a claim, so reconcile makes the node itself",
	 "where BuildX makes it, BuildKit never sees its buildkitd.toml, and the plan says so"},
	{"buildkit-root-volume-memory", claims_and_remembers,
	 "BuildX mounts no volume in memory beside a claim: the cache is in the claim", "keep one of the two"},
	{"requests.ephemeral-storage", asks_for_storage,
	 "BuildX makes a limit of it, and no request, so reconcile makes the node itself",
	 "where BuildX has made it, the limit stays; `limits.ephemeral-storage` is the same everywhere"},
	{"requests.ephemeral-storage", asks_and_limits_storage,
	 "BuildX sets the limit alone, and no request, so reconcile makes the node itself", NULL},
	{"rootless", unrootless,
	 "BuildX runs the image for rootless as soon as `rootless` is said, so reconcile makes the node itself",
	 "leave it out, or say the `image` too"},
	{"qemu.image", only_names_emulator, "nothing runs it without `qemu.install: true`", NULL},
};

static void warn_of_options(const struct pods *pods, struct diagnostics *warnings)
{
	for (size_t i = 0; i < COUNT(caveats); i++)
		if (caveats[i].applies(pods))
			warning_at(warnings, option_source(pods, caveats[i].option), caveats[i].hint,
				   "builder %s: option `%s`: %s", pods->builder->name, caveats[i].option,
				   caveats[i].what);
}

/* The line that says the key of a registry's pair, else what the configuration is. */
static struct source key_source(const struct pods *pods)
{
	bool own = node_has_own_config(pods->node);
	const struct places *places = own ? &pods->node->places : &pods->builder->places;
	struct source whole = places_find(places, "buildkitd-config", pods->node->source);

	for (size_t i = 0; i < places->count; i++)
		if (text_starts(places->items[i].key, "buildkitd.") && text_ends(places->items[i].key, ".key"))
			return places->items[i].source;
	return places_find(places, "buildkitd", whole);
}

/* A ConfigMap and a Deployment are no Secrets: whoever may read them reads all of them. */
static void warn_of_secrets(const struct pods *pods, struct diagnostics *warnings)
{
	const struct node *node = pods->node;

	for (size_t i = 0; i < node->files.count; i++)
		if (node->files.items[i].secret)
			warning_at(warnings, key_source(pods), "see to it that few may `get configmaps` there",
				   "builder %s: the private key %s is kept in clear, in a ConfigMap of the cluster",
				   pods->builder->name, node->files.items[i].name);
	for (size_t i = 0; i < node->driver_opts.count; i++)
		if (node->driver_opts.items[i].secret)
			warning_at(warnings, option_source(pods, node->driver_opts.items[i].key),
				   "see to it that few may `get deployments` and `get pods` there",
				   "builder %s: the value of `%s` is kept in clear, in the cluster's %s",
				   pods->builder->name, node->driver_opts.items[i].key,
				   workload_kind_name(workload_kind_of(&node->driver_opts)));
}

static int order_of(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

/* By where they are, then by who says so. */
static int pods_order(const void *a, const void *b)
{
	const struct pods *one = a, *other = b;
	const char *const pairs[][2] = {{one->name, other->name},
					{one->namespace, other->namespace},
					{one->node->kubeconfig, other->node->kubeconfig},
					{one->node->kube_context, other->node->kube_context},
					{one->builder->name, other->builder->name},
					{one->node->name, other->node->name}};
	int order = 0;

	for (size_t i = 0; i < COUNT(pairs) && order == 0; i++)
		order = order_of(pairs[i][0], pairs[i][1]);
	return order;
}

/* As far as the state files tell: two contexts may lead to one cluster. */
static bool same_place(const struct pods *one, const struct pods *other)
{
	return text_equal(one->name, other->name) && text_equal(one->namespace, other->namespace) &&
	       text_equal(one->node->kubeconfig, other->node->kubeconfig) &&
	       text_equal(one->node->kube_context, other->node->kube_context);
}

/* BuildX finds the one that is there and is content, and removes it under the other (checked with 0.36). */
static void check_shared(const struct pods *one, const struct pods *other, struct diagnostics *problems)
{
	const char *where =
		text_empty(one->namespace) ? "" : arena_printf(one->arena, " in namespace %s", one->namespace);

	if (!same_place(one, other))
		return;
	if (one->builder != other->builder)
		problem_at(problems, other->node->source, "rename one of the nodes, or give it another namespace",
			   "builders %s and %s both claim %s %s%s", one->builder->name, other->builder->name,
			   workload_kind_name(workload_kind_of(&other->node->driver_opts)), other->name, where);
	else if (!text_equal(one->node->name, other->node->name)) /* else said of every driver */
		problem_at(problems, other->node->source, "rename one of them",
			   "nodes %s and %s of builder %s are both called %s%s: Kubernetes has no `_` in names",
			   one->node->name, other->node->name, one->builder->name, one->name, where);
}

static void check_each(const struct pods *pods, struct diagnostics *problems, struct diagnostics *warnings)
{
	check_name(pods, problems, warnings);
	check_resources(pods, problems);
	warn_of_options(pods, warnings);
	warn_of_secrets(pods, warnings);
}

void pods_check(struct state *state, struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct pods *all = NULL;
	size_t count = 0;

	for (size_t i = 0; i < state->builder_count; i++) {
		const struct builder *builder = &state->builders[i];

		if (builder_absent(builder) || driver_home(builder->driver) != HOME_POD)
			continue;
		for (size_t k = 0; k < builder->node_count; k++) {
			const struct node *node = &builder->nodes[k];
			const char *namespace = pairs_get(&node->driver_opts, "namespace");
			struct pods *pods = ARENA_PUSH(arena, all, count);

			*pods = (struct pods){.builder = builder,
					      .node = node,
					      .name = workload_name(arena, node->name),
					      .namespace = namespace ? namespace : "",
					      .arena = arena};
			check_each(pods, problems, &state->warnings);
		}
	}
	if (count > 1)
		qsort(all, count, sizeof(*all), pods_order);
	for (size_t i = 1; i < count; i++)
		check_shared(&all[i - 1], &all[i], problems);
}
