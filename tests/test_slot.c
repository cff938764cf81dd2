/*
 * test_slot.c - the state machine of a view of the slots
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

enum event {
	INSTALL,
	PUSH,
	SWITCH,
	TIMEOUT,
	ABORT,
	RESET,
	EVENTS
};

/* What happens to a view with so many slots. A first key goes into the slot
 * of this generation. */
static int
apply(seamkey_view *v, int event, unsigned slots, uint8_t generation)
{
	switch (event) {
	case INSTALL:
		return seamkey_view_install(v, generation);
	case PUSH:
		return seamkey_view_push(v, slots);
	case SWITCH:
		return seamkey_view_switch(v);
	case TIMEOUT:
		return seamkey_view_timeout(v);
	case ABORT:
		return seamkey_view_abort(v);
	default:
		seamkey_view_reset(v);
		return SEAMKEY_OK;
	}
}

/* The state of each slot: a generation and those so many apart share one.
 * At most one of them is in use. */
static void
states_of(const seamkey_view *v, unsigned slots, unsigned char *states)
{
	unsigned g, slot;
	int state;

	memset(states, SEAMKEY_SLOT_UNUSED, slots);
	for (g = 0; g < 256; g++) {
		state = seamkey_view_state(v, (uint8_t)g);
		if (state == SEAMKEY_SLOT_UNUSED) {
			continue;
		}
		/* relative to the oldest, which may be before a wrap */
		slot = (uint8_t)(g - v->oldest);
		slot = (slot + v->oldest) % slots;
		CHECK_INT(states[slot], SEAMKEY_SLOT_UNUSED);
		states[slot] = (unsigned char)state;
	}
}

/* ---- two slots ---------------------------------------------------------- */

/* The picture: every edge that there is. Install goes into A; Reset leads
 * from everywhere to UU, and stands here too. */
enum pair {
	UU,
	AU,
	AP,
	OA,
	UA,
	PA,
	AO,
	PAIRS
};

/* clang-format off */
static const char *const names[] = {
	"UU", "AU", "AP", "OA", "UA", "PA", "AO"
};

static const struct {
	unsigned char from, on, to;
} edges[] = {
	/* from, on,      to */
	{ UU,    INSTALL, AU },
	{ AU,    PUSH,    AP },
	{ AP,    SWITCH,  OA },
	{ AP,    ABORT,   AU },
	{ OA,    TIMEOUT, UA },
	{ UA,    PUSH,    PA },
	{ PA,    SWITCH,  AO },
	{ PA,    ABORT,   UA },
	{ AO,    TIMEOUT, AU },
	{ UU,    RESET,   UU },
	{ AU,    RESET,   UU },
	{ AP,    RESET,   UU },
	{ OA,    RESET,   UU },
	{ UA,    RESET,   UU },
	{ PA,    RESET,   UU },
	{ AO,    RESET,   UU },
};
/* clang-format on */

/* Which of the seven pairs a view of two slots is in; PAIRS for another. */
static unsigned
pair_of(const seamkey_view *v)
{
	unsigned char states[2];
	char name[3];
	unsigned u;

	states_of(v, 2, states);
	name[0] = "UPAO"[states[0]];
	name[1] = "UPAO"[states[1]];
	name[2] = '\0';
	for (u = 0; u < PAIRS && strcmp(names[u], name) != 0; u++) {
	}
	return u;
}

static unsigned
edge_of(unsigned from, int event)
{
	size_t u;

	for (u = 0; u < COUNT(edges); u++) {
		if (edges[u].from == from && edges[u].on == event) {
			return edges[u].to;
		}
	}
	return PAIRS;
}

/* A view in each of the seven pairs, with so many keys before it. */
static void
bring_to(seamkey_view *v, unsigned pair, unsigned keys)
{
	unsigned u;

	memset(v, 0, sizeof *v);
	if (pair == UU) {
		return;
	}
	(void)seamkey_view_install(v, 0);
	for (u = 0; u < keys || pair_of(v) != pair; u++) {
		if (seamkey_view_timeout(v) != SEAMKEY_OK
			&& seamkey_view_switch(v) != SEAMKEY_OK) {
			(void)seamkey_view_push(v, 2);
		}
		if (!CHECK_INT(u < keys + 10, 1)) {
			return;
		}
	}
}

