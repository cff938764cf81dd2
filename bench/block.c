/*
 * block.c - sealing and opening blocks beside OpenSSL's CMS
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: block [readme|form]
 *
 * One recipient with a key of 2048 bits, named by its identifier; messages
 * of 1 KiB and 1 MiB, in memory. Every round goes through all contenders
 * before the next round starts, so that a slow spell of the machine hits
 * everyone; what counts is the median of the rounds, and that of the ratios
 * to the first contender of the same round. Prints a Markdown table for
 * each length, and one of the parts that they are made of; without an
 * argument the goals, too. readme: the tables alone. form: those with "-"
 * in place of each figure.
 *
 *   OpenSSL       certificate or private key read from DER, then CMS_encrypt
 *                 or CMS_decrypt, and the block to DER or from it
 *   OpenSSL kept  the same with the key objects made before
 *   seamkey       seamkey_block_seal(), seamkey_block_open(); keys in DER
 *
 * Each result is checked once before the rounds: what one seals all open.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/cms.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include "seamkey.h"

#define ROUNDS 51
#define LONG   (1ul << 20)

static void
need(int holds, const char *sentence)
{
	if (!holds) {
		fprintf(stderr, "bench: %s\n", sentence);
		exit(1);
	}
}

/* ---- keys and messages ------------------------------------------------- */

static unsigned char *priv_der, *pub_der, *cert_der;
static size_t priv_len, pub_len, cert_len;
static EVP_PKEY *kept_key;
static X509 *kept_cert;
static unsigned char message[LONG], block[LONG + 4096], opened[LONG + 4096];
static size_t message_len, block_len, opened_len;
static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;

static void
make_certificate(void)
{
	X509V3_CTX ctx;
	X509_EXTENSION *id;

	kept_cert = X509_new();
	X509V3_set_ctx(&ctx, kept_cert, kept_cert, NULL, NULL, 0);
	need(X509_set_version(kept_cert, 2) == 1
			&& ASN1_INTEGER_set(X509_get_serialNumber(kept_cert), 1)
				== 1
			&& X509_gmtime_adj(X509_getm_notBefore(kept_cert), 0)
			&& X509_gmtime_adj(X509_getm_notAfter(kept_cert), 86400)
			&& X509_set_pubkey(kept_cert, kept_key) == 1,
		"OpenSSL made no certificate");
	id = X509V3_EXT_conf_nid(
		NULL, &ctx, NID_subject_key_identifier, "hash");
	need(id != NULL && X509_add_ext(kept_cert, id, -1) == 1
			&& X509_sign(kept_cert, kept_key, EVP_sha256()) > 0,
		"OpenSSL signed no certificate");
	X509_EXTENSION_free(id);
}

static void
make_keys(void)
{
	PKCS8_PRIV_KEY_INFO *p8;
	int priv, pub, cert;

	kept_key = EVP_RSA_gen(2048);
	need(kept_key != NULL, "OpenSSL made no key");
	make_certificate();
	p8 = EVP_PKEY2PKCS8(kept_key);
	priv = i2d_PKCS8_PRIV_KEY_INFO(p8, &priv_der);
	pub = i2d_PUBKEY(kept_key, &pub_der);
	cert = i2d_X509(kept_cert, &cert_der);
	need(priv > 0 && pub > 0 && cert > 0, "OpenSSL wrote no key");
	priv_len = (size_t)priv;
	pub_len = (size_t)pub;
	cert_len = (size_t)cert;
	PKCS8_PRIV_KEY_INFO_free(p8);
}

/* ---- contenders -------------------------------------------------------- */

/* A cipher and a way to encrypt its key. */
static const struct method {
	const char *name;
	int cipher;
	const EVP_CIPHER *(*evp)(void);
	int padding;
} methods[] = {
	{ "AES-256-GCM", SEAMKEY_BLOCK_AES_256_GCM, EVP_aes_256_gcm,
		SEAMKEY_BLOCK_PKCS1 },
	{ "AES-256-GCM, OAEP", SEAMKEY_BLOCK_AES_256_GCM, EVP_aes_256_gcm,
		SEAMKEY_BLOCK_OAEP },
	{ "AES-128-CBC", SEAMKEY_BLOCK_AES_128_CBC, EVP_aes_128_cbc,
		SEAMKEY_BLOCK_PKCS1 },
	{ "AES-128-CBC, OAEP", SEAMKEY_BLOCK_AES_128_CBC, EVP_aes_128_cbc,
		SEAMKEY_BLOCK_OAEP },
};
#define METHODS (sizeof methods / sizeof methods[0])

