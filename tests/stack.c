/*
 * stack.c - measures how deep the stack of a service gets, BearSSL included
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Prints a line "SERVICE|KEY|BYTES" for each: stack_paint.h. The ciphers of
 * the links are BearSSL's; with "no cipher" one that only copies, so that
 * what is left is seamkey's own.
 */
#include "seamkey.h"
#include "seamkey_icsf.h"

#include "stack_link.h"
#include "stack_parts.h"

/* What the calls work on, so that their frames hold nothing of it. */
static struct job {
	seamkey_span key, public_key, in;
	unsigned char out[512];
	size_t len;
} job;

static unsigned char public_bytes[600];

static int
fill(void *ctx, unsigned char *out, size_t len)
{
	size_t u;

	(void)ctx;
	for (u = 0; u < len; u++) {
		out[u] = (unsigned char)(u % 255 + 1);
	}
	return SEAMKEY_OK;
}

static const seamkey_rsa_env with_random = { .random = { fill, NULL } };

/* ---- the calls --------------------------------------------------------- */

static ALONE int
call_nothing(void)
{
	TOP();
	return SEAMKEY_OK;
}

static ALONE int
call_sign(void)
{
	TOP();
	return seamkey_rsa_sign(
		NULL, job.out, sizeof job.out, &job.len, job.in, job.key);
}

static ALONE int
call_verify(void)
{
	TOP();
	return seamkey_rsa_verify(NULL, seamkey_span_of(job.out, job.len),
		job.in, job.public_key);
}

static ALONE int
call_encrypt(void)
{
	TOP();
	return seamkey_rsa_encrypt(&with_random, job.out, sizeof job.out,
		&job.len, job.in, job.public_key);
}

static ALONE int
call_decrypt(void)
{
	TOP();
	return seamkey_rsa_decrypt(NULL, public_bytes, job.in.len,
		seamkey_span_of(job.out, job.len), job.key);
}

static int
find_key(void *ctx, const unsigned char *handle, seamkey_icsf_key *key)
{
	(void)ctx;
	(void)handle;
	memset(key, 0, sizeof *key);
	key->private_key_info = job.key;
	key->may_sign = 1;
	return 0;
}

static const seamkey_icsf_env icsf = { .find_key = find_key };

static ALONE int
call_ecdsa(void)
{
	static const int32_t one = 1, hash_len = 32;
	static int32_t rc, rsn, len;

	TOP();
	len = sizeof job.out;
	seamkey_icsf_pks(&icsf, &rc, &rsn, NULL, NULL, &one, "ECDSA   ",
		&hash_len, key_2048, key_2048, &len, job.out);
	return rc == 0 ? SEAMKEY_OK : SEAMKEY_ERR_ARG;
}

static int
print_rsa(const char *name, seamkey_span key)
{
	static unsigned char digest_info[51];
	seamkey_der_digest_info info;
	seamkey_der_rsa_private numbers;
	seamkey_der_rsa_public half;
	size_t len = 0;
	int bad;

	memset(&info, 0, sizeof info);
	info.hash = SEAMKEY_SHA256;
	info.digest = seamkey_span_of(key_2048, 32);
	bad = seamkey_der_encode_digest_info(
		digest_info, sizeof digest_info, &len, &info);
	job.in = seamkey_span_of(digest_info, len);
	job.key = key;
	if (bad
		|| seamkey_der_decode_rsa_private_info(&numbers, key, 0)
			!= SEAMKEY_OK) {
		return 1;
	}
	half.n = numbers.n;
	half.e = numbers.e;
	bad = seamkey_der_encode_rsa_public_info(
		public_bytes, sizeof public_bytes, &len, &half);
	job.public_key = seamkey_span_of(public_bytes, len);
	bad |= print("`seamkey_rsa_sign`", name, call_sign);
	bad |= print("`seamkey_rsa_verify`", name, call_verify);
	bad |= print("`seamkey_rsa_encrypt`", name, call_encrypt);
	bad |= print("`seamkey_rsa_decrypt`", name, call_decrypt);
	return bad;
}

static int
print_ecdsa(const char *name, const unsigned char *key, size_t len)
{
	job.key = seamkey_span_of(key, len);
	return print("`CSFPPKS` with ECDSA", name, call_ecdsa);
}

int
main(void)
{
	int bad = 0;

	/* the measure itself: a call of nothing is some words deep */
	if (measure(call_nothing) > 64) {
		fprintf(stderr, "stack: a call of nothing is too deep\n");
		bad = 1;
	}
	bad |= print_rsa(
		"RSA, 2048 bits", seamkey_span_of(key_2048, sizeof key_2048));
#if SEAMKEY_RSA_MAX_BITS >= 4096
	bad |= print_rsa(
		"RSA, 4096 bits", seamkey_span_of(key_4096, sizeof key_4096));
#endif
	bad |= print_ecdsa("P-256", ec_p256, sizeof ec_p256);
	bad |= print_ecdsa("P-384", ec_p384, sizeof ec_p384);
	bad |= print_ecdsa("P-521", ec_p521, sizeof ec_p521);
	bad |= print_parts();
	bad |= print_links();
	return bad;
}
