/*
 * test_release.c - messages of key release: written, read, malformed
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What an agent makes of them: test_agent.c.
 */
#include <stdio.h>

#include "seamkey_release.h"

#include "hex.h"
#include "rsa_tools.h"

#define ROOM 4096

/* ---- a request of every part --------------------------------------------- */

#define ID_15   "000102030405060708090A0B0C0D0E"
#define ID      ID_15 "0F"
#define ID_DER  "0410" ID
#define ENTRY_1 "3009020102800141300004"
/* a RecipientInfo needs no more than to be well formed */
#define RECIPIENTS \
	"3107" \
	"A105" \
	"0203" \
	"010203"
#define ALGORITHM \
	"3004" \
	"0602" \
	"2A03"
#define BLOCK "300F" RECIPIENTS ALGORITHM
#define NAME  "300C310A300806035504030C0141"
#define CONTEXT \
	"A00A3008" \
	"0C0161" \
	"0C03626364"

static unsigned char message[ROOM];

static seamkey_span
bytes(const char *hex)
{
	static unsigned char buf[4][ROOM];
	static unsigned at;

	at = (at + 1) % 4;
	return unhex(hex, buf[at], ROOM);
}

/* A message with this tag around what stands in hex. */
static seamkey_span
around(unsigned tag, const char *hex)
{
	seamkey_der_writer w;
	seamkey_span in = bytes(hex);

	memset(&w, 0, sizeof w);
	w.buf = message;
	w.cap = sizeof message;
	seamkey_der_put_element(&w, tag, in);
	CHECK_INT(w.err, SEAMKEY_OK);
	return seamkey_span_of(message, w.len);
}

static int
decode(seamkey_span in)
{
	seamkey_release_request q, before;
	int status;

	memset(&q, 0xEE, sizeof q);
	memcpy(&before, &q, sizeof q);
	status = seamkey_release_decode_request(&q, in, NULL);
	if (status != SEAMKEY_OK) {
		CHECK_MEM(&q, &before, sizeof q);
	}
	return status;
}

/* clang-format off */
#define HEAD   "020101" ID_DER "020100"
#define BLOCKS "3011" BLOCK
#define GOOD   HEAD "A10E" NAME BLOCKS

