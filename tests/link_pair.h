/*
 * link_pair.h - two ends of a link and a bad network, in virtual time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * pair_init() makes an initiator and a follower, pair_tick() is one cycle:
 * both do background work, exchange messages pass, both seal a frame, and
 * what is due arrives. The network loses, duplicates, delays and so
 * reorders. Every frame is watched: what was sealed with which key and
 * counter, what was delivered, and what should have been.
 *
 * It looks into the structs, and uses no private function of the headers,
 * so that it serves both ways to build.
 */
#ifndef LINK_PAIR_H
#define LINK_PAIR_H

#include <bearssl.h>
#include <string.h>

#include "seamkey_link.h"

#define PAIR_DELAY_MAX 128 /* ticks */
#ifndef PAIR_FLYING
#define PAIR_FLYING 1024
#endif
#define PAIR_PLAIN 40
#define PAIR_FRAME (PAIR_PLAIN + SEAMKEY_LINK_HEADER_MAX + 16)
#ifndef PAIR_SEEN
#define PAIR_SEEN 4096 /* counters remembered for each direction */
#endif

typedef struct pair_frame {
	unsigned char bytes[PAIR_FRAME];
	size_t len;
	uint64_t sealed, arrives; /* ticks; arrives 0: unused */
	uint64_t serial, counter; /* of key and nonce */
	uint64_t session;         /* of the association it was sealed in */
	uint8_t to, copy;         /* copy 1: a duplicate or a replay */
} pair_frame;

/* The highest counter that was delivered of one key. */
typedef struct pair_highest {
	uint64_t key, counter;
} pair_highest;

struct pair;

typedef struct pair_end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[8];
	uint64_t contexts[2 * 8 * 64];
	unsigned char message[SEAMKEY_LINK_MESSAGE_MAX];
	size_t message_len;
	uint64_t message_at; /* when the other end's arrives; 0: none */

	struct pair *pair;
	uint64_t base, stride; /* carrier's counter: base + now * stride */
	unsigned sign_again;   /* sign answers SEAMKEY_AGAIN so often */

	/* what it sealed last, and what it delivered */
	uint64_t session, serial, counter;
	uint64_t seen[PAIR_SEEN]; /* names, see pair_name() */
	pair_highest highest[4];
	unsigned oldest_highest;

	/* results */
	uint64_t sealed, refused, delivered, wrong, twice, late, stale;
	uint64_t nonce_reuse, events[16];
} pair_end;

typedef struct pair {
	pair_end end[2]; /* initiator, follower */
	seamkey_aead aead;
	pair_frame flying[PAIR_FLYING];
	uint64_t now, rng;
	unsigned long hooks, fail_hook;         /* called; the one that fails */
	unsigned loss, duplicate, message_loss; /* of 65536 */
	unsigned delay_min, delay_max;          /* ticks */
	unsigned every[2];                      /* ticks between two frames */
	uint64_t lost;
} pair;

static inline uint32_t
pair_random(pair *p)
{
	p->rng ^= p->rng << 13;
	p->rng ^= p->rng >> 7;
	p->rng ^= p->rng << 17;
	return (uint32_t)(p->rng >> 24);
}

/* What a hook that is to fail answers: a number of the caller's. */
#define PAIR_ERR_HOOK (-1234)

/* Every hook counts; one of them fails. */
static inline int
pair_hook(pair *p)
{
	return ++p->hooks == p->fail_hook ? PAIR_ERR_HOOK : SEAMKEY_OK;
}

static inline int
pair_fill(void *ctx, unsigned char *out, size_t len)
{
	pair *p = (pair *)ctx;
	size_t u;

	for (u = 0; u < len; u++) {
		out[u] = (unsigned char)pair_random(p);
	}
	return pair_hook(p);
}

static inline int
pair_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 32 octets...", 32);
	return pair_hook(((pair_end *)ctx)->pair);
}

/* A signature for tests: a MAC under the identity of who signs. */
static inline void
pair_mac(const unsigned char *id, const unsigned char *hash, unsigned char *out)
{
	br_hmac_key_context kc;
	br_hmac_context hc;

	br_hmac_key_init(&kc, &br_sha256_vtable, id, 32);
	br_hmac_init(&hc, &kc, 0);
	br_hmac_update(&hc, hash, 32);
	(void)br_hmac_out(&hc, out);
}

static inline int
pair_sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	pair_end *e = (pair_end *)ctx;

	if (e->sign_again != 0) {
		e->sign_again--;
		return SEAMKEY_AGAIN;
	}
	if (cap < 32) {
		return SEAMKEY_ERR_SPACE;
	}
	pair_mac(e->auth.own, hash, sig);
	*len = 32;
	return pair_hook(e->pair);
}

static inline int
pair_verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	pair_end *e = (pair_end *)ctx;
	unsigned char right[32];

	pair_mac(e->auth.peer, hash, right);
	if (sig.len != 32 || memcmp(right, sig.p, 32) != 0) {
		return PAIR_ERR_HOOK - 1;
	}
	return pair_hook(e->pair);
}

