/*
 * seamkey_der.h - DER key structures, read in place and written
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Configuration      6. RSA keys
 *   2. Errors             7. Elliptic curve keys
 *   3. Reading            8. DigestInfo
 *   4. Writing            9. Certificate outline
 *   5. Key containers     10. What is it?
 * Search for "[der.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   A strict reader and a measuring writer for DER (ITU-T X.690), and on
 *   top of them the structures that carry keys: PrivateKeyInfo,
 *   SubjectPublicKeyInfo, RSAPrivateKey, RSAPublicKey, ECPrivateKey,
 *   DigestInfo, and as much of a certificate as is needed to take its key
 *   out. Decoders return spans into the caller's bytes: nothing is copied,
 *   nothing is allocated.
 *
 *   Strict means: definite lengths in their shortest form, single-byte
 *   tags, minimal INTEGER and OBJECT IDENTIFIER, BOOLEAN 00 or FF, whole
 *   octets in a BIT STRING that holds a key, no byte left over at any
 *   level, bounded depth. A leniency is a named argument. Of the rules of
 *   DER one is not checked: the order of the elements of a SET OF.
 *
 * QUICK START
 *   seamkey_der_rsa_private key;
 *   int status = seamkey_der_decode_rsa_private_info(
 *       &key, seamkey_span_of(bytes, len), 0);
 *   if (status != SEAMKEY_OK) puts(seamkey_der_text(status));
 *
 * CAUTIONS
 *   Spans live as long as the bytes that were decoded. A decoder that
 *   fails leaves its result alone. Decoding says that a structure is well
 *   formed; whether its numbers make a key is what the check functions
 *   tell.
 *   Public in a private key: tags, lengths (those of the integers without
 *   their sign octet included) and the verdict of each check. Every other
 *   byte of d, p, q, dp, dq, qinv and of an elliptic curve scalar is
 *   secret, and no branch, index or division depends on it.
 */
#include "seamkey_base.h"

#ifndef SEAMKEY_DER_H
#define SEAMKEY_DER_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [der.1] Configuration ------------------------------------------- */

/*
 * Levels of nesting that a reader enters and that seamkey_der_check()
 * walks. Range 8..255. Costs a size_t of stack each in the latter; changes
 * no struct.
 */
#ifndef SEAMKEY_DER_MAX_DEPTH
#define SEAMKEY_DER_MAX_DEPTH 32
#endif
#if SEAMKEY_DER_MAX_DEPTH < 8 || SEAMKEY_DER_MAX_DEPTH > 255
#error "SEAMKEY_DER_MAX_DEPTH must be 8..255: remove the -D or pick a value"
#endif

/*
 * Leniencies, to be OR-ed into a parameter named lenient; 0 is strict.
 * ABSENT_NULL accepts an AlgorithmIdentifier of RSA or of a hash without
 * parameters where the standard wants NULL (old certificates, and the
 * DigestInfo of old signatures: RFC 8017 appendix B.1 tells of both).
 */
#define SEAMKEY_ABSENT_NULL 1u

/* ---- [der.2] Errors -------------------------------------------------- */

/* clang-format off */
#define SEAMKEY_DER_ERRORS(X) \
	X(SEAMKEY_ERR_DER_TRUNCATED, -100, \
		"an element is missing, or runs past what holds it") \
	X(SEAMKEY_ERR_DER_TAG, -101, \
		"another kind of element was expected") \
	X(SEAMKEY_ERR_DER_LENGTH, -102, \
		"a length is indefinite, not in its shortest form, or huge") \
	X(SEAMKEY_ERR_DER_TRAILING, -103, \
		"there are bytes after the last element") \
	X(SEAMKEY_ERR_DER_DEPTH, -104, \
		"elements are nested too deeply") \
	X(SEAMKEY_ERR_DER_INTEGER, -105, \
		"an INTEGER is empty, negative or not in its shortest form") \
	X(SEAMKEY_ERR_DER_OID, -106, \
		"an OBJECT IDENTIFIER is not well formed") \
	X(SEAMKEY_ERR_DER_BOOLEAN, -107, \
		"a BOOLEAN is neither 00 nor FF") \
	X(SEAMKEY_ERR_DER_BIT_STRING, -108, \
		"a BIT STRING is not well formed or not whole octets") \
	X(SEAMKEY_ERR_DER_NULL, -109, \
		"a NULL is not empty") \
	X(SEAMKEY_ERR_DER_VERSION, -110, \
		"the version of the structure is not one that is known") \
	X(SEAMKEY_ERR_DER_ALGORITHM, -111, \
		"the key is for another algorithm") \
	X(SEAMKEY_ERR_DER_PARAMETERS, -112, \
		"the algorithm parameters are not what they must be") \
	X(SEAMKEY_ERR_DER_CURVE, -113, \
		"the elliptic curve is not one that is known") \
	X(SEAMKEY_ERR_DER_HASH, -114, \
		"the hash function is not one that is known") \
	X(SEAMKEY_ERR_DER_DIGEST, -115, \
		"the digest is not as long as its hash function makes it") \
	X(SEAMKEY_ERR_DER_PRIMES, -116, \
		"the key has more than two primes") \
	X(SEAMKEY_ERR_DER_POINT, -117, \
		"the public point is not an uncompressed one of its curve") \
	X(SEAMKEY_ERR_DER_SCALAR, -118, \
		"the private number does not fit its elliptic curve") \
	X(SEAMKEY_ERR_DER_DUPLICATE, -119, \
		"an extension occurs twice") \
	X(SEAMKEY_ERR_DER_KIND, -120, \
		"these bytes are no key structure and no certificate") \
	X(SEAMKEY_ERR_KEY_ZERO, -140, \
		"a number of the key is zero") \
	X(SEAMKEY_ERR_KEY_MODULUS_EVEN, -141, \
		"the modulus is even") \
	X(SEAMKEY_ERR_KEY_MODULUS_SHORT, -142, \
		"the modulus is shorter than the policy allows") \
	X(SEAMKEY_ERR_KEY_MODULUS_LONG, -143, \
		"the modulus is longer than can be handled") \
	X(SEAMKEY_ERR_KEY_EXPONENT_EVEN, -144, \
		"the public exponent is even") \
	X(SEAMKEY_ERR_KEY_EXPONENT_SMALL, -145, \
		"the public exponent is smaller than the policy allows") \
	X(SEAMKEY_ERR_KEY_EXPONENT_LARGE, -146, \
		"the public exponent has more than 64 bits") \
	X(SEAMKEY_ERR_KEY_D, -147, \
		"the private exponent is not below the modulus") \
	X(SEAMKEY_ERR_KEY_PRIME_EVEN, -148, \
		"a prime of the key is even") \
	X(SEAMKEY_ERR_KEY_PRODUCT, -149, \
		"the primes do not multiply to the modulus") \
	X(SEAMKEY_ERR_KEY_DP, -150, \
		"the first CRT exponent is not below its prime") \
	X(SEAMKEY_ERR_KEY_DQ, -151, \
		"the second CRT exponent is not below its prime") \
	X(SEAMKEY_ERR_KEY_QINV, -152, \
		"the CRT coefficient is not below the first prime")
/* clang-format on */

