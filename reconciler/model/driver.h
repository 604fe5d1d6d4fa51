/* The drivers and their options, as tables. A new driver option is one row here.
 *
 * Source of the rows: docker/buildx driver/docker-container/factory.go, driver/kubernetes/factory.go,
 * driver/remote/factory.go (0.13 to 0.36). */
#ifndef RECONCILE_MODEL_DRIVER_H
#define RECONCILE_MODEL_DRIVER_H

#include <stdbool.h>
#include <stddef.h>

enum option_type {
	OPTION_TEXT,
	OPTION_BOOL,
	OPTION_INTEGER,
	OPTION_MEMORY,	 /* Docker units: b, k, m, g */
	OPTION_ABSOLUTE, /* an absolute path */
	OPTION_PREFIX,	 /* "env.": any key that starts so */
};

struct driver_option {
	const char *driver;
	const char *key;
	enum option_type type;
	bool in_container; /* shows in the node's container, so a difference there needs a replacement */
	const char *doc;
};

struct driver {
	const char *name;
	bool creatable;	 /* may be in the store; "docker" may not */
	bool applied;	 /* this version of reconcile can carry out its changes */
	bool has_config; /* takes buildkitd flags and config files */
	bool needs_endpoint;
	const char *doc;
};

/* Whether BuildX runs the nodes in containers of an Engine; otherwise there is nothing of theirs to boot or clear. */
bool driver_has_containers(const char *name);
const struct driver *driver_find(const char *name);
const struct driver *driver_table(size_t *ret_count);
const struct driver_option *driver_option_find(const char *driver, const char *key);
const struct driver_option *driver_option_table(size_t *ret_count);

#endif
