/*
 * moves.h - what can happen in a world, and what must not
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A move is a kind and an argument. move_apply() returns 0 where it is not
 * possible now, 1 where W is the state after it. What an honest peer or the
 * network may not do is no move; what the shipped code may not answer to a
 * move breaks a property.
 */
#ifndef MODEL_MOVES_H
#define MODEL_MOVES_H

#include "world.h"

/* Octet by octet, padding too: ends are only copied, and zero at first. */
static int
is_same_end(const end *a, const end *b)
{
	return memcmp((const unsigned char *)a, (const unsigned char *)b,
		       sizeof *a)
		== 0;
}

enum move {
	MOVE_TICK,
	MOVE_WORK,    /* end */
	MOVE_DELIVER, /* sender * 16 + frame */
	MOVE_REKEY,   /* kind */
	MOVE_URGENT,
	MOVE_RECORD, /* sender * 16 + frame */
	MOVE_REPLAY, /* sender */
	MOVE_PUT,    /* sender * 16 + message */
	MOVE_GIVEUP,
	MOVE_RESTART, /* end */
	MOVE_START,
	MOVE_GAP,    /* 0 short, 1 too long */
	MOVE_ALARM,  /* receiver: a forged frame that counts */
	MOVE_FAKE,   /* a forged first message among strangers: its share */
	MOVE_ABORT,  /* end */
	MOVE_IDLE,   /* end: an empty frame is opened */
	MOVE_DEVICE, /* end: the device is a step further */
	MOVE_SILENT, /* end: stops to send, or sends again */
	MOVE_BACK,   /* end: its clock steps back */
	MOVE_SEAL,   /* end: the frame of this tick */
	MOVE_GREEDY  /* a frame of an initiator that wants too much */
};

static unsigned worst; /* ticks that a rekey took, at most */

/* ---- frames -------------------------------------------------------------- */

/* The bytes of a frame. Returns their number. */
static size_t
frame_bytes(unsigned from, const frame *f, unsigned char *out)
{
	size_t len = seamkey_link_header(&W.end[from].link);
	unsigned char nonce[SEAMKEY_AEAD_NONCE];
	seamkey_span ad[2];

	seamkey_i_link_write_header(
		&cfg[from], out, f->current, f->next, f->counter, 0);
	seamkey_i_link_nonce(nonce, (const unsigned char *)&f->iv, f->counter);
	ad[0] = seamkey_span_of(out, len);
	ad[1] = seamkey_span_of(NULL, 0);
	toy_tag(&f->key, nonce, ad, out + len);
	return len + SEAMKEY_AEAD_TAG;
}

/* counter is what the carrier says, where it brings its own. */
static int
frame_open(
	unsigned to, const unsigned char *bytes, size_t len, uint64_t counter)
{
	unsigned char plain[8];
	size_t plain_len;
	int status;

	toy_hashes = toy_schedules = toy_ciphers = toy_erased = 0;
	points_depth++;
	status = seamkey_link_open_counted(&W.end[to].link, counter,
		seamkey_span_of(NULL, 0), bytes, len, plain, sizeof plain,
		&plain_len);
	points_depth--;
	if (toy_hashes + toy_schedules > 0 || toy_ciphers > 1) {
		break_("S12", "opening: %ld derivations, %ld ciphers",
			toy_hashes + toy_schedules, toy_ciphers);
	}
	if (S->inside && toy_erased > 0) {
		break_("S9", "end %ld opens with a key that is erased", to, 0);
	}
	return status;
}

static uint64_t
window_width(void)
{
	return S->window == 0 ? 64 : S->window < 0 ? 0 : (uint64_t)S->window;
}

/* May an honest first copy in time be refused with this answer? up: was the
 * link up when the call began? */
static int
frame_excused(
	unsigned to, const frame *f, int status, const seamkey_slot *s, int up)
{
	const end *r = &W.end[to];

	if (r->cold || f->session != world_session(to)) {
		return 1; /* an association that is not, or no more */
	}
	if (!world_up(to)) {
		return r->link.exchange[1].state == SEAMKEY_I_PUSHING
			|| S->gaps != 0;
	}
	if (status == SEAMKEY_ERR_LINK_DOWN && !up) {
		return 1; /* it came up meanwhile */
	}
	if (status == SEAMKEY_ERR_LINK_LATE) {
		return s != NULL && f->counter < s->expected
			&& s->expected - 1 - f->counter >= window_width();
	}
	return 0;
}

static void
frame_mark(unsigned from, const frame *f)
{
	frame *g;
	unsigned u;

	for (u = 0; u <= WORLD_FRAMES; u++) {
		g = u < WORLD_FRAMES ? &W.flying[from][u] : &W.attic[from];
		if (g->live && secret_same(g->key, f->key)
			&& g->counter == f->counter) {
			g->delivered = 1;
		}
	}
}

/* S1 and S8. late: the network's own promise does not cover this one, nor
 * one that gets old while it is opened. */
