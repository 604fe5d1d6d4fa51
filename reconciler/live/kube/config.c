/* Reads kubeconfig files, merges them, and picks what a context comes to. */
#include "live/kube/config.h"

#include "base/beneath.h"
#include "base/cleanup.h"
#include "base/environ.h"
#include "base/file.h"
#include "base/identity.h"
#include "base/limits.h"
#include "base/xalloc.h"
#include "live/kube/usable.h"
#include "model/redact.h"

#include <string.h>

static const char POD_FOLDER[] = "/var/run/secrets/kubernetes.io/serviceaccount";

struct resolving {
	struct arena *arena;
	const struct kube_config_request *request;
	struct kubeconfig merged;
	struct strings files, missing; /* looked for, in order; those that are not there */
	bool is_strangers;
	const char *read; /* the first one that was read; NULL: none */
};

/* The place goes into the message: who shows a reason has no column for it. */
static int wrap_place(struct error *err)
{
	if (!err || err->file[0] == '\0')
		return -1;
	struct error where = *err;
	err->file[0] = '\0';
	err->line = err->column = 0;
	return where.line > 0 ? error_wrap(err, "%s, line %d", where.file, where.line)
			      : error_wrap(err, "%s", where.file);
}

static bool lies_in_repository(const struct resolving *resolving, const char *path)
{
	const struct kube_config_request *request = resolving->request;
	CLEANUP_FREE char *real = xrealpath(path);
	CLEANUP_FREE char *root = request->repository ? xrealpath(request->repository) : NULL;

	if (real && request->stateless)
		return reach_repository(resolving->arena, real) &&
		       !text_equal(environ_value(request->environ, "KUBECONFIG"), path);
	return real && root && path_beneath(root, real);
}

static int read_file(struct resolving *resolving, const char *path, struct buffer *ret_data, struct error *err)
{
	const struct kube_config_request *request = resolving->request;
	bool foreign;

	if (request->reach) {
		if (reach_read(request->reach, request->holder, path, LIMIT_KUBECONFIG, ret_data, &foreign, err) < 0)
			return -1;
		resolving->is_strangers = !foreign;
		return 0;
	}
	resolving->is_strangers = text_equal(path, request->kubeconfig) && lies_in_repository(resolving, path);
	return file_read_careful(path, LIMIT_KUBECONFIG, ret_data, err);
}

static void make_absolute(struct arena *arena, const char *folder, const char **path)
{
	if (text_empty(*path) || **path == '/')
		return;
	const char *joined = arena_printf(arena, "%s/%s", folder, *path);
	CLEANUP_FREE char *absolute = path_absolute(joined);
	*path = absolute ? arena_strdup(arena, absolute) : joined;
}

/* client-go tools/clientcmd loader.go, ResolveLocalPaths: what is relative is so to its file; of a plugin's command
 * only where it has a slash in it. */
static void make_paths_absolute(struct arena *arena, struct kubeconfig *config)
{
	CLEANUP_FREE char *absolute = path_absolute(config->path);
	const char *path = arena_strdup(arena, absolute ? absolute : config->path), *slash = strrchr(path, '/');
	const char *folder = slash ? arena_strndup(arena, path, (size_t)(slash - path)) : ".";

	for (size_t i = 0; i < config->cluster_count; i++)
		make_absolute(arena, folder, &config->clusters[i].authority);
	for (size_t i = 0; i < config->user_count; i++) {
		struct kube_user *user = &config->users[i];
		make_absolute(arena, folder, &user->certificate);
		make_absolute(arena, folder, &user->key);
		make_absolute(arena, folder, &user->token_file);
		if (user->exec.command && strchr(user->exec.command, '/'))
			make_absolute(arena, folder, &user->exec.command);
	}
}

static const struct kube_cluster *find_cluster(const struct kubeconfig *config, const char *name)
{
	for (size_t i = 0; i < config->cluster_count; i++)
		if (text_equal(config->clusters[i].name, name))
			return &config->clusters[i];
	return NULL;
}

static const struct kube_user *find_user(const struct kubeconfig *config, const char *name)
{
	for (size_t i = 0; i < config->user_count; i++)
		if (text_equal(config->users[i].name, name))
			return &config->users[i];
	return NULL;
}

static const struct kube_context *find_context(const struct kubeconfig *config, const char *name)
{
	for (size_t i = 0; i < config->context_count; i++)
		if (text_equal(config->contexts[i].name, name))
			return &config->contexts[i];
	return NULL;
}

/* What a file before this one said stays, entry by entry. */
static void merge(struct arena *arena, struct kubeconfig *into, const struct kubeconfig *from)
{
	for (size_t i = 0; i < from->cluster_count; i++)
		if (!find_cluster(into, from->clusters[i].name))
			*ARENA_PUSH(arena, into->clusters, into->cluster_count) = from->clusters[i];
	for (size_t i = 0; i < from->user_count; i++)
		if (!find_user(into, from->users[i].name))
			*ARENA_PUSH(arena, into->users, into->user_count) = from->users[i];
	for (size_t i = 0; i < from->context_count; i++)
		if (!find_context(into, from->contexts[i].name))
			*ARENA_PUSH(arena, into->contexts, into->context_count) = from->contexts[i];
	if (text_empty(into->current)) {
		into->current = from->current;
		into->where_current = from->where_current;
	}
}

