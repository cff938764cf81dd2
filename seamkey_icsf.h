/*
 * seamkey_icsf.h - the RSA services under their ICSF call names
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Codes              4. The private key sign service
 *   2. Environment        5. The names of ICSF
 *   3. The key structure services
 * Search for "[icsf.3]" to reach section 3: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   The PKCS #11 key structure services of z/OS ICSF (APAR OA50113):
 *   private key structure sign and decrypt, public key structure verify
 *   and encrypt, and PKCS #11 private key sign. Same parameters, same
 *   rules, return and reason codes where they are known: code that was
 *   written for ICSF runs on what seamkey_rsa.h runs on.
 *
 * QUICK START
 *   #include "seamkey_icsf.h"
 *   static seamkey_icsf_env env;  (zero is a start; main() sets hooks)
 *   #define SEAMKEY_ICSF_ENV (&env)
 *   #include "seamkey_icsf.h"     (again: declares the names of ICSF)
 *   ...
 *   CSFPPS2(&rc, &rsn, &zero, NULL, &one, "RSA-PKCS", &hash_len, hash,
 *       NULL, &sig_len, sig, &key_len, key);
 *
 * WHAT HOLDS FOR EVERY CALL
 *   Integers are int32_t and handed over by address. Strings are bytes; a
 *   rule keyword is left-justified in 8 of them and padded with blanks.
 *   return_code and reason_code are always set. exit_data_length,
 *   exit_data and reserved are never read and may be NULL. On a return
 *   code other than 0 the outputs and their lengths are unchanged.
 *   Length parameters of outputs hold the room on input and the bytes
 *   written on output. The restrictions of FIPS are always on: env.rsa's
 *   policy is not looked at. A key structure is at most 3000 bytes.
 *   Constant time, wiping and verified results are those of seamkey_rsa.h.
 *
 * CAUTIONS
 *   CSFPPD2 tells its caller whether the padding was good: read the
 *   comment of seamkey_rsa_decrypt_report() before you let anyone from
 *   outside submit what it decrypts.
 *   CSFPPKS with ECDSA in software is BearSSL's, whose time tells, by one
 *   turn of a loop, whether the top word of the nonce is zero
 *   (docs/SECURITY.md): where someone can measure nanoseconds on many
 *   signatures, sign in an engine.
 *   CSFPPKS with RSA-ZERO is the private operation without padding, as the
 *   text has it: it signs any block, of a hash that the policy does not
 *   allow too, and, since decrypting is the same operation, a key with
 *   CKA_SIGN alone decrypts with it. Let find_key answer accordingly.
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_der.h"
#include "seamkey_rsa.h"

#ifndef SEAMKEY_ICSF_H
#define SEAMKEY_ICSF_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [icsf.1] Codes -------------------------------------------------- */

/* Causes that only these services know; positive, beside the statuses of
 * base, der and rsa, which are negative. */
enum seamkey_icsf_cause {
	SEAMKEY_ICSF_RULE_COUNT = 1,   /* not the number of keywords */
	SEAMKEY_ICSF_RULE_KEYWORD,     /* no such keyword here */
	SEAMKEY_ICSF_RULE_COMBINATION, /* keywords that do not go together */
	SEAMKEY_ICSF_LENGTH,           /* of a key, a hash or a text */
	SEAMKEY_ICSF_NOT_AUTHORIZED,   /* the authorization hook said no */
	SEAMKEY_ICSF_HANDLE,           /* no key has this handle */
	SEAMKEY_ICSF_KEY_USE,          /* CKA_SIGN or CKA_DECRYPT is false */
	SEAMKEY_ICSF_NOT_AVAILABLE     /* no environment */
};

/* Where the numbers of a pair come from. */
enum seamkey_icsf_source {
	SEAMKEY_ICSF_CERTAIN = 1, /* IBM's tables */
	SEAMKEY_ICSF_LIKELY,      /* IBM's for a like case, or what openCryptoki
	                           * maps */
	SEAMKEY_ICSF_OWN          /* unknown: the reason is ours, see below */
};

/*
 * Reason codes of our own are this number plus the status with its sign
 * changed (1000201 for SEAMKEY_ERR_RSA_DECRYPT): ICSF's have 16 bits.
 */
#define SEAMKEY_ICSF_OWN_REASON 1000000

typedef struct seamkey_icsf_code {
	int32_t return_code;
	int32_t reason_code;
	int source; /* enum seamkey_icsf_source */
} seamkey_icsf_code;

/*
 * The codes of a cause: an enum seamkey_icsf_cause, or a status of base,
 * der or rsa; statuses of a driver's own (below -1000) are an asynchronous
 * processor that failed. Compare pairs: reason 11000 is a signature that
 * did not verify under return code 4 and a length under 8.
 */
SEAMKEY_API seamkey_icsf_code seamkey_icsf_code_of(int cause);

/* ---- [icsf.2] Environment -------------------------------------------- */

/* A key of CSFPPKS, as the find_key hook gives it. */
typedef struct seamkey_icsf_key {
	seamkey_span private_key_info; /* RSA or EC; or empty, and: */
	seamkey_span handle;           /* what the engine knows it by */
	seamkey_span public_key_info;  /* its public half, beside a handle */
	int may_sign;                  /* CKA_SIGN */
	int may_decrypt;               /* CKA_DECRYPT */
} seamkey_icsf_key;

#define SEAMKEY_ICSF_HANDLE_LEN 44

