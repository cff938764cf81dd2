/*
 * proxy.c - what a balancer says of a client: the PROXY protocol
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * In front of all else that comes over a connection, version 2:
 *
 *   signature, 12 octets
 *   0x20 LOCAL: the balancer itself, and the rest means nothing; 0x21 PROXY
 *   0x11 TCP over IPv4, 0x21 over IPv6
 *   length of what follows, two octets
 *   addresses of the client and of the server, their ports
 *   type, length in two octets, value: as many as there are; passed over
 *
 * or version 1, one line of 107 octets at most:
 *
 *   PROXY TCP4 192.0.2.1 192.0.2.2 56324 7601\r\n
 *
 * A client whose address a balancer does not know, or says in another way,
 * is none.
 */
#define _XOPEN_SOURCE 700

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

#define PROXY_LINE  107
#define PROXY_FIXED 16            /* of version 2, before the addresses */
#define PROXY_MAX   (16u + 2048u) /* of which 216 are a path, at most */

/* Both can be told apart, and none is shorter. */
#define PROXY_SIGNATURE 12

static const unsigned char proxy_signature[PROXY_SIGNATURE] = { 0x0D, 0x0A,
	0x0D, 0x0A, 0x00, 0x0D, 0x0A, 0x51, 0x55, 0x49, 0x54, 0x0A };
static const char proxy_word[] = "PROXY ";

#define PROXY_WORD (sizeof proxy_word - 1)

static size_t
proxy_least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t
proxy_get_length(const unsigned char *p, size_t len)
{
	size_t n;

	if (memcmp(p, proxy_word, proxy_least(len, PROXY_WORD)) == 0) {
		if (len < PROXY_SIGNATURE) {
			return PROXY_SIGNATURE;
		}
		if (p[len - 1] == '\n') {
			return len;
		}
		return len < PROXY_LINE ? len + 1 : 0;
	}
	if (memcmp(p, proxy_signature, proxy_least(len, PROXY_SIGNATURE))
		!= 0) {
		return 0;
	}
	if (len < PROXY_FIXED) {
		return PROXY_FIXED;
	}
	n = PROXY_FIXED + ((size_t)p[14] << 8 | p[15]);
	return n <= PROXY_MAX ? n : 0;
}

/* ---- version 2 ----------------------------------------------------------- */

static int
proxy_decode_octets(struct address *a, const unsigned char *p, size_t len)
{
	unsigned bits = p[13] == 0x11 ? 32 : 128;
	size_t at = PROXY_FIXED + bits / 4 + 4;

	if (p[12] == 0x20) {
		return 0;
	}
	if (p[12] != 0x21 || (p[13] != 0x11 && p[13] != 0x21) || len < at) {
		return -1;
	}
	address_set(a, p + PROXY_FIXED, bits);
	a->port = (unsigned)p[at - 4] << 8 | p[at - 3];
	while (at < len) {
		if (len - at < 3) {
			return -1;
		}
		at += 3 + ((size_t)p[at + 1] << 8 | p[at + 2]);
	}
	return at == len ? 1 : -1;
}

/* ---- version 1 ----------------------------------------------------------- */

/* The next word, which ends in one blank or, the last, in CR. */
static const char *
proxy_get_word(char **line, char end)
{
	char *word = *line;
	size_t n = strcspn(word, " \r");

	if (n == 0 || word[n] != end) {
		return "";
	}
	word[n] = '\0';
	*line = word + n + 1;
	return word;
}

/* 0..65535 without zeros in front, else a number above. */
static unsigned long
proxy_get_port(char **line, char end)
{
	const char *word = proxy_get_word(line, end);
	size_t n = strspn(word, "0123456789");

	if (n == 0 || n > 5 || word[n] != '\0' || (n > 1 && word[0] == '0')) {
		return 65536;
	}
	return strtoul(word, NULL, 10);
}

static int
proxy_decode_line(struct address *a, const unsigned char *p, size_t len)
{
	char copy[PROXY_LINE + 1], *line = copy + PROXY_WORD;
	unsigned char octets[16], server[16];
	const char *word;
	unsigned long port, server_port;
	int family;

	memcpy(copy, p, len);
	copy[len] = '\0';
	if (strlen(copy) != len || copy[len - 2] != '\r') {
		return -1;
	}
	word = proxy_get_word(&line, ' ');
	family = strcmp(word, "TCP4") == 0 ? AF_INET : AF_INET6;
	if ((family != AF_INET && strcmp(word, "TCP6") != 0)
		|| inet_pton(family, proxy_get_word(&line, ' '), octets) != 1
		|| inet_pton(family, proxy_get_word(&line, ' '), server) != 1) {
		return -1;
	}
	port = proxy_get_port(&line, ' ');
	server_port = proxy_get_port(&line, '\r');
	if (port > 65535 || server_port > 65535 || strcmp(line, "\n") != 0) {
		return -1;
	}
	address_set(a, octets, family == AF_INET ? 32 : 128);
	a->port = (unsigned)port;
	return 1;
}

int
proxy_decode(struct address *a, const unsigned char *p, size_t len)
{
	return p[0] != proxy_signature[0] ? proxy_decode_line(a, p, len)
					  : proxy_decode_octets(a, p, len);
}
