/*
 * seamkey_aead.h - ciphers for frames, over BearSSL
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Ciphers of BearSSL    2. Limits
 * Search for "[aead.2]" to reach section 2: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   seamkey_aead objects (seamkey_base.h) made of BearSSL's block ciphers,
 *   hashes and stream cipher, for frames that are in memory whole; and how
 *   many frames a key may see.
 *
 * GUARANTEES
 *   GCM: what is opened is decrypted after its tag was found right.
 *   Constant time in key, plaintext and tag.
 */
#include <bearssl.h>

#include "seamkey_base.h"

#ifndef SEAMKEY_AEAD_H
#define SEAMKEY_AEAD_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [aead.1] Ciphers of BearSSL ------------------------------------- */

/*
 * Fill in a cipher with BearSSL's best implementation for this machine:
 * AES-NI and PCLMULQDQ or POWER8's where they are, constant-time code of
 * 64 or 32 bits elsewhere. The processor is asked here, and never again.
 * The object may be copied and shared; const from then on.
 *
 *   suite  enum seamkey_aead_suite.
 *
 * Returns SEAMKEY_OK, or SEAMKEY_ERR_UNSUPPORTED with *aead unchanged.
 * RFC 5116, RFC 8439; NIST SP 800-38C, 800-38D.
 */
SEAMKEY_API int seamkey_aead_bearssl(seamkey_aead *aead, unsigned suite);

/* Bytes that are enough for a context of any suite of BearSSL's. */
#define SEAMKEY_AEAD_CONTEXT \
	(sizeof(br_aes_gen_ctrcbc_keys) + 2 * sizeof(void *) + 16)

/* ---- [aead.2] Limits ------------------------------------------------ */

/*
 * How many frames one key may seal, and how many wrong tags it may see,
 * for an advantage of the attacker of 2^-advantage over all of them
 * (draft-irtf-cfrg-aead-limits for GCM and ChaCha20-Poly1305; RFC 9001
 * appendix B for CCM, where both share one bound and get half of it each).
 *
 *   octets     of the largest frame: AD, rounded up to 16, and plaintext
 *   advantage  57 and 60 are usual; 1..120
 *
 * Never 0, never above 2^62. Public.
 */
SEAMKEY_API uint64_t seamkey_aead_frames(
	unsigned suite, size_t octets, unsigned advantage);
SEAMKEY_API uint64_t seamkey_aead_failures(
	unsigned suite, size_t octets, unsigned advantage);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_AEAD_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_AEAD_IMPLEMENTED)
#define SEAMKEY_AEAD_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [aead.1] Ciphers of BearSSL ------------------------------------- */

/* A number, big-endian. */
static inline void
seamkey_i_aead_put(unsigned char *out, uint64_t value, unsigned octets)
{
	while (octets-- > 0) {
		out[octets] = (unsigned char)value;
		value >>= 8;
	}
}

/* The number that octets stand for, big-endian. */
static inline uint64_t
seamkey_i_aead_get(const unsigned char *in, unsigned octets)
{
	uint64_t value = 0;
	unsigned u;

	for (u = 0; u < octets; u++) {
		value = value << 8 | in[u];
	}
	return value;
}

/* BearSSL takes some contexts that it does not change as non-const. */
static inline void *
seamkey_i_aead_context(const void *context)
{
	void *p;

	memcpy(&p, &context, sizeof p);
	return p;
}

/* GCM: the key schedule, and the hash key. */
typedef struct seamkey_i_gcm {
	br_aes_gen_ctr_keys aes;
	unsigned char h[16];
} seamkey_i_gcm;

static inline void
seamkey_i_gcm_init(
	const seamkey_aead *aead, void *context, const unsigned char *key)
{
	static const unsigned char zero[SEAMKEY_AEAD_NONCE] = { 0 };
	const br_block_ctr_class *ctr = (const br_block_ctr_class *)aead->block;
	seamkey_i_gcm *gcm = (seamkey_i_gcm *)context;

	ctr->init(&gcm->aes.vtable, key, aead->key_len);
	memset(gcm->h, 0, sizeof gcm->h);
	ctr->run(&gcm->aes.vtable, zero, 0, gcm->h, sizeof gcm->h);
}

