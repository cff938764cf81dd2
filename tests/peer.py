#!/usr/bin/env python3
"""peer.py - the link a second time, from docs/SPEC.md

Copyright (c) 2026 The seamkey authors
SPDX-License-Identifier: MIT

usage: tests/peer.py SPEC.md LINK_PEER

Checks the known answers of docs/SPEC.md, then speaks with the C code
(tests/link_peer.c) as follower and as initiator, over a network that
loses, delays, reorders, repeats and forges. Needs python3-cryptography.
It is a test: nothing here takes care of secrets or of time.
"""
import hashlib
import hmac
import os
import random
import re
import subprocess
import sys

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa, utils
from cryptography.hazmat.primitives.asymmetric.x25519 import (
    X25519PrivateKey, X25519PublicKey)
from cryptography.hazmat.primitives.ciphers.aead import (
    AESCCM, AESGCM, ChaCha20Poly1305)

INITIATOR, FOLLOWER = 1, 2
ZERO_RTT, N_RTT = 1, 2
OK, AGAIN, DOWN = 0, 1, -301
FRAME, KEY_ID, TAG, DUPLICATE, LATE = -304, -305, -306, -307, -308
MESSAGE, STALE, AUTH, BUSY = -309, -310, -311, -312
SUITES = {
    1: (16, AESGCM), 2: (32, AESGCM), 3: (16, AESCCM),
    29: (32, ChaCha20Poly1305)}
PSK = b"a pre-shared key of 32 octets..."


def number(value, octets):
    return value.to_bytes(octets, "big")


def mac(key, data):
    return hmac.new(key, data, hashlib.sha256).digest()


def sha256(data):
    return hashlib.sha256(data).digest()


def share_of(scalar):
    key = X25519PrivateKey.from_private_bytes(scalar).public_key()
    return key.public_bytes(
        serialization.Encoding.Raw, serialization.PublicFormat.Raw)


def shared(scalar, share):
    """None where all of it would be zero"""
    try:
        return X25519PrivateKey.from_private_bytes(scalar).exchange(
            X25519PublicKey.from_public_bytes(share))
    except ValueError:
        return None


class Kind:
    """What the two ends are configured with alike."""

    def __init__(self, suite, mode, layout, bits, counter, ad, signed,
                 relation=7):
        self.suite, self.mode, self.layout = suite, mode, layout
        self.bits, self.counter, self.ad = bits, counter, ad
        self.signed, self.relation = signed, relation
        self.key_len, self.cipher = SUITES[suite]
        self.header_len = bits // 2 + counter + (3 if layout == 2 else 0)
        self.psk = b"" if signed else PSK

    # ---- derivations

    def expand(self, secret, label, session, m, c, d, length,
               transcript=b""):
        info = (b"rk1 " + label + b"\0" + number(self.suite, 2)
                + bytes([self.mode, 0x12]) + session
                + number(self.relation, 2) + number(m, 8) + number(c, 8)
                + bytes([d]) + transcript + number(length, 2))
        return mac(secret, info + b"\1")[:length]

    def start_auth(self, d):
        return self.expand(mac(bytes(32), self.psk), b"auth", bytes(16),
                           0, 0, d, 32)

    def root(self, salt, dh, session, m, transcript):
        return self.expand(mac(salt, dh + self.psk), b"root", session, m,
                           0, 0, 32, transcript)

    # ---- frames

    def wire(self, m, c):
        mask = (1 << self.bits) - 1
        return (m & mask) << self.bits | (c & mask)

    def header(self, current, following, counter, length):
        ids = (bytes([current << 4 | following]) if self.bits == 2
               else bytes([current, following]))
        low = number(counter, 6)[6 - self.counter:]
        if self.layout == 2:
            return (bytes([0x10 | self.mode]) + ids + low
                    + number(length, 2))
        return ids + low

    def split(self, frame):
        """(current, next, low counter, body, tag), or None"""
        h, body = frame[:self.header_len], frame[self.header_len:]
        if len(body) < 16 or len(body) > 64 + 16:
            return None
        if self.layout == 2:
            if h[0] != 0x10 | self.mode or (
                    h[-2:] != number(len(body) - 16, 2)):
                return None
            h = h[1:-2]
        if self.bits == 2:
            ids, low = (h[0] >> 4, h[0] & 15), h[1:]
        else:
            ids, low = (h[0], h[1]), h[2:]
        return ids + (int.from_bytes(low, "big"), body[:-16], body[-16:])

    def aead(self, key):
        if self.cipher is AESCCM:
            return AESCCM(key, tag_length=16)
        return self.cipher(key)

    @staticmethod
    def nonce(iv, counter):
        return bytes(a ^ b for a, b in zip(iv, bytes(6)
                                           + number(counter, 6)))

    def seal(self, key, iv, counter, header, ad, plain):
        nonce = self.nonce(iv, counter)
        if self.mode == 1:
            tag = self.aead(key).encrypt(nonce, b"", header + plain + ad)
            return header + plain + tag
        return header + self.aead(key).encrypt(nonce, plain, header + ad)

    def open(self, key, iv, counter, frame, ad):
        nonce = self.nonce(iv, counter)
        header, body = frame[:self.header_len], frame[self.header_len:]
        try:
            if self.mode == 1:
                plain = body[:-16]
                self.aead(key).decrypt(nonce, body[-16:],
                                       header + plain + ad)
                return plain
            return self.aead(key).decrypt(nonce, body, header + ad)
        except InvalidTag:
            return None

    # ---- messages

    def head(self, kind, start, attempt):
        return (b"rk1" + bytes([kind, start, 0x12])
                + number(self.suite, 2)
                + bytes([self.mode, self.bits, self.counter, self.layout])
                + number(self.relation, 2) + number(attempt, 4))

    def message1(self, start, attempt, session, m, c, nonce, share):
        if start:
            session, m, c = bytes(16), 0, 0
        return (self.head(1, start, attempt) + session + number(m, 8)
                + number(c, 8) + nonce + share)


