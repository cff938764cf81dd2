/*
 * world.h - one state of the model, and what is checked in it
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A world is both ends of a link as the shipped code has them (struct,
 * slots, contexts), the frames that are younger than the longest delay, the
 * exchange messages on their channel, what the attacker has recorded, and a
 * few notes that the checks need. It lies at one address, so that pointers
 * in it are the same in every state.
 */
#ifndef MODEL_WORLD_H
#define MODEL_WORLD_H

#include "toy.h"

#define WORLD_SLOTS    4
#define WORLD_FRAMES   8
#define WORLD_MESSAGES 6
#define WORLD_ROOTS    6
#define WORLD_NOW      100000 /* the clock of every state that is kept */

/* What is explored: the two ends, the network, and how often what. */
typedef struct setup {
	const char *name;
	const char *what; /* for the record */
	unsigned quick;   /* belongs to the quick form */
	unsigned slots[2];
	unsigned delay;            /* D_max, in ticks */
	unsigned every[2];         /* ticks between two frames */
	unsigned rekeys;           /* 0-RTT, on request; ENDLESS: any number */
	unsigned exchanges;        /* n-RTT, on request */
	unsigned urgent;           /* times the soft limit is reached */
	unsigned giveups;          /* exchanges that are abandoned */
	unsigned restarts, starts; /* of an end; by the initiator's user */
	unsigned gaps;             /* long silences of one direction */
	unsigned alarms;           /* forged frames that count */
	unsigned forgeries;        /* forged starts, among strangers */
	unsigned aborts; /* seals that fail after the nonce was used */
	unsigned backs;  /* steps back of a clock */
	unsigned olds;   /* old first messages that make a new share */
	int counter_octets, window;
	unsigned id_bits;
	unsigned hard, soft; /* frames; 0: never reached */
	unsigned soft_age;
	unsigned chain_max;      /* 0-RTT rekeys of one root */
	unsigned char fine;      /* each step of work is a move */
	unsigned char cold;      /* begins before the first start */
	unsigned char drain;     /* the peer's interval is promised */
	unsigned char replay;    /* one recorded frame: 1, 2 of which end */
	unsigned char threads;   /* not one_context */
	unsigned char inside;    /* calls are interrupted: see inside.h */
	unsigned char fresh;     /* begins right after a rekey */
	unsigned char moves;     /* as many in a row at most; 0: any number */
	unsigned char sign;      /* by signatures, not by a shared key */
	unsigned char hardware;  /* slots and cipher in a device */
	unsigned char all;       /* every forged header, not a choice */
	unsigned char exact;     /* identifiers and slots as they are */
	unsigned char lag;       /* losses - 1 in a row, and L5; 0: any */
	unsigned char authentic; /* mode */
	unsigned char silences;  /* the end that falls silent, from 1 */
	unsigned char bugs;      /* peers that announce what cannot be */
	unsigned char twins;     /* what a key depends on is tried out */
	unsigned char leaders;   /* both ends are initiators */
	unsigned char greedy; /* frames of an initiator that wants too much */
} setup;
#define ENDLESS 255

typedef struct frame {
	secret key, iv;
	uint32_t counter;
	uint8_t live, age, current, next;
	uint8_t delivered, spare[3];
	uint32_t session;
} frame;

typedef struct end {
	seamkey_link link;
	seamkey_slot slot[WORLD_SLOTS];
	unsigned char context[2 * WORLD_SLOTS][TOY_CONTEXT];
	seamkey_op op;
	/* what the device has: per slot and direction */
	secret device[WORLD_SLOTS][2];
	uint32_t device_busy;
	uint32_t atoms; /* random numbers drawn */
	/* notes for the checks */
	secret last;                   /* the key sealed with last */
	uint32_t last_counter, sealed; /* under it */
	uint32_t roots[WORLD_ROOTS];   /* of keys used before */
	uint8_t base;   /* generation of the association's first key */
	uint8_t cold;   /* no key since the restart */
	uint8_t phase;  /* ticks until the next frame */
	uint8_t lost;   /* frames in a row */
	uint8_t silent; /* sends nothing for now */
	uint8_t due;    /* has to seal before the next tick */
	uint8_t busy[WORLD_SLOTS]; /* ticks to T_old after a derivation */
	uint8_t pause;             /* ticks until a start may be staged */
} end;

