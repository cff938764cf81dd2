/*
 * seamkey_release.h - the messages between a decryptor and a release agent
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Limits      4. Requests         7. Approvals
 *   2. Errors      5. Answers          8. Decryptors
 *   3. Blocks      6. Released keys
 * Search for "[release.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   Who has an encryption block (seamkey_block.h) and none of its keys asks
 *   an agent (seamkey_agent.h). The request carries the block's recipients
 *   and cipher as they stand, and says who asks; the answer has the key,
 *   encrypted to whom asks, for each block, or "not released". An approval
 *   is a third person's signature under one request. All are DER;
 *   docs/SPEC.md has the module and examples in hex.
 *
 * QUICK START
 *   seamkey_release_decode_block(&block, der);
 *   seamkey_release_encode_request(out, sizeof out, &out_len, id,
 *       SEAMKEY_RELEASE_SEALED, &who, &block, 1, NULL, 0);
 *   ... over the network and back ...
 *   seamkey_release_decode_answer(&answer, reply);
 *
 * CAUTIONS
 *   A request is not secret and not authentic, and need not be. Its
 *   identifier comes from a random source, and is not used again for other
 *   blocks: an answer belongs to it.
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_block.h"
#include "seamkey_der.h"
#include "seamkey_name.h"
#include "seamkey_rsa.h"

#ifndef SEAMKEY_RELEASE_H
#define SEAMKEY_RELEASE_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [release.1] Limits ---------------------------------------------- */

/* Bytes of the identifier of a request. */
#define SEAMKEY_RELEASE_ID_MIN 16
#define SEAMKEY_RELEASE_ID_MAX 64

/* Bytes of an alias or of the type of an attribute, and of its value. */
#define SEAMKEY_RELEASE_NAME_MAX  64
#define SEAMKEY_RELEASE_VALUE_MAX 256

/* What a decoder of requests admits; 0 in a field: its default. */
typedef struct seamkey_release_limits {
	size_t message;    /* bytes; 65,535 */
	size_t blocks;     /* 8 */
	size_t entries;    /* RecipientInfos of a block; 64 */
	size_t attributes; /* 16 */
} seamkey_release_limits;

/* ---- [release.2] Errors ---------------------------------------------- */

/* clang-format off */
#define SEAMKEY_RELEASE_ERRORS(X) \
	X(SEAMKEY_ERR_RELEASE_MESSAGE, -500, \
		"this is no message of key release, or another kind of one") \
	X(SEAMKEY_ERR_RELEASE_VERSION, -501, \
		"the message has another version") \
	X(SEAMKEY_ERR_RELEASE_ID, -502, \
		"the identifier of a request has 16 to 64 bytes") \
	X(SEAMKEY_ERR_RELEASE_FORM, -503, \
		"there is no such form of answer") \
	X(SEAMKEY_ERR_RELEASE_WHO, -504, \
		"there is no such way to say who asks") \
	X(SEAMKEY_ERR_RELEASE_CRITICAL, -505, \
		"a field of the message is critical and not known") \
	X(SEAMKEY_ERR_RELEASE_ORDER, -506, \
		"a field of the message is there twice, or out of order") \
	X(SEAMKEY_ERR_RELEASE_LIMIT, -507, \
		"there are more of something than is admitted") \
	X(SEAMKEY_ERR_RELEASE_EMPTY, -508, \
		"there is no block, recipient, attribute or field in a list") \
	X(SEAMKEY_ERR_RELEASE_KEY, -509, \
		"the key has another length than the block's cipher") \
	X(SEAMKEY_ERR_RELEASE_OTHER, -510, \
		"the answer is to another request, or for another block") \
	X(SEAMKEY_ERR_RELEASE_REFUSED, -511, \
		"the key was not released")
/* clang-format on */

