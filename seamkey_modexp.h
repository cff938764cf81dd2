/*
 * seamkey_modexp.h - RSA's two operations on numbers, in constant time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Configuration    2. Operations
 * Search for "[modexp.2]" to reach section 2: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   x^e mod n, and x^d mod n by way of the primes (CRT), on octets as they
 *   stand in a key. seamkey_rsa.h computes with it wherever the processor
 *   multiplies 64 bits by 64, and on a Cortex-M4, M7 or M33; there is no key
 *   object, and no allocation.
 *
 * GUARANTEES
 *   Constant time in x, in the primes, in the exponents of a private key and
 *   in all that is computed from them: no branch, index or division depends
 *   on them. Public are: the lengths in octets, n, and e.
 *   The memory in which that was done is wiped before they return;
 *   seamkey_rsa.h overwrites what the compiler may have put beside it.
 *
 * CAUTIONS
 *   The numbers are taken as they are. Whoever calls this has checked that
 *   n = p * q, and checks the result (seamkey_rsa.h does both): with a wrong
 *   prime the result is wrong, and gives the other prime away.
 */
#include "seamkey_base.h"

#ifndef SEAMKEY_MODEXP_H
#define SEAMKEY_MODEXP_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [modexp.1] Configuration ---------------------------------------- */

/* The longest modulus in bits; that of seamkey_rsa.h where it is set. A
 * private operation has 21 numbers of that length on the stack, or 9 with a
 * window of 3, a public one 7; changes no struct. */
#if !defined(SEAMKEY_MODEXP_MAX_BITS) && defined(SEAMKEY_RSA_MAX_BITS)
#define SEAMKEY_MODEXP_MAX_BITS ((SEAMKEY_RSA_MAX_BITS + 63) / 64 * 64)
#elif !defined(SEAMKEY_MODEXP_MAX_BITS)
#define SEAMKEY_MODEXP_MAX_BITS 4096
#endif
#if SEAMKEY_MODEXP_MAX_BITS < 1024 || SEAMKEY_MODEXP_MAX_BITS > 8192 \
	|| SEAMKEY_MODEXP_MAX_BITS % 64 != 0
#error "SEAMKEY_MODEXP_MAX_BITS is 1024..8192, a multiple of 64: change -D"
#endif

/*
 * Bits of a word: 64 where the compiler multiplies such, else 32; to be set
 * to 32 where that product is slow or takes a time that depends on what is
 * multiplied. SEAMKEY_MODEXP_PORTABLE leaves out all but C; without it the
 * x86-64 form of gcc and clang asks the processor for BMI2 and ADX, in a
 * variable that the start of the program has set: no CPUID is executed.
 */
#if !defined(SEAMKEY_MODEXP_WORD) && defined(__SIZEOF_INT128__)
#define SEAMKEY_MODEXP_WORD 64
#elif !defined(SEAMKEY_MODEXP_WORD)
#define SEAMKEY_MODEXP_WORD 32
#endif

/* Bits of a private exponent that are taken at once, 3..5: each more takes
 * less time, and doubles a table that has 8 numbers as long as a prime. */
#if !defined(SEAMKEY_MODEXP_WINDOW) && SEAMKEY_MODEXP_WORD == 64
#define SEAMKEY_MODEXP_WINDOW 5
#elif !defined(SEAMKEY_MODEXP_WINDOW)
#define SEAMKEY_MODEXP_WINDOW 3
#endif
#if SEAMKEY_MODEXP_WINDOW < 3 || SEAMKEY_MODEXP_WINDOW > 5
#error "SEAMKEY_MODEXP_WINDOW is 3..5: change -D"
#endif

/* ---- [modexp.2] Operations ------------------------------------------- */

/*
 * x = x^e mod n, in place.
 *
 *   x[0..n.len)  big-endian; below n
 *   n            odd, its first octet not zero, MAX_BITS at most
 *   e            odd, its first octet not zero, 3 at least
 *
 * Returns SEAMKEY_OK; with x unchanged SEAMKEY_ERR_ARG for numbers that are
 * not so, SEAMKEY_ERR_UNSUPPORTED for an n that is too long. Constant time in
 * x. RFC 8017 sections 5.1.1 and 5.2.2.
 */
SEAMKEY_API int seamkey_modexp_public(
	unsigned char *x, seamkey_span n, seamkey_span e);

/* A private key's numbers, as RFC 8017 section 3.2 names them: big-endian,
 * p and q odd, dp and qinv below p, dq below q, first octets not zero. */
typedef struct seamkey_modexp_key {
	seamkey_span p, q, dp, dq, qinv;
} seamkey_modexp_key;

/*
 * x = x^d mod p * q, in place.
 *
 *   x[0..len)  big-endian, len that of p * q in octets; below p * q
 *   random     NULL, or a source of 16 octets, by which the exponents are
 *              blinded: random multiples of p - 1 and q - 1 are added
 *
 * Returns SEAMKEY_OK; with x unchanged SEAMKEY_ERR_ARG for an even prime or
 * lengths that do not fit, SEAMKEY_ERR_UNSUPPORTED for numbers that are too
 * long (with a window of 3 a prime of more than three quarters of the
 * longest modulus is), what the source answers. Constant time in all but
 * lengths. RFC 8017 section 5.1.2, the second form.
 */
