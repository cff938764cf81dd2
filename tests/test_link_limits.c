/*
 * test_link_limits.c - when a link's keys are renewed, and when it stops
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

static pair net;

/* ---- texts -------------------------------------------------------------- */

/* clang-format off */
#define ROW(name, value, text) { #name, name, value, text },

static const struct {
	const char *what;
	int status, value;
	const char *text;
} codes[] = {
	SEAMKEY_SLOT_ERRORS(ROW)
	SEAMKEY_LINK_ERRORS(ROW)
};
/* clang-format on */

static void
link_codes_have_texts_in_their_band(void)
{
	size_t u, v;

	for (u = 0; u < COUNT(codes); u++) {
		what = codes[u].what;
		CHECK_INT(codes[u].status, codes[u].value);
		CHECK_INT(codes[u].value <= -300 && codes[u].value > -400, 1);
		CHECK_INT(strcmp(seamkey_link_text(codes[u].status),
				  codes[u].text),
			0);
		CHECK_INT(strcmp(seamkey_text(codes[u].status), codes[u].text),
			0);
		CHECK_INT(strcmp(seamkey_slot_text(codes[u].status),
				  u == 0 ? codes[u].text : "unknown status"),
			0);
		CHECK_INT(codes[u].text[strlen(codes[u].text) - 1] != '.', 1);
		for (v = 0; v < u; v++) {
			CHECK_INT(codes[u].status != codes[v].status, 1);
			CHECK_INT(strcmp(codes[u].text, codes[v].text) != 0, 1);
		}
	}
	CHECK_INT(strcmp(seamkey_link_text(SEAMKEY_ERR_ARG),
			  seamkey_base_text(SEAMKEY_ERR_ARG)),
		0);
	CHECK_INT(strcmp(seamkey_link_text(-399), "unknown status"), 0);
}

/* ---- limits that init computes ------------------------------------------ */

/* reserve = ceil((4e + T_kdf + T_old) / t_s,min), e as section 2.3 of the
 * design has it */
static void
link_reserve_is_that_of_the_design(void)
{
	/* clang-format off */
	static const struct {
		uint32_t send_min, send_max, peer_min, peer_max;
		uint32_t delay_min, delay_max, kdf_time, grace, clock_step;
		uint8_t losses;
		uint64_t reserve;
	} rows[] = {
		{ 1, 1, 1, 1, 0, 3, 0, 0, 0, 10, 59 },
		{ 1000, 1000, 1000, 1000, 0, 10000, 0, 0, 0, 2, 62 },
		{ 1000, 1000, 1000, 1000, 4000, 10000, 500, 0, 0, 2, 59 },
		{ 1000, 2000, 1000, 2000, 0, 10000, 500, 20000, 0, 2, 85 },
		{ 1000, 2000, 500, 2000, 0, 10000, 500, 20000, 0, 2, 169 },
		{ 1000, 2000, 2000, 2000, 0, 10000, 500, 20000, 0, 2, 85 },
		{ 1000, 2000, 1000, 4000, 0, 10000, 500, 20000, 0, 2, 109 },
		{ 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0,
			0xFFFFFFFF, 0, 0, 0, 255, 1029 },
		{ 1000, 2000, 500, 2000, 0, 10000, 500, 20000, 1000, 2, 171 },
		{ 1000, 2000, 500, 2000, 0, 10000, 500, 0, 1000, 2, 151 },
	};
	/* clang-format on */
	size_t u;

	for (u = 0; u < COUNT(rows); u++) {
		seamkey_link_config cfg;

		memset(&cfg, 0, sizeof cfg);
		cfg.send_min = rows[u].send_min;
		cfg.send_max = rows[u].send_max;
		cfg.peer_min = rows[u].peer_min;
		cfg.peer_max = rows[u].peer_max;
		cfg.delay_min = rows[u].delay_min;
		cfg.delay_max = rows[u].delay_max;
		cfg.kdf_time = rows[u].kdf_time;
		cfg.grace = rows[u].grace;
		cfg.clock_step = rows[u].clock_step;
		cfg.losses = rows[u].losses;
		CHECK_INT(seamkey_link_reserve(&cfg), rows[u].reserve);
	}
}

