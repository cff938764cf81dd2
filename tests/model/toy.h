/*
 * toy.h - the cryptography of the model: exact, fast, and no secret
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Takes the place of libbearssl at link time. Whatever a hash, a MAC or a
 * key exchange is fed with is looked up in one table of strings, and its
 * number is the result: equal inputs, equal outputs, and no two inputs have
 * one output. So "the tag is wrong" is exact, and a key is an identity.
 *
 * A secret is three words: what it is for (0: a chain secret), the root of
 * its chain, and the steps since. What is derived for step c says so in its
 * third word; and is otherwise alike for all c, if it comes from the chain
 * secret of that step, so that a state can be moved along the chain by
 * adding to those words.
 */
#ifndef MODEL_TOY_H
#define MODEL_TOY_H

#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "points.h"
#include "seamkey_link.h"

typedef struct secret {
	uint32_t x, root, c;
} secret;

/* How often each was called; the checks set them to zero. */
static unsigned toy_hashes, toy_schedules, toy_ciphers, toy_expands;
static unsigned toy_erased; /* ciphers that had no key */

static void *
toy_alloc(void *p, size_t len)
{
	p = realloc(p, len);
	if (p == NULL) {
		fputs("model: out of memory\n", stderr);
		exit(2);
	}
	return p;
}

/* ---- the table of strings ------------------------------------------------ */

static struct {
	unsigned char *bytes;
	size_t used, cap;
	size_t *at;     /* of string i; at[i + 1] is its end */
	uint32_t *hash; /* numbers of strings, 0: empty */
	uint32_t count, at_cap, mask;
} toy_table;

static uint64_t
toy_mix(const unsigned char *p, size_t len)
{
	uint64_t h = len * 0x9E3779B97F4A7C15u, w;

	while (len >= 8) {
		memcpy(&w, p, 8);
		h = (h ^ w) * 0xD6E8FEB86659FD93u;
		h ^= h >> 32;
		p += 8;
		len -= 8;
	}
	w = 0;
	memcpy(&w, p, len);
	h = (h ^ w) * 0xD6E8FEB86659FD93u;
	h ^= h >> 29;
	h *= 0x9E3779B97F4A7C15u;
	return h ^ h >> 32;
}

static int
toy_same(uint32_t id, const unsigned char *p, size_t len)
{
	size_t at = toy_table.at[id];

	return toy_table.at[id + 1] - at == len
		&& memcmp(toy_table.bytes + at, p, len) == 0;
}

static void
toy_grow(void)
{
	uint32_t mask = toy_table.mask * 2 + 1, id;
	uint64_t h;

	if (toy_table.mask == 0) {
		mask = 0xFFFF;
	}
	toy_table.hash =
		(uint32_t *)toy_alloc(toy_table.hash, ((size_t)mask + 1) * 4);
	memset(toy_table.hash, 0, ((size_t)mask + 1) * 4);
	toy_table.mask = mask;
	for (id = 1; id <= toy_table.count; id++) {
		h = toy_mix(toy_table.bytes + toy_table.at[id],
			toy_table.at[id + 1] - toy_table.at[id]);
		while (toy_table.hash[h & mask] != 0) {
			h++;
		}
		toy_table.hash[h & mask] = id;
	}
}

/* The number of a string, from 1; a new one gets the next. */
static uint32_t
toy_intern(const unsigned char *p, size_t len)
{
	uint64_t h = toy_mix(p, len);
	uint32_t id;

	if (toy_table.count >= toy_table.mask / 2) {
		toy_grow();
	}
	while ((id = toy_table.hash[h & toy_table.mask]) != 0) {
		if (toy_same(id, p, len)) {
			return id;
		}
		h++;
	}
	id = ++toy_table.count;
	if (id + 2 > toy_table.at_cap) {
		toy_table.at_cap = toy_table.at_cap * 2 + 1024;
		toy_table.at = (size_t *)toy_alloc(
			toy_table.at, toy_table.at_cap * sizeof *toy_table.at);
		toy_table.at[1] = 0;
	}
	if (toy_table.used + len > toy_table.cap) {
		toy_table.cap = (toy_table.cap + len) * 2;
		toy_table.bytes = (unsigned char *)toy_alloc(
			toy_table.bytes, toy_table.cap);
	}
	memcpy(toy_table.bytes + toy_table.used, p, len);
	toy_table.used += len;
	toy_table.at[id + 1] = toy_table.used;
	toy_table.hash[h & toy_table.mask] = id;
	return id;
}

