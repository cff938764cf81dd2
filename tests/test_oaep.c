/*
 * test_oaep.c - encrypt and decrypt with OAEP in software
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Over engines: test_rsa_engine.c.
 */
#include <stdio.h>

#include "oaep.h"
#include "rsa_tools.h"

#include "bignum.h"
#include "stack_scan.h"

/* Output buffers have room behind them for a canary. */
#define ROOM (KEY_BYTES + 8)
#define WANT 16

static unsigned char public_buf[PUBLIC_BYTES];
static br_hmac_drbg_context drbg;

static seamkey_span
key_span(size_t row)
{
	return seamkey_span_of(rsa_keys[row].der, rsa_keys[row].len);
}

/* The bytes of a span at to; how many they are. */
static size_t
put(unsigned char *to, seamkey_span from)
{
	if (from.p != NULL) {
		memcpy(to, from.p, from.len);
	}
	return from.len;
}

/* ---- what has to come of a bad ciphertext -------------------------------- */

static void
hmac_of(unsigned char *out, const unsigned char *secret, seamkey_span data)
{
	br_hmac_key_context key;
	br_hmac_context hmac;

	br_hmac_key_init(&key, &br_sha256_vtable, secret, 32);
	br_hmac_init(&hmac, &key, 0);
	br_hmac_update(&hmac, data.p, data.len);
	br_hmac_out(&hmac, out);
}

/* By docs/SPEC.md, "Synthetic messages". */
static void
synthetic(unsigned char *out, size_t len, seamkey_span ct, seamkey_span key)
{
	seamkey_der_rsa_private priv = numbers_of(key);
	unsigned char d[KEY_BYTES], secret[32], block[32];
	unsigned char input[10] = "..oaep";
	br_sha256_context sha;
	size_t u;

	memset(d, 0, sizeof d);
	(void)put(d + priv.n.len - priv.d.len, priv.d);
	br_sha256_init(&sha);
	br_sha256_update(&sha, d, priv.n.len);
	br_sha256_out(&sha, secret);
	hmac_of(secret, secret, ct);
	input[6] = (unsigned char)(len >> 8);
	input[7] = (unsigned char)len;
	input[8] = (unsigned char)(len >> 5);
	input[9] = (unsigned char)(len << 3);
	for (u = 0; u < len; u++) {
		if (u % 32 == 0) {
			input[0] = 0;
			input[1] = (unsigned char)(u / 32);
			hmac_of(block, secret, SPAN(input));
		}
		out[u] = block[u % 32];
	}
}

/* Decrypt, and see that it is the synthetic message, every time. */
static void
check_rejected(seamkey_span ct, seamkey_span key, size_t len)
{
	unsigned char out[ROOM], want[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	int i;

	synthetic(want, len, ct, key);
	for (i = 0; i < 2; i++) {
		memset(out, CANARY, sizeof out);
		CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, len, ct, key),
			SEAMKEY_OK);
		CHECK_MEM(out, want, len);
		CHECK_INT(all_are(out + len, CANARY, sizeof out - len), 1);
	}
}

/* ---- round trips --------------------------------------------------------- */

static void
check_round_trip(seamkey_span key, seamkey_span pub, size_t k, size_t len)
{
	unsigned char ct[ROOM], out[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span msg = seamkey_span_of(key_4096 + len, len);
	size_t ct_len = 12345;

	memset(ct, CANARY, sizeof ct);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, ct, sizeof ct, &ct_len, msg, pub),
		SEAMKEY_OK);
	CHECK_INT(ct_len, k);
	CHECK_INT(all_are(ct + k, CANARY, sizeof ct - k), 1);
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_decrypt_oaep(
			  &env, out, len, seamkey_span_of(ct, k), key),
		SEAMKEY_OK);
	CHECK_MEM(out, msg.p, len);
	CHECK_INT(all_are(out + len, CANARY, sizeof out - len), 1);
}

