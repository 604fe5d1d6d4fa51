/* --version: what this is, what it was made with, and what it works with here. */
#include "base/json.h"
#include "cli/session.h"
#include "desired/yaml.h"
#include "history/repository.h"
#include "live/buildx.h"
#include "live/http/http.h"
#include "live/store/environment.h"
#include "live/store/locate.h"

/* Which one it is takes running it, so that is for -v. */
static void put_buildx(const struct session *session, struct text *out)
{
	struct live *live = live_new();

	live->docker_config = arena_strdup(live->arena, session->docker_config);
	live->buildx = buildx_find(live);
	if (session->options->verbose)
		buildx_learn(live, &session->interrupt);
	if (!live->buildx)
		text_puts(out, "BuildX: none that docker would find\n");
	else
		text_printf(out, "BuildX: %s%s%s\n", live->buildx_version ? live->buildx_version : "",
			    live->buildx_version ? ", " : "", text_printable(live->arena, live->buildx, false));
	live_free(live);
}

int mode_version(struct session *session)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	const char *yaml = yaml_library(session->arena), *git = history_library(session->arena);

	text_puts(&text, "reconcile " RECONCILE_VERSION " (" RECONCILE_COMMIT ")\n");
	text_printf(&text, "%s %s %s cJSON/%s\n", http_library(session->arena), git, yaml, cJSON_Version());
	/* Without a home there is no folder to look in. */
	if (store_locate(session->arena, session->environ, &session->store, &session->docker_config, NULL) == 0)
		put_buildx(session, &text);
	return session_write(session, &text);
}
