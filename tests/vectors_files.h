/*
 * vectors_files.h - folders of keys, certificates and other DER
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A part of vectors.c: every file is read whole or block by block; what is
 * expected of it is said in a table here, or by its suite.
 */
#ifndef SEAMKEY_VECTORS_FILES_H
#define SEAMKEY_VECTORS_FILES_H

#include <dirent.h>
#include <fnmatch.h>
#include <sys/stat.h>

#include "vectors_mbed.h"

/* ---- files and what is in them ----------------------------------------- */

/* Names of files, below folder. */
struct names {
	char **v;
	size_t count;
};

static int
names_add(struct names *list, const char *name)
{
	size_t len = strlen(name) + 1;
	char **grown =
		(char **)realloc(list->v, (list->count + 1) * sizeof *list->v);

	if (grown == NULL) {
		return 0;
	}
	list->v = grown;
	list->v[list->count] = (char *)malloc(len);
	if (list->v[list->count] == NULL) {
		return 0;
	}
	memcpy(list->v[list->count++], name, len);
	return 1;
}

static void
names_free(struct names *list)
{
	while (list->count != 0) {
		free(list->v[--list->count]);
	}
	free(list->v);
	list->v = NULL;
}

static int
names_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All files below the folders in dirs, whose list grows on the way. */
static void
names_walk(struct names *dirs, struct names *files)
{
	char path[1024], name[512];
	struct dirent *entry;
	struct stat info;
	size_t u;
	DIR *dir;

	for (u = 0; u < dirs->count; u++) {
		make_path(path, sizeof path, dirs->v[u], "");
		dir = opendir(path);
		while (dir != NULL && (entry = readdir(dir)) != NULL) {
			if (entry->d_name[0] == '.') {
				continue;
			}
			(void)snprintf(name, sizeof name, "%s/%s", dirs->v[u],
				entry->d_name);
			make_path(path, sizeof path, name, "");
			if (stat(path, &info) == 0) {
				(void)names_add(
					S_ISDIR(info.st_mode) ? dirs : files,
					name);
			}
		}
		if (dir != NULL) {
			(void)closedir(dir);
		}
	}
	if (files->count != 0) {
		qsort(files->v, files->count, sizeof files->v[0],
			names_compare);
	}
}

/* A piece of DER out of a file. */
struct object {
	const char *id;    /* file, and "#2" and so on for later blocks */
	const char *file;  /* the file alone */
	const char *label; /* of the PEM block; "" in a file of DER */
	seamkey_span der;  /* its own piece of memory, to the last byte */
	int encrypted;     /* a PEM block with headers */
	int bad;           /* a PEM block that is not base64: der is empty */
};

typedef void (*object_case)(const struct object *o);

/* Call with a copy of in that ends where its memory ends. */
static void
with_copy(struct object *o, seamkey_span in, object_case run)
{
	unsigned char *copy = (unsigned char *)malloc(in.len + 1);

	if (copy == NULL) {
		fail(o->id, "not enough memory");
		return;
	}
	/* the last bytes: what is read beyond them is beyond the memory */
	memcpy(copy + 1, in.p, in.len);
	o->der = seamkey_span_of(copy + 1, in.len);
	run(o);
	free(copy);
}

/* All blocks of a PEM file, or a DER file whole. */
static void
for_objects_of_file(const char *file, object_case run)
{
	struct object o = { file, file, "", { NULL, 0 }, 0, 0 };
	struct bytes content = { NULL, 0, 0 };
	struct pem block;
	char path[1024], id[600];
	const char *at, *end;
	unsigned count = 0;
	FILE *f;

	memset(&block, 0, sizeof block);
	make_path(path, sizeof path, file, "");
	f = fopen(path, "r");
	if (f == NULL || !read_all(f, &content)) {
		fail(file, "cannot be read");
	} else {
		at = (const char *)content.p;
		end = at + content.len;
		if (text_find(at, end, "-----BEGIN ") == NULL) {
			with_copy(&o, bytes_span(&content), run);
		}
		while (pem_next(&at, end, &block)) {
			(void)snprintf(id, sizeof id, "%s#%u", file, ++count);
			o.id = count == 1 ? file : id;
			o.label = block.label;
			o.encrypted = block.encrypted;
			o.bad = block.bad && !block.encrypted;
			block.der.len = o.bad ? 0 : block.der.len;
			with_copy(&o, bytes_span(&block.der), run);
		}
	}
	if (f != NULL) {
		(void)fclose(f);
	}
	bytes_free(&content);
	bytes_free(&block.der);
}

/* Does name have one of these forms? The list ends with NULL. */
static int
matches_any(const char *const *patterns, const char *name)
{
	for (; *patterns != NULL; patterns++) {
		if (fnmatch(*patterns, name, 0) == 0) {
			return 1;
		}
	}
	return 0;
}

