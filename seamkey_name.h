/*
 * seamkey_name.h - names, text and times in DER, and to be read by people
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Errors    2. Text    3. Times    4. Names    5. Names as text
 * Search for "[name.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   What rules, messages and certificates say in words: UTF-8 that is safe
 *   to print, GeneralizedTime as a number of seconds, and distinguished
 *   names (RFC 5280 section 4.1.2.4), compared, and turned into the text
 *   of RFC 4514 and back: "CN=Alice,OU=Legal,O=Acme".
 *
 * CAUTIONS
 *   Names are compared octet by octet: "Alice" is not "alice". Whoever
 *   wants the looser comparison of RFC 4518 normalises before.
 *   Nothing here is for secrets.
 */
#include "seamkey_base.h"
#include "seamkey_der.h"

#ifndef SEAMKEY_NAME_H
#define SEAMKEY_NAME_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [name.1] Errors ------------------------------------------------- */

/* clang-format off */
#define SEAMKEY_NAME_ERRORS(X) \
	X(SEAMKEY_ERR_NAME, -160, \
		"this is no distinguished name, or it is too long") \
	X(SEAMKEY_ERR_NAME_TYPE, -161, \
		"the name has a type of attribute that is not known") \
	X(SEAMKEY_ERR_NAME_TEXT, -162, \
		"text is not UTF-8, cannot be printed, or has a bad length") \
	X(SEAMKEY_ERR_NAME_TIME, -163, \
		"this is no time of the form YYYYMMDDHHMMSSZ")
/* clang-format on */

enum seamkey_name_error {
	SEAMKEY_NAME_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_NAME_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, der and name. */
SEAMKEY_API const char *seamkey_name_text(int status);

/* ---- [name.2] Text --------------------------------------------------- */

/*
 * Is this text, of min to max bytes: UTF-8 (RFC 3629: no overlong forms,
 * no surrogates), and without what could forge a line of a log, move a
 * terminal's cursor or show words in another order than theirs: control
 * characters (U+0000 to U+001F, U+007F to U+009F), ends of lines and
 * paragraphs (U+2028, U+2029), marks, embeddings, overrides and isolates of a
 * direction (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069)?
 * SEAMKEY_OK or SEAMKEY_ERR_NAME_TEXT.
 */
SEAMKEY_API int seamkey_name_check_text(
	seamkey_span text, size_t min, size_t max);

/* ---- [name.3] Times -------------------------------------------------- */

/* Bytes of a GeneralizedTime in DER without a fraction. */
#define SEAMKEY_NAME_TIME 15

/*
 * The contents of a GeneralizedTime, as RFC 5280 section 4.1.2.5.2 wants
 * it (YYYYMMDDHHMMSSZ, UTC), as seconds since 1970. Years 1970 to 9999; no
 * leap seconds. SEAMKEY_OK; else SEAMKEY_ERR_NAME_TIME, *seconds unchanged.
 */
SEAMKEY_API int seamkey_name_decode_time(uint64_t *seconds, seamkey_span time);

/* ---- [name.4] Names -------------------------------------------------- */

/* The longest Name that is looked at, in bytes. */
#define SEAMKEY_NAME_MAX 1024
/* No text of such a Name is longer. */
#define SEAMKEY_NAME_MAX_TEXT 4096

/*
 * Is this one Name whole, of 0 or more RelativeDistinguishedNames, well
 * formed DER to its innermost element? The order of a SET OF is not looked
 * at, and neither are the characters of a value. SEAMKEY_OK,
 * SEAMKEY_ERR_NAME, or one of seamkey_der.h.
 */
SEAMKEY_API int seamkey_name_check(seamkey_span name);

/*
 * 1 if both are the same Name, else 0; a malformed one is like none. Values
 * of UTF8String, PrintableString and IA5String are the same if they have
 * the same octets; those of other types if they are the same element. A
 * part of several values is the same in any order, with each as often.
 * Stricter than RFC 5280 section 7.1: upper and lower case differ.
 */
SEAMKEY_API int seamkey_name_match(seamkey_span a, seamkey_span b);

/*
 * 1 if all RelativeDistinguishedNames of portion occur in name, in the same
 * order, with any others between them; else 0. An empty portion is in none.
 */
SEAMKEY_API int seamkey_name_match_portion(
	seamkey_span name, seamkey_span portion);

/* ---- [name.5] Names as text ------------------------------------------ */

/*
 * Names as text (RFC 4514), for the attribute types CN, L, ST, O, OU, C,
 * STREET, DC, UID and serialNumber; any other has to be written as numbers.
 * The last RelativeDistinguishedName comes first.
 *
 * encode writes the DER of a name in text to out[0..cap), *len bytes of it.
 * Strict: no space around "," and "=", no quotes. Values become UTF8String,
 * but for C and serialNumber (PrintableString) and DC (IA5String); "#" begins
 * the hex of a whole element; "CN=a+UID=b" is one part, put in DER's order.
 *
 * decode writes the text of a Name, without a zero at its end: ASCII that is
 * printable, everything else escaped. A value that encode would not take as
 * text is hex. The text encodes to a Name that matches the one it is of.
 *
 * With out NULL only *len is set. out must not overlap what is read.
 * Return SEAMKEY_OK; SEAMKEY_ERR_SPACE sets *len to the bytes needed; other
 * errors leave *len unchanged: SEAMKEY_ERR_NAME, SEAMKEY_ERR_NAME_TYPE (also
 * a number of a type above 2^32-1), SEAMKEY_ERR_NAME_TEXT, those of
 * seamkey_der.h. out[] is unchanged then.
 */
SEAMKEY_API int seamkey_name_encode(
	unsigned char *out, size_t cap, size_t *len, seamkey_span text);
SEAMKEY_API int seamkey_name_decode(
	unsigned char *out, size_t cap, size_t *len, seamkey_span name);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_NAME_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_NAME_IMPLEMENTED)