enum seamkey_release_error {
	SEAMKEY_RELEASE_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_RELEASE_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of base, der, name, rsa, block and
 * release. */
SEAMKEY_API const char *seamkey_release_text(int status);

/* ---- [release.3] Blocks ---------------------------------------------- */

/* Of an encryption block what an agent has to see, as it stands there. */
typedef struct seamkey_release_block {
	seamkey_span recipients; /* RecipientInfos, the whole SET OF */
	seamkey_span algorithm;  /* of the content, the whole SEQUENCE */
} seamkey_release_block;

/*
 * Find it in in, which must be one block whole, or its beginning up to the
 * content at least, in strict DER. Returns SEAMKEY_OK; else *out is
 * unchanged: the status that names another kind of CMS content
 * (SEAMKEY_ERR_BLOCK_SIGNED, ...), SEAMKEY_ERR_BLOCK_VERSION, or one of
 * seamkey_der.h. Blocks in BER: seamkey_block_open_begin_ask(). RFC 5083
 * section 2.1, RFC 5652 section 6.1.
 */
SEAMKEY_API int seamkey_release_decode_block(
	seamkey_release_block *out, seamkey_span in);

/* The next RecipientInfo, whole, of a reader over the contents of
 * recipients: any kind of the CHOICE. Errors: _TAG, those of
 * seamkey_der_check(). */
SEAMKEY_API seamkey_span seamkey_release_get_entry(seamkey_der_reader *r);

/* SHA-256 of recipients, whole: what an approval names. Public. */
SEAMKEY_API void seamkey_release_hash_recipients(
	const seamkey_release_block *block, unsigned char out[32]);

/* ---- [release.4] Requests -------------------------------------------- */

/* In which form the key is to come. */
enum seamkey_release_form {
	SEAMKEY_RELEASE_SEALED = 0, /* AuthEnvelopedData, bound to request and
	                             * block */
	SEAMKEY_RELEASE_BARE,       /* EnvelopedData of the key alone, for old
	                             * readers */
	SEAMKEY_RELEASE_CLEAR       /* as it is, on a channel whose peer is
	                             * authenticated */
};

/* How the request says who asks. */
enum seamkey_release_who_kind {
	SEAMKEY_RELEASE_CHANNEL = 0, /* as the channel says */
	SEAMKEY_RELEASE_NAME,        /* value: Name */
	SEAMKEY_RELEASE_PORTION,     /* value: Name, parts of the decryptor's */
	SEAMKEY_RELEASE_CERTIFICATE, /* value: Certificate */
	SEAMKEY_RELEASE_ALIAS,       /* value: text of 1 to 64 bytes */
	SEAMKEY_RELEASE_ATTRIBUTE    /* type and value: text */
};

typedef struct seamkey_release_who {
	int kind; /* enum seamkey_release_who_kind */
	seamkey_span value, type;
} seamkey_release_who;

/* type: text of 1 to 64 bytes; value: of 0 to 256. */
typedef struct seamkey_release_attribute {
	seamkey_span type, value;
} seamkey_release_attribute;

/* A request that was read: views into it. */
typedef struct seamkey_release_request {
	seamkey_span id;
	int form; /* enum seamkey_release_form */
	seamkey_release_who who;
	seamkey_span blocks; /* to be read with get_block */
	size_t block_count;
	seamkey_span context; /* to be read with get_attribute */
	size_t context_count;
} seamkey_release_request;

/*
 * Decode in, which must be one Request whole. Everything is looked at:
 * each block, RecipientInfo, name and attribute is well formed, and there
 * are not more of them than limits admits (NULL: the defaults). Time is
 * linear in the length.
 *
 * Returns SEAMKEY_OK; else *out is unchanged and the status is one of this
 * header (_MESSAGE, _VERSION, _ID, _FORM, _WHO, _CRITICAL, _ORDER, _LIMIT,
 * _EMPTY), of seamkey_name.h, or of seamkey_der.h. Nothing is secret.
 */
SEAMKEY_API int seamkey_release_decode_request(seamkey_release_request *out,
	seamkey_span in, const seamkey_release_limits *limits);

/* The next block, attribute; errors stick to r. */
SEAMKEY_API void seamkey_release_get_block(
	seamkey_der_reader *r, seamkey_release_block *out);
SEAMKEY_API void seamkey_release_get_attribute(
	seamkey_der_reader *r, seamkey_release_attribute *out);

/*
 * Encode a request to out[0..cap), *len bytes of it; with out NULL only
 * *len is set. Returns SEAMKEY_OK; SEAMKEY_ERR_SPACE sets *len to the bytes
 * needed; on other errors *len is unchanged, and out[] always: _ID, _FORM,
 * _WHO, _EMPTY; SEAMKEY_ERR_NAME_TEXT; SEAMKEY_ERR_NAME and those of
 * seamkey_der.h for what is malformed in who.
 */
SEAMKEY_API int seamkey_release_encode_request(unsigned char *out, size_t cap,
	size_t *len, seamkey_span id, int form, const seamkey_release_who *who,
	const seamkey_release_block *blocks, size_t block_count,
	const seamkey_release_attribute *context, size_t context_count);

/* ---- [release.5] Answers --------------------------------------------- */

/* The outermost tags. */
#define SEAMKEY_RELEASE_TAG_REQUEST  0x61u
#define SEAMKEY_RELEASE_TAG_ANSWER   0x62u
#define SEAMKEY_RELEASE_TAG_APPROVAL 0x63u
#define SEAMKEY_RELEASE_TAG_RECEIPT  0x64u

enum seamkey_release_result_kind {
	SEAMKEY_RELEASE_NOT_RELEASED = 0,
	SEAMKEY_RELEASE_IS_SEALED, /* content: ContentInfo of a Released */
	SEAMKEY_RELEASE_IS_BARE,   /* content: ContentInfo of the key */
	SEAMKEY_RELEASE_IS_CLEAR   /* content: Released; secret */
};

typedef struct seamkey_release_result {
	int kind;             /* enum seamkey_release_result_kind */
	seamkey_span content; /* whole */
} seamkey_release_result;

/* An answer that was read. An empty id, with no results: the agent could
 * not read the request. */
typedef struct seamkey_release_answer {
	seamkey_span id;
	seamkey_span results; /* to be read with get_result */
	size_t count;
} seamkey_release_answer;

/*
 * Decode in, which must be one Answer whole; the content of each result is
 * one SEQUENCE in well-formed DER, and not looked at further. Returns
 * SEAMKEY_OK; else *out is unchanged: _MESSAGE, _VERSION, _ID, or one of
 * seamkey_der.h. Constant time in a key in the clear.
 */
SEAMKEY_API int seamkey_release_decode_answer(
	seamkey_release_answer *out, seamkey_span in);

/* The next result; errors stick to r, and make *out one not released. */
SEAMKEY_API void seamkey_release_get_result(
	seamkey_der_reader *r, seamkey_release_result *out);

/* Append one result. content: as above; of IS_CLEAR, a Released. */
SEAMKEY_API void seamkey_release_put_result(
	seamkey_der_writer *w, int kind, seamkey_span content);

/* Encode an answer, as seamkey_release_encode_request() does; id may be
 * empty if count is 0. Errors: _ID. */
SEAMKEY_API int seamkey_release_encode_answer(unsigned char *out, size_t cap,
	size_t *len, seamkey_span id, const seamkey_release_result *results,
	size_t count);

/* ---- [release.6] Released keys --------------------------------------- */

/* Bytes of the longest Released with a key of 32 bytes. */
#define SEAMKEY_RELEASE_RELEASED_MAX 140

typedef struct seamkey_release_released {
	seamkey_span id;        /* of the request */
	seamkey_span recipient; /* SHA-256 of the RecipientInfo */
	seamkey_span key;       /* secret */
} seamkey_release_released;

/*
 * Decode in, which must be one Released whole; constant time in the key.
 * Returns SEAMKEY_OK; else *out is unchanged: _ID, _KEY, _MESSAGE, or one
 * of seamkey_der.h.
 */
SEAMKEY_API int seamkey_release_decode_released(
	seamkey_release_released *out, seamkey_span in);

/* Encode one: entry is the whole RecipientInfo, key has 1 to 64 bytes.
 * Constant time in the key. Errors: SEAMKEY_ERR_SPACE, _ID, _KEY. */
SEAMKEY_API int seamkey_release_encode_released(unsigned char *out, size_t cap,
	size_t *len, seamkey_span id, seamkey_span entry, seamkey_span key);

/*
 * Is this what was asked for: the answer to the request with this id, for a
 * RecipientInfo of this block, and a key of key_len bytes? Then it is
 * copied to key. Returns SEAMKEY_OK; else key[] is unchanged:
 * SEAMKEY_ERR_RELEASE_OTHER, SEAMKEY_ERR_RELEASE_KEY. The block has been
 * decoded.
 */
SEAMKEY_API int seamkey_release_check_released(
	const seamkey_release_released *released, seamkey_span id,
	const seamkey_release_block *block, unsigned char *key, size_t key_len);

/* ---- [release.7] Approvals ------------------------------------------- */

/* What an approver signs: views into an Approval, or the caller's. */
typedef struct seamkey_release_approval {
	seamkey_span id;         /* of the request */
	seamkey_span recipients; /* 32 bytes: hash_recipients of the block */
	seamkey_span decryptor;  /* Name */
	seamkey_span approver;   /* Name */
	seamkey_span expires;    /* GeneralizedTime, 15 bytes */

	/* of one that was read */
	uint64_t expiry;   /* the same, as seconds since 1970 */
	seamkey_span body; /* ApprovalBody, whole */
	seamkey_span signature;
} seamkey_release_approval;

/*
 * Decode in, which must be one Approval whole, signed with
 * sha256WithRSAEncryption; the signature is not looked at. Returns
 * SEAMKEY_OK; else *out is unchanged: _MESSAGE, _VERSION, _ID,
 * SEAMKEY_ERR_NAME, SEAMKEY_ERR_NAME_TIME, SEAMKEY_ERR_DER_ALGORITHM, or
 * one of seamkey_der.h.
 */
SEAMKEY_API int seamkey_release_decode_approval(
	seamkey_release_approval *out, seamkey_span in);

/* Is its signature one of this key (SubjectPublicKeyInfo)? Returns what
 * seamkey_rsa_verify() does. */
SEAMKEY_API int seamkey_release_verify_approval(const seamkey_rsa_env *env,
	const seamkey_release_approval *approval, seamkey_span key);

/*
 * Make one: encode the first five fields and sign them with a key
 * (PrivateKeyInfo). Returns as seamkey_release_encode_request(), with the
 * errors of the decoder for its fields, and those of seamkey_rsa_sign();
 * where it is the signing that fails, *len is unchanged, and out[] is zeros
 * as far as it was written.
 */
SEAMKEY_API int seamkey_release_sign_approval(const seamkey_rsa_env *env,
	unsigned char *out, size_t cap, size_t *len,
	const seamkey_release_approval *approval, seamkey_span key);

/*
 * What answers an approval, the same bytes whether it was taken or not: a
 * Receipt. Errors of encode: SEAMKEY_ERR_SPACE with *len set; of decode:
 * _MESSAGE, _VERSION, and those of seamkey_der.h.
 */
SEAMKEY_API int seamkey_release_encode_receipt(
	unsigned char *out, size_t cap, size_t *len);
SEAMKEY_API int seamkey_release_decode_receipt(seamkey_span in);

/* ---- [release.8] Decryptors ------------------------------------------ */

/*
 * Who reads blocks, with keys of his own or by way of an agent. Zero it and
 * set what is needed; read only.
 */
typedef struct seamkey_release_decryptor {
	const seamkey_rsa_env *env;    /* random is needed to ask */
	const seamkey_block_key *keys; /* own ones; the answer is sealed to one
	                                * of them */
	size_t count;
	unsigned lenient; /* as of seamkey_block_open(), for the block */
	int always_ask;   /* 1: no own key is tried on the block */
	seamkey_release_who who;
	int form; /* enum seamkey_release_form */
	const seamkey_release_attribute *context; /* or NULL */
	size_t context_count;
	seamkey_span id; /* of the request, random bytes that are used for this
	                  * block alone: approvals name it, so that it is kept
	                  * for the next attempt. Empty: drawn for each */

	/*
	 * Carry a request to the agent, and its answer back: *len bytes to
	 * answer[0..cap). Any status but SEAMKEY_OK ends the attempt; a
	 * positive one is SEAMKEY_ERR_HOOK.
	 */
	int (*exchange)(void *ctx, seamkey_span request, unsigned char *answer,
		size_t cap, size_t *len);
	void *ctx;
} seamkey_release_decryptor;

/*
 * Open a block: with one of the own keys; if none is for it, or always_ask
 * is set, by asking the agent once. To ask again is harmless: the block is
 * as it was, and the request is a new one, or with an id of the caller's
 * the same one, which others may have approved meanwhile.
 *
 *   work[0..work_len)  scratch, for the RecipientInfos twice and the
 *                      answer: 4096 bytes do for four recipients with keys
 *                      of 2048 bits. Wiped in the end.
 *   out[0..cap)        as of seamkey_block_open()
 *
 * Returns as seamkey_block_open(); SEAMKEY_ERR_SPACE also where work is too
 * small; SEAMKEY_ERR_RELEASE_REFUSED; SEAMKEY_ERR_RELEASE_OTHER for an
 * answer that is none to this request; SEAMKEY_ERR_RELEASE_FORM for one in
 * another form; SEAMKEY_ERR_BLOCK_OPEN for one that is not for an own key,
 * or was changed, too; SEAMKEY_ERR_RELEASE_KEY, SEAMKEY_ERR_BLOCK_KEY for a
 * key of no length that fits; SEAMKEY_ERR_RANDOM; SEAMKEY_ERR_HOOK; what
 * exchange answered; those of seamkey_release_encode_request() and
 * seamkey_release_decode_answer().
 */
SEAMKEY_API int seamkey_release_open(const seamkey_release_decryptor *d,
	seamkey_span block, unsigned char *work, size_t work_len,
	unsigned char *out, size_t cap, size_t *len);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_RELEASE_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_RELEASE_IMPLEMENTED)
