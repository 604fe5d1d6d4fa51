/* Telling secrets from plain values, and showing what may be shown. */
#include "model/secret.h"

#include "base/buffer.h"
#include "base/count.h"

#include <ctype.h>
#include <string.h>

/* Matched against the words of a name ("DB_PASSWORD" has DB and PASSWORD), so that TOKENIZER or AUTHOR are no secrets.
 * A row of two words matches two neighbours, and the same two written as one (APIKEY). */
static const struct {
	const char *first, *second;
} secret_words[] = {
	{"PASSWORD", NULL},	  {"PASSWORDS", NULL},	 {"PASSWD", NULL},     {"PASS", NULL},
	{"PASSPHRASE", NULL},	  {"PWD", NULL},	 {"TOKEN", NULL},      {"TOKENS", NULL},
	{"SECRET", NULL},	  {"SECRETS", NULL},	 {"CREDENTIAL", NULL}, {"CREDENTIALS", NULL},
	{"CREDS", NULL},	  {"CRED", NULL},	 {"AUTH", NULL},       {"AUTHORIZATION", NULL},
	{"BEARER", NULL},	  {"COOKIE", NULL},	 {"PAT", NULL},	       {"JWT", NULL},
	{"API", "KEY"},		  {"PRIVATE", "KEY"},	 {"ACCESS", "KEY"},    {"SECRET", "KEY"},
	{"SIGNING", "KEY"},	  {"ENCRYPTION", "KEY"}, {"ACCOUNT", "KEY"},   {"SSH", "KEY"},
	{"CONNECTION", "STRING"},
};

static bool word_is(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && strncasecmp(word, text, length) == 0;
}

static bool word_is_both(const char *word, size_t length, const char *first, const char *second)
{
	size_t head = strlen(first);

	return length > head && strncasecmp(word, first, head) == 0 && word_is(word + head, length - head, second);
}

static bool words_are_secret(const char *word, size_t length, const char *next, size_t next_length)
{
	for (size_t i = 0; i < COUNT(secret_words); i++) {
		if (!secret_words[i].second) {
			if (word_is(word, length, secret_words[i].first))
				return true;
		} else if (word_is_both(word, length, secret_words[i].first, secret_words[i].second) ||
			   (word_is(word, length, secret_words[i].first) &&
			    word_is(next, next_length, secret_words[i].second))) {
			return true;
		}
	}
	return false;
}

/* Start of the next word at or after text: words are runs of letters and digits, parted also where a lower-case letter
 * is followed by a capital (dbPassword). */
static const char *word_next(const char *text, size_t *ret_length)
{
	size_t length = 0;

	while (*text && !isalnum((unsigned char)*text))
		text++;
	while (isalnum((unsigned char)text[length])) {
		length++;
		if (islower((unsigned char)text[length - 1]) && isupper((unsigned char)text[length]))
			break;
	}
	*ret_length = length;
	return text;
}

static bool text_starts_env(const char *key)
{
	return strncmp(key, "env.", 4) == 0;
}

bool name_is_secret(const char *option_key)
{
	size_t length, next_length;
	const char *word, *next;

	if (!option_key || !text_starts_env(option_key))
		return false;
	for (word = word_next(option_key + 4, &length); length > 0; word = next, length = next_length) {
		next = word_next(word + length, &next_length);
		if (words_are_secret(word, length, next, next_length))
			return true;
	}
	return false;
}

const char *pair_shown(struct arena *arena, const struct pair *pair)
{
	if (!pair->value)
		return "";
	if (pair->secret || name_is_secret(pair->key))
		return SECRET_SHOWN;
	return text_without_password(arena, pair->value);
}

/* Finds "user:password@" of the URL that begins at `authority` (behind "://"). */
static bool password_find(const char *authority, const char **ret_start, const char **ret_end)
{
	size_t length = strcspn(authority, "/?# \t\r\n,\"'");
	const char *at = NULL, *colon;

	for (size_t i = 0; i < length; i++)
		if (authority[i] == '@')
			at = authority + i;
	colon = memchr(authority, ':', length);
	if (!at || !colon || colon > at)
		return false;
	*ret_start = colon + 1;
	*ret_end = at;
	return true;
}

const char *text_without_password(struct arena *arena, const char *text)
{
	struct buffer out = BUFFER_INIT(BUFFER_TEXT_CAP);
	const char *done = text, *start, *end, *scheme = text;
	char *result;

	if (!text)
		return NULL;
	while ((scheme = strstr(scheme, "://"))) {
		scheme += 3;
		if (!password_find(scheme, &start, &end))
			continue;
		buffer_append(&out, done, (size_t)(start - done));
		buffer_puts(&out, SECRET_SHOWN);
		done = scheme = end;
	}
	if (done == text)
		return text;
	buffer_puts(&out, done);
	result = arena_strdup(arena, buffer_text(&out));
	buffer_done(&out);
	return result;
}

bool holds_private_key(const void *data, size_t length)
{
	static const char mark[] = "PRIVATE KEY-----";

	return length > 0 && memmem(data, length, mark, sizeof(mark) - 1);
}
