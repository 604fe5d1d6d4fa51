/* SHA-256, HMAC-SHA-256, SHA-1 and base64, by libcrypto.
 *
 * Of its interfaces to digests the oldest: EVP reads libcrypto's configuration and registers every algorithm before the
 * first byte, which is a quarter of what a plan costs. */
#define OPENSSL_SUPPRESS_DEPRECATED
#include "base/digest.h"

#include "base/buffer.h"
#include "base/xalloc.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <limits.h>
#include <stdlib.h>
#include <string.h>

static void hex_write(const unsigned char digest[SHA256_DIGEST_LENGTH], char ret_hex[DIGEST_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SHA256_DIGEST_LENGTH; i++) {
		ret_hex[2 * i] = digits[digest[i] >> 4];
		ret_hex[2 * i + 1] = digits[digest[i] & 0xF];
	}
	ret_hex[DIGEST_HEX - 1] = '\0';
}

void digest_hex(const void *data, size_t length, char ret_hex[DIGEST_HEX])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	SHA256_CTX context;

	if (!SHA256_Init(&context) || !SHA256_Update(&context, length == 0 ? (const void *)"" : data, length) ||
	    !SHA256_Final(digest, &context))
		out_of_memory();
	hex_write(digest, ret_hex);
}

void digest_hmac_hex(const void *key, size_t key_length, const void *data, size_t length, char ret_hex[DIGEST_HEX])
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	unsigned int size = sizeof(digest);

	if (key_length > INT_MAX || !HMAC(EVP_sha256(), key_length == 0 ? "" : key, (int)key_length,
					  length == 0 ? (const void *)"" : data, length, digest, &size))
		out_of_memory();
	hex_write(digest, ret_hex);
}

void digest_sha1(const void *head, size_t head_length, const void *data, size_t length,
		 unsigned char ret_digest[DIGEST_SHA1])
{
	SHA_CTX context;

	if (!SHA1_Init(&context) || !SHA1_Update(&context, head, head_length) ||
	    !SHA1_Update(&context, length == 0 ? (const void *)"" : data, length) || !SHA1_Final(ret_digest, &context))
		out_of_memory();
}

enum { BLOCK_BYTES = 48, BLOCK_CHARS = 64 };

void base64_encode(struct text *out, const void *data, size_t length)
{
	const unsigned char *bytes = data;
	unsigned char block[BLOCK_CHARS + 1];

	for (size_t at = 0; at < length; at += BLOCK_BYTES) {
		size_t part = length - at < BLOCK_BYTES ? length - at : BLOCK_BYTES;
		int written = EVP_EncodeBlock(block, bytes + at, (int)part);

		text_append(out, block, (size_t)written);
	}
}

/* EVP_DecodeBlock() skips blanks and counts padding as bytes, so the form is checked first. */
int base64_decode(struct buffer *out, const char *text)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = strlen(text), letters = strspn(text, alphabet), padding = length - letters;
	unsigned char block[BLOCK_BYTES];

	if (length % 4 != 0 || padding > 2 || strspn(text + letters, "=") != padding)
		return -1;
	for (size_t at = 0; at < length; at += BLOCK_CHARS) {
		size_t part = length - at < BLOCK_CHARS ? length - at : BLOCK_CHARS;
		int bytes = EVP_DecodeBlock(block, (const unsigned char *)text + at, (int)part);

		if (bytes < 0)
			return -1;
		if (at + part == length)
			bytes -= (int)padding;
		if (buffer_append(out, block, (size_t)bytes) < 0)
			return -1;
	}
	return 0;
}
