/* SHA-256, HMAC-SHA-256, SHA-1 as git names its objects by, and base64. Hex is lower case. */
#ifndef RECONCILE_BASE_DIGEST_H
#define RECONCILE_BASE_DIGEST_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/text_buffer.h"

#include <stddef.h>

enum { DIGEST_HEX = 65 }; /* 64 hex digits and NUL */

void digest_hex(const void *data, size_t length, char ret_hex[DIGEST_HEX]);
void digest_hmac_hex(const void *key, size_t key_length, const void *data, size_t length, char ret_hex[DIGEST_HEX]);

enum { DIGEST_SHA1 = 20 };
/* Of the two parts as one. */
void digest_sha1(const void *head, size_t head_length, const void *data, size_t length,
		 unsigned char ret_digest[DIGEST_SHA1]);

/* Standard alphabet with padding, as Go's encoding/json writes []byte. */
void base64_encode(struct text *out, const void *data, size_t length);
/* -1 when text is not base64. */
int base64_decode(struct buffer *out, const char *text);

#endif
