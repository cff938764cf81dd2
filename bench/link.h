/*
 * link.h - what the benchmarks of the link have in common
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A contender of the gap is two ends in one process. cycle() sends a frame
 * of FRAME octets from each to the other and opens both; it returns how many
 * could not be sealed. rekey() asks for new keys and returns at once;
 * settled() says whether both ends use them.
 */
#ifndef BENCH_LINK_H
#define BENCH_LINK_H

#define FRAME  64 /* octets of data in the lockstep */
#define CYCLES 64 /* of a round, and of those some before the rekey */
#define BEFORE 16

struct gap {
	const char *name;
	unsigned which;        /* handed to the functions */
	int (*make)(unsigned); /* 1, or 0 where it cannot be had */
	unsigned (*cycle)(unsigned);
	void (*rekey)(unsigned);
	int (*settled)(unsigned);
	void (*rest)(unsigned); /* between two cycles, untimed; or NULL */
	/* switches so far of all views, or NULL where nobody can tell */
	unsigned long (*switches)(unsigned);
};

extern const struct gap openssl_update, openssl_abbreviated, openssl_full;
extern const struct gap mbedtls_full;

void need(int holds, const char *sentence);

/* A key and a certificate that link_openssl.c makes once, as PEM. */
extern char *bench_key, *bench_certificate;

#endif
