/*
 * rsa_encrypt.c - fuzz target: encrypt to a key of anyone's making
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: two octets, the length of the message, or by how much it is more
 * or less than what a key of 1024 bits can carry; the SubjectPublicKeyInfo.
 * The source of randomness is known here, and gives zeros as well, and so
 * the ciphertext can be made a second time: one draw for the padding, and
 * then one for each octet that was zero.
 */
#include <bearssl.h>

#include "rsa_tools.h"

static int
is_expected(const unsigned char *ct, const seamkey_der_rsa_public *key,
	const unsigned char *msg, size_t len)
{
	unsigned char x[BLOCK_MAX];
	uint32_t state = 1;
	size_t k = key->n.len, u;

	x[0] = 0;
	x[1] = 2;
	(void)tool_fill(&state, x + 2, k - len - 3);
	for (u = 2; u < k - len - 1; u++) {
		while (x[u] == 0) {
			(void)tool_fill(&state, x + u, 1);
		}
	}
	x[u] = 0;
	if (len != 0) {
		memcpy(x + u + 1, msg, len);
	}
	return tool_raise(x, key->n, key->e) && memcmp(x, ct, k) == 0;
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size < 2 ? size : 2;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span rest = seamkey_span_of(data, size);
	unsigned char ct[BLOCK_MAX], *copy, *msg;
	uint32_t state = 1;
	seamkey_rsa_env env = tool_env(&state);
	seamkey_der_rsa_public key;
	size_t len, ct_len = 0;
	int status;

	len = (size_t)fuzz_take_octet(&rest) << 8;
	len |= fuzz_take_octet(&rest);
	len = len >> 15 ? 117 + len % 8 - 4 : len % 600;
	copy = fuzz_copy(rest.p, rest.len);
	msg = fuzz_blank(len + 1);
	memset(ct, FUZZ_FILL, sizeof ct);
	rest.p = copy;
	status = seamkey_rsa_encrypt(
		&env, ct, sizeof ct, &ct_len, seamkey_span_of(msg, len), rest);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(ct_len == 0 && fuzz_is_untouched(ct, sizeof ct));
	} else {
		CHECK(seamkey_der_decode_rsa_public_info(&key, rest, 0)
			== SEAMKEY_OK);
		CHECK(ct_len == key.n.len && len <= ct_len - 11);
		CHECK(fuzz_is_untouched(ct + ct_len, sizeof ct - ct_len));
		CHECK(is_expected(ct, &key, msg, len));
		free(msg);
		msg = fuzz_blank(ct_len - 1);
		CHECK(seamkey_rsa_encrypt(&env, msg, ct_len - 1, &ct_len,
			      seamkey_span_of(ct, 1), rest)
			== SEAMKEY_ERR_SPACE);
		CHECK(ct_len == key.n.len
			&& fuzz_is_untouched(msg, ct_len - 1));
	}
	free(msg);
	fuzz_free(copy, rest.len);
	return 0;
}
