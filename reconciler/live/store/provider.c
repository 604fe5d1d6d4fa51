/* The table of those programs, and how one is found in it. */
#include "live/store/provider.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/environ.h"
#include "base/identity.h"
#include "base/platform.h"
#include "base/shell.h"
#include "base/text.h"
#include "live/store/environment.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { SOCKETS_MAX = 4, SIGNS_MAX = 6 };

/* Paths may begin with "~/" or a variable of the environment, and are passed over where that says nothing. A "*" is a
 * profile's name: the same one in all that a row has. A sign without a slash is a program on PATH. */
struct row {
	const char *context; /* NULL: it makes none, its sockets alone tell */
	const char *name;
	const char *system; /* platform_name(); NULL: any, since a ~/.docker may come from another machine */
	const char *sockets[SOCKETS_MAX];
	const char *signs[SIGNS_MAX];
	const char *start;
	bool makes;	  /* its context, each time that it starts */
	const char *away; /* what it means that nobody listens, where that is not just that it does not run */
};

#define SHARED_SOCKET "/var/run/docker.sock" /* anybody's */
#define APP(name) "/Applications/" name ".app", "~/Applications/" name ".app"
#define BREW(program) program, "/opt/homebrew/bin/" program, "/usr/local/bin/" program
#define COLIMA(profile)                                                                                                \
	{                                                                                                              \
		"$COLIMA_HOME/" profile "/docker.sock", "~/.colima/" profile "/docker.sock",                           \
			"$XDG_CONFIG_HOME/colima/" profile "/docker.sock", "~/.config/colima/" profile "/docker.sock"  \
	}

/* Docker Desktop: docs.docker.com/desktop, "Install on Linux", "Permission requirements for Mac", "WSL". OrbStack:
 * docs.orbstack.dev, "Command line & CI usage". Colima: abiosoft/colima config/files.go, config/profile.go and
 * environment/container/docker/context.go. Rancher Desktop: rancher-sandbox/rancher-desktop
 * pkg/rancher-desktop/utils/dockerDirManager.ts and backend/lima.ts. Lima: lima-vm/lima templates/docker.yaml.
 * Podman: podman-machine-start(1), podman-system-service(1). Without root: moby/moby
 * contrib/dockerd-rootless-setuptool.sh. */
// clang-format off
static const struct row table[] = {
	{"desktop-linux", "Docker Desktop", "linux", {"~/.docker/desktop/docker.sock"},
		{"/opt/docker-desktop", "/usr/lib/systemd/user/docker-desktop.service"},
		"run `systemctl --user start docker-desktop`", true, NULL},
	{"desktop-linux", "Docker Desktop for Windows", "linux", {SHARED_SOCKET},
		{"/mnt/wsl/docker-desktop", "/mnt/c/Program Files/Docker/Docker/Docker Desktop.exe"},
		"start Docker Desktop on Windows, with its WSL integration for this distribution", false,
		"does not run, or not for this distribution"},
	{"desktop-linux", "Docker Desktop", "macos", {"~/.docker/run/docker.sock"},
		{APP("Docker")}, "run `open -a Docker`", true, NULL},
	{"orbstack", "OrbStack", NULL, {"~/.orbstack/run/docker.sock"},
		{APP("OrbStack"), "orb", "~/.orbstack/bin/orb"}, "run `orb start`", true, NULL},
	{"colima", "Colima", NULL, COLIMA("default"), {BREW("colima")}, "run `colima start`", true, NULL},
	{"colima-*", "Colima", NULL, COLIMA("*"), {BREW("colima")}, "run `colima start --profile *`", true, NULL},
	{"rancher-desktop", "Rancher Desktop", NULL, {"~/.rd/docker.sock"},
		{APP("Rancher Desktop"), "/opt/rancher-desktop", "rdctl", "~/.rd/bin/rdctl"}, "run `rdctl start`", true, NULL},
	{"lima-*", "Lima", NULL, {"$LIMA_HOME/*/sock/docker.sock", "~/.lima/*/sock/docker.sock"},
		{BREW("limactl")}, "run `limactl start *`", false, NULL},
	{"podman", "Podman", "linux", {"$XDG_RUNTIME_DIR/podman/podman.sock"},
		{"podman"}, "run `systemctl --user start podman.socket`", false, NULL},
	{"podman", "Podman", "linux", {"/run/podman/podman.sock"},
		{"podman"}, "run `sudo systemctl start podman.socket`", false, NULL},
	{"podman", "Podman", "macos", {"~/.local/share/containers/podman/machine/podman.sock"},
		{BREW("podman"), "/opt/podman/bin/podman"}, "run `podman machine start`", false, NULL},
	{NULL, "Podman", "macos", {"~/.local/share/containers/podman/machine/*/podman.sock", "$TMPDIR/podman/*-api.sock"},
		{BREW("podman"), "/opt/podman/bin/podman"}, "run `podman machine start *`", false, NULL},
	{"rootless", "rootless Docker", "linux", {"$XDG_RUNTIME_DIR/docker.sock", "~/.docker/run/docker.sock"},
		{"dockerd-rootless.sh", "~/bin/dockerd-rootless.sh", "~/.config/systemd/user/docker.service"},
		"run `systemctl --user start docker`", false, NULL},
};
// clang-format on

