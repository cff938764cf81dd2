/*
 * dn.c - fuzz target: distinguished names, their text, and text as a name
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: the DER of a Name; and the same octets as the text of one. A Name
 * is what the reader of examples/name.h, which was written apart from it,
 * takes for one. Its text is printable, and encodes to a Name that matches;
 * what text encodes to is DER, and from there on nothing changes any more.
 */
#include <bearssl.h>

#include "../../examples/name.h"
#include "fuzz.h"

/* Text on the heap, in exactly its size, or NULL: a number is too large. */
static unsigned char *
text_of(seamkey_span name, size_t *len)
{
	unsigned char *text;
	size_t again = 0, u;
	int status = seamkey_name_decode(NULL, 0, len, name);

	if (status == SEAMKEY_ERR_NAME_TYPE) {
		return NULL;
	}
	CHECK(status == SEAMKEY_OK && *len <= SEAMKEY_NAME_MAX_TEXT);
	text = fuzz_blank(*len + 1);
	if (*len != 0) {
		CHECK(seamkey_name_decode(text, *len - 1, &again, name)
			== SEAMKEY_ERR_SPACE);
		CHECK(again == *len && fuzz_is_untouched(text, *len));
	}
	CHECK(seamkey_name_decode(text, *len, &again, name) == SEAMKEY_OK);
	CHECK(again == *len && fuzz_is_untouched(text + *len, 1));
	for (u = 0; u < *len; u++) {
		CHECK(text[u] >= 0x20 && text[u] <= 0x7E);
	}
	return text;
}

/* The Name of text, which is one, on the heap in exactly its size. */
static unsigned char *
name_of(seamkey_span text, size_t *len)
{
	unsigned char *name;
	size_t again = 0;

	CHECK(seamkey_name_encode(NULL, 0, len, text) == SEAMKEY_OK);
	CHECK(*len >= 2 && *len <= SEAMKEY_NAME_MAX);
	name = fuzz_blank(*len);
	CHECK(seamkey_name_encode(name, *len - 1, &again, text)
		== SEAMKEY_ERR_SPACE);
	CHECK(again == *len && fuzz_is_untouched(name, *len));
	CHECK(seamkey_name_encode(name, *len, &again, text) == SEAMKEY_OK);
	CHECK(again == *len);
	CHECK(seamkey_name_check(seamkey_span_of(name, *len)) == SEAMKEY_OK);
	return name;
}

/* Each part is a portion, and the first one with the last one, in order. */
static void
check_portions(seamkey_span name)
{
	unsigned char *one = fuzz_blank(name.len + 4);
	seamkey_der_reader r, parts;
	seamkey_der_writer w;
	seamkey_span part;
	size_t mark, count = 0;

	seamkey_der_init(&r, name);
	seamkey_der_enter(&r, &parts, SEAMKEY_DER_SEQUENCE);
	for (; parts.len != 0; count++) {
		part = seamkey_der_get_element(&parts, SEAMKEY_DER_SET);
		CHECK(parts.err == SEAMKEY_OK);
		memset(&w, 0, sizeof w);
		w.buf = one;
		w.cap = name.len;
		mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		seamkey_der_put(&w, part.p, part.len);
		seamkey_der_end(&w, mark);
		CHECK(w.err == SEAMKEY_OK);
		part = seamkey_span_of(one, w.len);
		CHECK(seamkey_name_match_portion(name, part));
		CHECK(seamkey_name_match_portion(part, name)
			== seamkey_name_match(part, name));
	}
	CHECK(seamkey_name_match_portion(name, name) == (count != 0));
	free(one);
}

/* Text of a name: the name, its text, its name again. */
static void
check_text(seamkey_span text, seamkey_span of)
{
	unsigned char *name, *again, *other;
	size_t name_len = 0, other_len = 0, again_len = 0;

	name = name_of(text, &name_len);
	if (of.p != NULL) {
		CHECK(seamkey_name_match(seamkey_span_of(name, name_len), of));
	}
	other = text_of(seamkey_span_of(name, name_len), &other_len);
	CHECK(other != NULL);
	again = name_of(seamkey_span_of(other, other_len), &again_len);
	CHECK(seamkey_name_match(seamkey_span_of(name, name_len),
		seamkey_span_of(again, again_len)));
	free(name);
	name = text_of(seamkey_span_of(again, again_len), &name_len);
	CHECK(name != NULL
		&& seamkey_span_match(seamkey_span_of(name, name_len),
			seamkey_span_of(other, other_len)));
	free(name);
	free(other);
	free(again);
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size), *text;
	seamkey_span in = seamkey_span_of(copy, size);
	struct name_attribute a;
	size_t len = 0;
	int status = seamkey_name_check(in);

	fuzz_check_status(status);
	CHECK((status == SEAMKEY_OK)
		== (name_get(in, (size_t)-1, &a) == SEAMKEY_OK
			&& size <= SEAMKEY_NAME_MAX));
	CHECK(seamkey_name_match(in, in) == (status == SEAMKEY_OK));
	if (status == SEAMKEY_OK) {
		fuzz_check_accepted(in, 0);
		check_portions(in);
		text = text_of(in, &len);
		if (text != NULL) {
			check_text(seamkey_span_of(text, len), in);
			free(text);
		}
	} else {
		CHECK(seamkey_name_decode(NULL, 0, &len, in) == status);
	}
	status = seamkey_name_encode(NULL, 0, &len, in);
	fuzz_check_status(status);
	if (status == SEAMKEY_OK) {
		check_text(in, seamkey_span_of(NULL, 0));
	}
	fuzz_free(copy, size);
	return 0;
}
