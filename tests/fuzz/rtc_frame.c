/*
 * rtc_frame.c - fuzz target: PROFINET frames of anyone's making
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: an octet for the layout and the mode, one for what is done; eight
 * that describe a frame: FrameID, VLAN, cycle, data and transfer status; one
 * for the room and one for the length of the IO data. The rest is a frame,
 * or pairs of a place and a change to the frame that was described.
 *
 * What is built can be parsed and gives what went in, with zeros behind
 * where Ethernet wants more; it is 60 octets at least, and its last four are
 * the APDU status. A frame that is not what was built leaves the receiver
 * as it was, but for its counters, and *rtc as well.
 */
#include "link_tools.h"
#include "seamkey_rtc.h"

#define ROOM (TOOL_PLAIN + SEAMKEY_RTC_OVERHEAD + 4)

static struct start {
	int made;
	struct tool_pair pair;
} starts[TOOL_LAYOUTS];

struct request {
	seamkey_rtc rtc;
	unsigned what;
	size_t room, io_len;
	unsigned char io[TOOL_PLAIN];
};

static void
take_request(struct request *r, seamkey_span *in)
{
	memset(r, 0, sizeof *r);
	r->what = fuzz_take_octet(in);
	memset(r->rtc.destination, 0xD5, 6);
	memset(r->rtc.source, 0x50, 6);
	r->rtc.frame_id = (uint16_t)(fuzz_take_octet(in) << 8);
	r->rtc.frame_id = (uint16_t)(r->rtc.frame_id | fuzz_take_octet(in));
	r->rtc.tagged = r->what & 1;
	r->rtc.vlan = (uint16_t)(fuzz_take_octet(in) << 8);
	r->rtc.vlan = (uint16_t)(r->rtc.vlan | fuzz_take_octet(in));
	r->rtc.cycle = (uint16_t)(fuzz_take_octet(in) << 8);
	r->rtc.cycle = (uint16_t)(r->rtc.cycle | fuzz_take_octet(in));
	r->rtc.data = (uint8_t)fuzz_take_octet(in);
	r->rtc.transfer = (uint8_t)fuzz_take_octet(in);
	r->rtc.counter = 77;
	r->room = fuzz_take_octet(in) % (ROOM + 1);
	r->io_len = fuzz_take_octet(in) % (TOOL_PLAIN + 8);
	memset(r->io, 0xC3, sizeof r->io);
}

/* Build the frame; 0 where it does not fit. */
static size_t
build(const struct request *r, unsigned char *frame, size_t room)
{
	static unsigned char io[TOOL_PLAIN + 8];
	size_t len = 0, least = r->rtc.tagged ? 64 : 60, want;
	int status, cyclic;

	memset(io, 0xC3, sizeof io);
	status = seamkey_rtc_seal(&tool_pair.end[0].link, &r->rtc, io,
		r->io_len, frame, room, &len);
	want = (r->rtc.tagged ? 18u : 14u) + 6 + r->io_len
		+ seamkey_link_overhead(&tool_pair.end[0].link);
	want = want < least ? least : want;
	cyclic = (r->rtc.frame_id >= 0x0100 && r->rtc.frame_id <= 0x0FFF)
		|| (r->rtc.frame_id >= 0x8000 && r->rtc.frame_id <= 0xFBFF);
	if (r->io_len > TOOL_PLAIN || room < want || !cyclic) {
		CHECK(status == SEAMKEY_ERR_ARG
			|| (status == SEAMKEY_ERR_SPACE && cyclic));
		return 0;
	}
	CHECK(status == SEAMKEY_OK && len == want);
	CHECK(seamkey_rtc_frame_id(frame, len) == r->rtc.frame_id);
	CHECK(frame[len - 4] == r->rtc.cycle >> 8);
	CHECK(frame[len - 3] == (r->rtc.cycle & 0xFF));
	CHECK(frame[len - 2] == r->rtc.data);
	CHECK(frame[len - 1] == r->rtc.transfer);
	return len;
}

