/*
 * test_link.c - the link: configuration, rekeys, triggers, many links
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

static pair net;

/* ---- configuration ------------------------------------------------------ */

static void
role_none(pair *p)
{
	p->end[0].cfg.role = 0;
}

static void
role_three(pair *p)
{
	p->end[0].cfg.role = 3;
}

static void
mode_two(pair *p)
{
	p->end[0].cfg.mode = 2;
}

static void
layout_three(pair *p)
{
	p->end[0].cfg.layout = 3;
}

static void
id_bits_three(pair *p)
{
	p->end[0].cfg.id_bits = 3;
}

static void
counter_odd(pair *p)
{
	p->end[0].cfg.counter_octets = 3;
}

static void
counter_eight(pair *p)
{
	p->end[0].cfg.counter_octets = 8;
}

static void
counter_minus_two(pair *p)
{
	p->end[0].cfg.counter_octets = -2;
}

static void
paper_wide_id(pair *p)
{
	p->end[0].cfg.layout = SEAMKEY_LINK_RTC_PAPER;
	p->end[0].cfg.counter_octets = 2;
	p->end[0].cfg.id_bits = 4;
}

static void
paper_counter_four(pair *p)
{
	p->end[0].cfg.layout = SEAMKEY_LINK_RTC_PAPER;
}

static void
draft_counter_two(pair *p)
{
	p->end[0].cfg.layout = SEAMKEY_LINK_RTC_DRAFT;
	p->end[0].cfg.counter_octets = 2;
}

static void
draft_wide_id(pair *p)
{
	p->end[0].cfg.layout = SEAMKEY_LINK_RTC_DRAFT;
	p->end[0].cfg.id_bits = 4;
}

static void
window_wide(pair *p)
{
	p->end[0].cfg.window = SEAMKEY_LINK_WINDOW_MAX + 1;
}

static void
window_minus_two(pair *p)
{
	p->end[0].cfg.window = -2;
}

static void
send_min_zero(pair *p)
{
	p->end[0].cfg.send_min = 0;
}

static void
send_max_below_min(pair *p)
{
	p->end[0].cfg.send_min = 2;
}

static void
peer_min_zero(pair *p)
{
	p->end[0].cfg.peer_min = 0;
}

static void
peer_max_below_min(pair *p)
{
	p->end[0].cfg.peer_min = 2;
}

/* As many losses in a row as silence the link with 16 bits of counter. */
static void
losses_of_half_a_counter(pair *p)
{
	p->end[0].cfg.counter_octets = 2;
	p->end[0].cfg.losses = 255;
	p->end[0].cfg.peer_max = 128;
}

static void
delay_max_zero(pair *p)
{
	p->end[0].cfg.delay_max = 0;
}

static void
delay_min_above_max(pair *p)
{
	p->end[0].cfg.delay_min = 4;
}

static void
grace_short(pair *p)
{
	p->end[0].cfg.delay_max = 4;
	p->end[0].cfg.delay_min = 1;
	p->end[0].cfg.grace = 2;
}

static void
advantage_large(pair *p)
{
	p->end[0].cfg.advantage = 121;
}

/* 64 + 5 octets, p = 2^-99: 2^4 / 6 wrong tags */
static void
advantage_of_two_tags(pair *p)
{
	(void)seamkey_aead_bearssl(&p->aead, SEAMKEY_AEAD_CHACHA20_POLY1305);
	p->end[0].cfg.advantage = 99;
	p->end[0].cfg.max_plain = 64;
}

static void
random_none(pair *p)
{
	p->end[0].cfg.random.fill = NULL;
}

static void
aead_none(pair *p)
{
	p->end[0].cfg.aead = NULL;
}

static void
hard_below_reserve(pair *p)
{
	p->end[0].cfg.hard_frames = seamkey_link_reserve(&p->end[0].cfg);
}

static void
auth_none(pair *p)
{
	p->end[0].auth.psk = NULL;
}

static void
auth_half(pair *p)
{
	p->end[0].auth.psk = NULL;
	p->end[0].auth.sign = pair_sign;
}

