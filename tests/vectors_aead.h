/*
 * vectors_aead.h - cases of authenticated encryption
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: the ciphers for frames, which have nonces of 12
 * octets and tags of 16, and no other.
 */
#ifndef SEAMKEY_VECTORS_AEAD_H
#define SEAMKEY_VECTORS_AEAD_H

#include "seamkey.h"
#include "rsp.h"
#include "vectors.h"

#define AEAD_LONGEST 1024

/* Open what the case has; if that is valid, seal it, too. */
static void
aead_run(const struct rsp *r, unsigned suite_number)
{
	unsigned char out[AEAD_LONGEST], tag[16];
	uint64_t context[64];
	seamkey_span ad[2], msg = rsp_get(r, "msg"), ct = rsp_get(r, "ct");
	seamkey_aead a;
	int valid = rsp_has(r, "result", "valid"), ok;

	if (seamkey_aead_bearssl(&a, suite_number) != SEAMKEY_OK
		|| rsp_get(r, "key").len != a.key_len || ct.len > sizeof out
		|| (valid && msg.len != ct.len)) {
		fail(r->id, "its lengths do not fit");
		return;
	}
	a.init(&a, context, rsp_get(r, "key").p);
	ad[0] = rsp_get(r, "aad");
	ad[1] = seamkey_span_of(NULL, 0);
	ok = (int)a.open(&a, context, rsp_get(r, "iv").p, ad, ct.p, ct.len, out,
		rsp_get(r, "tag").p);
	if (ok && valid) {
		ok = msg.len == 0 || memcmp(out, msg.p, msg.len) == 0;
		a.seal(&a, context, rsp_get(r, "iv").p, ad, msg.p, msg.len, out,
			tag);
		ok = ok && memcmp(tag, rsp_get(r, "tag").p, 16) == 0
			&& (ct.len == 0 || memcmp(out, ct.p, ct.len) == 0);
	}
	judge(r->id, ok == valid, ok, "open");
}

/* Is it a case for a frame's cipher? */
static int
aead_fits(const struct rsp *r)
{
	if (!rsp_has(r, "ivSize", "96")) {
		skip_case("the nonce has not 12 octets");
		return 0;
	}
	if (!rsp_has(r, "tagSize", "128")) {
		skip_case("the tag has not 16 octets");
		return 0;
	}
	return 1;
}

static void
gcm_case(const struct rsp *r)
{
	if (!aead_fits(r)) {
		return;
	}
	if (rsp_has(r, "keySize", "192")) {
		skip_case("AES-192 is no suite for frames");
		return;
	}
	aead_run(r,
		rsp_has(r, "keySize", "128") ? SEAMKEY_AEAD_AES_128_GCM
					     : SEAMKEY_AEAD_AES_256_GCM);
}

static void
ccm_case(const struct rsp *r)
{
	if (!aead_fits(r)) {
		return;
	}
	if (!rsp_has(r, "keySize", "128")) {
		skip_case("CCM is for frames with AES-128 alone");
		return;
	}
	aead_run(r, SEAMKEY_AEAD_AES_128_CCM);
}

static void
chacha_case(const struct rsp *r)
{
	if (aead_fits(r)) {
		aead_run(r, SEAMKEY_AEAD_CHACHA20_POLY1305);
	}
}

#endif