static void
link_limits_are_the_least_of_all(void)
{
	/* clang-format off */
	static const struct {
		const char *what;
		unsigned suite;
		int counter;
		uint16_t plain;
		uint64_t hard_frames, hard, soft_frames, soft;
	} rows[] = {
		{ "defaults", SEAMKEY_AEAD_CHACHA20_POLY1305, 4, 40, 0,
			(uint64_t)1 << 31, 0, (uint64_t)1 << 24 },
		{ "a counter of 4 octets", SEAMKEY_AEAD_CHACHA20_POLY1305, 4,
			40, (uint64_t)1 << 40, 0xFFFFFFFF, 0,
			(uint64_t)1 << 24 },
		{ "a counter of 6 octets", SEAMKEY_AEAD_CHACHA20_POLY1305, 6,
			40, ~(uint64_t)0, (uint64_t)1 << 47, ~(uint64_t)0,
			((uint64_t)1 << 47) - 59 },
		/* 5 and 57 octets: 5 blocks and one: 2^36 / 6 */
		{ "GCM, small frames", SEAMKEY_AEAD_AES_128_GCM, 6, 57,
			~(uint64_t)0, 11453246122u, 0, (uint64_t)1 << 24 },
		/* 7 and 1500 octets: 95 blocks and one: 2^36 / 96 */
		{ "GCM, large frames", SEAMKEY_AEAD_AES_256_GCM, 6, 0,
			0, 715827882u, 0, (uint64_t)1 << 24 },
		{ "the reserve", SEAMKEY_AEAD_AES_128_GCM, 4, 40, 1000, 1000,
			2000, 941 },
		{ "the soft limit", SEAMKEY_AEAD_AES_128_GCM, 4, 40, 1000,
			1000, 700, 700 },
	};
	/* clang-format on */
	size_t u;

	for (u = 0; u < COUNT(rows); u++) {
		pair_end *e = &net.end[0];

		what = rows[u].what;
		quiet_init(&net);
		(void)seamkey_aead_bearssl(&net.aead, rows[u].suite);
		e->cfg.counter_octets = rows[u].counter;
		e->cfg.max_plain = rows[u].plain;
		e->cfg.hard_frames = rows[u].hard_frames;
		e->cfg.soft_frames = rows[u].soft_frames;
		CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
		CHECK_INT(e->link.hard, rows[u].hard);
		CHECK_INT(e->link.soft, rows[u].soft);
	}
}

/* clang-format off */
static const unsigned char all_zero[2] = { 0, 0 }, all_one[2] = { 0xFF, 0xFF };
static const unsigned char *drawn = all_zero;
/* clang-format on */

static int
fixed_draw(void *ctx, unsigned char *out, size_t len)
{
	int status = pair_fill(ctx, out, len);

	memcpy(out, drawn, 2);
	memcpy(out + 2, drawn, 2);
	return status;
}

/* The drawn limit lies in 3/4 to 1 of the whole one, and uses all of it. */
static void
link_drawn_limits_are_spread(void)
{
	uint64_t least = ~(uint64_t)0, most = 0, soft = 10000000, quarter[4];
	unsigned u;

	memset(quarter, 0, sizeof quarter);
	quiet_init(&net);
	net.end[0].cfg.soft_frames = soft;
	quiet_start(&net);
	for (u = 0; u < 400; u++) {
		uint64_t got;

		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		got = pair_active(&net.end[0])->soft;
		least = got < least ? got : least;
		most = got > most ? got : most;
		if (!CHECK_INT(got >= soft / 4 * 3 && got <= soft, 1)) {
			return;
		}
		quarter[(got - soft / 4 * 3) * 4 / (soft / 4 + 1)]++;
	}
	CHECK_INT(least < soft / 100 * 76, 1);
	CHECK_INT(most > soft / 100 * 99, 1);
	for (u = 0; u < 4; u++) {
		CHECK_INT(quarter[u] > 60, 1);
	}
	for (u = 0; u < 2; u++) {
		quiet_init(&net);
		net.end[0].cfg.hard_frames = ~(uint64_t)0;
		net.end[0].cfg.counter_octets = 6;
		net.end[1].cfg.counter_octets = 6;
		(void)seamkey_aead_bearssl(
			&net.aead, SEAMKEY_AEAD_CHACHA20_POLY1305);
		net.end[0].cfg.soft_frames = u ? 101 : (uint64_t)1 << 46;
		net.end[0].cfg.random.fill = fixed_draw;
		drawn = all_zero;
		quiet_start(&net);
		soft = net.end[0].link.soft;
		CHECK_INT(pair_active(&net.end[0])->soft, soft);
		drawn = all_one;
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		CHECK_INT(pair_active(&net.end[0])->soft >= soft - soft / 4, 1);
		CHECK_INT(pair_active(&net.end[0])->soft
				<= soft - soft / 4 + (soft >> 16) + 1,
			1);
	}
}

/* ---- triggers ----------------------------------------------------------- */

/* Ticks until the next rekey of either kind has ended, at most so many. */
static uint64_t
ticks_to_rekey(uint64_t most)
{
	const seamkey_link_work_counters *w = &net.end[0].link.worked;
	uint64_t from = net.now, done = w->rekeys_0rtt + w->rekeys_nrtt;

	while (net.now - from < most
		&& w->rekeys_0rtt + w->rekeys_nrtt == done) {
		pair_tick(&net);
	}
	return net.now - from;
}