/* Zero it and set what is needed. Read only for the services. */
typedef struct seamkey_icsf_env {
	/* engine, scratch, idle, random; the rest is not looked at */
	seamkey_rsa_env rsa;

	/*
	 * May this caller use the service that this resource of the class
	 * CSFSERV protects? "CSFPKD" for PPD2, "CSFDSG" for PPS2, "CSFPKE"
	 * for PPE2, "CSFDSV" for PPV2, and, by analogy, no source names it,
	 * "CSF1PKS" for PKS. Asked first in every call; 0 is yes, anything
	 * else no. NULL: everyone may.
	 */
	int (*authorize)(void *ctx, const char *resource);
	void *authorize_ctx;

	/*
	 * The key with this handle of 44 bytes: fill *key, which comes
	 * zeroed, and return 0, or return anything else where there is
	 * none. The spans stay valid until the call is over. NULL: CSFPPKS
	 * finds no key.
	 */
	int (*find_key)(
		void *ctx, const unsigned char *handle, seamkey_icsf_key *key);
	void *find_key_ctx;
} seamkey_icsf_env;

/* ---- [icsf.3] The key structure services ----------------------------- */

/*
 * CSFPPS2: sign hash, a DER DigestInfo, with the RSA key of a
 * PrivateKeyInfo. rule_array_count is 1, rule_array "RSA-PKCS".
 *
 * Return / reason: 0 / 0 done; 8 / 11000 a length is wrong; 8 / 3003
 * signature too small; 8 / 33, 35 rule array; 8 / 2154 not an RSA key;
 * 8 / 11008 the numbers make no key; 8 / 16000 not authorized; 12 / 0 no
 * environment; 12 / 8, 12 / 28 the engine; 16 / own a result that did not
 * verify; else a reason of our own.
 */
SEAMKEY_API void seamkey_icsf_pps2(const seamkey_icsf_env *env,
	int32_t *return_code, int32_t *reason_code,
	const int32_t *exit_data_length, const void *exit_data,
	const int32_t *rule_array_count, const void *rule_array,
	const int32_t *hash_length, const void *hash, const void *reserved,
	int32_t *signature_length, void *signature,
	const int32_t *private_key_info_length, const void *private_key_info);

/*
 * CSFPPV2: verify signature over hash, a DER DigestInfo, with the RSA key
 * of a SubjectPublicKeyInfo. 4 / 11000 where the signature does not
 * verify, whatever its length; other codes as above.
 */
SEAMKEY_API void seamkey_icsf_ppv2(const seamkey_icsf_env *env,
	int32_t *return_code, int32_t *reason_code,
	const int32_t *exit_data_length, const void *exit_data,
	const int32_t *rule_array_count, const void *rule_array,
	const int32_t *signature_length, const void *signature,
	const void *reserved, const int32_t *hash_length, const void *hash,
	const int32_t *subject_public_key_info_length,
	const void *subject_public_key_info);

/*
 * CSFPPE2: encrypt clear_value with the RSA key of a SubjectPublicKeyInfo.
 * 8 / 11000 where it is longer than the modulus less 11 bytes, 12 / own
 * where env->rsa.random fails; other codes as above.
 */
SEAMKEY_API void seamkey_icsf_ppe2(const seamkey_icsf_env *env,
	int32_t *return_code, int32_t *reason_code,
	const int32_t *exit_data_length, const void *exit_data,
	const int32_t *rule_array_count, const void *rule_array,
	const int32_t *clear_value_length, const void *clear_value,
	const void *reserved, int32_t *cipher_value_length, void *cipher_value,
	const int32_t *subject_public_key_info_length,
	const void *subject_public_key_info);

/*
 * CSFPPD2: decrypt cipher_value with the RSA key of a PrivateKeyInfo.
 * cipher_value_length is the size of the modulus (else 8 / 11000),
 * clear_value_length at least that (else 8 / 3003); all that many bytes of
 * clear_value are written, the message first and zero behind it, and
 * clear_value_length is set to its length. 8 / own, one reason whatever is
 * wrong, where it cannot be decrypted; other codes as above.
 */
SEAMKEY_API void seamkey_icsf_ppd2(const seamkey_icsf_env *env,
	int32_t *return_code, int32_t *reason_code,
	const int32_t *exit_data_length, const void *exit_data,
	const int32_t *rule_array_count, const void *rule_array,
	const int32_t *cipher_value_length, const void *cipher_value,
	const void *reserved, int32_t *clear_value_length, void *clear_value,
	const int32_t *private_key_info_length, const void *private_key_info);

/* ---- [icsf.4] The private key sign service --------------------------- */

/*
 * CSFPPKS: sign or decrypt with the private key that has this handle of
 * 44 bytes. The rule array has one or two keywords in any order: one of
 *   RSA-PKCS  cipher_value is a DigestInfo to sign, or a ciphertext
 *   RSA-ZERO  cipher_value, at most as long as the modulus and below it,
 *             is taken as a number; the result is as long as the modulus
 *   ECDSA     cipher_value is a digest of 20, 28, 32, 48 or 64 bytes; the
 *             result is r and s, each as long as the order of the curve
 *             (P-256, P-384, P-521), with the nonce of RFC 6979
 *   DSA       cipher_value is such a digest; only an engine can do it
 * and DECRYPT, with an RSA keyword, which needs CKA_DECRYPT; without it
 * the request is to sign, and needs CKA_SIGN. clear_value_length is at
 * least the size of the modulus, or of r and s together.
 *
 * An RSA or ECDSA result is verified before it is handed out; that of a
 * DSA engine is not. Return / reason as above, and 8 / 34 keywords that do
 * not go together, 8 / 3027 no key with this handle, 8 / 3038 the
 * attribute is false. A digest of all zeros is 8 / 11000 with ECDSA:
 * BearSSL cannot verify it.
 */
