/*
 * release_answer.c - fuzz target: an answer of a release agent
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What is read is inside the input and comes out as the same bytes. A
 * decryptor that gets it in reply opens nothing with it: no input knows the
 * request.
 */
#include <bearssl.h>

#include "seamkey_release.h"

#include "fuzz.h"

#include "../keys.h"

#define RESULTS 64

static seamkey_span reply;

static int
exchange(void *ctx, seamkey_span request, unsigned char *answer, size_t cap,
	size_t *len)
{
	(void)ctx;
	CHECK(request.len != 0);
	if (reply.len > cap) {
		return SEAMKEY_ERR_SPACE;
	}
	if (reply.len != 0) {
		memcpy(answer, reply.p, reply.len);
	}
	*len = reply.len;
	return SEAMKEY_OK;
}

static void
check_decryptor(int form)
{
	/* the beginning of a block: nothing behind its header is reached */
	static const unsigned char block[] = { 0x30, 0x43, 0x06, 0x0B, 0x2A,
		0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x09, 0x10, 0x01, 0x17,
		0xA0, 0x34, 0x30, 0x32, 0x02, 0x01, 0x00, 0x31, 0x04, 0xA1,
		0x02, 0x05, 0x00, 0x30, 0x27, 0x06, 0x09, 0x2A, 0x86, 0x48,
		0x86, 0xF7, 0x0D, 0x01, 0x07, 0x01, 0x30, 0x1A, 0x06, 0x09,
		0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E, 0x30,
		0x0D, 0x04, 0x0C };
	static unsigned char whole[sizeof block + 13], work[20000], out[64];
	seamkey_release_decryptor d;
	seamkey_block_key own;
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
	size_t len = 0;

	memset(whole, 0, sizeof whole);
	memcpy(whole, block, sizeof block);
	memset(&d, 0, sizeof d);
	memset(&own, 0, sizeof own);
	memset(&env, 0, sizeof env);
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "fuzz", 4);
	env.policy.min_bits = 1024;
	env.random = seamkey_random_bearssl(&drbg.vtable);
	own.key = seamkey_span_of(key_1024, sizeof key_1024);
	d.env = &env;
	d.keys = &own;
	d.count = 1;
	d.form = form;
	d.exchange = exchange;
	CHECK(seamkey_release_open(&d, seamkey_span_of(whole, sizeof whole),
		      work, sizeof work, out, sizeof out, &len)
		< 0);
	CHECK(len == 0);
}

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
	seamkey_release_result results[RESULTS];
	seamkey_release_answer a;
	seamkey_der_reader r;
	size_t u, len = 0;
	int status;

	if (size > 16384) {
		fuzz_free(copy, size);
		return 0;
	}
	memset(&a, 0, sizeof a);
	status = seamkey_release_decode_answer(&a, in);
	if (status != SEAMKEY_OK) {
		fuzz_check_status(status);
	} else if (a.count <= RESULTS) {
		seamkey_der_init(&r, a.results);
		for (u = 0; u < a.count; u++) {
			seamkey_release_get_result(&r, &results[u]);
			CHECK(fuzz_is_inside(results[u].content, in));
		}
		CHECK(seamkey_der_check_end(&r) == SEAMKEY_OK);
		CHECK(seamkey_release_encode_answer(
			      out, sizeof out, &len, a.id, results, a.count)
			== SEAMKEY_OK);
		CHECK(len == size && memcmp(out, copy, len) == 0);
	}
	reply = in;
	for (u = 0; u < 3; u++) {
		check_decryptor((int)u);
	}
	fuzz_free(copy, size);
	return 0;
}
