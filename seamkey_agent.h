/*
 * seamkey_agent.h - the key release agent: who gets the key of a block
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * CONTENTS
 *   1. Limits          4. Repository         7. Answers under way
 *   2. Errors          5. Environment        8. Approvals
 *   3. Rows            6. Answers            9. Administration
 * Search for "[agent.4]" to reach section 4: declarations first,
 * definitions second.
 *
 * WHAT IT IS
 *   A block is sealed to access identifiers ("legal team"), each with key
 *   pairs whose private halves are the agent's. Who wants to read it sends
 *   the agent a request (seamkey_release.h) with the encrypted keys. The
 *   agent finds its key pair for one of them, and the access identifier of
 *   that, and the rules of that (seamkey_rule.h); if they admit the
 *   decryptor it decrypts the key with that key pair, and encrypts it to
 *   the public key that its repository has for the decryptor. Rules can
 *   change after sealing; the blocks stay as they are.
 *
 * GUARANTEES
 *   Only the private key whose own rules passed is used, once for a block.
 *   What a request says about its sender is no evidence: its name selects
 *   an entry of the repository, its claims can only narrow, and are looked
 *   at only where the channel says that the decryptor asks. A key leaves
 *   encrypted to a public key that was looked up, or in the clear to the
 *   peer that the channel has authenticated, and to nobody else.
 *   An encrypted key that is bad, in whatever way, is answered like a good
 *   one, with a key that is pseudo-random (seamkey_rsa.h, sections 7 and
 *   8): the agent is no oracle for its keys.
 *   Why a key was not released is known here, and told to the audit hook;
 *   the answer says "not released", and no more. What the audit hook does
 *   not take does not happen.
 *
 * CAUTIONS
 *   Rows of the repository are trusted. It belongs to the agent as its
 *   private keys do.
 */
#include <bearssl.h>

#include "seamkey_base.h"
#include "seamkey_block.h"
#include "seamkey_der.h"
#include "seamkey_name.h"
#include "seamkey_release.h"
#include "seamkey_rsa.h"
#include "seamkey_rule.h"

#ifndef SEAMKEY_AGENT_H
#define SEAMKEY_AGENT_H

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [agent.1] Limits ------------------------------------------------ */

/* Rows of one kind that belong together, which seamkey_agent_change() adds
 * up to: bindings of an access identifier; claims of a role; key pairs with
 * one identifier. Values of an attribute: SEAMKEY_RULE_MAX_VALUES. */
#define SEAMKEY_AGENT_MAX_RULES 16
#define SEAMKEY_AGENT_MAX_ROLE  16
#define SEAMKEY_AGENT_MAX_PAIRS 16

/* How often the rules of a key pair are decided for one request; where rules
 * want the same approvers it is more than once. A block that names more key
 * pairs, before one that is released, costs its sender the answer. */
#define SEAMKEY_AGENT_MAX_DECISIONS 128

/* Rows that a lookup by a part of a name looks at; members of a group, where
 * more approvals of a block have come than are gone through. */
#define SEAMKEY_AGENT_MAX_SCAN 4096

/* Approvals of one approver that are kept; of one block that are gone through,
 * and different approvers of it that are counted; approval rules of one
 * decision that pass, as approvers of each are enough, before one more does
 * not; requests of one decryptor that are noted as waiting, and after how many
 * seconds one makes room for another. */
#define SEAMKEY_AGENT_MAX_APPROVED 64
#define SEAMKEY_AGENT_MAX_VOTES    8
#define SEAMKEY_AGENT_MAX_PENDING  16
#define SEAMKEY_AGENT_PENDING_TIME 604800ul

/* Does nobody wait any more for a row of kind PENDING, at this time? Clocks
 * of agents that share a repository differ, and are set back: what was noted
 * in the future is new, up to as far as the past is looked at. */
#define SEAMKEY_AGENT_IS_STALE(row, now) \
	(SEAMKEY_I_AGENT_AGE(row, now) > 2 * SEAMKEY_AGENT_PENDING_TIME)
#define SEAMKEY_I_AGENT_AGE(row, now) \
	((uint32_t)((uint32_t)(now) - (row)->number \
		+ (uint32_t)SEAMKEY_AGENT_PENDING_TIME))

/* Bytes of any field of a row. */
#define SEAMKEY_AGENT_MAX_FIELD 32768

/* ---- [agent.2] Errors ------------------------------------------------ */

/* clang-format off */
#define SEAMKEY_AGENT_ERRORS(X) \
	X(SEAMKEY_ERR_AGENT_NO_KEY, -540, \
		"none of the key pairs of the block is in the repository") \
	X(SEAMKEY_ERR_AGENT_NO_RULES, -541, \
		"the key pair has no rules, so nobody is admitted") \
	X(SEAMKEY_ERR_AGENT_NO_DECRYPTOR, -542, \
		"the decryptor is not in the repository") \
	X(SEAMKEY_ERR_AGENT_AMBIGUOUS, -543, \
		"more than one decryptor is meant") \
	X(SEAMKEY_ERR_AGENT_NO_PUBLIC_KEY, -544, \
		"the repository has no public key for the decryptor") \
	X(SEAMKEY_ERR_AGENT_CERTIFICATE, -545, \
		"the certificate does not belong to this decryptor") \
	X(SEAMKEY_ERR_AGENT_CLAIM, -546, \
		"the request claims what the decryptor does not have") \
	X(SEAMKEY_ERR_AGENT_CHANNEL, -547, \
		"the channel has not authenticated this decryptor") \
	X(SEAMKEY_ERR_AGENT_FORM, -548, \
		"answers of this form are not given") \
	X(SEAMKEY_ERR_AGENT_AUDIT, -549, \
		"the audit log did not take the event") \
	X(SEAMKEY_ERR_AGENT_EXISTS, -550, \
		"there is one already") \
	X(SEAMKEY_ERR_AGENT_MISSING, -551, \
		"what it refers to is not in the repository") \
	X(SEAMKEY_ERR_AGENT_IN_USE, -552, \
		"something in the repository still refers to it") \
	X(SEAMKEY_ERR_AGENT_RIGHTS, -553, \
		"this is not for this person to change") \
	X(SEAMKEY_ERR_AGENT_ROW, -554, \
		"this is no row of a repository") \
	X(SEAMKEY_ERR_AGENT_APPROVAL, -555, \
		"the approval is not valid") \
	X(SEAMKEY_ERR_AGENT_UNCERTAIN, -556, \
		"whether it has happened is not known")
/* clang-format on */

enum seamkey_agent_error {
	SEAMKEY_AGENT_ERRORS(SEAMKEY_I_ENUM) SEAMKEY_AGENT_NO_ERROR = 0
};

/* As seamkey_base_text(), for the codes of this header and all below. */
SEAMKEY_API const char *seamkey_agent_text(int status);

/* ---- [agent.3] Rows -------------------------------------------------- */

/*
 * A repository is a set of rows. What the fields of each kind are:
 *
 *   kind       owner            name                  value
 *   ACCESS     access id        -                     -
 *   KEY        access id        key pair identifier   private key
 *   RULE       rule's name      -                     Rule in DER
 *   BINDING    access id        rule's name           key pair identifier,
 *                                                     or empty: all of them
 *   DECRYPTOR  Name             alias, may be empty   public key, or
 *                                                     certificate, or empty
 *   ATTRIBUTE  Name             type                  value
 *   GROUP      group            -                     -
 *   MEMBER     group            Name                  -
 *   MANAGER    group            Name                  -
 *   ROLE       role             attribute's type      what it compares with
 *   APPROVAL   Name             SHA-256 of length of  Approval
 *                               request id, id, next
 *                               line's, decryptor
 *   PENDING    request id       SHA-256 of the        Name
 *                               RecipientInfos
 *
 * Access ids, names of rules, groups and roles, aliases: text, as in
 * seamkey_rule.h. A Name is in DER with all its strings UTF8String, as
 * seamkey_agent_encode_name() makes it: the same for all that match and are
 * as long. A key pair identifier is that of a block: the
 * subjectKeyIdentifier, or the whole IssuerAndSerialNumber in DER. Keys are
 * a PrivateKeyInfo and a SubjectPublicKeyInfo.
 */
enum seamkey_agent_kind {
	SEAMKEY_AGENT_ACCESS = 1,
	SEAMKEY_AGENT_KEY,
	SEAMKEY_AGENT_RULE,
	SEAMKEY_AGENT_BINDING,
	SEAMKEY_AGENT_DECRYPTOR,
	SEAMKEY_AGENT_ATTRIBUTE,
	SEAMKEY_AGENT_GROUP,
	SEAMKEY_AGENT_MEMBER,
	SEAMKEY_AGENT_MANAGER,
	SEAMKEY_AGENT_ROLE,
	SEAMKEY_AGENT_APPROVAL,
	SEAMKEY_AGENT_PENDING
};

typedef struct seamkey_agent_row {
	uint8_t kind;    /* enum seamkey_agent_kind */
	uint8_t flag;    /* KEY: 1 retired; DECRYPTOR: the padding to encrypt
	                  * with, enum seamkey_block_padding; ROLE: enum
	                  * seamkey_rule_compare */
	uint32_t number; /* DECRYPTOR: clearance; PENDING: when it was noted,
	                  * the low 32 bits of the seconds since 1970 */
	seamkey_span owner, name, value;

	/* KEY, where it lives in hardware: value is its public key then, and
	 * these are those of seamkey_rsa_env */
	seamkey_span handle, rejection;
} seamkey_agent_row;

/*
 * A Name as rows have it, to out[0..cap), *len bytes: as many as it has.
 * SEAMKEY_OK; SEAMKEY_ERR_SPACE sets *len; SEAMKEY_ERR_NAME leaves it.
 */
SEAMKEY_API int seamkey_agent_encode_name(
	unsigned char *out, size_t cap, size_t *len, seamkey_span name);

/* ---- [agent.4] Repository -------------------------------------------- */

enum seamkey_agent_change_kind {
	SEAMKEY_AGENT_ADD = 1,
	SEAMKEY_AGENT_REPLACE, /* all else of a RULE, DECRYPTOR, APPROVAL */
	SEAMKEY_AGENT_RETIRE,  /* a KEY, which goes on to open old blocks */
	SEAMKEY_AGENT_DELETE
};

/*
 * The fields by which a row of this kind is the one that it is; the others
 * have p NULL. ACCESS, RULE, DECRYPTOR, GROUP: owner; KEY, MEMBER, MANAGER,
 * APPROVAL, PENDING: owner and name; BINDING, ATTRIBUTE, ROLE: all three.
 */
SEAMKEY_API seamkey_agent_row seamkey_agent_identity(
	const seamkey_agent_row *row);

/*
 * Where rows are kept. Any number of threads may share it, if it can.
 *
 * find    the n-th row, n from 0, that is like another: of its kind, and
 *         with the same octets in each of owner, name and value whose p is
 *         not NULL there. SEAMKEY_OK; SEAMKEY_ERR_RULE_NONE: there are no
 *         more; anything else: it could not be found out. What *out refers
 *         to stays in place until done. The order of rows is the store's,
 *         and the same from one n to the next.
 * change  one row, at once and for good: after a crash it has happened or
 *         has not. Which one is said by seamkey_agent_identity(): to add
 *         one that is there is SEAMKEY_ERR_AGENT_EXISTS, to change one that
 *         is not SEAMKEY_ERR_RULE_NONE. A store that cannot find out whether
 *         it has happened says SEAMKEY_ERR_AGENT_UNCERTAIN; with any other
 *         error it has not. What the row refers to is the caller's again
 *         afterwards. NULL: read only.
 * done    the end of a request. May be NULL.
 * load    a row of kind KEY that find gave becomes ready for its private
 *         operation: value and rejection are those of [agent.3] now, until
 *         done. Asked for the one key pair whose rules have passed, so that
 *         what unwraps keys does it for no stranger. NULL: find gives them
 *         ready.
 */
typedef struct seamkey_agent_store {
	int (*find)(void *ctx, const seamkey_agent_row *like, size_t n,
		seamkey_agent_row *out);
	int (*change)(void *ctx, int change, const seamkey_agent_row *row);
	void (*done)(void *ctx);
	int (*load)(void *ctx, seamkey_agent_row *key);
} seamkey_agent_store;

/*
 * A store over an array of rows: for tables in flash with cap 0, and to
 * begin with. Names are compared as seamkey_name_match() does. ctx is a
 * seamkey_agent_rows. For one context at a time.
 *
 * What is added is copied to bytes[0..(cap + 1) * each), each bytes at most
 * a row (SEAMKEY_ERR_SPACE); private keys are wiped there when they go.
 * With bytes NULL a row refers to the caller's bytes, which stay in place as
 * long as it does; approvals and what waits for them, which the agent itself
 * adds, are not kept then (SEAMKEY_ERR_UNSUPPORTED).
 */
typedef struct seamkey_agent_rows {
	seamkey_agent_row *row; /* row[0..count), room for cap */
	size_t count, cap;
	unsigned char *bytes;
	size_t each;
} seamkey_agent_rows;

SEAMKEY_API const seamkey_agent_store *seamkey_agent_store_rows(void);

/* ---- [agent.5] Environment ------------------------------------------- */

enum seamkey_agent_event_kind {
	SEAMKEY_AGENT_RELEASED = 1, /* a key is about to leave; its request
	                             * waits no more */
	SEAMKEY_AGENT_REFUSED,      /* status says why */
	SEAMKEY_AGENT_WAITING,      /* approvals are missing: that is about to
	                             * be noted */
	SEAMKEY_AGENT_APPROVED,     /* an approval was taken */
	SEAMKEY_AGENT_CHANGING,     /* a change is about to be made */
	SEAMKEY_AGENT_CHANGED,      /* status says whether it was */
	SEAMKEY_AGENT_DISAPPROVED   /* an approval was not taken, or not kept:
	                             * status says why; with
	                             * SEAMKEY_ERR_AGENT_UNCERTAIN it may be */
};

