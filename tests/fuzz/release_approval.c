/*
 * release_approval.c - fuzz target: an approval of a request
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What is read is inside the input, in its range, and comes out as the same
 * bytes.
 */
#include <bearssl.h>

#include "seamkey_release.h"

#include "fuzz.h"

static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	return 0;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static unsigned char out[70000];
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);
	seamkey_release_approval a;
	seamkey_der_writer w;
	uint64_t expiry = 0;
	int status;

	memset(&a, 0, sizeof a);
	status = seamkey_release_decode_approval(&a, in);
	if (status == SEAMKEY_OK) {
		CHECK(fuzz_is_inside(a.body, in));
		CHECK(fuzz_is_inside(a.id, a.body) && a.id.len >= 16);
		CHECK(fuzz_is_inside(a.recipients, a.body)
			&& a.recipients.len == 32);
		CHECK(seamkey_name_check(a.decryptor) == SEAMKEY_OK);
		CHECK(seamkey_name_check(a.approver) == SEAMKEY_OK);
		CHECK(seamkey_name_decode_time(&expiry, a.expires)
			== SEAMKEY_OK);
		CHECK(expiry == a.expiry);
		memset(&w, 0, sizeof w);
		w.buf = out;
		w.cap = sizeof out;
		seamkey_i_release_put_approval(&w, &a, a.signature);
		CHECK(w.err == SEAMKEY_OK && w.len == size);
		CHECK(memcmp(out, copy, size) == 0);
	} else {
		fuzz_check_status(status);
	}
	fuzz_free(copy, size);
	return 0;
}
