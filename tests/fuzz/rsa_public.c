/*
 * rsa_public.c - fuzz target: RSAPublicKey, alone and in its container
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
check_numbers(const seamkey_der_rsa_public *key, seamkey_span in)
{
	CHECK(fuzz_is_inside(key->n, in) && fuzz_is_inside(key->e, in));
	CHECK(number_is_minimal(key->n) && number_is_minimal(key->e));
	check_public_verdict(key, &loose);
	check_public_verdict(key, &usual);
}

static void
bare(seamkey_span in)
{
	seamkey_der_rsa_public key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_rsa_public(&key, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	check_numbers(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_RSA_PUBLIC_KEY);
	FUZZ_SAME(in, seamkey_der_encode_rsa_public, &key);
}

static void
contained(seamkey_span in, unsigned lenient)
{
	seamkey_der_public_key_info info;
	seamkey_der_rsa_public key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_rsa_public_info(&key, in, lenient);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	check_numbers(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_PUBLIC_KEY_INFO);
	CHECK(seamkey_der_decode_public_key_info(&info, in) == SEAMKEY_OK);
	if (info.algorithm.parameters.len != 0) {
		FUZZ_SAME(in, seamkey_der_encode_rsa_public_info, &key);
	} else { /* the leniency is not written */
		CHECK(lenient == SEAMKEY_ABSENT_NULL);
		FUZZ_SAME(info.public_key, seamkey_der_encode_rsa_public, &key);
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
