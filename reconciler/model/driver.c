/* The tables of drivers and of their options.
 *
 * Rows: docker/buildx driver/docker-container/factory.go, driver/kubernetes/factory.go, driver/remote/factory.go. */
#include "model/driver.h"

#include "base/count.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "model/live.h"

#include <stdlib.h>
#include <string.h>

static const struct driver drivers[] = {
	{.name = "docker",
	 .home = HOME_ENGINE,
	 .endpoint = ENDPOINT_OWN,
	 .doc = "The BuildKit inside the Docker Engine; the builder is the Docker context of the same name"},
	{.name = "docker-container",
	 .home = HOME_CONTAINER,
	 .endpoint = ENDPOINT_ENGINE,
	 .creatable = true,
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
	 .doc = "A BuildKit daemon that somebody else runs, at the node's endpoint"},
};

/* Short for the rows below, which stand one a line. */
#define CONTAINER HOME_CONTAINER
#define KUBERNETES HOME_POD
#define REMOTE HOME_ELSEWHERE
#define TEXT OPTION_TEXT, NULL
#define BOOL OPTION_BOOL, NULL
#define INTEGER OPTION_INTEGER, NULL
#define MEMORY OPTION_MEMORY, NULL
#define SWAP OPTION_SWAP, NULL
#define ABSOLUTE OPTION_ABSOLUTE, NULL
#define PREFIX OPTION_PREFIX, NULL
#define COUNTED OPTION_COUNT, NULL
#define DURATION OPTION_DURATION, NULL
#define QUANTITY OPTION_QUANTITY, NULL
#define CAPACITY OPTION_CAPACITY, NULL
#define DNS_LABEL OPTION_DNS_LABEL, NULL
#define DNS_NAME OPTION_DNS_NAME, NULL
#define TOLERATIONS OPTION_TOLERATIONS, NULL
#define LABELS(reserved) OPTION_LABELS, reserved
#define ANNOTATIONS(reserved) OPTION_ANNOTATIONS, reserved
#define WORD(words) OPTION_WORD, words
#define PLATFORM "buildx.docker.com/platform"
#define POLICIES "no|always|unless-stopped|on-failure[:N]"
#define IN(where) WHERE_##where, 0
#define AT(where, member) WHERE_##where, offsetof(struct container, member)
#define IN_PLACE EFFECT_IN_PLACE
#define ROLLS EFFECT_ROLL
#define REPLACES EFFECT_REPLACE