/* The folders in dirs, of them the files with one of these forms. */
static void
run_files(const char *name, const char *const *dirs,
	const char *const *patterns, object_case run)
{
	struct names folders = { NULL, 0 }, files = { NULL, 0 };
	size_t u;

	suite_begin(name);
	for (; *dirs != NULL; dirs++) {
		(void)names_add(&folders, *dirs);
	}
	names_walk(&folders, &files);
	for (u = 0; u < files.count; u++) {
		if (matches_any(patterns, files.v[u])) {
			for_objects_of_file(files.v[u], run);
		}
	}
	if (suite.ran + suite.skipped + suite.failed == 0) {
		(void)printf("skip: vectors %s: no such file is there\n", name);
		total_skipped++;
	} else {
		suite_end();
	}
	names_free(&folders);
	names_free(&files);
}

/* Is part empty, or inside whole? */
static int
is_inside(seamkey_span part, seamkey_span whole)
{
	return part.len == 0
		|| (part.p >= whole.p
			&& part.p + part.len <= whole.p + whole.len);
}

/*
 * Walk in, element by element, and write each again by its contents. What
 * is well formed comes out as it was.
 */
static int
walk_rewrites(seamkey_span in)
{
	seamkey_der_reader r[SEAMKEY_DER_MAX_DEPTH + 1];
	size_t mark[SEAMKEY_DER_MAX_DEPTH + 1];
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };
	unsigned depth = 0, tag;
	int same;

	w.buf = (unsigned char *)malloc(in.len + 8);
	w.cap = in.len + 8; /* seamkey_der_begin() wants two ahead */
	seamkey_der_init(&r[0], in);
	while (r[depth].err == SEAMKEY_OK && w.err == SEAMKEY_OK) {
		if (r[depth].len == 0) {
			if (depth == 0) {
				break;
			}
			seamkey_der_finish(&r[depth - 1], &r[depth]);
			seamkey_der_end(&w, mark[depth--]);
			continue;
		}
		tag = r[depth].p[0];
		if ((tag & 0x20) == 0) {
			seamkey_der_put_element(
				&w, tag, seamkey_der_get(&r[depth], tag));
		} else {
			if (depth == SEAMKEY_DER_MAX_DEPTH) {
				break;
			}
			seamkey_der_enter(&r[depth], &r[depth + 1], tag);
			mark[++depth] = seamkey_der_begin(&w, tag);
		}
	}
	same = w.buf != NULL && depth == 0 && w.err == SEAMKEY_OK
		&& seamkey_der_check_end(&r[0]) == SEAMKEY_OK
		&& seamkey_span_match(in, seamkey_span_of(w.buf, w.len));
	free(w.buf);
	return same;
}

/* Containers: what was decoded encodes to the same bytes. */
static int
containers_rewrite(seamkey_span in, unsigned char *out)
{
	seamkey_der_private_key_info priv;
	seamkey_der_public_key_info pub;
	seamkey_der_digest_info info;
	size_t len = 0;

	if (seamkey_der_decode_private_key_info(&priv, in) == SEAMKEY_OK
		&& (seamkey_der_encode_private_key_info(
			    out, in.len, &len, &priv)
				!= SEAMKEY_OK
			|| !seamkey_span_match(
				in, seamkey_span_of(out, len)))) {
		return 0;
	}
	if (seamkey_der_decode_public_key_info(&pub, in) == SEAMKEY_OK
		&& (seamkey_der_encode_public_key_info(out, in.len, &len, &pub)
				!= SEAMKEY_OK
			|| !seamkey_span_match(
				in, seamkey_span_of(out, len)))) {
		return 0;
	}
	return seamkey_der_decode_digest_info(&info, in, 0) != SEAMKEY_OK
		|| (seamkey_der_encode_digest_info(out, in.len, &len, &info)
				== SEAMKEY_OK
			&& seamkey_span_match(in, seamkey_span_of(out, len)));
}

/* RSA keys: likewise; an attribute or a public key beside a private one is
 * not kept, which shows in the length. */
static int
rsa_rewrites(seamkey_span in, unsigned char *out)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	size_t len = 0;

	if (rewrite_pkcs1(0, in, out, in.len, &len) == SEAMKEY_OK
		&& !seamkey_span_match(in, seamkey_span_of(out, len))) {
		return 0;
	}
	if (rewrite_pkcs1(1, in, out, in.len, &len) == SEAMKEY_OK
		&& !seamkey_span_match(in, seamkey_span_of(out, len))) {
		return 0;
	}
	if (seamkey_der_decode_rsa_public_info(&pub, in, 0) == SEAMKEY_OK
		&& (seamkey_der_encode_rsa_public_info(out, in.len, &len, &pub)
				!= SEAMKEY_OK
			|| !seamkey_span_match(
				in, seamkey_span_of(out, len)))) {
		return 0;
	}
	return seamkey_der_decode_rsa_private_info(&priv, in, 0) != SEAMKEY_OK
		|| (seamkey_der_encode_rsa_private_info(
			    out, in.len, &len, &priv)
				== SEAMKEY_OK
			&& (len != in.len
				|| seamkey_span_match(
					in, seamkey_span_of(out, len))));
}

