/*
 * test_rsa.c - sign, verify, encrypt, decrypt in software
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "rsa_tools.h"

#include "bignum.h"
#include "stack_scan.h"

/* Output buffers have room behind them for a canary. */
#define ROOM (KEY_BYTES + 8)

static seamkey_span
key_span(size_t row)
{
	return seamkey_span_of(rsa_keys[row].der, rsa_keys[row].len);
}

/* A digest for any hash: bytes that mean nothing. */
static seamkey_span
some_digest(int hash)
{
	return seamkey_span_of(key_4096 + 100, seamkey_der_hash_size(hash));
}

/* ---- sign and verify ----------------------------------------------------- */

static void
rsa_signatures_are_those_of_openssl(void)
{
	unsigned char sig[ROOM], again[ROOM], digest[32], buf[PUBLIC_BYTES];
	unsigned char info[SEAMKEY_DER_MAX_DIGEST_INFO];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span message = BYTES("seamkey");
	br_sha256_context sha;
	size_t u, k, len;

	br_sha256_init(&sha);
	br_sha256_update(&sha, message.p, message.len);
	br_sha256_out(&sha, digest);
	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_span key = key_span(u);

		what = rsa_keys[u].name;
		k = rsa_keys[u].k;
		memset(sig, CANARY, sizeof sig);
		len = 12345;
		CHECK_INT(seamkey_rsa_sign_message(&env, sig, k, &len,
				  &br_sha256_vtable, message, key),
			SEAMKEY_OK);
		CHECK_INT(len, k);
		check_sha256(seamkey_span_of(sig, k), rsa_keys[u].sig);
		CHECK_INT(all_are(sig + k, CANARY, sizeof sig - k), 1);
		CHECK_INT(seamkey_rsa_sign_hash(&env, again, sizeof again, &len,
				  SEAMKEY_SHA256, SPAN(digest), key),
			SEAMKEY_OK);
		CHECK_INT(len, k);
		CHECK_MEM(again, sig, k);
		memset(again, 0, sizeof again);
		CHECK_INT(seamkey_rsa_sign(&env, again, sizeof again, &len,
				  digest_info_of(
					  SEAMKEY_SHA256, SPAN(digest), info),
				  key),
			SEAMKEY_OK);
		CHECK_INT(len, k);
		CHECK_MEM(again, sig, k);
		CHECK_INT(seamkey_rsa_verify_message(&env,
				  seamkey_span_of(sig, k), &br_sha256_vtable,
				  message, public_of(key, buf)),
			SEAMKEY_OK);
	}
}

static void
rsa_every_key_and_every_hash(void)
{
	unsigned char sig[ROOM], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t u, len;
	int hash;

	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_span pub = public_of(key_span(u), buf);

		what = rsa_keys[u].name;
		for (hash = SEAMKEY_MD5; hash <= SEAMKEY_SHA3_512; hash++) {
			seamkey_span digest = some_digest(hash);

			CHECK_INT(seamkey_rsa_sign_hash(&env, sig, sizeof sig,
					  &len, hash, digest, key_span(u)),
				SEAMKEY_OK);
			CHECK_INT(len, rsa_keys[u].k);
			CHECK_INT(seamkey_rsa_verify_hash(&env,
					  seamkey_span_of(sig, len), hash,
					  digest, pub),
				SEAMKEY_OK);
			digest.p++;
			CHECK_INT(seamkey_rsa_verify_hash(&env,
					  seamkey_span_of(sig, len), hash,
					  digest, pub),
				SEAMKEY_ERR_RSA_SIGNATURE);
		}
	}
}

/* clang-format off */
static const struct {
	const char *what;
	const br_hash_class *hash;
	int id; /* 0: has no DigestInfo */
} classes[] = {
	{ "MD5", &br_md5_vtable, SEAMKEY_MD5 },
	{ "SHA-1", &br_sha1_vtable, SEAMKEY_SHA1 },
	{ "SHA-224", &br_sha224_vtable, SEAMKEY_SHA224 },
	{ "SHA-256", &br_sha256_vtable, SEAMKEY_SHA256 },
	{ "SHA-384", &br_sha384_vtable, SEAMKEY_SHA384 },
	{ "SHA-512", &br_sha512_vtable, SEAMKEY_SHA512 },
	{ "MD5 and SHA-1", &br_md5sha1_vtable, 0 },
};
/* clang-format on */

static void
rsa_messages_of_every_hash_class(void)
{
	unsigned char sig[ROOM], again[ROOM], digest[64], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), pub = public_of(key, buf);
	seamkey_span message = SPAN(key_4096);
	br_hash_compat_context ctx;
	size_t u, len;

	for (u = 0; u < COUNT(classes); u++) {
		const br_hash_class *hash = classes[u].hash;

		what = classes[u].what;
		memset(sig, CANARY, sizeof sig);
		len = 12345;
		if (classes[u].id == 0) {
			CHECK_INT(seamkey_rsa_sign_message(&env, sig,
					  sizeof sig, &len, hash, message, key),
				SEAMKEY_ERR_DER_HASH);
			CHECK_INT(seamkey_rsa_verify_message(&env,
					  seamkey_span_of(again, 128), hash,
					  message, pub),
				SEAMKEY_ERR_DER_HASH);
			CHECK_INT(len, 12345);
			CHECK_INT(all_are(sig, CANARY, sizeof sig), 1);
			continue;
		}
		CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
				  hash, message, key),
			SEAMKEY_OK);
		hash->init(&ctx.vtable);
		hash->update(&ctx.vtable, message.p, message.len);
		hash->out(&ctx.vtable, digest);
		CHECK_INT(seamkey_rsa_sign_hash(&env, again, sizeof again, &len,
				  classes[u].id,
				  seamkey_span_of(digest,
					  seamkey_der_hash_size(classes[u].id)),
				  key),
			SEAMKEY_OK);
		CHECK_MEM(sig, again, 128);
		CHECK_INT(
			seamkey_rsa_verify_message(&env,
				seamkey_span_of(sig, 128), hash, message, pub),
			SEAMKEY_OK);
		message.len--;
		CHECK_INT(
			seamkey_rsa_verify_message(&env,
				seamkey_span_of(sig, 128), hash, message, pub),
			SEAMKEY_ERR_RSA_SIGNATURE);
		message.len++;
	}
	what = "empty message";
	CHECK_INT(seamkey_rsa_sign_message(&env, sig, sizeof sig, &len,
			  &br_sha256_vtable, seamkey_span_of(NULL, 0), key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify_message(&env, seamkey_span_of(sig, 128),
			  &br_sha256_vtable, seamkey_span_of(sig, 0), pub),
		SEAMKEY_OK);
}

static void
rsa_verify_refuses_everything_else(void)
{
	unsigned char sig[ROOM], digest[32], buf[PUBLIC_BYTES];
	unsigned char other[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_2048), pub = public_of(key, buf);
	size_t u, len;

#define VERIFY(to) \
	seamkey_rsa_verify_hash(&env, seamkey_span_of(sig, 256), \
		SEAMKEY_SHA256, SPAN(digest), (to))
	memset(digest, 0x42, sizeof digest);
	CHECK_INT(seamkey_rsa_sign_hash(&env, sig, sizeof sig, &len,
			  SEAMKEY_SHA256, SPAN(digest), key),
		SEAMKEY_OK);
	CHECK_INT(VERIFY(pub), SEAMKEY_OK);
	what = "an octet of the signature";
	for (u = 0; u < 256; u++) {
		sig[u] ^= 0x10;
		CHECK_INT(VERIFY(pub), SEAMKEY_ERR_RSA_SIGNATURE);
		sig[u] ^= 0x10;
	}
	what = "a bit of the digest";
	for (u = 0; u < 256; u++) {
		digest[u / 8] ^= (unsigned char)(1u << u % 8);
		CHECK_INT(VERIFY(pub), SEAMKEY_ERR_RSA_SIGNATURE);
		digest[u / 8] ^= (unsigned char)(1u << u % 8);
	}
	what = "another key";
	CHECK_INT(VERIFY(public_of(SPAN(key_2048_e3), other)),
		SEAMKEY_ERR_RSA_SIGNATURE);
	CHECK_INT(VERIFY(public_of(SPAN(key_4096), other)),
		unless_long(4096, SEAMKEY_ERR_RSA_SIGNATURE));
	CHECK_INT(VERIFY(public_of(SPAN(key_1024), other)),
		SEAMKEY_ERR_RSA_SIGNATURE);
	what = "the key itself, for its public half";
	CHECK_INT(VERIFY(key), SEAMKEY_ERR_DER_TAG);
	CHECK_INT(VERIFY(pub), SEAMKEY_OK);
#undef VERIFY
}

