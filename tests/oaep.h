/*
 * oaep.h - the blocks of OAEP, made and opened by the book
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * RFC 8017 section 7.1 with SHA-256 and the empty label, written down a
 * second time, step by step and with branches, to make blocks that no
 * service makes, and to tell what a service has to find in one.
 */
#ifndef SEAMKEY_TEST_OAEP_H
#define SEAMKEY_TEST_OAEP_H

#include <bearssl.h>
#include <string.h>

/* A block is one octet, the seed, lHash, zeros, 01, the message. */
#define OAEP_SEED     1
#define OAEP_HASH     33
#define OAEP_PADDING  65
#define OAEP_OVERHEAD 66

/* x ^= MGF1(seed) */
static inline void
oaep_mask(unsigned char *x, size_t len, const unsigned char *seed,
	size_t seed_len)
{
	br_sha256_context sha;
	unsigned char block[32], count[4] = { 0, 0, 0, 0 };
	size_t u;

	for (u = 0; u < len; u++) {
		if (u % 32 == 0) {
			count[3] = (unsigned char)(u / 32);
			br_sha256_init(&sha);
			br_sha256_update(&sha, seed, seed_len);
			br_sha256_update(&sha, count, 4);
			br_sha256_out(&sha, block);
		}
		x[u] = (unsigned char)(x[u] ^ block[u % 32]);
	}
}

/* The block of k octets around a message, with no masks on. */
static inline void
oaep_make(unsigned char *em, size_t k, const void *msg, size_t len)
{
	br_sha256_context sha;

	memset(em, 0, k);
	memset(em + OAEP_SEED, 0x5E, 32);
	br_sha256_init(&sha);
	br_sha256_out(&sha, em + OAEP_HASH);
	em[k - len - 1] = 1;
	if (len != 0) {
		memcpy(em + k - len, msg, len);
	}
}

/* Put the masks on, and take them off. */
static inline void
oaep_close(unsigned char *em, size_t k)
{
	oaep_mask(em + 33, k - 33, em + 1, 32);
	oaep_mask(em + 1, 32, em + 33, k - 33);
}

static inline void
oaep_open(unsigned char *em, size_t k)
{
	oaep_mask(em + 1, 32, em + 33, k - 33);
	oaep_mask(em + 33, k - 33, em + 1, 32);
}

/* Where the message begins in a block without masks, or 0: there is none. */
static inline size_t
oaep_find(const unsigned char *em, size_t k)
{
	br_sha256_context sha;
	unsigned char hash[32];
	size_t at = OAEP_PADDING;

	br_sha256_init(&sha);
	br_sha256_out(&sha, hash);
	if (em[0] != 0 || memcmp(em + OAEP_HASH, hash, 32) != 0) {
		return 0;
	}
	while (at < k && em[at] == 0) {
		at++;
	}
	return at < k && em[at] == 1 ? at + 1 : 0;
}

#endif