// clang-format off
static const struct driver_option options[] = {
	/* driver, key, what it may be, where it shows, what leaving it out comes to, what a change does, the BuildX
	 * that brought it (0.N; 0: older than all that are supported), doc */
	{CONTAINER, "allow-untrusted-image", BOOL,           IN(FILE),                  NULL,             IN_PLACE, 36, "Run an image that BuildX cannot verify"},
	{CONTAINER, "cgroup-parent",         TEXT,           AT(CGROUP, cgroup_parent), "/docker/buildx", REPLACES, 0,  "The container's parent cgroup, where the Engine uses cgroupfs"},
	{CONTAINER, "cpu-period",            INTEGER,        AT(NUMBER, cpu_period),    NULL,             REPLACES, 0,  "Period of the CPU scheduler, in microseconds"},
	{CONTAINER, "cpu-quota",             INTEGER,        AT(NUMBER, cpu_quota),     NULL,             REPLACES, 0,  "CPU time per period, in microseconds"},
	{CONTAINER, "cpu-shares",            INTEGER,        AT(NUMBER, cpu_shares),    NULL,             REPLACES, 0,  "Relative CPU weight"},
	{CONTAINER, "cpuset-cpus",           TEXT,           AT(TEXT, cpuset_cpus),     NULL,             REPLACES, 0,  "CPUs that may be used: 0-3, 0,1"},
	{CONTAINER, "cpuset-mems",           TEXT,           AT(TEXT, cpuset_mems),     NULL,             REPLACES, 0,  "Memory nodes that may be used: 0-3, 0,1"},
	{CONTAINER, "default-load",          BOOL,           IN(FILE),                  "false",          IN_PLACE, 14, "Load images into the Engine by default"},
	{CONTAINER, "env.",                  PREFIX,         IN(ENV),                   NULL,             REPLACES, 0,  "An environment variable of the container"},
	{CONTAINER, "image",                 TEXT,           IN(IMAGE),                 NULL,             REPLACES, 0,  "The image to run, moby/buildkit:buildx-stable-1 by default"},
	{CONTAINER, "memory",                MEMORY,         AT(MEMORY, memory),        NULL,             REPLACES, 0,  "Memory limit"},
	{CONTAINER, "memory-swap",           SWAP,           AT(SWAP, memory_swap),     NULL,             REPLACES, 0,  "Limit of memory and swap together, -1 for none"},
	{CONTAINER, "network",               TEXT,           AT(TEXT, network),         "default|bridge", REPLACES, 0,  "Network mode of the container; host grants network.host to builds too"},
	{CONTAINER, "provenance-add-gha",    BOOL,           IN(FILE),                  "true",           IN_PLACE, 30, "Add the GitHub Actions context to the provenance, from when a container is made"},
	{CONTAINER, "restart-policy",        WORD(POLICIES), IN(RESTART),               "unless-stopped", REPLACES, 0,  "When the Engine starts the container again by itself"},

	{KUBERNETES, "annotations",                              ANNOTATIONS(PLATFORM), IN(POD),  NULL,                       ROLLS,    0,  "Annotations of the pods: a=1,b=2"},
	{KUBERNETES, "buildkit-root-volume-memory",              QUANTITY,              IN(POD),  NULL,                       ROLLS,    26, "Keep BuildKit's root in memory of this size"},
	{KUBERNETES, "default-load",                             BOOL,                  IN(FILE), "false",                    IN_PLACE, 14, "Load images into the Engine by default"},
	{KUBERNETES, "env.",                                     PREFIX,                IN(POD),  NULL,                       ROLLS,    28, "An environment variable of the pods"},
	{KUBERNETES, "image",                                    TEXT,                  IN(POD),  NULL,                       ROLLS,    0,  "The image to run"},
	{KUBERNETES, "labels",                                   LABELS("app"),         IN(POD),  NULL,                       REPLACES, 0,  "Labels of the pods: a=1,b=2"},
	{KUBERNETES, "limits.cpu",                               QUANTITY,              IN(POD),  NULL,                       ROLLS,    0,  "CPU limit, as Kubernetes writes it"},
	{KUBERNETES, "limits.ephemeral-storage",                 QUANTITY,              IN(POD),  NULL,                       ROLLS,    14, "Limit of ephemeral storage"},
	{KUBERNETES, "limits.memory",                            QUANTITY,              IN(POD),  NULL,                       ROLLS,    0,  "Memory limit"},
	{KUBERNETES, "loadbalance",                              WORD("sticky|random"), IN(FILE), "sticky",                   IN_PLACE, 0,  "How builds are spread over the pods, sticky by default"},
	{KUBERNETES, "namespace",                                DNS_LABEL,             IN(POD),  NULL,                       REPLACES, 0,  "Namespace of the pods"},
	{KUBERNETES, "nodeselector",                             LABELS(NULL),          IN(POD),  NULL,                       ROLLS,    0,  "Labels that the cluster's nodes must have"},
	{KUBERNETES, "persistent-volume-claim.requests.storage", CAPACITY,              IN(POD),  NULL,                       REPLACES, 34, "Size of a persistent volume; the pods are a StatefulSet then"},
	{KUBERNETES, "qemu.image",                               TEXT,                  IN(POD),  "tonistiigi/binfmt:latest", ROLLS,    0,  "The image that registers emulators"},
	{KUBERNETES, "qemu.install",                             BOOL,                  IN(POD),  "false",                    ROLLS,    0,  "Register emulators on the cluster's node"},
	{KUBERNETES, "replicas",                                 COUNTED,               IN(POD),  "1",                        IN_PLACE, 0,  "How many pods"},
	{KUBERNETES, "requests.cpu",                             QUANTITY,              IN(POD),  NULL,                       ROLLS,    0,  "CPU request"},
	{KUBERNETES, "requests.ephemeral-storage",               QUANTITY,              IN(POD),  NULL,                       ROLLS,    14, "Request of ephemeral storage"},
	{KUBERNETES, "requests.memory",                          QUANTITY,              IN(POD),  NULL,                       ROLLS,    0,  "Memory request"},
	{KUBERNETES, "rootless",                                 BOOL,                  IN(POD),  NULL,                       ROLLS,    0,  "Run without root"},
	{KUBERNETES, "schedulername",                            TEXT,                  IN(POD),  "default-scheduler",        ROLLS,    14, "The scheduler of the pods"},
	{KUBERNETES, "serviceaccount",                           DNS_NAME,              IN(POD),  "default",                  ROLLS,    0,  "The service account of the pods"},
	{KUBERNETES, "timeout",                                  DURATION,              IN(FILE), "120s",                     IN_PLACE, 15, "How long to wait for the pods: 2m"},
	{KUBERNETES, "tolerations",                              TOLERATIONS,           IN(POD),  NULL,                       ROLLS,    0,  "Taints that the pods tolerate"},

	{REMOTE, "cacert",       ABSOLUTE, IN(DIAL), NULL,    IN_PLACE, 0,  "CA certificate of the daemon"},
	{REMOTE, "cert",         ABSOLUTE, IN(DIAL), NULL,    IN_PLACE, 0,  "Client certificate"},
	{REMOTE, "default-load", BOOL,     IN(FILE), "false", IN_PLACE, 14, "Load images into the Engine by default"},
	{REMOTE, "key",          ABSOLUTE, IN(DIAL), NULL,    IN_PLACE, 0,  "Key of the client certificate"},
	{REMOTE, "servername",   TEXT,     IN(DIAL), NULL,    IN_PLACE, 0,  "The name that the daemon's certificate must have"},
};
// clang-format on

