/*
 * vectors.h - what all parts of the vector runner stand on
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: counting, the table of the cases that come out
 * otherwise than their suites say, and where the suites are.
 */
#ifndef SEAMKEY_VECTORS_H
#define SEAMKEY_VECTORS_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "seamkey.h"

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

/* ---- counting ---------------------------------------------------------- */

/* A reason, and for how many cases. */
struct reason {
	const char *text;
	unsigned long count;
};

/* The suite under way. */
static struct {
	const char *name;
	unsigned long ran, agreed, differ, failed, skipped;
	struct reason skips[24]; /* left out */
	struct reason notes[8];  /* agreed, in a way that wants a word */
} suite;

static unsigned long total_passed, total_failed, total_skipped;
static const char *folder; /* where the suites are */
static int verbose;

static void
count_reason(struct reason *list, size_t max, const char *text)
{
	size_t u;

	for (u = 0; u + 1 < max && list[u].text != NULL; u++) {
		if (strcmp(list[u].text, text) == 0) {
			break;
		}
	}
	list[u].text = list[u].text == NULL ? text : list[u].text;
	list[u].count++;
}

static void
suite_begin(const char *name)
{
	memset(&suite, 0, sizeof suite);
	suite.name = name;
}

/* Something is wrong with a case, or with the suite itself. */
static void
fail(const char *id, const char *format, ...)
{
	va_list list;

	suite.failed++;
	(void)printf("FAILED: vectors %s [%s]: ", suite.name, id);
	va_start(list, format);
	(void)vprintf(format, list);
	va_end(list);
	(void)printf("\n");
}

/* A case that is not run. The text lives as long as the program. */
static void
skip_case(const char *reason)
{
	suite.skipped++;
	count_reason(suite.skips, COUNT(suite.skips), reason);
}

static void check_listed(void);

static void
suite_end(void)
{
	size_t u;

	check_listed();
	(void)printf(
		"%s: %lu ran, %lu agreed", suite.name, suite.ran, suite.agreed);
	if (suite.differ != 0) {
		(void)printf(", %lu differ as listed", suite.differ);
	}
	if (suite.skipped != 0) {
		(void)printf(", %lu skipped", suite.skipped);
	}
	if (suite.failed != 0) {
		(void)printf(", %lu FAILED", suite.failed);
	}
	(void)printf("\n");
	for (u = 0; u < COUNT(suite.notes) && suite.notes[u].count; u++) {
		(void)printf("  of these %lu %s\n", suite.notes[u].count,
			suite.notes[u].text);
	}
	for (u = 0; u < COUNT(suite.skips) && suite.skips[u].count; u++) {
		(void)printf("skip: vectors %s: %lu: %s\n", suite.name,
			suite.skips[u].count, suite.skips[u].text);
	}
	total_passed += suite.agreed + suite.differ;
	total_failed += suite.failed;
	total_skipped += suite.skipped;
}

/* ---- cases that differ ------------------------------------------------- */

/*
 * Suite, case, what it comes to here, and why that is right. A case that
 * stands here must come to exactly this; a row that no case needs is a
 * failure, too.
 */
struct listed {
	const char *suite, *id;
	int status;
	const char *why;
};

#define JWK_USE \
	"RFC 7517 sections 4.2, 4.3: what a JWK is for is between the caller " \
	"and the JWK; the signature is right"
#define ROCA \
	"RFC 8017: a modulus is a product of odd primes; that they were " \
	"drawn badly is known to whoever made the key"
#define RSADP \
	"RFC 8017 section 5.1.2: any c from 0 to n - 1; 0, 1 and n - 1 are " \
	"out in SP 800-56B alone, and have no padding (checked, too)"
#define NO_DIGEST_INFO \
	"RFC 8017 section 9.2: what is padded is the DER of a DigestInfo, " \
	"and this is none"
#define RIPEMD "RFC 8017 appendix B.1: RIPEMD-160 is not among the functions"
#define WRONG_D \
	"RFC 8017 section 3.2: d has no part in computing with p, q, dp, dq, " \
	"qinv; the key signs and decrypts rightly (checked, too)"
#define LARGE_E \
	"seamkey_der.h section 6: e is below 2^64; RFC 8017 section 3.1 sets " \
	"no limit"
#define SHORT_LENGTH "X.690 section 10.1: a length has the fewest octets"
#define DEFINITE     "X.690 section 10.1: a length is definite"
#define TRUE_IS_FF   "X.690 section 11.1: TRUE is FF"
#define SHORT_INTEGER \
	"X.690 sections 8.3.2, 8.4: the first nine bits are not all alike"
#define NO_UNUSED     "X.690 section 8.6.2.3: without bits none is unused"
#define UNUSED_ZERO   "X.690 section 11.2.1: unused bits are zero"
#define ONE_EXTENSION "RFC 5280 section 4.1: there is at least one extension"
#define NO_DEFAULT    "X.690 section 11.5: a default is not encoded"
#define POSITIVE      "RFC 5280 section 4.1.2.2: a serial number is positive"
#define OUTLINE \
	"seamkey_der.h section 9: dates, names, the content of extensions, " \
	"the size of the serial number are not looked at"

