/* Makes passes of what a kubeconfig's user has: files, texts, a plugin. */
#include "live/kube/credentials.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/digest.h"
#include "base/pem.h"
#include "base/xalloc.h"
#include "live/kube/keyring.h"
#include "live/kube/plugin.h"

#include <string.h>
#include <time.h>

/* client-go transport/token_source.go reads a file again after at most a minute. */
enum { TOKEN_FILE_MS = 10 * 1000, EXPIRES_EARLY_S = 10 };

struct waiting {
	void (*ready)(void *context, const struct kube_pass *pass, const struct error *failure);
	void *context;
};

struct kube_credentials {
	struct arena *arena;
	const struct kube_config *config;
	struct kube_options options;
	struct kube_pass fixed; /* impersonation, certificate, password: what does not change */
	bool uses_plugin;
	const struct kube_pass *pass; /* the one at hand; NULL: none */
	const char *token;	      /* in it */
	int64_t token_read;	      /* when, by clock_ms(); 0: it is in no file */
	time_t expires;		      /* 0: never */
	struct kube_plugin *plugin;   /* runs */
	struct waiting *waiting;
	size_t waiting_count;
};

static int take_pem(struct kube_credentials *credentials, const char *what, const char *path, struct http_blob data,
		    int (*check)(const void *, size_t, struct error *), struct http_blob *ret_pem, struct error *err)
{
	if (data.length == 0 && path && kube_config_read(credentials->arena, credentials->config, path, &data, err) < 0)
		return error_wrap(err, "%s", what);
	if (check(data.data, data.length, err) < 0)
		return error_wrap(err, "%s", what);
	*ret_pem = data;
	return 0;
}

static int check_pair(const struct http_blob *certificate, const struct http_blob *key, struct error *err)
{
	if (pem_pair_check(certificate->data, certificate->length, key->data, key->length, err) < 0)
		return error_wrap(err, "client-key");
	return 0;
}

static int take_certificate(struct kube_credentials *credentials, struct error *err)
{
	const struct kube_user *user = credentials->config->user;
	struct kube_pass *fixed = &credentials->fixed;

	if (!user->certificate && user->certificate_data.length == 0)
		return 0;
	if (take_pem(credentials, "client-certificate", user->certificate, user->certificate_data,
		     pem_certificate_check, &fixed->certificate, err) < 0 ||
	    take_pem(credentials, "client-key", user->key, user->key_data, pem_key_check, &fixed->key, err) < 0)
		return -1;
	return check_pair(&fixed->certificate, &fixed->key, err);
}

/* A header ends with its line, and what a token is made of is never else than this (RFC 6750, RFC 7235). */
static bool is_header_text(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7F)
			return false;
	return true;
}

static void add_header(struct kube_credentials *credentials, struct strings *headers, const char *name,
		       const char *value)
{
	struct arena *arena = credentials->arena;

	if (!text_empty(value) && is_header_text(value))
		strings_add(arena, headers, arena_printf(arena, "%s: %s", name, value));
}

/* transport/round_trippers.go, headerKeyEscape: what is no letter of a header's name is percent-encoded. */
static const char *extra_name(struct arena *arena, const char *key)
{
	static const char kept[] = "!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	CLEANUP_TEXT struct text name = TEXT_INIT;

	text_puts(&name, "Impersonate-Extra-");
	for (; *key != '\0'; key++)
		if (strchr(kept, *key))
			text_append(&name, key, 1);
		else
			text_printf(&name, "%%%02X", (unsigned char)*key);
	return arena_strdup(arena, text_string(&name));
}

static void add_impersonation(struct kube_credentials *credentials, struct strings *headers)
{
	const struct kube_user *user = credentials->config->user;

	add_header(credentials, headers, "Impersonate-User", user->as);
	add_header(credentials, headers, "Impersonate-Uid", user->as_uid);
	for (size_t i = 0; i < user->as_groups.count; i++)
		add_header(credentials, headers, "Impersonate-Group", user->as_groups.items[i]);
	for (size_t i = 0; i < user->as_extra.count; i++)
		add_header(credentials, headers, extra_name(credentials->arena, user->as_extra.items[i].key),
			   user->as_extra.items[i].value);
}

