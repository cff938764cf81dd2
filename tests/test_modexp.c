/*
 * test_modexp.c - RSA's operations on numbers, against BearSSL's
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The numbers need not be primes: x^e mod p by one, x^f mod q by the other,
 * and what RFC 8017 section 5.1.2 makes of both. So every length can be had,
 * and every edge. BearSSL's i31 raises to powers, tests/bignum.h joins.
 */
#include <stdio.h>
#include <string.h>

#include "seamkey.h"
#include "seamkey_modexp.h"

#include "bignum.h"
#include "rsa_tools.h"
#include "test.h"

#define CANARY 0xA5

static uint64_t state;

/* Octets as they come, or one of the shapes that carries and borrows like. */
static void
some(unsigned char *out, size_t len)
{
	size_t u;
	unsigned shape;

	state = state * 6364136223846793005u + 1442695040888963407u;
	shape = (unsigned)(state >> 61);
	for (u = 0; u < len; u++) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		out[u] = (unsigned char)(state >> 56);
		if (shape == 0) {
			out[u] = 0xFF;
		} else if (shape == 1) {
			out[u] = u == 0 || u == len - 1;
		} else if (shape == 2 && (state >> 40 & 7) != 0) {
			out[u] = u == 0 ? 0 : out[u - 1];
		} else if (shape == 3) {
			out[u] = u < len / 2 ? 0xFF : 0;
		}
	}
}

/* The same, odd, and with so many zero bits before it. */
static void
some_odd(unsigned char *out, size_t len, unsigned zeros)
{
	some(out, len);
	out[0] = (unsigned char)((out[0] | 0x80) >> zeros);
	out[len - 1] |= len == 1 && zeros > 6 ? 3 : 1;
}

/* x^e mod m by BearSSL, x of any length below m's or more. */
static void
power(unsigned char *out, seamkey_span x, seamkey_span m, seamkey_span e)
{
	static unsigned char modulus[KEY_BYTES], exponent[KEY_BYTES];
	br_rsa_public_key key;

	memcpy(modulus, m.p, m.len);
	memcpy(exponent, e.p, e.len);
	key.n = modulus;
	key.nlen = m.len;
	key.e = exponent;
	key.elen = e.len;
	num_mod(out, x.p, x.len, m.p, m.len);
	CHECK_INT(br_rsa_i31_public(out, m.len, &key), 1);
}

/* ---- public ------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	unsigned char e[8];
	size_t len;
} exponents[] = {
	{ "3", { 3 }, 1 },
	{ "5", { 5 }, 1 },
	{ "17", { 17 }, 1 },
	{ "255", { 255 }, 1 },
	{ "257", { 1, 1 }, 2 },
	{ "65537", { 1, 0, 1 }, 3 },
	{ "2^32 + 15", { 1, 0, 0, 0, 15 }, 5 },
	{ "2^64 - 1", { 255, 255, 255, 255, 255, 255, 255, 255 }, 8 },
};
/* clang-format on */

/* Around the edges of words of 4 and 8 octets. */
static const size_t lengths[] = { 2, 3, 7, 8, 9, 16, 17, 64, 127, 128, 129, 132,
	133, 136, 137, 184, 192, 255, 256, 257, 384, 511, 512 };

static void
check_public(seamkey_span n, const unsigned char *x)
{
	unsigned char got[KEY_BYTES], want[KEY_BYTES];
	seamkey_span e;
	size_t u;

	for (u = 0; u < COUNT(exponents); u++) {
		what = exponents[u].what;
		e = seamkey_span_of(exponents[u].e, exponents[u].len);
		power(want, seamkey_span_of(x, n.len), n, e);
		memcpy(got, x, n.len);
		CHECK_INT(seamkey_modexp_public(got, n, e), SEAMKEY_OK);
		CHECK_MEM(got, want, n.len);
	}
}