/* Elliptic curve keys: the same values come out of what was encoded. */
static int
ec_rewrites(seamkey_span in, unsigned char *out)
{
	seamkey_der_ec_private priv, priv2;
	seamkey_der_ec_public pub;
	size_t len = 0;

	if (seamkey_der_decode_ec_public_info(&pub, in) == SEAMKEY_OK
		&& (seamkey_der_encode_ec_public_info(out, in.len, &len, &pub)
				!= SEAMKEY_OK
			|| !seamkey_span_match(
				in, seamkey_span_of(out, len)))) {
		return 0;
	}
	if (seamkey_der_decode_ec_private(&priv, in, 0) == SEAMKEY_OK
		&& (seamkey_der_encode_ec_private(out, in.len, &len, &priv)
				!= SEAMKEY_OK
			|| !seamkey_span_match(
				in, seamkey_span_of(out, len)))) {
		return 0;
	}
	if (seamkey_der_decode_ec_private_info(&priv, in) != SEAMKEY_OK) {
		return 1;
	}
	return seamkey_der_encode_ec_private_info(out, in.len, &len, &priv)
		== SEAMKEY_OK
		&& seamkey_der_decode_ec_private_info(
			   &priv2, seamkey_span_of(out, len))
		== SEAMKEY_OK
		&& priv.curve == priv2.curve
		&& seamkey_span_match(priv.scalar, priv2.scalar)
		&& seamkey_span_match(priv.public_key, priv2.public_key);
}

/* The outline of a certificate lies inside it, and so does its key. */
static int
certificate_holds(seamkey_span in)
{
	seamkey_der_certificate cert;

	return seamkey_der_decode_certificate(&cert, in) != SEAMKEY_OK
		|| (is_inside(cert.issuer, in) && is_inside(cert.serial, in)
			&& is_inside(cert.subject, in)
			&& is_inside(cert.public_key_info, in)
			&& is_inside(cert.key_id, in)
			&& seamkey_der_check(cert.issuer) == SEAMKEY_OK
			&& seamkey_der_check(cert.subject) == SEAMKEY_OK
			&& seamkey_der_check(cert.public_key_info)
				== SEAMKEY_OK);
}

/* Signed with this key, if that can be done: it verifies. */
static int
signature_holds(seamkey_span key)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES], *der;
	static const unsigned char digest[32] = { 1, 2, 3 };
	seamkey_span hash = seamkey_span_of(digest, sizeof digest);
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	size_t sig_len = 0, len = 0;
	int ok;

	if (seamkey_rsa_sign_hash(&loose, sig, sizeof sig, &sig_len,
		    SEAMKEY_SHA256, hash, key)
		!= SEAMKEY_OK) {
		return 1;
	}
	der = (unsigned char *)malloc(key.len + 64);
	ok = der != NULL
		&& seamkey_der_decode_rsa_private_info(&priv, key, 0)
			== SEAMKEY_OK;
	if (ok) {
		pub.n = priv.n;
		pub.e = priv.e;
		ok = seamkey_der_encode_rsa_public_info(
			     der, key.len + 64, &len, &pub)
				== SEAMKEY_OK
			&& seamkey_rsa_verify_hash(&loose,
				   seamkey_span_of(sig, sig_len),
				   SEAMKEY_SHA256, hash,
				   seamkey_span_of(der, len))
				== SEAMKEY_OK;
	}
	free(der);
	return ok;
}

/*
 * What holds for any bytes at all: nothing reads beyond them, and what is
 * accepted is written to the same bytes. Returns what does not hold, or
 * NULL.
 */
static const char *
broken_property(seamkey_span in)
{
	/* At least as much as any encoder may need to be tried. */
	unsigned char *out = (unsigned char *)malloc(in.len + 1);
	const char *broken = NULL;

	(void)seamkey_der_match_kind(in);
	if (out == NULL) {
		broken = "not enough memory";
	} else if (seamkey_der_check(in) == SEAMKEY_OK && !walk_rewrites(in)) {
		broken = "walk and write";
	} else if (!containers_rewrite(in, out)) {
		broken = "decode and encode a container";
	} else if (!rsa_rewrites(in, out)) {
		broken = "decode and encode an RSA key";
	} else if (!ec_rewrites(in, out)) {
		broken = "decode and encode an elliptic curve key";
	} else if (!certificate_holds(in)) {
		broken = "the outline of a certificate";
	} else if (!signature_holds(in)) {
		broken = "sign and verify";
	}
	free(out);
	return broken;
}

static void
property_case(const struct object *o)
{
	const char *broken = broken_property(o->der);

	judge(o->id, broken == NULL, SEAMKEY_OK, broken == NULL ? "" : broken);
}

