/* Plans the TLS files of contexts. A key is shown as "(sensitive)", and so is what nobody knows not to be one. */
#include "plan/context_tls.h"

#include "base/count.h"
#include "base/digest.h"
#include "codec/context.h"
#include "model/secret.h"
#include "plan/change.h"

#include <string.h>

/* What state files call the files of the Engine's endpoint: docker/cli cli/context/tlsdata.go. */
static const struct {
	const char *file, *key;
	bool secret;
} names[] = {{"docker/ca.pem", "ca", false}, {"docker/cert.pem", "cert", false}, {"docker/key.pem", "key", true}};

const char *context_tls_folder(struct draft *draft, const char *name)
{
	const char *docker = context_tls_path(draft->arena, name);

	return arena_strndup(draft->arena, docker, strlen(docker) - strlen("/docker"));
}

static const char *digest_of(struct draft *draft, const struct store_file *file)
{
	char hex[DIGEST_HEX];

	if (file->digest || !file->data)
		return file->digest;
	digest_hex(file->data, file->length, hex);
	return arena_strdup(draft->arena, hex);
}

bool raw_same(const struct store_file *a, const struct store_file *b)
{
	char one[DIGEST_HEX], other[DIGEST_HEX];

	if (!a->exists || !b->exists || a->length != b->length)
		return false;
	if (a->data)
		digest_hex(a->data, a->length, one);
	if (b->data)
		digest_hex(b->data, b->length, other);
	return text_equal(a->data ? one : a->digest ? a->digest : "?", b->data ? other : b->digest);
}

static const struct store_file *find(const struct store_file *files, size_t count, const char *path)
{
	for (size_t i = 0; i < count; i++)
		if (text_equal(files[i].path, path))
			return &files[i];
	return NULL;
}

/* The wanted files as they will lie there. */
static struct store_file *wanted(struct draft *draft, const struct context *want, size_t *ret_count)
{
	const char *folder = context_tls_path(draft->arena, want->name);
	struct store_file *files = ARENA_ARRAY(draft->arena, struct store_file, want->tls.count + 1);

	*ret_count = want->exact ? want->exact_tls_count : want->tls.count;
	if (want->exact)
		return want->exact_tls;
	for (size_t i = 0; i < want->tls.count; i++)
		files[i] = (struct store_file){
			.path = arena_printf(draft->arena, "%s/%s", folder, want->tls.items[i].name),
			.in_docker_config = true,
			.exists = true,
			.readable = true,
			.data = want->tls.items[i].data,
			.length = want->tls.items[i].length,
			.mode = 0600, /* docker/cli cli/context/store/tlsstore.go, createOrUpdate */
		};
	return files;
}

void context_tls_diff(struct draft *draft, const struct context *want, const struct live_context *have,
		      struct tls_diff *ret_diff)
{
	const char *ours = arena_printf(draft->arena, "%s/", context_tls_path(draft->arena, want->name));
	const struct store_file *old = have ? have->tls : NULL;
	size_t count, old_count = have ? have->tls_count : 0;

	if (want->exact ? !want->exact_tls_known : want->tls.count == 0)
		return;
	const struct store_file *files = wanted(draft, want, &count);
	for (size_t i = 0; i < count; i++) {
		const struct store_file *there = find(old, old_count, files[i].path);

		if (!there || !raw_same(there, &files[i]))
			*ARENA_PUSH(draft->arena, ret_diff->items, ret_diff->count) =
				(struct tls_entry){&files[i], there};
	}
	for (size_t i = 0; i < old_count; i++)
		if ((want->exact || text_starts(old[i].path, ours)) && !find(files, count, old[i].path))
			*ARENA_PUSH(draft->arena, ret_diff->items, ret_diff->count) = (struct tls_entry){NULL, &old[i]};
	ret_diff->whole = want->exact && count == 0 && have && (have->has_tls || old_count > 0);
}

static const char *shown(struct draft *draft, const struct store_file *file, bool secret)
{
	const char *digest = file ? digest_of(draft, file) : NULL;

	if (!file)
		return NULL;
	if (!file->readable || !digest)
		return "cannot be read";
	return secret ? SECRET_SHOWN : arena_printf(draft->arena, "%zu bytes, sha256:%.12s", file->length, digest);
}

