/*
 * seamkey_block.h - encryption blocks: messages sealed to RSA keys, as CMS
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Ciphers and leniencies    5. Opening
 *   2. Errors                    6. Opening by other ways
 *   3. Recipients
 *   4. Sealing
 * Search for "[block.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   A block is a message under a key of its own, and that key once for each
 *   recipient, under the recipient's RSA key: AuthEnvelopedData (RFC 5083,
 *   5084) with AES-GCM, or EnvelopedData (RFC 5652) with AES-CBC for old
 *   readers, with any number of KeyTransRecipientInfo. Other CMS tools open
 *   what is sealed here, and the other way round.
 *   Both directions run in pieces of any size: bytes go in, bytes come out,
 *   and nothing but the struct is kept in between.
 *
 * QUICK START
 *   seamkey_block_recipient to[1] = { { 0 } };
 *   to[0].key = seamkey_span_of(spki, spki_len);
 *   status = seamkey_block_seal(&env, SEAMKEY_BLOCK_AES_256_GCM, to, 1,
 *       message, out, sizeof out, &out_len);
 *   ...
 *   seamkey_block_key mine = { 0 };
 *   mine.key = seamkey_span_of(pkcs8, pkcs8_len);
 *   status = seamkey_block_open(&env, 0, &mine, 1, block, out, sizeof out,
 *       &out_len);
 *
 * GUARANTEES
 *   Written is DER alone. Read is DER alone, and AES-GCM alone, but for what
 *   a leniency admits by name.
 *   A key that does not unwrap, a wrong tag, and bad padding of the content
 *   are one error: the key that comes out of a bad ciphertext is
 *   pseudo-random (seamkey_rsa.h, section 7), and its content fails.
 *   Constant time in keys, and in whether a key unwrapped.
 *
 * CAUTIONS
 *   Opening in pieces gives plaintext before anything is known of its
 *   authenticity: nothing of it may be used, shown or answered before
 *   SEAMKEY_OK. With CBC nothing is authentic even then.
 *   Recipients are not authenticated: whoever passes a block on can add and
 *   remove some. AES-GCM does not commit to its key: a sender can make a
 *   block that two recipients open differently.
 */
#include <bearssl.h>

#include "seamkey_aead.h"
#include "seamkey_base.h"
#include "seamkey_der.h"
#include "seamkey_rsa.h"

#ifndef SEAMKEY_BLOCK_H
#define SEAMKEY_BLOCK_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [block.1] Ciphers and leniencies -------------------------------- */

enum seamkey_block_cipher {
	SEAMKEY_BLOCK_AES_128_GCM = 1,
	SEAMKEY_BLOCK_AES_256_GCM,
	SEAMKEY_BLOCK_AES_128_CBC, /* for old readers: not authentic */
	SEAMKEY_BLOCK_AES_256_CBC,
	SEAMKEY_BLOCK_DES_EDE3_CBC, /* read only, as the next */
	SEAMKEY_BLOCK_DES_CBC
};

/* How a recipient's copy of the key is encrypted. */
enum seamkey_block_padding {
	SEAMKEY_BLOCK_PKCS1 = 0, /* RSAES-PKCS1-v1_5, what all tools read */
	SEAMKEY_BLOCK_OAEP       /* RSAES-OAEP with SHA-256 */
};

/*
 * What opening admits beyond DER and AES-GCM; SEAMKEY_ABSENT_NULL goes with
 * them, for rsaEncryption without its NULL. CBC lets whoever passes a block
 * on try changes of it, and with a block of AES-GCM re-labelled as CBC (RFC
 * 9709 says how) ask for its plaintext: admit it where you must, and tell
 * nobody which changes failed.
 */
#define SEAMKEY_BLOCK_CBC 0x100u /* AES-CBC */
#define SEAMKEY_BLOCK_DES 0x200u /* DES and 3DES, in CBC mode */
#define SEAMKEY_BLOCK_BER 0x400u /* indefinite lengths, contents in pieces */

/* ---- [block.2] Errors ------------------------------------------------ */

/* clang-format off */
#define SEAMKEY_BLOCK_ERRORS(X) \
	X(SEAMKEY_ERR_BLOCK_OPEN, -400, \
		"the block was changed, or is not for this key") \
	X(SEAMKEY_ERR_BLOCK_NO_RECIPIENT, -401, \
		"no recipient of the block has a key that is here") \
	X(SEAMKEY_ERR_BLOCK_RECIPIENTS, -402, \
		"a block has at least one recipient") \
	X(SEAMKEY_ERR_BLOCK_TWICE, -403, \
		"a recipient is named twice") \
	X(SEAMKEY_ERR_BLOCK_ID, -404, \
		"a key pair identifier has 1 to 64 bytes") \
	X(SEAMKEY_ERR_BLOCK_CIPHER, -405, \
		"the content is encrypted with a cipher that is not admitted") \
	X(SEAMKEY_ERR_BLOCK_NONCE, -406, \
		"nonce or IV has another length than the cipher's") \
	X(SEAMKEY_ERR_BLOCK_TAG, -407, \
		"the authentication tag has another length than 12 to 16") \
	X(SEAMKEY_ERR_BLOCK_VERSION, -408, \
		"the version is not one of this structure") \
	X(SEAMKEY_ERR_BLOCK_LENGTH, -409, \
		"the message has another length than was announced") \
	X(SEAMKEY_ERR_BLOCK_WRAP, -410, \
		"the key is encrypted in a way that is not supported") \
	X(SEAMKEY_ERR_BLOCK_SIGNED, -411, \
		"this is CMS SignedData, not an encryption block") \
	X(SEAMKEY_ERR_BLOCK_DIGESTED, -412, \
		"this is CMS DigestedData, not an encryption block") \
	X(SEAMKEY_ERR_BLOCK_ENCRYPTED, -413, \
		"this is CMS EncryptedData, which has no recipients") \
	X(SEAMKEY_ERR_BLOCK_AUTHENTICATED, -414, \
		"this is CMS AuthenticatedData, not an encryption block") \
	X(SEAMKEY_ERR_BLOCK_COMPRESSED, -415, \
		"this is CMS CompressedData, not an encryption block") \
	X(SEAMKEY_ERR_BLOCK_DATA, -416, \
		"this is CMS Data, not an encryption block") \
	X(SEAMKEY_ERR_BLOCK_CONTENT, -417, \
		"this is no encryption block") \
	X(SEAMKEY_ERR_BLOCK_KEY_AGREE, -418, \
		"the recipients need key agreement, which is not supported") \
	X(SEAMKEY_ERR_BLOCK_KEK, -419, \
		"the recipients have a symmetric key, which is not supported") \
	X(SEAMKEY_ERR_BLOCK_PASSWORD, -420, \
		"the recipients have a password, which is not supported") \
	X(SEAMKEY_ERR_BLOCK_OTHER, -421, \
		"the recipients are of an unknown kind") \
	X(SEAMKEY_ERR_BLOCK_BER, -422, \
		"the block is BER, which was not admitted") \
	X(SEAMKEY_ERR_BLOCK_ATTRIBUTES, -423, \
		"the authenticated attributes are longer than is admitted") \
	X(SEAMKEY_ERR_BLOCK_DETACHED, -424, \
		"the block has no content in it") \
	X(SEAMKEY_ERR_BLOCK_KEY, -425, \
		"the key of the content has another length than its cipher's") \
	X(SEAMKEY_ERR_BLOCK_MANY, -426, \
		"the block has more recipients than a key is tried on") \
	X(SEAMKEY_ERR_BLOCK_CERTIFICATE, -427, \
		"the certificate of a recipient was not verified") \
	X(SEAMKEY_ERR_BLOCK_ACCESS, -428, \
		"the repository has no key pair for an access identifier") \
	X(SEAMKEY_ERR_BLOCK_EMPTY, -429, \
		"the content comes in too many pieces with nothing in them")
/* clang-format on */