static const struct {
	const char *what, *body;
	int status;
} requests[] = {
	{ "good", GOOD, SEAMKEY_OK },
	{ "with context", GOOD CONTEXT, SEAMKEY_OK },
	{ "by the channel",
		"020101" ID_DER "020102" "8000" BLOCKS, SEAMKEY_OK },
	{ "channel with contents",
		"020101" ID_DER "020102" "800100" BLOCKS,
		SEAMKEY_ERR_DER_NULL },
	{ "portion", "020101" ID_DER "020101" "A20E" NAME BLOCKS, SEAMKEY_OK },
	{ "alias", HEAD "840161" BLOCKS, SEAMKEY_OK },
	{ "alias empty", HEAD "8400" BLOCKS, SEAMKEY_ERR_NAME_TEXT },
	{ "alias with NUL", HEAD "84026100" BLOCKS, SEAMKEY_ERR_NAME_TEXT },
	{ "alias with CR LF", HEAD "8403610D0A" BLOCKS, SEAMKEY_ERR_NAME_TEXT },
	{ "alias no UTF-8", HEAD "8402C0AF" BLOCKS, SEAMKEY_ERR_NAME_TEXT },
	{ "attribute", HEAD "A5060C01610C0162" BLOCKS, SEAMKEY_OK },
	{ "attribute without a type",
		HEAD "A5050C000C0162" BLOCKS, SEAMKEY_ERR_NAME_TEXT },
	{ "attribute and more",
		HEAD "A5080C01610C01620500" BLOCKS, SEAMKEY_ERR_DER_TRAILING },
	{ "no certificate", HEAD "A30E" NAME BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "unknown decryptor", HEAD "860161" BLOCKS, SEAMKEY_ERR_RELEASE_WHO },
	{ "name of no parts", HEAD "A1023000" BLOCKS, SEAMKEY_ERR_NAME },
	{ "name with an empty part",
		HEAD "A10430023100" BLOCKS, SEAMKEY_ERR_NAME },
	{ "version 0",
		"020100" ID_DER "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "version 2",
		"020102" ID_DER "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "id of 15",
		"020101" "040F" ID_15 "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_ID },
	{ "id empty",
		"020101" "0400" "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_ID },
	{ "form 3",
		"020101" ID_DER "020103" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_FORM },
	{ "form in two octets",
		"020101" ID_DER "02020000" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_DER_INTEGER },
	{ "no block", HEAD "A10E" NAME "3000", SEAMKEY_ERR_RELEASE_EMPTY },
	{ "block without recipients",
		HEAD "A10E" NAME "300A" "3008" "3100" ALGORITHM,
		SEAMKEY_ERR_RELEASE_EMPTY },
	{ "block with a sequence of them",
		HEAD "A10E" NAME "3011" "300F" "3007A1050203010203" ALGORITHM,
		SEAMKEY_ERR_DER_TAG },
	{ "an entry that is none",
		HEAD "A10E" NAME "3011" "300F" "310704050203010203" ALGORITHM,
		SEAMKEY_ERR_DER_TAG },
	{ "an entry in BER",
		HEAD "A10E" NAME "3011" "300F" "3107A1800201010000" ALGORITHM,
		SEAMKEY_ERR_DER_LENGTH },
	{ "context empty", GOOD "A000", SEAMKEY_ERR_RELEASE_EMPTY },
	{ "context twice", GOOD CONTEXT CONTEXT, SEAMKEY_ERR_DER_TRAILING },
	{ "a field that is cut",
		GOOD "A1083006" "020101" "04021F", SEAMKEY_ERR_DER_TRUNCATED },
	{ "a field that is skipped",
		GOOD "A1083006" "020105" "040141", SEAMKEY_OK },
	{ "a critical field",
		GOOD "A10B3009" "020105" "0101FF" "040141",
		SEAMKEY_ERR_RELEASE_CRITICAL },
	{ "not critical, written out",
		GOOD "A10B3009" "020105" "010100" "040141",
		SEAMKEY_ERR_DER_BOOLEAN },
	{ "fields in order",
		GOOD "A1103006" "020104" "040141" "3006" "020105" "040141",
		SEAMKEY_OK },
	{ "a field twice",
		GOOD "A1103006" "020105" "040141" "3006" "020105" "040141",
		SEAMKEY_ERR_RELEASE_ORDER },
	{ "fields out of order",
		GOOD "A1103006" "020105" "040141" "3006" "020104" "040141",
		SEAMKEY_ERR_RELEASE_ORDER },
	{ "no field", GOOD "A100", SEAMKEY_ERR_RELEASE_EMPTY },
	{ "a field with a negative id",
		GOOD "A1083006" "0201FF" "040141", SEAMKEY_ERR_DER_INTEGER },
	{ "a field with an id of 2^32-1",
		GOOD "A10C300A" "020500FFFFFFFF" "040141", SEAMKEY_OK },
	{ "a field with an id of 2^32",
		GOOD "A10C300A" "02050100000000" "040141",
		SEAMKEY_ERR_DER_INTEGER },
	{ "ids ascending to 2^32-1",
		GOOD "A1143006" "020105" "040141" "300A" "020500FFFFFFFF"
		"040141", SEAMKEY_OK },
	{ "a field without a value",
		GOOD "A1053003" "020105", SEAMKEY_ERR_DER_TRUNCATED },
	{ "a field and more in it",
		GOOD "A10A3008" "020105" "040141" "0500",
		SEAMKEY_ERR_DER_TRAILING },
	{ "critical is 01",
		GOOD "A10B3009" "020105" "010101" "040141",
		SEAMKEY_ERR_DER_BOOLEAN },
	{ "the second of two is critical",
		GOOD "A1133006" "020104" "040141" "3009" "020105" "0101FF"
		"040141", SEAMKEY_ERR_RELEASE_CRITICAL },
	{ "fields twice",
		GOOD "A1083006020105040141" "A1083006020106040141",
		SEAMKEY_ERR_DER_TRAILING },
	{ "a part that is not known",
		GOOD "A2083006020105040141", SEAMKEY_ERR_DER_TRAILING },
	{ "id twice",
		"020101" ID_DER ID_DER "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_DER_TAG },
	{ "version twice", "020101" GOOD, SEAMKEY_ERR_DER_TAG },
	{ "decryptor twice", HEAD "8000" "8000" BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "blocks twice", GOOD BLOCKS, SEAMKEY_ERR_DER_TRAILING },
	{ "no version",
		ID_DER "020100" "A10E" NAME BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "no id", "020101" "020100" "A10E" NAME BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "no form", "020101" ID_DER "A10E" NAME BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "no decryptor", HEAD BLOCKS, SEAMKEY_ERR_RELEASE_WHO },
	{ "no blocks", HEAD "A10E" NAME, SEAMKEY_ERR_DER_TRUNCATED },
	{ "nothing", "", SEAMKEY_ERR_DER_TRUNCATED },
	{ "version -1",
		"0201FF" ID_DER "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_DER_INTEGER },
	{ "version 2^32+1",
		"02050100000001" ID_DER "020100" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_DER_INTEGER },
	{ "form 2^32-1",
		"020101" ID_DER "020500FFFFFFFF" "A10E" NAME BLOCKS,
		SEAMKEY_ERR_RELEASE_FORM },
	{ "id of 64",
		"020101" "0440" ID ID ID ID "020100" "8000" BLOCKS,
		SEAMKEY_OK },
	{ "id of 65",
		"020101" "0441" ID ID ID ID "00" "020100" "8000" BLOCKS,
		SEAMKEY_ERR_RELEASE_ID },
	{ "two names", HEAD "A11C" NAME NAME BLOCKS, SEAMKEY_ERR_DER_TRAILING },
	{ "name in a set",
		HEAD "A10E310C310A300806035504030C0141" BLOCKS,
		SEAMKEY_ERR_DER_TAG },
	{ "alias constructed",
		HEAD "A4030C0161" BLOCKS, SEAMKEY_ERR_RELEASE_WHO },
	{ "name primitive", HEAD "810E" NAME BLOCKS, SEAMKEY_ERR_RELEASE_WHO },
	{ "attribute of PrintableStrings",
		HEAD "A506130161130162" BLOCKS, SEAMKEY_ERR_DER_TAG },
	{ "a third part in a block",
		HEAD "8000" "3013" "3011" RECIPIENTS ALGORITHM "0500",
		SEAMKEY_ERR_DER_TRAILING },
	{ "a block without its cipher",
		HEAD "8000" "300B" "3009" RECIPIENTS,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a cipher that is cut inside",
		HEAD "8000" "3011" "300F" RECIPIENTS "300406032A03",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "the second block is none",
		HEAD "8000" "3013" BLOCK "0500", SEAMKEY_ERR_DER_TAG },
	{ "id, its length FF FF FF FF",
		"020101" "0484FFFFFFFF" ID "020100" "8000" BLOCKS,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "id, its length FF FF FF F8",
		"020101" "0484FFFFFFF8" ID "020100" "8000" BLOCKS,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "id, its length of 8 octets",
		"020101" "0488FFFFFFFFFFFFFFFF" ID "020100" "8000" BLOCKS,
		SEAMKEY_ERR_DER_LENGTH },
	{ "id, its length in two octets",
		"020101" "048110" ID "020100" "8000" BLOCKS,
		SEAMKEY_ERR_DER_LENGTH },
	{ "id of indefinite length",
		"020101" "0480" ID "0000" "020100" "8000" BLOCKS,
		SEAMKEY_ERR_DER_LENGTH },
	{ "blocks, their length FF FF FF FF",
		HEAD "8000" "3084FFFFFFFF" BLOCK, SEAMKEY_ERR_DER_TRUNCATED },
	{ "blocks, one octet too many",
		HEAD "8000" "3012" BLOCK, SEAMKEY_ERR_DER_TRUNCATED },
	{ "blocks, one octet too few",
		HEAD "8000" "3010" BLOCK, SEAMKEY_ERR_DER_TRUNCATED },
	{ "blocks, none of their octets",
		HEAD "8000" "3000" BLOCK, SEAMKEY_ERR_RELEASE_EMPTY },
	{ "context, one octet too many",
		GOOD "A00B3008" "0C0161" "0C03626364",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "context, one octet too few",
		GOOD "A0093008" "0C0161" "0C03626364",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "fields before context",
		GOOD "A1083006" "020105" "040141" CONTEXT,
		SEAMKEY_ERR_DER_TRAILING },
};
/* clang-format on */

static void
release_requests_are_strict(void)
{
	size_t u;

	for (u = 0; u < COUNT(requests); u++) {
		what = requests[u].what;
		CHECK_INT(decode(around(SEAMKEY_RELEASE_TAG_REQUEST,
				  requests[u].body)),
			requests[u].status);
	}
	what = "other messages";
	CHECK_INT(decode(around(SEAMKEY_RELEASE_TAG_ANSWER, GOOD)),
		SEAMKEY_ERR_RELEASE_MESSAGE);
	CHECK_INT(decode(around(SEAMKEY_DER_SEQUENCE, GOOD)),
		SEAMKEY_ERR_RELEASE_MESSAGE);
	CHECK_INT(
		decode(seamkey_span_of(message, 0)), SEAMKEY_ERR_DER_TRUNCATED);
}

/* The same parts as in a request, encoded once more. */
static int
request_again(seamkey_span in, unsigned char *out, size_t *len)
{
	seamkey_release_attribute context[4];
	seamkey_release_request q;
	seamkey_release_block blocks[4];
	seamkey_der_reader r;
	size_t u;
	int status = seamkey_release_decode_request(&q, in, NULL);

	if (status != SEAMKEY_OK) {
		return status;
	}
	CHECK_INT(q.block_count <= 4 && q.context_count <= 4, 1);
	seamkey_der_init(&r, q.blocks);
	for (u = 0; u < q.block_count; u++) {
		seamkey_release_get_block(&r, &blocks[u]);
	}
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	seamkey_der_init(&r, q.context);
	for (u = 0; u < q.context_count; u++) {
		seamkey_release_get_attribute(&r, &context[u]);
	}
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	CHECK_INT(seamkey_release_encode_request(out, ROOM, len, q.id, q.form,
			  &q.who, blocks, q.block_count, context,
			  q.context_count),
		SEAMKEY_OK);
	return SEAMKEY_OK;
}

/*
 * A message that again() reads and writes: cut everywhere, with something
 * behind it, twice; each octet changed to each other value. It is refused,
 * or says something else: what it says makes the same bytes. Returns how
 * many changes were taken.
 */
static size_t
every_change(seamkey_span in,
	int (*again)(seamkey_span in, unsigned char *out, size_t *len))
{
	static unsigned char copy[ROOM], out[ROOM];
	size_t len = 0, taken = 0, u;
	unsigned v;

	CHECK_INT(2 * in.len <= ROOM, 1);
	CHECK_INT(again(in, out, &len), SEAMKEY_OK);
	CHECK_INT(len, in.len);
	CHECK_MEM(out, in.p, in.len);
	memcpy(copy, in.p, in.len);
	for (u = 0; u < in.len; u++) {
		CHECK_INT(again(seamkey_span_of(copy, u), out, &len) < 0, 1);
	}
	copy[in.len] = 0;
	CHECK_INT(again(seamkey_span_of(copy, in.len + 1), out, &len),
		SEAMKEY_ERR_DER_TRAILING);
	memcpy(copy + in.len, in.p, in.len);
	CHECK_INT(again(seamkey_span_of(copy, 2 * in.len), out, &len),
		SEAMKEY_ERR_DER_TRAILING);
	for (u = 0; u < in.len; u++) {
		for (v = 1; v < 256; v++) {
			copy[u] = (unsigned char)(in.p[u] ^ v);
			if (again(seamkey_span_of(copy, in.len), out, &len)
				== SEAMKEY_OK) {
				taken++;
				CHECK_INT(len, in.len);
				CHECK_MEM(out, copy, in.len);
			}
		}
		copy[u] = in.p[u];
	}
	return taken;
}

/* clang-format off */
static const char *const whole_requests[] = {
	GOOD CONTEXT,
	"020101" ID_DER "020102" "8000" "3022" BLOCK BLOCK,
	"020101" ID_DER "020101" "A20E" NAME BLOCKS,
	HEAD "8405616C696365" "3011" BLOCK,
	HEAD "A50A0C0361C3A90C0362C2A0"
		"3011" BLOCK "A0143008" "0C01610C03626364"
		"3008" "0C01610C03626364",
};
/* clang-format on */

static void
release_requests_are_whole(void)
{
	size_t u;

	for (u = 0; u < COUNT(whole_requests); u++) {
		seamkey_span in =
			around(SEAMKEY_RELEASE_TAG_REQUEST, whole_requests[u]);

		what = whole_requests[u];
		/* the identifier may be any other */
		CHECK_INT(every_change(in, request_again) >= 16 * 255, 1);
	}
}

/* A certificate instead of a name: as it stands. */
static void
release_requests_carry_certificates(void)
{
	static unsigned char out[ROOM], buf[ROOM];
	seamkey_release_request q;
	seamkey_release_block b;
	seamkey_release_who who;
	size_t len = 0, again = 0;

	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_CERTIFICATE;
	who.value = SPAN(certificate);
	b.recipients = bytes(RECIPIENTS);
	b.algorithm = bytes(ALGORITHM);
	CHECK_INT(
		seamkey_release_encode_request(out, sizeof out, &len, bytes(ID),
			SEAMKEY_RELEASE_SEALED, &who, &b, 1, NULL, 0),
		SEAMKEY_OK);
	CHECK_INT(request_again(seamkey_span_of(out, len), buf, &again),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_request(
			  &q, seamkey_span_of(out, len), NULL),
		SEAMKEY_OK);
	CHECK_INT(q.who.kind, SEAMKEY_RELEASE_CERTIFICATE);
	CHECK_INT(q.who.value.len, sizeof certificate);
	CHECK_MEM(q.who.value.p, certificate, sizeof certificate);
	who.value.len--;
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len,
			  bytes(ID), 0, &who, &b, 1, NULL, 0),
		SEAMKEY_ERR_DER_TRUNCATED);
}

/* ---- text ---------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *hex;
	int ok;
} texts[] = {
	{ "ASCII", "2041427E", 1 },
	{ "two octets", "C3A9", 1 },
	{ "three octets", "E282AC", 1 },
	{ "four octets", "F09F9982", 1 },
	{ "the last character", "F48FBFBF", 1 },
	{ "NUL", "6100", 0 },
	{ "NUL inside", "610062", 0 },
	{ "CR LF", "610D0A62", 0 },
	{ "LF", "0A", 0 },
	{ "TAB", "09", 0 },
	{ "ESC", "1B5B324A", 0 },
	{ "DEL", "7F", 0 },
	{ "CSI of C1", "C29B", 0 },
	{ "next line", "C285", 0 },
	{ "line separator", "E280A8", 0 },
	{ "right-to-left override", "E280AE", 0 },
	{ "a slash, overlong", "C0AF", 0 },
	{ "a slash, overlong in three", "E080AF", 0 },
	{ "NUL, overlong", "C080", 0 },
	{ "overlong in four", "F08080AF", 0 },
	{ "a surrogate", "EDA080", 0 },
	{ "a pair of surrogates", "EDA080EDB080", 0 },
	{ "above the last character", "F4908080", 0 },
	{ "five octets", "F888808080", 0 },
	{ "octet FF", "FF", 0 },
	{ "goes on without a beginning", "80", 0 },
	{ "cut after one of two", "C3", 0 },
	{ "cut after three of four", "F09F99", 0 },
	{ "cut by a letter", "E28261", 0 },
};
/* clang-format on */

/* A request with this text where the position says: alias, type or value of
 * the decryptor's attribute, type or value of a claim; "a" for the others. */
static int
decode_with_text(seamkey_span text, int where)
{
	seamkey_span a = BYTES("a");
	seamkey_span parts = bytes("020101" ID_DER "020100");
	seamkey_span blocks = bytes("3011" BLOCK);
	seamkey_der_writer w;
	size_t outer, mark, one;

	memset(&w, 0, sizeof w);
	w.buf = message;
	w.cap = sizeof message;
	outer = seamkey_der_begin(&w, SEAMKEY_RELEASE_TAG_REQUEST);
	seamkey_der_put(&w, parts.p, parts.len);
	if (where == 0) {
		seamkey_der_put_element(&w, 0x84, text);
	} else {
		mark = seamkey_der_begin(&w, 0xA5);
		seamkey_der_put_element(&w, 0x0C, where == 1 ? text : a);
		seamkey_der_put_element(&w, 0x0C, where == 2 ? text : a);
		seamkey_der_end(&w, mark);
	}
	seamkey_der_put(&w, blocks.p, blocks.len);
	mark = seamkey_der_begin(&w, 0xA0);
	one = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(&w, 0x0C, where == 3 ? text : a);
	seamkey_der_put_element(&w, 0x0C, where == 4 ? text : a);
	seamkey_der_end(&w, one);
	seamkey_der_end(&w, mark);
	seamkey_der_end(&w, outer);
	CHECK_INT(w.err, SEAMKEY_OK);
	return decode(seamkey_span_of(message, w.len));
}

static void
release_text_can_be_printed(void)
{
	static unsigned char longest[SEAMKEY_RELEASE_VALUE_MAX + 1];
	size_t u, len;
	int where;

	memset(longest, 'x', sizeof longest);
	for (where = 0; where < 5; where++) {
		int is_value = where == 2 || where == 4;
		size_t max = is_value ? SEAMKEY_RELEASE_VALUE_MAX
				      : SEAMKEY_RELEASE_NAME_MAX;

		for (u = 0; u < COUNT(texts); u++) {
			what = texts[u].what;
			CHECK_INT(decode_with_text(bytes(texts[u].hex), where),
				texts[u].ok ? SEAMKEY_OK
					    : SEAMKEY_ERR_NAME_TEXT);
		}
		what = "lengths of text";
		for (len = 0; len <= max + 1; len++) {
			CHECK_INT(decode_with_text(
					  seamkey_span_of(longest, len), where),
				len > max || (len == 0 && !is_value)
					? SEAMKEY_ERR_NAME_TEXT
					: SEAMKEY_OK);
		}
	}
}

/* ---- limits -------------------------------------------------------------- */

/* Parts of a request, each so many times. */
static seamkey_span
request_of(size_t blocks, size_t entries, size_t claims, size_t fields,
	size_t filler)
{
	static unsigned char buf[70000];
	static const unsigned char zeros[65536];
	seamkey_span head = bytes("020101" ID_DER "0201008000");
	seamkey_span entry = bytes("A1050203010203");
	seamkey_span cipher = bytes(ALGORITHM),
		     claim = bytes("30060C01610C0162");
	seamkey_der_writer w;
	size_t outer, mark, one, set, u;

	memset(&w, 0, sizeof w);
	w.buf = buf;
	w.cap = sizeof buf;
	outer = seamkey_der_begin(&w, SEAMKEY_RELEASE_TAG_REQUEST);
	seamkey_der_put(&w, head.p, head.len);
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	while (blocks-- != 0) {
		one = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		set = seamkey_der_begin(&w, SEAMKEY_DER_SET);
		for (u = 0; u < entries; u++) {
			seamkey_der_put(&w, entry.p, entry.len);
		}
		seamkey_der_end(&w, set);
		seamkey_der_put(&w, cipher.p, cipher.len);
		seamkey_der_end(&w, one);
	}
	seamkey_der_end(&w, mark);
	mark = seamkey_der_begin(&w, 0xA0);
	while (claims-- != 0) {
		seamkey_der_put(&w, claim.p, claim.len);
	}
	seamkey_der_end(&w, mark);
	mark = seamkey_der_begin(&w, 0xA1);
	for (u = 0; u < fields; u++) {
		one = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		seamkey_der_put_uint(&w, (uint32_t)u);
		seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING,
			seamkey_span_of(zeros, filler));
		seamkey_der_end(&w, one);
	}
	seamkey_der_end(&w, mark);
	seamkey_der_end(&w, outer);
	CHECK_INT(w.err, SEAMKEY_OK);
	return seamkey_span_of(buf, w.len);
}

static void
release_default_limits_hold(void)
{
	size_t rest = 65535 - request_of(1, 1, 1, 1, 60000).len;

	what = "at the limit";
	CHECK_INT(decode(request_of(8, 64, 16, 16, 0)), SEAMKEY_OK);
	CHECK_INT(decode(request_of(1, 1, 1, 1, 60000 + rest)), SEAMKEY_OK);
	what = "one more";
	CHECK_INT(decode(request_of(9, 1, 1, 1, 0)), SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(
		decode(request_of(1, 65, 1, 1, 0)), SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(
		decode(request_of(1, 1, 17, 1, 0)), SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(
		decode(request_of(1, 1, 1, 17, 0)), SEAMKEY_ERR_RELEASE_LIMIT);
	CHECK_INT(decode(request_of(1, 1, 1, 1, 60000 + rest + 1)),
		SEAMKEY_ERR_RELEASE_LIMIT);
	what = "lists of nothing";
	CHECK_INT(decode(request_of(0, 1, 1, 1, 0)), SEAMKEY_ERR_RELEASE_EMPTY);
	CHECK_INT(decode(request_of(1, 0, 1, 1, 0)), SEAMKEY_ERR_RELEASE_EMPTY);
	CHECK_INT(decode(request_of(1, 1, 0, 1, 0)), SEAMKEY_ERR_RELEASE_EMPTY);
	CHECK_INT(decode(request_of(1, 1, 1, 0, 0)), SEAMKEY_ERR_RELEASE_EMPTY);
}

/* A cipher, and a RecipientInfo, of 10,000 levels: refused by depth. */
static void
release_depth_is_bounded(void)
{
	static unsigned char deep[40000], buf[50000];
	size_t levels = 10000, len = sizeof deep, u, n;
	seamkey_span head = bytes("020101" ID_DER "0201008000");
	seamkey_der_writer w;
	size_t outer, list, one;

	/* written from the inside: 30 82 xx xx around what is there */
	for (u = 0; u < levels; u++) {
		n = sizeof deep - len;
		len -= n < 0x80 ? 2 : n < 0x100 ? 3 : 4;
		deep[len] = 0x30;
		if (n < 0x80) {
			deep[len + 1] = (unsigned char)n;
		} else if (n < 0x100) {
			deep[len + 1] = 0x81;
			deep[len + 2] = (unsigned char)n;
		} else {
			deep[len + 1] = 0x82;
			deep[len + 2] = (unsigned char)(n >> 8);
			deep[len + 3] = (unsigned char)n;
		}
	}
	for (u = 0; u < 2; u++) {
		memset(&w, 0, sizeof w);
		w.buf = buf;
		w.cap = sizeof buf;
		outer = seamkey_der_begin(&w, SEAMKEY_RELEASE_TAG_REQUEST);
		seamkey_der_put(&w, head.p, head.len);
		list = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		one = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		if (u == 0) {
			seamkey_span set = bytes(RECIPIENTS);

			seamkey_der_put(&w, set.p, set.len);
			seamkey_der_put(&w, deep + len, sizeof deep - len);
		} else {
			seamkey_span cipher = bytes(ALGORITHM);

			seamkey_der_put_element(&w, SEAMKEY_DER_SET,
				seamkey_span_of(deep + len, sizeof deep - len));
			seamkey_der_put(&w, cipher.p, cipher.len);
		}
		seamkey_der_end(&w, one);
		seamkey_der_end(&w, list);
		seamkey_der_end(&w, outer);
		CHECK_INT(w.err, SEAMKEY_OK);
		CHECK_INT(decode(seamkey_span_of(buf, w.len)),
			SEAMKEY_ERR_DER_DEPTH);
	}
}

static void
release_limits_hold(void)
{
	seamkey_release_limits limits = { 0, 0, 0, 0 };
	seamkey_release_request q;
	seamkey_span in = around(SEAMKEY_RELEASE_TAG_REQUEST,
		"020101" ID_DER "020100A10E" NAME "3022" BLOCK BLOCK "A0143008"
		"0C01610C03626364"
		"3008"
		"0C01610C03626364");

	CHECK_INT(seamkey_release_decode_request(&q, in, &limits), SEAMKEY_OK);
	CHECK_INT(q.block_count, 2);
	CHECK_INT(q.context_count, 2);
	limits.blocks = 1;
	CHECK_INT(seamkey_release_decode_request(&q, in, &limits),
		SEAMKEY_ERR_RELEASE_LIMIT);
	limits.blocks = 2;
	limits.attributes = 1;
	CHECK_INT(seamkey_release_decode_request(&q, in, &limits),
		SEAMKEY_ERR_RELEASE_LIMIT);
	limits.attributes = 2;
	limits.entries = 1;
	limits.message = in.len;
	CHECK_INT(seamkey_release_decode_request(&q, in, &limits), SEAMKEY_OK);
	limits.message--;
	CHECK_INT(seamkey_release_decode_request(&q, in, &limits),
		SEAMKEY_ERR_RELEASE_LIMIT);
}

/* What is written is what was read; what cannot be read is not written. */
static void
release_requests_come_back(void)
{
	static unsigned char out[ROOM];
	seamkey_release_request q;
	seamkey_release_block b;
	seamkey_release_attribute a;
	seamkey_der_reader r;
	seamkey_span in = around(SEAMKEY_RELEASE_TAG_REQUEST, GOOD CONTEXT);
	size_t len = 0, cap;

	CHECK_INT(seamkey_release_decode_request(&q, in, NULL), SEAMKEY_OK);
	seamkey_der_init(&r, q.blocks);
	seamkey_release_get_block(&r, &b);
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	seamkey_der_init(&r, q.context);
	seamkey_release_get_attribute(&r, &a);
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	for (cap = 0; cap < in.len; cap++) {
		memset(out, CANARY, in.len);
		CHECK_INT(seamkey_release_encode_request(out, cap, &len, q.id,
				  q.form, &q.who, &b, 1, &a, 1),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, in.len);
		CHECK_INT(all_are(out, CANARY, in.len), 1);
	}
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id,
			  q.form, &q.who, &b, 1, &a, 1),
		SEAMKEY_OK);
	CHECK_INT(len, in.len);
	CHECK_MEM(out, in.p, len);

	len = 5;
	a.type = BYTES("");
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id,
			  q.form, &q.who, &b, 1, &a, 1),
		SEAMKEY_ERR_NAME_TEXT);
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id, 3,
			  &q.who, &b, 1, NULL, 0),
		SEAMKEY_ERR_RELEASE_FORM);
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len,
			  BYTES("short"), 0, &q.who, &b, 1, NULL, 0),
		SEAMKEY_ERR_RELEASE_ID);
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id, 0,
			  &q.who, NULL, 0, NULL, 0),
		SEAMKEY_ERR_RELEASE_EMPTY);
	b.recipients.len--;
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id, 0,
			  &q.who, &b, 1, NULL, 0)
			< 0,
		1);
	q.who.kind = 6;
	b.recipients.len++;
	CHECK_INT(seamkey_release_encode_request(out, sizeof out, &len, q.id, 0,
			  &q.who, &b, 1, NULL, 0),
		SEAMKEY_ERR_RELEASE_WHO);
	CHECK_INT(len, 5);
}