/* Hash the two spans of AD as one string. */
static inline void
seamkey_i_gcm_ad(br_ghash ghash, const seamkey_i_gcm *gcm,
	const seamkey_span *ad, unsigned char *y)
{
	unsigned char chunk[64];
	size_t n = 0, u, i;

	for (i = 0; i < 2; i++) {
		for (u = 0; u < ad[i].len; u++) {
			chunk[n++] = ad[i].p[u];
			if (n == sizeof chunk) {
				ghash(y, gcm->h, chunk, n);
				n = 0;
			}
		}
	}
	ghash(y, gcm->h, chunk, n);
}

/*
 * The tag: GHASH over AD, ciphertext and lengths, and the first block of
 * the key stream. A small frame goes into one buffer, for one call: that
 * halves its cost.
 */
static inline void
seamkey_i_gcm_tag(const seamkey_aead *aead, const seamkey_i_gcm *gcm,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *ct, size_t len, unsigned char *tag)
{
	br_ghash ghash = (br_ghash)aead->mac;
	size_t ad_len = ad[0].len + ad[1].len;
	size_t ad_pad = (ad_len + 15) & ~(size_t)15;
	size_t ct_pad = (len + 15) & ~(size_t)15;
	unsigned char all[256], y[16] = { 0 }, *lengths = all;
	size_t u;

	if (ad_len <= 64 && len <= 144) {
		memset(all, 0, ad_pad + ct_pad);
		if (ad[0].len != 0) {
			memcpy(all, ad[0].p, ad[0].len);
		}
		if (ad[1].len != 0) {
			memcpy(all + ad[0].len, ad[1].p, ad[1].len);
		}
		if (len != 0) {
			memcpy(all + ad_pad, ct, len);
		}
		lengths = all + ad_pad + ct_pad;
	} else {
		seamkey_i_gcm_ad(ghash, gcm, ad, y);
		ghash(y, gcm->h, ct, len);
	}
	seamkey_i_aead_put(lengths, (uint64_t)ad_len << 3, 8);
	seamkey_i_aead_put(lengths + 8, (uint64_t)len << 3, 8);
	ghash(y, gcm->h, all, (size_t)(lengths - all) + 16);
	memset(tag, 0, SEAMKEY_AEAD_TAG);
	gcm->aes.vtable->run(&gcm->aes.vtable, nonce, 1, tag, SEAMKEY_AEAD_TAG);
	for (u = 0; u < SEAMKEY_AEAD_TAG; u++) {
		tag[u] ^= y[u];
	}
}

static inline void
seamkey_i_gcm_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	const seamkey_i_gcm *gcm = (const seamkey_i_gcm *)context;

	if (len != 0) {
		memmove(out, in, len);
		gcm->aes.vtable->run(&gcm->aes.vtable, nonce, 2, out, len);
	}
	seamkey_i_gcm_tag(aead, gcm, nonce, ad, out, len, tag);
}

static inline uint32_t
seamkey_i_gcm_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	const seamkey_i_gcm *gcm = (const seamkey_i_gcm *)context;
	unsigned char right[SEAMKEY_AEAD_TAG];
	uint32_t ok;

	seamkey_i_gcm_tag(aead, gcm, nonce, ad, in, len, right);
	ok = seamkey_i_declassify(seamkey_ct_equal(right, tag, sizeof right));
	seamkey_wipe(right, sizeof right); /* else it would sign a forgery */
	if (len == 0) {
		return ok;
	}
	if (!ok) {
		memset(out, 0, len);
		return 0;
	}
	memmove(out, in, len);
	gcm->aes.vtable->run(&gcm->aes.vtable, nonce, 2, out, len);
	return 1;
}