static int take_file(struct resolving *resolving, const char *path, bool is_needed, struct error *err)
{
	struct arena *arena = resolving->arena;
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_KUBECONFIG);
	struct error failure = ERROR_INIT;
	struct kubeconfig config;

	strings_add(arena, &resolving->files, path);
	path = resolving->files.items[resolving->files.count - 1];
	if (read_file(resolving, path, &data, &failure) < 0) {
		if (failure.kind == ERROR_NOT_FOUND && !is_needed) {
			strings_add(arena, &resolving->missing, path);
			return 0;
		}
		error_copy(err, &failure);
		return error_wrap(err, "kubeconfig");
	}
	if (kubeconfig_parse(arena, path, buffer_text(&data), data.length, &config, err) < 0)
		return wrap_place(err);
	make_paths_absolute(arena, &config);
	merge(arena, &resolving->merged, &config);
	if (!resolving->read)
		resolving->read = path;
	return 0;
}

/* BuildX keeps $KUBECONFIG as it was when the builder was made, a list or a relative path too. */
static int take_named(struct resolving *resolving, struct error *err)
{
	const char *path = resolving->request->kubeconfig;
	struct error failure = ERROR_INIT;

	if (take_file(resolving, path, true, &failure) == 0)
		return 0;
	error_copy(err, &failure);
	if (failure.kind != ERROR_NOT_FOUND)
		return -1;
	if (strchr(path, ':'))
		return error_hint(err, "a builder has one kubeconfig: with `kubectl config view --flatten`, make one "
				       "file of those in $KUBECONFIG, and create the builder with that");
	if (*path != '/')
		return error_hint(err, "it is relative to the folder that the builder was created in: run this there, "
				       "or create the builder with an absolute $KUBECONFIG");
	return error_hint(err, "bring the file back, or create the builder with another $KUBECONFIG");
}

static int take_files(struct resolving *resolving, struct error *err)
{
	const struct kube_config_request *request = resolving->request;
	struct arena *arena = resolving->arena;
	const char *list = environ_value(request->environ, "KUBECONFIG");

	if (!text_empty(request->kubeconfig))
		return take_named(resolving, err);
	if (*list == '\0') {
		const char *home = identity_home(arena, request->environ);
		return home ? take_file(resolving, arena_printf(arena, "%s/.kube/config", home), false, err) : 0;
	}
	while (*list != '\0') {
		size_t length = strcspn(list, ":");
		const char *path = arena_strndup(arena, list, length);

		if (length > 0 && !strings_contain(&resolving->files, path) &&
		    take_file(resolving, path, false, err) < 0)
			return -1;
		list += length + (list[length] == ':');
	}
	return 0;
}

static int refuse_without_context(struct resolving *resolving, struct error *err)
{
	struct arena *arena = resolving->arena;

	if (!resolving->read) {
		error_set(err, ERROR_NOT_FOUND, "there is no kubeconfig%s%s", resolving->missing.count > 0 ? ": " : "",
			  strings_join(arena, &resolving->missing, ", "));
		return error_hint(err, "set KUBECONFIG to the file that `kubectl` uses, or write ~/.kube/config");
	}
	error_set(err, ERROR_NOT_FOUND, "%s has no current-context", strings_join(arena, &resolving->files, ", "));
	return error_hint(err, "run `kubectl config use-context NAME`");
}

static int refuse_context(struct resolving *resolving, const char *name, struct error *err)
{
	const struct kubeconfig *config = &resolving->merged;
	struct arena *arena = resolving->arena;
	const char **names = ARENA_ARRAY(arena, const char *, config->context_count + 1);

	for (size_t i = 0; i < config->context_count; i++)
		names[i] = config->contexts[i].name;
	const char *near = text_nearest(name, names, config->context_count);
	error_set(err, ERROR_INVALID, "the context %s is not in %s", text_printable(arena, name, false),
		  strings_join(arena, &resolving->files, ", "));
	if (near)
		return error_hint(err, "did you mean %s?", text_printable(arena, near, false));
	return error_hint(err, "`kubectl config get-contexts` lists those that there are");
}