#define NOT_SEQUENCE "RFC 5280 section 4.1: extensions are a SEQUENCE"

#define X509_TEST "boringssl-pki/x509_test/"
#define PARSE     "parse_certificate_unittest"
#define PARSE_DIR "boringssl-pki/" PARSE "/"
#define MBED_RSA  "mbedtls-suites/test_suite_rsa"
#define MBED_ASN1 "mbedtls-suites/test_suite_asn1parse"

/* clang-format off */
static const struct listed listed[] = {
	{ "wycheproof/json_web_signature_test", "353",
		SEAMKEY_OK, JWK_USE },
	{ "wycheproof/json_web_signature_test", "355",
		SEAMKEY_OK, JWK_USE },
	{ "wycheproof/json_web_key_test", "7",
		SEAMKEY_OK, ROCA },
	{ "acvp-rsa/rsa_decryptionprimitive", "3",
		SEAMKEY_OK, RSADP },
	{ "acvp-rsa/rsa_decryptionprimitive", "4",
		SEAMKEY_OK, RSADP },
	{ "acvp-rsa/rsa_decryptionprimitive", "6",
		SEAMKEY_OK, RSADP },
	{ "acvp-rsa/rsa_decryptionprimitive", "8",
		SEAMKEY_OK, RSADP },
	{ "acvp-rsa/rsa_decryptionprimitive", "9",
		SEAMKEY_OK, RSADP },
	{ "botan-rsa/botan_sign", "3",
		SEAMKEY_ERR_DER_LENGTH, NO_DIGEST_INFO },
	{ MBED_RSA, "RSA PKCS1 Sign #8 (RAW, 2048 bits RSA)",
		SEAMKEY_ERR_DER_TRUNCATED, NO_DIGEST_INFO },
	{ MBED_RSA, "RSA PKCS1 Sign #8 Verify",
		SEAMKEY_ERR_DER_TRUNCATED, NO_DIGEST_INFO },
	{ MBED_RSA, "RSA PKCS1 Sign #10 (RIPEMD160, 2048 bits RSA)",
		SEAMKEY_ERR_DER_HASH, RIPEMD },
	{ MBED_RSA, "RSA PKCS1 Verify #10 (RIPEMD160, 2048 bits RSA)",
		SEAMKEY_ERR_DER_HASH, RIPEMD },
	{ MBED_RSA, "RSA Check Private key #10 (Incorrect)",
		SEAMKEY_OK, WRONG_D },
	{ MBED_RSA, "RSA Import (N,P,Q,D,E), inconsistent",
		SEAMKEY_OK, WRONG_D },
	{ MBED_RSA, "RSA Import (N,P,Q,D,E), successive, inconsistent",
		SEAMKEY_OK, WRONG_D },
	{ MBED_RSA, "RSA Check Public key #8 (E larger than 64 bits)",
		SEAMKEY_ERR_KEY_EXPONENT_LARGE, LARGE_E },
	{ MBED_RSA, "RSA Check Public key #9 (E has size N-2)",
		SEAMKEY_ERR_KEY_EXPONENT_LARGE, LARGE_E },
	{ MBED_ASN1, "length=0 (1 length byte)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=0 (2 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=1 (1 length byte)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=1 (2 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=1 (3 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=1 (4 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=2 (1 length byte)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=2 (2 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=2 (3 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=2 (4 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=128 (2 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=255 (2 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=256 (3 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=258 (3 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=65535 (3 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=65535 (4 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=65536 (4 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "length=16777215 (4 length bytes)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "INTEGER with 127 value octets (long length encoding)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "INTEGER with 128 value octets (leading 0 in length)",
		SEAMKEY_ERR_DER_LENGTH, SHORT_LENGTH },
	{ MBED_ASN1, "BOOLEAN TRUE (1)",
		SEAMKEY_ERR_DER_BOOLEAN, TRUE_IS_FF },
	{ MBED_ASN1, "BOOLEAN TRUE (2)",
		SEAMKEY_ERR_DER_BOOLEAN, TRUE_IS_FF },
	{ MBED_ASN1, "BOOLEAN TRUE (128)",
		SEAMKEY_ERR_DER_BOOLEAN, TRUE_IS_FF },
	{ MBED_ASN1, "Prefixes of SEQUENCE of BOOLEAN, INTEGER, INTEGER",
		SEAMKEY_ERR_DER_BOOLEAN, TRUE_IS_FF },
	{ MBED_ASN1, "INTEGER 0, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "INTEGER 1, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "INTEGER 0x80, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "INTEGER 0x12345678, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "INTEGER 0x7fffffff, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "INTEGER -1, extra leading ff",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED 0, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED 1, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED 0x80, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED 0x12345678, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED 0x7fffffff, extra leading 0",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "ENUMERATED -1, extra leading ff",
		SEAMKEY_ERR_DER_INTEGER, SHORT_INTEGER },
	{ MBED_ASN1, "BIT STRING: octets=0, unused_bits=7",
		SEAMKEY_ERR_DER_BIT_STRING, NO_UNUSED },
	{ MBED_ASN1, "BIT STRING: octets=1, unused_bits=7",
		SEAMKEY_ERR_DER_BIT_STRING, UNUSED_ZERO },
	{ MBED_ASN1, "BIT STRING: octets=2, unused_bits=7",
		SEAMKEY_ERR_DER_BIT_STRING, UNUSED_ZERO },
	{ "certificates", X509_TEST "unusual_tbs_critical_ber.pem",
		SEAMKEY_ERR_DER_BOOLEAN, TRUE_IS_FF },
	{ "certificates",
		X509_TEST "unusual_tbs_empty_extension_not_omitted.pem",
		SEAMKEY_ERR_DER_TRUNCATED, ONE_EXTENSION },
	{ "certificates", X509_TEST "unusual_tbs_v1_not_omitted.pem",
		SEAMKEY_ERR_DER_VERSION, NO_DEFAULT },
	{ "certificates", "pkits/certs/InvalidNegativeSerialNumberTest15EE.crt",
		SEAMKEY_ERR_DER_INTEGER, POSITIVE },
	{ "objects", "cms/rfc4134/3.1.bin",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "cms/rfc4134/4.5.bin",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "cms/rpki/ca1.mft",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "cms/rpki/example-ripe.roa",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "cms/rustcrypto/kms_ciphertext_for_recipient_2.ber",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "cms/rustcrypto/kms_ciphertext_for_recipient_4.ber",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ "objects", "tool-made/cms/env-ber-indefinite.ber",
		SEAMKEY_ERR_DER_LENGTH, DEFINITE },
	{ PARSE, PARSE_DIR "authority_key_identifier_not_sequence.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "bad_policy_qualifiers.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "bad_validity.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "basic_constraints_negative_path.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "basic_constraints_path_too_large.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "basic_constraints_pathlen_256.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "basic_constraints_unconsumed_data.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "serial_37_bytes.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "serial_zero.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "serial_zero_padded_21_bytes.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "subject_not_printable_string.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "subjectaltname_bad_ip.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "subjectaltname_general_names_empty_sequence.pem",
		SEAMKEY_OK, OUTLINE },
	{ PARSE, PARSE_DIR "tbs_v3_extensions_not_sequence.pem",
		SEAMKEY_ERR_DER_TAG, NOT_SEQUENCE },
};
/* clang-format on */