typedef struct world {
	end end[2];
	frame flying[2][WORLD_FRAMES]; /* by sender; 0 is the youngest */
	frame attic[2];
	uint32_t message[2][WORLD_MESSAGES]; /* by sender, sorted */
	uint32_t age; /* ticks since the announcement, for L5 */
	uint64_t clock;
	uint8_t rekeys, exchanges, urgent, giveups, restarts, starts, gaps,
		alarms, forgeries, aborts, olds, backs, greedy;
	uint8_t liar; /* the initiator is no honest one any more */
} world;

static world W;
static const setup *S;
static seamkey_link_config cfg[2];
static seamkey_link_auth auth[2];

/* The first property that does not hold, and what was seen. */
static char broken[8];
static char broken_text[160];

static void
break_(const char *property, const char *text, long a, long b)
{
	if (broken[0] == 0) {
		snprintf(broken, sizeof broken, "%s", property);
		snprintf(broken_text, sizeof broken_text, text, a, b);
	}
}

/* ---- making a world ------------------------------------------------------ */

static int
world_fill(void *ctx, unsigned char *out, size_t len)
{
	unsigned char all[32];
	unsigned e = ctx == &cfg[1];
	size_t u;

	if (len == 8) { /* where a limit lies: at its latest */
		for (u = 0; u < len; u++) {
			out[u] = (unsigned char)(u >> 1);
		}
		return SEAMKEY_OK;
	}
	toy_put(all, (0xA0u + e) << 24 | ++W.end[e].atoms, 0, 0);
	memcpy(out, all, len);
	return SEAMKEY_OK;
}

static const char *world_password = "a pre-shared key";

static int
world_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	*key = seamkey_span_of(world_password, 16);
	return SEAMKEY_OK;
}

/* A signature is the number of what was signed, and by whom. */
static void
world_signature(
	const unsigned char *id, const unsigned char *hash, unsigned char *sig)
{
	toy_begin('G', id, 32);
	toy_add(hash, 32);
	toy_put(sig, toy_intern(toy_text, toy_len), 0, 0);
}

static int
world_sign(void *ctx, const unsigned char *hash, unsigned char *sig, size_t cap,
	size_t *len)
{
	(void)cap;
	world_signature(((seamkey_link_auth *)ctx)->own, hash, sig);
	*len = 32;
	return SEAMKEY_OK;
}

static int
world_verify(void *ctx, const unsigned char *hash, seamkey_span sig)
{
	unsigned char right[32];

	world_signature(((seamkey_link_auth *)ctx)->peer, hash, right);
	return sig.len == 32 && memcmp(sig.p, right, 32) == 0
		? SEAMKEY_OK
		: SEAMKEY_ERR_LINK_AUTH;
}

static void
world_event(void *ctx, seamkey_link *link, int event)
{
	(void)link;
	if (event == SEAMKEY_LINK_PEER_BUG) {
		break_("H14", "end %ld takes its honest peer for broken",
			(long)(ctx == &cfg[1]), 0);
	}
}

static int device_fails; /* to seal, after it has used the nonce */

/* A device with slots of its own. To load and to erase takes time: moves say
 * when it is done, and at first it says that the key before is in place. */
static int
world_device(void *dev, seamkey_op *op, const seamkey_req *req)
{
	end *e = &W.end[dev == &cfg[1]];
	secret *key = &e->device[req->slot][req->direction != 0];
	unsigned char context[TOY_CONTEXT] = { 0 };

	memcpy(context, key, sizeof *key);
	switch (req->kind) {
	case SEAMKEY_REQ_SLOT_LOAD:
		e->device_busy = 2;
		return SEAMKEY_AGAIN;
	case SEAMKEY_REQ_SLOT_ERASE:
		e->device_busy = 1;
		return SEAMKEY_AGAIN;
	case SEAMKEY_REQ_SEAL:
		toy_seal(&toy_aead, context, req->nonce, req->ad, NULL, 0, NULL,
			req->tag);
		op->out_len = SEAMKEY_AEAD_TAG;
		return device_fails ? SEAMKEY_ERR_HOOK : SEAMKEY_OK;
	case SEAMKEY_REQ_OPEN:
		op->out_len = toy_open(&toy_aead, context, req->nonce, req->ad,
			NULL, 0, NULL, req->tag);
		return SEAMKEY_OK;
	default:
		return SEAMKEY_OK;
	}
}

