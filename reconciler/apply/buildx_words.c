/* The table of BuildX's, BuildKit's and the Engine's words, in the order in which they are tried: special ones first.
 */
#include "apply/buildx_words.h"

#include "base/count.h"

#include <string.h>

#define CACHE_MEND                                                                                                     \
	"run `docker buildx prune --builder NAME`; when that does not help, `reconcile --reset NAME` gives it a "      \
	"fresh "                                                                                                       \
	"volume"

static const struct buildx_words table[] = {
	{"flag provided but not defined", "buildkitd does not know one of its flags",
	 "correct buildkitd-flags in the state file; flags differ between versions of BuildKit"},
	{"failed to parse config", "buildkitd.toml is not valid for this BuildKit",
	 "correct `buildkitd` or buildkitd-config in the state file"},
	{"failed to load config", "buildkitd.toml is not valid for this BuildKit",
	 "correct `buildkitd` or buildkitd-config in the state file"},
	{"'buildx' is not a docker command", "the docker CLI does not find the BuildX plugin",
	 "install BuildX into ~/.docker/cli-plugins, or into the cli-plugins folder of DOCKER_CONFIG"},
	{"unknown flag: --bootstrap", "the docker CLI does not find the BuildX plugin",
	 "install BuildX into ~/.docker/cli-plugins, or into the cli-plugins folder of DOCKER_CONFIG"},
	{"protocol not available", "an npipe:// endpoint of Docker Desktop was named outside Windows",
	 "point the context at the socket that answers: contexts: {NAME: {endpoint: unix:///var/run/docker.sock}}"},
	{"could not create a builder instance with TLS data loaded from environment",
	 "BuildX does not take TLS settings from DOCKER_TLS_VERIFY and DOCKER_CERT_PATH",
	 "create a context with `docker context create`, and name it as the node's endpoint"},
	{"existing instance for", "another builder has that name already",
	 "import it with `reconcile --import`, or choose another name"},
	{"mismatched driver", "the builder in the store has another driver",
	 "plan again: a builder with another driver is replaced"},
	{"invalid duplicate endpoint", "two nodes of the builder have the same endpoint",
	 "give each node an endpoint of its own"},
	{"use docker --context=", "the builder belongs to another Docker context",
	 "run `docker context use` with that context, or name another builder"},
	{"context builder cannot be removed", "the builder is that of a Docker context",
	 "remove the context instead: contexts: {NAME: {state: absent}}"},
	{"already exists as context builder", "a Docker context has that name", "choose another name for the builder"},
	{"invalid driver option", "this BuildX does not know one of the driver-opts",
	 "remove it from the state file, or update BuildX"},
	{"unable to parse docker host", "the node's endpoint names a Docker context that is gone",
	 "create the context, or correct the node's endpoint"},
	{"tls enabled, but missing keys", "the remote driver needs cacert, cert and key together",
	 "name all three in driver-opts, or none"},
	{"non-absolute path", "a TLS file of the remote driver has a relative path",
	 "give an absolute path in driver-opts"},
	{"no remote endpoint provided", "a node of the remote driver has no endpoint", "give the node an endpoint"},
	{"toomanyrequests", "the registry limits pulls",
	 "run `docker login`, use a mirror in driver-opts image, or try again later"},
	{"pull access denied", "the image does not exist, or needs a login",
	 "check driver-opts image, and run `docker login`"},
	{"manifest unknown", "the registry has no such tag", "check the tag in driver-opts image"},
	{"exec format error", "the image is for another architecture, or emulation is missing",
	 "check the image's platform, or install emulation: docker run --privileged --rm tonistiigi/binfmt --install "
	 "all"},
	{"Conflict. The container name", "a container has the node's name already",
	 "look at it with `reconcile --doctor`: a leftover can be removed with `docker rm`"},
	{"No such container", "the node's container went away meanwhile", "run it again"},
	{"no such volume", "the node's volume went away meanwhile", "run it again"},
	{"invalid mutable ref", "the cache is damaged", CACHE_MEND},
	{"invalid freelist page", "the cache's database is damaged", CACHE_MEND},
	{"could not lock", "another buildkitd uses the same state volume",
	 "stop the other container that mounts it: docker ps --filter volume=NAME"},
	{"failed to list workers", "buildkitd started, but does not answer",
	 "look at its log: docker logs buildx_buildkit_NODE"},
	{"error reading server preface: EOF", "what answers there is not buildkitd, or it wants TLS",
	 "check the endpoint, and cacert, cert and key in driver-opts"},
	{"replicas to be ready", "Kubernetes did not start the pods in time",
	 "look at them: kubectl describe pods; driver-opts timeout gives more time"},
	{"cannot determine Kubernetes namespace", "there is no kubeconfig that names a cluster",
	 "set KUBECONFIG, or driver-opts namespace"},
	{"is forbidden: User", "the Kubernetes user may not do that", "ask for a role that may, in that namespace"},
	{"permission denied while trying to connect", "this user may not use the Docker socket",
	 "run it as a user in the socket's group"},
	{"is restarting, wait until", "the node's container ends as soon as it is started",
	 "look at its log: docker logs buildx_buildkit_NODE"},
	{"is not running", "the node's container ended at once", "look at its log: docker logs buildx_buildkit_NODE"},
	{"connection refused", "nothing listens there", "check the address, and that the service runs"},
	{"context deadline exceeded", "something did not answer in time",
	 "look at the node's log, and give more time with --boot-timeout"},
	{"no builder \"", "the builder is not in the store", "plan again"},
	/* Cache damage whose words are common in other places: last. */
	{"does not exist: not found", "the cache is damaged", CACHE_MEND},
};

const struct buildx_words *buildx_words_find(const char *text)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (strstr(text, table[i].substring))
			return &table[i];
	return NULL;
}

const struct buildx_words *buildx_words_table(size_t *ret_count)
{
	*ret_count = COUNT(table);
	return table;
}