static void add_password(struct kube_credentials *credentials, struct strings *headers)
{
	const struct kube_user *user = credentials->config->user;
	CLEANUP_TEXT struct text pair = TEXT_INIT, value = TEXT_INIT;

	if (!user->username && !user->password)
		return;
	text_printf(&pair, "%s:%s", user->username ? user->username : "", user->password ? user->password : "");
	text_puts(&value, "Basic ");
	base64_encode(&value, text_string(&pair), pair.length);
	add_header(credentials, headers, "Authorization", text_string(&value));
}

/* `from` may be a plugin's, whose memory goes. */
static struct http_blob keep(struct arena *arena, const struct http_blob *from)
{
	struct http_blob kept = {0};

	if (from->length > 0)
		kept = (struct http_blob){arena_copy(arena, from->data, from->length), from->length};
	return kept;
}

static void make_pass(struct kube_credentials *credentials, const char *token, const struct http_blob *certificate,
		      const struct http_blob *key)
{
	struct arena *arena = credentials->arena;
	struct kube_pass *pass = ARENA_NEW(arena, struct kube_pass);
	struct strings headers = {0};

	*pass = (struct kube_pass){.certificate = keep(arena, certificate), .key = keep(arena, key)};
	credentials->token = arena_strdup(arena, token);
	if (*credentials->token != '\0')
		add_header(credentials, &headers, "Authorization",
			   arena_printf(arena, "Bearer %s", credentials->token));
	else
		add_password(credentials, &headers);
	add_impersonation(credentials, &headers);
	const char **list = ARENA_ARRAY(arena, const char *, headers.count + 1);
	for (size_t i = 0; i < headers.count; i++)
		list[i] = headers.items[i];
	pass->headers = list;
	credentials->pass = pass;
}

static const char *trimmed(struct arena *arena, const char *text)
{
	size_t length;

	text += strspn(text, " \t\r\n");
	for (length = strlen(text); length > 0 && strchr(" \t\r\n", text[length - 1]); length--)
		;
	return arena_strndup(arena, text, length);
}

static int refuse_file(const char *what, const struct error *failure, struct error *err)
{
	error_copy(err, failure);
	return error_wrap(err, "%s", what);
}

/* A token of the kubeconfig stands in for a file that cannot be read. */
static int find_token(struct kube_credentials *credentials, struct arena *arena, const char **ret_token,
		      struct error *err)
{
	const struct kube_user *user = credentials->config->user;
	struct error failure = ERROR_INIT;
	struct http_blob data;

	*ret_token = user->token ? user->token : "";
	if (user->token_file) {
		if (kube_config_read(arena, credentials->config, user->token_file, &data, &failure) == 0)
			*ret_token = trimmed(arena, data.data);
		else if (!user->token)
			return refuse_file("tokenFile", &failure, err);
		if (**ret_token == '\0')
			return error_set(err, ERROR_INVALID, "tokenFile %s is empty", user->token_file);
		credentials->token_read = clock_ms();
	}
	if (!is_header_text(*ret_token))
		return error_set(err, ERROR_INVALID, "the token of the user %s has a line break or a control character",
				 text_printable(arena, user->name, false));
	return 0;
}

/* Makes one of what is written down, unless it is the one at hand. */
static int take_written(struct kube_credentials *credentials, struct error *err)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	const struct kube_pass *fixed = &credentials->fixed;
	const char *token;

	if (find_token(credentials, scratch, &token, err) < 0)
		return -1;
	if (!credentials->pass || !text_equal(credentials->token, token))
		make_pass(credentials, token, &fixed->certificate, &fixed->key);
	return 0;
}

int kube_credentials_new(const struct kube_options *options, const struct kube_config *config,
			 struct kube_credentials **ret_credentials, struct error *err)
{
	struct arena *arena = arena_new();
	struct kube_credentials *credentials = ARENA_NEW(arena, struct kube_credentials);
	const struct kube_user *user = config->user;