/* What the audit hook is told. Spans are in place during the call. */
typedef struct seamkey_agent_event {
	int kind;             /* enum seamkey_agent_event_kind */
	int status;           /* the reason */
	size_t block;         /* of the request, from 0 */
	seamkey_span request; /* id; empty: it could not be read */
	seamkey_span who;     /* Name of the decryptor, approver or
	                          * administrator, or empty; of a change that
	                          * makes room, whose row it is */
	seamkey_span access;  /* access id whose rules decided, or empty */
	seamkey_span key_id;  /* key pair identifier, or empty */
	seamkey_span to;      /* SubjectPublicKeyInfo that the key of a block
	                       * is encrypted to; empty: in the clear */
	int form;             /* of a release: enum seamkey_release_form */
	int change;           /* enum seamkey_agent_change_kind */
	const seamkey_agent_row *row; /* that is changed; its value may be a
	                               * private key: not for a log */
} seamkey_agent_event;

/*
 * The agent's hooks; ctx is env->ctx. Any may be NULL.
 *
 * audit        keeps an event. Anything but SEAMKEY_OK: what the event
 *              announces does not happen.
 * certificate  is this certificate valid, and of the decryptor with this
 *              Name? SEAMKEY_OK: its key may be encrypted to. Asked of one in
 *              a request, and of one in the row of a decryptor or approver,
 *              each time that it is used. NULL: the key of a certificate is
 *              never used, only its subject.
 * role         has this decryptor an attribute certificate for the role?
 *              Asked where the rows of the repository do not say so.
 * function     of rules: see seamkey_rule_hooks. Role and function may be
 *              asked again, where rules want the same approvers.
 */
typedef struct seamkey_agent_hooks {
	int (*audit)(void *ctx, const seamkey_agent_event *event);
	int (*certificate)(
		void *ctx, seamkey_span certificate, seamkey_span decryptor);
	int (*role)(void *ctx, seamkey_span role, seamkey_span decryptor);
	int (*function)(void *ctx, seamkey_span name, seamkey_span argument,
		seamkey_span decryptor);
} seamkey_agent_hooks;

/*
 * Everything around an answer. Zero it, and set rsa and store. Read only.
 * With release, what store finds and hooks see is one thread's at a time.
 */
typedef struct seamkey_agent_env {
	const seamkey_rsa_env *rsa; /* random; policy; engine and scratch for
	                             * the private keys */
	const seamkey_rsa_env *public_rsa; /* for what is public, and sealed;
	                                    * NULL: rsa without its engine */
	const seamkey_agent_store *store;
	void *store_ctx;
	const seamkey_agent_hooks *hooks;
	void *ctx;
	const seamkey_release_limits *limits; /* NULL: its defaults */
	unsigned lenient; /* whose keys are released besides AES-GCM's:
	                   * SEAMKEY_BLOCK_CBC, _DES; SEAMKEY_ABSENT_NULL */
	int allow_bare;   /* 1: also in the form for old readers */
} seamkey_agent_env;

/* What the agent itself sees when a request comes. Zeroed: nothing. */
typedef struct seamkey_agent_scene {
	int authenticated;     /* TLS has verified the peer's certificate */
	seamkey_span peer;     /* its subject, a Name */
	seamkey_span location; /* text, or empty */
	int has_time;          /* the clock: see seamkey_rule_facts */
	uint64_t now;
	uint32_t second;
	unsigned weekday;
} seamkey_agent_scene;

/* ---- [agent.6] Answers ----------------------------------------------- */

/*
 * Answer a request.
 *
 *   request        what has come, one Request whole, or anything
 *   out[0..cap)    out: the answer, *len bytes of it. Must not overlap
 *                  request. SEAMKEY_AGENT_ANSWER_MAX bytes are enough for
 *                  as many blocks as stand behind it.
 *
 * Returns SEAMKEY_OK with an answer, whatever it says: why a key was not
 * released is told to the audit hook alone. Otherwise out[] is wiped as far
 * as it was written, and *len unchanged: SEAMKEY_ERR_ARG; SEAMKEY_ERR_SPACE;
 * SEAMKEY_ERR_IDLE (an engine that polls and no idle hook),
 * SEAMKEY_ERR_CANCELLED. A repeated request gives the same keys to the same
 * decryptor, if the rules still have it so.
 * Constant time in all keys, and in whether an encrypted key was good.
 * Needs SEAMKEY_RSA_WORK bytes on the stack besides the table's.
 */
#define SEAMKEY_AGENT_ANSWER_MAX(blocks) (100u + 1300u * (blocks))

SEAMKEY_API int seamkey_agent_answer(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span request,
	unsigned char *out, size_t cap, size_t *len);

/* ---- [agent.7] Answers under way ------------------------------------- */

/*
 * One private operation at a time of an answer. The caller zeroes it and
 * sets work (at least SEAMKEY_RSA_WORK bytes) and scratch (what the driver
 * of the engine says).
 */
typedef struct seamkey_agent_lane {
	unsigned char *work;
	size_t work_len;
	void *scratch;
	size_t scratch_len;

	/* the agent's own */
	seamkey_op op;
	seamkey_release_block block;
	seamkey_block_entry entry;
	seamkey_agent_row key;
	int status;    /* SEAMKEY_AGAIN: under way */
	int announced; /* to the audit hook, as released */
	int approved;  /* by others */
	unsigned char plain[32];
	size_t plain_len;
} seamkey_agent_lane;

/* An answer that is being made: the caller's memory. */
typedef struct seamkey_agent {
	const seamkey_agent_env *env;
	const seamkey_agent_scene *scene;
	seamkey_agent_lane *lane;
	size_t lanes, used, done; /* lanes in use; blocks that are answered */
	size_t decided;           /* how often rules were */
	seamkey_release_request request;
	seamkey_der_reader blocks;
	seamkey_agent_row decryptor;
	seamkey_span to; /* SubjectPublicKeyInfo to encrypt to */
	int refusal;     /* of the whole request, or SEAMKEY_OK */
	int status;
	seamkey_der_writer w;
	size_t outer, results;
	unsigned char name[SEAMKEY_NAME_MAX];
} seamkey_agent;

/*
 * The same, where an engine is not waited for: begin, then poll until it
 * returns other than SEAMKEY_AGAIN; or cancel. Everything handed to begin
 * stays in place until then. Blocks of a request are handed to the engine
 * as many at once as there are lanes, so that one that computes eight at a
 * time gets them: its driver answers SEAMKEY_AGAIN to begin, and does the
 * work when it is polled. With one lane they come one after the other.
 *
 * begin returns SEAMKEY_AGAIN, or an error as above; poll SEAMKEY_AGAIN,
 * or what seamkey_agent_answer() does, and SEAMKEY_ERR_STATE afterwards.
 */
SEAMKEY_API int seamkey_agent_begin(seamkey_agent *a,
	const seamkey_agent_env *env, const seamkey_agent_scene *scene,
	seamkey_agent_lane *lane, size_t lanes, seamkey_span request,
	unsigned char *out, size_t cap);
SEAMKEY_API int seamkey_agent_poll(seamkey_agent *a, size_t *len);
SEAMKEY_API void seamkey_agent_cancel(seamkey_agent *a);

/* ---- [agent.8] Approvals --------------------------------------------- */

/*
 * Take an approval of a request (seamkey_release.h): its approver must be a
 * decryptor of the repository, and the signature made with his key; it is
 * kept as a row. It counts for the one request that it names, over the very
 * same RecipientInfos, for the decryptor that it names, who cannot approve
 * himself, and until it expires: without a clock nothing is approved. Which
 * group an approver has to be of is for the rule to say, when it decides.
 * In one decision, over all rules of a key pair, an approver is counted in one
 * approval rule: who is of two groups has one voice, where it is needed.
 *
 * Of each approver one approval is kept of the same request, block and
 * decryptor, the one that lasts longest, and in all
 * SEAMKEY_AGENT_MAX_APPROVED, where those that have expired make room. To
 * delete one revokes nothing: whoever has a copy can send it again.
 *
 * A request that waits for approvals is a row of kind PENDING until they let
 * it be released, or another of the same decryptor is noted and it is older
 * than SEAMKEY_AGENT_PENDING_TIME; where he has SEAMKEY_AGENT_MAX_PENDING of
 * them, a further one is noted, in place of the oldest, only if it came over
 * a channel that the decryptor himself has authenticated: others could ask
 * in his name. The list is for people: an approval counts without it.
 *
 * Writes a Receipt to out[0..cap), the same whatever becomes of the
 * approval. Returns SEAMKEY_OK where it was taken or was there already;
 * SEAMKEY_ERR_SPACE, *len is what is needed; else the reason, which is for
 * the audit hook and not for the wire: SEAMKEY_ERR_AGENT_APPROVAL,
 * _NO_DECRYPTOR, _NO_PUBLIC_KEY, _CERTIFICATE, _AUDIT;
 * SEAMKEY_ERR_RELEASE_LIMIT; those of
 * seamkey_release_decode_approval(), of the store, of seamkey_rsa_verify().
 */
SEAMKEY_API int seamkey_agent_approve(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span approval,
	unsigned char *out, size_t cap, size_t *len);

/* ---- [agent.9] Administration ---------------------------------------- */

/* Who changes something. */
typedef struct seamkey_agent_actor {
	int is_administrator; /* 1: may change everything */
	seamkey_span name;    /* his Name: a manager of a group may add and
	                       * delete members of that */
} seamkey_agent_actor;

/*
 * Change a row of the repository: the one way to do so. The row is checked
 * by itself and with those that it refers to, or that refer to it; the
 * audit hook is told before and after.
 *
 * Nothing is deleted that something else refers to: access ids that have
 * keys or bindings, key pairs that a binding names, rules that are bound,
 * groups that have members or managers, decryptors that are in a group or
 * have attributes. Nothing is added beyond the limits of [agent.1]
 * (SEAMKEY_ERR_RELEASE_LIMIT). DELETING A KEY IS LOSS OF DATA: every block
 * that was sealed to it alone can never be opened again. Retire it; a
 * retired key opens old blocks, and seals no new ones.
 *
 * Returns SEAMKEY_OK; SEAMKEY_ERR_AGENT_UNCERTAIN, a store's that does not
 * know whether it has changed; else nothing has: SEAMKEY_ERR_AGENT_ROW (the
 * row is malformed, or has no such change), _EXISTS, _MISSING, _IN_USE,
 * _RIGHTS, _AUDIT; SEAMKEY_ERR_UNSUPPORTED (a store that is read only);
 * those of seamkey_rule_decode(), of keys as for seamkey_rsa_decrypt() and
 * seamkey_rsa_encrypt(), of the store.
 */
SEAMKEY_API int seamkey_agent_change(const seamkey_agent_env *env,
	const seamkey_agent_actor *actor, int change,
	const seamkey_agent_row *row);

#ifdef __cplusplus
}
#endif
#endif /* SEAMKEY_AGENT_H */

/* ===================== definitions ==================================== */
#if (!defined(SEAMKEY_EXTERN) || defined(SEAMKEY_IMPLEMENTATION)) \
	&& !defined(SEAMKEY_AGENT_IMPLEMENTED)
#define SEAMKEY_AGENT_IMPLEMENTED

