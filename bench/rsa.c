/*
 * rsa.c - the four services beside OpenSSL, the key read from DER each time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Every round goes through all contenders before the next round starts, so
 * that a slow spell of the machine hits everyone; what counts is the
 * median of the rounds, and its ratio to the first contender's. Prints a
 * Markdown table for each size of key; "rsa form" prints them with "-" in
 * place of each figure, and times nothing.
 *
 *   OpenSSL d2i       d2i_AutoPrivateKey or d2i_PUBKEY, then EVP
 *   OpenSSL decoder   OSSL_DECODER, then EVP
 *   OpenSSL kept      the key object made before; what a cache would give
 *   seamkey           the services of seamkey_rsa.h
 *   BearSSL in it     the same with BearSSL's best as the engine; results
 *                     are checked by the software of the line before
 *
 * Each result is checked once before the rounds: the signatures are equal,
 * and what one encrypts another decrypts.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/decoder.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include "seamkey.h"

#define ROUNDS 21

enum service {
	SIGN,
	VERIFY,
	ENCRYPT,
	DECRYPT,
	SERVICES
};
static const char *const service_names[SERVICES] = { "sign", "verify",
	"encrypt", "decrypt" };

/* The key under test and what the services work on. */
static unsigned char *priv_der, *pub_der;
static size_t priv_len, pub_len;
static EVP_PKEY *kept;
static unsigned char digest[32], sig[512], ct[512], out[512];
static size_t size, out_len;
static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;

static void
need(int holds, const char *sentence)
{
	if (!holds) {
		fprintf(stderr, "bench: %s\n", sentence);
		exit(1);
	}
}

/* ---- OpenSSL: three ways to a key, one way to use it ------------------ */

static EVP_PKEY *
by_d2i(int private_key)
{
	const unsigned char *p = private_key ? priv_der : pub_der;

	return private_key ? d2i_AutoPrivateKey(NULL, &p, (long)priv_len)
			   : d2i_PUBKEY(NULL, &p, (long)pub_len);
}

static EVP_PKEY *
by_decoder(int private_key)
{
	const unsigned char *p = private_key ? priv_der : pub_der;
	size_t len = private_key ? priv_len : pub_len;
	EVP_PKEY *key = NULL;
	OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&key, "DER",
		private_key ? "PrivateKeyInfo" : "SubjectPublicKeyInfo", "RSA",
		private_key ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY, NULL,
		NULL);

	need(ctx != NULL && OSSL_DECODER_from_data(ctx, &p, &len) == 1,
		"OSSL_DECODER did not read the key");
	OSSL_DECODER_CTX_free(ctx);
	return key;
}

static EVP_PKEY *
by_keeping(int private_key)
{
	(void)private_key;
	EVP_PKEY_up_ref(kept);
	return kept;
}

static int
openssl_run(enum service service, EVP_PKEY *(*get)(int private_key))
{
	EVP_PKEY *key = get(service == SIGN || service == DECRYPT);
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(key, NULL);
	int ok = 0;

	out_len = sizeof out;
	switch (service) {
	case SIGN:
		ok = EVP_PKEY_sign_init(ctx) == 1
			&& EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1
			&& EVP_PKEY_sign(ctx, out, &out_len, digest, 32) == 1;
		break;
	case VERIFY:
		ok = EVP_PKEY_verify_init(ctx) == 1
			&& EVP_PKEY_CTX_set_signature_md(ctx, EVP_sha256()) == 1
			&& EVP_PKEY_verify(ctx, sig, size, digest, 32) == 1;
		break;
	case ENCRYPT:
		ok = EVP_PKEY_encrypt_init(ctx) == 1
			&& EVP_PKEY_encrypt(ctx, out, &out_len, digest, 32)
				== 1;
		break;
	default:
		ok = EVP_PKEY_decrypt_init(ctx) == 1
			&& EVP_PKEY_decrypt(ctx, out, &out_len, ct, size) == 1;
		break;
	}
	EVP_PKEY_CTX_free(ctx);
	EVP_PKEY_free(key);
	return ok;
}

static int
run_d2i(enum service service)
{
	return openssl_run(service, by_d2i);
}

static int
run_decoder(enum service service)
{
	return openssl_run(service, by_decoder);
}

static int
run_kept(enum service service)
{
	return openssl_run(service, by_keeping);
}

/* ---- seamkey ---------------------------------------------------------- */

static int
run_with(const seamkey_rsa_env *e, enum service service)
{
	seamkey_span priv = seamkey_span_of(priv_der, priv_len);
	seamkey_span pub = seamkey_span_of(pub_der, pub_len);
	seamkey_span hash = seamkey_span_of(digest, 32);

	switch (service) {
	case SIGN:
		return seamkey_rsa_sign_hash(e, out, sizeof out, &out_len,
			       SEAMKEY_SHA256, hash, priv)
			== SEAMKEY_OK;
	case VERIFY:
		return seamkey_rsa_verify_hash(e, seamkey_span_of(sig, size),
			       SEAMKEY_SHA256, hash, pub)
			== SEAMKEY_OK;
	case ENCRYPT:
		return seamkey_rsa_encrypt(
			       e, out, sizeof out, &out_len, hash, pub)
			== SEAMKEY_OK;
	default:
		out_len = 32;
		return seamkey_rsa_decrypt(
			       e, out, 32, seamkey_span_of(ct, size), priv)
			== SEAMKEY_OK;
	}
}