/* What no file has: containers at the edge of what is well formed. All are
 * accepted, but for the one that X.690 and RFC 5958 leave open: that one may
 * be refused as well. */
/* clang-format off */
static const struct {
	const char *id;
	unsigned char len, der[40];
} edges[] = {
	{ "OneAsymmetricKey without public key", 16,
		{ 0x30, 14, 2, 1, 1, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70,
		  4, 2, 4, 0 } },
	{ "OneAsymmetricKey that may be: a public key of no bits", 19,
		{ 0x30, 17, 2, 1, 1, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70,
		  4, 2, 4, 0, 0x81, 1, 0 } },
	{ "OneAsymmetricKey with both", 24,
		{ 0x30, 22, 2, 1, 1, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70,
		  4, 2, 4, 0, 0xA0, 2, 5, 0, 0x81, 2, 0, 7 } },
	{ "PrivateKeyInfo with no attribute, and no key", 16,
		{ 0x30, 14, 2, 1, 0, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70,
		  4, 0, 0xA0, 0 } },
	{ "SubjectPublicKeyInfo with a key of no bits", 12,
		{ 0x30, 10, 0x30, 5, 6, 3, 0x2B, 0x65, 0x70, 3, 1, 0 } },
	{ "RSAPublicKey of zeros", 8, { 0x30, 6, 2, 1, 0, 2, 1, 0 } },
};
/* clang-format on */

static void
edge_case(const struct object *o)
{
	seamkey_der_private_key_info priv;
	seamkey_der_public_key_info pub;
	seamkey_der_rsa_public rsa;
	const char *broken = broken_property(o->der);
	int status = seamkey_der_decode_private_key_info(&priv, o->der);

	if (status != SEAMKEY_OK) {
		status = seamkey_der_decode_public_key_info(&pub, o->der);
	}
	if (status != SEAMKEY_OK) {
		status = seamkey_der_decode_rsa_public(&rsa, o->der);
	}
	if (broken != NULL) {
		judge(o->id, 0, status, broken);
	} else {
		judge(o->id,
			status == SEAMKEY_OK || strstr(o->id, "may") != NULL,
			status, "decode");
	}
}

static void
run_edges(void)
{
	struct object o = { NULL, NULL, "", { NULL, 0 }, 0, 0 };
	size_t u;

	suite_begin("edges");
	for (u = 0; u < COUNT(edges); u++) {
		o.id = o.file = edges[u].id;
		with_copy(&o, seamkey_span_of(edges[u].der, edges[u].len),
			edge_case);
	}
	suite_end();
}

/* Files that are malformed on purpose, as their names or their suites say,
 * and what is wrong with them. */
/* clang-format off */
static const struct {
	const char *id;
	int status;
} malformed[] = {
	{ "bearssl-x509/junk.crt", SEAMKEY_ERR_DER_TAG },
	{ "bearssl-x509/ee-trailing.crt", SEAMKEY_ERR_DER_TRAILING },
	{ "mbedtls-data/crt/authorityKeyId_subjectKeyId_tag_len_malformed"
		".crt.der", SEAMKEY_ERR_DER_TRAILING },
	{ "cms/mbedtls/pkcs7_data_signed_badcert.der",
		SEAMKEY_ERR_DER_LENGTH },
	{ "cms/mbedtls/pkcs7_data_signed_badsigner1_badsize.der",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "cms/mbedtls/pkcs7_data_signed_badsigner1_fuzzbad.der",
		SEAMKEY_ERR_DER_LENGTH },
	{ "cms/mbedtls/pkcs7_signerInfo_1_serial_invalid_tag_after_long_name"
		".der", SEAMKEY_ERR_DER_TAG },
	{ "cms/mbedtls/pkcs7_signerInfo_issuer_invalid_size.der",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "mbedtls-data/crl/crl_cat_rsabadpem-ec.pem",
		SEAMKEY_ERR_DER_TRUNCATED }, /* no base64: nothing is there */
	{ "mbedtls-data/parse-csr/test_csr_v3_all_malformed_attributes_"
		"extension_request_sequence_len1.csr.der",
		SEAMKEY_ERR_DER_TRUNCATED },
	{ "mbedtls-data/parse-csr/test_csr_v3_all_malformed_attributes_len2"
		".csr.der", SEAMKEY_ERR_DER_TRUNCATED },
	{ "mbedtls-data/parse-csr/test_csr_v3_all_malformed_extension_data_"
		"len2.csr.der", SEAMKEY_ERR_DER_TRUNCATED },
	{ "mbedtls-data/parse-csr/test_csr_v3_all_malformed_extension_type_"
		"oid.csr.der", SEAMKEY_ERR_DER_OID },
};
/* clang-format on */

static int
wanted_status(const char *id)
{
	size_t u;

	for (u = 0; u < COUNT(malformed); u++) {
		if (strcmp(malformed[u].id, id) == 0) {
			return malformed[u].status;
		}
	}
	return SEAMKEY_OK;
}

