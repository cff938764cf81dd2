/*
 * vectors.c - runs published test vectors against the headers
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * usage: vectors [-v] [FOLDER]
 *
 * FOLDER holds the suites, laid out as tests/VECTORS.md says; without it
 * the environment's VECTORS, else ../shared/vectors. All suites that
 * concern DER, keys, RSA PKCS #1, frames and blocks are run. A case that
 * comes out otherwise than its suite says is a failure, unless it stands by
 * name in the table of vectors.h, with what it comes to here and the
 * reason. Prints a line for each suite, "skip: ..." for what was not run,
 * and at the end "vectors: P passed, F failed, S skipped", cases counted.
 * -v names each case that the table excuses.
 *
 * For a board that opens files by semihosting, VECTORS_FOLDER is defined, as
 * the name of the folder. Such a board can neither list what is in a folder
 * nor have xz unpack an archive: only suites that are one file are run.
 *
 * The policy is loosened, so that old vectors can be run: moduli from 1024
 * bits, e from 3, any hash function. That a key is shorter is no reason to
 * leave a case out: it must be refused, with the status for that.
 *
 * PARTS, each built on those before it
 *   vectors.h        counting, the cases that differ
 *   vectors_rsa.h    .rsp files
 *   vectors_aead.h   authenticated encryption, in .rsp files
 *   vectors_mbed.h   the suites of Mbed TLS
 *   vectors_files.h  folders of keys, certificates and other DER
 *   vectors_block.h  encryption blocks, and what else is CMS
 *   this file        the list of all suites
 */
#define _POSIX_C_SOURCE 200809L /* opendir, stat, popen, setenv */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "seamkey.h"
#include "rsp.h"
#include "vectors.h"
#include "vectors_rsa.h"
#include "vectors_aead.h"
#include "vectors_mbed.h"
#ifdef VECTORS_FOLDER
#define FILES_ALONE
#else
#define VECTORS_FOLDER "../shared/vectors"
#include "vectors_files.h"
#include "vectors_block.h"
#endif

typedef void (*rsp_case)(const struct rsp *r);

static void
run_rsp_as(const char *title, const char *name, rsp_case run)
{
	char path[1024];
	struct rsp r;
	FILE *f;

	suite_begin(title);
	f = open_suite(name, ".rsp");
	if (f == NULL) {
		return;
	}
	(void)fclose(f);
	make_path(path, sizeof path, name, ".rsp");
	if (!rsp_open(&r, path)) {
		fail(name, "cannot be opened");
		suite_end();
		return;
	}
	while (rsp_next(&r)) {
		run(&r);
	}
	if (r.malformed) {
		fail(r.id, "a line near this case cannot be read");
	} else if (r.announced < 0 || (unsigned long)r.announced != r.read) {
		fail("end", "%lu cases were read, and %ld are announced",
			r.read, r.announced);
	}
	rsp_close(&r);
	suite_end();
}

static void
run_rsp(const char *name, rsp_case run)
{
	run_rsp_as(name, name, run);
}

static void
primality_case(const struct rsp *r)
{
	(void)r;
	skip_case("no test for primes: whether they are is not asked, and no "
		  "result leaves that does not verify");
}

/* A case of a .rsp file is one of these by its type. */
static void
typed_case(const struct rsp *r)
{
	static const struct {
		const char *type;
		rsp_case run;
	} types[] = {
		{ "RsassaPkcs1Verify", verify_case },
		{ "RsassaPkcs1Generate", sign_case },
		{ "RsaesPkcs1Decrypt", decrypt_case },
		{ "RsaesOaepDecrypt", oaep_case },
		{ "RsaSignaturePrimitive", raw_case },
		{ "RsaDecryptionPrimitive", raw_case },
		{ "JsonWebSignature", jws_case },
		{ "JsonWebKey", jws_case },
		{ "PrimalityTest", primality_case },
	};
	size_t u;

	for (u = 0; u < COUNT(types); u++) {
		if (rsp_has(r, "type", types[u].type)) {
			types[u].run(r);
			return;
		}
	}
	fail(r->id, "its type is unknown to this runner");
}