SEAMKEY_API void seamkey_icsf_pks(const seamkey_icsf_env *env,
	int32_t *return_code, int32_t *reason_code,
	const int32_t *exit_data_length, const void *exit_data,
	const int32_t *rule_array_count, const void *rule_array,
	const int32_t *cipher_value_length, const void *cipher_value,
	const void *key_handle, int32_t *clear_value_length, void *clear_value);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_ICSF_H */

/* ---- [icsf.5] The names of ICSF -------------------------------------- */

/*
 * CSFPPS2 and so on, with the parameter lists of the text, over the
 * environment that the including file names: it includes this header,
 * declares its environment, defines SEAMKEY_ICSF_ENV to be its address,
 * and includes this header again. The names that end in 6 are those of
 * 64-bit callers; here they are the same. The only names of seamkey
 * without its prefix: nothing is declared unless SEAMKEY_ICSF_ENV is.
 */
#if defined(SEAMKEY_ICSF_ENV) && !defined(SEAMKEY_ICSF_NAMES)
#define SEAMKEY_ICSF_NAMES
#define SEAMKEY_I_ICSF_STRUCTURE(name, service, constant) \
	static inline void name(int32_t *rc, int32_t *rsn, \
		const int32_t *exit_len, const void *exit_data, \
		const int32_t *rule_count, const void *rules, \
		const int32_t *in_len, const void *in, const void *reserved, \
		constant int32_t *out_len, constant void *out, \
		const int32_t *key_len, const void *key) \
	{ \
		service(SEAMKEY_ICSF_ENV, rc, rsn, exit_len, exit_data, \
			rule_count, rules, in_len, in, reserved, out_len, out, \
			key_len, key); \
	}
#define SEAMKEY_I_ICSF_SIGN(name) \
	static inline void name(int32_t *rc, int32_t *rsn, \
		const int32_t *exit_len, const void *exit_data, \
		const int32_t *rule_count, const void *rules, \
		const int32_t *cipher_len, const void *cipher, \
		const void *key_handle, int32_t *clear_len, void *clear) \
	{ \
		seamkey_icsf_pks(SEAMKEY_ICSF_ENV, rc, rsn, exit_len, \
			exit_data, rule_count, rules, cipher_len, cipher, \
			key_handle, clear_len, clear); \
	}
SEAMKEY_I_ICSF_STRUCTURE(CSFPPS2, seamkey_icsf_pps2, )
SEAMKEY_I_ICSF_STRUCTURE(CSFPPS26, seamkey_icsf_pps2, )
SEAMKEY_I_ICSF_STRUCTURE(CSFPPV2, seamkey_icsf_ppv2, const)
SEAMKEY_I_ICSF_STRUCTURE(CSFPPV26, seamkey_icsf_ppv2, const)
SEAMKEY_I_ICSF_STRUCTURE(CSFPPE2, seamkey_icsf_ppe2, )
SEAMKEY_I_ICSF_STRUCTURE(CSFPPE26, seamkey_icsf_ppe2, )
SEAMKEY_I_ICSF_STRUCTURE(CSFPPD2, seamkey_icsf_ppd2, )
SEAMKEY_I_ICSF_STRUCTURE(CSFPPD26, seamkey_icsf_ppd2, )
SEAMKEY_I_ICSF_SIGN(CSFPPKS)
SEAMKEY_I_ICSF_SIGN(CSFPPKS6)
#endif

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_ICSF_IMPLEMENTED)
#define SEAMKEY_ICSF_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [icsf.1] Codes -------------------------------------------------- */