class Key:
    """One generation: the keys of both directions, and their counters."""

    def __init__(self, kind, session, chain, m, c):
        self.m, self.c, self.wire = m, c, kind.wire(m, c)
        self.tk, self.iv = {}, {}
        for d in (1, 2):
            self.tk[d] = kind.expand(chain, b"key", session, m, c, d,
                                     kind.key_len)
            self.iv[d] = kind.expand(chain, b"iv", session, m, c, d, 12)
        self.following = 0  # counter
        self.expected = 0
        self.seen = set()


class Attempt:
    """One exchange."""

    def __init__(self, start, attempt, m):
        self.start, self.attempt, self.m = start, attempt, m
        self.scalar, self.nonce = os.urandom(32), os.urandom(32)
        self.share = share_of(self.scalar)
        self.due = self.tries = 0
        self.message = b""  # that is to be sent
        self.first = b""    # message 1 without MAC
        self.root = self.session = self.transcript = None
        self.state = "asked"


class End:
    """One end of a link, initiator or follower."""

    def __init__(self, kind, role, slots, delay, own=None, peer=None):
        self.kind, self.role, self.slots, self.grace = (
            kind, role, slots, delay)
        self.private, self.peer_key = own, peer
        self.now = 0
        self.up = False
        self.live = {}  # serial: Key
        self.chain = self.session = b""
        self.m = self.c = 0
        self.pushed = self.sealing = self.opening = self.newest = 0
        self.holds = 0     # initiator: what the follower holds
        self.wished = 0    # follower: what it was asked for
        self.announced = 0
        self.seen_opening = self.since = 0
        self.wanted = []
        self.attempt = {0: None, 1: None}  # rekey, start
        self.attempts = self.starts = self.last_attempt = 0
        self.start_at = 0
        self.rekeys = {ZERO_RTT: 0, N_RTT: 0}
        self.peer_bugs = 0

    # ---- slots

    def can_push(self, m, c):
        return (self.up and self.pushed == self.sealing == self.opening
                and len(self.live) < self.slots
                and all(k.wire != self.kind.wire(m, c)
                        for k in self.live.values()))

    def push(self):
        self.pushed += 1
        key = Key(self.kind, self.session, self.chain, self.m, self.c)
        self.live[self.pushed] = key
        self.announced = key.wire

    def install(self, x):
        self.live.clear()
        self.session, self.chain = x.session, x.root
        self.m = self.c = 0
        self.push()
        self.sealing = self.opening = self.newest = self.pushed
        self.seen_opening = self.wished = self.pushed
        self.holds = self.pushed - 1
        self.attempts = self.last_attempt = 0
        self.attempt[0] = None
        self.up = True

    def retire(self):
        if self.opening != self.seen_opening:
            self.seen_opening, self.since = self.opening, self.now
        gone = self.since + self.grace <= self.now
        for serial in list(self.live):
            if serial < self.seen_opening and serial < self.sealing and gone:
                del self.live[serial]

    def even(self):
        return self.up and (
            self.pushed == self.sealing == self.opening) and (
                self.role == FOLLOWER or self.holds == self.pushed)

    # ---- frames

    def seal(self, carrier, ad, plain):
        kind = self.kind
        if not self.up:
            return DOWN, b""
        ready = self.holds if self.role == INITIATOR else self.opening
        if self.pushed == self.sealing + 1 and ready == self.pushed:
            self.sealing = self.pushed
        if self.role == INITIATOR and self.holds < self.sealing:
            return AGAIN, b""
        key = self.live[self.sealing]
        counter = carrier if kind.counter == 0 else key.following
        key.following = counter + 1
        header = kind.header(key.wire, self.announced, counter, len(plain))
        return OK, kind.seal(key.tk[self.role], key.iv[self.role],
                             counter, header, ad, plain)

    def extend(self, key, low, carrier):
        if self.kind.counter == 0:
            return carrier
        if self.kind.counter > 2:
            return low
        full = key.expected - key.expected % 65536 + low
        if full + 32768 < key.expected:
            return full + 65536
        if full > key.expected + 32768 and full >= 65536:
            return full - 65536
        return full

    def open(self, carrier, ad, frame):
        if not self.up:
            return DOWN, b""
        parts = self.kind.split(frame)
        if parts is None:
            return FRAME, b""
        current, following, low = parts[:3]
        found = [s for s, k in self.live.items() if k.wire == current]
        if not found:
            return KEY_ID, b""
        serial, key = found[0], self.live[found[0]]
        counter = self.extend(key, low, carrier)
        d = 3 - self.role
        plain = self.kind.open(key.tk[d], key.iv[d], counter, frame, ad)
        if plain is None:
            return TAG, b""
        if counter in key.seen:
            return DUPLICATE, b""
        if counter + 64 < key.expected:
            return LATE, b""
        newest = counter >= key.expected and serial >= self.newest
        key.seen.add(counter)
        key.expected = max(key.expected, counter + 1)
        if serial == self.opening + 1:
            self.opening = serial
        if newest:
            self.newest = serial
            self.read_next(serial, key, following)
        return OK, plain

    def read_next(self, serial, key, following):
        if following == key.wire:
            step = 0
        elif following == self.kind.wire(key.m, key.c + 1):
            step = ZERO_RTT
        elif following == self.kind.wire(key.m + 1, 0):
            step = N_RTT
        else:
            self.peer_bugs += 1
            return
        if self.role == FOLLOWER:
            if step == ZERO_RTT:
                self.wished = max(self.wished, serial + 1)
            return
        if step != 0:
            serial += 1
            t = self.live.get(serial)
            if t is None or (t.m == key.m) != (step == ZERO_RTT):
                self.peer_bugs += 1
                return
        self.holds = max(self.holds, serial)

    # ---- messages

    def auth_key(self, start, d):
        if start:
            return self.kind.start_auth(d)
        return self.kind.expand(self.chain, b"auth", self.session, self.m,
                                self.c, d, 32)

    def finish(self, start, d, message, first=b""):
        if start and self.kind.signed:
            return message
        return message + mac(self.auth_key(start, d), message + first)

    def check_mac(self, start, d, message, first=b""):
        """the message without its MAC, or None"""
        if start and self.kind.signed:
            return message
        if not hmac.compare_digest(message[-32:], mac(
                self.auth_key(start, d), message[:-32] + first)):
            return None
        return message[:-32]

    def ids(self):
        if not self.kind.signed:
            return b""
        own = sha256(spki(self.private.public_key()))
        peer = sha256(spki(self.peer_key))
        return own + peer if self.role == FOLLOWER else peer + own

    def tag(self, x, d):
        session = x.session if x.start else self.session
        key = self.kind.expand(x.root, b"confirm", session, x.m, 0, d, 32)
        return mac(key, x.transcript + self.ids())

    def signed(self, x, role):
        return sha256(b"seamkey rk1" + bytes([role]) + x.transcript
                      + self.ids())

    def proof(self, x):
        if not self.kind.signed:
            return self.tag(x, self.role)
        signature = self.private.sign(
            self.signed(x, self.role), padding.PKCS1v15(),
            utils.Prehashed(hashes.SHA256()))
        return (sha256(spki(self.private.public_key()))
                + number(len(signature), 2) + signature
                + self.tag(x, self.role))

    def check_signature(self, x, proof):
        """the tag that ends the proof, or None"""
        if not self.kind.signed:
            return proof if len(proof) == 32 else None
        length = int.from_bytes(proof[32:34], "big")
        signature, tag = proof[34:34 + length], proof[34 + length:]
        if proof[:32] != sha256(spki(self.peer_key)) or len(tag) != 32:
            return None
        try:
            self.peer_key.verify(
                signature, self.signed(x, 3 - self.role),
                padding.PKCS1v15(), utils.Prehashed(hashes.SHA256()))
        except InvalidSignature:
            return None
        return tag

    def agree(self, x, hash1, nonce, share, other):
        """the root, from message 1's hash and what message 2 brings"""
        x.transcript = sha256(hash1 + nonce + share)
        x.session = x.transcript[:16]
        dh = shared(x.scalar, other)
        if dh is None:
            return False
        x.root = self.kind.root(
            bytes(32) if x.start else self.chain, dh,
            x.session if x.start else self.session, x.m, x.transcript)
        return True

    def take(self):
        for x in (self.attempt[0], self.attempt[1]):
            if x is not None and x.message and self.now >= x.due:
                x.due = self.now + 8
                x.tries += 1
                if x.state == "staged":
                    x.due = 1 << 62  # until asked again
                return OK, x.message
        return AGAIN, b""

    def put(self, message):
        kind = self.kind
        if len(message) < 18 or message[3] not in (1, 2, 3) or (
                message[4] > 1):
            return MESSAGE
        start = message[4]
        attempt = int.from_bytes(message[14:18], "big")
        if message[:18] != kind.head(message[3], start, attempt):
            return MESSAGE
        if (message[3] == 2) != (self.role == INITIATOR):
            return MESSAGE
        if message[3] == 1:
            return self.put1(start, attempt, message)
        x = self.attempt[start]
        if x is None or x.attempt != attempt:
            return STALE
        return (self.put2 if message[3] == 2 else self.put3)(x, message)

    def put1(self, start, attempt, message):
        want = 114 if start and self.kind.signed else 146
        if len(message) != want:
            return MESSAGE
        if not start and not self.up:
            return STALE
        first = self.check_mac(start, 1, message)
        if first is None:
            return AUTH
        x = self.attempt[start]
        if x is not None and x.first == first:
            x.due = self.now
            return OK
        if x is not None and x.state != "staged":
            return BUSY
        if start:
            if self.now < self.start_at:
                return BUSY
            self.start_at = self.now + 16
        else:
            if first[18:50] != (self.session + number(self.m, 8)
                                + number(self.c, 8)):
                return STALE
            if attempt <= self.last_attempt:
                return STALE
            if not self.even():
                return BUSY
            self.last_attempt = attempt
        x = Attempt(start, attempt, 0 if start else self.m + 1)
        x.first = first
        if not self.agree(x, sha256(first), x.nonce, x.share, first[82:]):
            self.attempt[start] = None
            return OK
        x.state, x.due = "staged", self.now
        x.message = self.finish(start, 2, kind_head(self, 2, x) + x.nonce
                                + x.share + self.proof(x), sha256(first))
        self.attempt[start] = x
        return OK

    def put2(self, x, message):
        if x.state != "asked" or x.tries == 0:
            return STALE
        bare = self.check_mac(x.start, 2, message, sha256(x.first))
        if bare is None or len(bare) < 114:
            return AUTH
        y = Attempt(x.start, x.attempt, x.m)
        y.scalar = x.scalar
        nonce, share = bare[18:50], bare[50:82]
        agreed = self.agree(y, sha256(x.first), nonce, share, share)
        tag = self.check_signature(y, bare[82:])
        if tag is None:
            return AUTH
        if not agreed or not hmac.compare_digest(tag, self.tag(y, FOLLOWER)):
            self.abandon(x)
            return OK
        x.root, x.session, x.transcript = y.root, y.session, y.transcript
        x.message = self.finish(x.start, 1, kind_head(self, 3, x)
                                + self.proof(x))
        x.state, x.due = "ready", 1 << 62
        return OK

    def put3(self, x, message):
        if x.state != "staged":
            return STALE
        bare = self.check_mac(x.start, 1, message)
        if bare is None or len(bare) < 50:
            return AUTH
        tag = self.check_signature(x, bare[18:])
        if tag is None or not hmac.compare_digest(
                tag, self.tag(x, INITIATOR)):
            return AUTH
        x.state, x.message = "ready", b""
        return OK

    # ---- background

    def start(self):
        self.starts += 1
        self.attempt[1] = x = Attempt(1, self.starts, 0)
        self.ask(x)

    def ask(self, x):
        x.first = self.kind.message1(x.start, x.attempt, self.session,
                                     self.m, self.c, x.nonce, x.share)
        x.message = self.finish(x.start, 1, x.first)
        x.due = self.now

    def rekey(self, kind):
        self.wanted.append(kind)

    def try_again(self, x):
        """an attempt that nobody answers, or a start nobody confirms"""
        if x.tries >= 10 and self.now >= x.due:
            self.abandon(x)

    def abandon(self, x):
        self.attempt[x.start] = None
        if x.start:
            self.start()
        else:
            self.wanted.insert(0, N_RTT)

    def complete(self, x):
        """both ends have agreed: into a slot, when one is free"""
        if x.start:
            self.install(x)
        elif self.can_push(self.m + 1, 0):
            self.chain, self.m, self.c = x.root, self.m + 1, 0
            self.push()
            self.rekeys[N_RTT] += 1
        else:
            return
        if self.role == INITIATOR:
            x.state, x.due, x.tries = "confirm", self.now, 0
        else:
            self.attempt[x.start] = None

    def derive(self):
        self.c += 1
        self.chain = self.kind.expand(self.chain, b"chain", self.session,
                                      self.m, self.c, 0, 32)
        self.push()
        self.rekeys[ZERO_RTT] += 1

    def work(self, now):
        self.now = now
        if self.up:
            self.retire()
        for which in (1, 0):
            x = self.attempt[which]
            if x is not None and x.state == "ready":
                self.complete(x)
            elif x is not None and x.state == "confirm" and (
                    self.holds == self.pushed):
                self.attempt[which] = None
            elif x is not None and (
                    x.state == "asked" or x.start and x.state == "confirm"):
                self.try_again(x)
        if self.role == FOLLOWER:
            if self.wished == self.pushed + 1 and (
                    self.can_push(self.m, self.c + 1)):
                self.attempt[0] = None
                self.derive()
        elif self.wanted and self.even() and self.attempt[0] is None:
            self.lead()

    def lead(self):
        if self.wanted[0] == N_RTT:
            if self.can_push(self.m + 1, 0):
                del self.wanted[0]
                self.attempts += 1
                self.attempt[0] = Attempt(0, self.attempts, self.m + 1)
                self.ask(self.attempt[0])
                self.announced = self.kind.wire(self.m + 1, 0)
        elif self.can_push(self.m, self.c + 1):
            del self.wanted[0]
            self.derive()

    def skip(self, count):
        self.live[self.sealing].following += count

    def state(self):
        settled = self.even() and self.attempt[0] is None
        return [int(self.up), int(settled), self.m, self.c]