/* CCM over BearSSL's own. */
static inline void
seamkey_i_ccm_init(
	const seamkey_aead *aead, void *context, const unsigned char *key)
{
	br_aes_gen_ctrcbc_keys *keys = (br_aes_gen_ctrcbc_keys *)context;
	const br_block_ctrcbc_class *aes =
		(const br_block_ctrcbc_class *)aead->block;

	aes->init(&keys->vtable, key, aead->key_len);
}

static inline void
seamkey_i_ccm_run(const void *context, const unsigned char *nonce,
	const seamkey_span *ad, int encrypt, unsigned char *data, size_t len,
	unsigned char *tag)
{
	br_aes_gen_ctrcbc_keys *keys =
		(br_aes_gen_ctrcbc_keys *)seamkey_i_aead_context(context);
	br_ccm_context ccm;

	br_ccm_init(&ccm, &keys->vtable);
	(void)br_ccm_reset(&ccm, nonce, SEAMKEY_AEAD_NONCE,
		ad[0].len + ad[1].len, len, SEAMKEY_AEAD_TAG);
	br_ccm_aad_inject(&ccm, ad[0].p, ad[0].len);
	br_ccm_aad_inject(&ccm, ad[1].p, ad[1].len);
	br_ccm_flip(&ccm);
	br_ccm_run(&ccm, encrypt, data, len);
	(void)br_ccm_get_tag(&ccm, tag);
	seamkey_wipe(&ccm, sizeof ccm);
}

static inline void
seamkey_i_ccm_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	(void)aead;
	if (len != 0) {
		memmove(out, in, len);
	}
	seamkey_i_ccm_run(context, nonce, ad, 1, out, len, tag);
}

/* What a cipher that decrypts before it knows does with the result. */
static inline uint32_t
seamkey_i_aead_verdict(unsigned char *right, const unsigned char *tag,
	unsigned char *out, size_t len)
{
	uint32_t ok = seamkey_ct_equal(right, tag, SEAMKEY_AEAD_TAG);

	ok = seamkey_i_declassify(ok);
	seamkey_wipe(right, SEAMKEY_AEAD_TAG);
	if (!ok) {
		seamkey_wipe(out, len);
	}
	return ok;
}

static inline uint32_t
seamkey_i_ccm_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	unsigned char right[SEAMKEY_AEAD_TAG];

	(void)aead;
	if (len != 0) {
		memmove(out, in, len);
	}
	seamkey_i_ccm_run(context, nonce, ad, 0, out, len, right);
	return seamkey_i_aead_verdict(right, tag, out, len);
}

/* ChaCha20-Poly1305: the context is the key. */
#define SEAMKEY_I_CHACHA_AD 128

static inline void
seamkey_i_chacha_init(
	const seamkey_aead *aead, void *context, const unsigned char *key)
{
	memcpy(context, key, aead->key_len);
}

static inline void
seamkey_i_chacha_run(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad, int encrypt,
	unsigned char *data, size_t len, unsigned char *tag)
{
	br_poly1305_run run = (br_poly1305_run)aead->mac;
	unsigned char joined[SEAMKEY_I_CHACHA_AD];
	seamkey_span all = ad[0];

	if (ad[1].len != 0) {
		if (ad[0].len != 0) {
			memcpy(joined, ad[0].p, ad[0].len);
		}
		memcpy(joined + ad[0].len, ad[1].p, ad[1].len);
		all = seamkey_span_of(joined, ad[0].len + ad[1].len);
	}
	run(context, nonce, data, len, all.p, all.len, tag,
		(br_chacha20_run)aead->stream, encrypt);
}

static inline void
seamkey_i_chacha_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	if (len != 0) {
		memmove(out, in, len);
	}
	seamkey_i_chacha_run(aead, context, nonce, ad, 1, out, len, tag);
}

static inline uint32_t
seamkey_i_chacha_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	unsigned char right[SEAMKEY_AEAD_TAG];

	if (len != 0) {
		memmove(out, in, len);
	}
	seamkey_i_chacha_run(aead, context, nonce, ad, 0, out, len, right);
	return seamkey_i_aead_verdict(right, tag, out, len);
}

