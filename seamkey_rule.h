/*
 * seamkey_rule.h - rules: who may have a key, as data
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Limits    3. Rules       5. DER
 *   2. Errors    4. Decisions   6. Text
 * Search for "[rule.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   A rule is an array of small structs in the caller's memory, a
 *   combination in front of the rules that it combines:
 *
 *     all(group("legal"), any(clearance(3), approval(2, "board")))
 *
 *     { COMBINE, least 2, count 2 }   { GROUP "legal" }
 *     { COMBINE, least 1, count 2 }   { CLEARANCE 3 }  { APPROVAL 2 "board" }
 *
 *   It has a form in DER, to be kept and sent, and one in text, to be read.
 *   A decision is made from what the agent knows of a decryptor: its name,
 *   what hooks say of attributes, groups and roles, the agent's own clock.
 *
 * GUARANTEES
 *   There is no "not": who keeps something back can only lose by it.
 *   What is not known does not pass: no clock, no hour; no hook, no group;
 *   a hook that fails is a rule that failed.
 *   Every rule is looked at, whatever the others say: how long a decision
 *   takes does not tell which of them failed, as far as that is in here.
 */
#include "seamkey_base.h"
#include "seamkey_der.h"
#include "seamkey_name.h"

#ifndef SEAMKEY_RULE_H
#define SEAMKEY_RULE_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rule.1] Limits ------------------------------------------------- */

/* Combinations inside one another, and structs of a whole rule. */
#define SEAMKEY_RULE_MAX_DEPTH 8
#define SEAMKEY_RULE_MAX       64

/* Bytes of a name of a group, role, attribute, function or place, of the
 * value of an attribute, and values of one attribute that are looked at. */
#define SEAMKEY_RULE_MAX_NAME   64
#define SEAMKEY_RULE_MAX_VALUE  256
#define SEAMKEY_RULE_MAX_VALUES 16

/* Bytes of the text (RFC 4514) of a Name in a rule. */
#define SEAMKEY_RULE_MAX_TEXT_NAME 1024

/* ---- [rule.2] Errors ------------------------------------------------- */

/* clang-format off */
#define SEAMKEY_RULE_ERRORS(X) \
	X(SEAMKEY_ERR_RULE, -520, \
		"this is no rule") \
	X(SEAMKEY_ERR_RULE_DEPTH, -521, \
		"rules are nested more deeply, or are more, than is admitted") \
	X(SEAMKEY_ERR_RULE_COUNT, -522, \
		"a combination asks for none of its rules, or for too many") \
	X(SEAMKEY_ERR_RULE_VALUE, -523, \
		"a value in a rule is out of its range") \
	X(SEAMKEY_ERR_RULE_FAILED, -524, \
		"the rules do not admit this decryptor") \
	X(SEAMKEY_ERR_RULE_APPROVAL, -525, \
		"approvals are missing") \
	X(SEAMKEY_ERR_RULE_TEXT, -526, \
		"this is not the text of a rule") \
	X(SEAMKEY_ERR_RULE_NONE, -527, \
		"there is no such thing, or no more of them")
/* clang-format on */

enum seamkey_rule_error {
	SEAMKEY_RULE_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_RULE_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, der, name and rule. */
SEAMKEY_API const char *seamkey_rule_text(int status);

/* ---- [rule.3] Rules -------------------------------------------------- */

enum seamkey_rule_kind {
	SEAMKEY_RULE_COMBINE = 1, /* least of the next count rules: all of
	                           * them, any, or k */
	SEAMKEY_RULE_NAME,        /* value: Name, the decryptor's whole one */
	SEAMKEY_RULE_PORTION,     /* value: Name, whose parts occur in it */
	SEAMKEY_RULE_ATTRIBUTE,   /* name: the type; compare; value */
	SEAMKEY_RULE_GROUP,       /* name: is a member */
	SEAMKEY_RULE_ROLE,        /* name: has the role's attributes */
	SEAMKEY_RULE_CLEARANCE,   /* least: cleared to this level, or above */
	SEAMKEY_RULE_PERIOD,      /* name to value: both GeneralizedTime, 15
	                           * bytes; the last second is in it */
	SEAMKEY_RULE_TIME,        /* least to most: seconds of the day, most
	                           * is out; past midnight if below least */
	SEAMKEY_RULE_DAYS,        /* least: 1 Monday, 2 Tuesday, ... 64 Sunday,
	                           * added up */
	SEAMKEY_RULE_LOCATION,    /* name: where the agent sees it */
	SEAMKEY_RULE_FUNCTION,    /* name: a function of the caller's; value:
	                           * its argument, may be empty */
	SEAMKEY_RULE_APPROVAL     /* least: approvals of so many members of
	                           * the group name */
};

/* How an attribute is compared; the last two as numbers. */
enum seamkey_rule_compare {
	SEAMKEY_RULE_PRESENT = 0,
	SEAMKEY_RULE_EQUAL,
	SEAMKEY_RULE_AT_LEAST,
	SEAMKEY_RULE_AT_MOST
};

typedef struct seamkey_rule {
	uint8_t kind;    /* enum seamkey_rule_kind */
	uint8_t compare; /* enum seamkey_rule_compare */
	uint16_t count;  /* rules that a combination is of: those behind it,
	                  * each with all that belongs to it */
	uint32_t least, most;
	seamkey_span name, value; /* the caller's, and in place */
} seamkey_rule;

/*
 * Are rule[0..count) one whole rule, with all values in their ranges, and
 * fields that a kind does not have zero or empty? SEAMKEY_OK,
 * SEAMKEY_ERR_RULE (structs are missing, or left over; an unknown kind),
 * _RULE_DEPTH, _RULE_COUNT, _RULE_VALUE.
 */
SEAMKEY_API int seamkey_rule_check(const seamkey_rule *rule, size_t count);

/* ---- [rule.4] Decisions ---------------------------------------------- */

/*
 * What an agent looks up. Each returns SEAMKEY_OK for yes,
 * SEAMKEY_ERR_RULE_FAILED or SEAMKEY_ERR_RULE_NONE for no, and any other
 * status if it could not be found out, which counts as no, too. One that is
 * NULL says no.
 *
 * attribute  the n-th value of an attribute of the decryptor, n from 0
 * approvals  *count: different members of the group that have approved, at
 *            most 65535. least is what the rule asks for. Asked for each
 *            such rule, in their order: whether who counts for one counts
 *            for another, too, is for the hook to say.
 *
 * What no hook may answer (a positive number, SEAMKEY_ERR_RULE_APPROVAL, a
 * value without a pointer, a larger count) is SEAMKEY_ERR_HOOK. A hook that
 * fails at the n-th value has failed for all.
 */
typedef struct seamkey_rule_hooks {
	int (*attribute)(
		void *ctx, seamkey_span type, size_t n, seamkey_span *value);
	int (*member)(void *ctx, seamkey_span group);
	int (*role)(void *ctx, seamkey_span role);
	int (*function)(void *ctx, seamkey_span name, seamkey_span argument);
	int (*approvals)(
		void *ctx, seamkey_span group, size_t least, size_t *count);
} seamkey_rule_hooks;

/* What is known when a decision is made. Zeroed: nothing. */
typedef struct seamkey_rule_facts {
	seamkey_span name;     /* the decryptor's Name, or empty */
	uint32_t clearance;    /* levels from 1; 0: not cleared at all */
	int has_time;          /* 1: the next three are set */
	uint64_t now;          /* seconds since 1970, UTC */
	uint32_t second;       /* of the day, where the agent is: 0..86399 */
	unsigned weekday;      /* there, too: 0 Monday .. 6 Sunday */
	seamkey_span location; /* or empty */
	const seamkey_rule_hooks *hooks; /* or NULL */
	void *ctx;                       /* the hooks' */
} seamkey_rule_facts;

/*
 * Decide. Returns SEAMKEY_OK: the rule passes; SEAMKEY_ERR_RULE_APPROVAL:
 * it would, with approvals that are missing; SEAMKEY_ERR_RULE_FAILED; where
 * it does not pass and a hook has failed, the first status of one; or what
 * seamkey_rule_check() says.
 */
SEAMKEY_API int seamkey_rule_decide(const seamkey_rule *rule, size_t count,
	const seamkey_rule_facts *facts);

/*
 * Does one value of an attribute compare so? 1 or 0. Numbers are decimal,
 * of 1 to 18 digits; what is none compares with nothing.
 */
SEAMKEY_API int seamkey_rule_match_value(
	int compare, seamkey_span value, seamkey_span want);

/* ---- [rule.5] DER ---------------------------------------------------- */

/*
 * Encode rule[0..count) to out[0..cap), *len bytes of it; with out NULL only
 * *len is set. Returns SEAMKEY_OK; SEAMKEY_ERR_SPACE sets *len to the bytes
 * needed; on other errors, those of seamkey_rule_check(), *len is unchanged.
 * out[] is unchanged on error. docs/SPEC.md has the ASN.1.
 */
SEAMKEY_API int seamkey_rule_encode(unsigned char *out, size_t cap, size_t *len,
	const seamkey_rule *rule, size_t count);

/*
 * Decode in, which must be one Rule whole, to rule[0..cap), *count structs
 * of it: views into in. Returns SEAMKEY_OK; else *count is unchanged, rule[]
 * is of no use, and the status is SEAMKEY_ERR_SPACE (cap is too small),
 * one of seamkey_rule_check(), or one of seamkey_der.h.
 */
SEAMKEY_API int seamkey_rule_decode(
	seamkey_rule *rule, size_t cap, size_t *count, seamkey_span in);

/* ---- [rule.6] Text --------------------------------------------------- */

/*
 * The text of a rule:
 *
 *   all(RULE, ...)  any(RULE, ...)  2 of (RULE, ...)
 *   name("CN=Alice,O=Acme")  portion("OU=Legal,O=Acme")
 *   attribute("badge")  attribute("colour" = "blue")
 *   attribute("rank" >= 3)  attribute("rank" <= 7)
 *   group("legal")  role("teller")  clearance(3)  location("building 7")
 *   period(20260101000000Z, 20261231235959Z)  time(08:00, 18:30)
 *   days(mon, tue, wed, thu, fri, sat, sun)
 *   function("name")  function("name", "argument")  approval(2, "board")
 *
 * A time of day is HH:MM or HH:MM:SS, up to 24:00. Spaces, tabs and ends of
 * lines may stand between all of that; in quotes \" and \\ are one character.
 * Names are as in seamkey_name.h, section 5; the text shows each of them as
 * one that matches it, with the types of string that are usual.
 *
 * encode_text writes the text of rule[0..count) to out[0..cap), on one line,
 * without a zero at its end. Returns as seamkey_rule_encode().
 *
 * decode_text writes the DER of the rule in text to out[0..cap). Where the
 * text is none, *at tells how many bytes of it were understood: what is
 * wrong begins there; a combination of too few rules ends there. at may be
 * NULL. Returns SEAMKEY_OK; SEAMKEY_ERR_SPACE sets *len to the bytes needed;
 * on other errors *len is unchanged: SEAMKEY_ERR_RULE_TEXT, those of
 * seamkey_rule_check() and of seamkey_name_encode(). out[] is unchanged on
 * error, and does not overlap text.
 */
SEAMKEY_API int seamkey_rule_encode_text(unsigned char *out, size_t cap,
	size_t *len, const seamkey_rule *rule, size_t count);
SEAMKEY_API int seamkey_rule_decode_text(unsigned char *out, size_t cap,
	size_t *len, seamkey_span text, size_t *at);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_RULE_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_RULE_IMPLEMENTED)