static void
clear_chacha(pair *p)
{
	(void)seamkey_aead_bearssl(&p->aead, SEAMKEY_AEAD_CHACHA20_POLY1305);
	p->end[0].cfg.mode = SEAMKEY_LINK_AUTHENTIC;
	p->end[0].cfg.max_plain = 128 - 5 + 1;
}

/* clang-format off */
static const struct {
	const char *what;
	void (*change)(pair *p);
	int status;
} refused[] = {
	{ "no role", role_none, SEAMKEY_ERR_ARG },
	{ "a third role", role_three, SEAMKEY_ERR_ARG },
	{ "a third mode", mode_two, SEAMKEY_ERR_ARG },
	{ "a fourth layout", layout_three, SEAMKEY_ERR_ARG },
	{ "three bits", id_bits_three, SEAMKEY_ERR_ARG },
	{ "an odd counter", counter_odd, SEAMKEY_ERR_ARG },
	{ "a counter of 8 octets", counter_eight, SEAMKEY_ERR_ARG },
	{ "a counter of -2 octets", counter_minus_two, SEAMKEY_ERR_ARG },
	{ "paper with 4 bits", paper_wide_id, SEAMKEY_ERR_ARG },
	{ "paper with 4 octets", paper_counter_four, SEAMKEY_ERR_ARG },
	{ "draft with 2 octets", draft_counter_two, SEAMKEY_ERR_ARG },
	{ "draft with 4 bits", draft_wide_id, SEAMKEY_ERR_ARG },
	{ "a window of 257", window_wide, SEAMKEY_ERR_ARG },
	{ "a window of -2", window_minus_two, SEAMKEY_ERR_ARG },
	{ "no send_min", send_min_zero, SEAMKEY_ERR_ARG },
	{ "send_max < send_min", send_max_below_min, SEAMKEY_ERR_ARG },
	{ "no peer_min", peer_min_zero, SEAMKEY_ERR_ARG },
	{ "peer_max < peer_min", peer_max_below_min, SEAMKEY_ERR_ARG },
	{ "losses of 2^15", losses_of_half_a_counter, SEAMKEY_ERR_ARG },
	{ "no delay_max", delay_max_zero, SEAMKEY_ERR_ARG },
	{ "delay_min > delay_max", delay_min_above_max, SEAMKEY_ERR_ARG },
	{ "too short a grace", grace_short, SEAMKEY_ERR_ARG },
	{ "an advantage of 121", advantage_large, SEAMKEY_ERR_ARG },
	{ "an advantage of two tags", advantage_of_two_tags, SEAMKEY_ERR_ARG },
	{ "no random source", random_none, SEAMKEY_ERR_ARG },
	{ "no cipher", aead_none, SEAMKEY_ERR_ARG },
	{ "hard limit = reserve", hard_below_reserve, SEAMKEY_ERR_ARG },
	{ "no authenticator", auth_none, SEAMKEY_ERR_ARG },
	{ "sign without verify", auth_half, SEAMKEY_ERR_ARG },
	{ "129 octets of AD", clear_chacha, SEAMKEY_ERR_UNSUPPORTED },
};
/* clang-format on */

static void
link_init_refuses_what_cannot_be(void)
{
	size_t u;

	for (u = 0; u < COUNT(refused); u++) {
		what = refused[u].what;
		pair_init(&net, 1);
		CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
		refused[u].change(&net);
		CHECK_INT(pair_open_end(&net, 0, 2), refused[u].status);
	}
	/* and just below each limit it is admitted */
	what = "just admitted";
	pair_init(&net, 1);
	net.end[0].cfg.hard_frames = seamkey_link_reserve(&net.end[0].cfg) + 1;
	net.end[0].cfg.advantage = 120;
	CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_ERR_ARG);
	net.end[0].cfg.advantage = 57;
	CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
	clear_chacha(&net);
	net.end[0].cfg.max_plain--;
	CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
}

