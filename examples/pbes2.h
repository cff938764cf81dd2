/*
 * pbes2.h - a private key under a passphrase: PKCS #8 with PBES2
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Decrypts an EncryptedPrivateKeyInfo (RFC 5958 section 3) as programs write
 * it: PBES2 with PBKDF2 (RFC 8018) over HMAC-SHA-1 or HMAC-SHA-2, and AES in
 * CBC mode. It is for programs that are handed files; copy it into yours. It
 * stands on BearSSL, seamkey_base.h and seamkey_der.h, allocates nothing and
 * keeps nothing.
 *
 * A wrong passphrase and damaged contents cannot be told apart, and are not:
 * there is no checksum, only the padding and what the result looks like.
 */
#ifndef SEAMKEY_EXAMPLE_PBES2_H
#define SEAMKEY_EXAMPLE_PBES2_H

#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_der.h"

/*
 * Whoever made the file says how much work it is to open it. This bounds
 * it, far above what is recommended to those who write such files.
 */
#ifndef PBES2_MAX_ITERATIONS
#define PBES2_MAX_ITERATIONS 10000000ul
#endif

/*
 * Leniencies, to be OR-ed into the parameter of that name; 0 is strict.
 * DES_EDE3 reads what old programs have written: Triple DES. SPELLED_SHA1
 * accepts HMAC-SHA-1 that is named, although it is the default and DER leaves
 * defaults out; Java's library has written that.
 */
#define PBES2_DES_EDE3     1u
#define PBES2_SPELLED_SHA1 2u

enum pbes2_error {
	PBES2_ERR_SCHEME = -1021,     /* something older than PBES2 */
	PBES2_ERR_KDF = -1022,        /* not PBKDF2: scrypt, say */
	PBES2_ERR_PRF = -1023,        /* an HMAC that is not known */
	PBES2_ERR_CIPHER = -1024,     /* not AES-CBC */
	PBES2_ERR_PARAMETERS = -1025, /* parameters that do not belong */
	PBES2_ERR_ITERATIONS = -1026, /* none, or PBES2_MAX_ITERATIONS */
	PBES2_ERR_PASSPHRASE = -1027  /* wrong, or the contents are damaged */
};

/* The text of one of these, or NULL. */
static inline const char *
pbes2_text(int status)
{
	switch (status) {
	case PBES2_ERR_SCHEME:
		return "it is not encrypted by PBES2; openssl pkcs8 -topk8 "
		       "makes a new one of it";
	case PBES2_ERR_KDF:
		return "its key derivation function is not PBKDF2; openssl "
		       "pkcs8 -topk8 makes a new one of it";
	case PBES2_ERR_PRF:
		return "its PBKDF2 uses a hash function that is not known; "
		       "openssl pkcs8 -topk8 makes a new one of it";
	case PBES2_ERR_CIPHER:
		return "its cipher is not one that is known; openssl pkcs8 "
		       "-topk8 makes a new one of it";
	case PBES2_ERR_PARAMETERS:
		return "the parameters of its encryption do not fit together";
	case PBES2_ERR_ITERATIONS:
		return "its iteration count is zero or beyond all reason";
	case PBES2_ERR_PASSPHRASE:
		return "the passphrase is wrong, or the contents are damaged";
	default:
		return NULL;
	}
}

/* What the structure says, as views into it. */
typedef struct pbes2_params {
	seamkey_span salt;
	uint32_t iterations;
	const br_hash_class *hash;
	size_t key_len;
	size_t block_len; /* 16: AES, 8: Triple DES */
	seamkey_span iv;
	seamkey_span contents;
} pbes2_params;

/* ---- the structure ----------------------------------------------------- */

/* clang-format off */
/* 1.2.840.113549.1.5.13, .12; 1.2.840.113549.2.n; 2.16.840.1.101.3.4.1.n;
 * 1.2.840.113549.3.7 */
#define PBES2_OID  0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0D
#define PBES2_OID_PBKDF2  0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x05, 0x0C
#define PBES2_OID_HMAC(n)  0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, n
#define PBES2_OID_AES(n)  0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, n
#define PBES2_OID_DES  0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x03, 0x07
/* clang-format on */

