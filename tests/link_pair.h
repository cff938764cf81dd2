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
 * The unit tests use it as it is (tests/link_tools.h); the soak makes ticks
 * of its own of the same parts, with an attacker in between (tests/soak.c).
 * It looks into the structs, and uses no private function of the headers,
 * so that it serves both ways to build.
 */
#ifndef LINK_PAIR_H
#define LINK_PAIR_H

#include <bearssl.h>
#include <string.h>

#include "seamkey_link.h"

#define PAIR_DELAY_MAX 256 /* ticks, and so the buckets of what arrives */
#ifndef PAIR_FLYING
#define PAIR_FLYING 512 /* frames on their way, and the one that is none */
#endif
#define PAIR_PLAIN 40
#define PAIR_FRAME (PAIR_PLAIN + SEAMKEY_LINK_HEADER_MAX + 16)
#ifndef PAIR_SEEN
#define PAIR_SEEN (1u << 14) /* frames whose delivery is remembered */
#endif

enum pair_kind {
	PAIR_FIRST, /* has to be delivered */
	PAIR_COPY,  /* may be, if the first was not */
	PAIR_FORGED /* must not be */
};

typedef struct pair_frame {
	unsigned char bytes[PAIR_FRAME];
	size_t len;
	uint64_t id;              /* no two that were sealed have the same */
	uint64_t sealed;          /* tick */
	uint64_t session;         /* of the association it was sealed in */
	uint64_t serial, counter; /* of key and nonce */
	uint16_t next;            /* in its bucket; 0: none */
	uint8_t to, kind;
} pair_frame;

typedef struct pair_message {
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
	uint64_t at; /* when it arrives; 0: not on its way */
} pair_message;

struct pair;

typedef struct pair_end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[8];
	uint64_t contexts[2 * 8 * 64];
	pair_message message; /* to the other end */

	struct pair *pair;
	uint64_t base, stride; /* carrier's counter: base + now * stride */
	unsigned sign_again;   /* sign answers SEAMKEY_AGAIN so often */

	/* what it sealed last, and the highest that it was delivered, of
	 * each key */
	uint64_t session, serial, counter;
	uint64_t high_session, high_serial[8], high[8];

	/* results: what it sealed, what it was sent */
	uint64_t sealed, refused, delivered, wrong, twice, late, stale;
	uint64_t expired, forged, garbled, nonce_reuse, events[16];
} pair_end;

