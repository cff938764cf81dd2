/*
 * test_link_frame.c - the link's frames: every bit, every order
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

static pair net;

/* ---- what a frame looks like -------------------------------------------- */

/* clang-format off */
static const struct header {
	const char *what;
	uint8_t layout, id_bits;
	int counter;
	const char *bytes; /* of the frame after 0x123456 others, 40 octets of
	                    * plaintext, current 0, next 1, in clear */
	size_t len;
} headers[] = {
	{ "generic", SEAMKEY_LINK_GENERIC, 2, 4, "\x01\x00\x12\x34\x56", 5 },
	{ "generic, wide", SEAMKEY_LINK_GENERIC, 4, 4,
		"\x00\x01\x00\x12\x34\x56", 6 },
	{ "generic, 2", SEAMKEY_LINK_GENERIC, 2, 2, "\x01\x34\x56", 3 },
	{ "generic, 6", SEAMKEY_LINK_GENERIC, 4, 6,
		"\x00\x01\x00\x00\x00\x12\x34\x56", 8 },
	{ "generic, 0", SEAMKEY_LINK_GENERIC, 4, SEAMKEY_LINK_CARRIER_COUNTER,
		"\x00\x01", 2 },
	{ "paper, 0", SEAMKEY_LINK_RTC_PAPER, 2, SEAMKEY_LINK_CARRIER_COUNTER,
		"\x01", 1 },
	{ "paper, 2", SEAMKEY_LINK_RTC_PAPER, 2, 2, "\x01\x34\x56", 3 },
	{ "draft", SEAMKEY_LINK_RTC_DRAFT, 2, 4,
		"\x11\x01\x00\x12\x34\x56\x00\x28", 8 },
};
/* clang-format on */

/* Two ends of this header, with a key active and the next one pending at
 * both, so that two slots may be chosen; nothing is on its way. */
static void
frame_init(const struct header *h, unsigned mode)
{
	unsigned u;

	quiet_init(&net);
	for (u = 0; u < 2; u++) {
		seamkey_link_config *cfg = &net.end[u].cfg;

		cfg->mode = (uint8_t)mode;
		cfg->layout = h->layout;
		cfg->id_bits = h->id_bits;
		cfg->counter_octets = h->counter;
		cfg->ad_len = 7;
	}
}

static void
frame_start(void)
{
	pair_frame f;

	quiet_start(&net);
	CHECK_INT(seamkey_link_rekey(&net.end[0].link, SEAMKEY_LINK_0RTT),
		SEAMKEY_OK);
	net.now++;
	(void)pair_work(&net, 0);
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	(void)pair_work(&net, 1);
	net.now++;
}

/* The slot an end seals with, to be changed. */
static seamkey_slot *
sealing(unsigned u)
{
	seamkey_slot *s = net.end[u].slot;

	while (s != pair_active(&net.end[u])) {
		s++;
	}
	return s;
}

static void
link_frame_looks_as_specified(void)
{
	unsigned char plain[PAIR_PLAIN];
	pair_frame f;
	unsigned mode;
	size_t u;

	for (u = 0; u < COUNT(headers); u++) {
		for (mode = 0; mode < 2; mode++) {
			what = headers[u].what;
			frame_init(&headers[u], mode);
			frame_start();
			sealing(0)->next = 0x123456;
			net.end[0].base = 0x123456 - net.now;
			CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
			pair_plain(f.id, plain);
			CHECK_INT(f.counter, 0x123456);
			CHECK_INT(f.len, headers[u].len + PAIR_PLAIN + 16);
			f.bytes[0] |=
				headers[u].layout == SEAMKEY_LINK_RTC_DRAFT
				&& mode == SEAMKEY_LINK_SEALED;
			CHECK_MEM(f.bytes, headers[u].bytes, headers[u].len);
			CHECK_INT(memcmp(f.bytes + headers[u].len, plain,
					  sizeof plain)
					== 0,
				mode == SEAMKEY_LINK_AUTHENTIC);
		}
	}
}

/* ---- every bit ---------------------------------------------------------- */