enum seamkey_der_error {
	SEAMKEY_DER_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_DER_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base and der. */
SEAMKEY_API const char *seamkey_der_text(int status);

/* ---- [der.3] Reading ------------------------------------------------- */

/* Tags: the identifier octet as it stands. */
#define SEAMKEY_DER_BOOLEAN      0x01u
#define SEAMKEY_DER_INTEGER      0x02u
#define SEAMKEY_DER_BIT_STRING   0x03u
#define SEAMKEY_DER_OCTET_STRING 0x04u
#define SEAMKEY_DER_NULL         0x05u
#define SEAMKEY_DER_OID          0x06u
#define SEAMKEY_DER_SEQUENCE     0x30u
#define SEAMKEY_DER_SET          0x31u
/* [n] IMPLICIT of a primitive type; [n] of anything constructed */
#define SEAMKEY_DER_CONTEXT(n)             (0x80u | (n))
#define SEAMKEY_DER_CONTEXT_CONSTRUCTED(n) (0xA0u | (n))

/*
 * A place in a sequence of elements. The first error sticks: after it
 * every get returns something empty and harmless (a span of length 0, the
 * number 0), and the reader stays in front of what it could not read. So
 * a structure is read straight through and err is looked at once.
 */
typedef struct seamkey_der_reader {
	const unsigned char *p; /* the next byte */
	size_t len;             /* bytes left */
	int err;                /* SEAMKEY_OK, or the first error */
	unsigned depth;         /* levels that may still be entered */
} seamkey_der_reader;

/* Start reading at the first byte of in. */
SEAMKEY_API void seamkey_der_init(seamkey_der_reader *r, seamkey_span in);

/* 1 if the next element has this tag, 0 if not or at the end. */
SEAMKEY_API int seamkey_der_match(const seamkey_der_reader *r, unsigned tag);

/*
 * The contents of the next element, which must have this tag; what is
 * inside is not looked at. Errors: _TRUNCATED, _LENGTH, _TAG.
 */
SEAMKEY_API seamkey_span seamkey_der_get(seamkey_der_reader *r, unsigned tag);

/* The same, but the whole element with its tag and length. */
SEAMKEY_API seamkey_span seamkey_der_get_element(
	seamkey_der_reader *r, unsigned tag);

/*
 * The next element whole, whatever its tag, if it is well-formed DER to
 * its innermost element. Errors: those of seamkey_der_check().
 */
SEAMKEY_API seamkey_span seamkey_der_get_any(seamkey_der_reader *r);

/*
 * The magnitude of a non-negative INTEGER, big-endian, without a sign
 * octet; zero is the one byte 00. Fit for secrets: reveals no more than
 * the length of the magnitude in octets and whether it was well formed.
 * Errors: those of get, and _INTEGER.
 */
SEAMKEY_API seamkey_span seamkey_der_get_integer(seamkey_der_reader *r);

/* An INTEGER from 0 to 2^32-1. Above that: SEAMKEY_ERR_DER_INTEGER. */
SEAMKEY_API uint32_t seamkey_der_get_uint(seamkey_der_reader *r);

/* A BOOLEAN as 1 or 0. Errors: those of get, and _BOOLEAN. */
SEAMKEY_API int seamkey_der_get_boolean(seamkey_der_reader *r);

/*
 * The octets of a BIT STRING of whole octets, with the given tag
 * (SEAMKEY_DER_BIT_STRING, or that of [n] IMPLICIT BIT STRING). Errors:
 * those of get, and _BIT_STRING where bits are unused or the count of
 * unused bits is missing.
 */
SEAMKEY_API seamkey_span seamkey_der_get_bit_string(
	seamkey_der_reader *r, unsigned tag);

/* The contents of an OBJECT IDENTIFIER. Errors: of get, and _OID. */
SEAMKEY_API seamkey_span seamkey_der_get_oid(seamkey_der_reader *r);

/* A NULL. Errors: those of get, and _NULL. */
SEAMKEY_API void seamkey_der_get_null(seamkey_der_reader *r);

/*
 * Enter the next element, which must have this tag: inner then reads its
 * contents. outer moves on when seamkey_der_finish(outer, inner) is called
 * and inner has been read to its end without error; otherwise outer gets
 * the error of inner, or SEAMKEY_ERR_DER_TRAILING, and does not move.
 * Entering more than SEAMKEY_DER_MAX_DEPTH levels is _DEPTH.
 */
SEAMKEY_API void seamkey_der_enter(
	seamkey_der_reader *outer, seamkey_der_reader *inner, unsigned tag);
SEAMKEY_API void seamkey_der_finish(
	seamkey_der_reader *outer, const seamkey_der_reader *inner);

/*
 * The end of the outermost level: the sticky error, or
 * SEAMKEY_ERR_DER_TRAILING if bytes are left, or SEAMKEY_OK.
 */
SEAMKEY_API int seamkey_der_check_end(const seamkey_der_reader *r);

/*
 * Is this one well-formed DER element, to its innermost element? Walks
 * without recursion; time is linear in the length, stack bounded by
 * SEAMKEY_DER_MAX_DEPTH. Contents of OCTET STRING and of context-specific
 * primitive elements are not looked into, and neither are characters of
 * strings or the order of a SET OF.
 *
 * Returns SEAMKEY_OK, or SEAMKEY_ERR_DER_ with _TRUNCATED, _TRAILING,
 * _LENGTH, _DEPTH, _TAG (a tag of several bytes, tag 0, a SEQUENCE or SET
 * that is primitive, another universal type that is constructed),
 * _INTEGER (empty or not minimal; a negative one is well formed here),
 * _BOOLEAN, _BIT_STRING, _NULL, _OID. X.690 sections 8, 10, 11.
 */
SEAMKEY_API int seamkey_der_check(seamkey_span in);

/* ---- [der.4] Writing ------------------------------------------------- */

/*
 * A writer appends; with buf NULL it only measures. The first error
 * sticks. Lengths are patched by end, so nobody computes them by hand.
 */
typedef struct seamkey_der_writer {
	unsigned char *buf; /* destination, or NULL to measure only */
	size_t cap;         /* bytes available at buf */
	size_t len;         /* bytes produced so far */
	int err;            /* SEAMKEY_OK, or the first error */
} seamkey_der_writer;

/* Append len bytes as they are. Error: SEAMKEY_ERR_SPACE. */
SEAMKEY_API void seamkey_der_put(
	seamkey_der_writer *w, const void *data, size_t len);

/*
 * Open an element; the result is the mark that closes it again. Errors:
 * SEAMKEY_ERR_SPACE; from end also SEAMKEY_ERR_LENGTH above 2^32-1 bytes.
 */
SEAMKEY_API size_t seamkey_der_begin(seamkey_der_writer *w, unsigned tag);
SEAMKEY_API void seamkey_der_end(seamkey_der_writer *w, size_t mark);

/* One element with these contents. */
SEAMKEY_API void seamkey_der_put_element(
	seamkey_der_writer *w, unsigned tag, seamkey_span contents);

/*
 * A non-negative INTEGER from its big-endian magnitude, in its shortest
 * form; an empty magnitude is zero. Reveals the number of leading zero
 * octets and the top bit: exactly what the length of the result tells.
 */
SEAMKEY_API void seamkey_der_put_integer(
	seamkey_der_writer *w, seamkey_span magnitude);
SEAMKEY_API void seamkey_der_put_uint(seamkey_der_writer *w, uint32_t value);

/* A BIT STRING of whole octets, with the given tag. Errors as of end, and
 * likewise for the two above. */
SEAMKEY_API void seamkey_der_put_bit_string(
	seamkey_der_writer *w, unsigned tag, seamkey_span octets);

/* ---- [der.5] Key containers ------------------------------------------ */

/* oid: contents of the OBJECT IDENTIFIER; parameters: the whole element,
 * empty where absent. */
typedef struct seamkey_der_algorithm {
	seamkey_span oid;
	seamkey_span parameters;
} seamkey_der_algorithm;

typedef struct seamkey_der_private_key_info {
	uint32_t version; /* 0: RFC 5208; 1: OneAsymmetricKey, RFC 5958 */
	seamkey_der_algorithm algorithm;
	seamkey_span private_key; /* contents of the OCTET STRING */
	seamkey_span attributes;  /* [0] whole, or empty */
	seamkey_span public_key;  /* octets of [1]; p is NULL where absent */
} seamkey_der_private_key_info;

typedef struct seamkey_der_public_key_info {
	seamkey_der_algorithm algorithm;
	seamkey_span public_key; /* octets of the BIT STRING */
} seamkey_der_public_key_info;

/*
 * Read one AlgorithmIdentifier (RFC 5280 section 4.1.1.2) out of a larger
 * structure; the parameters must be well-formed DER. *out is unchanged on
 * failure. Errors stick to r: those of get, enter, get_oid, get_any.
 */
SEAMKEY_API void seamkey_der_get_algorithm(
	seamkey_der_reader *r, seamkey_der_algorithm *out);
/* Append one, its parts as they are. Errors: those of end. */
SEAMKEY_API void seamkey_der_put_algorithm(
	seamkey_der_writer *w, const seamkey_der_algorithm *alg);

/*
 * Decode in, which must be one PrivateKeyInfo or OneAsymmetricKey whole,
 * of any algorithm. Attributes and public key must be well formed and are
 * not looked at further; a public key needs version 1.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of the
 * reader's, or SEAMKEY_ERR_DER_VERSION.
 * RFC 5208 section 5, RFC 5958 section 2.
 */
SEAMKEY_API int seamkey_der_decode_private_key_info(
	seamkey_der_private_key_info *out, seamkey_span in);

/* Likewise one SubjectPublicKeyInfo whole. RFC 5280 section 4.1.2.7. */
SEAMKEY_API int seamkey_der_decode_public_key_info(
	seamkey_der_public_key_info *out, seamkey_span in);

/*
 * Every encoder: write the structure to out[0..cap), *len bytes of it. With
 * out NULL only *len is set. out must not overlap what the spans refer to.
 *
 * Returns SEAMKEY_OK; else out[] and *len are unchanged:
 * SEAMKEY_ERR_SPACE where cap is too small, SEAMKEY_ERR_LENGTH, and where
 * the decoder would refuse what is written SEAMKEY_ERR_DER_VERSION (above
 * 1; a public key needs 1). The object identifier, parameters and
 * attributes are written as they are.
 *
 * Decoding what was encoded gives the same values; encoding what these two
 * decoded gives the same bytes.
 */
SEAMKEY_API int seamkey_der_encode_private_key_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_private_key_info *info);
SEAMKEY_API int seamkey_der_encode_public_key_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_public_key_info *info);

/* ---- [der.6] RSA keys ------------------------------------------------ */

/* All numbers are big-endian magnitudes without leading zero octets. */
typedef struct seamkey_der_rsa_public {
	seamkey_span n, e;
} seamkey_der_rsa_public;

typedef struct seamkey_der_rsa_private {
	seamkey_span n, e;                  /* public */
	seamkey_span d, p, q, dp, dq, qinv; /* secret */
} seamkey_der_rsa_private;

/*
 * Decode in, which must be one RSAPublicKey or RSAPrivateKey whole. The
 * numbers are well formed afterwards, and nothing else is known of them.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of the
 * reader's, SEAMKEY_ERR_DER_VERSION, or SEAMKEY_ERR_DER_PRIMES for a key
 * of three and more primes. Constant time as the head of this file says.
 * RFC 8017 appendix A.1.
 */
SEAMKEY_API int seamkey_der_decode_rsa_public(
	seamkey_der_rsa_public *out, seamkey_span in);
SEAMKEY_API int seamkey_der_decode_rsa_private(
	seamkey_der_rsa_private *out, seamkey_span in);

/*
 * The same through their containers: SubjectPublicKeyInfo with an
 * RSAPublicKey, PrivateKeyInfo with an RSAPrivateKey. lenient: 0 or
 * SEAMKEY_ABSENT_NULL.
 *
 * Further errors: SEAMKEY_ERR_DER_ALGORITHM where the algorithm is not
 * rsaEncryption, SEAMKEY_ERR_DER_PARAMETERS where its parameters are not
 * NULL. RFC 3279 section 2.3.1, RFC 5208 section 5.
 */
SEAMKEY_API int seamkey_der_decode_rsa_public_info(
	seamkey_der_rsa_public *out, seamkey_span in, unsigned lenient);
SEAMKEY_API int seamkey_der_decode_rsa_private_info(
	seamkey_der_rsa_private *out, seamkey_span in, unsigned lenient);

/*
 * Encoders, as in section 5. Leading zero octets are allowed in the input.
 * The containers are written anew, with version 0 and no attributes.
 */
SEAMKEY_API int seamkey_der_encode_rsa_public(unsigned char *out, size_t cap,
	size_t *len, const seamkey_der_rsa_public *key);
SEAMKEY_API int seamkey_der_encode_rsa_private(unsigned char *out, size_t cap,
	size_t *len, const seamkey_der_rsa_private *key);
SEAMKEY_API int seamkey_der_encode_rsa_public_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_rsa_public *key);
SEAMKEY_API int seamkey_der_encode_rsa_private_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_rsa_private *key);

/* What is asked of a key beyond being one. */
typedef struct seamkey_der_rsa_limits {
	unsigned min_bits; /* of the modulus */
	unsigned max_bits;
	uint32_t min_e; /* smallest public exponent; less than 3 means 3 */
} seamkey_der_rsa_limits;

/*
 * Do these numbers make a key that is safe to compute with? No number is
 * zero, n is odd and within the limits, e is odd, min_e <= e < 2^64.
 *
 * Returns SEAMKEY_OK or the SEAMKEY_ERR_KEY_ that names the reason: _ZERO,
 * _MODULUS_EVEN, _MODULUS_SHORT, _MODULUS_LONG, _EXPONENT_EVEN,
 * _EXPONENT_SMALL, _EXPONENT_LARGE. NIST SP 800-56B section 6.4.2.2, less
 * what needs a test for primes.
 */
SEAMKEY_API int seamkey_der_check_rsa_public(const seamkey_der_rsa_public *key,
	const seamkey_der_rsa_limits *limits);

/*
 * The same and more: d < n, p and q odd and their product n, dp < p,
 * dq < q, qinv < p. Whether p and q are prime and dp, dq, qinv belong to e
 * is not checked here: a wrong one gives a wrong result, and the services
 * of seamkey_rsa.h hand out no result that they have not verified.
 *
 * Returns what seamkey_der_check_rsa_public() does, and SEAMKEY_ERR_KEY_
 * _D, _PRIME_EVEN, _PRODUCT, _DP, _DQ, _QINV. Constant time in the secret
 * numbers; only the verdicts become public, one after the other, in this
 * order. Multiplies words of 16 bits: products that every core computes in
 * constant time.
 */
SEAMKEY_API int seamkey_der_check_rsa_private(
	const seamkey_der_rsa_private *key,
	const seamkey_der_rsa_limits *limits);

/* The length in bits of a public magnitude; 0 for zero. */
SEAMKEY_API size_t seamkey_der_bits(seamkey_span magnitude);