/* A well-formed element. */
static void
der_case(const struct object *o)
{
	const char *broken = broken_property(o->der);
	int status = seamkey_der_check(o->der);

	if (o->encrypted) {
		skip_case("a PEM block that is encrypted is no DER");
	} else if (broken != NULL) {
		judge(o->id, 0, status, broken);
	} else {
		judge(o->id, status == wanted_status(o->id), status, "check");
	}
}

/* asn1-samples/samples.rsp: each der is well formed. */
static void
sample_case(const struct rsp *r)
{
	seamkey_span rfc = rsp_get(r, "rfc");
	struct object o = { NULL, NULL, "", { NULL, 0 }, 0, 0 };
	char id[200];

	(void)snprintf(id, sizeof id, "%s %.*s", r->id, (int)rfc.len,
		(const char *)rfc.p);
	o.id = o.file = id;
	with_copy(&o, rsp_get(r, "der"), der_case);
}

/* ---- keys -------------------------------------------------------------- */

/* What a file of a key is, and what decoding it comes to. The first row
 * that fits holds. */
struct expected_key {
	const char *pattern;
	int kind;
	int status;
};

/* clang-format off */
static const struct expected_key expected_keys[] = {
	/* encrypted: told from the others, and not opened here */
	{ "*/rsa_pkcs8_pbe*", SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO, 0 },
	{ "*/ed25519-encpriv-*", SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO, 0 },
	/* other algorithms */
	{ "*/ed25519-priv-*", SEAMKEY_DER_PRIVATE_KEY_INFO,
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "*/x25519-priv.*", SEAMKEY_DER_PRIVATE_KEY_INFO,
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "*/*PrivDSSSign.pri", SEAMKEY_DER_PRIVATE_KEY_INFO,
		SEAMKEY_ERR_DER_ALGORITHM },
	{ "*/ed25519-pub.*", SEAMKEY_DER_PUBLIC_KEY_INFO,
		SEAMKEY_ERR_DER_ALGORITHM },
	/* three primes */
	{ "*/rsa2048-priv-3prime.*", SEAMKEY_DER_RSA_PRIVATE_KEY,
		SEAMKEY_ERR_DER_PRIMES },
	/* elliptic curves */
	{ "*/ec384-server-key.pem", SEAMKEY_DER_EC_PRIVATE_KEY, 0 },
	{ "*/ec384-ee-key.der", SEAMKEY_DER_CERTIFICATE, 0 },
	{ "*/p256-priv.der", SEAMKEY_DER_PRIVATE_KEY_INFO, 0 },
	{ "*/p256-pub.der", SEAMKEY_DER_PUBLIC_KEY_INFO, 0 },
	{ "*/test-ca2.key.der", SEAMKEY_DER_EC_PRIVATE_KEY, 0 },
	{ "*/ecdsa_key.pem", SEAMKEY_ERR_DER_KIND, 0 }, /* parameters */
	{ "*/ecdsa_key.pem#2", SEAMKEY_DER_EC_PRIVATE_KEY, 0 },
	/* RSA: PrivateKeyInfo */
	{ "*/*PrivRSA*.pri", SEAMKEY_DER_PRIVATE_KEY_INFO, 0 },
	{ "*/sceptest_key.pem", SEAMKEY_DER_PRIVATE_KEY_INFO, 0 },
	{ "rustcrypto-keys/pkcs8/rsa2048-priv.*",
		SEAMKEY_DER_PRIVATE_KEY_INFO, 0 },
	{ "*/key[234]*.pkcs8.der", SEAMKEY_DER_PRIVATE_KEY_INFO, 0 },
	/* RSA: RSAPrivateKey */
	{ "*/rsa2048-priv.*", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/rsa2048-prv.der", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/rsa_sk.pkcs1.pem", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/*.key.der", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/rsa4096_prv.der", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/rsa5??.key", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "*/rsa_pkcs1_*_clear.*", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	{ "ocsp/*_key.pem", SEAMKEY_DER_RSA_PRIVATE_KEY, 0 },
	/* RSA: SubjectPublicKeyInfo */
	{ "rustcrypto-keys/pkcs1/rsa2048-pub.*",
		SEAMKEY_DER_RSA_PUBLIC_KEY, 0 },
	{ "*/rsa2048-pub.*", SEAMKEY_DER_PUBLIC_KEY_INFO, 0 },
	{ "*/rsa4096_pub.der", SEAMKEY_DER_PUBLIC_KEY_INFO, 0 },
	{ "*/rsa_pkcs8_2048_public.der", SEAMKEY_DER_PUBLIC_KEY_INFO, 0 },
	/* RSA: RSAPublicKey */
	{ "*/rsa_pkcs1_2048_public.der", SEAMKEY_DER_RSA_PUBLIC_KEY, 0 },
};
/* clang-format on */

/* Decode, as an RSA key or an elliptic curve key; an RSA key is also used. */
static int
use_private_info(seamkey_span in, const char **note)
{
	seamkey_der_rsa_private priv;
	seamkey_der_ec_private ec;
	int status = seamkey_der_decode_rsa_private_info(&priv, in, 0);

	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		return seamkey_der_decode_ec_private_info(&ec, in);
	}
	return status == SEAMKEY_OK ? exercise_private(&priv, note) : status;
}