enum seamkey_block_error {
	SEAMKEY_BLOCK_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_BLOCK_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, der, rsa and block. */
SEAMKEY_API const char *seamkey_block_text(int status);

/* ---- [block.3] Recipients -------------------------------------------- */

/* The longest key pair identifier, and the longest RecipientInfo that is
 * looked at, in bytes. */
#define SEAMKEY_BLOCK_ID_MAX    64
#define SEAMKEY_BLOCK_ENTRY_MAX 1024

/* The most pieces of the content that may be empty, with BER. */
#define SEAMKEY_BLOCK_EMPTY_MAX 16

/*
 * Whom a block is for. Zero it and set key; by which name the recipient
 * finds its entry: id if that is not empty; or issuer and serial, if those
 * are not empty; not both. If neither, the SHA-1 of the key's bits, as
 * certificates have it (RFC 5280 section 4.2.1.2). All spans stay the
 * caller's and in place.
 */
typedef struct seamkey_block_recipient {
	seamkey_span key;    /* SubjectPublicKeyInfo */
	seamkey_span id;     /* 1 to 64 bytes: subjectKeyIdentifier */
	seamkey_span issuer; /* Name, the whole element */
	seamkey_span serial; /* serial number, contents of the INTEGER: the
	                      * magnitude that seamkey_der.h gives has a zero
	                      * octet too few where its first bit is set */
	int padding;         /* enum seamkey_block_padding */

	/* sealing's own */
	size_t modulus;
	unsigned char sha1[20];
} seamkey_block_recipient;

/* One RecipientInfo as it was read: views into it. */
typedef struct seamkey_block_entry {
	seamkey_span whole;   /* the element */
	seamkey_span id;      /* or empty, and then: */
	seamkey_span issuer;  /* Name, the whole element */
	seamkey_span serial;  /* contents of the INTEGER */
	int padding;          /* enum seamkey_block_padding */
	seamkey_span wrapped; /* the encrypted key */
} seamkey_block_entry;

/*
 * Decode in, which must be one KeyTransRecipientInfo whole. lenient: 0 or
 * SEAMKEY_ABSENT_NULL. Returns SEAMKEY_OK; else *out is unchanged and the
 * status is SEAMKEY_ERR_BLOCK_ _KEY_AGREE, _KEK, _PASSWORD, _OTHER for
 * another kind; _VERSION, _ID, _WRAP; or one of seamkey_der.h. RFC 5652
 * section 6.2.1, RFC 3560 section 2. Nothing is secret.
 */
SEAMKEY_API int seamkey_block_decode_entry(
	seamkey_block_entry *out, seamkey_span in, unsigned lenient);

/*
 * A private key to open with. An entry is for it if it has this id, or
 * this issuer and serial number; where both are empty, the SHA-1 of the
 * key's bits. With a key in hardware (env->handle) key is its
 * SubjectPublicKeyInfo.
 */
typedef struct seamkey_block_key {
	seamkey_span key; /* PrivateKeyInfo */
	seamkey_span id, issuer, serial;
} seamkey_block_key;

/* ---- [block.4] Sealing ----------------------------------------------- */

/* The cipher of the content under way; nobody's but this header's. */
typedef struct seamkey_i_block_content {
	uint8_t cipher;
	uint8_t held; /* octets in hold, of CBC */
	union {
		const br_block_ctr_class *vtable;
		br_aes_gen_ctr_keys ctr;
		br_aes_gen_cbcenc_keys enc;
		br_aes_gen_cbcdec_keys dec;
		br_des_gen_cbcdec_keys des;
	} keys;
	br_gcm_context gcm;
	unsigned char iv[16], hold[16];
} seamkey_i_block_content;

/* A block that is being sealed: the caller's memory. */
typedef struct seamkey_block_sealer {
	const seamkey_rsa_env *env;
	seamkey_block_recipient *to;
	size_t count, next; /* recipients, written */
	uint64_t left;      /* of the message */
	uint64_t entries;   /* octets of all of them */
	uint8_t phase;
	int status; /* sticky */
	unsigned char key[32];
	seamkey_i_block_content content;
	size_t at, len; /* of what waits in buf */
	unsigned char buf[SEAMKEY_BLOCK_ENTRY_MAX];
} seamkey_block_sealer;

/*
 * Begin a block.
 *
 *   cipher       one of the AES ciphers
 *   to[0..count) recipients; in place until the end, and sorted here (DER
 *                wants the entries in the order of their bytes)
 *   message_len  bytes of the message that will come
 *   env          random is needed; stays in place; NULL is an error
 *
 * All keys are looked at before anything is written. Returns SEAMKEY_OK; or
 * SEAMKEY_ERR_ARG, SEAMKEY_ERR_RANDOM, SEAMKEY_ERR_BLOCK_ _CIPHER,
 * _RECIPIENTS, _ID, _TWICE, SEAMKEY_ERR_LENGTH (the block would pass 2^62
 * bytes), SEAMKEY_ERR_DER_INTEGER for a serial number that is none, those of
 * issuer and key as for seamkey_der_check() and seamkey_rsa_encrypt().
 */
SEAMKEY_API int seamkey_block_seal_begin(seamkey_block_sealer *s,
	const seamkey_rsa_env *env, int cipher, seamkey_block_recipient *to,
	size_t count, uint64_t message_len);

/* Bytes of the whole block, known from the beginning. */
SEAMKEY_API uint64_t seamkey_block_seal_size(const seamkey_block_sealer *s);

/*
 * Go on: takes *used of in_len bytes of the message and gives *out_len of
 * out_cap bytes of the block, as many as it can. in and out must not
 * overlap. Any sizes do, 0 too.
 *
 * Returns SEAMKEY_AGAIN: more of the message is wanted, or more room;
 * SEAMKEY_OK: the block is whole; SEAMKEY_ERR_BLOCK_LENGTH for bytes
 * beyond the message; what seamkey_rsa_encrypt() answers. An error stays,
 * and what was written is no block. Constant time in message and key.
 */
SEAMKEY_API int seamkey_block_seal_push(seamkey_block_sealer *s,
	const unsigned char *in, size_t in_len, size_t *used,
	unsigned char *out, size_t out_cap, size_t *out_len);

/* Give up, or wipe after the end. */
SEAMKEY_API void seamkey_block_seal_wipe(seamkey_block_sealer *s);

/*
 * All at once. out[0..cap) must not overlap message. With out NULL only
 * *len is set. SEAMKEY_ERR_SPACE sets *len to the bytes needed; on other
 * errors out holds no block and *len is unchanged.
 */
SEAMKEY_API int seamkey_block_seal(const seamkey_rsa_env *env, int cipher,
	seamkey_block_recipient *to, size_t count, seamkey_span message,
	unsigned char *out, size_t cap, size_t *len);

/* ---- [block.5] Opening ----------------------------------------------- */

/* A block that is being opened: the caller's memory. */
#define SEAMKEY_I_BLOCK_DEPTH 6

typedef struct seamkey_block_opener {
	const seamkey_rsa_env *env;
	const seamkey_block_key *keys;
	size_t count;
	unsigned lenient;
	int status; /* sticky */
	int other;  /* the status that names a recipient of another kind */
	uint8_t phase,
		feeding;   /* what comes next; what becomes of its octets */
	uint8_t authentic; /* AuthEnvelopedData */
	uint8_t is_data;   /* the content is id-data */
	uint8_t once;      /* an optional element has been there */
	uint8_t asking;    /* no key is here: the content's will be loaded */
	uint8_t depth, head_len, tag_len;
	uint8_t empty; /* pieces of the content that were */
	uint64_t at, end[SEAMKEY_I_BLOCK_DEPTH]; /* of levels; ~0: indefinite */
	uint64_t left;                           /* of the element */
	size_t got;                              /* of it, in small or buf */
	size_t wait_at, wait_len;     /* of plaintext in buf, of CBC */
	const seamkey_block_key *key; /* the one that is to open */
	seamkey_block_entry entry;    /* in buf */
	seamkey_i_block_content content;
	unsigned char *header; /* asking: where entries go, or NULL */
	size_t header_len, header_cap;
	unsigned char head[12], small[64];
	unsigned char buf[SEAMKEY_BLOCK_ENTRY_MAX];
} seamkey_block_opener;

/*
 * Begin to open a block with one of keys[0..count). lenient: 0, or some of
 * SEAMKEY_BLOCK_CBC, _DES, _BER, SEAMKEY_ABSENT_NULL. env may be NULL; it
 * and keys stay in place until the end. Of the entries that a key is for
 * the first is taken, and no other. What is passed over is not looked into:
 * entries behind that one, those longer than SEAMKEY_BLOCK_ENTRY_MAX,
 * originatorInfo, attributes that are not authenticated.
 */
SEAMKEY_API void seamkey_block_open_begin(seamkey_block_opener *o,
	const seamkey_rsa_env *env, unsigned lenient,
	const seamkey_block_key *keys, size_t count);

/*
 * Go on: takes *used of in_len bytes of the block and gives *out_len of
 * out_cap bytes of the message. in and out must not overlap. Any sizes do,
 * 0 too.
 *
 * NOTHING THAT COMES OUT MAY BE USED before SEAMKEY_OK has come: until then
 * it is what an attacker wants it to be.
 *
 * Returns SEAMKEY_AGAIN: more of the block is wanted, or more room;
 * SEAMKEY_OK: the block has ended, and with AES-GCM is authentic (bytes
 * behind it are not taken: see *used); SEAMKEY_ERR_BLOCK_OPEN for a key that
 * does not unwrap, content that was changed, bad padding; an error that
 * names what is wrong with the structure, from the list of this header or
 * of seamkey_der.h; one of the key, as for seamkey_rsa_decrypt(). An error
 * stays. Constant time in the key and in whether it unwrapped.
 */
SEAMKEY_API int seamkey_block_open_push(seamkey_block_opener *o,
	const unsigned char *in, size_t in_len, size_t *used,
	unsigned char *out, size_t out_cap, size_t *out_len);

SEAMKEY_API void seamkey_block_open_wipe(seamkey_block_opener *o);

/*
 * All at once, and nothing comes out before it is authentic: on any error
 * out is zeros as far as it was written, and *len unchanged. block must be
 * one block and no more; out[0..cap) must not overlap it; SEAMKEY_ERR_SPACE
 * where the message does not fit (block.len is always enough).
 */
SEAMKEY_API int seamkey_block_open(const seamkey_rsa_env *env, unsigned lenient,
	const seamkey_block_key *keys, size_t count, seamkey_span block,
	unsigned char *out, size_t cap, size_t *len);

/* ---- [block.6] Opening by other ways --------------------------------- */

/*
 * Open a block whose key somebody else has, such as a release agent
 * (seamkey_release.h): begin, and push until get_header answers other than
 * SEAMKEY_AGAIN; from there on push takes nothing, until the key of the
 * content has been loaded.
 *
 *   header[0..cap)  out: the RecipientInfos, as they come; it stays in
 *                   place until the header has been used. SEAMKEY_ERR_SPACE
 *                   of push: they do not fit. NULL: they are passed over.
 *   *recipients     out: the RecipientInfos as one SET OF, in header
 *   *algorithm      out: the contentEncryptionAlgorithm, whole, in *o
 *   key             of the content: as many bytes as its cipher wants, else
 *                   SEAMKEY_ERR_BLOCK_KEY
 *
 * get_header returns SEAMKEY_OK, SEAMKEY_AGAIN, or the error that push gave;
 * load SEAMKEY_OK, or SEAMKEY_ERR_STATE before the header is there. That
 * the key is another one shows at the end, as SEAMKEY_ERR_BLOCK_OPEN.
 */
SEAMKEY_API void seamkey_block_open_begin_ask(seamkey_block_opener *o,
	unsigned lenient, unsigned char *header, size_t cap);
SEAMKEY_API int seamkey_block_open_get_header(const seamkey_block_opener *o,
	seamkey_span *recipients, seamkey_span *algorithm);
SEAMKEY_API int seamkey_block_open_load(
	seamkey_block_opener *o, seamkey_span key);

/*
 * The form of one call: as seamkey_block_open(), with the key of the
 * content. Also SEAMKEY_ERR_BLOCK_KEY.
 */
SEAMKEY_API int seamkey_block_open_content(unsigned lenient, seamkey_span key,
	seamkey_span block, unsigned char *out, size_t cap, size_t *len);

/*
 * Try a key on every recipient: where nobody knows by which name the block
 * is for it. It costs a private operation for each, so there is a bound.
 *
 *   recipients,     as of get_header
 *   algorithm
 *   key             PrivateKeyInfo; SubjectPublicKeyInfo with env->handle
 *   content[0..32)  out: the key of the content, *len bytes of it, for
 *                   seamkey_block_open_load(): that of the first entry
 *                   that unwraps to a key of the right length; if none
 *                   does, pseudo-random bytes, the same for the same
 *                   entries, others where any of them is another
 *
 * An entry that is not for this key unwraps by chance once in 2^25 with
 * PKCS #1 v1.5, never with OAEP; then the block does not open.
 *
 * THE ATTACK: a block with an entry that was made for the key, behind one
 * whose encrypted key is to be found out, opens if and only if that one does
 * not unwrap. Who may hand in such blocks and learns which of them opened
 * asks what seamkey_rsa_decrypt_report() would answer, though only for
 * messages as long as a key, which takes some 10^7 questions, 15 in each
 * block. So this is for blocks of one's own, not for a service; that knows
 * its names, and opens by them. With OAEP alone there is no such attack.
 *
 * Returns SEAMKEY_OK, which does not say whether any was good; else
 * content[] is unchanged: SEAMKEY_ERR_BLOCK_MANY where more than
 * SEAMKEY_BLOCK_TRIES entries are as long as the key's modulus,
 * SEAMKEY_ERR_BLOCK_NO_RECIPIENT where none is; _CIPHER, _NONCE, _TAG; those
 * of seamkey_block_decode_entry() but for other kinds, which are passed over;
 * those of the key, as for seamkey_rsa_decrypt(). Constant time in the key,
 * and in which entry was good.
 */
#define SEAMKEY_BLOCK_TRIES 16

SEAMKEY_API int seamkey_block_open_try(const seamkey_rsa_env *env,
	unsigned lenient, seamkey_span recipients, seamkey_span algorithm,
	seamkey_span key, unsigned char content[32], size_t *len);

/*
 * The form of one call: as seamkey_block_open(), with work[0..work_len) for
 * the recipients. work is left as it is: nothing in it is secret.
 */
SEAMKEY_API int seamkey_block_open_any(const seamkey_rsa_env *env,
	unsigned lenient, seamkey_span key, seamkey_span block,
	unsigned char *work, size_t work_len, unsigned char *out, size_t cap,
	size_t *len);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_BLOCK_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_BLOCK_IMPLEMENTED)
#define SEAMKEY_BLOCK_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [block.1] Ciphers and leniencies -------------------------------- */

/* Object identifiers, as whole elements. */
#define SEAMKEY_I_BLOCK_OID_DATA "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x01"
#define SEAMKEY_I_BLOCK_OID_ENVELOPED \
	"\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x03"
#define SEAMKEY_I_BLOCK_OID_AUTH_ENVELOPED \
	"\x06\x0B\x2A\x86\x48\x86\xF7\x0D\x01\x09\x10\x01\x17"
#define SEAMKEY_I_BLOCK_SPAN(text) seamkey_span_of((text), sizeof(text) - 1)

static inline int
seamkey_i_block_is(seamkey_span a, seamkey_span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

typedef struct seamkey_i_block_info {
	uint8_t cipher, key_len;
	uint8_t block;     /* octets of CBC's; 0: GCM */
	uint16_t leniency; /* that admits it to be read; 0: none needed */
	uint8_t oid_len;
	unsigned char oid[11]; /* the whole element */
} seamkey_i_block_info;

#define SEAMKEY_I_BLOCK_CIPHERS 6

/* GCM's own limit, 2^36 - 32 octets of content: SP 800-38D, 5.2.1.1. */
#define SEAMKEY_I_BLOCK_GCM_MAX ((uint64_t)0xFFFFFFFE0u)

/* clang-format off */
static inline const seamkey_i_block_info *
seamkey_i_block_infos(void)
{
	static const seamkey_i_block_info infos[SEAMKEY_I_BLOCK_CIPHERS] = {
		{ SEAMKEY_BLOCK_AES_128_GCM, 16, 0, 0, 11, { 0x06, 0x09, 0x60,
			0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x06 } },
		{ SEAMKEY_BLOCK_AES_256_GCM, 32, 0, 0, 11, { 0x06, 0x09, 0x60,
			0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2E } },
		{ SEAMKEY_BLOCK_AES_128_CBC, 16, 16, SEAMKEY_BLOCK_CBC, 11, {
			0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
			0x01, 0x02 } },
		{ SEAMKEY_BLOCK_AES_256_CBC, 32, 16, SEAMKEY_BLOCK_CBC, 11, {
			0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
			0x01, 0x2A } },
		{ SEAMKEY_BLOCK_DES_EDE3_CBC, 24, 8, SEAMKEY_BLOCK_DES, 10, {
			0x06, 0x08, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x03,
			0x07 } },
		{ SEAMKEY_BLOCK_DES_CBC, 8, 8, SEAMKEY_BLOCK_DES, 7, { 0x06,
			0x05, 0x2B, 0x0E, 0x03, 0x02, 0x07 } },
	};

	return infos;
}
/* clang-format on */

/* The properties of a cipher, which is one. */
static inline const seamkey_i_block_info *
seamkey_i_block_info_of(int cipher)
{
	return &seamkey_i_block_infos()[cipher - 1];
}

/* Start the content cipher. iv: 12 octets with GCM, else a block. */
static inline void
seamkey_i_block_start(seamkey_i_block_content *c, int cipher,
	const unsigned char *key, const unsigned char *iv, int sealing)
{
	const seamkey_i_block_info *info = seamkey_i_block_info_of(cipher);
	const br_block_cbcenc_class *enc;
	const br_block_cbcdec_class *dec;
	seamkey_aead aead;

	c->cipher = (uint8_t)cipher;
	c->held = 0;
	memcpy(c->iv, iv, info->block == 0 ? 12 : info->block);
	if (info->block == 0) {
		seamkey_i_gcm_choose(&aead);
		((const br_block_ctr_class *)aead.block)
			->init(&c->keys.ctr.vtable, key, info->key_len);
		br_gcm_init(&c->gcm, &c->keys.ctr.vtable, (br_ghash)aead.mac);
		br_gcm_reset(&c->gcm, c->iv, 12);
		br_gcm_flip(&c->gcm);
	} else if (info->block == 8) {
		br_des_ct_cbcdec_vtable.init(
			&c->keys.des.vtable, key, info->key_len);
	} else if (sealing) {
		enc = SEAMKEY_I_IF_AESNI(cbcenc);
		(enc != NULL ? enc : &br_aes_ct_cbcenc_vtable)
			->init(&c->keys.enc.vtable, key, info->key_len);
	} else {
		dec = SEAMKEY_I_IF_AESNI(cbcdec);
		(dec != NULL ? dec : &br_aes_ct_cbcdec_vtable)
			->init(&c->keys.dec.vtable, key, info->key_len);
	}
	seamkey_i_scrub();
}

/* x = x * h in GCM's field. */
static inline void
seamkey_i_block_times(br_ghash ghash, unsigned char *x, const unsigned char *h)
{
	static const unsigned char zero[16] = { 0 };

	ghash(x, h, zero, sizeof zero);
}

/*
 * Attributes are authenticated before the content, and stand behind it. So
 * their sum is moved over as many blocks as the content has had: multiplied
 * by that power of h, which is public but for h.
 */
static inline void
seamkey_i_block_add_attributes(
	br_gcm_context *gcm, const unsigned char *p, size_t len)
{
	static const unsigned char set[1] = { 0x31 }; /* not [1]: RFC 5083 */
	unsigned char y[16] = { 0 }, square[16], first[16];
	uint64_t blocks = gcm->count_ctr >> 4;
	size_t head = len < 16 ? len : 16, u;

	memcpy(first, p, head);
	memcpy(first, set, 1);
	gcm->gh(y, gcm->h, first, head);
	gcm->gh(y, gcm->h, p + head, len - head);
	memcpy(square, gcm->h, sizeof square);
	for (; blocks != 0; blocks >>= 1) {
		if (blocks & 1) {
			seamkey_i_block_times(gcm->gh, y, square);
		}
		memcpy(first, square, sizeof first);
		seamkey_i_block_times(gcm->gh, square, first);
	}
	for (u = 0; u < sizeof y; u++) {
		gcm->y[u] ^= y[u];
	}
	gcm->count_aad = len;
	seamkey_wipe(y, sizeof y);
	seamkey_wipe(square, sizeof square);
	seamkey_wipe(first, sizeof first);
}

/* ---- [block.2] Errors ------------------------------------------------ */

SEAMKEY_API const char *
seamkey_block_text(int status)
{
	switch (status) {
		SEAMKEY_BLOCK_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_rsa_text(status);
	}
}

/* ---- [block.3] Recipients -------------------------------------------- */

/* AlgorithmIdentifiers of key encryption. The hash of OAEP has absent
 * parameters, as RFC 5754 section 2 has SHA-2 written. */
#define SEAMKEY_I_BLOCK_RSA \
	"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01\x05\x00"
#define SEAMKEY_I_BLOCK_SHA256 \
	"\x30\x0B\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define SEAMKEY_I_BLOCK_OAEP_HEAD \
	"\x30\x38\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x07\x30\x2B\xA0\x0D"
#define SEAMKEY_I_BLOCK_MGF1_OID "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08"
#define SEAMKEY_I_BLOCK_OAEP \
	SEAMKEY_I_BLOCK_OAEP_HEAD SEAMKEY_I_BLOCK_SHA256 \
		"\xA1\x1A\x30\x18" SEAMKEY_I_BLOCK_MGF1_OID \
			SEAMKEY_I_BLOCK_SHA256

static inline seamkey_span
seamkey_i_block_algorithm(int padding)
{
	return padding == SEAMKEY_BLOCK_OAEP
		? SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_BLOCK_OAEP)
		: SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_BLOCK_RSA);
}