#ifdef __cplusplus
extern "C" {
#endif

/* ---- [agent.2] Errors ------------------------------------------------ */

SEAMKEY_API const char *
seamkey_agent_text(int status)
{
	switch (status) {
		SEAMKEY_AGENT_ERRORS(SEAMKEY_I_TEXT)
	default:
		break;
	}
	if (status <= -520 && status > -540) {
		return seamkey_rule_text(status);
	}
	return seamkey_release_text(status);
}

/* ---- [agent.3] Rows -------------------------------------------------- */

/* A Name with all its strings UTF8String, and then its sets in order, in
 * out[0..SEAMKEY_NAME_MAX): the form in which names are looked up, one for all
 * names of one length that match. Empty where it is none. */
static inline seamkey_span
seamkey_i_agent_canonical(unsigned char *out, seamkey_span name)
{
	seamkey_der_reader r, seq, set, one;
	seamkey_span value, part;

	if (seamkey_name_check(name) != SEAMKEY_OK || name.len <= 2) {
		return seamkey_span_of(out, 0);
	}
	memcpy(out, name.p, name.len);
	seamkey_der_init(&r, name);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	while (seq.len != 0) {
		part = seamkey_der_get(&seq, SEAMKEY_DER_SET);
		seamkey_der_init(&set, part);
		while (set.len != 0) {
			seamkey_der_enter(&set, &one, SEAMKEY_DER_SEQUENCE);
			(void)seamkey_der_get_oid(&one);
			value = seamkey_der_get_any(&one);
			if (seamkey_i_name_is_string(value.p[0])) {
				out[value.p - name.p] = 0x0C;
			}
			seamkey_der_finish(&set, &one);
		}
		seamkey_i_name_sort(out + (part.p - name.p), part.len);
	}
	return seamkey_span_of(out, name.len);
}

SEAMKEY_API int
seamkey_agent_encode_name(
	unsigned char *out, size_t cap, size_t *len, seamkey_span name)
{
	unsigned char canonical[SEAMKEY_NAME_MAX];
	seamkey_span s = seamkey_i_agent_canonical(canonical, name);

	if (s.len == 0) {
		return SEAMKEY_ERR_NAME;
	}
	*len = s.len;
	if (out != NULL && cap < s.len) {
		return SEAMKEY_ERR_SPACE;
	}
	if (out != NULL) {
		memcpy(out, s.p, s.len);
	}
	return SEAMKEY_OK;
}

/* ---- [agent.4] Repository -------------------------------------------- */

/* An empty field that is looked for is empty, not any. */
static inline seamkey_span
seamkey_i_agent_exactly(seamkey_span field)
{
	static const unsigned char nothing[1] = { 0 };

	return field.len == 0 ? seamkey_span_of(nothing, 0) : field;
}

SEAMKEY_API seamkey_agent_row
seamkey_agent_identity(const seamkey_agent_row *row)
{
	seamkey_agent_row id;

	memset(&id, 0, sizeof id);
	id.kind = row->kind;
	id.owner = seamkey_i_agent_exactly(row->owner);
	switch (row->kind) {
	case SEAMKEY_AGENT_BINDING:
	case SEAMKEY_AGENT_ATTRIBUTE:
	case SEAMKEY_AGENT_ROLE:
		id.value = seamkey_i_agent_exactly(row->value);
		id.name = seamkey_i_agent_exactly(row->name);
		break;
	case SEAMKEY_AGENT_KEY:
	case SEAMKEY_AGENT_MEMBER:
	case SEAMKEY_AGENT_MANAGER:
	case SEAMKEY_AGENT_APPROVAL:
	case SEAMKEY_AGENT_PENDING:
		id.name = seamkey_i_agent_exactly(row->name);
		break;
	default:
		break;
	}
	return id;
}

/* Which field of a row is a Name: 1 owner, 2 name, 3 value, 0 none. */
static inline unsigned
seamkey_i_agent_name_at(unsigned kind)
{
	switch (kind) {
	case SEAMKEY_AGENT_DECRYPTOR:
	case SEAMKEY_AGENT_ATTRIBUTE:
	case SEAMKEY_AGENT_APPROVAL:
		return 1;
	case SEAMKEY_AGENT_MEMBER:
	case SEAMKEY_AGENT_MANAGER:
		return 2;
	case SEAMKEY_AGENT_PENDING:
		return 3;
	default:
		return 0;
	}
}

/* A number that is the same for names that match: for any order of a set, and
 * any type of string. Most names that do not match differ in it, and so are
 * not read. */
static inline uint32_t
seamkey_i_agent_name_sum(seamkey_span name)
{
	uint32_t sum = 0;
	size_t u;

	for (u = 0; u < name.len; u++) {
		uint32_t c =
			seamkey_i_name_is_string(name.p[u]) ? 0x0C : name.p[u];

		sum += c * (c + 1);
	}
	return sum;
}

static inline int
seamkey_i_agent_same(seamkey_span got, seamkey_span want, int is_name)
{
	if (want.p == NULL || seamkey_span_match(got, want)) {
		return 1;
	}
	return is_name && got.len == want.len
		&& seamkey_i_agent_name_sum(got)
		== seamkey_i_agent_name_sum(want)
		&& seamkey_name_match(got, want);
}

/* Is row like this one, in what is set there? */
static inline int
seamkey_i_agent_like(
	const seamkey_agent_row *row, const seamkey_agent_row *like)
{
	unsigned at = seamkey_i_agent_name_at(like->kind);

	return row->kind == like->kind
		&& seamkey_i_agent_same(row->owner, like->owner, at == 1)
		&& seamkey_i_agent_same(row->name, like->name, at == 2)
		&& seamkey_i_agent_same(row->value, like->value, at == 3);
}

static inline int
seamkey_i_agent_rows_find(void *ctx, const seamkey_agent_row *like, size_t n,
	seamkey_agent_row *out)
{
	const seamkey_agent_rows *rows = (const seamkey_agent_rows *)ctx;
	size_t u;

	for (u = 0; u < rows->count; u++) {
		if (seamkey_i_agent_like(&rows->row[u], like) && n-- == 0) {
			*out = rows->row[u];
			return SEAMKEY_OK;
		}
	}
	return SEAMKEY_ERR_RULE_NONE;
}

/* The part of bytes that no row is in. There is one more than rows. */
static inline unsigned char *
seamkey_i_agent_rows_free(const seamkey_agent_rows *rows)
{
	unsigned char *at = rows->bytes;
	size_t u;

	for (u = 0; u < rows->count; u++) {
		if (rows->row[u].owner.p == at) {
			at += rows->each;
			u = (size_t)-1; /* from the first row again */
		}
	}
	return at;
}

static inline seamkey_span
seamkey_i_agent_rows_copy(unsigned char **to, seamkey_span s)
{
	seamkey_span copy = seamkey_span_of(*to, s.len);

	if (s.len != 0) {
		memcpy(*to, s.p, s.len);
	}
	*to += s.len;
	return copy;
}

/* Row number u becomes this one. */
static inline int
seamkey_i_agent_rows_put(
	seamkey_agent_rows *rows, size_t u, const seamkey_agent_row *row)
{
	unsigned char *to;
	seamkey_agent_row copy = *row;

	if (rows->bytes == NULL) {
		if (row->kind >= SEAMKEY_AGENT_APPROVAL) {
			return SEAMKEY_ERR_UNSUPPORTED;
		}
		rows->row[u] = *row;
		return SEAMKEY_OK;
	}
	if (row->owner.len + row->name.len + row->value.len + row->handle.len
			+ row->rejection.len
		> rows->each) {
		return SEAMKEY_ERR_SPACE;
	}
	to = seamkey_i_agent_rows_free(rows);
	copy.owner = seamkey_i_agent_rows_copy(&to, row->owner);
	copy.name = seamkey_i_agent_rows_copy(&to, row->name);
	copy.value = seamkey_i_agent_rows_copy(&to, row->value);
	copy.handle = seamkey_i_agent_rows_copy(&to, row->handle);
	copy.rejection = seamkey_i_agent_rows_copy(&to, row->rejection);
	rows->row[u] = copy;
	return SEAMKEY_OK;
}

/* What is secret in a row that goes, where its bytes are ours. The rest
 * stays: the one who deletes it may have it from here. */
static inline void
seamkey_i_agent_rows_wipe(
	const seamkey_agent_rows *rows, const seamkey_agent_row *row)
{
	unsigned char *at = rows->bytes;
	size_t u;

	if (at == NULL || row->kind != SEAMKEY_AGENT_KEY) {
		return;
	}
	for (u = 0; u <= rows->cap; u++, at += rows->each) {
		if (row->owner.p == at) {
			at += row->owner.len + row->name.len;
			seamkey_wipe(at,
				row->value.len + row->handle.len
					+ row->rejection.len);
			return;
		}
	}
}

static inline int
seamkey_i_agent_rows_change(void *ctx, int change, const seamkey_agent_row *row)
{
	seamkey_agent_rows *rows = (seamkey_agent_rows *)ctx;
	seamkey_agent_row id = seamkey_agent_identity(row), old;
	size_t u = 0;
	int status = SEAMKEY_OK;

	if (rows->cap == 0) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	while (u < rows->count && !seamkey_i_agent_like(&rows->row[u], &id)) {
		u++;
	}
	if (change == SEAMKEY_AGENT_ADD) {
		if (u < rows->count) {
			return SEAMKEY_ERR_AGENT_EXISTS;
		}
		if (rows->count >= rows->cap) {
			return SEAMKEY_ERR_SPACE;
		}
		status = seamkey_i_agent_rows_put(rows, u, row);
		rows->count += status == SEAMKEY_OK;
		return status;
	}
	if (u == rows->count) {
		return SEAMKEY_ERR_RULE_NONE;
	}
	old = rows->row[u];
	if (change == SEAMKEY_AGENT_RETIRE) {
		rows->row[u].flag = 1;
		return SEAMKEY_OK;
	}
	if (change == SEAMKEY_AGENT_REPLACE) {
		status = seamkey_i_agent_rows_put(rows, u, row);
	} else {
		rows->count--;
		memmove(&rows->row[u], &rows->row[u + 1],
			(rows->count - u) * sizeof rows->row[0]);
		memset(&rows->row[rows->count], 0, sizeof rows->row[0]);
	}
	if (status == SEAMKEY_OK) {
		seamkey_i_agent_rows_wipe(rows, &old);
	}
	return status;
}

SEAMKEY_API const seamkey_agent_store *
seamkey_agent_store_rows(void)
{
	static const seamkey_agent_store store = { seamkey_i_agent_rows_find,
		seamkey_i_agent_rows_change, NULL, NULL };

	return &store;
}

/* A row for a lookup; what is not set is anything. */
static inline seamkey_agent_row
seamkey_i_agent_row_of(unsigned kind, seamkey_span owner, seamkey_span name)
{
	seamkey_agent_row row;

	memset(&row, 0, sizeof row);
	row.kind = (uint8_t)kind;
	row.owner = owner;
	row.name = name;
	return row;
}

static inline int
seamkey_i_agent_sane(seamkey_span s)
{
	return s.len <= SEAMKEY_AGENT_MAX_FIELD && (s.p != NULL || s.len == 0);
}

/* What a store has said: is that a row like this one? */
static inline int
seamkey_i_agent_check_found(
	int status, const seamkey_agent_row *row, const seamkey_agent_row *like)
{
	if (status != SEAMKEY_OK) {
		return status < 0 ? status : SEAMKEY_ERR_HOOK;
	}
	return seamkey_i_agent_sane(row->owner)
			&& seamkey_i_agent_sane(row->name)
			&& seamkey_i_agent_sane(row->value)
			&& seamkey_i_agent_sane(row->handle)
			&& seamkey_i_agent_sane(row->rejection)
			&& seamkey_i_agent_like(row, like)
		? SEAMKEY_OK
		: SEAMKEY_ERR_HOOK;
}

/* Ask the store, and look at what it says: SEAMKEY_OK is a row that is like
 * the one that was asked for. */
static inline int
seamkey_i_agent_find(const seamkey_agent_env *env,
	const seamkey_agent_row *like, size_t n, seamkey_agent_row *out)
{
	memset(out, 0, sizeof *out);
	return seamkey_i_agent_check_found(
		env->store->find(env->store_ctx, like, n, out), out, like);
}

/* A key pair becomes ready for its private operation. */
static inline int
seamkey_i_agent_load(const seamkey_agent_env *env, seamkey_agent_row *key)
{
	seamkey_agent_row like = seamkey_agent_identity(key);

	if (env->store->load == NULL) {
		return SEAMKEY_OK;
	}
	return seamkey_i_agent_check_found(
		env->store->load(env->store_ctx, key), key, &like);
}

/* Change a row; the store's word for it. */
static inline int
seamkey_i_agent_store_change(
	const seamkey_agent_env *env, int change, const seamkey_agent_row *row)
{
	int status;

	if (env->store->change == NULL) {
		return SEAMKEY_ERR_UNSUPPORTED;
	}
	status = env->store->change(env->store_ctx, change, row);
	return status > 0 ? SEAMKEY_ERR_HOOK : status;
}

/* Is there such a row? SEAMKEY_OK, SEAMKEY_ERR_RULE_NONE, or an error. */
static inline int
seamkey_i_agent_has(const seamkey_agent_env *env, unsigned kind,
	seamkey_span owner, seamkey_span name)
{
	seamkey_agent_row like = seamkey_i_agent_row_of(kind, owner, name), row;

	return seamkey_i_agent_find(env, &like, 0, &row);
}

/* The only row like this; none: missing; two: SEAMKEY_ERR_AGENT_AMBIGUOUS. */
static inline int
seamkey_i_agent_only(const seamkey_agent_env *env,
	const seamkey_agent_row *like, seamkey_agent_row *out, int missing)
{
	seamkey_agent_row second;
	int status = seamkey_i_agent_find(env, like, 0, out);

	if (status != SEAMKEY_OK) {
		return status == SEAMKEY_ERR_RULE_NONE ? missing : status;
	}
	status = seamkey_i_agent_find(env, like, 1, &second);
	if (status == SEAMKEY_ERR_RULE_NONE) {
		return SEAMKEY_OK;
	}
	return status == SEAMKEY_OK ? SEAMKEY_ERR_AGENT_AMBIGUOUS : status;
}

static inline void
seamkey_i_agent_done(const seamkey_agent_env *env)
{
	if (env->store->done != NULL) {
		env->store->done(env->store_ctx);
	}
}

/* The decryptor with this Name. */
static inline int
seamkey_i_agent_by_name(
	const seamkey_agent_env *env, seamkey_span name, seamkey_agent_row *out)
{
	unsigned char canonical[SEAMKEY_NAME_MAX];
	seamkey_agent_row like;

	name = seamkey_i_agent_canonical(canonical, name);
	if (name.len == 0) {
		return SEAMKEY_ERR_NAME;
	}
	like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_DECRYPTOR, name, seamkey_span_of(NULL, 0));
	return seamkey_i_agent_only(
		env, &like, out, SEAMKEY_ERR_AGENT_NO_DECRYPTOR);
}

/* The public key of a decryptor's row: where that is a certificate, as long as
 * the hook says that it is his. */
static inline int
seamkey_i_agent_public_key(const seamkey_agent_env *env,
	const seamkey_agent_row *decryptor, seamkey_span *key)
{
	const seamkey_agent_hooks *hooks = env->hooks;
	seamkey_der_certificate outline;

	*key = decryptor->value;
	if (key->len == 0) {
		return SEAMKEY_ERR_AGENT_NO_PUBLIC_KEY;
	}
	if (seamkey_der_decode_certificate(&outline, *key) != SEAMKEY_OK) {
		return SEAMKEY_OK;
	}
	*key = outline.public_key_info;
	return hooks != NULL && hooks->certificate != NULL
			&& hooks->certificate(
				   env->ctx, decryptor->value, decryptor->owner)
				== SEAMKEY_OK
		? SEAMKEY_OK
		: SEAMKEY_ERR_AGENT_CERTIFICATE;
}