static int
frame_deliver(unsigned from, frame f, int late)
{
	unsigned char bytes[64];
	unsigned to = 1 - from;
	uint64_t clock = W.clock;
	size_t len = frame_bytes(from, &f, bytes);
	const seamkey_slot *s = world_holds(to, f.key);
	int excused, status, up = world_up(to);

	/* with the marks as they are before: they move when it is opened */
	excused = frame_excused(to, &f, SEAMKEY_ERR_LINK_LATE, s, up);
	status = frame_open(to, bytes, len, f.counter);
	if (status == SEAMKEY_OK) {
		if (f.delivered) {
			break_("S8", "end %ld accepts counter %ld twice", to,
				f.counter);
		}
		frame_mark(from, &f);
		return 1;
	}
	if (!f.delivered && !late && W.clock == clock
		&& !(status == SEAMKEY_ERR_LINK_LATE
				? excused
				: frame_excused(to, &f, status, s, up))) {
		break_("S1", "end %ld refuses an honest frame: %ld", to,
			status);
	}
	return S->threads; /* what open has seen counts there */
}

/* S7: frames with a wrong tag, with every header, change nothing. */
static void
forge_frames(unsigned to)
{
	unsigned char bytes[64];
	seamkey_link *l = &W.end[to].link;
	static end before;
	unsigned current, next, ids = 1u << (S->id_bits == 4 ? 8 : 4), u, step;
	size_t len = seamkey_link_header(l);

	(void)frame_open(to, bytes, 0, 0); /* acknowledge, first */
	before = W.end[to];
	step = S->all ? 1 : 5;
	for (current = 0; current < ids; current++) {
		for (next = current % step; next < ids; next += step) {
			const seamkey_slot *s = NULL;
			uint64_t counter = 0;

			for (u = 0; u < S->slots[to]; u++) {
				if (before.slot[u].used
					&& before.slot[u].wire == current) {
					s = &before.slot[u];
					counter = s->expected + (next & 1);
				}
			}
			seamkey_i_link_write_header(&cfg[to], bytes,
				(uint8_t)current, (uint8_t)next, counter, 0);
			memset(bytes + len, 0xFF, SEAMKEY_AEAD_TAG);
			if (frame_open(
				    to, bytes, len + SEAMKEY_AEAD_TAG, counter)
				== SEAMKEY_OK) {
				break_("S7", "end %ld accepts a forgery", to,
					0);
			}
			if (s == NULL && toy_ciphers != 0) {
				break_("H4",
					"end %ld tries a key on an "
					"unknown name",
					to, 0);
			}
		}
	}
	l->opened = before.link.opened;
	l->alarm = before.link.alarm;
	for (u = 0; u < S->slots[to]; u++) {
		W.end[to].slot[u].failed = before.slot[u].failed;
	}
	if (!is_same_end(&before, &W.end[to])) {
		break_("S7", "a forged frame changes end %ld", to, 0);
	}
	W.end[to] = before;
}

/* A name that is neither current nor one of its two successors. */
static int
bug_is(uint8_t current, uint8_t next)
{
	unsigned bits = S->id_bits == 4 ? 4 : 2, mask = (1u << bits) - 1;
	unsigned m = ((next >> bits) - (current >> bits)) & mask;
	unsigned c = next & mask;

	return m == 0 ? ((c - current) & mask) > 1 : m != 1 || c != 0;
}

/*
 * H-14: a peer that is no attacker, but wrong: a frame that it has sealed
 * announces what cannot be. It is delivered, counted, and does nothing that
 * it had not done with nothing to announce.
 */
static void
bug_frame(unsigned from, const frame *sealed, uint8_t next)
{
	static end before, right;
	unsigned char bytes[64];
	unsigned to = 1 - from;
	const seamkey_link_open_counters *o = &W.end[to].link.opened;
	uint64_t bugs = o->peer_bugs, overtaken = o->overtaken;
	frame f = *sealed;
	size_t len;

	before = W.end[to];
	f.next = f.current;
	len = frame_bytes(from, &f, bytes);
	if (frame_open(to, bytes, len, f.counter) != SEAMKEY_OK) {
		W.end[to] = before;
		return;
	}
	right = W.end[to];
	W.end[to] = before;
	f.next = next;
	len = frame_bytes(from, &f, bytes);
	if (frame_open(to, bytes, len, f.counter) != SEAMKEY_OK
		|| o->peer_bugs - bugs != (o->overtaken == overtaken)) {
		break_("H14", "end %ld does not count %02lx as a mistake", to,
			next);
	}
	W.end[to].link.opened.peer_bugs = bugs;
	W.end[to].link.peer_bugs = right.link.peer_bugs;
	if (!is_same_end(&right, &W.end[to])) {
		break_("H14", "end %ld acts on %02lx, which cannot be", to,
			next);
	}
	W.end[to] = before;
}

static void
bug_frames(unsigned from)
{
	unsigned ids = 1u << (S->id_bits == 4 ? 8 : 4), next, u;

	for (u = 0; S->bugs && u <= S->delay; u++) {
		const frame *f = &W.flying[from][u];

		for (next = 0; f->live && !f->delivered && next < ids; next++) {
			if (bug_is(f->current, (uint8_t)next)) {
				bug_frame(from, f, (uint8_t)next);
			}
		}
	}
}

/* ---- sealing ------------------------------------------------------------- */

/* Has this end accepted a frame under any of its keys? */
static int
world_heard(unsigned e)
{
	unsigned u;

	for (u = 0; u < S->slots[e]; u++) {
		if (W.end[e].slot[u].used && W.end[e].slot[u].expected != 0) {
			return 1;
		}
	}
	return 0;
}

/* L4: a refusal has to have its reason. up, heard: before the call, and in
 * the same association. */
