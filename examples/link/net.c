/*
 * net.c - UDP on this machine, raw Ethernet, and a file of what was sent
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 * Over UDP a packet has 16 octets in front, outside of what is protected:
 * the run, the relation, the type, and when it was sealed. A raw frame is
 * what PROFINET has, and nothing more: the end that receives it finds the
 * time of sealing in its cycle counter.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#ifdef __linux__
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#endif

#include "link.h"

#define NET_CARRIER   16        /* octets before a packet in UDP */
#define NET_ROOM      (4 << 20) /* of a socket, if we may have it */
#define NET_RTC       0x8892u
#define NET_EXCHANGE  0x88B5u /* for experiments: IEEE 802 */
#define NET_ETHERNET  14
#define NET_ETHER_MIN 60

static void
net_put(unsigned char *p, uint64_t value, unsigned octets)
{
	while (octets-- > 0) {
		p[octets] = (unsigned char)value;
		value >>= 8;
	}
}

static uint64_t
net_get(const unsigned char *p, unsigned octets)
{
	uint64_t value = 0;
	unsigned u;

	for (u = 0; u < octets; u++) {
		value = value << 8 | p[u];
	}
	return value;
}

static int
net_complain(const char *what)
{
	fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
	return -1;
}

static int
net_is_raw(const link_options *o)
{
	return o->interfaces[0][0] != '\0';
}

/* Is this end part of this run? */
static int
net_is_here(const link_options *o, unsigned end)
{
	if (end == LINK_INITIATOR) {
		return o->which != LINK_ONLY_FOLLOWERS;
	}
	return end < o->followers && o->which != LINK_ONLY_INITIATOR;
}

/* A larger buffer is good to have; without it, more is lost. */
static void
net_enlarge(int fd)
{
	int room = NET_ROOM;

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof room) != 0) {
		(void)net_complain("a larger socket buffer");
	}
}

static int
net_not_blocking(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags < 0 ? -1 : fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

/* ---- Ethernet ------------------------------------------------------------ */

/* Addresses of local administration; the relation is in the follower's. */
void
link_net_mac(unsigned end, unsigned char *mac)
{
	static const unsigned char ours[3] = { 0x02, 0x53, 0x4B };

	memcpy(mac, ours, sizeof ours);
	mac[3] = end == LINK_INITIATOR ? 0 : 1;
	net_put(mac + 4, end == LINK_INITIATOR ? 0 : end, 2);
}

void
link_net_wrap(link_packet *p, unsigned from, unsigned to)
{
	size_t len = NET_ETHERNET + 2 + p->len;

	memmove(p->bytes + NET_ETHERNET + 2, p->bytes, p->len);
	link_net_mac(to, p->bytes);
	link_net_mac(from, p->bytes + 6);
	net_put(p->bytes + 12, NET_EXCHANGE, 2);
	net_put(p->bytes + 14, p->len, 2);
	if (len < NET_ETHER_MIN) {
		memset(p->bytes + len, 0, NET_ETHER_MIN - len);
		len = NET_ETHER_MIN;
	}
	p->len = len;
}

int
link_net_unwrap(link_packet *p)
{
	size_t len;

	if (p->len < NET_ETHERNET + 2
		|| net_get(p->bytes + 12, 2) != NET_EXCHANGE) {
		return -1;
	}
	len = (size_t)net_get(p->bytes + 14, 2);
	if (len > p->len - NET_ETHERNET - 2) {
		return -1;
	}
	memmove(p->bytes, p->bytes + NET_ETHERNET + 2, len);
	p->len = len;
	return 0;
}

#ifdef __linux__
/* Frames for this address and no others. */
static int
net_filter(int fd, unsigned end)
{
	unsigned char mac[6];
	struct sock_filter code[6];
	struct sock_fprog program;

	link_net_mac(end, mac);
	code[0] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0);
	code[1] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)net_get(mac, 4), 0, 3);
	code[2] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 4);
	code[3] = (struct sock_filter)BPF_JUMP(
		BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)net_get(mac + 4, 2), 0, 1);
	code[4] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, LINK_PACKET);
	code[5] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0);
	program.len = 6;
	program.filter = code;
	return setsockopt(
		fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

/* A socket that gets frames of one EtherType. Nothing gets in before the
 * filter is there, since it is bound last. */
static int
net_open_raw(link_net *net, unsigned end, int type)
{
	unsigned side = end != LINK_INITIATOR;
	unsigned short ether =
		htons(type == LINK_FRAME ? NET_RTC : NET_EXCHANGE);
	struct sockaddr_ll address;
	struct packet_mreq all;
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0) {
		return -1;
	}
	net->fd[end][type] = fd;
	memset(&all, 0, sizeof all);
	all.mr_ifindex = (int)net->ifindex[side];
	all.mr_type = PACKET_MR_PROMISC;
	memset(&address, 0, sizeof address);
	address.sll_family = AF_PACKET;
	address.sll_protocol = ether;
	address.sll_ifindex = (int)net->ifindex[side];
	if (net_filter(fd, end) != 0
		|| setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all,
			   sizeof all)
			!= 0
		|| bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		return -1;
	}
	return 0;
}

