#!/usr/bin/env python3
# check.py - one description of the package: is it well-formed and true?
#
# Copyright (c) 2026 The seamkey authors
# SPDX-License-Identifier: MIT
#
# usage: check.py NAME [TREE [SCRATCH]]
#
# NAME is that of a function check_NAME below. Exit status 0: nothing to
# complain; 1: complaints, one a line; 77: one line, what is not here.
#
# Truth is in the tree: the version in seamkey_base.h, the description in
# packaging/seamkey.pc.in, the headers those that are there.

import fnmatch
import glob
import json
import os
import py_compile
import re
import shutil
import sys
import types
import xml.etree.ElementTree as xml

tree = sys.argv[2] if len(sys.argv) > 2 else "."
scratch = sys.argv[3] if len(sys.argv) > 3 else "build/packaging"
complaints = []
PLACEHOLDER = "https://seamkey.example/"


def complain(text):
    complaints.append(text)


def finish():
    for complaint in complaints:
        print(complaint)
    sys.exit(1 if complaints else 0)


def lack(text):
    print(text)
    sys.exit(77)


def path(name):
    return os.path.join(tree, name)


def read(name):
    with open(path(name), encoding="utf-8") as file:
        return file.read()


def headers():
    found = glob.glob(path("seamkey.h")) + glob.glob(path("seamkey_*.h"))
    return sorted(os.path.basename(name) for name in found)


def version():
    return ".".join(re.findall(
        r"^#define SEAMKEY_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)$",
        read("seamkey_base.h"), re.M))


def description():
    return re.search(r"^Description: (.*)$", read("packaging/seamkey.pc.in"),
                     re.M).group(1)


def same(what, got, want):
    if got != want:
        complain(f"{what} is {got!r}, and should be {want!r}")


def exists(name):
    if not os.path.exists(path(name)):
        complain(f"there is no {name}")


def keys(what, have, required, optional=""):
    for key in required.split():
        if key not in have:
            complain(f"{what} has no {key}")
    for key in have:
        if key not in required.split() + optional.split():
            complain(f"{what} has an unknown {key}")


def load_yaml(name):
    try:
        import yaml
    except ImportError:
        lack("python3-yaml is not here (make deps)")
    try:
        return yaml.safe_load(read(name))
    except yaml.YAMLError as error:
        complain(f"{name}: {error}")
        finish()


def load_json(name):
    try:
        return json.loads(read(name))
    except ValueError as error:
        complain(f"{name}: {error}")
        finish()


# ---- Zephyr --------------------------------------------------------------

MODULE = {
    "type": "map",
    "mapping": {
        "name": {"type": "str", "required": True},
        "build": {"type": "map", "required": True, "mapping": {
            "cmake": {"type": "str", "required": True},
            "kconfig": {"type": "str", "required": True}}}}}


def check_zephyr():
    module = load_yaml("zephyr/module.yml")
    keys("module.yml", module, "name build")
    same("the name", module.get("name"), "seamkey")
    build = module.get("build", {})
    exists(os.path.join(str(build.get("cmake")), "CMakeLists.txt"))
    exists(str(build.get("kconfig")))
    if description().replace(" ", "") not in \
            re.sub(r"\s", "", read("zephyr/Kconfig")):
        complain("Kconfig does not have the description")
    declared = set(re.findall(r"^config (\w+)$", read("zephyr/Kconfig"), re.M))
    used = set(re.findall(r"CONFIG_(\w+)", read("zephyr/CMakeLists.txt")))
    same("what CMakeLists.txt asks", used, declared)


def check_zephyr_schema():
    try:
        import pykwalify.core
        import pykwalify.errors
    except ImportError:
        lack("python3-pykwalify is not here (make deps)")
    core = pykwalify.core.Core(source_data=load_yaml("zephyr/module.yml"),
                               schema_data=MODULE)
    try:
        core.validate()
    except pykwalify.errors.SchemaError as error:
        complain(str(error))


def check_kconfig():
    try:
        import kconfiglib
    except ImportError:
        lack("python3-kconfiglib is not here (make deps)")
    try:
        kconfig = kconfiglib.Kconfig(path("zephyr/Kconfig"),
                                     warn_to_stderr=False)
    except kconfiglib.KconfigError as error:
        complain(str(error))
        return
    kconfig.syms["SEAMKEY"].set_value(2)
    limit = kconfig.syms["SEAMKEY_RSA_MAX_BITS"]
    limits = re.search(r"SEAMKEY_RSA_MAX_BITS.*\| (\d+) \| (\d+)\.\.(\d+)",
                       read("README.md"))
    same("the longest modulus", limit.str_value, limits.group(1))
    low, high, _ = limit.ranges[0]
    same("its range", (low.str_value, high.str_value), limits.group(2, 3))
    same("the compiling of BearSSL",
         kconfig.syms["SEAMKEY_BEARSSL"].str_value, "y")
    for warning in kconfig.warnings:
        complain(warning)


