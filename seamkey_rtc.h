/*
 * seamkey_rtc.h - PROFINET frames of cyclic data, sealed by a link
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. PROFINET frames
 *
 * WHAT IT IS
 *   PROFINET IO frames (RTC) with the security header of a link, in the
 *   two layouts SEAMKEY_LINK_RTC_PAPER and SEAMKEY_LINK_RTC_DRAFT. A
 *   participant that knows nothing of security still finds the cycle
 *   counter and the data status where they always are.
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_link.h"

#ifndef SEAMKEY_RTC_H
#define SEAMKEY_RTC_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rtc.1] PROFINET frames ----------------------------------------- */

/*
 * A frame of PROFINET IO's cyclic data (RTC): addresses, VLAN tag, EtherType
 * 0x8892, FrameID, security header, IO data, ICV, APDU status. FrameID and
 * APDU status are sent in clear and authenticated: cfg->ad_len is 6.
 */
#define SEAMKEY_RTC_AD       6
#define SEAMKEY_RTC_MIN      60 /* octets, without a VLAN tag */
#define SEAMKEY_RTC_OVERHEAD (18 + 2 + SEAMKEY_LINK_HEADER_MAX + 16 + 4)

typedef struct seamkey_rtc {
	unsigned char destination[6], source[6];
	uint8_t tagged;    /* 1: with a VLAN tag */
	uint16_t vlan;     /* its priority and number, as sent */
	uint16_t frame_id; /* 0x0100..0x0FFF (class 3), 0x8000..0xFBFF */
	uint16_t cycle;    /* counter in units of 31.25 us */
	uint8_t data;      /* data status */
	uint8_t transfer;  /* transfer status, 0 */
	uint64_t counter;  /* for SEAMKEY_LINK_CARRIER_COUNTER: 48 bits, of
	                     * which the caller keeps the high ones */
} seamkey_rtc;

/*
 * Build a frame; IO data too short for Ethernet is filled up with zeros,
 * inside the seal, as RTC does it: with cfg->max_plain below what that takes,
 * 40 at the most, it is SEAMKEY_ERR_ARG. io may lie in the frame, where it goes
 * (seamkey_link_header() octets behind the FrameID) or elsewhere.
 *
 * Errors of seamkey_link_seal(), and SEAMKEY_ERR_ARG for a FrameID that is
 * not RTC's. The IO data is moved into the frame first, so when the link
 * does not seal, be it a driver's failure, a limit, or SEAMKEY_AGAIN, its
 * place there is zeroed: IO data in place is gone then, and to be written
 * anew before the next call; IO data elsewhere stays. With a FrameID that
 * is not RTC's, or too small a cap, nothing is written.
 */
SEAMKEY_API int seamkey_rtc_seal(seamkey_link *link, const seamkey_rtc *rtc,
	const unsigned char *io, size_t io_len, unsigned char *frame,
	size_t cap, size_t *len);

/*
 * Parse and open a frame. *rtc is written where it opens, but for counter,
 * which is read. SEAMKEY_ERR_LINK_FRAME, counted, for one that is not RTC,
 * by its EtherType or its FrameID; errors of
 * seamkey_link_open(). io may be anywhere but in the frame.
 */
SEAMKEY_API int seamkey_rtc_open(seamkey_link *link, seamkey_rtc *rtc,
	const unsigned char *frame, size_t len, unsigned char *io, size_t cap,
	size_t *io_len);

/* The FrameID, to choose the link by; -1 for a frame that is not RTC. */
SEAMKEY_API long seamkey_rtc_frame_id(const unsigned char *frame, size_t len);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_RTC_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_RTC_IMPLEMENTED)
#define SEAMKEY_RTC_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rtc.1] PROFINET frames ----------------------------------------- */

#define SEAMKEY_I_RTC_TYPE 0x8892u
#define SEAMKEY_I_VLAN     0x8100u

/* Octets before the FrameID, 0 where this is not RTC. */
static inline size_t
seamkey_i_rtc_offset(const unsigned char *frame, size_t len)
{
	size_t at = 12;

	if (len < 18 + 2 + 4) {
		return 0;
	}
	if (seamkey_i_aead_get(frame + at, 2) == SEAMKEY_I_VLAN) {
		at += 4;
	}
	return seamkey_i_aead_get(frame + at, 2) == SEAMKEY_I_RTC_TYPE ? at + 2
								       : 0;
}

/* Alarms, DCP and what else has this EtherType are no cyclic data. */
static inline int
seamkey_i_rtc_is_id(long id)
{
	return (id >= 0x0100 && id <= 0x0FFF) || (id >= 0x8000 && id <= 0xFBFF);
}

