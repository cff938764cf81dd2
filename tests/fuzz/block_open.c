/*
 * block_open.c - fuzz target: open whatever arrives as an encryption block
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet for the leniencies, one for the size of the pieces and,
 * in its low bits, for the room of what comes out, and a block. It is opened
 * at once and in pieces: the same status, the same message; on an error the
 * one form gives zeros, and no more than it has room for. What opens without
 * BER is one element. With the key alone, and no name for it: the same
 * message, or an error that says why not.
 */
#include <bearssl.h>

#include "seamkey_block.h"

#include "fuzz.h"

#include "../keys.h"

#define ROOM 16384

static seamkey_rsa_env env;
static seamkey_block_key own;

static int
open_pieces(seamkey_span in, unsigned lenient, size_t piece, unsigned char *out,
	size_t *len)
{
	static seamkey_block_opener o;
	size_t used, got, n, room = 1 + (piece & 31);
	int status = SEAMKEY_AGAIN;

	*len = 0;
	seamkey_block_open_begin(&o, &env, lenient, &own, 1);
	while (status == SEAMKEY_AGAIN) {
		n = in.len < piece ? in.len : piece;
		status = seamkey_block_open_push(
			&o, in.p, n, &used, out + *len, room, &got);
		CHECK(used <= n && got <= room);
		*len += got;
		in.p += used;
		in.len -= used;
		if (status == SEAMKEY_AGAIN && in.len == 0 && got == 0
			&& used == 0) {
			status = SEAMKEY_ERR_DER_TRUNCATED;
		}
	}
	if (status == SEAMKEY_OK && in.len != 0) {
		status = SEAMKEY_ERR_DER_TRAILING;
	}
	seamkey_block_open_wipe(&o);
	return status;
}

static void
check_zeros(const unsigned char *p, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		CHECK(p[u] == 0 || p[u] == FUZZ_FILL);
	}
}

/* By key alone; whole: what opening by name gave. What comes first of
 * several entries for the key may be another one, which does not open. */
static void
check_any(seamkey_span in, unsigned lenient, const unsigned char *whole,
	size_t whole_len)
{
	static unsigned char work[ROOM], out[ROOM];
	size_t len = 0;
	int status;

	memset(out, FUZZ_FILL, sizeof out);
	status = seamkey_block_open_any(&env, lenient, own.key, in, work,
		sizeof work, out, in.len, &len);
	if (status == SEAMKEY_OK) {
		CHECK(whole_len == 0
			|| (len == whole_len && memcmp(out, whole, len) == 0));
		return;
	}
	fuzz_check_status(status);
	check_zeros(out, in.len);
	CHECK(len == 0);
}

/* One element by its own length; what is passed over is not looked into. */
static int
is_one(seamkey_span in)
{
	seamkey_der_reader r;

	seamkey_der_init(&r, in);
	(void)seamkey_der_get_element(&r, SEAMKEY_DER_SEQUENCE);
	return seamkey_der_check_end(&r) == SEAMKEY_OK;
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size < 2 ? size : 2;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const unsigned leniencies[4] = { SEAMKEY_BLOCK_CBC,
		SEAMKEY_BLOCK_DES, SEAMKEY_BLOCK_BER, SEAMKEY_ABSENT_NULL };
	static unsigned char whole[ROOM], pieces[ROOM];
	size_t whole_len = 0, pieces_len = 0, piece, u;
	unsigned lenient = 0;
	seamkey_span in;
	unsigned char *copy;
	int status;

	if (size < 2 || size > ROOM - 64) {
		return 0;
	}
	for (u = 0; u < 4; u++) {
		lenient |= (data[0] >> u & 1) != 0 ? leniencies[u] : 0;
	}
	piece = 1 + (size_t)data[1];
	env.policy.min_bits = 1024;
	own.key = seamkey_span_of(key_1024, sizeof key_1024);
	copy = fuzz_copy(data + 2, size - 2);
	in = seamkey_span_of(copy, size - 2);
	memset(whole, FUZZ_FILL, sizeof whole);
	status = seamkey_block_open(
		&env, lenient, &own, 1, in, whole, in.len, &whole_len);
	CHECK(open_pieces(in, lenient, piece, pieces, &pieces_len) == status);
	if (status == SEAMKEY_OK) {
		CHECK(whole_len == pieces_len && whole_len < in.len);
		CHECK(memcmp(whole, pieces, whole_len) == 0);
		CHECK((lenient & SEAMKEY_BLOCK_BER) != 0 || is_one(in));
	} else {
		fuzz_check_status(status);
		check_zeros(whole, in.len);
		CHECK(whole_len == 0);
	}
	check_any(in, lenient, whole, status == SEAMKEY_OK ? whole_len : 0);
	fuzz_free(copy, size - 2);
	return 0;
}
