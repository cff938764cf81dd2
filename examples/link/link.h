/*
 * link.h - what the parts of the link program share
 *
 * Copyright (c) 2026 The seamkey authors
 * SPDX-License-Identifier: MIT
 *
 *   main.c     processes, signals, the time that they have
 *   options.c  the command line
 *   end.c      an end of links: the loop of a controller or of a device
 *   watch.c    what became of each frame, and whether that is right
 *   channel.c  the bad network: loss, copies, delay
 *   net.c      UDP, raw Ethernet, the file of what was sent
 *   serial.c   a line of octets, to a device that is no process here
 *   report.c   the status line and the table
 *
 * Times are nanoseconds of CLOCK_MONOTONIC, which all processes of one
 * machine share.
 */
#ifndef LINK_H
#define LINK_H

#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cobs.h"

#define LINK_FOLLOWERS 256   /* at most */
#define LINK_PLAIN     256   /* octets of IO data, at most */
#define LINK_PACKET    384   /* octets of a frame or message, at most */
#define LINK_QUEUE     16384 /* packets that the channel holds, at most */
#define LINK_SEEN      4096  /* frames that a watch remembers */
#define LINK_BUCKETS   128   /* of gaps, each 1/32 of a cycle wide */
#define LINK_WINDOW    256   /* replay window, frames */
#define LINK_SLOTS     3     /* at most */

#define LINK_US UINT64_C(1000)
#define LINK_MS UINT64_C(1000000)
#define LINK_S  UINT64_C(1000000000)

/* ---- options.c ----------------------------------------------------------- */

enum link_preset {
	LINK_GENERIC,
	LINK_PAPER,
	LINK_DRAFT
};
enum link_which {
	LINK_BOTH,
	LINK_ONLY_INITIATOR,
	LINK_ONLY_FOLLOWERS
};

typedef struct link_options {
	uint64_t followers, cycle, seconds, dmax, plain, slots, seed;
	uint64_t loss, duplicate, reorder; /* of a million */
	uint64_t delay, hold;
	uint64_t period_0rtt, period_nrtt; /* 0: none */
	uint64_t preset, which, suite;
	const char *pcap;       /* or NULL */
	const char *serial;     /* or NULL */
	char interfaces[2][16]; /* the initiator's, the followers'; or "" */
} link_options;

/* Returns 0: run; 1: help has been shown; 2: complained about. */
int link_options_read(link_options *o, int argc, char **argv);

/* ---- net.c --------------------------------------------------------------- */

enum link_type {
	LINK_FRAME,
	LINK_MESSAGE
};

typedef struct link_packet {
	uint64_t sealed; /* when; 0: the packet does not tell */
	unsigned relation;
	uint8_t type;      /* enum link_type */
	uint8_t initiator; /* 1: it comes from the initiator */
	size_t len;
	unsigned char bytes[LINK_PACKET];
} link_packet;

/* ---- serial.c ------------------------------------------------------------ */

/* The line to a device, with what is half read and half written. */
typedef struct link_line {
	cobs_reader reader;
	unsigned char packet[LINK_PACKET + 1];
	unsigned char in[512], out[COBS_LINE(LINK_PACKET)];
	size_t at, in_len, sent, out_len;
	link_packet message; /* that came between frames; len 0: none */
} link_line;

/* Returns a descriptor, or -1 with a line on stderr. */
int link_line_open(link_line *line, const char *path);
/* As link_net_send() and link_net_receive(), for which *fd is -1 once the
 * line has ended. */
int link_line_send(link_line *line, int fd, const link_packet *p);
int link_line_receive(link_line *line, int *fd, int type, link_packet *p);

/* ---- net.c, again -------------------------------------------------------- */

/* The sockets of all ends: one for frames, one for messages; a line serves
 * for both, in the place of the first. */
#define LINK_INITIATOR LINK_FOLLOWERS /* its place among the ends */
typedef struct link_net {
	const link_options *o;
	int fd[LINK_FOLLOWERS + 1][2];
	struct sockaddr_in address[LINK_FOLLOWERS + 1][2];
	unsigned ifindex[2];
	int pcap;             /* -1: none */
	uint64_t wall_offset; /* from our clock to the calendar's */
	uint32_t run;
	link_line line;
} link_net;

/* Open what this run needs. Returns 0, or -1 with a line on stderr. */
int link_net_open(link_net *net, const link_options *o);
void link_net_close(link_net *net);
/* Close what belongs to the other ends. */
void link_net_keep(link_net *net, unsigned end);

/* Send. Returns 0; -1 where the machine had no room for it. */
int link_net_send(link_net *net, unsigned end, const link_packet *p);
/* Returns 1 with a packet, 0 without one. */
int link_net_receive(link_net *net, unsigned end, int type, link_packet *p);

