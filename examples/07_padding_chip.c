/*
 * 07_padding_chip.c - a chip that pads by itself
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a smart card that knows its key by a name and has no raw
 * operation, but makes the signature of a DigestInfo, and strips the padding
 * of a ciphertext. seamkey asks for these when the raw one is refused.
 *
 * The chip says which ciphertexts were bad, and that must not come out. So
 * env.rejection holds 32 secret bytes, made once and kept as safe as the
 * key: what takes the place of a bad message is made of them.
 *
 * What is faked: the chip. It computes with BearSSL.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

static int
chip_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	seamkey_span inside = { demo_private_key, sizeof demo_private_key };

	if (!seamkey_span_match(req->handle, seamkey_span_of("slot 7", 6))) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	switch (req->kind) {
	case SEAMKEY_REQ_PKCS1_SIGN:
		*(int *)dev += 1;
		return seamkey_rsa_sign(NULL, req->out, req->out_cap,
			&op->out_len, req->in, inside);
	case SEAMKEY_REQ_PKCS1_DECRYPT: /* bad: SEAMKEY_ERR_RSA_DECRYPT */
		*(int *)dev += 1;
		return seamkey_rsa_decrypt_report(NULL, req->out, req->out_cap,
			&op->out_len, req->in, inside);
	default:
		return SEAMKEY_ERR_UNSUPPORTED;
	}
}

static const seamkey_driver chip_driver = { 0, chip_begin, NULL, NULL };

static const seamkey_span public_key = { demo_public_key,
	sizeof demo_public_key };

/* A key sent to the chip arrives; a changed one is another, each time. */
static int
try_decryption(const seamkey_rsa_env *env)
{
	unsigned char key[16], got[3][16], ct[SEAMKEY_RSA_MAX_BYTES] = { 0 };
	size_t u, len = 0;
	int status = seamkey_random_get(&env->random, key, sizeof key);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt(env, ct, sizeof ct, &len,
			seamkey_span_of(key, sizeof key), public_key);
	}
	for (u = 0; u < 3 && status == SEAMKEY_OK; u++) {
		ct[9] ^= u == 1; /* on the way to the second and third */
		status = seamkey_rsa_decrypt(env, got[u], sizeof got[u],
			seamkey_span_of(ct, len), public_key);
	}
	if (status == SEAMKEY_OK
		&& (!seamkey_ct_equal(got[0], key, sizeof key)
			|| seamkey_ct_equal(got[1], key, sizeof key)
			|| !seamkey_ct_equal(got[1], got[2], sizeof key))) {
		return SEAMKEY_ERR_HOOK;
	}
	return status;
}

int
main(void)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	unsigned char rejection[32]; /* a device keeps it, beside the handle */
	br_hmac_drbg_context drbg;   /* the state behind env.random */
	seamkey_rsa_env env;
	size_t sig_len = 0;
	int jobs = 0, status;

	memset(&env, 0, sizeof env);
	env.engine.drv = &chip_driver;
	env.engine.dev = &jobs;
	env.handle = seamkey_span_of("slot 7", 6);
	status = seamkey_random_init(&env.random, &drbg);
	if (status == SEAMKEY_OK) {
		status = seamkey_random_get(
			&env.random, rejection, sizeof rejection);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_sign_message(&env, sig, sizeof sig,
			&sig_len, &br_sha256_vtable,
			seamkey_span_of("valve 4: open", 13), public_key);
	}
	if (status == SEAMKEY_OK
		&& try_decryption(&env) != SEAMKEY_ERR_RSA_NO_REJECTION) {
		printf("decrypted without a rejection secret\n");
		return 1;
	}
	env.rejection = seamkey_span_of(rejection, sizeof rejection);
	if (status == SEAMKEY_OK) {
		status = try_decryption(&env);
	}
	seamkey_wipe(rejection, sizeof rejection);
	if (status != SEAMKEY_OK || jobs != 4) {
		printf("not done: %s\n", seamkey_text(status));
		return 1;
	}
	printf("signed and decrypted in the chip; a forged ciphertext gave "
	       "another key, twice the same\n");
	return 0;
}
