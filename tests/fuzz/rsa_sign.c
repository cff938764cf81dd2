/*
 * rsa_sign.c - fuzz target: sign and decrypt with a key of anyone's making
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet that chooses the hash; the PrivateKeyInfo. A signature
 * that comes out is right, by BearSSL's public operation and the padding of
 * the standard; one wrong signature could give away a factor. What is
 * refused writes nothing. And the three forms of decrypting agree.
 */
#include <bearssl.h>

#include "rsa_tools.h"

/* One octet less than the signature needs: refused, and left alone. */
static void
check_room(const seamkey_rsa_env *env, int hash, seamkey_span digest,
	seamkey_span info, size_t k)
{
	unsigned char *tight = fuzz_blank(k - 1);
	size_t len = 0;

	CHECK(seamkey_rsa_sign_hash(env, tight, k - 1, &len, hash, digest, info)
		== SEAMKEY_ERR_SPACE);
	CHECK(len == k && fuzz_is_untouched(tight, k - 1));
	free(tight);
}

static void
sign(const seamkey_rsa_env *env, int hash, seamkey_span info)
{
	unsigned char digest[64], t[SEAMKEY_DER_MAX_DIGEST_INFO];
	unsigned char sig[BLOCK_MAX];
	seamkey_der_digest_info digest_info;
	seamkey_der_rsa_private key;
	size_t len = 0, t_len = 0;
	int status;

	memset(digest, 0x5A, sizeof digest);
	memset(sig, FUZZ_FILL, sizeof sig);
	digest_info.hash = hash;
	digest_info.digest =
		seamkey_span_of(digest, seamkey_der_hash_size(hash));
	CHECK(seamkey_der_encode_digest_info(t, sizeof t, &t_len, &digest_info)
		== SEAMKEY_OK);
	status = seamkey_rsa_sign_hash(
		env, sig, sizeof sig, &len, hash, digest_info.digest, info);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(len == 0 && fuzz_is_untouched(sig, sizeof sig));
		return;
	}
	CHECK(seamkey_der_decode_rsa_private_info(&key, info, 0) == SEAMKEY_OK);
	CHECK(len == key.n.len);
	CHECK(fuzz_is_untouched(sig + len, sizeof sig - len));
	CHECK(tool_raise(sig, key.n, key.e));
	CHECK(tool_is_signed(sig, len, seamkey_span_of(t, t_len)));
	check_room(env, hash, digest_info.digest, info, len);
}

/* A ciphertext whose block is good for nothing in most keys. */
static void
decrypt(const seamkey_rsa_env *env, seamkey_span info)
{
	unsigned char ct[BLOCK_MAX], report[BLOCK_MAX], implicit[BLOCK_MAX];
	unsigned char fixed[32];
	size_t k = 0, len = 0, implicit_len = 0;
	seamkey_span in;
	int status, other;

	status = seamkey_rsa_decrypt_report(
		env, NULL, 0, &k, seamkey_span_of(NULL, 0), info);
	if (status != SEAMKEY_OK) {
		return;
	}
	memset(ct, 0x42, sizeof ct);
	memset(report, FUZZ_FILL, sizeof report);
	ct[0] = 0; /* below any modulus of so many octets */
	in = seamkey_span_of(ct, k);
	status = seamkey_rsa_decrypt_report(
		env, report, sizeof report, &len, in, info);
	fuzz_check_status(status);
	other = seamkey_rsa_decrypt_implicit(
		env, implicit, sizeof implicit, &implicit_len, in, info);
	CHECK(other != SEAMKEY_ERR_RSA_DECRYPT);
	CHECK(seamkey_rsa_decrypt(env, fixed, sizeof fixed, in, info) == other);
	if (status == SEAMKEY_OK) {
		CHECK(other == SEAMKEY_OK && len == implicit_len);
		CHECK(memcmp(report, implicit, k) == 0);
	} else {
		CHECK(len == 0 && fuzz_is_untouched(report, sizeof report));
		CHECK(other == status || status == SEAMKEY_ERR_RSA_DECRYPT);
	}
}

/* A target that refuses everything would find nothing. */
static void
check_good_key(const seamkey_rsa_env *env)
{
	static int done;
	unsigned char sig[128];
	size_t len = 0;

	if (!done) {
		done = 1;
		CHECK(seamkey_rsa_sign_hash(env, sig, sizeof sig, &len,
			      SEAMKEY_SHA256, seamkey_span_of(key_2048, 32),
			      seamkey_span_of(key_1024, sizeof key_1024))
			== SEAMKEY_OK);
	}
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size < 1 ? size : 1;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span rest = seamkey_span_of(data, size);
	unsigned choice = fuzz_take_octet(&rest);
	unsigned char *copy = fuzz_copy(rest.p, rest.len);
	uint32_t state = 1;
	seamkey_rsa_env env = tool_env(&state);

	check_good_key(&env);
	sign(&env, SEAMKEY_MD5 + (int)(choice % 12),
		seamkey_span_of(copy, rest.len));
	decrypt(&env, seamkey_span_of(copy, rest.len));
	fuzz_free(copy, rest.len);
	return 0;
}