static int
openssl_seal(const struct method *m, X509 *cert)
{
	const unsigned flags = CMS_BINARY | CMS_PARTIAL | CMS_USE_KEYID;
	BIO *in = BIO_new_mem_buf(message, (int)message_len);
	CMS_ContentInfo *cms = CMS_encrypt(NULL, in, m->evp(), flags);
	CMS_RecipientInfo *to = CMS_add1_recipient_cert(
		cms, cert, CMS_USE_KEYID | CMS_KEY_PARAM);
	EVP_PKEY_CTX *ctx = CMS_RecipientInfo_get0_pkey_ctx(to);
	unsigned char *p = block;
	int ok = ctx != NULL, len;

	if (m->padding == SEAMKEY_BLOCK_OAEP) {
		ok = ok
			&& EVP_PKEY_CTX_set_rsa_padding(
				   ctx, RSA_PKCS1_OAEP_PADDING)
				== 1
			&& EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1;
	}
	ok = ok && CMS_final(cms, in, NULL, flags) == 1;
	len = ok ? i2d_CMS_ContentInfo(cms, &p) : 0;
	block_len = len > 0 ? (size_t)len : 0;
	CMS_ContentInfo_free(cms);
	BIO_free(in);
	return len > 0;
}

static int
openssl_open(EVP_PKEY *key, X509 *cert)
{
	const unsigned char *p = block;
	CMS_ContentInfo *cms = d2i_CMS_ContentInfo(NULL, &p, (long)block_len);
	BIO *out = BIO_new(BIO_s_mem());
	int ok = CMS_decrypt(cms, key, cert, NULL, out, CMS_BINARY) == 1, n;

	n = ok ? BIO_read(out, opened, sizeof opened) : 0;
	opened_len = n > 0 ? (size_t)n : 0;
	BIO_free(out);
	CMS_ContentInfo_free(cms);
	return ok;
}

static int
kept_run(const struct method *m, int sealing)
{
	return sealing ? openssl_seal(m, kept_cert)
		       : openssl_open(kept_key, kept_cert);
}

static int
openssl_run(const struct method *m, int sealing)
{
	const unsigned char *p = cert_der, *q = priv_der;
	X509 *cert = d2i_X509(NULL, &p, (long)cert_len);
	EVP_PKEY *key = NULL;
	int ok;

	if (sealing) {
		ok = openssl_seal(m, cert);
	} else {
		key = d2i_AutoPrivateKey(NULL, &q, (long)priv_len);
		ok = openssl_open(key, cert);
	}
	EVP_PKEY_free(key);
	X509_free(cert);
	return ok;
}

static int
seamkey_run(const struct method *m, int sealing)
{
	seamkey_block_recipient to;
	seamkey_block_key key;

	if (sealing) {
		memset(&to, 0, sizeof to);
		to.key = seamkey_span_of(pub_der, pub_len);
		to.padding = m->padding;
		return seamkey_block_seal(&env, m->cipher, &to, 1,
			       seamkey_span_of(message, message_len), block,
			       sizeof block, &block_len)
			== SEAMKEY_OK;
	}
	memset(&key, 0, sizeof key);
	key.key = seamkey_span_of(priv_der, priv_len);
	return seamkey_block_open(&env, SEAMKEY_BLOCK_CBC, &key, 1,
		       seamkey_span_of(block, block_len), opened, sizeof opened,
		       &opened_len)
		== SEAMKEY_OK;
}

static const struct contender {
	const char *name;
	int (*run)(const struct method *m, int sealing);
} contenders[] = {
	{ "OpenSSL", openssl_run },
	{ "OpenSSL kept", kept_run },
	{ "seamkey", seamkey_run },
};
#define CONTENDERS (sizeof contenders / sizeof contenders[0])
#define SEAMKEY    (CONTENDERS - 1)

static void
check_results(void)
{
	size_t m, s, o;

	for (m = 0; m < METHODS; m++) {
		for (s = 0; s < CONTENDERS; s++) {
			need(contenders[s].run(&methods[m], 1),
				"a block was not sealed");
			for (o = 0; o < CONTENDERS; o++) {
				opened_len = 0;
				need(contenders[o].run(&methods[m], 0)
						&& opened_len == message_len
						&& memcmp(opened, message,
							   message_len)
							== 0,
					"a block was not opened");
			}
		}
	}
}

/* ---- rounds ------------------------------------------------------------ */

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

static double
median(double *times)
{
	qsort(times, ROUNDS, sizeof times[0], compare);
	return times[ROUNDS / 2];
}

/* The time of one call, from as many as take about two milliseconds. */
static double
time_one(const struct contender *c, const struct method *m, int opening)
{
	double start = now_us(), elapsed;
	unsigned calls = 0;

	do {
		need(c->run(m, !opening), "a call failed");
		calls++;
		elapsed = now_us() - start;
	} while (elapsed < 2000);
	return elapsed / calls;
}

static double times[CONTENDERS][METHODS][2][ROUNDS];