static void
rsa_hash_has_to_be_one_and_fit(void)
{
	unsigned char sig[ROOM], buf[PUBLIC_BYTES];
	seamkey_span key = SPAN(key_2048), pub = public_of(key, buf);
	seamkey_span digest = some_digest(SEAMKEY_SHA256);
	size_t len = 12345;

	memset(sig, CANARY, sizeof sig);
#define SIGN(hash) \
	seamkey_rsa_sign_hash(NULL, sig, sizeof sig, &len, (hash), digest, key)
#define VERIFY(hash) \
	seamkey_rsa_verify_hash( \
		NULL, seamkey_span_of(key_4096, 256), (hash), digest, pub)
	CHECK_INT(SIGN(0), SEAMKEY_ERR_DER_HASH);
	CHECK_INT(SIGN(13), SEAMKEY_ERR_DER_HASH);
	CHECK_INT(SIGN(-1), SEAMKEY_ERR_DER_HASH);
	CHECK_INT(VERIFY(0), SEAMKEY_ERR_DER_HASH);
	CHECK_INT(VERIFY(99), SEAMKEY_ERR_DER_HASH);
	CHECK_INT(SIGN(SEAMKEY_SHA512), SEAMKEY_ERR_DER_DIGEST);
	CHECK_INT(VERIFY(SEAMKEY_SHA512), SEAMKEY_ERR_DER_DIGEST);
	digest.len = 31;
	CHECK_INT(SIGN(SEAMKEY_SHA256), SEAMKEY_ERR_DER_DIGEST);
	digest.len = 33;
	CHECK_INT(SIGN(SEAMKEY_SHA256), SEAMKEY_ERR_DER_DIGEST);
	CHECK_INT(VERIFY(SEAMKEY_SHA256), SEAMKEY_ERR_DER_DIGEST);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(sig, CANARY, sizeof sig), 1);
#undef SIGN
#undef VERIFY
}

/* ---- policy -------------------------------------------------------------- */

enum service {
	SIGN,
	VERIFY,
	ENCRYPT,
	DECRYPT,
	IMPLICIT,
	REPORT
};

/*
 * One call of a service with all that it needs, but for what the policy
 * objects to. A signature is a good one, made with all doors open.
 */
static int
call(enum service s, const seamkey_rsa_policy *policy, seamkey_span key,
	int hash)
{
	static unsigned char sig[ROOM], out[ROOM], pub[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t len = 12345;
	int status;

	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_sign_hash(&env, sig, sizeof sig, &len, hash,
			  some_digest(hash), key),
		SEAMKEY_OK);
	env.policy = *policy;
	switch (s) {
	case SIGN:
		status = seamkey_rsa_sign_hash(&env, out, sizeof out, &len,
			hash, some_digest(hash), key);
		break;
	case VERIFY:
		return seamkey_rsa_verify_hash(&env, seamkey_span_of(sig, len),
			hash, some_digest(hash), public_of(key, pub));
	case ENCRYPT:
		status = seamkey_rsa_encrypt(&env, out, sizeof out, &len,
			BYTES("message"), public_of(key, pub));
		break;
	case DECRYPT:
		status = seamkey_rsa_decrypt(
			&env, out, 7, seamkey_span_of(sig, len), key);
		break;
	case IMPLICIT:
		status = seamkey_rsa_decrypt_implicit(&env, out, sizeof out,
			&len, seamkey_span_of(sig, len), key);
		break;
	default:
		status = seamkey_rsa_decrypt_report(&env, out, sizeof out, &len,
			seamkey_span_of(sig, len), key);
		break;
	}
	if (status != SEAMKEY_OK) {
		CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	}
	return status;
}

/* clang-format off */
#define BIT(hash) (1u << (hash))
#define ALL_BITS  ((2u << SEAMKEY_SHA3_512) - 1)
#define SHORT     SEAMKEY_ERR_KEY_MODULUS_SHORT
#define SMALL_E   SEAMKEY_ERR_KEY_EXPONENT_SMALL
#define HASH      SEAMKEY_ERR_RSA_HASH
#define SIGNED    SEAMKEY_ERR_RSA_DECRYPT /* what it decrypts is no message */
static const struct {
	const char *what;
	/* min_bits, min_bits_verify, min_e, min_e_verify, sign, verify */
	seamkey_rsa_policy policy;
	const unsigned char *key;
	size_t len;
	int hash;
	int status[6]; /* by service; the two middle forms of decrypt alike */
} policies[] = {
#define IS(key) key, sizeof key
	{ "default, 2048", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "default, SHA-1", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_SHA1, { HASH, 0, 0, 0, 0, SIGNED } },
	{ "default, MD5", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_MD5, { HASH, HASH, 0, 0, 0, SIGNED } },
	{ "default, SHA-224", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_SHA224, { 0, 0, 0, 0, 0, SIGNED } },
	{ "default, SHA3-512", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_SHA3_512, { 0, 0, 0, 0, 0, SIGNED } },
	{ "default, 1024", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_1024),
		SEAMKEY_SHA256, { SHORT, 0, SHORT, SHORT, SHORT, SHORT } },
	{ "default, 1031", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_1031),
		SEAMKEY_SHA256, { SHORT, 0, SHORT, SHORT, SHORT, SHORT } },
#if SEAMKEY_RSA_MAX_BITS >= 4096
	{ "default, 4096", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_4096),
		SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
#endif
	{ "default, e = 3", { 0, 0, 0, 0, 0, 0, 0 }, IS(key_2048_e3),
		SEAMKEY_SHA256,
		{ SMALL_E, 0, SMALL_E, SMALL_E, SMALL_E, SMALL_E } },
	{ "1024 allowed", { 1024, 0, 0, 0, 0, 0, 0 }, IS(key_1024),
		SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "1024 allowed, e = 3 not", { 1024, 0, 0, 0, 0, 0, 0 },
		IS(key_2048_e3), SEAMKEY_SHA256,
		{ SMALL_E, 0, SMALL_E, SMALL_E, SMALL_E, SMALL_E } },
	{ "1025 at least", { 1025, 1025, 0, 0, 0, 0, 0 }, IS(key_1024),
		SEAMKEY_SHA256,
		{ SHORT, SHORT, SHORT, SHORT, SHORT, SHORT } },
	{ "1031 at least", { 1031, 1031, 0, 0, 0, 0, 0 }, IS(key_1031),
		SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "1032 at least", { 1032, 1032, 0, 0, 0, 0, 0 }, IS(key_1031),
		SEAMKEY_SHA256,
		{ SHORT, SHORT, SHORT, SHORT, SHORT, SHORT } },
	{ "2048 at least, to verify too", { 0, 2048, 0, 0, 0, 0, 0 },
		IS(key_1024), SEAMKEY_SHA256,
		{ SHORT, SHORT, SHORT, SHORT, SHORT, SHORT } },
	{ "2049 at least", { 2049, 0, 0, 0, 0, 0, 0 }, IS(key_2048),
		SEAMKEY_SHA256, { SHORT, 0, SHORT, SHORT, SHORT, SHORT } },
	{ "e = 3 allowed", { 0, 0, 3, 0, 0, 0, 0 }, IS(key_2048_e3),
		SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "e = 3 to sign, 65537 to verify", { 0, 0, 3, 65537, 0, 0, 0 },
		IS(key_2048_e3), SEAMKEY_SHA256,
		{ 0, SMALL_E, 0, 0, 0, SIGNED } },
	{ "e = 65537 to sign, any to verify", { 0, 0, 65537, 0, 0, 0, 0 },
		IS(key_2048_e3), SEAMKEY_SHA256,
		{ SMALL_E, 0, SMALL_E, SMALL_E, SMALL_E, SMALL_E } },
	{ "e = 4 at least", { 0, 0, 4, 4, 0, 0, 0 }, IS(key_2048_e3),
		SEAMKEY_SHA256,
		{ SMALL_E, SMALL_E, SMALL_E, SMALL_E, SMALL_E, SMALL_E } },
	{ "e = 1 at least is e = 3", { 0, 0, 1, 1, 0, 0, 0 },
		IS(key_2048_e3), SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "e = 65537 at least", { 0, 0, 65537, 65537, 0, 0, 0 },
		IS(key_2048), SEAMKEY_SHA256, { 0, 0, 0, 0, 0, SIGNED } },
	{ "e = 65538 at least", { 0, 0, 65538, 65538, 0, 0, 0 },
		IS(key_2048), SEAMKEY_SHA256,
		{ SMALL_E, SMALL_E, SMALL_E, SMALL_E, SMALL_E, SMALL_E } },
	{ "SHA-1 allowed to sign", { 0, 0, 0, 0, BIT(SEAMKEY_SHA1), 0, 0 },
		IS(key_2048), SEAMKEY_SHA1, { 0, 0, 0, 0, 0, SIGNED } },
	{ "SHA-1 alone to sign", { 0, 0, 0, 0, BIT(SEAMKEY_SHA1), 0, 0 },
		IS(key_2048), SEAMKEY_SHA256, { HASH, 0, 0, 0, 0, SIGNED } },
	{ "MD5 allowed", { 0, 0, 0, 0, ALL_BITS, ALL_BITS, 0 }, IS(key_2048),
		SEAMKEY_MD5, { 0, 0, 0, 0, 0, SIGNED } },
	{ "SHA-384 alone to verify",
		{ 0, 0, 0, 0, 0, BIT(SEAMKEY_SHA384), 0 }, IS(key_2048),
		SEAMKEY_SHA1, { HASH, HASH, 0, 0, 0, SIGNED } },
	{ "SHA-384 alone", { 0, 0, 0, 0, BIT(SEAMKEY_SHA384),
		BIT(SEAMKEY_SHA384), 0 }, IS(key_2048), SEAMKEY_SHA384,
		{ 0, 0, 0, 0, 0, SIGNED } },
	{ "SHA-384 is not SHA3-384", { 0, 0, 0, 0, BIT(SEAMKEY_SHA384),
		BIT(SEAMKEY_SHA384), 0 }, IS(key_2048), SEAMKEY_SHA3_384,
		{ HASH, HASH, 0, 0, 0, SIGNED } },
