/*
 * rsa_tools.h - RSA for the fuzz targets, without the services
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What a service did is checked with BearSSL's plain public operation (i31,
 * which is not the one that the headers take on most machines) and with
 * padding written out here.
 */
#ifndef SEAMKEY_FUZZ_RSA_TOOLS_H
#define SEAMKEY_FUZZ_RSA_TOOLS_H

#include "../keys.h"
#include "fuzz.h"

/* The longest modulus. */
#define BLOCK_MAX SEAMKEY_RSA_MAX_BYTES

/* Everything that a caller can loosen, and a source that is no secret. */
static inline int
tool_fill(void *ctx, unsigned char *out, size_t len)
{
	uint32_t *state = (uint32_t *)ctx;
	size_t u;

	for (u = 0; u < len; u++) {
		*state = *state * 1664525u + 1013904223u;
		out[u] = (unsigned char)(*state >> 24);
	}
	return SEAMKEY_OK;
}

static inline seamkey_rsa_env
tool_env(uint32_t *state)
{
	seamkey_rsa_env env;

	memset(&env, 0, sizeof env);
	env.policy.min_bits = 1024;
	env.policy.min_e = 3;
	env.policy.sign_hashes = (2u << SEAMKEY_SHA3_512) - 1;
	env.policy.verify_hashes = env.policy.sign_hashes;
	env.random.fill = tool_fill;
	env.random.ctx = state;
	return env;
}

/* x = x^e mod n, both as long as n; 0 where BearSSL refuses. */
static inline int
tool_raise(unsigned char *x, seamkey_span n, seamkey_span e)
{
	unsigned char n_copy[BLOCK_MAX], e_copy[BLOCK_MAX];
	br_rsa_public_key key;

	CHECK(n.len <= sizeof n_copy && e.len <= sizeof e_copy);
	memcpy(n_copy, n.p, n.len);
	memcpy(e_copy, e.p, e.len);
	key.n = n_copy;
	key.nlen = n.len;
	key.e = e_copy;
	key.elen = e.len;
	return br_rsa_i31_public(x, n.len, &key) == 1;
}

/* Is x, k octets, 00 01 FF .. FF 00 T with eight FF or more? */
static inline int
tool_is_signed(const unsigned char *x, size_t k, seamkey_span t)
{
	size_t u;

	if (k < t.len + 11 || x[0] != 0 || x[1] != 1) {
		return 0;
	}
	for (u = 2; u < k - t.len - 1; u++) {
		if (x[u] != 0xFF) {
			return 0;
		}
	}
	return x[u] == 0 && memcmp(x + u + 1, t.p, t.len) == 0;
}

/* 00 02, eight or more that are not 00, 00, the message: its place in x, k
 * octets, or 0. */
static inline size_t
tool_find_message(const unsigned char *x, size_t k)
{
	size_t u = 2;

	if (x[0] != 0 || x[1] != 2) {
		return 0;
	}
	while (u < k && x[u] != 0) {
		u++;
	}
	return u < k && u >= 10 ? u + 1 : 0;
}

#endif
