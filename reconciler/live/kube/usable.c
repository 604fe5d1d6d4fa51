/* Checks clusters and users of kubeconfigs. */
#include "live/kube/usable.h"

#include "base/count.h"

#include <string.h>

static int refuse(const struct source *where, struct error *err)
{
	return error_at(err, where->file, where->line, where->column);
}

/* As kubectl says itself, the one with -data would count; it goes no further all the same. */
static int refuse_both(const struct source *where, const char *what, const char *name, const char *key,
		       struct error *err)
{
	error_set(err, ERROR_INVALID, "the %s %s has %s and %s-data, of which one is allowed", what, name, key, key);
	error_hint(err, "remove %s", key);
	return refuse(where, err);
}

static bool has_certificate(const struct kube_user *user)
{
	return user->certificate || user->certificate_data.length > 0;
}

static bool has_key(const struct kube_user *user)
{
	return user->key || user->key_data.length > 0;
}

/* What cannot be in a URL, and would end up in a request's first line. */
static bool is_url_text(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= ' ' || (unsigned char)*text >= 0x7F || strchr("\"<>\\^`{|}#?", *text))
			return false;
	return true;
}

/* client-go rest/url_utils.go, DefaultServerURL: "host:port" is https where there is anything of TLS. */
static const char *whole_url(struct arena *arena, const struct kube_cluster *cluster, const struct kube_user *user)
{
	const char *server = cluster->server;
	bool tls = cluster->authority || cluster->authority_data.length > 0 || cluster->skip_verify ||
		   has_certificate(user);
	bool has_scheme = strstr(server, "://");

	if (has_scheme && !text_starts(server, "https://") && !text_starts(server, "http://"))
		return NULL;
	char *url = has_scheme ? arena_strdup(arena, server)
			       : arena_printf(arena, "%s://%s", tls ? "https" : "http", server);
	for (size_t length = strlen(url); length > 0 && url[length - 1] == '/'; length--)
		url[length - 1] = '\0';
	const char *host = strstr(url, "://");
	if (!host || host[3] == '\0' || host[3] == '/' || !is_url_text(url) || (!has_scheme && strchr(host + 3, '/')))
		return NULL;
	return url;
}

/* tools/clientcmd/client_config.go, parseProxyURL. */
static bool is_proxy_url(const char *url)
{
	static const char *const schemes[] = {"http://", "https://", "socks5://"};

	for (size_t i = 0; i < COUNT(schemes); i++)
		if (text_starts(url, schemes[i]))
			return is_url_text(url) && url[strlen(schemes[i])] != '\0';
	return false;
}

int kube_cluster_check(struct arena *arena, struct kube_cluster *cluster, const struct kube_user *user,
		       struct error *err)
{
	const char *name = text_printable(arena, cluster->name, false);

	if (text_empty(cluster->server)) {
		error_set(err, ERROR_INVALID, "the cluster %s has no server", name);
		error_hint(err, "run `kubectl config set-cluster %s --server=https://HOST:PORT`", name);
		return refuse(&cluster->where, err);
	}
	const char *url = whole_url(arena, cluster, user);
	if (!url) {
		error_set(err, ERROR_INVALID, "server of the cluster %s is not https://HOST:PORT", name);
		return refuse(&cluster->where, err);
	}
	if (cluster->skip_verify && (cluster->authority || cluster->authority_data.length > 0)) {
		error_set(err, ERROR_INVALID, "the cluster %s has insecure-skip-tls-verify and a certificate-authority",
			  name);
		error_hint(err, "remove insecure-skip-tls-verify");
		return refuse(&cluster->where, err);
	}
	if (cluster->authority && cluster->authority_data.length > 0)
		return refuse_both(&cluster->where, "cluster", name, "certificate-authority", err);
	if (cluster->proxy_url && !is_proxy_url(cluster->proxy_url)) {
		error_set(err, ERROR_INVALID, "proxy-url of the cluster %s is not http://, https:// or socks5://",
			  name);
		return refuse(&cluster->where, err);
	}
	cluster->server = url;
	return 0;
}