static void
oaep_every_key_and_every_length(void)
{
	unsigned char out[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	size_t u, len, ct_len, step;

	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_span pub = public_of(key_span(u), public_buf);
		size_t k = rsa_keys[u].k, most = k - OAEP_OVERHEAD;

		what = rsa_keys[u].name;
		step = u < 3 ? 1 : most; /* 1024, 1031, 2048 bits: each */
		for (len = 0; len <= most; len += step) {
			check_round_trip(key_span(u), pub, k, len);
		}
		memset(out, CANARY, sizeof out);
		ct_len = 12345;
		CHECK_INT(
			seamkey_rsa_encrypt_oaep(&env, out, sizeof out, &ct_len,
				seamkey_span_of(key_4096, most + 1), pub),
			SEAMKEY_ERR_RSA_MESSAGE);
		CHECK_INT(ct_len, 12345);
		CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, most + 1,
				  seamkey_span_of(key_4096, k), key_span(u)),
			SEAMKEY_ERR_RSA_MESSAGE);
		CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	}
}

/* BearSSL has the same thing, and reads and writes what is here. */
static void
oaep_is_that_of_bearssl(void)
{
	unsigned char n[256], e[8], p[128], q[128], dp[128], dq[128], iq[128];
	unsigned char ct[256], out[256];
	seamkey_der_rsa_private key = numbers_of(SPAN(key_2048));
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048), public_buf);
	br_rsa_private_key sk;
	br_rsa_public_key pk;
	size_t len;

	pk.n = n;
	pk.nlen = put(n, key.n);
	pk.e = e;
	pk.elen = put(e, key.e);
	sk.p = p;
	sk.plen = put(p, key.p);
	sk.q = q;
	sk.qlen = put(q, key.q);
	sk.dp = dp;
	sk.dplen = put(dp, key.dp);
	sk.dq = dq;
	sk.dqlen = put(dq, key.dq);
	sk.iq = iq;
	sk.iqlen = put(iq, key.qinv);
	sk.n_bitlen = 2048;
	CHECK_INT(br_rsa_i31_oaep_encrypt(&drbg.vtable, &br_sha256_vtable, NULL,
			  0, &pk, ct, sizeof ct, "message", 7),
		256);
	CHECK_INT(seamkey_rsa_decrypt_oaep(
			  &env, out, 7, SPAN(ct), SPAN(key_2048)),
		SEAMKEY_OK);
	CHECK_MEM(out, "message", 7);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, ct, sizeof ct, &len, BYTES("other"), pub),
		SEAMKEY_OK);
	CHECK_INT(br_rsa_i31_oaep_decrypt(
			  &br_sha256_vtable, NULL, 0, &sk, ct, &len),
		1);
	CHECK_INT(len, 5);
	CHECK_MEM(ct, "other", 5);
	what = "a label that is not empty";
	CHECK_INT(br_rsa_i31_oaep_encrypt(&drbg.vtable, &br_sha256_vtable, "x",
			  1, &pk, ct, sizeof ct, "message", 7),
		256);
	check_rejected(SPAN(ct), SPAN(key_2048), 7);
	what = "another hash function";
	CHECK_INT(br_rsa_i31_oaep_encrypt(&drbg.vtable, &br_sha1_vtable, NULL,
			  0, &pk, ct, sizeof ct, "message", 7),
		256);
	check_rejected(SPAN(ct), SPAN(key_2048), 7);
}

/* ---- the source of the seed ---------------------------------------------- */

/* Gives 00 01 02 ..., or fails, or is stuck. */
enum seed {
	SEED_KNOWN,
	SEED_FAILS,
	SEED_STUCK
};

static int
fill_seed(void *ctx, unsigned char *out, size_t len)
{
	enum seed how = *(const enum seed *)ctx;
	size_t u;

	CHECK_INT(len, 32);
	for (u = 0; u < len; u++) {
		out[u] = how == SEED_STUCK ? 0x5A : (unsigned char)u;
	}
	return how == SEED_FAILS ? -1 : SEAMKEY_OK;
}

