/* The keys of buildkitd.toml as a table: desired/buildkitd_keys.c translates by it what state files say,
 * desired/buildkitd_spell.c back, and codec/buildkitd.c reads files by it.
 *
 * Rows: the toml tags of moby/buildkit cmd/buildkitd/config/config.go, util/resolver/config/config.go and
 * cache/remotecache/gha/ghatypes/config.go (v0.12 to v0.32). */
#ifndef RECONCILE_MODEL_BUILDKITD_TABLE_H
#define RECONCILE_MODEL_BUILDKITD_TABLE_H

#include "base/arena.h"
#include "base/text.h"

enum config_table {
	ROOT,
	LOG,
	GRPC,
	TLS,
	OTEL,
	CDI,
	WORKER,
	OCI,
	CONTAINERD,
	RUNTIME,
	GC_RULE,
	REGISTRY,
	KEYPAIR,
	DNS,
	HISTORY,
	FRONTEND,
	DOCKERFILE,
	GATEWAY,
	SYSTEM,
	CACHE,
	GHA,
	GHA_SIGN,
	GHA_VERIFY,
	GHA_POLICY,
};

enum config_value {
	BOOL,
	INTEGER,
	TEXT,
	TEXTS,
	FILTERS, /* likewise, of a gc rule */
	SPACE,
	DURATION,
	TABLE,	/* of the keys of `below` */
	TABLES, /* a list of them */
	NAMED,	/* a mapping from any name to such tables */
	LABELS, /* a mapping from any name to texts */
	FREE,	/* whatever it is, for somebody else's reader */
};

struct key_row {
	enum config_table table;
	const char *key;
	enum config_value value;
	enum config_table below;
};

/* The row of a key in either spelling (case, "-" and "_" do not count); NULL: BuildKit has no such key. */
const struct key_row *key_row_find(enum config_table table, const char *key);
/* The row of a key as BuildKit's reader takes it, in any case but with its own signs (pelletier/go-toml
 * unmarshaler.go); NULL: it passes over the key. */
const struct key_row *key_row_of_file(enum config_table table, const char *key);
/* "maxUsedSpace" -> "max-used-space": how state files spell it. */
char *key_kebab(struct arena *arena, const char *key);
/* Adds the keys of a table, as state files spell them. */
void key_rows_list(struct arena *arena, enum config_table table, struct strings *names);

#endif