/* ---- [agent.6] Answers ----------------------------------------------- */

/* Tell the audit hook. */
static inline int
seamkey_i_agent_audit(
	const seamkey_agent_env *env, const seamkey_agent_event *event)
{
	if (env->hooks == NULL || env->hooks->audit == NULL) {
		return SEAMKEY_OK;
	}
	return env->hooks->audit(env->ctx, event) == SEAMKEY_OK
		? SEAMKEY_OK
		: SEAMKEY_ERR_AGENT_AUDIT;
}

/* A change that nothing stands against (status), between its two events; who
 * is whose it is. What the audit hook does not take is not done; and whatever
 * has happened, what it says afterwards changes nothing. */
static inline int
seamkey_i_agent_carry_out(const seamkey_agent_env *env, int status,
	seamkey_span who, int change, const seamkey_agent_row *row)
{
	seamkey_agent_event e;

	memset(&e, 0, sizeof e);
	e.kind = SEAMKEY_AGENT_CHANGING;
	e.change = change;
	e.row = row;
	e.who = who;
	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_audit(env, &e);
	}
	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_store_change(env, change, row);
	}
	e.kind = SEAMKEY_AGENT_CHANGED;
	e.status = status;
	(void)seamkey_i_agent_audit(env, &e);
	return status;
}

/* A row goes to make room for another one of the same person. */
static inline int
seamkey_i_agent_drop(const seamkey_agent_env *env, seamkey_span who,
	const seamkey_agent_row *row)
{
	return seamkey_i_agent_carry_out(
		env, SEAMKEY_OK, who, SEAMKEY_AGENT_DELETE, row);
}

/* A decryptor by an attribute that it alone has. */
static inline int
seamkey_i_agent_by_attribute(const seamkey_agent_env *env,
	const seamkey_release_who *who, seamkey_agent_row *out)
{
	seamkey_agent_row like, row;
	int status;

	like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_ATTRIBUTE, seamkey_span_of(NULL, 0), who->type);
	like.value = seamkey_i_agent_exactly(who->value);
	status = seamkey_i_agent_only(
		env, &like, &row, SEAMKEY_ERR_AGENT_NO_DECRYPTOR);
	return status == SEAMKEY_OK
		? seamkey_i_agent_by_name(env, row.owner, out)
		: status;
}

/* A decryptor by a portion of its name that is in no other's. */
static inline int
seamkey_i_agent_by_portion(const seamkey_agent_env *env, seamkey_span portion,
	seamkey_agent_row *out)
{
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row like, row;
	size_t n, found = 0;
	int status;

	like = seamkey_i_agent_row_of(SEAMKEY_AGENT_DECRYPTOR, any, any);
	for (n = 0; n < SEAMKEY_AGENT_MAX_SCAN; n++) {
		status = seamkey_i_agent_find(env, &like, n, &row);
		if (status == SEAMKEY_ERR_RULE_NONE) {
			return found == 1 ? SEAMKEY_OK
					  : SEAMKEY_ERR_AGENT_NO_DECRYPTOR;
		}
		if (status != SEAMKEY_OK) {
			return status;
		}
		if (!seamkey_name_match_portion(row.owner, portion)) {
			continue;
		}
		if (found++ != 0) {
			return SEAMKEY_ERR_AGENT_AMBIGUOUS;
		}
		*out = row;
	}
	return SEAMKEY_ERR_RELEASE_LIMIT;
}

/* A decryptor by a certificate: by its subject; and its own key, if the
 * hook says that the certificate is this decryptor's. */
static inline int
seamkey_i_agent_by_certificate(seamkey_agent *a, seamkey_span certificate)
{
	const seamkey_agent_hooks *hooks = a->env->hooks;
	seamkey_der_certificate outline;
	int status = seamkey_der_decode_certificate(&outline, certificate);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_by_name(
			a->env, outline.subject, &a->decryptor);
	}
	if (status != SEAMKEY_OK || hooks == NULL
		|| hooks->certificate == NULL) {
		return status;
	}
	if (hooks->certificate(a->env->ctx, certificate, a->decryptor.owner)
		!= SEAMKEY_OK) {
		return SEAMKEY_ERR_AGENT_CERTIFICATE;
	}
	a->to = outline.public_key_info;
	return SEAMKEY_OK;
}

/* Who is it? The peer, for a key in the clear, whatever the request says. */
static inline int
seamkey_i_agent_find_decryptor(seamkey_agent *a)
{
	const seamkey_release_who *who = &a->request.who;
	seamkey_agent_row like;

	if (a->request.form == SEAMKEY_RELEASE_CLEAR
		|| who->kind == SEAMKEY_RELEASE_CHANNEL) {
		return a->scene->authenticated && a->scene->peer.len != 0
			? seamkey_i_agent_by_name(
				a->env, a->scene->peer, &a->decryptor)
			: SEAMKEY_ERR_AGENT_CHANNEL;
	}
	switch (who->kind) {
	case SEAMKEY_RELEASE_NAME:
		return seamkey_i_agent_by_name(
			a->env, who->value, &a->decryptor);
	case SEAMKEY_RELEASE_PORTION:
		return seamkey_i_agent_by_portion(
			a->env, who->value, &a->decryptor);
	case SEAMKEY_RELEASE_CERTIFICATE:
		return seamkey_i_agent_by_certificate(a, who->value);
	case SEAMKEY_RELEASE_ALIAS:
		like = seamkey_i_agent_row_of(SEAMKEY_AGENT_DECRYPTOR,
			seamkey_span_of(NULL, 0), who->value);
		return seamkey_i_agent_only(a->env, &like, &a->decryptor,
			SEAMKEY_ERR_AGENT_NO_DECRYPTOR);
	default:
		return seamkey_i_agent_by_attribute(a->env, who, &a->decryptor);
	}
}

/* The n-th value of an attribute of a decryptor. */
static inline int
seamkey_i_agent_value(const seamkey_agent_env *env, seamkey_span decryptor,
	seamkey_span type, size_t n, seamkey_span *value)
{
	seamkey_agent_row like, row;
	int status;

	like = seamkey_i_agent_row_of(SEAMKEY_AGENT_ATTRIBUTE, decryptor, type);
	status = seamkey_i_agent_find(env, &like, n, &row);
	if (status == SEAMKEY_OK) {
		*value = row.value;
	}
	return status;
}

/* Has the decryptor a value that compares so? SEAMKEY_OK,
 * SEAMKEY_ERR_RULE_NONE, or an error. */
static inline int
seamkey_i_agent_has_value(const seamkey_agent_env *env, seamkey_span decryptor,
	seamkey_span type, int compare, seamkey_span want)
{
	seamkey_span value = { NULL, 0 };
	size_t n;
	int status = SEAMKEY_ERR_RULE_NONE;

	for (n = 0; n < SEAMKEY_RULE_MAX_VALUES; n++) {
		status = seamkey_i_agent_value(env, decryptor, type, n, &value);
		if (status != SEAMKEY_OK
			|| seamkey_rule_match_value(compare, value, want)) {
			return status;
		}
	}
	return SEAMKEY_ERR_RULE_NONE;
}

/* Does the decryptor himself ask, by what the channel says of its peer? */
static inline int
seamkey_i_agent_is_peer(const seamkey_agent *a)
{
	return a->scene->authenticated
		&& seamkey_name_match(a->scene->peer, a->decryptor.owner);
}

/* What the request claims must be so: a claim can only narrow. Of anybody
 * else than the decryptor no claim is looked at, as the answer would tell
 * him whether it is so. */
static inline int
seamkey_i_agent_check_claims(const seamkey_agent *a)
{
	seamkey_release_attribute claim;
	seamkey_der_reader r;
	int status;

	if (a->request.context.len != 0 && !seamkey_i_agent_is_peer(a)) {
		return SEAMKEY_ERR_AGENT_CHANNEL;
	}
	seamkey_der_init(&r, a->request.context);
	while (r.err == SEAMKEY_OK && r.len != 0) {
		seamkey_release_get_attribute(&r, &claim);
		status = seamkey_i_agent_has_value(a->env, a->decryptor.owner,
			claim.type, SEAMKEY_RULE_EQUAL, claim.value);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_RULE_NONE
				? SEAMKEY_ERR_AGENT_CLAIM
				: status;
		}
	}
	return r.err;
}

/* What holds for all blocks of a request: who, in which form, to which key. */
static inline int
seamkey_i_agent_admit(seamkey_agent *a)
{
	int status;

	if (a->request.form == SEAMKEY_RELEASE_BARE && !a->env->allow_bare) {
		return SEAMKEY_ERR_AGENT_FORM;
	}
	status = seamkey_i_agent_find_decryptor(a);
	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_check_claims(a);
	}
	if (status != SEAMKEY_OK || a->request.form == SEAMKEY_RELEASE_CLEAR
		|| a->to.len != 0) {
		return status;
	}
	return seamkey_i_agent_public_key(a->env, &a->decryptor, &a->to);
}

/* ---- rules: what they ask ---- */

/* An approval rule that passes, as long as nobody it needs is needed for
 * another one. */
typedef struct seamkey_i_agent_vote {
	seamkey_span group;
	size_t least;
	uint64_t who; /* bit u: approver[u] of the case */
} seamkey_i_agent_vote;

/* What the rules of a key pair are decided over. */
typedef struct seamkey_i_agent_case {
	const seamkey_agent *agent;
	seamkey_agent_lane *lane;
	seamkey_span approver[SEAMKEY_AGENT_MAX_APPROVED];
	size_t approvers;
	seamkey_i_agent_vote vote[SEAMKEY_AGENT_MAX_VOTES];
	size_t votes, next;
	unsigned set; /* bit u: vote[u] counts; 0: the votes are taken now */
} seamkey_i_agent_case;

static inline int
seamkey_i_agent_fact_attribute(
	void *ctx, seamkey_span type, size_t n, seamkey_span *value)
{
	const seamkey_agent *a = ((const seamkey_i_agent_case *)ctx)->agent;

	return seamkey_i_agent_value(
		a->env, a->decryptor.owner, type, n, value);
}

static inline int
seamkey_i_agent_fact_member(void *ctx, seamkey_span group)
{
	const seamkey_agent *a = ((const seamkey_i_agent_case *)ctx)->agent;

	return seamkey_i_agent_has(
		a->env, SEAMKEY_AGENT_MEMBER, group, a->decryptor.owner);
}

/* All that the role asks for, by the rows; or the hook knows it. */
static inline int
seamkey_i_agent_fact_role(void *ctx, seamkey_span role)
{
	const seamkey_agent *a = ((const seamkey_i_agent_case *)ctx)->agent;
	const seamkey_agent_hooks *hooks = a->env->hooks;
	seamkey_agent_row like, row;
	size_t n;
	int status, has_all = 1;

	like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_ROLE, role, seamkey_span_of(NULL, 0));
	for (n = 0; n <= SEAMKEY_AGENT_MAX_ROLE; n++) {
		status = seamkey_i_agent_find(a->env, &like, n, &row);
		if (status != SEAMKEY_OK) {
			break;
		}
		status = seamkey_i_agent_has_value(a->env, a->decryptor.owner,
			row.name, row.flag, row.value);
		if (status != SEAMKEY_OK && status != SEAMKEY_ERR_RULE_NONE) {
			return status;
		}
		has_all = has_all && status == SEAMKEY_OK;
	}
	if (status != SEAMKEY_ERR_RULE_NONE) {
		return status == SEAMKEY_OK ? SEAMKEY_ERR_RELEASE_LIMIT
					    : status;
	}
	if (n != 0 && has_all) {
		return SEAMKEY_OK;
	}
	return hooks != NULL && hooks->role != NULL
		? hooks->role(a->env->ctx, role, a->decryptor.owner)
		: SEAMKEY_ERR_RULE_FAILED;
}

static inline int
seamkey_i_agent_fact_function(
	void *ctx, seamkey_span name, seamkey_span argument)
{
	const seamkey_agent *a = ((const seamkey_i_agent_case *)ctx)->agent;
	const seamkey_agent_hooks *hooks = a->env->hooks;

	return hooks != NULL && hooks->function != NULL
		? hooks->function(
			a->env->ctx, name, argument, a->decryptor.owner)
		: SEAMKEY_ERR_RULE_FAILED;
}

/* The environment of what is public. */
static inline seamkey_rsa_env
seamkey_i_agent_public_env(const seamkey_agent_env *env)
{
	seamkey_rsa_env e = *env->rsa;

	if (env->public_rsa != NULL) {
		return *env->public_rsa;
	}
	memset(&e.engine, 0, sizeof e.engine);
	e.handle = e.rejection = seamkey_span_of(NULL, 0);
	return e;
}

/* Is the signature the approver's? *approver is his row. */
static inline int
seamkey_i_agent_check_approval(const seamkey_agent_env *env,
	const seamkey_release_approval *approval, seamkey_agent_row *approver)
{
	seamkey_rsa_env e = seamkey_i_agent_public_env(env);
	seamkey_span key = { NULL, 0 };
	int status = seamkey_i_agent_by_name(env, approval->approver, approver);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_public_key(env, approver, &key);
	}
	return status == SEAMKEY_OK
		? seamkey_release_verify_approval(&e, approval, key)
		: status;
}

/* The name of a row of kind APPROVAL: all that it approves of, so that one
 * for something else takes no place of it. decryptor is as rows have it. */
static inline void
seamkey_i_agent_hash_approval(seamkey_span id, seamkey_span recipients,
	seamkey_span decryptor, unsigned char *out)
{
	unsigned char id_len = (unsigned char)id.len; /* 16 to 64 */
	br_sha256_context hash;

	br_sha256_init(&hash);
	br_sha256_update(&hash, &id_len, 1);
	br_sha256_update(&hash, id.p, id.len);
	br_sha256_update(&hash, recipients.p, recipients.len); /* 32 */
	br_sha256_update(&hash, decryptor.p, decryptor.len);
	br_sha256_out(&hash, out);
}

