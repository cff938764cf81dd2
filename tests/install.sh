#!/bin/sh
# install.sh - what "make install" puts there is enough, and can be removed
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/install.sh (from make test)
# lists of flags; functions called by name
# shellcheck disable=SC2086,SC2046,SC2317
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
	return printf("%s\n", seamkey_version()) < 0
		|| br_sha256_vtable.context_size == 0;
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
if [ -x "$O/seamkey-agent" ]; then
	check "the agent, which is built, runs" "$there/sbin/seamkey-agent" \
		--help
	check "the agent has its manual page" \
		test -s "$there/share/man/man8/seamkey-agent.8"
else
	refuse "the agent, which is not built, is not there" \
		test -e "$there/sbin"
fi
check "make uninstall" make -s uninstall DESTDIR="$root" PREFIX=/usr
check "nothing stays behind" test -z "$(find "$root" -type f)"
check "make install where no agent is built" make -s install \
	DESTDIR="$root" PREFIX=/usr SERVER=
refuse "installs none" test -e "$there/sbin/seamkey-agent"
refuse "nor its manual page" \
	test -e "$there/share/man/man8/seamkey-agent.8"
check "make uninstall of that" \
	make -s uninstall DESTDIR="$root" PREFIX=/usr
check "nothing stays behind of that" test -z "$(find "$root" -type f)"

# ---- into a folder whose name has blanks ---------------------------------

blank="$root of two words"

# The last word alone would be another folder, beside this one.
install_blank() {
	make -s install "DESTDIR=$blank" "PREFIX=/usr of mine" &&
		[ -z "$(find "$root" of two words -type f 2>/dev/null)" ]
}

use_blank() {
	export PKG_CONFIG_PATH="$blank/usr of mine/share/pkgconfig"
	cd "$work" || return 1
	flags=$(pkg-config --define-variable=prefix="$blank/usr of mine" \
		--cflags seamkey) || return 1
	eval "$CC -std=c99 $flags" '$BEARSSL_CFLAGS user.c -o user-blank \
		$BEARSSL_LIBS' && ./user-blank
}

check "make install, blanks in DESTDIR and PREFIX" install_blank
for file in include/seamkey.h share/pkgconfig/seamkey.pc; do
	check "blanks: $file is there" test -f "$blank/usr of mine/$file"
done
if have pkg-config; then
	check "blanks: a program builds with what pkg-config says" use_blank
else
	skip "blanks: a program builds with what pkg-config says" \
		"pkg-config is not here"
fi
check "make uninstall, blanks in DESTDIR and PREFIX" \
	make -s uninstall "DESTDIR=$blank" "PREFIX=/usr of mine"
check "blanks: nothing stays behind" test -z "$(find "$blank" -type f)"

# ---- with a BearSSL of the user's own ------------------------------------
# A copy of the one that is here, in the form of a source tree. Command and
# agent are left out: they have been built.

own=$(cd "$work" && pwd)/own
archive=$($CC -print-file-name=libbearssl.a)
case $BEARSSL_LIBS in
*.a) archive=$BEARSSL_LIBS ;;
esac

make_tree() {
	bare_headers "$own/inc" && rm "$own/inc/string.h" &&
		mkdir "$own/build" && cp "$archive" "$own/build"
}

install_with_tree() {
	make -s install COMMAND= SERVER= BEARSSL="$own" DESTDIR= \
		PREFIX="$own/usr"
}

# what the file says, and that it is enough
say() {
	sed -n "s/^$1: //p" "$own/usr/share/pkgconfig/seamkey.pc"
}

use_tree() {
	export PKG_CONFIG_PATH="$own/usr/share/pkgconfig"
	cd "$work" || return 1
	$CC -std=c99 $(pkg-config --cflags seamkey) user.c -o user-own \
		$(pkg-config --libs seamkey) -Wl,-t >linked &&
		./user-own && grep -F "$own/build/libbearssl.a" linked
}

if [ ! -f "$archive" ]; then
	skip "make install BEARSSL=path" "there is no libbearssl.a here"
elif ! make_tree; then
	fail "BearSSL's headers are found"
else
	check "make install BEARSSL=path" install_with_tree
	check "the pkg-config file names its archive" \
		test "$(say Libs)" = "$own/build/libbearssl.a"
	check "the pkg-config file names its headers" \
		test "$(say Cflags)" = "-I\"\${includedir}\" -I$own/inc"
	if have pkg-config; then
		check "a program builds with what pkg-config says" use_tree
	else
		skip "a program builds with what pkg-config says" \
			"pkg-config is not here"
	fi
fi

# ---- without a BearSSL ---------------------------------------------------

for target in help clean toc-check; do
	check "make BEARSSL=/nope $target" \
		make -s BEARSSL=/nope O="$work/none" $target
done
# ---- which files are formatted -------------------------------------------

# tests stands for a folder to build in.
formats() {
	make -n BEARSSL= O="$1" format | grep " $2"
}

check "make format takes the tests" formats "$work/none" tests/fuzz/fuzz.h
refuse "make format leaves out what is built" formats tests tests/
check "with the examples all the same" formats tests examples/seamkey.c

# ---- what this machine lacks ---------------------------------------------

# Where sqlite3.h is not, make says what to do about it.
without_sqlite() {
	make -s SERVER= O="$work/none" "$work/none/seamkey-agent" 2>&1 |
		grep 'needs libsqlite3-dev: make deps'
}
check "make seamkey-agent without SQLite tells what is missing" without_sqlite

# With nothing in the PATH but what finds that out.
lacks() {
	mkdir -p "$work/path"
	for tool in sh make mktemp rm cat env as ld; do
		path=$(command -v $tool) && ln -sf "$path" "$work/path/"
	done
	compiler=$(command -v ${CC%% *})
	PATH=$(cd "$work/path" && pwd) CC="$compiler${CC#"${CC%% *}"}" DEPS=no \
		sh tests/deps.sh all >"$work/lacking"
}

if lacks; then
	for package in openssl python3 openssh-client util-linux valgrind; do
		check "make deps wants $package" \
			grep -q "^deps: not here: $package " "$work/lacking"
	done
else
	skip "make deps wants" "no compiler without the whole PATH"
fi

# ---- without a BearSSL, what compiles ------------------------------------

for target in install "clean test"; do
	refuse "make BEARSSL=/nope $target, which compiles" \
		make -n BEARSSL=/nope $target
done
summary install