static inline void
pair_event(void *ctx, seamkey_link *link, int event)
{
	(void)link;
	((pair_end *)ctx)->events[event]++;
}

/* The defaults of a pair; change what the test is about before
 * pair_open(). One tick is one unit of time. */
static inline void
pair_init(pair *p, uint64_t seed)
{
	unsigned u;

	memset(p, 0, sizeof *p);
	p->rng = seed * 0x9E3779B97F4A7C15u + 1;
	p->delay_max = 3;
	p->every[0] = p->every[1] = 1;
	(void)seamkey_aead_bearssl(&p->aead, SEAMKEY_AEAD_AES_128_GCM);
	for (u = 0; u < 2; u++) {
		pair_end *e = &p->end[u];

		e->cfg.aead = &p->aead;
		e->cfg.role = (uint8_t)(u + 1);
		e->cfg.one_context = 1;
		e->cfg.window = SEAMKEY_LINK_WINDOW_MAX;
		e->cfg.losses = 10;
		e->cfg.send_min = e->cfg.send_max = 1;
		e->cfg.delay_max = 3;
		e->cfg.retry = 8;
		e->cfg.pause = 16;
		e->cfg.start_interval = 16;
		e->cfg.random.fill = pair_fill;
		e->cfg.random.ctx = p;
		e->cfg.event = pair_event;
		e->cfg.event_ctx = e;
		e->auth.psk = pair_psk;
		e->auth.ctx = e;
		e->pair = p;
		e->stride = 1;
		memset(e->auth.own, (int)(1 + u), 32);
		memset(e->auth.peer, (int)(2 - u), 32);
	}
}

/* Signatures take the place of the pre-shared key. */
static inline void
pair_use_signatures(pair *p)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		p->end[u].auth.psk = NULL;
		p->end[u].auth.sign = pair_sign;
		p->end[u].auth.verify = pair_verify;
	}
}

static inline int
pair_open_end(pair *p, unsigned u, unsigned slots)
{
	pair_end *e = &p->end[u];

	memset(e->contexts, 0, sizeof e->contexts);
	return seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 7, e->slot,
		slots, e->contexts, sizeof e->contexts);
}

static inline int
pair_open(pair *p, unsigned slots0, unsigned slots1)
{
	int status = pair_open_end(p, 0, slots0);

	if (status == SEAMKEY_OK) {
		status = pair_open_end(p, 1, slots1);
	}
	return status == SEAMKEY_OK ? seamkey_link_start(&p->end[0].link)
				    : status;
}

static inline unsigned
pair_delay(pair *p)
{
	unsigned span = p->delay_max - p->delay_min + 1;

	return p->delay_min + pair_random(p) % span;
}

static inline void
pair_launch(pair *p, const pair_frame *f)
{
	unsigned u;

	for (u = 0; u < PAIR_FLYING; u++) {
		if (p->flying[u].arrives == 0) {
			p->flying[u] = *f;
			p->flying[u].arrives = p->now + pair_delay(p);
			return;
		}
	}
	p->lost++;
}

/* The slot that an end seals with. */
static inline const seamkey_slot *
pair_active(const pair_end *e)
{
	unsigned u;

	for (u = 0; u < e->link.slots; u++) {
		if (e->slot[u].used
			&& e->slot[u].generation == e->link.provider.active) {
			return &e->slot[u];
		}
	}
	return NULL;
}

/* An association, by the octets that both ends have of it. */
static inline uint64_t
pair_session(const pair_end *e)
{
	uint64_t session;

	memcpy(&session, e->link.session, sizeof session);
	return session;
}

/* One number for association, key and counter; never 0 in practice. */
static inline uint64_t
pair_name(const pair_frame *f, int with_counter)
{
	return f->session + f->serial * 0x9E3779B97F4A7C15u
		+ (with_counter ? f->counter + 1 : 0);
}

static inline seamkey_span
pair_ad(const pair_end *e)
{
	static const unsigned char ad[64] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4 };

	return seamkey_span_of(ad, e->cfg.ad_len);
}

/* One end seals a frame that is watched from now on. */
static inline int
pair_seal(pair *p, unsigned from, pair_frame *f)
{
	static const unsigned char plain[PAIR_PLAIN] = { 1, 2, 3 };
	pair_end *e = &p->end[from];
	const seamkey_slot *s;
	int status;

	memset(f, 0, sizeof *f);
	status = seamkey_link_seal_counted(&e->link,
		e->base + p->now * e->stride, pair_ad(e), plain, sizeof plain,
		f->bytes, sizeof f->bytes, &f->len);
	if (status != SEAMKEY_OK) {
		e->refused += status != SEAMKEY_AGAIN
			&& status != SEAMKEY_ERR_LINK_DOWN;
		return status;
	}
	s = pair_active(e);
	f->serial = s->serial;
	f->counter = s->next - 1;
	f->sealed = p->now;
	f->session = pair_session(e);
	f->to = (uint8_t)(1 - from);
	e->nonce_reuse += f->session == e->session
		&& (f->serial < e->serial
			|| (f->serial == e->serial
				&& f->counter <= e->counter));
	e->session = f->session;
	e->serial = f->serial;
	e->counter = f->counter;
	e->sealed++;
	return SEAMKEY_OK;
}