/* ---- answers ------------------------------------------------------------- */

/* clang-format off */
static const struct {
	const char *what, *body;
	int status;
} answers[] = {
	{ "all kinds",
		"020101" ID_DER "300E" "8000" "A1023000" "A2023000" "A3023000",
		SEAMKEY_OK },
	{ "no result", "020101" ID_DER "3000", SEAMKEY_OK },
	{ "not understood", "020101" "0400" "3000", SEAMKEY_OK },
	{ "not understood, with a result",
		"020101" "0400" "30028000", SEAMKEY_ERR_RELEASE_ID },
	{ "id of 15",
		"020101" "040F" ID_15 "30028000", SEAMKEY_ERR_RELEASE_ID },
	{ "version", "020102" ID_DER "30028000", SEAMKEY_ERR_RELEASE_VERSION },
	{ "unknown result",
		"020101" ID_DER "3004A4023000", SEAMKEY_ERR_DER_TAG },
	{ "not released, with contents",
		"020101" ID_DER "3003800100", SEAMKEY_ERR_DER_NULL },
	{ "two in one",
		"020101" ID_DER "3006A10430003000", SEAMKEY_ERR_DER_TRAILING },
	{ "sealed, with nothing in it",
		"020101" ID_DER "3002A100", SEAMKEY_ERR_DER_TRUNCATED },
	{ "sealed, in a set",
		"020101" ID_DER "3004A1023100", SEAMKEY_ERR_DER_TAG },
	{ "sealed, in BER",
		"020101" ID_DER "3006A10430800000", SEAMKEY_ERR_DER_LENGTH },
	{ "sealed, cut inside",
		"020101" ID_DER "3007A1053003040241",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "in the clear, cut inside",
		"020101" ID_DER "3007A3053003040241",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "sealed, primitive",
		"020101" ID_DER "300481023000", SEAMKEY_ERR_DER_TAG },
	{ "released by nobody",
		"020101" ID_DER "3004A0023000", SEAMKEY_ERR_DER_TAG },
	{ "results, FF FF FF FF octets",
		"020101" ID_DER "3084FFFFFFFF8000",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "results, FF FF FF F8 octets",
		"020101" ID_DER "3084FFFFFFF88000",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a result, one octet too many",
		"020101" ID_DER "3004A1033000", SEAMKEY_ERR_DER_TRUNCATED },
	{ "results twice",
		"020101" ID_DER "30028000" "30028000",
		SEAMKEY_ERR_DER_TRAILING },
	{ "no results", "020101" ID_DER, SEAMKEY_ERR_DER_TRUNCATED },
	{ "id of 65",
		"020101" "0441" ID ID ID ID "00" "30028000",
		SEAMKEY_ERR_RELEASE_ID },
	{ "id of 64", "020101" "0440" ID ID ID ID "30028000", SEAMKEY_OK },
	{ "something behind",
		"020101" ID_DER "30028000" "0500", SEAMKEY_ERR_DER_TRAILING },
	{ "a field that is skipped",
		"020101" ID_DER "30028000" "A1083006" "020105" "040141",
		SEAMKEY_OK },
	{ "a critical field",
		"020101" ID_DER "30028000" "A10B3009" "020105" "0101FF"
		"040141", SEAMKEY_ERR_RELEASE_CRITICAL },
	{ "no field",
		"020101" ID_DER "30028000" "A100", SEAMKEY_ERR_RELEASE_EMPTY },
};
/* clang-format on */

