/*
 * test_malformed.c - malformed keys, DigestInfos and paddings, by class
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * The classes are those that a robust implementation must refuse, numbered;
 * a test's name begins with the number of its class. Most cases are made
 * here: a good structure is taken apart and written again with one element
 * changed and the lengths around it repaired, or a block is padded wrongly
 * and then signed or encrypted with no check at all.
 */
#include <stdio.h>

#include "rsa_tools.h"

#include "bignum.h"

#ifdef TEST_SMALL
#define LEVELS 500
#else
#define LEVELS 10000
#endif

/* ---- good structures, and their elements --------------------------------- */

static const seamkey_der_rsa_limits wide = { 1024, 4096, 3 };

/* Decode, and check what can be checked; the first error. */
static int
judge_rsa_private(seamkey_span in)
{
	seamkey_der_rsa_private key;
	int status = seamkey_der_decode_rsa_private_info(&key, in, 0);

	return status != SEAMKEY_OK
		? status
		: seamkey_der_check_rsa_private(&key, &wide);
}

static int
judge_rsa_public(seamkey_span in)
{
	seamkey_der_rsa_public key;
	int status = seamkey_der_decode_rsa_public_info(&key, in, 0);

	return status != SEAMKEY_OK ? status
				    : seamkey_der_check_rsa_public(&key, &wide);
}

static int
judge_ec_private(seamkey_span in)
{
	seamkey_der_ec_private key;

	return seamkey_der_decode_ec_private_info(&key, in);
}

static int
judge_ec_sec1(seamkey_span in)
{
	seamkey_der_ec_private key;

	return seamkey_der_decode_ec_private(&key, in, 0);
}

static int
judge_ec_public(seamkey_span in)
{
	seamkey_der_ec_public key;
	int status = seamkey_der_decode_ec_public_info(&key, in);

	if (status == SEAMKEY_OK) {
		CHECK_INT(key.public_key.p[0], 0x04);
	}
	return status;
}

static int
judge_digest_info(seamkey_span in)
{
	seamkey_der_digest_info info;

	return seamkey_der_decode_digest_info(&info, in, 0);
}

/* clang-format off */
static const unsigned char sha256_info[] = {
	0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
	0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20, 0x81, 2, 3, 4, 5, 6, 7, 8, 9,
	10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27,
	28, 29, 30, 31, 32
};

static const struct good {
	const char *what;
	int (*judge)(seamkey_span in);
	const unsigned char *der;
	size_t len;
} goods[] = {
	{ "PrivateKeyInfo, RSA", judge_rsa_private, key_1024,
		sizeof key_1024 },
	{ "PrivateKeyInfo, RSA of 1031 bits", judge_rsa_private, key_1031,
		sizeof key_1031 },
	{ "SubjectPublicKeyInfo, RSA", judge_rsa_public, key_2048_public,
		sizeof key_2048_public },
	{ "PrivateKeyInfo, EC", judge_ec_private, ec_p256, sizeof ec_p256 },
	{ "ECPrivateKey", judge_ec_sec1, ec_p384_sec1, sizeof ec_p384_sec1 },
	{ "SubjectPublicKeyInfo, EC", judge_ec_public, ec_p521_public,
		sizeof ec_p521_public },
	{ "DigestInfo", judge_digest_info, sha256_info, sizeof sha256_info },
};
/* clang-format on */

/* What is done to one element. Lengths around it are repaired. */
enum edit {
	NOTHING,
	/* to its contents */
	BYTE_BEHIND, /* one octet 00 more */
	NO_CONTENTS,
	DROP_FIRST, /* without its first octet */
	NEGATIVE,   /* without its sign octet, or with its top bit set */
	ZERO_BEFORE,
	FF_BEFORE,
	FIRST_OCTET, /* the first octet is the value */
	ONLY_OCTET,  /* the value is all */
	/* to its length */
	LONGER_FORM, /* one octet more than needed */
	FOUR_OCTETS, /* in 84, where fewer are needed */
	INDEFINITE,  /* and two octets 00 behind the contents */
	LENGTH_OF_127,
	LENGTH_32, /* 2^32-1 */
	LENGTH_64, /* 2^64-1 */
	ONE_MORE,  /* a length one too many */
	ONE_LESS,
	/* to its tag */
	TAG_XOR,  /* the value */
	HIGH_TAG, /* 1F, and the tag number in an octet of its own */
	/* to all of it */
	LEFT_OUT,
	TWICE
};

struct editor {
	int target; /* the element, counted in the order of its heads */
	enum edit edit;
	unsigned value;
	int at; /* the next element */
};

/* Does an element hold others? *skip: octets before the first of them. */
static int
holds_elements(unsigned tag, seamkey_span contents, size_t *skip)
{
	*skip = tag == SEAMKEY_DER_BIT_STRING;
	if ((tag & 0x20) != 0) {
		return 1;
	}
	if ((tag != SEAMKEY_DER_BIT_STRING && tag != SEAMKEY_DER_OCTET_STRING)
		|| contents.len <= *skip) {
		return 0;
	}
	contents = seamkey_span_of(contents.p + *skip, contents.len - *skip);
	return contents.p[0] == SEAMKEY_DER_SEQUENCE
		&& seamkey_der_check(contents) == SEAMKEY_OK;
}

/* The edits of contents; the new length. There is room before body. */
static size_t
edit_contents(const struct editor *ed, unsigned char *body, size_t len)
{
	switch (ed->edit) {
	case BYTE_BEHIND:
		body[len] = 0;
		return len + 1;
	case INDEFINITE:
		body[len] = body[len + 1] = 0;
		return len + 2;
	case NO_CONTENTS:
		return 0;
	case DROP_FIRST:
		memmove(body, body + 1, len);
		return len == 0 ? 0 : len - 1;
	case NEGATIVE:
		if (len > 1 && body[0] == 0) {
			memmove(body, body + 1, len - 1);
			return len - 1;
		}
		body[0] |= 0x80;
		return len;
	case ZERO_BEFORE:
	case FF_BEFORE:
		memmove(body + 1, body, len);
		body[0] = ed->edit == ZERO_BEFORE ? 0x00 : 0xFF;
		return len + 1;
	case FIRST_OCTET:
		body[0] = (unsigned char)ed->value;
		return len;
	case ONLY_OCTET:
		body[0] = (unsigned char)ed->value;
		return 1;
	default:
		return len;
	}
}

/* The length octets of len at out, n of them behind the first; n = 0 is
 * the short form. */
static size_t
put_length(unsigned char *out, size_t n, size_t len)
{
	size_t u;

	if (n == 0) {
		out[0] = (unsigned char)len;
		return 1;
	}
	out[0] = (unsigned char)(0x80 | n);
	for (u = n; u > 0; u--) {
		out[u] = (unsigned char)len;
		len >>= 8;
	}
	return n + 1;
}

/* The head of an element of len octets, edited or not; its size. */
static size_t
put_head(const struct editor *ed, int edited, unsigned tag, unsigned char *out,
	size_t len)
{
	enum edit edit = edited ? ed->edit : NOTHING;
	size_t n = len < 128 ? 0 : len < 256 ? 1 : 2;
	size_t head = 0;

	if (edit == HIGH_TAG) {
		out[head++] = (unsigned char)(tag | 0x1F);
		tag &= 0x1F;
	}
	out[head++] = (unsigned char)(edit == TAG_XOR ? tag ^ ed->value : tag);
	switch (edit) {
	case LONGER_FORM:
		return head + put_length(out + head, n + 1, len);
	case FOUR_OCTETS:
		return head + put_length(out + head, 4, len);
	case INDEFINITE:
		out[head] = 0x80;
		return head + 1;
	case LENGTH_OF_127:
		out[head] = 0xFF;
		return head + 1;
	case LENGTH_32:
		memset(out + head, 0xFF, 5);
		out[head] = 0x84;
		return head + 5;
	case LENGTH_64:
		memset(out + head, 0xFF, 9);
		out[head] = 0x88;
		return head + 9;
	case ONE_MORE:
		return head + put_length(out + head, n, len + 1);
	case ONE_LESS:
		return head + put_length(out + head, n, len - 1);
	default:
		return head + put_length(out + head, n, len);
	}
}

#define HEAD_ROOM 16

/* Write the element in again at out; its new length. As deep as the
 * structures that the tests hand it. */
