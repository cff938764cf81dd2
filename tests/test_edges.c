/*
 * test_edges.c - the code has the transitions of tests/edges.h, no others
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "edges.h"
#include "link_tools.h"

#define EDGES      COUNT(edges_view)
#define RULES      COUNT(edges_rule)
#define MAX_STATES 128

/* ---- a view ------------------------------------------------------------ */

/* A view, and the generation that lies in the first slot. */
typedef struct place {
	seamkey_view view;
	uint8_t first;
	char name[9]; /* of each slot the first letter of its state */
} place;

static place found[MAX_STATES];
static unsigned founds;

/* The states of the slots, each key in the slot after its predecessor's. */
static void
name_place(place *p, unsigned slots)
{
	unsigned u;

	memset(p->name, 0, sizeof p->name);
	memset(p->name, 'U', slots);
	for (u = 0; u < 64; u++) {
		int state =
			seamkey_view_state(&p->view, (uint8_t)(p->first + u));

		if (state != SEAMKEY_SLOT_UNUSED) {
			CHECK_INT(p->name[u % slots], 'U');
			p->name[u % slots] = "UPAO"[state];
		}
	}
}

/* Bring an event to a view. */
static int
bring(place *p, char event, unsigned slots, uint8_t first)
{
	switch (event) {
	case 'i':
		if (!p->view.live) {
			p->first = first;
		}
		return seamkey_view_install(&p->view, first);
	case 'p':
		return seamkey_view_push(&p->view, slots);
	case 's':
		return seamkey_view_switch(&p->view);
	case 't':
		return seamkey_view_timeout(&p->view);
	case 'a':
		return seamkey_view_abort(&p->view);
	default:
		seamkey_view_reset(&p->view);
		return SEAMKEY_OK;
	}
}

/* The table's entry for this state and event, or EDGES. */
static size_t
edge_of(const char *from, char event)
{
	size_t u;

	for (u = 0; u < EDGES; u++) {
		if (edges_view[u].event == event
			&& strcmp(edges_view[u].from, from) == 0) {
			break;
		}
	}
	return u;
}

static void
note(const place *p)
{
	unsigned u;

	for (u = 0; u < founds; u++) {
		if (strcmp(found[u].name, p->name) == 0) {
			return;
		}
	}
	CHECK_INT(founds < MAX_STATES, 1);
	if (founds < MAX_STATES) {
		found[founds++] = *p;
	}
}

/* All that one event does in one state. */
static void
try_event(const place *from, char event, unsigned slots, uint8_t first,
	unsigned char *seen)
{
	place to = *from;
	int status = bring(&to, event, slots, first);
	size_t edge = edge_of(from->name, event);
	char name[32];

	snprintf(name, sizeof name, "%s %c, from %u", from->name, event,
		(unsigned)first);
	what = name;
	if (edge == EDGES) {
		CHECK_INT(status, SEAMKEY_ERR_SLOT_TRANSITION);
		CHECK_MEM(&to.view, &from->view, sizeof to.view);
	} else {
		CHECK_INT(status, SEAMKEY_OK);
		name_place(&to, slots);
		CHECK_MEM(to.name, edges_view[edge].to, slots + 1);
		seen[edge] = 1;
		note(&to);
	}
	what = "edges";
}

/* Every state of so many slots, every event; every edge of the table. */
static void
walk(unsigned slots, uint8_t first)
{
	static const char events[] = "ipstar";
	unsigned char seen[EDGES] = { 0 };
	unsigned u, e;
	place start;

	memset(&start, 0, sizeof start);
	name_place(&start, slots);
	founds = 0;
	note(&start);
	for (u = 0; u < founds; u++) {
		for (e = 0; e < 6; e++) {
			try_event(&found[u], events[e], slots, first, seen);
		}
	}
	CHECK_INT(founds, 1 + slots * (2 * slots - 1));
	for (u = 0; u < EDGES; u++) {
		if (strlen(edges_view[u].from) == slots) {
			CHECK_INT(seen[u], 1);
		}
	}
}

static void
edges_of_every_view(void)
{
	/* the marks wrap at 256 */
	static const uint8_t first[] = { 0, 1, 127, 250, 255 };
	size_t s, f;

	for (s = 0; s < COUNT(edges_slots); s++) {
		for (f = 0; f < COUNT(first); f++) {
			walk(edges_slots[s], first[f]);
		}
	}
}

/* Has the table a state with as many slots of each kind? */
static int
is_listed(const unsigned char *states, unsigned slots)
{
	size_t u;
	unsigned k;

	for (u = 0; u < EDGES; u++) {
		const char *name = edges_view[u].to;
		int count[128] = { 0 };

		if (strlen(name) != slots) {
			continue;
		}
		for (k = 0; k < slots; k++) {
			count[(int)name[k]]++;
			count[(int)"UPAO"[states[k]]]--;
		}
		if (count['U'] == 0 && count['P'] == 0 && count['A'] == 0
			&& count['O'] == 0) {
			return 1;
		}
	}
	return 0;
}

/* seamkey_view_check() admits the states of the table. A key may lie in any
 * slot: but with two, where there is no choice, these are the seven. */