const char *provider_context(size_t index)
{
	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].context && !strchr(table[i].context, '*') && index-- == 0)
			return table[i].context;
	return NULL;
}

/* The profile of a name that is made after a pattern, "" where the pattern has no place for one; NULL: it is not. */
static const char *profile_in(struct arena *arena, const char *pattern, const char *text)
{
	const char *star = strchr(pattern, '*');
	size_t before = star ? (size_t)(star - pattern) : 0, length = strlen(text);

	if (!star)
		return strcmp(pattern, text) == 0 ? "" : NULL;
	size_t after = strlen(star + 1);
	if (length <= before + after || strncmp(pattern, text, before) != 0 ||
	    strcmp(text + length - after, star + 1) != 0 || memchr(text + before, '/', length - before - after))
		return NULL;
	return arena_strndup(arena, text + before, length - before - after);
}

static const char *with_profile(struct arena *arena, const char *pattern, const char *profile)
{
	const char *star = strchr(pattern, '*');

	return star ? arena_printf(arena, "%.*s%s%s", (int)(star - pattern), pattern, profile, star + 1) : pattern;
}

/* NULL: what it begins with says nothing. */
static const char *expand(struct arena *arena, const char *const *env, const char *path)
{
	size_t end = strcspn(path, "/");
	const char *folder = NULL;

	if (*path != '~' && *path != '$')
		return path;
	if (*path == '~')
		folder = identity_home(arena, env);
	else
		folder = environ_value(env, arena_strndup(arena, path + 1, end - 1));
	if (text_empty(folder))
		return NULL;
	size_t length = strlen(folder);
	return arena_printf(arena, "%.*s%s", (int)(length - (folder[length - 1] == '/')), folder, path + end);
}

static int knock(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	size_t length = strlen(path);

	if (length >= sizeof(address.sun_path))
		return ENAMETOOLONG;
	memcpy(address.sun_path, path, length + 1);
	CLEANUP_CLOSE int fd = platform_socket();
	if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
		return errno;
	return 0;
}

static const char *socket_of(const char *endpoint)
{
	return endpoint && text_starts(endpoint, "unix://") ? endpoint + strlen("unix://") : NULL;
}

/* EAGAIN: so many are waiting there already. */
bool endpoint_listens(const char *endpoint)
{
	const char *path = socket_of(endpoint);
	int failed = path ? knock(path) : EINVAL;

	return failed == 0 || failed == EAGAIN;
}

bool endpoint_is_dead(const char *endpoint)
{
	const char *path = socket_of(endpoint);
	int failed = path ? knock(path) : EINVAL;

	return failed == ENOENT || failed == ENOTDIR || failed == ECONNREFUSED;
}