static void
modexp_public_is_that_of_bearssl(void)
{
	unsigned char n[KEY_BYTES], x[KEY_BYTES], y[KEY_BYTES];
	size_t u, len;
	unsigned t;

	state = 1;
	for (u = 0; u < COUNT(lengths); u++) {
		len = lengths[u];
		for (t = 0; t < 8 && len <= SEAMKEY_RSA_MAX_BYTES; t++) {
			some_odd(n, len, t);
			some(y, len);
			num_mod(x, y, len, n, len);
			check_public(seamkey_span_of(n, len), x);
		}
	}
}

/* 0, 1, n - 1, and what is just a word long. */
static void
modexp_public_takes_every_x_below_n(void)
{
	unsigned char n[256], x[256];

	state = 2;
	some_odd(n, sizeof n, 0);
	memset(x, 0, sizeof x);
	check_public(SPAN(n), x);
	x[sizeof x - 1] = 1;
	check_public(SPAN(n), x);
	memcpy(x, n, sizeof x);
	x[sizeof x - 1] ^= 1;
	check_public(SPAN(n), x);
	memset(x, 0, sizeof x);
	x[sizeof x - 9] = 1;
	check_public(SPAN(n), x);
}

static void
modexp_public_refuses_what_it_cannot(void)
{
	static const unsigned char long_n[SEAMKEY_MODEXP_MAX_BITS / 8 + 1] = {
		1
	};
	unsigned char n[256], x[sizeof long_n], e[2] = { 0, 3 };
	seamkey_span three = seamkey_span_of(e + 1, 1);

	state = 3;
	some_odd(n, sizeof n, 0);
	memcpy(x, n, sizeof n); /* n itself */
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	CHECK_MEM(x, n, sizeof n);
	memset(x, 0xFF, sizeof x);
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	memset(x, 0, sizeof x);
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), SPAN(e)), SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), seamkey_span_of(e, 0)),
		SEAMKEY_ERR_ARG);
	e[1] = 1;
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	e[1] = 4;
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	e[1] = 3;
	n[sizeof n - 1] ^= 1;
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	n[sizeof n - 1] ^= 1;
	n[0] = 0;
	CHECK_INT(seamkey_modexp_public(x, SPAN(n), three), SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_modexp_public(x, seamkey_span_of(n + 255, 1), three),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_modexp_public(x, seamkey_span_of(n, 0), three),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_modexp_public(x, SPAN(long_n), three),
		SEAMKEY_ERR_UNSUPPORTED);
}

/* ---- private ------------------------------------------------------------ */

/* Numbers in the place of a key's; each with its octets. */
static struct numbers {
	unsigned char p[KEY_BYTES], q[KEY_BYTES], n[KEY_BYTES];
	unsigned char dp[KEY_BYTES + 8], dq[KEY_BYTES + 8], qinv[KEY_BYTES];
	seamkey_modexp_key key;
	size_t len;
} my;

/* p and q of so many octets, with so many zero bits before them. */
static void
make_numbers(size_t p_len, size_t q_len, unsigned p_zeros, unsigned q_zeros)
{
	unsigned char wide[2 * KEY_BYTES];

	some_odd(my.p, p_len, p_zeros);
	some_odd(my.q, q_len, q_zeros);
	num_mul(wide, my.p, p_len, my.q, q_len);
	my.len = p_len + q_len - (wide[0] == 0);
	memcpy(my.n, wide + (wide[0] == 0), my.len);
	some(wide, p_len);
	num_mod(my.dp, wide, p_len, my.p, p_len);
	some(wide, p_len);
	num_mod(my.qinv, wide, p_len, my.p, p_len);
	some(wide, q_len);
	num_mod(my.dq, wide, q_len, my.q, q_len);
	my.key.p = seamkey_span_of(my.p, p_len);
	my.key.q = seamkey_span_of(my.q, q_len);
	my.key.dp = seamkey_span_of(my.dp, p_len);
	my.key.dq = seamkey_span_of(my.dq, q_len);
	my.key.qinv = seamkey_span_of(my.qinv, p_len);
}

