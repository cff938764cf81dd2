/*
 * rsp.h - how the host's test programs read: lines, hex, PEM, .rsp files
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * For programs that run beside files and have malloc; the unit tests, which
 * run on the target too, do without.
 *
 * Wherever memory runs out a function says so with 0, and leaves things as
 * they were.
 */
#ifndef SEAMKEY_RSP_H
#define SEAMKEY_RSP_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey_base.h"

/* ---- bytes that grow ------------------------------------------------- */

/* Zeroed: empty. p is NULL until there was something to hold. */
struct bytes {
	unsigned char *p;
	size_t len;
	size_t cap;
};

/* Make room for more bytes behind the last one; 1, or 0 without memory. */
static inline int
bytes_room(struct bytes *b, size_t more)
{
	unsigned char *p;
	size_t cap = b->cap < 256 ? 256 : b->cap;

	if (more > SIZE_MAX / 2 - b->len) {
		return 0;
	}
	while (cap < b->len + more) {
		cap *= 2;
	}
	if (cap == b->cap) {
		return 1;
	}
	p = (unsigned char *)realloc(b->p, cap);
	if (p == NULL) {
		return 0;
	}
	b->p = p;
	b->cap = cap;
	return 1;
}

static inline int
bytes_put(struct bytes *b, const void *data, size_t len)
{
	if (!bytes_room(b, len)) {
		return 0;
	}
	if (len != 0) {
		memcpy(b->p + b->len, data, len);
	}
	b->len += len;
	return 1;
}

static inline void
bytes_free(struct bytes *b)
{
	free(b->p);
	memset(b, 0, sizeof *b);
}

static inline seamkey_span
bytes_span(const struct bytes *b)
{
	return seamkey_span_of(b->p, b->len);
}

/* ---- reading --------------------------------------------------------- */

enum {
	LINE_END = 0,
	LINE_READ = 1,
	LINE_TOO_LONG = -1
};

/*
 * The next line of f, of any length, without its line end; any byte may
 * occur in it. A zero byte follows it, not counted. LINE_TOO_LONG: memory
 * did not suffice, and the rest of the line has been passed over.
 */
static inline int
read_line(FILE *f, struct bytes *line)
{
	int c = getc(f), fits = 1;

	line->len = 0;
	if (c == EOF) {
		return LINE_END;
	}
	while (c != EOF && c != '\n') {
		fits = fits && bytes_room(line, 2);
		if (fits) {
			line->p[line->len++] = (unsigned char)c;
		}
		c = getc(f);
	}
	if (!fits || !bytes_room(line, 1)) {
		return LINE_TOO_LONG;
	}
	line->p[line->len] = 0;
	return LINE_READ;
}

/* All of f, behind what is in out already; 1, or 0 on an error. */
static inline int
read_all(FILE *f, struct bytes *out)
{
	size_t got;

	do {
		if (!bytes_room(out, 65536)) {
			return 0;
		}
		got = fread(out->p + out->len, 1, 65536, f);
		out->len += got;
	} while (got != 0);
	return !ferror(f);
}

/* ---- hex ------------------------------------------------------------- */

/* What the digit c is worth; -1 if it is none. Upper case only if asked. */
static inline int
hex_digit(int c, int upper)
{
	if (c >= '0' && c <= '9') {
		return c - '0';
	}
	if (c >= 'a' && c <= 'f') {
		return c - 'a' + 10;
	}
	return upper && c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Decode len digits, an even number of them, behind what is in out. */
static inline int
hex_put(struct bytes *out, const void *hex, size_t len, int upper)
{
	const unsigned char *digits = (const unsigned char *)hex;
	size_t before = out->len, u;
	int high, low;

	if (len % 2 != 0 || !bytes_room(out, len / 2)) {
		return 0;
	}
	for (u = 0; u < len; u += 2) {
		high = hex_digit(digits[u], upper);
		low = hex_digit(digits[u + 1], upper);
		if (high < 0 || low < 0) {
			out->len = before;
			return 0;
		}
		out->p[out->len++] = (unsigned char)(16 * high + low);
	}
	return 1;
}

/* ---- base64 and PEM -------------------------------------------------- */

static inline int
base64_digit(int c, int url)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789";
	const char *at;

	if (c == (url ? '-' : '+')) {
		return 62;
	}
	if (c == (url ? '_' : '/')) {
		return 63;
	}
	at = c == 0 ? NULL : strchr(digits, c);
	return at == NULL ? -1 : (int)(at - digits);
}

