/*
 * rule_answers.c - prints the worked rules of docs/SPEC.md
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: rule_answers [TEXT...]
 *
 * The text of each rule, then its DER, an element to a line: tag and length,
 * and what is in it, further to the right if those are elements again.
 * Without arguments: the two rules of the page. Exit status 1 where a text
 * is none, and what is wrong with it, and where, on standard error.
 */
#include <bearssl.h>
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#define ROOM  4096
#define DEPTH (3 * SEAMKEY_RULE_MAX_DEPTH)

static void
print_octets(seamkey_span s)
{
	size_t u;

	for (u = 0; u < s.len; u++) {
		(void)printf(" %02X", (unsigned)s.p[u]);
	}
}

/* The elements of der, which is well formed. */
static void
print_elements(seamkey_span der)
{
	seamkey_der_reader level[DEPTH];
	unsigned depth = 0, u;

	seamkey_der_init(&level[0], der);
	for (;;) {
		seamkey_der_reader *r = &level[depth], in;
		unsigned tag = r->len != 0 ? r->p[0] : 0;
		seamkey_span head;

		if (r->len == 0 || r->err != SEAMKEY_OK) {
			if (depth-- == 0) {
				return;
			}
			continue;
		}
		head = seamkey_span_of(r->p, 0);
		seamkey_der_init(&in, seamkey_der_get(r, tag));
		head.len = (size_t)(in.p - head.p);
		for (u = 0; u < depth; u++) {
			(void)printf("   ");
		}
		print_octets(head);
		if ((tag & 0x20) != 0 && depth + 1 < DEPTH) {
			level[++depth] = in;
		} else {
			(void)printf(" ");
			print_octets(seamkey_span_of(in.p, in.len));
		}
		(void)printf("\n");
	}
}

static int
print_rule(const char *text)
{
	static seamkey_rule rule[SEAMKEY_RULE_MAX];
	static unsigned char der[ROOM], again[ROOM];
	size_t len = 0, again_len = 0, count = 0, at = 0;
	int status;

	status = seamkey_rule_decode_text(der, sizeof der, &len,
		seamkey_span_of(text, strlen(text)), &at);
	if (status == SEAMKEY_OK) {
		status = seamkey_rule_decode(rule, SEAMKEY_RULE_MAX, &count,
			seamkey_span_of(der, len));
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_rule_encode_text(
			again, sizeof again, &again_len, rule, count);
	}
	if (status != SEAMKEY_OK) {
		(void)fprintf(stderr, "rule_answers: %s\n%s\n%*s\n",
			seamkey_text(status), text, (int)at + 1, "^");
		return 0;
	}
	(void)printf("%.*s\n\n", (int)again_len, (const char *)again);
	print_elements(seamkey_span_of(der, len));
	return 1;
}

int
main(int argc, char **argv)
{
	int i, ok;

	if (argc < 2) {
		(void)printf("```\n");
		ok = print_rule("all(group(\"legal\"), "
				"any(clearance(3), approval(2, \"board\")))");
		(void)printf("\n");
		ok &= print_rule("2 of (portion(\"OU=Legal,O=Acme\"), "
				 "attribute(\"rank\" >= 3), "
				 "time(22:00, 06:00), days(mon, fri))");
		(void)printf("```\n");
		return !ok;
	}
	for (i = 1, ok = 1; i < argc && ok; i++) {
		ok = print_rule(argv[i]);
	}
	return !ok;
}