static void
seal_refused(unsigned e, int status, int up, int heard)
{
	const end *x = &W.end[e];

	if (status == SEAMKEY_ERR_LINK_LIMIT) {
		if (x->sealed < x->link.hard) {
			break_("L4", "end %ld refuses after %ld frames", e,
				x->sealed);
		}
		if (S->lag != 0) {
			break_("L4",
				"end %ld has come to its hard limit, though "
				"its peer lives",
				e, 0);
		}
	} else if (status == SEAMKEY_AGAIN && e == 0) {
		if (heard) {
			break_("L4", "end %ld still waits", e, 0);
		}
	} else if (status != SEAMKEY_ERR_LINK_DOWN || (up && world_up(e))) {
		break_("L4", "end %ld does not seal: %ld", e, status);
	}
}

/* S6: a key is new, or its counter grows. */
static void
seal_note(end *x, unsigned e, uint32_t counter)
{
	unsigned u;

	if (secret_same(toy_key, x->last)) {
		if (counter <= x->last_counter) {
			break_("S6", "end %ld seals counter %ld again", e,
				counter);
		}
		x->sealed++;
	} else {
		if (toy_key.root == x->last.root ? toy_key.c <= x->last.c
						 : toy_key.root == 0) {
			break_("S6", "end %ld goes back to a key", e, 0);
		}
		for (u = 0; toy_key.root != x->last.root && u < WORLD_ROOTS;
			u++) {
			if (x->roots[u] == toy_key.root) {
				break_("S6", "end %ld uses a root again", e, 0);
			}
		}
		if (toy_key.root != x->last.root) {
			memmove(x->roots + 1, x->roots,
				(WORLD_ROOTS - 1) * sizeof *x->roots);
			x->roots[0] = x->last.root;
		}
		x->sealed = 1;
	}
	if (S->hard == 0) {
		x->sealed = 1;
	}
	x->last = toy_key;
	x->last_counter = counter;
}

static uint32_t
seal_counter(const seamkey_slot *s)
{
	uint32_t counter = 0;
	unsigned u;

	for (u = 8; u < SEAMKEY_AEAD_NONCE; u++) {
		counter = counter << 8 | (uint32_t)(toy_nonce[u] ^ s->iv[0][u]);
	}
	return counter;
}

/* A device fails, though what it made of the nonce may be seen outside. */
static int
move_abort(unsigned e)
{
	end *x = &W.end[e];
	unsigned char bytes[64];
	size_t len;
	int status;

	if (W.aborts == 0 || !world_up(e)) {
		return 0;
	}
	W.aborts--;
	toy_ciphers = 0;
	device_fails = 1;
	status = seamkey_link_seal(&x->link, seamkey_span_of(NULL, 0), NULL, 0,
		bytes, sizeof bytes, &len);
	device_fails = 0;
	if (status == SEAMKEY_OK) {
		break_("abort", "end %ld: a failure is no failure", e, 0);
	}
	if (toy_ciphers > 0) {
		seal_note(x, e,
			seal_counter(seamkey_i_link_slot(
				&x->link, x->link.provider.active)));
	}
	return 1;
}

/* H-28: the carrier's counter may stand still, as one of 16 bits does when
 * it comes round; then it is no nonce, until it has grown. */
static int
seal_call(end *x, unsigned char *bytes, size_t cap, size_t *len)
{
	seamkey_span none = seamkey_span_of(NULL, 0);
	int status;

	if (S->counter_octets != SEAMKEY_LINK_CARRIER_COUNTER) {
		return seamkey_link_seal(
			&x->link, none, NULL, 0, bytes, cap, len);
	}
	status = seamkey_link_seal_counted(
		&x->link, x->last_counter, none, NULL, 0, bytes, cap, len);
	if (status == SEAMKEY_ERR_LINK_COUNTER) {
		status = seamkey_link_seal_counted(&x->link,
			x->last_counter + 1, none, NULL, 0, bytes, cap, len);
	}
	return status;
}

/* One end seals a frame, which then flies. */
static void
seal_one(unsigned e)
{
	end *x = &W.end[e];
	unsigned char bytes[64], again[64];
	seamkey_i_link_header_in h;
	frame *f = &W.flying[e][0];
	const seamkey_slot *s;
	size_t len = 0;
	int status, up = world_up(e);
	int heard = points_depth == 0 && world_heard(e);
	uint8_t epoch = x->link.epoch;

	memset(&h, 0, sizeof h);
	toy_hashes = toy_schedules = toy_ciphers = toy_erased = 0;
	points_depth++;
	status = seal_call(x, bytes, sizeof bytes, &len);
	points_depth--;
	if (toy_hashes + toy_schedules > 0 || toy_ciphers > 1) {
		break_("S12", "sealing: %ld derivations, %ld ciphers",
			toy_hashes + toy_schedules, toy_ciphers);
	}
	if (status != SEAMKEY_OK) {
		seal_refused(e, status, up, heard && x->link.epoch == epoch);
		return;
	}
	s = seamkey_i_link_slot(&x->link, x->link.provider.active);
	if (s == NULL || (S->inside && toy_erased > 0)) {
		break_("S9", "end %ld seals with a key that is erased", e, 0);
		return;
	}
	(void)seamkey_i_link_read_header(&x->link, bytes, len, &h);
	f->live = 1;
	f->key = toy_key;
	memcpy(&f->iv, s->iv[0], sizeof f->iv);
	f->counter = seal_counter(s);
	f->current = h.current;
	f->next = h.next;
	f->session = world_session(e);
	seal_note(x, e, f->counter);
	if (frame_bytes(e, f, again) != len || memcmp(bytes, again, len) != 0) {
		break_("H31", "end %ld: the tag is not that of the header", e,
			0);
	}
	if (world_same() && !W.end[1 - e].cold
		&& W.end[1 - e].link.consumer.live /* not going down */
		&& world_holds(1 - e, toy_key) == NULL) {
		break_("S3",
			"end %ld seals under a key that its peer does not "
			"hold",
			e, 0);
	}
	if (S->hard != 0 && x->sealed > S->hard) {
		break_("S11", "end %ld: frame %ld under one key", e, x->sealed);
	}
}