static int
parse(seamkey_span in, seamkey_rtc *rtc, unsigned char *io, size_t *len)
{
	unsigned char *frame = fuzz_copy(in.p, in.len);
	unsigned char *own = fuzz_blank(TOOL_PLAIN);
	int status = seamkey_rtc_open(&tool_pair.end[1].link, rtc, frame,
		in.len, own, TOOL_PLAIN, len);

	CHECK(seamkey_rtc_frame_id(frame, in.len) < 0x10000);
	memcpy(io, own, TOOL_PLAIN);
	free(own);
	fuzz_free(frame, in.len);
	return status;
}

/* It gives what went in. */
static void
check_same(const struct request *r, seamkey_span frame)
{
	unsigned char io[TOOL_PLAIN];
	seamkey_rtc rtc;
	size_t len = 0, u;

	memset(&rtc, 0, sizeof rtc);
	rtc.counter = r->rtc.counter;
	CHECK(parse(frame, &rtc, io, &len) == SEAMKEY_OK);
	CHECK(len >= r->io_len && memcmp(io, r->io, r->io_len) == 0);
	for (u = r->io_len; u < len; u++) {
		CHECK(io[u] == 0);
	}
	CHECK(memcmp(rtc.destination, r->rtc.destination, 6) == 0);
	CHECK(memcmp(rtc.source, r->rtc.source, 6) == 0);
	CHECK(rtc.tagged == r->rtc.tagged);
	CHECK(rtc.vlan == (r->rtc.tagged ? r->rtc.vlan : 0));
	CHECK(rtc.frame_id == r->rtc.frame_id && rtc.cycle == r->rtc.cycle);
	CHECK(rtc.data == r->rtc.data && rtc.transfer == r->rtc.transfer);
}

/*
 * A frame that is not the one built. Addresses and VLAN tag are in nobody's
 * tag: only a change behind them has to be noticed.
 */
static void
check_other(const struct request *r, seamkey_span real, seamkey_span other)
{
	static struct tool_end before;
	size_t at = r->rtc.tagged ? 18 : 14, len = 0;
	unsigned char io[TOOL_PLAIN];
	seamkey_rtc rtc, blank;
	int status;

	before = tool_pair.end[1];
	memset(&rtc, FUZZ_FILL, sizeof rtc);
	rtc.counter = 77;
	memcpy(&blank, &rtc, sizeof blank);
	status = parse(other, &rtc, io, &len);
	if (status == SEAMKEY_OK) {
		CHECK(real.len != 0);
		CHECK(seamkey_span_match(
			seamkey_span_of(real.p + at, real.len - at),
			seamkey_span_of(other.p + other.len - (real.len - at),
				real.len - at)));
		return;
	}
	/* an empty frame only acknowledges */
	CHECK((status == SEAMKEY_AGAIN) == (other.len == 0));
	fuzz_check_status(status == SEAMKEY_AGAIN ? SEAMKEY_OK : status);
	CHECK(tool_same(&rtc, &blank, sizeof rtc) && len == 0);
	tool_check_end(&tool_pair.end[1], &before);
	if (real.len != 0) {
		check_same(r, real);
	}
}

/* There is no DER in it. */
static size_t
der_at(const uint8_t *data, size_t size)
{
	(void)data;
	return size;
}

FUZZ_MUTATOR(der_at)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	seamkey_span in = seamkey_span_of(data, size), real, other;
	unsigned layout = fuzz_take_octet(&in) % TOOL_LAYOUTS;
	struct start *s = &starts[layout];
	unsigned char frame[ROOM], changed[ROOM];
	struct request r;

	tool_layout(layout, SEAMKEY_RTC_AD);
	if (!s->made) {
		tool_start();
		s->pair = tool_pair;
		s->made = 1;
	}
	tool_pair = s->pair;
	take_request(&r, &in);
	memset(frame, FUZZ_FILL, sizeof frame);
	real = seamkey_span_of(frame, build(&r, frame, r.room));
	CHECK(fuzz_is_untouched(frame + r.room, ROOM - r.room));
	other = in;
	if ((r.what & 2) != 0) {
		memcpy(changed, frame, real.len);
		(void)tool_mutate(changed, real.len, &in);
		other = seamkey_span_of(changed, real.len);
	}
	check_other(&r, real, other);
	return 0;
}
