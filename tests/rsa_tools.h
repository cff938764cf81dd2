/*
 * rsa_tools.h - the test keys in a table, and what several tests do to them
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_RSA_TOOLS_H
#define SEAMKEY_RSA_TOOLS_H

#include "seamkey.h"

#include "keys.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A span over an array, and over a string literal without its end. */
#define SPAN(array)  seamkey_span_of((array), sizeof(array))
#define BYTES(chars) seamkey_span_of("" chars, sizeof(chars) - 1)

/* The longest modulus of the table, the longest SubjectPublicKeyInfo. */
#define KEY_BYTES    512
#define PUBLIC_BYTES 600

/* clang-format off */
static const struct rsa_key {
	const char *name;
	const unsigned char *der; /* PrivateKeyInfo */
	size_t len;
	const unsigned char *sig; /* SHA-256 of the signature over "seamkey" */
	size_t k;                 /* octets of the modulus */
} rsa_keys[] = {
	{ "1024", key_1024, sizeof key_1024, sig_1024, 128 },
	{ "1031", key_1031, sizeof key_1031, sig_1031, 129 },
	{ "2048", key_2048, sizeof key_2048, sig_2048, 256 },
	{ "2048, e = 3", key_2048_e3, sizeof key_2048_e3, sig_2048_e3, 256 },
	{ "2048, p < q", key_2048_swapped, sizeof key_2048_swapped,
		sig_2048, 256 },
	{ "2048, primes of 1200 and 848 bits", key_2048_unequal,
		sizeof key_2048_unequal, sig_2048_unequal, 256 },
#if SEAMKEY_RSA_MAX_BITS >= 4096
	{ "4096", key_4096, sizeof key_4096, sig_4096, 512 },
#endif
};

/* All that a native caller can loosen. */
static const seamkey_rsa_policy loose = {
	1024, 1024, 3, 3, (2u << SEAMKEY_SHA3_512) - 1,
	(2u << SEAMKEY_SHA3_512) - 1, 0
};
/* clang-format on */

/* The generator of one test: always the same bytes. */
static inline seamkey_random
known_random(br_hmac_drbg_context *drbg)
{
	br_hmac_drbg_init(drbg, &br_sha256_vtable, "seamkey", 7);
	return seamkey_random_bearssl(&drbg->vtable);
}

/* The environment of most tests: loose, with known random bytes. */
static inline seamkey_rsa_env
loose_env(br_hmac_drbg_context *drbg)
{
	seamkey_rsa_env env;

	memset(&env, 0, sizeof env);
	env.policy = loose;
	env.random = known_random(drbg);
	return env;
}

/* The numbers of a test key; they must be there. */
static inline seamkey_der_rsa_private
numbers_of(seamkey_span key)
{
	seamkey_der_rsa_private priv;

	memset(&priv, 0, sizeof priv);
	CHECK_INT(
		seamkey_der_decode_rsa_private_info(&priv, key, 0), SEAMKEY_OK);
	return priv;
}

/* The SubjectPublicKeyInfo of a private key, in PUBLIC_BYTES at buf. */
static inline seamkey_span
public_of(seamkey_span key, unsigned char *buf)
{
	seamkey_der_rsa_private priv = numbers_of(key);
	seamkey_der_rsa_public pub;
	size_t len = 0;

	pub.n = priv.n;
	pub.e = priv.e;
	CHECK_INT(seamkey_der_encode_rsa_public_info(
			  buf, PUBLIC_BYTES, &len, &pub),
		SEAMKEY_OK);
	return seamkey_span_of(buf, len);
}

/*
 * out = in^e mod n or in^d mod n with no padding at all, through the ready
 * driver: the way to make blocks that no service makes. As long as n.
 */
static inline void
raw(int kind, unsigned char *out, const unsigned char *in, size_t k,
	seamkey_span key)
{
	seamkey_rsa_bearssl dev;
	seamkey_req req;
	seamkey_op op;

	dev.private_op = br_rsa_private_get_default();
	dev.public_op = br_rsa_public_get_default();
	memset(&req, 0, sizeof req);
	memset(&op, 0, sizeof op);
	req.kind = kind;
	req.key = key;
	req.in = seamkey_span_of(in, k);
	req.out = out;
	req.out_cap = k;
	CHECK_INT(seamkey_rsa_driver_bearssl()->begin(&dev, &op, &req),
		SEAMKEY_OK);
	CHECK_INT(op.out_len, k);
}

/* SHA-256 of data is want. */
static inline void
check_sha256(seamkey_span data, const unsigned char *want)
{
	br_sha256_context sha;
	unsigned char got[32];

	br_sha256_init(&sha);
	br_sha256_update(&sha, data.p, data.len);
	br_sha256_out(&sha, got);
	CHECK_MEM(got, want, sizeof got);
}

/* status, where a modulus of so many bits is short enough for it. */
static inline int
unless_long(size_t bits, int status)
{
	return bits > SEAMKEY_RSA_MAX_BITS ? SEAMKEY_ERR_KEY_MODULUS_LONG
					   : status;
}

/* A canary: bytes that a function has to leave alone. */
#define CANARY 0xA5

/* 1 if all len bytes at p are value. */
static inline int
all_are(const void *p, int value, size_t len)
{
	const unsigned char *v = (const unsigned char *)p;
	size_t u;

	for (u = 0; u < len; u++) {
		if (v[u] != value) {
			return 0;
		}
	}
	return 1;
}

/* A DigestInfo in SEAMKEY_DER_MAX_DIGEST_INFO bytes at buf. */
static inline seamkey_span
digest_info_of(int hash, seamkey_span digest, unsigned char *buf)
{
	seamkey_der_digest_info info;
	size_t len = 0;

	info.hash = hash;
	info.digest = digest;
	CHECK_INT(seamkey_der_encode_digest_info(
			  buf, SEAMKEY_DER_MAX_DIGEST_INFO, &len, &info),
		SEAMKEY_OK);
	return seamkey_span_of(buf, len);
}

#endif