	*credentials = (struct kube_credentials){.arena = arena, .config = config, .options = *options};
	if (take_certificate(credentials, err) < 0 || take_written(credentials, err) < 0) {
		kube_credentials_free(credentials);
		return -1;
	}
	credentials->uses_plugin = user->exec.is_said && *credentials->token == '\0' && !user->username &&
				   !user->password && credentials->fixed.certificate.length == 0;
	if (credentials->uses_plugin)
		credentials->pass = NULL;
	*ret_credentials = credentials;
	return 0;
}

void kube_credentials_free(struct kube_credentials *credentials)
{
	if (!credentials)
		return;
	kube_plugin_end(credentials->plugin);
	free(credentials->waiting);
	arena_free(credentials->arena);
}

/* Whoever is told may want, and forget others. */
static void tell_waiting(struct kube_credentials *credentials, const struct error *failure)
{
	while (credentials->waiting_count > 0) {
		struct waiting first = credentials->waiting[0];

		credentials->waiting_count--;
		memmove(credentials->waiting, credentials->waiting + 1,
			credentials->waiting_count * sizeof(*credentials->waiting));
		first.ready(first.context, failure ? NULL : credentials->pass, failure);
		if (!failure && !credentials->pass)
			return; /* refused meanwhile: those that are left wait for the next one */
	}
}

static void take_credential(struct kube_credentials *credentials, const struct kube_credential *credential)
{
	make_pass(credentials, credential->token ? credential->token : "", &credential->certificate, &credential->key);
	credentials->expires = credential->expires;
}

static void plugin_done(void *context, const struct kube_credential *credential, const struct error *failure)
{
	struct kube_credentials *credentials = context;

	if (credential) {
		take_credential(credentials, credential);
		kube_keyring_put(credentials->options.keyring, credentials->config->key, credential);
	}
	struct error kept = ERROR_INIT;
	if (failure)
		kept = *failure;
	kube_plugin_end(TAKE(credentials->plugin));
	tell_waiting(credentials, failure ? &kept : NULL);
}

static bool is_at_hand(struct kube_credentials *credentials)
{
	if (credentials->token_read != 0 && clock_ms() - credentials->token_read > TOKEN_FILE_MS)
		take_written(credentials, NULL); /* a file that is gone leaves what it said */
	if (credentials->pass && (credentials->expires == 0 || time(NULL) < credentials->expires - EXPIRES_EARLY_S))
		return true;
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct kube_credential credential;
	if (!credentials->uses_plugin || !kube_keyring_find(credentials->options.keyring, scratch,
							    credentials->config->key, EXPIRES_EARLY_S, &credential))
		return false;
	take_credential(credentials, &credential);
	return true;
}

void kube_credentials_want(struct kube_credentials *credentials,
			   void (*ready)(void *context, const struct kube_pass *pass, const struct error *failure),
			   void *context)
{
	struct error err = ERROR_INIT;

	if (is_at_hand(credentials)) {
		ready(context, credentials->pass, NULL);
		return;
	}
	credentials->waiting =
		xreallocarray(credentials->waiting, credentials->waiting_count + 1, sizeof(*credentials->waiting));
	credentials->waiting[credentials->waiting_count++] = (struct waiting){ready, context};
	if (!credentials->plugin && kube_plugin_start(&credentials->options, credentials->config, plugin_done,
						      credentials, &credentials->plugin, &err) < 0)
		tell_waiting(credentials, &err);
}

void kube_credentials_forget(struct kube_credentials *credentials, const void *context)
{
	size_t kept = 0;

	for (size_t i = 0; i < credentials->waiting_count; i++)
		if (credentials->waiting[i].context != context)
			credentials->waiting[kept++] = credentials->waiting[i];
	credentials->waiting_count = kept;
}

static void drop_pass(struct kube_credentials *credentials)
{
	const struct kube_credential refused = {.token = *credentials->token != '\0' ? credentials->token : NULL,
						.certificate = credentials->pass->certificate};

	kube_keyring_drop(credentials->options.keyring, credentials->config->key, &refused);
	credentials->pass = NULL;
}

bool kube_credentials_refused(struct kube_credentials *credentials, const struct kube_pass *pass)
{
	if (credentials->pass != pass)
		return true;
	if (credentials->uses_plugin)
		drop_pass(credentials);
	else if (credentials->token_read != 0)
		take_written(credentials, NULL);
	return credentials->pass != pass;
}
