/*
 * test_base.c - status texts, spans, secrets, operations, randomness
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "rsa_tools.h"

/* NULL that no checker sees through: where there are no octets, none is
 * touched. */
static void *volatile nowhere;

/* ---- status -------------------------------------------------------------- */

/* clang-format off */
#define BASE_ROW(name, value, text) { #name, name, value, text, -99, -1 },
#define DER_ROW(name, value, text)  { #name, name, value, text, -199, -100 },
#define RSA_ROW(name, value, text)  { #name, name, value, text, -299, -200 },

static const struct {
	const char *what;
	int status, value;
	const char *text;
	int low, high; /* the band */
} codes[] = {
	{ "SEAMKEY_OK", SEAMKEY_OK, 0, "done", 0, 0 },
	{ "SEAMKEY_AGAIN", SEAMKEY_AGAIN, 1, "not finished yet", 1, 1 },
	SEAMKEY_BASE_ERRORS(BASE_ROW)
	SEAMKEY_DER_ERRORS(DER_ROW)
	SEAMKEY_RSA_ERRORS(RSA_ROW)
};
/* clang-format on */

/* The text that a function with the codes down to a band must give. */
static const char *
expected_text(size_t code, int lowest)
{
	return codes[code].status >= lowest ? codes[code].text
					    : "unknown status";
}

static void
base_every_code_has_a_text(void)
{
	size_t u, len;

	for (u = 0; u < COUNT(codes); u++) {
		int status = codes[u].status;

		what = codes[u].what;
		CHECK_INT(status, codes[u].value);
		CHECK_INT(strcmp(seamkey_base_text(status),
				  expected_text(u, -99)),
			0);
		CHECK_INT(strcmp(seamkey_der_text(status),
				  expected_text(u, -199)),
			0);
		CHECK_INT(strcmp(seamkey_rsa_text(status),
				  expected_text(u, -299)),
			0);
		CHECK_INT(strcmp(seamkey_text(status), codes[u].text), 0);
		len = strlen(codes[u].text);
		CHECK_INT(len >= 4 && codes[u].text[len - 1] != '.', 1);
	}
}

static void
base_codes_are_unique_and_in_band(void)
{
	size_t u, v;

	for (u = 0; u < COUNT(codes); u++) {
		what = codes[u].what;
		CHECK_INT(codes[u].status >= codes[u].low, 1);
		CHECK_INT(codes[u].status <= codes[u].high, 1);
		for (v = 0; v < u; v++) {
			CHECK_INT(codes[u].status != codes[v].status, 1);
			CHECK_INT(strcmp(codes[u].text, codes[v].text) != 0, 1);
		}
	}
}

static void
base_unknown_codes_have_a_text_too(void)
{
	static const int unknown[] = { 2, 100, -99, -199, -299, -1000, -1001,
		-32767 };
	size_t u;

	for (u = 0; u < COUNT(unknown); u++) {
		CHECK_INT(
			strcmp(seamkey_text(unknown[u]), "unknown status"), 0);
	}
}

static void
base_version_is_that_of_the_macros(void)
{
	char want[40];

	(void)snprintf(want, sizeof want, "%d.%d.%d", SEAMKEY_VERSION_MAJOR,
		SEAMKEY_VERSION_MINOR, SEAMKEY_VERSION_PATCH);
	CHECK_INT(strcmp(seamkey_version(), want), 0);
}

/* ---- spans --------------------------------------------------------------- */

static void
base_span_of_keeps_both(void)
{
	static const char text[] = "bytes";
	seamkey_span s = seamkey_span_of(text, 3);

	CHECK_INT(s.p == (const unsigned char *)text, 1);
	CHECK_INT(s.len, 3);
	s = seamkey_span_of(NULL, 0);
	CHECK_INT(s.p == NULL, 1);
	CHECK_INT(s.len, 0);
}

/* clang-format off */
static const struct {
	const char *what;
	const char *a;
	size_t a_len;
	const char *b;
	size_t b_len;
	int same;
} matches[] = {
	{ "the same bytes",               "abc", 3, "abc", 3, 1 },
	{ "the last byte differs",        "abc", 3, "abd", 3, 0 },
	{ "the first byte differs",       "abc", 3, "bbc", 3, 0 },
	{ "one is longer",                "abc", 3, "abcd", 4, 0 },
	{ "one is shorter",               "abc", 3, "ab", 2, 0 },
	{ "what comes behind is ignored", "abc", 2, "abd", 2, 1 },
	{ "a zero byte does not end it",  "a\0b", 3, "a\0c", 3, 0 },
	{ "both empty",                   "a", 0, "b", 0, 1 },
	{ "empty, without a pointer",     NULL, 0, "", 0, 1 },
	{ "both without a pointer",       NULL, 0, NULL, 0, 1 },
	{ "one empty",                    NULL, 0, "a", 1, 0 },
};
/* clang-format on */

