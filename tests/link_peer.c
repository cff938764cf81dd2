/*
 * link_peer.c - one end of a link, driven by lines of text
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A request a line on standard input, an answer a line on standard output;
 * octets in hex, none at all as "-". tests/peer.py speaks with it.
 *
 *   init ROLE SUITE MODE LAYOUT BITS COUNTER AD SLOTS SIGNED DELAY
 *                          COUNTER 0: the carrier's; DELAY: the longest
 *   key                    -> SubjectPublicKeyInfo of this end
 *   peer HEX               SubjectPublicKeyInfo of the other end
 *   start, rekey KIND, work NOW (all that is due), put HEX
 *   take                   -> 0 and the message
 *   seal COUNTER AD PLAIN  -> 0 and the frame
 *   open COUNTER AD FRAME  -> 0 and the plaintext
 *   skip N                 uses up N counters
 *   state                  -> up settled m c, rekeys of each kind, starts
 *
 * Each answer begins with a status, as the library has it.
 */
#include <bearssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "keys.h"
#include "seamkey_link.h"
#include "seamkey_rsa.h"

#define FIELDS    12
#define BYTES_MAX 2048

struct field {
	const char *text; /* of a line */
	unsigned char bytes[BYTES_MAX];
	size_t len;
};

static struct peer {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_aead aead;
	seamkey_slot slot[8];
	uint64_t contexts[2 * 8 * 64];
	br_hmac_drbg_context drbg;
	unsigned char peer[BYTES_MAX]; /* SubjectPublicKeyInfo */
	size_t peer_len;
} me;

static struct field field[FIELDS];

/* ---- hooks ----------------------------------------------------------- */

static int
get_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 32 octets...", 32);
	return SEAMKEY_OK;
}

static int
sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	(void)ctx;
	return seamkey_rsa_sign_hash(NULL, sig, cap, len, br_sha256_ID,
		seamkey_span_of(hash, 32),
		seamkey_span_of(key_2048, sizeof key_2048));
}

static int
verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	(void)ctx;
	return seamkey_rsa_verify_hash(NULL, sig, br_sha256_ID,
		seamkey_span_of(hash, 32),
		seamkey_span_of(me.peer, me.peer_len));
}

static void
identity(const unsigned char *key, size_t len, unsigned char *out)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, key, len);
	br_sha256_out(&sha, out);
}

/* ---- lines ----------------------------------------------------------- */

static int
nibble(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c == 0 ? NULL : strchr(digits, c);

	return at == NULL ? -1 : (int)(at - digits);
}

/* Octets where the text is hex, else none. */
static void
read_hex(struct field *f)
{
	const char *p = f->text;

	for (f->len = 0; f->len < BYTES_MAX; f->len++, p += 2) {
		int high = nibble(p[0]);
		int low = high < 0 ? -1 : nibble(p[1]);

		if (low < 0) {
			return;
		}
		f->bytes[f->len] = (unsigned char)(high << 4 | low);
	}
}

static uint64_t
number(unsigned n)
{
	return strtoull(field[n].text, NULL, 10);
}

static seamkey_span
bytes(unsigned n)
{
	read_hex(&field[n]);
	return seamkey_span_of(field[n].bytes, field[n].len);
}

static void
answer(int status, const unsigned char *p, size_t len)
{
	size_t u;

	printf("%d", status);
	if (status == SEAMKEY_OK && p != NULL) {
		printf(len == 0 ? " -" : " ");
		for (u = 0; u < len; u++) {
			printf("%02x", (unsigned)p[u]);
		}
	}
	printf("\n");
	fflush(stdout);
}

/* ---- requests -------------------------------------------------------- */

static int
init(void)
{
	seamkey_link_config *cfg = &me.cfg;
	int status;

	memset(cfg, 0, sizeof *cfg);
	status = seamkey_aead_bearssl(&me.aead, (unsigned)number(2));
	cfg->aead = &me.aead;
	cfg->role = (uint8_t)number(1);
	cfg->mode = (uint8_t)number(3);
	cfg->layout = (uint8_t)number(4);
	cfg->id_bits = (uint8_t)number(5);
	cfg->counter_octets =
		number(6) == 0 ? SEAMKEY_LINK_CARRIER_COUNTER : (int)number(6);
	cfg->ad_len = (uint16_t)number(7);
	cfg->max_plain = 64;
	cfg->one_context = 1;
	cfg->send_min = cfg->send_max = 1;
	cfg->peer_min = cfg->peer_max = 1;
	cfg->losses = 20;
	cfg->delay_max = (uint32_t)number(10);
	cfg->retry = 8;
	cfg->pause = cfg->start_interval = 16;
	me.auth.psk = number(9) != 0 ? NULL : get_psk;
	me.auth.sign = sign;
	me.auth.verify = verify;
	identity(key_2048_public, sizeof key_2048_public, me.auth.own);
	if (status == SEAMKEY_OK) {
		status = seamkey_random_init(&cfg->random, &me.drbg);
	}
	return status != SEAMKEY_OK
		? status
		: seamkey_link_init(&me.link, cfg, &me.auth, NULL, 7, me.slot,
			(unsigned)number(8), me.contexts, sizeof me.contexts);
}

