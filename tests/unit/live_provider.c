/* Contexts of Docker Desktop, OrbStack, Colima and the like: whose they are, and what is said when their Engine is
 * away. */
#include "live_folder.h"

#include "base/platform.h"
#include "live/providers.h"
#include "live/store/provider.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define CONTEXT(name, host) "{\"Name\":\"" name "\",\"Metadata\":{},\"Endpoints\":{\"docker\":{\"Host\":\"" host "\"}}}"

static const char *const *env_of(const struct home *home)
{
	return (const char *const *)home->variables;
}

/* "~/x" -> "unix://<home>/x"; everything else as it is. */
static const char *endpoint_in(struct arena *arena, const struct home *home, const char *text)
{
	return *text == '~' ? arena_printf(arena, "unix://%s%s", home->folder, text + 1) : text;
}

static const struct {
	const char *system, *context, *endpoint, *name, *start; /* name NULL: of nobody */
} rows[] = {
	{"linux", "desktop-linux", "~/.docker/desktop/docker.sock", "Docker Desktop",
	 "run `systemctl --user start docker-desktop`"},
	{"macos", "desktop-linux", "~/.docker/run/docker.sock", "Docker Desktop", "run `open -a Docker`"},
	{NULL, "orbstack", "~/.orbstack/run/docker.sock", "OrbStack", "run `orb start`"},
	{NULL, "colima", "~/.colima/default/docker.sock", "Colima", "run `colima start`"},
	{NULL, "colima", "~/.config/colima/default/docker.sock", "Colima", "run `colima start`"},
	{NULL, "colima-work", "~/.colima/work/docker.sock", "Colima", "run `colima start --profile work`"},
	{NULL, "colima-a b", "~/.colima/a b/docker.sock", "Colima", "run `colima start --profile 'a b'`"},
	{NULL, "rancher-desktop", "~/.rd/docker.sock", "Rancher Desktop", "run `rdctl start`"},
	{NULL, "lima-docker", "~/.lima/docker/sock/docker.sock", "Lima", "run `limactl start docker`"},
	{"linux", "podman", "unix:///run/podman/podman.sock", "Podman", "run `sudo systemctl start podman.socket`"},
	{"linux", "rootless", "unix:///run/user/4242/docker.sock", "rootless Docker",
	 "run `systemctl --user start docker`"},
	{"linux", "podman", "unix:///run/user/4242/podman/podman.sock", "Podman",
	 "run `systemctl --user start podman.socket`"},
	/* By its socket, whatever the context is called, or without any. */
	{NULL, "mine", "~/.colima/work/docker.sock", "Colima", "run `colima start --profile work`"},
	{NULL, NULL, "~/.rd/docker.sock", "Rancher Desktop", "run `rdctl start`"},
	/* By its name, in a ~/.docker of another machine; the socket knows better. */
	{NULL, "colima", "unix:///Users/x/.colima/default/docker.sock", "Colima", "run `colima start`"},
	{NULL, "colima", "~/.orbstack/run/docker.sock", "OrbStack", "run `orb start`"},
	{"linux", "desktop-linux", "npipe:////./pipe/dockerDesktopLinuxEngine", "Docker Desktop",
	 "run `systemctl --user start docker-desktop`"},
	/* A name alone is no evidence of what is elsewhere. */
	{NULL, "colima", "ssh://me@far", NULL, NULL},
	{NULL, "orbstack", "tcp://127.0.0.1:2375", NULL, NULL},
	{NULL, "colima-", "unix:///s", NULL, NULL},
	{NULL, "colimas", "unix:///s", NULL, NULL},
	{NULL, "mine", "unix:///var/run/docker.sock", NULL, NULL},
	{NULL, "mine", "~/.colima/docker.sock.d/a/docker.sock", NULL, NULL},
	{NULL, "mine", NULL, NULL, NULL},
	{NULL, NULL, NULL, NULL, NULL},
	/* One that is gone has but its name. */
	{NULL, "colima-work", NULL, "Colima", "run `colima start --profile work`"},
};

static void each_context_is_somebodys(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();

	home_variable(home, "XDG_RUNTIME_DIR=/run/user/4242/");
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct provider provider = {0};

		if (rows[i].system && strcmp(rows[i].system, platform_name()) != 0)
			continue;
		bool found =
			provider_find(arena, env_of(home), rows[i].context,
				      rows[i].endpoint ? endpoint_in(arena, home, rows[i].endpoint) : NULL, &provider);
		if (found != !!rows[i].name)
			fail_msg("row %zu: %s", i, found ? provider.name : "nobody");
		if (!found)
			continue;
		assert_string_equal(provider.name, rows[i].name);
		assert_string_equal(provider.start, rows[i].start);
		assert_true(provider.sockets.count > 0);
		assert_null(strchr(provider.sockets.items[0], '*'));
	}
}