/* By length. The ratio to a contender of OpenSSL, with that in between. */
static double medians[2][CONTENDERS][METHODS][2];
static double ratios[2][2][CONTENDERS][METHODS][2];

static double
ratio_to(size_t first, size_t u, size_t m, size_t s)
{
	double each[ROUNDS];
	size_t r;

	for (r = 0; r < ROUNDS; r++) {
		each[r] = times[u][m][s][r] / times[first][m][s][r];
	}
	return median(each);
}

static void
run_rounds(size_t row)
{
	size_t u, m, r;

	check_results();
	for (r = 0; r < ROUNDS; r++) {
		for (m = 0; m < 2 * METHODS; m++) {
			for (u = 0; u < CONTENDERS; u++) {
				times[u][m / 2][m % 2][r] =
					time_one(&contenders[u],
						&methods[m / 2], (int)(m % 2));
			}
		}
	}
	for (m = 0; m < 2 * METHODS; m++) {
		for (u = 0; u < CONTENDERS; u++) {
			ratios[row][0][u][m / 2][m % 2] =
				ratio_to(0, u, m / 2, m % 2);
			ratios[row][1][u][m / 2][m % 2] =
				ratio_to(1, u, m / 2, m % 2);
		}
		for (u = 0; u < CONTENDERS; u++) { /* sorts the times */
			medians[row][u][m / 2][m % 2] =
				median(times[u][m / 2][m % 2]);
		}
	}
}

static void
print_table(const char *title, size_t row, int form)
{
	size_t u, m, s;

	printf("\n| %s, us per block (ratio) |", title);
	for (m = 0; m < METHODS; m++) {
		printf(" %s: seal | open |", methods[m].name);
	}
	printf("\n| --- |");
	for (m = 0; m < METHODS; m++) {
		printf(" ---: | ---: |");
	}
	printf("\n");
	for (u = 0; u < CONTENDERS; u++) {
		printf("| %s |", contenders[u].name);
		for (s = 0; s < 2 * METHODS; s++) {
			if (form) {
				printf(" - |");
				continue;
			}
			printf(" %.1f (%.2f) |", medians[row][u][s / 2][s % 2],
				ratios[row][0][u][s / 2][s % 2]);
		}
		printf("\n");
	}
}

/* ---- parts ------------------------------------------------------------- */

static unsigned char key[32], iv[16], wrapped[2][256], tag[16];

/* The same key in both hands; as RSA alone, without reading it: kept. */
static void
rsa_openssl(int oaep, int encrypting)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(kept_key, NULL);
	size_t len = 256;
	int ok = (encrypting ? EVP_PKEY_encrypt_init : EVP_PKEY_decrypt_init)(
			 ctx)
		== 1;

	if (oaep) {
		ok &= EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING)
				== 1
			&& EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1;
	}
	ok = ok
		&& (encrypting ? EVP_PKEY_encrypt(
			    ctx, wrapped[oaep], &len, key, sizeof key)
			       : EVP_PKEY_decrypt(
				       ctx, opened, &len, wrapped[oaep], 256))
			== 1;
	EVP_PKEY_CTX_free(ctx);
	need(ok, "OpenSSL's RSA failed");
}

static void
rsa_seamkey(int oaep, int encrypting)
{
	seamkey_span k = seamkey_span_of(key, sizeof key);
	seamkey_span pub = seamkey_span_of(pub_der, pub_len);
	seamkey_span priv = seamkey_span_of(priv_der, priv_len);
	seamkey_span ct = seamkey_span_of(wrapped[oaep], 256);
	size_t len = 0;
	int status;

	if (encrypting) {
		status =
			(oaep ? seamkey_rsa_encrypt_oaep : seamkey_rsa_encrypt)(
				&env, wrapped[oaep], 256, &len, k, pub);
	} else {
		status =
			(oaep ? seamkey_rsa_decrypt_oaep : seamkey_rsa_decrypt)(
				&env, opened, sizeof key, ct, priv);
	}
	need(status == SEAMKEY_OK, "RSA failed");
}

/* The content of a block of 1 MiB, in place. */
static void
content_openssl(int cbc, int encrypting)
{
	static EVP_CIPHER_CTX *ctx;
	int n, ok;

	ctx = ctx != NULL ? ctx : EVP_CIPHER_CTX_new();
	ok = EVP_CipherInit_ex(ctx, cbc ? EVP_aes_128_cbc() : EVP_aes_256_gcm(),
		     NULL, key, iv, encrypting)
			== 1
		&& EVP_CipherUpdate(ctx, opened, &n, opened, (int)LONG) == 1;
	if (ok && !cbc && encrypting) {
		ok = EVP_CipherFinal_ex(ctx, opened + n, &n) == 1
			&& EVP_CIPHER_CTX_ctrl(
				   ctx, EVP_CTRL_AEAD_GET_TAG, 16, tag)
				== 1;
	}
	need(ok, "EVP failed");
}