#define SEAMKEY_RULE_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rule.2] Errors ------------------------------------------------- */

SEAMKEY_API const char *
seamkey_rule_text(int status)
{
	switch (status) {
		SEAMKEY_RULE_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_name_text(status);
	}
}

/* ---- [rule.3] Rules -------------------------------------------------- */

static inline int
seamkey_i_rule_named(seamkey_span name)
{
	return seamkey_name_check_text(name, 1, SEAMKEY_RULE_MAX_NAME)
		== SEAMKEY_OK;
}

static inline int
seamkey_i_rule_valued(seamkey_span value)
{
	return seamkey_name_check_text(value, 0, SEAMKEY_RULE_MAX_VALUE)
		== SEAMKEY_OK;
}

/* 1 if text is a number that is compared; 0: *number is unchanged. */
static inline int
seamkey_i_rule_number(uint64_t *number, seamkey_span text)
{
	uint64_t v = 0;
	size_t u;

	for (u = 0; u < text.len; u++) {
		if (u == 18 || text.p[u] < '0' || text.p[u] > '9') {
			return 0;
		}
		v = v * 10 + (uint64_t)(text.p[u] - '0');
	}
	if (text.len != 0) {
		*number = v;
	}
	return text.len != 0;
}

static inline int
seamkey_i_rule_attribute_ok(const seamkey_rule *r)
{
	uint64_t number;

	if (!seamkey_i_rule_named(r->name)) {
		return 0;
	}
	switch (r->compare) {
	case SEAMKEY_RULE_PRESENT:
		return r->value.len == 0;
	case SEAMKEY_RULE_EQUAL:
		return seamkey_i_rule_valued(r->value);
	case SEAMKEY_RULE_AT_LEAST:
	case SEAMKEY_RULE_AT_MOST:
		return seamkey_i_rule_number(&number, r->value);
	default:
		return 0;
	}
}

static inline int
seamkey_i_rule_period_ok(const seamkey_rule *r)
{
	uint64_t from = 1, to = 0;

	return seamkey_name_decode_time(&from, r->name) == SEAMKEY_OK
		&& seamkey_name_decode_time(&to, r->value) == SEAMKEY_OK
		&& from <= to;
}

/* A Name of one part at least, whose text fits. */
static inline int
seamkey_i_rule_name_ok(seamkey_span name)
{
	size_t len = 0;

	return name.len > 2
		&& seamkey_name_decode(NULL, 0, &len, name) == SEAMKEY_OK
		&& len <= SEAMKEY_RULE_MAX_TEXT_NAME;
}

#define SEAMKEY_I_RULE_COMPARE 1u
#define SEAMKEY_I_RULE_COUNT   2u
#define SEAMKEY_I_RULE_LEAST   4u
#define SEAMKEY_I_RULE_MOST    8u
#define SEAMKEY_I_RULE_NAME    16u
#define SEAMKEY_I_RULE_VALUE   32u

/* The fields that a kind has. */
static inline unsigned
seamkey_i_rule_fields(unsigned kind)
{
	switch (kind) {
	case SEAMKEY_RULE_COMBINE:
		return SEAMKEY_I_RULE_COUNT | SEAMKEY_I_RULE_LEAST;
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		return SEAMKEY_I_RULE_VALUE;
	case SEAMKEY_RULE_ATTRIBUTE:
		return SEAMKEY_I_RULE_COMPARE | SEAMKEY_I_RULE_NAME
			| SEAMKEY_I_RULE_VALUE;
	case SEAMKEY_RULE_CLEARANCE:
	case SEAMKEY_RULE_DAYS:
		return SEAMKEY_I_RULE_LEAST;
	case SEAMKEY_RULE_PERIOD:
	case SEAMKEY_RULE_FUNCTION:
		return SEAMKEY_I_RULE_NAME | SEAMKEY_I_RULE_VALUE;
	case SEAMKEY_RULE_TIME:
		return SEAMKEY_I_RULE_LEAST | SEAMKEY_I_RULE_MOST;
	case SEAMKEY_RULE_APPROVAL:
		return SEAMKEY_I_RULE_LEAST | SEAMKEY_I_RULE_NAME;
	default:
		return SEAMKEY_I_RULE_NAME;
	}
}

/* Nothing is said that the kind has no place for, and that would be lost. */
static inline int
seamkey_i_rule_is_plain(const seamkey_rule *r)
{
	unsigned set = (r->compare != 0 ? SEAMKEY_I_RULE_COMPARE : 0)
		| (r->count != 0 ? SEAMKEY_I_RULE_COUNT : 0)
		| (r->least != 0 ? SEAMKEY_I_RULE_LEAST : 0)
		| (r->most != 0 ? SEAMKEY_I_RULE_MOST : 0)
		| (r->name.len != 0 ? SEAMKEY_I_RULE_NAME : 0)
		| (r->value.len != 0 ? SEAMKEY_I_RULE_VALUE : 0);

	return (set & ~seamkey_i_rule_fields(r->kind)) == 0;
}

