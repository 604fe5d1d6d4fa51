/* What the two halves of the TOML reader share: toml_read.c for tables and keys, toml_scan.c for the values in them.
 * Not for use outside. */
#ifndef RECONCILE_CODEC_TOML_SCAN_H
#define RECONCILE_CODEC_TOML_SCAN_H

#include "codec/toml.h"

#include "base/buffer.h"

#include <stdbool.h>

struct toml_scanner {
	const char *start, *at, *end; /* at == end reads as '\0', which TOML does not allow inside */
	struct error *err;
};

static inline char toml_peek(const struct toml_scanner *scanner)
{
	return scanner->at < scanner->end ? *scanner->at : '\0';
}

/* Sets the error at `at`; returns -1. */
int toml_fail(const struct toml_scanner *scanner, const char *at, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Refuses broken UTF-8, control characters and lone carriage returns, in comments too. */
int toml_check_text(const struct toml_scanner *scanner);
/* Reads a string of any of the four forms at a quote; keys may not be multi-line. */
int toml_scan_string(struct toml_scanner *scanner, bool may_be_multiline, struct buffer *out);
/* Reads a number, true, false, a date or a time. */
int toml_scan_word(struct toml_scanner *scanner, cJSON **ret_value);

#endif
