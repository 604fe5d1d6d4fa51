/* Decodes a kubeconfig with a table for each kind of entry. */
#include "live/kube/kubeconfig.h"

#include "base/count.h"
#include "base/digest.h"
#include "base/keyed.h"
#include "base/limits.h"
#include "desired/tree.h"
#include "desired/yaml.h"
#include "live/kube/tree_json.h"

#include <stdlib.h>
#include <string.h>

struct reading {
	struct arena *arena;
	struct error *err;
};

typedef int take_fn(struct reading *reading, const char *key, const struct tree *value, void *into);

struct member {
	const char *key;
	take_fn *take;
	size_t offset;
};

static int refuse(struct reading *reading, const struct tree *value, const char *key, const char *what)
{
	error_set(reading->err, ERROR_INVALID, "%s %s", key, what);
	return error_at(reading->err, value->where.file, value->where.line, value->where.column);
}

static bool is_nothing(const struct tree *value)
{
	return tree_type(value) == SCALAR_NULL;
}

static int take_text(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	if (value->kind != TREE_SCALAR || tree_type(value) != SCALAR_TEXT) {
		refuse(reading, value, key, "must be a text");
		return value->kind == TREE_SCALAR ? error_hint(reading->err, "quote it") : -1;
	}
	if (value->text[0] != '\0')
		*(const char **)into = value->text;
	return 0;
}

/* Go's reader is one of YAML 1.1 (sigs.k8s.io/yaml goyaml.v2 resolve.go). */
static int take_bool(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	static const char *const yes[] = {"true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y"};
	static const char *const no[] = {"false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N"};

	for (size_t i = 0; value->kind == TREE_SCALAR && value->plain && i < COUNT(yes); i++) {
		if (!text_equal(value->text, yes[i]) && !text_equal(value->text, no[i]))
			continue;
		*(bool *)into = text_equal(value->text, yes[i]);
		return 0;
	}
	return refuse(reading, value, key, "must be true or false");
}

/* Go's decoder of base64 skips line breaks. */
static int take_data(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_KUBECONFIG);
	const char *text = NULL;
	size_t kept = 0;

	if (take_text(reading, key, value, &text) < 0)
		return -1;
	if (!text)
		return 0;
	char *joined = arena_strdup(reading->arena, text);
	for (size_t i = 0; text[i] != '\0'; i++)
		if (text[i] != '\n' && text[i] != '\r')
			joined[kept++] = text[i];
	joined[kept] = '\0';
	if (base64_decode(&data, joined) < 0)
		return refuse(reading, value, key, "is not base64");
	*(struct http_blob *)into = (struct http_blob){
		.data = arena_copy(reading->arena, buffer_text(&data), data.length + 1), .length = data.length};
	return 0;
}

static int take_texts(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	struct strings *list = into;

	if (value->kind != TREE_LIST)
		return refuse(reading, value, key, "must be a list of texts");
	for (size_t i = 0; i < value->count; i++) {
		const char *text = "";
		if (!is_nothing(value->items[i]) && take_text(reading, key, value->items[i], &text) < 0)
			return -1;
		strings_add(reading->arena, list, text);
	}
	return 0;
}

static int take_members(struct reading *reading, const struct tree *value, const char *what,
			const struct member *members, size_t count, void *into)
{
	if (value->kind != TREE_MAPPING)
		return refuse(reading, value, what, "must be a mapping");
	for (size_t i = 0; i < count; i++) {
		const struct tree_entry *entry = tree_find(value, members[i].key);
		if (entry && !is_nothing(entry->value) &&
		    members[i].take(reading, entry->key, entry->value, (char *)into + members[i].offset) < 0)
			return -1;
	}
	return 0;
}

static int take_pair(struct reading *reading, const struct tree *value, struct pair *pair)
{
	static const struct member members[] = {
		{"name", take_text, offsetof(struct pair, key)},
		{"value", take_text, offsetof(struct pair, value)},
	};

	*pair = (struct pair){.key = "", .value = "", .source = value->where};
	return take_members(reading, value, "an entry of env", members, COUNT(members), pair);
}

static int take_env(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	struct pairs *env = into;

	if (value->kind != TREE_LIST)
		return refuse(reading, value, key, "must be a list of name and value");
	for (size_t i = 0; i < value->count; i++)
		if (take_pair(reading, value->items[i], ARENA_PUSH(reading->arena, env->items, env->count)) < 0)
			return -1;
	return 0;
}

