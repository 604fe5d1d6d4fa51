/* Tells the names of credentials by their words. */
#include "model/credential.h"

#include "base/count.h"

#include <ctype.h>
#include <string.h>

/* clang-format off */
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
	{"DSN", NULL},		  {"PSK", NULL},	 {"HMAC", NULL},       {"OTP", NULL},
	{"API", "KEY"},		  {"PRIVATE", "KEY"},	 {"ACCESS", "KEY"},    {"SECRET", "KEY"},
	{"SIGNING", "KEY"},	  {"ENCRYPTION", "KEY"}, {"ACCOUNT", "KEY"},   {"SSH", "KEY"},
	{"STORAGE", "KEY"},	  {"MASTER", "KEY"},	 {"DEPLOY", "KEY"},    {"SHARED", "KEY"},
	{"LICENSE", "KEY"},	  {"GPG", "KEY"},	 {"PGP", "KEY"},       {"SERVICE", "KEY"},
	{"CONNECTION", "STRING"}, {"CONN", "STRING"},	 {"WEBHOOK", "URL"},
};

/* Words that end so are written as one with what is before: PGPASSWORD, GITHUBTOKEN, DBPASS. */
static const char *const secret_ends[] = {"PASSWORD", "PASSWD", "PASSPHRASE", "PASS", "PWD", "TOKEN", "SECRET", "APIKEY"};

/* English, brands, and the places that a shell knows. */
static const char *const plain_words[] = {"BYPASS", "COMPASS", "ENCOMPASS", "OVERPASS", "SURPASS", "TRESPASS",
					  "UNDERPASS", "AUTH0"};
static const char *const plain_names[] = {"PWD", "OLDPWD", "SSH_AUTH_SOCK", "CREDENTIALS_DIRECTORY"};
/* clang-format on */

static bool word_is(const char *word, size_t length, const char *text)
{
	return strlen(text) == length && strncasecmp(word, text, length) == 0;
}

static bool word_is_both(const char *word, size_t length, const char *first, const char *second)
{
	size_t head = strlen(first);

	return length > head && strncasecmp(word, first, head) == 0 && word_is(word + head, length - head, second);
}

static bool word_ends(const char *word, size_t length, const char *end)
{
	size_t tail = strlen(end);

	return length > tail && strncasecmp(word + length - tail, end, tail) == 0;
}

static bool word_is_plain(const char *word, size_t length)
{
	for (size_t i = 0; i < COUNT(plain_words); i++)
		if (word_is(word, length, plain_words[i]))
			return true;
	return false;
}

/* PASSWORD1 is a password, too. */
static size_t without_number(const char *word, size_t length)
{
	size_t letters = length;

	while (letters > 0 && isdigit((unsigned char)word[letters - 1]))
		letters--;
	return letters > 0 ? letters : length;
}

static bool words_are_secret(const char *word, size_t length, const char *next, size_t next_length)
{
	if (word_is_plain(word, length))
		return false;
	length = without_number(word, length);
	next_length = without_number(next, next_length);
	for (size_t i = 0; i < COUNT(secret_ends); i++)
		if (word_ends(word, length, secret_ends[i]))
			return true;
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

bool name_is_credential(const char *name)
{
	size_t length, next_length;
	const char *word, *next;

	for (size_t i = 0; i < COUNT(plain_names); i++)
		if (strcmp(name, plain_names[i]) == 0)
			return false;
	for (word = word_next(name, &length); length > 0; word = next, length = next_length) {
		next = word_next(word + length, &next_length);
		if (words_are_secret(word, length, next, next_length))
			return true;
	}
	return false;
}