def kind_head(end, kind, x):
    return end.kind.head(kind, x.start, x.attempt)


def spki(key):
    return key.public_bytes(serialization.Encoding.DER,
                            serialization.PublicFormat.SubjectPublicKeyInfo)


class Wrong(Exception):
    """a test has failed"""


def expect(got, want, what):
    if got != want:
        raise Wrong(f"{what}: {show(got)} instead of {show(want)}")


def show(value):
    return value.hex() if isinstance(value, bytes) else repr(value)


# ---- known answers -------------------------------------------------------

class Answers:
    """One run of the known answers, followed from its inputs."""

    def __init__(self, title):
        n = [int(x) for x in re.findall(r" (\d+)(?:,|$)", title)]
        self.kind = Kind(n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7])
        self.values = {}
        self.generation = None
        self.start = 1
        self.chain = bytes(32)
        self.session = b""
        self.c = 0
        self.frames = {1: 0, 2: 0}
        self.keys = {}
        self.checked = 0

    def check(self, name, value):
        """each value but the inputs is made anew from those before it"""
        if name.startswith("frame"):
            self.frame(name, value)
        elif name in ("I.scalar", "I.nonce", "F.scalar", "F.nonce"):
            self.values[name] = value
            return
        elif "[" in name:
            head, rest = name.rstrip("]").split("[")
            expect(value, self.secret(head, rest.split(",")), name)
        else:
            expect(value, getattr(self, name.replace(".", "_"))(), name)
        self.values[name] = value
        self.checked += 1

    def I_share(self):
        return share_of(self.values["I.scalar"])

    def F_share(self):
        return share_of(self.values["F.scalar"])

    def current(self):
        return self.generation or (0, 0)

    def mac(self, d, message, first=b""):
        if self.start and self.kind.signed:
            return message
        m, c = self.current()
        key = (self.values[f"AK[start,{d}]"] if self.start
               else self.values[f"AK[{m},{c},{d}]"])
        return message + mac(key, message + first)

    def message1(self):
        m, c = self.current()
        self.first = self.kind.message1(
            self.start, 1, self.session, m, c, self.values["I.nonce"],
            self.values["I.share"])
        return self.mac(1, self.first)

    def DH(self):
        v = self.values
        dh = shared(v["I.scalar"], v["F.share"])
        expect(shared(v["F.scalar"], v["I.share"]), dh, "DH")
        return dh

    def transcript(self):
        return sha256(sha256(self.first) + self.values["F.nonce"]
                      + self.values["F.share"])

    def PRK(self):
        return mac(self.chain, self.values["DH"] + self.kind.psk)

    def get_session(self):
        self.session = self.values["transcript"][:16]
        return self.session

    def new_m(self):
        return 0 if self.start else self.current()[0] + 1

    def secret(self, head, rest):
        k = self.kind
        if head == "AK" and rest[0] == "start":
            return k.start_auth(int(rest[1]))
        m, c, *d = [int(x) for x in rest]
        d = d[0] if d else 0
        label = {"AK": b"auth", "TK": b"key", "IV": b"iv",
                 "CF": b"confirm"}
        length = {"TK": k.key_len, "IV": 12}.get(head, 32)
        if head == "CK" and c == 0:
            self.root = k.expand(self.values["PRK"], b"root", self.session,
                                 m, 0, 0, 32, self.values["transcript"])
            expect(m, self.new_m(), "m")
            return self.root
        if head == "CK":
            expect((m, c - 1), self.generation, "generation")
            self.chain = k.expand(self.chain, b"chain", self.session, m, c,
                                  0, 32)
            self.generation = (m, c)
            return self.chain
        if head == "CF":
            return k.expand(self.root, b"confirm", self.session, m, c, d,
                            32)
        if head == "TK" and (m, c) != self.generation:
            # a root is pushed: message 3 is still of the old chain
            self.old = self.generation
            self.chain, self.generation = self.root, (m, c)
        out = k.expand(self.chain, label[head], self.session, m, c, d,
                       length)
        if head in ("TK", "IV"):
            self.keys[head, m, c, d] = out
        return out

    def proof(self, role):
        if not self.kind.signed:
            ids = identity = b""
        else:
            own = bytes([0x11 if role == INITIATOR else 0xf1]) * 32
            ids = b"\xf1" * 32 + b"\x11" * 32
            signed = sha256(b"seamkey rk1" + bytes([role])
                            + self.values["transcript"] + ids)
            signature = sha256(b"signature" + bytes([role]) + signed)
            identity = own + number(32, 2) + signature
        m = self.new_m() if role == FOLLOWER else self.generation[0]
        return identity + mac(self.values[f"CF[{m},0,{role}]"],
                              self.values["transcript"] + ids)

    def message2(self):
        return self.mac(2, self.kind.head(2, self.start, 1)
                        + self.values["F.nonce"] + self.values["F.share"]
                        + self.proof(FOLLOWER), sha256(self.first))

    def message3(self):
        message = self.kind.head(3, self.start, 1) + self.proof(INITIATOR)
        now, self.generation = self.generation, self.old
        message = self.mac(1, message)
        self.generation, self.start = now, 0
        return message

    def frame(self, name, frame):
        m, c, d, n = [int(x) for x in re.findall(r"\d+", name)]
        k = self.kind
        plain = b"%d frame %02d" % (d, self.frames[d])
        ad, before, after = b"ad."[:k.ad], b"", b""
        if k.layout != 0:
            before, inner, after = frame[:20], frame[20:-4], frame[-4:]
            expect(before, bytes.fromhex(
                "0200000000020200000000018100c00088928001"), name)
            expect(after, number(0x1000 + 32 * self.frames[d], 2)
                   + b"\x35\0", name)
            ad = before[-2:] + after
            plain += bytes(64 - 20 - k.header_len - 10 - 20)
        else:
            inner = frame
        self.frames[d] += 1
        current, following = k.split(inner)[:2]
        expect(current, k.wire(m, c), name + " current")
        if following not in (k.wire(m, c), k.wire(m, c + 1),
                             k.wire(m + 1, 0)):
            raise Wrong(name + " next")
        sealed = k.seal(self.keys["TK", m, c, d], self.keys["IV", m, c, d],
                        n, k.header(current, following, n, len(plain)), ad,
                        plain)
        expect(frame, before + sealed + after, name)


