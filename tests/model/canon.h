/*
 * canon.h - worlds that will behave alike become the same bytes
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Times become what is left of them, counters become distances,
 * generations and steps of the chain count from the oldest that is live,
 * and what is not going to be read again becomes zero, or what would do the
 * most harm. Each rule says why it changes nothing that the shipped code
 * can do from there on.
 */
#ifndef MODEL_CANON_H
#define MODEL_CANON_H

#include "moves.h"

/* ---- time ---------------------------------------------------------------- */

/* A time that has been reached may have been reached at any time. */
static void
canon_until(uint64_t *t, uint64_t now)
{
	*t = *t <= now ? WORLD_NOW : *t - now + WORLD_NOW;
}

/*
 * The next call of work catches up with the clock before it looks at any
 * time, so that its clock may as well stand there already. What take and
 * put do with the time is to repeat and to limit starts: both ends may be
 * that fast.
 */
static void
canon_time(unsigned e)
{
	seamkey_link *l = &W.end[e].link;
	uint64_t now = l->now + (W.clock - l->last), since;
	unsigned u;

	since = now - l->grace_from;
	if (l->consumer.oldest == l->consumer.active
		|| l->seen_active != l->consumer.active || since > S->delay) {
		since = S->delay + 1;
	}
	l->grace_from = WORLD_NOW - since;
	since = now - l->key_at;
	l->key_at = S->soft_age == 0
		? 0
		: WORLD_NOW - seamkey_i_link_min(since, S->soft_age);
	l->root_at = 0; /* no root_age here */
	since = seamkey_i_link_min(now - l->heard_at, 2u * S->delay);
	l->heard_at = S->gaps == 0 ? 0 : WORLD_NOW - since;
	canon_until(&l->pause_until, now);
	for (u = 0; u < 2; u++) {
		/* repetitions may come at any time; never stays never */
		if (l->exchange[u].due != ~(uint64_t)0) {
			l->exchange[u].due = 0;
		}
		if (l->exchange[u].tries < 200 && l->exchange[u].tries > 1) {
			l->exchange[u].tries = 1;
		}
		if (l->exchange[u].state == SEAMKEY_I_IDLE) {
			seamkey_exchange idle;

			memset(&idle, 0, sizeof idle);
			/* the key that is being made, or zeros */
			memcpy(idle.secret, l->exchange[u].secret, 32);
			l->exchange[u] = idle;
		}
	}
	l->now = l->last = WORLD_NOW;
	l->worked.last_switch = 0;
}

/* ---- what is only counted, or not read any more -------------------------- */

/* The octets that name a generation are compared with one other. */
static void
canon_octet(uint8_t *octet, uint8_t with)
{
	*octet = *octet == with ? with : (uint8_t)(with - 1);
}

static void
canon_link(unsigned e)
{
	seamkey_link *l = &W.end[e].link;
	uint8_t g = l->provider.pushed;

	memset(&l->sealed, 0, sizeof l->sealed);
	memset(&l->opened, 0, sizeof l->opened);
	memset(&l->worked, 0, sizeof l->worked);
	l->used = l->received = 0;      /* the scheduler's */
	l->bytes = 0;                   /* of which none has a limit */
	l->key_draw = l->root_draw = 0; /* for ages, which are not drawn here */
	if (l->cfg->one_context) {
		l->seal_epoch = l->open_epoch = l->epoch;
		l->open_oldest = l->consumer.oldest;
	}
	canon_octet(&l->seal_soft, g);
	canon_octet(&l->seal_urgent, g);
	canon_octet(&l->seal_hard, g);
	canon_octet(&l->open_soft, g);
	canon_octet(&l->open_urgent, g);
	canon_octet(&l->alarm, g);
	canon_octet(&l->drained, l->consumer.active);
	l->asked = !(S->gaps != 0 && l->heard == l->asked);
	l->heard = 0;
	l->permit_at = 0;
	l->peer_bugs = l->peer_bugs != l->seen_bugs;
	l->seen_bugs = 0;
	if (l->step == SEAMKEY_I_STEP_NONE) {
		l->target = l->direction = 0;
	}
	if (l->settled) {
		l->kind = 0;
	}
	if (W.end[e].op.req.kind == 0) {
		memset(&W.end[e].op, 0, sizeof W.end[e].op);
		W.end[e].device_busy = 0;
	}
}

