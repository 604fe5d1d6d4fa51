/* An object that is a file of its own. */
#include "history/object.h"

#include "base/cleanup.h"
#include "base/count.h"
#include "base/file.h"
#include "base/xalloc.h"
#include "history/inflate.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

enum { HEAD_SIZE = 32 }; /* the longest that we take is "commit 67108864\0" */

/* Up to the NUL that ends it; ret_object->length is the size it says. */
static int parse_head(const char *head, size_t length, size_t *ret_used, struct object *ret_object, struct error *err)
{
	static const git_object_t types[] = {GIT_OBJECT_COMMIT, GIT_OBJECT_TREE, GIT_OBJECT_BLOB, GIT_OBJECT_TAG};
	const char *end = memchr(head, '\0', length), *blank = memchr(head, ' ', length);
	uint64_t size = 0;

	if (!end || !blank || blank > end || blank + 1 == end || (blank[1] == '0' && blank + 2 != end))
		return error_set(err, ERROR_CORRUPT, "does not begin as an object does");
	for (const char *digit = blank + 1; digit < end; digit++) {
		if (*digit < '0' || *digit > '9')
			return error_set(err, ERROR_CORRUPT, "does not begin as an object does");
		size = size * 10 + (uint64_t)(*digit - '0');
		if (size > OBJECT_CAP)
			return error_set(err, ERROR_CORRUPT, "says that it is larger than %d bytes", OBJECT_CAP);
	}
	ret_object->length = (size_t)size;
	*ret_used = (size_t)(end + 1 - head);
	for (size_t i = 0; i < COUNT(types); i++) {
		const char *name = object_type_name(types[i]);

		if (strlen(name) == (size_t)(blank - head) && !memcmp(name, head, strlen(name))) {
			ret_object->type = types[i];
			return 0;
		}
	}
	return error_set(err, ERROR_CORRUPT, "is of no type that git has");
}

static int read_packed(struct inflater *inflater, struct object *ret_object, struct error *err)
{
	struct object object = {0};
	char head[HEAD_SIZE];
	size_t length, used = 0;

	if (inflater_read(inflater, head, sizeof(head), &length, err) < 0 ||
	    parse_head(head, length, &used, &object, err) < 0)
		return -1;
	size_t begun = length - used;
	if (begun > object.length)
		return error_set(err, ERROR_CORRUPT, "is longer than it says");
	if (!inflater_may_give(inflater, object.length - begun))
		return error_set(err, ERROR_CORRUPT, "is shorter than it says");
	CLEANUP_FREE char *data = xmalloc(object.length + 1);
	memcpy(data, head + used, begun);
	if (inflater_exactly(inflater, data + begun, object.length - begun, err) < 0)
		return -1;
	if (!inflater_is_spent(inflater))
		return error_set(err, ERROR_CORRUPT, "has something after its end");
	data[object.length] = '\0';
	object.data = TAKE(data);
	*ret_object = object;
	return 0;
}

int loose_read(const char *path, struct object *ret_object, struct error *err)
{
	CLEANUP_CLOSE int fd = openat(AT_FDCWD, path, FILE_READ_FLAGS | O_CLOEXEC);
	struct inflater inflater;
	struct stat info;

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return error_set(err, ERROR_NOT_FOUND, "is not there");
	if (fd < 0 && errno != ENXIO)
		return error_set_errno(err, errno, "cannot be read");
	if (fd < 0 || fstat(fd, &info) < 0 || !S_ISREG(info.st_mode))
		return error_set(err, ERROR_CORRUPT, "is not a file");
	inflater_start(&inflater, fd, 0, info.st_size);
	int result = read_packed(&inflater, ret_object, err);
	inflater_done(&inflater);
	return result;
}