#define SEAMKEY_RELEASE_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [release.2] Errors ---------------------------------------------- */

SEAMKEY_API const char *
seamkey_release_text(int status)
{
	switch (status) {
		SEAMKEY_RELEASE_ERRORS(SEAMKEY_I_TEXT)
		SEAMKEY_NAME_ERRORS(SEAMKEY_I_TEXT)
	default:
		return seamkey_block_text(status);
	}
}

/* ---- [release.3] Blocks ---------------------------------------------- */

/* Enter the next element, of which only the beginning may be there. */
static inline void
seamkey_i_release_enter_open(seamkey_der_reader *r, unsigned tag)
{
	seamkey_der_reader t = *r;
	size_t octets, u, len = 0;

	if (t.err != SEAMKEY_OK) {
		return;
	}
	if (t.len < 2 || t.p[0] != tag) {
		r->err = t.len < 2 ? SEAMKEY_ERR_DER_TRUNCATED
				   : SEAMKEY_ERR_DER_TAG;
		return;
	}
	octets = t.p[1] < 0x80 ? 0 : t.p[1] & 0x7Fu;
	if (t.p[1] == 0x80) {
		r->err = SEAMKEY_ERR_BLOCK_BER;
		return;
	}
	if (octets > 8 || t.len < 2 + octets) {
		r->err = octets > 8 ? SEAMKEY_ERR_DER_LENGTH
				    : SEAMKEY_ERR_DER_TRUNCATED;
		return;
	}
	for (u = 0; u < octets; u++) {
		len = len << 8 | t.p[2 + u];
	}
	if (octets != 0 && (t.p[2] == 0 || (octets == 1 && len < 0x80))) {
		r->err = SEAMKEY_ERR_DER_LENGTH;
		return;
	}
	r->p += 2 + octets;
	r->len -= 2 + octets;
}

/* What kind of content this is, by its type. */
static inline int
seamkey_i_release_content(seamkey_span oid)
{
	seamkey_block_opener o;
	int status;

	memset(&o, 0, sizeof o);
	if (oid.len == 0 || oid.len > sizeof o.small) {
		return SEAMKEY_ERR_BLOCK_CONTENT;
	}
	memcpy(o.small, oid.p, oid.len);
	o.got = oid.len;
	status = seamkey_i_block_type(&o);
	return status == SEAMKEY_AGAIN ? SEAMKEY_OK : status;
}

/*
 * ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SEQUENCE {
 *     version, originatorInfo [0] OPTIONAL, recipientInfos SET OF,
 *     encryptedContentInfo SEQUENCE { contentType, algorithm, ... } ... } }
 */
