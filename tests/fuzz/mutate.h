/*
 * mutate.h - changes to DER that leave its lengths right
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Whoever changes octets at random breaks a length sooner than he finds
 * anything. So half of the changes are made here, to elements: one is
 * removed, doubled, replaced by another, gets other contents or another
 * tag, and the lengths of all around it are set again; also through the
 * OCTET STRING and BIT STRING that a key lies in.
 *
 * A target says where its DER begins:
 *
 *   static size_t der_at(const uint8_t *data, size_t size);
 *   FUZZ_MUTATOR(der_at)
 *
 * libFuzzer and driver.c call it; for AFL++, which has its own ways, it is
 * left out (-DFUZZ_NO_MUTATOR).
 */
#ifndef SEAMKEY_FUZZ_MUTATE_H
#define SEAMKEY_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* The engine's own change, one or several at random. */
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max);
size_t LLVMFuzzerCustomMutator(
	uint8_t *data, size_t size, size_t max, unsigned int seed);

#ifdef FUZZ_NO_MUTATOR
#define FUZZ_MUTATOR(at) \
	size_t fuzz_begin(const uint8_t *data, size_t size); \
	size_t fuzz_begin(const uint8_t *data, size_t size) \
	{ \
		return at(data, size); \
	}
#else
#define FUZZ_MUTATOR(at) \
	size_t LLVMFuzzerCustomMutator( \
		uint8_t *data, size_t size, size_t max, unsigned int seed) \
	{ \
		size_t begin = at(data, size); \
		if (seed % 2 == 0 || begin >= size) { \
			return LLVMFuzzerMutate(data, size, max); \
		} \
		return begin \
			+ mutate_der(data + begin, size - begin, max - begin, \
				seed / 2); \
	}
#endif

/* The whole input is DER. */
static inline size_t
mutate_all(const uint8_t *data, size_t size)
{
	(void)data;
	(void)size;
	return 0;
}

/* ---- elements ----------------------------------------------------------- */

#define MUTATE_ELEMENTS 256

struct mutate_element {
	size_t at, head, size; /* place, octets of tag and length, contents */
	size_t parent;         /* its number plus one; 0: outermost */
};

struct mutate_tree {
	struct mutate_element e[MUTATE_ELEMENTS];
	size_t count;
	uint32_t state; /* of the generator */
};

static inline size_t
mutate_draw(struct mutate_tree *t, size_t below)
{
	t->state = t->state * 1664525u + 1013904223u;
	return below == 0 ? 0 : (t->state >> 8) % below;
}

/* Tag and length at data; 0 if they do not fit into len. */
static inline int
mutate_head(const uint8_t *data, size_t len, struct mutate_element *e)
{
	size_t n, u;

	if (len < 2) {
		return 0;
	}
	n = data[1] < 0x80 ? 0 : data[1] & 0x7Fu;
	if (n > 3 || len - 2 < n) {
		return 0;
	}
	e->head = 2 + n;
	e->size = n == 0 ? data[1] : 0;
	for (u = 0; u < n; u++) {
		e->size = e->size << 8 | data[2 + u];
	}
	return e->size <= len - e->head;
}

/* Where elements begin in the contents of e, or its end. */
static inline size_t
mutate_inside(const uint8_t *data, const struct mutate_element *e)
{
	struct mutate_element inner;
	size_t at = e->at + e->head, end = at + e->size;
	unsigned tag = data[e->at];

	if ((tag & 0x20) != 0) {
		return at;
	}
	if (tag == 0x03 && e->size != 0) {
		at++; /* behind the count of unused bits */
	} else if (tag != 0x04) {
		return end;
	}
	return mutate_head(data + at, end - at, &inner)
			&& inner.head + inner.size == end - at
		? at
		: end;
}

/* All elements, parents before children. */
static inline void
mutate_read(struct mutate_tree *t, const uint8_t *data, size_t len)
{
	size_t parent = 0, at = 0, end = len, done = 0;

	t->count = 0;
	for (;;) {
		while (at < end && t->count < MUTATE_ELEMENTS) {
			struct mutate_element *e = &t->e[t->count];

			if (!mutate_head(data + at, end - at, e)) {
				break;
			}
			e->at = at;
			e->parent = parent;
			at += e->head + e->size;
			t->count++;
		}
		if (done == t->count) {
			return;
		}
		at = mutate_inside(data, &t->e[done]);
		end = t->e[done].at + t->e[done].head + t->e[done].size;
		parent = ++done;
	}
}

/* ---- changes ------------------------------------------------------------ */

/* data[at..at + old) becomes the octets of with; 0 if there is no room. */
static inline int
mutate_splice(uint8_t *data, size_t *len, size_t max, size_t at, size_t old,
	const uint8_t *with, size_t with_len)
{
	if (*len - old + with_len > max) {
		return 0;
	}
	memmove(data + at + with_len, data + at + old, *len - at - old);
	memcpy(data + at, with, with_len);
	*len = *len - old + with_len;
	return 1;
}

