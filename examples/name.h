/*
 * name.h - the names of a certificate in text (RFC 4514)
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A distinguished name as tools print it, the last part first:
 * "CN=test,O=seamkey". The text is printable ASCII whatever the name holds:
 * every other octet of its UTF-8 becomes "\C3", so that a terminal sees no
 * control character of a stranger. An attribute type without a name here is
 * a number, and its value "#" and hex, as that RFC says.
 */
#ifndef SEAMKEY_EXAMPLE_NAME_H
#define SEAMKEY_EXAMPLE_NAME_H

#include "seamkey_der.h"

/* Text that grows to cap characters; what comes after is dropped, and
 * is_cut set. */
typedef struct name_writer {
	char *buf;
	size_t cap, len;
	int is_cut;
} name_writer;

static inline void
name_put(name_writer *w, const char *s)
{
	for (; *s != 0; s++) {
		if (w->len == w->cap) {
			w->is_cut = 1;
			return;
		}
		w->buf[w->len++] = *s;
	}
}

static inline void
name_put_hex(name_writer *w, unsigned octet)
{
	char text[3];

	text[0] = "0123456789ABCDEF"[(octet >> 4) & 15];
	text[1] = "0123456789ABCDEF"[octet & 15];
	text[2] = 0;
	name_put(w, text);
}

static inline void
name_put_number(name_writer *w, uint64_t value)
{
	char digits[21];
	size_t at = sizeof digits - 1;

	digits[at] = 0;
	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value != 0);
	name_put(w, digits + at);
}

/* An OBJECT IDENTIFIER in dots. Its first number holds two arcs; a number
 * of more than 64 bits cuts the text there. */
static inline void
name_put_oid(name_writer *w, seamkey_span oid)
{
	uint64_t arc = 0, top;
	int first = 1;
	size_t u;

	for (u = 0; u < oid.len; u++) {
		if (arc >> 57 != 0) {
			w->is_cut = 1;
			return;
		}
		arc = (arc << 7) | (oid.p[u] & 0x7Fu);
		if ((oid.p[u] & 0x80) != 0) {
			continue;
		}
		if (first) {
			top = arc < 80 ? arc / 40 : 2;
			name_put_number(w, top);
			arc -= 40 * top;
			first = 0;
		}
		name_put(w, ".");
		name_put_number(w, arc);
		arc = 0;
	}
}

/* One attribute: a type, and a value as a whole element. */
struct name_attribute {
	seamkey_span type, value;
	size_t set;   /* the sets before its own */
	size_t count; /* the attributes before it */
};

/*
 * Attribute number index of a name, counted from its first. Returns 1; 0
 * where there are not so many, out->count being how many; or a negative
 * status where this is no name.
 */
static inline int
name_get(seamkey_span name, size_t index, struct name_attribute *out)
{
	seamkey_der_reader r, sets, set, pair;

	out->count = 0;
	seamkey_der_init(&r, name);
	seamkey_der_enter(&r, &sets, SEAMKEY_DER_SEQUENCE);
	for (out->set = 0; sets.err == SEAMKEY_OK && sets.len != 0;
		out->set++) {
		seamkey_der_enter(&sets, &set, SEAMKEY_DER_SET);
		do {
			seamkey_der_enter(&set, &pair, SEAMKEY_DER_SEQUENCE);
			out->type = seamkey_der_get_oid(&pair);
			out->value = seamkey_der_get_any(&pair);
			seamkey_der_finish(&set, &pair);
			if (set.err == SEAMKEY_OK && out->count == index) {
				return 1;
			}
			out->count++;
		} while (set.err == SEAMKEY_OK && set.len != 0);
		seamkey_der_finish(&sets, &set);
	}
	seamkey_der_finish(&r, &sets);
	return seamkey_der_check_end(&r);
}

/* The short name of an attribute type, or NULL. */
static inline const char *
name_of_type(seamkey_span oid)
{
	/* clang-format off */
	static const struct {
		unsigned char len, oid[10];
		const char *name;
	} known[] = {
		{ 3, { 0x55, 4, 3 }, "CN" },
		{ 3, { 0x55, 4, 5 }, "serialNumber" },
		{ 3, { 0x55, 4, 6 }, "C" },
		{ 3, { 0x55, 4, 7 }, "L" },
		{ 3, { 0x55, 4, 8 }, "ST" },
		{ 3, { 0x55, 4, 9 }, "street" },
		{ 3, { 0x55, 4, 10 }, "O" },
		{ 3, { 0x55, 4, 11 }, "OU" },
		{ 9, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 9, 1 },
			"emailAddress" },
		{ 10, { 9, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 1 },
			"UID" },
		{ 10, { 9, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C, 0x64, 1, 25 },
			"DC" },
	};
	/* clang-format on */
	size_t u;

	for (u = 0; u < sizeof known / sizeof known[0]; u++) {
		if (seamkey_span_match(
			    oid, seamkey_span_of(known[u].oid, known[u].len))) {
			return known[u].name;
		}
	}
	return NULL;
}

