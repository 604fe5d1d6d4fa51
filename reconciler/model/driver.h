/* The drivers and their options, as tables. A new driver option is one row there, and a new driver is a row and a
 * function in the table of each room that does something else for the place where its nodes live.
 *
 * Nothing compares a driver's name: whoever asks what a driver is like asks for a column. Builders keep the name, as
 * files have it; one that is in no table has HOME_UNKNOWN, and nothing is known of its nodes.
 *
 * Source of the rows: docker/buildx driver/docker-container/factory.go, driver/kubernetes/factory.go,
 * driver/remote/factory.go (0.13 to 0.36). */
#ifndef RECONCILE_MODEL_DRIVER_H
#define RECONCILE_MODEL_DRIVER_H

#include "base/arena.h"
#include "model/field.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum option_type {
	OPTION_TEXT,
	OPTION_BOOL,
	OPTION_INTEGER,
	OPTION_MEMORY,	 /* Docker units: b, k, m, g */
	OPTION_SWAP,	 /* the same, or -1 (docker/cli opts/opts.go, MemSwapBytes) */
	OPTION_WORD,	 /* one of `words` */
	OPTION_ABSOLUTE, /* an absolute path */
	OPTION_COUNT,	 /* a whole number of 32 bits, not negative */
	OPTION_DURATION, /* Go's: 2m, with a unit */
	/* Kubernetes' (model/kube_value.h). */
	OPTION_QUANTITY,    /* 500m, 64Mi */
	OPTION_CAPACITY,    /* of a disk: more than 0 */
	OPTION_LABELS,	    /* "a=1,b=2"; `words`: the one name that BuildX keeps for itself */
	OPTION_ANNOTATIONS, /* likewise, with anything for a value */
	OPTION_TOLERATIONS,
	OPTION_DNS_LABEL, /* the name of a namespace */
	OPTION_DNS_NAME,  /* of other objects */
	OPTION_PREFIX,	  /* "env.": any key that starts so */
};

/* Where its nodes live: what can be asked of them, and done to them. */
enum driver_home {
	HOME_UNKNOWN = 0,
	HOME_ENGINE,	/* inside an Engine, which runs BuildKit itself */
	HOME_CONTAINER, /* in containers of an Engine, which BuildX makes */
	HOME_POD,	/* in pods of a cluster, which BuildX makes */
	HOME_ELSEWHERE, /* wherever somebody else runs them: nothing of theirs is made, booted or removed here */
	HOME_COUNT,
};

/* What the endpoint of a node is. */
enum driver_endpoint {
	ENDPOINT_OWN,	 /* the Docker context that is called as the builder; nothing else can be said */
	ENDPOINT_ENGINE, /* an Engine, by URL or by the name of a Docker context; left out: the current one */
	ENDPOINT_MADE,	 /* made by BuildX from the node's name; nothing can be said */
	ENDPOINT_DAEMON, /* the daemon itself, by URL; must be said */
};

struct driver {
	const char *name;
	enum driver_home home;
	enum driver_endpoint endpoint;
	bool creatable;	 /* may be in the store: the builder is more than its Docker context */
	bool has_config; /* takes buildkitd flags and config files */
	const char *doc;
};

/* Where an option shows in what runs, and so how the planner finds out whether it is heeded. */
enum option_where {
	WHERE_FILE = 0, /* nowhere: BuildX alone reads it, from the instance file */
	WHERE_IMAGE,	/* the image that the container was made from */
	WHERE_ENV,	/* the container's environment */
	WHERE_MEMORY,	/* bytes, int64_t */
	WHERE_SWAP,	/* the same; of none given the Engine makes twice the memory */
	WHERE_NUMBER,	/* int64_t */
	WHERE_TEXT,	/* const char * */
	WHERE_CGROUP,	/* the same; left out under systemd's cgroup driver */
	WHERE_RESTART,	/* the restart policy, with its number of retries */
	WHERE_POD,	/* the pod template */
	WHERE_DIAL,	/* how somebody else's daemon is dialled */
	WHERE_COUNT,
};

/* One row rules: desired/ checks a value by type and words, plan/ compares a container by where, member and unset and
 * replaces it or not by effect, and the schema and the manual say the same. */
struct driver_option {
	enum driver_home home; /* of the driver */
	const char *key;
	enum option_type type;
	const char *
		words; /* OPTION_WORD: "a|b"; a word that ends in [:N] may have a number. OPTION_LABELS, _ANNOTATIONS */
	enum option_where where;
	size_t member;	   /* of struct container, for those that are kept in one */
	const char *unset; /* what leaving it out comes to, besides an empty text or 0: "a|b"; NULL: nothing else */
	enum field_effect effect;
	int since; /* the BuildX that brought it, 0.N: an older one cannot load a builder that has it; 0: all have it */
	const char *doc;
};

enum { BUILDX_OLDEST = 13 }; /* 0.13: the oldest BuildX that is supported */
/* The BuildX, 0.N, that has all of the options. */
int driver_option_newest(void);
/* With the BuildX that it needs. */
const char *driver_option_doc(struct arena *arena, const struct driver_option *option);

const struct driver *driver_find(const char *name); /* NULL: there is none of this name */
enum driver_home driver_home(const char *name);
/* Whether BuildX runs the nodes in containers of an Engine; otherwise there is nothing of theirs to boot or clear. */
bool driver_has_containers(const char *name);
/* Whether BuildX makes its nodes, in containers or in pods: another one can be made beside one that is there. */
bool driver_makes_nodes(const char *name);
/* Whether BuildX gives its nodes flags and configuration files. */
bool driver_takes_config(const char *name);
/* The name of the driver whose nodes live there; a builder that says no driver has that of HOME_CONTAINER. */
const char *driver_name(enum driver_home home);
const struct driver *driver_table(size_t *ret_count);
const struct driver_option *driver_option_find(const char *driver, const char *key);
const struct driver_option *driver_option_table(size_t *ret_count);
/* Whether the value says anything: an empty one, as ${VAR:-} gives, is none, but for the environment's. option NULL:
 * one that the driver does not know. */
bool driver_option_given(const struct driver_option *option, const char *value);
struct container;
/* What a container has at the option's member: of WHERE_MEMORY, _SWAP, _NUMBER; of WHERE_TEXT, _CGROUP. */
int64_t driver_option_number(const struct driver_option *option, const struct container *container);
const char *driver_option_text(const struct driver_option *option, const struct container *container);
/* The words of an OPTION_WORD as people list them: "a, b or c". */
const char *driver_option_words(struct arena *arena, const struct driver_option *option);

#endif