/* One struct that is no combination: are its values in their ranges? */
static inline int
seamkey_i_rule_leaf_ok(const seamkey_rule *r)
{
	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		return seamkey_i_rule_name_ok(r->value);
	case SEAMKEY_RULE_ATTRIBUTE:
		return seamkey_i_rule_attribute_ok(r);
	case SEAMKEY_RULE_GROUP:
	case SEAMKEY_RULE_ROLE:
	case SEAMKEY_RULE_LOCATION:
		return seamkey_i_rule_named(r->name);
	case SEAMKEY_RULE_CLEARANCE:
		return r->least != 0;
	case SEAMKEY_RULE_PERIOD:
		return seamkey_i_rule_period_ok(r);
	case SEAMKEY_RULE_TIME:
		return r->least < 86400 && r->most <= 86400
			&& r->least != r->most;
	case SEAMKEY_RULE_DAYS:
		return r->least != 0 && r->least < 128;
	case SEAMKEY_RULE_FUNCTION:
		return seamkey_i_rule_named(r->name)
			&& seamkey_i_rule_valued(r->value);
	case SEAMKEY_RULE_APPROVAL:
		return seamkey_i_rule_named(r->name) && r->least != 0
			&& r->least <= SEAMKEY_RULE_MAX;
	default:
		return 0;
	}
}

/* Combinations that are open, from the outermost. */
typedef struct seamkey_i_rule_stack {
	struct {
		uint16_t left, passed, pending;
		uint32_t least;
	} level[SEAMKEY_RULE_MAX_DEPTH];
	unsigned depth;
} seamkey_i_rule_stack;

/* What is known of a rule; more is better. */
enum seamkey_i_rule_verdict {
	SEAMKEY_I_RULE_NO,
	SEAMKEY_I_RULE_PENDING,
	SEAMKEY_I_RULE_YES
};

/* A combination begins. */
static inline int
seamkey_i_rule_open(seamkey_i_rule_stack *s, const seamkey_rule *r)
{
	if (r->least == 0 || r->least > r->count) {
		return SEAMKEY_ERR_RULE_COUNT;
	}
	if (s->depth == SEAMKEY_RULE_MAX_DEPTH) {
		return SEAMKEY_ERR_RULE_DEPTH;
	}
	memset(&s->level[s->depth], 0, sizeof s->level[0]);
	s->level[s->depth].left = r->count;
	s->level[s->depth].least = r->least;
	s->depth++;
	return SEAMKEY_OK;
}

/* A rule has been decided, and with it the combinations that it ends.
 * Returns what the outermost one has come to. */
static inline int
seamkey_i_rule_close(seamkey_i_rule_stack *s, int verdict)
{
	while (s->depth != 0) {
		uint32_t passed, possible;

		if (verdict == SEAMKEY_I_RULE_YES) {
			s->level[s->depth - 1].passed++;
		} else if (verdict == SEAMKEY_I_RULE_PENDING) {
			s->level[s->depth - 1].pending++;
		}
		if (--s->level[s->depth - 1].left != 0) {
			break;
		}
		s->depth--;
		passed = s->level[s->depth].passed;
		possible = passed + s->level[s->depth].pending;
		verdict = passed >= s->level[s->depth].least
			? SEAMKEY_I_RULE_YES
			: possible >= s->level[s->depth].least
			? SEAMKEY_I_RULE_PENDING
			: SEAMKEY_I_RULE_NO;
	}
	return verdict;
}

SEAMKEY_API int
seamkey_rule_check(const seamkey_rule *rule, size_t count)
{
	seamkey_i_rule_stack s;
	size_t u;
	int status;

	if (count > SEAMKEY_RULE_MAX) {
		return SEAMKEY_ERR_RULE_DEPTH;
	}
	s.depth = 0;
	for (u = 0; u < count; u++) {
		if (rule[u].kind == 0 || rule[u].kind > SEAMKEY_RULE_APPROVAL) {
			return SEAMKEY_ERR_RULE;
		}
		if (!seamkey_i_rule_is_plain(&rule[u])) {
			return SEAMKEY_ERR_RULE_VALUE;
		}
		if (rule[u].kind == SEAMKEY_RULE_COMBINE) {
			status = seamkey_i_rule_open(&s, &rule[u]);
			if (status != SEAMKEY_OK) {
				return status;
			}
			continue;
		}
		if (!seamkey_i_rule_leaf_ok(&rule[u])) {
			return SEAMKEY_ERR_RULE_VALUE;
		}
		(void)seamkey_i_rule_close(&s, SEAMKEY_I_RULE_NO);
		if (s.depth == 0) {
			return u + 1 == count ? SEAMKEY_OK : SEAMKEY_ERR_RULE;
		}
	}
	return SEAMKEY_ERR_RULE;
}

/* ---- [rule.4] Decisions ---------------------------------------------- */

SEAMKEY_API int
seamkey_rule_match_value(int compare, seamkey_span value, seamkey_span want)
{
	uint64_t a = 0, b = 0;

	switch (compare) {
	case SEAMKEY_RULE_PRESENT:
		return 1;
	case SEAMKEY_RULE_EQUAL:
		return seamkey_span_match(value, want);
	case SEAMKEY_RULE_AT_LEAST:
		return seamkey_i_rule_number(&a, value)
			&& seamkey_i_rule_number(&b, want) && a >= b;
	case SEAMKEY_RULE_AT_MOST:
		return seamkey_i_rule_number(&a, value)
			&& seamkey_i_rule_number(&b, want) && a <= b;
	default:
		return 0;
	}
}

/* A hook's answer as a verdict; the first failure stays in *failure. */
static inline int
seamkey_i_rule_answer(int status, int *failure)
{
	if (status == SEAMKEY_OK) {
		return SEAMKEY_I_RULE_YES;
	}
	if (status != SEAMKEY_ERR_RULE_FAILED && status != SEAMKEY_ERR_RULE_NONE
		&& *failure == SEAMKEY_OK) {
		*failure = status < 0 && status != SEAMKEY_ERR_RULE_APPROVAL
			? status
			: SEAMKEY_ERR_HOOK;
	}
	return SEAMKEY_I_RULE_NO;
}

static inline int
seamkey_i_rule_attribute(
	const seamkey_rule *r, const seamkey_rule_facts *f, int *failure)
{
	seamkey_span value;
	size_t n;
	int status, verdict = SEAMKEY_I_RULE_NO;

	if (f->hooks->attribute == NULL) {
		return SEAMKEY_I_RULE_NO;
	}
	for (n = 0; n < SEAMKEY_RULE_MAX_VALUES; n++) {
		value = seamkey_span_of(NULL, 0);
		status = f->hooks->attribute(f->ctx, r->name, n, &value);
		if (status == SEAMKEY_ERR_RULE_NONE
			|| status == SEAMKEY_ERR_RULE_FAILED) {
			break;
		}
		if (status == SEAMKEY_OK && value.p == NULL && value.len != 0) {
			status = SEAMKEY_ERR_HOOK;
		}
		if (status != SEAMKEY_OK) {
			return seamkey_i_rule_answer(status, failure);
		}
		if (seamkey_rule_match_value(r->compare, value, r->value)) {
			verdict = SEAMKEY_I_RULE_YES;
		}
	}
	return verdict;
}

static inline int
seamkey_i_rule_approval(
	const seamkey_rule *r, const seamkey_rule_facts *f, int *failure)
{
	size_t count = 0;
	int status = SEAMKEY_ERR_RULE_NONE;

	if (f->hooks != NULL && f->hooks->approvals != NULL) {
		status = f->hooks->approvals(
			f->ctx, r->name, (size_t)r->least, &count);
	}
	if (status == SEAMKEY_OK && count > 65535) {
		status = SEAMKEY_ERR_HOOK;
	}
	return seamkey_i_rule_answer(status, failure) == SEAMKEY_I_RULE_YES
			&& count >= r->least
		? SEAMKEY_I_RULE_YES
		: SEAMKEY_I_RULE_PENDING;
}