SEAMKEY_API long
seamkey_rtc_frame_id(const unsigned char *frame, size_t len)
{
	size_t at = seamkey_i_rtc_offset(frame, len);
	long id = at == 0 ? -1 : (long)seamkey_i_aead_get(frame + at, 2);

	return seamkey_i_rtc_is_id(id) ? id : -1;
}

static inline void
seamkey_i_rtc_header(const seamkey_rtc *rtc, unsigned char *frame, size_t at)
{
	memcpy(frame, rtc->destination, 6);
	memcpy(frame + 6, rtc->source, 6);
	if (rtc->tagged) {
		seamkey_i_aead_put(frame + 12, SEAMKEY_I_VLAN, 2);
		seamkey_i_aead_put(frame + 14, rtc->vlan, 2);
	}
	seamkey_i_aead_put(frame + at - 2, SEAMKEY_I_RTC_TYPE, 2);
}

SEAMKEY_API int
seamkey_rtc_seal(seamkey_link *link, const seamkey_rtc *rtc,
	const unsigned char *io, size_t io_len, unsigned char *frame,
	size_t cap, size_t *len)
{
	unsigned char ad[SEAMKEY_RTC_AD];
	size_t at = rtc->tagged ? 18 : 14;
	size_t fixed = at + 2 + seamkey_link_overhead(link) + 4;
	size_t least = SEAMKEY_RTC_MIN + (rtc->tagged ? 4u : 0u);
	size_t fill = 0, sealed;
	unsigned char *plain = frame + at + 2 + seamkey_link_header(link);
	int status;

	if (io_len > 0xFFFF || !seamkey_i_rtc_is_id(rtc->frame_id)) {
		return SEAMKEY_ERR_ARG;
	}
	if (fixed + io_len < least) {
		fill = least - fixed - io_len;
	}
	if (cap < fixed + io_len + fill) {
		return SEAMKEY_ERR_SPACE;
	}
	seamkey_i_aead_put(ad, rtc->frame_id, 2);
	seamkey_i_aead_put(ad + 2, rtc->cycle, 2);
	ad[4] = rtc->data;
	ad[5] = rtc->transfer;
	if (io_len != 0) {
		memmove(plain, io, io_len);
	}
	memset(plain + io_len, 0, fill);
	status = seamkey_link_seal_counted(link, rtc->counter,
		seamkey_span_of(ad, sizeof ad), plain, io_len + fill,
		frame + at + 2, cap - at - 6, &sealed);
	if (status != SEAMKEY_OK) {
		memset(plain, 0, io_len + fill); /* not sealed: not sent */
		return status;
	}
	seamkey_i_rtc_header(rtc, frame, at);
	memcpy(frame + at, ad, 2);
	memcpy(frame + at + 2 + sealed, ad + 2, 4);
	*len = at + 2 + sealed + 4;
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_rtc_open(seamkey_link *link, seamkey_rtc *rtc,
	const unsigned char *frame, size_t len, unsigned char *io, size_t cap,
	size_t *io_len)
{
	unsigned char ad[SEAMKEY_RTC_AD];
	size_t at = seamkey_i_rtc_offset(frame, len);
	int status;

	if (len == 0) { /* an acknowledgement: see seamkey_link_open() */
		return seamkey_link_open_counted(link, 0,
			seamkey_span_of(NULL, 0), frame, 0, io, cap, io_len);
	}
	if (seamkey_rtc_frame_id(frame, len) < 0 || len <= at + 6) {
		link->opened.bad_frame++;
		return SEAMKEY_ERR_LINK_FRAME;
	}
	memcpy(ad, frame + at, 2);
	memcpy(ad + 2, frame + len - 4, 4);
	status = seamkey_link_open_counted(link, rtc->counter,
		seamkey_span_of(ad, sizeof ad), frame + at + 2, len - at - 6,
		io, cap, io_len);
	if (status != SEAMKEY_OK) {
		return status;
	}
	memcpy(rtc->destination, frame, 6);
	memcpy(rtc->source, frame + 6, 6);
	rtc->tagged = at == 18;
	rtc->vlan =
		(uint16_t)(at == 18 ? seamkey_i_aead_get(frame + 14, 2) : 0);
	rtc->frame_id = (uint16_t)seamkey_i_aead_get(ad, 2);
	rtc->cycle = (uint16_t)seamkey_i_aead_get(ad + 2, 2);
	rtc->data = ad[4];
	rtc->transfer = ad[5];
	return SEAMKEY_OK;
}

#ifdef __cplusplus
}
#endif
#endif