/* SHA-256, with or without NULL: RFC 4055 section 2.1 has both read. */
static inline int
seamkey_i_block_is_sha256(seamkey_der_reader *r)
{
	seamkey_der_algorithm a;

	seamkey_der_get_algorithm(r, &a);
	return r->err == SEAMKEY_OK
		&& seamkey_i_block_is(a.oid,
			seamkey_span_of(
				(const unsigned char *)SEAMKEY_I_BLOCK_SHA256
					+ 4,
				9))
		&& (a.parameters.len == 0
			|| seamkey_i_block_is(a.parameters,
				SEAMKEY_I_BLOCK_SPAN("\x05\x00")));
}

/* RSAES-OAEP-params: SHA-256 twice, and no label (or the default one, which
 * DER does not write). */
static inline int
seamkey_i_block_is_oaep(seamkey_span parameters)
{
	seamkey_der_reader r, seq, tagged, mgf;
	seamkey_span oid;
	int ok;

	seamkey_der_init(&r, parameters);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_enter(&seq, &tagged, 0xA0);
	ok = seamkey_i_block_is_sha256(&tagged);
	seamkey_der_finish(&seq, &tagged);
	seamkey_der_enter(&seq, &tagged, 0xA1);
	seamkey_der_enter(&tagged, &mgf, SEAMKEY_DER_SEQUENCE);
	oid = seamkey_der_get_oid(&mgf);
	ok = ok
		&& seamkey_i_block_is(oid,
			seamkey_span_of(
				(const unsigned char *)SEAMKEY_I_BLOCK_MGF1_OID
					+ 2,
				9))
		&& seamkey_i_block_is_sha256(&mgf);
	seamkey_der_finish(&tagged, &mgf);
	seamkey_der_finish(&seq, &tagged);
	seamkey_der_finish(&r, &seq);
	return ok && seamkey_der_check_end(&r) == SEAMKEY_OK;
}

/* How the key is encrypted, or SEAMKEY_ERR_BLOCK_WRAP. */
static inline int
seamkey_i_block_padding(const seamkey_der_algorithm *a, unsigned lenient)
{
	static const unsigned char oid[9] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
		0x0D, 0x01, 0x01, 0x01 };

	if (a->oid.len != sizeof oid || memcmp(a->oid.p, oid, 8) != 0) {
		return SEAMKEY_ERR_BLOCK_WRAP;
	}
	if (a->oid.p[8] == 0x01
		&& (seamkey_i_block_is(
			    a->parameters, SEAMKEY_I_BLOCK_SPAN("\x05\x00"))
			|| (a->parameters.len == 0
				&& (lenient & SEAMKEY_ABSENT_NULL) != 0))) {
		return SEAMKEY_BLOCK_PKCS1;
	}
	if (a->oid.p[8] == 0x07 && seamkey_i_block_is_oaep(a->parameters)) {
		return SEAMKEY_BLOCK_OAEP;
	}
	return SEAMKEY_ERR_BLOCK_WRAP;
}

/* RecipientInfo is a CHOICE: what is this tag? */
static inline int
seamkey_i_block_kind(unsigned tag)
{
	switch (tag) {
	case SEAMKEY_DER_SEQUENCE:
		return SEAMKEY_OK;
	case 0xA1:
		return SEAMKEY_ERR_BLOCK_KEY_AGREE;
	case 0xA2:
		return SEAMKEY_ERR_BLOCK_KEK;
	case 0xA3:
		return SEAMKEY_ERR_BLOCK_PASSWORD;
	case 0xA4:
		return SEAMKEY_ERR_BLOCK_OTHER;
	default:
		return SEAMKEY_ERR_DER_TAG;
	}
}

/* The contents of an INTEGER in DER, of either sign: serial numbers in the
 * field are negative, too. */
static inline int
seamkey_i_block_is_integer(seamkey_span v)
{
	return v.len == 1
		|| (v.len > 1 && (v.p[0] != 0 || v.p[1] >= 0x80)
			&& (v.p[0] != 0xFF || v.p[1] < 0x80));
}

/* RecipientIdentifier: by identifier with version 2, by issuer and serial
 * number with version 0. */
static inline int
seamkey_i_block_get_id(
	seamkey_der_reader *r, uint32_t version, seamkey_block_entry *e)
{
	seamkey_der_reader seq;

	if (version == 2) {
		e->id = seamkey_der_get(r, 0x80);
		return r->err == SEAMKEY_OK
				&& (e->id.len == 0
					|| e->id.len > SEAMKEY_BLOCK_ID_MAX)
			? SEAMKEY_ERR_BLOCK_ID
			: SEAMKEY_OK;
	}
	seamkey_der_enter(r, &seq, SEAMKEY_DER_SEQUENCE);
	e->issuer = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	e->serial = seamkey_der_get(&seq, SEAMKEY_DER_INTEGER);
	if (seq.err == SEAMKEY_OK && !seamkey_i_block_is_integer(e->serial)) {
		seq.err = SEAMKEY_ERR_DER_INTEGER;
	}
	seamkey_der_finish(r, &seq);
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_block_decode_entry(
	seamkey_block_entry *out, seamkey_span in, unsigned lenient)
{
	seamkey_der_reader r, seq;
	seamkey_der_algorithm algorithm;
	seamkey_block_entry e;
	uint32_t version;
	int status = seamkey_i_block_kind(in.len == 0 ? 0 : in.p[0]);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&e, 0, sizeof e);
	e.whole = in;
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	version = seamkey_der_get_uint(&seq);
	if (seq.err == SEAMKEY_OK && version != 0 && version != 2) {
		return SEAMKEY_ERR_BLOCK_VERSION;
	}
	status = seamkey_i_block_get_id(&seq, version, &e);
	seamkey_der_get_algorithm(&seq, &algorithm);
	e.wrapped = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	seamkey_der_finish(&r, &seq);
	if (seamkey_der_check_end(&r) != SEAMKEY_OK) {
		return seamkey_der_check_end(&r);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_block_padding(&algorithm, lenient);
	}
	if (status < 0) {
		return status;
	}
	e.padding = status;
	*out = e;
	return SEAMKEY_OK;
}

/* The head of an element, of any length; p NULL: its octets alone. */
static inline size_t
seamkey_i_block_head(unsigned char *p, unsigned tag, uint64_t len)
{
	unsigned octets = 0;
	uint64_t v;

	for (v = len; len >= 0x80 && v != 0; v >>= 8) {
		octets++;
	}
	if (p != NULL) {
		p[0] = (unsigned char)tag;
		p[1] = (unsigned char)(octets == 0 ? len : 0x80u | octets);
		if (octets != 0) {
			seamkey_i_aead_put(p + 2, len, octets);
		}
	}
	return 2 + octets;
}

static inline uint64_t
seamkey_i_block_element(uint64_t len)
{
	return seamkey_i_block_head(NULL, 0, len) + len;
}

/* An INTEGER of RSAPublicKey into sha; with sha NULL its octets alone. */
static inline size_t
seamkey_i_block_sha1_integer(br_sha1_context *sha, seamkey_span v)
{
	size_t sign = v.len == 0 || v.p[0] >= 0x80, len;
	unsigned char head[10 + 1];

	len = seamkey_i_block_head(head, SEAMKEY_DER_INTEGER, sign + v.len);
	head[len] = 0;
	if (sha != NULL) {
		br_sha1_update(sha, head, len + sign);
		br_sha1_update(sha, v.p, v.len);
	}
	return len + sign + v.len;
}

/* The SHA-1 of RSAPublicKey, the bits of a SubjectPublicKeyInfo; of any
 * length, as nobody has looked at the key. */
static inline void
seamkey_i_block_sha1(const seamkey_der_rsa_public *pub, unsigned char *out)
{
	unsigned char head[10];
	br_sha1_context sha;
	size_t len = seamkey_i_block_sha1_integer(NULL, pub->n)
		+ seamkey_i_block_sha1_integer(NULL, pub->e);

	br_sha1_init(&sha);
	br_sha1_update(&sha, head,
		seamkey_i_block_head(head, SEAMKEY_DER_SEQUENCE, len));
	(void)seamkey_i_block_sha1_integer(&sha, pub->n);
	(void)seamkey_i_block_sha1_integer(&sha, pub->e);
	br_sha1_out(&sha, out);
}

/* The same of a private key, or with a key in hardware of its public one. */
static inline int
seamkey_i_block_own_id(
	const seamkey_rsa_env *env, seamkey_span key, unsigned char *out)
{
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	int status;

	if (env != NULL && env->handle.len != 0) {
		status = seamkey_der_decode_rsa_public_info(
			&pub, key, env->policy.lenient);
	} else {
		status = seamkey_der_decode_rsa_private_info(
			&priv, key, env != NULL ? env->policy.lenient : 0);
		if (status == SEAMKEY_OK) {
			pub.n = priv.n;
			pub.e = priv.e;
		}
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_block_sha1(&pub, out);
	}
	return status;
}

/* Is the entry for this key? 1, 0, or an error of the key. */
static inline int
seamkey_i_block_match(const seamkey_rsa_env *env, const seamkey_block_key *k,
	const seamkey_block_entry *e)
{
	unsigned char sha1[20];
	int status;

	if (k->id.len != 0 || k->issuer.len != 0) {
		return e->id.len != 0 ? seamkey_i_block_is(k->id, e->id)
				      : seamkey_i_block_is(k->issuer, e->issuer)
				&& seamkey_i_block_is(k->serial, e->serial);
	}
	if (e->id.len != sizeof sha1) {
		return 0;
	}
	status = seamkey_i_block_own_id(env, k->key, sha1);
	return status < 0 ? status : memcmp(sha1, e->id.p, sizeof sha1) == 0;
}

/* ---- [block.4] Sealing ----------------------------------------------- */

/* What a sealer gives, one after the other. */
enum seamkey_i_block_seal_phase {
	SEAMKEY_I_SEAL_ENTRIES = 1, /* in buf: what stands before them */
	SEAMKEY_I_SEAL_INFO,
	SEAMKEY_I_SEAL_DATA,
	SEAMKEY_I_SEAL_TAIL,
	SEAMKEY_I_SEAL_DONE
};