def read_answers(path):
    """(title, [(name, value)]) of each run between the marks"""
    with open(path, encoding="utf-8") as f:
        text = f.read()
    text = text.split("<!-- begin link-answers", 1)[1]
    text = text.split("<!-- end link-answers", 1)[0]
    runs = []
    for line in text.replace("=\n  ", "= ").replace("\n  ", "").split("\n"):
        if line.startswith("run "):
            runs.append((line, []))
        elif " = " in line and runs:
            name, value = line.split(" = ")
            runs[-1][1].append((name, bytes.fromhex(value)))
    return runs


def check_run(title, values):
    run = Answers(title.split(":", 1)[1])
    for name, value in values:
        if name == "session":
            expect(value, run.get_session(), name)
            continue
        run.check(name, value)
    if run.checked < 20:
        raise Wrong("hardly anything was checked")


# ---- the C code ----------------------------------------------------------

class CEnd:
    """The other implementation, behind a pipe; the same calls as End."""

    def __init__(self, program, kind, role, slots, delay):
        self.pipe = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        self.ask("init", role, kind.suite, kind.mode, kind.layout,
                 kind.bits, kind.counter, kind.ad, slots, int(kind.signed),
                 delay)

    def call(self, *words):
        line = " ".join(
            (w.hex() or "-") if isinstance(w, bytes) else str(w)
            for w in words)
        self.pipe.stdin.write(line + "\n")
        self.pipe.stdin.flush()
        answer = self.pipe.stdout.readline().split()
        if not answer:
            raise Wrong(f"no answer to {line[:60]}")
        return int(answer[0]), answer[1:]

    def ask(self, *words):
        status, rest = self.call(*words)
        if status != OK:
            raise Wrong(f"{words[0]} answers {status}")
        return rest

    def octets(self, *words):
        status, rest = self.call(*words)
        if not rest or rest[0] == "-":
            return status, b""
        return status, bytes.fromhex(rest[0])

    def seal(self, carrier, ad, plain):
        return self.octets("seal", carrier, ad, plain)

    def open(self, carrier, ad, frame):
        return self.octets("open", carrier, ad, frame)

    def take(self):
        return self.octets("take")

    def put(self, message):
        return self.call("put", message)[0]

    def start(self):
        self.ask("start")

    def rekey(self, kind):
        self.ask("rekey", kind)

    def work(self, now):
        self.ask("work", now)

    def skip(self, count):
        self.ask("skip", count)

    def state(self):
        return [int(x) for x in self.ask("state")][:4]

    def close(self):
        self.pipe.stdin.close()
        self.pipe.stdout.close()
        self.pipe.wait()


