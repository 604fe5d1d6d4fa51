/* Marks what is made, before BuildX makes it. */
#include "apply/mark.h"

#include "apply/boot_nodes.h"
#include "apply/engines.h"
#include "base/identity.h"
#include "live/store/locate.h"
#include "model/driver.h"
#include "model/mark.h"
#include "model/normal.h"

int mark_volumes(struct execution *run, const char *store, const char *name, struct error *err)
{
	struct live_builder builder;
	struct strings labels = {0};
	char id[13];

	if (!boot_nodes_read(run, store, name, &builder) || !driver_has_containers(builder.driver))
		return 0;
	store_id(run->live->store, id);
	mark_labels(run->arena, id, identity_host(run->arena), &labels);
	for (size_t i = 0; i < builder.node_count; i++) {
		const struct node *node = &builder.nodes[i].spec;
		struct engine_client *engine = NULL;

		if (engine_pool_get(run, node->endpoint, &engine, err) < 0 ||
		    engine_volume_create(engine, node_volume_name(run->arena, node->name), &labels, err) < 0)
			return -1;
	}
	return 0;
}
