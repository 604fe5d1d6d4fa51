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
	 "correct buildkitd-flags in the state file; flags differ between versions of BuildKit", false},
	{"failed to parse config", "buildkitd.toml is not valid for this BuildKit",
	 "correct `buildkitd` or buildkitd-config in the state file", false},
	{"failed to load config", "buildkitd.toml is not valid for this BuildKit",
	 "correct `buildkitd` or buildkitd-config in the state file", false},
	{"'buildx' is not a docker command", "the docker CLI does not find the BuildX plugin",
	 "install BuildX into ~/.docker/cli-plugins, or into the cli-plugins folder of DOCKER_CONFIG", false},
	{"unknown flag: --bootstrap", "the docker CLI does not find the BuildX plugin",
	 "install BuildX into ~/.docker/cli-plugins, or into the cli-plugins folder of DOCKER_CONFIG", false},
	{"protocol not available", "an npipe:// endpoint of Docker Desktop was named outside Windows",
	 "point the context at the socket that answers: contexts: {NAME: {endpoint: unix:///var/run/docker.sock}}",
	 false},
	{"could not create a builder instance with TLS data loaded from environment",
	 "BuildX does not take TLS settings from DOCKER_TLS_VERIFY and DOCKER_CERT_PATH",
	 "create a context with `docker context create`, and name it as the node's endpoint", false},
	{"existing instance for", "another builder has that name already",
	 "import it with `reconcile --import`, or choose another name", false},
	{"mismatched driver", "the builder in the store has another driver",
	 "plan again: a builder with another driver is replaced", false},
	{"invalid duplicate endpoint", "two nodes of the builder have the same endpoint",
	 "give each node an endpoint of its own", false},
	{"use docker --context=", "the builder belongs to another Docker context",
	 "run `docker context use` with that context, or name another builder", false},
	{"context builder cannot be removed", "the builder is that of a Docker context",
	 "remove the context instead: contexts: {NAME: {state: absent}}", false},
	{"already exists as context builder", "a Docker context has that name", "choose another name for the builder",
	 false},
	{"invalid driver option", "this BuildX does not know one of the driver-opts",
	 "remove it from the state file, or update BuildX", false},
	{"unable to parse docker host", "the node's endpoint names a Docker context that is gone",
	 "create the context, or correct the node's endpoint", false},
	{"tls enabled, but missing keys", "the remote driver needs cacert, cert and key together",
	 "name all three in driver-opts, or none", false},
	{"non-absolute path", "a TLS file of the remote driver has a relative path",
	 "give an absolute path in driver-opts", false},
	{"no remote endpoint provided", "a node of the remote driver has no endpoint", "give the node an endpoint",
	 false},
	{"toomanyrequests", "the registry limits pulls",
	 "run `docker login`, use a mirror in driver-opts image, or try again later", false},
	{"pull access denied", "the image does not exist, or needs a login",
	 "check driver-opts image, and run `docker login`", false},
	{"manifest unknown", "the registry has no such tag", "check the tag in driver-opts image", false},
	{"dial tcp: lookup", "the name of a host cannot be resolved",
	 "check it in driver-opts image or in the endpoint, and the network and name servers of the Engine", false},
	{"exec format error", "the image is for another architecture, or emulation is missing",
	 "check the image's platform, or install emulation: docker run --privileged --rm tonistiigi/binfmt --install "
	 "all",
	 false},
	{"Conflict. The container name", "a container has the node's name already",
	 "look at it with `reconcile --doctor`: a leftover can be removed with `docker rm`", false},
	{"No such container", "the node's container went away meanwhile", "run it again", false},
	{"no such volume", "the node's volume went away meanwhile", "run it again", false},
	{"invalid mutable ref", "the cache is damaged", CACHE_MEND, false},
	{"invalid freelist page", "the cache's database is damaged", CACHE_MEND, false},
	{"could not lock", "another buildkitd uses the same state volume",
	 "stop the other container that mounts it: docker ps --filter volume=NAME", false},
	{"failed to list workers", "buildkitd started, but does not answer",
	 "run it again with --on-failure stop, which leaves the container, and look at its log", true},
	{"error reading server preface: EOF", "what answers there is not buildkitd, or it wants TLS",
	 "check the endpoint, and cacert, cert and key in driver-opts", false},
	{"replicas to be ready", "Kubernetes did not start the pods in time",
	 "look at them: kubectl describe pods; driver-opts timeout gives more time", true},
	{"cannot determine Kubernetes namespace", "there is no kubeconfig that names a cluster",
	 "set KUBECONFIG, or driver-opts namespace", false},
	{"is forbidden: User", "the Kubernetes user may not do that", "ask for a role that may, in that namespace",
	 false},
	{"error evaluating symlinks from mount source",
	 "the files of the node's volume are gone from the Engine's disk",
	 "run `reconcile --reset NAME`, which gives it a fresh volume", false},
	{"Cannot connect to the Docker daemon at tcp://", "docker does not reach the Engine",
	 "start it, or correct the endpoint; docker goes through HTTP_PROXY where that is set, unless NO_PROXY names "
	 "the "
	 "host",
	 false},
	{"proxyconnect tcp", "docker goes to the Engine through HTTP_PROXY", "name the Engine's host in NO_PROXY",
	 false},
	{"permission denied while trying to connect", "this user may not use the Docker socket",
	 "run it as a user in the socket's group", false},
	{"is restarting, wait until", "the node's container ends as soon as it is started",
	 "run it again with --on-failure stop, which leaves the container, and look at its log", true},
	{"is not running", "the node's container ended at once",
	 "run it again with --on-failure stop, which leaves the container, and look at its log", true},
	{"connection refused", "nothing listens there", "check the address, and that the service runs", false},
	{"context deadline exceeded", "something did not answer in time",
	 "look at the node's log, and give more time with --boot-timeout", false},
	{"no builder \"", "the builder is not in the store", "plan again", false},
	/* Cache damage whose words are common in other places: last. */
	{"does not exist: not found", "the cache is damaged", CACHE_MEND, false},
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