static void
oaep_block_is_that_of_the_standard(void)
{
	static const struct {
		size_t row;
		const unsigned char *hash;
	} rows[] = { { 0, oaep_block_128 }, { 1, oaep_block_129 },
		{ 2, oaep_block_256 } };
	unsigned char ct[ROOM], em[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	enum seed how = SEED_KNOWN;
	size_t u, len;

	env.random.fill = fill_seed;
	env.random.ctx = &how;
	for (u = 0; u < COUNT(rows); u++) {
		seamkey_span key = key_span(rows[u].row);
		size_t k = rsa_keys[rows[u].row].k;

		what = rsa_keys[rows[u].row].name;
		CHECK_INT(seamkey_rsa_encrypt_oaep(&env, ct, sizeof ct, &len,
				  BYTES("seamkey"), public_of(key, public_buf)),
			SEAMKEY_OK);
		raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, k, key);
		check_sha256(seamkey_span_of(em, k), rows[u].hash);
	}
}

static void
oaep_needs_a_source(void)
{
	unsigned char ct[128];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	enum seed how;
	size_t len = 12345;

	memset(ct, CANARY, sizeof ct);
	env.random.fill = fill_seed;
	env.random.ctx = &how;
	for (how = SEED_FAILS; how <= SEED_STUCK; how = (enum seed)(how + 1)) {
		CHECK_INT(seamkey_rsa_encrypt_oaep(
				  &env, ct, sizeof ct, &len, BYTES("m"), pub),
			SEAMKEY_ERR_RANDOM);
	}
	memset(&env.random, 0, sizeof env.random);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, ct, sizeof ct, &len, BYTES("m"), pub),
		SEAMKEY_ERR_RANDOM);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
}

static void
oaep_two_ciphertexts_differ(void)
{
	unsigned char one[128], two[128];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	size_t len;

	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, one, sizeof one, &len, BYTES("m"), pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, two, sizeof two, &len, BYTES("m"), pub),
		SEAMKEY_OK);
	CHECK_INT(memcmp(one, two, sizeof one) != 0, 1);
}

/* ---- implicit rejection -------------------------------------------------- */

static const unsigned char message[WANT] = { 1, 'i', 'x', 't', 'e', 'e', 'n', 0,
	'o', 'c', 't', 'e', 't', 's', '!', '!' };

/* What is done to a block of k octets around the message, at an offset
 * from its start, or, below zero, from its end. */
#define SEPARATOR (-WANT - 1)
/* clang-format off */
static const struct {
	const char *what;
	int at;
	unsigned char flip; /* these bits, before the masks are put on */
	unsigned char masked; /* and after */
} blocks[] = {
	{ "good",                              0,                 0,    0 },
	{ "good, with another seed",           OAEP_SEED,         0xFF, 0 },
	{ "first octet 01",                    0,                 1,    0 },
	{ "first octet 02",                    0,                 2,    0 },
	{ "first octet 20",                    0,                 0x20, 0 },
	{ "seed damaged, first octet",         OAEP_SEED,         0,    1 },
	{ "seed damaged, last octet",          OAEP_HASH - 1,     0,    1 },
	{ "lHash damaged, first octet",        OAEP_HASH,         1,    0 },
	{ "lHash damaged, last octet",         OAEP_PADDING - 1,  0x80, 0 },
	{ "no zero, first octet of padding",   OAEP_PADDING,      0x80, 0 },
	{ "no zero, in the middle",            OAEP_PADDING + 9,  2,    0 },
	{ "no zero, last octet of padding",    SEPARATOR - 1,     0x10, 0 },
	{ "a message of one octet more",       SEPARATOR - 1,     1,    0 },
	{ "a message of all octets",           OAEP_PADDING,      1,    0 },
	{ "a message of one octet less",       SEPARATOR,         1,    0 },
	{ "separator 02",                      SEPARATOR,         3,    0 },
	{ "separator 81",                      SEPARATOR,         0x80, 0 },
	{ "separator 11",                      SEPARATOR,         0x10, 0 },
	{ "masked lHash damaged",              OAEP_HASH,         0,    1 },
	{ "masked padding damaged",            OAEP_PADDING,      0,    4 },
	{ "masked message damaged",            -1,                0,    1 },
};
/* clang-format on */

