/*
 * test_link_trouble.c - a link whose clock, thread, hook or device lets it down
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

static pair net;

/* ---- clocks and threads ------------------------------------------------- */

/* The clock jumps while an old key is in its grace: the association ends,
 * for the counter of 16 bits cannot be extended any more, and work returns. */
static void
link_trouble_clock_jumps_in_the_grace(void)
{
	unsigned u;

	pair_init(&net, 1);
	for (u = 0; u < 2; u++) {
		net.end[u].cfg.counter_octets = 2;
		net.end[u].cfg.delay_max = 100;
		net.end[u].cfg.send_max = 2;
	}
	quiet_start(&net);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 2000), 1);
	pair_tick(&net);
	CHECK_INT(pair_work(&net, 0) < 0, 0);
	net.now += 40000;
	CHECK_INT(seamkey_link_work(&net.end[0].link, net.now), SEAMKEY_AGAIN);
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_LOST], 1);
	CHECK_INT(pair_work(&net, 0) < 0, 0);
	CHECK_INT(seamkey_link_is_up(&net.end[0].link), 0);
}

/* Exactly 256 frames between two calls of work are not silence. */
static void
link_trouble_frames_in_dozens_of_dozens(void)
{
	unsigned u, n;

	pair_init(&net, 1);
	for (u = 0; u < 2; u++) {
		net.end[u].cfg.counter_octets = 2;
	}
	quiet_start(&net);
	net.delay_max = 0;
	for (n = 0; n < 40000; n++) {
		net.now++;
		pair_send(&net, 1);
		pair_arrivals(&net);
		if (n % 256 == 0) {
			CHECK_INT(pair_work(&net, 0) < 0, 0);
		}
	}
	CHECK_INT(net.end[0].events[SEAMKEY_LINK_LOST], 0);
	CHECK_INT(seamkey_link_is_up(&net.end[0].link), 1);
}

/* Two starts, whose first messages a stranger keeps. */
static void
record_starts(pair_message *kept)
{
	const pair_message *m = &net.end[0].message;
	const seamkey_link *follower = &net.end[1].link;
	unsigned n, ticks;
	uint32_t starts;

	for (n = 0; n < 2; n++) {
		starts = follower->worked.starts;
		CHECK_INT(seamkey_link_start(&net.end[0].link), SEAMKEY_OK);
		for (ticks = 0;
			ticks < 3000 && follower->worked.starts == starts;
			ticks++) {
			pair_tick(&net);
			if (m->len > 4 && m->bytes[3] == 1) {
				kept[n] = *m;
			}
		}
		CHECK_INT(pair_settle(&net, 3000), 1);
	}
	CHECK_INT(memcmp(kept[0].bytes, kept[1].bytes, 100) != 0, 1);
}

/* The thread of work reads the clock once for all steps that are due, and only
 * runs 15 ticks later, when open has switched in between: no old key may go
 * early. kept: there is always a step due, by a start that is replayed. */
static void
run_late(
	unsigned late, unsigned every, unsigned ticks, const pair_message *kept)
{
	uint64_t sampled = 0;
	unsigned u, n, wait = 0;

	for (n = 0; n < ticks; n++) {
		if (n % every == 0) {
			(void)seamkey_link_rekey(
				&net.end[0].link, SEAMKEY_LINK_0RTT);
		}
		if (kept != NULL) {
			(void)seamkey_link_put(&net.end[1].link,
				kept[n & 1].bytes, kept[n & 1].len);
		}
		net.now++;
		(void)pair_work(&net, !late);
		if (wait == 0) {
			sampled = net.now;
			wait = pair_random(&net) % 8 == 0 ? 15 : 1;
		}
		if (--wait == 0) {
			while (seamkey_link_work(&net.end[late].link, sampled)
				== SEAMKEY_AGAIN) {
			}
		}
		for (u = 0; u < 2; u++) {
			pair_acknowledge(&net, u);
			pair_send(&net, u);
		}
		pair_arrivals(&net);
	}
	CHECK_INT(net.end[0].link.worked.rekeys_0rtt > 50, 1);
	CHECK_INT(net.end[0].wrong, 0);
	CHECK_INT(net.end[1].wrong, 0);
	if (kept == NULL) { /* a start loses what is on its way */
		pair_check(&net);
	}
}

