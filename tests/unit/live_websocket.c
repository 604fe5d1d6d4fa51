/* Frames of websockets, as a client reads and writes them. The bytes are those of RFC 6455, 5.7. */
#include "live/kube/websocket.h"

#include "base/count.h"
#include "base/text_buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

enum { CAP = 70000 };

static int note(void *context, const void *data, size_t length, struct error *err)
{
	struct text *seen = context;

	(void)err;
	text_append(seen, data, length);
	text_puts(seen, "|");
	return 0;
}

#define BYTES(text) (text), sizeof(text) - 1

static void test_feed(void **state)
{
	static const struct row {
		const char *bytes;
		size_t length;
		const char *seen; /* messages, each with "|"; NULL: refused */
		bool closed;
	} rows[] = {
		{BYTES("\x81\x05Hello"), "Hello|", false},
		{BYTES("\x82\x03\x01"
		       "ab\x82\x00"),
		 "\x01"
		 "ab||",
		 false},
		{BYTES("\x01\x03Hel\x80\x02lo"), "Hello|", false},
		{BYTES("\x02\x03Hel\x89\x01x\x00\x01l\x80\x01o"), "Hello|", false},
		{BYTES("\x82\x7e\x00\x05Hello"), "Hello|", false},
		{BYTES("\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x02hi"), "hi|", false},
		{BYTES("\x81\x01"
		       "a\x88\x02\x03\xe8\x81\x01"
		       "b"),
		 "a|", true},
		{BYTES("\x88\x00"), "", true},
		{BYTES("\x8a\x00\x81\x05Hel"), "", false},
		{BYTES("\x88\x01\x03"), NULL, false},
		{BYTES("\xc1\x05Hello"), NULL, false},				      /* an extension's bit */
		{BYTES("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), NULL, false}, /* masked */
		{BYTES("\x80\x01"
		       "a"),
		 NULL, false}, /* goes on from nothing */
		{BYTES("\x01\x01"
		       "a\x81\x01"
		       "b"),
		 NULL, false},				/* begins within another */
		{BYTES("\x09\x00"), NULL, false},	/* a ping in pieces */
		{BYTES("\x89\x7e\x00\x7e"), "", false}, /* not whole yet */
		{BYTES("\x83\x00"), NULL, false},	/* reserved opcodes */
		{BYTES("\x8b\x00"), NULL, false},
		{BYTES("\x82\x7f\x00\x00\x00\x00\x00\x10\x00\x00"), NULL, false}, /* over the cap */
		{BYTES("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff"), NULL, false},
	};

	(void)state;
	/* However they are cut. */
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t piece = 1; piece <= rows[i].length; piece++) {
			CLEANUP_TEXT struct text seen = TEXT_INIT;
			CLEANUP_BUFFER struct buffer up = BUFFER_INIT(CAP);
			struct websocket socket = {.cap = CAP, .up = &up, .on_message = note, .context = &seen};
			struct error err = ERROR_INIT;
			int result = 0;

			for (size_t at = 0; at < rows[i].length && result == 0; at += piece) {
				size_t rest = rows[i].length - at;
				result = websocket_feed(&socket, rows[i].bytes + at, rest < piece ? rest : piece, &err);
			}
			assert_int_equal(result, rows[i].seen ? 0 : -1);
			if (rows[i].seen) {
				assert_string_equal(text_string(&seen), rows[i].seen);
				assert_int_equal(socket.closed, rows[i].closed);
			} else {
				assert_int_equal(err.kind, ERROR_CORRUPT);
			}
			websocket_done(&socket);
		}
}

/* A message of pieces that are each small. */
static void test_cap(void **state)
{
	CLEANUP_TEXT struct text seen = TEXT_INIT;
	CLEANUP_BUFFER struct buffer up = BUFFER_INIT(CAP);
	struct websocket socket = {.cap = 8, .up = &up, .on_message = note, .context = &seen};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(websocket_feed(&socket, BYTES("\x02\x05Hello\x00\x03you"), &err), 0);
	assert_int_equal(websocket_feed(&socket, BYTES("\x00\x01!"), &err), -1);
	websocket_done(&socket);
}

/* What a server would make of it. */
static void unmask(struct buffer *up, unsigned *ret_first, struct text *ret_data)
{
	unsigned char *at = (unsigned char *)up->data;
	size_t length = at[1] & 0x7F, head = 2;

	assert_true(at[1] & 0x80);
	if (length == 126) {
		length = (size_t)at[2] << 8 | at[3];
		head = 4;
	} else if (length == 127) {
		length = 0;
		for (size_t i = 2; i < 10; i++)
			length = length << 8 | at[i];
		head = 10;
	}
	assert_int_equal(up->length, head + 4 + length);
	*ret_first = at[0];
	for (size_t i = 0; i < length; i++) {
		unsigned char byte = at[head + 4 + i] ^ at[head + i % 4];

		text_append(ret_data, &byte, 1);
	}
}

static void test_send(void **state)
{
	static const size_t lengths[] = {0, 1, 124, 125, 126, 1000, 65534, 65535, 65536, 69000};
	static char data[CAP];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		CLEANUP_TEXT struct text seen = TEXT_INIT;
		CLEANUP_BUFFER struct buffer up = BUFFER_INIT(CAP);
		unsigned first;

		assert_int_equal(websocket_send(&up, WEBSOCKET_BINARY, 1, data, lengths[i]), 0);
		unmask(&up, &first, &seen);
		assert_int_equal(first, 0x82);
		assert_int_equal(seen.length, lengths[i] + 1);
		assert_int_equal(seen.data[0], 1);
		assert_memory_equal(seen.data + 1, data, lengths[i]);
	}
}