#define SEAMKEY_NAME_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [name.1] Errors ------------------------------------------------- */

SEAMKEY_API const char *
seamkey_name_text(int status)
{
	switch (status) {
		SEAMKEY_NAME_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_der_text(status);
	}
}

/* ---- [name.2] Text --------------------------------------------------- */

/* Octets of the character at p, of which len are there; 0: it is none, or
 * a control character. */
static inline size_t
seamkey_i_name_character(const unsigned char *p, size_t len)
{
	static const unsigned char first[5] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t octets = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
	uint32_t c;
	size_t u;

	if (octets == 1) {
		return p[0] >= 0x20 && p[0] != 0x7F;
	}
	if (p[0] < 0xC0 || p[0] > 0xF4 || octets > len) {
		return 0;
	}
	c = (uint32_t)(p[0] - first[octets]);
	for (u = 1; u < octets; u++) {
		if ((p[u] & 0xC0) != 0x80) {
			return 0;
		}
		c = c << 6 | (p[u] & 0x3Fu);
	}
	return c < least[octets] || c < 0xA0 || c > 0x10FFFF
			|| (c >= 0xD800 && c < 0xE000) || c == 0x061C
			|| c == 0x200E || c == 0x200F
			|| (c >= 0x2028 && c <= 0x202E)
			|| (c >= 0x2066 && c <= 0x2069)
		? 0
		: octets;
}

SEAMKEY_API int
seamkey_name_check_text(seamkey_span text, size_t min, size_t max)
{
	size_t at = 0, n;

	if (text.len < min || text.len > max) {
		return SEAMKEY_ERR_NAME_TEXT;
	}
	while (at < text.len) {
		n = seamkey_i_name_character(text.p + at, text.len - at);
		if (n == 0) {
			return SEAMKEY_ERR_NAME_TEXT;
		}
		at += n;
	}
	return SEAMKEY_OK;
}

/* ---- [name.3] Times -------------------------------------------------- */

/* n decimal digits as a number. */
static inline uint32_t
seamkey_i_name_digits(const unsigned char *p, unsigned n)
{
	uint32_t v = 0;

	while (n-- != 0) {
		v = v * 10 + (uint32_t)(*p++ - '0');
	}
	return v;
}

/* Years with a 29 February up to this one, which is below 10000. */
static inline uint32_t
seamkey_i_name_leaps(uint32_t year)
{
	uint32_t century = (year * 5243) >> 19; /* year / 100 */

	return year / 4 - century + century / 4;
}

static inline int
seamkey_i_name_is_leap(uint32_t year)
{
	return seamkey_i_name_leaps(year) != seamkey_i_name_leaps(year - 1);
}

