/* Live state: what was observed, with what could not be observed marked unknown and why.
 *
 * Filled by live/, read by everything else; JSON form in codec/snapshot.h. Unreadable is not empty, unreachable is not
 * absent: `known` flags and reasons say which. Raw bytes are kept where a rollback must restore them exactly; they may
 * hold secrets and never leave the private ref of the history. */
#ifndef RECONCILE_MODEL_LIVE_H
#define RECONCILE_MODEL_LIVE_H

#include "base/error.h"
#include "model/builder.h"
#include "model/cluster.h"
#include "model/daemon.h"
#include "model/evidence.h"
#include "model/fault.h"
#include "model/leftover.h"
#include "model/maker.h"

#include <stdint.h>

/* The bytes of one file of the store or of the Docker configuration, as found. */
struct store_file {
	const char *path;      /* relative to its root: "instances/ci", "contexts/meta/<hash>/meta.json" */
	bool in_docker_config; /* root is the Docker configuration folder, else the store */
	bool exists, readable;
	const unsigned char *data; /* followed by a NUL that length does not count; NULL: not at hand */
	size_t length;
	unsigned mode;	    /* permission bits */
	unsigned owner;	    /* whose the file is that was read, behind a link, too */
	const char *digest; /* SHA-256 in hex, when only that is known (from a snapshot); else NULL */
};

struct container {
	const char *name, *id;
	const char *unread;   /* why the Engine did not tell of it: image, image_id, status, created alone are known */
	const char *image;    /* as it was created with */
	const char *image_id; /* what it really runs */
	const char *image_now_id; /* what that name means on this engine now; NULL: gone or unknown */
	const char *status;	  /* created, running, paused, restarting, removing, exited, dead */
	int64_t exit_code;
	bool oom_killed;
	const char *error;    /* the Engine's words, NULL when none */
	const char *created;  /* RFC 3339 */
	int64_t pid;	      /* 0 when not running */
	const char *started;  /* RFC 3339; in no snapshot, as the two below */
	int64_t restarts;     /* that the Engine made by itself */
	struct strings execs; /* ids of those that were made in it and have not ended: clients of BuildX are such */
	struct strings command, env, image_env; /* env: sorted */
	int64_t memory, memory_swap, cpu_quota, cpu_period, cpu_shares;
	const char *cpuset_cpus, *cpuset_mems, *network, *restart_policy, *cgroup_parent;
	int64_t restart_retries;
	bool privileged, init;
	struct strings networks;  /* that it is connected to, sorted */
	const char *state_volume; /* name of the volume at /var/lib/buildkit; NULL: none (cache inside the container) */
	struct strings binds;	  /* other mounts, "type:source:target", for --show */
	/* Asked for only where a plan gives the container up (live/engine/edits.h); in no snapshot. */
	struct strings edits;	   /* paths of files that somebody changed in it, sorted */
	const char *edits_unknown; /* why they could not be listed; NULL: they were, or nobody asked */
	bool files_known;
	struct config_files files; /* below /etc/buildkit */
};

struct volume {
	const char *name;
	const char *created;   /* RFC 3339 or NULL */
	int64_t size;	       /* bytes; -1 unknown (asked for only by --doctor, --gc) */
	struct strings labels; /* "key=value" */
	const char *holder;    /* container of another name that runs with it; NULL: none; in no snapshot */
};

/* One Docker Engine that some node's endpoint leads to. */
struct engine {
	const char *endpoint; /* as nodes name it: URL, or context name */
	const char *host;     /* resolved URL: unix:///…, tcp://…, ssh://… ; NULL when it could not be resolved */
	const char
		*same_as; /* the first endpoint that leads to the same, by which both were asked at once; NULL: this */
	const char *key;  /* what the way there is, links of sockets followed, and TLS; in no snapshot */
	bool reachable;
	const char *reason; /* why not */
	enum maker maker;
	const char *version;	      /* of that maker; "API 1.41" where he is unknown */
	const char *api;	      /* the newest version of its API, "1.53"; NULL: unknown; in no snapshot */
	struct container *containers; /* every buildx_buildkit_* container, by name */
	size_t container_count;
	struct volume *volumes; /* every buildx_buildkit_*_state volume, by name */
	size_t volume_count;
};

