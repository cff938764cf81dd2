/*
 * 10_block.c - seal a message for two keys, and open it with one of them
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Shows: an encryption block, which any CMS tool opens (openssl cms); in
 * pieces of 64 bytes, as a device with little memory has them; and that
 * nothing is used before the end has been reached.
 * What to copy: the two loops. Faked: both keys are the demo key.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "demo_key.h"
#include "seamkey.h"

#define PIECE 64

static const char text[] = "Pump 3 is to be stopped at noon, says the shift.";

/* Seal text into block, piece by piece. Returns its length, 0 on error. */
static size_t
seal(const seamkey_rsa_env *env, seamkey_block_recipient *to, size_t count,
	unsigned char *block, size_t cap)
{
	static seamkey_block_sealer s;
	const unsigned char *in = (const unsigned char *)text;
	size_t left = sizeof text, len = 0, used, got;
	int status = seamkey_block_seal_begin(
		&s, env, SEAMKEY_BLOCK_AES_256_GCM, to, count, left);

	while (status >= 0 && cap - len >= PIECE) {
		status = seamkey_block_seal_push(
			&s, in, left, &used, block + len, PIECE, &got);
		in += used;
		left -= used;
		len += got;
		if (status == SEAMKEY_OK) {
			return len;
		}
	}
	printf("sealing: %s\n", seamkey_text(status));
	return 0;
}

/* Open it into out. Returns a status: before it is SEAMKEY_OK, what stands
 * in out is what an attacker wants to stand there. */
static int
open_block(const seamkey_block_key *key, const unsigned char *block, size_t len,
	unsigned char *out, size_t cap)
{
	static seamkey_block_opener o;
	size_t at = 0, used, got;
	int status = SEAMKEY_AGAIN;

	seamkey_block_open_begin(&o, NULL, 0, key, 1);
	while (status == SEAMKEY_AGAIN && len != 0) {
		status = seamkey_block_open_push(&o, block,
			len < PIECE ? len : PIECE, &used, out + at, cap - at,
			&got);
		block += used;
		len -= used;
		at += got;
	}
	return status;
}

int
main(void)
{
	static unsigned char block[2048], out[sizeof text];
	static br_hmac_drbg_context drbg;
	static seamkey_rsa_env env;
	static seamkey_block_recipient to[2];
	static seamkey_block_key key;
	size_t len;
	int status = seamkey_random_init(&env.random, &drbg);

	if (status != SEAMKEY_OK) {
		printf("randomness: %s\n", seamkey_text(status));
		return 1;
	}
	to[0].key = to[1].key =
		seamkey_span_of(demo_public_key, sizeof demo_public_key);
	to[1].id = seamkey_span_of("archive", 7); /* by another name */
	to[1].padding = SEAMKEY_BLOCK_OAEP;
	len = seal(&env, to, 2, block, sizeof block);
	key.key = seamkey_span_of(demo_private_key, sizeof demo_private_key);
	key.id = seamkey_span_of("archive", 7);
	status = open_block(&key, block, len, out, sizeof out);
	if (status != SEAMKEY_OK || memcmp(out, text, sizeof text) != 0) {
		printf("opening: %s\n", seamkey_text(status));
		return 1;
	}
	block[len - 1] ^= 1;
	status = open_block(&key, block, len, out, sizeof out);
	printf("%lu bytes opened; changed: %s\n", (unsigned long)len,
		seamkey_text(status));
	return status != SEAMKEY_ERR_BLOCK_OPEN;
}