static void
link_trouble_work_has_an_old_clock(void)
{
	static pair_message kept[2];
	unsigned u, n;

	/* bits: which end is late; three slots, always a wish; replays */
	for (n = 0; n < 6; n++) {
		pair_init(&net, 1);
		for (u = 0; u < 2; u++) {
			net.end[u].cfg.one_context = 0;
			net.end[u].cfg.delay_max = 20;
			net.end[u].cfg.start_interval = 10;
		}
		net.delay_max = 20;
		CHECK_INT(pair_open(&net, 2 + (n >> 1 & 1), 2 + (n >> 1 & 1)),
			SEAMKEY_OK);
		CHECK_INT(pair_settle(&net, 2000), 1);
		if (n < 4) {
			run_late(n & 1, n < 2 ? 200 : 1, n < 2 ? 20000 : 60000,
				NULL);
		} else {
			record_starts(kept);
			run_late(n & 1, 60, 20000, kept);
		}
	}
}

/* Work's clock moves ten ticks at a time, and seems to be faster. */
static void
link_trouble_clock_is_coarse(void)
{
	unsigned u, n;

	for (n = 0; n < 2; n++) {
		pair_init(&net, 1);
		for (u = 0; u < 2; u++) {
			net.end[u].cfg.one_context = n == 0;
			net.end[u].cfg.delay_max = 50;
			net.end[u].cfg.clock_step = 10;
		}
		net.delay_max = 50;
		CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
		CHECK_INT(pair_settle(&net, 2000), 1);
		for (u = 0; u < 100000; u++) {
			if (u % 200 == 0) {
				(void)seamkey_link_rekey(
					&net.end[0].link, SEAMKEY_LINK_0RTT);
			}
			pair_tick(&net);
		}
		CHECK_INT(net.end[0].link.worked.rekeys_0rtt > 50, 1);
		pair_check(&net);
	}
}

/* ---- limits and hooks ---------------------------------------------------- */

/* The alarm of wrong tags comes while frames are still opened: a rekey needs
 * them. For each suite, by default and where only the stop is given. */
static void
link_trouble_alarm_comes_before_the_stop(void)
{
	static const unsigned suites[] = { SEAMKEY_AEAD_AES_128_GCM,
		SEAMKEY_AEAD_AES_256_GCM, SEAMKEY_AEAD_AES_128_CCM,
		SEAMKEY_AEAD_CHACHA20_POLY1305 };
	pair_end *e = &net.end[0];
	pair_frame f;
	size_t n;

	for (n = 0; n < 2 * COUNT(suites); n++) {
		quiet_init(&net);
		CHECK_INT(seamkey_aead_bearssl(&net.aead, suites[n / 2]),
			SEAMKEY_OK);
		e->cfg.failed_stop = n % 2 != 0 ? 1000 : 0;
		quiet_start(&net);
		CHECK_INT(e->events[SEAMKEY_LINK_TAG_ALARM], 0);
		e->slot[0].failed = e->link.failed_stop - 2;
		CHECK_INT(pair_seal(&net, 1, &f), SEAMKEY_OK);
		f.bytes[10] ^= 1;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_TAG);
		(void)seamkey_link_work(&e->link, net.now);
		CHECK_INT(e->events[SEAMKEY_LINK_TAG_ALARM], 1);
		f.bytes[10] ^= 1;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	}
}

static int no_random;

static int
fill_or_fail(void *ctx, unsigned char *out, size_t len)
{
	return no_random ? SEAMKEY_ERR_RANDOM : pair_fill(ctx, out, len);
}