static void
link_init_looks_at_its_arguments(void)
{
	pair_end *e = &net.end[0];
	size_t len;

	pair_init(&net, 1);
	len = seamkey_link_contexts(&net.aead, 2);
	CHECK_INT(len, 4 * ((net.aead.context_size + 7) / 8 * 8));
	/* clang-format off */
#define TRY(link, cfg, auth, relation, slot, slots, contexts, len) \
	seamkey_link_init(link, cfg, auth, NULL, relation, slot, slots, \
		contexts, len)
	CHECK_INT(TRY(NULL, &e->cfg, &e->auth, 7, e->slot, 2, e->contexts,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, NULL, &e->auth, 7, e->slot, 2, e->contexts,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, NULL, 7, e->slot, 2, e->contexts,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 0x10000, e->slot, 2,
		e->contexts, len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, NULL, 2, e->contexts,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 2, NULL,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 1, e->contexts,
		len), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 4, e->contexts,
		sizeof e->contexts), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 3, e->contexts,
		sizeof e->contexts), SEAMKEY_OK);
	e->cfg.id_bits = 4;
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 8, e->contexts,
		sizeof e->contexts), SEAMKEY_OK);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 9, e->contexts,
		sizeof e->contexts), SEAMKEY_ERR_ARG);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 7, e->slot, 2, e->contexts,
		len - 1), SEAMKEY_ERR_SPACE);
	CHECK_INT(TRY(&e->link, &e->cfg, &e->auth, 0xFFFF, e->slot, 2,
		e->contexts, len), SEAMKEY_OK);
#undef TRY
	/* clang-format on */
}