/* ---- what a key depends on ----------------------------------------------- */

/* A secret that a step of work may have made, one after the other. */
#define TWIN_CHAIN 1
#define TWIN_ROOT  2 /* of a rekey */
#define TWIN_START 3
#define TWIN_ALL   (4 + 2 * WORLD_SLOTS)

static const unsigned char *
twin_secret(const end *x, unsigned i)
{
	static const unsigned char none[sizeof(secret)];
	/* then that secret is the key, else that of an exchange */
	int making = x->link.step == SEAMKEY_I_STEP_SCHEDULE
		|| x->link.step == SEAMKEY_I_STEP_IV;

	switch (i) {
	case 0:
	case TWIN_ROOT:
		return making == (i == 0) ? x->link.exchange[0].secret : none;
	case TWIN_CHAIN:
		return x->link.chain;
	case TWIN_START:
		return x->link.exchange[1].secret;
	default:
		return x->slot[(i - 4) >> 1].iv[i & 1];
	}
}

/*
 * The same step again, with another relation, session, chain or pre-shared
 * key: H-6 and H-34 have each secret depend on the first three (the root of
 * a start has its session from the transcript, and no chain; the toy counts
 * the steps of a chain, and no more), and each root on the last, where there
 * is one.
 */
static void
twin_check(unsigned e, const end *before)
{
	static const char *const rules[] = { "H6", "H6", "H34", "H34" };
	static end after;
	seamkey_link *l = &W.end[e].link;
	unsigned v, i;

	after = W.end[e];
	for (v = 0; v < 4; v++) {
		W.end[e] = *before;
		l->relation ^= v == 0;
		l->session[0] ^= v == 1;
		l->chain[4] ^= v == 2 ? 0x80 : 0;
		world_password = v == 3 ? "another, of them" : world_password;
		(void)seamkey_link_work(l, W.clock);
		world_password = "a pre-shared key";
		for (i = 0; i < TWIN_ALL; i++) {
			const unsigned char *made = twin_secret(&after, i);

			if (is_zero(made, sizeof(secret))
				|| memcmp(made, twin_secret(before, i),
					   sizeof(secret))
					== 0
				|| (i == TWIN_CHAIN && v < 2)
				|| (i == TWIN_START && (v == 1 || v == 2))
				|| (v == 3
					&& ((i != TWIN_ROOT && i != TWIN_START)
						|| S->sign))) {
				continue;
			}
			if (memcmp(made, twin_secret(&W.end[e], i),
				    sizeof(secret))
				== 0) {
				break_(rules[v],
					"end %ld: secret %ld does not depend "
					"on all that it has to",
					e, i);
			}
		}
	}
	W.end[e] = after;
}

/* ---- time ---------------------------------------------------------------- */

/* A share of small order is found before anything comes of it. */
static void
check_zeros(unsigned e, const seamkey_exchange *before)
{
	const seamkey_exchange *x = W.end[e].link.exchange;
	unsigned u;

	for (u = 0; u < 2; u++) {
		if (before[u].state <= SEAMKEY_I_DH
			&& x[u].state > SEAMKEY_I_DH) {
			break_("H43", "end %ld: a root of nothing", e, 0);
		}
	}
}

/* H-23: whatever the initiator says, with n slots the follower derives n - 1
 * times in a T_old at most. */
static void
check_pace(unsigned e)
{
	end *x = &W.end[e];
	unsigned n = S->slots[e] - 1;

	if (x->busy[n - 1] != 0) {
		break_("H23", "end %ld derives again, %ld ticks too early", e,
			x->busy[n - 1]);
	}
	memmove(x->busy + 1, x->busy, WORLD_SLOTS - 1);
	memset(x->busy + n, 0, WORLD_SLOTS - n);
	x->busy[0] = (uint8_t)S->delay;
}

/* One call of work. */
static int
work_once(unsigned e)
{
	static end before;
	int status;

	if (S->twins) {
		before = W.end[e];
	}
	toy_hashes = toy_schedules = toy_expands = 0;
	points_depth++;
	status = seamkey_link_work(&W.end[e].link, W.clock);
	points_depth--;
	if (toy_schedules > 1) {
		break_("work", "end %ld: %ld key schedules in a step", e,
			toy_schedules);
	}
	if (S->twins && toy_expands > 0) {
		twin_check(e, &before);
	}
	/* it has just been begun, for that is the first step */
	if (W.liar && W.end[e].link.step == SEAMKEY_I_STEP_CHAIN) {
		check_pace(e);
	}
	return status;
}

