#!/bin/sh
# deps.sh - finds what a target needs and this machine lacks, installs it
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/deps.sh [test|demo|all|targets]
#
#   test  a compiler, make, BearSSL; openssl if it can be had
#   demo  the same, and openssl
#   all   what the other targets want: none of it stops anything
#   targets  the same, and what the long form of make targets wants
#
# Environment: CC, BEARSSL (a tree of the user's own: the package is then
# left alone), DEPS=no (name what is missing, install nothing), O.
#
# Where nothing is missing, nothing is printed and nothing is run but the
# probes. Otherwise each line begins with "deps: ", or, for what could be
# done without, with "skip: ". Exit status 1: something needed is missing.
# shellcheck disable=SC2317 # probes are called by name
set -u
for_what=${1:-test}
: "${CC:=cc}" "${DEPS:=yes}" "${BEARSSL:=}" "${O:=build}"
: "${BEARSSL_CFLAGS:=}" "${BEARSSL_LIBS:=-lbearssl}"
: "${PQ_CFLAGS:=}" "${P11_CFLAGS:=}"

say() {
	echo "deps: $*"
}

die() {
	say "$*"
	exit 1
}

probe=$(mktemp -d) || die "cannot make a scratch folder"
trap 'rm -rf "$probe"' EXIT
trap 'exit 1' HUP INT TERM

# ---- probes: each tries the thing itself ---------------------------------

have() {
	command -v "$1" >/dev/null 2>&1
}

# builds COMPILER FLAG...: compiles and links the program on stdin
builds() {
	cat >"$probe/probe.c"
	compiler=$1
	shift
	# shellcheck disable=SC2086 # CC may be a command with flags
	$compiler "$probe/probe.c" -o "$probe/probe" "$@" >/dev/null 2>&1
}

hello() {
	echo '#include <stdio.h>
	int main(void) { return puts("hello") < 0; }' | builds "$@"
}

bearssl() {
	# shellcheck disable=SC2086 # two lists of flags
	echo '#include <bearssl.h>
	int main(void) { br_sha256_context c; br_sha256_init(&c); return 0; }' |
		builds "$CC" $BEARSSL_CFLAGS $BEARSSL_LIBS
}

sqlite() {
	echo '#include <sqlite3.h>
	int main(void) { return sqlite3_libversion_number() == 0; }' |
		builds "$CC" -lsqlite3
}

openssl_library() {
	echo '#include <openssl/evp.h>
	int main(void) { return EVP_sha256() == 0; }' | builds "$CC" -lcrypto
}

mbedtls_library() {
	echo '#include <mbedtls/ssl.h>
	int main(void) { return mbedtls_ssl_list_ciphersuites() == 0; }' |
		builds "$CC" -lmbedtls -lmbedx509 -lmbedcrypto
}

cross_compiler() {
	echo '#include <string.h>
	int main(void) { return 0; }' |
		builds arm-none-eabi-gcc -mcpu=cortex-m0 -mthumb -c
}

# linux_compiler TRIPLET: with the C library of its own that a program needs
linux_compiler() {
	hello "$1-gcc" -static
}

avr_compiler() {
	hello avr-gcc -mmcu=atmega2560 -c
}

picolibc() {
	hello riscv64-unknown-elf-gcc -march=rv32imac -mabi=ilp32 \
		--specs=picolibc.specs -c
}

qemu_user() {
	have qemu-s390x || have qemu-s390x-static
}

libpq() {
	# shellcheck disable=SC2086 # a list of flags
	echo '#include <libpq-fe.h>
	int main(void) { return PQlibVersion() == 0; }' |
		builds "$CC" $PQ_CFLAGS -I/usr/include/postgresql -lpq
}

pkcs11_header() {
	# shellcheck disable=SC2086 # a list of flags
	echo '#include <p11-kit/pkcs11.h>
	int main(void) { return CKR_OK; }' |
		builds "$CC" $P11_CFLAGS -I/usr/include/p11-kit-1
}

cryptography() {
	python3 -c 'import cryptography' >/dev/null 2>&1 ||
		/usr/bin/python3 -c 'import cryptography' >/dev/null 2>&1
}

yaml() {
	/usr/bin/python3 -c 'import yaml' >/dev/null 2>&1
}