/* clang-format off */
static const struct seamkey_i_icsf_row {
	int16_t cause;
	unsigned char return_code, source;
	uint16_t reason_code; /* 0 beside SEAMKEY_ICSF_OWN */
} seamkey_i_icsf_rows[] = {
	{ SEAMKEY_OK, 0, SEAMKEY_ICSF_CERTAIN, 0 },
	{ SEAMKEY_ERR_RSA_SIGNATURE, 4, SEAMKEY_ICSF_CERTAIN, 11000 },
	/* a length of key, text or field */
	{ SEAMKEY_ICSF_LENGTH, 8, SEAMKEY_ICSF_CERTAIN, 11000 },
	{ SEAMKEY_ERR_RSA_KEY_INFO, 8, SEAMKEY_ICSF_CERTAIN, 11000 },
	{ SEAMKEY_ERR_RSA_MESSAGE, 8, SEAMKEY_ICSF_CERTAIN, 11000 },
	{ SEAMKEY_ERR_DER_DIGEST, 8, SEAMKEY_ICSF_LIKELY, 11000 },
	{ SEAMKEY_ERR_SPACE, 8, SEAMKEY_ICSF_LIKELY, 3003 },
	/* rule array, in the numbering of CCA */
	{ SEAMKEY_ICSF_RULE_KEYWORD, 8, SEAMKEY_ICSF_LIKELY, 33 },
	{ SEAMKEY_ICSF_RULE_COMBINATION, 8, SEAMKEY_ICSF_LIKELY, 34 },
	{ SEAMKEY_ICSF_RULE_COUNT, 8, SEAMKEY_ICSF_LIKELY, 35 },
	/* key values not valid */
	{ SEAMKEY_ERR_KEY_ZERO, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_MODULUS_EVEN, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_EXPONENT_EVEN, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_D, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_PRIME_EVEN, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_PRODUCT, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_DP, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_DQ, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_KEY_QINV, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	{ SEAMKEY_ERR_DER_SCALAR, 8, SEAMKEY_ICSF_LIKELY, 11008 },
	/* key of another type; no such object; attribute false */
	{ SEAMKEY_ERR_DER_ALGORITHM, 8, SEAMKEY_ICSF_LIKELY, 2154 },
	{ SEAMKEY_ICSF_HANDLE, 8, SEAMKEY_ICSF_LIKELY, 3027 },
	{ SEAMKEY_ICSF_KEY_USE, 8, SEAMKEY_ICSF_LIKELY, 3038 },
	{ SEAMKEY_ICSF_NOT_AUTHORIZED, 8, SEAMKEY_ICSF_CERTAIN, 16000 },
	/* not available: altogether, this algorithm, the processor */
	{ SEAMKEY_ICSF_NOT_AVAILABLE, 12, SEAMKEY_ICSF_CERTAIN, 0 },
	{ SEAMKEY_ERR_UNSUPPORTED, 12, SEAMKEY_ICSF_CERTAIN, 8 },
	{ SEAMKEY_ERR_HOOK, 12, SEAMKEY_ICSF_CERTAIN, 28 },
	/* known is only which return code such a thing belongs to */
	{ SEAMKEY_ERR_RANDOM, 12, SEAMKEY_ICSF_OWN, 0 },
	{ SEAMKEY_ERR_CANCELLED, 12, SEAMKEY_ICSF_OWN, 0 },
	{ SEAMKEY_ERR_ARG, 12, SEAMKEY_ICSF_OWN, 0 },
	{ SEAMKEY_ERR_IDLE, 12, SEAMKEY_ICSF_OWN, 0 },
	{ SEAMKEY_ERR_RSA_NO_PUBLIC_KEY, 12, SEAMKEY_ICSF_OWN, 0 },
	{ SEAMKEY_ERR_RSA_FAULT, 16, SEAMKEY_ICSF_OWN, 0 },
};
/* clang-format on */

SEAMKEY_API seamkey_icsf_code
seamkey_icsf_code_of(int cause)
{
	seamkey_icsf_code code;
	size_t u;

	/* keys and texts are the caller's, what else fails is not */
	code.return_code = cause <= -100 ? 8 : 12;
	code.reason_code = 0;
	code.source = SEAMKEY_ICSF_OWN;
	if (cause < -1000) {
		cause = SEAMKEY_ERR_HOOK; /* the driver's own */
	}
	for (u = 0;
		u < sizeof seamkey_i_icsf_rows / sizeof seamkey_i_icsf_rows[0];
		u++) {
		const struct seamkey_i_icsf_row *row = &seamkey_i_icsf_rows[u];

		if (row->cause == cause) {
			code.return_code = row->return_code;
			code.reason_code = row->reason_code;
			code.source = row->source;
		}
	}
	if (code.source == SEAMKEY_ICSF_OWN) {
		code.reason_code = SEAMKEY_ICSF_OWN_REASON - (int32_t)cause;
	}
	return code;
}

/* ---- [icsf.3] The key structure services ----------------------------- */

/* The longest key structure that the text admits, in bytes. */
#define SEAMKEY_I_ICSF_MAX_KEY 3000
#if SEAMKEY_RSA_MAX_KEY_INFO < SEAMKEY_I_ICSF_MAX_KEY
#error "ICSF admits key structures of 3000 bytes: SEAMKEY_RSA_MAX_KEY_INFO"
#endif

/* How every service ends. */
static inline void
seamkey_i_icsf_answer(int32_t *rc, int32_t *rsn, int cause)
{
	seamkey_icsf_code code = seamkey_icsf_code_of(cause);

	*rc = code.return_code;
	*rsn = code.reason_code;
}

/* How every service begins; the environment for seamkey_rsa.h. */
static inline int
seamkey_i_icsf_enter(
	const seamkey_icsf_env *env, const char *resource, seamkey_rsa_env *rsa)
{
	if (env == NULL) {
		return SEAMKEY_ICSF_NOT_AVAILABLE;
	}
	if (env->authorize != NULL
		&& env->authorize(env->authorize_ctx, resource) != 0) {
		return SEAMKEY_ICSF_NOT_AUTHORIZED;
	}
	*rsa = env->rsa;
	if (rsa->engine.drv != NULL
		&& rsa->scratch_len < rsa->engine.drv->scratch_size) {
		return SEAMKEY_ERR_ARG; /* 8/3003 would blame the caller */
	}
	memset(&rsa->policy, 0, sizeof rsa->policy);
	rsa->handle = seamkey_span_of(NULL, 0);
	rsa->unverified_modulus_len = 0;
	return SEAMKEY_OK;
}

/* A string and its length as parameters hand them over. */
static inline int
seamkey_i_icsf_string(const int32_t *len, const void *p, seamkey_span *out)
{
	if (len == NULL || *len < 0 || (p == NULL && *len != 0)
		|| (uint32_t)(size_t)*len != (uint32_t)*len) { /* 16 bits */
		return SEAMKEY_ICSF_LENGTH;
	}
	*out = seamkey_span_of(p, (size_t)*len);
	return SEAMKEY_OK;
}

/* Keyword i of a rule array, which is 8 characters long. */
static inline int
seamkey_i_icsf_keyword(const void *rules, size_t i, const char *keyword)
{
	return memcmp((const unsigned char *)rules + 8 * i, keyword, 8) == 0;
}

/* The rule array of the key structure services: RSA-PKCS alone. */
static inline int
seamkey_i_icsf_rules(const int32_t *count, const void *rules)
{
	if (count == NULL || *count != 1) {
		return SEAMKEY_ICSF_RULE_COUNT;
	}
	if (rules == NULL || !seamkey_i_icsf_keyword(rules, 0, "RSA-PKCS")) {
		return SEAMKEY_ICSF_RULE_KEYWORD;
	}
	return SEAMKEY_OK;
}

/* What the four have in common: rules, an input, a key structure. */
static inline int
seamkey_i_icsf_inputs(const int32_t *rule_count, const void *rules,
	const int32_t *in_len, const void *in, seamkey_span *input,
	const int32_t *key_len, const void *key_info, seamkey_span *key)
{
	int cause = seamkey_i_icsf_rules(rule_count, rules);

	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_string(in_len, in, input);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_string(key_len, key_info, key);
	}
	if (cause == SEAMKEY_OK && key->len > SEAMKEY_I_ICSF_MAX_KEY) {
		cause = SEAMKEY_ICSF_LENGTH;
	}
	return cause;
}