#undef IS
};
#undef SHORT
#undef SMALL_E
#undef HASH
#undef SIGNED
/* clang-format on */

static void
rsa_policy_by_service(void)
{
	size_t u;
	int s;

	for (u = 0; u < COUNT(policies); u++) {
		what = policies[u].what;
		for (s = SIGN; s <= REPORT; s++) {
			CHECK_INT(call((enum service)s, &policies[u].policy,
					  seamkey_span_of(policies[u].key,
						  policies[u].len),
					  policies[u].hash),
				policies[u].status[s]);
		}
	}
}

/* Without an environment: the policy of the first rows, and no source. */
static void
rsa_defaults_without_an_environment(void)
{
	unsigned char sig[ROOM], out[ROOM], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_2048), pub = public_of(key, buf);
	seamkey_span digest = some_digest(SEAMKEY_SHA1);
	size_t len = 12345;

	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_sign_hash(NULL, out, sizeof out, &len,
			  SEAMKEY_SHA1, digest, key),
		SEAMKEY_ERR_RSA_HASH);
	CHECK_INT(len, 12345);
	CHECK_INT(seamkey_rsa_sign_hash(&env, sig, sizeof sig, &len,
			  SEAMKEY_SHA1, digest, key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify_hash(NULL, seamkey_span_of(sig, 256),
			  SEAMKEY_SHA1, digest, pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt(
			  NULL, out, 16, seamkey_span_of(sig, 256), key),
		SEAMKEY_OK);
	memset(out, CANARY, sizeof out);
	len = 12345;
	CHECK_INT(seamkey_rsa_encrypt(
			  NULL, out, sizeof out, &len, BYTES("message"), pub),
		SEAMKEY_ERR_RANDOM);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	/* with an environment of zeros it is the same */
	memset(&env, 0, sizeof env);
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, out, sizeof out, &len, BYTES("message"), pub),
		SEAMKEY_ERR_RANDOM);
	CHECK_INT(seamkey_rsa_sign_hash(&env, out, sizeof out, &len,
			  SEAMKEY_SHA1, digest, key),
		SEAMKEY_ERR_RSA_HASH);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* A policy below 1024 bits means 1024. */
static void
rsa_policy_has_a_floor(void)
{
	static unsigned char n[128];
	unsigned char pub[PUBLIC_BYTES], out[ROOM];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_der_rsa_public key;
	size_t len;

	env.policy.min_bits = 1;
	env.policy.min_bits_verify = 1;
	memset(n, 0xC5, sizeof n);
	n[0] = 0x7F;
	key.n = SPAN(n);
	key.e = BYTES("\x01\x00\x01");
	CHECK_INT(
		seamkey_der_encode_rsa_public_info(pub, sizeof pub, &len, &key),
		SEAMKEY_OK);
	CHECK_INT(
		seamkey_rsa_verify_hash(&env, SPAN(n), SEAMKEY_SHA256,
			some_digest(SEAMKEY_SHA256), seamkey_span_of(pub, len)),
		SEAMKEY_ERR_KEY_MODULUS_SHORT);
	CHECK_INT(seamkey_rsa_encrypt(&env, out, sizeof out, &len,
			  BYTES("message"), seamkey_span_of(pub, len)),
		SEAMKEY_ERR_KEY_MODULUS_SHORT);
	CHECK_INT(call(SIGN, &env.policy, SPAN(key_1024), SEAMKEY_SHA256),
		SEAMKEY_OK);
}

/* The leniency for absent parameters reaches the keys of every service. */
static void
rsa_policy_lenient_keys(void)
{
	static unsigned char priv[1300], pub[PUBLIC_BYTES];
	unsigned char out[ROOM], sig[ROOM];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_der_private_key_info priv_info;
	seamkey_der_public_key_info pub_info;
	seamkey_span key, pub_key, digest = some_digest(SEAMKEY_SHA256);
	size_t len = 0, pub_len = 0;
	unsigned lenient;

	(void)seamkey_der_decode_private_key_info(&priv_info, SPAN(key_2048));
	(void)seamkey_der_decode_public_key_info(
		&pub_info, SPAN(key_2048_public));
	priv_info.algorithm.parameters.len = 0;
	pub_info.algorithm.parameters.len = 0;
	(void)seamkey_der_encode_private_key_info(
		priv, sizeof priv, &len, &priv_info);
	(void)seamkey_der_encode_public_key_info(
		pub, sizeof pub, &pub_len, &pub_info);
	key = seamkey_span_of(priv, len);
	pub_key = seamkey_span_of(pub, pub_len);
	for (lenient = 0; lenient <= SEAMKEY_ABSENT_NULL; lenient++) {
		int status = lenient ? SEAMKEY_OK : SEAMKEY_ERR_DER_PARAMETERS;

		env.policy.lenient = lenient;
		memset(sig, 0, sizeof sig);
		CHECK_INT(seamkey_rsa_sign_hash(&env, sig, sizeof sig, &len,
				  SEAMKEY_SHA256, digest, key),
			status);
		CHECK_INT(
			seamkey_rsa_verify_hash(&env, seamkey_span_of(sig, 256),
				SEAMKEY_SHA256, digest, pub_key),
			status);
		CHECK_INT(seamkey_rsa_encrypt(
				  &env, out, sizeof out, &len, digest, pub_key),
			status);
		CHECK_INT(seamkey_rsa_decrypt(&env, sig, 32,
				  seamkey_span_of(out, 256), key),
			status);
		if (lenient) {
			CHECK_MEM(sig, digest.p, 32);
		}
	}
}

/* A structure of SEAMKEY_RSA_MAX_KEY_INFO bytes, and of one more: made long
 * by an attribute. */
static void
rsa_key_structures_have_a_limit(void)
{
	static unsigned char attributes[SEAMKEY_RSA_MAX_KEY_INFO];
	static unsigned char key[SEAMKEY_RSA_MAX_KEY_INFO + 1];
	static const unsigned char filling[SEAMKEY_RSA_MAX_KEY_INFO];
	unsigned char sig[ROOM];
	seamkey_der_private_key_info info;
	size_t fill = SEAMKEY_RSA_MAX_KEY_INFO - sizeof key_2048 - 8;
	size_t len, extra;

	(void)seamkey_der_decode_private_key_info(&info, SPAN(key_2048));
	for (extra = 0; extra <= 1; extra++) {
		seamkey_der_writer w = { attributes, sizeof attributes, 0, 0 };
		size_t set = seamkey_der_begin(&w, 0xA0);

		seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING,
			seamkey_span_of(filling, fill + extra));
		seamkey_der_end(&w, set);
		CHECK_INT(w.err, SEAMKEY_OK);
		info.attributes = seamkey_span_of(attributes, w.len);
		CHECK_INT(seamkey_der_encode_private_key_info(
				  key, sizeof key, &len, &info),
			SEAMKEY_OK);
		CHECK_INT(len, SEAMKEY_RSA_MAX_KEY_INFO + extra);
		CHECK_INT(seamkey_rsa_sign_hash(NULL, sig, sizeof sig, &len,
				  SEAMKEY_SHA256, some_digest(SEAMKEY_SHA256),
				  seamkey_span_of(key,
					  SEAMKEY_RSA_MAX_KEY_INFO + extra)),
			extra ? SEAMKEY_ERR_RSA_KEY_INFO : SEAMKEY_OK);
		CHECK_INT(
			seamkey_rsa_verify_hash(NULL, seamkey_span_of(sig, 256),
				SEAMKEY_SHA256, some_digest(SEAMKEY_SHA256),
				seamkey_span_of(
					key, SEAMKEY_RSA_MAX_KEY_INFO + extra)),
			extra ? SEAMKEY_ERR_RSA_KEY_INFO : SEAMKEY_ERR_DER_TAG);
	}
}

