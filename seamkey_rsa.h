/*
 * seamkey_rsa.h - RSA PKCS #1 with keys handed over as DER
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Configuration                      5. Sign and verify
 *   2. Errors                             6. Encrypt
 *   3. Environment                        7. Decrypt
 *   4. Engines and operations under way   8. OAEP
 * Search for "[rsa.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   Four services over a key structure that is in memory: sign, verify,
 *   encrypt, decrypt; with the padding of PKCS #1 v1.5, the last two with
 *   OAEP as well. The key is the DER of a PrivateKeyInfo or a
 *   SubjectPublicKeyInfo, on every call; no key object is made, nothing is
 *   kept, nothing has to be destroyed. A hook puts an accelerator or a
 *   secure element in the place of the software.
 *
 * QUICK START
 *   unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
 *   size_t sig_len;
 *   int status = seamkey_rsa_sign_message(NULL, sig, sizeof sig, &sig_len,
 *       &br_sha256_vtable, seamkey_span_of("hello", 5),
 *       seamkey_span_of(private_key_info, private_key_info_len));
 *   status = seamkey_rsa_verify_message(NULL,
 *       seamkey_span_of(sig, sig_len), &br_sha256_vtable,
 *       seamkey_span_of("hello", 5),
 *       seamkey_span_of(public_key_info, public_key_info_len));
 *
 * GUARANTEES
 *   A private-key result is verified with the public key before it leaves.
 *   What an operation computed from a key is wiped on every path.
 *   Constant time in the private key, in the message to be encrypted, and
 *   in the decrypted block, its length included, with seamkey_modexp.h and
 *   with the engines of BearSSL; public are: all lengths of inputs, the
 *   modulus and its length, the lengths of the numbers in the key (to the
 *   octet; to the bit with BearSSL), the verdicts.
 *
 * CAUTIONS
 *   RSA PKCS #1 v1.5 encryption is for those who must: read section 7
 *   before choosing a decrypt function. New designs take OAEP, section 8.
 *   Stack: two blocks as long as the largest modulus, and what the software
 *   engine needs (README.md, "Size"; make size).
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_der.h"
#include "seamkey_modexp.h"

#ifndef SEAMKEY_RSA_H
#define SEAMKEY_RSA_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rsa.1] Configuration ------------------------------------------- */

/*
 * The longest modulus in bits. Range 1024..4096, a multiple of 8. Holds
 * beside an engine too, as software verifies the results. Sets the size of
 * the blocks on the stack; changes no struct.
 */
#ifndef SEAMKEY_RSA_MAX_BITS
#define SEAMKEY_RSA_MAX_BITS 4096
#endif
#if SEAMKEY_RSA_MAX_BITS < 1024 || SEAMKEY_RSA_MAX_BITS > 4096 \
	|| SEAMKEY_RSA_MAX_BITS % 8 != 0
#error "SEAMKEY_RSA_MAX_BITS must be 1024..4096 and a multiple of 8: change -D"
#endif
#define SEAMKEY_RSA_MAX_BYTES (SEAMKEY_RSA_MAX_BITS / 8)
#if SEAMKEY_MODEXP_MAX_BITS < SEAMKEY_RSA_MAX_BITS
#error "SEAMKEY_MODEXP_MAX_BITS is below SEAMKEY_RSA_MAX_BITS: change -D"
#endif

/*
 * Who computes where no engine does: 1 is seamkey_modexp.h, 0 BearSSL. The
 * default is the faster one: seamkey_modexp.h with words of 64 bits, and on
 * a Cortex-M4, M7 or M33.
 */
#ifndef SEAMKEY_RSA_MODEXP
#define SEAMKEY_RSA_MODEXP (SEAMKEY_MODEXP_WORD == 64 || SEAMKEY_I_CORTEX_UMAAL)
#endif

/* No policy admits a modulus below this many bits. */
#define SEAMKEY_RSA_MIN_BITS 1024

/* The default policy to sign, encrypt and decrypt: modulus and exponent. */
#define SEAMKEY_RSA_POLICY_BITS 2048
#define SEAMKEY_RSA_POLICY_E    65537

/*
 * The longest key structure, in bytes. 3000 is what ICSF admits, and
 * enough for 4096 bits with room for attributes. (5000 would admit 8192
 * bits, once there is an engine for them.)
 */
#ifndef SEAMKEY_RSA_MAX_KEY_INFO
#define SEAMKEY_RSA_MAX_KEY_INFO 3000
#endif
#if SEAMKEY_RSA_MAX_KEY_INFO < 1000 || SEAMKEY_RSA_MAX_KEY_INFO > 32000
#error "SEAMKEY_RSA_MAX_KEY_INFO must be 1000..32000: change the -D"
#endif

/* ---- [rsa.2] Errors -------------------------------------------------- */

/* clang-format off */
#define SEAMKEY_RSA_ERRORS(X) \
	X(SEAMKEY_ERR_RSA_SIGNATURE, -200, \
		"the signature does not belong to this data and this key") \
	X(SEAMKEY_ERR_RSA_DECRYPT, -201, \
		"the ciphertext cannot be decrypted with this key") \
	X(SEAMKEY_ERR_RSA_FAULT, -202, \
		"the private key gave a wrong result: it is damaged, or the " \
		"computation was disturbed") \
	X(SEAMKEY_ERR_RSA_HASH, -203, \
		"the policy does not allow this hash function") \
	X(SEAMKEY_ERR_RSA_MESSAGE, -204, \
		"the message is too long for a key of this size") \
	X(SEAMKEY_ERR_RSA_KEY_INFO, -205, \
		"the key structure is longer than is admitted") \
	X(SEAMKEY_ERR_RSA_NO_PUBLIC_KEY, -206, \
		"a key in hardware needs its SubjectPublicKeyInfo") \
	X(SEAMKEY_ERR_RSA_NO_REJECTION, -207, \
		"decrypting with a key in hardware needs a rejection secret " \
		"of 32 bytes") \
	X(SEAMKEY_ERR_RSA_RANGE, -208, \
		"the value is not below the modulus")
/* clang-format on */

enum seamkey_rsa_error {
	SEAMKEY_RSA_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_RSA_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, der and rsa. */
SEAMKEY_API const char *seamkey_rsa_text(int status);

/* ---- [rsa.3] Environment --------------------------------------------- */

/*
 * What a key and a hash must be like. Zero in a field means the default,
 * and the defaults are the restrictions of FIPS 186-4, SP 800-131A and
 * SP 800-56B: new signatures, encryption and decryption with 2048 bits and
 * e >= 65537, old signatures from 1024 bits and e >= 3, SHA-1 for old
 * signatures alone, MD5 never.
 */
typedef struct seamkey_rsa_policy {
	unsigned min_bits;        /* to sign, encrypt, decrypt; 0: 2048 */
	unsigned min_bits_verify; /* 0: 1024 */
	uint32_t min_e;           /* to sign, encrypt, decrypt; 0: 65537 */
	uint32_t min_e_verify;    /* 0: 3 */
	unsigned sign_hashes;     /* bits 1u << SEAMKEY_SHA256 and so on;
	                           * 0: SEAMKEY_RSA_SIGN_HASHES */
	unsigned verify_hashes;   /* 0: SEAMKEY_RSA_VERIFY_HASHES */
	unsigned lenient;         /* SEAMKEY_ABSENT_NULL: for the algorithm
	                           * of a key, and of a DigestInfo to be
	                           * verified; new signatures have it */
} seamkey_rsa_policy;

/* SHA-2 and SHA-3, all lengths; and SHA-1. */
#define SEAMKEY_RSA_SIGN_HASHES \
	((2u << SEAMKEY_SHA3_512) - (1u << SEAMKEY_SHA224))
#define SEAMKEY_RSA_VERIFY_HASHES \
	(SEAMKEY_RSA_SIGN_HASHES | (1u << SEAMKEY_SHA1))

/*
 * Everything around a call that is not the call's own. Zero it and set
 * what is needed; NULL in place of a pointer to it means all defaults.
 * Read only: one may serve any number of threads if its hooks can, as long
 * as scratch is NULL; a scratch belongs to one call at a time.
 */
typedef struct seamkey_rsa_env {
	seamkey_rsa_policy policy;

	/*
	 * Who computes. The driver is asked for the raw operation
	 * (SEAMKEY_REQ_RAW_PRIVATE, _RAW_PUBLIC), and where it answers
	 * SEAMKEY_ERR_UNSUPPORTED, for the padded one (_PKCS1_SIGN,
	 * _PKCS1_DECRYPT, _OAEP_DECRYPT); then software does it, unless
	 * engine.fail_closed or handle is set. A driver that strips padding
	 * itself answers SEAMKEY_ERR_RSA_DECRYPT where the padding is bad;
	 * that such a result cannot be verified, and what its timing tells, is
	 * said in docs/SECURITY.md. Any other status between -100 and -1000
	 * becomes SEAMKEY_ERR_HOOK: what is wrong with a key or a signature is
	 * not for an engine to say.
	 */
	seamkey_hook engine;
	void *scratch; /* the driver's, for the forms of one call */
	size_t scratch_len;

	/*
	 * Called between polls of the driver by the forms of one call, to
	 * feed a watchdog or to sleep; a result other than 0 cancels.
	 * Needed where the driver has a poll, because nobody else bounds
	 * the wait.
	 */
	int (*idle)(void *ctx);
	void *idle_ctx;

	/* Needed to encrypt. */
	seamkey_random random;

	/*
	 * A key that lives in hardware: what the driver knows it by. The
	 * key argument of sign and decrypt is then the SubjectPublicKeyInfo
	 * of that key, to verify its results with; to work without one (and
	 * unverified), pass an empty key and the length of the modulus here.
	 * rejection: 32 secret bytes that belong to the key, needed by the
	 * forms of decrypt that reject implicitly.
	 */
	seamkey_span handle;
	size_t unverified_modulus_len; /* in bytes; 0: refuse */
	seamkey_span rejection;
} seamkey_rsa_env;

/* ---- [rsa.4] Engines and operations under way ------------------------ */

/*
 * Each service has a form that does not wait for the engine. The caller
 * zeroes *op, sets op->work and op->work_len (at least SEAMKEY_RSA_WORK),
 * op->scratch and op->scratch_len (at least what the driver of env->engine
 * says), and calls begin; then seamkey_op_poll() until it answers other
 * than SEAMKEY_AGAIN, or seamkey_op_cancel(). What was passed to begin,
 * but for env, which is copied, stays in place until then. Without an
 * engine begin does the work itself and returns SEAMKEY_OK.
 *
 * They return what the form of one call returns, and SEAMKEY_AGAIN, and
 * SEAMKEY_ERR_SPACE where work or scratch is too small (*len is unchanged
 * then, and the key has not been used), and SEAMKEY_ERR_STATE where op is
 * under way already.
 */
#define SEAMKEY_RSA_WORK (2 * SEAMKEY_RSA_MAX_BYTES) /* bytes of op->work */

/*
 * A synchronous driver over BearSSL's own function pointers, or over any
 * function of that shape: env.engine.drv = seamkey_rsa_driver_bearssl(),
 * env.engine.dev = a seamkey_rsa_bearssl. A NULL pointer in it is an
 * operation that the device does not have.
 */
typedef struct seamkey_rsa_bearssl {
	br_rsa_private private_op; /* br_rsa_i31_private, ... */
	br_rsa_public public_op;   /* br_rsa_i31_public, ... */
} seamkey_rsa_bearssl;

SEAMKEY_API const seamkey_driver *seamkey_rsa_driver_bearssl(void);

/* ---- [rsa.5] Sign and verify ----------------------------------------- */

/*
 * Sign: RSASSA-PKCS1-v1_5 over a DigestInfo that the caller has.
 *
 *   sig[0..sig_cap)  out: *sig_len bytes, as many as the modulus has. With
 *                    sig NULL nothing is signed and *sig_len tells how many
 *                    they will be. Must not overlap the inputs.
 *   digest_info      one DER DigestInfo whole; checked to be one.
 *   key              DER of a PrivateKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK. On any error sig[] is unchanged, and so is *sig_len,
 * but for SEAMKEY_ERR_SPACE, which sets it to the bytes needed. Errors:
 *   those of seamkey_der_decode_digest_info(); SEAMKEY_ERR_RSA_HASH;
 *   SEAMKEY_ERR_RSA_KEY_INFO, those of
 *   seamkey_der_decode_rsa_private_info() and
 *   seamkey_der_check_rsa_private(); SEAMKEY_ERR_RSA_MESSAGE where the
 *   DigestInfo needs a longer modulus; SEAMKEY_ERR_SPACE;
 *   SEAMKEY_ERR_RSA_FAULT where the result did not verify;
 *   SEAMKEY_ERR_UNSUPPORTED where the engine cannot handle such a key
 *   (BearSSL, if it computes: a prime of more than 2080 bits);
 *   with an engine: SEAMKEY_ERR_IDLE (it polls, and there is no idle),
 *   SEAMKEY_ERR_ARG (its table is incomplete), SEAMKEY_ERR_HOOK,
 *   _CANCELLED, _RSA_NO_PUBLIC_KEY, what it answers.
 * Constant time in the key. RFC 8017 section 8.2.1.
 */
SEAMKEY_API int seamkey_rsa_sign(const seamkey_rsa_env *env, unsigned char *sig,
	size_t sig_cap, size_t *sig_len, seamkey_span digest_info,
	seamkey_span key);
SEAMKEY_API int seamkey_rsa_sign_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *sig, size_t sig_cap,
	size_t *sig_len, seamkey_span digest_info, seamkey_span key);

