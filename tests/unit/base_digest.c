/* SHA-256, HMAC and base64 against the vectors of their standards. */
#include "base/digest.h"

#include "base/buffer.h"
#include "base/count.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

/* FIPS 180-4 examples, as NIST publishes them. */
static void test_sha256(void **state)
{
	static const struct {
		const char *text, *hex;
	} rows[] = {
		{"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
		{"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		 "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char hex[DIGEST_HEX];

		digest_hex(rows[i].text, strlen(rows[i].text), hex);
		assert_string_equal(hex, rows[i].hex);
	}
	char hex[DIGEST_HEX];
	digest_hex(NULL, 0, hex);
	assert_string_equal(hex, rows[0].hex);
}

/* RFC 4231, test cases 2 and 6 (a key longer than a block). */
static void test_hmac(void **state)
{
	static const char text[] = "Test Using Larger Than Block-Size Key - Hash Key First";
	char hex[DIGEST_HEX], key[131];

	(void)state;
	digest_hmac_hex("Jefe", 4, "what do ya want for nothing?", 28, hex);
	assert_string_equal(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, sizeof(key));
	digest_hmac_hex(key, sizeof(key), text, sizeof(text) - 1, hex);
	assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
	digest_hmac_hex(NULL, 0, NULL, 0, hex);
	assert_string_equal(hex, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

/* RFC 4648, section 10. */
static void test_base64(void **state)
{
	static const struct {
		const char *text, *encoded;
	} rows[] = {{"", ""},
		    {"f", "Zg=="},
		    {"fo", "Zm8="},
		    {"foo", "Zm9v"},
		    {"foob", "Zm9vYg=="},
		    {"fooba", "Zm9vYmE="},
		    {"foobar", "Zm9vYmFy"},
		    {"\xfb\xff\xbf", "+/+/"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_TEXT struct text encoded = TEXT_INIT;
		CLEANUP_BUFFER struct buffer decoded = BUFFER_INIT(100);

		base64_encode(&encoded, rows[i].text, strlen(rows[i].text));
		assert_string_equal(text_string(&encoded), rows[i].encoded);
		assert_int_equal(base64_decode(&decoded, rows[i].encoded), 0);
		assert_string_equal(buffer_text(&decoded), rows[i].text);
	}
}

static void test_base64_of_every_length(void **state)
{
	unsigned char bytes[300];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (unsigned char)(i * 7);
	for (size_t length = 0; length <= sizeof(bytes); length++) {
		CLEANUP_TEXT struct text encoded = TEXT_INIT;
		CLEANUP_BUFFER struct buffer decoded = BUFFER_INIT(1000);

		base64_encode(&encoded, bytes, length);
		assert_int_equal(encoded.length, (length + 2) / 3 * 4);
		assert_int_equal(base64_decode(&decoded, text_string(&encoded)), 0);
		assert_int_equal(decoded.length, length);
		if (length > 0)
			assert_memory_equal(decoded.data, bytes, length);
	}
}

static void test_not_base64(void **state)
{
	static const char *const rows[] = {"Z",	    "Zg",	"Zg=",	"Zg===",    "=Zg=", "Z===", "Zm9v\n",
					   " Zm9v", "Zm9-Zm9v", "Zm_v", "Zg==Zg==", "====", "Zm9vé"};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		CLEANUP_BUFFER struct buffer decoded = BUFFER_INIT(100);

		assert_int_equal(base64_decode(&decoded, rows[i]), -1);
	}
	CLEANUP_BUFFER struct buffer small = BUFFER_INIT(2);
	assert_int_equal(base64_decode(&small, "Zm9v"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256),	   cmocka_unit_test(test_hmac),
		cmocka_unit_test(test_base64),	   cmocka_unit_test(test_base64_of_every_length),
		cmocka_unit_test(test_not_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
