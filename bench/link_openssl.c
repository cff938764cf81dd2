/*
 * link_openssl.c - OpenSSL in lockstep: KeyUpdate and DTLS renegotiation
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * TLS 1.3 with KeyUpdate of both directions; DTLS 1.2 with an abbreviated
 * and a full renegotiation, ECDHE with a P-256 certificate. AES-128-GCM.
 * What the one end writes is in the other's memory, and there at once.
 */
#include <stdlib.h>
#include <string.h>

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "link.h"

char *bench_key, *bench_certificate;

#define CONNECTIONS 3
static SSL *connections[CONNECTIONS][2]; /* client, server */

static char *
text_of(BIO *bio)
{
	char *data, *text;
	long len = BIO_get_mem_data(bio, &data);

	text = (char *)calloc(1, (size_t)len + 1);
	if (text == NULL) {
		exit(1);
	}
	memcpy(text, data, (size_t)len);
	BIO_free(bio);
	return text;
}

static void
make_certificate(EVP_PKEY **key, X509 **x)
{
	static EVP_PKEY *kept;
	static X509 *certificate;
	BIO *k, *c;

	if (kept == NULL) {
		kept = EVP_EC_gen("P-256");
		certificate = X509_new();
		need(kept != NULL && certificate != NULL, "no key");
		X509_set_version(certificate, 2);
		ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
		X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
		X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
		X509_set_pubkey(certificate, kept);
		X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate),
			"CN", MBSTRING_ASC, (const unsigned char *)"bench", -1,
			-1, 0);
		X509_set_issuer_name(
			certificate, X509_get_subject_name(certificate));
		need(X509_sign(certificate, kept, EVP_sha256()) > 0,
			"no certificate");
		k = BIO_new(BIO_s_mem());
		c = BIO_new(BIO_s_mem());
		PEM_write_bio_PrivateKey(k, kept, NULL, NULL, 0, NULL, NULL);
		PEM_write_bio_X509(c, certificate);
		bench_key = text_of(k);
		bench_certificate = text_of(c);
	}
	*key = kept;
	*x = certificate;
}

static void
configure(SSL_CTX *ctx, int dtls)
{
	EVP_PKEY *key;
	X509 *x;

	make_certificate(&key, &x);
	need(SSL_CTX_use_certificate(ctx, x) == 1
			&& SSL_CTX_use_PrivateKey(ctx, key) == 1,
		"OpenSSL does not take the key");
	SSL_CTX_set_options(
		ctx, SSL_OP_ALLOW_CLIENT_RENEGOTIATION | SSL_OP_NO_QUERY_MTU);
	if (dtls) {
		SSL_CTX_set_max_proto_version(ctx, DTLS1_2_VERSION);
		SSL_CTX_set_cipher_list(ctx, "ECDHE-ECDSA-AES128-GCM-SHA256");
	} else {
		SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION);
		SSL_CTX_set_ciphersuites(ctx, "TLS_AES_128_GCM_SHA256");
	}
}

static void
handshake(SSL **ends)
{
	char data[FRAME];
	unsigned n;

	for (n = 0; n < 50; n++) {
		(void)SSL_do_handshake(ends[0]);
		(void)SSL_do_handshake(ends[1]);
	}
	need(SSL_is_init_finished(ends[0]) && SSL_is_init_finished(ends[1]),
		"OpenSSL: the handshake failed");
	(void)SSL_read(ends[0], data, sizeof data); /* tickets */
}

static int
make(unsigned which, int dtls)
{
	SSL **ends = connections[which];
	BIO *way[2];
	unsigned u;

	for (u = 0; u < 2; u++) {
		way[u] = BIO_new(BIO_s_mem());
		BIO_set_mem_eof_return(way[u], -1);
	}
	for (u = 0; u < 2; u++) {
		SSL_CTX *ctx = SSL_CTX_new(dtls ? DTLS_method() : TLS_method());

		configure(ctx, dtls);
		ends[u] = SSL_new(ctx);
		SSL_CTX_free(ctx);
		BIO_up_ref(way[u]);
		BIO_up_ref(way[1 - u]);
		SSL_set_bio(ends[u], way[u], way[1 - u]);
		if (dtls) {
			SSL_set_mtu(ends[u], 16000);
		}
	}
	SSL_set_connect_state(ends[0]);
	SSL_set_accept_state(ends[1]);
	handshake(ends);
	return 1;
}

static int
make_tls(unsigned which)
{
	return make(which, 0);
}

static int
make_dtls(unsigned which)
{
	return make(which, 1);
}

/* A frame each way; what a handshake sends goes along. */
static unsigned
cycle(unsigned which)
{
	SSL **ends = connections[which];
	static char data[FRAME], in[FRAME + 1];
	unsigned refused = 0, u;

	for (u = 0; u < 2; u++) {
		refused += SSL_write(ends[u], data, sizeof data)
			!= (int)sizeof data;
		while (SSL_read(ends[1 - u], in, sizeof in) > 0) {
		}
	}
	return refused;
}

static void
update(unsigned which)
{
	need(SSL_key_update(connections[which][0], SSL_KEY_UPDATE_REQUESTED)
			== 1,
		"no KeyUpdate");
}

static void
renegotiate_abbreviated(unsigned which)
{
	need(SSL_renegotiate_abbreviated(connections[which][0]) == 1,
		"no renegotiation");
}

static void
renegotiate(unsigned which)
{
	need(SSL_renegotiate(connections[which][0]) == 1, "no renegotiation");
}

static int
settled(unsigned which)
{
	SSL **ends = connections[which];

	return SSL_is_init_finished(ends[0]) && SSL_is_init_finished(ends[1])
		&& !SSL_renegotiate_pending(ends[0]);
}

const struct gap openssl_update = { "OpenSSL, TLS 1.3 KeyUpdate", 0, make_tls,
	cycle, update, settled, NULL, NULL };
const struct gap openssl_abbreviated = {
	"OpenSSL, DTLS 1.2 renegotiation, abbreviated", 1, make_dtls, cycle,
	renegotiate_abbreviated, settled, NULL, NULL
};
const struct gap openssl_full = { "OpenSSL, DTLS 1.2 renegotiation, full", 2,
	make_dtls, cycle, renegotiate, settled, NULL, NULL };
