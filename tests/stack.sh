#!/bin/sh
# stack.sh - deepest stack of each service, measured, as a Markdown table
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/stack.sh
#
# Compiles and runs tests/stack.c on this machine. The figures depend on the
# compiler, the processor and the BearSSL that is linked: the line "Measured
# with" names all three. What is bound at the first call is bound at the
# start: the dynamic linker's own stack is not what is measured.
# shellcheck disable=SC2086 # lists of flags
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch stack
$CC -std=c99 -Os -DSEAMKEY_EXTERN -I. $BEARSSL_CFLAGS tests/stack.c \
	examples/seamkey_impl.c -o "$work/stack" $BEARSSL_LIBS -Wl,-z,now ||
	exit 1
"$work/stack" >"$work/lines" || {
	cat "$work/lines" >&2
	exit 1
}

case $($CC --version) in
*clang*) compiler="clang $($CC -dumpversion)" ;;
*) compiler="gcc $($CC -dumpfullversion)" ;;
esac
version=$(dpkg-query -W -f '${Version}' libbearssl-dev 2>/dev/null)
if [ -n "${BEARSSL:-}" ] || [ -z "$version" ]; then
	version="of unknown version"
fi

echo '| Service | Key | Stack |'
echo '| --- | --- | ---: |'
sed 's/|/ | /g; s/.*/| & |/' "$work/lines"
cat <<END

Measured with $compiler at -Os on $(uname -m), \
BearSSL $version.
Bytes, from the call to the deepest octet that was written: of seamkey,
BearSSL and the C library together, but not of a source of random octets.
The limits of the headers are the defaults.
END