/* ---- [der.7] Elliptic curve keys ------------------------------------- */

/* Numbers of the curves: those of TLS, and of BearSSL. */
enum seamkey_curve {
	SEAMKEY_CURVE_P256 = 23,
	SEAMKEY_CURVE_P384 = 24,
	SEAMKEY_CURVE_P521 = 25
};

typedef struct seamkey_der_ec_private {
	int curve;               /* enum seamkey_curve */
	seamkey_span scalar;     /* secret; as long as the order */
	seamkey_span public_key; /* 04 and the coordinates, or empty */
} seamkey_der_ec_private;

typedef struct seamkey_der_ec_public {
	int curve;               /* enum seamkey_curve */
	seamkey_span public_key; /* 04 and the coordinates */
} seamkey_der_ec_public;

/* Octets of a coordinate and of the order: 32, 48, 66; 0 if unknown. */
SEAMKEY_API size_t seamkey_der_curve_size(int curve);

/*
 * Decode in, which must be one ECPrivateKey whole. curve is what the
 * container said, or 0 if there was none and the structure has to say it;
 * where both do they must agree.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of the
 * reader's or SEAMKEY_ERR_DER_ with _VERSION, _CURVE, _SCALAR (not exactly
 * as long as the order), _POINT. Whether the scalar is in range and the
 * point on the curve is not checked here. RFC 5915 section 3, RFC 5480.
 */
SEAMKEY_API int seamkey_der_decode_ec_private(
	seamkey_der_ec_private *out, seamkey_span in, int curve);

/*
 * The same through PrivateKeyInfo; also SEAMKEY_ERR_DER_ALGORITHM, and
 * SEAMKEY_ERR_DER_PARAMETERS where the container names no curve.
 */
SEAMKEY_API int seamkey_der_decode_ec_private_info(
	seamkey_der_ec_private *out, seamkey_span in);

/* A public key out of SubjectPublicKeyInfo. Errors as above. */
SEAMKEY_API int seamkey_der_decode_ec_public_info(
	seamkey_der_ec_public *out, seamkey_span in);

/*
 * Encoders, as in section 5; SEAMKEY_ERR_DER_CURVE for an unknown curve,
 * SEAMKEY_ERR_DER_SCALAR and SEAMKEY_ERR_DER_POINT for a wrong length. A
 * public key is written where public_key is not empty. encode_ec_private
 * names the curve, encode_ec_private_info names it in
 * the container alone.
 */
SEAMKEY_API int seamkey_der_encode_ec_private(unsigned char *out, size_t cap,
	size_t *len, const seamkey_der_ec_private *key);
SEAMKEY_API int seamkey_der_encode_ec_private_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_ec_private *key);
SEAMKEY_API int seamkey_der_encode_ec_public_info(unsigned char *out,
	size_t cap, size_t *len, const seamkey_der_ec_public *key);

/* ---- [der.8] DigestInfo ---------------------------------------------- */

/* Hash functions; 1 to 6 are BearSSL's numbers. */
enum seamkey_hash {
	SEAMKEY_MD5 = 1,
	SEAMKEY_SHA1,
	SEAMKEY_SHA224,
	SEAMKEY_SHA256,
	SEAMKEY_SHA384,
	SEAMKEY_SHA512,
	SEAMKEY_SHA512_224,
	SEAMKEY_SHA512_256,
	SEAMKEY_SHA3_224,
	SEAMKEY_SHA3_256,
	SEAMKEY_SHA3_384,
	SEAMKEY_SHA3_512
};

/* The longest DigestInfo: that of a hash of 64 bytes. */
#define SEAMKEY_DER_MAX_DIGEST_INFO 83

typedef struct seamkey_der_digest_info {
	int hash; /* enum seamkey_hash */
	seamkey_span digest;
} seamkey_der_digest_info;

/* Octets of a digest; 0 for a number that is no hash. */
SEAMKEY_API size_t seamkey_der_hash_size(int hash);

/*
 * Decode in, which must be one DigestInfo whole: a known hash, parameters
 * NULL (or absent with SEAMKEY_ABSENT_NULL), a digest of the right length.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of the
 * reader's or SEAMKEY_ERR_DER_ with _HASH, _PARAMETERS, _DIGEST.
 * RFC 8017 section 9.2 and appendix A.2.4.
 */
SEAMKEY_API int seamkey_der_decode_digest_info(
	seamkey_der_digest_info *out, seamkey_span in, unsigned lenient);

/* Encoder, as in section 5; also SEAMKEY_ERR_DER_ _HASH, _DIGEST. */
SEAMKEY_API int seamkey_der_encode_digest_info(unsigned char *out, size_t cap,
	size_t *len, const seamkey_der_digest_info *info);

/* ---- [der.9] Certificate outline ------------------------------------- */

typedef struct seamkey_der_certificate {
	seamkey_span issuer;          /* Name, the whole element */
	seamkey_span serial;          /* magnitude */
	seamkey_span subject;         /* Name, the whole element */
	seamkey_span public_key_info; /* SubjectPublicKeyInfo, whole */
	seamkey_span key_id;          /* subject key identifier, or empty */
} seamkey_der_certificate;

/*
 * Decode in, which must be one Certificate whole, as far as is needed to
 * use its key and to find it. Nothing is verified: neither signature nor
 * dates nor anything that an extension says.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of the
 * reader's, SEAMKEY_ERR_DER_VERSION, or SEAMKEY_ERR_DER_DUPLICATE where
 * the subject key identifier occurs twice. RFC 5280 section 4.1.
 */
SEAMKEY_API int seamkey_der_decode_certificate(
	seamkey_der_certificate *out, seamkey_span in);

/* ---- [der.10] What is it? -------------------------------------------- */

enum seamkey_der_kind {
	SEAMKEY_DER_PRIVATE_KEY_INFO = 1,
	SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO,
	SEAMKEY_DER_PUBLIC_KEY_INFO,
	SEAMKEY_DER_RSA_PRIVATE_KEY,
	SEAMKEY_DER_RSA_PUBLIC_KEY,
	SEAMKEY_DER_EC_PRIVATE_KEY,
	SEAMKEY_DER_CERTIFICATE
};

/*
 * Which structure do these bytes look like? Goes by the outline alone: the
 * decoder of that kind then says whether it is well formed.
 *
 * Returns an enum seamkey_der_kind (positive), or a negative status: one
 * of the reader's, or SEAMKEY_ERR_DER_KIND.
 */
SEAMKEY_API int seamkey_der_match_kind(seamkey_span in);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_DER_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_DER_IMPLEMENTED)
#define SEAMKEY_DER_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [der.2] Errors -------------------------------------------------- */

SEAMKEY_API const char *
seamkey_der_text(int status)
{
	switch (status) {
		SEAMKEY_DER_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_base_text(status);
	}
}

/* ---- [der.3] Reading ------------------------------------------------- */

/* Tag and length of the element at p; *head octets, then *size octets. */
static inline int
seamkey_i_der_head(const unsigned char *p, size_t len, unsigned *tag,
	size_t *head, size_t *size)
{
	uint32_t value;
	size_t n, u;

	if (len < 2) {
		return SEAMKEY_ERR_DER_TRUNCATED;
	}
	if ((p[0] & 0x1F) == 0x1F) {
		return SEAMKEY_ERR_DER_TAG; /* a tag of several octets */
	}
	n = 0;
	value = p[1];
	if (value >= 0x80) {
		n = value & 0x7F; /* 0 is the indefinite form */
		if (n == 0 || n > 4) {
			return SEAMKEY_ERR_DER_LENGTH;
		}
		if (len - 2 < n) { /* len >= 2: above */
			return SEAMKEY_ERR_DER_TRUNCATED;
		}
		value = 0;
		for (u = 0; u < n; u++) {
			value = (value << 8) | p[2 + u];
		}
		if (p[2] == 0 || value < 0x80) {
			return SEAMKEY_ERR_DER_LENGTH;
		}
	}
	if (value > len - 2 - n) {
		return SEAMKEY_ERR_DER_TRUNCATED;
	}
	*tag = p[0];
	*head = 2 + n;
	*size = (size_t)value;
	return SEAMKEY_OK;
}

/* The first error sticks. Also what a failed get returns. */
static inline seamkey_span
seamkey_i_der_fail(seamkey_der_reader *r, int status)
{
	if (r->err == SEAMKEY_OK) {
		r->err = status;
	}
	return seamkey_span_of(r->p, 0);
}

SEAMKEY_API void
seamkey_der_init(seamkey_der_reader *r, seamkey_span in)
{
	r->p = in.p;
	r->len = in.len;
	r->err = SEAMKEY_OK;
	r->depth = SEAMKEY_DER_MAX_DEPTH;
}

SEAMKEY_API int
seamkey_der_match(const seamkey_der_reader *r, unsigned tag)
{
	return r->err == SEAMKEY_OK && r->len != 0 && r->p[0] == tag;
}

/* The element in front of r, whole, and its contents; r moves past it. */
static inline seamkey_span
seamkey_i_der_take(seamkey_der_reader *r, unsigned tag, seamkey_span *contents)
{
	seamkey_span element;
	unsigned found = 0;
	size_t head = 0, size = 0;
	int status;

	*contents = seamkey_span_of(r->p, 0);
	if (r->err != SEAMKEY_OK) {
		return seamkey_i_der_fail(r, r->err);
	}
	status = seamkey_i_der_head(r->p, r->len, &found, &head, &size);
	if (status == SEAMKEY_OK && found != tag) {
		status = SEAMKEY_ERR_DER_TAG;
	}
	if (status != SEAMKEY_OK) {
		return seamkey_i_der_fail(r, status);
	}
	element = seamkey_span_of(r->p, head + size);
	*contents = seamkey_span_of(r->p + head, size);
	r->p += element.len;
	r->len -= element.len;
	return element;
}

SEAMKEY_API seamkey_span
seamkey_der_get(seamkey_der_reader *r, unsigned tag)
{
	seamkey_span contents;

	(void)seamkey_i_der_take(r, tag, &contents);
	return contents;
}

SEAMKEY_API seamkey_span
seamkey_der_get_element(seamkey_der_reader *r, unsigned tag)
{
	seamkey_span contents;

	return seamkey_i_der_take(r, tag, &contents);
}

/*
 * What every typed get does: take the contents, judge them, and either
 * keep the move or take it back. The verdict is public.
 */
static inline seamkey_span
seamkey_i_der_keep(seamkey_der_reader *r, const seamkey_der_reader *moved,
	seamkey_span contents, uint32_t ok, int status)
{
	if (moved->err != SEAMKEY_OK) {
		return seamkey_i_der_fail(r, moved->err);
	}
	if (!seamkey_i_declassify(ok)) {
		return seamkey_i_der_fail(r, status);
	}
	*r = *moved;
	return contents;
}

/* 1 if these are the contents of a minimal INTEGER that is not negative;
 * *lead is then 1 if its first octet is there for the sign alone. */