static void
canon_slots(unsigned e)
{
	end *x = &W.end[e];
	unsigned u;

	for (u = 0; u < WORLD_SLOTS; u++) {
		seamkey_slot *s = &x->slot[u], empty;

		s->bytes = 0;
		if (S->hard == 0) {
			s->sent = 0;
		}
		if (S->alarms == 0) {
			s->failed = 0;
		}
		if (s->used) {
			continue;
		}
		memset(&empty, 0, sizeof empty);
		empty.context = s->context;
		memcpy(empty.iv, s->iv, sizeof empty.iv);
		*s = empty;
	}
}

/* ---- counters ------------------------------------------------------------ */

/* All that counts under one key, and who it is. */
typedef struct counts {
	secret key;
	seamkey_slot *from, *to; /* NULL: does not use it */
	uint64_t lowest;         /* of what may still arrive */
} counts;

static void
counts_find(counts *k, unsigned from)
{
	end *a = &W.end[from], *b = &W.end[1 - from];
	unsigned u;

	k->from = k->to = NULL;
	for (u = 0; u < S->slots[from]; u++) {
		if (a->slot[u].used
			&& secret_same(slot_key(from, u, 0), k->key)) {
			k->from = &a->slot[u];
		}
	}
	for (u = 0; u < S->slots[1 - from]; u++) {
		if (b->slot[u].used
			&& secret_same(slot_key(1 - from, u, 1), k->key)) {
			k->to = &b->slot[u];
		}
	}
	if (k->from != NULL && k->from->generation != a->link.provider.active
		&& k->from->generation
			!= (uint8_t)(a->link.provider.active + 1)) {
		k->from->next = 0; /* a provider never goes back */
		k->from = NULL;
	}
	k->lowest = k->from != NULL ? k->from->next : ~(uint64_t)0;
	for (u = 0; u < WORLD_FRAMES; u++) {
		const frame *f = &W.flying[from][u];

		if (f->live && secret_same(f->key, k->key)
			&& f->counter < k->lowest) {
			k->lowest = f->counter;
		}
	}
}

/* Bits of the window that no frame asks for will not be read. */
static void
counts_window(counts *k, unsigned from)
{
	uint32_t window[SEAMKEY_LINK_WINDOW_MAX / 32] = { 0 };
	seamkey_slot *s = k->to;
	unsigned u;
	uint64_t age;

	for (u = 0; u <= WORLD_FRAMES; u++) {
		const frame *f =
			u < WORLD_FRAMES ? &W.flying[from][u] : &W.attic[from];

		if (!f->live || !secret_same(f->key, k->key)
			|| f->counter >= s->expected) {
			continue;
		}
		age = s->expected - 1 - f->counter;
		if (age < SEAMKEY_LINK_WINDOW_MAX) {
			window[age >> 5] |=
				s->window[age >> 5] & (uint32_t)1 << (age & 31);
		}
	}
	memcpy(s->window, window, sizeof window);
}

/* A recorded frame is too late, and that is all; or is not far away. */
static void
counts_attic(counts *k, unsigned from)
{
	frame *f = &W.attic[from];
	seamkey_slot *s = k->to;
	uint64_t far = window_width() + 2, low, by;

	if (!f->live || !secret_same(f->key, k->key)) {
		return;
	}
	if (s == NULL || s->expected == 0) {
		if (k->lowest != ~(uint64_t)0 && k->lowest > f->counter + far) {
			f->counter = (uint32_t)(k->lowest - far);
		}
		k->lowest = seamkey_i_link_min(k->lowest, f->counter);
		return;
	}
	if (f->counter + far < s->expected) {
		f->counter = (uint32_t)(s->expected - far);
	}
	low = f->counter >= s->expected ? f->counter + 1 : s->expected;
	if (k->lowest != ~(uint64_t)0 && k->lowest > low + far) {
		by = k->lowest - low - far;
		f->counter += (uint32_t)by;
		s->expected += by;
	}
	k->lowest = seamkey_i_link_min(k->lowest, f->counter);
}

/* The first counter of the active key only tells when the older key may go.
 * Where it is kept, or NULL. */
