/* --check: as --plan, with an exit code that says whether anything differs. */
#include "cli/machines.h"

int mode_check(struct session *session)
{
	return machines_plan(session, true);
}