SEAMKEY_API int seamkey_modexp_private(unsigned char *x, size_t len,
	const seamkey_modexp_key *key, const seamkey_random *random);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_MODEXP_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_MODEXP_IMPLEMENTED)
#define SEAMKEY_MODEXP_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [modexp.2] Operations ------------------------------------------- */

/* Rows two at once, by umaal: a product and two additions. */
#if SEAMKEY_MODEXP_WORD == 32 && SEAMKEY_I_CORTEX_UMAAL \
	&& !defined(SEAMKEY_MODEXP_PORTABLE)
#define SEAMKEY_I_MX_UMAAL 1
#else
#define SEAMKEY_I_MX_UMAAL 0
#endif

/* Words. Numbers are arrays of them, the lowest first. */
#if SEAMKEY_MODEXP_WORD == 64
typedef uint64_t seamkey_i_mx_word;
__extension__ typedef unsigned __int128 seamkey_i_mx_two;
#else
typedef uint32_t seamkey_i_mx_word;
typedef uint64_t seamkey_i_mx_two;
#endif
#define SEAMKEY_I_MX_BITS   ((unsigned)SEAMKEY_MODEXP_WORD)
#define SEAMKEY_I_MX_OCTETS (SEAMKEY_I_MX_BITS / 8)
#define SEAMKEY_I_MX_WORDS \
	((size_t)SEAMKEY_MODEXP_MAX_BITS / SEAMKEY_MODEXP_WORD)

/*
 * What a private operation works in: the numbers of the modulus in hand, and
 * behind them a table of powers as large as there is room for. Enough for
 * primes of half the longest modulus, with a few words more; where one is
 * longer, the table is smaller.
 */
#define SEAMKEY_I_MX_SPACE \
	((9 + ((size_t)1 << SEAMKEY_MODEXP_WINDOW)) * SEAMKEY_I_MX_WORDS / 2 \
		+ 20)

static inline size_t
seamkey_i_mx_words(size_t octets)
{
	return (octets + SEAMKEY_I_MX_OCTETS - 1) / SEAMKEY_I_MX_OCTETS;
}

/* All ones where bit is 1, else 0; see seamkey_i_ct_mask(). */
static inline seamkey_i_mx_word
seamkey_i_mx_mask(seamkey_i_mx_word bit)
{
	volatile seamkey_i_mx_word mask = 0 - bit;

	return mask;
}

/*
 * a * b. Thumb of ARMv6-M (Cortex-M0) has no instruction for it, and the
 * function that a compiler calls there branches on a carry: four products of
 * 16 bits, none of which can overflow with what is added.
 */
static inline seamkey_i_mx_two
seamkey_i_mx_times(seamkey_i_mx_word a, seamkey_i_mx_word b)
{
#if defined(__thumb__) && !defined(__thumb2__) && SEAMKEY_MODEXP_WORD == 32
	uint32_t a0 = a & 0xFFFF, a1 = a >> 16, b0 = b & 0xFFFF, b1 = b >> 16;
	uint32_t low = a0 * b0;
	uint32_t middle = a1 * b0 + (low >> 16);
	uint32_t other = a0 * b1 + (middle & 0xFFFF);
	uint32_t high = a1 * b1 + (middle >> 16) + (other >> 16);

	return (uint64_t)high << 32 | (other << 16 | (low & 0xFFFF));
#else
	return (seamkey_i_mx_two)a * b;
#endif
}

/* Octets into n words, which they fit. */
static inline void
seamkey_i_mx_load(seamkey_i_mx_word *r, size_t n, seamkey_span v)
{
	size_t u;

	memset(r, 0, n * sizeof *r);
	for (u = 0; u < v.len; u++) {
		r[u / SEAMKEY_I_MX_OCTETS] |=
			(seamkey_i_mx_word)v.p[v.len - 1 - u]
			<< (8 * (u % SEAMKEY_I_MX_OCTETS));
	}
}

/* Words into len octets; what does not fit is zero. */
static inline void
seamkey_i_mx_store(unsigned char *out, size_t len, const seamkey_i_mx_word *a)
{
	size_t u;

	for (u = 0; u < len; u++) {
		out[len - 1 - u] = (unsigned char)(a[u / SEAMKEY_I_MX_OCTETS]
			>> (8 * (u % SEAMKEY_I_MX_OCTETS)));
	}
}

/* r = a - b; returns the borrow. */
static inline seamkey_i_mx_word
seamkey_i_mx_sub(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	const seamkey_i_mx_word *b, size_t n)
{
	seamkey_i_mx_word borrow = 0;
	size_t u;

	for (u = 0; u < n; u++) {
		seamkey_i_mx_two d = (seamkey_i_mx_two)a[u] - b[u] - borrow;

		r[u] = (seamkey_i_mx_word)d;
		borrow = (seamkey_i_mx_word)(d >> SEAMKEY_I_MX_BITS) & 1;
	}
	return borrow;
}

/* a += b where bit is 1; returns the carry. */
static inline seamkey_i_mx_word
seamkey_i_mx_add_if(seamkey_i_mx_word *a, const seamkey_i_mx_word *b, size_t n,
	seamkey_i_mx_word bit)
{
	seamkey_i_mx_word mask = seamkey_i_mx_mask(bit), carry = 0;
	size_t u;

	for (u = 0; u < n; u++) {
		seamkey_i_mx_two s =
			(seamkey_i_mx_two)a[u] + (b[u] & mask) + carry;

		a[u] = (seamkey_i_mx_word)s;
		carry = (seamkey_i_mx_word)(s >> SEAMKEY_I_MX_BITS);
	}
	return carry;
}

