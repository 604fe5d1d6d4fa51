/* Resolves endpoints to the hosts they lead to. */
#include "live/http/endpoint.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "codec/context.h"

#include <stdlib.h>
#include <string.h>

enum { URL_CAP = 4096, SOCKET_PATH_CAP = 107 }; /* sizeof(sockaddr_un.sun_path) less its NUL, on Linux */

static const char DEFAULT_HOST[] = "unix:///var/run/docker.sock";

/* user@host:port/path of a URL; absent parts are NULL, path is "" or starts with a slash. */
struct authority {
	const char *user, *host, *port, *path;
};

static bool is_host_byte(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
	       strchr("-._~", byte) || (byte & 0x80) != 0;
}

static bool only(const char *text, bool (*allowed)(char byte))
{
	for (; *text != '\0'; text++)
		if (!allowed(*text))
			return false;
	return true;
}

static bool is_address_byte(char byte)
{
	return (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f') || (byte >= 'A' && byte <= 'F') ||
	       byte == ':' || byte == '.';
}

static bool is_path_byte(char byte)
{
	return is_host_byte(byte) || strchr("/@:+,=%", byte);
}

static bool port_valid(const char *port)
{
	size_t length = strlen(port);
	long number = strtol(port, NULL, 10);

	return length >= 1 && length <= 5 && strspn(port, "0123456789") == length && number >= 1 && number <= 65535;
}

/* Splits "[::1]:22" or "host:22"; the brackets are dropped. */
static int split_port(struct arena *arena, const char *text, struct authority *ret, struct error *err)
{
	const char *colon = strrchr(text, ':'), *bracket = strchr(text, ']');

	if (text[0] == '[') {
		if (!bracket || (bracket[1] != '\0' && bracket[1] != ':'))
			return error_set(err, ERROR_INVALID, "the address in brackets is not complete");
		ret->host = arena_strndup(arena, text + 1, (size_t)(bracket - text - 1));
		if (!only(ret->host, is_address_byte))
			return error_set(err, ERROR_INVALID, "\"%s\" is not an address", ret->host);
		ret->port = bracket[1] == ':' ? arena_strdup(arena, bracket + 2) : NULL;
	} else {
		ret->host = !colon ? arena_strdup(arena, text) : arena_strndup(arena, text, (size_t)(colon - text));
		ret->port = colon ? arena_strdup(arena, colon + 1) : NULL;
		if (!only(ret->host, is_host_byte))
			return error_set(err, ERROR_INVALID, "\"%s\" is not a host's name", ret->host);
	}
	if (ret->host[0] == '\0')
		return error_set(err, ERROR_INVALID, "it names no host");
	/* A name that starts so would be an option to ssh. */
	if (ret->host[0] == '-')
		return error_set(err, ERROR_INVALID, "\"%s\" is not a host's name", ret->host);
	if (ret->port && !port_valid(ret->port))
		return error_set(err, ERROR_INVALID, "\"%s\" is not a port", ret->port);
	return 0;
}

static int split_authority(struct arena *arena, const char *rest, struct authority *ret, struct error *err)
{
	size_t length = strcspn(rest, "/");
	char *named = arena_strndup(arena, rest, length);
	char *at = strrchr(named, '@');
	struct authority authority = {.path = rest + length};

	if (strpbrk(rest, "?#"))
		return error_set(err, ERROR_INVALID, "a query or a fragment has no meaning in an endpoint");
	if (at) {
		*at = '\0';
		authority.user = named;
		named = at + 1;
		if (strchr(authority.user, ':'))
			return error_set(err, ERROR_INVALID, "a password in an endpoint is not supported");
		if (authority.user[0] == '\0' || authority.user[0] == '-' || !only(authority.user, is_host_byte))
			return error_set(err, ERROR_INVALID, "\"%s\" is not a user's name", authority.user);
	}
	if (split_port(arena, named, &authority, err) < 0)
		return -1;
	if (!only(authority.path, is_path_byte))
		return error_set(err, ERROR_INVALID, "\"%s\" holds characters that a path here may not",
				 authority.path);
	*ret = authority;
	return 0;
}

static int parse_unix(struct arena *arena, const char *path, struct endpoint *ret, struct error *err)
{
	if (path[0] == '\0')
		path = DEFAULT_HOST + strlen("unix://");
	if (path[0] != '/')
		return error_set(err, ERROR_INVALID, "the path of the socket is not absolute");
	if (strlen(path) > SOCKET_PATH_CAP)
		return error_set(err, ERROR_INVALID, "the path of the socket is longer than %d bytes", SOCKET_PATH_CAP);
	*ret = (struct endpoint){
		.host = arena_printf(arena, "unix://%s", path),
		.target = {.origin = "http://docker", .socket = arena_strdup(arena, path)},
	};
	return 0;
}

static int parse_tcp(struct arena *arena, const char *rest, bool tls, struct endpoint *ret, struct error *err)
{
	struct authority authority;

	if (split_authority(arena, rest, &authority, err) < 0)
		return -1;
	if (authority.user)
		return error_set(err, ERROR_INVALID, "a user has no meaning for TCP");
	/* docker/cli opts/hosts.go: 2375, with TLS 2376. */
	const char *port = authority.port ? authority.port : tls ? "2376" : "2375";
	bool address = strchr(authority.host, ':');
	size_t path = strlen(authority.path);
	while (path > 0 && authority.path[path - 1] == '/')
		path--;
	const char *where = arena_printf(arena, "%s%s%s:%s%.*s", address ? "[" : "", authority.host, address ? "]" : "",
					 port, (int)path, authority.path);
	*ret = (struct endpoint){
		.host = arena_printf(arena, "tcp://%s", where),
		.target = {.origin = arena_printf(arena, "%s://%s", tls ? "https" : "http", where)},
	};
	return 0;
}

static int parse_ssh(struct arena *arena, const char *rest, struct endpoint *ret, struct error *err)
{
	struct authority authority;

	if (split_authority(arena, rest, &authority, err) < 0)
		return -1;
	bool address = strchr(authority.host, ':');
	bool pathed = strspn(authority.path, "/") < strlen(authority.path);
	*ret = (struct endpoint){
		.host = arena_printf(arena, "ssh://%s%s%s%s%s%s%s%s", authority.user ? authority.user : "",
				     authority.user ? "@" : "", address ? "[" : "", authority.host, address ? "]" : "",
				     authority.port ? ":" : "", authority.port ? authority.port : "",
				     pathed ? authority.path : ""),
		.target = {.origin = "http://docker", .by_shell = true},
		.is_ssh = true,
		.ssh_host = authority.host,
		.ssh_user = authority.user,
		.ssh_port = authority.port,
		.ssh_path = pathed ? arena_strdup(arena, authority.path) : NULL,
	};
	return 0;
}

int endpoint_parse(struct arena *arena, const char *url, bool tls, struct endpoint *ret_endpoint, struct error *err)
{
	const char *mark = strstr(url, "://");
	struct endpoint endpoint = {0};
	int result;

	if (strlen(url) > URL_CAP)
		return error_set(err, ERROR_INVALID, "the endpoint is longer than %d bytes", URL_CAP);
	if (!mark)
		return error_set(err, ERROR_NOT_FOUND, "no Docker context is named \"%s\", and it is not a URL", url);
	if (text_starts(url, "unix://"))
		result = parse_unix(arena, mark + 3, &endpoint, err);
	else if (text_starts(url, "ssh://"))
		result = parse_ssh(arena, mark + 3, &endpoint, err);
	else if (text_starts(url, "tcp://") || text_starts(url, "http://"))
		result = parse_tcp(arena, mark + 3, tls, &endpoint, err);
	else if (text_starts(url, "https://"))
		result = parse_tcp(arena, mark + 3, true, &endpoint, err);
	else if (text_starts(url, "npipe://")) {
		error_set(err, ERROR_INVALID, "named pipes (npipe) exist on Windows only");
		return error_hint(err, "point it at the socket that answers here, as unix:///var/run/docker.sock");
	} else
		return error_set(err, ERROR_INVALID, "\"%s\" is not a scheme of the Docker Engine",
				 arena_strndup(arena, url, (size_t)(mark - url)));
	if (result < 0)
		return -1;
	endpoint.key = endpoint.host;
	*ret_endpoint = endpoint;
	return 0;
}

/* The PEM files of a folder; those that are not there stay NULL. */
static void tls_files(struct arena *arena, const char *folder, struct http_target *target)
{
	struct {
		const char *name, **file;
	} rows[] = {{"ca.pem", &target->ca}, {"cert.pem", &target->cert}, {"key.pem", &target->key}};

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *path = arena_printf(arena, "%s/%s", folder, rows[i].name);
		if (file_exists(path))
			*rows[i].file = path;
	}
}

