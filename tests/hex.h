/*
 * hex.h - test data written in hex
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_HEX_H
#define SEAMKEY_HEX_H

#include "seamkey_base.h"

#include "test.h"

static inline unsigned
hex_digit(char c)
{
	if (c >= '0' && c <= '9') {
		return (unsigned)(c - '0');
	}
	CHECK_INT(c >= 'A' && c <= 'F', 1);
	return (unsigned)(c - 'A') + 10;
}

/* The octets of "30 0A31...", to out[0..cap); spaces are passed over. */
static inline seamkey_span
unhex(const char *hex, unsigned char *out, size_t cap)
{
	size_t n = 0;

	for (; *hex != 0; hex += 2) {
		while (*hex == ' ') {
			hex++;
		}
		if (*hex == 0 || hex[1] == 0 || n == cap) {
			CHECK_INT(*hex, 0);
			break;
		}
		out[n++] = (unsigned char)(hex_digit(hex[0]) << 4
			| hex_digit(hex[1]));
	}
	return seamkey_span_of(out, n);
}

#endif
