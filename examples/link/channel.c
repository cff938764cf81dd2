/*
 * channel.c - a network that loses, copies and delays
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The sender puts what it has sealed here, and takes out what is due. What
 * waits lies in an array; a heap of indices has the earliest on top.
 */
#include <string.h>

#include "link.h"

uint64_t
link_random(uint64_t *rng)
{
	*rng ^= *rng << 13;
	*rng ^= *rng >> 7;
	*rng ^= *rng << 17;
	return *rng >> 16;
}

void
link_channel_init(link_channel *c, const link_options *o, uint64_t seed)
{
	unsigned u;

	c->o = o;
	c->rng = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
	c->order = 0;
	c->count = 0;
	c->unused = LINK_QUEUE;
	for (u = 0; u < LINK_QUEUE; u++) {
		c->free[u] = (uint16_t)u;
	}
}

/* Is a due before b? Of two at one time the one that was put first. */
static int
link_channel_before(const link_channel *c, uint16_t a, uint16_t b)
{
	return c->due[a] < c->due[b]
		|| (c->due[a] == c->due[b] && c->rank[a] < c->rank[b]);
}

static void
link_channel_insert(link_channel *c, const link_packet *p, uint64_t due)
{
	uint16_t place = c->free[--c->unused];
	unsigned at = c->count++;

	c->packet[place] = *p;
	c->due[place] = due;
	c->rank[place] = c->order++;
	while (at != 0) {
		unsigned above = (at - 1) / 2;

		if (!link_channel_before(c, place, c->heap[above])) {
			break;
		}
		c->heap[at] = c->heap[above];
		at = above;
	}
	c->heap[at] = place;
}

/* True so many times in a million. */
static int
link_channel_chance(link_channel *c, uint64_t of_a_million)
{
	return link_random(&c->rng) % 1000000 < of_a_million;
}

static uint64_t
link_channel_hold(link_channel *c)
{
	return c->o->hold == 0 ? 0 : link_random(&c->rng) % c->o->hold;
}

int
link_channel_put(link_channel *c, const link_packet *p, uint64_t now)
{
	uint64_t due = now + c->o->delay;
	int fate = LINK_SENT;

	if (link_channel_chance(c, c->o->loss) || c->unused < 2) {
		return LINK_LOST;
	}
	if (link_channel_chance(c, c->o->duplicate)) {
		fate |= LINK_DOUBLED;
		link_channel_insert(c, p, due + link_channel_hold(c));
	}
	if (link_channel_chance(c, c->o->reorder)) {
		fate |= LINK_HELD;
		due += link_channel_hold(c);
	}
	link_channel_insert(c, p, due);
	return fate;
}

uint64_t
link_channel_due(const link_channel *c)
{
	return c->count == 0 ? ~(uint64_t)0 : c->due[c->heap[0]];
}

const link_packet *
link_channel_get(link_channel *c, uint64_t now)
{
	uint16_t first, last;
	unsigned at = 0, child;

	if (link_channel_due(c) > now) {
		return NULL;
	}
	first = c->heap[0];
	last = c->heap[--c->count];
	for (;;) {
		child = 2 * at + 1;
		if (child >= c->count) {
			break;
		}
		if (child + 1 < c->count
			&& link_channel_before(
				c, c->heap[child + 1], c->heap[child])) {
			child++;
		}
		if (!link_channel_before(c, c->heap[child], last)) {
			break;
		}
		c->heap[at] = c->heap[child];
		at = child;
	}
	c->heap[at] = last;
	/* stays as it is until something is put there */
	c->free[c->unused++] = first;
	return &c->packet[first];
}
