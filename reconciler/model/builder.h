/* What both sides speak of: builders, nodes, contexts, as plain structs without I/O.
 *
 * Desired state (state files) fills all of it; live state uses struct builder for what an instance file says.
 * Everything lives in the arena of the state or snapshot that holds it and is immutable once built. Absent texts are
 * NULL, absent lists are empty, absent booleans are TRI_UNSET. */
#ifndef RECONCILE_MODEL_BUILDER_H
#define RECONCILE_MODEL_BUILDER_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text.h"

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stddef.h>

/* Where in the state files a thing was said: the last file that said it wins. file is NULL when nobody said it. */
struct source {
	const char *file;
	int line, column; /* 1-based */
	bool inherited;	  /* said in `defaults`: what does not suit the builder's driver is left out, not an error */
};

/* Where each key of a mapping was said. The loader adds one place per key that it decodes, to the places that
 * field_places() (model/field.h) finds; empty for what no state file said. */
struct place {
	const char *key;
	struct source source;
};
struct places {
	struct place *items;
	size_t count;
};
void places_add(struct arena *arena, struct places *places, const char *key, struct source source);
/* Where key was said; otherwise when it was not. */
struct source places_find(const struct places *places, const char *key, struct source otherwise);

enum tri { TRI_UNSET = 0, TRI_NO, TRI_YES };

/* One named text: a driver option, an emulation. Printing `value` goes through pair_shown() (model/secret.h). */
struct pair {
	const char *key;
	const char *value;
	bool secret; /* said by !secret, or an env.* option whose name looks like a credential */
	bool open;   /* holds variables as they are written: what it comes to is not known */
	struct source source;
};
struct pairs {
	struct pair *items; /* sorted by key once normalised */
	size_t count;
};

/* A file that travels with a node into its container's /etc/buildkit, as BuildX carries it (instance file "Files"). */
struct config_file {
	const char *name; /* "buildkitd.toml", "certs/<registry>/<file>" */
	const unsigned char *data;
	size_t length;
	bool secret;	    /* a private key */
	bool foreign;	    /* read from outside the repository: shown as size and digest, never quoted */
	const char *digest; /* SHA-256 in hex, when only that is known (from a snapshot): data then is its text; else
			       NULL */
};
struct config_files {
	struct config_file *items; /* sorted by name once normalised */
	size_t count;
};

struct store_file;

struct node {
	const char *name;
	const char *endpoint; /* URL or context name; NULL in desired state: the current endpoint */
	/* Desired only, driver kubernetes: as the builder's own two. */
	const char *kubeconfig, *kube_context;
	struct strings platforms; /* canonical ("linux/arm/v7"), in the order given */
	struct pairs driver_opts;
	struct strings flags; /* of buildkitd */
	/* Desired only, as written: instead of the builder's own two. */
	cJSON *buildkitd; /* freed as the builder's is */
	const char *buildkitd_config;
	struct config_files files;
	bool implied; /* desired only: made from the builder's own keys, no state file wrote it */
	struct source source;
	struct places places;
};

/* Sizes keep the text that was written ("40GB", "20%"); they are checked when read. Units as buildkitd.toml takes them.
 */
struct cache_rule {
	struct strings filters;
	enum tri all;
	const char *keep_duration; /* "48h" */
	const char *max_used_space, *reserved_space, *min_free_space;
	struct source source;
	struct places places;
};
struct cache_policy {
	enum tri keep_state;
	const char *max_used_space, *reserved_space, *min_free_space;
	const char *keep_duration;
	const char *reset; /* an id: when it is another than the one last done, the cache is emptied once */
	struct cache_rule *rules;
	size_t rule_count;
	struct source source; /* file is NULL: no cache section */
	struct places places;
};

struct builder {
	const char *name;
	const char *state;  /* "present" (also NULL) or "absent" */
	const char *driver; /* its name: model/driver.h */