static void
link_before_the_start_says_down(void)
{
	pair_end *e = &net.end[0];
	unsigned char b[PAIR_FRAME] = { 0 };
	seamkey_span none = seamkey_span_of(NULL, 0);
	size_t len = 0;

	pair_init(&net, 1);
	CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
	CHECK_INT(pair_open_end(&net, 1, 2), SEAMKEY_OK);
	CHECK_INT(seamkey_link_is_up(&e->link), 0);
	CHECK_INT(seamkey_link_is_settled(&e->link), 0);
	CHECK_INT(seamkey_link_seal(&e->link, none, b, 0, b, sizeof b, &len),
		SEAMKEY_ERR_LINK_DOWN);
	CHECK_INT(seamkey_link_open(&e->link, none, b, 40, b, sizeof b, &len),
		SEAMKEY_ERR_LINK_DOWN);
	CHECK_INT(seamkey_link_open(&e->link, none, b, 0, b, sizeof b, &len),
		SEAMKEY_AGAIN);
	CHECK_INT(seamkey_link_rekey(&e->link, SEAMKEY_LINK_0RTT),
		SEAMKEY_ERR_LINK_DOWN);
	CHECK_INT(seamkey_link_rekey(&net.end[1].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_ERR_LINK_ROLE);
	CHECK_INT(seamkey_link_start(&net.end[1].link), SEAMKEY_ERR_LINK_ROLE);
	CHECK_INT(seamkey_link_work(&e->link, 5), SEAMKEY_OK);
	CHECK_INT(
		seamkey_link_take(&e->link, b, sizeof b, &len), SEAMKEY_AGAIN);
}

/* ---- every variant ------------------------------------------------------ */

/* One run: a start, a rekey of each kind, under losses. */
static void
run_variant(pair *p, unsigned slots0, unsigned slots1)
{
	static const int kinds[] = { SEAMKEY_LINK_0RTT, SEAMKEY_LINK_NRTT,
		SEAMKEY_LINK_0RTT };
	size_t u;

	p->loss = p->duplicate = 65536 / 20;
	if (!CHECK_INT(pair_open(p, slots0, slots1), SEAMKEY_OK)
		|| !CHECK_INT(pair_settle(p, 1000), 1)) {
		return;
	}
	for (u = 0; u < COUNT(kinds); u++) {
		CHECK_INT(pair_rekey(p, kinds[u], 1000), 1);
	}
	for (u = 0; u < 2; u++) {
		CHECK_INT(p->end[u].link.worked.rekeys_0rtt, 2);
		CHECK_INT(p->end[u].link.worked.rekeys_nrtt, 1);
		CHECK_INT(p->end[u].link.worked.starts, 1);
		CHECK_INT(p->end[u].delivered >= 10, 1);
	}
	pair_check(p);
}

/* clang-format off */
static const struct {
	uint8_t layout, id_bits;
	int counter;
	uint8_t header; /* octets */
} headers[] = {
	{ SEAMKEY_LINK_GENERIC, 0, 0, 5 },
	{ SEAMKEY_LINK_GENERIC, 2, SEAMKEY_LINK_CARRIER_COUNTER, 1 },
	{ SEAMKEY_LINK_GENERIC, 2, 2, 3 },
	{ SEAMKEY_LINK_GENERIC, 2, 4, 5 },
	{ SEAMKEY_LINK_GENERIC, 2, 6, 7 },
	{ SEAMKEY_LINK_GENERIC, 4, SEAMKEY_LINK_CARRIER_COUNTER, 2 },
	{ SEAMKEY_LINK_GENERIC, 4, 2, 4 },
	{ SEAMKEY_LINK_GENERIC, 4, 4, 6 },
	{ SEAMKEY_LINK_GENERIC, 4, 6, 8 },
	{ SEAMKEY_LINK_RTC_PAPER, 2, SEAMKEY_LINK_CARRIER_COUNTER, 1 },
	{ SEAMKEY_LINK_RTC_PAPER, 0, 2, 3 },
	{ SEAMKEY_LINK_RTC_DRAFT, 0, 0, 8 },
	{ SEAMKEY_LINK_RTC_DRAFT, 2, 4, 8 },
};

static const unsigned suites[] = {
	SEAMKEY_AEAD_AES_128_GCM,
	SEAMKEY_AEAD_AES_256_GCM,
	SEAMKEY_AEAD_AES_128_CCM,
	SEAMKEY_AEAD_CHACHA20_POLY1305,
};
/* clang-format on */

static void
variant_init(pair *p, unsigned suite, unsigned mode, size_t header)
{
	unsigned u;

	pair_init(p, suite + mode + header);
	CHECK_INT(seamkey_aead_bearssl(&p->aead, suite), SEAMKEY_OK);
	for (u = 0; u < 2; u++) {
		seamkey_link_config *cfg = &p->end[u].cfg;

		cfg->mode = (uint8_t)mode;
		cfg->layout = headers[header].layout;
		cfg->id_bits = headers[header].id_bits;
		cfg->counter_octets = headers[header].counter;
		cfg->max_plain = PAIR_PLAIN;
		cfg->ad_len = 5;
	}
}

static void
link_runs_in_every_variant(void)
{
	char name[80];
	unsigned s, mode, slots;
	size_t h;

	for (s = 0; s < COUNT(suites); s++) {
		for (mode = 0; mode < 2; mode++) {
			for (h = 0; h < COUNT(headers); h++) {
				slots = 2 + (s + mode) % 2;
				snprintf(name, sizeof name,
					"suite %u, mode %u, header %u, "
					"%u slots",
					suites[s], mode, (unsigned)h, slots);
				what = name;
				variant_init(&net, suites[s], mode, h);
				if ((s + h) % 2) {
					pair_use_signatures(&net);
				}
				run_variant(&net, slots, 5 - slots);
				CHECK_INT(seamkey_link_header(&net.end[0].link),
					headers[h].header);
				CHECK_INT(
					seamkey_link_overhead(&net.end[1].link),
					headers[h].header + 16);
			}
		}
	}
}

static void
link_runs_with_every_number_of_slots(void)
{
	char name[40];
	unsigned a, b;

	for (a = 2; a <= 8; a++) {
		for (b = 2; b <= 8; b++) {
			snprintf(name, sizeof name, "%u and %u slots", a, b);
			what = name;
			variant_init(&net, SEAMKEY_AEAD_AES_128_GCM, 0, 7);
			run_variant(&net, a, b);
		}
	}
}

/* ---- one 0-RTT rekey, step by step -------------------------------------- */

/* The states of the two slots in one view, as in "A,U". */
static void
states_of(const seamkey_link *l, const seamkey_view *v, char *text)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		int state = l->slot[u].used
			? seamkey_view_state(v, l->slot[u].generation)
			: SEAMKEY_SLOT_UNUSED;

		text[2 * u] = "UPAO"[state];
		text[2 * u + 1] = u == 0 ? ',' : '\0';
	}
}