static void
link_is_rekeyed_by_each_trigger(void)
{
	/* clang-format off */
	static const struct {
		const char *what;
		uint64_t frames, bytes, age;
		unsigned every[2];
		uint64_t least, most; /* ticks to the first rekey */
	} rows[] = {
		{ "frames sent", 1000, 0, 0, { 1, 8 }, 740, 1030 },
		{ "frames received", 1000, 0, 0, { 8, 1 }, 740, 1030 },
		{ "bytes", 0, 1000 * PAIR_PLAIN, 0, { 1, 1 }, 740, 760 },
		{ "bytes sent", 0, 1000 * PAIR_PLAIN, 0, { 1, 8 }, 710, 790 },
		{ "bytes received", 0, 1000 * PAIR_PLAIN, 0, { 8, 1 }, 710,
			790 },
		{ "bytes, and neither has sent all", 0, 1000 * PAIR_PLAIN, 0,
			{ 2, 2 }, 1460, 1550 },
		{ "age", 0, 0, 1000, { 1, 1 }, 740, 1010 },
		{ "nothing", 0, 0, 0, { 1, 1 }, 5000, 5000 },
	};
	/* clang-format on */
	uint64_t ticks;
	size_t n;
	unsigned u, t;

	for (n = 0; n < COUNT(rows); n++) {
		what = rows[n].what;
		quiet_init(&net);
		for (u = 0; u < 2; u++) {
			net.every[u] = rows[n].every[u];
			net.end[u].cfg.send_max = 8;
			net.end[u].cfg.soft_frames = rows[n].frames;
			net.end[u].cfg.soft_bytes = rows[n].bytes;
			net.end[u].cfg.soft_age = rows[n].age;
		}
		quiet_start(&net);
		for (t = 0; t < 3; t++) {
			ticks = ticks_to_rekey(5000);
			CHECK_INT(ticks >= rows[n].least, 1);
			CHECK_INT(ticks <= rows[n].most, 1);
		}
		CHECK_INT(net.end[0].link.worked.last_switch > 0, 1);
		CHECK_INT(net.end[0].link.worked.rekeys_nrtt, 0);
		pair_check(&net);
	}
}

/* So many derived keys, then an agreed one; or one after so much time. */
static void
link_root_is_renewed(void)
{
	static const int nrtt[] = { 0, 0, 0, 1, 0, 0, 0, 1, 0 };
	size_t u;

	quiet_init(&net);
	net.end[0].cfg.chain_max = 3;
	net.end[0].cfg.soft_age = 100;
	quiet_start(&net);
	for (u = 0; u < COUNT(nrtt); u++) {
		uint64_t before = net.end[0].link.worked.rekeys_nrtt;

		CHECK_INT(ticks_to_rekey(200) < 150, 1);
		CHECK_INT(net.end[0].link.worked.rekeys_nrtt - before, nrtt[u]);
		CHECK_INT(net.end[0].events[SEAMKEY_LINK_REKEYED_NRTT],
			before + (uint64_t)nrtt[u]);
	}
	pair_check(&net);
	quiet_init(&net);
	net.end[0].cfg.root_age = 1000;
	quiet_start(&net);
	for (u = 0; u < 3; u++) {
		uint64_t ticks = ticks_to_rekey(2000);

		CHECK_INT(ticks >= 745 && ticks < 1020, 1);
		CHECK_INT(net.end[0].link.m, u + 1);
	}
	CHECK_INT(net.end[0].link.worked.rekeys_0rtt, 0);
	/* an agreed key in time puts it off */
	for (u = 0; u < 500; u++) {
		pair_tick(&net);
	}
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
	CHECK_INT(ticks_to_rekey(2000) > 740, 1);
	pair_check(&net);
}

/* The age of a root and the length of a chain are drawn, too: what was
 * started together does not agree on new keys together. */
static void
link_root_limits_are_drawn(void)
{
	static const struct {
		const unsigned char *drawn;
		uint64_t least, most, chain;
	} rows[] = {
		{ all_zero, 995, 1020, 40 },
		{ all_one, 745, 770, 31 },
	};
	size_t n;

	for (n = 0; n < COUNT(rows); n++) {
		uint64_t ticks;

		quiet_init(&net);
		net.end[0].cfg.root_age = 1000;
		net.end[0].cfg.random.fill = fixed_draw;
		drawn = rows[n].drawn;
		quiet_start(&net);
		ticks = ticks_to_rekey(2000);
		CHECK_INT(ticks >= rows[n].least && ticks <= rows[n].most, 1);
		CHECK_INT(net.end[0].link.worked.rekeys_nrtt, 1);

		quiet_init(&net);
		net.end[0].cfg.chain_max = 40;
		net.end[0].cfg.random.fill = fixed_draw;
		quiet_start(&net);
		while (net.end[0].link.worked.rekeys_nrtt == 0
			&& net.end[0].link.worked.rekeys_0rtt < 50) {
			CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
		}
		CHECK_INT(net.end[0].link.worked.rekeys_0rtt, rows[n].chain);
	}
}

/* A clock that steps back or stands still: no time has passed. */
static void
link_clock_that_steps_back(void)
{
	seamkey_link *l = &net.end[0].link;
	uint64_t t;

	quiet_init(&net);
	net.end[0].cfg.soft_age = 1000;
	quiet_start(&net);
	t = l->now;
	CHECK_INT(seamkey_link_work(l, 0), SEAMKEY_OK);
	CHECK_INT(l->now, t);
	CHECK_INT(seamkey_link_work(l, 10), SEAMKEY_OK);
	CHECK_INT(l->now, t + 10);
	CHECK_INT(seamkey_link_work(l, 10), SEAMKEY_OK);
	CHECK_INT(seamkey_link_work(l, 9), SEAMKEY_OK);
	CHECK_INT(l->now, t + 10);
	CHECK_INT(seamkey_link_work(l, 709), SEAMKEY_OK);
	CHECK_INT(l->now, t + 710);
	CHECK_INT(l->step, 0);
	CHECK_INT(seamkey_link_work(l, 1009), SEAMKEY_AGAIN);
	CHECK_INT(l->now, t + 1010);
}

/* Where nothing is said a key lives for six hours at most, in microseconds;
 * 4.5 hours are the earliest that is drawn. */
