/*
 * pem.h - PEM to DER and back (RFC 7468), for programs
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A device keeps its keys in DER and needs none of this; it is for programs
 * that are handed files. Copy it into yours: it stands on seamkey_base.h
 * alone, allocates nothing and keeps nothing.
 *
 * What is accepted: any text before, between and after the blocks; lines
 * that end in LF, CRLF or CR, of any length, with blanks at their end. What
 * is not: an END line with another label than the BEGIN line, a character
 * that is not base64, wrong padding, unused bits that are not zero, header
 * lines inside a block (RFC 1421, "Proc-Type: 4,ENCRYPTED").
 *
 * The text of a private key is as secret as the key: base64 is computed
 * here, not looked up in a table, and what becomes known of a character is
 * whether it is base64, "=", or a blank.
 */
#ifndef SEAMKEY_EXAMPLE_PEM_H
#define SEAMKEY_EXAMPLE_PEM_H

#include "seamkey_base.h"

enum pem_error {
	PEM_ERR_NONE = -1001,   /* no (further) BEGIN line */
	PEM_ERR_END = -1002,    /* no END line */
	PEM_ERR_LABEL = -1003,  /* the END line has another label */
	PEM_ERR_BASE64 = -1004, /* what is between them is not base64 */
	PEM_ERR_HEADER = -1005  /* header lines: the old encrypted form */
};

/* The text of one of these, or NULL. */
static inline const char *
pem_text(int status)
{
	switch (status) {
	case PEM_ERR_NONE:
		return "there is no line -----BEGIN ...-----";
	case PEM_ERR_END:
		return "the line -----END ...----- is missing: is the file "
		       "cut off?";
	case PEM_ERR_LABEL:
		return "the END line has another label than the BEGIN line";
	case PEM_ERR_BASE64:
		return "what is between BEGIN and END is not base64";
	case PEM_ERR_HEADER:
		return "there are header lines after BEGIN, as in the old "
		       "encrypted form; openssl pkcs8 -topk8 makes a new one";
	default:
		return NULL;
	}
}

/* ---- base64 ------------------------------------------------------------ */

/* All ones if low <= c <= high, else 0; all below 2^31. */
static inline uint32_t
pem_within(uint32_t c, uint32_t low, uint32_t high)
{
	return 0 - (1 ^ (((c - low) | (high - c)) >> 31));
}

/* The value of a base64 character, 0 to 63; 64 for any other. */
static inline uint32_t
pem_value(uint32_t c)
{
	uint32_t v = 64;

	v ^= pem_within(c, 'A', 'Z') & (v ^ (c - 'A'));
	v ^= pem_within(c, 'a', 'z') & (v ^ (c - 'a' + 26));
	v ^= pem_within(c, '0', '9') & (v ^ (c - '0' + 52));
	v ^= pem_within(c, '+', '+') & (v ^ 62);
	v ^= pem_within(c, '/', '/') & (v ^ 63);
	return v;
}

/* The character of a value from 0 to 63. */
static inline char
pem_character(uint32_t v)
{
	uint32_t c = '/';

	c ^= pem_within(v, 0, 25) & (c ^ (v + 'A'));
	c ^= pem_within(v, 26, 51) & (c ^ (v - 26 + 'a'));
	c ^= pem_within(v, 52, 61) & (c ^ (v - 52 + '0'));
	c ^= pem_within(v, 62, 62) & (c ^ '+');
	return (char)c;
}

/* Base64 on its way to octets. */
typedef struct pem_decoder {
	unsigned char *out;
	size_t cap, len;
	uint32_t group;   /* the bits of the characters in count */
	unsigned count;   /* characters of the group of four, 0..3 */
	unsigned padding; /* "=" seen, 0..2 */
	int err;          /* SEAMKEY_OK, or the first error */
} pem_decoder;

/* The octets of the group, but for those that padding stands for. */
static inline void
pem_flush(pem_decoder *d)
{
	unsigned u, octets = 3 - d->padding;

	if (d->cap - d->len < octets) {
		d->err = SEAMKEY_ERR_SPACE;
		return;
	}
	for (u = 0; u < octets; u++) {
		d->out[d->len++] = (unsigned char)(d->group >> (16 - 8 * u));
	}
	if ((d->group & ((1ul << (8 * d->padding)) - 1)) != 0) {
		d->err = PEM_ERR_BASE64; /* bits that mean nothing */
	}
	d->group = 0;
	d->count = 0;
}

static inline void
pem_push(pem_decoder *d, unsigned char c)
{
	uint32_t v = pem_value(c);

	if (d->err != SEAMKEY_OK || c == ' ' || c == '\t') {
		return;
	}
	if (c == '=' && d->padding < 2 && d->count >= 2) {
		d->padding++;
		v = 0;
	} else if (v == 64 || d->padding != 0) {
		d->err = PEM_ERR_BASE64;
		return;
	}
	d->group = (d->group << 6) | v;
	if (++d->count == 4) {
		pem_flush(d);
	}
}

/* ---- reading ----------------------------------------------------------- */

/* The next line of *rest, less its end and blanks before that; *rest moves
 * past it. */
