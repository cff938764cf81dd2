/*
 * main.c - pkcs11: sign and decrypt with a key that nobody can read
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What it shows: the engine hook of seamkey over PKCS #11. The private key
 * was made in a token (a hardware security module, a smart card; SoftHSM2 to
 * try it out) and stays there; its CKA_ID is the handle. What the token
 * computes is checked with the public key, and a wrong result is not handed
 * out. OAEP works with a token that does not know it, as the token raises to
 * the power, and seamkey takes the padding off.
 *
 * What to copy: make_env(). The key argument is the public half then.
 */
#define _XOPEN_SOURCE 700
#define PROGRAM       "pkcs11"

#include "seamkey.h"

#include "examples/files.h"
#include "token.h"

#define KEY_BITS 2048
#define KEY_LEN  32 /* octets of a key that is decrypted */

static const char help[] =
	"usage: pkcs11 -m MODULE [-t TOKEN] [-p PIN-FILE] -k ID VERB\n"
	"\n"
	"  make sign      make an RSA key in the token, to sign with\n"
	"  make decrypt   or to decrypt with; nobody can read it\n"
	"  public         the public half, a SubjectPublicKeyInfo\n"
	"  sign           sign standard input: RSASSA-PKCS1-v1_5, SHA-256\n"
	"  decrypt SECRET a key of 32 bytes, encrypted with PKCS #1 v1.5\n"
	"  oaep SECRET    or with OAEP, SHA-256 both for hash and MGF1\n"
	"\n"
	"MODULE is a library, TOKEN a label, ID the CKA_ID of the key in hex.\n"
	"SECRET is a file of 32 random bytes, made once and kept secret: what\n"
	"is no ciphertext gives bytes that are made of them, and no error.\n";

static struct {
	token token;
	char pin[256];
	unsigned char id[TOKEN_ID];
	size_t id_len;
	unsigned char public_key[SEAMKEY_RSA_MAX_KEY_INFO];
	unsigned char secret[32];
	unsigned char in[4096];
	unsigned char out[SEAMKEY_RSA_MAX_KEY_INFO]; /* the longest result */
	size_t out_len;
} mem; /* wiped at the end */

static int
complain_token(int status)
{
	const char *text =
		status <= TOKEN_ERR_MODULE && status >= TOKEN_ERR_FAILED
		? token_text(status)
		: seamkey_text(status);

	return complain(REFUSED, mem.token.label, text);
}

/* ---- what the command line says ------------------------------------------ */

static int
complain_usage(void)
{
	fputs(help, stderr);
	return UNREADABLE;
}

/* The CKA_ID, two digits an octet. */
static int
parse_id(const char *hex)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	for (; hex[0] != 0; hex += 2) {
		high = strchr(digits, hex[0]);
		low = hex[1] != 0 ? strchr(digits, hex[1]) : NULL;
		if (high == NULL || low == NULL
			|| mem.id_len == sizeof mem.id) {
			return complain(UNREADABLE, hex, "is no CKA_ID");
		}
		mem.id[mem.id_len++] =
			(unsigned char)((high - digits) << 4 | (low - digits));
	}
	return DONE;
}

/* The first line of a file. */
static int
read_pin(const char *name)
{
	seamkey_span pin;
	int status = file_read(
		name, (unsigned char *)mem.pin, sizeof mem.pin - 1, &pin);

	mem.pin[strcspn(mem.pin, "\r\n")] = 0;
	mem.token.pin = mem.pin;
	return status;
}

static int
parse_options(int argc, char *const *argv)
{
	int option, status = DONE;

	while (status == DONE
		&& (option = getopt(argc, argv, "m:t:p:k:")) != -1) {
		switch (option) {
		case 'm':
			mem.token.module = optarg;
			break;
		case 't':
			mem.token.label = optarg;
			break;
		case 'p':
			status = read_pin(optarg);
			break;
		case 'k':
			status = parse_id(optarg);
			break;
		default:
			return complain_usage();
		}
	}
	if (status == DONE
		&& (mem.token.module == NULL || mem.id_len == 0
			|| optind == argc)) {
		return complain_usage();
	}
	return status;
}

/* ---- the verbs ----------------------------------------------------------- */

