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

/* ---- a request of every part ------------------------- */

#define ID      "000102030405060708090A0B0C0D0E0F"
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

#define GOOD \
	"020101" ID_DER "020100" \
	"A10E" NAME "3011" BLOCK

static const struct {
	const char *what, *body;
	int status;
} requests[] = {
	{ "good", GOOD, SEAMKEY_OK },
	{ "with context", GOOD CONTEXT, SEAMKEY_OK },
	{ "by the channel",
		"020101" ID_DER "020102"
		"8000"
		"3011" BLOCK,
		SEAMKEY_OK },
	{ "channel with contents",
		"020101" ID_DER "020102"
		"800100"
		"3011" BLOCK,
		SEAMKEY_ERR_DER_NULL },
	{ "portion",
		"020101" ID_DER "020101"
		"A20E" NAME "3011" BLOCK,
		SEAMKEY_OK },
	{ "alias",
		"020101" ID_DER "020100"
		"840161"
		"3011" BLOCK,
		SEAMKEY_OK },
	{ "alias empty",
		"020101" ID_DER "020100"
		"8400"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME_TEXT },
	{ "alias with NUL",
		"020101" ID_DER "020100"
		"84026100"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME_TEXT },
	{ "alias with CR LF",
		"020101" ID_DER "020100"
		"8403610D0A"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME_TEXT },
	{ "alias no UTF-8",
		"020101" ID_DER "020100"
		"8402C0AF"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME_TEXT },
	{ "attribute",
		"020101" ID_DER "020100"
		"A5060C01610C0162"
		"3011" BLOCK,
		SEAMKEY_OK },
	{ "attribute without a type",
		"020101" ID_DER "020100"
		"A5050C000C0162"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME_TEXT },
	{ "attribute and more",
		"020101" ID_DER "020100"
		"A5080C01610C01620500"
		"3011" BLOCK,
		SEAMKEY_ERR_DER_TRAILING },
	{ "no certificate",
		"020101" ID_DER "020100"
		"A30E" NAME "3011" BLOCK,
		SEAMKEY_ERR_DER_TAG },
	{ "unknown decryptor",
		"020101" ID_DER "020100"
		"860161"
		"3011" BLOCK,
		SEAMKEY_ERR_RELEASE_WHO },
	{ "name of no parts",
		"020101" ID_DER "020100"
		"A1023000"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME },
	{ "name with an empty part",
		"020101" ID_DER "020100"
		"A10430023100"
		"3011" BLOCK,
		SEAMKEY_ERR_NAME },
	{ "version 0",
		"020100" ID_DER "020100"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "version 2",
		"020102" ID_DER "020100"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_RELEASE_VERSION },
	{ "id of 15",
		"020101"
		"040F000102030405060708090A0B0C0D0E"
		"020100"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_RELEASE_ID },
	{ "id empty",
		"020101"
		"0400"
		"020100"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_RELEASE_ID },
	{ "form 3",
		"020101" ID_DER "020103"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_RELEASE_FORM },
	{ "form in two octets",
		"020101" ID_DER "02020000"
		"A10E" NAME "3011" BLOCK,
		SEAMKEY_ERR_DER_INTEGER },
	{ "no block",
		"020101" ID_DER "020100"
		"A10E" NAME "3000",
		SEAMKEY_ERR_RELEASE_EMPTY },
	{ "block without recipients",
		"020101" ID_DER "020100"
		"A10E" NAME "300A"
		"3008"
		"3100" ALGORITHM,
		SEAMKEY_ERR_RELEASE_EMPTY },
	{ "block with a sequence of them",
		"020101" ID_DER "020100"
		"A10E" NAME "3011"
		"300F"
		"3007A1050203010203" ALGORITHM,
		SEAMKEY_ERR_DER_TAG },
	{ "an entry that is none",
		"020101" ID_DER "020100"
		"A10E" NAME "3011"
		"300F"
		"310704050203010203" ALGORITHM,
		SEAMKEY_ERR_DER_TAG },
	{ "an entry in BER",
		"020101" ID_DER "020100"
		"A10E" NAME "3011"
		"300F"
		"3107A1800201010000" ALGORITHM,
		SEAMKEY_ERR_DER_LENGTH },
	{ "context empty", GOOD "A000", SEAMKEY_ERR_RELEASE_EMPTY },
	{ "context twice", GOOD CONTEXT CONTEXT, SEAMKEY_ERR_DER_TRAILING },
	{ "a field that is cut",
		GOOD "A1083006"
		     "020101"
		     "04021F",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "a field that is skipped",
		GOOD "A1083006"
		     "020105"
		     "040141",
		SEAMKEY_OK },
	{ "a critical field",
		GOOD "A10B3009"
		     "020105"
		     "0101FF"
		     "040141",
		SEAMKEY_ERR_RELEASE_CRITICAL },
	{ "not critical, written out",
		GOOD "A10B3009"
		     "020105"
		     "010100"
		     "040141",
		SEAMKEY_ERR_DER_BOOLEAN },
	{ "fields in order",
		GOOD "A1103006"
		     "020104"
		     "040141"
		     "3006"
		     "020105"
		     "040141",
		SEAMKEY_OK },
	{ "a field twice",
		GOOD "A1103006"
		     "020105"
		     "040141"
		     "3006"
		     "020105"
		     "040141",
		SEAMKEY_ERR_RELEASE_ORDER },
	{ "fields out of order",
		GOOD "A1103006"
		     "020105"
		     "040141"
		     "3006"
		     "020104"
		     "040141",
		SEAMKEY_ERR_RELEASE_ORDER },
	{ "no field", GOOD "A100", SEAMKEY_ERR_DER_TRUNCATED },
	{ "fields before context",
		GOOD "A1083006"
		     "020105"
		     "040141" CONTEXT,
		SEAMKEY_ERR_DER_TRAILING },
};

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