/*
 * Decode len characters behind what is in out. url: the alphabet of RFC
 * 4648 section 5 without '=' and white space; otherwise that of section 4,
 * white space being passed over. 0 where it is not that.
 */
static inline int
base64_put(struct bytes *out, const void *text, size_t len, int url)
{
	const unsigned char *c = (const unsigned char *)text;
	uint32_t bits = 0;
	size_t digits = 0, pads = 0, u;
	int d;

	if (!bytes_room(out, len)) {
		return 0;
	}
	for (u = 0; u < len; u++) {
		if (!url && c[u] != 0 && strchr(" \t\r\n", c[u]) != NULL) {
			continue;
		}
		if (!url && c[u] == '=') {
			pads++;
			continue;
		}
		d = base64_digit(c[u], url);
		if (d < 0 || pads != 0) {
			return 0;
		}
		bits = bits << 6 | (uint32_t)d;
		digits++;
		if (digits % 4 != 1) { /* 6, 12, 18, 24 bits: 0, 1, 2, 3 */
			d = digits % 4 == 2 ? 4 : digits % 4 == 3 ? 2 : 0;
			out->p[out->len++] = (unsigned char)(bits >> d);
		}
	}
	if (digits % 4 == 1 || (!url && (digits + pads) % 4 != 0)) {
		return 0;
	}
	return digits % 4 == 0
		|| (bits & (digits % 4 == 2 ? 0x0Fu : 0x03u)) == 0;
}

/* A block of a PEM file (RFC 7468, and RFC 1421 where it has headers). */
struct pem {
	char label[64];
	struct bytes der; /* freed by the caller */
	int encrypted;    /* there are headers: der is not DER */
	int bad;          /* the text between the lines is not base64 */
};

/* Where needle begins in [from, to), or NULL. */
static inline const char *
text_find(const char *from, const char *to, const char *needle)
{
	size_t len = strlen(needle);

	for (; (size_t)(to - from) >= len; from++) {
		if (memcmp(from, needle, len) == 0) {
			return from;
		}
	}
	return NULL;
}

/*
 * The next block at or after *at, which moves behind it; 0 if there is no
 * more. *at is the beginning of a line, and so is the block's; other text is
 * passed over.
 */
static inline int
pem_next(const char **at, const char *end, struct pem *out)
{
	static const char first[] = "-----BEGIN ";
	const char *begin = text_find(*at, end, first);
	const char *body, *stop, *blank;
	size_t len;

	while (begin != NULL && begin != *at && begin[-1] != '\n') {
		begin = text_find(begin + 1, end, first);
	}
	out->label[0] = 0;
	out->der.len = 0;
	if (begin == NULL) {
		return 0;
	}
	begin += strlen(first);
	body = text_find(begin, end, "-----");
	stop = body == NULL ? NULL : text_find(body, end, "-----END ");
	if (stop == NULL) {
		return 0;
	}
	len = (size_t)(body - begin);
	len = len < sizeof out->label ? len : sizeof out->label - 1;
	memcpy(out->label, begin, len);
	out->label[len] = 0;
	body += strlen("-----");
	out->encrypted = text_find(body, stop, ":") != NULL;
	if (out->encrypted) { /* the headers end with a blank line */
		blank = text_find(body, stop, "\n\n");
		body = blank == NULL ? stop : blank;
	}
	out->bad = !base64_put(&out->der, body, (size_t)(stop - body), 0);
	stop = text_find(stop, end, "\n");
	*at = stop == NULL ? end : stop;
	return 1;
}

/* ---- .rsp files ------------------------------------------------------ */

/* name = HEX or name : TEXT. Offsets into rsp.store, which moves. */
struct rsp_field {
	size_t name, value, len;
};

/*
 * A file of test cases: lines "# ...", "[group N]" and "[case ID]", fields,
 * and an empty line behind each group header and each case. A case has the
 * fields of its group, too. The last line is "# end cases=N".
 */
struct rsp {
	FILE *f;
	struct bytes line;
	struct bytes store; /* names and values, zero bytes between */
	struct rsp_field
		*fields; /* group_fields of the group, then the case's */
	size_t count, cap, group_fields, group_store;
	int in_case;
	char id[128];       /* of the case under way */
	unsigned long read; /* cases so far */
	long announced;     /* N of the last line; -1: not seen yet */
	int malformed;      /* a line that is none of the above */
};

static inline int
rsp_open(struct rsp *r, const char *path)
{
	memset(r, 0, sizeof *r);
	r->announced = -1;
	r->f = fopen(path, "r");
	return r->f != NULL;
}