/* A buffer for a result; room is that of the caller. */
static inline int
seamkey_i_icsf_room(const int32_t *len, const void *p, size_t *room)
{
	if (len == NULL || *len < 0
		|| (uint32_t)(size_t)*len != (uint32_t)*len) {
		return SEAMKEY_ICSF_LENGTH;
	}
	if (p == NULL) {
		return SEAMKEY_ERR_SPACE;
	}
	*room = (size_t)*len;
	return SEAMKEY_OK;
}

SEAMKEY_API void
seamkey_icsf_pps2(const seamkey_icsf_env *env, int32_t *return_code,
	int32_t *reason_code, const int32_t *exit_data_length,
	const void *exit_data, const int32_t *rule_array_count,
	const void *rule_array, const int32_t *hash_length, const void *hash,
	const void *reserved, int32_t *signature_length, void *signature,
	const int32_t *private_key_info_length, const void *private_key_info)
{
	seamkey_rsa_env rsa;
	seamkey_span in, key;
	size_t room = 0, len = 0;
	int cause = seamkey_i_icsf_enter(env, "CSFDSG", &rsa);

	(void)exit_data_length;
	(void)exit_data;
	(void)reserved;
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_inputs(rule_array_count, rule_array,
			hash_length, hash, &in, private_key_info_length,
			private_key_info, &key);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_room(signature_length, signature, &room);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_rsa_sign(
			&rsa, (unsigned char *)signature, room, &len, in, key);
	}
	if (cause == SEAMKEY_OK) {
		*signature_length = (int32_t)len;
	}
	seamkey_i_icsf_answer(return_code, reason_code, cause);
}

SEAMKEY_API void
seamkey_icsf_ppv2(const seamkey_icsf_env *env, int32_t *return_code,
	int32_t *reason_code, const int32_t *exit_data_length,
	const void *exit_data, const int32_t *rule_array_count,
	const void *rule_array, const int32_t *signature_length,
	const void *signature, const void *reserved, const int32_t *hash_length,
	const void *hash, const int32_t *subject_public_key_info_length,
	const void *subject_public_key_info)
{
	seamkey_rsa_env rsa;
	seamkey_span sig, in, key;
	int cause = seamkey_i_icsf_enter(env, "CSFDSV", &rsa);

	(void)exit_data_length;
	(void)exit_data;
	(void)reserved;
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_inputs(rule_array_count, rule_array,
			signature_length, signature, &sig,
			subject_public_key_info_length, subject_public_key_info,
			&key);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_string(hash_length, hash, &in);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_rsa_verify(&rsa, sig, in, key);
	}
	seamkey_i_icsf_answer(return_code, reason_code, cause);
}

SEAMKEY_API void
seamkey_icsf_ppe2(const seamkey_icsf_env *env, int32_t *return_code,
	int32_t *reason_code, const int32_t *exit_data_length,
	const void *exit_data, const int32_t *rule_array_count,
	const void *rule_array, const int32_t *clear_value_length,
	const void *clear_value, const void *reserved,
	int32_t *cipher_value_length, void *cipher_value,
	const int32_t *subject_public_key_info_length,
	const void *subject_public_key_info)
{
	seamkey_rsa_env rsa;
	seamkey_span in, key;
	size_t room = 0, len = 0;
	int cause = seamkey_i_icsf_enter(env, "CSFPKE", &rsa);

	(void)exit_data_length;
	(void)exit_data;
	(void)reserved;
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_inputs(rule_array_count, rule_array,
			clear_value_length, clear_value, &in,
			subject_public_key_info_length, subject_public_key_info,
			&key);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_room(
			cipher_value_length, cipher_value, &room);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_rsa_encrypt(&rsa, (unsigned char *)cipher_value,
			room, &len, in, key);
	}
	if (cause == SEAMKEY_OK) {
		*cipher_value_length = (int32_t)len;
	}
	seamkey_i_icsf_answer(return_code, reason_code, cause);
}