/* Does this approval, kept for that approver, count for the request and the
 * block with this hash of its RecipientInfos? Then it is SEAMKEY_OK. */
static inline int
seamkey_i_agent_weigh(const seamkey_agent *a, seamkey_span recipients,
	const seamkey_agent_row *kept)
{
	seamkey_release_approval approval;
	seamkey_agent_row approver;
	int status = seamkey_release_decode_approval(&approval, kept->value);

	if (status != SEAMKEY_OK) {
		return status;
	}
	if (!a->scene->has_time || approval.expiry < a->scene->now
		|| !seamkey_span_match(approval.id, a->request.id)
		|| !seamkey_span_match(approval.recipients, recipients)
		|| !seamkey_name_match(
			approval.decryptor, a->decryptor.owner)) {
		return SEAMKEY_ERR_AGENT_APPROVAL;
	}
	status = seamkey_i_agent_check_approval(a->env, &approval, &approver);
	if (status != SEAMKEY_OK) {
		return status;
	}
	return seamkey_name_match(approver.owner, kept->owner)
			&& !seamkey_name_match(
				approver.owner, a->decryptor.owner)
		? SEAMKEY_OK
		: SEAMKEY_ERR_AGENT_APPROVAL; /* nobody's own request */
}

/* The bit of an approver in this decision: one for all groups that he is of. */
static inline uint64_t
seamkey_i_agent_approver_bit(seamkey_i_agent_case *c, seamkey_span name)
{
	size_t u = 0;

	while (u < c->approvers && !seamkey_name_match(c->approver[u], name)) {
		u++;
	}
	if (u == SEAMKEY_AGENT_MAX_APPROVED) {
		return 0;
	}
	if (u == c->approvers) {
		c->approver[c->approvers++] = name;
	}
	return (uint64_t)1 << u;
}

static inline size_t
seamkey_i_agent_bits(uint64_t who)
{
	size_t count = 0;

	for (; who != 0; who &= who - 1) {
		count++;
	}
	return count;
}

/* What find_approvers looks for. */
typedef struct seamkey_i_agent_search {
	seamkey_i_agent_case *c;
	seamkey_span group, recipients; /* recipients: the hash, 32 bytes */
	uint64_t who;                   /* bits of those that were found */
} seamkey_i_agent_search;

/* An approval that is kept: does it count, and is who gave it of the group? A
 * member who is there twice, as in a table of flash, is not. That it could not
 * be found out is an error, and not a no. */
static inline int
seamkey_i_agent_count_approval(
	seamkey_i_agent_search *s, const seamkey_agent_row *kept)
{
	const seamkey_agent *a = s->c->agent;
	seamkey_agent_row like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_MEMBER, s->group, kept->owner);
	seamkey_agent_row member;
	int status;

	like = seamkey_agent_identity(&like);
	status = seamkey_i_agent_only(
		a->env, &like, &member, SEAMKEY_ERR_RULE_NONE);
	if (status != SEAMKEY_OK) {
		return status == SEAMKEY_ERR_RULE_NONE
				|| status == SEAMKEY_ERR_AGENT_AMBIGUOUS
			? SEAMKEY_OK
			: status;
	}
	if (seamkey_i_agent_weigh(a, s->recipients, kept) == SEAMKEY_OK) {
		s->who |= seamkey_i_agent_approver_bit(s->c, kept->owner);
		s->c->lane->approved = 1;
	}
	return SEAMKEY_OK;
}

/* Every row of kind APPROVAL like this one. SEAMKEY_AGAIN: there are more
 * than are looked at. */
static inline int
seamkey_i_agent_search_approvals(
	seamkey_i_agent_search *s, const seamkey_agent_row *like)
{
	const seamkey_agent_env *env = s->c->agent->env;
	seamkey_agent_row kept;
	size_t n;
	int status = SEAMKEY_OK;

	for (n = 0; status == SEAMKEY_OK && n < SEAMKEY_AGENT_MAX_APPROVED;
		n++) {
		status = seamkey_i_agent_find(env, like, n, &kept);
		if (status == SEAMKEY_ERR_RULE_NONE) {
			return SEAMKEY_OK;
		}
		if (status == SEAMKEY_OK) {
			status = seamkey_i_agent_count_approval(s, &kept);
		}
	}
	return status == SEAMKEY_OK ? SEAMKEY_AGAIN : status;
}

/* The row of each member of the group, looked up by itself. */
static inline int
seamkey_i_agent_search_members(
	seamkey_i_agent_search *s, const seamkey_agent_row *like)
{
	const seamkey_agent_env *env = s->c->agent->env;
	seamkey_agent_row members = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_MEMBER, s->group, seamkey_span_of(NULL, 0));
	seamkey_agent_row member, his = *like, kept;
	size_t n;
	int status = SEAMKEY_OK;

	for (n = 0; status == SEAMKEY_OK && n < SEAMKEY_AGENT_MAX_SCAN; n++) {
		status = seamkey_i_agent_find(env, &members, n, &member);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_OK
							       : status;
		}
		his.owner = member.name;
		status = seamkey_i_agent_find(env, &his, 0, &kept);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_agent_count_approval(s, &kept);
		} else if (status == SEAMKEY_ERR_RULE_NONE) {
			status = SEAMKEY_OK;
		}
	}
	return status == SEAMKEY_OK ? SEAMKEY_ERR_RELEASE_LIMIT : status;
}

/*
 * Different members of the group that have approved of this block. A group
 * may be large, and the store far away: it is the approvals that are gone
 * through. Where strangers have sent so many that this comes to no end, it
 * is the members after all: approvals of others take the place of none.
 */
static inline int
seamkey_i_agent_find_approvers(
	seamkey_i_agent_case *c, seamkey_span group, uint64_t *who)
{
	const seamkey_agent *a = c->agent;
	unsigned char recipients[32] = { 0 }, name[32];
	seamkey_i_agent_search s;
	seamkey_agent_row like;
	int status;

	seamkey_release_hash_recipients(&c->lane->block, recipients);
	s.c = c;
	s.group = group;
	s.recipients = seamkey_span_of(recipients, sizeof recipients);
	s.who = 0;
	seamkey_i_agent_hash_approval(
		a->request.id, s.recipients, a->decryptor.owner, name);
	like = seamkey_i_agent_row_of(SEAMKEY_AGENT_APPROVAL,
		seamkey_span_of(NULL, 0), seamkey_span_of(name, sizeof name));
	status = seamkey_i_agent_search_approvals(&s, &like);
	if (status == SEAMKEY_AGAIN) {
		status = seamkey_i_agent_search_members(&s, &like);
	}
	*who |= s.who;
	return status;
}

/* How many have approved; or, of the votes that were taken, which one counts.
 * What was no vote then is none now. */
static inline int
seamkey_i_agent_fact_approvals(
	void *ctx, seamkey_span group, size_t least, size_t *count)
{
	seamkey_i_agent_case *c = (seamkey_i_agent_case *)ctx;
	seamkey_i_agent_vote *vote = &c->vote[c->next];
	uint64_t who = 0;
	int status;

	*count = 0;
	if (c->set != 0) {
		if (c->next < c->votes && vote->least == least
			&& seamkey_span_match(vote->group, group)) {
			*count = (c->set >> c->next & 1) != 0 ? least : 0;
			c->next++;
		}
		return SEAMKEY_OK;
	}
	status = seamkey_i_agent_find_approvers(c, group, &who);
	if (status != SEAMKEY_OK || seamkey_i_agent_bits(who) < least) {
		return status;
	}
	if (c->votes == SEAMKEY_AGENT_MAX_VOTES) {
		return SEAMKEY_ERR_RELEASE_LIMIT;
	}
	c->vote[c->votes].group = group;
	c->vote[c->votes].least = least;
	c->vote[c->votes].who = who;
	c->votes++;
	*count = least;
	return SEAMKEY_OK;
}

static inline const seamkey_rule_hooks *
seamkey_i_agent_facts(void)
{
	static const seamkey_rule_hooks hooks = {
		seamkey_i_agent_fact_attribute, seamkey_i_agent_fact_member,
		seamkey_i_agent_fact_role, seamkey_i_agent_fact_function,
		seamkey_i_agent_fact_approvals
	};

	return &hooks;
}

/* ---- one block ---- */

/* One rule, by its name. */
static inline int
seamkey_i_agent_decide_rule(
	seamkey_i_agent_case *c, seamkey_span name, const seamkey_agent *a)
{
	seamkey_rule rule[SEAMKEY_RULE_MAX];
	seamkey_rule_facts facts;
	seamkey_agent_row like, row;
	size_t count = 0;
	int status;

	like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_RULE, name, seamkey_span_of(NULL, 0));
	status = seamkey_i_agent_find(a->env, &like, 0, &row);
	if (status == SEAMKEY_OK) {
		status = seamkey_rule_decode(
			rule, SEAMKEY_RULE_MAX, &count, row.value);
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&facts, 0, sizeof facts);
	facts.name = a->decryptor.owner;
	facts.clearance = a->decryptor.number;
	facts.has_time = a->scene->has_time;
	facts.now = a->scene->now;
	facts.second = a->scene->second;
	facts.weekday = a->scene->weekday;
	facts.location = a->scene->location;
	facts.hooks = seamkey_i_agent_facts();
	facts.ctx = c;
	return seamkey_rule_decide(rule, count, &facts);
}

/* All rules that are bound to this key pair: 7-7 of the flowchart. Every
 * one has to pass, and there is one at least. */
static inline int
seamkey_i_agent_decide_all(seamkey_i_agent_case *c)
{
	const seamkey_agent_env *env = c->agent->env;
	const seamkey_agent_row *key = &c->lane->key;
	seamkey_agent_row like, row;
	size_t n, rules = 0;
	int status, one, verdict = SEAMKEY_OK;

	like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_BINDING, key->owner, seamkey_span_of(NULL, 0));
	for (n = 0; n <= SEAMKEY_AGENT_MAX_RULES; n++) {
		status = seamkey_i_agent_find(env, &like, n, &row);
		if (status != SEAMKEY_OK) {
			break;
		}
		if (row.value.len != 0
			&& !seamkey_span_match(row.value, key->name)) {
			continue; /* of other key pairs */
		}
		rules++;
		one = seamkey_i_agent_decide_rule(c, row.name, c->agent);
		/* a missing approval is the mildest that is wrong */
		if (one != SEAMKEY_OK
			&& (verdict == SEAMKEY_OK
				|| verdict == SEAMKEY_ERR_RULE_APPROVAL)) {
			verdict = one;
		}
	}
	if (status != SEAMKEY_ERR_RULE_NONE) {
		return status == SEAMKEY_OK ? SEAMKEY_ERR_RELEASE_LIMIT
					    : status;
	}
	return rules != 0 ? verdict : SEAMKEY_ERR_AGENT_NO_RULES;
}

/* fair[set]: are approvers enough for all votes of the set, with each of them
 * counted in one vote? They are, by Hall's theorem, where of every part of
 * it as many are there as it asks for. */
static inline void
seamkey_i_agent_find_fair(const seamkey_i_agent_case *c, unsigned char *fair)
{
	unsigned set, u;

	for (set = 0; set < 1u << c->votes; set++) {
		uint64_t who = 0;
		size_t least = 0;
		int ok = 1;

		for (u = 0; u < c->votes; u++) {
			if ((set >> u & 1) != 0) {
				who |= c->vote[u].who;
				least += c->vote[u].least;
				ok = ok && fair[set ^ 1u << u] != 0;
			}
		}
		fair[set] = ok && seamkey_i_agent_bits(who) >= least;
	}
}

/* All rules once, if that is not too often. */
static inline int
seamkey_i_agent_decide_once(seamkey_agent *a, seamkey_i_agent_case *c)
{
	if (a->decided == SEAMKEY_AGENT_MAX_DECISIONS) {
		return SEAMKEY_ERR_RELEASE_LIMIT;
	}
	a->decided++;
	c->next = 0;
	return seamkey_i_agent_decide_all(c);
}

/* All rules, where each approver is counted once. Where votes want the same
 * one, whichever of them can count together are tried: the largest sets, as
 * what a smaller one admits they do, too. Whatever stands against one of
 * them, which may be what a vote has hidden, another may pass; if none does,
 * one more approver is what it would take. */
static inline int
seamkey_i_agent_decide(seamkey_agent *a, seamkey_agent_lane *lane)
{
	unsigned char fair[1u << SEAMKEY_AGENT_MAX_VOTES];
	seamkey_i_agent_case c;
	unsigned set, u;
	int status;

	memset(&c, 0, sizeof c);
	c.agent = a;
	c.lane = lane;
	status = seamkey_i_agent_decide_once(a, &c);
	if (status != SEAMKEY_OK) {
		return status;
	}
	seamkey_i_agent_find_fair(&c, fair);
	set = (1u << c.votes) - 1;
	if (fair[set]) {
		return SEAMKEY_OK;
	}
	while (--set != 0) {
		u = 0;
		while (u < c.votes
			&& ((set >> u & 1) != 0 || !fair[set | 1u << u])) {
			u++;
		}
		if (!fair[set] || u != c.votes) {
			continue;
		}
		c.set = set;
		status = seamkey_i_agent_decide_once(a, &c);
		if (status == SEAMKEY_OK
			|| status == SEAMKEY_ERR_RELEASE_LIMIT) {
			return status;
		}
	}
	return SEAMKEY_ERR_RULE_APPROVAL;
}