pykwalify() {
	/usr/bin/python3 -c 'import pykwalify.core' >/dev/null 2>&1
}

kconfiglib() {
	/usr/bin/python3 -c 'import kconfiglib' >/dev/null 2>&1
}

# of which a small system may have another's, and so a part
util_linux() {
	have taskset && have setpriv && have unshare
}

sanitized() {
	hello clang -fsanitize=address,undefined
}

# ---- what is missing -----------------------------------------------------

needed=    # packages without which the target is impossible
wanted=    # packages that only add to it

# need PACKAGES PROBE..., want PACKAGES WHAT-FOR PROBE...
need() {
	packages=$1
	shift
	"$@" || needed="$needed $packages"
}

want() {
	packages=$1
	what_for=$2
	shift 2
	if ! "$@"; then
		wanted="$wanted $packages"
		say "not here: $packages ($what_for)"
	fi
}

# Debian's package of the compiler that CC names
compiler_package() {
	case ${CC%% *} in
	cc | c99) echo "gcc libc6-dev" ;;
	gcc | clang | gcc-[0-9]* | clang-[0-9]*) echo "${CC%% *} libc6-dev" ;;
	*) die "CC=$CC compiles nothing: install it, or name another" >&2 ;;
	esac
}

look_for_needs() {
	needed=
	need make have make
	if ! hello "$CC"; then
		needed="$needed $(compiler_package)" || exit 1
	fi
	# Where nothing compiles, it is not found either, and asked for too.
	if [ -z "$BEARSSL" ]; then
		need libbearssl-dev bearssl
	fi
	if [ "$for_what" = demo ]; then
		need openssl have openssl
	fi
}

look_for_wants() {
	wanted=
	want openssl "make test: checks against OpenSSL" have openssl
	want libsqlite3-dev "make test: build/seamkey-agent" sqlite
	[ "$for_what" = all ] || [ "$for_what" = targets ] || return 0
	want g++ "make compile: C++" have g++
	want clang "make compile, ct, fuzz" have clang
	want clang-tidy "make lint" have clang-tidy
	want clang-format "make lint" have clang-format
	want tcc "make compile" have tcc
	want cppcheck "make lint" have cppcheck
	want shellcheck "make lint" have shellcheck
	want universal-ctags "make lint, tags" have ctags
	want "valgrind libc6-dbg" "make ct" have valgrind
	want afl++ "make fuzz" have afl-fuzz
	want spin "make spin" have spin
	want "gcc-arm-none-eabi libnewlib-arm-none-eabi" \
		"make size, targets" cross_compiler
	want "gcc-riscv64-unknown-elf" "make size: RV32" \
		have riscv64-unknown-elf-gcc
	want libssl-dev "make bench: beside OpenSSL" openssl_library
	want tshark "make test: the frames of build/link" have tshark
	want iproute2 "make veth" have ip
	want patch "make model: mutants" have patch
	want qemu-system-arm "make targets, steps" have qemu-system-arm
	want dpkg-dev "make targets, steps: BearSSL's source" have dpkg-source
	want qemu-user "make targets" qemu_user
	want "gcc-s390x-linux-gnu libc6-dev-s390x-cross" "make targets" \
		linux_compiler s390x-linux-gnu
	want libmbedtls-dev "make bench: beside mbedTLS" mbedtls_library
	want pkg-config "make test: the installed files" have pkg-config
	want python3 "make test: keys that openssl does not make" have python3
	want python3-cryptography "make test: tests/peer.py" cryptography
	want libnss3-tools "make test: blocks of NSS's cmsutil" have cmsutil
	want scep "make test: blocks of micromdm's client" have scepclient
	want openssh-client "make test: OpenSSH keys" have ssh-keygen
	want libpq-dev "make test: the repository in PostgreSQL" libpq
	want "postgresql postgresql-common" \
		"make test: the repository in PostgreSQL" have pg_virtualenv
	want libp11-kit-dev "make test: private keys in a token" pkcs11_header
	want haproxy "make test: an agent behind it" have haproxy
	want softhsm2 "make test: private keys in a token" have softhsm2-util
	want util-linux "make bench: on one processor; make test" util_linux
	want cmake "make packaging" have cmake
	want libxml2-utils "make packaging" have xmllint
	want python3-yaml "make packaging" yaml
	want "python3-pykwalify python3-ruamel.yaml python3-dateutil" \
		"make packaging: Zephyr's module.yml" pykwalify
	want python3-kconfiglib "make packaging: Zephyr's Kconfig" kconfiglib
	want xz-utils "the corpora among the test vectors" have xz
}

