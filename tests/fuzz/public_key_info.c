/*
 * public_key_info.c - fuzz target: SubjectPublicKeyInfo
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
	seamkey_der_public_key_info info;
	int status;

	memset(&info, FUZZ_FILL, sizeof info);
	status = seamkey_der_decode_public_key_info(&info, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&info, sizeof info));
	} else {
		CHECK(fuzz_is_inside(info.algorithm.oid, in));
		CHECK(fuzz_is_inside(info.algorithm.parameters, in));
		CHECK(fuzz_is_element(info.algorithm.parameters));
		CHECK(fuzz_is_inside(info.public_key, in));
		fuzz_check_accepted(in, SEAMKEY_DER_PUBLIC_KEY_INFO);
		FUZZ_SAME(in, seamkey_der_encode_public_key_info, &info);
	}
	fuzz_free(copy, size);
	return 0;
}