static int
run_seamkey(enum service service)
{
	return run_with(&env, service);
}

static int
run_bearssl(enum service service)
{
	seamkey_rsa_bearssl fn;
	seamkey_rsa_env e = env;

	fn.private_op = br_rsa_private_get_default();
	fn.public_op = br_rsa_public_get_default();
	e.engine.drv = seamkey_rsa_driver_bearssl();
	e.engine.dev = &fn;
	e.engine.fail_closed = 1;
	return run_with(&e, service);
}

/* ---- rounds ------------------------------------------------------------ */

static const struct contender {
	const char *name;
	int (*run)(enum service service);
} contenders[] = {
	{ "OpenSSL d2i", run_d2i },
	{ "OpenSSL decoder", run_decoder },
	{ "OpenSSL kept", run_kept },
	{ "seamkey", run_seamkey },
	{ "BearSSL in it", run_bearssl },
};
#define CONTENDERS (sizeof contenders / sizeof contenders[0])

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* The time of one call, from as many as take about two milliseconds. */
static double
time_one(const struct contender *c, enum service service)
{
	double start = now_us(), elapsed;
	unsigned calls = 0;

	do {
		need(c->run(service), "a service failed");
		calls++;
		elapsed = now_us() - start;
	} while (elapsed < 2000);
	return elapsed / calls;
}

static void
make_key(unsigned bits)
{
	PKCS8_PRIV_KEY_INFO *p8;
	int len;

	kept = EVP_RSA_gen(bits);
	need(kept != NULL, "OpenSSL made no key");
	p8 = EVP_PKEY2PKCS8(kept);
	len = i2d_PKCS8_PRIV_KEY_INFO(p8, &priv_der);
	need(len > 0, "OpenSSL wrote no key");
	priv_len = (size_t)len;
	len = i2d_PUBKEY(kept, &pub_der);
	need(len > 0, "OpenSSL wrote no public key");
	pub_len = (size_t)len;
	PKCS8_PRIV_KEY_INFO_free(p8);
	size = bits / 8;
}

static void
free_key(void)
{
	OPENSSL_free(priv_der);
	OPENSSL_free(pub_der);
	EVP_PKEY_free(kept);
	priv_der = pub_der = NULL;
}

/* All agree before anything is timed. */
static void
check_results(void)
{
	size_t u;

	need(run_seamkey(SIGN), "seamkey did not sign");
	memcpy(sig, out, size);
	for (u = 0; u < CONTENDERS; u++) {
		need(contenders[u].run(SIGN) && memcmp(sig, out, size) == 0,
			"the signatures differ");
		need(contenders[u].run(VERIFY), "a signature did not verify");
		need(contenders[u].run(ENCRYPT), "encryption failed");
		memcpy(ct, out, size);
		need(run_seamkey(DECRYPT) && memcmp(out, digest, 32) == 0,
			"seamkey did not decrypt it");
		need(run_kept(DECRYPT) && out_len == 32
				&& memcmp(out, digest, 32) == 0,
			"OpenSSL did not decrypt it");
	}
}

static double times[CONTENDERS][SERVICES][ROUNDS];

static void
run_rounds(unsigned bits)
{
	size_t u, s, r;

	make_key(bits);
	check_results();
	for (r = 0; r < ROUNDS; r++) {
		for (u = 0; u < CONTENDERS; u++) {
			for (s = 0; s < SERVICES; s++) {
				times[u][s][r] = time_one(
					&contenders[u], (enum service)s);
			}
		}
	}
	free_key();
}

static void
print_table(unsigned bits, int form)
{
	size_t u, s;

	printf("\n| RSA-%u, us per call (ratio) |", bits);
	for (s = 0; s < SERVICES; s++) {
		printf(" %s |", service_names[s]);
	}
	printf("\n| --- | ---: | ---: | ---: | ---: |\n");
	for (u = 0; u < CONTENDERS; u++) {
		printf("| %s |", contenders[u].name);
		for (s = 0; s < SERVICES; s++) {
			qsort(times[u][s], ROUNDS, sizeof times[u][s][0],
				compare);
			if (form) {
				printf(" - |");
				continue;
			}
			printf(" %.1f (%.2f) |", times[u][s][ROUNDS / 2],
				times[u][s][ROUNDS / 2]
					/ times[0][s][ROUNDS / 2]);
		}
		printf("\n");
	}
}

int
main(int argc, char **argv)
{
	static const unsigned sizes[] = { 2048, 3072, 4096 };
	int form = argc == 2 && strcmp(argv[1], "form") == 0;
	size_t u;

	need(argc == 1 || form, "usage: rsa [form]");
	need(seamkey_random_init(&env.random, &drbg) == SEAMKEY_OK,
		"no randomness");
	memset(digest, 0x5A, sizeof digest);
	printf("%s; medians of %d interleaved rounds\n",
		OpenSSL_version(OPENSSL_VERSION), ROUNDS);
	for (u = 0; u < sizeof sizes / sizeof sizes[0]; u++) {
		if (!form) {
			run_rounds(sizes[u]);
		}
		print_table(sizes[u], form);
	}
	return 0;
}
