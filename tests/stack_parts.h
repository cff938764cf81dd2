/*
 * stack_parts.h - how deep the stack gets in reading DER, names and rules, in
 * blocks and in the agent, for tests/stack.c
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef SEAMKEY_STACK_PARTS_H
#define SEAMKEY_STACK_PARTS_H

#include <stdlib.h>

#include "stack_paint.h"

#include "agent_talk.h"

/* What the tools of the tests check must hold. */
int
test_int(const char *file, int line, const char *expr, long long got,
	long long want)
{
	if (got != want) {
		fprintf(stderr, "%s:%d: %s is %ld\n", file, line, expr,
			(long)got);
		exit(1);
	}
	return 1;
}

int
test_mem(const char *file, int line, const char *expr, const void *got,
	const void *want, size_t len)
{
	return test_int(file, line, expr, memcmp(got, want, len), 0);
}

/* What the calls work on, and what comes out. */
static seamkey_span parts_in;
static unsigned char parts_out[1024];
static size_t parts_len;

/* ---- DER, names, rules -------------------------------------------------- */

static ALONE int
call_private(void)
{
	static seamkey_der_rsa_private numbers;

	TOP();
	return seamkey_der_decode_rsa_private_info(&numbers, parts_in, 0);
}

static ALONE int
call_public(void)
{
	static seamkey_der_rsa_public numbers;

	TOP();
	return seamkey_der_decode_rsa_public_info(&numbers, parts_in, 0);
}

static ALONE int
call_certificate(void)
{
	static seamkey_der_certificate cert;

	TOP();
	return seamkey_der_decode_certificate(&cert, parts_in);
}

static ALONE int
call_name_match(void)
{
	TOP();
	return seamkey_name_match(parts_in, parts_in) == 1 ? SEAMKEY_OK
							   : SEAMKEY_ERR_ARG;
}

static ALONE int
call_name_encode(void)
{
	TOP();
	return seamkey_name_encode(
		parts_out, sizeof parts_out, &parts_len, parts_in);
}

static ALONE int
call_name_decode(void)
{
	TOP();
	return seamkey_name_decode(
		parts_out, sizeof parts_out, &parts_len, parts_in);
}

static seamkey_rule rule[16];
static size_t rules;

static ALONE int
call_rule_decode(void)
{
	TOP();
	return seamkey_rule_decode(
		rule, sizeof rule / sizeof rule[0], &rules, parts_in);
}

static ALONE int
call_rule_decide(void)
{
	static const seamkey_rule_facts facts = { .clearance = 3,
		.has_time = 1,
		.now = 1790000000,
		.second = 40000,
		.location = { (const unsigned char *)"lab", 3 } };

	TOP();
	return seamkey_rule_decide(rule, rules, &facts);
}

static ALONE int
call_rule_text(void)
{
	TOP();
	return seamkey_rule_decode_text(
		parts_out, sizeof parts_out, &parts_len, parts_in, NULL);
}

static int
print_names(void)
{
	static unsigned char name[256];
	size_t len = 0;
	int bad;

	parts_in = text_of("CN=Alice\\, of the team,OU=Legal+L=Here,O=Acme");
	bad = print("`seamkey_name_encode`", "-", call_name_encode);
	CHECK_INT(seamkey_name_encode(name, sizeof name, &len, parts_in), 0);
	parts_in = seamkey_span_of(name, len);
	bad |= print("`seamkey_name_match`", "-", call_name_match);
	bad |= print("`seamkey_name_decode`", "-", call_name_decode);
	return bad;
}

static int
print_rules(void)
{
	static unsigned char der[256];
	size_t len = 0;
	int bad;

	parts_in = text_of("all(any(clearance(9), location(\"lab\")), "
			   "any(all(clearance(1), location(\"lab\"))))");
	bad = print("`seamkey_rule_decode_text`", "-", call_rule_text);
	CHECK_INT(
		seamkey_rule_decode_text(der, sizeof der, &len, parts_in, NULL),
		SEAMKEY_OK);
	parts_in = seamkey_span_of(der, len);
	bad |= print("`seamkey_rule_decode`", "-", call_rule_decode);
	bad |= print("`seamkey_rule_decide`", "-", call_rule_decide);
	return bad;
}