/* r = a - m if that is not negative, top being a word above a; else r = a.
 * a is below 2m. r is not a. */
static inline void
seamkey_i_mx_reduce_once(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	seamkey_i_mx_word top, const seamkey_i_mx_word *m, size_t n)
{
	/* the borrow goes beyond top only where top is 0 */
	seamkey_i_mx_word below = seamkey_i_mx_sub(r, a, m, n) & (top ^ 1);

	(void)seamkey_i_mx_add_if(r, m, n, below);
}

/* Rows: a number times a word, added to a number. */
#if SEAMKEY_MODEXP_WORD == 64 && defined(__x86_64__) && !defined(__ILP32__) \
	&& defined(__GNUC__) && __STDC_HOSTED__ \
	&& !defined(SEAMKEY_MODEXP_PORTABLE)
#define SEAMKEY_I_MX_ADX 1

/* Has the processor mulx, adcx, adox? clang 14 does not know the name of
 * ADX; whatever has AVX-512 has it. */
static inline int
seamkey_i_mx_has_adx(void)
{
#if defined(__ADX__) && defined(__BMI2__)
	return 1;
#elif defined(__clang__)
	return __builtin_cpu_supports("bmi2")
		&& __builtin_cpu_supports("avx512f");
#else
	return __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx");
#endif
}

/* One word of a row: the product's low half and the high one before it, with
 * one carry; then what r has, with the other. */
#define SEAMKEY_I_MX_STEP(at, before, after) \
	"mulx " #at "(%[a]), %[low], %[" #after "]\n\t" \
	"adcx %[" #before "], %[low]\n\t" \
	"adox " #at "(%[r]), %[low]\n\t" \
	"mov %[low], " #at "(%[r])\n\t"
#define SEAMKEY_I_MX_STEPS(at, next) \
	SEAMKEY_I_MX_STEP(at, even, odd) SEAMKEY_I_MX_STEP(next, odd, even)

/* So many steps: r += a * b + carry; returns the carry. The number of steps
 * is even, so that the last high half is where the carry is. */
#define SEAMKEY_I_MX_ROW(steps) \
	seamkey_i_mx_word low, odd; \
\
	__asm__ volatile( \
		"xor %k[odd], %k[odd]\n\t" steps "mov $0, %k[odd]\n\t" \
		"adcx %[odd], %[even]\n\t" \
		"adox %[odd], %[even]\n\t" \
		: [even] "+&r"(carry), [odd] "=&r"(odd), [low] "=&r"(low) \
		: [a] "r"(a), [r] "r"(r), "d"(b) \
		: "cc", "memory"); \
	return carry

static inline seamkey_i_mx_word
/* NOLINTNEXTLINE(readability-non-const-parameter): it is written */
seamkey_i_mx_row_8(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	seamkey_i_mx_word b, seamkey_i_mx_word carry)
{
	SEAMKEY_I_MX_ROW(SEAMKEY_I_MX_STEPS(0, 8) SEAMKEY_I_MX_STEPS(16, 24)
			SEAMKEY_I_MX_STEPS(32, 40) SEAMKEY_I_MX_STEPS(48, 56));
}

static inline seamkey_i_mx_word
/* NOLINTNEXTLINE(readability-non-const-parameter): it is written */
seamkey_i_mx_row_2(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	seamkey_i_mx_word b, seamkey_i_mx_word carry)
{
	SEAMKEY_I_MX_ROW(SEAMKEY_I_MX_STEPS(0, 8));
}
#else
#define SEAMKEY_I_MX_ADX 0

static inline int
seamkey_i_mx_has_adx(void)
{
	return 0;
}
#endif

/* r[u] += a[u] * b + carry */
#define SEAMKEY_I_MX_ADD(u) \
	do { \
		seamkey_i_mx_two t = \
			seamkey_i_mx_times(a[u], b) + r[u] + carry; \
\
		r[u] = (seamkey_i_mx_word)t; \
		carry = (seamkey_i_mx_word)(t >> SEAMKEY_I_MX_BITS); \
	} while (0)

/*
 * r[0..n) += a[0..n) * b + carry; returns what goes into r[n]. Nearly all of
 * the time is spent here. adx: as seamkey_i_mx_has_adx() says.
 */
static inline seamkey_i_mx_word
seamkey_i_mx_row(seamkey_i_mx_word *r, const seamkey_i_mx_word *a, size_t n,
	seamkey_i_mx_word b, seamkey_i_mx_word carry, int adx)
{
	size_t u = 0;

#if SEAMKEY_I_MX_ADX
	for (; adx && n - u >= 8; u += 8) {
		carry = seamkey_i_mx_row_8(r + u, a + u, b, carry);
	}
	for (; adx && n - u >= 2; u += 2) {
		carry = seamkey_i_mx_row_2(r + u, a + u, b, carry);
	}
#else
	(void)adx;
#endif
	for (; n - u >= 4; u += 4) {
		SEAMKEY_I_MX_ADD(u);
		SEAMKEY_I_MX_ADD(u + 1);
		SEAMKEY_I_MX_ADD(u + 2);
		SEAMKEY_I_MX_ADD(u + 3);
	}
	for (; u < n; u++) {
		SEAMKEY_I_MX_ADD(u);
	}
	return carry;
}

