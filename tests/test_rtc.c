/*
 * test_rtc.c - PROFINET frames: build, parse, refuse
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "link_tools.h"

#include "seamkey_rtc.h"

static pair net;

#define FRAME 1700

/* clang-format off */
static const struct layout {
	const char *what;
	uint8_t layout, mode;
	int counter;
	size_t header;
} layouts[] = {
	{ "paper, counter of the carrier", SEAMKEY_LINK_RTC_PAPER,
		SEAMKEY_LINK_SEALED, SEAMKEY_LINK_CARRIER_COUNTER, 1 },
	{ "paper, 2 octets", SEAMKEY_LINK_RTC_PAPER, SEAMKEY_LINK_AUTHENTIC,
		2, 3 },
	{ "draft", SEAMKEY_LINK_RTC_DRAFT, SEAMKEY_LINK_SEALED, 4, 8 },
	{ "draft, in clear", SEAMKEY_LINK_RTC_DRAFT, SEAMKEY_LINK_AUTHENTIC,
		4, 8 },
};

static const seamkey_rtc sample = {
	{ 0x01, 0x02, 0x03, 0x04, 0x05, 0x06 },
	{ 0x11, 0x12, 0x13, 0x14, 0x15, 0x16 },
	1, 0xC064, 0xBBCC, 0x1234, 0x35, 0x00, 0
};
/* clang-format on */

static unsigned char io[1500];

/* Both ends as they are before a start. */
static void
rtc_init(const struct layout *l)
{
	unsigned u;

	for (u = 0; u < sizeof io; u++) {
		io[u] = (unsigned char)(u * 5 + 1);
	}
	what = l->what;
	quiet_init(&net);
	for (u = 0; u < 2; u++) {
		net.end[u].cfg.layout = l->layout;
		net.end[u].cfg.mode = l->mode;
		net.end[u].cfg.counter_octets = l->counter;
		net.end[u].cfg.ad_len = SEAMKEY_RTC_AD;
	}
}

/* Both ends up; the counter is the carrier's, where it brings one. */
static void
rtc_start(const struct layout *l)
{
	rtc_init(l);
	quiet_start(&net);
}

static int
rtc_seal(seamkey_rtc *rtc, size_t io_len, unsigned char *frame, size_t cap,
	size_t *len)
{
	rtc->counter = 0x123400000000 + ++net.now;
	return seamkey_rtc_seal(
		&net.end[0].link, rtc, io, io_len, frame, cap, len);
}

/* What another RTC frame looks like to whoever knows nothing of security. */
static void
check_frame(const struct layout *l, const seamkey_rtc *rtc, size_t io_len,
	const unsigned char *frame, size_t len)
{
	static const unsigned char zero[FRAME];
	size_t at = rtc->tagged ? 18 : 14;
	size_t fixed = at + 2 + l->header + 16 + 4;
	size_t least = rtc->tagged ? 64 : 60;
	const unsigned char *body = frame + at + 2 + l->header;

	CHECK_INT(len, fixed + io_len < least ? least : fixed + io_len);
	CHECK_MEM(frame, rtc->destination, 6);
	CHECK_MEM(frame + 6, rtc->source, 6);
	if (rtc->tagged) {
		CHECK_MEM(frame + 12, "\x81\x00\xC0\x64", 4);
	}
	CHECK_MEM(frame + at - 2, "\x88\x92\xBB\xCC", 4);
	CHECK_MEM(frame + len - 4, "\x12\x34\x35\x00", 4);
	if (l->mode == SEAMKEY_LINK_AUTHENTIC) {
		CHECK_MEM(body, io, io_len);
		CHECK_MEM(body + io_len, zero, len - fixed - io_len);
	} else if (io_len > 16) {
		CHECK_INT(memcmp(body, io, io_len) != 0, 1);
	}
	CHECK_INT(seamkey_rtc_frame_id(frame, len), 0xBBCC);
}

static void
check_parsed(const seamkey_rtc *got, const seamkey_rtc *want)
{
	CHECK_MEM(got->destination, want->destination, 6);
	CHECK_MEM(got->source, want->source, 6);
	CHECK_INT(got->tagged, want->tagged);
	CHECK_INT(got->vlan, want->tagged ? want->vlan : 0);
	CHECK_INT(got->frame_id, want->frame_id);
	CHECK_INT(got->cycle, want->cycle);
	CHECK_INT(got->data, want->data);
	CHECK_INT(got->transfer, want->transfer);
	CHECK_INT(got->counter, want->counter);
}