/* What a changed frame may be refused with, and what it leaves behind. */
static void
check_refused(pair_end *e, const end_state *before, uint64_t counter,
	const unsigned char *ad, const unsigned char *frame, size_t len)
{
	unsigned char plain[PAIR_FRAME + 8];
	static const unsigned char zero[PAIR_FRAME];
	size_t got = 77;
	size_t body = len - seamkey_link_overhead(&e->link);
	int status;

	memset(plain, 0xEE, sizeof plain);
	status = seamkey_link_open_counted(&e->link, counter,
		seamkey_span_of(ad, e->cfg.ad_len), frame, len, plain,
		sizeof plain, &got);
	CHECK_INT(status == SEAMKEY_ERR_LINK_TAG
			|| status == SEAMKEY_ERR_LINK_FRAME
			|| status == SEAMKEY_ERR_LINK_KEY_ID,
		1);
	CHECK_INT(got, 77);
	if (status == SEAMKEY_ERR_LINK_TAG) {
		CHECK_MEM(plain, zero, body);
		CHECK_INT(plain[body], 0xEE);
	} else {
		CHECK_INT(plain[0], 0xEE);
	}
	end_check(before, e);
}

static void
change_every_bit(unsigned from)
{
	static end_state before;
	pair_end *e = &net.end[1 - from];
	unsigned char ad[7], changed[PAIR_FRAME + 1];
	pair_frame f;
	size_t u;

	CHECK_INT(pair_seal(&net, from, &f), SEAMKEY_OK);
	memcpy(ad, pair_ad(e).p, sizeof ad);
	end_save(&before, e);
	for (u = 0; u < 8 * f.len; u++) {
		memcpy(changed, f.bytes, f.len);
		changed[u / 8] ^= (unsigned char)(1 << u % 8);
		check_refused(e, &before, f.counter, ad, changed, f.len);
	}
	for (u = 0; u < 8 * sizeof ad; u++) {
		ad[u / 8] ^= (unsigned char)(1 << u % 8);
		check_refused(e, &before, f.counter, ad, f.bytes, f.len);
		ad[u / 8] ^= (unsigned char)(1 << u % 8);
	}
	memcpy(changed, f.bytes, f.len);
	changed[f.len] = 0;
	check_refused(e, &before, f.counter, ad, changed, f.len + 1);
	for (u = f.len - 1; u > 0; u--) {
		check_refused(e, &before, f.counter, ad, changed, u);
	}
	if (e->cfg.counter_octets == SEAMKEY_LINK_CARRIER_COUNTER) {
		for (u = 0; u < 48; u++) {
			check_refused(e, &before, f.counter ^ (uint64_t)1 << u,
				ad, f.bytes, f.len);
		}
	}
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
}

static void
link_frame_with_a_changed_bit_changes_nothing(void)
{
	unsigned mode;
	size_t u;

	for (u = 0; u < COUNT(headers); u++) {
		for (mode = 0; mode < 2; mode++) {
			what = headers[u].what;
			frame_init(&headers[u], mode);
			frame_start();
			change_every_bit(0);
			change_every_bit(1);
		}
	}
}

static void
link_frame_failures_are_counted(void)
{
	pair_end *e = &net.end[1];
	unsigned char plain[PAIR_FRAME];
	size_t len;
	pair_frame f;
	unsigned t;
	seamkey_span ad;

	frame_init(&headers[7], SEAMKEY_LINK_SEALED);
	frame_start();
	ad = pair_ad(e);
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	for (t = 1; t <= 3; t++) {
		f.bytes[20] ^= 1;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_TAG);
		f.bytes[20] ^= 1;
		CHECK_INT(e->link.opened.bad_tag, t);
		CHECK_INT(sealing(1)->failed, t);
		f.bytes[0] ^= 2;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_FRAME);
		f.bytes[0] ^= 2;
		CHECK_INT(e->link.opened.bad_frame, t);
		f.bytes[1] ^= 0x40;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_KEY_ID);
		f.bytes[1] ^= 0x40;
		CHECK_INT(e->link.opened.no_key, t);
	}
	/* calls that are wrong count nothing */
	CHECK_INT(seamkey_link_open(&e->link, ad, f.bytes, f.len, plain,
			  PAIR_PLAIN - 1, &len),
		SEAMKEY_ERR_SPACE);
	ad.len--;
	CHECK_INT(seamkey_link_open(&e->link, ad, f.bytes, f.len, plain,
			  sizeof plain, &len),
		SEAMKEY_ERR_ARG);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	CHECK_INT(e->link.opened.bad_tag, 3);
	CHECK_INT(e->wrong, 9);
}

