/* Reads HTTPS_PROXY, HTTP_PROXY and NO_PROXY by Go's rules. */
#include "live/kube/proxy.h"

#include "base/environ.h"
#include "base/text.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct address {
	int family; /* 0: a name */
	unsigned char bytes[16];
};

static void address_read(const char *text, struct address *ret_address)
{
	*ret_address = (struct address){0};
	if (inet_pton(AF_INET, text, ret_address->bytes) == 1)
		ret_address->family = AF_INET;
	else if (inet_pton(AF_INET6, text, ret_address->bytes) == 1)
		ret_address->family = AF_INET6;
}

static bool is_here(const char *host, const struct address *address)
{
	static const unsigned char loopback[16] = {[15] = 1};

	return strcmp(host, "localhost") == 0 || (address->family == AF_INET && address->bytes[0] == 127) ||
	       (address->family == AF_INET6 && memcmp(address->bytes, loopback, sizeof(loopback)) == 0);
}

static bool in_range(const struct address *address, const char *network, long bits)
{
	struct address range;

	address_read(network, &range);
	long size = range.family == AF_INET ? 32 : 128;
	if (range.family == 0 || range.family != address->family || bits < 0 || bits > size)
		return false;
	if (memcmp(range.bytes, address->bytes, (size_t)bits / 8) != 0)
		return false;
	unsigned mask = bits % 8 == 0 ? 0 : 0xFFU << (8 - bits % 8);
	return ((range.bytes[bits / 8 % 16] ^ address->bytes[bits / 8 % 16]) & mask) == 0;
}

/* "example.com" is that and what is below it; ".example.com" and "*.example.com" what is below alone. */
static bool is_domain(const char *host, const char *item)
{
	bool below = item[0] == '.' || text_starts(item, "*.");
	const char *domain = item + (item[0] == '*') + below;
	size_t length = strlen(domain), whole = strlen(host);

	if (!below && strcasecmp(host, domain) == 0)
		return true;
	return whole > length && length > 0 && host[whole - length - 1] == '.' &&
	       strcasecmp(host + whole - length, domain) == 0;
}

static bool is_excepted(char *item, const char *host, const char *port, const struct address *address)
{
	char *slash = strchr(item, '/'), *colon = strrchr(item, ':');

	if (strcmp(item, "*") == 0)
		return true;
	if (slash) {
		*slash = '\0';
		return slash[1] != '\0' && in_range(address, item, strtol(slash + 1, NULL, 10));
	}
	struct address whole;
	address_read(item, &whole);
	if (colon && whole.family == 0) {
		*colon = '\0';
		if (strcmp(colon + 1, port) != 0)
			return false;
	}
	if (item[0] == '[' && item[strlen(item) - 1] == ']') {
		item[strlen(item) - 1] = '\0';
		item++;
	}
	address_read(item, &whole);
	if (whole.family != 0)
		return whole.family == address->family && memcmp(whole.bytes, address->bytes, sizeof(whole.bytes)) == 0;
	return address->family == 0 && is_domain(host, item);
}

static bool goes_directly(struct arena *arena, const char *list, const char *host, const char *port)
{
	struct address address;

	address_read(host, &address);
	if (is_here(host, &address))
		return true;
	while (*list != '\0') {
		size_t length = strcspn(list, ",");
		const char *from = list + strspn(list, " \t");
		size_t size = from < list + length ? (size_t)(list + length - from) : 0;
		while (size > 0 && (from[size - 1] == ' ' || from[size - 1] == '\t'))
			size--;
		if (size > 0 && is_excepted(arena_strndup(arena, from, size), host, port, &address))
			return true;
		list += length + (list[length] == ',');
	}
	return false;
}

static const char *either(const char *const *environ_, const char *upper, const char *lower)
{
	const char *value = environ_value(environ_, upper);

	return *value != '\0' ? value : environ_value(environ_, lower);
}

const char *kube_proxy_url(struct arena *arena, const char *url)
{
	if (text_starts(url, "socks5://"))
		return arena_printf(arena, "socks5h://%s", url + strlen("socks5://"));
	return strstr(url, "://") ? arena_strdup(arena, url) : arena_printf(arena, "http://%s", url);
}

const char *kube_proxy_of(struct arena *arena, const char *const *environ_, const char *scheme, const char *host,
			  const char *port)
{
	bool tls = strcmp(scheme, "https://") == 0;
	const char *proxy =
		tls ? either(environ_, "HTTPS_PROXY", "https_proxy") : either(environ_, "HTTP_PROXY", "http_proxy");
	size_t length = strlen(host);

	/* In a CGI script HTTP_PROXY is a header of the request (httpoxy.org). */
	if (*proxy == '\0' || (!tls && *environ_value(environ_, "REQUEST_METHOD") != '\0'))
		return NULL;
	if (host[0] == '[' && length > 1)
		host = arena_strndup(arena, host + 1, length - 2);
	if (*port == '\0')
		port = tls ? "443" : "80";
	return goes_directly(arena, either(environ_, "NO_PROXY", "no_proxy"), host, port)
		       ? NULL
		       : kube_proxy_url(arena, proxy);
}
