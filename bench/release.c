/*
 * release.c - what a release costs beside its two RSA operations
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: release [readme|form]
 *
 * A block for 1, 2 or 8 recipients, of which the agent has the key pair of
 * one, with rows for a hundred people; a decryptor who is of the group that
 * the rule asks for. "bare" is what cannot be left out: the private
 * operation with its check (seamkey_rsa_decrypt), and the public one to the
 * decryptor (seamkey_rsa_encrypt); the release is seamkey_agent_answer(), a
 * request in and an answer out. Both by the same engine, interleaved; what
 * counts is the median of the rounds and of the ratios within them.
 * readme: the table alone. form: that with "-" in place of each figure.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "seamkey.h"

#define ROUNDS 41
#define PEOPLE 100
#define MOST   8

static void
need(int holds, const char *sentence)
{
	if (!holds) {
		fprintf(stderr, "bench: %s\n", sentence);
		exit(1);
	}
}

/* ---- keys and a repository ------------------------- */

struct pair {
	unsigned char priv[2600], pub[600];
	size_t priv_len, pub_len;
};

static struct pair agent_pair, own_pair;
static br_hmac_drbg_context drbg;
static seamkey_rsa_env env;
static seamkey_agent_row row[2 * PEOPLE + 8];
static seamkey_agent_rows rows;
static unsigned char names[PEOPLE][64], rule[64];
static const unsigned char key_id[] = "key of the agent";

static void
make_pair(struct pair *p, unsigned bits)
{
	static unsigned char priv[BR_RSA_KBUF_PRIV_SIZE(3072)];
	static unsigned char pub[BR_RSA_KBUF_PUB_SIZE(3072)], d[384], q[384];
	br_rsa_private_key sk;
	br_rsa_public_key pk;
	seamkey_der_rsa_private key;
	seamkey_der_rsa_public open;
	br_rsa_compute_privexp exponent = br_rsa_compute_privexp_get_default();

	need(br_rsa_keygen_get_default()(
		     &drbg.vtable, &sk, priv, &pk, pub, bits, 65537)
			== 1,
		"no key was made");
	memset(&key, 0, sizeof key);
	key.n = open.n = seamkey_span_of(pk.n, pk.nlen);
	key.e = open.e = seamkey_span_of(pk.e, pk.elen);
	key.d = seamkey_span_of(d, exponent(d, &sk, 65537));
	key.p = seamkey_span_of(sk.p, sk.plen);
	key.q = seamkey_span_of(sk.q, sk.qlen);
	key.dp = seamkey_span_of(sk.dp, sk.dplen);
	key.dq = seamkey_span_of(sk.dq, sk.dqlen);
	memcpy(q, sk.iq, sk.iqlen);
	key.qinv = seamkey_span_of(q, sk.iqlen);
	need(seamkey_der_encode_rsa_private_info(p->priv, sizeof p->priv,
		     &p->priv_len,
		     &key) == SEAMKEY_OK
			&& seamkey_der_encode_rsa_public_info(
				   p->pub, sizeof p->pub, &p->pub_len, &open)
				== SEAMKEY_OK,
		"a key was not written");
}

static seamkey_span
text_of(const char *text)
{
	return seamkey_span_of(text, strlen(text));
}

static void
add(unsigned kind, seamkey_span owner, seamkey_span name, seamkey_span value)
{
	seamkey_agent_row *r = &row[rows.count++];

	memset(r, 0, sizeof *r);
	r->kind = (uint8_t)kind;
	r->owner = owner;
	r->name = name;
	r->value = value;
}

static void
make_repository(void)
{
	seamkey_span none = { NULL, 0 }, name;
	size_t len = 0, u;

	rows.row = row;
	rows.count = 0;
	need(seamkey_rule_decode_text(
		     rule, sizeof rule, &len, text_of("group(\"team\")"), NULL)
			== SEAMKEY_OK,
		"the rule is none");
	add(SEAMKEY_AGENT_RULE, text_of("rule"), none,
		seamkey_span_of(rule, len));
	add(SEAMKEY_AGENT_BINDING, text_of("team"), text_of("rule"), none);
	for (u = 0; u < PEOPLE; u++) {
		char text[32];

		snprintf(text, sizeof text, "CN=Person %u", (unsigned)u);
		need(seamkey_name_encode(
			     names[u], sizeof names[u], &len, text_of(text))
				== SEAMKEY_OK,
			"a name is none");
		name = seamkey_span_of(names[u], len);
		add(SEAMKEY_AGENT_DECRYPTOR, name, none,
			seamkey_span_of(own_pair.pub, own_pair.pub_len));
		add(SEAMKEY_AGENT_MEMBER, text_of("team"), name, none);
	}
	add(SEAMKEY_AGENT_KEY, text_of("team"),
		seamkey_span_of(key_id, sizeof key_id),
		seamkey_span_of(agent_pair.priv, agent_pair.priv_len));
}

/* ---- a request ------------------------- */

static unsigned char block[8192], request[8192], answer[4096];
static size_t request_len;
static seamkey_span wrapped; /* what the agent can decrypt */