/* The ciphertext of such a block. */
static seamkey_span
damaged(unsigned char *ct, size_t k, seamkey_span key, size_t row)
{
	unsigned char em[KEY_BYTES], buf[PUBLIC_BYTES];
	size_t at = blocks[row].at < 0 ? k - (size_t)-blocks[row].at
				       : (size_t)blocks[row].at;

	oaep_make(em, k, message, WANT);
	em[at] ^= blocks[row].flip;
	oaep_close(em, k);
	em[at] ^= blocks[row].masked;
	raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, k, public_of(key, buf));
	return seamkey_span_of(ct, k);
}

static void
oaep_bad_blocks_are_all_alike(void)
{
	unsigned char ct[KEY_BYTES], out[WANT];
	seamkey_rsa_env env = loose_env(&drbg);
	size_t u, row;

	for (u = 0; u < 3; u++) { /* 1024, 1031, 2048 bits */
		for (row = 0; row < COUNT(blocks); row++) {
			seamkey_span bad =
				damaged(ct, rsa_keys[u].k, key_span(u), row);

			what = blocks[row].what;
			if (row >= 2) {
				check_rejected(bad, key_span(u), WANT);
				continue;
			}
			CHECK_INT(seamkey_rsa_decrypt_oaep(
					  &env, out, WANT, bad, key_span(u)),
				SEAMKEY_OK);
			CHECK_MEM(out, message, WANT);
		}
	}
}

/* Blocks of one octet throughout, and one without a separator. */
static void
oaep_blocks_without_a_message(void)
{
	static const unsigned char fill[] = { 0x00, 0x01, 0x02, 0x5A };
	unsigned char em[128], ct[128];
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	size_t u, len;

	for (u = 0; u < sizeof fill; u++) {
		memset(em, fill[u], sizeof em);
		raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, sizeof em, pub);
		check_rejected(SPAN(ct), SPAN(key_1024), WANT);
		oaep_close(em, sizeof em);
		raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, sizeof em, pub);
		check_rejected(SPAN(ct), SPAN(key_1024), WANT);
	}
	what = "no separator";
	oaep_make(em, sizeof em, NULL, 0);
	em[127] = 0;
	oaep_close(em, sizeof em);
	raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, sizeof em, pub);
	for (len = 8; len <= sizeof em - OAEP_OVERHEAD; len++) {
		check_rejected(SPAN(ct), SPAN(key_1024), len);
	}
}

static void
oaep_every_other_length_is_bad(void)
{
	unsigned char ct[128];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	size_t len, ct_len;

	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, ct, sizeof ct, &ct_len, SPAN(message), pub),
		SEAMKEY_OK);
	for (len = 0; len <= sizeof ct - OAEP_OVERHEAD; len++) {
		if (len != WANT) {
			check_rejected(SPAN(ct), SPAN(key_1024), len);
		}
	}
	what = "padding of version 1.5";
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, ct, sizeof ct, &ct_len, SPAN(message), pub),
		SEAMKEY_OK);
	check_rejected(SPAN(ct), SPAN(key_1024), WANT);
}

/* Numbers that are no ciphertexts, or hardly. */
static void
oaep_ciphertexts_at_the_edges(void)
{
	unsigned char ct[KEY_BYTES + 1], one[KEY_BYTES];
	size_t u;

	for (u = 0; u < 3; u++) {
		seamkey_span key = key_span(u), n = numbers_of(key).n;
		size_t k = rsa_keys[u].k;

		memset(ct, 0, sizeof ct);
		what = "0";
		check_rejected(seamkey_span_of(ct, k), key, WANT);
		what = "1";
		ct[k - 1] = 1;
		check_rejected(seamkey_span_of(ct, k), key, WANT);
		num_set(one, k, 1);
		what = "n - 1";
		(void)num_sub(ct, n.p, one, k);
		check_rejected(seamkey_span_of(ct, k), key, WANT);
		what = "n";
		check_rejected(n, key, WANT);
		what = "n + 1";
		(void)num_add(ct, n.p, one, k);
		check_rejected(seamkey_span_of(ct, k), key, WANT);
		what = "the largest";
		memset(ct, 0xFF, k);
		check_rejected(seamkey_span_of(ct, k), key, WANT);
	}
}