static unsigned char listed_hit[COUNT(listed)];

static size_t
find_listed(const char *id)
{
	size_t u;

	for (u = 0; u < COUNT(listed); u++) {
		if (strcmp(listed[u].suite, suite.name) == 0
			&& strcmp(listed[u].id, id) == 0) {
			break;
		}
	}
	return u;
}

static void
check_listed(void)
{
	size_t u;

	for (u = 0; u < COUNT(listed); u++) {
		if (strcmp(listed[u].suite, suite.name) == 0
			&& !listed_hit[u]) {
			fail(listed[u].id, "is listed, and did not occur");
		}
	}
}

/*
 * The end of a case. agrees: it came out as its suite says; status: what
 * it came to; what: which step that was.
 */
static void
judge(const char *id, int agrees, int status, const char *what)
{
	size_t row = find_listed(id);

	suite.ran++;
	if (row == COUNT(listed)) {
		suite.agreed += agrees != 0;
		if (!agrees) {
			fail(id, "%s: %d, %s", what, status,
				seamkey_text(status));
		}
		return;
	}
	listed_hit[row] = 1;
	if (agrees) {
		fail(id, "is listed as one that differs, and agrees");
	} else if (status != listed[row].status) {
		fail(id, "%s: %d, %s; listed is %d", what, status,
			seamkey_text(status), listed[row].status);
	} else {
		suite.differ++;
		if (verbose) {
			(void)printf("  %s differs: %s\n", id, listed[row].why);
		}
	}
}

/* judge(), with a word about those that agree. */
static void
judge_noted(const char *id, int agrees, int status, const char *note)
{
	judge(id, agrees, status, note);
	if (agrees) {
		count_reason(suite.notes, COUNT(suite.notes), note);
	}
}

/* ---- where the suites are --------------------------------------------- */

/* folder/name + suffix */
static void
make_path(char *out, size_t cap, const char *name, const char *suffix)
{
	(void)snprintf(out, cap, "%s/%s%s", folder, name, suffix);
}

static FILE *
open_suite(const char *name, const char *suffix)
{
	char path[1024];
	FILE *f;

	make_path(path, sizeof path, name, suffix);
	f = fopen(path, "r");
	if (f == NULL) {
		(void)printf("skip: vectors %s: the file is not there\n", name);
		total_skipped++;
	}
	return f;
}

#endif
