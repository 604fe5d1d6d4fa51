/* One kubeconfig file: its bytes -> what it says, each thing with the line that says it. Pure.
 *
 * YAML, and so JSON, as kubectl and BuildX read it (k8s.io/client-go tools/clientcmd/api/v1/types.go): keys that are
 * not known are somebody else's and skipped; a value of another type than its key wants, and one name twice in a list,
 * are errors of the whole file there, and here. Values are never quoted in errors: any of them may be a credential.
 *
 * Paths are as written; live/kube/config.h makes them absolute, merges files and picks a context. */
#ifndef RECONCILE_LIVE_KUBE_KUBECONFIG_H
#define RECONCILE_LIVE_KUBE_KUBECONFIG_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"
#include "live/http/http.h"
#include "model/builder.h"

#include <stdbool.h>
#include <stddef.h>

/* Texts that are not said are NULL or empty. */
struct kube_cluster {
	const char *name;
	struct source where; /* of the entry in the list */
	const char *server, *tls_server_name, *proxy_url;
	const char *authority;		 /* a file */
	struct http_blob authority_data; /* PEM */
	bool skip_verify;
	bool disable_compression;  /* for plugins alone */
	const char *plugin_config; /* JSON: extensions[client.authentication.k8s.io/exec]; NULL: none */
};

/* A program that gives credentials (client.authentication.k8s.io). */
struct kube_exec {
	bool is_said;
	struct source where;
	const char *command, *api_version, *install_hint, *interactive_mode;
	struct strings args;
	struct pairs env; /* in the order written */
	bool provide_cluster_info;
};

struct kube_user {
	const char *name;
	struct source where;
	const char *certificate, *key; /* files */
	struct http_blob certificate_data, key_data;
	const char *token, *token_file, *username, *password;
	const char *as, *as_uid; /* impersonation */
	struct strings as_groups;
	struct pairs as_extra; /* a key stands once for each of its values */
	struct kube_exec exec;
	const char *auth_provider; /* its name: the ones that there were are gone since Kubernetes 1.26 */
};

struct kube_context {
	const char *name;
	struct source where;
	const char *cluster, *user, *namespace_;
};

struct kubeconfig {
	const char *path;
	struct kube_cluster *clusters;
	struct kube_user *users;
	struct kube_context *contexts;
	size_t cluster_count, user_count, context_count;
	const char *current; /* current-context; NULL or "": none */
	struct source where_current;
};

/* Everything in ret_config is in the arena; path is kept. err: INVALID, with file and line. */
int kubeconfig_parse(struct arena *arena, const char *path, const void *data, size_t length,
		     struct kubeconfig *ret_config, struct error *err);

#endif