static void
base_spans_match(void)
{
	size_t u;

	for (u = 0; u < COUNT(matches); u++) {
		seamkey_span a =
			seamkey_span_of(matches[u].a, matches[u].a_len);
		seamkey_span b =
			seamkey_span_of(matches[u].b, matches[u].b_len);

		what = matches[u].what;
		CHECK_INT(seamkey_span_match(a, b), matches[u].same);
		CHECK_INT(seamkey_span_match(b, a), matches[u].same);
	}
}

/* ---- secrets ------------------------------------------------------------- */

static void
base_wipe_zeroes_just_these_bytes(void)
{
	unsigned char buf[40];
	size_t len;

	for (len = 0; len <= 32; len++) {
		memset(buf, CANARY, sizeof buf);
		seamkey_wipe(buf + 4, len);
		CHECK_INT(all_are(buf, CANARY, 4), 1);
		CHECK_INT(all_are(buf + 4, 0, len), 1);
		CHECK_INT(all_are(buf + 4 + len, CANARY, 36 - len), 1);
	}
	seamkey_wipe(nowhere, 0);
}

static void
base_ct_equal_sees_every_bit(void)
{
	unsigned char a[33], b[33];
	size_t len, bit;

	memset(a, 0x3C, sizeof a);
	memset(b, 0x3C, sizeof b);
	for (len = 0; len <= 32; len++) {
		b[len] ^= 0xFF; /* just behind what is compared */
		CHECK_INT(seamkey_ct_equal(a, b, len), 1);
		b[len] ^= 0xFF;
	}
	for (bit = 0; bit < 8 * sizeof b; bit++) {
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
		CHECK_INT(seamkey_ct_equal(a, b, sizeof b), 0);
		CHECK_INT(seamkey_ct_equal(b, a, sizeof b), 0);
		b[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	CHECK_INT(seamkey_ct_equal(nowhere, nowhere, 0), 1);
}

static void
base_ct_equal_does_not_add_up(void)
{
	/* differences that cancel out where they are summed or XORed */
	static const unsigned char a[] = { 1, 2, 3, 4 };
	static const unsigned char b[] = { 2, 1, 4, 3 };
	static const unsigned char c[] = { 0x80, 0x80, 0x80, 0x80 };
	static const unsigned char d[] = { 0, 0, 0, 0 };

	CHECK_INT(seamkey_ct_equal(a, b, sizeof a), 0);
	CHECK_INT(seamkey_ct_equal(c, d, sizeof c), 0);
}

/* ---- operations ---------------------------------------------------------- */

/* A service and a driver of our own, as small as they get. */
struct toy {
	int answer;     /* of poll */
	size_t out_len; /* what poll says it wrote */
	int polls, cancels, ended, status;
	unsigned char out[8], work[32], scratch[32];
};

static struct toy *the_toy;

static int
toy_begin(void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	(void)dev;
	(void)op;
	(void)req;
	return SEAMKEY_AGAIN;
}

static int
toy_poll(void *dev, struct seamkey_op *op)
{
	struct toy *t = (struct toy *)dev;

	t->polls++;
	op->out_len = t->out_len;
	return t->answer;
}

static void
toy_cancel(void *dev, struct seamkey_op *op)
{
	struct toy *t = (struct toy *)dev;

	(void)op;
	t->cancels++;
}

static int
toy_next(struct seamkey_op *op, int status)
{
	the_toy->ended++;
	the_toy->status = status;
	op->next = NULL;
	return status;
}

static const seamkey_driver toy_driver = { 16, toy_begin, toy_poll,
	toy_cancel };

/* An operation under way; work and scratch are full of secrets. */
static void
toy_start(seamkey_op *op, struct toy *t)
{
	memset(t, 0, sizeof *t);
	memset(t->work, CANARY, sizeof t->work);
	memset(t->scratch, CANARY, sizeof t->scratch);
	memset(op, 0, sizeof *op);
	op->hook.drv = &toy_driver;
	op->hook.dev = t;
	op->work = t->work;
	op->work_len = 24;
	op->scratch = t->scratch;
	op->scratch_len = sizeof t->scratch;
	op->req.out = t->out;
	op->req.out_cap = sizeof t->out;
	op->next = toy_next;
	the_toy = t;
}

static void
base_op_without_begin_is_no_state(void)
{
	seamkey_op op, zero;

	memset(&op, 0, sizeof op);
	memset(&zero, 0, sizeof zero);
	CHECK_INT(seamkey_op_poll(NULL), SEAMKEY_ERR_STATE);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
	seamkey_op_cancel(NULL);
	seamkey_op_cancel(&op);
	seamkey_op_cancel(&op);
	CHECK_MEM(&op, &zero, sizeof op);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
}

/* clang-format off */
static const struct {
	const char *what;
	int answer;
	size_t out_len;
	int status, ended;
} answers[] = {
	{ "not yet",                    SEAMKEY_AGAIN, 0, SEAMKEY_AGAIN, 0 },
	{ "done",                       SEAMKEY_OK, 8, SEAMKEY_OK, 1 },
	{ "done, with nothing",         SEAMKEY_OK, 0, SEAMKEY_OK, 1 },
	{ "more than there is room",    SEAMKEY_OK, 9, SEAMKEY_ERR_HOOK, 1 },
	{ "far more than that",
		SEAMKEY_OK, (size_t)-1, SEAMKEY_ERR_HOOK, 1 },
	{ "a positive status",          2, 8, SEAMKEY_ERR_HOOK, 1 },
	{ "another positive status",    32767, 8, SEAMKEY_ERR_HOOK, 1 },
	{ "an error of seamkey",
		SEAMKEY_ERR_RANDOM, 99, SEAMKEY_ERR_RANDOM, 1 },
	{ "unsupported",
		SEAMKEY_ERR_UNSUPPORTED, 0, SEAMKEY_ERR_UNSUPPORTED, 1 },
	{ "an error of the caller's",   -1234, 0, -1234, 1 },
};
/* clang-format on */

static void
base_op_poll_judges_the_answer(void)
{
	seamkey_op op;
	struct toy t;
	size_t u;

	for (u = 0; u < COUNT(answers); u++) {
		what = answers[u].what;
		toy_start(&op, &t);
		t.answer = answers[u].answer;
		t.out_len = answers[u].out_len;
		CHECK_INT(seamkey_op_poll(&op), answers[u].status);
		CHECK_INT(t.polls, 1);
		CHECK_INT(t.ended, answers[u].ended);
		if (t.ended) {
			CHECK_INT(t.status, answers[u].status);
			CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
			CHECK_INT(t.polls, 1);
		}
	}
}

static void
base_op_cancel_wipes_and_is_idempotent(void)
{
	seamkey_op op, zero;
	struct toy t;

	memset(&zero, 0, sizeof zero);
	toy_start(&op, &t);
	t.answer = SEAMKEY_AGAIN;
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_AGAIN);
	seamkey_op_cancel(&op);
	CHECK_INT(t.cancels, 1);
	CHECK_INT(t.ended, 0);
	CHECK_MEM(&op, &zero, sizeof op);
	CHECK_INT(all_are(t.work, 0, 24), 1);
	CHECK_INT(all_are(t.work + 24, CANARY, 8), 1);
	CHECK_INT(all_are(t.scratch, 0, 16), 1);
	CHECK_INT(all_are(t.scratch + 16, CANARY, 16), 1);
	CHECK_INT(all_are(t.out, 0, sizeof t.out), 1);
	seamkey_op_cancel(&op);
	CHECK_INT(t.cancels, 1);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
	CHECK_INT(t.polls, 1);
}

static void
base_op_cancel_needs_no_driver_cancel(void)
{
	seamkey_driver mute = toy_driver;
	seamkey_op op;
	struct toy t;

	toy_start(&op, &t);
	mute.cancel = NULL;
	op.hook.drv = &mute;
	seamkey_op_cancel(&op);
	CHECK_INT(t.cancels, 0);
	CHECK_INT(all_are(t.work, 0, 24), 1);
	CHECK_INT(seamkey_op_poll(&op), SEAMKEY_ERR_STATE);
}

/* ---- randomness ---------------------------------------------------------- */

/* A source that gives pattern[i % 8] and then returns status. */
struct source {
	unsigned char pattern[8];
	int status;
	int calls;
	size_t asked;
};

static int
source_fill(void *ctx, unsigned char *out, size_t len)
{
	struct source *s = (struct source *)ctx;
	size_t u;

	s->calls++;
	s->asked = len;
	for (u = 0; u < len; u++) {
		out[u] = s->pattern[u % 8];
	}
	return s->status;
}

/* clang-format off */
static const struct {
	const char *what;
	unsigned char pattern[8];
	int status;
	size_t len;
	int want;
} draws[] = {
	{ "good bytes", { 1, 2, 3, 4, 5, 6, 7, 8 }, 0, 32, SEAMKEY_OK },
	{ "one byte", { 7, 7, 7, 7, 7, 7, 7, 7 }, 0, 1, SEAMKEY_OK },
	{ "seven alike may be chance",
		{ 7, 7, 7, 7, 7, 7, 7, 7 }, 0, 7, SEAMKEY_OK },
	{ "eight alike: stuck",
		{ 7, 7, 7, 7, 7, 7, 7, 7 }, 0, 8, SEAMKEY_ERR_RANDOM },
	{ "all zero: stuck",
		{ 0, 0, 0, 0, 0, 0, 0, 0 }, 0, 32, SEAMKEY_ERR_RANDOM },
	{ "all ones: stuck",
		{ 255, 255, 255, 255, 255, 255, 255, 255 }, 0, 9,
		SEAMKEY_ERR_RANDOM },
	{ "only the first differs",
		{ 8, 7, 7, 7, 7, 7, 7, 7 }, 0, 8, SEAMKEY_OK },
	{ "only the last differs",
		{ 7, 7, 7, 7, 7, 7, 7, 6 }, 0, 8, SEAMKEY_OK },
	{ "differences that cancel out",
		{ 1, 2, 1, 2, 1, 2, 1, 2 }, 0, 8, SEAMKEY_OK },
	{ "only the top bit differs",
		{ 0, 0x80, 0, 0, 0, 0, 0, 0 }, 0, 8, SEAMKEY_OK },
	{ "a failing source, negative",
		{ 1, 2, 3, 4, 5, 6, 7, 8 }, -1, 32, SEAMKEY_ERR_RANDOM },
	{ "a failing source, positive",
		{ 1, 2, 3, 4, 5, 6, 7, 8 }, 1, 32, SEAMKEY_ERR_RANDOM },
	{ "a short source that counts like read()",
		{ 1, 2, 3, 4, 5, 6, 7, 8 }, 31, 32, SEAMKEY_ERR_RANDOM },
	{ "an error of the caller's is ours here",
		{ 1, 2, 3, 4, 5, 6, 7, 8 }, -1234, 4, SEAMKEY_ERR_RANDOM },
	{ "nothing asked for", { 1, 2, 3, 4, 5, 6, 7, 8 }, 0, 0, SEAMKEY_OK },
	{ "nothing asked for, failing",
		{ 1, 2, 3, 4, 5, 6, 7, 8 }, 1, 0, SEAMKEY_ERR_RANDOM },
};
/* clang-format on */

static void
base_random_judges_the_source(void)
{
	unsigned char out[40];
	size_t u, v;

	for (u = 0; u < COUNT(draws); u++) {
		struct source s;
		seamkey_random source = { source_fill, NULL };

		what = draws[u].what;
		memset(&s, 0, sizeof s);
		memcpy(s.pattern, draws[u].pattern, sizeof s.pattern);
		s.status = draws[u].status;
		source.ctx = &s;
		memset(out, CANARY, sizeof out);
		CHECK_INT(seamkey_random_get(&source, out, draws[u].len),
			draws[u].want);
		CHECK_INT(s.calls, 1);
		CHECK_INT(s.asked, draws[u].len);
		for (v = 0; v < draws[u].len; v++) {
			CHECK_INT(out[v],
				draws[u].want == SEAMKEY_OK
					? draws[u].pattern[v % 8]
					: 0);
		}
		CHECK_INT(all_are(out + v, CANARY, sizeof out - v), 1);
	}
}

/* A source that says it is done and wrote nothing: what the memory held
 * before is no random number. */
static int
/* NOLINTNEXTLINE(readability-non-const-parameter): the type of fill */
idle_fill(void *ctx, unsigned char *out, size_t len)
{
	(void)ctx;
	(void)out;
	(void)len;
	return SEAMKEY_OK;
}

static void
base_random_that_was_never_written(void)
{
	seamkey_random idle = { idle_fill, NULL };
	unsigned char out[16];
	size_t u;

	for (u = 0; u < sizeof out; u++) {
		out[u] = (unsigned char)(0x30 + u);
	}
	CHECK_INT(seamkey_random_get(&idle, out, 12), SEAMKEY_ERR_RANDOM);
	CHECK_INT(all_are(out, 0, 12), 1);
	CHECK_MEM(out + 12, "\x3C\x3D\x3E\x3F", 4);
}

static void
base_random_without_a_source(void)
{
	seamkey_random none = { NULL, NULL };
	unsigned char out[16];

	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_random_get(NULL, out, 8), SEAMKEY_ERR_RANDOM);
	CHECK_INT(all_are(out, 0, 8), 1);
	CHECK_INT(all_are(out + 8, CANARY, 8), 1);
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_random_get(&none, out, 8), SEAMKEY_ERR_RANDOM);
	CHECK_INT(all_are(out, 0, 8), 1);
	CHECK_INT(all_are(out + 8, CANARY, 8), 1);
}

