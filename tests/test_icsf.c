/*
 * test_icsf.c - the services under their ICSF names
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <bearssl.h>

#include "seamkey.h"
#include "seamkey_icsf.h"

/* As an application does it that comes from ICSF. */
static seamkey_icsf_env env;
#define SEAMKEY_ICSF_ENV (&env)
#include "seamkey_icsf.h"

#include "keys.h"
#include "stack_scan.h"
#include "test.h"

#define OWN(status) (SEAMKEY_ICSF_OWN_REASON - (status))

/* The parameters of one call. A test starts from a good one, changes one
 * thing, and looks at what comes back. */
static struct parameters {
	int32_t rc, rsn;
	int32_t count;
	const char *rules;
	int32_t in_len;
	const void *in;
	int32_t out_len;
	unsigned char out[520];
	int32_t key_len;
	const void *key;
	const unsigned char *handle;
} call;

static unsigned char signature[256];  /* by key_2048 over digest_info */
static unsigned char ciphertext[256]; /* "a secret" for key_2048 */
static unsigned char digest_info[51];
static const unsigned char secret[8] = { 'a', ' ', 's', 'e', 'c', 'r', 'e',
	't' };
static unsigned char handle[SEAMKEY_ICSF_HANDLE_LEN];
static br_hmac_drbg_context drbg;

/* The hooks of the environment, and what they were asked. */
static const char *asked_for;
static int authorized;
static seamkey_icsf_key found;

static int
authorize(void *ctx, const char *resource)
{
	(void)ctx;
	asked_for = resource;
	return !authorized;
}

static int
find_key(void *ctx, const unsigned char *h, seamkey_icsf_key *key)
{
	(void)ctx;
	if (memcmp(h, handle, sizeof handle) != 0) {
		return -1;
	}
	*key = found;
	return 0;
}

static void
set_input(const void *p, size_t len)
{
	call.in = p;
	call.in_len = (int32_t)len;
}

static void
set_key(const void *p, size_t len)
{
	call.key = p;
	call.key_len = (int32_t)len;
}

/* Good parameters for everything but input and key. */
static void
reset(void)
{
	seamkey_der_digest_info info;
	size_t len = 0;

	memset(&call, 0, sizeof call);
	call.rc = call.rsn = 77;
	call.count = 1;
	call.rules = "RSA-PKCS";
	call.out_len = 256;
	call.handle = handle;
	memset(call.out, 0xC5, sizeof call.out);
	memset(handle, 'h', sizeof handle);
	memset(&found, 0, sizeof found);
	found.private_key_info = seamkey_span_of(key_2048, sizeof key_2048);
	found.may_sign = found.may_decrypt = 1;
	memset(&env, 0, sizeof env);
	br_hmac_drbg_init(&drbg, &br_sha256_vtable, "icsf", 4);
	env.rsa.random = seamkey_random_bearssl(&drbg.vtable);
	env.authorize = authorize;
	env.find_key = find_key;
	authorized = 1;
	asked_for = "";

	memset(signature, 0x3C, 32);
	info.hash = SEAMKEY_SHA256;
	info.digest = seamkey_span_of(signature, 32);
	CHECK_INT(seamkey_der_encode_digest_info(
			  digest_info, sizeof digest_info, &len, &info),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_sign(NULL, signature, sizeof signature, &len,
			  seamkey_span_of(digest_info, sizeof digest_info),
			  found.private_key_info),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_encrypt(&env.rsa, ciphertext, sizeof ciphertext,
			  &len, seamkey_span_of(secret, sizeof secret),
			  seamkey_span_of(
				  key_2048_public, sizeof key_2048_public)),
		SEAMKEY_OK);
}

