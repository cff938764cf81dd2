/*
 * ec_private.c - fuzz target: ECPrivateKey, alone and in its container
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER of either. What is decoded encodes to the same octets,
 * with the curve named where it was.
 */
#include <bearssl.h>

#include "fuzz.h"

static void
check_key(const seamkey_der_ec_private *key, seamkey_span in)
{
	size_t size = seamkey_der_curve_size(key->curve);

	CHECK(size == 32 || size == 48 || size == 66);
	CHECK(fuzz_is_inside(key->scalar, in) && key->scalar.len == size);
	CHECK(fuzz_is_inside(key->public_key, in));
	CHECK(key->public_key.len == 0
		|| (key->public_key.len == 2 * size + 1
			&& key->public_key.p[0] == 4));
}

/* in is an ECPrivateKey; it names the curve, or it does not, and then its
 * encoding is what stands in the container. */
static void
check_same(const seamkey_der_ec_private *key, seamkey_span in)
{
	seamkey_der_private_key_info info;
	unsigned char *made;
	size_t len = 0;

	FUZZ_ENCODE(made, len, seamkey_der_encode_ec_private, key);
	if (!seamkey_span_match(in, seamkey_span_of(made, len))) {
		free(made);
		FUZZ_ENCODE(made, len, seamkey_der_encode_ec_private_info, key);
		CHECK(seamkey_der_decode_private_key_info(
			      &info, seamkey_span_of(made, len))
			== SEAMKEY_OK);
		CHECK(seamkey_span_match(in, info.private_key));
	}
	free(made);
}

static void
bare(seamkey_span in, int curve)
{
	seamkey_der_ec_private key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_ec_private(&key, in, curve);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	CHECK(curve == 0 || key.curve == curve);
	check_key(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_EC_PRIVATE_KEY);
	if (curve == 0) {
		FUZZ_SAME(in, seamkey_der_encode_ec_private, &key);
	}
	check_same(&key, in);
}

static void
contained(seamkey_span in)
{
	seamkey_der_private_key_info info;
	seamkey_der_ec_private key;
	int status;

	memset(&key, FUZZ_FILL, sizeof key);
	status = seamkey_der_decode_ec_private_info(&key, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&key, sizeof key));
		return;
	}
	check_key(&key, in);
	fuzz_check_accepted(in, SEAMKEY_DER_PRIVATE_KEY_INFO);
	CHECK(seamkey_der_decode_private_key_info(&info, in) == SEAMKEY_OK);
	check_same(&key, info.private_key);
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);

	bare(in, 0);
	bare(in, SEAMKEY_CURVE_P256);
	bare(in, SEAMKEY_CURVE_P384);
	bare(in, SEAMKEY_CURVE_P521);
	contained(in);
	fuzz_free(copy, size);
	return 0;
}
