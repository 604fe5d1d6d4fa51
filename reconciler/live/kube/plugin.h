/* An exec plugin of a kubeconfig, run beside all that waits on the event loop: the one program that planning starts.
 *
 * BuildX and kubectl run it in the same way (client-go plugin/pkg/client/auth/exec/exec.go), but with their terminal
 * and for as long as it likes. Here it has no terminal, three times the endpoint's deadline, and 1 MiB to say; what it
 * says on stderr is shown shortened and without secrets, and only when it fails. It is not run for a stranger's
 * kubeconfig; and root runs it only where it, all folders above it, and the kubeconfig are root's alone to write. */
#ifndef RECONCILE_LIVE_KUBE_PLUGIN_H
#define RECONCILE_LIVE_KUBE_PLUGIN_H

#include "live/kube/client.h"
#include "live/kube/exec_credential.h"

struct kube_plugin;

/* Calls done() once, from http_step(), with a credential or a failure, which are gone when it returns; done() is to end
 * the plugin. -1 when it cannot be run at all, or may not be. */
int kube_plugin_start(const struct kube_options *options, const struct kube_config *config,
		      void (*done)(void *context, const struct kube_credential *credential,
				   const struct error *failure),
		      void *context, struct kube_plugin **ret_plugin, struct error *err);
/* Ends the program if it still runs; nothing is called any more. NULL is allowed. */
void kube_plugin_end(struct kube_plugin *plugin);

#endif