static void
check_views(const char *want)
{
	char got[16];
	unsigned u;

	for (u = 0; u < 2; u++) {
		const seamkey_link *l = &net.end[u].link;

		states_of(l, &l->provider, got + 8 * u);
		states_of(l, &l->consumer, got + 8 * u + 4);
		got[8 * u + 3] = got[8 * u + 7] = ' ';
	}
	got[15] = '\0';
	CHECK_MEM(got, want, 16);
}

/* One frame from an end to the other; its octet of key identifiers. */
static int
carry(unsigned from)
{
	pair_frame f;

	CHECK_INT(pair_seal(&net, from, &f), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	return f.bytes[0];
}

/* The same, lost on the way. */
static int
show(unsigned from)
{
	pair_frame f;

	CHECK_INT(pair_seal(&net, from, &f), SEAMKEY_OK);
	return f.bytes[0];
}

static void
link_0rtt_goes_step_by_step(void)
{
	seamkey_link *i, *f;
	uint64_t from;

	quiet_init(&net);
	quiet_start(&net);
	i = &net.end[0].link;
	f = &net.end[1].link;
	what = "step 0: steady";
	check_views("A,U A,U A,U A,U");
	CHECK_INT(carry(0), 0x00);
	CHECK_INT(carry(1), 0x00);
	what = "step 1: trigger";
	CHECK_INT(seamkey_link_rekey(i, SEAMKEY_LINK_0RTT), SEAMKEY_OK);
	CHECK_INT(seamkey_link_work(i, net.now), SEAMKEY_AGAIN);
	CHECK_INT(seamkey_link_work(i, net.now), SEAMKEY_AGAIN);
	check_views("A,U A,U A,U A,U");
	CHECK_INT(show(0), 0x00);
	what = "step 2: the initiator pushes";
	(void)pair_work(&net, 0);
	check_views("A,P A,P A,U A,U");
	CHECK_INT(show(0), 0x01);
	CHECK_INT(carry(1), 0x00);
	check_views("A,P A,P A,U A,U");
	what = "step 3: the follower hears of it";
	CHECK_INT(carry(0), 0x01);
	CHECK_INT(seamkey_link_work(f, net.now), SEAMKEY_AGAIN);
	check_views("A,P A,P A,U A,U");
	CHECK_INT(carry(1), 0x00);
	what = "step 4: the follower pushes";
	(void)pair_work(&net, 1);
	check_views("A,P A,P A,P A,P");
	CHECK_INT(carry(0), 0x01);
	CHECK_INT(show(1), 0x01);
	CHECK_INT(carry(0), 0x01);
	what = "step 5: the initiator hears of it";
	CHECK_INT(carry(1), 0x01);
	CHECK_INT(show(0), 0x11);
	check_views("O,A A,P A,P A,P");
	CHECK_INT(carry(1), 0x01);
	check_views("O,A A,P A,P A,P");
	what = "step 6: the follower gets a frame under the new key";
	CHECK_INT(carry(0), 0x11);
	check_views("O,A A,P A,P O,A");
	CHECK_INT(show(1), 0x11);
	check_views("O,A A,P O,A O,A");
	what = "step 7: so does the initiator";
	CHECK_INT(carry(1), 0x11);
	check_views("O,A O,A O,A O,A");
	what = "step 8: timeouts";
	from = net.now;
	for (; net.now < from + 3; net.now++) {
		(void)pair_work(&net, 0);
		(void)pair_work(&net, 1);
		/* the provider needs no key that it has left */
		check_views("U,A O,A U,A O,A");
		CHECK_INT(carry(0), 0x11);
		CHECK_INT(carry(1), 0x11);
	}
	(void)pair_work(&net, 0);
	check_views("U,A U,A U,A O,A");
	(void)pair_work(&net, 1);
	check_views("U,A U,A U,A U,A");
	CHECK_INT(i->worked.rekeys_0rtt, 1);
	CHECK_INT(f->worked.rekeys_0rtt, 1);
	pair_check(&net);
}

/* No extra message is needed, and the next rekey waits for the slot. */
static void
link_second_rekey_waits_for_the_slot(void)
{
	unsigned u;

	quiet_init(&net);
	quiet_start(&net);
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	pair_tick(&net);
	CHECK_INT(pair_settle(&net, 20), 1);
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	for (u = 0; u < 20 && net.end[0].link.worked.rekeys_0rtt < 2; u++) {
		(void)pair_work(&net, 0);
		CHECK_INT(net.end[0].link.provider.pushed
					- net.end[0].link.consumer.oldest
				<= 1,
			1);
		pair_tick(&net);
	}
	CHECK_INT(net.end[0].link.worked.rekeys_0rtt, 2);
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, 3), SEAMKEY_ERR_ARG);
	pair_check(&net);
}