/*
 * The same for a digest: hash is an enum seamkey_hash. Further errors:
 * SEAMKEY_ERR_DER_HASH, SEAMKEY_ERR_DER_DIGEST (wrong length).
 */
SEAMKEY_API int seamkey_rsa_sign_hash(const seamkey_rsa_env *env,
	unsigned char *sig, size_t sig_cap, size_t *sig_len, int hash,
	seamkey_span digest, seamkey_span key);

/*
 * The same for a whole message, hashed here with one of BearSSL's classes
 * (&br_sha256_vtable, ...). SEAMKEY_ERR_DER_HASH for a class without a
 * DigestInfo, such as MD5 and SHA-1 together.
 */
SEAMKEY_API int seamkey_rsa_sign_message(const seamkey_rsa_env *env,
	unsigned char *sig, size_t sig_cap, size_t *sig_len,
	const br_hash_class *hash, seamkey_span message, seamkey_span key);

/*
 * Verify: the block recovered from sig is compared, whole, with the only
 * block that this DigestInfo can have. Nothing in it is parsed.
 *
 *   key  DER of a SubjectPublicKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK if and only if the signature is right;
 * SEAMKEY_ERR_RSA_SIGNATURE if it is not, whatever is wrong with it, its
 * length included. Otherwise nothing is known of it: the errors of
 * seamkey_rsa_sign() but for _FAULT, with
 * seamkey_der_decode_rsa_public_info() and seamkey_der_check_rsa_public().
 * Everything is public. RFC 8017 section 8.2.2.
 */
SEAMKEY_API int seamkey_rsa_verify(const seamkey_rsa_env *env, seamkey_span sig,
	seamkey_span digest_info, seamkey_span key);
SEAMKEY_API int seamkey_rsa_verify_begin(seamkey_op *op,
	const seamkey_rsa_env *env, seamkey_span sig, seamkey_span digest_info,
	seamkey_span key);

/* The same for a digest, and for a whole message: see sign. */
SEAMKEY_API int seamkey_rsa_verify_hash(const seamkey_rsa_env *env,
	seamkey_span sig, int hash, seamkey_span digest, seamkey_span key);

SEAMKEY_API int seamkey_rsa_verify_message(const seamkey_rsa_env *env,
	seamkey_span sig, const br_hash_class *hash, seamkey_span message,
	seamkey_span key);

/* ---- [rsa.6] Encrypt ------------------------------------------------- */

/*
 * Encrypt: RSAES-PKCS1-v1_5, with env->random for the padding.
 *
 *   ct[0..ct_cap)  out: *ct_len bytes, as many as the modulus has; with ct
 *                  NULL only *ct_len is set. Must not overlap the inputs.
 *   msg            0 to modulus length - 11 bytes.
 *   key            DER of a SubjectPublicKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK. On any error ct[] is unchanged, and so is *ct_len,
 * but for SEAMKEY_ERR_SPACE, which sets it to the bytes needed. Errors:
 * those of the key as for verify; SEAMKEY_ERR_RSA_MESSAGE;
 * SEAMKEY_ERR_RANDOM (no source, a failing one, a stuck one); those of an
 * engine. Constant time in msg. RFC 8017 section 7.2.1.
 */
SEAMKEY_API int seamkey_rsa_encrypt(const seamkey_rsa_env *env,
	unsigned char *ct, size_t ct_cap, size_t *ct_len, seamkey_span msg,
	seamkey_span key);
SEAMKEY_API int seamkey_rsa_encrypt_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *ct, size_t ct_cap,
	size_t *ct_len, seamkey_span msg, seamkey_span key);

/* ---- [rsa.7] Decrypt ------------------------------------------------- */

/*
 * Who can tell whether a ciphertext of his making had good padding, by a
 * status, a length, a log line or the time until an answer, can decrypt
 * and sign what he likes with some 10^4 to 10^6 questions (Bleichenbacher
 * 1998, ROBOT 2017, Marvin 2023). So the function with the short name has
 * no padding error at all: it answers every ciphertext, a good one with
 * its message, a bad one with bytes that are pseudo-random, the same each
 * time, and unpredictable without the key ("implicit rejection").
 *
 * Decrypt a message of known length, such as a key: what almost everybody
 * decrypts.
 *
 *   msg[0..msg_len)  out: the message if the padding is right and the
 *                    message is msg_len bytes long, else pseudo-random
 *                    bytes. A ciphertext that is too short, too long, or
 *                    not below the modulus counts as bad padding. Must not
 *                    overlap the inputs.
 *   key              DER of a PrivateKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK, which says nothing about the ciphertext: use the
 * bytes as a key, and let the authentication of what it protects decide.
 * On an error msg[] is unchanged: those of the key as for sign;
 * SEAMKEY_ERR_RSA_MESSAGE where no key of this size can carry msg_len
 * bytes; SEAMKEY_ERR_ARG where msg is NULL and msg_len is not 0;
 * SEAMKEY_ERR_RSA_FAULT; those of an engine, with
 * SEAMKEY_ERR_RSA_NO_REJECTION. None of them depends on the block inside.
 * Constant time in the key, the block, and whether it was good.
 *
 * draft-irtf-cfrg-rsa-guidance-10 section 7; the bytes of this form have a
 * label of their own with msg_len in it (docs/SPEC.md), so that they are
 * no slice of what another length or another form gives.
 */
SEAMKEY_API int seamkey_rsa_decrypt(const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_len, seamkey_span ct, seamkey_span key);
SEAMKEY_API int seamkey_rsa_decrypt_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *msg, size_t msg_len,
	seamkey_span ct, seamkey_span key);

/*
 * The same where the length is not known: gives the message, or a
 * synthetic one of pseudo-random length and bytes.
 *
 *   msg[0..msg_cap)  msg_cap is at least the modulus length k. out: k
 *                    bytes: the message, and zero behind it.
 *   *msg_len         out: length of the message. Both are secret until the
 *                    caller decides otherwise.
 *
 * Errors as above, and SEAMKEY_ERR_SPACE where msg_cap is below k, found
 * before the key is used, which sets *msg_len to k. With msg NULL only
 * *msg_len is set, to k. draft-irtf-cfrg-rsa-guidance-10 section 7.2.
 */
SEAMKEY_API int seamkey_rsa_decrypt_implicit(const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_cap, size_t *msg_len, seamkey_span ct,
	seamkey_span key);
SEAMKEY_API int seamkey_rsa_decrypt_implicit_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *msg, size_t msg_cap,
	size_t *msg_len, seamkey_span ct, seamkey_span key);