static int
answer_again(seamkey_span in, unsigned char *out, size_t *len)
{
	seamkey_release_result results[8];
	seamkey_release_answer a, before;
	seamkey_der_reader r;
	size_t u;
	int status;

	memset(&a, 0xEE, sizeof a);
	memcpy(&before, &a, sizeof a);
	status = seamkey_release_decode_answer(&a, in);
	if (status != SEAMKEY_OK) {
		CHECK_MEM(&a, &before, sizeof a);
		return status;
	}
	CHECK_INT(a.count <= 8, 1);
	seamkey_der_init(&r, a.results);
	for (u = 0; u < a.count; u++) {
		seamkey_release_get_result(&r, &results[u]);
	}
	CHECK_INT(seamkey_der_check_end(&r), SEAMKEY_OK);
	CHECK_INT(seamkey_release_encode_answer(
			  out, ROOM, len, a.id, results, a.count),
		SEAMKEY_OK);
	return SEAMKEY_OK;
}

static void
release_answers_are_strict(void)
{
	static unsigned char out[ROOM];
	size_t u, len = 0;

	for (u = 0; u < COUNT(answers); u++) {
		what = answers[u].what;
		CHECK_INT(answer_again(around(SEAMKEY_RELEASE_TAG_ANSWER,
					       answers[u].body),
				  out, &len),
			answers[u].status);
	}
	what = "another message";
	CHECK_INT(answer_again(
			  around(SEAMKEY_RELEASE_TAG_REQUEST, answers[0].body),
			  out, &len),
		SEAMKEY_ERR_RELEASE_MESSAGE);
	what = "changes";
	CHECK_INT(every_change(around(SEAMKEY_RELEASE_TAG_ANSWER,
				       "020101" ID_DER "3014"
				       "8000"
				       "A1043002"
				       "0500"
				       "A2043002"
				       "0500"
				       "A3043002"
				       "0500"),
			  answer_again)
			>= 16 * 255,
		1);
	CHECK_INT(every_change(around(SEAMKEY_RELEASE_TAG_ANSWER,
				       "020101"
				       "0400"
				       "3000"),
			  answer_again),
		0);
}