SEAMKEY_API int
seamkey_name_decode_time(uint64_t *seconds, seamkey_span time)
{
	static const uint8_t days_of[12] = { 31, 28, 31, 30, 31, 30, 31, 31, 30,
		31, 30, 31 };
	uint32_t year, month, day, hour, minute, second, days, limit;
	unsigned u;

	if (time.len != SEAMKEY_NAME_TIME || time.p[14] != 'Z') {
		return SEAMKEY_ERR_NAME_TIME;
	}
	for (u = 0; u < 14; u++) {
		if (time.p[u] < '0' || time.p[u] > '9') {
			return SEAMKEY_ERR_NAME_TIME;
		}
	}
	year = seamkey_i_name_digits(time.p, 4);
	month = seamkey_i_name_digits(time.p + 4, 2);
	day = seamkey_i_name_digits(time.p + 6, 2);
	hour = seamkey_i_name_digits(time.p + 8, 2);
	minute = seamkey_i_name_digits(time.p + 10, 2);
	second = seamkey_i_name_digits(time.p + 12, 2);
	if (year < 1970 || month < 1 || month > 12 || hour > 23 || minute > 59
		|| second > 59) {
		return SEAMKEY_ERR_NAME_TIME;
	}
	limit = days_of[month - 1]
		+ (month == 2 && seamkey_i_name_is_leap(year) ? 1u : 0u);
	if (day < 1 || day > limit) {
		return SEAMKEY_ERR_NAME_TIME;
	}
	days = (year - 1970) * 365 + seamkey_i_name_leaps(year - 1)
		- seamkey_i_name_leaps(1969);
	for (u = 1; u < month; u++) {
		days += days_of[u - 1];
	}
	days += day - 1 + (month > 2 && seamkey_i_name_is_leap(year) ? 1u : 0u);
	*seconds = (uint64_t)days * 86400 + hour * 3600 + minute * 60 + second;
	return SEAMKEY_OK;
}

/* ---- [name.4] Names -------------------------------------------------- */

/*
 * Name ::= SEQUENCE OF RelativeDistinguishedName
 * RelativeDistinguishedName ::= SET SIZE (1..MAX) OF
 *     SEQUENCE { type OBJECT IDENTIFIER, value ANY }
 */
SEAMKEY_API int
seamkey_name_check(seamkey_span name)
{
	seamkey_der_reader r, seq, set, one;

	if (name.len > SEAMKEY_NAME_MAX) {
		return SEAMKEY_ERR_NAME;
	}
	seamkey_der_init(&r, name);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	while (seq.err == SEAMKEY_OK && seq.len != 0) {
		seamkey_der_enter(&seq, &set, SEAMKEY_DER_SET);
		if (seq.err == SEAMKEY_OK && set.len == 0) {
			return SEAMKEY_ERR_NAME;
		}
		while (set.err == SEAMKEY_OK && set.len != 0) {
			seamkey_der_enter(&set, &one, SEAMKEY_DER_SEQUENCE);
			seamkey_der_get_oid(&one);
			seamkey_der_get_any(&one);
			seamkey_der_finish(&set, &one);
		}
		seamkey_der_finish(&seq, &set);
	}
	seamkey_der_finish(&r, &seq);
	return seamkey_der_check_end(&r);
}

/* Strings whose characters are their octets. */
static inline int
seamkey_i_name_is_string(unsigned tag)
{
	return tag == 0x0C || tag == 0x13 || tag == 0x16;
}

/* The contents of an element, which is one. */
static inline seamkey_span
seamkey_i_name_contents(seamkey_span element)
{
	seamkey_der_reader r;

	seamkey_der_init(&r, element);
	return seamkey_der_get(&r, element.len != 0 ? element.p[0] : 0);
}

/* The next type and value of each. */
static inline int
seamkey_i_name_same_one(seamkey_der_reader *x, seamkey_der_reader *y)
{
	seamkey_der_reader one, other;
	seamkey_span v, w;
	int same;

	seamkey_der_enter(x, &one, SEAMKEY_DER_SEQUENCE);
	seamkey_der_enter(y, &other, SEAMKEY_DER_SEQUENCE);
	same = seamkey_span_match(
		seamkey_der_get_oid(&one), seamkey_der_get_oid(&other));
	v = seamkey_der_get_any(&one);
	w = seamkey_der_get_any(&other);
	seamkey_der_finish(x, &one);
	seamkey_der_finish(y, &other);
	if (x->err != SEAMKEY_OK || y->err != SEAMKEY_OK) {
		return 0;
	}
	if (seamkey_i_name_is_string(v.p[0])
		&& seamkey_i_name_is_string(w.p[0])) {
		v = seamkey_i_name_contents(v);
		w = seamkey_i_name_contents(w);
	}
	return same && seamkey_span_match(v, w);
}

/* How often is the next type and value of one in the contents of a set? */
static inline size_t
seamkey_i_name_times(const seamkey_der_reader *one, seamkey_span set)
{
	seamkey_der_reader x, y;
	size_t times = 0;

	seamkey_der_init(&y, set);
	while (y.err == SEAMKEY_OK && y.len != 0) {
		x = *one;
		times += (size_t)seamkey_i_name_same_one(&x, &y);
	}
	return times;
}