static void variables_move_the_sockets(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	struct provider provider;

	home_variable(home, "COLIMA_HOME=/c/");
	home_variable(home, "LIMA_HOME=/l");
	assert_true(provider_find(arena, env_of(home), NULL, "unix:///c/work/docker.sock", &provider));
	assert_string_equal(provider.start, "run `colima start --profile work`");
	assert_true(provider_find(arena, env_of(home), NULL, "unix:///l/vm/sock/docker.sock", &provider));
	assert_string_equal(provider.start, "run `limactl start vm`");
}

/* As a program is, on PATH and by its folder. */
static void signs_are_found(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *colima = home_path(home, "bin/colima"), *bin = home_path(home, "bin"),
			  *rdctl = home_path(home, "../.rd/bin/rdctl");
	const char *endpoint = endpoint_in(arena, home, "~/.colima/default/docker.sock");
	struct provider provider;

	home_variable(home, arena_printf(arena, "PATH=/nowhere:%s", bin));
	assert_true(provider_find(arena, env_of(home), "colima", endpoint, &provider));
	assert_null(provider.sign);
	home_write(home, "bin/colima", "#!/bin/sh");
	assert_int_equal(chmod(colima, 0755), 0);
	assert_true(provider_find(arena, env_of(home), "colima", endpoint, &provider));
	assert_string_equal(provider.sign, colima);
	home_write(home, "../.rd/bin/rdctl", "");
	assert_true(provider_find(arena, env_of(home), "rancher-desktop", "unix:///x", &provider));
	/* A link to an app that is gone is no sign. */
	assert_non_null(provider.sign);
	assert_int_equal(unlink(rdctl), 0);
	assert_int_equal(symlink("/nowhere/rdctl", rdctl), 0);
	assert_true(provider_find(arena, env_of(home), "rancher-desktop", "unix:///x", &provider));
	assert_null(provider.sign);
}

/* A socket that listens in ~ of the test; it is closed by the caller. */
static int listen_at(const struct home *home, const char *name)
{
	CLEANUP_FREE char *path = path_join(home->folder, name), *folder = strdup(path);
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = platform_socket();

	*strrchr(folder, '/') = '\0';
	assert_int_equal(folder_create(folder, 0700, NULL), 0);
	assert_true(strlen(path) < sizeof(address.sun_path));
	memcpy(address.sun_path, path, strlen(path) + 1);
	unlink(path);
	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	return fd;
}

static void what_listens_is_known(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	const char *endpoint = endpoint_in(arena, home, "~/.config/colima/default/docker.sock");
	struct provider provider;

	assert_true(provider_find(arena, env_of(home), "colima", endpoint, &provider));
	assert_true(endpoint_is_dead(endpoint));
	assert_null(provider_listening(arena, &provider));
	int fd = listen_at(home, ".config/colima/default/docker.sock");
	assert_false(endpoint_is_dead(endpoint));
	assert_true(endpoint_listens(endpoint));
	assert_string_equal(provider_listening(arena, &provider), endpoint);
	close(fd); /* its file stays, and refuses */
	assert_true(endpoint_is_dead(endpoint));
	assert_false(endpoint_listens(endpoint));
	/* Of others nothing is known. */
	assert_false(endpoint_is_dead("tcp://127.0.0.1:1"));
	assert_false(endpoint_listens("tcp://127.0.0.1:1"));
	assert_false(endpoint_is_dead(NULL));
	assert_false(endpoint_is_dead(arena_printf(arena, "unix:///%0200d", 0)));
}

/* As live_observe() does, with an Engine that was asked in vain behind each of these endpoints. */
static const struct live *doctor(struct home *home, const char *silent)
{
	struct live *live = home_read(home);

	if (silent) {
		live->engines = ARENA_ARRAY(live->arena, struct engine, 1);
		live->engines[0] = (struct engine){.endpoint = silent};
		live->engine_count = 1;
		faults_add(live->arena, &live->faults, FAULT_ENGINE_UNREACHABLE,
			   arena_printf(live->arena, "engine.%s", silent), NULL, "start it", "no such socket");
	}
	providers_check(live, env_of(home));
	return live;
}

static void install(struct home *home, const char *program)
{
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin"), *path = path_join(bin, program);

	home_write(home, arena_printf(arena, "bin/%s", program), "#!/bin/sh");
	assert_int_equal(chmod(path, 0755), 0);
}

/* The fault of the Engine, and that no word of it offers to remove anything. */
static void assert_told(const struct live *live, const char *seen, const char *mend)
{
	const struct fault *fault = fault_of(live, FAULT_ENGINE_UNREACHABLE);

	assert_non_null(fault);
	if (!strstr(fault->message, seen))
		fail_msg("%s", fault->message);
	assert_string_equal(fault->mend, mend);
	assert_null(strstr(fault->mend, "absent"));
}

