/* Ends the program where a library was used wrongly. */
#include "live/http/must.h"

#include "base/xalloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void must_hold(bool ok, bool memory_out, const char *what)
{
	if (ok)
		return;
	if (memory_out)
		out_of_memory();
	dprintf(STDERR_FILENO,
		"Error: a mistake in reconcile, please report it: %s does not hold. Nothing is half done that the next "
		"run cannot finish or take back.\n",
		what);
	abort();
}