static void
content_seamkey(int cbc, int encrypting)
{
	static seamkey_i_block_content c;

	seamkey_i_block_start(&c,
		cbc ? SEAMKEY_BLOCK_AES_128_CBC : SEAMKEY_BLOCK_AES_256_GCM,
		key, iv, encrypting);
	if (!cbc) {
		br_gcm_run(&c.gcm, encrypting, opened, LONG);
		br_gcm_get_tag(&c.gcm, tag);
	} else if (encrypting) {
		c.keys.enc.vtable->run(&c.keys.enc.vtable, c.iv, opened, LONG);
	} else {
		c.keys.dec.vtable->run(&c.keys.dec.vtable, c.iv, opened, LONG);
	}
}

static const struct part {
	const char *name;
	void (*run[2])(int which, int encrypting);
	int which, encrypting;
} parts[] = {
	{ "RSA-2048, encrypt", { rsa_openssl, rsa_seamkey }, 0, 1 },
	{ "RSA-2048, decrypt", { rsa_openssl, rsa_seamkey }, 0, 0 },
	{ "RSA-2048, OAEP, encrypt", { rsa_openssl, rsa_seamkey }, 1, 1 },
	{ "RSA-2048, OAEP, decrypt", { rsa_openssl, rsa_seamkey }, 1, 0 },
	{ "AES-256-GCM of 1 MiB, seal", { content_openssl, content_seamkey }, 0,
		1 },
	{ "AES-256-GCM of 1 MiB, open", { content_openssl, content_seamkey }, 0,
		0 },
	{ "AES-128-CBC of 1 MiB, encrypt", { content_openssl, content_seamkey },
		1, 1 },
	{ "AES-128-CBC of 1 MiB, decrypt", { content_openssl, content_seamkey },
		1, 0 },
};
#define PARTS (sizeof parts / sizeof parts[0])

static void
parts_row(const struct part *p, int form)
{
	static double t[2][ROUNDS];
	double m[2];
	size_t r, u;

	for (r = 0; r < ROUNDS && !form; r++) {
		for (u = 0; u < 2; u++) {
			double start = now_us();
			unsigned calls = 0;

			do {
				p->run[u](p->which, p->encrypting);
				calls++;
			} while (now_us() - start < 2000);
			t[u][r] = (now_us() - start) / calls;
		}
	}
	if (form) {
		printf("| %s | - | - | - |\n", p->name);
		return;
	}
	m[0] = median(t[0]);
	m[1] = median(t[1]);
	printf("| %s | %.1f | %.1f | %.2f |\n", p->name, m[0], m[1],
		m[1] / m[0]);
}

static void
parts_table(int form)
{
	size_t u;

	printf("\n| Parts, us | OpenSSL kept | seamkey | ratio |\n"
	       "| --- | ---: | ---: | ---: |\n");
	for (u = 0; u < PARTS; u++) {
		parts_row(&parts[u], form);
	}
}

/* ---- goals ------------------------------------------------------------- */

/* Throughput of sealing and opening, both contenders of OpenSSL. */
static void
goals(const char *title, size_t row)
{
	size_t m, s;

	for (m = 0; m < METHODS; m++) {
		for (s = 0; s < 2; s++) {
			const char *what = s == 0 ? "seal" : "open";
			double first = 1 / ratios[row][0][SEAMKEY][m][s];
			double second = 1 / ratios[row][1][SEAMKEY][m][s];

			printf("%s: throughput to OpenSSL's, %s, %s, %s: "
			       "%.2f (to kept: %.2f), wanted at least 1.00\n",
				first >= 1 ? "reached" : "not reached", title,
				methods[m].name, what, first, second);
		}
	}
}

int
main(int argc, char **argv)
{
	static const struct {
		const char *title;
		size_t len;
	} rows[] = { { "1 KiB", 1024 }, { "1 MiB", LONG } };
	int form = argc == 2 && strcmp(argv[1], "form") == 0;
	int brief = form || (argc == 2 && strcmp(argv[1], "readme") == 0);
	size_t u;

	need(argc == 1 || brief, "usage: block [readme|form]");
	need(seamkey_random_init(&env.random, &drbg) == SEAMKEY_OK,
		"no randomness");
	if (!form) {
		make_keys();
	}
	memset(message, 0x5A, sizeof message);
	for (u = 0; u < 2; u++) {
		message_len = rows[u].len;
		if (!form) {
			run_rounds(u);
		}
		print_table(rows[u].title, u, form);
	}
	parts_table(form);
	if (!brief) {
		printf("\n");
		goals(rows[0].title, 0);
		goals(rows[1].title, 1);
	}
	return 0;
}
