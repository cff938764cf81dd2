/*
 * exchange.h - a message to a release agent over TCP, and its answer
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * A message is DER, behind its length in four octets, big-endian. Nothing
 * here is encrypted: a request is not secret, and the answer to it is sealed
 * to who asks. As in files.h, what goes wrong is told on standard error.
 */
#ifndef SEAMKEY_EXAMPLE_EXCHANGE_H
#define SEAMKEY_EXAMPLE_EXCHANGE_H

#include <netdb.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "files.h"

/* Where an agent listens if its address does not say so. */
#define EXCHANGE_PORT "7601"

/* Seconds for each step of it. */
#define EXCHANGE_PATIENCE 30

/* HOST, HOST:PORT, [HOST]:PORT, to its two parts. -1: it is none of these. */
static inline int
exchange_split(const char *agent, char *host, size_t cap, const char **port)
{
	const char *end = agent + strlen(agent), *from = agent;
	unsigned long n;
	char *rest;

	*port = EXCHANGE_PORT;
	if (agent[0] == '[') {
		from++;
		end = strchr(agent, ']');
		if (end == NULL || (end[1] != ':' && end[1] != 0)) {
			return -1;
		}
		*port = end[1] == ':' ? end + 2 : *port;
	} else if (strchr(agent, ':') != NULL) {
		end = strchr(agent, ':');
		*port = end + 1;
	}
	if (end == from || (size_t)(end - from) >= cap || **port == 0
		|| strchr(*port, ':') != NULL) {
		return -1;
	}
	n = strtoul(*port, &rest, 10);
	if (*rest == 0 && (n == 0 || n > 65535)) {
		return -1; /* getaddrinfo() takes its last 16 bits */
	}
	memcpy(host, from, (size_t)(end - from));
	host[end - from] = 0;
	return 0;
}

/* A connection, or -1, and why has been told. */
static inline int
exchange_connect(const char *agent)
{
	const struct timeval limit = { EXCHANGE_PATIENCE, 0 };
	struct addrinfo want, *found = NULL, *at;
	const char *port;
	char host[256];
	int fd = -1, code;

	if (exchange_split(agent, host, sizeof host, &port) != 0) {
		return complain(-1, agent, "is not HOST:PORT");
	}
	memset(&want, 0, sizeof want);
	want.ai_socktype = SOCK_STREAM;
	code = getaddrinfo(host, port, &want, &found);
	if (code != 0) {
		return complain(-1, agent, gai_strerror(code));
	}
	for (at = found; at != NULL && fd < 0; at = at->ai_next) {
		fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
		if (fd >= 0
			&& (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit,
				    sizeof limit)
					!= 0
				|| setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO,
					   &limit, sizeof limit)
					!= 0
				|| connect(fd, at->ai_addr, at->ai_addrlen)
					!= 0)) {
			file_close(agent, fd);
			fd = -1;
		}
	}
	code = errno;
	freeaddrinfo(found);
	return fd >= 0 ? fd : complain(-1, agent, strerror(code));
}

/* What has come is not all of it. */
static inline int
exchange_complain_end(const char *agent, ssize_t got)
{
	if (got >= 0) {
		return complain(UNREADABLE, agent,
			"the agent closed the connection without an answer");
	}
	return complain(UNREADABLE, agent,
		errno == EAGAIN || errno == EWOULDBLOCK
			? "the agent has not answered in time"
			: strerror(errno));
}

static inline int
exchange_on(int fd, const char *agent, seamkey_span message,
	unsigned char *answer, size_t cap, seamkey_span *out)
{
	unsigned char head[4];
	ssize_t got;
	size_t len;

	head[0] = (unsigned char)(message.len >> 24);
	head[1] = (unsigned char)(message.len >> 16);
	head[2] = (unsigned char)(message.len >> 8);
	head[3] = (unsigned char)message.len;
	if (file_write_all(fd, head, sizeof head) != 0
		|| file_write_all(fd, message.p, message.len) != 0) {
		return complain(UNREADABLE, agent, strerror(errno));
	}
	got = file_read_some(fd, head, sizeof head);
	if (got != (ssize_t)sizeof head) {
		return exchange_complain_end(agent, got);
	}
	len = (size_t)head[0] << 24 | (size_t)head[1] << 16
		| (size_t)head[2] << 8 | head[3];
	if (len > cap) {
		return complain(UNREADABLE, agent,
			"the answer is longer than any that is one");
	}
	got = file_read_some(fd, answer, len);
	if (got != (ssize_t)len) {
		return exchange_complain_end(agent, got);
	}
	*out = seamkey_span_of(answer, len);
	return DONE;
}

/* Send the message, and wait for the answer: to answer[0..cap). */
static inline int
exchange(const char *agent, seamkey_span message, unsigned char *answer,
	size_t cap, seamkey_span *out)
{
	int fd = exchange_connect(agent), status;

	if (fd < 0) {
		return UNREADABLE;
	}
	/* a connection that is closed is an error of write() */
	(void)signal(SIGPIPE, SIG_IGN);
	status = exchange_on(fd, agent, message, answer, cap, out);
	(void)close(fd);
	(void)signal(SIGPIPE, SIG_DFL);
	return status;
}

#endif
