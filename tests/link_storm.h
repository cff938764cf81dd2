/*
 * link_storm.h - two ends of a link and a bad network, in virtual time
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * pair_init() makes an initiator and a follower, pair_tick() is one tick:
 * both do background work, exchange messages pass, both seal a frame, and
 * what is due arrives. The network loses, duplicates, delays and so
 * reorders; an attacker replays what he has seen before, forges, reflects,
 * and does so with exchange messages. Every frame is watched: what was
 * delivered, and what should have been.
 */
#ifndef LINK_STORM_H
#define LINK_STORM_H

#include <bearssl.h>
#include <string.h>

#include "seamkey_link.h"

#define PAIR_DELAY_MAX 256 /* ticks, and so the buckets of what arrives */
#define PAIR_FLYING    2048
#define PAIR_PLAIN     40
#define PAIR_FRAME     (PAIR_PLAIN + SEAMKEY_LINK_HEADER_MAX + 16)
#define PAIR_LOOT      64 /* frames, and messages, that the attacker keeps */
#ifndef PAIR_SEEN
#define PAIR_SEEN (1u << 20) /* frames whose delivery is remembered */
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
	uint64_t session;         /* which association it was sealed in */
	uint64_t serial, counter; /* of key and nonce */
	uint16_t next;            /* in its bucket */
	uint8_t to, kind;
} pair_frame;

typedef struct pair_message {
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len;
	uint64_t at; /* when it arrives; 0: none */
	uint8_t to;
} pair_message;

typedef struct pair_end {
	seamkey_link link;
	seamkey_link_config cfg;
	seamkey_link_auth auth;
	seamkey_slot slot[8];
	uint64_t contexts[2 * 8 * 64];
	unsigned slots;
	pair_message message; /* on its way to the other end */

	/* what it sealed last, and the highest that it was delivered */
	uint64_t session, serial, counter, carrier;
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
	uint64_t now, rng, sealed;
	unsigned calling; /* seal or open runs: 1, and 1 for each cipher
	                   * operation that a test counts */

	/* what the network does, in 65536ths */
	unsigned loss, duplicate, message_loss;
	unsigned delay_min, delay_max; /* ticks, below PAIR_DELAY_MAX */
	unsigned every[2];             /* ticks between two frames */
	uint64_t lost;

	/* what the attacker does, likewise */
	unsigned replay, forge, message_attack;
	pair_frame loot[PAIR_LOOT];
	pair_message message_loot[PAIR_LOOT];
	uint64_t attacks, message_attacks, message_forged;

	/* associations: the last tick without one, whether somebody asked
	 * for that, and how often nobody had */
	uint64_t unrest, agreed, provoked_from, torn, restarts;
	int provoked;
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

static inline int
pair_fill(void *ctx, unsigned char *out, size_t len)
{
	size_t u;

	for (u = 0; u < len; u++) {
		out[u] = (unsigned char)pair_random((pair *)ctx);
	}
	return SEAMKEY_OK;
}

static inline int
pair_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of("a pre-shared key of 32 octets...", 32);
	return SEAMKEY_OK;
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
	memset(p->bucket, 0xFF, sizeof p->bucket);
	for (u = 0; u < PAIR_FLYING; u++) {
		p->flying[u].next = (uint16_t)(u + 1);
	}
	p->flying[PAIR_FLYING - 1].next = 0xFFFF;
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
	}
}

/* From now on it is no wonder if the association ends. */
static inline void
pair_provoke(pair *p)
{
	p->provoked = 1;
	p->provoked_from = p->agreed;
}

/* (Re)start one end: all that it knew is gone. */
static inline int
pair_open_end(pair *p, unsigned u, unsigned slots)
{
	pair_end *e = &p->end[u];

	pair_provoke(p);
	e->slots = slots;
	e->session = e->serial = e->counter = 0;
	return seamkey_link_init(&e->link, &e->cfg, &e->auth, NULL, 7, e->slot,
		slots, e->contexts, sizeof e->contexts);
}

/* Ask for a new association, in place of the one that runs. */
static inline int
pair_start(pair *p)
{
	pair_provoke(p);
	return seamkey_link_start(&p->end[0].link);
}