# ---- ESP-IDF -------------------------------------------------------------

def check_idf():
    component = load_yaml("idf_component.yml")
    keys("idf_component.yml", component, "version description license",
         "url repository documentation issues tags targets maintainers "
         "dependencies files examples")
    same("the version", component.get("version"), version())
    same("the description", component.get("description"), description())
    same("the license", component.get("license"), "MIT")
    keys("dependencies", component.get("dependencies", {}), "idf")
    files = component.get("files", {})
    keys("files", files, "exclude", "include use_gitignore")
    for pattern in files.get("exclude", []):
        exists(pattern.split("/")[0])
        for name in headers() + ["CMakeLists.txt", "LICENSE", "README.md"]:
            if fnmatch.fnmatch(name, pattern):
                complain(f"{pattern} leaves out {name}")
    for tag in component.get("tags", []):
        if not re.fullmatch(r"[A-Za-z0-9_-]{3,32}", tag):
            complain(f"{tag} is no tag")


# ---- PlatformIO ----------------------------------------------------------

def check_platformio():
    library = load_json("library.json")
    keys("library.json", library,
         "name version description keywords authors license headers "
         "frameworks platforms export build",
         "homepage repository dependencies examples")
    same("the name", library.get("name"), "seamkey")
    same("the version", library.get("version"), version())
    same("the description", library.get("description"), description())
    same("the license", library.get("license"), "MIT")
    exists(str(library.get("headers")))
    for keyword in library.get("keywords", []):
        if not re.fullmatch(r"[a-z\d\-+. ]{1,50}", keyword):
            complain(f"{keyword} is no keyword")
    build = library.get("build", {})
    keys("build", build, "includeDir srcDir srcFilter")
    same("includeDir", build.get("includeDir"), ".")
    same("srcFilter", build.get("srcFilter"), "-<*>")
    include = library.get("export", {}).get("include", [])
    for pattern in include:
        if not glob.glob(path(pattern)):
            complain(f"there is no {pattern}")
    for name in headers() + ["library.json", "LICENSE"]:
        if not any(fnmatch.fnmatch(name, pattern) for pattern in include):
            complain(f"{name} is not exported")


# ---- Arduino -------------------------------------------------------------

CATEGORIES = ("Display", "Communication", "Signal Input/Output", "Sensors",
              "Device Control", "Timing", "Data Storage", "Data Processing",
              "Other")


def check_arduino():
    library = {}
    for line in read("library.properties").splitlines():
        key, equals, value = line.partition("=")
        if not re.fullmatch(r"[a-z_]+", key) or not equals or not value:
            complain(f"not a property: {line}")
        if key in library:
            complain(f"{key} is there twice")
        library[key] = value
    keys("library.properties", library,
         "name version author maintainer sentence paragraph category url "
         "architectures", "includes depends license")
    same("the name", library.get("name"), "seamkey")
    same("the version", library.get("version"), version())
    same("the sentence", library.get("sentence"), description())
    same("the license", library.get("license"), "MIT")
    same("the url", library.get("url"), PLACEHOLDER)
    if library.get("category") not in CATEGORIES:
        complain(f"{library.get('category')} is no category of Arduino's")
    if description() in library.get("paragraph", ""):
        complain("the paragraph has the sentence again")
    for name in library.get("includes", "").split(","):
        exists(name)
    # The flat layout: the top level is in the include path, and each source
    # in it would be compiled; src/ would make it another layout.
    for name in ("src", "utility"):
        if os.path.exists(path(name)):
            complain(f"{name} is not of the flat layout")
    for suffix in ("c", "cpp", "S", "ino", "pde"):
        for name in glob.glob(path("*." + suffix)):
            if not ignored(os.path.basename(name)):
                complain(f"{name} would be compiled")


# What the README's commands leave is in .gitignore, and not in a package.
def ignored(name):
    return "/" + name in read(".gitignore").split()


# ---- vcpkg ---------------------------------------------------------------

def check_vcpkg():
    port = load_json("packaging/vcpkg/seamkey/vcpkg.json")
    keys("vcpkg.json", port, "name version description license dependencies",
         "homepage documentation supports")
    same("the name", port.get("name"), "seamkey")
    same("the version", port.get("version"), version())
    same("the description", port.get("description"), description())
    same("the license", port.get("license"), "MIT")
    same("the dependencies", port.get("dependencies"),
         [{"name": "vcpkg-cmake", "host": True},
          {"name": "vcpkg-cmake-config", "host": True}])


# ---- Conan ---------------------------------------------------------------
# With a stand-in for the module: the recipe's own lines run.

