/* The keys of buildkitd.toml as a table: translates a `buildkitd` tree into BuildKit's spelling and finds mistakes.
 *
 * Rows: the toml tags of moby/buildkit cmd/buildkitd/config/config.go, util/resolver/config/config.go and
 * cache/remotecache/gha/ghatypes/config.go (v0.12 to v0.32). */
#include "desired/buildkitd.h"

#include "base/buffer.h"
#include "base/text.h"
#include "model/normal.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

enum table {
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

enum value {
	BOOL,
	INTEGER,
	TEXT,
	TEXTS,
	SPACE,
	DURATION,
	TABLE,	/* of the keys of `below` */
	TABLES, /* a list of them */
	NAMED,	/* a mapping from any name to such tables */
	LABELS, /* a mapping from any name to texts */
	FREE,	/* whatever it is, for somebody else's reader */
};

struct key_row {
	enum table table;
	const char *key;
	enum value value;
	enum table below;
};

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
	{GC_RULE, "filters", TEXTS, ROOT},
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

static const char *const value_names[] = {
	[BOOL] = "true or false",
	[INTEGER] = "a whole number",
	[TEXT] = "a text",
	[TEXTS] = "a list of texts",
	[SPACE] = "a size such as 40GB or 20%",
	[DURATION] = "a duration such as 48h",
	[TABLE] = "a mapping",
	[TABLES] = "a list of mappings",
	[NAMED] = "a mapping of mappings",
	[LABELS] = "a mapping of texts",
	[FREE] = "a value",
};

/* Where the translation is, for messages. */
struct translation {
	struct source source;
	struct diagnostics *problems;
	struct buffer path; /* "worker.oci.gcpolicy[0]" */
};

static cJSON *table_translate(struct translation *to, const cJSON *tree, enum table table);

static void problem_type(struct translation *to, enum value value)
{
	diagnostics_addf(to->problems, ERROR_INVALID, to->source.file, to->source.line, to->source.column, NULL,
			 "buildkitd.%s must be %s", buffer_text(&to->path), value_names[value]);
}

/* Same key in either spelling: case, '-' and '_' do not count. */
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

static const struct key_row *row_find(enum table table, const char *key)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].table == table && key_same(rows[i].key, key))
			return &rows[i];
	return NULL;
}

/* "maxUsedSpace" -> "max-used-space": how state files spell it. */
static char *key_kebab(struct arena *arena, const char *key)
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

static void problem_unknown(struct translation *to, enum table table, const char *key)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *names[COUNT(rows)];
	const char *nearest, *hint = NULL;
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rows); i++)
		if (rows[i].table == table)
			names[count++] = key_kebab(arena, rows[i].key);
	nearest = text_nearest(key, names, count);
	if (nearest)
		hint = arena_printf(arena, "did you mean `%s`?", nearest);
	diagnostics_addf(to->problems, ERROR_INVALID, to->source.file, to->source.line, to->source.column, hint,
			 "buildkitd.%s is no key of buildkitd.toml", buffer_text(&to->path));
}

static bool is_digits(const char *text)
{
	return *text && text[strspn(text, "0123456789")] == '\0' && strlen(text) <= 15;
}

/* A scalar in the type that BuildKit reads, or NULL. Texts that came from ${VAR} may stand for numbers and booleans. */
static cJSON *scalar_translate(const cJSON *item, enum value value)
{
	bool text = cJSON_IsString(item);

	switch (value) {
	case BOOL:
		if (cJSON_IsBool(item))
			return cJSON_CreateBool(cJSON_IsTrue(item));
		if (text && (text_equal(item->valuestring, "true") || text_equal(item->valuestring, "false")))
			return cJSON_CreateBool(text_equal(item->valuestring, "true"));
		return NULL;
	case INTEGER:
		if (text && is_digits(item->valuestring))
			return cJSON_CreateNumber(strtod(item->valuestring, NULL));
		if (cJSON_IsNumber(item) && item->valuedouble >= 0 && item->valuedouble < 0x1p53 &&
		    item->valuedouble == (double)(int64_t)item->valuedouble)
			return cJSON_CreateNumber(item->valuedouble);
		return NULL;
	case SPACE:
		if (text && space_valid(item->valuestring))
			return cJSON_CreateString(item->valuestring);
		return text ? NULL : scalar_translate(item, INTEGER);
	case DURATION:
		if (text && duration_valid(item->valuestring))
			return cJSON_CreateString(item->valuestring);
		return text ? NULL : scalar_translate(item, INTEGER);
	default:
		return text ? cJSON_CreateString(item->valuestring) : NULL;
	}
}