/* Is all that the contents of one set have in the other, too, and as often? */
static inline int
seamkey_i_name_in_set(seamkey_span in, seamkey_span set)
{
	seamkey_der_reader x;

	seamkey_der_init(&x, in);
	while (x.err == SEAMKEY_OK && x.len != 0) {
		if (seamkey_i_name_times(&x, in)
			!= seamkey_i_name_times(&x, set)) {
			return 0;
		}
		/* of as many levels as the check went through: not one more */
		(void)seamkey_der_get_element(&x, SEAMKEY_DER_SEQUENCE);
	}
	return x.err == SEAMKEY_OK;
}

static inline int
seamkey_i_name_same_set(seamkey_span a, seamkey_span b)
{
	return seamkey_i_name_in_set(a, b) && seamkey_i_name_in_set(b, a);
}

/* A name as the sequence of its parts; 0 if it is none. */
static inline int
seamkey_i_name_enter(seamkey_der_reader *seq, seamkey_span name)
{
	seamkey_der_reader r;

	if (seamkey_name_check(name) != SEAMKEY_OK) {
		return 0;
	}
	seamkey_der_init(&r, name);
	seamkey_der_enter(&r, seq, SEAMKEY_DER_SEQUENCE);
	return 1;
}

SEAMKEY_API int
seamkey_name_match(seamkey_span a, seamkey_span b)
{
	seamkey_der_reader x, y;
	int same = 1;

	if (!seamkey_i_name_enter(&x, a) || !seamkey_i_name_enter(&y, b)) {
		return 0;
	}
	while (same && x.len != 0 && y.len != 0) {
		same = seamkey_i_name_same_set(
			seamkey_der_get(&x, SEAMKEY_DER_SET),
			seamkey_der_get(&y, SEAMKEY_DER_SET));
	}
	return same && x.len == 0 && y.len == 0;
}

SEAMKEY_API int
seamkey_name_match_portion(seamkey_span name, seamkey_span portion)
{
	seamkey_der_reader x, y;
	seamkey_span want;

	if (!seamkey_i_name_enter(&x, name)
		|| !seamkey_i_name_enter(&y, portion) || y.len == 0) {
		return 0;
	}
	want = seamkey_der_get(&y, SEAMKEY_DER_SET);
	while (x.len != 0) {
		if (!seamkey_i_name_same_set(
			    seamkey_der_get(&x, SEAMKEY_DER_SET), want)) {
			continue;
		}
		if (y.len == 0) {
			return 1;
		}
		want = seamkey_der_get(&y, SEAMKEY_DER_SET);
	}
	return 0;
}

/* ---- [name.5] Names as text ------------------------------------------ */

typedef struct seamkey_i_name_type {
	char name[13];
	uint8_t len, tag, oid_len;
	unsigned char oid[10];
} seamkey_i_name_type;

#define SEAMKEY_I_NAME_TYPES 10

/* clang-format off */
static inline const seamkey_i_name_type *
seamkey_i_name_types(void)
{
	static const seamkey_i_name_type types[SEAMKEY_I_NAME_TYPES] = {
		{ "CN", 2, 0x0C, 3, { 0x55, 0x04, 0x03 } },
		{ "L", 1, 0x0C, 3, { 0x55, 0x04, 0x07 } },
		{ "ST", 2, 0x0C, 3, { 0x55, 0x04, 0x08 } },
		{ "O", 1, 0x0C, 3, { 0x55, 0x04, 0x0A } },
		{ "OU", 2, 0x0C, 3, { 0x55, 0x04, 0x0B } },
		{ "C", 1, 0x13, 3, { 0x55, 0x04, 0x06 } },
		{ "STREET", 6, 0x0C, 3, { 0x55, 0x04, 0x09 } },
		{ "serialNumber", 12, 0x13, 3, { 0x55, 0x04, 0x05 } },
		{ "DC", 2, 0x16, 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2, 0x2C,
			0x64, 0x01, 0x19 } },
		{ "UID", 3, 0x0C, 10, { 0x09, 0x92, 0x26, 0x89, 0x93, 0xF2,
			0x2C, 0x64, 0x01, 0x01 } }
	};

	return types;
}
/* clang-format on */

/* 1 if c is one of these characters. */
static inline int
seamkey_i_name_among(const char *characters, unsigned char c)
{
	while (*characters != 0 && (unsigned char)*characters != c) {
		characters++;
	}
	return *characters != 0;
}

/* The type that has this identifier, or NULL. */
static inline const seamkey_i_name_type *
seamkey_i_name_type_of(seamkey_span oid)
{
	const seamkey_i_name_type *t = seamkey_i_name_types();
	size_t u;

	for (u = 0; u < SEAMKEY_I_NAME_TYPES; u++) {
		if (seamkey_span_match(
			    oid, seamkey_span_of(t[u].oid, t[u].oid_len))) {
			return &t[u];
		}
	}
	return NULL;
}