static inline uint32_t
seamkey_i_der_integer_ok(seamkey_span v, uint32_t *lead)
{
	uint32_t top;

	*lead = 0;
	if (v.len == 0) {
		return 0;
	}
	top = (uint32_t)v.p[0] >> 7;
	if (v.len == 1) {
		return 1 ^ top;
	}
	*lead = seamkey_i_ct_zero(v.p[0]);
	return (1 ^ top) & ((1 ^ *lead) | ((uint32_t)v.p[1] >> 7));
}

SEAMKEY_API seamkey_span
seamkey_der_get_integer(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get(&t, SEAMKEY_DER_INTEGER);
	uint32_t ok, lead;

	ok = seamkey_i_der_integer_ok(v, &lead);
	if (seamkey_i_declassify(lead)) {
		v = seamkey_span_of(v.p + 1, v.len - 1);
	}
	return seamkey_i_der_keep(r, &t, v, ok, SEAMKEY_ERR_DER_INTEGER);
}

SEAMKEY_API uint32_t
seamkey_der_get_uint(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get_integer(&t);
	uint32_t value = 0;
	size_t u;

	v = seamkey_i_der_keep(r, &t, v, v.len <= 4, SEAMKEY_ERR_DER_INTEGER);
	for (u = 0; u < v.len; u++) {
		value = (value << 8) | v.p[u];
	}
	return value;
}

SEAMKEY_API int
seamkey_der_get_boolean(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get(&t, SEAMKEY_DER_BOOLEAN);
	uint32_t ok = v.len == 1 && (v.p[0] == 0 || v.p[0] == 0xFF);

	v = seamkey_i_der_keep(r, &t, v, ok, SEAMKEY_ERR_DER_BOOLEAN);
	return v.len != 0 && v.p[0] != 0;
}

SEAMKEY_API seamkey_span
seamkey_der_get_bit_string(seamkey_der_reader *r, unsigned tag)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get(&t, tag);
	uint32_t ok = v.len != 0 && v.p[0] == 0;

	if (v.len != 0) {
		v = seamkey_span_of(v.p + 1, v.len - 1);
	}
	return seamkey_i_der_keep(r, &t, v, ok, SEAMKEY_ERR_DER_BIT_STRING);
}

/* Every arc ends, and none begins with the empty septet 80. */
static inline uint32_t
seamkey_i_der_oid_ok(seamkey_span v)
{
	unsigned before = 0;
	size_t u;

	for (u = 0; u < v.len; u++) {
		if (before < 0x80 && v.p[u] == 0x80) {
			return 0;
		}
		before = v.p[u];
	}
	return v.len != 0 && before < 0x80;
}

SEAMKEY_API seamkey_span
seamkey_der_get_oid(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get(&t, SEAMKEY_DER_OID);

	return seamkey_i_der_keep(
		r, &t, v, seamkey_i_der_oid_ok(v), SEAMKEY_ERR_DER_OID);
}

SEAMKEY_API void
seamkey_der_get_null(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span v = seamkey_der_get(&t, SEAMKEY_DER_NULL);

	(void)seamkey_i_der_keep(r, &t, v, v.len == 0, SEAMKEY_ERR_DER_NULL);
}

SEAMKEY_API seamkey_span
seamkey_der_get_any(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span element;
	int status;

	/* the tag is whatever stands there; none matches tag 0 */
	element = seamkey_der_get_element(&t, r->len != 0 ? r->p[0] : 0);
	if (t.err != SEAMKEY_OK) {
		return seamkey_i_der_fail(r, t.err);
	}
	status = seamkey_der_check(element);
	return seamkey_i_der_keep(r, &t, element, status == SEAMKEY_OK, status);
}

SEAMKEY_API void
seamkey_der_enter(
	seamkey_der_reader *outer, seamkey_der_reader *inner, unsigned tag)
{
	seamkey_der_reader t = *outer;

	seamkey_der_init(inner, seamkey_der_get(&t, tag));
	if (t.err == SEAMKEY_OK && t.depth == 0) {
		t.err = SEAMKEY_ERR_DER_DEPTH;
	}
	inner->depth = t.depth == 0 ? 0 : t.depth - 1;
	if (t.err != SEAMKEY_OK) {
		(void)seamkey_i_der_fail(outer, t.err);
		(void)seamkey_i_der_fail(inner, t.err);
	}
}

SEAMKEY_API void
seamkey_der_finish(seamkey_der_reader *outer, const seamkey_der_reader *inner)
{
	int status = seamkey_der_check_end(inner);

	if (status != SEAMKEY_OK || outer->err != SEAMKEY_OK) {
		(void)seamkey_i_der_fail(outer, status);
		return;
	}
	/* inner->p is the end of the element that outer stands in front of */
	outer->len -= (size_t)(inner->p - outer->p);
	outer->p = inner->p;
}

SEAMKEY_API int
seamkey_der_check_end(const seamkey_der_reader *r)
{
	if (r->err == SEAMKEY_OK && r->len != 0) {
		return SEAMKEY_ERR_DER_TRAILING;
	}
	return r->err;
}

/* Unused bits are counted, at most 7, zero, and there is an octet to have
 * them. X.690 sections 8.6.2 and 11.2. */
static inline int
seamkey_i_der_bits_ok(seamkey_span v)
{
	unsigned unused;

	if (v.len == 0 || v.p[0] > 7) {
		return 0;
	}
	unused = v.p[0];
	if (v.len == 1) {
		return unused == 0;
	}
	return (v.p[v.len - 1] & ((1u << unused) - 1u)) == 0;
}

/* A minimal INTEGER or ENUMERATED of either sign. */
static inline int
seamkey_i_der_number_ok(seamkey_span v)
{
	if (v.len < 2) {
		return v.len == 1;
	}
	return !(v.p[0] == 0x00 && v.p[1] < 0x80)
		&& !(v.p[0] == 0xFF && v.p[1] >= 0x80);
}

/* What a universal type asks of its contents, if it is primitive. */
static inline int
seamkey_i_der_check_contents(unsigned tag, seamkey_span v)
{
	switch (tag) {
	case SEAMKEY_DER_BOOLEAN:
		return v.len == 1 && (v.p[0] == 0 || v.p[0] == 0xFF)
			? SEAMKEY_OK
			: SEAMKEY_ERR_DER_BOOLEAN;
	case SEAMKEY_DER_INTEGER:
	case 0x0A: /* ENUMERATED */
		return seamkey_i_der_number_ok(v) ? SEAMKEY_OK
						  : SEAMKEY_ERR_DER_INTEGER;
	case SEAMKEY_DER_BIT_STRING:
		return seamkey_i_der_bits_ok(v) ? SEAMKEY_OK
						: SEAMKEY_ERR_DER_BIT_STRING;
	case SEAMKEY_DER_NULL:
		return v.len == 0 ? SEAMKEY_OK : SEAMKEY_ERR_DER_NULL;
	case SEAMKEY_DER_OID:
		return seamkey_i_der_oid_ok(v) ? SEAMKEY_OK
					       : SEAMKEY_ERR_DER_OID;
	default:
		return SEAMKEY_OK;
	}
}

/* Universal types: constructed are EXTERNAL, EMBEDDED PDV, SEQUENCE, SET
 * and CHARACTER STRING, primitive all others. Tag 0 does not exist. */
static inline int
seamkey_i_der_check_form(unsigned tag)
{
	const uint32_t constructed = (1ul << 8) | (1ul << 11) | (1ul << 16)
		| (1ul << 17) | (1ul << 29);
	unsigned number = tag & 0x1F;

	if ((tag & 0xC0) != 0) {
		return SEAMKEY_OK;
	}
	if (number == 0 || ((constructed >> number) & 1) != ((tag >> 5) & 1)) {
		return SEAMKEY_ERR_DER_TAG;
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_der_check(seamkey_span in)
{
	size_t end[SEAMKEY_DER_MAX_DEPTH]; /* of the levels around */
	size_t at = 0, stop = in.len, head = 0, size = 0;
	unsigned tag = 0, depth = 0;
	int status;

	if (in.len == 0) {
		return SEAMKEY_ERR_DER_TRUNCATED;
	}
	for (;;) { /* every turn moves at by two octets or more */
		status = seamkey_i_der_head(
			in.p + at, stop - at, &tag, &head, &size);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_der_check_form(tag);
		}
		if (status == SEAMKEY_OK && (tag & 0x20) == 0) {
			status = seamkey_i_der_check_contents(
				tag, seamkey_span_of(in.p + at + head, size));
		}
		if (status != SEAMKEY_OK) {
			return status;
		}
		at += head;
		if ((tag & 0x20) == 0) {
			at += size;
		} else if (depth < SEAMKEY_DER_MAX_DEPTH) {
			end[depth++] = stop;
			stop = at + size;
		} else {
			return SEAMKEY_ERR_DER_DEPTH;
		}
		while (depth != 0 && at == stop) {
			stop = end[--depth];
		}
		if (depth == 0) {
			return at == stop ? SEAMKEY_OK
					  : SEAMKEY_ERR_DER_TRAILING;
		}
	}
}

/* ---- [der.4] Writing ------------------------------------------------- */

SEAMKEY_API void
seamkey_der_put(seamkey_der_writer *w, const void *data, size_t len)
{
	if (w->err != SEAMKEY_OK) {
		return;
	}
	if (len > SIZE_MAX - w->len
		|| (w->buf != NULL && len > w->cap - w->len)) {
		w->err = SEAMKEY_ERR_SPACE;
		return;
	}
	if (w->buf != NULL && len != 0) {
		memcpy(w->buf + w->len, data, len);
	}
	w->len += len;
}

SEAMKEY_API size_t
seamkey_der_begin(seamkey_der_writer *w, unsigned tag)
{
	unsigned char head[2];

	head[0] = (unsigned char)tag;
	head[1] = 0; /* patched by seamkey_der_end() */
	seamkey_der_put(w, head, sizeof head);
	return w->len;
}

SEAMKEY_API void
seamkey_der_end(seamkey_der_writer *w, size_t mark)
{
	static const unsigned char room[4] = { 0, 0, 0, 0 };
	size_t vlen, n, v;

	if (w->err != SEAMKEY_OK) {
		return;
	}
	vlen = w->len - mark; /* mark <= len: only puts since begin */
	n = 0;
	for (v = vlen; vlen >= 0x80 && v != 0; v >>= 8) {
		n++;
	}
	if (n > sizeof room) {
		w->err = SEAMKEY_ERR_LENGTH;
		return;
	}
	seamkey_der_put(w, room, n);
	if (w->err != SEAMKEY_OK || w->buf == NULL) {
		return;
	}
	memmove(w->buf + mark + n, w->buf + mark, vlen);
	w->buf[mark - 1] = (unsigned char)(n == 0 ? vlen : 0x80u | n);
	for (v = vlen; n > 0; v >>= 8) {
		w->buf[mark + --n] = (unsigned char)v;
	}
}

SEAMKEY_API void
seamkey_der_put_element(
	seamkey_der_writer *w, unsigned tag, seamkey_span contents)
{
	size_t mark = seamkey_der_begin(w, tag);

	seamkey_der_put(w, contents.p, contents.len);
	seamkey_der_end(w, mark);
}

/* Less its leading zero octets; their number is public (see put). */
static inline seamkey_span
seamkey_i_der_minimal(seamkey_span v)
{
	while (v.len != 0 && seamkey_i_declassify(seamkey_i_ct_zero(v.p[0]))) {
		v = seamkey_span_of(v.p + 1, v.len - 1);
	}
	return v;
}

SEAMKEY_API void
seamkey_der_put_integer(seamkey_der_writer *w, seamkey_span magnitude)
{
	static const unsigned char zero[1] = { 0 };
	seamkey_span v = seamkey_i_der_minimal(magnitude);
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_INTEGER);

	if (v.len == 0 || seamkey_i_declassify((uint32_t)v.p[0] >> 7)) {
		seamkey_der_put(w, zero, sizeof zero);
	}
	seamkey_der_put(w, v.p, v.len);
	seamkey_der_end(w, mark);
}