#if SEAMKEY_I_MX_UMAAL
/* Two words of two rows: x and y are words of a, last is the one before. */
#define SEAMKEY_I_MX_UMAAL_2(x, y, last) \
	"ldrd %[" #x "], %[" #y "], [%[a]], #8\n\t" \
	"ldrd %[s], %[t], [%[r]]\n\t" \
	"umaal %[s], %[carry], %[" #x "], %[b0]\n\t" \
	"umaal %[s], %[next], %[" #last "], %[b1]\n\t" \
	"umaal %[t], %[carry], %[" #y "], %[b0]\n\t" \
	"umaal %[t], %[next], %[" #x "], %[b1]\n\t" \
	"strd %[s], %[t], [%[r]], #8\n\t"
#define SEAMKEY_I_MX_UMAAL_ASM(words) \
	__asm__ volatile(words \
			 : [a] "+&r"(a), [r] "+&r"(r), [carry] "+&r"(carry), \
			 [next] "+&r"(next), [last] "+&r"(last), [x] "=&r"(x), \
			 [y] "=&r"(y), [s] "=&r"(s), [t] "=&r"(t) \
			 : [b0] "r"(b[0]), [b1] "r"(b[1]) \
			 : "memory")
#endif

/*
 * Two rows, a word apart: r[0..n) += a * b[0] + carry, r[1..n + 1) += a * b[1],
 * where r[n] and r[n + 1] are only written.
 */
static inline void
seamkey_i_mx_two_rows(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	size_t n, const seamkey_i_mx_word *b, seamkey_i_mx_word carry, int adx)
{
#if SEAMKEY_I_MX_UMAAL
	seamkey_i_mx_word next = 0, last = 0, x, y, s, t;
	seamkey_i_mx_two sum;

	(void)adx;
	for (; n >= 4; n -= 4) {
		SEAMKEY_I_MX_UMAAL_ASM(SEAMKEY_I_MX_UMAAL_2(x, y, last)
				SEAMKEY_I_MX_UMAAL_2(x, last, y));
	}
	if (n >= 2) {
		SEAMKEY_I_MX_UMAAL_ASM(SEAMKEY_I_MX_UMAAL_2(
			x, y, last) "mov %[last], %[y]\n\t");
		n -= 2;
	}
	if (n != 0) {
		sum = (seamkey_i_mx_two)a[0] * b[0] + r[0] + carry;
		carry = (seamkey_i_mx_word)(sum >> SEAMKEY_I_MX_BITS);
		sum = (seamkey_i_mx_two)last * b[1] + (seamkey_i_mx_word)sum
			+ next;
		next = (seamkey_i_mx_word)(sum >> SEAMKEY_I_MX_BITS);
		last = a[0];
		*r++ = (seamkey_i_mx_word)sum;
	}
	sum = (seamkey_i_mx_two)last * b[1] + carry + next;
	r[0] = (seamkey_i_mx_word)sum;
	r[1] = (seamkey_i_mx_word)(sum >> SEAMKEY_I_MX_BITS);
#else
	r[n] = seamkey_i_mx_row(r, a, n, b[0], carry, adx);
	r[n + 1] = seamkey_i_mx_row(r + 1, a, n, b[1], 0, adx);
#endif
}

/* r[0..na + nb) = a * b */
static inline void
seamkey_i_mx_product(seamkey_i_mx_word *r, const seamkey_i_mx_word *a,
	size_t na, const seamkey_i_mx_word *b, size_t nb, int adx)
{
	size_t u;

	memset(r, 0, na * sizeof *r);
	for (u = 0; nb - u >= 2; u += 2) {
		seamkey_i_mx_two_rows(r + u, a, na, b + u, 0, adx);
	}
	if (u < nb) {
		r[na + u] = seamkey_i_mx_row(r + u, a, na, b[u], 0, adx);
	}
}

/* r[0..2n) = a * a: each product of two different words once, doubled. */
static inline void
seamkey_i_mx_square(
	seamkey_i_mx_word *r, const seamkey_i_mx_word *a, size_t n, int adx)
{
	seamkey_i_mx_word carry = 0, bit = 0;
	seamkey_i_mx_two first;
	size_t u;

	memset(r, 0, n * sizeof *r);
	r[2 * n - 1] = 0;
	for (u = 0; u + 1 < n; u += 2) {
		first = seamkey_i_mx_times(a[u], a[u + 1]) + r[2 * u + 1];
		r[2 * u + 1] = (seamkey_i_mx_word)first;
		seamkey_i_mx_two_rows(r + 2 * u + 2, a + u + 2, n - 2 - u,
			a + u, (seamkey_i_mx_word)(first >> SEAMKEY_I_MX_BITS),
			adx);
	}
	for (u = 0; u < n; u++) {
		seamkey_i_mx_two s = seamkey_i_mx_times(a[u], a[u]);
		seamkey_i_mx_word low = r[2 * u], high = r[2 * u + 1];

		s += carry;
		s += (seamkey_i_mx_word)(low << 1 | bit);
		bit = low >> (SEAMKEY_I_MX_BITS - 1);
		r[2 * u] = (seamkey_i_mx_word)s;
		s >>= SEAMKEY_I_MX_BITS;
		s += (seamkey_i_mx_word)(high << 1 | bit);
		bit = high >> (SEAMKEY_I_MX_BITS - 1);
		r[2 * u + 1] = (seamkey_i_mx_word)s;
		carry = (seamkey_i_mx_word)(s >> SEAMKEY_I_MX_BITS);
	}
}