/* /var/run is a link to /run on most machines. */
static const char *socket_key(struct arena *arena, const char *socket)
{
	CLEANUP_FREE char *real = xrealpath(socket);

	return arena_printf(arena, "unix://%s", real ? real : socket);
}

/* Sockets and ssh have no TLS, whatever the context holds. */
static void use_tls(struct arena *arena, struct http_target *tls, struct endpoint *ret)
{
	if (!text_starts(ret->target.origin, "https://"))
		return;
	tls->origin = ret->target.origin;
	ret->target = *tls;
	ret->key = arena_printf(arena, "%s\n%s\n%s\n%s\n%d", ret->host, tls->ca ? tls->ca : "",
				tls->cert ? tls->cert : "", tls->key ? tls->key : "", tls->skip_verify);
}

/* What the state files will have made of a context. */
static int resolve_declared(struct arena *arena, const struct declared_context *declared, struct endpoint *ret,
			    struct error *err)
{
	struct http_target tls = {.ca = declared->ca,
				  .cert = declared->cert,
				  .key = declared->key,
				  .skip_verify = declared->skip_tls_verify,
				  .by_environment = declared->by_environment};

	if (declared->problem)
		return error_set(err, ERROR_INVALID, "%s", declared->problem);
	if (endpoint_parse(arena, declared->endpoint, declared->tls || declared->skip_tls_verify, ret, err) < 0)
		return -1;
	use_tls(arena, &tls, ret);
	return 0;
}

