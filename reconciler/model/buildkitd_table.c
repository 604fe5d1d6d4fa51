/* The rows, and looking one up. */
#include "model/buildkitd_table.h"

#include "base/count.h"

#include <ctype.h>
#include <string.h>

#define GC_ROWS(table)                                                                                                 \
	{table, "gc", BOOL, ROOT}, {table, "gckeepstorage", SPACE, ROOT}, {table, "reservedSpace", SPACE, ROOT},       \
		{table, "maxUsedSpace", SPACE, ROOT}, {table, "minFreeSpace", SPACE, ROOT},                            \
	{                                                                                                              \
		table, "gcpolicy", TABLES, GC_RULE                                                                     \
	}

#define NETWORK_ROWS(table)                                                                                            \
	{table, "networkMode", TEXT, ROOT}, {table, "cniConfigPath", TEXT, ROOT},                                      \
		{table, "cniBinaryPath", TEXT, ROOT}, {table, "cniPoolSize", INTEGER, ROOT},                           \
		{table, "bridgeName", TEXT, ROOT},                                                                     \
	{                                                                                                              \
		table, "bridgeSubnet", TEXT, ROOT                                                                      \
	}

#define WORKER_ROWS(table)                                                                                             \
	{table, "enabled", BOOL, ROOT}, {table, "labels", LABELS, ROOT}, {table, "platforms", TEXTS, ROOT},            \
		{table, "snapshotter", TEXT, ROOT}, {table, "rootless", BOOL, ROOT},                                   \
		{table, "defaultCgroupParent", TEXT, ROOT}, {table, "apparmor-profile", TEXT, ROOT},                   \
		{table, "selinux", BOOL, ROOT},                                                                        \
	{                                                                                                              \
		table, "max-parallelism", INTEGER, ROOT                                                                \
	}