static void
oaep_ciphertexts_of_other_lengths(void)
{
	unsigned char ct[130];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	size_t len;

	memset(ct, 0, sizeof ct);
	CHECK_INT(seamkey_rsa_encrypt_oaep(
			  &env, ct + 1, 128, &len, SPAN(message), pub),
		SEAMKEY_OK);
	what = "an octet less, at either end";
	check_rejected(seamkey_span_of(ct + 1, 127), SPAN(key_1024), WANT);
	check_rejected(seamkey_span_of(ct + 2, 127), SPAN(key_1024), WANT);
	what = "an octet more, at either end";
	check_rejected(seamkey_span_of(ct, 129), SPAN(key_1024), WANT);
	check_rejected(seamkey_span_of(ct + 1, 129), SPAN(key_1024), WANT);
	what = "none";
	check_rejected(seamkey_span_of(NULL, 0), SPAN(key_1024), WANT);
}

static void
oaep_synthetic_messages_are_those_of_the_text(void)
{
	unsigned char ct[256], out[32];
	seamkey_rsa_env env = loose_env(&drbg);

	memset(ct, 0x5A, sizeof ct);
	ct[0] = 0;
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, 32,
			  seamkey_span_of(ct, 129), SPAN(key_1031)),
		SEAMKEY_OK);
	CHECK_MEM(out, oaep_32_1031, 32);
	CHECK_INT(seamkey_rsa_decrypt_oaep(
			  NULL, out, 32, SPAN(ct), SPAN(key_2048)),
		SEAMKEY_OK);
	CHECK_MEM(out, oaep_32_2048, 32);
}

/* No eight octets of one stand in the other. */
static void
check_apart(const unsigned char *a, size_t a_len, const unsigned char *b,
	size_t b_len)
{
	size_t at;

	for (at = 0; at + 8 <= a_len; at++) {
		if (!CHECK_INT(is_in(a + at, 8, b, b_len), 0)) {
			return;
		}
	}
}

static void
oaep_lengths_and_forms_are_no_slices_of_each_other(void)
{
	static const size_t lens[] = { 16, 17, 24, 32, 33, 48, 64, 128, 190 };
	static unsigned char of[COUNT(lens)][190], fixed[190], implicit[256];
	unsigned char ct[256];
	seamkey_span key = SPAN(key_2048), bad = SPAN(ct);
	size_t i, j, len;

	memset(ct, 0x5A, sizeof ct);
	ct[0] = 0;
	CHECK_INT(seamkey_rsa_decrypt_implicit(
			  NULL, implicit, sizeof implicit, &len, bad, key),
		SEAMKEY_OK);
	for (i = 0; i < COUNT(lens); i++) {
		CHECK_INT(seamkey_rsa_decrypt_oaep(
				  NULL, of[i], lens[i], bad, key),
			SEAMKEY_OK);
	}
	for (i = 0; i < COUNT(lens); i++) {
		CHECK_INT(seamkey_rsa_decrypt(NULL, fixed, lens[i], bad, key),
			SEAMKEY_OK);
		check_apart(of[i], lens[i], implicit, len);
		for (j = 0; j < COUNT(lens); j++) {
			check_apart(fixed, lens[i], of[j], lens[j]);
			if (i != j) {
				check_apart(of[i], lens[i], of[j], lens[j]);
			}
		}
	}
}

/* ---- errors -------------------------------------------------------------- */

