/*
 * stack_scan.h - what a call has left on the stack below its caller
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 *	paint_stack();
 *	... the call ...
 *	take_snapshot();
 *	check_overwritten();
 *	check_not_on_stack("d", d);
 *
 * BearSSL leaves numbers of its own behind, in words of 31 bits; those are
 * not what is looked for. STACK_SCAN is defined where this works. Define
 * TEST_NO_STACK_SCAN for targets whose stack is too short for it.
 */
#ifndef SEAMKEY_STACK_SCAN_H
#define SEAMKEY_STACK_SCAN_H

#include <stdio.h>
#include <string.h>

#include "seamkey_base.h"

#include "test.h"

/* 1 if the len bytes at needle stand anywhere in hay. */
static inline int
is_in(const unsigned char *needle, size_t len, const unsigned char *hay,
	size_t hay_len)
{
	size_t u;

	for (u = 0; u + len <= hay_len; u++) {
		if (hay[u] == needle[0] && memcmp(hay + u, needle, len) == 0) {
			return 1;
		}
	}
	return 0;
}

#if defined(__GNUC__) && !defined(TEST_NO_STACK_SCAN)
#define STACK_SCAN 1
#if defined(__SANITIZE_ADDRESS__)
#undef STACK_SCAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#undef STACK_SCAN
#endif
#endif
#endif

#ifdef STACK_SCAN
#define AREA 24000 /* bytes of stack that are looked at */
#include "stack_area.h"

static unsigned char snapshot[AREA];

/* Octet by octet through volatile, so that nothing of it is left out. */
static ALONE void
copy_out(const volatile unsigned char *area)
{
	size_t u;

	for (u = 0; u < AREA; u++) {
		snapshot[u] = area[u];
	}
}

static ALONE void
take_snapshot(void)
{
	volatile unsigned char area[AREA];
	volatile unsigned char *volatile p = area; /* nobody wrote to it */

	copy_out(p);
}

/* Eight octets in a row of the secret: as they are, turned round, and as two
 * words of four turned round, as a hash function of this machine has them. */
static inline void
check_not_on_stack(const char *name, seamkey_span secret)
{
	/* not on the stack, where the next search would find them */
	static unsigned char turned[8], words[8];
	size_t u, v;

	for (u = 0; u + 8 <= secret.len; u++) {
		for (v = 0; v < 8; v++) {
			turned[v] = secret.p[u + 7 - v];
			words[v] = secret.p[u + (v ^ 3)];
		}
		if (!CHECK_INT(is_in(secret.p + u, 8, snapshot, AREA), 0)
			|| !CHECK_INT(is_in(turned, 8, snapshot, AREA), 0)
			|| !CHECK_INT(is_in(words, 8, snapshot, AREA), 0)) {
			printf("  octets of %s from %lu on\n", name,
				(unsigned long)u);
			return;
		}
	}
}

/*
 * The frames that functions of BearSSL had are overwritten with zeros, all
 * of them: deeper than the first long run of zeros there is nothing but zeros
 * and paint. So nothing is there in any form, known here or not.
 */
static inline void
check_overwritten(void)
{
	const size_t long_run = 2048; /* more than any wiped buffer */
	const size_t deepest = 256;   /* the painter's own is there */
	const size_t own = 16;        /* the variables of who overwrites */
	size_t at = AREA, run = 0, others = 0;

	while (at > 0 && run < long_run) {
		run = snapshot[--at] == 0 ? run + 1 : 0;
	}
	CHECK_INT(run, long_run);
	for (; at > deepest; at--) {
		others += snapshot[at - 1] != 0 && snapshot[at - 1] != PAINT;
	}
	CHECK_INT(others <= own, 1);
}

#endif
#endif
