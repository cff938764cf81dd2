/*
 * points.h - where one call may be interrupted by another
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * seal, open and work may each have a context of their own. What crosses
 * between them are single octets, through SEAMKEY_PUBLISH and
 * SEAMKEY_OBSERVE; here each such access is a numbered point of the call,
 * and so is each use of a cipher, since that reads a slot's context.
 *
 * Points are enough because every other field has one writer, and its
 * readers in other contexts look only after they have seen an octet that
 * was published behind it: what a call does between two points is, to the
 * others, as if it were done at the later one. This is what it does not
 * show: that those fields are left alone as they should be (threads.sh has
 * ThreadSanitizer for that); what a processor with weak memory makes of the
 * order (the release and acquire of the macros, likewise); and the other
 * order of two accesses in one expression, which the language leaves open.
 */
#ifndef MODEL_POINTS_H
#define MODEL_POINTS_H

#include <stdint.h>

static unsigned points_depth;   /* 1: in a call, 2: in one inside it */
static unsigned points_all;     /* passed by, at any depth */
static unsigned points_seen;    /* passed by, of the outer call */
static unsigned points_at;      /* interrupt before this one; 0: none */
static const char *points_name; /* what was interrupted */

/* What interrupts, in inside.h: one call deep, and no deeper. */
static void (*points_interrupt)(void);

static inline void
points_pass(const char *name)
{
	points_all++;
	if (points_depth == 1 && ++points_seen == points_at) {
		points_name = name;
		points_interrupt();
	}
}

static inline uint8_t
points_observe(const uint8_t *at, const char *name)
{
	points_pass(name);
	return *(const volatile uint8_t *)at;
}

static inline void
points_publish(uint8_t *at, uint8_t octet, const char *name)
{
	points_pass(name);
	*(volatile uint8_t *)at = octet;
}

#define SEAMKEY_OBSERVE(at) points_observe((at), "observe " #at)
#define SEAMKEY_PUBLISH(at, octet) \
	points_publish((at), (uint8_t)(octet), "publish " #at)

#endif