static int
net_find_interfaces(link_net *net, const link_options *o)
{
	unsigned u;

	for (u = 0; u < 2; u++) {
		if ((u == 0 && o->which == LINK_ONLY_FOLLOWERS)
			|| (u == 1 && o->which == LINK_ONLY_INITIATOR)) {
			continue;
		}
		net->ifindex[u] = if_nametoindex(o->interfaces[u]);
		if (net->ifindex[u] == 0) {
			return net_complain(o->interfaces[u]);
		}
	}
	return 0;
}
#else
static int
net_open_raw(link_net *net, unsigned end, int type)
{
	(void)net;
	(void)end;
	(void)type;
	errno = ENOSYS;
	return -1;
}

static int
net_find_interfaces(link_net *net, const link_options *o)
{
	(void)net;
	(void)o;
	return 0;
}
#endif

/* ---- UDP ----------------------------------------------------------------- */

static int
net_open_udp(link_net *net, unsigned end, int type)
{
	struct sockaddr_in *address = &net->address[end][type];
	socklen_t len = sizeof *address;
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0) {
		return -1;
	}
	net->fd[end][type] = fd;
	memset(address, 0, sizeof *address);
	address->sin_family = AF_INET;
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)address, len) != 0
		|| getsockname(fd, (struct sockaddr *)address, &len) != 0) {
		return -1;
	}
	return 0;
}

/* ---- both ---------------------------------------------------------------- */

static int
net_open_end(link_net *net, unsigned end)
{
	int raw = net_is_raw(net->o), type, status;

	if (net->o->serial != NULL) {
		net->fd[end][LINK_FRAME] =
			link_line_open(&net->line, net->o->serial);
		if (net->fd[end][LINK_FRAME] < 0) {
			return -1;
		}
		return net_not_blocking(net->fd[end][LINK_FRAME]) == 0
			? 0
			: net_complain(net->o->serial);
	}
	for (type = LINK_FRAME; type <= LINK_MESSAGE; type++) {
		status = raw ? net_open_raw(net, end, type)
			     : net_open_udp(net, end, type);
		if (status != 0 || net_not_blocking(net->fd[end][type]) != 0) {
			return net_complain(
				raw ? net->o->interfaces[0] : "a socket");
		}
		net_enlarge(net->fd[end][type]);
	}
	return 0;
}

void
link_net_close(link_net *net)
{
	link_net_keep(net, LINK_FOLLOWERS + 1);
	if (net->pcap >= 0 && close(net->pcap) != 0) {
		(void)net_complain(net->o->pcap);
	}
	net->pcap = -1;
}

void
link_net_keep(link_net *net, unsigned end)
{
	unsigned u;
	int type;

	for (u = 0; u <= LINK_FOLLOWERS; u++) {
		for (type = LINK_FRAME; type <= LINK_MESSAGE; type++) {
			if (u != end && net->fd[u][type] >= 0) {
				(void)close(net->fd[u][type]);
				net->fd[u][type] = -1;
			}
		}
	}
}

/* ---- the file of what was sent ------------------------------------------- */

