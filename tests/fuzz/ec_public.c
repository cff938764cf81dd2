/*
 * ec_public.c - fuzz target: an elliptic curve key in SubjectPublicKeyInfo
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER. What is decoded encodes to the same octets.
 */
#include <bearssl.h>

#include "fuzz.h"

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);
	seamkey_der_ec_public key;
	size_t octets;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_ec_public_info(&key, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
	} else {
		octets = seamkey_der_curve_size(key.curve);
		CHECK(octets == 32 || octets == 48 || octets == 66);
		CHECK(fuzz_is_inside(key.public_key, in));
		CHECK(key.public_key.len == 2 * octets + 1);
		CHECK(key.public_key.p[0] == 4);
		fuzz_check_accepted(in, SEAMKEY_DER_PUBLIC_KEY_INFO);
		FUZZ_SAME(in, seamkey_der_encode_ec_public_info, &key);
	}
	fuzz_free(copy, size);
	return 0;
}
