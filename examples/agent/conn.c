/*
 * conn.c - one connection
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 */
#define _XOPEN_SOURCE 700

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "net.h"

void
conn_begin(struct conn *c, int fd, const struct options *o, uint64_t now)
{
	c->fd = fd;
	c->phase = CONN_READING;
	c->in_len = c->out_len = c->out_at = 0;
	c->tls = NULL;
	c->leaving = 0;
	c->shaking = 0;
	c->deadline = now + 1000u * (uint64_t)o->idle;
	c->end = now + 1000u * (uint64_t)o->age;
}

void
conn_end(struct conn *c)
{
	if (c->tls != NULL) {
		tls_end(c->tls);
		c->tls = NULL;
	}
	(void)close(c->fd);
	c->fd = -1;
	c->client->open--;
	/* an answer may have been a key in the clear */
	seamkey_wipe(c->out, c->out_len);
}

int
conn_leave(struct conn *c)
{
	if (c->leaving || (c->phase != CONN_WRITING && c->in_len != 0)) {
		return -1;
	}
	c->leaving = 1;
	return conn_is_idle(c) ? -1 : 0;
}

int
conn_is_idle(const struct conn *c)
{
	return c->phase != CONN_WRITING && c->in_len == 0
		&& (c->tls == NULL || tls_is_idle(c->tls));
}

int
conn_has_more(const struct conn *c)
{
	return c->phase == CONN_READING && c->tls != NULL
		&& tls_has_more(c->tls);
}

short
conn_events(const struct conn *c)
{
	if (c->tls != NULL) {
		return tls_events(c->tls);
	}
	return c->phase == CONN_WRITING ? POLLOUT : POLLIN;
}

/* ---- bytes ------------------------------------------------------------- */

/* Bytes that were read; 0: none are there now; -1: the end. */
static long
conn_read(struct conn *c, size_t len)
{
	ssize_t got;

	if (c->tls != NULL) {
		return tls_read(c->tls, c->fd, c->in + c->in_len, len);
	}
	got = recv(c->fd, c->in + c->in_len, len, 0);
	if (got > 0) {
		return (long)got;
	}
	return got < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

static long
conn_write(struct conn *c)
{
	const unsigned char *p = c->out + c->out_at;
	size_t len = c->out_len - c->out_at;
	ssize_t sent;

	if (c->tls != NULL) {
		return tls_write(c->tls, c->fd, p, len);
	}
	sent = send(c->fd, p, len, MSG_NOSIGNAL);
	if (sent > 0) {
		return (long)sent;
	}
	return sent < 0 && (errno == EAGAIN || errno == EINTR) ? 0 : -1;
}

/* No octet behind the header is taken: it may be TLS'. */
int
conn_get_proxy(struct conn *c, struct address *a)
{
	size_t want;
	long got;

	for (;;) {
		want = proxy_get_length(c->in, c->in_len);
		if (want == 0) {
			return -1;
		}
		if (want == c->in_len) {
			return proxy_decode(a, c->in, c->in_len);
		}
		got = conn_read(c, want - c->in_len);
		if (got <= 0) {
			return got == 0 ? 2 : -1;
		}
		c->in_len += (size_t)got;
	}
}

/* ---- messages ---------------------------------------------------------- */

static size_t
conn_frame_len(const unsigned char *p)
{
	return (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8
		| p[3];
}

/* The time for the handshake becomes that for a message to begin. */
static void
conn_end_handshake(struct conn *c, const struct options *o, uint64_t now)
{
	if (c->shaking && tls_is_ready(c->tls)) {
		c->shaking = 0;
		c->deadline = now + 1000u * (uint64_t)o->idle;
	}
}

/* Read on. 1: a message is there; 0: not yet; -1: it is over. */
static int
conn_get_message(struct conn *c, const struct options *o, uint64_t now)
{
	size_t want = NET_FRAME;
	long got;

	for (;;) {
		if (c->in_len >= NET_FRAME) {
			want = conn_frame_len(c->in);
			if (want == 0 || want > o->message_bytes) {
				limit_refuse(c->client, c->address,
					"a message of such a length", now);
				return -1;
			}
			want += NET_FRAME;
		}
		if (c->in_len == want) {
			return 1;
		}
		got = conn_read(c, want - c->in_len);
		conn_end_handshake(c, o, now);
		if (got <= 0) {
			return (int)got;
		}
		if (c->in_len == 0) {
			c->deadline = now + 1000u * (uint64_t)o->seconds;
		}
		c->in_len += (size_t)got;
	}
}

static int
conn_answer(
	struct conn *c, struct desk *d, const struct options *o, uint64_t now)
{
	struct desk_peer peer;
	size_t len = 0;
	int status;

	if (c->leaving) {
		return -1;
	}
	if (c->tls != NULL && tls_is_expired(c->tls)) {
		limit_refuse(c->client, c->address,
			"the client's certificate has expired", now);
		return -1;
	}
	if (!limit_take(c->client, o->rate, now)) {
		limit_refuse(c->client, c->address, "too many messages", now);
		return -1;
	}
	memset(&peer, 0, sizeof peer);
	peer.address = c->address;
	peer.place = c->place[0] != '\0' ? c->place : NULL;
	if (c->tls != NULL) {
		peer.name = tls_peer(c->tls);
	}
	status = desk_answer(d, &peer,
		seamkey_span_of(c->in + NET_FRAME, c->in_len - NET_FRAME),
		c->out + NET_FRAME, sizeof c->out - NET_FRAME, &len);
	if (d->complaint[0] != '\0') {
		limit_refuse(c->client, c->address, d->complaint, now);
	}
	c->in_len = 0;
	c->out[0] = (unsigned char)(len >> 24);
	c->out[1] = (unsigned char)(len >> 16);
	c->out[2] = (unsigned char)(len >> 8);
	c->out[3] = (unsigned char)len;
	c->out_len = NET_FRAME + len;
	c->out_at = 0;
	c->phase = CONN_WRITING;
	c->deadline = now + 1000u * (uint64_t)o->seconds;
	return status;
}

/* Write on. 1: all of it has gone; 0: not yet; -1: it is over. */
static int
conn_put_answer(struct conn *c, const struct options *o, uint64_t now)
{
	long sent;

	while (c->out_at < c->out_len) {
		sent = conn_write(c);
		if (sent <= 0) {
			return (int)sent;
		}
		c->out_at += (size_t)sent;
	}
	seamkey_wipe(c->out, c->out_len);
	c->out_len = 0;
	c->phase = CONN_READING;
	c->deadline = now + 1000u * (uint64_t)o->idle;
	return 1;
}

int
conn_run(struct conn *c, struct desk *d, const struct options *o, uint64_t now)
{
	char why[48];
	int status = 1;

	if (c->phase == CONN_READING) {
		status = conn_get_message(c, o, now);
		if (status == 1) {
			status = conn_answer(c, d, o, now) == 0 ? 1 : -1;
		}
	}
	if (status == 1) {
		status = conn_put_answer(c, o, now);
	}
	if (status < 0 && c->tls != NULL && tls_error(c->tls) != 0) {
		(void)snprintf(why, sizeof why, "TLS failed (BearSSL's %d)",
			tls_error(c->tls));
		limit_refuse(c->client, c->address, why, now);
	}
	return status < 0 ? -1 : 0;
}
