/*
 * test_der.c - the DER reader, the check of nesting, the writer
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include "rsa_tools.h"

/* Bytes of an element as a member of a table. */
#define E(chars) "" chars, sizeof(chars) - 1

/* One buffer for what is large; TEST_SMALL is for machines that are not. */
#ifdef TEST_SMALL
#define BIG 4096
#else
#define BIG 66000
#endif
static unsigned char big[BIG];

/* ---- reading ------------------------------------------------------------- */

enum getter {
	GET, /* an OCTET STRING */
	ELEMENT,
	ANY,
	INTEGER,
	UINT,
	BOOLEAN,
	BITS,
	IMPLICIT_BITS, /* [1] */
	OBJECT,
	EMPTY,
	ENTER /* a SEQUENCE, with nothing in it */
};

/* Call one getter; spans are returned, numbers come through *number. */
static seamkey_span
call_getter(enum getter g, seamkey_der_reader *r, uint32_t *number)
{
	seamkey_span none = { NULL, 0 };
	seamkey_der_reader inner;

	*number = 0;
	switch (g) {
	case GET:
		return seamkey_der_get(r, SEAMKEY_DER_OCTET_STRING);
	case ELEMENT:
		return seamkey_der_get_element(r, SEAMKEY_DER_OCTET_STRING);
	case ANY:
		return seamkey_der_get_any(r);
	case INTEGER:
		return seamkey_der_get_integer(r);
	case UINT:
		*number = seamkey_der_get_uint(r);
		return none;
	case BOOLEAN:
		*number = (uint32_t)seamkey_der_get_boolean(r);
		return none;
	case BITS:
		return seamkey_der_get_bit_string(r, SEAMKEY_DER_BIT_STRING);
	case IMPLICIT_BITS:
		return seamkey_der_get_bit_string(r, SEAMKEY_DER_CONTEXT(1u));
	case OBJECT:
		return seamkey_der_get_oid(r);
	case EMPTY:
		seamkey_der_get_null(r);
		return none;
	default:
		seamkey_der_enter(r, &inner, SEAMKEY_DER_SEQUENCE);
		seamkey_der_finish(r, &inner);
		return none;
	}
}

#define LAST_GETTER ENTER