SEAMKEY_API int
seamkey_release_decode_block(seamkey_release_block *out, seamkey_span in)
{
	seamkey_release_block b;
	seamkey_der_reader r;
	seamkey_span type;
	uint32_t version;
	int status;

	seamkey_der_init(&r, in);
	seamkey_i_release_enter_open(&r, SEAMKEY_DER_SEQUENCE);
	type = seamkey_der_get_oid(&r);
	if (r.err != SEAMKEY_OK) {
		return r.err == SEAMKEY_ERR_DER_TAG ? SEAMKEY_ERR_BLOCK_CONTENT
						    : r.err;
	}
	status = seamkey_i_release_content(type);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_release_enter_open(&r, 0xA0);
	seamkey_i_release_enter_open(&r, SEAMKEY_DER_SEQUENCE);
	version = seamkey_der_get_uint(&r);
	if (r.err == SEAMKEY_OK && version > 4) {
		return SEAMKEY_ERR_BLOCK_VERSION;
	}
	if (seamkey_der_match(&r, 0xA0)) {
		(void)seamkey_der_get_element(&r, 0xA0);
	}
	b.recipients = seamkey_der_get_element(&r, SEAMKEY_DER_SET);
	seamkey_i_release_enter_open(&r, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get_oid(&r);
	b.algorithm = seamkey_der_get_element(&r, SEAMKEY_DER_SEQUENCE);
	if (r.err != SEAMKEY_OK) {
		return r.err;
	}
	*out = b;
	return SEAMKEY_OK;
}

SEAMKEY_API seamkey_span
seamkey_release_get_entry(seamkey_der_reader *r)
{
	seamkey_der_reader t = *r;
	seamkey_span entry = seamkey_der_get_any(&t);

	if (t.err == SEAMKEY_OK
		&& seamkey_i_block_kind(entry.p[0]) == SEAMKEY_ERR_DER_TAG) {
		t.err = SEAMKEY_ERR_DER_TAG;
	}
	if (t.err != SEAMKEY_OK) {
		r->err = t.err;
		return seamkey_span_of(NULL, 0);
	}
	*r = t;
	return entry;
}

static inline void
seamkey_i_release_hash(seamkey_span in, unsigned char *out)
{
	br_sha256_context sha;

	br_sha256_init(&sha);
	br_sha256_update(&sha, in.p, in.len);
	br_sha256_out(&sha, out);
}

SEAMKEY_API void
seamkey_release_hash_recipients(
	const seamkey_release_block *block, unsigned char out[32])
{
	seamkey_i_release_hash(block->recipients, out);
}

/* ---- [release.4] Requests -------------------------------------------- */

#define SEAMKEY_I_RELEASE_UTF8 0x0Cu

static inline int
seamkey_i_release_is_id(seamkey_span id)
{
	return id.len >= SEAMKEY_RELEASE_ID_MIN
		&& id.len <= SEAMKEY_RELEASE_ID_MAX;
}

static inline int
seamkey_i_release_check_attribute(seamkey_span type, seamkey_span value)
{
	int status = seamkey_name_check_text(type, 1, SEAMKEY_RELEASE_NAME_MAX);

	return status == SEAMKEY_OK
		? seamkey_name_check_text(value, 0, SEAMKEY_RELEASE_VALUE_MAX)
		: status;
}

/* A status for r, if it has none yet. */
static inline void
seamkey_i_release_fail(seamkey_der_reader *r, int status)
{
	if (r->err == SEAMKEY_OK) {
		r->err = status;
	}
}

/* version INTEGER { v1(1) } */
static inline void
seamkey_i_release_get_version(seamkey_der_reader *r)
{
	uint32_t version = seamkey_der_get_uint(r);

	if (version != 1) {
		seamkey_i_release_fail(r, SEAMKEY_ERR_RELEASE_VERSION);
	}
}

/* Block ::= SEQUENCE { recipientInfos RecipientInfos,
 *     algorithm ContentEncryptionAlgorithmIdentifier } */
SEAMKEY_API void
seamkey_release_get_block(seamkey_der_reader *r, seamkey_release_block *out)
{
	seamkey_der_reader seq;

	seamkey_der_enter(r, &seq, SEAMKEY_DER_SEQUENCE);
	out->recipients = seamkey_der_get_element(&seq, SEAMKEY_DER_SET);
	out->algorithm = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_finish(r, &seq);
}

/* Attribute ::= SEQUENCE { type UTF8String, value UTF8String } */
static inline void
seamkey_i_release_get_pair(seamkey_der_reader *r, unsigned tag,
	seamkey_span *type, seamkey_span *value)
{
	seamkey_der_reader seq;

	seamkey_der_enter(r, &seq, tag);
	*type = seamkey_der_get(&seq, SEAMKEY_I_RELEASE_UTF8);
	*value = seamkey_der_get(&seq, SEAMKEY_I_RELEASE_UTF8);
	if (seq.err == SEAMKEY_OK) {
		seq.err = seamkey_i_release_check_attribute(*type, *value);
	}
	seamkey_der_finish(r, &seq);
}

SEAMKEY_API void
seamkey_release_get_attribute(
	seamkey_der_reader *r, seamkey_release_attribute *out)
{
	seamkey_i_release_get_pair(
		r, SEAMKEY_DER_SEQUENCE, &out->type, &out->value);
}

/* A Name of one part at least, or a Certificate. */
static inline int
seamkey_i_release_check_who(const seamkey_release_who *who)
{
	seamkey_der_certificate outline;

	switch (who->kind) {
	case SEAMKEY_RELEASE_CHANNEL:
		return SEAMKEY_OK;
	case SEAMKEY_RELEASE_NAME:
	case SEAMKEY_RELEASE_PORTION:
		return who->value.len <= 2 ? SEAMKEY_ERR_NAME
					   : seamkey_name_check(who->value);
	case SEAMKEY_RELEASE_CERTIFICATE:
		return seamkey_der_decode_certificate(&outline, who->value);
	case SEAMKEY_RELEASE_ALIAS:
		return seamkey_name_check_text(
			who->value, 1, SEAMKEY_RELEASE_NAME_MAX);
	case SEAMKEY_RELEASE_ATTRIBUTE:
		return seamkey_i_release_check_attribute(who->type, who->value);
	default:
		return SEAMKEY_ERR_RELEASE_WHO;
	}
}

/*
 * Decryptor ::= CHOICE { channel [0] NULL, name [1] EXPLICIT Name,
 *     portion [2] EXPLICIT Name, certificate [3] EXPLICIT Certificate,
 *     alias [4] UTF8String, attribute [5] Attribute }
 */
static inline void
seamkey_i_release_get_who(seamkey_der_reader *r, seamkey_release_who *who)
{
	unsigned tag = r->len != 0 ? r->p[0] : 0;
	seamkey_der_reader in;
	seamkey_span empty;

	memset(who, 0, sizeof *who);
	who->kind = (int)(tag & 0x1F);
	switch (tag) {
	case 0x80:
		empty = seamkey_der_get(r, tag);
		if (empty.len != 0) {
			seamkey_i_release_fail(r, SEAMKEY_ERR_DER_NULL);
		}
		break;
	case 0xA1:
	case 0xA2:
	case 0xA3:
		seamkey_der_enter(r, &in, tag);
		who->value = seamkey_der_get_element(&in, SEAMKEY_DER_SEQUENCE);
		seamkey_der_finish(r, &in);
		break;
	case 0x84:
		who->value = seamkey_der_get(r, tag);
		break;
	case 0xA5:
		seamkey_i_release_get_pair(r, tag, &who->type, &who->value);
		break;
	case 0:
		seamkey_i_release_fail(r, SEAMKEY_ERR_DER_TRUNCATED);
		break;
	default:
		seamkey_i_release_fail(r, SEAMKEY_ERR_RELEASE_WHO);
		break;
	}
	if (r->err == SEAMKEY_OK) {
		r->err = seamkey_i_release_check_who(who);
	}
}

static inline seamkey_release_limits
seamkey_i_release_limits(const seamkey_release_limits *limits)
{
	seamkey_release_limits l = { 0, 0, 0, 0 };

	if (limits != NULL) {
		l = *limits;
	}
	l.message = l.message != 0 ? l.message : 65535;
	l.blocks = l.blocks != 0 ? l.blocks : 8;
	l.entries = l.entries != 0 ? l.entries : 64;
	l.attributes = l.attributes != 0 ? l.attributes : 16;
	return l;
}

/* Is this block well formed, with so many entries at most? */
static inline int
seamkey_i_release_check_block(const seamkey_release_block *b, size_t entries)
{
	seamkey_der_reader r, set;
	size_t n;
	int status = seamkey_der_check(b->algorithm);

	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_der_init(&r, b->recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	for (n = 0; set.err == SEAMKEY_OK && set.len != 0; n++) {
		if (n == entries) {
			return SEAMKEY_ERR_RELEASE_LIMIT;
		}
		(void)seamkey_release_get_entry(&set);
	}
	seamkey_der_finish(&r, &set);
	status = seamkey_der_check_end(&r);
	return status == SEAMKEY_OK && n == 0 ? SEAMKEY_ERR_RELEASE_EMPTY
					      : status;
}

/* All blocks, which the reader is in front of. */
static inline void
seamkey_i_release_get_blocks(seamkey_der_reader *r, seamkey_release_request *q,
	const seamkey_release_limits *l)
{
	seamkey_release_block b;
	seamkey_der_reader list;

	q->blocks = seamkey_der_get(r, SEAMKEY_DER_SEQUENCE);
	seamkey_der_init(&list, q->blocks);
	while (r->err == SEAMKEY_OK && list.len != 0) {
		if (q->block_count == l->blocks) {
			r->err = SEAMKEY_ERR_RELEASE_LIMIT;
			return;
		}
		seamkey_release_get_block(&list, &b);
		r->err = list.err != SEAMKEY_OK
			? list.err
			: seamkey_i_release_check_block(&b, l->entries);
		q->block_count++;
	}
	if (q->block_count == 0) {
		seamkey_i_release_fail(r, SEAMKEY_ERR_RELEASE_EMPTY);
	}
}

static inline void
seamkey_i_release_get_context(seamkey_der_reader *r, seamkey_release_request *q,
	const seamkey_release_limits *l)
{
	seamkey_release_attribute a;
	seamkey_der_reader list;

	if (!seamkey_der_match(r, 0xA0)) {
		return;
	}
	q->context = seamkey_der_get(r, 0xA0);
	seamkey_der_init(&list, q->context);
	while (r->err == SEAMKEY_OK && list.len != 0) {
		if (q->context_count == l->attributes) {
			r->err = SEAMKEY_ERR_RELEASE_LIMIT;
			return;
		}
		seamkey_release_get_attribute(&list, &a);
		r->err = list.err;
		q->context_count++;
	}
	if (q->context_count == 0) {
		seamkey_i_release_fail(r, SEAMKEY_ERR_RELEASE_EMPTY);
	}
}

/* Fields of a message whose reader has no limits of its own. */
#define SEAMKEY_I_RELEASE_FIELDS 16

/*
 * Field ::= SEQUENCE { id INTEGER, critical BOOLEAN DEFAULT FALSE,
 *     value OCTET STRING }, ids ascending. None is known yet: what is not
 * critical is passed over.
 */
static inline void
seamkey_i_release_get_fields(seamkey_der_reader *r, size_t most)
{
	seamkey_der_reader list, one;
	uint32_t id, last = 0;
	size_t n;

	if (!seamkey_der_match(r, 0xA1)) {
		return;
	}
	seamkey_der_enter(r, &list, 0xA1);
	if (list.err == SEAMKEY_OK && list.len == 0) {
		list.err = SEAMKEY_ERR_RELEASE_EMPTY;
	}
	for (n = 0; list.err == SEAMKEY_OK && list.len != 0; n++) {
		int critical = 0;

		seamkey_der_enter(&list, &one, SEAMKEY_DER_SEQUENCE);
		id = seamkey_der_get_uint(&one);
		if (seamkey_der_match(&one, SEAMKEY_DER_BOOLEAN)) {
			critical = seamkey_der_get_boolean(&one);
			if (!critical) { /* DER does not write the default */
				seamkey_i_release_fail(
					&one, SEAMKEY_ERR_DER_BOOLEAN);
			}
		}
		(void)seamkey_der_get(&one, SEAMKEY_DER_OCTET_STRING);
		seamkey_der_finish(&list, &one);
		if (n == most) {
			seamkey_i_release_fail(
				&list, SEAMKEY_ERR_RELEASE_LIMIT);
		} else if (n != 0 && id <= last) {
			seamkey_i_release_fail(
				&list, SEAMKEY_ERR_RELEASE_ORDER);
		} else if (critical) {
			seamkey_i_release_fail(
				&list, SEAMKEY_ERR_RELEASE_CRITICAL);
		}
		last = id;
	}
	seamkey_der_finish(r, &list);
}

/* Enter a message of this kind. */
static inline int
seamkey_i_release_begin(seamkey_der_reader *r, seamkey_der_reader *seq,
	seamkey_span in, unsigned tag)
{
	if (in.len != 0 && in.p[0] != tag) {
		return SEAMKEY_ERR_RELEASE_MESSAGE;
	}
	seamkey_der_init(r, in);
	seamkey_der_enter(r, seq, tag);
	seamkey_i_release_get_version(seq);
	return SEAMKEY_OK;
}

/*
 * Request ::= [APPLICATION 1] SEQUENCE { version INTEGER { v1(1) },
 *     requestId OCTET STRING (SIZE (16..64)),
 *     form INTEGER { sealed(0), bare(1), clear(2) }, decryptor Decryptor,
 *     blocks SEQUENCE SIZE (1..MAX) OF Block,
 *     context [0] SEQUENCE SIZE (1..MAX) OF Attribute OPTIONAL,
 *     fields [1] SEQUENCE SIZE (1..MAX) OF Field OPTIONAL }
 */
SEAMKEY_API int
seamkey_release_decode_request(seamkey_release_request *out, seamkey_span in,
	const seamkey_release_limits *limits)
{
	seamkey_release_limits l = seamkey_i_release_limits(limits);
	seamkey_release_request q;
	seamkey_der_reader r, seq;
	uint32_t form;
	int status;

	if (in.len > l.message) {
		return SEAMKEY_ERR_RELEASE_LIMIT;
	}
	status = seamkey_i_release_begin(
		&r, &seq, in, SEAMKEY_RELEASE_TAG_REQUEST);
	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&q, 0, sizeof q);
	q.id = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	if (!seamkey_i_release_is_id(q.id)) {
		seamkey_i_release_fail(&seq, SEAMKEY_ERR_RELEASE_ID);
	}
	form = seamkey_der_get_uint(&seq);
	if (form > SEAMKEY_RELEASE_CLEAR) {
		seamkey_i_release_fail(&seq, SEAMKEY_ERR_RELEASE_FORM);
	}
	q.form = (int)(form & 3);
	seamkey_i_release_get_who(&seq, &q.who);
	seamkey_i_release_get_blocks(&seq, &q, &l);
	seamkey_i_release_get_context(&seq, &q, &l);
	seamkey_i_release_get_fields(&seq, l.attributes);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = q;
	}
	return status;
}