/* What only a hook knows. */
static inline int
seamkey_i_rule_ask(
	const seamkey_rule *r, const seamkey_rule_facts *f, int *failure)
{
	const seamkey_rule_hooks *h = f->hooks;
	int status = SEAMKEY_ERR_RULE_NONE;

	if (r->kind == SEAMKEY_RULE_APPROVAL) {
		return seamkey_i_rule_approval(r, f, failure);
	}
	if (h == NULL) {
		return SEAMKEY_I_RULE_NO;
	}
	switch (r->kind) {
	case SEAMKEY_RULE_ATTRIBUTE:
		return seamkey_i_rule_attribute(r, f, failure);
	case SEAMKEY_RULE_GROUP:
		if (h->member != NULL) {
			status = h->member(f->ctx, r->name);
		}
		break;
	case SEAMKEY_RULE_ROLE:
		if (h->role != NULL) {
			status = h->role(f->ctx, r->name);
		}
		break;
	default:
		if (h->function != NULL) {
			status = h->function(f->ctx, r->name, r->value);
		}
		break;
	}
	return seamkey_i_rule_answer(status, failure);
}

/* 1 if the agent's clock is in it, 0 if not, or if there is none. */
static inline int
seamkey_i_rule_at_time(const seamkey_rule *r, const seamkey_rule_facts *f)
{
	uint64_t from = 0, to = 0;

	if (!f->has_time) {
		return 0;
	}
	switch (r->kind) {
	case SEAMKEY_RULE_PERIOD:
		return seamkey_name_decode_time(&from, r->name) == SEAMKEY_OK
			&& seamkey_name_decode_time(&to, r->value) == SEAMKEY_OK
			&& f->now >= from && f->now <= to;
	case SEAMKEY_RULE_DAYS:
		return f->weekday < 7 && (r->least >> f->weekday & 1) != 0;
	default:
		if (f->second >= 86400) {
			return 0;
		}
		return r->least < r->most
			? f->second >= r->least && f->second < r->most
			: f->second >= r->least || f->second < r->most;
	}
}

/* A rule that is no combination. */
static inline int
seamkey_i_rule_leaf(
	const seamkey_rule *r, const seamkey_rule_facts *f, int *failure)
{
	int yes;

	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
		yes = seamkey_name_match(f->name, r->value);
		break;
	case SEAMKEY_RULE_PORTION:
		yes = seamkey_name_match_portion(f->name, r->value);
		break;
	case SEAMKEY_RULE_CLEARANCE:
		yes = f->clearance >= r->least;
		break;
	case SEAMKEY_RULE_PERIOD:
	case SEAMKEY_RULE_TIME:
	case SEAMKEY_RULE_DAYS:
		yes = seamkey_i_rule_at_time(r, f);
		break;
	case SEAMKEY_RULE_LOCATION:
		yes = seamkey_span_match(f->location, r->name);
		break;
	default:
		return seamkey_i_rule_ask(r, f, failure);
	}
	return yes ? SEAMKEY_I_RULE_YES : SEAMKEY_I_RULE_NO;
}

SEAMKEY_API int
seamkey_rule_decide(
	const seamkey_rule *rule, size_t count, const seamkey_rule_facts *facts)
{
	seamkey_i_rule_stack s;
	size_t u;
	int status = seamkey_rule_check(rule, count), failure = SEAMKEY_OK;
	int verdict = SEAMKEY_I_RULE_NO;

	if (status != SEAMKEY_OK) {
		return status;
	}
	s.depth = 0;
	for (u = 0; u < count; u++) {
		if (rule[u].kind == SEAMKEY_RULE_COMBINE) {
			(void)seamkey_i_rule_open(&s, &rule[u]);
			continue;
		}
		verdict = seamkey_i_rule_close(
			&s, seamkey_i_rule_leaf(&rule[u], facts, &failure));
	}
	if (verdict == SEAMKEY_I_RULE_YES) {
		return SEAMKEY_OK;
	}
	if (failure != SEAMKEY_OK) {
		return failure;
	}
	return verdict == SEAMKEY_I_RULE_PENDING ? SEAMKEY_ERR_RULE_APPROVAL
						 : SEAMKEY_ERR_RULE_FAILED;
}

/* ---- [rule.5] DER ---------------------------------------------------- */

/*
 * Rule ::= CHOICE {
 *     combine   [0] SEQUENCE { least INTEGER (1..64),
 *                   rules SEQUENCE SIZE (1..64) OF Rule },
 *     name      [1] EXPLICIT Name,
 *     portion   [2] EXPLICIT Name,
 *     attribute [3] SEQUENCE { type UTF8String, compare INTEGER (0..3),
 *                   value UTF8String OPTIONAL },    -- but for PRESENT
 *     group     [4] UTF8String,
 *     role      [5] UTF8String,
 *     clearance [6] INTEGER (1..4294967295),
 *     period    [7] SEQUENCE { from GeneralizedTime, to GeneralizedTime },
 *     time      [8] SEQUENCE { from INTEGER (0..86399),
 *                   to INTEGER (0..86400) },
 *     days      [9] INTEGER (1..127),
 *     location [10] UTF8String,
 *     function [11] SEQUENCE { name UTF8String, argument UTF8String },
 *     approval [12] SEQUENCE { least INTEGER (1..64), group UTF8String } }
 */
#define SEAMKEY_I_RULE_UTF8 0x0Cu
#define SEAMKEY_I_RULE_DATE 0x18u

/* The tag of a kind: [kind - 1], primitive or constructed. */
static inline unsigned
seamkey_i_rule_tag(unsigned kind)
{
	switch (kind) {
	case SEAMKEY_RULE_GROUP:
	case SEAMKEY_RULE_ROLE:
	case SEAMKEY_RULE_CLEARANCE:
	case SEAMKEY_RULE_DAYS:
	case SEAMKEY_RULE_LOCATION:
		return SEAMKEY_DER_CONTEXT(kind - 1u);
	default:
		return SEAMKEY_DER_CONTEXT_CONSTRUCTED(kind - 1u);
	}
}

/* The contents of an INTEGER. */
static inline void
seamkey_i_rule_put_number(seamkey_der_writer *w, uint32_t value)
{
	unsigned char octets[5];
	unsigned n = 1;

	octets[0] = 0;
	octets[1] = (unsigned char)(value >> 24);
	octets[2] = (unsigned char)(value >> 16);
	octets[3] = (unsigned char)(value >> 8);
	octets[4] = (unsigned char)value;
	while (n < 4 && octets[n] == 0) {
		n++;
	}
	n -= octets[n] >> 7; /* a sign octet before a high bit */
	seamkey_der_put(w, octets + n, 5 - n);
}

static inline void
seamkey_i_rule_put_leaf(seamkey_der_writer *w, const seamkey_rule *r)
{
	size_t mark = seamkey_der_begin(w, seamkey_i_rule_tag(r->kind));

	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		seamkey_der_put(w, r->value.p, r->value.len);
		break;
	case SEAMKEY_RULE_ATTRIBUTE:
		seamkey_der_put_element(w, SEAMKEY_I_RULE_UTF8, r->name);
		seamkey_der_put_uint(w, r->compare);
		if (r->compare != SEAMKEY_RULE_PRESENT) {
			seamkey_der_put_element(
				w, SEAMKEY_I_RULE_UTF8, r->value);
		}
		break;
	case SEAMKEY_RULE_CLEARANCE:
	case SEAMKEY_RULE_DAYS:
		seamkey_i_rule_put_number(w, r->least);
		break;
	case SEAMKEY_RULE_PERIOD:
		seamkey_der_put_element(w, SEAMKEY_I_RULE_DATE, r->name);
		seamkey_der_put_element(w, SEAMKEY_I_RULE_DATE, r->value);
		break;
	case SEAMKEY_RULE_TIME:
		seamkey_der_put_uint(w, r->least);
		seamkey_der_put_uint(w, r->most);
		break;
	case SEAMKEY_RULE_FUNCTION:
		seamkey_der_put_element(w, SEAMKEY_I_RULE_UTF8, r->name);
		seamkey_der_put_element(w, SEAMKEY_I_RULE_UTF8, r->value);
		break;
	case SEAMKEY_RULE_APPROVAL:
		seamkey_der_put_uint(w, r->least);
		seamkey_der_put_element(w, SEAMKEY_I_RULE_UTF8, r->name);
		break;
	default:
		seamkey_der_put(w, r->name.p, r->name.len);
		break;
	}
	seamkey_der_end(w, mark);
}