/*
 * Each service with a modulus one octet longer than SEAMKEY_RSA_MAX_BITS, and
 * with one just as long. The longer private key has p = n, q = 1: it is right
 * in everything else that is looked at before the length.
 */
static void
rsa_moduli_have_a_limit(void)
{
	static unsigned char n[SEAMKEY_RSA_MAX_BYTES + 1];
	static unsigned char der[6 * sizeof n], pub_der[sizeof n + 50];
	unsigned char out[sizeof n + 8];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span digest = some_digest(SEAMKEY_SHA256), key, pub, in;
	seamkey_der_rsa_private numbers;
	seamkey_der_rsa_public half;
	size_t u, longest = 0, len = 0, pub_len = 0;

	if (SEAMKEY_RSA_MAX_BITS < 4096) {
		printf("left out: keys of 4096 bits: SEAMKEY_RSA_MAX_BITS is "
		       "%d\n",
			SEAMKEY_RSA_MAX_BITS);
	}
	memset(n, 0xC5, sizeof n);
	numbers.n = numbers.p = half.n = SPAN(n);
	numbers.e = half.e = BYTES("\x01\x00\x01");
	numbers.d = numbers.q = BYTES("\x01");
	numbers.dp = numbers.dq = numbers.qinv = numbers.d;
	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  der, sizeof der, &len, &numbers),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_encode_rsa_public_info(
			  pub_der, sizeof pub_der, &pub_len, &half),
		SEAMKEY_OK);
	key = seamkey_span_of(der, len);
	pub = seamkey_span_of(pub_der, pub_len);
	in = SPAN(n);
	memset(out, CANARY, sizeof out);
	len = 12345;
#define LONG(call) CHECK_INT((call), SEAMKEY_ERR_KEY_MODULUS_LONG)
	LONG(seamkey_rsa_sign_hash(
		&env, out, sizeof out, &len, SEAMKEY_SHA256, digest, key));
	LONG(seamkey_rsa_verify_hash(&env, in, SEAMKEY_SHA256, digest, pub));
	LONG(seamkey_rsa_encrypt(&env, out, sizeof out, &len, digest, pub));
	LONG(seamkey_rsa_decrypt(&env, out, 32, in, key));
	LONG(seamkey_rsa_decrypt_implicit(
		&env, out, sizeof out, &len, in, key));
	LONG(seamkey_rsa_decrypt_report(&env, out, sizeof out, &len, in, key));
#undef LONG
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);

	for (u = 0; u < COUNT(rsa_keys); u++) {
		longest = rsa_keys[u].k >= rsa_keys[longest].k ? u : longest;
	}
	CHECK_INT(rsa_keys[longest].k, SEAMKEY_RSA_MAX_BYTES);
	key = key_span(longest);
	pub = public_of(key, pub_der);
	CHECK_INT(seamkey_rsa_sign_hash(&env, out, SEAMKEY_RSA_MAX_BYTES, &len,
			  SEAMKEY_SHA256, digest, key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify_hash(&env, seamkey_span_of(out, len),
			  SEAMKEY_SHA256, digest, pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, out, SEAMKEY_RSA_MAX_BYTES, &len, digest, pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_decrypt(
			  &env, n, 32, seamkey_span_of(out, len), key),
		SEAMKEY_OK);
	CHECK_MEM(n, digest.p, 32);
}

/* ---- outputs ------------------------------------------------------------- */

/* A call that gives k octets and their number; status as the service. */
typedef int (*with_length)(
	unsigned char *out, size_t cap, size_t *len, seamkey_span key);

static unsigned char public_buf[PUBLIC_BYTES];
static unsigned char good_ct[KEY_BYTES];

static int
do_sign(unsigned char *out, size_t cap, size_t *len, seamkey_span key)
{
	return seamkey_rsa_sign_hash(NULL, out, cap, len, SEAMKEY_SHA256,
		some_digest(SEAMKEY_SHA256), key);
}

static int
do_encrypt(unsigned char *out, size_t cap, size_t *len, seamkey_span key)
{
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;

	memset(&env, 0, sizeof env);
	if (out != NULL) { /* measuring needs no source */
		env.random = known_random(&drbg);
	}
	return seamkey_rsa_encrypt(&env, out, cap, len, BYTES("message"),
		public_of(key, public_buf));
}

static int
do_implicit(unsigned char *out, size_t cap, size_t *len, seamkey_span key)
{
	return seamkey_rsa_decrypt_implicit(
		NULL, out, cap, len, seamkey_span_of(good_ct, 256), key);
}

static int
do_report(unsigned char *out, size_t cap, size_t *len, seamkey_span key)
{
	return seamkey_rsa_decrypt_report(
		NULL, out, cap, len, seamkey_span_of(good_ct, 256), key);
}

static void
rsa_lengths_are_told_and_kept(void)
{
	static const struct {
		const char *what;
		with_length run;
		size_t result;
	} rows[] = {
		{ "sign", do_sign, 256 },
		{ "encrypt", do_encrypt, 256 },
		{ "decrypt_implicit", do_implicit, 7 },
		{ "decrypt_report", do_report, 7 },
	};
	seamkey_span key = SPAN(key_2048);
	unsigned char out[ROOM];
	size_t u, cap, len;

	CHECK_INT(do_encrypt(good_ct, sizeof good_ct, &len, key), SEAMKEY_OK);
	for (u = 0; u < COUNT(rows); u++) {
		what = rows[u].what;
		len = 12345;
		CHECK_INT(rows[u].run(NULL, 0, &len, key), SEAMKEY_OK);
		CHECK_INT(len, 256);
		len = 12345;
		CHECK_INT(rows[u].run(NULL, 12345, &len, key), SEAMKEY_OK);
		CHECK_INT(len, 256);
		for (cap = 0; cap < 256; cap++) {
			memset(out, CANARY, sizeof out);
			len = 12345;
			CHECK_INT(rows[u].run(out, cap, &len, key),
				SEAMKEY_ERR_SPACE);
			CHECK_INT(len, 256);
			CHECK_INT(all_are(out, CANARY, sizeof out), 1);
		}
		for (cap = 256; cap <= sizeof out; cap += sizeof out - 256) {
			memset(out, CANARY, sizeof out);
			len = 12345;
			CHECK_INT(rows[u].run(out, cap, &len, key), SEAMKEY_OK);
			CHECK_INT(len, rows[u].result);
			CHECK_INT(all_are(out, CANARY, 256), 0);
			CHECK_INT(all_are(out + 256, CANARY, sizeof out - 256),
				1);
		}
	}
}

/* ---- encrypt ------------------------------------------------------------- */

static void
rsa_encrypt_and_decrypt_every_key(void)
{
	unsigned char ct[ROOM], out[ROOM], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t u, i, len;

	for (u = 0; u < COUNT(rsa_keys); u++) {
		seamkey_span pub = public_of(key_span(u), buf);
		size_t k = rsa_keys[u].k;
		size_t sizes[6];

		what = rsa_keys[u].name;
		sizes[0] = 0;
		sizes[1] = 1;
		sizes[2] = 16;
		sizes[3] = 48;
		sizes[4] = k - 12;
		sizes[5] = k - 11;
		for (i = 0; i < COUNT(sizes); i++) {
			seamkey_span msg =
				seamkey_span_of(key_4096 + 500, sizes[i]);

			memset(ct, CANARY, sizeof ct);
			CHECK_INT(seamkey_rsa_encrypt(
					  &env, ct, sizeof ct, &len, msg, pub),
				SEAMKEY_OK);
			CHECK_INT(len, k);
			CHECK_INT(all_are(ct + k, CANARY, sizeof ct - k), 1);
			memset(out, CANARY, sizeof out);
			CHECK_INT(seamkey_rsa_decrypt(&env, out, msg.len,
					  seamkey_span_of(ct, k), key_span(u)),
				SEAMKEY_OK);
			CHECK_MEM(out, msg.p, msg.len);
			CHECK_INT(all_are(out + msg.len, CANARY,
					  sizeof out - msg.len),
				1);
		}
		memset(ct, CANARY, sizeof ct);
		len = 12345;
		CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
				  seamkey_span_of(key_4096, k - 10), pub),
			SEAMKEY_ERR_RSA_MESSAGE);
		CHECK_INT(len, 12345);
		CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
	}
}