/* What cannot be read counts as not released. */
static void
release_a_bad_result_is_none(void)
{
	static const char *const bad[] = { "A1023100", "A102300000", "A101",
		"A4023000", "A1800000", "" };
	seamkey_release_result got;
	seamkey_der_reader r;
	size_t u;

	for (u = 0; u < COUNT(bad); u++) {
		what = bad[u];
		memset(&got, 0xEE, sizeof got);
		seamkey_der_init(&r, bytes(bad[u]));
		if (u == 1) {
			r.len--; /* the good one, and then nothing */
			seamkey_release_get_result(&r, &got);
			CHECK_INT(got.kind, SEAMKEY_RELEASE_IS_SEALED);
			CHECK_INT(r.err, SEAMKEY_OK);
		}
		seamkey_release_get_result(&r, &got);
		CHECK_INT(r.err < 0, 1);
		CHECK_INT(got.kind, SEAMKEY_RELEASE_NOT_RELEASED);
		CHECK_INT(got.content.len, 0);
	}
}

static void
release_answers_come_back(void)
{
	static unsigned char out[ROOM];
	seamkey_release_result r[4], got;
	seamkey_release_answer a;
	seamkey_der_reader reader;
	size_t u, len = 0;

	for (u = 0; u < 4; u++) {
		r[u].kind = (int)u;
		r[u].content = BYTES("\x30\x00");
	}
	CHECK_INT(seamkey_release_encode_answer(
			  out, sizeof out, &len, bytes(ID), r, 4),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_answer(&a, seamkey_span_of(out, len)),
		SEAMKEY_OK);
	CHECK_INT(a.count, 4);
	seamkey_der_init(&reader, a.results);
	for (u = 0; u < 4; u++) {
		seamkey_release_get_result(&reader, &got);
		CHECK_INT(got.kind, u);
		CHECK_INT(got.content.len, u == 0 ? 0 : 2);
	}
	CHECK_INT(seamkey_release_encode_answer(
			  out, sizeof out, &len, BYTES(""), r, 1),
		SEAMKEY_ERR_RELEASE_ID);
	CHECK_INT(
		seamkey_release_encode_answer(out, 4, &len, BYTES(""), NULL, 0),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(len, 9);
}

/* ---- released keys ------------------------------------------------------ */

static void
release_keys_belong_to_a_question(void)
{
	static unsigned char out[256], zero[65];
	unsigned char key[32];
	seamkey_release_released v;
	seamkey_release_block b;
	seamkey_span entry = bytes("A1050203010203"), other;
	size_t len = 0;

	b.recipients = bytes(RECIPIENTS);
	b.algorithm = bytes(ALGORITHM);
	memset(zero, 7, sizeof zero);
	CHECK_INT(seamkey_release_encode_released(out, sizeof out, &len,
			  bytes(ID), entry, seamkey_span_of(zero, 32)),
		SEAMKEY_OK);
	CHECK_INT(len <= SEAMKEY_RELEASE_RELEASED_MAX, 1);
	CHECK_INT(
		seamkey_release_decode_released(&v, seamkey_span_of(out, len)),
		SEAMKEY_OK);
	memset(key, 0, sizeof key);
	CHECK_INT(seamkey_release_check_released(&v, bytes(ID), &b, key, 16),
		SEAMKEY_ERR_RELEASE_KEY);
	CHECK_INT(seamkey_release_check_released(
			  &v, BYTES("another request."), &b, key, 32),
		SEAMKEY_ERR_RELEASE_OTHER);
	other = bytes("3107"
		      "A105"
		      "0203"
		      "010204");
	b.recipients = other;
	CHECK_INT(seamkey_release_check_released(&v, bytes(ID), &b, key, 32),
		SEAMKEY_ERR_RELEASE_OTHER);
	CHECK_INT(all_are(key, 0, sizeof key), 1);
	/* one of several entries */
	b.recipients = bytes("310E"
			     "A105"
			     "0203"
			     "010204"
			     "A105"
			     "0203"
			     "010203");
	CHECK_INT(seamkey_release_check_released(&v, bytes(ID), &b, key, 32),
		SEAMKEY_OK);
	CHECK_MEM(key, zero, 32);
	CHECK_INT(seamkey_release_encode_released(out, sizeof out, &len,
			  bytes(ID), entry, seamkey_span_of(zero, 65)),
		SEAMKEY_ERR_RELEASE_KEY);
	CHECK_INT(seamkey_release_encode_released(out, sizeof out, &len,
			  bytes(ID), entry, seamkey_span_of(zero, 0)),
		SEAMKEY_ERR_RELEASE_KEY);
}

static int
released_again(seamkey_span in, unsigned char *out, size_t *len)
{
	seamkey_release_released v, before;
	seamkey_der_writer w;
	size_t mark;
	int status;

	memset(&v, 0xEE, sizeof v);
	memcpy(&before, &v, sizeof v);
	status = seamkey_release_decode_released(&v, in);
	if (status != SEAMKEY_OK) {
		CHECK_MEM(&v, &before, sizeof v);
		return status;
	}
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = ROOM;
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, v.id);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, v.recipient);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, v.key);
	seamkey_der_end(&w, mark);
	*len = w.len;
	return w.err;
}