static void
link_age_is_six_hours_by_default(void)
{
	static const uint64_t hour = (uint64_t)3600 * 1000000;
	seamkey_link *l = &net.end[0].link;
	uint64_t t;

	quiet_init(&net);
	quiet_start(&net);
	t = l->last;
	CHECK_INT(seamkey_link_work(l, t + 4 * hour), SEAMKEY_OK);
	CHECK_INT(l->step, 0);
	CHECK_INT(seamkey_link_work(l, t + 6 * hour), SEAMKEY_AGAIN);
	quiet_init(&net);
	net.end[0].cfg.soft_age = SEAMKEY_LINK_NEVER;
	quiet_start(&net);
	CHECK_INT(seamkey_link_work(l, t + 1000000 * hour), SEAMKEY_OK);
	CHECK_INT(l->step, 0);
}

/* A frame with one bit changed comes to this end. */
static int
open_wrong(unsigned to)
{
	pair_frame f;

	CHECK_INT(pair_seal(&net, 1 - to, &f), SEAMKEY_OK);
	f.bytes[10] ^= 1;
	f.kind = PAIR_FORGED;
	return pair_arrive(&net, &f);
}

/* Nobody answers messages any more, or the initiator's own hook fails for
 * ever: derived keys go on in the place of the agreed one that is due, for
 * every limit, and for a wish. */
static int
dead_psk(void *ctx, unsigned relation, seamkey_span *key)
{
	(void)ctx;
	(void)relation;
	(void)key;
	return SEAMKEY_ERR_HOOK;
}

static void
link_dead_exchange_holds_up_no_limit(void)
{
	/* clang-format off */
	static const struct {
		const char *what;
		uint64_t frames, bytes, age;
		unsigned forged, wish; /* one in so many ticks */
	} rows[] = {
		{ "frames", 500, 0, 0, 0, 0 },
		{ "bytes", 0, 500 * PAIR_PLAIN, 0, 0, 0 },
		{ "age", 0, 0, 500, 0, 0 },
		{ "wrong tags", 0, 0, 0, 5, 0 },
		{ "wish", 0, 0, 0, 0, 500 },
	};
	/* clang-format on */
	seamkey_link *l = &net.end[0].link;
	unsigned n, dead, t;

	for (n = 0; n < 2 * COUNT(rows); n++) {
		what = rows[n >> 1].what;
		dead = n & 1;
		quiet_init(&net);
		net.end[0].cfg.soft_frames = rows[n >> 1].frames;
		net.end[0].cfg.soft_bytes = rows[n >> 1].bytes;
		net.end[0].cfg.soft_age = rows[n >> 1].age;
		net.end[0].cfg.failed_warn = 100;
		net.end[0].cfg.tries = 5;
		net.every[1] = 8; /* what is received does not count first */
		net.end[0].cfg.peer_max = net.end[1].cfg.send_max = 8;
		quiet_start(&net);
		if (dead) {
			net.end[0].auth.psk = dead_psk;
		} else {
			net.message_loss = 65536;
		}
		CHECK_INT(seamkey_link_rekey(l, SEAMKEY_LINK_NRTT), SEAMKEY_OK);
		for (t = 1; t <= 10000; t++) {
			if (rows[n >> 1].forged && t % 5 == 0) {
				(void)open_wrong(0);
			}
			if (rows[n >> 1].wish != 0 && t % 500 == 0) {
				(void)seamkey_link_rekey(l, SEAMKEY_LINK_0RTT);
			}
			pair_tick(&net);
		}
		if (!dead || rows[n >> 1].wish == 0) {
			CHECK_INT(l->worked.rekeys_0rtt >= 10, 1);
		}
		CHECK_INT(l->worked.rekeys_nrtt, 0);
		CHECK_INT(net.end[0].link.opened.stopped, 0);
	}
}

/* ---- wrong tags --------------------------------------------------------- */

/* Wrong tags under a key that has been left say nothing of the one in use. */
static void
link_wrong_tags_of_the_old_key_raise_no_alarm(void)
{
	pair_frame old[6];
	unsigned t;

	quiet_init(&net);
	net.end[1].cfg.failed_warn = 3;
	quiet_start(&net);
	for (t = 0; t < COUNT(old); t++) {
		CHECK_INT(pair_seal(&net, 0, &old[t]), SEAMKEY_OK);
		old[t].bytes[10] ^= 1;
		old[t].kind = PAIR_FORGED;
	}
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
	for (t = 0; t < COUNT(old); t++) {
		CHECK_INT(pair_arrive(&net, &old[t]), SEAMKEY_ERR_LINK_TAG);
		(void)seamkey_link_work(&net.end[1].link, net.now);
	}
	CHECK_INT(net.end[1].link.opened.bad_tag, COUNT(old));
	CHECK_INT(net.end[1].events[SEAMKEY_LINK_TAG_ALARM], 0);
}

/* failed_warn: an event, and a new key if it is the initiator; failed_stop:
 * the key opens nothing more, and the next one does. */