/* The network does with a frame what it does. */
static inline void
pair_send(pair *p, unsigned from)
{
	pair_frame f;

	if (pair_seal(p, from, &f) != SEAMKEY_OK) {
		return;
	}
	if (pair_random(p) % 65536 < p->loss) {
		p->lost++;
	} else {
		pair_launch(p, &f);
	}
	if (pair_random(p) % 65536 < p->duplicate) {
		f.copy = 1;
		pair_launch(p, &f);
	}
}

/* Where the highest counter of a frame's key is kept. */
static inline pair_highest *
pair_highest_of(pair_end *e, const pair_frame *f)
{
	uint64_t key = pair_name(f, 0);
	unsigned u;

	for (u = 0; u < 4; u++) {
		if (e->highest[u].key == key) {
			return &e->highest[u];
		}
	}
	u = e->oldest_highest++ % 4;
	e->highest[u].key = key;
	e->highest[u].counter = 0;
	return &e->highest[u];
}

/* A frame arrives: it is delivered, or there is a reason. */
static inline int
pair_arrive(pair *p, pair_frame *f)
{
	pair_end *e = &p->end[f->to];
	unsigned char plain[PAIR_FRAME];
	uint64_t name = pair_name(f, 1);
	uint64_t *seen = &e->seen[name % PAIR_SEEN];
	uint64_t window = e->cfg.window == 0 ? 64
		: e->cfg.window < 0          ? 0
					     : (uint64_t)e->cfg.window;
	pair_highest *h = pair_highest_of(e, f);
	size_t len = 0;
	int status = seamkey_link_open_counted(&e->link, f->counter, pair_ad(e),
		f->bytes, f->len, plain, sizeof plain, &len);

	if (status == SEAMKEY_OK) {
		e->delivered++;
		e->twice += *seen == name;
		*seen = name;
		h->counter = f->counter > h->counter ? f->counter : h->counter;
	} else if (f->session != pair_session(e)) {
		e->stale++;
	} else if (*seen != name) {
		/* not delivered before: is that allowed? */
		if (status == SEAMKEY_ERR_LINK_LATE
			&& f->counter + window <= h->counter) {
			e->late++;
		} else if (f->copy == 0
			&& p->now - f->sealed <= e->cfg.delay_max) {
			e->wrong++;
		}
	}
	f->arrives = 0;
	return status;
}

/* Exchange messages: a channel that loses, and keeps one at a time. */
static inline void
pair_messages(pair *p, unsigned from)
{
	pair_end *e = &p->end[from], *o = &p->end[1 - from];

	if (e->message_at == 0
		&& seamkey_link_take(&e->link, e->message, sizeof e->message,
			   &e->message_len)
			== SEAMKEY_OK
		&& pair_random(p) % 65536 >= p->message_loss) {
		e->message_at = p->now + 1 + pair_delay(p);
	}
	if (e->message_at != 0 && p->now >= e->message_at) {
		(void)seamkey_link_put(&o->link, e->message, e->message_len);
		e->message_at = 0;
	}
}

/* All the work that is due at one end; the last status. */
static inline int
pair_work(pair *p, unsigned u)
{
	int status;

	do {
		status = seamkey_link_work(&p->end[u].link, p->now);
	} while (status == SEAMKEY_AGAIN);
	return status;
}

static inline void
pair_tick(pair *p)
{
	unsigned u;

	p->now++;
	for (u = 0; u < 2; u++) {
		(void)pair_work(p, u);
		pair_messages(p, u);
	}
	for (u = 0; u < 2; u++) {
		if (!p->end[u].cfg.one_context) {
			(void)seamkey_link_open_counted(&p->end[u].link, 0,
				pair_ad(&p->end[u]), NULL, 0, NULL, 0, NULL);
		}
		if (p->now % p->every[u] == 0) {
			pair_send(p, u);
		}
	}
	for (u = 0; u < PAIR_FLYING; u++) {
		if (p->flying[u].arrives != 0
			&& p->now >= p->flying[u].arrives) {
			(void)pair_arrive(p, &p->flying[u]);
		}
	}
}

static inline int
pair_is_settled(const pair *p)
{
	return seamkey_link_is_settled(&p->end[0].link)
		&& seamkey_link_is_settled(&p->end[1].link);
}

/* Tick until both ends are settled. 1, or 0 where that takes too long. */
static inline int
pair_settle(pair *p, unsigned long ticks)
{
	while (ticks-- > 0) {
		pair_tick(p);
		if (pair_is_settled(p)) {
			return 1;
		}
	}
	return 0;
}

#endif
