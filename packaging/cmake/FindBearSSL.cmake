# FindBearSSL.cmake - header and library of BearSSL, from one place
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
#   BearSSL_ROOT         a tree of your own: inc/ and build/, as BearSSL is
#                        built, or include/ and lib/, as others install it;
#                        then nothing is looked for elsewhere
#   BearSSL_INCLUDE_DIR  the folder of bearssl.h
#   BearSSL_LIBRARY      the library itself
#
# Gives the target BearSSL::BearSSL, unless there is one already, which is
# then left as it is; or else a sentence, BearSSL_NOT_FOUND_MESSAGE.
if(TARGET BearSSL::BearSSL)
	set(BearSSL_FOUND TRUE)
	return()
endif()

set(_BearSSL_root "${BearSSL_ROOT}")
if(NOT _BearSSL_root)
	set(_BearSSL_root "$ENV{BearSSL_ROOT}")
endif()
if(_BearSSL_root)
	find_path(BearSSL_INCLUDE_DIR bearssl.h PATHS "${_BearSSL_root}"
		PATH_SUFFIXES inc include
		NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
	find_library(BearSSL_LIBRARY NAMES libbearssl.a bearssl
		PATHS "${_BearSSL_root}" PATH_SUFFIXES build lib
		NO_DEFAULT_PATH NO_CMAKE_FIND_ROOT_PATH)
	set(_BearSSL_where "in ${_BearSSL_root}")
else()
	find_path(BearSSL_INCLUDE_DIR bearssl.h)
	find_library(BearSSL_LIBRARY bearssl)
	set(_BearSSL_where "on this system")
endif()
mark_as_advanced(BearSSL_INCLUDE_DIR BearSSL_LIBRARY)

set(_BearSSL_lacks "")
if(NOT BearSSL_INCLUDE_DIR)
	list(APPEND _BearSSL_lacks "bearssl.h")
endif()
if(NOT BearSSL_LIBRARY)
	list(APPEND _BearSSL_lacks "libbearssl")
endif()
string(REPLACE ";" " and no " _BearSSL_lacks "${_BearSSL_lacks}")
string(CONCAT BearSSL_NOT_FOUND_MESSAGE
	"seamkey needs BearSSL, 0.6 or later, and there is no "
	"${_BearSSL_lacks} ${_BearSSL_where}: "
	"install Debian's package libbearssl-dev, or build the source of "
	"https://bearssl.org and name its folder with -DBearSSL_ROOT=path.")

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(BearSSL
	REQUIRED_VARS BearSSL_LIBRARY BearSSL_INCLUDE_DIR
	REASON_FAILURE_MESSAGE "${BearSSL_NOT_FOUND_MESSAGE}")
if(BearSSL_FOUND)
	set(BearSSL_NOT_FOUND_MESSAGE "")
	add_library(BearSSL::BearSSL UNKNOWN IMPORTED)
	set_target_properties(BearSSL::BearSSL PROPERTIES
		IMPORTED_LOCATION "${BearSSL_LIBRARY}"
		INTERFACE_INCLUDE_DIRECTORIES "${BearSSL_INCLUDE_DIR}")
endif()