static void
rsa_decrypt_every_length_in_every_form(void)
{
	unsigned char ct[128], out[128], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), pub = public_of(key, buf);
	size_t want, len;

	for (want = 0; want <= 117; want++) {
		seamkey_span msg = seamkey_span_of(key_4096 + want, want);

		CHECK_INT(seamkey_rsa_encrypt(
				  &env, ct, sizeof ct, &len, msg, pub),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rsa_decrypt(&env, out, want, SPAN(ct), key),
			SEAMKEY_OK);
		CHECK_MEM(out, msg.p, want);
		memset(out, CANARY, sizeof out);
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, out, sizeof out, &len, SPAN(ct), key),
			SEAMKEY_OK);
		CHECK_INT(len, want);
		CHECK_MEM(out, msg.p, want);
		CHECK_INT(all_are(out + want, 0, 128 - want), 1);
		memset(out, CANARY, sizeof out);
		CHECK_INT(seamkey_rsa_decrypt_report(
				  &env, out, sizeof out, &len, SPAN(ct), key),
			SEAMKEY_OK);
		CHECK_INT(len, want);
		CHECK_MEM(out, msg.p, want);
		CHECK_INT(all_are(out + want, 0, 128 - want), 1);
	}
}

/* A source of which everything is known: gives bytes[] in turn, and at one
 * octet, as for a redraw, again[]. */
struct script {
	const unsigned char *bytes;
	size_t at, again;
	const unsigned char *redraw; /* NULL: fails */
	int redraws, stuck;          /* stuck: every redraw is zero */
};

static int
script_fill(void *ctx, unsigned char *out, size_t len)
{
	struct script *s = (struct script *)ctx;

	if (len > 1) {
		memcpy(out, s->bytes, len);
		return SEAMKEY_OK;
	}
	s->redraws++;
	if (s->redraw == NULL) {
		return -1;
	}
	*out = s->stuck ? 0 : s->redraw[s->again++];
	return SEAMKEY_OK;
}

/* Encrypt "message" for key_1024 with this source, and open the block. */
static int
encrypt_by_script(struct script *s, unsigned char *em)
{
	unsigned char ct[128], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024);
	size_t len = 12345;
	int status;

	memset(ct, CANARY, sizeof ct);
	env.random.fill = script_fill;
	env.random.ctx = s;
	status = seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
		BYTES("message"), public_of(key, buf));
	if (status == SEAMKEY_OK) {
		CHECK_INT(len, 128);
		raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, 128, key);
	} else {
		CHECK_INT(len, 12345);
		CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
	}
	return status;
}

#define PADDING 118 /* 128 less 00 02, 00, "message" */

static void
rsa_padding_is_the_bytes_of_the_source(void)
{
	unsigned char bytes[PADDING], em[128];
	struct script s = { NULL, 0, 0, NULL, 0, 0 };
	size_t u;

	/* every value from 1 to 255 passes unchanged: no bias */
	for (u = 0; u < PADDING; u++) {
		bytes[u] = (unsigned char)(u + 1);
	}
	s.bytes = bytes;
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_OK);
	CHECK_MEM(em, "\x00\x02", 2);
	CHECK_MEM(em + 2, bytes, PADDING);
	CHECK_MEM(em + 2 + PADDING, "\x00message", 8);
	for (u = 0; u < PADDING; u++) {
		bytes[u] = (unsigned char)(255 - u);
	}
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_OK);
	CHECK_MEM(em + 2, bytes, PADDING);
	CHECK_INT(s.redraws, 0);
}

static void
rsa_padding_draws_zeros_again(void)
{
	static const unsigned char again[] = { 0, 0, 7, 8, 0, 9 };
	unsigned char bytes[PADDING], em[128];
	struct script s = { NULL, 0, 0, NULL, 0, 0 };

	memset(bytes, 0x33, sizeof bytes);
	bytes[0] = bytes[50] = bytes[PADDING - 1] = 0;
	s.bytes = bytes;
	s.redraw = again;
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_OK);
	CHECK_INT(s.redraws, 6);
	CHECK_INT(em[2], 7);
	CHECK_INT(em[52], 8);
	CHECK_INT(em[1 + PADDING], 9);
	bytes[0] = 7;
	bytes[50] = 8;
	bytes[PADDING - 1] = 9;
	CHECK_MEM(em + 2, bytes, PADDING);
	CHECK_MEM(em + 2 + PADDING, "\x00message", 8);
}

static void
rsa_padding_does_not_draw_for_ever(void)
{
	static const unsigned char ones[64] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	unsigned char bytes[PADDING], em[128];
	struct script s = { NULL, 0, 0, NULL, 0, 0 };

	memset(bytes, 0x33, sizeof bytes);
	bytes[60] = 0;
	s.bytes = bytes;
	what = "a redraw that fails";
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_ERR_RANDOM);
	CHECK_INT(s.redraws, 1);
	what = "redraws that are zero for ever";
	s.redraws = 0;
	s.redraw = ones;
	s.stuck = 1;
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_ERR_RANDOM);
	CHECK_INT(s.redraws >= 1 && s.redraws <= 256, 1);
	what = "as many zeros as may be drawn again";
	memset(bytes, 0, 64);
	s.stuck = 0;
	s.redraws = 0;
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_OK);
	CHECK_INT(s.redraws, 64);
	CHECK_INT(all_are(em + 2, 1, 64), 1);
	what = "stuck from the start";
	memset(bytes, 0x33, sizeof bytes);
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_ERR_RANDOM);
	memset(bytes, 0, sizeof bytes);
	CHECK_INT(encrypt_by_script(&s, em), SEAMKEY_ERR_RANDOM);
}

static void
rsa_two_ciphertexts_differ(void)
{
	unsigned char one[256], two[256], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048), buf);
	size_t len;

	CHECK_INT(seamkey_rsa_encrypt(
			  &env, one, sizeof one, &len, BYTES("m"), pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt(
			  &env, two, sizeof two, &len, BYTES("m"), pub),
		SEAMKEY_OK);
	CHECK_INT(memcmp(one, two, sizeof one) != 0, 1);
}

/* ---- implicit rejection -------------------------------------------------- */

/* The ciphertext of tests/make_keys.sh: 00 5A 5A ... 5A. */
static seamkey_span
bad_ciphertext(unsigned char *ct, size_t k)
{
	memset(ct, 0x5A, k);
	ct[0] = 0;
	return seamkey_span_of(ct, k);
}

static void
rsa_synthetic_messages_are_those_of_the_draft(void)
{
	static const struct {
		const char *what;
		const unsigned char *key;
		size_t key_len, k, len;
		const unsigned char *hash, *fixed_32, *fixed_48;
	} rows[] = {
		{ "1031", key_1031, sizeof key_1031, 129, IMPLICIT_LEN_1031,
			implicit_1031, fixed_32_1031, fixed_48_1031 },
		{ "2048", key_2048, sizeof key_2048, 256, IMPLICIT_LEN_2048,
			implicit_2048, fixed_32_2048, fixed_48_2048 },
	};
	unsigned char ct[256], out[ROOM];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t u, len;

	for (u = 0; u < COUNT(rows); u++) {
		seamkey_span key =
			seamkey_span_of(rows[u].key, rows[u].key_len);
		seamkey_span bad = bad_ciphertext(ct, rows[u].k);

		what = rows[u].what;
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, out, sizeof out, &len, bad, key),
			SEAMKEY_OK);
		CHECK_INT(len, rows[u].len);
		check_sha256(seamkey_span_of(out, len), rows[u].hash);
		CHECK_INT(all_are(out + len, 0, rows[u].k - len), 1);
		CHECK_INT(seamkey_rsa_decrypt(&env, out, 32, bad, key),
			SEAMKEY_OK);
		CHECK_MEM(out, rows[u].fixed_32, 32);
		CHECK_INT(seamkey_rsa_decrypt(&env, out, 48, bad, key),
			SEAMKEY_OK);
		CHECK_MEM(out, rows[u].fixed_48, 48);
	}
}

/* A private exponent that is shorter than the modulus is hashed with zero
 * octets in front. (It does not take part in the computation.) */
