/*
 * name.c - fuzz target: the names of a certificate, examples/name.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER of a name. Its text is printable ASCII and is taken apart
 * again: as many attributes, each with the value that stands in the DER. In
 * less room it is the beginning of that text, and says that it was cut.
 */
#include <bearssl.h>

#include "../../examples/name.h"
#include "fuzz.h"

/* No octet becomes more characters than one of Latin-1: two octets of UTF-8,
 * "\C3\BC". A first arc of 2 is two for one octet, once. */
#define ROOM(size) (6 * (size) + 64)

static unsigned
digit(seamkey_span text, size_t at)
{
	static const char digits[] = "0123456789ABCDEF";
	const char *found;

	CHECK(at < text.len && text.p[at] != 0);
	found = strchr(digits, text.p[at]);
	CHECK(found != NULL);
	return (unsigned)(found - digits);
}

/* The octet at the beginning of *text, escaped or not. */
static unsigned
take(seamkey_span *text)
{
	unsigned octet;
	size_t used = 1;

	CHECK(text->len != 0);
	octet = text->p[0];
	CHECK(octet != 0 && strchr(",+\"<>;", (int)octet) == NULL);
	if (octet == '\\') {
		CHECK(text->len >= 2);
		octet = text->p[1];
		used = 2;
		if (strchr(",+\"\\<>;# ", (int)octet) == NULL) {
			octet = 16 * digit(*text, 1) + digit(*text, 2);
			used = 3;
		}
	}
	*text = seamkey_span_of(text->p + used, text->len - used);
	return octet;
}

/* A character of UTF-8; also one that is none, as the rest of a pair. */
static uint32_t
take_character(seamkey_span *text)
{
	unsigned octet = take(text);
	unsigned more = octet < 0x80 ? 0
		: octet < 0xE0       ? 1
		: octet < 0xF0       ? 2
				     : 3;
	uint32_t c = more == 0 ? octet : octet & (0x3Fu >> more);

	for (; more != 0; more--) {
		octet = take(text);
		CHECK((octet & 0xC0) == 0x80);
		c = (c << 6) | (octet & 0x3F);
	}
	return c;
}

/* text begins with the value, a whole element; moves past it. */
static void
check_value(seamkey_span *text, seamkey_span value)
{
	seamkey_der_reader r;
	seamkey_span in;
	size_t u, v, width = name_width(value.p[0]);

	if (text->len != 0 && text->p[0] == '#') {
		for (u = 0; u < value.len; u++) {
			CHECK(16 * digit(*text, 1 + 2 * u)
					+ digit(*text, 2 + 2 * u)
				== value.p[u]);
		}
		u = 1 + 2 * value.len;
		*text = seamkey_span_of(text->p + u, text->len - u);
		return;
	}
	seamkey_der_init(&r, value);
	in = seamkey_der_get(&r, value.p[0]);
	CHECK(seamkey_der_check_end(&r) == SEAMKEY_OK && width != 0);
	for (u = 0; u < in.len; u += width) {
		uint32_t c = 0;

		for (v = 0; v < width; v++) {
			c = (c << 8) | in.p[u + v];
		}
		CHECK(c
			== (value.p[0] == 0x0C ? take(text)
					       : take_character(text)));
	}
}

/* The attributes, the last one first, and what is between them. */
static void
check_text(seamkey_span text, seamkey_span name)
{
	struct name_attribute a;
	size_t set = 0, count, left;

	CHECK(name_get(name, (size_t)-1, &a) == SEAMKEY_OK);
	count = a.count;
	for (left = count; left != 0; left--) {
		CHECK(name_get(name, left - 1, &a) == 1);
		if (left != count) {
			CHECK(fuzz_take_octet(&text)
				== (a.set == set ? '+' : ','));
		}
		set = a.set;
		while (text.len != 0 && text.p[0] != '=') {
			CHECK(strchr("\\,+#", text.p[0]) == NULL);
			(void)fuzz_take(&text, 1);
		}
		CHECK(fuzz_take_octet(&text) == '=');
		check_value(&text, a.value);
	}
	CHECK(text.len == 0);
}

/* The same in cap characters: the beginning of the text, len long. */
static void
check_room(seamkey_span name, seamkey_span text, int is_cut, size_t cap)
{
	name_writer w = { NULL, 0, 0, 0 };
	char *buf = (char *)fuzz_blank(cap + 1);

	w.buf = buf;
	w.cap = cap;
	CHECK(name_encode(&w, name) == SEAMKEY_OK);
	CHECK(w.len == (text.len < cap ? text.len : cap));
	CHECK(memcmp(buf, text.p, w.len) == 0);
	CHECK(fuzz_is_untouched(buf + w.len, cap + 1 - w.len));
	CHECK(w.is_cut == (is_cut || text.len > cap));
	free(buf);
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size), text;
	name_writer w = { NULL, 0, 0, 0 };
	char *buf = (char *)fuzz_blank(ROOM(size));
	size_t u;
	int status;

	w.buf = buf;
	w.cap = ROOM(size);
	status = name_encode(&w, in);
	fuzz_check_status(status);
	if (status != SEAMKEY_OK) {
		CHECK(w.len == 0 && !w.is_cut);
		CHECK(fuzz_is_untouched(buf, w.cap));
	} else {
		CHECK(w.len < w.cap);
		for (u = 0; u < w.len; u++) {
			CHECK(buf[u] >= 0x20 && buf[u] <= 0x7E);
		}
		fuzz_check_accepted(in, 0);
		text = seamkey_span_of(buf, w.len);
		if (!w.is_cut) { /* by a number of more than 64 bits */
			check_text(text, in);
		}
		check_room(in, text, w.is_cut, w.len);
		check_room(in, text, w.is_cut, w.len / 2);
		check_room(in, text, w.is_cut, 0);
	}
	free(buf);
	fuzz_free(copy, size);
	return 0;
}