/*
 * Montgomery's products. A modulus of n words, R = 2^(bits of n words), and
 * what is computed with it. A number a is kept as a * R mod m, and a product
 * is a * b / R mod m. All pointers lead into one space.
 */
typedef struct seamkey_i_mx_modulus {
	const seamkey_i_mx_word *m;
	seamkey_i_mx_word *r2;     /* R * R mod m */
	seamkey_i_mx_word *t;      /* 2n words, for products */
	seamkey_i_mx_word inverse; /* of m, negative, modulo a word */
	size_t n;
	int adx;
} seamkey_i_mx_modulus;

/* r[0] += high + carry; returns the carry. */
static inline seamkey_i_mx_word
seamkey_i_mx_add_high(
	seamkey_i_mx_word *r, seamkey_i_mx_word high, seamkey_i_mx_word carry)
{
	seamkey_i_mx_two s = (seamkey_i_mx_two)*r + high + carry;

	*r = (seamkey_i_mx_word)s;
	return (seamkey_i_mx_word)(s >> SEAMKEY_I_MX_BITS);
}

/* r = t[0..2n) / R mod m, for t below m * R. t is used up. */
static inline void
seamkey_i_mx_reduce(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *r,
	seamkey_i_mx_word *t)
{
	seamkey_i_mx_word top = 0, q[2], high[2];
	seamkey_i_mx_two s;
	size_t u, n = m->n;

	for (u = 0; n - u >= 2; u += 2) {
		q[0] = t[u] * m->inverse;
		s = seamkey_i_mx_times(q[0], m->m[0]) + t[u];
		s = seamkey_i_mx_times(q[0], m->m[1]) + t[u + 1]
			+ (seamkey_i_mx_word)(s >> SEAMKEY_I_MX_BITS);
		q[1] = (seamkey_i_mx_word)s * m->inverse;
		high[0] = t[u + n];
		high[1] = t[u + n + 1];
		seamkey_i_mx_two_rows(t + u, m->m, n, q, 0, m->adx);
		top = seamkey_i_mx_add_high(t + u + n, high[0], top);
		top = seamkey_i_mx_add_high(t + u + n + 1, high[1], top);
	}
	if (u < n) {
		q[0] = t[u] * m->inverse;
		high[0] = t[u + n];
		t[u + n] = seamkey_i_mx_row(t + u, m->m, n, q[0], 0, m->adx);
		top = seamkey_i_mx_add_high(t + u + n, high[0], top);
	}
	seamkey_i_mx_reduce_once(r, t + n, top, m->m, n);
}

/* r = a * b / R mod m; one of a and b below m, the other below R. */
static inline void
seamkey_i_mx_mul(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *r,
	const seamkey_i_mx_word *a, const seamkey_i_mx_word *b)
{
	seamkey_i_mx_product(m->t, a, m->n, b, m->n, m->adx);
	seamkey_i_mx_reduce(m, r, m->t);
}

/* a = a * a / R mod m, so often. */
static inline void
seamkey_i_mx_sqr(
	const seamkey_i_mx_modulus *m, seamkey_i_mx_word *a, unsigned times)
{
	while (times-- != 0) {
		seamkey_i_mx_square(m->t, a, m->n, m->adx);
		seamkey_i_mx_reduce(m, a, m->t);
	}
}

/* a = 2a mod m */
static inline void
seamkey_i_mx_double(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *a)
{
	seamkey_i_mx_word top = a[m->n - 1] >> (SEAMKEY_I_MX_BITS - 1);
	size_t u;

	for (u = m->n - 1; u > 0; u--) {
		m->t[u] = a[u] << 1 | a[u - 1] >> (SEAMKEY_I_MX_BITS - 1);
	}
	m->t[0] = a[0] << 1;
	seamkey_i_mx_reduce_once(a, m->t, top, m->m, m->n);
}

/*
 * Everything that belongs to a modulus of so many octets, whose first is
 * not zero. There is no division: 2^(8 * (octets - 1)) is below m, doubled
 * it becomes R, doubled further R * 2^n, and squared log2(bits of a word)
 * times that R * R.
 */
static inline void
seamkey_i_mx_set(seamkey_i_mx_modulus *m, size_t octets)
{
	seamkey_i_mx_word x;
	size_t u, bit = 8 * (octets - 1), n = m->n;
	unsigned squares = SEAMKEY_MODEXP_WORD == 64 ? 6 : 5;

	/* m * m = 1 modulo 8; each step doubles the bits that are right */
	x = m->m[0];
	for (u = 3; u < SEAMKEY_I_MX_BITS; u *= 2) {
		x *= 2 - m->m[0] * x;
	}
	m->inverse = 0 - x;
	memset(m->r2, 0, n * sizeof *m->r2);
	m->r2[bit / SEAMKEY_I_MX_BITS] = (seamkey_i_mx_word)1
		<< (bit % SEAMKEY_I_MX_BITS);
	for (u = bit; u < n * SEAMKEY_I_MX_BITS + n; u++) {
		seamkey_i_mx_double(m, m->r2);
	}
	seamkey_i_mx_sqr(m, m->r2, squares);
}