/*
 * Decrypt with a report, for PPD2 and PKS. The ciphertext has to be as
 * long as the modulus, which the room that is asked for tells.
 */
static inline int
seamkey_i_icsf_decrypt(const seamkey_rsa_env *rsa, void *clear,
	int32_t *clear_len, seamkey_span ct, seamkey_span key)
{
	size_t room = 0, k = 0;
	int cause = seamkey_i_icsf_room(clear_len, clear, &room);

	if (cause == SEAMKEY_OK) { /* measures */
		cause = seamkey_rsa_decrypt_report(rsa, NULL, 0, &k, ct, key);
	}
	if (cause == SEAMKEY_OK && ct.len != k) {
		cause = SEAMKEY_ICSF_LENGTH;
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_rsa_decrypt_report(
			rsa, (unsigned char *)clear, room, &k, ct, key);
	}
	if (cause == SEAMKEY_OK) {
		*clear_len = (int32_t)k;
	}
	return cause;
}

SEAMKEY_API void
seamkey_icsf_ppd2(const seamkey_icsf_env *env, int32_t *return_code,
	int32_t *reason_code, const int32_t *exit_data_length,
	const void *exit_data, const int32_t *rule_array_count,
	const void *rule_array, const int32_t *cipher_value_length,
	const void *cipher_value, const void *reserved,
	int32_t *clear_value_length, void *clear_value,
	const int32_t *private_key_info_length, const void *private_key_info)
{
	seamkey_rsa_env rsa;
	seamkey_span in, key;
	int cause = seamkey_i_icsf_enter(env, "CSFPKD", &rsa);

	(void)exit_data_length;
	(void)exit_data;
	(void)reserved;
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_inputs(rule_array_count, rule_array,
			cipher_value_length, cipher_value, &in,
			private_key_info_length, private_key_info, &key);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_decrypt(
			&rsa, clear_value, clear_value_length, in, key);
	}
	seamkey_i_icsf_answer(return_code, reason_code, cause);
}

/* ---- [icsf.4] The private key sign service --------------------------- */

enum seamkey_i_icsf_mechanism {
	SEAMKEY_I_ICSF_RSA_ZERO = 1,
	SEAMKEY_I_ICSF_RSA_PKCS,
	SEAMKEY_I_ICSF_DSA,
	SEAMKEY_I_ICSF_ECDSA
};

/* The rule array: a mechanism and perhaps DECRYPT. */
static inline int
seamkey_i_icsf_pks_rules(
	const int32_t *count, const void *rules, int *mechanism, int *decrypt)
{
	static const char keywords[5][9] = { "DECRYPT ", "RSA-ZERO", "RSA-PKCS",
		"DSA     ", "ECDSA   " };
	size_t i, found;

	*mechanism = 0;
	*decrypt = 0;
	if (count == NULL || *count < 1 || *count > 2) {
		return SEAMKEY_ICSF_RULE_COUNT;
	}
	for (i = 0; i < (size_t)*count; i++) {
		for (found = 0; rules != NULL && found < 5; found++) {
			if (seamkey_i_icsf_keyword(rules, i, keywords[found])) {
				break;
			}
		}
		if (rules == NULL || found == 5) {
			return SEAMKEY_ICSF_RULE_KEYWORD;
		}
		if (found == 0 ? *decrypt != 0 : *mechanism != 0) {
			return SEAMKEY_ICSF_RULE_COMBINATION;
		}
		if (found == 0) {
			*decrypt = 1;
		} else {
			*mechanism = (int)found;
		}
	}
	if (*mechanism == 0 || (*decrypt && *mechanism >= SEAMKEY_I_ICSF_DSA)) {
		return SEAMKEY_ICSF_RULE_COMBINATION;
	}
	return SEAMKEY_OK;
}

/* An engine's answer to a request that has no block to check. */
static inline int
seamkey_i_icsf_take(seamkey_op *op, int status)
{
	if (status == SEAMKEY_OK) {
		*op->len = op->out_len;
	} else {
		status = seamkey_i_op_error(op, status);
	}
	seamkey_i_op_end(op);
	return status;
}

/* Ask the engine and wait for it. */
static inline int
seamkey_i_icsf_ask(const seamkey_rsa_env *rsa, int kind, seamkey_span key,
	seamkey_span in, unsigned char *out, size_t cap, size_t *len)
{
	seamkey_op op;
	int status;

	memset(&op, 0, sizeof op);
	if (rsa->engine.drv == NULL) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (rsa->engine.drv->poll != NULL && rsa->idle == NULL) {
		return SEAMKEY_ERR_IDLE;
	}
	op.scratch = rsa->scratch;
	op.scratch_len = rsa->scratch_len;
	op.hook = rsa->engine;
	op.next = seamkey_i_icsf_take;
	op.len = len;
	op.req.kind = kind;
	op.req.key = key;
	op.req.handle = rsa->handle;
	op.req.in = in;
	op.req.out = out;
	op.req.out_cap = cap;
	status = seamkey_i_op_begin(&op);
	if (status != SEAMKEY_AGAIN) {
		return seamkey_i_icsf_take(&op, status);
	}
	return seamkey_i_rsa_wait(&op, rsa, status);
}

/* The hash class whose digests are this long, for RFC 6979. */
static inline const br_hash_class *
seamkey_i_icsf_hash(size_t len)
{
	switch (len) {
	case 20:
		return &br_sha1_vtable;
	case 28:
		return &br_sha224_vtable;
	case 32:
		return &br_sha256_vtable;
	case 48:
		return &br_sha384_vtable;
	case 64:
		return &br_sha512_vtable;
	default:
		return NULL;
	}
}

