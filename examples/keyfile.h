/*
 * keyfile.h - the key structure in a file, whatever form it has
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * PEM or DER, encrypted or not, PKCS #8, PKCS #1, SEC 1,
 * SubjectPublicKeyInfo or certificate: finds out which, and gives the DER.
 * What is inside is for the decoders of seamkey_der.h to say.
 */
#ifndef SEAMKEY_EXAMPLE_KEYFILE_H
#define SEAMKEY_EXAMPLE_KEYFILE_H

#include <bearssl.h>

#include "seamkey.h"

#include "files.h"
#include "foreign.h"
#include "pbes2.h"
#include "pem.h"

/* The longest file with a key or a certificate, in bytes. */
#define KEYFILE_MAX 65536
/* The longest passphrase. */
#define KEYFILE_MAX_PASS 1024

static inline const char *
keyfile_text(int status)
{
	const char *text = pem_text(status);

	if (text == NULL) {
		text = pbes2_text(status);
	}
	return text == NULL ? seamkey_text(status) : text;
}

/* Refused is what was understood and not done: the codes of a key's numbers
 * and of the services, and a passphrase. */
static inline int
keyfile_exit(int status)
{
	if (status == SEAMKEY_OK) {
		return DONE;
	}
	switch (status) {
	case SEAMKEY_ERR_BLOCK_OPEN:
	case SEAMKEY_ERR_BLOCK_NO_RECIPIENT:
	case SEAMKEY_ERR_BLOCK_TWICE:
	case SEAMKEY_ERR_BLOCK_CIPHER:
	case SEAMKEY_ERR_BLOCK_BER:
	case SEAMKEY_ERR_BLOCK_KEY:
	case SEAMKEY_ERR_RELEASE_OTHER:
	case SEAMKEY_ERR_RELEASE_REFUSED:
	case PBES2_ERR_ITERATIONS:
	case PBES2_ERR_PASSPHRASE:
		return REFUSED;
	default:
		return (status <= SEAMKEY_ERR_KEY_ZERO && status > -300)
				|| (status <= SEAMKEY_ERR_AGENT_NO_KEY
					&& status > -600)
			? REFUSED
			: UNREADABLE;
	}
}

static inline int
complain_status(int status, const char *name)
{
	return complain(keyfile_exit(status), name, keyfile_text(status));
}

/* The key structure of a file; secret, wipe it whole. */
struct keyfile {
	const char *name;   /* of the file */
	const char *wanted; /* the kind of key, in a sentence */
	const char *none;   /* or NULL; said of what is nothing of all that */
	int kind;           /* enum seamkey_der_kind, less what encrypted it */
	int is_pem, is_encrypted;
	const char *foreign; /* of a PEM block passed over: see foreign.h */
	seamkey_span der;    /* the structure, in one of these: */

	unsigned char file[KEYFILE_MAX];
	unsigned char block[KEYFILE_MAX];         /* what was PEM in it */
	unsigned char clear[KEYFILE_MAX];         /* what was encrypted in it */
	unsigned char pass[KEYFILE_MAX_PASS + 2]; /* and its CR LF */
};

/* clang-format off */
static const struct {
	const char *label; /* RFC 7468, or what openssl writes */
	int kind;
	const char *name, *what; /* of the structure; in a sentence */
} keyfile_kinds[] = {
	{ "PRIVATE KEY", SEAMKEY_DER_PRIVATE_KEY_INFO,
		"PrivateKeyInfo (PKCS #8)", "a private key (PKCS #8)" },
	{ "ENCRYPTED PRIVATE KEY", SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO,
		"EncryptedPrivateKeyInfo (PKCS #8)",
		"an encrypted private key (PKCS #8)" },
	{ "PUBLIC KEY", SEAMKEY_DER_PUBLIC_KEY_INFO,
		"SubjectPublicKeyInfo", "a public key (SubjectPublicKeyInfo)" },
	{ "RSA PRIVATE KEY", SEAMKEY_DER_RSA_PRIVATE_KEY,
		"RSAPrivateKey (PKCS #1)", "an RSA private key (PKCS #1)" },
	{ "RSA PUBLIC KEY", SEAMKEY_DER_RSA_PUBLIC_KEY,
		"RSAPublicKey (PKCS #1)", "an RSA public key (PKCS #1)" },
	{ "EC PRIVATE KEY", SEAMKEY_DER_EC_PRIVATE_KEY,
		"ECPrivateKey (SEC 1)",
		"an elliptic curve private key (SEC 1)" },
	{ "CERTIFICATE", SEAMKEY_DER_CERTIFICATE,
		"Certificate", "a certificate" },
	{ "X509 CERTIFICATE", SEAMKEY_DER_CERTIFICATE,
		"Certificate", "a certificate" },
};
/* clang-format on */

