/*
 * release_answers.c - the messages of one release, in hex
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A block for one access identifier, a request for its key, an approval,
 * the answer and what is in it, all with the keys of tests/keys.h and a
 * random source that is none. Prints the worked examples of docs/SPEC.md,
 * where tests/readme.sh compares them; exit status 1 where something does
 * not come back.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#include "keys.h"

static int bad;

static void
must(int status)
{
	if (status != SEAMKEY_OK) {
		printf("failed: %s\n", seamkey_text(status));
		bad = 1;
	}
}

static void
print(const char *name, seamkey_span s)
{
	size_t u;

	printf("%s =", name);
	for (u = 0; u < s.len; u++) {
		if (u % 48 == 0) {
			printf("\n   ");
		}
		printf("%s%02X", u % 4 == 0 ? " " : "", (unsigned)s.p[u]);
	}
	printf("\n");
}

static seamkey_span
text_of(const char *text)
{
	return seamkey_span_of(text, strlen(text));
}

/* 01, 02, 03, ... */
static int
count_up(void *ctx, unsigned char *out, size_t len)
{
	unsigned *next = (unsigned *)ctx;

	while (len-- != 0) {
		*next = *next % 255 + 1;
		*out++ = (unsigned char)*next;
	}
	return SEAMKEY_OK;
}

static unsigned counter;
static seamkey_rsa_env env;
static unsigned char public_1024[300], alice[64], bob[64], rule[128];
static unsigned char block[1024], request[1024], approval[1024], answer[2048];
static seamkey_agent_row row[16];
static unsigned char bytes[17 * 2048];
static seamkey_agent_rows rows = { row, 0, 16, bytes, 2048 };

static void
add(unsigned kind, seamkey_span owner, seamkey_span name, seamkey_span value)
{
	seamkey_agent_row *r = &row[rows.count++];

	r->kind = (uint8_t)kind;
	r->owner = owner;
	r->name = name;
	r->value = value;
}

static seamkey_span
name_of(unsigned char *out, const char *text)
{
	size_t len = 0;

	must(seamkey_name_encode(out, 64, &len, text_of(text)));
	return seamkey_span_of(out, len);
}

/* Alice and Bob have one key, and the agent has another. */
static void
make_office(seamkey_span *who, seamkey_span *approver)
{
	seamkey_span none = { NULL, 0 }, own;
	size_t len = 0;

	own = seamkey_span_of(key_2048_public, sizeof key_2048_public);
	*who = name_of(alice, "CN=Alice");
	*approver = name_of(bob, "CN=Bob");
	must(seamkey_rule_decode_text(rule, sizeof rule, &len,
		text_of("all(name(\"CN=Alice\"), approval(1, \"board\"))"),
		NULL));
	add(SEAMKEY_AGENT_KEY, text_of("team"), text_of("2026"),
		seamkey_span_of(key_1024, sizeof key_1024));
	add(SEAMKEY_AGENT_RULE, text_of("rule"), none,
		seamkey_span_of(rule, len));
	add(SEAMKEY_AGENT_BINDING, text_of("team"), text_of("rule"), none);
	add(SEAMKEY_AGENT_DECRYPTOR, *who, none, own);
	add(SEAMKEY_AGENT_DECRYPTOR, *approver, none, own);
	add(SEAMKEY_AGENT_MEMBER, text_of("board"), *approver, none);
	row[3].flag = SEAMKEY_BLOCK_OAEP;
	print("rule", seamkey_span_of(rule, len));
}