/* All of a rule that has been checked. */
static inline void
seamkey_i_rule_put(
	seamkey_der_writer *w, const seamkey_rule *rule, size_t count)
{
	size_t outer[SEAMKEY_RULE_MAX_DEPTH], inner[SEAMKEY_RULE_MAX_DEPTH], u;
	seamkey_i_rule_stack s;
	unsigned depth;

	s.depth = 0;
	for (u = 0; u < count; u++) {
		if (rule[u].kind == SEAMKEY_RULE_COMBINE) {
			outer[s.depth] = seamkey_der_begin(
				w, seamkey_i_rule_tag(rule[u].kind));
			seamkey_der_put_uint(w, rule[u].least);
			inner[s.depth] =
				seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
			(void)seamkey_i_rule_open(&s, &rule[u]);
			continue;
		}
		seamkey_i_rule_put_leaf(w, &rule[u]);
		depth = s.depth;
		(void)seamkey_i_rule_close(&s, SEAMKEY_I_RULE_NO);
		while (depth-- > s.depth) {
			seamkey_der_end(w, inner[depth]);
			seamkey_der_end(w, outer[depth]);
		}
	}
}

SEAMKEY_API int
seamkey_rule_encode(unsigned char *out, size_t cap, size_t *len,
	const seamkey_rule *rule, size_t count)
{
	seamkey_der_writer measured, w;
	int status = seamkey_rule_check(rule, count);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_rule_put(&measured, rule, count);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_rule_put(&w, rule, count);
	}
	return status;
}

/* The contents of an INTEGER with a context-specific tag, as a number. */
static inline uint32_t
seamkey_i_rule_get_number(seamkey_der_reader *r, unsigned tag)
{
	seamkey_span v = seamkey_der_get(r, tag);
	uint32_t value = 0;
	size_t u;
	int ok = v.len != 0 && v.len <= 5 && v.p[0] < 0x80
		&& (v.len == 1 || v.p[0] != 0 || v.p[1] >= 0x80)
		&& (v.len < 5 || v.p[0] == 0);

	if (r->err == SEAMKEY_OK && !ok) {
		r->err = SEAMKEY_ERR_DER_INTEGER;
	}
	for (u = 0; r->err == SEAMKEY_OK && u < v.len; u++) {
		value = value << 8 | v.p[u];
	}
	return value;
}

/* What stands inside a constructed rule that is no combination. */
static inline void
seamkey_i_rule_get_inside(seamkey_der_reader *in, seamkey_rule *r)
{
	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		r->value = seamkey_der_get_element(in, SEAMKEY_DER_SEQUENCE);
		break;
	case SEAMKEY_RULE_ATTRIBUTE:
		r->name = seamkey_der_get(in, SEAMKEY_I_RULE_UTF8);
		r->least = seamkey_der_get_uint(in);
		r->compare = r->least > SEAMKEY_RULE_AT_MOST
			? (uint8_t)0xFF
			: (uint8_t)r->least;
		r->least = 0;
		if (r->compare != SEAMKEY_RULE_PRESENT) {
			r->value = seamkey_der_get(in, SEAMKEY_I_RULE_UTF8);
		}
		break;
	case SEAMKEY_RULE_PERIOD:
		r->name = seamkey_der_get(in, SEAMKEY_I_RULE_DATE);
		r->value = seamkey_der_get(in, SEAMKEY_I_RULE_DATE);
		break;
	case SEAMKEY_RULE_TIME:
		r->least = seamkey_der_get_uint(in);
		r->most = seamkey_der_get_uint(in);
		break;
	case SEAMKEY_RULE_FUNCTION:
		r->name = seamkey_der_get(in, SEAMKEY_I_RULE_UTF8);
		r->value = seamkey_der_get(in, SEAMKEY_I_RULE_UTF8);
		break;
	default:
		r->least = seamkey_der_get_uint(in);
		r->name = seamkey_der_get(in, SEAMKEY_I_RULE_UTF8);
		break;
	}
}

/* One rule that is no combination; its kind is set. */
static inline void
seamkey_i_rule_get_leaf(seamkey_der_reader *outer, seamkey_rule *r)
{
	unsigned tag = seamkey_i_rule_tag(r->kind);
	seamkey_der_reader in;

	switch (r->kind) {
	case SEAMKEY_RULE_GROUP:
	case SEAMKEY_RULE_ROLE:
	case SEAMKEY_RULE_LOCATION:
		r->name = seamkey_der_get(outer, tag);
		return;
	case SEAMKEY_RULE_CLEARANCE:
	case SEAMKEY_RULE_DAYS:
		r->least = seamkey_i_rule_get_number(outer, tag);
		return;
	default:
		seamkey_der_enter(outer, &in, tag);
		seamkey_i_rule_get_inside(&in, r);
		seamkey_der_finish(outer, &in);
	}
}

/* Readers of the combinations that are open: of each, and of its rules. The
 * outermost is the place of the whole rule. */
typedef struct seamkey_i_rule_readers {
	seamkey_der_reader list[SEAMKEY_RULE_MAX_DEPTH + 1];
	seamkey_der_reader around[SEAMKEY_RULE_MAX_DEPTH];
	size_t at[SEAMKEY_RULE_MAX_DEPTH]; /* its struct */
	unsigned depth;
} seamkey_i_rule_readers;

/* Into a combination. */
static inline int
seamkey_i_rule_enter(seamkey_i_rule_readers *s, seamkey_rule *r, size_t at)
{
	unsigned d = s->depth;

	if (d == SEAMKEY_RULE_MAX_DEPTH) {
		return SEAMKEY_ERR_RULE_DEPTH;
	}
	s->list[d].depth = SEAMKEY_DER_MAX_DEPTH; /* the bound is ours */
	seamkey_der_enter(&s->list[d], &s->around[d],
		seamkey_i_rule_tag(SEAMKEY_RULE_COMBINE));
	r->least = seamkey_der_get_uint(&s->around[d]);
	seamkey_der_enter(&s->around[d], &s->list[d + 1], SEAMKEY_DER_SEQUENCE);
	s->at[d] = at;
	s->depth++;
	return s->list[d + 1].err;
}

/* Out of those that have come to their end. */
static inline void
seamkey_i_rule_leave(seamkey_i_rule_readers *s)
{
	while (s->depth != 0 && s->list[s->depth].err == SEAMKEY_OK
		&& s->list[s->depth].len == 0) {
		s->depth--;
		seamkey_der_finish(
			&s->around[s->depth], &s->list[s->depth + 1]);
		seamkey_der_finish(&s->list[s->depth], &s->around[s->depth]);
	}
}

/* The kind of the rule that is next, 0 if it is none. */
static inline unsigned
seamkey_i_rule_next(const seamkey_der_reader *r)
{
	unsigned kind = r->len == 0 ? 0 : (r->p[0] & 0x1Fu) + 1;

	return kind != 0 && kind <= SEAMKEY_RULE_APPROVAL
			&& seamkey_der_match(r, seamkey_i_rule_tag(kind))
		? kind
		: 0;
}