static inline void
rsp_close(struct rsp *r)
{
	fclose(r->f);
	bytes_free(&r->line);
	bytes_free(&r->store);
	free(r->fields);
}

static inline int
rsp_add_field(struct rsp *r, const char *name, size_t name_len, int hex,
	const char *value, size_t len)
{
	struct rsp_field *f;
	void *grown;

	if (r->count == r->cap) {
		grown = realloc(r->fields, (r->cap + 32) * sizeof *r->fields);
		if (grown == NULL) {
			return 0;
		}
		r->fields = (struct rsp_field *)grown;
		r->cap += 32;
	}
	f = &r->fields[r->count];
	f->name = r->store.len;
	if (!bytes_put(&r->store, name, name_len)
		|| !bytes_put(&r->store, "", 1)) {
		return 0;
	}
	f->value = r->store.len;
	if (!(hex ? hex_put(&r->store, value, len, 0)
		  : bytes_put(&r->store, value, len))) {
		return 0;
	}
	f->len = r->store.len - f->value;
	r->count++;
	return bytes_put(&r->store, "", 1);
}

/* A line with a field; 0 if it is none. */
static inline int
rsp_read_field(struct rsp *r)
{
	const char *line = (const char *)r->line.p;
	const char *sign = strchr(line, ' ');
	size_t skip = 3; /* " = " */

	if (sign == NULL || (sign[1] != '=' && sign[1] != ':')) {
		return 0;
	}
	if (sign[2] != ' ') {
		skip = 2;
		if (sign[2] != 0) {
			return 0;
		}
	}
	return rsp_add_field(r, line, (size_t)(sign - line), sign[1] == '=',
		sign + skip, r->line.len - (size_t)(sign - line) - skip);
}

/* A line with "[": a group or a case begins. */
static inline int
rsp_read_head(struct rsp *r)
{
	char *line = (char *)r->line.p;
	char *close = strrchr(line, ']');

	if (close == NULL || close[1] != 0) {
		return 0;
	}
	*close = 0;
	if (strncmp(line, "[group", 6) == 0) {
		r->count = r->group_fields = 0;
		r->store.len = r->group_store = 0;
		r->in_case = 0;
		return 1;
	}
	if (strncmp(line, "[case ", 6) != 0) {
		return 0;
	}
	r->count = r->group_fields;
	r->store.len = r->group_store;
	r->in_case = 1;
	(void)snprintf(r->id, sizeof r->id, "%s", line + 6);
	return 1;
}

/* The next case; 1, or 0 at the end, or where a line is malformed. */
static inline int
rsp_next(struct rsp *r)
{
	int got, ok = 1;
	const char *line;

	while (ok && (got = read_line(r->f, &r->line)) != LINE_END) {
		line = (const char *)r->line.p;
		if (got == LINE_TOO_LONG) {
			ok = 0;
		} else if (line[0] == '#') {
			if (strncmp(line, "# end cases=", 12) == 0) {
				r->announced = strtol(line + 12, NULL, 10);
			}
		} else if (line[0] == '[') {
			ok = rsp_read_head(r);
		} else if (line[0] != 0) {
			ok = rsp_read_field(r);
		} else if (r->in_case) {
			r->in_case = 0;
			r->read++;
			return 1;
		} else if (r->read == 0 || r->group_fields == 0) {
			/* a group header is complete */
			r->group_fields = r->count;
			r->group_store = r->store.len;
		}
	}
	r->malformed = !ok;
	return 0;
}

/* The i-th field of this name; 1 and its bytes, or 0. */
static inline int
rsp_find(const struct rsp *r, const char *name, size_t i, seamkey_span *out)
{
	size_t u;

	for (u = 0; u < r->count; u++) {
		const struct rsp_field *f = &r->fields[u];

		if (strcmp((const char *)r->store.p + f->name, name) == 0
			&& i-- == 0) {
			*out = seamkey_span_of(r->store.p + f->value, f->len);
			return 1;
		}
	}
	return 0;
}

/* The bytes of a field, empty where there is none. */
static inline seamkey_span
rsp_get(const struct rsp *r, const char *name)
{
	seamkey_span v = { NULL, 0 };

	(void)rsp_find(r, name, 0, &v);
	return v;
}

/* Is there a field of this name with this text? */
static inline int
rsp_has(const struct rsp *r, const char *name, const char *text)
{
	seamkey_span v;
	size_t i;

	for (i = 0; rsp_find(r, name, i, &v); i++) {
		if (v.len == strlen(text) && memcmp(v.p, text, v.len) == 0) {
			return 1;
		}
	}
	return 0;
}

#endif
