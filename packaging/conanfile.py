# conanfile.py - seamkey as a package of Conan 2, from the tree that it is in
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: conan create packaging

import os

from conan import ConanFile
from conan.tools.files import copy


class Seamkey(ConanFile):
    name = "seamkey"
    version = "0.1.0"
    description = "Allocation-free key plumbing for devices, over BearSSL"
    license = "MIT"
    author = "The seamkey authors"
    topics = ("cryptography", "rsa", "der", "cms")
    package_type = "header-library"
    no_copy_source = True

    def requirements(self):
        self.requires("bearssl/0.6", transitive_headers=True,
                      transitive_libs=True)

    def layout(self):
        self.folders.root = ".."

    def export_sources(self):
        tree = os.path.join(self.recipe_folder, "..")
        for pattern in ("seamkey.h", "seamkey_*.h", "LICENSE"):
            copy(self, pattern, tree, self.export_sources_folder,
                 excludes=("*/*",))

    def package(self):
        copy(self, "LICENSE", self.source_folder,
             os.path.join(self.package_folder, "licenses"))
        copy(self, "*.h", self.source_folder,
             os.path.join(self.package_folder, "include"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.bindirs = []
        self.cpp_info.libdirs = []
        self.cpp_info.set_property("cmake_file_name", "seamkey")
        self.cpp_info.set_property("cmake_target_name", "seamkey::seamkey")
        self.cpp_info.set_property("pkg_config_name", "seamkey")