static void
rsa_synthetic_messages_of_a_short_exponent(void)
{
	static unsigned char der[sizeof key_2048];
	seamkey_der_rsa_private key = numbers_of(SPAN(key_2048));
	unsigned char ct[256], out[ROOM];
	seamkey_span bad = bad_ciphertext(ct, 256), short_d;
	size_t len = 0;

	key.d = BYTES("\x01\x23\x45\x67\x89");
	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  der, sizeof der, &len, &key),
		SEAMKEY_OK);
	short_d = seamkey_span_of(der, len);
	CHECK_INT(seamkey_rsa_decrypt(NULL, out, 32, bad, short_d), SEAMKEY_OK);
	CHECK_MEM(out, fixed_32_2048_short_d, 32);
	CHECK_INT(seamkey_rsa_decrypt(NULL, out, 48, bad, short_d), SEAMKEY_OK);
	CHECK_MEM(out, fixed_48_2048_short_d, 48);
	CHECK_INT(seamkey_rsa_decrypt_implicit(
			  NULL, out, sizeof out, &len, bad, short_d),
		SEAMKEY_OK);
	CHECK_INT(len, IMPLICIT_LEN_2048_SHORT_D);
	check_sha256(seamkey_span_of(out, len), implicit_2048_short_d);
}

/* The lengths of synthetic messages are spread over all that there are. */
static void
rsa_synthetic_lengths_are_spread(void)
{
	unsigned char ct[128], out[128];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), bad = bad_ciphertext(ct, 128);
	size_t len, above = 0, most = 0, sum = 0;
	unsigned u;

	for (u = 0; u < 256; u++) {
		ct[127] = (unsigned char)u;
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, out, sizeof out, &len, bad, key),
			SEAMKEY_OK);
		CHECK_INT(len <= 117, 1);
		above += len > 64;
		most = len > most ? len : most;
		sum += len;
	}
	/* 118 lengths alike: 115 of 256 above 64, with 8 to either side */
	CHECK_INT(above > 115 - 40 && above < 115 + 40, 1);
	CHECK_INT(most > 100, 1);
	CHECK_INT(sum > 256 * 45 && sum < 256 * 72, 1);
}

/*
 * No output of the fixed form is part of what another length gives, or the
 * implicit form: neither its first four bytes nor its last, nor those of
 * any block of 32, stand in another. Pseudo-random bytes of such a number
 * have four in common by chance once in a hundred times; these do not.
 */
static void
check_no_slice(const unsigned char *a, size_t a_len, const unsigned char *b,
	size_t b_len)
{
	size_t at;

	if (a_len < 8) {
		return;
	}
	CHECK_INT(is_in(a + a_len - 8, 8, b, b_len), 0);
	for (at = 0; at + 8 <= a_len; at += 32) {
		CHECK_INT(is_in(a + at, 8, b, b_len), 0);
	}
}

static void
rsa_fixed_lengths_are_no_slices_of_each_other(void)
{
	static unsigned char all[246 * 245 / 2], implicit[256];
	unsigned char ct[256];
	seamkey_span key = SPAN(key_2048), bad = bad_ciphertext(ct, 256);
	size_t i, j, len, pairs = 0;

	/* length i stands at i * (i - 1) / 2 */
#define AT(i) (all + (i) * ((i)-1) / 2)
	for (i = 1; i <= 245; i++) {
		CHECK_INT(seamkey_rsa_decrypt(NULL, AT(i), i, bad, key),
			SEAMKEY_OK);
	}
	CHECK_INT(seamkey_rsa_decrypt_implicit(
			  NULL, implicit, sizeof implicit, &len, bad, key),
		SEAMKEY_OK);
	for (i = 1; i <= 245; i++) {
		check_no_slice(AT(i), i, implicit, len);
		check_no_slice(implicit, len, AT(i), i);
		for (j = 1; j <= 245; j++) {
			if (i != j) {
				check_no_slice(AT(i), i, AT(j), j);
				pairs++;
			}
		}
	}
	CHECK_INT(pairs, 245 * 244);
#undef AT
}

static void
rsa_synthetic_messages_depend_on_all(void)
{
	unsigned char ct[256], one[256], two[256];
	seamkey_span key = SPAN(key_2048), bad = bad_ciphertext(ct, 256);
	size_t len;

	CHECK_INT(seamkey_rsa_decrypt(NULL, one, 64, bad, key), SEAMKEY_OK);
	what = "the same again";
	CHECK_INT(seamkey_rsa_decrypt(NULL, two, 64, bad, key), SEAMKEY_OK);
	CHECK_MEM(one, two, 64);
	what = "another spelling of the same key";
	CHECK_INT(
		seamkey_rsa_decrypt(NULL, two, 64, bad, SPAN(key_2048_swapped)),
		SEAMKEY_OK);
	CHECK_MEM(one, two, 64);
	what = "another key";
	CHECK_INT(
		seamkey_rsa_decrypt(NULL, two, 64, bad, SPAN(key_2048_unequal)),
		SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 64), 0);
	what = "another ciphertext";
	ct[255] ^= 1;
	CHECK_INT(seamkey_rsa_decrypt(NULL, two, 64, bad, key), SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 64), 0);
	ct[255] ^= 1;
	ct[1] ^= 1;
	CHECK_INT(seamkey_rsa_decrypt(NULL, two, 64, bad, key), SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 64), 0);
	ct[1] ^= 1;
	what = "a ciphertext of another length";
	bad.len = 255;
	CHECK_INT(seamkey_rsa_decrypt(NULL, two, 64, bad, key), SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 64), 0);
	what = "an empty one";
	bad.len = 0;
	CHECK_INT(seamkey_rsa_decrypt(NULL, two, 64, bad, key), SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 64), 0);
	CHECK_INT(seamkey_rsa_decrypt_implicit(
			  NULL, two, sizeof two, &len, bad, key),
		SEAMKEY_OK);
	CHECK_INT(is_in(one, 8, two, 256), 0);
}

/* A good ciphertext, asked for with another length than its message has. */
static void
rsa_another_length_gives_nothing_of_the_message(void)
{
	unsigned char ct[128], msg[48], out[128], again[128];
	unsigned char buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024);
	size_t want, len, u;

	for (u = 0; u < sizeof msg; u++) {
		msg[u] = (unsigned char)(0x90 + u);
	}
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len, SPAN(msg),
			  public_of(key, buf)),
		SEAMKEY_OK);
	for (want = 0; want <= 117; want++) {
		CHECK_INT(seamkey_rsa_decrypt(&env, out, want, SPAN(ct), key),
			SEAMKEY_OK);
		if (want == sizeof msg) {
			CHECK_MEM(out, msg, sizeof msg);
			continue;
		}
		for (u = 0; want >= 4 && u + 4 <= sizeof msg; u++) {
			CHECK_INT(is_in(msg + u, 4, out, want), 0);
		}
		CHECK_INT(seamkey_rsa_decrypt(&env, again, want, SPAN(ct), key),
			SEAMKEY_OK);
		CHECK_MEM(again, out, want);
	}
}

/* NULL that no checker sees through. */
static seamkey_op *volatile no_op;

/* ---- arguments ----------------------------------------------------------- */

static void
rsa_arguments_that_are_missing(void)
{
	unsigned char out[ROOM], ct[256], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_2048), pub = public_of(key, buf);
	seamkey_span bad = bad_ciphertext(ct, 256), none = { NULL, 0 };
	size_t len = 12345;

	memset(out, CANARY, sizeof out);
	what = "nowhere to put the message";
	CHECK_INT(
		seamkey_rsa_decrypt(&env, NULL, 1, bad, key), SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_rsa_decrypt(&env, NULL, 0, bad, key), SEAMKEY_OK);
	what = "no operation";
	CHECK_INT(seamkey_rsa_decrypt_begin(no_op, &env, out, 16, bad, key),
		SEAMKEY_ERR_ARG);
	CHECK_INT(
		seamkey_rsa_sign_begin(no_op, &env, out, 256, &len, none, key),
		SEAMKEY_ERR_ARG);
	what = "no hash class";
	CHECK_INT(seamkey_rsa_sign_message(
			  &env, out, sizeof out, &len, NULL, none, key),
		SEAMKEY_ERR_DER_HASH);
	CHECK_INT(seamkey_rsa_verify_message(&env, bad, NULL, none, pub),
		SEAMKEY_ERR_DER_HASH);
	what = "no key, no DigestInfo, no signature";
	CHECK_INT(seamkey_rsa_sign(&env, out, 256, &len, none, key),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_rsa_decrypt(&env, out, 16, bad, none),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_rsa_verify(&env, bad, none, pub),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_rsa_verify_hash(&env, none, SEAMKEY_SHA256,
			  some_digest(SEAMKEY_SHA256), pub),
		SEAMKEY_ERR_RSA_SIGNATURE);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* The leniency is for signatures that exist. */