# ---- the network ---------------------------------------------------------

DELAY = 4      # ticks, at most
TICKS = 2000   # at most, with a frame each way in each
# Rekeys, each when the one before is over: two bits of c wrap, and of m.
WISHES = [ZERO_RTT] * 5 + [N_RTT, ZERO_RTT] + [N_RTT] * 4 + [ZERO_RTT] * 2
SKIPS = {20: 30000, 30: 60000, 40: 65534}  # two octets have to wrap


class Network:
    """Two ends in lockstep; loses, delays, reorders, repeats, forges."""

    def __init__(self, kind, ends, seed):
        self.kind, self.ends = kind, ends  # by role
        self.random = random.Random(seed)
        self.flying, self.messages, self.old = [], [], []
        self.now = self.delivered = self.lost = self.number = 0
        self.came = set()
        self.abandoned = b""
        self.strict = True  # False: an end has restarted

    def send(self, role):
        self.number += 1
        plain = b"%d %06d" % (role, self.number)
        plain += bytes(self.number % 40)
        ad = b"ad."[:self.kind.ad]
        carrier = (0xa5 << 40) + 3 * self.now
        status, frame = self.ends[role].seal(carrier, ad, plain)
        if status != OK:
            if status not in (AGAIN, DOWN):
                raise Wrong(f"seal answers {status}")
            return
        copies = self.random.choice((0, 1, 1, 1, 1, 1, 1, 1, 1, 2))
        self.lost += copies == 0
        for _ in range(copies):
            self.flying.append((self.now + self.random.randrange(DELAY),
                                self.number, role, carrier, ad, frame,
                                plain))

    def arrive(self, entry):
        _, n, role, carrier, ad, frame, plain = entry
        to = self.ends[3 - role]
        if self.random.randrange(8) == 0:
            at = self.random.randrange(len(frame))
            forged = bytearray(frame)
            forged[at] ^= 1 << self.random.randrange(8)
            status, _ = to.open(carrier, ad, bytes(forged))
            if status not in (FRAME, KEY_ID, TAG) and self.strict:
                raise Wrong(f"a forged frame: {status}")
        if self.strict and self.random.randrange(8) == 0:
            # m + 2 or more: nobody can hold that one now
            at = self.kind.layout == 2
            unknown = frame[:at] + bytes([frame[at] ^ 0x80])
            expect(to.open(carrier, ad, unknown + frame[at + 1:]),
                   (KEY_ID, b""), "a frame of an unknown key")
        status, got = to.open(carrier, ad, frame)
        if not self.strict and status != OK:
            return
        if n in self.came:
            expect(status, DUPLICATE, f"frame {n} a second time")
            return
        self.came.add(n)
        expect((status, got), (OK, plain), f"frame {n} of {role}")
        self.delivered += 1

    def exchange(self, role):
        status, message = self.ends[role].take()
        if status == OK:
            if self.abandoned and message[3:5] == b"\3\0":
                # the follower has staged another since, or pushed it
                status = self.ends[FOLLOWER].put(self.abandoned)
                if status not in (STALE, AUTH):
                    raise Wrong(f"an older attempt: {status}")
            self.old.append((role, message))
            if self.random.randrange(5) != 0:
                self.messages.append(
                    (self.now + self.random.randrange(6), role, message))
        elif status != AGAIN:
            raise Wrong(f"take answers {status}")
        if self.old and self.random.randrange(10) == 0:
            sender, message = self.random.choice(self.old)
            self.ends[3 - sender].put(message)  # a replay
            self.ends[sender].put(message)      # a reflection
        if self.old and self.random.randrange(10) == 0:
            sender, message = self.random.choice(self.old)
            forged = bytearray(message)
            at = self.random.randrange(len(forged))
            forged[at] ^= 1 << self.random.randrange(8)
            # without a MAC, a start with signatures cannot be told
            # from a forged one before its end
            if not (self.kind.signed and message[4] == 1):
                status = self.ends[3 - sender].put(bytes(forged))
                if status == OK:
                    raise Wrong(f"a forged message, octet {at}")

    def abandon(self):
        """give the first attempt of an exchange up, and try again"""
        end = self.ends[INITIATOR]
        x = end.attempt[0] if isinstance(end, End) else None
        if x is not None and x.state == "asked" and x.tries > 0:
            self.abandoned, end.attempt[0] = x.message, None
            end.wanted.insert(0, N_RTT)

    def skip(self):
        """gaps that take 16 bits of counter to the end of their range"""
        while self.flying:
            self.arrive(self.flying.pop())
        ad = b"ad."[:self.kind.ad]
        for role in (INITIATOR, FOLLOWER):
            end, to = self.ends[role], self.ends[3 - role]
            frame = end.seal(0, ad, b"old")[1]
            low = self.kind.split(frame)[2]
            end.skip(SKIPS[self.now] - low - 2)
            expect(to.open(0, ad, end.seal(0, ad, b"new")[1]),
                   (OK, b"new"), "a frame after a gap")
            expect(to.open(0, ad, frame)[0], LATE, "a frame before a gap")

    def tick(self):
        self.now += 1
        if self.now in SKIPS and self.kind.counter == 2:
            self.skip()
        if not self.abandoned:
            self.abandon()
        for role in (INITIATOR, FOLLOWER):
            self.ends[role].work(self.now)
            self.exchange(role)
        for entry in [x for x in self.messages if x[0] <= self.now]:
            self.messages.remove(entry)
            self.ends[3 - entry[1]].put(entry[2])
        for role in (INITIATOR, FOLLOWER):
            self.send(role)
        due = [x for x in self.flying if x[0] <= self.now]
        self.flying = [x for x in self.flying if x[0] > self.now]
        self.random.shuffle(due)
        for entry in due:
            self.arrive(entry)


