# stand_in.cmake - what our files call of Zephyr, ESP-IDF and vcpkg, in little
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# None of the three is here, but what our files ask of them is simple enough
# to be done by others: so they run, and names and paths in them are tried.
# That the real ones take them the same way, this cannot show.

# ---- Zephyr: include this, then our CMakeLists.txt -----------------------

function(zephyr_include_directories)
	include_directories(${ARGN})
endfunction()

function(zephyr_compile_definitions)
	add_compile_definitions(${ARGN})
endfunction()

macro(zephyr_library_named name)
	set(ZEPHYR_CURRENT_LIBRARY ${name})
	add_library(${name} STATIC)
	link_libraries(${name})
endmacro()

function(zephyr_library_sources)
	target_sources(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endfunction()

function(zephyr_library_include_directories)
	target_include_directories(${ZEPHYR_CURRENT_LIBRARY} PRIVATE ${ARGN})
endfunction()

# ---- ESP-IDF: its first pass, a script -----------------------------------

if(STAND_IN STREQUAL "esp-idf")
	macro(idf_component_register)
		cmake_parse_arguments(IDF "" "" "SRCS;INCLUDE_DIRS;REQUIRES"
			${ARGN})
		message("sources=${IDF_SRCS} include=${IDF_INCLUDE_DIRS} "
			"requires=${IDF_REQUIRES} "
			"unknown=${IDF_UNPARSED_ARGUMENTS}")
		set(IDF_REGISTERED 1)
		return()
	endmacro()
	set(ESP_PLATFORM 1)
	include("${TREE}/CMakeLists.txt")
	if(NOT IDF_REGISTERED)
		message(FATAL_ERROR "No component was registered.")
	endif()
endif()

# ---- vcpkg: a script -----------------------------------------------------

function(run_cmake)
	execute_process(COMMAND "${CMAKE_COMMAND}" ${ARGN}
		RESULT_VARIABLE status)
	if(NOT status EQUAL 0)
		message(FATAL_ERROR "cmake ${ARGN}: ${status}")
	endif()
endfunction()

function(vcpkg_cmake_configure)
	cmake_parse_arguments(PARSE_ARGV 0 ARG "" "SOURCE_PATH" "OPTIONS")
	run_cmake(-S "${ARG_SOURCE_PATH}" -B "${BUILD}" ${ARG_OPTIONS}
		"-DCMAKE_INSTALL_PREFIX=${CURRENT_PACKAGES_DIR}")
endfunction()

function(vcpkg_cmake_install)
	run_cmake(--build "${BUILD}" --target install)
endfunction()

# One folder up, and so is the way from there to the prefix.
function(vcpkg_cmake_config_fixup)
	cmake_parse_arguments(PARSE_ARGV 0 ARG "" "CONFIG_PATH" "")
	set(folder "${CURRENT_PACKAGES_DIR}/share/seamkey")
	file(RENAME "${CURRENT_PACKAGES_DIR}/${ARG_CONFIG_PATH}" "${folder}")
	file(READ "${folder}/seamkeyTargets.cmake" text)
	set(up "get_filename_component(_IMPORT_PREFIX \"\${_IMPORT_PREFIX}\" PATH)\n")
	string(REPLACE "${up}${up}${up}" "${up}${up}" text "${text}")
	file(WRITE "${folder}/seamkeyTargets.cmake" "${text}")
endfunction()

function(vcpkg_fixup_pkgconfig)
	if(NOT EXISTS "${CURRENT_PACKAGES_DIR}/share/pkgconfig/seamkey.pc")
		message(FATAL_ERROR "There is no seamkey.pc.")
	endif()
endfunction()

function(vcpkg_install_copyright)
	cmake_parse_arguments(PARSE_ARGV 0 ARG "" "" "FILE_LIST")
	file(COPY ${ARG_FILE_LIST}
		DESTINATION "${CURRENT_PACKAGES_DIR}/share/seamkey")
endfunction()

if(STAND_IN STREQUAL "vcpkg")
	set(CURRENT_PORT_DIR "${TREE}/packaging/vcpkg/seamkey")
	include("${CURRENT_PORT_DIR}/portfile.cmake")
endif()
