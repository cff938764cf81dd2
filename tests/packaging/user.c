/*
 * user.c - a stranger's program: signs, verifies, prints the version
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "demo_key.h" /* from examples/ */
#include "seamkey.h"

int
main(void)
{
	seamkey_span key = seamkey_span_of(
		demo_private_key, sizeof demo_private_key);
	seamkey_span pub = seamkey_span_of(
		demo_public_key, sizeof demo_public_key);
	seamkey_span message = seamkey_span_of("hello", 5);
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	size_t sig_len;
	int status;

	status = seamkey_rsa_sign_message(NULL, sig, sizeof sig, &sig_len,
		&br_sha256_vtable, message, key);
	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_verify_message(NULL,
			seamkey_span_of(sig, sig_len), &br_sha256_vtable,
			message, pub);
	}
	printf("%s\n", seamkey_version());
	return status != SEAMKEY_OK;
}