static size_t
/* NOLINTNEXTLINE(misc-no-recursion) */
rewrite(struct editor *ed, seamkey_span in, unsigned char *out)
{
	size_t head = in.p[1] < 0x80 ? 2 : 2 + (size_t)(in.p[1] & 0x7F);
	seamkey_span v = seamkey_span_of(in.p + head, in.len - head);
	int edited = ed->at++ == ed->target;
	unsigned char *body = out + HEAD_ROOM;
	size_t len, skip;

	if (holds_elements(in.p[0], v, &skip)) {
		seamkey_der_reader r;

		memcpy(body, v.p, skip);
		len = skip;
		seamkey_der_init(&r, seamkey_span_of(v.p + skip, v.len - skip));
		while (r.len != 0 && r.err == SEAMKEY_OK) {
			len += rewrite(ed, seamkey_der_get_any(&r), body + len);
		}
		CHECK_INT(r.err, SEAMKEY_OK);
	} else {
		memcpy(body, v.p, v.len);
		len = v.len;
	}
	if (edited) {
		len = edit_contents(ed, body, len);
	}
	head = put_head(ed, edited, in.p[0], out, len);
	memmove(out + head, body, len);
	if (edited && ed->edit == LEFT_OUT) {
		return 0;
	}
	if (edited && ed->edit == TWICE) {
		memcpy(out + head + len, out, head + len);
		return 2 * (head + len);
	}
	return head + len;
}

static unsigned char edited_bytes[2000];

static seamkey_span
edit_element(seamkey_span in, int target, enum edit edit, unsigned value)
{
	struct editor ed;

	ed.target = target;
	ed.edit = edit;
	ed.value = value;
	ed.at = 0;
	return seamkey_span_of(edited_bytes, rewrite(&ed, in, edited_bytes));
}

/* How many elements, and the tag of each. */
#define MAX_ELEMENTS 32

static int
list_elements(seamkey_span in, unsigned char *tags)
{
	struct editor ed = { 0, TAG_XOR, 0x40, 0 };
	size_t len, u;

	for (ed.target = 0; ed.target < MAX_ELEMENTS; ed.target++) {
		ed.at = 0;
		len = rewrite(&ed, in, edited_bytes);
		if (ed.target >= ed.at) {
			break;
		}
		/* the one octet that differs is its tag */
		CHECK_INT(len, in.len);
		for (u = 0; edited_bytes[u] == in.p[u]; u++) {
		}
		tags[ed.target] = in.p[u];
	}
	CHECK_INT(ed.target < MAX_ELEMENTS, 1);
	return ed.target;
}

/* Where an edit makes no sense, or says the same in another way. */
typedef int (*applies)(unsigned tag);

static int
to_all(unsigned tag)
{
	(void)tag;
	return 1;
}

static int
to_integers(unsigned tag)
{
	return tag == SEAMKEY_DER_INTEGER;
}

static int
to_bit_strings(unsigned tag)
{
	return tag == SEAMKEY_DER_BIT_STRING;
}

/* Every good structure with every one of its elements edited so: refused. */
static void
check_edit(const char *say, applies to, enum edit edit, unsigned value)
{
	unsigned char tags[MAX_ELEMENTS];
	size_t u;
	int i, n;

	for (u = 0; u < COUNT(goods); u++) {
		seamkey_span in = seamkey_span_of(goods[u].der, goods[u].len);

		what = goods[u].what;
		CHECK_INT(goods[u].judge(in), SEAMKEY_OK);
		CHECK_INT(seamkey_span_match(
				  edit_element(in, -1, NOTHING, 0), in),
			1);
		n = list_elements(in, tags);
		what = say;
		for (i = 0; i < n; i++) {
			if (to(tags[i])
				&& !CHECK_INT(goods[u].judge(edit_element(
						      in, i, edit, value))
						< 0,
					1)) {
				printf("  element %d of %s\n", i,
					goods[u].what);
			}
		}
	}
}

static void
malformed_01_cut_keys_at_every_service(void)
{
	unsigned char sig[KEY_BYTES], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span info = SPAN(sha256_info), pub;
	size_t len = 12345, cut;

	pub = public_of(SPAN(key_1024), buf);
	memset(sig, CANARY, sizeof sig);
	for (cut = 0; cut < sizeof key_1024; cut++) {
		seamkey_span key = seamkey_span_of(key_1024, cut);

		CHECK_INT(seamkey_rsa_sign(
				  &env, sig, sizeof sig, &len, info, key),
			SEAMKEY_ERR_DER_TRUNCATED);
		CHECK_INT(seamkey_rsa_decrypt(&env, sig, 16,
				  seamkey_span_of(key_2048, 128), key),
			SEAMKEY_ERR_DER_TRUNCATED);
	}
	for (cut = 0; cut < pub.len; cut++) {
		seamkey_span key = seamkey_span_of(pub.p, cut);

		CHECK_INT(seamkey_rsa_verify(&env,
				  seamkey_span_of(key_2048, 128), info, key),
			SEAMKEY_ERR_DER_TRUNCATED);
		CHECK_INT(seamkey_rsa_encrypt(
				  &env, sig, sizeof sig, &len, info, key),
			SEAMKEY_ERR_DER_TRUNCATED);
	}
	for (cut = 0; cut < info.len; cut++) {
		CHECK_INT(seamkey_rsa_sign(&env, sig, sizeof sig, &len,
				  seamkey_span_of(info.p, cut), SPAN(key_1024)),
			SEAMKEY_ERR_DER_TRUNCATED);
	}
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(sig, CANARY, sizeof sig), 1);
}

static void
malformed_02_bytes_behind_any_element(void)
{
	check_edit("a byte behind", to_all, BYTE_BEHIND, 0);
}

static void
malformed_03_lengths_not_minimal(void)
{
	check_edit("one octet too many", to_all, LONGER_FORM, 0);
	check_edit("in four octets", to_all, FOUR_OCTETS, 0);
	check_edit("indefinite", to_all, INDEFINITE, 0);
	check_edit("length of length 127", to_all, LENGTH_OF_127, 0);
	check_edit("2^32-1", to_all, LENGTH_32, 0);
	check_edit("2^64-1", to_all, LENGTH_64, 0);
}

static void
malformed_04_lengths_off_by_one(void)
{
	check_edit("one more", to_all, ONE_MORE, 0);
	check_edit("one less", to_all, ONE_LESS, 0);
}

static void
malformed_05_integers(void)
{
	check_edit("empty", to_integers, NO_CONTENTS, 0);
	check_edit("negative", to_integers, NEGATIVE, 0);
	check_edit("-1", to_integers, ONLY_OCTET, 0xFF);
	check_edit("-128", to_integers, ONLY_OCTET, 0x80);
	check_edit("superfluous FF", to_integers, FF_BEFORE, 0);
	check_edit("superfluous 00", to_integers, ZERO_BEFORE, 0);
}

static void
malformed_06_tags(void)
{
	check_edit("the other form", to_all, TAG_XOR, 0x20);
	check_edit("context-specific", to_all, TAG_XOR, 0x80);
	check_edit("application", to_all, TAG_XOR, 0x40);
	check_edit("private", to_all, TAG_XOR, 0xC0);
	check_edit("SET for SEQUENCE and the like", to_all, TAG_XOR, 0x01);
	check_edit("BIT STRING for OCTET STRING", to_all, TAG_XOR, 0x07);
	check_edit("high-tag-number form", to_all, HIGH_TAG, 0);
}

static void
malformed_07_bit_strings(void)
{
	unsigned unused;

	for (unused = 1; unused <= 9; unused++) {
		check_edit("unused bits", to_bit_strings, FIRST_OCTET, unused);
	}
	check_edit("255 unused bits", to_bit_strings, FIRST_OCTET, 255);
	check_edit("no octet of unused bits", to_bit_strings, DROP_FIRST, 0);
	check_edit("nothing in it", to_bit_strings, NO_CONTENTS, 0);
}