/* The lengths of all levels, from the inside out. */
typedef struct seamkey_i_block_sizes {
	uint64_t content, info, body, inner, outer;
	seamkey_span oid, algorithm_oid;
	uint8_t parameters, version;
} seamkey_i_block_sizes;

/* Octets behind a cipher's identifier: nonce and length of the tag, or IV. */
#define SEAMKEY_I_BLOCK_GCM_PARAMETERS 19
#define SEAMKEY_I_BLOCK_CBC_PARAMETERS 18

static inline seamkey_i_block_sizes
seamkey_i_block_sizes_of(const seamkey_block_sealer *s, uint64_t message)
{
	const seamkey_i_block_info *info =
		seamkey_i_block_info_of(s->content.cipher);
	seamkey_i_block_sizes z;
	int gcm = info->block == 0;
	size_t u;

	z.oid = gcm ? SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_BLOCK_OID_AUTH_ENVELOPED)
		    : SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_BLOCK_OID_ENVELOPED);
	z.algorithm_oid = seamkey_span_of(info->oid, info->oid_len);
	z.parameters = gcm ? SEAMKEY_I_BLOCK_GCM_PARAMETERS
			   : SEAMKEY_I_BLOCK_CBC_PARAMETERS;
	z.version = 0;
	for (u = 0; u < s->count && !gcm; u++) {
		z.version = s->to[u].issuer.len == 0 ? 2 : z.version;
	}
	z.content = gcm ? message : (message / 16 + 1) * 16;
	z.info = sizeof SEAMKEY_I_BLOCK_OID_DATA - 1
		+ seamkey_i_block_element(info->oid_len + z.parameters)
		+ seamkey_i_block_element(z.content);
	z.body = 3 + seamkey_i_block_element(s->entries)
		+ seamkey_i_block_element(z.info) + (gcm ? 18u : 0u);
	z.inner = seamkey_i_block_element(z.body);
	z.outer = z.oid.len + seamkey_i_block_element(z.inner);
	return z;
}

/* One KeyTransRecipientInfo; wrapped NULL measures. */
static inline void
seamkey_i_block_put_entry(seamkey_der_writer *w,
	const seamkey_block_recipient *r, const unsigned char *wrapped)
{
	size_t seq = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE), name, key;
	seamkey_span algorithm = seamkey_i_block_algorithm(r->padding);

	if (r->issuer.len == 0) {
		seamkey_der_put_uint(w, 2);
		seamkey_der_put_element(w, 0x80,
			r->id.len != 0
				? r->id
				: seamkey_span_of(r->sha1, sizeof r->sha1));
	} else {
		seamkey_der_put_uint(w, 0);
		name = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
		seamkey_der_put(w, r->issuer.p, r->issuer.len);
		seamkey_der_put_element(w, SEAMKEY_DER_INTEGER, r->serial);
		seamkey_der_end(w, name);
	}
	seamkey_der_put(w, algorithm.p, algorithm.len);
	key = seamkey_der_begin(w, SEAMKEY_DER_OCTET_STRING);
	seamkey_der_put(w, wrapped, r->modulus);
	seamkey_der_end(w, key);
	seamkey_der_end(w, seq);
}

static inline size_t
seamkey_i_block_entry_len(const seamkey_block_recipient *r)
{
	seamkey_der_writer w;

	memset(&w, 0, sizeof w);
	seamkey_i_block_put_entry(&w, r, r->key.p); /* not read */
	return w.err == SEAMKEY_OK ? w.len : SIZE_MAX;
}

/* memcmp of what both have, then the shorter first. */
static inline int
seamkey_i_block_order(seamkey_span a, seamkey_span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len == 0 ? 0 : memcmp(a.p, b.p, len);

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

/*
 * The order of two entries in a SET OF (X.690 section 11.6): that of their
 * octets, of which those before the wrapped key decide. The head of an
 * element sorts by its length, so each level is compared by length first.
 */
static inline int
seamkey_i_block_compare(
	const seamkey_block_recipient *a, const seamkey_block_recipient *b)
{
	size_t la = seamkey_i_block_entry_len(a);
	size_t lb = seamkey_i_block_entry_len(b);
	int by_id = (a->issuer.len == 0) - (b->issuer.len == 0), order;
	seamkey_span x = a->id, y = b->id;

	if (la != lb || by_id != 0) {
		return la != lb ? (la > lb ? 1 : -1) : by_id;
	}
	if (a->issuer.len != 0) {
		uint64_t na =
			a->issuer.len + seamkey_i_block_element(a->serial.len);
		uint64_t nb =
			b->issuer.len + seamkey_i_block_element(b->serial.len);

		if (na != nb) {
			return na > nb ? 1 : -1;
		}
		order = seamkey_i_block_order(a->issuer, b->issuer);
		x = a->serial;
		y = b->serial;
	} else {
		x = x.len != 0 ? x : seamkey_span_of(a->sha1, sizeof a->sha1);
		y = y.len != 0 ? y : seamkey_span_of(b->sha1, sizeof b->sha1);
		order = 0;
	}
	if (order == 0 && x.len != y.len) {
		order = x.len > y.len ? 1 : -1;
	}
	if (order == 0) {
		order = seamkey_i_block_order(x, y);
	}
	return order;
}

/* Look at one recipient, and note what is needed of its key. */
static inline int
seamkey_i_block_look(const seamkey_rsa_env *env, seamkey_block_recipient *r)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->policy, SEAMKEY_I_RSA_ENCRYPT);
	seamkey_der_rsa_public pub;
	int status;

	if (r->padding != SEAMKEY_BLOCK_PKCS1
		&& r->padding != SEAMKEY_BLOCK_OAEP) {
		return SEAMKEY_ERR_ARG;
	}
	if (r->id.len > SEAMKEY_BLOCK_ID_MAX
		|| (r->id.len != 0 && r->issuer.len != 0)
		|| (r->issuer.len == 0) != (r->serial.len == 0)) {
		return SEAMKEY_ERR_BLOCK_ID;
	}
	if (r->serial.len != 0 && !seamkey_i_block_is_integer(r->serial)) {
		return SEAMKEY_ERR_DER_INTEGER;
	}
	status = r->issuer.len != 0 ? seamkey_der_check(r->issuer) : SEAMKEY_OK;
	if (status == SEAMKEY_OK && r->issuer.len != 0
		&& r->issuer.p[0] != SEAMKEY_DER_SEQUENCE) {
		status = SEAMKEY_ERR_DER_TAG;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_der_decode_rsa_public_info(
			&pub, r->key, env->policy.lenient);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_der_check_rsa_public(&pub, &limits);
	}
	if (status == SEAMKEY_OK) {
		r->modulus = pub.n.len;
		seamkey_i_block_sha1(&pub, r->sha1);
	}
	if (status == SEAMKEY_OK
		&& seamkey_i_block_entry_len(r) > SEAMKEY_BLOCK_ENTRY_MAX) {
		status = SEAMKEY_ERR_LENGTH;
	}
	return status;
}

/* Would both look for their entry by the same name? Whoever opens takes the
 * first that has it. */
static inline int
seamkey_i_block_is_twin(
	const seamkey_block_recipient *a, const seamkey_block_recipient *b)
{
	seamkey_span x = a->id, y = b->id;

	if (a->issuer.len != 0 || b->issuer.len != 0) {
		return seamkey_i_block_is(a->issuer, b->issuer)
			&& seamkey_i_block_is(a->serial, b->serial);
	}
	x = x.len != 0 ? x : seamkey_span_of(a->sha1, sizeof a->sha1);
	y = y.len != 0 ? y : seamkey_span_of(b->sha1, sizeof b->sha1);
	return seamkey_i_block_is(x, y);
}

/* All recipients: looked at, measured, in order, no two alike. */
static inline int
seamkey_i_block_sort(seamkey_block_sealer *s)
{
	size_t u, v;
	int status;

	s->entries = 0;
	for (u = 0; u < s->count; u++) {
		status = seamkey_i_block_look(s->env, &s->to[u]);
		if (status != SEAMKEY_OK) {
			return status;
		}
		s->entries += seamkey_i_block_entry_len(&s->to[u]);
	}
	for (u = 1; u < s->count; u++) {
		seamkey_block_recipient r = s->to[u];

		for (v = 0; v < u; v++) {
			if (seamkey_i_block_is_twin(&r, &s->to[v])) {
				return SEAMKEY_ERR_BLOCK_TWICE;
			}
		}
		for (; v > 0; v--) {
			if (seamkey_i_block_compare(&r, &s->to[v - 1]) > 0) {
				break;
			}
			s->to[v] = s->to[v - 1];
		}
		s->to[v] = r;
	}
	return SEAMKEY_OK;
}

static inline void
seamkey_i_block_put(seamkey_block_sealer *s, const void *data, size_t len)
{
	memcpy(s->buf + s->len, data, len);
	s->len += len;
}

/* What stands before the first entry. */
static inline void
seamkey_i_block_write_first(
	seamkey_block_sealer *s, const seamkey_i_block_sizes *z)
{
	unsigned char version[3] = { 0x02, 0x01, 0x00 };

	version[2] = z->version;
	s->len += seamkey_i_block_head(
		s->buf + s->len, SEAMKEY_DER_SEQUENCE, z->outer);
	seamkey_i_block_put(s, z->oid.p, z->oid.len);
	s->len += seamkey_i_block_head(s->buf + s->len, 0xA0, z->inner);
	s->len += seamkey_i_block_head(
		s->buf + s->len, SEAMKEY_DER_SEQUENCE, z->body);
	seamkey_i_block_put(s, version, sizeof version);
	s->len += seamkey_i_block_head(s->buf + s->len, 0x31, s->entries);
}

SEAMKEY_API int
seamkey_block_seal_begin(seamkey_block_sealer *s, const seamkey_rsa_env *env,
	int cipher, seamkey_block_recipient *to, size_t count,
	uint64_t message_len)
{
	seamkey_i_block_sizes z;
	unsigned char iv[16];
	int status;

	memset(s, 0, sizeof *s);
	s->status = SEAMKEY_ERR_STATE;
	if (env == NULL || (to == NULL && count != 0)) {
		return SEAMKEY_ERR_ARG;
	}
	if (cipher < SEAMKEY_BLOCK_AES_128_GCM
		|| cipher > SEAMKEY_BLOCK_AES_256_CBC) {
		return SEAMKEY_ERR_BLOCK_CIPHER;
	}
	if (count == 0) {
		return SEAMKEY_ERR_BLOCK_RECIPIENTS;
	}
	if (message_len >> 62 != 0
		|| (cipher <= SEAMKEY_BLOCK_AES_256_GCM
			&& message_len > SEAMKEY_I_BLOCK_GCM_MAX)) {
		return SEAMKEY_ERR_LENGTH;
	}
	s->env = env;
	s->to = to;
	s->count = count;
	s->left = message_len;
	s->content.cipher = (uint8_t)cipher;
	status = seamkey_i_block_sort(s);
	if (status == SEAMKEY_OK) {
		status =
			seamkey_random_get(&env->random, s->key, sizeof s->key);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_random_get(&env->random, iv, sizeof iv);
	}
	z = seamkey_i_block_sizes_of(s, message_len);
	if (status == SEAMKEY_OK
		&& seamkey_i_block_element(z.outer) >> 62 != 0) {
		status = SEAMKEY_ERR_LENGTH;
	}
	if (status != SEAMKEY_OK) {
		seamkey_wipe(s->key, sizeof s->key);
		return status;
	}
	seamkey_i_block_start(&s->content, cipher, s->key, iv, 1);
	seamkey_i_block_write_first(s, &z);
	s->phase = SEAMKEY_I_SEAL_ENTRIES;
	s->status = SEAMKEY_AGAIN;
	return SEAMKEY_OK;
}

SEAMKEY_API uint64_t
seamkey_block_seal_size(const seamkey_block_sealer *s)
{
	/* known while nothing of the message has been taken */
	return s->phase == SEAMKEY_I_SEAL_ENTRIES ? seamkey_i_block_element(
		       seamkey_i_block_sizes_of(s, s->left).outer)
						  : 0;
}

/* The next entry goes into buf. */
static inline int
seamkey_i_block_write_entry(seamkey_block_sealer *s)
{
	const seamkey_block_recipient *r = &s->to[s->next];
	unsigned char wrapped[SEAMKEY_RSA_MAX_BYTES];
	seamkey_span key = seamkey_span_of(
		s->key, seamkey_i_block_info_of(s->content.cipher)->key_len);
	seamkey_der_writer w;
	size_t len = 0;
	int status = r->padding == SEAMKEY_BLOCK_OAEP
		? seamkey_rsa_encrypt_oaep(
			s->env, wrapped, sizeof wrapped, &len, key, r->key)
		: seamkey_rsa_encrypt(
			s->env, wrapped, sizeof wrapped, &len, key, r->key);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&w, 0, sizeof w);
	w.buf = s->buf;
	w.cap = sizeof s->buf;
	seamkey_i_block_put_entry(&w, r, wrapped);
	s->len = w.len;
	s->next++;
	return w.err;
}