/* H-13: at the soft limit no attempt is in the way of a derived key, unless
 * its key is as good as pushed. */
static void
work_in_time(unsigned e)
{
	const seamkey_link *l = &W.end[e].link;
	unsigned state = l->exchange[0].state;

	if (e == 0 && world_up(e) && l->seal_urgent == l->provider.pushed
		&& state != SEAMKEY_I_IDLE && state < SEAMKEY_I_READY) {
		break_("H13", "an attempt goes on at the soft limit", 0, 0);
	}
}

static uint8_t work_epoch[2]; /* as it was noted last */

/* A new association is noted as soon as it is there for others. */
static void
work_note(unsigned e)
{
	const seamkey_link *l = &W.end[e].link;

	if (l->epoch != work_epoch[e] && (l->epoch & 1) != 0) {
		W.end[e].base = l->provider.active;
		W.end[e].cold = 0;
	}
	work_epoch[e] = l->epoch;
}

/* H-42: a staged key goes when another is made, never by time. before: when
 * no key was being made. */
static void
check_staged(unsigned e, const seamkey_exchange *before)
{
	const seamkey_link *l = &W.end[e].link;
	unsigned u;

	for (u = 0; u < 2 && l->step == SEAMKEY_I_STEP_NONE; u++) {
		if (before[u].state == SEAMKEY_I_STAGED
			&& l->exchange[u].state == SEAMKEY_I_IDLE) {
			break_("H42", "end %ld drops what it has staged", e, 0);
		}
	}
}

/* Work, as far as nothing becomes visible in between; or one step. Where
 * calls are interrupted, one that passes no point is none by itself.
 * Returns what work answered. */
static int
work_some(unsigned e, int fine)
{
	seamkey_link *l = &W.end[e].link;
	seamkey_exchange before[2];
	unsigned rounds = 0, was, points;
	int idle = l->step == SEAMKEY_I_STEP_NONE, status;

	memcpy(before, l->exchange, sizeof before);
	toy_zeros = 0;
	work_epoch[e] = l->epoch;
	do {
		was = l->step != SEAMKEY_I_STEP_NONE;
		points = points_all;
		status = work_once(e);
		work_note(e);
		if (++rounds > 100) {
			break_("work", "end %ld is never done", e, 0);
			return SEAMKEY_OK;
		}
	} while (!fine && status == SEAMKEY_AGAIN
		&& (S->inside ? points == points_all
			      : was == (l->step != SEAMKEY_I_STEP_NONE)));
	if (toy_zeros != 0) {
		check_zeros(e, before);
	}
	if (idle) {
		check_staged(e, before);
	}
	if (status < 0 && status != SEAMKEY_ERR_HOOK) {
		break_("work", "end %ld answers %ld", e, status);
	}
	if (status == SEAMKEY_OK) {
		work_in_time(e);
	}
	return status;
}

/*
 * L5, where losses are bounded and work is called once a tick, as often as
 * it has something to do: that counts as T_kdf of one tick. pushed is what
 * the initiator had announced before.
 */
static void
tick_bound(uint8_t pushed)
{
	const seamkey_view *i = &W.end[0].link.provider;
	uint64_t e = (uint64_t)S->lag * cfg[0].send_max + S->delay;
	long bound = (long)(4 * e + 1 + S->delay);

	if (W.age != 0 && (i->pushed != pushed || world_done())) {
		worst = W.age > worst ? W.age : worst;
		W.age = 0;
	} else if (W.age != 0 && W.age++ >= bound) {
		break_("L5", "a rekey takes more than %ld ticks", bound, 0);
	}
	if (W.age == 0 && i->pushed != i->active) {
		W.age = 1;
	}
}

/* What an end has to wait for comes nearer. A liar's peer sends, but nothing
 * of it is heard. */
static void
tick_waits(unsigned e)
{
	unsigned u;

	W.end[e].pause -= W.end[e].pause != 0;
	for (u = 0; u < WORLD_SLOTS; u++) {
		W.end[e].busy[u] -= W.end[e].busy[u] != 0;
	}
	if (W.liar) {
		memset(W.flying[e], 0, sizeof W.flying[e]);
	}
}

static int
move_tick(void)
{
	unsigned e, u;
	uint8_t pushed = W.end[0].link.provider.pushed;

	if (W.end[0].due + W.end[1].due != 0) {
		return 0;
	}
	W.clock++;
	for (e = 0; e < 2; e++) {
		const frame *oldest = &W.flying[e][S->delay];
		end *x = &W.end[e];

		if (S->lag != 0) {
			for (u = 0; u < 4; u++) {
				(void)work_some(e, 0);
			}
			if (oldest->live && oldest->delivered) {
				x->lost = 0;
			} else if (oldest->live && ++x->lost >= S->lag) {
				return 0;
			}
		}
		memmove(W.flying[e] + 1, W.flying[e],
			S->delay * sizeof W.flying[e][0]);
		memset(W.flying[e], 0, sizeof W.flying[e][0]);
		for (u = 0; u <= S->delay; u++) {
			W.flying[e][u].age = (uint8_t)u;
		}
		tick_waits(e);
		if (x->phase != 0) {
			x->phase--;
			continue;
		}
		if (x->silent) {
			continue;
		}
		x->phase = (uint8_t)(S->every[e] - 1);
		x->due = S->inside;
		if (!x->due) {
			seal_one(e);
		}
	}
	if (S->lag != 0) {
		tick_bound(pushed);
	}
	return 1;
}