static void
rsa_new_signatures_have_the_null(void)
{
	unsigned char out[ROOM], info[SEAMKEY_DER_MAX_DIGEST_INFO];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t len = 12345;

	/* 30 2F 30 0B OID 04 20 digest: less 05 00, and two lengths less */
	(void)digest_info_of(SEAMKEY_SHA256, some_digest(SEAMKEY_SHA256), info);
	memmove(info + 15, info + 17, 34);
	info[1] -= 2;
	info[3] -= 2;
	env.policy.lenient = SEAMKEY_ABSENT_NULL;
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_sign(&env, out, sizeof out, &len,
			  seamkey_span_of(info, 49), SPAN(key_2048)),
		SEAMKEY_ERR_DER_PARAMETERS);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* ---- damaged keys -------------------------------------------------------- */

/* A number of the key with one octet of it flipped, the key in buf. */
static size_t
damage(unsigned char *buf, seamkey_span key, size_t at)
{
	memcpy(buf, key.p, key.len);
	buf[at] ^= 0x04;
	return key.len;
}

/*
 * A signature made with a wrong CRT exponent tells a factor of n to who
 * knows the right one. So: refused, or right.
 */
static void
rsa_no_damaged_key_gives_a_wrong_signature(void)
{
	static unsigned char buf[sizeof key_2048];
	unsigned char good[256], sig[256];
	seamkey_span digest = some_digest(SEAMKEY_SHA256);
	unsigned right = 0, faults = 0;
	size_t at, len;

	CHECK_INT(seamkey_rsa_sign_hash(NULL, good, sizeof good, &len,
			  SEAMKEY_SHA256, digest, SPAN(key_2048)),
		SEAMKEY_OK);
	for (at = 0; at < sizeof key_2048; at++) {
		int status;

		(void)damage(buf, SPAN(key_2048), at);
		memset(sig, CANARY, sizeof sig);
		len = 12345;
		status = seamkey_rsa_sign_hash(NULL, sig, sizeof sig, &len,
			SEAMKEY_SHA256, digest, SPAN(buf));
		if (status == SEAMKEY_OK) {
			CHECK_INT(len, 256);
			CHECK_MEM(sig, good, 256);
			right++;
		} else {
			CHECK_INT(len, 12345);
			CHECK_INT(all_are(sig, CANARY, sizeof sig), 1);
			faults += status == SEAMKEY_ERR_RSA_FAULT;
		}
	}
	/* d does not take part; dp, dq, qinv do */
	CHECK_INT(right > 200 && right <= 256, 1);
	CHECK_INT(faults > 350 && faults <= 3 * 128 + 3, 1);
}

static void
rsa_damaged_numbers_are_faults(void)
{
	static unsigned char buf[sizeof key_1024];
	unsigned char out[128], ct[128], pub[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_der_rsa_private k = numbers_of(SPAN(key_1024));
	seamkey_span numbers[3], digest = some_digest(SEAMKEY_SHA256);
	size_t u, len = 12345, at;

	numbers[0] = k.dp;
	numbers[1] = k.dq;
	numbers[2] = k.qinv;
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len, digest,
			  public_of(SPAN(key_1024), pub)),
		SEAMKEY_OK);
	memset(out, CANARY, sizeof out);
	len = 12345;
	for (u = 0; u < 3; u++) {
		/* an octet in the middle: below its limit still */
		at = (size_t)(numbers[u].p - key_1024) + 30;
		(void)damage(buf, SPAN(key_1024), at);
		CHECK_INT(seamkey_rsa_sign_hash(&env, out, sizeof out, &len,
				  SEAMKEY_SHA256, digest, SPAN(buf)),
			SEAMKEY_ERR_RSA_FAULT);
		CHECK_INT(
			seamkey_rsa_decrypt(&env, out, 32, SPAN(ct), SPAN(buf)),
			SEAMKEY_ERR_RSA_FAULT);
		CHECK_INT(seamkey_rsa_decrypt_implicit(&env, out, sizeof out,
				  &len, SPAN(ct), SPAN(buf)),
			SEAMKEY_ERR_RSA_FAULT);
		CHECK_INT(seamkey_rsa_decrypt_report(&env, out, sizeof out,
				  &len, SPAN(ct), SPAN(buf)),
			SEAMKEY_ERR_RSA_FAULT);
	}
	/* e does not belong to the rest */
	at = (size_t)(k.e.p - key_1024) + 1;
	(void)damage(buf, SPAN(key_1024), at);
	CHECK_INT(seamkey_rsa_sign_hash(&env, out, sizeof out, &len,
			  SEAMKEY_SHA256, digest, SPAN(buf)),
		SEAMKEY_ERR_RSA_FAULT);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* 4096 bits, with one factor of 3000, of numbers that are no key: BearSSL has
 * no room for it, and seamkey_modexp.h computes what is found to be wrong. */
static void
rsa_a_prime_too_long_is_unsupported(void)
{
	static unsigned char p[375], q[137], n[512], der[2600];
	unsigned char out[512];
	seamkey_der_rsa_private key;
	br_hmac_drbg_context drbg;
	seamkey_rsa_bearssl fn;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t len = 0;

	memset(p, 0xFF, sizeof p);
	memset(q, 0xFF, sizeof q);
	num_mul(n, p, sizeof p, q, sizeof q);
	key.n = SPAN(n);
	key.e = BYTES("\x01\x00\x01");
	key.d = key.p = SPAN(p);
	key.q = SPAN(q);
	key.dp = key.qinv = seamkey_span_of(p, sizeof p - 1);
	key.dq = seamkey_span_of(q, sizeof q - 1);
	CHECK_INT(seamkey_der_encode_rsa_private_info(
			  der, sizeof der, &len, &key),
		SEAMKEY_OK);
	CHECK_INT(seamkey_der_bits(key.n), 4096);
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_sign_hash(NULL, out, sizeof out, &len,
			  SEAMKEY_SHA256, some_digest(SEAMKEY_SHA256),
			  seamkey_span_of(der, len)),
		unless_long(4096,
			SEAMKEY_RSA_MODEXP ? SEAMKEY_ERR_RSA_FAULT
					   : SEAMKEY_ERR_UNSUPPORTED));
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	fn.private_op = br_rsa_i31_private;
	fn.public_op = br_rsa_i31_public;
	env.engine.drv = seamkey_rsa_driver_bearssl();
	env.engine.dev = &fn;
	env.engine.fail_closed = 1;
	CHECK_INT(seamkey_rsa_sign_hash(&env, out, sizeof out, &len,
			  SEAMKEY_SHA256, some_digest(SEAMKEY_SHA256),
			  seamkey_span_of(der, len)),
		unless_long(4096, SEAMKEY_ERR_UNSUPPORTED));
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* ---- what is left on the stack ------------------------------------------- */

/*
 * The forms of one call keep their blocks on the stack. What is below it
 * after they have returned must not hold a number of the key, the block, or
 * what the synthetic message is made of.
 */
#ifdef STACK_SCAN

static void
check_no_key_on_stack(seamkey_span key)
{
	seamkey_der_rsa_private k = numbers_of(key);

	check_not_on_stack("d", k.d);
	check_not_on_stack("p", k.p);
	check_not_on_stack("q", k.q);
	check_not_on_stack("dp", k.dp);
	check_not_on_stack("dq", k.dq);
	check_not_on_stack("qinv", k.qinv);
}

static ALONE void
put_down(volatile unsigned char *area, const unsigned char *secret, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		area[u] = secret[u];
	}
}

/* A function that forgets to wipe; what it leaves lies far enough down not
 * to be overwritten by the next call. */
static ALONE void
forget(const unsigned char *secret, size_t len)
{
	volatile unsigned char local[512];

	put_down(local, secret, len);
}

/* The same, and then it wipes. */
static ALONE void
remember(const unsigned char *secret, size_t len)
{
	unsigned char local[512];

	put_down(local, secret, len);
	seamkey_wipe(local, len);
}

static void
rsa_stack_scan_finds_what_is_left(void)
{
	paint_stack();
	forget(key_4096 + 200, 64);
	take_snapshot();
	CHECK_INT(is_in(key_4096 + 200, 64, snapshot, AREA), 1);
	paint_stack();
	remember(key_4096 + 200, 64);
	take_snapshot();
	CHECK_INT(is_in(key_4096 + 200, 8, snapshot, AREA), 0);
	/* and the paint was there */
	CHECK_INT(is_in((const unsigned char *)"\xC3\xC3\xC3\xC3\xC3\xC3\xC3"
					       "\xC3",
			  8, snapshot, AREA),
		1);
}

