/*
 * ct_release.h - opening a block and releasing its key, for tests/ct.c
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Secret: the private key, the key of the content that it decrypts, whether
 * that was good, and the plaintext. Public at the end: the verdict on the
 * content (one bit), with CBC the length of the padding; an answer, which
 * is the ciphertext of a key, when it is sent.
 */
#ifndef CT_RELEASE_H
#define CT_RELEASE_H

/* Random bytes that are no secret of this test. */
static int
release_fill(void *ctx, unsigned char *out, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		out[u] = (unsigned char)(++*(unsigned *)ctx * 2654435761u >> 24
			| 1u);
	}
	return SEAMKEY_OK;
}

static const unsigned char release_id[] = "key";

/* A block for the key of the run; where bad, its encrypted key is none. */
static seamkey_span
release_block(struct run *t, int cipher, int padding, int bad,
	unsigned char *out, size_t cap)
{
	static unsigned state;
	seamkey_block_recipient to;
	seamkey_rsa_env env;
	size_t len = 0, u;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	env.random.fill = release_fill;
	env.random.ctx = &state;
	memset(&to, 0, sizeof to);
	to.key = public_key(t);
	to.id = seamkey_span_of(release_id, sizeof release_id - 1);
	to.padding = padding;
	must(seamkey_block_seal(&env, cipher, &to, 1,
		     seamkey_span_of(message, sizeof message), out, cap, &len)
		== SEAMKEY_OK);
	for (u = 0; bad && u + 4 < len; u++) {
		/* the OCTET STRING that is as long as the modulus */
		if (out[u] == 0x04
			&& (out[u + 1] == 0x81 || out[u + 1] == 0x82)) {
			out[u + 4 + t->key->k / 2] ^= 0x10;
			break;
		}
	}
	return seamkey_span_of(out, len);
}

static void
open_a_block(struct run *t, int cipher, int padding, int bad)
{
	unsigned char block[2048], out[64];
	seamkey_block_key own;
	seamkey_span b;
	size_t len = 0;
	int status;

	b = release_block(t, cipher, padding, bad, block, sizeof block);
	memset(&own, 0, sizeof own);
	own.key = private_key(t, t->word);
	own.id = seamkey_span_of(release_id, sizeof release_id - 1);
	status = seamkey_block_open(
		&t->env, SEAMKEY_BLOCK_CBC, &own, 1, b, out, sizeof out, &len);
	if (bad) {
		expect(t, status == SEAMKEY_ERR_BLOCK_OPEN,
			"a bad key opened the block");
		return;
	}
	expect(t, status == SEAMKEY_OK && len == sizeof message,
		"the block was not opened");
	open_result(t, out, sizeof message);
	expect(t, memcmp(out, message, sizeof message) == 0,
		"the message is another");
}

static void
run_open_gcm(struct run *t)
{
	open_a_block(t, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_PKCS1, 0);
}

static void
run_open_gcm_bad(struct run *t)
{
	open_a_block(t, SEAMKEY_BLOCK_AES_128_GCM, SEAMKEY_BLOCK_PKCS1, 1);
}

static void
run_open_oaep_bad(struct run *t)
{
	open_a_block(t, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_OAEP, 1);
}

static void
run_open_cbc(struct run *t)
{
	open_a_block(t, SEAMKEY_BLOCK_AES_128_CBC, SEAMKEY_BLOCK_OAEP, 0);
}

static void
run_open_cbc_bad(struct run *t)
{
	open_a_block(t, SEAMKEY_BLOCK_AES_256_CBC, SEAMKEY_BLOCK_PKCS1, 1);
}

#define RELEASE_TEXT(s) seamkey_span_of("" s, sizeof(s) - 1)

/* An agent with one key pair, and one rule, which admits Alice. */
static size_t
release_rows(const struct run *t, seamkey_agent_row *row, unsigned char *name,
	unsigned char *rule)
{
	size_t name_len = 0, rule_len = 0;

	must(seamkey_name_encode(name, 64, &name_len, RELEASE_TEXT("CN=Alice"))
		== SEAMKEY_OK);
	must(seamkey_rule_decode_text(rule, 64, &rule_len,
		     RELEASE_TEXT("name(\"CN=Alice\")"), NULL)
		== SEAMKEY_OK);
	memset(row, 0, 4 * sizeof *row);
	row[0].kind = SEAMKEY_AGENT_KEY;
	row[0].owner = RELEASE_TEXT("team");
	row[0].name = seamkey_span_of(release_id, sizeof release_id - 1);
	row[0].value = private_key(t, t->word);
	row[1].kind = SEAMKEY_AGENT_RULE;
	row[1].owner = RELEASE_TEXT("rule");
	row[1].value = seamkey_span_of(rule, rule_len);
	row[2].kind = SEAMKEY_AGENT_BINDING;
	row[2].owner = row[0].owner;
	row[2].name = row[1].owner;
	row[3].kind = SEAMKEY_AGENT_DECRYPTOR;
	row[3].owner = seamkey_span_of(name, name_len);
	row[3].value = public_key(t);
	return 4;
}

/* A release; answers to good and bad encrypted keys are of one length. */
static size_t
release(struct run *t, int padding, int bad)
{
	unsigned char block[2048], request[4096], name[64], rule[64];
	unsigned char answer[SEAMKEY_AGENT_ANSWER_MAX(1)];
	seamkey_agent_row row[4];
	seamkey_agent_rows rows;
	seamkey_agent_scene scene;
	seamkey_agent_env env;
	seamkey_release_block header;
	seamkey_release_who who;
	unsigned state = 7;
	size_t len = 0, request_len = 0;

	must(seamkey_release_decode_block(&header,
		     release_block(t, SEAMKEY_BLOCK_AES_256_GCM, padding, bad,
			     block, sizeof block))
		== SEAMKEY_OK);
	rows.row = row;
	rows.count = release_rows(t, row, name, rule);
	rows.cap = 0;
	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = row[3].owner;
	must(seamkey_release_encode_request(request, sizeof request,
		     &request_len, seamkey_span_of(message, sizeof message),
		     SEAMKEY_RELEASE_SEALED, &who, &header, 1, NULL, 0)
		== SEAMKEY_OK);
	memset(&env, 0, sizeof env);
	memset(&scene, 0, sizeof scene);
	t->env.random.fill = release_fill;
	t->env.random.ctx = &state;
	env.rsa = &t->env;
	env.store = seamkey_agent_store_rows();
	env.store_ctx = &rows;
	expect(t,
		seamkey_agent_answer(&env, &scene,
			seamkey_span_of(request, request_len), answer,
			sizeof answer, &len)
			== SEAMKEY_OK,
		"no answer");
	expect(t, len > t->key->k, "the key was not released");
	expect(t, hidden(answer, len) != 0,
		"the key became public before it was encrypted");
	return len;
}

static void
run_release(struct run *t)
{
	expect(t,
		release(t, SEAMKEY_BLOCK_PKCS1, 0)
			== release(t, SEAMKEY_BLOCK_PKCS1, 1),
		"the answer tells good from bad by its length");
}

static void
run_release_oaep(struct run *t)
{
	expect(t,
		release(t, SEAMKEY_BLOCK_OAEP, 0)
			== release(t, SEAMKEY_BLOCK_OAEP, 1),
		"the answer tells good from bad by its length");
}

#endif
