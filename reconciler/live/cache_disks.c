/* Asks how much room there is where the caches of this machine's nodes are. */
#include "live/cache_disks.h"

#include "base/process.h"
#include "live/buildkit/route.h"
#include "live/store/disk.h"
#include "model/driver.h"

void cache_disks_check(struct live *live, struct engine_probe *const *probes, size_t count)
{
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; driver_has_containers(builder->driver) && j < builder->node_count; j++) {
			const struct live_node *node = &builder->nodes[j];
			const struct container *container = node->container;
			if (!container)
				continue;
			size_t probe = engine_probe_of(probes, count, node->engine);
			if (probe == count || !daemon_is_here(&probes[probe]->endpoint, container->id, container->pid))
				continue;
			disk_check(live->arena, &live->faults, arena_printf(live->arena, "builder.%s", builder->name),
				   process_path(live->arena, container->pid, "/var/lib/buildkit"),
				   arena_printf(live->arena,
						"run `docker buildx prune --builder %s --force`, or make room on that "
						"disk",
						builder->name));
		}
	}
}