/*
 * THE ATTACK: whoever may submit ciphertexts and learns which of them this
 * function refused can decrypt any other ciphertext of the key. It is for
 * places where no such person exists (a file of one's own), and for
 * interfaces that demand an error, such as CSFPPD2. Everyone else calls
 * seamkey_rsa_decrypt().
 *
 * As seamkey_rsa_decrypt_implicit(), but a ciphertext that cannot be
 * decrypted, for whatever reason, is SEAMKEY_ERR_RSA_DECRYPT, msg[] and
 * *msg_len unchanged. That one bit becomes public; the message and its
 * length do not. RFC 8017 section 7.2.2.
 */
SEAMKEY_API int seamkey_rsa_decrypt_report(const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_cap, size_t *msg_len, seamkey_span ct,
	seamkey_span key);
SEAMKEY_API int seamkey_rsa_decrypt_report_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *msg, size_t msg_cap,
	size_t *msg_len, seamkey_span ct, seamkey_span key);

/* ---- [rsa.8] OAEP ---------------------------------------------------- */

/*
 * RSAES-OAEP of RFC 8017 section 7.1, with SHA-256 both for the hash and
 * in MGF1, and the empty label: what CMS calls id-RSAES-OAEP with
 * SHA-256 (RFC 4055 section 4.1).
 *
 * Encrypt, with env->random for the seed.
 *
 *   ct[0..ct_cap)  out: *ct_len bytes, as many as the modulus has; with ct
 *                  NULL only *ct_len is set. Must not overlap the inputs.
 *   msg            0 to modulus length - 66 bytes.
 *   key            DER of a SubjectPublicKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK. On any error ct[] is unchanged, and so is *ct_len,
 * but for SEAMKEY_ERR_SPACE, which sets it to the bytes needed. Errors:
 * those of seamkey_rsa_encrypt(). Constant time in msg and in the seed.
 * RFC 8017 section 7.1.1.
 */
SEAMKEY_API int seamkey_rsa_encrypt_oaep(const seamkey_rsa_env *env,
	unsigned char *ct, size_t ct_cap, size_t *ct_len, seamkey_span msg,
	seamkey_span key);
SEAMKEY_API int seamkey_rsa_encrypt_oaep_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *ct, size_t ct_cap,
	size_t *ct_len, seamkey_span msg, seamkey_span key);

/*
 * Decrypt a message of known length, such as a key. Who can tell whether
 * the block of a ciphertext of his making began with a zero octet can
 * decrypt any other with some 10^3 questions (Manger 2001). So there is
 * no padding error, as with seamkey_rsa_decrypt().
 *
 *   msg[0..msg_len)  out: the message if the padding is right and the
 *                    message is msg_len bytes long, else pseudo-random
 *                    bytes, the same each time, and unpredictable without
 *                    the key. A ciphertext that is too short, too long, or
 *                    not below the modulus counts as bad padding. Must not
 *                    overlap the inputs.
 *   key              DER of a PrivateKeyInfo with an RSA key.
 *
 * Returns SEAMKEY_OK, which says nothing about the ciphertext: use the
 * bytes as a key, and let the authentication of what it protects decide.
 * On an error msg[] is unchanged: those of seamkey_rsa_decrypt(), with
 * SEAMKEY_ERR_RSA_MESSAGE where msg_len is above the modulus length - 66.
 * None of them depends on the block inside. Constant time in the key, the
 * block, the message, whether it was good, and what was wrong with it.
 *
 * RFC 8017 section 7.1.2, but for its errors; the bytes in their place are
 * those of docs/SPEC.md, with a label of their own that has msg_len in it.
 */
SEAMKEY_API int seamkey_rsa_decrypt_oaep(const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_len, seamkey_span ct, seamkey_span key);
SEAMKEY_API int seamkey_rsa_decrypt_oaep_begin(seamkey_op *op,
	const seamkey_rsa_env *env, unsigned char *msg, size_t msg_len,
	seamkey_span ct, seamkey_span key);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_RSA_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_RSA_IMPLEMENTED)
#define SEAMKEY_RSA_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [rsa.2] Errors -------------------------------------------------- */

SEAMKEY_API const char *
seamkey_rsa_text(int status)
{
	switch (status) {
		SEAMKEY_RSA_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_der_text(status);
	}
}

/* ---- [rsa.3] Environment --------------------------------------------- */

/* What becomes of the result of the engine. */
enum seamkey_i_rsa_service {
	SEAMKEY_I_RSA_SIGN = 1,
	SEAMKEY_I_RSA_VERIFY,
	SEAMKEY_I_RSA_ENCRYPT,
	SEAMKEY_I_RSA_DECRYPT, /* both forms with implicit rejection */
	SEAMKEY_I_RSA_DECRYPT_REPORT,
	SEAMKEY_I_RSA_DECRYPT_OAEP,
	SEAMKEY_I_RSA_RAW
};

static inline seamkey_rsa_env
seamkey_i_rsa_env(const seamkey_rsa_env *env)
{
	seamkey_rsa_env e;

	if (env != NULL) {
		return *env;
	}
	memset(&e, 0, sizeof e);
	return e;
}

static inline seamkey_der_rsa_limits
seamkey_i_rsa_limits(const seamkey_rsa_policy *policy, int service)
{
	seamkey_der_rsa_limits limits;

	if (service == SEAMKEY_I_RSA_VERIFY) {
		limits.min_bits = policy->min_bits_verify;
		limits.min_e = policy->min_e_verify;
	} else {
		limits.min_bits = policy->min_bits == 0
			? SEAMKEY_RSA_POLICY_BITS
			: policy->min_bits;
		limits.min_e = policy->min_e == 0 ? SEAMKEY_RSA_POLICY_E
						  : policy->min_e;
	}
	if (limits.min_bits < SEAMKEY_RSA_MIN_BITS) {
		limits.min_bits = SEAMKEY_RSA_MIN_BITS;
	}
	limits.max_bits = SEAMKEY_RSA_MAX_BITS;
	return limits;
}

/* ---- [rsa.4] Engines and operations under way ------------------------ */

/*
 * BearSSL's key structs point to bytes without const and never write to
 * them. This is the one place where const is cast away.
 */
static inline unsigned char *
seamkey_i_rsa_unconst(seamkey_span v)
{
	return (unsigned char *)(uintptr_t)v.p;
}

/* x = x^e mod n in place, x as long as n and below it; 1 on success. */
static inline uint32_t
seamkey_i_rsa_bearssl_public(
	br_rsa_public f, unsigned char *x, seamkey_span n, seamkey_span e)
{
	br_rsa_public_key key;

	key.n = seamkey_i_rsa_unconst(n);
	key.nlen = n.len;
	key.e = seamkey_i_rsa_unconst(e);
	key.elen = e.len;
	return seamkey_i_declassify(f(x, n.len, &key));
}

/* x = x^d mod n in place, through the CRT; 1 on success. */
static inline uint32_t
seamkey_i_rsa_bearssl_private(
	br_rsa_private f, unsigned char *x, const seamkey_der_rsa_private *k)
{
	br_rsa_private_key key;

	key.n_bitlen = (uint32_t)seamkey_der_bits(k->n);
	key.p = seamkey_i_rsa_unconst(k->p);
	key.plen = k->p.len;
	key.q = seamkey_i_rsa_unconst(k->q);
	key.qlen = k->q.len;
	key.dp = seamkey_i_rsa_unconst(k->dp);
	key.dplen = k->dp.len;
	key.dq = seamkey_i_rsa_unconst(k->dq);
	key.dqlen = k->dq.len;
	key.iq = seamkey_i_rsa_unconst(k->qinv);
	key.iqlen = k->qinv.len;
	return seamkey_i_declassify(f(x, &key));
}

/*
 * The software. What BearSSL has for the machine these two get functions
 * find by what the library was compiled for; they do not execute CPUID.
 */
static inline int
seamkey_i_rsa_software_public(unsigned char *x, seamkey_span n, seamkey_span e)
{
#if SEAMKEY_RSA_MODEXP
	return seamkey_modexp_public(x, n, e);
#else
	return seamkey_i_rsa_bearssl_public(
		       br_rsa_public_get_default(), x, n, e)
		? SEAMKEY_OK
		: SEAMKEY_ERR_UNSUPPORTED;
#endif
}

static inline int
seamkey_i_rsa_software_private(
	unsigned char *x, const seamkey_der_rsa_private *key)
{
#if SEAMKEY_RSA_MODEXP
	seamkey_modexp_key k;

	k.p = key->p;
	k.q = key->q;
	k.dp = key->dp;
	k.dq = key->dq;
	k.qinv = key->qinv;
	return seamkey_modexp_private(x, key->n.len, &k, NULL);
#else
	return seamkey_i_rsa_bearssl_private(
		       br_rsa_private_get_default(), x, key)
		? SEAMKEY_OK
		: SEAMKEY_ERR_UNSUPPORTED;
#endif
}

/* No frame of who computes stays behind. */
static inline void
seamkey_i_rsa_scrub(void)
{
#if SEAMKEY_RSA_MODEXP
	seamkey_i_mx_scrub();
#else
	seamkey_i_scrub();
#endif
}

static inline int
seamkey_i_rsa_bearssl_begin(
	void *dev, struct seamkey_op *op, const seamkey_req *req)
{
	const seamkey_rsa_bearssl *fn = (const seamkey_rsa_bearssl *)dev;
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	uint32_t done = 0;

	memset(&priv, 0, sizeof priv);
	memset(&pub, 0, sizeof pub);
	if (req->in.len > req->out_cap) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if (req->kind == SEAMKEY_REQ_RAW_PRIVATE && fn->private_op != 0
		&& seamkey_der_decode_rsa_private_info(
			   &priv, req->key, SEAMKEY_ABSENT_NULL)
			== SEAMKEY_OK
		&& priv.n.len == req->in.len) {
		memcpy(req->out, req->in.p, req->in.len);
		done = seamkey_i_rsa_bearssl_private(
			fn->private_op, req->out, &priv);
	} else if (req->kind == SEAMKEY_REQ_RAW_PUBLIC && fn->public_op != 0
		&& seamkey_der_decode_rsa_public_info(
			   &pub, req->key, SEAMKEY_ABSENT_NULL)
			== SEAMKEY_OK
		&& pub.n.len == req->in.len) {
		memcpy(req->out, req->in.p, req->in.len);
		done = seamkey_i_rsa_bearssl_public(
			fn->public_op, req->out, pub.n, pub.e);
	}
	op->out_len = req->in.len;
	return done ? SEAMKEY_OK : SEAMKEY_ERR_UNSUPPORTED;
}