static int pick_context(struct resolving *resolving, struct kube_config *config, struct error *err)
{
	struct arena *arena = resolving->arena;
	const char *wanted = resolving->request->context;
	const char *name = text_empty(wanted) ? resolving->merged.current : wanted;

	if (text_empty(name))
		return refuse_without_context(resolving, err);
	const struct kube_context *context = find_context(&resolving->merged, name);
	if (!context)
		return refuse_context(resolving, name, err);
	config->context = context->name;
	config->from = context->where.file;
	config->namespace_said = !text_empty(context->namespace_);
	config->namespace_ = config->namespace_said ? context->namespace_ : "default";
	config->is_strangers = resolving->is_strangers;
	config->cluster = find_cluster(&resolving->merged, context->cluster);
	if (!config->cluster) {
		error_set(err, ERROR_INVALID, "the cluster %s of the context %s is not there",
			  text_printable(arena, context->cluster ? context->cluster : "\"\"", false),
			  text_printable(arena, name, false));
		error_at(err, context->where.file, context->where.line, context->where.column);
		error_hint(err, "run `kubectl config set-context %s --cluster=NAME`",
			   text_printable(arena, name, false));
		return wrap_place(err);
	}
	config->user = find_user(&resolving->merged, context->user);
	if (!config->user) {
		struct kube_user *nobody = ARENA_NEW(arena, struct kube_user);
		*nobody = (struct kube_user){.name = context->user ? context->user : ""};
		config->user = nobody;
	}
	return 0;
}

static int pick(struct resolving *resolving, struct kube_config *config, struct error *err)
{
	struct arena *arena = resolving->arena;

	if (pick_context(resolving, config, err) < 0)
		return -1;
	struct kube_cluster *cluster = arena_copy(arena, config->cluster, sizeof(*cluster));
	if (kube_cluster_check(arena, cluster, config->user, err) < 0 || kube_user_check(arena, config->user, err) < 0)
		return wrap_place(err);
	config->cluster = cluster;
	config->reach = resolving->request->reach;
	config->key = arena_printf(arena, "%s\n%s\n%s\n%s", cluster->where.file, cluster->name,
				   config->user->where.file ? config->user->where.file : "", config->user->name);
	return 0;
}

/* client-go rest/config.go, InClusterConfig; docker/buildx driver/manager.go, KubeClientConfigInCluster. */
static bool pick_pod(struct resolving *resolving, struct kube_config *config)
{
	const struct kube_config_request *request = resolving->request;
	struct arena *arena = resolving->arena;
	const char *folder = request->pod_folder ? request->pod_folder : POD_FOLDER;
	const char *host = environ_value(request->environ, "KUBERNETES_SERVICE_HOST");
	const char *port = environ_value(request->environ, "KUBERNETES_SERVICE_PORT");
	const char *token = arena_printf(arena, "%s/token", folder), *ca = arena_printf(arena, "%s/ca.crt", folder);
	CLEANUP_BUFFER struct buffer name = BUFFER_INIT(LIMIT_KIB);

	if (!text_empty(request->context) || *host == '\0' || *port == '\0' || !file_exists(token))
		return false;
	bool is_ipv6 = strchr(host, ':');
	struct kube_cluster *cluster = ARENA_NEW(arena, struct kube_cluster);
	*cluster = (struct kube_cluster){
		.name = "of this pod",
		.server = arena_printf(arena, "https://%s%s%s:%s", is_ipv6 ? "[" : "", host, is_ipv6 ? "]" : "", port),
		.authority = file_exists(ca) ? ca : NULL,
	};
	struct kube_user *user = ARENA_NEW(arena, struct kube_user);
	*user = (struct kube_user){.name = "the pod's service account", .where = {.file = folder}, .token_file = token};
	*config = (struct kube_config){.cluster = cluster, .user = user, .from = folder, .in_pod = true, .key = "pod"};
	config->namespace_ = "default";
	if (file_read(arena_printf(arena, "%s/namespace", folder), LIMIT_KIB, &name, NULL) == 0) {
		const char *text = buffer_text(&name) + strspn(buffer_text(&name), " \t\r\n");
		config->namespace_ = arena_strndup(arena, text, strcspn(text, " \t\r\n"));
		config->namespace_said = true;
	}
	return kube_cluster_check(arena, cluster, user, NULL) == 0;
}

int kube_config_resolve(struct arena *arena, const struct kube_config_request *request, struct kube_config *ret_config,
			struct error *err)
{
	struct resolving resolving = {.arena = arena, .request = request};
	struct kube_config config = {0};

	if (take_files(&resolving, err) < 0)
		return -1;
	if (pick(&resolving, &config, err) < 0 && !pick_pod(&resolving, &config))
		return -1;
	*ret_config = config;
	return 0;
}

int kube_config_read(struct arena *arena, const struct kube_config *config, const char *path,
		     struct http_blob *ret_data, struct error *err)
{
	CLEANUP_BUFFER struct buffer data = BUFFER_INIT(LIMIT_KUBE_FILE);
	struct reach reach = {.arena = arena};
	bool foreign;
	int result = config->is_strangers ? reach_read(config->reach ? config->reach : &reach, config->from, path,
						       LIMIT_KUBE_FILE, &data, &foreign, err)
					  : file_read_careful(path, LIMIT_KUBE_FILE, &data, err);

	if (result < 0)
		return -1;
	*ret_data = (struct http_blob){.data = arena_copy(arena, buffer_text(&data), data.length + 1),
				       .length = data.length};
	return 0;
}

const char *kube_config_name(struct arena *arena, const struct kube_config *config)
{
	return arena_printf(arena, "cluster %s (%s)", text_printable(arena, config->cluster->name, false),
			    text_printable(arena, text_without_password(arena, config->cluster->server), false));
}