static int
world_poll(void *dev, seamkey_op *op)
{
	end *e = &W.end[dev == &cfg[1]];
	secret *key = &e->device[op->req.slot][op->req.direction != 0];

	if (op->req.kind == SEAMKEY_REQ_SLOT_ERASE && e->device_busy == 0) {
		memset(e->device[op->req.slot], 0, 2 * sizeof(secret));
		return SEAMKEY_OK;
	}
	if (e->device_busy == 2 || op->req.kind == SEAMKEY_REQ_SLOT_ERASE) {
		return SEAMKEY_AGAIN; /* not yet */
	}
	if (e->device_busy == 1) { /* something is done, but not this */
		op->generation = op->req.generation - 1;
		return SEAMKEY_OK;
	}
	*key = toy_get(op->req.in.p);
	op->generation = op->req.generation;
	return SEAMKEY_OK;
}

static void
world_cancel(void *dev, seamkey_op *op)
{
	(void)dev;
	(void)op;
}

static const seamkey_driver world_driver = { 0, world_device, world_poll,
	world_cancel };
static seamkey_link_hardware hardware[2];

static void
world_configure(unsigned e)
{
	seamkey_link_config *c = &cfg[e];

	memset(c, 0, sizeof *c);
	c->aead = &toy_aead;
	c->role = S->leaders ? SEAMKEY_LINK_INITIATOR : (uint8_t)(e + 1);
	c->mode = S->authentic;
	c->id_bits = (uint8_t)S->id_bits;
	c->counter_octets = S->counter_octets;
	c->window = S->window;
	c->one_context = !S->threads;
	c->send_min = c->send_max = S->every[e];
	c->peer_min = c->peer_max = S->every[1 - e];
	c->drain_by_count = S->drain;
	c->chain_max = S->chain_max;
	c->delay_max = S->delay;
	c->losses = (uint8_t)(S->lag != 0 ? S->lag - 1 : 0);
	c->soft_frames = S->soft;
	c->hard_frames = S->hard;
	c->soft_age = S->soft_age != 0 ? S->soft_age : SEAMKEY_LINK_NEVER;
	c->failed_warn = S->alarms != 0 ? 1 : 0;
	c->retry = c->pause = c->start_interval = 1;
	c->tries = 200; /* never reached but by giving up */
	c->random.fill = world_fill;
	c->random.ctx = c;
	c->event = world_event;
	c->event_ctx = c;
	memset(&auth[e], 0, sizeof auth[e]);
	auth[e].ctx = &auth[e];
	auth[e].own[0] = (unsigned char)(1 + e);
	auth[e].peer[0] = (unsigned char)(2 - e);
	if (S->sign) {
		auth[e].sign = world_sign;
		auth[e].verify = world_verify;
	} else {
		auth[e].psk = world_psk;
	}
	hardware[e].hook.drv = &world_driver;
	hardware[e].hook.dev = c;
	hardware[e].op = &W.end[e].op;
}

static void
world_power_on(unsigned e)
{
	end *x = &W.end[e];
	int status;

	memset(x->context, 0, sizeof x->context);
	memset(x->device, 0, sizeof x->device);
	memset(&x->op, 0, sizeof x->op);
	x->device_busy = 0;
	x->cold = 1;
	x->lost = 0;
	x->pause = 0;
	status = seamkey_link_init(&x->link, &cfg[e], &auth[e],
		S->hardware ? &hardware[e] : NULL, 7, x->slot, S->slots[e],
		S->hardware ? NULL : x->context,
		S->hardware ? 0 : sizeof x->context);
	if (status == SEAMKEY_OK && cfg[e].role == SEAMKEY_LINK_INITIATOR) {
		status = seamkey_link_start(&x->link);
	}
	if (status != SEAMKEY_OK) {
		break_("init", "status %ld", status, 0);
	}
}

