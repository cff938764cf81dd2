/*
 * cobs.h - packets on a line of octets: COBS, for a program and a device
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A packet is one octet that tells its type and what belongs to it, encoded
 * by COBS (Cheshire and Baker, 1999) so that no octet is zero, and then a
 * zero. What it adds is known beforehand, one octet in 254, so that a cycle
 * on the line has a bound; an octet that is lost or changed on the line costs
 * one packet or two, and nothing else: there is no checksum, since a frame
 * has its tag and an exchange message its MAC.
 */
#ifndef SEAMKEY_EXAMPLE_COBS_H
#define SEAMKEY_EXAMPLE_COBS_H

#include <stddef.h>

#define COBS_FRAME   1
#define COBS_MESSAGE 2

/* Octets on the line of a packet of this length, at most. */
#define COBS_LINE(len) ((len) + ((len) + 1) / 254 + 3)

/* Encode a packet. Returns how many octets, COBS_LINE(len) at most. */
static inline size_t
cobs_put(unsigned char *line, unsigned type, const unsigned char *packet,
	size_t len)
{
	size_t code = 0, at = 1, u;

	for (u = 0; u <= len; u++) {
		unsigned octet = u == 0 ? type : packet[u - 1];

		if (octet != 0) {
			line[at++] = (unsigned char)octet;
		}
		if (octet == 0 || at - code == 255) {
			line[code] = (unsigned char)(at - code);
			code = at++;
		}
	}
	line[code] = (unsigned char)(at - code);
	line[at] = 0;
	return at + 1;
}

/* A packet that is being read, into the caller's memory. Zero it, and set
 * packet and cap. */
typedef struct cobs_reader {
	unsigned char *packet; /* its type, then what belongs to it */
	size_t cap, len;
	unsigned char left;  /* octets up to the next code */
	unsigned char zero;  /* that code stands for a zero octet, too */
	unsigned char bad;   /* longer than cap: what is left is passed over */
	unsigned char ended; /* the next octet begins another */
} cobs_reader;

static inline void
cobs_keep(cobs_reader *r, unsigned octet)
{
	if (r->len == r->cap) {
		r->bad = 1;
	} else {
		r->packet[r->len++] = (unsigned char)octet;
	}
}

/*
 * Take an octet from the line. Returns the type where it ends a packet,
 * whose packet[1..len) stays as it is until the next call; else 0.
 */
static inline unsigned
cobs_get(cobs_reader *r, unsigned char octet)
{
	if (octet == 0) {
		int whole = !r->ended && !r->bad && r->left == 0 && r->len != 0;

		r->ended = 1;
		return whole ? r->packet[0] : 0;
	}
	if (r->ended) {
		r->len = 0;
		r->left = r->zero = r->bad = r->ended = 0;
	}
	if (r->left != 0) {
		r->left--;
		cobs_keep(r, octet);
		return 0;
	}
	if (r->zero) {
		cobs_keep(r, 0);
	}
	r->left = (unsigned char)(octet - 1);
	r->zero = octet != 255;
	return 0;
}

#endif
