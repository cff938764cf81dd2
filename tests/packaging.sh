#!/bin/sh
# packaging.sh - a stranger's project finds seamkey, builds with it, runs
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/packaging.sh [quick]
#
# "quick" leaves out the unit tests as CMake builds them.
# lists of flags; functions by name
# shellcheck disable=SC2046,SC2086,SC2317
set -u
cd "$(dirname "$0")/.." || exit 1
# shellcheck source=tests/report.sh
. tests/report.sh

quick=${1:-}
scratch packaging
tree=$(pwd)
work=$(cd "$work" && pwd)
usr=$work/usr

# The commands of another make are not ours.
unset MAKEFLAGS MFLAGS MAKELEVEL

# A BearSSL of one's own is named to CMake the way its users do.
root=
if [ -n "${BEARSSL:-}" ]; then
	root=-DBearSSL_ROOT=$BEARSSL
fi

# ---- pkg-config, after "make install" ------------------------------------

mkdir -p "$work/user"
cp tests/packaging/user.c examples/demo_key.h "$work/user"
version=$(awk '/^.define SEAMKEY_VERSION_/ { printf "%s%s", dot, $3
	dot = "." }' seamkey_base.h)

install_with_make() {
	make -s install COMMAND= SERVER= DESTDIR= PREFIX="$work/make" \
		BEARSSL="${BEARSSL:-}"
}

# compile_with FOLDER: as a stranger's makefile would, in its own folder
compile_with() {
	export PKG_CONFIG_PATH="$1/share/pkgconfig"
	pkg-config --validate seamkey || return 1
	cd "$work/user" || return 1
	$CC -std=c99 $(pkg-config --cflags seamkey) user.c -o user-pc \
		$(pkg-config --libs seamkey) && runs ./user-pc
}

# runs PROGRAM: it prints the version that the headers have
runs() {
	[ "$("$1")" = "$version" ]
}

check "make install" install_with_make
if have pkg-config; then
	check "pkg-config: a program after make install" \
		compile_with "$work/make"
else
	skip "pkg-config" "it is not here (make deps)"
fi

if ! have cmake; then
	skip "CMake" "it is not here (make deps)"
	summary packaging
fi

# ---- CMake: install, find_package ----------------------------------------

# builds_tree ARGUMENT...: this tree, in $work/build
builds_tree() {
	cmake -S . -B "$work/build" $root "$@" &&
		cmake --build "$work/build"
}

# the same files by both ways of installing
same_headers() {
	diff -r "$work/make/include" "$usr/include"
}

# project FOLDER NAME LANGUAGE LINE: a stranger's CMakeLists.txt, where LINE
# is what brings seamkey
project() {
	mkdir -p "$work/$1"
	cp "$work/user/demo_key.h" "$work/$1"
	suffix=c
	[ "$3" = C ] || suffix=cpp
	cp "$work/user/user.c" "$work/$1/user.$suffix"
	cat >"$work/$1/CMakeLists.txt" <<-END
	cmake_minimum_required(VERSION 3.16)
	project($2 $3)
	$4
	add_executable(user user.$suffix)
	target_link_libraries(user PRIVATE seamkey::seamkey)
	END
}

# configure FOLDER ARGUMENT...: with what was installed to be found
configure() {
	folder=$work/$1
	shift
	cmake -S "$folder" -B "$folder/build" "-DCMAKE_PREFIX_PATH=$usr" "$@"
}

# build FOLDER ARGUMENT...: and runs it
build() {
	configure "$@" && cmake --build "$folder/build" &&
		runs "$folder/build/user"
}

# says SENTENCE COMMAND...: which fails, with that, however it is broken
says() {
	sentence=$1
	shift
	if "$@" >"$work/said" 2>&1; then
		echo "it did not fail"
		return 1
	fi
	tr -s ' \n' '  ' <"$work/said" | grep -F "$sentence" ||
		! cat "$work/said"
}

check "CMake: configure and build" builds_tree -DBUILD_TESTING=OFF \
	"-DCMAKE_INSTALL_PREFIX=$work/elsewhere"
check "CMake: install, to another prefix than that of before" \
	cmake --install "$work/build" --prefix "$usr"
check "CMake: installs the headers that make does" same_headers
if have pkg-config; then
	check "pkg-config: a program after CMake's install" \
		compile_with "$usr"
