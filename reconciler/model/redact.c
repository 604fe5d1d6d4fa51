/* Finds secrets by their looks, and hides them. */
#include "model/redact.h"

#include "base/count.h"
#include "base/text.h"
#include "base/text_buffer.h"
#include "model/credential.h"

#include <ctype.h>
#include <string.h>

/* A part of a text: [start, end). */
struct span {
	const char *start, *end;
};

/* clang-format off */
static const struct {
	const char *prefix;
	size_t more; /* characters that follow at least */
} shapes[] = {
	{"AGE-SECRET-KEY-", 20}, {"AIza", 30},	   {"AKIA", 16},      {"ASIA", 16},	 {"ATATT3", 20},
	{"SG.", 40},		 {"dckr_oat_", 16}, {"dckr_pat_", 16}, {"dop_v1_", 40}, {"figd_", 30},
	{"ghc_", 16},		 {"gho_", 16},	   {"ghp_", 16},      {"ghr_", 16},	 {"ghs_", 16},
	{"ghu_", 16},		 {"github_pat_", 20}, {"glagent-", 16}, {"glcbt-", 16}, {"gldt-", 16},
	{"glft-", 16},		 {"glimt-", 16},   {"glpat-", 16},    {"glptt-", 16},	 {"glrt-", 16},
	{"glsa_", 30},		 {"glsoat-", 16},  {"hf_", 30},	      {"hvb.", 20},	 {"hvs.", 20},
	{"lin_api_", 30},	 {"npm_", 30},	   {"pypi-", 40},     {"rk_live_", 16}, {"rubygems_", 40},
	{"shpat_", 30},		 {"sk-ant-", 16},  {"sk-proj-", 16},  {"sk_live_", 16}, {"tskey-", 20},
	{"whsec_", 20},		 {"xapp-", 10},	   {"xoxa-", 10},     {"xoxb-", 10},	 {"xoxp-", 10},
	{"xoxr-", 10},		 {"xoxs-", 10},	   {"ya29.", 20},
};
/* clang-format on */

enum { TOKEN_SHORTEST = 15 }; /* of the rows */

static bool is_token(char byte)
{
	return isalnum((unsigned char)byte) || byte == '_' || byte == '-' || byte == '.';
}

static size_t token_length(const char *text)
{
	size_t length = 0;

	while (is_token(text[length]))
		length++;
	return length;
}

/* A JSON web token is three parts of base64, the first of which begins `{"`. */
static bool is_web_token(const char *text, size_t length)
{
	const char *dot = memchr(text, '.', length);

	return length >= 30 && text_starts(text, "eyJ") && dot &&
	       memchr(dot + 1, '.', length - (size_t)(dot + 1 - text));
}

/* A token of a known maker at the start of a word. */
static bool shape_find(const char *word, struct span *ret_span)
{
	size_t length = token_length(word);
	bool found = is_web_token(word, length);

	for (size_t i = 0; length >= TOKEN_SHORTEST && !found && i < COUNT(shapes); i++)
		found = *word == *shapes[i].prefix && text_starts(word, shapes[i].prefix) &&
			length >= strlen(shapes[i].prefix) + shapes[i].more;
	*ret_span = (struct span){word, word + length};
	return found;
}

static bool is_http(const char *text, const char *colon)
{
	size_t length = 0;

	while (colon - length > text && isalpha((unsigned char)colon[-1 - (long)length]))
		length++;
	return (length == 4 && strncasecmp(colon - 4, "http", 4) == 0) ||
	       (length == 5 && strncasecmp(colon - 5, "https", 5) == 0);
}

/* "user:password@" of the URL whose "://" is at `colon`; with http a user alone is a token, elsewhere it is a login. */
static bool url_find(const char *text, const char *colon, struct span *ret_span)
{
	const char *authority = colon + 3, *at = NULL;
	size_t length = strcspn(authority, "/?# \t\r\n,\"'");

	for (size_t i = 0; i < length; i++)
		if (authority[i] == '@')
			at = authority + i;
	const char *split = at ? memchr(authority, ':', (size_t)(at - authority)) : NULL;
	if (!at || at == authority || (!split && !is_http(text, colon)))
		return false;
	*ret_span = (struct span){split ? split + 1 : authority, at};
	return true;
}

/* "moby/buildkit:v1@sha256:…" is an image, not a password. */
static bool is_digest(const char *text)
{
	size_t name = strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789+._-");

	return text[name] == ':' && strspn(text + name + 1, "0123456789abcdefABCDEF") >= 32;
}

/* "user:password@host" without a scheme, as proxies are written. */
static bool login_find(const char *word, struct span *ret_span)
{
	size_t user = 0;

	while (is_token(word[user]) || word[user] == '%' || word[user] == '+')
		user++;
	if (user == 0 || word[user] != ':')
		return false;
	const char *password = word + user + 1;
	size_t length = strcspn(password, "/?#@ \t\r\n,\"'");
	if (length == 0 || password[length] != '@' || !isalnum((unsigned char)password[length + 1]) ||
	    is_digest(password + length + 1))
		return false;
	*ret_span = (struct span){password, password + length};
	return true;
}

/* What may be hidden of a value that begins here: not a reference to a variable, nor what is hidden already. */
static bool value_find(const char *value, struct span *ret_span)
{
	value += *value == '"' || *value == '\'';
	size_t length = strcspn(value, "&;,# \t\r\n\"'");

	*ret_span = (struct span){value, value + length};
	return length > 0 && *value != '$' && *value != '=' && !text_starts(value, SECRET_SHOWN);
}

