/* The line that says whom one waits for, on a terminal, from the second second on. It is gone when the wait is over.
 *
 *     waiting_begin(&waiting, &session->err, live);
 *     … waiting_draw(&waiting, 3, "unix:///var/run/docker.sock") as often as one likes …
 *     waiting_end(&waiting);
 */
#ifndef RECONCILE_CLI_WAITING_H
#define RECONCILE_CLI_WAITING_H

#include "report/report.h"

#include <stdint.h>

struct waiting {
	const struct report_options *options;
	bool live, shown;
	int64_t began_ms, drawn_ms;
};

void waiting_begin(struct waiting *waiting, const struct report_options *options, bool live);
/* silent: NULL when only daemons are left. */
void waiting_draw(struct waiting *waiting, size_t asked, const char *silent);
void waiting_say(struct waiting *waiting, const char *line); /* that stays */
void waiting_end(struct waiting *waiting);

#endif