def copy(_, pattern, src, dst, excludes=()):
    for folder, _, names in os.walk(src):
        for name in names:
            relative = os.path.relpath(os.path.join(folder, name), src)
            if fnmatch.fnmatch(relative, pattern) and not any(
                    fnmatch.fnmatch(relative, e) for e in excludes):
                target = os.path.join(dst, relative)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                shutil.copy(os.path.join(folder, name), target)


def load_recipe(name):
    conan, tools, files = (types.ModuleType(n) for n in (
        "conan", "conan.tools", "conan.tools.files"))
    conan.ConanFile = object
    files.copy = copy
    sys.modules.update({"conan": conan, "conan.tools": tools,
                        "conan.tools.files": files})
    recipe = {}
    exec(compile(read(name), name, "exec"), recipe)
    return recipe["Seamkey"]()


def check_conan():
    name = "packaging/conanfile.py"
    try:
        py_compile.compile(path(name), os.path.join(scratch, "conanfile.pyc"),
                           doraise=True)
    except py_compile.PyCompileError as error:
        complain(str(error))
        return
    recipe = load_recipe(name)
    same("the name", recipe.name, "seamkey")
    same("the version", recipe.version, version())
    same("the description", recipe.description, description())
    same("the license", recipe.license, "MIT")
    same("the type", recipe.package_type, "header-library")
    folder = os.path.join(scratch, "conan")
    shutil.rmtree(folder, ignore_errors=True)
    required = []
    recipe.folders = types.SimpleNamespace(root=None)
    recipe.info = types.SimpleNamespace(clear=lambda: None)
    recipe.cpp_info = types.SimpleNamespace(
        set_property=lambda key, value: None)
    recipe.requires = lambda name, **_: required.append(name)
    recipe.recipe_folder = os.path.abspath(path("packaging"))
    recipe.export_sources_folder = os.path.join(folder, "source")
    recipe.source_folder = recipe.export_sources_folder
    recipe.package_folder = os.path.join(folder, "package")
    recipe.layout()
    recipe.requirements()
    recipe.export_sources()
    recipe.package()
    recipe.package_id()
    recipe.package_info()
    same("the root", recipe.folders.root, "..")
    same("the requirement", required, ["bearssl/0.6"])
    for got, want in (("include", headers()), ("licenses", ["LICENSE"])):
        got = os.path.join(recipe.package_folder, got)
        same(got, sorted(os.listdir(got)) if os.path.isdir(got) else None,
             want)
    for got in (recipe.cpp_info.bindirs, recipe.cpp_info.libdirs):
        same("folders of what is compiled", got, [])


# ---- CMSIS ---------------------------------------------------------------

def check_cmsis():
    names = glob.glob(path("*.pdsc"))
    if len(names) != 1:
        complain(f"there are {len(names)} pack descriptions")
        return
    try:
        pack = xml.parse(names[0]).getroot()
    except xml.ParseError as error:
        complain(str(error))
        return

    def text(name):
        return (pack.findtext(name) or "").strip()

    same("the file", os.path.basename(names[0]),
         f"{text('vendor')}.{text('name')}.pdsc")
    same("the name", text("name"), "seamkey")
    same("the description", text("description"), description())
    same("the url", text("url"), PLACEHOLDER)
    exists(text("license") or "license")
    same("the versions", [r.get("version") for r in pack.iter("release")],
         [version()])
    same("the components' versions",
         [c.get("Cversion") for c in pack.iter("component")], [version()])
    listed = []
    for file in pack.iter("file"):
        exists(file.get("name"))
        if file.get("category") == "header":
            listed.append(file.get("name"))
    same("the list of headers", sorted(listed), headers())


# ---- CMake and pkg-config ------------------------------------------------
# They are run; here, that nothing else than the two places has the figures.

def check_pc():
    text = read("packaging/seamkey.pc.in")
    for name in ("Name", "Description", "Version", "Libs", "Cflags"):
        if not re.search(rf"^{name}: .", text, re.M):
            complain(f"there is no {name}")
    for name in ("packaging/seamkey.pc.in", "CMakeLists.txt",
                 "packaging/cmake/install.cmake",
                 "packaging/cmake/seamkeyConfig.cmake.in"):
        if version() in read(name):
            complain(f"{name} has the version")
    news = re.search(r"^## (\S+)", read("CHANGELOG.md"), re.M).group(1)
    if news != "Unreleased":
        same("the newest version of CHANGELOG.md", news, version())


if not re.fullmatch(r"\d+\.\d+\.\d+", version()):
    complain(f"seamkey_base.h has the version {version()!r}")
if len(headers()) < 2:
    complain("there are no headers")
globals()["check_" + sys.argv[1]]()
finish()
