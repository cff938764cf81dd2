/*
 * digest_info.c - fuzz target: DigestInfo
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER. What is decoded encodes to the same octets; with the
 * leniency, to two octets more where it was needed.
 */
#include <bearssl.h>

#include "fuzz.h"

static void
decode(seamkey_span in, unsigned lenient)
{
	seamkey_der_digest_info info;
	unsigned char *made;
	size_t len = 0;
	int status;

	memset(&info, FUZZ_FILL, sizeof info);
	status = seamkey_der_decode_digest_info(&info, in, lenient);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&info, sizeof info));
		return;
	}
	CHECK(info.hash >= SEAMKEY_MD5 && info.hash <= SEAMKEY_SHA3_512);
	CHECK(fuzz_is_inside(info.digest, in));
	CHECK(info.digest.len == seamkey_der_hash_size(info.hash));
	CHECK(in.len <= SEAMKEY_DER_MAX_DIGEST_INFO);
	fuzz_check_accepted(in, 0);
	FUZZ_ENCODE(made, len, seamkey_der_encode_digest_info, &info);
	if (len != in.len) {
		CHECK(lenient == SEAMKEY_ABSENT_NULL && len == in.len + 2);
		CHECK(seamkey_der_decode_digest_info(&info, in, 0)
			== SEAMKEY_ERR_DER_PARAMETERS);
	} else {
		CHECK(memcmp(made, in.p, len) == 0);
	}
	free(made);
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);

	decode(seamkey_span_of(copy, size), 0);
	decode(seamkey_span_of(copy, size), SEAMKEY_ABSENT_NULL);
	fuzz_free(copy, size);
	return 0;
}