static int
print_der(void)
{
	static unsigned char info[PUBLIC_BYTES];
	int bad;

	parts_in = SPAN(key_2048);
	bad = print("`seamkey_der_decode_rsa_private_info`", "RSA, 2048 bits",
		call_private);
	parts_in = public_of(SPAN(key_2048), info);
	bad |= print("`seamkey_der_decode_rsa_public_info`", "RSA, 2048 bits",
		call_public);
	parts_in = SPAN(certificate);
	bad |= print(
		"`seamkey_der_decode_certificate`", "P-256", call_certificate);
	return bad;
}

/* ---- blocks, and the agent ---------------------------------------------- */

static ALONE int
call_seal_push(void)
{
	static seamkey_block_sealer s;
	static seamkey_block_recipient to;
	static size_t used;

	to = office_recipient(&office, LEGAL);
	to.padding = SEAMKEY_BLOCK_OAEP;
	if (seamkey_block_seal_begin(&s, &office.rsa, SEAMKEY_BLOCK_AES_256_GCM,
		    &to, 1, sizeof message)
		!= SEAMKEY_OK) {
		return SEAMKEY_ERR_ARG;
	}
	paint_stack();
	TOP();
	return seamkey_block_seal_push(&s, message, sizeof message, &used,
		block[0], sizeof block[0], &block_len[0]);
}

static ALONE int
call_open_push(void)
{
	static seamkey_block_opener o;
	static seamkey_block_key own;
	static size_t used;

	own.key = office.key[LEGAL];
	own.id = SPAN(legal_id);
	seamkey_block_open_begin(&o, &office.rsa, 0, &own, 1);
	paint_stack();
	TOP();
	return seamkey_block_open_push(&o, block[0], block_len[0], &used,
		parts_out, sizeof parts_out, &parts_len);
}

static ALONE int
call_answer(void)
{
	TOP();
	return seamkey_agent_answer(&office.env, &office.scene,
		seamkey_span_of(request, request_len), answer, sizeof answer,
		&answer_len);
}

/* The rule wants Bob's approval, too, and it is there: inside the rules a
 * signature is verified. */
static void
ask_for_approval(void)
{
	static unsigned char der[2048];
	unsigned char receipt[8];
	size_t len = 0;

	office.scene.has_time = 1;
	office.scene.now = 1796025000; /* 2026-11-30 07:50:00 */
	office_find(&office, SEAMKEY_AGENT_RULE, text_of("lawyers"))->value =
		office_rule(&office,
			"all(group(\"legal\"), approval(1, \"board\"))");
	CHECK_INT(seamkey_agent_approve(&office.env, &office.scene,
			  approval_by(BOB, ALICE, "20261201000000Z", der),
			  receipt, sizeof receipt, &len),
		SEAMKEY_OK);
}

static int
print_agent(void)
{
	seamkey_release_who who;
	int bad;

	office_init(&office);
	bad = print(
		"`seamkey_block_seal_push`", "RSA, 2048 bits", call_seal_push);
	bad |= print(
		"`seamkey_block_open_push`", "RSA, 2048 bits", call_open_push);
	header[0] = header_of(seamkey_span_of(block[0], block_len[0]));
	who = by_name(ALICE);
	ask_with(SEAMKEY_RELEASE_SEALED, &who, 1, NULL, 0);
	bad |= print("`seamkey_agent_answer`", "RSA, 2048 bits", call_answer);
	CHECK_INT(office.log.releases, 2);
	ask_for_approval();
	bad |= print("`seamkey_agent_answer`", "RSA, 2048 bits, approval",
		call_answer);
	CHECK_INT(office.log.releases, 4);
	return bad;
}

static int
print_parts(void)
{
	return print_der() | print_names() | print_rules() | print_agent();
}

#endif
