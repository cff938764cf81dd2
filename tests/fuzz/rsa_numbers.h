/*
 * rsa_numbers.h - the numbers of an RSA key, judged a second time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * For each status of the check functions the reason that it names has to
 * be there; for SEAMKEY_OK none may be. Written apart from the headers: on
 * copies with leading zeros, by memcmp and by schoolbook multiplication.
 */
#ifndef SEAMKEY_FUZZ_RSA_NUMBERS_H
#define SEAMKEY_FUZZ_RSA_NUMBERS_H

#include "../bignum.h"
#include "fuzz.h"

/* The longest number that is looked at. */
#define NUMBER_MAX 512

/* v with zeros before it, len octets. */
static inline void
number_pad(unsigned char *out, size_t len, seamkey_span v)
{
	memset(out, 0, len - v.len);
	memcpy(out + len - v.len, v.p, v.len);
}

static inline int
number_is_zero(seamkey_span v)
{
	return v.len == 1 && v.p[0] == 0;
}

static inline int
number_is_even(seamkey_span v)
{
	return v.p[v.len - 1] % 2 == 0;
}

static inline int
number_is_below(seamkey_span a, seamkey_span b)
{
	unsigned char x[NUMBER_MAX], y[NUMBER_MAX];

	if (a.len > NUMBER_MAX || b.len > NUMBER_MAX) {
		return a.len < b.len; /* none has zeros in front */
	}
	number_pad(x, sizeof x, a);
	number_pad(y, sizeof y, b);
	return memcmp(x, y, sizeof x) < 0;
}

static inline int
number_is_product(seamkey_span n, seamkey_span p, seamkey_span q)
{
	unsigned char x[2 * NUMBER_MAX], y[2 * NUMBER_MAX];

	if (n.len > NUMBER_MAX || p.len > n.len || q.len > n.len) {
		return 0;
	}
	num_mul(x, p.p, p.len, q.p, q.len);
	number_pad(y, p.len + q.len > n.len ? p.len + q.len : n.len, n);
	return p.len + q.len >= n.len && memcmp(x, y, p.len + q.len) == 0;
}

/* Magnitudes as the reader gives them: shortest form, at least an octet. */
static inline int
number_is_minimal(seamkey_span v)
{
	return v.len != 0 && (v.len == 1 || v.p[0] != 0);
}

/* Does this number of bits, or fewer, hold v? */
static inline int
number_fits(seamkey_span v, size_t bits)
{
	size_t whole = 8 * (v.len - 1);

	if (number_is_zero(v)) {
		return 1;
	}
	return whole < bits
		&& (bits - whole >= 8 || v.p[0] >> (bits - whole) == 0);
}

/* Is this a reason to refuse a public key? */
static inline int
public_key_has(int reason, seamkey_span n, seamkey_span e,
	const seamkey_der_rsa_limits *limits)
{
	unsigned char three[NUMBER_MAX];
	uint32_t least = limits->min_e < 3 ? 3 : limits->min_e;

	num_set(three, sizeof three, least);
	switch (reason) {
	case SEAMKEY_ERR_KEY_ZERO:
		return number_is_zero(n) || number_is_zero(e);
	case SEAMKEY_ERR_KEY_MODULUS_EVEN:
		return number_is_even(n);
	case SEAMKEY_ERR_KEY_MODULUS_SHORT:
		return number_fits(n, limits->min_bits - 1);
	case SEAMKEY_ERR_KEY_MODULUS_LONG:
		return !number_fits(n, limits->max_bits);
	case SEAMKEY_ERR_KEY_EXPONENT_EVEN:
		return number_is_even(e);
	case SEAMKEY_ERR_KEY_EXPONENT_LARGE:
		return !number_fits(e, 64);
	case SEAMKEY_ERR_KEY_EXPONENT_SMALL:
		return number_is_below(e, seamkey_span_of(three, sizeof three));
	default:
		return 0;
	}
}

static inline int
private_key_has(int reason, const seamkey_der_rsa_private *key)
{
	switch (reason) {
	case SEAMKEY_ERR_KEY_ZERO:
		return number_is_zero(key->d) || number_is_zero(key->p)
			|| number_is_zero(key->q) || number_is_zero(key->dp)
			|| number_is_zero(key->dq) || number_is_zero(key->qinv);
	case SEAMKEY_ERR_KEY_D:
		return !number_is_below(key->d, key->n);
	case SEAMKEY_ERR_KEY_PRIME_EVEN:
		return number_is_even(key->p) || number_is_even(key->q);
	case SEAMKEY_ERR_KEY_PRODUCT:
		return !number_is_product(key->n, key->p, key->q);
	case SEAMKEY_ERR_KEY_DP:
		return !number_is_below(key->dp, key->p);
	case SEAMKEY_ERR_KEY_DQ:
		return !number_is_below(key->dq, key->q);
	case SEAMKEY_ERR_KEY_QINV:
		return !number_is_below(key->qinv, key->p);
	default:
		return 0;
	}
}

/* From SEAMKEY_ERR_KEY_ZERO to _QINV, downwards. */
static inline void
check_public_verdict(
	const seamkey_der_rsa_public *key, const seamkey_der_rsa_limits *limits)
{
	int status = seamkey_der_check_rsa_public(key, limits);
	int reason;

	if (status != SEAMKEY_OK) {
		CHECK(public_key_has(status, key->n, key->e, limits));
		return;
	}
	for (reason = SEAMKEY_ERR_KEY_ZERO; reason >= SEAMKEY_ERR_KEY_QINV;
		reason--) {
		CHECK(!public_key_has(reason, key->n, key->e, limits));
	}
}

static inline void
check_private_verdict(const seamkey_der_rsa_private *key,
	const seamkey_der_rsa_limits *limits)
{
	int status = seamkey_der_check_rsa_private(key, limits);
	int reason;

	if (status != SEAMKEY_OK) {
		CHECK(public_key_has(status, key->n, key->e, limits)
			|| private_key_has(status, key));
		return;
	}
	for (reason = SEAMKEY_ERR_KEY_ZERO; reason >= SEAMKEY_ERR_KEY_QINV;
		reason--) {
		CHECK(!public_key_has(reason, key->n, key->e, limits));
		CHECK(!private_key_has(reason, key));
	}
}

#endif
