/*
 * 01_read_key.c - what is in these bytes, and is it a key?
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: a key structure is read where it lies. Nothing is copied
 * and nothing allocated: the numbers are spans into the caller's bytes.
 *
 * What to copy: the four steps of read_key() - which structure is it, decode
 * it, check its numbers, use the spans - and the two that follow from it:
 * a status is looked at after every call, and told as a sentence.
 *
 * What is faked: the key is everyone's (demo_key.h); a device has its own.
 */
#include <stdio.h>

#include "seamkey_der.h"

#include "demo_key.h"

/* What this program asks of a key: the sizes of FIPS 186-4. */
static const seamkey_der_rsa_limits limits = { 2048, 4096, 65537 };

static int
read_key(seamkey_der_rsa_private *key, seamkey_span bytes)
{
	int status = seamkey_der_match_kind(bytes);

	/* A kind is positive, an error negative. The outline says which
	 * decoder to call; the decoder says whether it is well formed. */
	if (status < 0) {
		return status;
	}
	if (status != SEAMKEY_DER_PRIVATE_KEY_INFO) {
		return SEAMKEY_ERR_DER_KIND;
	}
	status = seamkey_der_decode_rsa_private_info(key, bytes, 0);
	if (status != SEAMKEY_OK) {
		return status;
	}
	/* Well formed is not yet a key: 15 times 21 is 315 in any encoding,
	 * and protects nothing. */
	return seamkey_der_check_rsa_private(key, &limits);
}

int
main(void)
{
	unsigned char damaged[sizeof demo_private_key];
	seamkey_der_rsa_private key;
	int status, refused;

	status = read_key(&key,
		seamkey_span_of(demo_private_key, sizeof demo_private_key));
	if (status != SEAMKEY_OK) {
		printf("not read: %s\n", seamkey_der_text(status));
		return 1;
	}

	/* One bit of the modulus is wrong: still well formed, but its primes
	 * do not multiply to it any more. The status names the reason. */
	memcpy(damaged, demo_private_key, sizeof damaged);
	damaged[(size_t)(key.n.p - demo_private_key) + 100] ^= 0x10;
	refused = read_key(&key, seamkey_span_of(damaged, sizeof damaged));
	if (refused != SEAMKEY_ERR_KEY_PRODUCT) {
		printf("a damaged key was not refused as such\n");
		return 1;
	}

	printf("%lu bits, e has %lu bytes, primes of %lu and %lu bytes; "
	       "one bit changed: %s\n",
		(unsigned long)seamkey_der_bits(key.n),
		(unsigned long)key.e.len, (unsigned long)key.p.len,
		(unsigned long)key.q.len, seamkey_der_text(refused));
	return 0;
}