/* EncryptedContentInfo up to the content. */
static inline void
seamkey_i_block_write_info(seamkey_block_sealer *s)
{
	seamkey_i_block_sizes z = seamkey_i_block_sizes_of(s, s->left);
	int gcm = z.parameters == SEAMKEY_I_BLOCK_GCM_PARAMETERS;

	s->len = seamkey_i_block_head(s->buf, SEAMKEY_DER_SEQUENCE, z.info);
	seamkey_i_block_put(s, SEAMKEY_I_BLOCK_OID_DATA,
		sizeof SEAMKEY_I_BLOCK_OID_DATA - 1);
	s->len += seamkey_i_block_head(s->buf + s->len, SEAMKEY_DER_SEQUENCE,
		z.algorithm_oid.len + z.parameters);
	seamkey_i_block_put(s, z.algorithm_oid.p, z.algorithm_oid.len);
	if (gcm) {
		seamkey_i_block_put(s, "\x30\x11\x04\x0C", 4);
		seamkey_i_block_put(s, s->content.iv, 12);
		seamkey_i_block_put(s, "\x02\x01\x10", 3);
	} else {
		seamkey_i_block_put(s, "\x04\x10", 2);
		seamkey_i_block_put(s, s->content.iv, 16);
	}
	s->len += seamkey_i_block_head(s->buf + s->len, 0x80, z.content);
}

/* CBC: so many octets of the message, by way of buf. */
static inline size_t
seamkey_i_block_cbc_seal(
	seamkey_block_sealer *s, const unsigned char *in, size_t len)
{
	seamkey_i_block_content *c = &s->content;
	size_t all, whole, pad;

	if (len > sizeof s->buf - 32) {
		len = sizeof s->buf - 32;
	}
	memcpy(s->buf, c->hold, c->held);
	if (len != 0) {
		memcpy(s->buf + c->held, in, len);
	}
	all = c->held + len;
	if (s->left == len) { /* the end: RFC 5652 section 6.3 */
		pad = 16 - all % 16;
		memset(s->buf + all, (int)pad, pad);
		all += pad;
		s->phase = SEAMKEY_I_SEAL_TAIL;
	}
	whole = all & ~(size_t)15;
	memcpy(c->hold, s->buf + whole, all - whole);
	c->held = (uint8_t)(all - whole);
	c->keys.enc.vtable->run(&c->keys.enc.vtable, c->iv, s->buf, whole);
	s->len = whole;
	return len;
}

/* As much of the message as there is and as fits. */
static inline void
seamkey_i_block_seal_data(seamkey_block_sealer *s, const unsigned char *in,
	size_t in_len, size_t *used, unsigned char *out, size_t out_cap,
	size_t *out_len)
{
	size_t n = in_len - *used;

	n = n > s->left ? (size_t)s->left : n;
	if (s->content.cipher > SEAMKEY_BLOCK_AES_256_GCM) {
		n = seamkey_i_block_cbc_seal(s, n == 0 ? in : in + *used, n);
	} else {
		n = n > out_cap - *out_len ? out_cap - *out_len : n;
		if (n != 0) {
			memcpy(out + *out_len, in + *used, n);
			br_gcm_run(&s->content.gcm, 1, out + *out_len, n);
		}
		*out_len += n;
		if (s->left == n) {
			s->phase = SEAMKEY_I_SEAL_TAIL;
		}
	}
	*used += n;
	s->left -= n;
}

/* What waits in buf goes out, as far as there is room. 1: all of it. */
static inline int
seamkey_i_block_flush(seamkey_block_sealer *s, unsigned char *out,
	size_t out_cap, size_t *out_len)
{
	size_t n = s->len - s->at;

	n = n > out_cap - *out_len ? out_cap - *out_len : n;
	if (n != 0) {
		memcpy(out + *out_len, s->buf + s->at, n);
	}
	*out_len += n;
	s->at += n;
	if (s->at < s->len) {
		return 0;
	}
	s->at = s->len = 0;
	return 1;
}

/* The step after what has gone out. Returns SEAMKEY_AGAIN to go on. */
static inline int
seamkey_i_block_seal_step(seamkey_block_sealer *s)
{
	switch (s->phase) {
	case SEAMKEY_I_SEAL_ENTRIES:
		if (s->next < s->count) {
			int status = seamkey_i_block_write_entry(s);

			return status == SEAMKEY_OK ? SEAMKEY_AGAIN : status;
		}
		seamkey_wipe(s->key, sizeof s->key);
		seamkey_i_block_write_info(s);
		s->phase = SEAMKEY_I_SEAL_DATA;
		return SEAMKEY_AGAIN;
	case SEAMKEY_I_SEAL_TAIL:
		if (s->content.cipher <= SEAMKEY_BLOCK_AES_256_GCM) {
			seamkey_i_block_put(s, "\x04\x10", 2);
			br_gcm_get_tag(&s->content.gcm, s->buf + s->len);
			s->len += 16;
		}
		s->phase = SEAMKEY_I_SEAL_DONE;
		return SEAMKEY_AGAIN;
	default:
		return SEAMKEY_OK;
	}
}

SEAMKEY_API int
seamkey_block_seal_push(seamkey_block_sealer *s, const unsigned char *in,
	size_t in_len, size_t *used, unsigned char *out, size_t out_cap,
	size_t *out_len)
{
	*used = *out_len = 0;
	if (s->status != SEAMKEY_AGAIN) {
		return s->status;
	}
	while (seamkey_i_block_flush(s, out, out_cap, out_len)) {
		if (s->phase == SEAMKEY_I_SEAL_DATA) {
			size_t before = *used + *out_len;

			seamkey_i_block_seal_data(
				s, in, in_len, used, out, out_cap, out_len);
			if (s->phase == SEAMKEY_I_SEAL_DATA && s->len == 0
				&& before == *used + *out_len) {
				return SEAMKEY_AGAIN;
			}
			continue;
		}
		s->status = seamkey_i_block_seal_step(s);
		if (s->status == SEAMKEY_OK && *used < in_len) {
			s->status = SEAMKEY_ERR_BLOCK_LENGTH;
		}
		if (s->status != SEAMKEY_AGAIN) {
			int status = s->status;

			seamkey_block_seal_wipe(s);
			s->status = status;
			return status;
		}
	}
	return SEAMKEY_AGAIN;
}

SEAMKEY_API void
seamkey_block_seal_wipe(seamkey_block_sealer *s)
{
	seamkey_wipe(s, sizeof *s);
	s->status = SEAMKEY_ERR_STATE;
}

SEAMKEY_API int
seamkey_block_seal(const seamkey_rsa_env *env, int cipher,
	seamkey_block_recipient *to, size_t count, seamkey_span message,
	unsigned char *out, size_t cap, size_t *len)
{
	seamkey_block_sealer s;
	size_t used, written = 0;
	uint64_t size = 0;
	int status = seamkey_block_seal_begin(
		&s, env, cipher, to, count, message.len);

	if (status == SEAMKEY_OK) {
		size = seamkey_block_seal_size(&s);
		status = size > SIZE_MAX ? SEAMKEY_ERR_LENGTH : SEAMKEY_OK;
	}
	if (status == SEAMKEY_OK && out == NULL) {
		*len = (size_t)size;
	} else if (status == SEAMKEY_OK && cap < size) {
		*len = (size_t)size;
		status = SEAMKEY_ERR_SPACE;
	} else if (status == SEAMKEY_OK) {
		status = seamkey_block_seal_push(
			&s, message.p, message.len, &used, out, cap, &written);
		if (status == SEAMKEY_OK) {
			*len = written;
		} else {
			seamkey_wipe(out, written);
		}
	}
	seamkey_block_seal_wipe(&s);
	return status;
}

/* ---- [block.5] Opening ----------------------------------------------- */

/* What an opener expects, in this order. */
enum seamkey_i_block_open_phase {
	SEAMKEY_I_OPEN_CONTENT_INFO,
	SEAMKEY_I_OPEN_TYPE,
	SEAMKEY_I_OPEN_EXPLICIT,
	SEAMKEY_I_OPEN_BODY,
	SEAMKEY_I_OPEN_VERSION,
	SEAMKEY_I_OPEN_SET, /* or originatorInfo before it */
	SEAMKEY_I_OPEN_ENTRIES,
	SEAMKEY_I_OPEN_INFO,
	SEAMKEY_I_OPEN_DATA_TYPE,
	SEAMKEY_I_OPEN_ALGORITHM,
	SEAMKEY_I_OPEN_CONTENT,
	SEAMKEY_I_OPEN_PIECES,
	SEAMKEY_I_OPEN_INFO_END,
	SEAMKEY_I_OPEN_MAC,  /* or authAttrs before it */
	SEAMKEY_I_OPEN_REST, /* attributes that are not authenticated */
	SEAMKEY_I_OPEN_ENDS,
	SEAMKEY_I_OPEN_ASKED, /* the header is there, and no key */
	SEAMKEY_I_OPEN_DONE
};

/* What becomes of the octets of an element. */
enum seamkey_i_block_feeding {
	SEAMKEY_I_FEED_HEAD,
	SEAMKEY_I_FEED_SMALL,
	SEAMKEY_I_FEED_BUF,
	SEAMKEY_I_FEED_SKIP,
	SEAMKEY_I_FEED_HEADER,
	SEAMKEY_I_FEED_CONTENT
};

#define SEAMKEY_I_BLOCK_INDEFINITE (~(uint64_t)0)

SEAMKEY_API void
seamkey_block_open_begin(seamkey_block_opener *o, const seamkey_rsa_env *env,
	unsigned lenient, const seamkey_block_key *keys, size_t count)
{
	memset(o, 0, sizeof *o);
	o->env = env;
	o->lenient = lenient;
	o->keys = keys;
	o->count = count;
	o->status = SEAMKEY_AGAIN;
}

/* Into an element: a level more. */
static inline int
seamkey_i_block_enter(seamkey_block_opener *o, unsigned phase)
{
	o->end[o->depth++] = o->left == SEAMKEY_I_BLOCK_INDEFINITE
		? SEAMKEY_I_BLOCK_INDEFINITE
		: o->at + o->left;
	o->phase = (uint8_t)phase;
	o->once = 0;
	return SEAMKEY_AGAIN;
}

/* The octets of this element go there; how many there may be. */
static inline int
seamkey_i_block_feed(seamkey_block_opener *o, unsigned feeding, uint64_t most)
{
	if (o->left == SEAMKEY_I_BLOCK_INDEFINITE) {
		return SEAMKEY_ERR_BLOCK_BER; /* only where it is content */
	}
	if (o->left > most) {
		return SEAMKEY_ERR_DER_LENGTH;
	}
	o->feeding = (uint8_t)feeding;
	o->got = 0;
	return SEAMKEY_AGAIN;
}

/* The same with the head of the element before them. */
static inline int
seamkey_i_block_feed_whole(
	seamkey_block_opener *o, unsigned feeding, uint64_t most)
{
	unsigned char *to = feeding == SEAMKEY_I_FEED_SMALL ? o->small : o->buf;
	int status = seamkey_i_block_feed(o, feeding, most - o->head_len);

	if (status == SEAMKEY_AGAIN) {
		memcpy(to, o->head, o->head_len);
		o->got = o->head_len;
	}
	return status;
}

/* A status for CMS content of another type. */
static inline int
seamkey_i_block_type(seamkey_block_opener *o)
{
	static const unsigned char pkcs7[8] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
		0x0D, 0x01, 0x07 };
	static const unsigned char smime[10] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
		0x0D, 0x01, 0x09, 0x10, 0x01 };
	unsigned last = o->got == 0 ? 0 : o->small[o->got - 1];

	o->phase = SEAMKEY_I_OPEN_EXPLICIT;
	if (o->got == 9 && memcmp(o->small, pkcs7, 8) == 0) {
		switch (last) {
		case 1:
			return SEAMKEY_ERR_BLOCK_DATA;
		case 2:
			return SEAMKEY_ERR_BLOCK_SIGNED;
		case 3:
			return SEAMKEY_AGAIN;
		case 5:
			return SEAMKEY_ERR_BLOCK_DIGESTED;
		case 6:
			return SEAMKEY_ERR_BLOCK_ENCRYPTED;
		default:
			return SEAMKEY_ERR_BLOCK_CONTENT;
		}
	}
	if (o->got == 11 && memcmp(o->small, smime, 10) == 0) {
		switch (last) {
		case 2:
			return SEAMKEY_ERR_BLOCK_AUTHENTICATED;
		case 9:
			return SEAMKEY_ERR_BLOCK_COMPRESSED;
		case 23:
			o->authentic = 1;
			return SEAMKEY_AGAIN;
		default:
			return SEAMKEY_ERR_BLOCK_CONTENT;
		}
	}
	return SEAMKEY_ERR_BLOCK_CONTENT;
}