/* Set the length of an element again, and of all around it. */
static inline void
mutate_repair(const struct mutate_tree *t, uint8_t *data, size_t *len,
	size_t max, size_t number, long more)
{
	uint8_t head[4];
	size_t n, u, size;

	while (number != 0) {
		const struct mutate_element *e = &t->e[number - 1];

		size = (size_t)((long)e->size + more);
		n = size < 0x80 ? 0 : size < 0x100 ? 1 : 2;
		head[0] = (uint8_t)(n == 0 ? size : 0x80 | n);
		for (u = 0; u < n; u++) {
			head[1 + u] = (uint8_t)(size >> (8 * (n - 1 - u)));
		}
		if (size > 0xFFFF
			|| !mutate_splice(data, len, max, e->at + 1,
				e->head - 1, head, n + 1)) {
			return;
		}
		more += (long)(n + 2) - (long)e->head;
		number = e->parent;
	}
}

/* Other contents: a little more or less of the old, or something new. */
static inline size_t
mutate_contents(struct mutate_tree *t, uint8_t *out, size_t cap,
	const uint8_t *old, size_t len)
{
	static const uint8_t special[] = { 0x00, 0x01, 0x7F, 0x80, 0xFF };
	size_t u;

	if (len + 1 > cap) {
		return 0;
	}
	memcpy(out + 1, old, len);
	out[0] = special[mutate_draw(t, sizeof special)];
	switch (mutate_draw(t, 5)) {
	case 0: /* one more in front */
		return len + 1;
	case 1: /* one more behind */
		memmove(out, out + 1, len);
		out[len] = special[mutate_draw(t, sizeof special)];
		return len + 1;
	case 2: /* one less in front, or none at all */
		memmove(out, out + 2, len == 0 ? 0 : len - 1);
		return len == 0 ? 0 : len - 1;
	case 3: /* cut */
		memmove(out, out + 1, len);
		return mutate_draw(t, len + 1);
	default: /* a few octets */
		len = mutate_draw(t, 9);
		for (u = 0; u < len && u < cap; u++) {
			out[u] = (uint8_t)mutate_draw(t, 256);
		}
		return u;
	}
}

/* Element number of the tree is replaced by n octets of with, or, where
 * keep is set, comes to stand behind them. */
static inline void
mutate_place(struct mutate_tree *t, uint8_t *data, size_t *len, size_t max,
	size_t number, int keep, const uint8_t *with, size_t n)
{
	const struct mutate_element *e = &t->e[number - 1];
	size_t old = keep ? 0 : e->head + e->size;

	if (mutate_splice(data, len, max, e->at, old, with, n)) {
		mutate_repair(
			t, data, len, max, e->parent, (long)n - (long)old);
	}
}

static inline void
mutate_element(struct mutate_tree *t, uint8_t *data, size_t *len, size_t max,
	size_t number)
{
	static const uint8_t tags[] = { 0x01, 0x02, 0x03, 0x04, 0x05, 0x06,
		0x0A, 0x30, 0x31, 0x80, 0x81, 0xA0, 0xA1, 0xA3 };
	static uint8_t with[8192];
	const struct mutate_element *e = &t->e[number - 1], *from;
	size_t n, kind = mutate_draw(t, 6);

	if (kind == 0) {
		data[e->at] = tags[mutate_draw(t, sizeof tags)];
	} else if (kind == 1) {
		mutate_place(t, data, len, max, number, 0, with, 0);
	} else if (kind == 2) {
		n = mutate_contents(
			t, with, sizeof with, data + e->at + e->head, e->size);
		if (mutate_splice(data, len, max, e->at + e->head, e->size,
			    with, n)) {
			mutate_repair(t, data, len, max, number,
				(long)n - (long)e->size);
		}
	} else {
		from = kind == 3 ? e : &t->e[mutate_draw(t, t->count)];
		n = from->head + from->size;
		if (n <= sizeof with) {
			memcpy(with, data + from->at, n);
			mutate_place(
				t, data, len, max, number, kind != 4, with, n);
		}
	}
}

static inline size_t
mutate_der(uint8_t *data, size_t size, size_t max, unsigned seed)
{
	static struct mutate_tree t;
	size_t times, len = size;

	t.state = seed;
	for (times = 1 + mutate_draw(&t, 3); times > 0; times--) {
		mutate_read(&t, data, len);
		if (t.count == 0) {
			return LLVMFuzzerMutate(data, len, max);
		}
		mutate_element(
			&t, data, &len, max, 1 + mutate_draw(&t, t.count));
	}
	return len;
}

#endif
