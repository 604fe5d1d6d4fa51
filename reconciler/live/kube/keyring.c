/* A short list under a lock. */
#include "live/kube/keyring.h"

#include "base/text.h"
#include "base/xalloc.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	char *key, *token; /* token NULL: none */
	struct http_blob certificate, pem_key;
	time_t expires;
};

struct kube_keyring {
	pthread_mutex_t lock;
	struct kept *items;
	size_t count;
};

struct kube_keyring *kube_keyring_new(void)
{
	struct kube_keyring *keyring = XNEW(struct kube_keyring);

	pthread_mutex_init(&keyring->lock, NULL);
	return keyring;
}

/* The compiler must not think that nobody will look. */
static void wipe(void *data, size_t length)
{
	volatile unsigned char *bytes = data;

	while (length > 0)
		bytes[--length] = 0;
	free(data);
}

static void kept_done(struct kept *kept)
{
	free(kept->key);
	if (kept->token)
		wipe(kept->token, strlen(kept->token));
	wipe((void *)(uintptr_t)kept->certificate.data, kept->certificate.length);
	wipe((void *)(uintptr_t)kept->pem_key.data, kept->pem_key.length);
}

void kube_keyring_free(struct kube_keyring *keyring)
{
	if (!keyring)
		return;
	for (size_t i = 0; i < keyring->count; i++)
		kept_done(&keyring->items[i]);
	free(keyring->items);
	pthread_mutex_destroy(&keyring->lock);
	free(keyring);
}

static struct kept *find(const struct kube_keyring *keyring, const char *key)
{
	for (size_t i = 0; i < keyring->count; i++)
		if (strcmp(keyring->items[i].key, key) == 0)
			return &keyring->items[i];
	return NULL;
}

static void remove_one(struct kube_keyring *keyring, struct kept *kept)
{
	if (!kept)
		return;
	kept_done(kept);
	*kept = keyring->items[--keyring->count];
}

static struct http_blob copy_of(struct arena *arena, const struct http_blob *blob)
{
	struct http_blob copy = {0};

	if (blob->length > 0)
		copy = (struct http_blob){arena_copy(arena, blob->data, blob->length), blob->length};
	return copy;
}

bool kube_keyring_find(struct kube_keyring *keyring, struct arena *arena, const char *key, int early_s,
		       struct kube_credential *ret_credential)
{
	if (!keyring)
		return false;
	pthread_mutex_lock(&keyring->lock);
	const struct kept *kept = find(keyring, key);
	bool holds = kept && (kept->expires == 0 || time(NULL) < kept->expires - early_s);
	if (holds)
		*ret_credential = (struct kube_credential){.token = arena_strdup(arena, kept->token),
							   .certificate = copy_of(arena, &kept->certificate),
							   .key = copy_of(arena, &kept->pem_key),
							   .expires = kept->expires};
	pthread_mutex_unlock(&keyring->lock);
	return holds;
}

static struct http_blob kept_blob(const struct http_blob *blob)
{
	char *data = blob->length > 0 ? xmalloc(blob->length) : NULL;

	if (data)
		memcpy(data, blob->data, blob->length);
	return (struct http_blob){data, blob->length};
}

void kube_keyring_put(struct kube_keyring *keyring, const char *key, const struct kube_credential *credential)
{
	if (!keyring)
		return;
	pthread_mutex_lock(&keyring->lock);
	remove_one(keyring, find(keyring, key));
	keyring->items = xreallocarray(keyring->items, keyring->count + 1, sizeof(*keyring->items));
	keyring->items[keyring->count++] = (struct kept){.key = xstrdup(key),
							 .token = credential->token ? xstrdup(credential->token) : NULL,
							 .certificate = kept_blob(&credential->certificate),
							 .pem_key = kept_blob(&credential->key),
							 .expires = credential->expires};
	pthread_mutex_unlock(&keyring->lock);
}

static bool same(const struct http_blob *a, const struct http_blob *b)
{
	return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

void kube_keyring_drop(struct kube_keyring *keyring, const char *key, const struct kube_credential *credential)
{
	if (!keyring)
		return;
	pthread_mutex_lock(&keyring->lock);
	struct kept *kept = find(keyring, key);
	if (kept && text_equal(kept->token, credential->token) && same(&kept->certificate, &credential->certificate))
		remove_one(keyring, kept);
	pthread_mutex_unlock(&keyring->lock);
}