static const unsigned char *
context_of(const pair_end *e, unsigned consumer)
{
	return e->slot[0].context
		+ (consumer ? seamkey_link_contexts(e->cfg.aead, 1) / 2 : 0);
}

/* A frame that comes back to its sender, and keys for each direction alone:
 * what one end seals with, the other one opens with. */
static void
link_frame_is_not_opened_by_its_sender(void)
{
	static end_state before;
	pair_frame f;
	unsigned u, mode;

	for (mode = 0; mode < 2; mode++) {
		const seamkey_slot *a = net.end[0].slot, *b = net.end[1].slot;
		size_t len;

		frame_init(&headers[0], mode);
		quiet_start(&net);
		len = net.aead.context_size;
		CHECK_MEM(a->iv[0], b->iv[1], 12);
		CHECK_MEM(a->iv[1], b->iv[0], 12);
		CHECK_INT(memcmp(a->iv[0], a->iv[1], 12) != 0, 1);
		CHECK_MEM(context_of(&net.end[0], 0) + 8,
			context_of(&net.end[1], 1) + 8, len - 8);
		CHECK_INT(memcmp(context_of(&net.end[0], 0),
				  context_of(&net.end[0], 1), len)
				!= 0,
			1);
		for (u = 0; u < 2; u++) {
			CHECK_INT(pair_seal(&net, u, &f), SEAMKEY_OK);
			end_save(&before, &net.end[u]);
			f.to = (uint8_t)u;
			f.kind = PAIR_COPY;
			CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_TAG);
			end_check(&before, &net.end[u]);
			f.to = (uint8_t)(1 - u);
			CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
		}
	}
}

/* ---- constant work ------------------------------------------------------ */

static seamkey_aead real_aead;
static unsigned long inits, seals, opens;

static void
counting_init(const seamkey_aead *aead, void *context, const unsigned char *key)
{
	(void)aead;
	inits++;
	real_aead.init(&real_aead, context, key);
}

static void
counting_seal(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	unsigned char *tag)
{
	(void)aead;
	seals++;
	real_aead.seal(&real_aead, context, nonce, ad, in, len, out, tag);
}

static uint32_t
counting_open(const seamkey_aead *aead, const void *context,
	const unsigned char *nonce, const seamkey_span *ad,
	const unsigned char *in, size_t len, unsigned char *out,
	const unsigned char *tag)
{
	(void)aead;
	opens++;
	return real_aead.open(
		&real_aead, context, nonce, ad, in, len, out, tag);
}

/* Through two rekeys of each kind: a frame costs one cipher operation, and
 * work none; a slot costs two key schedules. */
static void
link_frame_costs_one_operation(void)
{
	unsigned long frames;
	unsigned u;

	quiet_init(&net);
	real_aead = net.aead;
	net.aead.init = counting_init;
	net.aead.seal = counting_seal;
	net.aead.open = counting_open;
	inits = seals = opens = 0;
	quiet_start(&net);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_NRTT, 100), 1);
	frames = (unsigned long)(net.end[0].sealed + net.end[1].sealed);
	CHECK_INT(seals, frames);
	CHECK_INT(opens, frames);
	CHECK_INT(inits, 3 * 2 * 2);
	for (u = 0; u < 2; u++) {
		pair_frame f;

		CHECK_INT(pair_seal(&net, u, &f), SEAMKEY_OK);
		CHECK_INT(seals, frames + u + 1);
		f.bytes[0] ^= 0x30; /* a key that is not here */
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_ERR_LINK_KEY_ID);
		CHECK_INT(opens, frames + u);
		f.bytes[0] ^= 0x30;
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	}
	CHECK_INT(inits, 3 * 2 * 2);
}

/* ---- order -------------------------------------------------------------- */

#define ORDER 300

static pair_frame order[ORDER];