SEAMKEY_API const seamkey_driver *
seamkey_rsa_driver_bearssl(void)
{
	static const seamkey_driver driver = { 0, seamkey_i_rsa_bearssl_begin,
		NULL, NULL };

	return &driver;
}

/*
 * How a service runs. Its _begin function fills *op: what the caller
 * wants, the numbers of the key, and in op->work two blocks of as many
 * octets as the modulus has, input and result of the engine. Then
 * seamkey_i_rsa_next() goes through the ways to get that result, checks
 * it, and op->complete makes of it what the caller gets. The forms of one
 * call are begin and a loop. What a service needs alone is reached through
 * pointers in *op, so that a program that only verifies does not link the
 * code to decrypt.
 */

/* Neither errors nor the end: what else a setup may come to. */
enum seamkey_i_rsa_setup {
	SEAMKEY_I_RSA_MEASURED = 2, /* only the length was asked for */
	SEAMKEY_I_RSA_REJECT        /* as good as bad padding, no engine */
};

static inline int
seamkey_i_rsa_prepare(seamkey_op *op, int service,
	int (*complete)(seamkey_op *op), const seamkey_rsa_env *env)
{
	seamkey_op fresh;

	if (op == NULL) {
		return SEAMKEY_ERR_ARG;
	}
	if (op->next != NULL) {
		return SEAMKEY_ERR_STATE;
	}
	if (op->work == NULL || op->work_len < SEAMKEY_RSA_WORK) {
		return SEAMKEY_ERR_SPACE;
	}
	memset(&fresh, 0, sizeof fresh);
	fresh.work = op->work;
	fresh.scratch = op->scratch;
	fresh.scratch_len = op->scratch_len;
	fresh.service = service;
	fresh.complete = complete;
	fresh.hook = env->engine;
	*op = fresh;
	return SEAMKEY_OK;
}

static inline unsigned char *
seamkey_i_rsa_input(const seamkey_op *op)
{
	return op->work;
}

static inline unsigned char *
seamkey_i_rsa_result(const seamkey_op *op)
{
	return op->work + op->block;
}

static inline int
seamkey_i_rsa_is_private(int service)
{
	return service != SEAMKEY_I_RSA_VERIFY
		&& service != SEAMKEY_I_RSA_ENCRYPT;
}

static inline int
seamkey_i_rsa_is_decrypt(int service)
{
	return service == SEAMKEY_I_RSA_DECRYPT
		|| service == SEAMKEY_I_RSA_DECRYPT_REPORT
		|| service == SEAMKEY_I_RSA_DECRYPT_OAEP;
}

/* Does a driver strip the padding of what it decrypts here? */
static inline int
seamkey_i_rsa_is_stripping(int kind)
{
	return kind == SEAMKEY_REQ_PKCS1_DECRYPT
		|| kind == SEAMKEY_REQ_OAEP_DECRYPT;
}

/* The engine's work in software. */
static inline int
seamkey_i_rsa_compute_public(seamkey_op *op)
{
	memcpy(op->req.out, op->req.in.p, op->block);
	op->out_len = op->block;
	return seamkey_i_rsa_software_public(op->req.out, op->n, op->e);
}

static inline int
seamkey_i_rsa_compute_private(seamkey_op *op)
{
	seamkey_der_rsa_private priv;
	int status = seamkey_der_decode_rsa_private_info(
		&priv, op->req.key, SEAMKEY_ABSENT_NULL);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memcpy(op->req.out, op->req.in.p, op->block);
	op->out_len = op->block;
	return seamkey_i_rsa_software_private(op->req.out, &priv);
}

static inline void
seamkey_i_rsa_set_modulus(seamkey_op *op, seamkey_span n, seamkey_span e)
{
	op->n = n;
	op->e = e;
	op->block = n.len;
	op->work_len = 2 * n.len; /* SEAMKEY_RSA_WORK at most */
}

static inline int
seamkey_i_rsa_load_public(
	seamkey_op *op, const seamkey_rsa_env *env, seamkey_span key)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->policy, op->service);
	seamkey_der_rsa_public pub;
	int status;

	if (key.len > SEAMKEY_RSA_MAX_KEY_INFO) {
		return SEAMKEY_ERR_RSA_KEY_INFO;
	}
	status = seamkey_der_decode_rsa_public_info(
		&pub, key, env->policy.lenient);
	if (status == SEAMKEY_OK) {
		status = seamkey_der_check_rsa_public(&pub, &limits);
	}
	if (status == SEAMKEY_OK) {
		op->req.key = key;
		op->software = seamkey_i_rsa_compute_public;
		seamkey_i_rsa_set_modulus(op, pub.n, pub.e);
	}
	return status;
}

/* A key that the driver knows by its handle; key is its public half. */
static inline int
seamkey_i_rsa_load_handle(
	seamkey_op *op, const seamkey_rsa_env *env, seamkey_span key)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->policy, op->service);
	size_t k = env->unverified_modulus_len;

	if (op->hook.drv == NULL) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	if ((op->service == SEAMKEY_I_RSA_DECRYPT
		    || op->service == SEAMKEY_I_RSA_DECRYPT_OAEP)
		&& env->rejection.len != 32) {
		return SEAMKEY_ERR_RSA_NO_REJECTION;
	}
	op->secret = env->rejection;
	op->req.handle = env->handle;
	if (key.len != 0) {
		return seamkey_i_rsa_load_public(op, env, key);
	}
	if (k == 0) {
		return SEAMKEY_ERR_RSA_NO_PUBLIC_KEY;
	}
	if (k < (limits.min_bits + 7) / 8) {
		return SEAMKEY_ERR_KEY_MODULUS_SHORT;
	}
	if (k > SEAMKEY_RSA_MAX_BYTES) {
		return SEAMKEY_ERR_KEY_MODULUS_LONG;
	}
	seamkey_i_rsa_set_modulus(
		op, seamkey_span_of(NULL, k), seamkey_span_of(NULL, 0));
	return SEAMKEY_OK;
}

static inline int
seamkey_i_rsa_load_private(
	seamkey_op *op, const seamkey_rsa_env *env, seamkey_span key)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->policy, op->service);
	seamkey_der_rsa_private priv;
	int status;

	if (env->handle.len != 0) {
		return seamkey_i_rsa_load_handle(op, env, key);
	}
	if (key.len > SEAMKEY_RSA_MAX_KEY_INFO) {
		return SEAMKEY_ERR_RSA_KEY_INFO;
	}
	status = seamkey_der_decode_rsa_private_info(
		&priv, key, env->policy.lenient);
	if (status == SEAMKEY_OK) {
		status = seamkey_der_check_rsa_private(&priv, &limits);
	}
	if (status == SEAMKEY_OK) {
		op->req.key = key;
		op->secret = priv.d;
		op->software = seamkey_i_rsa_compute_private;
		seamkey_i_rsa_set_modulus(op, priv.n, priv.e);
	}
	return status;
}

/* Where the k octets of a result go; asks and refuses as documented. */
static inline int
seamkey_i_rsa_set_output(
	seamkey_op *op, unsigned char *out, size_t cap, size_t *len)
{
	if (out == NULL) {
		*len = op->block;
		return SEAMKEY_I_RSA_MEASURED;
	}
	if (cap < op->block) {
		*len = op->block;
		return SEAMKEY_ERR_SPACE;
	}
	op->out = out;
	op->len = len;
	return SEAMKEY_OK;
}

/* What to ask for where kind is unsupported; 0 is software, the last. */
static inline int
seamkey_i_rsa_kind_after(int service, int kind)
{
	if (kind == SEAMKEY_REQ_RAW_PRIVATE && service == SEAMKEY_I_RSA_SIGN) {
		return SEAMKEY_REQ_PKCS1_SIGN;
	}
	if (kind == SEAMKEY_REQ_RAW_PRIVATE
		&& seamkey_i_rsa_is_decrypt(service)) {
		return service == SEAMKEY_I_RSA_DECRYPT_OAEP
			? SEAMKEY_REQ_OAEP_DECRYPT
			: SEAMKEY_REQ_PKCS1_DECRYPT;
	}
	return 0;
}

/* One way to the result block. */
static inline int
seamkey_i_rsa_try(seamkey_op *op, int kind)
{
	op->req.kind = kind;
	op->req.in = seamkey_span_of(seamkey_i_rsa_input(op), op->block);
	if (kind == SEAMKEY_REQ_PKCS1_SIGN
		|| seamkey_i_rsa_is_decrypt(op->service)) {
		op->req.in = op->in;
	}
	op->req.out = seamkey_i_rsa_result(op);
	op->req.out_cap = op->block;
	if (kind != 0) {
		return seamkey_i_op_begin(op);
	}
	if (op->hook.fail_closed || op->req.handle.len != 0) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	return op->software(op);
}

/* 1 if em is 00 01 FF ... FF 00 T, every octet of it: the padding of
 * RFC 8017 section 9.2. */
static inline uint32_t
seamkey_i_rsa_is_pad1(const unsigned char *em, size_t k, seamkey_span t)
{
	uint32_t differ =
		(uint32_t)em[0] | (uint32_t)(em[1] ^ 0x01) | em[k - t.len - 1];
	size_t u;

	for (u = 2; u < k - t.len - 1; u++) {
		differ |= (uint32_t)(em[u] ^ 0xFF);
	}
	return seamkey_i_ct_zero(differ)
		& seamkey_ct_equal(em + k - t.len, t.p, t.len);
}

