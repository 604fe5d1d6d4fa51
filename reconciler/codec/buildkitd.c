/* Compares flags and configuration files of buildkitd. */
#include "codec/buildkitd.h"

#include "base/digest.h"
#include "base/json.h"
#include "codec/toml.h"
#include "model/buildkitd_table.h"
#include "model/driver.h"
#include "model/redact.h"

#include <string.h>

static void spell_table(cJSON *tree, enum config_table table);

static void spell_below(cJSON *item, const struct key_row *row)
{
	cJSON *child;

	if (row->value == TABLE)
		spell_table(item, row->below);
	else if (row->value == TABLES || row->value == NAMED)
		cJSON_ArrayForEach(child, item)
			spell_table(child, row->below);
}

/* One that is there in BuildKit's spelling, too, is what BuildX made of this one (util/confutil/container.go), and what
 * counts: BuildX sorts it behind. */
static void spell_table(cJSON *tree, enum config_table table)
{
	cJSON *next;

	for (cJSON *item = cJSON_IsObject(tree) ? tree->child : NULL; item; item = next) {
		const struct key_row *row = key_row_of_file(table, item->string);

		next = item->next;
		if (!row)
			continue;
		if (strcmp(row->key, item->string) != 0 && json_get(tree, row->key)) {
			cJSON_Delete(cJSON_DetachItemViaPointer(tree, item));
			continue;
		}
		memcpy(item->string, row->key, strlen(row->key)); /* which is as long */
		spell_below(item, row);
	}
}

int buildkitd_parse(const void *data, size_t length, cJSON **ret_tree, struct error *err)
{
	if (toml_parse(data, length, ret_tree, err) < 0)
		return -1;
	spell_table(*ret_tree, ROOT);
	return 0;
}

#define ENTITLEMENT "--allow-insecure-entitlement"
#define GRANT_NETWORK_HOST ENTITLEMENT "=network.host"

/* "--flag value" becomes "--flag=value": buildkitd takes no operands, so what follows a flag and is none is its value.
 * An entitlement that is granted twice is kept once. */
static void flags_join(struct arena *arena, const struct strings *flags, struct strings *ret_flags)
{
	for (size_t i = 0; i < flags->count; i++) {
		const char *flag = flags->items[i];

		if (text_starts(flag, "-") && !strchr(flag, '=') && i + 1 < flags->count &&
		    !text_starts(flags->items[i + 1], "-"))
			flag = arena_printf(arena, "%s=%s", flag, flags->items[++i]);
		if (text_starts(flag, ENTITLEMENT "=") && strings_contain(ret_flags, flag))
			continue;
		strings_add(arena, ret_flags, flag);
	}
}

/* Whether BuildX sees any entitlement among the flags. Its parser knows this one flag only and stops at the first other
 * one, so "--debug --allow-insecure-entitlement=security.insecure" is none to it. */
static bool flags_show_entitlement(const struct strings *flags)
{
	return flags->count > 0 && text_starts(flags->items[0], ENTITLEMENT "=");
}

enum entitled { ENTITLED_NO, ENTITLED_AMONG_OTHERS, ENTITLED_ONLY };

/* Whether the node's buildkitd.toml has network.host among its insecure-entitlements. */
static enum entitled config_entitled(const struct node *node)
{
	const struct config_file *file = config_files_get(&node->files, "buildkitd.toml");
	CLEANUP_JSON cJSON *toml = NULL;
	const cJSON *list, *item;
	bool found = false, others = false;

	if (!file || buildkitd_parse(file->data, file->length, &toml, NULL) < 0)
		return ENTITLED_NO;
	list = json_get(toml, "insecure-entitlements");
	cJSON_ArrayForEach(item, list) {
		bool same = cJSON_IsString(item) && strcmp(item->valuestring, "network.host") == 0;

		found |= same;
		others |= !same;
	}
	if (!found)
		return ENTITLED_NO;
	return others ? ENTITLED_AMONG_OTHERS : ENTITLED_ONLY;
}

static void flags_drop(struct strings *flags, const char *flag)
{
	size_t kept = 0;

	for (size_t i = 0; i < flags->count; i++)
		if (strcmp(flags->items[i], flag) != 0)
			flags->items[kept++] = flags->items[i];
	flags->count = kept;
}

/* docker/buildx builder/builder.go, parseBuildkitdFlags. Before 0.18.0 it did not look into the config file: such a
 * builder has the flag although its file grants the same. buildkitd lets flags override the file (moby/buildkit
 * cmd/buildkitd/main.go, applyMainFlags), so the two mean the same only when the file grants nothing else; then the
 * flag is dropped. */
void flags_normal(struct arena *arena, const char *driver, const struct node *node, struct strings *ret_flags)
{
	const char *network = pairs_get(&node->driver_opts, "network");
	const struct driver *row = driver_find(driver);
	struct strings flags = {0};

	flags_join(arena, &node->flags, &flags);
	if (!row || !row->has_config) {
		*ret_flags = flags;
		return;
	}
	if (row->home == HOME_CONTAINER && text_equal(network, "host")) {
		if (!strings_contain(&flags, GRANT_NETWORK_HOST))
			strings_add(arena, &flags, GRANT_NETWORK_HOST);
	} else if (strings_contain(&flags, GRANT_NETWORK_HOST)) {
		if (config_entitled(node) == ENTITLED_ONLY)
			flags_drop(&flags, GRANT_NETWORK_HOST);
	} else if (!flags_show_entitlement(&flags) && config_entitled(node) == ENTITLED_NO) {
		strings_add(arena, &flags, GRANT_NETWORK_HOST);
	}
	*ret_flags = flags;
}

static const char *file_digest(const struct config_file *file, char hex[DIGEST_HEX])
{
	if (file->digest)
		return file->digest;
	digest_hex(file->data, file->length, hex);
	return hex;
}

/* Of a snapshot only the digest may be known. */
static bool bytes_same(const struct config_file *a, const struct config_file *b)
{
	char hex_a[DIGEST_HEX], hex_b[DIGEST_HEX];

	if (a->digest || b->digest)
		return text_equal(file_digest(a, hex_a), file_digest(b, hex_b));
	return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

static bool has_hidden(const struct config_file *file)
{
	return file->length > 0 && memmem(file->data, file->length, SECRET_SHOWN, strlen(SECRET_SHOWN));
}

/* A snapshot keeps passwords to itself: then the other side's are left out of the comparison, too. */
static int config_parse(const struct config_file *file, bool hidden, cJSON **ret_tree)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *text = arena_strndup(arena, (const char *)file->data, file->length);

	if (!hidden)
		return buildkitd_parse(file->data, file->length, ret_tree, NULL);
	text = text_without_password(arena, text);
	return buildkitd_parse(text, strlen(text), ret_tree, NULL);
}

bool config_file_same(const struct config_file *a, const struct config_file *b)
{
	CLEANUP_JSON cJSON *tree_a = NULL, *tree_b = NULL;

	if (bytes_same(a, b))
		return true;
	if (!text_ends(a->name, ".toml") || !text_ends(b->name, ".toml"))
		return false;
	bool hidden = has_hidden(a) || has_hidden(b);
	if (config_parse(a, hidden, &tree_a) < 0 || config_parse(b, hidden, &tree_b) < 0)
		return false;
	return json_equal(tree_a, tree_b);
}

bool config_files_same(const struct config_files *a, const struct config_files *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++) {
		const struct config_file *other = config_files_get(b, a->items[i].name);

		if (!other || !config_file_same(&a->items[i], other))
			return false;
	}
	return true;
}
