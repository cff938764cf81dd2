#!/bin/sh
# packaging.sh - a stranger's project finds seamkey, builds with it, runs
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: tests/packaging.sh [quick]
#
# CMake and pkg-config are run. So are the files for Zephyr, ESP-IDF, vcpkg
# and Conan, with stand-ins for what they call (tests/packaging), as these
# tools are not here. The rest is compared with the tree: version,
# description, list of headers, names of files.
#
# "quick" leaves out the unit tests as CMake builds them, and the proofs that
# the comparisons can fail.
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

# ---- descriptions --------------------------------------------------------

# Debian's python3 has the modules that are Debian's packages.
python=/usr/bin/python3
$python -c 'import yaml' 2>/dev/null || python=python3

# describe TREE WHAT
describe() {
	$python tests/packaging/check.py "$2" "$1" "$work"
}

# described TITLE WHAT: a test, or why there is none
described() {
	text=$(describe . "$2" 2>&1)
	case $? in
	0) pass "$1" ;;
	77) skip "$1" "$text" ;;
	*) fail "$1" "$text" ;;
	esac
}

if have $python; then
	described "the template for pkg-config, the changelog" pc
	described "Zephyr: module.yml, Kconfig, CMakeLists.txt" zephyr
	described "Zephyr: module.yml by a schema" zephyr_schema
	described "Zephyr: Kconfig read by kconfiglib" kconfig
	described "ESP-IDF: idf_component.yml" idf
	described "PlatformIO: library.json" platformio
	described "Arduino: library.properties, the layout" arduino
	described "vcpkg: vcpkg.json" vcpkg
	described "Conan: conanfile.py, run with a stand-in" conan
	described "CMSIS: seamkey.seamkey.pdsc" cmsis
else
	skip "descriptions" "python3 is not here (make deps)"
fi
if have xmllint; then
	check "CMSIS: xmllint takes the file" \
		xmllint --noout seamkey.seamkey.pdsc
else
	skip "CMSIS: xmllint takes the file" "it is not here (make deps)"
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

# ---- other tools' files, with stand-ins ----------------------------------

stand_in=$tree/tests/packaging/stand_in.cmake

esp_idf() {
	cmake -DSTAND_IN=esp-idf "-DTREE=$tree" -P "$stand_in" 2>&1
}

is "ESP-IDF: what CMakeLists.txt registers, with a stand-in" "$(esp_idf)" \
	"sources= include=. requires=bearssl unknown="

vcpkg_port() {
	cmake -DSTAND_IN=vcpkg "-DTREE=$tree" "-DBUILD=$work/port" \
		"-DCURRENT_PACKAGES_DIR=$work/vcpkg" -P "$stand_in" &&
		test -f "$work/vcpkg/share/seamkey/LICENSE" &&
		configure find "-DCMAKE_PREFIX_PATH=$work/vcpkg" $root \
			-Useamkey_DIR &&
		grep -F "$work/vcpkg" "$work/find/build/CMakeCache.txt"
}

check "vcpkg: the port installs, with stand-ins" vcpkg_port

# zephyr FOLDER SETTING...: an application with these settings
zephyr() {
	mkdir -p "$work/$1"
	cp "$work/user/user.c" "$work/user/demo_key.h" "$work/$1"
	file=$work/$1/CMakeLists.txt
	shift
	{
		echo "cmake_minimum_required(VERSION 3.16)"
		echo "project(application C)"
		echo "set(CONFIG_SEAMKEY_RSA_MAX_BITS 2048)"
		echo "include(\"$stand_in\")"
		for setting; do
			echo "set(CONFIG_$setting)"
		done
		echo "include(\"$tree/zephyr/CMakeLists.txt\")"
		echo "add_executable(user user.c)"
		echo "target_link_libraries(user PRIVATE $library)"
		echo "target_include_directories(user PRIVATE $include)"
	} >"$file"
}

# Of BearSSL's source a folder that has its headers, and one file.
make_source() {
	bare_headers "$work/source/inc" && rm "$work/source/inc/string.h" &&
		mkdir -p "$work/source/src/part" &&
		echo 'extern int from_source; int from_source = 1;' \
			>"$work/source/src/part/one.c"
}

compiled_source() {
	find "$work/zephyr-source/build" -name 'one.c.o' | grep .
}

zephyr zephyr-plain "SEAMKEY y"
check "Zephyr: the headers alone, with stand-ins" build zephyr-plain
zephyr zephyr-extern "SEAMKEY y" "SEAMKEY_EXTERN y"
check "Zephyr: one shared copy, with stand-ins" build zephyr-extern
check "Zephyr: and it is one" \
	test -f "$work/zephyr-extern/build/libseamkey.a"
