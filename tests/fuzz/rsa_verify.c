/*
 * rsa_verify.c - fuzz target: verify
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: two octets, the length of the signature; one, the length of the
 * DigestInfo; those; the SubjectPublicKeyInfo. The answer has to be yes
 * where the key passes its checks, the DigestInfo is one, and BearSSL's
 * public operation makes exactly its block of the signature; and no
 * everywhere else.
 *
 * Nobody can guess a signature of a block that is almost right. So, with a
 * bit in the length, what stands in the signature's place are changes to
 * the right block, an octet for the place and one for the change each,
 * which is then signed here without a look at it.
 */
#include <bearssl.h>

#include "rsa_tools.h"

static int
is_right(const seamkey_rsa_env *env, seamkey_span sig, seamkey_span t,
	seamkey_span info)
{
	const seamkey_der_rsa_limits limits = { 1024, 4096, 3 };
	seamkey_der_digest_info digest_info;
	seamkey_der_rsa_public key;
	unsigned char x[BLOCK_MAX];

	if (info.len > SEAMKEY_RSA_MAX_KEY_INFO
		|| seamkey_der_decode_rsa_public_info(
			   &key, info, env->policy.lenient)
			!= SEAMKEY_OK
		|| seamkey_der_check_rsa_public(&key, &limits) != SEAMKEY_OK
		|| seamkey_der_decode_digest_info(
			   &digest_info, t, env->policy.lenient)
			!= SEAMKEY_OK
		|| sig.len != key.n.len) {
		return 0;
	}
	memcpy(x, sig.p, sig.len);
	return tool_raise(x, key.n, key.e) && tool_is_signed(x, sig.len, t);
}

/* The signature of the block of t, changed, by the key of 1024 bits. */
static void
sign_changed(unsigned char *sig, seamkey_span t, seamkey_span changes)
{
	seamkey_rsa_bearssl dev;
	seamkey_req req;
	seamkey_op op;
	unsigned char em[128];

	memset(em, 0xFF, sizeof em);
	em[0] = 0;
	em[1] = 1;
	if (t.len <= sizeof em - 11) {
		em[sizeof em - t.len - 1] = 0;
		if (t.len != 0) {
			memcpy(em + sizeof em - t.len, t.p, t.len);
		}
	}
	while (changes.len != 0) {
		unsigned at = fuzz_take_octet(&changes) % sizeof em;

		em[at] = (unsigned char)(em[at] ^ fuzz_take_octet(&changes));
	}
	em[0] &= 0x7F; /* below the modulus */
	memset(&req, 0, sizeof req);
	memset(&op, 0, sizeof op);
	dev.private_op = br_rsa_i31_private;
	dev.public_op = 0;
	req.kind = SEAMKEY_REQ_RAW_PRIVATE;
	req.key = seamkey_span_of(key_1024, sizeof key_1024);
	req.in = seamkey_span_of(em, sizeof em);
	req.out = sig;
	req.out_cap = sizeof em;
	CHECK(seamkey_rsa_driver_bearssl()->begin(&dev, &op, &req)
		== SEAMKEY_OK);
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	return size < 3
		? size
		: 3 + (((size_t)data[0] << 8 | data[1]) & 0x3FFF) + data[2];
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span rest = seamkey_span_of(data, size), sig, t;
	unsigned char *sig_copy, *t_copy, *key_copy, made[128];
	uint32_t state = 1;
	seamkey_rsa_env env = tool_env(&state);
	size_t sig_len, t_len;
	int status;

	sig_len = (size_t)fuzz_take_octet(&rest) << 8;
	sig_len |= fuzz_take_octet(&rest);
	t_len = fuzz_take_octet(&rest);
	env.policy.lenient = sig_len >> 15 ? SEAMKEY_ABSENT_NULL : 0;
	sig = fuzz_take(&rest, sig_len & 0x3FFF);
	t = fuzz_take(&rest, t_len);
	if ((sig_len & 0x4000) != 0) {
		sign_changed(made, t, sig);
		sig = seamkey_span_of(made, sizeof made);
	}
	sig_copy = fuzz_copy(sig.p, sig.len);
	t_copy = fuzz_copy(t.p, t.len);
	key_copy = fuzz_copy(rest.p, rest.len);
	sig.p = sig_copy;
	t.p = t_copy;
	rest.p = key_copy;

	status = seamkey_rsa_verify(&env, sig, t, rest);
	fuzz_check_status(status);
	CHECK((status == SEAMKEY_OK) == is_right(&env, sig, t, rest));

	fuzz_free(sig_copy, sig.len);
	fuzz_free(t_copy, t.len);
	fuzz_free(key_copy, rest.len);
	return 0;
}
