# install.cmake - what the CMakeLists.txt at top level installs
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
include(CMakePackageConfigHelpers)

file(GLOB headers CONFIGURE_DEPENDS
	"${PROJECT_SOURCE_DIR}/seamkey.h" "${PROJECT_SOURCE_DIR}/seamkey_*.h")
install(FILES ${headers} DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")

# ---- for find_package ----------------------------------------------------
# Nothing in it depends on a processor, so it is under share/.

set(config_dir "${CMAKE_INSTALL_DATADIR}/cmake/seamkey")
install(TARGETS seamkey EXPORT seamkey)
install(EXPORT seamkey FILE seamkeyTargets.cmake NAMESPACE seamkey::
	DESTINATION "${config_dir}")
configure_package_config_file(packaging/cmake/seamkeyConfig.cmake.in
	"${PROJECT_BINARY_DIR}/seamkeyConfig.cmake"
	INSTALL_DESTINATION "${config_dir}")
# Until 1.0 a minor version may change an interface.
write_basic_package_version_file(
	"${PROJECT_BINARY_DIR}/seamkeyConfigVersion.cmake"
	COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)
install(FILES
	"${PROJECT_BINARY_DIR}/seamkeyConfig.cmake"
	"${PROJECT_BINARY_DIR}/seamkeyConfigVersion.cmake"
	"${PROJECT_SOURCE_DIR}/packaging/cmake/FindBearSSL.cmake"
	DESTINATION "${config_dir}")

# ---- for pkg-config ------------------------------------------------------
# The prefix is named from where the file is, so that "cmake --install
# --prefix" may choose another one. A BearSSL that the compiler would find by
# itself is named shortly, another one by its path.

file(RELATIVE_PATH up "${CMAKE_INSTALL_FULL_DATADIR}/pkgconfig"
	"${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" up "${up}")
set(PREFIX "\${pcfiledir}/${up}")
set(INCLUDEDIR "\${prefix}/${CMAKE_INSTALL_INCLUDEDIR}")
if(IS_ABSOLUTE "${CMAKE_INSTALL_INCLUDEDIR}")
	set(INCLUDEDIR "${CMAKE_INSTALL_INCLUDEDIR}")
endif()
set(VERSION "${PROJECT_VERSION}")
set(CFLAGS "-I\"\${includedir}\"")
set(LIBS "-lbearssl")
if(BearSSL_LIBRARY)
	get_filename_component(folder "${BearSSL_LIBRARY}" DIRECTORY)
	if(NOT folder IN_LIST CMAKE_C_IMPLICIT_LINK_DIRECTORIES)
		set(LIBS "\"${BearSSL_LIBRARY}\"")
	endif()
	if(NOT BearSSL_INCLUDE_DIR IN_LIST
		CMAKE_C_IMPLICIT_INCLUDE_DIRECTORIES)
		string(APPEND CFLAGS " -I\"${BearSSL_INCLUDE_DIR}\"")
	endif()
endif()
configure_file(packaging/seamkey.pc.in "${PROJECT_BINARY_DIR}/seamkey.pc"
	@ONLY)
install(FILES "${PROJECT_BINARY_DIR}/seamkey.pc"
	DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")
