/* The members of every object of a snapshot, as tables: writing and reading walk the same rows, so that neither can
 * forget one. A new observation is a row here and a member in model/live.h. */
#ifndef RECONCILE_CODEC_SNAPSHOT_MEMBERS_H
#define RECONCILE_CODEC_SNAPSHOT_MEMBERS_H

#include <stddef.h>

#define SNAPSHOT_VERSION "1.0"

enum member_type {
	MEMBER_TEXT,	    /* const char *, or null; a URL's password is hidden */
	MEMBER_NAME,	    /* const char *, never null or empty */
	MEMBER_BOOL,	    /* bool */
	MEMBER_INTEGER,	    /* int64_t */
	MEMBER_COUNT,	    /* size_t */
	MEMBER_NANOSECONDS, /* int64_t, a text "172800000000000ns": JSON's numbers are too coarse */
	MEMBER_TEXTS,	    /* struct strings; a URL's password is hidden */
	MEMBER_ENV,	    /* struct strings of NAME=value; a value whose name looks like a credential is hidden */
	MEMBER_OPTIONS,	    /* struct pairs, an object; secret values are hidden */
	MEMBER_FILES,	    /* struct config_files: text of *.toml, digests of others */
	MEMBER_FILE,	    /* struct store_file: its digest */
};

struct member {
	const char *key;
	enum member_type type;
	size_t offset;
};

struct members {
	const char *what; /* "a builder" */
	const struct member *rows;
	size_t count;
};

extern const struct members snapshot_live, snapshot_builder, snapshot_node, snapshot_context, snapshot_tls_file,
	snapshot_engine, snapshot_container, snapshot_volume, snapshot_orphan, snapshot_daemon, snapshot_worker,
	snapshot_rule, snapshot_disk, snapshot_build;

#endif