static void
base_random_bearssl_is_the_generator(void)
{
	br_hmac_drbg_context one, two;
	unsigned char got[48], want[48];
	seamkey_random source = known_random(&one);

	br_hmac_drbg_init(&two, &br_sha256_vtable, "seamkey", 7);
	CHECK_INT(seamkey_random_get(&source, got, 32), SEAMKEY_OK);
	br_hmac_drbg_generate(&two, want, 32);
	CHECK_MEM(got, want, 32);
	/* and the next bytes are others */
	CHECK_INT(seamkey_random_get(&source, got, 48), SEAMKEY_OK);
	CHECK_INT(memcmp(got, want, 32) != 0, 1);
	br_hmac_drbg_generate(&two, want, 48);
	CHECK_MEM(got, want, 48);
}

static void
base_random_init_seeds_from_the_system(void)
{
	br_hmac_drbg_context one, two;
	seamkey_random a = { NULL, &one }, b = { NULL, &two };
	unsigned char x[32], y[32];

	if (br_prng_seeder_system(NULL) == 0) {
		CHECK_INT(seamkey_random_init(&a, &one), SEAMKEY_ERR_RANDOM);
		CHECK_INT(a.fill == NULL && a.ctx == &one, 1);
		printf("skip: seeding: BearSSL has no seeder on this system\n");
		return;
	}
	CHECK_INT(seamkey_random_init(&a, &one), SEAMKEY_OK);
	CHECK_INT(seamkey_random_init(&b, &two), SEAMKEY_OK);
	CHECK_INT(seamkey_random_get(&a, x, sizeof x), SEAMKEY_OK);
	CHECK_INT(seamkey_random_get(&b, y, sizeof y), SEAMKEY_OK);
	CHECK_INT(memcmp(x, y, sizeof x) != 0, 1);
	/* nor are they those of a generator that was never seeded */
	br_hmac_drbg_init(&one, &br_sha256_vtable, NULL, 0);
	br_hmac_drbg_generate(&one, y, sizeof y);
	CHECK_INT(memcmp(x, y, sizeof x) != 0, 1);
}