def converse(kind, ends, seed):
    net = Network(kind, ends, seed)
    ends[INITIATOR].start()
    wishes, quiet = list(WISHES), 0
    while net.now < TICKS and (wishes or quiet < 5):
        net.tick()
        settled = all(e.state()[1] for e in ends.values())
        quiet = quiet + 1 if settled else 0
        if wishes and net.now > max(SKIPS) and quiet >= 5:
            ends[INITIATOR].rekey(wishes.pop(0))
            quiet = 0
    for role in (INITIATOR, FOLLOWER):
        expect(ends[role].state(), [1, 1, 5, 2], f"state of {role}")
    if net.delivered < 200 or net.lost < 20:
        raise Wrong(f"{net.delivered} delivered, {net.lost} lost")
    return net


def restart(net, role, fresh):
    """an end loses everything, and the initiator starts anew"""
    net.ends[role] = fresh
    net.flying.clear()
    net.strict = False
    fresh.work(net.now)
    before = net.now
    net.ends[INITIATOR].start()
    while not all(e.state()[:4] == [1, 1, 0, 0]
                  for e in net.ends.values()):
        net.tick()
        if net.now > before + 400:
            raise Wrong("a restart: no new association")
    net.flying.clear()
    net.strict = True
    delivered = net.delivered
    for _ in range(30):
        net.tick()
    if net.delivered < delivered + 30:
        raise Wrong("a restart: frames do not arrive")