/* Nothing arrives for so long; both ends seal and work all the while. */
static int
move_gap(unsigned too_long)
{
	uint32_t ticks = too_long ? 0x8002 : 0x7FF0;
	unsigned e;

	if (W.gaps == 0 || !world_done()) {
		return 0;
	}
	W.gaps--;
	(void)work_some(0, 0);
	(void)work_some(1, 0);
	W.clock += ticks;
	memset(W.flying, 0, sizeof W.flying);
	for (e = 0; e < 2; e++) {
		seamkey_slot *s = seamkey_i_link_slot(
			&W.end[e].link, W.end[e].link.provider.active);

		s->next += ticks;
		s->sent += ticks;
		W.end[e].last_counter += ticks;
		(void)work_some(e, 0);
		if (too_long && world_up(e)) {
			break_("H29", "end %ld goes on after too long", e, 0);
		}
	}
	return !too_long; /* what comes then is a start like any other */
}

static int
move_budget(uint8_t *budget)
{
	if (*budget == 0) {
		return 0;
	}
	*budget = (uint8_t)(*budget - (*budget != ENDLESS));
	return 1;
}

/* ---- exchange messages --------------------------------------------------- */

static size_t
message_bytes(uint32_t id, unsigned char *out)
{
	size_t at = toy_table.at[id] + 1;
	size_t len = toy_table.at[id + 1] - at;

	memcpy(out, toy_table.bytes + at, len);
	return len;
}

static void
message_add(unsigned from, const unsigned char *p, size_t len)
{
	uint32_t *set = W.message[from], id;
	unsigned u;

	toy_begin('M', p, len);
	id = toy_intern(toy_text, toy_len);
	for (u = 0; u < WORLD_MESSAGES; u++) {
		if (set[u] == id) {
			return;
		}
	}
	for (u = 0; u + 1 < WORLD_MESSAGES; u++) {
		set[u] = set[u + 1]; /* 0, or the oldest, goes */
	}
	set[u] = id;
}

/*
 * What an end has to say is on the channel at once, and stays there: that
 * it is said or arrives later, or never, is when or whether it is put.
 */
static void
messages_take(unsigned e)
{
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	seamkey_link *l = &W.end[e].link;
	size_t len = 0;
	unsigned u;

	for (u = 0; u < 2; u++) {
		if (l->exchange[u].due != ~(uint64_t)0) {
			l->exchange[u].due = 0;
		}
	}
	for (u = 0; u < 2; u++) {
		if (seamkey_link_take(l, bytes, sizeof bytes, &len)
			== SEAMKEY_OK) {
			message_add(e, bytes, len);
		}
	}
}

/* H-26: in each interval one start is staged at most. first: of the message
 * that was staged before. */
static void
check_interval(unsigned e, const unsigned char *first)
{
	end *x = &W.end[e];

	if (x->link.cfg->role != SEAMKEY_LINK_FOLLOWER
		|| memcmp(first, x->link.exchange[1].first, 32) == 0) {
		return;
	}
	if (x->pause != 0) {
		break_("H26", "end %ld stages a start, %ld ticks too early", e,
			x->pause);
	}
	x->pause = (uint8_t)x->link.cfg->start_interval;
}

/* A message that is refused changes nothing. */
static int
message_put(unsigned to, const unsigned char *p, size_t len)
{
	static end before;
	seamkey_link *l = &W.end[to].link;
	int status;

	l->exchange[1].starting = 1; /* means nothing while idle */
	before = W.end[to];
	points_depth++;
	status = seamkey_link_put(l, p, len);
	points_depth--;
	if (S->leaders && status == SEAMKEY_OK) {
		break_("H15", "end %ld takes message %ld of its like", to,
			p[3]);
	}
	if (status != SEAMKEY_OK && points_at == 0) {
		l->worked.refused_messages =
			before.link.worked.refused_messages;
		if (!is_same_end(&before, &W.end[to])) {
			break_("S7",
				"end %ld: a refused message (%ld) changes "
				"it",
				to, status);
		}
	}
	if (status == SEAMKEY_OK) {
		check_interval(to, before.link.exchange[1].first);
	}
	return status;
}

/*
 * H-34: who has stolen the chain secret, and sits between the two ends, has
 * every MAC right. In a rekey among strangers only the signature is left,
 * which comes before any X25519.
 */
static void
forge_signature(unsigned from, unsigned char *bytes, size_t len)
{
	const seamkey_link *l = &W.end[1 - from].link;
	unsigned type = bytes[3];
	size_t at = SEAMKEY_I_HEAD + (type == 2 ? 64 : 0) + 34;

	if (!S->sign || bytes[4] != 0 || type == 1) {
		return;
	}
	bytes[at] ^= 1;
	(void)seamkey_i_exchange_mac(l, &l->exchange[0], type == 2 ? 2 : 1,
		bytes, len - 32, bytes + len - 32);
	if (message_put(1 - from, bytes, len) == SEAMKEY_OK) {
		break_("H34", "end %ld takes message %ld of a thief", 1 - from,
			type);
	}
}