int driver_option_newest(void)
{
	int newest = 0;

	for (size_t i = 0; i < COUNT(options); i++)
		newest = options[i].since > newest ? options[i].since : newest;
	return newest;
}

const char *driver_option_doc(struct arena *arena, const struct driver_option *option)
{
	return option->since == 0 ? option->doc
				  : arena_printf(arena, "%s (BuildX 0.%d and newer)", option->doc, option->since);
}

const struct driver *driver_find(const char *name)
{
	/* What was read is called by the table's own text. */
	for (size_t i = 0; i < COUNT(drivers); i++)
		if (drivers[i].name == name)
			return &drivers[i];
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

bool driver_makes_nodes(const char *name)
{
	enum driver_home home = driver_home(name);

	return home == HOME_CONTAINER || home == HOME_POD;
}

bool driver_takes_config(const char *name)
{
	const struct driver *driver = driver_find(name);

	return driver && driver->has_config;
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
	enum driver_home home = driver_home(driver);

	for (size_t i = 0; key && i < COUNT(options); i++)
		if (options[i].home == home && option_matches(&options[i], key))
			return &options[i];
	return NULL;
}

const struct driver_option *driver_option_table(size_t *ret_count)
{
	*ret_count = COUNT(options);
	return options;
}

bool driver_option_given(const struct driver_option *option, const char *value)
{
	return !text_empty(value) || (option && option->type == OPTION_PREFIX);
}

int64_t driver_option_number(const struct driver_option *option, const struct container *container)
{
	return *(const int64_t *)(const void *)((const char *)container + option->member);
}

const char *driver_option_text(const struct driver_option *option, const struct container *container)
{
	return *(const char *const *)(const void *)((const char *)container + option->member);
}

const char *driver_option_words(struct arena *arena, const struct driver_option *option)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;

	for (const char *at = option->words; *at != '\0';) {
		size_t length = strcspn(at, "|");
		bool last = at[length] == '\0';

		text_printf(&text, "%s%.*s", at == option->words ? "" : last ? " or " : ", ", (int)length, at);
		at += length + !last;
	}
	return arena_strdup(arena, text_string(&text));
}
