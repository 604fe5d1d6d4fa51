/* The field table: one row per key of a state file, and what people write instead of those keys. */
#include "model/field.h"

#include "base/count.h"

#include <stdlib.h>
#include <string.h>

// clang-format off: a text is not cut into pieces of a word
static const struct field fields[] = {
	{.scope = SCOPE_STATE,
	 .key = "version",
	 .type = TYPE_INTEGER,
	 .offset = offsetof(struct state, version),
	 .min = 1,
	 .max = 1,
	 .required = true,
	 .doc = "Version of this format."},
	{.scope = SCOPE_STATE,
	 .key = "selected",
	 .type = TYPE_NAME,
	 .offset = offsetof(struct state, selected),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "The builder that a bare `docker buildx build` uses, as `docker buildx use --default` selects it; "
		"absent: left alone."},
	{.scope = SCOPE_STATE,
	 .key = "current-context",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct state, current_context),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "The current Docker context, as `docker context use` sets it in config.json; `default` for none; "
		"absent: left alone."},
	{.scope = SCOPE_STATE,
	 .key = "unmanaged",
	 .type = TYPE_ENUM,
	 .offset = offsetof(struct state, unmanaged),
	 .values = "keep|remove",
	 .fallback = "keep",
	 .doc = "What happens to builders in the store that no state file names."},
	{.scope = SCOPE_STATE,
	 .key = "defaults",
	 .type = TYPE_GROUP,
	 .below = SCOPE_BUILDER,
	 .doc = "Merged under every builder; a builder's own value wins, and what does not suit a builder's driver "
		"is left out there."},
	{.scope = SCOPE_STATE,
	 .key = "builders",
	 .type = TYPE_TABLE,
	 .offset = offsetof(struct state, builders),
	 .count_offset = offsetof(struct state, builder_count),
	 .element_size = sizeof(struct builder),
	 .below = SCOPE_BUILDER,
	 .doc = "The builders, by name."},
	{.scope = SCOPE_STATE,
	 .key = "contexts",
	 .type = TYPE_TABLE,
	 .offset = offsetof(struct state, contexts),
	 .count_offset = offsetof(struct state, context_count),
	 .element_size = sizeof(struct context),
	 .below = SCOPE_CONTEXT,
	 .doc = "Docker contexts, by name: for nodes on other machines, and for the repair of Docker Desktop's."},

	{.scope = SCOPE_BUILDER,
	 .key = "state",
	 .type = TYPE_ENUM,
	 .offset = offsetof(struct builder, state),
	 .values = "present|absent",
	 .fallback = "present",
	 .doc = "Whether the builder must exist, or must not."},
	{.scope = SCOPE_BUILDER,
	 .key = "driver",
	 .type = TYPE_ENUM,
	 .offset = offsetof(struct builder, driver),
	 .values = "docker|docker-container|kubernetes|remote",
	 .fallback = "docker-container",
	 .effect = EFFECT_REPLACE,
	 .doc = "How BuildX reaches BuildKit; `docker` stands for the builder of the Docker context of the same name."},
	{.scope = SCOPE_BUILDER,
	 .key = "endpoint",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct builder, endpoint),
	 .effect = EFFECT_REPLACE,
	 .doc = "Where the only node lives: `unix://`, `tcp://`, `ssh://` or a Docker context's name; absent: where "
		"the builder is already, the current context for a new one."},
	{.scope = SCOPE_BUILDER,
	 .key = "kubeconfig",
	 .type = TYPE_PATH,
	 .absolute = true,
	 .offset = offsetof(struct builder, kubeconfig),
	 .effect = EFFECT_REPLACE,
	 .doc = "Driver `kubernetes`: the kubeconfig that leads to the cluster; absent: where the nodes are already; "
		"for new ones, and with `context`, what `KUBECONFIG` says, else `~/.kube/config`, else the cluster "
		"that this runs in."},
	{.scope = SCOPE_BUILDER,
	 .key = "context",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct builder, kube_context),
	 .effect = EFFECT_REPLACE,
	 .doc = "Driver `kubernetes`: the context of the kubeconfig, whatever `kubectl config use-context` says; "
		"absent: the current one."},
	{.scope = SCOPE_BUILDER,
	 .key = "expires-after",
	 .type = TYPE_DURATION,
	 .offset = offsetof(struct builder, expires_after),
	 .effect = EFFECT_NONE,
	 .doc = "Driver `kubernetes`: so long after the builder was changed last, `--gc` of any machine may remove "
		"what "
		"it is in the cluster (`24h`): for the builders of jobs that may die; absent: never by time."},
	{.scope = SCOPE_BUILDER,
	 .key = "platforms",
	 .type = TYPE_PLATFORMS,
	 .offset = offsetof(struct builder, platforms),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "Platforms that the only node is preferred for; several nodes say their own."},
	{.scope = SCOPE_BUILDER,
	 .key = "driver-opts",
	 .type = TYPE_OPTIONS,
	 .offset = offsetof(struct builder, driver_opts),
	 .effect = EFFECT_BY_OPTION,
	 .doc = "Options of the driver, for every node."},
	{.scope = SCOPE_BUILDER,
	 .key = "buildkitd-flags",
	 .type = TYPE_STRINGS,
	 .offset = offsetof(struct builder, buildkitd_flags),
	 .effect = EFFECT_REPLACE,
	 .doc = "Command-line flags of buildkitd: a list, or one text that is split as a shell does."},
	{.scope = SCOPE_BUILDER,
	 .key = "buildkitd",
	 .type = TYPE_TREE,
	 .offset = offsetof(struct builder, buildkitd),
	 .effect = EFFECT_REPLACE,
	 .doc = "Becomes buildkitd.toml: the same keys, in kebab-case or as BuildKit spells them."},
	{.scope = SCOPE_BUILDER,
	 .key = "buildkitd-config",
	 .type = TYPE_PATH,
	 .offset = offsetof(struct builder, buildkitd_config),
	 .effect = EFFECT_REPLACE,
	 .doc = "A buildkitd.toml to use; not together with `buildkitd`."},
	{.scope = SCOPE_BUILDER,
	 .key = "cache",
	 .type = TYPE_GROUP,
	 .offset = offsetof(struct builder, cache),
	 .below = SCOPE_CACHE,
	 .effect = EFFECT_REPLACE,
	 .doc = "What the build cache may hold; becomes garbage collection settings in buildkitd.toml."},
	{.scope = SCOPE_BUILDER,
	 .key = "nodes",
	 .type = TYPE_TABLE,
	 .offset = offsetof(struct builder, nodes),
	 .count_offset = offsetof(struct builder, node_count),
	 .element_size = sizeof(struct node),
	 .below = SCOPE_NODE,
	 .effect = EFFECT_IN_PLACE,
	 .doc = "The nodes, by name; absent: one node, the builder's name followed by 0."},
	{.scope = SCOPE_BUILDER,
	 .key = "bootstrap",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct builder, bootstrap),
	 .fallback = "true",
	 .doc = "Boot the nodes at once, or leave them inactive until they are used; a remote daemon must answer, or "
		"need not."},
	{.scope = SCOPE_BUILDER,
	 .key = "protect",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct builder, protect),
	 .fallback = "false",
	 .doc = "Never removed or reset without `--allow-protected`."},
	{.scope = SCOPE_BUILDER,
	 .key = "fallback",
	 .type = TYPE_NAME,
	 .offset = offsetof(struct builder, fallback),
	 .doc = "The builder that is selected while this one is being replaced, so that builds go on."},
	{.scope = SCOPE_BUILDER,
	 .key = "emulation",
	 .type = TYPE_PAIRS,
	 .offset = offsetof(struct builder, emulation),
	 .doc = "Architectures that the nodes' machines must emulate, `{arm64: install}`: a privileged run of "
		"`image` (tonistiigi/binfmt) registers them, again after each reboot."},
	{.scope = SCOPE_BUILDER,
	 .key = "verify",
	 .type = TYPE_GROUP,
	 .offset = 0,
	 .below = SCOPE_VERIFY,
	 .doc = "Builds that show that the builder works, after each apply that changed it: on every node, for each "
		"of its platforms; one that fails is a failed apply."},

	{.scope = SCOPE_NODE,
	 .key = "endpoint",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct node, endpoint),
	 .effect = EFFECT_REPLACE,
	 .doc = "Where the node lives: `unix://`, `tcp://`, `ssh://` or a Docker context's name; absent: where the "
		"node is already, the current context for a new one."},
	{.scope = SCOPE_NODE,
	 .key = "kubeconfig",
	 .type = TYPE_PATH,
	 .absolute = true,
	 .offset = offsetof(struct node, kubeconfig),
	 .effect = EFFECT_REPLACE,
	 .doc = "Driver `kubernetes`: as the builder's, for this node alone: the nodes of a builder may be in several "
		"clusters."},
	{.scope = SCOPE_NODE,
	 .key = "context",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct node, kube_context),
	 .effect = EFFECT_REPLACE,
	 .doc = "Driver `kubernetes`: as the builder's, for this node alone."},
	{.scope = SCOPE_NODE,
	 .key = "platforms",
	 .type = TYPE_PLATFORMS,
	 .offset = offsetof(struct node, platforms),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "Platforms that this node is preferred for; a platform belongs to one node."},
	{.scope = SCOPE_NODE,
	 .key = "driver-opts",
	 .type = TYPE_OPTIONS,
	 .offset = offsetof(struct node, driver_opts),
	 .effect = EFFECT_BY_OPTION,
	 .doc = "Options of the driver, over the builder's."},
	{.scope = SCOPE_NODE,
	 .key = "buildkitd-flags",
	 .type = TYPE_STRINGS,
	 .offset = offsetof(struct node, flags),
	 .effect = EFFECT_REPLACE,
	 .doc = "Command-line flags of buildkitd, instead of the builder's."},
	{.scope = SCOPE_NODE,
	 .key = "buildkitd",
	 .type = TYPE_TREE,
	 .offset = offsetof(struct node, buildkitd),
	 .effect = EFFECT_REPLACE,
	 .doc = "This node's own buildkitd.toml, instead of the builder's; `cache` is added to it all the same."},
	{.scope = SCOPE_NODE,
	 .key = "buildkitd-config",
	 .type = TYPE_PATH,
	 .offset = offsetof(struct node, buildkitd_config),
	 .effect = EFFECT_REPLACE,
	 .doc = "A buildkitd.toml of this node's own, instead of the builder's; not together with its `buildkitd`."},

	{.scope = SCOPE_CACHE,
	 .key = "keep-state",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct cache_policy, keep_state),
	 .fallback = "true",
	 .doc = "Whether the cache volume survives a replacement of the node."},
	{.scope = SCOPE_CACHE,
	 .key = "reset",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct cache_policy, reset),
	 .doc = "An id of your choice, such as a ticket's: when it changes, the next apply empties the cache, once."},
	{.scope = SCOPE_CACHE,
	 .key = "max-used-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_policy, max_used_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Most space that the cache may use."},
	{.scope = SCOPE_CACHE,
	 .key = "reserved-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_policy, reserved_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Space that the cache may always use: below it nothing is collected."},
	{.scope = SCOPE_CACHE,
	 .key = "min-free-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_policy, min_free_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Space on the disk that collection tries to leave free."},
	{.scope = SCOPE_CACHE,
	 .key = "keep-duration",
	 .type = TYPE_DURATION,
	 .offset = offsetof(struct cache_policy, keep_duration),
	 .effect = EFFECT_REPLACE,
	 .doc = "How long unused cache is kept: older is removed, down to `reserved-space`, whatever space there is; "
		"absent: BuildKit removes by space only."},
	{.scope = SCOPE_CACHE,
	 .key = "rules",
	 .type = TYPE_LIST,
	 .offset = offsetof(struct cache_policy, rules),
	 .count_offset = offsetof(struct cache_policy, rule_count),
	 .element_size = sizeof(struct cache_rule),
	 .below = SCOPE_RULE,
	 .effect = EFFECT_REPLACE,
	 .doc = "The whole ordered policy, instead of the three spaces and the duration."},

	{.scope = SCOPE_RULE,
	 .key = "filters",
	 .type = TYPE_STRINGS,
	 .offset = offsetof(struct cache_rule, filters),
	 .effect = EFFECT_REPLACE,
	 .doc = "What the rule is about: `type==source.local`; absent: everything."},
	{.scope = SCOPE_RULE,
	 .key = "all",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct cache_rule, all),
	 .fallback = "false",
	 .effect = EFFECT_REPLACE,
	 .doc = "Internal and shared records too."},
	{.scope = SCOPE_RULE,
	 .key = "keep-duration",
	 .type = TYPE_DURATION,
	 .offset = offsetof(struct cache_rule, keep_duration),
	 .effect = EFFECT_REPLACE,
	 .doc = "What was used within this time stays."},
	{.scope = SCOPE_RULE,
	 .key = "max-used-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_rule, max_used_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Most space that may be used."},
	{.scope = SCOPE_RULE,
	 .key = "reserved-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_rule, reserved_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Space that may always be used."},
	{.scope = SCOPE_RULE,
	 .key = "min-free-space",
	 .type = TYPE_SPACE,
	 .offset = offsetof(struct cache_rule, min_free_space),
	 .effect = EFFECT_REPLACE,
	 .doc = "Space on the disk to leave free."},

	{.scope = SCOPE_VERIFY,
	 .key = "build",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct builder, verify_build),
	 .fallback = "false",
	 .doc = "Try a small build from scratch."},
	{.scope = SCOPE_VERIFY,
	 .key = "dockerfile",
	 .type = TYPE_PATH,
	 .offset = offsetof(struct builder, verify_dockerfile),
	 .doc = "Try this Dockerfile, built in its own folder, instead."},

	{.scope = SCOPE_CONTEXT,
	 .key = "state",
	 .type = TYPE_ENUM,
	 .offset = offsetof(struct context, state),
	 .values = "present|absent",
	 .fallback = "present",
	 .doc = "Whether the context must exist, or must not."},
	{.scope = SCOPE_CONTEXT,
	 .key = "endpoint",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct context, endpoint),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "The Engine's URL: `unix://`, `tcp://` or `ssh://`."},
	{.scope = SCOPE_CONTEXT,
	 .key = "description",
	 .type = TYPE_STRING,
	 .offset = offsetof(struct context, description),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "What `docker context ls` says about it."},
	{.scope = SCOPE_CONTEXT,
	 .key = "ca",
	 .type = TYPE_PATH,
	 .absolute = true,
	 .offset = offsetof(struct context, ca),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "CA certificate of the Engine, a PEM file. Any of `ca`, `cert`, `key`: these and no other TLS files; "
		"none: what the context has is left alone."},
	{.scope = SCOPE_CONTEXT,
	 .key = "cert",
	 .type = TYPE_PATH,
	 .absolute = true,
	 .offset = offsetof(struct context, cert),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "Client certificate, a PEM file; with `key`."},
	{.scope = SCOPE_CONTEXT,
	 .key = "key",
	 .type = TYPE_PATH,
	 .absolute = true,
	 .offset = offsetof(struct context, key),
	 .effect = EFFECT_IN_PLACE,
	 .doc = "Private key of the client certificate, a PEM file without a pass phrase; its content is never shown."},
	{.scope = SCOPE_CONTEXT,
	 .key = "skip-tls-verify",
	 .type = TYPE_BOOL,
	 .offset = offsetof(struct context, skip_tls_verify),
	 .fallback = "false",
	 .effect = EFFECT_IN_PLACE,
	 .doc = "Do not check the Engine's certificate."},
};
// clang-format on