static void
run_all_rsp(void)
{
	static const char *const names[] = {
		"wycheproof/rsa_signature_2048_sha224_test",
		"wycheproof/rsa_signature_2048_sha256_test",
		"wycheproof/rsa_signature_2048_sha384_test",
		"wycheproof/rsa_signature_2048_sha512_test",
		"wycheproof/rsa_signature_2048_sha3_256_test",
		"wycheproof/rsa_signature_3072_sha384_test",
		"wycheproof/rsa_signature_4096_sha384_test",
		"wycheproof/rsa_pkcs1_1536_sig_gen_test",
		"wycheproof/rsa_pkcs1_2048_sig_gen_test",
		"wycheproof/rsa_pkcs1_3072_sig_gen_test",
		"wycheproof/rsa_pkcs1_4096_sig_gen_test",
		"wycheproof/rsa_pkcs1_2048_test",
		"wycheproof/rsa_oaep_2048_sha256_mgf1sha256_test",
		"wycheproof/rsa_oaep_2048_sha1_mgf1sha1_test",
		"wycheproof/json_web_signature_test",
		"wycheproof/json_web_key_test",
		"wycheproof/primality_test",
		"cavp-rsa/cavp_sigver15_186_3",
		"cavp-rsa/cavp_siggen15_186_3",
		"cavp-rsa/cavp_siggen15_186_2",
		"acvp-rsa/acvp_sigver_pkcs1v15",
		"acvp-rsa/rsa_signatureprimitive",
		"acvp-rsa/rsa_decryptionprimitive",
		"botan-rsa/botan_verify",
		"botan-rsa/botan_sign",
		"botan-rsa/botan_decrypt",
	};
	size_t u;

	for (u = 0; u < COUNT(names); u++) {
		run_rsp(names[u], typed_case);
	}
	run_rsp("wycheproof/aes_gcm_test", gcm_case);
	run_rsp("wycheproof/aes_ccm_test", ccm_case);
	run_rsp("wycheproof/chacha20_poly1305_test", chacha_case);
}

#ifdef FILES_ALONE
static void
run_all_folders(void)
{
	(void)printf("skip: vectors in folders and archives: no folder can be "
		     "listed here, and no program run\n");
	total_skipped++;
}

static int
is_folder(const char *path)
{
	return path[0] != 0; /* each suite that is not there tells it */
}
#else