static inline int
pair_open(pair *p, unsigned slots0, unsigned slots1)
{
	int status = pair_open_end(p, 0, slots0);

	if (status == SEAMKEY_OK) {
		status = pair_open_end(p, 1, slots1);
	}
	return status == SEAMKEY_OK ? pair_start(p) : status;
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

	if (at == 0xFFFF) {
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

/* The attacker makes a frame of one that he has. */
static inline void
pair_forge(pair *p, pair_frame *f)
{
	uint32_t r = pair_random(p);
	size_t at = r >> 8 & 1 ? r >> 16 & 3 : (r >> 16) % f->len;

	if ((r & 7) == 0) {
		f->to ^= 1; /* a reflection */
	} else if ((r & 7) == 1) {
		f->len -= 1 + at % 8;
	} else {
		f->bytes[at] ^= (unsigned char)(1u << (r >> 9 & 7));
	}
}

static inline void
pair_attack(pair *p, const pair_frame *f)
{
	pair_frame g;

	if (f->id % 8 == 0) {
		p->loot[pair_random(p) % PAIR_LOOT] = *f;
	}
	if (pair_chance(p, p->replay)) {
		g = p->loot[pair_random(p) % PAIR_LOOT];
		if (g.len != 0) {
			p->attacks++;
			pair_launch(p, &g, PAIR_COPY);
		}
	}
	if (pair_chance(p, p->forge)) {
		g = p->loot[pair_random(p) % PAIR_LOOT];
		if (g.len == 0 || (pair_random(p) & 1) != 0) {
			g = *f;
		}
		pair_forge(p, &g);
		p->attacks++;
		pair_launch(p, &g, PAIR_FORGED);
	}
}

static inline uint64_t
pair_session(const pair_end *e)
{
	uint64_t session;

	memcpy(&session, e->link.session, sizeof session);
	return session;
}

/* One end seals a frame; false if it could not. */
static inline int
pair_seal(pair *p, unsigned from, pair_frame *f)
{
	pair_end *e = &p->end[from];
	unsigned char plain[PAIR_PLAIN];
	const seamkey_slot *s;
	uint64_t carrier = 0;
	int status;

	memset(plain, 0x5A, sizeof plain);
	memcpy(plain, &p->sealed, sizeof p->sealed);
	if (e->cfg.counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		carrier = e->carrier += 1 + (pair_random(p) & 1);
	}
	f->len = 0;
	p->calling = 1;
	status = seamkey_link_seal_counted(&e->link, carrier,
		seamkey_span_of(NULL, 0), plain, sizeof plain, f->bytes,
		sizeof f->bytes, &f->len);
	p->calling = 0;
	if (status != SEAMKEY_OK) {
		/* down, or a start that is not confirmed, is no refusal */
		e->refused += status == SEAMKEY_AGAIN
			? e->session == pair_session(e)
			: status != SEAMKEY_ERR_LINK_DOWN;
		return 0;
	}
	s = seamkey_i_link_slot(&e->link, e->link.provider.active);
	f->id = p->sealed++;
	f->sealed = p->now;
	f->session = pair_session(e);
	f->serial = s->serial;
	f->counter = s->next - 1;
	f->to = (uint8_t)(1 - from);
	return 1;
}

/* One end sends a frame; the network does with it what it does. */
static inline void
pair_send(pair *p, unsigned from)
{
	pair_end *e = &p->end[from];
	pair_frame f;

	if (!pair_seal(p, from, &f)) {
		return;
	}
	if (f.session == e->session) {
		e->nonce_reuse += f.serial < e->serial
			|| (f.serial == e->serial && f.counter <= e->counter);
	}
	e->session = f.session;
	e->serial = f.serial;
	e->counter = f.counter;
	e->sealed++;
	p->seen[f.id / 64 % (PAIR_SEEN / 64)] &= ~((uint64_t)1 << (f.id & 63));
	if (pair_chance(p, p->loss)) {
		p->lost++;
	} else {
		pair_launch(p, &f, PAIR_FIRST);
	}
	if (pair_chance(p, p->duplicate)) {
		pair_launch(p, &f, PAIR_COPY);
	}
	if ((p->replay | p->forge) != 0) {
		pair_attack(p, &f);
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

/* Was a frame that came in time, and for the first time, wrongly refused? */
static inline void
pair_refused(pair *p, pair_end *e, const pair_frame *f, int status)
{
	uint64_t width = 64;
	unsigned at = f->serial % 8;

	if (e->cfg.window != 0) {
		width = e->cfg.window < 0 ? 0 : (uint64_t)e->cfg.window;
	}
	if (p->now - f->sealed > e->cfg.delay_max) {
		e->expired++;
	} else if (f->sealed <= p->unrest
		&& (f->session != pair_session(e)
			|| !seamkey_link_is_up(&e->link))) {
		e->stale++;
	} else if (status == SEAMKEY_ERR_LINK_LATE
		&& e->high_session == f->session
		&& e->high_serial[at] == f->serial
		&& e->high[at] - f->counter >= width) {
		e->late++;
	} else {
		e->wrong++;
	}
}

/* A frame arrives: it is delivered, or there is a reason. */
static inline void
pair_arrive(pair *p, const pair_frame *f)
{
	pair_end *e = &p->end[f->to];
	unsigned char plain[PAIR_FRAME];
	uint64_t *seen = &p->seen[f->id / 64 % (PAIR_SEEN / 64)];
	uint64_t bit = (uint64_t)1 << (f->id & 63);
	int carried = e->cfg.counter_octets == SEAMKEY_LINK_CARRIER_COUNTER;
	size_t len = 0;
	int status;

	p->calling = 1;
	status = seamkey_link_open_counted(&e->link, carried ? f->counter : 0,
		seamkey_span_of(NULL, 0), f->bytes, f->len, plain, sizeof plain,
		&len);
	p->calling = 0;
	if (f->kind == PAIR_FORGED) {
		e->forged += status == SEAMKEY_OK;
	} else if (status == SEAMKEY_OK) {
		e->twice += (*seen & bit) != 0;
		*seen |= bit;
		e->garbled += len != PAIR_PLAIN
			|| memcmp(plain, &f->id, sizeof f->id) != 0;
		pair_delivered(e, f);
	} else if (f->kind == PAIR_FIRST && (*seen & bit) == 0) {
		pair_refused(p, e, f, status);
	}
}

static inline void
pair_arrivals(pair *p)
{
	uint16_t *bucket = &p->bucket[p->now % PAIR_DELAY_MAX], at;
	unsigned u;

	while (*bucket != 0xFFFF) {
		at = *bucket;
		*bucket = p->flying[at].next;
		pair_arrive(p, &p->flying[at]);
		p->flying[at].next = p->unused;
		p->unused = at;
	}
	for (u = 0; u < 2; u++) {
		if (!p->end[u].cfg.one_context) {
			(void)seamkey_link_open_counted(&p->end[u].link, 0,
				seamkey_span_of(NULL, 0), NULL, 0, NULL, 0,
				NULL);
		}
	}
}

/* A message that the attacker has kept, to where it went or came from, as
 * it was or not. */
static inline void
pair_attack_message(pair *p)
{
	pair_message m = p->message_loot[pair_random(p) % PAIR_LOOT];
	uint32_t r = pair_random(p);
	int forged = (r & 3) != 0;

	if (m.len == 0) {
		return;
	}
	p->message_attacks++;
	if (forged) {
		m.bytes[(r >> 8) % m.len] ^=
			(unsigned char)(1u << (r >> 4 & 7));
	}
	if (seamkey_link_put(&p->end[m.to ^ (r >> 2 & 1)].link, m.bytes, m.len)
		== SEAMKEY_OK) {
		p->message_forged += forged || (r >> 2 & 1) != 0;
	}
}

/* Exchange messages: a channel that loses, and keeps one at a time. */
static inline void
pair_messages(pair *p, unsigned from)
{
	pair_end *e = &p->end[from];
	pair_message *m = &e->message;

	if (m->at == 0
		&& seamkey_link_take(
			   &e->link, m->bytes, sizeof m->bytes, &m->len)
			== SEAMKEY_OK) {
		m->to = (uint8_t)(1 - from);
		if (p->message_attack != 0) {
			p->message_loot[pair_random(p) % PAIR_LOOT] = *m;
		}
		if (!pair_chance(p, p->message_loss)) {
			m->at = p->now + 1 + pair_delay(p);
		}
	}
	if (m->at != 0 && p->now >= m->at) {
		(void)seamkey_link_put(&p->end[m->to].link, m->bytes, m->len);
		m->at = 0;
	}
}

static inline void
pair_work(pair *p, unsigned u)
{
	while (seamkey_link_work(&p->end[u].link, p->now) == SEAMKEY_AGAIN) {
	}
}

/* Do both ends speak of the same association? */
static inline void
pair_watch(pair *p)
{
	uint64_t session = pair_session(&p->end[0]);

	if (!seamkey_link_is_up(&p->end[0].link)
		|| !seamkey_link_is_up(&p->end[1].link)
		|| session != pair_session(&p->end[1])) {
		p->torn += !p->provoked && p->unrest + 1 < p->now;
		p->unrest = p->now;
	} else {
		p->agreed = session;
		/* a second wish may be waiting for the end of the first */
		if (session != p->provoked_from && !p->end[0].link.starting
			&& p->end[0].link.exchange[1].state == SEAMKEY_I_IDLE) {
			p->provoked = 0;
		}
	}
}

/* Work comes before the frames, after them, or both: that decides whether
 * a key that is one tick too old is still there. */
static inline void
pair_tick(pair *p)
{
	unsigned u, order = pair_random(p);

	p->now++;
	for (u = 0; u < 2; u++) {
		if (order >> u & 1) {
			pair_work(p, u);
		}
		pair_messages(p, u);
	}
	if (pair_chance(p, p->message_attack)) {
		pair_attack_message(p);
	}
	pair_watch(p);
	for (u = 0; u < 2; u++) {
		if (p->now % p->every[u] == 0) {
			pair_send(p, u);
		}
	}
	pair_arrivals(p);
	for (u = 0; u < 2; u++) {
		if ((order >> u & 5) != 1) {
			pair_work(p, u);
		}
	}
	pair_watch(p);
}

#endif