static inline void
seamkey_i_release_put_pair(seamkey_der_writer *w, unsigned tag,
	seamkey_span type, seamkey_span value)
{
	size_t mark = seamkey_der_begin(w, tag);

	seamkey_der_put_element(w, SEAMKEY_I_RELEASE_UTF8, type);
	seamkey_der_put_element(w, SEAMKEY_I_RELEASE_UTF8, value);
	seamkey_der_end(w, mark);
}

static inline void
seamkey_i_release_put_who(seamkey_der_writer *w, const seamkey_release_who *who)
{
	unsigned n = (unsigned)who->kind;

	switch (who->kind) {
	case SEAMKEY_RELEASE_CHANNEL:
		seamkey_der_put_element(
			w, SEAMKEY_DER_CONTEXT(n), seamkey_span_of(NULL, 0));
		break;
	case SEAMKEY_RELEASE_ALIAS:
		seamkey_der_put_element(w, SEAMKEY_DER_CONTEXT(n), who->value);
		break;
	case SEAMKEY_RELEASE_ATTRIBUTE:
		seamkey_i_release_put_pair(w,
			SEAMKEY_DER_CONTEXT_CONSTRUCTED(n), who->type,
			who->value);
		break;
	default:
		seamkey_der_put_element(
			w, SEAMKEY_DER_CONTEXT_CONSTRUCTED(n), who->value);
		break;
	}
}

/* What a request is made of, checked. */
typedef struct seamkey_i_release_parts {
	seamkey_span id;
	int form;
	const seamkey_release_who *who;
	const seamkey_release_block *blocks;
	size_t block_count;
	const seamkey_release_attribute *context;
	size_t context_count;
} seamkey_i_release_parts;

static inline int
seamkey_i_release_check_parts(const seamkey_i_release_parts *p)
{
	size_t u;
	int status;

	if (!seamkey_i_release_is_id(p->id)) {
		return SEAMKEY_ERR_RELEASE_ID;
	}
	if (p->form < SEAMKEY_RELEASE_SEALED
		|| p->form > SEAMKEY_RELEASE_CLEAR) {
		return SEAMKEY_ERR_RELEASE_FORM;
	}
	if (p->block_count == 0) {
		return SEAMKEY_ERR_RELEASE_EMPTY;
	}
	status = seamkey_i_release_check_who(p->who);
	for (u = 0; status == SEAMKEY_OK && u < p->block_count; u++) {
		status = seamkey_i_release_check_block(
			&p->blocks[u], p->blocks[u].recipients.len);
	}
	for (u = 0; status == SEAMKEY_OK && u < p->context_count; u++) {
		status = seamkey_i_release_check_attribute(
			p->context[u].type, p->context[u].value);
	}
	return status;
}

static inline void
seamkey_i_release_put_request(
	seamkey_der_writer *w, const seamkey_i_release_parts *p)
{
	size_t outer = seamkey_der_begin(w, SEAMKEY_RELEASE_TAG_REQUEST);
	size_t list, one, u;

	seamkey_der_put_uint(w, 1);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, p->id);
	seamkey_der_put_uint(w, (uint32_t)p->form);
	seamkey_i_release_put_who(w, p->who);
	list = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	for (u = 0; u < p->block_count; u++) {
		const seamkey_release_block *b = &p->blocks[u];

		one = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
		seamkey_der_put(w, b->recipients.p, b->recipients.len);
		seamkey_der_put(w, b->algorithm.p, b->algorithm.len);
		seamkey_der_end(w, one);
	}
	seamkey_der_end(w, list);
	if (p->context_count != 0) {
		list = seamkey_der_begin(w, 0xA0);
		for (u = 0; u < p->context_count; u++) {
			seamkey_i_release_put_pair(w, SEAMKEY_DER_SEQUENCE,
				p->context[u].type, p->context[u].value);
		}
		seamkey_der_end(w, list);
	}
	seamkey_der_end(w, outer);
}

