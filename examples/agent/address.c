/*
 * address.c - where a peer is
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * What a socket of IPv6 says of a peer of IPv4 (::ffff:192.0.2.1) is turned
 * into IPv4 before anything looks at it: places, limits and the log know one
 * form of an address.
 */
#define _XOPEN_SOURCE 700

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "net.h"

static const unsigned char address_mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0xFF, 0xFF };

void
address_set(struct address *a, const unsigned char *octets, unsigned bits)
{
	if (bits == 128 && memcmp(octets, address_mapped, 12) == 0) {
		octets += 12;
		bits = 32;
	}
	memset(a, 0, sizeof *a);
	memcpy(a->octets, octets, bits / 8);
	a->bits = bits;
}

void
address_set_socket(struct address *a, const struct sockaddr_storage *from)
{
	unsigned char octets[16];
	const struct sockaddr_in6 *in6 =
		(const struct sockaddr_in6 *)(const void *)from;
	const struct sockaddr_in *in =
		(const struct sockaddr_in *)(const void *)from;

	if (from->ss_family == AF_INET6) {
		memcpy(octets, &in6->sin6_addr, 16);
		address_set(a, octets, 128);
		a->port = ntohs(in6->sin6_port);
	} else {
		memcpy(octets, &in->sin_addr, 4);
		address_set(a, octets, 32);
		a->port = ntohs(in->sin_port);
	}
}

int
address_read_prefix(struct prefix *p, const char *text, size_t len)
{
	char copy[64];
	char *slash, *end;
	unsigned char octets[16];
	unsigned bits;
	unsigned long given;

	if (len >= sizeof copy) {
		return -1;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	slash = strchr(copy, '/');
	bits = strchr(copy, ':') != NULL ? 128 : 32;
	p->bits = bits;
	if (slash != NULL) {
		*slash = '\0';
		given = strtoul(slash + 1, &end, 10);
		if (slash[1] < '0' || slash[1] > '9' || *end != '\0'
			|| given > bits) {
			return -1;
		}
		p->bits = (unsigned)given;
	}
	if (inet_pton(bits == 128 ? AF_INET6 : AF_INET, copy, octets) != 1) {
		return -1;
	}
	address_set(&p->address, octets, bits);
	if (p->address.bits != bits) { /* and so the prefix has fewer, too */
		if (p->bits < 96) {
			return -1;
		}
		p->bits -= 96;
	}
	return 0;
}

int
address_is_in(const struct address *a, const struct prefix *p)
{
	size_t whole = p->bits / 8;
	unsigned rest = p->bits % 8;

	return p->address.bits == a->bits
		&& memcmp(p->address.octets, a->octets, whole) == 0
		&& (rest == 0
			|| (p->address.octets[whole] ^ a->octets[whole])
					>> (8 - rest)
				== 0);
}

/* A client has a /64 of IPv6 at least: all of it is one. */
void
address_put_key(const struct address *a, unsigned char *key)
{
	memset(key, 0, 16);
	memcpy(key, a->octets, a->bits == 128 ? 8 : 4);
	key[15] = (unsigned char)a->bits;
}

void
address_write(const struct address *a, char *out, size_t cap)
{
	char text[INET6_ADDRSTRLEN] = "";

	(void)inet_ntop(a->bits == 128 ? AF_INET6 : AF_INET, a->octets, text,
		sizeof text);
	(void)snprintf(
		out, cap, a->bits == 128 ? "[%s]:%u" : "%s:%u", text, a->port);
}
