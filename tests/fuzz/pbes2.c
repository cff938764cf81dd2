/*
 * pbes2.c - fuzz target: encrypted PKCS #8, examples/pbes2.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet, the length of the passphrase; the passphrase; the DER.
 * What is decrypted is a PrivateKeyInfo, shorter than what it was in; what
 * is refused leaves nothing of it behind.
 */
#include <bearssl.h>

/* The work that a file asks for is its maker's choice: little, here. */
#define PBES2_MAX_ITERATIONS 16ul
#include "../../examples/pbes2.h"
#include "fuzz.h"

static int
is_wiped(const unsigned char *p, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		if (p[u] != 0 && p[u] != FUZZ_FILL) {
			return 0;
		}
	}
	return 1;
}

static void
decrypt(seamkey_span in, seamkey_span pass, unsigned lenient)
{
	seamkey_der_private_key_info info;
	unsigned char *out = fuzz_blank(in.len + 1);
	size_t len = 0;
	int status = pbes2_decrypt(out, in.len, &len, in, pass, lenient);

	CHECK(out[in.len] == FUZZ_FILL);
	if (status == SEAMKEY_OK) {
		CHECK(len < in.len);
		CHECK(seamkey_der_decode_private_key_info(
			      &info, seamkey_span_of(out, len))
			== SEAMKEY_OK);
		fuzz_check_accepted(in, SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO);
	} else {
		CHECK(len == 0 && is_wiped(out, in.len));
		if (pbes2_text(status) == NULL) {
			fuzz_check_status(status);
		}
	}
	free(out);
}

static size_t
der_at(const uint8_t *data, size_t size)
{
	return size == 0 ? 0 : 1 + (size_t)data[0];
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span rest = seamkey_span_of(data, size), pass;
	unsigned char *copy, *pass_copy;

	pass = fuzz_take(&rest, fuzz_take_octet(&rest));
	pass_copy = fuzz_copy(pass.p, pass.len);
	copy = fuzz_copy(rest.p, rest.len);
	pass.p = pass_copy;
	rest.p = copy;
	decrypt(rest, pass, 0);
	decrypt(rest, pass, PBES2_DES_EDE3 | PBES2_SPELLED_SHA1);
	fuzz_free(pass_copy, pass.len);
	fuzz_free(copy, rest.len);
	return 0;
}
