/* A result on the stack of a test: results_new() is for those that live in an arena. */
#ifndef RECONCILE_TESTS_RESULT_TEXTS_H
#define RECONCILE_TESTS_RESULT_TEXTS_H

#include "model/result.h"

/* First among its members; an error of its own is set afterwards. */
#define RESULT_TEXTS                                                                                                   \
	.error = &(struct error){0}, .note = (char[RESULT_NOTE])                                                       \
	{                                                                                                              \
		0                                                                                                      \
	}

#endif