/* s2 + q * ((x^dp mod p - s2) * qinv mod p), s2 being x^dq mod q */
static void
expect(unsigned char *want, const unsigned char *x, seamkey_span dp,
	seamkey_span dq)
{
	unsigned char s1[KEY_BYTES], s2[KEY_BYTES], h[KEY_BYTES];
	unsigned char wide[2 * KEY_BYTES];
	size_t np = my.key.p.len, nq = my.key.q.len;

	power(s1, seamkey_span_of(x, my.len), my.key.p, dp);
	power(s2, seamkey_span_of(x, my.len), my.key.q, dq);
	num_mod(h, s2, nq, my.p, np);
	if (num_sub(s1, s1, h, np)) {
		(void)num_add(s1, s1, my.p, np);
	}
	num_mul(wide, s1, np, my.qinv, np);
	num_mod(h, wide, 2 * np, my.p, np);
	num_mul(wide, h, np, my.q, nq);
	memset(h, 0, np);
	if (num_add(wide + np, wide + np, s2, nq)) {
		h[np - 1] = 1;
		(void)num_add(wide, wide, h, np);
	}
	memcpy(want, wide + np + nq - my.len, my.len);
}

static void
check_private(const unsigned char *x)
{
	unsigned char got[KEY_BYTES], want[KEY_BYTES];

	expect(want, x, my.key.dp, my.key.dq);
	memcpy(got, x, my.len);
	CHECK_INT(
		seamkey_modexp_private(got, my.len, &my.key, NULL), SEAMKEY_OK);
	CHECK_MEM(got, want, my.len);
}

/* clang-format off */
static const struct {
	const char *what;
	size_t p, q;
} splits[] = {
	{ "8 and 8", 8, 8 },
	{ "1 and 127", 1, 127 },
	{ "127 and 1", 127, 1 },
	{ "64 and 64", 64, 64 },
	{ "65 and 64", 65, 64 },
	{ "64 and 65", 64, 65 },
	{ "100 and 28", 100, 28 },
	{ "28 and 100", 28, 100 },
	{ "126 and 2", 126, 2 },
	{ "2 and 126", 2, 126 },
	{ "96 and 96", 96, 96 },
	{ "128 and 128", 128, 128 },
	{ "129 and 127", 129, 127 },
	{ "121 and 135", 121, 135 },
	{ "150 and 106", 150, 106 },
	{ "106 and 150", 106, 150 },
	{ "200 and 56", 200, 56 },
	{ "254 and 2", 254, 2 },
	{ "2 and 254", 2, 254 },
	{ "192 and 192", 192, 192 },
	{ "256 and 256", 256, 256 },
	{ "300 and 212", 300, 212 },
	{ "510 and 2", 510, 2 },
	{ "2 and 510", 2, 510 },
};
/* clang-format on */

static void
check_refused(int status)
{
	unsigned char x[KEY_BYTES + 8];

	memset(x, CANARY, sizeof x);
	CHECK_INT(seamkey_modexp_private(x, my.len, &my.key, NULL), status);
	CHECK_INT(x[0], CANARY);
	CHECK_INT(x[my.len - 1], CANARY);
}

/* With the narrowest window there is no room for a prime that is longer than
 * three quarters of the longest modulus. */
static int
is_too_uneven(size_t p, size_t q)
{
	size_t most = 3 * SEAMKEY_MODEXP_MAX_BITS / 32 + 16;

	return SEAMKEY_MODEXP_WINDOW == 3 && (p > most || q > most);
}

/* Primes of every split, and with tops that are not full. */
static void
modexp_private_is_that_of_bearssl(void)
{
	unsigned char x[KEY_BYTES], y[KEY_BYTES];
	size_t u;
	unsigned t;

	state = 4;
	for (u = 0; u < COUNT(splits); u++) {
		what = splits[u].what;
		if (splits[u].p + splits[u].q > SEAMKEY_RSA_MAX_BYTES) {
			printf("left out: primes of %s octets: "
			       "SEAMKEY_RSA_MAX_BITS is %d\n",
				what, SEAMKEY_RSA_MAX_BITS);
			continue;
		}
		for (t = 0; t < 3; t++) {
			make_numbers(
				splits[u].p, splits[u].q, 3 * t, 7 - 3 * t);
			some(y, my.len);
			num_mod(x, y, my.len, my.n, my.len);
			if (is_too_uneven(splits[u].p, splits[u].q)) {
				check_refused(SEAMKEY_ERR_UNSUPPORTED);
			} else {
				check_private(x);
			}
		}
	}
}