/* ---- small questions ----------------------------------------------------- */

static int
world_up(unsigned e)
{
	return (W.end[e].link.epoch & 1) != 0;
}

static uint32_t
world_session(unsigned e)
{
	uint32_t id;

	memcpy(&id, W.end[e].link.session, sizeof id);
	return id;
}

static int
world_same(void)
{
	return !W.liar && world_up(0) && world_up(1)
		&& memcmp(W.end[0].link.session, W.end[1].link.session, 16)
		== 0;
}

static int
secret_same(secret a, secret b)
{
	return a.x == b.x && a.root == b.root && a.c == b.c;
}

static secret
slot_key(unsigned e, unsigned slot, unsigned direction)
{
	return S->hardware ? W.end[e].device[slot][direction]
			   : toy_get(W.end[e].context[2 * slot + direction]);
}

/* Has this end a slot in its consumer's view with this key? */
static seamkey_slot *
world_holds(unsigned e, secret key)
{
	end *x = &W.end[e];
	unsigned u;

	for (u = 0; u < S->slots[e]; u++) {
		if (x->slot[u].used && secret_same(slot_key(e, u, 1), key)
			&& seamkey_view_state(
				   &x->link.consumer, x->slot[u].generation)
				!= SEAMKEY_SLOT_UNUSED) {
			return &x->slot[u];
		}
	}
	return NULL;
}

/* ---- checks of a state --------------------------------------------------- */

/* S4, S10: pairs of views; slots and views agree. */
static void
check_views(unsigned e)
{
	end *x = &W.end[e];
	const seamkey_view *view[2];
	unsigned v, u, w;

	view[0] = &x->link.provider;
	view[1] = &x->link.consumer;
	for (v = 0; v < 2; v++) {
		unsigned count[4] = { 0, 0, 0, 0 };
		unsigned want = view[v]->live
			? (uint8_t)(view[v]->pushed - view[v]->oldest) + 1u
			: 0;

		for (u = 0; u < S->slots[e]; u++) {
			if (x->slot[u].used) {
				count[seamkey_view_state(
					view[v], x->slot[u].generation)]++;
			}
		}
		if (count[1] > 1 || count[2] != (want != 0)
			|| count[1] + count[2] + count[3] != want) {
			break_("S4", "end %ld, view %ld: no valid states", e,
				v);
		}
	}
	for (u = 0; u < S->slots[e]; u++) {
		for (w = u + 1; w < S->slots[e]; w++) {
			if (x->slot[u].used && x->slot[w].used
				&& x->slot[u].wire == x->slot[w].wire) {
				break_("S10", "end %ld: two slots have %02lx",
					e, x->slot[u].wire);
			}
		}
	}
}

static int
is_zero(const void *p, size_t len)
{
	const unsigned char *b = (const unsigned char *)p;
	size_t u;

	for (u = 0; u < len; u++) {
		if (b[u] != 0) {
			return 0;
		}
	}
	return 1;
}