struct live_node {
	struct node spec; /* as the instance file says; flags and files normalised only by the planner */
	enum seen seen;	  /* what state and reason follow from */
	enum node_state state;
	const char *reason;
	const struct engine *engine;	   /* NULL: not a container node, or never asked */
	const struct container *container; /* NULL: none, or unknown (then state is NODE_UNKNOWN) */
	const struct volume *volume;
	const struct cluster *cluster;	 /* NULL: not a node in pods, or never asked */
	const struct workload *workload; /* what BuildX made of it there, by kind and name; NULL: none, or unknown */
	const struct daemon *daemon;	 /* NULL: not asked, or it did not answer (then reason says why) */
};

struct live_builder {
	const char *name;
	const char *driver;
	bool dynamic;
	bool context_builder; /* the builder of a Docker context, driver docker, not in the store */
	bool damaged;	      /* its file could not be understood; nodes is empty, a fault tells */
	struct live_node *nodes;
	size_t node_count;
	struct store_file file;
	const char *last_activity; /* RFC 3339 or NULL */
};

struct live_context {
	const char *name;
	const char *endpoint; /* Docker endpoint's Host */
	const char *description;
	bool skip_tls_verify;
	bool has_tls; /* a folder of TLS files for the Engine, so that TLS is spoken; it may be empty */
	bool damaged;
	bool implicit; /* "default": made from DOCKER_HOST or the default socket, has no file */
	struct store_file file;
	bool tls_folder;	/* contexts/tls/<hash> is there, empty as it may be */
	bool tls_known;		/* the files below its TLS folder could be listed, and there are not too many */
	struct store_file *tls; /* sorted by path, of every endpoint; keys among them */
	size_t tls_count;
};

/* TLS that the environment asks for, by DOCKER_TLS_VERIFY or DOCKER_TLS. The context "default" alone speaks it. */
struct environment_tls {
	const char *folder; /* DOCKER_CERT_PATH, or the Docker configuration folder */
	bool skip_verify;
	const char *ca, *cert, *key; /* paths of the files that docker uses; NULL: it does without */
	struct config_files files;   /* what they hold: "ca.pem", "cert.pem", "key.pem" */
	const char *problem;	     /* why docker cannot use them, and then does nothing at all; NULL: it can */
};

/* A context as the state files make or repoint it, or as the environment says. */
struct declared_context {
	const char *name, *endpoint;
	bool tls, skip_tls_verify;
	const char *ca, *cert, *key; /* paths; NULL: none */
	const char *problem;	     /* why nothing can be asked there; NULL: it can */
	bool by_environment;
};

/* The context that a plan makes the current one, and what is selected there before the plan selects anything. */
struct planned_context {
	const char *context, *endpoint; /* as current_context, current_endpoint */
	const char *selected, *selected_by;
	struct store_file defaults_file;
};

/* A container or volume that looks like BuildX's and that no instance file names. */
struct orphan {
	bool is_volume;
	const char *name;
	const struct engine *engine;
	const char *created;
	int64_t size; /* -1 unknown */
};

#define LIVE_EVERY_OPTION "*"

/* Where and when a snapshot was taken, and by which version; of snapshots of before, NULL each. No part of what was
 * observed: digests are without it. */
struct taken {
	const char *host;
	const char *at; /* RFC 3339 */
	const char *version;
};