/* May a string with this tag hold it? X.680 section 41.4 for Printable-
 * String; control characters are in none. */
static inline int
seamkey_i_name_fits(unsigned tag, seamkey_span s)
{
	size_t u;

	if (seamkey_name_check_text(s, 0, SEAMKEY_NAME_MAX) != SEAMKEY_OK) {
		return 0;
	}
	for (u = 0; tag != 0x0C && u < s.len; u++) {
		unsigned char c = s.p[u], letter = (unsigned char)(c | 0x20);

		if (c > 0x7E
			|| (tag == 0x13 && (letter < 'a' || letter > 'z')
				&& (c < '0' || c > '9')
				&& !seamkey_i_name_among(" '()+,-./:=?", c))) {
			return 0;
		}
	}
	return 1;
}

static inline unsigned char
seamkey_i_name_hex_digit(unsigned v)
{
	return (unsigned char)(v < 10 ? '0' + v : 'A' + v - 10);
}

/* The value of a hex digit, or 16. */
static inline unsigned
seamkey_i_name_hex_value(unsigned char c)
{
	if (c >= '0' && c <= '9') {
		return (unsigned)(c - '0');
	}
	c = (unsigned char)(c | 0x20);
	return c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10 : 16;
}

static inline void
seamkey_i_name_put_hex(seamkey_der_writer *w, unsigned octet)
{
	unsigned char text[2];

	text[0] = seamkey_i_name_hex_digit(octet >> 4);
	text[1] = seamkey_i_name_hex_digit(octet & 15);
	seamkey_der_put(w, text, 2);
}

/* A number in decimal, without a division. */
static inline void
seamkey_i_name_put_decimal(seamkey_der_writer *w, uint32_t value)
{
	uint32_t power = 1000000000u;
	unsigned char digit;
	int begun = 0;

	for (; power != 0;
		power = (uint32_t)(((uint64_t)power * 429496730u) >> 32)) {
		for (digit = '0'; value >= power; digit++) {
			value -= power;
		}
		begun |= digit != '0' || power == 1;
		if (begun) {
			seamkey_der_put(w, &digit, 1);
		}
	}
}

/* An identifier in numbers; its contents are well formed. */
static inline void
seamkey_i_name_put_oid(seamkey_der_writer *w, seamkey_span oid)
{
	uint64_t v = 0;
	size_t u;
	int first = 1, more;

	for (u = 0; u < oid.len; u++) {
		v = v << 7 | (oid.p[u] & 0x7Fu);
		more = (oid.p[u] & 0x80) != 0;
		if (first && !more) {
			uint32_t top = v < 40 ? 0 : v < 80 ? 1 : 2;

			seamkey_i_name_put_decimal(w, top);
			v -= top * 40;
			first = 0;
		}
		if (v >> 32 != 0) {
			w->err = SEAMKEY_ERR_NAME_TYPE;
			return;
		}
		if (more) {
			continue;
		}
		seamkey_der_put(w, ".", 1);
		seamkey_i_name_put_decimal(w, (uint32_t)v);
		v = 0;
	}
}

/* A value as characters, escaped as RFC 4514 section 2.4 wants it, and what
 * is not ASCII, too. quoted: inside quotes, where \" and \\ are one. */
static inline void
seamkey_i_name_put_string(seamkey_der_writer *w, seamkey_span s, int quoted)
{
	size_t u;

	for (u = 0; u < s.len; u++) {
		unsigned char c = s.p[u];
		int edge = (u == 0 && (c == ' ' || c == '#'))
			|| (u == s.len - 1 && c == ' ');
		int hex = c < 0x20 || c > 0x7E;

		if (edge || hex || seamkey_i_name_among("\"+,;<>\\=", c)) {
			seamkey_der_put(w, "\\\\", quoted ? 2 : 1);
		}
		if (hex) {
			seamkey_i_name_put_hex(w, c);
			continue;
		}
		if (quoted && (c == '"' || c == '\\')) {
			seamkey_der_put(w, "\\", 1);
		}
		seamkey_der_put(w, &c, 1);
	}
}

