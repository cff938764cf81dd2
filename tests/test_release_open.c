/*
 * test_release_open.c - a decryptor, and agents that lie to it
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The agent here is none: it has the team's key, and does to its answer
 * what the test asks for. What a real one decides: test_agent.c.
 */
#include "seamkey_release.h"

#include "rsa_tools.h"

#define WORK 4096

enum lie {
	HONEST,
	OTHER_REQUEST,   /* the answer has another identifier */
	UNREAD,          /* none, as if the request was not understood */
	NO_RESULT,       /* the identifier, and nothing */
	TWO_RESULTS,     /* the right one twice */
	REFUSED,         /* not released */
	WRAPPED_REQUEST, /* inside, the identifier is another */
	WRAPPED_BLOCK,   /* inside, the RecipientInfo is another */
	WRONG_KEY,       /* another key, of the right length */
	SHORT_KEY,       /* one octet less */
	LONG_KEY,        /* 33 octets */
	TO_A_STRANGER,   /* encrypted to another key */
	BEHIND,          /* an octet behind the answer */
	ONE_LONG,        /* says that it wrote more than there is room for */
	FAR_TOO_LONG,    /* ... as much as a size_t can say */
	NOTHING,         /* no octet */
	POSITIVE,        /* a positive status */
	OWN_STATUS,      /* one of the caller's */
	ECHO,            /* the request comes back */
	FLIPPED          /* one bit of the answer is another */
};

static struct agent {
	enum lie lie;
	int form; /* of the answer; -1: what was asked for */
	size_t flip;
	int calls;
	unsigned char id[2][16]; /* of the last requests */
	seamkey_span own;        /* whom the key is encrypted to */
	size_t answer_len;
} agent;

static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;
static unsigned char own_info[PUBLIC_BYTES], team_info[PUBLIC_BYTES];
static unsigned char block[1024], work[WORK], out[128];
static size_t block_len;
static const unsigned char text[] = "what the team may read";

