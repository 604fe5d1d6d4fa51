/* Endpoints: URLs that the driver can reach, or names of Docker contexts. */
#include "desired/check.h"

#include "base/count.h"
#include "base/text.h"
#include "model/pod_endpoint.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PORT_MAX = 65535 };

/* docker/cli opts/hosts.go, parseDockerDaemonHost; docker/buildx driver/remote/util/endpoint.go. */
static const struct scheme {
	const char *start;
	bool engine, remote; /* an Engine's; a BuildKit's, for driver remote */
} schemes[] = {
	{"docker-container://", false, true},
	{"kube-pod://", false, true},
	{"ssh://", true, true},
	{"tcp://", true, true},
	{"unix://", true, true},
};

static const struct scheme *scheme_find(const char *endpoint)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (text_starts(endpoint, schemes[i].start))
			return &schemes[i];
	return NULL;
}

/* docker/cli cli/context/store/store.go: ^[a-zA-Z0-9][a-zA-Z0-9_.+-]+$ */
bool context_name_valid(const char *name)
{
	if (!isalnum((unsigned char)*name) || !name[1])
		return false;
	for (; *name; name++)
		if (!isalnum((unsigned char)*name) && !strchr("_.+-", *name))
			return false;
	return true;
}

/* Go's net.Dial, which BuildX gives the rest of a tcp endpoint to, wants a port and nothing else (docker/buildx
 * driver/remote/driver.go, Dial). */
static bool is_host_and_port(const char *text)
{
	const char *bracket = *text == '[' ? strchr(text, ']') : NULL;
	const char *colon = bracket ? bracket + 1 : strchr(text, ':');
	size_t digits = colon && *colon == ':' ? strspn(colon + 1, "0123456789") : 0;

	return digits > 0 && digits <= 5 && colon[1 + digits] == '\0' && strtol(colon + 1, NULL, 10) <= PORT_MAX;
}

/* docker/cli opts/hosts.go, ParseTCPAddr: HOST, HOST:, HOST:PORT, with a path behind it. */
static bool is_engine_address(const char *text)
{
	const char *bracket = *text == '[' ? strchr(text, ']') : NULL;
	const char *colon = strchr(bracket ? bracket : text, ':'), *path = strchr(text, '/');
	size_t digits = colon ? strspn(colon + 1, "0123456789") : 0;

	if (strstr(text, "://"))
		return false;
	if (!colon || (path && path < colon))
		return true;
	return digits <= 5 && (colon[1 + digits] == '\0' || colon[1 + digits] == '/') &&
	       strtol(colon + 1, NULL, 10) <= PORT_MAX;
}

/* What the helpers of moby/buildkit client/connhelper and Go's dialer would refuse only when they dial. */
static void daemon_check(const char *what, const char *endpoint, const char *rest, struct source source,
			 struct diagnostics *problems)
{
	CLEANUP_ARENA struct arena *scratch = arena_new();
	struct pod_endpoint pod;
	const char *wrong = pod_endpoint_is(endpoint) ? pod_endpoint_read(scratch, endpoint, &pod) : NULL;

	if (!wrong && pod_endpoint_is(endpoint) && pod_endpoint_has_more(endpoint))
		wrong = "has a parameter that BuildKit passes over";
	if (text_starts(endpoint, "tcp://") && !is_host_and_port(rest))
		problem_at(problems, source, "write tcp://HOST:PORT", "%s: endpoint %s is not a host and a port", what,
			   endpoint);
	else if (text_starts(endpoint, "ssh://") && strpbrk(rest, "?#"))
		problem_at(problems, source,
			   "write ssh://USER@HOST:PORT, with the path of the daemon's socket behind it",
			   "%s: endpoint %s has more than a host and a path", what, endpoint);
	else if (wrong)
		problem_at(problems, source, "write kube-pod://POD?context=NAME&namespace=NAME&container=NAME",
			   "%s: endpoint %s %s", what, endpoint, wrong);
}

/* Both ends of it become words of commands: ssh's own arguments here, and the daemon's socket in a shell over there
 * (moby/buildkit client/connhelper/ssh/ssh.go; docker/cli cli/connhelper/ssh). */
static bool ssh_is_plain(const char *rest)
{
	const char *at = strrchr(rest, '@');

	for (const char *c = rest; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("._-~@:[]/%+=,", *c))
			return false;
	return *rest != '-' && (!at || at[1] != '-');
}

static void url_check(bool remote, const char *what, const char *endpoint, struct source source,
		      struct diagnostics *problems)
{
	const char *rest = strstr(endpoint, "://") + 3;
	bool is_socket = text_starts(endpoint, "unix://");

	if (is_socket && *rest != '/')
		problem_at(problems, source, "write three slashes: unix:///var/run/docker.sock",
			   "%s: the path of endpoint %s is not absolute", what, endpoint);
	else if (!*rest || (strchr("/?#", *rest) && !is_socket) || (*rest == ':' && !remote))
		problem_at(problems, source, NULL, "%s: endpoint %s names no host", what, endpoint);
	else if (text_starts(endpoint, "ssh://") && !strpbrk(rest, "?#") && !ssh_is_plain(rest))
		problem_at(problems, source, "write ssh://USER@HOST:PORT, and a plain path behind it",
			   "%s: endpoint %s holds what ssh or a shell would take for something else", what, endpoint);
	else if (!remote && text_starts(endpoint, "tcp://") && !is_engine_address(rest))
		problem_at(problems, source, "write tcp://HOST:PORT, with a port up to 65535",
			   "%s: endpoint %s is not a host and a port", what, endpoint);
	else if (remote)
		daemon_check(what, endpoint, rest, source, problems);
}

static void name_check(bool remote, const char *what, const char *endpoint, struct source source,
		       struct diagnostics *problems)
{
	if (remote)
		problem_at(problems, source, "write tcp://, unix://, ssh://, docker-container:// or kube-pod://",
			   "%s: endpoint %s is no URL", what, endpoint);
	else if (*endpoint == '/')
		problem_at(problems, source, "write unix:// before it", "%s: endpoint %s is no URL", what, endpoint);
	else if (!context_name_valid(endpoint))
		problem_at(problems, source, "write unix://, tcp:// or ssh:// before it",
			   "%s: endpoint %s is neither a URL nor the name of a Docker context", what, endpoint);
}

void endpoint_check(const struct driver *driver, const char *what, const char *endpoint, struct source source,
		    struct diagnostics *problems)
{
	bool remote = driver && driver->endpoint == ENDPOINT_DAEMON;
	const struct scheme *scheme = scheme_find(endpoint);

	if (!strstr(endpoint, "://")) {
		if (driver)
			name_check(remote, what, endpoint, source, problems);
		else
			problem_at(problems, source, "write unix://, tcp:// or ssh:// before it",
				   "%s: endpoint %s is no URL", what, endpoint);
		return;
	}
	if (text_starts(endpoint, "npipe://"))
		problem_at(problems, source, "use the socket that answers here: unix:///var/run/docker.sock",
			   "%s: named pipes (%s) exist on Windows only; Docker says \"protocol not available\"", what,
			   endpoint);
	else if (!scheme || !(remote ? scheme->remote : scheme->engine))
		problem_at(problems, source,
			   remote ? "write tcp://, unix://, ssh://, docker-container:// or kube-pod://"
				  : "write unix://, tcp:// or ssh://",
			   "%s: endpoint %s has a scheme that %s does not know", what, endpoint,
			   remote ? "driver remote" : "a Docker Engine");
	else
		url_check(remote, what, endpoint, source, problems);
}