static void
link_wrong_tags_are_limited(void)
{
	unsigned u, t;
	pair_frame f;

	for (u = 0; u < 2; u++) {
		pair_end *e = &net.end[u];

		quiet_init(&net);
		e->cfg.failed_warn = 5;
		e->cfg.failed_stop = 8;
		quiet_start(&net);
		for (t = 1; t <= 5; t++) {
			(void)seamkey_link_work(&e->link, net.now);
			CHECK_INT(e->events[SEAMKEY_LINK_TAG_ALARM], 0);
			CHECK_INT(open_wrong(u), SEAMKEY_ERR_LINK_TAG);
		}
		(void)seamkey_link_work(&e->link, net.now);
		CHECK_INT(e->events[SEAMKEY_LINK_TAG_ALARM], 1);
		for (; t <= 8; t++) {
			CHECK_INT(open_wrong(u), SEAMKEY_ERR_LINK_TAG);
		}
		CHECK_INT(pair_seal(&net, 1 - u, &f), SEAMKEY_OK);
		f.kind = PAIR_COPY;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_LIMIT);
		CHECK_INT(e->link.opened.bad_tag, 8);
	}
	/* where traffic goes on, the initiator changes the key, once */
	quiet_init(&net);
	net.end[0].cfg.failed_warn = 5;
	quiet_start(&net);
	for (t = 0; t < 7; t++) {
		CHECK_INT(open_wrong(0), SEAMKEY_ERR_LINK_TAG);
	}
	CHECK_INT(ticks_to_rekey(100) < 10, 1);
	CHECK_INT(ticks_to_rekey(1000), 1000);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_TAG_ALARM], 1);
	CHECK_INT(net.end[0].wrong + net.end[1].wrong, 0);
	CHECK_INT(net.end[0].stale + net.end[1].stale, 0);
	CHECK_INT(net.end[0].forged, 0);
	/* and again under the next one */
	for (t = 0; t < 7; t++) {
		CHECK_INT(open_wrong(0), SEAMKEY_ERR_LINK_TAG);
	}
	CHECK_INT(ticks_to_rekey(100) < 10, 1);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_TAG_ALARM], 2);
}

/* ---- the hard limit ----------------------------------------------------- */

/* A peer that is dead: sealing stops at the limit, for good, and writes
 * nothing; a start brings the link back. */
static void
link_hard_limit_fails_closed(void)
{
	unsigned u, t;
	uint64_t sealed;

	for (u = 0; u < 2; u++) {
		pair_end *e = &net.end[u];

		quiet_init(&net);
		e->cfg.hard_frames = 200;
		quiet_start(&net);
		sealed = pair_active(e)->sent;
		net.loss = net.message_loss = 65536;
		for (t = 0; t < 400; t++) {
			pair_tick(&net);
		}
		CHECK_INT(pair_active(e)->sent, 200);
		CHECK_INT(e->sealed, 200);
		CHECK_INT(e->refused, 400 - (200 - sealed));
		CHECK_INT(e->link.sealed.refused, e->refused);
		CHECK_INT(e->link.sealed.frames, 200);
		CHECK_INT(e->link.sealed.bytes, 200 * PAIR_PLAIN);
		CHECK_INT(e->events[SEAMKEY_LINK_HARD_LIMIT], 1);
		CHECK_INT(e->nonce_reuse, 0);
		net.loss = net.message_loss = 0;
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		for (t = 0; t < 200; t++) {
			pair_tick(&net);
		}
		CHECK_INT(pair_is_settled(&net), 1);
		CHECK_INT(e->sealed > 200, 1);
		CHECK_INT(e->nonce_reuse, 0);
	}
}

static void
link_hard_limit_writes_nothing(void)
{
	static const unsigned char plain[PAIR_PLAIN];
	unsigned char b[PAIR_FRAME], none[PAIR_FRAME];
	seamkey_link *l = &net.end[0].link;
	size_t len = 77;
	unsigned t;

	quiet_init(&net);
	net.end[0].cfg.hard_frames = 100;
	quiet_start(&net);
	memset(none, 0xEE, sizeof none);
	for (t = (unsigned)pair_active(&net.end[0])->sent; t < 104; t++) {
		memset(b, 0xEE, sizeof b);
		CHECK_INT(seamkey_link_seal(l, seamkey_span_of(NULL, 0), plain,
				  sizeof plain, b, sizeof b, &len),
			t < 100 ? SEAMKEY_OK : SEAMKEY_ERR_LINK_LIMIT);
		CHECK_INT(memcmp(b, none, sizeof b) == 0, t >= 100);
	}
	CHECK_INT(l->sealed.refused, 4);
}

/* ---- silence ------------------------------------------------------------ */

