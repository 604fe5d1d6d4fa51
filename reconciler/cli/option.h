/* The options of the command line as a table: the parser, --help and the manual walk it. */
#ifndef RECONCILE_CLI_OPTION_H
#define RECONCILE_CLI_OPTION_H

#include <stddef.h>

enum option_type { TYPE_FLAG, TYPE_TEXT, TYPE_LIST, TYPE_NUMBER, TYPE_CHOICE, TYPE_DURATION };

struct option {
	const char *name;
	char letter;	   /* 0: none */
	const char *value; /* as help shows it; NULL for a flag */
	enum option_type type;
	size_t offset;	     /* in struct options */
	long min, max;	     /* TYPE_NUMBER */
	const char *choices; /* TYPE_CHOICE: "a|b", in the order of the enum */
	unsigned modes;	     /* 1 << mode, for each that takes it */
	const char *does;    /* a sentence; NULL: not there yet, so no help names it */
};

const struct option *option_table(size_t *ret_count);

#endif