/* Forgeries made of a message: what is authenticated is all refused. */
static void
forge_messages(unsigned from)
{
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	unsigned u, v;
	size_t len;

	for (u = 0; u < WORLD_MESSAGES; u++) {
		if (W.message[from][u] == 0) {
			continue;
		}
		len = message_bytes(W.message[from][u], bytes);
		if (S->sign && bytes[4] == 1 && bytes[3] == 1) {
			continue; /* anybody may write one: MOVE_FAKE */
		}
		/* a stranger's tag can be checked after X25519 only */
		for (v = S->sign && bytes[3] == 2; v < 3; v++) {
			/* the MAC or tag; the attempt; what it carries */
			size_t at = v == 0 ? len - 1 : v == 1 ? 17 : 51;

			if (at >= len) {
				continue;
			}
			bytes[at] ^= 1;
			if (message_put(1 - from, bytes, len) == SEAMKEY_OK) {
				break_("S7",
					"end %ld takes a forged message "
					"%ld",
					1 - from, bytes[3]);
				return;
			}
			bytes[at] ^= 1;
		}
		forge_signature(from, bytes, len);
	}
}

/*
 * A message arrives. One that makes the follower draw a new share, and is
 * not of the attempt that the initiator is at, is a replay: of those there
 * is a number, or else there would be new shares for ever.
 */
static int
move_put(unsigned from, unsigned i)
{
	unsigned char bytes[SEAMKEY_LINK_MESSAGE_MAX];
	size_t len = message_bytes(W.message[from][i], bytes);
	const seamkey_exchange *mine = &W.end[0].link.exchange[bytes[4]];
	const seamkey_exchange *x = &W.end[1 - from].link.exchange[bytes[4]];
	const seamkey_exchange *theirs = &W.end[1].link.exchange[bytes[4]];
	unsigned char was[32];
	uint32_t attempt = bytes[3] == 1 ? W.end[1].link.attempt : x->attempt;

	memcpy(was, theirs->first, sizeof was);
	if (message_put(1 - from, bytes, len) != SEAMKEY_OK) {
		return 0;
	}
	if (bytes[3] == 1 ? bytes[4] == 0 && bytes[17] < attempt
			  : bytes[17] != attempt) {
		break_("H12", "end %ld takes a message of attempt %ld",
			1 - from, bytes[17]);
	}
	if (bytes[3] == 1
		&& (mine->state != SEAMKEY_I_ASKED
			|| memcmp(mine->first, theirs->first, sizeof was) != 0)
		&& memcmp(was, theirs->first, sizeof was) != 0
		&& !move_budget(&W.olds)) {
		return 0;
	}
	messages_take(1 - from);
	return 1;
}

/* A stranger's first message: a share of its own, or of small order. */
static int
move_fake(unsigned share)
{
	unsigned char bytes[SEAMKEY_I_HEAD + 96];
	seamkey_exchange x;

	if (W.forgeries == 0) {
		return 0;
	}
	W.forgeries--;
	memset(&x, 0, sizeof x);
	memset(bytes, 0, sizeof bytes);
	x.starting = 1;
	x.attempt = 9;
	seamkey_i_exchange_head(&W.end[1].link, &x, 1, bytes);
	bytes[SEAMKEY_I_HEAD + 64] = (unsigned char)share;
	return message_put(1, bytes, sizeof bytes) == SEAMKEY_OK;
}

/* ---- all of them --------------------------------------------------------- */

static int
move_urgent(void)
{
	seamkey_link *l = &W.end[0].link;

	if (W.urgent == 0 || !world_up(0)
		|| l->provider.active != l->provider.pushed
		|| l->seal_urgent == l->provider.active) {
		return 0;
	}
	W.urgent--;
	l->seal_soft = l->seal_urgent = l->provider.active;
	return 1;
}

/* So many repetitions that the attempt is given up. */
static int
move_giveup(void)
{
	seamkey_link *l = &W.end[0].link;
	unsigned u,
		lost = l->exchange[1].state == SEAMKEY_I_CONFIRM
		&& W.end[1].link.exchange[1].state < SEAMKEY_I_READY
		&& memcmp(W.end[1].link.exchange[1].peer, l->exchange[1].peer,
			   32)
			!= 0
		&& !world_same();

	/* where the follower has forgotten all, it does come to that */
	for (u = 0; u < 2 && (W.giveups > 0 || lost); u++) {
		if ((l->exchange[u].state == SEAMKEY_I_ASKED
			    || (u == 1
				    && l->exchange[u].state
					    == SEAMKEY_I_CONFIRM))
			&& l->exchange[u].tries > 0) {
			(void)move_budget(&W.giveups);
			l->exchange[u].tries = 200;
			l->exchange[u].due = 0;
			(void)work_some(0, 1);
			return 1;
		}
	}
	return 0;
}

static int
move_alarm(unsigned to)
{
	unsigned char bytes[64];
	seamkey_link *l = &W.end[to].link;
	const seamkey_slot *s = seamkey_i_link_slot(l, l->consumer.active);

	if (W.alarms == 0 || s == NULL || !world_up(to)) {
		return 0;
	}
	W.alarms--;
	seamkey_i_link_write_header(
		&cfg[to], bytes, s->wire, s->wire, s->expected, 0);
	memset(bytes + seamkey_link_header(l), 0xFF, SEAMKEY_AEAD_TAG);
	return frame_open(to, bytes, seamkey_link_header(l) + SEAMKEY_AEAD_TAG,
		       s->expected)
		== SEAMKEY_ERR_LINK_TAG;
}