static uint64_t *
counts_first(const counts *k, unsigned to)
{
	seamkey_link *l = &W.end[to].link;

	if (k->to == NULL || k->to->generation != l->consumer.active) {
		return NULL;
	}
	if (l->drain == 0 || l->drained == l->consumer.active) {
		l->first = 0;
	} else if (k->lowest != ~(uint64_t)0
		&& k->lowest > l->first + l->drain) {
		l->first = k->lowest - l->drain;
	}
	return &l->first;
}

/*
 * All counters of a key become less by one number, but for what the limits
 * look at: frames sealed, and whether the soft limit was passed.
 */
static void
canon_counts(unsigned from, secret key)
{
	uint64_t floor = 1 + S->soft + (S->counter_octets == 2 ? 0x10003 : 0),
		 by, *first;
	end *a = &W.end[from];
	counts k;
	unsigned u;

	k.key = key;
	counts_find(&k, from);
	if (k.to != NULL) {
		counts_window(&k, from);
	}
	counts_attic(&k, from);
	first = counts_first(&k, 1 - from);
	if (k.lowest == ~(uint64_t)0) {
		if (k.to != NULL) { /* nothing can come under it any more */
			k.to->expected = k.to->expected != 0 ? floor : 0;
		}
		if (first != NULL) {
			*first = 0;
		}
		return;
	}
	if (k.to != NULL) {
		if (k.to->expected != 0 && k.to->expected < k.lowest) {
			k.to->expected = k.lowest;
		}
		floor += W.end[1 - from].link.drain;
	}
	by = k.lowest > floor ? k.lowest - floor : 0;
	if (secret_same(a->last, key)) {
		a->last_counter -= (uint32_t)by;
	}
	if (k.from != NULL && k.from->next != 0) {
		k.from->next -= by;
	}
	if (k.to != NULL) {
		k.to->expected -= k.to->expected != 0 ? by : 0;
	}
	if (first != NULL) {
		*first -= *first != 0 ? by : 0;
	}
	for (u = 0; u <= WORLD_FRAMES; u++) {
		frame *f =
			u < WORLD_FRAMES ? &W.flying[from][u] : &W.attic[from];

		if (f->live && secret_same(f->key, key)) {
			f->counter -= (uint32_t)by;
		}
	}
}

static void
canon_direction(unsigned from)
{
	secret done[2 * WORLD_FRAMES];
	unsigned n = 0, u, v;

	for (u = 0; u < WORLD_FRAMES + 1 + 2 * WORLD_SLOTS; u++) {
		unsigned slot = u - WORLD_FRAMES - 1;
		secret key = { 0, 0, 0 };

		if (u < WORLD_FRAMES) {
			key = W.flying[from][u].key;
		} else if (u == WORLD_FRAMES) {
			key = W.attic[from].key;
		} else if (slot < S->slots[from]
			&& W.end[from].slot[slot].used) {
			key = slot_key(from, slot, 0);
		} else if (slot >= WORLD_SLOTS
			&& slot - WORLD_SLOTS < S->slots[1 - from]
			&& W.end[1 - from].slot[slot - WORLD_SLOTS].used) {
			key = slot_key(1 - from, slot - WORLD_SLOTS, 1);
		}
		for (v = 0; v < n && !secret_same(done[v], key); v++) {
		}
		if (v == n && key.x != 0) {
			done[n++] = key;
			canon_counts(from, key);
		}
	}
}

/* ---- generations --------------------------------------------------------- */

/* An end counts its generations by itself; only differences matter. */
static void
canon_generation(unsigned e)
{
	end *x = &W.end[e];
	seamkey_link *l = &x->link;
	uint8_t by = (uint8_t)(l->consumer.oldest - 1);
	uint8_t *octet[] = { &l->provider.pushed, &l->provider.active,
		&l->provider.oldest, &l->consumer.pushed, &l->consumer.active,
		&l->consumer.oldest, &l->seal_soft, &l->seal_urgent,
		&l->seal_hard, &l->open_soft, &l->open_urgent, &l->alarm,
		&l->drained, &l->newest, &l->seen_active, &l->open_oldest,
		&l->peer, &x->base };
	unsigned u;

	if (!world_up(e) || by == 0) {
		return;
	}
	for (u = 0; u < sizeof octet / sizeof octet[0]; u++) {
		*octet[u] = (uint8_t)(*octet[u] - by);
	}
	l->serial -= by;
	if (x->op.req.kind != 0) {
		x->op.req.generation -= by;
	}
	for (u = 0; u < S->slots[e]; u++) {
		if (x->slot[u].used) {
			x->slot[u].serial -= by;
			x->slot[u].generation =
				(uint8_t)(x->slot[u].generation - by);
		}
	}
}