/* An entry is in buf: is it for one of the keys? */
static inline int
seamkey_i_block_take_entry(seamkey_block_opener *o)
{
	seamkey_block_entry e;
	size_t u;
	int status = seamkey_block_decode_entry(
		&e, seamkey_span_of(o->buf, o->got), o->lenient);

	if (status == SEAMKEY_ERR_BLOCK_WRAP) {
		o->other = status;
		return SEAMKEY_AGAIN;
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	for (u = 0; u < o->count && o->key == NULL; u++) {
		status = seamkey_i_block_match(o->env, &o->keys[u], &e);
		if (status < 0) {
			return status;
		}
		o->key = status ? &o->keys[u] : NULL;
		o->entry = e;
	}
	return SEAMKEY_AGAIN;
}

/* The cipher with this AlgorithmIdentifier, and its nonce or IV. */
static inline int
seamkey_i_block_get_cipher(seamkey_block_opener *o, seamkey_span *iv)
{
	const seamkey_i_block_info *info = NULL;
	seamkey_der_reader r, seq, params;
	seamkey_span oid;
	unsigned u;

	seamkey_der_init(&r, seamkey_span_of(o->small, o->got));
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	oid = seamkey_der_get_element(&seq, SEAMKEY_DER_OID);
	for (u = 0; u < SEAMKEY_I_BLOCK_CIPHERS; u++) {
		const seamkey_i_block_info *i = &seamkey_i_block_infos()[u];

		if (seamkey_i_block_is(
			    oid, seamkey_span_of(i->oid, i->oid_len))) {
			info = i;
		}
	}
	if (seq.err != SEAMKEY_OK) {
		return seq.err;
	}
	if (info == NULL || (info->block == 0) != o->authentic
		|| (info->leniency & ~o->lenient) != 0) {
		return SEAMKEY_ERR_BLOCK_CIPHER;
	}
	o->tag_len = 12; /* the default of aes-ICVlen: RFC 5084 section 3.2 */
	if (info->block == 0) {
		seamkey_der_enter(&seq, &params, SEAMKEY_DER_SEQUENCE);
		*iv = seamkey_der_get(&params, SEAMKEY_DER_OCTET_STRING);
		if (seamkey_der_match(&params, SEAMKEY_DER_INTEGER)) {
			uint32_t tag = seamkey_der_get_uint(&params);

			/* DER does not write the default */
			o->tag_len = tag > 12 && tag <= 16 ? (uint8_t)tag : 0;
		}
		seamkey_der_finish(&seq, &params);
	} else {
		*iv = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	}
	seamkey_der_finish(&r, &seq);
	if (seamkey_der_check_end(&r) != SEAMKEY_OK) {
		return seamkey_der_check_end(&r);
	}
	if (iv->len != (info->block == 0 ? (size_t)12 : info->block)) {
		return SEAMKEY_ERR_BLOCK_NONCE;
	}
	if (o->tag_len == 0) {
		return SEAMKEY_ERR_BLOCK_TAG;
	}
	return info->cipher;
}

/*
 * The cipher is known, and so is the length of its key: unwrap that. What
 * comes out of a bad ciphertext is pseudo-random (seamkey_rsa.h, section
 * 7), and nobody here knows which it is.
 */
static inline int
seamkey_i_block_take_cipher(seamkey_block_opener *o)
{
	unsigned char key[32];
	seamkey_span iv = { NULL, 0 };
	int cipher = seamkey_i_block_get_cipher(o, &iv), status;
	size_t len;

	if (cipher < 0) {
		return cipher;
	}
	if (o->asking) {
		o->phase = SEAMKEY_I_OPEN_ASKED;
		return SEAMKEY_AGAIN;
	}
	len = seamkey_i_block_info_of(cipher)->key_len;
	status = (o->entry.padding == SEAMKEY_BLOCK_OAEP
			? seamkey_rsa_decrypt_oaep
			: seamkey_rsa_decrypt)(
		o->env, key, len, o->entry.wrapped, o->key->key);
	if (status == SEAMKEY_OK) {
		seamkey_i_block_start(&o->content, cipher, key, iv.p, 0);
		status = SEAMKEY_AGAIN;
	}
	seamkey_wipe(key, sizeof key);
	o->phase = SEAMKEY_I_OPEN_CONTENT;
	return status;
}

/* 1 if a < b, of numbers below 2^31. */
static inline uint32_t
seamkey_i_block_less(uint32_t a, uint32_t b)
{
	return (a - b) >> 31;
}

/* The content has ended; CBC still has its last block, which goes to buf. */
static inline int
seamkey_i_block_content_end(seamkey_block_opener *o)
{
	const seamkey_i_block_info *info =
		seamkey_i_block_info_of(o->content.cipher);
	unsigned char *p = o->content.hold;
	uint32_t bad = 0, pad;
	unsigned u;

	o->phase = SEAMKEY_I_OPEN_INFO_END;
	if (info->block == 0) {
		return SEAMKEY_AGAIN;
	}
	if (o->content.held != info->block) {
		return SEAMKEY_ERR_BLOCK_OPEN;
	}
	o->content.keys.dec.vtable->run(
		&o->content.keys.dec.vtable, o->content.iv, p, info->block);
	pad = p[info->block - 1];
	bad = seamkey_i_ct_zero(pad) | seamkey_i_block_less(info->block, pad);
	for (u = 0; u < info->block; u++) {
		/* octets from block - pad on are all pad */
		bad |= seamkey_i_block_less(info->block - 1 - u, pad)
			& (1 ^ seamkey_i_ct_zero(p[u] ^ pad));
	}
	if (seamkey_i_declassify(bad)) {
		return SEAMKEY_ERR_BLOCK_OPEN;
	}
	memcpy(o->buf, p, info->block);
	o->wait_at = 0;
	o->wait_len = info->block - (size_t)seamkey_i_declassify(pad);
	return SEAMKEY_AGAIN;
}

/* The attribute contentType has to be there, once, and to say id-data (RFC
 * 5083 section 2.1, RFC 5652 section 11.1). */
static inline int
seamkey_i_block_check_type(seamkey_span attributes)
{
	static const unsigned char type[9] = { 0x2A, 0x86, 0x48, 0x86, 0xF7,
		0x0D, 0x01, 0x09, 0x03 };
	seamkey_der_reader r, set, one;
	seamkey_span oid, value;
	unsigned seen = 0;

	seamkey_der_init(&r, attributes);
	seamkey_der_enter(&r, &set, 0xA1);
	while (seamkey_der_match(&set, SEAMKEY_DER_SEQUENCE)) {
		seamkey_der_enter(&set, &one, SEAMKEY_DER_SEQUENCE);
		oid = seamkey_der_get_oid(&one);
		value = seamkey_der_get(&one, 0x31);
		seamkey_der_finish(&set, &one);
		if (oid.len == sizeof type
			&& memcmp(oid.p, type, sizeof type) == 0
			&& set.err == SEAMKEY_OK) {
			if (!seamkey_i_block_is(value,
				    SEAMKEY_I_BLOCK_SPAN(
					    SEAMKEY_I_BLOCK_OID_DATA))) {
				return SEAMKEY_ERR_BLOCK_CONTENT;
			}
			seen++;
		}
	}
	seamkey_der_finish(&r, &set);
	if (seamkey_der_check_end(&r) != SEAMKEY_OK) {
		return seamkey_der_check_end(&r);
	}
	return seen == 1 ? SEAMKEY_OK : SEAMKEY_ERR_BLOCK_CONTENT;
}

/*
 * The authenticated attributes, for which DER is asked whatever the block
 * is: the tag was made over that.
 */
static inline int
seamkey_i_block_take_attributes(seamkey_block_opener *o)
{
	int status = seamkey_der_check(seamkey_span_of(o->buf, o->got));

	if (status == SEAMKEY_OK) {
		status = seamkey_i_block_check_type(
			seamkey_span_of(o->buf, o->got));
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_block_add_attributes(&o->content.gcm, o->buf, o->got);
	o->once = 1;
	return SEAMKEY_AGAIN;
}

static inline int
seamkey_i_block_take_mac(seamkey_block_opener *o)
{
	unsigned char right[16];
	uint32_t same;

	br_gcm_get_tag(&o->content.gcm, right);
	same = seamkey_i_declassify(
		seamkey_ct_equal(right, o->small, o->tag_len));
	seamkey_wipe(right, sizeof right);
	o->phase = SEAMKEY_I_OPEN_REST;
	o->once = 0;
	return same ? SEAMKEY_AGAIN : SEAMKEY_ERR_BLOCK_OPEN;
}

/* An element has come whole. */
static inline int
seamkey_i_block_taken(seamkey_block_opener *o)
{
	unsigned feeding = o->feeding;
	int status;

	o->feeding = SEAMKEY_I_FEED_HEAD;
	if (feeding == SEAMKEY_I_FEED_SKIP
		|| feeding == SEAMKEY_I_FEED_HEADER) {
		return SEAMKEY_AGAIN;
	}
	switch (o->phase) {
	case SEAMKEY_I_OPEN_TYPE:
		return seamkey_i_block_type(o);
	case SEAMKEY_I_OPEN_VERSION:
		o->phase = SEAMKEY_I_OPEN_SET;
		/* 1 is none: RFC 5652 section 6.1 */
		return o->small[0] > 4 || o->small[0] == 1
				|| (o->authentic && o->small[0] != 0)
			? SEAMKEY_ERR_BLOCK_VERSION
			: SEAMKEY_AGAIN;
	case SEAMKEY_I_OPEN_ENTRIES:
		return seamkey_i_block_take_entry(o);
	case SEAMKEY_I_OPEN_DATA_TYPE:
		o->phase = SEAMKEY_I_OPEN_ALGORITHM;
		o->is_data = (uint8_t)seamkey_i_block_is(
			seamkey_span_of(o->small, o->got),
			SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_BLOCK_OID_DATA));
		status = seamkey_der_check(seamkey_span_of(o->small, o->got));
		return status == SEAMKEY_OK ? SEAMKEY_AGAIN : status;
	case SEAMKEY_I_OPEN_ALGORITHM:
		return seamkey_i_block_take_cipher(o);
	case SEAMKEY_I_OPEN_CONTENT:
		return seamkey_i_block_content_end(o);
	case SEAMKEY_I_OPEN_MAC:
		return feeding == SEAMKEY_I_FEED_BUF
			? seamkey_i_block_take_attributes(o)
			: seamkey_i_block_take_mac(o);
	default:
		return SEAMKEY_AGAIN;
	}
}

/* An entry goes to the header whole. */
static inline int
seamkey_i_block_feed_header(seamkey_block_opener *o)
{
	size_t room = o->header_cap - o->header_len;
	int status;

	if (o->left != SEAMKEY_I_BLOCK_INDEFINITE
		&& (room < o->head_len || o->left > room - o->head_len)) {
		return SEAMKEY_ERR_SPACE;
	}
	status = seamkey_i_block_feed(o, SEAMKEY_I_FEED_HEADER, room);
	if (status == SEAMKEY_AGAIN) {
		memcpy(o->header + o->header_len, o->head, o->head_len);
		o->header_len += o->head_len;
	}
	return status;
}

/* An entry begins. One that cannot be for a key is passed over. */
static inline int
seamkey_i_block_begin_entry(seamkey_block_opener *o, unsigned tag)
{
	int kind = seamkey_i_block_kind(tag);

	if (kind == SEAMKEY_ERR_DER_TAG) {
		return kind;
	}
	o->once = 1;
	if (o->header != NULL) {
		return seamkey_i_block_feed_header(o);
	}
	if (kind != SEAMKEY_OK) {
		o->other = kind;
	}
	if (kind != SEAMKEY_OK || o->key != NULL || o->asking
		|| o->left > (uint64_t)SEAMKEY_BLOCK_ENTRY_MAX - o->head_len) {
		return seamkey_i_block_feed(
			o, SEAMKEY_I_FEED_SKIP, SEAMKEY_I_BLOCK_INDEFINITE);
	}
	return seamkey_i_block_feed_whole(
		o, SEAMKEY_I_FEED_BUF, SEAMKEY_BLOCK_ENTRY_MAX);
}

/* The content begins: in one element, or with BER in pieces. */
static inline int
seamkey_i_block_begin_content(seamkey_block_opener *o, unsigned tag)
{
	if (o->phase == SEAMKEY_I_OPEN_CONTENT && tag == 0xA0) {
		return (o->lenient & SEAMKEY_BLOCK_BER) != 0
			? seamkey_i_block_enter(o, SEAMKEY_I_OPEN_PIECES)
			: SEAMKEY_ERR_BLOCK_BER;
	}
	if (tag != (o->phase == SEAMKEY_I_OPEN_PIECES ? 0x04u : 0x80u)) {
		return SEAMKEY_ERR_DER_TAG;
	}
	if (o->phase == SEAMKEY_I_OPEN_PIECES && o->left == 0
		&& ++o->empty > SEAMKEY_BLOCK_EMPTY_MAX) {
		return SEAMKEY_ERR_BLOCK_EMPTY;
	}
	/* with GCM no more than its counter has blocks for */
	return seamkey_i_block_feed(o, SEAMKEY_I_FEED_CONTENT,
		o->content.cipher > SEAMKEY_BLOCK_AES_256_GCM
			? SEAMKEY_I_BLOCK_INDEFINITE
			: SEAMKEY_I_BLOCK_GCM_MAX - o->content.gcm.count_ctr);
}

/* What stands behind the content. */
static inline int
seamkey_i_block_begin_rest(seamkey_block_opener *o, unsigned tag)
{
	unsigned optional = o->phase == SEAMKEY_I_OPEN_MAC ? 0xA1
		: o->authentic                             ? 0xA2
							   : 0xA1;

	if (tag == optional && !o->once) {
		if (o->phase != SEAMKEY_I_OPEN_MAC) {
			o->once = 1;
			return seamkey_i_block_feed(o, SEAMKEY_I_FEED_SKIP,
				SEAMKEY_I_BLOCK_INDEFINITE);
		}
		if (o->left > sizeof o->buf - o->head_len) {
			return SEAMKEY_ERR_BLOCK_ATTRIBUTES;
		}
		return seamkey_i_block_feed_whole(
			o, SEAMKEY_I_FEED_BUF, sizeof o->buf);
	}
	if (o->phase != SEAMKEY_I_OPEN_MAC || tag != SEAMKEY_DER_OCTET_STRING) {
		return SEAMKEY_ERR_DER_TAG;
	}
	if (o->left != o->tag_len) {
		return SEAMKEY_ERR_BLOCK_TAG;
	}
	/* no other type has been seen, and one that is not authenticated
	 * could be exchanged for another: RFC 5083 section 2.1 */
	return !o->is_data ? SEAMKEY_ERR_BLOCK_CONTENT
			   : seamkey_i_block_feed(o, SEAMKEY_I_FEED_SMALL, 16);
}

/* The head of an element is there. */
static inline int
seamkey_i_block_begin_element(seamkey_block_opener *o, unsigned tag)
{
	static const unsigned char tags[] = { SEAMKEY_DER_SEQUENCE,
		SEAMKEY_DER_OID, 0xA0, SEAMKEY_DER_SEQUENCE,
		SEAMKEY_DER_INTEGER, 0x31, 0, SEAMKEY_DER_SEQUENCE,
		SEAMKEY_DER_OID, SEAMKEY_DER_SEQUENCE };

	if (o->phase == SEAMKEY_I_OPEN_SET && tag == 0xA0 && !o->once) {
		o->once = 1; /* originatorInfo */
		return seamkey_i_block_feed(
			o, SEAMKEY_I_FEED_SKIP, SEAMKEY_I_BLOCK_INDEFINITE);
	}
	if (o->phase < sizeof tags && tags[o->phase] != 0
		&& tags[o->phase] != tag) {
		if (o->phase <= SEAMKEY_I_OPEN_TYPE) {
			return SEAMKEY_ERR_BLOCK_CONTENT;
		}
		return SEAMKEY_ERR_DER_TAG;
	}
	switch (o->phase) {
	case SEAMKEY_I_OPEN_TYPE:
		return seamkey_i_block_feed(o, SEAMKEY_I_FEED_SMALL, 32);
	case SEAMKEY_I_OPEN_DATA_TYPE:
		return seamkey_i_block_feed_whole(o, SEAMKEY_I_FEED_SMALL, 32);
	case SEAMKEY_I_OPEN_VERSION:
		return o->left == 1
			? seamkey_i_block_feed(o, SEAMKEY_I_FEED_SMALL, 1)
			: SEAMKEY_ERR_BLOCK_VERSION;
	case SEAMKEY_I_OPEN_ENTRIES:
		return seamkey_i_block_begin_entry(o, tag);
	case SEAMKEY_I_OPEN_ALGORITHM:
		return seamkey_i_block_feed_whole(
			o, SEAMKEY_I_FEED_SMALL, sizeof o->small);
	case SEAMKEY_I_OPEN_CONTENT:
	case SEAMKEY_I_OPEN_PIECES:
		return seamkey_i_block_begin_content(o, tag);
	case SEAMKEY_I_OPEN_MAC:
	case SEAMKEY_I_OPEN_REST:
		return seamkey_i_block_begin_rest(o, tag);
	case SEAMKEY_I_OPEN_INFO_END:
	case SEAMKEY_I_OPEN_ENDS:
		return SEAMKEY_ERR_DER_TRAILING;
	default: /* those with others in them */
		return seamkey_i_block_enter(o, o->phase + 1u);
	}
}

/* A level has come to its end. */
static inline int
seamkey_i_block_leave(seamkey_block_opener *o)
{
	o->depth--;
	switch (o->phase) {
	case SEAMKEY_I_OPEN_ENTRIES:
		o->phase = SEAMKEY_I_OPEN_INFO;
		if (!o->once) {
			return SEAMKEY_ERR_BLOCK_RECIPIENTS;
		}
		if (o->key != NULL || o->asking) {
			return SEAMKEY_AGAIN;
		}
		return o->other != 0 ? o->other
				     : SEAMKEY_ERR_BLOCK_NO_RECIPIENT;
	case SEAMKEY_I_OPEN_PIECES:
		return seamkey_i_block_content_end(o);
	case SEAMKEY_I_OPEN_CONTENT:
		return SEAMKEY_ERR_BLOCK_DETACHED;
	case SEAMKEY_I_OPEN_INFO_END:
		o->phase =
			o->authentic ? SEAMKEY_I_OPEN_MAC : SEAMKEY_I_OPEN_REST;
		o->once = 0;
		return SEAMKEY_AGAIN;
	case SEAMKEY_I_OPEN_REST:
	case SEAMKEY_I_OPEN_ENDS:
		o->phase = o->depth == 0 ? SEAMKEY_I_OPEN_DONE
					 : SEAMKEY_I_OPEN_ENDS;
		return o->depth == 0 ? SEAMKEY_OK : SEAMKEY_AGAIN;
	default:
		return SEAMKEY_ERR_DER_TRUNCATED;
	}
}

/* Where what is read now has to have ended: with the innermost level whose
 * length is known. */
static inline uint64_t
seamkey_i_block_bound(const seamkey_block_opener *o)
{
	unsigned u = o->depth;

	while (u > 0 && o->end[u - 1] == SEAMKEY_I_BLOCK_INDEFINITE) {
		u--;
	}
	return u == 0 ? SEAMKEY_I_BLOCK_INDEFINITE : o->end[u - 1];
}

/* The length in head, which is complete; or an error. */
static inline int
seamkey_i_block_length(seamkey_block_opener *o)
{
	unsigned first = o->head[1], octets = first & 0x7F;
	uint64_t bound = seamkey_i_block_bound(o); /* at is not beyond it */

	if (first == 0x80) {
		o->left = SEAMKEY_I_BLOCK_INDEFINITE;
		return (o->lenient & SEAMKEY_BLOCK_BER) != 0
				&& (o->head[0] & 0x20) != 0
			? SEAMKEY_OK
			: SEAMKEY_ERR_BLOCK_BER;
	}
	o->left =
		first < 0x80 ? first : seamkey_i_aead_get(o->head + 2, octets);
	if (first > 0x80
		&& (o->left < 0x80 || o->head[2] == 0 || o->left >> 62 != 0)) {
		return SEAMKEY_ERR_DER_LENGTH;
	}
	return o->left > bound - o->at ? SEAMKEY_ERR_DER_TRUNCATED : SEAMKEY_OK;
}

/* An octet more of a head. */
static inline int
seamkey_i_block_take_head(seamkey_block_opener *o, unsigned char octet)
{
	unsigned want;
	int status;

	o->head[o->head_len++] = octet;
	if (o->head_len == 1) {
		return (octet & 0x1F) == 0x1F ? SEAMKEY_ERR_DER_TAG
					      : SEAMKEY_AGAIN;
	}
	want = 2 + (o->head[1] > 0x80 ? o->head[1] & 0x7Fu : 0);
	if (want > 10) {
		return SEAMKEY_ERR_DER_LENGTH;
	}
	if (o->head_len < want) {
		return SEAMKEY_AGAIN;
	}
	if (o->at > seamkey_i_block_bound(o)) {
		return SEAMKEY_ERR_DER_TRUNCATED;
	}
	if (o->depth > 0 && o->end[o->depth - 1] == SEAMKEY_I_BLOCK_INDEFINITE
		&& o->head[0] == 0 && o->head[1] == 0) {
		o->head_len = 0;
		return seamkey_i_block_leave(o);
	}
	status = seamkey_i_block_length(o);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_block_begin_element(o, o->head[0]);
	}
	o->head_len = 0;
	return status;
}

