/* Finds the nodes that use one container: BuildX names it after the node alone, so two builders with a node of one name
 * on one Engine share it (docker/buildx driver/docker-container/factory.go). */
#include "live/claims.h"

#include "base/keyed.h"
#include "model/driver.h"
#include "model/normal.h"

#include <ctype.h>
#include <string.h>

struct share {
	const char *where, *what; /* equal for two nodes with one container, whatever the addresses of its Engine */
	const struct live_builder *builder;
	const struct live_node *node;
};

/* One Engine may be known by two addresses: what is on it tells. */
static struct share share_of(const struct live_builder *builder, const struct live_node *node)
{
	if (node->container && node->container->id)
		return (struct share){"", node->container->id, builder, node};
	if (node->volume && node->volume->created)
		return (struct share){node->volume->created, node->volume->name, builder, node};
	return (struct share){node->engine->key ? node->engine->key : node->engine->host, node->spec.name, builder,
			      node};
}

static int by_key(const struct share *x, const struct share *y)
{
	int order = strcmp(x->what, y->what);

	return order != 0 ? order : strcmp(x->where, y->where);
}

/* "ci0" of "ci": a name that BuildX gave. */
static bool is_own_name(const struct share *share)
{
	const char *name = share->node->spec.name, *builder = share->builder->name;

	if (!text_starts(name, builder) || !isdigit((unsigned char)name[strlen(builder)]))
		return false;
	name += strlen(builder);
	return name[strspn(name, "0123456789")] == '\0';
}

/* Who has the better claim comes first. */
static int by_claim(const void *a, const void *b)
{
	const struct share *x = a, *y = b;
	int order = by_key(x, y);

	if (order == 0)
		order = (int)is_own_name(y) - (int)is_own_name(x);
	if (order == 0)
		order = strcmp(x->builder->name, y->builder->name);
	return order != 0 ? order : (x->node > y->node) - (x->node < y->node);
}

static void add_fault(struct live *live, const struct share *first, const struct share *share)
{
	struct arena *arena = live->arena;

	faults_add(arena, &live->faults, FAULT_CONTAINER_CLAIMED,
		   arena_printf(arena, "builder.%s", share->builder->name), NULL, NULL,
		   "node %s of builder %s uses container %s on %s, and so does node %s of builder %s",
		   share->node->spec.name, share->builder->name, node_container_name(arena, share->node->spec.name),
		   share->node->engine->host, first->node->spec.name, first->builder->name);
}

void claims_check(struct live *live)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct share *shares = NULL;
	size_t count = 0, first = 0;

	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_has_containers(builder->driver) && j < builder->node_count; j++) {
			const struct live_node *node = &builder->nodes[j];
			if (node->engine && node->engine->reachable && node->spec.name)
				*ARENA_PUSH(scratch, shares, count) = share_of(builder, node);
		}
	}
	ARRAY_SORT(shares, count, by_claim);
	for (size_t i = 1; i < count; i++)
		if (by_key(&shares[first], &shares[i]) == 0)
			add_fault(live, &shares[first], &shares[i]);
		else
			first = i;
}