static void add_field(struct draft *draft, struct change *change, const struct context *want,
		      const struct tls_entry *entry)
{
	const char *path = (entry->want ? entry->want : entry->have)->path;
	const char *below = path + strlen(context_tls_folder(draft, want->name)) + 1;
	const char *key = arena_printf(draft->arena, "tls/%s", below);
	bool secret = true;

	for (size_t i = 0; i < COUNT(names); i++)
		if (text_equal(names[i].file, below)) {
			key = names[i].key;
			secret = names[i].secret;
		}
	field_add(draft, change, key, shown(draft, entry->have, secret), shown(draft, entry->want, secret),
		  places_find(&want->places, key, want->source))
		->sensitive = secret;
}

/* A file whose bytes the record cannot hold is neither replaced nor removed. */
static void block_unreadable(struct draft *draft, struct change *change, const struct store_file *have)
{
	if (have && have->exists && !have->readable)
		change_block(
			draft, change, ERROR_OTHER,
			"%s cannot be read, so it could not be brought back: run `sudo chown \"$(id -u):$(id -g)\" "
			"%s/%s`, or look at what it is",
			have->path, draft->live->docker_config, have->path);
}

static void block_unlisted(struct draft *draft, struct change *change, const struct context *want,
			   const struct live_context *have)
{
	if (have && !have->implicit && !have->tls_known)
		change_block(draft, change, ERROR_OTHER,
			     "the TLS files in %s/%s could not be listed, so they could not be brought back",
			     draft->live->docker_config, context_tls_folder(draft, want->name));
}

void step_remove_path(struct draft *draft, struct change *change, const char *path)
{
	struct step *step = step_add(draft, change, STEP_REMOVE_FILE, NULL);

	step->path = arena_strdup(draft->arena, path);
	step->in_docker_config = true;
}

static void step_of(struct draft *draft, struct change *change, const struct tls_entry *entry)
{
	CLEANUP_TEXT struct text data = TEXT_INIT;

	if (!entry->want) {
		step_remove_path(draft, change, entry->have->path);
		return;
	}
	text_append(&data, entry->want->data, entry->want->length);
	struct step *step = step_write_add(draft, change, entry->want->path, &data);
	step->in_docker_config = true;
	step->mode = entry->want->mode & 0777;
}

bool is_stray(const struct draft *draft, const char *folder)
{
	return strings_contain(&draft->live->stray_folders, folder);
}

void context_tls_add(struct draft *draft, struct change *change, const struct context *want,
		     const struct live_context *have, const struct tls_diff *diff)
{
	const char *folder = context_tls_folder(draft, want->name);

	if (diff->whole && diff->count == 0)
		field_add(draft, change, "tls", "an empty folder", NULL, want->source);
	for (size_t i = 0; i < diff->count; i++) {
		add_field(draft, change, want, &diff->items[i]);
		block_unreadable(draft, change, diff->items[i].have);
	}
	if (diff->whole || diff->count > 0)
		block_unlisted(draft, change, want, have);
	/* What an earlier context of this name left behind is not this one's. */
	if (diff->whole || (!have && is_stray(draft, folder)))
		step_remove_path(draft, change, folder);
	for (size_t i = 0; !diff->whole && i < diff->count; i++)
		step_of(draft, change, &diff->items[i]);
}

void context_tls_remove(struct draft *draft, struct change *change, const struct context *want,
			const struct live_context *have)
{
	for (size_t i = 0; i < have->tls_count; i++) {
		add_field(draft, change, want, &(struct tls_entry){NULL, &have->tls[i]});
		block_unreadable(draft, change, &have->tls[i]);
	}
	block_unlisted(draft, change, want, have);
	if (have->tls_folder || have->tls_count > 0)
		step_remove_path(draft, change, context_tls_folder(draft, want->name));
}

void context_tls_fingerprint(struct draft *draft, const struct live_context *have, struct text *out)
{
	const char *docker = context_tls_path(draft->arena, have->name);

	for (size_t i = 0; i < have->tls_count; i++) {
		const struct store_file *file = &have->tls[i];
		bool plain = text_equal(file->path, arena_printf(draft->arena, "%s/ca.pem", docker)) ||
			     text_equal(file->path, arena_printf(draft->arena, "%s/cert.pem", docker));
		const char *digest = plain ? digest_of(draft, file) : NULL;

		text_printf(out, "\n%s %s", file->path, digest ? digest : file->readable ? "" : "unreadable");
	}
}