static void test_answers(void **state)
{
	CLEANUP_TEXT struct text seen = TEXT_INIT, ping = TEXT_INIT, bye = TEXT_INIT;
	CLEANUP_BUFFER struct buffer up = BUFFER_INIT(CAP);
	struct websocket socket = {.cap = CAP, .up = &up, .on_message = note, .context = &seen};
	struct error err = ERROR_INIT;
	unsigned first;

	(void)state;
	assert_int_equal(websocket_feed(&socket, BYTES("\x89\x05Hello"), &err), 0);
	unmask(&up, &first, &ping);
	assert_int_equal(first, 0x8a);
	assert_string_equal(text_string(&ping), "Hello");
	buffer_clear(&up);
	assert_int_equal(websocket_feed(&socket,
					BYTES("\x88\x05\x03\xe8"
					      "bye"),
					&err),
			 0);
	unmask(&up, &first, &bye);
	assert_int_equal(first, 0x88);
	assert_int_equal(bye.length, 2);
	assert_int_equal(socket.close_code, WEBSOCKET_NORMAL);
	websocket_done(&socket);
}

/* One that pings and takes no answer. */
static void test_full(void **state)
{
	CLEANUP_TEXT struct text seen = TEXT_INIT;
	CLEANUP_BUFFER struct buffer up = BUFFER_INIT(16);
	struct websocket socket = {.cap = CAP, .up = &up, .on_message = note, .context = &seen};
	struct error err = ERROR_INIT;

	(void)state;
	assert_int_equal(websocket_feed(&socket, BYTES("\x89\x05Hello"), &err), 0);
	assert_int_equal(websocket_feed(&socket, BYTES("\x89\x05Hello"), &err), -1);
	assert_int_equal(up.length, 11);
	websocket_done(&socket);
}

static void test_accept(void **state)
{
	char key[WEBSOCKET_KEY], other[WEBSOCKET_KEY];

	(void)state;
	assert_true(websocket_accepts("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
	assert_false(websocket_accepts("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOO="));
	assert_false(websocket_accepts("dGhlIHNhbXBsZSBub25jZQ==", NULL));
	websocket_key(key);
	websocket_key(other);
	assert_int_equal(strlen(key), WEBSOCKET_KEY - 1);
	assert_string_not_equal(key, other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_feed),	cmocka_unit_test(test_cap),  cmocka_unit_test(test_send),
		cmocka_unit_test(test_answers), cmocka_unit_test(test_full), cmocka_unit_test(test_accept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