/* What an unused slot is called comes from a key of long ago, so it may be
 * any name; the one of the active key does the most harm. */
static void
canon_unused(unsigned e)
{
	unsigned u;

	for (u = 0; u < S->slots[e] && S->inside; u++) {
		seamkey_slot *s = &W.end[e].slot[u];

		if (!s->used) {
			s->generation = W.end[e].link.provider.active;
		}
	}
}

/* How far an end is from its first key matters beside the other end. */
static void
canon_base(void)
{
	uint8_t at[2], least;
	unsigned e;

	for (e = 0; e < 2; e++) {
		at[e] = (uint8_t)(W.end[e].link.provider.active
			- W.end[e].base);
	}
	least = at[0] < at[1] ? at[0] : at[1];
	for (e = 0; e < 2; e++) {
		W.end[e].base = (uint8_t)(W.end[e].base + least);
	}
}

/* ---- the chain ----------------------------------------------------------- */

/* Visit every secret of the world: least step, or steps subtracted. */
static void
chain_visit(void *p, uint32_t by, uint32_t *least)
{
	secret s = toy_get(p);

	if (s.root == 0) {
		return;
	}
	if (s.c < *least) {
		*least = s.c;
	}
	s.c -= by;
	memcpy(p, &s, sizeof s);
}

static uint32_t
chain_walk(uint32_t by)
{
	uint32_t least = ~(uint32_t)0;
	unsigned e, u;

	for (e = 0; e < 2; e++) {
		end *x = &W.end[e];

		chain_visit(x->link.chain, by, &least);
		chain_visit(x->link.exchange[0].secret, by, &least);
		chain_visit(&x->last, by, &least);
		x->link.c -= by;
		for (u = 0; u < S->slots[e]; u++) {
			seamkey_slot *s = &x->slot[u];

			chain_visit(x->context[2 * u], by, &least);
			chain_visit(x->context[2 * u + 1], by, &least);
			chain_visit(&x->device[u][0], by, &least);
			chain_visit(&x->device[u][1], by, &least);
			chain_visit(s->iv[0], by, &least);
			chain_visit(s->iv[1], by, &least);
		}
		for (u = 0; u < WORLD_FRAMES; u++) {
			chain_visit(&W.flying[e][u].key, by, &least);
			chain_visit(&W.flying[e][u].iv, by, &least);
		}
	}
	return least;
}

/* An identifier, so many steps earlier. */
static uint8_t
chain_id(uint8_t id, uint32_t by)
{
	uint8_t mask = S->id_bits == 4 ? 15 : 3;

	return (uint8_t)((id & ~mask) | ((id - by) & mask));
}

static void
chain_frame(frame *f, uint32_t by)
{
	if (f->live) {
		f->current = chain_id(f->current, by);
		f->next = chain_id(f->next, by);
	}
}

/* Identifiers follow their keys; nothing in them has a meaning by itself. */
static void
chain_ids(uint32_t by)
{
	unsigned e, u;

	for (e = 0; e < 2; e++) {
		for (u = 0; u < S->slots[e]; u++) {
			if (W.end[e].slot[u].used) {
				W.end[e].slot[u].wire =
					chain_id(W.end[e].slot[u].wire, by);
			}
		}
		W.end[e].link.announce = chain_id(W.end[e].link.announce, by);
		for (u = 0; u < WORLD_FRAMES; u++) {
			chain_frame(&W.flying[e][u], by);
		}
		chain_frame(&W.attic[e], by);
	}
}

/* Has this end left the key behind? */
static int
chain_is_gone(unsigned e, secret key)
{
	unsigned u;

	for (u = 0; u < S->slots[e]; u++) {
		if (W.end[e].slot[u].used && slot_key(e, u, 1).c <= key.c) {
			return 0;
		}
	}
	return 1;
}