static void
link_frame_window_admits_each_frame_once(void)
{
	static const struct {
		const char *what;
		int window;
		unsigned width;
	} windows[] = { { "none", SEAMKEY_LINK_NO_WINDOW, 0 }, { "1", 1, 1 },
		{ "default", 0, 64 }, { "64", 64, 64 }, { "65", 65, 65 },
		{ "256", 256, 256 } };
	size_t n;
	unsigned u, delivered;

	for (n = 0; n < COUNT(windows); n++) {
		seamkey_link_open_counters *c = &net.end[1].link.opened;

		what = windows[n].what;
		frame_init(&headers[0], SEAMKEY_LINK_SEALED);
		net.end[1].cfg.window = windows[n].window;
		quiet_start(&net);
		memset(c, 0, sizeof *c);
		for (u = 0; u < ORDER; u++) {
			CHECK_INT(pair_seal(&net, 0, &order[u]), SEAMKEY_OK);
		}
		/* the newest first, then back in time: age is u */
		delivered = 0;
		for (u = 0; u < ORDER; u++) {
			int status = pair_arrive(&net, &order[ORDER - 1 - u]);

			CHECK_INT(status,
				u == 0 || u < windows[n].width
					? SEAMKEY_OK
					: SEAMKEY_ERR_LINK_LATE);
			delivered += status == SEAMKEY_OK;
		}
		CHECK_INT(c->frames, delivered);
		CHECK_INT(c->bytes, delivered * PAIR_PLAIN);
		CHECK_INT(c->overtaken, delivered - 1);
		CHECK_INT(c->late, ORDER - delivered);
		CHECK_INT(c->duplicates, 0);
		for (u = 0; u < ORDER; u++) {
			CHECK_INT(pair_arrive(&net, &order[u]) < 0, 1);
		}
		CHECK_INT(c->frames, delivered);
		CHECK_INT(c->duplicates, delivered);
		CHECK_INT(c->late, 2 * (ORDER - delivered));
	}
}

/* Any order within the window: each once, compared with a set. */
static void
link_frame_window_holds_in_any_order(void)
{
	unsigned char done[ORDER] = { 0 };
	unsigned t, u, gap, newest = 0, started = 0;

	frame_init(&headers[0], SEAMKEY_LINK_SEALED);
	net.end[1].cfg.window = 256;
	quiet_start(&net);
	for (u = 0; u < ORDER; u++) {
		/* gaps of 1, 31, 32, 33, 64, 255, 256 and 257 */
		static const unsigned gaps[] = { 1, 1, 1, 31, 1, 32, 33, 1, 1,
			64, 1, 255, 1, 256, 1, 257 };

		gap = gaps[u % COUNT(gaps)];
		sealing(0)->next += gap - 1;
		CHECK_INT(pair_seal(&net, 0, &order[u]), SEAMKEY_OK);
	}
	for (t = 0; t < 20 * ORDER; t++) {
		unsigned span = t / 20 + 5;
		int want = SEAMKEY_OK;

		u = (span + ORDER - pair_random(&net) % 10) % ORDER;
		if (done[u] && order[newest].counter - order[u].counter < 256) {
			want = SEAMKEY_ERR_LINK_DUPLICATE;
		} else if (started && order[u].counter < order[newest].counter
			&& order[newest].counter - order[u].counter >= 256) {
			want = SEAMKEY_ERR_LINK_LATE;
		}
		CHECK_INT(pair_arrive(&net, &order[u]), want);
		if (want == SEAMKEY_OK) {
			done[u] = 1;
			newest = !started || u > newest ? u : newest;
			started = 1;
		}
	}
	CHECK_INT(net.end[1].twice, 0);
}

/* What is refused as delivered before or late leaves zeros. */
static void
link_frame_that_is_refused_leaves_zeros(void)
{
	static const unsigned char zero[PAIR_PLAIN];
	pair_frame f, g;
	unsigned char b[PAIR_FRAME];
	size_t len = 77;
	unsigned mode;
	seamkey_link *l = &net.end[1].link;

	for (mode = 0; mode < 2; mode++) {
		frame_init(&headers[0], mode);
		net.end[1].cfg.window = 1;
		quiet_start(&net);
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		CHECK_INT(pair_seal(&net, 0, &g), SEAMKEY_OK);
		CHECK_INT(pair_arrive(&net, &g), SEAMKEY_OK);
		memset(b, 0xEE, sizeof b);
		CHECK_INT(seamkey_link_open(l, pair_ad(&net.end[1]), g.bytes,
				  g.len, b, sizeof b, &len),
			SEAMKEY_ERR_LINK_DUPLICATE);
		CHECK_MEM(b, zero, PAIR_PLAIN);
		memset(b, 0xEE, sizeof b);
		CHECK_INT(seamkey_link_open(l, pair_ad(&net.end[1]), f.bytes,
				  f.len, b, sizeof b, &len),
			SEAMKEY_ERR_LINK_LATE);
		CHECK_MEM(b, zero, PAIR_PLAIN);
		CHECK_INT(b[PAIR_PLAIN], 0xEE);
		CHECK_INT(len, 77);
	}
}