/* Keys of docker/setup-buildx-action (action.yml), of `docker buildx create` and of buildkitd.toml. */
static const struct synonym {
	enum field_scope scope;
	const char *key, *instead;
} synonyms[] = {
	{SCOPE_STATE, "default", "write `selected: NAME`"},
	{SCOPE_STATE, "use", "write `selected: NAME`"},
	{SCOPE_STATE, "current", "write `selected: NAME`"},
	{SCOPE_STATE, "context", "write `current-context: NAME`"},
	{SCOPE_STATE, "currentContext", "write `current-context: NAME`"},
	{SCOPE_STATE, "driver", "write it below `builders`, `NAME`, or below `defaults`"},
	{SCOPE_STATE, "platforms", "write it below `builders`, `NAME`, or below `defaults`"},
	{SCOPE_BUILDER, "append", "write the nodes below `nodes`, by name"},
	{SCOPE_BUILDER, "buildkitd-config-inline", "write the same keys as YAML below `buildkitd`"},
	{SCOPE_BUILDER, "config-inline", "write the same keys as YAML below `buildkitd`"},
	{SCOPE_BUILDER, "kube-config", "write `kubeconfig: FILE`"},
	{SCOPE_BUILDER, "kube-context", "write `context: NAME`"},
	{SCOPE_BUILDER, "kubecontext", "write `context: NAME`"},
	{SCOPE_BUILDER, "namespace", "write `driver-opts: {namespace: …}`"},
	{SCOPE_BUILDER, "replicas", "write `driver-opts: {replicas: …}`"},
	{SCOPE_BUILDER, "buildkitd-opts", "write `buildkitd-flags`"},
	{SCOPE_BUILDER, "cleanup", "write `state: absent` for a builder that must go"},
	{SCOPE_BUILDER, "config", "write `buildkitd-config: FILE`"},
	{SCOPE_BUILDER, "driver-opt", "write `driver-opts`"},
	{SCOPE_BUILDER, "flags", "write `buildkitd-flags`"},
	{SCOPE_BUILDER, "image", "write `driver-opts: {image: …}`"},
	{SCOPE_BUILDER, "install", "run `docker buildx install`; it is no property of a builder"},
	{SCOPE_BUILDER, "keep-state", "write it below `cache`"},
	{SCOPE_BUILDER, "max-used-space", "write it below `cache`"},
	{SCOPE_BUILDER, "min-free-space", "write it below `cache`"},
	{SCOPE_BUILDER, "reserved-space", "write it below `cache`"},
	{SCOPE_BUILDER, "name", "the key below `builders` is the name"},
	{SCOPE_BUILDER, "node", "write the nodes below `nodes`, by name"},
	{SCOPE_BUILDER, "platform", "write `platforms`"},
	{SCOPE_BUILDER, "use", "write `selected: NAME` at the top level"},
	{SCOPE_NODE, "name", "the key below `nodes` is the name"},
	{SCOPE_NODE, "driver", "write it on the builder: its nodes have the same driver"},
	{SCOPE_NODE, "flags", "write `buildkitd-flags`"},
	{SCOPE_NODE, "driver-opt", "write `driver-opts`"},
	{SCOPE_NODE, "cache", "write it on the builder: its nodes have the same policy"},
	{SCOPE_CACHE, "gcpolicy", "write `rules`"},
	{SCOPE_CACHE, "policy", "write `rules`"},
	{SCOPE_CACHE, "gckeepstorage", "write `reserved-space`, which it means, or `max-used-space` for a cap"},
	{SCOPE_CACHE, "keep-storage", "write `reserved-space`, which it means, or `max-used-space` for a cap"},
	{SCOPE_CACHE, "keep-bytes", "write `reserved-space`, which it means, or `max-used-space` for a cap"},
	{SCOPE_CACHE, "max-age", "write `keep-duration`"},
	{SCOPE_RULE, "filter", "write `filters`, a list"},
	{SCOPE_RULE, "keepbytes", "write `reserved-space`, which it means, or `max-used-space` for a cap"},
	{SCOPE_RULE, "keep-bytes", "write `reserved-space`, which it means, or `max-used-space` for a cap"},
	{SCOPE_CONTEXT, "docker", "write `endpoint: URL`"},
	{SCOPE_CONTEXT, "host", "write `endpoint: URL`"},
	{SCOPE_CONTEXT, "name", "the key below `contexts` is the name"},
};