/* What took the place of each: kubernetes.io/blog/2022/05/03/kubernetes-1-24-release-announcement and after. */
static int refuse_provider(const struct kube_user *user, const char *name, struct error *err)
{
	static const struct {
		const char *name, *instead;
	} rows[] = {{"gcp", "gke-gcloud-auth-plugin: run `gcloud container clusters get-credentials CLUSTER`"},
		    {"azure", "kubelogin: run `kubelogin convert-kubeconfig`"},
		    {"oidc", "a plugin such as kubelogin's `kubectl oidc-login`"}};
	const char *instead = "an exec plugin";

	for (size_t i = 0; i < COUNT(rows); i++)
		if (text_equal(user->auth_provider, rows[i].name))
			instead = rows[i].instead;
	error_set(err, ERROR_INVALID, "the user %s has an auth-provider, which Kubernetes has given up", name);
	error_hint(err, "use %s", instead);
	return refuse(&user->where, err);
}

static int check_exec(const struct kube_user *user, const char *name, struct error *err)
{
	static const char *const modes[] = {"Never", "IfAvailable", "Always"};
	static const char v1[] = "client.authentication.k8s.io/v1", v1beta1[] = "client.authentication.k8s.io/v1beta1";
	const struct kube_exec *exec = &user->exec;
	const char *lacks = !exec->command ? "command" : !exec->api_version ? "apiVersion" : NULL;
	bool known = !exec->interactive_mode && text_equal(exec->api_version, v1beta1);

	for (size_t i = 0; exec->interactive_mode && i < COUNT(modes); i++)
		known = known || text_equal(exec->interactive_mode, modes[i]);
	for (size_t i = 0; !lacks && i < exec->env.count; i++)
		lacks = *exec->env.items[i].key == '\0' || strchr(exec->env.items[i].key, '=') ? "a name in env" : NULL;
	if (lacks)
		error_set(err, ERROR_INVALID, "exec of the user %s lacks %s", name, lacks);
	else if (!text_equal(exec->api_version, v1) && !text_equal(exec->api_version, v1beta1))
		error_set(err, ERROR_INVALID, "exec of the user %s wants an apiVersion that is not %s or …/v1beta1",
			  name, v1);
	else if (!known)
		error_set(err, ERROR_INVALID,
			  "exec of the user %s wants an interactiveMode: Never, IfAvailable or Always", name);
	else
		return 0;
	return refuse(&exec->where, err);
}

int kube_user_check(struct arena *arena, const struct kube_user *user, struct error *err)
{
	const char *name = text_printable(arena, user->name, false);
	bool basic = user->username || user->password;

	if (user->auth_provider && !user->exec.is_said)
		return refuse_provider(user, name, err);
	if (user->certificate && user->certificate_data.length > 0)
		return refuse_both(&user->where, "user", name, "client-certificate", err);
	if (has_certificate(user) && user->key && user->key_data.length > 0)
		return refuse_both(&user->where, "user", name, "client-key", err);
	if (user->token && basic)
		error_set(err, ERROR_INVALID, "the user %s has a token and a password, of which one is allowed", name);
	else if (has_certificate(user) && !has_key(user))
		error_set(err, ERROR_INVALID, "the user %s has a client-certificate and no client-key", name);
	else if (!user->as && (user->as_uid || user->as_groups.count > 0 || user->as_extra.count > 0))
		error_set(err, ERROR_INVALID, "the user %s has as-groups, as-uid or as-user-extra, and no as", name);
	else if (user->exec.is_said && user->auth_provider)
		error_set(err, ERROR_INVALID, "the user %s has exec and auth-provider, of which one is allowed", name);
	else
		return user->exec.is_said ? check_exec(user, name, err) : 0;
	return refuse(&user->where, err);
}