static int
work(uint64_t now)
{
	int status;

	do {
		status = seamkey_link_work(&me.link, now);
	} while (status == SEAMKEY_AGAIN);
	return status;
}

static void
frame(int seal)
{
	unsigned char out[BYTES_MAX];
	seamkey_span ad = bytes(2), in = bytes(3);
	uint64_t counter = number(1);
	size_t len = 0;
	int status = seal ? seamkey_link_seal_counted(&me.link, counter, ad,
			     in.p, in.len, out, sizeof out, &len)
			  : seamkey_link_open_counted(&me.link, counter, ad,
				  in.p, in.len, out, sizeof out, &len);

	answer(status, out, len);
}

static int
skip(uint64_t n)
{
	unsigned char ad[8] = { 0 }, out[64];
	size_t len;
	int status = SEAMKEY_OK;

	while (n-- > 0 && status == SEAMKEY_OK) {
		status = seamkey_link_seal(&me.link,
			seamkey_span_of(ad, me.cfg.ad_len), NULL, 0, out,
			sizeof out, &len);
	}
	return status;
}

static void
state(void)
{
	const seamkey_link *l = &me.link;

	printf("0 %d %d %llu %llu %llu %llu %llu\n", seamkey_link_is_up(l),
		seamkey_link_is_settled(l), (unsigned long long)l->m,
		(unsigned long long)l->c,
		(unsigned long long)l->worked.rekeys_0rtt,
		(unsigned long long)l->worked.rekeys_nrtt,
		(unsigned long long)l->worked.starts);
	fflush(stdout);
}

static void
take(void)
{
	unsigned char out[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len = 0;
	int status = seamkey_link_take(&me.link, out, sizeof out, &len);

	answer(status, out, len);
}

static void
serve(const char *what)
{
	seamkey_span in;

	if (strcmp(what, "init") == 0) {
		answer(init(), NULL, 0);
	} else if (strcmp(what, "key") == 0) {
		answer(0, key_2048_public, sizeof key_2048_public);
	} else if (strcmp(what, "peer") == 0) {
		in = bytes(1);
		memcpy(me.peer, in.p, in.len);
		me.peer_len = in.len;
		identity(me.peer, me.peer_len, me.auth.peer);
		answer(0, NULL, 0);
	} else if (strcmp(what, "start") == 0) {
		answer(seamkey_link_start(&me.link), NULL, 0);
	} else if (strcmp(what, "rekey") == 0) {
		answer(seamkey_link_rekey(&me.link, (int)number(1)), NULL, 0);
	} else if (strcmp(what, "work") == 0) {
		answer(work(number(1)), NULL, 0);
	} else if (strcmp(what, "take") == 0) {
		take();
	} else if (strcmp(what, "put") == 0) {
		in = bytes(1);
		answer(seamkey_link_put(&me.link, in.p, in.len), NULL, 0);
	} else if (strcmp(what, "seal") == 0 || strcmp(what, "open") == 0) {
		frame(what[0] == 's');
	} else if (strcmp(what, "skip") == 0) {
		answer(skip(number(1)), NULL, 0);
	} else if (strcmp(what, "state") == 0) {
		state();
	} else {
		answer(SEAMKEY_ERR_UNSUPPORTED, NULL, 0);
	}
}

int
main(void)
{
	static char line[4 * BYTES_MAX];
	unsigned n;

	while (fgets(line, sizeof line, stdin) != NULL) {
		char *p = strtok(line, " \n");

		for (n = 0; n < FIELDS; n++) {
			field[n].text = p == NULL ? "" : p;
			p = p == NULL ? NULL : strtok(NULL, " \n");
		}
		serve(field[0].text);
	}
	seamkey_link_end(&me.link);
	return 0;
}