/* The five services, each from good parameters. */
static void
pps2(void)
{
	CSFPPS2(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
}

static void
reset_pps2(void)
{
	reset();
	set_input(digest_info, sizeof digest_info);
	set_key(key_2048, sizeof key_2048);
}

static void
ppv2(void)
{
	int32_t sig_len = call.out_len;

	CSFPPV2(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&sig_len, signature, NULL, &call.in_len, call.in, &call.key_len,
		call.key);
}

static void
reset_ppv2(void)
{
	reset_pps2();
	set_key(key_2048_public, sizeof key_2048_public);
}

static void
ppe2(void)
{
	CSFPPE2(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
}

static void
reset_ppe2(void)
{
	reset();
	set_input(secret, sizeof secret);
	set_key(key_2048_public, sizeof key_2048_public);
}

static void
ppd2(void)
{
	CSFPPD2(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
}

static void
reset_ppd2(void)
{
	reset_pps2();
	set_input(ciphertext, sizeof ciphertext);
}

static void
pks(void)
{
	CSFPPKS(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, call.handle, &call.out_len, call.out);
}

/* What came back. On anything but 0 the output is as it was. */
static void
expect(int32_t rc, int32_t rsn, int32_t out_len)
{
	size_t u;

	CHECK_INT(call.rc, rc);
	CHECK_INT(call.rsn, rsn);
	CHECK_INT(call.out_len, out_len);
	for (u = rc == 0 ? 256 : 0; u < sizeof call.out; u++) {
		if (call.out[u] != 0xC5) {
			break;
		}
	}
	CHECK_INT(u, sizeof call.out);
}

static const struct service {
	const char *name, *resource;
	void (*reset)(void);
	void (*run)(void);
	int32_t out_len; /* after success */
} services[] = {
	{ "PPS2", "CSFDSG", reset_pps2, pps2, 256 },
	{ "PPV2", "CSFDSV", reset_ppv2, ppv2, 256 },
	{ "PPE2", "CSFPKE", reset_ppe2, ppe2, 256 },
	{ "PPD2", "CSFPKD", reset_ppd2, ppd2, sizeof secret },
	{ "PKS", "CSF1PKS", reset_pps2, pks, 256 },
};
#define SERVICES   (sizeof services / sizeof services[0])
#define STRUCTURES (SERVICES - 1) /* those that are given a structure */

static void
icsf_services_work(void)
{
	size_t u;

	for (u = 0; u < SERVICES; u++) {
		const struct service *s = &services[u];

		what = s->name;
		s->reset();
		s->run();
		expect(0, 0, s->out_len);
		CHECK_INT(strcmp(asked_for, s->resource), 0);
	}
	reset_pps2();
	pps2();
	CHECK_MEM(call.out, signature, 256);
	reset_ppd2();
	ppd2();
	CHECK_MEM(call.out, secret, sizeof secret);
	reset_ppe2();
	ppe2();
	memcpy(ciphertext, call.out, 256);
	set_input(ciphertext, 256);
	set_key(key_2048, sizeof key_2048);
	ppd2();
	CHECK_MEM(call.out, secret, sizeof secret);
}

static void
icsf_names_of_64_bit_callers(void)
{
	reset_pps2();
	CSFPPS26(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
	expect(0, 0, 256);
	CHECK_MEM(call.out, signature, 256);
	reset_ppv2();
	CSFPPV26(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.out_len, signature, NULL, &call.in_len, call.in,
		&call.key_len, call.key);
	expect(0, 0, 256);
	reset_ppe2();
	CSFPPE26(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
	expect(0, 0, 256);
	reset_ppd2();
	CSFPPD26(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, NULL, &call.out_len, call.out,
		&call.key_len, call.key);
	expect(0, 0, sizeof secret);
	reset_pps2();
	CSFPPKS6(&call.rc, &call.rsn, NULL, NULL, &call.count, call.rules,
		&call.in_len, call.in, call.handle, &call.out_len, call.out);
	expect(0, 0, 256);
}

static void
icsf_authorization_comes_first(void)
{
	size_t u;

	for (u = 0; u < SERVICES; u++) {
		what = services[u].name;
		services[u].reset();
		authorized = 0;
		call.count = 5; /* wrong too, and not looked at */
		services[u].run();
		expect(8, 16000, 256);
		services[u].reset();
		env.authorize = NULL;
		services[u].run();
		expect(0, 0, services[u].out_len);
	}
}

static void
icsf_no_environment(void)
{
	reset_pps2();
	seamkey_icsf_pps2(NULL, &call.rc, &call.rsn, NULL, NULL, &call.count,
		call.rules, &call.in_len, call.in, NULL, &call.out_len,
		call.out, &call.key_len, call.key);
	expect(12, 0, 256);
}

/* clang-format off */
static const struct {
	const char *rules;
	int32_t count, rsn;
} bad_rules[] = {
	{ "RSA-PKCS", 0, 35 },
	{ "RSA-PKCSRSA-PKCS", 2, 35 },
	{ "RSA-PKCS", -1, 35 },
	{ "rsa-pkcs", 1, 33 },
	{ "RSA-ZERO", 1, 33 },
	{ "PKCS-1.2", 1, 33 },
	{ " RSA-PKC", 1, 33 },
	{ "        ", 1, 33 },
	{ NULL, 1, 33 },
};
/* clang-format on */

static void
icsf_rules_of_structures(void)
{
	size_t u, i;

	for (u = 0; u < STRUCTURES; u++) {
		for (i = 0; i < sizeof bad_rules / sizeof bad_rules[0]; i++) {
			what = services[u].name;
			services[u].reset();
			call.rules = bad_rules[i].rules;
			call.count = bad_rules[i].count;
			services[u].run();
			expect(8, bad_rules[i].rsn, 256);
		}
	}
}

/* A key structure of exactly 3000 and of 3001 bytes: attributes fill it. */
static void
icsf_key_of_3000_bytes(void)
{
	static unsigned char big[3100];
	static unsigned char attributes[3000];
	seamkey_der_private_key_info info;
	size_t len = 0, fill;
	int over;

	memset(&info, 0, sizeof info);
	reset_pps2();
	CHECK_INT(seamkey_der_decode_private_key_info(
			  &info, found.private_key_info),
		SEAMKEY_OK);
	for (over = 0; over < 2; over++) {
		fill = 3000 + (size_t)over - sizeof key_2048 - 8;
		memset(attributes, 0, sizeof attributes);
		attributes[0] = 0xA0; /* [0] { OCTET STRING } */
		attributes[1] = 0x82;
		attributes[2] = (unsigned char)((fill + 4) >> 8);
		attributes[3] = (unsigned char)(fill + 4);
		attributes[4] = 0x04;
		attributes[5] = 0x82;
		attributes[6] = (unsigned char)(fill >> 8);
		attributes[7] = (unsigned char)fill;
		info.attributes = seamkey_span_of(attributes, fill + 8);
		CHECK_INT(seamkey_der_encode_private_key_info(
				  big, sizeof big, &len, &info),
			SEAMKEY_OK);
		CHECK_INT(len, 3000 + over);
		reset_pps2();
		set_key(big, len);
		pps2();
		if (over) {
			expect(8, 11000, 256);
		} else {
			expect(0, 0, 256);
		}
	}
}

/* In each service the limit is ICSF's own, whatever SEAMKEY_RSA_MAX_KEY_INFO
 * is: of 3000 bytes the octets behind the key are refused, of 3001 none is
 * read. */
static void
icsf_every_key_of_3000_bytes(void)
{
	static unsigned char big[3001];
	size_t u;

	for (u = 0; u < STRUCTURES; u++) {
		what = services[u].name;
		services[u].reset();
		memset(big, 0, sizeof big);
		memcpy(big, call.key, (size_t)call.key_len);
		set_key(big, 3000);
		services[u].run();
		expect(8, OWN(SEAMKEY_ERR_DER_TRAILING), 256);
		set_key(big, 3001);
		services[u].run();
		expect(8, 11000, 256);
	}
}

static void
icsf_lengths(void)
{
	size_t u;

	for (u = 0; u < STRUCTURES; u++) {
		what = services[u].name;
		services[u].reset();
		call.key_len = -1;
		services[u].run();
		expect(8, 11000, 256);
		services[u].reset();
		call.in_len = -1;
		services[u].run();
		expect(8, 11000, 256);
		services[u].reset();
		call.key = NULL;
		services[u].run();
		expect(8, 11000, 256);
	}
	reset_ppd2(); /* the ciphertext is as long as the modulus */
	call.in_len = 255;
	ppd2();
	expect(8, 11000, 256);
	reset_ppe2(); /* the message leaves room for the padding */
	set_input(key_2048, 246);
	ppe2();
	expect(8, 11000, 256);
	set_input(key_2048, 245);
	ppe2();
	expect(0, 0, 256);
}

static void
icsf_room(void)
{
	size_t u;

	for (u = 0; u < SERVICES; u++) {
		what = services[u].name;
		if (services[u].run == ppv2) {
			continue; /* has no output */
		}
		services[u].reset();
		call.out_len = 255;
		services[u].run();
		expect(8, 3003, 255);
		services[u].reset();
		call.out_len = 0;
		services[u].run();
		expect(8, 3003, 0);
		services[u].reset();
		call.out_len = -5;
		services[u].run();
		expect(8, 11000, -5);
	}
}

static void
icsf_signature_does_not_verify(void)
{
	reset_ppv2();
	signature[100] ^= 1;
	ppv2();
	expect(4, 11000, 256);
	reset_ppv2();
	call.out_len = 255;
	ppv2();
	expect(4, 11000, 255);
	reset_ppv2();
	digest_info[40] ^= 1;
	ppv2();
	expect(4, 11000, 256);
}

/* One reason, whatever is wrong inside. */
static void
icsf_bad_padding_has_one_reason(void)
{
	reset_ppd2();
	ciphertext[100] ^= 1;
	ppd2();
	expect(8, OWN(SEAMKEY_ERR_RSA_DECRYPT), 256);
	reset_ppd2();
	memset(ciphertext, 0xFF, sizeof ciphertext); /* not below n */
	ppd2();
	expect(8, OWN(SEAMKEY_ERR_RSA_DECRYPT), 256);
	reset_ppd2();
	memset(ciphertext, 0, sizeof ciphertext);
	ppd2();
	expect(8, OWN(SEAMKEY_ERR_RSA_DECRYPT), 256);
}

/* The policy of FIPS holds even where the environment loosens it. */
static void
icsf_fips_always(void)
{
	static const unsigned char sha1[] = { 0x30, 0x21, 0x30, 0x09, 0x06,
		0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14, 1,
		2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19,
		20 };

	reset_pps2();
	env.rsa.policy.min_bits = 1024;
	set_key(key_1024, sizeof key_1024);
	pps2();
	expect(8, OWN(SEAMKEY_ERR_KEY_MODULUS_SHORT), 256);
	reset_pps2();
	env.rsa.policy.min_e = 3;
	set_key(key_2048_e3, sizeof key_2048_e3);
	pps2();
	expect(8, OWN(SEAMKEY_ERR_KEY_EXPONENT_SMALL), 256);
	reset_pps2();
	env.rsa.policy.sign_hashes = ~0u;
	set_input(sha1, sizeof sha1);
	pps2();
	expect(8, OWN(SEAMKEY_ERR_RSA_HASH), 256);
	reset_ppd2();
	set_key(key_1024, sizeof key_1024);
	set_input(ciphertext, 128);
	ppd2();
	expect(8, OWN(SEAMKEY_ERR_KEY_MODULUS_SHORT), 256);
}

static void
icsf_wrong_keys(void)
{
	reset_pps2();
	set_key(ec_p256, sizeof ec_p256);
	pps2();
	expect(8, 2154, 256);
	reset_pps2();
	call.key_len--;
	pps2();
	expect(8, OWN(SEAMKEY_ERR_DER_TRUNCATED), 256);
	reset_pps2();
	set_input("\x04\x00", 2);
	pps2();
	expect(8, OWN(SEAMKEY_ERR_DER_TAG), 256);
	reset_ppe2();
	env.rsa.random = seamkey_random_bearssl(&drbg.vtable);
	env.rsa.random.fill = NULL;
	ppe2();
	expect(12, OWN(SEAMKEY_ERR_RANDOM), 256);
}

/* p with its low byte changed: p * q is not n any more. */
static void
icsf_key_values(void)
{
	static unsigned char bad[sizeof key_2048];
	seamkey_der_rsa_private key;
	size_t at;

	memset(&key, 0, sizeof key);
	reset_pps2();
	CHECK_INT(seamkey_der_decode_rsa_private_info(
			  &key, found.private_key_info, 0),
		SEAMKEY_OK);
	memcpy(bad, key_2048, sizeof bad);
	at = (size_t)(key.p.p + key.p.len - 1 - key_2048);
	bad[at] ^= 2;
	set_key(bad, sizeof bad);
	pps2();
	expect(8, 11008, 256);
	memcpy(bad, key_2048, sizeof bad);
	at = (size_t)(key.dp.p + key.dp.len - 1 - key_2048);
	bad[at] ^= 2;
	pps2();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
}

/* clang-format off */
static const struct {
	const char *rules;
	int32_t count, rsn;
} bad_pks_rules[] = {
	{ "RSA-PKCS", 0, 35 },
	{ "RSA-PKCSDECRYPT DECRYPT ", 3, 35 },
	{ "RSA-PKCX", 1, 33 },
	{ "RSA-PKCSDECRYPT\0", 2, 33 },
	{ NULL, 1, 33 },
	{ "DECRYPT ", 1, 34 },
	{ "DECRYPT DECRYPT ", 2, 34 },
	{ "RSA-PKCSRSA-ZERO", 2, 34 },
	{ "RSA-PKCSRSA-PKCS", 2, 34 },
	{ "DSA     DECRYPT ", 2, 34 },
	{ "DECRYPT ECDSA   ", 2, 34 },
};
/* clang-format on */

static void
icsf_pks_rules(void)
{
	size_t i;

	for (i = 0; i < sizeof bad_pks_rules / sizeof bad_pks_rules[0]; i++) {
		what = bad_pks_rules[i].rules;
		what = what == NULL ? "no rules" : what;
		reset_pps2();
		call.rules = bad_pks_rules[i].rules;
		call.count = bad_pks_rules[i].count;
		pks();
		expect(8, bad_pks_rules[i].rsn, 256);
	}
}

static void
icsf_pks_attributes_and_handles(void)
{
	reset_pps2();
	found.may_sign = 0;
	pks();
	expect(8, 3038, 256);
	reset_ppd2();
	found.may_decrypt = 0;
	call.rules = "RSA-PKCSDECRYPT ";
	call.count = 2;
	pks();
	expect(8, 3038, 256);
	found.may_decrypt = 1;
	found.may_sign = 0;
	pks();
	expect(0, 0, sizeof secret);
	CHECK_MEM(call.out, secret, sizeof secret);
	reset_pps2();
	call.handle = key_2048;
	pks();
	expect(8, 3027, 256);
	reset_pps2();
	call.handle = NULL;
	pks();
	expect(8, 3027, 256);
	reset_pps2();
	env.find_key = NULL;
	pks();
	expect(8, 3027, 256);
}

/* The raw operation, both ways: what is signed comes back by the public
 * exponent, and what was raised to it comes back by decryption. */
static void
icsf_pks_rsa_zero(void)
{
	unsigned char x[256], y[256];
	seamkey_der_rsa_public key;
	br_rsa_public_key pk;
	size_t u;

	memset(&key, 0, sizeof key);
	reset();
	CHECK_INT(seamkey_der_decode_rsa_public_info(&key,
			  seamkey_span_of(
				  key_2048_public, sizeof key_2048_public),
			  0),
		SEAMKEY_OK);
	memset(&pk, 0, sizeof pk);
	memcpy(y, key.n.p, 256); /* BearSSL's structs are not const */
	pk.n = y;
	pk.nlen = 256;
	memcpy(x, key.e.p, key.e.len);
	pk.e = x;
	pk.elen = key.e.len;

	call.rules = "RSA-ZERO";
	set_input("number", 6);
	pks();
	expect(0, 0, 256);
	CHECK_INT(br_rsa_i31_public(call.out, 256, &pk), 1);
	CHECK_MEM(call.out + 250, "number", 6);
	for (u = 0; u < 250; u++) {
		CHECK_INT(call.out[u], 0);
	}

	reset();
	memset(ciphertext, 0, sizeof ciphertext);
	memcpy(ciphertext + 200, "another number", 14);
	CHECK_INT(br_rsa_i31_public(ciphertext, 256, &pk), 1);
	call.rules = "DECRYPT RSA-ZERO";
	call.count = 2;
	set_input(ciphertext, 256);
	pks();
	expect(0, 0, 256);
	CHECK_MEM(call.out + 200, "another number", 14);

	reset();
	call.rules = "RSA-ZERO";
	set_input(y, 256); /* n itself */
	pks();
	expect(8, OWN(SEAMKEY_ERR_RSA_RANGE), 256);
	set_input(key_2048, 257);
	pks();
	expect(8, 11000, 256);
	set_input(NULL, 0); /* zero is a number */
	pks();
	expect(0, 0, 256);
}

/* ---- elliptic curves --------------------------------------------------- */

/* RFC 6979 appendix A.2.5: P-256, "sample" */
/* clang-format off */
static const unsigned char rfc6979_key[32] = {
	0xC9, 0xAF, 0xA9, 0xD8, 0x45, 0xBA, 0x75, 0x16, 0x6B, 0x5C, 0x21,
	0x57, 0x67, 0xB1, 0xD6, 0x93, 0x4E, 0x50, 0xC3, 0xDB, 0x36, 0xE8,
	0x9B, 0x12, 0x7B, 0x8A, 0x62, 0x2B, 0x12, 0x0F, 0x67, 0x21
};
static const unsigned char rfc6979_sha256[64] = {
	0xEF, 0xD4, 0x8B, 0x2A, 0xAC, 0xB6, 0xA8, 0xFD, 0x11, 0x40, 0xDD,
	0x9C, 0xD4, 0x5E, 0x81, 0xD6, 0x9D, 0x2C, 0x87, 0x7B, 0x56, 0xAA,
	0xF9, 0x91, 0xC3, 0x4D, 0x0E, 0xA8, 0x4E, 0xAF, 0x37, 0x16,
	0xF7, 0xCB, 0x1C, 0x94, 0x2D, 0x65, 0x7C, 0x41, 0xD4, 0x36, 0xC7,
	0xA1, 0xB6, 0xE2, 0x9F, 0x65, 0xF3, 0xE9, 0x00, 0xDB, 0xB9, 0xAF,
	0xF4, 0x06, 0x4D, 0xC4, 0xAB, 0x2F, 0x84, 0x3A, 0xCD, 0xA8
};
/* clang-format on */

/* The good parameters of an ECDSA request with this key. */
static void
reset_ecdsa(const void *key, size_t key_len, const void *digest, size_t len)
{
	reset();
	found.private_key_info = seamkey_span_of(key, key_len);
	call.rules = "ECDSA   ";
	set_input(digest, len);
}

static void
icsf_pks_ecdsa_rfc6979(void)
{
	unsigned char info[200], digest[32];
	seamkey_der_ec_private key;
	br_sha256_context sha;
	size_t len = 0;

	memset(&key, 0, sizeof key);
	key.curve = SEAMKEY_CURVE_P256;
	key.scalar = seamkey_span_of(rfc6979_key, sizeof rfc6979_key);
	CHECK_INT(seamkey_der_encode_ec_private_info(
			  info, sizeof info, &len, &key),
		SEAMKEY_OK);
	br_sha256_init(&sha);
	br_sha256_update(&sha, "sample", 6);
	br_sha256_out(&sha, digest);
	reset_ecdsa(info, len, digest, sizeof digest);
	pks();
	expect(0, 0, 64);
	CHECK_MEM(call.out, rfc6979_sha256, sizeof rfc6979_sha256);
}

/* clang-format off */
static const struct {
	const char *what;
	const unsigned char *key, *public_key;
	size_t key_len, public_len;
} curves[] = {
	{ "P-256", ec_p256, ec_p256_public, sizeof ec_p256,
		sizeof ec_p256_public },
	{ "P-384", ec_p384, ec_p384_public, sizeof ec_p384,
		sizeof ec_p384_public },
	{ "P-521", ec_p521, ec_p521_public, sizeof ec_p521,
		sizeof ec_p521_public },
};
static const size_t digest_sizes[] = { 20, 28, 32, 48, 64 };
/* clang-format on */

static void
icsf_pks_ecdsa_every_curve_and_digest(void)
{
	seamkey_der_ec_public pub;
	br_ec_public_key pk;
	unsigned char point[133];
	size_t c, d, size;

	memset(&pub, 0, sizeof pub);
	for (c = 0; c < sizeof curves / sizeof curves[0]; c++) {
		what = curves[c].what;
		CHECK_INT(seamkey_der_decode_ec_public_info(&pub,
				  seamkey_span_of(curves[c].public_key,
					  curves[c].public_len)),
			SEAMKEY_OK);
		memcpy(point, pub.public_key.p, pub.public_key.len);
		pk.curve = pub.curve;
		pk.q = point;
		pk.qlen = pub.public_key.len;
		size = 2 * seamkey_der_curve_size(pub.curve);
		for (d = 0; d < 5; d++) {
			reset_ecdsa(curves[c].key, curves[c].key_len, key_2048,
				digest_sizes[d]);
			call.out_len = (int32_t)size;
			pks();
			expect(0, 0, (int32_t)size);
			CHECK_INT(br_ecdsa_i31_vrfy_raw(br_ec_get_default(),
					  key_2048, digest_sizes[d], &pk,
					  call.out, size),
				1);
			reset_ecdsa(curves[c].key, curves[c].key_len, key_2048,
				digest_sizes[d]);
			call.out_len = (int32_t)size - 1;
			pks();
			expect(8, 3003, (int32_t)size - 1);
			set_input(key_2048, digest_sizes[d] + 1);
			call.out_len = (int32_t)size;
			pks();
			expect(8, 11000, (int32_t)size);
		}
	}
}

/* A scalar out of range, and a key structure whose public half is that of
 * another key. */
static void
icsf_pks_ecdsa_bad_keys(void)
{
	unsigned char info[200], scalar[32];
	seamkey_der_ec_private key, other;
	size_t len = 0;
	int fill;

	memset(&other, 0, sizeof other);
	memset(&key, 0, sizeof key);
	key.curve = SEAMKEY_CURVE_P256;
	key.scalar = seamkey_span_of(scalar, sizeof scalar);
	for (fill = 0; fill <= 0xFF; fill += 0xFF) { /* 0; above the order */
		memset(scalar, fill, sizeof scalar);
		CHECK_INT(seamkey_der_encode_ec_private_info(
				  info, sizeof info, &len, &key),
			SEAMKEY_OK);
		reset_ecdsa(info, len, key_2048, 32);
		pks();
		expect(8, 11008, 256);
	}
	CHECK_INT(seamkey_der_decode_ec_private_info(
			  &other, seamkey_span_of(ec_p256, sizeof ec_p256)),
		SEAMKEY_OK);
	other.scalar = seamkey_span_of(rfc6979_key, sizeof rfc6979_key);
	CHECK_INT(seamkey_der_encode_ec_private_info(
			  info, sizeof info, &len, &other),
		SEAMKEY_OK);
	reset_ecdsa(info, len, key_2048, 32);
	pks();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
	reset_ecdsa(key_2048, sizeof key_2048, key_2048, 32);
	pks();
	expect(8, 2154, 256);
	memset(scalar, 0, sizeof scalar);
	reset_ecdsa(ec_p256, sizeof ec_p256, scalar, 32);
	pks();
	expect(8, 11000, 256);
}

#ifdef STACK_SCAN
/* What the deterministic nonce of RFC 6979 is made from for P-256: it gives
 * the scalar away as well. */
static void
check_no_nonce_on_stack(seamkey_span scalar, const unsigned char *digest)
{
	unsigned char seed[64], k[32];
	br_hmac_drbg_context rng;

	memcpy(seed, scalar.p, 32);
	memcpy(seed + 32, digest, 32);
	br_hmac_drbg_init(&rng, &br_sha256_vtable, seed, sizeof seed);
	check_not_on_stack("the first state", seamkey_span_of(rng.K, 32));
	br_hmac_drbg_generate(&rng, k, sizeof k);
	check_not_on_stack("the nonce", seamkey_span_of(k, sizeof k));
	check_not_on_stack("the state", seamkey_span_of(rng.K, 32));
	check_not_on_stack("the state", seamkey_span_of(rng.V, 32));
}

/* Software signs, with the public half in the key and without: nothing of the
 * scalar is left, nor anything else that BearSSL had there. */
static void
icsf_pks_ecdsa_leaves_nothing_on_the_stack(void)
{
	unsigned char info[300];
	seamkey_der_ec_private key;
	size_t c, len = 0;
	int with_public;

	memset(&key, 0, sizeof key);
	for (c = 0; c < sizeof curves / sizeof curves[0]; c++) {
		what = curves[c].what;
		CHECK_INT(seamkey_der_decode_ec_private_info(&key,
				  seamkey_span_of(
					  curves[c].key, curves[c].key_len)),
			SEAMKEY_OK);
		for (with_public = 1; with_public >= 0; with_public--) {
			if (!with_public) {
				key.public_key.len = 0;
			}
			CHECK_INT(seamkey_der_encode_ec_private_info(
					  info, sizeof info, &len, &key),
				SEAMKEY_OK);
			reset_ecdsa(info, len, key_2048, 32);
			paint_stack();
			pks();
			take_snapshot();
			CHECK_INT(call.rc, 0);
			check_overwritten();
			check_not_on_stack("the scalar", key.scalar);
			if (key.curve == SEAMKEY_CURVE_P256) {
				check_no_nonce_on_stack(key.scalar, key_2048);
			}
		}
	}
}
#endif

/* ---- engines ----------------------------------------------------------- */

/* An engine that knows one key by its handle, answers after some polls,
 * and gives the signature it was set up with. */
static struct engine {
	int kind; /* that it can do */
	int polls;
	const unsigned char *answer;
	size_t answer_len;
	int status;
	const unsigned char *asked;
} engine;

static int
engine_poll(void *dev, struct seamkey_op *op)
{
	struct engine *e = (struct engine *)dev;

	if (e->polls-- > 0) {
		return SEAMKEY_AGAIN;
	}
	if (e->answer_len <= op->req.out_cap) {
		memcpy(op->req.out, e->answer, e->answer_len);
	}
	op->out_len = e->answer_len;
	return e->status;
}

static int
engine_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	struct engine *e = (struct engine *)dev;

	if (req->kind != e->kind) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	e->asked = req->handle.p;
	return engine_poll(dev, op);
}

static void
engine_cancel(void *dev, struct seamkey_op *op)
{
	(void)dev;
	(void)op;
}

static int
idle(void *ctx)
{
	(void)ctx;
	return 0;
}

static void
reset_engine(int kind, const char *rules, const unsigned char *answer,
	size_t answer_len)
{
	static const seamkey_driver driver = { 0, engine_begin, engine_poll,
		engine_cancel };

	reset_ecdsa(NULL, 0, key_2048, 32);
	call.rules = rules;
	found.handle = seamkey_span_of("slot 7", 6);
	env.rsa.engine.drv = &driver;
	env.rsa.engine.dev = &engine;
	env.rsa.idle = idle;
	engine.kind = kind;
	engine.polls = 3;
	engine.answer = answer;
	engine.answer_len = answer_len;
	engine.status = SEAMKEY_OK;
	engine.asked = NULL;
}

static void
icsf_pks_engine_ecdsa(void)
{
	unsigned char good[64], bad[64];

	reset_ecdsa(ec_p256, sizeof ec_p256, key_2048, 32);
	pks();
	memcpy(good, call.out, 64);
	memcpy(bad, call.out, 64);
	bad[5] ^= 1;

	reset_engine(SEAMKEY_REQ_ECDSA_SIGN, "ECDSA   ", good, 64);
	pks();
	expect(12, OWN(SEAMKEY_ERR_RSA_NO_PUBLIC_KEY), 256);
	found.public_key_info =
		seamkey_span_of(ec_p256_public, sizeof ec_p256_public);
	pks();
	expect(0, 0, 64);
	CHECK_MEM(call.out, good, 64);
	CHECK_INT(engine.asked == found.handle.p, 1);

	reset_engine(SEAMKEY_REQ_ECDSA_SIGN, "ECDSA   ", bad, 64);
	found.public_key_info =
		seamkey_span_of(ec_p256_public, sizeof ec_p256_public);
	pks();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
	engine.answer = good;
	engine.answer_len = 63;
	pks();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
	engine.answer_len = 65;
	pks();
	expect(12, 28, 256);
	engine.status = -4711;
	engine.answer_len = 64;
	pks();
	expect(12, 28, 256);
	engine.status = SEAMKEY_OK;
	engine.kind = SEAMKEY_REQ_DSA_SIGN; /* cannot, and no software can */
	pks();
	expect(12, 8, 256);
	engine.kind = SEAMKEY_REQ_ECDSA_SIGN;
	env.rsa.idle = NULL;
	pks();
	expect(12, OWN(SEAMKEY_ERR_IDLE), 256);

	/* with the key in the structure, software can */
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "ECDSA   ", good, 64);
	found.handle = seamkey_span_of(NULL, 0);
	found.private_key_info = seamkey_span_of(ec_p256, sizeof ec_p256);
	pks();
	expect(0, 0, 64);
	CHECK_MEM(call.out, good, 64);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "ECDSA   ", good, 64);
	found.handle = seamkey_span_of(NULL, 0);
	found.private_key_info = seamkey_span_of(ec_p256, sizeof ec_p256);
	env.rsa.engine.fail_closed = 1;
	pks();
	expect(12, 8, 256);
}

/* r and s of P-521 that both begin with a zero octet, given without it: they
 * are the same numbers, and BearSSL takes them, but not the form that the
 * service answers in. */
static void
icsf_pks_engine_ecdsa_without_zeros(void)
{
	unsigned char digest[32], bare[130];
	unsigned tries;

	memset(digest, 0x42, sizeof digest);
	for (tries = 0; tries < 200; tries++) { /* one in four will do */
		digest[0] = (unsigned char)tries;
		reset_ecdsa(ec_p521, sizeof ec_p521, digest, sizeof digest);
		pks();
		if (call.rc != 0 || (call.out[0] == 0 && call.out[66] == 0)) {
			break;
		}
	}
	expect(0, 0, 132);
	CHECK_INT(call.out[0] == 0 && call.out[66] == 0, 1);
	memcpy(bare, call.out + 1, 65);
	memcpy(bare + 65, call.out + 67, 65);
	reset_engine(SEAMKEY_REQ_ECDSA_SIGN, "ECDSA   ", bare, sizeof bare);
	set_input(digest, sizeof digest);
	found.public_key_info =
		seamkey_span_of(ec_p521_public, sizeof ec_p521_public);
	pks();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
}

static void
icsf_pks_engine_dsa(void)
{
	static unsigned char half[40];
	static const int theirs[] = { SEAMKEY_ERR_RSA_SIGNATURE,
		SEAMKEY_ERR_RSA_DECRYPT, SEAMKEY_ERR_DER_ALGORITHM, -100, -500,
		-1000, -1001, SEAMKEY_ERR_SPACE };
	size_t u;

	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", key_2048, 40);
	pks();
	expect(0, 0, 40);
	CHECK_MEM(call.out, key_2048, 40);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", key_2048, 39);
	pks();
	expect(12, 28, 256);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", key_2048, 64);
	call.out_len = 63;
	pks();
	expect(8, 3003, 63);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", key_2048, 40);
	call.in_len = 31;
	pks();
	expect(8, 11000, 256);
	reset_engine(SEAMKEY_REQ_ECDSA_SIGN, "DSA     ", key_2048, 40);
	pks();
	expect(12, 8, 256);
	/* nor does the engine speak for the library */
	for (u = 0; u < sizeof theirs / sizeof theirs[0]; u++) {
		reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", key_2048, 40);
		engine.status = theirs[u];
		pks();
		expect(12, 28, 256);
	}
	memset(half, 1, sizeof half);
	memset(half, 0, 20);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", half, 40); /* r = 0 */
	pks();
	expect(12, 28, 256);
	memset(half, 1, sizeof half);
	memset(half + 20, 0, 20);
	reset_engine(SEAMKEY_REQ_DSA_SIGN, "DSA     ", half, 40); /* s = 0 */
	pks();
	expect(12, 28, 256);
	reset_pps2(); /* no engine at all */
	call.rules = "DSA     ";
	set_input(key_2048, 32);
	pks();
	expect(12, 8, 256);
}

/* Memory for an engine is the environment's matter: 8/3003 would have the
 * caller enlarge its own buffer for ever. */
static void
icsf_scratch_of_the_engine(void)
{
	static const seamkey_driver hungry = { 64, engine_begin, NULL, NULL };

	reset_pps2();
	env.rsa.engine.drv = &hungry;
	pps2();
	expect(12, OWN(SEAMKEY_ERR_ARG), 256);
}

/* RSA by handle: the result is verified with the public half. */
static void
icsf_pks_engine_rsa(void)
{
	unsigned char good[256];

	reset();
	memcpy(good, signature, sizeof good);
	reset_engine(SEAMKEY_REQ_RAW_PRIVATE, "RSA-PKCS", good, 256);
	set_input(digest_info, sizeof digest_info);
	found.public_key_info =
		seamkey_span_of(key_2048_public, sizeof key_2048_public);
	pks();
	expect(0, 0, 256);
	CHECK_MEM(call.out, good, 256);
	reset_engine(SEAMKEY_REQ_RAW_PRIVATE, "RSA-PKCS", good, 256);
	set_input(digest_info, sizeof digest_info);
	found.public_key_info =
		seamkey_span_of(key_2048_public, sizeof key_2048_public);
	good[0] ^= 1;
	pks();
	expect(16, OWN(SEAMKEY_ERR_RSA_FAULT), 256);
	/* nor is one given that cannot be verified */
	found.public_key_info = seamkey_span_of(NULL, 0);
	env.rsa.unverified_modulus_len = 256;
	pks();
	expect(12, OWN(SEAMKEY_ERR_RSA_NO_PUBLIC_KEY), 256);
}

/* The engine strips the padding itself here. A handle in the environment is
 * not looked at. */
static void
icsf_pks_engine_decrypts(void)
{
	reset_engine(SEAMKEY_REQ_PKCS1_DECRYPT, "RSA-PKCSDECRYPT ", secret,
		sizeof secret);
	call.count = 2;
	set_input(ciphertext, 256);
	found.public_key_info =
		seamkey_span_of(key_2048_public, sizeof key_2048_public);
	pks();
	expect(0, 0, sizeof secret);
	CHECK_MEM(call.out, secret, sizeof secret);

	reset_pps2();
	env.rsa.handle = seamkey_span_of("slot 7", 6);
	pps2();
	expect(0, 0, 256);
}

/* The pairs that are known, once more, from the design note. */
/* clang-format off */
static const struct {
	int cause;
	int32_t rc, rsn;
} known_codes[] = {
	{ SEAMKEY_ERR_RSA_SIGNATURE, 4, 11000 },
	{ SEAMKEY_ICSF_LENGTH, 8, 11000 },
	{ SEAMKEY_ERR_RSA_KEY_INFO, 8, 11000 },
	{ SEAMKEY_ERR_RSA_MESSAGE, 8, 11000 },
	{ SEAMKEY_ERR_DER_DIGEST, 8, 11000 },
	{ SEAMKEY_ERR_SPACE, 8, 3003 },
	{ SEAMKEY_ICSF_RULE_KEYWORD, 8, 33 },
	{ SEAMKEY_ICSF_RULE_COMBINATION, 8, 34 },
	{ SEAMKEY_ICSF_RULE_COUNT, 8, 35 },
	{ SEAMKEY_ERR_KEY_ZERO, 8, 11008 },
	{ SEAMKEY_ERR_KEY_MODULUS_EVEN, 8, 11008 },
	{ SEAMKEY_ERR_KEY_EXPONENT_EVEN, 8, 11008 },
	{ SEAMKEY_ERR_KEY_D, 8, 11008 },
	{ SEAMKEY_ERR_KEY_PRIME_EVEN, 8, 11008 },
	{ SEAMKEY_ERR_KEY_PRODUCT, 8, 11008 },
	{ SEAMKEY_ERR_KEY_DP, 8, 11008 },
	{ SEAMKEY_ERR_KEY_DQ, 8, 11008 },
	{ SEAMKEY_ERR_KEY_QINV, 8, 11008 },
	{ SEAMKEY_ERR_DER_SCALAR, 8, 11008 },
	{ SEAMKEY_ERR_DER_ALGORITHM, 8, 2154 },
	{ SEAMKEY_ICSF_HANDLE, 8, 3027 },
	{ SEAMKEY_ICSF_KEY_USE, 8, 3038 },
	{ SEAMKEY_ICSF_NOT_AUTHORIZED, 8, 16000 },
	{ SEAMKEY_ICSF_NOT_AVAILABLE, 12, 0 },
	{ SEAMKEY_ERR_UNSUPPORTED, 12, 8 },
	{ SEAMKEY_ERR_HOOK, 12, 28 },
	{ SEAMKEY_ERR_RANDOM, 12, OWN(SEAMKEY_ERR_RANDOM) },
	{ SEAMKEY_ERR_CANCELLED, 12, OWN(SEAMKEY_ERR_CANCELLED) },
	{ SEAMKEY_ERR_ARG, 12, OWN(SEAMKEY_ERR_ARG) },
	{ SEAMKEY_ERR_IDLE, 12, OWN(SEAMKEY_ERR_IDLE) },
	{ SEAMKEY_ERR_RSA_NO_PUBLIC_KEY, 12,
		OWN(SEAMKEY_ERR_RSA_NO_PUBLIC_KEY) },
	{ SEAMKEY_ERR_RSA_FAULT, 16, OWN(SEAMKEY_ERR_RSA_FAULT) },
	{ SEAMKEY_ERR_RSA_DECRYPT, 8, OWN(SEAMKEY_ERR_RSA_DECRYPT) },
	{ -1001, 12, 28 },
	{ SEAMKEY_OK, 0, 0 },
};
/* clang-format on */

/* A key of CSFPPKS is at most 3000 bytes too, whichever half it is. */
static void
icsf_pks_key_of_3000_bytes(void)
{
	static unsigned char long_key[3001];

	reset_pps2();
	memcpy(long_key, key_2048, sizeof key_2048);
	found.private_key_info = seamkey_span_of(long_key, 3001);
	pks();
	expect(8, 11000, 256);
	found.private_key_info = seamkey_span_of(long_key, 3000);
	pks();
	expect(8, OWN(SEAMKEY_ERR_DER_TRAILING), 256);
	reset_engine(SEAMKEY_REQ_RAW_PRIVATE, "RSA-PKCS", signature, 256);
	found.public_key_info = seamkey_span_of(long_key, 3001);
	pks();
	expect(8, 11000, 256);
}

/* Each call of each hook fails once, until one fails no more: no result, the
 * same length, and the codes of what failed. */
static int fail_at, hook_calls;

static int
fails_now(void)
{
	return ++hook_calls == fail_at;
}

static int
failing_authorize(void *ctx, const char *resource)
{
	(void)ctx;
	(void)resource;
	return fails_now() ? -1 : 0;
}

static int
failing_find(void *ctx, const unsigned char *h, seamkey_icsf_key *key)
{
	return fails_now() ? -1 : find_key(ctx, h, key);
}

static int
failing_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	return fails_now() ? -4711 : engine_begin(dev, op, req);
}

static int
failing_poll(void *dev, struct seamkey_op *op)
{
	return fails_now() ? -4712 : engine_poll(dev, op);
}

static int
failing_idle(void *ctx)
{
	(void)ctx;
	return fails_now();
}

static int32_t
run_failing(int kind, const char *rules, const unsigned char *answer,
	size_t answer_len)
{
	static const seamkey_driver driver = { 0, failing_begin, failing_poll,
		engine_cancel };

	reset_engine(kind, rules, answer, answer_len);
	env.rsa.engine.drv = &driver;
	env.rsa.idle = failing_idle;
	env.authorize = failing_authorize;
	env.find_key = failing_find;
	if (kind == SEAMKEY_REQ_RAW_PRIVATE) {
		set_input(digest_info, sizeof digest_info);
		found.public_key_info = seamkey_span_of(
			key_2048_public, sizeof key_2048_public);
	} else {
		found.public_key_info =
			seamkey_span_of(ec_p256_public, sizeof ec_p256_public);
	}
	hook_calls = 0;
	pks();
	return call.rc;
}

static void
icsf_pks_every_hook_call_fails_once(void)
{
	static unsigned char ecdsa[64], rsa[256];
	const struct {
		const char *rules;
		int kind;
		const unsigned char *answer;
		size_t len;
	} runs[] = {
		{ "ECDSA   ", SEAMKEY_REQ_ECDSA_SIGN, ecdsa, 64 },
		{ "DSA     ", SEAMKEY_REQ_DSA_SIGN, key_2048, 40 },
		{ "RSA-PKCS", SEAMKEY_REQ_RAW_PRIVATE, rsa, 256 },
	};
	size_t u;

	reset_ecdsa(ec_p256, sizeof ec_p256, key_2048, 32);
	pks();
	memcpy(ecdsa, call.out, sizeof ecdsa);
	memcpy(rsa, signature, sizeof rsa);
	for (u = 0; u < sizeof runs / sizeof runs[0]; u++) {
		what = runs[u].rules;
		for (fail_at = 1; fail_at < 50; fail_at++) {
			if (run_failing(runs[u].kind, runs[u].rules,
				    runs[u].answer, runs[u].len)
				== 0) {
				break;
			}
			CHECK_INT(call.rc == 8 || call.rc == 12, 1);
			expect(call.rc, call.rsn, 256);
		}
		/* two hooks, begin, three times idle and poll */
		CHECK_INT(fail_at, 3 + 2 * 3 + 1);
		expect(0, 0, (int32_t)runs[u].len);
		CHECK_MEM(call.out, runs[u].answer, runs[u].len);
	}
}

/* Own reasons lie outside ICSF's range, and every status of the parts below
 * has a pair that says an error. */
static void
icsf_codes(void)
{
	seamkey_icsf_code code;
	int cause;
	size_t u;

	for (cause = -1; cause > -300; cause--) {
		code = seamkey_icsf_code_of(cause);
		CHECK_INT(code.return_code == 4, cause == -200);
		/* what is not in the table, and is not of keys or texts */
		if (cause > -100 && code.source == SEAMKEY_ICSF_OWN) {
			CHECK_INT(code.return_code, 12);
		}
		CHECK_INT(code.return_code >= 4 && code.return_code <= 16, 1);
		CHECK_INT(code.source == SEAMKEY_ICSF_OWN,
			code.reason_code > 0xFFFF);
		if (code.source == SEAMKEY_ICSF_OWN) {
			CHECK_INT(code.reason_code, OWN(cause));
		}
	}
	for (u = 0; u < sizeof known_codes / sizeof known_codes[0]; u++) {
		code = seamkey_icsf_code_of(known_codes[u].cause);
		CHECK_INT(code.return_code, known_codes[u].rc);
		CHECK_INT(code.reason_code, known_codes[u].rsn);
	}
}

const struct test test_icsf_table[] = {
	{ "icsf_services_work", icsf_services_work },
	{ "icsf_names_of_64_bit_callers", icsf_names_of_64_bit_callers },
	{ "icsf_authorization_comes_first", icsf_authorization_comes_first },
	{ "icsf_no_environment", icsf_no_environment },
	{ "icsf_rules_of_structures", icsf_rules_of_structures },
	{ "icsf_key_of_3000_bytes", icsf_key_of_3000_bytes },
	{ "icsf_every_key_of_3000_bytes", icsf_every_key_of_3000_bytes },
	{ "icsf_lengths", icsf_lengths },
	{ "icsf_room", icsf_room },
	{ "icsf_signature_does_not_verify", icsf_signature_does_not_verify },
	{ "icsf_bad_padding_has_one_reason", icsf_bad_padding_has_one_reason },
	{ "icsf_fips_always", icsf_fips_always },
	{ "icsf_wrong_keys", icsf_wrong_keys },
	{ "icsf_key_values", icsf_key_values },
	{ "icsf_pks_rules", icsf_pks_rules },
	{ "icsf_pks_attributes_and_handles", icsf_pks_attributes_and_handles },
	{ "icsf_pks_rsa_zero", icsf_pks_rsa_zero },
	{ "icsf_pks_ecdsa_rfc6979", icsf_pks_ecdsa_rfc6979 },
	{ "icsf_pks_ecdsa_every_curve_and_digest",
		icsf_pks_ecdsa_every_curve_and_digest },
	{ "icsf_pks_ecdsa_bad_keys", icsf_pks_ecdsa_bad_keys },
#ifdef STACK_SCAN
	{ "icsf_pks_ecdsa_leaves_nothing_on_the_stack",
		icsf_pks_ecdsa_leaves_nothing_on_the_stack },
#endif
	{ "icsf_pks_engine_ecdsa", icsf_pks_engine_ecdsa },
	{ "icsf_pks_engine_ecdsa_without_zeros",
		icsf_pks_engine_ecdsa_without_zeros },
	{ "icsf_pks_engine_dsa", icsf_pks_engine_dsa },
	{ "icsf_scratch_of_the_engine", icsf_scratch_of_the_engine },
	{ "icsf_pks_engine_rsa", icsf_pks_engine_rsa },
	{ "icsf_pks_engine_decrypts", icsf_pks_engine_decrypts },
	{ "icsf_pks_key_of_3000_bytes", icsf_pks_key_of_3000_bytes },
	{ "icsf_pks_every_hook_call_fails_once",
		icsf_pks_every_hook_call_fails_once },
	{ "icsf_codes", icsf_codes },
	{ NULL, NULL },
};
