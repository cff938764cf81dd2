/*
 * agent.h - what the parts of seamkey-agent share
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 *   main.c          what is to be done: serve, admin, audit
 *   options.c       the command line and the file of settings
 *   store.c         the table of databases, store.h
 *   store_sqlite.c  one of them
 *   secret.c        a passphrase, a PIN or a key in a file
 *   wrap.c          private keys in a database, encrypted
 *   hsm.c           private keys in a PKCS #11 token
 *   hsm_none.c      the same where it cannot be built
 *   audit.c         the log that nobody can change unseen
 *   event.c         what happened, as a line of it
 *   desk.c          a message in, a message out: the agent itself
 *   serve.c         connections, their limits, signals
 *   conn.c          one connection
 *   tls.c           TLS with certificates of clients
 *   trust.c         who issues certificates
 *   limit.c         how often a client may ask
 *   address.c       where a peer is
 *   proxy.c         and what a balancer says of that
 *   admin.c         the verbs of administration
 *   rows.c          rows from words, and as words
 *   missing.c       what a row refers to that is not there
 *
 * Nothing here allocates but at the start.
 */
#ifndef AGENT_H
#define AGENT_H

#include <bearssl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "seamkey.h"
#include "store.h"

#define PROGRAM "seamkey-agent"

/* What the program ends with: DONE, REFUSED, UNREADABLE of files.h. */

/* ---- main.c -------------------------------------------------------------- */

/* A line on standard error, behind the name of the program. */
void agent_say(const char *format, ...)
#ifdef __GNUC__
	__attribute__((format(printf, 1, 2)))
#endif
	;
/* The same of a status; returns what the program is to end with. */
int agent_complain(const char *name, int status);

/* ---- address.c ----------------------------------------------------------- */

/* Of a peer. */
struct address {
	unsigned char octets[16];
	unsigned bits; /* 32: IPv4, 128: IPv6 */
	unsigned port;
};

/* All addresses that begin like this one. */
struct prefix {
	struct address address;
	unsigned bits;
};

/* Of octets of the network; port 0. */
void address_set(struct address *a, const unsigned char *octets, unsigned bits);
/* "10.1.0.0/16"; without a length it is one address. Returns 0 or -1. */
int address_read_prefix(struct prefix *p, const char *text, size_t len);
int address_is_in(const struct address *a, const struct prefix *p);
/* Of those that share their limits: 16 octets. */
void address_put_key(const struct address *a, unsigned char *key);
/* Address and port, for the log. */
void address_write(const struct address *a, char *out, size_t cap);

/* ---- options.c ----------------------------------------------------------- */

#define OPTIONS_FILE    16384 /* bytes of a file of settings */
#define OPTIONS_PLACES  64
#define OPTIONS_PROXIES 16
#define OPTIONS_UNSAID  0xFFFFFFFFu /* of clearance and oaep */

/* Peers whose address begins like this are there. */
struct place {
	struct prefix of;
	const char *name;
};

struct options {
	/* texts, NULL where they were not given */
	const char *config, *db, *audit, *pass_file, *key_file, *log;
	const char *listen, *tls_cert, *tls_key, *clients, *issuers;
	const char *module, *token, *pin_file;
	const char *as, *import, *import_pass, *key, *certificate, *out;
	const char *object_id, *object_label;
	uint32_t port, max_clients, per_client, rate, message_bytes;
	uint32_t seconds, idle, grace; /* for a message; between them; to end */
	uint32_t age;                  /* of a connection */
	uint32_t blocks, entries;      /* of a request; of a block */
	uint32_t bits, clearance, iterations;
	uint32_t allow_bare, cbc, des, absent_null, yes, oaep, force;
	struct place places[OPTIONS_PLACES];
	size_t place_count;
	struct prefix proxies[OPTIONS_PROXIES]; /* who is believed */
	size_t proxy_count;
	const char *word[8]; /* what is no option */
	size_t words;
	char file[OPTIONS_FILE]; /* that the texts may point to */
};

enum options_for {
	FOR_SERVE = 1,
	FOR_ADMIN = 2,
	FOR_AUDIT = 4
};

/* Returns DONE, or what the program is to end with, and why was told. */
int options_read(struct options *o, unsigned whose, int argc, char **argv);
void options_help(unsigned whose);

/* ---- secret.c ------------------------------------------------------------ */