/* The place of a kind in that table. */
static inline size_t
keyfile_find_kind(int kind)
{
	size_t u = 0;

	while (keyfile_kinds[u].kind != kind) {
		u++;
	}
	return u;
}

static inline const char *
keyfile_name_of_kind(int kind)
{
	return keyfile_kinds[keyfile_find_kind(kind)].name;
}

/* What a block with this label has to hold; 0 where that is no key. */
static inline int
keyfile_kind_of_label(seamkey_span label)
{
	size_t u;

	for (u = 0; u < sizeof keyfile_kinds / sizeof keyfile_kinds[0]; u++) {
		if (seamkey_span_match(label,
			    seamkey_span_of(keyfile_kinds[u].label,
				    strlen(keyfile_kinds[u].label)))) {
			return keyfile_kinds[u].kind;
		}
	}
	return 0;
}

static inline int
keyfile_is_private(int kind)
{
	return kind == SEAMKEY_DER_PRIVATE_KEY_INFO
		|| kind == SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO
		|| kind == SEAMKEY_DER_RSA_PRIVATE_KEY
		|| kind == SEAMKEY_DER_EC_PRIVATE_KEY;
}

/*
 * The first block of a PEM file that serves: one that holds a private key
 * where that is asked for, else any key or certificate. A status; with
 * PEM_ERR_NONE key->kind is what was passed over, or 0.
 */
static inline int
keyfile_find_pem(struct keyfile *key, seamkey_span rest, int want_private)
{
	seamkey_span label = { NULL, 0 };
	size_t len = 0;
	int kind, status;

	for (;;) {
		status = pem_get(
			&rest, &label, key->block, sizeof key->block, &len);
		if (status != SEAMKEY_OK) {
			return status;
		}
		kind = keyfile_kind_of_label(label);
		if (kind == 0) {
			if (key->foreign == NULL) {
				key->foreign = foreign_match_label(label);
			}
			continue;
		}
		key->kind = kind;
		key->der = seamkey_span_of(key->block, len);
		if (keyfile_is_private(kind) || !want_private) {
			status = seamkey_der_match_kind(key->der);
			if (status < 0) {
				return status;
			}
			return status == kind ? SEAMKEY_OK : PEM_ERR_LABEL;
		}
	}
}

/* The key is of another kind than is needed: what it is, with more words
 * such as " of another algorithm", and what is wanted. */
static inline int
keyfile_complain_kind(const struct keyfile *key, const char *more)
{
	char text[192];

	(void)snprintf(text, sizeof text, "this is %s%s, and %s is needed",
		keyfile_kinds[keyfile_find_kind(key->kind)].what, more,
		key->wanted);
	return complain(UNREADABLE, key->name, text);
}

/* 1 if these are the first bytes of an element that goes on. */
static inline int
keyfile_is_cut(seamkey_span der)
{
	seamkey_der_reader r;

	seamkey_der_init(&r, der);
	(void)seamkey_der_get(&r, SEAMKEY_DER_SEQUENCE);
	return der.len != 0 && der.p[0] == SEAMKEY_DER_SEQUENCE
		&& r.err == SEAMKEY_ERR_DER_TRUNCATED;
}

/* The same of a text that ends within a BEGIN line. */
static inline int
keyfile_is_cut_begin(seamkey_span file)
{
	static const char begin[] = "-----BEGIN ";
	size_t at = file.len, len;

	while (at != 0 && file.p[at - 1] != '\n' && file.p[at - 1] != '\r') {
		at--;
	}
	len = file.len - at;
	if (len < 2) {
		return 0;
	}
	len = len < sizeof begin - 1 ? len : sizeof begin - 1;
	return memcmp(file.p + at, begin, len) == 0;
}

static inline int
keyfile_complain_cut(const char *name)
{
	return complain(UNREADABLE, name,
		"ends before its contents do: is the file cut off?");
}

/* There is nothing in the file that serves; kind is what it looks like as
 * DER, or the status. */