static void a_dead_engine_is_its_programs(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin");

	home_variable(home, arena_printf(arena, "PATH=%s", bin));
	home_write(home, "config.json", "{\"currentContext\":\"colima\"}");
	home_context(home, "colima",
		     arena_printf(arena, CONTEXT("colima", "%s"),
				  endpoint_in(arena, home, "~/.colima/default/docker.sock")));
	home_variable(home, "DOCKER_CONTEXT=colima");
	const struct live *live = doctor(home, "colima");
	/* The default context is this machine's, whatever that has. */
	bool has_docker = endpoint_listens("unix:///var/run/docker.sock");
	const char *around = has_docker
				     ? "set DOCKER_CONTEXT to default, where an Engine listens; or install Colima again"
				     : "install Colima again, or start another Engine";
	assert_told(live, "it is Colima's, and nothing of that program was found here", around);

	install(home, "colima");
	live = doctor(home, "colima");
	assert_told(live, "/bin/colima) and does not run",
		    has_docker ? "run `colima start`; or set DOCKER_CONTEXT to default, where an Engine listens"
			       : "run `colima start`");
	/* It runs now, and what it says is its own. */
	int fd = listen_at(home, ".colima/default/docker.sock");
	assert_told(doctor(home, "colima"), "no such socket", "start it");
	close(fd);
}

static void another_context_is_offered(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin");
	int fd = listen_at(home, ".orbstack/run/docker.sock");

	home_variable(home, arena_printf(arena, "PATH=%s", bin));
	home_variable(home,
		      arena_printf(arena, "DOCKER_HOST=%s", endpoint_in(arena, home, "~/.colima/default/docker.sock")));
	install(home, "colima");
	home_context(home, "colima",
		     arena_printf(arena, CONTEXT("colima", "%s"),
				  endpoint_in(arena, home, "~/.colima/default/docker.sock")));
	home_context(home, "orbstack",
		     arena_printf(arena, CONTEXT("orbstack", "%s"),
				  endpoint_in(arena, home, "~/.orbstack/run/docker.sock")));
	/* Asked by either name, it is where docker is now. */
	for (int i = 0; i < 2; i++)
		assert_told(
			doctor(home, i ? "colima" : "default"), "does not run",
			"run `colima start`; or run `unset DOCKER_HOST; docker context use orbstack`, where an Engine "
			"listens");
	/* A builder's node is in it. */
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":"
		   "\"colima\"}]}");
	free(home->variables[2]);
	home->variables[2] = strdup("DOCKER_CONTEXT=orbstack");
	assert_told(doctor(home, "colima"), "does not run", "run `colima start`");
	CLEANUP_FREE char *colima = path_join(bin, "colima");
	assert_int_equal(unlink(colima), 0);
	const struct live *live = doctor(home, "colima");
	const char *other = endpoint_listens("unix:///var/run/docker.sock") ? "default" : "orbstack";
	assert_told(
		live, "nothing of that program was found here",
		arena_printf(arena,
			     "write `builders: {ci: {endpoint: %s}}` into the state file, where an Engine listens, and "
			     "run `reconcile --apply`; or install Colima again",
			     other));
	close(fd);
}

/* An Engine of nobody's, and docker's own socket as a link to a program's. */
static void others_are_helped_as_well(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *link = path_join(home->folder, "docker.sock");
	const char *target = arena_printf(arena, "%s/.rd/docker.sock", home->folder);
	int fd = listen_at(home, ".orbstack/run/docker.sock");

	home_context(home, "orbstack",
		     arena_printf(arena, CONTEXT("orbstack", "%s"),
				  endpoint_in(arena, home, "~/.orbstack/run/docker.sock")));
	home_variable(home, arena_printf(arena, "DOCKER_HOST=unix://%s", link));
	assert_told(doctor(home, "default"), "no such socket",
		    "start it; or run `unset DOCKER_HOST; docker context use orbstack`, where an Engine listens");
	assert_int_equal(symlink(target, link), 0);
	assert_told(doctor(home, "default"), "it is Rancher Desktop's, and nothing of that program was found here",
		    "run `unset DOCKER_HOST; docker context use orbstack`, where an Engine listens; or install Rancher "
		    "Desktop again");
	close(fd);
}

