/* reconcile as a plugin of the docker command line: `docker reconcile plan -f states` is `reconcile plan -f states`.
 *
 * docker runs a program called docker-reconcile, from one of its folders of plugins, with all that stood on its own
 * command line, its own options first (docker/cli cli-plugins/manager/manager.go, PluginRunCommand):
 *
 *     docker-reconcile docker-cli-plugin-metadata             when it looks which plugins there are
 *     docker-reconcile --context far reconcile plan           docker --context far reconcile plan
 *     docker-reconcile help reconcile plan                    docker help reconcile plan
 *     docker-reconcile __complete reconcile plan --fo         when Tab is pressed
 *
 * What docker's own options say becomes the environment in which docker would say the same, for us and for the BuildX
 * that we run. Called by itself, without docker, docker-reconcile is reconcile. */
#ifndef RECONCILE_CLI_PLUGIN_H
#define RECONCILE_CLI_PLUGIN_H

#include "base/arena.h"
#include "base/error.h"
#include "base/text_buffer.h"

#include <stdbool.h>

struct invocation {
	int argc;
	char **argv; /* argv[0]: how this program is called, "reconcile" or "docker reconcile" */
	char **environ;
	bool describes; /* plugin_describe() is all that is asked for */
};

/* ERROR_USAGE for an option of docker's that cannot be handed on; ret_invocation has no arguments then. */
int plugin_read(struct arena *arena, int argc, char **argv, char **environ_, struct invocation *ret_invocation,
		struct error *err);
/* As JSON, what docker shows in `docker --help` and `docker info`. */
void plugin_describe(struct text *out);
/* "reconcile --doctor" in a text for people becomes "docker reconcile --doctor", for one who said that. */
void plugin_spell(const char *program, const char *text, struct text *out);

#endif
