/* Appends to the files of a GitHub job. */
#include "cli/github_files.h"

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/environ.h"
#include "base/text.h"
#include "cli/terminal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A step's summary is refused as a whole beyond 1 MiB. */
enum { SUMMARY_MAX = 1024 * 1024, SUMMARY_MARGIN = 4096 };

/* What another program wrote before may lack its last newline. */
static bool ends_in_line(int fd, off_t size)
{
	char last = '\n';

	return size == 0 || pread(fd, &last, 1, size - 1) != 1 || last == '\n';
}

static int append(const char *path, const struct text *text, struct error *err)
{
	CLEANUP_CLOSE int fd =
		open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
	CLEANUP_TEXT struct text lines = TEXT_INIT;
	struct stat info;

	if (fd < 0 || fstat(fd, &info) < 0)
		return error_set_errno(err, errno, "cannot append to %s", path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ERROR_OTHER, "cannot append to %s: it is no regular file", path);
	text_puts(&lines, ends_in_line(fd, info.st_size) ? "" : "\n");
	text_append(&lines, text_string(text), text->length);
	return output_write(fd, &lines, err) < 0 ? error_wrap(err, "%s", path) : 0;
}

size_t github_summary_room(const char *const *environ_)
{
	const char *path = environ_value(environ_, "GITHUB_STEP_SUMMARY");
	struct stat info;

	if (text_empty(path))
		return 0;
	size_t used = stat(path, &info) == 0 ? (size_t)info.st_size : 0;
	return used + SUMMARY_MARGIN < SUMMARY_MAX ? SUMMARY_MAX - SUMMARY_MARGIN - used : 0;
}

int github_summary_append(const char *const *environ_, const struct text *markdown, struct error *err)
{
	const char *path = environ_value(environ_, "GITHUB_STEP_SUMMARY");

	return text_empty(path) ? 0 : append(path, markdown, err);
}

void github_output_put(struct text *out, const char *name, const char *value)
{
	char hex[DIGEST_HEX];

	digest_hex(value, strlen(value), hex);
	text_printf(out, "%s<<reconcile_%s\n%s\nreconcile_%s\n", name, hex, value, hex);
}

int github_outputs_append(const char *const *environ_, const struct text *outputs, struct error *err)
{
	const char *path = environ_value(environ_, "GITHUB_OUTPUT");

	return text_empty(path) ? 0 : append(path, outputs, err);
}