/* The first line of a file, as a string at buf[0..cap), where nobody but the
 * owner has any right to it. DONE; or what the program is to end with, why
 * was told, and nothing of it is left at buf. */
int secret_read(const char *name, char *buf, size_t cap);
/* The first cap bytes of such a file, or all. Likewise. */
int secret_read_octets(
	const char *name, unsigned char *buf, size_t cap, size_t *len);

/* ---- wrap.c -------------------------------------------------------------- */

/* Where the key that wraps comes from: one of them. */
struct wrap_secret {
	const char *pass_file, *key_file;
};

/* A store whose private keys are wrapped. It stands before another one. */
struct wrap {
	struct store *inner;
	struct wrap_secret secret;
	seamkey_random random;
	int loaded;
	unsigned char key[32];
	size_t used;
	unsigned char arena[1u << 20]; /* keys in the clear, until done */
};

extern const seamkey_agent_store wrap_store; /* ctx: a wrap */

/* Make the repository's row of it. */
int wrap_create(struct wrap *w, uint32_t iterations);
/* Find the key; done by itself when it is needed. */
int wrap_load(struct wrap *w);

/* ---- hsm.c, hsm_none.c --------------------------------------------------- */

/*
 * The token, of which there is one, as the engine of private keys. Without
 * a module in the options there is none, and nothing is done. DONE, or what
 * the program is to end with, and why was told.
 */
int hsm_open(const struct options *o, seamkey_hook *engine);
void hsm_close(void);
/* The PIN is read again, and tried if it is another one than before. */
int hsm_reload(const struct options *o);

/* A key that the token has. */
struct hsm_key {
	unsigned char id[64]; /* its CKA_ID: the handle */
	size_t id_len;
	unsigned char public_key[SEAMKEY_RSA_MAX_KEY_INFO];
	size_t public_len; /* SubjectPublicKeyInfo */
};

/* id_len: that the caller has set id; else the one with this label. A
 * status. */
int hsm_find(struct hsm_key *key, const char *label);
/* The text of a status that is a token's, or NULL. */
const char *hsm_text(int status);

/* ---- audit.c ------------------------------------------------------------- */

/* Bytes of a line of the log, its end included, and of its text. */
#define AUDIT_LINE 16384
#define AUDIT_TEXT (AUDIT_LINE - 128)

struct audit {
	const char *name;
	int fd;
	int alone;       /* it has been told that there is no second name */
	uint64_t number; /* of the last line that this process knows */
	unsigned char hash[32];
};

/* Open or reopen, and find the end of the chain. Returns 0, or -1 with why
 * told; a log that was open stays so then. */
int audit_open(struct audit *a, const char *name);
void audit_close(struct audit *a);
/* Append a line; durable: it is on the disk before this returns 0. */
int audit_put(struct audit *a, const char *text, int durable);
/* Check chains of files, the oldest first. What the program is to end with;
 * besides DONE, REFUSED and UNREADABLE: the chain is whole, and what stands
 * behind it is no line. */
#define AUDIT_ENDS_CUT 3
int audit_verify(const char *const *names, size_t count);

/* ---- event.c ------------------------------------------------------------- */

/* Text that is cut where it does not fit. */
struct text {
	char *buf;
	size_t cap, len;
};

void text_put(struct text *t, const char *s);
void text_put_number(struct text *t, uint64_t value);
void text_put_hex(struct text *t, seamkey_span s);
void text_put_quoted(struct text *t, seamkey_span s);
void text_put_name(struct text *t, seamkey_span name); /* quoted */
const char *event_kind_name(unsigned kind);            /* of a row */
/* The text of a rule, in memory that the next call takes again. A status. */
int event_rule_text(seamkey_span *text, seamkey_span der);
const char *event_compare_name(unsigned compare); /* of a role */

/* from: the peer's address, or who administers. */
void event_write(
	struct text *t, const seamkey_agent_event *e, const char *from);
/* Does what it announces have to wait for the disk? */
int event_is_durable(const seamkey_agent_event *e);

/* ---- trust.c ------------------------------------------------------------- */

#define TRUST_ISSUERS 16

struct trust {
	br_x509_trust_anchor issuer[TRUST_ISSUERS];
	size_t count;
	unsigned char names[TRUST_ISSUERS][SEAMKEY_NAME_MAX];
	unsigned char keys[TRUST_ISSUERS][SEAMKEY_RSA_MAX_BYTES + 8];
};