/* r = a * R mod m, a of any length; part has room for n words. */
static inline void
seamkey_i_mx_enter(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *r,
	seamkey_span a, seamkey_i_mx_word *part)
{
	size_t n = m->n, octets = n * SEAMKEY_I_MX_OCTETS, at = 0, have;
	seamkey_i_mx_word top;

	memset(r, 0, n * sizeof *r);
	while (at < a.len) {
		at += octets;
	}
	while (at != 0) {
		at -= octets;
		have = a.len - at < octets ? a.len - at : octets;
		seamkey_i_mx_load(part, n,
			seamkey_span_of(a.p + (a.len - at - have), have));
		seamkey_i_mx_mul(m, r, r, m->r2);
		seamkey_i_mx_mul(m, part, part, m->r2);
		top = seamkey_i_mx_add_if(r, part, n, 1);
		memcpy(part, r, n * sizeof *part);
		seamkey_i_mx_reduce_once(r, part, top, m->m, n);
	}
}

/* Exponents, and where the numbers of an operation lie. */

/* As deep as a private operation goes: its space, and the frames of
 * functions, which take up to 3 KiB; where all of them are small, as they are
 * with umaal, 664 octets, and 840 before a compiler optimises. */
#if !SEAMKEY_I_MX_UMAAL
#define SEAMKEY_I_MX_FRAMES 5120
#elif defined(__OPTIMIZE__)
#define SEAMKEY_I_MX_FRAMES 704
#else
#define SEAMKEY_I_MX_FRAMES 1024
#endif
#define SEAMKEY_I_MX_DEPTH \
	(SEAMKEY_I_MX_SPACE * SEAMKEY_I_MX_OCTETS + SEAMKEY_I_MX_FRAMES)
SEAMKEY_I_SCRUBBER(seamkey_i_mx_scrub, SEAMKEY_I_MX_DEPTH)

/* The next n words of a space. */
static inline seamkey_i_mx_word *
seamkey_i_mx_take(seamkey_i_mx_word **space, size_t n)
{
	seamkey_i_mx_word *p = *space;

	*space += n;
	return p;
}

/* The places of a modulus of n words; m->m is to be filled in. */
static inline seamkey_i_mx_word *
seamkey_i_mx_place(seamkey_i_mx_modulus *m, size_t n, seamkey_i_mx_word **space)
{
	seamkey_i_mx_word *p = seamkey_i_mx_take(space, n);

	m->n = n;
	m->adx = seamkey_i_mx_has_adx();
	m->m = p;
	m->r2 = seamkey_i_mx_take(space, n);
	m->t = seamkey_i_mx_take(space, 2 * n);
	return p;
}

static inline int
seamkey_i_mx_is_odd(seamkey_span v)
{
	return v.len != 0 && (v.p[v.len - 1] & 1) != 0;
}

/* x = x^e mod m, by the bits of e, which is public. The last one is 1: that
 * product is with x itself, so that its result is no multiple of R. */
static inline void
seamkey_i_mx_power_public(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *x,
	seamkey_i_mx_word *r, seamkey_i_mx_word *base, seamkey_span e)
{
	size_t bits = 8 * e.len;

	while ((e.p[0] >> ((bits - 1) % 8) & 1) == 0) {
		bits--;
	}
	seamkey_i_mx_mul(m, base, x, m->r2);
	memcpy(r, base, m->n * sizeof *r);
	for (bits -= 2; bits > 0; bits--) {
		seamkey_i_mx_sqr(m, r, 1);
		if (e.p[e.len - 1 - bits / 8] >> (bits % 8) & 1) {
			seamkey_i_mx_mul(m, r, r, base);
		}
	}
	seamkey_i_mx_sqr(m, r, 1);
	seamkey_i_mx_mul(m, x, r, x);
}

SEAMKEY_API int
seamkey_modexp_public(unsigned char *x, seamkey_span n, seamkey_span e)
{
	seamkey_i_mx_word space[7 * SEAMKEY_I_MX_WORDS], *spare = space;
	seamkey_i_mx_word *value, *r, *base, *p;
	uint32_t below;
	seamkey_i_mx_modulus m;
	size_t words = seamkey_i_mx_words(n.len);

	if (words > SEAMKEY_I_MX_WORDS) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (!seamkey_i_mx_is_odd(n) || n.p[0] == 0 || n.len < 2
		|| !seamkey_i_mx_is_odd(e) || e.p[0] == 0
		|| (e.len == 1 && e.p[0] < 3)) {
		return SEAMKEY_ERR_ARG;
	}
	p = seamkey_i_mx_place(&m, words, &spare);
	value = seamkey_i_mx_take(&spare, words);
	r = seamkey_i_mx_take(&spare, words);
	base = seamkey_i_mx_take(&spare, words);
	seamkey_i_mx_load(p, words, n);
	seamkey_i_mx_load(value, words, seamkey_span_of(x, n.len));
	below = seamkey_i_declassify(
		(uint32_t)seamkey_i_mx_sub(r, value, p, words));
	if (below) {
		seamkey_i_mx_set(&m, n.len);
		seamkey_i_mx_power_public(&m, value, r, base, e);
		seamkey_i_mx_store(x, n.len, value);
	}
	seamkey_wipe(space, sizeof space);
	return below ? SEAMKEY_OK : SEAMKEY_ERR_ARG;
}