static void
link_short_counter_does_not_outlive_a_silence(void)
{
	static const unsigned char zero[sizeof(seamkey_exchange)];
	unsigned u, exchange;
	pair_frame f;

	for (u = 0; u < 4; u++) {
		pair_end *e = &net.end[u & 1];

		exchange = u >> 1;
		quiet_init(&net);
		net.end[0].cfg.counter_octets = 2;
		net.end[1].cfg.counter_octets = 2;
		net.end[0].cfg.tries = 255;
		e->cfg.peer_min = e->cfg.peer_max = 2;
		e->cfg.kdf_time = 7;
		e->cfg.clock_step = 1;
		quiet_start(&net);
		pair_tick(&net);
		pair_tick(&net);
		if (exchange) {
			(void)seamkey_link_rekey(
				&net.end[0].link, SEAMKEY_LINK_NRTT);
			net.message_loss = 65536;
			pair_tick(&net);
		}
		CHECK_INT(seamkey_link_work(&e->link, net.now), SEAMKEY_OK);
		/* what was heard last may have been sealed so long before */
		net.now += 65536 - e->cfg.delay_max - 7 - 1 - 1;
		CHECK_INT(seamkey_link_work(&e->link, net.now), SEAMKEY_OK);
		CHECK_INT(seamkey_link_is_up(&e->link), 1);
		net.now++;
		CHECK_INT(pair_work(&net, u & 1), SEAMKEY_OK);
		CHECK_INT(e->events[SEAMKEY_LINK_LOST], 1);
		CHECK_INT(seamkey_link_is_up(&e->link), 0);
		CHECK_INT(pair_seal(&net, u & 1, &f), SEAMKEY_ERR_LINK_DOWN);
		CHECK_MEM(e->link.chain, zero, 32);
		CHECK_MEM(e->contexts, zero, sizeof zero);
		CHECK_MEM(&e->link.exchange[0], zero, sizeof zero);
		net.message_loss = 0;
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		CHECK_INT(pair_settle(&net, 100), 1);
		CHECK_INT(e->events[SEAMKEY_LINK_LOST], 1);
		CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
	}
	/* a frame in time puts it off; a long counter knows no such thing */
	quiet_init(&net);
	net.end[0].cfg.counter_octets = 2;
	net.end[1].cfg.counter_octets = 2;
	quiet_start(&net);
	for (u = 0; u < 3; u++) {
		net.now += 32000;
		pair_tick(&net);
		CHECK_INT(pair_is_settled(&net), 1);
	}
	quiet_init(&net);
	quiet_start(&net);
	net.now += 10000000;
	pair_tick(&net);
	CHECK_INT(pair_is_settled(&net), 1);
	pair_check(&net);
}

/* ---- contexts of their own ---------------------------------------------- */

/* Without one_context a slot is freed, and a start goes on, only after seal
 * and open have been called; an empty frame is enough. */
static void
link_work_waits_for_seal_and_open(void)
{
	seamkey_span none = seamkey_span_of(NULL, 0);
	seamkey_link *l = &net.end[0].link;
	unsigned char b[1];
	size_t len;
	unsigned t;

	quiet_init(&net);
	net.end[0].cfg.one_context = net.end[1].cfg.one_context = 0;
	quiet_start(&net);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
	for (t = 0; t < 10; t++) {
		net.now++;
		(void)pair_work(&net, 0);
	}
	CHECK_INT(l->consumer.oldest, l->consumer.active);
	CHECK_INT(net.end[0].slot[0].used, 1);
	CHECK_INT(seamkey_link_open(l, none, b, 0, b, 0, &len), SEAMKEY_AGAIN);
	(void)pair_work(&net, 0);
	CHECK_INT(net.end[0].slot[0].used, 0);
	for (t = 0; t < 300; t++) {
		if (t % 20 == 0) {
			(void)seamkey_link_rekey(l,
				t % 40 ? SEAMKEY_LINK_0RTT : SEAMKEY_LINK_NRTT);
		}
		pair_tick(&net);
	}
	CHECK_INT(net.end[1].link.worked.rekeys_0rtt >= 6, 1);
	CHECK_INT(net.end[1].link.worked.rekeys_nrtt >= 6, 1);
	pair_check(&net);
	CHECK_INT(seamkey_link_start(l), SEAMKEY_OK);
	for (t = 0; t < 100; t++) {
		pair_tick(&net);
	}
	CHECK_INT(net.end[1].events[SEAMKEY_LINK_STARTED], 2);
	CHECK_INT(pair_is_settled(&net), 1);
}

/* ---- many links --------------------------------------------------------- */

#define LINKS 24

static pair many[LINKS];
static seamkey_link *links[LINKS];

/* A plant that starts all its links in one tick. */
static void
plant_init(int scheduled, uint64_t soft)
{
	unsigned u;

	for (u = 0; u < LINKS; u++) {
		pair_init(&many[u], 1000 + u);
		many[u].end[0].cfg.scheduled = (uint8_t)scheduled;
		many[u].end[0].cfg.soft_frames = soft;
		many[u].end[0].cfg.hard_frames = 2 * soft;
		many[u].end[1].cfg.hard_frames = 2 * soft;
		links[u] = &many[u].end[0].link;
		CHECK_INT(pair_open(&many[u], 2, 2), SEAMKEY_OK);
	}
}

/* Ticks for all; the most links that were not settled at a time. */
static unsigned
plant_run(unsigned ticks, size_t cap, unsigned skip)
{
	unsigned busy, most = 0, t, u;

	for (t = 0; t < ticks; t++) {
		busy = 0;
		for (u = 0; u < LINKS; u++) {
			pair_tick(&many[u]);
			busy += !seamkey_link_is_settled(links[u]);
		}
		if (t >= skip) {
			most = busy > most ? busy : most;
		}
		if (cap != 0) {
			CHECK_INT(seamkey_link_schedule(links, LINKS, cap)
					<= (t < skip ? LINKS : cap),
				1);
		}
	}
	return most;
}