OWN = []  # this script's RSA key


def keys(kind, c_end):
    """own private key and the other's public one, where they sign"""
    if not kind.signed:
        return None, None
    if not OWN:
        OWN.append(rsa.generate_private_key(65537, 2048))
    c_end.ask("peer", spki(OWN[0].public_key()))
    return OWN[0], serialization.load_der_public_key(
        c_end.octets("key")[1])


class Stranger(End):
    """An end whose proof is wrong in one bit."""

    at = 0

    def proof(self, x):
        proof = bytearray(super().proof(x))
        proof[self.at] ^= 1
        return bytes(proof)


def refuse(program, kind, role, at):
    """the C code starts with nobody who cannot prove who he is"""
    for kind_of_end in (End, Stranger):  # the first as a control
        c_end = CEnd(program, kind, 3 - role, 2, DELAY)
        try:
            end = kind_of_end(kind, role, 2, DELAY, *keys(kind, c_end))
            end.at = at
            ends = {role: end, 3 - role: c_end}
            ends[INITIATOR].start()
            for now in range(1, 60):
                for r in (INITIATOR, FOLLOWER):
                    ends[r].work(now)
                    status, message = ends[r].take()
                    if status == OK:
                        ends[3 - r].put(message)
            expect(c_end.state()[0], int(kind_of_end is End), "up")
        finally:
            c_end.close()