static int
use_public_info(seamkey_span in, const char **note)
{
	seamkey_der_rsa_public pub;
	seamkey_der_ec_public ec;
	int status = seamkey_der_decode_rsa_public_info(&pub, in, 0);

	if (status == SEAMKEY_ERR_DER_ALGORITHM) {
		return seamkey_der_decode_ec_public_info(&ec, in);
	}
	return status == SEAMKEY_OK ? exercise_public(&pub, note) : status;
}

static int
use_key(int kind, seamkey_span in, const char **note)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	seamkey_der_ec_private ec;
	int status;

	switch (kind) {
	case SEAMKEY_DER_PRIVATE_KEY_INFO:
		return use_private_info(in, note);
	case SEAMKEY_DER_PUBLIC_KEY_INFO:
		return use_public_info(in, note);
	case SEAMKEY_DER_RSA_PRIVATE_KEY:
		status = seamkey_der_decode_rsa_private(&priv, in);
		return status == SEAMKEY_OK ? exercise_private(&priv, note)
					    : status;
	case SEAMKEY_DER_RSA_PUBLIC_KEY:
		status = seamkey_der_decode_rsa_public(&pub, in);
		return status == SEAMKEY_OK ? exercise_public(&pub, note)
					    : status;
	case SEAMKEY_DER_EC_PRIVATE_KEY:
		return seamkey_der_decode_ec_private(&ec, in, 0);
	default:
		return seamkey_der_check(in);
	}
}

static void
key_case(const struct object *o)
{
	const char *note = NULL, *broken;
	int kind, status;
	size_t u;

	for (u = 0; u < COUNT(expected_keys); u++) {
		if (fnmatch(expected_keys[u].pattern, o->id, 0) == 0) {
			break;
		}
	}
	if (o->encrypted) {
		skip_case("a PEM block that is encrypted is no DER");
		return;
	}
	if (u == COUNT(expected_keys)) {
		kind = seamkey_der_match_kind(o->der);
		fail(o->id,
			"nobody said what it is; it looks like kind %d, "
			"and decodes to %d",
			kind, use_key(kind, o->der, &note));
		return;
	}
	kind = seamkey_der_match_kind(o->der);
	if (kind != expected_keys[u].kind) {
		judge(o->id, 0, kind, "kind");
		return;
	}
	broken = broken_property(o->der);
	if (broken != NULL) {
		judge(o->id, 0, SEAMKEY_OK, broken);
		return;
	}
	status = use_key(kind, o->der, &note);
	if (note != NULL) {
		judge_noted(
			o->id, status == expected_keys[u].status, status, note);
	} else {
		judge(o->id, status == expected_keys[u].status, status,
			"decode and use");
	}
}

/* ---- certificates ------------------------------------------------------ */

static int
check_certificate(seamkey_span in)
{
	seamkey_der_public_key_info info;
	seamkey_der_certificate cert;
	int status = seamkey_der_decode_certificate(&cert, in);

	if (status == SEAMKEY_OK) {
		status = seamkey_der_decode_public_key_info(
			&info, cert.public_key_info);
	}
	return status;
}

static void
certificate_case(const struct object *o)
{
	const char *broken;
	int status;

	if (o->label[0] != 0 && strcmp(o->label, "CERTIFICATE") != 0
		&& strcmp(o->label, "TRUSTED_CERTIFICATE") != 0
		&& strcmp(o->label, "TRUST_ANCHOR") != 0) {
		return; /* a key, a list, a signature beside it */
	}
	broken = broken_property(o->der);
	if (broken != NULL) {
		judge(o->id, 0, SEAMKEY_OK, broken);
		return;
	}
	status = check_certificate(o->der);
	judge(o->id, status == wanted_status(o->id), status, "certificate");
}

/* Does the file have a block with this label? */
static int
file_has_block(const char *file, const char *label)
{
	struct bytes content = { NULL, 0, 0 };
	char path[1024], line[80];
	int found = 0;
	FILE *f;

	make_path(path, sizeof path, file, "");
	(void)snprintf(line, sizeof line, "-----BEGIN %s-----", label);
	f = fopen(path, "r");
	if (f != NULL) {
		found = read_all(f, &content)
			&& text_find((const char *)content.p,
				   (const char *)content.p + content.len, line)
				!= NULL;
		(void)fclose(f);
	}
	bytes_free(&content);
	return found;
}