/* clang-format off */
#define E(chars) "" chars, sizeof(chars) - 1
#define RSA_ARCS "\x2A\x86\x48\x86\xF7\x0D\x01\x01"
static const struct {
	const char *what;
	const char *oid;
	size_t oid_len;
	const char *parameters;
	size_t parameters_len;
	int status;
} algorithms[] = {
	{ "rsaEncryption", E(RSA_ARCS "\x01"), E("\x05\x00"), SEAMKEY_OK },
	{ "RSASSA-PSS", E(RSA_ARCS "\x0A"), E("\x05\x00"),
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "RSAES-OAEP", E(RSA_ARCS "\x07"), E("\x05\x00"),
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "id-ea-rsa", E("\x55\x08\x01\x01"), E("\x05\x00"),
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "one arc more", E(RSA_ARCS "\x01\x01"), E("\x05\x00"),
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "one arc less", E(RSA_ARCS), E("\x05\x00"),
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "an arc that begins with 80", E(RSA_ARCS "\x80\x01"),
		E("\x05\x00"), SEAMKEY_ERR_DER_OID },
	{ "an arc that does not end", E(RSA_ARCS "\x81"), E("\x05\x00"),
		SEAMKEY_ERR_DER_OID },
	{ "no arc", E(""), E("\x05\x00"), SEAMKEY_ERR_DER_OID },
	{ "parameters absent", E(RSA_ARCS "\x01"), E(""),
		SEAMKEY_ERR_DER_PARAMETERS },
	{ "parameters 0", E(RSA_ARCS "\x01"), E("\x02\x01\x00"),
		SEAMKEY_ERR_DER_PARAMETERS },
	{ "parameters an empty SEQUENCE", E(RSA_ARCS "\x01"), E("\x30\x00"),
		SEAMKEY_ERR_DER_PARAMETERS },
	{ "parameters an empty OCTET STRING", E(RSA_ARCS "\x01"),
		E("\x04\x00"), SEAMKEY_ERR_DER_PARAMETERS },
	{ "NULL with contents", E(RSA_ARCS "\x01"), E("\x05\x01\x00"),
		SEAMKEY_ERR_DER_NULL },
	{ "NULL in long form", E(RSA_ARCS "\x01"), E("\x05\x81\x00"),
		SEAMKEY_ERR_DER_LENGTH },
	{ "two parameters", E(RSA_ARCS "\x01"), E("\x05\x00\x05\x00"),
		SEAMKEY_ERR_DER_TRAILING },
	{ "a byte behind NULL", E(RSA_ARCS "\x01"), E("\x05\x00\x00"),
		SEAMKEY_ERR_DER_TRAILING },
};
/* clang-format on */

/* With the leniency, absent parameters and no others are let through. */
static void
malformed_08_algorithms(void)
{
	seamkey_der_private_key_info priv;
	seamkey_der_public_key_info pub;
	seamkey_der_rsa_private priv_key;
	seamkey_der_rsa_public pub_key;
	size_t u, len = 0;

	(void)seamkey_der_decode_private_key_info(&priv, SPAN(key_1024));
	(void)seamkey_der_decode_public_key_info(&pub, SPAN(key_2048_public));
	for (u = 0; u < COUNT(algorithms); u++) {
		int status = algorithms[u].status;
		int lenient =
			algorithms[u].parameters_len == 0 ? SEAMKEY_OK : status;
		seamkey_span in;

		what = algorithms[u].what;
		priv.algorithm.oid = seamkey_span_of(
			algorithms[u].oid, algorithms[u].oid_len);
		priv.algorithm.parameters = seamkey_span_of(
			algorithms[u].parameters, algorithms[u].parameters_len);
		pub.algorithm = priv.algorithm;
		CHECK_INT(seamkey_der_encode_private_key_info(edited_bytes,
				  sizeof edited_bytes, &len, &priv),
			SEAMKEY_OK);
		in = seamkey_span_of(edited_bytes, len);
		CHECK_INT(judge_rsa_private(in), status);
		CHECK_INT(seamkey_der_decode_rsa_private_info(
				  &priv_key, in, SEAMKEY_ABSENT_NULL),
			lenient);
		CHECK_INT(seamkey_der_encode_public_key_info(edited_bytes,
				  sizeof edited_bytes, &len, &pub),
			SEAMKEY_OK);
		in = seamkey_span_of(edited_bytes, len);
		CHECK_INT(judge_rsa_public(in), status);
		CHECK_INT(seamkey_der_decode_rsa_public_info(
				  &pub_key, in, SEAMKEY_ABSENT_NULL),
			lenient);
	}
}

/* n of so many bits and odd, or n and e as small numbers. */
/* clang-format off */
static const struct {
	const char *what;
	unsigned bits; /* 0: n is the number beside it */
	unsigned n;
	const char *e;
	size_t e_len;
	int verify, encrypt; /* by the default policy */
} no_keys[] = {
#define MODULUS_SHORT SEAMKEY_ERR_KEY_MODULUS_SHORT
#define MODULUS_LONG  SEAMKEY_ERR_KEY_MODULUS_LONG
#define ZERO          SEAMKEY_ERR_KEY_ZERO
	{ "n = 0", 0, 0, E("\x01\x00\x01"), ZERO, ZERO },
	{ "n = 1", 0, 1, E("\x01\x00\x01"), MODULUS_SHORT, MODULUS_SHORT },
	{ "n = 15", 0, 15, E("\x03"), MODULUS_SHORT, MODULUS_SHORT },
	{ "n even", 0, 65536, E("\x03"), SEAMKEY_ERR_KEY_MODULUS_EVEN,
		SEAMKEY_ERR_KEY_MODULUS_EVEN },
	{ "e above n", 0, 35, E("\x01\x00\x01"), MODULUS_SHORT,
		MODULUS_SHORT },
	{ "e = 0", 2048, 0, E("\x00"), ZERO, ZERO },
	{ "e = 1", 2048, 0, E("\x01"), SEAMKEY_ERR_KEY_EXPONENT_SMALL,
		SEAMKEY_ERR_KEY_EXPONENT_SMALL },
	{ "e = 2", 2048, 0, E("\x02"), SEAMKEY_ERR_KEY_EXPONENT_EVEN,
		SEAMKEY_ERR_KEY_EXPONENT_EVEN },
	{ "e = 65536", 2048, 0, E("\x01\x00\x00"),
		SEAMKEY_ERR_KEY_EXPONENT_EVEN, SEAMKEY_ERR_KEY_EXPONENT_EVEN },
	{ "e = 65535", 2048, 0, E("\xFF\xFF"), SEAMKEY_ERR_RSA_SIGNATURE,
		SEAMKEY_ERR_KEY_EXPONENT_SMALL },
	{ "e of 65 bits", 2048, 0, E("\x01\x00\x00\x00\x00\x00\x00\x00\x01"),
		SEAMKEY_ERR_KEY_EXPONENT_LARGE,
		SEAMKEY_ERR_KEY_EXPONENT_LARGE },
	{ "n of 1023 bits", 1023, 0, E("\x01\x00\x01"), MODULUS_SHORT,
		MODULUS_SHORT },
	{ "n of 1024 bits", 1024, 0, E("\x01\x00\x01"),
		SEAMKEY_ERR_RSA_SIGNATURE, MODULUS_SHORT },
	{ "n of 2047 bits", 2047, 0, E("\x01\x00\x01"),
		SEAMKEY_ERR_RSA_SIGNATURE, MODULUS_SHORT },
	{ "n of 2048 bits", 2048, 0, E("\x01\x00\x01"),
		SEAMKEY_ERR_RSA_SIGNATURE, SEAMKEY_OK },
	{ "n as long as may be", SEAMKEY_RSA_MAX_BITS, 0, E("\x01\x00\x01"),
		SEAMKEY_ERR_RSA_SIGNATURE, SEAMKEY_OK },
	{ "n longer by a bit", SEAMKEY_RSA_MAX_BITS + 1, 0,
		E("\x01\x00\x01"), MODULUS_LONG, MODULUS_LONG },
	{ "n longer by an octet", SEAMKEY_RSA_MAX_BITS + 8, 0,
		E("\x01\x00\x01"), MODULUS_LONG, MODULUS_LONG },
	{ "n longer by four octets", SEAMKEY_RSA_MAX_BITS + 32, 0,
		E("\x01\x00\x01"), MODULUS_LONG, MODULUS_LONG },
#undef MODULUS_SHORT
#undef MODULUS_LONG
#undef ZERO
};
/* clang-format on */