/* The key of the content out of the request, and what it is bound to. */
static size_t
unwrap(seamkey_span request, seamkey_release_request *q, seamkey_span *entry,
	unsigned char *key)
{
	seamkey_release_block b;
	seamkey_der_reader r, set;
	size_t len = 0;

	memset(q, 0, sizeof *q);
	CHECK_INT(seamkey_release_decode_request(q, request, NULL), SEAMKEY_OK);
	CHECK_INT(q->block_count, 1);
	seamkey_der_init(&r, q->blocks);
	seamkey_release_get_block(&r, &b);
	CHECK_INT(seamkey_block_open_try(&env, SEAMKEY_BLOCK_CBC, b.recipients,
			  b.algorithm, SPAN(key_1024), key, &len),
		SEAMKEY_OK);
	seamkey_der_init(&r, b.recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	*entry = seamkey_release_get_entry(&set);
	return len;
}

/* The content of a result in this form, in memory of this function's. */
static seamkey_span
wrap(int form, seamkey_span id, seamkey_span entry, seamkey_span key)
{
	static unsigned char released[256], sealed[1024];
	unsigned char other[16] = { 1, 2, 3 };
	seamkey_block_recipient to;
	size_t len = 0, sealed_len = 0;

	if (agent.lie == WRAPPED_REQUEST) {
		id = SPAN(other);
	} else if (agent.lie == WRAPPED_BLOCK) {
		entry.len--;
	}
	CHECK_INT(seamkey_release_encode_released(
			  released, sizeof released, &len, id, entry, key),
		SEAMKEY_OK);
	if (form == SEAMKEY_RELEASE_CLEAR) {
		return seamkey_span_of(released, len);
	}
	memset(&to, 0, sizeof to);
	to.key = agent.lie == TO_A_STRANGER
		? public_of(SPAN(key_1024), team_info)
		: agent.own;
	CHECK_INT(seamkey_block_seal(&env,
			  form == SEAMKEY_RELEASE_SEALED
				  ? SEAMKEY_BLOCK_AES_256_GCM
				  : SEAMKEY_BLOCK_AES_256_CBC,
			  &to, 1,
			  form == SEAMKEY_RELEASE_SEALED
				  ? seamkey_span_of(released, len)
				  : key,
			  sealed, sizeof sealed, &sealed_len),
		SEAMKEY_OK);
	return seamkey_span_of(sealed, sealed_len);
}

/* What is wrong with the answer as it stands, *len bytes of it. */
static int
distort(seamkey_span request, unsigned char *answer, size_t cap, size_t *len)
{
	agent.answer_len = *len;
	switch (agent.lie) {
	case BEHIND:
		answer[(*len)++] = 0;
		break;
	case ONE_LONG:
		*len = cap + 1;
		break;
	case FAR_TOO_LONG:
		*len = (size_t)-1;
		break;
	case NOTHING:
		*len = 0;
		break;
	case ECHO:
		memcpy(answer, request.p, request.len);
		*len = request.len;
		break;
	case FLIPPED:
		answer[agent.flip / 8] ^= (unsigned char)(1u << agent.flip % 8);
		break;
	case POSITIVE:
		return SEAMKEY_AGAIN;
	case OWN_STATUS:
		return -1234;
	default:
		break;
	}
	return SEAMKEY_OK;
}

static int
exchange(void *ctx, seamkey_span request, unsigned char *answer, size_t cap,
	size_t *len)
{
	unsigned char key[64] = { 0 }, other[16] = { 9 };
	seamkey_release_result results[2];
	seamkey_release_request q;
	seamkey_span entry, id;
	size_t key_len, count = 1;
	int status, form;

	CHECK_INT(ctx == &agent, 1);
	agent.calls++;
	key_len = unwrap(request, &q, &entry, key);
	memcpy(agent.id[0], agent.id[1], 16);
	if (!CHECK_INT(q.id.len, 16)) {
		return -1;
	}
	memcpy(agent.id[1], q.id.p, 16);
	id = q.id;
	key[3] ^= agent.lie == WRONG_KEY;
	key_len = agent.lie == SHORT_KEY ? key_len - 1
		: agent.lie == LONG_KEY  ? 33
					 : key_len;
	form = agent.form >= 0 ? agent.form : q.form;
	results[0].kind =
		agent.lie == REFUSED ? SEAMKEY_RELEASE_NOT_RELEASED : form + 1;
	results[0].content =
		wrap(form, id, entry, seamkey_span_of(key, key_len));
	results[1] = results[0];
	if (agent.lie == OTHER_REQUEST) {
		id = SPAN(other);
	} else if (agent.lie == UNREAD) {
		id.len = count = 0;
	} else if (agent.lie == NO_RESULT) {
		count = 0;
	} else if (agent.lie == TWO_RESULTS) {
		count = 2;
	}
	status = seamkey_release_encode_answer(
		answer, cap, len, id, results, count);
	if (status != SEAMKEY_OK) {
		return status;
	}
	return distort(request, answer, cap, len);
}

/* A decryptor whose own key the block is not for. */
static seamkey_release_decryptor
decryptor(int form)
{
	static seamkey_block_key own;
	seamkey_release_decryptor d;

	memset(&d, 0, sizeof d);
	own.key = SPAN(key_1031);
	d.env = &env;
	d.keys = &own;
	d.count = 1;
	d.lenient = SEAMKEY_BLOCK_CBC;
	d.who.kind = SEAMKEY_RELEASE_ALIAS;
	d.who.value = BYTES("alice");
	d.form = form;
	d.exchange = exchange;
	d.ctx = &agent;
	return d;
}

static void
begin(int cipher)
{
	seamkey_block_recipient to;

	env = loose_env(&drbg);
	memset(&agent, 0, sizeof agent);
	agent.form = -1;
	agent.own = public_of(SPAN(key_1031), own_info);
	memset(&to, 0, sizeof to);
	to.key = public_of(SPAN(key_1024), team_info);
	CHECK_INT(seamkey_block_seal(&env, cipher, &to, 1, SPAN(text), block,
			  sizeof block, &block_len),
		SEAMKEY_OK);
}

/* Open it: on an error nothing comes out, and nothing stays in work. */
static int
try_open(const seamkey_release_decryptor *d, size_t work_len, size_t cap)
{
	size_t len = 77;
	int status;

	memset(work, CANARY, sizeof work);
	memset(out, 0, sizeof out);
	status = seamkey_release_open(d, seamkey_span_of(block, block_len),
		work, work_len, out, cap, &len);
	if (status == SEAMKEY_OK) {
		CHECK_INT(len, sizeof text);
		CHECK_MEM(out, text, sizeof text);
	} else {
		CHECK_INT(len, 77);
		CHECK_INT(all_are(out, 0, sizeof out), 1);
	}
	CHECK_INT(all_are(work, 0, work_len), 1);
	CHECK_INT(all_are(work + work_len, CANARY, WORK - work_len), 1);
	return status;
}

static const int forms[] = { SEAMKEY_RELEASE_SEALED, SEAMKEY_RELEASE_BARE,
	SEAMKEY_RELEASE_CLEAR };

static void
release_open_asks_once(void)
{
	static const int ciphers[] = { SEAMKEY_BLOCK_AES_128_GCM,
		SEAMKEY_BLOCK_AES_256_GCM, SEAMKEY_BLOCK_AES_128_CBC,
		SEAMKEY_BLOCK_AES_256_CBC };
	seamkey_release_decryptor d;
	size_t c, f;

	for (c = 0; c < COUNT(ciphers); c++) {
		for (f = 0; f < COUNT(forms); f++) {
			begin(ciphers[c]);
			d = decryptor(forms[f]);
			CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
			CHECK_INT(agent.calls, 1);
			/* once more: another identifier, the same message */
			CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
			CHECK_INT(agent.calls, 2);
			CHECK_INT(memcmp(agent.id[0], agent.id[1], 16) != 0, 1);
		}
	}
}

/* With an identifier of one's own it is the same request again: approvals
 * that name it count for the next attempt. */
static void
release_open_asks_again(void)
{
	static const unsigned char id[16] = "the same request";
	seamkey_release_decryptor d;

	begin(SEAMKEY_BLOCK_AES_128_GCM);
	d = decryptor(SEAMKEY_RELEASE_SEALED);
	d.id = SPAN(id);
	agent.lie = REFUSED;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_RELEASE_REFUSED);
	CHECK_MEM(agent.id[1], id, 16);
	agent.lie = 0;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
	CHECK_INT(agent.calls, 2);
	CHECK_MEM(agent.id[1], id, 16);
	d.id.len--;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_RELEASE_ID);
	CHECK_INT(agent.calls, 2);
}

