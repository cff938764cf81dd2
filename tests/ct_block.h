/*
 * ct_block.h - sealing a block, and opening one by key alone, for tests/ct.c
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Secret in sealing: the message, the key of the content, the padding and
 * the seed of its encryption; and all that comes of them, until the block is
 * sent. Secret in opening: the private key, what each entry holds and which
 * of them is good, the plaintext. Public at the end: the verdict. Opening by
 * name: tests/ct_release.h.
 */
#ifndef CT_BLOCK_H
#define CT_BLOCK_H

/* ---- sealing ------------------------------------------------------------ */

static void
seal_a_block(struct run *t, int cipher, int padding)
{
	unsigned char seed[32] = "keys and nonces come out of this";
	unsigned char text[sizeof message], block[2048];
	br_hmac_drbg_context drbg;
	seamkey_block_recipient to;
	size_t len = 0;

	hide(seed, sizeof seed);
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, seed, sizeof seed);
	t->env.random = seamkey_random_bearssl(&drbg.vtable);
	memset(&to, 0, sizeof to);
	to.key = public_key(t);
	to.padding = padding;
	memcpy(text, message, sizeof text);
	hide(text, sizeof text);
	expect(t,
		seamkey_block_seal(&t->env, cipher, &to, 1,
			seamkey_span_of(text, sizeof text), block, sizeof block,
			&len)
			== SEAMKEY_OK,
		"not sealed");
	/* what depends on a secret is wrapped key, nonce, content and tag */
	expect(t, hidden(block, len) >= t->key->k + 12 + sizeof text,
		"a part of the block became public before it was sent");
}

static void
run_seal_gcm(struct run *t)
{
	seal_a_block(t, SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_OAEP);
}

static void
run_seal_cbc(struct run *t)
{
	seal_a_block(t, SEAMKEY_BLOCK_AES_128_CBC, SEAMKEY_BLOCK_OAEP);
}

static void
run_seal_pkcs1(struct run *t)
{
	seal_a_block(t, SEAMKEY_BLOCK_AES_128_GCM, SEAMKEY_BLOCK_PKCS1);
}

/* ---- opening by key alone ----------------------------------------------- */

#define CT_ENTRIES 3

/* A block with three entries for the key of the run, the second by OAEP, of
 * which those whose bits are not in good are damaged. */
static size_t
block_of_three(struct run *t, unsigned good, unsigned char *out, size_t cap)
{
	static const unsigned char id[CT_ENTRIES] = { 1, 2, 3 };
	static unsigned state;
	seamkey_block_recipient to[CT_ENTRIES];
	seamkey_rsa_env env;
	unsigned char head[2];
	size_t len = 0, u, n = 0;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	env.random.fill = release_fill;
	env.random.ctx = &state;
	memset(to, 0, sizeof to);
	for (u = 0; u < CT_ENTRIES; u++) {
		to[u].key = public_key(t);
		to[u].id = seamkey_span_of(&id[u], 1);
		to[u].padding =
			u == 1 ? SEAMKEY_BLOCK_OAEP : SEAMKEY_BLOCK_PKCS1;
	}
	must(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_256_GCM, to, CT_ENTRIES,
		     seamkey_span_of(message, sizeof message), out, cap, &len)
		== SEAMKEY_OK);
	head[0] = t->key->k > 255 ? 0x82 : 0x81;
	head[1] = (unsigned char)(t->key->k > 255 ? t->key->k >> 8 : t->key->k);
	for (u = 0; u + 3 < len && n < CT_ENTRIES; u++) {
		if (out[u] == 0x04 && memcmp(out + u + 1, head, 2) == 0) {
			out[u + 4 + t->key->k / 2] ^= good >> n++ & 1 ? 0 : 16;
			u += t->key->k;
		}
	}
	must(n == CT_ENTRIES);
	return len;
}

static void
open_any(struct run *t, unsigned good, int forged)
{
	unsigned char block[4096], work[4096], out[64];
	size_t len = 0, block_len;
	int status;

	block_len = block_of_three(t, good, block, sizeof block);
	block[block_len - 1] ^= (unsigned char)forged;
	status = seamkey_block_open_any(&t->env, 0, private_key(t, t->word),
		seamkey_span_of(block, block_len), work, sizeof work, out,
		sizeof out, &len);
	if (good == 0 || forged) {
		expect(t, status == SEAMKEY_ERR_BLOCK_OPEN,
			"a block opened that should not");
		return;
	}
	expect(t, status == SEAMKEY_OK && len == sizeof message,
		"the block was not opened");
	open_result(t, out, sizeof message);
	expect(t, memcmp(out, message, sizeof message) == 0,
		"the message is another");
}

static void
run_any_first(struct run *t)
{
	open_any(t, 1, 0);
}

static void
run_any_last(struct run *t)
{
	open_any(t, 4, 0);
}

static void
run_any_none(struct run *t)
{
	open_any(t, 0, 0);
}

static void
run_any_forged(struct run *t)
{
	open_any(t, 2, 1);
}

#endif
