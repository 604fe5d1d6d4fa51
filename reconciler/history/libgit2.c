/* libgit2, loaded when it is first called. */
#include "history/libgit2.h"

#ifdef RECONCILE_LOADS
#include "libraries.h"

#include <pthread.h>

LIBRARY_LOADED(libgit2, LIBGIT2_FILE, LIBGIT2_FUNCTIONS)
#endif