static void
edges_valid_states_are_those_of_the_table(void)
{
	unsigned char states[4];
	unsigned slots, n, u, valid;

	for (slots = 2; slots <= 4; slots++) {
		valid = 0;
		for (n = 0; n < 1u << (2 * slots); n++) {
			for (u = 0; u < slots; u++) {
				states[u] = (unsigned char)(n >> (2 * u) & 3);
			}
			valid += (unsigned)seamkey_view_check(states, slots);
			CHECK_INT(seamkey_view_check(states, slots),
				is_listed(states, slots));
		}
		if (slots == 2) {
			CHECK_INT(valid, 7);
		}
	}
}

/* ---- the views of a running link --------------------------------------- */

static pair net;
static unsigned char taken[RULES];

/* The rule that moves the views in this way is in the table. A push is of
 * two kinds, by the key. */
static void
move(unsigned end, const char *call, char provider, char consumer)
{
	const seamkey_link *l = &net.end[end].link;
	const char *name = l->c == 0 ? "push-agreed" : "push-derived";
	unsigned rules = 0;
	char text[48];
	size_t u;

	for (u = 0; u < RULES; u++) {
		if (edges_rule[u].role == "if"[end]
			&& strcmp(edges_rule[u].call, call) == 0
			&& edges_rule[u].provider == provider
			&& edges_rule[u].consumer == consumer
			&& (provider != 'p'
				|| strcmp(edges_rule[u].name, name) == 0)) {
			taken[u] = 1;
			rules++;
		}
	}
	snprintf(text, sizeof text, "%s: %s, P %c, C %c",
		end == 0 ? "initiator" : "follower", call, provider, consumer);
	what = text;
	CHECK_INT(rules, 1);
	what = "edges";
}

/* What a call has done to the views, as the moves that it is made of. */
static void
compare(unsigned end, const char *call, const seamkey_view *p,
	const seamkey_view *c)
{
	const seamkey_link *l = &net.end[end].link;
	uint8_t u;

	if (l->provider.pushed != p->pushed
		|| l->consumer.pushed != c->pushed) {
		CHECK_INT((uint8_t)(l->provider.pushed - p->pushed), 1);
		CHECK_INT((uint8_t)(l->consumer.pushed - c->pushed), 1);
		move(end, call, 'p', 'p');
	}
	for (u = p->active; u != l->provider.active; u++) {
		move(end, call, 's', '-');
	}
	for (u = c->active; u != l->consumer.active; u++) {
		move(end, call, '-', 's');
	}
	for (u = p->oldest; u != l->provider.oldest; u++) {
		move(end, call, 't', '-');
	}
	for (u = c->oldest; u != l->consumer.oldest; u++) {
		move(end, call, '-', 't');
	}
}

/* One end does its part of a tick, and every call is compared. */
static void
part(unsigned end)
{
	pair_end *e = &net.end[end];
	const pair_frame *f;
	seamkey_view p, c;
	int status;

	do {
		p = e->link.provider;
		c = e->link.consumer;
		status = seamkey_link_work(&e->link, net.now);
		compare(end, "work", &p, &c);
	} while (status == SEAMKEY_AGAIN);
	p = net.end[1 - end].link.provider;
	c = net.end[1 - end].link.consumer;
	(void)pair_messages(&net, end);
	compare(1 - end, "message", &p, &c);
	p = e->link.provider;
	c = e->link.consumer;
	pair_send(&net, end);
	compare(end, "seal", &p, &c);
	while ((f = pair_due(&net)) != NULL) {
		p = net.end[f->to].link.provider;
		c = net.end[f->to].link.consumer;
		(void)pair_arrive(&net, f);
		compare(f->to, "open", &p, &c);
	}
}

static void
run(unsigned slots0, unsigned slots1)
{
	static const int kinds[] = { SEAMKEY_LINK_0RTT, SEAMKEY_LINK_NRTT };
	unsigned u, ticks;

	pair_init(&net, 1000 + 10 * slots0 + slots1);
	net.loss = net.duplicate = 13107;
	net.message_loss = 13107;
	CHECK_INT(pair_open(&net, slots0, slots1), SEAMKEY_OK);
	CHECK_INT(pair_settle(&net, 1000), 1);
	for (u = 0; u < 20; u++) {
		CHECK_INT(seamkey_link_rekey(&net.end[0].link, kinds[u & 1]),
			SEAMKEY_OK);
		for (ticks = 0; ticks < 2000; ticks++) {
			net.now++;
			part(0);
			part(1);
			if (net.end[0].link.wanted == 0
				&& pair_is_settled(&net)) {
				break;
			}
		}
		CHECK_INT(ticks < 2000, 1);
	}
	pair_check(&net);
}

/* On a bad network a link moves its views by the rules of the table alone,
 * and takes each that moves one. */
static void
edges_of_a_running_link(void)
{
	size_t u;

	memset(taken, 0, sizeof taken);
	run(2, 2);
	run(3, 2);
	run(2, 3);
	for (u = 0; u < RULES; u++) {
		what = edges_rule[u].name;
		CHECK_INT(taken[u],
			edges_rule[u].provider != '-'
				|| edges_rule[u].consumer != '-');
	}
}

/* clang-format off */
const struct test test_edges_table[] = {
	{ "edges_of_every_view", edges_of_every_view },
	{ "edges_valid_states_are_those_of_the_table",
		edges_valid_states_are_those_of_the_table },
	{ "edges_of_a_running_link", edges_of_a_running_link },
	{ NULL, NULL },
};
/* clang-format on */
