/* Reads kube-pod:// endpoints, and the queries of URLs. */
#include "model/pod_endpoint.h"

#include "base/count.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

#define SCHEME "kube-pod://"

static int digit(char hex)
{
	return !isxdigit((unsigned char)hex) ? -1 : isdigit((unsigned char)hex) ? hex - '0' : (hex | 0x20) - 'a' + 10;
}

/* Go's url.QueryUnescape; what is no escape stays as it is. */
static const char *unescaped(struct arena *arena, const char *value, size_t length)
{
	char *copy = arena_strndup(arena, value, length), *to = copy;

	for (const char *at = copy; *at; at++) {
		bool escape = *at == '%' && digit(at[1]) >= 0 && digit(at[2]) >= 0;

		*to++ = escape ? (char)(digit(at[1]) * 16 + digit(at[2])) : *at == '+' ? ' ' : *at;
		at += escape ? 2 : 0;
	}
	*to = '\0';
	return copy;
}

const char *url_query(struct arena *arena, const char *url, const char *key)
{
	const char *at = url ? strchr(url, '?') : NULL;
	size_t size = strlen(key);

	for (; at; at = strchr(at + 1, '&'))
		if (text_starts(at + 1, key) && at[1 + size] == '=') {
			const char *value = at + 1 + size + 1;
			size_t length = strcspn(value, "&#");
			return length ? unescaped(arena, value, length) : NULL;
		}
	return NULL;
}

bool pod_endpoint_is(const char *endpoint)
{
	return endpoint && text_starts(endpoint, SCHEME);
}

/* BuildKit's validKubeIdentifier: ^[-a-z0-9.]+$ */
static bool is_identifier(const char *text)
{
	return *text != '\0' && text[strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-.")] == '\0';
}

static bool is_known(const char *pair)
{
	static const char *const keys[] = {"context=", "namespace=", "container="};

	for (size_t i = 0; i < COUNT(keys); i++)
		if (text_starts(pair, keys[i]))
			return true;
	return *pair == '\0';
}

bool pod_endpoint_has_more(const char *endpoint)
{
	for (const char *at = strchr(endpoint, '?'); at; at = strchr(at + 1, '&'))
		if (!is_known(at + 1))
			return true;
	return false;
}

const char *pod_endpoint_read(struct arena *arena, const char *endpoint, struct pod_endpoint *ret_endpoint)
{
	const char *rest = endpoint + strlen(SCHEME);

	*ret_endpoint = (struct pod_endpoint){
		.pod = arena_strndup(arena, rest, strcspn(rest, "?/#")),
		.context = url_query(arena, endpoint, "context"),
		.namespace = url_query(arena, endpoint, "namespace"),
		.container = url_query(arena, endpoint, "container"),
	};
	if (!is_identifier(ret_endpoint->pod))
		return "does not name a pod";
	if (ret_endpoint->namespace && !is_identifier(ret_endpoint->namespace))
		return "names a namespace that Kubernetes has no such name for";
	if (ret_endpoint->container && !is_identifier(ret_endpoint->container))
		return "names a container that Kubernetes has no such name for";
	return NULL;
}