/* clang-format off */
const struct test test_base_table[] = {
	{ "base_every_code_has_a_text", base_every_code_has_a_text },
	{ "base_codes_are_unique_and_in_band",
		base_codes_are_unique_and_in_band },
	{ "base_unknown_codes_have_a_text_too",
		base_unknown_codes_have_a_text_too },
	{ "base_version_is_that_of_the_macros",
		base_version_is_that_of_the_macros },
	{ "base_span_of_keeps_both", base_span_of_keeps_both },
	{ "base_spans_match", base_spans_match },
	{ "base_wipe_zeroes_just_these_bytes",
		base_wipe_zeroes_just_these_bytes },
	{ "base_ct_equal_sees_every_bit", base_ct_equal_sees_every_bit },
	{ "base_ct_equal_does_not_add_up", base_ct_equal_does_not_add_up },
	{ "base_op_without_begin_is_no_state",
		base_op_without_begin_is_no_state },
	{ "base_op_poll_judges_the_answer", base_op_poll_judges_the_answer },
	{ "base_op_cancel_wipes_and_is_idempotent",
		base_op_cancel_wipes_and_is_idempotent },
	{ "base_op_cancel_needs_no_driver_cancel",
		base_op_cancel_needs_no_driver_cancel },
	{ "base_random_judges_the_source", base_random_judges_the_source },
	{ "base_random_that_was_never_written",
		base_random_that_was_never_written },
	{ "base_random_without_a_source", base_random_without_a_source },
	{ "base_random_bearssl_is_the_generator",
		base_random_bearssl_is_the_generator },
	{ "base_random_init_seeds_from_the_system",
		base_random_init_seeds_from_the_system },
	{ NULL, NULL },
};
/* clang-format on */