static int take_extra(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	struct pairs *extra = into;

	if (value->kind != TREE_MAPPING)
		return refuse(reading, value, key, "must be a mapping of lists");
	for (size_t i = 0; i < value->count; i++) {
		struct strings values = {0};
		if (take_texts(reading, key, value->entries[i].value, &values) < 0)
			return -1;
		for (size_t k = 0; k < values.count; k++)
			*ARENA_PUSH(reading->arena, extra->items, extra->count) =
				(struct pair){.key = value->entries[i].key, .value = values.items[k]};
	}
	return 0;
}

static int take_exec(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	static const struct member members[] = {
		{"command", take_text, offsetof(struct kube_exec, command)},
		{"args", take_texts, offsetof(struct kube_exec, args)},
		{"env", take_env, offsetof(struct kube_exec, env)},
		{"apiVersion", take_text, offsetof(struct kube_exec, api_version)},
		{"installHint", take_text, offsetof(struct kube_exec, install_hint)},
		{"provideClusterInfo", take_bool, offsetof(struct kube_exec, provide_cluster_info)},
		{"interactiveMode", take_text, offsetof(struct kube_exec, interactive_mode)},
	};
	struct kube_exec *exec = into;

	exec->is_said = true;
	exec->where = value->where;
	return take_members(reading, value, key, members, COUNT(members), exec);
}

static int take_provider(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	static const struct member members[] = {{"name", take_text, 0}};

	*(const char **)into = "";
	return take_members(reading, value, key, members, COUNT(members), into);
}

/* What a cluster has for plugins: client-go pkg/apis/clientauthentication/v1/types.go, Cluster.Config. */
static int take_extensions(struct reading *reading, const char *key, const struct tree *value, void *into)
{
	if (value->kind != TREE_LIST)
		return refuse(reading, value, key, "must be a list");
	for (size_t i = 0; i < value->count; i++) {
		const struct tree_entry *name = tree_find(value->items[i], "name");
		const struct tree_entry *extension = tree_find(value->items[i], "extension");

		if (name && extension && name->value->kind == TREE_SCALAR &&
		    text_equal(name->value->text, "client.authentication.k8s.io/exec"))
			*(const char **)into = tree_to_json(reading->arena, extension->value);
	}
	return 0;
}

static const struct member cluster_members[] = {
	{"server", take_text, offsetof(struct kube_cluster, server)},
	{"tls-server-name", take_text, offsetof(struct kube_cluster, tls_server_name)},
	{"insecure-skip-tls-verify", take_bool, offsetof(struct kube_cluster, skip_verify)},
	{"certificate-authority", take_text, offsetof(struct kube_cluster, authority)},
	{"certificate-authority-data", take_data, offsetof(struct kube_cluster, authority_data)},
	{"proxy-url", take_text, offsetof(struct kube_cluster, proxy_url)},
	{"disable-compression", take_bool, offsetof(struct kube_cluster, disable_compression)},
	{"extensions", take_extensions, offsetof(struct kube_cluster, plugin_config)},
};
static const struct member user_members[] = {
	{"client-certificate", take_text, offsetof(struct kube_user, certificate)},
	{"client-certificate-data", take_data, offsetof(struct kube_user, certificate_data)},
	{"client-key", take_text, offsetof(struct kube_user, key)},
	{"client-key-data", take_data, offsetof(struct kube_user, key_data)},
	{"token", take_text, offsetof(struct kube_user, token)},
	{"tokenFile", take_text, offsetof(struct kube_user, token_file)},
	{"username", take_text, offsetof(struct kube_user, username)},
	{"password", take_text, offsetof(struct kube_user, password)},
	{"as", take_text, offsetof(struct kube_user, as)},
	{"as-uid", take_text, offsetof(struct kube_user, as_uid)},
	{"as-groups", take_texts, offsetof(struct kube_user, as_groups)},
	{"as-user-extra", take_extra, offsetof(struct kube_user, as_extra)},
	{"exec", take_exec, offsetof(struct kube_user, exec)},
	{"auth-provider", take_provider, offsetof(struct kube_user, auth_provider)},
};
static const struct member context_members[] = {
	{"cluster", take_text, offsetof(struct kube_context, cluster)},
	{"user", take_text, offsetof(struct kube_context, user)},
	{"namespace", take_text, offsetof(struct kube_context, namespace_)},
};

/* The three lists: each entry has a name, and what it is under a key of its own. Every kind of entry begins with name
 * and where. */