/* ---- hash and MAC: one under way at a time ------------------------------- */

static unsigned char toy_text[2048];
static size_t toy_len;

static void
toy_begin(char kind, const void *key, size_t len)
{
	toy_text[0] = (unsigned char)kind;
	memcpy(toy_text + 1, key, len);
	toy_len = len + 1;
}

static void
toy_add(const void *p, size_t len)
{
	if (toy_len + len > sizeof toy_text) {
		abort();
	}
	if (len != 0) {
		memcpy(toy_text + toy_len, p, len);
	}
	toy_len += len;
}

static void
toy_put(void *out, uint32_t x, uint32_t root, uint32_t c)
{
	secret s = { 0, 0, 0 };

	s.x = x;
	s.root = root;
	s.c = c;
	memset(out, 0, 32);
	memcpy(out, &s, sizeof s);
}

static secret
toy_get(const void *p)
{
	secret s;

	memcpy(&s, p, sizeof s);
	return s;
}

void
br_sha256_init(br_sha256_context *ctx)
{
	(void)ctx;
	toy_hashes++;
	toy_begin('S', "", 0);
}

void
br_sha224_update(br_sha224_context *ctx, const void *data, size_t len)
{
	(void)ctx;
	toy_add(data, len);
}

void
br_sha256_out(const br_sha256_context *ctx, void *out)
{
	(void)ctx;
	toy_put(out, toy_intern(toy_text, toy_len), 0, 0);
}

const br_hash_class br_sha256_vtable;

void
br_hmac_key_init(br_hmac_key_context *kc, const br_hash_class *digest,
	const void *key, size_t len)
{
	(void)kc;
	(void)digest;
	toy_hashes++;
	toy_begin('H', key, len < sizeof(secret) ? len : sizeof(secret));
}

void
br_hmac_init(br_hmac_context *ctx, const br_hmac_key_context *kc, size_t len)
{
	(void)ctx;
	(void)kc;
	(void)len;
}

void
br_hmac_update(br_hmac_context *ctx, const void *data, size_t len)
{
	(void)ctx;
	toy_add(data, len);
}

/*
 * An Expand gives a secret of its own kind, which says where on the chain
 * it comes from; the number of steps in the text counts from there.
 */
size_t
br_hmac_out(const br_hmac_context *ctx, void *out)
{
	unsigned char *info = toy_text + 1 + sizeof(secret), *p, number[8];
	secret key = toy_get(toy_text + 1);
	uint64_t c;
	const char *label = (const char *)info + 4;

	(void)ctx;
	if (memcmp(info, "rk1 ", 4) != 0) {
		toy_put(out, toy_intern(toy_text, toy_len), 0, 0);
		return 32;
	}
	toy_expands++;
	p = info + 4 + strlen(label) + 1 + 30;
	c = seamkey_i_aead_get(p, 8) - key.c;
	if (strcmp(label, "chain") == 0 && key.x == 0 && key.root != 0
		&& c == 1) {
		toy_put(out, 0, key.root, key.c + 1);
		return 32;
	}
	if (strcmp(label, "root") == 0) {
		toy_put(out, 0, toy_intern(toy_text, toy_len), 0);
		return 32;
	}
	seamkey_i_aead_put(number, c, 8);
	memcpy(p, number, 8);
	memset(toy_text + 1, 0, sizeof key);
	memcpy(toy_text + 1, &key.x, sizeof key.x);
	toy_text[0] = 'E';
	toy_put(out, toy_intern(toy_text, toy_len), key.root,
		key.c + (uint32_t)c);
	return 32;
}