SEAMKEY_API int
seamkey_rule_decode(
	seamkey_rule *rule, size_t cap, size_t *count, seamkey_span in)
{
	seamkey_i_rule_readers s;
	size_t n = 0;
	int status;

	memset(&s, 0, sizeof s);
	seamkey_der_init(&s.list[0], in);
	do {
		unsigned kind = seamkey_i_rule_next(&s.list[s.depth]);

		if (kind == 0) {
			return s.list[s.depth].err != SEAMKEY_OK
				? s.list[s.depth].err
				: SEAMKEY_ERR_RULE;
		}
		if (n == SEAMKEY_RULE_MAX) {
			return SEAMKEY_ERR_RULE_DEPTH;
		}
		if (n == cap) {
			return SEAMKEY_ERR_SPACE;
		}
		memset(&rule[n], 0, sizeof rule[n]);
		rule[n].kind = (uint8_t)kind;
		if (s.depth != 0) {
			rule[s.at[s.depth - 1]].count++;
		}
		if (kind == SEAMKEY_RULE_COMBINE) {
			status = seamkey_i_rule_enter(&s, &rule[n], n);
			if (status != SEAMKEY_OK) {
				return status;
			}
		} else {
			seamkey_i_rule_get_leaf(&s.list[s.depth], &rule[n]);
		}
		n++;
		seamkey_i_rule_leave(&s);
	} while (s.depth != 0);
	status = seamkey_der_check_end(&s.list[0]);
	if (status == SEAMKEY_OK) {
		status = seamkey_rule_check(rule, n);
	}
	if (status == SEAMKEY_OK) {
		*count = n;
	}
	return status;
}

/* ---- [rule.6] Text --------------------------------------------------- */

/* A word and how long it is: a loop that counts would become a call of
 * strlen(), which no other part of seamkey wants. */
typedef struct seamkey_i_rule_words {
	uint8_t len;
	char text[10];
} seamkey_i_rule_words;

/* clang-format off */
/* The word of a kind; all, any and "k of" are combinations. */
static inline seamkey_span
seamkey_i_rule_word(unsigned kind)
{
	static const seamkey_i_rule_words words[SEAMKEY_RULE_APPROVAL] = {
		{ 0, "" }, { 4, "name" }, { 7, "portion" },
		{ 9, "attribute" }, { 5, "group" }, { 4, "role" },
		{ 9, "clearance" }, { 6, "period" }, { 4, "time" },
		{ 4, "days" }, { 8, "location" }, { 8, "function" },
		{ 8, "approval" },
	};

	return seamkey_span_of(words[kind - 1].text, words[kind - 1].len);
}

static inline seamkey_span
seamkey_i_rule_sign(unsigned compare)
{
	static const seamkey_i_rule_words signs[4] = {
		{ 0, "" }, { 3, " = " }, { 4, " >= " }, { 4, " <= " },
	};

	return seamkey_span_of(signs[compare].text, signs[compare].len);
}
/* clang-format on */

static inline seamkey_span
seamkey_i_rule_day(unsigned day)
{
	static const char days[7][4] = { "mon", "tue", "wed", "thu", "fri",
		"sat", "sun" };

	return seamkey_span_of(days[day], 3);
}

static inline void
seamkey_i_rule_put_span(seamkey_der_writer *w, seamkey_span s)
{
	seamkey_der_put(w, s.p, s.len);
}

/* In quotes. */
static inline void
seamkey_i_rule_put_string(seamkey_der_writer *w, seamkey_span s)
{
	size_t u;

	seamkey_der_put(w, "\"", 1);
	for (u = 0; u < s.len; u++) {
		if (s.p[u] == '"' || s.p[u] == '\\') {
			seamkey_der_put(w, "\\", 1);
		}
		seamkey_der_put(w, s.p + u, 1);
	}
	seamkey_der_put(w, "\"", 1);
}

/* Two digits of a number below 100, without a division. */
static inline void
seamkey_i_rule_put_two(seamkey_der_writer *w, uint32_t value)
{
	uint32_t tens = (value * 205) >> 11;
	unsigned char digits[2];

	digits[0] = (unsigned char)('0' + tens);
	digits[1] = (unsigned char)('0' + (value - tens * 10));
	seamkey_der_put(w, digits, 2);
}

/* HH:MM, or HH:MM:SS where it has seconds; up to 86400, where these products
 * are the quotients by 3600 and 60. */
static inline void
seamkey_i_rule_put_clock(seamkey_der_writer *w, uint32_t seconds)
{
	uint32_t hours = (seconds * 37283) >> 27, minutes;

	seconds -= hours * 3600;
	minutes = (seconds * 34953) >> 21;
	seconds -= minutes * 60;
	seamkey_i_rule_put_two(w, hours);
	seamkey_der_put(w, ":", 1);
	seamkey_i_rule_put_two(w, minutes);
	if (seconds != 0) {
		seamkey_der_put(w, ":", 1);
		seamkey_i_rule_put_two(w, seconds);
	}
}

static inline void
seamkey_i_rule_put_days(seamkey_der_writer *w, uint32_t days)
{
	unsigned u;
	int more = 0;

	for (u = 0; u < 7; u++) {
		if ((days >> u & 1) != 0) {
			seamkey_der_put(w, ", ", more ? 2 : 0);
			seamkey_i_rule_put_span(w, seamkey_i_rule_day(u));
			more = 1;
		}
	}
}

/* What stands between the brackets of a rule. */
static inline void
seamkey_i_rule_put_inside(seamkey_der_writer *w, const seamkey_rule *r)
{
	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		seamkey_der_put(w, "\"", 1);
		seamkey_i_name_put_text(w, r->value, 1);
		seamkey_der_put(w, "\"", 1);
		return;
	case SEAMKEY_RULE_ATTRIBUTE:
		seamkey_i_rule_put_string(w, r->name);
		seamkey_i_rule_put_span(w, seamkey_i_rule_sign(r->compare));
		if (r->compare == SEAMKEY_RULE_EQUAL) {
			seamkey_i_rule_put_string(w, r->value);
		} else {
			seamkey_der_put(w, r->value.p, r->value.len);
		}
		return;
	case SEAMKEY_RULE_CLEARANCE:
		seamkey_i_name_put_decimal(w, r->least);
		return;
	case SEAMKEY_RULE_PERIOD:
		seamkey_der_put(w, r->name.p, r->name.len);
		seamkey_der_put(w, ", ", 2);
		seamkey_der_put(w, r->value.p, r->value.len);
		return;
	case SEAMKEY_RULE_TIME:
		seamkey_i_rule_put_clock(w, r->least);
		seamkey_der_put(w, ", ", 2);
		seamkey_i_rule_put_clock(w, r->most);
		return;
	case SEAMKEY_RULE_DAYS:
		seamkey_i_rule_put_days(w, r->least);
		return;
	case SEAMKEY_RULE_APPROVAL:
		seamkey_i_name_put_decimal(w, r->least);
		seamkey_der_put(w, ", ", 2);
		break;
	default:
		break;
	}
	seamkey_i_rule_put_string(w, r->name);
	if (r->kind == SEAMKEY_RULE_FUNCTION && r->value.len != 0) {
		seamkey_der_put(w, ", ", 2);
		seamkey_i_rule_put_string(w, r->value);
	}
}

/* The beginning of a combination. */
static inline void
seamkey_i_rule_put_combine(seamkey_der_writer *w, const seamkey_rule *r)
{
	if (r->least == r->count) {
		seamkey_der_put(w, "all(", 4);
	} else if (r->least == 1) {
		seamkey_der_put(w, "any(", 4);
	} else {
		seamkey_i_name_put_decimal(w, r->least);
		seamkey_der_put(w, " of (", 5);
	}
}

static inline void
seamkey_i_rule_put_text(
	seamkey_der_writer *w, const seamkey_rule *rule, size_t count)
{
	seamkey_i_rule_stack s;
	unsigned depth;
	size_t u;

	s.depth = 0;
	for (u = 0; u < count; u++) {
		if (rule[u].kind == SEAMKEY_RULE_COMBINE) {
			seamkey_i_rule_put_combine(w, &rule[u]);
			(void)seamkey_i_rule_open(&s, &rule[u]);
			continue;
		}
		seamkey_i_rule_put_span(w, seamkey_i_rule_word(rule[u].kind));
		seamkey_der_put(w, "(", 1);
		seamkey_i_rule_put_inside(w, &rule[u]);
		seamkey_der_put(w, ")", 1);
		depth = s.depth;
		(void)seamkey_i_rule_close(&s, SEAMKEY_I_RULE_NO);
		for (; depth > s.depth; depth--) {
			seamkey_der_put(w, ")", 1);
		}
		seamkey_der_put(w, ", ", u + 1 < count ? 2 : 0);
	}
}

