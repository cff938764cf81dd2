/*
 * foreign.h - key files that are not read, and the command that converts them
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * OpenSSH keys, PKCS #12 and PKCS #7 files, certificate requests: knows them
 * by their beginning, and says what makes a file of them that is read. For
 * messages alone: nothing of them is checked.
 */
#ifndef SEAMKEY_EXAMPLE_FOREIGN_H
#define SEAMKEY_EXAMPLE_FOREIGN_H

#include "seamkey_der.h"

#include "pem.h"

/* By the label of a PEM block: the message, or NULL. */
static inline const char *
foreign_match_label(seamkey_span label)
{
	/* clang-format off */
	static const struct {
		const char *label, *text;
	} known[] = {
		{ "OPENSSH PRIVATE KEY",
			"is an OpenSSH private key; make it PKCS #8 in its "
			"place by: ssh-keygen -p -m PKCS8 -f FILE" },
		{ "CERTIFICATE REQUEST",
			"is a certificate request; take its key out by: "
			"openssl req -in FILE -noout -pubkey -out NEW" },
		{ "NEW CERTIFICATE REQUEST",
			"is a certificate request; take its key out by: "
			"openssl req -in FILE -noout -pubkey -out NEW" },
		{ "TRUSTED CERTIFICATE",
			"is a certificate with notes on trust; leave them "
			"out by: openssl x509 -in FILE -out NEW" },
		{ "PKCS7",
			"is PKCS #7; take its certificates out by: "
			"openssl pkcs7 -in FILE -print_certs -out NEW" },
	};
	/* clang-format on */
	size_t u;

	for (u = 0; u < sizeof known / sizeof known[0]; u++) {
		if (seamkey_span_match(label,
			    seamkey_span_of(
				    known[u].label, strlen(known[u].label)))) {
			return known[u].text;
		}
	}
	return NULL;
}

/* 1 if *rest begins with these bytes; it then moves past them. */
static inline int
foreign_skip(seamkey_span *rest, const void *bytes, size_t len)
{
	if (rest->len < len || memcmp(rest->p, bytes, len) != 0) {
		return 0;
	}
	*rest = seamkey_span_of(rest->p + len, rest->len - len);
	return 1;
}

/* The same for the tag of a SEQUENCE and any length, as BER has it too: some
 * PKCS #12 files are not DER. */
static inline int
foreign_skip_sequence(seamkey_span *rest)
{
	size_t head;

	if (rest->len < 2 || rest->p[0] != SEAMKEY_DER_SEQUENCE) {
		return 0;
	}
	head = rest->p[1] > 0x80 ? 2u + (rest->p[1] & 0x7Fu) : 2;
	if (head > rest->len) {
		return 0;
	}
	*rest = seamkey_span_of(rest->p + head, rest->len - head);
	return 1;
}

/* PFX: SEQUENCE { INTEGER 3, SEQUENCE { OID of a PKCS #7 type ... */
static inline int
foreign_match_pkcs12(seamkey_span file)
{
	static const unsigned char three[] = { 2, 1, 3 };
	static const unsigned char pkcs7[] = { 6, 9, 0x2A, 0x86, 0x48, 0x86,
		0xF7, 0x0D, 1, 7 };

	return foreign_skip_sequence(&file)
		&& foreign_skip(&file, three, sizeof three)
		&& foreign_skip_sequence(&file)
		&& foreign_skip(&file, pkcs7, sizeof pkcs7);
}

/* ContentInfo: SEQUENCE { OID of signedData ... */
static inline int
foreign_match_pkcs7(seamkey_span file)
{
	static const unsigned char signed_data[] = { 6, 9, 0x2A, 0x86, 0x48,
		0x86, 0xF7, 0x0D, 1, 7, 2 };

	return foreign_skip_sequence(&file)
		&& foreign_skip(&file, signed_data, sizeof signed_data);
}

/* CertificationRequest: SEQUENCE { SEQUENCE { INTEGER 0, two SEQUENCE, then
 * [0]. A certificate has a third SEQUENCE, or [0] in front. */
static inline int
foreign_match_request(seamkey_span file)
{
	seamkey_der_reader r, seq, info;

	seamkey_der_init(&r, file);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_enter(&seq, &info, SEAMKEY_DER_SEQUENCE);
	if (seamkey_der_get_uint(&info) != 0) {
		return 0;
	}
	(void)seamkey_der_get(&info, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get(&info, SEAMKEY_DER_SEQUENCE);
	return seamkey_der_match(&info, SEAMKEY_DER_CONTEXT_CONSTRUCTED(0));
}

/* By the first words of a text: the message, or NULL. */
static inline const char *
foreign_match_text(seamkey_span rest)
{
	if (foreign_skip(&rest, "ssh-rsa ", 8)) {
		return "is an OpenSSH public key; make it PEM by: "
		       "ssh-keygen -e -m PKCS8 -f FILE >NEW";
	}
	if (foreign_skip(&rest, "ssh-", 4)
		|| foreign_skip(&rest, "ecdsa-sha2-", 11)
		|| foreign_skip(&rest, "sk-", 3)) {
		return "is an OpenSSH public key, and not one for RSA";
	}
	return NULL;
}

/* By the outline of DER: the message, or NULL. */
static inline const char *
foreign_match_der(seamkey_span file)
{
	if (foreign_match_pkcs12(file)) {
		return "is PKCS #12; take key and certificate out by: "
		       "openssl pkcs12 -in FILE -out NEW";
	}
	if (foreign_match_pkcs7(file)) {
		return "is PKCS #7; take its certificates out by: openssl "
		       "pkcs7 -inform DER -in FILE -print_certs -out NEW";
	}
	if (foreign_match_request(file)) {
		return "is a certificate request; take its key out by: openssl "
		       "req -inform DER -in FILE -noout -pubkey -out NEW";
	}
	return NULL;
}

#endif
