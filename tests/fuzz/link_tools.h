/*
 * link_tools.h - two ends of a link, for the fuzz targets of the link
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Nothing here is random: the same calls make the same keys, so that a
 * real start is made once and copied for each input.
 */
#ifndef SEAMKEY_FUZZ_LINK_TOOLS_H
#define SEAMKEY_FUZZ_LINK_TOOLS_H

#include <bearssl.h>

#include "fuzz.h"
#include "seamkey_link.h"

#define TOOL_PLAIN 64
#define TOOL_FRAME (TOOL_PLAIN + SEAMKEY_LINK_HEADER_MAX + 16)

struct tool_end {
	seamkey_link link;
	seamkey_slot slot[3];
	uint64_t contexts[2 * 3 * 48];
};

/* Initiator and follower; what may be copied, for it stays in place. */
struct tool_pair {
	struct tool_end end[2];
	uint64_t now, carrier, rng;
};

static struct tool_pair tool_pair;
static seamkey_aead tool_aead;
static seamkey_link_config tool_cfg[2];
static seamkey_link_auth tool_auth[2];

static inline int
tool_random(void *ctx, unsigned char *out, size_t len)
{
	size_t u;

	(void)ctx;
	for (u = 0; u < len; u++) {
		tool_pair.rng = tool_pair.rng * 6364136223846793005u
			+ 1442695040888963407u;
		out[u] = (unsigned char)(tool_pair.rng >> 33);
	}
	return SEAMKEY_OK;
}

static inline int
tool_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key", 16);
	return SEAMKEY_OK;
}

/* In place of a signature: a hash with the signer's name. */
static inline void
tool_signature(const unsigned char *name, const unsigned char *hash,
	unsigned char *sig)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, name, 32);
	br_sha256_update(&sha, hash, 32);
	br_sha256_out(&sha, sig);
}

static inline int
tool_sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	CHECK(cap >= 32);
	tool_signature(((seamkey_link_auth *)ctx)->own, hash, sig);
	*len = 32;
	return SEAMKEY_OK;
}

static inline int
tool_verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	unsigned char right[32];

	tool_signature(((seamkey_link_auth *)ctx)->peer, hash, right);
	return sig.len == 32 && memcmp(sig.p, right, 32) == 0
		? SEAMKEY_OK
		: SEAMKEY_ERR_HOOK;
}

/* The configurations: signatures or a pre-shared key. */
static inline void
tool_configure(int with_signatures)
{
	unsigned u;

	CHECK(seamkey_aead_bearssl(&tool_aead, SEAMKEY_AEAD_AES_128_GCM)
		== SEAMKEY_OK);
	memset(tool_cfg, 0, sizeof tool_cfg);
	memset(tool_auth, 0, sizeof tool_auth);
	for (u = 0; u < 2; u++) {
		seamkey_link_config *c = &tool_cfg[u];

		c->aead = &tool_aead;
		c->role = (uint8_t)(u + 1);
		c->one_context = 1;
		c->send_min = c->send_max = 1;
		c->peer_min = c->peer_max = 1;
		c->delay_max = 50;
		c->retry = 5;
		c->pause = 5;
		c->start_interval = 5;
		c->max_plain = TOOL_PLAIN;
		c->random.fill = tool_random;
		memset(tool_auth[u].own, (int)u + 1, 32);
		memset(tool_auth[u].peer, 2 - (int)u, 32);
		tool_auth[u].ctx = &tool_auth[u];
		if (with_signatures) {
			tool_auth[u].sign = tool_sign;
			tool_auth[u].verify = tool_verify;
		} else {
			tool_auth[u].psk = tool_psk;
		}
	}
}

static inline void
tool_init(void)
{
	unsigned u;

	memset(&tool_pair, 0, sizeof tool_pair);
	tool_pair.rng = 5;
	for (u = 0; u < 2; u++) {
		struct tool_end *e = &tool_pair.end[u];

		CHECK(seamkey_link_init(&e->link, &tool_cfg[u], &tool_auth[u],
			      NULL, 7, e->slot, 2 + u, e->contexts,
			      sizeof e->contexts)
			== SEAMKEY_OK);
	}
}

static inline void
tool_work(unsigned u)
{
	while (seamkey_link_work(&tool_pair.end[u].link, tool_pair.now)
		== SEAMKEY_AGAIN) {
	}
}