def too_soon(program, kind):
    """one start for each interval; the one that is staged again and again"""
    c_end = CEnd(program, kind, FOLLOWER, 2, DELAY)
    try:
        first, second = [End(kind, INITIATOR, 2, DELAY, *keys(kind, c_end))
                         for _ in range(2)]
        for end in (first, second):
            end.start()
        c_end.work(1)
        expect(c_end.put(first.take()[1]), OK, "the first")
        expect(c_end.put(second.take()[1]), BUSY, "the second")
        c_end.work(2)
        expect(c_end.put(first.attempt[1].message), OK, "the first again")
        expect(c_end.take()[0], OK, "an answer")
        expect(c_end.take()[0], AGAIN, "an answer once more")
        expect(c_end.put(first.attempt[1].message), OK, "asked again")
        expect(c_end.take()[0], AGAIN, "no faster than it may be repeated")
        c_end.work(10)
        expect(c_end.take()[0], OK, "the answer to that")
        c_end.work(18)
        expect(c_end.put(second.attempt[1].message), OK, "much later")
    finally:
        c_end.close()


def speak(program, kind, role, slots, seed):
    """this script in that role, the C code in the other"""
    c_end = CEnd(program, kind, 3 - role, slots[0], DELAY)
    try:
        end = End(kind, role, slots[1], DELAY, *keys(kind, c_end))
        net = converse(kind, {role: end, 3 - role: c_end}, seed)
        expect(end.peer_bugs, 0, "bugs of the peer")
        restart(net, role, End(kind, role, slots[1], DELAY, end.private,
                               end.peer_key))
        return net.delivered
    finally:
        c_end.close()


# suite, mode, layout, bits, counter, ad, signed; slots of C, of this script
TALKS = [
    (1, 0, 0, 2, 4, 0, 0, 2, 2), (1, 1, 0, 2, 2, 3, 0, 2, 2),
    (2, 0, 0, 4, 6, 3, 0, 2, 4), (2, 1, 2, 2, 4, 3, 0, 3, 2),
    (3, 0, 0, 2, 0, 3, 0, 2, 2), (3, 1, 1, 2, 2, 3, 0, 2, 3),
    (29, 0, 0, 4, 2, 0, 0, 4, 2), (29, 1, 0, 2, 0, 3, 0, 2, 2),
    (1, 0, 1, 2, 0, 3, 0, 3, 3), (29, 0, 0, 2, 4, 0, 1, 2, 2),
    (1, 1, 0, 2, 4, 0, 1, 2, 2)]


def main():
    passed = failed = frames = 0
    tests = [("known answers, " + title.split(":")[0],
              lambda t=title, v=values: check_run(t, v))
             for title, values in read_answers(sys.argv[1])]
    for n, (*kind, slots, own_slots) in enumerate(TALKS):
        for role in (FOLLOWER, INITIATOR):
            tests.append((
                f"{('initiator', 'follower')[role - 1]} with the C code, "
                "suite %d, mode %d, layout %d, bits %d, counter %d, ad %d, "
                "signatures %d" % tuple(kind),
                lambda k=kind, r=role, s=(slots, own_slots), n=n: speak(
                    sys.argv[2], Kind(*k), r, s, 100 * r + n)))
    for signed in (0, 1):
        tests.append((f"starts too soon, signatures {signed}",
                      lambda s=signed: too_soon(
                          sys.argv[2], Kind(1, 0, 0, 2, 4, 0, s))))
    for at, what in ((0, "identity"), (40, "signature"), (-1, "tag")):
        for signed in (0, 1) if at < 0 else (1,):
            for role in (FOLLOWER, INITIATOR):
                tests.append((
                    f"a stranger's {what}, role {role}, signatures {signed}",
                    lambda s=signed, r=role, a=at: refuse(
                        sys.argv[2], Kind(1, 0, 0, 2, 4, 0, s), r, a)))
    for title, run in tests:
        try:
            frames += run() or 0
            passed += 1
            if os.environ.get("V"):
                print("ok: " + title)
        except (Wrong, KeyError, ValueError, OSError) as e:
            failed += 1
            print(f"FAILED: {title}\n  {type(e).__name__}: {e}")
    print(f"peer: {frames} frames exchanged with the C code")
    print(f"peer: {passed} passed, {failed} failed")
    return failed != 0 or passed == 0


if __name__ == "__main__":
    sys.exit(main())