/* An agreed key cannot be made without randomness: the derived ones go on. */
static void
link_trouble_exchange_without_randomness(void)
{
	unsigned n;

	quiet_init(&net);
	no_random = 0;
	for (n = 0; n < 2; n++) {
		net.end[n].cfg.soft_frames = 1000;
		net.end[n].cfg.hard_frames = 2000;
		net.end[n].cfg.random.fill = fill_or_fail;
	}
	quiet_start(&net);
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_NRTT),
		SEAMKEY_OK);
	no_random = 1;
	for (n = 0; n < 6000; n++) {
		pair_tick(&net);
	}
	CHECK_INT(net.end[0].link.worked.rekeys_0rtt >= 5, 1);
	CHECK_INT(net.end[0].refused, 0);
	CHECK_INT(net.end[1].refused, 0);
	for (n = 0; n < 2; n++) { /* the earliest limit: three quarters */
		CHECK_INT(net.end[0].slot[n].soft <= 751, 1);
	}
}

/* An empty frame acknowledges, whatever the carrier is like. */
static void
link_trouble_empty_frame_always_acknowledges(void)
{
	const seamkey_span none = seamkey_span_of(NULL, 0);
	int carrier;

	for (carrier = 0; carrier < 2; carrier++) {
		quiet_init(&net);
		net.end[0].cfg.ad_len = 6;
		if (carrier) {
			net.end[0].cfg.counter_octets =
				SEAMKEY_LINK_CARRIER_COUNTER;
		}
		CHECK_INT(pair_open_end(&net, 0, 2), SEAMKEY_OK);
		CHECK_INT(seamkey_link_open(&net.end[0].link, none, NULL, 0,
				  NULL, 0, NULL),
			SEAMKEY_AGAIN);
	}
}

/* Rekeys that got no answer have made their pauses long; a start that is asked
 * for waits for none of that. Its own attempts have pauses, all the same. */
static void
link_start_waits_for_no_rekey(void)
{
	seamkey_link *l = &net.end[0].link;
	unsigned u;

	quiet_init(&net);
	for (u = 0; u < 2; u++) {
		net.end[u].cfg.pause = 1000;
	}
	quiet_start(&net);
	net.message_loss = 65536;
	CHECK_INT(seamkey_link_rekey(l, SEAMKEY_LINK_NRTT), SEAMKEY_OK);
	for (u = 0; u < 100000 && l->worked.abandoned < 4; u++) {
		pair_tick(&net);
	}
	CHECK_INT(l->worked.abandoned, 4);
	CHECK_INT(l->pause_until > net.now + 4000, 1);
	net.message_loss = 0;
	CHECK_INT(pair_open_end(&net, 1, 2), SEAMKEY_OK);
	CHECK_INT(seamkey_link_start(l), SEAMKEY_OK);
	for (u = 0; u < 200 && !seamkey_link_is_up(&net.end[1].link); u++) {
		pair_tick(&net);
	}
	CHECK_INT(seamkey_link_is_up(&net.end[1].link), 1);
	/* its own pause: a second call does not end it */
	CHECK_INT(pair_settle(&net, 1000), 1);
	net.message_loss = 65536;
	CHECK_INT(seamkey_link_start(l), SEAMKEY_OK);
	pair_tick(&net);
	CHECK_INT(l->starting, 0);
	for (u = 0; u < 1000 && !l->starting; u++) {
		pair_tick(&net);
	}
	CHECK_INT(l->starting, 1);
	CHECK_INT(seamkey_link_start(l), SEAMKEY_OK);
	CHECK_INT(l->pause_until >= net.now + 900, 1);
}

/* clang-format off */
const struct test test_link_trouble_table[] = {
	{ "link_trouble_clock_jumps_in_the_grace",
		link_trouble_clock_jumps_in_the_grace },
	{ "link_trouble_frames_in_dozens_of_dozens",
		link_trouble_frames_in_dozens_of_dozens },
	{ "link_trouble_work_has_an_old_clock",
		link_trouble_work_has_an_old_clock },
	{ "link_trouble_clock_is_coarse", link_trouble_clock_is_coarse },
	{ "link_trouble_alarm_comes_before_the_stop",
		link_trouble_alarm_comes_before_the_stop },
	{ "link_trouble_exchange_without_randomness",
		link_trouble_exchange_without_randomness },
	{ "link_trouble_empty_frame_always_acknowledges",
		link_trouble_empty_frame_always_acknowledges },
	{ "link_start_waits_for_no_rekey", link_start_waits_for_no_rekey },
	{ NULL, NULL },
};
/* clang-format on */