static void
oaep_keys_are_under_the_policy(void)
{
	unsigned char ct[256], out[256], buf[PUBLIC_BYTES];
	static const struct {
		const char *what;
		const unsigned char *key;
		size_t len;
		int status;
	} rows[] = {
		{ "1024", key_1024, sizeof key_1024,
			SEAMKEY_ERR_KEY_MODULUS_SHORT },
		{ "e = 3", key_2048_e3, sizeof key_2048_e3,
			SEAMKEY_ERR_KEY_EXPONENT_SMALL },
		{ "no key", (const unsigned char *)"", 0,
			SEAMKEY_ERR_DER_TRUNCATED },
	};
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key, pub;
	size_t u, len = 12345;

	memset(&env.policy, 0, sizeof env.policy);
	memset(ct, CANARY, sizeof ct);
	memset(out, CANARY, sizeof out);
	for (u = 0; u < COUNT(rows); u++) {
		what = rows[u].what;
		key = seamkey_span_of(rows[u].key, rows[u].len);
		pub = key.len == 0 ? key : public_of(key, buf);
		CHECK_INT(seamkey_rsa_encrypt_oaep(
				  &env, ct, sizeof ct, &len, BYTES("m"), pub),
			rows[u].status);
		CHECK_INT(seamkey_rsa_decrypt_oaep(
				  &env, out, WANT, SPAN(ct), key),
			rows[u].status);
	}
	what = "the other half of a key";
	pub = public_of(SPAN(key_2048), buf);
	CHECK_INT(seamkey_rsa_encrypt_oaep(&env, ct, sizeof ct, &len,
			  BYTES("m"), SPAN(key_2048)),
		SEAMKEY_ERR_DER_TAG);
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, WANT, SPAN(ct), pub),
		SEAMKEY_ERR_DER_TAG);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

static void
oaep_lengths_are_told_and_kept(void)
{
	unsigned char ct[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1024), public_buf);
	size_t cap, len = 12345;

	CHECK_INT(seamkey_rsa_encrypt_oaep(NULL, NULL, 0, &len, BYTES("m"),
			  SPAN(key_2048_public)),
		SEAMKEY_OK);
	CHECK_INT(len, 256);
	for (cap = 0; cap < 128; cap++) {
		memset(ct, CANARY, sizeof ct);
		len = 12345;
		CHECK_INT(seamkey_rsa_encrypt_oaep(
				  &env, ct, cap, &len, BYTES("m"), pub),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, 128);
		CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
	}
	CHECK_INT(
		seamkey_rsa_encrypt_oaep(&env, ct, 128, &len, BYTES("m"), pub),
		SEAMKEY_OK);
	CHECK_INT(all_are(ct + 128, CANARY, sizeof ct - 128), 1);
}

/* NULL that no checker sees through. */
static seamkey_op *volatile no_op;

static void
oaep_arguments_that_are_missing(void)
{
	unsigned char ct[128];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), pub = public_of(key, public_buf);
	size_t len = 12345;

	CHECK_INT(seamkey_rsa_encrypt_oaep_begin(
			  no_op, &env, ct, 128, &len, BYTES("m"), pub),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_rsa_decrypt_oaep_begin(
			  no_op, &env, ct, 1, SPAN(ct), key),
		SEAMKEY_ERR_ARG);
	CHECK_INT(len, 12345);
	CHECK_INT(seamkey_rsa_encrypt_oaep(&env, ct, sizeof ct, &len,
			  seamkey_span_of(NULL, 0), pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, NULL, 1, SPAN(ct), key),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_rsa_decrypt_oaep(&env, NULL, 0, SPAN(ct), key),
		SEAMKEY_OK);
}

