/*
 * 02_sign_verify.c - sign with a key straight from its DER, and verify
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: the key is an argument of every call, as the bytes that lie
 * in flash; there is no key object to make and none to forget to destroy. A
 * message that was changed after it was signed is refused.
 *
 * What to copy: the two calls, each with its one comparison with SEAMKEY_OK.
 * Where a message comes in pieces, hash them with BearSSL and call
 * seamkey_rsa_sign_hash() and seamkey_rsa_verify_hash(), as publish() does.
 *
 * What is faked: the key is everyone's; signer and verifier are one program.
 */
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

/* The hash of a report that is put together from two pieces. */
static void
hash_report(unsigned char *digest, const char *head, const char *tail)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, head, strlen(head));
	br_sha256_update(&sha, tail, strlen(tail));
	br_sha256_out(&sha, digest);
}

/* The signer: has the private key. */
static int
publish(unsigned char *sig, size_t cap, size_t *sig_len, const char *head,
	const char *tail)
{
	unsigned char digest[32];

	hash_report(digest, head, tail);
	return seamkey_rsa_sign_hash(NULL, sig, cap, sig_len, SEAMKEY_SHA256,
		seamkey_span_of(digest, sizeof digest),
		seamkey_span_of(demo_private_key, sizeof demo_private_key));
}

/* The verifier: has the public key, and the message in one piece. */
static int
accept(seamkey_span sig, const char *report)
{
	return seamkey_rsa_verify_message(NULL, sig, &br_sha256_vtable,
		seamkey_span_of(report, strlen(report)),
		seamkey_span_of(demo_public_key, sizeof demo_public_key));
}

int
main(void)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t sig_len = 0;
	int status, refused;

	status = publish(sig, sizeof sig, &sig_len, "valve 4: ", "closed");
	if (status != SEAMKEY_OK) {
		printf("not signed: %s\n", seamkey_text(status));
		return 1;
	}
	status = accept(seamkey_span_of(sig, sig_len), "valve 4: closed");
	if (status != SEAMKEY_OK) {
		printf("not verified: %s\n", seamkey_text(status));
		return 1;
	}

	/* SEAMKEY_OK and nothing else means that a signature is good. */
	refused = accept(seamkey_span_of(sig, sig_len), "valve 4: opened");
	if (refused != SEAMKEY_ERR_RSA_SIGNATURE) {
		printf("a changed message was accepted\n");
		return 1;
	}
	printf("a signature of %lu bytes is good; message changed: %s\n",
		(unsigned long)sig_len, seamkey_text(refused));
	return 0;
}