const struct field *field_table(size_t *ret_count)
{
	*ret_count = COUNT(fields);
	return fields;
}

const struct field *field_scope(enum field_scope scope, size_t *ret_count)
{
	size_t first = 0, end;

	while (first < COUNT(fields) && fields[first].scope != scope)
		first++;
	for (end = first; end < COUNT(fields) && fields[end].scope == scope; end++)
		;
	*ret_count = end - first;
	return &fields[first];
}

const struct field *field_find(enum field_scope scope, const char *key)
{
	size_t count;
	const struct field *rows = field_scope(scope, &count);

	for (size_t i = 0; i < count; i++)
		if (*rows[i].key == *key && strcmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

bool field_replaces(enum field_scope scope, const char *key)
{
	const struct field *field = field_find(scope, key);

	if (!field)
		abort(); /* a slip of ours */
	return field->effect == EFFECT_REPLACE;
}

const char *scope_name(enum field_scope scope)
{
	static const char *const names[] = {
		[SCOPE_STATE] = "state",     [SCOPE_BUILDER] = "builder", [SCOPE_NODE] = "node",
		[SCOPE_CACHE] = "cache",     [SCOPE_RULE] = "rule",	  [SCOPE_VERIFY] = "verify",
		[SCOPE_CONTEXT] = "context",
	};

	return (size_t)scope < COUNT(names) ? names[scope] : "unknown";
}

const char *field_synonym(enum field_scope scope, const char *key)
{
	for (size_t i = 0; i < COUNT(synonyms); i++)
		if (synonyms[i].scope == scope && strcasecmp(synonyms[i].key, key) == 0)
			return synonyms[i].instead;
	return NULL;
}

struct places *field_places(enum field_scope scope, void *object)
{
	switch (scope) {
	case SCOPE_STATE:
		return &((struct state *)object)->places;
	case SCOPE_BUILDER:
	case SCOPE_VERIFY:
		return &((struct builder *)object)->places;
	case SCOPE_NODE:
		return &((struct node *)object)->places;
	case SCOPE_CACHE:
		return &((struct cache_policy *)object)->places;
	case SCOPE_RULE:
		return &((struct cache_rule *)object)->places;
	case SCOPE_CONTEXT:
		return &((struct context *)object)->places;
	case SCOPE_COUNT:
		break;
	}
	return NULL;
}