zephyr zephyr-none "SEAMKEY y" "SEAMKEY_BEARSSL y"
check "Zephyr: no BearSSL is said in a sentence" \
	says "name its folder with CONFIG_SEAMKEY_BEARSSL_DIR." \
	configure zephyr-none
if make_source; then
	zephyr zephyr-source "SEAMKEY y" "SEAMKEY_BEARSSL y" \
		"SEAMKEY_BEARSSL_DIR $work/source"
	check "Zephyr: BearSSL from source, with stand-ins" build zephyr-source
	check "Zephyr: and it is compiled" compiled_source
else
	fail "BearSSL's headers are found"
fi

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

# ---- that the comparisons can fail ---------------------------------------

copy=$work/copy
mkdir -p "$copy/docs"
cp -R seamkey*.h seamkey.seamkey.pdsc CMakeLists.txt LICENSE README.md \
	CHANGELOG.md .gitignore idf_component.yml library.json \
	library.properties packaging zephyr examples tests bench .ci "$copy"

# breaks WHAT FILE SED-SCRIPT: the file, so changed, is complained of
breaks() {
	cp "$copy/$2" "$work/saved"
	sed "$3" "$work/saved" >"$copy/$2"
	title="$1: $2 with $3"
	if cmp -s "$work/saved" "$copy/$2"; then
		fail "$title" "nothing is changed"
	else
		text=$(describe "$copy" "$1" 2>&1)
		status=$?
		case $status:$text in
		*Traceback*) fail "$title" "$text" ;;
		1:*) pass "$title" ;;
		77:*) skip "$title" "$text" ;;
		*) fail "$title" "it passed" ;;
		esac
	fi
	cp "$work/saved" "$copy/$2"
}

if have $python; then
	for what in pc zephyr zephyr_schema kconfig idf platformio arduino \
		vcpkg conan cmsis; do
		described "the copy, unchanged: $what" $what
	done
	n='s/_PATCH 0/_PATCH 77/'
	for what in idf platformio arduino vcpkg conan cmsis; do
		breaks $what seamkey_base.h "$n"
		breaks $what packaging/seamkey.pc.in 's/^Descr.*/& now/'
	done
	breaks pc seamkey_base.h "$n"
	breaks pc packaging/seamkey.pc.in '/^Libs/d'
	breaks pc CMakeLists.txt "s/VERSION \${version}/VERSION $version/"
	breaks zephyr packaging/seamkey.pc.in 's/^Descr.*/& now/'
	breaks zephyr zephyr/module.yml 's/cmake: zephyr/cmake: none/'
	breaks zephyr zephyr/module.yml 's/Kconfig/Kconfigs/'
	breaks zephyr zephyr/Kconfig 's/config SEAMKEY_EXTERN/&S/'
	breaks zephyr_schema zephyr/module.yml 's/cmake: .*/cmake: [1]/'
	breaks kconfig zephyr/Kconfig 's/range 1024/range 512/'
	breaks kconfig zephyr/Kconfig 's/default 4096/default 2048/'
	breaks kconfig zephyr/Kconfig 's/^endif/end/'
	breaks idf idf_component.yml 's/^license/licence/'
	breaks idf idf_component.yml 's/exclude:/&\n    - "*.h"/'
	breaks idf idf_component.yml 's/^version: /version: [/'
	breaks platformio library.json 's/"\*\.h",//'
	breaks platformio library.json 's/"seamkey.h"/"seamkeys.h"/'
	breaks platformio library.json 's/-<\*>/+<*>/'
	breaks platformio library.json 's/"rsa",/"rsa"/'
	breaks arduino library.properties 's/Data Processing/Keys/'
	breaks arduino library.properties 's/^url=.*/url/'
	breaks arduino library.properties 's/=seamkey\.h/=key.h/'
	breaks vcpkg packaging/vcpkg/seamkey/vcpkg.json 's/"MIT"/"BSD"/'
	breaks conan packaging/conanfile.py 's/seamkey_\*/seamkey_r*/'
	breaks conan packaging/conanfile.py 's/package(self)/package(/'
	breaks cmsis seamkey.seamkey.pdsc '/seamkey_rsa\.h/d'
	breaks cmsis seamkey.seamkey.pdsc 's/seamkey_rsa\.h/seamkey_dsa.h/'
	breaks cmsis seamkey.seamkey.pdsc 's|</files>||'
	touch "$copy/seamkey_new.h"
	refuse "cmsis: a header that is not listed" describe "$copy" cmsis
	rm "$copy/seamkey_new.h"
	touch "$copy/stray.c"
	refuse "arduino: a source at the top" describe "$copy" arduino
fi
summary packaging