static void
link_schedule_caps_the_rekeys_under_way(void)
{
	static const size_t caps[] = { 1, 2, 5 };
	size_t n;
	unsigned u;

	for (n = 0; n < COUNT(caps); n++) {
		plant_init(1, 600);
		CHECK_INT(plant_run(3000, caps[n], 50), caps[n]);
		for (u = 0; u < LINKS; u++) {
			CHECK_INT(links[u]->worked.rekeys_0rtt >= 3, 1);
			pair_check(&many[u]);
		}
	}
	/* nobody schedules: nobody begins */
	plant_init(1, 600);
	CHECK_INT(plant_run(900, 0, 50), 0);
	for (u = 0; u < LINKS; u++) {
		CHECK_INT(links[u]->worked.rekeys_0rtt, 0);
		CHECK_INT(links[u]->wants, 1);
	}
	CHECK_INT(seamkey_link_schedule(links, LINKS, 0), 0);
	CHECK_INT(seamkey_link_schedule(links, 0, 5), 0);
}

/* Started in one tick, with one and the same limit, and without a cap. */
static void
link_rekeys_of_a_plant_are_spread(void)
{
	unsigned most;

	plant_init(0, 2000);
	most = plant_run(2100, 0, 50);
	CHECK_INT(most >= 1 && most <= 5, 1);
}