SEAMKEY_API void
seamkey_der_put_uint(seamkey_der_writer *w, uint32_t value)
{
	unsigned char octets[4];

	octets[0] = (unsigned char)(value >> 24);
	octets[1] = (unsigned char)(value >> 16);
	octets[2] = (unsigned char)(value >> 8);
	octets[3] = (unsigned char)value;
	seamkey_der_put_integer(w, seamkey_span_of(octets, sizeof octets));
}

SEAMKEY_API void
seamkey_der_put_bit_string(
	seamkey_der_writer *w, unsigned tag, seamkey_span octets)
{
	static const unsigned char unused[1] = { 0 };
	size_t mark = seamkey_der_begin(w, tag);

	seamkey_der_put(w, unused, sizeof unused);
	seamkey_der_put(w, octets.p, octets.len);
	seamkey_der_end(w, mark);
}

/* The first error sticks. */
static inline void
seamkey_i_der_refuse(seamkey_der_writer *w, int status)
{
	if (w->err == SEAMKEY_OK) {
		w->err = status;
	}
}

/*
 * What every encoder is made of: write the object to nowhere, see whether
 * it fits, write it. So a buffer that is too small is left alone.
 */
typedef void (*seamkey_i_der_write)(seamkey_der_writer *w, const void *obj);

static inline int
seamkey_i_der_encode(unsigned char *out, size_t cap, size_t *len,
	seamkey_i_der_write write, const void *obj)
{
	seamkey_der_writer w = { NULL, 0, 0, SEAMKEY_OK };

	write(&w, obj);
	if (w.err == SEAMKEY_OK && out != NULL && w.len > cap) {
		w.err = SEAMKEY_ERR_SPACE;
	}
	if (w.err != SEAMKEY_OK) {
		return w.err;
	}
	if (out != NULL) {
		w.buf = out;
		w.cap = cap;
		w.len = 0;
		write(&w, obj);
	}
	*len = w.len;
	return w.err;
}

/* ---- [der.5] Key containers ------------------------------------------ */

/* clang-format off */
static const unsigned char seamkey_i_oid_rsa[] = {
	0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01
};
static const unsigned char seamkey_i_oid_ec[] = {
	0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01
};
static const unsigned char seamkey_i_der_null[] = { 0x05, 0x00 };
/* clang-format on */

/* AlgorithmIdentifier ::= SEQUENCE {
 *   algorithm   OBJECT IDENTIFIER,
 *   parameters  ANY DEFINED BY algorithm OPTIONAL } */
SEAMKEY_API void
seamkey_der_get_algorithm(seamkey_der_reader *r, seamkey_der_algorithm *out)
{
	seamkey_der_reader seq;
	seamkey_der_algorithm alg;

	seamkey_der_enter(r, &seq, SEAMKEY_DER_SEQUENCE);
	alg.oid = seamkey_der_get_oid(&seq);
	alg.parameters = seamkey_span_of(NULL, 0);
	if (seq.len != 0) {
		alg.parameters = seamkey_der_get_any(&seq);
	}
	seamkey_der_finish(r, &seq);
	if (r->err == SEAMKEY_OK) {
		*out = alg;
	}
}

SEAMKEY_API void
seamkey_der_put_algorithm(
	seamkey_der_writer *w, const seamkey_der_algorithm *alg)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_element(w, SEAMKEY_DER_OID, alg->oid);
	seamkey_der_put(w, alg->parameters.p, alg->parameters.len);
	seamkey_der_end(w, mark);
}

/* rsaEncryption, and the hash functions: parameters are NULL. */
static inline int
seamkey_i_der_check_null(seamkey_span parameters, unsigned lenient)
{
	if (parameters.len == 0 && (lenient & SEAMKEY_ABSENT_NULL) != 0) {
		return SEAMKEY_OK;
	}
	return seamkey_span_match(parameters,
		       seamkey_span_of(
			       seamkey_i_der_null, sizeof seamkey_i_der_null))
		? SEAMKEY_OK
		: SEAMKEY_ERR_DER_PARAMETERS;
}

static inline seamkey_der_algorithm
seamkey_i_der_algorithm_rsa(void)
{
	seamkey_der_algorithm alg;

	alg.oid = seamkey_span_of(seamkey_i_oid_rsa, sizeof seamkey_i_oid_rsa);
	alg.parameters =
		seamkey_span_of(seamkey_i_der_null, sizeof seamkey_i_der_null);
	return alg;
}

static inline int
seamkey_i_der_check_rsa_algorithm(
	const seamkey_der_algorithm *alg, unsigned lenient)
{
	if (!seamkey_span_match(alg->oid, seamkey_i_der_algorithm_rsa().oid)) {
		return SEAMKEY_ERR_DER_ALGORITHM;
	}
	return seamkey_i_der_check_null(alg->parameters, lenient);
}

/* OneAsymmetricKey ::= SEQUENCE {
 *   version              INTEGER { v1(0), v2(1) },
 *   privateKeyAlgorithm  AlgorithmIdentifier,
 *   privateKey           OCTET STRING,
 *   attributes           [0] IMPLICIT SET OF Attribute OPTIONAL,
 *   publicKey            [1] IMPLICIT BIT STRING OPTIONAL  -- v2 only -- } */
SEAMKEY_API int
seamkey_der_decode_private_key_info(
	seamkey_der_private_key_info *out, seamkey_span in)
{
	const unsigned attributes = SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u);
	const unsigned public_key = SEAMKEY_DER_CONTEXT(1u);
	seamkey_der_private_key_info info;
	seamkey_der_reader r, seq;
	int status;

	memset(&info, 0, sizeof info);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	info.version = seamkey_der_get_uint(&seq);
	if (info.version > 1) {
		(void)seamkey_i_der_fail(&seq, SEAMKEY_ERR_DER_VERSION);
	}
	seamkey_der_get_algorithm(&seq, &info.algorithm);
	info.private_key = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	if (seamkey_der_match(&seq, attributes)) {
		info.attributes = seamkey_der_get_any(&seq);
	}
	if (info.version == 1 && seamkey_der_match(&seq, public_key)) {
		info.public_key = seamkey_der_get_bit_string(&seq, public_key);
	}
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = info;
	}
	return status;
}

/* SubjectPublicKeyInfo ::= SEQUENCE {
 *   algorithm         AlgorithmIdentifier,
 *   subjectPublicKey  BIT STRING } */
SEAMKEY_API int
seamkey_der_decode_public_key_info(
	seamkey_der_public_key_info *out, seamkey_span in)
{
	seamkey_der_public_key_info info;
	seamkey_der_reader r, seq;
	int status;

	memset(&info, 0, sizeof info);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_get_algorithm(&seq, &info.algorithm);
	info.public_key =
		seamkey_der_get_bit_string(&seq, SEAMKEY_DER_BIT_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = info;
	}
	return status;
}

static inline void
seamkey_i_der_write_private_key_info(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_private_key_info *info =
		(const seamkey_der_private_key_info *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	if (info->version > 1
		|| (info->version == 0 && info->public_key.p != NULL)) {
		seamkey_i_der_refuse(w, SEAMKEY_ERR_DER_VERSION);
	}
	seamkey_der_put_uint(w, info->version);
	seamkey_der_put_algorithm(w, &info->algorithm);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, info->private_key);
	seamkey_der_put(w, info->attributes.p, info->attributes.len);
	if (info->public_key.p != NULL) {
		seamkey_der_put_bit_string(
			w, SEAMKEY_DER_CONTEXT(1u), info->public_key);
	}
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_private_key_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_private_key_info *info)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_private_key_info, info);
}

static inline void
seamkey_i_der_write_public_key_info(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_public_key_info *info =
		(const seamkey_der_public_key_info *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_algorithm(w, &info->algorithm);
	seamkey_der_put_bit_string(w, SEAMKEY_DER_BIT_STRING, info->public_key);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_public_key_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_public_key_info *info)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_public_key_info, info);
}

/* ---- [der.6] RSA keys ------------------------------------------------ */

/* RSAPublicKey ::= SEQUENCE {
 *   modulus         INTEGER,
 *   publicExponent  INTEGER } */
SEAMKEY_API int
seamkey_der_decode_rsa_public(seamkey_der_rsa_public *out, seamkey_span in)
{
	seamkey_der_rsa_public key;
	seamkey_der_reader r, seq;
	int status;

	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	key.n = seamkey_der_get_integer(&seq);
	key.e = seamkey_der_get_integer(&seq);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = key;
	}
	return status;
}

/* RSAPrivateKey ::= SEQUENCE {
 *   version          INTEGER { two-prime(0), multi(1) },
 *   modulus          INTEGER,  publicExponent  INTEGER,
 *   privateExponent  INTEGER,  prime1          INTEGER,
 *   prime2           INTEGER,  exponent1       INTEGER,
 *   exponent2        INTEGER,  coefficient     INTEGER,
 *   otherPrimeInfos  OtherPrimeInfos OPTIONAL  -- multi only -- } */
SEAMKEY_API int
seamkey_der_decode_rsa_private(seamkey_der_rsa_private *out, seamkey_span in)
{
	seamkey_der_rsa_private key;
	seamkey_der_reader r, seq;
	uint32_t version;
	int status;

	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	version = seamkey_der_get_uint(&seq);
	if (version != 0) {
		(void)seamkey_i_der_fail(&seq,
			version == 1 ? SEAMKEY_ERR_DER_PRIMES
				     : SEAMKEY_ERR_DER_VERSION);
	}
	key.n = seamkey_der_get_integer(&seq);
	key.e = seamkey_der_get_integer(&seq);
	key.d = seamkey_der_get_integer(&seq);
	key.p = seamkey_der_get_integer(&seq);
	key.q = seamkey_der_get_integer(&seq);
	key.dp = seamkey_der_get_integer(&seq);
	key.dq = seamkey_der_get_integer(&seq);
	key.qinv = seamkey_der_get_integer(&seq);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = key;
	}
	return status;
}

SEAMKEY_API int
seamkey_der_decode_rsa_public_info(
	seamkey_der_rsa_public *out, seamkey_span in, unsigned lenient)
{
	seamkey_der_public_key_info info;
	int status = seamkey_der_decode_public_key_info(&info, in);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_der_check_rsa_algorithm(
			&info.algorithm, lenient);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_der_decode_rsa_public(out, info.public_key);
	}
	return status;
}