/* Whether TLS is spoken at all is the result. */
static bool stored_tls(struct arena *arena, const struct live *live, const struct live_context *context,
		       struct http_target *tls)
{
	if (context->has_tls)
		tls_files(arena,
			  arena_printf(arena, "%s/%s", live->docker_config, context_tls_path(arena, context->name)),
			  tls);
	tls->skip_verify = context->skip_tls_verify;
	return context->has_tls || context->skip_tls_verify;
}

static bool environment_tls(const struct environment_tls *environment, struct http_target *tls)
{
	if (environment)
		*tls = (struct http_target){.ca = environment->ca,
					    .cert = environment->cert,
					    .key = environment->key,
					    .skip_verify = environment->skip_verify,
					    .by_environment = true};
	return environment;
}

static int resolve_context(struct arena *arena, const struct live *live, const struct live_context *context,
			   struct endpoint *ret, struct error *err)
{
	struct http_target tls = {0};

	if (context->damaged)
		return error_set(err, ERROR_INVALID, "the metadata of context \"%s\" cannot be read", context->name);
	if (text_empty(context->endpoint) && !context->implicit)
		return error_set(err, ERROR_INVALID, "context \"%s\" has no Docker endpoint", context->name);
	if (context->implicit && live->tls && live->tls->problem)
		return error_set(err, ERROR_INVALID, "%s", live->tls->problem);
	bool spoken = context->implicit ? environment_tls(live->tls, &tls) : stored_tls(arena, live, context, &tls);
	const char *url = text_empty(context->endpoint) ? DEFAULT_HOST : context->endpoint;
	if (endpoint_parse(arena, url, spoken, ret, err) < 0)
		return error_wrap(err, "context \"%s\"", context->name);
	use_tls(arena, &tls, ret);
	return 0;
}

int endpoint_resolve(struct arena *arena, const struct live *live, const char *name, struct endpoint *ret_endpoint,
		     struct error *err)
{
	const struct live_context *context = live_context(live, name);
	const struct declared_context *declared = live_declared(live, name);
	int result;

	if (declared)
		result = resolve_declared(arena, declared, ret_endpoint, err);
	else if (context)
		result = resolve_context(arena, live, context, ret_endpoint, err);
	else
		result = endpoint_parse(arena, name, false, ret_endpoint, err);
	if (result == 0 && ret_endpoint->target.socket)
		ret_endpoint->key = socket_key(arena, ret_endpoint->target.socket);
	return result;
}