/* Every pair with every event, compared with the picture, over the wrap of
 * the generations. */
static void
slot_two_slots_are_the_picture(void)
{
	char name[40];
	unsigned pair, keys, to;
	int event, status;
	seamkey_view v, before;

	for (pair = 0; pair < PAIRS; pair++) {
		for (keys = 0; keys < 3 * 260; keys += 97) {
			for (event = 0; event < EVENTS; event++) {
				snprintf(name, sizeof name,
					"%s, event %d, after %u steps",
					names[pair], event, keys);
				what = name;
				bring_to(&v, pair, keys);
				CHECK_INT(pair_of(&v), pair);
				before = v;
				to = edge_of(pair, event);
				status = apply(&v, event, 2, 0);
				CHECK_INT(status,
					to == PAIRS
						? SEAMKEY_ERR_SLOT_TRANSITION
						: SEAMKEY_OK);
				CHECK_INT(pair_of(&v), to == PAIRS ? pair : to);
				if (to == PAIRS) {
					CHECK_MEM(&v, &before, sizeof v);
				}
			}
		}
	}
}

/* ---- any number of slots ------------------------------------------------ */

/* All views that can be reached from this generation on, breadth first. */
static seamkey_view reached[4096];

static unsigned
explore(unsigned slots, uint8_t generation, unsigned long *legal)
{
	unsigned count = 1, at, u;
	seamkey_view v;
	int event;

	memset(reached, 0, sizeof reached[0]);
	*legal = 0;
	for (at = 0; at < count; at++) {
		for (event = 0; event < EVENTS; event++) {
			int status;

			v = reached[at];
			status = apply(&v, event, slots, generation);
			if (status != SEAMKEY_OK) {
				CHECK_INT(status, SEAMKEY_ERR_SLOT_TRANSITION);
				CHECK_MEM(&v, &reached[at], sizeof v);
				continue;
			}
			++*legal;
			if (event == RESET) {
				memset(&v, 0, sizeof v); /* as at first */
			}
			for (u = 0; u < count; u++) {
				if (memcmp(&reached[u], &v, sizeof v) == 0) {
					break;
				}
			}
			/* far enough to have wrapped, not for ever */
			if (u == count && count < COUNT(reached)
				&& (uint8_t)(v.pushed - generation) < 12) {
				reached[count++] = v;
			}
		}
	}
	return count;
}

static void
slot_every_reachable_view_is_valid(void)
{
	static const uint8_t from[] = { 0, 1, 120, 247, 250, 255 };
	unsigned slots, u, n, count, used, highest;
	unsigned char states[8];
	unsigned long legal;
	char name[40];
	size_t g;

	for (slots = 2; slots <= 8; slots++) {
		highest = 0;
		for (g = 0; g < COUNT(from); g++) {
			snprintf(name, sizeof name, "%u slots from %u", slots,
				from[g]);
			what = name;
			count = explore(slots, from[g], &legal);
			CHECK_INT(count > 12 * slots && count < COUNT(reached),
				1);
			CHECK_INT(legal > 2 * count, 1);
			for (u = 0; u < count; u++) {
				unsigned active = 0, pending = 0;

				states_of(&reached[u], slots, states);
				used = 0;
				for (n = 0; n < slots; n++) {
					active += states[n]
						== SEAMKEY_SLOT_ACTIVE;
					pending += states[n]
						== SEAMKEY_SLOT_PENDING;
					used += states[n]
						!= SEAMKEY_SLOT_UNUSED;
				}
				CHECK_INT(active, reached[u].live);
				CHECK_INT(pending <= active, 1);
				CHECK_INT(seamkey_view_check(states, slots), 1);
				highest = used > highest ? used : highest;
			}
		}
		/* and all of the slots can be in use */
		CHECK_INT(highest, slots);
	}
}

static void
slot_two_slots_have_seven_pairs(void)
{
	unsigned count, u, found[PAIRS + 1] = { 0 };
	unsigned long legal;

	count = explore(2, 0, &legal);
	for (u = 0; u < count; u++) {
		found[pair_of(&reached[u])]++;
	}
	for (u = 0; u < PAIRS; u++) {
		CHECK_INT(found[u] > 0, 1);
	}
	CHECK_INT(found[PAIRS], 0);
}