static void
rsa_sign_leaves_nothing_on_the_stack(void)
{
	unsigned char sig[256];
	size_t len;

	paint_stack();
	CHECK_INT(do_sign(sig, sizeof sig, &len, SPAN(key_2048)), SEAMKEY_OK);
	take_snapshot();
	check_overwritten();
	check_no_key_on_stack(SPAN(key_2048));
}

static void
rsa_encrypt_leaves_nothing_on_the_stack(void)
{
	unsigned char ct[256], em[256], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048), buf);
	size_t len;

	paint_stack();
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(key_4096 + 200, 48), pub),
		SEAMKEY_OK);
	take_snapshot();
	check_overwritten();
	raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, 256, SPAN(key_2048));
	check_not_on_stack("the message", seamkey_span_of(em + 208, 48));
}

/* SHA-256 of d in k octets: the key that the synthetic messages of all
 * ciphertexts come from. */
static void
hash_d(unsigned char *out)
{
	seamkey_span d = numbers_of(SPAN(key_2048)).d;
	unsigned char padded[256];
	br_sha256_context sha;

	memset(padded, 0, sizeof padded);
	memcpy(padded + sizeof padded - d.len, d.p, d.len);
	br_sha256_init(&sha);
	br_sha256_update(&sha, padded, sizeof padded);
	br_sha256_out(&sha, out);
}

/* Decrypt in each form, then look for key, block and what is made of d. */
static void
check_decrypt_on_stack(seamkey_span ct, const unsigned char *em, int good)
{
	unsigned char out[256], of_d[32];
	br_hmac_key_context state; /* what HMAC makes of the key */
	size_t len;

	hash_d(of_d);
	br_hmac_key_init(&state, &br_sha256_vtable, kdk_2048, sizeof kdk_2048);
	paint_stack();
	CHECK_INT(seamkey_rsa_decrypt(NULL, out, 48, ct, SPAN(key_2048)),
		SEAMKEY_OK);
	take_snapshot();
	check_overwritten();
	check_no_key_on_stack(SPAN(key_2048));
	check_not_on_stack("the block", seamkey_span_of(em, 256));
	check_not_on_stack("the key of this ciphertext", SPAN(kdk_2048));
	check_not_on_stack("its state", seamkey_span_of(state.ksi, 32));
	check_not_on_stack("its state", seamkey_span_of(state.kso, 32));
	check_not_on_stack("the hash of d", SPAN(of_d));

	paint_stack();
	CHECK_INT(seamkey_rsa_decrypt_implicit(
			  NULL, out, sizeof out, &len, ct, SPAN(key_2048)),
		SEAMKEY_OK);
	take_snapshot();
	check_overwritten();
	check_no_key_on_stack(SPAN(key_2048));
	check_not_on_stack("the block", seamkey_span_of(em, 256));
	check_not_on_stack("the key of this ciphertext", SPAN(kdk_2048));
	check_not_on_stack("its state", seamkey_span_of(state.ksi, 32));
	check_not_on_stack("its state", seamkey_span_of(state.kso, 32));
	check_not_on_stack("the hash of d", SPAN(of_d));

	paint_stack();
	CHECK_INT(seamkey_rsa_decrypt_report(
			  NULL, out, sizeof out, &len, ct, SPAN(key_2048)),
		good ? SEAMKEY_OK : SEAMKEY_ERR_RSA_DECRYPT);
	take_snapshot();
	check_overwritten();
	check_no_key_on_stack(SPAN(key_2048));
	check_not_on_stack("the block", seamkey_span_of(em, 256));
	check_not_on_stack("the key of this ciphertext", SPAN(kdk_2048));
	check_not_on_stack("its state", seamkey_span_of(state.ksi, 32));
	check_not_on_stack("its state", seamkey_span_of(state.kso, 32));
	check_not_on_stack("the hash of d", SPAN(of_d));
}

static void
rsa_decrypt_leaves_nothing_on_the_stack(void)
{
	unsigned char ct[256], em[256], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_2048), pub = public_of(key, buf);
	size_t len;

	what = "bad padding";
	(void)bad_ciphertext(ct, 256);
	raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, 256, key);
	check_decrypt_on_stack(SPAN(ct), em, 0);
	what = "good padding";
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(key_4096 + 200, 48), pub),
		SEAMKEY_OK);
	raw(SEAMKEY_REQ_RAW_PRIVATE, em, ct, 256, key);
	check_decrypt_on_stack(SPAN(ct), em, 1);
}

#else

static void
rsa_stack_is_not_scanned(void)
{
	unsigned char sig[256];
	size_t len;

	printf("skip: what is left on the stack: not with this compiler, "
	       "its address sanitizer, or TEST_NO_STACK_SCAN\n");
	CHECK_INT(do_sign(sig, sizeof sig, &len, SPAN(key_2048)), SEAMKEY_OK);
}

#endif

/* clang-format off */
const struct test test_rsa_table[] = {
	{ "rsa_signatures_are_those_of_openssl",
		rsa_signatures_are_those_of_openssl },
	{ "rsa_every_key_and_every_hash", rsa_every_key_and_every_hash },
	{ "rsa_messages_of_every_hash_class",
		rsa_messages_of_every_hash_class },
	{ "rsa_verify_refuses_everything_else",
		rsa_verify_refuses_everything_else },
	{ "rsa_hash_has_to_be_one_and_fit", rsa_hash_has_to_be_one_and_fit },
	{ "rsa_policy_by_service", rsa_policy_by_service },
	{ "rsa_defaults_without_an_environment",
		rsa_defaults_without_an_environment },
	{ "rsa_policy_has_a_floor", rsa_policy_has_a_floor },
	{ "rsa_policy_lenient_keys", rsa_policy_lenient_keys },
	{ "rsa_key_structures_have_a_limit",
		rsa_key_structures_have_a_limit },
	{ "rsa_moduli_have_a_limit", rsa_moduli_have_a_limit },
	{ "rsa_lengths_are_told_and_kept", rsa_lengths_are_told_and_kept },
	{ "rsa_encrypt_and_decrypt_every_key",
		rsa_encrypt_and_decrypt_every_key },
	{ "rsa_decrypt_every_length_in_every_form",
		rsa_decrypt_every_length_in_every_form },
	{ "rsa_padding_is_the_bytes_of_the_source",
		rsa_padding_is_the_bytes_of_the_source },
	{ "rsa_padding_draws_zeros_again", rsa_padding_draws_zeros_again },
	{ "rsa_padding_does_not_draw_for_ever",
		rsa_padding_does_not_draw_for_ever },
	{ "rsa_two_ciphertexts_differ", rsa_two_ciphertexts_differ },
	{ "rsa_synthetic_messages_are_those_of_the_draft",
		rsa_synthetic_messages_are_those_of_the_draft },
	{ "rsa_synthetic_messages_of_a_short_exponent",
		rsa_synthetic_messages_of_a_short_exponent },
	{ "rsa_synthetic_lengths_are_spread",
		rsa_synthetic_lengths_are_spread },
	{ "rsa_fixed_lengths_are_no_slices_of_each_other",
		rsa_fixed_lengths_are_no_slices_of_each_other },
	{ "rsa_synthetic_messages_depend_on_all",
		rsa_synthetic_messages_depend_on_all },
	{ "rsa_another_length_gives_nothing_of_the_message",
		rsa_another_length_gives_nothing_of_the_message },
	{ "rsa_arguments_that_are_missing", rsa_arguments_that_are_missing },
	{ "rsa_new_signatures_have_the_null",
		rsa_new_signatures_have_the_null },
	{ "rsa_no_damaged_key_gives_a_wrong_signature",
		rsa_no_damaged_key_gives_a_wrong_signature },
	{ "rsa_damaged_numbers_are_faults", rsa_damaged_numbers_are_faults },
	{ "rsa_a_prime_too_long_is_unsupported",
		rsa_a_prime_too_long_is_unsupported },
#ifdef STACK_SCAN
	{ "rsa_stack_scan_finds_what_is_left",
		rsa_stack_scan_finds_what_is_left },
	{ "rsa_sign_leaves_nothing_on_the_stack",
		rsa_sign_leaves_nothing_on_the_stack },
	{ "rsa_encrypt_leaves_nothing_on_the_stack",
		rsa_encrypt_leaves_nothing_on_the_stack },
	{ "rsa_decrypt_leaves_nothing_on_the_stack",
		rsa_decrypt_leaves_nothing_on_the_stack },
#else
	{ "rsa_stack_is_not_scanned", rsa_stack_is_not_scanned },
#endif
	{ NULL, NULL },
};
/* clang-format on */