SEAMKEY_API int
seamkey_rule_encode_text(unsigned char *out, size_t cap, size_t *len,
	const seamkey_rule *rule, size_t count)
{
	seamkey_der_writer measured, w;
	int status = seamkey_rule_check(rule, count);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_rule_put_text(&measured, rule, count);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_rule_put_text(&w, rule, count);
	}
	return status;
}

/* A place in the text of a rule; the first error sticks. */
typedef struct seamkey_i_rule_parser {
	seamkey_span text;
	size_t at;
	int err;
} seamkey_i_rule_parser;

/* The next character that is not white space; 0 at the end, or after an
 * error. */
static inline unsigned char
seamkey_i_rule_peek(seamkey_i_rule_parser *p)
{
	if (p->err != SEAMKEY_OK) {
		return 0;
	}
	while (p->at < p->text.len
		&& seamkey_i_name_among(" \t\r\n", p->text.p[p->at])) {
		p->at++;
	}
	return p->at < p->text.len ? p->text.p[p->at] : 0;
}

/* 1 if this character was next, and has been taken. */
static inline int
seamkey_i_rule_take(seamkey_i_rule_parser *p, unsigned char c)
{
	if (seamkey_i_rule_peek(p) != c) {
		return 0;
	}
	p->at++;
	return 1;
}

/* The first error, and where what is wrong begins. */
static inline void
seamkey_i_rule_fail(seamkey_i_rule_parser *p, size_t at, int status)
{
	if (p->err == SEAMKEY_OK) {
		p->err = status;
		p->at = at;
	}
}

static inline void
seamkey_i_rule_want(seamkey_i_rule_parser *p, unsigned char c)
{
	if (!seamkey_i_rule_take(p, c)) {
		seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_TEXT);
	}
}

/* Letters, or digits, as they stand; one at least. */
static inline seamkey_span
seamkey_i_rule_take_run(
	seamkey_i_rule_parser *p, unsigned char first, unsigned char last)
{
	seamkey_span run = { NULL, 0 };

	if (seamkey_i_rule_peek(p) != 0) {
		run.p = p->text.p + p->at;
	}
	while (run.p != NULL && p->at < p->text.len && p->text.p[p->at] >= first
		&& p->text.p[p->at] <= last) {
		p->at++;
		run.len++;
	}
	if (run.len == 0) {
		seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_TEXT);
	}
	return run;
}

static inline uint32_t
seamkey_i_rule_take_number(seamkey_i_rule_parser *p)
{
	seamkey_span run = seamkey_i_rule_take_run(p, '0', '9');
	uint64_t v = 0;

	if (!seamkey_i_rule_number(&v, run) || v >> 32 != 0) {
		seamkey_i_rule_fail(p, p->at - run.len, SEAMKEY_ERR_RULE_TEXT);
	}
	return (uint32_t)v;
}

/* A string in quotes, without them and its escapes, to buf[0..cap). */
static inline seamkey_span
seamkey_i_rule_take_string(
	seamkey_i_rule_parser *p, unsigned char *buf, size_t cap)
{
	size_t n = 0;

	seamkey_i_rule_want(p, '"');
	while (p->err == SEAMKEY_OK) {
		unsigned char c = '"';

		if (p->at < p->text.len) {
			c = p->text.p[p->at];
		}
		if (p->at < p->text.len && c == '"') {
			p->at++;
			break;
		}
		if (p->at == p->text.len || n == cap) {
			seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_TEXT);
			break;
		}
		if (c == '\\') {
			c = p->at + 1 < p->text.len ? p->text.p[p->at + 1] : 0;
			if (c != '"' && c != '\\') {
				seamkey_i_rule_fail(
					p, p->at, SEAMKEY_ERR_RULE_TEXT);
				break;
			}
			p->at++;
		}
		buf[n++] = c;
		p->at++;
	}
	return seamkey_span_of(buf, n);
}

/* The Name whose text stands in quotes, to name[0..SEAMKEY_NAME_MAX). */
static inline seamkey_span
seamkey_i_rule_take_name(seamkey_i_rule_parser *p, unsigned char *name)
{
	unsigned char buf[SEAMKEY_RULE_MAX_TEXT_NAME];
	size_t len = 0, begin;
	seamkey_span text;
	int status;

	(void)seamkey_i_rule_peek(p);
	begin = p->at;
	text = seamkey_i_rule_take_string(p, buf, sizeof buf);
	if (p->err == SEAMKEY_OK) {
		status =
			seamkey_name_encode(name, SEAMKEY_NAME_MAX, &len, text);
		if (status != SEAMKEY_OK) {
			seamkey_i_rule_fail(p, begin, status);
		}
	}
	return seamkey_span_of(name, len);
}

/* HH:MM, or HH:MM:SS. */
static inline uint32_t
seamkey_i_rule_take_clock(seamkey_i_rule_parser *p)
{
	uint32_t part[3] = { 0, 0, 0 };
	seamkey_span run;
	uint64_t v;
	unsigned u;

	for (u = 0; u < 3 && (u < 2 || seamkey_i_rule_peek(p) == ':'); u++) {
		if (u != 0) {
			seamkey_i_rule_want(p, ':');
		}
		run = seamkey_i_rule_take_run(p, '0', '9');
		v = 0;
		if (run.len != 2 || !seamkey_i_rule_number(&v, run)
			|| v > (u == 0 ? 24 : 59)) {
			seamkey_i_rule_fail(
				p, p->at - run.len, SEAMKEY_ERR_RULE_TEXT);
		}
		part[u] = (uint32_t)v;
	}
	return part[0] * 3600 + part[1] * 60 + part[2];
}

static inline uint32_t
seamkey_i_rule_take_days(seamkey_i_rule_parser *p)
{
	uint32_t days = 0;
	seamkey_span word;
	unsigned u;

	do {
		word = seamkey_i_rule_take_run(p, 'a', 'z');
		for (u = 0; u < 7; u++) {
			if (seamkey_span_match(word, seamkey_i_rule_day(u))) {
				break;
			}
		}
		if (u == 7 || (days >> u & 1) != 0) {
			seamkey_i_rule_fail(
				p, p->at - word.len, SEAMKEY_ERR_RULE_TEXT);
			break;
		}
		days |= 1u << u;
	} while (seamkey_i_rule_take(p, ','));
	return days;
}

/* How an attribute compares, and with what, to buf. */
static inline void
seamkey_i_rule_take_compare(
	seamkey_i_rule_parser *p, seamkey_rule *r, unsigned char *buf)
{
	r->compare = SEAMKEY_RULE_PRESENT;
	if (seamkey_i_rule_take(p, '=')) {
		r->compare = SEAMKEY_RULE_EQUAL;
		r->value = seamkey_i_rule_take_string(
			p, buf, SEAMKEY_RULE_MAX_VALUE + 1);
	} else if (seamkey_i_rule_peek(p) != ')') {
		r->compare = seamkey_i_rule_take(p, '>')
			? (uint8_t)SEAMKEY_RULE_AT_LEAST
			: (uint8_t)SEAMKEY_RULE_AT_MOST;
		if (r->compare == SEAMKEY_RULE_AT_MOST) {
			seamkey_i_rule_want(p, '<');
		}
		seamkey_i_rule_want(p, '=');
		r->value = seamkey_i_rule_take_run(p, '0', '9');
	}
}

/* GeneralizedTime: digits, and a Z. */
static inline seamkey_span
seamkey_i_rule_take_date(seamkey_i_rule_parser *p)
{
	seamkey_span s = seamkey_i_rule_take_run(p, '0', '9');

	if (p->at < p->text.len && p->text.p[p->at] == 'Z') {
		p->at++;
		s.len++;
	}
	return s;
}

/* What stands between the brackets of a rule. Its strings go to name and
 * value, which are long enough. */
