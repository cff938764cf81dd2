/*
 * rsa_private.c - fuzz target: RSAPrivateKey, alone and in its container
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER of either. What is decoded encodes to the same octets,
 * and what is said of the numbers is true.
 */
#include <bearssl.h>

#include "rsa_numbers.h"

static const seamkey_der_rsa_limits loose = { 2, 4096, 0 };
static const seamkey_der_rsa_limits usual = { 1024, 4096, 65537 };

static void
check_numbers(const seamkey_der_rsa_private *key, seamkey_span in)
{
	const seamkey_span *all[8];
	size_t u;

	all[0] = &key->n;
	all[1] = &key->e;
	all[2] = &key->d;
	all[3] = &key->p;
	all[4] = &key->q;
	all[5] = &key->dp;
	all[6] = &key->dq;
	all[7] = &key->qinv;
	for (u = 0; u < 8; u++) {
		CHECK(fuzz_is_inside(*all[u], in));
		CHECK(number_is_minimal(*all[u]));
		CHECK(u == 0 || all[u]->p > all[u - 1]->p);
	}
	check_private_verdict(key, &loose);
	check_private_verdict(key, &usual);
}

static void
bare(seamkey_span in)
{
	seamkey_der_rsa_private key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_rsa_private(&key, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	check_numbers(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_RSA_PRIVATE_KEY);
	FUZZ_SAME(in, seamkey_der_encode_rsa_private, &key);
}

static void
contained(seamkey_span in, unsigned lenient)
{
	seamkey_der_private_key_info info;
	seamkey_der_rsa_private key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_rsa_private_info(&key, in, lenient);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	check_numbers(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_PRIVATE_KEY_INFO);
	CHECK(seamkey_der_decode_private_key_info(&info, in) == SEAMKEY_OK);
	FUZZ_SAME(info.private_key, seamkey_der_encode_rsa_private, &key);
	if (info.algorithm.parameters.len == 0) {
		CHECK(lenient == SEAMKEY_ABSENT_NULL);
	} else if (info.version == 0 && info.attributes.len == 0) {
		FUZZ_SAME(in, seamkey_der_encode_rsa_private_info, &key);
	}
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);

	bare(in);
	contained(in, 0);
	contained(in, SEAMKEY_ABSENT_NULL);
	fuzz_free(copy, size);
	return 0;
}