static void
malformed_09_numbers_that_are_no_key(void)
{
	static unsigned char n[600], out[KEY_BYTES + 16];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env;
	size_t u, len, k;

	memset(&env, 0, sizeof env);
	env.random = known_random(&drbg);
	for (u = 0; u < COUNT(no_keys); u++) {
		seamkey_der_rsa_public key;
		seamkey_span spki;

		what = no_keys[u].what;
		k = no_keys[u].bits == 0 ? 4 : (no_keys[u].bits + 7) / 8;
		memset(n, 0xC5, sizeof n);
		if (no_keys[u].bits == 0) {
			num_set(n, k, no_keys[u].n);
		} else {
			n[0] = (unsigned char)(1u << (no_keys[u].bits - 1) % 8);
		}
		key.n = seamkey_span_of(n, k);
		key.e = seamkey_span_of(no_keys[u].e, no_keys[u].e_len);
		len = 0;
		CHECK_INT(seamkey_der_encode_rsa_public_info(edited_bytes,
				  sizeof edited_bytes, &len, &key),
			SEAMKEY_OK);
		spki = seamkey_span_of(edited_bytes, len);
		memset(out, 0, sizeof out);
		CHECK_INT(seamkey_rsa_verify(&env, seamkey_span_of(out, k),
				  SPAN(sha256_info), spki),
			no_keys[u].verify);
		memset(out, CANARY, sizeof out);
		len = 12345;
		CHECK_INT(seamkey_rsa_encrypt(&env, out, KEY_BYTES, &len,
				  SPAN(sha256_info), spki),
			no_keys[u].encrypt);
		if (no_keys[u].encrypt == SEAMKEY_OK) {
			CHECK_INT(len, k);
		} else {
			CHECK_INT(len, 12345);
			CHECK_INT(all_are(out, CANARY, sizeof out), 1);
		}
	}
}

static void
malformed_10_private_keys(void)
{
	seamkey_span in = SPAN(key_1024);
	unsigned char tags[MAX_ELEMENTS];
	int i, n = list_elements(in, tags);
	unsigned version;

	/* 0 outer SEQUENCE, 1 version, 2 to 4 algorithm, 5 OCTET STRING, 6
	 * RSAPrivateKey, 7 version, 8 to 15 n to qinv */
	CHECK_INT(n, 16);
	for (i = 0; i < n; i++) {
		what = "an element left out";
		CHECK_INT(
			judge_rsa_private(edit_element(in, i, LEFT_OUT, 0)) < 0,
			1);
		what = "an element twice";
		CHECK_INT(judge_rsa_private(edit_element(in, i, TWICE, 0)) < 0,
			1);
	}
	what = "version of PrivateKeyInfo";
	for (version = 0; version < 128; version++) {
		CHECK_INT(judge_rsa_private(
				  edit_element(in, 1, ONLY_OCTET, version)),
			version <= 1 ? SEAMKEY_OK : SEAMKEY_ERR_DER_VERSION);
	}
	what = "version of RSAPrivateKey";
	for (version = 0; version < 128; version++) {
		CHECK_INT(judge_rsa_private(
				  edit_element(in, 7, ONLY_OCTET, version)),
			version == 0           ? SEAMKEY_OK
				: version == 1 ? SEAMKEY_ERR_DER_PRIMES
					       : SEAMKEY_ERR_DER_VERSION);
	}
}

/* With three primes, as RFC 8017 has it, and as no version 0 may. */
static void
malformed_10_more_primes(void)
{
	static unsigned char inner[1000];
	static const unsigned char others[] = { 0x30, 0x0B, 0x30, 0x09, 0x02,
		0x01, 0x03, 0x02, 0x01, 0x01, 0x02, 0x01, 0x02 };
	seamkey_der_private_key_info info;
	seamkey_der_reader r, seq;
	unsigned version;
	size_t len = 0;

	for (version = 0; version <= 1; version++) {
		seamkey_der_writer w = { inner, sizeof inner, 0, SEAMKEY_OK };
		size_t mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);

		(void)seamkey_der_decode_private_key_info(
			&info, SPAN(key_1024));
		seamkey_der_init(&r, info.private_key);
		seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
		(void)seamkey_der_get_uint(&seq);
		seamkey_der_put_uint(&w, version);
		seamkey_der_put(&w, seq.p, seq.len);
		seamkey_der_put(&w, others, sizeof others);
		seamkey_der_end(&w, mark);
		info.private_key = seamkey_span_of(inner, w.len);
		CHECK_INT(seamkey_der_encode_private_key_info(edited_bytes,
				  sizeof edited_bytes, &len, &info),
			SEAMKEY_OK);
		CHECK_INT(judge_rsa_private(seamkey_span_of(edited_bytes, len)),
			version == 0 ? SEAMKEY_ERR_DER_TRAILING
				     : SEAMKEY_ERR_DER_PRIMES);
	}
}

/* ---- bounds -------------------------------------------------------------- */

static unsigned char deep[LEVELS * 6];

/* All that reads a structure, over something that is none. */
static void
check_nobody_takes(seamkey_span in, int status)
{
	seamkey_der_certificate cert;
	seamkey_der_reader r;
	size_t u;

	CHECK_INT(seamkey_der_check(in), status);
	seamkey_der_init(&r, in);
	(void)seamkey_der_get_any(&r);
	CHECK_INT(r.err, status);
	CHECK_INT(seamkey_der_match_kind(in) < 0
			|| status == SEAMKEY_ERR_DER_DEPTH,
		1);
	CHECK_INT(seamkey_der_decode_certificate(&cert, in) < 0, 1);
	for (u = 0; u < COUNT(goods); u++) {
		CHECK_INT(goods[u].judge(in) < 0, 1);
	}
}

static void
malformed_11_nesting(void)
{
	size_t start, len, u;

	what = "30 80 repeated";
	for (u = 0; u < LEVELS; u++) {
		deep[2 * u] = 0x30;
		deep[2 * u + 1] = 0x80;
	}
	check_nobody_takes(
		seamkey_span_of(deep, 2 * LEVELS), SEAMKEY_ERR_DER_LENGTH);
	what = "30 84 repeated";
	for (u = 0; u < LEVELS; u++) {
		deep[2 * u + 1] = 0x84;
	}
	check_nobody_takes(
		seamkey_span_of(deep, 2 * LEVELS), SEAMKEY_ERR_DER_TRUNCATED);
	what = "30 84 and a length in four octets, repeated";
	for (u = 0; u < LEVELS; u++) {
		len = 6 * (LEVELS - 1 - u);
		deep[6 * u] = 0x30;
		deep[6 * u + 1] = 0x84;
		deep[6 * u + 2] = 0;
		deep[6 * u + 3] = (unsigned char)(len >> 16);
		deep[6 * u + 4] = (unsigned char)(len >> 8);
		deep[6 * u + 5] = (unsigned char)len;
	}
	check_nobody_takes(
		seamkey_span_of(deep, 6 * LEVELS), SEAMKEY_ERR_DER_LENGTH);
	what = "good DER, but for its depth";
	start = sizeof deep;
	for (u = 0; u < LEVELS; u++) {
		unsigned char head[6];

		len = sizeof deep - start;
		head[0] = 0x30;
		len = 1
			+ put_length(head + 1,
				len < 128             ? 0
					: len < 256   ? 1
					: len < 65536 ? 2
						      : 3,
				len);
		start -= len;
		memcpy(deep + start, head, len);
	}
	check_nobody_takes(seamkey_span_of(deep + start, sizeof deep - start),
		SEAMKEY_ERR_DER_DEPTH);
}

/* The attributes of a key, of which nothing but the form is looked at, may
 * have SEAMKEY_DER_MAX_DEPTH levels by themselves; seamkey_der_check counts
 * from outside the key. */
static void
malformed_11_nesting_in_a_key(void)
{
	unsigned char nest[8 * SEAMKEY_DER_MAX_DEPTH + 300];
	unsigned char out[sizeof nest + 50];
	size_t marks[SEAMKEY_DER_MAX_DEPTH + 1], levels, u, len;
	seamkey_der_private_key_info info, got;

	memset(&info, 0, sizeof info);
	info.algorithm.oid = BYTES("\x2A\x03");
	for (levels = 1; levels <= SEAMKEY_DER_MAX_DEPTH + 1; levels++) {
		seamkey_der_writer w = { nest, sizeof nest, 0, 0 };
		seamkey_span in;

		marks[0] = seamkey_der_begin(
			&w, SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u));
		for (u = 1; u < levels; u++) {
			marks[u] = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
		}
		while (u-- > 0) {
			seamkey_der_end(&w, marks[u]);
		}
		CHECK_INT(w.err, SEAMKEY_OK);
		info.attributes = seamkey_span_of(nest, w.len);
		len = 0;
		CHECK_INT(seamkey_der_encode_private_key_info(
				  out, sizeof out, &len, &info),
			SEAMKEY_OK);
		in = seamkey_span_of(out, len);
		CHECK_INT(seamkey_der_decode_private_key_info(&got, in),
			levels <= SEAMKEY_DER_MAX_DEPTH
				? SEAMKEY_OK
				: SEAMKEY_ERR_DER_DEPTH);
		CHECK_INT(seamkey_der_check(in),
			levels < SEAMKEY_DER_MAX_DEPTH ? SEAMKEY_OK
						       : SEAMKEY_ERR_DER_DEPTH);
	}
}

