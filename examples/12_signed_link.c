/*
 * 12_signed_link.c - a link whose ends know each other by RSA keys
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: no key is shared before. Each end has a private key of its
 * own, and knows the other by its public key: with signatures they agree on
 * the keys of a link. An end that waits for somebody else gets no link.
 *
 * What to copy: sign(), verify(), identity(), init_end(). A signature takes
 * its time: a hook that has it made elsewhere returns SEAMKEY_AGAIN.
 *
 * What is faked: the network, the clock, and the key, which is everyone's
 * and here that of both ends.
 */
#include <bearssl.h>
#include <stdio.h>

#include "seamkey.h"

#include "demo_key.h"

struct end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_span private_key, peer_key; /* the hooks' */
	seamkey_slot slot[2];
	uint64_t contexts[2 * 2 * (SEAMKEY_AEAD_CONTEXT / 8 + 1)];
};

static struct end plc, valve; /* initiator and follower */
static seamkey_aead aead;
static seamkey_random entropy;

static int
sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	const struct end *e = (const struct end *)ctx;

	return seamkey_rsa_sign_hash(NULL, sig, cap, len, SEAMKEY_SHA256,
		seamkey_span_of(hash, 32), e->private_key);
}

static int
verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	const struct end *e = (const struct end *)ctx;

	return seamkey_rsa_verify_hash(NULL, sig, SEAMKEY_SHA256,
		seamkey_span_of(hash, 32), e->peer_key);
}

/* Who an end is: the hash of its SubjectPublicKeyInfo. */
static void
identity(unsigned char *id, seamkey_span public_key)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, public_key.p, public_key.len);
	br_sha256_out(&sha, id);
}

/* Times are in microseconds: a frame per millisecond, there within two. */
static int
init_end(struct end *e, uint8_t role, seamkey_span private_key,
	seamkey_span public_key, seamkey_span peer_key)
{
	memset(e, 0, sizeof *e);
	e->private_key = private_key;
	e->peer_key = peer_key;
	e->auth.sign = sign;
	e->auth.verify = verify;
	e->auth.ctx = e;
	identity(e->auth.own, public_key);
	identity(e->auth.peer, peer_key);
	e->cfg.aead = &aead;
	e->cfg.role = role;
	e->cfg.one_context = 1; /* one thread */
	e->cfg.send_min = e->cfg.send_max = 1000;
	e->cfg.peer_min = e->cfg.peer_max = 1000;
	e->cfg.delay_max = 2000;
	e->cfg.random = entropy;
	return seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 1, e->slot,
		2, e->contexts, sizeof e->contexts);
}

/* One cycle of an end: a frame, if there is a key, and background work. What
 * the other end refuses is as good as lost. */
static void
turn(struct end *e, struct end *other, uint64_t now)
{
	unsigned char io[8] = "valve 4", out[SEAMKEY_LINK_MESSAGE_MAX];
	seamkey_span ad = seamkey_span_of(NULL, 0);
	size_t len;

	if (seamkey_link_seal(
		    &e->link, ad, io, sizeof io, out, sizeof out, &len)
		== SEAMKEY_OK) {
		(void)seamkey_link_open(
			&other->link, ad, out, len, io, sizeof io, &len);
	}
	while (seamkey_link_work(&e->link, now) == SEAMKEY_AGAIN) {
	}
	if (seamkey_link_take(&e->link, out, sizeof out, &len) == SEAMKEY_OK) {
		(void)seamkey_link_put(&other->link, out, len);
	}
}

/* So many frames came to the valve that waits for the owner of this key. */
static unsigned
run(seamkey_span awaited)
{
	seamkey_span secret =
		seamkey_span_of(demo_private_key, sizeof demo_private_key);
	seamkey_span shown =
		seamkey_span_of(demo_public_key, sizeof demo_public_key);
	unsigned frames;
	uint64_t ms;

	if (init_end(&plc, SEAMKEY_LINK_INITIATOR, secret, shown, shown)
			!= SEAMKEY_OK
		|| init_end(&valve, SEAMKEY_LINK_FOLLOWER, secret, shown,
			   awaited)
			!= SEAMKEY_OK
		|| seamkey_link_start(&plc.link) != SEAMKEY_OK) {
		return 0;
	}
	for (ms = 0; ms < 100; ms++) {
		turn(&plc, &valve, ms * 1000);
		turn(&valve, &plc, ms * 1000);
	}
	frames = (unsigned)valve.link.opened.frames;
	seamkey_link_end(&plc.link);
	seamkey_link_end(&valve.link);
	return frames;
}

int
main(void)
{
	unsigned char other[sizeof demo_public_key];
	br_hmac_drbg_context drbg;
	unsigned known, unknown;

	if (seamkey_random_init(&entropy, &drbg) != SEAMKEY_OK
		|| seamkey_aead_bearssl(&aead, SEAMKEY_AEAD_AES_128_GCM)) {
		return 1;
	}
	memcpy(other, demo_public_key, sizeof other);
	other[100] ^= 1; /* a key of somebody else */
	known = run(seamkey_span_of(demo_public_key, sizeof demo_public_key));
	unknown = run(seamkey_span_of(other, sizeof other));
	printf("from who is awaited %u frames, from a stranger %u\n", known,
		unknown);
	return known < 50 || unknown != 0;
}