/*
 * A certificate around a TBSCertificate. Those of the suite have something
 * else where RFC 5280 has the AlgorithmIdentifier: that is replaced, so
 * that a bad one is refused for what is bad about it.
 */
static void
wrap_tbs(struct bytes *out, seamkey_span in)
{
	static const unsigned char alg[] = { 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65,
		0x70 };
	const unsigned version = SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u);
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };
	seamkey_der_reader r, tbs;
	seamkey_span part = { NULL, 0 };
	size_t mark, inner;

	if (!bytes_room(out, in.len + 64)) {
		return;
	}
	w.buf = out->p;
	w.cap = out->cap;
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &tbs, SEAMKEY_DER_SEQUENCE);
	mark = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	inner = seamkey_der_begin(&w, SEAMKEY_DER_SEQUENCE);
	if (seamkey_der_match(&tbs, version)) {
		part = seamkey_der_get_element(&tbs, version);
		seamkey_der_put(&w, part.p, part.len);
	}
	part = seamkey_der_get_element(&tbs, SEAMKEY_DER_INTEGER);
	seamkey_der_put(&w, part.p, part.len);
	(void)seamkey_der_get_element(&tbs, SEAMKEY_DER_SEQUENCE);
	seamkey_der_put(&w, alg, sizeof alg);
	seamkey_der_put(&w, tbs.p, tbs.len);
	seamkey_der_end(&w, inner);
	seamkey_der_put(&w, alg, sizeof alg);
	seamkey_der_put_bit_string(
		&w, SEAMKEY_DER_BIT_STRING, seamkey_span_of("signature", 9));
	seamkey_der_end(&w, mark);
	out->len = w.len;
}

/* parse_certificate_unittest: a block ERRORS in the file says that it must
 * be refused. A TBSCertificate comes without the rest. */
static void
parse_case(const struct object *o)
{
	struct bytes whole = { NULL, 0, 0 };
	seamkey_der_certificate cert;
	int bad, status;

	if (strcmp(o->label, "CERTIFICATE") != 0
		&& strcmp(o->label, "TBS CERTIFICATE") != 0) {
		return;
	}
	if (strcmp(o->label, "TBS CERTIFICATE") == 0) {
		if (o->id != o->file) {
			return; /* beside the certificate that it is part of */
		}
		wrap_tbs(&whole, o->der);
		status = seamkey_der_decode_certificate(
			&cert, bytes_span(&whole));
	} else {
		status = check_certificate(o->der);
	}
	bad = file_has_block(o->file, "ERRORS");
	judge(o->id, (status != SEAMKEY_OK) == bad, status, "certificate");
	bytes_free(&whole);
}

/* x509-limbo: every certificate of a chain that is good decodes. */
static void
limbo_case(const struct rsp *r)
{
	static const char *const fields[] = { "trusted_certs",
		"untrusted_intermediates", "peer_certificate" };
	seamkey_span cert;
	int status = SEAMKEY_OK;
	size_t u, i;

	for (u = 0; u < COUNT(fields); u++) {
		for (i = 0; status == SEAMKEY_OK
			&& rsp_find(r, fields[u], i, &cert);
			i++) {
			status = check_certificate(cert);
		}
	}
	judge(r->id,
		status == SEAMKEY_OK
			|| rsp_has(r, "expected_result", "FAILURE"),
		status, "certificate");
}

/* ---- signed data ------------------------------------------------------- */

/* The hash function of an AlgorithmIdentifier of PKCS #1 v1.5 with NULL or
 * nothing behind the object identifier; 0 for another algorithm. */
static int
signature_hash(seamkey_span in)
{
	static const unsigned char pkcs1[8] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
		0x0D, 0x01, 0x01 };
	/* RFC 8017 appendix C: 4, 5, 11 to 16 */
	static const unsigned char hashes[] = { 0, 0, 0, 0, SEAMKEY_MD5,
		SEAMKEY_SHA1, 0, 0, 0, 0, 0, SEAMKEY_SHA256, SEAMKEY_SHA384,
		SEAMKEY_SHA512, SEAMKEY_SHA224, SEAMKEY_SHA512_224,
		SEAMKEY_SHA512_256 };
	seamkey_der_algorithm alg;
	seamkey_der_reader r;

	seamkey_der_init(&r, in);
	seamkey_der_get_algorithm(&r, &alg);
	if (seamkey_der_check_end(&r) != SEAMKEY_OK || alg.oid.len != 9
		|| memcmp(alg.oid.p, pkcs1, sizeof pkcs1) != 0
		|| alg.oid.p[8] >= COUNT(hashes)) {
		return 0;
	}
	return hashes[alg.oid.p[8]];
}

/* The four blocks of one file, gathered. */
static struct {
	struct bytes key, alg, data, sig;
} signed_data;

