#!/bin/sh
# peer.sh - a second implementation of the link speaks with the first
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/peer.sh
#
# tests/peer.py was made from docs/SPEC.md. It checks the known answers that
# stand there, then is the follower, and the initiator, of the C code in
# build/link_peer: every suite, mode and layout, with a pre-shared key and
# with signatures, 0-RTT and n-RTT rekeys, over a bad network. Needs
# python3-cryptography.
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

# The package belongs to the system's python3, which need not come first.
for python in python3 /usr/bin/python3; do
	if $python -c 'import cryptography' 2>/dev/null; then
		exec $python tests/peer.py docs/SPEC.md "$O/link_peer"
	fi
done
skip "the link's second implementation" \
	"python3-cryptography is not here (make deps)"
summary peer