static inline void
seamkey_i_rule_take_inside(seamkey_i_rule_parser *p, seamkey_rule *r,
	unsigned char *name, unsigned char *value)
{
	switch (r->kind) {
	case SEAMKEY_RULE_NAME:
	case SEAMKEY_RULE_PORTION:
		r->value = seamkey_i_rule_take_name(p, value);
		return;
	case SEAMKEY_RULE_CLEARANCE:
		r->least = seamkey_i_rule_take_number(p);
		return;
	case SEAMKEY_RULE_PERIOD:
		r->name = seamkey_i_rule_take_date(p);
		seamkey_i_rule_want(p, ',');
		r->value = seamkey_i_rule_take_date(p);
		return;
	case SEAMKEY_RULE_TIME:
		r->least = seamkey_i_rule_take_clock(p);
		seamkey_i_rule_want(p, ',');
		r->most = seamkey_i_rule_take_clock(p);
		return;
	case SEAMKEY_RULE_DAYS:
		r->least = seamkey_i_rule_take_days(p);
		return;
	case SEAMKEY_RULE_APPROVAL:
		r->least = seamkey_i_rule_take_number(p);
		seamkey_i_rule_want(p, ',');
		break;
	default:
		break;
	}
	r->name =
		seamkey_i_rule_take_string(p, name, SEAMKEY_RULE_MAX_NAME + 1);
	if (r->kind == SEAMKEY_RULE_ATTRIBUTE) {
		seamkey_i_rule_take_compare(p, r, value);
	} else if (r->kind == SEAMKEY_RULE_FUNCTION
		&& seamkey_i_rule_take(p, ',')) {
		r->value = seamkey_i_rule_take_string(
			p, value, SEAMKEY_RULE_MAX_VALUE + 1);
	}
}

/* The kind of this word, or 0. */
static inline uint8_t
seamkey_i_rule_kind(seamkey_span word)
{
	unsigned kind = SEAMKEY_RULE_APPROVAL;

	while (kind > SEAMKEY_RULE_COMBINE
		&& !seamkey_span_match(word, seamkey_i_rule_word(kind))) {
		kind--;
	}
	return (uint8_t)(kind > SEAMKEY_RULE_COMBINE ? kind : 0);
}

/* A rule whose word has been taken: the rest of it, and its DER. */
static inline void
seamkey_i_rule_take_leaf(
	seamkey_i_rule_parser *p, seamkey_der_writer *w, seamkey_span word)
{
	unsigned char name[SEAMKEY_RULE_MAX_NAME + 1], value[SEAMKEY_NAME_MAX];
	size_t begin = p->at - word.len;
	seamkey_rule r;

	memset(&r, 0, sizeof r);
	r.kind = seamkey_i_rule_kind(word);
	if (r.kind == 0) {
		seamkey_i_rule_fail(p, begin, SEAMKEY_ERR_RULE_TEXT);
		return;
	}
	seamkey_i_rule_want(p, '(');
	seamkey_i_rule_take_inside(p, &r, name, value);
	seamkey_i_rule_want(p, ')');
	if (p->err == SEAMKEY_OK && !seamkey_i_rule_leaf_ok(&r)) {
		seamkey_i_rule_fail(p, begin, SEAMKEY_ERR_RULE_VALUE);
	}
	if (p->err == SEAMKEY_OK) {
		seamkey_i_rule_put_leaf(w, &r);
	}
}

/* Combinations that are open in text. */
typedef struct seamkey_i_rule_marks {
	struct {
		size_t outer, inner;
		uint32_t least; /* 0: all */
		uint32_t count;
	} level[SEAMKEY_RULE_MAX_DEPTH];
	unsigned depth;
	unsigned total;
} seamkey_i_rule_marks;

/* A combination begins. least: 0 for all. */
static inline void
seamkey_i_rule_begin(seamkey_i_rule_parser *p, seamkey_der_writer *w,
	seamkey_i_rule_marks *m, uint32_t least)
{
	if (m->depth == SEAMKEY_RULE_MAX_DEPTH) {
		seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_DEPTH);
	}
	seamkey_i_rule_want(p, '(');
	if (p->err != SEAMKEY_OK) {
		return;
	}
	m->level[m->depth].outer =
		seamkey_der_begin(w, seamkey_i_rule_tag(SEAMKEY_RULE_COMBINE));
	/* one octet, which is set anew for all */
	seamkey_der_put_uint(w, least == 0 ? 1 : least);
	m->level[m->depth].inner = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	m->level[m->depth].least = least;
	m->level[m->depth].count = 0;
	m->depth++;
}

/* A combination ends. */
static inline void
seamkey_i_rule_finish(seamkey_i_rule_parser *p, seamkey_der_writer *w,
	seamkey_i_rule_marks *m)
{
	uint32_t least, count;
	size_t at;

	m->depth--;
	least = m->level[m->depth].least;
	count = m->level[m->depth].count;
	at = m->level[m->depth].outer + 2;
	if (least > count) {
		seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_COUNT);
	}
	if (least == 0 && w->buf != NULL && w->err == SEAMKEY_OK) {
		w->buf[at] = (unsigned char)count;
	}
	seamkey_der_end(w, m->level[m->depth].inner);
	seamkey_der_end(w, m->level[m->depth].outer);
}

/* One rule, or the beginning of a combination. Returns 1 for the latter. */
static inline int
seamkey_i_rule_take_one(seamkey_i_rule_parser *p, seamkey_der_writer *w,
	seamkey_i_rule_marks *m)
{
	unsigned char next = seamkey_i_rule_peek(p);
	size_t begin = p->at;
	uint32_t least;
	seamkey_span word;

	if (++m->total > SEAMKEY_RULE_MAX) {
		seamkey_i_rule_fail(p, begin, SEAMKEY_ERR_RULE_DEPTH);
	}
	if (m->depth != 0) {
		m->level[m->depth - 1].count++;
	}
	if (next >= '0' && next <= '9') {
		least = seamkey_i_rule_take_number(p);
		word = seamkey_i_rule_take_run(p, 'a', 'z');
		if (!seamkey_span_match(word, seamkey_span_of("of", 2))) {
			seamkey_i_rule_fail(p, begin, SEAMKEY_ERR_RULE_TEXT);
		} else if (least == 0 || least > SEAMKEY_RULE_MAX) {
			seamkey_i_rule_fail(p, begin, SEAMKEY_ERR_RULE_COUNT);
		}
		seamkey_i_rule_begin(p, w, m, least);
		return 1;
	}
	word = seamkey_i_rule_take_run(p, 'a', 'z');
	if (seamkey_span_match(word, seamkey_span_of("all", 3))
		|| seamkey_span_match(word, seamkey_span_of("any", 3))) {
		seamkey_i_rule_begin(p, w, m, word.p[1] == 'n');
		return 1;
	}
	seamkey_i_rule_take_leaf(p, w, word);
	return 0;
}

/* The whole text. */
static inline void
seamkey_i_rule_parse(seamkey_i_rule_parser *p, seamkey_der_writer *w)
{
	seamkey_i_rule_marks m;
	int more = 1;

	memset(&m, 0, sizeof m);
	while (more && p->err == SEAMKEY_OK) {
		if (seamkey_i_rule_take_one(p, w, &m)) {
			continue;
		}
		while (m.depth != 0 && seamkey_i_rule_take(p, ')')) {
			seamkey_i_rule_finish(p, w, &m);
		}
		more = m.depth != 0;
		if (more) {
			seamkey_i_rule_want(p, ',');
		}
	}
	(void)seamkey_i_rule_peek(p);
	if (p->at != p->text.len) {
		seamkey_i_rule_fail(p, p->at, SEAMKEY_ERR_RULE_TEXT);
	}
	if (w->err != SEAMKEY_OK) {
		seamkey_i_rule_fail(p, p->at, w->err);
	}
}

SEAMKEY_API int
seamkey_rule_decode_text(unsigned char *out, size_t cap, size_t *len,
	seamkey_span text, size_t *at)
{
	seamkey_i_rule_parser p;
	seamkey_der_writer measured, w;
	int status;

	memset(&p, 0, sizeof p);
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	p.text = text;
	seamkey_i_rule_parse(&p, &measured);
	if (at != NULL) {
		*at = p.at;
	}
	if (p.err != SEAMKEY_OK) {
		return p.err;
	}
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		p.at = 0;
		seamkey_i_rule_parse(&p, &w);
	}
	return status;
}

#ifdef __cplusplus
}
#endif
#endif