struct live {
	struct arena *arena;
	const char *store;	   /* real path of the store */
	const char *docker_config; /* folder */
	const char *current_context;
	const char *current_context_from; /* "DOCKER_HOST", "DOCKER_CONTEXT", "config.json", "default" */
	const char *configured_context; /* currentContext of config.json, "" for none; NULL: it cannot be understood */
	const char *current_endpoint;	/* what a new node without endpoint gets: context name, or URL for "default" */
	const char *selected;		/* the builder a bare `docker buildx build` uses; NULL: unknown */
	const char *selected_by;	/* "BUILDX_BUILDER", "global", "current", "defaults", "context" */
	bool selected_default;		/* as `use --default` would leave it for the current endpoint */
	struct store_file current_file, defaults_file, default_config_file, docker_config_file;
	struct config_files
		default_files;	       /* of buildkitd.default.toml: BuildX gives them to new builders without config */
	struct live_builder *builders; /* sorted by name; context builders too */
	size_t builder_count;
	struct live_context *contexts; /* sorted by name; "default" too */
	size_t context_count;
	struct engine *engines; /* sorted by endpoint */
	size_t engine_count;
	struct cluster *clusters; /* sorted by key */
	size_t cluster_count;
	struct orphan *orphans; /* sorted by engine, then name */
	size_t orphan_count;
	struct store_file *files; /* those that a rollback puts back, as they are now; found by live_file() */
	size_t file_count;
	const char *buildx;		   /* docker's plugin; NULL: it has none. In no snapshot, as the two below */
	const char *buildx_version;	   /* "0.36.1"; NULL: not asked, or of no form that is known */
	int buildx_minor;		   /* 36; 0: unknown */
	const struct environment_tls *tls; /* NULL: none is asked for; in no snapshot */
	/* The context that nodes live in which are to be on "default": BuildX stores an address for that, and an
	 * address has no TLS. NULL: the address will do. */
	const char *tls_context;
	bool tls_held; /* it is there, with the same host and files */
	struct faults faults;
	/* Options that a state file or the history calls secret beyond what their names tell, sorted: "env.DEPLOY";
	 * LIVE_EVERY_OPTION where that cannot be read. */
	struct strings secret_keys;
	/* Contexts that the state files make or repoint: what is behind them is looked at there already, so that one
	 * plan mends a context and makes the builders that live in it. */
	struct declared_context *declared;
	size_t declared_count;
	const struct planned_context *planned; /* NULL: the current context stays what it is */
	/* Folders of contexts that are gone, "contexts/tls/<hash>" (keys that nothing uses) and "contexts/meta/<hash>".
	 */
	struct strings stray_folders;
	struct leftovers leftovers; /* what the history knows to be ours to remove; they are no orphans */
	struct taken taken;	    /* of a snapshot */
	bool from_snapshot;	    /* read with --live: plans made from it are speculative */
};

struct live *live_new(void);	   /* in an arena of its own, live->arena */
void live_free(struct live *live); /* NULL is allowed */

/* Lookups by name, NULL when there is none. They search arrays that are sorted as said above. */
bool live_is_secret(const struct live *live, const char *option_key);
/* Says that this option is secret, wherever it is found: call it before anything is shown, then live_hide_secrets(). */
void live_add_secret(struct live *live, const char *option_key);
/* Marks the driver options of every node accordingly. */
void live_hide_secrets(struct live *live);
const struct live_builder *live_builder(const struct live *live, const char *name);
/* For one after the other, in order: *at is 0 at first (keyed_find_next()). */
const struct live_builder *live_builder_next(const struct live *live, const char *name, size_t *at);
const struct live_context *live_context(const struct live *live, const char *name);
const struct declared_context *live_declared(const struct live *live, const char *name);
/* The context that config.json is to name so that it is as the state says ("default": none); NULL: it does already, or
 * what it names is unknown, or the state says nothing. A context that must be absent cannot stay the current one. */
const char *live_wanted_context(const struct live *live, const struct state *state);
/* Current context, its endpoint and the builder selected there, as they are once the plan has set the context. */
const char *live_planned_context(const struct live *live);
const char *live_planned_endpoint(const struct live *live);
const char *live_planned_selected(const struct live *live);
/* What the store has as endpoint of a node that is to live in this context or at this URL (NULL stays NULL), and of one
 * whose endpoint nobody says. */
const char *live_stored_endpoint(const struct live *live, const char *endpoint);
const char *live_node_endpoint(const struct live *live);
const struct engine *live_engine(const struct live *live, const char *endpoint);
const struct cluster *live_cluster(const struct live *live, const char *key);
const struct cluster *live_cluster_by(const struct live *live, const struct cluster_way *way);
/* Whether one before it leads to the same, and answered: what is there is there once, however many ways lead to it. */
bool live_cluster_is_told(const struct live *live, const struct cluster *cluster);
bool engine_same(const struct engine *a, const struct engine *b);
/* "default", or "default (also tcp://docker:2376)": by all names that it was asked by. */
const char *engine_names(struct arena *arena, const struct live *live, const struct engine *engine);
/* Whether a builder of the store names this node on that Engine, or may: a damaged file is not an absent one. */
bool live_names_node(const struct live *live, const char *host, const struct leftover *leftover);
const struct container *engine_container(const struct engine *engine, const char *name);
const struct volume *engine_volume(const struct engine *engine, const char *name);
/* Those of the node that BuildX calls so (model/normal.h). */
const struct container *engine_node_container(const struct engine *engine, const char *node);
const struct volume *engine_node_volume(const struct engine *engine, const char *node);

/* What the observation holds of this path; NULL when it was not read. */
const struct store_file *live_file(const struct live *live, const char *path, bool in_docker_config);

#endif