	/* As written; resolved into nodes[] by desired/resolve.c, so the planner looks at nodes[] only. */
	const char *endpoint;
	/* driver kubernetes: the file, an absolute path, and the context of it, whatever kubectl says is current;
	 * NULL: as BuildX does. */
	const char *kubeconfig, *kube_context;
	const char *expires_after; /* driver kubernetes: "24h" after it was changed last --gc may remove it; NULL: never
				    */
	struct strings platforms;
	struct pairs driver_opts;
	struct strings buildkitd_flags;
	cJSON *buildkitd;	      /* free-form tree, owned by this builder alone: builder_done() deletes it */
	const char *buildkitd_config; /* path, made absolute or relative to the working folder */
	struct cache_policy cache;
	struct pairs emulation;
	enum tri verify_build;
	const char *verify_dockerfile;

	struct node *nodes;
	size_t node_count;

	enum tri bootstrap; /* TRI_UNSET means yes */
	enum tri protect;
	const char *fallback;
	bool dynamic; /* live only: instance file's "Dynamic" */
	/* Rollback only: the instance file to restore byte for byte (model/live.h); NULL otherwise. */
	const struct store_file *exact;
	struct source source;
	struct places places;
};

struct context {
	const char *name;
	const char *state; /* "present" (also NULL) or "absent" */
	const char *endpoint;
	const char *description;
	const char *ca, *cert, *key; /* absolute paths or NULL */
	struct config_files tls;     /* what they lead to: "ca.pem", "cert.pem", "key.pem" */
	enum tri skip_tls_verify;
	const struct store_file *exact; /* rollback only: the meta.json to restore */
	/* Rollback only: every file that was below its TLS folder. Not known when the record does not say. */
	bool exact_tls_known;
	struct store_file *exact_tls;
	size_t exact_tls_count;
	struct source source;
	struct places places;
};

/* Rollback only: a file of the store that is put back as it was. */
struct exact_file {
	const struct store_file *raw; /* its bytes and mode; one that was not there is removed */
	const char *aside; /* what could not be read was moved here, below the store: moved back; else NULL */
	const char *why;   /* "as it was before, damaged: instances/ci is empty" */
};

/* Desired state: what the state files say, merged, interpolated, validated. */
struct state {
	struct arena *arena;
	int version;
	const char *selected;
	struct source selected_source;
	const char *current_context; /* "default": none is to be named in config.json */
	const char *unmanaged;	     /* "keep" (also NULL) or "remove" */
	struct source unmanaged_source;
	struct builder *builders; /* sorted by name */
	size_t builder_count;
	struct context *contexts; /* sorted by name */
	size_t context_count;
	struct strings files; /* the state files read, in order */
	/* Rollback only: `current` and `defaults/<hash>` to restore byte for byte; NULL otherwise. */
	const struct store_file *exact_current, *exact_defaults;
	struct exact_file *exact_files;
	size_t exact_file_count;
	/* Rollback only: the volumes that were there before, as host of the engine -> name: they are never removed. */
	struct pairs kept_volumes;
	struct diagnostics warnings; /* of what the state files say, with their lines */
	struct places places;
};

struct state *state_new(void);		    /* in an arena of its own, state->arena */
void state_free(struct state *state);	    /* also frees cJSON trees and warnings; NULL is allowed */
void builder_done(struct builder *builder); /* frees its cJSON trees, and those of its nodes */
/* By name, in a sorted state; NULL when there is none. */
const struct builder *state_builder(const struct state *state, const char *name);
/* For one after the other, in order: *at is 0 at first (keyed_find_next()). */
const struct builder *state_builder_next(const struct state *state, const char *name, size_t *at);
const struct context *state_context(const struct state *state, const char *name);
void state_sort(struct state *state); /* builders and contexts, by name */
bool builder_absent(const struct builder *builder);
/* Whether the node says a configuration of its own: it has that one instead of its builder's. */
bool node_has_own_config(const struct node *node);
const char *pairs_get(const struct pairs *pairs, const char *key);
const struct config_file *config_files_get(const struct config_files *files, const char *name);
void pairs_sort(struct pairs *pairs);
void config_files_sort(struct config_files *files);

#endif