/* The key pair identifier of an entry, as rows have it. */
static inline seamkey_span
seamkey_i_agent_key_id(const seamkey_block_entry *e)
{
	seamkey_der_reader r, seq;

	if (e->id.len != 0) {
		return e->id;
	}
	seamkey_der_init(&r, e->whole);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	(void)seamkey_der_get(&seq, SEAMKEY_DER_INTEGER);
	return seamkey_der_get_element(&seq, SEAMKEY_DER_SEQUENCE);
}

/* Octets of the key of a cipher whose keys are released. */
static inline int
seamkey_i_agent_key_len(
	const seamkey_agent_env *env, seamkey_span algorithm, size_t *len)
{
	seamkey_der_reader r, seq;
	seamkey_span oid;
	unsigned u;

	seamkey_der_init(&r, algorithm);
	seamkey_der_enter(&r, &seq, SEAMKEY_DER_SEQUENCE);
	oid = seamkey_der_get_element(&seq, SEAMKEY_DER_OID);
	for (u = 0; u < SEAMKEY_I_BLOCK_CIPHERS; u++) {
		const seamkey_i_block_info *i = &seamkey_i_block_infos()[u];

		if (seamkey_span_match(oid, seamkey_span_of(i->oid, i->oid_len))
			&& (i->leniency & ~env->lenient) == 0) {
			*len = i->key_len;
			return SEAMKEY_OK;
		}
	}
	return SEAMKEY_ERR_BLOCK_CIPHER;
}

/* The key pairs with this identifier, one after the other, until the rules
 * of one pass: SEAMKEY_OK, with it in lane->key. SEAMKEY_AGAIN: they do not,
 * and *why is the mildest reason so far; other entries may do better.
 * Anything else ends it. */
static inline int
seamkey_i_agent_try_pairs(
	seamkey_agent *a, seamkey_agent_lane *lane, seamkey_span id, int *why)
{
	seamkey_agent_row like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_KEY, seamkey_span_of(NULL, 0), id);
	seamkey_agent_row row;
	size_t n;
	int status;

	for (n = 0; n <= SEAMKEY_AGENT_MAX_PAIRS; n++) {
		status = seamkey_i_agent_find(a->env, &like, n, &row);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_AGAIN
							       : status;
		}
		if (n == SEAMKEY_AGENT_MAX_PAIRS
			|| a->decided == SEAMKEY_AGENT_MAX_DECISIONS) {
			break;
		}
		lane->key = row;
		status = seamkey_i_agent_decide(a, lane);
		if (status == SEAMKEY_OK) {
			return SEAMKEY_OK;
		}
		*why = *why == SEAMKEY_ERR_RULE_APPROVAL ? *why : status;
	}
	return SEAMKEY_ERR_RELEASE_LIMIT;
}

/* Has an entry of the block before entry this identifier? That would have the
 * same answer, and whoever asks is not to have it worked out once more. */
static inline int
seamkey_i_agent_is_again(const seamkey_agent *a, const seamkey_agent_lane *lane,
	seamkey_span entry, seamkey_span id)
{
	seamkey_block_entry other;
	seamkey_der_reader r, set;
	seamkey_span before;

	seamkey_der_init(&r, lane->block.recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	for (;;) {
		before = seamkey_der_get_any(&set);
		if (set.err != SEAMKEY_OK || before.p == entry.p) {
			return 0;
		}
		if (seamkey_block_decode_entry(&other, before,
			    a->env->lenient & SEAMKEY_ABSENT_NULL)
				== SEAMKEY_OK
			&& seamkey_span_match(
				seamkey_i_agent_key_id(&other), id)) {
			return 1;
		}
	}
}

/* Steps 7-2 to 7-8: an entry of the block, and a key pair for it whose rules
 * pass. The entries are looked at as they come, an identifier once. Of a
 * private key nothing is touched. */
static inline int
seamkey_i_agent_choose(seamkey_agent *a, seamkey_agent_lane *lane)
{
	seamkey_der_reader r, set;
	seamkey_span entry, id;
	int status = SEAMKEY_AGAIN, why = SEAMKEY_ERR_AGENT_NO_KEY, decoded;

	seamkey_der_init(&r, lane->block.recipients);
	seamkey_der_enter(&r, &set, SEAMKEY_DER_SET);
	while (status == SEAMKEY_AGAIN && set.err == SEAMKEY_OK
		&& set.len != 0) {
		entry = seamkey_der_get_any(&set);
		decoded = seamkey_block_decode_entry(&lane->entry, entry,
			a->env->lenient & SEAMKEY_ABSENT_NULL);
		if (decoded != SEAMKEY_OK) {
			why = why == SEAMKEY_ERR_AGENT_NO_KEY ? decoded : why;
			continue;
		}
		id = seamkey_i_agent_key_id(&lane->entry);
		if (!seamkey_i_agent_is_again(a, lane, entry, id)) {
			status = seamkey_i_agent_try_pairs(a, lane, id, &why);
		}
	}
	if (status != SEAMKEY_AGAIN) {
		return status;
	}
	return set.err != SEAMKEY_OK ? set.err : why;
}

static inline seamkey_agent_event
seamkey_i_agent_event(
	const seamkey_agent *a, const seamkey_agent_lane *lane, size_t block)
{
	seamkey_agent_event e;

	memset(&e, 0, sizeof e);
	e.kind = SEAMKEY_AGENT_REFUSED;
	e.block = block;
	e.request = a->request.id;
	e.who = a->decryptor.owner;
	e.form = a->request.form;
	e.to = a->to;
	if (lane != NULL) {
		e.access = lane->key.owner;
		e.key_id = lane->key.name;
	}
	return e;
}

/* The row of kind PENDING of a block. */
static inline seamkey_agent_row
seamkey_i_agent_pending(const seamkey_agent *a, const seamkey_agent_lane *lane,
	unsigned char hash[32])
{
	seamkey_agent_row row;

	seamkey_release_hash_recipients(&lane->block, hash);
	row = seamkey_i_agent_row_of(SEAMKEY_AGENT_PENDING, a->request.id,
		seamkey_span_of(hash, 32));
	row.value = a->decryptor.owner;
	row.number = (uint32_t)a->scene->now;
	return row;
}

/* Room for one more that waits: what was noted long ago goes, and where the
 * decryptor himself asks, the oldest. */
static inline int
seamkey_i_agent_make_room(
	const seamkey_agent *a, const seamkey_agent_row *fresh)
{
	seamkey_agent_row like = *fresh, row, oldest = *fresh;
	size_t n = 0, looks;
	int status = SEAMKEY_OK;

	like.owner = like.name = seamkey_span_of(NULL, 0);
	/* a store that says it deletes, and does not, comes to an end here */
	for (looks = 0; status == SEAMKEY_OK && n < SEAMKEY_AGENT_MAX_PENDING
		&& looks < 4 * SEAMKEY_AGENT_MAX_PENDING;
		looks++) {
		status = seamkey_i_agent_find(a->env, &like, n, &row);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_OK
							       : status;
		}
		if (SEAMKEY_AGENT_IS_STALE(&row, fresh->number)) {
			status = seamkey_i_agent_drop(
				a->env, a->decryptor.owner, &row);
			continue;
		}
		if (n++ == 0
			|| SEAMKEY_I_AGENT_AGE(&row, fresh->number)
				> SEAMKEY_I_AGENT_AGE(&oldest, fresh->number)) {
			oldest = row;
		}
	}
	if (status == SEAMKEY_OK && !seamkey_i_agent_is_peer(a)) {
		return SEAMKEY_ERR_RELEASE_LIMIT;
	}
	return status == SEAMKEY_OK
		? seamkey_i_agent_drop(a->env, a->decryptor.owner, &oldest)
		: status;
}

/* An approval is missing: it is noted, for those who can give it; where
 * there is no room for it, it is not. */
static inline void
seamkey_i_agent_note(const seamkey_agent *a, const seamkey_agent_lane *lane)
{
	unsigned char hash[32];
	seamkey_agent_row row = seamkey_i_agent_pending(a, lane, hash);

	if (a->scene->has_time && a->env->store->change != NULL
		&& seamkey_i_agent_has(a->env, row.kind, row.owner, row.name)
			== SEAMKEY_ERR_RULE_NONE
		&& seamkey_i_agent_make_room(a, &row) == SEAMKEY_OK) {
		(void)seamkey_i_agent_store_change(
			a->env, SEAMKEY_AGENT_ADD, &row);
	}
}

/* It does not wait any more. */
static inline void
seamkey_i_agent_note_end(const seamkey_agent *a, const seamkey_agent_lane *lane)
{
	unsigned char hash[32];
	seamkey_agent_row row = seamkey_i_agent_pending(a, lane, hash);

	(void)seamkey_i_agent_store_change(a->env, SEAMKEY_AGENT_DELETE, &row);
}

/* The private-key operation begins: step 7-10. What comes out of a bad
 * ciphertext is pseudo-random, and goes the way of a good key. */
static inline int
seamkey_i_agent_decrypt(const seamkey_agent *a, seamkey_agent_lane *lane)
{
	seamkey_rsa_env e = *a->env->rsa;

	e.handle = lane->key.handle;
	e.rejection = lane->key.rejection;
	memset(&lane->op, 0, sizeof lane->op);
	lane->op.work = lane->work;
	lane->op.work_len = lane->work_len;
	lane->op.scratch = lane->scratch;
	lane->op.scratch_len = lane->scratch_len;
	return (lane->entry.padding == SEAMKEY_BLOCK_OAEP
			? seamkey_rsa_decrypt_oaep_begin
			: seamkey_rsa_decrypt_begin)(&lane->op, &e, lane->plain,
		lane->plain_len, lane->entry.wrapped, lane->key.value);
}

/* A block into a lane. */
static inline void
seamkey_i_agent_start(seamkey_agent *a, seamkey_agent_lane *lane, size_t block)
{
	seamkey_agent_event e;

	memset(&lane->key, 0, sizeof lane->key);
	lane->approved = 0;
	lane->status = a->refusal;
	if (lane->status == SEAMKEY_OK) {
		lane->status = seamkey_i_agent_key_len(
			a->env, lane->block.algorithm, &lane->plain_len);
	}
	if (lane->status == SEAMKEY_OK) {
		lane->status = seamkey_i_agent_choose(a, lane);
	}
	e = seamkey_i_agent_event(a, lane, block);
	e.status = lane->status;
	if (lane->status == SEAMKEY_OK) {
		e.kind = SEAMKEY_AGENT_RELEASED;
	} else if (lane->status == SEAMKEY_ERR_RULE_APPROVAL) {
		e.kind = SEAMKEY_AGENT_WAITING;
	}
	if (seamkey_i_agent_audit(a->env, &e) != SEAMKEY_OK) {
		lane->status = SEAMKEY_ERR_AGENT_AUDIT;
	}
	if (lane->status == SEAMKEY_ERR_RULE_APPROVAL) {
		seamkey_i_agent_note(a, lane);
	}
	lane->announced = lane->status == SEAMKEY_OK;
	if (lane->announced && lane->approved) {
		seamkey_i_agent_note_end(a, lane);
	}
	if (lane->announced) {
		lane->status = seamkey_i_agent_load(a->env, &lane->key);
	}
	if (lane->status == SEAMKEY_OK) {
		lane->status = seamkey_i_agent_decrypt(a, lane);
	}
}

/* A message to the decryptor goes into the answer, sealed: the whole block
 * as result number tag. Where there is no room for it the writer fails. */
static inline int
seamkey_i_agent_put_sealed(
	seamkey_agent *a, unsigned tag, int cipher, seamkey_span message)
{
	seamkey_rsa_env e = seamkey_i_agent_public_env(a->env);
	seamkey_der_writer before = a->w;
	seamkey_block_recipient to;
	size_t mark, len = 0;
	int status;

	memset(&to, 0, sizeof to);
	to.key = a->to;
	to.padding = a->decryptor.flag;
	mark = seamkey_der_begin(&a->w, SEAMKEY_DER_CONTEXT_CONSTRUCTED(tag));
	if (a->w.err != SEAMKEY_OK) {
		return SEAMKEY_OK;
	}
	status = seamkey_block_seal(&e, cipher, &to, 1, message,
		a->w.buf + a->w.len, a->w.cap - a->w.len, &len);
	if (status == SEAMKEY_OK) {
		a->w.len += len;
		seamkey_der_end(&a->w, mark);
	} else if (status == SEAMKEY_ERR_SPACE) {
		a->w.err = status;
		status = SEAMKEY_OK;
	} else {
		a->w = before; /* as if it had not begun */
	}
	return status;
}

/* A key that has been decrypted goes into the answer: 7-11 to 7-13. */
static inline int
seamkey_i_agent_put_key(seamkey_agent *a, const seamkey_agent_lane *lane)
{
	seamkey_span key = seamkey_span_of(lane->plain, lane->plain_len);
	unsigned char content[SEAMKEY_RELEASE_RELEASED_MAX];
	size_t len = 0;
	int status;

	if (a->request.form == SEAMKEY_RELEASE_BARE) {
		return seamkey_i_agent_put_sealed(
			a, 2, SEAMKEY_BLOCK_AES_256_CBC, key);
	}
	status = seamkey_release_encode_released(content, sizeof content, &len,
		a->request.id, lane->entry.whole, key);
	if (status == SEAMKEY_OK && a->request.form == SEAMKEY_RELEASE_CLEAR) {
		seamkey_release_put_result(&a->w, SEAMKEY_RELEASE_IS_CLEAR,
			seamkey_span_of(content, len));
	} else if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_put_sealed(a, 1,
			SEAMKEY_BLOCK_AES_256_GCM,
			seamkey_span_of(content, len));
	}
	seamkey_wipe(content, sizeof content);
	return status;
}