/* pcap's numbers are in the order of the machine that wrote it. */
static int
net_open_pcap(link_net *net)
{
	const uint32_t ethernet = 1, ipv4 = 228;
	struct {
		uint32_t magic;
		uint16_t major, minor;
		uint32_t zone, accuracy, longest, network;
	} head = { 0xA1B23C4D, 2, 4, 0, 0, 65535, 0 };
	struct timespec wall;

	if (net->o->pcap == NULL) {
		return 0;
	}
	if (clock_gettime(CLOCK_REALTIME, &wall) != 0) {
		return net_complain("the clock");
	}
	net->wall_offset = (uint64_t)wall.tv_sec * LINK_S
		+ (uint64_t)wall.tv_nsec - link_now();
	head.network = net->o->preset == LINK_GENERIC ? ipv4 : ethernet;
	net->pcap = open(net->o->pcap,
		O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666);
	if (net->pcap < 0
		|| write(net->pcap, &head, sizeof head)
			!= (ssize_t)sizeof head) {
		return net_complain(net->o->pcap);
	}
	return 0;
}

/* The headers of IPv4 and UDP, as the packet has them on the loopback. */
static size_t
net_ip_header(unsigned char *h, const struct sockaddr_in *from,
	const struct sockaddr_in *to, size_t len)
{
	uint32_t sum = 0;
	unsigned u;

	memset(h, 0, 28);
	h[0] = 0x45;
	net_put(h + 2, 28 + len, 2);
	h[8] = 64;
	h[9] = IPPROTO_UDP;
	memcpy(h + 12, &from->sin_addr, 4);
	memcpy(h + 16, &to->sin_addr, 4);
	for (u = 0; u < 20; u += 2) {
		sum += (uint32_t)net_get(h + u, 2);
	}
	sum = (sum & 0xFFFF) + (sum >> 16);
	net_put(h + 10, ~(sum + (sum >> 16)), 2);
	memcpy(h + 20, &from->sin_port, 2);
	memcpy(h + 22, &to->sin_port, 2);
	net_put(h + 24, 8 + len, 2);
	return 28;
}

/* One record, in one write, so that those of several processes do not mix.
 * A full disk ends the file, not the run. */
static void
net_note(link_net *net, unsigned end, unsigned to, const link_packet *p,
	const unsigned char *sent, size_t len)
{
	unsigned char record[16 + 28 + NET_CARRIER + LINK_PACKET];
	uint64_t wall = link_now() + net->wall_offset;
	uint32_t head[4];
	size_t at = sizeof head;

	if (net->pcap < 0) {
		return;
	}
	if (net->o->preset == LINK_GENERIC) {
		at += net_ip_header(record + at, &net->address[end][p->type],
			&net->address[to][p->type], len);
	} else {
		sent = p->bytes;
		len = p->len;
	}
	memcpy(record + at, sent, len);
	at += len;
	head[0] = (uint32_t)(wall / LINK_S);
	head[1] = (uint32_t)(wall % LINK_S);
	head[2] = head[3] = (uint32_t)(at - sizeof head);
	memcpy(record, head, sizeof head);
	if (write(net->pcap, record, at) != (ssize_t)at) {
		(void)net_complain(net->o->pcap);
		(void)close(net->pcap);
		net->pcap = -1;
	}
}

/* ---- packets ------------------------------------------------------------- */

int
link_net_open(link_net *net, const link_options *o)
{
	unsigned u;

	memset(net, 0, sizeof *net);
	net->o = o;
	net->pcap = -1;
	memset(net->fd, 0xFF, sizeof net->fd); /* all -1 */
	net->run = (uint32_t)link_now() ^ (uint32_t)getpid() << 16;
	if (net_is_raw(o) && net_find_interfaces(net, o) != 0) {
		return -1;
	}
	for (u = 0; u <= LINK_FOLLOWERS; u++) {
		if (net_is_here(o, u) && net_open_end(net, u) != 0) {
			link_net_close(net);
			return -1;
		}
	}
	if (net_open_pcap(net) != 0) {
		link_net_close(net);
		return -1;
	}
	return 0;
}

static ssize_t
net_send_raw(const link_net *net, unsigned end, const link_packet *p)
{
#ifdef __linux__
	struct sockaddr_ll to;

	memset(&to, 0, sizeof to);
	to.sll_family = AF_PACKET;
	to.sll_ifindex = (int)net->ifindex[end != LINK_INITIATOR];
	to.sll_halen = 6;
	memcpy(to.sll_addr, p->bytes, 6);
	return sendto(net->fd[end][p->type], p->bytes, p->len, 0,
		(const struct sockaddr *)&to, sizeof to);
#else
	(void)net;
	(void)end;
	(void)p;
	return -1;
#endif
}