/* 1 if em is v with zero octets before it. */
static inline uint32_t
seamkey_i_rsa_is_value(const unsigned char *em, size_t k, seamkey_span v)
{
	uint32_t differ = 0;
	size_t u;

	for (u = 0; u < k - v.len; u++) {
		differ |= em[u];
	}
	return seamkey_i_ct_zero(differ)
		& seamkey_ct_equal(em + k - v.len, v.p, v.len);
}

/*
 * Raise the result to e and compare it with what was put in. A single
 * wrong signature made with the CRT gives a factor of n away (Boneh,
 * DeMillo, Lipton 1997), so none leaves.
 */
static inline int
seamkey_i_rsa_check_value(seamkey_op *op)
{
	unsigned char *x = seamkey_i_rsa_input(op);
	uint32_t same;

	memcpy(x, seamkey_i_rsa_result(op), op->block);
	if (seamkey_i_rsa_software_public(x, op->n, op->e) != SEAMKEY_OK) {
		return SEAMKEY_ERR_RSA_FAULT;
	}
	same = op->service == SEAMKEY_I_RSA_SIGN
		? seamkey_i_rsa_is_pad1(x, op->block, op->in)
		: seamkey_i_rsa_is_value(x, op->block, op->in);
	return seamkey_i_declassify(same) ? SEAMKEY_OK : SEAMKEY_ERR_RSA_FAULT;
}

/* There is nothing to decrypt: go on with a block that has bad padding, of
 * either kind. */
static inline void
seamkey_i_rsa_reject(seamkey_op *op)
{
	memset(seamkey_i_rsa_result(op), 0xFF, op->block);
}

/*
 * Is what an engine gives for a ciphertext one? Below the modulus, not
 * zero, and not the padded message itself. That it is the right one only
 * the private key can tell.
 */
static inline int
seamkey_i_rsa_check_encrypted(const seamkey_op *op)
{
	const unsigned char *x = seamkey_i_rsa_result(op);
	seamkey_span value = seamkey_span_of(x, op->block);
	uint32_t bad = seamkey_i_der_is_zero(value)
		| seamkey_ct_equal(x, seamkey_i_rsa_input(op), op->block)
		| (1 ^ seamkey_i_der_is_less(value, op->n));

	return seamkey_i_declassify(bad) ? SEAMKEY_ERR_HOOK : SEAMKEY_OK;
}

/* What came back: a block, that belongs to what was put in; or a message. */
static inline int
seamkey_i_rsa_check_result(seamkey_op *op)
{
	if (seamkey_i_rsa_is_stripping(op->req.kind)) {
		return SEAMKEY_OK; /* a message: op->complete sees to it */
	}
	if (op->out_len != op->block) {
		return SEAMKEY_ERR_HOOK;
	}
	if (op->service == SEAMKEY_I_RSA_ENCRYPT) {
		return seamkey_i_rsa_check_encrypted(op);
	}
	if (seamkey_i_rsa_is_private(op->service) && op->e.len != 0) {
		return seamkey_i_rsa_check_value(op);
	}
	return SEAMKEY_OK;
}

/* The completion of a service whose result is the block itself. */
static inline int
seamkey_i_rsa_give_block(seamkey_op *op)
{
	memcpy(op->out, seamkey_i_rsa_result(op), op->block);
	*op->len = op->block;
	return SEAMKEY_OK;
}

/* The end of every operation: nothing of it stays behind, neither here nor
 * in the frames of who computed. To verify takes no secret. */
static inline int
seamkey_i_rsa_end(seamkey_op *op, int status)
{
	if (op->service != SEAMKEY_I_RSA_VERIFY) {
		seamkey_i_rsa_scrub();
	}
	seamkey_i_op_end(op);
	return status;
}

/* What an engine's error means to the caller. One that says "bad padding"
 * to a request that strips none, or speaks of keys and signatures, would
 * be taken for our own finding. */
static inline int
seamkey_i_rsa_engine_error(seamkey_op *op, int status)
{
	if (seamkey_i_rsa_is_stripping(op->req.kind)
		&& status == SEAMKEY_ERR_RSA_DECRYPT) {
		op->out_len = op->block; /* no message is as long */
		return SEAMKEY_OK;
	}
	return op->req.kind != 0 ? seamkey_i_op_error(op, status) : status;
}

/* One way answered status; go on from there. */
static inline int
seamkey_i_rsa_next(seamkey_op *op, int status)
{
	while (status == SEAMKEY_ERR_UNSUPPORTED && op->req.kind != 0) {
		status = seamkey_i_rsa_try(op,
			seamkey_i_rsa_kind_after(op->service, op->req.kind));
	}
	if (status == SEAMKEY_AGAIN) {
		op->next = seamkey_i_rsa_next;
		return status;
	}
	status = status == SEAMKEY_OK ? seamkey_i_rsa_check_result(op)
				      : seamkey_i_rsa_engine_error(op, status);
	if (status == SEAMKEY_OK) {
		status = op->complete(op);
	}
	return seamkey_i_rsa_end(op, status);
}

/* The setup of a service came to status; go on from there. */
static inline int
seamkey_i_rsa_start(seamkey_op *op, int status)
{
	int first = 0;

	if (status == SEAMKEY_OK) {
		if (op->hook.drv != NULL) {
			first = seamkey_i_rsa_is_private(op->service)
				? SEAMKEY_REQ_RAW_PRIVATE
				: SEAMKEY_REQ_RAW_PUBLIC;
		}
		return seamkey_i_rsa_next(op, seamkey_i_rsa_try(op, first));
	}
	if (status == SEAMKEY_I_RSA_REJECT) {
		seamkey_i_rsa_reject(op);
		status = op->complete(op);
	}
	return seamkey_i_rsa_end(
		op, status == SEAMKEY_I_RSA_MEASURED ? SEAMKEY_OK : status);
}

/* For the forms of one call: work is SEAMKEY_RSA_WORK bytes. */
static inline int
seamkey_i_rsa_local(
	seamkey_op *op, const seamkey_rsa_env *env, unsigned char *work)
{
	memset(op, 0, sizeof *op);
	op->work = work;
	op->work_len = SEAMKEY_RSA_WORK;
	if (env == NULL || env->engine.drv == NULL) {
		return SEAMKEY_OK;
	}
	op->scratch = env->scratch;
	op->scratch_len = env->scratch_len;
	if (env->engine.drv->poll != NULL && env->idle == NULL) {
		return SEAMKEY_ERR_IDLE;
	}
	return SEAMKEY_OK;
}

static inline int
seamkey_i_rsa_wait(seamkey_op *op, const seamkey_rsa_env *env, int status)
{
	while (status == SEAMKEY_AGAIN) {
		if (env == NULL || env->idle == NULL
			|| env->idle(env->idle_ctx) != 0) {
			seamkey_op_cancel(op);
			return SEAMKEY_ERR_CANCELLED;
		}
		status = seamkey_op_poll(op);
	}
	return status;
}

/* ---- [rsa.5] Sign and verify ----------------------------------------- */

/* The padding of RFC 8017 section 9.2: 00 01 FF ... FF 00 T, where T is
 * at most k - 11 octets. */
static inline void
seamkey_i_rsa_pad1(unsigned char *em, size_t k, seamkey_span t)
{
	em[0] = 0x00;
	em[1] = 0x01;
	memset(em + 2, 0xFF, k - t.len - 3);
	em[k - t.len - 1] = 0x00;
	memcpy(em + k - t.len, t.p, t.len);
}

/* Is this a DigestInfo that the policy allows, and does it fit? */
static inline int
seamkey_i_rsa_check_digest_info(const seamkey_op *op,
	const seamkey_rsa_policy *policy, seamkey_span digest_info)
{
	int is_sign = op->service == SEAMKEY_I_RSA_SIGN;
	seamkey_der_digest_info info;
	unsigned hashes;
	int status = seamkey_der_decode_digest_info(
		&info, digest_info, is_sign ? 0 : policy->lenient);

	if (status != SEAMKEY_OK) {
		return status;
	}
	if (is_sign) {
		hashes = policy->sign_hashes == 0 ? SEAMKEY_RSA_SIGN_HASHES
						  : policy->sign_hashes;
	} else {
		hashes = policy->verify_hashes == 0 ? SEAMKEY_RSA_VERIFY_HASHES
						    : policy->verify_hashes;
	}
	if (((hashes >> info.hash) & 1) == 0) {
		return SEAMKEY_ERR_RSA_HASH;
	}
	return digest_info.len > op->block - 11 ? SEAMKEY_ERR_RSA_MESSAGE
						: SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_rsa_sign_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *sig, size_t sig_cap, size_t *sig_len,
	seamkey_span digest_info, seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(
		op, SEAMKEY_I_RSA_SIGN, seamkey_i_rsa_give_block, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_i_rsa_load_private(op, &e, key);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_check_digest_info(
			op, &e.policy, digest_info);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_set_output(op, sig, sig_cap, sig_len);
	}
	if (status == SEAMKEY_OK) {
		op->in = digest_info;
		seamkey_i_rsa_pad1(
			seamkey_i_rsa_input(op), op->block, digest_info);
	}
	return seamkey_i_rsa_start(op, status);
}

static inline int
seamkey_i_rsa_give_verdict(seamkey_op *op)
{
	return seamkey_i_rsa_is_pad1(
		       seamkey_i_rsa_result(op), op->block, op->in)
		? SEAMKEY_OK
		: SEAMKEY_ERR_RSA_SIGNATURE;
}

SEAMKEY_API int
seamkey_rsa_verify_begin(seamkey_op *op, const seamkey_rsa_env *env,
	seamkey_span sig, seamkey_span digest_info, seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(
		op, SEAMKEY_I_RSA_VERIFY, seamkey_i_rsa_give_verdict, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_i_rsa_load_public(op, &e, key);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_check_digest_info(
			op, &e.policy, digest_info);
	}
	if (status == SEAMKEY_OK
		&& (sig.len != op->block
			|| !seamkey_i_der_is_less(sig, op->n))) {
		status = SEAMKEY_ERR_RSA_SIGNATURE;
	}
	if (status == SEAMKEY_OK) {
		op->in = digest_info;
		memcpy(seamkey_i_rsa_input(op), sig.p, sig.len);
	}
	return seamkey_i_rsa_start(op, status);
}

