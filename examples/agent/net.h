/*
 * net.h - connections, and what bounds them
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Messages are framed by their length, four octets, big-endian. A connection
 * has one message at a time: it is read, answered, and the answer is written
 * before the next is read, so that a client that sends and does not read
 * costs no more than its buffers. Times are milliseconds of a clock that
 * only goes forward.
 */
#ifndef AGENT_NET_H
#define AGENT_NET_H

#include <sys/socket.h>

#include "agent.h"

#define NET_FRAME 4
#define NET_IN    (NET_FRAME + 65536)
#define NET_OUT   (NET_FRAME + DESK_ANSWER)

/* The rest of address.c is in agent.h. */
void address_set_socket(struct address *a, const struct sockaddr_storage *from);

/* ---- proxy.c ------------------------------------------------------------- */

/* How long is the header that begins with p[0..len)? len: this is it; more:
 * so many octets are to be read at least; 0: it is none. */
size_t proxy_get_length(const unsigned char *p, size_t len);
/* Decode it. 1: *a is the client's; 0: the balancer speaks for itself, and *a
 * is unchanged; -1: it is none. */
int proxy_decode(struct address *a, const unsigned char *p, size_t len);

/* ---- limit.c ------------------------------------------------------------- */

/* What is known of the clients of an address, or of a /64 of IPv6. */
struct client {
	unsigned char address[16];
	unsigned open;    /* connections */
	unsigned refused; /* since that was told last */
	uint64_t credit;  /* a message costs LIMIT_MINUTE: limit.c */
	uint64_t seen, told;
};

/* The table has room for more than there are connections. */
struct client *limit_find(
	const unsigned char *address, uint32_t rate, uint64_t now);
/* 1 if one more message is within the rate. */
int limit_take(struct client *c, uint32_t rate, uint64_t now);
/* Something was refused: told once a minute for each client. */
void limit_refuse(
	struct client *c, const char *address, const char *why, uint64_t now);

/* ---- tls.c --------------------------------------------------------------- */

struct tls; /* one connection's */

/* Read the files. Returns 0, or -1 with why told. New connections have what
 * is in them after tls_switch(); before that, those that have not ended since
 * the last one must. The old ones are wiped with their last connection. */
int tls_load(const struct options *o);
void tls_switch(void);
/* Or: wipe what was read, which nothing is to use. */
void tls_forget(void);
/* Memory for so many connections, once. */
int tls_reserve(size_t count);
struct tls *tls_begin(size_t which);
void tls_end(struct tls *t);
/* Bytes of the message in, and out; 0: not now; -1: it is over. */
long tls_read(struct tls *t, int fd, unsigned char *buf, size_t len);
long tls_write(struct tls *t, int fd, const unsigned char *buf, size_t len);
/* What to wait for: POLLIN, POLLOUT. */
short tls_events(const struct tls *t);
/* Has everything that was written gone? */
int tls_is_idle(const struct tls *t);
/* Are there bytes for tls_read()? */
int tls_has_more(const struct tls *t);
/* Is the handshake over? */
int tls_is_ready(const struct tls *t);
/* The subject of the client's certificate, once the handshake is over. */
seamkey_span tls_peer(const struct tls *t);
/* Is that past its notAfter? */
int tls_is_expired(const struct tls *t);
/* Why it is over, by BearSSL's number; 0: it was closed. */
int tls_error(const struct tls *t);

/* ---- conn.c -------------------------------------------------------------- */

enum conn_phase {
	CONN_READING,
	CONN_WRITING,
	CONN_PROXY /* in front of the balancer's header */
};

struct conn {
	int fd; /* -1: free */
	int phase;
	int leaving; /* no more messages are answered */
	struct client *client;
	struct address from;
	struct address socket; /* the same, or the balancer's */
	int shaking;           /* the handshake of TLS is not over */
	int balanced;          /* that balancer's word holds */
	char address[64];      /* and port, for the log */
	char place[SEAMKEY_RULE_MAX_NAME + 1]; /* or empty */
	uint64_t deadline, end; /* of the phase; of the connection */
	struct tls *tls;        /* or NULL */
	size_t in_len, out_len, out_at;
	unsigned char in[NET_IN], out[NET_OUT];
};

void conn_begin(struct conn *c, int fd, const struct options *o, uint64_t now);
void conn_end(struct conn *c);
short conn_events(const struct conn *c);
/* Read the balancer's header: what proxy_decode() says; 2: not yet. */
int conn_get_proxy(struct conn *c, struct address *a);
/* Go on as far as that is possible without waiting, and by one message.
 * Returns 0; -1: it is over. */
int conn_run(
	struct conn *c, struct desk *d, const struct options *o, uint64_t now);
/* What the connection rests on, such as TLS files, has been replaced: nothing
 * is decided by the old ones from now on. What has been answered is still
 * written. Returns 0; -1: it is over. */
int conn_leave(struct conn *c);
/* Is nothing under way? */
int conn_is_idle(const struct conn *c);
/* Are there bytes that have been read, and will not be announced again? */
int conn_has_more(const struct conn *c);

#endif