static void
run_all_files(void)
{
	static const char *const corpora[] = { "corpora/pkcs8", "corpora/spki",
		"corpora/privkey", "corpora/cert", "corpora/crl",
		"corpora/pkcs7", "corpora/ocsp", "corpora/ocsp_response" };
	static const char *const all[] = { "*", NULL };
	static const char *const key_dirs[] = { "mbedtls-data",
		"rustcrypto-keys", "cms", "cmp-crmf", "ocsp", "tool-made/cms",
		NULL };
	static const char *const key_files[] = { "mbedtls-data/keys/*",
		"mbedtls-data/crt/*.key.der", "rustcrypto-keys/pkcs1/*",
		"rustcrypto-keys/pkcs8/*", "rustcrypto-keys/spki/*",
		"rustcrypto-keys/x509-cert/*-prv.der",
		"rustcrypto-keys/x509-cert/*-pub.der", "cms/*.pri",
		"cms/rustcrypto/*-priv.der", "cms/rustcrypto/*-pub.der",
		"cms/rustcrypto/*key.der", "cms/rustcrypto/*key.pem",
		"cms/rustcrypto/rsa_sk*", "cmp-crmf/*-key.pem",
		"ocsp/*_key.pem", "tool-made/cms/key*", NULL };
	static const char *const cert_dirs[] = { "pkits/certs", "bearssl-x509",
		"mbedtls-data", "rustcrypto-keys/x509-cert",
		"boringssl-pki/x509_test",
		"boringssl-pki/verify_certificate_chain",
		"boringssl-pki/crl_unittest", "boringssl-pki/ocsp_unittest",
		"boringssl-pki/pkcs7_test", "cms", "cmp-crmf", "ocsp",
		"tool-made/cms", NULL };
	static const char *const cert_files[] = { "*.crt", "*.cer", "*.crt.der",
		"pkits/certs/*", "*.pem", "*/cert*.der", "*-crt.der", NULL };
	static const char *const parse_dirs[] = {
		"boringssl-pki/parse_certificate_unittest", NULL
	};
	static const char *const der_dirs[] = { "cms", "cmp-crmf", "ocsp",
		"pkits/crls", "mbedtls-data/crl", "mbedtls-data/csr",
		"mbedtls-data/parse-crl", "mbedtls-data/parse-csr",
		"tool-made/cms", NULL };
	static const char *const der_files[] = { "*.der", "*.ber",
		"cms/rustcrypto/*.bin", "cms/rfc4134/[0-9]*.bin",
		"cmp-crmf/*.bin", "*.p7b", "*.pri", "*.cer", "*.crl", "*.mft",
		"*.roa", "pkits/crls/*", "mbedtls-data/*", NULL };
	size_t u;

	run_edges();
	run_files("keys", key_dirs, key_files, key_case);
	run_signed_data("boringssl-pki/verify_signed_data_unittest");
	run_files("certificates", cert_dirs, cert_files, certificate_case);
	run_files("parse_certificate_unittest", parse_dirs, all, parse_case);
	run_rsp("x509-limbo-rsa/limbo_rsa", limbo_case);
	run_rsp("asn1-samples/samples", sample_case);
	run_files("objects", der_dirs, der_files, der_case);
	for (u = 0; u < COUNT(corpora); u++) {
		run_corpus(corpora[u], corpora[u], property_case);
	}
}

static void
run_all_blocks(void)
{
	static const char *const dirs[] = { "cms", "cmp-crmf", "tool-made/cms",
		"boringssl-pki/pkcs7_test", "pkits", "ocsp", "mbedtls-data",
		"rustcrypto-keys", NULL };
	static const char *const all[] = { "*", NULL };

	run_files("blocks in files", dirs, all, block_case);
	run_rsp_as(
		"blocks in asn1-samples", "asn1-samples/samples", block_sample);
	run_corpus("blocks in corpora/pkcs7", "corpora/pkcs7", block_input);
	check_block_rows();
}

static int
is_folder(const char *path)
{
	struct stat info;

	return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static void
run_all_folders(void)
{
	run_all_files();
	run_all_blocks();
}
#endif

int
main(int argc, char **argv)
{
	br_hmac_drbg_context drbg;

	verbose = argc > 1 && strcmp(argv[1], "-v") == 0;
	argc -= verbose;
	argv += verbose;
	folder = argc > 1 ? argv[1] : getenv("VECTORS");
	if (folder == NULL || folder[0] == 0) {
		folder = VECTORS_FOLDER;
	}
	if (!is_folder(folder)) {
		(void)printf("skip: vectors: there is no folder %s; "
			     "tests/VECTORS.md tells what belongs there\n"
			     "vectors: 0 passed, 0 failed, 1 skipped\n",
			folder);
		return 0;
	}
	setup_loose(&drbg);
	run_all_rsp();
	run_mbed("mbedtls-suites/test_suite_rsa");
	run_mbed("mbedtls-suites/test_suite_asn1parse");
	run_all_folders();
	(void)printf("vectors: %lu passed, %lu failed, %lu skipped\n",
		total_passed, total_failed, total_skipped);
	return total_failed != 0 || total_passed == 0;
}