/* After a switch the old key is there for the grace time, with its window,
 * and then it is not. */
static void
link_frame_under_the_retired_key(void)
{
	pair_frame old[3];
	unsigned u;

	frame_init(&headers[0], SEAMKEY_LINK_SEALED);
	quiet_start(&net);
	for (u = 0; u < 3; u++) {
		CHECK_INT(pair_seal(&net, 0, &old[u]), SEAMKEY_OK);
	}
	CHECK_INT(pair_rekey(&net, SEAMKEY_LINK_0RTT, 100), 1);
	CHECK_INT(net.end[1].link.consumer.oldest
			!= net.end[1].link.consumer.active,
		1);
	CHECK_INT(pair_arrive(&net, &old[1]), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &old[1]), SEAMKEY_ERR_LINK_DUPLICATE);
	CHECK_INT(pair_arrive(&net, &old[0]), SEAMKEY_OK);
	CHECK_INT(net.end[1].link.opened.switches, 1);
	for (u = 0; u < 5; u++) {
		pair_tick(&net);
	}
	CHECK_INT(net.end[1].link.opened.no_key, 0);
	CHECK_INT(pair_arrive(&net, &old[2]), SEAMKEY_ERR_LINK_KEY_ID);
	CHECK_INT(net.end[1].link.opened.no_key, 1);
}

/* ---- counters ----------------------------------------------------------- */

/* 16 bits on the wire: gaps up to half of their range, over many wraps. */
static void
link_frame_short_counter_is_extended(void)
{
	pair_frame f, g;
	unsigned u;
	uint64_t from;

	frame_init(&headers[2], SEAMKEY_LINK_SEALED);
	quiet_start(&net);
	for (u = 0; u < 40; u++) {
		sealing(0)->next += u % 2 ? 32767 : 1 + 800 * u;
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
		CHECK_INT(net.end[1].slot[0].expected, f.counter + 1);
	}
	/* two that overtake each other over a wrap */
	from = (f.counter | 0xFFFF);
	sealing(0)->next = from - 20000;
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	sealing(0)->next = from;
	CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
	CHECK_INT(pair_seal(&net, 0, &g), SEAMKEY_OK);
	CHECK_INT(g.bytes[1] == 0 && g.bytes[2] == 0, 1);
	CHECK_INT(pair_arrive(&net, &g), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
	CHECK_INT(net.end[1].slot[0].expected, from + 2);
	/* a gap of more than half the range is not bridged, and harms not */
	sealing(0)->next = from + 2 + 32769;
	CHECK_INT(pair_seal(&net, 0, &g), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &g), SEAMKEY_ERR_LINK_TAG);
	CHECK_INT(net.end[1].slot[0].expected, from + 2);
	sealing(0)->next = from + 2 + 32767;
	CHECK_INT(pair_seal(&net, 0, &g), SEAMKEY_OK);
	CHECK_INT(pair_arrive(&net, &g), SEAMKEY_OK);
}

static void
link_frame_long_counters(void)
{
	static const struct {
		size_t header;
		uint64_t counter;
	} rows[] = { { 0, 0xFFFFFFFE }, { 7, 0xFFFFFFFE },
		{ 3, ((uint64_t)1 << 47) - 2 } };
	pair_frame f;
	size_t u;

	for (u = 0; u < COUNT(rows); u++) {
		what = headers[rows[u].header].what;
		frame_init(&headers[rows[u].header], SEAMKEY_LINK_SEALED);
		quiet_start(&net);
		sealing(0)->next = rows[u].counter;
		CHECK_INT(pair_seal(&net, 0, &f), SEAMKEY_OK);
		CHECK_INT(f.counter, rows[u].counter);
		CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
		CHECK_INT(net.end[1].slot[0].expected, rows[u].counter + 1);
	}
}