/* The one nearest to its limit goes first, wherever it stands. */
static void
link_schedule_takes_the_least_margin_first(void)
{
	static const unsigned place[] = { 7, 3, 19, 0, 11 };
	size_t n;
	unsigned u, t;

	plant_init(1, 4000);
	(void)plant_run(50, 0, 50);
	for (n = 0; n < COUNT(place); n++) {
		for (t = 0; t < 500 - 90 * n; t++) {
			pair_tick(&many[place[n]]);
		}
	}
	for (u = 0; u < LINKS; u++) {
		CHECK_INT(seamkey_link_rekey(links[u], SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		pair_tick(&many[u]);
	}
	for (n = 0; n < COUNT(place); n++) {
		CHECK_INT(seamkey_link_schedule(links, LINKS, n + 1), n + 1);
		for (u = 0; u < LINKS; u++) {
			size_t first = 0;

			while (first <= n && place[first] != u) {
				first++;
			}
			CHECK_INT(links[u]->permit, first <= n);
		}
	}
}

/* ... by frames, whatever the limits are: which part of its limit a link has
 * used says nothing. Where the marks are too coarse the older key goes
 * first. The list is taken in both orders. */
static void
link_schedule_compares_frames_of_unequal_limits(void)
{
	/* clang-format off */
	static const struct {
		const char *what;
		uint64_t hard[2];
		unsigned ticks[2]; /* both ends seal in each */
		unsigned first;
	} rows[] = {
		{ "more used, and more left", { 1020, 1024 }, { 500, 800 }, 1 },
		{ "the same used", { 4000, 1000 }, { 500, 500 }, 1 },
		{ "units of 16 and 4", { 2048, 1000 }, { 900, 100 }, 1 },
		{ "less used, less left", { 255, 100000 }, { 110, 60000 }, 0 },
		{ "near the end of a long one", { 100000, 255 },
			{ 99800, 40 }, 0 },
		{ "no limit but the default", { 0, 0 }, { 300, 301 }, 1 },
	};
	/* clang-format on */
	size_t n;
	unsigned u, t, swap;

	for (n = 0; n < 2 * COUNT(rows); n++) {
		swap = n & 1;
		what = rows[n / 2].what;
		plant_init(1, 4000);
		for (u = 0; u < 2; u++) {
			seamkey_link_config *cfg = &many[u].end[0].cfg;

			cfg->hard_frames = rows[n / 2].hard[u];
			cfg->soft_frames = ~(uint64_t)0;
			many[u].end[1].cfg.hard_frames = cfg->hard_frames;
			CHECK_INT(pair_open(&many[u], 2, 2), SEAMKEY_OK);
			links[u ^ swap] = &many[u].end[0].link;
			for (t = 0; t < rows[n / 2].ticks[u]; t++) {
				pair_tick(&many[u]);
			}
			CHECK_INT(seamkey_link_rekey(&many[u].end[0].link,
					  SEAMKEY_LINK_0RTT),
				SEAMKEY_OK);
			pair_tick(&many[u]);
			CHECK_INT(many[u].end[0].link.wants, 1);
		}
		CHECK_INT(seamkey_link_schedule(links, 2, 1), 1);
		CHECK_INT(many[rows[n / 2].first].end[0].link.permit, 1);
		CHECK_INT(many[1 - rows[n / 2].first].end[0].link.permit, 0);
	}
}

/* ... also where it is the other end that sends more; and a link that was
 * ended is none. */
static void
link_schedule_looks_at_both_directions(void)
{
	unsigned u, t;

	plant_init(1, 4000);
	(void)plant_run(50, 0, 50);
	for (u = 0; u < 3; u++) {
		many[u].every[1] = u == 1 ? 1 : 4;
		many[u].every[0] = 4;
		for (t = 0; t < 400; t++) {
			pair_tick(&many[u]);
		}
		CHECK_INT(seamkey_link_rekey(links[u], SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
		pair_tick(&many[u]);
	}
	CHECK_INT(seamkey_link_schedule(links, 3, 1), 1);
	CHECK_INT(links[0]->permit, 0);
	CHECK_INT(links[1]->permit, 1);
	CHECK_INT(links[2]->permit, 0);
	CHECK_INT(seamkey_link_end(links[1]), SEAMKEY_OK);
	CHECK_INT(seamkey_link_schedule(links, 3, 2), 2);
	CHECK_INT(links[0]->permit, 1);
	CHECK_INT(links[2]->permit, 1);
}

/* Who has come into the reserve waits for nobody's leave: at the hard limit
 * it could neither finish nor leave its place. */
static void
link_schedule_holds_up_nobody_in_the_reserve(void)
{
	unsigned u, t;

	plant_init(1, 600);
	(void)plant_run(3000, 0, 50);
	for (u = 0; u < LINKS; u++) {
		CHECK_INT(links[u]->worked.rekeys_0rtt >= 1, 1);
		CHECK_INT(links[u]->sealed.refused, 0);
		pair_check(&many[u]);
	}
	for (t = 0; t < LINKS; t++) {
		CHECK_INT(links[t]->permit, 0);
	}
}

/* An attempt that fails gives its place back. */
static void
link_schedule_goes_on_after_a_failure(void)
{
	unsigned u, t;

	plant_init(1, 4000);
	(void)plant_run(50, 0, 50);
	for (u = 0; u < 3; u++) {
		many[u].message_loss = u == 0 ? 65536 : 0;
		many[u].end[0].cfg.pause = 100000;
		CHECK_INT(seamkey_link_rekey(links[u], SEAMKEY_LINK_NRTT),
			SEAMKEY_OK);
	}
	for (t = 0; t < 400; t++) {
		for (u = 0; u < 3; u++) {
			pair_tick(&many[u]);
		}
		CHECK_INT(seamkey_link_schedule(links, 3, 1) <= 1, 1);
	}
	CHECK_INT(links[0]->worked.abandoned, 1);
	CHECK_INT(links[1]->worked.rekeys_nrtt, 1);
	CHECK_INT(links[2]->worked.rekeys_nrtt, 1);
}

/* A peer that is dead in the middle of a rekey holds a place no longer than
 * a rekey takes. */
static void
link_schedule_goes_on_beside_a_dead_peer(void)
{
	unsigned u, t;

	plant_init(1, 4000);
	(void)plant_run(50, 0, 50);
	for (u = 0; u < 3; u++) {
		many[u].loss = u == 0 ? 65536 : 0;
		CHECK_INT(seamkey_link_rekey(links[u], SEAMKEY_LINK_0RTT),
			SEAMKEY_OK);
	}
	for (t = 0; t < 200; t++) {
		for (u = 0; u < 3; u++) {
			pair_tick(&many[u]);
		}
		CHECK_INT(seamkey_link_schedule(links, 3, 1) <= 1, 1);
		if (t == 55) { /* e is 14: 4e and the grace time are 59 */
			CHECK_INT(links[1]->worked.rekeys_0rtt, 0);
		}
	}
	CHECK_INT(links[0]->worked.rekeys_0rtt, 0);
	CHECK_INT(links[1]->worked.rekeys_0rtt, 1);
	CHECK_INT(links[2]->worked.rekeys_0rtt, 1);
}

/* clang-format off */
const struct test test_link_limits_table[] = {
	{ "link_codes_have_texts_in_their_band",
		link_codes_have_texts_in_their_band },
	{ "link_reserve_is_that_of_the_design",
		link_reserve_is_that_of_the_design },
	{ "link_limits_are_the_least_of_all",
		link_limits_are_the_least_of_all },
	{ "link_drawn_limits_are_spread", link_drawn_limits_are_spread },
	{ "link_is_rekeyed_by_each_trigger",
		link_is_rekeyed_by_each_trigger },
	{ "link_root_is_renewed", link_root_is_renewed },
	{ "link_root_limits_are_drawn", link_root_limits_are_drawn },
	{ "link_dead_exchange_holds_up_no_limit",
		link_dead_exchange_holds_up_no_limit },
	{ "link_age_is_six_hours_by_default",
		link_age_is_six_hours_by_default },
	{ "link_clock_that_steps_back", link_clock_that_steps_back },
	{ "link_wrong_tags_of_the_old_key_raise_no_alarm",
		link_wrong_tags_of_the_old_key_raise_no_alarm },
	{ "link_wrong_tags_are_limited", link_wrong_tags_are_limited },
	{ "link_hard_limit_fails_closed", link_hard_limit_fails_closed },
	{ "link_hard_limit_writes_nothing", link_hard_limit_writes_nothing },
	{ "link_short_counter_does_not_outlive_a_silence",
		link_short_counter_does_not_outlive_a_silence },
	{ "link_work_waits_for_seal_and_open",
		link_work_waits_for_seal_and_open },
	{ "link_schedule_caps_the_rekeys_under_way",
		link_schedule_caps_the_rekeys_under_way },
	{ "link_rekeys_of_a_plant_are_spread",
		link_rekeys_of_a_plant_are_spread },
	{ "link_schedule_takes_the_least_margin_first",
		link_schedule_takes_the_least_margin_first },
	{ "link_schedule_compares_frames_of_unequal_limits",
		link_schedule_compares_frames_of_unequal_limits },
	{ "link_schedule_looks_at_both_directions",
		link_schedule_looks_at_both_directions },
	{ "link_schedule_holds_up_nobody_in_the_reserve",
		link_schedule_holds_up_nobody_in_the_reserve },
	{ "link_schedule_goes_on_after_a_failure",
		link_schedule_goes_on_after_a_failure },
	{ "link_schedule_goes_on_beside_a_dead_peer",
		link_schedule_goes_on_beside_a_dead_peer },
	{ NULL, NULL },
};
/* clang-format on */
