/* Whatever is in a kubeconfig, in the answer of an exec plugin, in a Status: no crash, and what is refused says where.
 */
#include "live/kube/kubeconfig.h"

#include "live/kube/exec_credential.h"
#include "live/kube/status.h"
#include "live/kube/usable.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void kubeconfig(struct arena *arena, const uint8_t *data, size_t size)
{
	struct kubeconfig config;
	struct error err = ERROR_INIT;

	if (kubeconfig_parse(arena, "config", data, size, &config, &err) < 0) {
		/* What is wrong with all of it has no line. */
		if ((err.line == 0 && strncmp(err.message, "the file ", strlen("the file ")) != 0) ||
		    strcmp(err.file, "config") != 0 || err.message[0] == '\0')
			abort();
		return;
	}
	static const struct kube_user nobody = {.name = ""};
	for (size_t i = 0; i < config.cluster_count; i++)
		if (kube_cluster_check(arena, &config.clusters[i], &nobody, &err) == 0 &&
		    !strstr(config.clusters[i].server, "://"))
			abort();
	for (size_t i = 0; i < config.user_count; i++)
		kube_user_check(arena, &config.users[i], NULL);
	for (size_t i = 0; i < config.context_count; i++)
		if (!config.contexts[i].name || config.contexts[i].where.line == 0)
			abort();
}

static void answers(struct arena *arena, const char *text, size_t size)
{
	static const struct kube_exec exec = {.api_version = "client.authentication.k8s.io/v1"};
	struct kube_credential credential;
	struct kube_status status;
	struct kube_denial denial;

	if (exec_credential_parse(arena, &exec, text, size, &credential, NULL) == 0 && !credential.token &&
	    credential.certificate.length == 0)
		abort();
	if (kube_status_parse(arena, text, size, &status))
		kube_denial_parse(arena, status.message, &denial);
	kube_denial_parse(arena, text, &denial);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP_ARENA struct arena *arena = arena_new();

	kubeconfig(arena, data, size);
	if (size > 0)
		answers(arena, memcpy(arena_alloc(arena, size + 1), data, size), size);
	return 0;
}