/* Octets of CBC's content that go through buf at once, beside a block. */
#define SEAMKEY_I_BLOCK_CBC_PART 512

/* Content, in CBC: into buf, from where it goes out as there is room, with
 * the last block held back. Returns how much was taken. */
static inline size_t
seamkey_i_block_cbc_open(
	seamkey_block_opener *o, const unsigned char *in, size_t n)
{
	seamkey_i_block_content *c = &o->content;
	size_t block = seamkey_i_block_info_of(c->cipher)->block, whole;

	n = n > SEAMKEY_I_BLOCK_CBC_PART ? SEAMKEY_I_BLOCK_CBC_PART : n;
	memcpy(o->buf, c->hold, c->held);
	memcpy(o->buf + c->held, in, n);
	/* 8 or 16: no division */
	whole = (c->held + n - 1) & ~(block - 1);
	c->held = (uint8_t)(c->held + n - whole);
	memcpy(c->hold, o->buf + whole, c->held);
	c->keys.dec.vtable->run(&c->keys.dec.vtable, c->iv, o->buf, whole);
	o->wait_at = 0;
	o->wait_len = whole;
	return n;
}

/* Octets of an element, as many as there are. Returns how many. */
static inline size_t
seamkey_i_block_take(seamkey_block_opener *o, const unsigned char *in, size_t n,
	unsigned char *out, size_t room, size_t *out_len)
{
	n = n > o->left ? (size_t)o->left : n;
	switch (o->feeding) {
	case SEAMKEY_I_FEED_SMALL:
	case SEAMKEY_I_FEED_BUF:
		memcpy((o->feeding == SEAMKEY_I_FEED_SMALL ? o->small : o->buf)
				+ o->got,
			in, n);
		o->got += n;
		return n;
	case SEAMKEY_I_FEED_HEADER:
		memcpy(o->header + o->header_len, in, n);
		o->header_len += n;
		return n;
	case SEAMKEY_I_FEED_CONTENT:
		if (o->content.cipher > SEAMKEY_BLOCK_AES_256_GCM) {
			return seamkey_i_block_cbc_open(o, in, n);
		}
		n = n > room ? room : n;
		if (n != 0) {
			memcpy(out, in, n);
			br_gcm_run(&o->content.gcm, 0, out, n);
		}
		*out_len += n;
		return n;
	default:
		return n;
	}
}

/* Plaintext that waits in buf, as far as there is room. 1: it is out. */
static inline int
seamkey_i_block_give(
	seamkey_block_opener *o, unsigned char *out, size_t room, size_t *len)
{
	size_t n = o->wait_len - o->wait_at;

	n = n > room ? room : n;
	if (n != 0) {
		memcpy(out, o->buf + o->wait_at, n);
	}
	o->wait_at += n;
	*len += n;
	return o->wait_at == o->wait_len;
}

/* One thing: a level's end, an element's end, or octets. Returns
 * SEAMKEY_AGAIN with *idle set where more is wanted. */
static inline int
seamkey_i_block_open_step(seamkey_block_opener *o, const unsigned char *in,
	size_t in_len, size_t *used, unsigned char *out, size_t room,
	size_t *out_len, int *idle)
{
	size_t n;

	if (o->phase == SEAMKEY_I_OPEN_ASKED) {
		*idle = 1;
		return SEAMKEY_AGAIN;
	}
	if (o->wait_at != o->wait_len) {
		*idle = !seamkey_i_block_give(o, out, room, out_len);
		return SEAMKEY_AGAIN;
	}
	if (o->feeding != SEAMKEY_I_FEED_HEAD && o->left == 0) {
		return seamkey_i_block_taken(o);
	}
	if (o->feeding == SEAMKEY_I_FEED_HEAD && o->head_len == 0
		&& o->depth > 0 && o->at == o->end[o->depth - 1]) {
		return seamkey_i_block_leave(o);
	}
	*idle = *used == in_len;
	if (*idle) {
		return SEAMKEY_AGAIN;
	}
	if (o->feeding == SEAMKEY_I_FEED_HEAD) {
		o->at++;
		return seamkey_i_block_take_head(o, in[(*used)++]);
	}
	n = seamkey_i_block_take(
		o, in + *used, in_len - *used, out, room, out_len);
	*idle = n == 0;
	*used += n;
	o->at += n;
	o->left -= n;
	return SEAMKEY_AGAIN;
}

SEAMKEY_API int
seamkey_block_open_push(seamkey_block_opener *o, const unsigned char *in,
	size_t in_len, size_t *used, unsigned char *out, size_t out_cap,
	size_t *out_len)
{
	int idle = 0, status = o->status;

	*used = *out_len = 0;
	while (status == SEAMKEY_AGAIN && !idle) {
		/* out may be NULL where there is no room */
		status = seamkey_i_block_open_step(o, in, in_len, used,
			out != NULL ? out + *out_len : NULL, out_cap - *out_len,
			out_len, &idle);
	}
	if (o->status == SEAMKEY_AGAIN && status != SEAMKEY_AGAIN) {
		seamkey_block_open_wipe(o);
	}
	o->status = status;
	return status;
}

SEAMKEY_API void
seamkey_block_open_wipe(seamkey_block_opener *o)
{
	seamkey_wipe(o, sizeof *o);
	o->status = SEAMKEY_ERR_STATE;
}

/* The end of opening all at once: how much of block was taken and written,
 * with which status? */
