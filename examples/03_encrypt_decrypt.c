/*
 * 03_encrypt_decrypt.c - send a key under RSA, and tell forgers nothing
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a session key of 32 bytes goes to the owner of an RSA key.
 * Decryption does not fail on a bad ciphertext: it gives 32 other bytes, the
 * same each time, that nobody can foretell. Whoever sends forged ciphertexts
 * (Bleichenbacher's attack) learns nothing from the answer.
 *
 * What to copy: a random source from seamkey_random_init(); encryption;
 * decryption with the length that the message must have; wiping. What comes
 * out of a decryption is used as a key at once, and the authentication of
 * the data under that key decides. Never compare, log or report it.
 *
 * What is faked: the key is everyone's; both sides are one program, so it
 * can compare what must be equal, as a real one could not.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

static seamkey_span
private_key(void)
{
	return seamkey_span_of(demo_private_key, sizeof demo_private_key);
}

int
main(void)
{
	unsigned char session[32], got[32], other[32], again[32];
	unsigned char ct[SEAMKEY_RSA_MAX_BYTES] = { 0 };
	br_hmac_drbg_context drbg; /* the state behind env.random */
	seamkey_rsa_env env;
	size_t ct_len = 0;
	int status;

	memset(&env, 0, sizeof env);
	status = seamkey_random_init(&env.random, &drbg);
	if (status == SEAMKEY_OK) {
		status = seamkey_random_get(
			&env.random, session, sizeof session);
	}

	/* The sender. */
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt(&env, ct, sizeof ct, &ct_len,
			seamkey_span_of(session, sizeof session),
			seamkey_span_of(
				demo_public_key, sizeof demo_public_key));
	}

	/* The owner of the key; then the same after a bit was changed on the
	 * way, twice. No status tells the difference. */
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt(&env, got, sizeof got,
			seamkey_span_of(ct, ct_len), private_key());
	}
	if (status == SEAMKEY_OK) {
		ct[ct_len / 2] ^= 1;
		status = seamkey_rsa_decrypt(&env, other, sizeof other,
			seamkey_span_of(ct, ct_len), private_key());
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt(&env, again, sizeof again,
			seamkey_span_of(ct, ct_len), private_key());
	}
	if (status != SEAMKEY_OK) {
		printf("not done: %s\n", seamkey_text(status));
		return 1;
	}

	if (!seamkey_ct_equal(got, session, sizeof session)
		|| seamkey_ct_equal(other, session, sizeof session)
		|| !seamkey_ct_equal(other, again, sizeof other)) {
		printf("not what was sent, or not what was promised\n");
		return 1;
	}
	seamkey_wipe(session, sizeof session);
	seamkey_wipe(got, sizeof got);
	seamkey_wipe(&drbg, sizeof drbg);
	printf("a key of 32 bytes went through %lu bytes; the forged "
	       "ciphertext gave another key, twice the same\n",
		(unsigned long)ct_len);
	return 0;
}