/* The result of one block. */
static inline void
seamkey_i_agent_finish(seamkey_agent *a, seamkey_agent_lane *lane, size_t block)
{
	seamkey_agent_event e;

	if (lane->status == SEAMKEY_OK) {
		lane->status = seamkey_i_agent_put_key(a, lane);
	}
	seamkey_wipe(lane->plain, sizeof lane->plain);
	if (lane->status == SEAMKEY_OK) {
		return;
	}
	seamkey_release_put_result(
		&a->w, SEAMKEY_RELEASE_NOT_RELEASED, seamkey_span_of(NULL, 0));
	if (lane->announced) {
		e = seamkey_i_agent_event(a, lane, block);
		e.status = lane->status;
		(void)seamkey_i_agent_audit(a->env, &e);
	}
}

/* ---- [agent.7] Answers under way ------------------------------------- */

/* A request that could not be read: the answer to it says nothing. */
static inline void
seamkey_i_agent_malformed(seamkey_agent *a, int status)
{
	seamkey_agent_event e = seamkey_i_agent_event(a, NULL, 0);

	memset(&a->request, 0, sizeof a->request);
	seamkey_der_init(&a->blocks, seamkey_span_of(NULL, 0));
	e.request = seamkey_span_of(NULL, 0);
	e.status = status;
	(void)seamkey_i_agent_audit(a->env, &e);
}

SEAMKEY_API int
seamkey_agent_begin(seamkey_agent *a, const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_agent_lane *lane,
	size_t lanes, seamkey_span request, unsigned char *out, size_t cap)
{
	int status;

	memset(a, 0, sizeof *a);
	a->status = SEAMKEY_ERR_STATE;
	if (env == NULL || env->rsa == NULL || env->store == NULL
		|| env->store->find == NULL || scene == NULL || lanes == 0
		|| out == NULL) {
		return SEAMKEY_ERR_ARG;
	}
	a->env = env;
	a->scene = scene;
	a->lane = lane;
	a->lanes = lanes;
	a->w.buf = out;
	a->w.cap = cap;
	status = seamkey_release_decode_request(
		&a->request, request, env->limits);
	if (status != SEAMKEY_OK) {
		seamkey_i_agent_malformed(a, status);
	} else {
		seamkey_der_init(&a->blocks, a->request.blocks);
		a->refusal = seamkey_i_agent_admit(a);
	}
	a->outer = seamkey_der_begin(&a->w, SEAMKEY_RELEASE_TAG_ANSWER);
	seamkey_der_put_uint(&a->w, 1);
	seamkey_der_put_element(&a->w, SEAMKEY_DER_OCTET_STRING, a->request.id);
	a->results = seamkey_der_begin(&a->w, SEAMKEY_DER_SEQUENCE);
	a->status = SEAMKEY_AGAIN;
	return SEAMKEY_AGAIN;
}

/* As many blocks as there are lanes. */
static inline void
seamkey_i_agent_fill(seamkey_agent *a)
{
	while (a->used < a->lanes && a->blocks.err == SEAMKEY_OK
		&& a->blocks.len != 0) {
		seamkey_agent_lane *lane = &a->lane[a->used];

		seamkey_release_get_block(&a->blocks, &lane->block);
		seamkey_i_agent_start(a, lane, a->done + a->used);
		a->used++;
	}
}

/* The end: out is an answer, or is wiped. */
static inline int
seamkey_i_agent_end(seamkey_agent *a, int status, size_t *len)
{
	unsigned char *out = a->w.buf;
	size_t written = a->w.len;

	if (status == SEAMKEY_OK) {
		seamkey_der_end(&a->w, a->results);
		seamkey_der_end(&a->w, a->outer);
		status = a->w.err;
		written = a->w.len;
	}
	seamkey_i_agent_done(a->env);
	seamkey_wipe(a, sizeof *a);
	a->status = SEAMKEY_ERR_STATE;
	if (status == SEAMKEY_OK) {
		*len = written;
	} else {
		seamkey_wipe(out, written);
	}
	return status;
}

SEAMKEY_API int
seamkey_agent_poll(seamkey_agent *a, size_t *len)
{
	int again = 0;
	size_t u;

	if (a->status != SEAMKEY_AGAIN) {
		return a->status;
	}
	if (a->used == 0) {
		seamkey_i_agent_fill(a);
	}
	for (u = 0; u < a->used; u++) {
		if (a->lane[u].status == SEAMKEY_AGAIN) {
			a->lane[u].status = seamkey_op_poll(&a->lane[u].op);
			again |= a->lane[u].status == SEAMKEY_AGAIN;
		}
	}
	if (again) {
		return SEAMKEY_AGAIN;
	}
	for (u = 0; u < a->used; u++) {
		seamkey_i_agent_finish(a, &a->lane[u], a->done + u);
	}
	a->done += a->used;
	a->used = 0;
	if (a->w.err == SEAMKEY_OK && a->blocks.len != 0) {
		return SEAMKEY_AGAIN;
	}
	return seamkey_i_agent_end(a, a->w.err, len);
}

SEAMKEY_API void
seamkey_agent_cancel(seamkey_agent *a)
{
	size_t u;

	if (a->status != SEAMKEY_AGAIN) {
		return;
	}
	for (u = 0; u < a->used; u++) {
		seamkey_op_cancel(&a->lane[u].op);
		seamkey_wipe(a->lane[u].plain, sizeof a->lane[u].plain);
	}
	(void)seamkey_i_agent_end(a, SEAMKEY_ERR_CANCELLED, NULL);
}

SEAMKEY_API int
seamkey_agent_answer(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span request,
	unsigned char *out, size_t cap, size_t *len)
{
	unsigned char work[SEAMKEY_RSA_WORK];
	seamkey_agent_lane lane;
	seamkey_agent a;
	int status;

	if (env == NULL || env->rsa == NULL) {
		return SEAMKEY_ERR_ARG;
	}
	memset(&lane, 0, sizeof lane);
	lane.work = work;
	lane.work_len = sizeof work;
	lane.scratch = env->rsa->scratch;
	lane.scratch_len = env->rsa->scratch_len;
	status = seamkey_agent_begin(
		&a, env, scene, &lane, 1, request, out, cap);
	while (status == SEAMKEY_AGAIN) {
		status = seamkey_agent_poll(&a, len);
		if (status != SEAMKEY_AGAIN || a.used == 0) {
			continue; /* the engine is not waited for */
		}
		if (env->rsa->idle == NULL) {
			status = SEAMKEY_ERR_IDLE;
		} else if (env->rsa->idle(env->rsa->idle_ctx) != 0) {
			status = SEAMKEY_ERR_CANCELLED;
		}
		if (status != SEAMKEY_AGAIN) {
			seamkey_agent_cancel(&a);
		}
	}
	return status;
}

/* ---- [agent.8] Approvals --------------------------------------------- */

/* Is it valid, now, and of another's request? *who is the approver's row. */
static inline int
seamkey_i_agent_look_at_approval(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene,
	const seamkey_release_approval *approval, seamkey_agent_row *who)
{
	int status = SEAMKEY_ERR_AGENT_APPROVAL;

	if (scene->has_time && approval->expiry >= scene->now) {
		status = seamkey_i_agent_check_approval(env, approval, who);
	}
	return status == SEAMKEY_OK
			&& seamkey_name_match(who->owner, approval->decryptor)
		? SEAMKEY_ERR_AGENT_APPROVAL
		: status;
}

/* Room for one more of this approver's; what has expired goes. */
static inline int
seamkey_i_agent_make_approved_room(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span approver)
{
	seamkey_agent_row like = seamkey_i_agent_row_of(
		SEAMKEY_AGENT_APPROVAL, approver, seamkey_span_of(NULL, 0));
	seamkey_agent_row row;
	seamkey_release_approval kept;
	size_t n = 0, looks;
	int status = SEAMKEY_OK;

	/* a store that says it deletes, and does not, comes to an end here */
	for (looks = 0; status == SEAMKEY_OK && n < SEAMKEY_AGENT_MAX_APPROVED
		&& looks < 4 * SEAMKEY_AGENT_MAX_APPROVED;
		looks++) {
		status = seamkey_i_agent_find(env, &like, n, &row);
		if (status != SEAMKEY_OK) {
			return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_OK
							       : status;
		}
		if (seamkey_release_decode_approval(&kept, row.value)
				== SEAMKEY_OK
			&& kept.expiry >= scene->now) {
			n++;
		} else {
			status = seamkey_i_agent_drop(env, approver, &row);
		}
	}
	return status == SEAMKEY_OK ? SEAMKEY_ERR_RELEASE_LIMIT : status;
}

/* How is it to be kept: SEAMKEY_AGENT_ADD, _REPLACE, 0 where one is there
 * that lasts as long; or an error. */
static inline int
seamkey_i_agent_choose_change(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, const seamkey_agent_row *row,
	const seamkey_release_approval *a)
{
	seamkey_agent_row like = seamkey_agent_identity(row), old;
	seamkey_release_approval kept;
	int status = seamkey_i_agent_find(env, &like, 0, &old);

	if (status == SEAMKEY_ERR_RULE_NONE) {
		status = seamkey_i_agent_make_approved_room(
			env, scene, row->owner);
		return status == SEAMKEY_OK ? SEAMKEY_AGENT_ADD : status;
	}
	if (status != SEAMKEY_OK) {
		return status;
	}
	return seamkey_release_decode_approval(&kept, old.value) == SEAMKEY_OK
			&& kept.expiry >= a->expiry
		? 0
		: SEAMKEY_AGENT_REPLACE;
}

/* Keep it, if it lasts longer than what is kept, behind its event e. Another
 * agent may add or drop a row between the look and the change: then a second
 * look decides. */
static inline int
seamkey_i_agent_keep_approval(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, const seamkey_release_approval *a,
	const seamkey_agent_row *row, const seamkey_agent_event *e)
{
	unsigned looks;
	int change, status = SEAMKEY_OK;

	for (looks = 0; looks < 2; looks++) {
		change = seamkey_i_agent_choose_change(env, scene, row, a);
		if (change <= 0) {
			return change;
		}
		if (looks == 0) {
			status = env->store->change != NULL
				? seamkey_i_agent_audit(env, e)
				: SEAMKEY_ERR_UNSUPPORTED;
			if (status != SEAMKEY_OK) {
				return status;
			}
		}
		status = seamkey_i_agent_store_change(env, change, row);
		if (status != SEAMKEY_ERR_AGENT_EXISTS
			&& status != SEAMKEY_ERR_RULE_NONE) {
			break;
		}
	}
	return status;
}

/* Look at an approval, and keep it. e is what the audit hook is told; so is
 * why it was not kept, when all is done. */
static inline int
seamkey_i_agent_take_approval(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span approval,
	seamkey_agent_event *e)
{
	unsigned char name[32], canonical[SEAMKEY_NAME_MAX];
	seamkey_release_approval a;
	seamkey_agent_row who, row;
	int status = seamkey_release_decode_approval(&a, approval);

	if (status != SEAMKEY_OK) {
		return status;
	}
	e->request = a.id;
	status = seamkey_i_agent_look_at_approval(env, scene, &a, &who);
	if (status != SEAMKEY_OK) {
		return status;
	}
	e->who = who.owner;
	seamkey_i_agent_hash_approval(a.id, a.recipients,
		seamkey_i_agent_canonical(canonical, a.decryptor), name);
	row = seamkey_i_agent_row_of(SEAMKEY_AGENT_APPROVAL, who.owner,
		seamkey_span_of(name, sizeof name));
	row.value = approval;
	return seamkey_i_agent_keep_approval(env, scene, &a, &row, e);
}

SEAMKEY_API int
seamkey_agent_approve(const seamkey_agent_env *env,
	const seamkey_agent_scene *scene, seamkey_span approval,
	unsigned char *out, size_t cap, size_t *len)
{
	seamkey_agent_event e;
	int status = seamkey_release_encode_receipt(out, cap, len);

	if (status != SEAMKEY_OK) {
		return status;
	}
	memset(&e, 0, sizeof e);
	e.kind = SEAMKEY_AGENT_APPROVED;
	status = seamkey_i_agent_take_approval(env, scene, approval, &e);
	if (status != SEAMKEY_OK) {
		e.kind = SEAMKEY_AGENT_DISAPPROVED;
		e.status = status;
		(void)seamkey_i_agent_audit(env, &e);
	}
	seamkey_i_agent_done(env);
	return status;
}

/* ---- [agent.9] Administration ---------------------------------------- */

/* A Name of one part at least, in the form in which names are looked up. */
static inline int
seamkey_i_agent_is_name(seamkey_span name)
{
	unsigned char canonical[SEAMKEY_NAME_MAX];

	return name.len > 2
		&& seamkey_span_match(
			name, seamkey_i_agent_canonical(canonical, name));
}

/* The two kinds of key pair identifiers. */
static inline int
seamkey_i_agent_is_key_id(seamkey_span id)
{
	return id.len != 0
		&& (id.len <= SEAMKEY_BLOCK_ID_MAX
			|| (id.len <= SEAMKEY_BLOCK_ENTRY_MAX
				&& seamkey_der_check(id) == SEAMKEY_OK));
}

static inline int
seamkey_i_agent_check_public(const seamkey_agent_env *env, seamkey_span key)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->rsa->policy, SEAMKEY_I_RSA_ENCRYPT);
	seamkey_der_rsa_public pub;
	int status = seamkey_der_decode_rsa_public_info(
		&pub, key, env->rsa->policy.lenient);

	return status == SEAMKEY_OK
		? seamkey_der_check_rsa_public(&pub, &limits)
		: status;
}