static void
rtc_frame_comes_back(void)
{
	static const size_t lengths[] = { 0, 1, 16, 17, 18, 19, 20, 21, 22, 23,
		24, 25, 40, 41, 250, 1440, 1500 };
	static unsigned char frame[FRAME], got[FRAME];
	seamkey_rtc rtc, back;
	size_t u, n, len, got_len;

	for (u = 0; u < 2 * COUNT(layouts); u++) {
		rtc_start(&layouts[u / 2]);
		rtc = sample;
		rtc.tagged = u & 1;
		for (n = 0; n < COUNT(lengths); n++) {
			len = 0;
			CHECK_INT(rtc_seal(&rtc, lengths[n], frame,
					  sizeof frame, &len),
				SEAMKEY_OK);
			check_frame(
				&layouts[u / 2], &rtc, lengths[n], frame, len);
			memset(&back, 0xEE, sizeof back);
			back.counter = rtc.counter;
			CHECK_INT(
				seamkey_rtc_open(&net.end[1].link, &back, frame,
					len, got, sizeof got, &got_len),
				SEAMKEY_OK);
			CHECK_INT(got_len >= lengths[n] && got_len <= len, 1);
			CHECK_MEM(got, io, lengths[n]);
			check_parsed(&back, &rtc);
		}
	}
}

/* IO data may stand where it goes in the frame, or overlap that. */
static void
rtc_seals_in_place(void)
{
	static unsigned char frame[FRAME], got[FRAME];
	size_t len, at, n;
	seamkey_rtc rtc = sample, back;

	rtc_start(&layouts[2]);
	memset(&back, 0, sizeof back);
	for (at = 0; at < 60; at += 5) {
		memcpy(frame + at, io, 100);
		rtc.counter++;
		CHECK_INT(seamkey_rtc_seal(&net.end[0].link, &rtc, frame + at,
				  100, frame, sizeof frame, &len),
			SEAMKEY_OK);
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, len,
				  got, sizeof got, &n),
			SEAMKEY_OK);
		CHECK_INT(n, 100);
		CHECK_MEM(got, io, 100);
	}
}

/* A link that does not seal: the place of the IO data is zero, be the data
 * there or elsewhere; what else is in the frame stays, and so does io. What
 * the arguments forbid changes nothing. */
static void
rtc_seal_refused_leaves_no_data_in_the_frame(void)
{
	static unsigned char frame[FRAME], want[FRAME];
	const size_t at = 18 + 2 + 8;
	seamkey_rtc rtc = sample;
	size_t len = 77;
	unsigned in_place;

	rtc_init(&layouts[2]);
	CHECK_INT(pair_open(&net, 2, 2), SEAMKEY_OK);
	for (in_place = 0; in_place < 2; in_place++) {
		memset(frame, 0xEE, sizeof frame);
		memcpy(frame + at, io, 100);
		memcpy(want, frame, sizeof want);
		rtc.frame_id = 0x7FFF;
		CHECK_INT(seamkey_rtc_seal(&net.end[0].link, &rtc,
				  in_place ? frame + at : io, 100, frame,
				  sizeof frame, &len),
			SEAMKEY_ERR_ARG);
		CHECK_MEM(frame, want, sizeof frame);
		rtc.frame_id = sample.frame_id;
		memset(want + at, 0, 100);
		CHECK_INT(seamkey_rtc_seal(&net.end[0].link, &rtc,
				  in_place ? frame + at : io, 100, frame,
				  sizeof frame, &len),
			SEAMKEY_ERR_LINK_DOWN);
		CHECK_MEM(frame, want, sizeof frame);
		CHECK_INT(len, 77);
		CHECK_INT(io[0], 1);
		CHECK_INT(io[99], (unsigned char)(99 * 5 + 1));
	}
}

/* Every bit from the FrameID on is protected; the addresses and the VLAN tag
 * are the network's. A frame that is refused leaves *rtc as it was. */
