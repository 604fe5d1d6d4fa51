/* Which BuildX a change needs: any, to boot nodes and to build on them; one that knows the driver options, to load the
 * builder at all ("invalid driver option", docker/buildx driver/docker-container/factory.go). */
#include "plan/buildx.h"

#include "model/driver.h"
#include "plan/change.h"

static bool by_buildx(const struct change *change)
{
	static const bool kinds[STEP_KIND_COUNT] = {
		[STEP_BOOT] = true, [STEP_BOOT_BESIDE] = true, [STEP_VERIFY_BUILD] = true, [STEP_HEAL] = true};

	for (size_t i = 0; i < change->step_count; i++)
		if (kinds[change->steps[i].kind])
			return true;
	return false;
}

static bool writes_instance(const struct change *change)
{
	for (size_t i = 0; i < change->step_count; i++)
		if (change->steps[i].kind == STEP_WRITE_FILE && !change->steps[i].in_docker_config &&
		    text_starts(change->steps[i].path, "instances/"))
			return true;
	return false;
}

bool plan_uses_buildx(const struct plan *plan)
{
	for (size_t i = 0; i < plan->change_count; i++)
		if (by_buildx(&plan->changes[i]) || writes_instance(&plan->changes[i]))
			return true;
	return false;
}

/* What keeps docker from doing anything: its programs, and the TLS files that it reads before all else. */
static bool stops_docker(const struct draft *draft, const struct fault *fault)
{
	const struct environment_tls *tls = draft->live->tls;

	return fault_is(fault, FAULT_DOCKER_MISSING) || fault_is(fault, FAULT_BUILDX_MISSING) ||
	       (fault_is(fault, FAULT_BUILDX_OLD) && !text_starts(fault->subject, "builder.")) ||
	       (tls && tls->problem && text_equal(fault->message, tls->problem));
}

static bool is_too_new(const struct live *live, const struct driver_option *option)
{
	return option && live->buildx_minor > 0 && option->since > live->buildx_minor;
}

static void check_options(struct draft *draft, const struct builder_draft *builder)
{
	const struct live *live = draft->live;

	for (size_t i = 0; i < builder->want.node_count; i++) {
		const struct node *node = &builder->want.nodes[i];
		for (size_t k = 0; k < node->driver_opts.count; k++) {
			const char *key = node->driver_opts.items[k].key;
			const struct driver_option *option = driver_option_find(builder->want.driver, key);
			if (is_too_new(live, option))
				change_block(
					draft, builder->change, ERROR_UNREACHABLE,
					"node %s: the driver option %s is of BuildX 0.%d, and docker has %s: install a "
					"newer docker-buildx-plugin, or leave the option out",
					node->name, key, option->since, live->buildx_version);
		}
	}
}

void check_buildx(struct draft *draft, struct builder_draft *builder)
{
	const struct faults *faults = &draft->live->faults;
	struct change *change = builder->change;
	bool needed = by_buildx(change);

	for (size_t i = 0; needed && !change->blocked && i < faults->count; i++)
		if (stops_docker(draft, &faults->items[i]))
			change_block(draft, change, ERROR_UNREACHABLE, "BuildX boots the node: %s; %s",
				     faults->items[i].message, faults->items[i].mend);
	if (!change->blocked && !draft->request->rollback && (needed || writes_instance(change)))
		check_options(draft, builder);
}

void find_new_options(struct arena *arena, const struct live *live, struct faults *faults)
{
	for (size_t i = 0; live->buildx_minor > 0 && i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		for (size_t j = 0; j < builder->node_count; j++) {
			const struct node *node = &builder->nodes[j].spec;
			for (size_t k = 0; k < node->driver_opts.count; k++) {
				const char *key = node->driver_opts.items[k].key;
				const struct driver_option *option = driver_option_find(builder->driver, key);
				if (is_too_new(live, option))
					faults_add(
						arena, faults, FAULT_BUILDX_OLD,
						arena_printf(arena, "builder.%s", builder->name), live->buildx, NULL,
						"node %s has the driver option %s, which is of BuildX 0.%d, and docker "
						"has %s, which cannot load the builder",
						node->name, key, option->since, live->buildx_version);
			}
		}
	}
}
