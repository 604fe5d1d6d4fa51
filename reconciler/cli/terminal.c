/* The terminal: whether there is one, colour, width, a question, and output that notices when it cannot be written. */
#include "cli/terminal.h"

#include "base/count.h"
#include "base/environ.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static bool dumb(const char *const *variables)
{
	const char *term = environ_value(variables, "TERM");

	return text_empty(term) || text_equal(term, "dumb");
}

bool terminal_color(int fd, enum color_choice choice, const char *const *variables)
{
	if (choice != COLOR_AUTO)
		return choice == COLOR_ALWAYS;
	return !dumb(variables) && text_empty(environ_value(variables, "NO_COLOR")) && isatty(fd);
}

bool terminal_live(int fd, const char *const *variables)
{
	return isatty(fd) && !dumb(variables);
}

int terminal_width(int fd)
{
	struct winsize size = {0};

	return ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

/* POSIX: the first of these that is set and not empty. */
static bool says_utf8(const char *const *variables)
{
	static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
	const char *locale = "";

	for (size_t i = 0; i < COUNT(names) && text_empty(locale); i++)
		locale = environ_value(variables, names[i]);
	return strcasestr(locale, "UTF-8") || strcasestr(locale, "UTF8");
}

struct layout terminal_layout(int fd, const char *const *variables)
{
	const char *columns = environ_value(variables, "COLUMNS");
	struct layout layout = {.columns = terminal_width(fd), .ascii = !says_utf8(variables)};

	if (!text_empty(columns) && strspn(columns, "0123456789") == strlen(columns) && !isatty(fd))
		layout.columns = (int)strtol(columns, NULL, 10);
	return layout;
}

bool terminal_asks(void)
{
	return isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
}

bool terminal_confirm(const char *question)
{
	CLEANUP_TEXT struct text text = TEXT_INIT;
	char answer[16] = "";
	ssize_t length;

	text_printf(&text, "%s [y/N] ", question);
	if (output_write(STDERR_FILENO, &text, NULL) < 0)
		return false;
	length = read(STDIN_FILENO, answer, sizeof(answer) - 1);
	if (length <= 0)
		return false;
	answer[strcspn(answer, "\r\n")] = '\0';
	return !strcasecmp(answer, "y") || !strcasecmp(answer, "yes");
}

int output_write(int fd, const struct text *text, struct error *err)
{
	size_t done = 0;

	while (done < text->length) {
		ssize_t written = write(fd, text->data + done, text->length - done);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0 && errno == EPIPE)
			return 0;
		if (written < 0)
			return error_set_errno(err, errno, "writing to %s", fd == STDOUT_FILENO ? "stdout" : "stderr");
		done += (size_t)written;
	}
	return 0;
}

int output_page(int fd, const struct text *text, const struct layout *layout, struct error *err)
{
	CLEANUP_TEXT struct text page = TEXT_INIT;

	layout_text(text_string(text), layout, &page);
	return output_write(fd, &page, err);
}

int output_close(struct error *err)
{
	if (close(STDOUT_FILENO) < 0 && errno != EBADF)
		return error_set_errno(err, errno, "writing to stdout");
	return 0;
}
