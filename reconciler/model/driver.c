/* The tables of drivers and of their options.
 *
 * Rows: docker/buildx driver/docker-container/factory.go, driver/kubernetes/factory.go, driver/remote/factory.go. */
#include "model/driver.h"

#include "base/count.h"

#include <stdlib.h>
#include <string.h>

static const struct driver drivers[] = {
	{.name = "docker",
	 .home = HOME_ENGINE,
	 .endpoint = ENDPOINT_OWN,
	 .applied = true,
	 .doc = "The BuildKit inside the Docker Engine; the builder is the Docker context of the same name"},
	{.name = "docker-container",
	 .home = HOME_CONTAINER,
	 .endpoint = ENDPOINT_ENGINE,
	 .creatable = true,
	 .applied = true,
	 .has_config = true,
	 .doc = "A BuildKit daemon in a container of a Docker Engine"},
	{.name = "kubernetes",
	 .home = HOME_POD,
	 .endpoint = ENDPOINT_MADE,
	 .creatable = true,
	 .has_config = true,
	 .doc = "BuildKit daemons in pods of a Kubernetes cluster"},
	{.name = "remote",
	 .home = HOME_ELSEWHERE,
	 .endpoint = ENDPOINT_DAEMON,
	 .creatable = true,
	 .applied = true,
	 .doc = "A BuildKit daemon that somebody else runs, at the node's endpoint"},
};

#define CONTAINER "docker-container"
#define KUBERNETES "kubernetes"
#define REMOTE "remote"

static const struct driver_option options[] = {
	{CONTAINER, "allow-untrusted-image", OPTION_BOOL, false,
	 "Run an image that BuildX cannot verify (BuildX 0.36 and newer)"},
	{CONTAINER, "cgroup-parent", OPTION_TEXT, true,
	 "The container's parent cgroup, where the Engine uses cgroupfs"},
	{CONTAINER, "cpu-period", OPTION_INTEGER, true, "Period of the CPU scheduler, in microseconds"},
	{CONTAINER, "cpu-quota", OPTION_INTEGER, true, "CPU time per period, in microseconds"},
	{CONTAINER, "cpu-shares", OPTION_INTEGER, true, "Relative CPU weight"},
	{CONTAINER, "cpuset-cpus", OPTION_TEXT, true, "CPUs that may be used: 0-3, 0,1"},
	{CONTAINER, "cpuset-mems", OPTION_TEXT, true, "Memory nodes that may be used: 0-3, 0,1"},
	{CONTAINER, "default-load", OPTION_BOOL, false, "Load images into the Engine by default"},
	{CONTAINER, "env.", OPTION_PREFIX, true, "An environment variable of the container"},
	{CONTAINER, "image", OPTION_TEXT, true, "The image to run, moby/buildkit:buildx-stable-1 by default"},
	{CONTAINER, "memory", OPTION_MEMORY, true, "Memory limit"},
	{CONTAINER, "memory-swap", OPTION_MEMORY, true, "Limit of memory and swap together, -1 for none"},
	{CONTAINER, "network", OPTION_TEXT, true,
	 "Network mode of the container; host grants network.host to builds too"},
	{CONTAINER, "provenance-add-gha", OPTION_BOOL, true, "Add the GitHub Actions context to the provenance"},
	{CONTAINER, "restart-policy", OPTION_TEXT, true, "no, always, unless-stopped or on-failure[:N]"},

	{KUBERNETES, "annotations", OPTION_TEXT, true, "Annotations of the pods: a=1,b=2"},
	{KUBERNETES, "buildkit-root-volume-memory", OPTION_TEXT, true, "Keep BuildKit's root in memory of this size"},
	{KUBERNETES, "default-load", OPTION_BOOL, false, "Load images into the Engine by default"},
	{KUBERNETES, "env.", OPTION_PREFIX, true, "An environment variable of the pods"},
	{KUBERNETES, "image", OPTION_TEXT, true, "The image to run"},
	{KUBERNETES, "labels", OPTION_TEXT, true, "Labels of the pods: a=1,b=2"},
	{KUBERNETES, "limits.cpu", OPTION_TEXT, true, "CPU limit, as Kubernetes writes it"},
	{KUBERNETES, "limits.ephemeral-storage", OPTION_TEXT, true, "Limit of ephemeral storage"},
	{KUBERNETES, "limits.memory", OPTION_TEXT, true, "Memory limit"},
	{KUBERNETES, "loadbalance", OPTION_TEXT, false, "sticky (default) or random"},
	{KUBERNETES, "namespace", OPTION_TEXT, true, "Namespace of the pods"},
	{KUBERNETES, "nodeselector", OPTION_TEXT, true, "Labels that the cluster's nodes must have"},
	{KUBERNETES, "persistent-volume-claim.requests.storage", OPTION_TEXT, true,
	 "Size of a persistent volume; the pods are a StatefulSet then"},
	{KUBERNETES, "qemu.image", OPTION_TEXT, true, "The image that registers emulators"},
	{KUBERNETES, "qemu.install", OPTION_BOOL, true, "Register emulators on the cluster's node"},
	{KUBERNETES, "replicas", OPTION_INTEGER, true, "How many pods"},
	{KUBERNETES, "requests.cpu", OPTION_TEXT, true, "CPU request"},
	{KUBERNETES, "requests.ephemeral-storage", OPTION_TEXT, true, "Request of ephemeral storage"},
	{KUBERNETES, "requests.memory", OPTION_TEXT, true, "Memory request"},
	{KUBERNETES, "rootless", OPTION_BOOL, true, "Run without root"},
	{KUBERNETES, "schedulername", OPTION_TEXT, true, "The scheduler of the pods"},
	{KUBERNETES, "serviceaccount", OPTION_TEXT, true, "The service account of the pods"},
	{KUBERNETES, "timeout", OPTION_TEXT, false, "How long to wait for the pods: 2m"},
	{KUBERNETES, "tolerations", OPTION_TEXT, true, "Taints that the pods tolerate"},

	{REMOTE, "cacert", OPTION_ABSOLUTE, false, "CA certificate of the daemon"},
	{REMOTE, "cert", OPTION_ABSOLUTE, false, "Client certificate"},
	{REMOTE, "default-load", OPTION_BOOL, false, "Load images into the Engine by default (BuildX 0.14 and newer)"},
	{REMOTE, "key", OPTION_ABSOLUTE, false, "Key of the client certificate"},
	{REMOTE, "servername", OPTION_TEXT, false, "The name that the daemon's certificate must have"},
};