/* r = table[at], of 2^window entries of n words; all of them are read. */
static inline void
seamkey_i_mx_look_up(seamkey_i_mx_word *r, const seamkey_i_mx_word *table,
	size_t n, unsigned window, unsigned at)
{
	unsigned u;
	size_t v;

	memset(r, 0, n * sizeof *r);
	for (u = 0; u < 1u << window; u++) {
		seamkey_i_mx_word mask =
			seamkey_i_mx_mask(seamkey_i_ct_eq(u, at));

		for (v = 0; v < n; v++) {
			r[v] |= table[u * n + v] & mask;
		}
	}
}

/* The bits from at on of an exponent of n words, fewer at its end. */
static inline unsigned
seamkey_i_mx_window(
	const seamkey_i_mx_word *e, size_t n, size_t at, unsigned window)
{
	size_t u = at / SEAMKEY_I_MX_BITS;
	unsigned shift = (unsigned)(at % SEAMKEY_I_MX_BITS);
	seamkey_i_mx_word bits = e[u] >> shift;

	if (shift != 0 && u + 1 < n) {
		bits |= e[u + 1] << (SEAMKEY_I_MX_BITS - shift);
	}
	return (unsigned)bits & ((1u << window) - 1);
}

/*
 * x = x^e, both as they are kept; e has so many bits, all of them secret.
 * The table lies at the end of the space, room words of it: the window is
 * as wide as there is room.
 */
static inline void
seamkey_i_mx_power(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *x,
	const seamkey_i_mx_word *e, size_t bits, seamkey_i_mx_word *table,
	size_t room)
{
	size_t n = m->n,
	       words = (bits + SEAMKEY_I_MX_BITS - 1) / SEAMKEY_I_MX_BITS;
	seamkey_i_mx_word *entry = table;
	unsigned window = SEAMKEY_MODEXP_WINDOW, u;
	size_t at;

	room -= n;
	table += n;
	while ((n << window) > room) {
		window--;
	}
	memset(entry, 0, n * sizeof *entry);
	entry[0] = 1;
	seamkey_i_mx_mul(m, table, entry, m->r2);
	memcpy(table + n, x, n * sizeof *table);
	for (u = 2; u < 1u << window; u++) {
		seamkey_i_mx_mul(m, table + u * n, table + (u - 1) * n, x);
	}
	for (at = 0; at < bits; at += window) {
	}
	memcpy(x, table, n * sizeof *x);
	while (at != 0) {
		at -= window;
		seamkey_i_mx_sqr(m, x, window);
		seamkey_i_mx_look_up(entry, table, n, window,
			seamkey_i_mx_window(e, words, at, window));
		seamkey_i_mx_mul(m, x, x, entry);
	}
}

/* e = d + blind * (m - 1), of as many words as m has and 8 octets more. */
static inline void
seamkey_i_mx_blind(const seamkey_i_mx_modulus *m, seamkey_i_mx_word *e,
	seamkey_span d, const unsigned char *blind)
{
	size_t more = seamkey_i_mx_words(8), u;
	seamkey_i_mx_word by[8 / sizeof(seamkey_i_mx_word)];

	seamkey_i_mx_load(by, more, seamkey_span_of(blind, 8));
	seamkey_i_mx_load(e, m->n + more, d);
	memcpy(m->t, m->m, m->n * sizeof *m->t);
	m->t[0] ^= 1; /* m is odd */
	for (u = 0; u < more; u++) {
		e[m->n + u] =
			seamkey_i_mx_row(e + u, m->t, m->n, by[u], 0, m->adx);
	}
	seamkey_wipe(by, sizeof by);
}

/* One prime, and where its part of the work is done. */
typedef struct seamkey_i_mx_half {
	seamkey_i_mx_modulus m;
	seamkey_i_mx_word *value; /* x^d, as it is kept */
	seamkey_i_mx_word *part;
	seamkey_i_mx_word *e;
	seamkey_i_mx_word *rest; /* room words */
	size_t room;
} seamkey_i_mx_half;

static inline void
seamkey_i_mx_half_power(seamkey_i_mx_half *h, seamkey_i_mx_word *space,
	size_t room, seamkey_span x, seamkey_span prime, seamkey_span d,
	const unsigned char *blind)
{
	size_t n = seamkey_i_mx_words(prime.len), bits = 8 * d.len;
	seamkey_i_mx_word *spare = space;

	seamkey_i_mx_load(seamkey_i_mx_place(&h->m, n, &spare), n, prime);
	h->value = seamkey_i_mx_take(&spare, n);
	h->part = seamkey_i_mx_take(&spare, n);
	h->e = seamkey_i_mx_take(&spare, n + seamkey_i_mx_words(8));
	h->rest = spare;
	h->room = room - (size_t)(spare - space);
	seamkey_i_mx_set(&h->m, prime.len);
	seamkey_i_mx_enter(&h->m, h->value, x, h->part);
	if (blind == NULL) {
		seamkey_i_mx_load(h->e, n, d);
	} else {
		seamkey_i_mx_blind(&h->m, h->e, d, blind);
		bits = 8 * prime.len + 64;
	}
	seamkey_i_mx_power(&h->m, h->value, h->e, bits, h->rest, h->room);
}