/*
 * BearSSL's functions that say whether the processor has an instruction
 * execute CPUID, which costs 3 to 20 us in a virtual machine, more than a
 * kilobyte of GCM. So the variable is asked that the start of the program has
 * set, where the compiler has one. Weak, as a BearSSL that was built without
 * this code has no such symbol: then its function answers.
 */
#if defined(__x86_64__) && defined(__ELF__) && defined(__GNUC__) \
	&& __STDC_HOSTED__
#pragma weak br_aes_x86ni_ctr_vtable
#pragma weak br_aes_x86ni_ctrcbc_vtable
#pragma weak br_aes_x86ni_cbcenc_vtable
#pragma weak br_aes_x86ni_cbcdec_vtable
#pragma weak br_ghash_pclmul
#define SEAMKEY_I_IF_CPU(has, known, ask) \
	(!(__builtin_cpu_supports(has) && __builtin_cpu_supports("sse4.1")) \
			? NULL \
			: (known) != NULL ? (known) \
					  : (ask)())
#else
#define SEAMKEY_I_IF_CPU(has, known, ask) (ask)()
#endif
#define SEAMKEY_I_IF_AESNI(mode) \
	SEAMKEY_I_IF_CPU("aes", &br_aes_x86ni_##mode##_vtable, \
		br_aes_x86ni_##mode##_get_vtable)

/*
 * Which code of BearSSL's: what the processor has; else constant time for
 * the width of its words. Cortex-M0 and M3 multiply 32 bits to 64 in a time
 * that depends on the numbers, hence ctmul32 there; an M4 does not.
 */
static inline void
seamkey_i_gcm_choose(seamkey_aead *a)
{
	const br_block_ctr_class *aes = SEAMKEY_I_IF_AESNI(ctr);
	br_ghash ghash = SEAMKEY_I_IF_CPU(
		"pclmul", br_ghash_pclmul, br_ghash_pclmul_get);

	if (aes == NULL) {
		aes = br_aes_pwr8_ctr_get_vtable();
	}
	if (ghash == 0) {
		ghash = br_ghash_pwr8_get();
	}
#if UINTPTR_MAX > 0xFFFFFFFFu
	a->block = aes != NULL ? aes : &br_aes_ct64_ctr_vtable;
	a->mac = (void (*)(void))(ghash != 0 ? ghash : &br_ghash_ctmul64);
#elif SEAMKEY_I_CORTEX_UMAAL
	a->block = aes != NULL ? aes : &br_aes_ct_ctr_vtable;
	a->mac = (void (*)(void))(ghash != 0 ? ghash : &br_ghash_ctmul);
#else
	a->block = aes != NULL ? aes : &br_aes_ct_ctr_vtable;
	a->mac = (void (*)(void))(ghash != 0 ? ghash : &br_ghash_ctmul32);
#endif
	a->context_size = sizeof(seamkey_i_gcm);
	a->init = seamkey_i_gcm_init;
	a->seal = seamkey_i_gcm_seal;
	a->open = seamkey_i_gcm_open;
}

static inline void
seamkey_i_ccm_choose(seamkey_aead *a)
{
	const br_block_ctrcbc_class *aes = SEAMKEY_I_IF_AESNI(ctrcbc);

	if (aes == NULL) {
		aes = br_aes_pwr8_ctrcbc_get_vtable();
	}
#if UINTPTR_MAX > 0xFFFFFFFFu
	a->block = aes != NULL ? aes : &br_aes_ct64_ctrcbc_vtable;
#else
	a->block = aes != NULL ? aes : &br_aes_ct_ctrcbc_vtable;
#endif
	a->context_size = sizeof(br_aes_gen_ctrcbc_keys);
	a->init = seamkey_i_ccm_init;
	a->seal = seamkey_i_ccm_seal;
	a->open = seamkey_i_ccm_open;
}

static inline void
seamkey_i_chacha_choose(seamkey_aead *a)
{
	br_chacha20_run chacha = br_chacha20_sse2_get();
	br_poly1305_run poly = br_poly1305_ctmulq_get();

	if (poly == 0) {
		poly = &br_poly1305_ctmul32_run;
	}
	a->stream =
		(void (*)(void))(chacha != 0 ? chacha : &br_chacha20_ct_run);
	a->mac = (void (*)(void))poly;
	a->context_size = 32;
	a->ad_max = SEAMKEY_I_CHACHA_AD;
	a->init = seamkey_i_chacha_init;
	a->seal = seamkey_i_chacha_seal;
	a->open = seamkey_i_chacha_open;
}

SEAMKEY_API int
seamkey_aead_bearssl(seamkey_aead *aead, unsigned suite)
{
	seamkey_aead a;

	memset(&a, 0, sizeof a);
	a.suite = suite;
	a.key_len = 16;
	switch (suite) {
	case SEAMKEY_AEAD_AES_256_GCM:
		a.key_len = 32;
		seamkey_i_gcm_choose(&a);
		break;
	case SEAMKEY_AEAD_AES_128_GCM:
		seamkey_i_gcm_choose(&a);
		break;
	case SEAMKEY_AEAD_AES_128_CCM:
		seamkey_i_ccm_choose(&a);
		break;
	case SEAMKEY_AEAD_CHACHA20_POLY1305:
		a.key_len = 32;
		seamkey_i_chacha_choose(&a);
		break;
	default:
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	*aead = a;
	return SEAMKEY_OK;
}

/* ---- [aead.2] Limits ------------------------------------------------ */

/* n / d, rounded down; d is not 0. By hand: the division of a compiler's
 * helper does not belong into a header that handles secrets. */
static inline uint64_t
seamkey_i_aead_divide(uint64_t n, uint64_t d)
{
	uint64_t q = 0, r = 0;
	unsigned u;

	for (u = 0; u < 64; u++) {
		r = r << 1 | n >> 63;
		n <<= 1;
		q <<= 1;
		if (r >= d) {
			r -= d;
			q |= 1;
		}
	}
	return q;
}

/* 2^(halves / 2) / blocks, at least 1, at most 2^62; blocks below 2^60 */
static inline uint64_t
seamkey_i_aead_bound(int halves, uint64_t blocks)
{
	uint64_t root2 = 0xB504F333F9DE6484u; /* of 2, times 2^63 */
	uint64_t q;

	if (halves < 0) {
		return 1;
	}
	if (halves >= 124) {
		halves = 124;
	}
	q = (uint64_t)1 << (halves >> 1);
	if (halves & 1) {
		q = root2 >> (63 - (halves >> 1));
	}
	q = seamkey_i_aead_divide(q, blocks);
	return q == 0 ? 1 : q;
}

SEAMKEY_API uint64_t
seamkey_aead_frames(unsigned suite, size_t octets, unsigned advantage)
{
	uint64_t blocks = ((uint64_t)octets + 15) >> 4;
	int k = (int)advantage;

	switch (suite) {
	case SEAMKEY_AEAD_CHACHA20_POLY1305:
		return (uint64_t)1 << 62;
	case SEAMKEY_AEAD_AES_128_CCM: /* half of p^(1/2) * 2^63 / L */
		return seamkey_i_aead_bound(124 - k, blocks + 1);
	default: /* p^(1/2) * 2^64.5 / (L + 1) */
		return seamkey_i_aead_bound(129 - k, blocks + 1);
	}
}

SEAMKEY_API uint64_t
seamkey_aead_failures(unsigned suite, size_t octets, unsigned advantage)
{
	uint64_t blocks = ((uint64_t)octets + 15) >> 4;
	int k = (int)advantage;

	switch (suite) {
	case SEAMKEY_AEAD_CHACHA20_POLY1305: /* p * 2^103 / (L + 1) */
		return seamkey_i_aead_bound(206 - 2 * k, blocks + 1);
	case SEAMKEY_AEAD_AES_128_CCM:
		return seamkey_i_aead_bound(124 - k, blocks + 1);
	default: /* p * 2^127 / (L + 1) */
		return seamkey_i_aead_bound(254 - 2 * k, blocks + 1);
	}
}

#ifdef __cplusplus
}
#endif
#endif