# Compilers for the processors that only the long form of make targets has.
look_for_targets() {
	[ "$for_what" = targets ] || return 0
	want "gcc-aarch64-linux-gnu libc6-dev-arm64-cross" \
		"make targets" linux_compiler aarch64-linux-gnu
	want "gcc-arm-linux-gnueabihf libc6-dev-armhf-cross" \
		"make targets" linux_compiler arm-linux-gnueabihf
	want "gcc-mips-linux-gnu libc6-dev-mips-cross" "make targets" \
		linux_compiler mips-linux-gnu
	want "gcc-riscv64-linux-gnu libc6-dev-riscv64-cross" \
		"make targets" linux_compiler riscv64-linux-gnu
	want "gcc-avr avr-libc" "make targets: 16 bits" avr_compiler
	want picolibc-riscv64-unknown-elf "make targets: RV32" picolibc
	want qemu-system-misc "make targets: RV32" have qemu-system-riscv32
}

# Those whose packages have a compiler's version in their name.
look_for_versioned_wants() {
	wanted=
	[ "$for_what" = all ] || return 0
	if have gcc; then
		version=$(gcc -dumpversion)
		want "gcc-${version%%.*}-multilib libc6-dev-i386" \
			"make compile: -m32" hello gcc -m32
	fi
	if have clang; then
		version=$(clang -dumpversion)
		want "libclang-rt-${version%%.*}-dev" \
			"make fuzz: libFuzzer and sanitizers" sanitized
	fi
}

# ---- installing ----------------------------------------------------------

as_root=
ready=     # whether apt-get can be used, once that was found out

# Everything that apt-get itself says goes to a file, shown if it fails.
apt() {
	$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y \
		-o DPkg::Lock::Timeout=300 "$@" >"$probe/apt" 2>&1 </dev/null
}

complain() {
	tail -n 5 "$probe/apt" | sed 's/^/deps:   /'
}

# prepare PACKAGES: says why, where they cannot be installed here
prepare() {
	if [ -z "$ready" ]; then
		ready=no
		find_root "$1" && ready=yes
	fi
	[ "$ready" = yes ]
}

find_root() {
	if ! have apt-get; then
		say "this script knows apt-get only; install what your system"
		say "calls these Debian packages:$1"
		return 1
	fi
	if [ "$(id -u)" -ne 0 ]; then
		as_root="sudo -n"
		if ! sudo -n true 2>/dev/null; then
			say "not root, and sudo wants a password; as root:"
			say "apt-get install$1"
			return 1
		fi
	fi
	say "apt-get update"
	if ! apt update; then
		say "apt-get update failed; going on with the lists there are:"
		complain
	fi
}

# install PACKAGE...
install() {
	say "apt-get install $*"
	apt install --no-install-recommends "$@"
}

# What is only wanted: all at once, or else each that can be had.
install_wanted() {
	[ -n "$wanted" ] || return 0
	if ! prepare "$wanted"; then
		failed="$failed$wanted"
		return 0
	fi
	# shellcheck disable=SC2086 # a list of packages
	install $wanted && return 0
	for package in $wanted; do
		install "$package" && continue
		complain
		failed="$failed $package"
	done
}

# ---- doing it ------------------------------------------------------------

failed=
look_for_needs
if [ -n "$needed" ]; then
	say "missing:$needed"
	[ "$DEPS" != no ] || die "DEPS=no, so nothing was installed: stopping"
	prepare "$needed" || exit 1
	# shellcheck disable=SC2086 # a list of packages
	if ! install $needed; then
		complain
		die "could not install$needed"
	fi
	look_for_needs
	[ -z "$needed" ] || die "installed, but still does not work:$needed"
fi
if [ -n "$BEARSSL" ] && ! bearssl; then
	die "BEARSSL=$BEARSSL: a program that uses it does not compile and link"
fi

for look in look_for_wants look_for_targets look_for_versioned_wants; do
	$look
	[ "$DEPS" = no ] || install_wanted
done
for package in $failed; do
	echo "skip: $package: could not be installed"
done
exit 0