/* A list of texts; one text alone stands for a list of it. */
static cJSON *texts_translate(struct translation *to, const cJSON *item)
{
	cJSON *list = cJSON_CreateArray();
	const cJSON *element;

	if (cJSON_IsString(item)) {
		cJSON_AddItemToArray(list, cJSON_CreateString(item->valuestring));
		return list;
	}
	if (!cJSON_IsArray(item))
		problem_type(to, TEXTS);
	cJSON_ArrayForEach(element, item)
	{
		if (cJSON_IsArray(item) && cJSON_IsString(element))
			cJSON_AddItemToArray(list, cJSON_CreateString(element->valuestring));
		else if (cJSON_IsArray(item))
			problem_type(to, TEXTS);
	}
	return list;
}

static void path_cut(struct buffer *path, size_t length)
{
	path->length = length;
	if (path->data)
		path->data[length] = '\0';
}

static cJSON *tables_translate(struct translation *to, const cJSON *item, enum table below)
{
	cJSON *list = cJSON_CreateArray();
	size_t length = to->path.length, index = 0;
	const cJSON *element;

	if (!cJSON_IsArray(item)) {
		problem_type(to, TABLES);
		return list;
	}
	cJSON_ArrayForEach(element, item)
	{
		buffer_printf(&to->path, "[%zu]", index++);
		cJSON_AddItemToArray(list, table_translate(to, element, below));
		path_cut(&to->path, length);
	}
	return list;
}

/* Mappings whose keys are anybody's: registries by name, labels. */
static cJSON *named_translate(struct translation *to, const cJSON *item, const struct key_row *row)
{
	cJSON *copy = cJSON_CreateObject();
	size_t length = to->path.length;
	const cJSON *member;

	if (!cJSON_IsObject(item)) {
		problem_type(to, row->value);
		return copy;
	}
	cJSON_ArrayForEach(member, item)
	{
		cJSON *value = NULL;

		buffer_printf(&to->path, ".\"%s\"", member->string);
		if (row->value == NAMED)
			value = table_translate(to, member, row->below);
		else if (cJSON_IsString(member))
			value = cJSON_CreateString(member->valuestring);
		if (value)
			cJSON_AddItemToObject(copy, member->string, value);
		else
			problem_type(to, TEXT);
		path_cut(&to->path, length);
	}
	return copy;
}

static cJSON *value_translate(struct translation *to, const cJSON *item, const struct key_row *row)
{
	cJSON *scalar;

	switch (row->value) {
	case TABLE:
		return table_translate(to, item, row->below);
	case TABLES:
		return tables_translate(to, item, row->below);
	case NAMED:
	case LABELS:
		return named_translate(to, item, row);
	case TEXTS:
		return texts_translate(to, item);
	case FREE:
		return cJSON_Duplicate(item, true);
	default:
		scalar = scalar_translate(item, row->value);
		if (!scalar)
			problem_type(to, row->value);
		return scalar;
	}
}

static void member_translate(struct translation *to, const cJSON *member, enum table table, cJSON *copy)
{
	const struct key_row *row = row_find(table, member->string);
	cJSON *value;

	if (!row) {
		problem_unknown(to, table, member->string);
		return;
	}
	if (cJSON_GetObjectItemCaseSensitive(copy, row->key)) {
		diagnostics_addf(to->problems, ERROR_INVALID, to->source.file, to->source.line, to->source.column, NULL,
				 "buildkitd.%s is given twice, in two spellings", buffer_text(&to->path));
		return;
	}
	value = value_translate(to, member, row);
	if (value)
		cJSON_AddItemToObject(copy, row->key, value);
}

static cJSON *table_translate(struct translation *to, const cJSON *tree, enum table table)
{
	cJSON *copy = cJSON_CreateObject();
	size_t length = to->path.length;
	const cJSON *member;

	if (!cJSON_IsObject(tree)) {
		problem_type(to, TABLE);
		return copy;
	}
	cJSON_ArrayForEach(member, tree)
	{
		buffer_printf(&to->path, "%s%s", length > 0 ? "." : "", member->string);
		member_translate(to, member, table, copy);
		path_cut(&to->path, length);
	}
	return copy;
}

cJSON *buildkitd_translate(const cJSON *tree, struct source source, struct diagnostics *problems)
{
	struct translation to = {.source = source, .problems = problems, .path = BUFFER_INIT(BUFFER_TEXT_CAP)};
	cJSON *copy;

	if (!cJSON_IsObject(tree)) {
		diagnostics_addf(problems, ERROR_INVALID, source.file, source.line, source.column, NULL,
				 "buildkitd must be a mapping");
		return cJSON_CreateObject();
	}
	copy = table_translate(&to, tree, ROOT);
	buffer_done(&to.path);
	return copy;
}
