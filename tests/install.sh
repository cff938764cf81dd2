#!/bin/sh
# install.sh - what "make install" puts there is enough, and can be removed
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/install.sh (from make test)
# shellcheck disable=SC2086,SC2317 # lists of flags; functions called by name
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

scratch install
root=$(cd "$work" && pwd)/root
there=$root/usr

check "make install" make -s install DESTDIR="$root" PREFIX=/usr

cat >"$work/user.c" <<'END'
#include <bearssl.h>
#include <seamkey.h>
#include <seamkey_icsf.h>
#include <stdio.h>

int
main(void)
{
	return printf("%s\n", seamkey_version()) < 0;
}
END

# Not from this folder, so that "." is not where the headers are found.
use() {
	cd "$work" || return 1
	$CC -std=c99 -I"$there/include" $BEARSSL_CFLAGS user.c -o user \
		$BEARSSL_LIBS && ./user >version
}

version_of() {
	sed -n 's/^Version: //p' "$there/share/pkgconfig/seamkey.pc"
}

check "a program builds from the installed headers alone" use
check "the pkg-config file has the version of the headers" \
	test "$(version_of)" = "$(cat "$work/version")"
if have pkg-config; then
	check "pkg-config takes the file" \
		pkg-config --validate "$there/share/pkgconfig/seamkey.pc"
else
	skip "pkg-config takes the file" "pkg-config is not here"
fi
if [ -f examples/seamkey.c ]; then
	check "the command runs" "$there/bin/seamkey" --help
	check "the command has its manual page" \
		test -s "$there/share/man/man1/seamkey.1"
fi
check "make uninstall" make -s uninstall DESTDIR="$root" PREFIX=/usr
check "nothing stays behind" test -z "$(find "$root" -type f)"

# ---- without a BearSSL ---------------------------------------------------

for target in help clean toc-check; do
	check "make BEARSSL=/nope $target" \
		make -s BEARSSL=/nope O="$work/none" $target
done
for target in install "clean test"; do
	refuse "make BEARSSL=/nope $target, which compiles" \
		make -n BEARSSL=/nope $target
done
summary install
