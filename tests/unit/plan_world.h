/* What the planner's unit tests share: a builder that is just as the state says, to change one thing of. */
#ifndef RECONCILE_TESTS_UNIT_PLAN_WORLD_H
#define RECONCILE_TESTS_UNIT_PLAN_WORLD_H

#include "model/live.h"
#include "model/mark.h"
#include "model/normal.h"
#include "plan/plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* A world in which builder ci, node ci0 with memory=512m, is just as the state says. */
struct world {
	struct arena *arena;
	struct state desired;
	struct live live;
	struct builder want;
	struct node want_node;
	struct live_builder have[2];
	struct live_node have_node;
	struct engine engine;
	struct container container;
	struct volume volume;
	struct pair memory, have_memory, policy;
	struct fault fault;
	struct leftover leftover;
	const char *reset; /* NULL: none */
	struct strings adopt;
	bool rollback, gc;
	int64_t keep_s, now;
};

static const char *const entitlement = "--allow-insecure-entitlement=network.host";
static const char endpoint[] = "unix:///e.sock";

static inline void make_container(struct world *w)
{
	w->container = (struct container){
		.id = "0123",
		.name = "buildx_buildkit_ci0",
		.image = "moby/buildkit:buildx-stable-1",
		.image_id = "sha256:a",
		.image_now_id = "sha256:a",
		.status = "running",
		.memory = 512 << 20,
		.memory_swap = 1024 << 20,
		.network = "bridge",
		.restart_policy = "unless-stopped",
		.cgroup_parent = "/docker/buildx",
		.privileged = true,
		.state_volume = "buildx_buildkit_ci0_state",
		.files_known = true,
	};
	strings_add(w->arena, &w->container.command, entitlement);
	strings_add(w->arena, &w->container.env, "PATH=/bin");
	strings_add(w->arena, &w->container.image_env, "PATH=/bin");
	w->volume = (struct volume){.name = "buildx_buildkit_ci0_state", .size = -1};
	mark_labels(w->arena, "l", "h", &w->volume.labels);
	w->engine = (struct engine){
		.endpoint = endpoint,
		.host = endpoint,
		.reachable = true,
		.containers = &w->container,
		.container_count = 1,
		.volumes = &w->volume,
		.volume_count = 1,
	};
}

static inline void make_builders(struct world *w)
{
	w->memory = (struct pair){.key = "memory", .value = "512m"};
	w->have_memory = w->memory;
	w->policy = (struct pair){.key = "restart-policy", .value = "no"};
	w->want_node = (struct node){.name = "ci0", .driver_opts = {&w->memory, 1}};
	w->want = (struct builder){.name = "ci", .driver = "docker-container", .nodes = &w->want_node, .node_count = 1};
	w->have_node = (struct live_node){
		.spec = {.name = "ci0", .endpoint = endpoint, .driver_opts = {&w->have_memory, 1}},
		.state = NODE_RUNNING,
		.engine = &w->engine,
		.container = &w->container,
		.volume = &w->volume,
	};
	strings_add(w->arena, &w->have_node.spec.flags, entitlement);
	w->have[0] = (struct live_builder){
		.name = "ci", .driver = "docker-container", .nodes = &w->have_node, .node_count = 1};
	w->have[1] = (struct live_builder){.name = "default", .driver = "docker", .context_builder = true};
}

static inline void make_world(struct world *w)
{
	*w = (struct world){.arena = arena_new()};
	make_container(w);
	make_builders(w);
	w->desired = (struct state){
		.arena = w->arena, .version = 1, .selected = "ci", .builders = &w->want, .builder_count = 1};
	w->live = (struct live){
		.arena = w->arena,
		.store = "/store",
		.docker_config = "/docker",
		.current_context = "default",
		.current_endpoint = endpoint,
		.selected = "ci",
		.selected_by = "current",
		.builders = w->have,
		.builder_count = 2,
		.engines = &w->engine,
		.engine_count = 1,
	};
}

static inline struct plan *plan(struct world *w)
{
	struct plan_request request = {
		.desired = &w->desired,
		.live = &w->live,
		.desired_digest = "d",
		.lineage = "l",
		.host = "h",
		.adopt = &w->adopt,
		.max_remove = -1,
		.reset = &w->reset,
		.reset_count = w->reset ? 1 : 0,
		.rollback = w->rollback,
		.gc = w->gc,
		.keep_s = w->keep_s,
		.now = w->now,
	};

	return plan_make(&request);
}

static inline const struct change *find(const struct plan *made, const char *address)
{
	for (size_t i = 0; i < made->change_count; i++)
		if (strcmp(made->changes[i].address, address) == 0)
			return &made->changes[i];
	return NULL;
}

#endif