static void
malformed_11_lengths_with_nothing_behind_them(void)
{
	static const unsigned char heads[][6] = {
		{ 0x30, 0x84, 0x05, 0xF5, 0xE1, 0x00 }, /* 100 MB */
		{ 0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF },
		{ 0x30, 0x84, 0x80, 0x00, 0x00, 0x00 },
		{ 0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF },
		{ 0x30, 0x83, 0xFF, 0xFF, 0xFF, 0x30 },
		{ 0x30, 0x82, 0xFF, 0xFF, 0x30, 0x00 },
	};
	unsigned char in[16];
	size_t u;

	for (u = 0; u < COUNT(heads); u++) {
		memset(in, 0, sizeof in);
		memcpy(in, heads[u], 6);
		check_nobody_takes(SPAN(in), SEAMKEY_ERR_DER_TRUNCATED);
		/* the same one level further in */
		memcpy(in + 2, heads[u], 6);
		in[0] = 0x30;
		in[1] = 14;
		check_nobody_takes(SPAN(in), SEAMKEY_ERR_DER_TRUNCATED);
	}
}

/* ---- blocks of type 1 ---------------------------------------------------- */

/* 00 01 FF ... FF 00 T in k octets, as RFC 8017 section 9.2 has it. */
static void
pad1(unsigned char *em, size_t k, seamkey_span t)
{
	memset(em, 0xFF, k);
	em[0] = 0x00;
	em[1] = 0x01;
	em[k - t.len - 1] = 0x00;
	memcpy(em + k - t.len, t.p, t.len);
}

/* Sign a block as it stands; does the DigestInfo verify? */
static int
verify_block(const unsigned char *em, size_t k, seamkey_span key,
	seamkey_span digest_info)
{
	unsigned char sig[KEY_BYTES], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);

	raw(SEAMKEY_REQ_RAW_PRIVATE, sig, em, k, key);
	return seamkey_rsa_verify(&env, seamkey_span_of(sig, k), digest_info,
		public_of(key, buf));
}