/* ---- X25519: a share is the number of its scalar ------------------------- */

static uint32_t
toy_share(const unsigned char *scalar)
{
	toy_begin('P', scalar, 32);
	return toy_intern(toy_text, toy_len);
}

static size_t
toy_mulgen(unsigned char *r, const unsigned char *x, size_t len, int curve)
{
	(void)len;
	(void)curve;
	toy_put(r, toy_share(x), 0, 0);
	return 32;
}

static unsigned toy_zeros; /* shared secrets of zeros */

static uint32_t
toy_mul(unsigned char *g, size_t g_len, const unsigned char *x, size_t len,
	int curve)
{
	uint32_t pair[2] = { 0, 0 }, other = toy_get(g).x;

	(void)g_len;
	(void)len;
	(void)curve;
	if (other == 0) { /* of small order */
		memset(g, 0, 32);
		toy_zeros++;
		return 1;
	}
	pair[0] = toy_share(x);
	pair[1] = other;
	if (pair[0] > other) {
		pair[1] = pair[0];
		pair[0] = other;
	}
	toy_begin('D', pair, sizeof pair);
	toy_put(g, toy_intern(toy_text, toy_len), 0, 0);
	return 1;
}

const br_ec_impl br_ec_c25519_m31 = { (uint32_t)1 << BR_EC_curve25519, 0, 0, 0,
	toy_mul, toy_mulgen, 0 };
const br_ec_impl br_ec_c25519_m15 = { (uint32_t)1 << BR_EC_curve25519, 0, 0, 0,
	toy_mul, toy_mulgen, 0 };

/* ---- the cipher: a context is the key ------------------------------------ */

#define TOY_CONTEXT 16

/* What was sealed last. */
static secret toy_key;
static unsigned char toy_nonce[SEAMKEY_AEAD_NONCE];

static void
toy_tag(const void *key, const unsigned char *nonce, const seamkey_span *ad,
	unsigned char *tag)
{
	uint32_t id;

	toy_begin('T', key, sizeof(secret));
	toy_add(nonce, SEAMKEY_AEAD_NONCE);
	toy_add(ad[0].p, ad[0].len);
	toy_add(ad[1].p, ad[1].len);
	id = toy_intern(toy_text, toy_len);
	memset(tag, 0x54, SEAMKEY_AEAD_TAG);
	memcpy(tag, &id, sizeof id);
}

static void
toy_init(const seamkey_aead *aead, void *context, const unsigned char *key)
{
	toy_schedules++;
	memcpy(context, key, aead->context_size);
}

static void
toy_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len,
	unsigned char *out, /* NOLINT(readability-non-const-parameter) */
	unsigned char *tag)
{
	(void)aead;
	(void)in;
	(void)out;
	(void)len;
	points_pass("the cipher");
	toy_ciphers++;
	toy_key = toy_get(context);
	toy_erased += toy_key.x == 0;
	memcpy(toy_nonce, nonce, sizeof toy_nonce);
	toy_tag(context, nonce, ad, tag);
}

static uint32_t
toy_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len,
	unsigned char *out, /* NOLINT(readability-non-const-parameter) */
	const unsigned char *tag)
{
	unsigned char right[SEAMKEY_AEAD_TAG];

	(void)aead;
	(void)in;
	(void)out;
	(void)len;
	points_pass("the cipher");
	toy_ciphers++;
	toy_erased += toy_get(context).x == 0;
	if (tag[4] != 0x54) {
		return 0; /* a forgery: no need to note what is right */
	}
	toy_tag(context, nonce, ad, right);
	return memcmp(right, tag, sizeof right) == 0;
}

static const seamkey_aead toy_aead = { SEAMKEY_AEAD_AES_128_GCM, TOY_CONTEXT,
	TOY_CONTEXT, 0, toy_init, toy_seal, toy_open, NULL, NULL, NULL };

#endif
