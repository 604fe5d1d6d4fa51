/* The names of objects, in hexadecimal and back, and of their types. */
#include "history/object.h"

#include <string.h>

static int digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == '\0' ? NULL : strchr(digits, c);

	return at ? (int)(at - digits) : -1;
}

bool object_id_read(const char *hex, git_oid *ret_id)
{
	git_oid id = {0};

	for (size_t i = 0; i < GIT_OID_RAWSZ; i++, hex += 2) {
		int high = digit(hex[0]), low = high < 0 ? -1 : digit(hex[1]);

		if (low < 0)
			return false;
		id.id[i] = (unsigned char)(high << 4 | low);
	}
	*ret_id = id;
	return true;
}

void object_id_hex(const git_oid *id, char ret_hex[GIT_OID_HEXSZ + 1])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < GIT_OID_RAWSZ; i++) {
		ret_hex[2 * i] = digits[id->id[i] >> 4];
		ret_hex[2 * i + 1] = digits[id->id[i] & 0xF];
	}
	ret_hex[GIT_OID_HEXSZ] = '\0';
}

bool object_id_equal(const git_oid *a, const git_oid *b)
{
	return memcmp(a->id, b->id, GIT_OID_RAWSZ) == 0;
}

const char *object_type_name(git_object_t type)
{
	static const char *const names[] = {
		[GIT_OBJECT_COMMIT] = "commit",
		[GIT_OBJECT_TREE] = "tree",
		[GIT_OBJECT_BLOB] = "blob",
		[GIT_OBJECT_TAG] = "tag",
	};

	return type >= GIT_OBJECT_COMMIT && type <= GIT_OBJECT_TAG ? names[type] : "";
}
