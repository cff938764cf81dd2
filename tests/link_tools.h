/*
 * link_tools.h - what the tests of the link share, over link_pair.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#ifndef LINK_TOOLS_H
#define LINK_TOOLS_H

#include <stdio.h>

#include "seamkey.h"

#include "link_pair.h"
#include "test.h"

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* A network without faults, in which a frame arrives in its own tick. */
static inline void
quiet_init(pair *p)
{
	pair_init(p, 1);
	p->delay_max = 0;
}

/* Open both ends, two slots each, and start; nothing is on its way. */
static inline void
quiet_start(pair *p)
{
	CHECK_INT(pair_open(p, 2, 2), SEAMKEY_OK);
	CHECK_INT(pair_settle(p, 1000), 1);
	CHECK_INT(p->end[0].events[SEAMKEY_LINK_STARTED], 1);
	CHECK_INT(p->end[1].events[SEAMKEY_LINK_STARTED], 1);
}

/* One rekey, from the request until both ends are settled. 1, or 0 where
 * that takes too long. */
static inline int
pair_rekey(pair *p, int kind, unsigned long ticks)
{
	const seamkey_link_work_counters *i = &p->end[0].link.worked;
	const seamkey_link_work_counters *f = &p->end[1].link.worked;
	uint64_t i_want = i->rekeys_0rtt + i->rekeys_nrtt + 1;
	uint64_t f_want = f->rekeys_0rtt + f->rekeys_nrtt + 1;

	CHECK_INT(seamkey_link_rekey(&p->end[0].link, kind), SEAMKEY_OK);
	while (ticks-- > 0) {
		pair_tick(p);
		if (i->rekeys_0rtt + i->rekeys_nrtt == i_want
			&& f->rekeys_0rtt + f->rekeys_nrtt == f_want
			&& pair_is_settled(p)) {
			return 1;
		}
	}
	return 0;
}

/* Everything that an end is made of. */
typedef struct end_state {
	seamkey_link link;
	seamkey_slot slot[8];
	uint64_t contexts[2 * 8 * 64];
} end_state;

static inline void
end_save(end_state *s, const pair_end *e)
{
	s->link = e->link;
	memcpy(s->slot, e->slot, sizeof s->slot);
	memcpy(s->contexts, e->contexts, sizeof s->contexts);
}

/* Has the end changed but for its counters of failures? */
static inline void
end_check(const end_state *before, const pair_end *e)
{
	end_state now;
	unsigned u;

	end_save(&now, e);
	now.link.opened.bad_tag = before->link.opened.bad_tag;
	now.link.opened.bad_frame = before->link.opened.bad_frame;
	now.link.opened.no_key = before->link.opened.no_key;
	now.link.worked.refused_messages = before->link.worked.refused_messages;
	/* which of the two it is; the first message makes it so */
	now.link.exchange[1].starting = before->link.exchange[1].starting;
	for (u = 0; u < 8; u++) {
		now.slot[u].failed = before->slot[u].failed;
	}
	CHECK_MEM(&now.link, &before->link, sizeof now.link);
	CHECK_MEM(now.slot, before->slot, sizeof now.slot);
	CHECK_MEM(now.contexts, before->contexts, sizeof now.contexts);
}

/* What must hold in every run, however bad the network. */
static inline void
pair_check(const pair *p)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		CHECK_INT(p->end[u].wrong, 0);
		CHECK_INT(p->end[u].twice, 0);
		CHECK_INT(p->end[u].nonce_reuse, 0);
		CHECK_INT(p->end[u].stale, 0);
		CHECK_INT(p->end[u].forged, 0);
		CHECK_INT(p->end[u].garbled, 0);
		CHECK_INT(p->end[u].refused, 0);
		CHECK_INT(p->end[u].events[SEAMKEY_LINK_PEER_BUG], 0);
		CHECK_INT(p->end[u].link.opened.bad_tag, 0);
		CHECK_INT(p->end[u].link.opened.bad_frame, 0);
	}
}

#endif
