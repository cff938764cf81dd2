/*
 * 11_release.c - a block for a team, and an agent that says who is of it
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Shows: a release agent whose repository is a table in flash; a decryptor
 * that asks it; and that the rule is the agent's, to be changed long after
 * the block was sealed.
 * What to copy: the table, and exchange(), which here calls the agent where
 * yours sends the request over a network. Faked: one demo key is both the
 * team's and Alice's.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "demo_key.h"
#include "seamkey.h"

#define TEXT(s) \
	{ \
		(const unsigned char *)(s), sizeof(s) - 1 \
	}
#define NONE \
	{ \
		NULL, 0 \
	}

/* CN=Alice; and the rules group("lawyers"), clearance(3): the text form is
 * for people, seamkey_rule_decode_text() makes these bytes of it. */
static const unsigned char alice[] = { 0x30, 0x10, 0x31, 0x0E, 0x30, 0x0C, 0x06,
	0x03, 0x55, 0x04, 0x03, 0x0C, 0x05, 'A', 'l', 'i', 'c', 'e' };
static const unsigned char lawyers[] = { 0x84, 0x07, 'l', 'a', 'w', 'y', 'e',
	'r', 's' };
static const unsigned char cleared[] = { 0x86, 0x01, 0x03 };

/* clang-format off */
static seamkey_agent_row table[] = {
	{ SEAMKEY_AGENT_KEY, 0, 0, TEXT("legal"), TEXT("legal-2026"),
		{ demo_private_key, sizeof demo_private_key }, NONE, NONE },
	{ SEAMKEY_AGENT_RULE, 0, 0, TEXT("who"), NONE,
		{ lawyers, sizeof lawyers }, NONE, NONE },
	{ SEAMKEY_AGENT_BINDING, 0, 0, TEXT("legal"), TEXT("who"), NONE,
		NONE, NONE },
	{ SEAMKEY_AGENT_DECRYPTOR, 0, 0, { alice, sizeof alice }, TEXT("alice"),
		{ demo_public_key, sizeof demo_public_key }, NONE, NONE },
	{ SEAMKEY_AGENT_MEMBER, 0, 0, TEXT("lawyers"),
		{ alice, sizeof alice }, NONE, NONE, NONE },
};
/* clang-format on */
static seamkey_agent_rows rows = { table, sizeof table / sizeof table[0], 0,
	NULL, 0 };
static seamkey_rsa_env rsa;

/* To the agent and back. */
static int
exchange(void *ctx, seamkey_span request, unsigned char *answer, size_t cap,
	size_t *len)
{
	static const seamkey_agent_scene scene = { 0, NONE, NONE, 0, 0, 0, 0 };
	seamkey_agent_env env;

	(void)ctx;
	memset(&env, 0, sizeof env);
	env.rsa = &rsa;
	env.store = seamkey_agent_store_rows();
	env.store_ctx = &rows;
	return seamkey_agent_answer(&env, &scene, request, answer, cap, len);
}

int
main(void)
{
	static const unsigned char text[] = "The contract is void.";
	static unsigned char block[1024], work[4096], out[sizeof text];
	static br_hmac_drbg_context drbg;
	seamkey_block_recipient team;
	seamkey_release_decryptor reader;
	seamkey_block_key own;
	size_t len = 0, out_len = 0;
	int status = seamkey_random_init(&rsa.random, &drbg);

	memset(&team, 0, sizeof team);
	team.key = seamkey_span_of(demo_public_key, sizeof demo_public_key);
	team.id = table[0].name;
	if (status == SEAMKEY_OK) {
		status = seamkey_block_seal(&rsa, SEAMKEY_BLOCK_AES_256_GCM,
			&team, 1, seamkey_span_of(text, sizeof text), block,
			sizeof block, &len);
	}
	memset(&own, 0, sizeof own);
	own.key = seamkey_span_of(demo_private_key, sizeof demo_private_key);
	memset(&reader, 0, sizeof reader);
	reader.env = &rsa;
	reader.keys = &own;
	reader.count = 1;
	reader.who.kind = SEAMKEY_RELEASE_ALIAS;
	reader.who.value = seamkey_span_of("alice", 5);
	reader.exchange = exchange;
	if (status == SEAMKEY_OK) {
		status = seamkey_release_open(&reader,
			seamkey_span_of(block, len), work, sizeof work, out,
			sizeof out, &out_len);
	}
	if (status != SEAMKEY_OK || memcmp(out, text, sizeof text) != 0) {
		printf("not opened: %s\n", seamkey_text(status));
		return 1;
	}
	table[1].value = seamkey_span_of(cleared, sizeof cleared);
	status = seamkey_release_open(&reader, seamkey_span_of(block, len),
		work, sizeof work, out, sizeof out, &out_len);
	printf("\"%s\" released to a lawyer; under the new rule: %s\n",
		(const char *)text, seamkey_text(status));
	return status != SEAMKEY_ERR_RELEASE_REFUSED;
}