SEAMKEY_API int
seamkey_release_encode_request(unsigned char *out, size_t cap, size_t *len,
	seamkey_span id, int form, const seamkey_release_who *who,
	const seamkey_release_block *blocks, size_t block_count,
	const seamkey_release_attribute *context, size_t context_count)
{
	seamkey_i_release_parts p;
	seamkey_der_writer measured, w;
	int status;

	p.id = id;
	p.form = form;
	p.who = who;
	p.blocks = blocks;
	p.block_count = block_count;
	p.context = context;
	p.context_count = context_count;
	status = seamkey_i_release_check_parts(&p);
	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_release_put_request(&measured, &p);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_release_put_request(&w, &p);
	}
	return status;
}

/* ---- [release.5] Answers --------------------------------------------- */

/*
 * Result ::= CHOICE { notReleased [0] NULL, sealed [1] EXPLICIT ContentInfo,
 *     bare [2] EXPLICIT ContentInfo, clear [3] EXPLICIT Released }
 */
SEAMKEY_API void
seamkey_release_get_result(seamkey_der_reader *r, seamkey_release_result *out)
{
	unsigned tag = r->len != 0 ? r->p[0] : 0;
	seamkey_der_reader in;

	memset(out, 0, sizeof *out);
	if (tag == 0x80) {
		if (seamkey_der_get(r, tag).len != 0) {
			seamkey_i_release_fail(r, SEAMKEY_ERR_DER_NULL);
		}
		return;
	}
	if (tag < 0xA1 || tag > 0xA3) {
		seamkey_i_release_fail(r,
			tag == 0 ? SEAMKEY_ERR_DER_TRUNCATED
				 : SEAMKEY_ERR_DER_TAG);
		return;
	}
	seamkey_der_enter(r, &in, tag);
	if (in.len != 0 && !seamkey_der_match(&in, SEAMKEY_DER_SEQUENCE)) {
		seamkey_i_release_fail(&in, SEAMKEY_ERR_DER_TAG);
	}
	out->content = seamkey_der_get_any(&in);
	seamkey_der_finish(r, &in);
	if (r->err == SEAMKEY_OK) {
		out->kind = (int)(tag & 3);
	} else {
		out->content = seamkey_span_of(NULL, 0);
	}
}

SEAMKEY_API void
seamkey_release_put_result(
	seamkey_der_writer *w, int kind, seamkey_span content)
{
	if (kind == SEAMKEY_RELEASE_NOT_RELEASED) {
		seamkey_der_put_element(w, 0x80, seamkey_span_of(NULL, 0));
		return;
	}
	seamkey_der_put_element(w,
		SEAMKEY_DER_CONTEXT_CONSTRUCTED((unsigned)kind & 3u), content);
}

/*
 * Answer ::= [APPLICATION 2] SEQUENCE { version INTEGER { v1(1) },
 *     requestId OCTET STRING, results SEQUENCE OF Result,
 *     fields [1] SEQUENCE SIZE (1..MAX) OF Field OPTIONAL }
 */
SEAMKEY_API int
seamkey_release_decode_answer(seamkey_release_answer *out, seamkey_span in)
{
	seamkey_release_answer a;
	seamkey_release_result one;
	seamkey_der_reader r, seq, list;
	int status = seamkey_i_release_begin(
		&r, &seq, in, SEAMKEY_RELEASE_TAG_ANSWER);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&a, 0, sizeof a);
	a.id = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	a.results = seamkey_der_get(&seq, SEAMKEY_DER_SEQUENCE);
	seamkey_der_init(&list, a.results);
	while (list.err == SEAMKEY_OK && list.len != 0) {
		seamkey_release_get_result(&list, &one);
		a.count++;
	}
	if (list.err != SEAMKEY_OK) {
		seamkey_i_release_fail(&seq, list.err);
	}
	if (a.id.len == 0 ? a.count != 0 : !seamkey_i_release_is_id(a.id)) {
		seamkey_i_release_fail(&seq, SEAMKEY_ERR_RELEASE_ID);
	}
	seamkey_i_release_get_fields(&seq, SEAMKEY_I_RELEASE_FIELDS);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status == SEAMKEY_OK) {
		*out = a;
	}
	return status;
}

static inline void
seamkey_i_release_put_answer(seamkey_der_writer *w, seamkey_span id,
	const seamkey_release_result *results, size_t count)
{
	size_t outer = seamkey_der_begin(w, SEAMKEY_RELEASE_TAG_ANSWER);
	size_t list, u;

	seamkey_der_put_uint(w, 1);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, id);
	list = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);
	for (u = 0; u < count; u++) {
		seamkey_release_put_result(
			w, results[u].kind, results[u].content);
	}
	seamkey_der_end(w, list);
	seamkey_der_end(w, outer);
}

SEAMKEY_API int
seamkey_release_encode_answer(unsigned char *out, size_t cap, size_t *len,
	seamkey_span id, const seamkey_release_result *results, size_t count)
{
	seamkey_der_writer measured, w;
	int status;

	if (id.len == 0 ? count != 0 : !seamkey_i_release_is_id(id)) {
		return SEAMKEY_ERR_RELEASE_ID;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_release_put_answer(&measured, id, results, count);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_release_put_answer(&w, id, results, count);
	}
	return status;
}

/* ---- [release.6] Released keys --------------------------------------- */

/*
 * Released ::= SEQUENCE { requestId OCTET STRING,
 *     recipientInfo OCTET STRING (SIZE (32)), key OCTET STRING }
 */
SEAMKEY_API int
seamkey_release_decode_released(seamkey_release_released *out, seamkey_span in)
{
	seamkey_release_released v;
	seamkey_der_reader r, seq;
	int status;

	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	v.id = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	v.recipient = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	v.key = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (!seamkey_i_release_is_id(v.id)) {
		return SEAMKEY_ERR_RELEASE_ID;
	}
	if (v.recipient.len != 32) {
		return SEAMKEY_ERR_RELEASE_MESSAGE;
	}
	if (v.key.len == 0 || v.key.len > 64) {
		return SEAMKEY_ERR_RELEASE_KEY;
	}
	*out = v;
	return SEAMKEY_OK;
}

static inline void
seamkey_i_release_put_released(seamkey_der_writer *w, seamkey_span id,
	seamkey_span recipient, seamkey_span key)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, id);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, recipient);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, key);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_release_encode_released(unsigned char *out, size_t cap, size_t *len,
	seamkey_span id, seamkey_span entry, seamkey_span key)
{
	seamkey_der_writer measured, w;
	unsigned char hash[32];
	seamkey_span recipient;
	int status;

	if (!seamkey_i_release_is_id(id)) {
		return SEAMKEY_ERR_RELEASE_ID;
	}
	if (key.len == 0 || key.len > 64) {
		return SEAMKEY_ERR_RELEASE_KEY;
	}
	seamkey_i_release_hash(entry, hash);
	recipient = seamkey_span_of(hash, sizeof hash);
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	seamkey_i_release_put_released(&measured, id, recipient, key);
	status = seamkey_i_name_end(&w, &measured, len);
	if (status == SEAMKEY_OK && out != NULL) {
		seamkey_i_release_put_released(&w, id, recipient, key);
	}
	return status;
}