static void
gather(const struct object *o)
{
	struct bytes *to = strcmp(o->label, "PUBLIC KEY") == 0
		? &signed_data.key
		: strcmp(o->label, "ALGORITHM") == 0 ? &signed_data.alg
		: strcmp(o->label, "DATA") == 0      ? &signed_data.data
						     : &signed_data.sig;

	to->len = 0;
	(void)bytes_put(to, o->der.p, o->der.len);
}

/* One file, and SUCCESS or FAILURE. */
static void
signed_data_case(const char *id, int good)
{
	seamkey_rsa_env lenient = loose;
	seamkey_der_reader r;
	seamkey_span sig;
	int hash, status;

	for_objects_of_file(id, gather);
	hash = signature_hash(bytes_span(&signed_data.alg));
	if (hash == 0) {
		skip_case("the algorithm is not of PKCS #1 v1.5: for the "
			  "certificate part");
		return;
	}
	seamkey_der_init(&r, bytes_span(&signed_data.sig));
	sig = seamkey_der_get_bit_string(&r, SEAMKEY_DER_BIT_STRING);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		status = verify_by_hash(&loose, hash,
			bytes_span(&signed_data.data), sig,
			bytes_span(&signed_data.key));
	}
	if (status == SEAMKEY_ERR_DER_PARAMETERS) {
		lenient.policy.lenient = SEAMKEY_ABSENT_NULL;
		judge_noted(id,
			!good
				&& verify_by_hash(&lenient, hash,
					   bytes_span(&signed_data.data), sig,
					   bytes_span(&signed_data.key))
					== SEAMKEY_OK,
			status, "are accepted with SEAMKEY_ABSENT_NULL alone");
	} else {
		judge(id, (status == SEAMKEY_OK) == good, status, "verify");
	}
}

static void
run_signed_data(const char *name)
{
	struct bytes line = { NULL, 0, 0 };
	char id[300], file[200], verdict[20];
	FILE *f;

	suite_begin(name);
	f = open_suite(name, "/expected.txt");
	if (f == NULL) {
		return;
	}
	while (read_line(f, &line) == LINE_READ) {
		if (sscanf((const char *)line.p, "%199s %19s", file, verdict)
			!= 2) {
			continue;
		}
		(void)snprintf(id, sizeof id, "%s/%s", name, file);
		signed_data_case(id, strcmp(verdict, "SUCCESS") == 0);
	}
	(void)fclose(f);
	bytes_free(&line);
	bytes_free(&signed_data.key);
	bytes_free(&signed_data.alg);
	bytes_free(&signed_data.data);
	bytes_free(&signed_data.sig);
	suite_end();
}

/* ---- corpora ----------------------------------------------------------- */

/* A number of a tar header: octal digits. */
static size_t
tar_number(const unsigned char *p, size_t len)
{
	size_t value = 0, u;

	for (u = 0; u < len && p[u] >= '0' && p[u] <= '7'; u++) {
		value = 8 * value + (size_t)(p[u] - '0');
	}
	return value;
}

/* Each plain file of an archive: 512 octets of header (name, size at 124,
 * type at 156), then the contents in full blocks of 512. */
static void
for_objects_of_tar(const char *archive, seamkey_span tar, object_case run)
{
	struct object o = { NULL, NULL, "", { NULL, 0 }, 0, 0 };
	char id[512];
	const unsigned char *head;
	size_t at = 0, size;

	while (at + 512 <= tar.len && tar.p[at] != 0) {
		head = tar.p + at;
		size = tar_number(head + 124, 12);
		at += 512;
		if (size > tar.len - at) {
			fail(archive, "the archive is cut short");
			return;
		}
		if (head[156] == '0' || head[156] == 0) {
			(void)snprintf(id, sizeof id, "%s/%.100s", archive,
				(const char *)head);
			o.id = o.file = id;
			with_copy(&o, seamkey_span_of(tar.p + at, size), run);
		}
		at += (size + 511) / 512 * 512;
	}
}

/* A corpus is an archive that xz unpacks. */
static void
run_corpus(const char *title, const char *name, object_case run)
{
	struct bytes tar = { NULL, 0, 0 };
	char path[1024];
	int status = -1;
	FILE *f;

	suite_begin(title);
	f = open_suite(name, ".tar.xz");
	if (f == NULL) {
		return;
	}
	(void)fclose(f);
	make_path(path, sizeof path, name, ".tar.xz");
	/* by the environment, so that no name can be taken for a command */
	if (setenv("SEAMKEY_ARCHIVE", path, 1) == 0) {
		f = popen("xz -dc <\"$SEAMKEY_ARCHIVE\" 2>/dev/null", "r");
		if (f != NULL) {
			(void)read_all(f, &tar);
			status = pclose(f);
		}
	}
	if (status != 0) {
		(void)printf("skip: vectors %s: xz is not here, or cannot "
			     "unpack it\n",
			name);
		total_skipped++;
	} else {
		for_objects_of_tar(name, bytes_span(&tar), run);
		suite_end();
	}
	bytes_free(&tar);
}

#endif