static inline int
pbes2_is(seamkey_span oid, const unsigned char *known, size_t len)
{
	return seamkey_span_match(oid, seamkey_span_of(known, len));
}

/* AlgorithmIdentifier { hmacWithSHA..., NULL } */
static inline int
pbes2_find_hash(
	pbes2_params *out, const seamkey_der_algorithm *alg, unsigned lenient)
{
	/* clang-format off */
	static const struct {
		unsigned char oid[8];
		const br_hash_class *hash;
	} known[] = {
		{ { PBES2_OID_HMAC(0x07) }, &br_sha1_vtable },
		{ { PBES2_OID_HMAC(0x08) }, &br_sha224_vtable },
		{ { PBES2_OID_HMAC(0x09) }, &br_sha256_vtable },
		{ { PBES2_OID_HMAC(0x0A) }, &br_sha384_vtable },
		{ { PBES2_OID_HMAC(0x0B) }, &br_sha512_vtable },
	};
	/* clang-format on */
	static const unsigned char null[2] = { 0x05, 0x00 };
	size_t u = (lenient & PBES2_SPELLED_SHA1) != 0 ? 0 : 1;

	for (; u < sizeof known / sizeof known[0]; u++) {
		if (pbes2_is(alg->oid, known[u].oid, sizeof known[u].oid)) {
			out->hash = known[u].hash;
			return pbes2_is(alg->parameters, null, sizeof null)
				? SEAMKEY_OK
				: PBES2_ERR_PARAMETERS;
		}
	}
	return PBES2_ERR_PRF;
}

/* PBKDF2-params ::= SEQUENCE {
 *   salt            CHOICE { specified OCTET STRING, otherSource ... },
 *   iterationCount  INTEGER (1..MAX),
 *   keyLength       INTEGER (1..MAX) OPTIONAL,
 *   prf             AlgorithmIdentifier DEFAULT hmacWithSHA1 }
 * Nobody has defined another source of salt. */
static inline int
pbes2_decode_kdf(
	pbes2_params *out, size_t *key_len, seamkey_span in, unsigned lenient)
{
	seamkey_der_algorithm prf;
	seamkey_der_reader r, seq;
	seamkey_span count;
	size_t u;
	int status;

	memset(&prf, 0, sizeof prf);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	out->salt = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	count = seamkey_der_get_integer(&seq);
	if (seamkey_der_match(&seq, SEAMKEY_DER_INTEGER)) {
		*key_len = seamkey_der_get_uint(&seq);
	}
	if (seamkey_der_match(&seq, SEAMKEY_DER_SEQUENCE)) {
		seamkey_der_get_algorithm(&seq, &prf);
	}
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (count.len > 4) {
		return PBES2_ERR_ITERATIONS;
	}
	for (u = 0; u < count.len; u++) {
		out->iterations = (out->iterations << 8) | count.p[u];
	}
	if (out->iterations == 0 || out->iterations > PBES2_MAX_ITERATIONS) {
		return PBES2_ERR_ITERATIONS;
	}
	out->hash = &br_sha1_vtable;
	return prf.oid.len == 0 ? SEAMKEY_OK
				: pbes2_find_hash(out, &prf, lenient);
}