static seamkey_release_block
make_block(void)
{
	seamkey_release_block header = { { NULL, 0 }, { NULL, 0 } };
	seamkey_block_recipient to;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	size_t len = 0;

	must(seamkey_der_decode_rsa_private_info(
		&key, seamkey_span_of(key_1024, sizeof key_1024), 0));
	pub.n = key.n;
	pub.e = key.e;
	must(seamkey_der_encode_rsa_public_info(
		public_1024, sizeof public_1024, &len, &pub));
	memset(&to, 0, sizeof to);
	to.key = seamkey_span_of(public_1024, len);
	to.id = text_of("2026");
	must(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_128_GCM, &to, 1,
		text_of("the text"), block, sizeof block, &len));
	print("block", seamkey_span_of(block, len));
	must(seamkey_release_decode_block(
		&header, seamkey_span_of(block, len)));
	return header;
}

static void
make_approval(const seamkey_agent_env *agent, const seamkey_agent_scene *scene,
	const seamkey_release_block *header, seamkey_span id, seamkey_span who,
	seamkey_span approver)
{
	seamkey_release_approval a;
	unsigned char hash[32], receipt[8];
	size_t len = 0, receipt_len = 0;

	memset(&a, 0, sizeof a);
	seamkey_release_hash_recipients(header, hash);
	a.id = id;
	a.recipients = seamkey_span_of(hash, sizeof hash);
	a.decryptor = who;
	a.approver = approver;
	a.expires = text_of("20261231235959Z");
	must(seamkey_release_sign_approval(&env, approval, sizeof approval,
		&len, &a, seamkey_span_of(key_2048, sizeof key_2048)));
	print("approval", seamkey_span_of(approval, len));
	must(seamkey_agent_approve(agent, scene, seamkey_span_of(approval, len),
		receipt, sizeof receipt, &receipt_len));
	print("receipt", seamkey_span_of(receipt, receipt_len));
}

/* What is in the answer. */
static void
open_answer(seamkey_span der)
{
	unsigned char plain[SEAMKEY_RELEASE_RELEASED_MAX];
	seamkey_release_answer a;
	seamkey_release_result r = { 0, { NULL, 0 } };
	seamkey_der_reader list;
	seamkey_block_key own;
	size_t len = 0;

	memset(&a, 0, sizeof a);
	memset(&own, 0, sizeof own);
	must(seamkey_release_decode_answer(&a, der));
	seamkey_der_init(&list, a.results);
	seamkey_release_get_result(&list, &r);
	must(list.err);
	own.key = seamkey_span_of(key_2048, sizeof key_2048);
	must(seamkey_block_open(
		&env, 0, &own, 1, r.content, plain, sizeof plain, &len));
	print("released", seamkey_span_of(plain, len));
}

int
main(void)
{
	seamkey_agent_env agent;
	seamkey_agent_scene scene;
	seamkey_release_block header;
	seamkey_release_who who;
	seamkey_span id = text_of("0123456789ABCDEF"), approver;
	size_t len = 0, answer_len = 0;

	env.policy.min_bits = 1024;
	env.random.fill = count_up;
	env.random.ctx = &counter;
	memset(&agent, 0, sizeof agent);
	memset(&scene, 0, sizeof scene);
	memset(&who, 0, sizeof who);
	agent.rsa = &env;
	agent.store = seamkey_agent_store_rows();
	agent.store_ctx = &rows;
	scene.has_time = 1;
	scene.now = 1796025000;
	who.kind = SEAMKEY_RELEASE_NAME;
	make_office(&who.value, &approver);
	header = make_block();
	must(seamkey_release_encode_request(request, sizeof request, &len, id,
		SEAMKEY_RELEASE_SEALED, &who, &header, 1, NULL, 0));
	print("request", seamkey_span_of(request, len));
	must(seamkey_agent_answer(&agent, &scene, seamkey_span_of(request, len),
		answer, sizeof answer, &answer_len));
	print("not released", seamkey_span_of(answer, answer_len));
	make_approval(&agent, &scene, &header, id, who.value, approver);
	must(seamkey_agent_answer(&agent, &scene, seamkey_span_of(request, len),
		answer, sizeof answer, &answer_len));
	print("answer", seamkey_span_of(answer, answer_len));
	open_answer(seamkey_span_of(answer, answer_len));
	return bad;
}