SEAMKEY_API int
seamkey_der_decode_rsa_private_info(
	seamkey_der_rsa_private *out, seamkey_span in, unsigned lenient)
{
	seamkey_der_private_key_info info;
	int status = seamkey_der_decode_private_key_info(&info, in);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_der_check_rsa_algorithm(
			&info.algorithm, lenient);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_der_decode_rsa_private(out, info.private_key);
	}
	return status;
}

static inline void
seamkey_i_der_write_rsa_public(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_rsa_public *key = (const seamkey_der_rsa_public *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_integer(w, key->n);
	seamkey_der_put_integer(w, key->e);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_rsa_public(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_rsa_public *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_rsa_public, key);
}

static inline void
seamkey_i_der_write_rsa_private(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_rsa_private *key =
		(const seamkey_der_rsa_private *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_uint(w, 0);
	seamkey_der_put_integer(w, key->n);
	seamkey_der_put_integer(w, key->e);
	seamkey_der_put_integer(w, key->d);
	seamkey_der_put_integer(w, key->p);
	seamkey_der_put_integer(w, key->q);
	seamkey_der_put_integer(w, key->dp);
	seamkey_der_put_integer(w, key->dq);
	seamkey_der_put_integer(w, key->qinv);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_rsa_private(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_rsa_private *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_rsa_private, key);
}

static inline void
seamkey_i_der_write_rsa_public_info(seamkey_der_writer *w, const void *obj)
{
	static const unsigned char unused[1] = { 0 };
	seamkey_der_algorithm alg = seamkey_i_der_algorithm_rsa();
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	size_t bits;

	seamkey_der_put_algorithm(w, &alg);
	bits = seamkey_der_begin(w, SEAMKEY_DER_BIT_STRING);
	seamkey_der_put(w, unused, sizeof unused);
	seamkey_i_der_write_rsa_public(w, obj);
	seamkey_der_end(w, bits);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_rsa_public_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_rsa_public *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_rsa_public_info, key);
}

static inline void
seamkey_i_der_write_rsa_private_info(seamkey_der_writer *w, const void *obj)
{
	seamkey_der_algorithm alg = seamkey_i_der_algorithm_rsa();
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	size_t octets;

	seamkey_der_put_uint(w, 0);
	seamkey_der_put_algorithm(w, &alg);
	octets = seamkey_der_begin(w, SEAMKEY_DER_OCTET_STRING);
	seamkey_i_der_write_rsa_private(w, obj);
	seamkey_der_end(w, octets);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_rsa_private_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_rsa_private *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_rsa_private_info, key);
}

SEAMKEY_API size_t
seamkey_der_bits(seamkey_span magnitude)
{
	seamkey_span v = magnitude;
	size_t bits;
	unsigned top;

	while (v.len != 0 && v.p[0] == 0) {
		v = seamkey_span_of(v.p + 1, v.len - 1);
	}
	if (v.len == 0) {
		return 0;
	}
	bits = 8 * (v.len - 1);
	for (top = v.p[0]; top != 0; top >>= 1) {
		bits++;
	}
	return bits;
}

/* 1 if every octet is zero, or there is none. */
static inline uint32_t
seamkey_i_der_is_zero(seamkey_span v)
{
	uint32_t all = 0;
	size_t u;

	for (u = 0; u < v.len; u++) {
		all |= v.p[u];
	}
	return seamkey_i_ct_zero(all);
}

/* 1 if odd */
static inline uint32_t
seamkey_i_der_is_odd(seamkey_span v)
{
	return v.len == 0 ? 0 : (uint32_t)(v.p[v.len - 1] & 1);
}

/* The i-th octet from the right; zero past the left end. */
static inline uint32_t
seamkey_i_der_octet(seamkey_span v, size_t i)
{
	return i < v.len ? v.p[v.len - 1 - i] : 0;
}

/* 1 if a < b: the borrow that is left when b is subtracted from a. */
static inline uint32_t
seamkey_i_der_is_less(seamkey_span a, seamkey_span b)
{
	size_t len = a.len > b.len ? a.len : b.len;
	uint32_t borrow = 0;
	size_t u;

	for (u = 0; u < len; u++) {
		borrow = (seamkey_i_der_octet(a, u) - seamkey_i_der_octet(b, u)
				 - borrow)
			>> 31;
	}
	return borrow;
}

/*
 * The words in which p * q is compared with n: so wide that their product is
 * one multiplication in constant time, on small cores as well.
 */
#if UINTPTR_MAX > 0xFFFFFFFFu
typedef uint64_t seamkey_i_der_product;
#define SEAMKEY_I_DER_OCTETS 4u
#else
typedef uint32_t seamkey_i_der_product;
#define SEAMKEY_I_DER_OCTETS 2u
#endif
#define SEAMKEY_I_DER_BITS (8 * SEAMKEY_I_DER_OCTETS)

static inline size_t
seamkey_i_der_words(seamkey_span v)
{
	return (v.len + SEAMKEY_I_DER_OCTETS - 1) / SEAMKEY_I_DER_OCTETS;
}

/* Word number i from the right; zero beyond the left end. */
static inline uint32_t
seamkey_i_der_word(seamkey_span v, size_t i)
{
	size_t end = (i + 1) * SEAMKEY_I_DER_OCTETS, u;
	uint32_t word = 0;

	for (u = end; u > end - SEAMKEY_I_DER_OCTETS; u--) {
		word = (word << 8)
			| (end <= v.len ? v.p[v.len - u]
					: seamkey_i_der_octet(v, u - 1));
	}
	return word;
}

/*
 * 1 if p * q == n. Column by column from the right: the halves of a column's
 * products are summed, the sum is compared with n, and what is beyond a word
 * carried, so that no product is stored.
 */
static inline uint32_t
seamkey_i_der_is_product(seamkey_span n, seamkey_span p, seamkey_span q)
{
	const seamkey_i_der_product mask =
		((seamkey_i_der_product)1 << SEAMKEY_I_DER_BITS) - 1;
	size_t np = seamkey_i_der_words(p);
	size_t nq = seamkey_i_der_words(q);
	size_t nn = seamkey_i_der_words(n);
	size_t columns = np + nq > nn ? np + nq : nn;
	uint64_t low = 0, high;
	uint32_t differ = 0;
	size_t c, u;

	for (c = 0; c < columns; c++) {
		high = 0;
		for (u = c < nq ? 0 : c - nq + 1; u < np && u <= c; u++) {
			seamkey_i_der_product product =
				(seamkey_i_der_product)seamkey_i_der_word(p, u)
				* seamkey_i_der_word(q, c - u);

			low += product & mask;
			high += product >> SEAMKEY_I_DER_BITS;
		}
		differ |= (uint32_t)(low & mask) ^ seamkey_i_der_word(n, c);
		low = high + (low >> SEAMKEY_I_DER_BITS);
	}
	return seamkey_i_ct_zero(differ);
}