static void
rtc_frame_with_a_changed_bit_is_refused(void)
{
	static unsigned char frame[FRAME], got[FRAME];
	seamkey_rtc rtc, back, before;
	size_t u, bit, len, n, at;

	for (u = 0; u < 2 * COUNT(layouts); u++) {
		rtc_start(&layouts[u / 2]);
		rtc = sample;
		rtc.tagged = u & 1;
		at = rtc.tagged ? 18 : 14;
		CHECK_INT(rtc_seal(&rtc, 30, frame, sizeof frame, &len),
			SEAMKEY_OK);
		memset(&back, 0xEE, sizeof back);
		back.counter = rtc.counter;
		before = back;
		for (bit = 8 * (at - 2); bit < 8 * len; bit++) {
			frame[bit / 8] ^= (unsigned char)(1 << bit % 8);
			CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back,
					  frame, len, got, sizeof got, &n)
					< 0,
				1);
			frame[bit / 8] ^= (unsigned char)(1 << bit % 8);
		}
		CHECK_MEM(&back, &before, sizeof back);
		frame[0] ^= 1;
		frame[7] ^= 1;
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, len,
				  got, sizeof got, &n),
			SEAMKEY_OK);
		CHECK_INT(back.destination[0], 0x00);
		CHECK_INT(back.source[1], 0x13);
	}
}

static void
rtc_truncated_frame_is_refused(void)
{
	static unsigned char frame[FRAME], got[FRAME];
	seamkey_rtc rtc, back, before;
	size_t u, cut, len, n;

	for (u = 0; u < 2 * COUNT(layouts); u++) {
		rtc_start(&layouts[u / 2]);
		rtc = sample;
		rtc.tagged = u & 1;
		CHECK_INT(rtc_seal(&rtc, 30, frame, sizeof frame, &len),
			SEAMKEY_OK);
		memset(&back, 0xEE, sizeof back);
		back.counter = rtc.counter;
		before = back;
		/* an empty one only acknowledges */
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, 0,
				  got, sizeof got, &n),
			SEAMKEY_AGAIN);
		for (cut = 1; cut < len; cut++) {
			/* of exactly that size, so that a sanitizer sees */
			unsigned char shorter[200];
			unsigned char *end = shorter + sizeof shorter;

			memcpy(end - cut, frame, cut);
			CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back,
					  end - cut, cut, got, sizeof got, &n)
					< 0,
				1);
			if (cut < 24) {
				CHECK_INT(seamkey_rtc_frame_id(end - cut, cut),
					-1);
			}
		}
		CHECK_MEM(&back, &before, sizeof back);
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, len,
				  got, 29, &n),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, len,
				  got, sizeof got, &n),
			SEAMKEY_OK);
	}
}

/* Frames of other protocols, and those that have a VLAN tag within one. */
static void
rtc_knows_what_is_not_rtc(void)
{
	static unsigned char frame[FRAME], got[FRAME];
	static const struct {
		const char *what;
		unsigned type[3];
		long id;
	} rows[] = { { "RTC", { 0x8892, 0x8001 }, 0x8001 },
		{ "RTC, tagged", { 0x8100, 0xC000, 0x8892 }, 0x8003 },
		{ "IP", { 0x0800, 0x8001 }, -1 },
		{ "IP, tagged", { 0x8100, 0xC000, 0x0800 }, -1 },
		{ "two tags", { 0x8100, 0x8892, 0x8100 }, -1 } };
	seamkey_rtc back;
	size_t u, v, n;

	rtc_start(&layouts[2]);
	memset(&back, 0, sizeof back);
	for (u = 0; u < COUNT(rows); u++) {
		what = rows[u].what;
		memset(frame, 0x80, sizeof frame);
		for (v = 0; v < 3; v++) {
			frame[12 + 2 * v] =
				(unsigned char)(rows[u].type[v] >> 8);
			frame[13 + 2 * v] = (unsigned char)rows[u].type[v];
		}
		frame[18] = 0x80;
		frame[19] = 0x03;
		CHECK_INT(seamkey_rtc_frame_id(frame, 64), rows[u].id);
		if (rows[u].id < 0) {
			CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back,
					  frame, 64, got, sizeof got, &n),
				SEAMKEY_ERR_LINK_FRAME);
		}
	}
}