static const char *sign_of(struct arena *arena, const char *const *env, const struct row *row)
{
	for (size_t i = 0; i < SIGNS_MAX && row->signs[i]; i++) {
		const char *sign = row->signs[i], *path;

		if (strchr(sign, '/')) {
			path = expand(arena, env, sign);
			path = path && access(path, F_OK) == 0 ? path : NULL;
		} else
			path = program_find(arena, env, sign);
		if (path)
			return path;
	}
	return NULL;
}

/* It is a program's that is here, where no Engine of the machine's own is. */
static bool has_shared(struct arena *arena, const char *const *env, const struct row *row)
{
	return sign_of(arena, env, row) && !program_find(arena, env, "dockerd") &&
	       access("/usr/bin/dockerd", F_OK) != 0;
}

static const char *profile_of_socket(struct arena *arena, const char *const *env, const struct row *row,
				     const char *path)
{
	const char *profile = NULL;

	for (size_t i = 0; i < SOCKETS_MAX && row->sockets[i] && !profile; i++) {
		const char *known = expand(arena, env, row->sockets[i]);
		if (known && (strcmp(known, SHARED_SOCKET) != 0 || has_shared(arena, env, row)))
			profile = profile_in(arena, known, path);
	}
	return profile;
}

static void describe(struct arena *arena, const char *const *env, const struct row *row, const char *profile,
		     struct provider *ret_provider)
{
	*ret_provider = (struct provider){
		.name = row->name,
		.sign = sign_of(arena, env, row),
		.start = with_profile(arena, row->start, shell_word(arena, profile)),
		.away = row->away ? row->away : "does not run",
		.makes_context = row->makes,
	};
	for (size_t i = 0; i < SOCKETS_MAX && row->sockets[i]; i++) {
		const char *known = expand(arena, env, row->sockets[i]);
		if (known)
			strings_add(arena, &ret_provider->sockets, with_profile(arena, known, profile));
	}
}

const char *provider_listening(struct arena *arena, const struct provider *provider)
{
	for (size_t i = 0; i < provider->sockets.count; i++) {
		const char *endpoint = arena_printf(arena, "unix://%s", provider->sockets.items[i]);
		if (endpoint_listens(endpoint))
			return endpoint;
	}
	return NULL;
}

/* Of several rows the first of a program that is here, else the first. */
static bool find_by(struct arena *arena, const char *const *env, const char *context, const char *path,
		    struct provider *ret_provider)
{
	bool found = false;

	for (size_t i = 0; i < COUNT(table); i++) {
		const struct row *row = &table[i];
		struct provider provider;
		const char *profile = NULL;

		if (row->system && strcmp(row->system, platform_name()) != 0)
			continue;
		if (path)
			profile = profile_of_socket(arena, env, row, path);
		else if (context && row->context)
			profile = profile_in(arena, row->context, context);
		if (!profile)
			continue;
		describe(arena, env, row, profile, &provider);
		if (!found || provider.sign)
			*ret_provider = provider;
		found = true;
		if (provider.sign)
			break;
	}
	return found;
}

/* Docker's own socket is often a link to the one of such a program. */
static const char *link_target(struct arena *arena, const char *path)
{
	char target[sizeof(((struct sockaddr_un *)0)->sun_path)];
	ssize_t length = readlink(path, target, sizeof(target));

	return length > 0 && (size_t)length < sizeof(target) && *target == '/'
		       ? arena_strndup(arena, target, (size_t)length)
		       : NULL;
}

bool provider_find(struct arena *arena, const char *const *env, const char *context, const char *endpoint,
		   struct provider *ret_provider)
{
	const char *path = socket_of(endpoint), *target = path ? link_target(arena, path) : NULL;

	if ((path && find_by(arena, env, NULL, path, ret_provider)) ||
	    (target && find_by(arena, env, NULL, target, ret_provider)))
		return true;
	return context && (path || !endpoint || text_starts(endpoint, "npipe:")) &&
	       find_by(arena, env, context, NULL, ret_provider);
}
