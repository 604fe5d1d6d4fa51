/* What an exec plugin is told and what it answers: ExecCredential of client.authentication.k8s.io, v1 and v1beta1
 * (k8s.io/client-go pkg/apis/clientauthentication/v1/types.go). Pure. */
#ifndef RECONCILE_LIVE_KUBE_EXEC_CREDENTIAL_H
#define RECONCILE_LIVE_KUBE_EXEC_CREDENTIAL_H

#include "base/arena.h"
#include "base/error.h"
#include "live/kube/kubeconfig.h"

#include <time.h>

struct kube_credential {
	const char *token;		   /* NULL: none */
	struct http_blob certificate, key; /* both or neither, good PEM that belongs together */
	time_t expires;			   /* 0: not said */
};

/* "KUBERNETES_EXEC_INFO={…}" for the plugin's environment. cluster is told when exec asks for it; authority is what its
 * certificate-authority came to. There is never a terminal for the plugin: it is told so. */
const char *exec_credential_info(struct arena *arena, const struct kube_exec *exec, const struct kube_cluster *cluster,
				 const struct http_blob *authority);

/* Everything is in the arena. err: CORRUPT; nothing of the text is in it. */
int exec_credential_parse(struct arena *arena, const struct kube_exec *exec, const char *data, size_t length,
			  struct kube_credential *ret_credential, struct error *err);

#endif