/* e is public. */
static inline int
seamkey_i_der_check_exponent(seamkey_span e, uint32_t min_e)
{
	uint32_t low = 0;
	size_t u, bits = seamkey_der_bits(e);

	if (bits > 64) {
		return SEAMKEY_ERR_KEY_EXPONENT_LARGE;
	}
	if (!seamkey_i_der_is_odd(e)) {
		return SEAMKEY_ERR_KEY_EXPONENT_EVEN;
	}
	for (u = 0; u < e.len; u++) {
		low = (low << 8) | e.p[u];
	}
	if (bits <= 32 && (low < 3 || low < min_e)) {
		return SEAMKEY_ERR_KEY_EXPONENT_SMALL;
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_der_check_rsa_public(
	const seamkey_der_rsa_public *key, const seamkey_der_rsa_limits *limits)
{
	size_t bits = seamkey_der_bits(key->n);

	if (bits == 0 || seamkey_der_bits(key->e) == 0) {
		return SEAMKEY_ERR_KEY_ZERO;
	}
	if (!seamkey_i_der_is_odd(key->n)) {
		return SEAMKEY_ERR_KEY_MODULUS_EVEN;
	}
	if (bits < limits->min_bits) {
		return SEAMKEY_ERR_KEY_MODULUS_SHORT;
	}
	if (bits > limits->max_bits) {
		return SEAMKEY_ERR_KEY_MODULUS_LONG;
	}
	return seamkey_i_der_check_exponent(key->e, limits->min_e);
}

/* The checks of the secret numbers; lengths of n are within the limits. */
static inline int
seamkey_i_der_check_rsa_secret(const seamkey_der_rsa_private *key)
{
	uint32_t zero = seamkey_i_der_is_zero(key->d)
		| seamkey_i_der_is_zero(key->p) | seamkey_i_der_is_zero(key->q)
		| seamkey_i_der_is_zero(key->dp)
		| seamkey_i_der_is_zero(key->dq)
		| seamkey_i_der_is_zero(key->qinv);

	if (seamkey_i_declassify(zero)) {
		return SEAMKEY_ERR_KEY_ZERO;
	}
	if (!seamkey_i_declassify(seamkey_i_der_is_less(key->d, key->n))) {
		return SEAMKEY_ERR_KEY_D;
	}
	if (!seamkey_i_declassify(seamkey_i_der_is_odd(key->p)
		    & seamkey_i_der_is_odd(key->q))) {
		return SEAMKEY_ERR_KEY_PRIME_EVEN;
	}
	/* lengths are public, and bound the work of the product */
	if (key->p.len > key->n.len || key->q.len > key->n.len
		|| !seamkey_i_declassify(
			seamkey_i_der_is_product(key->n, key->p, key->q))) {
		return SEAMKEY_ERR_KEY_PRODUCT;
	}
	if (!seamkey_i_declassify(seamkey_i_der_is_less(key->dp, key->p))) {
		return SEAMKEY_ERR_KEY_DP;
	}
	if (!seamkey_i_declassify(seamkey_i_der_is_less(key->dq, key->q))) {
		return SEAMKEY_ERR_KEY_DQ;
	}
	if (!seamkey_i_declassify(seamkey_i_der_is_less(key->qinv, key->p))) {
		return SEAMKEY_ERR_KEY_QINV;
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_der_check_rsa_private(const seamkey_der_rsa_private *key,
	const seamkey_der_rsa_limits *limits)
{
	seamkey_der_rsa_public half;
	int status;

	half.n = key->n;
	half.e = key->e;
	status = seamkey_der_check_rsa_public(&half, limits);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_der_check_rsa_secret(key);
	}
	return status;
}

/* ---- [der.7] Elliptic curve keys ------------------------------------- */

/* clang-format off */
static const struct seamkey_i_der_curve {
	unsigned char curve, size, oid_len, oid[8];
} seamkey_i_der_curves[] = {
	{ SEAMKEY_CURVE_P256, 32, 8,
		{ 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07 } },
	{ SEAMKEY_CURVE_P384, 48, 5,
		{ 0x2B, 0x81, 0x04, 0x00, 0x22, 0, 0, 0 } },
	{ SEAMKEY_CURVE_P521, 66, 5,
		{ 0x2B, 0x81, 0x04, 0x00, 0x23, 0, 0, 0 } },
};
/* clang-format on */
#define SEAMKEY_I_DER_CURVES \
	(sizeof seamkey_i_der_curves / sizeof seamkey_i_der_curves[0])

/* The row of a curve, or NULL. */
static inline const struct seamkey_i_der_curve *
seamkey_i_der_find_curve(int curve)
{
	size_t u;

	for (u = 0; u < SEAMKEY_I_DER_CURVES; u++) {
		if (seamkey_i_der_curves[u].curve == curve) {
			return &seamkey_i_der_curves[u];
		}
	}
	return NULL;
}

SEAMKEY_API size_t
seamkey_der_curve_size(int curve)
{
	const struct seamkey_i_der_curve *row = seamkey_i_der_find_curve(curve);

	return row == NULL ? 0 : row->size;
}

/* namedCurve OBJECT IDENTIFIER, the one choice of ECParameters that
 * RFC 5480 allows; 0 with a sticky error for another curve. */
static inline int
seamkey_i_der_get_curve(seamkey_der_reader *r)
{
	seamkey_span oid = seamkey_der_get_oid(r);
	size_t u;

	for (u = 0; r->err == SEAMKEY_OK && u < SEAMKEY_I_DER_CURVES; u++) {
		const struct seamkey_i_der_curve *row =
			&seamkey_i_der_curves[u];

		if (seamkey_span_match(
			    oid, seamkey_span_of(row->oid, row->oid_len))) {
			return row->curve;
		}
	}
	(void)seamkey_i_der_fail(r, SEAMKEY_ERR_DER_CURVE);
	return 0;
}

static inline void
seamkey_i_der_put_curve(seamkey_der_writer *w, int curve)
{
	const struct seamkey_i_der_curve *row = seamkey_i_der_find_curve(curve);

	if (row == NULL) {
		seamkey_i_der_refuse(w, SEAMKEY_ERR_DER_CURVE);
		return;
	}
	seamkey_der_put_element(
		w, SEAMKEY_DER_OID, seamkey_span_of(row->oid, row->oid_len));
}

/* The curve that an AlgorithmIdentifier names, or a negative status. */
static inline int
seamkey_i_der_ec_algorithm(const seamkey_der_algorithm *alg)
{
	seamkey_der_reader r;
	int curve;

	if (!seamkey_span_match(alg->oid,
		    seamkey_span_of(
			    seamkey_i_oid_ec, sizeof seamkey_i_oid_ec))) {
		return SEAMKEY_ERR_DER_ALGORITHM;
	}
	seamkey_der_init(&r, alg->parameters);
	if (!seamkey_der_match(&r, SEAMKEY_DER_OID)) {
		return SEAMKEY_ERR_DER_PARAMETERS;
	}
	curve = seamkey_i_der_get_curve(&r);
	return r.err != SEAMKEY_OK ? r.err : curve;
}

static inline void
seamkey_i_der_put_ec_algorithm(seamkey_der_writer *w, int curve)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_element(w, SEAMKEY_DER_OID,
		seamkey_span_of(seamkey_i_oid_ec, sizeof seamkey_i_oid_ec));
	seamkey_i_der_put_curve(w, curve);
	seamkey_der_end(w, mark);
}

static inline int
seamkey_i_der_point_ok(int curve, seamkey_span point)
{
	return point.len == 1 + 2 * seamkey_der_curve_size(curve)
		&& point.p[0] == 0x04;
}

/* The optional members of ECPrivateKey. */
static inline void
seamkey_i_der_get_ec_rest(seamkey_der_reader *seq, seamkey_der_ec_private *key)
{
	const unsigned parameters = SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u);
	const unsigned public_key = SEAMKEY_DER_CONTEXT_CONSTRUCTED(1u);
	seamkey_der_reader in;
	int curve;

	if (seamkey_der_match(seq, parameters)) {
		seamkey_der_enter(seq, &in, parameters);
		curve = seamkey_i_der_get_curve(&in);
		seamkey_der_finish(seq, &in);
		if (key->curve != 0 && key->curve != curve) {
			(void)seamkey_i_der_fail(seq, SEAMKEY_ERR_DER_CURVE);
		}
		key->curve = curve;
	}
	if (seq->err == SEAMKEY_OK && seamkey_der_curve_size(key->curve) == 0) {
		(void)seamkey_i_der_fail(seq, SEAMKEY_ERR_DER_CURVE);
	}
	if (seamkey_der_match(seq, public_key)) {
		seamkey_der_enter(seq, &in, public_key);
		key->public_key =
			seamkey_der_get_bit_string(&in, SEAMKEY_DER_BIT_STRING);
		seamkey_der_finish(seq, &in);
		if (!seamkey_i_der_point_ok(key->curve, key->public_key)) {
			(void)seamkey_i_der_fail(seq, SEAMKEY_ERR_DER_POINT);
		}
	}
}

/* ECPrivateKey ::= SEQUENCE {
 *   version     INTEGER { ecPrivkeyVer1(1) },
 *   privateKey  OCTET STRING,
 *   parameters  [0] EXPLICIT ECParameters OPTIONAL,
 *   publicKey   [1] EXPLICIT BIT STRING OPTIONAL } */
SEAMKEY_API int
seamkey_der_decode_ec_private(
	seamkey_der_ec_private *out, seamkey_span in, int curve)
{
	seamkey_der_ec_private key;
	seamkey_der_reader r, seq;
	int status;

	memset(&key, 0, sizeof key);
	key.curve = curve;
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	if (seamkey_der_get_uint(&seq) != 1) {
		(void)seamkey_i_der_fail(&seq, SEAMKEY_ERR_DER_VERSION);
	}
	key.scalar = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	seamkey_i_der_get_ec_rest(&seq, &key);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK
		&& key.scalar.len != seamkey_der_curve_size(key.curve)) {
		status = SEAMKEY_ERR_DER_SCALAR;
	}
	if (status == SEAMKEY_OK) {
		*out = key;
	}
	return status;
}

SEAMKEY_API int
seamkey_der_decode_ec_private_info(seamkey_der_ec_private *out, seamkey_span in)
{
	seamkey_der_private_key_info info;
	int curve, status = seamkey_der_decode_private_key_info(&info, in);

	if (status != SEAMKEY_OK) {
		return status;
	}
	curve = seamkey_i_der_ec_algorithm(&info.algorithm);
	if (curve < 0) {
		return curve;
	}
	return seamkey_der_decode_ec_private(out, info.private_key, curve);
}

SEAMKEY_API int
seamkey_der_decode_ec_public_info(seamkey_der_ec_public *out, seamkey_span in)
{
	seamkey_der_public_key_info info;
	int curve, status = seamkey_der_decode_public_key_info(&info, in);

	if (status != SEAMKEY_OK) {
		return status;
	}
	curve = seamkey_i_der_ec_algorithm(&info.algorithm);
	if (curve < 0) {
		return curve;
	}
	if (!seamkey_i_der_point_ok(curve, info.public_key)) {
		return SEAMKEY_ERR_DER_POINT;
	}
	out->curve = curve;
	out->public_key = info.public_key;
	return SEAMKEY_OK;
}

static inline void
seamkey_i_der_put_ec_private(seamkey_der_writer *w,
	const seamkey_der_ec_private *key, int with_curve)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	size_t in;

	if (key->scalar.len != seamkey_der_curve_size(key->curve)) {
		seamkey_i_der_refuse(w,
			seamkey_der_curve_size(key->curve) == 0
				? SEAMKEY_ERR_DER_CURVE
				: SEAMKEY_ERR_DER_SCALAR);
	}
	if (key->public_key.len != 0
		&& !seamkey_i_der_point_ok(key->curve, key->public_key)) {
		seamkey_i_der_refuse(w, SEAMKEY_ERR_DER_POINT);
	}
	seamkey_der_put_uint(w, 1);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, key->scalar);
	if (with_curve) {
		in = seamkey_der_begin(w, SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u));
		seamkey_i_der_put_curve(w, key->curve);
		seamkey_der_end(w, in);
	}
	if (key->public_key.len != 0) {
		in = seamkey_der_begin(w, SEAMKEY_DER_CONTEXT_CONSTRUCTED(1u));
		seamkey_der_put_bit_string(
			w, SEAMKEY_DER_BIT_STRING, key->public_key);
		seamkey_der_end(w, in);
	}
	seamkey_der_end(w, mark);
}

static inline void
seamkey_i_der_write_ec_private(seamkey_der_writer *w, const void *obj)
{
	seamkey_i_der_put_ec_private(w, (const seamkey_der_ec_private *)obj, 1);
}

SEAMKEY_API int
seamkey_der_encode_ec_private(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_ec_private *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_ec_private, key);
}

static inline void
seamkey_i_der_write_ec_private_info(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_ec_private *key = (const seamkey_der_ec_private *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	size_t octets;

	seamkey_der_put_uint(w, 0);
	seamkey_i_der_put_ec_algorithm(w, key->curve);
	octets = seamkey_der_begin(w, SEAMKEY_DER_OCTET_STRING);
	seamkey_i_der_put_ec_private(w, key, 0);
	seamkey_der_end(w, octets);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_ec_private_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_ec_private *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_ec_private_info, key);
}

static inline void
seamkey_i_der_write_ec_public_info(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_ec_public *key = (const seamkey_der_ec_public *)obj;
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	if (seamkey_der_curve_size(key->curve) != 0
		&& !seamkey_i_der_point_ok(key->curve, key->public_key)) {
		seamkey_i_der_refuse(w, SEAMKEY_ERR_DER_POINT);
	}
	seamkey_i_der_put_ec_algorithm(w, key->curve);
	seamkey_der_put_bit_string(w, SEAMKEY_DER_BIT_STRING, key->public_key);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_ec_public_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_ec_public *key)
{
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_ec_public_info, key);
}

/* ---- [der.8] DigestInfo ---------------------------------------------- */

/* In the order of enum seamkey_hash. */
/* clang-format off */
static const struct seamkey_i_der_hash {
	unsigned char size, oid_len, oid[9];
} seamkey_i_der_hashes[] = {
	{ 16, 8, { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x02, 0x05, 0 } },
	{ 20, 5, { 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0, 0, 0, 0 } },
	{ 28, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04 } },
	{ 32, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01 } },
	{ 48, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02 } },
	{ 64, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03 } },
	{ 28, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x05 } },
	{ 32, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06 } },
	{ 28, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x07 } },
	{ 32, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08 } },
	{ 48, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09 } },
	{ 64, 9, { 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0A } },
};
/* clang-format on */

SEAMKEY_API size_t
seamkey_der_hash_size(int hash)
{
	if (hash < SEAMKEY_MD5 || hash > SEAMKEY_SHA3_512) {
		return 0;
	}
	return seamkey_i_der_hashes[hash - 1].size;
}

/* The hash function with this object identifier; 0 if there is none. */
static inline int
seamkey_i_der_find_hash(seamkey_span oid)
{
	int hash;

	for (hash = SEAMKEY_MD5; hash <= SEAMKEY_SHA3_512; hash++) {
		const struct seamkey_i_der_hash *row =
			&seamkey_i_der_hashes[hash - 1];

		if (seamkey_span_match(
			    oid, seamkey_span_of(row->oid, row->oid_len))) {
			return hash;
		}
	}
	return 0;
}