/* Values and exponents at their edges. */
static void
modexp_private_takes_edges(void)
{
	unsigned char x[KEY_BYTES];
	unsigned t;

	state = 5;
	make_numbers(64, 64, 0, 0);
	for (t = 0; t < 4; t++) {
		memset(x, 0, sizeof x);
		what = "0";
		check_private(x);
		what = "1";
		x[my.len - 1] = 1;
		check_private(x);
		what = "n - 1";
		memcpy(x, my.n, my.len);
		x[my.len - 1] ^= 1;
		check_private(x);
		what = "p";
		memset(x, 0, sizeof x);
		memcpy(x + my.len - 64, my.p, 64);
		check_private(x);
		what = "q";
		memcpy(x + my.len - 64, my.q, 64);
		check_private(x);
		memset(my.dp, t == 0 ? 0xFF : 0, 64); /* one above p, too */
		memset(my.dq, t == 1 ? 0xFF : 0, 64);
		my.dp[63] = my.dq[63] = 1;
		my.qinv[t] = 0;
	}
	/* exponents and qinv shorter than the primes */
	what = "short";
	my.key.dp = seamkey_span_of(my.dp + 63, 1);
	my.key.dq = seamkey_span_of(my.dq + 40, 24);
	my.dq[40] = 1;
	memset(my.qinv, 0, 40);
	check_private(x);
	my.key.qinv = seamkey_span_of(my.qinv + 40, 24);
	check_private(x);
}

/* d + r * (m - 1), in the octets of m and 8 more */
static void
blinded(unsigned char *out, seamkey_span d, seamkey_span m,
	const unsigned char *r)
{
	unsigned char less[KEY_BYTES], part[KEY_BYTES + 8];

	memcpy(less, m.p, m.len);
	less[m.len - 1] ^= 1;
	num_mul(out, less, m.len, r, 8);
	memset(part, 0, sizeof part);
	memcpy(part + m.len + 8 - d.len, d.p, d.len);
	CHECK_INT(num_add(out, out, part, m.len + 8), 0);
}

static unsigned char drawn[16];
static int drawing;

static int
draw(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	CHECK_INT(len, sizeof drawn);
	memcpy(out, drawn, len);
	return drawing;
}

/* With numbers that are no primes the multiples show. */
static void
modexp_private_blinds_with_what_it_draws(void)
{
	const seamkey_random random = { draw, NULL };
	unsigned char x[KEY_BYTES], got[KEY_BYTES], want[KEY_BYTES];
	unsigned char dp[KEY_BYTES + 8], dq[KEY_BYTES + 8];
	unsigned t;

	state = 6;
	drawing = SEAMKEY_OK;
	for (t = 0; t < 12; t++) {
		make_numbers(60 + t, 70 - t, t & 7, t >> 1);
		some(drawn, sizeof drawn);
		drawn[0] = (unsigned char)t; /* a source is not stuck */
		drawn[1] = (unsigned char)~t;
		blinded(dp, my.key.dp, my.key.p, drawn + 8);
		blinded(dq, my.key.dq, my.key.q, drawn);
		memset(x, 0x21, my.len);
		x[0] = 0;
		expect(want, x, seamkey_span_of(dp, my.key.p.len + 8),
			seamkey_span_of(dq, my.key.q.len + 8));
		memcpy(got, x, my.len);
		CHECK_INT(seamkey_modexp_private(got, my.len, &my.key, &random),
			SEAMKEY_OK);
		CHECK_MEM(got, want, my.len);
	}
	drawing = SEAMKEY_ERR_RANDOM;
	CHECK_INT(seamkey_modexp_private(x, my.len, &my.key, &random),
		SEAMKEY_ERR_RANDOM);
	CHECK_INT(x[1], 0x21);
}