/* A damaged key is a fault, and no padding. */
static void
oaep_damaged_keys_are_faults(void)
{
	static unsigned char der[sizeof key_1024];
	unsigned char ct[128], out[WANT];
	seamkey_rsa_env env = loose_env(&drbg);
	size_t len;

	CHECK_INT(seamkey_rsa_encrypt_oaep(&env, ct, sizeof ct, &len,
			  SPAN(message), public_of(SPAN(key_1024), public_buf)),
		SEAMKEY_OK);
	memcpy(der, key_1024, sizeof der);
	der[sizeof der - 1] ^= 1; /* the last octet of qinv */
	memset(out, CANARY, sizeof out);
	CHECK_INT(
		seamkey_rsa_decrypt_oaep(&env, out, WANT, SPAN(ct), SPAN(der)),
		SEAMKEY_ERR_RSA_FAULT);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* ---- what is left on the stack ------------------------------------------- */

#ifdef STACK_SCAN

static void
oaep_leaves_nothing_on_the_stack(void)
{
	unsigned char ct[256], em[256], bare[256], out[64];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_der_rsa_private key = numbers_of(SPAN(key_2048));
	seamkey_span pub = public_of(SPAN(key_2048), public_buf);
	seamkey_span msg = seamkey_span_of(key_4096 + 200, 48);
	size_t len;
	int good;

	paint_stack();
	CHECK_INT(seamkey_rsa_encrypt_oaep(&env, ct, sizeof ct, &len, msg, pub),
		SEAMKEY_OK);
	take_snapshot();
	check_overwritten();
	raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, 256, SPAN(key_2048));
	memcpy(bare, em, sizeof bare);
	oaep_open(bare, sizeof bare);
	check_not_on_stack("the block", SPAN(em));
	check_not_on_stack("the seed", seamkey_span_of(bare + OAEP_SEED, 32));
	check_not_on_stack("the message", seamkey_span_of(bare + 208, 48));
	for (good = 1; good >= 0; good--) {
		paint_stack();
		CHECK_INT(seamkey_rsa_decrypt_oaep(&env, out, good ? 48 : 47,
				  SPAN(ct), SPAN(key_2048)),
			SEAMKEY_OK);
		take_snapshot();
		check_overwritten();
		check_not_on_stack("d", key.d);
		check_not_on_stack("p", key.p);
		check_not_on_stack("q", key.q);
		check_not_on_stack("the block", SPAN(em));
		check_not_on_stack(
			"the seed", seamkey_span_of(bare + OAEP_SEED, 32));
		check_not_on_stack(
			"the message", seamkey_span_of(bare + 208, 48));
		synthetic(out, good ? 48 : 47, SPAN(ct), SPAN(key_2048));
		check_not_on_stack("the synthetic message",
			seamkey_span_of(out, good ? 48 : 47));
	}
}

#endif

/* clang-format off */
const struct test test_oaep_table[] = {
	{ "oaep_every_key_and_every_length",
		oaep_every_key_and_every_length },
	{ "oaep_is_that_of_bearssl", oaep_is_that_of_bearssl },
	{ "oaep_block_is_that_of_the_standard",
		oaep_block_is_that_of_the_standard },
	{ "oaep_needs_a_source", oaep_needs_a_source },
	{ "oaep_two_ciphertexts_differ", oaep_two_ciphertexts_differ },
	{ "oaep_bad_blocks_are_all_alike", oaep_bad_blocks_are_all_alike },
	{ "oaep_blocks_without_a_message", oaep_blocks_without_a_message },
	{ "oaep_every_other_length_is_bad", oaep_every_other_length_is_bad },
	{ "oaep_ciphertexts_at_the_edges", oaep_ciphertexts_at_the_edges },
	{ "oaep_ciphertexts_of_other_lengths",
		oaep_ciphertexts_of_other_lengths },
	{ "oaep_synthetic_messages_are_those_of_the_text",
		oaep_synthetic_messages_are_those_of_the_text },
	{ "oaep_lengths_and_forms_are_no_slices_of_each_other",
		oaep_lengths_and_forms_are_no_slices_of_each_other },
	{ "oaep_keys_are_under_the_policy", oaep_keys_are_under_the_policy },
	{ "oaep_lengths_are_told_and_kept", oaep_lengths_are_told_and_kept },
	{ "oaep_arguments_that_are_missing",
		oaep_arguments_that_are_missing },
	{ "oaep_damaged_keys_are_faults", oaep_damaged_keys_are_faults },
#ifdef STACK_SCAN
	{ "oaep_leaves_nothing_on_the_stack",
		oaep_leaves_nothing_on_the_stack },
#endif
	{ NULL, NULL },
};
/* clang-format on */
