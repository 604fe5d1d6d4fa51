/* Cleanup attributes for owners on the stack, and TAKE() to hand ownership on. */
#ifndef RECONCILE_BASE_CLEANUP_H
#define RECONCILE_BASE_CLEANUP_H

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static inline void cleanup_free_(void *pointer)
{
	free(*(void **)pointer);
}
static inline void cleanup_close_(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}
#define CLEANUP_FREE __attribute__((cleanup(cleanup_free_)))
#define CLEANUP_CLOSE __attribute__((cleanup(cleanup_close_)))

/* Gives the pointer's value and leaves NULL behind, so that its cleanup does nothing. */
#define TAKE(pointer)                                                                                                  \
	({                                                                                                             \
		__typeof__(pointer) taken_ = (pointer);                                                                \
		(pointer) = NULL;                                                                                      \
		taken_;                                                                                                \
	})

#endif