/* AlgorithmIdentifier { aes...-CBC-PAD, IV } or { des-EDE3-CBC, IV } */
static inline int
pbes2_decode_cipher(
	pbes2_params *out, const seamkey_der_algorithm *alg, unsigned lenient)
{
	/* clang-format off */
	static const struct {
		size_t key_len, block_len;
		unsigned char oid_len, oid[9];
	} known[] = {
		{ 16, 16, 9, { PBES2_OID_AES(0x02) } },
		{ 24, 16, 9, { PBES2_OID_AES(0x16) } },
		{ 32, 16, 9, { PBES2_OID_AES(0x2A) } },
		{ 24,  8, 8, { PBES2_OID_DES, 0 } },
	};
	/* clang-format on */
	size_t count = sizeof known / sizeof known[0];
	seamkey_der_reader r;
	size_t u;

	if ((lenient & PBES2_DES_EDE3) == 0) {
		count--;
	}
	for (u = 0; u < count; u++) {
		if (pbes2_is(alg->oid, known[u].oid, known[u].oid_len)) {
			break;
		}
	}
	if (u == count) {
		return PBES2_ERR_CIPHER;
	}
	out->key_len = known[u].key_len;
	out->block_len = known[u].block_len;
	seamkey_der_init(&r, alg->parameters);
	out->iv = seamkey_der_get(&r, SEAMKEY_DER_OCTET_STRING);
	if (seamkey_der_check_end(&r) != SEAMKEY_OK
		|| out->iv.len != out->block_len) {
		return PBES2_ERR_PARAMETERS;
	}
	return SEAMKEY_OK;
}

/* PBES2-params ::= SEQUENCE {
 *   keyDerivationFunc  AlgorithmIdentifier,
 *   encryptionScheme   AlgorithmIdentifier } */
static inline int
pbes2_decode_params(pbes2_params *out, seamkey_span in, unsigned lenient)
{
	static const unsigned char pbkdf2[] = { PBES2_OID_PBKDF2 };
	seamkey_der_algorithm kdf, cipher;
	seamkey_der_reader r, seq;
	size_t key_len = 0;
	int status;

	memset(&kdf, 0, sizeof kdf);
	memset(&cipher, 0, sizeof cipher);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_get_algorithm(&seq, &kdf);
	seamkey_der_get_algorithm(&seq, &cipher);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (!pbes2_is(kdf.oid, pbkdf2, sizeof pbkdf2)) {
		return PBES2_ERR_KDF;
	}
	status = pbes2_decode_kdf(out, &key_len, kdf.parameters, lenient);
	if (status == SEAMKEY_OK) {
		status = pbes2_decode_cipher(out, &cipher, lenient);
	}
	if (status == SEAMKEY_OK && key_len != 0 && key_len != out->key_len) {
		status = PBES2_ERR_PARAMETERS;
	}
	return status;
}

/* EncryptedPrivateKeyInfo ::= SEQUENCE {
 *   encryptionAlgorithm  AlgorithmIdentifier,
 *   encryptedData        OCTET STRING } */
static inline int
pbes2_decode(pbes2_params *out, seamkey_span in, unsigned lenient)
{
	static const unsigned char pbes2[] = { PBES2_OID };
	seamkey_der_algorithm alg;
	seamkey_der_reader r, seq;
	int status;

	memset(out, 0, sizeof *out);
	memset(&alg, 0, sizeof alg);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_get_algorithm(&seq, &alg);
	out->contents = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (!pbes2_is(alg.oid, pbes2, sizeof pbes2)) {
		return PBES2_ERR_SCHEME;
	}
	return pbes2_decode_params(out, alg.parameters, lenient);
}

/* ---- the cryptography -------------------------------------------------- */

/* Block number i of PBKDF2, RFC 8018 section 5.2: as many octets as the
 * hash function gives, to out. */
static inline void
pbes2_derive_block(const br_hmac_key_context *key, const pbes2_params *params,
	unsigned i, unsigned char *out)
{
	unsigned char number[4] = { 0, 0, 0, 0 };
	unsigned char u[64];  /* wiped below */
	br_hmac_context hmac; /* wiped below */
	uint32_t count;
	size_t at, len;

	number[3] = (unsigned char)i;
	br_hmac_init(&hmac, key, 0);
	br_hmac_update(&hmac, params->salt.p, params->salt.len);
	br_hmac_update(&hmac, number, sizeof number);
	len = br_hmac_out(&hmac, u);
	memcpy(out, u, len);
	for (count = 1; count < params->iterations; count++) {
		br_hmac_init(&hmac, key, 0);
		br_hmac_update(&hmac, u, len);
		br_hmac_out(&hmac, u);
		for (at = 0; at < len; at++) {
			out[at] ^= u[at];
		}
	}
	seamkey_wipe(&hmac, sizeof hmac);
	seamkey_wipe(u, sizeof u);
}