/* The key comes as it was asked for, or not at all. */
static void
release_open_keeps_to_the_form(void)
{
	seamkey_release_decryptor d;
	size_t asked, got;

	for (asked = 0; asked < COUNT(forms); asked++) {
		for (got = 0; got < COUNT(forms); got++) {
			begin(SEAMKEY_BLOCK_AES_256_GCM);
			agent.form = forms[got];
			d = decryptor(forms[asked]);
			CHECK_INT(try_open(&d, WORK, sizeof out),
				asked == got ? SEAMKEY_OK
					     : SEAMKEY_ERR_RELEASE_FORM);
		}
	}
	d = decryptor(3);
	agent.calls = 0;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_RELEASE_FORM);
	CHECK_INT(agent.calls, 0);
}

/* clang-format off */
static const struct {
	const char *what;
	enum lie lie;
	int sealed, bare, clear; /* what becomes of it in each form */
} lies[] = {
	{ "another request", OTHER_REQUEST, SEAMKEY_ERR_RELEASE_OTHER,
		SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_ERR_RELEASE_OTHER },
	{ "not understood", UNREAD, SEAMKEY_ERR_RELEASE_REFUSED,
		SEAMKEY_ERR_RELEASE_REFUSED, SEAMKEY_ERR_RELEASE_REFUSED },
	{ "no result", NO_RESULT, SEAMKEY_ERR_RELEASE_OTHER,
		SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_ERR_RELEASE_OTHER },
	{ "two results", TWO_RESULTS, SEAMKEY_ERR_RELEASE_OTHER,
		SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_ERR_RELEASE_OTHER },
	{ "refused", REFUSED, SEAMKEY_ERR_RELEASE_REFUSED,
		SEAMKEY_ERR_RELEASE_REFUSED, SEAMKEY_ERR_RELEASE_REFUSED },
	/* a bare key is bound to nothing: docs/SPEC.md */
	{ "the key of another request", WRAPPED_REQUEST,
		SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_OK,
		SEAMKEY_ERR_RELEASE_OTHER },
	{ "the key of another block", WRAPPED_BLOCK,
		SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_OK,
		SEAMKEY_ERR_RELEASE_OTHER },
	{ "a wrong key", WRONG_KEY, SEAMKEY_ERR_BLOCK_OPEN,
		SEAMKEY_ERR_BLOCK_OPEN, SEAMKEY_ERR_BLOCK_OPEN },
	{ "a short key", SHORT_KEY, SEAMKEY_ERR_BLOCK_KEY,
		SEAMKEY_ERR_BLOCK_KEY, SEAMKEY_ERR_BLOCK_KEY },
	{ "a long key", LONG_KEY, SEAMKEY_ERR_RELEASE_KEY,
		SEAMKEY_ERR_RELEASE_KEY, SEAMKEY_ERR_RELEASE_KEY },
	{ "for a stranger", TO_A_STRANGER, SEAMKEY_ERR_BLOCK_OPEN,
		SEAMKEY_ERR_BLOCK_OPEN, SEAMKEY_OK },
	{ "an octet more", BEHIND, SEAMKEY_ERR_DER_TRAILING,
		SEAMKEY_ERR_DER_TRAILING, SEAMKEY_ERR_DER_TRAILING },
	{ "longer than the room", ONE_LONG, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_HOOK, SEAMKEY_ERR_HOOK },
	{ "as long as can be", FAR_TOO_LONG, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_HOOK, SEAMKEY_ERR_HOOK },
	{ "nothing", NOTHING, SEAMKEY_ERR_DER_TRUNCATED,
		SEAMKEY_ERR_DER_TRUNCATED, SEAMKEY_ERR_DER_TRUNCATED },
	{ "a positive status", POSITIVE, SEAMKEY_ERR_HOOK,
		SEAMKEY_ERR_HOOK, SEAMKEY_ERR_HOOK },
	{ "a status of its own", OWN_STATUS, -1234, -1234, -1234 },
	{ "the request again", ECHO, SEAMKEY_ERR_RELEASE_MESSAGE,
		SEAMKEY_ERR_RELEASE_MESSAGE, SEAMKEY_ERR_RELEASE_MESSAGE },
};
/* clang-format on */