/* One type and its value: "CN=Alice", or "1.2.3=#0C0141". */
static inline void
seamkey_i_name_put_one(
	seamkey_der_writer *w, seamkey_span oid, seamkey_span value, int quoted)
{
	const seamkey_i_name_type *type = seamkey_i_name_type_of(oid);
	seamkey_span s;
	size_t u;

	if (type != NULL) {
		seamkey_der_put(w, type->name, type->len);
	} else {
		seamkey_i_name_put_oid(w, oid);
	}
	seamkey_der_put(w, "=", 1);
	s = seamkey_i_name_contents(value);
	if (type != NULL && seamkey_i_name_is_string(value.p[0])
		&& seamkey_i_name_fits(type->tag, s)) {
		seamkey_i_name_put_string(w, s, quoted);
		return;
	}
	seamkey_der_put(w, "#", 1);
	for (u = 0; u < value.len; u++) {
		seamkey_i_name_put_hex(w, value.p[u]);
	}
}

/* The part number n of a name, counted from its end; len 0 behind the
 * last. Names are short: parts are counted anew each time. */
static inline seamkey_span
seamkey_i_name_part(const seamkey_der_reader *parts, size_t n)
{
	seamkey_der_reader seq = *parts, all = *parts;
	seamkey_span part = { NULL, 0 };
	size_t count = 0;

	for (; all.len != 0; count++) {
		seamkey_der_get(&all, SEAMKEY_DER_SET);
	}
	for (; n < count; n++) {
		part = seamkey_der_get(&seq, SEAMKEY_DER_SET);
	}
	return part;
}

/* The end of an encoder: what was measured, or written. */
static inline int
seamkey_i_name_end(
	seamkey_der_writer *w, const seamkey_der_writer *measured, size_t *len)
{
	if (measured->err != SEAMKEY_OK) {
		return measured->err;
	}
	*len = measured->len;
	return w->buf != NULL && w->cap < measured->len ? SEAMKEY_ERR_SPACE
							: SEAMKEY_OK;
}

/* All of a name that is one. */
static inline void
seamkey_i_name_put_text(seamkey_der_writer *w, seamkey_span name, int quoted)
{
	seamkey_der_reader parts, set, one;
	seamkey_span part, oid;
	size_t n;

	(void)seamkey_i_name_enter(&parts, name);
	for (n = 0;; n++) {
		part = seamkey_i_name_part(&parts, n);
		if (part.len == 0) {
			return;
		}
		if (n != 0) {
			seamkey_der_put(w, ",", 1);
		}
		seamkey_der_init(&set, part);
		while (set.err == SEAMKEY_OK && set.len != 0) {
			seamkey_der_enter(&set, &one, SEAMKEY_DER_SEQUENCE);
			oid = seamkey_der_get_oid(&one);
			seamkey_i_name_put_one(
				w, oid, seamkey_der_get_any(&one), quoted);
			seamkey_der_finish(&set, &one);
			if (set.len != 0) {
				seamkey_der_put(w, "+", 1);
			}
		}
	}
}

SEAMKEY_API int
seamkey_name_decode(
	unsigned char *out, size_t cap, size_t *len, seamkey_span name)
{
	seamkey_der_writer measured, w;
	int status = seamkey_name_check(name);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_name_put_text(&measured, name, 0);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_name_put_text(&w, name, 0);
	}
	return status;
}

/* The type in front of "=". Gives the tag that its values have; 0 if it is
 * none that has a name, and nothing was taken. */
static inline unsigned
seamkey_i_name_take_type(seamkey_der_writer *w, seamkey_span *in)
{
	const seamkey_i_name_type *t = seamkey_i_name_types();
	size_t n = 0, u;

	while (n < in->len && in->p[n] != '=') {
		n++;
	}
	for (u = 0; n < in->len && u < SEAMKEY_I_NAME_TYPES; u++) {
		if (seamkey_span_match(seamkey_span_of(in->p, n),
			    seamkey_span_of(t[u].name, t[u].len))) {
			seamkey_der_put_element(w, SEAMKEY_DER_OID,
				seamkey_span_of(t[u].oid, t[u].oid_len));
			*in = seamkey_span_of(in->p + n + 1, in->len - n - 1);
			return t[u].tag;
		}
	}
	return 0;
}

/* A number of an identifier, up to a dot or "="; or an error in w. */
static inline uint32_t
seamkey_i_name_take_number(seamkey_der_writer *w, seamkey_span *in)
{
	uint64_t v = 0;
	size_t n = 0;

	for (; n < in->len && in->p[n] >= '0' && in->p[n] <= '9'; n++) {
		v = v * 10 + (uint64_t)(in->p[n] - '0');
		if (v >> 32 != 0 || (n == 1 && in->p[0] == '0')) {
			w->err = SEAMKEY_ERR_NAME_TYPE;
			return 0;
		}
	}
	if (n == 0) {
		w->err = SEAMKEY_ERR_NAME_TYPE;
	}
	*in = seamkey_span_of(in->p + n, in->len - n);
	return (uint32_t)v;
}