#define HASH_15 "101112131415161718191A1B1C1D1E"
#define HASH    ID HASH_15 "1F"

/* clang-format off */
static const struct {
	const char *what, *body;
	int status;
} released[] = {
	{ "good", ID_DER "0420" HASH "0401AA", SEAMKEY_OK },
	{ "key of 64", ID_DER "0420" HASH "0440" HASH HASH, SEAMKEY_OK },
	{ "key of 65",
		ID_DER "0420" HASH "0441" HASH HASH "00",
		SEAMKEY_ERR_RELEASE_KEY },
	{ "key empty", ID_DER "0420" HASH "0400", SEAMKEY_ERR_RELEASE_KEY },
	{ "no key", ID_DER "0420" HASH, SEAMKEY_ERR_DER_TRUNCATED },
	{ "id empty", "0400" "0420" HASH "0401AA", SEAMKEY_ERR_RELEASE_ID },
	{ "id of 15",
		"040F" ID_15 "0420" HASH "0401AA", SEAMKEY_ERR_RELEASE_ID },
	{ "hash of 31",
		ID_DER "041F" ID HASH_15 "0401AA",
		SEAMKEY_ERR_RELEASE_MESSAGE },
	{ "hash of 33",
		ID_DER "0421" HASH "00" "0401AA",
		SEAMKEY_ERR_RELEASE_MESSAGE },
	{ "two keys",
		ID_DER "0420" HASH "0401AA" "0401AA",
		SEAMKEY_ERR_DER_TRAILING },
	{ "key in a BIT STRING",
		ID_DER "0420" HASH "030200AA", SEAMKEY_ERR_DER_TAG },
	{ "key, its length FF FF FF FF",
		ID_DER "0420" HASH "0484FFFFFFFFAA",
		SEAMKEY_ERR_DER_TRUNCATED },
};
/* clang-format on */

static void
release_keys_are_strict(void)
{
	static unsigned char out[ROOM];
	size_t u, len = 0;

	for (u = 0; u < COUNT(released); u++) {
		what = released[u].what;
		CHECK_INT(released_again(around(SEAMKEY_DER_SEQUENCE,
						 released[u].body),
				  out, &len),
			released[u].status);
	}
	what = "changes";
	CHECK_INT(every_change(around(SEAMKEY_DER_SEQUENCE,
				       ID_DER "0420" HASH "0403AABBCC"),
			  released_again)
			>= (16 + 32 + 3) * 255,
		1);
}

/* ---- approvals and receipts --------------------------------------------- */

#define EXPIRES \
	"180F" \
	"32303236313233313233353935395A"
#define SHA256_RSA    "300D06092A864886F70D01010B0500"
#define SIGNED        SHA256_RSA "030200AA"
#define APPROVAL_BODY "020101" ID_DER "0420" HASH NAME NAME EXPIRES

/* An Approval of these parts; the body's SEQUENCE is put around it. */
static seamkey_span
approval_of(const char *body, const char *rest)
{
	seamkey_span b = bytes(body), r = bytes(rest);
	seamkey_der_writer w;
	size_t mark;

	memset(&w, 0, sizeof w);
	w.buf = message;
	w.cap = sizeof message;
	mark = seamkey_der_begin(&w, SEAMKEY_RELEASE_TAG_APPROVAL);
	seamkey_der_put_element(&w, SEAMKEY_DER_SEQUENCE, b);
	seamkey_der_put(&w, r.p, r.len);
	seamkey_der_end(&w, mark);
	CHECK_INT(w.err, SEAMKEY_OK);
	return seamkey_span_of(message, w.len);
}

static int
approval_again(seamkey_span in, unsigned char *out, size_t *len)
{
	seamkey_span algorithm = bytes(SHA256_RSA);
	seamkey_release_approval a, before;
	seamkey_der_writer w;
	size_t outer, mark;
	int status;

	memset(&a, 0xEE, sizeof a);
	memcpy(&before, &a, sizeof a);
	status = seamkey_release_decode_approval(&a, in);
	if (status != SEAMKEY_OK) {
		CHECK_MEM(&a, &before, sizeof a);
		return status;
	}
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = ROOM;
	outer = seamkey_der_begin(&w, SEAMKEY_RELEASE_TAG_APPROVAL);
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put_uint(&w, 1);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, a.id);
	seamkey_der_put_element(&w, SEAMKEY_DER_OCTET_STRING, a.recipients);
	seamkey_der_put(&w, a.decryptor.p, a.decryptor.len);
	seamkey_der_put(&w, a.approver.p, a.approver.len);
	seamkey_der_put_element(&w, 0x18, a.expires);
	seamkey_der_end(&w, mark);
	CHECK_INT(a.body.len, w.len - outer);
	CHECK_MEM(a.body.p, out + outer, a.body.len);
	seamkey_der_put(&w, algorithm.p, algorithm.len);
	seamkey_der_put_bit_string(&w, SEAMKEY_DER_BIT_STRING, a.signature);
	seamkey_der_end(&w, outer);
	*len = w.len;
	return w.err;
}

/* clang-format off */
static const struct {
	const char *what, *body, *rest;
	int status;
} approvals[] = {
	{ "good", APPROVAL_BODY, SIGNED, SEAMKEY_OK },
	{ "another hash",
		APPROVAL_BODY, "300D06092A864886F70D01010C0500" "030200AA",
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "SHA-1",
		APPROVAL_BODY, "300D06092A864886F70D0101050500" "030200AA",
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "PSS",
		APPROVAL_BODY, "300D06092A864886F70D01010A0500" "030200AA",
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "no parameters",
		APPROVAL_BODY, "300B06092A864886F70D01010B" "030200AA",
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "parameters twice",
		APPROVAL_BODY, "300F06092A864886F70D01010B05000500" "030200AA",
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "empty algorithm",
		APPROVAL_BODY, "3000" "030200AA", SEAMKEY_ERR_DER_ALGORITHM },
	{ "unused bits",
		APPROVAL_BODY, SHA256_RSA "030201AA",
		SEAMKEY_ERR_DER_BIT_STRING },
	{ "a bit string of nothing",
		APPROVAL_BODY, SHA256_RSA "0300", SEAMKEY_ERR_DER_BIT_STRING },
	{ "signature in an OCTET STRING",
		APPROVAL_BODY, SHA256_RSA "0401AA", SEAMKEY_ERR_DER_TAG },
	{ "no signature",
		APPROVAL_BODY, SHA256_RSA, SEAMKEY_ERR_DER_TRUNCATED },
	{ "two signatures",
		APPROVAL_BODY, SIGNED "030200AA", SEAMKEY_ERR_DER_TRAILING },
	{ "version 0",
		"020100" ID_DER "0420" HASH NAME NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "version 2",
		"020102" ID_DER "0420" HASH NAME NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "id empty",
		"020101" "0400" "0420" HASH NAME NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_RELEASE_ID },
	{ "hash of 31",
		"020101" ID_DER "041F" ID HASH_15 NAME NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_RELEASE_MESSAGE },
	{ "one name",
		"020101" ID_DER "0420" HASH NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_DER_TAG },
	{ "three names",
		"020101" ID_DER "0420" HASH NAME NAME NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_DER_TAG },
	{ "nobody's",
		"020101" ID_DER "0420" HASH "3000" NAME EXPIRES, SIGNED,
		SEAMKEY_ERR_NAME },
	{ "by nobody",
		"020101" ID_DER "0420" HASH NAME "3000" EXPIRES, SIGNED,
		SEAMKEY_ERR_NAME },
	{ "no end",
		"020101" ID_DER "0420" HASH NAME NAME, SIGNED,
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "UTCTime",
		"020101" ID_DER "0420" HASH NAME NAME "170D"
		"3236313233313233353935395A", SIGNED, SEAMKEY_ERR_DER_TAG },
	{ "more in the body",
		APPROVAL_BODY "0500", SIGNED, SEAMKEY_ERR_DER_TRAILING },
	{ "a critical field in the body",
		APPROVAL_BODY "A10B3009" "020105" "0101FF" "040141", SIGNED,
		SEAMKEY_ERR_RELEASE_CRITICAL },
	{ "a field behind the signature",
		APPROVAL_BODY, SIGNED "A1083006" "020105" "040141",
		SEAMKEY_ERR_DER_TRAILING },
};
/* clang-format on */