/* The key as the services want it: engine, handle, and its public half. */
static int
make_env(seamkey_rsa_env *env, seamkey_span *public_key)
{
	memset(env, 0, sizeof *env);
	env->engine.drv = token_driver();
	env->engine.dev = &mem.token;
	env->handle = seamkey_span_of(mem.id, mem.id_len);
	env->rejection = seamkey_span_of(mem.secret, sizeof mem.secret);
	*public_key = seamkey_span_of(mem.public_key, 0);
	return token_get_public(&mem.token, env->handle, mem.public_key,
		sizeof mem.public_key, &public_key->len);
}

static int
run_make(const char *purpose)
{
	CK_ATTRIBUTE_TYPE type = CKA_SIGN;
	int status;

	if (purpose != NULL && strcmp(purpose, "decrypt") == 0) {
		type = CKA_DECRYPT;
	} else if (purpose == NULL || strcmp(purpose, "sign") != 0) {
		return complain_usage();
	}
	status = token_make_key(&mem.token, seamkey_span_of(mem.id, mem.id_len),
		KEY_BITS, type);
	return status == TOKEN_ERR_KEY ? complain(REFUSED, mem.token.label,
		       "the token has a key with this CKA_ID already")
				       : status;
}

static int
run_public(void)
{
	return token_get_public(&mem.token, seamkey_span_of(mem.id, mem.id_len),
		mem.out, sizeof mem.out, &mem.out_len);
}

static int
run_sign(void)
{
	unsigned char digest[32];
	br_sha256_context sha;
	seamkey_rsa_env env;
	seamkey_span public_key;
	ssize_t len;
	int status = make_env(&env, &public_key);

	if (status != SEAMKEY_OK) {
		return status;
	}
	br_sha256_init(&sha);
	while ((len = file_read_some(STDIN_FILENO, mem.in, sizeof mem.in))
		> 0) {
		br_sha256_update(&sha, mem.in, (size_t)len);
	}
	if (len < 0) {
		return complain(UNREADABLE, "-", strerror(errno));
	}
	br_sha256_out(&sha, digest);
	return seamkey_rsa_sign_hash(&env, mem.out, sizeof mem.out,
		&mem.out_len, SEAMKEY_SHA256,
		seamkey_span_of(digest, sizeof digest), public_key);
}

static int
run_decrypt(const char *secret_name, int oaep)
{
	seamkey_span secret = { NULL, 0 }, ct = { NULL, 0 }, public_key;
	seamkey_rsa_env env;
	int status;

	if (secret_name == NULL) {
		return complain_usage();
	}
	status = file_read(secret_name, mem.secret, sizeof mem.secret, &secret);
	if (status == DONE && secret.len != sizeof mem.secret) {
		status = complain(UNREADABLE, secret_name, "has not 32 bytes");
	}
	if (status == DONE) {
		status = file_read("-", mem.in, sizeof mem.in, &ct);
	}
	if (status == DONE) {
		status = make_env(&env, &public_key);
	}
	if (status == SEAMKEY_OK) {
		status =
			(oaep ? seamkey_rsa_decrypt_oaep : seamkey_rsa_decrypt)(
				&env, mem.out, KEY_LEN, ct, public_key);
	}
	mem.out_len = status == SEAMKEY_OK ? KEY_LEN : 0;
	return status;
}

/* A status of seamkey, of the token, or what the program is to end with. */
static int
run(const char *verb, const char *argument)
{
	if (strcmp(verb, "make") == 0) {
		return run_make(argument);
	}
	if (strcmp(verb, "public") == 0) {
		return run_public();
	}
	if (strcmp(verb, "sign") == 0) {
		return run_sign();
	}
	if (strcmp(verb, "decrypt") == 0 || strcmp(verb, "oaep") == 0) {
		return run_decrypt(argument, verb[0] == 'o');
	}
	return complain_usage();
}

int
main(int argc, char **argv)
{
	int status;

	if (file_fill_streams() != 0) {
		return UNREADABLE;
	}
	status = parse_options(argc, argv);
	if (status == DONE) {
		status = token_open(&mem.token);
		if (status == SEAMKEY_OK) {
			status = run(argv[optind], argv[optind + 1]);
		}
		if (status < 0) {
			status = complain_token(status);
		} else if (status == DONE) {
			status = file_write_stdout(mem.out, mem.out_len);
		}
		token_close(&mem.token);
	}
	seamkey_wipe(&mem, sizeof mem);
	return status;
}