/* S9: what nobody needs is zero. */
static void
check_erased(unsigned e)
{
	end *x = &W.end[e];
	seamkey_link *l = &x->link;
	unsigned u, making = l->step > SEAMKEY_I_STEP_CHAIN;

	for (u = 0; u < S->slots[e]; u++) {
		seamkey_slot *s = &x->slot[u];

		if ((making || l->dirty) && u == l->target) {
			continue;
		}
		if (!s->used
			&& (!is_zero(x->context[2 * u], 2 * TOY_CONTEXT)
				|| !is_zero(s->iv, sizeof s->iv)
				|| !is_zero(
					x->device[u], 2 * sizeof(secret)))) {
			break_("S9", "end %ld: unused slot %ld is not erased",
				e, u);
		}
		if (s->used && !S->threads && l->step == SEAMKEY_I_STEP_NONE
			&& world_up(e) && x->op.req.kind == 0
			&& seamkey_view_state(&l->provider, s->generation)
				== SEAMKEY_SLOT_UNUSED
			&& seamkey_view_state(&l->consumer, s->generation)
				== SEAMKEY_SLOT_UNUSED) {
			break_("S9", "end %ld: slot %ld outlives both views", e,
				u);
		}
	}
	for (u = 0; u < 2; u++) {
		const seamkey_exchange *x2 = &l->exchange[u];

		if (u == 0
			&& (l->step == SEAMKEY_I_STEP_SCHEDULE
				|| l->step == SEAMKEY_I_STEP_IV)) {
			continue; /* the key that is being made */
		}
		if ((x2->state == SEAMKEY_I_IDLE
			    || x2->state >= SEAMKEY_I_PUSHING)
			&& x2->state != (u == 1 ? SEAMKEY_I_PUSHING : 255)
			&& !is_zero(x2->secret, sizeof x2->secret)) {
			break_("S9", "end %ld: exchange %ld keeps a secret", e,
				u);
		}
	}
}

/* S2: what has one name at both ends is one key; S6: per direction. */
static void
check_agreement(void)
{
	const end *i = &W.end[0], *f = &W.end[1];
	unsigned u, v;

	for (u = 0; u < S->slots[0]; u++) {
		if (i->slot[u].used && slot_key(0, u, 0).x != 0
			&& secret_same(slot_key(0, u, 0), slot_key(0, u, 1))) {
			break_("S6", "one key for both directions", 0, 0);
		}
	}
	if (!world_same()) {
		return;
	}
	for (u = 0; u < S->slots[0]; u++) {
		for (v = 0; v < S->slots[1]; v++) {
			const seamkey_slot *s = &i->slot[u], *t = &f->slot[v];

			if (s->used && t->used
				&& (uint8_t)(s->generation - i->base)
					== (uint8_t)(t->generation - f->base)
				&& (!secret_same(slot_key(0, u, 0),
					    slot_key(1, v, 1))
					|| !secret_same(slot_key(0, u, 1),
						slot_key(1, v, 0))
					|| memcmp(s->iv[0], t->iv[1], 12) != 0
					|| memcmp(s->iv[1], t->iv[0], 12)
						!= 0)) {
				break_("S2", "generation %ld has two keys",
					(long)(uint8_t)(s->generation
						- i->base),
					0);
			}
		}
	}
	if (i->link.step == SEAMKEY_I_STEP_NONE
		&& f->link.step == SEAMKEY_I_STEP_NONE && i->link.m == f->link.m
		&& i->link.c == f->link.c
		&& memcmp(i->link.chain, f->link.chain, 32) != 0) {
		break_("S2", "two chain secrets have one name", 0, 0);
	}
}

/* S5: the two ends are one step apart at most, and so are the views. */
static void
check_distance(void)
{
	uint8_t at[2][2];
	unsigned e, d;

	if (!world_same()) {
		return;
	}
	for (e = 0; e < 2; e++) {
		at[e][0] = (uint8_t)(W.end[e].link.provider.active
			- W.end[e].base);
		at[e][1] = (uint8_t)(W.end[e].link.consumer.active
			- W.end[e].base);
	}
	d = (uint8_t)(at[0][0] - at[1][0] + 1);
	if (d > 2) {
		break_("S5", "the providers are %ld steps apart", (long)d - 1,
			0);
	}
	for (e = 0; e < 2; e++) {
		d = (uint8_t)(at[e][0] - at[e][1] + 1);
		if (d > 2) {
			break_("S5", "the views of end %ld are %ld steps apart",
				e, (long)d - 1);
		}
	}
}