typedef struct pair {
	pair_end end[2]; /* initiator, follower */
	seamkey_aead aead;
	pair_frame flying[PAIR_FLYING];
	uint16_t bucket[PAIR_DELAY_MAX], unused;
	uint64_t seen[PAIR_SEEN / 64];
	uint64_t now, arrived, rng, sealed;     /* arrived: all until then */
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

/* 1 so many times of 65536. */
static inline int
pair_chance(pair *p, unsigned chance)
{
	return chance != 0 && pair_random(p) % 65536 < chance;
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
	for (u = PAIR_FLYING - 1; u > 0; u--) {
		p->flying[u].next = p->unused;
		p->unused = (uint16_t)u;
	}
	for (u = 0; u < 2; u++) {
		pair_end *e = &p->end[u];

		e->cfg.aead = &p->aead;
		e->cfg.role = (uint8_t)(u + 1);
		e->cfg.one_context = 1;
		e->cfg.window = SEAMKEY_LINK_WINDOW_MAX;
		e->cfg.losses = 10;
		e->cfg.send_min = e->cfg.send_max = 1;
		e->cfg.peer_min = e->cfg.peer_max = 1;
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
pair_launch(pair *p, const pair_frame *f, enum pair_kind kind)
{
	uint16_t at = p->unused, *bucket;

	if (at == 0) {
		p->lost++;
		return;
	}
	bucket = &p->bucket[(p->now + pair_delay(p)) % PAIR_DELAY_MAX];
	p->unused = p->flying[at].next;
	p->flying[at] = *f;
	p->flying[at].kind = (uint8_t)kind;
	p->flying[at].next = *bucket;
	*bucket = at;
}

/* A frame that is due, until the next launch; or NULL. */
static inline const pair_frame *
pair_due(pair *p)
{
	uint16_t *bucket = &p->bucket[p->arrived % PAIR_DELAY_MAX], at;

	while (*bucket == 0 && p->arrived < p->now) {
		bucket = &p->bucket[++p->arrived % PAIR_DELAY_MAX];
	}
	at = *bucket;
	if (at == 0) {
		return NULL;
	}
	*bucket = p->flying[at].next;
	p->flying[at].next = p->unused;
	p->unused = at;
	return &p->flying[at];
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

static inline seamkey_span
pair_ad(const pair_end *e)
{
	static const unsigned char ad[64] = { 0xA0, 0xA1, 0xA2, 0xA3, 0xA4 };

	return seamkey_span_of(ad, e->cfg.ad_len);
}

/* What a frame carries. */
static inline void
pair_plain(uint64_t id, unsigned char *plain)
{
	memset(plain, 0x5A, PAIR_PLAIN);
	memcpy(plain, &id, sizeof id);
}

/* Where the delivery of a frame is noted: a word, and the bit in it. */
static inline uint64_t *
pair_seen(pair *p, const pair_frame *f, uint64_t *bit)
{
	*bit = (uint64_t)1 << (f->id & 63);
	return &p->seen[f->id / 64 % (PAIR_SEEN / 64)];
}

/* One end seals a frame that is watched from now on. */
static inline int
pair_seal(pair *p, unsigned from, pair_frame *f)
{
	pair_end *e = &p->end[from];
	unsigned char plain[PAIR_PLAIN];
	const seamkey_slot *s;
	uint64_t bit, *seen;
	int status;

	memset(f, 0, sizeof *f);
	pair_plain(p->sealed, plain);
	status = seamkey_link_seal_counted(&e->link,
		e->base + p->now * e->stride, pair_ad(e), plain, sizeof plain,
		f->bytes, sizeof f->bytes, &f->len);
	if (status != SEAMKEY_OK) {
		/* down, or a start that is not confirmed, is no refusal */
		e->refused += status == SEAMKEY_AGAIN
			? e->session == pair_session(e)
			: status != SEAMKEY_ERR_LINK_DOWN;
		return status;
	}
	s = pair_active(e);
	f->id = p->sealed++;
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
	seen = pair_seen(p, f, &bit);
	*seen &= ~bit;
	return SEAMKEY_OK;
}

/* The network does with a frame what it does. */
static inline void
pair_post(pair *p, const pair_frame *f)
{
	if (pair_chance(p, p->loss)) {
		p->lost++;
	} else {
		pair_launch(p, f, PAIR_FIRST);
	}
	if (pair_chance(p, p->duplicate)) {
		pair_launch(p, f, PAIR_COPY);
	}
}

static inline void
pair_send(pair *p, unsigned from)
{
	pair_frame f;

	if (pair_seal(p, from, &f) == SEAMKEY_OK) {
		pair_post(p, &f);
	}
}

/* Note a frame as delivered, for what may be too late then. */
static inline void
pair_delivered(pair_end *e, const pair_frame *f)
{
	unsigned at = f->serial % 8;

	e->delivered++;
	if (e->high_session != f->session) {
		e->high_session = f->session;
		memset(e->high_serial, 0, sizeof e->high_serial);
	}
	if (e->high_serial[at] != f->serial || f->counter > e->high[at]) {
		e->high_serial[at] = f->serial;
		e->high[at] = f->counter;
	}
}

/* A frame that came for the first time was refused: is that allowed? */
static inline void
pair_refused(pair *p, pair_end *e, const pair_frame *f, int status)
{
	uint64_t window = e->cfg.window == 0 ? 64
		: e->cfg.window < 0          ? 0
					     : (uint64_t)e->cfg.window;
	unsigned at = f->serial % 8;

	if (p->now - f->sealed > e->cfg.delay_max) {
		e->expired++;
	} else if (f->session != pair_session(e)
		|| !seamkey_link_is_up(&e->link)) {
		e->stale++;
	} else if (status == SEAMKEY_ERR_LINK_LATE
		&& e->high_session == f->session
		&& e->high_serial[at] == f->serial
		&& e->high[at] - f->counter >= window) {
		e->late++;
	} else {
		e->wrong++;
	}
}

/* A frame arrives: it is delivered, or there is a reason. */
static inline int
pair_arrive(pair *p, const pair_frame *f)
{
	pair_end *e = &p->end[f->to];
	unsigned char plain[PAIR_FRAME], right[PAIR_PLAIN];
	uint64_t bit, *seen = pair_seen(p, f, &bit);
	size_t len = 0;
	int status = seamkey_link_open_counted(&e->link, f->counter, pair_ad(e),
		f->bytes, f->len, plain, sizeof plain, &len);

	if (f->kind == PAIR_FORGED) {
		e->forged += status == SEAMKEY_OK;
	} else if (status == SEAMKEY_OK) {
		e->twice += (*seen & bit) != 0;
		*seen |= bit;
		pair_plain(f->id, right);
		e->garbled += len != PAIR_PLAIN
			|| memcmp(plain, right, PAIR_PLAIN) != 0;
		pair_delivered(e, f);
	} else if (f->kind == PAIR_FIRST && (*seen & bit) == 0) {
		pair_refused(p, e, f, status);
	}
	return status;
}

/* All that is due arrives. */
static inline void
pair_arrivals(pair *p)
{
	const pair_frame *f;

	while ((f = pair_due(p)) != NULL) {
		(void)pair_arrive(p, f);
	}
}

/* Exchange messages: a channel that loses, and keeps one at a time. 1 if
 * the end had one. */
static inline int
pair_messages(pair *p, unsigned from)
{
	seamkey_link *link = &p->end[from].link;
	pair_message *m = &p->end[from].message;
	int taken = m->at == 0
		&& seamkey_link_take(link, m->bytes, sizeof m->bytes, &m->len)
			== SEAMKEY_OK;

	if (taken && !pair_chance(p, p->message_loss)) {
		m->at = p->now + 1 + pair_delay(p);
	}
	if (m->at != 0 && p->now >= m->at) {
		(void)seamkey_link_put(
			&p->end[1 - from].link, m->bytes, m->len);
		m->at = 0;
	}
	return taken;
}

/* All the work that is due at one end; the last status. */
static inline int
pair_work(pair *p, unsigned u)
{
	int status;

	uint32_t step = p->end[u].cfg.clock_step;

	do {
		status = seamkey_link_work(&p->end[u].link,
			step > 1 ? p->now - p->now % step : p->now);
	} while (status == SEAMKEY_AGAIN);
	return status;
}

/* An end whose frames come in a context of their own acknowledges there. */
static inline void
pair_acknowledge(pair *p, unsigned u)
{
	pair_end *e = &p->end[u];

	if (!e->cfg.one_context) {
		(void)seamkey_link_open_counted(
			&e->link, 0, pair_ad(e), NULL, 0, NULL, 0, NULL);
	}
}

static inline void
pair_tick(pair *p)
{
	unsigned u;

	p->now++;
	for (u = 0; u < 2; u++) {
		(void)pair_work(p, u);
		(void)pair_messages(p, u);
	}
	for (u = 0; u < 2; u++) {
		pair_acknowledge(p, u);
		if (p->now % p->every[u] == 0) {
			pair_send(p, u);
		}
	}
	pair_arrivals(p);
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