/* A key pair of the agent's, or one that its engine has. */
static inline int
seamkey_i_agent_check_key(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	seamkey_der_rsa_limits limits =
		seamkey_i_rsa_limits(&env->rsa->policy, SEAMKEY_I_RSA_DECRYPT);
	seamkey_der_rsa_private priv;
	int status;

	if (!seamkey_i_agent_is_key_id(row->name)) {
		return SEAMKEY_ERR_AGENT_ROW;
	}
	if (row->handle.len != 0) {
		return row->rejection.len == 32
			? seamkey_i_agent_check_public(env, row->value)
			: SEAMKEY_ERR_RSA_NO_REJECTION;
	}
	status = seamkey_der_decode_rsa_private_info(
		&priv, row->value, env->rsa->policy.lenient);
	return status == SEAMKEY_OK
		? seamkey_der_check_rsa_private(&priv, &limits)
		: status;
}

/* A certificate has to be in his name; how long it is valid is looked at when
 * its key is used. */
static inline int
seamkey_i_agent_check_decryptor(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	seamkey_der_certificate outline;
	seamkey_span key = row->value;

	if (!seamkey_i_agent_is_name(row->owner)
		|| seamkey_name_check_text(row->name, 0, SEAMKEY_RULE_MAX_NAME)
			!= SEAMKEY_OK
		|| row->flag > SEAMKEY_BLOCK_OAEP) {
		return SEAMKEY_ERR_AGENT_ROW;
	}
	if (seamkey_der_decode_certificate(&outline, key) == SEAMKEY_OK) {
		key = outline.public_key_info;
		if (!seamkey_name_match(outline.subject, row->owner)) {
			return SEAMKEY_ERR_AGENT_CERTIFICATE;
		}
	}
	return key.len != 0 ? seamkey_i_agent_check_public(env, key)
			    : SEAMKEY_OK;
}

/* What a role asks for, which is compared as a rule does. */
static inline int
seamkey_i_agent_check_role(const seamkey_agent_row *row)
{
	seamkey_rule rule;

	memset(&rule, 0, sizeof rule);
	rule.kind = SEAMKEY_RULE_ATTRIBUTE;
	rule.compare = row->flag;
	rule.name = row->name;
	rule.value = row->value;
	return seamkey_i_rule_named(row->owner) ? seamkey_rule_check(&rule, 1)
						: SEAMKEY_ERR_AGENT_ROW;
}

static inline int
seamkey_i_agent_check_rule(const seamkey_agent_row *row)
{
	seamkey_rule rule[SEAMKEY_RULE_MAX];
	size_t count = 0;

	return seamkey_i_rule_named(row->owner) ? seamkey_rule_decode(
		       rule, SEAMKEY_RULE_MAX, &count, row->value)
						: SEAMKEY_ERR_AGENT_ROW;
}

/* A row by itself. */
static inline int
seamkey_i_agent_check_row(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	int ok;

	switch (row->kind) {
	case SEAMKEY_AGENT_ACCESS:
	case SEAMKEY_AGENT_GROUP:
		ok = seamkey_i_rule_named(row->owner);
		break;
	case SEAMKEY_AGENT_KEY:
		return seamkey_i_rule_named(row->owner)
			? seamkey_i_agent_check_key(env, row)
			: SEAMKEY_ERR_AGENT_ROW;
	case SEAMKEY_AGENT_RULE:
		return seamkey_i_agent_check_rule(row);
	case SEAMKEY_AGENT_BINDING:
		ok = seamkey_i_rule_named(row->owner)
			&& seamkey_i_rule_named(row->name)
			&& (row->value.len == 0
				|| seamkey_i_agent_is_key_id(row->value));
		break;
	case SEAMKEY_AGENT_DECRYPTOR:
		return seamkey_i_agent_check_decryptor(env, row);
	case SEAMKEY_AGENT_ATTRIBUTE:
		ok = seamkey_i_agent_is_name(row->owner)
			&& seamkey_i_rule_named(row->name)
			&& seamkey_i_rule_valued(row->value);
		break;
	case SEAMKEY_AGENT_MEMBER:
	case SEAMKEY_AGENT_MANAGER:
		ok = seamkey_i_rule_named(row->owner)
			&& seamkey_i_agent_is_name(row->name);
		break;
	case SEAMKEY_AGENT_ROLE:
		return seamkey_i_agent_check_role(row);
	default:
		ok = 0;
		break;
	}
	return ok ? SEAMKEY_OK : SEAMKEY_ERR_AGENT_ROW;
}

/* What a new row refers to must be there. */
static inline int
seamkey_i_agent_check_references(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	seamkey_span any = { NULL, 0 };
	int status = SEAMKEY_OK;

	switch (row->kind) {
	case SEAMKEY_AGENT_KEY:
		status = seamkey_i_agent_has(
			env, SEAMKEY_AGENT_ACCESS, row->owner, any);
		break;
	case SEAMKEY_AGENT_BINDING:
		status = seamkey_i_agent_has(
			env, SEAMKEY_AGENT_ACCESS, row->owner, any);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_agent_has(
				env, SEAMKEY_AGENT_RULE, row->name, any);
		}
		if (status == SEAMKEY_OK && row->value.len != 0) {
			status = seamkey_i_agent_has(
				env, SEAMKEY_AGENT_KEY, row->owner, row->value);
		}
		break;
	case SEAMKEY_AGENT_ATTRIBUTE:
		status = seamkey_i_agent_has(
			env, SEAMKEY_AGENT_DECRYPTOR, row->owner, any);
		break;
	case SEAMKEY_AGENT_MEMBER:
	case SEAMKEY_AGENT_MANAGER:
		status = seamkey_i_agent_has(
			env, SEAMKEY_AGENT_GROUP, row->owner, any);
		if (status == SEAMKEY_OK) {
			status = seamkey_i_agent_has(
				env, SEAMKEY_AGENT_DECRYPTOR, row->name, any);
		}
		break;
	default:
		break;
	}
	return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_ERR_AGENT_MISSING
					       : status;
}

/* Nothing may refer to a row that goes. */
static inline int
seamkey_i_agent_check_unused(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	static const uint8_t users[][4] = {
		/* kind, kind of the user, 1 by its owner or 2 by its name */
		{ SEAMKEY_AGENT_ACCESS, SEAMKEY_AGENT_KEY, 1 },
		{ SEAMKEY_AGENT_ACCESS, SEAMKEY_AGENT_BINDING, 1 },
		{ SEAMKEY_AGENT_RULE, SEAMKEY_AGENT_BINDING, 2 },
		{ SEAMKEY_AGENT_GROUP, SEAMKEY_AGENT_MEMBER, 1 },
		{ SEAMKEY_AGENT_GROUP, SEAMKEY_AGENT_MANAGER, 1 },
		{ SEAMKEY_AGENT_DECRYPTOR, SEAMKEY_AGENT_ATTRIBUTE, 1 },
		{ SEAMKEY_AGENT_DECRYPTOR, SEAMKEY_AGENT_MEMBER, 2 },
		{ SEAMKEY_AGENT_DECRYPTOR, SEAMKEY_AGENT_MANAGER, 2 },
		/* 3: by its owner, and by its value the name of the row */
		{ SEAMKEY_AGENT_KEY, SEAMKEY_AGENT_BINDING, 3 },
	};
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row like, user;
	size_t u;
	int status;

	for (u = 0; u < sizeof users / sizeof users[0]; u++) {
		if (users[u][0] != row->kind) {
			continue;
		}
		like = seamkey_i_agent_row_of(users[u][1],
			users[u][2] == 2 ? any : row->owner,
			users[u][2] == 2 ? row->owner : any);
		like.value = users[u][2] == 3 ? row->name : any;
		status = seamkey_i_agent_find(env, &like, 0, &user);
		if (status != SEAMKEY_ERR_RULE_NONE) {
			return status == SEAMKEY_OK ? SEAMKEY_ERR_AGENT_IN_USE
						    : status;
		}
	}
	return SEAMKEY_OK;
}

/* Are there as many already as are ever looked at? One more could decide
 * nothing, or hide another. */
static inline int
seamkey_i_agent_check_room(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	seamkey_span any = { NULL, 0 };
	seamkey_agent_row like, last;
	size_t most;
	int status;

	switch (row->kind) {
	case SEAMKEY_AGENT_KEY:
		like = seamkey_i_agent_row_of(row->kind, any, row->name);
		most = SEAMKEY_AGENT_MAX_PAIRS;
		break;
	case SEAMKEY_AGENT_BINDING:
	case SEAMKEY_AGENT_ROLE:
		like = seamkey_i_agent_row_of(row->kind, row->owner, any);
		most = SEAMKEY_AGENT_MAX_RULES;
		if (row->kind == SEAMKEY_AGENT_ROLE) {
			most = SEAMKEY_AGENT_MAX_ROLE;
		}
		break;
	case SEAMKEY_AGENT_ATTRIBUTE:
		like = seamkey_i_agent_row_of(row->kind, row->owner, row->name);
		most = SEAMKEY_RULE_MAX_VALUES;
		break;
	default:
		return SEAMKEY_OK;
	}
	status = seamkey_i_agent_find(env, &like, most - 1, &last);
	if (status == SEAMKEY_OK) {
		return SEAMKEY_ERR_RELEASE_LIMIT;
	}
	return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_OK : status;
}

/* An alias is one decryptor's. */
static inline int
seamkey_i_agent_check_alias(
	const seamkey_agent_env *env, const seamkey_agent_row *row)
{
	seamkey_agent_row like, other;
	int status;

	if (row->kind != SEAMKEY_AGENT_DECRYPTOR || row->name.len == 0) {
		return SEAMKEY_OK;
	}
	like = seamkey_i_agent_row_of(
		row->kind, seamkey_span_of(NULL, 0), row->name);
	status = seamkey_i_agent_find(env, &like, 0, &other);
	if (status == SEAMKEY_ERR_RULE_NONE
		|| (status == SEAMKEY_OK
			&& seamkey_name_match(other.owner, row->owner))) {
		return SEAMKEY_OK;
	}
	return status == SEAMKEY_OK ? SEAMKEY_ERR_AGENT_EXISTS : status;
}

/* May a row come in? */
static inline int
seamkey_i_agent_check_new(
	const seamkey_agent_env *env, int change, const seamkey_agent_row *row)
{
	int status = seamkey_i_agent_check_row(env, row);

	if (status == SEAMKEY_OK) {
		status = seamkey_i_agent_check_references(env, row);
	}
	if (status == SEAMKEY_OK && change == SEAMKEY_AGENT_ADD) {
		status = seamkey_i_agent_check_room(env, row);
	}
	return status == SEAMKEY_OK ? seamkey_i_agent_check_alias(env, row)
				    : status;
}

/* May the change be made, whoever makes it? */
static inline int
seamkey_i_agent_check_change(
	const seamkey_agent_env *env, int change, const seamkey_agent_row *row)
{
	seamkey_agent_row like = seamkey_agent_identity(row), old;
	int exists = seamkey_i_agent_find(env, &like, 0, &old);

	if (exists != SEAMKEY_OK && exists != SEAMKEY_ERR_RULE_NONE) {
		return exists;
	}
	if (change != SEAMKEY_AGENT_ADD && exists != SEAMKEY_OK) {
		return SEAMKEY_ERR_AGENT_MISSING;
	}
	switch (change) {
	case SEAMKEY_AGENT_ADD:
		if (exists == SEAMKEY_OK) {
			return SEAMKEY_ERR_AGENT_EXISTS;
		}
		break;
	case SEAMKEY_AGENT_REPLACE:
		if (row->kind != SEAMKEY_AGENT_RULE
			&& row->kind != SEAMKEY_AGENT_DECRYPTOR) {
			return SEAMKEY_ERR_AGENT_ROW;
		}
		break;
	case SEAMKEY_AGENT_RETIRE:
		return row->kind == SEAMKEY_AGENT_KEY ? SEAMKEY_OK
						      : SEAMKEY_ERR_AGENT_ROW;
	case SEAMKEY_AGENT_DELETE:
		return seamkey_i_agent_check_unused(env, row);
	default:
		return SEAMKEY_ERR_ARG;
	}
	return seamkey_i_agent_check_new(env, change, row);
}

/* May this person make it? */
static inline int
seamkey_i_agent_check_actor(const seamkey_agent_env *env,
	const seamkey_agent_actor *actor, seamkey_span name, int change,
	const seamkey_agent_row *row)
{
	int status;

	if (actor->is_administrator) {
		return SEAMKEY_OK;
	}
	if (name.len == 0 || row->kind != SEAMKEY_AGENT_MEMBER
		|| (change != SEAMKEY_AGENT_ADD
			&& change != SEAMKEY_AGENT_DELETE)) {
		return SEAMKEY_ERR_AGENT_RIGHTS;
	}
	status = seamkey_i_agent_has(
		env, SEAMKEY_AGENT_MANAGER, row->owner, name);
	return status == SEAMKEY_ERR_RULE_NONE ? SEAMKEY_ERR_AGENT_RIGHTS
					       : status;
}

SEAMKEY_API int
seamkey_agent_change(const seamkey_agent_env *env,
	const seamkey_agent_actor *actor, int change,
	const seamkey_agent_row *row)
{
	unsigned char own[SEAMKEY_NAME_MAX];
	seamkey_span name = seamkey_i_agent_canonical(own, actor->name);
	int status = seamkey_i_agent_check_actor(env, actor, name, change, row);

	if (status == SEAMKEY_OK) {
		status = env->store->change != NULL
			? seamkey_i_agent_check_change(env, change, row)
			: SEAMKEY_ERR_UNSUPPORTED;
	}
	status = seamkey_i_agent_carry_out(env, status, name, change, row);
	seamkey_i_agent_done(env);
	return status;
}

#ifdef __cplusplus
}
#endif
#endif
