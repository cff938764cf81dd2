/*
 * rsa_decrypt.c - fuzz target: decrypt whatever arrives
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet that chooses, a length, and a ciphertext for a key that is
 * always the same; or the block that a ciphertext comes from, so that
 * padding can be found. The implicit forms take everything; they give the
 * message where the padding is good, by the plain reading of it in
 * rsa_tools.h, and something else where it is not.
 */
#include <bearssl.h>

#include "rsa_tools.h"

struct decrypted {
	unsigned char msg[BLOCK_MAX];
	size_t len;
	int status;
};

static seamkey_span
own_key(void)
{
	return seamkey_span_of(key_1024, sizeof key_1024);
}

/* Where the message is in the block that ct has, or 0; block: k octets. */
static size_t
find(const seamkey_der_rsa_private *key, seamkey_span ct, unsigned char *block)
{
	unsigned char n[BLOCK_MAX];
	br_rsa_private_key sk;
	unsigned char p[BLOCK_MAX], q[BLOCK_MAX], dp[BLOCK_MAX];
	unsigned char dq[BLOCK_MAX], iq[BLOCK_MAX];

	memcpy(n, key->n.p, key->n.len);
	if (ct.len != key->n.len || memcmp(ct.p, n, ct.len) >= 0) {
		return 0;
	}
	memcpy(p, key->p.p, key->p.len);
	memcpy(q, key->q.p, key->q.len);
	memcpy(dp, key->dp.p, key->dp.len);
	memcpy(dq, key->dq.p, key->dq.len);
	memcpy(iq, key->qinv.p, key->qinv.len);
	sk.n_bitlen = 1024;
	sk.p = p;
	sk.plen = key->p.len;
	sk.q = q;
	sk.qlen = key->q.len;
	sk.dp = dp;
	sk.dplen = key->dp.len;
	sk.dq = dq;
	sk.dqlen = key->dq.len;
	sk.iq = iq;
	sk.iqlen = key->qinv.len;
	memcpy(block, ct.p, ct.len);
	CHECK(br_rsa_i31_private(block, &sk) == 1);
	return tool_find_message(block, ct.len);
}

static void
check_forms(const seamkey_rsa_env *env, seamkey_span ct, size_t want,
	seamkey_span msg, int good)
{
	struct decrypted implicit, report;
	unsigned char *fixed = fuzz_blank(want + 1);
	int status = seamkey_rsa_decrypt(env, fixed, want, ct, own_key());

	CHECK(fixed[want] == FUZZ_FILL);
	CHECK(status == (want > 117 ? SEAMKEY_ERR_RSA_MESSAGE : SEAMKEY_OK));
	if (want > 117) {
		CHECK(fuzz_is_untouched(fixed, want));
	} else if (want >= 8) { /* by chance once in 2^64 */
		CHECK((memcmp(fixed, msg.p, want) == 0)
			== (good && msg.len == want));
	}
	free(fixed);

	memset(&implicit, FUZZ_FILL, sizeof implicit);
	implicit.status = seamkey_rsa_decrypt_implicit(
		env, implicit.msg, 128, &implicit.len, ct, own_key());
	CHECK(implicit.status == SEAMKEY_OK && implicit.len <= 117);
	CHECK(implicit.msg[128] == FUZZ_FILL);

	memset(&report, FUZZ_FILL, sizeof report);
	report.status = seamkey_rsa_decrypt_report(
		env, report.msg, 128, &report.len, ct, own_key());
	CHECK(report.msg[128] == FUZZ_FILL);
	if (!good) {
		CHECK(report.status == SEAMKEY_ERR_RSA_DECRYPT);
		CHECK(fuzz_is_untouched(report.msg, 128));
		return;
	}
	CHECK(report.status == SEAMKEY_OK && report.len == msg.len);
	CHECK(msg.len == 0 || memcmp(report.msg, msg.p, msg.len) == 0);
	CHECK(implicit.len == msg.len);
	CHECK(memcmp(implicit.msg, report.msg, 128) == 0);
}

/* There is no DER in it. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char no_message[BLOCK_MAX], block[BLOCK_MAX];
	seamkey_span rest = seamkey_span_of(data, size), msg;
	unsigned choice = fuzz_take_octet(&rest);
	size_t want = fuzz_take_octet(&rest) % 128, at;
	seamkey_der_rsa_private key;
	uint32_t state = 1;
	seamkey_rsa_env env = tool_env(&state);
	unsigned char *ct;

	CHECK(seamkey_der_decode_rsa_private_info(&key, own_key(), 0) == 0);
	memset(no_message, FUZZ_FILL, sizeof no_message);
	if (choice % 2 == 0) { /* a block: 128 octets, below the modulus */
		rest = fuzz_take(&rest, 128);
		memset(block, 0x11, 128);
		if (rest.len != 0) {
			memcpy(block, rest.p, rest.len);
		}
		block[0] &= 0x7F;
		CHECK(tool_raise(block, key.n, key.e));
		rest = seamkey_span_of(block, 128);
	}
	ct = fuzz_copy(rest.p, rest.len);
	rest.p = ct;
	at = find(&key, rest, block);
	msg = at == 0 ? seamkey_span_of(no_message, 0)
		      : seamkey_span_of(block + at, 128 - at);
	check_forms(&env, rest, want, msg, at != 0);
	fuzz_free(ct, rest.len);
	return 0;
}