/* S3, of the keys that are in use; each seal looks for itself, too. */
static void
check_use(void)
{
	unsigned e, u;

	if (!world_same()) {
		return;
	}
	for (e = 0; e < 2; e++) {
		end *x = &W.end[e];

		for (u = 0; u < S->slots[e]; u++) {
			if (x->slot[u].used
				&& x->slot[u].generation
					== x->link.provider.active
				&& !secret_same(
					W.end[e].last, slot_key(e, u, 0))) {
				continue; /* has not sealed with it */
			}
			if (x->slot[u].used
				&& x->slot[u].generation
					== x->link.provider.active
				&& world_holds(1 - e, slot_key(e, u, 0))
					== NULL) {
				break_("S3",
					"end %ld seals under a key that its "
					"peer does not hold",
					e, 0);
			}
		}
	}
}

static void
check_limits(unsigned e)
{
	const end *x = &W.end[e];
	unsigned u;

	for (u = 0; u < S->slots[e]; u++) {
		if (x->slot[u].used && x->slot[u].sent > x->link.hard) {
			break_("S11", "end %ld: %ld frames under one key", e,
				(long)x->slot[u].sent);
		}
	}
}

/* H-32: who takes all that an end has now cannot open what was recorded when
 * it sealed with a key that it has erased since. */
static void
check_past(unsigned e)
{
	const frame *f = &W.attic[e];
	secret chain = toy_get(W.end[e].link.chain);
	unsigned u;

	for (u = 0; u < S->slots[e]; u++) {
		if (W.end[e].slot[u].used
			&& secret_same(slot_key(e, u, 0), f->key)) {
			return;
		}
	}
	if (f->live && f->key.root == chain.root && f->key.c >= chain.c) {
		break_("H32", "end %ld can make an erased key again", e, 0);
	}
}

/* H-27: a root has so many steps, but where there is no time for another;
 * H-15: ends of one role have nothing to say to each other. */
static void
check_rules(unsigned e)
{
	const seamkey_link *l = &W.end[e].link;

	if (S->chain_max != 0 && world_up(e) && l->c > S->chain_max) {
		break_("H27", "end %ld: %ld steps from one root", e,
			(long)l->c);
	}
	if (S->leaders && world_up(e)) {
		break_("H15", "end %ld has a link to its like", e, 0);
	}
}

static void
check_state(void)
{
	unsigned e;

	for (e = 0; e < 2; e++) {
		check_rules(e);
		check_past(e);
		check_views(e);
		check_erased(e);
		check_limits(e);
	}
	check_agreement();
	check_distance();
	check_use();
}

/* Has sealing stopped at the limit? Then only a new start helps. */
static int
world_stopped(void)
{
	unsigned e, u;

	for (e = 0; e < 2 && S->soft != 0; e++) {
		for (u = 0; u < S->slots[e]; u++) {
			if (W.end[e].slot[u].used
				&& W.end[e].slot[u].sent
					>= W.end[e].link.hard) {
				return 1;
			}
		}
	}
	return 0;
}

/* Has everything that was asked for been done, and is all free again? With
 * a low limit, the next rekey may be under way as soon as there is room. */
static int
world_done(void)
{
	unsigned e, u, used;

	if (world_stopped() || S->leaders || W.liar) {
		return 1;
	}
	if (!world_same()) {
		return 0;
	}
	for (e = 0; e < 2; e++) {
		const seamkey_link *l = &W.end[e].link;

		used = 0;
		for (u = 0; u < S->slots[e]; u++) {
			used += W.end[e].slot[u].used;
		}
		if (S->soft == 0
			&& (used != 1 || l->step != SEAMKEY_I_STEP_NONE)) {
			return 0;
		}
		if (!l->settled || l->starting || (e == 0 && l->wanted != 0)
			|| l->provider.active != l->provider.pushed
			|| l->consumer.active != l->provider.pushed) {
			return 0;
		}
	}
	return W.end[0].link.exchange[0].state == SEAMKEY_I_IDLE
		&& W.end[0].link.exchange[1].state == SEAMKEY_I_IDLE
		/* what a replayed first message has staged stays */
		&& W.end[1].link.exchange[0].state <= SEAMKEY_I_STAGED
		&& W.end[1].link.exchange[1].state <= SEAMKEY_I_STAGED
		&& W.end[0].link.m == W.end[1].link.m
		&& W.end[0].link.c == W.end[1].link.c;
}

#endif
