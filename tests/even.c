/*
 * even.c - one private operation on an encrypted key that is good, or not
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: build/even list
 *        build/even release|open pkcs1|oaep KIND
 *        build/even control pkcs1|oaep good
 *
 * "release" has an agent answer a request for the key of a block, "open"
 * opens a block, whose encrypted key is damaged in the way of that kind.
 * tests/even.sh counts the instructions of measured(): they are the same
 * for each kind. Random octets come from a counter, so that nothing but the
 * encrypted key differs. "control" opens a block in which nothing is wrong:
 * that has to be seen. Prints how long the answer is, or the status.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#include "keys.h"

#define K 256 /* octets of the modulus */

/* A good one first; what open tells good from is a bad tag. */
static const char *const kinds[] = { "good", "flipped", "zero", "first-octet",
	"second-octet", "no-separator", "early-separator", "key-of-31",
	"key-of-33", "no-key" };

enum {
	GOOD,
	FLIPPED,
	ZERO,
	FIRST_OCTET,
	SECOND_OCTET,
	NO_SEPARATOR,
	EARLY_SEPARATOR,
	KEY_OF_31,
	KEY_OF_33,
	NO_KEY,
	KINDS
};

static seamkey_rsa_env env;
static unsigned counter;
static unsigned char block[1024], work[4096], public_2048[300];
static size_t block_len;

static int
must(int status)
{
	if (status != SEAMKEY_OK) {
		printf("failed: %s\n", seamkey_text(status));
	}
	return status == SEAMKEY_OK;
}

static int
fill(void *ctx, unsigned char *out, size_t len)
{
	unsigned *next = (unsigned *)ctx;

	while (len-- != 0) {
		*next = *next % 255 + 1;
		*out++ = (unsigned char)*next;
	}
	return SEAMKEY_OK;
}

static seamkey_span
text_of(const char *text)
{
	return seamkey_span_of(text, strlen(text));
}

static seamkey_span
private_key(void)
{
	return seamkey_span_of(key_2048, sizeof key_2048);
}

static seamkey_span
public_key(void)
{
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public pub;
	size_t len = 0;

	(void)must(seamkey_der_decode_rsa_private_info(&key, private_key(), 0));
	pub.n = key.n;
	pub.e = key.e;
	(void)must(seamkey_der_encode_rsa_public_info(
		public_2048, sizeof public_2048, &len, &pub));
	return seamkey_span_of(public_2048, len);
}

/* The octets em, encrypted as they are. */
static void
encrypt_raw(unsigned char *em)
{
	seamkey_der_rsa_private key;
	br_rsa_public_key pub;

	(void)must(seamkey_der_decode_rsa_private_info(&key, private_key(), 0));
	pub.n = (unsigned char *)(uintptr_t)key.n.p;
	pub.nlen = key.n.len;
	pub.e = (unsigned char *)(uintptr_t)key.e.p;
	pub.elen = key.e.len;
	if (br_rsa_public_get_default()(em, K, &pub) != 1) {
		(void)must(SEAMKEY_ERR_ARG);
	}
}

/* A key of so many octets, encrypted in the right way. */
static void
encrypt_key(int padding, size_t len, unsigned char *out)
{
	unsigned char key[33];
	seamkey_span msg = seamkey_span_of(key, len);
	size_t out_len = 0;

	memset(key, 0x5A, sizeof key);
	(void)must((padding == SEAMKEY_BLOCK_OAEP ? seamkey_rsa_encrypt_oaep
						  : seamkey_rsa_encrypt)(
		&env, out, K, &out_len, msg, public_key()));
}

/* An encrypted key of that kind; a good one is there. With OAEP, the octets
 * that are no encoding at all have a wrong hash, each in its own way. */
static void
damage(int padding, int kind, unsigned char *wrapped)
{
	unsigned char em[K];

	memset(em, 0x77, sizeof em);
	em[0] = 0;
	em[1] = 2;
	em[K - 33] = 0;
	switch (kind) {
	case GOOD:
		return;
	case FLIPPED:
		wrapped[100] ^= 0x10;
		return;
	case ZERO:
		memset(wrapped, 0, K);
		return;
	case FIRST_OCTET:
		em[0] = 1;
		break;
	case SECOND_OCTET:
		em[1] = 1;
		break;
	case NO_SEPARATOR:
		em[K - 33] = 0x77;
		break;
	case EARLY_SEPARATOR:
		em[5] = 0;
		break;
	default:
		encrypt_key(padding,
			kind == KEY_OF_31           ? 31
				: kind == KEY_OF_33 ? 33
						    : 0,
			wrapped);
		return;
	}
	encrypt_raw(em);
	memcpy(wrapped, em, sizeof em);
}

