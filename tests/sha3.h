/*
 * sha3.h - the hash functions that BearSSL has no class for, for tests
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * SHA-3 (FIPS 202) and SHA-512/224, SHA-512/256 (FIPS 180-4 section 5.3.6),
 * one call for a whole message; and test_hash(), which does every function
 * of enum seamkey_hash. Small and slow: seamkey takes digests and hashes
 * nothing but with the classes it is given.
 */
#ifndef SEAMKEY_SHA3_H
#define SEAMKEY_SHA3_H

#include <bearssl.h>
#include <stdint.h>
#include <string.h>

#include "seamkey_der.h"

static inline uint64_t
sha3_rotate(uint64_t x, unsigned n)
{
	return n == 0 ? x : x << n | x >> (64 - n);
}

/* The steps theta, rho, pi and chi; FIPS 202 section 3.2. */
static inline void
sha3_round(uint64_t a[25])
{
	uint64_t c[5], b[25], d;
	unsigned x, y, t, shift = 0;

	for (x = 0; x < 5; x++) {
		c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
	}
	for (x = 0; x < 5; x++) {
		d = c[(x + 4) % 5] ^ sha3_rotate(c[(x + 1) % 5], 1);
		for (y = 0; y < 25; y += 5) {
			a[x + y] ^= d;
		}
	}
	b[0] = a[0];
	x = 1;
	y = 0;
	for (t = 1; t <= 24; t++) {
		shift = (shift + t) % 64;
		/* lane (x, y) goes to (y, 2x + 3y) */
		b[y + 5 * ((2 * x + 3 * y) % 5)] =
			sha3_rotate(a[x + 5 * y], shift);
		d = y;
		y = (2 * x + 3 * y) % 5;
		x = (unsigned)d;
	}
	for (y = 0; y < 25; y += 5) {
		for (x = 0; x < 5; x++) {
			a[y + x] = b[y + x]
				^ (~b[y + (x + 1) % 5] & b[y + (x + 2) % 5]);
		}
	}
}

/* Keccak-f[1600]. The constants of iota come from the shift register of
 * FIPS 202 section 3.2.5, algorithm 5. */
static inline void
sha3_permute(uint64_t a[25])
{
	unsigned round, j, lfsr = 1;

	for (round = 0; round < 24; round++) {
		sha3_round(a);
		for (j = 0; j <= 6; j++) {
			if (lfsr & 1) {
				a[0] ^= (uint64_t)1 << ((1u << j) - 1);
			}
			lfsr <<= 1;
			if (lfsr & 0x100) {
				lfsr ^= 0x171;
			}
		}
	}
}

/* size: 28, 32, 48 or 64 bytes of digest. */
static inline void
sha3(unsigned char *out, size_t size, const unsigned char *msg, size_t len)
{
	uint64_t a[25];
	size_t rate = 200 - 2 * size, at = 0, u;

	memset(a, 0, sizeof a);
	for (u = 0; u < len; u++) {
		a[at / 8] ^= (uint64_t)msg[u] << 8 * (at % 8);
		if (++at == rate) {
			sha3_permute(a);
			at = 0;
		}
	}
	a[at / 8] ^= (uint64_t)0x06 << 8 * (at % 8);
	a[(rate - 1) / 8] ^= (uint64_t)0x80 << 8 * ((rate - 1) % 8);
	sha3_permute(a);
	for (u = 0; u < size; u++) { /* size < rate for all four */
		out[u] = (unsigned char)(a[u / 8] >> 8 * (u % 8));
	}
}

/* SHA-512 from another initial value; size: 28 or 32. */
static inline void
sha512_t(unsigned char *out, size_t size, const unsigned char *msg, size_t len)
{
	const char *name = size == 28 ? "SHA-512/224" : "SHA-512/256";
	unsigned char state[64];
	br_sha512_context ctx;
	size_t u;

	br_sha512_init(&ctx);
	(void)br_sha512_state(&ctx, state);
	for (u = 0; u < sizeof state; u++) {
		state[u] ^= 0xA5;
	}
	br_sha512_set_state(&ctx, state, 0);
	br_sha512_update(&ctx, name, strlen(name));
	br_sha512_out(&ctx, state);

	br_sha512_set_state(&ctx, state, 0);
	br_sha512_update(&ctx, msg, len);
	br_sha512_out(&ctx, state);
	memcpy(out, state, size);
}

/* BearSSL's class of a function, or NULL. */
static inline const br_hash_class *
test_hash_class(int hash)
{
	switch (hash) {
	case SEAMKEY_MD5:
		return &br_md5_vtable;
	case SEAMKEY_SHA1:
		return &br_sha1_vtable;
	case SEAMKEY_SHA224:
		return &br_sha224_vtable;
	case SEAMKEY_SHA256:
		return &br_sha256_vtable;
	case SEAMKEY_SHA384:
		return &br_sha384_vtable;
	case SEAMKEY_SHA512:
		return &br_sha512_vtable;
	default:
		return NULL;
	}
}

/* out: 64 bytes, of which seamkey_der_hash_size(hash) are written. */
static inline void
test_hash(unsigned char *out, int hash, seamkey_span msg)
{
	const br_hash_class *class = test_hash_class(hash);
	size_t size = seamkey_der_hash_size(hash);
	br_hash_compat_context ctx;

	if (class != NULL) {
		class->init(&ctx.vtable);
		class->update(&ctx.vtable, msg.p, msg.len);
		class->out(&ctx.vtable, out);
	} else if (hash >= SEAMKEY_SHA3_224) {
		sha3(out, size, msg.p, msg.len);
	} else {
		sha512_t(out, size, msg.p, msg.len);
	}
}

/* The function with this name, such as "SHA-512/256"; 0 if there is none.
 * The names are those of the vectors and of the line protocol. */
static inline int
test_hash_named(const void *name, size_t len)
{
	static const char *const names[] = { "MD5", "SHA-1", "SHA-224",
		"SHA-256", "SHA-384", "SHA-512", "SHA-512/224", "SHA-512/256",
		"SHA3-224", "SHA3-256", "SHA3-384", "SHA3-512" };
	int hash;

	for (hash = SEAMKEY_MD5; hash <= SEAMKEY_SHA3_512; hash++) {
		if (strlen(names[hash - 1]) == len
			&& memcmp(names[hash - 1], name, len) == 0) {
			return hash;
		}
	}
	return 0;
}

#endif