/* ---- bad networks ------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	unsigned loss, duplicate, message_loss; /* in percent */
	unsigned delay_min, delay_max, every[2], slots[2];
	int window, counter;
	uint8_t drain;
	unsigned stride;
} networks[] = {
	{ "no faults", 0, 0, 0, 0, 0, { 1, 1 }, { 2, 2 }, 256, 4, 0, 1 },
	{ "losses", 2, 0, 10, 0, 3, { 1, 1 }, { 2, 2 }, 256, 4, 0, 1 },
	{ "duplicates", 0, 30, 0, 0, 20, { 1, 1 }, { 2, 2 }, 256, 4, 0, 1 },
	{ "all at once", 30, 10, 30, 0, 40, { 1, 1 }, { 2, 2 }, 256, 4, 0, 1 },
	{ "16 bits", 20, 10, 30, 5, 40, { 1, 1 }, { 2, 2 }, 256, 2, 0, 1 },
	{ "48 bits", 20, 10, 30, 5, 40, { 1, 1 }, { 3, 3 }, 256, 6, 1, 1 },
	{ "carrier", 20, 10, 30, 0, 40, { 1, 1 }, { 3, 2 }, 256, -1, 1, 4 },
	{ "drain", 10, 10, 10, 0, 30, { 1, 1 }, { 2, 2 }, 256, 4, 1, 1 },
	{ "slow down", 10, 10, 10, 0, 30, { 1, 7 }, { 2, 2 }, 256, 4, 0, 1 },
	{ "slow up", 10, 10, 10, 0, 30, { 9, 1 }, { 2, 3 }, 256, 4, 0, 1 },
	{ "default window", 5, 50, 10, 0, 60, { 1, 1 }, { 2, 2 }, 0, 4, 0, 1 },
	{ "no window", 5, 50, 10, 0, 10, { 1, 1 }, { 2, 2 }, -1, 4, 0, 1 },
	{ "window of 1", 5, 50, 10, 0, 10, { 1, 1 }, { 2, 2 }, 1, 4, 0, 1 },
	{ "far away", 5, 5, 5, 80, 127, { 1, 1 }, { 2, 2 }, 256, 2, 0, 1 },
};
/* clang-format on */

