/* Registers the emulator of an architecture with the kernel of an Engine's machine, by a privileged run of an image. */
#include "apply/engines.h"
#include "apply/step.h"
#include "apply/steps.h"

#include <string.h>

int execute_install_emulation(struct execution *run, const struct step *step, struct error *err)
{
	struct engine_client *client = NULL;
	const char *said = "";
	int64_t exit_code = 0;

	if (text_empty(step->detail) || execute_pull_image(run, step, err) < 0)
		return text_empty(step->detail) ? error_set(err, ERROR_CORRUPT, "the plan names no architecture") : -1;
	const char *arguments[] = {"--install", step->detail};
	const struct strings command = {.items = arguments, .count = 2};
	if (engine_pool_get(run, step->endpoint, &client, err) < 0 ||
	    engine_run(client, run->arena, step->name, &command, run->options->boot_timeout_ms, &exit_code, &said,
		       err) < 0)
		return error_wrap(err, "registering emulation of %s", step->detail);
	if (*said != '\0')
		run->say(run->context, said);
	if (exit_code == 0)
		return 0;
	error_set(err, ERROR_OTHER, "registering emulation of %s: image %s ended with exit code %lld: %s", step->detail,
		  step->name, (long long)exit_code, text_printable(run->arena, said, false));
	return error_hint(err, "its command line is that of tonistiigi/binfmt; another image is named by `emulation: "
			       "{image: …}`");
}