/* The carrier's counter must grow, and has 48 bits. */
static void
link_frame_carrier_counter_grows(void)
{
	static const unsigned char plain[PAIR_PLAIN];
	const uint64_t last = ((uint64_t)1 << 48) - 1;
	seamkey_link *l = &net.end[0].link;
	unsigned char b[PAIR_FRAME];
	size_t len;
	seamkey_span ad;

	frame_init(&headers[4], SEAMKEY_LINK_SEALED);
	quiet_start(&net);
	ad = pair_ad(&net.end[0]);
#define SEAL(counter) \
	seamkey_link_seal_counted( \
		l, counter, ad, plain, sizeof plain, b, sizeof b, &len)
	CHECK_INT(SEAL(1000), SEAMKEY_OK);
	CHECK_INT(SEAL(1000), SEAMKEY_ERR_LINK_COUNTER);
	CHECK_INT(SEAL(999), SEAMKEY_ERR_LINK_COUNTER);
	CHECK_INT(SEAL(0), SEAMKEY_ERR_LINK_COUNTER);
	CHECK_INT(SEAL(1001), SEAMKEY_OK);
	CHECK_INT(SEAL(last + 1), SEAMKEY_ERR_ARG);
	CHECK_INT(SEAL(~(uint64_t)0), SEAMKEY_ERR_ARG);
	CHECK_INT(SEAL(last), SEAMKEY_OK);
	CHECK_INT(SEAL(last), SEAMKEY_ERR_LINK_COUNTER);
#undef SEAL
	CHECK_INT(seamkey_link_open_counted(&net.end[1].link, last, ad, b, len,
			  b, sizeof b, &len),
		SEAMKEY_OK);
	/* it has to be brought */
	CHECK_INT(seamkey_link_seal(l, ad, plain, 1, b, sizeof b, &len),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_link_open(l, ad, b, 40, b, sizeof b, &len),
		SEAMKEY_ERR_ARG);
	CHECK_INT(seamkey_link_open_counted(
			  l, last + 1, ad, b, 40, b, sizeof b, &len),
		SEAMKEY_ERR_ARG);
}

/* ---- calls -------------------------------------------------------------- */

/* Every length, in place and apart, in both modes. */
static void
link_frame_of_every_length(void)
{
	static unsigned char a[1600], b[1600], plain[1501];
	seamkey_span ad;
	size_t len, got, head;
	unsigned mode;

	for (len = 0; len < sizeof plain; len++) {
		plain[len] = (unsigned char)(len * 7 + len / 256);
	}
	for (mode = 0; mode < 2; mode++) {
		frame_init(&headers[7], mode);
		quiet_start(&net);
		ad = pair_ad(&net.end[0]);
		head = seamkey_link_header(&net.end[0].link);
		for (len = 0; len <= 1500; len += len < 300 ? 1 : 113) {
			CHECK_INT(seamkey_link_seal(&net.end[0].link, ad,
					  len == 0 ? NULL : plain, len, a,
					  len + head + 16, &got),
				SEAMKEY_OK);
			CHECK_INT(got, len + head + 16);
			CHECK_INT(seamkey_link_open(&net.end[1].link, ad, a,
					  got, len == 0 ? NULL : b, len, &got),
				SEAMKEY_OK);
			CHECK_INT(got, len);
			CHECK_MEM(b, plain, len);
			memcpy(a + head, plain, len);
			CHECK_INT(seamkey_link_seal(&net.end[0].link, ad,
					  a + head, len, a, sizeof a, &got),
				SEAMKEY_OK);
			CHECK_INT(seamkey_link_open(&net.end[1].link, ad, a,
					  got, a + head, len, &got),
				SEAMKEY_OK);
			CHECK_MEM(a + head, plain, len);
		}
		CHECK_INT(seamkey_link_seal(&net.end[0].link, ad, plain, 1501,
				  a, sizeof a, &got),
			SEAMKEY_ERR_ARG);
		CHECK_INT(seamkey_link_open(&net.end[1].link, ad, a,
				  1501 + head + 16, b, sizeof b, &got),
			SEAMKEY_ERR_LINK_FRAME);
	}
}