#define SEAMKEY_I_ICSF_MAX_POINT 133 /* 04, and two coordinates of P-521 */

/* ECDSA in software; r and s to sig, or nothing if the scalar is not in
 * range. key->public_key is set to point if it was empty. */
static inline int
seamkey_i_icsf_ecdsa_software(seamkey_der_ec_private *key, seamkey_span digest,
	unsigned char *point, unsigned char *sig, size_t *len)
{
	const br_ec_impl *ec = br_ec_get_default();
	br_ec_private_key sk;

	sk.curve = key->curve;
	sk.x = seamkey_i_rsa_unconst(key->scalar);
	sk.xlen = key->scalar.len;
	if (key->public_key.len == 0) {
		key->public_key = seamkey_span_of(
			point, br_ec_compute_pub(ec, NULL, point, &sk));
	}
	*len = br_ecdsa_sign_raw_get_default()(
		ec, seamkey_i_icsf_hash(digest.len), digest.p, &sk, sig);
	if (*len == 0 || key->public_key.len == 0) {
		return SEAMKEY_ERR_DER_SCALAR;
	}
	/* what is verified and then given out is public from here on */
	SEAMKEY_DECLASSIFY(sig, *len);
	SEAMKEY_DECLASSIFY(key->public_key.p, key->public_key.len);
	return SEAMKEY_OK;
}

static inline int
seamkey_i_icsf_ecdsa_verify(int curve, seamkey_span point, seamkey_span digest,
	const unsigned char *sig, size_t len)
{
	br_ec_public_key pk;

	pk.curve = curve;
	pk.q = seamkey_i_rsa_unconst(point);
	pk.qlen = point.len;
	return len == 2 * seamkey_der_curve_size(curve)
			&& br_ecdsa_vrfy_raw_get_default()(br_ec_get_default(),
				digest.p, digest.len, &pk, sig, len)
		? SEAMKEY_OK
		: SEAMKEY_ERR_RSA_FAULT;
}

/* The public half, and with a key structure the private one. */
static inline int
seamkey_i_icsf_ecdsa_key(
	const seamkey_icsf_key *key, seamkey_der_ec_private *ec)
{
	seamkey_der_ec_public pub;
	int cause;

	if (key->handle.len == 0) {
		return seamkey_der_decode_ec_private_info(
			ec, key->private_key_info);
	}
	if (key->public_key_info.len == 0) {
		return SEAMKEY_ERR_RSA_NO_PUBLIC_KEY;
	}
	cause = seamkey_der_decode_ec_public_info(&pub, key->public_key_info);
	if (cause == SEAMKEY_OK) {
		ec->curve = pub.curve;
		ec->scalar = seamkey_span_of(NULL, 0);
		ec->public_key = pub.public_key;
	}
	return cause;
}

/* On a Cortex-M4, BearSSL's ECDSA goes 3764 octets below its caller with
 * P-384 and P-521. */
SEAMKEY_I_SCRUBBER(seamkey_i_icsf_scrub, SEAMKEY_I_SCRUB_BYTES + 1024)

static inline int
seamkey_i_icsf_ecdsa(const seamkey_rsa_env *rsa, const seamkey_icsf_key *key,
	seamkey_span digest, unsigned char *out, size_t room, size_t *len)
{
	unsigned char point[SEAMKEY_I_ICSF_MAX_POINT];
	unsigned char sig[SEAMKEY_I_ICSF_MAX_POINT];
	seamkey_der_ec_private ec;
	int cause;

	memset(&ec, 0, sizeof ec);
	cause = seamkey_i_icsf_ecdsa_key(key, &ec);
	if (cause == SEAMKEY_OK
		&& (seamkey_i_icsf_hash(digest.len) == NULL
			|| seamkey_i_der_is_zero(digest))) {
		cause = SEAMKEY_ICSF_LENGTH;
	}
	if (cause == SEAMKEY_OK
		&& room < 2 * seamkey_der_curve_size(ec.curve)) {
		cause = SEAMKEY_ERR_SPACE;
	}
	if (cause != SEAMKEY_OK) {
		return cause;
	}
	cause = seamkey_i_icsf_ask(rsa, SEAMKEY_REQ_ECDSA_SIGN,
		ec.scalar.len == 0 ? key->public_key_info
				   : key->private_key_info,
		digest, sig, 2 * seamkey_der_curve_size(ec.curve), len);
	if (cause == SEAMKEY_ERR_UNSUPPORTED && ec.scalar.len != 0
		&& rsa->engine.fail_closed == 0) {
		cause = seamkey_i_icsf_ecdsa_software(
			&ec, digest, point, sig, len);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_ecdsa_verify(
			ec.curve, ec.public_key, digest, sig, *len);
	}
	if (cause == SEAMKEY_OK) {
		memcpy(out, sig, *len);
	}
	seamkey_i_icsf_scrub(); /* BearSSL's frames */
	return cause;
}