SEAMKEY_API int
seamkey_release_check_released(const seamkey_release_released *released,
	seamkey_span id, const seamkey_release_block *block, unsigned char *key,
	size_t key_len)
{
	seamkey_der_reader r, set;
	unsigned char hash[32];
	int found = 0;

	seamkey_der_init(&r, block->recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	while (set.err == SEAMKEY_OK && set.len != 0) {
		seamkey_span entry = seamkey_release_get_entry(&set);

		seamkey_i_release_hash(entry, hash);
		found |= set.err == SEAMKEY_OK
			&& seamkey_span_match(released->recipient,
				seamkey_span_of(hash, sizeof hash));
	}
	if (!found || !seamkey_span_match(released->id, id)) {
		return SEAMKEY_ERR_RELEASE_OTHER;
	}
	if (released->key.len != key_len) {
		return SEAMKEY_ERR_RELEASE_KEY;
	}
	memcpy(key, released->key.p, key_len);
	return SEAMKEY_OK;
}

/* ---- [release.7] Approvals ------------------------------------------- */

/* sha256WithRSAEncryption, with its NULL: RFC 4055 section 5. */
#define SEAMKEY_I_RELEASE_SHA256_RSA \
	"\x30\x0D\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00"

#define SEAMKEY_I_RELEASE_TIME 0x18u

static inline int
seamkey_i_release_check_approval(
	const seamkey_release_approval *a, uint64_t *expiry)
{
	int status;

	if (!seamkey_i_release_is_id(a->id)) {
		return SEAMKEY_ERR_RELEASE_ID;
	}
	if (a->recipients.len != 32) {
		return SEAMKEY_ERR_RELEASE_MESSAGE;
	}
	if (a->decryptor.len <= 2 || a->approver.len <= 2) {
		return SEAMKEY_ERR_NAME;
	}
	status = seamkey_name_check(a->decryptor);
	if (status == SEAMKEY_OK) {
		status = seamkey_name_check(a->approver);
	}
	return status == SEAMKEY_OK
		? seamkey_name_decode_time(expiry, a->expires)
		: status;
}

/*
 * ApprovalBody ::= SEQUENCE { version INTEGER { v1(1) },
 *     requestId OCTET STRING, recipientInfos OCTET STRING (SIZE (32)),
 *     decryptor Name, approver Name, expiry GeneralizedTime,
 *     fields [1] SEQUENCE SIZE (1..MAX) OF Field OPTIONAL }
 */
static inline int
seamkey_i_release_get_body(seamkey_release_approval *a)
{
	seamkey_der_reader r, seq;
	int status;

	seamkey_der_init(&r, a->body);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	seamkey_i_release_get_version(&seq);
	a->id = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	a->recipients = seamkey_der_get(&seq, SEAMKEY_DER_OCTET_STRING);
	a->decryptor = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	a->approver = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	a->expires = seamkey_der_get(&seq, SEAMKEY_I_RELEASE_TIME);
	seamkey_i_release_get_fields(&seq, SEAMKEY_I_RELEASE_FIELDS);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	return status == SEAMKEY_OK
		? seamkey_i_release_check_approval(a, &a->expiry)
		: status;
}

/*
 * Approval ::= [APPLICATION 3] SEQUENCE { body ApprovalBody,
 *     algorithm AlgorithmIdentifier, signature BIT STRING }
 */
SEAMKEY_API int
seamkey_release_decode_approval(seamkey_release_approval *out, seamkey_span in)
{
	seamkey_release_approval a;
	seamkey_der_reader r, seq;
	seamkey_span algorithm;
	int status;

	if (in.len != 0 && in.p[0] != SEAMKEY_RELEASE_TAG_APPROVAL) {
		return SEAMKEY_ERR_RELEASE_MESSAGE;
	}
	memset(&a, 0, sizeof a);
	seamkey_der_init(&r, in);
	seamkey_der_enter(&r, &seq, SEAMKEY_RELEASE_TAG_APPROVAL);
	a.body = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	algorithm = seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
	a.signature = seamkey_der_get_bit_string(&seq, SEAMKEY_DER_BIT_STRING);
	seamkey_der_finish(&r, &seq);
	status = seamkey_der_check_end(&r);
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (!seamkey_span_match(algorithm,
		    SEAMKEY_I_BLOCK_SPAN(SEAMKEY_I_RELEASE_SHA256_RSA))) {
		return SEAMKEY_ERR_DER_ALGORITHM;
	}
	status = seamkey_i_release_get_body(&a);
	if (status == SEAMKEY_OK) {
		*out = a;
	}
	return status;
}

SEAMKEY_API int
seamkey_release_verify_approval(const seamkey_rsa_env *env,
	const seamkey_release_approval *approval, seamkey_span key)
{
	return seamkey_rsa_verify_message(env, approval->signature,
		&br_sha256_vtable, approval->body, key);
}

static inline void
seamkey_i_release_put_body(
	seamkey_der_writer *w, const seamkey_release_approval *a)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_DER_SEQUENCE);

	seamkey_der_put_uint(w, 1);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, a->id);
	seamkey_der_put_element(w, SEAMKEY_DER_OCTET_STRING, a->recipients);
	seamkey_der_put(w, a->decryptor.p, a->decryptor.len);
	seamkey_der_put(w, a->approver.p, a->approver.len);
	seamkey_der_put_element(w, SEAMKEY_I_RELEASE_TIME, a->expires);
	seamkey_der_end(w, mark);
}

/* All of it; signature NULL measures. */
static inline void
seamkey_i_release_put_approval(seamkey_der_writer *w,
	const seamkey_release_approval *a, seamkey_span signature)
{
	size_t mark = seamkey_der_begin(w, SEAMKEY_RELEASE_TAG_APPROVAL);

	seamkey_i_release_put_body(w, a);
	seamkey_der_put(w, SEAMKEY_I_RELEASE_SHA256_RSA,
		sizeof SEAMKEY_I_RELEASE_SHA256_RSA - 1);
	seamkey_der_put_bit_string(w, SEAMKEY_DER_BIT_STRING, signature);
	seamkey_der_end(w, mark);
}

SEAMKEY_API int
seamkey_release_sign_approval(const seamkey_rsa_env *env, unsigned char *out,
	size_t cap, size_t *len, const seamkey_release_approval *approval,
	seamkey_span key)
{
	unsigned char sig[SEAMKEY_RSA_MAX_BYTES];
	seamkey_der_writer measured, w;
	size_t sig_len = 0, need = 0;
	uint64_t expiry;
	int status = seamkey_i_release_check_approval(approval, &expiry);

	if (status != SEAMKEY_OK) {
		return status;
	}
	/* how long a signature will be */
	status = seamkey_rsa_sign_message(env, NULL, 0, &sig_len,
		&br_sha256_vtable, seamkey_span_of(NULL, 0), key);
	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&measured, 0, sizeof measured);
	memset(&w, 0, sizeof w);
	w.buf = out;
	w.cap = cap;
	memset(sig, 0, sizeof sig);
	seamkey_i_release_put_approval(
		&measured, approval, seamkey_span_of(sig, sig_len));
	status = seamkey_i_name_end(&w, &measured, &need);
	if (status == SEAMKEY_ERR_SPACE
		|| (status == SEAMKEY_OK && out == NULL)) {
		*len = need;
	}
	if (status != SEAMKEY_OK || out == NULL) {
		return status;
	}
	/* the body is written where it will stand, and signed there */
	seamkey_i_release_put_body(&w, approval);
	status = seamkey_rsa_sign_message(env, sig, sizeof sig, &sig_len,
		&br_sha256_vtable, seamkey_span_of(out, w.len), key);
	if (status != SEAMKEY_OK) {
		seamkey_wipe(out, w.len);
		return status;
	}
	w.len = 0;
	seamkey_i_release_put_approval(
		&w, approval, seamkey_span_of(sig, sig_len));
	*len = need;
	return w.err;
}

/*
 * Receipt ::= [APPLICATION 4] SEQUENCE { version INTEGER { v1(1) },
 *     fields [1] SEQUENCE SIZE (1..MAX) OF Field OPTIONAL }
 */
SEAMKEY_API int
seamkey_release_encode_receipt(unsigned char *out, size_t cap, size_t *len)
{
	static const unsigned char receipt[] = { SEAMKEY_RELEASE_TAG_RECEIPT, 3,
		SEAMKEY_DER_INTEGER, 1, 1 };

	*len = sizeof receipt;
	if (out != NULL && cap < sizeof receipt) {
		return SEAMKEY_ERR_SPACE;
	}
	if (out != NULL) {
		memcpy(out, receipt, sizeof receipt);
	}
	return SEAMKEY_OK;
}