/*
 * On an endless chain of derived keys, identifiers repeat after 16 steps
 * with 4 bits each, after 4 with 2: a multiple of that can be subtracted
 * from all; and any other number, if the identifiers are turned with it. A
 * recorded frame of a key that is gone matters by its identifier only.
 */
static void
canon_chain(void)
{
	uint32_t turn = S->id_bits == 4 ? 16 : 4, least = chain_walk(0), by;
	unsigned e;

	by = S->exact ? least - least % turn : least;
	for (e = 0; e < 2; e++) {
		frame *f = &W.attic[e];

		if (f->live && chain_is_gone(1 - e, f->key)) {
			f->counter = 0;
			f->delivered = 1;
			f->next = f->current;
		}
		/* comes to lie just below all others, or where it is */
		while (f->live && f->key.c + turn < least) {
			f->key.c += turn;
			f->iv.c += turn;
		}
		if (f->live && by != 0) {
			by = by > turn ? by - turn : 0;
		}
	}
	if (by == 0) {
		return;
	}
	(void)chain_walk(by);
	if (!S->exact) {
		chain_ids(by);
	}
	for (e = 0; e < 2; e++) {
		if (W.attic[e].live) {
			W.attic[e].key.c -= by;
			W.attic[e].iv.c -= by;
		}
	}
}

/* ---- slots --------------------------------------------------------------- */

/* Before which other one does a slot come? By age; then what is made. */
static uint64_t
slot_rank(unsigned e, unsigned u)
{
	const seamkey_link *l = &W.end[e].link;
	const seamkey_slot *s = &W.end[e].slot[u];

	if (s->used) {
		return s->serial;
	}
	return l->step != SEAMKEY_I_STEP_NONE && l->target == u
		? (uint64_t)1 << 32
		: (uint64_t)1 << 33;
}

static void
slot_swap(unsigned e, unsigned u, unsigned v)
{
	end *x = &W.end[e];
	seamkey_slot s = x->slot[u], t = x->slot[v];
	unsigned char c[2 * TOY_CONTEXT];
	secret d[2];

	x->slot[u] = t;
	x->slot[v] = s;
	x->slot[u].context = s.context;
	x->slot[v].context = t.context;
	memcpy(c, x->context[2 * u], sizeof c);
	memcpy(x->context[2 * u], x->context[2 * v], sizeof c);
	memcpy(x->context[2 * v], c, sizeof c);
	memcpy(d, x->device[u], sizeof d);
	memcpy(x->device[u], x->device[v], sizeof d);
	memcpy(x->device[v], d, sizeof d);
	if (x->link.step != SEAMKEY_I_STEP_NONE
		&& (x->link.target == u || x->link.target == v)) {
		x->link.target = (uint8_t)(u + v - x->link.target);
	}
	if (x->op.req.kind != 0
		&& (x->op.req.slot == u || x->op.req.slot == v)) {
		x->op.req.slot = u + v - x->op.req.slot;
	}
}

/* Which slot a key lies in makes no difference. */
static void
canon_order(unsigned e)
{
	unsigned u, v;

	for (u = 0; u < S->slots[e]; u++) {
		for (v = u + 1; v < S->slots[e]; v++) {
			if (slot_rank(e, v) < slot_rank(e, u)) {
				slot_swap(e, u, v);
			}
		}
	}
	if (W.end[e].op.req.kind == 0) {
		memset(&W.end[e].op, 0, sizeof W.end[e].op);
	}
}

static void
canon_world(void)
{
	unsigned e;

	for (e = 0; e < 2; e++) {
		canon_link(e);
		canon_time(e);
		canon_slots(e);
	}
	W.clock = WORLD_NOW;
	for (e = 0; e < 2; e++) {
		canon_direction(e);
		canon_generation(e);
		canon_unused(e);
		if (!S->exact) {
			canon_order(e);
		}
	}
	if (world_same()) {
		canon_base();
	}
	if (S->exchanges + S->restarts + S->starts + S->gaps + S->cold
			+ S->chain_max
		== 0) {
		canon_chain();
	}
}

#endif