const struct driver *driver_find(const char *name)
{
	for (size_t i = 0; name && i < COUNT(drivers); i++)
		if (strcmp(drivers[i].name, name) == 0)
			return &drivers[i];
	return NULL;
}

enum driver_home driver_home(const char *name)
{
	const struct driver *driver = driver_find(name);

	return driver ? driver->home : HOME_UNKNOWN;
}

bool driver_has_containers(const char *name)
{
	return driver_home(name) == HOME_CONTAINER;
}

const char *driver_name(enum driver_home home)
{
	for (size_t i = 0; i < COUNT(drivers); i++)
		if (drivers[i].home == home)
			return drivers[i].name;
	abort(); /* a slip of ours: nobody lives there */
}

const struct driver *driver_table(size_t *ret_count)
{
	*ret_count = COUNT(drivers);
	return drivers;
}

static bool option_matches(const struct driver_option *option, const char *key)
{
	size_t length = strlen(option->key);

	if (option->type != OPTION_PREFIX)
		return strcmp(option->key, key) == 0;
	return strncmp(option->key, key, length) == 0 && key[length] != '\0';
}

const struct driver_option *driver_option_find(const char *driver, const char *key)
{
	for (size_t i = 0; driver && key && i < COUNT(options); i++)
		if (strcmp(options[i].driver, driver) == 0 && option_matches(&options[i], key))
			return &options[i];
	return NULL;
}

const struct driver_option *driver_option_table(size_t *ret_count)
{
	*ret_count = COUNT(options);
	return options;
}