/* A call that is refused writes nothing and uses up no counter. */
static void
link_seal_looks_at_its_arguments(void)
{
	static end_state before;
	static const unsigned char plain[PAIR_PLAIN];
	pair_end *e = &net.end[0];
	unsigned char b[PAIR_FRAME], none[PAIR_FRAME];
	size_t len = 77;
	seamkey_span ad;

	frame_init(&headers[0], SEAMKEY_LINK_SEALED);
	quiet_start(&net);
	ad = pair_ad(e);
	memset(b, 0xEE, sizeof b);
	memset(none, 0xEE, sizeof none);
	end_save(&before, e);
	CHECK_INT(seamkey_link_seal(&e->link, ad, plain, sizeof plain, b,
			  PAIR_PLAIN + 5 + 15, &len),
		SEAMKEY_ERR_SPACE);
	ad.len--;
	CHECK_INT(seamkey_link_seal(
			  &e->link, ad, plain, sizeof plain, b, sizeof b, &len),
		SEAMKEY_ERR_ARG);
	ad.len += 2;
	CHECK_INT(seamkey_link_seal(
			  &e->link, ad, plain, sizeof plain, b, sizeof b, &len),
		SEAMKEY_ERR_ARG);
	end_check(&before, e);
	CHECK_MEM(b, none, sizeof b);
	CHECK_INT(len, 77);
}

/* ---- signals ------------------------------------------------------------ */

/* Every value of next, in an authentic frame: three may be, the others are
 * a bug of the peer's that does nothing. */
static void
link_frame_with_every_next(void)
{
	static end_state before;
	unsigned from, next, bugs;
	pair_frame f;

	for (from = 0; from < 2; from++) {
		frame_init(&headers[0], SEAMKEY_LINK_SEALED);
		quiet_start(&net);
		bugs = 0;
		for (next = 0; next < 16; next++) {
			pair_end *e = &net.end[1 - from];
			int legal = next == 0
				|| (from == 0 && (next == 1 || next == 4));

			net.end[from].link.announce = (uint8_t)next;
			CHECK_INT(pair_seal(&net, from, &f), SEAMKEY_OK);
			end_save(&before, e);
			CHECK_INT(pair_arrive(&net, &f), SEAMKEY_OK);
			bugs += !legal;
			CHECK_INT(e->link.opened.peer_bugs, bugs);
			/* views, and what the peer is thought to hold */
			CHECK_MEM(&e->link.provider, &before.link.provider,
				sizeof e->link.provider);
			CHECK_MEM(&e->link.consumer, &before.link.consumer,
				sizeof e->link.consumer);
			if (!legal) {
				CHECK_INT(e->link.peer, before.link.peer);
			}
		}
		(void)pair_work(&net, 1 - from);
		CHECK_INT(net.end[1 - from].events[SEAMKEY_LINK_PEER_BUG], 1);
	}
}

/* clang-format off */
const struct test test_link_frame_table[] = {
	{ "link_frame_looks_as_specified", link_frame_looks_as_specified },
	{ "link_frame_with_a_changed_bit_changes_nothing",
		link_frame_with_a_changed_bit_changes_nothing },
	{ "link_frame_failures_are_counted",
		link_frame_failures_are_counted },
	{ "link_frame_is_not_opened_by_its_sender",
		link_frame_is_not_opened_by_its_sender },
	{ "link_frame_costs_one_operation", link_frame_costs_one_operation },
	{ "link_frame_window_admits_each_frame_once",
		link_frame_window_admits_each_frame_once },
	{ "link_frame_window_holds_in_any_order",
		link_frame_window_holds_in_any_order },
	{ "link_frame_that_is_refused_leaves_zeros",
		link_frame_that_is_refused_leaves_zeros },
	{ "link_frame_under_the_retired_key",
		link_frame_under_the_retired_key },
	{ "link_frame_short_counter_is_extended",
		link_frame_short_counter_is_extended },
	{ "link_frame_long_counters", link_frame_long_counters },
	{ "link_frame_carrier_counter_grows",
		link_frame_carrier_counter_grows },
	{ "link_frame_of_every_length", link_frame_of_every_length },
	{ "link_seal_looks_at_its_arguments",
		link_seal_looks_at_its_arguments },
	{ "link_frame_with_every_next", link_frame_with_every_next },
	{ NULL, NULL },
};
/* clang-format on */