/* After any number of keys, a reset and an install go on from anywhere. */
static void
slot_generations_wrap(void)
{
	seamkey_view v;
	unsigned g, u;

	memset(&v, 0, sizeof v);
	for (g = 0; g < 256; g++) {
		CHECK_INT(seamkey_view_state(&v, (uint8_t)g),
			SEAMKEY_SLOT_UNUSED);
	}
	CHECK_INT(seamkey_view_install(&v, 250), SEAMKEY_OK);
	for (u = 0; u < 600; u++) {
		g = 250 + u;
		CHECK_INT(seamkey_view_state(&v, (uint8_t)g),
			SEAMKEY_SLOT_ACTIVE);
		CHECK_INT(seamkey_view_push(&v, 3), SEAMKEY_OK);
		CHECK_INT(
			seamkey_view_push(&v, 3), SEAMKEY_ERR_SLOT_TRANSITION);
		CHECK_INT(seamkey_view_state(&v, (uint8_t)(g + 1)),
			SEAMKEY_SLOT_PENDING);
		CHECK_INT(seamkey_view_state(&v, (uint8_t)(g + 2)),
			SEAMKEY_SLOT_UNUSED);
		CHECK_INT(seamkey_view_switch(&v), SEAMKEY_OK);
		CHECK_INT(seamkey_view_state(&v, (uint8_t)g),
			SEAMKEY_SLOT_OBSOLETE);
		CHECK_INT(seamkey_view_timeout(&v), SEAMKEY_OK);
		CHECK_INT(seamkey_view_state(&v, (uint8_t)g),
			SEAMKEY_SLOT_UNUSED);
	}
	CHECK_INT(seamkey_view_install(&v, 3), SEAMKEY_ERR_SLOT_TRANSITION);
	seamkey_view_reset(&v);
	CHECK_INT(seamkey_view_install(&v, 3), SEAMKEY_OK);
	CHECK_INT(seamkey_view_state(&v, 3), SEAMKEY_SLOT_ACTIVE);
	CHECK_INT(seamkey_view_state(&v, (uint8_t)g), SEAMKEY_SLOT_UNUSED);
}

/* ---- seamkey_view_check ------------------------------------------------- */

/* Every combination of states, compared with the sentence of the design:
 * all Unused, or exactly one Active and at most one Pending. */
static void
slot_check_of_every_combination(void)
{
	unsigned char states[9];
	unsigned slots, n, u, valid;
	unsigned long code;

	for (slots = 2; slots <= 8; slots++) {
		valid = 0;
		for (code = 0; code >> 2 * slots == 0; code++) {
			unsigned count[4] = { 0, 0, 0, 0 };
			int want;

			for (n = 0; n < slots; n++) {
				states[n] = (unsigned char)(code >> 2 * n & 3);
				count[states[n]]++;
			}
			states[slots] = SEAMKEY_SLOT_ACTIVE; /* not looked at */
			want = count[SEAMKEY_SLOT_UNUSED] == slots
				|| (count[SEAMKEY_SLOT_ACTIVE] == 1
					&& count[SEAMKEY_SLOT_PENDING] < 2);
			valid += (unsigned)want;
			CHECK_INT(seamkey_view_check(states, slots), want);
		}
		/* one, or s places for Active with O and U elsewhere, or
		 * s * (s - 1) for Active and Pending */
		CHECK_INT(valid,
			1 + slots * (1u << (slots - 1))
				+ slots * (slots - 1) * (1u << (slots - 2)));
	}
	for (u = 4; u < 256; u++) {
		states[0] = SEAMKEY_SLOT_ACTIVE;
		states[1] = (unsigned char)u;
		CHECK_INT(seamkey_view_check(states, 2), 0);
	}
}

/* clang-format off */
const struct test test_slot_table[] = {
	{ "slot_two_slots_are_the_picture", slot_two_slots_are_the_picture },
	{ "slot_every_reachable_view_is_valid",
		slot_every_reachable_view_is_valid },
	{ "slot_two_slots_have_seven_pairs",
		slot_two_slots_have_seven_pairs },
	{ "slot_generations_wrap", slot_generations_wrap },
	{ "slot_check_of_every_combination",
		slot_check_of_every_combination },
	{ NULL, NULL },
};
/* clang-format on */