static void
network_init(pair *p, size_t n)
{
	unsigned u;

	pair_init(p, 100 + n);
	p->loss = networks[n].loss * 655;
	p->duplicate = networks[n].duplicate * 655;
	p->message_loss = networks[n].message_loss * 655;
	p->delay_min = networks[n].delay_min;
	p->delay_max = networks[n].delay_max;
	for (u = 0; u < 2; u++) {
		seamkey_link_config *cfg = &p->end[u].cfg;

		p->every[u] = networks[n].every[u];
		p->end[u].stride = networks[n].stride;
		p->end[u].base = (uint64_t)1 << 40;
		cfg->window = networks[n].window;
		cfg->counter_octets = networks[n].counter;
		cfg->send_max = 9;
		cfg->delay_min = networks[n].delay_min;
		cfg->delay_max = networks[n].delay_max + 1;
		cfg->peer_min = networks[n].every[1 - u];
		cfg->peer_max = 9;
		cfg->drain_by_count = networks[n].drain;
		cfg->soft_frames = 3000 * (uint64_t)networks[n].stride;
		cfg->retry = 2 * networks[n].delay_max + 4;
	}
}

static void
link_never_refuses_wrongly(void)
{
	size_t n;
	unsigned t, u;

	for (n = 0; n < COUNT(networks); n++) {
		what = networks[n].what;
		network_init(&net, n);
		CHECK_INT(pair_open(&net, networks[n].slots[0],
				  networks[n].slots[1]),
			SEAMKEY_OK);
		CHECK_INT(pair_settle(&net, 5000), 1);
		for (t = 0; t < 6000; t++) {
			if (t % 50 == 0) {
				(void)seamkey_link_rekey(&net.end[0].link,
					t % 4 == 0 ? SEAMKEY_LINK_NRTT
						   : SEAMKEY_LINK_0RTT);
			}
			pair_tick(&net);
		}
		pair_check(&net);
		CHECK_INT(net.end[0].link.worked.rekeys_0rtt >= 4, 1);
		CHECK_INT(net.end[0].link.worked.rekeys_nrtt >= 3, 1);
		for (u = 0; u < 2; u++) {
			CHECK_INT(net.end[u].delivered
					>= 2000 / networks[n].every[1 - u],
				1);
			CHECK_INT(net.end[u].late == 0,
				networks[n].window >= 0
					&& networks[n].window != 1);
			CHECK_INT(net.end[u].link.opened.duplicates == 0,
				networks[n].duplicate == 0);
		}
	}
}

/* A hard limit that leaves little more than the reserve: every rekey comes
 * in time, whoever sends more often. */
static void
link_reserve_is_enough(void)
{
	static const unsigned every[][2] = { { 1, 1 }, { 8, 1 }, { 1, 8 } };
	size_t n;
	unsigned u;

	for (n = 0; n < COUNT(every); n++) {
		pair_init(&net, 7 + n);
		net.delay_max = 10;
		net.loss = 655;
		for (u = 0; u < 2; u++) {
			seamkey_link_config *cfg = &net.end[u].cfg;

			net.every[u] = every[n][u];
			cfg->send_min = every[n][u];
			cfg->send_max = 8;
			cfg->peer_min = every[n][1 - u];
			cfg->peer_max = 8;
			cfg->delay_max = 10;
			cfg->losses = 3;
			cfg->hard_frames = 700;
		}
		CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
		for (u = 0; u < 20000; u++) {
			pair_tick(&net);
		}
		pair_check(&net);
		CHECK_INT(net.end[0].link.worked.rekeys_0rtt > 20, 1);
	}
}

/* clang-format off */
const struct test test_link_table[] = {
	{ "link_init_refuses_what_cannot_be",
		link_init_refuses_what_cannot_be },
	{ "link_init_looks_at_its_arguments",
		link_init_looks_at_its_arguments },
	{ "link_before_the_start_says_down",
		link_before_the_start_says_down },
	{ "link_runs_in_every_variant", link_runs_in_every_variant },
	{ "link_runs_with_every_number_of_slots",
		link_runs_with_every_number_of_slots },
	{ "link_0rtt_goes_step_by_step", link_0rtt_goes_step_by_step },
	{ "link_second_rekey_waits_for_the_slot",
		link_second_rekey_waits_for_the_slot },
	{ "link_never_refuses_wrongly", link_never_refuses_wrongly },
	{ "link_reserve_is_enough", link_reserve_is_enough },
	{ NULL, NULL },
};
/* clang-format on */
