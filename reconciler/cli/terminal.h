/* The terminal: whether there is one, colour, width, a question, and output that notices when it cannot be written. */
#ifndef RECONCILE_CLI_TERMINAL_H
#define RECONCILE_CLI_TERMINAL_H

#include "base/error.h"
#include "base/text_buffer.h"
#include "cli/options.h"
#include "report/layout.h"

#include <stdbool.h>

/* Whether colour goes to fd: --color, else a terminal that is not dumb, and NO_COLOR (https://no-color.org) not set. */
bool terminal_color(int fd, enum color_choice choice, const char *const *variables);
/* Whether fd is a terminal on which lines can be redrawn. */
bool terminal_live(int fd, const char *const *variables);
int terminal_width(int fd); /* 80 when unknown */
/* How text meets who reads fd: the terminal's width; elsewhere COLUMNS, else 80. 0 leaves lines whole. ASCII unless the
 * locale says UTF-8. */
struct layout terminal_layout(int fd, const char *const *variables);
/* Whether someone can be asked: stdin and stderr are terminals. */
bool terminal_asks(void);
/* Asks on stderr; only "y" or "yes" is a yes, the end of input is a no. */
bool terminal_confirm(const char *question);

/* Writes all of it; -1 when the disk is full. A reader that has gone, as `head` does, has seen what it wanted: the rest
 * is dropped, and the mode ends as it would have. */
int output_write(int fd, const struct text *text, struct error *err);
/* The same for a page that somebody reads. */
int output_page(int fd, const struct text *text, const struct layout *layout, struct error *err);
/* Closes stdout, which may be the first time that a write error shows. */
int output_close(struct error *err);

#endif