/* The addresses of an end in Ethernet. */
void link_net_mac(unsigned end, unsigned char *mac);
/* Put an exchange message into an Ethernet frame, and take it out. */
void link_net_wrap(link_packet *p, unsigned from, unsigned to);
int link_net_unwrap(link_packet *p);

/* ---- channel.c ----------------------------------------------------------- */

typedef struct link_channel {
	const link_options *o;
	uint64_t rng, order;
	unsigned count, unused;    /* of heap, of unused places */
	uint16_t heap[LINK_QUEUE]; /* the packet that is due first */
	uint16_t free[LINK_QUEUE];
	uint64_t due[LINK_QUEUE], rank[LINK_QUEUE];
	link_packet packet[LINK_QUEUE];
} link_channel;

enum link_fate {
	LINK_SENT,
	LINK_LOST,
	LINK_HELD = 2,
	LINK_DOUBLED = 4
};

void link_channel_init(link_channel *c, const link_options *o, uint64_t seed);
/* Give a packet to the network: what becomes of it, as bits of fate. */
int link_channel_put(link_channel *c, const link_packet *p, uint64_t now);
/* The next packet that is due, or NULL. */
const link_packet *link_channel_get(link_channel *c, uint64_t now);
/* When there will be one; ~0: never. */
uint64_t link_channel_due(const link_channel *c);
uint64_t link_random(uint64_t *rng);

/* ---- watch.c ------------------------------------------------------------- */

/* One end of one relation. Its process writes it, others may look. */
typedef struct link_stats {
	/* as the sender */
	uint64_t sealed, lost, doubled, held, unsent;
	uint64_t refused_seals;
	uint64_t gap_sealed[2]; /* longest; [1]: while a rekey was under way */
	/* as the receiver */
	uint64_t arrived, delivered, overtaken, duplicates, outrun, late;
	uint64_t wrong, twice, corrupt;
	int wrong_status;
	uint64_t gap_delivered[2];
	/* the link's */
	uint64_t rekeys_0rtt, rekeys_nrtt, starts, abandoned, events;
	uint64_t messages, messages_lost;
} link_stats;

typedef struct link_watch {
	uint64_t tag[LINK_SEEN]; /* of frames that arrived, a ring */
	unsigned at;
	uint64_t number[LINK_SEEN]; /* delivered + 1 */
	uint64_t highest;           /* of the numbers + 1 */
	struct {
		uint8_t id, used;
		uint16_t counter; /* highest delivered, its low bits */
	} key[2];                 /* the newer one, the older one */
} link_watch;

/* A frame that has been through open. */
typedef struct link_outcome {
	int status;       /* open's */
	uint64_t age;     /* from seal to open */
	uint64_t tag;     /* some octets of it */
	uint8_t id;       /* key identifier in its header */
	uint16_t counter; /* low bits, in its header */
	int intact;       /* delivered: what was sealed? */
	uint64_t number;  /* delivered: the sender's number of it */
} link_outcome;

/* Note what became of it. Returns 1 where it is the newest so far. */
int link_watch_note(
	link_watch *w, link_stats *s, const link_outcome *f, uint64_t dmax);

/* ---- end.c --------------------------------------------------------------- */

/* What all processes share. */
typedef struct link_shared {
	volatile int stop; /* main's: end now, with what is under way */
	uint64_t begin;    /* when the run began */
	link_stats stats[2][LINK_FOLLOWERS]; /* initiator's, followers' */
	uint64_t gaps[LINK_FOLLOWERS + 1][LINK_BUCKETS];
} link_shared;

/* Run one end until its time is over. Returns 0, or 1 on an error. */
int link_end_run(const link_options *o, link_net *net, link_shared *shared,
	unsigned end);
/* After this time nobody is expected to run. */
uint64_t link_end_latest(const link_options *o, const link_shared *shared);
uint64_t link_now(void);

/* Octets for each relation: link and slots, cipher contexts; and those of
 * the one seamkey_link_auth, whose hook finds the key of each. */
void link_end_memory(const link_options *o, size_t *state, size_t *contexts,
	size_t *shared_by_all);
const char *link_end_text(int status);

/* ---- report.c ------------------------------------------------------------ */

void link_report_line(const link_options *o, const link_shared *shared);
void link_report_table(const link_options *o, const link_shared *shared);
/* How many frames were wrongly refused, delivered twice, damaged, or could
 * not be sealed; and how many relations never began. */
uint64_t link_report_wrong(const link_options *o, const link_shared *shared);
unsigned link_report_silent(const link_options *o, const link_shared *shared);

#endif
