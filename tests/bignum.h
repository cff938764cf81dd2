/*
 * bignum.h - numbers of a few thousand bits, for tests that forge things
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Big-endian octets, as they stand in keys and blocks. Octet by octet, in
 * no hurry, and not in constant time.
 */
#ifndef SEAMKEY_BIGNUM_H
#define SEAMKEY_BIGNUM_H

#include <stddef.h>
#include <string.h>

/* out = a + b, len octets each; returns the carry. */
static inline unsigned
num_add(unsigned char *out, const unsigned char *a, const unsigned char *b,
	size_t len)
{
	unsigned sum = 0;

	while (len-- > 0) {
		sum += (unsigned)a[len] + b[len];
		out[len] = (unsigned char)sum;
		sum >>= 8;
	}
	return sum;
}

/* out = a - b, len octets each; returns the borrow. */
static inline unsigned
num_sub(unsigned char *out, const unsigned char *a, const unsigned char *b,
	size_t len)
{
	unsigned borrow = 0, minus;

	while (len-- > 0) {
		minus = b[len] + borrow;
		borrow = a[len] < minus;
		out[len] = (unsigned char)(a[len] - minus);
	}
	return borrow;
}

/* out = value, in len octets */
static inline void
num_set(unsigned char *out, size_t len, unsigned value)
{
	memset(out, 0, len);
	while (len-- > 0 && value != 0) {
		out[len] = (unsigned char)value;
		value >>= 8;
	}
}

/* out[0..a_len + b_len) = a * b; out is neither. */
static inline void
num_mul(unsigned char *out, const unsigned char *a, size_t a_len,
	const unsigned char *b, size_t b_len)
{
	size_t i, j;

	memset(out, 0, a_len + b_len);
	for (i = a_len; i-- > 0;) {
		unsigned long sum = 0;

		for (j = b_len; j-- > 0;) {
			sum += (unsigned long)a[i] * b[j] + out[i + j + 1];
			out[i + j + 1] = (unsigned char)sum;
			sum >>= 8;
		}
		out[i] = (unsigned char)sum;
	}
}

/* out[0..len) = a mod m, len octets of m, of which the first is not 0 */
static inline void
num_mod(unsigned char *out, const unsigned char *a, size_t a_len,
	const unsigned char *m, size_t len)
{
	size_t bit, u;

	memset(out, 0, len);
	for (bit = 0; bit < 8 * a_len; bit++) {
		unsigned over = out[0] >> 7;

		for (u = 0; u + 1 < len; u++) {
			out[u] = (unsigned char)(out[u] << 1 | out[u + 1] >> 7);
		}
		out[len - 1] = (unsigned char)(out[len - 1] << 1
			| (a[bit / 8] >> (7 - bit % 8) & 1));
		if (over || memcmp(out, m, len) >= 0) {
			(void)num_sub(out, out, m, len);
		}
	}
}

/*
 * root[0..len) = the largest number whose cube is not above cube[0..3 * len).
 * work: 5 * len octets.
 */
static inline void
num_cube_root(unsigned char *root, const unsigned char *cube, size_t len,
	unsigned char *work)
{
	unsigned char *square = work, *power = work + 2 * len;
	size_t bit;

	memset(root, 0, len);
	for (bit = 8 * len; bit-- > 0;) {
		unsigned char *at = root + len - 1 - bit / 8;

		*at = (unsigned char)(*at | 1u << bit % 8);
		num_mul(square, root, len, root, len);
		num_mul(power, square, 2 * len, root, len);
		if (memcmp(power, cube, 3 * len) > 0) {
			*at = (unsigned char)(*at & ~(1u << bit % 8));
		}
	}
}

#endif
