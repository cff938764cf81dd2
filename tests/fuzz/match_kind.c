/*
 * match_kind.c - fuzz target: which structure is it?
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: anything. Whatever a decoder takes, seamkey_der_match_kind() has
 * to call by its name, and no two decoders may take the same octets.
 */
#include <bearssl.h>

#include "fuzz.h"

/* The kinds whose decoder takes it, a bit each. */
static unsigned
accepted(seamkey_span in)
{
	seamkey_der_private_key_info private_info;
	seamkey_der_public_key_info public_info;
	seamkey_der_rsa_private rsa_private;
	seamkey_der_rsa_public rsa_public;
	seamkey_der_ec_private ec;
	seamkey_der_certificate cert;
	unsigned kinds = 0;

	if (seamkey_der_decode_private_key_info(&private_info, in) == 0) {
		kinds |= 1u << SEAMKEY_DER_PRIVATE_KEY_INFO;
	}
	if (seamkey_der_decode_public_key_info(&public_info, in) == 0) {
		kinds |= 1u << SEAMKEY_DER_PUBLIC_KEY_INFO;
	}
	if (seamkey_der_decode_rsa_private(&rsa_private, in) == 0) {
		kinds |= 1u << SEAMKEY_DER_RSA_PRIVATE_KEY;
	}
	if (seamkey_der_decode_rsa_public(&rsa_public, in) == 0) {
		kinds |= 1u << SEAMKEY_DER_RSA_PUBLIC_KEY;
	}
	if (seamkey_der_decode_ec_private(&ec, in, 0) == 0
		|| seamkey_der_decode_ec_private(&ec, in, SEAMKEY_CURVE_P256)
			== 0) {
		kinds |= 1u << SEAMKEY_DER_EC_PRIVATE_KEY;
	}
	if (seamkey_der_decode_certificate(&cert, in) == 0) {
		kinds |= 1u << SEAMKEY_DER_CERTIFICATE;
	}
	return kinds;
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);
	int kind = seamkey_der_match_kind(in);
	unsigned kinds = accepted(in);

	if (kind < 0) {
		fuzz_check_status(kind);
		CHECK(kinds == 0);
	} else {
		CHECK(kind >= SEAMKEY_DER_PRIVATE_KEY_INFO
			&& kind <= SEAMKEY_DER_CERTIFICATE);
		CHECK((kinds & ~(1u << kind)) == 0);
	}
	fuzz_free(copy, size);
	return 0;
}
