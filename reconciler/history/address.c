/* Takes the address of a remote apart, and refuses what is none. */
#include "history/address.h"

#include "base/count.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { ADDRESS_MAX = 2048 };

static const char hint[] = "it is https://HOST/PATH, ssh://USER@HOST/PATH, USER@HOST:PATH, or the path of a bare "
			   "repository";

static int refuse(struct error *err, const char *why)
{
	error_set(err, ERROR_USAGE, "the address of the remote %s", why);
	return error_hint(err, "%s", hint);
}

/* What ssh and libgit2 take for the name of a host, and nothing that they take for an option. */
static bool is_host(const char *host)
{
	bool bracketed = *host == '[' && text_ends(host, "]");
	const char *allowed = bracketed ? "abcdefABCDEF0123456789:.[]%"
					: "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";

	return *host && *host != '-' && strspn(host, allowed) == strlen(host);
}

static bool is_port(const char *port)
{
	return !port || (*port && strlen(port) <= 5 && strspn(port, "0123456789") == strlen(port));
}

/* ssh wants an address of IPv6 without its brackets. */
static const char *bare_host(struct arena *arena, const char *host)
{
	return *host == '[' ? arena_strndup(arena, host + 1, strlen(host) - 2) : host;
}

/* "[USER@]HOST[:PORT]" */
static int take_authority(struct arena *arena, const char *text, size_t length, struct address *address,
			  struct error *err)
{
	char *authority = arena_strndup(arena, text, length);
	char *at = strrchr(authority, '@'), *host = at ? at + 1 : authority;
	char *colon = strrchr(host, ':');

	if (at)
		*at = '\0';
	if (colon && strchr(colon, ']'))
		colon = NULL;
	if (colon)
		*colon = '\0';
	if (at && strchr(authority, ':')) {
		error_set(err, ERROR_USAGE,
			  "the address of the remote has a password in it, which every process list "
			  "would show");
		return error_hint(err, "leave it out: for https, git's credential helper or RECONCILE_REMOTE_TOKEN has "
				       "it; for ssh, a key");
	}
	address->user = at ? authority : NULL;
	address->host = bare_host(arena, host);
	address->port = colon ? colon + 1 : NULL;
	if (!is_host(host) || !is_port(address->port) || (at && (*authority == '-' || !*authority)))
		return refuse(err, "names no host");
	return 0;
}

static int parse_https(struct arena *arena, const char *text, struct address *address, struct error *err)
{
	const char *rest = text + strlen("https://");
	size_t length = strcspn(rest, "/");

	address->kind = ADDRESS_HTTPS;
	if (take_authority(arena, rest, length, address, err) < 0)
		return -1;
	if (address->user) {
		error_set(err, ERROR_USAGE,
			  "the address of the remote has a user in it, which may be a token, and which "
			  "every process list would show");
		return error_hint(err, "leave it out: git's credential helper, or RECONCILE_REMOTE_USER and "
				       "RECONCILE_REMOTE_TOKEN, have it");
	}
	if (strpbrk(rest, "?#") || rest[length] != '/' || !rest[length + 1])
		return refuse(err, "names no repository");
	address->path = rest + length;
	return 0;
}

static int parse_ssh(struct arena *arena, const char *text, struct address *address, struct error *err)
{
	const char *rest = text + strlen("ssh://");
	size_t length = strcspn(rest, "/");

	address->kind = ADDRESS_SSH;
	if (take_authority(arena, rest, length, address, err) < 0)
		return -1;
	if (rest[length] != '/' || !rest[length + 1])
		return refuse(err, "names no repository");
	/* ssh://HOST/~user/repo.git is below a home folder, as git has it. */
	address->path = rest + length + (rest[length + 1] == '~');
	return 0;
}

/* "[USER@]HOST:PATH": the colon stands in front of every slash. */
static int parse_scp(struct arena *arena, const char *text, size_t colon, struct address *address, struct error *err)
{
	address->kind = ADDRESS_SSH;
	if (take_authority(arena, text, colon, address, err) < 0)
		return -1;
	address->path = text + colon + 1;
	return *address->path ? 0 : refuse(err, "names no repository");
}

/* The colon of USER@HOST:PATH; 0: it is a path. */
static size_t scp_colon(const char *text)
{
	size_t at = *text == '[' || strstr(text, "@[") ? strcspn(text, "]") : 0;
	size_t colon = at + strcspn(text + at, ":/");

	return text[colon] == ':' ? colon : 0;
}

static int parse_scheme(struct arena *arena, const char *text, struct address *address, struct error *err)
{
	static const struct {
		const char *scheme, *why;
	} refused[] = {
		{"http://", "is not encrypted: what is sent could be read and changed on the way"},
		{"git://", "is not encrypted, and asks nobody who they are"},
		{"ftp://", "is of a kind that nothing can be pushed to"},
	};

	if (text_starts(text, "https://"))
		return parse_https(arena, text, address, err);
	if (text_starts(text, "ssh://"))
		return parse_ssh(arena, text, address, err);
	for (size_t i = 0; i < COUNT(refused); i++)
		if (text_starts(text, refused[i].scheme))
			return refuse(err, refused[i].why);
	if (!text_starts(text, "file:///"))
		return refuse(err, "is of a kind that is not known here");
	address->kind = ADDRESS_PATH;
	address->path = text + strlen("file://");
	return 0;
}

static bool is_printable(const char *text)
{
	for (const char *at = text; *at; at++)
		if (iscntrl((unsigned char)*at))
			return false;
	return true;
}

int address_parse(struct arena *arena, const char *text, struct address *ret_address, struct error *err)
{
	struct address address = {.url = text, .shown = text_printable(arena, text, false)};
	size_t colon = scp_colon(text);
	int result = 0;

	if (!*text || *text == '-' || strlen(text) > ADDRESS_MAX || !is_printable(text))
		return refuse(err, "is none");
	if (strstr(text, "://")) {
		result = parse_scheme(arena, text, &address, err);
	} else if (colon > 0 && text[colon + 1] == ':') {
		return refuse(err, "names a helper of git's"); /* "ext::sh -c …" runs what it says */
	} else if (colon > 0) {
		result = parse_scp(arena, text, colon, &address, err);
	} else {
		address.kind = ADDRESS_PATH;
		address.path = text;
	}
	if (result == 0)
		*ret_address = address;
	return result;
}