static inline int
seamkey_i_block_open_end(seamkey_block_opener *o, int status, int whole,
	unsigned char *out, size_t written, size_t *len)
{
	if (status == SEAMKEY_AGAIN) {
		status = SEAMKEY_ERR_SPACE;
		if (whole && o->wait_at == o->wait_len) {
			status = SEAMKEY_ERR_DER_TRUNCATED;
		}
	} else if (status == SEAMKEY_OK && !whole) {
		status = SEAMKEY_ERR_DER_TRAILING;
	}
	seamkey_block_open_wipe(o);
	if (status == SEAMKEY_OK) {
		*len = written;
	} else {
		seamkey_wipe(out, written);
	}
	return status;
}

SEAMKEY_API int
seamkey_block_open(const seamkey_rsa_env *env, unsigned lenient,
	const seamkey_block_key *keys, size_t count, seamkey_span block,
	unsigned char *out, size_t cap, size_t *len)
{
	seamkey_block_opener o;
	size_t used, written;
	int status;

	seamkey_block_open_begin(&o, env, lenient, keys, count);
	status = seamkey_block_open_push(
		&o, block.p, block.len, &used, out, cap, &written);
	return seamkey_i_block_open_end(
		&o, status, used == block.len, out, written, len);
}

/* ---- [block.6] Opening by other ways --------------------------------- */

/* Octets before the header's first entry: the longest head of a SET. */
#define SEAMKEY_I_BLOCK_SET_HEAD 10

SEAMKEY_API void
seamkey_block_open_begin_ask(seamkey_block_opener *o, unsigned lenient,
	unsigned char *header, size_t cap)
{
	seamkey_block_open_begin(o, NULL, lenient, NULL, 0);
	o->asking = 1;
	if (header != NULL) {
		o->header = header;
		o->header_cap = cap;
		o->header_len = SEAMKEY_I_BLOCK_SET_HEAD;
		if (cap < SEAMKEY_I_BLOCK_SET_HEAD) {
			o->status = SEAMKEY_ERR_SPACE;
		}
	}
}

SEAMKEY_API int
seamkey_block_open_get_header(const seamkey_block_opener *o,
	seamkey_span *recipients, seamkey_span *algorithm)
{
	size_t len = o->header_len - SEAMKEY_I_BLOCK_SET_HEAD, head;

	if (o->status != SEAMKEY_AGAIN) {
		return o->status;
	}
	if (o->phase != SEAMKEY_I_OPEN_ASKED) {
		return SEAMKEY_AGAIN;
	}
	*algorithm = seamkey_span_of(o->small, o->got);
	if (o->header == NULL) {
		*recipients = seamkey_span_of(NULL, 0);
		return SEAMKEY_OK;
	}
	head = seamkey_i_block_head(NULL, SEAMKEY_DER_SET, len);
	*recipients = seamkey_span_of(
		o->header + SEAMKEY_I_BLOCK_SET_HEAD - head, head + len);
	seamkey_i_block_head(o->header + SEAMKEY_I_BLOCK_SET_HEAD - head,
		SEAMKEY_DER_SET, len);
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_block_open_load(seamkey_block_opener *o, seamkey_span key)
{
	seamkey_span iv = { NULL, 0 };
	int cipher;

	if (o->status != SEAMKEY_AGAIN || o->phase != SEAMKEY_I_OPEN_ASKED) {
		return SEAMKEY_ERR_STATE;
	}
	cipher = seamkey_i_block_get_cipher(o, &iv);
	if (cipher < 0) {
		return cipher;
	}
	if (key.len != seamkey_i_block_info_of(cipher)->key_len) {
		return SEAMKEY_ERR_BLOCK_KEY;
	}
	seamkey_i_block_start(&o->content, cipher, key.p, iv.p, 0);
	o->phase = SEAMKEY_I_OPEN_CONTENT;
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_block_open_content(unsigned lenient, seamkey_span key,
	seamkey_span block, unsigned char *out, size_t cap, size_t *len)
{
	seamkey_block_opener o;
	size_t used, used_before, written;
	int status;

	seamkey_block_open_begin_ask(&o, lenient, NULL, 0);
	status = seamkey_block_open_push(
		&o, block.p, block.len, &used_before, out, cap, &written);
	used = used_before;
	if (status == SEAMKEY_AGAIN && o.phase == SEAMKEY_I_OPEN_ASKED) {
		status = seamkey_block_open_load(&o, key);
		if (status == SEAMKEY_OK) {
			status = seamkey_block_open_push(&o,
				block.p + used_before, block.len - used_before,
				&used, out, cap, &written);
			used += used_before;
		}
	}
	return seamkey_i_block_open_end(
		&o, status, used == block.len, out, written, len);
}

/* Unwrap an entry's key to key[0..len), with *good saying, in secret, whether
 * it was one. */
static inline int
seamkey_i_block_unwrap(const seamkey_rsa_env *env, const seamkey_block_entry *e,
	seamkey_span key, unsigned char *content, size_t len, size_t *good)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_op op;
	int status = seamkey_i_rsa_local(&op, env, work);

	if (status != SEAMKEY_OK) {
		return status;
	}
	if (e->padding == SEAMKEY_BLOCK_OAEP) {
		status = seamkey_i_rsa_decrypt_fixed_begin(&op, env,
			SEAMKEY_I_RSA_DECRYPT_OAEP, SEAMKEY_I_RSA_OAEP,
			seamkey_i_rsa_give_oaep, content, len, good, e->wrapped,
			key);
	} else {
		status = seamkey_i_rsa_decrypt_fixed_begin(&op, env,
			SEAMKEY_I_RSA_DECRYPT, 11, seamkey_i_rsa_give_fixed,
			content, len, good, e->wrapped, key);
	}
	return seamkey_i_rsa_wait(&op, env, status);
}

/* Octets of the modulus of a private key, or of that of a handle. */
static inline int
seamkey_i_block_modulus(
	const seamkey_rsa_env *env, seamkey_span key, size_t *len)
{
	unsigned lenient = env != NULL ? env->policy.lenient : 0;
	seamkey_der_rsa_private priv;
	seamkey_der_rsa_public pub;
	int status;

	if (env != NULL && env->handle.len != 0) {
		status = seamkey_der_decode_rsa_public_info(&pub, key, lenient);
		*len = status == SEAMKEY_OK ? pub.n.len : 0;
	} else {
		status = seamkey_der_decode_rsa_private_info(
			&priv, key, lenient);
		*len = status == SEAMKEY_OK ? priv.n.len : 0;
	}
	return status;
}

/* The next entry that a key with such a modulus could be for. SEAMKEY_OK;
 * SEAMKEY_ERR_BLOCK_NO_RECIPIENT at the end. */
static inline int
seamkey_i_block_next_try(seamkey_der_reader *set, unsigned lenient,
	size_t modulus, seamkey_block_entry *e)
{
	int status;

	while (set->err == SEAMKEY_OK && set->len != 0) {
		seamkey_span whole = seamkey_der_get_any(set);

		if (set->err != SEAMKEY_OK) {
			break;
		}
		status = seamkey_block_decode_entry(e, whole, lenient);
		if (status == SEAMKEY_OK && e->wrapped.len == modulus) {
			return SEAMKEY_OK;
		}
		if (status != SEAMKEY_OK && status != SEAMKEY_ERR_BLOCK_WRAP
			&& (status > SEAMKEY_ERR_BLOCK_KEY_AGREE
				|| status < SEAMKEY_ERR_BLOCK_OTHER)) {
			return status;
		}
	}
	return set->err != SEAMKEY_OK ? set->err
				      : SEAMKEY_ERR_BLOCK_NO_RECIPIENT;
}

/* How many entries there are to try; or an error. */
static inline int
seamkey_i_block_count_tries(
	seamkey_der_reader set, unsigned lenient, size_t modulus)
{
	seamkey_block_entry e;
	int n = 0, status;

	for (;; n++) {
		status = seamkey_i_block_next_try(&set, lenient, modulus, &e);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_BLOCK_NO_RECIPIENT
					&& n != 0
				? n
				: status;
		}
		if (n == SEAMKEY_BLOCK_TRIES) {
			return SEAMKEY_ERR_BLOCK_MANY;
		}
	}
}

/* Octets of the key that a cipher wants; or an error. */
static inline int
seamkey_i_block_key_len(seamkey_span algorithm, unsigned lenient)
{
	seamkey_block_opener o; /* no secret is in it */
	seamkey_span iv = { NULL, 0 };
	seamkey_der_reader r, seq;
	unsigned u;
	int cipher;

	memset(&o, 0, sizeof o);
	if (algorithm.len > sizeof o.small) {
		return SEAMKEY_ERR_BLOCK_CIPHER;
	}
	if (algorithm.len != 0) {
		memcpy(o.small, algorithm.p, algorithm.len);
	}
	o.got = algorithm.len;
	o.lenient = lenient;
	seamkey_der_init(&r, algorithm);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	algorithm = seamkey_der_get_element(&seq, SEAMKEY_DER_OID);
	for (u = 0; u < 2; u++) { /* GCM: in AuthEnvelopedData */
		const seamkey_i_block_info *i = &seamkey_i_block_infos()[u];

		if (seamkey_i_block_is(
			    algorithm, seamkey_span_of(i->oid, i->oid_len))) {
			o.authentic = 1;
		}
	}
	cipher = seamkey_i_block_get_cipher(&o, &iv);
	return cipher < 0 ? cipher : seamkey_i_block_info_of(cipher)->key_len;
}

/* Keys that came out of entries, and which of them are good: secret. */
typedef struct seamkey_i_block_tried {
	unsigned char one[32], chosen[32];
	size_t good;
	uint32_t found;
	br_sha256_context all; /* of every one */
} seamkey_i_block_tried;

/* One entry more: its key is chosen if it is the first good one. */
static inline int
seamkey_i_block_try(const seamkey_rsa_env *env, const seamkey_block_entry *e,
	seamkey_span key, seamkey_i_block_tried *t, size_t wanted)
{
	int status =
		seamkey_i_block_unwrap(env, e, key, t->one, wanted, &t->good);
	uint32_t take;
	size_t u;

	if (status != SEAMKEY_OK) {
		return status;
	}
	take = (uint32_t)t->good & (1 ^ t->found);
	for (u = 0; u < wanted; u++) {
		t->chosen[u] = (unsigned char)seamkey_i_ct_select(
			seamkey_i_ct_mask(take), t->one[u], t->chosen[u]);
	}
	t->found |= (uint32_t)t->good;
	br_sha256_update(&t->all, t->one, wanted);
	return SEAMKEY_OK;
}

/*
 * Where none is good, the key is made of what came out of all of them. Of
 * one of them alone it would stay the same while others change, and the
 * change of one to a good one would show; nor may it be a sum, which is zero
 * for one entry twice.
 */
static inline void
seamkey_i_block_choose(
	seamkey_i_block_tried *t, unsigned char *content, size_t wanted)
{
	br_sha256_out(&t->all, t->one);
	seamkey_i_rsa_keep_if(t->found, t->chosen, t->one, wanted);
	memcpy(content, t->chosen, wanted);
}

SEAMKEY_API int
seamkey_block_open_try(const seamkey_rsa_env *env, unsigned lenient,
	seamkey_span recipients, seamkey_span algorithm, seamkey_span key,
	unsigned char content[32], size_t *len)
{
	seamkey_i_block_tried t; /* wiped below */
	seamkey_der_reader r, set;
	seamkey_block_entry e;
	size_t modulus = 0, wanted;
	int status = seamkey_i_block_key_len(algorithm, lenient), n, tries;

	if (status < 0) {
		return status;
	}
	wanted = (size_t)status;
	status = seamkey_i_block_modulus(env, key, &modulus);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_der_init(&r, recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	tries = seamkey_i_block_count_tries(set, lenient, modulus);
	if (tries < 0) {
		return tries;
	}
	memset(&t, 0, sizeof t);
	br_sha256_init(&t.all);
	for (n = 0; n < tries && status == SEAMKEY_OK; n++) {
		status = seamkey_i_block_next_try(&set, lenient, modulus, &e);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_block_try(env, &e, key, &t, wanted);
		}
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_block_choose(&t, content, wanted);
		*len = wanted;
	}
	seamkey_wipe(&t, sizeof t);
	return status;
}

SEAMKEY_API int
seamkey_block_open_any(const seamkey_rsa_env *env, unsigned lenient,
	seamkey_span key, seamkey_span block, unsigned char *work,
	size_t work_len, unsigned char *out, size_t cap, size_t *len)
{
	seamkey_block_opener o;
	seamkey_span recipients = { NULL, 0 }, algorithm = { NULL, 0 };
	unsigned char content[32];
	size_t before, used = 0, written, key_len = 0;
	int status;

	seamkey_block_open_begin_ask(&o, lenient, work, work_len);
	status = seamkey_block_open_push(
		&o, block.p, block.len, &before, out, 0, &written);
	if (status == SEAMKEY_AGAIN
		&& seamkey_block_open_get_header(&o, &recipients, &algorithm)
			== SEAMKEY_OK) {
		status = seamkey_block_open_try(env, lenient, recipients,
			algorithm, key, content, &key_len);
		if (status == SEAMKEY_OK) {
			status = seamkey_block_open_load(
				&o, seamkey_span_of(content, key_len));
		}
		if (status == SEAMKEY_OK) {
			status = seamkey_block_open_push(&o, block.p + before,
				block.len - before, &used, out, cap, &written);
		}
	}
	seamkey_wipe(content, sizeof content);
	return seamkey_i_block_open_end(
		&o, status, before + used == block.len, out, written, len);
}

#ifdef __cplusplus
}
#endif
#endif