static inline seamkey_span
pem_line(seamkey_span *rest)
{
	seamkey_span line = seamkey_span_of(rest->p, 0);
	size_t used;

	while (line.len < rest->len && line.p[line.len] != '\n'
		&& line.p[line.len] != '\r') {
		line.len++;
	}
	used = line.len;
	if (used < rest->len && rest->p[used] == '\r') {
		used++;
	}
	if (used < rest->len && rest->p[used] == '\n') {
		used++;
	}
	*rest = seamkey_span_of(rest->p + used, rest->len - used);
	while (line.len != 0
		&& (line.p[line.len - 1] == ' '
			|| line.p[line.len - 1] == '\t')) {
		line.len--;
	}
	return line;
}

/* 1 if the line is these characters, a label and five hyphens. */
static inline int
pem_match_boundary(seamkey_span line, const char *begin, seamkey_span *label)
{
	size_t len = strlen(begin);

	if (line.len < len + 5 || memcmp(line.p, begin, len) != 0
		|| memcmp(line.p + line.len - 5, "-----", 5) != 0) {
		return 0;
	}
	*label = seamkey_span_of(line.p + len, line.len - len - 5);
	return 1;
}

/* The lines from BEGIN to END. */
static inline int
pem_get_body(pem_decoder *d, seamkey_span *rest, seamkey_span label)
{
	seamkey_span line, end;
	size_t u;

	while (rest->len != 0) {
		line = pem_line(rest);
		if (pem_match_boundary(line, "-----END ", &end)) {
			if (!seamkey_span_match(end, label)) {
				return PEM_ERR_LABEL;
			}
			return d->err == SEAMKEY_OK && d->count != 0
				? PEM_ERR_BASE64
				: d->err;
		}
		if (line.len != 0 && line.p[0] == '-') {
			return PEM_ERR_END;
		}
		if (line.len != 0 && memchr(line.p, ':', line.len) != NULL) {
			return PEM_ERR_HEADER;
		}
		for (u = 0; u < line.len; u++) {
			pem_push(d, line.p[u]);
		}
	}
	return PEM_ERR_END;
}

/*
 * The next block of *rest: its label, such as "PRIVATE KEY", as a span into
 * the text, and its octets in out[0..cap), *len of them. *rest moves past
 * the block.
 *
 * Returns SEAMKEY_OK, one of enum pem_error, or SEAMKEY_ERR_SPACE. On an
 * error *len is unchanged, and what was written to out is wiped.
 */
static inline int
pem_get(seamkey_span *rest, seamkey_span *label, unsigned char *out, size_t cap,
	size_t *len)
{
	pem_decoder d = { NULL, 0, 0, 0, 0, 0, SEAMKEY_OK };
	int status = PEM_ERR_NONE;

	d.out = out;
	d.cap = cap;
	while (rest->len != 0) {
		if (pem_match_boundary(pem_line(rest), "-----BEGIN ", label)) {
			status = pem_get_body(&d, rest, *label);
			break;
		}
	}
	if (status == SEAMKEY_OK) {
		*len = d.len;
	} else {
		seamkey_wipe(out, d.len);
	}
	seamkey_wipe(&d, sizeof d);
	return status;
}

/* ---- writing ----------------------------------------------------------- */

/* A writer of text; with buf NULL it measures. */
typedef struct pem_writer {
	char *buf;
	size_t len;
} pem_writer;

static inline void
pem_put(pem_writer *w, char c)
{
	if (w->buf != NULL) {
		w->buf[w->len] = c;
	}
	w->len++;
}

static inline void
pem_put_boundary(pem_writer *w, const char *begin, const char *label)
{
	const char *part[3];
	size_t u;

	part[0] = begin;
	part[1] = label;
	part[2] = "-----\n";
	for (u = 0; u < 3; u++) {
		const char *s;

		for (s = part[u]; *s != 0; s++) {
			pem_put(w, *s);
		}
	}
}

/* Lines of base64; a part that is not the last has a multiple of 48 octets. */
static inline void
pem_put_body(pem_writer *w, seamkey_span der)
{
	uint32_t group; /* may be secret; not wiped: a few bits in a register */
	size_t at, left, u;

	for (at = 0; at < der.len; at += 3) {
		left = der.len - at;
		group = (uint32_t)der.p[at] << 16;
		group |= left > 1 ? (uint32_t)der.p[at + 1] << 8 : 0;
		group |= left > 2 ? der.p[at + 2] : 0;
		for (u = 0; u < 4; u++) {
			pem_put(w,
				u <= left ? pem_character(
					(group >> (18 - 6 * u)) & 63)
					  : '=');
		}
		if (at % 48 == 45 || left <= 3) {
			pem_put(w, '\n');
		}
	}
}

static inline void
pem_write(pem_writer *w, const char *label, seamkey_span der)
{
	pem_put_boundary(w, "-----BEGIN ", label);
	pem_put_body(w, der);
	pem_put_boundary(w, "-----END ", label);
}

/*
 * Write der as one block to out[0..cap), *len characters of it, no NUL
 * behind them. With out NULL only *len is set.
 *
 * Returns SEAMKEY_OK, or SEAMKEY_ERR_SPACE, out[] and *len unchanged.
 */
static inline int
pem_encode(
	char *out, size_t cap, size_t *len, const char *label, seamkey_span der)
{
	pem_writer w = { NULL, 0 };

	pem_write(&w, label, der);
	if (out != NULL) {
		if (w.len > cap) {
			return SEAMKEY_ERR_SPACE;
		}
		w.buf = out;
		w.len = 0;
		pem_write(&w, label, der);
	}
	*len = w.len;
	return SEAMKEY_OK;
}

#endif