static inline int
keyfile_complain_none(const struct keyfile *key, seamkey_span file, int kind)
{
	const char *foreign = key->foreign;

	if (key->kind != 0) {
		return keyfile_complain_kind(key, "");
	}
	if (foreign == NULL) {
		foreign = foreign_match_text(file);
	}
	if (foreign != NULL) {
		return complain(UNREADABLE, key->name, foreign);
	}
	if (keyfile_is_cut(file) || keyfile_is_cut_begin(file)) {
		return keyfile_complain_cut(key->name);
	}
	/* no PEM at all: what is wrong with it as DER? */
	if (file.p[0] != SEAMKEY_DER_SEQUENCE) {
		kind = SEAMKEY_ERR_DER_KIND;
	}
	return kind == SEAMKEY_ERR_DER_KIND && key->none != NULL
		? complain(UNREADABLE, key->name, key->none)
		: complain_status(kind, key->name);
}

/* What does the file hold? Fills kind, is_pem and der of *key. */
static inline int
keyfile_find(struct keyfile *key, seamkey_span file, int want_private)
{
	const char *foreign = foreign_match_der(file);
	int kind = seamkey_der_match_kind(file);
	int status;

	if (file.len == 0) {
		return complain(UNREADABLE, key->name, "is empty");
	}
	if (foreign != NULL) {
		return complain(UNREADABLE, key->name, foreign);
	}
	if (kind > 0) {
		key->kind = kind;
		key->der = file;
		return keyfile_is_private(kind) || !want_private
			? DONE
			: keyfile_complain_kind(key, "");
	}
	key->is_pem = 1;
	status = keyfile_find_pem(key, file, want_private);
	if (status == PEM_ERR_NONE) {
		return keyfile_complain_none(key, file, kind);
	}
	if (status == PEM_ERR_LABEL) {
		return complain(UNREADABLE, key->name,
			"the label of the PEM block is not that of its "
			"contents or of its end");
	}
	if (status != SEAMKEY_OK && keyfile_is_cut(key->der)) {
		return keyfile_complain_cut(key->name);
	}
	return status == SEAMKEY_OK ? DONE : complain_status(status, key->name);
}

/* The first line of the passphrase file, less its end. */
static inline int
keyfile_read_pass(struct keyfile *key, const char *name, seamkey_span *pass)
{
	const unsigned char *end;
	int status = file_read(name, key->pass, sizeof key->pass, pass);

	if (status != DONE) {
		return status;
	}
	end = (const unsigned char *)memchr(pass->p, '\n', pass->len);
	if (end != NULL) {
		pass->len = (size_t)(end - pass->p);
	}
	if (pass->len != 0 && pass->p[pass->len - 1] == '\r') {
		pass->len--;
	}
	return DONE;
}

static inline int
keyfile_unlock(struct keyfile *key, const char *pass_name)
{
	seamkey_span pass;
	size_t len = 0;
	int status;

	if (pass_name == NULL) {
		return complain(UNREADABLE, key->name,
			"is encrypted; --pass-file names the file with its "
			"passphrase");
	}
	status = keyfile_read_pass(key, pass_name, &pass);
	if (status != DONE) {
		return status;
	}
	status = pbes2_decrypt(key->clear, sizeof key->clear, &len, key->der,
		pass, PBES2_DES_EDE3 | PBES2_SPELLED_SHA1);
	if (status != SEAMKEY_OK) {
		return complain_status(status, key->name);
	}
	key->is_encrypted = 1;
	key->kind = SEAMKEY_DER_PRIVATE_KEY_INFO;
	key->der = seamkey_span_of(key->clear, len);
	return DONE;
}

/* Before a file is read to key->file. */
static inline void
keyfile_begin(struct keyfile *key, const char *name, int want_private)
{
	memset(key, 0, sizeof *key);
	key->name = name;
	key->wanted = want_private ? "an RSA private key (rsaEncryption)"
				   : "an RSA key (rsaEncryption)";
}

/* The key structure of what has been read. */
static inline int
keyfile_take(struct keyfile *key, seamkey_span file, const char *pass_name,
	int want_private)
{
	int status = keyfile_find(key, file, want_private);

	if (status == DONE
		&& key->kind == SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO) {
		status = keyfile_unlock(key, pass_name);
	}
	return status;
}

/*
 * Load the key structure of the file of this name.
 *
 *   pass_name     a file whose first line is the passphrase, or NULL; the
 *                 program's option for it is --pass-file
 *   want_private  1: pass over what is in the file besides a private key
 *
 * Returns DONE; key->kind is then never that of an encrypted structure. Else
 * what the program is to end with, and why has been told.
 */
static inline int
keyfile_load(struct keyfile *key, const char *name, const char *pass_name,
	int want_private)
{
	seamkey_span file;
	int status;

	keyfile_begin(key, name, want_private);
	status = file_read(name, key->file, sizeof key->file, &file);
	return status == DONE ? keyfile_take(key, file, pass_name, want_private)
			      : status;
}

#endif