/* NAME=value, where the name before the sign is a credential's. */
static bool assignment_find(const char *text, const char *sign, struct span *ret_span)
{
	enum { NAME_MAX_LENGTH = 64 };
	char name[NAME_MAX_LENGTH + 1];
	size_t length = 0;

	while (length < NAME_MAX_LENGTH && sign - length > text && is_token(sign[-1 - (long)length]))
		length++;
	memcpy(name, sign - length, length);
	name[length] = '\0';
	return name_is_credential(name) && value_find(sign + 1, ret_span);
}

/* "--token value" and "Bearer value", at the start of a word. */
static bool announced_find(const char *word, struct span *ret_span)
{
	enum { NAME_MAX_LENGTH = 64 };
	char name[NAME_MAX_LENGTH + 1];
	size_t length = token_length(word);

	if (word[length] != ' ' || length > NAME_MAX_LENGTH || word[length + 1] == '-')
		return false;
	memcpy(name, word, length);
	name[length] = '\0';
	if (strcasecmp(name, "bearer") != 0 && !(text_starts(name, "--") && name_is_credential(name)))
		return false;
	return value_find(word + length + 1, ret_span) && ret_span->end - ret_span->start > 3;
}

static bool span_find(const char *text, const char *at, struct span *ret_span)
{
	bool word = at == text || (!is_token(at[-1]) && at[-1] != '/' && at[-1] != ':' && at[-1] != '@');

	if (*at == ':')
		return text_starts(at, "://") && url_find(text, at, ret_span);
	if (*at == '=')
		return assignment_find(text, at, ret_span);
	if (!is_token(*at) || (at > text && is_token(at[-1])))
		return false;
	return shape_find(at, ret_span) || (word && (login_find(at, ret_span) || announced_find(at, ret_span)));
}

/* Names are: neither a URL, an assignment nor an announcement, and too short for a token. */
static bool is_plainly_none(const char *text)
{
	return strlen(text) < TOKEN_SHORTEST && !strpbrk(text, ":= ");
}

const char *text_without_password(struct arena *arena, const char *text)
{
	CLEANUP_TEXT struct text out = TEXT_INIT;
	const char *done = text;
	struct span span;

	if (!text || is_plainly_none(text))
		return text;
	for (const char *at = text; *at; at++) {
		if (!span_find(text, at, &span)) {
			/* Nothing begins within a word. */
			at += is_token(*at) ? token_length(at) - 1 : 0;
			continue;
		}
		text_append(&out, done, (size_t)(span.start - done));
		text_puts(&out, SECRET_SHOWN);
		done = span.end;
		at = span.end - 1;
	}
	if (done == text)
		return text;
	text_puts(&out, done);
	return arena_strdup(arena, text_string(&out));
}

/* 0: none; 1: lower, 2: upper, 3: digit. */
static int class_of(char byte)
{
	return islower((unsigned char)byte)   ? 1
	       : isupper((unsigned char)byte) ? 2
	       : isdigit((unsigned char)byte) ? 3
					      : 0;
}

/* Letters of both kinds and digits that change as often as drawn lots do (62 % of the time): CamelCase and versions
 * change half as often, hexadecimal has one kind of letters. */
static bool is_noise(const char *run, size_t length)
{
	enum { SHORTEST = 20, LEAST_CHANGES_PERCENT = 35, LEAST_OF_EACH = 2 };
	size_t changes = 0, counts[4] = {0};

	for (size_t i = 0; i < length; i++) {
		counts[class_of(run[i])]++;
		changes += i > 0 && class_of(run[i]) != class_of(run[i - 1]);
	}
	return length >= SHORTEST && counts[1] >= LEAST_OF_EACH && counts[2] >= LEAST_OF_EACH &&
	       counts[3] >= LEAST_OF_EACH && changes * 100 >= length * LEAST_CHANGES_PERCENT;
}

/* Public by nature, however random: certificates, public keys, digests. */
static bool is_public(const char *value)
{
	static const char *const starts[] = {"-----BEGIN ", "ssh-",   "ecdsa-", "sk-ssh-",
					     "SHA256:",	    "sha256", "sha384", "sha512"};

	for (size_t i = 0; i < COUNT(starts); i++)
		if (text_starts(value, starts[i]))
			return true;
	return false;
}

static bool is_alphanumeric(char byte)
{
	return class_of(byte) != 0;
}

/* A key, a seed, a signature: of such a name a long hexadecimal number is a secret too. */
static bool name_is_doubtful(const char *name)
{
	static const char *const ends[] = {"KEY", "KEYS", "SEED", "SALT", "SIGNATURE", "CODE", "SESSION", "LICENSE"};
	size_t length = name ? strlen(name) : 0;

	for (size_t i = 0; i < COUNT(ends); i++) {
		size_t tail = strlen(ends[i]);

		if (length >= tail && strcasecmp(name + length - tail, ends[i]) == 0 &&
		    (length == tail || !isalpha((unsigned char)name[length - tail - 1])))
			return true;
	}
	return false;
}

bool value_is_secret(const char *name, const char *value)
{
	enum { HEX_SHORTEST = 32 };
	bool doubtful = name_is_doubtful(name);
	struct span span;

	if (!value || holds_private_key(value, strlen(value)))
		return value;
	if (is_public(value))
		return false;
	for (const char *at = value; *at;) {
		size_t length = 0;

		while (is_alphanumeric(at[length]))
			length++;
		if ((at == value || !is_token(at[-1])) && shape_find(at, &span))
			return true;
		if (is_noise(at, length))
			return true;
		if (doubtful && length >= HEX_SHORTEST && strspn(at, "0123456789abcdefABCDEF") == length)
			return true;
		at += length > 0 ? length : 1;
	}
	return false;
}

bool holds_private_key(const void *data, size_t length)
{
	static const char mark[] = "PRIVATE KEY-----";

	return length > 0 && memmem(data, length, mark, sizeof(mark) - 1);
}
