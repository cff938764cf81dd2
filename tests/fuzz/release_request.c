/*
 * release_request.c - fuzz target: a request for the keys of blocks
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What is read is inside the input, within the limits, and comes out as the
 * same bytes (but for fields, which are passed over). An agent answers every
 * input: with the request's identifier and a result for each block, or with
 * nothing at all; and it never releases a key to somebody but Alice.
 */
#include <bearssl.h>

#include "seamkey_agent.h"

#include "fuzz.h"

#include "../keys.h"

static const unsigned char alice[] = { 0x30, 0x10, 0x31, 0x0E, 0x30, 0x0C, 0x06,
	0x03, 0x55, 0x04, 0x03, 0x0C, 0x05, 'A', 'l', 'i', 'c', 'e' };
static const unsigned char rule[] = { 0xA1, 0x12, 0x30, 0x10, 0x31, 0x0E, 0x30,
	0x0C, 0x06, 0x03, 0x55, 0x04, 0x03, 0x0C, 0x05, 'A', 'l', 'i', 'c',
	'e' };

static int released_to_others;

static int
audit(void *ctx, const seamkey_agent_event *e)
{
	(void)ctx;
	released_to_others |= e->kind == SEAMKEY_AGENT_RELEASED
		&& !seamkey_span_match(
			e->who, seamkey_span_of(alice, sizeof alice));
	return SEAMKEY_OK;
}

#define TEXT(s) \
	{ \
		(const unsigned char *)(s), sizeof(s) - 1 \
	}

static void
check_agent(seamkey_span in, const seamkey_release_request *q)
{
	static const seamkey_agent_hooks hooks = { audit, NULL, NULL, NULL };
	static seamkey_agent_row row[] = {
		{ SEAMKEY_AGENT_ACCESS, 0, 0, TEXT("team"), { NULL, 0 },
			{ NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
		{ SEAMKEY_AGENT_KEY, 0, 0, TEXT("team"), TEXT("team-key"),
			{ key_1024, sizeof key_1024 }, { NULL, 0 },
			{ NULL, 0 } },
		{ SEAMKEY_AGENT_RULE, 0, 0, TEXT("rule"), { NULL, 0 },
			{ rule, sizeof rule }, { NULL, 0 }, { NULL, 0 } },
		{ SEAMKEY_AGENT_BINDING, 0, 0, TEXT("team"), TEXT("rule"),
			{ NULL, 0 }, { NULL, 0 }, { NULL, 0 } },
		{ SEAMKEY_AGENT_DECRYPTOR, 0, 0, { alice, sizeof alice },
			TEXT("alice"),
			{ key_2048_public, sizeof key_2048_public },
			{ NULL, 0 }, { NULL, 0 } },
		{ SEAMKEY_AGENT_ATTRIBUTE, 0, 0, { alice, sizeof alice },
			TEXT("badge"), TEXT("1"), { NULL, 0 }, { NULL, 0 } },
	};
	static seamkey_agent_rows rows = { row, 6, 0, NULL, 0 };
	static unsigned char out[SEAMKEY_AGENT_ANSWER_MAX(8)];
	seamkey_release_answer answer;
	seamkey_agent_scene scene;
	seamkey_agent_env env;
	br_hmac_drbg_context drbg;
	seamkey_rsa_env rsa;
	size_t len = 0;

	memset(&rsa, 0, sizeof rsa);
	memset(&env, 0, sizeof env);
	memset(&scene, 0, sizeof scene);
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "fuzz", 4);
	rsa.policy.min_bits = 1024;
	rsa.random = seamkey_random_bearssl(&drbg.vtable);
	env.rsa = &rsa;
	env.store = seamkey_agent_store_rows();
	env.store_ctx = &rows;
	env.hooks = &hooks;
	CHECK(seamkey_agent_answer(&env, &scene, in, out, sizeof out, &len)
		== SEAMKEY_OK);
	CHECK(seamkey_release_decode_answer(&answer, seamkey_span_of(out, len))
		== SEAMKEY_OK);
	CHECK(answer.count == (q != NULL ? q->block_count : 0));
	CHECK(q == NULL || seamkey_span_match(answer.id, q->id));
	CHECK(!released_to_others);
}

/* The same parts make the same bytes. */
static void
check_again(seamkey_span in, const seamkey_release_request *q)
{
	static unsigned char out[70000];
	seamkey_release_block blocks[8];
	seamkey_release_attribute context[16];
	seamkey_der_reader r;
	size_t u, len = 0;

	seamkey_der_init(&r, q->blocks);
	for (u = 0; u < q->block_count; u++) {
		seamkey_release_get_block(&r, &blocks[u]);
		CHECK(fuzz_is_inside(blocks[u].recipients, in));
	}
	CHECK(seamkey_der_check_end(&r) == SEAMKEY_OK);
	seamkey_der_init(&r, q->context);
	for (u = 0; u < q->context_count; u++) {
		seamkey_release_get_attribute(&r, &context[u]);
	}
	CHECK(seamkey_der_check_end(&r) == SEAMKEY_OK);
	CHECK(seamkey_release_encode_request(out, sizeof out, &len, q->id,
		      q->form, &q->who, blocks, q->block_count, context,
		      q->context_count)
		== SEAMKEY_OK);
	CHECK(len <= in.len);
	CHECK(len != in.len || memcmp(out, in.p, len) == 0);
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
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);
	seamkey_release_request q;
	int status;

	memset(&q, 0, sizeof q);
	status = seamkey_release_decode_request(&q, in, NULL);
	if (status == SEAMKEY_OK) {
		CHECK(q.block_count >= 1 && q.block_count <= 8);
		CHECK(q.context_count <= 16);
		CHECK(fuzz_is_inside(q.id, in));
		CHECK(fuzz_is_inside(q.who.value, in));
		check_again(in, &q);
	} else {
		fuzz_check_status(status);
	}
	check_agent(in, status == SEAMKEY_OK ? &q : NULL);
	fuzz_free(copy, size);
	return 0;
}