/* clang-format off */
#define SHA256_OID "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
static const struct {
	const char *what;
	const char *head;
	size_t head_len;
	size_t digest; /* octets of it */
	const char *tail;
	size_t tail_len;
	int status; /* of the same as a DigestInfo to verify */
} digest_infos[] = {
	{ "good", E("\x30\x31\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E(""), SEAMKEY_OK },
	{ "no NULL", E("\x30\x2F\x30\x0B" SHA256_OID "\x04\x20"), 32, E(""),
		SEAMKEY_ERR_DER_PARAMETERS },
	{ "outer length in long form",
		E("\x30\x81\x31\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E(""), SEAMKEY_ERR_DER_LENGTH },
	{ "length of the algorithm in long form",
		E("\x30\x32\x30\x81\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E(""), SEAMKEY_ERR_DER_LENGTH },
	{ "length of the digest in long form",
		E("\x30\x32\x30\x0D" SHA256_OID "\x05\x00\x04\x81\x20"), 32,
		E(""), SEAMKEY_ERR_DER_LENGTH },
	{ "length of NULL in long form",
		E("\x30\x32\x30\x0E" SHA256_OID "\x05\x81\x00\x04\x20"), 32,
		E(""), SEAMKEY_ERR_DER_LENGTH },
	{ "outer length indefinite",
		E("\x30\x80\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E("\x00\x00"), SEAMKEY_ERR_DER_LENGTH },
	{ "garbage in NULL",
		E("\x30\x35\x30\x11" SHA256_OID "\x05\x04garb\x04\x20"), 32,
		E(""), SEAMKEY_ERR_DER_NULL },
	{ "garbage for NULL",
		E("\x30\x35\x30\x11" SHA256_OID "\x04\x04garb\x04\x20"), 32,
		E(""), SEAMKEY_ERR_DER_PARAMETERS },
	{ "garbage behind NULL",
		E("\x30\x37\x30\x13" SHA256_OID "\x05\x00\x04\x04garb\x04\x20"),
		32, E(""), SEAMKEY_ERR_DER_TRAILING },
	{ "an arc with a leading 80",
		E("\x30\x32\x30\x0E\x06\x0A\x60\x86\x48\x01\x65\x03\x04\x02"
		"\x80\x01\x05\x00\x04\x20"), 32, E(""), SEAMKEY_ERR_DER_OID },
	{ "a byte behind the digest, inside",
		E("\x30\x32\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E("\x00"), SEAMKEY_ERR_DER_TRAILING },
	{ "a byte behind it, outside",
		E("\x30\x31\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E("\x00"), SEAMKEY_ERR_DER_TRAILING },
	{ "the digest twice",
		E("\x30\x33\x30\x0D" SHA256_OID "\x05\x00\x04\x20"), 32,
		E("\x04\x00"), SEAMKEY_ERR_DER_TRAILING },
	{ "the digest constructed",
		E("\x30\x33\x30\x0D" SHA256_OID "\x05\x00\x24\x22\x04\x20"),
		32, E(""), SEAMKEY_ERR_DER_TAG },
	{ "the digest in a BIT STRING",
		E("\x30\x32\x30\x0D" SHA256_OID "\x05\x00\x03\x21\x00"), 32,
		E(""), SEAMKEY_ERR_DER_TAG },
	{ "the digest one octet short",
		E("\x30\x30\x30\x0D" SHA256_OID "\x05\x00\x04\x1F"), 31,
		E(""), SEAMKEY_ERR_DER_DIGEST },
	{ "the digest one octet long",
		E("\x30\x32\x30\x0D" SHA256_OID "\x05\x00\x04\x21"), 32,
		E("\x00"), SEAMKEY_ERR_DER_DIGEST },
	{ "no digest", E("\x30\x11\x30\x0D" SHA256_OID "\x05\x00\x04\x00"), 0,
		E(""), SEAMKEY_ERR_DER_DIGEST },
	{ "the algorithm without a SEQUENCE",
		E("\x30\x2F" SHA256_OID "\x05\x00\x04\x20"), 32, E(""),
		SEAMKEY_ERR_DER_TAG },
	{ "the bare digest", E(""), 32, E(""), 0 },
	{ "nothing", E(""), 0, E(""), SEAMKEY_ERR_DER_TRUNCATED },
};
/* clang-format on */

static void
malformed_12_13_digest_infos(void)
{
	unsigned char em[256], t[80], buf[PUBLIC_BYTES];
	const unsigned char *digest = sha256_info + sizeof sha256_info - 32;
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048), buf);
	size_t u, len;

	for (u = 0; u < COUNT(digest_infos); u++) {
		int good = u == 0, status;

		what = digest_infos[u].what;
		len = digest_infos[u].head_len;
		memcpy(t, digest_infos[u].head, len);
		memcpy(t + len, digest, digest_infos[u].digest);
		len += digest_infos[u].digest;
		memcpy(t + len, digest_infos[u].tail, digest_infos[u].tail_len);
		len += digest_infos[u].tail_len;
		pad1(em, sizeof em, seamkey_span_of(t, len));
		/* in the signature, where the caller has the good one */
		CHECK_INT(verify_block(em, sizeof em, SPAN(key_2048),
				  SPAN(sha256_info)),
			good ? SEAMKEY_OK : SEAMKEY_ERR_RSA_SIGNATURE);
		/* from the caller: its octets are judged before the rest */
		status = seamkey_rsa_verify(&env, seamkey_span_of(em, 256),
			seamkey_span_of(t, len), pub);
		if (good) {
			CHECK_INT(status, SEAMKEY_ERR_RSA_SIGNATURE);
		} else if (digest_infos[u].status != 0) {
			CHECK_INT(status, digest_infos[u].status);
		} else {
			CHECK_INT(status < 0 && status > -200, 1);
		}
	}
}

/* Without NULL: with the leniency, and that very DigestInfo on both sides. */
static void
malformed_12_absent_null_is_not_another_spelling(void)
{
	unsigned char em[256], t[80], sig[256], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048), buf), info;
	size_t len = digest_infos[1].head_len;

	memcpy(t, digest_infos[1].head, len);
	memcpy(t + len, sha256_info + sizeof sha256_info - 32, 32);
	info = seamkey_span_of(t, len + 32);
	pad1(em, sizeof em, info);
	raw(SEAMKEY_REQ_RAW_PRIVATE, sig, em, 256, SPAN(key_2048));
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(sig), info, pub),
		SEAMKEY_ERR_DER_PARAMETERS);
	env.policy.lenient = SEAMKEY_ABSENT_NULL;
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(sig), info, pub), SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(sig), SPAN(sha256_info), pub),
		SEAMKEY_ERR_RSA_SIGNATURE);
	pad1(em, sizeof em, SPAN(sha256_info));
	raw(SEAMKEY_REQ_RAW_PRIVATE, sig, em, 256, SPAN(key_2048));
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(sig), SPAN(sha256_info), pub),
		SEAMKEY_OK);
	CHECK_INT(seamkey_rsa_verify(&env, SPAN(sig), info, pub),
		SEAMKEY_ERR_RSA_SIGNATURE);
}

static void
malformed_13_another_hash_of_the_same_size(void)
{
	unsigned char em[128], one[SEAMKEY_DER_MAX_DIGEST_INFO];
	unsigned char two[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span digest = SPAN(key_4096), a, b;
	int i, j, pairs = 0;

	for (i = SEAMKEY_MD5; i <= SEAMKEY_SHA3_512; i++) {
		digest.len = seamkey_der_hash_size(i);
		a = digest_info_of(i, digest, one);
		pad1(em, sizeof em, a);
		for (j = SEAMKEY_MD5; j <= SEAMKEY_SHA3_512; j++) {
			if (seamkey_der_hash_size(j) != digest.len) {
				continue;
			}
			b = digest_info_of(j, digest, two);
			CHECK_INT(
				verify_block(em, sizeof em, SPAN(key_1024), b),
				i == j ? SEAMKEY_OK
				       : SEAMKEY_ERR_RSA_SIGNATURE);
			pairs += i != j;
		}
	}
	CHECK_INT(pairs, 3 * 2 + 3 * 2 + 2 + 2);
}

/* Every octet of the block counts, whichever it is. */
static void
malformed_14_any_octet_of_the_block(void)
{
	unsigned char em[128];
	size_t u;

	pad1(em, sizeof em, SPAN(sha256_info));
	CHECK_INT(
		verify_block(em, sizeof em, SPAN(key_1024), SPAN(sha256_info)),
		SEAMKEY_OK);
	for (u = 1; u < sizeof em; u++) {
		em[u] ^= 0x01;
		CHECK_INT(verify_block(em, sizeof em, SPAN(key_1024),
				  SPAN(sha256_info)),
			SEAMKEY_ERR_RSA_SIGNATURE);
		em[u] ^= 0x81;
		CHECK_INT(verify_block(em, sizeof em, SPAN(key_1024),
				  SPAN(sha256_info)),
			SEAMKEY_ERR_RSA_SIGNATURE);
		em[u] ^= 0x80;
	}
}

/* clang-format off */
enum { T, FF, GARBAGE, ZEROS }; /* behind or between */
static const struct {
	const char *what;
	unsigned char first, type;
	size_t padding;       /* octets of FF */
	int separator;        /* -1: none */
	int behind;           /* what fills the block behind T */
	unsigned char fill;   /* instead of FF */
} paddings[] = {
	{ "good", 0, 1, 202, 0, T, 0xFF },
	{ "8 of FF, garbage behind", 0, 1, 8, 0, GARBAGE, 0xFF },
	{ "8 of FF, zeros behind", 0, 1, 8, 0, ZEROS, 0xFF },
	{ "8 of FF, more of FF behind", 0, 1, 8, 0, FF, 0xFF },
	{ "no padding, garbage behind", 0, 1, 0, 0, GARBAGE, 0xFF },
	{ "one of FF less, one octet behind", 0, 1, 201, 0, GARBAGE, 0xFF },
	{ "block type 0", 0, 0, 202, 0, T, 0x00 },
	{ "block type 0 with FF", 0, 0, 202, 0, T, 0xFF },
	{ "block type 2", 0, 2, 202, 0, T, 0x5A },
	{ "block type 2 with FF", 0, 2, 202, 0, T, 0xFF },
	{ "padded with FE", 0, 1, 202, 0, T, 0xFE },
	{ "first octet 1", 1, 1, 202, 0, T, 0xFF },
	{ "no separator", 0, 1, 203, -1, T, 0xFF },
	{ "separator FF", 0, 1, 202, 0xFF, T, 0xFF },
	{ "separator 01", 0, 1, 202, 1, T, 0xFF },
};
/* clang-format on */

static void
malformed_14_padding_of_type_1(void)
{
	unsigned char em[256];
	size_t u, at, left;

	for (u = 0; u < COUNT(paddings); u++) {
		what = paddings[u].what;
		em[0] = paddings[u].first;
		em[1] = paddings[u].type;
		at = 2 + paddings[u].padding;
		memset(em + 2, paddings[u].fill, paddings[u].padding);
		if (paddings[u].separator >= 0) {
			em[at++] = (unsigned char)paddings[u].separator;
		}
		memcpy(em + at, sha256_info, sizeof sha256_info);
		at += sizeof sha256_info;
		left = sizeof em - at;
		memset(em + at,
			paddings[u].behind == ZEROS        ? 0
				: paddings[u].behind == FF ? 0xFF
							   : 0x6B,
			left);
		CHECK_INT(left == 0, paddings[u].behind == T);
		CHECK_INT(verify_block(em, sizeof em, SPAN(key_2048),
				  SPAN(sha256_info)),
			u == 0 ? SEAMKEY_OK : SEAMKEY_ERR_RSA_SIGNATURE);
	}
}

/* T at the left end, right behind 00 01 FF 00, and FF to the end. */
static void
malformed_14_digest_info_at_the_left(void)
{
	unsigned char em[256];

	memset(em, 0xFF, sizeof em);
	memcpy(em, "\x00\x01\xFF\x00", 4);
	memcpy(em + 4, sha256_info, sizeof sha256_info);
	CHECK_INT(
		verify_block(em, sizeof em, SPAN(key_2048), SPAN(sha256_info)),
		SEAMKEY_ERR_RSA_SIGNATURE);
	memcpy(em, "\x00\x01\x00", 3);
	memcpy(em + 3, sha256_info, sizeof sha256_info);
	CHECK_INT(
		verify_block(em, sizeof em, SPAN(key_2048), SPAN(sha256_info)),
		SEAMKEY_ERR_RSA_SIGNATURE);
}

/* ---- signatures and ciphertexts as numbers ------------------------------- */

#define K 129 /* octets of key_1031 */

/* A signature of key_1031 that begins with a zero octet, over info. */
static void
find_short_signature(unsigned char *sig, unsigned char *info)
{
	unsigned char em[K];
	unsigned tries;

	memcpy(info, sha256_info, sizeof sha256_info);
	for (tries = 0; tries < 4000; tries++) {
		info[20] = (unsigned char)tries;
		info[21] = (unsigned char)(tries >> 8);
		pad1(em, K, seamkey_span_of(info, sizeof sha256_info));
		raw(SEAMKEY_REQ_RAW_PRIVATE, sig, em, K, SPAN(key_1031));
		if (sig[0] == 0) {
			break;
		}
	}
	CHECK_INT(sig[0], 0);
}

static void
malformed_15_signatures_as_numbers(void)
{
	unsigned char sig[K], info[sizeof sha256_info], s[K + 1], n[K];
	unsigned char buf[PUBLIC_BYTES], em[K];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_1031), buf);
	seamkey_span t = SPAN(info);

#define VERIFY(p, len) seamkey_rsa_verify(&env, seamkey_span_of(p, len), t, pub)
	find_short_signature(sig, info);
	memcpy(n, numbers_of(SPAN(key_1031)).n.p, K);
	CHECK_INT(VERIFY(sig, K), SEAMKEY_OK);

	what = "zero octet stripped";
	CHECK_INT(VERIFY(sig + 1, K - 1), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "zero octet in front";
	s[0] = 0;
	memcpy(s + 1, sig, K);
	CHECK_INT(VERIFY(s, K + 1), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "one octet behind";
	memcpy(s, sig, K);
	s[K] = 0;
	CHECK_INT(VERIFY(s, K + 1), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "one octet less behind";
	CHECK_INT(VERIFY(s, K - 1), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "empty";
	CHECK_INT(VERIFY(s, 0), SEAMKEY_ERR_RSA_SIGNATURE);
	CHECK_INT(VERIFY(NULL, 0), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "s + n in as many octets";
	CHECK_INT(num_add(s, sig, n, K), 0);
	CHECK_INT(VERIFY(s, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "n - s";
	CHECK_INT(num_sub(s, n, sig, K), 0);
	CHECK_INT(VERIFY(s, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "n";
	CHECK_INT(VERIFY(n, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "n - 1";
	num_set(em, K, 1);
	CHECK_INT(num_sub(s, n, em, K), 0);
	CHECK_INT(VERIFY(s, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "1";
	CHECK_INT(VERIFY(em, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "0";
	memset(s, 0, sizeof s);
	CHECK_INT(VERIFY(s, K), SEAMKEY_ERR_RSA_SIGNATURE);
	what = "all ones";
	memset(s, 0xFF, sizeof s);
	CHECK_INT(VERIFY(s, K), SEAMKEY_ERR_RSA_SIGNATURE);
	CHECK_INT(VERIFY(s, K + 1), SEAMKEY_ERR_RSA_SIGNATURE);
#undef VERIFY
}

/*
 * Bleichenbacher's signature of 2006: a cube that begins with 00 01 FF ...
 * 00 T, made without the key. A verifier that parses the block from the left
 * and forgets to look behind T takes it.
 */
static void
malformed_16_cube_root_forgery(void)
{
	static const size_t ffs[] = { 0, 1, 8, 16 };
	unsigned char target[258], cube[258], square[2 * 86];
	unsigned char root[86], room[5 * 86], sig[256], em[256];
	unsigned char buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span pub = public_of(SPAN(key_2048_e3), buf);
	size_t u, at;

	for (u = 0; u < COUNT(ffs); u++) {
		/* the largest cube below 00 01 FF.. 00 T FF FF ...; two octets
		 * of zero in front make the length a multiple of three */
		memset(target, 0xFF, sizeof target);
		memcpy(target, "\x00\x00\x00\x01", 4);
		at = 4 + ffs[u];
		target[at++] = 0x00;
		memcpy(target + at, sha256_info, sizeof sha256_info);
		at += sizeof sha256_info;
		num_cube_root(root, target, sizeof root, room);
		num_mul(square, root, 86, root, 86);
		num_mul(cube, square, 172, root, 86);
		/* it is a forgery: what stands left is right */
		CHECK_MEM(cube, target, at);
		memset(sig, 0, sizeof sig);
		memcpy(sig + 256 - 86, root, 86);
		raw(SEAMKEY_REQ_RAW_PUBLIC, em, sig, 256, pub);
		CHECK_MEM(em, cube + 2, 256);
		CHECK_INT(seamkey_rsa_verify(
				  &env, SPAN(sig), SPAN(sha256_info), pub),
			SEAMKEY_ERR_RSA_SIGNATURE);
		CHECK_INT(seamkey_rsa_verify(
				  NULL, SPAN(sig), SPAN(sha256_info), pub),
			SEAMKEY_ERR_RSA_SIGNATURE);
	}
}

/* ---- blocks of type 2 ---------------------------------------------------- */

/*
 * A ciphertext that must count as bad: each form answers as it says it does,
 * and gives nothing of the block away. em is the block that it decrypts to,
 * or NULL.
 */
static void
check_refused(seamkey_span ct, seamkey_span key, const unsigned char *em)
{
	size_t k = numbers_of(key).n.len, len = 12345, again = 12345, want;
	unsigned char a[256 + 8], b[256 + 8];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);

	for (want = 0; want <= k - 11; want += 16) {
		memset(a, CANARY, sizeof a);
		CHECK_INT(seamkey_rsa_decrypt(&env, a, want, ct, key),
			SEAMKEY_OK);
		CHECK_INT(all_are(a + want, CANARY, sizeof a - want), 1);
		CHECK_INT(want == 0 || !all_are(a, CANARY, want), 1);
		CHECK_INT(seamkey_rsa_decrypt(&env, b, want, ct, key),
			SEAMKEY_OK);
		CHECK_MEM(a, b, want);
		if (em != NULL && want >= 16) {
			CHECK_INT(memcmp(a, em + k - want, want) != 0, 1);
		}
	}
	memset(a, CANARY, sizeof a);
	CHECK_INT(seamkey_rsa_decrypt_implicit(&env, a, k, &len, ct, key),
		SEAMKEY_OK);
	CHECK_INT(len <= k - 11, 1);
	CHECK_INT(all_are(a + len, 0, k - len), 1);
	CHECK_INT(all_are(a + k, CANARY, sizeof a - k), 1);
	CHECK_INT(seamkey_rsa_decrypt_implicit(&env, b, k, &again, ct, key),
		SEAMKEY_OK);
	CHECK_INT(len, again);
	CHECK_MEM(a, b, k);
	if (em != NULL && len >= 8) {
		CHECK_INT(memcmp(a, em + k - len, len) != 0, 1);
	}
	memset(a, CANARY, sizeof a);
	len = 12345;
	CHECK_INT(seamkey_rsa_decrypt_report(&env, a, k, &len, ct, key),
		SEAMKEY_ERR_RSA_DECRYPT);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(a, CANARY, sizeof a), 1);
}

/* The other way round: every form gives the message. */
static void
check_taken(seamkey_span ct, seamkey_span key, seamkey_span msg)
{
	size_t k = numbers_of(key).n.len, len = 12345;
	unsigned char out[256];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);

	CHECK_INT(seamkey_rsa_decrypt(&env, out, msg.len, ct, key), SEAMKEY_OK);
	CHECK_MEM(out, msg.p, msg.len);
	CHECK_INT(seamkey_rsa_decrypt_implicit(&env, out, k, &len, ct, key),
		SEAMKEY_OK);
	CHECK_INT(len, msg.len);
	CHECK_MEM(out, msg.p, msg.len);
	CHECK_INT(all_are(out + len, 0, k - len), 1);
	memset(out, CANARY, sizeof out);
	CHECK_INT(seamkey_rsa_decrypt_report(&env, out, k, &len, ct, key),
		SEAMKEY_OK);
	CHECK_INT(len, msg.len);
	CHECK_MEM(out, msg.p, msg.len);
	CHECK_INT(all_are(out + len, 0, k - len), 1);
}

/* clang-format off */
static const struct {
	const char *what;
	unsigned char first, type;
	size_t padding;  /* octets that are not zero, then a zero */
	int no_separator;
	int good;
} blocks[] = {
	{ "good", 0, 2, 93, 0, 1 },
	{ "no padding", 0, 2, 0, 0, 0 },
	{ "1 octet of padding", 0, 2, 1, 0, 0 },
	{ "2 octets of padding", 0, 2, 2, 0, 0 },
	{ "3 octets of padding", 0, 2, 3, 0, 0 },
	{ "4 octets of padding", 0, 2, 4, 0, 0 },
	{ "5 octets of padding", 0, 2, 5, 0, 0 },
	{ "6 octets of padding", 0, 2, 6, 0, 0 },
	{ "7 octets of padding", 0, 2, 7, 0, 0 },
	{ "8 octets of padding", 0, 2, 8, 0, 1 },
	{ "9 octets of padding", 0, 2, 9, 0, 1 },
	{ "nothing but padding and the separator", 0, 2, 125, 0, 1 },
	{ "no separator", 0, 2, 126, 1, 0 },
	{ "block type 0", 0, 0, 93, 0, 0 },
	{ "block type 1", 0, 1, 93, 0, 0 },
	{ "block type 3", 0, 3, 93, 0, 0 },
	{ "block type 82", 0, 0x82, 93, 0, 0 },
	{ "first octet 1", 1, 2, 93, 0, 0 },
	{ "first octet 2, then 0", 2, 0, 93, 0, 0 },
	{ "first octet 80", 0x80, 2, 93, 0, 0 },
};
/* clang-format on */

static void
malformed_17_padding_of_type_2(void)
{
	unsigned char em[128], ct[128], buf[PUBLIC_BYTES];
	seamkey_span pub = public_of(SPAN(key_1024), buf);
	size_t u, v, at;

	for (u = 0; u < COUNT(blocks); u++) {
		what = blocks[u].what;
		/* no zero octet anywhere but where it is wanted */
		for (v = 0; v < sizeof em; v++) {
			em[v] = (unsigned char)(0x11 + v);
		}
		em[0] = blocks[u].first;
		em[1] = blocks[u].type;
		at = 2 + blocks[u].padding;
		if (!blocks[u].no_separator) {
			em[at++] = 0;
		}
		raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, sizeof em, pub);
		if (blocks[u].good) {
			check_taken(SPAN(ct), SPAN(key_1024),
				seamkey_span_of(em + at, sizeof em - at));
		} else {
			check_refused(SPAN(ct), SPAN(key_1024), em);
		}
	}
}

/* The separator at every place; only the first zero octet counts. */
static void
malformed_17_separator_anywhere(void)
{
	unsigned char em[128], ct[128], out[128], buf[PUBLIC_BYTES];
	seamkey_span pub = public_of(SPAN(key_1024), buf);
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	size_t at, len;

	for (at = 2; at < sizeof em; at++) {
		memset(em, 0x77, sizeof em);
		em[0] = 0;
		em[1] = 2;
		em[at] = 0;
		/* belongs to the message; does not make early zeros good */
		em[at < 10 ? 60 : at + 3 < sizeof em ? at + 3 : at] = 0;
		raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, sizeof em, pub);
		len = 12345;
		CHECK_INT(seamkey_rsa_decrypt_report(&env, out, sizeof out,
				  &len, SPAN(ct), SPAN(key_1024)),
			at < 10 ? SEAMKEY_ERR_RSA_DECRYPT : SEAMKEY_OK);
		CHECK_INT(len, at < 10 ? 12345 : 127 - at);
		if (at >= 10) {
			CHECK_MEM(out, em + at + 1, 127 - at);
		}
	}
}

/* A ciphertext of key_1031 that begins with a zero octet, and its block. */
static void
find_short_ciphertext(unsigned char *ct, unsigned char *em, seamkey_span pub)
{
	unsigned tries;

	memset(em, 0x77, K);
	em[0] = 0;
	em[1] = 2;
	em[K - 17] = 0;
	for (tries = 0; tries < 4000; tries++) {
		em[3] = (unsigned char)(1 + tries % 255);
		em[4] = (unsigned char)(1 + tries / 255);
		raw(SEAMKEY_REQ_RAW_PUBLIC, ct, em, K, pub);
		if (ct[0] == 0) {
			break;
		}
	}
	CHECK_INT(ct[0], 0);
}

static void
malformed_18_ciphertexts_as_numbers(void)
{
	unsigned char ct[K], em[K], c[K + 1], n[K], one[K];
	unsigned char buf[PUBLIC_BYTES];
	seamkey_span key = SPAN(key_1031), pub = public_of(key, buf);

	find_short_ciphertext(ct, em, pub);
	memcpy(n, numbers_of(key).n.p, K);
	num_set(one, K, 1);
	check_taken(SPAN(ct), key, seamkey_span_of(em + K - 16, 16));

	what = "zero octet stripped";
	check_refused(seamkey_span_of(ct + 1, K - 1), key, em);
	what = "zero octet in front";
	c[0] = 0;
	memcpy(c + 1, ct, K);
	check_refused(seamkey_span_of(c, K + 1), key, em);
	what = "one octet behind";
	memcpy(c, ct, K);
	c[K] = 0;
	check_refused(seamkey_span_of(c, K + 1), key, em);
	what = "one octet less behind";
	check_refused(seamkey_span_of(c, K - 1), key, em);
	what = "empty";
	check_refused(seamkey_span_of(c, 0), key, em);
	check_refused(seamkey_span_of(NULL, 0), key, em);
	what = "c + n in as many octets";
	CHECK_INT(num_add(c, ct, n, K), 0);
	check_refused(seamkey_span_of(c, K), key, em);
	what = "n";
	check_refused(SPAN(n), key, NULL);
	what = "n + 1";
	CHECK_INT(num_add(c, n, one, K), 0);
	check_refused(seamkey_span_of(c, K), key, NULL);
	what = "n - 1";
	CHECK_INT(num_sub(c, n, one, K), 0);
	check_refused(seamkey_span_of(c, K), key, NULL);
	what = "1";
	check_refused(SPAN(one), key, NULL);
	what = "0";
	memset(c, 0, sizeof c);
	check_refused(seamkey_span_of(c, K), key, NULL);
	what = "all ones";
	memset(c, 0xFF, sizeof c);
	check_refused(seamkey_span_of(c, K), key, NULL);
	check_refused(seamkey_span_of(c, K + 1), key, NULL);
}

static void
malformed_19_messages_that_do_not_fit(void)
{
	unsigned char msg[128], ct[128], out[128], buf[PUBLIC_BYTES];
	br_hmac_drbg_context drbg;
	seamkey_rsa_env env = loose_env(&drbg);
	seamkey_span key = SPAN(key_1024), pub = public_of(key, buf);
	size_t len = 12345, cap;

	memset(msg, 0x42, sizeof msg);
	memset(ct, CANARY, sizeof ct);
	what = "longer than k - 11";
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(msg, 118), pub),
		SEAMKEY_ERR_RSA_MESSAGE);
	CHECK_INT(
		seamkey_rsa_encrypt(&env, ct, sizeof ct, &len, SPAN(msg), pub),
		SEAMKEY_ERR_RSA_MESSAGE);
	CHECK_INT(len, 12345);
	CHECK_INT(all_are(ct, CANARY, sizeof ct), 1);
	what = "empty";
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(NULL, 0), pub),
		SEAMKEY_OK);
	check_taken(SPAN(ct), key, seamkey_span_of(msg, 0));
	what = "k - 11";
	CHECK_INT(seamkey_rsa_encrypt(&env, ct, sizeof ct, &len,
			  seamkey_span_of(msg, 117), pub),
		SEAMKEY_OK);
	check_taken(SPAN(ct), key, seamkey_span_of(msg, 117));
	what = "a buffer that is too small";
	for (cap = 0; cap < 128; cap++) {
		memset(out, CANARY, sizeof out);
		len = 12345;
		CHECK_INT(seamkey_rsa_decrypt_implicit(
				  &env, out, cap, &len, SPAN(ct), key),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, 128);
		len = 12345;
		CHECK_INT(seamkey_rsa_decrypt_report(
				  &env, out, cap, &len, SPAN(ct), key),
			SEAMKEY_ERR_SPACE);
		CHECK_INT(len, 128);
		CHECK_INT(all_are(out, CANARY, sizeof out), 1);
	}
	what = "a length that no key of this size can carry";
	CHECK_INT(seamkey_rsa_decrypt(&env, out, 118, SPAN(ct), key),
		SEAMKEY_ERR_RSA_MESSAGE);
	CHECK_INT(all_are(out, CANARY, sizeof out), 1);
}

/* clang-format off */
const struct test test_malformed_table[] = {
	{ "malformed_01_cut_keys_at_every_service",
		malformed_01_cut_keys_at_every_service },
	{ "malformed_02_bytes_behind_any_element",
		malformed_02_bytes_behind_any_element },
	{ "malformed_03_lengths_not_minimal",
		malformed_03_lengths_not_minimal },
	{ "malformed_04_lengths_off_by_one",
		malformed_04_lengths_off_by_one },
	{ "malformed_05_integers", malformed_05_integers },
	{ "malformed_06_tags", malformed_06_tags },
	{ "malformed_07_bit_strings", malformed_07_bit_strings },
	{ "malformed_08_algorithms", malformed_08_algorithms },
	{ "malformed_09_numbers_that_are_no_key",
		malformed_09_numbers_that_are_no_key },
	{ "malformed_10_private_keys", malformed_10_private_keys },
	{ "malformed_10_more_primes", malformed_10_more_primes },
	{ "malformed_11_nesting", malformed_11_nesting },
	{ "malformed_11_nesting_in_a_key", malformed_11_nesting_in_a_key },
	{ "malformed_11_lengths_with_nothing_behind_them",
		malformed_11_lengths_with_nothing_behind_them },
	{ "malformed_12_13_digest_infos", malformed_12_13_digest_infos },
	{ "malformed_12_absent_null_is_not_another_spelling",
		malformed_12_absent_null_is_not_another_spelling },
	{ "malformed_13_another_hash_of_the_same_size",
		malformed_13_another_hash_of_the_same_size },
	{ "malformed_14_any_octet_of_the_block",
		malformed_14_any_octet_of_the_block },
	{ "malformed_14_padding_of_type_1", malformed_14_padding_of_type_1 },
	{ "malformed_14_digest_info_at_the_left",
		malformed_14_digest_info_at_the_left },
	{ "malformed_15_signatures_as_numbers",
		malformed_15_signatures_as_numbers },
	{ "malformed_16_cube_root_forgery", malformed_16_cube_root_forgery },
	{ "malformed_17_padding_of_type_2", malformed_17_padding_of_type_2 },
	{ "malformed_17_separator_anywhere",
		malformed_17_separator_anywhere },
	{ "malformed_18_ciphertexts_as_numbers",
		malformed_18_ciphertexts_as_numbers },
	{ "malformed_19_messages_that_do_not_fit",
		malformed_19_messages_that_do_not_fit },
	{ NULL, NULL },
};
/* clang-format on */