/* FrameIDs of alarms, DCP, and what else is no cyclic data: neither sealed
 * nor opened, and counted. */
static void
rtc_frame_id_has_to_be_cyclic(void)
{
	static const struct {
		unsigned id;
		int cyclic;
	} rows[] = { { 0x0000, 0 }, { 0x00FF, 0 }, { 0x0100, 1 }, { 0x0FFF, 1 },
		{ 0x1000, 0 }, { 0x7FFF, 0 }, { 0x8000, 1 }, { 0xBFFF, 1 },
		{ 0xC000, 1 }, { 0xFBFF, 1 }, { 0xFC00, 0 }, { 0xFEFE, 0 },
		{ 0xFFFF, 0 } };
	static unsigned char frame[FRAME], got[FRAME];
	seamkey_rtc rtc, back;
	size_t u, len, n;
	uint64_t bad = 0;

	rtc_start(&layouts[0]);
	for (u = 0; u < COUNT(rows); u++) {
		rtc = sample;
		rtc.frame_id = (uint16_t)rows[u].id;
		CHECK_INT(rtc_seal(&rtc, 30, frame, sizeof frame, &len),
			rows[u].cyclic ? SEAMKEY_OK : SEAMKEY_ERR_ARG);
		back = rtc;
		if (!rows[u].cyclic) {
			frame[rtc.tagged ? 18 : 14] =
				(unsigned char)(rows[u].id >> 8);
			frame[rtc.tagged ? 19 : 15] = (unsigned char)rows[u].id;
			bad++;
		}
		CHECK_INT(seamkey_rtc_open(&net.end[1].link, &back, frame, len,
				  got, sizeof got, &n),
			rows[u].cyclic ? SEAMKEY_OK : SEAMKEY_ERR_LINK_FRAME);
		CHECK_INT(net.end[1].link.opened.bad_frame, bad);
	}
}

static void
rtc_seal_looks_at_its_arguments(void)
{
	static unsigned char frame[FRAME];
	static const unsigned char zero[FRAME];
	seamkey_rtc rtc = sample;
	size_t len = 77;

	rtc_start(&layouts[2]);
	memset(frame, 0, sizeof frame);
	/* 18 + 2 + 8 + 30 + 16 + 4 */
	CHECK_INT(rtc_seal(&rtc, 30, frame, 77, &len), SEAMKEY_ERR_SPACE);
	CHECK_MEM(frame, zero, sizeof frame);
	CHECK_INT(rtc_seal(&rtc, 30, frame, 78, &len), SEAMKEY_OK);
	CHECK_INT(len, 78);
	CHECK_INT(SEAMKEY_RTC_OVERHEAD, 78 - 30);
	CHECK_INT(rtc_seal(&rtc, 0, frame, 63, &len), SEAMKEY_ERR_SPACE);
	CHECK_INT(rtc_seal(&rtc, 0, frame, 64, &len), SEAMKEY_OK);
	CHECK_INT(
		rtc_seal(&rtc, 0x10000, frame, 0x20000, &len), SEAMKEY_ERR_ARG);
	/* the link's own configuration has to fit */
	net.end[0].cfg.ad_len = 5;
	CHECK_INT(
		rtc_seal(&rtc, 30, frame, sizeof frame, &len), SEAMKEY_ERR_ARG);
}

/* clang-format off */
const struct test test_rtc_table[] = {
	{ "rtc_frame_comes_back", rtc_frame_comes_back },
	{ "rtc_seals_in_place", rtc_seals_in_place },
	{ "rtc_seal_refused_leaves_no_data_in_the_frame",
		rtc_seal_refused_leaves_no_data_in_the_frame },
	{ "rtc_frame_with_a_changed_bit_is_refused",
		rtc_frame_with_a_changed_bit_is_refused },
	{ "rtc_truncated_frame_is_refused", rtc_truncated_frame_is_refused },
	{ "rtc_knows_what_is_not_rtc", rtc_knows_what_is_not_rtc },
	{ "rtc_frame_id_has_to_be_cyclic", rtc_frame_id_has_to_be_cyclic },
	{ "rtc_seal_looks_at_its_arguments",
		rtc_seal_looks_at_its_arguments },
	{ NULL, NULL },
};
/* clang-format on */