static void
release_approvals_are_strict(void)
{
	static unsigned char out[ROOM];
	size_t u, len = 0;

	for (u = 0; u < COUNT(approvals); u++) {
		what = approvals[u].what;
		CHECK_INT(approval_again(approval_of(approvals[u].body,
						 approvals[u].rest),
				  out, &len),
			approvals[u].status);
	}
	what = "another message";
	message[0] = SEAMKEY_RELEASE_TAG_RECEIPT;
	CHECK_INT(approval_again(seamkey_span_of(message, 10), out, &len),
		SEAMKEY_ERR_RELEASE_MESSAGE);
	what = "changes";
	CHECK_INT(every_change(approval_of(APPROVAL_BODY,
				       SHA256_RSA "030500AABBCCDD"),
			  approval_again)
			>= (16 + 32 + 4) * 255,
		1);
}

/* clang-format off */
static const struct {
	const char *time;
	long long expiry; /* by "date -u -d ... +%s"; -1: none */
} expiries[] = {
	{ "19700101000000Z", 0 },
	{ "19691231235959Z", -1 },
	{ "20000229120000Z", 951825600 },
	{ "20240229000000Z", 1709164800 },
	{ "20230229000000Z", -1 },
	{ "21000229000000Z", -1 },
	{ "20260430235959Z", 1777593599 },
	{ "20260431000000Z", -1 },
	{ "20261231235959Z", 1798761599 },
	{ "20261231240000Z", -1 },
	{ "20261231235960Z", -1 },
	{ "20261231236059Z", -1 },
	{ "20261301000000Z", -1 },
	{ "20260001000000Z", -1 },
	{ "20260100000000Z", -1 },
	{ "99991231235959Z", 253402300799 },
	{ "20261231235959", -1 },
	{ "20261231235959+", -1 },
	{ "20261231235959.0Z", -1 },
	{ "202612312359Z", -1 },
	{ "", -1 },
};
/* clang-format on */

/* The same times are written and read. */
static void
release_approvals_end_in_time(void)
{
	static br_hmac_drbg_context drbg;
	static unsigned char out[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_release_approval a, b;
	seamkey_span good;
	size_t u, len = 0;
	int status;

	memset(&a, 0, sizeof a);
	for (u = 0; u < COUNT(expiries); u++) {
		what = expiries[u].time;
		a.id = bytes(ID);
		a.recipients = bytes(HASH);
		a.decryptor = a.approver = bytes(NAME);
		a.expires = seamkey_span_of(what, strlen(what));
		status = seamkey_release_sign_approval(
			&env, out, sizeof out, &len, &a, SPAN(key_1024));
		CHECK_INT(status,
			expiries[u].expiry >= 0 ? SEAMKEY_OK
						: SEAMKEY_ERR_NAME_TIME);
		if (status == SEAMKEY_OK) {
			memset(&b, 0, sizeof b);
			CHECK_INT(seamkey_release_decode_approval(
					  &b, seamkey_span_of(out, len)),
				SEAMKEY_OK);
			CHECK_INT(b.expiry, expiries[u].expiry);
		} else if (a.expires.len == 15) {
			/* in the place of a good one */
			good = approval_of(
				APPROVAL_BODY, SHA256_RSA "030200AA");
			memcpy(message + good.len - 34, what, 15);
			CHECK_INT(seamkey_release_decode_approval(&b, good),
				SEAMKEY_ERR_NAME_TIME);
		}
	}
}

/* An engine that cannot: out is zeros, and nothing is said of its length. */
static int
broken_begin(void *dev, seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	(void)op;
	(void)req;
	return -1500;
}

static void
release_approvals_may_fail(void)
{
	static seamkey_driver broken;
	static br_hmac_drbg_context drbg;
	static unsigned char out[ROOM];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_release_approval a;
	size_t len = 77;

	broken = *seamkey_rsa_driver_bearssl();
	broken.begin = broken_begin;
	env.engine.drv = &broken;
	env.engine.fail_closed = 1;
	memset(&a, 0, sizeof a);
	a.id = bytes(ID);
	a.recipients = bytes(HASH);
	a.decryptor = a.approver = bytes(NAME);
	a.expires = BYTES("20261231235959Z");
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_release_sign_approval(
			  &env, out, sizeof out, &len, &a, SPAN(key_1024)),
		-1500);
	CHECK_INT(len, 77);
	CHECK_INT(out[0], 0);
	CHECK_INT(out[sizeof out - 1], CANARY);
}