/* DigestInfo ::= SEQUENCE {
 *   digestAlgorithm  AlgorithmIdentifier,
 *   digest           OCTET STRING } */
SEAMKEY_API int
seamkey_der_decode_digest_info(
	seamkey_der_digest_info *out, seamkey_span in, unsigned lenient)
{
	seamkey_der_digest_info info;
	seamkey_der_algorithm alg;
	seamkey_der_reader r, seq;
	int status;

	memset(&alg, 0, sizeof alg);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_get_algorithm(&seq, &alg);
	info.digest = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	info.hash = seamkey_i_der_find_hash(alg.oid);
	if (info.hash == 0) {
		return SEAMKEY_ERR_DER_HASH;
	}
	if (info.digest.len != seamkey_der_hash_size(info.hash)) {
		return SEAMKEY_ERR_DER_DIGEST;
	}
	status = seamkey_i_der_check_null(alg.parameters, lenient);
	if (status == SEAMKEY_OK) {
		*out = info;
	}
	return status;
}

static inline void
seamkey_i_der_write_digest_info(seamkey_der_writer *w, const void *obj)
{
	const seamkey_der_digest_info *info =
		(const seamkey_der_digest_info *)obj;
	const struct seamkey_i_der_hash *row =
		&seamkey_i_der_hashes[info->hash - 1];
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	seamkey_der_algorithm alg;

	alg.oid = seamkey_span_of(row->oid, row->oid_len);
	alg.parameters =
		seamkey_span_of(seamkey_i_der_null, sizeof seamkey_i_der_null);
	seamkey_der_put_algorithm(w, &alg);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, info->digest);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_der_encode_digest_info(unsigned char *out, size_t cap, size_t *len,
	const seamkey_der_digest_info *info)
{
	size_t size = seamkey_der_hash_size(info->hash);

	if (size == 0) {
		return SEAMKEY_ERR_DER_HASH;
	}
	if (info->digest.len != size) {
		return SEAMKEY_ERR_DER_DIGEST;
	}
	return seamkey_i_der_encode(
		out, cap, len, seamkey_i_der_write_digest_info, info);
}

/* ---- [der.9] Certificate outline ------------------------------------- */

/* Extension ::= SEQUENCE {
 *   extnID     OBJECT IDENTIFIER,
 *   critical   BOOLEAN DEFAULT FALSE,
 *   extnValue  OCTET STRING } */
static inline void
seamkey_i_der_get_extension(
	seamkey_der_reader *list, seamkey_der_certificate *cert)
{
	static const unsigned char key_id[3] = { 0x55, 0x1D, 0x0E };
	seamkey_der_reader ext, value;
	seamkey_span oid;

	seamkey_der_enter(list, &ext, SEAMKEY_DER_SEQUENCE);
	oid = seamkey_der_get_oid(&ext);
	if (seamkey_der_match(&ext, SEAMKEY_DER_BOOLEAN)
		&& !seamkey_der_get_boolean(&ext)) {
		/* the default is not encoded: X.690 section 11.5 */
		(void)seamkey_i_der_fail(&ext, SEAMKEY_ERR_DER_BOOLEAN);
	}
	seamkey_der_enter(&ext, &value, SEAMKEY_DER_OCTET_STRING);
	if (seamkey_span_match(oid, seamkey_span_of(key_id, sizeof key_id))) {
		if (cert->key_id.p != NULL) {
			(void)seamkey_i_der_fail(
				&value, SEAMKEY_ERR_DER_DUPLICATE);
		}
		cert->key_id =
			seamkey_der_get(&value, SEAMKEY_DER_OCTET_STRING);
	} else if (value.err == SEAMKEY_OK) { /* not looked into */
		value.p += value.len;
		value.len = 0;
	}
	seamkey_der_finish(&ext, &value);
	seamkey_der_finish(list, &ext);
}

/* [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension */
static inline void
seamkey_i_der_get_extensions(
	seamkey_der_reader *tbs, seamkey_der_certificate *cert)
{
	seamkey_der_reader tagged, list;

	seamkey_der_enter(tbs, &tagged, SEAMKEY_DER_CONTEXT_CONSTRUCTED(3u));
	seamkey_der_enter(&tagged, &list, SEAMKEY_DER_SEQUENCE);
	do {
		seamkey_i_der_get_extension(&list, cert);
	} while (list.err == SEAMKEY_OK && list.len != 0);
	seamkey_der_finish(&tagged, &list);
	seamkey_der_finish(tbs, &tagged);
}

/* An element of this tag that has to be well formed to its inside. */
static inline seamkey_span
seamkey_i_der_get_checked(seamkey_der_reader *r, unsigned tag)
{
	if (r->err == SEAMKEY_OK && r->len != 0 && !seamkey_der_match(r, tag)) {
		(void)seamkey_i_der_fail(r, SEAMKEY_ERR_DER_TAG);
	}
	return seamkey_der_get_any(r);
}

/* [0] EXPLICIT INTEGER { v1(0), v2(1), v3(2) } DEFAULT v1 */
static inline uint32_t
seamkey_i_der_get_version(seamkey_der_reader *tbs)
{
	const unsigned tag = SEAMKEY_DER_CONTEXT_CONSTRUCTED(0u);
	seamkey_der_reader in;
	uint32_t version = 0;

	if (seamkey_der_match(tbs, tag)) {
		seamkey_der_enter(tbs, &in, tag);
		version = seamkey_der_get_uint(&in);
		if (version < 1 || version > 2) {
			(void)seamkey_i_der_fail(&in, SEAMKEY_ERR_DER_VERSION);
		}
		seamkey_der_finish(tbs, &in);
	}
	return version;
}

/* TBSCertificate ::= SEQUENCE {
 *   version               [0] EXPLICIT INTEGER DEFAULT v1,
 *   serialNumber          INTEGER,
 *   signature             AlgorithmIdentifier,
 *   issuer                Name,
 *   validity              Validity,
 *   subject               Name,
 *   subjectPublicKeyInfo  SubjectPublicKeyInfo,
 *   issuerUniqueID        [1] IMPLICIT BIT STRING OPTIONAL,
 *   subjectUniqueID       [2] IMPLICIT BIT STRING OPTIONAL,
 *   extensions            [3] EXPLICIT Extensions OPTIONAL } */
static inline void
seamkey_i_der_get_tbs(seamkey_der_reader *cert, seamkey_der_certificate *out)
{
	seamkey_der_algorithm alg;
	seamkey_der_reader tbs;
	uint32_t version;
	unsigned id;

	seamkey_der_enter(cert, &tbs, SEAMKEY_DER_SEQUENCE);
	version = seamkey_i_der_get_version(&tbs);
	out->serial = seamkey_der_get_integer(&tbs);
	seamkey_der_get_algorithm(&tbs, &alg);
	out->issuer = seamkey_i_der_get_checked(&tbs, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_i_der_get_checked(&tbs, SEAMKEY_DER_SEQUENCE);
	out->subject = seamkey_i_der_get_checked(&tbs, SEAMKEY_DER_SEQUENCE);
	out->public_key_info =
		seamkey_i_der_get_checked(&tbs, SEAMKEY_DER_SEQUENCE);
	for (id = 1; id <= 2; id++) {
		if (version >= 1
			&& seamkey_der_match(&tbs, SEAMKEY_DER_CONTEXT(id))) {
			(void)seamkey_der_get(&tbs, SEAMKEY_DER_CONTEXT(id));
		}
	}
	if (version == 2 && tbs.err == SEAMKEY_OK && tbs.len != 0) {
		seamkey_i_der_get_extensions(&tbs, out);
	}
	seamkey_der_finish(cert, &tbs);
}

/* Certificate ::= SEQUENCE {
 *   tbsCertificate      TBSCertificate,
 *   signatureAlgorithm  AlgorithmIdentifier,
 *   signatureValue      BIT STRING } */
SEAMKEY_API int
seamkey_der_decode_certificate(seamkey_der_certificate *out, seamkey_span in)
{
	seamkey_der_certificate cert;
	seamkey_der_algorithm alg;
	seamkey_der_reader r, seq;
	int status;

	memset(&cert, 0, sizeof cert);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_i_der_get_tbs(&seq, &cert);
	seamkey_der_get_algorithm(&seq, &alg);
	(void)seamkey_der_get_bit_string(&seq, SEAMKEY_DER_BIT_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = cert;
	}
	return status;
}

/* ---- [der.10] What is it? -------------------------------------------- */

/* After a leading INTEGER. */
static inline int
seamkey_i_der_match_numbered(seamkey_der_reader *seq)
{
	(void)seamkey_der_get(seq, SEAMKEY_DER_INTEGER);
	if (seamkey_der_match(seq, SEAMKEY_DER_SEQUENCE)) {
		return SEAMKEY_DER_PRIVATE_KEY_INFO;
	}
	if (seamkey_der_match(seq, SEAMKEY_DER_OCTET_STRING)) {
		return SEAMKEY_DER_EC_PRIVATE_KEY;
	}
	(void)seamkey_der_get(seq, SEAMKEY_DER_INTEGER);
	if (seq->err != SEAMKEY_OK) {
		return SEAMKEY_ERR_DER_KIND;
	}
	return seq->len == 0 ? SEAMKEY_DER_RSA_PUBLIC_KEY
			     : SEAMKEY_DER_RSA_PRIVATE_KEY;
}

/* After a leading SEQUENCE. */
static inline int
seamkey_i_der_match_nested(seamkey_der_reader *seq)
{
	(void)seamkey_der_get(seq, SEAMKEY_DER_SEQUENCE);
	if (seamkey_der_match(seq, SEAMKEY_DER_BIT_STRING)) {
		return SEAMKEY_DER_PUBLIC_KEY_INFO;
	}
	if (seamkey_der_match(seq, SEAMKEY_DER_OCTET_STRING)) {
		return SEAMKEY_DER_ENCRYPTED_PRIVATE_KEY_INFO;
	}
	if (seamkey_der_match(seq, SEAMKEY_DER_SEQUENCE)) {
		return SEAMKEY_DER_CERTIFICATE;
	}
	return SEAMKEY_ERR_DER_KIND;
}

SEAMKEY_API int
seamkey_der_match_kind(seamkey_span in)
{
	seamkey_der_reader r, seq;

	seamkey_der_init(&r, in);
	seamkey_der_init(&seq, seamkey_der_get(&r, SEAMKEY_DER_SEQUENCE));
	if (seamkey_der_check_end(&r) != SEAMKEY_OK) {
		return r.err == SEAMKEY_ERR_DER_TAG ? SEAMKEY_ERR_DER_KIND
						    : seamkey_der_check_end(&r);
	}
	if (seamkey_der_match(&seq, SEAMKEY_DER_INTEGER)) {
		return seamkey_i_der_match_numbered(&seq);
	}
	if (seamkey_der_match(&seq, SEAMKEY_DER_SEQUENCE)) {
		return seamkey_i_der_match_nested(&seq);
	}
	return SEAMKEY_ERR_DER_KIND;
}

#ifdef __cplusplus
}
#endif
#endif