/* The engine alone can; the result is r and s, equally long. */
static inline int
seamkey_i_icsf_dsa(const seamkey_rsa_env *rsa, const seamkey_icsf_key *key,
	seamkey_span digest, unsigned char *out, size_t room, size_t *len)
{
	unsigned char sig[64]; /* r and s of the longest q, 256 bits */
	int cause;

	if (seamkey_i_icsf_hash(digest.len) == NULL) {
		return SEAMKEY_ICSF_LENGTH;
	}
	cause = seamkey_i_icsf_ask(rsa, SEAMKEY_REQ_DSA_SIGN,
		key->handle.len != 0 ? key->public_key_info
				     : key->private_key_info,
		digest, sig, sizeof sig, len);
	if (cause == SEAMKEY_OK
		&& (*len == 0 || *len % 2 != 0
			|| seamkey_i_der_is_zero(seamkey_span_of(sig, *len / 2))
			|| seamkey_i_der_is_zero(
				seamkey_span_of(sig + *len / 2, *len / 2)))) {
		cause = SEAMKEY_ERR_HOOK;
	}
	if (cause == SEAMKEY_OK && *len > room) {
		cause = SEAMKEY_ERR_SPACE;
	}
	if (cause == SEAMKEY_OK) {
		memcpy(out, sig, *len);
	}
	return cause;
}

/* RSA-ZERO and RSA-PKCS; in is the cipher_value. */
static inline int
seamkey_i_icsf_rsa(const seamkey_rsa_env *rsa, const seamkey_icsf_key *key,
	int mechanism, int decrypt, seamkey_span in, void *clear,
	int32_t *clear_len)
{
	seamkey_span info = key->handle.len != 0 ? key->public_key_info
						 : key->private_key_info;
	size_t room = 0, len = 0;
	int cause;

	if (decrypt && mechanism == SEAMKEY_I_ICSF_RSA_PKCS) {
		return seamkey_i_icsf_decrypt(rsa, clear, clear_len, in, info);
	}
	cause = seamkey_i_icsf_room(clear_len, clear, &room);
	if (cause == SEAMKEY_OK && mechanism == SEAMKEY_I_ICSF_RSA_PKCS) {
		cause = seamkey_rsa_sign(
			rsa, (unsigned char *)clear, room, &len, in, info);
	} else if (cause == SEAMKEY_OK) {
		cause = seamkey_i_rsa_raw(
			rsa, (unsigned char *)clear, room, &len, in, info);
	}
	if (cause == SEAMKEY_OK) {
		*clear_len = (int32_t)len;
	}
	return cause;
}

/* Find the key and see whether it may be used so. */
static inline int
seamkey_i_icsf_find_key(const seamkey_icsf_env *env, const void *handle,
	int decrypt, seamkey_rsa_env *rsa, seamkey_icsf_key *key)
{
	memset(key, 0, sizeof *key);
	if (env->find_key == NULL || handle == NULL
		|| env->find_key(env->find_key_ctx,
			   (const unsigned char *)handle, key)
			!= 0) {
		return SEAMKEY_ICSF_HANDLE;
	}
	if (decrypt ? !key->may_decrypt : !key->may_sign) {
		return SEAMKEY_ICSF_KEY_USE;
	}
	if (key->private_key_info.len > SEAMKEY_I_ICSF_MAX_KEY
		|| key->public_key_info.len > SEAMKEY_I_ICSF_MAX_KEY) {
		return SEAMKEY_ICSF_LENGTH;
	}
	rsa->handle = key->handle;
	return SEAMKEY_OK;
}

/* The service once the key is there. */
static inline int
seamkey_i_icsf_pks(const seamkey_rsa_env *rsa, const seamkey_icsf_key *key,
	int mechanism, int decrypt, seamkey_span in, void *clear,
	int32_t *clear_len)
{
	size_t room = 0, len = 0;
	int cause;

	if (mechanism < SEAMKEY_I_ICSF_DSA) {
		return seamkey_i_icsf_rsa(
			rsa, key, mechanism, decrypt, in, clear, clear_len);
	}
	cause = seamkey_i_icsf_room(clear_len, clear, &room);
	if (cause == SEAMKEY_OK) {
		cause = mechanism == SEAMKEY_I_ICSF_DSA
			? seamkey_i_icsf_dsa(rsa, key, in,
				(unsigned char *)clear, room, &len)
			: seamkey_i_icsf_ecdsa(rsa, key, in,
				(unsigned char *)clear, room, &len);
	}
	if (cause == SEAMKEY_OK) {
		*clear_len = (int32_t)len;
	}
	return cause;
}

SEAMKEY_API void
seamkey_icsf_pks(const seamkey_icsf_env *env, int32_t *return_code,
	int32_t *reason_code, const int32_t *exit_data_length,
	const void *exit_data, const int32_t *rule_array_count,
	const void *rule_array, const int32_t *cipher_value_length,
	const void *cipher_value, const void *key_handle,
	int32_t *clear_value_length, void *clear_value)
{
	seamkey_rsa_env rsa;
	seamkey_icsf_key key;
	seamkey_span in;
	int mechanism = 0, decrypt = 0;
	int cause = seamkey_i_icsf_enter(env, "CSF1PKS", &rsa);

	(void)exit_data_length;
	(void)exit_data;
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_pks_rules(
			rule_array_count, rule_array, &mechanism, &decrypt);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_string(
			cipher_value_length, cipher_value, &in);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_find_key(
			env, key_handle, decrypt, &rsa, &key);
	}
	if (cause == SEAMKEY_OK) {
		cause = seamkey_i_icsf_pks(&rsa, &key, mechanism, decrypt, in,
			clear_value, clear_value_length);
	}
	seamkey_i_icsf_answer(return_code, reason_code, cause);
}

#ifdef __cplusplus
}
#endif
#endif