static void
make_request(size_t recipients)
{
	static unsigned char ids[MOST];
	seamkey_block_recipient to[MOST];
	seamkey_release_block header;
	seamkey_block_entry entry;
	seamkey_release_who who;
	seamkey_der_reader r, set;
	size_t len = 0, u;

	memset(to, 0, sizeof to);
	memset(&header, 0, sizeof header);
	for (u = 0; u < recipients; u++) {
		ids[u] = (unsigned char)u;
		to[u].key = seamkey_span_of(agent_pair.pub, agent_pair.pub_len);
		to[u].id = u == 0 ? seamkey_span_of(key_id, sizeof key_id)
				  : seamkey_span_of(&ids[u], 1);
	}
	need(seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_256_GCM, to, recipients,
		     text_of("text"), block, sizeof block,
		     &len) == SEAMKEY_OK
			&& seamkey_release_decode_block(
				   &header, seamkey_span_of(block, len))
				== SEAMKEY_OK,
		"no block was sealed");
	seamkey_der_init(&r, header.recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	while (set.len != 0) {
		need(seamkey_block_decode_entry(&entry,
			     seamkey_der_get_any(&set),
			     0) == SEAMKEY_OK,
			"a recipient is none");
		if (entry.id.len == sizeof key_id) {
			wrapped = entry.wrapped;
		}
	}
	memset(&who, 0, sizeof who);
	who.kind = SEAMKEY_RELEASE_NAME;
	who.value = row[2 + PEOPLE].owner; /* one in the middle */
	need(seamkey_release_encode_request(request, sizeof request,
		     &request_len, text_of("request number 1"),
		     SEAMKEY_RELEASE_SEALED, &who, &header, 1, NULL,
		     0) == SEAMKEY_OK,
		"no request was made");
}

/* ---- rounds ------------------------- */

static void
run_bare(void)
{
	unsigned char key[32], out[512];
	size_t len = 0;

	need(seamkey_rsa_decrypt(&env, key, sizeof key, wrapped,
		     seamkey_span_of(agent_pair.priv, agent_pair.priv_len))
				== SEAMKEY_OK
			&& seamkey_rsa_encrypt(&env, out, sizeof out, &len,
				   seamkey_span_of(key, sizeof key),
				   seamkey_span_of(
					   own_pair.pub, own_pair.pub_len))
				== SEAMKEY_OK,
		"a bare operation failed");
}

static void
run_release(void)
{
	seamkey_agent_scene scene;
	seamkey_agent_env agent;
	size_t len = 0;

	memset(&scene, 0, sizeof scene);
	memset(&agent, 0, sizeof agent);
	agent.rsa = &env;
	agent.store = seamkey_agent_store_rows();
	agent.store_ctx = &rows;
	need(seamkey_agent_answer(&agent, &scene,
		     seamkey_span_of(request, request_len), answer,
		     sizeof answer,
		     &len) == SEAMKEY_OK
			&& len > own_pair.pub_len,
		"a key was not released");
}

static double
now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double
median(double *times)
{
	qsort(times, ROUNDS, sizeof times[0], compare);
	return times[ROUNDS / 2];
}

static double
time_one(void (*run)(void))
{
	double start = now_us(), elapsed;
	unsigned calls = 0;

	do {
		run();
		calls++;
		elapsed = now_us() - start;
	} while (elapsed < 5000);
	return elapsed / calls;
}

/* One line of the table. */
static double worst; /* ratio to the bare cost */

static void
print_row(unsigned bits, size_t recipients, int form)
{
	double bare[ROUNDS], release[ROUNDS], ratio[ROUNDS];
	size_t r;

	if (form) {
		printf("| %u | %lu | - | - | - | - |\n", bits,
			(unsigned long)recipients);
		return;
	}
	make_request(recipients);
	for (r = 0; r < ROUNDS; r++) {
		bare[r] = time_one(run_bare);
		release[r] = time_one(run_release);
		ratio[r] = release[r] / bare[r];
	}
	printf("| %u | %lu | %.0f | %.0f | %.0f | %.3f |\n", bits,
		(unsigned long)recipients, 1e6 / median(release),
		median(release), median(bare), median(ratio));
	worst = median(ratio) > worst ? median(ratio) : worst;
}

int
main(int argc, char **argv)
{
	static const unsigned sizes[] = { 2048, 3072 };
	static const size_t recipients[] = { 1, 2, 8 };
	int form = argc > 1 && strcmp(argv[1], "form") == 0;
	size_t s, n;

	need(seamkey_random_init(&env.random, &drbg) == SEAMKEY_OK,
		"there is no source of random bytes");
	puts("Releases on one core");
	puts("");
	puts("| RSA | recipients | releases/s | release us | bare us | ratio "
	     "|");
	puts("| ---: | ---: | ---: | ---: | ---: | ---: |");
	for (s = 0; s < 2; s++) {
		if (!form) {
			make_pair(&agent_pair, sizes[s]);
			make_pair(&own_pair, sizes[s]);
			make_repository();
		}
		for (n = 0; n < 3; n++) {
			print_row(sizes[s], recipients[n], form);
		}
	}
	if (!form) {
		printf("\n%s: a release to its bare cost: %.3f, wanted at "
		       "most 1.05\n",
			worst <= 1.05 ? "reached" : "not reached", worst);
	}
	printf("\nMemory of a request under way: %lu bytes, and %lu for each "
	       "private operation at a time.\n",
		(unsigned long)sizeof(seamkey_agent),
		(unsigned long)(sizeof(seamkey_agent_lane) + SEAMKEY_RSA_WORK));
	return 0;
}
