/*
 * private_key_info.c - fuzz target: PrivateKeyInfo, OneAsymmetricKey
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
	seamkey_der_private_key_info info;
	int status;

	memset(&info, FUZZ_FILL, sizeof info);
	status = seamkey_der_decode_private_key_info(&info, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&info, sizeof info));
	} else {
		CHECK(info.version <= 1);
		CHECK(fuzz_is_inside(info.algorithm.oid, in));
		CHECK(fuzz_is_inside(info.algorithm.parameters, in));
		CHECK(fuzz_is_element(info.algorithm.parameters));
		CHECK(fuzz_is_inside(info.private_key, in));
		CHECK(fuzz_is_inside(info.attributes, in));
		CHECK(fuzz_is_element(info.attributes));
		CHECK(fuzz_is_inside(info.public_key, in));
		CHECK(info.public_key.len == 0 || info.version == 1);
		fuzz_check_accepted(in, SEAMKEY_DER_PRIVATE_KEY_INFO);
		FUZZ_SAME(in, seamkey_der_encode_private_key_info, &info);
	}
	fuzz_free(copy, size);
	return 0;
}