/* Octets of a character by the tag of its string; 0: not text. */
static inline size_t
name_width(unsigned tag)
{
	switch (tag) {
	case 0x0C: /* UTF8String */
	case 0x12: /* NumericString */
	case 0x13: /* PrintableString */
	case 0x14: /* TeletexString: in practice Latin-1 */
	case 0x16: /* IA5String */
	case 0x1A: /* VisibleString */
		return 1;
	case 0x1E: /* BMPString */
		return 2;
	case 0x1C: /* UniversalString */
		return 4;
	default:
		return 0;
	}
}

/* One octet of UTF-8, or an ASCII character. */
static inline void
name_put_octet(name_writer *w, unsigned octet, int is_first, int is_last)
{
	char text[3];

	if (octet < 0x20 || octet > 0x7E) {
		name_put(w, "\\");
		name_put_hex(w, octet);
		return;
	}
	text[0] = '\\';
	text[1] = (char)octet;
	text[2] = 0;
	if (strchr(",+\"\\<>;", text[1]) != NULL || (is_first && octet == '#')
		|| ((is_first || is_last) && octet == ' ')) {
		name_put(w, text);
	} else {
		name_put(w, text + 1);
	}
}

/* A character as UTF-8. */
static inline void
name_put_character(name_writer *w, uint32_t c, int is_first, int is_last)
{
	unsigned shift = c < 0x80 ? 0 : c < 0x800 ? 6 : c < 0x10000 ? 12 : 18;

	if (shift == 0) {
		name_put_octet(w, (unsigned)c, is_first, is_last);
		return;
	}
	name_put_octet(w,
		(unsigned)((shift == 6                   ? 0xC0
					   : shift == 12 ? 0xE0
							 : 0xF0)
			| (c >> shift)),
		0, 0);
	while (shift != 0) {
		shift -= 6;
		name_put_octet(w, 0x80 | (unsigned)((c >> shift) & 63), 0, 0);
	}
}

/* 1 if the value is a string of whole characters; *text: its contents. */
static inline int
name_match_text(seamkey_span value, size_t width, seamkey_span *text)
{
	seamkey_der_reader r;
	size_t u;

	seamkey_der_init(&r, value);
	*text = seamkey_der_get(&r, value.p[0]);
	if (width == 0 || text->len % width != 0) {
		return 0;
	}
	for (u = 0; width == 4 && u < text->len; u += 4) {
		if (text->p[u] != 0 || text->p[u + 1] > 0x10) {
			return 0; /* beyond the last character */
		}
	}
	return 1;
}

static inline void
name_put_value(name_writer *w, seamkey_span value, int is_known)
{
	size_t u, v, width = is_known ? name_width(value.p[0]) : 0;
	seamkey_span text;

	if (!name_match_text(value, width, &text)) {
		name_put(w, "#");
		for (u = 0; u < value.len && !w->is_cut; u++) {
			name_put_hex(w, value.p[u]);
		}
		return;
	}
	for (u = 0; u < text.len && !w->is_cut; u += width) {
		int is_last = u + width == text.len;
		uint32_t c = 0;

		for (v = 0; v < width; v++) {
			c = (c << 8) | text.p[u + v];
		}
		if (value.p[0] == 0x0C) {
			name_put_octet(w, (unsigned)c, u == 0, is_last);
		} else {
			name_put_character(w, c, u == 0, is_last);
		}
	}
}

/*
 * The text of a name, a whole SEQUENCE, in w->buf, without a NUL; empty where
 * the name is. Returns SEAMKEY_OK; else what is wrong with it, and nothing
 * was written.
 */
static inline int
name_encode(name_writer *w, seamkey_span name)
{
	struct name_attribute a;
	int status = name_get(name, (size_t)-1, &a);
	size_t count = a.count, set = 0, u;

	for (u = count; status == SEAMKEY_OK && u != 0 && !w->is_cut; u--) {
		const char *type;

		(void)name_get(name, u - 1, &a);
		if (u != count) {
			name_put(w, a.set == set ? "+" : ",");
		}
		set = a.set;
		type = name_of_type(a.type);
		if (type != NULL) {
			name_put(w, type);
		} else {
			name_put_oid(w, a.type);
		}
		name_put(w, "=");
		name_put_value(w, a.value, type != NULL);
	}
	return status;
}

#endif