/* Cut everywhere; two in one; every bit flipped: refused, or another
 * request, and nothing is read beyond the end. */
static void
release_requests_are_whole(void)
{
	unsigned char copy[256];
	seamkey_release_request q;
	seamkey_span in = around(SEAMKEY_RELEASE_TAG_REQUEST,
		GOOD CONTEXT "A1083006020105040141");
	size_t len = in.len, u, changed = 0;

	CHECK_INT(decode(in), SEAMKEY_OK);
	for (u = 0; u < len; u++) {
		memcpy(copy, in.p, u);
		CHECK_INT(decode(seamkey_span_of(copy, u)) < 0, 1);
	}
	memcpy(copy, in.p, len);
	copy[len] = 0;
	CHECK_INT(decode(seamkey_span_of(copy, len + 1)),
		SEAMKEY_ERR_DER_TRAILING);
	memcpy(copy + len, in.p, len > 100 ? 100 : len);
	CHECK_INT(decode(seamkey_span_of(copy, len + 100)),
		SEAMKEY_ERR_DER_TRAILING);
	for (u = 0; u < len * 8; u++) {
		memcpy(copy, in.p, len);
		copy[u / 8] ^= (unsigned char)(1u << u % 8);
		changed += seamkey_release_decode_request(
				   &q, seamkey_span_of(copy, len), NULL)
			== SEAMKEY_OK;
	}
	/* what is text, number or identifier may be another one */
	CHECK_INT(changed > 0 && changed < len * 4, 1);
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

/* ---- answers ------------------------- */

static const struct {
	const char *what, *body;
	int status;
} answers[] = {
	{ "all kinds",
		"020101" ID_DER "300E"
		"8000"
		"A1023000"
		"A2023000"
		"A3023000",
		SEAMKEY_OK },
	{ "no result", "020101" ID_DER "3000", SEAMKEY_OK },
	{ "not understood",
		"020101"
		"0400"
		"3000",
		SEAMKEY_OK },
	{ "not understood, with a result",
		"020101"
		"0400"
		"30028000",
		SEAMKEY_ERR_RELEASE_ID },
	{ "id of 15",
		"020101"
		"040F000102030405060708090A0B0C0D0E"
		"30028000",
		SEAMKEY_ERR_RELEASE_ID },
	{ "version", "020102" ID_DER "30028000", SEAMKEY_ERR_RELEASE_VERSION },
	{ "unknown result", "020101" ID_DER "3004A4023000",
		SEAMKEY_ERR_DER_TAG },
	{ "not released, with contents", "020101" ID_DER "3003800100",
		SEAMKEY_ERR_DER_NULL },
	{ "two in one", "020101" ID_DER "3006A10430003000",
		SEAMKEY_ERR_DER_TRAILING },
	{ "something behind",
		"020101" ID_DER "30028000"
		"0500",
		SEAMKEY_ERR_DER_TRAILING },
};

static void
release_answers_are_strict(void)
{
	seamkey_release_answer a;
	size_t u, cut;

	for (u = 0; u < COUNT(answers); u++) {
		seamkey_span in =
			around(SEAMKEY_RELEASE_TAG_ANSWER, answers[u].body);

		what = answers[u].what;
		CHECK_INT(seamkey_release_decode_answer(&a, in),
			answers[u].status);
		for (cut = 0; u == 0 && cut < in.len; cut++) {
			CHECK_INT(seamkey_release_decode_answer(
					  &a, seamkey_span_of(in.p, cut))
					< 0,
				1);
		}
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

/* ---- released keys ------------------------- */

static void
release_keys_belong_to_a_question(void)
{
	static unsigned char out[256], zero[65];
	unsigned char key[32];
	seamkey_release_released v;
	seamkey_release_block b;
	seamkey_span entry = bytes("A1050203010203"), other;
	size_t len = 0, u;

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
	for (u = 0; u < len; u++) {
		CHECK_INT(seamkey_release_decode_released(
				  &v, seamkey_span_of(out, u))
				< 0,
			1);
	}
}

/* ---- approvals and receipts ------------------------- */

static void
release_approvals_are_signed(void)
{
	static br_hmac_drbg_context drbg;
	static unsigned char out[ROOM], copy[ROOM], info[PUBLIC_BYTES];
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_2048), public_key;
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
	for (u = 0; u < len * 8; u += 5) { /* no bit of it can be another */
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
	CHECK_INT(accepted > 100, 1);
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
}

/* ---- blocks ------------------------- */

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

const struct test test_release_table[] = {
	{ "release_requests_are_strict", release_requests_are_strict },
	{ "release_requests_are_whole", release_requests_are_whole },
	{ "release_limits_hold", release_limits_hold },
	{ "release_requests_come_back", release_requests_come_back },
	{ "release_answers_are_strict", release_answers_are_strict },
	{ "release_answers_come_back", release_answers_come_back },
	{ "release_keys_belong_to_a_question",
		release_keys_belong_to_a_question },
	{ "release_approvals_are_signed", release_approvals_are_signed },
	{ "release_receipts_say_nothing", release_receipts_say_nothing },
	{ "release_finds_the_header", release_finds_the_header },
	{ NULL, NULL },
};