/* key: room for 32 octets. */
static inline void
pbes2_derive(
	const pbes2_params *params, seamkey_span passphrase, unsigned char *key)
{
	unsigned char block[64];  /* wiped below */
	br_hmac_key_context hmac; /* wiped below */
	size_t at, part, len;
	unsigned i = 1;

	br_hmac_key_init(&hmac, params->hash, passphrase.p, passphrase.len);
	len = (size_t)((params->hash->desc >> BR_HASHDESC_OUT_OFF)
		& BR_HASHDESC_OUT_MASK);
	for (at = 0; at < params->key_len; at += part) {
		pbes2_derive_block(&hmac, params, i++, block);
		part = params->key_len - at < len ? params->key_len - at : len;
		memcpy(key + at, block, part);
	}
	seamkey_wipe(&hmac, sizeof hmac);
	seamkey_wipe(block, sizeof block);
}

/* Decrypt data in place; constant time in key and data. */
static inline void
pbes2_cbc(const pbes2_params *params, const unsigned char *key,
	unsigned char *data, size_t len)
{
	union {
		br_aes_ct_cbcdec_keys aes;
		br_des_ct_cbcdec_keys des;
	} keys;               /* wiped below */
	unsigned char iv[16]; /* not secret */

	memcpy(iv, params->iv.p, params->iv.len);
	if (params->block_len == 16) {
		br_aes_ct_cbcdec_init(&keys.aes, key, params->key_len);
		br_aes_ct_cbcdec_run(&keys.aes, iv, data, len);
	} else {
		br_des_ct_cbcdec_init(&keys.des, key, params->key_len);
		br_des_ct_cbcdec_run(&keys.des, iv, data, len);
	}
	seamkey_wipe(&keys, sizeof keys);
}

/* 1 if data ends in padding, and how much: RFC 8018 section 6.1.1. */
static inline int
pbes2_match_padding(const unsigned char *data, size_t len, size_t block_len,
	size_t *padding)
{
	unsigned char last = data[len - 1];
	size_t u;

	if (last == 0 || last > block_len) {
		return 0;
	}
	for (u = 1; u <= last; u++) {
		if (data[len - u] != last) {
			return 0;
		}
	}
	*padding = last;
	return 1;
}

/*
 * Decrypt in, one EncryptedPrivateKeyInfo whole, to out[0..cap): *len bytes
 * of a PrivateKeyInfo. cap is at least the length of in. Must not overlap.
 *
 *   lenient  0, or PBES2_DES_EDE3 and PBES2_SPELLED_SHA1
 *
 * Returns SEAMKEY_OK; else *len is unchanged, nothing of the key is left in
 * out, and the status is one of enum pbes2_error, of the reader of
 * seamkey_der.h, or SEAMKEY_ERR_SPACE.
 */
static inline int
pbes2_decrypt(unsigned char *out, size_t cap, size_t *len, seamkey_span in,
	seamkey_span passphrase, unsigned lenient)
{
	seamkey_der_private_key_info info;
	pbes2_params params;
	unsigned char key[32]; /* wiped below */
	size_t n, padding = 0;
	int status = pbes2_decode(&params, in, lenient);

	if (status != SEAMKEY_OK) {
		return status;
	}
	n = params.contents.len;
	if (n > cap) {
		return SEAMKEY_ERR_SPACE;
	}
	if (n == 0 || n % params.block_len != 0) {
		return PBES2_ERR_PASSPHRASE; /* damaged, in any case */
	}
	pbes2_derive(&params, passphrase, key);
	memcpy(out, params.contents.p, n);
	pbes2_cbc(&params, key, out, n);
	seamkey_wipe(key, sizeof key);
	if (!pbes2_match_padding(out, n, params.block_len, &padding)
		|| seamkey_der_decode_private_key_info(
			   &info, seamkey_span_of(out, n - padding))
			!= SEAMKEY_OK) {
		seamkey_wipe(out, n);
		return PBES2_ERR_PASSPHRASE;
	}
	*len = n - padding;
	return SEAMKEY_OK;
}

#endif