static const struct key_row rows[] = {
	{ROOT, "debug", BOOL, ROOT},
	{ROOT, "trace", BOOL, ROOT},
	{ROOT, "root", TEXT, ROOT},
	{ROOT, "insecure-entitlements", TEXTS, ROOT},
	{ROOT, "proxyNetwork", BOOL, ROOT},
	{ROOT, "provenanceEnvDir", TEXT, ROOT},
	{ROOT, "log", TABLE, LOG},
	{ROOT, "grpc", TABLE, GRPC},
	{ROOT, "otel", TABLE, OTEL},
	{ROOT, "cdi", TABLE, CDI},
	{ROOT, "worker", TABLE, WORKER},
	{ROOT, "registry", NAMED, REGISTRY},
	{ROOT, "dns", TABLE, DNS},
	{ROOT, "history", TABLE, HISTORY},
	{ROOT, "frontend", TABLE, FRONTEND},
	{ROOT, "system", TABLE, SYSTEM},
	{ROOT, "cache", TABLE, CACHE},
	{ROOT, "ghacache", TABLE, GHA}, /* as the documentation of BuildKit has it */
	{LOG, "format", TEXT, ROOT},
	{LOG, "level", TEXT, ROOT},
	{GRPC, "address", TEXTS, ROOT},
	{GRPC, "debugAddress", TEXT, ROOT},
	{GRPC, "uid", INTEGER, ROOT},
	{GRPC, "gid", INTEGER, ROOT},
	{GRPC, "securityDescriptor", TEXT, ROOT},
	{GRPC, "tls", TABLE, TLS},
	{TLS, "cert", TEXT, ROOT},
	{TLS, "key", TEXT, ROOT},
	{TLS, "ca", TEXT, ROOT},
	{OTEL, "socketPath", TEXT, ROOT},
	{CDI, "disabled", BOOL, ROOT},
	{CDI, "specDirs", TEXTS, ROOT},
	{CDI, "autoAllowed", TEXTS, ROOT},
	{WORKER, "oci", TABLE, OCI},
	{WORKER, "containerd", TABLE, CONTAINERD},
	WORKER_ROWS(OCI),
	GC_ROWS(OCI),
	NETWORK_ROWS(OCI),
	{OCI, "noProcessSandbox", BOOL, ROOT},
	{OCI, "userRemapUnsupported", TEXT, ROOT},
	{OCI, "binary", TEXT, ROOT},
	{OCI, "proxySnapshotterPath", TEXT, ROOT},
	{OCI, "stargzSnapshotter", FREE, ROOT},
	WORKER_ROWS(CONTAINERD),
	GC_ROWS(CONTAINERD),
	NETWORK_ROWS(CONTAINERD),
	{CONTAINERD, "address", TEXT, ROOT},
	{CONTAINERD, "namespace", TEXT, ROOT},
	{CONTAINERD, "runtime", TABLE, RUNTIME},
	{RUNTIME, "name", TEXT, ROOT},
	{RUNTIME, "path", TEXT, ROOT},
	{RUNTIME, "options", FREE, ROOT},
	{GC_RULE, "all", BOOL, ROOT},
	{GC_RULE, "filters", FILTERS, ROOT},
	{GC_RULE, "keepDuration", DURATION, ROOT},
	{GC_RULE, "keepBytes", SPACE, ROOT},
	{GC_RULE, "reservedSpace", SPACE, ROOT},
	{GC_RULE, "maxUsedSpace", SPACE, ROOT},
	{GC_RULE, "minFreeSpace", SPACE, ROOT},
	{REGISTRY, "mirrors", TEXTS, ROOT},
	{REGISTRY, "http", BOOL, ROOT},
	{REGISTRY, "insecure", BOOL, ROOT},
	{REGISTRY, "ca", TEXTS, ROOT},
	{REGISTRY, "keypair", TABLES, KEYPAIR},
	{REGISTRY, "tlsconfigdir", TEXTS, ROOT},
	{KEYPAIR, "key", TEXT, ROOT},
	{KEYPAIR, "cert", TEXT, ROOT},
	{DNS, "nameservers", TEXTS, ROOT},
	{DNS, "options", TEXTS, ROOT},
	{DNS, "searchDomains", TEXTS, ROOT},
	{HISTORY, "maxAge", DURATION, ROOT},
	{HISTORY, "maxEntries", INTEGER, ROOT},
	{FRONTEND, "dockerfile.v0", TABLE, DOCKERFILE},
	{FRONTEND, "gateway.v0", TABLE, GATEWAY},
	{DOCKERFILE, "enabled", BOOL, ROOT},
	{GATEWAY, "enabled", BOOL, ROOT},
	{GATEWAY, "allowedRepositories", TEXTS, ROOT},
	{SYSTEM, "platformsCacheMaxAge", DURATION, ROOT},
	{SYSTEM, "maxRegistryConcurrency", INTEGER, ROOT},
	{CACHE, "gha", TABLE, GHA},
	{GHA, "sign", TABLE, GHA_SIGN},
	{GHA, "verify", TABLE, GHA_VERIFY},
	{GHA_SIGN, "command", FREE, ROOT},
	{GHA_SIGN, "cmd", FREE, ROOT},
	{GHA_VERIFY, "required", BOOL, ROOT},
	{GHA_VERIFY, "policy", TABLE, GHA_POLICY},
	{GHA_POLICY, "timestampThreshold", INTEGER, ROOT},
	{GHA_POLICY, "tlogThreshold", INTEGER, ROOT},
	{GHA_POLICY, "certificateIssuer", TEXT, ROOT},
	{GHA_POLICY, "subjectAlternativeName", TEXT, ROOT},
	{GHA_POLICY, "buildSignerURI", TEXT, ROOT},
};

/* Case, '-' and '_' do not count. */
static bool key_same(const char *a, const char *b)
{
	for (;; a++, b++) {
		a += strspn(a, "-_");
		b += strspn(b, "-_");
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
	}
}

const struct key_row *key_row_find(enum config_table table, const char *key)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].table == table && key_same(rows[i].key, key))
			return &rows[i];
	return NULL;
}

const struct key_row *key_row_of_file(enum config_table table, const char *key)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].table == table && strcasecmp(rows[i].key, key) == 0)
			return &rows[i];
	return NULL;
}

char *key_kebab(struct arena *arena, const char *key)
{
	char *kebab = arena_alloc(arena, 2 * strlen(key) + 1);
	size_t length = 0;

	for (; *key; key++) {
		if (isupper((unsigned char)*key) && length > 0 && !isupper((unsigned char)key[-1]))
			kebab[length++] = '-';
		kebab[length++] = (char)tolower((unsigned char)*key);
	}
	return kebab;
}

void key_rows_list(struct arena *arena, enum config_table table, struct strings *names)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].table == table)
			strings_add(arena, names, key_kebab(arena, rows[i].key));
}
