/*
 * rsa_oaep.c - fuzz target: OAEP, decrypt whatever arrives
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet that chooses, a length, and a ciphertext for a key that is
 * always the same; or the block that a ciphertext comes from, with its masks
 * or before they are put on, so that padding can be found. What comes out is
 * the message if the plain reading in ../oaep.h finds one of that length,
 * and otherwise not what stands in its place; and twice the same. What is
 * found is encrypted again, and read by that same reading.
 */
#include <bearssl.h>

#include "../oaep.h"
#include "rsa_tools.h"

#define K 128

static seamkey_span
own_key(void)
{
	return seamkey_span_of(key_1024, sizeof key_1024);
}

/* block = ct^d mod n; 0 where ct is none. */
static int
open_block(const seamkey_der_rsa_private *key, seamkey_span ct,
	unsigned char *block)
{
	seamkey_rsa_bearssl dev;
	seamkey_req req;
	seamkey_op op;

	if (ct.len != K || memcmp(ct.p, key->n.p, K) >= 0) {
		return 0;
	}
	dev.private_op = br_rsa_i31_private;
	dev.public_op = 0;
	memset(&req, 0, sizeof req);
	memset(&op, 0, sizeof op);
	req.kind = SEAMKEY_REQ_RAW_PRIVATE;
	req.key = own_key();
	req.in = ct;
	req.out = block;
	req.out_cap = K;
	CHECK(seamkey_rsa_driver_bearssl()->begin(&dev, &op, &req)
		== SEAMKEY_OK);
	oaep_open(block, K);
	return 1;
}

/* The message is encrypted again: what is in that ciphertext? */
static void
check_encrypt(const seamkey_rsa_env *env, const seamkey_der_rsa_private *key,
	seamkey_span msg)
{
	unsigned char info[600], ct[K], block[K];
	seamkey_der_rsa_public pub;
	size_t len = 0, ct_len = 0;

	pub.n = key->n;
	pub.e = key->e;
	CHECK(seamkey_der_encode_rsa_public_info(info, sizeof info, &len, &pub)
		== SEAMKEY_OK);
	CHECK(seamkey_rsa_encrypt_oaep(
		      env, ct, K, &ct_len, msg, seamkey_span_of(info, len))
		== SEAMKEY_OK);
	CHECK(ct_len == K && open_block(key, seamkey_span_of(ct, K), block));
	CHECK(oaep_find(block, K) == K - msg.len);
	CHECK(msg.len == 0 || memcmp(block + K - msg.len, msg.p, msg.len) == 0);
}

/* block: what is in ct, its masks taken off, or NULL where ct is none; good:
 * the last want octets are a message. */
static void
check_decrypt(const seamkey_rsa_env *env, seamkey_span ct, size_t want,
	const unsigned char *block, int good)
{
	unsigned char *one = fuzz_blank(want + 1), *two = fuzz_blank(want + 1);
	int status = seamkey_rsa_decrypt_oaep(env, one, want, ct, own_key());

	CHECK(status
		== (want > K - OAEP_OVERHEAD ? SEAMKEY_ERR_RSA_MESSAGE
					     : SEAMKEY_OK));
	CHECK(seamkey_rsa_decrypt_oaep(env, two, want, ct, own_key())
		== status);
	CHECK(memcmp(one, two, want + 1) == 0 && one[want] == FUZZ_FILL);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(one, want));
	} else if (good) {
		CHECK(memcmp(one, block + K - want, want) == 0);
	} else if (want >= 8 && block != NULL) { /* by chance: 1 in 2^64 */
		CHECK(memcmp(one, block + K - want, want) != 0);
	}
	free(one);
	free(two);
}

/* There is no DER in it. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char block[K] = { 0 };
	seamkey_span rest = seamkey_span_of(data, size);
	unsigned choice = fuzz_take_octet(&rest);
	size_t want = fuzz_take_octet(&rest) % 70, at = 0;
	seamkey_der_rsa_private key;
	uint32_t state = 1;
	seamkey_rsa_env env = tool_env(&state);
	unsigned char *ct;

	CHECK(seamkey_der_decode_rsa_private_info(&key, own_key(), 0) == 0);
	if (choice % 3 != 0) { /* a block: 128 octets, below the modulus */
		rest = fuzz_take(&rest, K);
		oaep_make(block, K, NULL, 0);
		if (rest.len != 0) {
			memcpy(block, rest.p, rest.len);
		}
		if (choice % 3 == 1) {
			oaep_close(block, K);
		}
		block[0] &= 0x7F;
		CHECK(tool_raise(block, key.n, key.e));
		rest = seamkey_span_of(block, K);
	}
	ct = fuzz_copy(rest.p, rest.len);
	rest.p = ct;
	if (!open_block(&key, rest, block)) {
		check_decrypt(&env, rest, want, NULL, 0);
	} else {
		at = oaep_find(block, K);
		check_decrypt(
			&env, rest, want, block, at != 0 && K - at == want);
	}
	if (at != 0) {
		check_encrypt(&env, &key, seamkey_span_of(block + at, K - at));
		check_decrypt(&env, rest, K - at, block, 1);
	}
	fuzz_free(ct, rest.len);
	return 0;
}
