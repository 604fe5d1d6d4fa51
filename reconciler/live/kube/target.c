/* Makes a target of a cluster: URL, the name that its certificate must bear, authority, proxy. */
#include "live/kube/target.h"

#include "base/pem.h"
#include "live/kube/proxy.h"

#include <string.h>

/* "https://u@host:6443/base": the parts, in the arena. */
struct url {
	const char *scheme, *host, *port, *path; /* host with the brackets of IPv6; port "" */
};

static void url_split(struct arena *arena, const char *text, struct url *ret_url)
{
	const char *host = strstr(text, "://") + 3, *path = host + strcspn(host, "/"),
		   *at = memchr(host, '@', (size_t)(path - host));

	ret_url->scheme = arena_strndup(arena, text, (size_t)(host - text));
	host = at ? at + 1 : host;
	size_t length = host[0] == '[' ? strcspn(host, "]/") + 1 : strcspn(host, ":/");
	if (length > (size_t)(path - host))
		length = (size_t)(path - host);
	ret_url->host = arena_strndup(arena, host, length);
	ret_url->port =
		host[length] == ':' ? arena_strndup(arena, host + length + 1, (size_t)(path - host) - length - 1) : "";
	ret_url->path = arena_strdup(arena, path);
}

/* libcurl takes the name from the URL alone, so that is where it goes. */
static void name_server(struct arena *arena, const char *name, const struct url *url, struct kube_target *into)
{
	const char *colon = *url->port != '\0' ? ":" : "";

	into->target.origin = arena_printf(arena, "%s%s%s%s%s", url->scheme, name, colon, url->port, url->path);
	into->target.connect_to = arena_printf(arena, "%s:%s", url->host, *url->port != '\0' ? url->port : "443");
	into->host_header = arena_printf(arena, "Host: %s", into->host);
}

static int take_authority(struct arena *arena, const struct kube_config *config, struct kube_target *into,
			  struct error *err)
{
	const struct kube_cluster *cluster = config->cluster;
	struct http_blob pem = cluster->authority_data;

	if (pem.length == 0 && cluster->authority && kube_config_read(arena, config, cluster->authority, &pem, err) < 0)
		return error_wrap(err, "certificate-authority");
	if (pem.length > 0 && pem_certificate_check(pem.data, pem.length, err) < 0)
		return error_wrap(err, "certificate-authority%s", cluster->authority_data.length > 0 ? "-data" : "");
	into->target.ca_pem = pem;
	return 0;
}

int kube_target_make(struct arena *arena, const struct kube_config *config, const char *const *environ_,
		     struct kube_target *ret_target, struct error *err)
{
	const struct kube_cluster *cluster = config->cluster;
	struct kube_target made = {.target = {.origin = cluster->server,
					      .skip_verify = cluster->skip_verify,
					      .alpn = text_starts(cluster->server, "https://"),
					      .is_cluster = true}};
	struct url url;

	url_split(arena, cluster->server, &url);
	made.host = arena_printf(arena, "%s%s%s", url.host, *url.port != '\0' ? ":" : "", url.port);
	made.base = url.path;
	if (made.target.alpn && take_authority(arena, config, &made, err) < 0)
		return -1;
	if (made.target.alpn && !text_empty(cluster->tls_server_name))
		name_server(arena, cluster->tls_server_name, &url, &made);
	made.target.proxy = cluster->proxy_url ? kube_proxy_url(arena, cluster->proxy_url)
					       : kube_proxy_of(arena, environ_, url.scheme, url.host, url.port);
	*ret_target = made;
	return 0;
}