/* With a key's own numbers it makes no difference. */
static void
modexp_private_is_the_same_blinded(void)
{
	br_hmac_drbg_context drbg;
	const seamkey_random random = known_random(&drbg);
	unsigned char x[KEY_BYTES], y[KEY_BYTES];
	seamkey_der_rsa_private d;
	seamkey_modexp_key key;
	size_t u, k;

	for (u = 0; u < COUNT(rsa_keys); u++) {
		what = rsa_keys[u].name;
		k = rsa_keys[u].k;
		if (k > SEAMKEY_RSA_MAX_BYTES) {
			continue;
		}
		CHECK_INT(seamkey_der_decode_rsa_private_info(&d,
				  seamkey_span_of(
					  rsa_keys[u].der, rsa_keys[u].len),
				  0),
			SEAMKEY_OK);
		key.p = d.p;
		key.q = d.q;
		key.dp = d.dp;
		key.dq = d.dq;
		key.qinv = d.qinv;
		memset(x, 0x21, k);
		x[0] = 0;
		memcpy(y, x, k);
		CHECK_INT(seamkey_modexp_private(x, k, &key, NULL), SEAMKEY_OK);
		CHECK_INT(seamkey_modexp_private(y, k, &key, &random),
			SEAMKEY_OK);
		CHECK_MEM(x, y, k);
		CHECK_INT(seamkey_modexp_public(x, d.n, d.e), SEAMKEY_OK);
		memset(y, 0x21, k);
		y[0] = 0;
		CHECK_MEM(x, y, k);
	}
}

static void
modexp_private_refuses_what_does_not_fit(void)
{
	seamkey_modexp_key good;
	size_t len;

	state = 7;
	make_numbers(64, 64, 0, 0);
	good = my.key;
	len = my.len;
	what = "even primes";
	my.p[63] ^= 1;
	check_refused(SEAMKEY_ERR_ARG);
	my.p[63] ^= 1;
	my.q[63] ^= 1;
	check_refused(SEAMKEY_ERR_ARG);
	my.q[63] ^= 1;
	what = "lengths of the primes";
	my.key.p.len = 62;
	check_refused(SEAMKEY_ERR_ARG);
	my.key = good;
	my.len = len - 2;
	check_refused(SEAMKEY_ERR_ARG);
	my.len = len;
	my.key.q.len = 0;
	check_refused(SEAMKEY_ERR_ARG);
	my.key = good;
	what = "lengths of the exponents";
	my.key.dp.len = 65;
	check_refused(SEAMKEY_ERR_ARG);
	my.key.dp.len = 0;
	check_refused(SEAMKEY_ERR_ARG);
	my.key = good;
	my.key.dq.len = 65;
	check_refused(SEAMKEY_ERR_ARG);
	my.key.dq.len = 0;
	check_refused(SEAMKEY_ERR_ARG);
	my.key = good;
	my.key.qinv.len = 65;
	check_refused(SEAMKEY_ERR_ARG);
	my.key = good;
	what = "too long";
	my.len = SEAMKEY_MODEXP_MAX_BITS / 8 + 1;
	if (my.len <= KEY_BYTES + 1) {
		check_refused(SEAMKEY_ERR_UNSUPPORTED);
	}
}

const struct test test_modexp_table[] = {
	{ "modexp_public_is_that_of_bearssl",
		modexp_public_is_that_of_bearssl },
	{ "modexp_public_takes_every_x_below_n",
		modexp_public_takes_every_x_below_n },
	{ "modexp_public_refuses_what_it_cannot",
		modexp_public_refuses_what_it_cannot },
	{ "modexp_private_is_that_of_bearssl",
		modexp_private_is_that_of_bearssl },
	{ "modexp_private_takes_edges", modexp_private_takes_edges },
	{ "modexp_private_blinds_with_what_it_draws",
		modexp_private_blinds_with_what_it_draws },
	{ "modexp_private_is_the_same_blinded",
		modexp_private_is_the_same_blinded },
	{ "modexp_private_refuses_what_does_not_fit",
		modexp_private_refuses_what_does_not_fit },
	{ NULL, NULL },
};
