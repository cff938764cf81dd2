/*
 * foreign.c - fuzz target: files that are not read, examples/foreign.h
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Input: anything. What a decoder takes is never called foreign; a part of a
 * foreign file is called the same or nothing, and so is a longer one; a label
 * and the first words of a text are taken for what they are, as a whole.
 */
#include <bearssl.h>

#include "../../examples/foreign.h"
#include "fuzz.h"

/* 1 if one of the decoders takes it. */
static int
is_read(seamkey_span in)
{
	seamkey_der_private_key_info private_info;
	seamkey_der_public_key_info public_info;
	seamkey_der_rsa_private rsa_private;
	seamkey_der_rsa_public rsa_public;
	seamkey_der_ec_private ec;
	seamkey_der_certificate cert;

	return seamkey_der_decode_private_key_info(&private_info, in) == 0
		|| seamkey_der_decode_public_key_info(&public_info, in) == 0
		|| seamkey_der_decode_rsa_private(&rsa_private, in) == 0
		|| seamkey_der_decode_rsa_public(&rsa_public, in) == 0
		|| seamkey_der_decode_ec_private(&ec, in, SEAMKEY_CURVE_P256)
		== 0
		|| seamkey_der_decode_ec_private(&ec, in, 0) == 0
		|| seamkey_der_decode_certificate(&cert, in) == 0;
}

/* What the first len octets are called; each on a place of its own. */
static const char *
match_part(seamkey_span in, size_t len)
{
	unsigned char *copy = fuzz_copy(in.p, len);
	const char *text = foreign_match_der(seamkey_span_of(copy, len));

	fuzz_free(copy, len);
	return text;
}

static void
check_der(seamkey_span in)
{
	const char *text = foreign_match_der(in), *part;
	size_t len;

	if (text != NULL) {
		CHECK(!is_read(in));
		CHECK(strncmp(text, "is ", 3) == 0);
		CHECK(strstr(text, " by: ") != NULL);
	}
	for (len = 0; len < in.len && len < 48; len++) {
		part = match_part(in, len);
		CHECK(part == NULL || part == text);
	}
	if (in.len != 0) {
		part = match_part(in, in.len - 1);
		CHECK(part == NULL || part == text);
	}
}

static int
begins(seamkey_span in, const char *word)
{
	return in.len >= strlen(word) && memcmp(in.p, word, strlen(word)) == 0;
}

static void
check_text(seamkey_span in)
{
	const char *text = foreign_match_text(in);

	if (begins(in, "ssh-rsa ")) {
		CHECK(text != NULL && strstr(text, " by: ") != NULL);
	} else if (begins(in, "ssh-") || begins(in, "ecdsa-sha2-")
		|| begins(in, "sk-")) {
		CHECK(text != NULL && strstr(text, "not one for RSA") != NULL);
	} else {
		CHECK(text == NULL);
	}
}

/* A character less, and it is another label. */
static void
check_label(seamkey_span label)
{
	const char *text = foreign_match_label(label);

	if (text != NULL) {
		CHECK(strncmp(text, "is ", 3) == 0);
		CHECK(strstr(text, " by: ") != NULL);
		CHECK(label.len >= 5);
		label.len--;
		CHECK(foreign_match_label(label) == NULL);
	}
}

static void
check_labels(seamkey_span rest)
{
	unsigned char *out = fuzz_blank(rest.len + 1);
	seamkey_span label;
	size_t cap = rest.len, len = 0;
	int status = SEAMKEY_OK;

	while (status != PEM_ERR_NONE) {
		status = pem_get(&rest, &label, out, cap, &len);
		if (status == SEAMKEY_OK) {
			check_label(label);
			check_der(seamkey_span_of(out, len));
		}
	}
	free(out);
}

FUZZ_MUTATOR(mutate_all)

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *copy = fuzz_copy(data, size);
	seamkey_span in = seamkey_span_of(copy, size);

	check_der(in);
	check_text(in);
	check_label(in);
	check_labels(in);
	fuzz_free(copy, size);
	return 0;
}
