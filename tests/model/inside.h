/*
 * inside.h - moves in which one call interrupts another
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A move is a number: its argument, its kind (both as in moves.h), the
 * point (points.h) of that call before which it is interrupted, or 0, and
 * by what: a call of another context of the same end, or a few, which are
 * told below. work and put are interrupted by seal and open; seal by open
 * and work; open by seal and work. Once in a call, so what needs two
 * interruptions of one call is not found here. What interrupts is checked
 * like a move of its own, the state when both have returned.
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include "moves.h"

#define MOVE_OF(kind, arg) ((uint32_t)((kind) << 8 | (arg)))

/* By what: the number of a frame in flight to this end, or one of these. */
enum inside {
	INSIDE_IDLE = WORLD_FRAMES, /* an empty frame is opened */
	INSIDE_SEAL,
	INSIDE_WORK,
	INSIDE_MORE, /* all of work, and open of an empty frame */
	INSIDE_LATE, /* all of work, and seal; in the next tick, if it can be */
	INSIDE_ROUND, /* seal; the other end hears it and answers; open */
	INSIDES
};

static unsigned inside_end, inside_by;
static int inside_done; /* 0: what interrupts was not possible */

/* Work that goes on while another call stands still. */
static int
inside_works(unsigned e)
{
	while (work_some(e, 0) == SEAMKEY_AGAIN) {
	}
	messages_take(e);
	return 1;
}

/* The same, and the third context goes on, too: what it has seen, work may
 * rely on. */
static int
inside_more(unsigned e, enum move third)
{
	if (third == MOVE_SEAL && W.end[0].due + W.end[1].due == 0
		&& !move_apply(MOVE_TICK, 0)) {
		return 0;
	}
	(void)inside_works(e);
	(void)move_apply(third, e);
	return inside_works(e);
}

/* All that crosses to the other end and back while work stands still; in
 * the next tick, where this one has seen its frames. */
static int
inside_round(unsigned e)
{
	if (W.end[0].due + W.end[1].due == 0 && !move_apply(MOVE_TICK, 0)) {
		return 0;
	}
	(void)move_apply(MOVE_SEAL, e);
	(void)move_apply(MOVE_DELIVER, e << 4);
	(void)inside_works(1 - e);
	(void)move_apply(MOVE_SEAL, 1 - e);
	(void)move_apply(MOVE_DELIVER, (1 - e) << 4);
	return 1;
}

static int
inside_apply(unsigned e, unsigned by)
{
	switch (by) {
	case INSIDE_IDLE:
		return move_apply(MOVE_IDLE, e);
	case INSIDE_SEAL:
		return move_apply(MOVE_SEAL, e);
	case INSIDE_MORE:
		return inside_more(e, MOVE_IDLE);
	case INSIDE_LATE:
		return inside_more(e, MOVE_SEAL);
	case INSIDE_ROUND:
		return inside_round(e);
	case INSIDE_WORK:
		return move_apply(MOVE_WORK, e);
	default:
		return move_apply(MOVE_DELIVER, (1 - e) << 4 | by);
	}
}

/* The outer call goes on as if its own figures had not been touched. */
static void
inside_interrupt(void)
{
	unsigned hashes = toy_hashes, schedules = toy_schedules;
	unsigned ciphers = toy_ciphers, erased = toy_erased;

	work_note(inside_end);
	inside_done = inside_apply(inside_end, inside_by);
	toy_hashes = hashes;
	toy_schedules = schedules;
	toy_ciphers = ciphers;
	toy_erased = erased;
}

/* The end whose call may be interrupted by this; 2: none. */
static unsigned
inside_whose(const world *w, uint32_t move, unsigned by)
{
	unsigned kind = move >> 8 & 255, arg = move & 255, e;
	int works = kind == MOVE_WORK || kind == MOVE_PUT;
	int opens = kind == MOVE_DELIVER || kind == MOVE_IDLE;

	if (!works && !opens && kind != MOVE_SEAL) {
		return 2;
	}
	e = kind == MOVE_DELIVER || kind == MOVE_PUT ? 1 - (arg >> 4) : arg;
	switch (by) {
	case INSIDE_SEAL:
		return w->end[e].due && kind != MOVE_SEAL ? e : 2;
	case INSIDE_ROUND:
		return works && w->end[0].due == w->end[1].due ? e : 2;
	case INSIDE_WORK:
		return works ? 2 : e;
	case INSIDE_LATE:
		return opens ? e : 2;
	case INSIDE_MORE:
		return kind == MOVE_SEAL ? e : 2;
	case INSIDE_IDLE:
		return opens ? 2 : e;
	default:
		return opens || !w->flying[1 - e][by].live ? 2 : e;
	}
}

/* Any move, in W. */
static int
inside_move(uint32_t move)
{
	int done;
	unsigned kind = move >> 8 & 255, arg = move & 255;

	inside_by = move >> 24;
	inside_end = move >> 16 & 255 ? inside_whose(&W, move, inside_by) : 0;
	points_interrupt = inside_interrupt;
	points_at = move >> 16 & 255;
	points_seen = 0;
	inside_done = 1;
	done = move_apply(kind, arg);
	points_at = 0;
	return done && inside_done;
}

#endif
