/*
 * certificate.c - fuzz target: the outline of a certificate
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER. There is no encoder to compare with: what is given back
 * are elements inside the input, in the order of the standard, and the
 * whole is well-formed DER.
 */
#include <bearssl.h>

#include "fuzz.h"

static int
is_sequence(seamkey_span v)
{
	return v.len >= 2 && v.p[0] == SEAMKEY_DER_SEQUENCE
		&& seamkey_der_check(v) == SEAMKEY_OK;
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);
	seamkey_der_certificate cert;
	int status;

	memset(&cert, FUZZ_FILL, sizeof cert);
	status = seamkey_der_decode_certificate(&cert, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(fuzz_is_untouched(&cert, sizeof cert));
	} else {
		CHECK(fuzz_is_inside(cert.serial, in));
		CHECK(fuzz_is_inside(cert.issuer, in));
		CHECK(fuzz_is_inside(cert.subject, in));
		CHECK(fuzz_is_inside(cert.public_key_info, in));
		CHECK(fuzz_is_inside(cert.key_id, in));
		CHECK(cert.serial.len != 0);
		CHECK(cert.serial.len == 1 || cert.serial.p[0] != 0);
		CHECK(is_sequence(cert.issuer) && is_sequence(cert.subject));
		CHECK(is_sequence(cert.public_key_info));
		CHECK(cert.serial.p < cert.issuer.p);
		CHECK(cert.issuer.p < cert.subject.p);
		CHECK(cert.subject.p < cert.public_key_info.p);
		CHECK(cert.key_id.len == 0
			|| cert.public_key_info.p < cert.key_id.p);
		fuzz_check_accepted(in, SEAMKEY_DER_CERTIFICATE);
	}
	fuzz_free(copy, size);
	return 0;
}