/* A number in groups of seven bits. */
static inline void
seamkey_i_name_put_base128(seamkey_der_writer *w, uint64_t v)
{
	unsigned char octets[5];
	unsigned n = 5, u;

	for (u = 0; u < 5; u++) {
		octets[4 - u] = (unsigned char)((v >> (7 * u)) & 0x7F);
		octets[4 - u] = (unsigned char)(octets[4 - u] | (u ? 0x80 : 0));
		if (v >> (7 * u) != 0 || u == 0) {
			n = 4 - u;
		}
	}
	seamkey_der_put(w, octets + n, 5 - n);
}

/* An identifier in numbers, with its "=". Gives the tag of its values. */
static inline unsigned
seamkey_i_name_take_oid(seamkey_der_writer *w, seamkey_span *in)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_OID);
	uint64_t v = seamkey_i_name_take_number(w, in);
	const seamkey_i_name_type *type;
	unsigned n;

	for (n = 0; w->err == SEAMKEY_OK && in->len != 0 && in->p[0] == '.';
		n++) {
		uint32_t next;

		*in = seamkey_span_of(in->p + 1, in->len - 1);
		next = seamkey_i_name_take_number(w, in);
		if (n == 0 && (v > 2 || (v < 2 && next > 39))) {
			w->err = SEAMKEY_ERR_NAME_TYPE;
		}
		v = n == 0 ? v * 40 + next : next;
		seamkey_i_name_put_base128(w, v);
	}
	if (w->err == SEAMKEY_OK
		&& (n == 0 || in->len == 0 || in->p[0] != '=')) {
		w->err = SEAMKEY_ERR_NAME_TYPE;
	}
	if (w->err != SEAMKEY_OK) {
		return 0;
	}
	*in = seamkey_span_of(in->p + 1, in->len - 1);
	type = seamkey_i_name_type_of(
		seamkey_span_of(w->buf + mark, w->len - mark));
	seamkey_der_end(w, mark);
	return type != NULL ? type->tag : 0x0C;
}

/* "#" and hex: the whole element, which is checked with the name. */
static inline void
seamkey_i_name_take_hex(seamkey_der_writer *w, seamkey_span *in)
{
	unsigned high, low;
	unsigned char octet;

	while (in->len >= 2) {
		high = seamkey_i_name_hex_value(in->p[0]);
		low = seamkey_i_name_hex_value(in->p[1]);
		if (high > 15 || low > 15) {
			return;
		}
		octet = (unsigned char)(high << 4 | low);
		seamkey_der_put(w, &octet, 1);
		*in = seamkey_span_of(in->p + 2, in->len - 2);
	}
}

/* One character, escaped or not, of *n octets of text. With *n 0 it may
 * not stand there. */
static inline unsigned char
seamkey_i_name_character_at(seamkey_span in, size_t *n, int first)
{
	unsigned high, low;

	*n = 0;
	if (in.p[0] != '\\') {
		int last = in.len == 1 || in.p[1] == '+';

		if (!seamkey_i_name_among("\",;<>", in.p[0])
			&& (in.p[0] != ' ' || !(first || last))) {
			*n = 1;
		}
		return in.p[0];
	}
	if (in.len >= 2 && seamkey_i_name_among("\"+,;<>\\= #", in.p[1])) {
		*n = 2;
		return in.p[1];
	}
	high = in.len >= 3 ? seamkey_i_name_hex_value(in.p[1]) : 16;
	low = in.len >= 3 ? seamkey_i_name_hex_value(in.p[2]) : 16;
	if (high < 16 && low < 16) {
		*n = 3;
	}
	return (unsigned char)((high << 4 | low) & 0xFF);
}

/* Characters to the end or to "+". */
static inline void
seamkey_i_name_take_string(
	seamkey_der_writer *w, seamkey_span *in, unsigned tag)
{
	size_t mark = seamkey_der_begin(w, tag), n;

	while (w->err == SEAMKEY_OK && in->len != 0 && in->p[0] != '+') {
		unsigned char c =
			seamkey_i_name_character_at(*in, &n, w->len == mark);

		if (n == 0) {
			w->err = SEAMKEY_ERR_NAME;
			return;
		}
		seamkey_der_put(w, &c, 1);
		*in = seamkey_span_of(in->p + n, in->len - n);
	}
	if (w->err == SEAMKEY_OK
		&& !seamkey_i_name_fits(
			tag, seamkey_span_of(w->buf + mark, w->len - mark))) {
		w->err = SEAMKEY_ERR_NAME_TEXT;
	}
	seamkey_der_end(w, mark);
}