/* A block for the key pair, with such an encrypted key. */
static int
make_block(int padding, int kind)
{
	seamkey_block_recipient to;
	seamkey_release_block header;
	size_t at;

	memset(&to, 0, sizeof to);
	to.key = public_key();
	to.id = text_of("2026");
	to.padding = padding;
	if (!must(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_256_GCM, &to, 1,
		    text_of("the text"), block, sizeof block, &block_len))
		|| !must(seamkey_release_decode_block(
			&header, seamkey_span_of(block, block_len)))) {
		return 0;
	}
	/* it is what the RecipientInfos end with */
	at = (size_t)(header.recipients.p - block) + header.recipients.len - K;
	damage(padding, kind, block + at);
	return 1;
}

/* ---- what is counted ----------------------------------------------------- */

#if defined(__clang__)
#define APART __attribute__((noinline))
#elif defined(__GNUC__)
#define APART __attribute__((noinline, noclone))
#else
#define APART
#endif

struct job {
	int release; /* or open */
	seamkey_span request;
	const seamkey_agent_env *agent;
	size_t len;
};

APART int measured(struct job *job);

APART int
measured(struct job *job)
{
	seamkey_agent_scene scene;
	seamkey_block_key own;

	if (job->release) {
		memset(&scene, 0, sizeof scene);
		return seamkey_agent_answer(job->agent, &scene, job->request,
			work, sizeof work, &job->len);
	}
	memset(&own, 0, sizeof own);
	own.key = private_key();
	own.id = text_of("2026");
	return seamkey_block_open(&env, 0, &own, 1,
		seamkey_span_of(block, block_len), work, sizeof work,
		&job->len);
}

static int
run_release(void)
{
	static unsigned char name[64], rule[64], request[2048];
	seamkey_span none = { NULL, 0 };
	seamkey_agent_row row[4];
	seamkey_agent_rows rows = { row, 4, 0, NULL, 0 };
	seamkey_agent_env agent;
	seamkey_release_block header;
	seamkey_release_who who;
	struct job job = { 1, { NULL, 0 }, &agent, 0 };
	size_t name_len = 0, rule_len = 0, len = 0;

	(void)must(seamkey_name_encode(
		name, sizeof name, &name_len, text_of("CN=Alice")));
	(void)must(seamkey_rule_decode_text(rule, sizeof rule, &rule_len,
		text_of("name(\"CN=Alice\")"), NULL));
	memset(row, 0, sizeof row);
	row[0].kind = SEAMKEY_AGENT_KEY;
	row[0].owner = text_of("team");
	row[0].name = text_of("2026");
	row[0].value = private_key();
	row[1].kind = SEAMKEY_AGENT_RULE;
	row[1].owner = text_of("rule");
	row[1].value = seamkey_span_of(rule, rule_len);
	row[2].kind = SEAMKEY_AGENT_BINDING;
	row[2].owner = row[0].owner;
	row[2].name = row[1].owner;
	row[2].value = none;
	row[3].kind = SEAMKEY_AGENT_DECRYPTOR;
	row[3].owner = seamkey_span_of(name, name_len);
	row[3].value = seamkey_span_of(key_2048_public, sizeof key_2048_public);
	memset(&agent, 0, sizeof agent);
	agent.rsa = &env;
	agent.store = seamkey_agent_store_rows();
	agent.store_ctx = &rows;
	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = row[3].owner;
	(void)must(seamkey_release_decode_block(
		&header, seamkey_span_of(block, block_len)));
	(void)must(seamkey_release_encode_request(request, sizeof request, &len,
		text_of("request number 1"), SEAMKEY_RELEASE_SEALED, &who,
		&header, 1, NULL, 0));
	job.request = seamkey_span_of(request, len);
	counter = 0;
	if (!must(measured(&job))) {
		return 1;
	}
	printf("an answer of %zu octets\n", job.len);
	return 0;
}

/* With a good encrypted key, it is the tag that is bad. */
static int
run_open(int kind, int control)
{
	struct job job = { 0, { NULL, 0 }, NULL, 0 };

	if (kind == GOOD && !control) {
		block[block_len - 1] ^= 1;
	}
	counter = 0;
	printf("%s\n", seamkey_text(measured(&job)));
	return 0;
}

int
main(int argc, char **argv)
{
	int padding, kind;

	if (argc == 2 && strcmp(argv[1], "list") == 0) {
		for (kind = 0; kind < KINDS; kind++) {
			printf("%s\n", kinds[kind]);
		}
		return 0;
	}
	for (kind = 0; argc == 4 && kind < KINDS; kind++) {
		if (strcmp(argv[3], kinds[kind]) == 0) {
			break;
		}
	}
	if (argc != 4 || kind == KINDS) {
		fprintf(stderr, "usage: even release|open pkcs1|oaep KIND\n");
		return 2;
	}
	env.random.fill = fill;
	env.random.ctx = &counter;
	padding = strcmp(argv[2], "oaep") == 0 ? SEAMKEY_BLOCK_OAEP
					       : SEAMKEY_BLOCK_PKCS1;
	if (!make_block(padding, kind)) {
		return 1;
	}
	return strcmp(argv[1], "release") == 0
		? run_release()
		: run_open(kind, strcmp(argv[1], "control") == 0);
}
