# portfile.cmake - seamkey as a port of vcpkg, from the tree that it is in
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: vcpkg install seamkey --overlay-ports=packaging/vcpkg
#
# BearSSL is no port: who uses seamkey::seamkey is told where to get it.
set(VCPKG_BUILD_TYPE release) # headers alone
get_filename_component(SOURCE_PATH "${CURRENT_PORT_DIR}/../../.." ABSOLUTE)

vcpkg_cmake_configure(
	SOURCE_PATH "${SOURCE_PATH}"
	OPTIONS -DBUILD_TESTING=OFF -DSEAMKEY_BEARSSL=OFF)
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/seamkey)
vcpkg_fixup_pkgconfig()
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
