/* Looks whether the TLS files of remote nodes can be read. BuildX opens them when it dials, and says nothing but
 * "inactive" when it cannot (docker/buildx driver/remote/driver.go, loadTLS and Info). */
#include "live/remote.h"

#include "model/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* 0 when it can be read as a file, else errno. A pipe would keep the opener waiting, a folder can be opened. */
static int read_problem(const char *path)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	if (fd < 0)
		return errno;
	int problem = fstat(fd, &info) < 0 ? errno : S_ISDIR(info.st_mode) ? EISDIR : 0;
	close(fd);
	return problem;
}

static bool is_known(const struct live *live, const char *subject, const char *path)
{
	for (size_t i = 0; i < live->faults.count; i++)
		if (fault_is_remote_tls(&live->faults.items[i]) && text_equal(live->faults.items[i].subject, subject) &&
		    text_equal(live->faults.items[i].path, path))
			return true;
	return false;
}

static void check_node(struct live *live, const char *builder, const struct node *node)
{
	const char *subject = arena_printf(live->arena, "builder.%s", builder);

	for (size_t i = 0; i < node->driver_opts.count; i++) {
		const char *key = node->driver_opts.items[i].key, *path = node->driver_opts.items[i].value;
		const struct driver_option *option = driver_option_find(driver_name(HOME_ELSEWHERE), key);
		int problem = option && option->type == OPTION_ABSOLUTE && *path == '/' ? read_problem(path) : 0;

		if (problem == 0 || is_known(live, subject, path))
			continue;
		faults_add(live->arena, &live->faults,
			   problem == ENOENT || problem == ENOTDIR ? FAULT_REMOTE_TLS_MISSING
								   : FAULT_REMOTE_TLS_UNREADABLE,
			   subject, arena_strdup(live->arena, path), NULL, "node %s: %s %s: %s", node->name, key, path,
			   strerror(problem));
	}
}

void remote_check_files(struct live *live, const struct state *desired)
{
	for (size_t i = 0; i < live->builder_count; i++) {
		const struct live_builder *builder = &live->builders[i];
		bool remote = driver_home(builder->driver) == HOME_ELSEWHERE;
		for (size_t j = 0; remote && j < builder->node_count; j++)
			check_node(live, builder->name, &builder->nodes[j].spec);
	}
	for (size_t i = 0; desired && i < desired->builder_count; i++) {
		const struct builder *builder = &desired->builders[i];
		bool remote = driver_home(builder->driver) == HOME_ELSEWHERE && !builder_absent(builder);
		for (size_t j = 0; remote && j < builder->node_count; j++)
			check_node(live, builder->name, &builder->nodes[j]);
	}
}