/* Each certificate of a PEM file goes to add. 0, or -1 with why told. */
int trust_read(
	const char *name, int (*add)(void *ctx, seamkey_span der), void *ctx);
int trust_load(struct trust *t, const char *name);
/* For a chain to be checked now. */
void trust_init(const struct trust *t, br_x509_minimal_context *m);
/* 0: one of the issuers has issued it, and its key may encrypt keys. */
int trust_check(const struct trust *t, seamkey_span certificate);
/* Its notAfter, in seconds since 1970. 0 or -1. */
int trust_read_end(uint64_t *end, seamkey_span certificate);
/* 1 if its extended key usage lets it be a TLS client's, or there is none:
 * RFC 5280 section 4.2.1.12. */
int trust_is_for_clients(seamkey_span certificate);

/* ---- desk.c -------------------------------------------------------------- */

/* Blocks of a request at most, and room for an answer: it is no longer than
 * a message may be. */
#define DESK_BLOCKS 48
#define DESK_ANSWER SEAMKEY_AGENT_ANSWER_MAX(DESK_BLOCKS)

/* The agent with all that surrounds it. */
struct desk {
	const struct options *o;
	struct store store;
	struct wrap wrap;
	struct audit audit;
	struct trust issuers[2]; /* of certificates in requests */
	int which;               /* of the two is in use */
	br_hmac_drbg_context drbg;
	seamkey_rsa_env rsa;
	seamkey_agent_env env;
	seamkey_release_limits limits;
	const char *from; /* for the log, during a call */
	seamkey_span message;
	char complaint[192]; /* of the last message, for stderr; or empty */
};

int desk_open(struct desk *d, const struct options *o, int create);
void desk_close(struct desk *d);
/* After settings have changed. Returns 0, or -1 and nothing has changed. */
int desk_reload(struct desk *d, const struct options *o);

/* Whom a message comes from. */
struct desk_peer {
	const char *address; /* as text */
	const char *place;   /* or NULL */
	seamkey_span name;   /* authenticated by TLS, or empty */
};

void desk_set_scene(seamkey_agent_scene *scene, const struct desk_peer *peer);
/* Answer one message, whatever it is. Returns 0; -1: there is no answer. What
 * there is to tell of it, besides the log, is d->complaint then. */
int desk_answer(struct desk *d, const struct desk_peer *peer,
	seamkey_span message, unsigned char *out, size_t cap, size_t *len);

/* ---- rows.c -------------------------------------------------------------- */

/* A row made of words, in memory of its own. */
struct row_words {
	seamkey_agent_row row;
	unsigned char name[SEAMKEY_NAME_MAX];
	unsigned char value[SEAMKEY_AGENT_MAX_FIELD];
	unsigned char id[SEAMKEY_BLOCK_ENTRY_MAX];
};

/* The kind of a word such as "rule", or 0. */
unsigned rows_kind(const char *word);
/* The words that a row of this kind is made of, for the help. */
const char *rows_usage(unsigned kind);
/* For this change. DONE, or REFUSED or UNREADABLE, and why was told. */
int rows_read(struct row_words *r, unsigned kind, int change,
	const struct options *o);
void rows_print(const seamkey_agent_row *row);
/* Octets of a word in hexadecimal, at out[0..cap). DONE or REFUSED. */
int rows_get_hex(
	unsigned char *out, size_t cap, seamkey_span *field, const char *word);
/* The Name of a word, in the form that rows have, at out[0..cap). DONE, or
 * why not was told. */
int rows_encode_name(
	unsigned char *out, size_t cap, seamkey_span *field, const char *word);

/* ---- missing.c ----------------------------------------------------------- */

/* A change of this row, of these words, was SEAMKEY_ERR_AGENT_MISSING: tell
 * what is. Returns what the program is to end with. */
int missing_complain(const struct store *s, const struct options *o, int change,
	const seamkey_agent_row *row);
/* A rule has been taken: tell which groups and roles of it are not there. */
void missing_warn(
	const struct store *s, const struct options *o, seamkey_span der);

/* ---- admin.c, serve.c ---------------------------------------------------- */

int admin_run(const struct options *o);
int serve_run(struct options *o, int argc, char **argv);

#endif