SEAMKEY_API int
seamkey_rsa_sign(const seamkey_rsa_env *env, unsigned char *sig, size_t sig_cap,
	size_t *sig_len, seamkey_span digest_info, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_sign_begin(
			&op, env, sig, sig_cap, sig_len, digest_info, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

SEAMKEY_API int
seamkey_rsa_verify(const seamkey_rsa_env *env, seamkey_span sig,
	seamkey_span digest_info, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_verify_begin(
			&op, env, sig, digest_info, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/* A DigestInfo in a buffer of SEAMKEY_DER_MAX_DIGEST_INFO bytes. */
static inline int
seamkey_i_rsa_digest_info(
	unsigned char *out, seamkey_span *made, int hash, seamkey_span digest)
{
	seamkey_der_digest_info info;
	size_t len = 0;
	int status;

	info.hash = hash;
	info.digest = digest;
	status = seamkey_der_encode_digest_info(
		out, SEAMKEY_DER_MAX_DIGEST_INFO, &len, &info);
	*made = seamkey_span_of(out, len);
	return status;
}

SEAMKEY_API int
seamkey_rsa_sign_hash(const seamkey_rsa_env *env, unsigned char *sig,
	size_t sig_cap, size_t *sig_len, int hash, seamkey_span digest,
	seamkey_span key)
{
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span made;
	int status = seamkey_i_rsa_digest_info(buf, &made, hash, digest);

	if (status == SEAMKEY_OK) {
		status =
			seamkey_rsa_sign(env, sig, sig_cap, sig_len, made, key);
	}
	return status;
}

SEAMKEY_API int
seamkey_rsa_verify_hash(const seamkey_rsa_env *env, seamkey_span sig, int hash,
	seamkey_span digest, seamkey_span key)
{
	unsigned char buf[SEAMKEY_DER_MAX_DIGEST_INFO];
	seamkey_span made;
	int status = seamkey_i_rsa_digest_info(buf, &made, hash, digest);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_verify(env, sig, made, key);
	}
	return status;
}

/* Hash a message; the result is an enum seamkey_hash, or 0 for a class
 * that is none. out: 64 bytes. */
static inline int
seamkey_i_rsa_hash(
	const br_hash_class *hash, seamkey_span message, unsigned char *out)
{
	br_hash_compat_context ctx;
	int id;

	if (hash == NULL) {
		return 0;
	}
	id = (int)((hash->desc >> BR_HASHDESC_ID_OFF) & BR_HASHDESC_ID_MASK);
	if (id < SEAMKEY_MD5 || id > SEAMKEY_SHA512) {
		return 0;
	}
	hash->init(&ctx.vtable);
	hash->update(&ctx.vtable, message.p, message.len);
	hash->out(&ctx.vtable, out);
	return id;
}

SEAMKEY_API int
seamkey_rsa_sign_message(const seamkey_rsa_env *env, unsigned char *sig,
	size_t sig_cap, size_t *sig_len, const br_hash_class *hash,
	seamkey_span message, seamkey_span key)
{
	unsigned char digest[64];
	int id = seamkey_i_rsa_hash(hash, message, digest);

	return seamkey_rsa_sign_hash(env, sig, sig_cap, sig_len, id,
		seamkey_span_of(digest, seamkey_der_hash_size(id)), key);
}

SEAMKEY_API int
seamkey_rsa_verify_message(const seamkey_rsa_env *env, seamkey_span sig,
	const br_hash_class *hash, seamkey_span message, seamkey_span key)
{
	unsigned char digest[64];
	int id = seamkey_i_rsa_hash(hash, message, digest);

	return seamkey_rsa_verify_hash(env, sig, id,
		seamkey_span_of(digest, seamkey_der_hash_size(id)), key);
}

/* ---- [rsa.6] Encrypt ------------------------------------------------- */

/*
 * Fill out[0..len) with random octets that are not zero. A zero octet is
 * drawn again, which keeps the others uniform; which octets were drawn
 * again says nothing about those that stay. In 509 octets 2 are zero on
 * the average; more than 64 redraws happen once in 2^200 calls, or where
 * the source is broken.
 */
static inline int
seamkey_i_rsa_random_nonzero(
	const seamkey_random *source, unsigned char *out, size_t len)
{
	int redraws = 64;
	size_t u;
	int status = seamkey_random_get(source, out, len);

	for (u = 0; status == SEAMKEY_OK && u < len; u++) {
		while (status == SEAMKEY_OK
			&& seamkey_i_declassify(seamkey_i_ct_zero(out[u]))) {
			status = redraws-- > 0
				? seamkey_random_get(source, out + u, 1)
				: SEAMKEY_ERR_RANDOM;
		}
	}
	return status;
}

/* The padding of RFC 8017 section 7.2.1: 00 02 PS 00 M, where M is at
 * most k - 11 octets. */
static inline int
seamkey_i_rsa_pad2(unsigned char *em, size_t k, seamkey_span m,
	const seamkey_random *source)
{
	em[0] = 0x00;
	em[1] = 0x02;
	em[k - m.len - 1] = 0x00;
	if (m.len != 0) {
		memcpy(em + k - m.len, m.p, m.len);
	}
	return seamkey_i_rsa_random_nonzero(source, em + 2, k - m.len - 3);
}

/*
 * Encrypt with any padding: pad makes the block of k octets out of a
 * message of at most k - overhead octets.
 */
static inline int
seamkey_i_rsa_encrypt_begin(seamkey_op *op, const seamkey_rsa_env *env,
	size_t overhead,
	int (*pad)(unsigned char *em, size_t k, seamkey_span m,
		const seamkey_random *source),
	unsigned char *ct, size_t ct_cap, size_t *ct_len, seamkey_span msg,
	seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(
		op, SEAMKEY_I_RSA_ENCRYPT, seamkey_i_rsa_give_block, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	status = seamkey_i_rsa_load_public(op, &e, key);
	if (status == SEAMKEY_OK && msg.len > op->block - overhead) {
		status = SEAMKEY_ERR_RSA_MESSAGE;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_set_output(op, ct, ct_cap, ct_len);
	}
	if (status == SEAMKEY_OK) {
		status =
			pad(seamkey_i_rsa_input(op), op->block, msg, &e.random);
	}
	return seamkey_i_rsa_start(op, status);
}

SEAMKEY_API int
seamkey_rsa_encrypt_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *ct, size_t ct_cap, size_t *ct_len, seamkey_span msg,
	seamkey_span key)
{
	return seamkey_i_rsa_encrypt_begin(
		op, env, 11, seamkey_i_rsa_pad2, ct, ct_cap, ct_len, msg, key);
}

SEAMKEY_API int
seamkey_rsa_encrypt(const seamkey_rsa_env *env, unsigned char *ct,
	size_t ct_cap, size_t *ct_len, seamkey_span msg, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt_begin(
			&op, env, ct, ct_cap, ct_len, msg, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/* ---- [rsa.7] Decrypt ------------------------------------------------- */

/*
 * The key derivation key of the draft, section 7.2 step 3: HMAC-SHA256
 * over the ciphertext, keyed with SHA-256 of d in k octets, or with the
 * rejection secret of a key in hardware. Wiped by the caller.
 */
static inline void
seamkey_i_rsa_kdk(const seamkey_op *op, br_hmac_key_context *kdk)
{
	static const unsigned char zero[1] = { 0 };
	br_sha256_context sha;   /* wiped below */
	br_hmac_key_context key; /* wiped below */
	br_hmac_context hmac;    /* wiped below */
	unsigned char buf[32];   /* wiped below */
	size_t u;

	if (op->req.handle.len != 0) {
		memcpy(buf, op->secret.p, sizeof buf);
	} else {
		br_sha256_init(&sha);
		for (u = op->secret.len; u < op->block; u++) {
			br_sha256_update(&sha, zero, sizeof zero);
		}
		br_sha256_update(&sha, op->secret.p, op->secret.len);
		br_sha256_out(&sha, buf);
		seamkey_wipe(&sha, sizeof sha);
	}
	br_hmac_key_init(&key, &br_sha256_vtable, buf, sizeof buf);
	br_hmac_init(&hmac, &key, 0);
	br_hmac_update(&hmac, op->in.p, op->in.len);
	br_hmac_out(&hmac, buf);
	br_hmac_key_init(kdk, &br_sha256_vtable, buf, sizeof buf);
	seamkey_wipe(&key, sizeof key);
	seamkey_wipe(&hmac, sizeof hmac);
	seamkey_wipe(buf, sizeof buf);
}

/*
 * Block number i, 32 octets, of the pseudo-random function of the draft,
 * section 7.1: HMAC(KDK, i || label || length in bits), i and length in
 * two octets each. A label has at most 8 octets.
 */
static inline void
seamkey_i_rsa_prf(const br_hmac_key_context *kdk, unsigned i,
	seamkey_span label, size_t len, unsigned char *out)
{
	unsigned char head[2], tail[2];
	br_hmac_context hmac; /* wiped below */

	head[0] = (unsigned char)(i >> 8);
	head[1] = (unsigned char)i;
	tail[0] = (unsigned char)(8 * len >> 8);
	tail[1] = (unsigned char)(8 * len);
	br_hmac_init(&hmac, kdk, 0);
	br_hmac_update(&hmac, head, sizeof head);
	br_hmac_update(&hmac, label.p, label.len);
	br_hmac_update(&hmac, tail, sizeof tail);
	br_hmac_out(&hmac, out);
	seamkey_wipe(&hmac, sizeof hmac);
}

/* out[0..len) = PRF(KDK, label, len) */
static inline void
seamkey_i_rsa_synthetic(const br_hmac_key_context *kdk, seamkey_span label,
	unsigned char *out, size_t len)
{
	unsigned char buf[32]; /* wiped below */
	size_t at, part;
	unsigned i = 0;

	for (at = 0; at < len; at += part) {
		seamkey_i_rsa_prf(kdk, i++, label, len, buf);
		part = len - at < sizeof buf ? len - at : sizeof buf;
		memcpy(out + at, buf, part);
	}
	seamkey_wipe(buf, sizeof buf);
}

/*
 * The length of the synthetic message: of 128 candidates of 16 bits, cut
 * to the bits that max has, the last one that does not exceed max. Zero
 * if there is none. Section 7.2 step 3.3.
 */
static inline uint32_t
seamkey_i_rsa_synthetic_length(const br_hmac_key_context *kdk, uint32_t max)
{
	unsigned char buf[32]; /* wiped below */
	uint32_t mask = max, length = 0, candidate, fits;
	unsigned i;
	size_t u;

	mask |= mask >> 1;
	mask |= mask >> 2;
	mask |= mask >> 4;
	mask |= mask >> 8;
	for (i = 0; i < 8; i++) {
		seamkey_i_rsa_prf(
			kdk, i, seamkey_span_of("length", 6), 256, buf);
		for (u = 0; u < sizeof buf; u += 2) {
			candidate = ((uint32_t)buf[u] << 8 | buf[u + 1]) & mask;
			fits = 1 ^ seamkey_i_ct_gt(candidate, max);
			length = seamkey_i_ct_select(
				seamkey_i_ct_mask(fits), candidate, length);
		}
	}
	seamkey_wipe(buf, sizeof buf);
	return length;
}

/*
 * Where a driver stripped the padding, and gave a message of op->out_len
 * octets: make the block again that it came from, so that one piece of
 * code decides. One that is too long, or was refused, becomes a block with
 * bad padding; the driver may not insist on 8 octets of padding, we do.
 */
static inline void
seamkey_i_rsa_repad(seamkey_op *op)
{
	unsigned char *em = seamkey_i_rsa_result(op);
	size_t len = op->out_len;

	if (op->req.kind != SEAMKEY_REQ_PKCS1_DECRYPT) {
		return;
	}
	if (len > op->block - 11) {
		seamkey_i_rsa_reject(op);
		return;
	}
	memmove(em + op->block - len, em, len);
	memset(em, 0xFF, op->block - len);
	em[0] = 0x00;
	em[1] = 0x02;
	em[op->block - len - 1] = 0x00;
}

/*
 * Is em, k octets, of the form 00 02 PS 00 M with eight octets or more in
 * PS, none of them zero? 1 and the length of M, or 0 and 0; both secret.
 */
static inline uint32_t
seamkey_i_rsa_unpad2(const unsigned char *em, size_t k, uint32_t *msg_len)
{
	uint32_t ok, found = 0, at = 0, zero;
	size_t u;

	for (u = 2; u < k; u++) {
		zero = seamkey_i_ct_zero(em[u]);
		at = seamkey_i_ct_select(
			seamkey_i_ct_mask(zero & (1 ^ found)), (uint32_t)u, at);
		found |= zero;
	}
	ok = seamkey_i_ct_eq(em[0], 0x00) & seamkey_i_ct_eq(em[1], 0x02) & found
		& seamkey_i_ct_gt(at, 9);
	*msg_len = seamkey_i_ct_select(
		seamkey_i_ct_mask(ok), (uint32_t)k - 1 - at, 0);
	return ok;
}

/* a[0..len) = ok ? a : b */
static inline void
seamkey_i_rsa_keep_if(
	uint32_t ok, unsigned char *a, const unsigned char *b, size_t len)
{
	uint32_t mask = seamkey_i_ct_mask(ok);
	size_t u;

	for (u = 0; u < len; u++) {
		a[u] = (unsigned char)seamkey_i_ct_select(mask, a[u], b[u]);
	}
}

/* Move x[0..k) left by a secret distance of at most k, zeros coming in
 * from the right: a step for each bit of the distance. */
static inline void
seamkey_i_rsa_shift(unsigned char *x, size_t k, uint32_t distance)
{
	uint32_t mask, next;
	size_t step, u;

	for (step = 1; step <= k; step <<= 1) {
		mask = seamkey_i_ct_mask(distance & 1);
		distance >>= 1;
		for (u = 0; u < k; u++) {
			next = u + step < k ? x[u + step] : 0;
			x[u] = (unsigned char)seamkey_i_ct_select(
				mask, next, x[u]);
		}
	}
}

/*
 * Hand out op->want octets: the last of the result block if ok, else
 * synthetic ones. The label of the form has two octets at its end for the
 * length.
 */
static inline int
seamkey_i_rsa_give_if(
	seamkey_op *op, uint32_t ok, unsigned char *label, size_t label_len)
{
	unsigned char *em = seamkey_i_rsa_result(op) + (op->block - op->want);
	unsigned char *synthetic = seamkey_i_rsa_input(op);
	br_hmac_key_context kdk; /* wiped below */

	label[label_len - 2] = (unsigned char)(op->want >> 8);
	label[label_len - 1] = (unsigned char)op->want;
	seamkey_i_rsa_kdk(op, &kdk);
	seamkey_i_rsa_synthetic(
		&kdk, seamkey_span_of(label, label_len), synthetic, op->want);
	seamkey_wipe(&kdk, sizeof kdk);
	seamkey_i_rsa_keep_if(ok, em, synthetic, op->want);
	if (op->want != 0) {
		memcpy(op->out, em, op->want);
	}
	if (op->len != NULL) {
		*op->len = (size_t)ok;
	}
	return SEAMKEY_OK;
}

/* The block is there: the form with the known length. */
static inline int
seamkey_i_rsa_give_fixed(seamkey_op *op)
{
	unsigned char label[7] = { 'f', 'i', 'x', 'e', 'd', 0, 0 };
	uint32_t len, ok;

	seamkey_i_rsa_repad(op);
	ok = seamkey_i_rsa_unpad2(seamkey_i_rsa_result(op), op->block, &len);
	ok &= seamkey_i_ct_eq(len, (uint32_t)op->want);
	return seamkey_i_rsa_give_if(op, ok, label, sizeof label);
}

/* Hand out the last len octets of the result block, len being secret, and
 * zero behind them. */
static inline void
seamkey_i_rsa_give_message(seamkey_op *op, uint32_t len)
{
	unsigned char *em = seamkey_i_rsa_result(op);

	seamkey_i_rsa_shift(em, op->block, (uint32_t)op->block - len);
	memcpy(op->out, em, op->block);
	*op->len = (size_t)len;
}

/* The form that gives a synthetic message. */
static inline int
seamkey_i_rsa_give_implicit(seamkey_op *op)
{
	unsigned char *em = seamkey_i_rsa_result(op);
	unsigned char *synthetic = seamkey_i_rsa_input(op);
	br_hmac_key_context kdk; /* wiped below */
	uint32_t ok, len, other;

	seamkey_i_rsa_repad(op);
	seamkey_i_rsa_kdk(op, &kdk);
	seamkey_i_rsa_synthetic(
		&kdk, seamkey_span_of("message", 7), synthetic, op->block);
	other = seamkey_i_rsa_synthetic_length(&kdk, (uint32_t)op->block - 11);
	seamkey_wipe(&kdk, sizeof kdk);
	ok = seamkey_i_rsa_unpad2(em, op->block, &len);
	seamkey_i_rsa_keep_if(ok, em, synthetic, op->block);
	seamkey_i_rsa_give_message(
		op, seamkey_i_ct_select(seamkey_i_ct_mask(ok), len, other));
	return SEAMKEY_OK;
}

/* The form that tells. */
static inline int
seamkey_i_rsa_give_report(seamkey_op *op)
{
	uint32_t ok, len;

	seamkey_i_rsa_repad(op);
	ok = seamkey_i_rsa_unpad2(seamkey_i_rsa_result(op), op->block, &len);
	if (!seamkey_i_declassify(ok)) {
		return SEAMKEY_ERR_RSA_DECRYPT;
	}
	seamkey_i_rsa_give_message(op, len);
	return SEAMKEY_OK;
}

/* Length and range of a ciphertext are public, and so is what follows. */
static inline int
seamkey_i_rsa_check_ciphertext(const seamkey_op *op)
{
	if (op->in.len != op->block
		|| (op->n.p != NULL && !seamkey_i_der_is_less(op->in, op->n))) {
		return SEAMKEY_I_RSA_REJECT;
	}
	return SEAMKEY_OK;
}

/* The forms of fixed length: overhead is what is not message in a block.
 * good: NULL, or where to tell whether the padding was right, in secret. */
static inline int
seamkey_i_rsa_decrypt_fixed_begin(seamkey_op *op, const seamkey_rsa_env *env,
	int service, size_t overhead, int (*complete)(seamkey_op *op),
	unsigned char *msg, size_t msg_len, size_t *good, seamkey_span ct,
	seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(op, service, complete, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	op->in = ct;
	op->out = msg;
	op->len = good;
	op->want = msg_len;
	if (msg == NULL && msg_len != 0) {
		status = SEAMKEY_ERR_ARG;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_load_private(op, &e, key);
	}
	if (status == SEAMKEY_OK && msg_len > op->block - overhead) {
		status = SEAMKEY_ERR_RSA_MESSAGE;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_check_ciphertext(op);
	}
	return seamkey_i_rsa_start(op, status);
}

SEAMKEY_API int
seamkey_rsa_decrypt_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_len, seamkey_span ct, seamkey_span key)
{
	return seamkey_i_rsa_decrypt_fixed_begin(op, env, SEAMKEY_I_RSA_DECRYPT,
		11, seamkey_i_rsa_give_fixed, msg, msg_len, NULL, ct, key);
}

/* The forms that give the length. */
static inline int
seamkey_i_rsa_decrypt_any_begin(seamkey_op *op, const seamkey_rsa_env *env,
	int service, int (*complete)(seamkey_op *op), unsigned char *msg,
	size_t msg_cap, size_t *msg_len, seamkey_span ct, seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(op, service, complete, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	op->in = ct;
	status = seamkey_i_rsa_load_private(op, &e, key);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_set_output(op, msg, msg_cap, msg_len);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_check_ciphertext(op);
	}
	return seamkey_i_rsa_start(op, status);
}

SEAMKEY_API int
seamkey_rsa_decrypt_implicit_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_cap, size_t *msg_len, seamkey_span ct,
	seamkey_span key)
{
	return seamkey_i_rsa_decrypt_any_begin(op, env, SEAMKEY_I_RSA_DECRYPT,
		seamkey_i_rsa_give_implicit, msg, msg_cap, msg_len, ct, key);
}

SEAMKEY_API int
seamkey_rsa_decrypt_report_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_cap, size_t *msg_len, seamkey_span ct,
	seamkey_span key)
{
	return seamkey_i_rsa_decrypt_any_begin(op, env,
		SEAMKEY_I_RSA_DECRYPT_REPORT, seamkey_i_rsa_give_report, msg,
		msg_cap, msg_len, ct, key);
}

SEAMKEY_API int
seamkey_rsa_decrypt(const seamkey_rsa_env *env, unsigned char *msg,
	size_t msg_len, seamkey_span ct, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_begin(
			&op, env, msg, msg_len, ct, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

SEAMKEY_API int
seamkey_rsa_decrypt_implicit(const seamkey_rsa_env *env, unsigned char *msg,
	size_t msg_cap, size_t *msg_len, seamkey_span ct, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_implicit_begin(
			&op, env, msg, msg_cap, msg_len, ct, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

SEAMKEY_API int
seamkey_rsa_decrypt_report(const seamkey_rsa_env *env, unsigned char *msg,
	size_t msg_cap, size_t *msg_len, seamkey_span ct, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_report_begin(
			&op, env, msg, msg_cap, msg_len, ct, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/*
 * The private operation without padding, for seamkey_icsf.h: in is taken
 * as a number, at most as long as the modulus (SEAMKEY_ERR_RSA_MESSAGE)
 * and below it (SEAMKEY_ERR_RSA_RANGE); the result is verified like any
 * other. Not public: RSA without padding is not secure by itself.
 */
static inline void
seamkey_i_rsa_put_value(unsigned char *em, size_t k, seamkey_span v)
{
	memset(em, 0, k - v.len);
	if (v.len != 0) {
		memcpy(em + k - v.len, v.p, v.len);
	}
}

static inline int
seamkey_i_rsa_raw_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *out, size_t cap, size_t *len, seamkey_span in,
	seamkey_span key)
{
	seamkey_rsa_env e = seamkey_i_rsa_env(env);
	int status = seamkey_i_rsa_prepare(
		op, SEAMKEY_I_RSA_RAW, seamkey_i_rsa_give_block, &e);

	if (status != SEAMKEY_OK) {
		return status;
	}
	op->in = in;
	status = seamkey_i_rsa_load_private(op, &e, key);
	if (status == SEAMKEY_OK && in.len > op->block) {
		status = SEAMKEY_ERR_RSA_MESSAGE;
	}
	if (status == SEAMKEY_OK && op->n.p != NULL
		&& !seamkey_i_der_is_less(in, op->n)) {
		status = SEAMKEY_ERR_RSA_RANGE;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_set_output(op, out, cap, len);
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_rsa_put_value(seamkey_i_rsa_input(op), op->block, in);
	}
	return seamkey_i_rsa_start(op, status);
}

static inline int
seamkey_i_rsa_raw(const seamkey_rsa_env *env, unsigned char *out, size_t cap,
	size_t *len, seamkey_span in, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_rsa_raw_begin(
			&op, env, out, cap, len, in, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/* ---- [rsa.8] OAEP ---------------------------------------------------- */

/* What is not message in a block of OAEP: a zero octet, seed and lHash of
 * 32 octets each, the octet 01. */
#define SEAMKEY_I_RSA_OAEP 66

/* lHash: SHA-256 of the empty label. */
static inline const unsigned char *
seamkey_i_rsa_empty_hash(void)
{
	static const unsigned char hash[32] = { 0xE3, 0xB0, 0xC4, 0x42, 0x98,
		0xFC, 0x1C, 0x14, 0x9A, 0xFB, 0xF4, 0xC8, 0x99, 0x6F, 0xB9,
		0x24, 0x27, 0xAE, 0x41, 0xE4, 0x64, 0x9B, 0x93, 0x4C, 0xA4,
		0x95, 0x99, 0x1B, 0x78, 0x52, 0xB8, 0x55 };

	return hash;
}

/* The block of OAEP around the message in its last m octets, before any
 * mask: 00, 32 octets for the seed, lHash, 00 ... 00 01 M. */
static inline void
seamkey_i_rsa_frame_oaep(unsigned char *em, size_t k, size_t m)
{
	memset(em, 0, k - m - 1);
	memcpy(em + 33, seamkey_i_rsa_empty_hash(), 32);
	em[k - m - 1] = 0x01;
}

/* x[0..len) ^= MGF1 with SHA-256 over the seed: RFC 8017 appendix B.2.1.
 * The counter stays below 16, as a block has at most 512 octets. */
static inline void
seamkey_i_rsa_mgf1_xor(unsigned char *x, size_t len, const unsigned char *seed,
	size_t seed_len)
{
	unsigned char counter[4] = { 0, 0, 0, 0 };
	unsigned char mask[32]; /* wiped below */
	br_sha256_context sha;  /* wiped below */
	size_t at, u;

	for (at = 0; at < len; at += sizeof mask) {
		br_sha256_init(&sha);
		br_sha256_update(&sha, seed, seed_len);
		br_sha256_update(&sha, counter, sizeof counter);
		br_sha256_out(&sha, mask);
		counter[3]++;
		for (u = 0; u < sizeof mask && at + u < len; u++) {
			x[at + u] ^= mask[u];
		}
	}
	seamkey_wipe(mask, sizeof mask);
	seamkey_wipe(&sha, sizeof sha);
}

/* EME-OAEP encoding, RFC 8017 section 7.1.1 step 2; m is at most
 * k - SEAMKEY_I_RSA_OAEP octets. */
static inline int
seamkey_i_rsa_pad_oaep(unsigned char *em, size_t k, seamkey_span m,
	const seamkey_random *source)
{
	unsigned char *seed = em + 1, *db = em + 33;
	int status;

	seamkey_i_rsa_frame_oaep(em, k, m.len);
	if (m.len != 0) {
		memcpy(em + k - m.len, m.p, m.len);
	}
	status = seamkey_random_get(source, seed, 32);
	if (status == SEAMKEY_OK) {
		seamkey_i_rsa_mgf1_xor(db, k - 33, seed, 32);
		seamkey_i_rsa_mgf1_xor(seed, 32, db, k - 33);
	}
	return status;
}

SEAMKEY_API int
seamkey_rsa_encrypt_oaep_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *ct, size_t ct_cap, size_t *ct_len, seamkey_span msg,
	seamkey_span key)
{
	return seamkey_i_rsa_encrypt_begin(op, env, SEAMKEY_I_RSA_OAEP,
		seamkey_i_rsa_pad_oaep, ct, ct_cap, ct_len, msg, key);
}

SEAMKEY_API int
seamkey_rsa_encrypt_oaep(const seamkey_rsa_env *env, unsigned char *ct,
	size_t ct_cap, size_t *ct_len, seamkey_span msg, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_encrypt_oaep_begin(
			&op, env, ct, ct_cap, ct_len, msg, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/*
 * 1 if em, its masks taken off, is a block with a message of m octets: as
 * the length is known, so is the place of every octet that decides, and
 * all of them are looked at. The seed is none of them.
 */
static inline uint32_t
seamkey_i_rsa_unpad_oaep(const unsigned char *em, size_t k, size_t m)
{
	uint32_t differ = (uint32_t)em[0] | (uint32_t)(em[k - m - 1] ^ 0x01);
	size_t u;

	for (u = 65; u < k - m - 1; u++) {
		differ |= em[u];
	}
	return seamkey_i_ct_zero(differ)
		& seamkey_ct_equal(em + 33, seamkey_i_rsa_empty_hash(), 32);
}

/* Take the masks off, or make the block without them where a driver gave
 * the message: as repad for version 1.5. */
static inline void
seamkey_i_rsa_unmask_oaep(seamkey_op *op)
{
	unsigned char *em = seamkey_i_rsa_result(op);
	unsigned char *seed = em + 1, *db = em + 33;
	size_t k = op->block, len = op->out_len;

	if (op->req.kind != SEAMKEY_REQ_OAEP_DECRYPT) {
		seamkey_i_rsa_mgf1_xor(seed, 32, db, k - 33);
		seamkey_i_rsa_mgf1_xor(db, k - 33, seed, 32);
	} else if (len > k - SEAMKEY_I_RSA_OAEP) {
		seamkey_i_rsa_reject(op);
	} else {
		memmove(em + k - len, em, len);
		seamkey_i_rsa_frame_oaep(em, k, len);
	}
}

/* The block is there: EME-OAEP decoding, RFC 8017 section 7.1.2 step 3,
 * the same way whatever the first octet is. */
static inline int
seamkey_i_rsa_give_oaep(seamkey_op *op)
{
	unsigned char label[6] = { 'o', 'a', 'e', 'p', 0, 0 };
	uint32_t ok;

	seamkey_i_rsa_unmask_oaep(op);
	ok = seamkey_i_rsa_unpad_oaep(
		seamkey_i_rsa_result(op), op->block, op->want);
	return seamkey_i_rsa_give_if(op, ok, label, sizeof label);
}

SEAMKEY_API int
seamkey_rsa_decrypt_oaep_begin(seamkey_op *op, const seamkey_rsa_env *env,
	unsigned char *msg, size_t msg_len, seamkey_span ct, seamkey_span key)
{
	return seamkey_i_rsa_decrypt_fixed_begin(op, env,
		SEAMKEY_I_RSA_DECRYPT_OAEP, SEAMKEY_I_RSA_OAEP,
		seamkey_i_rsa_give_oaep, msg, msg_len, NULL, ct, key);
}

SEAMKEY_API int
seamkey_rsa_decrypt_oaep(const seamkey_rsa_env *env, unsigned char *msg,
	size_t msg_len, seamkey_span ct, seamkey_span key)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status == SEAMKEY_OK) {
		status = seamkey_rsa_decrypt_oaep_begin(
			&op, env, msg, msg_len, ct, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

#ifdef __cplusplus
}
#endif
#endif