static void contexts_that_are_gone_were_somebodys(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin");

	home_variable(home, arena_printf(arena, "PATH=%s", bin));
	home_write(home, "config.json", "{\"currentContext\":\"colima-x\"}");
	home_write(home, "buildx/instances/ci",
		   "{\"Name\":\"ci\",\"Driver\":\"docker-container\",\"Nodes\":[{\"Name\":\"ci0\",\"Endpoint\":"
		   "\"rancher-desktop\"}]}");
	for (int installed = 0; installed < 2; installed++) {
		static const char *const words[] = {"it was Colima's, of which nothing was found here",
						    "it is Colima's, which is installed here"};
		if (installed) {
			install(home, "colima");
			install(home, "rdctl");
		}
		const struct live *live = home_read(home);
		const struct fault *current = fault_of(live, FAULT_CONTEXT_MISSING);
		const struct fault *node = fault_of(live, FAULT_ENDPOINT_CONTEXT_MISSING);
		assert_non_null(strstr(current->message, words[installed]));
		assert_non_null(strstr(node->message, "Rancher Desktop's"));
		assert_int_equal(text_starts(current->mend,
					     "run `colima start --profile x`, which makes the context again; or "),
				 installed);
		assert_int_equal(text_starts(node->mend, "run `rdctl start`, which makes the context again; or write "),
				 installed);
	}
}

static void what_is_left_over_is_told_when_nobody_uses_it(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin");

	home_variable(home, arena_printf(arena, "PATH=%s", bin));
	home_context(
		home, "colima-x",
		arena_printf(arena, CONTEXT("colima-x", "%s"), endpoint_in(arena, home, "~/.colima/x/docker.sock")));
	home_context(home, "mine", CONTEXT("mine", "unix:///nowhere/docker.sock"));
	home_context(home, "colima", CONTEXT("colima", "ssh://me@far"));
	const struct live *live = doctor(home, NULL);
	assert_int_equal(live->faults.count, 1);
	const struct fault *fault = fault_of(live, FAULT_CONTEXT_LEFTOVER);
	assert_string_equal(fault->subject, "context.colima-x");
	assert_non_null(strstr(fault->mend, "contexts: {colima-x: {state: absent}}"));
	assert_int_equal(doctor(home, "colima-x")->faults.count, 1); /* asked, so used: the Engine's own fault */
	assert_null(fault_of(home->live, FAULT_CONTEXT_LEFTOVER));
	int fd = listen_at(home, ".colima/x/docker.sock");
	assert_int_equal(doctor(home, NULL)->faults.count, 0);
	close(fd);
	assert_int_equal(doctor(home, NULL)->faults.count, 1);
	install(home, "colima");
	assert_int_equal(doctor(home, NULL)->faults.count, 0);
}

/* Docker Desktop's pipe, where Docker Desktop is and where it is not. */
static void pipes_are_mended_by_what_is_here(void **state)
{
	struct home *home = *state;
	CLEANUP_ARENA struct arena *arena = arena_new();
	CLEANUP_FREE char *bin = home_path(home, "bin");

	home_variable(home, arena_printf(arena, "PATH=%s", bin));
	home_context(home, "rancher-desktop", CONTEXT("rancher-desktop", "npipe:////./pipe/docker_engine"));
	const struct fault *fault = fault_of(home_read(home), FAULT_CONTEXT_NPIPE);
	assert_non_null(strstr(fault->mend, "{rancher-desktop: {endpoint: \"unix:///var/run/docker.sock\"}}, or "
					    "{rancher-desktop: {state: absent}}"));
	install(home, "rdctl");
	int fd = listen_at(home, ".rd/docker.sock");
	fault = fault_of(home_read(home), FAULT_CONTEXT_NPIPE);
	assert_non_null(strstr(fault->message, "; Rancher Desktop is installed here ("));
	assert_string_equal(
		fault->mend,
		arena_printf(arena,
			     "write into the state file: contexts: {rancher-desktop: {endpoint: \"%s\"}}, and run "
			     "`reconcile --apply`",
			     endpoint_in(arena, home, "~/.rd/docker.sock")));
	close(fd);
	fault = fault_of(home_read(home), FAULT_CONTEXT_NPIPE);
	assert_null(strstr(fault->mend, "absent"));
	if (!endpoint_listens("unix:///var/run/docker.sock"))
		assert_true(text_ends(fault->mend, "; then run `rdctl start`"));
}

#define WITH_HOME(test) cmocka_unit_test_setup_teardown(test, home_setup, home_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_HOME(each_context_is_somebodys),
		WITH_HOME(variables_move_the_sockets),
		WITH_HOME(signs_are_found),
		WITH_HOME(what_listens_is_known),
		WITH_HOME(a_dead_engine_is_its_programs),
		WITH_HOME(another_context_is_offered),
		WITH_HOME(others_are_helped_as_well),
		WITH_HOME(contexts_that_are_gone_were_somebodys),
		WITH_HOME(what_is_left_over_is_told_when_nobody_uses_it),
		WITH_HOME(pipes_are_mended_by_what_is_here),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
