/*
 * 06_icsf.c - code that was written for ICSF
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: the calls CSFPPS2 and CSFPPV2 with the parameter lists they
 * have on z/OS, over an environment that says who may use them; and the two
 * codes that come back.
 *
 * What to copy: the order of the first lines. The environment is declared
 * before the header is included, because the calls are declared over it.
 *
 * What is faked: the authorization. It knows one resource.
 */
#include <stdio.h>
#include <string.h>

#include "seamkey_icsf.h"

static const seamkey_icsf_env *icsf_env(void);
#define SEAMKEY_ICSF_ENV icsf_env()
#include "seamkey_icsf.h"

#include "demo_key.h"

/* In the place of a profile in the class CSFSERV. */
static int
authorize(void *ctx, const char *resource)
{
	(void)ctx;
	return strcmp(resource, "CSFDSG") == 0
			|| strcmp(resource, "CSFDSV") == 0
		? 0
		: -1;
}

static const seamkey_icsf_env *
icsf_env(void)
{
	static seamkey_icsf_env env; /* zero but for one hook */

	env.authorize = authorize;
	return &env;
}

int
main(void)
{
	/* A DigestInfo: SHA-256, and a digest (here 32 bytes of zero). */
	static const unsigned char hash[51] = { 0x30, 0x31, 0x30, 0x0D, 0x06,
		0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
		0x05, 0x00, 0x04, 0x20 };
	unsigned char signature[256];
	int32_t rc, rsn, zero = 0, one = 1;
	int32_t hash_length = sizeof hash;
	int32_t signature_length = sizeof signature;
	int32_t private_length = sizeof demo_private_key;
	int32_t public_length = sizeof demo_public_key;

	CSFPPS2(&rc, &rsn, &zero, NULL, &one, "RSA-PKCS", &hash_length, hash,
		NULL, &signature_length, signature, &private_length,
		demo_private_key);
	if (rc != 0) {
		printf("CSFPPS2: %d / %d\n", (int)rc, (int)rsn);
		return 1;
	}
	CSFPPV2(&rc, &rsn, &zero, NULL, &one, "RSA-PKCS", &signature_length,
		signature, NULL, &hash_length, hash, &public_length,
		demo_public_key);
	if (rc != 0) {
		printf("CSFPPV2: %d / %d\n", (int)rc, (int)rsn);
		return 1;
	}
	signature[0] ^= 1;
	CSFPPV2(&rc, &rsn, &zero, NULL, &one, "RSA-PKCS", &signature_length,
		signature, NULL, &hash_length, hash, &public_length,
		demo_public_key);
	if (rc != 4 || rsn != 11000) { /* the pair for "does not verify" */
		printf("CSFPPV2 of a changed signature: %d / %d\n", (int)rc,
			(int)rsn);
		return 1;
	}
	printf("CSFPPS2 signed, CSFPPV2 verified, and refused a changed "
	       "signature with 4 / 11000\n");
	return 0;
}
