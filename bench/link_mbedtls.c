/*
 * link_mbedtls.c - mbedTLS in lockstep: DTLS renegotiation
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * DTLS 1.2, ECDHE with a P-256 certificate, AES-128-GCM; mbedTLS 2.28. Without
 * its headers (NO_MBEDTLS) there is no such contender.
 */
#include <string.h>

#include "link.h"

#ifdef NO_MBEDTLS

static int
absent(unsigned which)
{
	(void)which;
	return 0;
}

const struct gap mbedtls_full = { "mbedTLS, DTLS 1.2 renegotiation, full", 0,
	absent, NULL, NULL, NULL, NULL, NULL };

#else

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/ssl.h>
#include <mbedtls/x509_crt.h>

#define QUEUE 64

/* Datagrams on their way, by the end that reads them. */
static struct way {
	unsigned char data[QUEUE][2000];
	size_t len[QUEUE];
	unsigned put, got;
} ways[2];

static mbedtls_ssl_context ends[2]; /* client, server */
static mbedtls_ssl_config configs[2];
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static mbedtls_x509_crt certificate;
static mbedtls_pk_context key;

static int
send_to(void *ctx, const unsigned char *data, size_t len)
{
	struct way *w = (struct way *)ctx;

	need(len <= sizeof w->data[0] && w->put - w->got < QUEUE,
		"mbedTLS: too much at once");
	memcpy(w->data[w->put % QUEUE], data, len);
	w->len[w->put++ % QUEUE] = len;
	return (int)len;
}

static struct way *
way_to(const void *ctx)
{
	return &ways[ctx == &ways[0]];
}

/* ctx names the way out; the way in is the other. */
static int
receive(void *ctx, unsigned char *data, size_t len)
{
	struct way *w = way_to(ctx);
	size_t n = w->len[w->got % QUEUE];

	if (w->put == w->got) {
		return MBEDTLS_ERR_SSL_WANT_READ;
	}
	need(n <= len, "mbedTLS: too long");
	memcpy(data, w->data[w->got++ % QUEUE], n);
	return (int)n;
}

/* Nothing is lost, so nothing ever has to be repeated. */
static void
set_timer(void *ctx, uint32_t middle, uint32_t end)
{
	(void)middle;
	*(uint32_t *)ctx = end;
}

static int
get_timer(void *ctx)
{
	return *(uint32_t *)ctx == 0 ? -1 : 0;
}

static void
make_end(unsigned u)
{
	static const int suites[] = {
		MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, 0
	};
	static uint32_t timers[2];
	mbedtls_ssl_config *c = &configs[u];

	mbedtls_ssl_config_init(c);
	mbedtls_ssl_init(&ends[u]);
	need(mbedtls_ssl_config_defaults(c,
		     u ? MBEDTLS_SSL_IS_SERVER : MBEDTLS_SSL_IS_CLIENT,
		     MBEDTLS_SSL_TRANSPORT_DATAGRAM, MBEDTLS_SSL_PRESET_DEFAULT)
			== 0,
		"mbedTLS: no defaults");
	mbedtls_ssl_conf_authmode(c, MBEDTLS_SSL_VERIFY_NONE);
	mbedtls_ssl_conf_rng(c, mbedtls_ctr_drbg_random, &drbg);
	mbedtls_ssl_conf_ciphersuites(c, suites);
	mbedtls_ssl_conf_renegotiation(c, MBEDTLS_SSL_RENEGOTIATION_ENABLED);
	if (u) {
		mbedtls_ssl_conf_dtls_cookies(c, NULL, NULL, NULL);
		need(mbedtls_ssl_conf_own_cert(c, &certificate, &key) == 0,
			"mbedTLS does not take the key");
	}
	need(mbedtls_ssl_setup(&ends[u], c) == 0, "mbedTLS: no setup");
	mbedtls_ssl_set_timer_cb(&ends[u], &timers[u], set_timer, get_timer);
	mbedtls_ssl_set_bio(&ends[u], &ways[1 - u], send_to, receive, NULL);
}

static int
settled(unsigned which)
{
	(void)which;
	return ends[0].state == MBEDTLS_SSL_HANDSHAKE_OVER
		&& ends[1].state == MBEDTLS_SSL_HANDSHAKE_OVER;
}

static int
make(unsigned which)
{
	unsigned n;

	(void)which;
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&drbg);
	mbedtls_x509_crt_init(&certificate);
	mbedtls_pk_init(&key);
	need(mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL,
		     0) == 0,
		"mbedTLS: no randomness");
	need(mbedtls_x509_crt_parse(&certificate,
		     (const unsigned char *)bench_certificate,
		     strlen(bench_certificate) + 1)
				== 0
			&& mbedtls_pk_parse_key(&key,
				   (const unsigned char *)bench_key,
				   strlen(bench_key) + 1, NULL, 0)
				== 0,
		"mbedTLS does not read the key");
	make_end(0);
	make_end(1);
	for (n = 0; n < 100 && !settled(0); n++) {
		(void)mbedtls_ssl_handshake(&ends[0]);
		(void)mbedtls_ssl_handshake(&ends[1]);
	}
	need(settled(0), "mbedTLS: the handshake failed");
	return 1;
}

static unsigned
cycle(unsigned which)
{
	static unsigned char data[FRAME], in[FRAME + 1];
	unsigned refused = 0, u;

	(void)which;
	for (u = 0; u < 2; u++) {
		refused += mbedtls_ssl_write(&ends[u], data, sizeof data)
			!= (int)sizeof data;
		while (mbedtls_ssl_read(&ends[1 - u], in, sizeof in) > 0) {
		}
	}
	return refused;
}

static void
renegotiate(unsigned which)
{
	int status = mbedtls_ssl_renegotiate(&ends[0]);

	(void)which;
	need(status == 0 || status == MBEDTLS_ERR_SSL_WANT_READ,
		"mbedTLS: no renegotiation");
}

const struct gap mbedtls_full = { "mbedTLS, DTLS 1.2 renegotiation, full", 0,
	make, cycle, renegotiate, settled, NULL, NULL };

#endif
