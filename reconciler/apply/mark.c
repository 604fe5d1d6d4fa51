/* Marks what is made, before BuildX makes it. */
#include "apply/mark.h"

#include "apply/engines.h"
#include "base/file.h"
#include "base/identity.h"
#include "codec/instance.h"
#include "live/store/locate.h"
#include "model/driver.h"
#include "model/mark.h"
#include "model/normal.h"

enum { INSTANCE_CAP = 1024 * 1024 };

int mark_volumes(struct execution *run, const char *store, const char *name, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(INSTANCE_CAP);
	struct live_builder builder;
	struct strings labels = {0};
	struct identity identity;
	char id[13];

	/* What is wrong with the file BuildX says better. */
	if (file_read(arena_printf(run->arena, "%s/instances/%s", store, name), INSTANCE_CAP, &data, NULL) < 0 ||
	    instance_parse(run->arena, buffer_text(&data), data.length, &builder, NULL, NULL) < 0 ||
	    !driver_has_containers(builder.driver))
		return 0;
	store_id(run->live->store, id);
	identity_get(&identity);
	mark_labels(run->arena, id, identity.host, &labels);
	for (size_t i = 0; i < builder.node_count; i++) {
		const struct node *node = &builder.nodes[i].spec;
		struct engine_client *engine = NULL;

		if (engine_pool_get(run, node->endpoint, &engine, err) < 0 ||
		    engine_volume_create(engine, node_volume_name(run->arena, node->name), &labels, err) < 0)
			return -1;
	}
	return 0;
}
