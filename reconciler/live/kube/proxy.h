/* Which proxy a request to an API server goes through, as Go finds it in the environment: BuildX and kubectl ask
 * net/http's ProxyFromEnvironment (golang.org/x/net/http/httpproxy) where the kubeconfig has no proxy-url. Pure. */
#ifndef RECONCILE_LIVE_KUBE_PROXY_H
#define RECONCILE_LIVE_KUBE_PROXY_H

#include "base/arena.h"

/* A proxy's URL as libcurl is to have it, in the arena: "socks5://" resolves names at the proxy in Go, which is
 * "socks5h://" there; without a scheme it is HTTP. */
const char *kube_proxy_url(struct arena *arena, const char *url);

/* NULL: none. HTTPS_PROXY for "https://", HTTP_PROXY for "http://" (not in CGI), also in lower case, unless NO_PROXY
 * says otherwise; never to this machine: "localhost" and loopback addresses. An IPv6 host is in brackets; port "": the
 * scheme's own. */
const char *kube_proxy_of(struct arena *arena, const char *const *environ_, const char *scheme, const char *host,
			  const char *port);

#endif