/* What is due of work and of messages, until nothing is. */
static inline void
tool_rest(void)
{
	unsigned char m[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
	unsigned u, n;

	for (n = 0; n < 8; n++) {
		for (u = 0; u < 2; u++) {
			tool_work(u);
			if (seamkey_link_take(
				    &tool_pair.end[u].link, m, sizeof m, &len)
				== SEAMKEY_OK) {
				(void)seamkey_link_put(
					&tool_pair.end[1 - u].link, m, len);
			}
		}
	}
}

/* Seal 40 octets; *counter is what the carrier brings. */
static inline size_t
tool_seal(unsigned from, unsigned char *frame, uint64_t *counter)
{
	static const unsigned char plain[40] = { 1, 2, 3 };
	int carried =
		tool_cfg[0].counter_octets == SEAMKEY_LINK_CARRIER_COUNTER;
	unsigned char ad[8] = { 0 };
	size_t len = 0;

	*counter = carried ? ++tool_pair.carrier : 0;
	CHECK(seamkey_link_seal_counted(&tool_pair.end[from].link, *counter,
		      seamkey_span_of(ad, tool_cfg[0].ad_len), plain,
		      sizeof plain, frame, TOOL_FRAME, &len)
		== SEAMKEY_OK);
	return len;
}

/* A frame from one end to the other. */
static inline void
tool_pass(unsigned from)
{
	unsigned char frame[TOOL_FRAME], plain[TOOL_PLAIN], ad[8] = { 0 };
	uint64_t counter;
	size_t len = tool_seal(from, frame, &counter), plain_len;

	CHECK(seamkey_link_open_counted(&tool_pair.end[1 - from].link, counter,
		      seamkey_span_of(ad, tool_cfg[0].ad_len), frame, len,
		      plain, sizeof plain, &plain_len)
		== SEAMKEY_OK);
}

/* A real start, and a frame each way that confirms it. */
static inline void
tool_start(void)
{
	tool_init();
	CHECK(seamkey_link_start(&tool_pair.end[0].link) == SEAMKEY_OK);
	tool_rest();
	tool_pass(1);
	tool_pass(0);
	tool_rest();
	CHECK(seamkey_link_is_settled(&tool_pair.end[0].link));
	CHECK(seamkey_link_is_settled(&tool_pair.end[1].link));
}

/* Pairs of octets, a place and what is changed there. Did that change
 * anything? */
static inline int
tool_mutate(unsigned char *p, size_t len, seamkey_span *in)
{
	unsigned char *before = fuzz_copy(p, len);
	int differs;

	while (len != 0 && in->len >= 2) {
		unsigned at = fuzz_take_octet(in);

		p[at % len] ^= (unsigned char)fuzz_take_octet(in);
	}
	differs = len != 0 && memcmp(before, p, len) != 0;
	fuzz_free(before, len);
	return differs;
}

/* Octet for octet, padding as well: all of it was copied. */
static inline int
tool_same(const void *a, const void *b, size_t len)
{
	return memcmp(a, b, len) == 0;
}

/* An end after a frame that was refused is what it was, but for the
 * counters of open, a slot's wrong tags, and what open acknowledges. */
static inline void
tool_check_end(const struct tool_end *e, const struct tool_end *before)
{
	static struct tool_end a;
	unsigned u;

	a = *e;
	CHECK(a.link.opened.frames == before->link.opened.frames);
	CHECK(a.link.opened.bytes == before->link.opened.bytes);
	CHECK(a.link.opened.switches == before->link.opened.switches);
	a.link.opened = before->link.opened;
	a.link.open_epoch = before->link.open_epoch;
	a.link.open_oldest = before->link.open_oldest;
	for (u = 0; u < 3; u++) {
		CHECK(a.slot[u].failed - before->slot[u].failed <= 1);
		a.slot[u].failed = before->slot[u].failed;
	}
	CHECK(tool_same(&a, before, sizeof a));
}

/* The layouts that there are, with both modes. */
#define TOOL_LAYOUTS 22

static inline void
tool_layout(unsigned number, unsigned ad_len)
{
	static const struct {
		uint8_t layout, bits;
		int octets;
	} layouts[TOOL_LAYOUTS / 2] = {
		{ SEAMKEY_LINK_GENERIC, 2, 2 },
		{ SEAMKEY_LINK_GENERIC, 2, 4 },
		{ SEAMKEY_LINK_GENERIC, 2, 6 },
		{ SEAMKEY_LINK_GENERIC, 2, SEAMKEY_LINK_CARRIER_COUNTER },
		{ SEAMKEY_LINK_GENERIC, 4, 2 },
		{ SEAMKEY_LINK_GENERIC, 4, 4 },
		{ SEAMKEY_LINK_GENERIC, 4, 6 },
		{ SEAMKEY_LINK_GENERIC, 4, SEAMKEY_LINK_CARRIER_COUNTER },
		{ SEAMKEY_LINK_RTC_PAPER, 2, 2 },
		{ SEAMKEY_LINK_RTC_PAPER, 2, SEAMKEY_LINK_CARRIER_COUNTER },
		{ SEAMKEY_LINK_RTC_DRAFT, 2, 4 },
	};
	unsigned u;

	tool_configure(0);
	for (u = 0; u < 2; u++) {
		tool_cfg[u].layout = layouts[number / 2].layout;
		tool_cfg[u].id_bits = layouts[number / 2].bits;
		tool_cfg[u].counter_octets = layouts[number / 2].octets;
		tool_cfg[u].mode = (uint8_t)(number % 2);
		tool_cfg[u].ad_len = (uint16_t)ad_len;
	}
}

#endif