/* One type and its value. */
static inline void
seamkey_i_name_take_one(seamkey_der_writer *w, seamkey_span *in)
{
	size_t seq = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	unsigned tag = seamkey_i_name_take_type(w, in);

	if (tag == 0) {
		tag = seamkey_i_name_take_oid(w, in);
	}
	if (w->err == SEAMKEY_OK && in->len != 0 && in->p[0] == '#') {
		*in = seamkey_span_of(in->p + 1, in->len - 1);
		seamkey_i_name_take_hex(w, in);
	} else if (w->err == SEAMKEY_OK) {
		seamkey_i_name_take_string(w, in, tag);
	}
	if (w->err == SEAMKEY_OK && in->len != 0 && in->p[0] != '+') {
		w->err = SEAMKEY_ERR_NAME;
	}
	seamkey_der_end(w, seq);
}

static inline void
seamkey_i_name_reverse(unsigned char *p, size_t len)
{
	size_t u;

	for (u = 0; u < len / 2; u++) {
		unsigned char c = p[u];

		p[u] = p[len - 1 - u];
		p[len - 1 - u] = c;
	}
}

/* The elements of a set into the order of DER; X.690 section 11.6. */
static inline void
seamkey_i_name_sort(unsigned char *p, size_t len)
{
	seamkey_der_reader r;
	seamkey_span a, b;
	int moved = 1;

	while (moved) {
		moved = 0;
		seamkey_der_init(&r, seamkey_span_of(p, len));
		a = seamkey_der_get_element(&r, SEAMKEY_DER_SEQUENCE);
		while (r.err == SEAMKEY_OK && r.len != 0) {
			unsigned char *at = p + (a.p - p);

			b = seamkey_der_get_element(&r, SEAMKEY_DER_SEQUENCE);
			if (memcmp(a.p, b.p, a.len < b.len ? a.len : b.len)
				<= 0) {
				a = b;
				continue;
			}
			seamkey_i_name_reverse(at, a.len);
			seamkey_i_name_reverse(at + a.len, b.len);
			seamkey_i_name_reverse(at, a.len + b.len);
			a = seamkey_span_of(at + b.len, a.len);
			moved = 1;
		}
	}
}

/* One RelativeDistinguishedName. */
static inline void
seamkey_i_name_take_part(seamkey_der_writer *w, seamkey_span in)
{
	size_t set = seamkey_der_begin(w, SEAMKEY_DER_SET);

	seamkey_i_name_take_one(w, &in);
	while (w->err == SEAMKEY_OK && in.len != 0) {
		in = seamkey_span_of(in.p + 1, in.len - 1); /* "+" */
		seamkey_i_name_take_one(w, &in);
	}
	if (w->err == SEAMKEY_OK) {
		seamkey_i_name_sort(w->buf + set, w->len - set);
	}
	seamkey_der_end(w, set);
}

/* Octets of text behind its last comma that is not escaped, or all. */
static inline size_t
seamkey_i_name_last_part(seamkey_span text)
{
	size_t u, begin = 0;

	for (u = 0; u < text.len; u++) {
		if (text.p[u] == '\\') {
			u++;
		} else if (text.p[u] == ',') {
			begin = u + 1;
		}
	}
	return text.len - begin;
}

SEAMKEY_API int
seamkey_name_encode(
	unsigned char *out, size_t cap, size_t *len, seamkey_span text)
{
	unsigned char name[SEAMKEY_NAME_MAX];
	seamkey_der_writer w;
	size_t seq, n;
	int status;

	if (text.len > SEAMKEY_NAME_MAX_TEXT) {
		return SEAMKEY_ERR_NAME;
	}
	memset(&w, 0, sizeof w);
	w.buf = name;
	w.cap = sizeof name;
	seq = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	while (text.len != 0 && w.err == SEAMKEY_OK) {
		n = seamkey_i_name_last_part(text);
		seamkey_i_name_take_part(
			&w, seamkey_span_of(text.p + (text.len - n), n));
		if (n != text.len && text.len - n == 1) {
			w.err = SEAMKEY_ERR_NAME; /* a comma in front */
		}
		text.len -= n == text.len ? n : n + 1;
	}
	seamkey_der_end(&w, seq);
	if (w.err != SEAMKEY_OK) {
		return w.err == SEAMKEY_ERR_SPACE ? SEAMKEY_ERR_NAME : w.err;
	}
	status = seamkey_name_check(seamkey_span_of(name, w.len));
	if (status != SEAMKEY_OK) {
		return status;
	}
	*len = w.len;
	if (out != NULL && cap >= w.len) {
		memcpy(out, name, w.len);
	}
	return out != NULL && cap < w.len ? SEAMKEY_ERR_SPACE : SEAMKEY_OK;
}

#ifdef __cplusplus
}
#endif
#endif