/* clang-format off */
static const struct {
	const char *what;
	enum getter get;
	const char *in;
	size_t len;
	int err;
	/* where the result stands in the input, or the number */
	size_t at, size;
	uint32_t number;
} reads[] = {
	{ "contents", GET, E("\x04\x02\xAA\xBB"), 0, 2, 2, 0 },
	{ "no contents", GET, E("\x04\x00"), 0, 2, 0, 0 },
	{ "contents are not seen", GET, E("\x04\x02\x02\x80"), 0, 2, 2, 0 },
	{ "another tag", GET, E("\x05\x00"), SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "constructed form of the tag", GET, E("\x24\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "another class", GET, E("\x84\x00"), SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "high-tag-number form of a low tag", GET, E("\x1F\x04\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "a tag of two octets", GET, E("\xBF\x21\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "nothing", GET, E(""), SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
	{ "a tag alone", GET, E("\x04"), SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
	{ "one octet is missing", GET, E("\x04\x02\xAA"),
		SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
	{ "truncated and of another tag", GET, E("\x05\x02\xAA"),
		SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },

	{ "a whole element", ELEMENT, E("\x04\x01\xAA"), 0, 0, 3, 0 },
	{ "a whole empty element", ELEMENT, E("\x04\x00"), 0, 0, 2, 0 },
	{ "a whole element of another tag", ELEMENT, E("\x03\x01\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "any: an INTEGER", ANY, E("\x02\x01\x05"), 0, 0, 3, 0 },
	{ "any: a negative INTEGER", ANY, E("\x02\x01\xFF"), 0, 0, 3, 0 },
	{ "any: nested", ANY, E("\x30\x04\x31\x02\x05\x00"), 0, 0, 6, 0 },
	{ "any: bad inside", ANY, E("\x30\x03\x05\x01\x00"),
		SEAMKEY_ERR_DER_NULL, 0, 0, 0 },
	{ "any: truncated inside", ANY, E("\x30\x02\x05\x01"),
		SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
	{ "any: nothing", ANY, E(""), SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
	{ "any: end-of-contents", ANY, E("\x00\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "zero", INTEGER, E("\x02\x01\x00"), 0, 2, 1, 0 },
	{ "one", INTEGER, E("\x02\x01\x01"), 0, 2, 1, 0 },
	{ "127", INTEGER, E("\x02\x01\x7F"), 0, 2, 1, 0 },
	{ "128 has a sign octet", INTEGER, E("\x02\x02\x00\x80"), 0, 3, 1, 0 },
	{ "256", INTEGER, E("\x02\x02\x01\x00"), 0, 2, 2, 0 },
	{ "a large one", INTEGER, E("\x02\x06\x00\xFF\xEE\xDD\xCC\xBB"),
		0, 3, 5, 0 },
	{ "INTEGER: empty", INTEGER, E("\x02\x00"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: -1", INTEGER, E("\x02\x01\xFF"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: -128", INTEGER, E("\x02\x01\x80"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: negative, long", INTEGER, E("\x02\x03\x80\x00\x00"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: superfluous 00", INTEGER, E("\x02\x02\x00\x7F"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: zero in two octets", INTEGER, E("\x02\x02\x00\x00"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: two sign octets", INTEGER, E("\x02\x03\x00\x00\x80"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: superfluous FF", INTEGER, E("\x02\x02\xFF\x80"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "INTEGER: another tag", INTEGER, E("\x0A\x01\x05"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "INTEGER: truncated", INTEGER, E("\x02\x02\x01"),
		SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },

	{ "uint: 0", UINT, E("\x02\x01\x00"), 0, 0, 0, 0 },
	{ "uint: 255", UINT, E("\x02\x02\x00\xFF"), 0, 0, 0, 255 },
	{ "uint: 65537", UINT, E("\x02\x03\x01\x00\x01"), 0, 0, 0, 65537 },
	{ "uint: 2^31-1", UINT, E("\x02\x04\x7F\xFF\xFF\xFF"), 0, 0, 0,
		0x7FFFFFFF },
	{ "uint: 2^32-1", UINT, E("\x02\x05\x00\xFF\xFF\xFF\xFF"), 0, 0, 0,
		0xFFFFFFFF },
	{ "uint: 2^32", UINT, E("\x02\x05\x01\x00\x00\x00\x00"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "uint: -1", UINT, E("\x02\x01\xFF"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "uint: not minimal", UINT, E("\x02\x02\x00\x01"),
		SEAMKEY_ERR_DER_INTEGER, 0, 0, 0 },
	{ "uint: another tag", UINT, E("\x01\x01\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "FALSE", BOOLEAN, E("\x01\x01\x00"), 0, 0, 0, 0 },
	{ "TRUE", BOOLEAN, E("\x01\x01\xFF"), 0, 0, 0, 1 },
	{ "BOOLEAN 01", BOOLEAN, E("\x01\x01\x01"),
		SEAMKEY_ERR_DER_BOOLEAN, 0, 0, 0 },
	{ "BOOLEAN FE", BOOLEAN, E("\x01\x01\xFE"),
		SEAMKEY_ERR_DER_BOOLEAN, 0, 0, 0 },
	{ "BOOLEAN empty", BOOLEAN, E("\x01\x00"),
		SEAMKEY_ERR_DER_BOOLEAN, 0, 0, 0 },
	{ "BOOLEAN of two octets", BOOLEAN, E("\x01\x02\xFF\xFF"),
		SEAMKEY_ERR_DER_BOOLEAN, 0, 0, 0 },
	{ "BOOLEAN: another tag", BOOLEAN, E("\x02\x01\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "octets", BITS, E("\x03\x03\x00\xAA\xBB"), 0, 3, 2, 0 },
	{ "no bits", BITS, E("\x03\x01\x00"), 0, 3, 0, 0 },
	{ "BIT STRING: one unused bit", BITS, E("\x03\x02\x01\xAA"),
		SEAMKEY_ERR_DER_BIT_STRING, 0, 0, 0 },
	{ "BIT STRING: seven unused", BITS, E("\x03\x02\x07\x80"),
		SEAMKEY_ERR_DER_BIT_STRING, 0, 0, 0 },
	{ "BIT STRING: eight unused", BITS, E("\x03\x02\x08\x80"),
		SEAMKEY_ERR_DER_BIT_STRING, 0, 0, 0 },
	{ "BIT STRING: no count", BITS, E("\x03\x00"),
		SEAMKEY_ERR_DER_BIT_STRING, 0, 0, 0 },
	{ "BIT STRING: constructed", BITS, E("\x23\x03\x03\x01\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "[1] octets", IMPLICIT_BITS, E("\x81\x02\x00\xAA"), 0, 3, 1, 0 },
	{ "[1] with unused bits", IMPLICIT_BITS, E("\x81\x02\x01\xAA"),
		SEAMKEY_ERR_DER_BIT_STRING, 0, 0, 0 },
	{ "BIT STRING for [1]", IMPLICIT_BITS, E("\x03\x02\x00\xAA"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "OID", OBJECT, E("\x06\x03\x2A\x86\x48"), 0, 2, 3, 0 },
	{ "OID of one octet", OBJECT, E("\x06\x01\x2A"), 0, 2, 1, 0 },
	{ "an arc may have a septet of zero inside", OBJECT,
		E("\x06\x03\x81\x80\x00"), 0, 2, 3, 0 },
	{ "OID: empty", OBJECT, E("\x06\x00"),
		SEAMKEY_ERR_DER_OID, 0, 0, 0 },
	{ "OID: last arc does not end", OBJECT, E("\x06\x02\x2A\x86"),
		SEAMKEY_ERR_DER_OID, 0, 0, 0 },
	{ "OID: first arc begins with 80", OBJECT, E("\x06\x02\x80\x2A"),
		SEAMKEY_ERR_DER_OID, 0, 0, 0 },
	{ "OID: later arc begins with 80", OBJECT, E("\x06\x03\x2A\x80\x01"),
		SEAMKEY_ERR_DER_OID, 0, 0, 0 },
	{ "OID: 80 alone", OBJECT, E("\x06\x01\x80"),
		SEAMKEY_ERR_DER_OID, 0, 0, 0 },
	{ "OID: relative", OBJECT, E("\x0D\x01\x2A"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "NULL", EMPTY, E("\x05\x00"), 0, 0, 0, 0 },
	{ "NULL with contents", EMPTY, E("\x05\x01\x00"),
		SEAMKEY_ERR_DER_NULL, 0, 0, 0 },
	{ "NULL in long form", EMPTY, E("\x05\x81\x00"),
		SEAMKEY_ERR_DER_LENGTH, 0, 0, 0 },
	{ "NULL: another tag", EMPTY, E("\x06\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },

	{ "enter and finish", ENTER, E("\x30\x00"), 0, 0, 0, 0 },
	{ "finish before the end", ENTER, E("\x30\x02\x05\x00"),
		SEAMKEY_ERR_DER_TRAILING, 0, 0, 0 },
	{ "enter a SET for a SEQUENCE", ENTER, E("\x31\x00"),
		SEAMKEY_ERR_DER_TAG, 0, 0, 0 },
	{ "enter what is truncated", ENTER, E("\x30\x02\x05"),
		SEAMKEY_ERR_DER_TRUNCATED, 0, 0, 0 },
};
/* clang-format on */

/* After an error every getter gives something empty, and nothing moves. */
static void
check_sticky(seamkey_der_reader *r, int err)
{
	const unsigned char *p = r->p;
	size_t len = r->len;
	uint32_t number;
	int g;

	for (g = GET; g <= LAST_GETTER; g++) {
		seamkey_span v = call_getter((enum getter)g, r, &number);

		CHECK_INT(v.len, 0);
		CHECK_INT(number, 0);
		CHECK_INT(r->err, err);
		CHECK_INT(r->p == p, 1);
		CHECK_INT(r->len, len);
	}
	CHECK_INT(seamkey_der_match(r, len != 0 ? p[0] : 0), 0);
	CHECK_INT(seamkey_der_check_end(r), err);
}

/* Read row u out of in, which goes on behind the element. */
static void
check_read(size_t u, seamkey_span in)
{
	seamkey_der_reader r;
	seamkey_span v;
	uint32_t number;
	int err = reads[u].err;

	seamkey_der_init(&r, in);
	CHECK_INT(r.err, SEAMKEY_OK);
	v = call_getter(reads[u].get, &r, &number);
	CHECK_INT(r.err, err);
	CHECK_INT(number, reads[u].number);
	CHECK_INT(v.len, reads[u].size);
	if (err != SEAMKEY_OK) {
		CHECK_INT(r.p == in.p, 1);
		CHECK_INT(r.len, in.len);
		check_sticky(&r, err);
		return;
	}
	if (reads[u].size != 0) {
		CHECK_INT(v.p == in.p + reads[u].at, 1);
	}
	CHECK_INT(r.p == in.p + reads[u].len, 1);
	CHECK_INT(r.len, in.len - reads[u].len);
	CHECK_INT(seamkey_der_check_end(&r),
		r.len == 0 ? SEAMKEY_OK : SEAMKEY_ERR_DER_TRAILING);
}

static void
der_every_getter_judges_and_moves(void)
{
	unsigned char in[24];
	size_t u;

	for (u = 0; u < COUNT(reads); u++) {
		what = reads[u].what;
		memcpy(in, reads[u].in, reads[u].len);
		check_read(u, seamkey_span_of(in, reads[u].len));
		if (reads[u].err != SEAMKEY_ERR_DER_TRUNCATED) {
			in[reads[u].len] = 0x05;
			in[reads[u].len + 1] = 0x00;
			check_read(u, seamkey_span_of(in, reads[u].len + 2));
		}
	}
}

static void
der_every_getter_refuses_what_is_cut(void)
{
	unsigned char in[24];
	uint32_t number;
	size_t u, len;

	for (u = 0; u < COUNT(reads); u++) {
		what = reads[u].what;
		memcpy(in, reads[u].in, reads[u].len);
		for (len = 0; reads[u].err == SEAMKEY_OK && len < reads[u].len;
			len++) {
			seamkey_der_reader r;

			seamkey_der_init(&r, seamkey_span_of(in, len));
			(void)call_getter(reads[u].get, &r, &number);
			CHECK_INT(r.err, SEAMKEY_ERR_DER_TRUNCATED);
			CHECK_INT(r.p == in, 1);
			CHECK_INT(r.len, len);
		}
	}
}

static void
der_match_looks_at_the_tag_alone(void)
{
	static const unsigned char in[] = { 0x02, 0x85 };
	seamkey_der_reader r;

	seamkey_der_init(&r, SPAN(in));
	CHECK_INT(seamkey_der_match(&r, SEAMKEY_DER_INTEGER), 1);
	CHECK_INT(seamkey_der_match(&r, SEAMKEY_DER_SEQUENCE), 0);
	CHECK_INT(r.err, SEAMKEY_OK);
	CHECK_INT(r.len, 2);
	seamkey_der_init(&r, seamkey_span_of(NULL, 0));
	CHECK_INT(seamkey_der_match(&r, SEAMKEY_DER_INTEGER), 0);
	CHECK_INT(seamkey_der_match(&r, 0), 0);
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
}

/* clang-format off */
static const struct {
	const char *what;
	const char *in; /* the head; zero octets come behind it */
	size_t len;
	size_t behind;
	int err;
} lengths[] = {
	{ "0, short form",               E("\x04\x00"), 0, 0 },
	{ "127, last of the short form", E("\x04\x7F"), 127, 0 },
	{ "127 in 81",                   E("\x04\x81\x7F"), 127,
		SEAMKEY_ERR_DER_LENGTH },
	{ "0 in 81",                     E("\x04\x81\x00"), 0,
		SEAMKEY_ERR_DER_LENGTH },
	{ "5 in 81",                     E("\x04\x81\x05"), 5,
		SEAMKEY_ERR_DER_LENGTH },
	{ "128, first of 81",            E("\x04\x81\x80"), 128, 0 },
	{ "255, last of 81",             E("\x04\x81\xFF"), 255, 0 },
	{ "255 in 82",                   E("\x04\x82\x00\xFF"), 255,
		SEAMKEY_ERR_DER_LENGTH },
	{ "127 in 82",                   E("\x04\x82\x00\x7F"), 127,
		SEAMKEY_ERR_DER_LENGTH },
	{ "256, first of 82",            E("\x04\x82\x01\x00"), 256, 0 },
	{ "290 in 83",                   E("\x04\x83\x00\x01\x22"), 290,
		SEAMKEY_ERR_DER_LENGTH },
	{ "256 in 84",                   E("\x04\x84\x00\x00\x01\x00"), 256,
		SEAMKEY_ERR_DER_LENGTH },
#ifndef TEST_SMALL
	{ "65535, last of 82",           E("\x04\x82\xFF\xFF"), 65535, 0 },
	{ "65535 in 83",                 E("\x04\x83\x00\xFF\xFF"), 65535,
		SEAMKEY_ERR_DER_LENGTH },
	{ "65536, first of 83",          E("\x04\x83\x01\x00\x00"), 65536, 0 },
#endif
	{ "65536 with less behind it",   E("\x04\x83\x01\x00\x00"), 9,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "2^24-1 in 84",                E("\x04\x84\x00\xFF\xFF\xFF"), 9,
		SEAMKEY_ERR_DER_LENGTH },
	{ "2^24 with less behind it",    E("\x04\x84\x01\x00\x00\x00"), 9,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "100 MB with 10 behind it",    E("\x04\x84\x05\xF5\xE1\x00"), 10,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "2^31 with less behind it",    E("\x04\x84\x80\x00\x00\x00"), 9,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "2^32-1 with less behind it",  E("\x04\x84\xFF\xFF\xFF\xFF"), 9,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "2^32-1 with nothing",         E("\x04\x84\xFF\xFF\xFF\xFF"), 0,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "5 in 85",                     E("\x04\x85\x00\x00\x00\x00\x05"), 5,
		SEAMKEY_ERR_DER_LENGTH },
	{ "2^32+5 in 85",                E("\x04\x85\x01\x00\x00\x00\x05"), 9,
		SEAMKEY_ERR_DER_LENGTH },
	{ "2^32+128 in 85",              E("\x04\x85\x01\x00\x00\x00\x80"),
		128, SEAMKEY_ERR_DER_LENGTH },
	{ "2^56+128 in 88",
		E("\x04\x88\x01\x00\x00\x00\x00\x00\x00\x80"), 128,
		SEAMKEY_ERR_DER_LENGTH },
	{ "2^64-1 in 88",
		E("\x04\x88\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), 9,
		SEAMKEY_ERR_DER_LENGTH },
	{ "length of length 127, FF",    E("\x04\xFF"), 200,
		SEAMKEY_ERR_DER_LENGTH },
	{ "length of length 126, FE",    E("\x04\xFE"), 200,
		SEAMKEY_ERR_DER_LENGTH },
	{ "indefinite, 80",              E("\x04\x80"), 2,
		SEAMKEY_ERR_DER_LENGTH },
	{ "128 with 127 behind it",      E("\x04\x81\x80"), 127,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "81 and no length",            E("\x04\x81"), 0,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "82 and half a length",        E("\x04\x82\x01"), 0,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "84 and three of four",        E("\x04\x84\xFF\xFF\xFF"), 0,
		SEAMKEY_ERR_DER_TRUNCATED },
};
/* clang-format on */

static void
der_lengths_in_all_forms(void)
{
	size_t u;

	for (u = 0; u < COUNT(lengths); u++) {
		size_t total = lengths[u].len + lengths[u].behind;
		seamkey_span in = seamkey_span_of(big, total), v;
		seamkey_der_reader r;

		what = lengths[u].what;
		memset(big, 0, sizeof big);
		memcpy(big, lengths[u].in, lengths[u].len);
		seamkey_der_init(&r, in);
		v = seamkey_der_get(&r, SEAMKEY_DER_OCTET_STRING);
		CHECK_INT(r.err, lengths[u].err);
		CHECK_INT(seamkey_der_check(in), lengths[u].err);
		if (lengths[u].err == SEAMKEY_OK) {
			CHECK_INT(v.len, lengths[u].behind);
			CHECK_INT(v.p == big + lengths[u].len, 1);
			CHECK_INT(r.len, 0);
		} else {
			CHECK_INT(r.p == big && r.len == total, 1);
		}
	}
}

/* ---- levels -------------------------------------------------------------- */

static void
der_finish_moves_past_the_whole_element(void)
{
	static const unsigned char in[] = { 0x30, 0x05, 0x02, 0x01, 0x07, 0x05,
		0x00, 0x01, 0x01, 0xFF };
	seamkey_der_reader r, seq;

	seamkey_der_init(&r, SPAN(in));
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	CHECK_INT(r.p == in && r.len == sizeof in, 1);
	CHECK_INT(seq.p == in + 2 && seq.len == 5, 1);
	CHECK_INT(seamkey_der_get_uint(&seq), 7);
	seamkey_der_get_null(&seq);
	CHECK_INT(seamkey_der_check_end(&seq), SEAMKEY_OK);
	CHECK_INT(r.p == in && r.len == sizeof in, 1);
	seamkey_der_finish(&r, &seq);
	CHECK_INT(r.p == in + 7 && r.len == 3, 1);
	CHECK_INT(seamkey_der_get_boolean(&r), 1);
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
}

static void
der_finish_hands_the_error_out(void)
{
	static const unsigned char in[] = { 0x30, 0x03, 0x02, 0x01, 0x80 };
	seamkey_der_reader r, seq;

	seamkey_der_init(&r, SPAN(in));
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get_integer(&seq);
	CHECK_INT(r.err, SEAMKEY_OK);
	seamkey_der_finish(&r, &seq);
	CHECK_INT(r.err, SEAMKEY_ERR_DER_INTEGER);
	CHECK_INT(r.p == in && r.len == sizeof in, 1);
	check_sticky(&r, SEAMKEY_ERR_DER_INTEGER);
}

static void
der_finish_keeps_the_first_error(void)
{
	static const unsigned char in[] = { 0x30, 0x02, 0x05, 0x00 };
	seamkey_der_reader r, seq;

	/* the outer reader fails first, the inner one is fine */
	seamkey_der_init(&r, SPAN(in));
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_get_null(&seq);
	seamkey_der_get_null(&r);
	CHECK_INT(r.err, SEAMKEY_ERR_DER_TAG);
	seamkey_der_finish(&r, &seq);
	CHECK_INT(r.err, SEAMKEY_ERR_DER_TAG);
	CHECK_INT(r.p == in && r.len == sizeof in, 1);
	/* both fail, each in its own way */
	(void)seamkey_der_get_boolean(&seq);
	seamkey_der_finish(&r, &seq);
	CHECK_INT(r.err, SEAMKEY_ERR_DER_TAG);
}

/* So many SEQUENCEs one in the other, at the end of big[]. */
static seamkey_span
nest(size_t levels)
{
	size_t start = sizeof big, len;

	for (; levels > 0; levels--) {
		len = sizeof big - start;
		big[--start] = (unsigned char)len;
		if (len > 127) { /* and below 256: few levels */
			big[--start] = 0x81;
		}
		big[--start] = SEAMKEY_DER_SEQUENCE;
	}
	return seamkey_span_of(big + start, sizeof big - start);
}

static void
der_reader_enters_so_many_levels_and_no_more(void)
{
	static seamkey_der_reader level[SEAMKEY_DER_MAX_DEPTH + 3];
	seamkey_span in = nest(SEAMKEY_DER_MAX_DEPTH + 1);
	size_t u;

	seamkey_der_init(&level[0], in);
	for (u = 0; u < SEAMKEY_DER_MAX_DEPTH; u++) {
		seamkey_der_enter(
			&level[u], &level[u + 1], SEAMKEY_DER_SEQUENCE);
		CHECK_INT(level[u + 1].err, SEAMKEY_OK);
	}
	seamkey_der_enter(&level[u], &level[u + 1], SEAMKEY_DER_SEQUENCE);
	CHECK_INT(level[u + 1].err, SEAMKEY_ERR_DER_DEPTH);
	CHECK_INT(level[u].err, SEAMKEY_ERR_DER_DEPTH);
	CHECK_INT(level[u].len, 2);
	/* nor from what could not be entered */
	seamkey_der_enter(&level[u + 1], &level[u + 2], SEAMKEY_DER_SEQUENCE);
	CHECK_INT(level[u + 2].err, SEAMKEY_ERR_DER_DEPTH);
	CHECK_INT(level[u + 2].len, 0);
	while (u-- > 0) {
		seamkey_der_finish(&level[u], &level[u + 1]);
		CHECK_INT(level[u].err, SEAMKEY_ERR_DER_DEPTH);
	}
	CHECK_INT(level[0].p == in.p && level[0].len == in.len, 1);
}

static void
der_check_walks_so_many_levels_and_no_more(void)
{
	size_t levels;

	for (levels = 1; levels <= SEAMKEY_DER_MAX_DEPTH + 3; levels++) {
		CHECK_INT(seamkey_der_check(nest(levels)),
			levels <= SEAMKEY_DER_MAX_DEPTH
				? SEAMKEY_OK
				: SEAMKEY_ERR_DER_DEPTH);
	}
}

/* clang-format off */
static const struct {
	const char *what;
	const char *in;
	size_t len;
	int err;
} checks[] = {
	{ "nothing", E(""), SEAMKEY_ERR_DER_TRUNCATED },
	{ "one octet", E("\x30"), SEAMKEY_ERR_DER_TRUNCATED },
	{ "empty SEQUENCE", E("\x30\x00"), 0 },
	{ "empty SET", E("\x31\x00"), 0 },
	{ "siblings and levels",
		E("\x30\x0A\x31\x02\x05\x00\x30\x00\xA0\x02\x05\x00"), 0 },
	{ "a byte behind it", E("\x30\x00\x00"), SEAMKEY_ERR_DER_TRAILING },
	{ "a primitive, and a byte behind it", E("\x05\x00\x00"),
		SEAMKEY_ERR_DER_TRAILING },
	{ "two elements", E("\x05\x00\x05\x00"), SEAMKEY_ERR_DER_TRAILING },
	{ "a byte behind the inner element", E("\x30\x03\x05\x00\x00"),
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "inner element past its container",
		E("\x30\x03\x04\x02\xAA\xBB"), SEAMKEY_ERR_DER_TRUNCATED },
	{ "inner container past its container",
		E("\x30\x04\x30\x03\x05\x00\x05"), SEAMKEY_ERR_DER_TRUNCATED },
	{ "inner element past the inner of two levels",
		E("\x30\x06\x30\x02\x04\x01\xAA\xBB"),
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "cut in the inner head", E("\x30\x01\x05"),
		SEAMKEY_ERR_DER_TRUNCATED },

	{ "tag 0", E("\x00\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed tag 0", E("\x20\x00"), SEAMKEY_ERR_DER_TAG },
	{ "tag of two octets", E("\x1F\x1F\x00"), SEAMKEY_ERR_DER_TAG },
	{ "context tag of two octets", E("\x9F\x1F\x00"),
		SEAMKEY_ERR_DER_TAG },
	{ "primitive SEQUENCE", E("\x10\x00"), SEAMKEY_ERR_DER_TAG },
	{ "primitive SET", E("\x11\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed BOOLEAN", E("\x21\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed INTEGER", E("\x22\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed BIT STRING", E("\x23\x03\x03\x01\x00"),
		SEAMKEY_ERR_DER_TAG },
	{ "constructed OCTET STRING", E("\x24\x02\x04\x00"),
		SEAMKEY_ERR_DER_TAG },
	{ "constructed NULL", E("\x25\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed OID", E("\x26\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed UTF8String", E("\x2C\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed UTCTime", E("\x37\x00"), SEAMKEY_ERR_DER_TAG },
	{ "constructed PrintableString", E("\x33\x00"), SEAMKEY_ERR_DER_TAG },
	{ "EXTERNAL", E("\x28\x00"), 0 },
	{ "EMBEDDED PDV", E("\x2B\x00"), 0 },
	{ "CHARACTER STRING", E("\x3D\x00"), 0 },
	{ "primitive EXTERNAL", E("\x08\x00"), SEAMKEY_ERR_DER_TAG },
	{ "primitive CHARACTER STRING", E("\x1D\x00"), SEAMKEY_ERR_DER_TAG },
	{ "UTF8String", E("\x0C\x01\x41"), 0 },
	{ "UTCTime, characters not looked at", E("\x17\x01\x41"), 0 },
	{ "BMPString", E("\x1E\x02\x00\x41"), 0 },
	{ "[0] primitive, not looked into", E("\x80\x01\xFF"), 0 },
	{ "[0] constructed, looked into", E("\xA0\x02\x05\x00"), 0 },
	{ "[0] constructed, bad inside", E("\xA0\x02\x05\x01"),
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "[2] holding a bad INTEGER", E("\xA2\x02\x02\x00"),
		SEAMKEY_ERR_DER_INTEGER },
	{ "application and private tags",
		E("\x61\x05\xC1\x01\x00\xE2\x00"), 0 },
	{ "OCTET STRING, not looked into", E("\x04\x02\x02\x80"), 0 },

	{ "indefinite length", E("\x30\x80\x00\x00"),
		SEAMKEY_ERR_DER_LENGTH },
	{ "indefinite length inside", E("\x30\x04\x30\x80\x00\x00"),
		SEAMKEY_ERR_DER_LENGTH },
	{ "long form for a short length", E("\x30\x81\x02\x05\x00"),
		SEAMKEY_ERR_DER_LENGTH },

	{ "INTEGER", E("\x02\x01\x00"), 0 },
	{ "INTEGER -128", E("\x02\x01\x80"), 0 },
	{ "INTEGER -129", E("\x02\x02\xFF\x7F"), 0 },
	{ "INTEGER 128", E("\x02\x02\x00\x80"), 0 },
	{ "INTEGER, empty", E("\x02\x00"), SEAMKEY_ERR_DER_INTEGER },
	{ "INTEGER, superfluous 00", E("\x02\x02\x00\x7F"),
		SEAMKEY_ERR_DER_INTEGER },
	{ "INTEGER, superfluous FF", E("\x02\x02\xFF\x80"),
		SEAMKEY_ERR_DER_INTEGER },
	{ "ENUMERATED", E("\x0A\x01\x05"), 0 },
	{ "ENUMERATED, empty", E("\x0A\x00"), SEAMKEY_ERR_DER_INTEGER },
	{ "ENUMERATED, superfluous 00", E("\x0A\x02\x00\x05"),
		SEAMKEY_ERR_DER_INTEGER },
	{ "BOOLEAN 00", E("\x01\x01\x00"), 0 },
	{ "BOOLEAN FF", E("\x01\x01\xFF"), 0 },
	{ "BOOLEAN 01", E("\x01\x01\x01"), SEAMKEY_ERR_DER_BOOLEAN },
	{ "BOOLEAN, empty", E("\x01\x00"), SEAMKEY_ERR_DER_BOOLEAN },
	{ "BOOLEAN, two octets", E("\x01\x02\x00\x00"),
		SEAMKEY_ERR_DER_BOOLEAN },
	{ "BIT STRING", E("\x03\x02\x00\xFF"), 0 },
	{ "BIT STRING, no bits", E("\x03\x01\x00"), 0 },
	{ "BIT STRING, unused bits zero", E("\x03\x02\x04\xF0"), 0 },
	{ "BIT STRING, seven unused", E("\x03\x02\x07\x80"), 0 },
	{ "BIT STRING, unused bit set", E("\x03\x02\x04\xF8"),
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "BIT STRING, lowest unused bit set", E("\x03\x02\x01\xFF"),
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "BIT STRING, eight unused", E("\x03\x02\x08\x00"),
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "BIT STRING, unused bits of nothing", E("\x03\x01\x01"),
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "BIT STRING, no count", E("\x03\x00"), SEAMKEY_ERR_DER_BIT_STRING },
	{ "NULL", E("\x05\x00"), 0 },
	{ "NULL with contents", E("\x05\x01\x00"), SEAMKEY_ERR_DER_NULL },
	{ "OID", E("\x06\x02\x2A\x03"), 0 },
	{ "OID, empty", E("\x06\x00"), SEAMKEY_ERR_DER_OID },
	{ "OID, padded arc", E("\x06\x03\x2A\x80\x01"), SEAMKEY_ERR_DER_OID },
	{ "OID, unfinished arc", E("\x06\x01\x81"), SEAMKEY_ERR_DER_OID },
};
/* clang-format on */

static void
der_check_judges_every_type(void)
{
	unsigned char in[40];
	seamkey_der_reader r;
	seamkey_span got;
	size_t u, len;

	for (u = 0; u < COUNT(checks); u++) {
		what = checks[u].what;
		len = checks[u].len;
		memcpy(in, checks[u].in, len);
		CHECK_INT(seamkey_der_check(seamkey_span_of(in, len)),
			checks[u].err);
		if (len > 100 || checks[u].err == SEAMKEY_ERR_DER_TRAILING) {
			continue;
		}
		/* the same inside a SEQUENCE, and by get_any */
		memmove(in + 2, in, len);
		in[0] = SEAMKEY_DER_SEQUENCE;
		in[1] = (unsigned char)len;
		CHECK_INT(seamkey_der_check(seamkey_span_of(in, len + 2)),
			len == 0 ? SEAMKEY_OK : checks[u].err);
		seamkey_der_init(&r, seamkey_span_of(in, len + 2));
		got = seamkey_der_get_any(&r);
		CHECK_INT(r.err, len == 0 ? SEAMKEY_OK : checks[u].err);
		CHECK_INT(got.len, r.err == SEAMKEY_OK ? len + 2 : 0);
	}
}

static void
der_check_refuses_every_prefix(void)
{
	seamkey_span in = SPAN(key_2048_public);
	size_t len;

	CHECK_INT(seamkey_der_check(in), SEAMKEY_OK);
	for (len = 0; len < in.len; len++) {
		CHECK_INT(seamkey_der_check(seamkey_span_of(in.p, len)),
			SEAMKEY_ERR_DER_TRUNCATED);
	}
}

/* ---- writing ------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what;
	const char *magnitude;
	size_t len;
	const char *want;
	size_t want_len;
} integers[] = {
	{ "empty is zero",           E(""), E("\x02\x01\x00") },
	{ "zero",                    E("\x00"), E("\x02\x01\x00") },
	{ "zero, long",              E("\x00\x00\x00"), E("\x02\x01\x00") },
	{ "one",                     E("\x01"), E("\x02\x01\x01") },
	{ "127",                     E("\x7F"), E("\x02\x01\x7F") },
	{ "128 gets a sign octet",   E("\x80"), E("\x02\x02\x00\x80") },
	{ "128 with zeros in front", E("\x00\x00\x80"), E("\x02\x02\x00\x80") },
	{ "256",                     E("\x01\x00"), E("\x02\x02\x01\x00") },
	{ "5 with zeros in front",   E("\x00\x00\x05"), E("\x02\x01\x05") },
	{ "65535",                   E("\xFF\xFF"), E("\x02\x03\x00\xFF\xFF") },
};
/* clang-format on */

static void
der_put_integer_is_minimal(void)
{
	unsigned char out[16];
	size_t u;

	for (u = 0; u < COUNT(integers); u++) {
		seamkey_der_writer m = { NULL, 0, 0, SEAMKEY_OK };
		seamkey_der_writer w = { out, sizeof out, 0, SEAMKEY_OK };
		seamkey_span v =
			seamkey_span_of(integers[u].magnitude, integers[u].len);
		seamkey_der_reader r;

		what = integers[u].what;
		seamkey_der_put_integer(&m, v);
		CHECK_INT(m.err, SEAMKEY_OK);
		CHECK_INT(m.len, integers[u].want_len);
		seamkey_der_put_integer(&w, v);
		CHECK_INT(w.err, SEAMKEY_OK);
		CHECK_INT(w.len, integers[u].want_len);
		CHECK_MEM(out, integers[u].want, integers[u].want_len);
		seamkey_der_init(&r, seamkey_span_of(out, w.len));
		(void)seamkey_der_get_integer(&r);
		CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	}
}

static void
der_uint_there_and_back(void)
{
	unsigned bit;
	int delta;

	for (bit = 0; bit < 32; bit++) {
		for (delta = -1; delta <= 1; delta++) {
			uint32_t v = ((uint32_t)1 << bit) + (uint32_t)delta;
			unsigned char out[8];
			seamkey_der_writer w = { out, sizeof out, 0, 0 };
			seamkey_der_reader r;

			seamkey_der_put_uint(&w, v);
			CHECK_INT(w.err, SEAMKEY_OK);
			seamkey_der_init(&r, seamkey_span_of(out, w.len));
			CHECK_INT(seamkey_der_get_uint(&r), v);
			CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
		}
	}
}

static void
der_length_of_everything_written(void)
{
	static const size_t bodies[] = {
		0, 1, 126, 127, 128, 129, 254, 255, 256, 257, 1000,
#ifndef TEST_SMALL
		32767, 32768, 65534, 65535, 65536, 65537
#endif
	};
	size_t u, head;

	for (u = 0; u < COUNT(bodies); u++) {
		seamkey_der_writer w = { big, sizeof big, 0, SEAMKEY_OK };
		size_t body = bodies[u], mark;
		seamkey_der_reader r;
		seamkey_span v;

		head = body < 128 ? 2 : body < 256 ? 3 : body < 65536 ? 4 : 5;
		mark = seamkey_der_begin(&w, SEAMKEY_DER_OCTET_STRING);
		memset(big + 2, 0x11, body);
		w.len += body; /* as if put */
		seamkey_der_end(&w, mark);
		CHECK_INT(w.err, SEAMKEY_OK);
		CHECK_INT(w.len, head + body);
		seamkey_der_init(&r, seamkey_span_of(big, w.len));
		v = seamkey_der_get(&r, SEAMKEY_DER_OCTET_STRING);
		CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
		CHECK_INT(v.len, body);
		CHECK_INT(all_are(big + head, 0x11, body), 1);
	}
}

/* An element of every writing function, nested, with long lengths. */
static void
write_all(seamkey_der_writer *w)
{
	static const unsigned char octets[130] = { 1, 2, 3 };
	static const unsigned char oid[] = { 0x2A, 0x03 };
	static const unsigned char null[] = { 0x05, 0x00 };
	seamkey_der_algorithm alg;
	size_t seq = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	size_t set = seamkey_der_begin(w, SEAMKEY_DER_SET);

	alg.oid = SPAN(oid);
	alg.parameters = SPAN(null);
	seamkey_der_put_uint(w, 65537);
	seamkey_der_put_integer(w, seamkey_span_of("\xFF", 1));
	seamkey_der_end(w, set);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, SPAN(octets));
	seamkey_der_put_bit_string(
		w, SEAMKEY_DER_BIT_STRING, seamkey_span_of("\x77", 1));
	seamkey_der_put_algorithm(w, &alg);
	seamkey_der_put(w, null, sizeof null);
	seamkey_der_end(w, seq);
}

static const unsigned char all_head[] = { 0x30, 0x81, 0x9E, 0x31, 0x09, 0x02,
	0x03, 0x01, 0x00, 0x01, 0x02, 0x02, 0x00, 0xFF, 0x04, 0x81, 0x82, 1, 2,
	3, 0 };
static const unsigned char all_tail[] = { 0x03, 0x02, 0x00, 0x77, 0x30, 0x06,
	0x06, 0x02, 0x2A, 0x03, 0x05, 0x00, 0x05, 0x00 };

/* The OCTET STRING has 130 octets, four of them in all_head. */
#define ALL_LEN (sizeof all_head + 126 + sizeof all_tail)

static void
der_writer_writes_what_it_measured(void)
{
	seamkey_der_writer m = { NULL, 0, 0, SEAMKEY_OK };
	unsigned char out[200];
	seamkey_der_writer w = { out, sizeof out, 0, SEAMKEY_OK };

	write_all(&m);
	CHECK_INT(m.err, SEAMKEY_OK);
	write_all(&w);
	CHECK_INT(w.err, SEAMKEY_OK);
	CHECK_INT(w.len, m.len);
	CHECK_INT(w.len, ALL_LEN);
	CHECK_MEM(out, all_head, sizeof all_head);
	CHECK_MEM(out + w.len - sizeof all_tail, all_tail, sizeof all_tail);
	CHECK_INT(seamkey_der_check(seamkey_span_of(out, w.len)), SEAMKEY_OK);
}

static void
der_every_short_buffer_fails(void)
{
	unsigned char out[172];
	size_t cap;

	for (cap = 0; cap <= ALL_LEN; cap++) {
		seamkey_der_writer w = { out, cap, 0, SEAMKEY_OK };

		memset(out, CANARY, sizeof out);
		write_all(&w);
		CHECK_INT(
			w.err, cap < ALL_LEN ? SEAMKEY_ERR_SPACE : SEAMKEY_OK);
		CHECK_INT(w.len <= cap, 1);
		CHECK_INT(all_are(out + cap, CANARY, sizeof out - cap), 1);
	}
}

static void
der_writer_error_sticks(void)
{
	unsigned char out[8];
	seamkey_der_writer w = { out, 4, 0, SEAMKEY_OK };
	size_t mark;

	memset(out, CANARY, sizeof out);
	seamkey_der_put(&w, "abcde", 5);
	CHECK_INT(w.err, SEAMKEY_ERR_SPACE);
	CHECK_INT(w.len, 0);
	/* these would fit */
	seamkey_der_put(&w, "a", 1);
	mark = seamkey_der_begin(&w, SEAMKEY_DER_NULL);
	seamkey_der_end(&w, mark);
	seamkey_der_put_uint(&w, 1);
	CHECK_INT(w.err, SEAMKEY_ERR_SPACE);
	CHECK_INT(w.len, 0);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	/* an error of the caller's own is kept too */
	w.err = -1234;
	w.cap = sizeof out;
	seamkey_der_put_uint(&w, 1);
	CHECK_INT(w.err, -1234);
	CHECK_INT(w.len, 0);
}

static void
der_put_of_nothing_needs_no_pointer(void)
{
	unsigned char out[2];
	seamkey_der_writer w = { out, sizeof out, 0, SEAMKEY_OK };

	seamkey_der_put(&w, NULL, 0);
	CHECK_INT(w.len, 0);
	seamkey_der_put_element(&w, SEAMKEY_DER_NULL, seamkey_span_of(NULL, 0));
	CHECK_INT(w.err, SEAMKEY_OK);
	CHECK_MEM(out, "\x05\x00", 2);
}

/* Nothing is read where nothing is written; the compiler need not know. */
static const unsigned char *volatile nowhere = NULL;
static volatile size_t far_too_long = SIZE_MAX - 1;

static void
der_measuring_what_is_too_long(void)
{
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };
	size_t mark = seamkey_der_begin(&w, SEAMKEY_DER_OCTET_STRING);

	seamkey_der_put(&w, nowhere, far_too_long);
	CHECK_INT(w.err, SEAMKEY_ERR_SPACE);
	CHECK_INT(w.len, 2);
#if SIZE_MAX > 0xFFFFFFFFu
	w.err = SEAMKEY_OK;
	seamkey_der_put(&w, nowhere, 0xFFFFFFFFu);
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_OK);
	CHECK_INT(w.len, (size_t)0xFFFFFFFFu + 6);
	w.len = 2;
	seamkey_der_put(&w, nowhere, (size_t)0xFFFFFFFFu + 1);
	CHECK_INT(w.err, SEAMKEY_OK);
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_ERR_LENGTH);
#else
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_ERR_SPACE);
#endif
}

/* clang-format off */
const struct test test_der_table[] = {
	{ "der_every_getter_judges_and_moves",
		der_every_getter_judges_and_moves },
	{ "der_every_getter_refuses_what_is_cut",
		der_every_getter_refuses_what_is_cut },
	{ "der_match_looks_at_the_tag_alone",
		der_match_looks_at_the_tag_alone },
	{ "der_lengths_in_all_forms", der_lengths_in_all_forms },
	{ "der_finish_moves_past_the_whole_element",
		der_finish_moves_past_the_whole_element },
	{ "der_finish_hands_the_error_out", der_finish_hands_the_error_out },
	{ "der_finish_keeps_the_first_error",
		der_finish_keeps_the_first_error },
	{ "der_reader_enters_so_many_levels_and_no_more",
		der_reader_enters_so_many_levels_and_no_more },
	{ "der_check_walks_so_many_levels_and_no_more",
		der_check_walks_so_many_levels_and_no_more },
	{ "der_check_judges_every_type", der_check_judges_every_type },
	{ "der_check_refuses_every_prefix", der_check_refuses_every_prefix },
	{ "der_put_integer_is_minimal", der_put_integer_is_minimal },
	{ "der_uint_there_and_back", der_uint_there_and_back },
	{ "der_length_of_everything_written",
		der_length_of_everything_written },
	{ "der_writer_writes_what_it_measured",
		der_writer_writes_what_it_measured },
	{ "der_every_short_buffer_fails", der_every_short_buffer_fails },
	{ "der_writer_error_sticks", der_writer_error_sticks },
	{ "der_put_of_nothing_needs_no_pointer",
		der_put_of_nothing_needs_no_pointer },
	{ "der_measuring_what_is_too_long", der_measuring_what_is_too_long },
	{ NULL, NULL },
};
/* clang-format on */