/*
 * The end's clock steps back once, and goes on from there. Where the zero
 * of a clock lies makes no difference, so that all its times are moved.
 */
static int
move_back(unsigned e)
{
	seamkey_link *l = &W.end[e].link;

	if (!move_budget(&W.backs)) {
		return 0;
	}
	W.clock -= 5;
	work_some(e, 1);
	W.clock += 5;
	l->last = W.clock;
	messages_take(e);
	return 1;
}

/*
 * An initiator that is no attacker, but wrong, or has been taken over: it
 * goes over to each key at once, and announces the next in its first frame.
 */
static int
move_greedy(void)
{
	end *x = &W.end[1];
	const seamkey_slot *s =
		seamkey_i_link_slot(&x->link, x->link.provider.pushed);
	unsigned char bytes[64];
	frame f;
	size_t len;

	if (s == NULL || !move_budget(&W.greedy)) {
		return 0;
	}
	memset(&f, 0, sizeof f);
	f.key = slot_key(1, (unsigned)(s - x->slot), 1);
	memcpy(&f.iv, s->iv[1], sizeof f.iv);
	f.counter = (uint32_t)s->expected;
	f.current = s->wire;
	f.next = seamkey_i_link_successor(&cfg[1], s->wire, SEAMKEY_LINK_0RTT);
	len = frame_bytes(0, &f, bytes);
	return frame_open(1, bytes, len, f.counter) == SEAMKEY_OK;
}

static int
move_other(unsigned kind, unsigned arg)
{
	switch (kind) {
	case MOVE_REKEY:
		if (W.end[0].link.wanted != 0 || !world_up(0)
			|| !move_budget(arg == SEAMKEY_LINK_0RTT
					? &W.rekeys
					: &W.exchanges)) {
			return 0;
		}
		return seamkey_link_rekey(&W.end[0].link, (int)arg)
			== SEAMKEY_OK;
	case MOVE_URGENT:
		return move_urgent();
	case MOVE_GIVEUP:
		return move_giveup();
	case MOVE_RESTART:
		if (!move_budget(&W.restarts)) {
			return 0;
		}
		world_power_on(arg);
		return 1;
	case MOVE_START:
		/* where the follower has forgotten all, that is the remedy */
		if (W.end[0].link.starting
			|| W.end[0].link.exchange[1].state != SEAMKEY_I_IDLE
			|| (!(W.end[1].cold && world_up(0))
				&& !move_budget(&W.starts))) {
			return 0;
		}
		return seamkey_link_start(&W.end[0].link) == SEAMKEY_OK;
	case MOVE_GAP:
		return move_gap(arg);
	case MOVE_ALARM:
		return move_alarm(arg);
	case MOVE_FAKE:
		return move_fake(arg);
	case MOVE_ABORT:
		return move_abort(arg);
	case MOVE_IDLE:
		(void)frame_open(arg, NULL, 0, 0);
		return 1;
	case MOVE_DEVICE:
		if (W.end[arg].device_busy == 0) {
			return 0;
		}
		W.end[arg].device_busy--;
		return 1;
	case MOVE_SILENT:
		if (S->silences != arg + 1) {
			return 0;
		}
		W.end[arg].silent ^= 1;
		return 1;
	case MOVE_BACK:
		return move_back(arg);
	case MOVE_SEAL:
		if (!W.end[arg].due) {
			return 0;
		}
		W.end[arg].due = 0;
		seal_one(arg);
		return 1;
	case MOVE_GREEDY:
		return move_greedy();
	default:
		return 0;
	}
}

static int
move_apply(unsigned kind, unsigned arg)
{
	unsigned from = arg >> 4, i = arg & 15;

	switch (kind) {
	case MOVE_TICK:
		return move_tick();
	case MOVE_WORK:
		(void)work_some(arg, S->fine);
		messages_take(arg);
		return 1;
	case MOVE_DELIVER:
		return W.flying[from][i].live
			&& frame_deliver(from, W.flying[from][i], 0);
	case MOVE_RECORD:
		if (!W.flying[from][i].live) {
			return 0;
		}
		W.attic[from] = W.flying[from][i];
		W.attic[from].age = 0;
		return 1;
	case MOVE_REPLAY:
		return W.attic[arg].live && frame_deliver(arg, W.attic[arg], 1);
	case MOVE_PUT:
		return W.message[from][i] != 0 && move_put(from, i);
	default:
		return move_other(kind, arg);
	}
}

/* ---- S5: before and after ------------------------------------------------ */

typedef struct marks {
	uint8_t live, view[4];
} marks;

static marks
marks_of(unsigned e)
{
	const seamkey_link *l = &W.end[e].link;
	marks m;

	m.live = (uint8_t)(l->epoch & 1);
	m.view[0] = l->provider.active;
	m.view[1] = l->provider.pushed;
	m.view[2] = l->consumer.active;
	m.view[3] = l->consumer.pushed;
	return m;
}

static void
marks_check(unsigned e, marks before)
{
	marks now = marks_of(e);
	unsigned u;

	for (u = 0; u < 4 && before.live && now.live; u++) {
		if ((uint8_t)(now.view[u] - before.view[u]) > 127) {
			break_("S5", "end %ld: mark %ld goes back", e, u);
		}
	}
}

#endif