int
link_net_send(link_net *net, unsigned end, const link_packet *p)
{
	unsigned to = end == LINK_INITIATOR ? p->relation : LINK_INITIATOR;
	const struct sockaddr_in *address = &net->address[to][p->type];
	unsigned char bytes[NET_CARRIER + LINK_PACKET];
	size_t len = NET_CARRIER + p->len;
	ssize_t sent;

	if (net->o->serial != NULL) {
		return link_line_send(&net->line, net->fd[end][LINK_FRAME], p);
	}
	if (net_is_raw(net->o)) {
		net_note(net, end, to, p, p->bytes, p->len);
		return net_send_raw(net, end, p) == (ssize_t)p->len ? 0 : -1;
	}
	net_put(bytes, net->run, 4);
	net_put(bytes + 4, p->relation, 2);
	bytes[6] = p->type;
	bytes[7] = p->initiator;
	net_put(bytes + 8, p->sealed, 8);
	memcpy(bytes + NET_CARRIER, p->bytes, p->len);
	net_note(net, end, to, p, bytes, len);
	sent = sendto(net->fd[end][p->type], bytes, len, 0,
		(const struct sockaddr *)address, sizeof *address);
	return sent == (ssize_t)len ? 0 : -1;
}

/* Whose frame is this? -1: it is not of this run. */
static int
net_from_mac(const link_net *net, unsigned end, link_packet *p)
{
	unsigned char mac[6];
	unsigned from = LINK_INITIATOR;

	if (p->len < NET_ETHERNET) {
		return -1;
	}
	if (end == LINK_INITIATOR) {
		from = (unsigned)net_get(p->bytes + 10, 2);
		if (from >= net->o->followers) {
			return -1;
		}
	}
	link_net_mac(from, mac);
	if (memcmp(mac, p->bytes + 6, sizeof mac) != 0) {
		return -1;
	}
	p->relation = end == LINK_INITIATOR ? from : end;
	p->sealed = 0;
	return 0;
}

static int
net_from_udp(const link_net *net, unsigned end, int type,
	const struct sockaddr_in *from, const unsigned char *bytes, size_t len,
	link_packet *p)
{
	const struct sockaddr_in *peer;

	if (len < NET_CARRIER || net_get(bytes, 4) != net->run
		|| bytes[6] != type
		|| bytes[7] != (end != LINK_INITIATOR ? 1 : 0)) {
		return -1;
	}
	p->relation = (unsigned)net_get(bytes + 4, 2);
	p->sealed = net_get(bytes + 8, 8);
	p->len = len - NET_CARRIER;
	if (end == LINK_INITIATOR ? p->relation >= net->o->followers
				  : p->relation != end) {
		return -1;
	}
	peer = &net->address[end == LINK_INITIATOR ? p->relation
						   : LINK_INITIATOR][type];
	if (from->sin_port != peer->sin_port
		|| from->sin_addr.s_addr != peer->sin_addr.s_addr) {
		return -1;
	}
	memcpy(p->bytes, bytes + NET_CARRIER, p->len);
	return 0;
}

int
link_net_receive(link_net *net, unsigned end, int type, link_packet *p)
{
	unsigned char bytes[NET_CARRIER + LINK_PACKET];
	struct sockaddr_in from;
	socklen_t from_len;
	ssize_t got;
	int status;

	if (net->o->serial != NULL) {
		return link_line_receive(
			&net->line, &net->fd[end][LINK_FRAME], type, p);
	}
	for (;;) {
		from_len = sizeof from;
		if (net_is_raw(net->o)) {
			got = recv(net->fd[end][type], p->bytes,
				sizeof p->bytes, 0);
			p->len = got < 0 ? 0 : (size_t)got;
		} else {
			memset(&from, 0, sizeof from);
			got = recvfrom(net->fd[end][type], bytes, sizeof bytes,
				0, (struct sockaddr *)&from, &from_len);
		}
		if (got < 0) {
			return 0;
		}
		p->type = (uint8_t)type;
		p->initiator = end != LINK_INITIATOR;
		status = net_is_raw(net->o)
			? net_from_mac(net, end, p)
			: net_from_udp(
				net, end, type, &from, bytes, (size_t)got, p);
		if (status == 0) {
			return 1;
		}
	}
}