fi

project find stranger C "find_package(seamkey 0.1 CONFIG REQUIRED)"
check "CMake: find_package, a program" build find $root

project narrow stranger C "set(CMAKE_SIZEOF_VOID_P 1)
find_package(seamkey 0.1 CONFIG REQUIRED)"
check "CMake: found for any processor" configure narrow $root

for other in 0.0 0.2 1.0; do
	project "find-$other" stranger C \
		"find_package(seamkey $other CONFIG REQUIRED)"
	check "CMake: find_package refuses $other" \
		says "compatible with requested version \"$other\"" \
		configure "find-$other" $root
done

if have c++; then
	project find-cxx stranger CXX \
		"find_package(seamkey 0.1 CONFIG REQUIRED)"
	check "CMake: find_package from C++ alone" build find-cxx $root
else
	skip "CMake: find_package from C++ alone" "there is no c++"
fi

# ---- CMake: in another project -------------------------------------------

fetch="include(FetchContent)
FetchContent_Declare(seamkey SOURCE_DIR \"$tree\")
FetchContent_MakeAvailable(seamkey)"
project fetch stranger C "$fetch"
check "CMake: FetchContent, a program" build fetch $root
check "CMake: it installs nothing there, and has no tests" \
	test ! -e "$work/fetch/build/seamkey.pc" -a \
	! -e "$work/fetch/build/CTestTestfile.cmake" -a \
	-z "$(find "$work/fetch/build" -name 'seamkey_unit*')"

# A project that builds BearSSL itself names the target.
library=$BEARSSL_LIBS
include=${BEARSSL_CFLAGS#-isystem }
project own stranger C "add_library(BearSSL::BearSSL INTERFACE IMPORTED)
target_link_libraries(BearSSL::BearSSL INTERFACE \"$library\")
target_include_directories(BearSSL::BearSSL INTERFACE \"$include\")
$fetch"
check "CMake: a target BearSSL::BearSSL of the project's own" \
	build own -DBearSSL_ROOT=/nowhere

# ---- CMake: without a BearSSL --------------------------------------------

missing="seamkey needs BearSSL, 0.6 or later, and there is no bearssl.h \
and no libbearssl"
get="install Debian's package libbearssl-dev, or build the source of \
https://bearssl.org and name its folder with -DBearSSL_ROOT=path."
nothing=$work/nothing
mkdir -p "$nothing/inc"

# For a system where none is installed: nothing is looked for but there.
nowhere="-DCMAKE_FIND_ROOT_PATH=$nothing
	-DCMAKE_FIND_ROOT_PATH_MODE_INCLUDE=ONLY
	-DCMAKE_FIND_ROOT_PATH_MODE_LIBRARY=ONLY"

configure_alone() {
	rm -rf "$work/alone"
	env -u BearSSL_ROOT cmake -S . -B "$work/alone" -DBUILD_TESTING=OFF "$@"
}

check "CMake: no BearSSL on this system is said in a sentence" \
	says "$missing on this system: $get" configure_alone $nowhere
check "CMake: no BearSSL in BearSSL_ROOT is, too" \
	says "$missing in $nothing: $get" \
	configure_alone "-DBearSSL_ROOT=$nothing"
touch "$nothing/inc/bearssl.h"
check "CMake: a BearSSL_ROOT that was not built is not mixed with another" \
	says "and there is no libbearssl in $nothing: $get" \
	configure_alone "-DBearSSL_ROOT=$nothing"
project find-none stranger C "find_package(seamkey CONFIG REQUIRED)"
check "CMake: no BearSSL for who uses what is installed" \
	says "$missing on this system: $get" configure find-none $nowhere
check "CMake: SEAMKEY_BEARSSL=OFF needs none to install" \
	configure_alone $nowhere -DSEAMKEY_BEARSSL=OFF

if [ "$quick" = quick ]; then
	summary packaging
fi

# ---- the unit tests, as CMake builds them --------------------------------

units() {
	cmake -S . -B "$work/unit" $root &&
		cmake --build "$work/unit" --parallel "$processors" &&
		cd "$work/unit" && ctest --output-on-failure |
		grep '100% tests passed, 0 tests failed out of 1'
}

check "CMake: the unit tests" units

summary packaging
