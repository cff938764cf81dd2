# unit.cmake - the unit tests with CMake: one program, one shared copy
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
file(GLOB tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/tests/test_*.c")
set(tables "")
foreach(test IN LISTS tests)
	get_filename_component(table "${test}" NAME_WE)
	string(REPLACE "test_" "" table "${table}")
	string(APPEND tables " X(${table})")
endforeach()

# RSA without optimization takes its time.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
	set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

add_executable(seamkey_unit tests/main.c ${tests} examples/seamkey_impl.c)
set_property(TARGET seamkey_unit PROPERTY C_STANDARD 99)
set_property(TARGET seamkey_unit PROPERTY C_EXTENSIONS OFF)
target_compile_definitions(seamkey_unit PRIVATE SEAMKEY_EXTERN)
target_compile_options(seamkey_unit PRIVATE "-DTEST_TABLES(X)=${tables}")
target_link_libraries(seamkey_unit PRIVATE seamkey::seamkey)
add_test(NAME unit COMMAND seamkey_unit)