static void
release_approvals_are_signed(void)
{
	static br_hmac_drbg_context drbg;
	static unsigned char out[ROOM], copy[ROOM], info[PUBLIC_BYTES];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), public_key;
	seamkey_release_approval a, b;
	unsigned char hash[32] = { 9 };
	size_t len = 0, u, accepted = 0;

	public_key = public_of(key, info);
	memset(&a, 0, sizeof a);
	a.id = bytes(ID);
	a.recipients = SPAN(hash);
	a.decryptor = a.approver = bytes(NAME);
	a.expires = BYTES("20261231235959Z");
	CHECK_INT(seamkey_release_sign_approval(&env, NULL, 0, &len, &a, key),
		SEAMKEY_OK);
	CHECK_INT(
		seamkey_release_sign_approval(&env, out, len - 1, &u, &a, key),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(u, len);
	CHECK_INT(seamkey_release_sign_approval(&env, out, len, &u, &a, key),
		SEAMKEY_OK);
	CHECK_INT(
		seamkey_release_decode_approval(&b, seamkey_span_of(out, len)),
		SEAMKEY_OK);
	CHECK_INT(b.expiry, 1798761599);
	CHECK_INT(seamkey_release_verify_approval(&env, &b, public_key),
		SEAMKEY_OK);
	for (u = 0; u < len * 8; u++) { /* no bit of it can be another */
		memcpy(copy, out, len);
		copy[u / 8] ^= (unsigned char)(1u << u % 8);
		if (seamkey_release_decode_approval(
			    &b, seamkey_span_of(copy, len))
			== SEAMKEY_OK) {
			accepted++;
			CHECK_INT(seamkey_release_verify_approval(
					  &env, &b, public_key),
				SEAMKEY_ERR_RSA_SIGNATURE);
		}
	}
	CHECK_INT(accepted > 1000, 1);
	CHECK_INT(
		seamkey_release_decode_approval(&b, seamkey_span_of(out, len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_verify_approval(
			  &env, &b, public_of(SPAN(key_2048), info)),
		SEAMKEY_ERR_RSA_SIGNATURE);
	for (u = 0; u < len; u++) {
		CHECK_INT(seamkey_release_decode_approval(
				  &b, seamkey_span_of(out, u))
				< 0,
			1);
	}
	a.expires = BYTES("20260231235959Z");
	CHECK_INT(seamkey_release_sign_approval(
			  &env, out, sizeof out, &len, &a, key),
		SEAMKEY_ERR_NAME_TIME);
	a.expires = BYTES("20261231235959Z");
	a.recipients.len = 31;
	CHECK_INT(seamkey_release_sign_approval(
			  &env, out, sizeof out, &len, &a, key),
		SEAMKEY_ERR_RELEASE_MESSAGE);
}

static int
receipt_again(seamkey_span in, unsigned char *out, size_t *len)
{
	int status = seamkey_release_decode_receipt(in);

	return status == SEAMKEY_OK
		? seamkey_release_encode_receipt(out, ROOM, len)
		: status;
}

static void
release_receipts_say_nothing(void)
{
	unsigned char out[8];
	size_t len = 0;

	CHECK_INT(seamkey_release_encode_receipt(out, 4, &len),
		SEAMKEY_ERR_SPACE);
	CHECK_INT(len, 5);
	CHECK_INT(seamkey_release_encode_receipt(out, sizeof out, &len),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_receipt(seamkey_span_of(out, len)),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_receipt(seamkey_span_of(out, 4)),
		SEAMKEY_ERR_DER_TRUNCATED);
	out[4] = 2;
	CHECK_INT(seamkey_release_decode_receipt(seamkey_span_of(out, len)),
		SEAMKEY_ERR_RELEASE_VERSION);
	CHECK_INT(seamkey_release_decode_receipt(bytes("62050201010400")),
		SEAMKEY_ERR_RELEASE_MESSAGE);
	CHECK_INT(seamkey_release_decode_receipt(bytes("6403020101"
						       "00")),
		SEAMKEY_ERR_DER_TRAILING);
	CHECK_INT(seamkey_release_decode_receipt(bytes("64050201010500")),
		SEAMKEY_ERR_DER_TRAILING);
	CHECK_INT(seamkey_release_decode_receipt(bytes("6400")),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_release_decode_receipt(bytes("640402020001")),
		SEAMKEY_ERR_DER_INTEGER);
	CHECK_INT(seamkey_release_decode_receipt(bytes("")),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_release_decode_receipt(bytes("640D020101"
						       "A1083006020105040141")),
		SEAMKEY_OK);
	CHECK_INT(seamkey_release_decode_receipt(
			  bytes("6410020101"
				"A10B30090201050101FF040141")),
		SEAMKEY_ERR_RELEASE_CRITICAL);
	every_change(bytes("6403020101"), receipt_again);
}

/* ---- blocks ------------------------------------------------------------- */

static void
release_finds_the_header(void)
{
	static const char block[] = "3080";
	static const char good[] = "3040060B2A864886F70D0109100117A0313080";
	seamkey_release_block b;

	CHECK_INT(seamkey_release_decode_block(&b, bytes(block)),
		SEAMKEY_ERR_BLOCK_BER);
	CHECK_INT(seamkey_release_decode_block(&b, bytes("3000")),
		SEAMKEY_ERR_DER_TRUNCATED);
	CHECK_INT(seamkey_release_decode_block(
			  &b, bytes("300B06092A864886F70D010702")),
		SEAMKEY_ERR_BLOCK_SIGNED);
	CHECK_INT(seamkey_release_decode_block(&b, bytes("30030201A0")),
		SEAMKEY_ERR_BLOCK_CONTENT);
	CHECK_INT(seamkey_release_decode_block(&b, bytes(good)),
		SEAMKEY_ERR_BLOCK_BER);
	/* the rest of a length that says more than there is */
	CHECK_INT(seamkey_release_decode_block(
			  &b, bytes("3089010000000000000000")),
		SEAMKEY_ERR_DER_LENGTH);
	CHECK_INT(seamkey_release_decode_block(&b, bytes("308105")),
		SEAMKEY_ERR_DER_LENGTH);
}

/* Any beginning that reaches the content tells the same as the whole. */
static void
release_needs_no_content(void)
{
	static const int ciphers[] = { SEAMKEY_BLOCK_AES_128_GCM,
		SEAMKEY_BLOCK_AES_256_CBC };
	static br_hmac_drbg_context drbg;
	static unsigned char block[1024], text[300], info[PUBLIC_BYTES];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_block_recipient to;
	seamkey_release_block b, whole;
	size_t c, len = 0, cut, end;

	memset(&to, 0, sizeof to);
	to.key = public_of(SPAN(key_1024), info);
	for (c = 0; c < COUNT(ciphers); c++) {
		CHECK_INT(seamkey_block_seal(&env, ciphers[c], &to, 1,
				  SPAN(text), block, sizeof block, &len),
			SEAMKEY_OK);
		CHECK_INT(seamkey_release_decode_block(
				  &whole, seamkey_span_of(block, len)),
			SEAMKEY_OK);
		end = (size_t)(whole.algorithm.p + whole.algorithm.len - block);
		for (cut = 0; cut <= len; cut++) {
			memset(&b, 0, sizeof b);
			CHECK_INT(seamkey_release_decode_block(
					  &b, seamkey_span_of(block, cut)),
				cut < end ? SEAMKEY_ERR_DER_TRUNCATED
					  : SEAMKEY_OK);
			if (cut < end) {
				CHECK_INT(b.recipients.len, 0);
				continue;
			}
			CHECK_INT(b.recipients.p == whole.recipients.p, 1);
			CHECK_INT(b.algorithm.p == whole.algorithm.p, 1);
		}
	}
}

/* clang-format off */
static const struct {
	const char *what, *hex;
	int status;
} entries[] = {
	{ "for a key", "3000", SEAMKEY_OK },
	{ "by key agreement", "A1023000", SEAMKEY_OK },
	{ "for a shared key", "A2023000", SEAMKEY_OK },
	{ "for a password", "A3023000", SEAMKEY_OK },
	{ "of another kind", "A4023000", SEAMKEY_OK },
	{ "[0]", "A0023000", SEAMKEY_ERR_DER_TAG },
	{ "[5]", "A5023000", SEAMKEY_ERR_DER_TAG },
	{ "[1], primitive", "8100", SEAMKEY_ERR_DER_TAG },
	{ "a SET", "3100", SEAMKEY_ERR_DER_TAG },
	{ "an INTEGER", "020101", SEAMKEY_ERR_DER_TAG },
	{ "cut inside", "30020401", SEAMKEY_ERR_DER_TRUNCATED },
	{ "cut", "3001", SEAMKEY_ERR_DER_TRUNCATED },
	{ "nothing", "", SEAMKEY_ERR_DER_TRUNCATED },
};
/* clang-format on */

static void
release_entries_are_of_the_choice(void)
{
	seamkey_der_reader r;
	seamkey_span in, got;
	size_t u;

	for (u = 0; u < COUNT(entries); u++) {
		what = entries[u].what;
		in = bytes(entries[u].hex);
		seamkey_der_init(&r, in);
		got = seamkey_release_get_entry(&r);
		CHECK_INT(r.err, entries[u].status);
		CHECK_INT(got.len, r.err == SEAMKEY_OK ? in.len : 0);
		CHECK_INT(r.len, r.err == SEAMKEY_OK ? 0 : in.len);
	}
}

/* Every status has a text of its own. */
static void
release_errors_have_texts(void)
{
	int status, n = 0;

	for (status = -500; status > -520; status--) {
		n += strcmp(seamkey_release_text(status),
			     seamkey_release_text(-599))
			!= 0;
	}
	CHECK_INT(n, 12);
	CHECK_INT(strcmp(seamkey_release_text(SEAMKEY_ERR_NAME),
			  seamkey_name_text(SEAMKEY_ERR_NAME)),
		0);
	CHECK_INT(strcmp(seamkey_text(SEAMKEY_ERR_RELEASE_OTHER),
			  seamkey_release_text(SEAMKEY_ERR_RELEASE_OTHER)),
		0);
}

const struct test test_release_table[] = {
	{ "release_requests_are_strict", release_requests_are_strict },
	{ "release_requests_are_whole", release_requests_are_whole },
	{ "release_requests_carry_certificates",
		release_requests_carry_certificates },
	{ "release_text_can_be_printed", release_text_can_be_printed },
	{ "release_default_limits_hold", release_default_limits_hold },
	{ "release_depth_is_bounded", release_depth_is_bounded },
	{ "release_limits_hold", release_limits_hold },
	{ "release_requests_come_back", release_requests_come_back },
	{ "release_answers_are_strict", release_answers_are_strict },
	{ "release_a_bad_result_is_none", release_a_bad_result_is_none },
	{ "release_answers_come_back", release_answers_come_back },
	{ "release_keys_belong_to_a_question",
		release_keys_belong_to_a_question },
	{ "release_keys_are_strict", release_keys_are_strict },
	{ "release_approvals_are_strict", release_approvals_are_strict },
	{ "release_approvals_end_in_time", release_approvals_end_in_time },
	{ "release_approvals_may_fail", release_approvals_may_fail },
	{ "release_approvals_are_signed", release_approvals_are_signed },
	{ "release_receipts_say_nothing", release_receipts_say_nothing },
	{ "release_finds_the_header", release_finds_the_header },
	{ "release_needs_no_content", release_needs_no_content },
	{ "release_entries_are_of_the_choice",
		release_entries_are_of_the_choice },
	{ "release_errors_have_texts", release_errors_have_texts },
	{ NULL, NULL },
};