SEAMKEY_API int
seamkey_release_decode_receipt(seamkey_span in)
{
	seamkey_der_reader r, seq;
	int status = seamkey_i_release_begin(
		&r, &seq, in, SEAMKEY_RELEASE_TAG_RECEIPT);

	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_release_get_fields(&seq, SEAMKEY_I_RELEASE_FIELDS);
	seamkey_der_finish(&r, &seq);
	return seamkey_der_check_end(&r);
}

/* ---- [release.8] Decryptors ------------------------------------------ */

/* A request under way: what it asked for, and the rest of the work. */
typedef struct seamkey_i_release_ask {
	const seamkey_release_decryptor *d;
	seamkey_release_block block;
	unsigned char drawn[SEAMKEY_RELEASE_ID_MIN];
	seamkey_span id;
	unsigned char *work;
	size_t work_len;
} seamkey_i_release_ask;

/* To the agent and back: the only result of the answer. */
static inline int
seamkey_i_release_exchange(
	seamkey_i_release_ask *a, seamkey_release_result *out)
{
	const seamkey_release_decryptor *d = a->d;
	seamkey_release_answer answer;
	seamkey_der_reader r;
	size_t len = 0, got = 0;
	int status = SEAMKEY_OK;

	a->id = d->id;
	if (a->id.len == 0) {
		status = seamkey_random_get(
			&d->env->random, a->drawn, sizeof a->drawn);
		a->id = seamkey_span_of(a->drawn, sizeof a->drawn);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_release_encode_request(a->work, a->work_len,
			&len, a->id, d->form, &d->who, &a->block, 1, d->context,
			d->context_count);
	}
	if (status == SEAMKEY_OK) {
		status = d->exchange(d->ctx, seamkey_span_of(a->work, len),
			a->work + len, a->work_len - len, &got);
	}
	if (status > 0 || (status == SEAMKEY_OK && got > a->work_len - len)) {
		status = SEAMKEY_ERR_HOOK;
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_release_decode_answer(
			&answer, seamkey_span_of(a->work + len, got));
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	if (answer.id.len == 0) {
		return SEAMKEY_ERR_RELEASE_REFUSED;
	}
	if (!seamkey_span_match(answer.id, a->id) || answer.count != 1) {
		return SEAMKEY_ERR_RELEASE_OTHER;
	}
	seamkey_der_init(&r, answer.results);
	seamkey_release_get_result(&r, out);
	return r.err;
}

/* The key in a Released that has been decrypted, or came in the clear. */
static inline int
seamkey_i_release_take(const seamkey_i_release_ask *a, seamkey_span der,
	unsigned char *key, size_t *key_len)
{
	seamkey_release_released released;
	int status = seamkey_release_decode_released(&released, der);

	if (status != SEAMKEY_OK) {
		return status;
	}
	if (released.key.len > 32) {
		return SEAMKEY_ERR_RELEASE_KEY;
	}
	*key_len = released.key.len;
	return seamkey_release_check_released(
		&released, a->id, &a->block, key, *key_len);
}

/* Is it for nobody whose key is here? */
static inline int
seamkey_i_release_has_to_ask(int status)
{
	return status == SEAMKEY_ERR_BLOCK_NO_RECIPIENT
		|| status == SEAMKEY_ERR_BLOCK_WRAP
		|| (status <= SEAMKEY_ERR_BLOCK_KEY_AGREE
			&& status >= SEAMKEY_ERR_BLOCK_OTHER);
}

/* The key of a result. It has to come in the form that was asked for: in
 * the clear anybody could have written it. */
static inline int
seamkey_i_release_get_key(const seamkey_i_release_ask *a,
	const seamkey_release_result *result, unsigned char *key,
	size_t *key_len)
{
	const seamkey_release_decryptor *d = a->d;
	unsigned char plain[SEAMKEY_RELEASE_RELEASED_MAX];
	size_t len = 0;
	int status;

	if (result->kind == SEAMKEY_RELEASE_NOT_RELEASED) {
		return SEAMKEY_ERR_RELEASE_REFUSED;
	}
	if (result->kind != d->form + 1) {
		return SEAMKEY_ERR_RELEASE_FORM;
	}
	if (result->kind == SEAMKEY_RELEASE_IS_CLEAR) {
		return seamkey_i_release_take(a, result->content, key, key_len);
	}
	status = seamkey_block_open(d->env,
		d->form == SEAMKEY_RELEASE_BARE ? SEAMKEY_BLOCK_CBC : 0,
		d->keys, d->count, result->content, plain, sizeof plain, &len);
	if (status == SEAMKEY_OK && d->form == SEAMKEY_RELEASE_SEALED) {
		status = seamkey_i_release_take(
			a, seamkey_span_of(plain, len), key, key_len);
	} else if (status == SEAMKEY_OK && len <= 32) {
		memcpy(key, plain, len);
		*key_len = len;
	} else if (status == SEAMKEY_OK) {
		status = SEAMKEY_ERR_RELEASE_KEY;
	} else if (seamkey_i_release_has_to_ask(status)) {
		status = SEAMKEY_ERR_BLOCK_OPEN; /* that was the answer */
	}
	seamkey_wipe(plain, sizeof plain);
	return status;
}

/* Read the header of a block into work, ask, and load what comes. */
static inline int
seamkey_i_release_load(seamkey_i_release_ask *a, seamkey_block_opener *o,
	seamkey_span block, size_t *used)
{
	seamkey_release_result result;
	unsigned char key[32];
	size_t none, key_len = 0, header;
	int status;

	seamkey_block_open_begin_ask(o, a->d->lenient, a->work, a->work_len);
	status = seamkey_block_open_push(
		o, block.p, block.len, used, NULL, 0, &none);
	if (status == SEAMKEY_AGAIN) {
		status = seamkey_block_open_get_header(
			o, &a->block.recipients, &a->block.algorithm);
	}
	if (status != SEAMKEY_OK) {
		return status == SEAMKEY_AGAIN ? SEAMKEY_ERR_DER_TRUNCATED
					       : status;
	}
	header = (size_t)(a->block.recipients.p - a->work)
		+ a->block.recipients.len;
	a->work += header;
	a->work_len -= header;
	status = seamkey_i_release_exchange(a, &result);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_release_get_key(a, &result, key, &key_len);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_block_open_load(
			o, seamkey_span_of(key, key_len));
	}
	seamkey_wipe(key, sizeof key);
	return status;
}

SEAMKEY_API int
seamkey_release_open(const seamkey_release_decryptor *d, seamkey_span block,
	unsigned char *work, size_t work_len, unsigned char *out, size_t cap,
	size_t *len)
{
	seamkey_i_release_ask a;
	seamkey_block_opener o;
	size_t before = 0, used = 0, written = 0;
	int status = SEAMKEY_ERR_BLOCK_NO_RECIPIENT;

	if (!d->always_ask) {
		status = seamkey_block_open(d->env, d->lenient, d->keys,
			d->count, block, out, cap, len);
	}
	if (!seamkey_i_release_has_to_ask(status)) {
		return status;
	}
	if (d->exchange == NULL || d->env == NULL) {
		return status;
	}
	memset(&a, 0, sizeof a);
	a.d = d;
	a.work = work;
	a.work_len = work_len;
	status = seamkey_i_release_load(&a, &o, block, &before);
	if (status == SEAMKEY_OK) {
		status = seamkey_block_open_push(&o, block.p + before,
			block.len - before, &used, out, cap, &written);
		status = seamkey_i_block_open_end(&o, status,
			before + used == block.len, out, written, len);
	} else {
		seamkey_block_open_wipe(&o);
	}
	seamkey_wipe(work, work_len);
	return status;
}

#ifdef __cplusplus
}
#endif
#endif