static void
release_open_believes_no_agent(void)
{
	seamkey_release_decryptor d;
	size_t u, f;

	for (u = 0; u < COUNT(lies); u++) {
		for (f = 0; f < COUNT(forms); f++) {
			const int want[] = { lies[u].sealed, lies[u].bare,
				lies[u].clear };

			begin(SEAMKEY_BLOCK_AES_256_GCM);
			agent.lie = lies[u].lie;
			d = decryptor(forms[f]);
			what = lies[u].what;
			CHECK_INT(try_open(&d, WORK, sizeof out), want[f]);
			CHECK_INT(agent.calls, 1);
		}
	}
}

/* Two bits of each octet of a sealed answer: it opens nothing then. */
static void
release_open_notices_changes(void)
{
	seamkey_release_decryptor d;
	size_t u, len;

	begin(SEAMKEY_BLOCK_AES_256_GCM);
	d = decryptor(SEAMKEY_RELEASE_SEALED);
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
	len = agent.answer_len;
	CHECK_INT(len > 300, 1);
	agent.lie = FLIPPED;
	for (u = 0; u < len * 8; u += 4 + u % 3) {
		agent.flip = u;
		CHECK_INT(try_open(&d, WORK, sizeof out) < 0, 1);
	}
}

static int
broken_fill(void *ctx, unsigned char *p, size_t len)
{
	(void)ctx;
	memset(p, 0, len);
	return -1;
}