struct head {
	const char *name;
	struct source where;
};
static const struct kind {
	const char *list, *entry;
	const struct member *members;
	size_t member_count, size, items, count;
} kinds[] = {
	{"clusters", "cluster", cluster_members, COUNT(cluster_members), sizeof(struct kube_cluster),
	 offsetof(struct kubeconfig, clusters), offsetof(struct kubeconfig, cluster_count)},
	{"users", "user", user_members, COUNT(user_members), sizeof(struct kube_user),
	 offsetof(struct kubeconfig, users), offsetof(struct kubeconfig, user_count)},
	{"contexts", "context", context_members, COUNT(context_members), sizeof(struct kube_context),
	 offsetof(struct kubeconfig, contexts), offsetof(struct kubeconfig, context_count)},
};

static int take_entry(struct reading *reading, const struct kind *kind, const struct tree *value, void *entry)
{
	static const struct member members[] = {{"name", take_text, offsetof(struct head, name)}};
	struct head *head = entry;

	head->name = "";
	head->where = value->where;
	if (take_members(reading, value, kind->list, members, COUNT(members), head) < 0)
		return -1;
	const struct tree_entry *body = tree_find(value, kind->entry);
	return !body || is_nothing(body->value)
		       ? 0
		       : take_members(reading, body->value, kind->entry, kind->members, kind->member_count, entry);
}

static int compare_heads(const void *a, const void *b)
{
	return strcmp((*(struct head *const *)a)->name, (*(struct head *const *)b)->name);
}

static int refuse_twice(struct reading *reading, const struct kind *kind, char *entries, size_t count)
{
	struct head **sorted = ARENA_ARRAY(reading->arena, struct head *, count + 1);

	for (size_t i = 0; i < count; i++)
		sorted[i] = (struct head *)(void *)(entries + i * kind->size);
	array_sort(sorted, count, sizeof(struct head *), compare_heads);
	for (size_t i = 1; i < count; i++) {
		if (strcmp(sorted[i - 1]->name, sorted[i]->name) != 0)
			continue;
		const struct source *where = &sorted[i]->where;
		error_set(reading->err, ERROR_INVALID, "two %s have the name %s", kind->list,
			  text_printable(reading->arena, sorted[i]->name, false));
		error_hint(reading->err, "remove one of the two");
		return error_at(reading->err, where->file, where->line, where->column);
	}
	return 0;
}

static int take_list(struct reading *reading, const struct kind *kind, const struct tree *root, struct kubeconfig *into)
{
	const struct tree_entry *list = tree_find(root, kind->list);

	if (!list || is_nothing(list->value))
		return 0;
	if (list->value->kind != TREE_LIST)
		return refuse(reading, list->value, kind->list, "must be a list");
	size_t count = list->value->count;
	char *entries = arena_alloc(reading->arena, kind->size * (count + 1));
	for (size_t i = 0; i < count; i++)
		if (take_entry(reading, kind, list->value->items[i], entries + i * kind->size) < 0)
			return -1;
	*(void **)(void *)((char *)into + kind->items) = entries;
	*(size_t *)(void *)((char *)into + kind->count) = count;
	return refuse_twice(reading, kind, entries, count);
}

static int take_root(struct reading *reading, const struct tree *root, struct kubeconfig *into)
{
	static const struct member members[] = {{"current-context", take_text, offsetof(struct kubeconfig, current)}};
	const struct tree_entry *current = tree_find(root, "current-context");

	if (take_members(reading, root, "a kubeconfig", members, COUNT(members), into) < 0)
		return -1;
	if (current)
		into->where_current = current->value->where;
	for (size_t i = 0; i < COUNT(kinds); i++)
		if (take_list(reading, &kinds[i], root, into) < 0)
			return -1;
	return 0;
}

static void cleanup_problems(struct diagnostics *problems)
{
	diagnostics_done(problems);
}

int kubeconfig_parse(struct arena *arena, const char *path, const void *data, size_t length,
		     struct kubeconfig *ret_config, struct error *err)
{
	__attribute__((cleanup(cleanup_problems))) struct diagnostics problems = {0};
	const struct desired_text text = {.path = path, .data = data, .length = length, .foreign = true};
	struct error unused = ERROR_INIT;
	struct reading reading = {.arena = arena, .err = err ? err : &unused};
	struct kubeconfig config = {.path = path};
	struct tree *root = NULL;

	if (yaml_read_foreign(arena, &text, LIMIT_KUBECONFIG, &root, &problems) < 0 || problems.count > 0) {
		diagnostics_sort(&problems);
		return problems.count > 0 ? error_copy(err, &problems.items[0])
					  : error_set(err, ERROR_INVALID, "%s cannot be read", path);
	}
	if (root && take_root(&reading, root, &config) < 0)
		return -1;
	*ret_config = config;
	return 0;
}
