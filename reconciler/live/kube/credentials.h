/* What a user of a kubeconfig shows to the API server, in memory alone: PEM as blobs, headers as texts.
 *
 * Had when first wanted, and kept; a plugin (live/kube/plugin.h) runs meanwhile. They are had again when they expire,
 * and once when they were refused: by the plugin, or from a tokenFile, which rotates. Of several ways the one counts
 * that client-go takes: token, password and certificate before exec (plugin/pkg/client/auth/exec/exec.go,
 * UpdateTransportConfig); a tokenFile that can be read before token (transport/round_trippers.go).
 *
 * For live/kube/client.c alone. */
#ifndef RECONCILE_LIVE_KUBE_CREDENTIALS_H
#define RECONCILE_LIVE_KUBE_CREDENTIALS_H

#include "live/kube/client.h"

struct kube_credentials;

/* One set of them; lives as long as the credentials. */
struct kube_pass {
	const char *const *headers; /* Authorization and Impersonate-…, NULL-ended */
	struct http_blob certificate, key;
};

/* Reads files, but starts no plugin. err as of kube_open(). */
int kube_credentials_new(const struct kube_options *options, const struct kube_config *config,
			 struct kube_credentials **ret_credentials, struct error *err);
void kube_credentials_free(struct kube_credentials *credentials); /* ends a plugin; NULL is allowed */

/* Calls ready() with a pass, or with why there is none: before it returns when one is at hand, else from http_step().
 */
void kube_credentials_want(struct kube_credentials *credentials,
			   void (*ready)(void *context, const struct kube_pass *pass, const struct error *failure),
			   void *context);
void kube_credentials_forget(struct kube_credentials *credentials, const void *context);
/* The server did not take this pass: whether there is reason to want one again. */
bool kube_credentials_refused(struct kube_credentials *credentials, const struct kube_pass *pass);

#endif