static void
release_open_needs_room_and_randomness(void)
{
	seamkey_release_decryptor d;
	seamkey_random good;
	size_t n, least = 0;
	int status;

	begin(SEAMKEY_BLOCK_AES_128_GCM);
	d = decryptor(SEAMKEY_RELEASE_SEALED);
	for (n = 0; n <= WORK && least == 0; n += 3) {
		status = try_open(&d, n, sizeof out);
		if (status == SEAMKEY_OK) {
			least = n;
		} else {
			CHECK_INT(status, SEAMKEY_ERR_SPACE);
		}
	}
	CHECK_INT(least > 0 && least < WORK / 2, 1);
	for (n = 0; n < sizeof text; n++) {
		CHECK_INT(try_open(&d, WORK, n), SEAMKEY_ERR_SPACE);
	}
	CHECK_INT(try_open(&d, WORK, sizeof text), SEAMKEY_OK);
	good = env.random;
	env.random.fill = broken_fill;
	agent.calls = 0;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_RANDOM);
	env.random.fill = NULL;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_RANDOM);
	CHECK_INT(agent.calls, 0);
	env.random = good;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
}

/* Who has a key needs no agent; who has no agent is told what is wrong. */
static void
release_open_asks_if_it_has_to(void)
{
	static seamkey_block_key team;
	seamkey_release_decryptor d;
	size_t len = 5;

	begin(SEAMKEY_BLOCK_AES_128_GCM);
	d = decryptor(SEAMKEY_RELEASE_SEALED);
	d.exchange = NULL;
	CHECK_INT(seamkey_release_open(&d, seamkey_span_of(block, block_len),
			  work, sizeof work, out, sizeof out, &len),
		SEAMKEY_ERR_BLOCK_NO_RECIPIENT);
	CHECK_INT(len, 5);
	d = decryptor(SEAMKEY_RELEASE_SEALED);
	team.key = SPAN(key_1024);
	d.keys = &team;
	CHECK_INT(seamkey_release_open(&d, seamkey_span_of(block, block_len),
			  NULL, 0, out, sizeof out, &len),
		SEAMKEY_OK);
	CHECK_INT(agent.calls, 0);
	/* a damaged block is not asked for */
	block[block_len - 1] ^= 1;
	CHECK_INT(seamkey_release_open(&d, seamkey_span_of(block, block_len),
			  work, sizeof work, out, sizeof out, &len),
		SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(agent.calls, 0);
	/* ... unless one always asks: then it is found out at the end */
	d.always_ask = 1;
	agent.own = public_of(SPAN(key_1024), own_info);
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_BLOCK_OPEN);
	CHECK_INT(agent.calls, 1);
	block[block_len - 1] ^= 1;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_OK);
	CHECK_INT(agent.calls, 2);
	block_len--;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_DER_TRUNCATED);
	block_len += 2;
	block[block_len - 1] = 0;
	CHECK_INT(try_open(&d, WORK, sizeof out), SEAMKEY_ERR_DER_TRAILING);
}

const struct test test_release_open_table[] = {
	{ "release_open_asks_once", release_open_asks_once },
	{ "release_open_asks_again", release_open_asks_again },
	{ "release_open_keeps_to_the_form", release_open_keeps_to_the_form },
	{ "release_open_believes_no_agent", release_open_believes_no_agent },
	{ "release_open_notices_changes", release_open_notices_changes },
	{ "release_open_needs_room_and_randomness",
		release_open_needs_room_and_randomness },
	{ "release_open_asks_if_it_has_to", release_open_asks_if_it_has_to },
	{ NULL, NULL },
};