/* x = s2 + q * ((s1 - s2) * qinv mod p), s1 being h->value; RFC 8017 section
 * 5.1.2. s2 has as many octets as q. */
static inline void
seamkey_i_mx_join(seamkey_i_mx_half *h, unsigned char *x, size_t len,
	seamkey_span s2, seamkey_span q, seamkey_span qinv)
{
	size_t n = h->m.n, nq = seamkey_i_mx_words(q.len), u;
	seamkey_i_mx_word *spare = h->rest, carry = 0;
	seamkey_i_mx_word *other = seamkey_i_mx_take(&spare, n);
	seamkey_i_mx_word *less = seamkey_i_mx_take(&spare, n);
	seamkey_i_mx_word *prime = seamkey_i_mx_take(&spare, nq);
	seamkey_i_mx_word *r = seamkey_i_mx_take(&spare, n + nq);

	seamkey_i_mx_enter(&h->m, other, s2, h->part);
	carry = seamkey_i_mx_sub(less, h->value, other, n);
	(void)seamkey_i_mx_add_if(less, h->m.m, n, carry);
	seamkey_i_mx_load(other, n, qinv);
	seamkey_i_mx_mul(&h->m, less, less, other);
	seamkey_i_mx_load(prime, nq, q);
	seamkey_i_mx_product(r, less, n, prime, nq, h->m.adx);
	seamkey_i_mx_load(prime, nq, s2);
	carry = seamkey_i_mx_add_if(r, prime, nq, 1);
	for (u = nq; u < n + nq; u++) {
		seamkey_i_mx_two s = (seamkey_i_mx_two)r[u] + carry;

		r[u] = (seamkey_i_mx_word)s;
		carry = (seamkey_i_mx_word)(s >> SEAMKEY_I_MX_BITS);
	}
	seamkey_i_mx_store(x, len, r);
}

/* Do the lengths fit each other, and the space? They are public. What is
 * needed: s2, seven numbers of a half and the exponent's blinding, then the
 * least table with an entry of it, or what the join needs. */
static inline int
seamkey_i_mx_check(size_t len, const seamkey_modexp_key *key)
{
	size_t np = seamkey_i_mx_words(key->p.len);
	size_t nq = seamkey_i_mx_words(key->q.len);

	if (seamkey_i_mx_words(len) > SEAMKEY_I_MX_WORDS
		|| np > SEAMKEY_I_MX_WORDS || nq > SEAMKEY_I_MX_WORDS
		|| 10 * np + 3 * nq + seamkey_i_mx_words(8) > SEAMKEY_I_MX_SPACE
		|| 11 * nq + seamkey_i_mx_words(8) > SEAMKEY_I_MX_SPACE) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (key->p.len == 0 || key->q.len == 0 || key->dp.len == 0
		|| key->dq.len == 0 || key->p.len + key->q.len < len
		|| key->p.len + key->q.len > len + 1 || key->dp.len > key->p.len
		|| key->dq.len > key->q.len || key->qinv.len > key->p.len
		|| !seamkey_i_declassify((uint32_t)key->p.p[key->p.len - 1]
			& key->q.p[key->q.len - 1] & 1)) {
		return SEAMKEY_ERR_ARG;
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_modexp_private(unsigned char *x, size_t len,
	const seamkey_modexp_key *key, const seamkey_random *random)
{
	seamkey_i_mx_word space[SEAMKEY_I_MX_SPACE], *spare = space;
	unsigned char *s2, blind[16];
	seamkey_i_mx_half h;
	size_t room, nq = seamkey_i_mx_words(key->q.len);
	int status = seamkey_i_mx_check(len, key);

	if (status == SEAMKEY_OK && random != NULL) {
		status = seamkey_random_get(random, blind, sizeof blind);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	s2 = (unsigned char *)seamkey_i_mx_take(&spare, nq);
	room = SEAMKEY_I_MX_SPACE - (size_t)(spare - space);
	seamkey_i_mx_half_power(&h, spare, room, seamkey_span_of(x, len),
		key->q, key->dq, random == NULL ? NULL : blind);
	memcpy(h.m.t, h.value, nq * sizeof *h.value);
	memset(h.m.t + nq, 0, nq * sizeof *h.value);
	seamkey_i_mx_reduce(&h.m, h.part, h.m.t);
	seamkey_i_mx_store(s2, key->q.len, h.part);
	seamkey_i_mx_half_power(&h, spare, room, seamkey_span_of(x, len),
		key->p, key->dp, random == NULL ? NULL : blind + 8);
	seamkey_i_mx_join(
		&h, x, len, seamkey_span_of(s2, key->q.len), key->q, key->qinv);
	seamkey_wipe(space, sizeof space);
	seamkey_wipe(&h, sizeof h); /* it has words of primes */
	seamkey_wipe(blind, sizeof blind);
	return SEAMKEY_OK;
}

#ifdef __cplusplus
}
#endif
#endif
